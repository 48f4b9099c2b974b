/*
 * A page over everything between verdict and footer: scrolled, searched, its lines wrapped or not.
 */
#include "ui/state.h"

#include <limits.h>

#include "base/text.h"
#include "base/tr.h"
#include "ui/glyphs.h"

enum { SHIFT = 8, TWO_FROM = 150, GAP = 4 /* between the columns */ };

struct pager {
	enum action opener; /* whose key closes it again; ACT_NONE */
	char title[80];
	struct page page;
	int top, shift;
	int found; /* 1 + the line that a search found last; 0: none */
	size_t fixed; /* the lines above the exchange */
	uint32_t exchange; /* its number; 0: there is none */
};

static const struct screen screen_pager;

/* Where the text stands: its rows go on from column to column, as a newspaper's. */
struct sheet {
	struct rect r; /* of the first column */
	int columns;
};

static int
height(const struct ui *ui, const struct page *p, int cols)
{
	return ui->unwrapped ? (int)p->n : page_height(p, cols);
}

/* Two columns where a wide screen would cut a page of long lines at its foot. */
static struct sheet
sheet_in(const struct ui *ui, const struct page *p, struct rect all)
{
	struct sheet s = {{all.row + 1, all.col + 2, all.rows - 1, all.cols - 4}, 1};

	if (!ui->unwrapped && s.r.cols >= TWO_FROM && height(ui, p, s.r.cols) > s.r.rows) {
		s.r.cols = (s.r.cols - GAP) / 2;
		s.columns = 2;
	}
	return s;
}

static struct sheet
sheet_now(const struct ui *ui, const struct pager *p)
{
	struct canvas measure;

	canvas_init_measure(&measure, ui->canvas.rows, ui->canvas.cols);
	return sheet_in(ui, &p->page, chrome_all(ui, &measure));
}

static int
rows_of(const struct sheet *s)
{
	return s->r.rows * s->columns;
}

/* --- search -------------------------------------------------------------------------------- */

/* The first visual row of a line. */
static int
row_of_line(const struct ui *ui, const struct page *p, size_t line, int cols)
{
	struct page above = {p->v, line, line};

	return height(ui, &above, cols);
}

/* The line that a visual row belongs to; p->n: it lies behind the last one. */
static size_t
line_of_row(const struct ui *ui, const struct page *p, int row, int cols)
{
	size_t line = 0;

	for (int rows = 0; line < p->n; line++) {
		struct page one = {p->v + line, 1, 1};

		rows += height(ui, &one, cols);
		if (rows > row)
			break;
	}
	return line;
}

static bool
line_has(const struct page_line *l, const char *needle)
{
	return l->text && span_find_str_nocase(span_of(l->text), needle) != SIZE_MAX;
}

/* From the line found last, else from the top of the screen; -1: the text stands nowhere. */
static int
find_line(const struct ui *ui, const struct pager *p, int cols, bool back, bool *wrapped)
{
	int n = (int)p->page.n, by = back ? -1 : 1, at = p->found - 1;

	/* a page is bounded, by what is shown of a body: one look through it is no matter */
	if (!p->found && p->top > 0)
		at = (int)line_of_row(ui, &p->page, p->top - 1, cols);
	at = at < n ? at : n - 1;
	if (!p->found && back)
		at++;
	for (int k = 0; k < n; k++) {
		*wrapped = *wrapped || at + by < 0 || at + by >= n;
		at = (at + by + n) % n;
		if (line_has(&p->page.v[at], ui->search))
			return at;
	}
	return -1;
}

/* Scrolls no further than is needed to see the line that was found, with some around it. */
static void
show_found(const struct ui *ui, struct pager *p, const struct sheet *s)
{
	const struct page_line *l = &p->page.v[p->found - 1];
	int row = row_of_line(ui, &p->page, (size_t)p->found - 1, s->r.cols);
	size_t at = span_find_str_nocase(span_of(l->text), ui->search);
	int from = l->indent + (int)text_cells(span_sub(span_of(l->text), 0, at));
	int to = from + (int)text_cells(span_sub(span_of(l->text), at, strlen(ui->search)));

	if (row < p->top || row >= p->top + rows_of(s))
		p->top = row > s->r.rows / 3 ? row - s->r.rows / 3 : 0;
	if (from < p->shift || to >= p->shift + s->r.cols)
		p->shift = to < s->r.cols || from < SHIFT ? 0 : from - SHIFT;
}

static void
search(struct ui *ui, struct pager *p, bool back)
{
	struct sheet s = sheet_now(ui, p);
	bool wrapped = false;
	int line;

	if (!ui->search[0])
		return;
	line = find_line(ui, p, s.r.cols, back, &wrapped);
	if (line < 0) {
		ui_notice(ui, _("\"%s\" does not stand here."), ui->search);
		return;
	}
	p->found = line + 1;
	show_found(ui, p, &s);
	ui_notice_found(ui, wrapped, back);
}

