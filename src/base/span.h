/* A borrowed run of bytes, not NUL-terminated.  p may be NULL only when n is 0. */
#ifndef TT_BASE_SPAN_H
#define TT_BASE_SPAN_H

#include <string.h>
#include "base/attr.h"
#include "base/err.h"

struct span {
	const char *p;
	size_t n;
};

#define SPAN_LIT(s) ((struct span){(s), sizeof(s) - 1})
#define SPAN_EMPTY ((struct span){NULL, 0})
/* For "%.*s". */
#define SPAN_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct span
span_of(const char *s) /* NULL gives the empty span */
{
	return (struct span){s, s ? strlen(s) : 0};
}

static inline struct span
span_make(const void *p, size_t n)
{
	return (struct span){p, n};
}

bool span_eq(struct span a, struct span b);
bool span_eq_nocase(struct span a, struct span b); /* ASCII case */

/* The first byte settles most comparisons with a table's rows: no call for them, no strlen. */
static inline bool
span_is(struct span a, const char *s)
{
	if (!s || !a.n || a.p[0] != s[0])
		return !a.n && (!s || !s[0]);
	return strlen(s) == a.n && memcmp(a.p, s, a.n) == 0;
}

static inline bool
span_starts(struct span a, const char *prefix)
{
	size_t n;

	if (!a.n || a.p[0] != prefix[0])
		return !prefix[0];
	n = strlen(prefix);
	return n <= a.n && memcmp(a.p, prefix, n) == 0;
}

bool span_starts_nocase_slowly(struct span a, const char *prefix);

/* ASCII case; bytes that differ in more than one bit settle most comparisons here, too. */
static inline bool
span_is_nocase(struct span a, const char *s)
{
	if (!s || !a.n || ((a.p[0] ^ s[0]) & ~0x20))
		return !a.n && (!s || !s[0]);
	return span_eq_nocase(a, span_of(s));
}

/* ASCII case */
static inline bool
span_starts_nocase(struct span a, const char *prefix)
{
	if (!a.n || ((a.p[0] ^ prefix[0]) & ~0x20))
		return !prefix[0];
	return span_starts_nocase_slowly(a, prefix);
}

bool span_ends(struct span a, const char *suffix);
/* Index of c or needle; SIZE_MAX if absent. */
size_t span_find(struct span a, char c);
size_t span_find_str(struct span a, const char *needle);
size_t span_find_str_nocase(struct span a, const char *needle); /* ASCII case */
bool span_contains_nocase(struct span a, const char *needle);
/* Sub-span, clipped to a. */
static inline struct span
span_sub(struct span a, size_t at, size_t n)
{
	if (at >= a.n)
		return (struct span){a.n > 0 ? a.p + a.n : a.p, 0};
	return (struct span){a.p + at, n < a.n - at ? n : a.n - at};
}

static inline struct span
span_from(struct span a, size_t at)
{
	return span_sub(a, at, SIZE_MAX);
}

/* Without the one line end (LF or CRLF) that a text file or a command's output closes with. */
struct span span_chomp(struct span a);
/* Without leading and trailing SP, HTAB, CR, LF. */
struct span span_trim(struct span a);
/*
 * Takes the part before sep off *rest (and the separator); false once nothing is left, and *part is
 * empty then.  "a,,b" gives "a", "", "b".  Start with *rest = the whole.
 */
bool span_next(struct span *rest, char sep, struct span *part);
/*
 * Takes the next run of non-blanks off *rest (scope lists); false once there is none, and *word is
 * empty.
 */
bool span_word(struct span *rest, struct span *word);
/* Is word among the blank-separated words of list? */
bool span_has_word(struct span list, const char *word);
/* A whole decimal number with optional sign; RES_SYNTAX or RES_RANGE otherwise. */
enum res span_to_i64(struct span a, int64_t *out) MUST_USE;
/* A NUL-terminated copy from xmalloc. */
char *span_dup(struct span a);

#endif
