/*
 * The measurements of `make bench`: every row of rows.def is filled by one of the bench_*
 * functions, or says why it was not.  Times are medians of samples taken in turn, ours and
 * theirs, in one run.
 */
#ifndef TT_TESTS_BENCH_BENCH_H
#define TT_TESTS_BENCH_BENCH_H

#include "base/attr.h"

enum row {
#define ROW(id, what, budget, unit, kind, limit) ROW_##id,
#include "rows.def"
#undef ROW
	ROW_COUNT
};

struct series {
	double *v;
	size_t n, room;
};

struct options {
	const char *program, *hello; /* paths */
	const char *screens;         /* the screens over a made-up case: STATE RECORDS */
	int pairs;
	int idle_s;   /* length of the idle window, seconds */
	int records;  /* log records of the large ring */
	bool strict;
	const char *only; /* "screen", "idle", "steps", "log"; NULL: all */
	const char *dir;  /* temporary folder; configuration and token files */
};

/* One value measured for a row; what is not measured is no row's business. */
void row_ours(enum row r, double v);
void row_theirs(enum row r, double v);
/* The row cannot be measured (the first reason stays), or something to know about it. */
void row_missing(enum row r, const char *fmt, ...) PRINTF(2, 3);
void row_note(enum row r, const char *fmt, ...) PRINTF(2, 3);

void series_add(struct series *s, double v);
double series_median(const struct series *s); /* NaN when empty; sorts a copy */
void series_release(struct series *s);

void bench_screen(const struct options *o); /* start … quit */
void bench_strain(const struct options *o); /* sizes in a row, a terminal that does not read */
void bench_many(const struct options *o);   /* a key among many log records */
void bench_idle(const struct options *o);
struct world;
void bench_steps(const struct options *o, struct world *w);
void bench_log(const struct options *o);

/* A word for argv, whose type is not const although nothing writes to it. */
static inline char *
word(const char *s)
{
	return (char *)(uintptr_t)s;
}

/* Milliseconds of the monotonic clock. */
double now_ms(void);
/* The environment of every measured process: built from nothing, the same for all. */
char *const *bench_env(void);
/* Writes a file into the temporary folder, mode 0600. */
bool bench_file(const struct options *o, const char *name, const char *text, size_t n);

#endif
