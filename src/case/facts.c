#include "case/facts.h"

#include "base/tr.h"
#include "oauth/words.h"

/* --- of one exchange ---------------------------------------------------------------------- */

bool
exchange_answered(const struct exchange *x)
{
	return x && x->result.response.status > 0 && x->result.error == NETERR_NONE;
}

/* Did this program log in with it, so that a new generation of tokens began? */
static bool
logged_in(const struct case_file *c, const struct exchange *x)
{
	return x->purpose == PURPOSE_TOKEN && !x->imported &&
		x->answer.outcome == OUTCOME_SUCCESS && x->token_generation + 1 < c->n_generations;
}

const struct exchange *
case_last_login(const struct case_file *c)
{
	for (size_t i = c->n_exchanges; i > 0; i--) {
		const struct exchange *x = c->exchanges[i - 1];

		if (x->imported || x->result.error == NETERR_CANCELLED ||
			(x->purpose != PURPOSE_AUTHORIZATION && x->purpose != PURPOSE_PAR &&
				x->purpose != PURPOSE_DEVICE && x->purpose != PURPOSE_TOKEN))
			continue;
		return x->token_generation + 1 < c->n_generations ? NULL : x;
	}
	return NULL;
}

bool
exchange_unanswered(const struct exchange *x)
{
	switch (x ? x->result.error : NETERR_NONE) {
	case NETERR_RESET:
	case NETERR_READ_TIMEOUT:
	case NETERR_SHORT_BODY:
	case NETERR_TOO_LARGE:
	case NETERR_NOT_HTTP:
	case NETERR_CANCELLED:
		return true;
	case NETERR_CORS: /* it was sent, unless its preflight failed */
		return x->result.response.status != 0;
	default: /* answered, or it never reached the server */
		return false;
	}
}

bool
exchange_unsent(const struct exchange *x)
{
	switch (x->result.error) {
	case NETERR_BAD_URL:
	case NETERR_BAD_HEADER:
	case NETERR_BAD_PROXY:
	case NETERR_REFUSED_BY_POLICY:
	case NETERR_NO_CLIENT_AUTH:
	case NETERR_SKIPPED:
		return true;
	default:
		return false;
	}
}

const char *
case_spent_words(const struct case_file *c)
{
	const struct exchange *x = case_last(c, PURPOSE_REFRESH, SLOT_NONE);

	switch (case_token(c, SLOT_REFRESH)->earlier) {
	case EARLIER_SPENT:
		return N_("was used by an earlier run of this program");
	case EARLIER_REFUSED:
		return N_("was refused in an earlier run of this program");
	case EARLIER_OPEN:
		return N_(
			"was sent by an earlier run of this program, which ended before an answer "
			"was kept: it may have been used");
	case EARLIER_RUNNING:
		return N_("was sent by another run of this program, which waits for the answer");
	case EARLIER_NONE:
		break;
	}
	if (exchange_unanswered(x))
		return N_("was sent, and no answer came: it may have been used");
	if (exchange_answered(x) && x->result.response.status >= 500)
		return N_("was sent, and the server failed: it may have been used");
	return exchange_answered(x) && x->answer.outcome != OUTCOME_SUCCESS
		? N_("was refused")
		: N_("was used already");
}

bool
exchange_request_known(const struct exchange *x)
{
	return x && ((x->request.url && x->request.url[0]) || x->request.headers.n ||
		x->request.body.len);
}

bool
exchange_is_current(const struct case_file *c, const struct exchange *x)
{
	for (size_t i = x->n; i < c->n_exchanges; i++) {
		const struct exchange *later = c->exchanges[i];

		if (later->result.error == NETERR_CANCELLED ||
			later->result.error == NETERR_SKIPPED || later->purpose != x->purpose ||
			later->slot != x->slot)
			continue;
		if (later->follows == x->n)
			return false;
		if (later->auth == x->auth && later->auth_raw_basic == x->auth_raw_basic &&
			later->request.url && x->request.url &&
			!strcmp(later->request.url, x->request.url))
			return false;
	}
	return true;
}

static bool
is_page(const struct exchange *x)
{
	return x->answer.kind == BODY_HTML || x->answer.kind == BODY_XML;
}

enum { OF_UNAUTHORIZED, OF_GRANT, OF_FORBIDDEN, OF_OTHER, OF_REASON, OF_TOKEN, OF_CODE };

