/* Refresh, the files that tokens came from, revocation: asked about before anything is sent. */
#include "ui/state.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

/*
 * What changes something at a server or overwrites a file starts on the choice that does not: Enter
 * alone never does it, a digit or a move does.
 */

/* --- a place for new tokens ------------------------------------------------------------------ */

static const char tokens_file[] = "tokentriage-tokens.json";

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
go_on(struct ui *ui, uintptr_t arg)
{
	ui->model_stale = true; /* the step shows the place */
	((place_then *)arg)(ui);
}

static void
place_set(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)choice;
	(void)text;
	go_on(ui, arg);
}

static void
place_chosen(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct err e = ERR_INIT;

	(void)text;
	if (choice == 0)
		dialog_open(ui,
			&(struct dialog_spec){.title = _("File for the new tokens"),
				.text = _("It is written with mode 0600, whole or not at all."),
				.input = true,
				.value = tokens_file,
				.hint = _("path of a file"),
				.keep = KEEP_TOKENS + 1,
				.take = place_take,
				.done = place_set,
				.arg = arg});
	else if (choice == 1 &&
		wizard_set_token_place(ui->d->wizard, PLACE_MEMORY, NULL, &e) == RES_OK)
		go_on(ui, arg);
}

void
place_ask(struct ui *ui, const char *why, place_then *then)
{
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Where do the new tokens go?"),
			.text = why,
			.choices = {_("In a file"),
				_("In memory only: lost when this program ends"), _("Cancel")},
			.n_choices = 3,
			.done = place_chosen,
			.arg = (uintptr_t)then});
}

/* --- refresh: a place for the new tokens first, then the question ---------------------------- */

static void
refresh_send_now(struct ui *ui)
{
	struct err e = ERR_INIT;

	if (wizard_refresh(ui->d->wizard, &e) != RES_OK)
		dialog_tell(ui, _("Not refreshed"), e.text);
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
			&(struct dialog_spec){.title = _("Refresh for a narrower scope"),
				.text = _(
					"The new access token is good for these scopes alone; more "
					"than was granted is refused. Enter sends the refresh."),
				.input = true,
				.hint = "openid profile",
				.take = scope_take,
				.done = scope_set});
}

char *
place_sentence(enum token_place place, const char *path)
{
	if (place == PLACE_KEYRING)
		return xasprintf(_("The new tokens are kept in the keyring, as %s, before anything "
				 "else uses them"),
			path);
	if (place != PLACE_FILE || !path)
		return xstrdup(_("The new tokens are kept in memory only: they are gone when this "
			       "program ends, and with rotation so is the session"));
	return xasprintf(access(path, F_OK)
			? _("The new tokens are written to %s, readable by you alone, before "
			    "anything else uses them")
			: _("The new tokens are written to %s (replacing the file that is there), "
			    "readable by you alone, before anything else uses them"),
		path);
}

static void
refresh_ask(struct ui *ui)
{
	const char *path = NULL;
	enum token_place place = wizard_token_place(ui->d->wizard, &path);
	char *where = place_sentence(place, path);
	char *text = xasprintf(
		_("This sends the refresh token to %s. The server may make the old refresh token "
		"invalid at once (rotation), and the old access token, too.\n\n%s.\n\n"
		"Then the new access token is verified and user information is asked for again."),
		ui->m.host[0] ? ui->m.host : _("the token endpoint"), where);

	dialog_open(ui,
		&(struct dialog_spec){.title = _("Refresh the tokens?"),
			.text = text,
			.choices = {_("Refresh now"), _("Refresh for a narrower scope"),
				_("Cancel")},
			.n_choices = 3,
			.first = 2,
			.done = refresh_now});
	free(text);
	free(where);
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
		dialog_tell(ui, _("No refresh now"), why);
	else if (wizard_token_place(ui->d->wizard, NULL) == PLACE_UNCHOSEN)
		place_ask(ui,
			_("A refresh can make the old tokens invalid. Choose first where the new "
			"ones are kept."),
			refresh_ask);
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
		dialog_tell(ui, _("Not written"), e.text);
	else
		ui_notice(ui, _("The profile's token files now hold the newest tokens."));
}

