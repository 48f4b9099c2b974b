#include "ui/state.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

/* A path as it was typed: without blanks at its ends, "~/" is the home folder.  NULL: none was. */
static char *
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

/*
 * What changes something at a server or overwrites a file starts on the choice that does not: Enter
 * alone never does it, a digit or a move does.
 */

/* --- refresh: a place for the new tokens first, then the question
 * --------------------------------- */

static const char tokens_file[] = "tokentriage-tokens.json";

static void
refresh_send_now(struct ui *ui)
{
	struct err e = ERR_INIT;

	if (wizard_refresh(ui->d->wizard, &e) != RES_OK)
		dialog_tell(ui, "Not refreshed", e.text);
	else
		ui_go_step(ui, STEP_REFRESH);
	ui->model_stale = true;
}

static bool
scope_take(struct ui *ui, struct span text, uintptr_t arg, struct err *why)
{
	char *scope = span_dup(text);
	bool ok = wizard_set_refresh_scope(ui->d->wizard, scope, why) == RES_OK;

	(void)arg;
	free(scope);
	return ok;
}

static void
scope_set(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)choice;
	(void)text;
	(void)arg;
	refresh_send_now(ui);
}

static void
refresh_now(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct err e = ERR_INIT;

	(void)text;
	(void)arg;
	if (choice == 0 && wizard_set_refresh_scope(ui->d->wizard, NULL, &e) == RES_OK)
		refresh_send_now(ui);
	else if (choice == 1)
		dialog_open(ui,
			&(struct dialog_spec){.title = "Refresh for a narrower scope",
				.text = "The new access token is good for these scopes alone; more "
					"than was granted is refused. Enter sends the refresh.",
				.input = true,
				.hint = "openid profile",
				.take = scope_take,
				.done = scope_set});
}

static void
refresh_ask(struct ui *ui)
{
	const char *path = NULL;
	enum token_place place = wizard_token_place(ui->d->wizard, &path);
	char *text = xasprintf(
		"This sends the refresh token to %s. The server may make the old refresh token "
		"invalid at once (rotation), and the old access token, too.\n\n%s%s%s\n\n"
		"Then the new access token is verified and user information is asked for again.",
		ui->m.host[0] ? ui->m.host : "the token endpoint",
		place == PLACE_FILE ? "The new tokens are written to "
				    : "The new tokens are kept in memory only: "
				      "they are gone when this program ends, and with rotation so "
				      "is the session",
		place == PLACE_FILE && path ? path : "",
		place != PLACE_FILE ? "."
			: access(path, F_OK)
			? ", readable by you alone, before anything else uses them."
			: " (replacing the file that is there), readable by you alone, before "
			  "anything else uses them.");

	dialog_open(ui,
		&(struct dialog_spec){.title = "Refresh the tokens?",
			.text = text,
			.choices = {"Refresh now", "Refresh for a narrower scope", "Cancel"},
			.n_choices = 3,
			.first = 2,
			.done = refresh_now});
	free(text);
}

static bool
place_take(struct ui *ui, struct span text, uintptr_t arg, struct err *why)
{
	char *path = typed_path(text, why);
	bool ok = path && wizard_set_token_place(ui->d->wizard, PLACE_FILE, path, why) == RES_OK;

	(void)arg;
	free(path);
	return ok;
}

static void
place_set(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)choice;
	(void)text;
	(void)arg;
	ui->model_stale = true; /* the step shows the place */
	refresh_ask(ui);
}

static void
place_chosen(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct err e = ERR_INIT;

	(void)text;
	(void)arg;
	if (choice == 0)
		dialog_open(ui,
			&(struct dialog_spec){.title = "File for the new tokens",
				.text = "It is written with mode 0600, whole or not at all.",
				.input = true,
				.value = tokens_file,
				.hint = "path of a file",
				.keep = KEEP_TOKENS + 1,
				.take = place_take,
				.done = place_set});
	else if (choice == 1 &&
		wizard_set_token_place(ui->d->wizard, PLACE_MEMORY, NULL, &e) == RES_OK)
		refresh_ask(ui);
}

void
flow_refresh(struct ui *ui)
{
	char why[LIMIT_MESSAGE] = "";

	if (ui_notice_offline(ui))
		return;
	ui_go_step(ui, STEP_REFRESH);
	/* what stands against it is said before anything is asked */
	if (!wizard_can_refresh(ui->d->wizard, why, sizeof(why)))
		dialog_tell(ui, "No refresh now", why);
	else if (wizard_token_place(ui->d->wizard, NULL) == PLACE_UNCHOSEN)
		dialog_open(ui,
			&(struct dialog_spec){.title = "Where do the new tokens go?",
				.text = "A refresh can make the old tokens invalid. Choose first "
					"where the new ones are kept.",
				.choices = {"In a file",
					"In memory only: lost when this program ends", "Cancel"},
				.n_choices = 3,
				.done = place_chosen});
	else
		refresh_ask(ui);
}

