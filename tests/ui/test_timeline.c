/* The drawing of the tokens' lives: where its marks stand at every width, and what a second changes. */
#include "unit.h"

#include <locale.h>
#include <stdlib.h>

#include "case/timeline.h"
#include "ui/glyphs.h"
#include "ui/state.h"

enum { ISSUED = 1769857200, LIFE = 3600, ROWS = 5 };

static const struct timeline usual = {
	.access = {true, ISSUED, 0, ISSUED + LIFE},
	.refresh = {true, ISSUED, 0, ISSUED + 30 * 86400},
	.now_s = ISSUED + 1800,
	.local_s = ISSUED + 1800,
	.leeway_s = 60,
};

static void
draw(const struct timeline *t, enum state band, int cols, struct canvas *c)
{
	canvas_init(c);
	canvas_resize(c, ROWS, cols);
	timeline_draw(t, band, STATE_OK, false, (struct rect){0, 0, ROWS, cols}, c);
	assert_int_equal(c->controls, 0);
}

/* The first cell of a row with cp; -1: none. */
static int
find(const struct canvas *c, int row, uint32_t cp)
{
	for (int col = 0; col < c->cols; col++)
		if (canvas_at(c, row, col)->cp == cp)
			return col;
	return -1;
}

static void
test_marks_in_order(void **state)
{
	(void)state;
	for (int cols = 60; cols <= 200; cols++) {
		struct timeline t = usual;
		struct canvas c;
		int issued, now, end;

		t.access.not_before = ISSUED + 900;
		t.local_s += 600;
		t.skew_known = true;
		draw(&t, STATE_OK, cols, &c);
		issued = find(&c, 0, GLYPH_BRANCH);
		now = find(&c, 0, GLYPH_DOT);
		end = find(&c, 0, GLYPH_LINE_END);
		assert_true(issued > 0 && issued < find(&c, 0, '['));
		assert_true(find(&c, 0, '[') < now && now < find(&c, 0, GLYPH_RING));
		assert_true(find(&c, 0, GLYPH_RING) < end && end < cols - 1);
		assert_int_equal(find(&c, 0, GLYPH_SHADE), end + 1);
		/* half of the life is over: its mark stands in the middle, to one cell */
		assert_true(abs((end - issued) - 2 * (now - issued)) <= 2);
		/* what is left is drawn by the band, what is over is not */
		assert_int_equal(canvas_at(&c, 0, now + 1)->cp, GLYPH_BAR);
		assert_int_equal(canvas_at(&c, 0, now + 1)->role, UIR_COUNT_OK);
		assert_int_equal(canvas_at(&c, 0, now - 1)->cp, GLYPH_HLINE);
		/* a month for it: half an hour is less than a cell, and now stands over the beginning */
		assert_true(find(&c, 2, GLYPH_DOT) > 0 && find(&c, 2, GLYPH_DOT) < find(&c, 2, GLYPH_LINE_END));
		assert_int_equal(find(&c, 2, GLYPH_SHADE), -1);
		assert_true(find(&c, 4, GLYPH_DOT) > 0);
		canvas_release(&c);
	}
}

static void
test_bands_by_glyph_too(void **state)
{
	struct timeline t = usual;
	struct canvas c;
	int end;

	(void)state;
	t.now_s = t.local_s = ISSUED + LIFE - 300;
	draw(&t, STATE_WARNING, 120, &c);
	end = find(&c, 0, GLYPH_LINE_END);
	assert_int_equal(canvas_at(&c, 0, end - 1)->cp, '!');
	assert_int_equal(canvas_at(&c, 0, end - 1)->role, UIR_COUNT_WARNING);
	assert_int_equal(find(&c, 0, GLYPH_BAR), -1);
	canvas_release(&c);
	t.now_s = t.local_s = ISSUED + LIFE + 600;
	draw(&t, STATE_PROBLEM, 120, &c);
	end = find(&c, 0, GLYPH_LINE_END);
	assert_true(end < find(&c, 0, GLYPH_DOT));
	assert_int_equal(canvas_at(&c, 0, find(&c, 0, GLYPH_DOT) - 1)->cp, GLYPH_PROBLEM);
	canvas_release(&c);
}

/* A second moves nothing, or the mark by a cell: the rest of the drawing stands still. */
static void
test_a_second_changes_little(void **state)
{
	(void)state;
	for (int cols = 60; cols <= 200; cols += 20) {
		int moved = 0, start, end;
		struct canvas was;

		draw(&usual, STATE_OK, cols, &was);
		start = find(&was, 0, GLYPH_BRANCH);
		end = find(&was, 0, GLYPH_LINE_END);
		for (int s = 1; s <= 1000; s++) {
			struct timeline t = usual;
			struct canvas c;
			int cells = 0;

			t.now_s += s;
			t.local_s += s;
			draw(&t, STATE_OK, cols, &c);
			for (int i = 0; i < ROWS * cols; i++)
				cells += memcmp(&c.cells[i], &was.cells[i], sizeof(c.cells[i])) != 0;
			assert_true(cells <= 4);
			moved += cells != 0;
			canvas_release(&was);
			was = c;
		}
		canvas_release(&was);
		/* 1000 s of 3600, and the refresh token's mark once at most */
		assert_in_range(moved, (end - start) * 1000 / LIFE - 1, (end - start) * 1000 / LIFE + 2);
	}
}

