/* The case file: round trip, damage, hostile input, secrets. */
#include "unit.h"

#include "base/mem.h"
#include "base/redact.h"
#include "case/case-file.h"

static const char at[] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTE3IiwicGFzc3dvcmQiOiJodW50ZXIyMiJ9.c2lnbmF0dXJl";
static const char rt[] = "rt-9f2c71e0d4b86a35c0ffee1122334455";
static const char key[] = "Zk93kd02mdkWk2l4jf8sn3Jd81ls";

struct world {
	struct case_file c;
	struct case_story story;
	struct redactor *r;
	struct buf text;
};

/* Every fact that there is, so that one the file would lose is missed. */
static void
add_tls(struct tls_info *t)
{
	struct cert_info *c = &t->certs[t->n_certs++];

#define TLS_TEXT(member, size) snprintf(t->member, sizeof(t->member), "%s", "some " #member);
#define TLS_FLAG(member) t->member = true;
#define TLS_TIME(member) t->member = 1800000000;
#define CERT_TEXT(member) c->member = xstrdup("CN=" #member);
#define CERT_TIME(member) c->member = 1700000000 + (int64_t)strlen(#member);
#define CERT_FLAG(member) c->member = true;
#include "case/transfer.def"
}

static void
assert_tls_is_the_same(const struct tls_info *a, const struct tls_info *b)
{
#define TLS_TEXT(member, size) assert_string_equal(a->member, b->member);
#define TLS_FLAG(member) assert_int_equal(a->member, b->member);
#define TLS_TIME(member) assert_int_equal(a->member, b->member);
#include "case/transfer.def"
	assert_int_equal(a->n_certs, b->n_certs);
	for (size_t i = 0; i < a->n_certs; i++) {
		const struct cert_info *c = &a->certs[i], *d = &b->certs[i];

#define CERT_TEXT(member) assert_string_equal(c->member, d->member);
#define CERT_TIME(member) assert_int_equal(c->member, d->member);
#define CERT_FLAG(member) assert_int_equal(c->member, d->member);
#include "case/transfer.def"
	}
}

static void
assert_timings_are_the_same(const struct timings *a, const struct timings *b)
{
#define TIMING(member) assert_int_equal(a->member, b->member);
#define TIMING_FLAG(member) assert_int_equal(a->member, b->member);
#include "case/transfer.def"
}

static void
add(struct world *w, enum purpose p, enum token_slot slot, const char *body, enum net_error error)
{
	struct http_request req;
	struct net_result raw;
	struct exchange *x;
	char *form = xasprintf("token=%s&client_id=app&client_secret=%s", slot == SLOT_REFRESH ? rt : at, key);

	http_request_init(&req);
	http_request_set(&req, "POST", SPAN_LIT("https://idp.example/x?access_token=eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl"));
	buf_puts(&req.body, form);
	net_result_init(&raw);
	raw.error = error;
	raw.sent_wall_us = INT64_C(1769860800123456);
	raw.timings = (struct timings){-1, 1, 2, 3, 4, 10, true};
	if (error == NETERR_NONE) {
		raw.response.status = 200;
		snprintf(raw.response.version, sizeof(raw.response.version), "2");
		raw.response.reason = xstrdup("Fine");
		raw.answered_wall_us = INT64_C(1769860800200000);
		assert_int_equal(http_headers_add(&raw.response.headers, SPAN_LIT("WWW-Authenticate"),
			SPAN_LIT("Bearer error=\"invalid_token\"")), RES_OK);
		buf_puts(&raw.response.body, body);
	} else {
		snprintf(raw.error_text, sizeof(raw.error_text), "it broke");
	}
	if (p == PURPOSE_INTROSPECTION)
		add_tls(&raw.tls);
	x = exchange_record(&req, &raw, STEP_VERIFY, p, w->r);
	x->slot = slot;
	case_add(&w->c, x);
	net_result_release(&raw);
	http_request_release(&req);
	free(form);
}

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct token_response t = {.expires_in = 300};

	*state = w;
	w->r = redactor_new();
	case_init(&w->c);
	buf_init(&w->text, 16 << 20);
	profile_set(&w->c.profile.name, SPAN_LIT("acme"));
	profile_set(&w->c.profile.issuer, SPAN_LIT("https://idp.example"));
	w->c.profile.timeout = 33;
	w->c.profile.client_secret = secret_new(span_of(key));
	w->c.profile.client_secret_source = xstrdup("command pass show acme");
	str_list_add(&w->c.profile.headers, SPAN_LIT("X-Api-Key: Zk93kd02mdkWk2l4jf8sn3Jd81ls"));
	redactor_add(w->r, w->c.profile.client_secret);
	case_give_token(&w->c, SLOT_ACCESS, span_of(at), "file at.txt");
	case_give_token(&w->c, SLOT_REFRESH, span_of(rt), "pasted");
	redactor_add(w->r, w->c.generations[0].access.value);
	redactor_add(w->r, w->c.generations[0].refresh.value);
	add(w, PURPOSE_DISCOVERY, SLOT_NONE,
		"{\"issuer\":\"https://idp.example\",\"token_endpoint\":\"https://idp.example/t\"}", NETERR_NONE);
	assert_int_equal(metadata_parse(&w->c.metadata,
		buf_span(&w->c.exchanges[0]->result.response.body), NULL), RES_OK);
	w->c.metadata_from = 1;
	add(w, PURPOSE_INTROSPECTION, SLOT_ACCESS, "{\"active\":false}", NETERR_NONE);
	add(w, PURPOSE_REFRESH, SLOT_REFRESH, "{\"access_token\":\"new-access-token-0123456789\",\"expires_in\":\"300\"}",
		NETERR_NONE);
	t.access = secret_new(SPAN_LIT("new-access-token-0123456789"));
	t.refresh = secret_new(SPAN_LIT("new-refresh-token-0123456789"));
	case_add_generation(&w->c, &t, 3, INT64_C(1769860801000000));
	token_response_release(&t);
	add(w, PURPOSE_USERINFO, SLOT_ACCESS, "\xff\x01 not text", NETERR_NONE);
	add(w, PURPOSE_USERINFO, SLOT_ACCESS, "", NETERR_RESET);
	w->c.exchanges[4]->follows = 4;
	w->story.saved_wall_us = INT64_C(1769860900000000);
	w->story.steps[STEP_VERIFY] = STATE_OK;
	w->story.steps[STEP_REFRESH] = STATE_SKIPPED;
	assert_int_equal(case_file_write(&w->text, &w->c, &w->story, w->r), RES_OK);
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	case_release(&w->c);
	redactor_free(w->r);
	buf_release(&w->text);
	free(w);
	return 0;
}

