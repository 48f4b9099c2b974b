/* One login flow: the request before it is sent, waiting for the user, what came of it. */
#include "ui/login.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "engine/browser.h"

static const struct screen screen_login;

/* The state of the login screen on top; NULL: another one is. */
static struct login *
on_top(const struct ui *ui)
{
	const struct layer *l = &ui->layers[ui->n_layers - 1];

	return l->screen == &screen_login ? l->state : NULL;
}

static void
read_model(struct ui *ui)
{
	login_model_read(&ui->m.login, ui->d->wizard);
	ui->model_stale = true;
}

/*
 * What Enter takes at first: the browser, where one is at hand.  Over SSH it would open where
 * nobody sits, unless $BROWSER says what to do there.
 */
static size_t
first_choice(const struct ui *ui, const struct login *l)
{
	const struct finding *why = ui->m.diagnosis ? ui->m.diagnosis->verdict.primary : NULL;
	bool here = l->browser && (getenv("BROWSER") || !getenv("SSH_CONNECTION"));

	/* without another audience the new token fails as the old one did */
	if (l->kind == FLOW_EXCHANGE && !l->audience && !ui->m.c->profile.audience && why &&
		!strcmp(why->rule->id, "wrong-audience"))
		return 1;
	return flow_is_redirect(l->kind) && !here ? 1 : 0;
}

size_t
login_choices(const struct login *l, enum login_choice out[4], const char *words[4])
{
	bool browser = flow_is_redirect(l->kind);
	size_t n = 0;

	if (browser) {
		out[n] = LOGIN_BROWSER;
		words[n++] = l->browser ? _("Open a browser on this machine with it")
					: _("Open a browser here: none is found (see $BROWSER)");
	}
	out[n] = LOGIN_SEND;
	words[n++] = browser ? _("Show the address: I open it where I want") : _("Send it");
	if (l->kind == FLOW_EXCHANGE) {
		out[n] = LOGIN_AUDIENCE;
		words[n++] = _("Ask for another audience");
	} else {
		out[n] = LOGIN_SCOPE;
		words[n++] = _("Ask for another scope");
	}
	out[n] = LOGIN_CANCEL;
	words[n++] = _("Cancel");
	return n;
}

const char *
login_address(const struct login_model *m)
{
	if (m->url)
		return m->url;
	if (m->verification_uri_complete)
		return m->verification_uri_complete;
	return m->verification_uri ? m->verification_uri : "";
}

static bool
prepare(struct ui *ui, struct login *l, bool browser)
{
	struct err e = ERR_INIT;
	struct flow_wish wish = {
		.scope = l->scope, .audience = l->audience, .open_browser = browser};
	bool ok = wizard_login_prepare(ui->d->wizard, l->kind, &wish, &e) == RES_OK;

	if (!ok)
		dialog_tell(ui, _("Not with this profile"), e.text);
	read_model(ui);
	l->top = 0;
	return ok;
}

bool
login_open(struct ui *ui, enum flow_kind k)
{
	bool goes_on = flow_active(ui->m.login.phase) && ui->m.login.kind == k;
	struct login *l = ui_push(ui, &screen_login);

	if (!l)
		return false;
	l->kind = k;
	l->browser = browser_available();
	l->here = first_choice(ui, l);
	if (goes_on || prepare(ui, l, false))
		return true;
	/* the dialog that says why stands over the screen that is not to be */
	{
		struct layer top = ui->layers[ui->n_layers - 1];

		ui->n_layers--;
		ui_pop(ui);
		ui->layers[ui->n_layers++] = top;
	}
	return false;
}

/* --- PREPARED: the choices ------------------------------------------------------------------- */

static void
go(struct ui *ui)
{
	struct err e = ERR_INIT;
	struct login *l = on_top(ui);

	if (wizard_login_go(ui->d->wizard, &e) != RES_OK)
		dialog_tell(ui, _("Not sent"), e.text);
	else if (l)
		l->began_us = ui_now_us(ui);
	read_model(ui);
}

