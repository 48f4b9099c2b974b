/* What a request is for, whom it asks, and whether it is one of ours: the table purposes.def. */
#ifndef TT_OAUTH_PURPOSE_H
#define TT_OAUTH_PURPOSE_H

#include "oauth/metadata.h"

enum purpose {
#define PURPOSE(sym, id, words, endpoint, is_probe) PURPOSE_##sym,
#include "oauth/purposes.def"
#undef PURPOSE
	PURPOSE_COUNT
};
const char *purpose_id(enum purpose p);    /* "introspection" */
const char *purpose_words(enum purpose p); /* "introspection request" */
bool purpose_from_id(struct span id, enum purpose *out);

/* These take PURPOSE_COUNT too, a purpose that is not known yet: no endpoint, no probe. */
enum endpoint purpose_endpoint(enum purpose p); /* EP_COUNT: none */
bool purpose_is_probe(enum purpose p);
/* Not the user's own question: a probe, the key set, a look at the clock. */
bool purpose_is_extra(enum purpose p);
/* The client authenticates there (RFC 6749 §3.2.1, RFC 7662 §2.1, RFC 7009 §2.1). */
bool purpose_wants_client(enum purpose p);

#endif
