#include "diagnose/compare.h"

#include "base/mem.h"
#include "base/text.h"
#include "case/parts.h"
#include "diagnose/rules.h"

/* --- the values, as text ------ */

static void
get_life(const struct facts *f, struct buf *out)
{
	int64_t now = f->server_now_s;

	if (f->nbf.known && f->nbf.at > now + f->leeway_s)
		buf_puts(out, "not valid yet");
	else if (f->exp.known)
		buf_puts(out, fact_expired(f) ? "expired" : "not expired");
}

static void
get_active(const struct facts *f, struct buf *out)
{
	if (f->active.v != TRI_UNKNOWN)
		buf_puts(out, f->active.v == TRI_YES ? "true" : "false");
}

static void
put_answer(struct buf *out, const struct exchange *x)
{
	char words[160];

	if (x)
		buf_puts(out, answer_words(x, words, sizeof(words)));
}

static void
get_introspection(const struct facts *f, struct buf *out)
{
	put_answer(out, f->introspection);
}

static void
get_userinfo(const struct facts *f, struct buf *out)
{
	put_answer(out, f->userinfo);
}

static void
get_refresh(const struct facts *f, struct buf *out)
{
	put_answer(out, f->refresh);
}

static int
by_text(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return c ? c : (x->n > y->n) - (x->n < y->n);
}

/* Sets, not lists: their order says nothing. */
static void
put_sorted(struct buf *out, struct span *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof(*v), by_text);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%.*s", i ? " " : "", SPAN_ARG(v[i]));
}

static void
get_scope(const struct facts *f, struct buf *out)
{
	struct span words[64], rest = f->token_scope.v;
	size_t n = 0;

	while (n < ARRAY_SIZE(words) && span_word(&rest, &words[n]))
		n++;
	put_sorted(out, words, n);
}

static void
get_aud(const struct facts *f, struct buf *out)
{
	const struct claims *c =
		f->introspected && f->introspected->n_aud ? f->introspected : f->claimed;
	struct span words[ARRAY_SIZE(c->aud)];

	if (!c)
		return;
	memcpy(words, c->aud, c->n_aud * sizeof(*words));
	put_sorted(out, words, c->n_aud);
}

static void
get_iss(const struct facts *f, struct buf *out)
{
	buf_add_span(out, f->iss.v);
}

static void
get_sub(const struct facts *f, struct buf *out)
{
	buf_add_span(out, f->sub.v);
}

static void
get_client(const struct facts *f, struct buf *out)
{
	buf_add_span(out, f->client_id.v);
}

static void
get_caller(const struct facts *f, struct buf *out)
{
	if (f->introspection)
		buf_add_span(out, f->caller.v);
}

static void
get_client_auth(const struct facts *f, struct buf *out)
{
	if (f->introspection && f->introspection->auth != AUTH_UNSET)
		buf_puts(out, client_auth_id(f->introspection->auth));
}

static void
get_kind(const struct facts *f, struct buf *out)
{
	if (f->access)
		buf_puts(out, token_kind_id(f->access->kind));
}

static void
get_role(const struct facts *f, struct buf *out)
{
	if (f->access && f->access->role != ROLE_UNKNOWN)
		buf_puts(out, token_role_id(f->access->role));
	if (f->access && *f->access->typ)
		buf_printf(out, "%styp %s", out->len ? ", " : "", f->access->typ);
}

static void
get_odd(const struct facts *f, struct buf *out)
{
	const struct case_token *t = case_token(f->c, SLOT_ACCESS);
	char words[200];

	if (!f->access)
		return;
	buf_puts(out,
		t->info.odd ? token_oddity_words(&t->info, words, sizeof(words)) : "nothing odd");
}

static void
get_alg(const struct facts *f, struct buf *out)
{
	if (f->access)
		buf_puts(out, f->access->alg);
}

static void
get_kid(const struct facts *f, struct buf *out)
{
	if (f->access)
		buf_puts(out, f->access->kid);
}

static void
get_signature(const struct facts *f, struct buf *out)
{
	if (f->access && f->access->kind == TOKEN_JWT && f->access_sig != SIG_NOT_CHECKED)
		buf_puts(out, sig_state_words(f->access_sig));
}

static void
get_bound(const struct facts *f, struct buf *out)
{
	const struct claims *const both[] = {f->introspected, f->claimed};
	const char *what = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		if (both[i] && both[i]->jkt.n)
			what = "a key (DPoP)";
		else if (both[i] && both[i]->x5t_s256.n)
			what = "a client certificate";
		else if (both[i] && !what)
			what = "nothing";
	}
	buf_puts(out, what ? what : "");
}

static void
get_scheme(const struct facts *f, struct buf *out)
{
	char scheme[32];

	if (f->userinfo)
		buf_puts(out, request_scheme(f->userinfo, scheme, sizeof(scheme)));
}

