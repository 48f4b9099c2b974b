/* The drawings of the HTML report: when each token is good, and where the time of the exchanges
 * went. */
#include "report/parts.h"

#include "base/mem.h"
#include "case/timeline.h"

enum {
	WIDTH = 900,
	LABEL = 230, /* what stands before a drawing's bars */
	AFTER = 90, /* … and behind them */
	BARS = WIDTH - LABEL - AFTER,
	ROW = 24,
	TOKEN_ROW = 62,
	ROWS_MAX = 300,
};

/* --- the waterfall ---------------------------------------------------------------------------- */

static double
at(int64_t run, int64_t us)
{
	return LABEL + (double)us * BARS / (double)run;
}

static void
rect(struct buf *out, const char *class, double x, double y, double w, double h)
{
	if (w < 1.5)
		w = 1.5;
	buf_printf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
		class, x, y, w, h);
}

static void
waterfall_row(const struct report *r, struct buf *out, int64_t run, const struct exchange *x,
	const struct exchange_bar *b, double y)
{
	int64_t when = b->start;
	char took[32] = "", label[80];
	bool failed = x->result.error != NETERR_NONE || x->result.response.status >= 400;

	snprintf(label, sizeof(label), "%u %.24s", (unsigned)x->n, purpose_words(x->purpose));
	buf_printf(out, "<text x=\"0\" y=\"%.1f\">", y + 15);
	report_markup(r, out, span_of(label));
	buf_puts(out, "</text>");
	if (!b->known) {
		buf_printf(out, "<text class=\"dim\" x=\"%d\" y=\"%.1f\">when is not known</text>",
			LABEL, y + 15);
		return;
	}
	rect(out, failed ? "bad" : "rest", at(run, when), y + 17,
		at(run, when + b->total) - at(run, when), 2);
	for (size_t i = 0; i < PHASE_COUNT; i++) {
		if (b->phase[i] <= 0)
			continue;
		rect(out, phase_names[i], at(run, when), y + 5,
			at(run, when + b->phase[i]) - at(run, when), 11);
		when += b->phase[i];
	}
	if (x->result.timings.total >= 0)
		time_span_us(took, x->result.timings.total);
	buf_printf(out, "<text class=\"dim\" x=\"%.1f\" y=\"%.1f\">",
		at(run, b->start + b->total) + 6, y + 15);
	report_escape(out, took);
	buf_puts(out, "</text>");
}

static void
legend(struct buf *out, double y)
{
	double x = LABEL;

	for (size_t i = 0; i < PHASE_COUNT; i++) {
		rect(out, phase_names[i], x, y + 4, 10, 10);
		buf_printf(out, "<text class=\"dim\" x=\"%.1f\" y=\"%.1f\">%s</text>", x + 15,
			y + 13, phase_names[i]);
		x += 90;
	}
}

/* Along a run of a few milliseconds whole ones are too coarse for the ticks. */
static const char *
tick_words(int64_t us, int64_t run, char took[32])
{
	if (run >= 10000)
		return time_span_us(took, us);
	(void)snprintf(took, 32, "%.1f ms", (double)us / 1000);
	return took;
}

void
report_svg_waterfall(const struct report *r, struct buf *out)
{
	struct exchange_bar *bars = xcalloc(r->c->n_exchanges + 1, sizeof(*bars));
	int64_t run = waterfall_read(r->c, bars, NULL);
	size_t n = r->c->n_exchanges < ROWS_MAX ? r->c->n_exchanges : ROWS_MAX;
	size_t left = r->c->n_exchanges - n;
	char took[32];
	double y = 22;

	if (!run) {
		free(bars);
		return;
	}
	buf_printf(out,
		"<div class=\"scroll\" tabindex=\"0\"><svg viewBox=\"0 0 %d %zu\" role=\"img\" "
		"aria-label=\"Timing of the exchanges\">",
		WIDTH, 22 + n * ROW + 26);
	for (int i = 0; i <= 4; i++) {
		double x = LABEL + BARS * i / 4.0;

		buf_printf(out,
			"<line class=\"grid\" x1=\"%.1f\" y1=\"18\" x2=\"%.1f\" y2=\"%zu\"/>", x, x,
			22 + n * ROW);
		buf_printf(out, "<text class=\"dim\" x=\"%.1f\" y=\"12\" text-anchor=\"%s\">", x,
			i == 0 ? "start" : "middle");
		report_escape(out, i ? tick_words(run * i / 4, run, took) : "0");
		buf_puts(out, "</text>");
	}
	for (size_t i = 0; i < n; i++, y += ROW)
		waterfall_row(r, out, run, r->c->exchanges[i], &bars[i], y);
	free(bars);
	legend(out, y + 4);
	buf_puts(out, "</svg></div>\n");
	if (left)
		buf_printf(out, "<p class=\"dim\">… and %zu exchanges more.</p>\n", left);
}

