#include "wire.h"

#include "unit.h"

#include "base/mem.h"
#include "oauth/jose.h"

/*
 * What each scenario shows on the wire: introspection of the token (as given, repaired where it is
 * to be repaired), then the query of step 4.  A zero means: not looked at.
 */
struct wire {
	const char *name;
	int introspection;  /* status */
	int active;         /* 1 or 0 of a 200 */
	int query;          /* status */
	CURLcode code;      /* of the query */
	const char *header, *part; /* of the query's answer */
	const char *body;   /* its answer holds this */
	/* the refresh token works, else this error or invalid_grant (looked at with `refresh`) */
	bool refreshes;
	const char *refresh_error;
};
static const struct wire wires[] = {
	{"healthy", 200, 1, 200, .body = "\"sub\""},
	{"healthy-opaque", 200, 1, 200, .body = "\"sub\""},
	{"healthy-api", 200, 1, 200, .body = "\"sub\""},
	{"healthy-reserved", 200, 1, 200, .body = "\"sub\""},
	{"healthy-slow", 200, 1, 200, .body = "\"sub\""},
	{"expiring", 200, 1, 200, .body = "\"sub\""},
	{"no-introspection", 404, 0, 200, .body = "\"sub\""},
	{"bearer-prefix", 200, 1, 200, .body = "\"sub\""},
	{"whitespace", 200, 1, 200, .body = "\"sub\""},
	{"id-token", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"expired", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired"},
	{"refresh-needed", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired",
		.refreshes = true},
	{"revoked", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"rotated", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired"},
	{"unknown-key", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"missing-openid", 200, 1, 403, .header = "WWW-Authenticate", .part = "scope=\"openid\""},
	{"insufficient-scope", 200, 1, 403, .header = "WWW-Authenticate",
		.part = "error=\"insufficient_scope\""},
	{"wrong-audience", 200, 1, 401, .header = "WWW-Authenticate", .part = "resource_metadata="},
	{"wrong-secret", 401, 0, 200, .body = "\"sub\""},
	{"wrong-auth-method", 401, 0, 200, .body = "\"sub\""},
	{"skewed-clock", 200, 1, 200, .body = "\"sub\""},
	{"html-login", 200, 1, 200, .header = "Content-Type", .part = "text/html", .body = "<form"},
	{"redirect", 200, 1, 302, .header = "Location", .part = "http://localhost:"},
	{"rate-limited", 200, 1, 429, .header = "Retry-After", .part = "42"},
	{"server-error", 200, 1, 502, .header = "Server", .part = "edge-gateway"},
	{"wrong-path", 200, 1, 404},
	{"issuer-mismatch", 200, 1, 200, .body = "\"sub\""},
	{"not-json", 200, 1, 200, .header = "Content-Type", .part = "script", .body = "callback({"},
	{"refused", 200, 1, 0, .code = CURLE_COULDNT_CONNECT},
	{"slow", 200, 1, 0, .code = CURLE_OPERATION_TIMEDOUT},
	{"signed-userinfo", 200, 1, 200, .header = "Content-Type", .part = "application/jwt",
		.body = "eyJ"},
	{"scope-array", 200, 1, 200, .body = "\"sub\""},
	{"milliseconds", 200, 1, 200, .body = "\"sub\""},
	{"quoted", 200, 1, 200, .body = "\"sub\""},
	{"truncated", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"placeholder", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"refresh-as-access", 200, 1, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"expired-opaque", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired"},
	{"not-yet-valid", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"refresh-expired", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired"},
	{"refresh-barred", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired",
		.refresh_error = "unauthorized_client"},
	{"forged", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"dpop-bound", 200, 1, 401, .header = "WWW-Authenticate", .part = "DPoP "},
	{"replica", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"no-user", 200, 1, 401, .header = "WWW-Authenticate", .part = "end user"},
	{"other-user", 200, 1, 200, .body = "-2\""},
	{"wrong-auth-unsaid", 401, 0, 200, .body = "\"sub\""},
	{"secret-encoding", 401, 0, 200, .body = "\"sub\""},
	{"foreign-client", 200, 0, 200, .body = "\"sub\""},
	{"skewed-server", 200, 1, 401, .header = "WWW-Authenticate", .part = "expired"},
	{"html-redirect", 200, 1, 302, .header = "Location", .part = "/login"},
	{"stripped", 200, 1, 401, .header = "WWW-Authenticate", .part = "Bearer realm"},
	{"firewall", 200, 1, 403, .header = "Server", .part = "edge-filter", .body = "blocked"},
	{"error-in-200", 200, 1, 200, .body = "invalid_auth"},
	{"header-too-large", 200, 1, 431, .header = "Server", .part = "edge-gateway"},
	{"reset", 200, 1, 0, .code = CURLE_GOT_NOTHING},
	{"cut-short", 200, 1, 200, .code = CURLE_PARTIAL_FILE},
	{"sub-only", 200, 1, 200, .body = "\"sub\""},
	{"form-body", 200, 1, 200, .header = "Content-Type", .part = "form", .body = "sub=user"},
	{"bom", 200, 1, 200, .body = "\xef\xbb\xbf{"},
	{"json-wrapped", 200, 1, 200, .body = "\"sub\""},
	{"percent", 200, 1, 200, .body = "\"sub\""},
	{"grant-revoked", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"hidden-client", 200, 0, 200, .body = "\"sub\""},
	{"empty", 200, 1, 200, .header = "Content-Length", .part = "0"},
	{"unavailable", 503, 0, 200, .body = "\"sub\""},
	{"stale-metadata", 404, 0, 200, .body = "\"sub\""},
	{"revoke-noop", 200, 1, 200, .body = "\"sub\""},
	{"signed-answer", 200, -1, 200, .body = "\"sub\""},
	{"encrypted", 200, 1, 200, .body = "\"sub\""},
	{"echo", 200, 1, 200, .body = "\"sub\""},
	{"expired-accepted", 404, 0, 200, .body = "\"sub\""},
	{"session-ended", 200, 0, 401, .header = "WWW-Authenticate", .part = "Session not active"},
	{"user-disabled", 200, 0, 401, .header = "WWW-Authenticate", .part = "user is disabled"},
	{"stale", 200, 0, 401, .header = "WWW-Authenticate", .part = "Stale token"},
	{"other-algorithm", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"other-realm", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"other-name", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"small-skew", 200, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"mtls-bound", 200, 1, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"refresh-keeps", 200, 1, 200, .body = "\"sub\"", .refreshes = true},
	{"expires-in", 200, 1, 200, .body = "\"sub\"", .refreshes = true},
	{"refresh-idle", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired"},
	{"refresh-lifetime", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired"},
	{"refresh-foreign", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired"},
	{"password-changed", 200, 0, 401, .header = "WWW-Authenticate", .part = "expired"},
	{"refresh-login", 200, 0, 401, .refresh_error = "interaction_required"},
	{"refresh-scope", 200, 0, 401, .refresh_error = "invalid_scope"},
	{"refresh-unsaid", 200, 1, 200},
	{"step-up", 200, 1, 401, .header = "WWW-Authenticate", .part = "acr_values="},
	{"stale-keys", 200, 1, 401, .header = "WWW-Authenticate", .part = "Unable to find key"},
	{"malformed", 200, 1, 400, .header = "WWW-Authenticate", .part = "invalid_request"},
	{"no-reason", 404, 0, 401, .header = "WWW-Authenticate", .part = "invalid_token"},
	{"no-secret", 0, 0, 200, .body = "\"sub\""},
	{"public-client", 0, 0, 200, .body = "\"sub\""},
	{"secret-expired", 401, 0, 200, .body = "\"sub\""},
	{"wrong-client", 401, 0, 200, .body = "\"sub\""},
	{"client-disabled", 401, 0, 200, .body = "\"sub\""},
	{"resources-only", 401, 0, 200, .body = "\"sub\"", .refreshes = true},
	{"not-permitted", 403, 0, 200, .body = "\"sub\""},
	{"audience-only", 200, 0, 200, .body = "\"sub\""},
	{"tied", 200, 0, 200, .body = "\"sub\""},
	{"wrong-method", 200, 1, 405, .header = "Allow", .part = "POST"},
	{"wrong-type", 415, 0, 200, .body = "\"sub\""},
	{"redirect-loop", 200, 1, 302, .header = "Location", .part = "/userinfo"},
	{"to-https", 200, 1, 301, .header = "Location", .part = "https://127.0.0.1:"},
	{"endless", 200, 1, 200, .code = CURLE_WRITE_ERROR},
	{"full-port", 200, 1, 0, .code = CURLE_OPERATION_TIMEDOUT},
	{"other-protocol", 200, 1, 0, .code = CURLE_UNSUPPORTED_PROTOCOL},
	{"tls-to-plain", 200, 1, 0, .code = CURLE_SSL_CONNECT_ERROR},
	{"no-such-host", 200, 1, 0, .code = CURLE_COULDNT_RESOLVE_HOST},
	{"proxy", 200, 1, 200, .body = "\"sub\""},
	{"no-metadata", 200, 1, 0},
	{"guarded-metadata", 200, 1, 0},
	{"unsafe-url", 200, 1, 0},
	{"revoke-foreign", 200, 1, 200, .body = "\"sub\""},
	{"revoked-accepted", 200, 1, 200, .body = "\"sub\""},
};

static const struct scenario *
find_scenario(const char *name)
{
	return scenario_find(span_of(name));
}

/* --- the table --- */

static void
check_words(const struct scenario *sc)
{
	assert_true(sc->name[0] && strlen(sc->name) <= 20);
	for (const char *p = sc->name; *p; p++)
		assert_true((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-');
	assert_true(span_ends(span_of(sc->sentence), "."));
	assert_true(strlen(sc->sentence) <= 59); /* a row of the list has 80 columns */
	assert_true(span_ends(span_of(sc->goal), "."));
	assert_true(strlen(sc->goal) <= 90);
	if (!sc->expects[0])
		assert_false(sc->healthy); /* it is without saying so */
	assert_true(!sc->wreck == !sc->wreck_at);
	assert_true(!sc->delay_ms == (sc->wreck != WRECK_SLOW));
}

static void
test_table(void **state)
{
	(void)state;
	assert_true(scenario_count >= 100);
	assert_null(scenario_find(SPAN_LIT("no-such-scenario")));
	assert_null(scenario_find(SPAN_LIT("health")));
	assert_string_equal(scenario_group(scenario_find(SPAN_LIT("healthy"))),
		"Nothing wrong, or a hint only");
	assert_string_equal(scenario_group(scenario_find(SPAN_LIT("revoke-noop"))), "Revoking");
	for (size_t i = 0; i < scenario_count; i++) {
		check_words(&scenarios[i]);
		assert_ptr_equal(scenario_find(span_of(scenarios[i].name)), &scenarios[i]);
		assert_true(scenario_group(&scenarios[i])[0]);
	}
}

/* Every scenario has its row above. */
static void
test_rows_are_complete(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_SIZE(wires), scenario_count);
	for (size_t i = 0; i < ARRAY_SIZE(wires); i++) {
		assert_non_null(find_scenario(wires[i].name));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(wires[i].name, wires[k].name);
	}
}

/* --- the wire --- */

/* The URL of step 4: the API, the profile's own, or the advertised one. */
static char *
query_url(const struct world *w)
{
	if (w->client.resource_url[0])
		return xstrdup(w->client.resource_url);
	if (w->client.userinfo_endpoint[0])
		return xstrdup(w->client.userinfo_endpoint);
	return metadata_url(w, "userinfo_endpoint");
}

static void
check_introspection(const struct world *w, const struct wire *x, struct span token)
{
	struct reply r;

	if (!x->introspection)
		return;
	ask_introspect(w, &r, token);
	assert_int_equal(r.status, x->introspection);
	if (r.status == 200)
		assert_int_equal(reply_active(&r), x->active);
	else if (r.status == 401)
		assert_true(span_is(reply_str(&r, "error"), "invalid_client"));
	reply_release(&r);
}

static void
check_query(const struct world *w, const struct wire *x, struct span token)
{
	struct reply r;
	char *url;

	if (!x->query && !x->code)
		return;
	url = query_url(w);
	wire_ask(w, &r, &(struct ask){.url = url, .bearer = token,
		.timeout_ms = w->client.timeout_s * 1000});
	assert_int_equal(r.code, x->code);
	assert_int_equal(r.status, x->query);
	if (x->header)
		assert_true(reply_has(&r, x->header, x->part));
	if (x->body)
		assert_true(span_find_str(buf_span(&r.body), x->body) != SIZE_MAX);
	reply_release(&r);
	free(url);
}

static void
check_refresh(const struct world *w, const struct wire *x)
{
	struct reply r;

	assert_non_null(w->client.refresh_token);
	ask_refresh(w, &r, secret_reveal(w->client.refresh_token), NULL);
	assert_int_equal(r.status, x->refreshes ? 200 : 400);
	if (x->refreshes)
		assert_int_equal(userinfo_status(w, reply_str(&r, "access_token")), 200);
	else
		assert_true(span_is(reply_str(&r, "error"),
			x->refresh_error ? x->refresh_error : "invalid_grant"));
	reply_release(&r);
}

/* One test a scenario; its state is the row. */
static void
test_wire(void **state)
{
	const struct wire *x = *state;
	const struct scenario *sc = find_scenario(x->name);
	struct world w;
	struct buf token;

	buf_init_wiping(&token, 64 << 10);
	world_start(&w, sc);
	assert_int_equal(w.client.timeout_s, sc->timeout_s);
	/* What was given is repaired where it has to be, and only there. */
	assert_true((token_repair(&token, secret_reveal(w.client.access_token), "access_token")
		!= 0) == (sc->given >= GIVEN_BEARER && sc->given <= GIVEN_PERCENT));
	check_introspection(&w, x, buf_span(&token));
	check_query(&w, x, buf_span(&token));
	if (sc->refresh)
		check_refresh(&w, x);
	buf_release(&token);
	world_stop(&w);
}

/* --- what one row cannot say --- */

static enum sig_state
signature_of(const struct world *w, struct span token)
{
	struct reply keys;
	enum sig_state st;
	char why[160];

	wire_ask(w, &keys, &(struct ask){.path = "/jwks"});
	st = jws_verify(token, &(struct jws_keys){.jwks = keys.doc}, why, sizeof(why));
	reply_release(&keys);
	return st;
}

static void
test_signature_states(void **state)
{
	static const struct {
		const char *name;
		enum sig_state sig;
	} cases[] = {
		{"healthy", SIG_VALID}, {"unknown-key", SIG_NO_KEY}, {"forged", SIG_BAD},
		{"expired", SIG_VALID}, {"id-token", SIG_VALID},
	};
	struct world w;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		world_start(&w, find_scenario(cases[i].name));
		assert_int_equal(signature_of(&w, secret_reveal(w.client.access_token)),
			cases[i].sig);
		world_stop(&w);
	}
}

/* The redirect's target works with the token and gives a bare challenge without it. */
static void
test_redirect_target(void **state)
{
	struct world w;
	struct reply r;
	char host[64];

	(void)state;
	world_start(&w, find_scenario("redirect"));
	snprintf(host, sizeof(host), "localhost:%d", demo_microhttpd.port(w.srv));
	wire_ask(&w, &r, &(struct ask){.path = "/userinfo", .host = host,
		.bearer = secret_reveal(w.client.access_token)});
	assert_int_equal(r.status, 200);
	reply_release(&r);
	wire_ask(&w, &r, &(struct ask){.path = "/userinfo", .host = host});
	assert_int_equal(r.status, 401);
	assert_false(reply_has(&r, "WWW-Authenticate", "error"));
	reply_release(&r);
	world_stop(&w);
}

/* The method the metadata name works; in the unsaid case both are named. */
static void
test_auth_methods(void **state)
{
	static const char *const names[] = {"wrong-auth-method", "wrong-auth-unsaid"};
	struct world w;
	struct reply r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		world_start(&w, find_scenario(names[i]));
		wire_ask(&w, &r, &(struct ask){.path = "/introspect", .auth = AS_POST,
			.form = form2("token", secret_reveal(w.client.access_token), NULL)});
		assert_int_equal(reply_active(&r), 1);
		reply_release(&r);
		wire_ask(&w, &r, &(struct ask){.path = "/.well-known/openid-configuration"});
		assert_true((span_find_str(buf_span(&r.body), "client_secret_basic") == SIZE_MAX)
			== (i == 0));
		reply_release(&r);
		world_stop(&w);
	}
	assert_string_equal(find_scenario("wrong-auth-method")->client_auth, "client_secret_basic");
}

static void
test_issuer_mismatch(void **state)
{
	struct world w;
	char *issuer;

	(void)state;
	world_start(&w, find_scenario("issuer-mismatch"));
	issuer = metadata_url(&w, "issuer");
	assert_string_not_equal(issuer, w.client.issuer);
	assert_int_equal(strncmp(issuer, w.client.issuer, strlen(w.client.issuer)), 0);
	free(issuer);
	world_stop(&w);
}

static void
test_no_introspection(void **state)
{
	struct world w;
	char *url;

	(void)state;
	world_start(&w, find_scenario("no-introspection"));
	url = metadata_url(&w, "introspection_endpoint");
	assert_string_equal(url, "");
	free(url);
	world_stop(&w);
}

/* The replicas catch up: the same token is good some seconds after the first question. */
static void
test_replica(void **state)
{
	struct world w;
	struct span token;

	(void)state;
	world_start(&w, find_scenario("replica"));
	token = secret_reveal(w.client.access_token);
	assert_int_equal(introspect_active(&w, token), 0);
	world_set_ahead(5);
	assert_int_equal(introspect_active(&w, token), 1);
	assert_int_equal(userinfo_status(&w, token), 200);
	world_set_ahead(0);
	world_stop(&w);
}

/* The short junk token passes the gateway that refuses the long one. */
static void
test_header_too_large(void **state)
{
	struct world w;

	(void)state;
	world_start(&w, find_scenario("header-too-large"));
	assert_true(secret_len(w.client.access_token) > 8000);
	assert_int_equal(userinfo_status(&w, SPAN_LIT("made-up")), 401);
	world_stop(&w);
}

/* The token in a form comes through where the header does not. */
static void
test_stripped(void **state)
{
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, find_scenario("stripped"));
	ask_userinfo(&w, &r, secret_reveal(w.client.access_token));
	assert_false(reply_has(&r, "WWW-Authenticate", "error"));
	reply_release(&r);
	wire_ask(&w, &r, &(struct ask){.path = "/userinfo",
		.form = form2("access_token", secret_reveal(w.client.access_token), NULL)});
	assert_int_equal(r.status, 200);
	reply_release(&r);
	world_stop(&w);
}

/* Under the name in their issuer the tokens are good. */
static void
test_other_name(void **state)
{
	struct world w;
	struct reply r;
	char host[64];

	(void)state;
	world_start(&w, find_scenario("other-name"));
	snprintf(host, sizeof(host), "localhost:%d", demo_microhttpd.port(w.srv));
	wire_ask(&w, &r, &(struct ask){.path = "/userinfo", .host = host,
		.bearer = secret_reveal(w.client.access_token)});
	assert_int_equal(r.status, 200);
	reply_release(&r);
	world_stop(&w);
}

/* It is refused there, and only there: the credentials are right. */
static void
test_introspection_only(void **state)
{
	static const char *const names[] = {"resources-only", "not-permitted"};
	struct world w;
	struct reply r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		world_start(&w, find_scenario(names[i]));
		ask_refresh(&w, &r, secret_reveal(w.client.refresh_token), NULL);
		assert_int_equal(r.status, 200);
		reply_release(&r);
		wire_ask(&w, &r, &(struct ask){.path = "/introspect", .auth = AS_BASIC,
			.form = form2("token", SPAN_LIT("made-up"), NULL)});
		assert_int_equal(r.status, i == 0 ? 401 : 403);
		reply_release(&r);
		world_stop(&w);
	}
}

/* A refresh token that is not replaced serves again. */
static void
test_refresh_keeps(void **state)
{
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, find_scenario("refresh-keeps"));
	for (int i = 0; i < 2; i++) {
		ask_refresh(&w, &r, secret_reveal(w.client.refresh_token), NULL);
		assert_int_equal(r.status, 200);
		assert_null(json_get(r.doc, "refresh_token"));
		reply_release(&r);
	}
	world_stop(&w);
}

static void
test_echo(void **state)
{
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, find_scenario("echo"));
	ask_introspect(&w, &r, secret_reveal(w.client.access_token));
	assert_true(span_eq(reply_str(&r, "access_token"), secret_reveal(w.client.access_token)));
	reply_release(&r);
	world_stop(&w);
}

/* Another client's token: seen, not revoked, and the API that verifies by itself is not asked. */
static void
test_revocation_elsewhere(void **state)
{
	static const char *const names[] = {"revoke-foreign", "revoked-accepted"};
	struct world w;
	struct reply r;
	struct span token;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		world_start(&w, find_scenario(names[i]));
		token = secret_reveal(w.client.access_token);
		wire_ask(&w, &r, &(struct ask){.path = "/revoke", .auth = AS_BASIC,
			.form = form2("token", token, NULL)});
		assert_int_equal(r.status, 200);
		reply_release(&r);
		assert_int_equal(introspect_active(&w, token), i == 0);
		wire_ask(&w, &r, &(struct ask){.url = w.client.resource_url[0]
			? w.client.resource_url : NULL, .path = "/userinfo", .bearer = token});
		assert_int_equal(r.status, 200);
		reply_release(&r);
		world_stop(&w);
	}
}

/* Who comes by the proxy gets its refusal, whatever he asks for. */
static void
test_proxy(void **state)
{
	struct world w;
	CURL *h = curl_easy_init();
	long status = 0;

	(void)state;
	world_start(&w, find_scenario("proxy"));
	assert_true(w.client.proxy[0]);
	curl_easy_setopt(h, CURLOPT_URL, w.base);
	curl_easy_setopt(h, CURLOPT_PROXY, w.client.proxy);
	curl_easy_setopt(h, CURLOPT_NOPROXY, "");
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, 20000L);
	assert_int_equal(curl_easy_perform(h), CURLE_OK);
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	assert_int_equal(status, 407);
	curl_easy_cleanup(h);
	world_stop(&w);
}

