/*
 * Further probes: what each would tell, what it costs and what it risks, before anything is sent.
 */
#include "ui/state.h"

#include "base/text.h"
#include "base/tr.h"

static void
probes_now(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct err e = ERR_INIT;

	(void)text;
	(void)arg;
	if (choice != 0)
		return;
	if (wizard_run_probes(ui->d->wizard, &e) != RES_OK)
		dialog_tell(ui, _("Nothing was sent"), e.text);
	ui->model_stale = true;
}

static void
describe(struct buf *out, const struct probe_row *const *open, size_t n)
{
	buf_puts(out,
		n > 1 ? _("Asked one after the other, each once, and only as long as something is "
			"open:\n")
		      : "");
	for (size_t i = 0; i < n; i++) {
		char cost[LIMIT_MESSAGE];

		probe_cost(open[i], cost, sizeof(cost));
		buf_printf(out, "%s%s%s %s.", i ? "\n" : "", n > 1 ? "· " : "",
			tr(open[i]->question), cost);
	}
}

void
flow_probes(struct ui *ui)
{
	const struct probe_row *open[WIZARD_PROBES];
	size_t n = wizard_open_probes(ui->d->wizard, open);
	struct buf text;

	if (ui_notice_offline(ui))
		return;
	if (ui->m.busy) {
		ui_notice_busy(ui);
		return;
	}
	if (!n) {
		ui_notice(ui, _("Nothing is open that a further question would settle."));
		return;
	}
	buf_init(&text, LIMIT_REPORT);
	describe(&text, open, n);
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Probe further?"),
			.text = buf_str(&text),
			.choices = {_("Ask"), _("Cancel")},
			.n_choices = 2,
			.first = 1,
			.done = probes_now});
	buf_release(&text);
}
