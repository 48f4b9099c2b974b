#include "wizard/handle.h"

#include "base/text.h"
#include "base/tr.h"
#include "wizard/fill.h"

const struct decision decisions[] = {
#define HANDLE(advice, answer, when, how, say) {ADVICE_##advice, answer, when, how, say},
#include "wizard/handle.def"
#undef HANDLE
};
const size_t decision_count = ARRAY_SIZE(decisions);

static const struct {
	enum advice_kind kind;
	const char *text;
} samples[] = {
#define SAMPLE(advice, text) {ADVICE_##advice, text},
#include "wizard/handle.def"
#undef SAMPLE
};

void
wizard_advice(const struct wizard *w, struct advice *out)
{
	const struct verdict *v = &wizard_diagnosis(w)->verdict;
	const char *why = v->primary ? v->primary->summary : "";

	out->kind = v->advice;
	if (out->kind == ADVICE_NONE)
		why = _("The token is accepted and user information came back.");
	else if (out->kind == ADVICE_UNKNOWN)
		why = _("The user-information query has not been answered yet.");
	text_format(out->reason, sizeof out->reason, "%s", why);
}

size_t
decision_here(const struct wizard *w)
{
	struct advice a;
	size_t i = 0;

	wizard_advice(w, &a);
	while (i < decision_count && decisions[i].kind != a.kind)
		i++;
	return i;
}

void
decision_sample(const struct wizard *w, size_t row, struct buf *out)
{
	for (size_t i = 0; row < decision_count && i < ARRAY_SIZE(samples); i++) {
		if (samples[i].kind != decisions[row].kind)
			continue;
		fill_line(out, w, span_of(samples[i].text));
		buf_puts(out, "\n");
	}
}

void
decision_text(const struct wizard *w, size_t row, struct buf *out)
{
	const struct decision *d;
	struct buf sample;
	struct span rest, line;

	if (row >= decision_count)
		return;
	d = &decisions[row];
	buf_printf(out, "%s: %s.\n%s %s\n", tr(d->answer), tr(advice_words(d->kind)), tr(d->when),
		tr(d->how));
	if (*d->say)
		buf_printf(out, _("Its user reads: “%s”\n"), tr(d->say));
	buf_puts(out, _("On the wire (secrets are masked):\n"));
	buf_init(&sample, LIMIT_REPORT);
	decision_sample(w, row, &sample);
	for (rest = buf_span(&sample); span_next(&rest, '\n', &line);)
		buf_printf(out, "%s%.*s\n", line.n ? "  " : "", SPAN_ARG(line));
	buf_release(&sample);
}
