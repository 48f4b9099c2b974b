/* Errors quoted in prose: what is found, and what is not mistaken for one. */
#include "case/importing.h"

#include "base/mem.h"
#include "case/import-find.h"

static void
codes_and_descriptions(void **state)
{
	static const struct {
		const char *text, *code, *description;
	} rows[] = {
		{"invalid_grant (Session not active)", "invalid_grant", "Session not active"},
		{"Error: [invalid_token] The token expired\n    at x", "invalid_token", "The token expired"},
		{"oauth2: \"invalid_grant\" \"Token is not active\"", "invalid_grant", "Token is not active"},
		{"invalid_grant: expired access/refresh token", "invalid_grant", "expired access/refresh token"},
		{"a=b error=invalid_client error_description=\"Bad secret, really\" c=d", "invalid_client",
			"Bad secret, really"},
		{"{'error': 'invalid_client', 'error_description': 'Bad client'}", "invalid_client", "Bad client"},
		{"invalid_request\nThe parameter is missing", "invalid_request", "The parameter is missing"},
	};
	struct span code;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(find_error_code(span_of(rows[i].text), &code));
		assert_true(span_is(code, rows[i].code));
		assert_true(span_is(find_description(span_of(rows[i].text), code), rows[i].description));
	}
	assert_false(find_error_code(SPAN_LIT("my_invalid_grant_handler and not found"), &code));
	assert_false(find_error_code(SPAN_LIT(""), &code));
}

/* As JavaScript, Python and Ruby print objects; and what is none. */
static void
printed_objects(void **state)
{
	static const struct {
		const char *text, *json;
	} rows[] = {
		{"{ active: false }", "{\"active\":false}"},
		{"{'error': 'it\\'s \"bad\"', 'x': None, 'y': [1, True]}",
			"{\"error\":\"it's \\\"bad\\\"\",\"x\":null,\"y\":[1,true]}"},
		{"{:error=>\"x\", \"n\"=>-5}", "{\"error\":\"x\",\"n\":-5}"},
		{"{error=invalid_token, code=0401} and more", "{\"error\":\"invalid_token\",\"code\":\"0401\"}"},
		{"{ ok: false, a: { b: [Array] } }", "{\"ok\":false,\"a\":{\"b\":[\"Array\"]}}"},
		{"{ not an object }", NULL}, {"{", NULL}, {"{'", NULL}, {"{a:", NULL}, {"{a:(b)}", NULL},
		{"{a:'b\\", NULL},
	};
	struct buf out;

	(void)state;
	buf_init(&out, LIMIT_BODY);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t n;

		buf_clear(&out);
		n = find_relaxed(span_of(rows[i].text), &out);
		assert_int_equal(n > 0, rows[i].json != NULL);
		if (n)
			assert_string_equal(buf_str(&out), rows[i].json);
	}
	buf_clear(&out); /* a NUL is no part of a word, and no blank */
	assert_int_equal(find_relaxed(SPAN_LIT("{a: b\0c}"), &out), 0);
	buf_clear(&out);
	assert_int_equal(find_relaxed(SPAN_LIT("{a:\0 b}"), &out), 0);
	buf_release(&out);
}

static void
statuses(void **state)
{
	(void)state;
	assert_int_equal(find_status(SPAN_LIT("Request failed with status code 401")), 401);
	assert_int_equal(find_status(SPAN_LIT("got 403 Forbidden from it")), 403);
	assert_int_equal(find_status(SPAN_LIT("\"GET /me HTTP/1.1\" 401 12")), 401);
	assert_int_equal(find_status(SPAN_LIT("status=502")), 502);
	assert_int_equal(find_status(SPAN_LIT("HTTP 429: slow down")), 429);
	assert_int_equal(find_status(SPAN_LIT("the 401 people of room 404")), 0);
	assert_int_equal(find_status(SPAN_LIT("1401 times")), 0);
	assert_int_equal(find_status(SPAN_LIT("status 200")), 0);
	assert_int_equal(find_status(SPAN_LIT("Page not found")), 404);
}

