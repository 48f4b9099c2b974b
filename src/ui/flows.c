#include "ui/state.h"

#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

char *
typed_path(struct span text, struct err *why)
{
	const char *home = getenv("HOME");

	text = span_trim(text);
	if (!text.n) {
		err_set(why, RES_SYNTAX, "The name of a file is missing.");
		return NULL;
	}
	if (home && *home && span_starts(text, "~/")) {
		char *rest = span_dup(span_from(text, 2)), *path = path_join(home, rest);

		free(rest);
		return path;
	}
	return span_dup(text);
}

/* --- export ------------------------------------------------------------------------------- */

/* What stands in a file is written over when it was said, and the same name is given again. */
bool
ui_may_write(struct ui *ui, const char *path, struct err *why)
{
	if (access(path, F_OK) != 0 || (ui->over && !strcmp(ui->over, path)))
		return true;
	free(ui->over);
	ui->over = xstrdup(path);
	err_set(why, RES_REFUSED, _("This file is there already: Enter again writes over it."));
	return false;
}

static bool
export_take(struct ui *ui, struct span text, uintptr_t arg, struct err *why)
{
	char *path = typed_path(text, why), safe[160];
	bool ok = path && ui_may_write(ui, path, why) &&
		ui->d->export_report(ui->d->ctx, ui->d->formats[arg].id, path, why) == RES_OK;

	if (ok)
		ui_notice(ui,
			ui->d->formats[arg].clear
				? _("Written to %s, for you alone; its tokens can be used.")
				: _("Written to %s; secrets are masked."),
			text_safe_into(safe, sizeof(safe), span_of(path)));
	free(path);
	return ok;
}

static void
export_file(struct ui *ui, size_t choice)
{
	char words[600], all[640];

	snprintf(words, sizeof(words), "%s",
		ui->d->formats[choice].clear ? _("The tokens are written in clear.")
					     : _("Secrets are masked in every format."));
	if (!ui->d->formats[choice].clear && ui->d->export_masked)
		ui->d->export_masked(ui->d->ctx, words, sizeof(words));
	snprintf(all, sizeof(all), _("%s File to write:"), words);
	dialog_open(ui,
		&(struct dialog_spec){.title = ui->d->formats[choice].label,
			.text = all,
			.input = true,
			.value = ui->d->formats[choice].file,
			.hint = _("path of a file"),
			.keep = KEEP_EXPORT + choice + 1,
			.take = export_take,
			.arg = choice});
}

static void
export_agreed(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)text;
	if (choice == 1)
		export_file(ui, arg);
}

static void
export_format(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)text;
	if (choice >= (arg ? arg : ui->d->n_formats))
		return;
	if (!ui->d->formats[choice].clear) {
		export_file(ui, choice);
		return;
	}
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Tokens in clear"),
			.text = _("Whoever has the file can use the tokens as long as they are "
				  "good. It is readable by you alone (mode 0600); never send it. "
				  "Write it only if the masked case does not do."),
			.choices = {_("Cancel"), _("Write the tokens in clear")},
			.n_choices = 2,
			.done = export_agreed,
			.arg = choice});
}

void
flow_reopen_log(struct ui *ui)
{
	struct err e = ERR_INIT;

	if (!ui->d->log || log_reopen(ui->d->log, &e) != RES_OK)
		ui_notice(ui, _("The log: %s."), *e.text ? e.text : _("there is none"));
	else
		ui_notice(ui, _("The log file was opened anew."));
}

/* A case that was saved masked has none to write in clear. */
static bool
has_values(const struct ui *ui)
{
	const struct case_tokens *t = ui->m.c ? case_tokens(ui->m.c) : NULL;

	return t && (t->access.value || t->refresh.value || t->id.value);
}

void
flow_export(struct ui *ui)
{
	struct dialog_spec spec = {.title = _("Export"),
		.text = _("Everything that is known of this case, for the ticket."),
		.done = export_format};

	if (!ui->d->export_report || !ui->d->n_formats) {
		ui_notice(ui, _("There is nothing to export to."));
		return;
	}
	assert(ui->d->n_formats < DIALOG_CHOICES);
	while (spec.n_choices < ui->d->n_formats &&
		(has_values(ui) || !ui->d->formats[spec.n_choices].clear)) {
		spec.choices[spec.n_choices] = ui->d->formats[spec.n_choices].label;
		spec.n_choices++;
	}
	spec.arg = spec.n_choices;
	spec.choices[spec.n_choices++] = _("Cancel");
	dialog_open(ui, &spec);
}

bool
flow_export_as(struct ui *ui, struct span id, struct span path, struct err *e)
{
	size_t i = 0;

	while (i < ui->d->n_formats && !span_is(id, ui->d->formats[i].id))
		i++;
	if (i == ui->d->n_formats || !ui->d->export_report) {
		err_set(e, RES_UNSUPPORTED, _("There is nothing to export to."));
		return false;
	}
	if (ui->d->formats[i].clear && !has_values(ui)) {
		err_set(e, RES_UNSUPPORTED, _("There is no token in clear in this case."));
		return false;
	}
	if (path.n && !ui->d->formats[i].clear)
		return export_take(ui, path, i, e);
	export_format(ui, i, SPAN_EMPTY, 0);
	return true;
}

void
flow_save(struct ui *ui)
{
	struct err e = ERR_INIT;

	if (!flow_export_as(ui, span_of(UI_FORMAT_CASE), SPAN_EMPTY, &e))
		ui_notice(ui, _("This case cannot be saved here."));
}
