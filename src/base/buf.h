/*
 * Growable bytes with a maximum chosen per use (limits.h).  Invariant: p is NUL-terminated
 * once allocated (the NUL is not counted), len <= max.  The first failed append is
 * remembered: later appends do nothing, so that a run of appends is checked once at the end
 * with buf_status().
 */
#ifndef TT_BASE_BUF_H
#define TT_BASE_BUF_H

#include <stdarg.h>
#include "base/span.h"

struct buf {
	char *p;
	size_t len, cap, max;
	enum res status; /* RES_OK, RES_LIMIT or RES_NOMEM */
	bool wipe;       /* freed and outgrown memory is zeroed */
};

void buf_init(struct buf *b, size_t max);
void buf_init_wiping(struct buf *b, size_t max); /* for what may hold secrets */
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* empty, memory kept (wiped if wiping), status reset */
/* Each returns the buffer's status. */
enum res buf_add(struct buf *b, const void *p, size_t n);
enum res buf_add_span(struct buf *b, struct span s);
enum res buf_puts(struct buf *b, const char *s);
enum res buf_putc(struct buf *b, char c);
enum res buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
enum res buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);
enum res buf_status(const struct buf *b) MUST_USE;
void buf_truncate(struct buf *b, size_t len); /* to at most len */
struct span buf_span(const struct buf *b);
const char *buf_str(const struct buf *b); /* "" when empty; valid until the next append */
/* The memory itself, NUL-terminated, never NULL; the caller frees it; b is released. */
char *buf_take(struct buf *b);

#endif