static const struct {
	int where;
	const char *text;
	bool pattern; /* of words.h; else a part of the text */
} caller_words[] = {
#define CALLER_PHRASE(where, part) {OF_##where, part, false},
#define CALLER_WORDS(where, pattern) {OF_##where, pattern, true},
#include "case/callerwords.def"
};

static bool
speaks(struct span text, int where)
{
	struct words w;

	words_read(&w, text);
	for (size_t i = 0; i < ARRAY_SIZE(caller_words); i++)
		if (caller_words[i].where == where &&
			(caller_words[i].pattern
					? words_match(&w, caller_words[i].text)
					: span_contains_nocase(text, caller_words[i].text)))
			return true;
	return false;
}

/* "expired-refresh-token": a code that speaks of the token, whatever the status. */
static bool
code_speaks_of_token(struct span error)
{
	return speaks(error, OF_CODE) || span_is(error, "unsupported_grant_type") ||
		span_is(error, "invalid_scope");
}

bool
exchange_client_refused(const struct exchange *x)
{
	struct span error, words;
	int status;

	if (!exchange_answered(x) || !purpose_wants_client(x->purpose) ||
		x->answer.outcome == OUTCOME_SUCCESS || x->answer.outcome == OUTCOME_INACTIVE)
		return false;
	status = x->result.response.status;
	error = span_of(x->answer.error);
	words = span_of(x->answer.description);
	if (span_is(error, "invalid_client"))
		return true;
	/* a server's own page, where no one can log in: Basic was looked at, and refused */
	if (is_page(x) && status == 401 && !error.n &&
		challenge_find(&x->answer.challenges, "Basic"))
		return !span_contains_nocase(buf_span(&x->result.response.body), "<form");
	if (is_page(x) || status < 400 || status >= 500)
		return false;
	/* Keycloak of before 2026 says invalid_request, others unauthorized_client, for the same
	 * thing */
	if (span_is(error, "unauthorized_client"))
		return (status == 401 || speaks(words, OF_UNAUTHORIZED)) &&
			!speaks(words, OF_GRANT);
	if (status == 403) /* known, and not let in, unless it says otherwise */
		return speaks(words, OF_FORBIDDEN);
	if (status != 401)
		return speaks(words, OF_OTHER) ||
			speaks(json_get_str(x->answer.doc, "reason"), OF_REASON);
	/* Gluu and Janssen say so of a token they do not know */
	if (x->purpose == PURPOSE_INTROSPECTION && span_is(error, "access_denied"))
		return speaks(words, OF_OTHER);
	if (code_speaks_of_token(error) ||
		(x->purpose == PURPOSE_REFRESH &&
			(!error.n || span_is(error, "invalid_request")) &&
			speaks(words, OF_TOKEN)))
		return false;
	return !span_is(error, "invalid_token") && !span_is(error, "invalid_grant") &&
		!span_is(error, "invalid_dpop_proof") && !span_is(error, "use_dpop_nonce");
}

bool
exchange_client_accepted(const struct exchange *x)
{
	struct span error;

	if (!exchange_answered(x) || !purpose_wants_client(x->purpose) || x->auth == AUTH_UNSET)
		return false;
	if (x->answer.outcome == OUTCOME_INACTIVE)
		return true;
	error = span_of(x->answer.error);
	/* unauthorized_client is no proof, though RFC 6749 §5.2 means it so: some say it of a
	 * wrong secret */
	/* these errors come only after the client was let in */
	return (x->answer.outcome == OUTCOME_SUCCESS && x->purpose != PURPOSE_REVOCATION) ||
		(span_is(error, "invalid_grant") && !exchange_client_refused(x)) ||
		span_is(error, "unsupported_token_type") || span_is(error, "invalid_scope");
}

static bool
has_password_field(struct span page)
{
	return span_contains_nocase(page, "type=\"password\"") ||
		span_contains_nocase(page, "type='password'") ||
		span_contains_nocase(page, "type=password");
}

