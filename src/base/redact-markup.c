/*
 * Values that markup names: <password>…</password>, <input name="password" value="…">, and a
 * private key between its PEM lines.  Quotes may be escaped, as they are where a page stands in a
 * JSON string.
 */
#include "base/redact-parts.h"

enum { TAG_MAX = 400 }; /* bytes of a tag that are looked at */

static size_t
skip_blanks(struct span s, size_t at)
{
	while (at < s.n &&
		(s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r' || s.p[at] == '\n'))
		at++;
	return at;
}

static bool
has_digit(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

static bool
is_secret(struct span name, struct span value)
{
	enum redact_kind kind = redact_kind_of(name);

	if (redact_is_placeholder(value) || redact_mask_len(value) > 0)
		return false;
	/* "expired" in <token> is the answer, and no token */
	return kind == REDACT_VALUE || (kind == REDACT_GENERIC && has_digit(value));
}

/* <ns:name attributes>VALUE<: at the name. */
static size_t
element_len(struct span s, size_t at, size_t *n)
{
	size_t end = at, from, to;
	struct span name, value;

	while (end < s.n && redact_is_word(s.p[end]))
		end++;
	name = span_sub(s, at, end - at);
	for (from = end; from < s.n && from - end < TAG_MAX && s.p[from] != '>'; from++)
		if (s.p[from] == '<' || (from == end && s.p[from] == ':'))
			return 0;
	if (from >= s.n || s.p[from] != '>' || (from > at && s.p[from - 1] == '/'))
		return 0;
	from = skip_blanks(s, from + 1);
	for (to = from; to < s.n && s.p[to] != '<'; to++)
		;
	value = span_trim(span_sub(s, from, to - from));
	if (to >= s.n || value.n == 0 || !is_secret(name, value))
		return 0;
	*n = value.n;
	return from - at;
}

/* ="VALUE" behind an attribute's name that ends at `at`; false: there is none. */
static bool
attribute(struct span s, size_t at, size_t *from, size_t *to)
{
	size_t slashes;
	char quote;

	at = skip_blanks(s, at);
	if (at >= s.n || s.p[at] != '=')
		return false;
	at = skip_blanks(s, at + 1);
	for (slashes = 0; at < s.n && s.p[at] == '\\'; at++)
		slashes++;
	if (at >= s.n || (s.p[at] != '"' && s.p[at] != '\''))
		return false;
	quote = s.p[at];
	*from = at + 1;
	for (*to = *from; *to < s.n && s.p[*to] != quote; ++*to)
		if (s.p[*to] == '>' || s.p[*to] == '<')
			return false;
	if (*to >= s.n)
		return false;
	while (slashes-- > 0 && *to > *from && s.p[*to - 1] == '\\')
		--*to;
	return true;
}

/* The attribute of that name further on in the same tag. */
static bool
find_attribute(struct span s, size_t at, const char *name, size_t *from, size_t *to)
{
	size_t n = strlen(name);

	for (size_t i = at; i < s.n && i - at < TAG_MAX && s.p[i] != '>' && s.p[i] != '<'; i++)
		if (i > 0 && !redact_is_word(s.p[i - 1]) &&
			span_starts_nocase(span_from(s, i), name) && attribute(s, i + n, from, to))
			return true;
	return false;
}

/* name="SECRET" … value="VALUE", or the other way round: at the first of the two. */
static size_t
input_len(struct span s, size_t at, size_t *n)
{
	struct span rest = span_from(s, at);
	bool value_first = span_starts_nocase(rest, "value");
	size_t word = value_first ? 5 : span_starts_nocase(rest, "name") ? 4 : 2;
	size_t from, to, other_from, other_to;

	if (word == 2 && !span_starts_nocase(rest, "id"))
		return 0;
	if (at == 0 || redact_is_word(s.p[at - 1]) || !attribute(s, at + word, &from, &to))
		return 0;
	if (value_first) {
		if ((!find_attribute(s, to, "name", &other_from, &other_to) &&
			    !find_attribute(s, to, "id", &other_from, &other_to)) ||
			!is_secret(span_sub(s, other_from, other_to - other_from),
				span_sub(s, from, to - from)))
			return 0;
		*n = to - from;
		return from - at;
	}
	if (!find_attribute(s, to, "value", &other_from, &other_to) ||
		!is_secret(span_sub(s, from, to - from),
			span_sub(s, other_from, other_to - other_from)))
		return 0;
	*n = other_to - other_from;
	return other_from - at;
}

size_t
redact_markup_len(struct span s, size_t at, size_t *n)
{
	char before = at > 0 ? s.p[at - 1] : '\0', c = s.p[at];

	size_t start = at;

	if (before == ':') /* <ns:name> */
		for (start = at - 1; start > 0 && redact_is_word(s.p[start - 1]);)
			start--;
	if (start > 0 && s.p[start - 1] == '<')
		return element_len(s, at, n);
	if (c == 'n' || c == 'N' || c == 'i' || c == 'I' || c == 'v' || c == 'V')
		return input_len(s, at, n);
	return 0;
}

/* -----BEGIN … PRIVATE KEY-----: up to the line that ends it, or to the end of what there is. */
size_t
redact_pem_len(struct span s, size_t at, size_t *n)
{
	static const char begin[] = "-----BEGIN ", end[] = "-----END ";
	struct span label = span_from(s, at + sizeof(begin) - 1), body;
	size_t dashes, last;

	if (!span_starts(span_from(s, at), begin))
		return 0;
	dashes = span_find_str(span_sub(label, 0, label.n < 60 ? label.n : 60), "-----");
	if (dashes == SIZE_MAX ||
		span_find_str(span_sub(label, 0, dashes), "PRIVATE KEY") == SIZE_MAX)
		return 0;
	body = span_from(label, dashes + 5);
	if (redact_mask_len(body) > 0)
		return 0;
	last = span_find_str(body, end);
	*n = last == SIZE_MAX ? body.n : last;
	return *n > 0 ? sizeof(begin) - 1 + dashes + 5 : 0;
}
