#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

static int pipe_fds[2] = {-1, -1};
static volatile sig_atomic_t pending; /* spares the read where nothing came */
static const int caught[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT, SIGUSR1};
static struct sigaction before[ARRAY_SIZE(caught)];
static struct sigaction pipe_before;
static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
static struct sigaction fatal_before[ARRAY_SIZE(fatal)];

static void
handler(int sig)
{
	int saved = errno;
	unsigned char byte = (unsigned char)sig;
	/* a full pipe holds enough signals already */
	ssize_t n = write(pipe_fds[1], &byte, 1);

	(void)n;
	/* last: on another thread, an earlier one could be taken back before the byte is there */
	pending = 1;
	errno = saved;
}

int
signals_open(void)
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};

	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++)
		sigaction(caught[i], &sa, &before[i]);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, &pipe_before);
	return pipe_fds[0];
}

void
signals_close(void)
{
	if (pipe_fds[0] < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++)
		sigaction(caught[i], &before[i], NULL);
	sigaction(SIGPIPE, &pipe_before, NULL);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	pipe_fds[0] = pipe_fds[1] = -1;
}

int
signals_next(void)
{
	unsigned char byte;

	if (!pending)
		return 0;
	/* first, so that one that comes now is not forgotten */
	pending = 0;
	if (read(pipe_fds[0], &byte, 1) != 1)
		return 0;
	pending = 1; /* there may be more */
	return byte;
}

static void
fatal_handler(int sig, siginfo_t *info, void *context)
{
	static const char words[] = "tokentriage: ended by a fault; the terminal was given back\n";

	(void)context;
	die_restore();
	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
		_exit(128 + sig);
	/* back to the handlers of before: a sanitizer's, or the default's end */
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		sigaction(fatal[i], &fatal_before[i], NULL);
	/* a fault comes again when the instruction is repeated; a signal that was sent does not */
	if (info->si_code <= 0)
		raise(sig);
}

void
signals_catch_fatal(void)
{
	struct sigaction sa = {.sa_sigaction = fatal_handler, .sa_flags = SA_NODEFER | SA_SIGINFO};

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		sigaction(fatal[i], &sa, &fatal_before[i]);
}
