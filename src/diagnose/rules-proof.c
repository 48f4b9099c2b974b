/* Rules about a client that proves itself by more than a secret, and about what was not sent. */
#include "diagnose/rules-client.h"

#include "base/tr.h"

/* --- assertions and certificates ----------------------------------------------------------- */

static bool
by_assertion(const struct exchange *x)
{
	return x->auth == AUTH_PRIVATE_KEY_JWT || x->auth == AUTH_SECRET_JWT;
}

/* The same client, by an assertion for another audience at the same endpoint. */
static bool
other_audience(const struct exchange *x, const struct exchange *y)
{
	return by_assertion(y) && x->auth_audience[0] && y->auth_audience[0] &&
		strcmp(x->auth_audience, y->auth_audience) != 0 &&
		purpose_endpoint(x->purpose) == purpose_endpoint(y->purpose);
}

static enum verdict_of
say_audience(const struct exchange *x, const struct exchange *y, struct finding *out)
{
	ev(out, "aud refused", (int)x->n, "%s", x->auth_audience);
	ev(out, "aud accepted", (int)y->n, "%s", y->auth_audience);
	ev_answer(out, y);
	fix(out, "Make assertions out to %s (client_assertion_audience).", y->auth_audience);
	return say(out,
		"The client assertion is refused at the %s request with the audience %s, and "
		"accepted with %s.",
		tr(purpose_words(x->purpose)), x->auth_audience, y->auth_audience);
}

enum verdict_of
rule_client_assertion_audience(const struct facts *f, struct finding *out)
{
	const struct exchange *x = caller_refused(f, out), *y;

	if (!x || (!by_assertion(x) && exchange_request_known(x)))
		return RULE_PASS;
	y = !by_assertion(x) ? NULL : caller_accepted_other(f, x, other_audience);
	if (y)
		return say_audience(x, y, out);
	y = !by_assertion(x) ? NULL : caller_accepted_other(f, x, caller_same_elsewhere);
	if (!y && answer_hint(x) != HINT_ASSERTION_AUDIENCE)
		return RULE_PASS;
	ev_answer(out, y);
	return say(out,
		"The client assertion is refused at the %s request%s: its audience does not suit "
		"this endpoint.",
		tr(purpose_words(x->purpose)), y ? _(" and accepted elsewhere") : "");
}

/* Something else than the proof is what the server does not like. */
static bool
other_flaw(const struct exchange *x)
{
	enum hint hint = answer_hint(x);

	return hint != HINT_PROOF && caller_other_flaw(hint);
}

/* The request is not at hand, and the server speaks of the assertion in it. */
static enum verdict_of
proof_in_words(const struct facts *f, struct finding *out, const struct exchange *x)
{
	if (!x && exchange_answered(f->refresh) && f->refresh->answer.outcome != OUTCOME_SUCCESS) {
		x = f->refresh; /* some servers call it the request's fault */
		out->step = x->step;
	}
	if (!x || exchange_request_known(x) || answer_hint(x) != HINT_PROOF)
		return RULE_PASS;
	ev_answer(out, x);
	ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	return say_of(out, x,
		"The server does not take the client's assertion: its signature, issuer, subject, "
		"kid or times are not what is registered there.");
}

