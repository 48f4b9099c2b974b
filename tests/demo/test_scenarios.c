#include "wire.h"

#include "unit.h"

#include "base/mem.h"
#include "oauth/jose.h"

/*
 * What each scenario shows on the wire (wires.def): introspection of the token (as given, repaired where it is
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
	bool certificate;   /* the client shows its own */
	/* the refresh token works, else this error or invalid_grant (looked at with `refresh`) */
	bool refreshes;
	bool narrowed; /* it brings a token that the query refuses with 403 */
	const char *refresh_error;
};
static const struct wire wires[] = {
#include "wires.def"
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
	wire_ask(w, &r, &(struct ask){.url = url, .bearer = token, .certificate = x->certificate,
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
	assert_int_equal(r.status, x->refreshes || x->narrowed ? 200 : 400);
	if (x->narrowed)
		assert_int_equal(userinfo_status(w, reply_str(&r, "access_token")), 403);
	else if (x->refreshes)
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

/* What is wrong with each certificate, and that nothing else is. */
static void
test_certificates(void **state)
{
	static const struct {
		const char *name;
		long verify_host, verdict; /* OpenSSL's X509_V_ERR_… */
		CURLcode code;
	} cases[] = {
		{"unknown-authority", 2, 18, CURLE_PEER_FAILED_VERIFICATION}, /* self-signed */
		{"expired-certificate", 2, 10, CURLE_PEER_FAILED_VERIFICATION},
		{"other-host-name", 2, 1, CURLE_PEER_FAILED_VERIFICATION}, /* libcurl: not as far */
		{"other-host-name", 0, 0, CURLE_OK},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CURL *h = curl_easy_init();
		struct curl_blob ca = {.flags = CURL_BLOB_COPY};
		long verdict = -1;
		struct world w;
		char *url;

		world_start(&w, find_scenario(cases[i].name));
		url = metadata_url(&w, "userinfo_endpoint");
		assert_int_equal(strncmp(url, "https://", 8), 0);
		curl_easy_setopt(h, CURLOPT_URL, url);
		curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
		curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
		curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, 20000L);
		curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, cases[i].verify_host);
		assert_true(!w.client.ca_pem == (i == 0));
		ca.data = w.client.ca_pem;
		ca.len = ca.data ? strlen(ca.data) : 0;
		if (ca.data)
			curl_easy_setopt(h, CURLOPT_CAINFO_BLOB, &ca);
		assert_int_equal(curl_easy_perform(h), cases[i].code);
		curl_easy_getinfo(h, CURLINFO_SSL_VERIFYRESULT, &verdict);
		assert_int_equal(verdict, cases[i].verdict);
		curl_easy_cleanup(h);
		free(url);
		world_stop(&w);
	}
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
		cmocka_unit_test(test_certificates),
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
