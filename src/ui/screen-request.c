/*
 * The request at hand as a form: its address, headers and parameters are changed, and it is sent
 * again.  What is secret in it shows its mask, can be replaced or left out, and is never seen.
 */
#include "ui/state.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "ui/glyphs.h"
#include "wizard/resend.h"

enum { NAME_COL = 3, HELP_ROWS = 4 };

struct request {
	struct resend *r;
	char label[80]; /* of the exchange it came from */
	struct picker rows; /* those of r, then one for each kind that can be added */
	struct textfield field; /* of the row that has the keys; a secret's: what replaces it */
	bool touched;
	char why[ERR_TEXT_MAX]; /* why the row was not taken, or the request not sent; "" */
};

static const struct screen screen_request;

static struct request *
on_top(const struct ui *ui)
{
	const struct layer *l = &ui->layers[ui->n_layers - 1];

	return l->screen == &screen_request ? l->state : NULL;
}

/* --- rows ------------------------------------------------------------------------------------ */

/* NULL: the row is for one that is added, of *kind. */
static const struct resend_row *
row_at(const struct request *s, size_t at, enum resend_kind *kind)
{
	const struct resend_row *rows;
	size_t n;

	rows = resend_rows(s->r, &n);
	*kind = at < n ? rows[at].kind : at == n ? RESEND_HEADER : RESEND_PARAM;
	return at < n ? &rows[at] : NULL;
}

static void
count(struct request *s)
{
	size_t n;

	(void)resend_rows(s->r, &n);
	s->rows.n = n + (resend_has_form(s->r) ? 2 : 1);
}

static void
load(struct request *s)
{
	enum resend_kind kind;
	const struct resend_row *row = row_at(s, s->rows.here, &kind);
	struct buf b;

	s->touched = false;
	s->field.secret = row && row->secret;
	buf_init_wiping(&b, LIMIT_TOKEN);
	if (row && !row->secret)
		resend_show(s->r, s->rows.here, &b);
	textfield_set(&s->field, buf_span(&b));
	buf_release(&b);
}

/* Takes what was typed; false: it is no value, and stays as it is. */
static bool
store(struct request *s)
{
	struct span text = buf_span(&s->field.text);
	struct err e = ERR_INIT;
	enum resend_kind kind;
	const struct resend_row *row = row_at(s, s->rows.here, &kind);
	enum res r = RES_OK;

	s->why[0] = '\0';
	if (!s->touched || (!row && !span_trim(text).n))
		return true;
	if (!row)
		r = resend_add(s->r, kind, text, &s->rows.here, &e);
	else if (text.n)
		r = resend_set(s->r, s->rows.here, text, &e);
	else if (!row->secret) /* one that is emptied does not go out; a secret stays as it was */
		r = resend_leave_out(s->r, s->rows.here, true, &e);
	if (r != RES_OK)
		snprintf(s->why, sizeof(s->why), "%s", e.text);
	count(s);
	return r == RES_OK;
}

static void
move(struct request *s, int by)
{
	if (!store(s))
		return;
	if (!picker_move(&s->rows, by))
		s->rows.here = by > 0 ? 0 : s->rows.n - 1;
	load(s);
}

/* Backspace on a secret that nobody has touched: it is left out, and comes back the same way. */
static bool
toggled(struct request *s, enum action a)
{
	enum resend_kind kind;
	const struct resend_row *row = row_at(s, s->rows.here, &kind);
	struct err e = ERR_INIT;

	if (!row || !row->secret || s->field.text.len || (a != ACT_ERASE && a != ACT_ERASE_NEXT))
		return false;
	if (resend_leave_out(s->r, s->rows.here, !row->out, &e) != RES_OK)
		snprintf(s->why, sizeof(s->why), "%s", e.text);
	return true;
}

/* --- sending --------------------------------------------------------------------------------- */

static void
send_now(struct ui *ui, struct request *s)
{
	enum purpose p = resend_purpose(s->r);
	struct err e = ERR_INIT;

	if (wizard_resend(ui->d->wizard, s->r, &e) != RES_OK) {
		snprintf(s->why, sizeof(s->why), "%s", e.text);
		return;
	}
	s->r = NULL; /* taken */
	ui_pop_all(ui);
	ui->model_stale = true;
	ui_notice(ui, _("Sent as it was edited: %s."), tr(purpose_words(p)));
}

static void
agreed(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct request *s = on_top(ui);

	(void)text;
	(void)arg;
	if (choice == 0 && s)
		send_now(ui, s);
}

