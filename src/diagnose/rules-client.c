/* Rules about the caller: how the client authenticates, and whether it may ask. */
#include "diagnose/rules-client.h"

#include "base/tr.h"

static bool
asks_as_client(const struct exchange *x)
{
	return purpose_wants_client(x->purpose) && !purpose_is_probe(x->purpose);
}

enum { ASKED_AS_CLIENT = 6 };

static bool
is_login(const struct exchange *x)
{
	return x->purpose == PURPOSE_TOKEN || x->purpose == PURPOSE_DEVICE ||
		x->purpose == PURPOSE_PAR;
}

/* The requests in which a client says who it is, the newest of each kind; NULL: not made. */
static const struct exchange *
asked_as_client(const struct facts *f, size_t i)
{
	static const enum purpose logins[] = {PURPOSE_TOKEN, PURPOSE_DEVICE, PURPOSE_PAR};
	const struct exchange *own[] = {f->introspection, f->refresh, f->revocation};

	return i < ARRAY_SIZE(own) ? own[i]
				   : case_last(f->c, logins[i - ARRAY_SIZE(own)], SLOT_NONE);
}

const struct exchange *
caller_refused(const struct facts *f, struct finding *out)
{
	for (size_t i = 0; i < ASKED_AS_CLIENT; i++) {
		const struct exchange *x = asked_as_client(f, i);

		if (!exchange_client_refused(x))
			continue;
		out->step = x->step;
		ev_answer(out, x);
		ev(out, "client authentication", (int)x->n, "%s%s%s",
			!exchange_request_known(x)      ? "not shown"
				: x->auth == AUTH_UNSET ? "none"
							: client_auth_id(x->auth),
			x->auth_client_id[0] ? " as " : "", x->auth_client_id);
		return x;
	}
	return NULL;
}

const char *
caller_name(const struct exchange *x)
{
	return x->auth_client_id[0] ? x->auth_client_id : "that asks";
}

static bool
same_client(const struct exchange *a, const struct exchange *b)
{
	return a->auth_client_id[0] && !strcmp(a->auth_client_id, b->auth_client_id);
}

bool
caller_with_secret(const struct exchange *x)
{
	return x->auth == AUTH_BASIC || x->auth == AUTH_POST || x->auth == AUTH_SECRET_JWT;
}

const struct exchange *
caller_accepted_other(const struct facts *f, const struct exchange *x, caller_more *m)
{
	for (size_t i = f->c->n_exchanges; i > 0; i--) {
		const struct exchange *y = f->c->exchanges[i - 1];

		if (y != x && exchange_client_accepted(y) && same_client(x, y) && m(x, y))
			return y;
	}
	return NULL;
}

static bool
other_encoding(const struct exchange *x, const struct exchange *y)
{
	return x->auth == AUTH_BASIC && y->auth == AUTH_BASIC &&
		x->auth_raw_basic != y->auth_raw_basic;
}

bool
caller_other_method(const struct exchange *x, const struct exchange *y)
{
	return x->auth != y->auth && y->auth != AUTH_NONE && y->auth != AUTH_UNSET;
}

bool
caller_same_elsewhere(const struct exchange *x, const struct exchange *y)
{
	return x->auth == y->auth && x->auth_raw_basic == y->auth_raw_basic &&
		purpose_endpoint(x->purpose) != purpose_endpoint(y->purpose);
}

/* Was the same client refused with the other form of Basic too? */
static bool
tried_encodings(const struct facts *f, const struct exchange *x)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *y = f->c->exchanges[i];

		if (exchange_client_refused(y) && same_client(x, y) && other_encoding(x, y))
			return true;
	}
	return false;
}

/* The methods that the metadata allows at the endpoint of x. */
static enum tri
method_offered(const struct facts *f, const struct exchange *x)
{
	return facts_method_offered(f, x, x->auth);
}

/* The caller sent no credentials, as far as the request is known. */
static bool
without_credentials(const struct exchange *x)
{
	return exchange_request_known(x) && (x->auth == AUTH_UNSET || x->auth == AUTH_NONE);
}

