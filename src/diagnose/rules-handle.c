/* Rules of step 4: what the user-information query was told, and what came back. */
#include "diagnose/rules.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/tr.h"

static int
status_of(const struct exchange *x)
{
	return x->result.response.status;
}

static bool
is_userinfo(const struct exchange *x)
{
	return x && x->purpose == PURPOSE_USERINFO;
}

/* 403, or an OAuth error that speaks of scope. */
static bool
scope_refusal(const struct exchange *x)
{
	enum hint hint = answer_hint(x);

	return answer_error_is(x, "insufficient_scope") || answer_error_is(x, "missing_scope") ||
		hint == HINT_SCOPE || hint == HINT_OPENID || hint == HINT_PRODUCT;
}

/* "permission denied" and no word of OAuth: some say so of a token that they do not know, too. */
static bool
denied_in_general(const struct exchange *x)
{
	return !x->answer.error[0] && !x->answer.challenges.n &&
		answer_says(x, "permission denied") && !answer_says(x, "scope");
}

static struct span
wanted_scope(const struct exchange *x)
{
	for (size_t i = 0; i < x->answer.challenges.n; i++) {
		struct span scope = challenge_param(&x->answer.challenges.v[i], "scope");

		if (scope.n)
			return scope;
	}
	return json_get_str(x->answer.doc, "scope");
}

static void
ev_scope(const struct facts *f, struct finding *out)
{
	struct buf text;
	const struct claims *c =
		f->introspected && f->introspected->has_scope ? f->introspected : f->claimed;

	buf_init(&text, LIMIT_BODY);
	if (c && c->has_scope && claims_scope_text(c, &text) == RES_OK)
		ev(out, "scope", f->has_openid.from, "%s", text.len ? buf_str(&text) : "(empty)");
	else if (f->token_scope.v.n)
		ev_text(out, "scope", f->token_scope.v, f->token_scope.from);
	buf_release(&text);
}

/* No end user stands behind the token: client_credentials. */
static bool
stumbles(const struct facts *f)
{
	return fact_stumbles(f->userinfo, f->userinfo_probe);
}

static bool
without_user(const struct facts *f, struct finding *out)
{
	const struct claims *i = f->introspected;

	if (f->sub.v.n && f->client_id.v.n && span_eq(f->sub.v, f->client_id.v)) {
		ev_text(out, "sub", f->sub.v, f->sub.from);
		ev_text(out, "client_id", f->client_id.v, f->client_id.from);
		return true;
	}
	if (f->claimed && span_contains_nocase(f->claimed->gty, "client")) {
		ev_text(out, "gty", f->claimed->gty, FROM_TOKEN);
		return true;
	}
	/* sub is optional (RFC 7662 §2.2): only a server that says the rest would have said it */
	if (i && f->active.v == TRI_YES && i->client_id.n && !i->sub.n && !i->username.n &&
		!f->sub.v.n && (f->has_openid.v != TRI_YES || stumbles(f))) {
		ev(out, "sub", f->active.from, "absent");
		ev_text(out, "client_id", i->client_id, f->active.from);
		return true;
	}
	return f->userinfo && answer_hint(f->userinfo) == HINT_NO_USER;
}

enum verdict_of
rule_no_end_user_in_token(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	bool gone = exchange_answered(x) && status_of(x) == 404 && fact_advertised(f, x) != TRI_NO;

	if (!is_userinfo(x) || !(fact_rejected(f) || gone || stumbles(f)) || fact_inactive(f) ||
		!without_user(f, out))
		return RULE_PASS;
	/* a server that names the scope has looked at the token: an absent sub proves nothing
	 * against that */
	if (scope_refusal(x) && !(f->sub.v.n && f->client_id.v.n))
		return RULE_PASS;
	if (fact_expired(f) && f->active.v != TRI_YES)
		return RULE_PASS;
	ev_answer(out, x);
	if (stumbles(f))
		out->explains = "server-error-5xx wrong-audience insufficient-scope";
	return say(out,
		"The token belongs to client %.*s alone: there is no user whose information could "
		"be given.",
		SPAN_ARG(f->client_id.v.n ? f->client_id.v : SPAN_LIT("itself")));
}

