/*
 * The profile editor: one row a key of case/profile.def.  What a value may be, and where it is
 * written, the configuration knows (ui.h's struct ui_profiles); nothing is written but by its
 * save().
 */
#include "ui/state.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "ui/glyphs.h"

enum { NAME_COLS = 26, NAME_COLS_WIDE = 36, HELP_ROWS = 4, TEST_US = 50000 };

struct editor {
	struct profile p;
	size_t here;              /* the key that has the keys */
	struct textfield field;   /* its text */
	char **draft;             /* a key's text that was not taken; NULL: p has it */
	char why[ERR_TEXT_MAX];   /* why the one here was not taken; "" */
	bool changed, testing;
	int64_t look_us;          /* when to look what came of the test */
	char tested[LIMIT_MESSAGE];
	enum state tested_state;
};

static const struct screen screen_profile;

static struct editor *
on_top(const struct ui *ui)
{
	const struct layer *l = &ui->layers[ui->n_layers - 1];

	return l->screen == &screen_profile ? l->state : NULL;
}

static const struct ui_profiles *
ops(const struct ui *ui)
{
	return ui->d->editor;
}

/* --- the rows -------------------------------------------------------------------------------- */

/* What was typed may be a secret, though it should not be. */
static void
drop_draft(struct editor *s, size_t i)
{
	if (s->draft[i])
		wipe(s->draft[i], strlen(s->draft[i]));
	free(s->draft[i]);
	s->draft[i] = NULL;
}

static void
load(const struct ui *ui, struct editor *s, size_t i)
{
	struct buf b;

	s->here = i;
	s->why[0] = '\0';
	buf_init_wiping(&b, LIMIT_TOKEN);
	if (s->draft[i])
		buf_puts(&b, s->draft[i]);
	else
		ops(ui)->text(&s->p, &profile_keys[i], &b);
	textfield_set(&s->field, buf_span(&b));
	s->field.at = s->field.text.len;
	buf_release(&b);
}

/*
 * Takes the row that has the keys into the profile; false: it is no value, and stays as it was
 * typed.
 */
static bool
store(const struct ui *ui, struct editor *s)
{
	const struct profile_key *k = &profile_keys[s->here];
	struct span text = buf_span(&s->field.text);
	struct err e = ERR_INIT;
	struct buf was;
	bool ok;

	buf_init_wiping(&was, LIMIT_TOKEN);
	ops(ui)->text(&s->p, k, &was);
	drop_draft(s, s->here);
	s->changed = s->changed || !span_eq(text, buf_span(&was));
	ok = span_eq(text, buf_span(&was)) || ops(ui)->set(&s->p, k, text, &e) == RES_OK;
	if (!ok) {
		s->draft[s->here] = span_dup(text);
		snprintf(s->why, sizeof(s->why), "%s", e.text);
	}
	buf_release(&was);
	return ok;
}

static void
move(const struct ui *ui, struct editor *s, int by)
{
	store(ui, s);
	load(ui, s, (s->here + profile_key_count + (size_t)by) % profile_key_count);
}

/* All rows; the first that is no value gets the keys, and why. */
static bool
store_all(const struct ui *ui, struct editor *s)
{
	if (!store(ui, s))
		return false;
	for (size_t i = 0; i < profile_key_count; i++) {
		if (!s->draft[i])
			continue;
		load(ui, s, i);
		if (!store(ui, s))
			return false;
	}
	return true;
}

/* Does it, as far as it was typed, say where a secret comes from? */
static bool
is_reference(struct span s)
{
	struct span form = span_sub(s, 0, span_find(s, ' '));

	for (size_t i = 0; i < SECRET_FORMS; i++)
		if (form.n < s.n ? span_is(form, secret_forms[i])
				 : span_eq(span_sub(span_of(secret_forms[i]), 0, s.n), s))
			return true;
	return false;
}

/* --- saving, testing ------------------------------------------------------------------------- */

enum { DO_SAVE, DO_USE, DO_TEST };

