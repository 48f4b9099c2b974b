/* Rules of step 3: what the token endpoint said to a refresh. */
#include "diagnose/rules.h"

#include "base/clock.h"
#include "base/tr.h"
#include "oauth/oautherror.h"

static bool
refused(const struct facts *f)
{
	return exchange_answered(f->refresh) && f->refresh->answer.outcome != OUTCOME_SUCCESS;
}

static bool
speaks_of_token(enum hint hint)
{
	return hint == HINT_BAD_GRANT || hint == HINT_AMBIGUOUS || hint == HINT_EXPIRED ||
		hint == HINT_REVOKED || hint == HINT_ROTATED || hint == HINT_OTHER_CLIENT ||
		hint == HINT_IDLE || hint == HINT_ABSOLUTE || hint == HINT_LIMIT;
}

/* The refresh token itself was refused: invalid_grant, or a 400 without any words. */
static bool
grant_refused(const struct facts *f)
{
	const struct exchange *x = f->refresh;
	int s;

	if (!refused(f) || exchange_client_refused(x) || answer_hint(x) == HINT_DEVICE ||
		answer_hint(x) == HINT_BAD_REQUEST || answer_hint(x) == HINT_PROOF ||
		answer_hint(x) == HINT_REALM || answer_hint(x) == HINT_CLOCK)
		return false;
	s = x->result.response.status;
	if (answer_error_is(x, "invalid_grant") || answer_error_is(x, "bad_refresh_token"))
		return true;
	/* some servers call a dead refresh token an invalid request */
	if (answer_error_is(x, "invalid_request") || answer_error_is(x, "invalid_token") ||
		answer_error_is(x, "unauthorized_client") ||
		answer_error_is(x, "unsupported_token_type") ||
		(x->answer.error[0] && !tr(oauth_error_meaning(span_of(x->answer.error)))))
		return speaks_of_token(answer_hint(x));
	return (s == 400 || s == 401 || s == 403) && x->answer.kind != BODY_HTML &&
		!x->answer.error[0];
}

/* The fingerprint of the refresh token that x carried; "" if unknown. */
static const char *
sent_token(const struct exchange *x)
{
	for (size_t i = 0; i < x->n_tokens; i++) {
		if (!strcmp(x->tokens[i].where, "request.token"))
			return x->tokens[i].info.fingerprint;
	}
	return "";
}

static bool
same_token(const struct exchange *a, const struct exchange *b)
{
	const char *x = sent_token(a), *y = sent_token(b);

	if (*x && *y)
		return !strcmp(x, y);
	return a->slot == SLOT_REFRESH && b->slot == SLOT_REFRESH &&
		a->token_generation == b->token_generation;
}

/* An earlier refresh with the same token that gave a new one. */
static const struct exchange *
used_before(const struct facts *f)
{
	const struct exchange *x = f->refresh;

	for (uint32_t n = x->n; n > 1; n--) {
		const struct exchange *y = case_exchange(f->c, n - 1);

		if (y->purpose == PURPOSE_REFRESH && y->answer.outcome == OUTCOME_SUCCESS &&
			y->answer.has_refresh_token && same_token(x, y))
			return y;
	}
	return NULL;
}

/*
 * Did the access token die with the refusal?  Good before it, refused after it: the server took the
 * refresh token for a stolen one and ended its family (RFC 9700 §4.14.2).  Gives the answer after.
 */
static const struct exchange *
family_ended(const struct facts *f)
{
	const struct exchange *x = f->refresh;
	bool good_before[PURPOSE_COUNT] = {false};

	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *y = f->c->exchanges[i];

		if (y->slot != SLOT_ACCESS || y->token_generation != x->token_generation ||
			!exchange_answered(y))
			continue;
		if (y->purpose != PURPOSE_INTROSPECTION && y->purpose != PURPOSE_USERINFO &&
			y->purpose != PURPOSE_RESOURCE)
			continue;
		if (y->n < x->n)
			good_before[y->purpose] = y->answer.outcome == OUTCOME_SUCCESS;
		else if (good_before[y->purpose] &&
			(y->answer.outcome == OUTCOME_INACTIVE || y->result.response.status == 401))
			return y;
	}
	return NULL;
}

