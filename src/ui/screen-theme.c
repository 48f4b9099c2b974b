#include "ui/state.h"

#include "base/mem.h"
#include "base/tr.h"
#include "ui/glyphs.h"

/*
 * The list of themes over the screen that is looked at: the marked one is in use at once, Enter
 * keeps it, Esc goes back to the one of before.
 */
enum { LIST_COLS = 30 };

struct themes {
	char names[UI_THEMES][UI_THEME_NAME];
	size_t n, here;
	struct theme before;
	bool kept;
	char error[200]; /* of the marked one */
};

static void
use(struct ui *ui, const struct theme *t)
{
	ui->theme = *t;
	ui->d->term->set_theme(ui->term, &ui->theme);
}

/* One that cannot be read leaves what is seen as it is, and says why. */
static void
preview(struct ui *ui, struct themes *s)
{
	struct err e = ERR_INIT;
	struct theme t;

	s->error[0] = '\0';
	if (ui->d->load_theme(ui->d->ctx, s->names[s->here], &t, &e) == RES_OK)
		use(ui, &t);
	else
		snprintf(s->error, sizeof(s->error), "%s", e.text);
}

static void
themes_leave(struct ui *ui, void *state)
{
	struct themes *s = state;

	if (!s->kept)
		use(ui, &s->before);
}

static void
say_how_kept(struct ui *ui, const char *name)
{
	ui_notice(ui, _("For the next time: theme = \"%s\"; in the group ui of the configuration."),
		name);
}

static unsigned
keep(struct ui *ui, struct themes *s)
{
	if (s->error[0])
		return UI_REDRAW;
	s->kept = true;
	say_how_kept(ui, s->names[s->here]);
	return UI_CLOSE;
}

static unsigned
themes_action(struct ui *ui, void *state, enum action a)
{
	struct themes *s = state;

	switch (a) {
	case ACT_ACCEPT:
		return keep(ui, s);
	case ACT_BACK:
		return UI_CLOSE;
	case ACT_INTERRUPT:
		return UI_PROPAGATE;
	case ACT_FORM_NEXT:
	case ACT_FORM_PREV:
		s->here = (s->here + (a == ACT_FORM_NEXT ? 1 : s->n - 1)) % s->n;
		preview(ui, s);
		return UI_REDRAW;
	default:
		return UI_HANDLED;
	}
}

static unsigned
themes_event(struct ui *ui, void *state, const struct key_event *ev)
{
	if (ev->kind != EVENT_KEY)
		return UI_HANDLED;
	if (ev->key.code == 'j' || ev->key.code == 'k')
		return themes_action(
			ui, state, ev->key.code == 'j' ? ACT_FORM_NEXT : ACT_FORM_PREV);
	return ev->key.code == 'q' ? UI_CLOSE : UI_HANDLED;
}

/* A click shows it, another keeps it. */
static unsigned
themes_mouse(struct ui *ui, void *state, const struct mouse *m)
{
	struct themes *s = state;
	int64_t choice = ui_clicked(ui, ZONE_CHOICE, m);

	if (choice < 0 || choice >= (int64_t)s->n)
		return UI_HANDLED;
	if (s->here == (size_t)choice)
		return keep(ui, s);
	s->here = (size_t)choice;
	preview(ui, s);
	return UI_REDRAW;
}

/* At the right edge: verdict, fields and log stay in sight, by which it is chosen. */
static void
themes_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct themes *s = state;
	int most = c->rows - 8, rows = (int)s->n < most ? (int)s->n : most;
	int first = (int)s->here < rows ? 0 : (int)s->here - rows + 1;
	int tail = s->error[0] ? 3 : 0;
	struct rect r = {4, c->cols - LIST_COLS - 2, rows + 2 + tail, LIST_COLS};

	(void)ui;
	canvas_fill(c, r, ' ', UIR_DIALOG);
	canvas_frame(c, r, UIR_DIALOG_EDGE);
	canvas_puts(c, r.row, r.col + 2, r.cols - 4, UIR_DIALOG_TITLE, _(" Theme "));
	for (int i = 0; i < rows; i++) {
		bool here = first + i == (int)s->here;

		if (here)
			canvas_put(c, r.row + 1 + i, r.col + 2, GLYPH_MARK, UIR_MARK);
		canvas_text_cut(c, r.row + 1 + i, r.col + 4, r.cols - 6,
			here ? UIR_CHOICE_HERE : UIR_CHOICE, span_of(s->names[first + i]));
		canvas_zone(c, (struct rect){r.row + 1 + i, r.col + 1, 1, r.cols - 2}, ZONE_CHOICE,
			first + i);
	}
	canvas_wrap(c, (struct rect){r.row + 1 + rows, r.col + 2, tail, r.cols - 4}, UIR_PROBLEM,
		span_of(s->error));
}

static const enum action *
themes_hints(const struct ui *ui, const void *state)
{
	static const enum action hints[] = {ACT_ACCEPT, ACT_FORM_NEXT, ACT_BACK, ACT_NONE};

	(void)ui;
	(void)state;
	return hints;
}

static const struct screen screen_theme = {
	.name = "theme",
	.state_size = sizeof(struct themes),
	.contexts = CONTEXT_FORM,
	.over = true,
	.leave = themes_leave,
	.action = themes_action,
	.event = themes_event,
	.mouse = themes_mouse,
	.draw = themes_draw,
	.hints = themes_hints,
};

/* Are there any, and can they be seen? */
static bool
any_themes(const struct ui *ui, struct err *e)
{
	if (!ui->d->list_themes || !ui->d->load_theme)
		err_set(e, RES_UNSUPPORTED, "There are no themes to choose from here.");
	else if (ui->d->term->colours(ui->term) < 8)
		err_set(e, RES_UNSUPPORTED,
			"Without colours there is one theme: bold, dim, underline and reverse.");
	else
		return true;
	return false;
}

bool
screen_theme_use(struct ui *ui, const char *name, struct err *e)
{
	struct theme t;

	if (!any_themes(ui, e) || ui->d->load_theme(ui->d->ctx, name, &t, e) != RES_OK)
		return false;
	use(ui, &t);
	say_how_kept(ui, name);
	return true;
}

void
screen_theme_push(struct ui *ui)
{
	struct err e = ERR_INIT;
	struct themes *s;

	if (!any_themes(ui, &e)) {
		ui_notice(ui, "%s", e.text);
		return;
	}
	s = ui_push(ui, &screen_theme);
	if (!s)
		return;
	s->before = ui->theme;
	s->n = ui->d->list_themes(ui->d->ctx, s->names, UI_THEMES);
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->names[i], ui->theme.name) == 0)
			s->here = i;
	}
	if (!s->n)
		ui_pop(ui);
}
