/* A scripted user's browser: cookies kept, redirects followed, the embedded server's pages answered. */
#ifndef TT_TESTS_PTY_BROWSER_H
#define TT_TESTS_PTY_BROWSER_H

#include "base/buf.h"

struct browser;

struct browser *browser_new(void);
void browser_free(struct browser *b);
/*
 * Opens an address, follows redirects (no further than `stay` of them; -1: all), and returns the status it ended with;
 * 0: nothing answered.  browser_at(): where that was, with a redirect that was not followed.
 */
long browser_open(struct browser *b, const char *url, int stay);
long browser_post(struct browser *b, const char *url, const char *form, int stay);
const char *browser_at(const struct browser *b);
const char *browser_page(const struct browser *b);
/* On the page of the authorization endpoint: presses the button.  The status that the redirect ended with. */
long browser_allow(struct browser *b, const char *origin, int stay);

#endif
