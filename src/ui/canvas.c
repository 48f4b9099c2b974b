#include "ui/canvas.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/glyphs.h"

void
canvas_init(struct canvas *c)
{
	memset(c, 0, sizeof(*c));
	c->cursor_row = c->cursor_col = -1;
}

void
canvas_init_measure(struct canvas *c, int rows, int cols)
{
	canvas_init(c);
	c->rows = rows;
	c->cols = cols;
}

void
canvas_release(struct canvas *c)
{
	/* a secret may have stood there for five seconds */
	if (c->cells)
		wipe(c->cells, sizeof(*c->cells) * (size_t)(c->rows * c->cols));
	free(c->cells);
	free(c->clusters);
	free(c->zones);
	canvas_init(c);
}

/* How many bytes there are before the first that is not ASCII; eight at a time. */
static size_t
ascii_bytes(struct span s)
{
	size_t i = 0;
	uint64_t eight;

	for (; i + sizeof(eight) <= s.n; i += sizeof(eight)) {
		memcpy(&eight, s.p + i, sizeof(eight));
		if (eight & 0x8080808080808080u)
			break;
	}
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i;
}

size_t
text_cells(struct span s)
{
	size_t ascii = ascii_bytes(s);

	return ascii == s.n ? ascii : ascii + utf8_cells(span_from(s, ascii));
}

/* The longest prefix of at most `cells` cells. */
static struct span
clip_cells(struct span s, size_t cells)
{
	struct span most = span_sub(s, 0, cells + 1);

	return ascii_bytes(most) == most.n ? span_sub(s, 0, cells) : utf8_clip(s, cells);
}

/*
 * utf8_width() of what is drawn most: the chrome's own glyphs are one cell wide (a test checks it).
 */
static int
width_of(uint32_t cp)
{
	if (cp == GLYPH_ELLIPSIS || (cp >= GLYPH_HLINE && cp < 0x25a0) || cp == GLYPH_PENDING)
		return 1;
	return utf8_width(cp);
}

