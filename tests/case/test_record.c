/* Recording: everything is read first, then nothing that was secret is left. */
#include "unit.h"

#include "base/encode.h"
#include "base/redact.h"
#include "case/case.h"

#define AT "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1LTE3In0.c2lnbmF0dXJlLXRoYXQtaXMtc2VjcmV0"
#define RT "r7Kp2mVx9QzL4tWs8YbN1cDfG5hJ0aEu"
#define CS "9f2c71e0d4b86a35ffee"

struct world {
	struct redactor *redactor;
	struct http_request req;
	struct net_result raw;
};

static void
add_header(struct http_headers *h, const char *name, const char *value)
{
	assert_int_equal(http_headers_add(h, span_of(name), span_of(value)), RES_OK);
}

static void
world_init(struct world *w, const char *url, const char *body, const char *response)
{
	w->redactor = redactor_new();
	http_request_init(&w->req);
	net_result_init(&w->raw);
	http_request_set(&w->req, body ? "POST" : "GET", span_of(url));
	if (body)
		(void)buf_puts(&w->req.body, body);
	assert_int_equal(http_parse_response(&w->raw.response, span_of(response), NULL), RES_OK);
	w->raw.sent_wall_us = 1000000;
	w->raw.answered_wall_us = 1040000;
}

static void
world_release(struct world *w)
{
	redactor_free(w->redactor);
	http_request_release(&w->req);
	net_result_release(&w->raw);
}

/* Everything of the exchange that could be shown or saved, in one text. */
static void
dump(const struct exchange *x, struct buf *out)
{
	(void)buf_puts(out, x->request.url);
	for (size_t i = 0; i < x->request.headers.n; i++)
		(void)buf_printf(out, "\n%s: %s", x->request.headers.v[i].name,
			x->request.headers.v[i].value);
	(void)buf_printf(out, "\n%s\n", buf_str(&x->request.body));
	for (size_t i = 0; i < x->result.response.headers.n; i++)
		(void)buf_printf(out, "%s: %s\n", x->result.response.headers.v[i].name,
			x->result.response.headers.v[i].value);
	(void)buf_printf(out, "%s\n", buf_str(&x->result.response.body));
	if (x->answer.doc)
		(void)json_print(x->answer.doc, out, false);
	(void)buf_printf(
		out, "%s %s %s", x->answer.description, x->answer.error_uri, x->result.error_text);
	for (size_t i = 0; i < x->answer.challenges.n; i++) {
		for (size_t k = 0; k < x->answer.challenges.v[i].n_params; k++)
			(void)buf_printf(out, " %s", x->answer.challenges.v[i].params[k].value);
	}
}

static void
assert_clean(const struct exchange *x)
{
	static const char *const secrets[] = {AT, RT, CS, "c2lnbmF0dXJlLXRoYXQtaXMtc2VjcmV0"};
	struct buf all;

	buf_init(&all, 1 << 20);
	dump(x, &all);
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
		if (span_find_str(buf_span(&all), secrets[i]) != SIZE_MAX)
			fail_msg("a secret is left: %s", buf_str(&all));
	}
	buf_release(&all);
}

static void
token_response_is_masked_and_remembered(void **state)
{
	struct world w;
	struct exchange *x;
	struct json *doc;

	(void)state;
	world_init(&w, "https://idp.example/token",
		"grant_type=refresh_token&refresh_token=" RT "&client_id=app&client_secret=" CS,
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: "
		"sid=abcdef0123456789\r\n\r\n"
		"{\"access_token\":\"" AT "\",\"refresh_token\":\"" RT
		"\",\"expires_in\":300,\"scope\":\"openid\"}");
	x = exchange_record(&w.req, &w.raw, STEP_REFRESH, PURPOSE_REFRESH, w.redactor);
	assert_clean(x);
	assert_int_equal(x->answer.outcome, OUTCOME_SUCCESS);
	assert_true(x->answer.has_access_token && x->answer.has_refresh_token);
	assert_int_equal(x->answer.expires_in, 300);
	assert_int_equal(json_parse(&doc, buf_span(&x->result.response.body), NULL), RES_OK);
	assert_true(span_is(json_get_str(doc, "scope"), "openid"));
	json_free(doc);
	assert_int_equal(x->n_tokens, 3);
	assert_string_equal(x->tokens[0].where, "response.access_token");
	assert_int_equal(x->tokens[0].info.kind, TOKEN_JWT);
	assert_string_equal(x->tokens[2].where, "request.token");
	assert_int_equal(x->auth, AUTH_POST);
	assert_string_equal(x->auth_client_id, "app");
	assert_false(x->echoes_token); /* its own refresh token may come back */
	exchange_free(x);
	world_release(&w);
}

