#include "demo/endpoints.h"

#include "unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"

static struct rng seeded;

static void
fill(void *p, size_t n)
{
	rng_fill(&seeded, p, n);
}

static int64_t
now_s(void)
{
	return 1767225600;
}

static const struct crypto_ops *
load(void)
{
	return &crypto_openssl;
}

static void
open_store(struct store *s, const struct scenario *sc, struct demo_client *client)
{
	struct demo_config cfg = {.scenario = sc, .crypto = &crypto_openssl, .fill_random = fill,
		.now_s = now_s};
	struct err e = ERR_INIT;

	crypto_set_loader(load);
	rng_init_seeded(&seeded, 7);
	store_init(s, &cfg);
	snprintf(s->origin, sizeof(s->origin), "http://127.0.0.1:1");
	snprintf(s->api_origin, sizeof(s->api_origin), "http://127.0.0.1:2");
	assert_int_equal(store_fill(s, &e), RES_OK);
	assert_int_equal(demo_give(s, client, &e), RES_OK);
}

/* One call; the body is a form.  Gives the status, and the response if out is not NULL. */
static int
call(struct store *s, const char *method, const char *path, const char *auth, const char *form,
	struct http_response *out)
{
	struct http_request req;
	struct http_response res;
	struct demo_call c = {.s = s, .req = &req, .res = out ? out : &res};
	int status;

	http_request_init(&req);
	http_response_init(c.res);
	http_request_set(&req, method, span_of(path));
	if (auth)
		http_headers_set(&req.headers, "Authorization", span_of(auth));
	if (form) {
		http_headers_set(&req.headers, "Content-Type",
			SPAN_LIT("application/x-www-form-urlencoded"));
		buf_puts(&req.body, form);
	}
	demo_answer(&c);
	status = c.res->status;
	http_request_release(&req);
	if (!out)
		http_response_release(&res);
	return status;
}

/* "more&client_id=…&client_secret=…" (nothing in it must be encoded here). */
static char *
as_client(const struct store *s, const char *more)
{
	return xasprintf("%s&client_id=%s&client_secret=%.*s", more, s->client_id,
		SPAN_ARG(secret_reveal(s->client_secret)));
}

/* Thousands of tokens: the oldest go, the newest work, memory stays bounded. */
static void
test_bounded(void **state)
{
	static const struct scenario sc = {.name = "opaque", .opaque = true};
	struct demo_client client;
	struct http_response r;
	struct store s;
	struct json *doc;
	char *form, *bearer;

	(void)state;
	open_store(&s, &sc, &client);
	form = as_client(&s, "grant_type=client_credentials&scope=profile");
	bearer = xasprintf("Bearer %s", secret_reveal(client.access_token).p);
	assert_int_equal(call(&s, "GET", "/userinfo", bearer, NULL, NULL), 200);
	for (int i = 0; i < 2 * STORE_TOKENS_MAX; i++) {
		assert_int_equal(call(&s, "POST", "/token", NULL, form, NULL), 200);
		assert_true(s.n_tokens <= STORE_TOKENS_MAX);
		assert_true(s.n_grants <= STORE_TOKENS_MAX);
	}
	assert_int_equal(call(&s, "GET", "/userinfo", bearer, NULL, NULL), 401); /* long gone */
	free(bearer);
	assert_int_equal(call(&s, "POST", "/token", NULL, form, &r), 200);
	assert_int_equal(json_parse(&doc, buf_span(&r.body), NULL), RES_OK);
	bearer = xasprintf("Bearer %.*s", SPAN_ARG(json_get_str(doc, "access_token")));
	assert_int_equal(call(&s, "GET", "/api/me", bearer, NULL, NULL), 200);
	json_free(doc);
	http_response_release(&r);
	free(form);
	free(bearer);
	demo_client_release(&client);
	store_release(&s);
}

/* A refresh while the store is full: the row that is exchanged is not dropped under it. */
static void
test_refresh_when_full(void **state)
{
	static const struct scenario sc = {.name = "opaque", .opaque = true};
	struct demo_client client;
	struct store s;
	char *form, *more;

	(void)state;
	open_store(&s, &sc, &client);
	form = as_client(&s, "grant_type=client_credentials");
	while (s.n_tokens < STORE_TOKENS_MAX - 1)
		assert_int_equal(call(&s, "POST", "/token", NULL, form, NULL), 200);
	free(form);
	more = xasprintf("grant_type=refresh_token&refresh_token=%s",
		secret_reveal(client.refresh_token).p);
	form = as_client(&s, more);
	assert_int_equal(call(&s, "POST", "/token", NULL, form, NULL), 400); /* dropped: unknown */
	free(form);
	free(more);
	demo_client_release(&client);
	store_release(&s);
}

static void
mangle(char *text, size_t n)
{
	static const char bytes[] = "&=%:;+\"\\ \t\xc3\xff/.-_~AZaz09";

	for (uint32_t k = rng_below(&seeded, 5); k > 0; k--)
		text[rng_below(&seeded, (uint32_t)n)] =
			bytes[rng_below(&seeded, sizeof(bytes) - 1)];
}

/* Whatever arrives gets an answer, and nothing but the real credentials opens anything. */
static void
test_any_request_is_answered(void **state)
{
	static const struct scenario sc = {.name = "plain", .opaque = true};
	static const char *const methods[] = {"GET", "POST", "HEAD", "PUT", "OPTIONS"};
	static const char *const paths[] = {"/introspect", "/token", "/revoke", "/userinfo",
		"/api/me", "/jwks", "/.well-known/openid-configuration", "/login", "/authorize", "/"};
	static const char *const auths[] = {"Bearer abcdefghij", "Basic YWJjOmRlZg==", "Basic ====",
		"DPoP abc", "Bearer", "Basic Og==", "bearer  x"};
	static const char *const forms[] = {"grant_type=refresh_token&refresh_token=abc",
		"token=abc&client_id=x&client_secret=y",
		"grant_type=client_credentials&scope=openid",
		"access_token=abc", "token=%%%&token=&=&&"};
	struct demo_client client;
	struct store s;
	char auth[40], form[80];

	(void)state;
	open_store(&s, &sc, &client);
	for (int i = 0; i < 20000; i++) {
		const char *path = paths[rng_below(&seeded, ARRAY_SIZE(paths))];
		int status;

		snprintf(auth, sizeof(auth), "%s", auths[rng_below(&seeded, ARRAY_SIZE(auths))]);
		snprintf(form, sizeof(form), "%s", forms[rng_below(&seeded, ARRAY_SIZE(forms))]);
		mangle(auth, strlen(auth));
		mangle(form, strlen(form));
		status = call(&s, methods[rng_below(&seeded, ARRAY_SIZE(methods))], path,
			rng_below(&seeded, 3) ? auth : NULL,
			rng_below(&seeded, 3) ? form : NULL, NULL);
		assert_in_range(status, 200, 499);
		if (status == 200)
			assert_true(strstr(path, "jwks") || strstr(path, "well-known") ||
				strstr(path, "login"));
	}
	assert_int_equal(s.n_tokens, 2);
	demo_client_release(&client);
	store_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_refresh_when_full),
		cmocka_unit_test(test_any_request_is_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
