#include "diagnose/verdict.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/tr.h"
#include "case/renewal.h"
#include "diagnose/rules.h"

enum { NAME_MAX_SHOWN = 60 };

/*
 * Introspection is no part of the question: not offered, not for this token, not asked, not to be
 * asked without credentials (where none are configured; those that are and are refused are a
 * problem), or not to be read here.
 */
static bool
introspection_not_available(const struct facts *f, const struct diagnosis *d)
{
	static const char *const told_nothing[] = {
		"introspection-unsupported", "client-auth-missing", "introspect-public-client"};

	if (!f->introspection ||
		(f->introspection_jwt.x && f->introspection_jwt.x->answer.is_encrypted))
		return true;
	if (f->active.v != TRI_UNKNOWN)
		return false;
	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(told_nothing); k++)
			if (!strcmp(d->findings[i].rule->id, told_nothing[k]))
				return true;
	}
	return false;
}

/* Nothing in it that is known for what it is, and something of the rest that failed. */
static bool
something_else_failed(const struct facts *f)
{
	bool failed = false;

	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (x->purpose != PURPOSE_OTHER)
			return false;
		failed = failed || x->result.error != NETERR_NONE ||
			x->result.response.status >= 400;
	}
	return failed;
}

/*
 * Of a case that somebody sent (inspect): did every answer in it say what it should?  Nothing wrong
 * in what was given is all that can be asked of it.
 */
static bool
nothing_wrong(const struct facts *f)
{
	const struct exchange *all[] = {f->introspection, f->userinfo, f->refresh, f->revocation,
		f->discovery, f->discovery_oauth, f->jwks};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i] && all[i]->result.error == NETERR_OTHER)
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (exchange_answered(all[i]) && all[i]->answer.outcome != OUTCOME_SUCCESS)
			return false;
	for (size_t i = 0; i < f->c->n_exchanges; i++)
		if (is_login_failure(f, f->c->exchanges[i]))
			return false;
	return !something_else_failed(f);
}

/* Requests alone, and no token that could be looked at for itself. */
static bool
nothing_answered(const struct facts *f)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++)
		if (f->c->exchanges[i]->result.error != NETERR_NONE ||
			f->c->exchanges[i]->result.response.status)
			return false;
	return f->c->n_exchanges && !f->exp.known;
}

static enum state
state_of(const struct diagnosis *d, const struct facts *f)
{
	bool umbrella = false, healthy;

	for (size_t i = 0; i < d->n; i++) {
		if (d->findings[i].severity != SEV_ERROR)
			continue;
		if (!d->findings[i].rule->umbrella && !d->findings[i].open)
			return STATE_PROBLEM;
		umbrella = true;
	}
	if (f->c->offline && nothing_answered(f))
		return STATE_UNDETERMINED;
	healthy = f->userinfo_ok.v == TRI_YES &&
		(f->active.v == TRI_YES || introspection_not_available(f, d));
	if (f->c->offline)
		healthy = nothing_wrong(f);
	return healthy && !umbrella ? STATE_OK : STATE_UNDETERMINED;
}

/* " for 59 m 20 s more", or nothing. */
static char *
left_words(const struct facts *f, char *out, size_t size)
{
	char span[32];
	int64_t left;

	out[0] = '\0';
	if (facts_remaining(f, &left) && left > 0)
		(void)snprintf(out, size, _(" for %s more"), time_span(span, left));
	return out;
}

/* After a refresh or a login: what it changed, behind the sentence in out. */
static void
changed_words(const struct facts *f, const char *lead, char *out, size_t size)
{
	struct renewal r;
	char words[300];
	size_t used = strlen(out);

	if (f->revocation || used >= size || !case_renewal(f->c, &r))
		return;
	renewal_words(&r, words, sizeof(words));
	if (f->refresh_ok.v == TRI_YES && r.by_refresh)
		text_format(out + used, size - used, "%s: %s.", lead, words);
	else if (r.by_login && r.old->access.present)
		text_format(out + used, size - used, _(" Logged in again%s%s."), *words ? ": " : "",
			words);
}

/* Did this case revoke a token, as far as the server says? */
static bool
revoked(const struct facts *f)
{
	return f->revocation && f->revocation->result.response.status == 200;
}