/* The files of the profile that newer tokens could go to, one a line; returns how many. */
static size_t
token_files(const struct ui *ui, struct buf *out)
{
	const struct profile *p = ui->m.c ? &ui->m.c->profile : NULL;
	const struct case_tokens *t = ui->m.c ? case_tokens(ui->m.c) : NULL;
	size_t n = 0;

	if (!p)
		return 0;
	{
		const struct {
			const char *path;
			bool newer;
		} files[] = {{p->access_token_file, t->access.from != 0},
			{p->refresh_token_file, t->refresh.from != 0},
			{p->id_token_file, t->id.from != 0}};

		for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
			char safe[300];

			if (!files[i].path || !files[i].newer)
				continue;
			buf_printf(out, "  %s\n",
				text_safe_into(safe, sizeof(safe), span_of(files[i].path)));
			n++;
		}
	}
	return n;
}

static void
replace_ask(struct ui *ui, const char *before)
{
	struct buf text;

	buf_init(&text, LIMIT_REPORT);
	buf_printf(&text, _("%sWrites the newest tokens over the profile's token files, each whole "
			  "or not at all. The tokens of before are gone then.\n"),
		before);
	token_files(ui, &text);
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Replace the profile's token files?"),
			.text = buf_str(&text),
			.choices = {_("Replace them"), _("Leave them as they are")},
			.n_choices = 2,
			.first = 1,
			.done = replace_now});
	buf_release(&text);
}

void
flow_replace(struct ui *ui)
{
	struct buf none;
	bool any;

	if (ui_notice_offline(ui))
		return;
	buf_init(&none, LIMIT_REPORT);
	any = token_files(ui, &none) > 0;
	buf_release(&none);
	if (any)
		replace_ask(ui, "");
	else
		replace_now(ui, 0, SPAN_EMPTY, 0); /* which says why nothing can be written */
}

/* Once for each time that new tokens came, when their proof is over and nothing else is asked. */
void
flow_offer_replace(struct ui *ui)
{
	size_t n = ui->m.c ? ui->m.c->n_generations : 0;
	struct buf none;

	/* another profile begins anew */
	if (n < ui->offered)
		ui->offered = n;
	if (n < 2 || n == ui->offered || ui->m.busy || ui->n_layers > 1 || ui->d->offline)
		return;
	ui->offered = n;
	buf_init(&none, LIMIT_REPORT);
	if (token_files(ui, &none) > 0)
		replace_ask(ui, _("New tokens came. "));
	buf_release(&none);
}

/* --- revoke ---------------------------------------------------------------------------------- */

/* Which one it is, as the steps show it. */
static const char *
token_mask(const struct ui *ui, enum token_slot slot)
{
	const struct case_token *t = ui->m.c ? case_token(ui->m.c, slot) : NULL;

	return t && t->present && t->info.mask[0] ? t->info.mask : _("the token");
}

static void
revoke_now(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct err e = ERR_INIT;

	(void)text;
	if (choice != 0)
		return;
	if (wizard_revoke(ui->d->wizard, (enum token_slot)arg, &e) != RES_OK)
		dialog_tell(ui, _("Not revoked"), e.text);
	else
		ui_go_step(ui, STEP_HANDLE);
	ui->model_stale = true;
}

static void
revoke_ask(struct ui *ui, enum token_slot slot)
{
	char why[LIMIT_MESSAGE] = "", *text;

	if (!wizard_can_revoke(ui->d->wizard, slot, why, sizeof(why))) {
		dialog_tell(ui, _("No revocation now"), why);
		return;
	}
	text = xasprintf(_("This sends %s to %s, with token_type_hint=%s_token: %s. It cannot be "
			   "undone%s.\n\n"
			   "Then the access token is verified and used again, as proof."),
		token_mask(ui, slot), ui->m.host[0] ? ui->m.host : _("the server"),
		slot == SLOT_REFRESH ? "refresh" : "access", why,
		slot == SLOT_REFRESH ? _("; the user has to log in again")
				     : _("; resources that check the signature alone accept a JWT "
					 "until it expires"));
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Revoke the token?"),
			.text = text,
			.choices = {_("Revoke it"), _("Cancel")},
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
			&(struct dialog_spec){.title = _("Revoke which token?"),
				.choices = {_("The access token"), _("The refresh token"),
					_("Cancel")},
				.n_choices = 3,
				.first = 2,
				.done = revoke_which});
	else
		revoke_ask(ui, ui->m.has_refresh ? SLOT_REFRESH : SLOT_ACCESS);
}
