#include "wizard/probes.h"

#include "diagnose/rules.h"

enum {
	MOST_REFUSALS = 4, /* servers that lock a client out count five or more */
	FRESH_S = 10, /* so long a new token may be unknown to a copy of the server: the waits are
			 shorter */
	AGAIN_S = 2, /* the first wait */
	WAIT_S = 5, /* the longest wait */
	LONG_TOKEN = 2000, /* bytes; the usual limits of a header begin at 4 KiB, with cookies and
			      names in it */
	WORTH_S = 30, /* a clock that differs by less decides nothing */
};

/* --- what is asked ------------------------------------------------------------------------ */

static bool
has(const struct diagnosis *d, const char *id)
{
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->findings[i].rule->id, id))
			return true;
	return false;
}

/* Found, and not certain yet. */
static bool
has_open(const struct diagnosis *d, const char *id)
{
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->findings[i].rule->id, id))
			return d->findings[i].open;
	return false;
}

/* Is there a cause already, other than the one in question? */
static bool
decided(const struct diagnosis *d, const char *but)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *x = &d->findings[i];

		if (x->severity == SEV_ERROR && !x->rule->umbrella && !x->open &&
			strcmp(x->rule->id, but) != 0)
			return true;
	}
	return false;
}

static bool
asked_as_client(const struct exchange *x)
{
	return x && (x->auth == AUTH_BASIC || x->auth == AUTH_POST);
}

static int
status_of(const struct exchange *x)
{
	return exchange_answered(x) ? x->result.response.status : 0;
}

/* An answer that is no OAuth answer: a page, a line of text, nothing. */
static bool
speechless(const struct exchange *x)
{
	return !x->answer.challenges.n && !x->answer.error[0] && !x->answer.doc;
}

/* --- candidates: what may still be the cause ---------------------------------------------- */

/* "Inactive", and yet the token gets user information: it is about the caller. */
static bool
inactive_but_works(const struct facts *f)
{
	return f->active.v == TRI_NO && f->userinfo_ok.v == TRI_YES && !fact_expired(f) &&
		!f->revoked_introspection;
}

static bool
may_be_secret(const struct facts *f, const struct diagnosis *d)
{
	if (decided(d, ""))
		return false;
	return f->doubt.refused || fact_caller_in_doubt(f) ||
		(inactive_but_works(f) && asked_as_client(f->introspection) &&
			f->open_door.v != TRI_NO && !exchange_client_accepted(f->token_probe));
}

static bool
may_be_method(const struct facts *f, const struct diagnosis *d)
{
	return !decided(d, "") && f->doubt.refused && f->doubt.other != AUTH_UNSET;
}

static bool
may_be_encoding(const struct facts *f, const struct diagnosis *d)
{
	return !decided(d, "") && f->doubt.refused && f->doubt.encoding;
}

static bool
may_be_assertion(const struct facts *f, const struct diagnosis *d)
{
	return !decided(d, "") && f->doubt.assertion && has(d, "client-proof-refused");
}

static bool
may_be_assertion_audience(const struct facts *f, const struct diagnosis *d)
{
	return may_be_assertion(f, d) && f->doubt.audience.n;
}

static bool
may_be_resource_credentials(const struct facts *f, const struct diagnosis *d)
{
	return !decided(d, "") && f->doubt.refused && f->doubt.elsewhere;
}

/* An error where active:false is wanted: of this token, or of every request like it? */
static bool
may_be_caller(const struct facts *f, const struct diagnosis *d)
{
	const struct exchange *x = f->introspection;
	int s = status_of(x);

	(void)d;
	if (fact_caller_in_doubt(f) && !f->token_probe)
		return true;
	if (f->active.v != TRI_UNKNOWN || f->introspection_probe || !x ||
		(asked_as_client(x) && exchange_client_refused(x)) ||
		answer_error_is(x, "invalid_client"))
		return false; /* wrong credentials are not sent a second time */
	return s == 500 || (s >= 400 && s < 500 && s != 407 && s != 429);
}

