/*
 * The opening screen: which server, which token, or which case of before.  One form; Enter starts
 * from any of its fields.
 */
#include "ui/open.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "oauth/url.h"

const struct open_field open_fields[OPEN_PARTS] = {
	[OPEN_PROFILE] = {N_("Profile"), N_("type to narrow the list"), false},
	[OPEN_ISSUER] = {N_("Issuer"), N_("https://idp.example: what is not given is discovered"),
		false},
	[OPEN_CLIENT] = {N_("Client id"), N_("the client that may introspect"), false},
	[OPEN_SECRET] = {N_("Client secret"), N_("not shown; empty for a public client"), true},
	[OPEN_ACCESS] = {N_("Access token"), N_("paste it, or anything that holds it"), true},
	[OPEN_REFRESH] = {N_("Refresh token"), N_("only needed to refresh; may stay empty"), true},
	[OPEN_OFFERED] = {N_("Found"), "", false},
	[OPEN_RECENT] = {N_("Used lately"), "", false},
};

/* --- the profiles ----------------------------------------------------------------------------- */

static bool
matches(const struct open *o, const struct profile *p)
{
	struct span filter = span_trim(buf_span(&o->fields[OPEN_PROFILE].text));
	char text[64];

	if (!filter.n)
		return true;
	if (filter.n >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(filter));
	return span_find_str_nocase(span_of(p->name), text) != SIZE_MAX ||
		(p->issuer && span_find_str_nocase(span_of(p->issuer), text) != SIZE_MAX);
}

int
open_row(const struct ui *ui, const struct open *o, size_t k)
{
	if (o->has_current && k-- == 0)
		return OPEN_ROW_CURRENT;
	for (size_t i = 0; ui->d->use_profile && i < ui->d->n_profiles; i++)
		if (matches(o, &ui->d->profiles[i]) && k-- == 0)
			return (int)i;
	return OPEN_ROW_TYPED;
}

static size_t
count_rows(const struct ui *ui, const struct open *o)
{
	size_t n = o->has_current ? 1 : 0;

	if (!ui->d->use_profile)
		return n;
	for (size_t i = 0; i < ui->d->n_profiles; i++)
		n += matches(o, &ui->d->profiles[i]);
	return n + 1;
}

/* The marked one stands for a server that is typed in. */
static bool
is_typed(const struct ui *ui, const struct open *o)
{
	return ui->d->use_profile && open_row(ui, o, o->profiles.here) == OPEN_ROW_TYPED;
}

bool
open_shown(const struct ui *ui, const struct open *o, enum open_part part)
{
	switch (part) {
	case OPEN_PROFILE:
		/* with a filter that nothing passes, too: it can be mended */
		return o->profiles.n > 1 || o->fields[OPEN_PROFILE].text.len > 0;
	case OPEN_ISSUER:
	case OPEN_CLIENT:
	case OPEN_SECRET:
		return is_typed(ui, o);
	case OPEN_OFFERED:
		return o->offered.n > 0;
	case OPEN_RECENT:
		return o->recent.n > 0;
	default:
		return true;
	}
}

bool
open_fresh(const struct ui *ui)
{
	return !ui->m.c || ui->m.c->n_exchanges == 0;
}

/* The list anew after what narrows it changed: the first profile that is left is marked. */
static void
narrow(const struct ui *ui, struct open *o)
{
	o->profiles.n = count_rows(ui, o);
	o->profiles.here = 0;
	if (o->has_current && o->fields[OPEN_PROFILE].text.len && o->profiles.n > 2)
		o->profiles.here = 1;
}

/* What was typed in, as a profile. */
static void
typed_profile(const struct open *o, struct profile *p)
{
	struct span secret = buf_span(&o->fields[OPEN_SECRET].text);

	profile_init(p);
	profile_set(&p->name, SPAN_LIT("typed in"));
	profile_set(&p->issuer, span_trim(buf_span(&o->fields[OPEN_ISSUER].text)));
	if (o->fields[OPEN_CLIENT].text.len)
		profile_set(&p->client_id, buf_span(&o->fields[OPEN_CLIENT].text));
	if (secret.n) {
		p->client_secret = secret_new(secret);
		profile_set(&p->client_secret_source, SPAN_LIT("typed in"));
	}
}

