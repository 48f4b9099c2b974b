/*
 * Allocation that cannot fail (die() instead): for sizes this program chooses.  What the
 * network sizes goes through struct buf.
 */
#ifndef TT_BASE_MEM_H
#define TT_BASE_MEM_H

#include "base/attr.h"

void *xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t n) __attribute__((returns_nonnull));
void *xreallocarray(void *p, size_t n, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) PRINTF(1, 2) __attribute__((malloc, returns_nonnull));

/* Zeroes what the compiler may not leave out. */
void wipe(void *p, size_t n);
/*
 * Allocators that zero whatever they free or outgrow, aligned as malloc, for the libraries
 * that hold our secrets (libcurl's curl_global_init_mem, cJSON_InitHooks).
 */
void *wiping_malloc(size_t n);
void *wiping_calloc(size_t n, size_t size);
void *wiping_realloc(void *p, size_t n);
void wiping_free(void *p);
char *wiping_strdup(const char *s);

#endif
