/* Client authentication by a signed assertion (RFC 7523, OpenID Connect Core §9). */
#include "demo/endpoints.h"

enum {
	ASSERTION_LIFE_S = 3600, /* exp may not be later than that */
	ASSERTION_LEEWAY_S = 60,
	JTI_MAX = 256,
};

static bool
one_fits(const struct store *s, const struct json *aud)
{
	const char *origins[] = {s->origin, s->tls_origin};
	const char *paths[] = {"/token", "/introspect", "/revoke", "/par", "/device_authorization"};
	struct span v;
	char url[128];

	if (!json_to_span(aud, &v))
		return false;
	if (s->cfg.scenario->demands & DEMAND_INNER_NAME)
		return span_is(v, DEMO_INNER_ORIGIN "/token");
	if (span_is(v, s->issuer))
		return true;
	for (size_t o = 0; o < ARRAY_SIZE(origins); o++)
		for (size_t i = 0; origins[o][0] && i < ARRAY_SIZE(paths); i++) {
			snprintf(url, sizeof(url), "%s%s", origins[o], paths[i]);
			if (span_is(v, url))
				return true;
		}
	return false;
}

/* The issuer, or an endpoint (RFC 7523 §3; OpenID Connect Core §9 names the token endpoint). */
static bool
audience_fits(const struct store *s, const struct json *aud)
{
	if (!aud || json_type(aud) != JSON_ARRAY)
		return aud && one_fits(s, aud);
	for (const struct json *a = json_first(aud); a; a = json_next(a))
		if (one_fits(s, a))
			return true;
	return false;
}

/* With the client's key, or with its secret, by alg. */
static bool
signature_fits(const struct store *s, struct span jwt, const struct json *header)
{
	struct jws_keys keys = {.only_secret = true};
	struct json *set = NULL, *list;
	char why[80];
	bool ok;

	if (span_starts(json_get_str(header, "alg"), "HS")) {
		if (s->cfg.scenario->demands & DEMAND_ASSERTION)
			return false;
		keys.secret = s->client_secret;
	} else {
		set = json_new_object();
		list = json_new_array();
		json_append_take(list, json_dup(s->client_jwk));
		json_set_take(set, "keys", list);
		keys.jwks = set;
	}
	ok = jws_verify(jwt, &keys, why, sizeof(why)) == SIG_VALID;
	json_free(set);
	return ok;
}

static enum client_state
check_claims(const struct demo_call *c, const struct json *p)
{
	const int64_t now = store_now(c->s, false);
	struct span jti = json_get_str(p, "jti");
	int64_t exp, nbf;

	if (!span_is(json_get_str(p, "iss"), c->s->client_id) ||
		!span_is(json_get_str(p, "sub"), c->s->client_id))
		return CLIENT_BAD;
	if (json_to_time(json_get(p, "exp"), &exp) != NUM_INTEGER ||
		exp <= now - ASSERTION_LEEWAY_S || exp > now + ASSERTION_LIFE_S)
		return CLIENT_BAD;
	if (json_get(p, "nbf") && (json_to_time(json_get(p, "nbf"), &nbf) != NUM_INTEGER ||
					  nbf > now + ASSERTION_LEEWAY_S))
		return CLIENT_BAD;
	if (!audience_fits(c->s, json_get(p, "aud")))
		return CLIENT_AUDIENCE;
	if (!jti.n || jti.n > JTI_MAX)
		return CLIENT_BAD;
	return waiting_seen(c->s, jti) ? CLIENT_REPLAY : CLIENT_OK;
}

enum client_state
client_assertion(const struct demo_call *c, struct span jwt)
{
	struct json *header = NULL, *claims = NULL;
	struct jws_parts parts;
	enum client_state st = CLIENT_BAD;

	if (jws_split(&parts, jwt, NULL) == RES_OK && parts.n_parts == 3 &&
		jose_decode_json(&header, parts.header, NULL) == RES_OK &&
		jose_decode_json(&claims, parts.payload, NULL) == RES_OK &&
		signature_fits(c->s, jwt, header))
		st = check_claims(c, claims);
	json_free(header);
	json_free(claims);
	return st;
}
