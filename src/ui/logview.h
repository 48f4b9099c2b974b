/*
 * The log as it is looked at: which records are shown, where the view stands in them, and a search.
 * Nothing here draws.  What a key or a frame costs does not grow with the log: a filter's result is
 * an index, made and searched in pieces, and a view is anchored by the sequence numbers of records.
 */
#ifndef TT_UI_LOGVIEW_H
#define TT_UI_LOGVIEW_H

#include "base/log.h"

enum log_size { LOGSIZE_SMALL, LOGSIZE_HALF, LOGSIZE_FULL, LOGSIZE_COUNT };

/* Severity, categories and text together. */
struct log_filter {
	enum log_level level; /* this one and above */
	unsigned cats;        /* bits of enum log_cat; 0: all */
	char text[64];        /* ASCII case ignored; "": any */
	/*
	 * The records that pass, by number, the oldest first: [from, n).  Unused while all are
	 * shown.
	 */
	uint64_t *seqs;
	size_t from, n, cap;
	uint64_t next;        /* the first record that was not looked at yet */
};

struct log_view {
	enum log_size size;
	struct log_filter filter;
	bool follow;
	bool paused;         /* not followed, until a key says so */
	uint64_t bottom_seq; /* the last record shown, unless following */
	uint64_t seen_seq;   /* unless following: what is newer is new */
	int shift;           /* cells scrolled to the right */
	/* the record that Enter opens; 0, or not in sight: the last one shown */
	uint64_t mark_seq;
};

void logview_init(struct log_view *v);
void logview_release(struct log_view *v);

/* --- what is shown: indices from 0, the oldest first; log may be NULL --------------------- */
size_t logview_count(const struct log *log, const struct log_view *v);
bool logview_get(const struct log *log, const struct log_view *v, size_t at, struct log_rec *out);
/* Of the first record with this number or a later one; logview_count() if there is none. */
size_t logview_index(const struct log *log, const struct log_view *v, uint64_t seq);
/* Of the first record of this time (wall clock) or a later one, else of the last. */
size_t logview_index_at(const struct log *log, const struct log_view *v, int64_t wall_us);

/* --- the filter --------------------------------------------------------------------------- */
bool logview_filtered(const struct log_view *v);
/* The filter's level, categories and text were changed: it begins anew. */
void logview_refilter(const struct log *log, struct log_view *v);
void logview_show_all(struct log_view *v);
/* How much of the log has been looked at, in per cent; 100: all. */
int logview_sifted(const struct log *log, const struct log_view *v);
/* Looks at a few records more; false: all have been. */
bool logview_sift(const struct log *log, struct log_view *v);
/* "warn and above · http, net · "token""; "" while all are shown. */
char *logview_filter_words(const struct log_view *v, char *out, size_t size);
/* "http,net", "-ui" (all others); "" and "all": all.  RES_SYNTAX names the word that is none. */
enum res log_cats_parse(struct span text, unsigned *cats, struct err *e) MUST_USE;
char *log_cats_text(unsigned cats, char *out, size_t size); /* "http,net"; "" for all */

/* --- the place; rows: of the pane without its title --------------------------------------- */
/* Of the last record that is seen, and of the marked one; something is shown. */
size_t logview_bottom(const struct log *log, const struct log_view *v, int rows);
size_t logview_marked(const struct log *log, const struct log_view *v, int rows);
/* Marks a record, and scrolls no more than is needed to see it. */
void logview_mark(const struct log *log, struct log_view *v, size_t at, int rows);
/* The same, with what stands around it. */
void logview_centre(const struct log *log, struct log_view *v, size_t at, int rows);
void logview_follow(struct log_view *v);
void logview_stand(const struct log *log, struct log_view *v); /* follows no more */
/* How many came since it stands. */
size_t logview_new(const struct log *log, const struct log_view *v);

/* --- a search through what is shown, which goes on from turn to turn of the loop ---------- */
struct log_hunt {
	bool on, back;
	bool wrapped;     /* it went on from the other end */
	uint32_t exchange; /* what is looked for, instead of a text; 0: a text */
	uint64_t at;      /* the record looked at last */
	size_t left, all; /* records */
};
/* Begins behind the mark, or before it. */
void logview_hunt_begin(const struct log *log, const struct log_view *v, bool back, int rows,
	struct log_hunt *h);
/* Goes on through a few records; true: one was found, and is marked.  h->on is false at the end. */
bool logview_hunt(const struct log *log, struct log_view *v, const char *needle, int rows,
	struct log_hunt *h);

#endif
