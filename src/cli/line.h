/*
 * The wizard line by line: for dumb terminals, screen readers and logs.  Numbered choices, no
 * cursor addressing, the same steps, fields, questions and verdict as on the screen.
 */
#ifndef TT_CLI_LINE_H
#define TT_CLI_LINE_H

#include "cli/app.h"

/* Reads choices from in until "q" or its end; the app was started.  Returns the exit status. */
int line_wizard(struct app *a, FILE *in, FILE *out);

#endif
