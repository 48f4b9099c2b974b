#include "ui/state.h"

#include "base/tr.h"
#include "base/utf8.h"
#include "ui/glyphs.h"

enum { SHIFT = 8, WHOLE_TIME_FROM = 76 /* columns */ };

bool
logpane_marked(const struct log *log, const struct log_view *v, int rows, struct log_rec *out)
{
	return logview_count(log, v) && logview_get(log, v, logview_marked(log, v, rows), out);
}

static enum ui_role
level_role(unsigned level)
{
	switch (level) {
	case LOG_ERROR:
		return UIR_LOG_ERROR;
	case LOG_WARN:
		return UIR_LOG_WARN;
	case LOG_INFO:
		return UIR_LOG_TEXT;
	default:
		return UIR_LOG_DEBUG;
	}
}

static void
paint_match(struct canvas *c, int row, int col, int end, struct span text, const char *search)
{
	size_t at = 0, found, n = strlen(search);

	while (n > 0 && (found = span_find_str_nocase(span_from(text, at), search)) != SIZE_MAX) {
		int from = col + (int)text_cells(span_sub(text, 0, at + found));
		int cells = (int)text_cells(span_sub(text, at + found, n));

		if (from < end)
			canvas_paint(
				c, row, from, from + cells > end ? end - from : cells, UIR_FOUND);
		at += found + n;
	}
}

/* The column where a record's text begins: behind mark, time, category and, where it is odd, a
 * glyph. */
static int
text_column(const struct log_rec *rec, int cols)
{
	/* in a narrow pane the milliseconds give way */
	return 1 + (cols >= WHOLE_TIME_FROM ? 12 : 8) + 1 + 5 + (rec->level >= LOG_WARN ? 2 : 0);
}

static void
draw_record(const struct log_rec *rec, const struct log_view *v, bool marked, int row,
	struct rect r, const char *search, struct canvas *c)
{
	char when[16];
	struct span text = span_make(rec->text, rec->text_len);
	int col = r.col + 1, end = r.col + r.cols;

	if (marked)
		canvas_put(c, row, r.col, GLYPH_MARK, UIR_MARK);
	time_of_day(when, rec->wall_us);
	col += canvas_puts(c, row, col, r.cols >= WHOLE_TIME_FROM ? 12 : 8, UIR_LOG_TIME, when) + 1;
	canvas_puts(c, row, col, 4, UIR_LOG_CAT, log_cat_id((enum log_cat)rec->cat));
	col += 5;
	if (rec->level >= LOG_WARN)
		canvas_put(c, row, col, rec->level == LOG_ERROR ? GLYPH_PROBLEM : GLYPH_WARNING,
			level_role(rec->level));
	col = r.col + text_column(rec, r.cols);
	if (v->shift > 0) {
		struct span cut = utf8_clip(text, (size_t)v->shift);

		text = span_from(text, cut.n);
	}
	canvas_text_cut(c, row, col, end - col, level_role(rec->level), text);
	if (search && *search)
		paint_match(c, row, col, end, text, search);
}

void
logpane_reveal(const struct log *log, struct log_view *v, const char *needle, int rows, int cols)
{
	struct log_rec rec;
	struct span text;
	int room, from, to;
	size_t at;

	if (!logpane_marked(log, v, rows, &rec))
		return;
	text = span_make(rec.text, rec.text_len);
	at = span_find_str_nocase(text, needle);
	if (at == SIZE_MAX)
		return;
	/* the last cell of a cut line is an ellipsis */
	room = cols - text_column(&rec, cols) - 1;
	from = (int)text_cells(span_sub(text, 0, at));
	to = from + (int)text_cells(span_sub(text, at, strlen(needle)));
	if (from < v->shift || to > v->shift + room)
		v->shift = to <= room ? 0 : from > SHIFT ? from - SHIFT : 0;
}