/* --- scope -------------------------------------------------------------------------------- */

enum verdict_of
rule_userinfo_missing_openid_scope(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	bool said, lacks = f->has_openid.v == TRI_NO;
	struct span want;

	if (!is_userinfo(x) || !exchange_answered(x) || x->answer.outcome == OUTCOME_SUCCESS ||
		fact_inactive(f))
		return RULE_PASS;
	want = wanted_scope(x);
	said = answer_hint(x) == HINT_OPENID ||
		(scope_refusal(x) && span_has_word(want, "openid")) ||
		(lacks && answer_hint(x) == HINT_SCOPE);
	if (f->has_openid.v == TRI_YES && answer_hint(x) != HINT_OPENID)
		return RULE_PASS;
	if (!said &&
		!(lacks &&
			(status_of(x) == 403 ||
				(fact_rejected(f) && f->active.v == TRI_YES && !fact_bound(f)))))
		return RULE_PASS;
	if (!said && fact_expired(f))
		return RULE_PASS;
	ev_answer(out, x);
	ev_scope(f, out);
	if (want.n)
		ev_text(out, "scope wanted", want, (int)x->n);
	if (f->token_scope.v.n)
		return say(out,
			"The token has scope \"%.*s\" without openid, and the userinfo endpoint "
			"gives nothing without "
			"it (%d).",
			SPAN_ARG(span_sub(f->token_scope.v, 0, 120)), status_of(x));
	return say(out,
		"The token lacks the scope openid, and the userinfo endpoint gives nothing without "
		"it (%d).",
		status_of(x));
}

static bool
has_scope(const struct facts *f, struct span word)
{
	const struct claims *c =
		f->introspected && f->introspected->has_scope ? f->introspected : f->claimed;
	char text[128];

	(void)snprintf(text, sizeof(text), "%.*s", SPAN_ARG(word));
	return (c && c->has_scope && claims_has_scope(c, text)) ||
		span_has_word(f->token_scope.v, text);
}

/* Names only what is missing: who asks for that alone, though, loses what the token has. */
static void
fix_scope(const struct facts *f, struct finding *out, struct span want)
{
	struct span rest = want, word;
	struct buf missing;
	bool partly = false;

	buf_init(&missing, LIMIT_HEADERS);
	while (span_word(&rest, &word)) {
		if (has_scope(f, word))
			partly = true;
		else
			(void)buf_printf(
				&missing, "%s%.*s", missing.len ? " " : "", SPAN_ARG(word));
	}
	if (missing.len && (partly || f->has_openid.v != TRI_UNKNOWN))
		fix(out, "Log in again and ask for the scope %s besides those the token has.",
			buf_str(&missing));
	else if (missing.len)
		fix(out, "Log in again and ask for the scope %s.", buf_str(&missing));
	else {
		out->advice = ADVICE_CONTACT_ADMIN;
		fix(out,
			"The token has every scope that the challenge names: ask the API's "
			"operator what else it wants.");
	}
	buf_release(&missing);
}

enum verdict_of
rule_insufficient_scope(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	struct span want;

	if (!exchange_answered(x) || x->answer.outcome == OUTCOME_SUCCESS || !scope_refusal(x))
		return RULE_PASS;
	want = wanted_scope(x);
	if (is_userinfo(x) && f->has_openid.v != TRI_YES && !fact_inactive(f) &&
		(f->has_openid.v == TRI_NO || answer_hint(x) == HINT_OPENID ||
			span_has_word(want, "openid")))
		return RULE_PASS; /* userinfo-missing-openid-scope */
	ev_answer(out, x);
	ev_scope(f, out);
	if (answer_hint(x) == HINT_PRODUCT) {
		out->advice = ADVICE_CONTACT_ADMIN;
		fix(out,
			"Have the API's operator put this request into what the application is "
			"subscribed to (API product, plan, subscription): a new login changes "
			"nothing.");
		return say(out,
			"The application's subscription at the gateway does not hold this request "
			"(%d): it is not the token's scope.",
			status_of(x));
	}
	if (!want.n && denied_in_general(x)) {
		out->open = true;
		return say(out,
			"The server denies the permission (%d), in words that are none of OAuth's: "
			"the token may lack a right, or may not be known there at all.",
			status_of(x));
	}
	if (!want.n)
		return say(out,
			"The token is accepted, but its scope is not enough for this request (%d "
			"%s).",
			status_of(x), x->answer.error);
	ev_text(out, "scope wanted", want, (int)x->n);
	fix_scope(f, out, want);
	return say(out, "The token is accepted, but this request wants the scope %.*s (%d).",
		SPAN_ARG(want), status_of(x));
}