static bool
may_be_foreign(const struct facts *f, const struct diagnosis *d)
{
	return !decided(d, "") && inactive_but_works(f) && !f->client_id.v.n;
}

static bool
may_be_audience(const struct facts *f, const struct diagnosis *d)
{
	return !decided(d, "") && inactive_but_works(f) &&
		!(f->claimed && claims_has_aud(f->claimed, f->caller.v));
}

/* Inactive for a reason of the server's own: what is left when nobody is to blame. */
static bool
may_be_unsaid(const struct facts *f, const struct diagnosis *d)
{
	return !decided(d, "") && inactive_but_works(f);
}

static bool
may_be_host(const struct facts *f, const struct diagnosis *d)
{
	return f->active.v == TRI_NO &&
		(has(d, "issuer-mismatch-hostname") || has(d, "wrong-tenant-or-realm"));
}

static bool
may_be_dead(const struct facts *f, const struct diagnosis *d)
{
	return !decided(d, "") && f->active.v == TRI_NO && f->userinfo &&
		f->userinfo_ok.v != TRI_YES && !fact_expired(f) && !f->revoked_introspection;
}

/* Taken at one endpoint, or in one form, and refused in the other: it may hang on which of
 * several servers was asked, however old the token is. */
static bool
two_answers(const struct facts *f, const struct diagnosis *d)
{
	if (inactive_but_works(f))
		return has(d, "introspect-inactive-unspecified");
	return fact_rejected(f) && answer_error_is(f->userinfo, "invalid_token") &&
		(has_open(d, "authorization-header-stripped") ||
			(has(d, "token-rejected-unspecified") && f->active.v == TRI_YES));
}

static bool
may_be_replica(const struct facts *f, const struct diagnosis *d)
{
	int64_t age;

	if (decided(d, "") || !fact_refused(f) || fact_expired(f) || f->waited_s >= WAIT_S ||
		f->revoked_introspection || !f->userinfo)
		return false;
	if (two_answers(f, d) && f->waited_s < AGAIN_S)
		return true;
	return facts_age(f, &age) ? age < FRESH_S : f->userinfo_ok.v != TRI_YES;
}

/* A challenge without an error is the answer to a request without a token (RFC 6750 §3.1); of a
 * live token, a refusal without any word may be. */
static bool
as_if_no_token(const struct facts *f, const struct exchange *x)
{
	if (status_of(x) != 401 || x->answer.error[0] || fact_inactive(f) || fact_expired(f) ||
		fact_bound(f))
		return false;
	for (size_t i = 0; i < x->answer.challenges.n; i++)
		if (challenge_param(&x->answer.challenges.v[i], "error").n)
			return false;
	return x->answer.challenges.n > 0 || answer_hint(x) == HINT_NO_TOKEN ||
		f->active.v == TRI_YES;
}

/* The token is refused, and the reason is not certain. */
static bool
refusal_open(const struct diagnosis *d)
{
	return has(d, "token-rejected-unspecified") ||
		(has(d, "wrong-audience") && !decided(d, ""));
}

/* Refused in the very words that a made-up token gets, though nothing known is wrong with it: was
 * it seen at all? */
static bool
as_any_token(const struct facts *f)
{
	const struct exchange *x = f->userinfo, *made_up = f->userinfo_probe;

	if (status_of(x) != 401 || fact_inactive(f) || fact_expired(f) || fact_bound(f))
		return false;
	if (!made_up) /* not known yet; worth a question where the token is known to be good */
		return f->active.v == TRI_YES;
	return status_of(made_up) == 401 && !strcmp(x->answer.error, made_up->answer.error) &&
		!strcmp(x->answer.description, made_up->answer.description);
}

static bool
may_be_stripped(const struct facts *f, const struct diagnosis *d)
{
	if (f->form_probe)
		return has_open(d, "authorization-header-stripped");
	return (!decided(d, "authorization-header-stripped") && as_if_no_token(f, f->userinfo)) ||
		(refusal_open(d) && as_any_token(f));
}

static bool
shown_as_dpop(const struct facts *f)
{
	char scheme[24];

	return f->userinfo &&
		!strcmp(request_scheme(f->userinfo, scheme, sizeof(scheme)), "dpop");
}

