#include "ui/logview.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

enum {
	SLICE_BYTES = 64 << 10
}; /* so much of the log is looked at between two looks at the clock */
static_assert(LOGC_COUNT < 32, "the categories are bits of an unsigned");

void
logview_init(struct log_view *v)
{
	*v = (struct log_view){.follow = true};
}

void
logview_release(struct log_view *v)
{
	free(v->filter.seqs);
	logview_init(v);
}

/* --- what is shown --------------------------------------------------------------------------- */

bool
logview_filtered(const struct log_view *v)
{
	return v->filter.level > LOG_TRACE || v->filter.cats || v->filter.text[0];
}

/* The first of the filter's numbers that is not smaller: all before it have gone, or are older. */
static size_t
lower_bound(const struct log_filter *f, uint64_t seq)
{
	size_t low = f->from, high = f->n;

	if (low == high || f->seqs[low] >= seq)
		return low;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->seqs[mid] < seq)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t
logview_count(const struct log *log, const struct log_view *v)
{
	if (!log)
		return 0;
	if (!logview_filtered(v))
		return log_count(log);
	return v->filter.n - lower_bound(&v->filter, log_first_seq(log));
}

/* The number of the record at this index, which is one of those shown. */
static uint64_t
seq_at(const struct log *log, const struct log_view *v, size_t at)
{
	if (!logview_filtered(v))
		return log_first_seq(log) + at;
	return v->filter.seqs[lower_bound(&v->filter, log_first_seq(log)) + at];
}

bool
logview_get(const struct log *log, const struct log_view *v, size_t at, struct log_rec *out)
{
	return at < logview_count(log, v) &&
		log_get(log, (size_t)(seq_at(log, v, at) - log_first_seq(log)), out);
}

size_t
logview_index(const struct log *log, const struct log_view *v, uint64_t seq)
{
	size_t n = logview_count(log, v);
	uint64_t first;

	if (n == 0)
		return 0;
	first = log_first_seq(log);
	if (seq <= first)
		return 0;
	if (!logview_filtered(v))
		return seq - first < n ? (size_t)(seq - first) : n;
	return lower_bound(&v->filter, seq) - lower_bound(&v->filter, first);
}

size_t
logview_index_at(const struct log *log, const struct log_view *v, int64_t wall_us)
{
	size_t low = 0, n = logview_count(log, v), high = n;
	struct log_rec rec;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (logview_get(log, v, mid, &rec) && rec.wall_us < wall_us)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n ? low : n ? n - 1 : 0;
}

/* --- the filter --------------------------------------------------------------------------- */

void
logview_refilter(const struct log *log, struct log_view *v)
{
	v->filter.from = v->filter.n = 0;
	v->filter.next = log ? log_first_seq(log) : 1;
}

void
logview_show_all(struct log_view *v)
{
	free(v->filter.seqs);
	v->filter = (struct log_filter){.level = LOG_TRACE};
}

/*
 * The first record that is left to be looked at; the oldest may have gone before it was their turn.
 */
static uint64_t
sift_next(const struct log *log, const struct log_view *v)
{
	uint64_t first = log_first_seq(log);

	return v->filter.next > first ? v->filter.next : first;
}

int
logview_sifted(const struct log *log, const struct log_view *v)
{
	size_t n = log ? log_count(log) : 0;

	if (n == 0 || !logview_filtered(v))
		return 100;
	return (int)(100 * (sift_next(log, v) - log_first_seq(log)) / n);
}

static bool
passes(const struct log_filter *f, const struct log_rec *r)
{
	if (r->level < (unsigned)f->level || (f->cats && !(f->cats >> r->cat & 1)))
		return false;
	return !f->text[0] ||
		span_find_str_nocase(span_make(r->text, r->text_len), f->text) != SIZE_MAX;
}

static void
keep(struct log_filter *f, uint64_t seq)
{
	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 256;
		f->seqs = xreallocarray(f->seqs, f->cap, sizeof(*f->seqs));
	}
	f->seqs[f->n++] = seq;
}

