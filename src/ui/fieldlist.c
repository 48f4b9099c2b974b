#include "ui/state.h"

#include "base/text.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "ui/glyphs.h"

enum { BAR_MIN = 12, BAR_TOTAL = 9 /* " 67 ms" behind a bar */ };
enum { NOTE_ROWS = 4, VALUE_ROWS = 3, SENTENCE_BLANKS = 4, FINDING_BESIDE = 16 };

struct columns {
	int name, value, meaning; /* widths; meaning 0: there is no room */
	int timed, words;        /* of the value beside a bar, and of the figures behind it */
	bool narrow;
};

static bool
can_mark(const struct field *f)
{
	return f->kind != FIELD_HEADING;
}

static int
text_rows(const char *text, int cols, int most)
{
	struct span rest = span_of(text), line;
	int n = 0;

	if (rest.n <= (size_t)cols)
		return 1;
	while (n < most && wrap_next(&rest, cols, &line))
		n++;
	return n ? n : 1;
}

/* A sentence may take several rows; a token, an address, a list of scopes is cut. */
static int
value_rows(const struct field *f, int cols)
{
	int blanks = 0;

	for (const char *p = strchr(f->value, ' '); p; p = strchr(p + 1, ' '))
		blanks++;
	return blanks >= SENTENCE_BLANKS ? text_rows(f->value, cols, VALUE_ROWS) : 1;
}

/* The cells that this row's value may take: what a short meaning leaves is the value's. */
static int
value_width(const struct field *f, const struct columns *w)
{
	int meaning;

	if (!f->meaning[0])
		return w->value + 2 + w->meaning;
	meaning = (int)text_cells(span_of(f->meaning));
	return meaning < w->meaning ? w->value + w->meaning - meaning : w->value;
}

/* The tree's strokes beside the further rows of a finding: what goes on to the next branch. */
static void
pass_strokes(const char *lead, int row, int col, struct canvas *c)
{
	uint32_t cp;

	for (struct span s = span_of(lead); s.n; col++) {
		s = span_from(s, utf8_decode(s, &cp));
		if (cp == GLYPH_VLINE || cp == GLYPH_BRANCH)
			canvas_put(c, row, col, GLYPH_VLINE, UIR_RULE);
	}
}

/*
 * A finding flows: strokes and id, then its sentence over as many rows as it takes, behind the id
 * and below it.  Draws at (row, col) into `cols` cells, or only counts (c NULL).
 */
static int
finding_flow(const struct field *f, bool marked, int row, int col, int cols, struct canvas *c)
{
	int lead = (int)text_cells(span_of(f->lead)), id = (int)text_cells(span_of(f->name));
	int at = lead + id + 2, hang = lead ? lead : 2, used = 0;
	struct span rest = span_of(f->value), line;

	if (c) {
		canvas_puts(c, row, col, lead, UIR_RULE, f->lead);
		canvas_text_cut(c, row, col + lead, cols - lead, marked ? UIR_SELECTED : UIR_NAME,
			span_of(f->name));
	}
	if (cols - at < FINDING_BESIDE) {
		at = hang;
		used = 1;
	}
	while (used < NOTE_ROWS && wrap_next(&rest, cols - at, &line)) {
		if (c && used > 0)
			pass_strokes(f->lead, row + used, col, c);
		/* the last row that there is shows that more follows */
		if (c && used == NOTE_ROWS - 1 && rest.n)
			canvas_text_cut(c, row + used, col + at, cols - at, UIR_VALUE,
				span_make(line.p, line.n + rest.n));
		else if (c)
			canvas_text(c, row + used, col + at, cols - at, UIR_VALUE, line);
		used++;
		at = hang;
	}
	return used ? used : 1;
}

/* Value and meaning one after the other in a single row, out of their columns. */
static bool
runs_on(const struct field *f, const struct columns *w)
{
	int value = (int)text_cells(span_of(f->value)),
	    meaning = (int)text_cells(span_of(f->meaning));

	return w->narrow && f->meaning[0] && value + 2 + meaning <= w->value + 2 + w->meaning;
}

/*
 * The value on the row, the meaning below it: what would be cut beside its meaning stands whole,
 * and in a narrow pane words have all its width.
 */
static bool
stacked(const struct field *f, const struct columns *w)
{
	int value = (int)text_cells(span_of(f->value)),
	    meaning = (int)text_cells(span_of(f->meaning));

	if (!f->meaning[0] || runs_on(f, w))
		return false;
	if (w->narrow)
		return value > w->value || meaning > w->meaning;
	return value > value_width(f, w) && (value_rows(f, value_width(f, w)) == 1 ||
		text_rows(f->value, value_width(f, w), VALUE_ROWS + 1) > VALUE_ROWS);
}