static void
ask_refresh(struct ui *ui)
{
	const char *path = NULL;
	enum token_place place = wizard_token_place(ui->d->wizard, &path);
	char *where = place_sentence(place, path);
	char *text =
		xasprintf(_("This sends the refresh token, in the request as you edited it. The "
			    "server may make the old refresh token invalid at once (rotation), "
			    "and the old access token, too.\n\n%s."),
			where);

	dialog_open(ui,
		&(struct dialog_spec){.title = _("Refresh the tokens?"),
			.text = text,
			.choices = {_("Refresh now"), _("Go on editing")},
			.n_choices = 2,
			.first = 1,
			.done = agreed});
	free(text);
	free(where);
}

static void
ask_revoke(struct ui *ui)
{
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Revoke the token?"),
			.text = _("This sends the revocation, in the request as you edited it. It "
				  "cannot be undone.\n\nThen the access token is verified and used "
				  "again, as proof."),
			.choices = {_("Revoke it"), _("Go on editing")},
			.n_choices = 2,
			.first = 1,
			.done = agreed});
}

static void
accept(struct ui *ui, struct request *s)
{
	struct err e = ERR_INIT;

	if (!store(s))
		return;
	load(s);
	if (wizard_resend_check(ui->d->wizard, s->r, &e) != RES_OK) {
		snprintf(s->why, sizeof(s->why), "%s", e.text);
		s->rows.here = 0;
		load(s);
	} else if (resend_purpose(s->r) == PURPOSE_REVOCATION) {
		ask_revoke(ui);
	} else if (resend_purpose(s->r) != PURPOSE_REFRESH) {
		send_now(ui, s);
	} else if (wizard_token_place(ui->d->wizard, NULL) == PLACE_UNCHOSEN) {
		place_ask(ui,
			_("A refresh can make the old tokens invalid. Choose first where the new "
			  "ones are kept."),
			ask_refresh);
	} else {
		ask_refresh(ui);
	}
}

/* --- keys ------------------------------------------------------------------------------------ */

static unsigned
request_action(struct ui *ui, void *state, enum action a)
{
	struct request *s = state;

	switch (a) {
	case ACT_ACCEPT:
		accept(ui, s);
		return UI_REDRAW;
	case ACT_BACK:
		return UI_CLOSE;
	case ACT_INTERRUPT:
		return UI_PROPAGATE;
	case ACT_FORM_NEXT:
		move(s, 1);
		return UI_REDRAW;
	case ACT_FORM_PREV:
		move(s, -1);
		return UI_REDRAW;
	default:
		if (!toggled(s, a) && textfield_action(&s->field, a)) {
			s->touched = true;
			s->why[0] = '\0';
		}
		return UI_REDRAW;
	}
}

static unsigned
request_event(struct ui *ui, void *state, const struct key_event *ev)
{
	struct request *s = state;
	enum resend_kind kind;
	const struct resend_row *row = row_at(s, s->rows.here, &kind);

	/* of a row to be added nobody knows yet whether it is a secret's: its name says so first */
	if (ev->kind == EVENT_PASTE && !s->field.secret && text_holds_token(span_trim(ev->paste)) &&
		(row || !resend_text_is_secret(kind, buf_span(&s->field.text)))) {
		ui_notice(ui, _("Not taken: it looks like a secret, and this row is shown."));
		return UI_REDRAW;
	}
	if (textfield_event(&s->field, ev, ui->notice, sizeof(ui->notice)))
		s->touched = true;
	s->why[0] = '\0';
	return UI_REDRAW;
}

/* A click gives a row the keys, once the one that had them was taken. */
static unsigned
request_mouse(struct ui *ui, void *state, const struct mouse *m)
{
	struct request *s = state;
	int64_t at = ui_clicked(ui, ZONE_CHOICE, m);

	if (at >= 0 && at < (int64_t)s->rows.n && store(s)) {
		s->rows.here = (size_t)at;
		load(s);
	}
	return UI_REDRAW;
}

static const enum action *
request_hints(const struct ui *ui, const void *state)
{
	static const enum action hints[] = {
		ACT_ACCEPT, ACT_FORM_NEXT, ACT_ERASE_ALL, ACT_BACK, ACT_INTERRUPT, ACT_NONE};

	(void)ui;
	(void)state;
	return hints;
}

/* --- drawing --------------------------------------------------------------------------------- */

static int
name_cols(const struct canvas *c)
{
	return c->cols >= 80 ? 24 : 16;
}