static int
between(int v, int lo, int hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

void
canvas_resize(struct canvas *c, int rows, int cols)
{
	rows = between(rows, 1, CANVAS_MAX_ROWS);
	cols = between(cols, 1, CANVAS_MAX_COLS);
	if (rows != c->rows || cols != c->cols || !c->cells) {
		free(c->cells);
		c->cells = xcalloc((size_t)rows * (size_t)cols, sizeof(*c->cells));
		c->rows = rows;
		c->cols = cols;
	}
	canvas_clear(c);
}

/* n is not 0. */
static void
fill_cells(struct cell *at, size_t n, struct cell x)
{
	at[0] = x;
	for (size_t done = 1; done < n; done *= 2)
		memcpy(at + done, at, sizeof(x) * (done < n - done ? done : n - done));
}

void
canvas_clear(struct canvas *c)
{
	fill_cells(c->cells, (size_t)c->rows * (size_t)c->cols,
		(struct cell){' ', 0, UIR_TEXT, 0});
	c->n_clusters = 0;
	c->has_wide = false;
	c->n_zones = 0;
	c->cursor_row = c->cursor_col = -1;
	c->clip = (struct rect){0, 0, c->rows, c->cols};
}

/* --- zones --- */

void
canvas_zone(struct canvas *c, struct rect r, enum zone_kind kind, int64_t arg)
{
	int bottom = between(r.row + r.rows, c->clip.row, c->clip.row + c->clip.rows);
	int right = between(r.col + r.cols, c->clip.col, c->clip.col + c->clip.cols);

	if (!c->cells) /* only measured */
		return;
	r.row = between(r.row, c->clip.row, bottom);
	r.col = between(r.col, c->clip.col, right);
	r.rows = bottom - r.row;
	r.cols = right - r.col;
	if (r.rows < 1 || r.cols < 1)
		return;
	if (c->n_zones == c->cap_zones) {
		c->cap_zones = c->cap_zones ? 2 * c->cap_zones : 64;
		c->zones = xreallocarray(c->zones, c->cap_zones, sizeof(*c->zones));
	}
	c->zones[c->n_zones++] = (struct zone){r, kind, arg};
}

void
canvas_zones_clear(struct canvas *c)
{
	c->n_zones = 0;
}

const struct zone *
canvas_zone_at(const struct canvas *c, enum zone_kind kind, int row, int col)
{
	for (size_t i = c->n_zones; i > 0; i--) {
		const struct zone *z = &c->zones[i - 1];

		if (z->kind == kind && row >= z->r.row && row < z->r.row + z->r.rows &&
			col >= z->r.col && col < z->r.col + z->r.cols)
			return z;
	}
	return NULL;
}

struct rect
canvas_clip(struct canvas *c, struct rect r)
{
	struct rect old = c->clip;
	int bottom = between(r.row + r.rows, 0, c->rows),
	    right = between(r.col + r.cols, 0, c->cols);

	r.row = between(r.row, 0, c->rows);
	r.col = between(r.col, 0, c->cols);
	r.rows = bottom > r.row ? bottom - r.row : 0;
	r.cols = right > r.col ? right - r.col : 0;
	c->clip = r;
	return old;
}

static bool
inside(const struct canvas *c, int row, int col)
{
	return row >= c->clip.row && row < c->clip.row + c->clip.rows && col >= c->clip.col &&
		col < c->clip.col + c->clip.cols;
}

/* Whatever half of a wide character stands here loses its other half. */
static void
unpair(struct canvas *c, int row, int col)
{
	struct cell *x = &c->cells[row * c->cols + col];

	if (x->flags & CELL_WIDE && col + 1 < c->cols) {
		x[1].cp = ' ';
		x[1].flags = 0;
	}
	if (x->flags & CELL_CONT && col > 0) {
		x[-1].cp = ' ';
		x[-1].flags = 0;
		x[-1].marks = 0;
	}
	x->flags = 0;
}

/* A combining mark goes to the cell on the left. */
static void
combine(struct canvas *c, int row, int col, uint32_t cp)
{
	struct cell *x;
	uint32_t *marks;

	if (c->ascii || col < 1 || !inside(c, row, col - 1))
		return;
	x = &c->cells[row * c->cols + col - 1];
	if (x->flags & CELL_CONT && col > 1)
		x--;
	if (!x->marks) {
		if (c->n_clusters >= CANVAS_CLUSTERS)
			return;
		if (!c->clusters)
			c->clusters = xcalloc(CANVAS_CLUSTERS, sizeof(*c->clusters));
		memset(c->clusters[c->n_clusters], 0, sizeof(*c->clusters));
		x->marks = (uint16_t)++c->n_clusters;
	}
	marks = c->clusters[x->marks - 1];
	for (int i = 0; i < CANVAS_MARKS; i++) {
		if (!marks[i]) {
			marks[i] = cp;
			return;
		}
	}
}

static void
set_cell(struct canvas *c, int row, int col, uint32_t cp, enum ui_role role, unsigned flags)
{
	struct cell *x = &c->cells[row * c->cols + col];

	if (x->flags)
		unpair(c, row, col);
	c->has_wide |= flags != 0;
	*x = (struct cell){cp, 0, (uint8_t)role, (uint8_t)flags};
}

int
canvas_put(struct canvas *c, int row, int col, uint32_t cp, enum ui_role role)
{
	int width;

	if (cp >= 0x20 && cp < 0x7f) {
		if (inside(c, row, col))
			set_cell(c, row, col, cp, role, 0);
		return 1;
	}
	width = width_of(cp);
	if (width < 0) {
		/* somewhere text_safe() was forgotten: nothing worse than a mark here, and the
		 * tests find it */
		c->controls++;
		cp = '?';
		width = 1;
	}
	if (width == 0) {
		combine(c, row, col, cp);
		return 0;
	}
	if (c->ascii) {
		cp = glyph_stand_in(cp);
		for (int i = 0; i < width; i++) {
			if (inside(c, row, col + i))
				set_cell(c, row, col + i, cp, role, 0);
		}
		return width;
	}
	if (width == 1) {
		if (inside(c, row, col))
			set_cell(c, row, col, cp, role, 0);
		return 1;
	}
	if (inside(c, row, col) && inside(c, row, col + 1)) {
		set_cell(c, row, col, cp, role, CELL_WIDE);
		set_cell(c, row, col + 1, 0, role, CELL_CONT);
	} else if (inside(c, row, col)) {
		set_cell(c, row, col, ' ', role, 0);
	} else if (inside(c, row, col + 1)) {
		set_cell(c, row, col + 1, ' ', role, 0);
	}
	return 2;
}

/* The part of the cells [*from, *to) of a row that is seen; false: none. */
static bool
seen(const struct canvas *c, int row, int *from, int *to)
{
	if (row < c->clip.row || row >= c->clip.row + c->clip.rows)
		return false;
	if (*from < c->clip.col)
		*from = c->clip.col;
	if (*to > c->clip.col + c->clip.cols)
		*to = c->clip.col + c->clip.cols;
	return *from < *to;
}

/* Printable ASCII, a cell each. */
static void
put_ascii(struct canvas *c, int row, int col, enum ui_role role, struct span s)
{
	int from = col, to = col + (int)s.n;
	struct cell *cells;

	if (!seen(c, row, &from, &to))
		return;
	s.p += from - col;
	cells = &c->cells[row * c->cols];
	for (int i = from; c->has_wide && i < to; i++)
		if (cells[i].flags)
			unpair(c, row, i);
	for (int i = from; i < to; i++, s.p++)
		cells[i] = (struct cell){(unsigned char)*s.p, 0, (uint8_t)role, 0};
}

/* Eight bytes from 0x20 to 0x7e: none has its top bit now, each has with 0x60 more, none with 1. */
static bool
eight_printable(const char *p)
{
	const uint64_t tops = 0x8080808080808080u, ones = 0x0101010101010101u;
	uint64_t eight;

	memcpy(&eight, p, sizeof(eight));
	return !(eight & tops) && ((eight + 0x60 * ones) & ~(eight + ones) & tops) == tops;
}

/* How many bytes of s are printable ASCII, `most` at most. */
static size_t
printable(struct span s, int most)
{
	size_t n = 0;

	s = span_sub(s, 0, most > 0 ? (size_t)most : 0);
	while (s.n - n >= 8 && eight_printable(s.p + n))
		n += 8;
	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f)
		n++;
	return n;
}

