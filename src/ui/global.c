#include "ui/state.h"

#include <signal.h>

#include "base/tr.h"
#include "ui/command.h"
#include "wizard/handle.h"

void
ui_go_step(struct ui *ui, enum step s)
{
	ui_pop_all(ui);
	if (s != ui->step) {
		ui->step = s;
		ui->pane = ui->log.size == LOGSIZE_FULL ? PANE_LOG : PANE_FIELDS;
		ui->model_stale = true;
	}
	ui->dirty = true;
}

/* A pager with one of the pages. */
static void
open_page(struct ui *ui, enum action a)
{
	struct page p;

	page_init(&p);
	switch (a) {
	case ACT_HELP:
		page_help(&p, &ui->keymap);
		pager_open(ui, ACT_HELP, _("Help"), &p);
		break;
	case ACT_FINDINGS:
		page_findings(&p, ui);
		pager_open(ui, ACT_FINDINGS, _("Findings"), &p);
		break;
	case ACT_EXPLAIN:
		page_catalogue(&p);
		pager_open(ui, ACT_EXPLAIN, _("Catalogue"), &p);
		break;
	case ACT_DECISION:
		page_decision(&p, ui, decision_here(ui->d->wizard), true);
		pager_open(ui, ACT_DECISION, _("Your application"), &p);
		break;
	default:
		page_guide(&p, ui, ui->step);
		pager_open(ui, ACT_GUIDE, _("Guide"), &p);
		break;
	}
}

static void
guide(struct ui *ui)
{
	/* beside the fields where there is room, then whole if that was not all of it, then gone */
	if (ui->canvas.cols >= UI_GUIDE_COLS && (!ui->guide || step_guide_fits(ui)))
		ui->guide = !ui->guide;
	else
		open_page(ui, ACT_GUIDE);
}

static void
walk(struct ui *ui)
{
	if (ui_notice_offline(ui))
		return;
	if (ui->m.busy) {
		ui_notice_busy(ui);
	} else {
		wizard_walk(ui->d->wizard, STEPS_ALL, false, false);
		ui->model_stale = true;
	}
}

static void
step_action(struct ui *ui, enum action a)
{
	if (a == ACT_PREV_STEP)
		ui_go_step(ui, ui->step > 0 ? ui->step - 1 : ui->step);
	else if (a == ACT_NEXT_STEP)
		ui_go_step(ui, ui->step + 1 < STEP_COUNT ? ui->step + 1 : ui->step);
	else
		ui_go_step(ui, (enum step)(STEP_VERIFY + (a - ACT_STEP_1)));
}

static void
edit_profile(struct ui *ui)
{
	if (ui->m.c)
		screen_profile_push(ui, &ui->m.c->profile);
	else
		ui_notice(ui, _("There is no profile yet."));
}

static void
choose_tokens(struct ui *ui)
{
	if (!ui_notice_offline(ui))
		screen_open_push(ui);
}

/* What begins on the bare screens, whatever stood over them.  False: another action. */
static bool
fresh_action(struct ui *ui, enum action a)
{
	static const struct {
		enum action action;
		void (*begin)(struct ui *ui);
	} rows[] = {{ACT_WALK, walk}, {ACT_PROBES, flow_probes}, {ACT_REFRESH, flow_refresh},
		{ACT_REVOKE, flow_revoke}, {ACT_REPLACE, flow_replace}, {ACT_LOGIN, flow_login},
		{ACT_JUMP, flow_jump}, {ACT_JUMP_BACK, flow_jump_back}, {ACT_DIFF, flow_diff},
		{ACT_PROFILE, edit_profile}, {ACT_TOKENS, choose_tokens}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].action != a)
			continue;
		ui_pop_all(ui);
		rows[i].begin(ui);
		return true;
	}
	return false;
}

static void
take_mouse(struct ui *ui)
{
	bool on = !ui->mouse;

	if (!ui->d->term->mouse(ui->term, on)) {
		ui_notice(ui, _("This terminal has no mouse to take."));
		return;
	}
	ui->mouse = on;
	ui_notice(ui, "%s", on ? _("The mouse is taken: clicks and the wheel. Shift selects text.")
			       : _("The mouse is the terminal's again: it selects text."));
}

/* How things are shown, not what. */
static void
look_action(struct ui *ui, enum action a)
{
	if (a == ACT_THEME) {
		screen_theme_push(ui);
	} else if (a == ACT_MOUSE) {
		take_mouse(ui);
	} else if (a == ACT_REDRAW) {
		ui->d->term->redraw(ui->term);
	} else {
		ui->local_time = !ui->local_time;
		ui->model_stale = true;
	}
}

static void
file_action(struct ui *ui, enum action a)
{
	if (a == ACT_EXPORT)
		flow_export(ui);
	else if (a == ACT_SAVE)
		flow_save(ui);
	else
		flow_reopen_log(ui);
}

void
ui_global_action(struct ui *ui, enum action a)
{
	if (!ui->prepared && a != ACT_QUIT && a != ACT_INTERRUPT)
		return;
	switch (a) {
	case ACT_STEP_1:
	case ACT_STEP_2:
	case ACT_STEP_3:
	case ACT_STEP_4:
	case ACT_STEP_5:
	case ACT_PREV_STEP:
	case ACT_NEXT_STEP:
		step_action(ui, a);
		break;
	case ACT_GUIDE:
		guide(ui);
		break;
	case ACT_HELP:
	case ACT_FINDINGS:
	case ACT_EXPLAIN:
	case ACT_DECISION:
		open_page(ui, a);
		break;
	case ACT_EXPORT:
	case ACT_SAVE:
	case ACT_REOPEN_LOG:
		file_action(ui, a);
		break;
	case ACT_COPY:
		flow_copy(ui);
		break;
	case ACT_MARK:
		flow_mark(ui);
		break;
	case ACT_SHOW:
		flow_show_secret(ui);
		break;
	case ACT_EDIT_REQUEST:
		screen_request_push(ui);
		break;
	case ACT_COMMAND:
		screen_command_push(ui);
		break;
	case ACT_TIME:
	case ACT_THEME:
	case ACT_MOUSE:
	case ACT_REDRAW:
		look_action(ui, a);
		break;
	case ACT_QUIT:
	case ACT_INTERRUPT:
		ui_leave(ui, a == ACT_QUIT ? 0 : 128 + SIGINT);
		break;
	default:
		if (!fresh_action(ui, a))
			return;
		break;
	}
	ui->dirty = true;
}
