#include "base/span.h"

#include "base/mem.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
same_nocase(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
span_eq_nocase(struct span a, struct span b)
{
	return a.n == b.n && same_nocase(a.p, b.p, a.n);
}

bool
span_starts_nocase_slowly(struct span a, const char *prefix)
{
	size_t n = strlen(prefix);

	return n <= a.n && same_nocase(a.p, prefix, n);
}

bool
span_ends(struct span a, const char *suffix)
{
	size_t n = strlen(suffix);

	return n <= a.n && (n == 0 || memcmp(a.p + a.n - n, suffix, n) == 0);
}

size_t
span_find(struct span a, char c)
{
	const char *at = a.n > 0 ? memchr(a.p, c, a.n) : NULL;

	return at != NULL ? (size_t)(at - a.p) : SIZE_MAX;
}

size_t
span_find_str(struct span a, const char *needle)
{
	size_t n = strlen(needle);
	const char *at;

	if (n == 0)
		return 0;
	at = a.n >= n ? memmem(a.p, a.n, needle, n) : NULL;
	return at != NULL ? (size_t)(at - a.p) : SIZE_MAX;
}

size_t
span_find_str_nocase(struct span a, const char *needle)
{
	size_t n = strlen(needle);
	char low = needle[0] >= 'A' && needle[0] <= 'Z' ? (char)(needle[0] + 32) : needle[0];
	char high = low >= 'a' && low <= 'z' ? (char)(low - 32) : low;

	if (n == 0)
		return 0;
	/* the first character alone tells most places apart: whole logs are searched for
	 * hundreds of words */
	for (size_t i = 0; i + n <= a.n; i++)
		if ((a.p[i] == low || a.p[i] == high) && same_nocase(a.p + i, needle, n))
			return i;
	return SIZE_MAX;
}

bool
span_contains_nocase(struct span a, const char *needle)
{
	return span_find_str_nocase(a, needle) != SIZE_MAX;
}

struct span
span_chomp(struct span a)
{
	if (span_ends(a, "\r\n"))
		return span_sub(a, 0, a.n - 2);
	return span_ends(a, "\n") ? span_sub(a, 0, a.n - 1) : a;
}

struct span
span_trim(struct span a)
{
	while (a.n > 0 && is_blank(a.p[0])) {
		a.p++;
		a.n--;
	}
	while (a.n > 0 && is_blank(a.p[a.n - 1]))
		a.n--;
	return a;
}

bool
span_next(struct span *rest, char sep, struct span *part)
{
	size_t at;

	if (rest->n == 0) {
		*part = SPAN_EMPTY;
		return false;
	}
	at = span_find(*rest, sep);
	if (at == SIZE_MAX) {
		*part = *rest;
		*rest = span_from(*rest, rest->n);
	} else {
		*part = span_sub(*rest, 0, at);
		*rest = span_from(*rest, at + 1);
	}
	return true;
}

bool
span_word(struct span *rest, struct span *word)
{
	size_t i = 0, start;

	while (i < rest->n && is_blank(rest->p[i]))
		i++;
	start = i;
	while (i < rest->n && !is_blank(rest->p[i]))
		i++;
	*word = span_sub(*rest, start, i - start);
	*rest = span_from(*rest, i);
	return word->n > 0;
}

bool
span_has_word(struct span list, const char *word)
{
	struct span w;

	while (span_word(&list, &w))
		if (span_is(w, word))
			return true;
	return false;
}

enum res
span_to_i64(struct span a, int64_t *out)
{
	bool negative = false, over = false;
	int64_t v = 0;
	size_t i = 0;

	if (a.n > 0 && (a.p[0] == '-' || a.p[0] == '+')) {
		negative = a.p[0] == '-';
		i++;
	}
	if (i == a.n)
		return RES_SYNTAX;
	for (; i < a.n; i++) {
		int d = a.p[i] - '0';

		if (d < 0 || d > 9)
			return RES_SYNTAX;
		/* Counted downwards, where INT64_MIN is in reach. */
		over = over || __builtin_mul_overflow(v, (int64_t)10, &v) ||
			__builtin_sub_overflow(v, (int64_t)d, &v);
	}
	if (over || (!negative && v == INT64_MIN))
		return RES_RANGE;
	*out = negative ? v : -v;
	return RES_OK;
}

char *
span_dup(struct span a)
{
	char *s = xmalloc(a.n + 1);

	if (a.n > 0)
		memcpy(s, a.p, a.n);
	s[a.n] = '\0';
	return s;
}
