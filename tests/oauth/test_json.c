#include "unit.h"

#include "base/limits.h"
#include "oauth/json.h"

static struct json *
parse(const char *text)
{
	struct err e = ERR_INIT;
	struct json *j = NULL;

	if (json_parse(&j, span_of(text), &e) != RES_OK)
		fail_msg("%s: %s", text, e.text);
	assert_non_null(j);
	return j;
}

static void
assert_printed(const struct json *j, bool pretty, const char *want)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(json_print(j, &b, pretty), RES_OK);
	assert_string_equal(buf_str(&b), want);
	buf_release(&b);
}

static void
test_good(void **state)
{
	static const char *const texts[] = {"{}", "[]", " { } ", "0", "-0.5e+3", "\"\"", "true",
		"null", "[1,2,[3,{\"a\":[]}]]", "{\"a\":{\"b\":null},\"c\":false}\r\n",
		"\"\\ud83d\\ude00\\n\"", "[ 1 , 2 ]", "\"\xc3\xa9\""};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		json_free(parse(texts[i]));
}

static void
test_bad(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} bad[] = {{"", 0}, {" ", 1}, {"{", 1}, {"[", 1}, {"{}x", 2}, {"{} {}", 3}, {"[1,]", 3},
		{"{\"a\":1,}", 7}, {"{a:1}", 1}, {"{'a':1}", 1}, {"[01]", 2}, {"[1.]", 3},
		{"[+1]", 1}, {"[.5]", 1}, {"[1e]", 3}, {"[NaN]", 1}, {"[tru]", 1}, {"\"a", 2},
		{"\"\\x\"", 2}, {"\"\\u00g0\"", 3}, {"\"\\u0000\"", 3}, {"{\"a\\u0000b\":1}", 5},
		{"\"\\ud800\"", 7}, {"\"\\udc00\"", 7}, {"\"a\nb\"", 2}, {"[1 2]", 3},
		{"{\"a\" 1}", 5}, {"{\"a\":}", 5}, {"\xef\xbb\xbf{}", 0}, {"]", 0}, {"[}", 1},
		{"[1}", 2}, {"<html>", 0}, {"{\"a\":1", 6}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = ERR_INIT;
		struct json *j;

		if (json_parse(&j, span_of(bad[i].text), &e) != RES_SYNTAX)
			fail_msg("taken: %s", bad[i].text);
		assert_null(j);
		assert_true(e.text[0] != '\0');
		if (e.offset != bad[i].offset)
			fail_msg("%s: offset %zu, not %zu", bad[i].text, e.offset, bad[i].offset);
	}
}

static void
test_bad_bytes(void **state)
{
	struct err e = ERR_INIT;
	struct json *j;

	(void)state;
	assert_int_equal(json_parse(&j, SPAN_LIT("\"\xc3\""), &e), RES_SYNTAX);
	assert_int_equal(json_parse(&j, SPAN_LIT("\"\xed\xa0\x80\""), &e), RES_SYNTAX);
	assert_int_equal(json_parse(&j, SPAN_LIT("{}\0"), &e), RES_SYNTAX);
	assert_int_equal(json_parse(&j, SPAN_LIT("\xef\xbb\xbf{}"), &e), RES_SYNTAX);
	assert_non_null(strstr(e.text, "byte-order mark"));
}

