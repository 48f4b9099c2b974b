/* Search in the fields and in the log: the latter in slices, between which keys are taken. */
#include "ui/state.h"

#include "base/text.h"
#include "base/tr.h"

enum { HUNT_US = 5000 }; /* a slice: a key waits for it, and 10 ms are the most */

/* A search that came round is said, or one would look at the same places for ever. */
void
ui_notice_found(struct ui *ui, bool wrapped, bool back)
{
	if (!wrapped)
		ui->notice[0] = '\0';
	else if (back)
		ui_notice(ui, "%s", _("The search went on from the end."));
	else
		ui_notice(ui, "%s", _("The search went on from the beginning."));
}

static void
say_absent(struct ui *ui)
{
	if (ui->hunt.exchange) {
		ui_notice(ui, _("The log shows no record of exchange %u."),
			(unsigned)ui->hunt.exchange);
		return;
	}
	ui_notice(ui, _("\"%s\" does not stand in this pane."), ui->search);
}

/* Goes on for so long, but through some records at least. */
static void
hunt_for(struct ui *ui, int64_t us)
{
	int64_t until = ui_now_us(ui) + us;
	struct rect r = step_log_pane(ui);
	bool found;

	do
		found = logview_hunt(ui->records, &ui->log, ui->search, r.rows - 1, &ui->hunt);
	while (ui->hunt.on && ui_now_us(ui) < until);
	if (ui->hunt.on) {
		ui_notice(ui, _("Searching: %zu %% of the log. Esc gives it up."),
			100 * (ui->hunt.all - ui->hunt.left) / ui->hunt.all);
	} else if (found) {
		if (!ui->hunt.exchange)
			logpane_reveal(ui->records, &ui->log, ui->search, r.rows - 1, r.cols);
		ui_notice_found(ui, ui->hunt.wrapped && !ui->hunt.exchange, ui->hunt.back);
	} else {
		say_absent(ui);
	}
	ui->dirty = true;
	ui->soon = ui->soon || !ui->hunt.on;
}

/* Keys are taken between the slices: Esc gives the search up, and nothing else waits. */
void
flow_hunt(struct ui *ui)
{
	hunt_for(ui, HUNT_US);
}

void
flow_search_exchange(struct ui *ui, uint32_t exchange)
{
	ui->pane = PANE_LOG;
	logview_follow(&ui->log); /* behind the end stands the oldest record */
	logview_hunt_begin(ui->records, &ui->log, false, step_log_pane(ui).rows - 1, &ui->hunt);
	ui->hunt.exchange = exchange;
	if (ui->hunt.on)
		hunt_for(ui, 0);
	else
		say_absent(ui);
}

void
flow_search_again(struct ui *ui, bool back)
{
	bool wrapped = false;

	ui->hunt.exchange = 0;
	if (!ui->search[0]) {
		flow_search(ui);
	} else if (ui->pane == PANE_LOG) {
		logview_hunt_begin(
			ui->records, &ui->log, back, step_log_pane(ui).rows - 1, &ui->hunt);
		if (ui->hunt.on)
			hunt_for(ui, 0);
		else
			say_absent(ui);
	} else if (fieldlist_search(
			   &ui->m.fields, &ui->places[ui->step], ui->search, back, &wrapped)) {
		ui_notice_found(ui, wrapped, back);
	} else {
		say_absent(ui);
	}
}

static void
search_for(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)choice;
	(void)arg;
	text_safe_into(ui->search, sizeof(ui->search), text);
	ui->log.mark_seq = 0;
	if (ui->search[0])
		flow_search_again(ui, ui->pane == PANE_LOG);
}

void
flow_search(struct ui *ui)
{
	dialog_open(ui,
		&(struct dialog_spec){.title = ui->pane == PANE_LOG ? _("Search the log")
								    : _("Search the fields"),
			.input = true,
			.hint = _("text to find"),
			.value = ui->search,
			.done = search_for});
}