/* A server that took the form for JSON, or for a single name, gives it back as a name. */
static void
names_in_an_answer_are_masked(void **state)
{
	struct world w;
	struct exchange *x;

	(void)state;
	world_init(&w, "https://idp.example/introspect", "token=" AT,
		"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n"
		"{\"form\":{\"token=" AT "&client_secret=" CS "\":\"\"},\"" AT "\":[1]}");
	x = exchange_record(&w.req, &w.raw, STEP_VERIFY, PURPOSE_INTROSPECTION, w.redactor);
	assert_clean(x);
	assert_non_null(json_get(x->answer.doc, "form"));
	exchange_free(x);
	world_release(&w);
}

static void
bearer_request_is_masked(void **state)
{
	struct world w;
	struct exchange *x;

	(void)state;
	world_init(&w, "https://idp.example/userinfo?access_token=" AT, NULL,
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\", "
		"error_description=\"bad token " AT "\"\r\n\r\n{\"error\":\"invalid_token\","
		"\"error_description\":\"Invalid access token: " AT "\"}");
	add_header(&w.req.headers, "Authorization", "Bearer " AT);
	x = exchange_record(&w.req, &w.raw, STEP_HANDLE, PURPOSE_USERINFO, w.redactor);
	assert_clean(x);
	assert_true(x->echoes_token);
	assert_string_equal(x->answer.error, "invalid_token");
	assert_true(span_starts(http_header(&x->request.headers, "authorization"), "Bearer "));
	assert_string_equal(x->tokens[0].where, "request.authorization");
	exchange_free(x);
	world_release(&w);
}

/* What is known of the case's own token is taken over, and is what reading it again would give. */
static void
a_known_token_is_taken_over(void **state)
{
	struct world w;
	struct exchange *read, *taken;
	struct case_file c;
	struct case_token *t;
	struct json *a, *b;

	(void)state;
	world_init(&w, "https://idp.example/userinfo", NULL,
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"sub\":\"u-17\"}");
	add_header(&w.req.headers, "Authorization", "Bearer " AT);
	case_init(&c);
	case_give_token(&c, SLOT_ACCESS, SPAN_LIT(AT), "the test");
	t = case_token(&c, SLOT_ACCESS);
	t->sent.sig = SIG_VALID; /* found out since: of the case, not of the exchange */
	snprintf(t->sent.sig_why, sizeof(t->sent.sig_why), "with a key");
	read = exchange_record(&w.req, &w.raw, STEP_HANDLE, PURPOSE_USERINFO, w.redactor);
	taken = exchange_record_known(
		&w.req, &w.raw, STEP_HANDLE, PURPOSE_USERINFO, w.redactor, t);
	assert_clean(taken);
	assert_int_equal(taken->n_tokens, 1);
	a = token_info_to_json(&read->tokens[0].info);
	b = token_info_to_json(&taken->tokens[0].info);
	assert_true(json_same(a, b));
	json_free(a);
	json_free(b);
	exchange_free(read);
	exchange_free(taken);
	/* another token than the request's: it is read */
	case_give_token(&c, SLOT_ACCESS, SPAN_LIT("another-token-0123456789"), "the test");
	taken = exchange_record_known(
		&w.req, &w.raw, STEP_HANDLE, PURPOSE_USERINFO, w.redactor, t);
	assert_int_equal(taken->tokens[0].info.kind, TOKEN_JWT);
	exchange_free(taken);
	case_release(&c);
	world_release(&w);
}