/* What earlier runs did with the token at hand, which is not sent again: nothing of it is in the
 * exchanges. */
static bool
earlier_was(const struct facts *f, enum earlier_use use, struct finding *out)
{
	const struct case_token *t = case_token(f->c, SLOT_REFRESH);
	char when[32];

	if (f->refresh || t->earlier != use)
		return false;
	if (t->earlier_wall_s)
		ev(out, "sent", FROM_CLOCK, "%s", time_rfc3339(when, t->earlier_wall_s));
	/* it matters once a refresh is needed */
	out->severity = fact_expired(f) ? SEV_ERROR : SEV_WARNING;
	out->explains = "";
	return true;
}

enum verdict_of
rule_refresh_interrupted(const struct facts *f, struct finding *out)
{
	if (earlier_was(f, EARLIER_RUNNING, out))
		return say(out,
			"Another run of this program has sent this refresh token, and waits for "
			"the "
			"answer.");
	if (earlier_was(f, EARLIER_OPEN, out))
		return say(out,
			"An earlier run of this program sent this refresh token, and ended before "
			"an "
			"answer was kept: it may have been used.");
	return RULE_PASS;
}

enum { RACE_US = 2000000 };

static bool
overlap(const struct exchange *first, const struct exchange *second)
{
	int64_t gap = second->result.sent_wall_us - first->result.sent_wall_us;

	return second->result.sent_wall_us && first->result.sent_wall_us && gap < RACE_US &&
		second->result.sent_wall_us < first->result.answered_wall_us;
}

enum verdict_of
rule_refresh_token_rotated(const struct facts *f, struct finding *out)
{
	const struct exchange *before, *after;
	char ago[32];

	if (earlier_was(f, EARLIER_SPENT, out))
		return say(out,
			"This refresh token was used by an earlier run of this program, and "
			"replaced "
			"by a new one; it is not sent again.");
	if (!grant_refused(f))
		return RULE_PASS;
	before = used_before(f);
	ev_answer(out, f->refresh);
	if (before && overlap(before, f->refresh))
		return RULE_PASS;
	if (before) {
		ev_answer(out, before);
		return say(out,
			"The refresh token was used already, %s before in this case, and replaced "
			"by a new one; using it "
			"again can end every token of its family.",
			time_span_us(ago,
				f->refresh->result.sent_wall_us - before->result.sent_wall_us));
	}
	after = family_ended(f);
	if (after && !fact_expired(f)) {
		ev_answer(out, after);
		return say(out,
			"The refresh token was refused, and the access token, good until then, "
			"died with it: the server took "
			"the refresh token for one that was used before, and ended its family.");
	}
	if (answer_hint(f->refresh) != HINT_ROTATED)
		return RULE_PASS;
	ev(out, "error_description", (int)f->refresh->n, "%s", f->refresh->answer.description);
	return say_of(out, f->refresh,
		"The server says that this refresh token was used before: a newer one of its "
		"family exists.");
}

enum verdict_of
rule_refresh_rotation_race(const struct facts *f, struct finding *out)
{
	const struct exchange *before;
	char gap[32];

	if (!grant_refused(f))
		return RULE_PASS;
	before = used_before(f);
	if (!before || !overlap(before, f->refresh))
		return RULE_PASS;
	ev_answer(out, before);
	ev_answer(out, f->refresh);
	return say(out,
		"Two refreshes with the same token went out within %s: one won, the other was "
		"refused.",
		time_span_us(gap, f->refresh->result.sent_wall_us - before->result.sent_wall_us));
}