/* By a key or a certificate: what of it does not suit, servers keep to themselves. */
enum verdict_of
rule_client_proof_refused(const struct facts *f, struct finding *out)
{
	const struct exchange *x = caller_refused(f, out);
	bool certificate = x && (x->auth == AUTH_TLS || x->auth == AUTH_TLS_SELF);

	if (proof_in_words(f, out, x) == RULE_FIRES)
		return RULE_FIRES;

	if (!x || !(by_assertion(x) || certificate) || other_flaw(x) ||
		facts_method_offered(f, x, x->auth) == TRI_NO ||
		caller_accepted_other(f, x, caller_other_method) ||
		caller_accepted_other(f, x, caller_same_elsewhere) ||
		caller_accepted_other(f, x, other_audience))
		return RULE_PASS;
	out->open = f->doubt.assertion == x && f->doubt.audience.n;
	if (x->auth_audience[0])
		ev(out, "aud of the assertion", (int)x->n, "%s", x->auth_audience);
	if (x->answer.description[0])
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	if (certificate) {
		if (f->c->own_x5t_s256[0])
			ev(out, "x5t#S256 of client_cert_file", FROM_PROFILE, "%s",
				f->c->own_x5t_s256);
		ev(out, "certificate shown", (int)x->n, "%s",
			x->result.tls.client_subject[0] ? x->result.tls.client_subject
							: "no: the server did not ask for one");
		return say(out,
			x->result.tls.client_subject[0]
				? "The server refuses client %s with the certificate it showed "
				  "(%d): another one, or another subject, is registered."
				: "The server refuses client %s, which showed no certificate: "
				  "at this address none is asked for (%d).",
			caller_name(x), x->result.response.status);
	}
	if (f->skew.known)
		ev(out, "server clock", f->skew.from, "%+.0f s", f->skew.seconds);
	return say(out,
		"The server refuses the assertion of client %s at the %s request (%d): the %s it "
		"is signed with, its audience, kid or algorithm does not suit.",
		caller_name(x), tr(purpose_words(x->purpose)), x->result.response.status,
		x->auth == AUTH_SECRET_JWT ? _("secret") : _("key"));
}

/* --- what was not even sent --------------------------------------------------------------- */

static bool
without_auth(const struct exchange *x)
{
	return x->result.error == NETERR_NO_CLIENT_AUTH;
}

/* The methods that the metadata lists, ", " between; "" if it lists none. */
static char *
usable_methods(const struct facts *f, char *out, size_t size)
{
	out[0] = '\0';
	for (int a = AUTH_UNSET + 1; f->metadata && a < AUTH_COUNT; a++) {
		const char *id = client_auth_id((enum client_auth)a);
		size_t n = strlen(out);

		if (metadata_supports(f->metadata, "token_endpoint_auth_methods_supported", id) ==
			TRI_YES)
			(void)snprintf(out + n, size - n, "%s%s", n ? ", " : "", id);
	}
	return out;
}

enum verdict_of
rule_client_auth_impossible(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, without_auth, out);
	const struct profile *p = &f->c->profile;
	char methods[160];

	if (!x)
		return RULE_PASS;
	/* not asked is not settled; the token's own time is, and the query that came shows that the
	 * token is good */
	out->open = x->purpose == PURPOSE_INTROSPECTION && exchange_answered(f->userinfo);
	if (x->purpose == PURPOSE_INTROSPECTION && (f->userinfo_ok.v == TRI_YES || fact_expired(f)))
		out->severity = SEV_WARNING;
	ev(out, "client_auth", FROM_PROFILE, "%s", client_auth_id(x->auth));
	ev(out, "why", (int)x->n, "%s", x->result.error_text);
	usable_methods(f, methods, sizeof(methods));
	if (methods[0])
		ev(out, "the server takes", (int)f->c->metadata_from, "%s", methods);
	if (x->auth == AUTH_PRIVATE_KEY_JWT)
		fix(out,
			"Give the client's private key (client_assertion_key_file, or "
			"client_key_file), PEM or JWK, without a passphrase, of a kind that the "
			"server takes.");
	else if (caller_with_secret(x) && !p->client_secret)
		fix(out,
			"Give the client's secret: client_secret_env, client_secret_file or "
			"client_secret_command.");
	else if (x->auth == AUTH_TLS || x->auth == AUTH_TLS_SELF)
		fix(out,
			"Give the client's certificate and key: client_cert_file and "
			"client_key_file.");
	else if (methods[0])
		fix(out,
			"Set client_auth to a method that the server takes and the client is "
			"registered for: %s.",
			methods);
	else
		fix(out, "Set client_auth to the method that the client is registered for.");
	return say(out, "The %s request was not sent: %s.", tr(purpose_words(x->purpose)),
		x->result.error_text[0] ? x->result.error_text
					: _("the client cannot be authenticated as configured"));
}
