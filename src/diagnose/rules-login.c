/* Rules about a login that this program tried: its redirect, its token request, its ID token. */
#include "diagnose/rules.h"

#include "diagnose/verdict.h"

/* A token that works is not made worse by a login that does not. */
static void
weigh(const struct facts *f, struct finding *out, const struct exchange *x)
{
	out->step = STEP_HANDLE;
	if (fact_healthy(f))
		out->severity = SEV_WARNING;
	ev_answer(out, x);
}

/*
 * Our own last try, or what the login in somebody's recording ended with, where that is beyond
 * doubt: a redirect with the error in it (RFC 6749 §4.1.2.1), a token request that was shown.
 */
static const struct exchange *
last_login(const struct facts *f)
{
	const struct exchange *x = case_last_login(f->c);

	for (size_t i = f->c->n_exchanges; !x && f->c->offline && i > 0; i--) {
		const struct exchange *y = f->c->exchanges[i - 1];
		bool asked = is_login_request(y->purpose) && exchange_request_known(y);

		if (y->imported && (asked || !strcmp(y->answer.error_from, "Location")))
			return is_login_failure(f, y) ? y : NULL;
	}
	return x;
}

static bool
is_error_of_login(const struct exchange *x, const char *code)
{
	return x && exchange_answered(x) && answer_error_is(x, code);
}

/* The sentence and the advice that a case without a token would get for it. */
static enum verdict_of
say_failure(const struct facts *f, struct finding *out, const struct exchange *x)
{
	struct verdict v = {.advice = ADVICE_UNKNOWN};

	weigh(f, out, x);
	login_failure_words(&v, x);
	fix(out, "%s", v.next);
	if (v.advice != ADVICE_UNKNOWN)
		out->advice = v.advice;
	return say(out, "%s", v.summary);
}

enum verdict_of
rule_login_denied(const struct facts *f, struct finding *out)
{
	const struct exchange *x = last_login(f), *r = f->refresh;

	/* a lone answer of the token endpoint: only a login on another device is denied there
	 * (RFC 8628 §3.5) */
	if (exchange_answered(r) && !exchange_request_known(r) &&
		answer_error_is(r, "access_denied"))
		return say_failure(f, out, r);
	return is_error_of_login(x, "access_denied") ? say_failure(f, out, x) : RULE_PASS;
}

enum verdict_of
rule_device_code_expired(const struct facts *f, struct finding *out)
{
	const struct exchange *x = last_login(f), *r = f->refresh;

	if (is_error_of_login(x, "expired_token") && x->purpose == PURPOSE_TOKEN)
		return say_failure(f, out, x);
	/* without a word more, it is the protocol's: only a device code's end has that name there
	 * (RFC 8628 §3.5) */
	if (exchange_answered(r) && !exchange_request_known(r) && !r->answer.description[0] &&
		answer_error_is(r, "expired_token")) {
		out->explains = "refresh-token-expired refresh-invalid-grant-unspecified";
		return say_failure(f, out, r);
	}
	/* a lone answer of the token endpoint: its words tell which grant it was */
	return exchange_answered(r) && answer_hint(r) == HINT_DEVICE &&
			(answer_error_is(r, "expired_token") || answer_says(r, "expired"))
		? say_failure(f, out, r)
		: RULE_PASS;
}

/* Errors with a finding of their own, or that are none. */
static bool
has_own_finding(const struct exchange *x)
{
	static const char *const codes[] = {"access_denied", "expired_token",
		"authorization_pending", "slow_down", "login_required", "interaction_required",
		"consent_required", "account_selection_required", "use_dpop_nonce",
		"invalid_dpop_proof"};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (answer_error_is(x, codes[i]))
			return true;
	return exchange_client_refused(x);
}

/* Neither what was asked for nor an error that has a name. */
static bool
answered_nothing(const struct facts *f, const struct exchange *x)
{
	int s = x->result.response.status;

	return is_login_failure(f, x) && (s / 100 == 2 || s == 400 || s == 401 || s == 403);
}

enum verdict_of
rule_login_refused(const struct facts *f, struct finding *out)
{
	const struct exchange *x = case_last_login(f->c);

	if (!x || !exchange_answered(x) || x->checks_failed || has_own_finding(x) ||
		x->result.response.status >= 500 ||
		(!x->answer.error[0] && !answered_nothing(f, x)))
		return RULE_PASS;
	return say_failure(f, out, x);
}

/* --- what was checked ----------------------------------------------------------------------- */

/* The answer was another login's, or another user's; what is configured is not at fault. */
static bool
another_login_helps(enum login_check c)
{
	return c == CHECK_RESPONSE_REPEATED || c == CHECK_ID_NONCE || c == CHECK_ID_AT_HASH ||
		c == CHECK_ID_C_HASH || c == CHECK_ID_OTHER_USER;
}

static enum verdict_of
say_checks(const struct facts *f, struct finding *out, const struct exchange *x, const char *what)
{
	enum login_check first = LOGIN_CHECK_COUNT;

	weigh(f, out, x);
	/* not weighed against a token that works: whose it is, is what is in doubt */
	out->severity = SEV_ERROR;
	for (int c = LOGIN_CHECK_COUNT - 1; c >= 0; c--)
		if (x->checks_failed & check_bit((enum login_check)c))
			first = (enum login_check)c;
	for (int c = 0; c < LOGIN_CHECK_COUNT; c++)
		if (x->checks_failed & check_bit((enum login_check)c))
			ev(out, login_check_id((enum login_check)c), (int)x->n, "%s (%s)",
				login_check_wrong((enum login_check)c),
				login_check_references((enum login_check)c));
	if (x->checks_failed & check_bit(CHECK_ID_SIGNATURE) && x->checks_why[0])
		ev(out, "signature", (int)x->n, "%s", x->checks_why);
	out->advice = another_login_helps(first) ? ADVICE_LOGIN : ADVICE_SHOW_ERROR;
	fix(out, "%s", login_check_fix(first));
	return say(out, "%s: %s.", what, login_check_wrong(first));
}

enum verdict_of
rule_authorization_response_invalid(const struct facts *f, struct finding *out)
{
	const struct exchange *x = case_last_login(f->c);

	if (!x || x->purpose != PURPOSE_AUTHORIZATION || !x->checks_failed)
		return RULE_PASS;
	return say_checks(f, out, x, "The answer of the login is not used");
}

enum verdict_of
rule_id_token_invalid(const struct facts *f, struct finding *out)
{
	const struct case_token *t = case_token(f->c, SLOT_ID);
	const struct exchange *x = t->present ? case_exchange(f->c, t->from) : NULL;

	if (!x || !x->checks_failed)
		return RULE_PASS;
	return say_checks(f, out, x, "The ID token that came with the login is not valid");
}
