/* The way from the commands to the interactive wizard. */
#ifndef TT_CLI_SCREEN_H
#define TT_CLI_SCREEN_H

#include "cli/app.h"
#include "demo/demo.h"

/* Is there a terminal on both sides, and one that can be drawn on?  No report was asked for either. */
bool screen_wanted(const struct options *o);
/* Opens the wizard over a started app; scenario: of the demo, or NULL.  The exit status. */
int screen_run(struct app *a, const struct scenario *scenario);

#endif
