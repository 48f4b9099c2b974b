/* What the actions do with what they are given on the command line (arguments.def). */
#include "ui/command.h"

#include "base/text.h"
#include "base/tr.h"
#include "ui/login.h"

/* Each does it, or says why not; the words are known ones.  first and second as in the table. */
typedef bool take_words(struct ui *ui, struct span first, struct span second, struct err *e);

static bool
run_step(struct ui *ui, struct span first, struct span second UNUSED, struct err *e UNUSED)
{
	enum step s;

	if (step_from_id(first, &s)) {
		ui_go_step(ui, s);
		ui_action(ui, ACT_RERUN);
	}
	return true;
}

static bool
show_guide(struct ui *ui, struct span first, struct span second UNUSED, struct err *e UNUSED)
{
	struct page p;
	enum step s;

	if (step_from_id(first, &s)) {
		page_init(&p);
		page_guide(&p, ui, s);
		pager_open(ui, ACT_GUIDE, _("Guide"), &p);
	}
	return true;
}

static bool
begin_login(struct ui *ui, struct span first, struct span second UNUSED, struct err *e)
{
	char why[LIMIT_MESSAGE] = "";
	enum flow_kind k;

	if (!flow_from_id(first, &k))
		return true;
	if (ui->d->offline) {
		ui_notice_offline(ui);
	} else if (!wizard_can_login(ui->d->wizard, k, why, sizeof(why))) {
		err_set(e, RES_REFUSED, _("Not now: %s."), why);
		return false;
	} else {
		ui_pop_all(ui);
		login_open(ui, k);
	}
	return true;
}

static bool
explain(struct ui *ui, struct span first, struct span second UNUSED, struct err *e UNUSED)
{
	char title[80];
	struct page p;

	page_init(&p);
	page_entry(&p, first);
	pager_open(ui, ACT_NONE, text_safe_into(title, sizeof(title), first), &p);
	return true;
}

static bool
export_as(struct ui *ui, struct span first, struct span second, struct err *e)
{
	return flow_export_as(ui, first, second, e);
}

static bool
save_to(struct ui *ui, struct span first, struct span second UNUSED, struct err *e)
{
	return flow_export_as(ui, span_of(UI_FORMAT_CASE), first, e);
}

static bool
use_theme(struct ui *ui, struct span first, struct span second UNUSED, struct err *e)
{
	char name[UI_THEME_NAME];

	return screen_theme_use(ui, text_safe_into(name, sizeof(name), first), e);
}

static take_words *const takers[ACT_COUNT] = {
#define ARGUMENT(action, take, first, second, names, help) [ACT_##action] = take,
#include "ui/arguments.def"
#undef ARGUMENT
};

static bool
known(const struct ui *ui, enum word_kind kind, struct span word, struct err *e)
{
	char safe[48], near[64];

	if (command_knows(ui, kind, word))
		return true;
	text_safe_into(safe, sizeof(safe), word);
	if (command_nearest(ui, kind, word, near, sizeof(near)))
		err_set(e, RES_NOTFOUND, _("\"%s\" is none of them; did you mean %s?"), safe, near);
	else
		err_set(e, RES_NOTFOUND, _("\"%s\" is none of them; Tab lists them."), safe);
	return false;
}

bool
command_run(struct ui *ui, enum action a, struct span argument, struct err *e)
{
	const struct argument *arg = action_argument(a);
	struct span first = argument, second = SPAN_EMPTY;

	if (!argument.n) {
		ui_action(ui, a);
		return true;
	}
	if (!arg) {
		err_set(e, RES_REFUSED, _("%s takes nothing behind its name."), action_infos[a].id);
		return false;
	}
	if (arg->kinds[0] != WORD_FILE) {
		second = argument;
		if (!span_word(&second, &first))
			first = SPAN_EMPTY;
		second = span_trim(second);
	}
	if (!known(ui, arg->kinds[0], first, e))
		return false;
	if (second.n && arg->kinds[1] == WORD_NONE) {
		err_set(e, RES_REFUSED, _("%s takes one word: %s."), action_infos[a].id,
			tr(arg->names));
		return false;
	}
	return takers[a](ui, first, second, e);
}
