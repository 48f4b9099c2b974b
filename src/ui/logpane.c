#include "ui/state.h"

#include "base/tr.h"
#include "base/utf8.h"
#include "ui/glyphs.h"

enum { HUNT_BYTES = 64 << 10 }; /* so much of the log is looked at between two looks at the clock */

/*
 * The view is anchored by the sequence number of its last record, so that new records do not move
 * what is read; drawing and scrolling touch only the rows that are seen, however many records there
 * are.
 */

/* The index of the last record shown; log_count() is not 0. */
static size_t
bottom_index(const struct log *log, const struct log_view *v, int rows)
{
	size_t n = log_count(log), at;
	uint64_t first = log_first_seq(log);

	if (v->follow || v->bottom_seq >= first + n)
		return n - 1;
	at = v->bottom_seq > first ? (size_t)(v->bottom_seq - first) : 0;
	/* a full pane, if there is enough */
	if (rows > 0 && at + 1 < (size_t)rows)
		at = (size_t)rows - 1 < n ? (size_t)rows - 1 : n - 1;
	return at;
}

/* The index of the marked record; log_count() is not 0. */
static size_t
marked_index(const struct log *log, const struct log_view *v, int rows)
{
	size_t bottom = bottom_index(log, v, rows);
	uint64_t last = log_first_seq(log) + bottom;

	if (!v->mark_seq || v->mark_seq > last ||
		v->mark_seq + (uint64_t)(rows > 1 ? rows : 1) <= last ||
		v->mark_seq < log_first_seq(log))
		return bottom;
	return (size_t)(v->mark_seq - log_first_seq(log));
}

bool
logpane_marked(const struct log *log, const struct log_view *v, int rows, struct log_rec *out)
{
	return log && log_count(log) && log_get(log, marked_index(log, v, rows), out);
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

		for (int i = 0; i < (int)n && from + i < end; i++)
			canvas_paint(c, row, from + i, 1, UIR_FOUND);
		at += found + n;
	}
}

static void
draw_record(const struct log_rec *rec, const struct log_view *v, bool marked, int row,
	struct rect r, const char *search, struct canvas *c)
{
	char when[16];
	struct span text = span_make(rec->text, rec->text_len);
	int col = r.col + 1, end = r.col + r.cols;
	bool odd = rec->level >= LOG_WARN;

	if (marked)
		canvas_put(c, row, r.col, GLYPH_MARK, UIR_MARK);
	time_of_day(when, rec->wall_us);
	/* in a narrow pane the milliseconds give way */
	col += canvas_puts(c, row, col, r.cols >= 76 ? 12 : 8, UIR_LOG_TIME, when) + 1;
	canvas_puts(c, row, col, 4, UIR_LOG_CAT, log_cat_id((enum log_cat)rec->cat));
	col += 5;
	if (odd) {
		canvas_put(c, row, col, rec->level == LOG_ERROR ? GLYPH_PROBLEM : GLYPH_WARNING,
			level_role(rec->level));
		col += 2;
	}
	if (v->shift > 0) {
		struct span cut = utf8_clip(text, (size_t)v->shift);

		text = span_from(text, cut.n);
	}
	canvas_text_cut(c, row, col, end - col, level_role(rec->level), text);
	if (search && *search)
		paint_match(c, row, col, end, text, search);
}

void
logpane_draw(const struct log *log, const struct log_view *v, bool focus, struct rect r,
	const char *search, struct canvas *c)
{
	size_t n = log ? log_count(log) : 0, last, first, mark;
	char title[40], right[40] = "follow";
	int rows = r.rows - 1;

	if (r.rows < 1)
		return;
	snprintf(title, sizeof(title), _("Log (%zu)"), n);
	last = n ? bottom_index(log, v, rows) : 0;
	if (n && !v->follow)
		snprintf(right, sizeof(right), _("%zu–%zu of %zu · End follows"),
			last + 2 > (size_t)rows ? last + 2 - (size_t)rows : 1, last + 1, n);
	chrome_title(c, r.row, r.col + 1, r.cols - 2, focus, title, "", right);
	if (n == 0 || rows < 1)
		return;
	mark = marked_index(log, v, rows);
	first = last + 1 > (size_t)rows ? last + 1 - (size_t)rows : 0;
	for (size_t i = first; i <= last; i++) {
		struct log_rec rec;

		if (log_get(log, i, &rec))
			draw_record(&rec, v, focus && i == mark, r.row + 1 + (int)(i - first), r,
				search, c);
	}
}

