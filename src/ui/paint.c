#include "ui/paint.h"

#include <wchar.h>

#include "base/mem.h"
#include "base/utf8.h"

/* So many cells are written again rather than moved over; so many blanks are worth clearing. */
enum { NEAR = 4, LONG = 4 };

static const struct cell blank = {' ', 0, UIR_TEXT, 0};

void
paint_init(struct paint *p)
{
	memset(p, 0, sizeof(*p));
	p->row = p->col = p->worn = -1;
	p->stale = true;
}

static void
release_cells(struct paint *p)
{
	if (p->shown)
		wipe(p->shown, sizeof(*p->shown) * (size_t)p->rows * (size_t)p->cols);
	free(p->shown);
	p->shown = NULL;
}

void
paint_release(struct paint *p)
{
	release_cells(p);
	free(p->marks);
	paint_init(p);
}

void
paint_looks_changed(struct paint *p)
{
	for (int r = 0; r < UIR_COUNT; r++) {
		int first = 0;

		while (strcmp(p->t.look[first], p->t.look[r]) != 0)
			first++;
		p->worn_as[r] = (uint8_t)first;
	}
	p->stale = true;
}

void
paint_resize(struct paint *p, int rows, int cols)
{
	release_cells(p);
	p->shown = xcalloc((size_t)rows * (size_t)cols, sizeof(*p->shown));
	p->rows = rows;
	p->cols = cols;
	p->stale = true;
}

void
paint_forget(struct paint *p)
{
	p->stale = true;
}

static void
put(const struct paint *p, const char *s)
{
	if (*s)
		p->t.put(s, strlen(s));
}

/* The role that stands for this one's look; -1: it is the terminal's normal one. */
static int
look_of(const struct paint *p, unsigned role)
{
	return p->t.look[role][0] ? p->worn_as[role] : -1;
}

static void
wear(struct paint *p, int look)
{
	if (look == p->worn)
		return;
	if (look < 0) {
		put(p, p->t.normal);
	} else if (p->worn < 0) {
		put(p, p->t.look[look]);
	} else if (p->t.covers[look] >> p->worn & 1) {
		put(p, p->t.look[look]);
	} else if (p->t.anew[look][0]) {
		put(p, p->t.anew[look]);
	} else {
		put(p, p->t.normal);
		put(p, p->t.look[look]);
	}
	p->worn = look;
}

/* Does a blank show nothing of this look? */
static bool
is_ink(const struct paint *p, int look)
{
	return look < 0 || p->t.ink >> look & 1;
}

/* A blank that looks the same in what is worn now. */
static bool
blank_as_is(const struct paint *p, const struct cell *x)
{
	return x->cp == ' ' && !x->marks && is_ink(p, p->worn) && is_ink(p, look_of(p, x->role));
}

static void
go(struct paint *p, int row, int col)
{
	if (row == p->row && col == p->col)
		return;
	put(p, p->t.move(row, col, row == p->row));
	p->row = row;
	p->col = col;
}

/* Do all terminals agree on its width? */
static bool
trusted(const struct cell *x)
{
	return !x->marks && (!(x->flags & CELL_WIDE) || x->cp < 0x1f000);
}

static void
put_cell(struct paint *p, const struct canvas *c, const struct cell *x)
{
	char bytes[4 * (1 + CANVAS_MARKS)];
	int width = x->flags & CELL_WIDE ? 2 : 1;
	size_t n;

	if (!blank_as_is(p, x))
		wear(p, look_of(p, x->role));
	if (x->cp < 0x80) {
		bytes[0] = (char)x->cp;
		n = 1;
	} else if (wcwidth((wchar_t)x->cp) != width) {
		/* where the C library disagrees, a terminal may, too: the row would shift */
		memset(bytes, '?', 2);
		n = (size_t)width;
	} else {
		n = utf8_encode(x->cp, bytes);
	}
	for (int i = 0; x->marks && i < CANVAS_MARKS && c->clusters[x->marks - 1][i]; i++)
		n += utf8_encode(c->clusters[x->marks - 1][i], bytes + n);
	p->t.put(bytes, n);
	p->col += width;
	/* in the last column cursors differ, too */
	if (p->col >= p->cols || !trusted(x))
		p->row = -1;
}

/*
 * Do the cells between here and col cost no change of look that is not needed anyway?  The way to
 * another look leads over the normal one.
 */
static bool
on_the_way(const struct paint *p, const struct cell *cells, int col)
{
	int look = p->worn, to = look_of(p, cells[col].role);

	for (int i = p->col; i < col; i++) {
		int l = look_of(p, cells[i].role);

		if (cells[i].flags || cells[i].marks)
			return false;
		if (look == p->worn && blank_as_is(p, &cells[i]))
			continue;
		if (l != look && l != to && !(l == -1 && look == p->worn && look != to))
			return false;
		look = l;
	}
	return true;
}