/* A place for what comes is chosen before anything is sent. */
static void
send(struct ui *ui)
{
	if (wizard_token_place(ui->d->wizard, NULL) == PLACE_UNCHOSEN)
		place_ask(ui,
			_("The new tokens can be had once. Choose first where they are kept."), go);
	else
		go(ui);
}

static void
set_wish(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	struct login *l = on_top(ui);
	char **member;

	(void)choice;
	if (!l)
		return;
	member = arg == LOGIN_SCOPE ? &l->scope : &l->audience;
	text = span_trim(text);
	free(*member);
	*member = text.n ? span_dup(text) : NULL;
	l->here = first_choice(ui, l);
	prepare(ui, l, false);
}

static void
ask_wish(struct ui *ui, const struct login *l, enum login_choice what)
{
	const struct profile *p = &ui->m.c->profile;
	bool scope = what == LOGIN_SCOPE;
	const char *was = scope ? l->scope ? l->scope : p->scope
				: l->audience ? l->audience : p->audience;

	/* the resource that refused the token, until another is said */
	if (!was && what == LOGIN_AUDIENCE)
		was = p->resource_url;
	dialog_open(ui,
		&(struct dialog_spec){
			.title = scope ? _("Scope to ask for") : _("Audience to ask for"),
			.text = scope
				? _("Blank-separated; the request is shown again before it is "
				    "sent.")
				: _("The client identifier or URI of whom the new token is "
				    "for; the request is shown again before it is sent."),
			.input = true,
			.value = was ? was : "",
			.hint = scope ? "openid profile" : "https://api.example",
			.done = set_wish,
			.arg = what});
}

static unsigned
choose(struct ui *ui, struct login *l, size_t at)
{
	enum login_choice choices[4];
	const char *words[4];

	if (at >= login_choices(l, choices, words))
		return UI_HANDLED;
	l->here = at;
	switch (choices[at]) {
	case LOGIN_BROWSER:
		if (!l->browser)
			ui_notice(ui, _("No browser is found on this machine."));
		else if (prepare(ui, l, true))
			send(ui);
		return UI_REDRAW;
	case LOGIN_SEND:
		send(ui);
		return UI_REDRAW;
	case LOGIN_SCOPE:
	case LOGIN_AUDIENCE:
		ask_wish(ui, l, choices[at]);
		return UI_REDRAW;
	case LOGIN_CANCEL:
	default:
		wizard_login_cancel(ui->d->wizard);
		read_model(ui);
		return UI_CLOSE;
	}
}

static void
scroll(const struct ui *ui, struct login *l, enum action a)
{
	int shown, all;

	login_request_rows(ui, l, &shown, &all);
	l->top += a == ACT_PAGE_UP ? 1 - shown : a == ACT_PAGE_DOWN ? shown - 1 : 0;
	if (a == ACT_HOME)
		l->top = 0;
	if (a == ACT_END || l->top > all - shown)
		l->top = all - shown;
	if (l->top < 0)
		l->top = 0;
}

static unsigned
prepared_action(struct ui *ui, struct login *l, enum action a)
{
	enum login_choice choices[4];
	const char *words[4];
	size_t n = login_choices(l, choices, words);

	switch (a) {
	case ACT_ENTER:
		return choose(ui, l, l->here);
	case ACT_UP:
	case ACT_DOWN:
		l->here = (l->here + (a == ACT_UP ? n - 1 : 1)) % n;
		return UI_REDRAW;
	case ACT_STEP_1:
	case ACT_STEP_2:
	case ACT_STEP_3:
	case ACT_STEP_4:
		return choose(ui, l, (size_t)(a - ACT_STEP_1));
	default:
		scroll(ui, l, a);
		return UI_REDRAW;
	}
}

/* --- WAITING --------------------------------------------------------------------------------- */

static bool
paste_take(struct ui *ui, struct span text, uintptr_t arg, struct err *why)
{
	bool ok = wizard_login_paste(ui->d->wizard, span_trim(text), why) == RES_OK;

	(void)arg;
	read_model(ui);
	return ok;
}

