/* Rules about the way to the server: proxy, names, connections, whole answers. */
#include "diagnose/rules.h"

#include "base/clock.h"
#include "base/tr.h"

const struct exchange *
gravest_failure(const struct facts *f, failure_match *m, struct finding *out)
{
	const struct exchange *best = NULL;

	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (m(x) && exchange_is_current(f->c, x) &&
			(!best || fact_weight(f, x) > fact_weight(f, best)))
			best = x;
	}
	if (!best)
		return NULL;
	if (out->severity > fact_weight(f, best))
		out->severity = fact_weight(f, best);
	out->step = best->step;
	ev_answer(out, best);
	if (best->purpose == PURPOSE_REFRESH && exchange_unanswered(best))
		fix(out,
			"Do not send this refresh token again: it may have been used (rotated), "
			"and sending it "
			"again can end the whole session. The server's log tells; else log in "
			"again.");
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (x != best && m(x) && out->n_evidence < 4)
			ev_answer(out, x);
	}
	return best;
}

static char *
host_of(const struct exchange *x, char *out, size_t size)
{
	return url_host_text(span_of(x->request.url), out, size);
}

enum { HOST = 200 };

/* --- the proxy is the first hop: what fails there says nothing about the server ------------- */

static const char *
proxy_name(const struct exchange *x)
{
	return x->result.proxy[0] ? x->result.proxy : "that is set";
}

static bool
proxy_failed(const struct exchange *x)
{
	switch (x->result.error) {
	case NETERR_PROXY_DNS:
	case NETERR_PROXY_REFUSED:
	case NETERR_PROXY_UNREACHABLE:
		return true;
	default:
		return false;
	}
}

/* what: "cannot be resolved". */
static enum verdict_of
say_proxy(struct finding *out, const struct exchange *x, const char *what)
{
	char host[HOST];

	ev(out, "proxy", (int)x->n, "%s", proxy_name(x));
	if (x->result.error_text[0])
		ev(out, "error", (int)x->n, "%s", x->result.error_text);
	fix(out,
		"Correct the proxy (--proxy, proxy in the profile, or https_proxy in the "
		"environment), or "
		"except this host with no_proxy.");
	return say(out, "The proxy %s %s; %s was not asked.", proxy_name(x), what,
		peer_of(x, host, sizeof(host)));
}

static bool
is_dns(const struct exchange *x)
{
	return x->result.error == NETERR_DNS || x->result.error == NETERR_PROXY_DNS;
}

enum verdict_of
rule_dns_failure(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_dns, out);
	char host[HOST];

	if (!x)
		return RULE_PASS;
	if (proxy_failed(x))
		return say_proxy(out, x, "has a name that cannot be resolved");
	if (!x->request.url || !x->request.url[0])
		return say(out, "The server's host name could not be resolved.");
	ev(out, "host", (int)x->n, "%s", host_of(x, host, sizeof(host)));
	return say(out, "The host name %s could not be resolved.", peer_of(x, host, sizeof(host)));
}

static bool
is_refused(const struct exchange *x)
{
	return x->result.error == NETERR_REFUSED || x->result.error == NETERR_PROXY_REFUSED;
}

enum verdict_of
rule_connection_refused(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_refused, out);
	const struct exchange *found = f->discovery ? f->discovery : f->discovery_oauth;
	char host[HOST];
	struct url a, b;

	if (!x)
		return RULE_PASS;
	if (proxy_failed(x))
		return say_proxy(out, x, "refuses connections: nothing listens there");
	ev(out, "address", (int)x->n, "%s",
		x->result.remote[0] ? x->result.remote : host_of(x, host, sizeof(host)));
	if (exchange_answered(found) && url_parse(&a, span_of(x->request.url), NULL) == RES_OK &&
		url_parse(&b, span_of(found->request.url), NULL) == RES_OK && url_is_private(&a) &&
		!url_same_host(&a, &b))
		fix(out,
			"The metadata came from another host than %s: let the server advertise an "
			"address that is "
			"reachable from here (a loopback or container name is not).",
			host_of(x, host, sizeof(host)));
	return say(out, "Nothing listens at %s: the connection was refused.",
		peer_of(x, host, sizeof(host)));
}

static bool
is_connect_timeout(const struct exchange *x)
{
	return x->result.error == NETERR_CONNECT_TIMEOUT || x->result.error == NETERR_UNREACHABLE ||
		x->result.error == NETERR_PROXY_UNREACHABLE;
}

