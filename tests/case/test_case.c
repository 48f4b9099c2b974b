/* The case: tokens, generations, facts. */
#include "unit.h"

#include "base/mem.h"
#include "case/facts.h"

static void
profile_table_is_sound(void **state)
{
	struct profile p, q;

	(void)state;
	for (size_t i = 0; i < profile_key_count; i++) {
		assert_true(profile_keys[i].help[0]);
		if (profile_keys[i].kind == KEY_INT)
			assert_true(profile_keys[i].min <= profile_keys[i].dflt &&
				profile_keys[i].dflt <= profile_keys[i].max);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(profile_keys[i].name, profile_keys[k].name);
	}
	profile_init(&p);
	profile_init(&q);
	assert_true(p.discovery && p.timeout == 10 && p.leeway == 60 && !p.issuer);
	profile_set(&p.issuer, SPAN_LIT("https://idp.example"));
	profile_set(&p.jwks_uri, SPAN_LIT("https://idp.example/keys"));
	p.client_secret = secret_new(SPAN_LIT("s3cr3t"));
	p.client_secret_source = xstrdup("env X");
	str_list_add(&p.headers, SPAN_LIT("X-Tenant: acme"));
	profile_copy(&q, &p);
	profile_release(&p);
	assert_string_equal(q.issuer, "https://idp.example");
	assert_true(span_is(profile_endpoint(&q, EP_JWKS), "https://idp.example/keys"));
	assert_int_equal(profile_endpoint(&q, EP_TOKEN).n, 0);
	assert_string_equal(q.headers.v[0], "X-Tenant: acme");
	assert_true(secret_len(q.client_secret) == 6);
	profile_set(&q.issuer, span_from(span_of(q.issuer), 8)); /* out of itself */
	assert_string_equal(q.issuer, "idp.example");
	profile_release(&q);
}

static void
a_pasted_response_gives_all_tokens(void **state)
{
	struct case_file c;

	(void)state;
	case_init(&c);
	case_give_token(&c, SLOT_ACCESS,
		SPAN_LIT("{\"access_token\":\"7Qm2vX9rTz4LkPw8sYbN\","
			 "\"refresh_token\":\"r7Kp2mVx9QzL4tWs8YbN\",\"expires_in\":300,\"scope\":"
			 "\"openid\"}"),
		"pasted");
	assert_true(case_token(&c, SLOT_ACCESS)->present && case_token(&c, SLOT_REFRESH)->present);
	assert_true(case_token(&c, SLOT_ACCESS)->info.odd & ODD_JSON);
	assert_false(case_token(&c, SLOT_ACCESS)->sent.odd & ODD_JSON);
	assert_int_equal(case_token(&c, SLOT_ACCESS)->expires_in, 300);
	assert_true(span_is(
		secret_reveal(case_token(&c, SLOT_REFRESH)->value), "r7Kp2mVx9QzL4tWs8YbN"));
	assert_false(case_token(&c, SLOT_ID)->present);
	assert_null(case_token(&c, SLOT_MADE_UP));
	case_release(&c);
}

static void
a_refresh_opens_a_generation(void **state)
{
	struct token_response t;
	struct case_file c;
	uint64_t before;

	(void)state;
	case_init(&c);
	case_give_token(&c, SLOT_ACCESS, SPAN_LIT("oldaccess-7Qm2vX9rTz4LkPw"), "file");
	case_give_token(&c, SLOT_REFRESH, SPAN_LIT("oldrefresh-7Qm2vX9rTz4LkP"), "file");
	before = c.revision;
	assert_int_equal(
		token_response_read(&t,
			SPAN_LIT("{\"access_token\":\"newaccess\",\"expires_in\":\"60\"}"), NULL),
		RES_OK);
	case_add_generation(&c, &t, 3, 5000000);
	token_response_release(&t);
	assert_true(c.revision > before && c.n_generations == 2);
	assert_true(span_is(secret_reveal(case_token(&c, SLOT_ACCESS)->value), "newaccess"));
	assert_int_equal(case_token(&c, SLOT_ACCESS)->expires_in, 60);
	assert_int_equal(case_token(&c, SLOT_ACCESS)->from, 3);
	/* no new refresh token came: the old one stays, unspent */
	assert_true(span_is(
		secret_reveal(case_token(&c, SLOT_REFRESH)->value), "oldrefresh-7Qm2vX9rTz4LkP"));
	assert_false(c.generations[0].refresh.spent);
	assert_int_equal(
		token_response_read(
			&t, SPAN_LIT("{\"access_token\":\"a2\",\"refresh_token\":\"r2\"}"), NULL),
		RES_OK);
	case_add_generation(&c, &t, 4, 6000000);
	token_response_release(&t);
	assert_true(c.generations[1].refresh.spent && !c.generations[2].refresh.spent);
	assert_int_equal(token_response_read(&t, SPAN_LIT("{\"error\":\"x\"}"), NULL), RES_SYNTAX);
	case_release(&c);
}