static void
replace_now(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct err e = ERR_INIT;

	(void)text;
	(void)arg;
	if (choice != 0)
		return;
	if (wizard_replace_token_files(ui->d->wizard, &e) != RES_OK)
		dialog_tell(ui, "Not written", e.text);
	else
		ui_notice(ui, "The profile's token files now hold the newest tokens.");
}

void
flow_replace(struct ui *ui)
{
	if (ui_notice_offline(ui))
		return;
	dialog_open(ui,
		&(struct dialog_spec){.title = "Replace the profile's token files?",
			.text = "Writes the newest tokens over the token files that the profile "
				"names, each whole or not at "
				"all. The tokens of before are then gone.",
			.choices = {"Replace them", "Cancel"},
			.n_choices = 2,
			.first = 1,
			.done = replace_now});
}

/* --- revoke
 * ------------------------------------------------------------------------------------------ */

static void
revoke_now(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct err e = ERR_INIT;

	(void)text;
	if (choice != 0)
		return;
	if (wizard_revoke(ui->d->wizard, (enum token_slot)arg, &e) != RES_OK)
		dialog_tell(ui, "Not revoked", e.text);
	else
		ui_go_step(ui, STEP_HANDLE);
	ui->model_stale = true;
}

static void
revoke_ask(struct ui *ui, enum token_slot slot)
{
	char why[LIMIT_MESSAGE] = "", *text;

	if (!wizard_can_revoke(ui->d->wizard, slot, why, sizeof(why))) {
		dialog_tell(ui, "No revocation now", why);
		return;
	}
	text = xasprintf("This asks %s to make the %s token invalid for good. Whatever uses it "
			 "stops working%s. "
			 "It cannot be undone; the user has to log in again.\n\nThen the token is "
			 "verified and user "
			 "information asked for again, as proof.",
		ui->m.host[0] ? ui->m.host : "the server",
		slot == SLOT_REFRESH ? "refresh" : "access",
		slot == SLOT_REFRESH
			? ", and many servers end the access tokens that came from it, too"
			: "");
	dialog_open(ui,
		&(struct dialog_spec){.title = "Revoke the token?",
			.text = text,
			.choices = {"Revoke it", "Cancel"},
			.n_choices = 2,
			.first = 1,
			.done = revoke_now,
			.arg = (uintptr_t)slot});
	free(text);
}

static void
revoke_which(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)text;
	(void)arg;
	if (choice < 2)
		revoke_ask(ui, choice == 0 ? SLOT_ACCESS : SLOT_REFRESH);
}

void
flow_revoke(struct ui *ui)
{
	if (ui_notice_offline(ui))
		return;
	if (ui->m.has_access && ui->m.has_refresh)
		dialog_open(ui,
			&(struct dialog_spec){.title = "Revoke which token?",
				.choices = {"The access token", "The refresh token", "Cancel"},
				.n_choices = 3,
				.first = 2,
				.done = revoke_which});
	else
		revoke_ask(ui, ui->m.has_refresh ? SLOT_REFRESH : SLOT_ACCESS);
}

/* --- export and copy
 * ----------------------------------------------------------------------------------- */

static bool
export_take(struct ui *ui, struct span text, uintptr_t arg, struct err *why)
{
	char *path = typed_path(text, why), safe[160];
	bool ok = path &&
		ui->d->export_report(ui->d->ctx, ui->d->formats[arg].id, path, why) == RES_OK;

	if (ok)
		ui_notice(ui, "Written to %s; secrets are masked.",
			text_safe_into(safe, sizeof(safe), span_of(path)));
	free(path);
	return ok;
}

static void
export_format(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)text;
	(void)arg;
	if (choice >= ui->d->n_formats)
		return;
	dialog_open(ui,
		&(struct dialog_spec){.title = ui->d->formats[choice].label,
			.text = "Secrets are masked in every format. File to write:",
			.input = true,
			.value = ui->d->formats[choice].file,
			.hint = "path of a file",
			.keep = KEEP_EXPORT + choice + 1,
			.take = export_take,
			.arg = choice});
}

void
flow_export(struct ui *ui)
{
	struct dialog_spec spec = {.title = "Export",
		.text = "Everything that is known of this case, for the ticket.",
		.done = export_format};

	if (!ui->d->export_report || !ui->d->n_formats) {
		ui_notice(ui, "There is nothing to export to.");
		return;
	}
	while (spec.n_choices < ui->d->n_formats && spec.n_choices < DIALOG_CHOICES - 1) {
		spec.choices[spec.n_choices] = ui->d->formats[spec.n_choices].label;
		spec.n_choices++;
	}
	spec.choices[spec.n_choices++] = "Cancel";
	dialog_open(ui, &spec);
}