int
canvas_text(struct canvas *c, int row, int col, int width, enum ui_role role, struct span s)
{
	int used = 0;

	for (size_t at = 0; at < s.n;) {
		uint32_t cp;
		size_t k = printable(span_from(s, at), width - used);
		int w;

		if (k > 0) {
			put_ascii(c, row, col + used, role, span_sub(s, at, k));
			used += (int)k;
			at += k;
			continue;
		}
		k = utf8_decode(span_from(s, at), &cp);
		if (k == 0)
			break;
		w = cp < 0x80 ? 1 : width_of(cp);
		if (w > 0 && used + w > width) {
			if (used < width)
				canvas_put(c, row, col + used, ' ', role);
			break;
		}
		used += canvas_put(c, row, col + used, cp, role);
		at += k;
	}
	return used;
}

int
canvas_puts(struct canvas *c, int row, int col, int width, enum ui_role role, const char *s)
{
	return canvas_text(c, row, col, width, role, span_of(s));
}

int
canvas_text_cut(struct canvas *c, int row, int col, int width, enum ui_role role, struct span s)
{
	int used;

	if (width <= 0)
		return 0;
	/* no text takes more cells than bytes */
	if (s.n <= (size_t)width || text_cells(s) <= (size_t)width)
		return canvas_text(c, row, col, width, role, s);
	used = canvas_text(c, row, col, width - 1, role, clip_cells(s, (size_t)width - 1));
	return used + canvas_put(c, row, col + used, GLYPH_ELLIPSIS, role);
}

int
canvas_printf(
	struct canvas *c, int row, int col, int width, enum ui_role role, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return 0;
	/* cut at a whole character */
	return canvas_text_cut(
		c, row, col, width, role, clip_cells(span_of(text), (size_t)c->cols + 1));
}

void
canvas_fill(struct canvas *c, struct rect r, uint32_t cp, enum ui_role role)
{
	for (int row = r.row; row < r.row + r.rows; row++) {
		int from = r.col, to = r.col + r.cols;

		if (!seen(c, row, &from, &to))
			continue;
		/* the first and the last know what wide character they cut */
		canvas_put(c, row, from, cp, role);
		canvas_put(c, row, to - 1, cp, role);
		fill_cells(&c->cells[row * c->cols + from], (size_t)(to - from),
			c->cells[row * c->cols + from]);
	}
}

void
canvas_paint(struct canvas *c, int row, int col, int width, enum ui_role role)
{
	for (int i = col; i < col + width; i++) {
		if (inside(c, row, i))
			c->cells[row * c->cols + i].role = (uint8_t)role;
	}
}

void
canvas_cursor(struct canvas *c, int row, int col)
{
	bool in = inside(c, row, col);

	c->cursor_row = in ? row : -1;
	c->cursor_col = in ? col : -1;
}

