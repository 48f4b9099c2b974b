/* What the predicates share: building a finding, the words of an answer, the questions many ask. */
#include "diagnose/rules.h"

#include "base/redact.h"
#include "base/text.h"
#include "base/tr.h"
#include "oauth/jose.h"

/* --- building a finding ------------------------------------------------------------------- */

/* The addresses in metadata are kept as they are asked: what is said of them is masked here. */
static void PRINTF(3, 0) put(char *out, size_t size, const char *fmt, va_list ap)
{
	struct buf b, masked;

	buf_init_wiping(&b, 16 * LIMIT_MESSAGE);
	buf_init(&masked, 32 * LIMIT_MESSAGE);
	(void)buf_vprintf(&b, fmt, ap);
	if (span_find_str(buf_span(&b), "://") != SIZE_MAX &&
		redact_text(NULL, &masked, buf_span(&b)) == RES_OK)
		text_safe_into(out, size, buf_span(&masked));
	else
		text_safe_into(out, size, buf_span(&b));
	buf_release(&masked);
	buf_release(&b);
}

enum verdict_of
say(struct finding *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(out->summary, sizeof(out->summary), tr(fmt), ap);
	va_end(ap);
	if (span_starts(
		    span_of(out->summary), "the ")) /* "the server", for a host that is not known */
		out->summary[0] = 'T';
	return RULE_FIRES;
}

void
fix(struct finding *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(out->remedy, sizeof(out->remedy), tr(fmt), ap);
	va_end(ap);
}

void
ev(struct finding *out, const char *fact, int from, const char *fmt, ...)
{
	struct evidence *e;
	va_list ap;

	if (out->n_evidence == FINDING_EVIDENCE)
		return;
	e = &out->evidence[out->n_evidence++];
	(void)snprintf(e->fact, sizeof(e->fact), "%s", fact);
	e->from = from;
	va_start(ap, fmt);
	put(e->value, sizeof(e->value), fmt, ap);
	va_end(ap);
	if (!e->value[0]) /* nothing was said */
		out->n_evidence--;
}

void
ev_text(struct finding *out, const char *fact, struct span v, int from)
{
	ev(out, fact, from, "%.*s", SPAN_ARG(v));
}

void
ev_time(struct finding *out, const char *fact, const struct fact_time *t)
{
	char when[32];

	ev(out, fact, t->from, "%s", time_rfc3339(when, t->at));
}

void
ev_answer(struct finding *out, const struct exchange *x)
{
	char fact[48], words[160];

	if (!x)
		return;
	(void)snprintf(fact, sizeof(fact), "%s.%s", purpose_id(x->purpose),
		x->result.error == NETERR_NONE ? "status" : "error");
	ev(out, fact, (int)x->n, "%s", answer_words(x, words, sizeof(words)));
}

enum verdict_of
say_of(struct finding *out, const struct exchange *x, const char *sentence)
{
	char words[160];
	size_t n;

	sentence = tr(sentence);
	n = strlen(sentence);

	if (n && sentence[n - 1] == '.')
		n--;
	return say(out, "%.*s (%s).", (int)n, sentence, answer_words(x, words, sizeof(words)));
}

/* --- one line of an answer ---------------------------------------------------------------- */

char *
answer_words(const struct exchange *x, char *out, size_t size)
{
	if (x->result.error != NETERR_NONE)
		(void)snprintf(out, size, "%s", tr(net_error_words(x->result.error)));
	else if (!x->result.response.status)
		(void)snprintf(out, size, _("no answer"));
	else
		(void)snprintf(out, size, "%d%s%s%s%s", x->result.response.status,
			x->answer.error[0] ? " " : "", x->answer.error,
			x->answer.vendor_code[0] ? " " : "", x->answer.vendor_code);
	return out;
}

bool
answer_error_is(const struct exchange *x, const char *code)
{
	return x && (!strcmp(x->answer.error, code) || !strcmp(x->answer.vendor_code, code));
}

