#include "pty/vt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <utmp.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { IDLE_FD = 9, ENV_MAX = 40 };

static int64_t
now_ms(void)
{
	return clock_mono_us(&clock_system) / 1000;
}

/* --- start and end -------------------------------------------------------------------------------- */

static bool
same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return strncmp(a, b, n + 1) == 0;
}

static void
set_env(const char **env, const char *entry)
{
	size_t i = 0;
	bool drop = entry[strlen(entry) - 1] == '=';

	while (env[i] && !same_name(entry, env[i]))
		i++;
	if (drop && env[i]) {
		for (; env[i]; i++)
			env[i] = env[i + 1];
	} else if (!drop && i + 1 < ENV_MAX) {
		env[i] = entry;
	}
}

/*
 * What an interactive shell does for the one program it runs: a process group with the terminal; when that
 * stops it says so and takes the terminal, and SIGUSR1 gives it back.  Returns in the program's process.
 */
static void
stand_for_shell(int idle)
{
	static const char words[] = "stopped\n";
	sigset_t usr1;
	int status, sig;
	pid_t pid;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	signal(SIGTTOU, SIG_IGN);
	pid = fork();
	if (pid < 0)
		_exit(126);
	setpgid(pid, 0);
	tcsetpgrp(STDIN_FILENO, pid ? pid : getpid());
	if (pid == 0) {
		signal(SIGTTOU, SIG_DFL);
		sigprocmask(SIG_UNBLOCK, &usr1, NULL);
		return;
	}
	while (waitpid(pid, &status, WUNTRACED) == pid) {
		if (!WIFSTOPPED(status))
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		tcsetpgrp(STDIN_FILENO, getpid());
		if (write(idle, words, sizeof(words) - 1) < 0 || sigwait(&usr1, &sig) != 0)
			break;
		tcsetpgrp(STDIN_FILENO, pid);
		kill(-pid, SIGCONT);
	}
	_exit(126);
}