static void
use_now(struct ui *ui, const struct profile *p)
{
	struct err e = ERR_INIT;

	ui->model_stale = true; /* the case it was read from is gone, whatever comes of this */
	if (!ui->d->use_profile || ui->d->use_profile(ui->d->ctx, p, &e) != RES_OK) {
		dialog_tell(ui, _("This profile cannot be used"), e.text);
		return;
	}
	/* what was diagnosed is of exchanges that are no more */
	wizard_update(ui->d->wizard);
	model_read(&ui->m, ui->d->wizard, ui->step, &ui->keymap, ui->local_time);
	ui_pop_all(ui);
	screen_open_push(ui);
}

static void
save(struct ui *ui, struct editor *s, bool use)
{
	struct err e = ERR_INIT;
	struct profile p;
	char *where = NULL, safe[300];

	if (ops(ui)->save(ui->d->ctx, &s->p, &where, &e) != RES_OK) {
		dialog_tell(ui, _("Not saved"), e.text);
		return;
	}
	s->changed = false;
	text_safe_into(safe, sizeof(safe), span_of(where));
	free(where);
	profile_init(&p);
	profile_copy(&p, &s->p);
	if (use)
		use_now(ui, &p);
	else
		ui_pop(ui);
	profile_release(&p);
	ui_notice(ui, _("Saved: %s"), safe);
}

static void
test(struct ui *ui, struct editor *s)
{
	struct err e = ERR_INIT;

	s->testing = ops(ui)->test(ui->d->ctx, &s->p, &e) == RES_OK;
	s->look_us = ui_now_us(ui);
	s->tested_state = s->testing ? STATE_PENDING : STATE_PROBLEM;
	snprintf(s->tested, sizeof(s->tested), "%s",
		s->testing ? _("Asking the issuer for its metadata.") : e.text);
}

static void
chosen(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct editor *s = on_top(ui);

	(void)text;
	(void)arg;
	if (!s)
		return;
	if (choice == DO_SAVE || choice == DO_USE)
		save(ui, s, choice == DO_USE);
	else if (choice == DO_TEST)
		test(ui, s);
}

static void
ask(struct ui *ui, struct editor *s)
{
	struct err e = ERR_INIT;
	char *where, safe[400], *text;

	if (!store_all(ui, s))
		return;
	where = ops(ui)->where(ui->d->ctx, s->p.name ? s->p.name : "", &e);
	if (!where) {
		load(ui, s, 0); /* the name is the first key */
		snprintf(s->why, sizeof(s->why), "%s", e.text);
		return;
	}
	text = xasprintf(_("It is kept in %s, readable by you alone. Secrets are not in it, only "
			 "where they come from."),
		text_safe_into(safe, sizeof(safe), span_of(where)));
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Save the profile?"),
			.text = text,
			.choices = {_("Save it"), _("Save it, and start anew with it"),
				_("Test it first: ask the issuer for its metadata"),
				_("Go on editing")},
			.n_choices = 4,
			.done = chosen});
	free(text);
	free(where);
}

/* --- keys ------------------------------------------------------------------------------------ */

static void
left(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)text;
	(void)arg;
	if (choice == 1 && on_top(ui))
		ui_pop(ui);
}

static unsigned
leave(struct ui *ui, struct editor *s)
{
	bool whole = store(ui, s);

	for (size_t i = 0; i < profile_key_count; i++)
		whole = whole && !s->draft[i];
	if (whole && !s->changed)
		return UI_CLOSE;
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Leave without saving?"),
			.text = _("What was changed in this profile is lost then."),
			.choices = {_("Go on editing"), _("Leave it")},
			.n_choices = 2,
			.done = left});
	return UI_REDRAW;
}

static unsigned
editor_action(struct ui *ui, void *state, enum action a)
{
	struct editor *s = state;

	switch (a) {
	case ACT_ACCEPT:
		ask(ui, s);
		return UI_REDRAW;
	case ACT_BACK:
		return leave(ui, s);
	case ACT_INTERRUPT:
		return UI_PROPAGATE;
	case ACT_FORM_NEXT:
		move(ui, s, 1);
		return UI_REDRAW;
	case ACT_FORM_PREV:
		move(ui, s, -1);
		return UI_REDRAW;
	default:
		if (textfield_action(&s->field, a))
			s->why[0] = '\0';
		return UI_REDRAW;
	}
}

