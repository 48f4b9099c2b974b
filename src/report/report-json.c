/* tokentriage.report/1 (doc/report.schema.json). */
#include "report/parts.h"

#include "base/mem.h"

static void
set_or_null(const struct report *r, struct json *obj, const char *key, const char *v)
{
	if (v && *v)
		report_set(r, obj, key, span_of(v));
	else
		json_set_null(obj, key);
}

static void
token_json(const struct report *r, struct json *list, const struct case_token *t,
	const char *given_as, size_t gen)
{
	const struct token_info *given = &t->info, *i = &t->sent; /* as it came, and repaired */
	struct json *o, *claims;
	char words[160];

	if (!t->present)
		return;
	o = json_new_object();
	json_set_str(o, "given_as", given_as);
	json_set_str(o, "kind", token_kind_id(i->kind));
	json_set_str(o, "role", token_role_id(i->role));
	set_or_null(r, o, "fingerprint", i->fingerprint);
	json_set_str(o, "mask", i->mask);
	json_set_i64(o, "length", (int64_t)given->len);
	json_set_i64(o, "generation", (int64_t)gen);
	set_or_null(r, o, "source", t->source);
	set_or_null(r, o, "oddities",
		given->odd ? token_oddity_words(given, words, sizeof(words)) : "");
	set_or_null(r, o, "vendor", i->vendor);
	set_or_null(r, o, "alg", i->alg);
	set_or_null(r, o, "kid", i->kid);
	set_or_null(r, o, "typ", i->typ);
	json_set_str(o, "signature", i->kind == TOKEN_OPAQUE ? NULL : sig_state_words(i->sig));
	claims = report_claims(r, i->payload);
	if (claims)
		json_set_take(o, "claims", claims);
	else
		json_set_null(o, "claims");
	json_append_take(list, o);
}

static struct json *
tokens_json(const struct report *r)
{
	struct json *list = json_new_array();

	for (size_t g = 0; g < r->c->n_generations; g++) {
		const struct case_tokens *t = &r->c->generations[g];

		token_json(r, list, &t->access, "access", g);
		/* a kept refresh token is listed once */
		if (!g || t->refresh.from != r->c->generations[g - 1].refresh.from)
			token_json(r, list, &t->refresh, "refresh", g);
		if (!g || t->id.from != r->c->generations[g - 1].id.from)
			token_json(r, list, &t->id, "id", g);
	}
	return list;
}

static struct json *
verdict_json(const struct report *r)
{
	const struct verdict *v = &r->d->verdict;
	struct json *o = json_new_object();
	struct buf reply;

	json_set_str(o, "state", state_id(v->state));
	json_set_str(o, "primary", v->primary ? v->primary->rule->id : NULL);
	report_set(r, o, "summary", span_of(v->summary));
	report_set(r, o, "next", span_of(v->next));
	buf_init(&reply, LIMIT_REPORT);
	report_reply(r, &reply);
	report_set(r, o, "reply", buf_span(&reply));
	buf_release(&reply);
	return o;
}

static void
set_references(struct json *obj, const char *references)
{
	struct json *list = json_new_array();
	struct span rest = span_of(references), one;

	while (span_next(&rest, ';', &one))
		if (span_trim(one).n)
			json_append_span(list, span_trim(one));
	json_set_take(obj, "references", list);
}

static struct json *
evidence_json(const struct report *r, const struct finding *f)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];
		struct json *o = json_new_object();
		char from[120];

		report_set(r, o, "fact", span_of(e->fact));
		report_set(r, o, "value",
			report_omits(r, span_of(e->fact)) ? SPAN_LIT(OMITTED) : span_of(e->value));
		json_set_str(o, "from", fact_source(r->f, e->from, from, sizeof(from)));
		json_append_take(list, o);
	}
	return list;
}

