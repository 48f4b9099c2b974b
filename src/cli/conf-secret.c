/* Where a profile's secrets come from: environment, file, command. */
#include "cli/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

enum { COMMAND_MS = 10000, COMPLAINT_MAX = 4096 };

void
conf_warn(struct str_list *warnings, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	if (!warnings)
		return;
	buf_init(&b, 1000);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	str_list_add(warnings, buf_span(&b));
	buf_release(&b);
}

/* In the child: only calls that are safe after fork. */
static void
run_shell(const char *command, int out, int complaints)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
		dup2(complaints < 0 ? null : complaints, 2) < 0)
		_exit(126);
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* Reads until the end or the deadline; RES_CANCELLED when time is up. */
static enum res
read_until(int fd, struct buf *out, int64_t deadline_us)
{
	char part[4096];
	enum res r = RES_OK;

	for (;;) {
		struct pollfd p = {fd, POLLIN, 0};
		int64_t left = (deadline_us - clock_mono_us(&clock_system)) / 1000;
		ssize_t n;

		if (left <= 0) {
			r = RES_CANCELLED;
			break;
		}
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		r = buf_add(out, part, (size_t)n);
		if (r != RES_OK)
			break;
	}
	wipe(part, sizeof(part));
	return r;
}

/* The exit status, waiting until the deadline; the whole process group is ended then. */
static bool
reap(pid_t pid, int64_t deadline_us, bool kill_now, int *status)
{
	while (!kill_now) {
		pid_t p = waitpid(pid, status, WNOHANG);

		if (p == pid)
			return true;
		if (p < 0 && errno != EINTR)
			return false;
		if (clock_mono_us(&clock_system) >= deadline_us)
			break;
		poll(NULL, 0, 5);
	}
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return false;
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
	char text[160] = "";
	ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	snprintf(out, size, "%s%s", *text ? ": " : "", text);
}

static enum res
spawn(const char *command, int complaints, int *out, pid_t *pid, struct err *e)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_errno(e, "pipe");
	*pid = fork();
	if (*pid == 0)
		run_shell(command, fds[1], complaints);
	close(fds[1]);
	if (*pid < 0) {
		close(fds[0]);
		return err_errno(e, "fork");
	}
	setpgid(*pid, *pid); /* also here: whoever comes first */
	*out = fds[0];
	return RES_OK;
}

enum res
conf_run_command(const char *command, int limit_ms, struct buf *out, struct err *e)
{
	int64_t deadline = clock_mono_us(&clock_system) + limit_ms * INT64_C(1000);
	int complaints = open_complaints(), fd = -1, status = 0;
	char why[200];
	pid_t pid = -1;
	bool ended;
	enum res r = spawn(command, complaints, &fd, &pid, e);

	if (r != RES_OK) {
		close(complaints);
		return r;
	}
	r = read_until(fd, out, deadline);
	close(fd);
	ended = reap(pid, deadline, r != RES_OK, &status);
	read_complaint(complaints, why, sizeof(why));
	if (complaints >= 0)
		close(complaints);
	if (r == RES_LIMIT)
		return err_set(e, r, "the command's output is longer than %d bytes", LIMIT_TOKEN);
	if (!ended)
		return err_set(e, RES_CANCELLED, "the command did not end within %d s%s",
			limit_ms / 1000, why);
	if (WIFSIGNALED(status))
		return err_set(
			e, RES_IO, "the command was ended by signal %d%s", WTERMSIG(status), why);
	if (WEXITSTATUS(status))
		return err_set(
			e, RES_IO, "the command ended with status %d%s", WEXITSTATUS(status), why);
	return r;
}

static enum res
from_command(const char *command, struct secret **out, struct err *e)
{
	struct buf b;
	struct span s;
	enum res r;

	buf_init_wiping(&b, LIMIT_TOKEN);
	r = conf_run_command(command, COMMAND_MS, &b, e);
	s = buf_span(&b);
	if (s.n && s.p[s.n - 1] == '\n')
		s.n--;
	if (s.n && s.p[s.n - 1] == '\r')
		s.n--;
	if (r == RES_OK && !s.n)
		r = err_set(e, RES_NOTFOUND, "the command printed nothing");
	if (r == RES_OK)
		*out = secret_new(s);
	buf_release(&b);
	return r;
}

static enum res
from_env(const char *name, struct secret **out, struct err *e)
{
	const char *v = getenv(name);

	if (!v || !*v)
		return err_set(e, RES_NOTFOUND, "the environment variable %s is %s", name,
			v ? "empty" : "not set");
	*out = secret_new(span_of(v));
	return RES_OK;
}

enum res
conf_fetch_secret(const char *source, struct secret **out, struct str_list *warnings, struct err *e)
{
	struct span s = span_of(source);

	*out = NULL;
	if (span_starts(s, "env "))
		return from_env(source + 4, out, e);
	if (span_starts(s, "command "))
		return from_command(source + 8, out, e);
	if (span_starts(s, "file ")) {
		if (file_others_can_read(source + 5))
			conf_warn(warnings,
				"%s holds a secret and is readable by others (chmod 600)",
				source + 5);
		return file_read_secret(source + 5, out, e);
	}
	if (span_starts(s, "keyring "))
		return err_set(e, RES_UNSUPPORTED,
			"the keyring is not built in; use _env, _file or _command");
	return err_set(e, RES_SYNTAX, "not a source of a secret");
}

enum res
conf_fetch_secrets(struct profile *p, struct str_list *warnings, struct err *e)
{
	for (size_t i = 0; i < profile_key_count; i++) {
		const struct profile_key *k = &profile_keys[i];
		struct err why = ERR_INIT;
		struct secret **value;
		char *source;

		if (k->kind == KEY_TOKEN) {
			const char *file = *(char **)(void *)((char *)p + k->at);

			if (file && strcmp(file, "-") && file_others_can_read(file))
				conf_warn(warnings,
					"%s holds a token and is readable by others (chmod 600)",
					file);
		}
		if (k->kind != KEY_SECRET)
			continue;
		value = (struct secret **)(void *)((char *)p + k->at);
		source = ((char **)value)[1]; /* key_source stands behind key (profile.h) */
		if (!source || *value)
			continue;
		enum res r = conf_fetch_secret(source, value, warnings, &why);
		if (r != RES_OK)
			return err_set(e, r, "profile %s: %s: %s", p->name ? p->name : "(options)",
				k->name, why.text);
	}
	return RES_OK;
}