static void
test_limits(void **state)
{
	struct err e = ERR_INIT;
	struct json *j;
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, LIMIT_JSON_BYTES + 100);
	for (i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_putc(&b, '[');
	for (i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_putc(&b, ']');
	assert_int_equal(json_parse(&j, buf_span(&b), &e), RES_OK);
	json_free(j);
	buf_clear(&b);
	for (i = 0; i < 100000; i++)
		buf_puts(&b, i % 2 ? "{\"a\":" : "[");
	assert_int_equal(json_parse(&j, buf_span(&b), &e), RES_LIMIT);
	buf_clear(&b);
	buf_putc(&b, '"');
	while (b.len < LIMIT_JSON_BYTES)
		buf_puts(&b, "0123456789abcdef");
	buf_putc(&b, '"');
	assert_int_equal(json_parse(&j, buf_span(&b), &e), RES_LIMIT);
	buf_release(&b);
}

static void
test_access(void **state)
{
	struct json *j =
		parse("{\"Active\":true,\"active\":false,\"n\":[1,\"two\"],\"active\":true}");
	const struct json *n = json_get(j, "n");
	const struct json *earlier, *last;
	struct span s;
	bool b = false;

	(void)state;
	assert_true(json_to_bool(json_get(j, "active"), &b)); /* case, and the last of two */
	assert_true(b);
	assert_true(json_ambiguous(j, &earlier, &last));
	assert_true(span_is(json_name(earlier), "active"));
	assert_ptr_equal(last, json_get(j, "active"));
	assert_true(json_to_bool(earlier, &b) && !b);
	assert_null(json_get(j, "absent"));
	assert_ptr_equal(json_member(j, SPAN_LIT("active")), json_get(j, "active"));
	assert_null(json_member(j, SPAN_LIT("activ")));
	assert_null(json_get(NULL, "x"));
	assert_null(json_get(n, "x"));
	assert_int_equal(json_count(j), 4);
	assert_int_equal(json_count(n), 2);
	assert_true(json_to_span(json_next(json_first(n)), &s));
	assert_true(span_is(s, "two"));
	assert_true(span_is(json_name(json_first(j)), "Active"));
	assert_int_equal(json_get_str(j, "n").n, 0);
	assert_false(json_to_bool(NULL, &b));
	json_free(j);
	j = parse("{\"a\":[{\"x\":1},{\"y\":1,\"z\":2,\"y\":5,\"y\":3}]}");
	assert_true(json_ambiguous(j, &earlier, &last));
	assert_true(span_is(json_name(last), "y"));
	json_free(j);
	j = parse("{\"z\":1,\"b\":1,\"z\":2,\"b\":2}"); /* the one that comes first in the text */
	assert_true(json_ambiguous(j, &earlier, &last));
	assert_true(span_is(json_name(last), "z"));
	json_free(j);
	j = parse("{\"\\u0061ctive\":true,\"active\":false}"); /* the same name, written in two ways */
	assert_true(json_ambiguous(j, &earlier, &last));
	json_free(j);
	j = parse("[{\"x\":1},{\"x\":2}]");
	assert_false(json_ambiguous(j, &earlier, &last));
	json_free(j);
	j = parse("{\"x\":[1,2],\"y\":0,\"x\":[1, 2]}"); /* the same value twice */
	assert_false(json_ambiguous(j, &earlier, &last));
	json_free(j);
}

/* Beyond 2^53 a double is another number: the digits are kept. */
static void
test_long_integers(void **state)
{
	static const char text[] = "{\"s\":\"12345678901234567890 \\\" 1\",\"id\":9007199254740993,\"f\":1.5,"
				   "\"a\":[-9223372036854775808,7],\"n\":123456789012345678901234567890,\"e\":1e30}";
	struct json *j = parse(text), *copy;
	enum num_form form;
	struct span s;
	struct buf b;
	int64_t v = 0;
	double d;

	(void)state;
	assert_true(json_to_i64(json_get(j, "id"), &v, &form) && form == NUM_INTEGER);
	assert_int_equal(v, 9007199254740993);
	assert_true(json_to_i64(json_first(json_get(j, "a")), &v, NULL));
	assert_true(v == INT64_MIN);
	assert_true(json_to_i64(json_next(json_first(json_get(j, "a"))), &v, NULL) && v == 7);
	assert_false(json_to_i64(json_get(j, "n"), &v, &form));
	assert_int_equal(form, NUM_OTHER);
	assert_true(json_long_integer(json_get(j, "n"), &s) && span_is(s, "123456789012345678901234567890"));
	assert_false(json_long_integer(json_get(j, "f"), &s) || json_long_integer(json_get(j, "e"), &s) ||
		json_long_integer(json_get(j, "s"), &s));
	assert_true(json_to_double(json_get(j, "n"), &d) && d > 1e29);
	copy = json_dup(j);
	buf_init(&b, 4096);
	assert_int_equal(json_print(copy, &b, false), RES_OK);
	assert_non_null(strstr(buf_str(&b), "\"id\":9007199254740993,"));
	assert_non_null(strstr(buf_str(&b), "123456789012345678901234567890"));
	json_free(copy);
	json_free(j);
	j = json_new_object();
	json_set_i64(j, "v", INT64_MAX);
	buf_clear(&b);
	assert_int_equal(json_print(j, &b, false), RES_OK);
	assert_string_equal(buf_str(&b), "{\"v\":9223372036854775807}");
	json_free(j);
	buf_release(&b);
}

static void
test_time(void **state)
{
	static const struct {
		const char *text;
		enum num_form form;
		int64_t at;
	} times[] = {
		{"1769860623", NUM_INTEGER, 1769860623},
		{"0", NUM_INTEGER, 0},
		{"4102444800", NUM_INTEGER, 4102444800}, /* beyond 2038 */
		{"253402300799", NUM_INTEGER, 253402300799}, /* the end of the year 9999 */
		{"999999999999", NUM_INTEGER, 999999999999},
		{"1000000000000", NUM_MILLISECONDS, 1000000000},
		{"100000000000", NUM_INTEGER, 100000000000},
		{"1769860623.9", NUM_FLOAT, 1769860623},
		{"-1.5", NUM_FLOAT, -2},
		{"1769860623123", NUM_MILLISECONDS, 1769860623},
		{"1769860623123.5", NUM_MILLISECONDS, 1769860623},
		{"\"1769860623\"", NUM_STRING, 1769860623},
		{"\" 1769860623 \"", NUM_STRING, 1769860623},
		{"\"1769860623.5\"", NUM_STRING, 1769860623},
		{"\"1769860623123\"", NUM_MILLISECONDS, 1769860623},
		{"\"2026-01-31T11:57:03Z\"", NUM_ISO_DATE, 1769860623},
		{"\"2026-01-31T12:57:03+01:00\"", NUM_ISO_DATE, 1769860623},
		{"null", NUM_ABSENT, 0},
		{"\"soon\"", NUM_OTHER, 0},
		{"\"\"", NUM_OTHER, 0},
		{"true", NUM_OTHER, 0},
		{"[1]", NUM_OTHER, 0},
		{"{}", NUM_OTHER, 0},
		{"1e300", NUM_OTHER, 0},
		{"\"nan\"", NUM_OTHER, 0},
		{"\"0x10\"", NUM_OTHER, 0},
		{"\"inf\"", NUM_OTHER, 0},
	};
	int64_t at;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		struct json *j = parse(times[i].text);
		enum num_form f = json_to_time(j, &at);

		if (f != times[i].form || (f != NUM_ABSENT && f != NUM_OTHER && at != times[i].at))
			fail_msg("%s: form %d, at %lld", times[i].text, f, (long long)at);
		json_free(j);
	}
	assert_int_equal(json_to_time(NULL, &at), NUM_ABSENT);
}