/* The right end of the title: where the view stands, how much is new, how far a filter has come. */
static void
where(const struct log *log, const struct log_view *v, int rows, int cols, char *out, size_t size)
{
	size_t n = logview_count(log, v), fresh = logview_new(log, v), last;
	int sifted = logview_sifted(log, v);
	char place[64], news[40] = "";

	if (sifted < 100) {
		snprintf(out, size, _("filtering, %d %%"), sifted);
		return;
	}
	if (v->follow || n == 0) {
		snprintf(out, size, "%s", v->follow ? _("follow") : _("paused"));
		return;
	}
	last = logview_bottom(log, v, rows);
	snprintf(place, sizeof(place), _("%zu–%zu of %zu"),
		last + 2 > (size_t)rows ? last + 2 - (size_t)rows : 1, last + 1, n);
	if (v->paused && fresh)
		snprintf(news, sizeof(news), _("paused, %zu new"), fresh);
	else if (v->paused)
		snprintf(news, sizeof(news), "%s", _("paused"));
	else if (fresh)
		snprintf(news, sizeof(news), _("%zu new, End follows"), fresh);
	else
		snprintf(news, sizeof(news), "%s", _("End follows"));
	/* beside a filter a narrow title has no room for the place */
	if (logview_filtered(v) && cols < WHOLE_TIME_FROM)
		snprintf(out, size, "%s", news);
	else
		snprintf(out, size, "%s · %s", place, news);
}

static void
draw_title(const struct log *log, const struct log_view *v, bool focus, struct rect r,
	struct canvas *c)
{
	size_t all = log ? log_count(log) : 0;
	char title[64], note[200], right[112];

	if (logview_filtered(v))
		snprintf(title, sizeof(title), _("Log (%zu of %zu)"), logview_count(log, v), all);
	else
		snprintf(title, sizeof(title), _("Log (%zu)"), all);
	where(log, v, r.rows - 1, r.cols, right, sizeof(right));
	chrome_title(c, r.row, r.col + 1, r.cols - 2, focus, title,
		logview_filter_words(v, note, sizeof(note)), right);
}

void
logpane_draw(const struct log *log, const struct log_view *v, bool focus, struct rect r,
	const char *search, struct canvas *c)
{
	size_t n = logview_count(log, v), last, first, mark;
	int rows = r.rows - 1;

	if (r.rows < 1)
		return;
	draw_title(log, v, focus, r, c);
	if (n == 0 && rows > 0 && log && log_count(log) && logview_sifted(log, v) == 100)
		canvas_puts(c, r.row + 1, r.col + 1, r.cols - 1, UIR_DIM,
			_("No record passes the filter."));
	if (n == 0 || rows < 1)
		return;
	last = logview_bottom(log, v, rows);
	mark = logview_marked(log, v, rows);
	first = last + 1 > (size_t)rows ? last + 1 - (size_t)rows : 0;
	for (size_t i = first; i <= last; i++) {
		struct log_rec rec;

		if (logview_get(log, v, i, &rec))
			draw_record(&rec, v, focus && i == mark, r.row + 1 + (int)(i - first), r,
				search, c);
		canvas_zone(c, (struct rect){r.row + 1 + (int)(i - first), r.col, 1, r.cols},
			ZONE_RECORD, (int64_t)(log_first_seq(log) + i));
	}
}

/* How many records up or down; 0: another action. */
static int
lines_of(enum action a, int rows)
{
	int page = rows > 1 ? rows - 1 : 1;

	switch (a) {
	case ACT_UP:
		return -1;
	case ACT_DOWN:
		return 1;
	case ACT_PAGE_UP:
		return -page;
	case ACT_PAGE_DOWN:
		return page;
	default:
		return 0;
	}
}

static void
move_mark(const struct log *log, struct log_view *v, int by, int rows)
{
	size_t n = logview_count(log, v), at;

	if (n == 0)
		return;
	at = logview_marked(log, v, rows);
	if (by < 0)
		at = at > (size_t)-by ? at - (size_t)-by : 0;
	else
		at = at + (size_t)by < n ? at + (size_t)by : n - 1;
	if (at == n - 1 && by > 0 && !v->paused)
		logview_follow(v);
	else
		logview_mark(log, v, at, rows);
}

bool
logpane_action(const struct log *log, struct log_view *v, enum action a, int rows)
{
	int by = lines_of(a, rows);

	switch (a) {
	case ACT_LEFT:
		v->shift = v->shift > SHIFT ? v->shift - SHIFT : 0;
		return true;
	case ACT_RIGHT:
		v->shift = v->shift < LIMIT_LOG_TEXT ? v->shift + SHIFT : v->shift;
		return true;
	case ACT_HOME:
		if (logview_count(log, v))
			logview_mark(log, v, 0, rows);
		return true;
	case ACT_END:
		logview_follow(v);
		v->shift = 0;
		return true;
	case ACT_LOG_PAUSE:
		v->paused = v->follow;
		if (v->follow)
			logview_stand(log, v);
		else
			logview_follow(v);
		return true;
	default:
		break;
	}
	if (!by)
		return false;
	move_mark(log, v, by, rows);
	return true;
}