static unsigned
editor_event(struct ui *ui, void *state, const struct key_event *ev)
{
	struct editor *s = state;
	bool secret = profile_keys[s->here].kind == KEY_SECRET;

	if (secret && ev->kind == EVENT_PASTE && s->field.text.len == 0 &&
		!is_reference(span_trim(ev->paste))) {
		ui_notice(ui, _("Not taken: a profile says where a secret is, as env NAME or file "
			      "PATH, and does not hold it."));
		return UI_REDRAW;
	}
	(void)textfield_event(&s->field, ev, ui->notice, sizeof(ui->notice));
	s->why[0] = '\0';
	return UI_REDRAW;
}

/* --- drawing --------------------------------------------------------------------------------- */

static void
draw_row(const struct ui *ui, const struct editor *s, size_t i, int row, int name_cols,
	struct canvas *c)
{
	const struct profile_key *k = &profile_keys[i];
	bool here = i == s->here;
	int at = 4 + name_cols, cols = c->cols - at - 1;
	char name[64];
	struct buf b;

	if (here)
		canvas_put(c, row, 1, GLYPH_MARK, UIR_MARK);
	if (s->draft[i] && !here)
		canvas_put(c, row, 2, GLYPH_PROBLEM, UIR_PROBLEM);
	snprintf(name, sizeof(name), "%s%s", k->name, k->kind == KEY_TOKEN ? "_file" : "");
	canvas_text_cut(c, row, 3, name_cols, here ? UIR_SELECTED : UIR_NAME, span_of(name));
	if (here) {
		struct textfield shown = s->field;

		/* a secret typed in clear is not for the screen */
		shown.secret = k->kind == KEY_SECRET && !is_reference(buf_span(&s->field.text));
		textfield_draw(&shown, true, tr(k->help), row, at, cols, c);
		return;
	}
	buf_init_wiping(&b, LIMIT_TOKEN);
	if (s->draft[i])
		buf_puts(&b, k->kind == KEY_SECRET && !is_reference(span_of(s->draft[i]))
				? _("[hidden]")
				: s->draft[i]);
	else
		ops(ui)->text(&s->p, k, &b);
	canvas_text_cut(c, row, at, cols, UIR_VALUE, buf_span(&b));
	buf_release(&b);
}

/* What the key is, what it may be; why it was not taken; what the test found. */
static void
draw_help(const struct editor *s, struct rect r, struct canvas *c)
{
	const struct profile_key *k = &profile_keys[s->here];
	const char *allowed = k->kind == KEY_SECRET ? _("env VARIABLE, file PATH, command TEXT or "
							"keyring NAME; never the secret itself")
		: k->kind == KEY_BOOL               ? _("true or false")
		: k->kind == KEY_LIST               ? _("several with \" | \" between them")
						    : "";
	struct buf b;

	buf_init(&b, LIMIT_REPORT);
	if (s->why[0])
		buf_puts(&b, s->why);
	else if (s->tested[0])
		buf_puts(&b, s->tested);
	else
		buf_printf(&b, "%s%s%s", tr(k->help), allowed[0] ? ": " : "", allowed);
	if (!s->why[0] && !s->tested[0] && k->kind == KEY_INT)
		buf_printf(&b, _(": %d to %d %s, default %d"), k->min, k->max, k->unit, k->dflt);
	if (s->why[0] || s->tested[0])
		canvas_put(c, r.row, 1,
			s->why[0] ? GLYPH_PROBLEM : glyph_state((int)s->tested_state),
			s->why[0] ? UIR_PROBLEM : state_role((int)s->tested_state));
	canvas_wrap(c, (struct rect){r.row, 3, r.rows, c->cols - 5},
		s->why[0] ? UIR_PROBLEM : UIR_MEANING, buf_span(&b));
	buf_release(&b);
}

