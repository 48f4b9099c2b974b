/* Rules of step 1: whose token it is, and what introspection says. */
#include "diagnose/rules.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/tr.h"

/* --- issuer ------------------------------------------------------------------------------- */

static void
ev_issuers(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection ? f->introspection : f->userinfo;
	char host[140];

	ev_text(out, "iss", f->claimed && f->claimed->iss.n ? f->claimed->iss : f->iss.v,
		FROM_TOKEN);
	if (f->expected_issuer.v.n)
		ev_text(out, "issuer", f->expected_issuer.v, f->expected_issuer.from);
	if (x)
		ev(out, "host asked", (int)x->n, "%s",
			url_host_text(span_of(x->request.url), host, sizeof(host)));
}

/* Asked through the host of iss, the server says otherwise: proof. */
static const struct exchange *
active_elsewhere(const struct facts *f)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (purpose_endpoint(x->purpose) == EP_INTROSPECTION && x->slot == SLOT_ACCESS &&
			x != f->introspection && x->answer.active == TRI_YES && f->introspection &&
			x->token_generation == f->introspection->token_generation &&
			x->request.url && f->introspection->request.url &&
			strcmp(x->request.url, f->introspection->request.url))
			return x;
	}
	return NULL;
}

enum verdict_of
rule_issuer_mismatch_hostname(const struct facts *f, struct finding *out)
{
	const struct exchange *proof = active_elsewhere(f);
	struct span iss = f->claimed && f->claimed->iss.n ? f->claimed->iss : f->iss.v;
	char theirs[140], ours[140];
	const struct exchange *said = fact_rejected(f) && answer_hint(f->userinfo) == HINT_ISSUER
		? f->userinfo
		: exchange_answered(f->refresh) && answer_hint(f->refresh) == HINT_ISSUER
		? f->refresh
		: NULL;

	if (!fact_refused(f) && !said)
		return RULE_PASS;
	/* asked by this name it takes the token, says what else is wrong with it, or saw none */
	if (!said &&
		(f->active.v == TRI_YES || fact_token_was_read(f) ||
			fact_answered_as_without_token(f)))
		return RULE_PASS;
	if (fact_issuer(f) != ISSUER_OTHER_HOST && !(fact_inactive(f) && proof)) {
		/* an opaque token: only the server's own word */
		if (!said || fact_issuer(f) == ISSUER_OTHER_TENANT)
			return RULE_PASS;
		ev_answer(out, said);
		out->step = said->step;
		return say(out,
			"The server says that the token's issuer is not the one it expects%s%s",
			said->answer.description[0] ? ": " : ".", said->answer.description);
	}
	if (fact_expired(f))
		out->severity = SEV_WARNING; /* expiry does not hang on the host called */
	if (fact_expired(f))
		out->explains = "";
	ev_issuers(f, out);
	ev_answer(out, proof);
	ev_answer(out, f->userinfo);
	url_host_text(iss, theirs, sizeof(theirs));
	url_host_text(
		f->introspection ? span_of(f->introspection->request.url) : f->expected_issuer.v,
		ours, sizeof(ours));
	return say(out,
		"The token was issued by %s, and the server is asked as %s: it takes only tokens "
		"with the name it is "
		"called by.",
		theirs, ours);
}

enum verdict_of
rule_wrong_tenant_or_realm(const struct facts *f, struct finding *out)
{
	const struct exchange *all[] = {f->discovery, f->introspection, f->userinfo, f->refresh};
	struct span iss = f->claimed && f->claimed->iss.n ? f->claimed->iss : f->iss.v;
	char how[120];
	bool stumbles;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!all[i] || answer_hint(all[i]) != HINT_REALM)
			continue;
		out->step = all[i]->step;
		ev_answer(out, all[i]);
		if (!exchange_request_known(all[i]))
			return say(out, "The server says that it has no such realm or tenant.");
		ev(out, "url", (int)all[i]->n, "%s", all[i]->request.url);
		return say(out, "The server has no such realm or tenant as in %s.",
			all[i]->request.url);
	}
	stumbles = fact_stumbles(f->introspection, f->introspection_probe) ||
		fact_stumbles(f->userinfo, f->userinfo_probe);
	if (!(fact_refused(f) || stumbles) ||
		!(fact_issuer(f) == ISSUER_OTHER_TENANT ||
			(stumbles && fact_issuer(f) == ISSUER_OTHER_HOST)))
		return RULE_PASS;
	ev_issuers(f, out);
	if (stumbles) {
		ev_answer(out,
			fact_stumbles(f->userinfo, f->userinfo_probe) ? f->userinfo
								      : f->introspection);
		out->explains = "server-error-5xx jwks-unknown-kid signature-invalid "
				"introspect-inactive-unspecified "
				"token-rejected-unspecified wrong-audience";
	}
	if (fact_key_known(f) == TRI_NO)
		ev(out, "kid", (int)f->jwks->n, "not among this issuer's keys");
	url_difference(how, sizeof(how), iss, f->expected_issuer.v);
	return say(out,
		"The token is of another issuer (they differ %s): it is of %.*s, asked was %.*s.",
		how[0] ? how : _("in their text"), SPAN_ARG(iss), SPAN_ARG(f->expected_issuer.v));
}