enum verdict_of
rule_refresh_token_expired(const struct facts *f, struct finding *out)
{
	char ago[32], when[32];
	bool past = f->refresh_exp.known && f->refresh_exp.at > 0 &&
		f->refresh_exp.at <= f->server_now_s;

	if (grant_refused(f) && used_before(f))
		return RULE_PASS;
	if (past && (grant_refused(f) || !f->refresh)) {
		ev_time(out, "exp of the refresh token", &f->refresh_exp);
		ev_answer(out, f->refresh);
		if (!f->refresh) { /* it matters once a refresh is needed */
			out->severity = fact_expired(f) ? SEV_ERROR : SEV_WARNING;
			out->explains = "";
		}
		return say(out, "The refresh token expired %s ago (exp %s).",
			time_span(ago, f->server_now_s - f->refresh_exp.at),
			time_rfc3339(when, f->refresh_exp.at));
	}
	if (!grant_refused(f) || answer_hint(f->refresh) != HINT_EXPIRED ||
		(f->refresh_exp.known && f->refresh_exp.at > 0))
		return RULE_PASS;
	ev_answer(out, f->refresh);
	ev(out, "error_description", (int)f->refresh->n, "%s", f->refresh->answer.description);
	return say_of(out, f->refresh, "The server says that the refresh token has expired.");
}

static enum verdict_of
by_words(const struct facts *f, struct finding *out, enum hint h, const char *words)
{
	if (!refused(f) || answer_hint(f->refresh) != h || (grant_refused(f) && used_before(f)))
		return RULE_PASS;
	ev_answer(out, f->refresh);
	ev(out, "error_description", (int)f->refresh->n, "%s",
		f->refresh->answer.description[0] ? f->refresh->answer.description
						  : f->refresh->answer.vendor_code);
	return say_of(out, f->refresh, words);
}

enum verdict_of
rule_refresh_token_revoked(const struct facts *f, struct finding *out)
{
	return by_words(
		f, out, HINT_REVOKED, "The server says that the refresh token was revoked.");
}

enum verdict_of
rule_refresh_token_idle_timeout(const struct facts *f, struct finding *out)
{
	return by_words(
		f, out, HINT_IDLE, "The refresh token was not used for too long and ended.");
}

enum verdict_of
rule_refresh_absolute_lifetime(const struct facts *f, struct finding *out)
{
	return by_words(f, out, HINT_ABSOLUTE,
		"The refresh token reached its fixed lifetime, counted from the login.");
}

enum verdict_of
rule_refresh_password_change(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;

	if (fact_rejected(f) && !fact_expired(f) && answer_hint(x) == HINT_PASSWORD) {
		out->step = x->step;
		ev_answer(out, x);
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
		return say_of(out, x,
			"The user's password was changed or reset after the login, which ended the "
			"token and its grant.");
	}
	return by_words(f, out, HINT_PASSWORD,
		"The user's password was changed or reset after the grant, which ended the refresh "
		"token.");
}

enum verdict_of
rule_refresh_policy_reauth(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->refresh;

	if (refused(f) && answer_hint(x) == HINT_SILENT)
		return RULE_PASS; /* of a login without a screen, not of this grant */
	if (refused(f) &&
		(answer_error_is(x, "interaction_required") ||
			answer_error_is(x, "login_required") ||
			answer_error_is(x, "consent_required") ||
			json_get(x->answer.doc, "claims") ||
			span_is(json_get_str(x->answer.doc, "error_subtype"), "invalid_rapt"))) {
		ev_answer(out, x);
		return say_of(out, x,
			"The server's policy wants the user to log in again before it refreshes.");
	}
	return by_words(f, out, HINT_REAUTH,
		"The server's policy wants the user to log in again before it refreshes.");
}

/* --- limits of a provider ----------------------------------------------------------------- */

enum { WEEK_S = 7 * 24 * 3600, HOUR_S = 3600 };

/* What the token response said of the refresh token's own life; -1: nothing. */
static int64_t
stated_life(const struct facts *f, const struct exchange **from)
{
	static const char *const members[] = {"refresh_token_expires_in", "refresh_expires_in"};

	for (size_t i = f->c->n_exchanges; i > 0; i--) {
		const struct exchange *x = f->c->exchanges[i - 1];
		int64_t life;

		if ((x->purpose != PURPOSE_TOKEN && x->purpose != PURPOSE_REFRESH) ||
			x->answer.outcome != OUTCOME_SUCCESS)
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(members); k++) {
			if (!json_to_i64(json_get(x->answer.doc, members[k]), &life, NULL))
				continue;
			*from = x;
			return life;
		}
	}
	return -1;
}