static void
test_i64(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t v;
		enum num_form form;
	} nums[] = {{"3600", true, 3600, NUM_INTEGER}, {"\"3600\"", true, 3600, NUM_STRING},
		{"-1", true, -1, NUM_INTEGER}, {"3600.5", false, 0, NUM_FLOAT},
		{"3600.0", true, 3600, NUM_INTEGER}, {"null", false, 0, NUM_ABSENT},
		{"\"an hour\"", false, 0, NUM_OTHER}, {"true", false, 0, NUM_OTHER},
		{"1e400", false, 0, NUM_OTHER},
		{"9007199254740991", true, 9007199254740991, NUM_INTEGER}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(nums); i++) {
		struct json *j = parse(nums[i].text);
		enum num_form f;
		int64_t v = 0;
		bool ok = json_to_i64(j, &v, &f);

		if (ok != nums[i].ok || f != nums[i].form || (ok && v != nums[i].v))
			fail_msg("%s: %d %lld %d", nums[i].text, ok, (long long)v, f);
		json_free(j);
	}
}

static void
test_print(void **state)
{
	struct json *j =
		parse("{\"a\":[1,-2.5,1769860623123,1e21,0.1],\"b\":{},\"c\":[],\"d\":null,"
		      "\"e\":\"q\\\"\\\\\\/\\n\\u001b[1m\\u202e\\ud83d\\ude00\xc3\xa9\"}");

	(void)state;
	assert_printed(j, false,
		"{\"a\":[1,-2.5,1769860623123,1e+21,0.1],\"b\":{},\"c\":[],\"d\":null,"
		"\"e\":\"q\\\"\\\\/\\n\\u001b[1m\\u202e\xf0\x9f\x98\x80\xc3\xa9\"}");
	json_free(j);
	j = parse("{\"a\":[1,{\"b\":true}],\"c\":{}}");
	assert_printed(j, true,
		"{\n  \"a\": [\n    1,\n    {\n      \"b\": true\n    }\n  ],\n  \"c\": {}\n}");
	json_free(j);
}

