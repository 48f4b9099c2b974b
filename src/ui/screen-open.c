/* The opening screen: which server, which token.  One form; Enter starts from any of its fields. */
#include "ui/state.h"

#include "base/redact.h"
#include "base/text.h"
#include "base/tr.h"
#include "oauth/url.h"
#include "ui/glyphs.h"

enum part {
	PART_PROFILE,
	PART_ISSUER,
	PART_CLIENT,
	PART_SECRET,
	PART_ACCESS,
	PART_REFRESH,
	PART_COUNT
};

struct open {
	enum part part;           /* the one that has the keys */
	size_t here;              /* row of the profile list */
	bool has_current;         /* row 0: go on with the profile of the case */
	struct textfield fields[PART_COUNT];
	char error[100];          /* why the issuer was not taken; "" */
};

static const struct {
	const char *name, *hint;
	bool secret;
} parts[PART_COUNT] = {
	[PART_PROFILE] = {"Profile", "", false},
	[PART_ISSUER] = {"Issuer", "https://idp.example: what is not given is discovered", false},
	[PART_CLIENT] = {"Client id", "the client that may introspect", false},
	[PART_SECRET] = {"Client secret", "not shown; empty for a public client", true},
	[PART_ACCESS] = {"Access token", "paste the token, or the whole answer it came in", true},
	[PART_REFRESH] = {"Refresh token", "only needed to refresh; may stay empty", true},
};

static size_t
profile_rows(const struct ui *ui, const struct open *o)
{
	return (o->has_current ? 1 : 0) + (ui->d->use_profile ? ui->d->n_profiles + 1 : 0);
}

/* The row that stands for a server that is typed in. */
static bool
typed_in(const struct ui *ui, const struct open *o)
{
	return ui->d->use_profile && o->here + 1 == profile_rows(ui, o);
}

static bool
part_shown(const struct ui *ui, const struct open *o, enum part part)
{
	if (part == PART_PROFILE)
		return profile_rows(ui, o) > 1;
	if (part == PART_ISSUER || part == PART_CLIENT || part == PART_SECRET)
		return typed_in(ui, o);
	return true;
}

static void
row_name(const struct ui *ui, const struct open *o, size_t row, char *out, size_t size)
{
	if (o->has_current && row == 0) {
		snprintf(out, size, _("%s (as it is)"),
			ui->m.profile[0] ? ui->m.profile : ui->m.host);
	} else {
		size_t i = row - (o->has_current ? 1 : 0);

		if (i < ui->d->n_profiles)
			text_safe_into(out, size, span_of(ui->d->profiles[i].name));
		else
			snprintf(out, size, _("another server"));
	}
}

static void
move(const struct ui *ui, struct open *o, int by)
{
	do {
		o->part = (enum part)(((int)o->part + by + PART_COUNT) % PART_COUNT);
	} while (!part_shown(ui, o, o->part));
}

static void
open_leave(struct ui *ui, void *state)
{
	struct open *o = state;

	(void)ui;
	for (int i = 0; i < PART_COUNT; i++)
		textfield_release(&o->fields[i]);
}

/* What --issuer takes.  False: the field has the keys, and why stands below it. */
static bool
issuer_ok(struct open *o)
{
	struct span issuer = span_trim(buf_span(&o->fields[PART_ISSUER].text));
	struct url u;

	if (!issuer.n)
		snprintf(o->error, sizeof(o->error),
			_("missing: the address of the authorization server"));
	else if (url_parse(&u, issuer, NULL) != RES_OK)
		snprintf(o->error, sizeof(o->error), _("not an absolute http or https URL"));
	else if (u.userinfo.n)
		snprintf(o->error, sizeof(o->error), _("a URL with a user name or password in it"));
	else
		return true;
	o->part = PART_ISSUER;
	return false;
}