/* --- audience ----------------------------------------------------------------------------- */

static bool
aud_is_ours(const struct facts *f, struct span aud)
{
	const struct profile *p = &f->c->profile;
	const struct exchange *x = f->userinfo;
	struct url a, b;

	if (span_is(aud, "account") || span_eq(aud, f->client_id.v) ||
		(p->client_id && span_is(aud, p->client_id)) ||
		(p->audience && span_is(aud, p->audience)) ||
		(p->resource && span_is(aud, p->resource)) || span_eq(aud, f->iss.v) ||
		span_eq(aud, f->expected_issuer.v))
		return true;
	if (url_parse(&a, aud, NULL) != RES_OK)
		return false;
	return url_parse(&b, span_of(x->request.url), NULL) == RES_OK && url_same_host(&a, &b) &&
		(x->purpose == PURPOSE_USERINFO ? span_starts(b.path, "/") && a.path.n <= 1
						: span_eq(span_sub(b.path, 0, a.path.n), a.path));
}

static bool
other_audience(const struct facts *f)
{
	const struct claims *c = f->claimed && f->claimed->n_aud ? f->claimed : f->introspected;
	bool resource = false;

	if (!c || !c->n_aud)
		return false;
	/* some servers put the scopes there */
	if (c->n_aud == 1 && f->token_scope.v.n && span_eq(c->aud[0], f->token_scope.v))
		return false;
	for (size_t i = 0; i < c->n_aud; i++) {
		if (aud_is_ours(f, c->aud[i]))
			return false;
		/* the name of another client proves nothing: many servers let that pass */
		resource = resource || span_find_str(c->aud[i], "://") != SIZE_MAX ||
			span_starts_nocase(c->aud[i], "urn:");
	}
	return resource;
}

/* A refusal that is none of OAuth's: no challenge, no error, no JSON. */
static bool
speechless(const struct exchange *x)
{
	return !x->answer.challenges.n && !x->answer.error[0] && !x->answer.doc;
}

enum verdict_of
rule_wrong_audience(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	enum hint hint = answer_hint(x);
	bool said = hint == HINT_AUDIENCE;

	if (!fact_rejected(f) || fact_inactive(f) || fact_expired(f) || scope_refusal(x) ||
		fact_bound(f))
		return RULE_PASS;
	/* an answer that gives another reason is believed, and who saw no token saw no audience */
	if (!said &&
		((hint != HINT_NONE && hint != HINT_AMBIGUOUS) ||
			fact_answered_as_without_token(f)))
		return RULE_PASS;
	if (fact_issuer(f) == ISSUER_OTHER_TENANT || f->access_sig == SIG_BAD)
		return RULE_PASS;
	/* who says nothing has not looked at the audience for sure; and user information is for
	 * openid, whatever other audience the token has */
	if (!said && speechless(x) && (is_userinfo(x) || x->answer.kind == BODY_HTML))
		return RULE_PASS;
	out->open = !said && (speechless(x) || (is_userinfo(x) && f->has_openid.v == TRI_YES)) &&
		!f->c->offline;
	/* without the server's word: the token must be good in every other way, and meant for
	 * another place */
	if (!said &&
		!(other_audience(f) && status_of(x) == 401 &&
			(f->active.v == TRI_YES || (f->access_sig == SIG_VALID && f->exp.known))))
		return RULE_PASS;
	ev_answer(out, x);
	if (f->aud_first.v.n)
		ev_text(out, "aud", f->aud_first.v, f->aud_first.from);
	ev(out, "asked", (int)x->n, "%s", x->request.url);
	if (f->active.v == TRI_YES)
		ev(out, "active", f->active.from, "true");
	if (!f->aud_first.v.n)
		return say(out, "The server says that the token is for another audience: %s",
			x->answer.description);
	if (out->open)
		return say(out,
			"The token is for %.*s, not for %s, and is refused here (%d) without a "
			"word of why: the "
			"audience may be it.",
			SPAN_ARG(span_sub(f->aud_first.v, 0, 160)), x->request.url, status_of(x));
	return say(out,
		"The token is for %.*s, not for %s: it is good there and refused here (%d).",
		SPAN_ARG(span_sub(f->aud_first.v, 0, 160)), x->request.url, status_of(x));
}

