/* At the start: refreshes of earlier runs whose answer was not kept. */
#include "ui/state.h"

#include "base/tr.h"

enum { SHOWN_AT_ONCE = 3 };

static void
seen(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct journal_entry marks[SHOWN_AT_ONCE];
	size_t n = wizard_interrupted(ui->d->wizard, marks, SHOWN_AT_ONCE);
	struct err e = ERR_INIT;

	(void)text;
	if (choice != 1)
		return;
	/* those that were shown: one that came since is another's */
	for (size_t i = 0; i < n && i < arg; i++)
		if (wizard_dismiss(ui->d->wizard, &marks[i], &e) != RES_OK) {
			dialog_tell(ui, _("It will be shown again"), e.text);
			return;
		}
}

void
flow_interrupted(struct ui *ui)
{
	struct journal_entry marks[SHOWN_AT_ONCE];
	size_t n = wizard_interrupted(ui->d->wizard, marks, SHOWN_AT_ONCE);
	struct buf text;

	if (!n)
		return;
	buf_init(&text, LIMIT_REPORT);
	for (size_t i = 0; i < n; i++) {
		char words[LIMIT_MESSAGE];

		buf_printf(&text, "%s%s", i ? "\n\n" : "",
			interrupted_words(&marks[i], words, sizeof(words)));
	}
	dialog_open(ui,
		&(struct dialog_spec){.title = _("A refresh was interrupted"),
			.text = buf_str(&text),
			.choices = {_("Remind me at the next start"),
				_("I have seen it: do not show it again")},
			.n_choices = 2,
			.done = seen,
			.arg = n});
	buf_release(&text);
}
