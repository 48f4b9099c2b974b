#include "unit.h"

#include "base/rng.h"
#include "base/text.h"
#include "base/utf8.h"

static void
check(struct span in, const char *want)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(text_safe(&b, in), RES_OK);
	assert_string_equal(buf_str(&b), want);
	assert_true(text_is_safe(buf_span(&b)));
	assert_int_equal(text_is_safe(in), span_is(in, want));
	buf_release(&b);
}

#define SAFE(in, want) check(SPAN_LIT(in), want)

static void
test_classes(void **state)
{
	(void)state;
	SAFE("", "");
	SAFE("plain ~ text", "plain ~ text");
	SAFE("é → 作 🔐 \\n", "é → 作 🔐 \\n"); /* a backslash is no escape of ours */
	SAFE("a\nb\tc\rd\033e", "a\\nb\\tc\\rd\\ee");
	SAFE("\0\a\b\v\f\x1F\x7F", "\\x00\\x07\\x08\\x0B\\x0C\\x1F\\x7F");
	SAFE("\033]0;title\a", "\\e]0;title\\x07");
	SAFE("\xC2\x80\xC2\x85\xC2\x9B\xC2\x9F", "\\u{80}\\u{85}\\u{9B}\\u{9F}");
	SAFE("\x9B"
	     "1m",
		"\\x9B1m");
	SAFE("\xC3\x28\xFF\xED\xA0\x80\xE2\x82", "\\xC3(\\xFF\\xED\\xA0\\x80\\xE2\\x82");
	SAFE("\u061C\u200E\u200F", "\\u{61C}\\u{200E}\\u{200F}");
	SAFE("\u202A\u202B\u202C\u202D\u202E", "\\u{202A}\\u{202B}\\u{202C}\\u{202D}\\u{202E}");
	SAFE("\u2066\u2067\u2068\u2069", "\\u{2066}\\u{2067}\\u{2068}\\u{2069}");
	SAFE("\u200B\u200C\u200D\u2060\uFEFF", "\\u{200B}\\u{200C}\\u{200D}\\u{2060}\\u{FEFF}");
	SAFE("\U000E0001\U000E0041\U000E007F", "\\u{E0001}\\u{E0041}\\u{E007F}");
	SAFE("\u2028\u2029", "\\u{2028}\\u{2029}");
	SAFE("\uFDD0\uFFFE\uFFFF\U0001FFFE\U0010FFFF",
		"\\u{FDD0}\\u{FFFE}\\u{FFFF}\\u{1FFFE}\\u{10FFFF}");
	SAFE("\u2062\u180E\uFFF9", "\\u{2062}\\u{180E}\\u{FFF9}");
	SAFE("👩\u200D💻", "👩\\u{200D}💻");
}

#define ACUTE "\xCC\x81"

static void
test_marks(void **state)
{
	(void)state;
	SAFE("e" ACUTE ACUTE ACUTE ACUTE, "e" ACUTE ACUTE ACUTE ACUTE);
	SAFE("e" ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE "x", "e" ACUTE ACUTE ACUTE ACUTE "x");
	/* The count begins anew behind whatever has a cell. */
	SAFE("e" ACUTE ACUTE ACUTE ACUTE "e" ACUTE, "e" ACUTE ACUTE ACUTE ACUTE "e" ACUTE);
	SAFE("e" ACUTE ACUTE ACUTE ACUTE "\n" ACUTE, "e" ACUTE ACUTE ACUTE ACUTE "\\n" ACUTE);
	SAFE("é" ACUTE ACUTE ACUTE ACUTE "é" ACUTE, "é" ACUTE ACUTE ACUTE ACUTE "é" ACUTE);
}

/* No byte of the result may be a control, whatever went in. */
static void
assert_printable(struct span s, bool lines)
{
	size_t at = 0;

	while (at < s.n) {
		uint32_t cp;

		at += utf8_decode(span_from(s, at), &cp);
		if (cp == '\n' && lines)
			continue;
		if (cp == UINT32_MAX || utf8_width(cp) < 0 || (cp >= 0x200B && cp <= 0x200F) ||
			(cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x2069) ||
			cp == 0xFEFF || (cp >= 0xE0000 && cp <= 0xE007F))
			fail_msg("U+%04X came through", cp);
	}
}