bool
exchange_token_refused(const struct exchange *x)
{
	int status;

	if (!exchange_answered(x) || x->answer.outcome == OUTCOME_SUCCESS)
		return false;
	status = answer_status(&x->answer);
	if (x->answer.outcome == OUTCOME_OAUTH_ERROR || x->answer.outcome == OUTCOME_VENDOR_ERROR)
		return (status >= 200 && status < 300) || status == 400 || status == 401 ||
			status == 403 || status == 422;
	if (x->answer.kind == BODY_XML && status == 400)
		return true;
	if (is_page(x)) /* an error page is a refusal too; a login page is not */
		return status == 401 && !has_password_field(buf_span(&x->result.response.body));
	return status == 400 || status == 401 || status == 403;
}

/* --- which exchange says what ------------------------------------------------------------- */

static bool
is_oauth_location(const struct exchange *x)
{
	return x->request.url &&
		span_find_str(span_of(x->request.url), "oauth-authorization-server") != SIZE_MAX;
}

static void
pick_introspection(struct facts *f, const struct exchange *x, uint32_t newest, bool revoked)
{
	if (x->slot == SLOT_REFRESH && revoked)
		f->revoked_refresh = x;
	if (x->slot != SLOT_NONE && x->slot != SLOT_ACCESS)
		return;
	if (revoked) {
		f->revoked_introspection = x;
	} else {
		if (x->token_generation < newest)
			f->first_introspection = x;
		f->introspection = x;
	}
}

/* Asked in the same instant the resource's answer counts: it is what the profile is after. */
static bool
at_once(const struct exchange *resource, const struct exchange *userinfo)
{
	return resource && resource->purpose == PURPOSE_RESOURCE &&
		userinfo->purpose == PURPOSE_USERINFO && userinfo->result.sent_wall_us &&
		resource->result.sent_wall_us == userinfo->result.sent_wall_us &&
		resource->token_generation == userinfo->token_generation;
}

static void
pick_userinfo(struct facts *f, const struct exchange *x, uint32_t newest, bool revoked)
{
	if (x->slot != SLOT_NONE && x->slot != SLOT_ACCESS)
		return;
	if (revoked) {
		if (x->purpose == PURPOSE_RESOURCE)
			f->revoked_resource = x;
		f->revoked_userinfo = x;
	} else {
		if (x->token_generation < newest)
			f->first_userinfo = x;
		if (!at_once(f->userinfo, x))
			f->userinfo = x;
	}
}

static void
pick_one(struct facts *f, const struct exchange *x, uint32_t newest, bool revoked)
{
	switch (x->purpose) {
	case PURPOSE_DISCOVERY:
		if (is_oauth_location(x))
			f->discovery_oauth = x;
		else
			f->discovery = x;
		break;
	case PURPOSE_JWKS:
		f->jwks = x;
		break;
	case PURPOSE_INTROSPECTION:
		pick_introspection(f, x, newest, revoked);
		break;
	case PURPOSE_PROBE_INTROSPECTION:
		/* of the same question; a probe of another method is told by the exchange itself */
		if (x->slot != SLOT_ACCESS &&
			(!f->introspection || f->introspection->auth == x->auth) &&
			(!f->introspection ||
				f->introspection->auth_raw_basic == x->auth_raw_basic))
			f->introspection_probe = x;
		break;
	case PURPOSE_USERINFO:
	case PURPOSE_RESOURCE:
		pick_userinfo(f, x, newest, revoked);
		break;
	case PURPOSE_PROBE_USERINFO:
		f->userinfo_probe = x;
		break;
	case PURPOSE_REFRESH:
		f->refresh = x;
		break;
	case PURPOSE_REVOCATION:
		f->revocation = x;
		break;
	case PURPOSE_PROBE_FORM:
	case PURPOSE_PROBE_BARE:
	case PURPOSE_PROBE_BEARER:
	case PURPOSE_PROBE_TOKEN: /* facts-probes.c */
	case PURPOSE_CLOCK:
	case PURPOSE_TOKEN:
	case PURPOSE_AUTHORIZATION:
	case PURPOSE_PAR:
	case PURPOSE_DEVICE:
	case PURPOSE_OTHER:
	case PURPOSE_COUNT:
		break;
	}
}

/* An answer about older tokens says nothing of the newest ones. */
static void
keep_newest(const struct exchange **now, const struct exchange **first, uint32_t newest)
{
	if (*now && (*now)->token_generation < newest) {
		*first = *now;
		*now = NULL;
	} else if (*first == *now) {
		*first = NULL;
	}
}

static void
forget_revocation(struct facts *f)
{
	f->revocation = NULL;
	f->revoked_introspection = f->revoked_userinfo = f->revoked_resource = NULL;
}

