#include "wire.h"

#include "unit.h"

#include <dirent.h>
#include <poll.h>

#include "base/mem.h"
#include "oauth/jose.h"

static const struct scenario plain = {.name = "plain"};

static struct span
access_of(const struct world *w)
{
	return secret_reveal(w->client.access_token);
}

static struct span
refresh_of(const struct world *w)
{
	return secret_reveal(w->client.refresh_token);
}

/* --- what the server says of itself --- */

static void
test_discovery(void **state)
{
	static const char *const paths[] = {"/.well-known/openid-configuration",
		"/.well-known/oauth-authorization-server"};
	static const char *const urls[] = {"token_endpoint", "userinfo_endpoint", "jwks_uri",
		"introspection_endpoint", "revocation_endpoint", "authorization_endpoint"};
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, &plain);
	assert_string_equal(w.client.issuer, w.base);
	assert_true(w.client.discovery);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		wire_ask(&w, &r, &(struct ask){.path = paths[i]});
		assert_int_equal(r.status, 200);
		assert_true(reply_has(&r, "Content-Type", "application/json"));
		assert_true(span_is(reply_str(&r, "issuer"), w.base));
		for (size_t k = 0; k < ARRAY_SIZE(urls); k++)
			assert_true(span_starts(reply_str(&r, urls[k]), w.base));
		reply_release(&r);
	}
	world_stop(&w);
}

/* The tokens are signed with a key of the set, and nothing else verifies. */
static void
test_signatures(void **state)
{
	struct world w, other;
	struct reply keys, foreign;
	struct jws_parts parts;
	struct json *header = NULL;
	struct err e = ERR_INIT;
	char why[160];

	(void)state;
	world_start(&w, &plain);
	world_start(&other, &plain);
	wire_ask(&w, &keys, &(struct ask){.path = "/jwks"});
	wire_ask(&other, &foreign, &(struct ask){.path = "/jwks"});
	assert_int_equal(keys.status, 200);
	assert_int_equal(jws_split(&parts, access_of(&w), &e), RES_OK);
	assert_int_equal(jose_decode_json(&header, parts.header, &e), RES_OK);
	assert_true(span_is(json_get_str(header, "typ"), "at+jwt"));
	assert_true(span_is(json_get_str(header, "alg"), "ES256"));
	assert_non_null(jwks_key(keys.doc, json_get_str(header, "kid"), "ES256"));
	assert_int_equal(jws_verify(access_of(&w), &(struct jws_keys){.jwks = keys.doc}, why, sizeof(why)), SIG_VALID);
	assert_int_equal(jws_verify(secret_reveal(w.client.id_token), &(struct jws_keys){.jwks = keys.doc}, why,
		sizeof(why)), SIG_VALID);
	assert_int_equal(jws_verify(access_of(&w), &(struct jws_keys){.jwks = foreign.doc}, why, sizeof(why)),
		SIG_NO_KEY);
	json_free(header);
	reply_release(&keys);
	reply_release(&foreign);
	world_stop(&w);
	world_stop(&other);
}

static void
test_everything_is_random(void **state)
{
	struct world a, b;

	(void)state;
	world_start(&a, &plain);
	world_start(&b, &plain);
	assert_string_not_equal(a.client.client_id, b.client.client_id);
	assert_false(secret_equal(a.client.client_secret, b.client.client_secret));
	assert_false(secret_equal(a.client.access_token, b.client.access_token));
	assert_false(secret_equal(a.client.refresh_token, b.client.refresh_token));
	assert_true(secret_len(a.client.client_secret) >= 32);
	assert_true(secret_len(a.client.refresh_token) >= 40);
	assert_int_equal(introspect_active(&a, access_of(&b)), 0);
	world_stop(&a);
	world_stop(&b);
}

/* --- introspection --- */

