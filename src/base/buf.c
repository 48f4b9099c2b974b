#include "base/buf.h"

#include "base/mem.h"

enum { FIRST_CAP = 64 };

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max < SIZE_MAX ? max : SIZE_MAX - 1};
}

void
buf_init_wiping(struct buf *b, size_t max)
{
	buf_init(b, max);
	b->wipe = true;
}

void
buf_release(struct buf *b)
{
	if (b->wipe)
		wipe(b->p, b->cap);
	free(b->p);
	b->p = NULL;
	b->len = b->cap = 0;
	b->status = RES_OK;
}

void
buf_clear(struct buf *b)
{
	if (b->wipe)
		wipe(b->p, b->cap);
	b->len = 0;
	b->status = RES_OK;
	if (b->p != NULL)
		b->p[0] = '\0';
}

/* Moves the bytes to a fresh block, so that the old one can be wiped. */
static char *
regrow(struct buf *b, size_t cap)
{
	char *p;

	if (!b->wipe)
		return realloc(b->p, cap);
	p = malloc(cap);
	if (p == NULL)
		return NULL;
	if (b->p != NULL) {
		memcpy(p, b->p, b->len + 1);
		wipe(b->p, b->cap);
		free(b->p);
	}
	return p;
}

/* Room for n more bytes and the NUL. */
static enum res
reserve(struct buf *b, size_t n)
{
	size_t need, cap;
	char *p;

	if (b->status != RES_OK)
		return b->status;
	if (n > b->max - b->len)
		return b->status = RES_LIMIT;
	need = b->len + n + 1;
	if (need <= b->cap)
		return RES_OK;
	cap = b->cap > 0 ? b->cap : FIRST_CAP;
	while (cap < need)
		cap = cap <= SIZE_MAX / 2 ? cap * 2 : need;
	if (cap > b->max + 1)
		cap = b->max + 1;
	p = regrow(b, cap);
	if (p == NULL)
		return b->status = RES_NOMEM;
	b->p = p;
	b->cap = cap;
	b->p[b->len] = '\0';
	return RES_OK;
}

enum res
buf_add(struct buf *b, const void *p, size_t n)
{
	/* there is room, as there nearly always is: cap is never more than max and the NUL */
	if (b->status == RES_OK && n < b->cap - b->len) {
		if (n)
			memcpy(b->p + b->len, p, n);
		b->len += n;
		b->p[b->len] = '\0';
		return RES_OK;
	}
	if (n == 0 || reserve(b, n) != RES_OK)
		return b->status;
	memcpy(b->p + b->len, p, n);
	b->len += n;
	b->p[b->len] = '\0';
	return RES_OK;
}

enum res
buf_add_span(struct buf *b, struct span s)
{
	return buf_add(b, s.p, s.n);
}

enum res
buf_puts(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

enum res
buf_putc(struct buf *b, char c)
{
	if (b->status != RES_OK || b->cap - b->len < 2)
		return buf_add(b, &c, 1);
	b->p[b->len++] = c;
	b->p[b->len] = '\0';
	return RES_OK;
}

enum res
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	enum res r;

	va_start(ap, fmt);
	r = buf_vprintf(b, fmt, ap);
	va_end(ap);
	return r;
}

enum res
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	size_t room = b->cap - b->len;
	va_list again;
	int n;

	if (b->status != RES_OK)
		return b->status;
	/* it mostly fits into what is there */
	va_copy(again, ap);
	n = vsnprintf(room ? b->p + b->len : NULL, room, fmt, again);
	va_end(again);
	if (n >= 0 && (size_t)n < room) {
		b->len += (size_t)n;
		return RES_OK;
	}
	if (room)
		b->p[b->len] = '\0';
	if (n < 0)
		return b->status = RES_NOMEM;
	if (reserve(b, (size_t)n) != RES_OK)
		return b->status;
	if (n > 0)
		vsnprintf(b->p + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
	return RES_OK;
}

enum res
buf_status(const struct buf *b)
{
	return b->status;
}

void
buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	if (b->wipe)
		wipe(b->p + len, b->len - len);
	b->len = len;
	b->p[len] = '\0';
}

struct span
buf_span(const struct buf *b)
{
	return (struct span){b->p, b->len};
}

const char *
buf_str(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}

char *
buf_take(struct buf *b)
{
	char *p = b->p;

	if (p == NULL) {
		p = xmalloc(1);
		p[0] = '\0';
	}
	b->p = NULL;
	b->len = b->cap = 0;
	b->status = RES_OK;
	return p;
}