/*
 * Without credentials introspection could not really be asked.  That is no cause of anything: where
 * user information or the token's times answer for the token, it is a warning beside what they say.
 */
static void
could_not_be_asked(const struct facts *f, const struct exchange *x, struct finding *out)
{
	if (x != f->introspection || !without_credentials(x) ||
		!fact_answered_without_introspection(f))
		return;
	out->severity = SEV_WARNING;
	out->explains = "introspect-not-permitted";
}

/* The server's own word that none came: the request is not shown, or bears it out. */
static const struct exchange *
said_without(const struct facts *f)
{
	for (size_t i = 0; i < ASKED_AS_CLIENT; i++) {
		const struct exchange *x = asked_as_client(f, i);

		if (exchange_answered(x) && x->answer.active == TRI_UNKNOWN &&
			answer_hint(x) == HINT_NO_CLIENT &&
			(!exchange_request_known(x) || without_credentials(x)))
			return x;
	}
	return NULL;
}

/* Refused in the header and in the body alike: then it was seen, and what was sent is wrong. */
static bool
refused_both_ways(const struct facts *f, const struct exchange *x)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *y = f->c->exchanges[i];

		if (y != x && exchange_client_refused(y) && same_client(x, y) &&
			caller_with_secret(y) && caller_other_method(x, y))
			return true;
	}
	return false;
}

/* The secret was sent and not seen: lost on the way, looked for in another place, or of a client
 * that is not there. */
static enum verdict_of
client_not_seen(const struct facts *f, const struct exchange *x, struct finding *out)
{
	/* invalid_client is said of an unknown client and of a missing one (RFC 6749 §5.2) */
	out->open = !f->c->offline && f->doubt.refused == x && f->doubt.other != AUTH_UNSET &&
		answer_error_is(x, "invalid_client");
	out->step = x->step;
	ev_answer(out, x);
	ev(out, "client authentication", (int)x->n, "%s as %s, sent", client_auth_id(x->auth),
		x->auth_client_id);
	fix(out,
		"Set client_auth to %s once, and look for what drops the Authorization header on "
		"the way.",
		client_auth_id(x->auth == AUTH_BASIC ? AUTH_POST : AUTH_BASIC));
	return say(out,
		"The server says that no client authentication came with the %s request (%d), "
		"though "
		"%s was sent: it was lost on the way, or is wanted in another form.",
		tr(purpose_words(x->purpose)), x->result.response.status, client_auth_id(x->auth));
}

static enum verdict_of
say_not_asked(const struct facts *f, const struct exchange *x, struct finding *out)
{
	if (fact_healthy(f))
		fix(out,
			"Nothing has to be done for user information; give client_id and "
			"client_secret to have "
			"introspection asked as well.");
	else
		fix(out,
			"Give client_id and client_secret: then introspection says what the server "
			"thinks of the token.");
	return say(out,
		"Introspection could not be asked: the server wants client authentication (%d), "
		"and none is configured.",
		x->result.response.status);
}

