#include "cli/login.h"

#include <errno.h>
#include <limits.h>
#include <termios.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "cli/in-flight.h"

enum { LINE_MOST = 16 << 10 };

struct talk {
	const struct login_talk *t;
	struct app *a;
	struct buf line; /* being typed */
	bool ended; /* the input */
	char said[LIMIT_MESSAGE];
	enum flow_phase shown; /* what to do was said for it */
	unsigned ignored;
};

static void
say(struct talk *t, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	buf_init_wiping(&b, 64 << 10);
	va_start(ap, fmt);
	(void)buf_vprintf(&b, fmt, ap);
	va_end(ap);
	t->t->say(t->t->ctx, buf_str(&b));
	buf_release(&b);
}

/* --- what the user has to do ---------------------------------------------------------------- */

static void
say_browser(struct talk *t, const struct flow_view *v)
{
	bool paste = t->t->in_fd >= 0;

	say(t, "\n%s\n\n%s\n\n",
		v->opened ? _("A browser was opened with this address; if none shows, open it:")
			  : _("Open this address in a browser and log in:"),
		v->url);
	if (v->listening)
		say(t, _("The answer is waited for at %s, ten minutes.\n"), v->redirect_uri);
	if (paste)
		say(t, "%s\n",
			v->listening
				? _("If the browser is on another machine, or cannot reach that "
				    "address, paste the whole address that it ends at here, and "
				    "press Enter.")
				: _("Then paste the whole address that it ends at here, and press "
				    "Enter."));
	if (paste && t->t->may_leave)
		say(t, "%s\n", _("An empty line gives up."));
}

static void
say_device(struct talk *t, const struct flow_view *v)
{
	int64_t left = v->expires_us - clock_mono_us(&clock_system);
	char span[32];

	say(t, _("\nOpen this address on any device:\n\n%s\n\nand enter the code:\n\n%s\n\n"),
		v->verification_uri, v->user_code);
	if (v->verification_uri_complete)
		say(t, _("With the code in it:\n\n%s\n\n"), v->verification_uri_complete);
	say(t, _("The code is good for %s.\n"), time_span_us(span, left > 0 ? left : 0));
	if (t->t->may_leave && t->t->in_fd >= 0)
		say(t, "%s\n", _("An empty line gives up."));
}

static void
tell(struct talk *t)
{
	const struct flow_view *v = wizard_login_view(t->a->wizard);

	if (!v)
		return;
	if (v->phase == FLOW_WAITING && t->shown != FLOW_WAITING)
		(v->user_code ? say_device : say_browser)(t, v);
	else if (strcmp(t->said, v->words) != 0 && flow_active(v->phase) &&
		v->phase != FLOW_PREPARED)
		say(t, "%s\n", v->words);
	text_format(t->said, sizeof t->said, "%s", v->words);
	t->shown = v->phase;
	if (v->ignored > t->ignored)
		say(t,
			_("A request to the redirect URI was not the answer to this login; it is "
			"ignored.\n"));
	t->ignored = v->ignored;
}

/* --- what the user pastes ------------------------------------------------------------------- */

/* A terminal that reads lines holds this much of one, and drops the rest. */
enum { TERMINAL_LINE = 4095 };

static bool
cut_by_terminal(const struct talk *t, struct span line)
{
	struct termios mode;

	return line.n >= TERMINAL_LINE && tcgetattr(t->t->in_fd, &mode) == 0 &&
		(mode.c_lflag & ICANON);
}

static void
take_line(struct talk *t, struct span line)
{
	const struct flow_view *v = wizard_login_view(t->a->wizard);
	struct err e = ERR_INIT;

	if (!v || v->phase != FLOW_WAITING)
		return;
	if (!span_trim(line).n) {
		if (t->t->may_leave)
			wizard_login_cancel(t->a->wizard);
	} else if (v->user_code) {
		say(t, _("The code is entered at the address above, not here.\n"));
	} else if (cut_by_terminal(t, line)) {
		say(t,
			_("It is not taken: the terminal cuts a line after %d characters, and this "
			"one is as long. Paste only what stands behind the '?' of the address: "
			"code, state and iss, with & between; or end this, say 'stty -icanon', "
			"and log in again.\n"),
			TERMINAL_LINE);
	} else if (wizard_login_paste(t->a->wizard, line, &e) != RES_OK) {
		t->ignored = wizard_login_view(t->a->wizard)->ignored;
		say(t, _("It is not taken: %s.\n"), e.text);
	}
}

static void
read_lines(struct talk *t)
{
	char part[4096];
	ssize_t n = read(t->t->in_fd, part, sizeof(part));
	struct span rest = span_make(part, n > 0 ? (size_t)n : 0);

	if (n < 0 && errno == EINTR)
		return;
	t->ended = n <= 0;
	while (rest.n) {
		size_t end = span_find(rest, '\n');

		(void)buf_add_span(&t->line, span_sub(rest, 0, end));
		if (end == SIZE_MAX)
			break;
		take_line(t, buf_span(&t->line));
		buf_clear(&t->line);
		rest = span_from(rest, end + 1);
	}
	wipe(part, sizeof(part));
}

/* --- the loop --------------------------------------------------------------------------------- */

static bool
wants_line(const struct talk *t)
{
	const struct flow_view *v = wizard_login_view(t->a->wizard);

	return t->t->in_fd >= 0 && !t->ended && v && v->phase == FLOW_WAITING;
}

static enum res
wait_once(struct talk *t)
{
	struct pollfd fds[FLOW_FDS + 1];
	size_t n = wizard_login_fds(t->a->wizard, fds, FLOW_FDS);
	int64_t at = wizard_deadline_us(t->a->wizard), now = clock_mono_us(&clock_system), left;
	bool line = wants_line(t);
	enum res r;

	if (line)
		fds[n] = (struct pollfd){.fd = t->t->in_fd, .events = POLLIN};
	left = at == INT64_MAX ? -1 : at <= now ? 0 : (at - now) / 1000 + 1;
	r = engine_wait(t->a->engine, fds, n + line, left > INT_MAX ? INT_MAX : (int)left);
	if (r == RES_OK && line && fds[n].revents)
		read_lines(t);
	return r;
}

static bool
at_rest(const struct app *a, enum flow_phase until)
{
	const struct flow_view *v = wizard_login_view(a->wizard);

	return !v || v->phase == until || (!flow_active(v->phase) && !wizard_busy(a->wizard));
}

/* A token request whose answer is not here yet (and not the proof of what came). */
static bool
view_redeems(const struct app *a)
{
	const struct flow_view *v = wizard_login_view(a->wizard);

	return v && v->phase == FLOW_REDEEMING && !*wizard_tokens_kept(a->wizard);
}

enum res
login_run(struct app *a, const struct login_talk *talk, enum flow_phase until, struct err *e)
{
	struct talk t = {.t = talk, .a = a};
	enum res r = RES_OK;

	buf_init_wiping(&t.line, LINE_MOST);
	for (;;) {
		engine_turn(a->engine);
		wizard_update(a->wizard);
		tell(&t);
		log_flush(a->log);
		if (at_rest(a, until))
			break;
		in_flight_is(view_redeems(a) ? IN_FLIGHT_LOGIN : IN_FLIGHT_NOTHING);
		r = wait_once(&t);
		if (r != RES_OK) {
			err_errno(e, "waiting for the network");
			break;
		}
	}
	in_flight_is(IN_FLIGHT_NOTHING);
	buf_release(&t.line);
	return r;
}