char *
request_scheme(const struct exchange *x, char *out, size_t size)
{
	struct span v = http_header(&x->request.headers, "authorization");
	size_t n = span_find(v, ' ');

	if (n == SIZE_MAX)
		n = v.n;
	if (n >= size)
		n = size - 1;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(v.p[i] >= 'A' && v.p[i] <= 'Z' ? v.p[i] + 32 : v.p[i]);
	out[n] = '\0';
	return out;
}

unsigned
answer_where(const struct exchange *x)
{
	if (exchange_client_refused(x))
		return WHERE_C;
	switch (purpose_endpoint(x->purpose)) {
	case EP_USERINFO:
		return WHERE_U;
	case EP_TOKEN:
		return WHERE_R;
	case EP_INTROSPECTION:
		return WHERE_C;
	default:
		return x->purpose == PURPOSE_RESOURCE ? WHERE_U : WHERE_A;
	}
}

/* --- what several rules ask --------------------------------------------------------------- */

bool
fact_inactive(const struct facts *f)
{
	const struct exchange *x = f->introspection, *made_up = f->introspection_probe;

	if (f->active.v == TRI_NO)
		return true;
	if (!exchange_answered(x) || exchange_client_refused(x) || f->active.v != TRI_UNKNOWN)
		return false;
	/* an error about the token instead of active:false; a denial may be of the one who asks */
	if (answer_error_is(x, "access_denied"))
		return x->result.response.status != 403 ||
			(exchange_answered(made_up) && made_up->answer.outcome == OUTCOME_INACTIVE);
	return answer_error_is(x, "invalid_token") || answer_error_is(x, "invalid_grant");
}

bool
fact_rejected(const struct facts *f)
{
	return exchange_token_refused(f->userinfo);
}

bool
fact_refused(const struct facts *f)
{
	return fact_inactive(f) || fact_rejected(f);
}

bool
fact_healthy(const struct facts *f)
{
	return f->userinfo_ok.v == TRI_YES && !fact_inactive(f);
}

struct span
fact_endpoint(const struct facts *f, enum endpoint e)
{
	struct span url = profile_endpoint(&f->c->profile, e);

	return url.n || !f->metadata ? url : f->metadata->url[e];
}

bool
fact_can_introspect(const struct facts *f)
{
	return !f->introspection && (f->c->offline || fact_endpoint(f, EP_INTROSPECTION).n);
}

/* Nobody asked the issuer for its metadata yet: the endpoint may stand there. */
static bool
may_be_discovered(const struct facts *f)
{
	return !f->discovery && f->c->profile.issuer && f->c->profile.discovery;
}

bool
fact_can_refresh(const struct facts *f)
{
	const struct case_token *t = case_token(f->c, SLOT_REFRESH);

	if (f->refresh)
		return false;
	return f->c->offline ||
		(f->refresh_token && !t->spent &&
			(fact_endpoint(f, EP_TOKEN).n || may_be_discovered(f)) &&
			!(f->refresh_exp.known && f->refresh_exp.at <= f->server_now_s));
}

const char *
fix_new_token(const struct facts *f, struct finding *out)
{
	if (!fact_can_refresh(f)) {
		out->advice = ADVICE_SILENT;
		return "Log in again";
	}
	out->next_step = STEP_REFRESH;
	out->advice = ADVICE_REFRESH;
	return "Refresh once (step 3)";
}

bool
fact_answered_without_introspection(const struct facts *f)
{
	/* of a case that somebody sent, the request without credentials may be what the question is
	 * about */
	return fact_expired(f) || (!f->c->offline && exchange_answered(f->userinfo));
}

bool
fact_expired(const struct facts *f)
{
	int64_t left;

	return facts_remaining(f, &left) && left <= 0;
}

bool
fact_bound(const struct facts *f)
{
	return (f->claimed && (f->claimed->jkt.n || f->claimed->x5t_s256.n)) ||
		(f->introspected && (f->introspected->jkt.n || f->introspected->x5t_s256.n));
}