/* --- introspection ------------------------------------------------------------------------ */

enum verdict_of
rule_token_param_missing(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection;
	struct buf value;
	bool there;

	if (exchange_answered(x) && !exchange_request_known(x) && answer_hint(x) == HINT_NO_PARAM) {
		ev_answer(out, x);
		return say_of(
			out, x, "The server says that the introspection request had no token.");
	}
	if (!exchange_answered(x) || x->answer.outcome == OUTCOME_SUCCESS || !x->request.body.len ||
		strcmp(x->request.method, "POST") != 0)
		return RULE_PASS;
	buf_init(&value, LIMIT_BODY);
	there = form_get(buf_span(&x->request.body), "token", &value) && value.len;
	buf_release(&value);
	if (there && answer_hint(x) == HINT_NO_PARAM) {
		ev(out, "request.token", (int)x->n, "sent");
		ev_answer(out, x);
		fix(out,
			"Look for what drops or rewrites the body of a POST on the way (a "
			"redirect, a "
			"gateway), and ask the server directly.");
		return say(out,
			"The server says that the introspection request had no token (%d), though "
			"it was "
			"sent: its body was lost on the way.",
			x->result.response.status);
	}
	if (there)
		return RULE_PASS;
	ev(out, "request.token", (int)x->n, "absent");
	ev_answer(out, x);
	return say(out,
		"The introspection request has no parameter named token, so the server had nothing "
		"to look at.");
}

enum verdict_of
rule_introspect_foreign_client(const struct facts *f, struct finding *out)
{
	if (f->active.v != TRI_NO || f->userinfo_ok.v != TRI_YES || fact_expired(f) ||
		!f->client_id.v.n || !f->caller.v.n || span_eq(f->client_id.v, f->caller.v))
		return RULE_PASS;
	ev(out, "active", f->active.from, "false");
	ev_answer(out, f->userinfo);
	ev_text(out, "client of the token", f->client_id.v, f->client_id.from);
	ev_text(out, "introspecting client", f->caller.v, f->caller.from);
	return say(out,
		"The token works, but it was issued to client %.*s and client %.*s may not "
		"introspect it.",
		SPAN_ARG(f->client_id.v), SPAN_ARG(f->caller.v));
}

/*
 * Some servers answer active:false to a caller they do not know (RFC 7662 §4 lets them).  Not this
 * one, if it has refused a caller in words; and not this caller, if another endpoint let him in.
 */
static bool
caller_is_known(const struct facts *f)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];
		enum endpoint e = purpose_endpoint(x->purpose);

		if (e == EP_INTROSPECTION &&
			(exchange_client_refused(x) || x->answer.active == TRI_YES))
			return true;
		if (e == EP_TOKEN && exchange_client_accepted(x) &&
			span_is(f->caller.v, x->auth_client_id))
			return true;
	}
	return false;
}

enum verdict_of
rule_introspect_audience_missing(const struct facts *f, struct finding *out)
{
	if (f->active.v != TRI_NO || f->userinfo_ok.v != TRI_YES || fact_expired(f) ||
		!f->claimed || !f->claimed->n_aud || !f->caller.v.n ||
		claims_has_aud(f->claimed, f->caller.v) ||
		(f->client_id.v.n && !span_eq(f->client_id.v, f->caller.v)) || !caller_is_known(f))
		return RULE_PASS;
	ev(out, "active", f->active.from, "false");
	ev_answer(out, f->userinfo);
	ev_text(out, "aud", f->claimed->aud[0], FROM_TOKEN);
	ev_text(out, "introspecting client", f->caller.v, f->caller.from);
	return say(out,
		"The token works, but its audience does not name client %.*s, which introspects "
		"it.",
		SPAN_ARG(f->caller.v));
}