/* When the user consented: nothing else is as old as the grant. */
static const struct fact_time *
consented(const struct facts *f, struct fact_time *out)
{
	const struct case_token *t = case_token(f->c, SLOT_REFRESH);

	*out = (struct fact_time){0};
	if (f->id_token && f->id_token->claims.iat.form != NUM_ABSENT)
		*out = (struct fact_time){
			true, NUM_INTEGER, f->id_token->claims.iat.at, FROM_TOKEN};
	else if (t->obtained_wall_us > 0)
		*out = (struct fact_time){
			true, NUM_INTEGER, t->obtained_wall_us / 1000000, (int)t->from};
	return out->known ? out : NULL;
}

/* Google ends the refresh tokens of an app that is not published after 168 hours. */
enum verdict_of
rule_refresh_testing_mode_7d(const struct facts *f, struct finding *out)
{
	const struct exchange *from = NULL;
	struct fact_time since;
	int64_t life = stated_life(f, &from), age;
	char span[32];

	if (!grant_refused(f) || used_before(f) || answer_hint(f->refresh) != HINT_AMBIGUOUS ||
		!answer_says(f->refresh, "expired or revoked"))
		return RULE_PASS;
	age = consented(f, &since) ? f->server_now_s - since.at : -1;
	if ((age >= 0 && age < WEEK_S) || (life < 0 && age < 0))
		return RULE_PASS;
	/* the response said seven days, or the refusal came with the hour */
	if (!(life > WEEK_S - HOUR_S && life <= WEEK_S) &&
		!(age >= 0 && age < WEEK_S + 24 * HOUR_S))
		return RULE_PASS;
	ev_answer(out, f->refresh);
	if (age >= 0)
		ev_time(out, "granted", &since);
	if (from)
		ev(out, "refresh_token_expires_in", (int)from->n, "%lld s", (long long)life);
	if (age < 0)
		return say(out,
			"The refresh token was given for seven days only, as to an app in testing, "
			"and is refused now.");
	return say(out,
		"The refresh token is refused %s after the consent: this provider ends those of "
		"an app in testing after seven days.",
		time_span(span, age));
}

enum verdict_of
rule_refresh_token_limit(const struct facts *f, struct finding *out)
{
	return by_words(f, out, HINT_LIMIT,
		"The server keeps a limited number of refresh tokens for this user and client, and "
		"has dropped this one for newer ones.");
}

enum verdict_of
rule_refresh_client_mismatch(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->refresh;
	struct span azp = f->refresh_token
		? (f->refresh_token->claims.azp.n ? f->refresh_token->claims.azp
						  : f->refresh_token->claims.client_id)
		: SPAN_EMPTY;

	if (!refused(f))
		return RULE_PASS;
	if (!azp.n)
		azp = f->client_id.v; /* tokens of one grant are one client's */
	if (azp.n && x->auth_client_id[0] && !span_is(azp, x->auth_client_id) &&
		(grant_refused(f) ||
			(answer_error_is(x, "invalid_client") && f->caller_proven.v == TRI_YES)) &&
		!used_before(f)) {
		ev_answer(out, x);
		ev_text(out, "client of the token", azp, FROM_TOKEN);
		ev(out, "refreshing client", (int)x->n, "%s", x->auth_client_id);
		return say(out,
			"The refresh token was issued to client %.*s, and client %s tries to use "
			"it.",
			SPAN_ARG(azp), x->auth_client_id);
	}
	return by_words(f, out, HINT_OTHER_CLIENT,
		"The server says that the refresh token belongs to another client.");
}