enum verdict_of
rule_connect_timeout(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_connect_timeout, out);
	char host[HOST];

	if (!x)
		return RULE_PASS;
	if (proxy_failed(x))
		return say_proxy(out, x, "could not be reached");
	if (x->result.timings.dns >= 0)
		ev(out, "dns", (int)x->n, "resolved");
	return say(out,
		x->result.error == NETERR_UNREACHABLE ? "There is no route to %s."
						      : "No connection to %s could be made in "
							"time, though its name resolves.",
		peer_of(x, host, sizeof(host)));
}

static bool
is_read_timeout(const struct exchange *x)
{
	return x->result.error == NETERR_READ_TIMEOUT;
}

enum verdict_of
rule_read_timeout(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_read_timeout, out);
	char host[HOST], waited[32];
	bool timed;

	if (!x)
		return RULE_PASS;
	timed = x->result.timings.total > 0; /* an error's line alone has no time */
	time_span_us(waited, timed ? x->result.timings.total : 0);
	ev(out, timed ? "waited" : "error", (int)x->n, "%s", timed ? waited : x->result.error_text);
	return say(out, "%s took the connection and gave no whole answer%s%s: %s.",
		peer_of(x, host, sizeof(host)), timed ? _(" within ") : _(" in time"),
		timed ? waited : "",
		x->purpose == PURPOSE_REFRESH ? _("whether it used the refresh token is not known")
					      : _("the server is slow or hangs"));
}

static bool
is_reset(const struct exchange *x)
{
	return x->result.error == NETERR_RESET;
}

/* An https connection that never got as far as a session. */
static bool
in_handshake(const struct exchange *x)
{
	return span_starts_nocase(span_of(x->request.url), "https:") && x->result.remote[0] &&
		x->result.timings.tls < 0 && !x->result.timings.reused;
}

enum verdict_of
rule_connection_reset(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_reset, out);
	char host[HOST];
	bool uncertified;

	if (!x)
		return RULE_PASS;
	host_of(x, host, sizeof(host));
	if (x->result.error_text[0])
		ev(out, "error", (int)x->n, "%s", x->result.error_text);
	uncertified = x->result.tls.cert_asked && !x->result.tls.client_subject[0];
	if (uncertified) { /* it may be why; servers that only ask, take none, too */
		ev(out, "client certificate", (int)x->n, "asked for, none shown");
		fix(out,
			"The server asked for a client certificate, got none and hung up: give the "
			"one it knows "
			"with client_cert_file and client_key_file.");
	}
	if (span_starts_nocase(span_of(x->request.url), "http:") && !x->result.response.status)
		fix(out,
			"Try https: a server that speaks TLS on this port hangs up so. Else try "
			"again, and look for a "
			"gateway that drops the connection.");
	if (in_handshake(x))
		ev(out, "phase", (int)x->n, "TLS handshake");
	return say(out, "%s %s%s.", peer_of(x, host, sizeof(host)),
		in_handshake(x) ? _("took the connection and closed it in the TLS handshake")
				: _("closed the connection without a whole answer"),
		uncertified ? _(", having asked for a client certificate") : "");
}

static bool
is_short(const struct exchange *x)
{
	return x->result.error == NETERR_SHORT_BODY;
}

enum verdict_of
rule_response_truncated(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_short, out);

	if (!x)
		return RULE_PASS;
	ev(out, "body", (int)x->n, "%zu of %lld bytes", x->result.response.body.len,
		(long long)x->result.response.body_announced);
	return say(out,
		"The answer to the %s request ended early: fewer bytes came than were announced.",
		tr(purpose_words(x->purpose)));
}

static bool
is_too_large(const struct exchange *x)
{
	return x->result.error == NETERR_TOO_LARGE || x->result.response.body_too_large ||
		x->result.response.headers_too_large;
}

enum verdict_of
rule_response_too_large(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_too_large, out);

	return !x ? RULE_PASS
		  : say(out, "The %s of the answer to the %s request went past the limit.",
			    x->result.response.headers_too_large ? _("headers") : _("body"),
			    tr(purpose_words(x->purpose)));
}

static bool
is_not_http(const struct exchange *x)
{
	return x->result.error == NETERR_NOT_HTTP;
}

enum verdict_of
rule_not_http(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_not_http, out);
	char host[HOST];

	if (!x)
		return RULE_PASS;
	if (x->result.error_text[0])
		ev(out, "error", (int)x->n, "%s", x->result.error_text);
	if (span_starts_nocase(span_of(x->request.url), "http:"))
		fix(out,
			"Check port and scheme: another service answers there, perhaps TLS: try "
			"https.");
	return say(out, "What answers at %s does not speak %sHTTP.", peer_of(x, host, sizeof(host)),
		span_starts_nocase(span_of(x->request.url), "http:") ? _("plain ") : "");
}

