#include "tests/bench/table.h"

#include <math.h>
#include <stdarg.h>

enum kind { RATIO, ABSOLUTE, SHOWN };

static const struct row_def {
	const char *what, *budget, *unit;
	enum kind kind;
	double limit;
} defs[ROW_COUNT] = {
#define ROW(id, what, budget, unit, kind, limit) [ROW_##id] = {what, budget, unit, kind, limit},
#include "rows.def"
#undef ROW
};

static const double no_difference = 1.05;

static struct row_data {
	struct series ours, theirs;
	char missing[200], note[200];
} rows[ROW_COUNT];

void
series_add(struct series *s, double v)
{
	if (s->n == s->room) {
		size_t room = s->room > 0 ? 2 * s->room : 64;
		double *grown = realloc(s->v, room * sizeof(*grown));

		if (!grown)
			abort();
		s->v = grown;
		s->room = room;
	}
	s->v[s->n++] = v;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
series_median(const struct series *s)
{
	double *copy, median;

	if (s->n == 0)
		return NAN;
	copy = malloc(s->n * sizeof(*copy));
	if (!copy)
		abort();
	memcpy(copy, s->v, s->n * sizeof(*copy));
	qsort(copy, s->n, sizeof(*copy), by_value);
	median = (copy[(s->n - 1) / 2] + copy[s->n / 2]) / 2;
	free(copy);
	return median;
}

void
series_release(struct series *s)
{
	free(s->v);
	*s = (struct series){0};
}

void
row_ours(enum row r, double v)
{
	series_add(&rows[r].ours, v);
}

void
row_theirs(enum row r, double v)
{
	series_add(&rows[r].theirs, v);
}

void
row_missing(enum row r, const char *fmt, ...)
{
	va_list ap;

	if (rows[r].missing[0])
		return;
	va_start(ap, fmt);
	vsnprintf(rows[r].missing, sizeof(rows[r].missing), fmt, ap);
	va_end(ap);
}

void
row_note(enum row r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rows[r].note, sizeof(rows[r].note), fmt, ap);
	va_end(ap);
}

/* Three significant digits, whole numbers whole: "0.213 ms", "3.61 ms", "125 B". */
static const char *
number(char out[48], double v, const char *unit)
{
	int decimals = fabs(v) >= 100 || v == floor(v) ? 0 : fabs(v) >= 10 ? 1 : fabs(v) >= 0.995 ? 2 : 3;

	if (isnan(v))
		snprintf(out, 48, "–");
	else
		snprintf(out, 48, "%.*f%s%s", decimals, v, unit[0] && unit[0] != '/' ? " " : "", unit);
	return out;
}

/* A row that rests on one that is missing says why by that row's words. */
static const char *
reason(enum row r)
{
	if (rows[r].missing[0])
		return rows[r].missing;
	if (r < ROW_IDLE && r != ROW_KEY_MANY && rows[ROW_START].missing[0])
		return rows[ROW_START].missing;
	if (r == ROW_TICK_BYTES && rows[ROW_TICK_WAKES].missing[0])
		return rows[ROW_TICK_WAKES].missing;
	if ((r == ROW_NEXT || r == ROW_NEXT_LOCAL) && rows[ROW_STEPS].missing[0])
		return rows[ROW_STEPS].missing;
	if (r == ROW_LOG_GET && rows[ROW_LOG_RECORD].missing[0])
		return rows[ROW_LOG_RECORD].missing;
	return r < ROW_IDLE && rows[r].theirs.n > 0 ? "no sample" : "left out";
}

static bool
is_over(const struct row_def *d, double ours, double ratio)
{
	switch (d->kind) {
	case RATIO:
		return !(ratio <= d->limit * no_difference);
	case ABSOLUTE:
		return ours > d->limit;
	case SHOWN:
		break;
	}
	return false;
}

static bool
print_row(FILE *out, enum row r)
{
	const struct row_def *d = &defs[r];
	double ours = series_median(&rows[r].ours), theirs = series_median(&rows[r].theirs);
	double ratio = theirs > 0 ? ours / theirs : NAN;
	char a[48], b[48], c[48];
	bool over;

	fprintf(out, "| %s | %s |", d->what, d->budget[0] ? d->budget : "–");
	/* Samples that stopped half-way are no measurement. */
	if (isnan(ours) || rows[r].missing[0] || (d->kind == RATIO && isnan(ratio))) {
		fprintf(out, " – | %s | – | not measured: %s |\n", number(b, theirs, d->unit),
			reason(r));
		return false;
	}
	over = is_over(d, ours, ratio);
	fprintf(out, " %s | %s | %s | %s%s%s%s |\n", number(a, ours, d->unit),
		number(b, theirs, d->unit), isnan(ratio) ? "–" : number(c, ratio, ""),
		d->kind == SHOWN ? "–" : over ? "**over**" : "ok", rows[r].note[0] ? " (" : "",
		rows[r].note, rows[r].note[0] ? ")" : "");
	return over;
}

int
table_print(FILE *out)
{
	int over = 0;

	fprintf(out, "| what | budget | ours | theirs | ratio | |\n");
	fprintf(out, "|---|---|---|---|---|---|\n");
	for (int r = 0; r < ROW_COUNT; r++)
		over += print_row(out, (enum row)r);
	return over;
}

void
table_release(void)
{
	for (int r = 0; r < ROW_COUNT; r++) {
		series_release(&rows[r].ours);
		series_release(&rows[r].theirs);
	}
}