/* Any time that a token can state is drawn somewhere, never outside. */
static void
test_hostile_times(void **state)
{
	static const int64_t times[] = {INT64_MIN, -1, 0, 1, ISSUED, INT64_MAX / 4, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < 7 * 7 * 7; i++) {
		struct timeline t = usual;
		struct canvas c;
		int64_t from, to;

		t.access.from = times[i % 7];
		t.access.to = times[i / 7 % 7];
		t.access.not_before = times[i / 49];
		life_range(&t.access, t.now_s, t.leeway_s, &from, &to);
		assert_true(from < to && from <= t.now_s && t.now_s < to);
		draw(&t, STATE_OK, 80, &c);
		assert_true(find(&c, 0, GLYPH_DOT) > 0);
		canvas_release(&c);
	}
}

static void
test_rows_that_there_are(void **state)
{
	struct timeline none = {.now_s = ISSUED}, one = usual;

	(void)state;
	one.refresh = (struct life){0};
	assert_int_equal(timeline_rows(&none, 30), 0);
	assert_int_equal(timeline_rows(&one, 30), 3);
	assert_int_equal(timeline_rows(&usual, 30), 5);
	assert_int_equal(timeline_rows(&usual, 5), 0);
	for (int rows = 0; rows < 40; rows++)
		assert_true(timeline_rows(&usual, rows) * 2 <= rows);
}

/* --- the waterfall --- */

static const struct exchange_bar bar = {true, 1000000, {100000, 200000, 300000, 300000, 100000}, 1000000};

static void
test_phases_take_their_share(void **state)
{
	static const uint32_t glyphs[] = {
		GLYPH_SHADE_LIGHT, GLYPH_SHADE, GLYPH_SHADE_DARK, GLYPH_BLOCK, GLYPH_LOWER_HALF};
	static const int cells[] = {1, 2, 3, 3, 1}; /* of ten, 100 ms each */
	struct canvas c;
	int col = 10;

	(void)state;
	canvas_init(&c);
	canvas_resize(&c, 1, 40);
	waterfall_draw(&bar, 3000000, true, 0, 0, 30, &c);
	for (int i = 0; i < 10; i++)
		assert_int_equal(canvas_at(&c, 0, i)->cp, ' ');
	for (int p = 0; p < PHASE_COUNT; p++) {
		for (int i = 0; i < cells[p]; i++, col++) {
			assert_int_equal(canvas_at(&c, 0, col)->cp, glyphs[p]);
			assert_int_equal(canvas_at(&c, 0, col)->role, UIR_PHASE_DNS + p);
		}
	}
	assert_int_equal(canvas_at(&c, 0, col)->cp, ' ');
	canvas_clear(&c);
	waterfall_draw(&bar, 3000000, false, 0, 0, 30, &c);
	assert_int_equal(canvas_at(&c, 0, 10)->cp, GLYPH_BAR);
	assert_int_equal(canvas_at(&c, 0, 19)->cp, GLYPH_BAR);
	assert_int_equal(canvas_at(&c, 0, 20)->cp, ' ');
	/* too short for a cell: one all the same, in its longest phase, at the end still inside */
	canvas_clear(&c);
	waterfall_draw(&(struct exchange_bar){true, 2999999, {0, 0, 0, 1, 0}, 1}, 3000000, true, 0, 0, 30, &c);
	assert_int_equal(canvas_at(&c, 0, 29)->cp, GLYPH_BLOCK);
	canvas_release(&c);
}

static void
test_legend_is_as_wide_as_it_says(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c);
	canvas_resize(&c, 1, 60);
	canvas_fill(&c, (struct rect){0, 0, 1, 60}, '-', UIR_RULE);
	waterfall_legend(0, 50, &c);
	assert_int_equal(canvas_at(&c, 0, 50 - WATERFALL_LEGEND - 1)->cp, '-');
	assert_int_equal(canvas_at(&c, 0, 50 - WATERFALL_LEGEND)->cp, ' ');
	assert_int_equal(canvas_at(&c, 0, 49)->cp, ' ');
	assert_int_equal(canvas_at(&c, 0, 50)->cp, '-');
	canvas_release(&c);
}

static void
test_pauses_are_cut(void **state)
{
	struct exchange one = {.n = 1}, two = {.n = 2}, three = {.n = 3}, *list[] = {&one, &two, &three};
	struct case_file c = {.exchanges = list, .n_exchanges = 3};
	struct exchange_bar bars[3];
	bool pauses = true;

	(void)state;
	assert_int_equal(waterfall_read(&c, bars, &pauses), 0);
	one.result.sent_wall_us = 1000000000;
	two.result.sent_wall_us = 1000050000; /* while the first was under way */
	one.result.timings.total = 100000;
	two.result.timings.total = 100000;
	one.result.timings.dns = -1;
	one.result.timings.wait = 60000;
	assert_int_equal(waterfall_read(&c, bars, &pauses), 150000);
	assert_false(pauses);
	assert_false(bars[2].known);
	assert_int_equal(bars[1].start, 50000);
	assert_int_equal(bars[0].phase[PHASE_DNS], 0);
	assert_int_equal(bars[0].phase[PHASE_WAIT], 60000);
	/* a minute later: a tenth of 300 ms stays of it, where one asks for that */
	three.result.sent_wall_us = 1060150000;
	three.result.timings.total = 100000;
	assert_int_equal(waterfall_read(&c, bars, NULL), 60250000);
	assert_int_equal(waterfall_read(&c, bars, &pauses), 150000 + 30000 + 100000);
	assert_true(pauses);
	assert_int_equal(bars[2].start, 180000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks_in_order),
		cmocka_unit_test(test_bands_by_glyph_too),
		cmocka_unit_test(test_a_second_changes_little),
		cmocka_unit_test(test_hostile_times),
		cmocka_unit_test(test_rows_that_there_are),
		cmocka_unit_test(test_phases_take_their_share),
		cmocka_unit_test(test_legend_is_as_wide_as_it_says),
		cmocka_unit_test(test_pauses_are_cut),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