static void
get_address(const struct facts *f, struct buf *out)
{
	if (f->userinfo && f->userinfo->request.url)
		buf_puts(out, f->userinfo->request.url);
}

/* The first host whose clock is off. */
static void
get_skew(const struct facts *f, struct buf *out)
{
	double limit = (double)f->leeway_s;
	char span[32];

	for (size_t i = 0; i < f->n_hosts && !out->len; i++) {
		double s = f->hosts[i].seconds;

		if (f->hosts[i].known && (s > limit || s < -limit))
			buf_printf(out, "%s %s", time_span(span, (int64_t)s),
				s > 0 ? "ahead" : "behind");
	}
	if (!out->len && f->n_hosts)
		buf_puts(out, "as here");
}

/* Of the query, else of whatever was asked. */
static const struct exchange *
some_exchange(const struct facts *f)
{
	return f->userinfo ? f->userinfo : f->introspection ? f->introspection : f->discovery;
}

static void
get_tls(const struct facts *f, struct buf *out)
{
	const struct exchange *x = some_exchange(f);
	const struct tls_info *t = x ? &x->result.tls : NULL;

	if (!t || !(*t->version || t->n_certs))
		return;
	buf_printf(out, "%s%s%s", t->version, *t->version ? ", " : "",
		t->verified ? "verified" : "not verified");
	if (t->n_certs && t->certs[0].issuer)
		buf_printf(out, ", issued by %s", t->certs[0].issuer);
}

static void
get_proxy(const struct facts *f, struct buf *out)
{
	const struct exchange *x = some_exchange(f);

	if (x)
		buf_puts(out, !x->result.via_proxy ? "none"
				: *x->result.proxy ? x->result.proxy
						   : "one");
}

static void
get_server(const struct facts *f, struct buf *out)
{
	if (f->userinfo)
		buf_add_span(out, http_header(&f->userinfo->result.response.headers, "Server"));
}

static void
get_type(const struct facts *f, struct buf *out)
{
	char type[64];

	if (f->userinfo &&
		http_media_type(&f->userinfo->result.response.headers, type, sizeof(type)))
		buf_puts(out, type);
}

static void
get_exp(const struct facts *f, struct buf *out)
{
	char text[32];

	if (f->exp.known)
		buf_puts(out, time_rfc3339(text, f->exp.at));
}

enum kind { PLAIN, EFFECT, EXPECTED };
static const struct {
	const char *id;
	enum kind kind;
	void (*get)(const struct facts *f, struct buf *out);
	const char *consulted;
} rows[] = {
#define COMPARABLE(id, kind, get, consulted) {id, kind, get, consulted},
#include "diagnose/comparable.def"
#undef COMPARABLE
};

/* --- what the findings looked at ------ */

static bool
in_list(const char *list, const char *word)
{
	struct span rest = span_of(list), one;

	while (span_next(&rest, '|', &one))
		if (span_is(one, word))
			return true;
	return false;
}

static bool
consulted(const struct finding *f, const char *names)
{
	for (size_t i = 0; f && i < f->n_evidence; i++)
		if (in_list(names, f->evidence[i].fact))
			return true;
	return false;
}

static enum compare_rank
rank_of(const struct comparison *c, const struct diagnosis *failing, const char *names,
	bool expected)
{
	if (consulted(c->cause, names))
		return COMPARE_CAUSE;
	for (size_t i = 0; failing && i < failing->n; i++)
		if (failing->findings[i].severity != SEV_INFO &&
			consulted(&failing->findings[i], names))
			return COMPARE_CONSULTED;
	return expected ? COMPARE_EXPECTED : COMPARE_OTHER;
}

/* --- claims that no row is about ------ */

static const char covered[] =
	"active|iss|sub|aud|exp|nbf|scope|scp|client_id|azp|cnf|token_type";
static const char expected_claims[] =
	"iat|jti|auth_time|sid|at_hash|c_hash|nonce|uti|aio|rh|session_state|username|name|email|"
	"given_name|family_name|preferred_username|nickname|upn|oid|unique_name|updated_at";

static const struct json *
claims_of(const struct facts *f)
{
	if (f->claimed && f->claimed->root)
		return f->claimed->root;
	return f->introspected ? f->introspected->root : NULL;
}

static struct compared *
add(struct comparison *c, const char *fact, enum compare_rank rank)
{
	struct compared *x;

	if (c->n == COMPARED_MAX)
		return NULL;
	x = &c->v[c->n++];
	text_safe_into(x->fact, sizeof(x->fact), span_of(fact));
	x->rank = rank;
	return x;
}

static struct compared *
find(struct comparison *c, const char *fact)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].fact, fact))
			return &c->v[i];
	return NULL;
}