/* What follows a login is about tokens that have nothing to do with the ones before. */
static bool
new_login(struct facts *f)
{
	f->refresh = NULL;
	forget_revocation(f);
	return false;
}

/* What follows a refresh is about another access token: that the one before was revoked is over. */
static bool
new_access(struct facts *f)
{
	if (f->revocation && f->revocation->slot != SLOT_REFRESH)
		forget_revocation(f);
	return false;
}

static void
pick(struct facts *f)
{
	uint32_t newest = (uint32_t)(f->c->n_generations ? f->c->n_generations - 1 : 0);
	bool revoked = false;

	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (x->result.error == NETERR_CANCELLED)
			continue;
		pick_one(f, x, newest, revoked);
		if (x->purpose == PURPOSE_REVOCATION)
			revoked = x->result.response.status == 200;
		else if (x->purpose == PURPOSE_REFRESH && x->answer.outcome == OUTCOME_SUCCESS)
			revoked = new_access(f);
		else if (logged_in(f->c, x))
			revoked = new_login(f);
	}
	keep_newest(&f->introspection, &f->first_introspection, newest);
	keep_newest(&f->userinfo, &f->first_userinfo, newest);
}

/* --- what the token says and what is said of it ------------------------------------------- */

static bool
take_time(struct fact_time *t, const struct claim_time *c, int from)
{
	if (t->known || c->form == NUM_ABSENT || c->form == NUM_OTHER)
		return false;
	*t = (struct fact_time){true, c->form, c->at, from};
	return true;
}

static void
take_text(struct fact_text *t, struct span v, int from)
{
	if (!t->v.n && v.n)
		*t = (struct fact_text){v, from};
}

static void
take_claims(struct facts *f, const struct claims *c, int from)
{
	struct span scope;

	take_time(&f->exp, &c->exp, from);
	take_time(&f->nbf, &c->nbf, from);
	take_time(&f->iat, &c->iat, from);
	take_text(&f->iss, c->iss, from);
	take_text(&f->sub, c->sub, from);
	take_text(&f->client_id, c->client_id.n ? c->client_id : c->azp, from);
	if (c->n_aud)
		take_text(&f->aud_first, c->aud[0], from);
	if (c->has_scope && f->has_openid.v == TRI_UNKNOWN) {
		f->has_openid = (struct fact){tri_of(claims_has_scope(c, "openid")), from};
		f->scope_form = c->scope_form;
		scope = json_get_str(c->root, "scope");
		take_text(&f->token_scope, scope.n ? scope : json_get_str(c->root, "scp"), from);
	}
}

static void
derive_token(struct facts *f)
{
	const struct case_tokens *t = case_tokens(f->c);
	const struct answer *a = f->introspection ? &f->introspection->answer : NULL;

	f->access = t->access.present ? &t->access.sent : NULL;
	f->refresh_token = t->refresh.present ? &t->refresh.sent : NULL;
	f->id_token = t->id.present ? &t->id.sent : NULL;
	if (f->access) {
		f->access_sig =
			f->access->sig != SIG_NOT_CHECKED ? f->access->sig : t->access.info.sig;
		if (f->access->claims.root)
			f->claimed = &f->access->claims;
	}
	if (exchange_answered(f->introspection) && a->active != TRI_UNKNOWN) {
		f->active = (struct fact){a->active, (int)f->introspection->n};
		if (a->claims.root)
			f->introspected = &a->claims;
	}
	if (f->introspected)
		take_claims(f, f->introspected, (int)f->introspection->n);
	if (f->claimed)
		take_claims(f, f->claimed, FROM_TOKEN);
	if (!f->access)
		return;
	if (!f->exp.known && t->access.expires_in >= 0 && t->access.obtained_wall_us > 0)
		f->exp = (struct fact_time){true, NUM_INTEGER,
			t->access.obtained_wall_us / 1000000 + t->access.expires_in,
			(int)t->access.from};
	if (f->has_openid.v == TRI_UNKNOWN && t->access.scope[0]) {
		f->has_openid =
			(struct fact){tri_of(span_has_word(span_of(t->access.scope), "openid")),
				(int)t->access.from};
		f->scope_form = SCOPE_STRING;
		take_text(&f->token_scope, span_of(t->access.scope), (int)t->access.from);
	}
}

