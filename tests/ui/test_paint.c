/*
 * The painter against a terminal of our own making: whatever was shown before, after a frame the
 * terminal shows the canvas, in as few bytes as one would expect.
 */
#include "unit.h"

#include <locale.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/glyphs.h"
#include "ui/paint.h"

enum { ROWS = 40, COLS = 90 };

/* What a cell of it holds: the text, and the look's letter. */
struct shown {
	char text[24];
	char look;
};

static struct {
	struct shown cells[ROWS][COLS];
	int rows, cols, row, col;
	char look;
	bool clever;
	size_t bytes;
	unsigned scrolled;
} screen;

static void
set(char *out, struct span s)
{
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
}

static void
blank_from(int row, int col, char look)
{
	for (; col < screen.cols; col++)
		screen.cells[row][col] = (struct shown){" ", look};
}

/* Half a wide character is none. */
static void
split_pair(int row, int col)
{
	if (screen.cells[row][col].text[0] == '\0' && col > 0)
		set(screen.cells[row][col - 1].text, SPAN_LIT(" "));
	if (col + 1 < screen.cols && screen.cells[row][col + 1].text[0] == '\0')
		set(screen.cells[row][col + 1].text, SPAN_LIT(" "));
}

static void
take_character(const char *p, size_t n, uint32_t cp)
{
	int width = utf8_width(cp);

	assert_true(width >= 0);
	if (width == 0) {
		int at = screen.col - 1;

		assert_true(at >= 0);
		if (!screen.cells[screen.row][at].text[0])
			at--;
		set(screen.cells[screen.row][at].text + strlen(screen.cells[screen.row][at].text),
			span_make(p, n));
		return;
	}
	assert_true(screen.row >= 0 && screen.row < screen.rows);
	assert_true(screen.col >= 0 && screen.col + width <= screen.cols);
	for (int i = 0; i < width; i++) {
		split_pair(screen.row, screen.col + i);
		screen.cells[screen.row][screen.col + i] = (struct shown){"", screen.look};
	}
	set(screen.cells[screen.row][screen.col].text, span_make(p, n));
	screen.col += width;
	if (screen.col == screen.cols && screen.row == screen.rows - 1)
		screen.scrolled++;
}

/* In the test's own way of looks a later role's covers an earlier one's, of the same parity. */
static int
role_of(char letter)
{
	int r = 0;

	while (role_infos[r].letter != letter)
		r++;
	return r;
}

static bool
covers(char over, char under)
{
	int a = role_of(over), b = role_of(under);

	return screen.clever && a > b && a % 2 == b % 2;
}

/* A blank looks the same in every third role, and where there is no look. */
static bool
is_ink(char letter)
{
	return letter == '-' || (screen.clever && role_of(letter) % 3 == 0);
}

/* Its language: ESC N normal, ESC L letter look, ESC C clear, ESC E clear to the end, ESC M row
 * col. */
static void
take(const char *p, size_t n)
{
	screen.bytes += n;
	for (size_t at = 0; at < n;) {
		uint32_t cp;
		size_t k = utf8_decode(span_make(p + at, n - at), &cp);

		if (cp != 033) {
			take_character(p + at, k, cp);
			at += k;
			continue;
		}
		switch (p[at + 1]) {
		case 'N':
			screen.look = '-';
			at += 2;
			break;
		case 'L':
			/* looks add up on a terminal: one begins at normal, or covers the other */
			assert_true(screen.look == '-' || covers(p[at + 2], screen.look));
			screen.look = p[at + 2];
			at += 3;
			break;
		case 'C':
			for (int row = 0; row < screen.rows; row++)
				blank_from(row, 0, screen.look);
			at += 2;
			break;
		case 'E':
			blank_from(screen.row, screen.col, screen.look);
			at += 2;
			break;
		case 'M':
			screen.row = (unsigned char)p[at + 2] - ' ';
			screen.col = (unsigned char)p[at + 3] - ' ';
			at += 4;
			break;
		default:
			fail();
		}
	}
}

static const char *
move_to(int row, int col, bool here UNUSED)
{
	static char text[5];

	snprintf(text, sizeof(text), "\033M%c%c", ' ' + row, ' ' + col);
	return text;
}