static int
row_height(const struct field *f, const struct columns *w)
{
	int value, meaning, room = w->value + 2 + w->meaning;

	switch (f->kind) {
	case FIELD_NOTE:
		return text_rows(f->value, w->name + w->value + w->meaning + 4, NOTE_ROWS);
	case FIELD_FINDING:
		return finding_flow(f, false, 0, 0, w->name + w->value + w->meaning + 4, NULL);
	case FIELD_VALUE:
		if (f->timed)
			return w->narrow ? 2 : 1;
		if (runs_on(f, w))
			return 1;
		if (stacked(f, w))
			return value_rows(f, room) + text_rows(f->meaning, room, VALUE_ROWS);
		value = value_rows(f, value_width(f, w));
		meaning = f->meaning[0] ? text_rows(f->meaning, w->meaning, VALUE_ROWS) : 1;
		return value > meaning ? value : meaning;
	default:
		return 1;
	}
}

static struct columns
measure(const struct field_list *l, int cols)
{
	struct columns w = {.name = 4, .value = 8, .narrow = cols < 70};
	int room = cols - 4, most_name = cols >= 100 ? 26 : cols >= 76 ? 20 : 18, most_value;

	for (size_t i = 0; i < l->n; i++) {
		int n, v;

		if (l->v[i].kind != FIELD_VALUE)
			continue;
		n = (int)text_cells(span_of(l->v[i].name));
		v = (int)text_cells(span_of(l->v[i].value));
		w.name = n > w.name ? n : w.name;
		w.value = v > w.value ? v : w.value;
		if (l->v[i].timed)
			w.timed = v > w.timed ? v : w.timed;
		v = (int)text_cells(span_of(l->v[i].meaning));
		if (l->v[i].timed)
			w.words = v > w.words ? v : w.words;
	}
	if (w.name > most_name)
		w.name = most_name;
	room -= w.name + 2;
	/* a time fits whole; a longer value may take what its own meaning leaves */
	most_value = room * 45 / 100 > 21 ? room * 45 / 100 : 21;
	if (w.value > most_value)
		w.value = most_value;
	w.meaning = room - w.value - 2;
	if (w.timed > room - BAR_MIN - BAR_TOTAL - 2)
		w.timed = room - BAR_MIN - BAR_TOTAL - 2;
	return w;
}

int
fieldlist_height(const struct field_list *l, int cols)
{
	struct columns w = measure(l, cols);
	int rows = 0;

	for (size_t i = 0; i < l->n; i++)
		rows += row_height(&l->v[i], &w);
	return rows;
}

/* The first row that must stand at the top so that the marked one is seen; never past the end. */
static int
clamp_top(const struct field_list *l, struct place p, int rows, int cols)
{
	struct columns w = measure(l, cols);
	int top = p.top < 0 ? 0 : p.top, used = 0, last;

	if (l->n == 0)
		return 0;
	if (top >= (int)l->n)
		top = (int)l->n - 1;
	if (p.mark >= 0 && p.mark < (int)l->n) {
		if (p.mark < top)
			top = p.mark;
		/* its heading stays with the first row of a block */
		if (top == p.mark && top > 0 && l->v[top - 1].kind == FIELD_HEADING && rows > 2)
			top--;
		for (int i = top; i <= p.mark; i++)
			used += row_height(&l->v[i], &w);
		while (top < p.mark && used > rows)
			used -= row_height(&l->v[top++], &w);
	}
	/* no blank rows at the bottom while there is something above */
	used = 0;
	for (last = (int)l->n - 1; last >= 0; last--) {
		used += row_height(&l->v[last], &w);
		if (used > rows)
			break;
	}
	return top > last + 1 ? last + 1 : top;
}

/* Shows where the search text stands in a row that was drawn. */
static void
paint_found(struct canvas *c, int row, int col, int cols, const char *search)
{
	struct buf b;
	size_t n = strlen(search), at = 0, found;

	if (n == 0)
		return;
	buf_init(&b, 8192);
	canvas_row_text(c, row, &b);
	while ((found = span_find_str_nocase(span_from(buf_span(&b), at), search)) != SIZE_MAX) {
		int from = (int)text_cells(span_sub(buf_span(&b), 0, at + found));
		int cells = (int)text_cells(span_sub(buf_span(&b), at + found, n));

		if (from >= col && from < col + cols)
			canvas_paint(c, row, from, cells, UIR_FOUND);
		at += found + n;
	}
	buf_release(&b);
}