static void
signed_answers_are_masked_and_read(void **state)
{
	struct world w;
	struct exchange *x;

	(void)state;
	world_init(&w, "https://idp.example/userinfo", NULL,
		"HTTP/1.1 200 OK\r\nContent-Type: application/jwt\r\n\r\n" AT);
	x = exchange_record(&w.req, &w.raw, STEP_HANDLE, PURPOSE_USERINFO, w.redactor);
	assert_clean(x);
	assert_true(x->answer.is_signed);
	assert_int_equal(x->answer.kind, BODY_JWT);
	assert_true(span_is(x->answer.claims.sub, "u-17"));
	exchange_free(x);
	world_release(&w);
}

/* A registered value is found wherever it stands, and the claims are read anew after masking. */
static void
claims_survive_masking(void **state)
{
	struct world w;
	struct exchange *x;
	struct secret *opaque = secret_new(SPAN_LIT(RT));

	(void)state;
	world_init(&w, "https://idp.example/introspect", "token=" RT,
		"HTTP/1.1 200 OK\r\n\r\n{\"active\":true,\"sub\":\"u-17\",\"jti\":\"" RT
		"\",\"scope\":\"openid\"}");
	redactor_add(w.redactor, opaque);
	x = exchange_record(&w.req, &w.raw, STEP_VERIFY, PURPOSE_INTROSPECTION, w.redactor);
	assert_clean(x);
	assert_true(span_is(x->answer.claims.sub, "u-17"));
	assert_true(claims_has_scope(&x->answer.claims, "openid"));
	assert_true(x->answer.claims.jti.n > 0 && !span_is(x->answer.claims.jti, RT));
	exchange_free(x);
	secret_unref(opaque);
	world_release(&w);
}

/* What is not touched keeps the server's own bytes, blanks and order. */
static void
untouched_bodies_stay(void **state)
{
	static const char body[] = "{ \"active\" : false ,\n  \"x\":[1, 2.50] }";
	struct world w;
	struct exchange *x;
	char text[200];

	(void)state;
	(void)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n\r\n%s", body);
	world_init(&w, "https://idp.example/introspect", "token=x", text);
	x = exchange_record(&w.req, &w.raw, STEP_VERIFY, PURPOSE_INTROSPECTION, w.redactor);
	assert_string_equal(buf_str(&x->result.response.body), body);
	exchange_free(x);
	world_release(&w);
}

/* What people choose may be a number; what tells something of the answer is none of theirs. */
static void
numbers_under_secret_names_are_masked(void **state)
{
	static const char body[] =
		"HTTP/1.1 200 OK\r\n\r\n{\"active\":true,\"password\":73519,\"a\":[{\"b\":{\"pin\":7352,"
		"\"client_secret\":[73539]}}],\"otp\":\"735499\",\"code\":400,\"exp\":1769860800,"
		"\"token_type\":7,\"passcode\":false}";
	static const char *const gone[] = {"73519", "7352", "73539", "735499"};
	static const char *const kept[] = {"\"code\":400", "\"exp\":1769860800", "\"token_type\":7",
		"\"passcode\":false", "\"pin\":\"[redacted]\"", "\"password\":\"[redacted]\""};
	struct world w;
	struct exchange *x;
	const char *text;

	(void)state;
	world_init(&w, "https://idp.example/introspect", "token=x", body);
	x = exchange_record(&w.req, &w.raw, STEP_VERIFY, PURPOSE_INTROSPECTION, w.redactor);
	text = buf_str(&x->result.response.body);
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		if (strstr(text, gone[i]))
			fail_msg("%s: %s", gone[i], text);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (!strstr(text, kept[i]))
			fail_msg("%s: %s", kept[i], text);
	assert_int_equal(x->answer.claims.exp.at, 1769860800);
	exchange_free(x);
	world_release(&w);
}

