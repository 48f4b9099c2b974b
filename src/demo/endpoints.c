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

/* --- discovery (OpenID Connect Discovery §3, RFC 8414 §2) --- */

static void
set_url(const struct demo_call *c, struct json *doc, const char *member, const char *path,
	enum demo_place at)
{
	const struct scenario *sc = c->s->cfg.scenario;
	bool stray = c->s->stray_origin[0] && (sc->wreck_at & at);
	char url[192];

	snprintf(url, sizeof(url), "%s%s", stray ? c->s->stray_origin : c->s->origin, path);
	json_set_str(doc, member, url);
}

/* A blank-separated list as an array of strings. */
static void
set_list(struct json *doc, const char *member, const char *words)
{
	struct json *list = json_new_array();
	struct span rest = span_of(words), word;

	while (span_word(&rest, &word))
		json_append_span(list, word);
	json_set_take(doc, member, list);
}

static void
discovery(struct demo_call *c)
{
	const char *methods = store_has_quirk(c->s, QUIRK_POST_ONLY)
		? "client_secret_post" : "client_secret_basic client_secret_post";
	struct json *doc = json_new_object();

	json_set_str(doc, "issuer", c->s->issuer);
	set_url(c, doc, "authorization_endpoint", "/authorize", 0);
	set_url(c, doc, "token_endpoint", "/token", AT_TOKEN);
	set_url(c, doc, "userinfo_endpoint", "/userinfo", AT_USERINFO);
	set_url(c, doc, "jwks_uri", "/jwks", AT_JWKS);
	set_url(c, doc, "revocation_endpoint", "/revoke", AT_REVOCATION);
	if (!store_has_quirk(c->s, QUIRK_NO_INTROSPECTION)) {
		set_url(c, doc, "introspection_endpoint", "/introspect", AT_INTROSPECTION);
		set_list(doc, "introspection_endpoint_auth_methods_supported", methods);
	}
	set_list(doc, "token_endpoint_auth_methods_supported", methods);
	set_list(doc, "revocation_endpoint_auth_methods_supported", methods);
	set_list(doc, "scopes_supported", DEMO_SCOPE);
	set_list(doc, "response_types_supported", "code");
	set_list(doc, "grant_types_supported",
		"authorization_code refresh_token client_credentials");
	set_list(doc, "subject_types_supported", "public");
	set_list(doc, "id_token_signing_alg_values_supported", "ES256");
	if (store_has_quirk(c->s, QUIRK_SIGNED_USERINFO))
		set_list(doc, "userinfo_signing_alg_values_supported", "ES256");
	if (store_has_fault(c->s, FAULT_DPOP_BOUND))
		set_list(doc, "dpop_signing_alg_values_supported", "ES256");
	set_list(doc, "claims_supported", "sub name preferred_username email email_verified");
	reply_json(c, 200, doc);
	reply_header(c, "Cache-Control", "max-age=60");
}

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
	set_list(doc, "authorization_servers", c->s->issuer);
	set_list(doc, "scopes_supported", "profile");
	set_list(doc, "bearer_methods_supported", "header");
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

/* Nobody can log in here: the tokens are made at the start. */
static void
authorize(struct demo_call *c)
{
	reply_text(c, 400, "text/html; charset=utf-8",
		"<!DOCTYPE html>\n<html><body><p>This server has no login; its tokens are made "
		"when it starts.</p></body></html>\n");
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
	{"/.well-known/openid-configuration", M_GET, ON_ISSUER, AT_DISCOVERY, discovery},
	{"/.well-known/oauth-authorization-server", M_GET, ON_ISSUER, AT_DISCOVERY, discovery},
	{"/jwks", M_GET, ON_ISSUER, AT_JWKS, key_set},
	{"/introspect", M_POST, ON_ISSUER, AT_INTROSPECTION, endpoint_introspect},
	{"/token", M_POST, ON_ISSUER, AT_TOKEN, endpoint_token},
	{"/userinfo", M_GET | M_POST, ON_ISSUER, AT_USERINFO, endpoint_userinfo},
	{"/revoke", M_POST, ON_ISSUER, AT_REVOCATION, endpoint_revoke},
	{"/authorize", M_GET | M_POST, ON_ISSUER, 0, authorize},
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