static void
child(const char *const argv[], const struct vt_options *o, int idle)
{
	const char *env[ENV_MAX + 1] = {NULL};
	char path[1024], home[1024];

	snprintf(path, sizeof(path), "PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	snprintf(home, sizeof(home), "HOME=%s", o->cwd ? o->cwd : "/nonexistent");
	set_env(env, path);
	set_env(env, home);
	set_env(env, "LC_ALL=C.UTF-8");
	set_env(env, "TZ=UTC");
	set_env(env, "TERM=xterm-256color");
	set_env(env, "TOKENTRIAGE_IDLE_FD=9");
	/* sanitizers' options go along */
	for (char **e = environ; *e; e++) {
		if (strncmp(*e, "ASAN_OPTIONS=", 13) == 0 || strncmp(*e, "UBSAN_OPTIONS=", 14) == 0 ||
			strncmp(*e, "LSAN_OPTIONS=", 13) == 0)
			set_env(env, *e);
	}
	for (const char *const *e = o->env; e && *e; e++)
		set_env(env, *e);
	if (o->job)
		stand_for_shell(idle);
	if (o->cwd && chdir(o->cwd) < 0)
		_exit(126);
	/* dup2() of a descriptor to itself would leave it to be closed */
	if (idle == IDLE_FD ? fcntl(idle, F_SETFD, 0) < 0 : dup2(idle, IDLE_FD) < 0)
		_exit(126);
	execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
	_exit(127);
}

static int
on_prop(VTermProp prop, VTermValue *v, void *user)
{
	struct vt *t = user;

	if (prop == VTERM_PROP_ALTSCREEN)
		t->alternate = v->boolean;
	if (prop == VTERM_PROP_CURSORVISIBLE)
		t->cursor = v->boolean;
	return 1;
}

struct vt *
vt_start(const char *const argv[], const struct vt_options *o)
{
	static const VTermScreenCallbacks callbacks = {.settermprop = on_prop};
	static const struct vt_options none;
	struct vt *t = xcalloc(1, sizeof(*t));
	const char *slow = getenv("VT_SLOW");
	struct winsize w = {0};
	int fds[2], slave;

	o = o ? o : &none;
	t->rows = o->rows ? o->rows : 24;
	t->cols = o->cols ? o->cols : 80;
	t->timeout_ms = (o->timeout_ms ? o->timeout_ms : 30000) * (slow ? (int)strtol(slow, NULL, 10) : 1);
	t->cursor = true;
	w.ws_row = (unsigned short)t->rows;
	w.ws_col = (unsigned short)t->cols;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		goto fail;
	if (openpty(&t->master, &slave, NULL, NULL, &w) < 0) {
		close(fds[0]);
		close(fds[1]);
		goto fail;
	}
	t->idle = fds[0];
	tcgetattr(slave, &t->before);
	t->pid = fork();
	if (t->pid == 0) {
		close(t->master);
		if (login_tty(slave) < 0)
			_exit(126);
		child(argv, o, fds[1]);
	}
	close(slave);
	close(fds[1]);
	if (t->pid < 0) {
		close(t->master);
		close(fds[0]);
		goto fail;
	}
	fcntl(t->master, F_SETFL, O_NONBLOCK);
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	t->term = vterm_new(t->rows, t->cols);
	vterm_set_utf8(t->term, 1);
	t->screen = vterm_obtain_screen(t->term);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_reset(t->screen, 1);
	return t;
fail:
	free(t);
	return NULL;
}

void
vt_free(struct vt *t)
{
	if (!t)
		return;
	if (!t->exited) {
		kill(t->pid, SIGKILL);
		waitpid(t->pid, &t->status, 0);
	}
	if (!t->hung_up)
		close(t->master);
	close(t->idle);
	vterm_free(t->term);
	free(t->text);
	free(t->plain);
	free(t);
}

/* --- reading ------------------------------------------------------------------------------------------ */

/* Bracketed paste is no property of libvterm's: found in the bytes. */
static void
watch_modes(struct vt *t, const char *p, size_t n)
{
	char buf[sizeof(t->tail) + 65536];
	size_t len = t->tail_len + n;

	memcpy(buf, t->tail, t->tail_len);
	memcpy(buf + t->tail_len, p, n);
	for (size_t i = 0; i + 8 <= len; i++) {
		if (memcmp(buf + i, "\033[?2004h", 8) == 0)
			t->bracketed = true;
		if (memcmp(buf + i, "\033[?2004l", 8) == 0)
			t->bracketed = false;
		/* what any of these leaves on is left on */
		if (memcmp(buf + i, "\033[?1000h", 8) == 0 || memcmp(buf + i, "\033[?1006h", 8) == 0)
			t->mice |= buf[i + 6] == '0' ? 1 : 2;
		if (memcmp(buf + i, "\033[?1000l", 8) == 0 || memcmp(buf + i, "\033[?1006l", 8) == 0)
			t->mice &= buf[i + 6] == '0' ? ~1u : ~2u;
	}
	t->mouse = t->mice != 0;
	t->tail_len = len < 7 ? len : 7;
	memcpy(t->tail, buf + len - t->tail_len, t->tail_len);
}

/* False: the other side closed. */
static bool
read_master(struct vt *t)
{
	char buf[65536];
	ssize_t n = t->hung_up ? -1 : read(t->master, buf, sizeof(buf));

	if (t->hung_up || n == 0 || (n < 0 && errno == EIO))
		return false;
	if (n < 0)
		return true;
	t->seen += (unsigned long)n;
	watch_modes(t, buf, (size_t)n);
	vterm_input_write(t->term, buf, (size_t)n);
	if (!t->alternate) {
		t->plain = xrealloc(t->plain, t->plain_len + (size_t)n + 1);
		memcpy(t->plain + t->plain_len, buf, (size_t)n);
		t->plain_len += (size_t)n;
		t->plain[t->plain_len] = '\0';
	}
	/* what the terminal answers */
	n = (ssize_t)vterm_output_read(t->term, buf, sizeof(buf));
	if (n > 0 && write(t->master, buf, (size_t)n) == n)
		t->sent += (unsigned long)n;
	return true;
}

static void
read_idle(struct vt *t)
{
	char buf[4096];
	ssize_t n = read(t->idle, buf, sizeof(buf));

	for (ssize_t i = 0; i < n; i++) {
		char state;

		if (buf[i] != '\n') {
			if (t->line_len + 1 < sizeof(t->line))
				t->line[t->line_len++] = buf[i];
			continue;
		}
		t->line[t->line_len] = '\0';
		t->line_len = 0;
		if (strcmp(t->line, "stopped") == 0)
			t->stops++;
		else if (sscanf(t->line, "%c %lu %dx%d %lu", &state, &t->last.taken, &t->last.rows, &t->last.cols,
			&t->last.written) == 5) {
			t->last.state = state;
			t->reports++;
		}
	}
}

static void
reap(struct vt *t)
{
	if (!t->exited && waitpid(t->pid, &t->status, WNOHANG) == t->pid)
		t->exited = true;
}

enum { WAIT_IDLE, WAIT_BLOCKED, WAIT_SETTLED, WAIT_SEE, WAIT_GONE, WAIT_STOP, WAIT_TAKEN, WAIT_EXIT };

static bool
blocks(const struct vt *t, bool busy)
{
	return (t->last.state == 'i' || (busy && t->last.state == 'b')) && t->last.taken >= t->sent &&
		t->seen >= t->last.written && t->last.rows == t->rows && t->last.cols == t->cols;
}

static bool
fulfilled(struct vt *t, int what, const char *text)
{
	switch (what) {
	case WAIT_IDLE:
		return blocks(t, false);
	case WAIT_BLOCKED:
		return blocks(t, true);
	case WAIT_SETTLED:
		return t->exited || blocks(t, true);
	case WAIT_SEE:
		return vt_has(t, text);
	case WAIT_GONE:
		return !vt_has(t, text);
	case WAIT_STOP:
		return t->stops >= t->stops_wanted;
	case WAIT_TAKEN:
		return t->last.taken >= t->sent;
	default:
		return t->exited;
	}
}

static bool
wait_for(struct vt *t, int what, const char *text)
{
	int64_t until = now_ms() + t->timeout_ms;
	bool open = true;

	/* what came before is no answer to what was just sent */
	read_idle(t);
	for (;;) {
		bool reads = open && !t->hung_up && !t->held;
		struct pollfd fds[2] = {{.fd = reads ? t->master : -1, .events = POLLIN},
			{.fd = t->idle, .events = POLLIN}};
		int64_t left = until - now_ms();

		if (fulfilled(t, what, text))
			return true;
		if (left <= 0 || (t->exited && !open))
			break;
		/* an end shows as the closed terminal; after that only the exit is left to come */
		if (poll(fds, 2, reads ? (int)left : 2) < 0 && errno != EINTR)
			break;
		if (fds[1].revents & POLLIN)
			read_idle(t);
		else if (fds[1].revents)
			fds[1].fd = -1;
		if (reads && fds[0].revents)
			open = read_master(t);
		if (!open || t->hung_up || t->held)
			reap(t);
	}
	if (fulfilled(t, what, text))
		return true;
	vt_dump(t, what == WAIT_SEE ? text : what == WAIT_GONE ? text : what == WAIT_EXIT ? "its end" : what == WAIT_STOP ? "its stop"
		: "idleness");
	return false;
}

bool
vt_idle(struct vt *t)
{
	return wait_for(t, WAIT_IDLE, NULL);
}

bool
vt_blocked(struct vt *t)
{
	return wait_for(t, WAIT_BLOCKED, NULL);
}

bool
vt_settled(struct vt *t)
{
	return wait_for(t, WAIT_SETTLED, NULL);
}

bool
vt_taken(struct vt *t)
{
	return wait_for(t, WAIT_TAKEN, NULL);
}

bool
vt_see(struct vt *t, const char *text)
{
	return wait_for(t, WAIT_SEE, text);
}

bool
vt_gone(struct vt *t, const char *text)
{
	return wait_for(t, WAIT_GONE, text);
}

bool
vt_stopped(struct vt *t, unsigned n)
{
	t->stops_wanted = n;
	return wait_for(t, WAIT_STOP, NULL);
}

bool
vt_modes_restored(struct vt *t)
{
	struct termios now;

	return tcgetattr(t->master, &now) == 0 && now.c_iflag == t->before.c_iflag &&
		now.c_oflag == t->before.c_oflag && now.c_cflag == t->before.c_cflag &&
		now.c_lflag == t->before.c_lflag && memcmp(now.c_cc, t->before.c_cc, sizeof(now.c_cc)) == 0;
}

bool
vt_exit(struct vt *t)
{
	return wait_for(t, WAIT_EXIT, NULL);
}

void
vt_drain(struct vt *t)
{
	struct pollfd p = {.fd = t->master, .events = POLLIN};

	while (!t->hung_up && poll(&p, 1, 0) > 0 && read_master(t))
		;
	read_idle(t);
}

/* --- sending -------------------------------------------------------------------------------------------- */

void
vt_send(struct vt *t, const char *bytes, size_t n)
{
	size_t at = 0;

	while (at < n) {
		struct pollfd p = {.fd = t->master, .events = POLLOUT | POLLIN};
		ssize_t k = write(t->master, bytes + at, n - at);

		if (k > 0) {
			at += (size_t)k;
			t->sent += (unsigned long)k;
		} else if (errno == EAGAIN && poll(&p, 1, t->timeout_ms) > 0) {
			/* a full terminal on either side: keep reading */
			if (p.revents & POLLIN && !read_master(t))
				return;
		} else if (errno != EINTR) {
			return;
		}
	}
}

void
vt_type(struct vt *t, const char *text)
{
	vt_send(t, text, strlen(text));
}

void
vt_paste(struct vt *t, const char *text, size_t n)
{
	vt_type(t, "\033[200~");
	vt_send(t, text, n);
	vt_type(t, "\033[201~");
}

static void
send_mouse(struct vt *t, int button, int row, int col, char end)
{
	char text[48];

	snprintf(text, sizeof(text), "\033[<%d;%d;%d%c", button, col + 1, row + 1, end);
	vt_type(t, text);
}

void
vt_click(struct vt *t, int row, int col)
{
	send_mouse(t, 0, row, col, 'M');
	send_mouse(t, 0, row, col, 'm');
}

void
vt_wheel(struct vt *t, int row, int col, bool up)
{
	send_mouse(t, up ? 64 : 65, row, col, 'M');
}

bool
vt_click_on(struct vt *t, const char *text)
{
	for (int row = 0; row < t->rows; row++) {
		const char *line = vt_row(t, row), *at = strstr(line, text);

		if (at) {
			vt_click(t, row, (int)utf8_cells(span_make(line, (size_t)(at - line))));
			return true;
		}
	}
	return false;
}

void
vt_resize(struct vt *t, int rows, int cols)
{
	struct winsize w = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	vt_drain(t);
	/* libvterm 0.1.4 falls over a wide character that finds no two columns */
	vterm_set_size(t->term, rows, cols > 1 ? cols : 2);
	t->rows = rows;
	t->cols = cols;
	ioctl(t->master, TIOCSWINSZ, &w);
}

void
vt_signal(struct vt *t, int sig)
{
	kill(t->pid, sig);
}

void
vt_continue(struct vt *t)
{
	kill(t->pid, SIGUSR1);
}

void
vt_hang_up(struct vt *t)
{
	close(t->master);
	t->hung_up = true;
}

/* --- looking ---------------------------------------------------------------------------------------------- */

static size_t
row_text(struct vt *t, int row, char *out)
{
	size_t n = 0, end = 0;

	for (int col = 0; col < t->cols; col++) {
		VTermPos pos = {row, col};
		VTermScreenCell cell;

		if (!vterm_screen_get_cell(t->screen, pos, &cell))
			break;
		if (cell.chars[0] == (uint32_t)-1)
			continue; /* the right half of a wide character */
		if (!cell.chars[0])
			cell.chars[0] = ' ', cell.chars[1] = 0;
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
			n += utf8_encode(cell.chars[i], out + n);
		if (cell.chars[0] != ' ')
			end = n;
	}
	out[end] = '\0';
	return end;
}

const char *
vt_text(struct vt *t)
{
	size_t most = (size_t)t->rows * ((size_t)t->cols * 4 * VTERM_MAX_CHARS_PER_CELL + 1) + 1, n = 0;

	t->text = xrealloc(t->text, most);
	for (int row = 0; row < t->rows; row++) {
		n += row_text(t, row, t->text + n);
		t->text[n++] = '\n';
	}
	t->text[n] = '\0';
	return t->text;
}

const char *
vt_row(struct vt *t, int row)
{
	t->text = xrealloc(t->text, (size_t)t->cols * 4 * VTERM_MAX_CHARS_PER_CELL + 2);
	row_text(t, row, t->text);
	return t->text;
}

bool
vt_has(struct vt *t, const char *text)
{
	return strstr(vt_text(t), text) != NULL;
}

void
vt_dump(struct vt *t, const char *why)
{
	fprintf(stderr, "# waited for %s; sent %lu taken %lu, written %lu seen %lu, state %c, %dx%d of %dx%d, "
		"exited %d\n", why, t->sent, t->last.taken, t->last.written, t->seen,
		t->last.state ? t->last.state : '-', t->last.rows, t->last.cols, t->rows, t->cols, t->exited);
	for (int row = 0; row < t->rows; row++)
		fprintf(stderr, "# |%s\n", vt_row(t, row));
	if (t->exited)
		fprintf(stderr, "# ended with wait status %#x; last words: %s\n", (unsigned)t->status,
			t->plain && t->plain_len > 400 ? t->plain + t->plain_len - 400 : t->plain ? t->plain : "");
}
