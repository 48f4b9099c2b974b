#include "call.h"

#include "unit.h"

#include "base/mem.h"

static uint32_t
below(uint32_t n)
{
	uint32_t v;

	desk_random(&v, sizeof(v));
	return v % n;
}

/* Thousands of tokens: the oldest go, the newest work, memory stays bounded. */
static void
test_bounded(void **state)
{
	static const struct scenario sc = {.name = "opaque", .opaque = true};
	const struct call ask = {.path = "/token", .as_client = true,
		.form = "grant_type=client_credentials&scope=profile"};
	struct desk d;
	struct answer a;
	char *bearer;

	(void)state;
	desk_open(&d, &sc);
	bearer = xasprintf("Bearer %s", secret_reveal(d.client.access_token).p);
	assert_int_equal(desk_status(&d, &(struct call){.path = "/userinfo", .auth = bearer}, NULL),
		200);
	for (int i = 0; i < 2 * STORE_TOKENS_MAX; i++) {
		assert_int_equal(desk_status(&d, &ask, NULL), 200);
		assert_true(d.s.n_tokens <= STORE_TOKENS_MAX);
		assert_true(d.s.n_grants <= STORE_TOKENS_MAX);
	}
	assert_int_equal(desk_status(&d, &(struct call){.path = "/userinfo", .auth = bearer}, NULL),
		401); /* long gone */
	free(bearer);
	desk_call(&d, &ask, &a);
	assert_int_equal(a.status, 200);
	bearer = xasprintf("Bearer %.*s", SPAN_ARG(answer_str(&a, "access_token")));
	answer_release(&a);
	assert_int_equal(desk_status(&d, &(struct call){.path = "/api/me", .auth = bearer}, NULL),
		200);
	free(bearer);
	desk_close(&d);
}

/* A refresh while the store is full: the row that is exchanged is not dropped under it. */
static void
test_refresh_when_full(void **state)
{
	static const struct scenario sc = {.name = "opaque", .opaque = true};
	struct desk d;
	char *form;

	(void)state;
	desk_open(&d, &sc);
	while (d.s.n_tokens < STORE_TOKENS_MAX - 1)
		assert_int_equal(desk_status(&d, &(struct call){.path = "/token",
			.form = "grant_type=client_credentials", .as_client = true}, NULL), 200);
	form = xasprintf("grant_type=refresh_token&refresh_token=%s",
		secret_reveal(d.client.refresh_token).p);
	assert_int_equal(desk_status(&d, &(struct call){.path = "/token", .form = form,
		.as_client = true}, "invalid_grant"), 400); /* dropped: unknown */
	free(form);
	desk_close(&d);
}

static void
mangle(char *text, size_t n)
{
	static const char bytes[] = "&=%:;+\"\\ \t\xc3\xff/.-_~AZaz09";

	for (uint32_t k = below(5); k > 0; k--)
		text[below((uint32_t)n)] =
			bytes[below(sizeof(bytes) - 1)];
}

/* Whatever arrives gets an answer, and nothing but the real credentials opens anything. */
static void
test_any_request_is_answered(void **state)
{
	static const struct scenario sc = {.name = "plain", .opaque = true};
	static const char *const methods[] = {"GET", "POST", "HEAD", "PUT", "OPTIONS"};
	static const char *const paths[] = {"/introspect", "/token", "/revoke", "/userinfo",
		"/api/me", "/jwks", "/.well-known/openid-configuration", "/login", "/authorize", "/",
		"/consent", "/par", "/device_authorization", "/device"};
	static const char *const auths[] = {"Bearer abcdefghij", "Basic YWJjOmRlZg==", "Basic ====",
		"DPoP abc", "Bearer", "Basic Og==", "bearer  x"};
	static const char *const forms[] = {"grant_type=refresh_token&refresh_token=abc",
		"token=abc&client_id=x&client_secret=y",
		"grant_type=client_credentials&scope=openid",
		"access_token=abc", "token=%%%&token=&=&&",
		"response_type=code&client_id=x&redirect_uri=http://127.0.0.1:1/&prompt=none",
		"grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=abc",
		"user_code=BCDF-GHJK&request=abc&request_uri=urn:x",
		"client_assertion=a.b.c&client_assertion_type=x&grant_type=refresh_token"};
	static const char *const proofs[] = {"a.b.c", "eyJ.eyJ.eyJ", "eyJhIjoxfQ.eyJhIjoxfQ.AAAA"};
	struct desk d;
	char auth[40], form[120], dpop[40];

	(void)state;
	desk_open(&d, &sc);
	for (int i = 0; i < 20000; i++) {
		const char *path = paths[below(ARRAY_SIZE(paths))];
		int status;

		snprintf(auth, sizeof(auth), "%s", auths[below(ARRAY_SIZE(auths))]);
		snprintf(form, sizeof(form), "%s", forms[below(ARRAY_SIZE(forms))]);
		snprintf(dpop, sizeof(dpop), "%s", proofs[below(ARRAY_SIZE(proofs))]);
		mangle(auth, strlen(auth));
		mangle(form, strlen(form));
		mangle(dpop, strlen(dpop));
		status = desk_status(&d, &(struct call){.path = path,
			.method = methods[below(ARRAY_SIZE(methods))],
			.auth = below(3) ? auth : NULL, .form = below(3) ? form : NULL,
			.query = below(2) ? form : NULL, .dpop = below(4) ? NULL : dpop}, NULL);
		assert_in_range(status, 200, 499);
		if (status == 200)
			assert_true(strstr(path, "jwks") || strstr(path, "well-known") ||
				strstr(path, "login") || strcmp(path, "/device") == 0);
	}
	assert_int_equal(d.s.n_tokens, 2);
	desk_close(&d);
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