/* The refresh token was revoked: whether it is dead, and what that did to the access token. */
static bool
refresh_revoked_words(struct verdict *v, const struct facts *f)
{
	const struct exchange *look = f->revoked_refresh, *access = f->revoked_introspection;

	if (!revoked(f) || f->revocation->slot != SLOT_REFRESH)
		return false;
	(void)snprintf(v->summary, sizeof(v->summary),
		_("The refresh token was revoked by this case%s; %s."),
		look && look->answer.active == TRI_NO
			? _(", and the server confirms that it is dead")
			: _(", which nothing here could confirm"),
		!access || access->answer.active == TRI_UNKNOWN
			? _("what became of the access token is not known")
			: access->answer.active == TRI_NO
			? _("the access token ended with it")
			: _("the access token stays active until it expires"));
	(void)snprintf(v->next, sizeof(v->next),
		_("Nothing is left to do: log in again for new tokens."));
	return true;
}

static void
healthy_words(struct diagnosis *d, const struct facts *f)
{
	struct verdict *v = &d->verdict;
	const char *from = f->userinfo && f->userinfo->purpose == PURPOSE_RESOURCE
		? _("the resource")
		: _("user information");
	char left[64], sub[NAME_MAX_SHOWN + 4];

	if (refresh_revoked_words(v, f))
		return;
	left_words(f, left, sizeof(left));
	text_safe_into(sub, sizeof(sub), f->userinfo ? f->userinfo->answer.claims.sub : SPAN_EMPTY);
	if (f->revoked_introspection && f->revoked_introspection->answer.active == TRI_NO) {
		(void)snprintf(v->summary, sizeof(v->summary),
			_("The token worked, was revoked by this case, and the server confirms "
			  "that it is dead."));
		(void)snprintf(v->next, sizeof(v->next),
			_("Nothing is left to do: log in again for a new token."));
		return;
	}
	(void)snprintf(v->summary, sizeof(v->summary),
		_("The access token is %s%s and gets %s%s%s."),
		f->active.v == TRI_YES ? _("active") : _("accepted"), left, from,
		sub[0] ? _(" for ") : "", sub);
	(void)snprintf(v->next, sizeof(v->next), _("Nothing needs to be done%s."),
		f->exp.known ? _(": refresh it before it expires") : "");
	/* what a hint says of the next minute is more than nothing */
	for (size_t i = 0; i < d->n; i++) {
		if (strcmp(d->findings[i].rule->id, "token-expires-soon") != 0)
			continue;
		(void)snprintf(v->next, sizeof(v->next), "%s", d->findings[i].remedy);
		v->next_step = d->findings[i].next_step;
	}
}

/* Nothing wrong in what was given, which may be less than the whole story. */
static void
offline_words(struct verdict *v, const struct facts *f)
{
	char left[64];

	if (code_words(v, f))
		return;
	left_words(f, left, sizeof(left));
	(void)snprintf(v->summary, sizeof(v->summary),
		_("Nothing wrong was found in what was given%s%s%s."),
		f->active.v == TRI_YES ? _(": the server calls the token active")
			: f->c->written_wall_us && *left
			? _(": when the mail was written, the token was by its own claims valid")
			: f->exp.known ? _(": by its own claims the token is valid")
			: f->access    ? _(", and nothing in it says how long the token is valid")
				       : "",
		left, f->c->n_exchanges ? "" : _("; no server was asked"));
	(void)snprintf(v->next, sizeof(v->next),
		f->access ? _("Ask the server about the token: tokentriage check.")
			  : _("Give the token or the request that fails, too."));
}