static void
test_introspection(void **state)
{
	struct world w;
	struct reply r, user;
	int64_t exp = 0, iat = 0;
	enum num_form form;

	(void)state;
	world_start(&w, &plain);
	ask_introspect(&w, &r, access_of(&w));
	assert_int_equal(r.status, 200);
	assert_int_equal(reply_active(&r), 1);
	assert_true(reply_has(&r, "Cache-Control", "no-store"));
	assert_true(span_is(reply_str(&r, "scope"), "openid profile email"));
	assert_true(span_is(reply_str(&r, "client_id"), w.client.client_id));
	assert_true(span_is(reply_str(&r, "iss"), w.base));
	assert_true(json_to_i64(json_get(r.doc, "exp"), &exp, &form));
	assert_true(json_to_i64(json_get(r.doc, "iat"), &iat, &form));
	assert_in_range(exp - world_now(), 3200, 3300);
	assert_int_equal(exp - iat, 3600);
	ask_userinfo(&w, &user, access_of(&w));
	assert_int_equal(user.status, 200);
	assert_true(span_eq(reply_str(&user, "sub"), reply_str(&r, "sub")));
	assert_true(reply_str(&user, "email").n > 0);
	reply_release(&user);
	reply_release(&r);
	assert_int_equal(introspect_active(&w, refresh_of(&w)), 1);
	assert_int_equal(introspect_active(&w, SPAN_LIT("made-up")), 0);
	assert_int_equal(introspect_active(&w, secret_reveal(w.client.id_token)), 0);
	world_stop(&w);
}

static void
check_auth(const struct world *w, enum auth auth, long status)
{
	struct reply r;

	wire_ask(w, &r, &(struct ask){.path = "/introspect", .auth = auth, .form = "token=x"});
	assert_int_equal(r.status, status);
	reply_release(&r);
}

static void
test_client_authentication(void **state)
{
	static const struct {
		enum auth auth;
		long status;
		const char *error;
	} cases[] = {
		{AS_BASIC, 200, ""},
		{AS_POST, 200, ""},
		{AS_NOBODY, 401, "invalid_client"},
		{AS_BOTH, 400, "invalid_request"},
	};
	static const char *const paths[] = {"/introspect", "/revoke"};
	static const struct scenario wrong = {.name = "wrong", .faults = FAULT_WRONG_SECRET};
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, &plain);
	for (size_t p = 0; p < ARRAY_SIZE(paths); p++)
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			wire_ask(&w, &r, &(struct ask){.path = paths[p], .auth = cases[i].auth,
				.form = "token=made-up"});
			assert_int_equal(r.status, cases[i].status);
			assert_true(span_is(reply_str(&r, "error"), cases[i].error));
			if (r.status == 401)
				assert_true(reply_has(&r, "WWW-Authenticate", "Basic realm="));
			reply_release(&r);
		}
	world_stop(&w);

	world_start(&w, &wrong);
	check_auth(&w, AS_BASIC, 401);
	check_auth(&w, AS_POST, 401);
	assert_int_equal(userinfo_status(&w, access_of(&w)), 200);
	world_stop(&w);
}

/* Characters that Basic must encode (RFC 6749 §2.3.1), and a server that does not decode. */
static void
test_reserved_characters(void **state)
{
	static const struct scenario good = {.name = "good", .secret_tail = ":/+%@ #!&=?\"\\~"};
	static const struct scenario lax = {.name = "lax", .secret_tail = "+/%:",
		.quirks = QUIRK_RAW_BASIC};
	struct world w;

	(void)state;
	world_start(&w, &good);
	assert_int_equal(introspect_active(&w, access_of(&w)), 1);
	check_auth(&w, AS_POST, 200);
	check_auth(&w, AS_RAW_BASIC, 401);
	world_stop(&w);

	world_start(&w, &lax);
	check_auth(&w, AS_BASIC, 401);
	check_auth(&w, AS_POST, 200);
	check_auth(&w, AS_RAW_BASIC, 200);
	world_stop(&w);
}