/* What was typed in, as a profile. */
static void
typed_profile(const struct open *o, struct profile *p)
{
	struct span secret = buf_span(&o->fields[PART_SECRET].text);

	profile_init(p);
	profile_set(&p->name, SPAN_LIT("typed in"));
	profile_set(&p->issuer, span_trim(buf_span(&o->fields[PART_ISSUER].text)));
	if (o->fields[PART_CLIENT].text.len)
		profile_set(&p->client_id, buf_span(&o->fields[PART_CLIENT].text));
	if (secret.n) {
		p->client_secret = secret_new(secret);
		profile_set(&p->client_secret_source, SPAN_LIT("typed in"));
	}
}

/* The editor, with the profile of the row; a new one for a server that is typed in. */
static void
edit(struct ui *ui, const struct open *o)
{
	size_t i = o->here - (o->has_current ? 1 : 0);
	struct profile p;

	if (o->has_current && o->here == 0 && ui->m.c) {
		screen_profile_push(ui, &ui->m.c->profile);
	} else if (!typed_in(ui, o) && i < ui->d->n_profiles) {
		screen_profile_push(ui, &ui->d->profiles[i]);
	} else {
		typed_profile(o, &p);
		screen_profile_push(ui, &p);
		profile_release(&p);
	}
}

/* Takes over the profile that was picked; false: a dialog, or a line below the field, says why not.
 */
static bool
take_profile(struct ui *ui, struct open *o)
{
	struct err e = ERR_INIT;
	struct profile p;
	enum res r;
	size_t i = o->here - (o->has_current ? 1 : 0);

	if ((o->has_current && o->here == 0) || !ui->d->use_profile)
		return true;
	if (!typed_in(ui, o)) {
		r = ui->d->use_profile(ui->d->ctx, &ui->d->profiles[i], &e);
	} else {
		if (!issuer_ok(o))
			return false;
		typed_profile(o, &p);
		r = ui->d->use_profile(ui->d->ctx, &p, &e);
		profile_release(&p);
	}
	ui->model_stale = true; /* the case it was read from is gone, whatever came of this */
	if (r != RES_OK)
		dialog_tell(ui, _("This profile cannot be used"), e.text);
	return r == RES_OK;
}

/* False: what was pasted is something else, and a dialog says what. */
static bool
take_text(struct ui *ui, enum token_slot slot, struct span text)
{
	struct err e = ERR_INIT;
	char note[200];

	if (!text.n)
		return true;
	if (wizard_take_text(ui->d->wizard, slot, text, "the paste", note, sizeof(note), &e) !=
		RES_OK) {
		dialog_tell(ui, _("There is no token in this"), e.text);
		return false;
	}
	if (note[0])
		ui_notice(ui, "%s", note);
	return true;
}

static bool
take_tokens(struct ui *ui, struct open *o)
{
	struct span access = buf_span(&o->fields[PART_ACCESS].text);
	struct span refresh = buf_span(&o->fields[PART_REFRESH].text);

	if (!take_text(ui, SLOT_ACCESS, access) || !take_text(ui, SLOT_REFRESH, refresh))
		return false;
	/* a whole token response has both */
	if (refresh.n)
		return true;
	if (span_starts(span_trim(access), "{") &&
		span_find_str(access, "\"refresh_token\"") != SIZE_MAX)
		wizard_give_token(ui->d->wizard, SLOT_REFRESH, access, "the paste");
	return true;
}

static unsigned
start(struct ui *ui, struct open *o)
{
	if (!take_profile(ui, o))
		return UI_REDRAW;
	if (!take_tokens(ui, o))
		return UI_REDRAW;
	for (int s = 0; s < STEP_COUNT; s++)
		ui->places[s] = (struct place){-1, 0};
	ui->step = STEP_VERIFY;
	ui->pane = PANE_FIELDS;
	wizard_run_step(ui->d->wizard, STEP_VERIFY);
	ui->model_stale = true;
	return UI_CLOSE;
}

