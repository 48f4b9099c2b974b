/*
 * A set of origins (RFC 6454 §4: scheme, host and port of an address), which the engine keeps of
 * those that credentials may go to and of those that did not answer.
 */
#ifndef TT_ENGINE_ORIGINS_H
#define TT_ENGINE_ORIGINS_H

#include "base/span.h"

struct origins {
	char **v; /* as url_origin_dup() writes them; zeroed: empty */
	size_t n;
};

/* The origin of that address; nothing where it has none. */
void origins_add(struct origins *o, struct span url);
bool origins_have(const struct origins *o, struct span url);
/* Empty, and to be used again. */
void origins_clear(struct origins *o);

#endif