static void
test_bad_requests(void **state)
{
	static const struct {
		struct ask ask;
		long status;
		const char *name, *part; /* a header and what it holds */
	} cases[] = {
		{{.path = "/introspect"}, 405, "Allow", "POST"},
		{{.path = "/token"}, 405, "Allow", "POST"},
		{{.path = "/jwks", .form = "a=b"}, 405, "Allow", "GET"},
		{{.path = "/introspect", .auth = AS_BASIC, .form = "x=y"}, 400,
			"Content-Type", "json"},
		{{.path = "/introspect", .auth = AS_BASIC, .form = "token="}, 400,
			"Content-Type", "json"},
		{{.path = "/introspect", .auth = AS_BASIC, .form = "{}",
			.type = "application/json"}, 415, "Content-Type", "json"},
		{{.path = "/nothing-here"}, 404, "Content-Type", "text/plain"},
		{{.path = "/userinfo", .method = "DELETE"}, 405, "Allow", "GET, HEAD, POST"},
		{{.path = "/token", .auth = AS_BASIC, .form = "grant_type=password"}, 400,
			"Cache-Control", "no-store"},
		{{.path = "/token", .auth = AS_BASIC, .form = "grant_type=refresh_token"}, 400,
			"Cache-Control", "no-store"},
	};
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, &plain);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		wire_ask(&w, &r, &cases[i].ask);
		assert_int_equal(r.status, cases[i].status);
		assert_true(reply_has(&r, cases[i].name, cases[i].part));
		assert_true(reply_has(&r, "Date", "GMT"));
		reply_release(&r);
	}
	assert_int_equal(demo_microhttpd.served(w.srv), ARRAY_SIZE(cases));
	world_stop(&w);
}

/* --- user information (RFC 6750) --- */

static void
test_userinfo(void **state)
{
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, &plain);
	wire_ask(&w, &r, &(struct ask){.path = "/userinfo", .bearer = access_of(&w),
		.form = "x=y"}); /* POST, token in the header */
	assert_int_equal(r.status, 200);
	reply_release(&r);
	wire_ask(&w, &r, &(struct ask){.path = "/userinfo",
		.form = form2("access_token", access_of(&w), NULL)});
	assert_int_equal(r.status, 200);
	reply_release(&r);
	wire_ask(&w, &r, &(struct ask){.path = "/userinfo", .bearer = access_of(&w),
		.form = form2("access_token", access_of(&w), NULL)});
	assert_int_equal(r.status, 400);
	assert_true(reply_has(&r, "WWW-Authenticate", "error=\"invalid_request\""));
	reply_release(&r);
	/* Nothing shown: a challenge without an error (RFC 6750 §3.1). */
	wire_ask(&w, &r, &(struct ask){.path = "/userinfo"});
	assert_int_equal(r.status, 401);
	assert_true(reply_has(&r, "WWW-Authenticate", "Bearer realm="));
	assert_false(reply_has(&r, "WWW-Authenticate", "error"));
	reply_release(&r);
	ask_userinfo(&w, &r, SPAN_LIT("made-up"));
	assert_int_equal(r.status, 401);
	assert_true(reply_has(&r, "WWW-Authenticate", "error=\"invalid_token\""));
	reply_release(&r);
	assert_int_equal(userinfo_status(&w, refresh_of(&w)), 401);
	world_stop(&w);
}

/* The API on the server's own origin: audience and scope are looked at, and told (RFC 9728). */
static void
test_api(void **state)
{
	static const struct scenario other = {.name = "other", .api = true,
		.audience = "https://billing.example/api"};
	static const struct scenario poor = {.name = "poor", .api = true, .scope = "openid"};
	struct world w;
	struct reply r, meta;
	char *url;

	(void)state;
	world_start(&w, &plain);
	wire_ask(&w, &r, &(struct ask){.path = "/api/me", .bearer = access_of(&w)});
	assert_int_equal(r.status, 200);
	reply_release(&r);
	world_stop(&w);

	world_start(&w, &other);
	assert_true(w.client.resource_url[0] != '\0');
	assert_false(span_starts(span_of(w.client.resource_url), w.base));
	wire_ask(&w, &r, &(struct ask){.url = w.client.resource_url, .bearer = access_of(&w)});
	assert_int_equal(r.status, 401);
	assert_true(reply_has(&r, "WWW-Authenticate", "resource_metadata="));
	reply_release(&r);
	url = xasprintf("%.*s/.well-known/oauth-protected-resource/api",
		(int)(strlen(w.client.resource_url) - strlen("/api/me")), w.client.resource_url);
	wire_ask(&w, &meta, &(struct ask){.url = url});
	assert_int_equal(meta.status, 200);
	assert_true(span_ends(reply_str(&meta, "resource"), "/api"));
	reply_release(&meta);
	free(url);
	/* Only the issuer has the protocol's endpoints, only the API its own. */
	assert_int_equal(userinfo_status(&w, access_of(&w)), 200);
	wire_ask(&w, &r, &(struct ask){.path = "/api/me", .bearer = access_of(&w)});
	assert_int_equal(r.status, 404);
	reply_release(&r);
	world_stop(&w);

	world_start(&w, &poor);
	wire_ask(&w, &r, &(struct ask){.url = w.client.resource_url, .bearer = access_of(&w)});
	assert_int_equal(r.status, 403);
	assert_true(reply_has(&r, "WWW-Authenticate", "scope=\"profile\""));
	reply_release(&r);
	world_stop(&w);
}

