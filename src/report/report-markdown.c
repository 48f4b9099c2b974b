/* The report for a ticket. */
#include "report/parts.h"

#include "diagnose/chain.h"

/* What Markdown or HTML would read as more than text is escaped. */
static void
escaped(const struct report *r, struct buf *out, struct span s)
{
	char *text = report_text(r, s);

	for (const char *p = text; *p; p++) {
		if (*p == '<')
			buf_puts(out, "&lt;");
		else if (*p == '&')
			buf_puts(out, "&amp;");
		else {
			if (strchr("\\`*_[]#|>~@!", *p))
				buf_putc(out, '\\');
			buf_putc(out, *p);
		}
	}
	free(text);
}

static void
line(const struct report *r, struct buf *out, const char *before, const char *text)
{
	if (!*text)
		return;
	buf_puts(out, before);
	escaped(r, out, span_of(text));
	buf_putc(out, '\n');
}

static void
finding(const struct report *r, struct buf *out, const struct finding *f)
{
	char from[120];

	buf_printf(out, "\n### `%s` (%s)\n\n", f->rule->id, finding_word(f));
	escaped(r, out, span_of(f->summary));
	buf_puts(out, "\n\n");
	line(r, out, "- Remedy: ", f->remedy);
	if (f->n_caused_by) {
		buf_puts(out, "- Caused by:");
		for (size_t i = 0; i < f->n_caused_by; i++)
			buf_printf(out, " `%s`", f->caused_by[i]->id);
		buf_putc(out, '\n');
	}
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];

		buf_puts(out, "- Evidence: ");
		escaped(r, out, span_of(e->fact));
		buf_puts(out, " = ");
		escaped(r, out,
			report_omits(r, span_of(e->fact)) ? SPAN_LIT(OMITTED) : span_of(e->value));
		buf_printf(out, " (%s)\n", fact_source(r->f, e->from, from, sizeof(from)));
	}
	line(r, out, "- See: ", f->rule->references);
}

static void
chain(const struct report *r, struct buf *out)
{
	struct chain_row rows[FINDINGS_MAX];
	size_t n = chain_rows(r->d, false, rows);

	if (!n)
		return;
	buf_puts(out, "## Cause and effects\n\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%*s- `%s` (%s)\n", (int)(2 * rows[i].depth), "",
			rows[i].f->rule->id, finding_word(rows[i].f));
	buf_putc(out, '\n');
}

void
report_markdown(const struct report *r, struct buf *out)
{
	const struct verdict *v = &r->d->verdict;
	char when[32], outcome[80], took[32];
	struct buf reply;

	buf_printf(out, "# tokentriage report\n\n**%s**: ", state_word(v->state));
	escaped(r, out, span_of(v->summary));
	buf_puts(out, "\n\n");
	if (*v->next) {
		line(r, out, "Next: ", v->next);
		buf_putc(out, '\n');
	}
	if (strcmp(report_remedy(r), v->next) != 0) {
		line(r, out, "Remedy: ", report_remedy(r));
		buf_putc(out, '\n');
	}
	chain(r, out);
	buf_puts(out, "## Reply to the user\n\n> ");
	buf_init(&reply, LIMIT_REPORT);
	report_reply(r, &reply);
	escaped(r, out, buf_span(&reply));
	buf_release(&reply);
	buf_puts(out, "\n\n");
	line(r, out, "- Profile: ", r->c->profile.name ? r->c->profile.name : "");
	line(r, out, "- Issuer: ", r->c->profile.issuer ? r->c->profile.issuer : "");
	buf_printf(out, "- Created: %s, tokentriage %s\n", time_rfc3339(when, r->in->created_s),
		r->in->version);
	buf_init(&reply, LIMIT_REPORT);
	report_as_of(r, &reply);
	line(r, out, "- ", buf_str(&reply));
	buf_release(&reply);
	if (r->d->n)
		buf_puts(out, "\n## Findings\n");
	for (size_t i = 0; i < r->d->n; i++)
		finding(r, out, &r->d->findings[i]);
	buf_puts(out, "\n## Steps\n\n| step | state | summary |\n|---|---|---|\n");
	for (int s = 0; s < STEP_COUNT; s++) {
		buf_printf(out, "| %d %s | %s | ", s + 1, step_title(s),
			state_word(report_step_state(r, s)));
		escaped(r, out, span_of(report_step_summary(r, s)));
		buf_puts(out, " |\n");
	}
	buf_puts(out,
		"\n## Exchanges\n\n| n | purpose | request | answer | time "
		"|\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < r->c->n_exchanges; i++) {
		const struct exchange *x = r->c->exchanges[i];

		*took = '\0';
		if (x->result.timings.total >= 0)
			time_span_us(took, x->result.timings.total);
		buf_printf(out, "| %u | %s%s | ", (unsigned)x->n, purpose_words(x->purpose),
			x->by_hand ? ", edited by hand" : "");
		escaped(r, out, span_of(x->request.method));
		buf_putc(out, ' ');
		escaped(r, out, span_of(x->request.url));
		buf_printf(
			out, " | %s | %s |\n", report_outcome(x, outcome, sizeof(outcome)), took);
	}
}
