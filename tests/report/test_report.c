#include "unit.h"

#include "base/mem.h"
#include "report/report.h"

/* A case of one token and some recorded answers, offline. */
struct made {
	struct case_file c;
	struct redactor *redactor;
	struct engine *engine;
	struct wizard *w;
	struct clock clock;
};

#define NOW 1769860800 /* 2026-01-31T12:00:00Z */

static const struct transport_ops *
none(struct err *e)
{
	err_set(e, RES_REFUSED, "offline");
	return NULL;
}

static void
make(struct made *m)
{
	struct profile p;
	struct err e = ERR_INIT;

	clock_init_manual(&m->clock, NOW * INT64_C(1000000));
	case_init(&m->c);
	m->redactor = redactor_new();
	m->engine = engine_new(
		&(struct engine_deps){&m->clock, &rng_system, NULL, m->redactor, &m->c, none});
	m->w = wizard_new(
		&(struct wizard_deps){m->engine, &m->c, &m->clock, &rng_system, NULL, m->redactor});
	profile_init(&p);
	p.name = xstrdup("acme");
	p.issuer = xstrdup("https://idp.example");
	assert_int_equal(wizard_use_profile(m->w, &p, &e), RES_OK);
	profile_release(&p);
}

static void
release(struct made *m)
{
	wizard_free(m->w);
	engine_free(m->engine);
	case_release(&m->c);
	redactor_free(m->redactor);
}

static void
answer(struct made *m, enum step step, enum purpose purpose, const char *url, const char *text)
{
	struct http_request req;
	struct net_result raw;
	struct exchange *x;
	struct err e = ERR_INIT;

	http_request_init(&req);
	http_request_set(&req, "GET", span_of(url));
	assert_int_equal(http_headers_add(&req.headers, SPAN_LIT("Authorization"),
				 SPAN_LIT("Bearer 0123456789abcdef0123456789abcdef")),
		RES_OK);
	net_result_init(&raw);
	assert_int_equal(http_parse_response(&raw.response, span_of(text), &e), RES_OK);
	raw.sent_wall_us = raw.answered_wall_us = NOW * INT64_C(1000000);
	raw.timings.total = 67123;
	x = exchange_record(&req, &raw, step, purpose, m->redactor);
	x->slot = SLOT_ACCESS;
	case_add(&m->c, x);
	net_result_release(&raw);
	http_request_release(&req);
}

#define USERINFO                                                                                   \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"                                \
	"{\"sub\":\"user-4711\",\"name\":\"Jane Q. Doe\",\"email\":\"jane.doe@example.com\","      \
	"\"address\":{\"street_address\":\"12 Long "                                               \
	"Road\"},\"groups\":[\"staff-of-jane\"],\"age\":42}"
#define INTROSPECTION                                                                              \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"                                \
	"{\"active\":true,\"sub\":\"user-4711\",\"username\":\"jane.doe\",\"scope\":\"openid\","   \
	"\"exp\":1769864400}"

static char *
write_report(struct made *m, enum report_format form, struct report_input in)
{
	struct buf out;

	wizard_mark_walked(m->w, STEPS_ALL);
	wizard_update(m->w);
	in.w = m->w;
	in.version = "1.2.3";
	in.created_s = NOW;
	buf_init(&out, LIMIT_REPORT);
	assert_int_equal(report_write(&in, form, &out), RES_OK);
	return buf_take(&out);
}