static struct json *
findings_json(const struct report *r)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < r->d->n; i++) {
		const struct finding *f = &r->d->findings[i];
		struct json *o = json_new_object(), *causes = json_new_array();

		json_set_str(o, "id", f->rule->id);
		json_set_str(o, "step", step_id(f->step));
		json_set_str(o, "severity", severity_id(f->severity));
		report_set(r, o, "summary", span_of(f->summary));
		report_set(r, o, "remedy", span_of(f->remedy));
		set_references(o, f->rule->references);
		for (size_t k = 0; k < f->n_caused_by; k++)
			json_append_span(causes, span_of(f->caused_by[k]->id));
		json_set_take(o, "caused_by", causes);
		json_set_take(o, "evidence", evidence_json(r, f));
		json_append_take(list, o);
	}
	return list;
}

/* A key that a block above has used gets "_2", "_3" … */
static void
unique_key(const struct json *fields, const char *key, char *out, size_t size)
{
	snprintf(out, size, "%s", key);
	for (int k = 2; json_get(fields, out); k++)
		snprintf(out, size, "%s_%d", key, k);
}

static struct json *
fields_json(const struct report *r, enum step s)
{
	struct json *fields = json_new_object();
	struct field_list list;

	field_list_init(&list);
	step_fields(&list, r->in->w, s, false);
	for (size_t i = 0; i < list.n; i++) {
		const struct field *f = &list.v[i];
		struct json *o;
		char from[120], key[64];

		if (f->kind != FIELD_VALUE || !*f->key)
			continue;
		o = json_new_object();
		report_set(r, o, "value",
			report_omits_field(r, f) ? SPAN_LIT(OMITTED) : span_of(f->value));
		report_set(r, o, "meaning", span_of(f->meaning));
		json_set_str(o, "state", state_id(f->state));
		if (f->from == FROM_NOWHERE)
			json_set_null(o, "from");
		else
			json_set_str(o, "from", fact_source(r->f, f->from, from, sizeof(from)));
		unique_key(fields, f->key, key, sizeof(key));
		json_set_take(fields, key, o);
	}
	field_list_release(&list);
	return fields;
}

static struct json *
steps_json(const struct report *r)
{
	struct json *list = json_new_array();

	for (int s = 0; s < STEP_COUNT; s++) {
		struct json *o = json_new_object();

		json_set_str(o, "id", step_id(s));
		json_set_str(o, "state", state_id(report_step_state(r, s)));
		report_set(r, o, "summary", span_of(report_step_summary(r, s)));
		json_set_take(o, "fields", fields_json(r, s));
		json_append_take(list, o);
	}
	return list;
}

void
report_json(const struct report *r, struct buf *out)
{
	struct json *root = json_new_object(), *tool = json_new_object(),
		    *exchanges = json_new_array();
	char created[32];

	json_set_str(root, "schema", "tokentriage.report/1");
	json_set_str(tool, "name", "tokentriage");
	json_set_str(tool, "version", r->in->version);
	json_set_take(root, "tool", tool);
	json_set_str(root, "created", time_rfc3339(created, r->in->created_s));
	if (r->c->as_of_wall_us)
		json_set_str(root, "as_of",
			time_rfc3339(created, r->c->as_of_wall_us / 1000000));
	if (r->c->records_lost)
		json_set_i64(root, "records_lost", (int64_t)r->c->records_lost);
	set_or_null(r, root, "profile", r->c->profile.name);
	json_set_take(root, "tokens", tokens_json(r));
	json_set_take(root, "verdict", verdict_json(r));
	json_set_take(root, "findings", findings_json(r));
	json_set_take(root, "steps", steps_json(r));
	for (size_t i = 0; i < r->c->n_exchanges; i++)
		json_append_take(exchanges, report_exchange(r, r->c->exchanges[i]));
	json_set_take(root, "exchanges", exchanges);
	if (json_print(root, out, true) == RES_OK)
		buf_putc(out, '\n');
	json_free(root);
}