enum verdict_of
rule_client_auth_missing(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection ? f->introspection : f->revocation, *said;
	char scheme[24];

	if (exchange_answered(x) && caller_with_secret(x) && answer_hint(x) == HINT_NO_CLIENT)
		return refused_both_ways(f, x) ? RULE_PASS : client_not_seen(f, x, out);
	said = said_without(f);
	if (said) {
		out->step = said->step;
		could_not_be_asked(f, said, out);
		ev_answer(out, said);
		ev(out, "error_description", (int)said->n, "%s", said->answer.description);
		if (out->severity == SEV_WARNING)
			return say_not_asked(f, said, out);
		return say(out,
			"The server says that the %s request carried no client authentication "
			"(%d).",
			tr(purpose_words(said->purpose)), said->result.response.status);
	}
	if (!exchange_answered(x) || !without_credentials(x) || !asks_as_client(x) ||
		x->answer.outcome == OUTCOME_SUCCESS || x->answer.outcome == OUTCOME_INACTIVE ||
		x->answer.kind == BODY_HTML)
		return RULE_PASS;
	if (!exchange_client_refused(x) &&
		!(x->result.response.status == 400 && answer_error_is(x, "invalid_request")) &&
		(x->result.response.status != 403 ||
			(x->auth == AUTH_NONE && x->auth_client_id[0])))
		return RULE_PASS;
	if (exchange_answered(f->introspection_probe) &&
		f->introspection_probe->answer.outcome == OUTCOME_INACTIVE)
		return RULE_PASS;
	request_scheme(x, scheme, sizeof(scheme));
	out->step = x->step;
	could_not_be_asked(f, x, out);
	ev_answer(out, x);
	ev(out, "client authentication", (int)x->n, "none%s%s",
		scheme[0] ? ", Authorization: " : "", scheme);
	if (out->severity == SEV_WARNING && !scheme[0])
		return say_not_asked(f, x, out);
	if (!strcmp(scheme, "bearer"))
		return say(out,
			"The %s request carried a bearer token in place of client credentials, and "
			"the server wants "
			"those (%d).",
			tr(purpose_words(x->purpose)), x->result.response.status);
	return say(out,
		"The %s request carried no client authentication, and the server wants it (%d).",
		tr(purpose_words(x->purpose)), x->result.response.status);
}

/* A live token (user information came) that is "inactive" for a caller who proved nothing. */
static enum verdict_of
public_client_told_nothing(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection;

	if (x->auth != AUTH_NONE || f->userinfo_ok.v != TRI_YES || fact_expired(f))
		return RULE_PASS;
	ev_answer(out, x);
	ev_answer(out, f->userinfo);
	ev(out, "client authentication", (int)x->n, "%s as %s", client_auth_id(x->auth),
		x->auth_client_id);
	return say(out,
		"The token gets user information, and introspection calls it inactive for %s, a "
		"client without "
		"authentication: the server tells public clients nothing of tokens that are not "
		"theirs.",
		x->auth_client_id);
}

enum verdict_of
rule_introspect_public_client(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection;
	int s;

	if (!exchange_answered(x) || x->answer.outcome == OUTCOME_SUCCESS ||
		x->answer.kind == BODY_HTML)
		return RULE_PASS;
	if (x->answer.outcome == OUTCOME_INACTIVE)
		return public_client_told_nothing(f, out);
	s = x->result.response.status;
	/* 403: known, and not let in; 401 asks for authentication, which is client-auth-missing */
	if (answer_hint(x) != HINT_PUBLIC_CLIENT &&
		!(x->auth == AUTH_NONE && x->auth_client_id[0] && s == 403 &&
			!answer_error_is(x, "unsupported_token_type") &&
			!answer_error_is(x, "invalid_token")))
		return RULE_PASS;
	could_not_be_asked(f, x, out);
	ev_answer(out, x);
	if (x->auth != AUTH_UNSET)
		ev(out, "client authentication", (int)x->n, "%s as %s", client_auth_id(x->auth),
			x->auth_client_id);
	return say(out,
		"The client %s is public (it has no secret), and this server lets only "
		"confidential clients "
		"introspect (%d).",
		caller_name(x), s);
}

/* The server's words are about what was sent, not about the way it was sent. */
static bool
was_looked_at(enum hint hint)
{
	return hint == HINT_ASSERTION_AUDIENCE || hint == HINT_SECRET_EXPIRED ||
		hint == HINT_CLIENT_UNKNOWN || hint == HINT_CLIENT_DISABLED;
}

/*
 * Revocation alone refuses the client that another endpoint took the same way: it is registered
 * with another method there, or the server says so of a token of another client's (RFC 7009 §2.1
 * wants such a request refused, and names no code).
 */