void
flow_save(struct ui *ui)
{
	for (size_t i = 0; i < ui->d->n_formats; i++)
		if (!strcmp(ui->d->formats[i].id, UI_FORMAT_CASE)) {
			export_format(ui, i, SPAN_EMPTY, 0);
			return;
		}
	ui_notice(ui, "This case cannot be saved here.");
}

enum { COPY_CLIP, COPY_FILE, COPY_VALUE };

static void
copy_text(struct ui *ui, struct buf *out, size_t what)
{
	const struct exchange *x = step_exchange(ui);
	const struct field *f = step_marked(ui);

	if (what == COPY_VALUE && f)
		buf_puts(out, f->value);
	else if (what != COPY_VALUE && x)
		exchange_curl_command(x, out);
}

static bool
copy_take(struct ui *ui, struct span text, uintptr_t arg, struct err *why)
{
	struct buf b;
	char *path = typed_path(text, why), safe[160];
	bool ok;

	buf_init_wiping(&b, LIMIT_REPORT);
	copy_text(ui, &b, arg);
	buf_putc(&b, '\n');
	ok = path && file_write(path, buf_span(&b), why) == RES_OK;
	if (ok)
		ui_notice(ui, "Written to %s; secrets stand in it as shell variables.",
			text_safe_into(safe, sizeof(safe), span_of(path)));
	buf_release(&b);
	free(path);
	return ok;
}

static void
copy_chosen(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct buf b;

	(void)text;
	(void)arg;
	if (choice > COPY_VALUE || (choice == COPY_VALUE && !step_marked(ui)))
		return;
	if (choice == COPY_FILE) {
		dialog_open(ui,
			&(struct dialog_spec){.title = "File for the curl command",
				.input = true,
				.value = "tokentriage-request.sh",
				.hint = "path of a file",
				.keep = KEEP_CURL + 1,
				.take = copy_take,
				.arg = COPY_FILE});
		return;
	}
	buf_init_wiping(&b, 1 << 20);
	copy_text(ui, &b, choice);
	if (b.len) {
		ui->d->term->clip(ui->term, buf_span(&b));
		ui_notice(ui,
			"Sent %zu bytes to the terminal's clipboard; whether it took them cannot "
			"be known.",
			b.len);
	}
	buf_release(&b);
}

void
flow_copy(struct ui *ui)
{
	const struct exchange *x = step_exchange(ui);
	const struct field *f = step_marked(ui);
	char label[80];
	struct dialog_spec spec = {.title = "Copy",
		.done = copy_chosen,
		.choices = {"curl command to the terminal's clipboard (OSC 52)",
			"curl command into a file",
			f ? "the marked value to the terminal's clipboard" : "Cancel", "Cancel"},
		.n_choices = f ? 4 : 3};

	if (!x) {
		ui_notice(ui, "Nothing was sent yet: there is no request to copy.");
		return;
	}
	spec.text = exchange_label(x, label, sizeof(label));
	dialog_open(ui, &spec);
}

/* --- search and command
 * --------------------------------------------------------------------------------- */

void
flow_search_again(struct ui *ui, bool back)
{
	struct rect fields = {0, 0, 10, 80}, guide, log;
	bool found;

	if (!ui->search[0]) {
		flow_search(ui);
		return;
	}
	step_panes(ui, (struct rect){3, 0, ui->canvas.rows - 4, ui->canvas.cols}, &fields, &guide,
		&log);
	found = ui->pane == PANE_LOG
		? logpane_search(ui->records, &ui->log, ui->search, back, log.rows - 1)
		: fieldlist_search(&ui->m.fields, &ui->places[ui->step], ui->search, back);
	if (!found)
		ui_notice(ui, "\"%s\" does not stand in this pane.", ui->search);
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
		&(struct dialog_spec){
			.title = ui->pane == PANE_LOG ? "Search the log" : "Search the fields",
			.input = true,
			.hint = "text to find",
			.value = ui->search,
			.done = search_for});
}

static void
run_command(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	enum action a;
	char safe[40];

	(void)choice;
	(void)arg;
	text = span_trim(text);
	if (action_find(text, &a))
		ui_action(ui, a);
	else if (text.n)
		ui_notice(ui, "There is no action \"%s\"; ? lists them.",
			text_safe_into(safe, sizeof(safe), text));
}

void
flow_command(struct ui *ui)
{
	dialog_open(ui,
		&(struct dialog_spec){.title = "Run an action",
			.input = true,
			.hint = "its name, as the help has it: export",
			.done = run_command});
}
