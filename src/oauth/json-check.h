/* The strict grammar of RFC 8259 over bytes, before a lenient library sees them. */
#ifndef TT_OAUTH_JSON_CHECK_H
#define TT_OAUTH_JSON_CHECK_H

#include "base/span.h"

/*
 * One JSON value with nothing but white space around it: valid UTF-8, at most LIMIT_JSON_BYTES
 * long (RES_LIMIT) and LIMIT_JSON_DEPTH deep (RES_LIMIT), no byte-order mark, no raw control
 * character and no \u0000 in a string.  err says what and at which offset.
 */
enum res json_check(struct span text, struct err *e) MUST_USE;

#endif
