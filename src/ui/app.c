#include "ui/state.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "ui/command.h"

enum { FRAME_US = 33000, READ_MAX = 4096 };
/* More keys than this in one read, of so many kinds, were pasted; what follows a long burst so soon
 * is its end. */
enum { BURST_KEYS = 8, BURST_KINDS = 4, BURST_LONG = 512, BURST_GAP_US = 50000 };

int64_t
ui_now_us(const struct ui *ui)
{
	return clock_mono_us(ui->d->clock);
}

void
ui_notice(struct ui *ui, const char *fmt, ...)
{
	char raw[sizeof(ui->notice)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_safe_into(ui->notice, sizeof(ui->notice), span_of(raw));
	ui->dirty = true;
}

void
ui_notice_busy(struct ui *ui)
{
	char key[32];

	if (ui->m.refreshing)
		ui_notice(ui,
			wizard_awaits_tokens(ui->d->wizard)
				? _("A refresh once sent is not cancelled: its answer holds "
				    "tokens. %s waits for it.")
				: _("A refresh once sent is not cancelled: its answer holds "
				    "tokens. %s gives it up."),
			keymap_name(&ui->keymap, ACT_QUIT, key, sizeof(key)));
	else
		ui_notice(ui, _("A request is under way; Esc cancels it."));
}

bool
ui_notice_offline(struct ui *ui)
{
	if (ui->d->offline)
		ui_notice(ui,
			_("Read-only: this was recorded before, and nothing is sent from here."));
	return ui->d->offline;
}

void
ui_leave(struct ui *ui, int status)
{
	ui->quit = true;
	if (status > ui->status)
		ui->status = status;
}

/* --- frames ------------------------------------------------------------------------------- */

/* An address for another window or machine stands there: the mouse is the terminal's. */
static bool
to_be_selected(const struct ui *ui)
{
	return ui->layers[ui->n_layers - 1].screen->contexts & CONTEXT_LOGIN &&
		ui->m.login.phase == FLOW_WAITING;
}

static void
draw(struct ui *ui)
{
	int rows, cols;

	ui->d->term->size(ui->term, &rows, &cols);
	if (rows != ui->canvas.rows || cols != ui->canvas.cols)
		canvas_resize(&ui->canvas, rows, cols);
	ui_draw(ui, &ui->canvas);
	ui->decoder.mouse = ui->mouse && !to_be_selected(ui);
	if (ui->mouse)
		ui->d->term->mouse(ui->term, ui->decoder.mouse);
	if (!ui->d->term->draw(ui->term, &ui->canvas))
		ui_leave(ui, 128 + SIGHUP);
	ui->dirty = ui->soon = false;
	ui->drawn_us = ui_now_us(ui);
}

/* --- what came in ------------------------------------------------------------------------- */

static void
take_signal(struct ui *ui, int sig)
{
	switch (sig) {
	case SIGWINCH:
		if (ui->d->term->resized(ui->term))
			ui->dirty = ui->soon = true;
		break;
	case SIGTSTP:
		ui->d->term->suspend(ui->term);
		ui->dirty = ui->soon = ui->model_stale = true;
		break;
	case SIGCONT:
		ui->d->term->resized(ui->term);
		ui->d->term->redraw(ui->term);
		ui->dirty = ui->soon = ui->model_stale = true;
		break;
	case SIGUSR1: /* SIGHUP means that the terminal is gone */
		flow_reopen_log(ui);
		ui->dirty = true;
		break;
	default:
		ui_leave(ui, 128 + sig);
		break;
	}
}

void
ui_look_at_lesson(struct ui *ui)
{
	if (ui->lesson[0] || !ui->d->lesson_reached || ui->m.busy || !ui->m.walked)
		return;
	if (ui->d->lesson_reached(ui->d->ctx, ui->lesson, sizeof(ui->lesson)))
		ui_notice(ui, "%s", ui->lesson);
	else
		ui->lesson[0] = '\0';
}

static void
look_at_wizard(struct ui *ui)
{
	if (!ui->prepared)
		return;
	if (wizard_update(ui->d->wizard) || ui->model_stale) {
		model_read(&ui->m, ui->d->wizard, ui->step, &ui->keymap, ui->local_time);
		ui->model_stale = false;
		ui->dirty = true;
		ui_look_at_lesson(ui);
	} else if ((ui->m.busy || wizard_busy(ui->d->wizard)) &&
		model_read_progress(&ui->m, ui->d->wizard)) {
		ui->model_stale = !ui->m.busy;
		ui->dirty = true;
	}
	if (ui->records && log_generation(ui->records) != ui->log_seen) {
		ui->log_seen = log_generation(ui->records);
		flow_log_news(ui);
		ui->dirty = true;
	}
}

/*
 * Without bracketed paste a burst is one, and none of its bytes a key: nobody types that fast.  How
 * many bytes of the read belong to it; 0: these are keys.  A key held down is not a burst, however
 * many times it comes, and what begins with an ESC are keys with names.
 */
static size_t
burst(const struct ui *ui, const char *p, size_t n)
{
	const char *esc = memchr(p, 033, n);
	size_t len = esc ? (size_t)(esc - p) : n, printable = 0;
	bool seen[256] = {false};
	unsigned kinds = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char b = (unsigned char)p[i];

		printable += b >= ' ' && b != 0x7f && (b & 0xc0) != 0x80;
		kinds += !seen[b];
		seen[b] = true;
	}
	if (printable > BURST_KEYS && kinds >= BURST_KINDS)
		return len;
	/* the end of one that did not come in one read */
	return ui_now_us(ui) < ui->burst_until_us ? len : 0;
}