/* What is printed reads back as the same, whatever the text holds. */
static void
test_print_round_trip(void **state)
{
	struct json *a = json_new_object(), *b = NULL;
	struct span x, y;
	struct buf t;
	char all[256];
	int i;

	(void)state;
	for (i = 1; i < 128; i++)
		all[i - 1] = (char)i;
	json_set_span(a, "ascii", span_make(all, 127));
	json_set_str(a, "rest", "\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81\xe2\x80\xa8");
	buf_init(&t, 1 << 16);
	assert_int_equal(json_print(a, &t, false), RES_OK);
	for (i = 0; i < (int)t.len; i++)
		assert_true((unsigned char)t.p[i] >= 0x20 && (unsigned char)t.p[i] < 0x7f);
	assert_int_equal(json_parse(&b, buf_span(&t), NULL), RES_OK);
	x = json_get_str(a, "ascii");
	y = json_get_str(b, "ascii");
	assert_true(span_eq(x, y));
	assert_true(span_eq(json_get_str(a, "rest"), json_get_str(b, "rest")));
	json_free(a);
	json_free(b);
	buf_release(&t);
}

static void
test_build(void **state)
{
	struct json *j = json_new_object(), *arr = json_new_array(), *d;

	(void)state;
	json_set_str(j, "s", "x");
	json_set_str(j, "s", "y"); /* replaces */
	json_set_str(j, "no", NULL);
	json_set_i64(j, "i", 4102444800);
	json_set_double(j, "d", 67.12345);
	json_set_bool(j, "b", true);
	json_append_span(arr, SPAN_LIT("one"));
	json_append_i64(arr, 2);
	json_set_take(j, "a", arr);
	json_set_dup(j, "copy", arr);
	json_set_dup(j, "none", NULL);
	assert_printed(j, false,
		"{\"s\":\"y\",\"no\":null,\"i\":4102444800,\"d\":67.123,\"b\":true,"
		"\"a\":[\"one\",2],\"copy\":[\"one\",2],\"none\":null}");
	d = json_dup(j);
	json_replace_str((struct json *)json_get(d, "s"), SPAN_LIT("much longer than before"));
	json_replace_str((struct json *)json_get(d, "i"), SPAN_LIT("a number before"));
	json_replace_str((struct json *)json_get(d, "b"), SPAN_LIT("neither of them"));
	assert_true(span_is(json_get_str(d, "s"), "much longer than before"));
	assert_true(span_is(json_get_str(j, "s"), "y"));
	assert_true(span_is(json_get_str(d, "i"), "a number before"));
	assert_int_equal(json_type(json_get(j, "i")), JSON_NUMBER);
	assert_int_equal(json_type(json_get(d, "b")), JSON_BOOL);
	json_free(j);
	json_free(d);
	json_free(NULL);
	assert_null(json_dup(NULL));
}

static void
test_lists(void **state)
{
	struct json *j = NULL;

	(void)state;
	assert_int_equal(
		json_parse(&j, SPAN_LIT("{\"a\":[1,\"S256\"],\"o\":{\"k\":\"S256\"}}"), NULL),
		RES_OK);
	assert_true(json_lists(json_get(j, "a"), "S256"));
	assert_false(json_lists(json_get(j, "a"), "S25"));
	assert_false(json_lists(json_get(j, "a"), "1"));
	assert_false(json_lists(json_get(j, "o"), "S256"));
	assert_false(json_lists(json_get(j, "none"), "S256"));
	json_free(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bad_bytes),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_long_integers),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_i64),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_print_round_trip),
		cmocka_unit_test(test_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