static void
draw_value(const struct request *s, size_t at, struct rect r, struct canvas *c)
{
	enum resend_kind kind;
	const struct resend_row *row = row_at(s, at, &kind);
	bool here = at == s->rows.here;
	struct textfield shown = s->field;
	struct buf b;

	buf_init_wiping(&b, LIMIT_TOKEN);
	if (!row)
		buf_puts(&b, kind == RESEND_HEADER ? _("Name: value") : _("name=value"));
	else
		resend_show(s->r, at, &b);
	/* while it is typed, as far as its name is known */
	shown.secret = row ? row->secret : resend_text_is_secret(kind, buf_span(&s->field.text));
	if (row && row->out && !(here && s->touched))
		canvas_puts(c, r.row, r.col, r.cols, UIR_DIM, _("(left out)"));
	else if (here && row && row->secret && !s->field.text.len)
		canvas_text_cut(c, r.row, r.col, r.cols, UIR_INPUT, buf_span(&b));
	else if (here)
		textfield_draw(&shown, true, buf_str(&b), r.row, r.col, r.cols, c);
	else
		canvas_text_cut(c, r.row, r.col, r.cols, row ? UIR_VALUE : UIR_DIM, buf_span(&b));
	if (here && row && row->secret && !s->field.text.len)
		canvas_cursor(c, r.row, r.col);
	buf_release(&b);
}

static void
draw_row(const void *ctx, size_t at, enum ui_role role UNUSED, struct rect r, struct canvas *c)
{
	const struct request *s = ctx;
	enum resend_kind kind;
	const struct resend_row *row = row_at(s, at, &kind);
	int cols = name_cols(c);
	const char *name = !row      ? (kind == RESEND_HEADER ? _("+ header") : _("+ parameter"))
		: kind == RESEND_URL ? resend_method(s->r)
				     : row->name;

	canvas_text_cut(
		c, r.row, r.col, cols, at == s->rows.here ? UIR_SELECTED : UIR_NAME, span_of(name));
	if (row && row->changed)
		canvas_puts(c, r.row, r.col + cols, 1, UIR_WARNING, "*");
	draw_value(s, at, (struct rect){r.row, r.col + cols + 2, 1, r.cols - cols - 2}, c);
}

static void
draw_help(const struct request *s, struct rect r, struct canvas *c)
{
	enum resend_kind kind;
	const struct resend_row *row = row_at(s, s->rows.here, &kind);
	const char *words = _("Enter sends it, to where the profile and its own metadata point and "
			      "nowhere else; the answer counts like any other and is marked as "
			      "edited by hand. A row that is emptied is left out.");

	if (row && row->locked)
		words = _("This row stays as it is: what is kept of the tokens hangs on it.");
	else if (row && row->secret)
		words = _("A secret: its value goes out and is not shown. Type or paste to replace "
			  "it; Backspace leaves it out, and takes it back.");
	else if (s->rows.here == 0 && *resend_added(s->r))
		words = resend_added(s->r);
	if (s->why[0])
		canvas_put(c, r.row, 1, GLYPH_PROBLEM, UIR_PROBLEM);
	canvas_wrap(
		c, r, s->why[0] ? UIR_PROBLEM : UIR_MEANING, span_of(s->why[0] ? s->why : words));
}

static void
request_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct request *s = state;
	struct rect all = chrome_all(ui, c);
	int row = all.row, most = all.rows - 2 - HELP_ROWS;

	chrome_title(c, row++, 1, c->cols - 2, true, _("Request, edited by hand"), s->label, "");
	picker_draw(&s->rows, true, (struct rect){row, 1, most, c->cols - 2}, draw_row, s, c);
	row = c->rows - 1 - HELP_ROWS;
	for (int i = 1; i < c->cols - 1; i++)
		canvas_put(c, row - 1, i, GLYPH_HLINE, UIR_RULE);
	draw_help(s, (struct rect){row, NAME_COL, HELP_ROWS, c->cols - 2 * NAME_COL}, c);
}

static void
request_leave(struct ui *ui, void *state)
{
	struct request *s = state;

	(void)ui;
	resend_free(s->r);
	textfield_release(&s->field);
}

static const struct screen screen_request = {
	.name = "request",
	.state_size = sizeof(struct request),
	.contexts = CONTEXT_FORM,
	.leave = request_leave,
	.action = request_action,
	.event = request_event,
	.mouse = request_mouse,
	.draw = request_draw,
	.hints = request_hints,
};

void
screen_request_push(struct ui *ui)
{
	const struct exchange *x = step_exchange(ui);
	char why[LIMIT_MESSAGE] = "";
	struct resend *r;
	struct request *s;

	if (ui_notice_offline(ui))
		return;
	if (!x) {
		ui_notice(ui, _("Nothing was sent yet: there is no request to change."));
		return;
	}
	r = wizard_resend_new(ui->d->wizard, x, why, sizeof(why));
	if (!r) {
		dialog_tell(ui, _("This request is not sent by hand"), why);
		return;
	}
	ui_pop_all(ui);
	s = ui_push(ui, &screen_request);
	if (!s) {
		resend_free(r);
		return;
	}
	s->r = r;
	exchange_label(x, s->label, sizeof(s->label));
	textfield_init(&s->field, false);
	count(s);
	load(s);
}
