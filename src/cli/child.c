#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/redact.h"

enum { COMPLAINT_MAX = 4096, REAP_US = 5000 };

void
child_init(struct child *c)
{
	memset(c, 0, sizeof(*c));
	c->pid = -1;
	c->fd = c->complaints = -1;
	c->what = "the command";
	c->status = -1;
	buf_init_wiping(&c->out, LIMIT_TOKEN);
}

/* In the child: a group of its own, and nothing of the terminal's. */
static void
set_streams(int out, int complaints)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
		dup2(complaints < 0 ? null : complaints, 2) < 0)
		_exit(126);
	signal(SIGPIPE, SIG_DFL);
}

static int
run_shell(void *text)
{
	execl("/bin/sh", "sh", "-c", (const char *)text, (char *)NULL);
	return 127;
}

/* Memory for the command's stderr, of a fixed size: the terminal may be the wizard's. */
static int
open_complaints(void)
{
	int fd = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && (ftruncate(fd, COMPLAINT_MAX) || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* ": " and the first line of what it said, or "". */
static void
read_complaint(int fd, char *out, size_t size)
{
	char text[160] = "", mask[MASK_MAX];
	ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof(text) - 1, 0);
	struct span rest, word;
	struct buf b;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	buf_init_wiping(&b, 4096);
	(void)redact_text(NULL, &b, span_of(text));
	snprintf(out, size, "%s", b.len ? ":" : "");
	/* it was asked for a secret: whatever looks like one is not repeated, named or not */
	for (rest = buf_span(&b); span_word(&rest, &word);) {
		size_t at = strlen(out);

		if (secret_looks_random(word))
			snprintf(out + at, size - at, " %s", secret_mask_span(word, mask));
		else
			snprintf(out + at, size - at, " %.*s", SPAN_ARG(word));
	}
	wipe(text, sizeof(text));
	buf_release(&b);
}

enum res
child_start(struct child *c, const char *text, int limit_ms, struct err *e)
{
	return child_start_own(c, "the command", run_shell, (void *)(uintptr_t)text, limit_ms, e);
}

enum res
child_start_own(struct child *c, const char *what, int (*run)(void *ctx), void *ctx, int limit_ms,
	struct err *e)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_errno(e, "pipe");
	c->what = what;
	c->limit_ms = limit_ms;
	c->deadline_us = clock_mono_us(&clock_system) + limit_ms * INT64_C(1000);
	c->complaints = open_complaints();
	c->pid = fork();
	if (c->pid == 0) {
		set_streams(fds[1], c->complaints);
		_exit(run(ctx));
	}
	close(fds[1]);
	c->fd = fds[0];
	if (c->pid < 0) {
		enum res r = err_errno(e, "fork");

		child_release(c);
		return r;
	}
	setpgid(c->pid, c->pid); /* also here: whoever comes first */
	if (fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0) {
		enum res r = err_errno(e, "pipe");

		child_release(c);
		return r;
	}
	return RES_OK;
}

/* Reads until nothing is there (RES_OK) or the output ends (RES_OK, and fd is closed). */
static enum res
take_output(struct child *c)
{
	char part[4096];
	enum res r = RES_OK;
	ssize_t n = 1;

	while (r == RES_OK && c->fd >= 0) {
		n = read(c->fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			close(c->fd);
			c->fd = -1;
			break;
		}
		r = buf_add(&c->out, part, (size_t)n);
	}
	wipe(part, sizeof(part));
	return r;
}

static void
kill_group(struct child *c, int *status)
{
	kill(-c->pid, SIGKILL);
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, status, 0) < 0 && errno == EINTR)
		;
	c->pid = -1;
}

static enum res
how_it_ended(struct child *c, int status, struct err *e)
{
	char why[200];

	read_complaint(c->complaints, why, sizeof(why));
	if (WIFSIGNALED(status))
		return err_set(
			e, RES_IO, "%s was ended by signal %d%s", c->what, WTERMSIG(status), why);
	c->status = WEXITSTATUS(status);
	if (c->status)
		return err_set(e, RES_IO, "%s ended with status %d%s", c->what, c->status, why);
	return RES_OK;
}

bool
child_turn(struct child *c, enum res *r, struct err *e)
{
	bool late = clock_mono_us(&clock_system) >= c->deadline_us;
	char why[200];
	int status = 0;
	pid_t p = 0;

	*r = take_output(c);
	if (*r != RES_OK) {
		kill_group(c, &status);
		*r = err_set(
			e, *r, "the output of %s is longer than %zu bytes", c->what, c->out.max);
		return true;
	}
	if (c->fd < 0)
		p = waitpid(c->pid, &status, WNOHANG);
	if (p == c->pid) {
		c->pid = -1;
		*r = how_it_ended(c, status, e);
		return true;
	}
	if (!late && (p >= 0 || errno == EINTR))
		return false;
	kill_group(c, &status);
	read_complaint(c->complaints, why, sizeof(why));
	*r = err_set(
		e, RES_CANCELLED, "%s did not end within %d s%s", c->what, c->limit_ms / 1000, why);
	return true;
}

enum res
child_wait(struct child *c, struct err *e)
{
	enum res r;

	while (!child_turn(c, &r, e)) {
		struct pollfd p = {c->fd, POLLIN, 0};
		int64_t left = child_due_us(c) - clock_mono_us(&clock_system);

		(void)poll(&p, 1, left > 0 ? (int)((left + 999) / 1000) : 0);
	}
	return r;
}

int64_t
child_due_us(const struct child *c)
{
	int64_t soon;

	if (c->pid < 0)
		return INT64_MAX;
	/* its end makes no descriptor readable */
	soon = clock_mono_us(&clock_system) + REAP_US;
	return c->fd < 0 && soon < c->deadline_us ? soon : c->deadline_us;
}

void
child_release(struct child *c)
{
	int status;

	if (c->pid > 0)
		kill_group(c, &status);
	if (c->fd >= 0)
		close(c->fd);
	if (c->complaints >= 0)
		close(c->complaints);
	buf_release(&c->out);
	child_init(c);
}