static unsigned
open_action(struct ui *ui, void *state, enum action a)
{
	struct open *o = state;
	size_t rows = profile_rows(ui, o);

	switch (a) {
	case ACT_ACCEPT:
		return start(ui, o);
	case ACT_BACK:
		return UI_CLOSE;
	case ACT_INTERRUPT:
		return UI_PROPAGATE;
	case ACT_FORM_NEXT:
		if (o->part == PART_PROFILE && o->here + 1 < rows)
			o->here++;
		else
			move(ui, o, 1);
		return UI_REDRAW;
	case ACT_FORM_PREV:
		if (o->part == PART_PROFILE && o->here > 0)
			o->here--;
		else
			move(ui, o, -1);
		return UI_REDRAW;
	default:
		if (o->part != PART_PROFILE && textfield_action(&o->fields[o->part], a))
			o->error[0] = '\0';
		return UI_REDRAW;
	}
}

/* Whoever has no token gets one: with the profile of the row. */
static void
log_in(struct ui *ui, struct open *o)
{
	if (!take_profile(ui, o))
		return;
	ui_pop(ui);
	flow_login(ui);
}

/* Does it hold what has the form of a token? */
static bool
holds_token(struct span s)
{
	struct redactor *r = redactor_new();
	struct buf masked;
	bool is;

	buf_init_wiping(&masked, 2 * LIMIT_TOKEN);
	is = redact_text(r, &masked, s) != RES_OK || !span_eq(buf_span(&masked), s);
	buf_release(&masked);
	redactor_free(r);
	return is;
}

/* A token pasted into a field that is shown would stand there for all to see: it goes where it is
 * hidden. */
static bool
misplaced_token(struct ui *ui, struct open *o, const struct key_event *ev)
{
	struct span s = span_trim(ev->paste);
	struct url u;
	bool url, token;

	if (ev->kind != EVENT_PASTE || (o->part != PART_ISSUER && o->part != PART_CLIENT))
		return false;
	url = url_parse(&u, s, NULL) == RES_OK;
	if (url && u.userinfo.n) {
		ui_notice(ui, _("Not taken: a URL with a user name or password in it."));
		return true;
	}
	token = holds_token(s);
	/* one without a form is known by its randomness; addresses and clients' identifiers may be
	 * random, too */
	if (o->part == PART_ISSUER && !url && span_find(s, '.') == SIZE_MAX)
		token = token || secret_looks_random(s);
	if (!token)
		return false;
	o->part = PART_ACCESS;
	textfield_action(&o->fields[PART_ACCESS], ACT_ERASE_ALL);
	textfield_event(&o->fields[PART_ACCESS], ev, ui->notice, sizeof(ui->notice));
	if (!ev->cut)
		ui_notice(ui, _("Looks like a token: it went to the access token's field."));
	return true;
}

static unsigned
open_event(struct ui *ui, void *state, const struct key_event *ev)
{
	struct open *o = state;

	/* what is pasted at the list can only be a token */
	if (o->part == PART_PROFILE && ev->kind == EVENT_PASTE)
		o->part = PART_ACCESS;
	if (o->part == PART_PROFILE) {
		if (ev->key.code == 'q' && !ev->key.mods)
			ui_leave(ui, 0);
		if (ev->key.code == '?' && !ev->key.mods)
			ui_global_action(ui, ACT_HELP);
		if (ev->key.code == 'E' && !ev->key.mods)
			edit(ui, o);
		if (ev->key.code == 'i' && !ev->key.mods)
			log_in(ui, o);
		return UI_REDRAW;
	}
	if (!misplaced_token(ui, o, ev) &&
		textfield_event(&o->fields[o->part], ev, ui->notice, sizeof(ui->notice)))
		o->error[0] = '\0';
	return UI_REDRAW;
}

static int
draw_profiles(const struct ui *ui, const struct open *o, int row, int most, struct canvas *c)
{
	size_t n = profile_rows(ui, o), first = 0;

	if (o->here >= (size_t)most)
		first = o->here - (size_t)most + 1;
	canvas_puts(c, row, 3, 14, o->part == PART_PROFILE ? UIR_SELECTED : UIR_NAME,
		parts[PART_PROFILE].name);
	for (size_t i = first; i < n && i < first + (size_t)most; i++, row++) {
		bool here = i == o->here;
		char name[80];

		row_name(ui, o, i, name, sizeof(name));
		if (here)
			canvas_put(c, row, 18, GLYPH_MARK, UIR_MARK);
		canvas_text_cut(c, row, 20, c->cols - 22,
			here ? o->part == PART_PROFILE ? UIR_CHOICE_HERE : UIR_VERDICT : UIR_CHOICE,
			span_of(name));
	}
	return row;
}