/* --- what only the server can know -------------------------------------------------------- */

static const struct exchange *
hinted(const struct facts *f, enum hint h)
{
	const struct exchange *all[] = {f->userinfo, f->introspection, f->refresh};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i] && all[i]->answer.outcome != OUTCOME_SUCCESS && answer_hint(all[i]) == h)
			return all[i];
	}
	return NULL;
}

static enum verdict_of
by_words(const struct facts *f, struct finding *out, enum hint h, const char *words)
{
	const struct exchange *x = hinted(f, h);

	if (!x || (fact_expired(f) && x != f->refresh))
		return RULE_PASS;
	out->step = x->step;
	ev_answer(out, x);
	ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	return say_of(out, x, words);
}

enum verdict_of
rule_sso_session_ended(const struct facts *f, struct finding *out)
{
	return by_words(f, out, HINT_SESSION,
		"The login session behind the token has ended: logged out, or idle too long.");
}

enum verdict_of
rule_user_disabled_or_deleted(const struct facts *f, struct finding *out)
{
	if (by_words(f, out, HINT_USER_GONE,
		    "The server no longer knows the user of this token, or has disabled the "
		    "account.") != RULE_FIRES)
		return RULE_PASS;
	if (f->sub.v.n) /* whose account it is */
		ev_text(out, "sub", f->sub.v, f->sub.from);
	return RULE_FIRES;
}

enum verdict_of
rule_token_stale_not_before(const struct facts *f, struct finding *out)
{
	return by_words(f, out, HINT_STALE,
		"The server refuses all tokens that were issued before a certain time, and this "
		"one was.");
}

/* So long a new token may be unknown to a copy of the server; so long later it would be known. */
enum { FRESH_S = 10, WAITED_S = 5 };

/* Who introspects is who got the token: it may ask, whatever the audience. */
static bool
issued_to_caller(const struct facts *f)
{
	return f->client_id.v.n && span_eq(f->client_id.v, f->caller.v);
}

/* A JWT whose key set could be read and was not: it may be forged, or signed elsewhere, as well as
 * ended. */
static bool
signature_unseen(const struct facts *f)
{
	return f->access && f->access->kind == TOKEN_JWT && f->access_sig == SIG_NOT_CHECKED &&
		!f->jwks && !f->c->offline && (fact_endpoint(f, EP_JWKS).n || f->c->profile.issuer);
}

