/*
 * What a browser does to a recording: questions it asks before the application's own (preflights),
 * answers it keeps from the page (CORS), and what its developer tools leave out unless they are
 * told otherwise (Authorization).
 */
#ifndef TT_CASE_IMPORT_BROWSER_H
#define TT_CASE_IMPORT_BROWSER_H

#include "case/import-parts.h"

enum { BROWSER_PREFLIGHTS = 64 };

struct browser_preflight {
	char *url; /* of the request it is for */
	int status;
	bool allows_origin, authorization; /* was the header asked for? */
};

struct browser_seen {
	struct browser_preflight v[BROWSER_PREFLIGHTS]; /* the newest */
	size_t n;
	bool authorization; /* some request was recorded with its Authorization header */
};

/* Each request of the recording, of whatever it is; true: it is the browser's own (a preflight). */
bool browser_look(struct browser_seen *b, const struct import_exchange *x);
/* Did a script of another origin ask, so that CORS applies?  type: the entry's _resourceType, if any. */
bool browser_is_cors(const struct import_exchange *x, struct span type);
/*
 * When all are there: tells which answers were kept from the page, which of the tentative ones were
 * about a token (the others go), and marks the credentials that were left out.  Adds notes.
 */
void browser_settle(struct browser_seen *b, struct import *im);
void browser_release(struct browser_seen *b);

#endif
