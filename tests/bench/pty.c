#include "tests/bench/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum {
	SILENCE_MS = 100, /* while learning: this long without output ends an action */
	CALM_MS = 2,      /* before an action, so that the program blocks again */
};

static const char other_screen[] = "\033[?1049h";

/* posix_spawn, as fork copies page tables and that would count as the program's start. */
static pid_t
spawn_on(const char *tty, int idle, char *const *argv)
{
	posix_spawn_file_actions_t act;
	posix_spawnattr_t attr;
	sigset_t none;
	pid_t pid = -1;

	posix_spawn_file_actions_init(&act);
	posix_spawnattr_init(&attr);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
	/* opened by the leader of a new session, the terminal becomes its controlling one */
	posix_spawn_file_actions_addopen(&act, 0, tty, O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&act, 0, 1);
	posix_spawn_file_actions_adddup2(&act, 0, 2);
	posix_spawn_file_actions_adddup2(&act, idle, PTY_IDLE_FD);
	if (posix_spawn(&pid, argv[0], &act, &attr, argv, bench_env()) != 0)
		pid = -1;
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&act);
	return pid;
}

bool
term_start(struct term *t, struct program *p, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	char tty[64];
	int slave = -1, pipe_fd[2] = {-1, -1};

	*t = (struct term){.program = p, .pid = -1, .pidfd = -1, .master = -1, .idle = -1,
		.rows = rows, .cols = cols};
	if (openpty(&t->master, &slave, tty, NULL, &size) != 0)
		return false;
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	fcntl(slave, F_SETFD, FD_CLOEXEC);
	fcntl(t->master, F_SETFL, O_NONBLOCK);
	if (pipe2(pipe_fd, O_CLOEXEC | O_NONBLOCK) == 0) {
		t->idle = pipe_fd[0];
		t->began_ms = now_ms();
		t->pid = spawn_on(tty, pipe_fd[1], p->argv);
		close(pipe_fd[1]);
	}
	close(slave);
	if (t->pid > 0)
		t->pidfd = (int)syscall(SYS_pidfd_open, t->pid, 0);
	if (t->pid <= 0 || t->pidfd < 0) {
		term_release(t);
		return false;
	}
	return true;
}

static void
take_idle_text(struct term *t, const char *text, size_t n)
{
	t->idle_bytes += n;
	for (size_t i = 0; i < n; i++) {
		struct idle_line l;

		if (text[i] != '\n') {
			if (t->part_n + 1 < sizeof(t->part))
				t->part[t->part_n++] = text[i];
			continue;
		}
		t->part[t->part_n] = '\0';
		t->part_n = 0;
		t->idle_lines++;
		if (sscanf(t->part, "%c %lu %dx%d %lu", &l.state, &l.taken, &l.rows, &l.cols,
			&l.written) == 5)
			t->line = l;
	}
}

/* Waits for output or idle lines and takes them; false: nothing within the time. */
static bool
take(struct term *t, int timeout_ms, double *last_output)
{
	static char text[1 << 16];
	struct pollfd fds[2] = {
		{.fd = t->master, .events = POLLIN},
		{.fd = t->idle, .events = POLLIN},
	};
	ssize_t n;
	bool any = false;

	if (poll(fds, 2, timeout_ms) <= 0)
		return false;
	while ((n = read(t->master, text, sizeof(text))) > 0) {
		t->full_screen = t->full_screen || memmem(text, (size_t)n, other_screen,
			sizeof(other_screen) - 1);
		t->bytes += (uint64_t)n;
		*last_output = now_ms();
		any = true;
	}
	while ((n = read(t->idle, text, sizeof(text))) > 0) {
		take_idle_text(t, text, (size_t)n);
		any = true;
	}
	if (n == 0 && !any) { /* the program has ended: no more idle lines */
		close(t->idle);
		t->idle = -1;
	}
	return any;
}

static int
limit_of(const struct term *t)
{
	return t->program->limit_ms > 0 ? t->program->limit_ms : PTY_LIMIT_MS;
}