enum verdict_of
rule_token_revoked(const struct facts *f, struct finding *out)
{
	bool said = f->userinfo && fact_rejected(f) && answer_hint(f->userinfo) == HINT_REVOKED;
	int64_t left, age;
	char span[32];

	if (f->revoked_introspection && f->revoked_introspection->answer.active == TRI_NO &&
		!fact_inactive(f)) {
		out->severity = SEV_INFO;
		ev_answer(out, f->revocation);
		ev(out, "active", (int)f->revoked_introspection->n, "false");
		return say(out, "The token was revoked in this case, and the server confirms it.");
	}
	if (fact_expired(f) || (!said && !(fact_inactive(f) && fact_rejected(f))))
		return RULE_PASS;
	fix(out, "%s%s", fix_new_token(f, out),
		fact_can_refresh(f) ? _("; if that is refused too, log in again.")
				    : _(" for a new token."));
	if (said && !f->exp.known) {
		ev_answer(out, f->userinfo);
		ev(out, "error_description", (int)f->userinfo->n, "%s",
			f->userinfo->answer.description);
		return say_of(out, f->userinfo, "The server says that the token was revoked.");
	}
	/* not expired, the right server, the right caller, no other flaw: then it was ended */
	if (!facts_remaining(f, &left) || !f->skew.known || fact_issuer(f) != ISSUER_FITS ||
		scope_refusal(f->userinfo) || f->access_sig == SIG_BAD ||
		f->access_sig == SIG_NO_KEY || fact_key_known(f) == TRI_NO || fact_bound(f) ||
		(f->client_id.v.n && f->caller.v.n && !span_eq(f->client_id.v, f->caller.v)))
		return RULE_PASS;
	/* just issued: rather not on every copy of the server yet */
	if (facts_age(f, &age) && age < FRESH_S && f->waited_s < WAITED_S)
		return RULE_PASS;
	if (f->access->role == ROLE_ID || f->access->role == ROLE_REFRESH ||
		answer_hint(f->userinfo) == HINT_ISSUER ||
		answer_hint(f->userinfo) == HINT_AUDIENCE ||
		(other_audience(f) && !issued_to_caller(f)))
		return RULE_PASS;
	ev(out, "active", f->active.from, "false");
	ev_answer(out, f->userinfo);
	ev_time(out, "exp", &f->exp);
	ev_text(out, "iss", f->iss.v, f->iss.from);
	if (signature_unseen(f)) {
		out->open = true;
		fix(out,
			"Read the server's key set (probes: safe): a key or a signature of another "
			"server is told by it. If "
			"the token is the server's own, log in again.");
		return say(out,
			"The token would be valid for %s more, but the server calls it inactive "
			"and gives no user "
			"information: it was revoked, or is not this server's at all; its "
			"signature was not checked.",
			time_span(span, left));
	}
	return say(out,
		"The token would be valid for %s more, but the server calls it inactive and gives "
		"no user "
		"information: it was revoked, or its session has ended.",
		time_span(span, left));
}

/* Introspection calls its request malformed, and the request is not shown: what it lacked, or
 * whether the server says so of a token it does not know, one answer does not tell. */
static enum verdict_of
introspection_malformed(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection;

	if (!exchange_answered(x) || exchange_request_known(x) || status_of(x) != 400 ||
		!answer_error_is(x, "invalid_request") || exchange_client_refused(x) ||
		answer_hint(x) != HINT_NONE)
		return RULE_PASS;
	out->step = x->step;
	ev_answer(out, x);
	return say_of(out, x, "The server calls the introspection request itself malformed.");
}

/* The token endpoint misses something in the request, and does not speak of the token itself. */
static enum verdict_of
refresh_malformed(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->refresh;
	enum hint hint;

	if (!exchange_answered(x) || exchange_client_refused(x))
		return RULE_PASS;
	hint = answer_hint(x);
	if (hint != HINT_BAD_REQUEST && !(answer_error_is(x, "invalid_request") &&
						(hint == HINT_NONE || hint == HINT_NO_REFRESH)))
		return RULE_PASS;
	out->step = x->step;
	ev_answer(out, x);
	ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	if (hint == HINT_NO_REFRESH)
		return say_of(out, x, "The server found no refresh token in the refresh request.");
	return say_of(out, x, "The server calls the refresh request itself malformed.");
}

enum verdict_of
rule_malformed_request(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;

	if (refresh_malformed(f, out) == RULE_FIRES ||
		introspection_malformed(f, out) == RULE_FIRES)
		return RULE_FIRES;
	if (!exchange_answered(x) || status_of(x) != 400 ||
		!answer_error_is(x, "invalid_request") || f->active.v != TRI_YES ||
		answer_hint(x) != HINT_NONE || fact_bound(f))
		return RULE_PASS;
	ev_answer(out, x);
	ev(out, "active", f->active.from, "true");
	return say(out,
		"The token is active, and the server calls the request itself malformed (400 "
		"invalid_request).");
}