/* The answer in it that is no success and has no finding. */
static void
offline_open_words(struct verdict *v, const struct facts *f)
{
	const struct exchange *x = NULL;
	char words[160];

	for (size_t i = 0; i < f->c->n_exchanges; i++)
		if (f->c->exchanges[i]->result.error == NETERR_OTHER ||
			(exchange_answered(f->c->exchanges[i]) &&
				f->c->exchanges[i]->answer.outcome != OUTCOME_SUCCESS))
			x = f->c->exchanges[i];
	v->next_step = STEP_DEBUG;
	if (nothing_answered(f)) {
		(void)snprintf(v->summary, sizeof(v->summary),
			_("Only a request was given: what the server answered is not in it%s."),
			f->access ? "" : _(", and neither is the token"));
		(void)snprintf(v->next, sizeof(v->next),
			_("Add what the command printed (curl -v shows most)%s, or ask the server: "
			"tokentriage check."),
			f->access ? "" : _(" and the token"));
		return;
	}
	if (!x) {
		(void)snprintf(v->summary, sizeof(v->summary),
			_("What was given does not settle anything."));
	} else if (is_login_failure(f, x)) {
		login_failure_words(v, x);
		return;
	} else if (x->result.error != NETERR_NONE) {
		(void)snprintf(v->summary, sizeof(v->summary), _("The %s request failed: %s."),
			tr(purpose_words(x->purpose)),
			x->result.error_text[0] ? x->result.error_text
						: answer_words(x, words, sizeof(words)));
	} else {
		(void)snprintf(v->summary, sizeof(v->summary),
			_("The answer to the %s request was %s, and nothing in what was given "
			  "tells why."),
			tr(purpose_words(x->purpose)), answer_words(x, words, sizeof(words)));
	}
	(void)snprintf(v->next, sizeof(v->next),
		_("Give the whole exchange (curl -v, a HAR file), or ask the server: tokentriage "
		"check."));
}

static void
userless_words(struct verdict *v, const struct facts *f, const char *left)
{
	v->next_step = STEP_HANDLE;
	(void)snprintf(v->summary, sizeof(v->summary),
		_("%s%s; it is for no user information."),
		f->active.v == TRI_YES ? _("The server calls the token active")
				       : _("The token came"),
		left);
	(void)snprintf(v->next, sizeof(v->next),
		_("Ask the API that it is for: tokentriage check --resource-url URL."));
}

/* Nobody had asked before the revocation whether it worked; now it does not. */
static bool
revoked_open_words(struct verdict *v, const struct facts *f)
{
	if (!f->revoked_introspection || f->revoked_introspection->answer.active != TRI_NO)
		return false;
	(void)snprintf(v->summary, sizeof(v->summary),
		_("The token was revoked in this case, and the server confirms it."));
	(void)snprintf(v->next, sizeof(v->next),
		_("Nothing is left to do: log in again for a new token."));
	return true;
}

static void
open_words(struct verdict *v, const struct facts *f)
{
	char left[64], words[160];

	left_words(f, left, sizeof(left));
	v->next_step = STEP_VERIFY;
	if (f->c->offline) {
		offline_open_words(v, f);
	} else if (revoked_open_words(v, f)) {
		v->next_step = STEP_HANDLE;
	} else if (!f->access && login_open_words(v, f)) {
		v->next_step = STEP_DEBUG;
	} else if (!f->access) {
		(void)snprintf(
			v->summary, sizeof(v->summary), _("No access token has been given yet."));
		(void)snprintf(v->next, sizeof(v->next),
			_("Give the access token, then verify it: step 1."));
	} else if (!f->c->n_exchanges) {
		(void)snprintf(v->summary, sizeof(v->summary),
			_("No server has been asked about this token yet."));
		(void)snprintf(v->next, sizeof(v->next), _("Verify it: step 1."));
	} else if (!f->userinfo && token_without_user(f)) {
		userless_words(v, f, left);
	} else if (f->active.v == TRI_YES && !f->userinfo) {
		v->next_step = STEP_HANDLE;
		(void)snprintf(v->summary, sizeof(v->summary),
			_("The server calls the token active%s; user information has not been "
			  "asked for."),
			left);
		(void)snprintf(
			v->next, sizeof(v->next), _("Ask for the user information: step 4."));
	} else if (f->userinfo_ok.v == TRI_YES) {
		(void)snprintf(v->summary, sizeof(v->summary),
			_("User information came, but introspection did not say that the token is "
			"active."));
		(void)snprintf(v->next, sizeof(v->next),
			_("Look at the answer of the introspection: step 1."));
	} else if (exchange_answered(f->introspection) && f->active.v == TRI_UNKNOWN) {
		(void)snprintf(v->summary, sizeof(v->summary),
			_("Introspection was answered with %s, and nothing tells why."),
			answer_words(f->introspection, words, sizeof(words)));
		(void)snprintf(v->next, sizeof(v->next), _("Look at the whole answer in step 5%s"),
			f->userinfo ? "." : _(", and ask for user information: step 4."));
	} else if (exchange_answered(f->userinfo)) {
		v->next_step = STEP_DEBUG;
		(void)snprintf(v->summary, sizeof(v->summary),
			_("The %s request was answered with %s, and nothing tells why."),
			tr(purpose_words(f->userinfo->purpose)),
			answer_words(f->userinfo, words, sizeof(words)));
		(void)snprintf(v->next, sizeof(v->next),
			_("Look at the whole answer in step 5: what answered, and whether it is "
			  "the endpoint that was meant."));
	} else {
		v->next_step = STEP_DEBUG;
		(void)snprintf(v->summary, sizeof(v->summary),
			_("What was asked so far does not settle whether the token works."));
		(void)snprintf(v->next, sizeof(v->next),
			_("Walk the steps that are left, or look at the exchanges in step 5."));
	}
}