static enum verdict_of
revocation_alone(const struct facts *f, const struct exchange *x, struct finding *out)
{
	const struct exchange *y = x != f->revocation
		? NULL
		: caller_accepted_other(f, x, caller_same_elsewhere);

	if (!y || was_looked_at(answer_hint(x)))
		return RULE_PASS;
	ev_answer(out, y);
	out->open = true;
	fix(out,
		"Look for revocation_endpoint_auth_methods_supported in the metadata and set "
		"client_auth to one of it; see, too, that the token is this client's own.");
	return say(out,
		"Revocation refuses client %s (%d), which the same server took with %s at the %s "
		"request: its method there, or a token of another client.",
		caller_name(x), x->result.response.status, client_auth_id(x->auth),
		tr(purpose_words(y->purpose)));
}

enum verdict_of
rule_client_auth_method_mismatch(const struct facts *f, struct finding *out)
{
	const struct exchange *x = caller_refused(f, out), *y;

	if (x && answer_hint(x) == HINT_AUTH_METHOD) {
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
		return say(out,
			"The server says that the %s request used another method of client "
			"authentication than the one registered for client %s.",
			tr(purpose_words(x->purpose)), caller_name(x));
	}
	if (!x || x->auth == AUTH_UNSET || x->auth == AUTH_NONE)
		return RULE_PASS;
	if (caller_accepted_other(f, x, other_encoding))
		return RULE_PASS;
	y = caller_accepted_other(f, x, caller_other_method);
	if (y && x->auth == AUTH_BASIC && x->auth_has_reserved && !tried_encodings(f, x) &&
		method_offered(f, x) != TRI_NO)
		return RULE_PASS; /* the encoding explains it better */
	if (y) {
		ev_answer(out, y);
		fix(out, "Set client_auth to %s for this server.", client_auth_id(y->auth));
		return say(out,
			"The same client is refused with %s and accepted with %s: the method is "
			"wrong, the secret is "
			"right.",
			client_auth_id(x->auth), client_auth_id(y->auth));
	}
	if (revocation_alone(f, x, out) == RULE_FIRES)
		return RULE_FIRES;
	/* accepted elsewhere, or looked at and found wanting, it is on offer whatever the metadata
	 * says */
	if (method_offered(f, x) != TRI_NO || was_looked_at(answer_hint(x)) ||
		caller_accepted_other(f, x, caller_same_elsewhere))
		return RULE_PASS;
	ev(out, "auth_methods_supported", (int)f->c->metadata_from, "without %s",
		client_auth_id(x->auth));
	return say(out,
		"The %s request used %s, which the server's metadata does not offer at this "
		"endpoint.",
		tr(purpose_words(x->purpose)), client_auth_id(x->auth));
}

enum verdict_of
rule_client_credentials_encoding(const struct facts *f, struct finding *out)
{
	const struct exchange *x = caller_refused(f, out), *y;

	if (!x || x->auth != AUTH_BASIC)
		return RULE_PASS;
	y = caller_accepted_other(f, x, other_encoding);
	if (y) {
		ev_answer(out, y);
		fix(out,
			y->auth_raw_basic ? "This server does not decode the credentials: use "
					    "client_secret_post, or send "
					    "them without form-encoding."
					  : "Form-encode client id and secret before base64 (RFC "
					    "6749 §2.3.1).");
		return say(out, "%s",
			x->auth_raw_basic
				? _("Client id or secret has reserved characters: without "
				    "form-encoding in Basic they are refused, with it they are "
				    "accepted.")
				: _("Client id or secret has reserved characters: with "
				    "form-encoding in Basic they are refused, without it they are "
				    "accepted."));
	}
	if (!x->auth_has_reserved || tried_encodings(f, x) || method_offered(f, x) == TRI_NO)
		return RULE_PASS;
	ev(out, "reserved characters", (int)x->n, "in client id or secret, %s",
		x->auth_raw_basic ? "not form-encoded" : "form-encoded");
	y = caller_accepted_other(f, x, caller_other_method);
	if (y || x->auth_raw_basic) {
		ev_answer(out, y);
		return say(out,
			x->auth_raw_basic
				? N_("Client id or secret has reserved characters, and Basic "
				     "without form-encoding is refused%s.")
				: N_("Client id or secret has reserved characters, and Basic with "
				     "form-encoding is refused%s."),
			y ? _(" while the same secret in the body is accepted") : "");
	}
	/* one try tells it not from a wrong secret */
	out->open = true;
	fix(out,
		"Try once with client_secret_post or without form-encoding (probes: all): that "
		"separates the encoding "
		"from a wrong secret.");
	return say(out,
		"The client %s is refused, and its id or secret has characters that servers decode "
		"differently in "
		"Basic: the encoding or the secret is wrong.",
		x->auth_client_id);
}

