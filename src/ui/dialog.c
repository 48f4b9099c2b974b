#include "ui/state.h"

#include "base/mem.h"
#include "base/tr.h"
#include "ui/glyphs.h"

enum { VERDICT_END = 5 };

struct dialog {
	struct dialog_spec spec; /* without its words */
	char *title, *text, *hint;
	size_t here; /* the choice Enter takes */
	struct textfield field;
	char error[ERR_TEXT_MAX]; /* why the line was not taken; "" */
};

static void
keep(struct ui *ui, size_t at, struct span text)
{
	if (ui->kept[at])
		wipe(ui->kept[at], strlen(ui->kept[at]));
	free(ui->kept[at]);
	ui->kept[at] = text.n ? span_dup(text) : NULL;
}

void
dialog_forget(struct ui *ui)
{
	for (size_t i = 0; i < KEEP_COUNT; i++)
		keep(ui, i, SPAN_EMPTY);
	free(ui->copying);
	ui->copying = NULL;
	free(ui->over);
	ui->over = NULL;
}

static void
dialog_leave(struct ui *ui, void *state)
{
	struct dialog *d = state;

	if (d->spec.keep && !d->field.proposed)
		keep(ui, d->spec.keep - 1, buf_span(&d->field.text));
	free(d->title);
	free(d->text);
	free(d->hint);
	textfield_release(&d->field);
}

/* The dialog goes before its answer is acted on: what that opens comes in its place. */
static unsigned
answer(struct ui *ui, struct dialog *d, size_t choice)
{
	struct dialog_spec spec = d->spec;
	struct err why = ERR_INIT;
	struct buf text;

	if (spec.take && !spec.take(ui, buf_span(&d->field.text), spec.arg, &why)) {
		snprintf(d->error, sizeof(d->error), "%s", why.text);
		d->field.proposed = false;
		return UI_REDRAW;
	}
	buf_init_wiping(&text, LIMIT_TOKEN);
	buf_add_span(&text, buf_span(&d->field.text));
	ui_pop(ui);
	if (spec.done)
		spec.done(ui, choice, buf_span(&text), spec.arg);
	buf_release(&text);
	return UI_REDRAW;
}

static unsigned
dialog_action(struct ui *ui, void *state, enum action a)
{
	struct dialog *d = state;
	size_t n = d->spec.n_choices;

	switch (a) {
	case ACT_BACK:
		return UI_CLOSE;
	case ACT_INTERRUPT:
		return UI_PROPAGATE;
	case ACT_ACCEPT:
		return answer(ui, d, d->here);
	case ACT_FORM_NEXT:
		d->here = n ? (d->here + 1) % n : 0;
		return UI_REDRAW;
	case ACT_FORM_PREV:
		d->here = n ? (d->here + n - 1) % n : 0;
		return UI_REDRAW;
	case ACT_CURSOR_LEFT:
	case ACT_CURSOR_RIGHT:
		if (!d->spec.input && n) {
			d->here = (d->here + (a == ACT_CURSOR_LEFT ? n - 1 : 1)) % n;
			return UI_REDRAW;
		}
		break;
	default:
		break;
	}
	if (d->spec.input && textfield_action(&d->field, a))
		d->error[0] = '\0';
	return UI_REDRAW;
}

static unsigned
dialog_event(struct ui *ui, void *state, const struct key_event *ev)
{
	struct dialog *d = state;

	if (d->spec.input) {
		if (textfield_event(&d->field, ev, ui->notice, sizeof(ui->notice)))
			d->error[0] = '\0';
		return UI_REDRAW;
	}
	/* a digit takes its choice, 0 the tenth; hjkl move, as everywhere */
	if (ev->kind == EVENT_KEY && ev->key.code >= '0' && ev->key.code <= '9' &&
		(ev->key.code + 9 - '0') % 10 < d->spec.n_choices)
		return answer(ui, d, (ev->key.code + 9 - '0') % 10);
	if (ev->kind == EVENT_KEY && (ev->key.code == 'j' || ev->key.code == 'k'))
		return dialog_action(
			ui, state, ev->key.code == 'j' ? ACT_FORM_NEXT : ACT_FORM_PREV);
	if (ev->kind == EVENT_KEY && ev->key.code == 'q')
		return UI_CLOSE;
	return UI_HANDLED;
}

static unsigned
dialog_mouse(struct ui *ui, void *state, const struct mouse *m)
{
	struct dialog *d = state;
	int64_t choice = ui_clicked(ui, ZONE_CHOICE, m);

	return choice >= 0 && choice < (int64_t)d->spec.n_choices
		? answer(ui, d, (size_t)choice)
		: UI_HANDLED;
}