/* Drops what has gone from the log; the memory is bounded by twice the log's records. */
static void
drop_gone(const struct log *log, struct log_filter *f)
{
	f->from = lower_bound(f, log_first_seq(log));
	if (f->from <= f->n / 2)
		return;
	f->n -= f->from;
	memmove(f->seqs, f->seqs + f->from, f->n * sizeof(*f->seqs));
	f->from = 0;
}

bool
logview_sift(const struct log *log, struct log_view *v)
{
	struct log_filter *f = &v->filter;
	uint64_t first, end;
	size_t seen = 0;
	struct log_rec rec;

	if (!log || !logview_filtered(v))
		return false;
	first = log_first_seq(log);
	end = first + log_count(log);
	drop_gone(log, f);
	for (f->next = sift_next(log, v); f->next < end && seen < SLICE_BYTES; f->next++) {
		if (!log_get(log, (size_t)(f->next - first), &rec))
			continue;
		seen += sizeof(rec) + rec.text_len;
		if (passes(f, &rec))
			keep(f, rec.seq);
	}
	return f->next < end;
}

char *
logview_filter_words(const struct log_view *v, char *out, size_t size)
{
	const struct log_filter *f = &v->filter;
	char cats[80], level[40] = "", text[80] = "";

	log_cats_text(f->cats, cats, sizeof(cats));
	if (f->level == LOG_ERROR)
		snprintf(level, sizeof(level), "%s", log_level_id(f->level));
	else if (f->level > LOG_TRACE)
		snprintf(level, sizeof(level), _("%s and above"), log_level_id(f->level));
	if (f->text[0])
		snprintf(text, sizeof(text), "\"%s\"", f->text);
	return text_format(out, size, "%s%s%s%s%s", level, *level && *cats ? " · " : "", cats,
		(*level || *cats) && *text ? " · " : "", text);
}

enum res
log_cats_parse(struct span text, unsigned *cats, struct err *e)
{
	const unsigned all = (1u << LOGC_COUNT) - 1;
	struct span word;
	unsigned set = 0;
	bool any = false;

	while (span_next(&text, ',', &word)) {
		bool off = span_starts(span_trim(word), "-");
		unsigned bits = 0;

		word = span_from(span_trim(word), off);
		for (int i = 0; i < LOGC_COUNT; i++)
			if (span_is(word, log_cat_id((enum log_cat)i)) || span_is(word, "all"))
				bits |= 1u << i;
		if (word.n && !bits)
			return err_set(
				e, RES_SYNTAX, _("There is no category \"%.*s\"."), SPAN_ARG(word));
		/* what begins with one left out begins with all */
		if (off && !any)
			set = all;
		any = any || word.n;
		set = off ? set & ~bits : set | bits;
	}
	if (any && !set)
		return err_set(e, RES_SYNTAX, "%s", _("That leaves no category."));
	*cats = set == all ? 0 : set;
	return RES_OK;
}

char *
log_cats_text(unsigned cats, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (int i = 0; i < LOGC_COUNT && at < size; i++) {
		int n = !(cats >> i & 1) ? 0
					 : snprintf(out + at, size - at, "%s%s", at ? "," : "",
						   log_cat_id((enum log_cat)i));

		at += n > 0 ? (size_t)n : 0;
	}
	return out;
}

/* --- the place ---------------------------------------------------------------------------- */

size_t
logview_bottom(const struct log *log, const struct log_view *v, int rows)
{
	size_t n = logview_count(log, v), at, most = rows > 1 ? (size_t)rows : 1;

	if (v->follow || n == 0)
		return n ? n - 1 : 0;
	/* the last that is not newer */
	at = logview_index(log, v, v->bottom_seq + 1);
	at = at ? at - 1 : 0;
	/* a full pane, if there is enough */
	if (at + 1 < most)
		at = most - 1 < n ? most - 1 : n - 1;
	return at;
}

