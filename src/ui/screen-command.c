/*
 * The command line at the bottom of the screen, over whatever stands there.  Tab completes as far
 * as it is certain and then goes through the candidates, which are listed above the line.
 */
#include "ui/command.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "ui/glyphs.h"

enum { LIST_ROWS = 8, NAME_COLS = 22, KEYS_COLS = 12, PASTE_MOST = 256 };

struct command {
	struct textfield field;
	struct candidates list;
	size_t here; /* the candidate that stands in the line; list.n: none does */
	size_t past; /* the line of the history that does; history.n: none */
	char error[ERR_TEXT_MAX]; /* why the line was not run; "" */
};

/* --- the history: lines that ran ------------------------------------------------------------- */

void
command_history_forget(struct ui *ui)
{
	struct history *h = &ui->history;

	for (size_t i = 0; i < h->n; i++)
		free(h->v[i]);
	h->n = 0;
}

static void
remember(struct ui *ui, struct span line)
{
	struct history *h = &ui->history;

	line = span_trim(line);
	if (h->n && span_is(line, h->v[h->n - 1]))
		return;
	if (h->n == ARRAY_SIZE(h->v)) {
		free(h->v[0]);
		memmove(h->v, h->v + 1, (h->n - 1) * sizeof(*h->v));
		h->n--;
	}
	h->v[h->n++] = span_dup(line);
}

/* --- the line -------------------------------------------------------------------------------- */

/* The screen that the action is for. */
static unsigned
contexts_below(const struct ui *ui)
{
	return ui->n_layers > 1 ? ui->layers[ui->n_layers - 2].screen->contexts : 0;
}

static void
look_up(struct ui *ui, struct command *s)
{
	candidates_release(&s->list);
	command_candidates(ui, contexts_below(ui), buf_span(&s->field.text), &s->list);
	s->here = s->list.n;
	s->error[0] = '\0';
}

/* What was typed goes on from here. */
static void
edited(struct ui *ui, struct command *s)
{
	s->past = ui->history.n;
	look_up(ui, s);
}

static void
go_through(struct command *s, bool back)
{
	size_t n = s->list.n;

	if (s->here == n)
		s->here = back ? n - 1 : 0;
	else
		s->here = (s->here + (back ? n - 1 : 1)) % n;
	textfield_set(&s->field, span_of(s->list.v[s->here].line));
}

/* An action that is complete and takes something: its words come next. */
static bool
wants_words(const struct command *s)
{
	enum action a;

	return s->list.n == 1 && action_find(buf_span(&s->field.text), &a) && action_argument(a);
}

static void
complete(struct ui *ui, struct command *s, bool back)
{
	size_t common = candidates_common(&s->list);

	if (s->list.n == 0)
		return;
	if (wants_words(s)) {
		textfield_set(&s->field, span_of(s->list.v[0].line));
		buf_putc(&s->field.text, ' ');
		s->field.at = s->field.text.len;
		edited(ui, s);
	} else if (s->here == s->list.n && s->list.prefix && common > s->field.text.len) {
		textfield_set(&s->field, span_make(s->list.v[0].line, common));
		edited(ui, s);
	} else if (s->list.n == 1 && s->list.prefix) {
		edited(ui, s); /* a folder: what is in it */
	} else {
		go_through(s, back);
	}
}

static void
go_back_in_time(struct ui *ui, struct command *s, bool forward)
{
	struct history *h = &ui->history;

	if (forward ? s->past >= h->n : s->past == 0)
		return;
	s->past = forward ? s->past + 1 : s->past - 1;
	textfield_set(&s->field, s->past < h->n ? span_of(h->v[s->past]) : SPAN_EMPTY);
	look_up(ui, s);
}

