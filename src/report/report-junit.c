/* The report for build servers: one test case a step. */
#include "report/parts.h"

static void
details(const struct report *r, struct buf *out, enum step s)
{
	for (size_t i = 0; i < r->d->n; i++) {
		const struct finding *f = &r->d->findings[i];

		if (f->step != s)
			continue;
		buf_printf(out, "%s %s: ", finding_word(f), f->rule->id);
		report_markup(r, out, span_of(f->summary));
		buf_puts(out, " Remedy: ");
		report_markup(r, out, span_of(f->remedy));
		buf_putc(out, '\n');
	}
}

static void
element(const struct report *r, struct buf *out, const char *name, enum step s, const char *type)
{
	buf_printf(out, "    <%s%s%s%s message=\"", name, type ? " type=\"" : "", type ? type : "",
		type ? "\"" : "");
	report_markup(r, out, span_of(report_step_summary(r, s)));
	buf_puts(out, "\">");
	details(r, out, s);
	buf_printf(out, "</%s>\n", name);
}

static size_t
count(const struct report *r, enum state v)
{
	size_t n = 0;

	for (int s = 0; s < STEP_COUNT; s++)
		n += report_step_state(r, s) == v;
	return n;
}

void
report_junit(const struct report *r, struct buf *out)
{
	char when[32];

	buf_printf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite "
		"name=\"tokentriage\" "
		"timestamp=\"%.19s\" tests=\"%d\" failures=\"%zu\" errors=\"%zu\" "
		"skipped=\"%zu\">\n",
		time_rfc3339(when, r->in->created_s), STEP_COUNT, count(r, STATE_PROBLEM),
		count(r, STATE_UNDETERMINED), count(r, STATE_SKIPPED));
	for (int s = 0; s < STEP_COUNT; s++) {
		enum state v = report_step_state(r, s);
		const struct finding *first = NULL;

		buf_printf(out, "  <testcase classname=\"tokentriage\" name=\"%s\">\n", step_id(s));
		for (size_t i = r->d->n; i-- > 0;)
			if (r->d->findings[i].step == (enum step)s)
				first = &r->d->findings[i];
		if (v == STATE_PROBLEM) {
			element(r, out, "failure", s, first ? first->rule->id : "problem");
		} else if (v == STATE_UNDETERMINED) {
			element(r, out, "error", s, "undetermined");
		} else if (v == STATE_SKIPPED) {
			element(r, out, "skipped", s, NULL);
		} else {
			buf_puts(out, "    <system-out>");
			report_markup(r, out, span_of(report_step_summary(r, s)));
			buf_putc(out, '\n');
			details(r, out, s);
			buf_puts(out, "</system-out>\n");
		}
		buf_puts(out, "  </testcase>\n");
	}
	buf_puts(out, "  <system-out>");
	report_markup(r, out, span_of(r->d->verdict.summary));
	buf_puts(out, " ");
	report_markup(r, out, span_of(r->d->verdict.next));
	buf_puts(out, "\n");
	report_reply(r, out);
	buf_puts(out, "</system-out>\n  </testsuite>\n</testsuites>\n");
}
