/* The forms that strings of the configuration and of options have, beyond their type. */
#include "cli/conf.h"

#include "oauth/jose.h"
#include "oauth/url.h"

/* Of letters and digits of ASCII and these marks, whatever the locale. */
static bool
made_of(struct span v, const char *marks)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c && strchr(marks, c))))
			return false;
	}
	return true;
}

/* "NAME: VALUE" with a token of RFC 9110 as the name, and one line. */
static bool
header_ok(struct span v)
{
	struct span name;

	if (span_find(v, '\r') != SIZE_MAX || span_find(v, '\n') != SIZE_MAX)
		return false;
	name = span_sub(v, 0, span_find(v, ':'));
	return name.n && name.n < v.n && made_of(name, "!#$%&'*+-.^_`|~");
}

/* "HOST:PORT:ADDRESS"; only the host holds no colon. */
static bool
resolve_ok(struct span v)
{
	struct span host, port;
	int64_t n;

	return span_next(&v, ':', &host) && span_next(&v, ':', &port) && host.n && v.n &&
		span_to_i64(port, &n) == RES_OK && n > 0 && n < 65536;
}

static bool
client_auth_ok(struct span v)
{
	enum client_auth auth;

	return client_auth_from_id(v, &auth);
}

static bool
alg_ok(struct span v)
{
	return jws_alg_find(v) != NULL;
}

static bool
proxy_ok(struct span v)
{
	struct url u;

	return url_parse_proxy(&u, v, NULL) == RES_OK;
}

static bool
name_ok(struct span v)
{
	return v.n && v.p[0] != '.' && made_of(v, "._@+-");
}

/* The names of two tables, a comma before each. */
static const char client_auths[] =
#define CLIENT_AUTH(sym, name, words) ", " name
#include "oauth/clientauth.def"
#undef CLIENT_AUTH
	;
static const char algs[] =
#define JWS_ALG(name, kty, crv, bytes, other) ", " name
#include "oauth/jwsalgs.def"
#undef JWS_ALG
	;

/* The keys whose strings have a form of their own. */
static const struct {
	const char *key;
	bool (*ok)(struct span v);
	const char *allowed;
} forms[] = {
	{"client_auth", client_auth_ok, client_auths + 2},
	{"client_assertion_alg", alg_ok, algs + 2},
	{"headers", header_ok, "\"NAME: VALUE\""},
	{"resolve", resolve_ok, "\"HOST:PORT:ADDRESS\""},
	{"proxy", proxy_ok, URL_PROXY_FORMS},
	{"name", name_ok, "letters, digits and . _ @ + -, no dot in front"},
};

bool
conf_value_ok(const char *key, struct span v, const char **allowed)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strcmp(forms[i].key, key) == 0) {
			*allowed = forms[i].allowed;
			return forms[i].ok(v);
		}
	return true;
}