/* --- refresh and revocation --- */

static void
test_rotation(void **state)
{
	struct world w;
	struct reply one, two, again;

	(void)state;
	world_start(&w, &plain);
	ask_refresh(&w, &one, refresh_of(&w), NULL);
	assert_int_equal(one.status, 200);
	assert_true(reply_has(&one, "Cache-Control", "no-store"));
	assert_true(span_is(reply_str(&one, "token_type"), "Bearer"));
	assert_true(reply_str(&one, "id_token").n > 0);
	assert_false(span_eq(reply_str(&one, "refresh_token"), refresh_of(&w)));
	assert_int_equal(introspect_active(&w, reply_str(&one, "access_token")), 1);
	assert_int_equal(introspect_active(&w, access_of(&w)), 1); /* the old one lives on */
	ask_refresh(&w, &two, reply_str(&one, "refresh_token"), "&scope=openid");
	assert_int_equal(two.status, 200);
	assert_true(span_is(reply_str(&two, "scope"), "openid"));
	assert_int_equal(userinfo_status(&w, reply_str(&two, "access_token")), 200);

	/* The first refresh token a second time: the family dies (RFC 9700 §4.14.2). */
	ask_refresh(&w, &again, refresh_of(&w), NULL);
	assert_int_equal(again.status, 400);
	assert_true(span_is(reply_str(&again, "error"), "invalid_grant"));
	reply_release(&again);
	assert_int_equal(introspect_active(&w, access_of(&w)), 0);
	assert_int_equal(introspect_active(&w, reply_str(&one, "access_token")), 0);
	assert_int_equal(userinfo_status(&w, reply_str(&two, "access_token")), 401);
	ask_refresh(&w, &again, reply_str(&two, "refresh_token"), NULL);
	assert_int_equal(again.status, 400);
	assert_true(span_is(reply_str(&again, "error"), "invalid_grant"));
	reply_release(&again);
	reply_release(&one);
	reply_release(&two);
	world_stop(&w);
}

static void
test_scope_of_refresh(void **state)
{
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, &plain);
	ask_refresh(&w, &r, refresh_of(&w), "&scope=openid+admin");
	assert_int_equal(r.status, 400);
	assert_true(span_is(reply_str(&r, "error"), "invalid_scope"));
	reply_release(&r);
	/* A refused request does not use the token up. */
	ask_refresh(&w, &r, refresh_of(&w), "&scope=openid+email");
	assert_int_equal(r.status, 200);
	assert_true(span_is(reply_str(&r, "scope"), "openid email"));
	reply_release(&r);
	ask_refresh(&w, &r, access_of(&w), NULL); /* an access token refreshes nothing */
	assert_int_equal(r.status, 400);
	reply_release(&r);
	world_stop(&w);
}

