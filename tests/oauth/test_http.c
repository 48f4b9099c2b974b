#include "unit.h"

#include "base/limits.h"
#include "oauth/http.h"

static void
test_headers(void **state)
{
	struct http_headers h = {0};
	struct span v;
	char type[64];
	int i;

	(void)state;
	assert_int_equal(http_headers_add(&h, SPAN_LIT("Content-Type"),
				 SPAN_LIT(" Application/JSON; charset=utf-8 ")),
		RES_OK);
	assert_int_equal(
		http_headers_add(&h, SPAN_LIT("WWW-Authenticate"), SPAN_LIT("Bearer")), RES_OK);
	assert_int_equal(
		http_headers_add(&h, SPAN_LIT("www-authenticate"), SPAN_LIT("DPoP")), RES_OK);
	assert_true(span_is(http_header(&h, "content-TYPE"), "Application/JSON; charset=utf-8"));
	assert_string_equal(http_media_type(&h, type, sizeof(type)), "application/json");
	assert_string_equal(http_media_type(&h, type, 6), "appli");
	assert_int_equal(http_header_count(&h, "WWW-Authenticate"), 2);
	assert_true(http_header_at(&h, "WWW-Authenticate", 1, &v) && span_is(v, "DPoP"));
	assert_false(http_header_at(&h, "WWW-Authenticate", 2, &v));
	assert_false(http_has_header(&h, "Date"));
	assert_int_equal(http_header(&h, "Date").n, 0);
	assert_int_equal(http_headers_add(&h, SPAN_LIT("X"), SPAN_LIT("a\r\nb")), RES_SYNTAX);
	assert_int_equal(http_headers_add(&h, SPAN_LIT("X"), SPAN_LIT("a\0b")), RES_SYNTAX);
	assert_int_equal(http_headers_add(&h, SPAN_LIT("X Y"), SPAN_LIT("a")), RES_SYNTAX);
	assert_int_equal(http_headers_add(&h, SPAN_LIT(""), SPAN_LIT("a")), RES_SYNTAX);
	http_headers_set(&h, "WWW-AUTHENTICATE", SPAN_LIT("Basic"));
	assert_int_equal(http_header_count(&h, "WWW-Authenticate"), 1);
	for (i = 0; h.n < LIMIT_HEADER_COUNT; i++)
		assert_int_equal(http_headers_add(&h, SPAN_LIT("X"), SPAN_LIT("")), RES_OK);
	assert_int_equal(http_headers_add(&h, SPAN_LIT("X"), SPAN_LIT("")), RES_LIMIT);
	http_headers_release(&h);
}

static void
test_retry_after(void **state)
{
	struct http_headers h = {0};

	(void)state;
	assert_int_equal(http_retry_after(&h, 0), -1);
	http_headers_set(&h, "Retry-After", SPAN_LIT("120"));
	assert_int_equal(http_retry_after(&h, 0), 120);
	http_headers_set(&h, "Retry-After", SPAN_LIT("Sat, 31 Jan 2026 11:57:03 GMT"));
	assert_int_equal(http_retry_after(&h, 1769860600), 23);
	assert_int_equal(http_retry_after(&h, 1769860700), 0);
	http_headers_set(&h, "Retry-After", SPAN_LIT("-5"));
	assert_int_equal(http_retry_after(&h, 0), -1);
	http_headers_set(&h, "Retry-After", SPAN_LIT("soon"));
	assert_int_equal(http_retry_after(&h, 0), -1);
	http_headers_release(&h);
}

