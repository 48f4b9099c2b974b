#include "unit.h"

#include "oauth/clientauth.h"

static struct http_request
request(void)
{
	struct http_request r;

	http_request_init(&r);
	http_request_set(&r, "POST", SPAN_LIT("https://idp.example/introspect"));
	form_add(&r.body, "token", SPAN_LIT("t"));
	return r;
}

/* Applies a method; gives the Authorization header and the body. */
static enum res
apply(enum client_auth m, const char *id, const char *secret, bool raw, char *header, char *body)
{
	struct http_request r = request();
	struct secret *s = secret ? secret_new(span_of(secret)) : NULL;
	struct client_credentials c = {m, span_of(id), s, raw};
	struct err e = ERR_INIT;
	enum res res = client_auth_apply(&r, &c, &e);

	snprintf(header, 256, "%.*s", SPAN_ARG(http_header(&r.headers, "Authorization")));
	snprintf(body, 256, "%s", buf_str(&r.body));
	if (res != RES_OK)
		assert_true(e.text[0] != '\0');
	http_request_release(&r);
	secret_unref(s);
	return res;
}

static void
test_methods(void **state)
{
	static const struct {
		enum client_auth m;
		const char *id, *secret;
		bool raw;
		enum res res;
		const char *header, *body;
	} t[] = {
		/* RFC 6749 §2.3.1's example, and what must be encoded before base64 */
		{AUTH_BASIC, "s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw", false, RES_OK,
			"Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3", "token=t"},
		{AUTH_BASIC, "urn:resourcex", "p@ss w+rd%", false,
			RES_OK, /* urn%3Aresourcex:p%40ss+w%2Brd%25 */
			"Basic dXJuJTNBcmVzb3VyY2V4OnAlNDBzcyt3JTJCcmQlMjU=", "token=t"},
		{AUTH_BASIC, "urn:resourcex", "secret", true, RES_OK,
			"Basic dXJuOnJlc291cmNleDpzZWNyZXQ=", "token=t"},
		{AUTH_POST, "a b", "x&y=", false, RES_OK, "",
			"token=t&client_id=a+b&client_secret=x%26y%3D"},
		{AUTH_NONE, "pub", NULL, false, RES_OK, "", "token=t&client_id=pub"},
		{AUTH_NONE, "", NULL, false, RES_OK, "", "token=t"},
		{AUTH_UNSET, "s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw", false, RES_OK,
			"Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3", "token=t"},
		{AUTH_UNSET, "pub", NULL, false, RES_OK, "", "token=t&client_id=pub"},
		{AUTH_TLS, "m", NULL, false, RES_OK, "", "token=t&client_id=m"},
		{AUTH_BASIC, "id", NULL, false, RES_UNSUPPORTED, "", "token=t"},
		{AUTH_POST, "id", NULL, false, RES_UNSUPPORTED, "", "token=t"},
		{AUTH_PRIVATE_KEY_JWT, "id", NULL, false, RES_UNSUPPORTED, "", "token=t"},
		{AUTH_SECRET_JWT, "id", "s", false, RES_UNSUPPORTED, "", "token=t"},
	};
	char header[256], body[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		assert_int_equal(
			apply(t[i].m, t[i].id, t[i].secret, t[i].raw, header, body), t[i].res);
		assert_string_equal(header, t[i].header);
		assert_string_equal(body, t[i].body);
	}
}

static void
test_reserved(void **state)
{
	static const struct {
		const char *id, *secret;
		bool reserved;
	} t[] = {{"plain-id_1.2", "s3cret", false}, {"a:b", "s", true}, {"a", "p%", true},
		{"a", "b c", true}, {"a", "x+y", true}, {"user@x", "s", true}, {"a", NULL, false},
		{"a", "\xc3\xa9", true}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		struct secret *s = t[i].secret ? secret_new(span_of(t[i].secret)) : NULL;
		struct client_credentials c = {AUTH_BASIC, span_of(t[i].id), s, false};

		assert_int_equal(client_auth_has_reserved(&c), t[i].reserved);
		secret_unref(s);
	}
}

static void
test_ids(void **state)
{
	enum client_auth a = AUTH_UNSET;
	int i;

	(void)state;
	for (i = AUTH_UNSET + 1; i < AUTH_COUNT; i++) {
		assert_true(client_auth_from_id(span_of(client_auth_id((enum client_auth)i)), &a));
		assert_int_equal(a, i);
	}
	assert_string_equal(client_auth_id(AUTH_UNSET), "");
	assert_false(client_auth_from_id(SPAN_EMPTY, &a));
	assert_false(client_auth_from_id(SPAN_LIT("basic"), &a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