static bool
takes_paste(const struct ui *ui)
{
	const struct login_model *m = &ui->m.login;

	return m->phase == FLOW_WAITING && flow_is_redirect(m->kind);
}

static void
ask_paste(struct ui *ui)
{
	if (!takes_paste(ui)) {
		ui_notice(ui, _("Nothing is pasted back in this flow."));
		return;
	}
	dialog_open(ui,
		&(struct dialog_spec){.title = _("The address the browser ended at"),
			.text = _(
				"After the login the browser goes to the redirect URI. If nothing "
				"answers there (the browser runs elsewhere), copy the whole "
				"address from its address bar to here."),
			.input = true,
			.secret = true,
			.hint = "http://127.0.0.1/…?code=…&state=…",
			.take = paste_take});
}

static void
copy(struct ui *ui)
{
	const char *text = login_address(&ui->m.login);

	if (!*text) {
		ui_notice(ui, _("There is no address yet."));
		return;
	}
	ui->d->term->clip(ui->term, span_of(text));
	ui_notice(ui,
		_("Sent %zu bytes to the terminal's clipboard; whether it took them cannot be "
		  "known."),
		strlen(text));
}

static unsigned
toggle(struct ui *ui, struct login *l, enum login_show what)
{
	if (l->show != what && !*login_address(&ui->m.login))
		ui_notice(ui, _("There is no address yet."));
	else
		l->show = l->show == what ? LOGIN_USUAL : what;
	return UI_REDRAW;
}

/* --- the screen ------------------------------------------------------------------------------ */

static unsigned
leave_or_cancel(struct ui *ui, struct login *l)
{
	if (l->show != LOGIN_USUAL) {
		l->show = LOGIN_USUAL;
		return UI_REDRAW;
	}
	if (flow_active(ui->m.login.phase)) {
		wizard_login_cancel(ui->d->wizard);
		read_model(ui);
		ui_notice(ui, "%s", ui->m.login.words[0] ? tr(ui->m.login.words) : _("Cancelled."));
	}
	return UI_CLOSE;
}

/* What came of it is read, and Enter goes where it is shown. */
static unsigned
ended(struct ui *ui)
{
	if (ui->m.login.phase == FLOW_DONE) {
		ui_go_step(ui, STEP_HANDLE);
		return UI_REDRAW;
	}
	return UI_CLOSE;
}

static unsigned
login_action(struct ui *ui, void *state, enum action a)
{
	struct login *l = state;
	enum flow_phase phase = ui->m.login.phase;

	switch (a) {
	case ACT_BACK:
		return leave_or_cancel(ui, l);
	case ACT_QUIT:
		return UI_PROPAGATE;
	case ACT_COPY:
		copy(ui);
		return UI_REDRAW;
	case ACT_ADDRESS:
		return toggle(ui, l, LOGIN_ADDRESS);
	case ACT_QR:
		/* the others come back to this machine, where a phone cannot */
		if (l->kind == FLOW_DEVICE)
			return toggle(ui, l, LOGIN_QR);
		ui_notice(ui, _("A QR code is for another device: device authorization has one."));
		return UI_REDRAW;
	case ACT_PASTE_BACK:
		ask_paste(ui);
		return UI_REDRAW;
	case ACT_HELP:
	case ACT_INTERRUPT:
	case ACT_REDRAW:
	case ACT_COMMAND:
	case ACT_PREV_STEP:
	case ACT_NEXT_STEP:
	case ACT_LOGIN:
		return UI_PROPAGATE;
	default:
		break;
	}
	if (phase == FLOW_PREPARED)
		return prepared_action(ui, l, a);
	if (!flow_active(phase) && a == ACT_ENTER)
		return ended(ui);
	return a >= ACT_STEP_1 && a <= ACT_STEP_5 ? UI_PROPAGATE : UI_HANDLED;
}

static unsigned
login_event(struct ui *ui, void *state, const struct key_event *ev)
{
	struct err e = ERR_INIT;

	(void)state;
	if (ev->kind != EVENT_PASTE)
		return UI_HANDLED;
	if (!takes_paste(ui))
		ui_notice(ui, _("Pasted %zu bytes, but nothing takes them here."), ev->paste.n);
	else if (!paste_take(ui, ev->paste, 0, &e))
		ui_notice(ui, "%s", e.text);
	return UI_REDRAW;
}