/* The editor, with the profile of the row; a new one for a server that is typed in. */
static void
edit(struct ui *ui, const struct open *o)
{
	int row = open_row(ui, o, o->profiles.here);
	struct profile p;

	if (row == OPEN_ROW_CURRENT && ui->m.c) {
		screen_profile_push(ui, &ui->m.c->profile);
	} else if (row >= 0) {
		screen_profile_push(ui, &ui->d->profiles[row]);
	} else {
		typed_profile(o, &p);
		screen_profile_push(ui, &p);
		profile_release(&p);
	}
}

/* What --issuer takes.  False: the field has the keys, and why stands below it. */
static bool
issuer_ok(struct open *o)
{
	struct span issuer = span_trim(buf_span(&o->fields[OPEN_ISSUER].text));
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
	o->part = OPEN_ISSUER;
	return false;
}

/* Takes over the profile that was picked; false: a dialog, or a line below the field, says why. */
static bool
take_profile(struct ui *ui, struct open *o)
{
	struct err e = ERR_INIT;
	struct profile p;
	enum res r;
	int row = open_row(ui, o, o->profiles.here);

	if (row == OPEN_ROW_CURRENT || !ui->d->use_profile)
		return true;
	if (row >= 0) {
		r = ui->d->use_profile(ui->d->ctx, &ui->d->profiles[row], &e);
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

/* --- the tokens ------------------------------------------------------------------------------- */

static const char *
source_of(const struct open *o, enum open_part part)
{
	return o->picked[part] ? o->picked[part]->from : "the paste";
}

/* False: what was pasted is something else, and a dialog says what. */
static bool
take_text(struct ui *ui, const struct open *o, enum open_part part)
{
	struct span text = buf_span(&o->fields[part].text);
	struct err e = ERR_INIT;
	char note[200];

	if (!text.n)
		return true;
	if (wizard_take_text(ui->d->wizard, part == OPEN_REFRESH ? SLOT_REFRESH : SLOT_ACCESS, text,
		    source_of(o, part), note, sizeof(note), &e) != RES_OK) {
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
	struct span access = buf_span(&o->fields[OPEN_ACCESS].text);

	if (!take_text(ui, o, OPEN_ACCESS) || !take_text(ui, o, OPEN_REFRESH))
		return false;
	/* a whole token response has both */
	if (o->fields[OPEN_REFRESH].text.len)
		return true;
	if (span_starts(span_trim(access), "{") &&
		span_find_str(access, "\"refresh_token\"") != SIZE_MAX)
		wizard_give_token(ui->d->wizard, SLOT_REFRESH, access, source_of(o, OPEN_ACCESS));
	return true;
}

/* Picked: from now on it stands in its field, where it can be erased. */
static void
pick(struct open *o, const struct ui_offer *offer)
{
	enum open_part part = offer->slot == SLOT_REFRESH ? OPEN_REFRESH : OPEN_ACCESS;

	textfield_set(&o->fields[part], secret_reveal(offer->value));
	o->picked[part] = offer;
	o->part = part;
}

static void
paste_token(struct ui *ui, struct open *o, const struct key_event *ev)
{
	o->part = OPEN_ACCESS;
	o->picked[OPEN_ACCESS] = NULL;
	textfield_action(&o->fields[OPEN_ACCESS], ACT_ERASE_ALL);
	textfield_event(&o->fields[OPEN_ACCESS], ev, ui->notice, sizeof(ui->notice));
}

/*
 * A token pasted into a field that is shown would stand there for all to see: it goes where it is
 * hidden.
 */
static bool
misplaced_token(struct ui *ui, struct open *o, const struct key_event *ev)
{
	struct span s = span_trim(ev->paste);
	struct url u;
	bool url, token;

	if (ev->kind != EVENT_PASTE || (o->part != OPEN_ISSUER && o->part != OPEN_CLIENT))
		return false;
	url = url_parse(&u, s, NULL) == RES_OK;
	if (url && u.userinfo.n) {
		ui_notice(ui, _("Not taken: a URL with a user name or password in it."));
		return true;
	}
	token = text_holds_token(s);
	/* one without a form is known by its randomness; addresses and clients' identifiers may be
	 * random, too */
	if (o->part == OPEN_ISSUER && !url && span_find(s, '.') == SIZE_MAX)
		token = token || secret_looks_random(s);
	if (!token)
		return false;
	paste_token(ui, o, ev);
	if (!ev->cut)
		ui_notice(ui, _("Looks like a token: it went to the access token's field."));
	return true;
}

/* --- the ways on ------------------------------------------------------------------------------ */

/* The name of a file that is there, where the token belongs: owned; NULL: it is none. */
static char *
file_named(struct span text)
{
	char *path;

	text = span_trim(text);
	if (span_starts(text, "file://"))
		text = span_from(text, strlen("file://"));
	if (text.n >= 2 && text.p[0] == '\'' && text.p[text.n - 1] == '\'')
		text = span_sub(text, 1, text.n - 2);
	if ((!span_starts(text, "/") && !span_starts(text, "~/")) ||
		span_find(text, '\n') != SIZE_MAX)
		return NULL;
	path = typed_path(text, NULL);
	if (path && access(path, R_OK) != 0) {
		wipe(path, strlen(path)); /* then it is a token that begins so */
		free(path);
		path = NULL;
	}
	return path;
}

static void
show_case(struct ui *ui, const char *path)
{
	ui->d->show_case(ui->d->ctx, path);
	ui->silent = true;
	ui_leave(ui, 0);
}

static unsigned
start(struct ui *ui, struct open *o)
{
	char *path = NULL;

	if (ui->d->show_case && open_fresh(ui))
		path = file_named(buf_span(&o->fields[OPEN_ACCESS].text));
	if (path) {
		show_case(ui, path);
		free(path);
		return UI_HANDLED;
	}
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

/* Whoever has no token gets one: with the profile of the row. */
static void
log_in(struct ui *ui, struct open *o)
{
	if (!take_profile(ui, o))
		return;
	ui_pop(ui);
	flow_login(ui);
}

/* --- keys ------------------------------------------------------------------------------------- */

static struct picker *
list_of(struct open *o)
{
	return o->part == OPEN_PROFILE    ? &o->profiles
		: o->part == OPEN_OFFERED ? &o->offered
		: o->part == OPEN_RECENT  ? &o->recent
					  : NULL;
}

/* Tab goes from part to part; what else moves goes through a list's rows first. */
static void
move(const struct ui *ui, struct open *o, int by)
{
	struct picker *list = list_of(o);

	if (list && ui->key.code != KC_TAB && picker_move(list, by))
		return;
	do {
		o->part = (enum open_part)(((int)o->part + by + OPEN_PARTS) % OPEN_PARTS);
	} while (!open_shown(ui, o, o->part));
}

static unsigned
accept(struct ui *ui, struct open *o)
{
	if (o->part == OPEN_OFFERED)
		pick(o, &o->offers[o->offered.here]);
	else if (o->part == OPEN_RECENT)
		show_case(ui, o->files[o->recent.here].path);
	else
		return start(ui, o);
	return UI_REDRAW;
}

/* What changes a field: one with an offer in it is emptied whole, whatever was meant. */
static void
change(struct ui *ui, struct open *o, enum action a)
{
	struct textfield *f = &o->fields[o->part];

	if (o->part == OPEN_OFFERED || o->part == OPEN_RECENT)
		return;
	if (o->picked[o->part] && a >= ACT_ERASE && a <= ACT_ERASE_ALL)
		a = ACT_ERASE_ALL;
	if (!textfield_action(f, a))
		return;
	o->error[0] = '\0';
	if (!f->text.len)
		o->picked[o->part] = NULL;
	if (o->part == OPEN_PROFILE)
		narrow(ui, o);
}

static unsigned
open_action(struct ui *ui, void *state, enum action a)
{
	struct open *o = state;

	switch (a) {
	case ACT_ACCEPT:
		return accept(ui, o);
	case ACT_BACK:
		return UI_CLOSE;
	case ACT_INTERRUPT:
		return UI_PROPAGATE;
	case ACT_FORM_NEXT:
		move(ui, o, 1);
		return UI_REDRAW;
	case ACT_FORM_PREV:
		move(ui, o, -1);
		return UI_REDRAW;
	case ACT_OPEN_EDIT:
		edit(ui, o);
		return UI_REDRAW;
	case ACT_OPEN_LOGIN:
		log_in(ui, o);
		return UI_REDRAW;
	default:
		change(ui, o, a);
		return UI_REDRAW;
	}
}

/* In a list letters are keys, but for the one that they narrow, and no profile's name has a "?". */
static bool
list_key(struct ui *ui, const struct open *o, const struct key_event *ev)
{
	enum action a = ev->kind == EVENT_KEY ? keymap_lookup(&ui->keymap, CONTEXT_GLOBAL, ev->key)
					      : ACT_NONE;

	if (a != ACT_HELP && (a != ACT_QUIT || o->part == OPEN_PROFILE))
		return false;
	ui_global_action(ui, a);
	return true;
}

static unsigned
open_event(struct ui *ui, void *state, const struct key_event *ev)
{
	struct open *o = state;
	bool list = list_of(o) != NULL;
	struct textfield *f = &o->fields[o->part];

	if (list && list_key(ui, o, ev))
		return UI_REDRAW;
	if (list && ev->kind == EVENT_PASTE) {
		/* what is pasted at a list can only be a token */
		paste_token(ui, o, ev);
		return UI_REDRAW;
	}
	if (o->part == OPEN_OFFERED || o->part == OPEN_RECENT || misplaced_token(ui, o, ev))
		return UI_REDRAW;
	if (o->picked[o->part]) {
		textfield_action(f, ACT_ERASE_ALL);
		o->picked[o->part] = NULL;
	}
	if (textfield_event(f, ev, ui->notice, sizeof(ui->notice)))
		o->error[0] = '\0';
	if (o->part == OPEN_PROFILE)
		narrow(ui, o);
	return UI_REDRAW;
}

/* A click gives a field the keys, or marks a row; on the marked one it does what Enter does. */
static unsigned
open_mouse(struct ui *ui, void *state, const struct mouse *m)
{
	struct open *o = state;
	int64_t part = ui_clicked(ui, ZONE_PART, m), at = ui_clicked(ui, ZONE_CHOICE, m);
	enum open_part was = o->part;
	struct picker *list;

	if (part < 0 || part >= OPEN_PARTS || !open_shown(ui, o, (enum open_part)part))
		return UI_REDRAW;
	o->part = (enum open_part)part;
	list = list_of(o);
	if (!list || at < 0 || at >= (int64_t)list->n)
		return UI_REDRAW;
	if (was == o->part && list->here == (size_t)at)
		return accept(ui, o);
	list->here = (size_t)at;
	return UI_REDRAW;
}

static const enum action *
open_hints(const struct ui *ui, const void *state)
{
	static const enum action list[] = {ACT_ACCEPT, ACT_FORM_NEXT, ACT_OPEN_LOGIN, ACT_OPEN_EDIT,
		ACT_BACK, ACT_HELP, ACT_INTERRUPT, ACT_NONE};
	static const enum action field[] = {ACT_ACCEPT, ACT_FORM_NEXT, ACT_OPEN_LOGIN, ACT_BACK,
		ACT_ERASE_ALL, ACT_INTERRUPT, ACT_NONE};

	(void)ui;
	return ((const struct open *)state)->part == OPEN_PROFILE ? list : field;
}

static void
open_leave(struct ui *ui, void *state)
{
	struct open *o = state;

	(void)ui;
	for (int i = 0; i < OPEN_PARTS; i++)
		textfield_release(&o->fields[i]);
	for (size_t i = 0; i < o->offered.n; i++)
		secret_unref(o->offers[i].value);
	for (size_t i = 0; i < o->recent.n; i++)
		free(o->files[i].path);
}

static const struct screen screen_open = {
	.name = "open",
	.state_size = sizeof(struct open),
	.contexts = CONTEXT_FORM,
	.leave = open_leave,
	.action = open_action,
	.event = open_event,
	.mouse = open_mouse,
	.draw = open_draw,
	.hints = open_hints,
};

void
screen_open_push(struct ui *ui)
{
	struct open *o = ui_push(ui, &screen_open);

	if (!o)
		return;
	for (int i = 0; i < OPEN_PARTS; i++)
		textfield_init(&o->fields[i], open_fields[i].secret);
	o->has_current = ui->m.host[0] != '\0';
	o->profiles.stays = true;
	narrow(ui, o);
	if (ui->d->offers)
		o->offered.n = ui->d->offers(ui->d->ctx, o->offers, UI_OFFERS);
	/* a look at another case ends the one at hand */
	if (ui->d->recent && ui->d->show_case && open_fresh(ui))
		o->recent.n = ui->d->recent(ui->d->ctx, o->files, UI_RECENT);
	for (size_t i = o->offered.n; i-- > 0;)
		if (o->offers[i].given && open_fresh(ui))
			pick(o, &o->offers[i]);
	o->part = open_shown(ui, o, OPEN_PROFILE) ? OPEN_PROFILE
		: is_typed(ui, o)               ? OPEN_ISSUER
						  : OPEN_ACCESS;
}
