/* Rules about HTTP itself: what answered instead of the endpoint, and in what form. */
#include "diagnose/rules.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/tr.h"

static struct span
body_of(const struct exchange *x)
{
	return buf_span(&x->result.response.body);
}

static struct span
header_of(const struct exchange *x, const char *name)
{
	return http_header(&x->result.response.headers, name);
}

static int
status_of(const struct exchange *x)
{
	return x->result.response.status;
}

/* --- limits and failures ------------------------------------------------------------------ */

static bool
limited(const struct facts *f, const struct exchange *x)
{
	struct span left = header_of(x, "x-ratelimit-remaining");

	(void)f;
	return answer_status(&x->answer) == 429 || answer_error_is(x, "ratelimited") ||
		answer_error_is(x, "rate_limited") || answer_hint(x) == HINT_THROTTLED ||
		(status_of(x) == 403 && span_is(span_trim(left), "0"));
}

enum verdict_of
rule_rate_limited(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, limited, out);
	int64_t wait;
	char span[32];

	if (!x)
		return RULE_PASS;
	wait = http_retry_after(&x->result.response.headers, f->server_now_s);
	if (wait < 0)
		return say(out, "The server limits the rate of requests: the %s request got %d.",
			tr(purpose_words(x->purpose)), status_of(x));
	ev_text(out, "Retry-After", header_of(x, "retry-after"), (int)x->n);
	fix(out, "Wait %s before the next try, and keep the answer instead of asking each time.",
		time_span(span, wait));
	return say(out,
		"The server limits the rate of requests: the %s request got %d and may be repeated "
		"in %s.",
		tr(purpose_words(x->purpose)), status_of(x), time_span(span, wait));
}

static bool waf(const struct facts *f, const struct exchange *x);

static bool
failed(const struct facts *f, const struct exchange *x)
{
	return answer_status(&x->answer) >= 500 && status_of(x) != 511 && !waf(f, x) &&
		answer_hint(x) != HINT_THROTTLED;
}

enum verdict_of
rule_server_error_5xx(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, failed, out), *probe;
	const char *who = "";
	struct span server;

	if (!x)
		return RULE_PASS;
	server = header_of(x, "server");
	if (server.n)
		ev_text(out, "Server", server, (int)x->n);
	probe = x == f->introspection ? f->introspection_probe
		: x == f->userinfo    ? f->userinfo_probe
				      : NULL;
	if (exchange_answered(probe) && status_of(probe) < 500) {
		ev_answer(out, probe);
		who = "; a made-up token gets an ordinary answer, so the server stumbles over this "
		      "token";
	} else if (exchange_answered(probe)) {
		ev_answer(out, probe);
		who = "; a made-up token gets the same, so it is not the token";
	} else if (x->answer.kind == BODY_HTML && (status_of(x) == 502 || status_of(x) == 504)) {
		who = "; a gateway in front of it says so";
	}
	return say(out, "The server failed at the %s request (%d)%s.",
		tr(purpose_words(x->purpose)), status_of(x), who);
}

enum { LONG_TOKEN = 2000 }; /* bytes; the usual limits of all headers together begin at 4 KiB */

/* The same address with a short made-up token, or none, that gets an answer of OAuth's. */
static const struct exchange *
short_passes(const struct facts *f)
{
	const struct exchange *probes[] = {f->bare_probe, f->userinfo_probe};

	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		if (exchange_answered(probes[i]) &&
			(probes[i]->answer.challenges.n || probes[i]->answer.error[0]))
			return probes[i];
	}
	return NULL;
}

/* Only the long token is refused, and by something that speaks no OAuth. */
static bool
long_alone_refused(const struct facts *f)
{
	const struct exchange *x = f->userinfo;

	if (!x || !f->access || f->access->len < LONG_TOKEN || !short_passes(f))
		return false;
	if (x->result.error == NETERR_RESET)
		return true;
	return exchange_answered(x) && status_of(x) >= 400 && status_of(x) < 500 &&
		status_of(x) != 401 && status_of(x) != 404 && !x->answer.challenges.n &&
		!x->answer.error[0] && !x->answer.doc;
}

