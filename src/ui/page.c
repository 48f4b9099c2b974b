#include "ui/state.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "ui/glyphs.h"

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
	p->v[p->n++] = (struct page_line){text_take, (uint8_t)role, (uint8_t)indent, 0};
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

/* --- the pager: a page over everything between verdict and footer ------------------------------
 */

struct pager {
	char title[80];
	struct page page;
	int top;
};

static struct rect
text_area(struct rect all)
{
	return (struct rect){all.row + 1, all.col + 2, all.rows - 1, all.cols - 4};
}

static struct rect
area_now(const struct ui *ui)
{
	struct canvas measure;

	canvas_init_measure(&measure, ui->canvas.rows, ui->canvas.cols);
	return text_area(chrome_all(ui, &measure));
}

/* The first visual row of the next line that has the text; -1: none. */
static int
find_row(const struct page *p, int cols, int from, const char *needle, bool back)
{
	int at = 0, first = -1, last = -1, before = -1, after = -1;

	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].text &&
			span_find_str_nocase(span_of(p->v[i].text), needle) != SIZE_MAX) {
			first = first < 0 ? at : first;
			last = at;
			before = at < from ? at : before;
			after = at > from && after < 0 ? at : after;
		}
		struct page one = {&p->v[i], 1, 1};

		at += page_height(&one, cols);
	}
	if (back)
		return before >= 0 ? before : last;
	return after >= 0 ? after : first;
}

static void
pager_search(struct ui *ui, struct pager *p, bool back)
{
	struct rect r = area_now(ui);
	int row = ui->search[0] ? find_row(&p->page, r.cols, p->top, ui->search, back) : -1;

	if (row >= 0)
		p->top = row;
	else if (ui->search[0])
		ui_notice(ui, _("\"%s\" does not stand here."), ui->search);
}

static void
searched(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)choice;
	(void)arg;
	text_safe_into(ui->search, sizeof(ui->search), text);
	if (ui->n_layers > 1)
		pager_search(ui, ui->layers[ui->n_layers - 1].state, false);
}

static unsigned
pager_close(struct ui *ui, const struct pager *p, enum action a)
{
	/* the guide's key goes on: beside the fields, whole, gone */
	if (a == ACT_GUIDE && ui->canvas.cols >= UI_GUIDE_COLS && strcmp(p->title, "Guide") == 0)
		ui->guide = false;
	ui->search[0] = '\0';
	return UI_CLOSE;
}

static unsigned
pager_action(struct ui *ui, void *state, enum action a)
{
	struct pager *p = state;
	struct rect r = area_now(ui);
	int most = page_height(&p->page, r.cols) - r.rows;
	int by = r.rows > 2 ? r.rows - 1 : 1;

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
		p->top = 0;
		break;
	case ACT_END:
		p->top = most;
		break;
	case ACT_SEARCH:
		dialog_open(ui,
			&(struct dialog_spec){.title = _("Search"),
				.input = true,
				.hint = _("text to find"),
				.value = ui->search,
				.done = searched});
		return UI_REDRAW;
	case ACT_SEARCH_NEXT:
	case ACT_SEARCH_PREV:
		pager_search(ui, p, a == ACT_SEARCH_PREV);
		return UI_REDRAW;
	case ACT_BACK:
	case ACT_QUIT:
	case ACT_ENTER:
	case ACT_HELP:
	case ACT_GUIDE:
	case ACT_FINDINGS:
		return pager_close(ui, p, a);
	case ACT_DECISION:
		return strcmp(p->title, "Your application") == 0 ? UI_CLOSE : UI_PROPAGATE;
	case ACT_EXPLAIN:
		return strcmp(p->title, "Catalogue") == 0 ? UI_CLOSE : UI_PROPAGATE;
	case ACT_LEFT:
	case ACT_RIGHT:
	case ACT_FOCUS_NEXT:
	case ACT_FOCUS_PREV:
		return UI_HANDLED;
	default:
		return UI_PROPAGATE;
	}
	p->top = p->top > most ? most : p->top;
	p->top = p->top < 0 ? 0 : p->top;
	return UI_REDRAW;
}

static void
pager_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct pager *p = state;
	struct rect all = chrome_all(ui, c), r = text_area(all);
	int n = page_height(&p->page, r.cols);
	/* after a resize the place may lie behind the end */
	int most = n > r.rows ? n - r.rows : 0, top = p->top > most ? most : p->top;
	char right[40] = "";

	if (n > r.rows)
		snprintf(right, sizeof(right), _("%d–%d of %d"), top + 1,
			top + r.rows < n ? top + r.rows : n, n);
	chrome_title(c, all.row, all.col + 1, all.cols - 2, true, p->title, "", right);
	page_draw(&p->page, r, top, ui->search, c);
	if (top < most)
		canvas_put(c, r.row + r.rows - 1, c->cols - 1, GLYPH_DOWN, UIR_DIM);
	if (top > 0)
		canvas_put(c, r.row, c->cols - 1, GLYPH_UP, UIR_DIM);
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
	static const enum action found[] = {ACT_BACK, ACT_SEARCH_NEXT, ACT_SEARCH_PREV, ACT_UP,
		ACT_PAGE_DOWN, ACT_SEARCH, ACT_NONE};

	(void)state;
	return ui->search[0] ? found : usual;
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

void
pager_open(struct ui *ui, const char *title, struct page *page_take)
{
	struct pager *p = ui_push(ui, &screen_pager);

	if (!p) {
		page_release(page_take);
		return;
	}
	text_safe_into(p->title, sizeof(p->title), span_of(title));
	p->page = *page_take;
}