/* From row `first` on. */
static void
add_claim(struct comparison *c, size_t first, const struct diagnosis *failing,
	const struct part_pair *pair)
{
	char name[48];
	struct compared *x;

	text_safe_into(name, sizeof(name), span_of(pair->a ? pair->a->name : pair->b->name));
	x = find(c, name);
	if (!*name || in_list(covered, name) || (x && x < &c->v[first]))
		return;
	/* of two of one name the last counts, as in json_get() */
	if (!x)
		x = add(c, name, rank_of(c, failing, name, in_list(expected_claims, name)));
	if (x && pair->a)
		text_safe_into(x->a, sizeof(x->a), span_of(pair->a->value));
	if (x && pair->b)
		text_safe_into(x->b, sizeof(x->b), span_of(pair->b->value));
	if (x)
		x->differs = strcmp(x->a, x->b) != 0;
}

static void
add_claims(struct comparison *c, const struct diagnosis *failing, const struct json *a,
	const struct json *b)
{
	struct part_list left, right;
	struct part_pairs pairs;
	size_t first = c->n;

	part_list_init(&left);
	part_list_init(&right);
	parts_of_object(&left, PART_ANSWER_BODY, a, false);
	parts_of_object(&right, PART_ANSWER_BODY, b, false);
	parts_pair(&pairs, &left, &right);
	for (size_t i = 0; i < pairs.n; i++)
		add_claim(c, first, failing, &pairs.v[i]);
	part_pairs_release(&pairs);
	part_list_release(&left);
	part_list_release(&right);
}

/* --- the whole ------ */

static bool
works(const struct diagnosis *d)
{
	return d->verdict.state == STATE_OK || d->verdict.state == STATE_WARNING;
}

static enum compare_outcome
outcome(const struct diagnosis *a, const struct diagnosis *b)
{
	const struct finding *x = a->verdict.primary, *y = b->verdict.primary;

	if (works(a))
		return works(b) ? COMPARE_BOTH_WORK : COMPARE_A_WORKS;
	if (works(b))
		return COMPARE_B_WORKS;
	return (x ? x->rule : NULL) == (y ? y->rule : NULL) ? COMPARE_SAME_CAUSE
							    : COMPARE_TWO_CAUSES;
}

/* An answer is told by what it answers to: among what was looked at alike it comes last. */
static int
weight(const struct compared *x)
{
	return !x->differs ? 100 : (int)x->rank * 20 + (x->effect ? 10 : 0);
}

/* What differs first, the most telling first; else in the order of the table. */
static void
sort(struct comparison *c)
{
	for (size_t i = 1; i < c->n; i++) {
		struct compared x = c->v[i];
		size_t k = i;

		for (; k > 0 && weight(&x) < weight(&c->v[k - 1]); k--)
			c->v[k] = c->v[k - 1];
		c->v[k] = x;
	}
}

static void
add_rows(struct comparison *c, const struct diagnosis *failing, const struct facts *a,
	const struct facts *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf x, y;
		struct compared *v = NULL;

		buf_init(&x, 1 << 16);
		buf_init(&y, 1 << 16);
		rows[i].get(a, &x);
		rows[i].get(b, &y);
		if (x.len || y.len)
			v = add(c, rows[i].id,
				rank_of(c, failing, rows[i].consulted,
					rows[i].kind == EXPECTED));
		if (v) {
			text_safe_into(v->a, sizeof(v->a), buf_span(&x));
			text_safe_into(v->b, sizeof(v->b), buf_span(&y));
			v->differs = !span_eq(buf_span(&x), buf_span(&y));
			v->effect = rows[i].kind == EFFECT;
		}
		buf_release(&x);
		buf_release(&y);
	}
}

void
compare_cases(struct comparison *c, const struct compare_side *a, const struct compare_side *b)
{
	const struct diagnosis *failing = NULL;

	memset(c, 0, sizeof(*c));
	c->outcome = outcome(a->diagnosis, b->diagnosis);
	if (c->outcome == COMPARE_A_WORKS)
		failing = b->diagnosis;
	else if (c->outcome == COMPARE_B_WORKS)
		failing = a->diagnosis;
	c->cause = failing ? failing->verdict.primary : NULL;
	add_rows(c, failing, a->facts, b->facts);
	add_claims(c, failing, claims_of(a->facts), claims_of(b->facts));
	sort(c);
	while (c->n_differ < c->n && c->v[c->n_differ].differs)
		c->n_differ++;
	if (c->n_differ && c->v[0].rank == COMPARE_CAUSE)
		c->explains = &c->v[0];
}

const char *
compare_rank_id(enum compare_rank r)
{
	static const char *const ids[] = {"cause", "consulted", "other", "expected"};

	return ids[r];
}

const char *
compare_outcome_id(enum compare_outcome o)
{
	static const char *const ids[] = {
		"a-works", "b-works", "both-work", "same-cause", "two-causes"};

	return ids[o];
}