/* Each role has a look of its own, but TEXT (unless coloured) and PROFILE, which have none. */
static void
setup(struct paint *p, bool coloured, bool clever)
{
	memset(&screen, 0, sizeof(screen));
	screen.clever = clever;
	screen.look = '-';
	paint_init(p);
	set(p->t.normal, SPAN_LIT("\033N"));
	set(p->t.clear, SPAN_LIT("\033C"));
	set(p->t.clear_end, SPAN_LIT("\033E"));
	p->t.clears_coloured = coloured;
	p->t.move = move_to;
	p->t.put = take;
	for (int r = 0; r < UIR_COUNT; r++) {
		if (r != UIR_PROFILE && (coloured || r != UIR_TEXT))
			snprintf(p->t.look[r], sizeof(p->t.look[r]), "\033L%c",
				role_infos[r].letter);
	}
	for (int r = 0; clever && r < UIR_COUNT; r++) {
		p->t.ink |= (uint64_t)is_ink(role_infos[r].letter) << r;
		for (int under = 0; under < r; under++)
			p->t.covers[r] |= (uint64_t)covers(role_infos[r].letter, role_infos[under].letter)
				<< under;
	}
	paint_looks_changed(p);
}

static void
resize(struct paint *p, struct canvas *c, int rows, int cols)
{
	screen.rows = rows;
	screen.cols = cols;
	/* a terminal keeps what it likes */
	for (int row = 0; row < rows; row++) {
		for (int col = 0; col < cols; col++)
			screen.cells[row][col] = (struct shown){"#", '#'};
	}
	canvas_resize(c, rows, cols);
	paint_resize(p, rows, cols);
}

static void
compare(const struct paint *p, const struct canvas *c, int but_last)
{
	for (int row = 0; row < c->rows; row++) {
		for (int col = 0; col < c->cols; col++) {
			const struct cell *x = canvas_at(c, row, col);
			const char *look = p->t.look[x->role];
			char text[24] = "";
			size_t n = x->flags & CELL_CONT ? 0 : utf8_encode(x->cp, text);

			if (row == c->rows - 1 && col >= c->cols - but_last)
				continue;
			for (int i = 0; x->marks && i < CANVAS_MARKS; i++) {
				if (c->clusters[x->marks - 1][i])
					n += utf8_encode(c->clusters[x->marks - 1][i], text + n);
			}
			text[n] = '\0';
			assert_string_equal(screen.cells[row][col].text, text);
			/* a wide character has one look: its left half's */
			if (!(x->flags & CELL_CONT) &&
				!(x->cp == ' ' && is_ink(screen.cells[row][col].look) &&
				is_ink(look[0] ? look[2] : '-')))
				assert_int_equal(
					screen.cells[row][col].look, look[0] ? look[2] : '-');
		}
	}
	assert_int_equal(screen.look, '-');
	if (c->cursor_row >= 0) {
		assert_int_equal(screen.row, c->cursor_row);
		assert_int_equal(screen.col, c->cursor_col);
	}
}

static unsigned seed = 1;

static int
any(int n)
{
	seed = seed * 1103515245 + 12345;
	return (int)((seed >> 16) % (unsigned)n);
}

/* Some more of this and that, over what is there or on a canvas that was cleared. */
static void
scribble(struct canvas *c)
{
	static const char *const texts[] = {"plain", "a longer line of text, to be cut somewhere",
		"漢字かな", "e\xcc\x81 o\xcc\x88\xcc\xa3", "─┐ ✓", "x漢y", "👍 emoji",
		"                                      "};

	if (any(3) == 0)
		canvas_clear(c);
	for (int i = any(6); i >= 0; i--) {
		int row = any(c->rows), col = any(c->cols);
		enum ui_role role = (enum ui_role)any(UIR_COUNT);

		switch (any(4)) {
		case 0:
			canvas_fill(c, (struct rect){row, col, 1 + any(4), 1 + any(30)}, ' ',
				any(2) ? UIR_TEXT : role);
			break;
		case 1:
			canvas_paint(c, row, col, 1 + any(12), role);
			break;
		default:
			canvas_puts(c, row, col, c->cols - col, role,
				texts[any(ARRAY_SIZE(texts))]);
			break;
		}
	}
	canvas_cursor(c, any(2) ? any(c->rows) : -1, any(c->cols));
}