/* A request and what came of it: where both do not fit, the request gives way. */
static void
draw_outcome(struct span s, int row, int col, int cols, enum ui_role role, struct canvas *c)
{
	size_t at = span_find_str(s, " → ");
	struct span outcome = span_from(s, at < s.n ? at : s.n);
	int tail = (int)text_cells(outcome);

	if (tail > cols / 2 || (int)text_cells(s) <= cols)
		tail = 0;
	canvas_text_cut(c, row, col, cols - tail, role, tail ? span_sub(s, 0, at) : s);
	canvas_text(c, row, col + cols - tail, tail, role, outcome);
}

/* What was asked and came back, then its time as a bar; in a narrow pane below, without phases. */
static void
draw_timed(const struct field *f, const struct columns *w, enum ui_role value, int row, int col,
	struct canvas *c)
{
	int room = w->value + 2 + w->meaning, bar = room - BAR_TOTAL;
	char took[32];

	if (w->narrow) {
		draw_outcome(span_of(f->value), row++, col, room, value, c);
	} else {
		draw_outcome(span_of(f->value), row, col, w->timed, value, c);
		col += w->timed + 2;
		bar -= w->timed + 2;
		/* the phases' figures, too, where there is room for both */
		if (bar > w->words + 2 * BAR_MIN) {
			bar -= w->words + 1;
			canvas_text_cut(c, row, col + bar + BAR_TOTAL + 1, w->words, UIR_MEANING,
				span_of(f->meaning));
		}
	}
	waterfall_draw(&f->bar, f->run_us, !w->narrow, row, col, bar, c);
	if (f->bar.total > 0)
		canvas_puts(c, row, col + bar + 1, BAR_TOTAL - 1, UIR_MEANING,
			time_span_us(took, f->bar.total));
}

static void
draw_value(const struct field *f, const struct columns *w, bool marked, int row, int col,
	struct canvas *c)
{
	enum ui_role state = state_role((int)f->state);
	bool odd = f->state == STATE_WARNING || f->state == STATE_PROBLEM ||
		f->state == STATE_UNDETERMINED;
	int value = value_width(f, w), rows, room = w->value + 2 + w->meaning;
	enum ui_role words = odd ? state : UIR_MEANING;

	if (odd)
		canvas_put(c, row, col + 1, glyph_state((int)f->state), state);
	canvas_text_cut(
		c, row, col + 3, w->name, marked ? UIR_SELECTED : UIR_NAME, span_of(f->name));
	col += 3 + w->name + 2;
	if (f->timed) {
		draw_timed(f, w, odd ? state : UIR_VALUE, row, col, c);
		return;
	}
	if (stacked(f, w)) {
		rows = value_rows(f, room);
		if (rows > 1)
			canvas_wrap(c, (struct rect){row, col, rows, room}, odd ? state : UIR_VALUE,
				span_of(f->value));
		else
			canvas_text_cut(
				c, row, col, room, odd ? state : UIR_VALUE, span_of(f->value));
		canvas_wrap(c, (struct rect){row + rows, col, VALUE_ROWS, room}, words,
			span_of(f->meaning));
		return;
	}
	if (runs_on(f, w)) {
		value = (int)text_cells(span_of(f->value));
		value = value > w->value || (int)text_cells(span_of(f->meaning)) > w->meaning
			? value
			: w->value;
		canvas_puts(c, row, col, room, odd ? state : UIR_VALUE, f->value);
		canvas_puts(c, row, col + value + 2, room - value - 2, words, f->meaning);
		return;
	}
	rows = value_rows(f, value);
	if (rows > 1)
		canvas_wrap(c, (struct rect){row, col, rows, value}, odd ? state : UIR_VALUE,
			span_of(f->value));
	else
		rows = canvas_text_cut(
			c, row, col, value, odd ? state : UIR_VALUE, span_of(f->value));
	if (!f->meaning[0])
		return;
	/* a value over several rows fills its width; else the meaning follows the value's end */
	if (value_rows(f, value) == 1)
		value = rows > w->value ? rows : w->value;
	canvas_wrap(c,
		(struct rect){row, col + value + 2, VALUE_ROWS, w->value + w->meaning - value},
		words, span_of(f->meaning));
}

static void
draw_finding(const struct field *f, bool marked, int row, struct rect r, struct canvas *c)
{
	if (f->state != STATE_OK)
		canvas_put(
			c, row, r.col + 1, glyph_state((int)f->state), state_role((int)f->state));
	finding_flow(f, marked, row, r.col + 3, r.cols - 4, c);
}

static void
draw_heading(const struct field *f, const struct columns *w, bool more, int row, struct rect r,
	struct canvas *c)
{
	int used = 9 + (int)(text_cells(span_of(f->name)) + text_cells(span_of(f->value)));

