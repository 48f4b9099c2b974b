#include "ui/golden.h"

#include "unit.h"

#include "base/file.h"
#include "base/mem.h"
#include "ui/glyphs.h"

enum { READ_COLS = 80 };

static void
row_text(const struct canvas *c, int row, struct buf *out)
{
	buf_clear(out);
	canvas_row_text(c, row, out);
}

/* "B11.2p4": letters and how often they stand, without the text at the end. */
static void
row_roles(const struct canvas *c, int row, struct buf *out)
{
	struct buf letters;
	struct span s;

	buf_init(&letters, 1 << 12);
	canvas_row_roles(c, row, &letters);
	s = buf_span(&letters);
	while (s.n && s.p[s.n - 1] == '.')
		s.n--;
	buf_clear(out);
	while (s.n) {
		size_t n = 1;

		while (n < s.n && s.p[n] == s.p[0])
			n++;
		buf_putc(out, s.p[0]);
		if (n > 1)
			buf_printf(out, "%zu", n);
		s = span_from(s, n);
	}
	buf_release(&letters);
}

/* Is each cell the other's stand-in? */
static bool
follows(const struct canvas *utf8, const struct canvas *ascii, int row)
{
	for (int col = 0; col < utf8->cols; col++) {
		const struct cell *x = canvas_at(utf8, row, col), *y = canvas_at(ascii, row, col);

		if (!x->flags && glyph_stand_in(x->cp) != y->cp)
			return false;
	}
	return true;
}

static void
add_ascii(struct buf *out, const struct canvas *utf8, const struct canvas *ascii)
{
	struct buf u, a;

	buf_init(&u, 1 << 12);
	buf_init(&a, 1 << 12);
	buf_puts(out, utf8->cols > READ_COLS ? "--- ascii (as above)\n" : "--- ascii\n");
	for (int row = 0; row < ascii->rows; row++) {
		row_text(utf8, row, &u);
		row_text(ascii, row, &a);
		if (utf8->cols > READ_COLS && follows(utf8, ascii, row))
			continue;
		if (!span_eq(buf_span(&u), buf_span(&a)))
			buf_printf(out, "%2d%s%s\n", row + 1, a.len ? " " : "", buf_str(&a));
	}
	buf_release(&u);
	buf_release(&a);
}

/* Rows alike one below the other are one line: "5-9 -75". */
static void
add_roles(struct buf *out, const struct canvas *c)
{
	struct buf now, next;
	int first = 0;

	buf_init(&now, 1 << 12);
	buf_init(&next, 1 << 12);
	buf_puts(out, "--- roles\n");
	for (int row = 0; row < c->rows; row = first) {
		row_roles(c, row, &now);
		for (first = row + 1; first < c->rows; first++) {
			row_roles(c, first, &next);
			if (!span_eq(buf_span(&now), buf_span(&next)))
				break;
		}
		if (!now.len)
			continue;
		if (first > row + 1)
			buf_printf(out, "%2d-%d %s\n", row + 1, first, buf_str(&now));
		else
			buf_printf(out, "%2d %s\n", row + 1, buf_str(&now));
	}
	buf_release(&now);
	buf_release(&next);
}

void
golden_add(struct buf *out, const struct canvas *utf8, const struct canvas *ascii)
{
	struct buf text;

	buf_init(&text, 1 << 12);
	buf_printf(out, "=== %dx%d\n", utf8->cols, utf8->rows);
	for (int row = 0; row < utf8->rows; row++) {
		row_text(utf8, row, &text);
		buf_printf(out, "%s\n", buf_str(&text));
	}
	buf_release(&text);
	if (ascii)
		add_ascii(out, utf8, ascii);
	add_roles(out, utf8);
	if (utf8->cursor_row >= 0)
		buf_printf(out, "--- cursor %d,%d\n", utf8->cursor_row + 1, utf8->cursor_col + 1);
}

/* Both texts where they differ, with the size they are of. */
static void
show_difference(struct span want, struct span got)
{
	struct span a, b, size = SPAN_EMPTY;

	for (int shown = 0; (want.n || got.n) && shown < 60;) {
		a = b = SPAN_EMPTY;
		span_next(&want, '\n', &a);
		span_next(&got, '\n', &b);
		if (span_starts(b, "==="))
			size = b;
		if (!span_eq(a, b)) {
			fprintf(stderr, "# %.*s -%.*s\n# %.*s +%.*s\n", SPAN_ARG(size), SPAN_ARG(a), SPAN_ARG(size),
				SPAN_ARG(b));
			shown++;
		}
	}
}

bool
golden_same(const char *name, struct span got)
{
	const char *src = getenv("srcdir");
	char *path = xasprintf("%s/tests/ui/golden/%s.screen", src ? src : ".", name);
	struct err e = ERR_INIT;
	struct buf want;
	bool same = false;

	buf_init(&want, 1 << 20);
	if (getenv("UPDATE_GOLDEN")) {
		same = file_write(path, got, &e) == RES_OK;
	} else if (file_read(path, &want, &e) == RES_OK) {
		same = span_eq(buf_span(&want), got);
		if (!same) {
			fprintf(stderr, "# %s differs:\n", name);
			show_difference(buf_span(&want), got);
		}
	}
	if (e.text[0])
		fprintf(stderr, "# %s (UPDATE_GOLDEN=1 writes it)\n", e.text);
	buf_release(&want);
	free(path);
	return same;
}
