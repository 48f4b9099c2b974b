/* The keyring as the program uses it: its module is loaded in a child process, with a limit of
 * time. */
#ifndef TT_CLI_KEYRING_H
#define TT_CLI_KEYRING_H

#include "cli/child.h"

enum { KEYRING_MS = 60000 }; /* somebody may have to type a password to unlock it */

/* Gives the rooms below the keyring; loads nothing. */
void keyring_init(void);
/* Begins to fetch an entry beside the loop: what child_turn() ends with is its value. */
enum res keyring_begin(struct child *c, const char *name, struct err *e) MUST_USE;

#endif