enum verdict_of
rule_refresh_scope_invalid(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->refresh;

	if (!refused(f))
		return RULE_PASS;
	if (!answer_error_is(x, "invalid_scope"))
		return by_words(f, out, HINT_OFFLINE,
			"The server does not allow offline tokens for this user or client.");
	ev_answer(out, x);
	ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	return say_of(out, x, "The refresh asks for a scope that was not granted.");
}

enum verdict_of
rule_refresh_grant_not_allowed(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->refresh;

	if (!refused(f) || exchange_client_refused(x) || answer_hint(x) == HINT_CLIENT_DISABLED ||
		!(answer_error_is(x, "unauthorized_client") ||
			answer_error_is(x, "unsupported_grant_type")) ||
		grant_refused(f))
		return RULE_PASS;
	ev_answer(out, x);
	return say(out, "The server does not let client %s use the refresh_token grant (%s).",
		x->auth_client_id[0] ? x->auth_client_id : _("of this profile"), x->answer.error);
}

/* The token response that brought the access token had no refresh token. */
enum verdict_of
rule_refresh_not_issued(const struct facts *f, struct finding *out)
{
	const struct exchange *x = case_last(f->c, PURPOSE_TOKEN, SLOT_NONE);

	if (f->refresh_token || !exchange_answered(x) || x->answer.outcome != OUTCOME_SUCCESS ||
		x->answer.has_refresh_token)
		return RULE_PASS;
	ev_answer(out, x);
	ev(out, "refresh_token", (int)x->n, "absent");
	if (fact_expired(f))
		out->severity = SEV_WARNING;
	return say(out,
		"The token response had no refresh token: when the access token ends, only a new "
		"login helps.");
}

enum verdict_of
rule_refresh_response_omits_refresh_token(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->refresh;

	if (!exchange_answered(x) || x->answer.outcome != OUTCOME_SUCCESS ||
		x->answer.has_refresh_token)
		return RULE_PASS;
	ev_answer(out, x);
	ev(out, "refresh_token", (int)x->n, "absent");
	return say(out,
		"The refresh succeeded without a new refresh token: the old one stays good and is "
		"kept.");
}

/* The same client, with the same method and secret, accepted at another endpoint. */
static const struct exchange *
same_client_accepted(const struct facts *f, const struct exchange *x)
{
	for (size_t i = f->c->n_exchanges; i > 0; i--) {
		const struct exchange *y = f->c->exchanges[i - 1];

		if (exchange_client_accepted(y) && y->auth == x->auth && x->auth != AUTH_NONE &&
			y->auth_raw_basic == x->auth_raw_basic && x->auth_client_id[0] &&
			!strcmp(y->auth_client_id, x->auth_client_id))
			return y;
	}
	return NULL;
}

enum verdict_of
rule_refresh_invalid_grant_unspecified(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->refresh, *proof;

	if (earlier_was(f, EARLIER_REFUSED, out))
		return say(out,
			"The server refused this refresh token in an earlier run of this program; "
			"it "
			"is not sent again.");
	/* some servers call a foreign refresh token invalid_client (RFC 6749 §5.2 wants
	 * invalid_grant) */
	proof = refused(f) && exchange_client_refused(x) ? same_client_accepted(f, x) : NULL;
	if (proof) {
		ev_answer(out, x);
		ev_answer(out, proof);
		out->advice = ADVICE_CONTACT_ADMIN;
		fix(out,
			"Compare how this client is registered for the token endpoint (its "
			"method), and whether the refresh token was issued to it.");
		return say(out,
			"The token endpoint refuses client %s (%d%s%s), which the same server "
			"accepts at "
			"another endpoint: its method there, or a refresh token of another client.",
			x->auth_client_id, x->result.response.status, x->answer.error[0] ? " " : "",
			x->answer.error);
	}
	if (!grant_refused(f))
		return RULE_PASS;
	ev_answer(out, x);
	if (x->answer.description[0])
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	return say(out,
		"The server refuses the refresh token (%d%s%s), and its words fit an expired, "
		"revoked, rotated or "
		"foreign one alike.",
		x->result.response.status, x->answer.error[0] ? " " : "", x->answer.error);
}
