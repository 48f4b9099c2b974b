/*
 * The editor's test of a profile: asks its issuer for the metadata, in an engine of its own, so that nothing of it
 * stands in the case.  The request carries no credentials.
 */
#ifndef TT_CLI_PROFILE_TEST_H
#define TT_CLI_PROFILE_TEST_H

#include "cli/app.h"

struct profile_test;

/* Begins; NULL: there is nothing to ask, and e says why. */
struct profile_test *profile_test_new(const struct app *a, const struct profile *p, struct err *e);
/* Never waits.  True: it has ended; words: one safe sentence. */
bool profile_test_turn(struct profile_test *t, bool *good, char *words, size_t size);
void profile_test_free(struct profile_test *t); /* cancels; NULL is fine */

#endif