static bool
header_too_large(const struct facts *f, const struct exchange *x)
{
	int s = status_of(x);

	return s == 431 || s == 414 || s == 413 || (x == f->userinfo && long_alone_refused(f)) ||
		(s == 400 &&
			(span_contains_nocase(body_of(x), "header or cookie too large") ||
				span_contains_nocase(body_of(x), "header fields too large") ||
				span_contains_nocase(body_of(x), "header too large") ||
				span_contains_nocase(body_of(x), "header field exceeds")));
}

enum verdict_of
rule_header_too_large(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, header_too_large, out);

	if (!x && long_alone_refused(f)) { /* closed without an answer */
		ev_answer(out, f->userinfo);
		ev_answer(out, short_passes(f));
		ev(out, "token.length", FROM_TOKEN, "%zu bytes", f->access->len);
		out->explains = "connection-reset";
		return say(out,
			"The connection is closed at this token of %zu bytes, and a short one is "
			"answered: "
			"something in between does not take headers of this length.",
			f->access->len);
	}
	if (!x)
		return RULE_PASS;
	if (status_of(x) == 413) {
		fix(out, "Have the limits of server and gateway for a request's body raised.");
		return say(out,
			"The server, or a gateway before it, takes no request as large as the %s "
			"request (413).",
			tr(purpose_words(x->purpose)));
	}
	if (x == f->userinfo && long_alone_refused(f))
		ev_answer(out, short_passes(f));
	if (f->access) {
		ev(out, "token.length", FROM_TOKEN, "%zu bytes", f->access->len);
		return say(out,
			"The server refuses headers as long as this token's: %zu bytes (%d).",
			f->access->len, status_of(x));
	}
	return say(out, "The server refuses request headers of this length (%d).", status_of(x));
}

/* --- somebody else answers ---------------------------------------------------------------- */

static bool
page(const struct exchange *x)
{
	return x->answer.kind == BODY_HTML || x->answer.kind == BODY_XML;
}

static bool
login_form(const struct exchange *x)
{
	struct span body = body_of(x);

	return page(x) &&
		(span_contains_nocase(body, "type=\"password\"") ||
			span_contains_nocase(body, "type='password'") ||
			span_contains_nocase(body, "type=password") ||
			span_contains_nocase(body, "log in") ||
			span_contains_nocase(body, "login") ||
			span_contains_nocase(body, "sign in"));
}

/* Refused by who does not look at the token: a made-up one gets the same, and RFC 6750 wants 401
 * for that. */
static bool
same_for_any_token(const struct facts *f, const struct exchange *x)
{
	const struct exchange *probe = f->userinfo_probe;

	return x == f->userinfo && exchange_answered(probe) && status_of(probe) == status_of(x) &&
		!x->answer.challenges.n && !x->answer.error[0] &&
		span_eq(body_of(probe), body_of(x));
}

static bool
asks_as_client(const struct exchange *x)
{
	return x->purpose != PURPOSE_USERINFO && x->purpose != PURPOSE_RESOURCE &&
		x->purpose != PURPOSE_DISCOVERY && x->purpose != PURPOSE_JWKS;
}

/* A login of the web server or a gateway, not of OAuth. */
static bool
foreign_challenge(const struct exchange *x)
{
	static const char *const schemes[] = {"Negotiate", "NTLM", "Digest", "Basic"};
	bool as_client = asks_as_client(x);

	if (challenge_find(&x->answer.challenges, "Bearer") ||
		challenge_find(&x->answer.challenges, "DPoP"))
		return false;
	/* a client may have to say who it is by Basic */
	for (size_t i = 0; i < ARRAY_SIZE(schemes) - as_client; i++) {
		if (challenge_find(&x->answer.challenges, schemes[i]))
			return true;
	}
	return false;
}