static void
test_random_bytes(void **state)
{
	struct rng r;

	(void)state;
	rng_init_seeded(&r, 42);
	for (int i = 0; i < 20000; i++) {
		char in[64], small[24];
		size_t n = rng_below(&r, sizeof in + 1);
		struct buf b, again;
		char *dup;

		rng_fill(&r, in, sizeof in);
		if (i % 2) /* towards what UTF-8 is made of */
			for (size_t k = 0; k + 2 < n; k += 3)
				memcpy(in + k, i % 4 == 1 ? "\xE2\x80" : "\xCC\x81", 2);
		buf_init(&b, 4096);
		buf_init(&again, 4096);
		assert_int_equal(text_safe(&b, span_make(in, n)), RES_OK);
		assert_printable(buf_span(&b), false);
		assert_true(text_is_safe(buf_span(&b)));
		assert_int_equal(text_safe(&again, buf_span(&b)), RES_OK);
		assert_true(span_eq(buf_span(&b), buf_span(&again)));

		dup = text_safe_dup(span_make(in, n), 20);
		assert_true(strlen(dup) <= 20);
		assert_printable(span_of(dup), false);
		free(dup);
		text_safe_into(small, sizeof small, span_make(in, n));
		assert_true(strlen(small) < sizeof small);
		assert_true(span_starts(buf_span(&b), small));
		assert_printable(span_of(small), false);

		buf_clear(&b);
		assert_int_equal(text_safe_lines(&b, span_make(in, n)), RES_OK);
		assert_printable(buf_span(&b), true);
		buf_clear(&b);
		assert_int_equal(text_ascii(&b, span_of(small)), RES_OK);
		for (size_t k = 0; k < b.len; k++)
			assert_in_range(b.p[k], 0x20, 0x7E);
		buf_release(&b);
		buf_release(&again);
	}
}

static void
test_every_code_point(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		char in[4], out[32];
		size_t n = utf8_encode(cp, in);

		if (n == 0)
			continue;
		text_safe_into(out, sizeof out, span_make(in, n));
		assert_printable(span_of(out), false);
		if (text_is_safe(span_make(in, n)) != span_eq(span_of(out), span_make(in, n)))
			fail_msg("U+%04X: unsure", cp);
	}
}

static void
test_lines(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(text_safe_lines(&b, SPAN_LIT("{\n\t\"a\":\t1,\r\n\033}\n")), RES_OK);
	assert_string_equal(buf_str(&b), "{\n        \"a\":    1,\\r\n\\e}\n");
	buf_clear(&b);
	assert_int_equal(text_safe_lines(&b, SPAN_LIT("作\tx")), RES_OK);
	assert_string_equal(buf_str(&b), "作      x");
	buf_release(&b);
}

static void
test_cut(void **state)
{
	char out[8], *s;

	(void)state;
	s = text_safe_dup(SPAN_LIT("abcdef"), 6);
	assert_string_equal(s, "abcdef");
	free(s);
	s = text_safe_dup(SPAN_LIT("abcdefg"), 6);
	assert_string_equal(s, "abc…");
	free(s);
	s = text_safe_dup(SPAN_LIT("ab\033\033"), 5); /* an escape goes whole or not at all */
	assert_string_equal(s, "ab…");
	free(s);
	s = text_safe_dup(SPAN_LIT("作作作"), 8);
	assert_string_equal(s, "作…");
	free(s);
	s = text_safe_dup(SPAN_LIT("abc"), 2);
	assert_string_equal(s, "ab");
	free(s);
	s = text_safe_dup(SPAN_LIT("abc"), 0);
	assert_string_equal(s, "");
	free(s);
	s = text_safe_dup(SPAN_LIT("\a\a\a"), SIZE_MAX);
	assert_string_equal(s, "\\x07\\x07\\x07");
	free(s);
	assert_string_equal(text_safe_into(out, sizeof out, SPAN_LIT("123456789")), "1234567");
	assert_string_equal(text_safe_into(out, sizeof out, SPAN_LIT("12345\a")), "12345");
	assert_string_equal(text_safe_into(out, sizeof out, SPAN_LIT("12345é")), "12345é");
	assert_string_equal(text_safe_into(out, sizeof out, SPAN_LIT("123456é")), "123456");
	assert_string_equal(text_safe_into(out, 1, SPAN_LIT("x")), "");
	out[0] = 'k';
	text_safe_into(out, 0, SPAN_LIT("x"));
	assert_int_equal(out[0], 'k');
}

static void
test_limit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_int_equal(text_safe(&b, SPAN_LIT("\a\a\a")), RES_LIMIT);
	assert_string_equal(buf_str(&b), "\\x07\\x07");
	buf_release(&b);
}

static void
test_ascii(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(
		text_ascii(&b, SPAN_LIT("✓ ✗ → … ─ a\nRFC 6750 §3.1 über 作 e" ACUTE)), RES_OK);
	assert_string_equal(buf_str(&b), "+ x -> ... - a\nRFC 6750 sec. 3.1 ueber ? e");
	buf_clear(&b);
	assert_int_equal(text_ascii(&b, SPAN_LIT("\033\xFF│┌▇▁")), RES_OK);
	assert_string_equal(buf_str(&b), "??|+#.");
	buf_release(&b);
}

static void
test_shell_word(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(text_shell_word(&b, SPAN_LIT("it's $HOME\n\033"), false), RES_OK);
	assert_string_equal(buf_str(&b), "'it'\\''s $HOME\\n\\e'");
	buf_clear(&b);
	assert_int_equal(text_shell_word(&b, SPAN_LIT("a\nb"), true), RES_OK);
	assert_string_equal(buf_str(&b), "'a\nb'");
	buf_clear(&b);
	assert_int_equal(text_shell_word(&b, SPAN_EMPTY, false), RES_OK);
	assert_string_equal(buf_str(&b), "''");
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_random_bytes),
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_shell_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