/* What was not asked yet, of what can be. */
static void
fix_rejected(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection;
	bool barred = exchange_answered(x) && f->active.v == TRI_UNKNOWN &&
		(x->auth == AUTH_UNSET || x->auth == AUTH_NONE);
	const char *ask = fact_can_introspect(f) ? "Introspect the token (step 1). "
		: barred ? "Give client_id and client_secret to have introspection asked. "
			 : "";

	if (f->refresh_ok.v == TRI_YES) {
		out->advice = ADVICE_CONTACT_ADMIN;
		fix(out,
			"%sThe refreshed token is refused as well: compare its audience, issuer "
			"and scope with what is "
			"wanted there, or look into the server's log.",
			ask);
		return;
	}
	fix(out,
		"%s%s: a new token that works means that the old one had expired or was revoked%s.",
		ask, fix_new_token(f, out),
		x || *ask ? ""
			  : _("; if the new one is refused, too, only the server's own log says "
			      "why"));
}

/* The resource calls expired what is good by everything else that is known. */
static enum verdict_of
called_expired(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	char span[32];
	int64_t left;

	if (answer_hint(x) != HINT_EXPIRED)
		return RULE_PASS;
	if (f->active.v == TRI_YES)
		return say(out,
			"Introspection calls the token active, and %s calls it expired (%d): the "
			"clock there may be ahead, or what is known there of the token is out of "
			"date.",
			is_userinfo(x) ? _("user information") : _("the resource"), status_of(x));
	if (!facts_remaining(f, &left) || left <= 0)
		return RULE_PASS;
	return say(out,
		"By its exp the token is good for %s more, and %s calls it expired (%d): the clock "
		"there may be ahead, or its session ended before.",
		time_span(span, left), is_userinfo(x) ? _("user information") : _("the resource"),
		status_of(x));
}

/* The authorization server takes it: neither expiry nor revocation, and a new token would fare the
 * same. */
static enum verdict_of
alive_and_rejected(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;

	out->advice = ADVICE_CONTACT_ADMIN;
	fix(out,
		"Look into the log of %s for this request: which issuer, audience and kind of "
		"token (JWT or opaque) it "
		"takes, and whether the token reaches it; a new token would fare the same.",
		is_userinfo(x) ? _("the user-information endpoint") : _("the resource"));
	if (called_expired(f, out) == RULE_FIRES)
		return RULE_FIRES;
	return say(out,
		"Introspection calls the token active, and %s refuses it (%d%s%s) without saying "
		"why: it is neither "
		"expired nor revoked.",
		is_userinfo(x) ? _("user information") : _("the resource"), status_of(x),
		x->answer.error[0] ? " " : "", x->answer.error);
}

enum verdict_of
rule_token_rejected_unspecified(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	char span[32], when[32];
	int64_t left;

	if (!fact_rejected(f) || fact_inactive(f))
		return RULE_PASS;
	ev_answer(out, x);
	if (x->answer.description[0])
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	ev_answer(out, f->userinfo_probe);
	if (f->active.v == TRI_YES) {
		ev(out, "active", f->active.from, "true");
		return alive_and_rejected(f, out);
	}
	fix_rejected(f, out);
	if (called_expired(f, out) == RULE_FIRES)
		return RULE_FIRES;
	if (facts_remaining(f, &left) && left > f->leeway_s) {
		ev_time(out, "exp", &f->exp);
		ev(out, fact_clock(f), FROM_CLOCK, "%s", time_rfc3339(when, f->now_s));
		return say(out,
			"The token is refused (%d%s%s) %s before its exp, and nothing known tells "
			"whether it is revoked, of another server or malformed.",
			status_of(x), x->answer.error[0] ? " " : "", x->answer.error,
			time_span(span, left));
	}
	return say(out,
		"The token is refused (%d%s%s), and nothing known tells whether it is expired, "
		"revoked, of another "
		"server or malformed.",
		status_of(x), x->answer.error[0] ? " " : "", x->answer.error);
}
