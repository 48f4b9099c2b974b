/* Rules about how the token was presented: its header on the way, and what it is bound to. */
#include "diagnose/rules.h"

#include "base/tr.h"
#include "oauth/words.h"

static int
status_of(const struct exchange *x)
{
	return x->result.response.status;
}

/* --- the header on its way ---------------------------------------------------------------- */

/* Its words say the status once more, and nothing else. */
static bool
says_no_more(const struct exchange *x)
{
	struct words w;

	words_read(&w, span_of(x->answer.description));
	return words_all(&w,
		"401|http|error|status|unauthorized|authorized|not|authorization|authentication|"
		"required|access|"
		"denied|to|this|resource");
}

static bool
bare_challenge(const struct exchange *x)
{
	bool bearer = false;

	for (size_t i = 0; i < x->answer.challenges.n; i++) {
		if (challenge_param(&x->answer.challenges.v[i], "error").n)
			return false;
		bearer = bearer || !strcasecmp(x->answer.challenges.v[i].scheme, "bearer");
	}
	return bearer && !x->answer.error[0] && says_no_more(x);
}

bool
fact_answered_as_without_token(const struct facts *f)
{
	const struct exchange *x = f->userinfo, *probe = f->userinfo_probe;

	if (!exchange_answered(x) ||
		!(answer_hint(x) == HINT_NO_TOKEN || (status_of(x) == 401 && bare_challenge(x))))
		return false;
	/* a made-up token that gets another answer was seen: then the header arrives */
	return !(exchange_answered(probe) &&
		(probe->answer.error[0] || status_of(probe) != status_of(x)) &&
		strcmp(probe->answer.error, x->answer.error) != 0);
}

/* One lone answer: whether a token was sent is for the reader to say. */
static enum verdict_of
without_request(const struct exchange *x, bool said, struct finding *out)
{
	/* the status misleads first of all (error-in-200-body), then the words count */
	if (answer_status(&x->answer) < 300) {
		out->severity = SEV_WARNING;
		out->explains = "token-rejected-unspecified";
	}
	if (said)
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	else
		ev(out, "WWW-Authenticate", (int)x->n, "Bearer, without an error");
	fix(out,
		"Was a token sent? If not, send it: Authorization: Bearer and the token. If so, "
		"let "
		"the header through (CGIPassAuth, the proxy's rules, redirects).");
	return say(out,
		said ? "The server says that no token came with the request (%d): it was not sent, "
		       "or "
		       "something in between dropped the Authorization header."
		     : "The server answers as to a request without a token (%d, a challenge "
		       "without an error, RFC 6750 §3.1): none was sent, or something in "
		       "between dropped the Authorization header.",
		status_of(x));
}

/* Sent in the body, the token is looked at: it was the header that did not arrive. */
static bool
seen_in_body(const struct facts *f)
{
	const struct exchange *x = f->form_probe;

	return x &&
		(x->answer.outcome == OUTCOME_SUCCESS || answer_error_is(x, "invalid_token") ||
			answer_error_is(x, "insufficient_scope"));
}

enum { AGAIN_S = 2 }; /* the first of the waits */

/* … and accepted, whatever the words of the refusal were. */
static bool
got_through_in_body(const struct facts *f)
{
	return f->form_probe && f->form_probe->answer.outcome == OUTCOME_SUCCESS;
}

/* Basic was sent and not seen, and the token neither: one header, two witnesses. */
static bool
neither_arrived(const struct facts *f)
{
	return exchange_answered(f->introspection) && f->introspection->auth == AUTH_BASIC &&
		answer_hint(f->introspection) == HINT_NO_CLIENT &&
		fact_answered_as_without_token(f);
}

/* Refused in the header and taken in the body.  One of several servers may not know the token:
 * without a second witness the header must fail once more. */
static enum verdict_of
only_in_body(const struct facts *f, struct finding *out)
{
	out->open = !f->c->offline && f->waited_s < AGAIN_S &&
		(!f->introspection || f->active.v == TRI_YES);
	return say(out,
		"The server refuses the token in the header (%d) and takes the same token "
		"in the body: something in between changes the Authorization header.",
		status_of(f->userinfo));
}

