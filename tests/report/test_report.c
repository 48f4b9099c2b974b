#include "unit.h"

#include "language.h"

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
		&(struct engine_deps){.clock = &m->clock, .rng = &rng_system,
			.redactor = m->redactor, .record = &m->c, .load_transport = none});
	m->w = wizard_new(
		&(struct wizard_deps){.engine = m->engine, .c = &m->c, .clock = &m->clock,
			.rng = &rng_system, .redactor = m->redactor});
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
	struct made m;

	(void)state;
	make(&m);
	wizard_give_token(m.w, SLOT_ACCESS, SPAN_LIT("0123456789abcdef0123456789abcdef"), "pasted");
	answer(&m, STEP_VERIFY, PURPOSE_INTROSPECTION, "https://idp.example/introspect",
		INTROSPECTION);
	answer(&m, STEP_HANDLE, PURPOSE_USERINFO, "https://idp.example/me?u=user-4711", USERINFO);
	for (enum claims_mode mode = CLAIMS_NAMES; mode <= CLAIMS_NONE; mode++) {
		for (int f = 0; f < REPORT_FORMATS; f++) {
			char *text = write_report(&m, (enum report_format)f,
				(struct report_input){.claims = mode, .width = 1000});

			for (size_t i = 0; i < ARRAY_SIZE(values); i++)
				if (strstr(text, values[i]))
					fail_msg("mode %d, form %s: holds %s", (int)mode,
						report_forms[f].id, values[i]);
			if (f == REPORT_JSON)
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
	struct made m;

	(void)state;
	make(&m);
	wizard_give_token(m.w, SLOT_ACCESS, SPAN_LIT("\033[31mabc\xe2\x80\xae"), "pasted");
	answer(&m, STEP_HANDLE, PURPOSE_USERINFO, "https://idp.example/\033[1m", reply);
	for (int f = 0; f < REPORT_FORMATS; f++) {
		char *text = write_report(&m, (enum report_format)f, (struct report_input){0});

		for (const unsigned char *p = (unsigned char *)text; *p; p++)
			if (!(*p == '\n' || (*p >= ' ' && *p != 0x7f && *p != 0xff && *p != 0xfe)))
				fail_msg("%s: byte %02x at %.60s", report_forms[f].id, *p, (const char *)p - 40);
		assert_null(strstr(text, "\xe2\x80\xae"));
		if (f == REPORT_MARKDOWN || f == REPORT_JUNIT || f == REPORT_HTML)
			assert_null(strstr(text, "<b>"));
		if (f == REPORT_HTML)
			assert_null(strstr(text, "<script"));
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
	for (int f = 0; f < REPORT_FORMATS; f++) {
		buf_init(&out, 64);
		assert_int_equal(report_write(&in, f, &out), RES_LIMIT);
		buf_release(&out);
	}
	release(&m);
}

/* Every form for people begins with what was found, why, what to do and what to tell the user. */
static void
test_opening(void **state)
{
	static const enum report_format forms[] = {
		REPORT_TEXT, REPORT_MARKDOWN, REPORT_HTML, REPORT_JUNIT, REPORT_SHELL, REPORT_HAR};
	struct made m;

	(void)state;
	make(&m);
	answer(&m, STEP_VERIFY, PURPOSE_INTROSPECTION, "https://idp.example/introspect",
		"HTTP/1.1 401 Unauthorized\r\nContent-Type: "
		"application/json\r\n\r\n{\"error\":\"invalid_client\"}");
	for (size_t f = 0; f < ARRAY_SIZE(forms); f++) {
		char *text = write_report(&m, forms[f], (struct report_input){.width = 10000});
		const char *end = text + 12000; /* of the HTML, which has its style sheet first */
		const char *id = strstr(text, "client-auth-missing");
		const char *reply = strstr(text, "does not identify itself");

		if (!reply || reply > end || !id || id > end)
			fail_msg("%s does not open with cause and reply: %.600s", report_forms[forms[f]].id, text);
		free(text);
	}
	release(&m);
}

/* What is masked is told by its place, never by its value; and it is all of it. */
static void
test_masked_list(void **state)
{
	struct made m;
	struct report_input in = {0};
	struct str_list list = {0};
	char words[200];
	bool header = false;

	(void)state;
	make(&m);
	wizard_give_token(m.w, SLOT_ACCESS, SPAN_LIT("0123456789abcdef0123456789abcdef"), "pasted");
	answer(&m, STEP_HANDLE, PURPOSE_USERINFO,
		"https://idp.example/me?access_token=0123456789abcdef0123456789abcdef", USERINFO);
	in.w = m.w;
	wizard_update(m.w);
	report_masked_list(&in, &list);
	for (size_t i = 0; i < list.n; i++) {
		header = header || strstr(list.v[i], "exchange 1") != NULL;
		assert_null(strstr(list.v[i], "0123456789"));
		free(list.v[i]);
	}
	assert_true(header);
	assert_int_equal(list.n, 3); /* the token, the header, the query */
	free(list.v);
	assert_string_equal(report_masked_words(&in, words, sizeof(words)),
		"Masked: 1 token, query parameter access_token, request header Authorization. Claims are kept.");
	release(&m);
}

/* The plugin's line ends where its numbers begin, whatever a server says. */
static void
test_nagios(void **state)
{
	struct made m;
	char *text, *bar;

	(void)state;
	make(&m);
	wizard_give_token(m.w, SLOT_ACCESS, SPAN_LIT("0123456789abcdef0123456789abcdef"), "pasted");
	answer(&m, STEP_VERIFY, PURPOSE_INTROSPECTION, "https://idp.example/introspect", INTROSPECTION);
	answer(&m, STEP_HANDLE, PURPOSE_USERINFO, "https://idp.example/me",
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"sub\":\"a|b\"}");
	text = write_report(&m, REPORT_NAGIOS, (struct report_input){0});
	assert_true(span_starts(span_of(text), "TOKENTRIAGE "));
	bar = strchr(text, '|');
	assert_non_null(bar);
	assert_true(span_starts(span_of(bar), "| expires_in=3600s "));
	assert_null(strchr(bar + 1, '|'));
	assert_non_null(strstr(bar, " userinfo=0.067123s;;;0"));
	free(text);
	release(&m);
}

static void
test_openmetrics(void **state)
{
	struct made m;
	char *text;

	(void)state;
	make(&m);
	free(m.c.profile.name);
	m.c.profile.name = xstrdup("a\"b\\c");
	wizard_give_token(m.w, SLOT_ACCESS, SPAN_LIT("0123456789abcdef0123456789abcdef"), "pasted");
	answer(&m, STEP_VERIFY, PURPOSE_INTROSPECTION, "https://idp.example/introspect", INTROSPECTION);
	text = write_report(&m, REPORT_OPENMETRICS, (struct report_input){0});
	assert_non_null(strstr(text, "tokentriage_token_expiry_seconds{profile=\"a\\\"b\\\\c\"} 3600\n"));
	assert_non_null(strstr(text, "purpose=\"introspection\",phase=\"total\"} 0.067123\n"));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
	free(text);
	release(&m);
}

/*
 * Written out of a wizard that speaks another language, a report is the English one to the byte, in every form; and
 * the wizard goes on in its language.
 */
static void
test_language(void **state)
{
	static const char *const languages[] = {"de", "zh_CN"};
	char *english[REPORT_FORMATS], summary[LIMIT_MESSAGE], said[LIMIT_MESSAGE];
	struct made m;

	(void)state;
	make(&m);
	wizard_give_token(m.w, SLOT_ACCESS, SPAN_LIT("0123456789abcdef0123456789abcdef"), "pasted");
	answer(&m, STEP_VERIFY, PURPOSE_INTROSPECTION, "https://idp.example/introspect",
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"active\":false}");
	answer(&m, STEP_HANDLE, PURPOSE_USERINFO, "https://idp.example/me",
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\n\r\n");
	wizard_mark_walked(m.w, STEPS_ALL);
	wizard_update(m.w);
	for (int f = 0; f < REPORT_FORMATS; f++)
		english[f] = write_report(&m, (enum report_format)f, (struct report_input){0});
	(void)snprintf(summary, sizeof(summary), "%s", wizard_diagnosis(m.w)->step_summary[STEP_DEBUG]);
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
		if (!speak(languages[i]))
			skip();
		wizard_reword(m.w);
		(void)snprintf(said, sizeof(said), "%s", wizard_diagnosis(m.w)->step_summary[STEP_DEBUG]);
		assert_string_not_equal(said, summary);
		for (int f = 0; f < REPORT_FORMATS; f++) {
			char *text = write_report(&m, (enum report_format)f, (struct report_input){0});

			assert_string_equal(text, english[f]);
			free(text);
		}
		assert_string_equal(wizard_diagnosis(m.w)->step_summary[STEP_DEBUG], said);
	}
	for (int f = 0; f < REPORT_FORMATS; f++)
		free(english[f]);
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
		cmocka_unit_test(test_opening),
		cmocka_unit_test(test_masked_list),
		cmocka_unit_test(test_nagios),
		cmocka_unit_test(test_openmetrics),
		cmocka_unit_test(test_language), /* last: the process speaks it from then on */
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