static void
test_forms(void **state)
{
	struct secret *s = secret_new(SPAN_LIT("p@ss&w=rd"));
	struct buf b, v;

	(void)state;
	buf_init(&b, 1000);
	buf_init(&v, 1000);
	form_add(&b, "token", SPAN_LIT("a+b/c== d"));
	form_add(&b, "scope", SPAN_LIT("openid profile"));
	form_add_secret(&b, "client_secret", s);
	assert_string_equal(buf_str(&b),
		"token=a%2Bb%2Fc%3D%3D+d&scope=openid+profile&client_secret=p%40ss%26w%3Drd");
	assert_true(form_get(buf_span(&b), "token", &v));
	assert_string_equal(buf_str(&v), "a+b/c== d");
	buf_clear(&v);
	assert_true(form_get(buf_span(&b), "client_secret", &v));
	assert_string_equal(buf_str(&v), "p@ss&w=rd");
	assert_false(form_get(buf_span(&b), "tok", &v));
	assert_false(form_get(SPAN_EMPTY, "token", &v));
	buf_clear(&v);
	assert_true(form_get(SPAN_LIT("a&b=1&b=2"), "b", &v));
	assert_string_equal(buf_str(&v), "1");
	buf_release(&b);
	buf_release(&v);
	secret_unref(s);
}

static void
test_body_kind(void **state)
{
	static const struct {
		const char *body;
		enum body_kind kind;
	} kinds[] = {{"", BODY_EMPTY}, {" \r\n", BODY_EMPTY}, {"{\"a\":1}", BODY_JSON},
		{"\n [1]", BODY_JSON}, {"{ active: false }", BODY_JSON}, {"[error] no", BODY_TEXT},
		{"<!DOCTYPE html><html>", BODY_HTML}, {"\n<HTML lang=en>", BODY_HTML},
		{"<?xml version='1.0'?><html xmlns='x'>", BODY_HTML},
		{"<?xml version='1.0'?><error/>", BODY_XML},
		{"<center><h1>502 Bad Gateway</h1>", BODY_HTML}, {"<!-- x --><html>", BODY_HTML},
		{"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", BODY_JWT},
		{"eyJhbGciOiJkaXIifQ..aXY.Y3Q.dGFn", BODY_JWE}, {"eyJhbGciOiJkaXIifQ", BODY_TEXT},
		{"access_token=gho_x&scope=repo%2Cgist&token_type=bearer", BODY_FORM},
		{"error=bad_refresh_token&error_description=The+refresh", BODY_FORM},
		{"\xef\xbb\xbf{}", BODY_BOM}, {"\xff\xfe{", BODY_BOM}, {"\x1f\x8b\x08", BODY_GZIP},
		{"Unauthorized", BODY_TEXT}, {"a = b", BODY_TEXT}, {"\x01\x02\x03", BODY_BINARY},
		{"error code: 1010", BODY_TEXT}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		enum body_kind k = http_body_kind(span_of(kinds[i].body));

		if (k != kinds[i].kind)
			fail_msg("%s: %s", kinds[i].body, body_kind_words(k));
		assert_true(body_kind_words(k)[0] != '\0');
	}
}

static void
test_parse_response(void **state)
{
	struct http_response r;
	struct err e = ERR_INIT;

	(void)state;
	http_response_init(&r);
	assert_int_equal(http_parse_response(&r,
				 SPAN_LIT("HTTP/1.1 401 Not Allowed Here\r\n"
					  "Content-Type: text/plain\r\nX-Folded: a\r\n  "
					  "b\r\nContent-Length: 5\r\n\r\nhello\n"),
				 &e),
		RES_OK);
	assert_int_equal(r.status, 401);
	assert_string_equal(r.version, "1.1");
	assert_string_equal(r.reason, "Not Allowed Here");
	assert_true(span_is(http_header(&r.headers, "X-Folded"), "a b"));
	assert_string_equal(buf_str(&r.body), "hello");
	assert_int_equal(r.body_announced, 5);
	/* bare LF, HTTP/2 as curl -i prints it, no reason; interim and proxy heads before it */
	assert_int_equal(http_parse_response(&r,
				 SPAN_LIT("HTTP/1.1 200 Connection established\r\n\r\n"
					  "HTTP/1.1 100 Continue\n\nHTTP/2 200 \ncontent-type: "
					  "application/json\n\n{\"a\":1}\n"),
				 &e),
		RES_OK);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.version, "2");
	assert_null(r.reason);
	assert_string_equal(buf_str(&r.body), "{\"a\":1}\n");
	assert_int_equal(r.body_announced, -1);
	assert_int_equal(http_header_count(&r.headers, "content-type"), 1);
	/* chunked on the wire, and chunked in the header alone */
	assert_int_equal(http_parse_response(&r,
				 SPAN_LIT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
					  "\r\n4\r\n{\"a\"\r\n3;x=y\r\n:1}\r\n0\r\n\r\n"),
				 &e),
		RES_OK);
	assert_string_equal(buf_str(&r.body), "{\"a\":1}");
	assert_int_equal(http_parse_response(&r,
				 SPAN_LIT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
					  "\r\n{\"a\":1}"),
				 &e),
		RES_OK);
	assert_string_equal(buf_str(&r.body), "{\"a\":1}");
	/* no body at all */
	assert_int_equal(
		http_parse_response(&r, SPAN_LIT("HTTP/1.1 204 No Content\r\n\r\n"), &e), RES_OK);
	assert_int_equal(r.body.len, 0);
	http_response_release(&r);
}