enum verdict_of
rule_introspect_tied_to_refresh_expiry(const struct facts *f, struct finding *out)
{
	if (f->active.v != TRI_NO || f->userinfo_ok.v != TRI_YES || !f->exp.known ||
		fact_expired(f) || !answer_error_is(f->refresh, "invalid_grant") ||
		(f->client_id.v.n && f->caller.v.n && !span_eq(f->client_id.v, f->caller.v)))
		return RULE_PASS;
	ev(out, "active", f->active.from, "false");
	ev_time(out, "exp", &f->exp);
	ev_answer(out, f->userinfo);
	ev_answer(out, f->refresh);
	return say(out,
		"The access token works and has not expired; introspection calls it dead because "
		"its refresh token "
		"has ended.");
}

enum verdict_of
rule_nonconformant_introspection_error(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection;
	bool proven = exchange_answered(f->introspection_probe) &&
		f->introspection_probe->answer.outcome == OUTCOME_INACTIVE;

	if (!exchange_answered(x) || f->active.v != TRI_UNKNOWN || exchange_client_refused(x) ||
		x->answer.outcome != OUTCOME_OAUTH_ERROR || x->result.response.status >= 500 ||
		answer_error_is(x, "unsupported_token_type") ||
		answer_hint(x) == HINT_NOT_PERMITTED)
		return RULE_PASS;
	if (!proven && !answer_error_is(x, "invalid_token") &&
		!answer_error_is(x, "invalid_grant") &&
		!(answer_error_is(x, "access_denied") && x->result.response.status != 403))
		return RULE_PASS;
	if (fact_healthy(f))
		out->severity = SEV_WARNING;
	ev_answer(out, x);
	ev_answer(out, f->introspection_probe);
	if (!fact_healthy(f))
		fix(out, "Take it as inactive. %s for a new token.", fix_new_token(f, out));
	return say(out,
		"Introspection answers with the error %s where the standard wants active:false: "
		"the token is not "
		"accepted.",
		x->answer.error);
}

enum verdict_of
rule_scope_not_string(const struct facts *f, struct finding *out)
{
	const struct claims *c = f->introspected;

	if (!c || c->scope_form != SCOPE_ARRAY)
		return RULE_PASS;
	ev(out, "scope", (int)f->introspection->n, "an array");
	return say(out,
		"Introspection gives the scopes as an array; the standard wants one string (RFC "
		"7662 §2.2).");
}

/* The same question, the same token, two answers within seconds. */
static const struct exchange *
flipped(const struct facts *f, const struct exchange *now)
{
	if (!exchange_answered(now) || now->answer.outcome != OUTCOME_SUCCESS)
		return NULL;
	for (uint32_t n = now->n; n > 1; n--) {
		const struct exchange *x = case_exchange(f->c, n - 1);

		if (x->purpose != now->purpose || x->slot != now->slot ||
			x->token_generation != now->token_generation ||
			now->result.sent_wall_us - x->result.sent_wall_us > 15 * 1000000LL ||
			strcmp(x->request.url, now->request.url) != 0 ||
			answer_error_is(x, "use_dpop_nonce")) /* then it was not the same request */
			continue;
		if (answer_error_is(x, "use_dpop_nonce")) /* the proof, not the token */
			continue;
		if (x->answer.outcome == OUTCOME_INACTIVE ||
			(now->purpose != PURPOSE_INTROSPECTION && exchange_token_refused(x)))
			return x;
	}
	return NULL;
}

/* Revoked, asked about, and still good; asked about once more, and dead: what said so first. */
static const struct exchange *
outlived(const struct facts *f, const struct exchange *now)
{
	if (!exchange_answered(now) || !f->revocation ||
		!(now->answer.outcome == OUTCOME_INACTIVE || exchange_token_refused(now)))
		return NULL;
	for (uint32_t n = now->n; n > f->revocation->n + 1; n--) {
		const struct exchange *x = case_exchange(f->c, n - 1);

		if (x->purpose == now->purpose && x->slot == now->slot &&
			x->token_generation == now->token_generation &&
			x->answer.outcome == OUTCOME_SUCCESS)
			return x;
	}
	return NULL;
}

