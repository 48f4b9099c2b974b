#include "demo/endpoints.h"

#include "base/mem.h"

/* --- answers --- */

void
reply_header(struct demo_call *c, const char *name, const char *value)
{
	http_headers_set(&c->res->headers, name, span_of(value));
}

void
reply_text(struct demo_call *c, int status, const char *type, const char *text)
{
	c->res->status = status;
	reply_header(c, "Content-Type", type);
	buf_clear(&c->res->body);
	buf_puts(&c->res->body, text);
}

void
reply_json(struct demo_call *c, int status, struct json *doc)
{
	c->res->status = status;
	reply_header(c, "Content-Type", "application/json");
	reply_header(c, "Cache-Control", "no-store");
	buf_clear(&c->res->body);
	json_print(doc, &c->res->body, false);
	json_free(doc);
}

void
reply_oauth_error(struct demo_call *c, int status, const char *error, const char *description)
{
	struct json *doc = json_new_object();

	json_set_str(doc, "error", error);
	json_set_str(doc, "error_description", description);
	reply_json(c, status, doc);
}

bool
form_wanted(struct demo_call *c)
{
	char type[80];

	http_media_type(&c->req->headers, type, sizeof(type));
	if (strcmp(type, "application/x-www-form-urlencoded") == 0)
		return true;
	reply_oauth_error(c, 415, "invalid_request", "The body must be a form");
	return false;
}

bool
form_member(const struct demo_call *c, const char *name, struct buf *b)
{
	buf_clear(b);
	return form_get(buf_span(&c->req->body), name, b) && b->len > 0;
}

bool
call_member(const struct demo_call *c, const char *name, struct buf *b)
{
	if (strcmp(c->req->method, "POST") == 0)
		return form_member(c, name, b);
	buf_clear(b);
	return form_get(c->query, name, b) && b->len > 0;
}

/* Does a name stand there more than once, but for those of RFC 8707 and RFC 8693? */
bool
form_repeats(struct span form)
{
	struct span rest = form, part;

	while (span_next(&rest, '&', &part)) {
		size_t eq = span_find(part, '=');
		struct span name = span_sub(part, 0, eq == SIZE_MAX ? part.n : eq);
		struct span later = rest, other;

		if (!name.n || span_is(name, "resource") || span_is(name, "audience"))
			continue;
		while (span_next(&later, '&', &other))
			if (other.n >= name.n && span_eq(span_sub(other, 0, name.n), name) &&
				(other.n == name.n || other.p[name.n] == '='))
				return true;
	}
	return false;
}

bool
call_text(const struct demo_call *c, const char *name, char *out, size_t size)
{
	struct buf b;
	bool fits = true;

	buf_init_wiping(&b, LIMIT_DEMO_TOKEN);
	if (call_member(c, name, &b)) {
		fits = buf_status(&b) == RES_OK && b.len < size && !memchr(b.p, '\0', b.len);
		snprintf(out, size, "%s", fits ? buf_str(&b) : "");
	}
	buf_release(&b);
	return fits;
}

void
json_set_words(struct json *doc, const char *member, const char *words)
{
	struct json *list = json_new_array();
	struct span rest = span_of(words), word;

	while (span_word(&rest, &word))
		json_append_span(list, word);
	json_set_take(doc, member, list);
}

struct token_row *
judge_token(const struct demo_call *c, struct span value, bool api, enum fate *fate)
{
	struct token_row *row = store_judge(c->s, value, store_now(c->s, api), fate);

	/* a server that derives its issuer from the name it is called by */
	if (store_has_quirk(c->s, QUIRK_NAME_ISSUER) &&
		!span_starts_nocase(http_header(&c->req->headers, "Host"), "localhost:"))
		*fate = FATE_UNKNOWN;
	return row;
}

/* --- what has no file of its own --- */

static void
key_set(struct demo_call *c)
{
	struct json *doc = json_new_object(), *keys = json_new_array();

	for (size_t i = 0; i < c->s->n_keys; i++) {
		struct json *key = json_dup(c->s->keys[i].jwk);

		if (store_has_quirk(c->s, QUIRK_KEY_ALG))
			json_set_str(key, "alg", "ES384");
		json_append_take(keys, key);
	}
	json_set_take(doc, "keys", keys);
	reply_json(c, 200, doc);
	reply_header(c, "Cache-Control", "max-age=60");
}