static void
login_paint(const struct ui *ui, const void *state, struct canvas *c)
{
	login_draw(ui, state, c);
}

static void
login_leave(struct ui *ui, void *state)
{
	struct login *l = state;

	(void)ui;
	free(l->scope);
	free(l->audience);
	free(l->qr_for);
	free(l->qr);
}

static const enum action *
login_hints(const struct ui *ui, const void *state)
{
	static const enum action asking[] = {ACT_BACK, ACT_NONE};
	static const enum action prepared[] = {
		ACT_ENTER, ACT_UP, ACT_PAGE_DOWN, ACT_BACK, ACT_NONE};
	static const enum action code[] = {
		ACT_COPY, ACT_ADDRESS, ACT_PASTE_BACK, ACT_BACK, ACT_NONE};
	static const enum action device[] = {
		ACT_QR, ACT_COPY, ACT_ADDRESS, ACT_BACK, ACT_NONE};
	static const enum action end[] = {ACT_ENTER, ACT_BACK, ACT_NONE};

	(void)state;
	switch (ui->m.login.phase) {
	case FLOW_PREPARED:
		return prepared;
	case FLOW_WAITING:
		return takes_paste(ui) ? code : device;
	case FLOW_ASKING:
	case FLOW_REDEEMING:
		return asking;
	default:
		return end;
	}
}

/* --- time: the countdown's next second; a QR code for a new address -------------------------- */

static bool
qr_stale(const struct ui *ui, const struct login *l)
{
	const char *text = login_address(&ui->m.login);

	return ui->m.login.phase == FLOW_WAITING && ui->m.login.kind == FLOW_DEVICE && *text &&
		(!l->qr_for || strcmp(l->qr_for, text) != 0);
}

static void
make_qr(struct ui *ui, struct login *l)
{
	struct err e = ERR_INIT;
	const struct qr_ops *ops = ui->d->qr ? ui->d->qr(ui->d->ctx, &e) : NULL;

	free(l->qr_for);
	l->qr_for = xstrdup(login_address(&ui->m.login));
	if (!l->qr)
		l->qr = xcalloc(1, sizeof(*l->qr));
	l->qr->size = 0;
	l->qr_why[0] = '\0';
	if (!ops)
		snprintf(l->qr_why, sizeof(l->qr_why), _("No QR code: %s"),
			e.text[0] ? e.text : _("this build has none"));
	else if (!ops->encode(l->qr_for, l->qr))
		snprintf(l->qr_why, sizeof(l->qr_why), _("No QR code: the address is too long."));
}

static int64_t
login_deadline(const struct ui *ui, const void *state)
{
	const struct login *l = state;
	int64_t now = ui_now_us(ui);

	if (qr_stale(ui, l))
		return now;
	if (ui->m.login.phase != FLOW_WAITING)
		return INT64_MAX;
	return l->tick_us;
}

static unsigned
login_timeout(struct ui *ui, void *state, int64_t now_us)
{
	struct login *l = state;
	int64_t step;

	if (qr_stale(ui, l))
		make_qr(ui, l);
	if (!l->began_us)
		l->began_us = now_us;
	/* on the second of what is shown as left, else of what has passed */
	step = ui->m.login.expires_us ? (ui->m.login.expires_us - now_us) % 1000000
				      : 1000000 - (now_us - l->began_us) % 1000000;
	l->tick_us = now_us + (step > 0 ? step : 1000000);
	return UI_REDRAW;
}

static const struct screen screen_login = {
	.name = "login",
	.state_size = sizeof(struct login),
	.contexts = CONTEXT_LIST | CONTEXT_GLOBAL | CONTEXT_LOGIN,
	.leave = login_leave,
	.action = login_action,
	.event = login_event,
	.draw = login_paint,
	.hints = login_hints,
	.deadline = login_deadline,
	.timeout = login_timeout,
};