static void
searched(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct layer *l = &ui->layers[ui->n_layers - 1];

	(void)choice;
	(void)arg;
	text_safe_into(ui->search, sizeof(ui->search), text);
	if (l->screen != &screen_pager)
		return;
	((struct pager *)l->state)->found = 0;
	search(ui, l->state, false);
}

static void
ask_search(struct ui *ui)
{
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Search"),
			.input = true,
			.hint = _("text to find"),
			.value = ui->search,
			.done = searched});
}

/* --- the exchange below ----------------------------------------------------------------------- */

static void
fill(const struct ui *ui, struct pager *p)
{
	const struct exchange *x =
		p->exchange && ui->m.c ? case_exchange(ui->m.c, p->exchange) : NULL;

	if (!p->exchange)
		return;
	page_truncate(&p->page, p->fixed);
	p->found = 0;
	if (x && ui->decoded)
		page_decoded(&p->page, x, ui->local_time);
	else if (x)
		page_exchange(&p->page, x);
}

/* --- the screen --------------------------------------------------------------------------- */

static unsigned
pager_close(struct ui *ui, const struct pager *p, enum action a)
{
	/* the guide's key goes on: beside the fields, whole, gone */
	if (a == ACT_GUIDE && p->opener == ACT_GUIDE && ui->canvas.cols >= UI_GUIDE_COLS)
		ui->guide = false;
	ui->search[0] = '\0';
	return UI_CLOSE;
}

static void
clamp(const struct ui *ui, struct pager *p)
{
	struct sheet s = sheet_now(ui, p);
	int most = height(ui, &p->page, s.r.cols) - rows_of(&s);

	p->top = p->top > most ? most : p->top;
	p->top = p->top < 0 ? 0 : p->top;
}

/* False: another action. */
static bool
scroll(const struct ui *ui, struct pager *p, enum action a)
{
	struct sheet s = sheet_now(ui, p);
	int by = rows_of(&s) > 2 ? rows_of(&s) - 1 : 1;

	switch (a) {
	case ACT_UP:
		p->top--;
		break;
	case ACT_DOWN:
		p->top++;
		break;
	case ACT_PAGE_UP:
		p->top -= by;
		break;
	case ACT_PAGE_DOWN:
		p->top += by;
		break;
	case ACT_HOME:
		p->top = p->shift = 0;
		break;
	case ACT_END:
		p->top = INT_MAX;
		break;
	case ACT_LEFT:
		p->shift = p->shift > SHIFT ? p->shift - SHIFT : 0;
		break;
	case ACT_RIGHT:
		p->shift += ui->unwrapped && p->shift < 1 << 16 ? SHIFT : 0;
		break;
	default:
		return false;
	}
	clamp(ui, p);
	return true;
}

/* The line at the top stays there. */
static void
turn_wrap(struct ui *ui, struct pager *p)
{
	size_t line = line_of_row(ui, &p->page, p->top, sheet_now(ui, p).r.cols);

	ui->unwrapped = !ui->unwrapped;
	p->shift = 0;
	p->top = row_of_line(ui, &p->page, line, sheet_now(ui, p).r.cols);
	clamp(ui, p);
}

/*
 * From the finding that was found by a search, else the one at the top.  False: the page has none.
 */
static bool
jump_from_line(struct ui *ui, const struct pager *p)
{
	const struct diagnosis *d = ui->m.diagnosis;
	size_t from = p->found ? (size_t)p->found - 1
			       : line_of_row(ui, &p->page, p->top, sheet_now(ui, p).r.cols);

	for (size_t i = from; d && i < p->page.n; i++) {
		size_t at = p->page.v[i].finding;

		if (!at || at > d->n)
			continue;
		flow_jump_from(ui, &d->findings[at - 1]);
		return true;
	}
	return false;
}