static void
test_parse_response_bad(void **state)
{
	static const char *const bad[] = {"", "hello", "HTTP/1.1\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
		"HTTP/1.1 99 X\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
		"HTTP/1.1 200 OK\r\nA B: c\r\n\r\n"};
	struct http_response r;
	size_t i;

	(void)state;
	http_response_init(&r);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = ERR_INIT;

		if (http_parse_response(&r, span_of(bad[i]), &e) != RES_SYNTAX)
			fail_msg("taken: %s", bad[i]);
		assert_true(e.text[0] != '\0');
	}
	http_response_release(&r);
}

static void
test_parse_request(void **state)
{
	struct http_request r, copy;
	struct err e = ERR_INIT;

	(void)state;
	http_request_init(&r);
	http_request_init(&copy);
	assert_int_equal(http_parse_request(&r,
				 SPAN_LIT("POST /token?x=1 HTTP/1.1\r\nHost: idp.example:8443\r\n"
					  "Content-Length: 3\r\n\r\na=b\r\n"),
				 &e),
		RES_OK);
	assert_string_equal(r.method, "POST");
	assert_string_equal(r.url, "https://idp.example:8443/token?x=1");
	assert_string_equal(buf_str(&r.body), "a=b");
	http_request_copy(&copy, &r);
	http_request_copy(&copy, &copy);
	assert_int_equal(http_parse_request(&r, SPAN_LIT("GET http://x/y\n\n"), &e), RES_OK);
	assert_string_equal(r.url, "http://x/y");
	assert_string_equal(copy.url, "https://idp.example:8443/token?x=1");
	assert_true(span_is(http_header(&copy.headers, "host"), "idp.example:8443"));
	assert_string_equal(buf_str(&copy.body), "a=b");
	assert_int_equal(
		http_parse_request(&r, SPAN_LIT("get /x HTTP/1.1\r\n\r\n"), &e), RES_SYNTAX);
	assert_int_equal(http_parse_request(&r, SPAN_LIT("GET\r\n\r\n"), &e), RES_SYNTAX);
	http_request_set(&r, "HEAD", SPAN_LIT("https://z/"));
	assert_string_equal(r.method, "HEAD");
	http_request_release(&r);
	http_request_release(&copy);
}

static void
test_response_copy(void **state)
{
	struct http_response a, b;

	(void)state;
	http_response_init(&a);
	http_response_init(&b);
	assert_int_equal(
		http_parse_response(&a, SPAN_LIT("HTTP/1.1 500 No\r\nA: b\r\n\r\nx"), NULL),
		RES_OK);
	a.body_too_large = true;
	http_response_copy(&b, &a);
	http_response_release(&a);
	assert_int_equal(b.status, 500);
	assert_string_equal(b.reason, "No");
	assert_true(span_is(http_header(&b.headers, "A"), "b") && b.body_too_large);
	assert_string_equal(buf_str(&b.body), "x");
	assert_int_equal(a.status, 0);
	http_response_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_body_kind),
		cmocka_unit_test(test_parse_response),
		cmocka_unit_test(test_parse_response_bad),
		cmocka_unit_test(test_parse_request),
		cmocka_unit_test(test_response_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
