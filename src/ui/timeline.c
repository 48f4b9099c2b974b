/* The lives of the tokens as lines: issued, not before, now, expires, the leeway behind that. */
#include "ui/state.h"

#include "base/text.h"
#include "base/tr.h"
#include "ui/glyphs.h"

enum { NAME_LONG = 15, NAME_SHORT = 4, NAME_LONG_FROM = 76, AGREE_S = 2 };

struct scale {
	int64_t from, to;
	int col, cells;
};

/* What is drawn of one token. */
struct lifeline {
	const struct timeline *t;
	const struct life *life;
	enum state band; /* of its countdown */
	int64_t leeway_s;
	bool local; /* times in local time */
};

/* The cell of a moment, kept inside the line. */
static int
cell_of(const struct scale *s, double at)
{
	double share = (at - (double)s->from) / (double)(s->to - s->from);
	int x = share <= 0 ? 0 : share >= 1 ? s->cells - 1 : (int)(share * s->cells);

	return s->col + (x < s->cells ? x : s->cells - 1);
}

/* Cells [from, to). */
static void
stretch(struct canvas *c, int row, int from, int to, uint32_t cp, enum ui_role role)
{
	if (to > from)
		canvas_fill(c, (struct rect){row, from, 1, to - from}, cp, role);
}

static enum ui_role
band_role(enum state band)
{
	return band == STATE_PROBLEM ? UIR_COUNT_PROBLEM
		: band == STATE_WARNING ? UIR_COUNT_WARNING
		: UIR_COUNT_OK;
}

static uint32_t
band_glyph(enum state band)
{
	return band == STATE_PROBLEM ? GLYPH_PROBLEM : band == STATE_WARNING ? '!' : GLYPH_BAR;
}

/*
 * A mark moves every `step` seconds only, in those in which `phase` is left (modulo step): so that
 * no second moves both clocks' marks, nor one of them and all figures of the countdown (64 bytes
 * are all that it may cost).
 */
static int64_t
held(int64_t at, int64_t left, int phase, int step)
{
	int64_t since = (phase - left) % step;

	return at - (since < 0 ? since + step : since);
}

static void
draw_line(const struct lifeline *line, int row, const struct scale *s, struct canvas *c)
{
	const struct timeline *t = line->t;
	const struct life *l = line->life;
	enum state band = line->band;
	int64_t left = (l->to > -(INT64_MAX / 4) && l->to < INT64_MAX / 4 ? l->to : 0) - t->now_s;
	int now = cell_of(s, (double)held(t->now_s, left, 0, 2));
	int local = cell_of(s, (double)held(t->local_s, left, 1, 4));
	int start = cell_of(s, (double)(l->from ? l->from : s->from));
	int end = cell_of(s, (double)l->to);
	int open = l->not_before > l->from ? cell_of(s, (double)l->not_before) : start;
	int late = cell_of(s, (double)l->to + (double)line->leeway_s);

	stretch(c, row, start, now, GLYPH_HLINE, UIR_RULE);
	if (l->to) {
		stretch(c, row, open, end < now ? end : now, GLYPH_HLINE, UIR_RULE);
		stretch(c, row, now > open ? now : open, end, band_glyph(band), band_role(band));
		stretch(c, row, end, now, GLYPH_PROBLEM, UIR_PROBLEM);
		if (line->leeway_s > 0)
			stretch(c, row, end + 1, (late > end ? late : end + 1) + 1, GLYPH_SHADE,
				UIR_WARNING);
	}
	if (l->from)
		canvas_put(c, row, start, GLYPH_BRANCH, UIR_VALUE);
	if (open != start)
		canvas_put(c, row, open, '[', UIR_VALUE);
	if (l->to)
		canvas_put(c, row, end, GLYPH_LINE_END,
			band == STATE_PROBLEM ? UIR_PROBLEM : UIR_VALUE);
	if (t->skew_known && local != now)
		canvas_put(c, row, local, GLYPH_RING, UIR_WARNING);
	canvas_put(c, row, now, GLYPH_DOT, UIR_VALUE);
}

/*
 * Date and time of a label, or what fits of them: the time alone where both are of one day, else
 * the date.  A moment outside the calendar is a number and stays whole.
 */
static void
shorten(char from[40], char to[40])
{
	bool dates = strlen(from) > 11 && from[10] == ' ' && strlen(to) > 11 && to[10] == ' ';

	if (!dates)
		return;
	if (strncmp(from, to, 10) == 0) {
		memmove(from, from + 11, strlen(from + 11) + 1);
		memmove(to, to + 11, strlen(to + 11) + 1);
	} else {
		from[10] = to[10] = '\0';
	}
}

