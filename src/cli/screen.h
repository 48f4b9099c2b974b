/* The way from the commands to the interactive wizard: on a screen, or line by line. */
#ifndef TT_CLI_SCREEN_H
#define TT_CLI_SCREEN_H

#include "cli/app.h"

struct screen {
	struct app *app; /* started, on_screen; nothing loaded yet */
	const char *title; /* beside the program's name; NULL: the profile's */
	bool choose; /* no profile or token yet */
	bool unsaved; /* the profile is the command line's: it can be saved as one */
	void *ctx;
	bool (*prepare)(void *ctx,
		struct err *e); /* after the first frame: secrets, tokens, the demo's server */
	struct ui_deps *deps; /* screen_run()'s own, and the test of a profile under way */
	struct profile_test *test;
	char *show_next; /* the case that the user wants to see next, the caller's; NULL */
};

/* Is there a terminal on both sides?  (A report that was asked for by --format or --output needs
 * none.) */
bool screen_wanted(const struct options *o);
/* A terminal that can only print lines: TERM unset or dumb, or --plain. */
bool screen_plain(const struct options *o);
/* Opens the wizard; the exit status. */
int screen_run(struct screen *s);

#endif
