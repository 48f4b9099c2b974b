#include "unit.h"

#include "base/ids.h"
#include "base/span.h"

static void
test_compare(void **state)
{
	(void)state;
	assert_true(span_eq(SPAN_EMPTY, SPAN_LIT("")));
	assert_true(span_eq(SPAN_LIT("a\0b"), SPAN_LIT("a\0b")));
	assert_false(span_eq(SPAN_LIT("a\0b"), SPAN_LIT("a\0c")));
	assert_true(span_is(span_of(NULL), ""));
	assert_false(span_is(SPAN_LIT("a\0b"), "a"));
	assert_true(span_is_nocase(SPAN_LIT("BeArEr"), "bearer"));
	/* ASCII alone: '[' and '{' differ by the same bit as letters do. */
	assert_false(span_is_nocase(SPAN_LIT("["), "{"));
	assert_false(span_is_nocase(SPAN_LIT("\xC4"), "\xE4"));
	assert_true(span_starts(SPAN_LIT("abc"), "ab"));
	assert_false(span_starts(SPAN_LIT("a"), "ab"));
	assert_true(span_starts(SPAN_EMPTY, ""));
	assert_true(span_starts_nocase(SPAN_LIT("HTTPS://x"), "https://"));
	assert_true(span_ends(SPAN_LIT("abc"), "bc"));
	assert_false(span_ends(SPAN_LIT("c"), "bc"));
}

static void
test_find(void **state)
{
	(void)state;
	assert_int_equal(span_find(SPAN_LIT("a=b=c"), '='), 1);
	assert_true(span_find(SPAN_LIT("abc"), '=') == SIZE_MAX);
	assert_true(span_find(SPAN_EMPTY, '\0') == SIZE_MAX);
	assert_int_equal(span_find_str(SPAN_LIT("a\0needle"), "needle"), 2);
	assert_true(span_find_str(SPAN_LIT("need"), "needle") == SIZE_MAX);
	assert_int_equal(span_find_str(SPAN_EMPTY, ""), 0);
	assert_int_equal(span_find_str_nocase(SPAN_LIT("xyNEEdle"), "needle"), 2);
	assert_true(span_find_str_nocase(SPAN_EMPTY, "x") == SIZE_MAX);
	assert_true(span_contains_nocase(SPAN_LIT("text/HTML; x"), "html"));
}

static void
test_parts(void **state)
{
	struct span s = SPAN_LIT("abcdef");

	(void)state;
	assert_true(span_is(span_sub(s, 2, 2), "cd"));
	assert_true(span_is(span_sub(s, 4, 100), "ef"));
	assert_true(span_is(span_sub(s, 100, 1), ""));
	assert_true(span_is(span_sub(s, 1, SIZE_MAX), "bcdef"));
	assert_true(span_is(span_from(s, 6), ""));
	assert_true(span_is(span_from(SPAN_EMPTY, 3), ""));
	assert_true(span_is(span_trim(SPAN_LIT(" \t\r\n a b \r\n")), "a b"));
	assert_true(span_is(span_trim(SPAN_LIT(" \t\r\n")), ""));
	assert_true(span_is(span_chomp(SPAN_LIT("a\r\n\n")), "a\r\n"));
	assert_true(span_is(span_chomp(SPAN_LIT("a\r\n")), "a"));
	assert_true(span_is(span_chomp(SPAN_LIT("a\r")), "a\r"));
	assert_true(span_is(span_chomp(SPAN_LIT("\n")), ""));
	assert_true(span_is(span_chomp(SPAN_EMPTY), ""));
}

static void
test_next(void **state)
{
	struct span rest = SPAN_LIT("a,,b"), part;

	(void)state;
	assert_true(span_next(&rest, ',', &part) && span_is(part, "a"));
	assert_true(span_next(&rest, ',', &part) && span_is(part, ""));
	assert_true(span_next(&rest, ',', &part) && span_is(part, "b"));
	assert_false(span_next(&rest, ',', &part));
	assert_int_equal(part.n, 0);
	rest = SPAN_EMPTY;
	assert_false(span_next(&rest, ',', &part));
}

static void
test_words(void **state)
{
	struct span rest = SPAN_LIT("  openid\tprofile \n"), word;

	(void)state;
	assert_true(span_word(&rest, &word) && span_is(word, "openid"));
	assert_true(span_word(&rest, &word) && span_is(word, "profile"));
	assert_false(span_word(&rest, &word));
	assert_true(span_has_word(SPAN_LIT("profile openid"), "openid"));
	assert_false(span_has_word(SPAN_LIT("openid2 xopenid"), "openid"));
	assert_false(span_has_word(SPAN_EMPTY, "openid"));
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *s;
		enum res r;
		int64_t v;
	} cases[] = {
		{"0", RES_OK, 0},
		{"-0", RES_OK, 0},
		{"+7", RES_OK, 7},
		{"007", RES_OK, 7},
		{"9223372036854775807", RES_OK, INT64_MAX},
		{"-9223372036854775808", RES_OK, INT64_MIN},
		{"9223372036854775808", RES_RANGE, 0},
		{"-9223372036854775809", RES_RANGE, 0},
		{"99999999999999999999999", RES_RANGE, 0},
		{"2147483648", RES_OK, 2147483648},
		{"", RES_SYNTAX, 0},
		{"-", RES_SYNTAX, 0},
		{"+", RES_SYNTAX, 0},
		{"1 ", RES_SYNTAX, 0},
		{" 1", RES_SYNTAX, 0},
		{"1.5", RES_SYNTAX, 0},
		{"0x1", RES_SYNTAX, 0},
		{"1e3", RES_SYNTAX, 0},
		{"--1", RES_SYNTAX, 0},
		{"99999999999999999999999x", RES_SYNTAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t v = 4711;

		assert_int_equal(span_to_i64(span_of(cases[i].s), &v), cases[i].r);
		assert_true(v == (cases[i].r == RES_OK ? cases[i].v : 4711));
	}
}

static void
test_dup(void **state)
{
	char *s = span_dup(span_sub(SPAN_LIT("abcdef"), 1, 2));

	(void)state;
	assert_string_equal(s, "bc");
	free(s);
	s = span_dup(SPAN_EMPTY);
	assert_string_equal(s, "");
	free(s);
}

static void
test_ids(void **state)
{
	static const char *const ids[STEP_COUNT] = {
		"verify", "expiry", "refresh", "handle", "debug"};
	enum step s;

	(void)state;
	for (int i = 0; i < STEP_COUNT; i++) {
		assert_string_equal(step_id((enum step)i), ids[i]);
		assert_true(step_from_id(span_of(ids[i]), &s) && s == (enum step)i);
		assert_true(strlen(step_title((enum step)i)) > 0);
		assert_int_equal(
			step_question((enum step)i)[strlen(step_question((enum step)i)) - 1], '?');
	}
	assert_false(step_from_id(SPAN_LIT("Verify"), &s));
	assert_string_equal(severity_id(SEV_ERROR), "error");
	assert_string_equal(severity_id(SEV_WARNING), "warning");
	assert_string_equal(severity_id(SEV_INFO), "info");
	assert_string_equal(state_id(STATE_PROBLEM), "problem");
	assert_string_equal(state_id(STATE_UNDETERMINED), "undetermined");
	assert_string_equal(state_word(STATE_OK), "ok");
	assert_int_equal(tri_of(true), TRI_YES);
	assert_int_equal(tri_of(false), TRI_NO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_dup),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
