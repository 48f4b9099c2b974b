/*
 * The cases and HAR files used lately, for the opening screen: names and times, nothing of what is
 * in them.
 *
 * $XDG_STATE_HOME/tokentriage/recent (0600) has a line each, the newest first: "SECONDS
 * saved|opened PATH".  It is bounded, and a file that is gone goes from it.  ui.recent = false:
 * nothing is read or written.  Two programs that write at once: the list of the last one stays,
 * whole.
 */
#ifndef TT_CLI_RECENT_H
#define TT_CLI_RECENT_H

#include "cli/app.h"
#include "ui/ui.h"

enum recent_use { RECENT_SAVED, RECENT_OPENED, RECENT_LEFT };

/* The file was written or read; failures are not worth a word. */
void recent_note(const struct app *a, const char *path, enum recent_use use);
/* What runs left behind, then the list; the paths are the caller's.  Returns how many. */
size_t recent_list(const struct app *a, struct ui_recent *out, size_t most);

#endif