static void
test_client_credentials(void **state)
{
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, &plain);
	wire_ask(&w, &r, &(struct ask){.path = "/token", .auth = AS_POST,
		.form = "grant_type=client_credentials&scope=openid"});
	assert_int_equal(r.status, 200);
	assert_true(reply_str(&r, "access_token").n > 0);
	assert_int_equal(reply_str(&r, "refresh_token").n, 0);
	assert_int_equal(introspect_active(&w, reply_str(&r, "access_token")), 1);
	assert_int_equal(userinfo_status(&w, reply_str(&r, "access_token")), 401);
	reply_release(&r);
	world_stop(&w);
}

static void
revoke_token(const struct world *w, struct span token)
{
	struct reply r;

	wire_ask(w, &r, &(struct ask){.path = "/revoke", .auth = AS_BASIC,
		.form = form2("token", token, NULL)});
	assert_int_equal(r.status, 200);
	reply_release(&r);
}

static void
test_revocation(void **state)
{
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, &plain);
	revoke_token(&w, SPAN_LIT("made-up")); /* no error (RFC 7009 §2.2) */
	assert_int_equal(introspect_active(&w, access_of(&w)), 1);
	revoke_token(&w, access_of(&w));
	assert_int_equal(introspect_active(&w, access_of(&w)), 0);
	assert_int_equal(userinfo_status(&w, access_of(&w)), 401);
	ask_refresh(&w, &r, refresh_of(&w), NULL); /* the grant lives */
	assert_int_equal(r.status, 200);
	assert_int_equal(userinfo_status(&w, reply_str(&r, "access_token")), 200);
	revoke_token(&w, reply_str(&r, "refresh_token"));
	assert_int_equal(userinfo_status(&w, reply_str(&r, "access_token")), 401);
	reply_release(&r);
	world_stop(&w);
}

/* --- clock --- */

static void
test_clock(void **state)
{
	static const struct scenario behind = {.name = "behind", .skew_s = -300, .left_s = 240};
	struct world w;
	struct reply r;
	int64_t exp = 0;
	enum num_form form;

	(void)state;
	world_start(&w, &plain);
	assert_int_equal(introspect_active(&w, access_of(&w)), 1);
	world_set_ahead(3400); /* the clock is injected */
	assert_int_equal(introspect_active(&w, access_of(&w)), 0);
	ask_userinfo(&w, &r, access_of(&w));
	assert_int_equal(r.status, 401);
	assert_true(reply_has(&r, "WWW-Authenticate", "expired"));
	reply_release(&r);
	world_set_ahead(0);
	world_set_ahead(1767225600 - world_now()); /* Thu, 01 Jan 2026 00:00:00 GMT */
	wire_ask(&w, &r, &(struct ask){.path = "/jwks"});
	assert_true(reply_has(&r, "Date", "Thu, 01 Jan 2026 00:00:"));
	reply_release(&r);
	world_set_ahead(0);
	world_stop(&w);

	world_start(&w, &behind);
	ask_introspect(&w, &r, access_of(&w));
	assert_int_equal(reply_active(&r), 1);
	assert_true(json_to_i64(json_get(r.doc, "exp"), &exp, &form));
	assert_true(exp < world_now()); /* expired for us, not for the server */
	reply_release(&r);
	world_stop(&w);
}

/* --- the process --- */

/* Is 127.0.0.1:port, and that address alone, among the listening sockets? */
static void
check_loopback(int port)
{
	static const char *const files[] = {"/proc/net/tcp", "/proc/net/tcp6"};
	char line[512], local[80], hex[8];
	unsigned st;
	int found = 0;

	snprintf(hex, sizeof(hex), ":%04X", (unsigned)port);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		FILE *f = fopen(files[i], "r");

		if (!f)
			continue;
		while (fgets(line, sizeof(line), f)) {
			if (sscanf(line, " %*d: %79s %*s %x", local, &st) != 2 || st != 0x0A)
				continue;
			if (!span_ends(span_of(local), hex))
				continue;
			assert_int_equal(i, 0);
			assert_true(span_is(span_sub(span_of(local), 0, 8), "0100007F"));
			found++;
		}
		fclose(f);
	}
	assert_int_equal(found, 1);
}

static void
test_loopback_only(void **state)
{
	struct world w;

	(void)state;
	world_start(&w, &plain);
	check_loopback(demo_microhttpd.port(w.srv));
	world_stop(&w);
}