static void
editor_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct editor *s = state;
	int row = chrome_header(ui, c), n = (int)profile_key_count, here = (int)s->here;
	int most = c->rows - row - 3 - HELP_ROWS, top = 0;
	int name_cols = c->cols >= 80 ? NAME_COLS_WIDE : NAME_COLS;
	char title[100];

	snprintf(title, sizeof(title), _("Profile %.80s"),
		s->p.name ? s->p.name : _("without a name"));
	chrome_title(c, row++, 1, c->cols - 2, true, title, s->changed ? _("changed") : "", "");
	if (here >= most / 2)
		top = here - most / 2;
	if (top > n - most)
		top = n > most ? n - most : 0;
	for (int i = top; i < n && i < top + most; i++)
		draw_row(ui, s, (size_t)i, row + i - top, name_cols, c);
	for (int i = top; i < n && i < top + most; i++)
		canvas_zone(c, (struct rect){row + i - top, 0, 1, c->cols}, ZONE_PART, i);
	if (top > 0)
		canvas_put(c, row, c->cols - 1, GLYPH_UP, UIR_DIM);
	if (top + most < n)
		canvas_put(c, row + most - 1, c->cols - 1, GLYPH_DOWN, UIR_DIM);
	row = c->rows - 1 - HELP_ROWS;
	for (int i = 1; i < c->cols - 1; i++)
		canvas_put(c, row - 1, i, GLYPH_HLINE, UIR_RULE);
	draw_help(s, (struct rect){row, 0, HELP_ROWS, c->cols}, c);
}

static unsigned
editor_mouse(struct ui *ui, void *state, const struct mouse *m)
{
	struct editor *s = state;
	int64_t at = ui_clicked(ui, ZONE_PART, m);

	if (at >= 0)
		move(ui, s, (int)at - (int)s->here);
	return UI_REDRAW;
}

static const enum action *
editor_hints(const struct ui *ui, const void *state)
{
	static const enum action hints[] = {
		ACT_ACCEPT, ACT_FORM_NEXT, ACT_ERASE_ALL, ACT_BACK, ACT_NONE};

	(void)ui;
	(void)state;
	return hints;
}

static int64_t
editor_deadline(const struct ui *ui, const void *state)
{
	const struct editor *s = state;

	(void)ui;
	return s->testing ? s->look_us : INT64_MAX;
}

static unsigned
editor_timeout(struct ui *ui, void *state, int64_t now_us)
{
	struct editor *s = state;
	bool good = false;

	s->look_us = now_us + TEST_US;
	if (!ops(ui)->tested(ui->d->ctx, &good, s->tested, sizeof(s->tested)))
		return UI_HANDLED;
	s->testing = false;
	s->tested_state = good ? STATE_OK : STATE_PROBLEM;
	return UI_REDRAW;
}

static void
editor_leave(struct ui *ui, void *state)
{
	struct editor *s = state;

	if (s->testing)
		ops(ui)->test_end(ui->d->ctx);
	textfield_release(&s->field);
	for (size_t i = 0; i < profile_key_count; i++)
		drop_draft(s, i);
	free(s->draft);
	profile_release(&s->p);
}

static const struct screen screen_profile = {
	.name = "profile",
	.state_size = sizeof(struct editor),
	.contexts = CONTEXT_FORM,
	.leave = editor_leave,
	.action = editor_action,
	.event = editor_event,
	.mouse = editor_mouse,
	.draw = editor_draw,
	.hints = editor_hints,
	.deadline = editor_deadline,
	.timeout = editor_timeout,
};

/*
 * A name that no file can have, made up for what was typed in; secrets that have no source but
 * the keyboard.
 */
static void
drop_unkept(struct ui *ui, struct editor *s)
{
	for (size_t i = 0; i < profile_key_count; i++) {
		const struct profile_key *k = &profile_keys[i];
		struct buf b;

		if (i > 0 && k->kind != KEY_SECRET)
			continue;
		buf_init_wiping(&b, LIMIT_TOKEN);
		ops(ui)->text(&s->p, k, &b);
		if (b.len && ops(ui)->set(&s->p, k, buf_span(&b), NULL) != RES_OK) {
			(void)!ops(ui)->set(&s->p, k, SPAN_EMPTY, NULL);
			if (k->kind == KEY_SECRET)
				ui_notice(ui,
					_("The secret that was typed in is not kept: say where it "
					"comes from (%s)."),
					k->name);
		}
		buf_release(&b);
	}
}

void
screen_profile_push(struct ui *ui, const struct profile *p)
{
	struct editor *s;

	if (!ops(ui)) {
		ui_notice(ui, _("Profiles cannot be edited here."));
		return;
	}
	s = ui_push(ui, &screen_profile);
	if (!s)
		return;
	profile_init(&s->p);
	profile_copy(&s->p, p);
	drop_unkept(ui, s);
	s->draft = xcalloc(profile_key_count, sizeof(*s->draft));
	textfield_init(&s->field, false);
	load(ui, s, 0);
}