/*
 * A server that answers active:false to callers it does not know: seen when it does so to a caller
 * without any authentication.  Then a working token of the caller's own tells that he was not
 * known.
 */
static enum verdict_of
hidden_refusal(const struct facts *f, struct finding *out)
{
	bool refused = exchange_client_refused(f->token_probe);

	if (f->active.v != TRI_NO || f->userinfo_ok.v != TRI_YES || fact_expired(f) ||
		!caller_with_secret(f->introspection) || !f->caller.v.n ||
		f->open_door.v != TRI_YES || exchange_client_accepted(f->token_probe))
		return RULE_PASS;
	/* another endpoint refuses the same secret: that decides; else the token must be his own */
	if (!refused &&
		(!span_eq(f->client_id.v, f->caller.v) ||
			(f->claimed && f->claimed->n_aud &&
				!claims_has_aud(f->claimed, f->caller.v))))
		return RULE_PASS;
	ev(out, "active", f->active.from, "false");
	ev_answer(out, f->userinfo);
	ev(out, "active without client authentication", f->open_door.from, "false, no refusal");
	if (refused)
		ev_answer(out, f->token_probe);
	/* a server that lets anybody ask says no more than "inactive": the token endpoint tells */
	out->open = !f->c->offline && !f->token_probe && fact_endpoint(f, EP_TOKEN).n;
	out->explains = "introspect-inactive-unspecified";
	return say(out,
		"The token works, yet client %.*s is told that it is inactive: this server says so "
		"to "
		"callers it does not accept, so the client secret is wrong.",
		SPAN_ARG(f->caller.v));
}

bool
caller_other_flaw(enum hint hint)
{
	return hint == HINT_SECRET_EXPIRED || hint == HINT_CLIENT_UNKNOWN ||
		hint == HINT_CLIENT_DISABLED || hint == HINT_PUBLIC_CLIENT ||
		hint == HINT_AUTH_METHOD || hint == HINT_ASSERTION_AUDIENCE ||
		hint == HINT_NO_CLIENT || hint == HINT_REALM || hint == HINT_PROOF;
}

/* One lone answer: the request is not shown, so the answer's words are all there is. */
static enum verdict_of
refused_in_words(const struct exchange *x, enum hint hint, struct finding *out)
{
	if (caller_other_flaw(hint) || x->answer.kind == BODY_HTML)
		return RULE_PASS;
	if (x->answer.description[0])
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	out->settled = hint == HINT_SECRET_WRONG;
	if (out->settled)
		return say(out, "The server says that the client secret is wrong (%d).",
			x->result.response.status);
	return say(out,
		"The server refuses the caller of the %s request (%d): the client id, its secret, "
		"or the way they were sent is wrong.",
		tr(purpose_words(x->purpose)), x->result.response.status);
}

/* One refusal does not tell a wrong secret from a right one that is sent the wrong way, or to the
 * wrong place. */
static enum verdict_of
secret_or_else(const struct facts *f, struct finding *out, const struct exchange *x, bool known)
{
	bool method = f->doubt.other != AUTH_UNSET;

	out->open = true;
	fix(out, "Check the client %s, %s; the probes of level \"all\" tell which.",
		known ? _("secret") : _("id and secret"),
		method ? _("and try client_auth once with another method")
		       : _("and whether introspection wants a resource server's own credentials"));
	return say(out,
		"The server refuses client %s at the %s request (%d): its %s is wrong, or %s%s%s.",
		x->auth_client_id, tr(purpose_words(x->purpose)), x->result.response.status,
		known ? _("secret") : _("id or secret"),
		method ? _("it must be sent by ") : _("this endpoint wants other credentials"),
		method ? client_auth_id(f->doubt.other) : "",
		method && f->doubt.elsewhere ? _(", or this endpoint wants other credentials")
					     : "");
}