/* RFC 9728 §3: what the API is called and who issues tokens for it. */
static void
protected_resource(struct demo_call *c)
{
	struct json *doc = json_new_object();

	json_set_str(doc, "resource", c->s->api_id);
	json_set_words(doc, "authorization_servers", c->s->issuer);
	json_set_words(doc, "scopes_supported", "profile");
	json_set_words(doc, "bearer_methods_supported", "header");
	reply_json(c, 200, doc);
}

static const char html_login[] =
	"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>\n"
	"<form method=\"post\" action=\"/login\">\n<label>User <input name=\"username\"></label>\n"
	"<label>Password <input type=\"password\" name=\"password\"></label>\n"
	"<button>Sign in</button>\n</form>\n</body></html>\n";

static void
login_page(struct demo_call *c)
{
	reply_text(c, 200, "text/html; charset=utf-8", html_login);
}

/* --- which endpoint --- */

enum { M_GET = 1 << 0, M_POST = 1 << 1 };
enum { ON_ISSUER = 1 << 0, ON_API = 1 << 1 };

static const struct route {
	const char *path;
	unsigned methods, origins;
	enum demo_place at;
	void (*handler)(struct demo_call *);
} routes[] = {
	{"/.well-known/openid-configuration", M_GET, ON_ISSUER, AT_DISCOVERY, endpoint_discovery},
	{"/.well-known/oauth-authorization-server", M_GET, ON_ISSUER, AT_DISCOVERY,
		endpoint_discovery},
	{"/jwks", M_GET, ON_ISSUER, AT_JWKS, key_set},
	{"/introspect", M_POST, ON_ISSUER, AT_INTROSPECTION, endpoint_introspect},
	{"/token", M_POST, ON_ISSUER, AT_TOKEN, endpoint_token},
	{"/userinfo", M_GET | M_POST, ON_ISSUER, AT_USERINFO, endpoint_userinfo},
	{"/revoke", M_POST, ON_ISSUER, AT_REVOCATION, endpoint_revoke},
	{"/authorize", M_GET | M_POST, ON_ISSUER, 0, endpoint_authorize},
	{"/consent", M_GET | M_POST, ON_ISSUER, 0, endpoint_consent},
	{"/par", M_POST, ON_ISSUER, 0, endpoint_par},
	{"/device_authorization", M_POST, ON_ISSUER, 0, endpoint_device},
	{"/device", M_GET | M_POST, ON_ISSUER, 0, endpoint_device_page},
	{"/login", M_GET | M_POST, ON_ISSUER, 0, login_page},
	{"/api/me", M_GET, ON_API, AT_API, endpoint_api_me},
	{"/.well-known/oauth-protected-resource/api", M_GET, ON_API, AT_API, protected_resource},
};

static const struct route *
find_route(const struct demo_call *c)
{
	unsigned here = c->api ? ON_API : ON_ISSUER;

	if (!c->s->cfg.scenario->api)
		here = ON_ISSUER | ON_API; /* one origin for both */
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
		if ((routes[i].origins & here) && strcmp(routes[i].path, c->req->url) == 0)
			return &routes[i];
	return NULL;
}

static void
refuse_method(struct demo_call *c, const struct route *r)
{
	static const char *const allow[] = {"", "GET, HEAD", "POST", "GET, HEAD, POST"};

	reply_text(c, 405, "text/plain", "Method not allowed\n");
	reply_header(c, "Allow", allow[r->methods & 3]);
}

void
demo_answer(struct demo_call *c)
{
	const struct route *r = find_route(c);
	const char *m = c->req->method;
	unsigned method = 0;

	reply_header(c, "Server", "tokentriage-demo");
	if (strcmp(m, "GET") == 0 || strcmp(m, "HEAD") == 0)
		method = M_GET;
	else if (strcmp(m, "POST") == 0)
		method = M_POST;
	if (!r || (r->handler == endpoint_introspect &&
			store_has_quirk(c->s, QUIRK_NO_INTROSPECTION))) {
		reply_text(c, 404, "text/plain", "Not found\n");
	} else if (wreck_apply(c, r->at)) {
		return;
	} else if (!(r->methods & method)) {
		refuse_method(c, r);
	} else {
		r->handler(c);
		wreck_rewrite(c, r->at);
	}
}
