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

static void
property(const struct report *r, struct buf *out, const char *name, const char *value)
{
	if (!*value)
		return;
	buf_printf(out, "    <property name=\"%s\" value=\"", name);
	report_markup(r, out, span_of(value));
	buf_puts(out, "\"/>\n");
}

/* What every form opens with. */
static void
properties(const struct report *r, struct buf *out)
{
	struct buf words;

	buf_init(&words, LIMIT_REPORT);
	buf_puts(out, "  <properties>\n");
	property(r, out, "verdict", state_word(r->d->verdict.state));
	property(r, out, "summary", r->d->verdict.summary);
	report_chain(r, &words);
	property(r, out, "cause", buf_str(&words));
	property(r, out, "remedy", report_remedy(r));
	buf_clear(&words);
	report_reply(r, &words);
	property(r, out, "reply", buf_str(&words));
	buf_puts(out, "  </properties>\n");
	buf_release(&words);
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
	properties(r, out);
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
	buf_puts(out, "</system-out>\n  </testsuite>\n</testsuites>\n");
}
