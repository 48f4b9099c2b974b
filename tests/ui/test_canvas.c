#include "unit.h"

#include "base/text.h"
#include "base/utf8.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"

static const char *
row(const struct canvas *c, int r)
{
	static struct buf b;

	buf_release(&b);
	buf_init(&b, 8192);
	canvas_row_text(c, r, &b);
	return buf_str(&b);
}

static void
test_text_is_clipped(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c);
	canvas_resize(&c, 2, 10);
	assert_int_equal(canvas_puts(&c, 0, 7, 20, UIR_TEXT, "abcdef"), 6);
	assert_string_equal(row(&c, 0), "       abc");
	assert_int_equal(canvas_puts(&c, 0, -2, 20, UIR_TEXT, "xyz"), 3);
	assert_string_equal(row(&c, 0), "z      abc");
	canvas_puts(&c, 5, 0, 10, UIR_TEXT, "nowhere");
	canvas_puts(&c, -1, 0, 10, UIR_TEXT, "nowhere");
	assert_string_equal(row(&c, 1), "");
	canvas_text_cut(&c, 1, 0, 6, UIR_VALUE, SPAN_LIT("abcdefgh"));
	assert_string_equal(row(&c, 1), "abcde…");
	canvas_text_cut(&c, 1, 0, 8, UIR_VALUE, SPAN_LIT("abcdefgh"));
	assert_string_equal(row(&c, 1), "abcdefgh");
	canvas_clip(&c, (struct rect){1, 2, 1, 3});
	canvas_puts(&c, 1, 0, 10, UIR_TEXT, "0123456789");
	assert_string_equal(row(&c, 1), "ab234fgh");
	canvas_release(&c);
}

static void
test_wide_and_combining(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c);
	canvas_resize(&c, 1, 6);
	/* the second wide character would stick out: it becomes a blank */
	assert_int_equal(canvas_puts(&c, 0, 0, 3, UIR_TEXT, "作作"), 2);
	assert_string_equal(row(&c, 0), "作");
	canvas_puts(&c, 0, 0, 6, UIR_TEXT, "a作b作c");
	assert_string_equal(row(&c, 0), "a作b作");
	/* half a wide character leaves a blank */
	canvas_put(&c, 0, 1, 'x', UIR_TEXT);
	assert_string_equal(row(&c, 0), "ax b作");
	canvas_put(&c, 0, 5, 'y', UIR_TEXT);
	assert_string_equal(row(&c, 0), "ax b y");
	canvas_clear(&c);
	canvas_puts(&c, 0, 0, 6, UIR_TEXT, "e\xcc\x81x");
	assert_string_equal(row(&c, 0), "e\xcc\x81x");
	assert_int_equal(canvas_at(&c, 0, 1)->cp, 'x');
	/* at the right edge of the canvas */
	canvas_put(&c, 0, 5, 0x4f5c, UIR_TEXT);
	assert_int_equal(canvas_at(&c, 0, 5)->cp, ' ');
	canvas_release(&c);
}

static void
test_ascii_keeps_the_layout(void **state)
{
	static const char text[] = "✓ ✗ … · ▸ ▇▁ ─│ → 作 ä";
	struct canvas u, a;

	(void)state;
	canvas_init(&u);
	canvas_init(&a);
	a.ascii = true;
	canvas_resize(&u, 1, 40);
	canvas_resize(&a, 1, 40);
	assert_int_equal(canvas_puts(&u, 0, 0, 40, UIR_TEXT, text),
		canvas_puts(&a, 0, 0, 40, UIR_TEXT, text));
	assert_string_equal(row(&a, 0), "+ x ~ . > #. -| > ?? ?");
	canvas_release(&u);
	canvas_release(&a);
}

static void
test_wrap(void **state)
{
	struct span rest = SPAN_LIT("The access token expired\n\n3 min ago bythe-servers-clock"), line;
	static const char *const lines[] = {"The access", "token", "expired", "", "3 min ago", "bythe-serve",
		"rs-clock"};
	size_t n = 0;
	struct canvas c;

	(void)state;
	while (wrap_next(&rest, 11, &line)) {
		assert_true(n < ARRAY_SIZE(lines));
		assert_int_equal(line.n, strlen(lines[n]));
		assert_memory_equal(line.p ? line.p : "", lines[n], line.n);
		n++;
	}
	assert_int_equal(n, ARRAY_SIZE(lines));
	canvas_init(&c);
	canvas_resize(&c, 3, 8);
	assert_int_equal(canvas_wrap(&c, (struct rect){0, 0, 2, 8}, UIR_TEXT, SPAN_LIT("one two three")), 2);
	assert_string_equal(row(&c, 0), "one two");
	assert_string_equal(row(&c, 1), "three");
	assert_int_equal(canvas_wrap(&c, (struct rect){0, 0, 1, 8}, UIR_TEXT, SPAN_LIT("one two three")), 1);
	assert_string_equal(row(&c, 0), "one two…");
	canvas_release(&c);
}