static bool
may_be_scheme(const struct facts *f, const struct diagnosis *d)
{
	return refusal_open(d) && shown_as_dpop(f) && !f->bearer_probe;
}

static bool
may_be_rejected(const struct facts *f, const struct diagnosis *d)
{
	return refusal_open(d) || may_be_stripped(f, d);
}

static bool
may_be_path(const struct facts *f, const struct diagnosis *d)
{
	int s = status_of(f->userinfo);

	(void)d;
	return (s == 404 || s == 405 || s == 410) && !f->userinfo_probe;
}

static bool
may_be_broken(const struct facts *f, const struct diagnosis *d)
{
	(void)d;
	return status_of(f->userinfo) == 500 && !f->userinfo_probe;
}

static bool
may_be_filtered(const struct facts *f, const struct diagnosis *d)
{
	int s = status_of(f->userinfo);

	if (f->bare_probe)
		return false;
	if (f->userinfo && f->userinfo->result.error == NETERR_RESET) /* some filters answer so */
		return true;
	if (decided(d, "waf-block"))
		return false;
	return has(d, "waf-block") ||
		((s == 400 || s == 403 || s == 406 || s == 413) && speechless(f->userinfo));
}

static bool
may_be_too_large(const struct facts *f, const struct diagnosis *d)
{
	const struct exchange *x = f->userinfo;

	if (!x || f->bare_probe || !f->access || f->access->len < LONG_TOKEN ||
		has(d, "header-too-large"))
		return false;
	return may_be_filtered(f, d) || x->result.error == NETERR_RESET;
}

static bool
may_be_clock(const struct facts *f, const struct diagnosis *d)
{
	double s = f->skew.seconds < 0 ? -f->skew.seconds : f->skew.seconds;

	(void)d;
	return f->skew.known && !f->second_skew.known && s - f->skew.error > WORTH_S;
}

static const struct {
	const char *id;
	bool (*possible)(const struct facts *f, const struct diagnosis *d);
} candidates[] = {
#define CANDIDATE(id, possible) {id, possible},
#include "wizard/candidates.def"
#undef CANDIDATE
};

/* --- fits: can it be asked here? ---------------------------------------------------------- */

static bool
fits_introspection(const struct facts *f)
{
	return f->introspection != NULL;
}

/* Without credentials: does the server tell strangers, too, that a token is inactive? */
static bool
fits_no_client(const struct facts *f)
{
	return f->active.v == TRI_NO && asked_as_client(f->introspection) &&
		f->open_door.v == TRI_UNKNOWN;
}

static bool
fits_userinfo(const struct facts *f)
{
	return f->userinfo != NULL;
}

static bool
fits_second_clock(const struct facts *f)
{
	return probe_second_clock(f).n > 0;
}

static bool
fits_other_encoding(const struct facts *f)
{
	return f->doubt.encoding && f->doubt.refusals < MOST_REFUSALS;
}

static bool
fits_other_method(const struct facts *f)
{
	return f->doubt.other != AUTH_UNSET && f->doubt.refusals < MOST_REFUSALS;
}

static bool
fits_other_audience(const struct facts *f)
{
	return f->doubt.assertion && f->doubt.audience.n;
}

static bool
fits_token_endpoint(const struct facts *f)
{
	return fact_endpoint(f, EP_TOKEN).n && asked_as_client(f->introspection) &&
		!f->token_probe &&
		(f->doubt.elsewhere || f->active.v == TRI_NO || fact_caller_in_doubt(f)) &&
		f->doubt.refusals < MOST_REFUSALS;
}

/* RFC 6750 §2.2: of the userinfo endpoint it is known that it takes a form (OpenID Connect Core
 * §5.3.1). */
static bool
fits_form(const struct facts *f)
{
	return f->userinfo && f->userinfo->purpose == PURPOSE_USERINFO;
}

static bool
fits_bearer(const struct facts *f)
{
	return shown_as_dpop(f) && exchange_token_refused(f->userinfo);
}

