/* The user's browser: $BROWSER, else xdg-open.  Nothing of it is waited for. */
#ifndef TT_ENGINE_BROWSER_H
#define TT_ENGINE_BROWSER_H

#include "base/span.h"

/* Is there one to start: $BROWSER set, or a graphical session with xdg-open? */
bool browser_available(void);
/*
 * Starts it with the address, which is http or https and stands in its arguments for other users of
 * the machine to read: no credential may be in it.  RES_NOTFOUND: there is none; RES_IO: no
 * process. That it starts does not mean that it shows the page.
 */
enum res browser_open(struct span url, struct err *e) MUST_USE;

#endif