static int
count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void
test_no_leaks(void **state)
{
	static const struct scenario all = {.name = "all", .api = true, .delay_ms = 1,
		.wreck = WRECK_CLOSED_PORT, .wreck_at = AT_USERINFO};
	struct world w;
	int before = 0;

	(void)state;
	for (int i = 0; i < 51; i++) {
		if (i == 1)
			before = count_fds(); /* after what is opened once */
		world_start(&w, i % 2 ? &all : &plain);
		if (i % 10 == 0)
			assert_int_equal(introspect_active(&w, access_of(&w)), 1);
		world_stop(&w);
	}
	assert_int_equal(count_fds(), before);
}

/* What cannot start says why, and nothing stays behind. */
static void
test_start_refused(void **state)
{
	struct demo_config cfg = {.scenario = &plain, .crypto = &crypto_openssl,
		.now_s = world_now};
	struct demo_client c;
	struct err e = ERR_INIT;
	struct world w;
	int before;

	(void)state;
	world_start(&w, &plain);
	before = count_fds();
	assert_null(demo_microhttpd.start(&cfg, &c, &e)); /* no randomness */
	assert_int_equal(e.code, RES_UNSUPPORTED);
	cfg.fill_random = world_random;
	cfg.port = demo_microhttpd.port(w.srv); /* taken */
	assert_null(demo_microhttpd.start(&cfg, &c, &e));
	assert_int_equal(e.code, RES_REFUSED);
	assert_non_null(strstr(e.text, "127.0.0.1"));
	assert_null(c.access_token);
	assert_int_equal(count_fds(), before);
	world_stop(&w);
}

/* max_seconds: it stops to listen by itself. */
static void
test_ends_by_itself(void **state)
{
	struct demo_config cfg = {.scenario = &plain, .crypto = &crypto_openssl, .now_s = world_now,
		.fill_random = world_random, .max_seconds = 1};
	struct world w;
	struct reply r;
	struct err e = ERR_INIT;
	CURLcode code = CURLE_OK;

	(void)state;
	w.srv = demo_microhttpd.start(&cfg, &w.client, &e);
	assert_non_null(w.srv);
	snprintf(w.base, sizeof(w.base), "http://127.0.0.1:%d", demo_microhttpd.port(w.srv));
	/* a request that is under way then is cut off; the next one finds nobody */
	for (int i = 0; i < 400 && code != CURLE_COULDNT_CONNECT; i++) {
		wire_ask(&w, &r, &(struct ask){.path = "/jwks"});
		code = r.code;
		reply_release(&r);
		poll(NULL, 0, 25);
	}
	assert_int_equal(code, CURLE_COULDNT_CONNECT);
	world_stop(&w);
}

static void
test_stops_while_it_holds_an_answer(void **state)
{
	static const struct scenario slow = {.name = "slow", .wreck = WRECK_SLOW,
		.wreck_at = AT_USERINFO, .delay_ms = 600000};
	struct world w;
	struct reply r;

	(void)state;
	world_start(&w, &slow);
	wire_ask(&w, &r, &(struct ask){.path = "/userinfo", .bearer = access_of(&w),
		.timeout_ms = 300});
	assert_int_equal(r.code, CURLE_OPERATION_TIMEDOUT);
	reply_release(&r);
	/* Others are served meanwhile. */
	assert_int_equal(introspect_active(&w, access_of(&w)), 1);
	world_stop(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_discovery),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_everything_is_random),
		cmocka_unit_test(test_introspection),
		cmocka_unit_test(test_client_authentication),
		cmocka_unit_test(test_reserved_characters),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_userinfo),
		cmocka_unit_test(test_api),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_scope_of_refresh),
		cmocka_unit_test(test_client_credentials),
		cmocka_unit_test(test_revocation),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_loopback_only),
		cmocka_unit_test(test_no_leaks),
		cmocka_unit_test(test_start_refused),
		cmocka_unit_test(test_ends_by_itself),
		cmocka_unit_test(test_stops_while_it_holds_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
