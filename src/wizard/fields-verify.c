/* Step 1 on the screen: the token itself, the metadata, introspection beside the token's own
 * claims. */
#include "wizard/fields-rooms.h"

#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"
#include "base/tr.h"

enum { VALUE_MAX = 4096 };

static void
token_rows(struct field_list *l, const struct case_token *t, enum token_slot slot)
{
	const struct token_member *member = token_slot_member(slot);
	static const char *const kind_words[] = {[TOKEN_OPAQUE] = N_("opaque"),
		[TOKEN_JWT] = "JWT",
		[TOKEN_JWE] = N_("encrypted JWT")};
	static const char *const role_words[] = {[ROLE_UNKNOWN] = "",
		[ROLE_ACCESS] = N_(", an access token by its content"),
		[ROLE_REFRESH] = N_(", a refresh token by its content"),
		[ROLE_ID] = N_(", an ID token by its content")};
	const struct token_info *i = &t->info;
	char odd[200];
	struct field *f;

	if (!t->present)
		return;
	f = field_add(l, FIELD_VALUE, member->name, span_of(tr(member->words)), span_of(i->mask),
		FROM_TOKEN);
	f->secret = t->value;
	if (i->odd & ~t->accepted)
		field_mean(f, STATE_WARNING, "%s%s", token_oddity_words(i, odd, sizeof odd),
			t->repaired ? _("; sent without it") : "");
	else
		field_mean(f, STATE_OK, _("%s%s, from %s"), tr(kind_words[t->sent.kind]),
			tr(role_words[t->sent.role]), tr(t->source));
}

static void
jose_rows(struct field_list *l, const struct token_info *i, int sig_from)
{
	struct field *f;

	if (i->kind == TOKEN_OPAQUE)
		return;
	f = field_value(l, "alg", i->alg, FROM_TOKEN);
	field_mean(f, STATE_OK,
		i->kind == TOKEN_JWE ? _("how the token is encrypted")
				     : _("how the token is signed"));
	if (*i->kid)
		field_mean(field_value(l, "kid", i->kid, FROM_TOKEN), STATE_OK,
			_("the key it was signed with"));
	if (*i->typ)
		field_mean(field_value(l, "typ", i->typ, FROM_TOKEN), STATE_OK,
			_("what kind of JWT it is"));
	if (json_get_str(i->header, "enc").n)
		field_mean(field_add(l, FIELD_VALUE, "enc", SPAN_LIT("enc"),
				   json_get_str(i->header, "enc"), FROM_TOKEN),
			STATE_OK, _("how its content is encrypted"));
	if (i->nested)
		field_mean(field_words(l, "nested", _("inside"), _("another JWT"), FROM_TOKEN),
			STATE_OK, "%s",
			i->kind == TOKEN_JWE ? _("a signed one, for who can decrypt it")
					     : _("around which this one is signed"));
	field_signature(l, "signature", _("signature"), i->sig, i->sig_why, sig_from);
}

/* As it is asked, it may hold a key (RFC 8414 §2 has no word against a query). */
static void
address_row(struct field_list *l, enum endpoint e, struct span url, int from)
{
	struct buf masked;

	buf_init_wiping(&masked, 4 * LIMIT_URL);
	if (redact_url(NULL, &masked, url) == RES_OK)
		field_add(l, FIELD_VALUE, endpoint_name(e), span_of(tr(endpoint_words(e))),
			buf_span(&masked), from);
	buf_release(&masked);
}

static void
discovery_rows(struct field_list *l, const struct facts *f)
{
	static const enum endpoint shown[] = {
		EP_INTROSPECTION, EP_TOKEN, EP_USERINFO, EP_REVOCATION, EP_JWKS};
	const struct exchange *x = f->discovery ? f->discovery : f->discovery_oauth;
	const struct metadata *m = &f->c->metadata;

	if (!x)
		return;
	field_exchange_heading(l, _("Discovery"), x);
	field_answer(l, "discovery", x);
	if (!m->doc)
		return;
	field_mean(field_add(l, FIELD_VALUE, "issuer", SPAN_LIT("issuer"), m->issuer, (int)x->n),
		STATE_OK, "%s", _("the same as configured"));
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		if (m->url[shown[i]].n)
			address_row(l, shown[i], m->url[shown[i]], (int)x->n);
}

static bool
is_time_claim(struct span name)
{
	return span_is(name, "exp") || span_is(name, "nbf") || span_is(name, "iat") ||
		span_is(name, "auth_time");
}

/* A NumericDate as a date, its distance from now in words, and the raw number. */
static void
time_row(struct field *row, const struct facts *f, struct span name, int64_t at, bool local)
{
	char when[40], span[32];
	int64_t left = at - f->server_now_s;
	bool expired = span_is(name, "exp") && left <= 0;

	if (span_is(name, "exp") && at <= 0) {
		field_mean(row, STATE_OK, "%s", _("it states no end"));
		return;
	}
	field_mean(row, expired ? STATE_PROBLEM : STATE_OK,
		span_is(name, "exp") ? left > 0 ? _("expires in %s by the %s · %s")
						: _("expired %s ago by the %s · %s")
				     : left > 0 ? _("in %s by the %s · %s")
						: _("%s ago by the %s · %s"),
		span_from_now(span, left), f->skew.known ? _("server's clock") : _("local clock"),
		row->value);
	free(row->value);
	row->value = xstrdup(time_screen(when, at, local));
}