/* The line goes before it is acted on: what that opens comes in its place. */
static unsigned
run(struct ui *ui, struct command *s)
{
	struct err e = ERR_INIT;
	struct span argument;
	enum action a;
	char *line;

	if (!span_trim(buf_span(&s->field.text)).n)
		return UI_CLOSE;
	if (!command_parse(contexts_below(ui), buf_span(&s->field.text), &a, &argument, &e)) {
		snprintf(s->error, sizeof(s->error), "%s", e.text);
		return UI_REDRAW;
	}
	line = span_dup(buf_span(&s->field.text));
	argument = span_sub(
		span_of(line), (size_t)(argument.n ? argument.p - s->field.text.p : 0), argument.n);
	ui_pop(ui);
	if (command_run(ui, a, argument, &e)) {
		remember(ui, span_of(line));
	} else {
		/* back again, to be mended */
		screen_command_push(ui);
		s = ui->layers[ui->n_layers - 1].state;
		textfield_set(&s->field, span_of(line));
		look_up(ui, s);
		snprintf(s->error, sizeof(s->error), "%s", e.text);
	}
	free(line);
	return UI_REDRAW;
}

static unsigned
command_action(struct ui *ui, void *state, enum action a)
{
	struct command *s = state;

	switch (a) {
	case ACT_BACK:
		return UI_CLOSE;
	case ACT_INTERRUPT:
		return UI_PROPAGATE;
	case ACT_ACCEPT:
		return run(ui, s);
	case ACT_COMPLETE:
	case ACT_COMPLETE_BACK:
		complete(ui, s, a == ACT_COMPLETE_BACK);
		return UI_REDRAW;
	case ACT_HISTORY_BACK:
	case ACT_HISTORY_NEXT:
		go_back_in_time(ui, s, a == ACT_HISTORY_NEXT);
		return UI_REDRAW;
	case ACT_ERASE:
		if (!s->field.text.len)
			return UI_CLOSE;
		break;
	default:
		break;
	}
	if (textfield_action(&s->field, a))
		edited(ui, s);
	return UI_REDRAW;
}

static unsigned
command_event(struct ui *ui, void *state, const struct key_event *ev)
{
	struct command *s = state;
	char key[32];

	/* the line is shown as it is typed: what looks like a secret does not come into it */
	if (ev->kind == EVENT_PASTE && (ev->paste.n > PASTE_MOST || text_holds_token(ev->paste))) {
		ui_notice(ui,
			_("Not taken: this line is shown, and that may be a secret. %s opens the "
			  "token field."),
			keymap_name(&ui->keymap, ACT_TOKENS, key, sizeof(key)));
		return UI_REDRAW;
	}
	if (textfield_event(&s->field, ev, ui->notice, sizeof(ui->notice)))
		edited(ui, s);
	return UI_REDRAW;
}

/* A click takes a candidate into the line; another one runs it. */
static unsigned
command_mouse(struct ui *ui, void *state, const struct mouse *m)
{
	struct command *s = state;
	int64_t at = ui_clicked(ui, ZONE_CHOICE, m);

	if (m->kind != MOUSE_CLICK && s->list.n)
		go_through(s, m->kind == MOUSE_WHEEL_UP);
	if (at < 0 || at >= (int64_t)s->list.n)
		return UI_REDRAW;
	if (s->here == (size_t)at)
		return run(ui, s);
	s->here = (size_t)at;
	textfield_set(&s->field, span_of(s->list.v[at].line));
	s->error[0] = '\0';
	return UI_REDRAW;
}

static void
command_leave(struct ui *ui, void *state)
{
	struct command *s = state;

	(void)ui;
	textfield_release(&s->field);
	candidates_release(&s->list);
}

/* --- what is seen ---------------------------------------------------------------------------- */