static bool
late_revocation(const struct facts *f, struct finding *out)
{
	const struct exchange *looks[] = {
		f->revoked_introspection, f->revoked_refresh, f->revoked_userinfo};
	char span[32];

	for (size_t i = 0; i < ARRAY_SIZE(looks); i++) {
		const struct exchange *before = outlived(f, looks[i]);

		if (!before)
			continue;
		out->step = looks[i]->step;
		ev_answer(out, f->revocation);
		ev_answer(out, before);
		ev_answer(out, looks[i]);
		(void)!say(out,
			"The revoked token was still taken at first, and refused %s later: the "
			"server's copies lag behind.",
			time_span_us(
				span, looks[i]->result.sent_wall_us - before->result.sent_wall_us));
		return true;
	}
	return false;
}

enum { COPIED_S = 60 }; /* seconds are usual, a minute is not */

enum verdict_of
rule_replication_delay(const struct facts *f, struct finding *out)
{
	const struct exchange *now = f->userinfo, *before = flipped(f, now);
	char span[32];
	int64_t age;

	if (late_revocation(f, out))
		return RULE_FIRES;
	if (!before) {
		now = f->introspection;
		before = flipped(f, now);
	}
	if (!before)
		return RULE_PASS;
	out->step = now->step;
	ev_answer(out, before);
	ev_answer(out, now);
	/* no copy lags that long: one of them never gets to know it, or took it for dead */
	if (facts_age(f, &age) && age > COPIED_S) {
		ev(out, "age of the token", f->iat.from, "%s", time_span(span, age));
		fix(out,
			"Have every server behind this address share tokens, keys and clocks; try "
			"again once until then.");
		return say(out,
			"The same request with the same token was refused and %s later accepted, "
			"though the token is not new: not every server behind this address knows "
			"it.",
			time_span_us(span, now->result.sent_wall_us - before->result.sent_wall_us));
	}
	return say(out,
		"The same request with the same token was refused and %s later accepted: the "
		"server's copies lag "
		"behind.",
		time_span_us(span, now->result.sent_wall_us - before->result.sent_wall_us));
}

/* What was not asked yet tells: until then nothing is decided. */
static void
fix_inactive(const struct facts *f, struct finding *out)
{
	if (!f->userinfo && !f->c->offline && !fact_endpoint(f, EP_USERINFO).n &&
		!f->c->profile.resource_url) {
		fix(out,
			"%s for a new token: if that one is active, this one was revoked or had "
			"expired.",
			fix_new_token(f, out));
	} else if (!f->userinfo) {
		out->advice = ADVICE_UNKNOWN;
		fix(out,
			"Ask for user information with the same token (step 4): accepted there "
			"means that the caller may not introspect it, refused there means that "
			"the token is dead.");
	} else if (f->iat.known && f->server_now_s - f->iat.at < 10 && !f->waited_s &&
		f->userinfo_ok.v != TRI_YES) {
		out->advice = ADVICE_WAIT;
		fix(out,
			"The token is only seconds old: wait two seconds and ask again (step 1); "
			"active then means that the server's copies lag behind.");
	} else if (f->userinfo_ok.v == TRI_YES) {
		out->advice = ADVICE_CONTACT_ADMIN;
		fix(out,
			"Introspect as the client that the token was issued to: active then means "
			"a foreign client, still inactive means an audience that does not name "
			"the caller.");
	} else {
		fix(out, "%s: if the new token works, the old one was revoked or had expired.",
			fix_new_token(f, out));
	}
}

enum verdict_of
rule_introspect_inactive_unspecified(const struct facts *f, struct finding *out)
{
	if (f->active.v != TRI_NO)
		return RULE_PASS;
	ev(out, "active", f->active.from, "false");
	ev_answer(out, f->introspection_probe);
	ev_answer(out, f->userinfo);
	fix_inactive(f, out);
	return say(out,
		"The server says that the token is not active, and the standard forbids it to say "
		"why%s.",
		f->userinfo_ok.v == TRI_YES ? _("; user information came with it all the same")
			: f->userinfo       ? _("; user information is refused as well")
					    : "");
}
