/*
 * A command that gives a secret, run by /bin/sh -c beside the loop: what it prints is taken as it
 * comes, and when its time is up its whole process group is killed.  Only child_wait() waits.
 */
#ifndef TT_CLI_CHILD_H
#define TT_CLI_CHILD_H

#include <sys/types.h>

#include "base/buf.h"

struct child {
	pid_t pid;           /* -1: none runs */
	/* its stdout, to poll for; -1: closed, the end of the process is left */
	int fd;
	int complaints;      /* its stderr; -1 */
	int limit_ms;
	int64_t deadline_us; /* monotonic */
	const char *what;    /* "the command", for errors */
	int status;          /* its exit status once it is over; -1: it did not exit by itself */
	struct buf out;      /* what it printed, a secret; at most LIMIT_TOKEN unless max is set */
};

void child_init(struct child *c);
/* limit_ms: from now on.  The command is started even if it cannot be found: the shell says so. */
enum res child_start(struct child *c, const char *text, int limit_ms, struct err *e) MUST_USE;
/* The same with a function of our own instead of a shell: its result is the exit status. */
enum res child_start_own(struct child *c, const char *what, int (*run)(void *ctx), void *ctx,
	int limit_ms, struct err *e) MUST_USE;
/*
 * Takes what is there.  True: it is over, and *r says how: RES_OK with all of its output in out,
 * RES_CANCELLED (killed: the time is up), RES_LIMIT, RES_IO; e has the first line of its stderr.
 */
bool child_turn(struct child *c, enum res *r, struct err *e);
/* Turns until it is over, and waits meanwhile; the result of child_turn(). */
enum res child_wait(struct child *c, struct err *e) MUST_USE;
/* Monotonic microseconds at which to turn though fd is silent; INT64_MAX: none runs. */
int64_t child_due_us(const struct child *c);
/* Kills what still runs, wipes the output. */
void child_release(struct child *c);

#endif