static void
draw_candidate(const struct candidate *k, bool here, struct rect r, struct canvas *c)
{
	int name = r.cols / 3 < NAME_COLS ? r.cols / 3 : NAME_COLS, col = r.col + 2;

	if (here)
		canvas_put(c, r.row, r.col, GLYPH_MARK, UIR_MARK);
	if (!k->words[0]) {
		canvas_text_cut(c, r.row, col, r.cols - 2, here ? UIR_CHOICE_HERE : UIR_CHOICE,
			span_of(k->name));
		return;
	}
	if ((int)text_cells(span_of(k->name)) > name && !k->keys[0])
		name = r.cols / 2;
	canvas_text_cut(c, r.row, col, name, here ? UIR_CHOICE_HERE : UIR_CHOICE, span_of(k->name));
	col += name + 1;
	if (k->keys[0]) {
		canvas_text_cut(c, r.row, col, KEYS_COLS - 1, UIR_DIALOG, span_of(k->keys));
		col += KEYS_COLS;
	}
	canvas_text_cut(c, r.row, col, r.col + r.cols - col, UIR_DIALOG, span_of(k->words));
}

/* What the action in the line takes: "name: use that theme"; "". */
static const char *
wanted_words(const struct command *s, char *out, size_t size)
{
	struct span rest = buf_span(&s->field.text), word;
	const struct argument *arg = NULL;
	enum action a;

	out[0] = '\0';
	if (span_word(&rest, &word) && action_find(word, &a))
		arg = action_argument(a);
	if (arg)
		text_format(out, size, "%s: %s", tr(arg->names), tr(arg->help));
	return out;
}

static void
command_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct command *s = state;
	int n = (int)s->list.n, most = c->rows / 3 < LIST_ROWS ? c->rows / 3 : LIST_ROWS;
	int rows = n < most ? n : most, here = s->here < s->list.n ? (int)s->here : 0;
	int first = here < rows ? 0 : here - rows + 1, error = s->error[0] ? 1 : 0;
	struct rect r = {c->rows - 3 - rows - error, 0, rows + error + 2, c->cols};
	char count[32] = "", note[160];

	(void)ui;
	if (s->here < s->list.n)
		snprintf(count, sizeof(count), "%d/%d", here + 1, n);
	else if (n > rows)
		snprintf(count, sizeof(count), "%d", n);
	canvas_fill(c, r, ' ', UIR_DIALOG);
	chrome_title(c, r.row, 0, c->cols, true, _("Run an action"),
		wanted_words(s, note, sizeof(note)), count);
	for (int i = 0; i < rows; i++)
		draw_candidate(&s->list.v[first + i], first + i == (int)s->here,
			(struct rect){r.row + 1 + i, 1, 1, c->cols - 2}, c);
	for (int i = 0; i < rows; i++)
		canvas_zone(c, (struct rect){r.row + 1 + i, 0, 1, c->cols}, ZONE_CHOICE, first + i);
	if (error) {
		canvas_put(c, r.row + rows + 1, 1, GLYPH_PROBLEM, UIR_PROBLEM);
		canvas_text_cut(
			c, r.row + rows + 1, 3, c->cols - 4, UIR_PROBLEM, span_of(s->error));
	}
	canvas_put(c, c->rows - 2, 1, ':', UIR_DIALOG_TITLE);
	textfield_draw(&s->field, true, "", c->rows - 2, 2, c->cols - 3, c);
}

static const enum action *
command_hints(const struct ui *ui, const void *state)
{
	static const enum action hints[] = {
		ACT_ACCEPT, ACT_COMPLETE, ACT_HISTORY_BACK, ACT_ERASE_WORD, ACT_BACK, ACT_NONE};

	(void)ui;
	(void)state;
	return hints;
}

static const struct screen screen_command = {
	.name = "command",
	.state_size = sizeof(struct command),
	.contexts = CONTEXT_COMMAND,
	.over = true,
	.leave = command_leave,
	.action = command_action,
	.event = command_event,
	.mouse = command_mouse,
	.draw = command_draw,
	.hints = command_hints,
};

void
screen_command_push(struct ui *ui)
{
	struct command *s = ui_push(ui, &screen_command);

	if (!s)
		return;
	textfield_init(&s->field, false);
	s->past = ui->history.n;
	look_up(ui, s);
}