/* The program has seen everything there was, and all it wrote is here. */
static bool
at_rest(const struct term *t)
{
	return t->line.state == 'i' && t->line.taken >= t->sent && t->line.rows == t->rows &&
		t->line.cols == t->cols && t->bytes >= t->line.written;
}

/* By silence, noting what the action brings. */
static double
settle_learning(struct term *t)
{
	uint64_t bytes = t->bytes;
	double last = -1, started = now_ms();
	int limit = limit_of(t);

	for (;;) {
		if (!take(t, last < 0 ? limit : SILENCE_MS, &last) &&
			(last >= 0 || now_ms() - started > limit || t->idle < 0))
			break;
	}
	if (t->idle_lines > 0)
		t->program->has_idle_fd = true;
	if (t->action < PTY_ACTIONS)
		t->program->expect[t->action] = t->bytes - bytes;
	t->action++;
	return last;
}

double
term_settle(struct term *t)
{
	struct program *p = t->program;
	uint64_t bytes = t->bytes;
	uint64_t expect = t->action < PTY_ACTIONS ? p->expect[t->action] : 0;
	double last = -1, started = now_ms();

	if (!p->learnt)
		return settle_learning(t);
	t->action++;
	while (now_ms() - started < limit_of(t)) {
		take(t, 100, &last);
		if (p->has_idle_fd ? at_rest(t) : expect > 0 && t->bytes - bytes >= expect)
			return last; /* -1: it had nothing to draw */
		if (t->idle < 0)
			break;
	}
	return -1;
}

double
term_wait_taken(struct term *t, bool rest)
{
	double started = now_ms(), ignored;

	while (t->idle >= 0 && now_ms() - started < limit_of(t)) {
		if (rest ? at_rest(t) : t->line.taken >= t->sent)
			return now_ms();
		take(t, 100, &ignored);
	}
	return -1;
}

double
term_send(struct term *t, const char *keys)
{
	double at;

	term_listen(t, CALM_MS);
	t->sent += strlen(keys);
	at = now_ms();
	if (write(t->master, keys, strlen(keys)) < 0)
		return -1;
	return at;
}

double
term_resize(struct term *t, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	double at;

	term_listen(t, CALM_MS);
	t->rows = rows;
	t->cols = cols;
	at = now_ms();
	ioctl(t->master, TIOCSWINSZ, &size);
	return at;
}

double
term_wait_gone(struct term *t)
{
	double started = now_ms(), ignored;
	struct pollfd fds[2] = {
		{.fd = t->pidfd, .events = POLLIN},
		{.fd = t->master, .events = POLLIN},
	};

	while (now_ms() - started < PTY_LIMIT_MS) {
		poll(fds, 2, 100);
		if (fds[0].revents & POLLIN) {
			double at = now_ms();

			waitpid(t->pid, NULL, 0);
			t->pid = -1;
			return at;
		}
		if (fds[1].revents)
			take(t, 0, &ignored);
		if (fds[1].revents & POLLHUP)
			fds[1].fd = -1; /* or it would be looked at all the time */
	}
	return -1;
}

uint64_t
term_listen(struct term *t, int ms)
{
	uint64_t before = t->bytes;
	double until = now_ms() + ms, left, ignored;

	while ((left = until - now_ms()) > 0 && t->idle >= 0)
		take(t, (int)left + 1, &ignored);
	return t->bytes - before;
}

double
term_next_frame(struct term *t, int limit_ms)
{
	double last = -1, started = now_ms();

	while (now_ms() - started < limit_ms && t->idle >= 0) {
		take(t, limit_ms, &last);
		if (last >= 0 && (!t->program->has_idle_fd || at_rest(t)))
			return last;
	}
	return -1;
}

void
term_release(struct term *t)
{
	if (t->pid > 0) {
		kill(t->pid, SIGKILL);
		waitpid(t->pid, NULL, 0);
	}
	if (t->pidfd >= 0)
		close(t->pidfd);
	if (t->master >= 0)
		close(t->master);
	if (t->idle >= 0)
		close(t->idle);
	*t = (struct term){.pid = -1, .pidfd = -1, .master = -1, .idle = -1};
}