static int
text_rows(const char *text, int cols)
{
	struct span rest = span_of(text), line;
	int n = 0;

	while (wrap_next(&rest, cols, &line))
		n++;
	return n;
}

static void
dialog_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct dialog *d = state;
	int cols = c->cols - 4 < 72 ? c->cols - 4 : 72, inner = cols - 4;
	int error = d->error[0] ? text_rows(d->error, inner - 2) : 0;
	int text = text_rows(d->text, inner), rows, row;
	int most = c->rows - 5 - (int)d->spec.n_choices - (d->spec.input ? 2 : 0) - error;
	struct rect r;

	(void)ui;
	if (text > most)
		text = most;
	rows = 2 + text + (text ? 1 : 0) + (d->spec.input ? 1 : 0) + error + (int)d->spec.n_choices;
	if (d->spec.input && d->spec.n_choices)
		rows++;
	r = (struct rect){(c->rows - rows) / 2, (c->cols - cols) / 2, rows, cols};
	/* verdict and countdown stay in sight where there is room for that */
	if (r.row < VERDICT_END && VERDICT_END + rows < c->rows)
		r.row = VERDICT_END;
	canvas_fill(c, r, ' ', UIR_DIALOG);
	canvas_frame(c, r, UIR_DIALOG_EDGE);
	canvas_printf(c, r.row, r.col + 2, cols - 4, UIR_DIALOG_TITLE, " %s ", d->title);
	row = r.row + 1;
	row += canvas_wrap(
		c, (struct rect){row, r.col + 2, text, inner}, UIR_DIALOG, span_of(d->text));
	row += text ? 1 : 0;
	if (d->spec.input) {
		textfield_draw(&d->field, true, d->hint, row, r.col + 2, inner, c);
		row++;
		if (error)
			canvas_put(c, row, r.col + 2, GLYPH_PROBLEM, UIR_PROBLEM);
		row += canvas_wrap(c, (struct rect){row, r.col + 4, error, inner - 2}, UIR_PROBLEM,
			span_of(d->error));
		row += d->spec.n_choices ? 1 : 0;
	}
	for (size_t i = 0; i < d->spec.n_choices; i++, row++) {
		bool here = i == d->here;

		if (here)
			canvas_put(c, row, r.col + 2, GLYPH_MARK, UIR_MARK);
		canvas_printf(c, row, r.col + 4, inner - 2, here ? UIR_CHOICE_HERE : UIR_CHOICE,
			"%zu %s", (i + 1) % 10, d->spec.choices[i]);
		canvas_zone(c, (struct rect){row, r.col + 1, 1, cols - 2}, ZONE_CHOICE, (int)i);
	}
}

static const enum action *
dialog_hints(const struct ui *ui, const void *state)
{
	static const enum action choice[] = {ACT_ACCEPT, ACT_FORM_NEXT, ACT_BACK, ACT_NONE};
	static const enum action input[] = {ACT_ACCEPT, ACT_ERASE_ALL, ACT_BACK, ACT_NONE};

	(void)ui;
	return ((const struct dialog *)state)->spec.input ? input : choice;
}

static const struct screen screen_dialog = {
	.name = "dialog",
	.state_size = sizeof(struct dialog),
	.contexts = CONTEXT_FORM,
	.over = true,
	.leave = dialog_leave,
	.action = dialog_action,
	.event = dialog_event,
	.mouse = dialog_mouse,
	.draw = dialog_draw,
	.hints = dialog_hints,
};

void
dialog_open(struct ui *ui, const struct dialog_spec *spec)
{
	struct dialog *d = ui_push(ui, &screen_dialog);

	if (!d)
		return;
	d->spec = *spec;
	d->spec.title = d->spec.text = d->spec.hint = d->spec.value = NULL;
	d->title = xstrdup(spec->title);
	d->text = xstrdup(spec->text ? spec->text : "");
	d->hint = xstrdup(spec->hint ? spec->hint : "");
	d->here = spec->first;
	textfield_init(&d->field, spec->secret);
	if (spec->keep && ui->kept[spec->keep - 1]) {
		textfield_set(&d->field, span_of(ui->kept[spec->keep - 1]));
	} else if (spec->value) {
		textfield_set(&d->field, span_of(spec->value));
		d->field.proposed = spec->value[0] != '\0';
	}
}

void
dialog_tell(struct ui *ui, const char *title, const char *text)
{
	dialog_open(ui,
		&(struct dialog_spec){
			.title = title, .text = text, .choices = {_("Close")}, .n_choices = 1});
}
