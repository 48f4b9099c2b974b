/* Step 4 for who builds an application: the decision table, and one row of it in full. */
#include "ui/state.h"

#include "base/tr.h"
#include "wizard/handle.h"

enum { ANSWER_COLS = 21 };

static void
table(struct page *p, size_t here)
{
	page_add(p, UIR_TITLE, 0, "%s", _("This answer, and what your application does"));
	for (size_t i = 0; i < decision_count; i++) {
		bool is = i == here;

		page_add(p, is ? UIR_NEXT : UIR_GUIDE, 0, "%s %-*s%s", is ? "▸" : " ", ANSWER_COLS,
			tr(decisions[i].answer), tr(advice_words(decisions[i].kind)));
		page_hang(p, 2 + ANSWER_COLS);
	}
	if (here == decision_count)
		page_add(p, UIR_MEANING, 0, "%s",
			_("Which row applies is not decided yet: run step 4."));
	page_add(p, UIR_TEXT, 0, "%s", "");
}

void
page_decision(struct page *p, const struct ui *ui, size_t row, bool whole)
{
	const struct decision *d;
	struct span rest, line;
	struct buf text;

	if (whole)
		table(p, decision_here(ui->d->wizard));
	if (row == decision_count)
		return;
	d = &decisions[row];
	page_add(p, UIR_TITLE, 0, "%s", tr(d->answer));
	page_add(p, UIR_NEXT, 0, _("Do this: %s."), tr(advice_words(d->kind)));
	page_add(p, UIR_GUIDE, 0, "%s %s", tr(d->when), tr(d->how));
	if (d->say[0])
		page_add(p, UIR_GUIDE, 0, _("Its user reads: “%s”"), tr(d->say));
	page_add(p, UIR_TEXT, 0, "%s", "");
	page_add(p, UIR_TITLE, 0, "%s", _("On the wire (secrets are masked)"));
	buf_init(&text, LIMIT_REPORT);
	decision_sample(ui->d->wizard, row, &text);
	for (rest = buf_span(&text); span_next(&rest, '\n', &line);) {
		page_add(p, UIR_VALUE, 2, "%.*s", SPAN_ARG(line));
		page_hang(p, 2);
	}
	buf_release(&text);
}