static void
tokens_out_is_one_object(void **state)
{
	struct token_response t;
	struct json *doc;
	struct buf out;
	int64_t n;
	enum num_form form;

	(void)state;
	buf_init_wiping(&out, LIMIT_TOKEN);
	assert_int_equal(
		token_response_read(&t,
			SPAN_LIT("{\"access_token\":\"a\\\"b\",\"refresh_token\":\"r\","
				 "\"token_type\":\"DPoP\",\"expires_in\":60,\"scope\":\"openid\"}"),
			NULL),
		RES_OK);
	assert_int_equal(token_response_to_json(&t, 1769860800999999, &out), RES_OK);
	assert_int_equal(json_parse(&doc, buf_span(&out), NULL), RES_OK);
	assert_true(span_is(json_get_str(doc, "access_token"), "a\"b"));
	assert_true(span_is(json_get_str(doc, "token_type"), "DPoP"));
	assert_true(json_to_i64(json_get(doc, "obtained_at"), &n, &form) && n == 1769860800);
	assert_true(json_to_i64(json_get(doc, "expires_in"), &n, &form) && n == 60);
	json_free(doc);
	token_response_release(&t);
	buf_release(&out);
}

/* --- facts -------------------------------------------------------------------------------- */

static struct exchange *
exchange_at(enum purpose p, const char *url, int64_t sent_ms, int64_t took_ms, const char *date)
{
	struct exchange *x = exchange_new();

	x->purpose = p;
	http_request_set(&x->request, "GET", span_of(url));
	x->result.response.status = 200;
	x->result.sent_wall_us = 1769860800000000 + sent_ms * 1000;
	x->result.answered_wall_us = x->result.sent_wall_us + took_ms * 1000;
	assert_int_equal(
		http_headers_add(&x->result.response.headers, SPAN_LIT("Date"), span_of(date)),
		RES_OK);
	return x;
}

static void
the_best_look_at_a_clock_counts(void **state)
{
	struct case_file c;
	struct facts f;
	struct clock clock;

	(void)state;
	case_init(&c);
	clock_init_manual(&clock, 1769860810000000);
	/* 2026-01-31T12:00:00Z is when the first goes out; the server is 100 s ahead */
	case_add(&c,
		exchange_at(PURPOSE_USERINFO, "https://a.example/u", 0, 4000,
			"Sat, 31 Jan 2026 12:01:42 GMT"));
	case_add(&c,
		exchange_at(PURPOSE_USERINFO, "https://A.example/u", 5000, 100,
			"Sat, 31 Jan 2026 12:01:45 GMT"));
	case_add(&c,
		exchange_at(PURPOSE_CLOCK, "https://b.example/", 6000, 100,
			"Sat, 31 Jan 2026 12:00:06 GMT"));
	facts_derive(&f, &c, &clock);
	assert_true(f.skew.known && f.second_skew.known);
	assert_int_equal(f.skew.from, 2);
	assert_true(f.skew.seconds > 99.5 && f.skew.seconds < 101.0);
	assert_true(f.skew.error > 0.5 && f.skew.error < 0.6);
	assert_int_equal(f.server_now_s, 1769860810 + 100);
	assert_true(f.second_skew.seconds > -1 && f.second_skew.seconds < 1);
	assert_string_equal(f.second_skew.host, "b.example");
	case_release(&c);
}

static void
a_cached_date_is_no_clock(void **state)
{
	struct exchange *x = exchange_at(
		PURPOSE_USERINFO, "https://a.example/u", 0, 40, "Sat, 31 Jan 2026 11:00:00 GMT");
	struct case_file c;
	struct facts f;
	struct clock clock;

	(void)state;
	case_init(&c);
	clock_init_manual(&clock, 1769860810000000);
	assert_int_equal(
		http_headers_add(&x->result.response.headers, SPAN_LIT("Age"), SPAN_LIT("3600")),
		RES_OK);
	case_add(&c, x);
	facts_derive(&f, &c, &clock);
	assert_false(f.skew.known);
	assert_int_equal(f.server_now_s, f.now_s);
	case_release(&c);
}

static void
expires_in_gives_an_expiry(void **state)
{
	struct token_response t;
	struct case_file c;
	struct facts f;
	struct clock clock;
	int64_t left;

	(void)state;
	case_init(&c);
	clock_init_manual(&clock, 1769860800000000);
	assert_int_equal(token_response_read(&t,
				 SPAN_LIT("{\"access_token\":\"7Qm2vX9rTz4LkPw\",\"expires_in\":"
					  "300,\"scope\":\"a openid\"}"),
				 NULL),
		RES_OK);
	case_add_generation(&c, &t, 0, 1769860740000000);
	token_response_release(&t);
	facts_derive(&f, &c, &clock);
	assert_true(facts_remaining(&f, &left));
	assert_int_equal(left, 240);
	assert_int_equal(f.has_openid.v, TRI_YES);
	case_release(&c);
}

static void
a_saved_case_keeps_its_now(void **state)
{
	struct case_file c;
	struct facts f;
	struct clock clock;

	(void)state;
	case_init(&c);
	clock_init_manual(&clock, 1769860800000000);
	c.as_of_wall_us = 1700000000000000;
	facts_derive(&f, &c, &clock);
	assert_int_equal(f.now_s, 1700000000);
	assert_int_equal(f.active.v, TRI_UNKNOWN);
	assert_null(f.access);
	case_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profile_table_is_sound),
		cmocka_unit_test(a_pasted_response_gives_all_tokens),
		cmocka_unit_test(a_refresh_opens_a_generation),
		cmocka_unit_test(tokens_out_is_one_object),
		cmocka_unit_test(the_best_look_at_a_clock_counts),
		cmocka_unit_test(a_cached_date_is_no_clock),
		cmocka_unit_test(expires_in_gives_an_expiry),
		cmocka_unit_test(a_saved_case_keeps_its_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