static void
test_json(void **state)
{
	struct made m;
	struct json *root;
	const struct json *x;
	struct err e = ERR_INIT;
	double ms = 0;
	char *text;

	(void)state;
	make(&m);
	wizard_give_token(m.w, SLOT_ACCESS, SPAN_LIT("0123456789abcdef0123456789abcdef"), "pasted");
	answer(&m, STEP_VERIFY, PURPOSE_INTROSPECTION, "https://idp.example/introspect",
		INTROSPECTION);
	answer(&m, STEP_HANDLE, PURPOSE_USERINFO, "https://idp.example/me", USERINFO);
	text = write_report(&m, REPORT_JSON, (struct report_input){0});
	assert_int_equal(json_parse(&root, span_of(text), &e), RES_OK);
	assert_true(span_is(json_get_str(root, "schema"), "tokentriage.report/1"));
	assert_true(span_is(json_get_str(root, "created"), "2026-01-31T12:00:00Z"));
	assert_true(span_is(json_get_str(root, "profile"), "acme"));
	assert_true(span_is(json_get_str(json_get(root, "tool"), "version"), "1.2.3"));
	assert_int_equal(json_count(json_get(root, "steps")), STEP_COUNT);
	assert_int_equal(json_count(json_get(root, "exchanges")), 2);
	assert_true(span_is(json_get_str(json_get(root, "verdict"), "state"), "ok"));
	x = json_next(json_first(json_get(root, "exchanges")));
	assert_true(span_is(json_get_str(x, "purpose"), "userinfo"));
	assert_true(json_to_double(json_get(json_get(x, "timings"), "total"), &ms));
	assert_true(ms > 67.12 && ms < 67.13); /* milliseconds */
	assert_int_equal(json_type(json_get(x, "tls")), JSON_OBJECT);
	assert_int_equal(json_type(json_get(x, "error")), JSON_NULL);
	assert_non_null(strstr(text, "jane.doe@example.com"));
	assert_null(strstr(text, "0123456789abcdef0123456789abcdef"));
	json_free(root);
	free(text);
	release(&m);
}

/* names and none: no personal value anywhere, in any form. */
static void
test_claims(void **state)
{
	static const char *const values[] = {
		"user-4711", "Jane Q. Doe", "jane.doe", "12 Long Road", "staff-of-jane"};
	static const enum report_format forms[] = {
		REPORT_TEXT, REPORT_JSON, REPORT_MARKDOWN, REPORT_JUNIT};
	struct made m;

	(void)state;
	make(&m);
	wizard_give_token(m.w, SLOT_ACCESS, SPAN_LIT("0123456789abcdef0123456789abcdef"), "pasted");
	answer(&m, STEP_VERIFY, PURPOSE_INTROSPECTION, "https://idp.example/introspect",
		INTROSPECTION);
	answer(&m, STEP_HANDLE, PURPOSE_USERINFO, "https://idp.example/me?u=user-4711", USERINFO);
	for (enum claims_mode mode = CLAIMS_NAMES; mode <= CLAIMS_NONE; mode++) {
		for (size_t f = 0; f < ARRAY_SIZE(forms); f++) {
			char *text = write_report(
				&m, forms[f], (struct report_input){.claims = mode, .width = 1000});

			for (size_t i = 0; i < ARRAY_SIZE(values); i++)
				if (strstr(text, values[i]))
					fail_msg("mode %d, form %d: holds %s", (int)mode,
						(int)forms[f], values[i]);
			if (forms[f] == REPORT_JSON)
				assert_int_equal(mode == CLAIMS_NAMES,
					!!strstr(text, "\\\"email\\\":\\\"[omitted]\\\""));
			free(text);
		}
	}
	release(&m);
}