/* "issued …" below its mark at the left, "expires …" with its last letter below its own. */
static void
draw_labels(const struct lifeline *line, int row, const struct scale *s, struct canvas *c)
{
	const struct life *l = line->life;
	bool over = l->to <= line->t->now_s;
	const char *end_words = over ? _("expired %s") : _("expires %s");
	char from[40] = "", to[40] = "", text[120];
	int left = cell_of(s, (double)l->from), right = s->col + s->cells, col, need;

	if (l->from)
		time_screen(from, l->from, line->local);
	if (l->to)
		time_screen(to, l->to, line->local);
	text_format(text, sizeof text, _("issued %s"), from);
	need = (int)text_cells(span_of(text)) + 2;
	text_format(text, sizeof text, end_words, to);
	need += (int)text_cells(span_of(text));
	if (l->from && l->to && left + need > right)
		shorten(from, to);
	text_format(text, sizeof text, end_words, to);
	if (l->from)
		left += 2 +
			canvas_printf(
				c, row, left, right - left, UIR_MEANING, _("issued %s"), from);
	else
		left = s->col;
	if (!l->to)
		return;
	col = cell_of(s, (double)l->to) + 1 - (int)text_cells(span_of(text));
	if (col < left)
		col = left;
	canvas_puts(c, row, col, right - col, over ? UIR_PROBLEM : UIR_MEANING, text);
}

struct legend {
	int row, col, end;
	bool full;
};

static void PRINTF(5, 6)
explain(struct legend *g, struct canvas *c, uint32_t cp, enum ui_role role, const char *fmt, ...)
{
	char text[80];
	va_list ap;
	int cells;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cells = (int)text_cells(span_of(text));
	g->full = g->full || g->col + 2 + cells > g->end;
	if (g->full)
		return;
	canvas_put(c, g->row, g->col, cp, role);
	canvas_puts(c, g->row, g->col + 2, g->end - g->col - 2, UIR_DIM, text);
	g->col += 2 + cells + 2;
}

/* What goes first is what the line cannot be read without. */
static void
draw_legend(const struct timeline *t, enum state band, int row, int col, int end, struct canvas *c)
{
	int64_t ahead = t->local_s - t->now_s, off = ahead < 0 ? -ahead : ahead;
	struct legend g = {row, col, end, false};
	char span[32];

	explain(&g, c, GLYPH_DOT, UIR_VALUE, "%s", t->skew_known ? _("now (server)") : _("now"));
	if (t->skew_known && off >= AGREE_S)
		explain(&g, c, GLYPH_RING, UIR_WARNING,
			ahead > 0 ? _("this clock, %s ahead") : _("this clock, %s behind"),
			time_span(span, off));
	if (t->access.to && t->leeway_s > 0)
		explain(&g, c, GLYPH_SHADE, UIR_WARNING, _("leeway %lld s"),
			(long long)t->leeway_s);
	if (t->access.to && band != STATE_PROBLEM)
		explain(&g, c, band_glyph(band), band_role(band), "%s",
			band == STATE_WARNING ? _("left: ends soon") : _("left"));
	if (t->access.to && band == STATE_PROBLEM)
		explain(&g, c, GLYPH_PROBLEM, UIR_PROBLEM, _("past its end"));
	if (t->access.not_before > t->access.from)
		explain(&g, c, '[', UIR_VALUE, _("not before"));
}

static bool
drawable(const struct life *l)
{
	return l->from || l->to;
}

int
timeline_rows(const struct timeline *t, int rows)
{
	if (!drawable(&t->access) || rows < 6)
		return 0;
	if (rows < 8)
		return 2;
	if (!drawable(&t->refresh) || rows < 10)
		return 3;
	return rows < 13 ? 4 : 5;
}

static void
draw_token(const struct lifeline *line, const char *name, struct rect r, struct canvas *c)
{
	int width = r.cols >= NAME_LONG_FROM ? NAME_LONG : NAME_SHORT;
	struct scale s = {.col = r.col + 3 + width, .cells = r.cols - 4 - width};

	if (s.cells < 2)
		return;
	life_range(line->life, line->t->now_s, line->leeway_s, &s.from, &s.to);
	canvas_puts(c, r.row, r.col + 3, width - 1, UIR_NAME, name);
	draw_line(line, r.row, &s, c);
	if (r.rows > 1)
		draw_labels(line, r.row + 1, &s, c);
}

void
timeline_draw(const struct timeline *t, enum state access, enum state refresh, bool local,
	struct rect r, struct canvas *c)
{
	const struct lifeline at = {t, &t->access, access, t->leeway_s, local};
	const struct lifeline rt = {t, &t->refresh, refresh, 0, local};
	bool wide = r.cols >= NAME_LONG_FROM;
	struct rect old = canvas_clip(c, r);

	draw_token(&at, wide ? _("access token") : "AT", (struct rect){r.row, r.col, 2, r.cols}, c);
	if (r.rows >= 4)
		draw_token(&rt, wide ? _("refresh token") : "RT",
			(struct rect){r.row + 2, r.col, r.rows - 3, r.cols}, c);
	if (r.rows >= 3)
		draw_legend(t, access, r.row + r.rows - 1,
			r.col + 3 + (wide ? NAME_LONG : NAME_SHORT), r.col + r.cols - 1, c);
	canvas_clip(c, old);
}
