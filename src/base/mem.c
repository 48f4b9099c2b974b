#include "base/mem.h"

#include <stdarg.h>

#include "base/err.h"

/* Before every wiping block: its size, as wide as the strictest alignment. */
union head {
	size_t n;
	max_align_t align;
};

void *
xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (p == NULL)
		die("out of memory (%zu bytes)", n);
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (p == NULL)
		die("out of memory (%zu times %zu bytes)", n, size);
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	void *q = realloc(p, n ? n : 1);

	if (q == NULL)
		die("out of memory (%zu bytes)", n);
	return q;
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		die("out of memory (%zu times %zu bytes)", n, size);
	return xrealloc(p, total);
}

char *
xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}

char *
xasprintf(const char *fmt, ...)
{
	char *s;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("out of memory");
	return s;
}

void
wipe(void *p, size_t n)
{
	if (p != NULL && n > 0)
		explicit_bzero(p, n);
}

void *
wiping_malloc(size_t n)
{
	union head *h;

	if (n > SIZE_MAX - sizeof *h)
		return NULL;
	h = malloc(sizeof *h + n);
	if (h == NULL)
		return NULL;
	h->n = n;
	return h + 1;
}

void *
wiping_calloc(size_t n, size_t size)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	p = wiping_malloc(total);
	if (p != NULL)
		memset(p, 0, total);
	return p;
}

void *
wiping_realloc(void *p, size_t n)
{
	size_t old;
	void *q;

	if (p == NULL)
		return wiping_malloc(n);
	old = ((union head *)p)[-1].n;
	q = wiping_malloc(n);
	if (q == NULL)
		return NULL;
	memcpy(q, p, old < n ? old : n);
	wiping_free(p);
	return q;
}

void
wiping_free(void *p)
{
	union head *h = p;

	if (p == NULL)
		return;
	h--;
	wipe(h, sizeof *h + h->n);
	free(h);
}

char *
wiping_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = wiping_malloc(n);

	return p != NULL ? memcpy(p, s, n) : NULL;
}