/* Recorded with its headers, and none of the three ways to send a token (RFC 6750 §2) was used. */
static bool
recorded_without_token(const struct facts *f)
{
	const struct exchange *x = f->userinfo;

	return exchange_answered(x) && x->imported && x->request.headers.n && !x->follows &&
		!http_has_header(&x->request.headers, "authorization") &&
		span_find_str(buf_span(&x->request.body), "access_token") == SIZE_MAX &&
		span_find_str(span_of(x->request.url), "access_token") == SIZE_MAX &&
		status_of(x) == 401 && !x->answer.error[0] &&
		http_has_header(&x->result.response.headers, "www-authenticate");
}

static enum verdict_of
sent_without(const struct exchange *x, struct finding *out)
{
	ev_answer(out, x);
	ev(out, "request.authorization", (int)x->n, "absent");
	fix(out,
		"Have the application send the token as Authorization: Bearer; if it does, "
		"look for what takes the header out before the place of the recording.");
	return say(out,
		"The recorded request carries no token at all, and the server asks for one "
		"(401).");
}

enum verdict_of
rule_authorization_header_stripped(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo, *probe = f->userinfo_probe;
	bool said;

	if (recorded_without_token(f))
		return sent_without(x, out);
	if (!exchange_answered(x) ||
		(exchange_request_known(x) &&
			!http_has_header(&x->request.headers, "authorization")) ||
		x->answer.outcome == OUTCOME_SUCCESS || fact_inactive(f) || fact_expired(f) ||
		fact_bound(f))
		return RULE_PASS;
	said = answer_hint(x) == HINT_NO_TOKEN;
	if (!got_through_in_body(f) && !fact_answered_as_without_token(f) &&
		!(status_of(x) == 401 && !x->answer.error[0] && seen_in_body(f)))
		return RULE_PASS;
	ev_answer(out, x);
	if (!exchange_request_known(x))
		return without_request(x, said, out);
	ev(out, "request.authorization", (int)x->n, "sent");
	ev_answer(out, probe);
	/* Basic travels in the same header: refused there, it never arrived either */
	if (f->introspection && f->introspection->auth == AUTH_BASIC &&
		(exchange_client_refused(f->introspection) || fact_caller_in_doubt(f))) {
		ev_answer(out, f->introspection);
		out->explains = "token-rejected-unspecified error-in-200-body malformed-request "
				"introspect-not-permitted client-secret-wrong client-auth-missing "
				"client-auth-method-mismatch "
				"client-credentials-encoding";
	}
	ev_answer(out, f->form_probe);
	if (answer_error_is(x, "invalid_token") && got_through_in_body(f))
		return only_in_body(f, out);
	if (seen_in_body(f))
		return say(out,
			"The server sees no token in the header (%d) and sees the same token in "
			"the body: "
			"something in between drops the Authorization header.",
			status_of(x));
	if (neither_arrived(f))
		return say(out,
			"Neither Authorization header arrived: introspection saw no client "
			"authentication (%d), and user information no token (%d), though both were "
			"sent.",
			status_of(f->introspection), status_of(x));
	if (!said && f->active.v != TRI_YES) {
		out->severity = SEV_WARNING; /* some servers never say why: one reply cannot tell */
		out->explains = "";
		return say(out,
			"The server answers as if no token had come (401, a challenge without an "
			"error): the header may "
			"have been dropped on the way.");
	}
	return say(out,
		"The server says that no token came (%d), though one was sent: something in "
		"between drops the "
		"Authorization header.",
		status_of(x));
}

/* What somebody would send, or sent, without what came of it. */
static bool
is_request_alone(const struct facts *f, const struct exchange *x)
{
	return f->c->offline && exchange_request_known(x) && x->result.error == NETERR_NONE &&
		!x->result.response.status;
}