static bool
waf(const struct facts *f, const struct exchange *x)
{
	struct span body = span_sub(body_of(x), 0, 16 << 10);
	struct span server = header_of(x, "server");
	int s = status_of(x);
	bool edge;

	/* challenge: 202, CAPTCHA: 405 (AWS WAF, "How the CAPTCHA and Challenge rule actions
	 * behave") */
	if (http_has_header(&x->result.response.headers, "x-amzn-waf-action"))
		return true;
	/* some block with a good status and a page with the number of the incident */
	if (s == 200 && page(x))
		return span_contains_nocase(body, "support id is") ||
			span_contains_nocase(body, "incident id:");
	if (s != 403 && s != 406 && s != 429 && s != 503 && s != 401)
		return false;
	if (http_has_header(&x->result.response.headers, "cf-mitigated"))
		return true;
	if (s == 403 && same_for_any_token(f, x))
		return true;
	if (x->answer.challenges.n || x->answer.error[0] || x->answer.doc || s == 401)
		return false;
	if (span_starts(span_trim(body), "error code: 10") ||
		span_contains_nocase(body, "just a moment...") ||
		span_contains_nocase(body, "attention required!") ||
		span_contains_nocase(body, "incapsula") ||
		span_contains_nocase(body, "request was blocked") ||
		span_contains_nocase(body, "request blocked") ||
		span_contains_nocase(body, "access denied | ") ||
		span_contains_nocase(body, "captcha") ||
		span_contains_nocase(body, "web application firewall"))
		return true;
	edge = span_contains_nocase(server, "cloudflare") ||
		span_contains_nocase(server, "akamaighost") ||
		span_contains_nocase(server, "imperva") || span_contains_nocase(server, "sucuri");
	return (s == 403 || s == 406) && ((edge && body.n) || (page(x) && !login_form(x)));
}

enum verdict_of
rule_waf_block(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, waf, out);
	struct span server;

	if (!x)
		return RULE_PASS;
	server = header_of(x, "server");
	if (server.n)
		ev_text(out, "Server", server, (int)x->n);
	if (http_has_header(&x->result.response.headers, "cf-mitigated"))
		ev_text(out, "cf-mitigated", header_of(x, "cf-mitigated"), (int)x->n);
	ev(out, "body", (int)x->n, "%s, no OAuth error in it", body_kind_words(x->answer.kind));
	return say(out,
		"Something in front of the server blocked the %s request (%d): the answer is no "
		"OAuth answer.",
		tr(purpose_words(x->purpose)), status_of(x));
}

static bool
login_page(const struct facts *f, const struct exchange *x)
{
	int s = status_of(x);

	if (redirect_hop(x) == HOP_LOGIN || s == 511) /* RFC 6585 §6: a network's portal */
		return true;
	if (s == 401 && !x->answer.doc && !asks_as_client(x) && foreign_challenge(x))
		return true;
	if (!page(x) || x->answer.kind == BODY_XML || waf(f, x))
		return false;
	if (s >= 200 && s < 300) /* of the rest of a recording a page is what was asked for */
		return x->purpose != PURPOSE_REVOCATION && x->purpose != PURPOSE_OTHER;
	if (s == 401 && foreign_challenge(x))
		return true;
	return (s == 401 || s == 403 || s == 400) && !x->answer.error[0] && login_form(x);
}

enum verdict_of
rule_html_login_page(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, login_page, out);
	char where[140];

	/* discovery follows redirects: what became of that is the login page's doing */
	if (!x && !f->metadata && (x = discovery_hop(f, HOP_LOGIN))) {
		out->step = x->step;
		out->explains = "discovery-unreachable dns-failure connection-refused "
				"connect-timeout wrong-endpoint-path body-not-json";
	}
	if (!x)
		return RULE_PASS;
	/* gateways send whoever's token has ended to log in: that is no more than its expiry */
	if (x == f->userinfo && fact_expired(f))
		out->severity = SEV_WARNING;
	if (is_redirect(x)) {
		ev_text(out, "Location", header_of(x, "location"), (int)x->n);
		return say(out,
			"The %s request was sent on to a login page at %s: a web application or "
			"gateway answers, "
			"not the endpoint.",
			tr(purpose_words(x->purpose)),
			url_host_text(header_of(x, "location"), where, sizeof(where)));
	}
	if (status_of(x) == 401 && foreign_challenge(x)) {
		ev_text(out, "WWW-Authenticate", header_of(x, "www-authenticate"), (int)x->n);
		return say(out,
			"A web server or gateway asks for a login of its own (401 at the %s "
			"request, "
			"%s): the endpoint was not reached.",
			tr(purpose_words(x->purpose)), tr(body_kind_words(x->answer.kind)));
	}
	if (status_of(x) == 511)
		return say(out,
			"The network between here and the server wants a login of its own (511 at "
			"the "
			"%s request).",
			tr(purpose_words(x->purpose)));
	ev_text(out, "Content-Type", header_of(x, "content-type"), (int)x->n);
	return say(out,
		"The %s request got an HTML page (%d) instead of JSON: a login page or gateway "
		"stands before "
		"the endpoint.",
		tr(purpose_words(x->purpose)), status_of(x));
}

