/* Rules about redirects and plain http. */
#include "diagnose/rules.h"

#include "base/tr.h"

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

bool
is_redirect(const struct exchange *x)
{
	int s = status_of(x);

	return (s == 301 || s == 302 || s == 303 || s == 307 || s == 308) &&
		header_of(x, "location").n;
}

static bool
login_words(struct span s)
{
	static const char *const words[] = {"login", "signin", "sign-in", "sign_in", "saml", "/sso",
		"wsfed", "/authorize", "adfs/ls", "oauth2/start", "/cas?", "cdn-cgi/access",
		"openid-connect/auth"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (span_contains_nocase(s, words[i]))
			return true;
	}
	return false;
}

static struct span
no_slash(struct span s)
{
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

bool
leads_back(const struct exchange *x)
{
	static const char *const names[] = {"access_token", "id_token", "code"};
	struct span to = header_of(x, "location"), part[2];
	size_t hash = span_find(to, '#'), mark = span_find(span_sub(to, 0, hash), '?');
	struct buf v;
	bool is = !strcmp(x->answer.error_from, "Location");

	part[0] = hash == SIZE_MAX ? SPAN_EMPTY : span_from(to, hash + 1);
	part[1] = mark == SIZE_MAX ? SPAN_EMPTY : span_from(span_sub(to, 0, hash), mark + 1);
	buf_init_wiping(&v, LIMIT_BODY);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(names) && !is; i++) {
		buf_clear(&v);
		/* "code" is everybody's word: with state it is this one */
		is = form_get(part[i % 2], names[i / 2], &v) && v.len &&
			(i / 2 < 2 || form_get(part[i % 2], "state", &v));
	}
	buf_release(&v);
	return is;
}

enum hop
redirect_hop(const struct exchange *x)
{
	struct span base = span_of(x->request.url), to;
	struct buf full;
	struct url a, b;
	enum hop hop = HOP_ELSEWHERE;

	/* an authorization response is meant to lead elsewhere */
	if (!is_redirect(x) || leads_back(x) || x->purpose == PURPOSE_AUTHORIZATION)
		return HOP_NONE;
	if (!exchange_request_known(x)) /* where it leads to is all there is */
		return login_words(header_of(x, "location")) ? HOP_LOGIN : HOP_ELSEWHERE;
	buf_init(&full, 2 * LIMIT_URL);
	if (url_resolve(&full, base, header_of(x, "location")) != RES_OK ||
		url_parse(&a, base, NULL) != RES_OK ||
		url_parse(&b, buf_span(&full), NULL) != RES_OK) {
		buf_release(&full);
		return HOP_ELSEWHERE;
	}
	to = buf_span(&full);
	if (span_eq(base, to))
		hop = HOP_LOOP;
	else if (span_is(a.scheme, "http") && span_is(b.scheme, "https") &&
		span_eq_nocase(a.host, b.host))
		hop = HOP_TO_HTTPS;
	else if (!span_eq(no_slash(a.path), no_slash(b.path)) && login_words(to) &&
		span_find_str(b.path, "/.well-known/") == SIZE_MAX)
		hop = HOP_LOGIN;
	buf_release(&full);
	return hop;
}

const struct exchange *
discovery_hop(const struct facts *f, enum hop hop)
{
	for (size_t i = f->c->n_exchanges; i > 0; i--) {
		const struct exchange *x = f->c->exchanges[i - 1];

		if (x->purpose == PURPOSE_DISCOVERY && exchange_answered(x) &&
			redirect_hop(x) == hop)
			return x;
	}
	return NULL;
}

/* --- redirects ---------------------------------------------------------------------------- */

static bool
dropped(const struct facts *f, const struct exchange *x)
{
	const struct exchange *before = x->follows ? case_exchange(f->c, x->follows) : NULL;

	if (x->purpose == PURPOSE_DISCOVERY || x->purpose == PURPOSE_JWKS)
		return false;
	if (leads_back(x))
		return false;
	/* a recorded chain: the hop lost the header, and the last host asks for one */
	if (before && is_redirect(before) && status_of(x) == 401 &&
		!http_has_header(&x->request.headers, "authorization"))
		return true;
	return redirect_hop(x) == HOP_ELSEWHERE || redirect_hop(x) == HOP_TO_HTTPS;
}

