/* Logging in again, line by line: the same flows and questions as on the screen. */
#include "cli/line-parts.h"

#include <errno.h>
#include <limits.h>

#include "base/mem.h"
#include "base/tr.h"
#include "wizard/flow.h"

static const struct flow_view *
view(const struct line *l)
{
	return wizard_login_view(l->a->wizard);
}

static bool
takes_paste(const struct flow_view *v)
{
	return v->phase == FLOW_WAITING && flow_is_redirect(v->kind);
}

/* A line that came while the login waits: what the browser ended at, or the end of it. */
static void
take_line(struct line *l)
{
	struct err e = ERR_INIT;
	struct span s;

	if (!fgets(l->answer, sizeof l->answer, l->in)) {
		wizard_login_cancel(l->a->wizard);
		return;
	}
	s = span_trim(span_of(l->answer));
	if (!s.n)
		wizard_login_cancel(l->a->wizard);
	else if (!takes_paste(view(l)))
		line_put(l, _("Nothing is read here but an empty line, which cancels.\n"));
	else if (wizard_login_paste(l->a->wizard, s, &e) != RES_OK)
		line_put(l, _("Not taken: %s.\n"), e.text);
	wipe(l->answer, sizeof l->answer);
}

static int
timeout_ms(const struct app *a)
{
	int64_t at = engine_deadline_us(a->engine), other = wizard_deadline_us(a->wizard), ms;

	if (other < at)
		at = other;
	if (at == INT64_MAX)
		return -1;
	ms = (at - clock_mono_us(&clock_system) + 999) / 1000;
	/* a wait that ends early is begun anew */
	return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Goes on until something else is to be said: the login waits, or has ended. */
static void
go_on(struct line *l)
{
	struct app *a = l->a;
	const struct flow_view *v = view(l);
	enum flow_phase was = v ? v->phase : FLOW_IDLE;

	for (;;) {
		struct pollfd fds[1 + FLOW_FDS] = {{.fd = fileno(l->in), .events = POLLIN}};
		size_t n = 0;

		engine_turn(a->engine);
		wizard_update(a->wizard);
		v = view(l);
		if (!v || !flow_active(v->phase) || v->phase == FLOW_PREPARED || v->phase != was)
			return;
		/* what is typed is read while it waits for the user, and not before */
		n = v->phase == FLOW_WAITING ? 1 : 0;
		n += wizard_login_fds(a->wizard, fds + n, FLOW_FDS);
		if (engine_wait(a->engine, fds, n, timeout_ms(a)) != RES_OK && errno != EINTR)
			wizard_login_cancel(a->wizard);
		else if (v->phase == FLOW_WAITING && fds[0].revents)
			take_line(l);
		log_flush(a->log);
	}
}

/* Where to go and what to do there.  The address stands on a line of its own, unbroken. */
static void
put_waiting(struct line *l)
{
	const struct flow_view *v = view(l);
	int64_t left = v->expires_us - clock_mono_us(&clock_system);
	char t[32];

	line_put(l, "%s\n", v->words);
	if (v->url)
		fprintf(l->out, "\n%s\n\n", v->url);
	if (v->user_code) {
		line_put(l, _("On any device, open this address:\n"));
		fprintf(l->out, "\n%s\n\n", v->verification_uri ? v->verification_uri : "");
		line_put(l, _("and enter this code: %s\n"), v->user_code);
		if (v->verification_uri_complete) {
			line_put(l, _("Or this address, which has the code in it:\n"));
			fprintf(l->out, "\n%s\n\n", v->verification_uri_complete);
		}
	}
	if (v->redirect_uri)
		line_put(l, v->listening ? _("Listening at %s.\n")
					  : _("Nothing listens; the browser will end at %s.\n"),
			v->redirect_uri);
	if (v->expires_us && left > 0)
		line_put(l, _("It waits %s.\n"), time_span(t, left / 1000000));
	line_put(l, "%s\n", takes_paste(v)
		? _("If the browser is elsewhere, paste the address that it ends at. An empty "
		    "line cancels.")
		: _("An empty line cancels."));
	fflush(l->out);
}

/* Changes what is asked for and prepares anew; false: it cannot be. */
static bool
prepare(struct line *l, enum flow_kind k, const char *scope, const char *audience)
{
	struct err e = ERR_INIT;
	struct flow_wish wish = {.scope = scope, .audience = audience};

	if (wizard_login_prepare(l->a->wizard, k, &wish, &e) != RES_OK) {
		line_put(l, _("Not now: %s.\n"), e.text);
		return false;
	}
	go_on(l);
	if (view(l)->phase == FLOW_PREPARED)
		return true;
	line_put(l, "%s\n", view(l)->words);
	return false;
}

/* The request is shown until it is agreed to, changed, or dropped. */
static bool
agreed(struct line *l, enum flow_kind k)
{
	const char *what = k == FLOW_EXCHANGE ? _("audience") : _("scope");
	struct err e = ERR_INIT;
	char *wish = NULL;
	bool yes = false, going = prepare(l, k, NULL, NULL);

	while (going && !yes) {
		line_put(l, _("\n%s\n%s\nNew tokens %s; the ones at hand stay valid.\n"),
			view(l)->words, view(l)->request, tr(flow_row(k)->whose));
		line_put(l, _("  1  go on\n  2  ask for another %s\n  0  cancel\n"), what);
		going = line_ask(l, _("Choice:"));
		yes = going && !strcmp(l->answer, "1");
		if (yes || !going)
			break;
		going = !strcmp(l->answer, "2");
		if (!going || !line_ask(l, k == FLOW_EXCHANGE ? _("Audience:") : _("Scope:")))
			break;
		free(wish);
		wish = span_dup(span_of(l->answer));
		going = prepare(l, k, k == FLOW_EXCHANGE ? NULL : wish,
			k == FLOW_EXCHANGE ? wish : NULL);
	}
	free(wish);
	if (yes && line_choose_place(l, &e))
		return true;
	wizard_login_cancel(l->a->wizard);
	line_put(l, _("Nothing was sent.%s%s\n"), *e.text ? " " : "", e.text);
	return false;
}

static bool
choose(struct line *l, enum flow_kind *out)
{
	int64_t n;

	for (int k = 0; k < FLOW_COUNT; k++) {
		const struct flow_row *f = flow_row((enum flow_kind)k);
		char why[LIMIT_MESSAGE] = "";
		bool can = wizard_can_login(l->a->wizard, (enum flow_kind)k, why, sizeof why);

		if (can)
			line_put(l, _("  %d  %s: takes %s; %s%s%s\n"), k + 1, tr(f->words),
				tr(f->takes), tr(f->whose), *why ? _(". But ") : "", why);
		else
			line_put(l, _("  -  %s: not now, %s\n"), tr(f->words), why);
	}
	line_put(l, _("  0  none of them\n"));
	if (!line_ask(l, _("Way:")) || span_to_i64(span_of(l->answer), &n) != RES_OK || n < 1 ||
		n > FLOW_COUNT)
		return false;
	*out = (enum flow_kind)(n - 1);
	return true;
}

void
line_login(struct line *l)
{
	struct err e = ERR_INIT;
	size_t was = l->a->c.n_generations;
	enum flow_kind k;

	line_put(l, _("Log in again: which way? Nothing is sent yet.\n"));
	if (!choose(l, &k) || !agreed(l, k))
		return;
	if (wizard_login_go(l->a->wizard, &e) != RES_OK) {
		line_put(l, _("Nothing was sent: %s.\n"), e.text);
		return;
	}
	while (flow_active(view(l)->phase)) {
		if (view(l)->phase == FLOW_WAITING)
			put_waiting(l);
		go_on(l);
	}
	line_put(l, "%s\n", view(l)->words);
	if (*view(l)->error)
		line_put(l, _("Error: %s\n"), view(l)->error);
	if (view(l)->phase != FLOW_DONE)
		return;
	/* the proof */
	line_finish(l);
	l->step = STEP_HANDLE;
	line_put_step(l);
	line_offer_files(l, was);
}