static bool
fits_issuer_host(const struct facts *f)
{
	struct span iss = f->claimed && f->claimed->iss.n ? f->claimed->iss : f->iss.v;
	struct span there = f->metadata ? f->metadata->url[EP_INTROSPECTION] : SPAN_EMPTY;
	struct url a, b;

	return there.n && f->introspection && !span_is(there, f->introspection->request.url) &&
		url_parse(&a, iss, NULL) == RES_OK && url_parse(&b, there, NULL) == RES_OK &&
		url_same_host(&a, &b);
}

static bool
fits_again(const struct facts *f)
{
	return f->introspection || f->userinfo;
}

struct span
probe_second_clock(const struct facts *f)
{
	const struct profile *p = &f->c->profile;
	struct span urls[EP_COUNT + 2];
	size_t n = 0;

	for (int e = 0; e < EP_COUNT; e++)
		urls[n++] = fact_endpoint(f, (enum endpoint)e);
	urls[n++] = span_of(p->issuer);
	urls[n++] = span_of(p->resource_url);
	for (size_t i = 0; i < n; i++) {
		bool heard = !urls[i].n;
		char host[140];

		url_host_text(urls[i], host, sizeof(host));
		for (size_t k = 0; k < f->n_hosts && !heard; k++)
			heard = !strcasecmp(host, f->hosts[k].host);
		if (!heard)
			return urls[i];
	}
	return SPAN_EMPTY;
}

/* --- the planner -------------------------------------------------------------------------- */

static const struct {
	struct probe_row row;
	bool (*fits)(const struct facts *f);
} probes[PROBE_COUNT] = {
#define PROBE(sym, id_, level_, step_, requests_, seconds_, fits_, question_, danger_, separates_) \
	[PROBE_##sym] = {{.id = id_,                                                               \
				 .level = PROBES_##level_,                                         \
				 .step = STEP_##step_,                                             \
				 .requests = requests_,                                            \
				 .seconds = seconds_,                                              \
				 .question = question_,                                            \
				 .danger = danger_,                                                \
				 .separates = separates_},                                         \
		fits_},
#include "wizard/probes.def"
#undef PROBE
};

const struct probe_row *
probe_row(enum probe p)
{
	return &probes[p].row;
}

uint32_t
probes_of_level(enum probe_level level)
{
	uint32_t set = 0;

	for (int p = 0; p < PROBE_COUNT; p++)
		if (probes[p].row.level <= level)
			set |= probe_bit((enum probe)p);
	return set;
}

/* Its answer separates if it is about some of what is left, and not all there is. */
static bool
separates(const struct probe_row *row, const bool *left)
{
	size_t named = 0, n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++) {
		n += left[i];
		named += left[i] && span_has_word(span_of(row->separates), candidates[i].id);
	}
	return named > 0 && n > 1;
}

/* A server that says "too often" is not asked for more. */
static bool
throttled(const struct facts *f)
{
	const struct exchange *x =
		f->c->n_exchanges ? f->c->exchanges[f->c->n_exchanges - 1] : NULL;

	return status_of(x) == 429 || (x && answer_hint(x) == HINT_THROTTLED);
}

uint32_t
probes_open(const struct facts *f, const struct diagnosis *d, uint32_t asked)
{
	bool left[ARRAY_SIZE(candidates)];
	uint32_t set = 0;

	if (throttled(f))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++)
		left[i] = candidates[i].possible(f, d);
	for (int p = 0; p < PROBE_COUNT; p++)
		if (probes[p].fits && !(asked & probe_bit((enum probe)p)) && probes[p].fits(f) &&
			separates(&probes[p].row, left))
			set |= probe_bit((enum probe)p);
	return set;
}

enum probe
probe_next(const struct facts *f, const struct diagnosis *d, uint32_t asked, uint32_t may)
{
	uint32_t open = probes_open(f, d, asked) & may;

	for (int p = 0; p < PROBE_COUNT; p++)
		if (open & probe_bit((enum probe)p))
			return (enum probe)p;
	return PROBE_COUNT;
}