static void
what_was_written_is_read(void **state)
{
	struct world *w = *state;
	struct case_story story;
	struct err e = ERR_INIT;
	const struct exchange *x;
	struct case_file c;

	case_init(&c);
	assert_int_equal(case_file_read(&c, &story, buf_span(&w->text), &e), RES_OK);
	assert_int_equal(story.damaged, 0);
	assert_true(story.steps[STEP_VERIFY] == STATE_OK && story.steps[STEP_REFRESH] == STATE_SKIPPED);
	assert_true(story.steps[STEP_DEBUG] == STATE_PENDING);
	assert_int_equal(c.as_of_wall_us, w->story.saved_wall_us);
	assert_string_equal(c.profile.name, "acme");
	assert_int_equal(c.profile.timeout, 33);
	assert_null(c.profile.client_secret);
	assert_int_equal(c.n_exchanges, 5);
	assert_int_equal(c.metadata_from, 1);
	assert_true(span_is(c.metadata.issuer, "https://idp.example"));
	x = c.exchanges[1];
	assert_true(x->answer.outcome == OUTCOME_OAUTH_ERROR || x->answer.active == TRI_NO);
	assert_int_equal(x->answer.challenges.n, 1);
	assert_true(span_is(challenge_param(&x->answer.challenges.v[0], "error"), "invalid_token"));
	assert_int_equal(x->result.tls.n_certs, 1);
	assert_tls_is_the_same(&x->result.tls, &w->c.exchanges[1]->result.tls);
	assert_int_equal(x->auth, AUTH_POST);
	assert_string_equal(x->auth_client_id, "app");
	assert_timings_are_the_same(&x->result.timings, &w->c.exchanges[1]->result.timings);
	assert_int_equal(x->result.timings.total, 10);
	assert_int_equal(x->result.timings.dns, -1);
	assert_true(x->result.timings.reused);
	assert_string_equal(x->result.response.reason, "Fine");
	assert_true(span_eq(buf_span(&c.exchanges[3]->result.response.body),
		buf_span(&w->c.exchanges[3]->result.response.body)));
	assert_int_equal(c.exchanges[4]->result.error, NETERR_RESET);
	assert_int_equal(c.exchanges[4]->follows, 4);
	assert_int_equal(c.n_generations, 2);
	assert_true(c.generations[0].access.present && !c.generations[0].access.value);
	assert_string_equal(c.generations[0].access.info.mask, w->c.generations[0].access.info.mask);
	assert_true(c.generations[0].refresh.spent && c.generations[1].access.from == 3);
	assert_int_equal(c.generations[1].access.expires_in, 300);
	case_release(&c);
}

