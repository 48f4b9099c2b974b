/* `tokentriage serve` in a process of its own, which ends with the test. */
#ifndef TT_TESTS_PTY_SERVE_H
#define TT_TESTS_PTY_SERVE_H

#include <sys/types.h>

struct serve {
	pid_t pid;
	int stdin_fd; /* closed, it ends */
	char issuer[200], client[200], secret[200];
	char *access, *refresh; /* the tokens it gave; NULL: none; forbidden on every screen */
};

/* Waits until it is ready; its tokens' file is folder/tokens.json. */
void serve_start(struct serve *s, const char *scenario, const char *folder);
void serve_end(struct serve *s);

#endif