/* --- the form of the answer --------------------------------------------------------------- */

static bool
wants_json(const struct exchange *x)
{
	if (purpose_is_probe(x->purpose))
		return false;
	switch (purpose_endpoint(x->purpose)) {
	case EP_JWKS:
	case EP_INTROSPECTION:
	case EP_USERINFO:
	case EP_TOKEN:
		return true;
	default:
		return x->purpose == PURPOSE_DISCOVERY;
	}
}

/* Could be read all the same. */
static bool
read_leniently(const struct exchange *x)
{
	return x->answer.outcome == OUTCOME_SUCCESS && x->answer.doc && x->answer.kind == BODY_BOM;
}

static bool
not_json(const struct facts *f, const struct exchange *x)
{
	const struct answer *a = &x->answer;
	int s = status_of(x);

	(void)f;
	if (!wants_json(x) || s < 200 || s >= 300 || answer_status(a) >= 300)
		return false;
	if (read_leniently(x))
		return true;
	if (a->doc && json_type(a->doc) != JSON_OBJECT && a->outcome == OUTCOME_OTHER)
		return true;
	return (!a->doc || a->kind == BODY_FORM) && !a->is_signed && !a->is_encrypted &&
		a->kind != BODY_HTML && a->kind != BODY_JWT && a->kind != BODY_JWE &&
		!a->error[0] && a->outcome != OUTCOME_SUCCESS;
}

/* " (text behind the JSON value at byte 17)", or nothing. */
static const char *
json_error_words(const struct exchange *x, char *out, size_t size)
{
	if (!x->answer.json_error[0])
		return "";
	(void)snprintf(out, size, " (%s)", x->answer.json_error);
	return out;
}

/* The transfer ended at a body that is not coded as its header says. */
static bool
miscoded(const struct exchange *x)
{
	return x->result.error == NETERR_OTHER && status_of(x) > 0 &&
		header_of(x, "content-encoding").n;
}

enum verdict_of
rule_body_not_json(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, not_json, out);
	char why[110];

	if (!x && (x = gravest_failure(f, miscoded, out))) {
		ev_text(out, "Content-Encoding", header_of(x, "content-encoding"), (int)x->n);
		fix(out,
			"Ask the server directly: look for what adds Content-Encoding on the way, "
			"or unpacks the body and leaves the header.");
		return say(out,
			"The answer to the %s request (%d) says that it is packed (%.*s), and "
			"cannot be unpacked so.",
			tr(purpose_words(x->purpose)), status_of(x),
			SPAN_ARG(header_of(x, "content-encoding")));
	}
	if (!x)
		return RULE_PASS;
	ev_text(out, "Content-Type", header_of(x, "content-type"), (int)x->n);
	ev(out, "body", (int)x->n, "%zu bytes", body_of(x).n);
	if (read_leniently(x)) {
		out->severity = SEV_WARNING;
		return say(out,
			"The answer to the %s request begins with a byte-order mark (EF BB BF), "
			"which JSON forbids; it was read all the same.",
			tr(purpose_words(x->purpose)));
	}
	if (x->answer.doc && x->answer.kind != BODY_FORM)
		return say(out,
			"The answer to the %s request (%d) is JSON, but no object: nothing in it "
			"has a name.",
			tr(purpose_words(x->purpose)), status_of(x));
	return say(out, "The answer to the %s request (%d) cannot be read as JSON: it is %s%s.",
		tr(purpose_words(x->purpose)), status_of(x),
		x->answer.kind == BODY_JSON ? _("JSON with a syntax error")
					    : tr(body_kind_words(x->answer.kind)),
		json_error_words(x, why, sizeof(why)));
}