enum verdict_of
rule_client_secret_wrong(const struct facts *f, struct finding *out)
{
	bool known;
	const struct exchange *x = caller_refused(f, out);
	enum hint hint;
	bool seen;

	if (!x && fact_caller_in_doubt(f) && exchange_client_refused(f->token_probe)) {
		ev_answer(out, f->introspection);
		ev_answer(out, f->token_probe);
		return say(out,
			"The server refuses client %s at the introspection request (403) and at "
			"the token endpoint "
			"(%d): the client id or its secret is wrong.",
			f->introspection->auth_client_id, f->token_probe->result.response.status);
	}
	if (!x)
		return hidden_refusal(f, out);
	hint = answer_hint(x);
	if (!exchange_request_known(x))
		return refused_in_words(x, hint, out);
	if (!caller_with_secret(x) || x->auth == AUTH_SECRET_JWT)
		return RULE_PASS;
	/* "none came", whichever way it was sent: there is no such client */
	seen = hint == HINT_NO_CLIENT && refused_both_ways(f, x);
	if ((caller_other_flaw(hint) && !seen) || method_offered(f, x) == TRI_NO ||
		caller_accepted_other(f, x, caller_other_method) ||
		caller_accepted_other(f, x, other_encoding) ||
		(!seen && caller_accepted_other(f, x, caller_same_elsewhere)))
		return RULE_PASS;
	if (x->auth == AUTH_BASIC && x->auth_has_reserved && !tried_encodings(f, x))
		return RULE_PASS;
	if (method_offered(f, x) == TRI_YES)
		ev(out, "auth_methods_supported", (int)f->c->metadata_from, "has %s",
			client_auth_id(x->auth));
	/* the token names its client: then the id is one the server knows */
	known = span_is(f->client_id.v, x->auth_client_id);
	if (known)
		ev_text(out, "client of the token", f->client_id.v, f->client_id.from);
	if (f->doubt.refused == x && hint != HINT_SECRET_WRONG &&
		(f->doubt.other != AUTH_UNSET || f->doubt.elsewhere))
		return secret_or_else(f, out, x, known);
	return say(out,
		"The server refuses client %s at the %s request (%d): the client %s is wrong.",
		x->auth_client_id, tr(purpose_words(x->purpose)), x->result.response.status,
		known ? _("secret") : _("id or its secret"));
}

/* The server's own word, whatever code it came with. */
static enum verdict_of
by_hint(const struct facts *f, struct finding *out, enum hint hint, const char *fmt)
{
	for (size_t i = 0; i < ASKED_AS_CLIENT; i++) {
		const struct exchange *x = asked_as_client(f, i);

		if (!exchange_answered(x) || x->answer.active != TRI_UNKNOWN ||
			answer_hint(x) != hint)
			continue;
		/* a login has more to be refused for, and its words name the client, too */
		if (is_login(x) && !exchange_client_refused(x) &&
			strcmp(x->answer.error, "unauthorized_client") != 0)
			continue;
		out->step = x->step;
		ev_answer(out, x);
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
		return say(out, fmt, caller_name(x));
	}
	return RULE_PASS;
}

enum verdict_of
rule_client_secret_expired(const struct facts *f, struct finding *out)
{
	return by_hint(f, out, HINT_SECRET_EXPIRED, "The secret of client %s has expired.");
}

enum verdict_of
rule_client_unknown_or_wrong_tenant(const struct facts *f, struct finding *out)
{
	return by_hint(f, out, HINT_CLIENT_UNKNOWN,
		"The server does not know the client %s: the id is wrong, or it belongs to "
		"another tenant.");
}