size_t
logview_marked(const struct log *log, const struct log_view *v, int rows)
{
	size_t bottom = logview_bottom(log, v, rows), above = rows > 1 ? (size_t)rows : 1, at;

	if (!v->mark_seq || v->mark_seq < log_first_seq(log))
		return bottom;
	at = logview_index(log, v, v->mark_seq);
	return at > bottom || at + above <= bottom ? bottom : at;
}

void
logview_mark(const struct log *log, struct log_view *v, size_t at, int rows)
{
	size_t bottom = logview_bottom(log, v, rows), above = rows > 1 ? (size_t)rows - 1 : 0;

	logview_stand(log, v);
	if (at > bottom)
		bottom = at;
	if (at + above < bottom)
		bottom = at + above;
	v->bottom_seq = seq_at(log, v, bottom);
	v->mark_seq = seq_at(log, v, at);
	if (v->bottom_seq > v->seen_seq)
		v->seen_seq = v->bottom_seq;
}

void
logview_centre(const struct log *log, struct log_view *v, size_t at, int rows)
{
	size_t n = logview_count(log, v), half = (size_t)(rows > 1 ? rows / 2 : 0);

	logview_stand(log, v);
	v->bottom_seq = seq_at(log, v, at + half < n ? at + half : n - 1);
	logview_mark(log, v, at, rows);
}

void
logview_follow(struct log_view *v)
{
	v->follow = true;
	v->paused = false;
	v->mark_seq = 0;
}

void
logview_stand(const struct log *log, struct log_view *v)
{
	size_t n = logview_count(log, v);

	if (!v->follow)
		return;
	v->follow = false;
	v->seen_seq = log ? log_generation(log) : 0;
	v->bottom_seq = n ? seq_at(log, v, n - 1) : v->seen_seq;
}

size_t
logview_new(const struct log *log, const struct log_view *v)
{
	return v->follow || !log ? 0
				 : logview_count(log, v) - logview_index(log, v, v->seen_seq + 1);
}

/* --- the search --------------------------------------------------------------------------- */

void
logview_hunt_begin(
	const struct log *log, const struct log_view *v, bool back, int rows, struct log_hunt *h)
{
	size_t n = logview_count(log, v), at;

	*h = (struct log_hunt){.on = n > 0, .back = back, .left = n, .all = n};
	if (n == 0)
		return;
	/* without a mark the record at the bottom is looked at, too */
	at = v->mark_seq ? logview_marked(log, v, rows) : logview_bottom(log, v, rows);
	h->at = seq_at(log, v, at) + (back && !v->mark_seq);
}

static bool
is_hunted(const struct log_hunt *h, const struct log_rec *rec, const char *needle)
{
	if (h->exchange)
		return rec->exchange == h->exchange;
	return span_find_str_nocase(span_make(rec->text, rec->text_len), needle) != SIZE_MAX;
}

bool
logview_hunt(
	const struct log *log, struct log_view *v, const char *needle, int rows, struct log_hunt *h)
{
	size_t n = logview_count(log, v), at, seen = 0;
	struct log_rec rec;

	if (n < h->left)
		h->left = n;
	/* the oldest may have gone meanwhile */
	at = logview_index(log, v, h->at);
	if (at >= n && !h->back)
		at = n - 1;
	for (; h->left > 0 && seen < SLICE_BYTES; h->left--) {
		h->wrapped = h->wrapped || at == (h->back ? 0 : n - 1);
		at = h->back ? (at + n - 1) % n : (at + 1) % n;
		if (!logview_get(log, v, at, &rec))
			continue;
		h->at = rec.seq;
		seen += sizeof(rec) + rec.text_len;
		if (is_hunted(h, &rec, needle)) {
			logview_centre(log, v, at, rows);
			h->on = false;
			return true;
		}
	}
	h->on = h->left > 0;
	return false;
}