static struct exchange *
basic(struct world *w, const char *pair)
{
	struct buf header;
	struct exchange *x;

	world_init(w, "https://idp.example/introspect", "token=x",
		"HTTP/1.1 401 Unauthorized\r\n\r\n");
	buf_init(&header, 1000);
	(void)buf_puts(&header, "Basic ");
	(void)base64_encode(&header, span_of(pair));
	add_header(&w->req.headers, "Authorization", buf_str(&header));
	x = exchange_record(&w->req, &w->raw, STEP_VERIFY, PURPOSE_INTROSPECTION, w->redactor);
	buf_release(&header);
	return x;
}

static void
basic_credentials_are_described(void **state)
{
	static const struct {
		const char *pair, *id;
		bool reserved, raw;
	} cases[] = {
		{"app:" CS, "app", false, false},
		{"app:s%3Acret%2F", "app", true, false},
		{"app:s:cret/", "app", true, true},
		{"urn%3Aapp:secretsecret", "urn:app", true, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world w;
		struct exchange *x = basic(&w, cases[i].pair);

		assert_int_equal(x->auth, AUTH_BASIC);
		assert_string_equal(x->auth_client_id, cases[i].id);
		assert_int_equal(x->auth_has_reserved, cases[i].reserved);
		assert_int_equal(x->auth_raw_basic, cases[i].raw);
		assert_clean(x);
		exchange_free(x);
		world_release(&w);
	}
}

static void
header_forms_are_noted(void **state)
{
	static const struct {
		const char *value;
		enum auth_header_form form;
	} cases[] = {
		{"Bearer abcdefgh", AUTH_HEADER_FINE},
		{"Bearer  abcdefgh", AUTH_HEADER_BLANKS},
		{"Bearerabcdefgh", AUTH_HEADER_NO_BLANK},
		{"Bearer Bearer abcdefgh", AUTH_HEADER_SCHEME_TWICE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world w;
		struct exchange *x;

		world_init(&w, "https://idp.example/userinfo", NULL,
			"HTTP/1.1 401 Unauthorized\r\n\r\n");
		add_header(&w.req.headers, "Authorization", cases[i].value);
		x = exchange_record(&w.req, &w.raw, STEP_HANDLE, PURPOSE_USERINFO, w.redactor);
		assert_int_equal(x->auth_header, cases[i].form);
		exchange_free(x);
		world_release(&w);
	}
}

static void
odd_bodies_do_no_harm(void **state)
{
	static const char *const bodies[] = {"", "{", "\x1f\x8b\x08\x01", "[[[[[[[[", "null",
		"\"" AT "\"",
		"{\"access_token\":[\"" AT "\",{\"refresh_token\":\"" RT
		"\"}],\"client_secret\":{\"a\":\"" AT "\"}}",
		"{\"access_token\":\"" AT "\",\"access_token\":\"" AT "\"}",
		"access_token=" AT "&refresh_token=" RT, "<html>" AT "</html>",
		"{\"a\":\"" AT "\"} trailing"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct world w;
		struct exchange *x;
		char text[2000];

		(void)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n\r\n%s", bodies[i]);
		world_init(&w, "https://idp.example/token", "grant_type=x", text);
		x = exchange_record(&w.req, &w.raw, STEP_REFRESH, PURPOSE_REFRESH, w.redactor);
		assert_clean(x);
		exchange_free(x);
		world_release(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_response_is_masked_and_remembered),
		cmocka_unit_test(bearer_request_is_masked),
		cmocka_unit_test(a_known_token_is_taken_over),
		cmocka_unit_test(signed_answers_are_masked_and_read),
		cmocka_unit_test(claims_survive_masking),
		cmocka_unit_test(numbers_under_secret_names_are_masked),
		cmocka_unit_test(untouched_bodies_stay),
		cmocka_unit_test(basic_credentials_are_described),
		cmocka_unit_test(header_forms_are_noted),
		cmocka_unit_test(names_in_an_answer_are_masked),
		cmocka_unit_test(odd_bodies_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
