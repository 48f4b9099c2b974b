#include "ui/state.h"

#include "base/mem.h"
#include "base/tr.h"

void *
ui_push(struct ui *ui, const struct screen *s)
{
	struct layer *l;

	if (ui->n_layers >= UI_LAYERS)
		return NULL;
	l = &ui->layers[ui->n_layers++];
	l->screen = s;
	l->state = xcalloc(1, s->state_size ? s->state_size : 1);
	ui->dirty = true;
	return l->state;
}

void
ui_pop(struct ui *ui)
{
	struct layer *l;

	if (ui->n_layers == 0)
		return;
	l = &ui->layers[--ui->n_layers];
	if (l->screen->leave)
		l->screen->leave(ui, l->state);
	/* a field may have held a secret's first bytes */
	wipe(l->state, l->screen->state_size);
	free(l->state);
	ui->dirty = true;
}

void
ui_pop_all(struct ui *ui)
{
	while (ui->n_layers > 1)
		ui_pop(ui);
}

static void
draw_too_small(struct canvas *c)
{
	const char *const words[] = {_("too small: needs 60x18"), "needs 60x18", "60x18"};
	size_t i = 0;
	int cells;

	while ((cells = (int)text_cells(span_of(words[i]))) > c->cols && i + 1 < ARRAY_SIZE(words))
		i++;
	canvas_puts(c, c->rows / 2, c->cols > cells ? (c->cols - cells) / 2 : 0, c->cols,
		UIR_WARNING, words[i]);
}

void
ui_draw(const struct ui *ui, struct canvas *c)
{
	int first = ui->n_layers - 1;

	canvas_clear(c);
	if (c->rows < UI_MIN_ROWS || c->cols < UI_MIN_COLS) {
		draw_too_small(c);
		return;
	}
	while (first > 0 && ui->layers[first].screen->over)
		first--;
	for (int i = first < 0 ? 0 : first; i < ui->n_layers; i++) {
		c->cursor_row = c->cursor_col = -1;
		canvas_clip(c, (struct rect){0, 0, c->rows, c->cols});
		canvas_zones_clear(c); /* a click is for the layer on top */
		ui->layers[i].screen->draw(ui, ui->layers[i].state, c);
	}
	canvas_clip(c, (struct rect){0, 0, c->rows, c->cols});
	chrome_footer(ui, c);
}

/* What a handler of the layer at `at` asked for. */
static void
follow_up(struct ui *ui, int at, const struct layer *was, unsigned flags, enum action a)
{
	if (flags & (UI_REDRAW | UI_HANDLED | UI_CLOSE))
		ui->dirty = true;
	/* the handler may have opened or closed others; only its own layer is closed */
	if (flags & UI_CLOSE && at == ui->n_layers - 1 && ui->layers[at].state == was->state)
		ui_pop(ui);
	if (flags & UI_PROPAGATE)
		ui_global_action(ui, a);
}

void
ui_action(struct ui *ui, enum action a)
{
	int at = ui->n_layers - 1;
	struct layer l = ui->layers[at];

	follow_up(ui, at, &l, l.screen->action(ui, l.state, a), a);
}

int64_t
ui_clicked(const struct ui *ui, enum zone_kind kind, const struct mouse *m)
{
	const struct zone *z = canvas_zone_at(&ui->canvas, kind, m->row, m->col);

	return m->kind == MOUSE_CLICK && z ? z->arg : -1;
}

/* The wheel in forms, and where a screen has no other use for it. */
static void
turn_wheel(struct ui *ui, unsigned contexts, bool up)
{
	for (int i = 0; i < WHEEL_ROWS && contexts & CONTEXT_LIST; i++)
		ui_action(ui, up ? ACT_UP : ACT_DOWN);
	if (contexts & CONTEXT_LIST)
		return;
	if (contexts & CONTEXT_FORM)
		ui_action(ui, up ? ACT_FORM_PREV : ACT_FORM_NEXT);
	else if (contexts & CONTEXT_COMMAND)
		ui_action(ui, up ? ACT_COMPLETE_BACK : ACT_COMPLETE);
}

static void
take_mouse(struct ui *ui, int at, struct layer *l, const struct mouse *m)
{
	int64_t a = ui_clicked(ui, ZONE_ACTION, m);
	bool wheel = m->kind != MOUSE_CLICK;

	if (a > 0)
		ui_action(ui, (enum action)a);
	else if (l->screen->mouse && !(wheel && l->screen->contexts & CONTEXT_FORM))
		follow_up(ui, at, l, l->screen->mouse(ui, l->state, m), ACT_NONE);
	else if (wheel)
		turn_wheel(ui, l->screen->contexts, m->kind == MOUSE_WHEEL_UP);
}

void
ui_event(struct ui *ui, const struct key_event *ev)
{
	int at = ui->n_layers - 1;
	struct layer l = ui->layers[at];
	enum action a = ACT_NONE;
	char key[32];

	if (ui->notice[0]) {
		ui->notice[0] = '\0';
		ui->dirty = true;
	}
	ui->key = ev->kind == EVENT_KEY ? ev->key : (struct key){0, 0};
	if (ev->kind == EVENT_MOUSE) {
		take_mouse(ui, at, &l, &ev->mouse);
		return;
	}
	if (ev->kind == EVENT_KEY)
		a = keymap_lookup(&ui->keymap, l.screen->contexts, ev->key);
	if (a != ACT_NONE)
		ui_action(ui, a);
	else if (l.screen->event)
		follow_up(ui, at, &l, l.screen->event(ui, l.state, ev), ACT_NONE);
	else if (ev->kind == EVENT_PASTE)
		ui_notice(ui,
			_("Pasted %zu bytes, but no field takes them here; %s opens the token "
			  "field."),
			ev->paste.n, keymap_name(&ui->keymap, ACT_TOKENS, key, sizeof(key)));
	ui->key = (struct key){0, 0};
}

int64_t
ui_deadline(const struct ui *ui)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < ui->n_layers; i++) {
		const struct layer *l = &ui->layers[i];
		int64_t t = l->screen->deadline ? l->screen->deadline(ui, l->state) : INT64_MAX;

		if (t < least)
			least = t;
	}
	return least;
}

void
ui_timeout(struct ui *ui, int64_t now_us)
{
	for (int i = ui->n_layers - 1; i >= 0 && i < ui->n_layers; i--) {
		struct layer l = ui->layers[i];

		if (l.screen->deadline && l.screen->deadline(ui, l.state) <= now_us)
			follow_up(ui, i, &l, l.screen->timeout(ui, l.state, now_us), ACT_NONE);
	}
}