static void
failures(void **state)
{
	static const struct {
		const char *text;
		enum net_error error;
	} rows[] = {
		{"x509: certificate signed by unknown authority", NETERR_TLS_UNKNOWN_CA},
		{"curl: (60) SSL certificate problem: certificate has expired", NETERR_TLS_EXPIRED},
		{"certificate verify failed: Hostname mismatch", NETERR_TLS_HOSTNAME},
		{"[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1000)", NETERR_NOT_TLS},
		{"dial tcp: lookup idp on 127.0.0.11:53: no such host", NETERR_DNS},
		{"dial tcp 127.0.0.1:8080: connect: connection refused", NETERR_REFUSED},
		{"dial tcp 192.0.2.1:443: i/o timeout", NETERR_CONNECT_TIMEOUT},
		{"Read timed out. (read timeout=5)", NETERR_READ_TIMEOUT},
		{"Error: read ECONNRESET", NETERR_RESET},
		{"Tunnel connection failed: 407 Proxy Authentication Required", NETERR_PROXY_AUTH},
		{"the certificate on the wall", NETERR_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(import_net_error(span_of(rows[i].text)), rows[i].error);
}

static void
the_host_of_a_failure(void **state)
{
	struct import im;

	(void)state;
	take(&im, "Error: getaddrinfo ENOTFOUND idp.internal\n    at GetAddrInfoReqWrap");
	assert_string_equal(im.x[0]->request.url, "https://idp.internal/");
	import_release(&im);
	take(&im, "Get \"https://idp.example/userinfo\": dial tcp: lookup idp.example: no such host");
	assert_string_equal(im.x[0]->request.url, "https://idp.example/userinfo");
	assert_int_equal(im.x[0]->purpose, PURPOSE_USERINFO);
	import_release(&im);
}

static void
tokens_in_texts(void **state)
{
	struct import im;

	(void)state;
	take(&im, "my token is " JWT ", see you");
	assert_true(token_is(&im, SLOT_ACCESS, JWT));
	import_release(&im);
	take(&im, "access_token=at-0123456789abcdef&refresh_token=rt-0123456789abcdef in the log");
	assert_true(token_is(&im, SLOT_ACCESS, "at-0123456789abcdef"));
	assert_true(token_is(&im, SLOT_REFRESH, "rt-0123456789abcdef"));
	import_release(&im);
	take(&im, "the access token " JWT " and refresh_token=rt-0123456789abcdef: neither works.");
	assert_true(token_is(&im, SLOT_ACCESS, JWT));
	assert_true(token_is(&im, SLOT_REFRESH, "rt-0123456789abcdef"));
	import_release(&im);
	take(&im, "invalid_token for Authorization: Bearer eyJhbGciOi...");
	assert_int_equal(im.n_tokens, 0);
	assert_true(noted(&im, "took out"));
	import_release(&im);
	/* the access token that the ID token was given as is still called what the sender called it */
	take(&im, "id_token: " JWT "\n");
	assert_true(token_is(&im, SLOT_ID, JWT) && !token_of(&im, SLOT_ACCESS));
	import_release(&im);
	take(&im, "Here it is, by mail:\n" JWT_HEAD "AA\n" A57 "AAAAA\n" A57 "\nRegards, Ann\n");
	assert_true(token_is(&im, SLOT_ACCESS, JWT_HEAD "AA" A57 "AAAAA" A57));
	import_release(&im);
}

static void
embedded_messages(void **state)
{
	struct import im;

	(void)state;
	take(&im, "Hello,\nwe see this in the proxy's log:\n\nGET /userinfo HTTP/1.1\nHost: idp.example\n\n"
		  "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer\n\nRegards\n");
	assert_int_equal(im.n, 1);
	assert_int_equal(im.x[0]->result.response.status, 401);
	assert_string_equal(im.x[0]->request.url, "https://idp.example/userinfo");
	import_release(&im);
	take(&im, "the answer was 403 with body {\"a\":{\"b\":1}} and then {\"error\":\"insufficient_scope\"}");
	assert_int_equal(im.x[0]->result.response.status, 403);
	assert_string_equal(buf_str(&im.x[0]->result.response.body), "{\"error\":\"insufficient_scope\"}");
	import_release(&im);
	refuse("the user says that it does not work any more since monday", RES_SYNTAX);
	refuse("{\"a\":", RES_SYNTAX);
}

/* The end of a long log is its news. */
static void
long_logs(void **state)
{
	struct import im;
	struct buf log;

	(void)state;
	buf_init(&log, LIMIT_INPUT_FILE);
	(void)buf_puts(&log, "invalid_client (this is long ago)\n");
	while (log.len < 3u << 20)
		(void)buf_puts(&log, "12:00:00 INFO nothing at all happened here, as before\n");
	(void)buf_puts(&log, "12:00:01 ERROR invalid_grant (Session not active)\n");
	take(&im, buf_str(&log));
	assert_true(noted(&im, "only its last"));
	assert_non_null(strstr(buf_str(&im.x[0]->result.response.body), "invalid_grant"));
	import_release(&im);
	buf_release(&log);
}

/* Cut at every byte, and through every encoding's corner: an answer each time (run under sanitizers). */
static void
hostile(void **state)
{
	static const char text[] =
		"{\\\"error\\\":\\\"x\\\"} 401 WWW-Authenticate: 'Bearer error=\"invalid_token\"' https://a.example/?error=x& "
		"error_description=\\\"\xff\xe2\x80 invalid_grant ( eyJhbGciOiJSUzI1NiJ9.e30. AADSTS70008 lookup : ENOTFOUND .";

	(void)state;
	for (size_t from = 0; from < sizeof(text) - 1; from += 7) {
		for (size_t n = 0; n <= sizeof(text) - 1 - from; n++) {
			struct case_file c;
			struct redactor *r;
			struct import im;
			char *copy = xmalloc(n + !n);

			memcpy(copy, text + from, n);
			if (reads(&im, copy, n, n % 2 ? PURPOSE_COUNT : PURPOSE_USERINFO) == RES_OK && n % 16 == 0) {
				case_init(&c);
				r = redactor_new();
				(void)import_apply(&im, &c, r);
				case_release(&c);
				redactor_free(r);
			}
			import_release(&im);
			free(copy);
		}
	}
}

static void
event_logs(void **state)
{
	static const struct {
		const char *text;
		enum purpose purpose;
		const char *code, *words;
	} rows[] = {
		{"WARN [org.keycloak.events] (t) type=\"REFRESH_TOKEN_ERROR\", userId=\"null\", error=\"invalid_token\", "
		 "reason=\"Session not active\", client_auth_method=\"client-secret\"",
			PURPOSE_REFRESH, "invalid_grant", "Session not active"},
		{"[org.keycloak.events] (t) type=USER_INFO_REQUEST_ERROR, userId=null, error=user_disabled, auth_method=x",
			PURPOSE_USERINFO, "invalid_token", "User disabled"},
		{" type=LOGIN, a=b\n type=CODE_TO_TOKEN_ERROR, error=invalid_client_credentials", PURPOSE_TOKEN,
			"invalid_client", "Invalid client credentials"},
		/* an error that only the server's own words tell */
		{" type=USER_INFO_REQUEST_ERROR, error=access_denied", PURPOSE_USERINFO, "invalid_token", ""},
	};
	struct found_event e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(find_event(span_of(rows[i].text), &e));
		assert_int_equal(e.purpose, rows[i].purpose);
		assert_string_equal(e.code, rows[i].code);
		assert_true(span_is(e.words, rows[i].words));
	}
	assert_false(find_event(SPAN_LIT(" type=LOGIN_ERROR, error=user_disabled"), &e));
	assert_false(find_event(SPAN_LIT(" type=REFRESH_TOKEN, clientId=a"), &e));
}

/* As a word processor writes it; a value goes on on the next line, what is behind it does not. */
static void
challenges_of_documents(void **state)
{
	struct import im;

	(void)state;
	take(&im, "WWW-Authenticate: Bearer error=\xe2\x80\x9cinvalid_token\xe2\x80\x9d, "
		  "error_description=\xe2\x80\x9cThe access\ntoken expired\xe2\x80\x9d\nand more");
	assert_int_equal(im.n, 1);
	assert_true(span_is(http_header(&im.x[0]->result.response.headers, "www-authenticate"),
		"Bearer error=\"invalid_token\", error_description=\"The access token expired\""));
	import_release(&im);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_and_descriptions),
		cmocka_unit_test(printed_objects),
		cmocka_unit_test(statuses),
		cmocka_unit_test(failures),
		cmocka_unit_test(the_host_of_a_failure),
		cmocka_unit_test(tokens_in_texts),
		cmocka_unit_test(embedded_messages),
		cmocka_unit_test(long_logs),
		cmocka_unit_test(hostile),
		cmocka_unit_test(event_logs),
		cmocka_unit_test(challenges_of_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