static bool
error_in_200(const struct facts *f, const struct exchange *x)
{
	(void)f;
	return status_of(x) >= 200 && status_of(x) < 300 && answer_status(&x->answer) < 300 &&
		(x->answer.outcome == OUTCOME_OAUTH_ERROR ||
			x->answer.outcome == OUTCOME_VENDOR_ERROR);
}

enum verdict_of
rule_error_in_200_body(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, error_in_200, out);

	if (!x)
		return RULE_PASS;
	ev(out, "error", (int)x->n, "%s %s", x->answer.error, x->answer.description);
	return say(out, "The %s request got status %d, but the body is an error: %s.",
		tr(purpose_words(x->purpose)), status_of(x),
		x->answer.error[0] ? x->answer.error : x->answer.description);
}

static bool
wrong_method(const struct facts *f, const struct exchange *x)
{
	bool post = !strcmp(x->request.method, "POST");

	(void)f;
	if ((status_of(x) != 405 && status_of(x) != 501) || purpose_is_probe(x->purpose))
		return false;
	if (x->purpose == PURPOSE_RESOURCE || purpose_endpoint(x->purpose) == EP_USERINFO)
		return true;
	return purpose_wants_client(x->purpose) && !post;
}

enum verdict_of
rule_wrong_http_method(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, wrong_method, out);
	struct span allow;

	if (!x)
		return RULE_PASS;
	allow = header_of(x, "allow");
	if (allow.n)
		ev_text(out, "Allow", allow, (int)x->n);
	return say(out, "The %s endpoint does not take %s (%d)%s%.*s.",
		tr(purpose_words(x->purpose)), x->request.method, status_of(x),
		allow.n ? _(", it allows ") : "", SPAN_ARG(allow));
}

/* Must be a form and is none, so that the server saw no parameter (RFC 6749 §4.1.3, §6; RFC 7662
 * §2.1; RFC 7009 §2.1). */
static bool
no_form(const struct exchange *x)
{
	struct span type = http_header(&x->request.headers, "content-type");

	return purpose_wants_client(x->purpose) && type.n &&
		!span_starts_nocase(type, "application/x-www-form-urlencoded") &&
		(!x->answer.error[0] || answer_error_is(x, "invalid_request") ||
			answer_error_is(x, "unsupported_grant_type"));
}

/* Who judges the token that the body brought has read the body (Auth0 and Cognito take JSON). */
static bool
body_was_read(const struct exchange *x)
{
	static const enum hint of_a_token[] = {HINT_EXPIRED, HINT_REVOKED, HINT_ROTATED, HINT_IDLE,
		HINT_ABSOLUTE, HINT_SESSION, HINT_USER_GONE, HINT_PASSWORD, HINT_BAD_GRANT};

	for (size_t i = 0; i < ARRAY_SIZE(of_a_token); i++)
		if (answer_hint(x) == of_a_token[i])
			return true;
	return answer_error_is(x, "invalid_grant");
}

static bool
wrong_type(const struct facts *f, const struct exchange *x)
{
	(void)f;
	return status_of(x) == 415 ||
		(status_of(x) == 400 &&
			((no_form(x) && !body_was_read(x)) ||
				(x->request.body.len && answer_hint(x) == HINT_MEDIA_TYPE)));
}

enum verdict_of
rule_wrong_content_type(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, wrong_type, out);
	struct span type;

	if (!x)
		return RULE_PASS;
	type = http_header(&x->request.headers, "content-type");
	ev_text(out, "request Content-Type", type, (int)x->n);
	if (span_starts_nocase(type, "application/x-www-form-urlencoded"))
		fix(out,
			"The form was sent as it must be: look for what changes the Content-Type "
			"on "
			"the way, or for an endpoint that is none of OAuth's.");
	return say(out, "The %s endpoint does not take %.*s (%d).", tr(purpose_words(x->purpose)),
		SPAN_ARG(type.n ? type : SPAN_LIT("a body without a media type")), status_of(x));
}