enum verdict_of
rule_client_disabled(const struct facts *f, struct finding *out)
{
	if (by_hint(f, out, HINT_CLIENT_DISABLED, "The client %s is disabled at the server.") ==
		RULE_FIRES)
		return RULE_FIRES;
	if (!fact_rejected(f) || answer_hint(f->userinfo) != HINT_CLIENT_DISABLED)
		return RULE_PASS;
	out->step = STEP_HANDLE;
	ev_answer(out, f->userinfo);
	ev(out, "error_description", (int)f->userinfo->n, "%s", f->userinfo->answer.description);
	return say_of(out, f->userinfo,
		"The client that the token was issued to is disabled at the server.");
}

enum verdict_of
rule_introspect_resource_credentials_needed(const struct facts *f, struct finding *out)
{
	const struct exchange *x = caller_refused(f, out), *y;

	if (!x || x->purpose != PURPOSE_INTROSPECTION || !caller_with_secret(x))
		return RULE_PASS;
	/* a server that looks at the code first has not looked at the client yet; its words at
	 * introspection have */
	if (answer_hint(x) == HINT_NO_CLIENT || answer_hint(x) == HINT_SECRET_WRONG)
		return RULE_PASS;
	y = caller_accepted_other(f, x, caller_same_elsewhere);
	if (!y || purpose_endpoint(y->purpose) != EP_TOKEN)
		return RULE_PASS;
	ev_answer(out, y);
	return say(out,
		"Client %s is accepted at the token endpoint and refused at introspection with the "
		"same secret: this "
		"server wants a resource's own credentials there.",
		x->auth_client_id);
}

/* Some servers say 403, and no word, to wrong credentials too. */
bool
fact_caller_in_doubt(const struct facts *f)
{
	const struct exchange *x = f->introspection;

	return exchange_answered(x) && x->result.response.status == 403 && caller_with_secret(x) &&
		!x->answer.error[0] && !x->answer.challenges.n && !x->answer.doc &&
		!exchange_client_accepted(f->token_probe) && !exchange_client_accepted(f->refresh);
}

/* Did user information say why it refuses?  Then introspection is not what is missing. */
static bool
userinfo_said_why(const struct facts *f)
{
	enum hint hint = answer_hint(f->userinfo);

	return fact_rejected(f) &&
		(answer_error_is(f->userinfo, "insufficient_scope") ||
			(hint != HINT_NONE && hint != HINT_AMBIGUOUS));
}

enum verdict_of
rule_introspect_not_permitted(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection;

	if (!exchange_answered(x) || without_credentials(x) || x->answer.kind == BODY_HTML ||
		x->answer.outcome == OUTCOME_SUCCESS || exchange_client_refused(x) ||
		answer_hint(x) == HINT_PUBLIC_CLIENT)
		return RULE_PASS;
	if (x->result.response.status != 403 && answer_hint(x) != HINT_NOT_PERMITTED)
		return RULE_PASS;
	if (exchange_answered(f->introspection_probe) &&
		f->introspection_probe->answer.outcome == OUTCOME_INACTIVE)
		return RULE_PASS; /* it may ask; it is the token */
	if (x->answer.kind != BODY_EMPTY && !x->answer.doc && !x->answer.challenges.n)
		return RULE_PASS; /* something in front said so */
	ev_answer(out, x);
	ev_answer(out, f->introspection_probe);
	ev_answer(out, f->token_probe);
	if (exchange_client_refused(f->token_probe))
		return RULE_PASS; /* it is not known at all */
	if (userinfo_said_why(f))
		out->severity = SEV_WARNING;
	if (fact_caller_in_doubt(f)) {
		out->open = true;
		return say(out,
			"The server does not let the client %s introspect (403), and does not say "
			"whether its "
			"credentials are wrong or it lacks the permission.",
			caller_name(x));
	}
	return say(out, "The server knows the client %s and does not let it introspect (%d).",
		caller_name(x), x->result.response.status);
}