static void
what_was_read_is_written_the_same(void **state)
{
	struct world *w = *state;
	struct case_story story;
	struct err e = ERR_INIT;
	struct case_file c;
	struct buf again;

	buf_init(&again, 16 << 20);
	case_init(&c);
	assert_int_equal(case_file_read(&c, &story, buf_span(&w->text), &e), RES_OK);
	assert_int_equal(case_file_write(&again, &c, &story, w->r), RES_OK);
	assert_string_equal(buf_str(&again), buf_str(&w->text));
	case_release(&c);
	buf_release(&again);
}

static void
no_secret_is_in_it(void **state)
{
	const char *const secrets[] = {at, rt, key, "hunter22", "c2lnbmF0dXJl", "new-access-token-0123456789",
		"new-refresh-token-0123456789", "pass show acme"};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		if (span_find_str(buf_span(&w->text), secrets[i]) != SIZE_MAX)
			fail_msg("%s is in the case file", secrets[i]);
}

/* The same text with line n (from 1) replaced. */
static void
with_line(struct buf *out, struct span text, int n, const char *instead)
{
	struct span line;

	for (int i = 1; span_next(&text, '\n', &line); i++) {
		if (i == n)
			buf_puts(out, instead);
		else
			buf_add_span(out, line);
		buf_putc(out, '\n');
	}
}

static void
a_damaged_line_loses_itself(void **state)
{
	struct world *w = *state;
	struct case_story story;
	struct err e = ERR_INIT;
	struct case_file c;
	struct buf text;

	buf_init(&text, 16 << 20);
	/* head, two generations, then the exchanges: the introspection goes */
	with_line(&text, buf_span(&w->text), 5, "{\"record\":\"exchange\",\"purpo");
	case_init(&c);
	assert_int_equal(case_file_read(&c, &story, buf_span(&text), &e), RES_OK);
	assert_int_equal(story.damaged, 1);
	assert_true(strncmp(story.first_damage, "line 5: ", 8) == 0);
	assert_int_equal(c.n_exchanges, 4);
	/* what referred to the third refers to it still */
	assert_int_equal(c.generations[1].access.from, 2);
	assert_int_equal(c.exchanges[1]->purpose, PURPOSE_REFRESH);
	assert_int_equal(c.exchanges[3]->follows, 3);
	case_release(&c);

	/* cut anywhere behind the head: all whole records are there */
	for (size_t cut = span_find(buf_span(&w->text), '\n') + 1; cut < w->text.len; cut += 97) {
		case_init(&c);
		assert_int_equal(case_file_read(&c, &story, span_sub(buf_span(&w->text), 0, cut), &e), RES_OK);
		assert_in_range(story.damaged, 0, 1);
		case_release(&c);
	}
	buf_release(&text);
}

static void
what_is_no_case_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum res res;
	} rows[] = {
		{"", RES_SYNTAX},
		{"hello\n", RES_SYNTAX},
		{"{\"record\":\"exchange\"}\n", RES_SYNTAX},
		{"{\"schema\":\"tokentriage.case/2\",\"record\":\"head\"}\n", RES_UNSUPPORTED},
		{"{\"schema\":5,\"record\":\"head\"}\n", RES_UNSUPPORTED},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct case_story story;
		struct err e = ERR_INIT;
		struct case_file c;

		case_init(&c);
		assert_int_equal(case_file_read(&c, &story, span_of(rows[i].text), &e), rows[i].res);
		assert_true(e.text[0]);
		case_release(&c);
	}
	assert_false(case_file_is(SPAN_LIT("{\"active\":true}")));
	assert_true(case_file_is(SPAN_LIT("{\"schema\":\"tokentriage.case/9\"}\n")));
}

/* Somebody's file, made to be looked through again at each of its 100,000 members. */
static void
test_endless_members(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4 << 20);
	buf_puts(&b, "{\"log\":{\"entries\":[");
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "{\"_tokentriage\":");
	assert_int_equal(buf_status(&b), RES_OK);
	assert_false(case_file_is(buf_span(&b)));
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "}");
	assert_false(case_file_is(buf_span(&b)));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_written_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_read_is_written_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(no_secret_is_in_it, setup, teardown),
		cmocka_unit_test_setup_teardown(a_damaged_line_loses_itself, setup, teardown),
		cmocka_unit_test(what_is_no_case_is_refused),
		cmocka_unit_test(test_endless_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
