#include "unit.h"

#include "base/utf8.h"

static void
test_round_trip(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110010; cp++) {
		char out[4];
		size_t n = utf8_encode(cp, out);
		uint32_t back = 0;

		if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) {
			if (n != 0)
				fail_msg("U+%04X was encoded", cp);
			continue;
		}
		if (n == 0 || utf8_decode(span_make(out, n), &back) != n || back != cp)
			fail_msg("U+%04X does not come back", cp);
	}
}

static void
test_invalid(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80",
		"\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
		"\xF8\x88\x80\x80\x80", "\xFE", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3\x28",
		"\xE2\x28\xA1", "\xE2\x82\x28",
	};
	uint32_t cp;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(utf8_decode(span_of(bad[i]), &cp), 1);
		assert_true(cp == UINT32_MAX);
		assert_false(utf8_valid(span_of(bad[i])));
	}
	assert_int_equal(utf8_decode(SPAN_EMPTY, &cp), 0);
	assert_int_equal(utf8_decode(SPAN_LIT("\0"), &cp), 1);
	assert_int_equal(cp, 0);
	assert_true(utf8_valid(SPAN_LIT("a\0é→作🔐")));
	/* Cut by the end of the span, not by a NUL behind it. */
	assert_int_equal(utf8_decode(span_make("é", 1), &cp), 1);
	assert_true(cp == UINT32_MAX);
}

static void
test_width(void **state)
{
	static const struct {
		uint32_t cp;
		int width;
	} cases[] = {
		{0, -1}, {0x1B, -1}, {0x1F, -1}, {0x7F, -1}, {0x80, -1}, {0x9B, -1}, {0x9F, -1},
		{0xD800, -1}, {0xDFFF, -1}, {0xFDD0, -1}, {0xFFFE, -1}, {0xFFFF, -1}, {0x1FFFE, -1},
		{0x10FFFF, -1}, {0x110000, -1}, {UINT32_MAX, -1},
		{' ', 1}, {'a', 1}, {'~', 1}, {0xA0, 1}, {0xAD, 1}, {0xE9, 1}, {0x2FF, 1},
		{0x416, 1},
		{0x5D0, 1}, {0x627, 1}, {0x905, 1}, {0xE01, 1}, {0x10FF, 1}, {0x1E00, 1},
		{0x20AC, 1},
		{0xFF61, 1}, {0xFF71, 1}, {0xFFE8, 1}, {0xFFFD, 1}, {0x1D400, 1}, {0x1F1E6, 1},
		/* what the screens are drawn with */
		{0x2713, 1}, {0x2717, 1}, {0x25CF, 1}, {0x2192, 1}, {0x2026, 1}, {0x26A0, 1},
		{0x2500, 1},
		{0x2588, 1}, {0x2581, 1}, {0x2587, 1}, {0x25B8, 1}, {0xB7, 1},
		/* combining, enclosing, selectors, joiners */
		{0x300, 0}, {0x301, 0}, {0x36F, 0}, {0x483, 0}, {0x488, 0}, {0x591, 0}, {0x5BF, 0},
		{0x64B, 0}, {0x670, 0}, {0x93C, 0}, {0xE31, 0}, {0x1AB0, 0}, {0x1DC0, 0},
		{0x20D0, 0},
		{0x20E3, 0}, {0x302A, 0}, {0x3099, 0}, {0xFE00, 0}, {0xFE0E, 0}, {0xFE0F, 0},
		{0xFE20, 0},
		{0x200B, 0}, {0x200D, 0}, {0x2060, 0}, {0xFEFF, 0}, {0xE0100, 0}, {0xE01EF, 0},
		{0x1D167, 0},
		/* Hangul: the syllables and leading letters are wide, what joins them has no cell */
		{0x1100, 2}, {0x115F, 2}, {0x1161, 0}, {0x11A8, 0}, {0x11FF, 0}, {0xD7B0, 0},
		{0xA960, 2},
		{0xAC00, 2}, {0xD55C, 2}, {0xD7A3, 2}, {0x3131, 2},
		/* Han, kana, fullwidth, and their neighbours that are not */
		{0x2E80, 2}, {0x3000, 2}, {0x3001, 2}, {0x303E, 2}, {0x303F, 1}, {0x3042, 2},
		{0x30A2, 2},
		{0x3400, 2}, {0x4DBF, 2}, {0x4DC0, 1}, {0x4E00, 2}, {0x4F5C, 2}, {0x9FFF, 2},
		{0xA000, 2},
		{0xF900, 2}, {0xFE30, 2}, {0xFF01, 2}, {0xFF21, 2}, {0xFF60, 2}, {0xFFE0, 2},
		{0xFFE6, 2},
		{0x17000, 2}, {0x1B000, 2}, {0x20000, 2}, {0x2A6DF, 2}, {0x2FFFD, 2}, {0x30000, 2},
		{0x3FFFD, 2},
		/* emoji, and symbols that stay narrow without a selector */
		{0x231A, 2}, {0x23F0, 2}, {0x2614, 2}, {0x26A1, 2}, {0x2705, 2}, {0x274C, 2},
		{0x2B50, 2},
		{0x1F004, 2}, {0x1F0CF, 2}, {0x1F18E, 2}, {0x1F300, 2}, {0x1F3FB, 2}, {0x1F510, 2},
		{0x1F600, 2},
		{0x1F680, 2}, {0x1F6FC, 2}, {0x1F90C, 2}, {0x1F9FF, 2}, {0x1FA70, 2}, {0x1F7E2, 2},
		{0x2601, 1}, {0x263A, 1}, {0x2708, 1}, {0x2764, 1}, {0x1F321, 1}, {0x1F5A5, 1},
		{0x1F6E1, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (utf8_width(cases[i].cp) != cases[i].width)
			fail_msg("U+%04X: %d cells, not %d", cases[i].cp, utf8_width(cases[i].cp),
				cases[i].width);
}

/* Whatever the tables hold, nothing outside -1 to 2 comes out and ASCII is narrow. */
static void
test_width_everywhere(void **state)
{
	size_t wide = 0, zero = 0;

	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		int w = utf8_width(cp);

		if (w < -1 || w > 2 || (cp >= 0x20 && cp < 0x7F && w != 1))
			fail_msg("U+%04X: %d cells", cp, w);
		wide += w == 2;
		zero += w == 0;
	}
	assert_in_range(wide, 170000, 190000); /* two planes of Han, and the basic plane's share */
	assert_in_range(zero, 2000, 7000);
}

static void
test_cells_and_clip(void **state)
{
	struct span s = SPAN_LIT("ae\xCC\x81作x");

	(void)state;
	assert_int_equal(utf8_cells(s), 5);
	assert_int_equal(utf8_cells(SPAN_EMPTY), 0);
	assert_int_equal(utf8_cells(SPAN_LIT("\x80\n")), 2);
	assert_true(span_is(utf8_clip(s, 0), ""));
	assert_true(span_is(utf8_clip(s, 1), "a"));
	assert_true(span_is(utf8_clip(s, 2), "ae\xCC\x81"));
	/* A wide character is not cut in two, nor is it let out. */
	assert_true(span_is(utf8_clip(s, 3), "ae\xCC\x81"));
	assert_true(span_is(utf8_clip(s, 4), "ae\xCC\x81作"));
	assert_true(span_eq(utf8_clip(s, 5), s));
	assert_true(span_eq(utf8_clip(s, SIZE_MAX), s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_width_everywhere),
		cmocka_unit_test(test_cells_and_clip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
