/*
 * While the wizard runs, every exchange goes into a case file of its own, masked as ever: a crash,
 * or a line that is lost, loses no evidence.  The file is removed at a clean end.
 *
 * The folder is $XDG_STATE_HOME/tokentriage/autosave (0700).  A run has NAME.case (0600) and
 * NAME.lock, which it keeps locked: what is not locked was left behind.  The newest few are kept,
 * for some days.
 */
#ifndef TT_CLI_AUTOSAVE_H
#define TT_CLI_AUTOSAVE_H

#include "cli/app.h"

struct autosave;

/* Nothing is written before there is an exchange.  NULL: there is no folder to be had. */
struct autosave *autosave_new(void);
/* Writes the case if it has more exchanges than are written.  Failures are logged, once. */
void autosave_turn(struct autosave *s, struct app *a);
/* keep: the run did not end as the user wanted, and the file stays. */
void autosave_free(struct autosave *s, bool keep);
/*
 * Drops what is too old or too much, and says how to open the newest that was left behind: one
 * sentence, in out; false: there is none.
 */
bool autosave_offer(const struct autosave *s, char *out, size_t size);
/* Its path, from xmalloc; NULL: there is none. */
char *autosave_newest(void);
/*
 * Those that were left behind, the newest first, seen or not; the paths are the caller's.  Returns
 * how many.
 */
struct autosave_left {
	char *path;
	int64_t at_s;
};
size_t autosave_left(struct autosave_left *out, size_t most);
/* The file of that name, from xmalloc, whether it was seen since the name was told or not. */
char *autosave_path(const char *name);
/* The user has seen it: it is not offered again.  Of a path elsewhere, nothing. */
void autosave_seen(const char *path);

#endif
