#include "cli/in-flight.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t now;

static const char *const words[] = {
	[IN_FLIGHT_REFRESH] =
		"\ntokentriage: ended while a refresh was under way: the refresh token may have\n"
		"tokentriage: been used, and its new tokens are lost then. A mark of it remains,\n"
		"tokentriage: and it is not sent again; log in again: tokentriage login\n",
	[IN_FLIGHT_LOGIN] =
		"\ntokentriage: ended while a login's token request was under way: tokens may\n"
		"tokentriage: have been given that are nowhere now. Log in again; the server's\n"
		"tokentriage: operator can end sessions that are not used\n",
};

static void
on_signal(int sig)
{
	if (now != IN_FLIGHT_NOTHING)
		(void)!write(STDERR_FILENO, words[now], strlen(words[now]));
	(void)raise(sig); /* SA_RESETHAND: as without this handler */
}

void
in_flight_is(enum in_flight what)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	static int installed;
	struct sigaction a = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND}, was;

	now = (sig_atomic_t)what;
	if (installed || what == IN_FLIGHT_NOTHING)
		return;
	installed = 1;
	sigemptyset(&a.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (sigaction(signals[i], NULL, &was) == 0 && was.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &a, NULL);
}
