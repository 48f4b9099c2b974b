/* Rules that rest on a reply's own words, where the token or the request is not at hand. */
#include "diagnose/rules.h"

#include "diagnose/verdict.h"
enum verdict_of
said_of_token(const struct facts *f, struct finding *out, enum hint h, const char *words)
{
	const struct exchange *x = f->userinfo;

	if (!fact_rejected(f) || fact_expired(f) || fact_inactive(f) || answer_hint(x) != h)
		return RULE_PASS;
	out->step = x->step;
	ev_answer(out, x);
	ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	return say(out, "The server says that %s (%d).", words, x->result.response.status);
}

static bool
wants_user(const struct exchange *x)
{
	static const char *const codes[] = {"login_required", "interaction_required",
		"consent_required", "account_selection_required"};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		if (answer_error_is(x, codes[i]))
			return true;
	}
	return false;
}

/* What each of the four wants of the user (OpenID Connect Core §3.1.2.6). */
static void
advise_silent(struct finding *out, const struct exchange *x)
{
	static const struct {
		const char *code, *next;
	} rows[] = {
		{"login_required",
			"There is no session at the server in that browser (or its cookies did not "
			"go along): log in with a screen, or use refresh tokens."},
		{"interaction_required",
			"There is a session, and the server has something to show (a second "
			"factor, terms, a new password): log in with a screen once."},
		{"consent_required",
			"There is a session, and the user has not agreed to these scopes for this "
			"client: log in with a screen once, or ask for less."},
		{"account_selection_required",
			"The browser is logged in with several accounts: name the one that is "
			"meant (login_hint, id_token_hint), or log in with a screen."},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (answer_error_is(x, rows[i].code))
			fix(out, "%s", rows[i].next);
}

/* A login without a screen: its answer comes in a redirect. */
enum verdict_of
rule_silent_auth_interaction_required(const struct facts *f, struct finding *out)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];
		bool written = x->request.url &&
			span_find_str(span_of(x->request.url), "prompt=none") != SIZE_MAX;
		struct span to = http_header(&x->result.response.headers, "location");

		if (!exchange_answered(x) || x->answer.outcome == OUTCOME_SUCCESS ||
			login_mended(f, x))
			continue;
		if (x->purpose == PURPOSE_AUTHORIZATION && x != case_last_login(f->c))
			continue;
		/* at a redirect only a login without a screen is answered so (OpenID Connect Core
		 * §3.1.2.6) */
		bool asked = written || !strcmp(x->answer.error_from, "Location") ||
			(x->purpose == PURPOSE_OTHER && !exchange_request_known(x));
		if (!(wants_user(x) && (asked || answer_hint(x) == HINT_SILENT)) &&
			!(asked &&
				(span_contains_nocase(to, "error=login_required") ||
					span_contains_nocase(to, "error=interaction_required") ||
					span_contains_nocase(to, "error=consent_required"))))
			continue;
		out->step = x->step;
		ev_answer(out, x);
		if (written)
			ev(out, "request.prompt", (int)x->n, "none");
		advise_silent(out, x);
		if (x->purpose == PURPOSE_AUTHORIZATION && fact_healthy(f))
			out->severity = SEV_WARNING;
		return say(out,
			"A login without a screen (prompt=none) was tried, and the server needs "
			"the "
			"user for it (%s).",
			x->answer.error[0] ? x->answer.error : "by its redirect");
	}
	return RULE_PASS;
}

/* --- the key set, from where the resource stands ------------------------------------------- */

/* A server that fails may miss whatever stands behind it; one that refuses (4xx) missed what it
 * judges by. */
static bool
misses_what_it_judges_by(const struct exchange *x)
{
	struct span words = span_of(x->answer.description);

	return x->result.response.status < 500 || span_contains_nocase(words, "jwk") ||
		span_contains_nocase(words, "key") || span_contains_nocase(words, "introspect");
}

/* The API's own words, or, from here, a key set that does not come. */
enum verdict_of
rule_jwks_unreachable(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo, *keys = f->jwks;

	if (exchange_answered(x) && x->answer.outcome != OUTCOME_SUCCESS &&
		answer_hint(x) == HINT_KEYS_UNREACHABLE && misses_what_it_judges_by(x)) {
		out->step = x->step;
		ev_answer(out, x);
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
		ev_answer(out, keys);
		return say(out,
			"The resource cannot reach what it checks tokens with, the issuer's keys "
			"or introspection "
			"(%d): no token can pass there until it can%s.",
			x->result.response.status,
			exchange_answered(keys) && keys->answer.outcome == OUTCOME_SUCCESS
				? "; from here the key set is read"
				: "");
	}
	if (!keys || keys->answer.outcome == OUTCOME_SUCCESS ||
		keys->result.error == NETERR_CANCELLED || !f->access ||
		f->access->kind != TOKEN_JWT)
		return RULE_PASS;
	out->severity = fact_rejected(f) ? SEV_WARNING : SEV_INFO;
	out->explains = "";
	ev_answer(out, keys);
	ev(out, "jwks_uri", (int)keys->n, "%s", keys->request.url);
	return say(out,
		"The key set at %s cannot be read: the signature was not checked, and whoever "
		"verifies this server's tokens cannot either if it is the same there.",
		keys->request.url);
}