static void
random_frames(bool coloured, bool poor, bool last_scrolls, bool clever)
{
	struct paint p;
	struct canvas c;

	setup(&p, coloured, clever);
	p.t.last_cell_scrolls = last_scrolls;
	if (poor)
		p.t.clear[0] = p.t.clear_end[0] = '\0';
	canvas_init(&c);
	for (int i = 0; i < 3000; i++) {
		if (i % 100 == 0)
			resize(&p, &c, 2 + any(ROWS - 2), 4 + any(COLS - 4));
		if (any(50) == 0)
			paint_forget(&p);
		scribble(&c);
		paint_frame(&p, &c);
		compare(&p, &c, last_scrolls ? 2 : 0); /* one, or a wide one */
		if (last_scrolls)
			assert_int_equal(screen.scrolled, 0);
	}
	canvas_release(&c);
	paint_release(&p);
}

static void
test_any_frame_arrives(void **state)
{
	(void)state;
	random_frames(false, false, false, false);
	random_frames(true, false, false, false);
	random_frames(false, true, false, false);
	random_frames(true, true, true, false);
	random_frames(false, false, false, true);
	random_frames(true, true, true, true);
}

/* The bytes of the next frame; nothing else is measured. */
static size_t
cost(struct paint *p, const struct canvas *c)
{
	size_t before = screen.bytes;

	paint_frame(p, c);
	return screen.bytes - before;
}

static void
test_little_is_written(void **state)
{
	struct paint p;
	struct canvas c;

	(void)state;
	setup(&p, false, false);
	canvas_init(&c);
	resize(&p, &c, 24, 80);
	/* to normal, and cleared; blanks need no more */
	assert_int_equal(cost(&p, &c), 2 + 2);
	canvas_puts(&c, 3, 0, 80, UIR_TEXT, "one");
	canvas_puts(&c, 4, 0, 80, UIR_NAME, "e\xcc\x81t\xc3\xa9");
	assert_int_equal(cost(&p, &c), 4 + 3 + 4 + 3 + 3 + 4 + 3 + 2);
	/* nothing new, nothing written, marks or not */
	assert_int_equal(cost(&p, &c), 0);
	/* an end is cleared, not blanked */
	canvas_puts(&c, 5, 0, 80, UIR_TEXT, "a line that will go away");
	cost(&p, &c);
	canvas_fill(&c, (struct rect){5, 0, 1, 80}, ' ', UIR_TEXT);
	assert_int_equal(cost(&p, &c), 4 + 2);
	/* a gap of a few cells is no movement */
	canvas_puts(&c, 6, 0, 80, UIR_TEXT, "a b");
	cost(&p, &c);
	canvas_puts(&c, 6, 0, 80, UIR_TEXT, "x y");
	assert_int_equal(cost(&p, &c), 4 + 3);
	canvas_release(&c);
	paint_release(&p);
}

/* A mark that changes changes its cell, though the cell itself speaks of the same number. */
static void
test_marks_are_compared(void **state)
{
	struct paint p;
	struct canvas c;

	(void)state;
	setup(&p, false, false);
	canvas_init(&c);
	resize(&p, &c, 4, 20);
	canvas_puts(&c, 0, 0, 20, UIR_TEXT, "e\xcc\x81");
	paint_frame(&p, &c);
	canvas_clear(&c);
	canvas_puts(&c, 0, 0, 20, UIR_TEXT, "e\xcc\x88");
	paint_frame(&p, &c);
	compare(&p, &c, 0);
	canvas_clear(&c);
	canvas_puts(&c, 0, 0, 20, UIR_TEXT, "e");
	paint_frame(&p, &c);
	compare(&p, &c, 0);
	canvas_release(&c);
	paint_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_frame_arrives),
		cmocka_unit_test(test_little_is_written),
		cmocka_unit_test(test_marks_are_compared),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