/* --- the steps ---------------------------------------------------------------------------- */

/* Of what was sent, the request alone: neither an answer nor a failure of it. */
static bool
not_shown(const struct exchange *x)
{
	return x->result.error == NETERR_NONE && !x->result.response.status;
}

static enum state
step_answer(const struct facts *f, enum step s)
{
	switch (s) {
	case STEP_VERIFY:
		if (fact_inactive(f))
			return STATE_PROBLEM;
		/* neither is what was not there to be verified */
		return (f->introspection || !f->access) && f->active.v == TRI_UNKNOWN
			? STATE_UNDETERMINED
			: STATE_OK;
	case STEP_EXPIRY:
		return fact_expired(f) && !fact_healthy(f) ? STATE_PROBLEM
			: f->exp.known                     ? STATE_OK
							   : STATE_UNDETERMINED;
	case STEP_REFRESH:
		/* what was not tried is not ok */
		return !f->refresh                   ? STATE_SKIPPED
			: not_shown(f->refresh)      ? STATE_UNDETERMINED
			: f->refresh_ok.v == TRI_YES ? STATE_OK
						     : STATE_PROBLEM;
	case STEP_HANDLE:
		return !f->userinfo || not_shown(f->userinfo) ? STATE_UNDETERMINED
			: f->userinfo_ok.v == TRI_YES         ? STATE_OK
							      : STATE_PROBLEM;
	case STEP_DEBUG:
	case STEP_COUNT:
		break;
	}
	return STATE_OK;
}

/* Nothing was refreshed: could it be? */
static void
not_refreshed_words(char *out, size_t size, const struct facts *f)
{
	const struct case_token *t = case_token(f->c, SLOT_REFRESH);

	if (!t->present)
		(void)snprintf(out, size, _("Not refreshed: no refresh token was given."));
	else if (t->spent)
		(void)snprintf(out, size, _("Not refreshed: the refresh token %s."),
			tr(case_spent_words(f->c)));
	else if (f->discovery && !f->c->metadata.url[EP_TOKEN].n &&
		!profile_endpoint(&f->c->profile, EP_TOKEN).n)
		(void)snprintf(out, size, _("Not refreshed: no token endpoint is known."));
	else
		(void)snprintf(out, size,
			_("Not refreshed. It can be: a refresh token is there and was not used."));
}

static void
refresh_words(char *out, size_t size, const struct facts *f)
{
	const struct exchange *x = f->refresh;

	if (!x)
		not_refreshed_words(out, size, f);
	else if (f->refresh_ok.v == TRI_YES) {
		(void)snprintf(out, size, _("New tokens came."));
		changed_words(f, _(" Old and new"), out, size);
	} else if (f->refresh_ok.v == TRI_NO)
		(void)snprintf(out, size, _("The server refused to refresh."));
	else if (not_shown(x))
		(void)snprintf(out, size,
			_("The answer to the refresh request is not in what was given."));
	else if (exchange_unanswered(x))
		(void)snprintf(out, size,
			_("A refresh was sent, and no answer came: whether the refresh token was "
			"used "
			"is not known."));
	else
		(void)snprintf(
			out, size, _("Not refreshed: %s."), tr(net_error_words(x->result.error)));
}

