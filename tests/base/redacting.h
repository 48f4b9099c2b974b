/* What the tests of the redactor share. */
#ifndef TT_TESTS_BASE_REDACTING_H
#define TT_TESTS_BASE_REDACTING_H

#include "unit.h"

#include "base/redact.h"

#define DRAWN "Zk3vQ9xLpB7tRw2YhN5mJc8D" /* 24 bytes */
#define DRAWN_MASK "[redacted 24 B]"

extern struct redactor *none; /* nothing registered: names and shapes alone */

typedef enum res redact_fn(const struct redactor *, struct buf *, struct span);

/* What f makes of in; the caller frees it. */
char *apply(redact_fn *f, const struct redactor *r, const char *in);
/* Redacts in to want, and what is redacted stays as it is. */
void check(redact_fn *f, const struct redactor *r, const char *in, const char *want);
/* Of a group: none is there. */
int redacting_setup(void **state);
int redacting_teardown(void **state);

#endif
