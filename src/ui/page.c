#include "ui/state.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"

void
page_init(struct page *p)
{
	memset(p, 0, sizeof(*p));
}

void
page_release(struct page *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].text);
	free(p->v);
	page_init(p);
}

static void
add_line(struct page *p, enum ui_role role, int indent, char *text_take)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 32;
		p->v = xreallocarray(p->v, p->cap, sizeof(*p->v));
	}
	p->v[p->n++] = (struct page_line){text_take, (uint8_t)role, (uint8_t)indent, 0, 0, 0, 0};
}

void
page_add(struct page *p, enum ui_role role, int indent, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	buf_init(&b, 64 << 10);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	add_line(p, role, indent, buf_take(&b));
}

void
page_hang(struct page *p, int cells)
{
	if (p->n)
		p->v[p->n - 1].hang = (uint8_t)cells;
}

void
page_hot(struct page *p, size_t from, size_t n)
{
	if (p->n) {
		p->v[p->n - 1].hot = (uint32_t)from;
		p->v[p->n - 1].n_hot = (uint32_t)n;
	}
}

void
page_truncate(struct page *p, size_t lines)
{
	while (p->n > lines)
		free(p->v[--p->n].text);
}

void
page_add_lines(struct page *p, enum ui_role role, int indent, struct span text)
{
	struct span line;

	while (text.n && span_next(&text, '\n', &line)) {
		struct buf b;

		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		buf_init(&b, 4 * line.n + 64);
		if (text_safe(&b, line) != RES_OK)
			buf_puts(&b, "…");
		add_line(p, role, indent, buf_take(&b));
	}
}

static void
paint_search(struct canvas *c, int row, int col, struct span line, const char *search)
{
	size_t at = 0, found, n = strlen(search);

	while (n && (found = span_find_str_nocase(span_from(line, at), search)) != SIZE_MAX) {
		int from = (int)text_cells(span_sub(line, 0, at + found));

		canvas_paint(c, row, col + from, (int)text_cells(span_sub(line, at + found, n)),
			UIR_FOUND);
		at += found + n;
	}
}

/* `line` is a piece of l's text, drawn at (row, col). */
static void
paint_hot(struct canvas *c, int row, int col, const struct page_line *l, struct span line)
{
	size_t at = line.n ? (size_t)(line.p - l->text) : 0, end = at + line.n;
	size_t from = l->hot > at ? l->hot : at;
	size_t to = l->hot + l->n_hot < end ? l->hot + l->n_hot : end;

	if (from < to)
		canvas_paint(c, row, col + (int)text_cells(span_sub(line, 0, from - at)),
			(int)text_cells(span_sub(line, from - at, to - from)), UIR_CHANGED);
}

int
page_draw(const struct page *p, struct rect r, int top, const char *search, struct canvas *c)
{
	int at = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct page_line *l = &p->v[i];
		struct span rest = span_of(l->text), line = SPAN_EMPTY;
		int in = l->indent;

		do {
			int row = r.row + at - top;

			if (!wrap_next(&rest, r.cols - in, &line))
				line = SPAN_EMPTY;
			if (c && at >= top && at < top + r.rows) {
				canvas_text(c, row, r.col + in, r.cols - in, (enum ui_role)l->role,
					line);
				if (l->n_hot)
					paint_hot(c, row, r.col + in, l, line);
				if (search && *search)
					paint_search(c, row, r.col + in, line, search);
			}
			in = l->indent + l->hang;
			at++;
		} while (rest.n);
	}
	return at;
}

int
page_height(const struct page *p, int cols)
{
	return page_draw(p, (struct rect){0, 0, 0, cols}, 0, "", NULL);
}

void
page_draw_flat(const struct page *p, struct rect r, int top, int shift, const char *search,
	struct canvas *c)
{
	for (int i = 0; i < r.rows && top + i < (int)p->n; i++) {
		const struct page_line *l = &p->v[top + i];
		/* the indentation scrolls away first */
		int in = l->indent > shift ? l->indent - shift : 0;
		int cut = shift > l->indent ? shift - l->indent : 0;
		struct span line = span_of(l->text);

		line = span_from(line, utf8_clip(line, (size_t)cut).n);
		canvas_text_cut(c, r.row + i, r.col + in, r.cols - in, (enum ui_role)l->role, line);
		if (l->n_hot)
			paint_hot(c, r.row + i, r.col + in, l, line);
		if (search && *search)
			paint_search(c, r.row + i, r.col + in, line, search);
	}
}