enum verdict_of
rule_authorization_header_malformed(const struct facts *f, struct finding *out)
{
	static const char *const words[] = {
		[AUTH_HEADER_NO_BLANK] = "there is no blank in it",
		[AUTH_HEADER_BLANKS] = "there is more than one blank in it",
		[AUTH_HEADER_SCHEME_TWICE] = "the scheme word is there twice",
	};
	const struct exchange *x = f->userinfo;
	const char *why;
	char scheme[24];
	size_t count;

	/* a request alone (inspect) shows it as well */
	if ((!exchange_answered(x) && !is_request_alone(f, x)) ||
		x->answer.outcome == OUTCOME_SUCCESS || fact_expired(f) || fact_inactive(f))
		return RULE_PASS;
	count = http_header_count(&x->request.headers, "authorization");
	request_scheme(x, scheme, sizeof(scheme));
	why = count > 1                              ? "there are two of them"
		: x->auth_header != AUTH_HEADER_FINE ? words[x->auth_header]
		: !strcmp(scheme, "token")           ? "the scheme is token"
						     : NULL;
	/* lower case is right by RFC 9110 §11.1; only strict servers refuse it */
	if (!why && f->active.v == TRI_YES &&
		span_starts(http_header(&x->request.headers, "authorization"), "bearer "))
		why = "the scheme is in lower case, which this server may not take";
	if (!why && answer_hint(x) != HINT_HEADER)
		return RULE_PASS;
	if (exchange_answered(x))
		ev_answer(out, x);
	if (!why) {
		ev(out, "request.authorization", (int)x->n, "one, well-formed, as it was sent");
		fix(out, "Look for what rewrites the header between here and the server.");
		return say(out,
			"The server cannot read the Authorization header (%d), though one with a "
			"scheme, "
			"one blank and the token was sent: something in between changes it.",
			status_of(x));
	}
	ev(out, "request.authorization", (int)x->n, "%s", why);
	return say(out, "The Authorization header is not \"Bearer\", one blank and the token: %s.",
		why);
}

enum verdict_of
rule_token_sent_twice(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	bool header, query, body;

	if ((!exchange_answered(x) && !is_request_alone(f, x)) ||
		x->answer.outcome == OUTCOME_SUCCESS)
		return RULE_PASS;
	header = http_has_header(&x->request.headers, "authorization");
	query = x->request.url &&
		span_find_str(span_of(x->request.url), "access_token=") != SIZE_MAX;
	body = span_find_str(buf_span(&x->request.body), "access_token=") != SIZE_MAX;
	if (answer_hint(x) != HINT_TWICE && header + query + body < 2)
		return RULE_PASS;
	ev_answer(out, x);
	return say(out, "The token was sent in more than one way in one request (%s).",
		header && query          ? _("header and query")
			: header && body ? _("header and body")
					 : _("the server says so"));
}

/* --- binding ------------------------------------------------------------------------------ */

static struct span
thumbprint(const struct facts *f, bool dpop, int *from)
{
	const struct claims *all[] = {f->introspected, f->claimed};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct span v = !all[i] ? SPAN_EMPTY : dpop ? all[i]->jkt : all[i]->x5t_s256;

		*from = i ? FROM_TOKEN : f->active.from;
		if (v.n)
			return v;
	}
	return SPAN_EMPTY;
}

static bool
dpop_challenge_only(const struct exchange *x)
{
	return challenge_find(&x->answer.challenges, "DPoP") &&
		!challenge_find(&x->answer.challenges, "Bearer");
}