/* --- the tokens' lives ------------------------------------------------------------------------ */

struct span_s {
	int64_t from, to; /* seconds since 1970 */
};

static double
at_s(const struct span_s *range, int64_t s)
{
	double share = (double)(s - range->from) / (double)(range->to - range->from);

	return LABEL + share * BARS;
}

/* A label below or above its mark, kept inside the drawing. */
static void
mark(struct buf *out, const char *class, double x, double y, const char *what, const char *when)
{
	const char *anchor = x < LABEL + 120 ? "start" : x > LABEL + BARS - 120 ? "end" : "middle";

	buf_printf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", class, x, y,
		anchor);
	report_escape(out, what);
	buf_putc(out, ' ');
	report_escape(out, when);
	buf_puts(out, "</text>");
}

static void
now_mark(struct buf *out, const struct span_s *range, int64_t now, double y, const char *what)
{
	double x = at_s(range, now);
	char when[40];

	buf_printf(out, "<line class=\"now\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", x,
		y + 16, x, y + 36);
	mark(out, "now", x, y + 12, what, time_screen(when, now, false));
}

static void
life_row(const struct report *r, struct buf *out, const char *name, const struct life *l, double y)
{
	int64_t now = r->f->server_now_s, local = r->f->now_s;
	struct span_s range;
	char when[40];
	double start, end;

	life_range(l, now, 0, &range.from, &range.to);
	buf_printf(out, "<text x=\"0\" y=\"%.1f\">", y + 31);
	report_escape(out, name);
	buf_puts(out, "</text>");
	if (!l->to && !l->from) {
		buf_printf(out,
			"<text class=\"dim\" x=\"%d\" y=\"%.1f\">nothing tells how long it is good"
			"</text>",
			LABEL, y + 31);
		return;
	}
	start = at_s(&range, l->not_before > l->from && l->from ? l->not_before : range.from);
	end = l->to ? at_s(&range, l->to) : LABEL + BARS;
	rect(out, "past", LABEL, y + 20, BARS, 12);
	if (end > start)
		rect(out, l->to && l->to <= now ? "bad" : "good", start, y + 20, end - start, 12);
	if (l->from)
		mark(out, "dim", at_s(&range, l->from), y + 46, "issued",
			time_screen(when, l->from, false));
	if (l->to)
		mark(out, "dim", end, y + (end < LABEL + 330 && l->from ? 59 : 46),
			l->to <= now ? "expired" : "expires", time_screen(when, l->to, false));
	now_mark(out, &range, now, y, now == local ? "now" : "now, by the server");
}

void
report_svg_tokens(const struct report *r, struct buf *out)
{
	const struct case_tokens *t =
		r->c->n_generations ? &r->c->generations[r->c->n_generations - 1] : NULL;
	const char *names[3];
	struct timeline line;
	struct life lives[3];
	size_t n = 0;

	if (!t)
		return;
	timeline_read(&line, r->f);
	if (t->access.present) {
		names[n] = "access token";
		lives[n++] = line.access;
	}
	if (t->refresh.present) {
		names[n] = "refresh token";
		lives[n++] = line.refresh;
	}
	if (t->id.present) {
		names[n] = "ID token";
		life_of_token(&lives[n++], &t->id);
	}
	if (!n)
		return;
	buf_printf(out,
		"<div class=\"scroll\" tabindex=\"0\"><svg viewBox=\"0 0 %d %zu\" role=\"img\" "
		"aria-label=\"When the tokens are good\">",
		WIDTH, n * TOKEN_ROW + 4);
	for (size_t i = 0; i < n; i++)
		life_row(r, out, names[i], &lives[i], (double)(i * TOKEN_ROW));
	buf_puts(out, "</svg></div>\n");
}