enum verdict_of
rule_redirect_dropped_authorization(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, dropped, out), *hop;
	char to[140], from[140];

	if (!x)
		return RULE_PASS;
	hop = is_redirect(x) ? x : case_exchange(f->c, x->follows);
	ev_text(out, "Location", header_of(hop, "location"), (int)hop->n);
	if (status_of(hop) <= 303 && !strcmp(hop->request.method, "POST"))
		ev(out, "method", (int)hop->n, "a %d turns POST into GET", status_of(hop));
	url_host_text(header_of(hop, "location"), to, sizeof(to));
	url_host_text(span_of(hop->request.url), from, sizeof(from));
	return say(out,
		"%s redirects the %s request (%d) to %s, and clients drop the Authorization header "
		"on the way.",
		from, tr(purpose_words(hop->purpose)), status_of(hop), to);
}

static bool
loops(const struct facts *f, const struct exchange *x)
{
	unsigned n = 0;

	if (redirect_hop(x) == HOP_LOOP)
		return true;
	for (const struct exchange *y = x; is_redirect(y) && y->follows; n++) {
		y = case_exchange(f->c, y->follows);
		if (!y || n > LIMIT_REDIRECTS)
			break;
	}
	return is_redirect(x) && n >= LIMIT_REDIRECTS;
}

enum verdict_of
rule_redirect_loop(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, loops, out);

	if (!x)
		return RULE_PASS;
	ev_text(out, "Location", header_of(x, "location"), (int)x->n);
	return say(
		out, "The redirects of the %s request do not end.", tr(purpose_words(x->purpose)));
}

static bool
carries_secret(const struct exchange *x)
{
	return x->slot == SLOT_ACCESS || x->slot == SLOT_REFRESH || x->auth == AUTH_BASIC ||
		x->auth == AUTH_POST;
}

/* A TLS server that was spoken to in clear says so: 400, with the two protocols in its words. */
static bool
wants_tls(const struct exchange *x)
{
	struct span body = buf_span(&x->result.response.body);

	return x->result.response.status == 400 && !x->answer.doc &&
		(span_contains_nocase(body, "http request to an https") ||
			span_contains_nocase(body, "http request was sent to https") ||
			span_contains_nocase(body, "plain http to an ssl") ||
			span_contains_nocase(body, "requires tls"));
}

/* Keycloak's word where a realm demands TLS of whoever asks (ssl-required). */
static bool
demands_tls(const struct exchange *x)
{
	return exchange_answered(x) && x->answer.outcome != OUTCOME_SUCCESS &&
		!strcasecmp(x->answer.description, "https required");
}

static bool
clear_text(const struct facts *f, const struct exchange *x)
{
	struct url u;

	(void)f;
	return wants_tls(x) || demands_tls(x) || redirect_hop(x) == HOP_TO_HTTPS ||
		(carries_secret(x) && url_parse(&u, span_of(x->request.url), NULL) == RES_OK &&
			span_is(u.scheme, "http") && !url_is_loopback(&u));
}

enum verdict_of
rule_http_instead_of_https(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_answer(f, clear_text, out);
	char host[140];

	if (!x && !f->metadata && (x = discovery_hop(f, HOP_TO_HTTPS))) {
		out->step = x->step;
		out->explains = "discovery-issuer-mismatch discovery-unreachable";
		fix(out, "Configure the issuer with https; revoke a token that went in clear.");
	}
	if (!x)
		return RULE_PASS;
	url_host_text(span_of(x->request.url), host, sizeof(host));
	if (redirect_hop(x) == HOP_TO_HTTPS) {
		ev_text(out, "Location", header_of(x, "location"), (int)x->n);
		return say(out,
			"%s is asked over http and sends the %s request on to https%s.",
			host, tr(purpose_words(x->purpose)),
			carries_secret(x) ? _(": what it carried went in clear") : "");
	}
	if (wants_tls(x)) {
		fix(out, "Write https in the address, and revoke a token that went in clear.");
		return say(out,
			"%s speaks https at that port and was asked over http (400 at the %s "
			"request).",
			host, tr(purpose_words(x->purpose)));
	}
	if (demands_tls(x))
		return say(out, "The server wants https at the %s request, and says so (%d).",
			tr(purpose_words(x->purpose)), x->result.response.status);
	out->severity = SEV_WARNING;
	return say(out, "The %s request to %s went over http: whoever listened has the token now.",
		tr(purpose_words(x->purpose)), host);
}