/* Ctrl-Z and Ctrl-\ as the terminal's driver takes them, for the whole job. */
static bool
job_key(const struct key_event *ev)
{
	bool ctrl = ev->kind == EVENT_KEY && ev->key.mods == MOD_CTRL;

	if (!ctrl || (ev->key.code != 'z' && ev->key.code != '\\'))
		return false;
	kill(0, ev->key.code == 'z' ? SIGTSTP : SIGQUIT);
	return true;
}

static void
take_signals(struct ui *ui)
{
	int sig;

	while ((sig = signals_next()) != 0)
		take_signal(ui, sig);
}

static void
take_keys(struct ui *ui, const char *p, size_t n)
{
	struct key_event ev;

	for (size_t i = 0; i < n && !ui->quit; i++) {
		if (!keydec_push(&ui->decoder, (unsigned char)p[i], ui_now_us(ui), &ev))
			continue;
		if (job_key(&ev))
			take_signals(ui);
		else
			ui_event(ui, &ev);
		/* the next key must not act on what this one made the wizard drop */
		if (ui->model_stale)
			look_at_wizard(ui);
	}
}

static void
take_input(struct ui *ui)
{
	char bytes[READ_MAX];
	long n = ui->d->term->read(ui->term, bytes, sizeof(bytes));
	size_t pasted = 0;

	if (n == 0)
		ui_leave(ui, 128 + SIGHUP);
	if (n <= 0)
		return;
	if (!ui->decoder.pasting && ui->decoder.deadline_us == INT64_MAX)
		pasted = burst(ui, bytes, (size_t)n);
	if (pasted) {
		struct key_event ev = {.kind = EVENT_PASTE, .paste = span_make(bytes, pasted)};

		if (pasted >= BURST_LONG)
			ui->burst_until_us = ui_now_us(ui) + BURST_GAP_US;
		ui_event(ui, &ev);
	}
	take_keys(ui, bytes + pasted, (size_t)n - pasted);
	wipe(bytes, (size_t)n); /* it may have been a token */
	ui->soon = true;
}

static void
timers(struct ui *ui)
{
	int64_t now = ui_now_us(ui);
	struct key_event ev;

	if (now >= ui->decoder.deadline_us && keydec_timeout(&ui->decoder, now, &ev)) {
		ui_event(ui, &ev);
		ui->soon = true;
	}
	if (now >= ui_deadline(ui))
		ui_timeout(ui, now);
}

/* --- waiting ------------------------------------------------------------------------------ */

/*
 * For tests: a line to an inherited descriptor each time the loop is about to block with everything
 * drawn: "i|b INPUT-BYTES ROWSxCOLS OUTPUT-BYTES"; i: nothing under way, b: requests are.  The
 * counts let the other side know that it has seen, and the program has taken, everything.  With h
 * the terminal does not read, and with s, before each slice of a search, not all may be drawn.
 */
