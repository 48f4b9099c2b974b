/*
 * What an end user can be told of a diagnosis (replies.def), for a helpdesk to paste into a mail.
 */
#ifndef TT_DIAGNOSE_REPLY_H
#define TT_DIAGNOSE_REPLY_H

#include "diagnose/diagnose.h"

/*
 * Appends a few sentences in plain words: what happened, what the user can do.  They hold no value
 * of the case, so that they are safe to send as they stand.
 */
enum res reply_text(const struct diagnosis *d, struct buf *out);
/* The sentence of an id, and what comes of it; false: there is none (a test sees to it that there
 * is). */
bool reply_find(struct span id, const char **what, const char **does);

#endif
