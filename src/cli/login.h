/* A login line by line: what the user has to do is said, an address can be pasted back. */
#ifndef TT_CLI_LOGIN_H
#define TT_CLI_LOGIN_H

#include "cli/app.h"
#include "wizard/flow.h"

struct login_talk {
	void (*say)(void *ctx,
		const char *text); /* whole lines, safe; an address is on a line of its own */
	void *ctx;
	int in_fd;      /* where an address is pasted, line by line; -1: nowhere */
	bool may_leave; /* an empty line there cancels */
};

/*
 * Turns engine and wizard until the login of the wizard is at `until` or has ended, and nothing is
 * under way.  RES_IO: waiting failed.
 */
enum res login_run(
	struct app *a, const struct login_talk *t, enum flow_phase until, struct err *e) MUST_USE;

#endif