enum verdict_of
rule_dpop_bound_sent_as_bearer(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	struct span jkt;
	char scheme[24];
	int from;

	if (!fact_rejected(f) || fact_inactive(f))
		return RULE_PASS;
	if (exchange_request_known(x)
			? strcmp(request_scheme(x, scheme, sizeof(scheme)), "bearer") != 0
			: answer_hint(x) != HINT_DPOP && !dpop_challenge_only(x))
		return RULE_PASS;
	jkt = thumbprint(f, true, &from);
	if (!jkt.n && !dpop_challenge_only(x) && answer_hint(x) != HINT_DPOP &&
		!(f->introspected && span_is_nocase(f->introspected->token_type, "dpop")))
		return RULE_PASS;
	if (fact_expired(f))
		return RULE_PASS;
	if (jkt.n)
		ev_text(out, "cnf.jkt", jkt, from);
	ev_answer(out, x);
	if (challenges_param(&x->answer.challenges, "algs").n)
		ev_text(out, "algs", challenges_param(&x->answer.challenges, "algs"), (int)x->n);
	if (!exchange_request_known(x))
		return say_of(out, x,
			"The server wants a DPoP proof: the token is bound to a key, and came "
			"without it.");
	ev(out, "request.authorization", (int)x->n, "Bearer");
	if (f->c->own_jkt[0])
		ev(out, "jkt of the key at hand", FROM_PROFILE, "%s", f->c->own_jkt);
	if (jkt.n && f->c->own_jkt[0] && !span_is(jkt, f->c->own_jkt)) {
		fix(out,
			"Give the key that the token was asked for with (dpop_key_file), or get a "
			"new token with the key at hand.");
		return say(out,
			"The token is bound to another DPoP key than the one at hand, and was sent "
			"without a proof, as a plain bearer token (%d).",
			status_of(x));
	}
	if (!f->c->offline)
		fix(out,
			"Give the key that the token was asked for with: dpop_key_file. If it is "
			"gone, only a new token helps.");
	return say(out,
		"The token is bound to a DPoP key%s and was sent as a plain bearer token (%d).",
		f->c->offline ? "" : _(", which is not at hand,"), status_of(x));
}

/* The newest request of each kind that a proof may go with, refused with this error. */
static const struct exchange *
refused_proof(const struct facts *f, const char *error)
{
	const struct exchange *asked[] = {
		f->userinfo, f->refresh, case_last(f->c, PURPOSE_TOKEN, SLOT_NONE)};

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		if (exchange_answered(asked[i]) && asked[i]->answer.outcome != OUTCOME_SUCCESS &&
			answer_error_is(asked[i], error))
			return asked[i];
	return NULL;
}

enum verdict_of
rule_dpop_nonce_required(const struct facts *f, struct finding *out)
{
	const struct exchange *x = refused_proof(f, "use_dpop_nonce");
	const struct exchange *before = x ? case_exchange(f->c, x->follows) : NULL;

	if (!x)
		return RULE_PASS;
	out->step = x->step;
	ev_answer(out, x);
	ev(out, "DPoP-Nonce", (int)x->n, "%s",
		http_has_header(&x->result.response.headers, "dpop-nonce") ? "present" : "absent");
	if (before && answer_error_is(before, "use_dpop_nonce")) {
		fix(out,
			"The proof had the nonce that came with the refusal before: look whether "
			"the instances behind this address share their nonces.");
		return say(out,
			"The server wants its nonce in the DPoP proof of the %s request, and takes "
			"the one it gave no more than none.",
			tr(purpose_words(x->purpose)));
	}
	return say(out, "The server wants its nonce in the DPoP proof of the %s request.",
		tr(purpose_words(x->purpose)));
}

/* The proof was made with another key than the token's. */
static bool
other_key(const struct facts *f, const struct exchange *x)
{
	struct span jkt;
	int from;

	jkt = thumbprint(f, true, &from);
	return x == f->userinfo && x->proof_jkt[0] && jkt.n && !span_is(jkt, x->proof_jkt);
}

static enum verdict_of
say_proof(const struct facts *f, const struct exchange *x, struct finding *out)
{
	if (x->answer.description[0])
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	if (exchange_request_known(x) && !http_has_header(&x->request.headers, "DPoP")) {
		fix(out, "Ask with a proof: dpop = true in the profile.");
		return say(out,
			"The server wants a DPoP proof with the %s request, and none was sent.",
			tr(purpose_words(x->purpose)));
	}
	if (x->proof_flaw[0]) {
		ev(out, "DPoP proof", (int)x->n, "%s", x->proof_flaw);
		return say(out, "The DPoP proof of the %s request does not suit it: %s.",
			tr(purpose_words(x->purpose)), x->proof_flaw);
	}
	if (other_key(f, x)) {
		ev(out, "jkt of the proof", (int)x->n, "%s", x->proof_jkt);
		fix(out, "Sign the proof with the key that the token was asked for with.");
		return say(out,
			"The DPoP proof is signed with another key than the one the token is bound "
			"to.");
	}
	return say_of(
		out, x, "The server refuses the DPoP proof itself; the token is not the cause.");
}

