/* Which way to log in again: those that can be done, and why not for the others. */
#include "ui/login.h"

#include "base/tr.h"
#include "ui/glyphs.h"

enum { TALL = 24 };

struct choose {
	size_t here;
};

static bool
can(const struct ui *ui, size_t k, char *why, size_t size)
{
	return wizard_can_login(ui->d->wizard, (enum flow_kind)k, why, size);
}

/* The next one that can be done, from `from` in direction `by`; FLOW_COUNT: none. */
static size_t
next_flow(const struct ui *ui, size_t from, size_t by)
{
	for (size_t i = 0; i < FLOW_COUNT; i++) {
		from = (from + by) % FLOW_COUNT;
		if (can(ui, from, NULL, 0))
			return from;
	}
	return FLOW_COUNT;
}

static void
take(struct ui *ui, size_t at)
{
	char why[LIMIT_MESSAGE] = "";

	if (at >= FLOW_COUNT)
		ui_notice(ui, _("None of them can be done now."));
	else if (can(ui, at, why, sizeof(why)))
		login_open(ui, (enum flow_kind)at);
	else
		ui_notice(ui, _("Not now: %s."), why);
}

static unsigned
choose_action(struct ui *ui, void *state, enum action a)
{
	struct choose *s = state;

	switch (a) {
	case ACT_BACK:
	case ACT_QUIT:
	case ACT_LOGIN:
		return UI_CLOSE;
	case ACT_UP:
	case ACT_DOWN:
		s->here = next_flow(ui, s->here % FLOW_COUNT, a == ACT_UP ? FLOW_COUNT - 1 : 1);
		return UI_REDRAW;
	case ACT_ENTER:
		take(ui, s->here);
		return UI_REDRAW;
	case ACT_STEP_1:
	case ACT_STEP_2:
	case ACT_STEP_3:
	case ACT_STEP_4:
	case ACT_STEP_5:
		take(ui, (size_t)(a - ACT_STEP_1));
		return UI_REDRAW;
	case ACT_PREV_STEP:
	case ACT_NEXT_STEP:
	case ACT_HELP:
	case ACT_INTERRUPT:
	case ACT_COMMAND:
	case ACT_REDRAW:
		return UI_PROPAGATE;
	default:
		return UI_HANDLED;
	}
}

static unsigned
choose_mouse(struct ui *ui, void *state, const struct mouse *m)
{
	int64_t at = ui_clicked(ui, ZONE_CHOICE, m);

	if (m->kind != MOUSE_CLICK)
		return choose_action(ui, state, m->kind == MOUSE_WHEEL_UP ? ACT_UP : ACT_DOWN);
	if (at >= 0)
		take(ui, (size_t)at);
	return UI_REDRAW;
}

/*
 * One flow: its name; below, what it takes, or what stands against it.  On a small terminal what it
 * takes stands below the marked one alone, and whole.  Returns the rows.
 */
static int
draw_flow(const struct ui *ui, const struct choose *s, size_t k, int row, struct canvas *c)
{
	const struct flow_row *f = flow_row((enum flow_kind)k);
	char why[LIMIT_MESSAGE] = "";
	bool here = k == s->here, may = can(ui, k, why, sizeof(why));
	struct buf b;
	int used;

	if (here)
		canvas_put(c, row, 1, GLYPH_MARK, UIR_MARK);
	canvas_printf(c, row, 3, c->cols - 4,
		!may ? UIR_SKIPPED : here ? UIR_CHOICE_HERE : UIR_CHOICE, "%zu %s", k + 1,
		tr(f->words));
	canvas_zone(c, (struct rect){row, 0, 1, c->cols}, ZONE_CHOICE, (int)k);
	if (may && !here && c->rows < TALL)
		return 1;
	buf_init(&b, 4 * LIMIT_MESSAGE);
	if (may)
		buf_printf(&b, why[0] ? _("Takes %s; %s. But %s") : _("Takes %s; %s.%s"),
			tr(f->takes), tr(f->whose), why);
	else
		buf_printf(&b, _("Not now: %s."), why);
	used = canvas_wrap(c, (struct rect){row + 1, 5, may && here ? 4 : 2, c->cols - 7},
		may ? UIR_MEANING : UIR_SKIPPED, buf_span(&b));
	buf_release(&b);
	canvas_zone(c, (struct rect){row, 0, 1 + used, c->cols}, ZONE_CHOICE, (int)k);
	return 1 + used;
}

static void
choose_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct choose *s = state;
	int row = c->rows >= TALL ? chrome_all(ui, c).row : chrome_header(ui, c);

	chrome_title(c, row++, 1, c->cols - 2, true, _("Log in again: which way?"),
		_("nothing is sent yet"), "");
	for (size_t k = 0; k < FLOW_COUNT; k++)
		row += draw_flow(ui, s, k, row, c);
}

static const enum action *
choose_hints(const struct ui *ui, const void *state)
{
	static const enum action hints[] = {ACT_ENTER, ACT_UP, ACT_BACK, ACT_NONE};

	(void)ui;
	(void)state;
	return hints;
}

static const struct screen screen_choose = {
	.name = "login-choose",
	.state_size = sizeof(struct choose),
	.contexts = CONTEXT_LIST | CONTEXT_GLOBAL,
	.action = choose_action,
	.mouse = choose_mouse,
	.draw = choose_draw,
	.hints = choose_hints,
};

void
flow_login(struct ui *ui)
{
	struct choose *s;

	if (ui_notice_offline(ui))
		return;
	if (ui->m.busy && !flow_active(ui->m.login.phase)) {
		ui_notice_busy(ui);
		return;
	}
	s = ui_push(ui, &screen_choose);
	if (!s)
		return;
	s->here = can(ui, 0, NULL, 0) ? 0 : next_flow(ui, 0, 1);
	/* one that was left goes on where it stands */
	if (flow_active(ui->m.login.phase))
		login_open(ui, ui->m.login.kind);
}