	chrome_title(c, row, r.col + 1, r.cols - 2, false, f->name, f->value,
		more ? _("more above") : "");
	if (f->timed && !w->narrow && !more && used + WATERFALL_LEGEND + 3 <= r.cols)
		waterfall_legend(row, r.col + r.cols - 3, c);
}

void
fieldlist_draw(const struct field_list *l, struct place p, bool focus, struct rect r,
	const char *search, struct canvas *c)
{
	struct columns w = measure(l, r.cols);
	int i = clamp_top(l, p, r.rows, r.cols), used = 0;
	struct rect old = canvas_clip(c, r);

	for (int first = i; i < (int)l->n && used < r.rows; i++) {
		const struct field *f = &l->v[i];
		bool marked = focus && i == p.mark;
		int row = r.row + used;

		if (f->kind == FIELD_HEADING)
			draw_heading(f, &w, i == first && i > 0, row, r, c);
		else if (f->kind == FIELD_NOTE)
			canvas_wrap(c, (struct rect){row, r.col + 3, row_height(f, &w), r.cols - 4},
				f->state == STATE_OK ? UIR_NOTE : state_role((int)f->state),
				span_of(f->value));
		else if (f->kind == FIELD_FINDING)
			draw_finding(f, marked, row, r, c);
		else
			draw_value(f, &w, marked, row, r.col, c);
		if (p.kept && f->kind == FIELD_VALUE && f->from == (int)p.kept)
			canvas_put(c, row, r.col + 2, GLYPH_DOT, UIR_MARK);
		if (marked) {
			canvas_put(c, row, r.col, GLYPH_MARK, UIR_MARK);
			if (f->kind == FIELD_NOTE)
				canvas_paint(c, row, r.col + 1, 2, UIR_MARK);
		}
		if (search && *search)
			paint_found(c, row, r.col, r.cols, search);
		if (can_mark(f))
			canvas_zone(c, (struct rect){row, r.col, row_height(f, &w), r.cols},
				ZONE_ROW, i);
		used += row_height(f, &w);
	}
	if (i < (int)l->n || used > r.rows)
		canvas_put(c, r.row + r.rows - 1, r.col + r.cols - 1, GLYPH_DOWN, UIR_DIM);
	canvas_clip(c, old);
}

static int
step_mark(const struct field_list *l, int from, int by)
{
	for (int i = from + by; i >= 0 && i < (int)l->n; i += by) {
		if (can_mark(&l->v[i]))
			return i;
	}
	return from;
}

bool
fieldlist_action(const struct field_list *l, struct place *p, enum action a, int rows, int cols)
{
	int by = 0, n = 1;

	switch (a) {
	case ACT_UP:
		by = -1;
		break;
	case ACT_DOWN:
		by = 1;
		break;
	case ACT_PAGE_UP:
		by = -1;
		n = rows > 2 ? rows - 1 : 1;
		break;
	case ACT_PAGE_DOWN:
		by = 1;
		n = rows > 2 ? rows - 1 : 1;
		break;
	case ACT_HOME:
		p->top = 0;
		p->mark = step_mark(l, -1, 1);
		return true;
	case ACT_END:
		p->mark = step_mark(l, (int)l->n, -1);
		p->top = clamp_top(l, *p, rows, cols);
		return true;
	default:
		return false;
	}
	if (p->mark >= (int)l->n)
		p->mark = (int)l->n - 1;
	if (p->mark < 0 && by < 0)
		return true;
	while (n-- > 0)
		p->mark = step_mark(l, p->mark, by);
	/* moving up to the first row shows its heading, too */
	if (by < 0 && p->mark == step_mark(l, -1, 1))
		p->top = 0;
	p->top = clamp_top(l, *p, rows, cols);
	return true;
}

bool
fieldlist_search(
	const struct field_list *l, struct place *p, const char *needle, bool back, bool *wrapped)
{
	int n = (int)l->n, by = back ? -1 : 1, at = p->mark < 0 ? (back ? n : -1) : p->mark;

	*wrapped = false;
	for (int k = 0; k < n; k++) {
		const struct field *f;

		*wrapped = *wrapped || at + by < 0 || at + by >= n;
		at = (at + by + n) % n;
		f = &l->v[at];
		if (can_mark(f) && (span_find_str_nocase(span_of(f->name), needle) != SIZE_MAX ||
			span_find_str_nocase(span_of(f->value), needle) != SIZE_MAX ||
			span_find_str_nocase(span_of(f->meaning), needle) != SIZE_MAX)) {
			p->mark = at;
			return true;
		}
	}
	return false;
}