/* Scrolls no more than is needed to see the record at this index. */
static void
see(const struct log *log, struct log_view *v, size_t at, int rows)
{
	size_t bottom = bottom_index(log, v, rows), above = rows > 1 ? (size_t)rows - 1 : 0;

	if (at > bottom)
		bottom = at;
	if (at + above < bottom)
		bottom = at + above;
	v->bottom_seq = log_first_seq(log) + bottom;
}

bool
logpane_action(const struct log *log, struct log_view *v, enum action a, int rows)
{
	size_t n = log ? log_count(log) : 0, at;
	int by;

	switch (a) {
	case ACT_UP:
		by = -1;
		break;
	case ACT_DOWN:
		by = 1;
		break;
	case ACT_PAGE_UP:
		by = -(rows > 1 ? rows - 1 : 1);
		break;
	case ACT_PAGE_DOWN:
		by = rows > 1 ? rows - 1 : 1;
		break;
	case ACT_LEFT:
		v->shift = v->shift > 8 ? v->shift - 8 : 0;
		return true;
	case ACT_RIGHT:
		v->shift = v->shift < LIMIT_LOG_TEXT ? v->shift + 8 : v->shift;
		return true;
	case ACT_HOME:
		v->follow = false;
		v->bottom_seq = 0;
		v->mark_seq = n ? log_first_seq(log) : 0;
		return true;
	case ACT_END:
		v->follow = true;
		v->mark_seq = 0;
		v->shift = 0;
		return true;
	default:
		return false;
	}
	if (n == 0)
		return true;
	at = marked_index(log, v, rows);
	if (by < 0)
		at = at > (size_t)-by ? at - (size_t)-by : 0;
	else
		at = at + (size_t)by < n ? at + (size_t)by : n - 1;
	see(log, v, at, rows);
	v->follow = at == n - 1 && by > 0;
	v->mark_seq = v->follow ? 0 : log_first_seq(log) + at;
	return true;
}

void
logpane_hunt_begin(const struct log *log, const struct log_view *v, bool back, int rows,
	struct log_hunt *h)
{
	size_t n = log ? log_count(log) : 0;
	uint64_t first = n ? log_first_seq(log) : 0;

	*h = (struct log_hunt){.on = n > 0, .back = back, .left = n, .all = n};
	if (n == 0)
		return;
	h->at = v->mark_seq >= first && v->mark_seq < first + n ? v->mark_seq
		: back ? first + bottom_index(log, v, rows) + 1 : first + n - 1;
}

bool
logpane_hunt(const struct log *log, struct log_view *v, const char *needle, int rows,
	struct log_hunt *h)
{
	size_t n = log_count(log), at, seen = 0;
	uint64_t first = n ? log_first_seq(log) : 0;
	struct log_rec rec;

	if (n < h->left)
		h->left = n;
	/* the oldest may have gone meanwhile */
	at = h->at >= first ? (size_t)(h->at - first) : 0;
	for (; h->left > 0 && seen < HUNT_BYTES; h->left--) {
		at = h->back ? (at + n - 1) % n : (at + 1) % n;
		if (!log_get(log, at, &rec))
			continue;
		h->at = rec.seq;
		seen += sizeof(rec) + rec.text_len;
		if (span_find_str_nocase(span_make(rec.text, rec.text_len), needle) != SIZE_MAX) {
			size_t half = (size_t)(rows > 1 ? rows / 2 : 0);

			v->mark_seq = rec.seq;
			v->follow = false;
			v->bottom_seq = first + (at + half < n ? at + half : n - 1);
			h->on = false;
			return true;
		}
	}
	h->on = h->left > 0;
	return false;
}