static bool
wants_proxy_credentials(const struct exchange *x)
{
	return x->result.error == NETERR_PROXY_AUTH || x->result.response.status == 407;
}

enum verdict_of
rule_proxy_407(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, wants_proxy_credentials, out);
	struct span wants;

	if (!x)
		return RULE_PASS;
	wants = http_header(&x->result.response.headers, "proxy-authenticate");
	if (wants.n)
		ev_text(out, "Proxy-Authenticate", wants, (int)x->n);
	if (x->result.proxy[0])
		ev(out, "proxy", (int)x->n, "%s", x->result.proxy);
	return say(out,
		"The proxy%s%s, not the authorization server, asks for credentials (407) at the %s "
		"request.",
		x->result.proxy[0] ? " " : "", x->result.proxy, tr(purpose_words(x->purpose)));
}

static bool
proxy_did_not_connect(const struct exchange *x)
{
	return (x->result.error == NETERR_PROXY || x->result.error == NETERR_BAD_PROXY) &&
		!wants_proxy_credentials(x);
}

/* An answer to CONNECT is the proxy's own: the server's would be inside the tunnel. */
enum verdict_of
rule_proxy_refused(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, proxy_did_not_connect, out);
	char host[HOST];
	int status;

	if (!x)
		return RULE_PASS;
	status = x->result.response.status;
	host_of(x, host, sizeof(host));
	if (x->result.error == NETERR_BAD_PROXY) { /* options and profiles are checked before */
		ev(out, "error", (int)x->n, "%s", x->result.error_text);
		fix(out,
			"Correct or unset https_proxy, http_proxy and all_proxy in the "
			"environment; %s",
			x->result.error_text);
		return say(out,
			"The proxy in the environment is no proxy's address; %s was not asked.",
			peer_of(x, host, sizeof(host)));
	}
	ev(out, "proxy", (int)x->n, "%s", proxy_name(x));
	if (status)
		ev(out, "CONNECT", (int)x->n, "%d", status);
	if (x->result.error_text[0])
		ev(out, "error", (int)x->n, "%s", x->result.error_text);
	if (status >= 500)
		return say(out, "The proxy %s could not connect to %s (%d at the %s request).",
			proxy_name(x), host, status, tr(purpose_words(x->purpose)));
	if (status)
		return say(out, "The proxy %s does not let the %s request through to %s (%d).",
			proxy_name(x), tr(purpose_words(x->purpose)), host, status);
	return say(out, "The proxy %s made no connection to %s.", proxy_name(x),
		peer_of(x, host, sizeof(host)));
}

/* --- the browser is the last hop: it hides answers from pages they are not meant for --------- */

/* Does a browser give the answer to the page that asked (Fetch Standard, CORS check)?  Requests
 * without Origin were not made for a page of another origin, and those of a form or link have no
 * page that waits for them. */
static bool
hidden_from_page(const struct exchange *x)
{
	struct span origin = http_header(&x->request.headers, "origin"), allowed,
		    mode = http_header(&x->request.headers, "sec-fetch-mode");
	struct url asked, page;

	if (x->result.error == NETERR_CORS)
		return true;
	if (!origin.n || (mode.n && !span_is(mode, "cors")) || !exchange_answered(x) ||
		x->result.response.status >= 400 ||
		url_parse(&asked, span_of(x->request.url), NULL) != RES_OK ||
		url_parse(&page, origin, NULL) != RES_OK || url_same_origin(&asked, &page))
		return false;
	allowed = http_header(&x->result.response.headers, "access-control-allow-origin");
	return !span_is(allowed, "*") && !span_eq_nocase(allowed, origin);
}

enum verdict_of
rule_cors_blocked(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, hidden_from_page, out);
	struct span origin, allowed;
	char host[HOST];

	if (!x)
		return RULE_PASS;
	origin = http_header(&x->request.headers, "origin");
	allowed = http_header(&x->result.response.headers, "access-control-allow-origin");
	if (origin.n) {
		ev_text(out, "Origin", origin, (int)x->n);
		ev_text(out, "Access-Control-Allow-Origin",
			allowed.n ? allowed : SPAN_LIT("absent"), (int)x->n);
	}
	if (x->result.error_text[0])
		ev(out, "error", (int)x->n, "%s", x->result.error_text);
	return say(out,
		"The browser does not give the page the answer of %s: its origin is not allowed "
		"there (CORS).",
		peer_of(x, host, sizeof(host)));
}