void
canvas_frame(struct canvas *c, struct rect r, enum ui_role role)
{
	int bottom = r.row + r.rows - 1, right = r.col + r.cols - 1;

	if (r.rows < 2 || r.cols < 2)
		return;
	canvas_fill(c, (struct rect){r.row, r.col + 1, 1, r.cols - 2}, GLYPH_HLINE, role);
	canvas_fill(c, (struct rect){bottom, r.col + 1, 1, r.cols - 2}, GLYPH_HLINE, role);
	for (int row = r.row + 1; row < bottom; row++) {
		canvas_put(c, row, r.col, GLYPH_VLINE, role);
		canvas_put(c, row, right, GLYPH_VLINE, role);
	}
	canvas_put(c, r.row, r.col, GLYPH_TOP_LEFT, role);
	canvas_put(c, r.row, right, GLYPH_TOP_RIGHT, role);
	canvas_put(c, bottom, r.col, GLYPH_BOTTOM_LEFT, role);
	canvas_put(c, bottom, right, GLYPH_BOTTOM_RIGHT, role);
}

/* The last place in (from, to] where a line may end though there is no blank; from without one. */
static size_t
last_break(struct span s, size_t from, size_t to)
{
	uint32_t before = ' ', cp;
	size_t found = from;

	/* not in what is written with blanks */
	if (ascii_bytes(span_sub(s, from, to - from)) == to - from)
		return from;
	for (size_t at = from; at <= to && at < s.n; before = cp) {
		size_t n = utf8_decode(span_from(s, at), &cp);

		if (at > from && utf8_break_between(before, cp))
			found = at;
		at += n;
	}
	return found;
}

bool
wrap_next(struct span *rest, int width, struct span *line)
{
	struct span fit, s = *rest;
	size_t nl, cut;

	if (s.n == 0)
		return false;
	if (width < 1)
		width = 1;
	nl = span_find(s, '\n');
	if (nl != SIZE_MAX)
		s.n = nl;
	fit = clip_cells(s, (size_t)width);
	if (fit.n == s.n) {
		*line = s;
		*rest = span_from(*rest, nl != SIZE_MAX ? s.n + 1 : s.n);
		return true;
	}
	if (fit.n == 0) { /* a wide character in one column: never stand still */
		uint32_t cp;

		fit.n = utf8_decode(s, &cp);
	}
	cut = fit.n;
	if (s.p[cut] != ' ') {
		while (cut > 0 && s.p[cut - 1] != ' ')
			cut--;
		cut = last_break(s, cut, fit.n);
		if (cut == 0)
			cut = fit.n; /* one word longer than the line */
	}
	*line = span_sub(s, 0, cut);
	while (line->n > 0 && line->p[line->n - 1] == ' ')
		line->n--;
	while (cut < s.n && s.p[cut] == ' ')
		cut++;
	*rest = span_from(*rest, cut);
	return true;
}

int
canvas_wrap(struct canvas *c, struct rect r, enum ui_role role, struct span s)
{
	struct span line;
	int used = 0;

	while (used < r.rows && wrap_next(&s, r.cols, &line)) {
		if (used == r.rows - 1 && s.n > 0) {
			/* the last row shows that there is more */
			struct span cut = clip_cells(line, (size_t)(r.cols > 1 ? r.cols - 1 : 0));
			int end = canvas_text(c, r.row + used, r.col, r.cols, role, cut);

			canvas_put(c, r.row + used, r.col + end, GLYPH_ELLIPSIS, role);
		} else {
			canvas_text(c, r.row + used, r.col, r.cols, role, line);
		}
		used++;
	}
	return used;
}

const struct cell *
canvas_at(const struct canvas *c, int row, int col)
{
	if (row < 0 || col < 0 || row >= c->rows || col >= c->cols)
		return NULL;
	return &c->cells[row * c->cols + col];
}

void
canvas_row_text(const struct canvas *c, int row, struct buf *out)
{
	int last = c->cols;

	while (last > 0 && canvas_at(c, row, last - 1)->cp == ' ')
		last--;
	for (int col = 0; col < last; col++) {
		const struct cell *x = canvas_at(c, row, col);
		char utf8[4];

		if (x->flags & CELL_CONT)
			continue;
		buf_add(out, utf8, utf8_encode(x->cp, utf8));
		for (int i = 0; x->marks && i < CANVAS_MARKS && c->clusters[x->marks - 1][i]; i++)
			buf_add(out, utf8, utf8_encode(c->clusters[x->marks - 1][i], utf8));
	}
}

void
canvas_row_roles(const struct canvas *c, int row, struct buf *out)
{
	int last = c->cols;

	while (last > 0 && canvas_at(c, row, last - 1)->role == UIR_TEXT)
		last--;
	for (int col = 0; col < last; col++)
		buf_putc(out, role_infos[canvas_at(c, row, col)->role].letter);
}
