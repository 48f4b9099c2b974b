#include "unit.h"

#include "base/encode.h"
#include "base/rng.h"

static void
test_vectors(void **state)
{
	/* RFC 4648 §10 */
	static const char *const cases[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
		{"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"}};
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_clear(&b);
		assert_int_equal(base64_encode(&b, span_of(cases[i][0])), RES_OK);
		assert_string_equal(buf_str(&b), cases[i][1]);
		buf_clear(&b);
		assert_int_equal(base64_decode(&b, span_of(cases[i][1]), NULL), RES_OK);
		assert_string_equal(buf_str(&b), cases[i][0]);
	}
	buf_clear(&b);
	base64_encode(&b, SPAN_LIT("\xFB\xFF\xFE"));
	assert_string_equal(buf_str(&b), "+//+");
	buf_clear(&b);
	base64url_encode(&b, SPAN_LIT("\xFB\xFF\xFE\xFB"));
	assert_string_equal(buf_str(&b), "-__--w");
	buf_release(&b);
}

static void
test_round_trips(void **state)
{
	struct rng r;
	struct buf text, back;

	(void)state;
	rng_init_seeded(&r, 7);
	buf_init(&text, 4096);
	buf_init(&back, 4096);
	for (size_t n = 0; n < 200; n++) {
		char raw[200];

		rng_fill(&r, raw, n);
#define ROUND(encode, decode)                                                                      \
	do {                                                                                       \
		buf_clear(&text);                                                                  \
		buf_clear(&back);                                                                  \
		assert_int_equal(encode(&text, span_make(raw, n)), RES_OK);                        \
		assert_int_equal(decode, RES_OK);                                                  \
		assert_true(span_eq(buf_span(&back), span_make(raw, n)));                          \
	} while (0)
		ROUND(base64_encode, base64_decode(&back, buf_span(&text), NULL));
		ROUND(base64url_encode, base64_decode(&back, buf_span(&text), NULL));
		ROUND(base64url_encode, base64url_decode(&back, buf_span(&text), NULL));
		ROUND(form_encode, form_decode(&back, buf_span(&text)));
		ROUND(percent_encode, percent_decode(&back, buf_span(&text)));
	}
	buf_release(&text);
	buf_release(&back);
}

static void
test_bad(void **state)
{
	static const struct {
		const char *s;
		size_t offset;
		bool lenient_ok, strict_ok;
	} cases[] = {
		{"Zg", 0, true, true},
		{"Zg=", 0, true, false},
		{"Zg==", 0, true, false},
		{"Zg===", 3, false, false},
		{"Zm9v=", 4, false, false},
		{"Zm8==", 3, false, false},
		{"Z", 1, false, false},
		{"Zm9vY", 5, false, false},
		{"Zm 9v", 0, false, false},
		{"Zm\n9", 2, false, false},
		{"Z*9v", 1, false, false},
		{"Zm9.", 3, false, false},
		{"+/+/", 0, true, false},
		{"-_-_", 0, true, true},
		{"=", 0, false, false},
		{"=Zg=", 0, false, false},
	};
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err e = ERR_INIT;
		enum res r;

		buf_clear(&b);
		buf_puts(&b, "kept");
		r = base64_decode(&b, span_of(cases[i].s), &e);
		if ((r == RES_OK) != cases[i].lenient_ok)
			fail_msg("base64 %s: %s", cases[i].s, res_name(r));
		if (r != RES_OK) {
			assert_int_equal(r, RES_SYNTAX);
			assert_string_equal(buf_str(&b), "kept"); /* nothing half done */
			if (strchr(cases[i].s, ' ') == NULL)
				assert_int_equal(e.offset, cases[i].offset);
			assert_true(strlen(e.text) > 0);
		}
		buf_clear(&b);
		r = base64url_decode(&b, span_of(cases[i].s), &e);
		if ((r == RES_OK) != cases[i].strict_ok)
			fail_msg("base64url %s: %s", cases[i].s, res_name(r));
	}
	buf_release(&b);
	buf_init(&b, 2);
	assert_int_equal(base64_decode(&b, SPAN_LIT("Zm9v"), NULL), RES_LIMIT);
	buf_release(&b);
}

static void
check(enum res (*f)(struct buf *, struct span), const char *in, const char *want)
{
	struct buf b;

	buf_init(&b, 1000);
	assert_int_equal(f(&b, span_of(in)), RES_OK);
	assert_string_equal(buf_str(&b), want);
	buf_release(&b);
}

static void
test_form_and_percent(void **state)
{
	(void)state;
	/* RFC 6749 Appendix B */
	check(form_encode, " %&+\u00A3\u20AC", "+%25%26%2B%C2%A3%E2%82%AC");
	check(form_encode, "aZ09-._~", "aZ09-._~");
	check(form_encode, "!*'();:@=$,/?#[]\n",
		"%21%2A%27%28%29%3B%3A%40%3D%24%2C%2F%3F%23%5B%5D%0A");
	check(form_decode, "+%25%26%2B%C2%A3%E2%82%AC", " %&+\u00A3\u20AC");
	check(form_decode, "100%+%2+%zz%e2%82%ac", "100% %2 %zz\u20AC");
	check(percent_encode, "a b+c", "a%20b%2Bc");
	check(percent_decode, "a%20b+c%", "a b+c%");
	check(percent_decode, "%4", "%4");
	check(hex_encode, "\x01\xAB\xFF", "01abff");
}

static void
test_rng(void **state)
{
	struct rng a, b;
	unsigned char x[33], y[33];
	unsigned seen[10] = {0};
	struct buf t, u;

	(void)state;
	rng_init_seeded(&a, 1);
	rng_init_seeded(&b, 1);
	rng_fill(&a, x, sizeof x);
	rng_fill(&b, y, sizeof y);
	assert_memory_equal(x, y, sizeof x);
	rng_init_seeded(&b, 2);
	rng_fill(&b, y, sizeof y);
	assert_memory_not_equal(x, y, sizeof x);
	for (int i = 0; i < 10000; i++) {
		uint32_t v = rng_below(&a, 10);

		assert_in_range(v, 0, 9);
		seen[v]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(seen[i], 850, 1150);
	assert_int_equal(rng_below(&a, 1), 0);
	assert_int_equal(rng_below(&a, 0), 0);
	buf_init(&t, 1000);
	buf_init(&u, 1000);
	assert_int_equal(rng_text(&rng_system, &t, 100), RES_OK);
	assert_int_equal(rng_text(&rng_system, &u, 100), RES_OK);
	assert_int_equal(t.len, 134); /* one run of base64url, though it is made in pieces */
	assert_string_not_equal(buf_str(&t), buf_str(&u));
	buf_clear(&u);
	assert_int_equal(base64url_decode(&u, buf_span(&t), NULL), RES_OK);
	assert_int_equal(u.len, 100);
	buf_release(&t);
	buf_release(&u);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_form_and_percent),
		cmocka_unit_test(test_rng),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
