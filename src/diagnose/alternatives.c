#include "diagnose/alternatives.h"

#include "base/tr.h"
#include "diagnose/rules.h"

enum { NAMED = 3 };

enum unless { NOTHING, EXP, ISSUER, CLIENT, REQUEST, USERINFO, SUB, ACTIVE, PROBED };

struct alternative {
	const char *of;
	unsigned where;
	int status;
	const char *words, *id;
	enum unless unless;
	const char *told_by,
		*barred; /* barred: told by this where introspection cannot be asked (again) */
};

static const struct alternative alternatives[] = {
#define ALTERNATIVE(of, where, status, words, id, unless, told_by)                                 \
	{of, WHERE_##where, status, words, id, unless, told_by, told_by},
#define ALTERNATIVE_BY_INTROSPECTION(of, where, status, words, id, unless, told_by, barred)        \
	{of, WHERE_##where, status, words, id, unless, told_by, barred},
#include "diagnose/alternatives.def"
#undef ALTERNATIVE
#undef ALTERNATIVE_BY_INTROSPECTION
};

/* The exchange that a finding's first evidence of an answer is from. */
static const struct exchange *
answer_of(const struct facts *f, const struct finding *x)
{
	for (size_t i = 0; i < x->n_evidence; i++) {
		const struct exchange *e = x->evidence[i].from > 0
			? case_exchange(f->c, (uint32_t)x->evidence[i].from)
			: NULL;

		if (exchange_answered(e))
			return e;
	}
	return NULL;
}

static bool
ruled_out(const struct facts *f, const struct exchange *x, enum unless u)
{
	switch (u) {
	case NOTHING:
		return false;
	case EXP:
		return f->exp.known || f->active.v == TRI_YES;
	case ISSUER:
		return fact_issuer(f) != ISSUER_NOT_KNOWN;
	case CLIENT:
		return span_eq(f->client_id.v, f->caller.v) && f->caller.v.n;
	case REQUEST:
		return exchange_request_known(x);
	case USERINFO:
		return f->userinfo && f->userinfo_ok.v != TRI_YES;
	case SUB:
		return f->sub.v.n && !span_eq(f->sub.v, f->client_id.v);
	case ACTIVE:
		return f->active.v == TRI_YES;
	case PROBED:
		return exchange_answered(f->userinfo_probe);
	}
	return false;
}

static bool
found(const struct diagnosis *d, const char *id)
{
	for (size_t i = 0; i < d->n; i++) {
		if (!strcmp(d->findings[i].rule->id, id))
			return true;
	}
	return false;
}

static bool
fits(const struct diagnosis *d, const struct facts *f, const struct exchange *x,
	const struct alternative *a)
{
	if (strcmp(a->of, d->findings[0].rule->id) != 0 || found(d, a->id) ||
		ruled_out(f, x, a->unless))
		return false;
	if (!(a->where & answer_where(x)) || (a->status && a->status != x->result.response.status))
		return false;
	return !a->words[0] || answer_says(x, a->words);
}

static size_t
collect(const struct diagnosis *d, const struct facts *f, const struct exchange *x,
	const struct alternative **out)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(alternatives) && n < NAMED; i++) {
		bool twice = false;

		for (size_t k = 0; k < n; k++)
			twice = twice || !strcmp(out[k]->id, alternatives[i].id);
		if (!twice && fits(d, f, x, &alternatives[i]))
			out[n++] = &alternatives[i];
	}
	return n;
}

static const char *
told_by(const struct facts *f, const struct alternative *a)
{
	return fact_can_introspect(f) ? a->told_by : a->barred;
}

static void
name_in_remedy(
	const struct facts *f, struct finding *first, const struct alternative **list, size_t n)
{
	struct buf text;

	buf_init(&text, LIMIT_MESSAGE);
	(void)buf_printf(&text, _("%s What fits, in the order to look:"), first->remedy);
	for (size_t i = 0; i < n; i++)
		(void)buf_printf(&text, _("%s %s (told by %s)"), i ? ";" : "", list[i]->id,
			tr(told_by(f, list[i])));
	(void)buf_puts(&text, ".");
	if (buf_status(&text) == RES_OK) /* a list cut short would be none */
		fix(first, "%s", buf_str(&text));
	buf_release(&text);
}

static void
add_finding(struct diagnosis *d, const struct facts *f, const struct exchange *x,
	const struct alternative *a, size_t at)
{
	const struct catalogue_entry *e = catalogue_find(span_of(a->id));
	struct finding *out = &d->findings[at];

	if (d->n == FINDINGS_MAX || !e)
		return;
	memmove(out + 1, out, (d->n - at) * sizeof(*out));
	memset(out, 0, sizeof(*out));
	d->n++;
	out->rule = rule_find(span_of(a->id));
	out->severity = SEV_INFO;
	out->possible = true;
	out->step = out->next_step = x->step;
	out->advice = ADVICE_UNKNOWN;
	out->explains = "";
	ev_answer(out, x);
	fix(out, "%s", out->rule->remedy);
	(void)say(out, "This fits as well, and one answer does not tell: %s. It is told by %s.",
		tr(e->title), tr(told_by(f, a)));
}

void
add_alternatives(struct diagnosis *d, const struct facts *f)
{
	const struct alternative *list[NAMED];
	const struct exchange *x;
	bool lone = f->c->n_exchanges == 1 && !f->access;
	size_t n;

	if (!d->n || !(d->findings[0].rule->umbrella || (lone && !d->findings[0].settled)))
		return;
	x = answer_of(f, &d->findings[0]);
	if (!x)
		return;
	n = collect(d, f, x, list);
	if (!n)
		return;
	if (d->findings[0].rule->umbrella)
		name_in_remedy(f, &d->findings[0], list, n);
	for (size_t i = 0; i < n && lone; i++)
		add_finding(d, f, x, list[i], i + 1);
}