static void
open_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct open *o = state;
	int row = chrome_header(ui, c) + 1, fields = 0;

	chrome_title(c, row, 1, c->cols - 2, true, _("Which server, which token?"), "", "");
	row += 2;
	for (int part = PART_ISSUER; part < PART_COUNT; part++)
		fields += part_shown(ui, o, (enum part)part) ? 1 : 0;
	fields += o->error[0] ? 1 : 0;
	if (part_shown(ui, o, PART_PROFILE))
		row = draw_profiles(ui, o, row, c->rows - row - fields - 6, c) + 1;
	for (int i = PART_ISSUER; i < PART_COUNT; i++) {
		bool focus = o->part == (enum part)i;

		if (!part_shown(ui, o, (enum part)i))
			continue;
		if (focus)
			canvas_put(c, row, 1, GLYPH_MARK, UIR_MARK);
		canvas_puts(c, row, 3, 14, focus ? UIR_SELECTED : UIR_NAME, parts[i].name);
		textfield_draw(&o->fields[i], focus, parts[i].hint, row, 18, c->cols - 20, c);
		row++;
		if (i == PART_ISSUER && o->error[0]) {
			canvas_put(c, row, 16, GLYPH_PROBLEM, UIR_PROBLEM);
			canvas_puts(c, row++, 18, c->cols - 20, UIR_PROBLEM, o->error);
		}
	}
	canvas_wrap(c, (struct rect){row + 1, 3, c->rows - row - 2, c->cols - 6}, UIR_DIM,
		ui->m.c && ui->m.c->n_exchanges
			? SPAN_LIT("Enter starts anew with step 1. Tokens and secrets are never "
				   "shown and never logged.")
			: part_shown(ui, o, PART_PROFILE)
			? SPAN_LIT("Enter starts with step 1; i in the list of profiles logs in "
				   "for a token. Nothing was sent yet; tokens and secrets are "
				   "never shown and never logged.")
			: SPAN_LIT("Enter starts with step 1; Esc and then i logs in for a token. "
				   "Nothing was sent yet; tokens and secrets are never shown and "
				   "never logged."));
}

static const enum action *
open_hints(const struct ui *ui, const void *state)
{
	/* in the list letters are keys, in a field they are text */
	static const enum action list[] = {
		ACT_ACCEPT, ACT_FORM_NEXT, ACT_LOGIN, ACT_PROFILE, ACT_BACK, ACT_HELP, ACT_QUIT,
		ACT_NONE};
	static const enum action field[] = {
		ACT_ACCEPT, ACT_FORM_NEXT, ACT_BACK, ACT_ERASE_ALL, ACT_INTERRUPT, ACT_NONE};

	(void)ui;
	return ((const struct open *)state)->part == PART_PROFILE ? list : field;
}

static const struct screen screen_open = {
	.name = "open",
	.state_size = sizeof(struct open),
	.contexts = CONTEXT_FORM,
	.leave = open_leave,
	.action = open_action,
	.event = open_event,
	.draw = open_draw,
	.hints = open_hints,
};

void
screen_open_push(struct ui *ui)
{
	struct open *o = ui_push(ui, &screen_open);

	if (!o)
		return;
	for (int i = 0; i < PART_COUNT; i++)
		textfield_init(&o->fields[i], parts[i].secret);
	o->has_current = ui->m.host[0] != '\0';
	o->part = part_shown(ui, o, PART_PROFILE) ? PART_PROFILE
		: typed_in(ui, o)                 ? PART_ISSUER
						  : PART_ACCESS;
}