static void
derive_refresh(struct facts *f)
{
	if (f->refresh_token && f->refresh_token->claims.root)
		take_time(&f->refresh_exp, &f->refresh_token->claims.exp, FROM_TOKEN);
	if (exchange_answered(f->refresh))
		f->refresh_ok = (struct fact){
			tri_of(f->refresh->answer.outcome == OUTCOME_SUCCESS), (int)f->refresh->n};
}

/* No profile, no metadata: some servers' addresses tell whose they are. */
static void
derive_issuer(struct facts *f, const struct exchange *x)
{
	if (x && x->imported)
		take_text(&f->expected_issuer, url_issuer_of_endpoint(span_of(x->request.url)),
			(int)x->n);
}

static void
derive_caller(struct facts *f)
{
	const struct profile *p = &f->c->profile;
	const struct exchange *x = f->introspection ? f->introspection : f->introspection_probe;

	if (x && x->auth_client_id[0])
		take_text(&f->caller, span_of(x->auth_client_id), (int)x->n);
	take_text(&f->caller, span_of(p->introspection_client_id), FROM_PROFILE);
	take_text(&f->caller, span_of(p->client_id), FROM_PROFILE);
	if (f->metadata)
		take_text(&f->expected_issuer, f->metadata->issuer, (int)f->c->metadata_from);
	take_text(&f->expected_issuer, span_of(p->issuer), FROM_PROFILE);
	if (!f->expected_issuer.v.n)
		derive_issuer(f, f->introspection ? f->introspection : f->userinfo);
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *y = f->c->exchanges[i];

		if (purpose_endpoint(y->purpose) != EP_INTROSPECTION)
			continue;
		if (y->auth == AUTH_NONE && f->introspection && f->introspection->auth != AUTH_NONE)
			continue; /* a probe: another caller */
		if (exchange_client_refused(y))
			f->caller_rejected = (struct fact){TRI_YES, (int)y->n};
		else if (exchange_client_accepted(y) && y->auth != AUTH_NONE)
			f->caller_proven = (struct fact){TRI_YES, (int)y->n};
	}
}

void
facts_derive(struct facts *f, const struct case_file *c, const struct clock *clock)
{
	memset(f, 0, sizeof(*f));
	f->c = c;
	f->now_s = c->as_of_wall_us ? c->as_of_wall_us / 1000000 : clock_wall_s(clock);
	f->leeway_s = c->profile.leeway;
	f->metadata = c->metadata.doc ? &c->metadata : NULL;
	pick(f);
	derive_token(f);
	derive_refresh(f);
	derive_caller(f);
	if (exchange_answered(f->userinfo))
		f->userinfo_ok =
			(struct fact){tri_of(f->userinfo->answer.outcome == OUTCOME_SUCCESS),
				(int)f->userinfo->n};
	facts_derive_clocks(f);
	facts_derive_signed(f);
	facts_derive_probes(f);
}

bool
facts_remaining(const struct facts *f, int64_t *seconds)
{
	if (!f->exp.known)
		return false;
	*seconds = f->exp.at - f->server_now_s;
	return true;
}

bool
facts_by_recording(const struct facts *f)
{
	if (f->c->written_wall_us)
		return true;
	for (size_t i = 0; f->c->offline && f->c->as_of_wall_us && i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (x->imported && (x->result.answered_wall_us > 0 || x->result.sent_wall_us > 0 ||
					   http_has_header(&x->result.response.headers, "date")))
			return true;
	}
	return false;
}

const char *
fact_clock(const struct facts *f)
{
	return f->c->written_wall_us  ? N_("date of the mail")
		: facts_by_recording(f) ? N_("clock of the recording")
					: N_("local clock");
}

char *
fact_source(const struct facts *f, int from, char *out, size_t size)
{
	const struct exchange *x = from > 0 ? case_exchange(f->c, (uint32_t)from) : NULL;

	if (x)
		return exchange_label(x, out, size);
	(void)snprintf(out, size, "%s",
		from == FROM_TOKEN                             ? _("the token itself")
			: from == FROM_PROFILE                 ? _("the profile")
			: from != FROM_CLOCK                   ? _("what was given")
			: f->c->written_wall_us               ? _("the date of the mail")
			: !facts_by_recording(f)              ? _("the local clock")
							       : _("the clock of the recording"));
	return out;
}