bool
fact_stumbles(const struct exchange *x, const struct exchange *made_up)
{
	return exchange_answered(x) && x->result.response.status == 500 &&
		exchange_answered(made_up) && made_up->result.response.status < 500;
}

bool
fact_userinfo_out_of_reach(const struct facts *f)
{
	const struct profile *p = &f->c->profile;

	return !f->c->offline && p->issuer && !f->metadata && !f->userinfo && !p->resource_url &&
		!profile_endpoint(p, EP_USERINFO).n && !fact_inactive(f);
}

/* Of what somebody sent, nothing but a side question: then that is what failed. */
static bool
is_all_there_is(const struct facts *f, const struct exchange *x)
{
	return f->c->offline && x->imported && f->c->n_exchanges == 1 && !f->access;
}

enum severity
fact_weight(const struct facts *f, const struct exchange *x)
{
	if (purpose_is_extra(x->purpose))
		return is_all_there_is(f, x) ? SEV_ERROR : SEV_WARNING;
	/* the query was answered, and the token's own time explains that answer */
	if (x == f->introspection && fact_expired(f) && fact_rejected(f))
		return SEV_WARNING;
	if (x->purpose != PURPOSE_DISCOVERY)
		return SEV_ERROR;
	if (f->metadata)
		return SEV_INFO;
	if (fact_userinfo_out_of_reach(f))
		return SEV_ERROR;
	return exchange_answered(f->userinfo) || exchange_answered(f->introspection) ? SEV_WARNING
										     : SEV_ERROR;
}

enum tri
fact_advertised(const struct facts *f, const struct exchange *x)
{
	enum endpoint e = purpose_endpoint(x->purpose);

	if (!f->metadata || e == EP_COUNT)
		return TRI_UNKNOWN;
	return tri_of(x->request.url &&
		(span_is(f->metadata->url[e], x->request.url) ||
			span_is(f->metadata->mtls[e], x->request.url)));
}

char *
url_host_text(struct span url, char *out, size_t size)
{
	struct url u;

	if (!url.n)
		(void)snprintf(out, size, _("the server"));
	else if (url_parse(&u, url, NULL) != RES_OK)
		(void)snprintf(out, size, "%.*s", SPAN_ARG(url));
	else if (u.port_written)
		(void)snprintf(out, size, "%.*s:%d", SPAN_ARG(u.host), u.port);
	else
		(void)snprintf(out, size, "%.*s", SPAN_ARG(u.host));
	return out;
}

char *
peer_of(const struct exchange *x, char *out, size_t size)
{
	char host[140];

	if (x->request.url && x->request.url[0])
		(void)snprintf(out, size, "%s (%s)",
			url_host_text(span_of(x->request.url), host, sizeof(host)),
			tr(purpose_words(x->purpose)));
	else /* what it was asked for is a guess then */
		(void)url_host_text(SPAN_EMPTY, out, size);
	return out;
}

/* --- issuer and key ----------------------------------------------------------------------- */

const struct json *
fact_key(const struct facts *f)
{
	if (!exchange_answered(f->jwks) || !f->jwks->answer.doc || !f->access || !f->access->kid[0])
		return NULL;
	return jwks_key(f->jwks->answer.doc, span_of(f->access->kid), f->access->alg);
}

enum tri
fact_key_known(const struct facts *f)
{
	if (!exchange_answered(f->jwks) || !f->jwks->answer.doc ||
		!json_get(f->jwks->answer.doc, "keys") || !f->access || !f->access->kid[0])
		return TRI_UNKNOWN;
	return tri_of(fact_key(f) != NULL);
}