enum verdict_of
rule_dpop_proof_invalid(const struct facts *f, struct finding *out)
{
	const struct exchange *x = refused_proof(f, "invalid_dpop_proof");
	char scheme[24];

	if (x && x == f->userinfo && exchange_request_known(x) &&
		!strcmp(request_scheme(x, scheme, sizeof(scheme)), "bearer"))
		return RULE_PASS; /* without a proof: it is the binding */
	/* some say invalid_token of it; then the proof itself tells */
	if (!x && fact_rejected(f) && !fact_expired(f) && !fact_inactive(f) &&
		!answer_error_is(f->userinfo, "use_dpop_nonce") &&
		(f->userinfo->proof_flaw[0] || other_key(f, f->userinfo) ||
			answer_hint(f->userinfo) == HINT_DPOP_PROOF))
		x = f->userinfo;
	if (!x)
		return RULE_PASS;
	out->step = x->step;
	ev_answer(out, x);
	return say_proof(f, x, out);
}

enum verdict_of
rule_dpop_scheme_not_supported_at_endpoint(const struct facts *f, struct finding *out)
{
	const struct exchange *ok = NULL, *bad = NULL;
	char scheme[24];

	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (x->purpose != PURPOSE_USERINFO && x->purpose != PURPOSE_RESOURCE &&
			x->purpose != PURPOSE_PROBE_BEARER)
			continue;
		request_scheme(x, scheme, sizeof(scheme));
		if (!strcmp(scheme, "dpop") && exchange_token_refused(x))
			bad = x;
		else if (!strcmp(scheme, "bearer") && x->answer.outcome == OUTCOME_SUCCESS)
			ok = x;
	}
	if (!ok || !bad || ok->token_generation != bad->token_generation)
		return RULE_PASS;
	ev_answer(out, bad);
	ev_answer(out, ok);
	return say(out,
		"The endpoint refuses the scheme DPoP and takes the same token as Bearer: it does "
		"not support DPoP.");
}

/* Which certificate the token wants, and which one there is. */
static enum verdict_of
say_certificate(const struct facts *f, struct span x5t, struct finding *out)
{
	const char *own = f->c->own_x5t_s256;

	if (!own[0])
		return say(out,
			"The token is bound to a client certificate%s, and the request showed none "
			"or another.",
			f->c->profile.client_cert_file ? "" : _(" and the profile has none"));
	ev(out, "x5t#S256 of client_cert_file", FROM_PROFILE, "%s", own);
	if (x5t.n && !span_is(x5t, own)) {
		fix(out,
			"Give the certificate that the token was asked for with (client_cert_file, "
			"client_key_file), or get a new token with this one.");
		return say(out,
			"The token is bound to another client certificate than the profile's.");
	}
	fix(out,
		"Call the mTLS address (mtls_endpoint_aliases), and let the certificate through "
		"where TLS ends.");
	return say(out,
		"The token is bound to the profile's certificate, and the server did not see it "
		"with the request: it was not asked for there, or something in between ends TLS.");
}

enum verdict_of
rule_mtls_bound_without_cert(const struct facts *f, struct finding *out)
{
	bool hint;
	struct span x5t;
	int from;

	if (!fact_refused(f) || fact_expired(f))
		return RULE_PASS;
	x5t = thumbprint(f, false, &from);
	hint = fact_rejected(f) && answer_hint(f->userinfo) == HINT_CERTIFICATE;
	if (!x5t.n && !hint)
		return RULE_PASS;
	/* shown, and the right one: then it is something else, unless the server says so */
	if (!hint && span_is(x5t, f->c->own_x5t_s256) && f->userinfo->result.tls.client_subject[0])
		return RULE_PASS;
	if (x5t.n)
		ev_text(out, "cnf.x5t#S256", x5t, from);
	ev_answer(out, f->userinfo);
	return say_certificate(f, x5t, out);
}