static unsigned
pager_action(struct ui *ui, void *state, enum action a)
{
	struct pager *p = state;

	if (scroll(ui, p, a))
		return UI_REDRAW;
	switch (a) {
	case ACT_SEARCH:
		ask_search(ui);
		return UI_REDRAW;
	case ACT_SEARCH_NEXT:
	case ACT_SEARCH_PREV:
		search(ui, p, a == ACT_SEARCH_PREV);
		return UI_REDRAW;
	case ACT_JUMP:
		return jump_from_line(ui, p) ? UI_REDRAW : UI_PROPAGATE;
	case ACT_WRAP:
		turn_wrap(ui, p);
		return UI_REDRAW;
	case ACT_DECODE:
		if (!p->exchange)
			return UI_HANDLED;
		ui->decoded = !ui->decoded;
		p->top = p->shift = 0;
		fill(ui, p);
		return UI_REDRAW;
	case ACT_BACK:
	case ACT_QUIT:
	case ACT_ENTER:
	case ACT_HELP:
	case ACT_GUIDE:
	case ACT_FINDINGS:
		return pager_close(ui, p, a);
	case ACT_DECISION:
	case ACT_EXPLAIN:
		return p->opener == a ? UI_CLOSE : UI_PROPAGATE;
	case ACT_FOCUS_NEXT:
	case ACT_FOCUS_PREV:
		return UI_HANDLED;
	default:
		return UI_PROPAGATE;
	}
}

static void
draw_text(const struct ui *ui, const struct pager *p, const struct sheet *s, int top,
	struct canvas *c)
{
	struct rect r = s->r;
	int found = p->found && ui->search[0]
		? row_of_line(ui, &p->page, (size_t)p->found - 1, r.cols) - top
		: -1;

	for (int k = 0; k < s->columns; k++, top += r.rows, found -= r.rows) {
		if (ui->unwrapped)
			page_draw_flat(&p->page, r, top, p->shift, ui->search, c);
		else
			page_draw(&p->page, r, top, ui->search, c);
		if (found >= 0 && found < r.rows)
			canvas_put(c, r.row + found, r.col - 2, GLYPH_MARK, UIR_MARK);
		r.col += r.cols + GAP;
	}
}

static void
pager_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct pager *p = state;
	struct rect all = chrome_all(ui, c);
	struct sheet s = sheet_in(ui, &p->page, all);
	int n = height(ui, &p->page, s.r.cols), rows = rows_of(&s);
	/* after a resize the place may lie behind the end */
	int most = n > rows ? n - rows : 0, top = p->top > most ? most : p->top;
	char right[40] = "";

	if (n > rows)
		snprintf(right, sizeof(right), _("%d–%d of %d"), top + 1,
			top + rows < n ? top + rows : n, n);
	chrome_title(c, all.row, all.col + 1, all.cols - 2, true, p->title,
		!p->exchange          ? ""
			: ui->decoded ? _("decoded")
				      : _("as it was sent"),
		right);
	draw_text(ui, p, &s, top, c);
	if (top < most)
		canvas_put(c, s.r.row + s.r.rows - 1, c->cols - 1, GLYPH_DOWN, UIR_DIM);
	if (top > 0)
		canvas_put(c, s.r.row, c->cols - 1, GLYPH_UP, UIR_DIM);
}

static void
pager_leave(struct ui *ui, void *state)
{
	(void)ui;
	page_release(&((struct pager *)state)->page);
}

static const enum action *
pager_hints(const struct ui *ui, const void *state)
{
	static const enum action usual[] = {
		ACT_BACK, ACT_UP, ACT_PAGE_DOWN, ACT_SEARCH, ACT_PREV_STEP, ACT_EXPORT, ACT_NONE};
	static const enum action exchange[] = {ACT_BACK, ACT_UP, ACT_PAGE_DOWN, ACT_SEARCH,
		ACT_DECODE, ACT_WRAP, ACT_COPY, ACT_NONE};
	static const enum action found[] = {ACT_BACK, ACT_SEARCH_NEXT, ACT_SEARCH_PREV, ACT_UP,
		ACT_PAGE_DOWN, ACT_SEARCH, ACT_NONE};

	if (ui->search[0])
		return found;
	return ((const struct pager *)state)->exchange ? exchange : usual;
}

static const struct screen screen_pager = {
	.name = "pager",
	.state_size = sizeof(struct pager),
	.contexts = CONTEXT_LIST | CONTEXT_GLOBAL,
	.leave = pager_leave,
	.action = pager_action,
	.draw = pager_draw,
	.hints = pager_hints,
};

static void
open_pager(struct ui *ui, enum action opener, const char *title, struct page *page_take,
	const struct exchange *x)
{
	struct pager *p = ui_push(ui, &screen_pager);

	if (!p) {
		page_release(page_take);
		return;
	}
	p->opener = opener;
	text_safe_into(p->title, sizeof(p->title), span_of(title));
	p->page = *page_take;
	p->fixed = p->page.n;
	p->exchange = x ? x->n : 0;
	fill(ui, p);
}

void
pager_open_exchange(
	struct ui *ui, const char *title, struct page *page_take, const struct exchange *x)
{
	open_pager(ui, ACT_NONE, title, page_take, x);
}

void
pager_open(struct ui *ui, enum action opener, const char *title, struct page *page_take)
{
	open_pager(ui, opener, title, page_take, NULL);
}