static void
step_words(char *out, size_t size, const struct facts *f, enum step s)
{
	char words[160], span[32];
	int64_t left;

	switch (s) {
	case STEP_VERIFY:
		(void)snprintf(out, size, "%s",
			f->active.v == TRI_YES          ? _("The server calls the token active.")
				: f->active.v == TRI_NO ? _("The server calls the token inactive.")
				: f->introspection      ? _("Introspection gave no answer.")
							: _("Introspection was not asked."));
		break;
	case STEP_EXPIRY:
		if (facts_remaining(f, &left))
			(void)snprintf(out, size,
				left > 0 && f->c->written_wall_us
					? _("When the mail was written, it had %s left.")
					: left > 0 ? _("It expires in %s.")
						   : _("It expired %s ago."),
				time_span(span, left));
		else
			(void)snprintf(out, size, _("Nothing says when it expires."));
		break;
	case STEP_REFRESH:
		refresh_words(out, size, f);
		break;
	case STEP_HANDLE:
		if (f->userinfo && not_shown(f->userinfo))
			(void)snprintf(out, size,
				_("The answer to the user-information query is not in what was "
				"given."));
		else if (f->userinfo && f->userinfo_ok.v != TRI_YES)
			(void)snprintf(out, size, _("The user-information query got: %s."),
				answer_words(f->userinfo, words, sizeof(words)));
		else
			(void)snprintf(out, size, "%s",
				f->userinfo ? _("User information came.")
					    : _("User information was not asked for."));
		break;
	case STEP_DEBUG:
		(void)snprintf(out, size,
			P_("%zu exchange recorded.", "%zu exchanges recorded.", f->c->n_exchanges),
			f->c->n_exchanges);
		break;
	case STEP_COUNT:
		break;
	}
}

static bool
has_finding(const struct diagnosis *d, enum step s)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->findings[i].step == s && d->findings[i].severity != SEV_INFO)
			return true;
	return false;
}

static void
steps_of_findings(struct diagnosis *d, const struct facts *f, const struct walk *walk)
{
	for (unsigned s = 0; s < STEP_COUNT; s++) {
		enum state state = walk ? walk->steps[s] : STATE_PENDING;

		d->step_summary[s][0] = '\0';
		/* nobody walks the steps of what was sent: what was found there speaks all the same
		 */
		if ((state == STATE_PENDING || state == STATE_SKIPPED) &&
			!(f->c->offline && has_finding(d, (enum step)s))) {
			d->steps[s] = state;
			continue;
		}
		state = step_answer(f, (enum step)s);
		step_words(d->step_summary[s], sizeof(d->step_summary[s]), f, (enum step)s);
		for (size_t i = d->n; i > 0; i--) {
			const struct finding *x = &d->findings[i - 1];

			if (x->step != s || x->severity == SEV_INFO)
				continue;
			if (x->severity == SEV_ERROR && (x->rule->umbrella || x->open))
				state = state == STATE_PROBLEM ? STATE_PROBLEM : STATE_UNDETERMINED;
			else if (x->severity == SEV_ERROR)
				state = STATE_PROBLEM;
			else if (state == STATE_OK || state == STATE_UNDETERMINED ||
				state == STATE_SKIPPED)
				state = STATE_WARNING;
			(void)snprintf(
				d->step_summary[s], sizeof(d->step_summary[s]), "%s", x->summary);
		}
		d->steps[s] = state;
	}
}

void
verdict_of_findings(struct diagnosis *d, const struct facts *f, const struct walk *walk)
{
	struct verdict *v = &d->verdict;

	memset(v, 0, sizeof(*v));
	v->state = state_of(d, f);
	v->next_step = STEP_VERIFY;
	v->advice = f->userinfo_ok.v == TRI_YES && v->state == STATE_OK ? ADVICE_NONE
									: ADVICE_UNKNOWN;
	steps_of_findings(d, f, walk);
	if (d->n && d->findings[0].severity != SEV_INFO) {
		v->primary = &d->findings[0];
		v->next_step = v->primary->next_step;
		if (v->primary->severity == SEV_ERROR)
			v->advice = v->primary->advice;
		(void)snprintf(v->summary, sizeof(v->summary), "%s%s",
			v->state != STATE_OK                  ? ""
				: revoked(f)                  ? _("After the revocation: ")
				: f->userinfo_ok.v == TRI_YES ? _("The token works, but: ")
							      : _("No fault was found, but: "),
			v->primary->summary);
		(void)snprintf(v->next, sizeof(v->next), "%s", v->primary->remedy);
	} else if (v->state == STATE_OK && f->userinfo_ok.v == TRI_YES) {
		healthy_words(d, f);
	} else if (v->state == STATE_OK) {
		offline_words(v, f);
	} else {
		open_words(v, f);
	}
	changed_words(f, _(" Refreshed"), v->summary, sizeof(v->summary));
}