static void
tell(const struct ui *ui, char state)
{
	struct term_traffic bytes;
	char line[96];
	int n;

	if (ui->idle_fd < 0 || ui->decoder.deadline_us != INT64_MAX)
		return;
	bytes = ui->d->term->traffic(ui->term);
	n = snprintf(line, sizeof(line), "%c %lu %dx%d %lu\n", state, bytes.in, ui->canvas.rows,
		ui->canvas.cols, bytes.out);
	if (n > 0 && write(ui->idle_fd, line, (size_t)n) < 0)
		errno = 0;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
next_deadline(const struct ui *ui, bool behind)
{
	int64_t t = least(ui->decoder.deadline_us, ui_deadline(ui));

	if (ui->hunt.on || flow_log_behind(ui) || (ui->dirty && ui->soon && !behind))
		return 0;
	t = least(t, engine_deadline_us(ui->d->engine));
	if (ui->prepared)
		t = least(t, wizard_deadline_us(ui->d->wizard));
	if (ui->dirty && !behind)
		t = least(t, ui->drawn_us + FRAME_US);
	/* the elapsed time of a running request, once a second */
	if (ui->m.busy)
		t = least(t, ui_now_us(ui) + 1000000 - ui->m.elapsed_us % 1000000);
	return t;
}

static void
wait_for_something(struct ui *ui, int signal_fd)
{
	struct pollfd fds[3 + FLOW_FDS] = {{.fd = ui->d->term->fd(ui->term), .events = POLLIN},
		{.fd = signal_fd, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
	size_t n = 2;
	/* the rest of a frame waits for the terminal, and the next frame for the rest */
	bool behind = !ui->d->term->writable(ui->term);
	int64_t deadline = next_deadline(ui, behind), left, due;
	int timeout = -1;

	if (behind)
		fds[0].events |= POLLOUT;
	if (ui->prepared && ui->d->aside_wait) {
		fds[n].fd = ui->d->aside_wait(ui->d->ctx, &due);
		n += fds[n].fd < 0 ? 0 : 1;
		deadline = least(deadline, due);
	}
	if (ui->prepared)
		n += wizard_login_fds(ui->d->wizard, fds + n, FLOW_FDS);
	left = deadline - ui_now_us(ui);
	if (deadline != INT64_MAX)
		timeout = left <= 0 ? 0 : left > 3600000000 ? 3600000 : (int)((left + 999) / 1000);
	if (timeout != 0 && (behind || !ui->dirty))
		tell(ui, behind ? 'h' : ui->m.busy ? 'b' : 'i');
	if (engine_wait(ui->d->engine, fds, n, timeout) != RES_OK) {
		ui_leave(ui, 4);
		return;
	}
	/* whatever poll saw: a signal that came with input is older than the input */
	take_signals(ui);
	if (!ui->quit && fds[0].revents & ~POLLOUT)
		take_input(ui);
}

/* --- the run ------------------------------------------------------------------------------ */

static int
idle_fd(void)
{
	const char *v = getenv("TOKENTRIAGE_IDLE_FD");
	int64_t n;

	if (!v || span_to_i64(span_of(v), &n) != RES_OK || n < 3 || n > 1 << 16)
		return -1;
	if (fcntl((int)n, F_SETFL, O_NONBLOCK) < 0 || fcntl((int)n, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	return (int)n;
}

static void
init(struct ui *ui, const struct ui_deps *deps)
{
	const char *delay = getenv("ESCDELAY");
	int64_t ms;

	memset(ui, 0, sizeof(*ui));
	ui->d = deps;
	ui->records = deps->log;
	ui->guide = deps->guide;
	logview_init(&ui->log);
	ui->idle_fd = idle_fd();
	canvas_init(&ui->canvas);
	model_init(&ui->m);
	if (!delay || span_to_i64(span_of(delay), &ms) != RES_OK || ms < 0 || ms > 10000)
		ms = KEYDEC_ESC_US / 1000;
	keydec_init(&ui->decoder, ms * 1000);
	if (deps->keymap)
		ui->keymap = *deps->keymap;
	else
		keymap_init(&ui->keymap);
	if (deps->theme)
		ui->theme = *deps->theme;
	else
		theme_init_default(&ui->theme);
	for (int s = 0; s < STEP_COUNT; s++)
		ui->places[s] = (struct place){-1, 0};
	ui_push(ui, &screen_step);
}

static void
release(struct ui *ui)
{
	while (ui->n_layers)
		ui_pop(ui);
	dialog_forget(ui);
	command_history_forget(ui);
	keydec_release(&ui->decoder);
	canvas_release(&ui->canvas);
	model_release(&ui->m);
	logview_release(&ui->log);
}

/* The first frame stands; now what is slow or touches the network. */
static bool
prepare(struct ui *ui, struct err *e)
{
	const char *notice = ui->d->term->notice(ui->term);
	char key[32];

	if (ui->d->prepare && !ui->d->prepare(ui->d->ctx, e))
		return false;
	ui->prepared = true;
	wizard_update(ui->d->wizard);
	model_read(&ui->m, ui->d->wizard, ui->step, &ui->keymap, ui->local_time);
	ui->dirty = ui->soon = true;
	if (notice[0])
		ui_notice(ui, "%s", notice);
	else if (ui->d->unsaved && ui->d->editor)
		ui_notice(ui, _("%s saves what the command line gave as a profile."),
			keymap_name(&ui->keymap, ACT_PROFILE, key, sizeof(key)));
	if (ui->d->notice && ui->d->notice[0])
		ui_notice(ui, "%s", ui->d->notice);
	if (ui->d->choose || (ui->d->lacks && ui->d->lacks[0]))
		screen_open_push(ui);
	else if (ui->d->walk && !ui->d->offline)
		wizard_walk(ui->d->wizard, STEPS_ALL, false, false);
	if (ui->d->lacks && ui->d->lacks[0])
		dialog_tell(ui, _("Part of the profile is missing"), ui->d->lacks);
	if (!ui->d->offline)
		flow_interrupted(ui);
	return true;
}

static void
turn(struct ui *ui, int signal_fd)
{
	struct err e = ERR_INIT;

	timers(ui);
	if (ui->prepared) {
		engine_turn(ui->d->engine);
		look_at_wizard(ui); /* what is kept beside the loop has the step's end, too */
		if (ui->d->aside && !ui->d->aside(ui->d->ctx, &e)) {
			dialog_tell(ui, _("The client secret cannot be had"), e.text);
			ui->model_stale = true;
		}
	}
	look_at_wizard(ui);
	if (ui->prepared)
		flow_offer_replace(ui);
	if (ui->dirty && !ui->quit && (ui->soon || ui_now_us(ui) >= ui->drawn_us + FRAME_US)) {
		/* a terminal that does not keep up misses frames, and holds nothing else up */
		if (ui->d->term->writable(ui->term))
			draw(ui);
	}
	if (ui->d->log)
		log_flush(ui->d->log);
	/* what a key asked for is on the screen by now */
	if (ui->hunt.on && !ui->quit) {
		tell(ui, 's');
		flow_hunt(ui);
	}
	if (flow_log_behind(ui) && !ui->quit) {
		tell(ui, 's');
		flow_log_sift(ui);
	}
	if (!ui->quit)
		wait_for_something(ui, signal_fd);
}

static void
farewell(const struct ui *ui, bool ascii)
{
	struct buf raw, out;

	/* the screen is gone, and the default signals are back: who cannot wait can leave */
	if (wizard_awaits_tokens(ui->d->wizard)) {
		printf(_("Waiting for the new tokens, %d s at most, so that they are not lost; "
			 "Ctrl-C gives them up.\n"),
			wizard_case(ui->d->wizard)->profile.timeout);
		fflush(stdout);
	}
	wizard_settle(ui->d->wizard);
	wizard_update(ui->d->wizard);
	buf_init(&raw, 64 << 10);
	buf_init(&out, 256 << 10);
	wizard_farewell(ui->d->wizard, &raw);
	/* as wide as the screen was */
	for (struct span rest = buf_span(&raw), line; wrap_next(&rest, ui->canvas.cols, &line);) {
		if (ascii)
			text_ascii(&out, line);
		else
			text_safe(&out, line);
		buf_putc(&out, '\n');
	}
	fputs(buf_str(&out), stdout);
	fflush(stdout);
	buf_release(&raw);
	buf_release(&out);
}

int
ui_run(const struct ui_deps *deps)
{
	struct err e = ERR_INIT;
	struct ui *ui = xcalloc(1, sizeof(*ui));
	int signal_fd = signals_open(), status;
	bool said = false, ascii;

	if (signal_fd < 0) {
		free(ui);
		return 4;
	}
	ui->term = NULL;
	init(ui, deps);
	ui->term = deps->term->open(&deps->term_options, &e);
	if (!ui->term) {
		fprintf(stderr, "tokentriage: %s; `tokentriage check` needs no terminal\n", e.text);
		release(ui);
		free(ui);
		signals_close();
		return 2;
	}
	signals_catch_fatal();
	ascii = deps->term->ascii(ui->term);
	ui->canvas.ascii = ascii;
	deps->term->set_theme(ui->term, &ui->theme);
	ui->mouse = deps->mouse && deps->term->mouse(ui->term, true);
	draw(ui);
	if (!prepare(ui, &e)) {
		said = true;
		ui_leave(ui, 2);
	}
	while (!ui->quit)
		turn(ui, signal_fd);
	deps->term->close(ui->term);
	signals_close();
	status = ui->status;
	if (said)
		fprintf(stderr, "tokentriage: %s\n", e.text);
	else if (status != 128 + SIGHUP && !ui->silent)
		farewell(ui, ascii);
	release(ui);
	free(ui);
	return status;
}