/* What a server says comes out visible, in every form. */
static void
test_hostile(void **state)
{
	static const char reply[] = "HTTP/1.1 401 \033]0;owned\007\r\nWWW-Authenticate: Bearer "
				    "error=\"invalid_token\", "
				    "error_description=\"\033[2J|<b>`x`\xe2\x80\xae\"\r\nX-A: "
				    "\xff\xfe\r\n\r\n<script>\033[31m</script>";
	static const enum report_format forms[] = {
		REPORT_TEXT, REPORT_JSON, REPORT_MARKDOWN, REPORT_JUNIT};
	struct made m;

	(void)state;
	make(&m);
	wizard_give_token(m.w, SLOT_ACCESS, SPAN_LIT("\033[31mabc\xe2\x80\xae"), "pasted");
	answer(&m, STEP_HANDLE, PURPOSE_USERINFO, "https://idp.example/\033[1m", reply);
	for (size_t f = 0; f < ARRAY_SIZE(forms); f++) {
		char *text = write_report(&m, forms[f], (struct report_input){0});

		for (const unsigned char *p = (unsigned char *)text; *p; p++)
			assert_true(*p == '\n' ||
				(*p >= ' ' && *p != 0x7f && *p != 0xff && *p != 0xfe));
		assert_null(strstr(text, "\xe2\x80\xae"));
		if (forms[f] == REPORT_MARKDOWN || forms[f] == REPORT_JUNIT)
			assert_null(strstr(text, "<b>"));
		free(text);
	}
	release(&m);
}

static void
test_text(void **state)
{
	struct made m;
	char *text;

	(void)state;
	make(&m);
	wizard_give_token(
		m.w, SLOT_ACCESS, SPAN_LIT("Bearer 0123456789abcdef0123456789abcdef"), "pasted");
	answer(&m, STEP_VERIFY, PURPOSE_INTROSPECTION, "https://idp.example/introspect",
		"HTTP/1.1 401 Unauthorized\r\nContent-Type: "
		"application/json\r\n\r\n{\"error\":\"invalid_client\"}");
	text = write_report(&m, REPORT_TEXT, (struct report_input){.ascii = true, .color = true});
	for (const unsigned char *p = (unsigned char *)text; *p; p++)
		assert_true(*p < 0x80);
	assert_non_null(strstr(text, "\033[1;31m"));
	assert_non_null(strstr(text, "token-bearer-prefix"));
	assert_null(strstr(text, "0123456789abcdef0123"));
	free(text);
	text = write_report(&m, REPORT_TEXT, (struct report_input){.show_secrets = true});
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "0123456789abcdef0123456789abcdef"));
	for (const char *line = text; *line;
		line = strchr(line, '\n') + 1) /* of ASCII words, 80 columns */
		if (strcspn(line, "\n") > 100)
			fail_msg("%.*s", (int)strcspn(line, "\n"), line);
	free(text);
	text = write_report(&m, REPORT_JUNIT, (struct report_input){0});
	assert_non_null(strstr(text, "tests=\"5\""));
	assert_non_null(strstr(text, "<failure type="));
	free(text);
	release(&m);
}

/* Causes that merely fit are marked as open, and called possible; JSON keeps the severity. */
static void
test_possible(void **state)
{
	struct made m;
	char *text;

	(void)state;
	make(&m);
	answer(&m, STEP_HANDLE, PURPOSE_USERINFO, "https://idp.example/userinfo",
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\n\r\n");
	text = write_report(&m, REPORT_TEXT, (struct report_input){0});
	assert_non_null(strstr(text, "  ? token-expired\n"));
	assert_non_null(strstr(text, "? token-expired (possible, step 4 Handle)"));
	assert_null(strstr(text, "✓ token-expired"));
	free(text);
	text = write_report(&m, REPORT_MARKDOWN, (struct report_input){0});
	assert_non_null(strstr(text, "`token-expired` (possible)"));
	free(text);
	text = write_report(&m, REPORT_JSON, (struct report_input){0});
	assert_non_null(strstr(text, "\"info\""));
	assert_null(strstr(text, "\"possible\""));
	free(text);
	release(&m);
}

/* A report too large for its buffer says so instead of ending in the middle. */
static void
test_limit(void **state)
{
	struct made m;
	struct buf out;
	struct report_input in = {.version = "1"};

	(void)state;
	make(&m);
	wizard_update(m.w);
	in.w = m.w;
	for (int f = REPORT_TEXT; f <= REPORT_JUNIT; f++) {
		buf_init(&out, 64);
		assert_int_equal(report_write(&in, f, &out), RES_LIMIT);
		buf_release(&out);
	}
	release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_possible),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