/* To (row, col): by a movement, or over the few cells before it. */
static void
approach(struct paint *p, const struct canvas *c, int row, int col)
{
	const struct cell *cells = &c->cells[row * c->cols];

	if (row == p->row && col > p->col && col - p->col <= NEAR && on_the_way(p, cells, col)) {
		while (p->col < col)
			put_cell(p, c, &cells[p->col]);
	}
	go(p, row, col);
}

static bool
same(const struct paint *p, const struct canvas *c, const struct cell *now, const struct cell *old)
{
	return memcmp(now, old, sizeof(*now)) == 0 &&
		(!now->marks || (now->marks <= p->n_marks &&
		memcmp(c->clusters[now->marks - 1], p->marks[now->marks - 1],
			sizeof(*p->marks)) == 0));
}

/* The cells [*from, *to) of a row have changed; false: none. */
static bool
changed(const struct paint *p, const struct canvas *c, int row, int *from, int *to)
{
	const struct cell *now = &c->cells[row * c->cols], *old = &p->shown[row * c->cols];

	/* most rows are as they were */
	if (!c->n_clusters && memcmp(now, old, sizeof(*now) * (size_t)c->cols) == 0)
		return false;
	*from = 0;
	*to = c->cols;
	while (*from < *to && same(p, c, &now[*from], &old[*from]))
		++*from;
	while (*to > *from && same(p, c, &now[*to - 1], &old[*to - 1]))
		--*to;
	return *from < *to;
}

/* Where the blanks begin that are cleared at once; `to`: nowhere. */
static int
blank_tail(const struct paint *p, const struct cell *now, int from, int to)
{
	int at = p->cols;

	if (!p->t.clear_end[0] || (look_of(p, UIR_TEXT) >= 0 && !p->t.clears_coloured))
		return to;
	while (at > from && memcmp(&now[at - 1], &blank, sizeof(blank)) == 0)
		at--;
	return to - at > LONG ? at : to;
}

static void
paint_row(struct paint *p, const struct canvas *c, int row)
{
	const struct cell *now = &c->cells[row * c->cols];
	struct cell *old = &p->shown[row * c->cols];
	int from, to, end;

	if (!changed(p, c, row, &from, &to))
		return;
	end = blank_tail(p, now, from, to);
	for (int col = from; col < end; col++) {
		/* whole wide characters only */
		int at = now[col].flags & CELL_CONT ? col - 1 : col;
		int last = now[at].flags & CELL_WIDE ? at + 1 : at;

		if (same(p, c, &now[col], &old[col]) ||
			(p->t.last_cell_scrolls && row == p->rows - 1 && last == p->cols - 1))
			continue;
		approach(p, c, row, at);
		put_cell(p, c, &now[at]);
		col = last;
	}
	if (end < to) {
		go(p, row, end);
		wear(p, look_of(p, UIR_TEXT));
		put(p, p->t.clear_end);
	}
	memcpy(&old[from], &now[from], sizeof(*now) * (size_t)(to - from));
}

/* The terminal is cleared to blanks in the role TEXT, or nothing is known of it. */
static void
start_over(struct paint *p)
{
	int text = look_of(p, UIR_TEXT);
	bool blanks = p->t.clear[0] && (text < 0 || p->t.clears_coloured);
	const struct cell unknown = {UINT32_MAX, 0, 0, 0};

	put(p, p->t.normal);
	p->worn = -1;
	if (blanks)
		wear(p, text);
	put(p, p->t.clear);
	for (size_t i = 0; i < (size_t)p->rows * (size_t)p->cols; i++)
		p->shown[i] = blanks ? blank : unknown;
	p->n_marks = 0;
	p->row = -1;
	p->stale = false;
}

/* A cell's marks are a number in its canvas's table: both are kept. */
static void
keep_marks(struct paint *p, const struct canvas *c)
{
	if (!c->n_clusters && !p->n_marks)
		return;
	if (!p->marks)
		p->marks = xcalloc(CANVAS_CLUSTERS, sizeof(*p->marks));
	p->n_marks = c->n_clusters;
	if (p->n_marks)
		memcpy(p->marks, c->clusters, sizeof(*p->marks) * p->n_marks);
}

void
paint_frame(struct paint *p, const struct canvas *c)
{
	if (p->stale)
		start_over(p);
	for (int row = 0; row < p->rows; row++)
		paint_row(p, c, row);
	keep_marks(p, c);
	wear(p, -1);
	if (c->cursor_row >= 0)
		go(p, c->cursor_row, c->cursor_col);
}
