/* Metadata: OpenID Connect Discovery §3, RFC 8414 §2 and what later documents add to it. */
#include "demo/endpoints.h"

#define ASSERTION_ALGS "HS256 HS384 HS512 ES256"
#define PROOF_ALGS "ES256 ES384 ES512 RS256 PS256 EdDSA"

/* The server's endpoints; mtls: it looks at the client's certificate (RFC 8705 §5). */
static const struct place {
	const char *member, *path;
	enum demo_place at;
	bool mtls;
} places[] = {
	{"authorization_endpoint", "/authorize", 0, false},
	{"token_endpoint", "/token", AT_TOKEN, true},
	{"userinfo_endpoint", "/userinfo", AT_USERINFO, true},
	{"jwks_uri", "/jwks", AT_JWKS, false},
	{"revocation_endpoint", "/revoke", AT_REVOCATION, true},
	{"introspection_endpoint", "/introspect", AT_INTROSPECTION, true},
	{"device_authorization_endpoint", "/device_authorization", 0, true},
	{"pushed_authorization_request_endpoint", "/par", 0, true},
};

static bool
missing(const struct store *s, const struct place *p)
{
	return p->at == AT_INTROSPECTION && store_has_quirk(s, QUIRK_NO_INTROSPECTION);
}

static void
set_url(const struct store *s, struct json *doc, const struct place *p, const char *origin)
{
	bool stray = s->stray_origin[0] && (s->cfg.scenario->wreck_at & p->at);
	char url[192];

	snprintf(url, sizeof(url), "%s%s", stray ? s->stray_origin : origin, p->path);
	json_set_str(doc, p->member, url);
}

/*
 * Where certificates are wanted, those endpoints are at the origin that asks for them, and are
 * listed as aliases, too: who does not know aliases finds them all the same.
 */
static void
set_endpoints(const struct store *s, struct json *doc)
{
	struct json *aliases = s->tls_origin[0] ? json_new_object() : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct place *p = &places[i];
		bool tls = aliases && p->mtls;

		if (missing(s, p))
			continue;
		set_url(s, doc, p, tls ? s->tls_origin : s->origin);
		if (tls)
			set_url(s, aliases, p, s->tls_origin);
	}
	if (aliases)
		json_set_take(doc, "mtls_endpoint_aliases", aliases);
}

static const char *
auth_methods(const struct store *s)
{
	if (s->cfg.scenario->demands & DEMAND_ASSERTION)
		return "private_key_jwt";
	if (store_has_quirk(s, QUIRK_POST_ONLY))
		return "client_secret_post";
	return s->tls_origin[0]
		? "client_secret_basic client_secret_post client_secret_jwt private_key_jwt "
		  "self_signed_tls_client_auth"
		: "client_secret_basic client_secret_post client_secret_jwt private_key_jwt";
}

static void
set_authentication(const struct store *s, struct json *doc)
{
	static const char *const endpoints[] = {"token", "revocation", "introspection"};
	const char *methods = auth_methods(s);
	char member[80];

	for (size_t i = 0; i < ARRAY_SIZE(endpoints); i++) {
		if (i == 2 && store_has_quirk(s, QUIRK_NO_INTROSPECTION))
			continue;
		snprintf(member, sizeof(member), "%s_endpoint_auth_methods_supported",
			endpoints[i]);
		json_set_words(doc, member, methods);
		if (!strstr(methods, "_jwt"))
			continue;
		snprintf(member, sizeof(member), "%s_endpoint_auth_signing_alg_values_supported",
			endpoints[i]);
		json_set_words(
			doc, member, strstr(methods, "secret_jwt") ? ASSERTION_ALGS : "ES256");
	}
}

static void
set_logins(const struct store *s, struct json *doc)
{
	json_set_words(doc, "scopes_supported", DEMO_SCOPE " offline_access");
	json_set_words(doc, "response_types_supported", "code");
	json_set_words(doc, "response_modes_supported", "query");
	json_set_words(doc, "grant_types_supported",
		"authorization_code refresh_token client_credentials "
		"urn:ietf:params:oauth:grant-type:device_code "
		"urn:ietf:params:oauth:grant-type:token-exchange");
	json_set_words(doc, "code_challenge_methods_supported", "S256");
	json_set_words(doc, "prompt_values_supported", "none login consent select_account");
	json_set_bool(doc, "authorization_response_iss_parameter_supported", true);
	json_set_bool(doc, "require_pushed_authorization_requests",
		(s->cfg.scenario->demands & DEMAND_PAR) != 0);
	json_set_bool(doc, "request_parameter_supported", false);
	json_set_bool(doc, "request_uri_parameter_supported", false);
	json_set_words(doc, "dpop_signing_alg_values_supported", PROOF_ALGS);
	json_set_bool(doc, "tls_client_certificate_bound_access_tokens", s->tls_origin[0] != '\0');
}

void
endpoint_discovery(struct demo_call *c)
{
	struct json *doc = json_new_object();

	json_set_str(doc, "issuer", c->s->issuer);
	set_endpoints(c->s, doc);
	set_authentication(c->s, doc);
	set_logins(c->s, doc);
	json_set_words(doc, "subject_types_supported", "public");
	json_set_words(doc, "id_token_signing_alg_values_supported", "ES256");
	if (store_has_quirk(c->s, QUIRK_SIGNED_USERINFO))
		json_set_words(doc, "userinfo_signing_alg_values_supported", "ES256");
	json_set_words(doc, "claims_supported",
		"sub name preferred_username email email_verified");
	reply_json(c, 200, doc);
	reply_header(c, "Cache-Control", "max-age=60");
}
