#include "demo/endpoints.h"

#include "oauth/url.h"

/* What answers instead of the endpoint, word for word. */
static const struct wreck_reply {
	int status;
	const char *type, *body;
	const char *header[3][2];
} replies[WRECK_COUNT] = {
	[WRECK_LOGIN_PAGE] = {200, "text/html; charset=utf-8",
		"<!DOCTYPE html>\n<html lang=\"en\"><head><title>Single sign-on</title></head>\n"
		"<body>\n<h1>Please sign in</h1>\n<form method=\"post\" action=\"/sso/login\">\n"
		"<input type=\"text\" name=\"username\">\n"
		"<input type=\"password\" name=\"password\">\n"
		"<button type=\"submit\">Sign in</button>\n</form>\n</body></html>\n",
		{{"Server", "sso-gateway"}, {"Cache-Control", "no-store"},
			{"Set-Cookie", "sso_state=start; Path=/; HttpOnly"}}},
	[WRECK_LOGIN_REDIRECT] = {302, "text/html; charset=utf-8",
		"<html><body>Redirecting to the login page</body></html>\n",
		{{"Location", "/login?return=%2Fuserinfo"}, {"Server", "sso-gateway"}}},
	[WRECK_RATE_LIMIT] = {429, "application/json",
		"{\"error\":\"too_many_requests\",\"error_description\":\"Request limit reached\"}",
		{{"Retry-After", "42"}, {"X-RateLimit-Limit", "5"},
			{"X-RateLimit-Remaining", "0"}}},
	[WRECK_BAD_GATEWAY] = {502, "text/html",
		"<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n"
		"<center><h1>502 Bad Gateway</h1></center>\n</body>\n</html>\n",
		{{"Server", "edge-gateway"}}},
	[WRECK_UNAVAILABLE] = {503, "text/plain", "Service unavailable\n",
		{{"Server", "edge-gateway"}, {"Retry-After", "120"}}},
	[WRECK_EMPTY] = {200, "application/json", "", {{"Cache-Control", "no-store"}}},
	[WRECK_ERROR_200] = {200, "application/json", "{\"ok\":false,\"error\":\"invalid_auth\"}",
		{{"Cache-Control", "no-store"}}},
	[WRECK_FIREWALL] = {403, "text/plain", "Your request was blocked.\n",
		{{"Server", "edge-filter"}, {"X-Filter-Rule", "910100"}}},
	[WRECK_NOT_FOUND] = {404, "text/plain", "Not found\n", {{NULL}}},
	[WRECK_HEADER_TOO_LARGE] = {431, "text/html",
		"<html>\n<head><title>431 Request Header Fields Too Large</title></head>\n<body>\n"
		"<h1>Request Header Or Cookie Too Large</h1>\n</body>\n</html>\n",
		{{"Server", "edge-gateway"}}},
	[WRECK_POST_ONLY] = {405, "text/plain", "Method not allowed\n", {{"Allow", "POST"}}},
	[WRECK_JSON_ONLY] = {415, "application/json",
		"{\"message\":\"Content type 'application/x-www-form-urlencoded' not supported\"}",
		{{"Accept", "application/json"}}},
	[WRECK_GUARDED] = {401, "application/json",
		"{\"message\":\"No API key found in request\"}", {{"Server", "edge-gateway"}}},
};

enum { EDGE_HEADER_MAX = 4096, ALTERED_TAIL = 20 };

static bool
send_reply(struct demo_call *c, enum demo_wreck w)
{
	const struct wreck_reply *r = &replies[w];

	if (r->status == 0)
		return false;
	reply_text(c, r->status, r->type, r->body);
	for (size_t i = 0; i < ARRAY_SIZE(r->header) && r->header[i][0]; i++)
		reply_header(c, r->header[i][0], r->header[i][1]);
	return true;
}

static bool
redirect_to(struct demo_call *c, int status, const char *to)
{
	reply_text(c, status, "text/plain", "Moved\n");
	reply_header(c, "Location", to);
	return true;
}

static bool
redirect_https(struct demo_call *c)
{
	char to[256];

	snprintf(to, sizeof(to), "https%s%s", c->s->origin + strlen("http"), c->req->url);
	return redirect_to(c, 301, to);
}

