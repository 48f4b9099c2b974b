/*
 * Tokens that lie where the user said: the options, the environment's TOKENTRIAGE_ACCESS_TOKEN and
 * TOKENTRIAGE_REFRESH_TOKEN, and the file of ui.clipboard_file.  The opening screen offers them;
 * none is taken unasked, nothing else is looked at, and no program is run.
 */
#ifndef TT_CLI_OFFERS_H
#define TT_CLI_OFFERS_H

#include "cli/app.h"
#include "ui/ui.h"

/*
 * At most `most`, those that are there and hold a token; the values are the caller's.  Returns how
 * many.
 */
size_t offers_find(const struct app *a, struct ui_offer *out, size_t most);
/*
 * What is told of a value before it is taken: its first letters, kind, bytes, and of a JWT the
 * issuer's host.  False: it is no token, nor has the form of one.
 */
bool offer_describe(const struct secret *value, char *out, size_t size);

#endif