/* The metadata cannot be had, or name what no client may use. */
static void
test_metadata(void **state)
{
	struct world w;
	struct reply r;
	char *url;

	(void)state;
	world_start(&w, find_scenario("no-metadata"));
	wire_ask(&w, &r, &(struct ask){.path = "/.well-known/openid-configuration"});
	assert_int_equal(r.status, 404);
	reply_release(&r);
	world_stop(&w);
	world_start(&w, find_scenario("guarded-metadata"));
	wire_ask(&w, &r, &(struct ask){.path = "/.well-known/openid-configuration"});
	assert_int_equal(r.status, 401);
	reply_release(&r);
	world_stop(&w);
	world_start(&w, find_scenario("unsafe-url"));
	url = metadata_url(&w, "userinfo_endpoint");
	assert_int_equal(strncmp(url, "//127.0.0.1:", 12), 0);
	free(url);
	world_stop(&w);
}

static void
test_revoke_noop(void **state)
{
	struct world w;
	struct reply r;
	struct span token;

	(void)state;
	world_start(&w, find_scenario("revoke-noop"));
	token = secret_reveal(w.client.access_token);
	wire_ask(&w, &r, &(struct ask){.path = "/revoke", .auth = AS_BASIC,
		.form = form2("token", token, NULL)});
	assert_int_equal(r.status, 200);
	reply_release(&r);
	assert_int_equal(introspect_active(&w, token), 1);
	world_stop(&w);
}

int
main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_rows_are_complete),
		cmocka_unit_test(test_signature_states),
		cmocka_unit_test(test_redirect_target),
		cmocka_unit_test(test_auth_methods),
		cmocka_unit_test(test_issuer_mismatch),
		cmocka_unit_test(test_no_introspection),
		cmocka_unit_test(test_replica),
		cmocka_unit_test(test_header_too_large),
		cmocka_unit_test(test_stripped),
		cmocka_unit_test(test_revoke_noop),
		cmocka_unit_test(test_other_name),
		cmocka_unit_test(test_introspection_only),
		cmocka_unit_test(test_refresh_keeps),
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_revocation_elsewhere),
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_metadata),
	};
	static struct CMUnitTest tests[ARRAY_SIZE(fixed) + ARRAY_SIZE(wires)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		tests[n++] = fixed[i];
	for (size_t i = 0; i < ARRAY_SIZE(wires); i++)
		tests[n++] = (struct CMUnitTest){.name = wires[i].name, .test_func = test_wire,
			.initial_state = (void *)&wires[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
