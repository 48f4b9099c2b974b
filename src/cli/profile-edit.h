/*
 * What the profile editors on the screen and line by line have in common: saving, and the test of a
 * profile, which asks its issuer for the metadata, in an engine of its own, so that nothing of it
 * stands in the case.  That request carries no credentials.
 */
#ifndef TT_CLI_PROFILE_EDIT_H
#define TT_CLI_PROFILE_EDIT_H

#include "cli/app.h"

/*
 * Writes the profile (conf-write.h; *path is owned) and reads the profiles anew: what can be picked
 * is what the next start will find.  Pointers to those of before are stale then.
 */
enum res profile_save(struct app *a, const struct profile *p, char **path, struct err *e) MUST_USE;

struct profile_test;

/* Begins; NULL: there is nothing to ask, and e says why. */
struct profile_test *profile_test_new(const struct app *a, const struct profile *p, struct err *e);
/* Waits at most so many milliseconds.  True: it has ended; words: one safe sentence. */
bool profile_test_turn(struct profile_test *t, int wait_ms, bool *good, char *words, size_t size);
void profile_test_free(struct profile_test *t); /* cancels; NULL is fine */

#endif