/* Chinese has no blanks: a line ends beside an ideograph, and none begins with what closes. */
static void
test_wrap_ideographs(void **state)
{
	static const struct {
		const char *text;
		int width;
		const char *lines[5];
	} rows[] = {
		{"访问令牌已过期。", 10, {"访问令牌已", "过期。"}},
		{"访问令牌已过期。", 14, {"访问令牌已过", "期。"}},  /* not "期" and then "。" alone */
		{"访问令牌已过期。", 15, {"访问令牌已过", "期。"}},
		{"服务器（本地）", 9, {"服务器", "（本地）"}}, /* none ends with what opens */
		{"令牌 token 已过期", 9, {"令牌", "token 已", "过期"}},
		{"按 Enter 运行第 1 步。", 8, {"按 Enter", "运行第 1", "步。"}},
		{"wrapped by blanks，还有", 12, {"wrapped by", "blanks，还有"}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span rest = span_of(rows[i].text), line;
		size_t n = 0;

		while (wrap_next(&rest, rows[i].width, &line)) {
			assert_in_range(text_cells(line), 0, rows[i].width);
			assert_true(n < 5 && rows[i].lines[n]);
			if (!span_is(line, rows[i].lines[n]))
				fail_msg("%s: \"%.*s\" is no \"%s\"", rows[i].text, SPAN_ARG(line),
					rows[i].lines[n]);
			n++;
		}
		assert_true(n == 5 || !rows[i].lines[n]);
	}
}

/* Whatever bytes are made safe and drawn anywhere: no control on the canvas, no half of a wide character. */
static void
test_no_control_arrives(void **state)
{
	struct canvas c;
	uint64_t x = 7;

	static const char likely[] = "\xe2\x80\xae\xe4\xbd\x9c\xcc\x81\033[2J\xc2\x9b\xf3\xa0\x80\x81z";

	(void)state;
	canvas_init(&c);
	canvas_resize(&c, 4, 30);
	for (int round = 0; round < 4000; round++) {
		char raw[40];
		struct buf safe;

		for (size_t i = 0; i < sizeof(raw); i++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			raw[i] = (char)(x >> 56);
			if (x >> 40 & 1) /* plausible UTF-8, bidi and zero-width among it */
				raw[i] = likely[(x >> 20) % (sizeof(likely) - 1)];
		}
		buf_init(&safe, 4096);
		assert_int_equal(text_safe(&safe, span_make(raw, sizeof(raw))), RES_OK);
		c.ascii = round & 1;
		canvas_text_cut(&c, (int)(x >> 8 & 3), (int)(x >> 12 & 31) - 3, 26, UIR_VALUE, buf_span(&safe));
		buf_release(&safe);
		assert_int_equal(c.controls, 0);
		for (int r = 0; r < c.rows; r++) {
			for (int k = 0; k < c.cols; k++) {
				const struct cell *cell = canvas_at(&c, r, k);

				if (cell->flags & CELL_CONT) {
					assert_true(k > 0 && canvas_at(&c, r, k - 1)->flags & CELL_WIDE);
					continue;
				}
				assert_true(utf8_width(cell->cp) >= 1);
				if (cell->flags & CELL_WIDE)
					assert_true(k + 1 < c.cols && canvas_at(&c, r, k + 1)->flags & CELL_CONT);
			}
		}
	}
	canvas_release(&c);
}

static void
test_glyphs_are_one_cell(void **state)
{
	static const uint32_t chrome[] = {GLYPH_OK, GLYPH_PROBLEM, GLYPH_SKIPPED, GLYPH_PENDING, GLYPH_RUNNING,
		GLYPH_MARK, GLYPH_BAR, GLYPH_BAR_EMPTY, GLYPH_HLINE, GLYPH_VLINE, GLYPH_TOP_LEFT,
		GLYPH_TOP_RIGHT, GLYPH_BOTTOM_LEFT, GLYPH_BOTTOM_RIGHT, GLYPH_UP, GLYPH_DOWN, GLYPH_BULLET};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(chrome); i++) {
		assert_int_equal(utf8_width(chrome[i]), 1);
		assert_int_not_equal(glyph_stand_in(chrome[i]), '?');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_clipped),
		cmocka_unit_test(test_wide_and_combining),
		cmocka_unit_test(test_ascii_keeps_the_layout),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_wrap_ideographs),
		cmocka_unit_test(test_no_control_arrives),
		cmocka_unit_test(test_glyphs_are_one_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