/* The same path under the host's other name, where the endpoint works. */
static bool
redirect_host(struct demo_call *c)
{
	struct span host = http_header(&c->req->headers, "Host");
	struct url u;
	char to[256];

	if (span_starts_nocase(host, "localhost:"))
		return false;
	if (url_parse(&u, span_of(c->s->origin), NULL) != RES_OK)
		return false;
	snprintf(to, sizeof(to), "http://localhost:%d%s", u.port, c->req->url);
	return redirect_to(c, 302, to);
}

bool
wreck_apply(struct demo_call *c, enum demo_place at)
{
	const struct scenario *sc = c->s->cfg.scenario;

	if (!(sc->wreck_at & at))
		return false;
	switch (sc->wreck) {
	case WRECK_OTHER_HOST:
		return redirect_host(c);
	case WRECK_LOOP:
		return redirect_to(c, 302, c->req->url);
	case WRECK_TO_HTTPS:
		return redirect_https(c);
	case WRECK_POST_ONLY:
		if (strcmp(c->req->method, "POST") == 0)
			return false;
		break;
	case WRECK_ENDLESS:
		c->how = SEND_ENDLESS;
		return false;
	case WRECK_HEADER_TOO_LARGE:
		if (http_header(&c->req->headers, "Authorization").n <= EDGE_HEADER_MAX)
			return false;
		break;
	case WRECK_STRIPPED:
		c->stripped = true;
		return false;
	case WRECK_SLOW:
		c->delay_ms = sc->delay_ms;
		return false;
	case WRECK_CUT_SHORT:
		c->how = SEND_CUT;
		return false;
	case WRECK_RESET:
		c->how = SEND_RESET;
		return true;
	default:
		break;
	}
	return send_reply(c, sc->wreck);
}

/* The members of the body as form data, as some servers without an Accept header do. */
static void
body_to_form(struct demo_call *c)
{
	struct json *doc;
	struct buf form;
	struct span v;

	if (json_parse(&doc, buf_span(&c->res->body), NULL) != RES_OK)
		return;
	buf_init_wiping(&form, LIMIT_DEMO_TOKEN);
	for (const struct json *m = json_first(doc); m; m = json_next(m)) {
		char *name = span_dup(json_name(m));

		if (json_to_span(m, &v))
			form_add(&form, name, v);
		free(name);
	}
	reply_text(c, c->res->status, "application/x-www-form-urlencoded", buf_str(&form));
	buf_release(&form);
	json_free(doc);
}

/* The body between two texts. */
static void
wrap_body(struct demo_call *c, const char *before, const char *behind)
{
	struct buf body;

	buf_init_wiping(&body, LIMIT_DEMO_TOKEN);
	buf_puts(&body, before);
	buf_add_span(&body, buf_span(&c->res->body));
	buf_puts(&body, behind);
	buf_clear(&c->res->body);
	buf_add_span(&c->res->body, buf_span(&body));
	buf_release(&body);
}

/* The name once more, in front and another one. */
static void
double_member(struct demo_call *c)
{
	struct buf body;

	buf_init_wiping(&body, LIMIT_DEMO_TOKEN);
	buf_puts(&body, "{\"name\":\"Demo\",");
	buf_add_span(&body, span_from(buf_span(&c->res->body), 1));
	buf_clear(&c->res->body);
	buf_add_span(&c->res->body, buf_span(&body));
	buf_release(&body);
}

/* Well inside the signature: the very last character has bits to spare. */
static void
alter(struct buf *body)
{
	char *p = body->len > ALTERED_TAIL ? body->p + body->len - ALTERED_TAIL : NULL;

	if (p)
		*p = *p == 'A' ? 'B' : 'A';
}

void
wreck_rewrite(struct demo_call *c, enum demo_place at)
{
	const struct scenario *sc = c->s->cfg.scenario;

	if (!(sc->wreck_at & at) || c->res->status != 200)
		return;
	if (sc->wreck == WRECK_FORM_BODY)
		body_to_form(c);
	if (sc->wreck == WRECK_BOM)
		wrap_body(c, "\xef\xbb\xbf", "");
	if (sc->wreck == WRECK_TWICE)
		double_member(c);
	if (sc->wreck == WRECK_ALTERED)
		alter(&c->res->body);
	if (sc->wreck == WRECK_SCRIPT) {
		wrap_body(c, "callback(", ");\n");
		reply_header(c, "Content-Type", "application/javascript");
	}
}
