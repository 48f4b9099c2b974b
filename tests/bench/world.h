/*
 * What `check` and the wizard need to run against the bench's server: the server, a profile
 * "bench" (bench.conf), tokens (access, refresh) and a client secret, all in the temporary
 * folder.
 */
#ifndef TT_TESTS_BENCH_WORLD_H
#define TT_TESTS_BENCH_WORLD_H

#include "tests/bench/bench.h"
#include "tests/bench/server.h"

struct world {
	struct server server;
	bool up;
};

/* Also where there is no server: then `up` is false and why was said. */
void world_start(struct world *w, const struct options *o);
void world_stop(struct world *w);

/*
 * Runs a program to its end, standard input and output on /dev/null; its wall time in
 * milliseconds, -1 if it could not be started.  status: the exit status, 128+n for a signal.
 */
double run_timed(char *const *argv, int *status);

#endif