/* What the token is bound to, and whether that is at hand. */
static void
binding_meaning(struct field *row, const struct facts *f, const struct json *cnf)
{
	const struct {
		const char *member, *own, *what;
	} rows[] = {{"jkt", f->c->own_jkt, N_("DPoP key")},
		{"x5t#S256", f->c->own_x5t_s256, N_("client certificate")}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span bound = json_get_str(cnf, rows[i].member);

		if (!bound.n || !rows[i].own[0])
			continue;
		if (span_is(bound, rows[i].own))
			field_mean(row, STATE_OK, _("bound to the %s at hand"), tr(rows[i].what));
		else
			field_mean(row, STATE_WARNING,
				_("bound to another %s than the one at hand"), tr(rows[i].what));
		return;
	}
	field_mean(row, STATE_OK, "%s", tr(claim_meaning(SPAN_LIT("cnf"))));
}

static void
claim_row(struct field_list *l, const struct facts *f, const struct json *member,
	const struct json *other, int from, bool local)
{
	struct span name = json_name(member);
	struct buf value, other_value;
	struct field *row;
	char key[40];
	int64_t at;

	buf_init(&value, VALUE_MAX);
	buf_init(&other_value, VALUE_MAX);
	field_json_text(member, &value);
	row = field_add(l, FIELD_VALUE, text_safe_into(key, sizeof key, name), name,
		buf_span(&value), from);
	if (is_time_claim(name) && json_to_time(member, &at) != NUM_OTHER) {
		time_row(row, f, name, at, local);
	} else if (span_is(name, "cnf")) {
		binding_meaning(row, f, member);
	} else if (tr(claim_meaning(name))) {
		field_mean(row, STATE_OK, "%s", tr(claim_meaning(name)));
	}
	if (other) {
		field_json_text(other, &other_value);
		if (!claim_same(member, other))
			field_mean(row, STATE_WARNING, _("introspection says %s"),
				buf_str(&other_value));
	}
	buf_release(&value);
	buf_release(&other_value);
}

static void
introspection_rows(struct field_list *l, const struct facts *f, bool local)
{
	/* after a revocation its proof is the news */
	const struct exchange *x =
		f->revoked_introspection ? f->revoked_introspection : f->introspection;
	const struct json *doc;
	struct field *row;
	bool active;

	if (!x)
		return;
	field_exchange_heading(l, _("Introspection"), x);
	if (x->answer.outcome != OUTCOME_SUCCESS && x->answer.outcome != OUTCOME_INACTIVE)
		field_answer(l, "introspection", x);
	/* of a signed answer, what stands inside (RFC 9701 §5) */
	doc = x->answer.claims.root ? x->answer.claims.root : x->answer.doc;
	if (x == f->introspection)
		field_signed_answer(l, f, &f->introspection_jwt);
	if (x->answer.active != TRI_UNKNOWN) {
		active = x->answer.active == TRI_YES;
		row = field_value(l, "active", active ? "true" : "false", (int)x->n);
		field_mean(row, active ? STATE_OK : STATE_PROBLEM, "%s",
			active ? _("the server accepts it") : _("the server does not accept it"));
	}
	if (x->answer.outcome != OUTCOME_SUCCESS && x->answer.outcome != OUTCOME_INACTIVE)
		return;
	for (const struct json *m = json_first(doc); m; m = json_next(m))
		if (!span_is(json_name(m), "active"))
			claim_row(l, f, m, NULL, (int)x->n, local);
}

/* What introspection says of the same thing; some servers call it otherwise in their tokens. */
static const struct json *
counterpart(const struct json *doc, const char *name)
{
	static const char *const others[][2] = {{"scp", "scope"}, {"azp", "client_id"},
		{"cid", "client_id"}, {"appid", "client_id"}};
	const struct json *same = json_get(doc, name);

	for (size_t i = 0; i < ARRAY_SIZE(others) && !same; i++)
		if (!strcmp(name, others[i][0]))
			same = json_get(doc, others[i][1]);
	return same;
}

static void
claims_rows(struct field_list *l, const struct facts *f, bool local)
{
	const struct token_info *i = f->access;
	const struct json *doc =
		f->introspection && f->introspection->answer.outcome == OUTCOME_SUCCESS
		? f->introspection->answer.claims.root
		: NULL;
	char name[64];

	if (!i || !i->payload)
		return;
	field_heading(
		l, _("Claims of the token itself"), _("not proven by themselves"), FROM_TOKEN);
	for (const struct json *m = json_first(i->payload); m; m = json_next(m)) {
		size_t before = l->n;

		text_safe_into(name, sizeof name, json_name(m));
		claim_row(l, f, m, counterpart(doc, name), FROM_TOKEN, local);
		/* introspection's rows own the bare names in the report */
		snprintf(l->v[before].key, sizeof l->v[before].key, "claim.%.32s", name);
	}
}

void
fields_verify(struct field_list *l, const struct wizard *w, bool local)
{
	const struct facts *f = wizard_facts(w);

	if (!f->c)
		return;
	introspection_rows(l, f, local); /* the answer first: it is what the step is about */
	field_heading(l, _("Tokens"), "", FROM_TOKEN);
	token_rows(l, case_token(f->c, SLOT_ACCESS), SLOT_ACCESS);
	if (f->access)
		jose_rows(l, f->access, f->access_sig_from);
	token_rows(l, case_token(f->c, SLOT_REFRESH), SLOT_REFRESH);
	token_rows(l, case_token(f->c, SLOT_ID), SLOT_ID);
	if (f->id_token && f->id_token->kind == TOKEN_JWT && f->id_token->sig != SIG_NOT_CHECKED)
		field_signature(l, "id_signature", _("its signature"), f->id_token->sig,
			f->id_token->sig_why, f->jwks ? (int)f->jwks->n : FROM_TOKEN);
	if (!f->access)
		field_note(l, STATE_UNDETERMINED, _("No access token was given."));
	claims_rows(l, f, local);
	discovery_rows(l, f);
}