static struct span
no_slash(struct span s)
{
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

/* sts.windows.net/<tid>/ and login.microsoftonline.com/<tid>/v2.0 are one tenant. */
static bool
same_entra_tenant(const struct facts *f, struct span ours)
{
	char tid[64];

	if (!f->claimed || !f->claimed->tid.n || f->claimed->tid.n >= sizeof(tid))
		return false;
	(void)snprintf(tid, sizeof(tid), "%.*s", SPAN_ARG(f->claimed->tid));
	return span_contains_nocase(ours, tid) || span_contains_nocase(ours, "/common") ||
		span_contains_nocase(ours, "/organizations") ||
		span_contains_nocase(ours, "{tenantid}");
}

static enum issuer_kind
compare_issuers(const struct facts *f, struct span iss, struct span ours)
{
	struct url a, b;
	bool path;

	if (url_parse(&a, iss, NULL) != RES_OK || url_parse(&b, ours, NULL) != RES_OK)
		return ISSUER_OTHER_TENANT;
	path = span_eq(no_slash(a.path), no_slash(b.path));
	if (url_same_origin(&a, &b))
		return path ? ISSUER_FITS : ISSUER_OTHER_TENANT;
	/* one server under two names keeps its keys and its paths; another environment has keys of
	 * its own */
	if (f->access_sig == SIG_VALID || fact_key_known(f) == TRI_YES)
		return ISSUER_OTHER_HOST;
	if (!path || f->access_sig == SIG_NO_KEY || f->access_sig == SIG_BAD ||
		fact_key_known(f) == TRI_NO)
		return ISSUER_OTHER_TENANT;
	if (no_slash(a.path).n || span_eq_nocase(a.host, b.host) || url_is_private(&a) ||
		url_is_private(&b))
		return ISSUER_OTHER_HOST;
	return ISSUER_OTHER_TENANT;
}

enum issuer_kind
fact_issuer(const struct facts *f)
{
	struct span iss = f->claimed && f->claimed->iss.n ? f->claimed->iss : f->iss.v;
	struct span ours = f->expected_issuer.v;
	const struct exchange *x = f->introspection;
	struct url a, b;
	char path[256];

	if (!iss.n)
		return ISSUER_NOT_KNOWN;
	if (ours.n && !span_eq(no_slash(iss), no_slash(ours)))
		return same_entra_tenant(f, ours) ? ISSUER_FITS : compare_issuers(f, iss, ours);
	/* the issuer fits; was it asked by its own name? */
	if (!x || !x->request.url || fact_advertised(f, x) == TRI_YES ||
		url_parse(&a, iss, NULL) != RES_OK ||
		url_parse(&b, span_of(x->request.url), NULL) != RES_OK)
		return ours.n ? ISSUER_FITS : ISSUER_NOT_KNOWN;
	(void)snprintf(path, sizeof(path), "%.*s", SPAN_ARG(no_slash(a.path)));
	if (url_same_host(&a, &b))
		return ISSUER_FITS;
	/* some providers do split hosts: only an alias of the same server is suspicious */
	return (path[0] && span_starts(b.path, path)) || url_is_private(&b) ? ISSUER_OTHER_HOST
									    : ISSUER_NOT_KNOWN;
}

bool
fact_token_was_read(const struct facts *f)
{
	static const enum hint of_a_token[] = {HINT_EXPIRED, HINT_REVOKED, HINT_NOT_YET,
		HINT_AUDIENCE, HINT_OPENID, HINT_SCOPE, HINT_NO_USER, HINT_SESSION, HINT_USER_GONE};
	const struct exchange *x = f->userinfo;

	if (!exchange_answered(x))
		return false;
	if (x->answer.outcome == OUTCOME_SUCCESS || answer_error_is(x, "insufficient_scope"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(of_a_token); i++)
		if (answer_hint(x) == of_a_token[i])
			return true;
	return false;
}

const struct exchange *
gravest_answer(const struct facts *f, answer_match *m, struct finding *out)
{
	const struct exchange *best = NULL;

	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (!exchange_answered(x) || x->slot == SLOT_MADE_UP ||
			x->purpose == PURPOSE_CLOCK || !exchange_is_current(f->c, x) || !m(f, x))
			continue;
		if (!best || fact_weight(f, x) > fact_weight(f, best))
			best = x;
	}
	if (!best || fact_weight(f, best) == SEV_INFO)
		return NULL;
	if (out->severity > fact_weight(f, best))
		out->severity = fact_weight(f, best);
	out->step = best->step;
	ev_answer(out, best);
	return best;
}
