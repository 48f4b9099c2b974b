#include "oauth/json-check.h"

#include "base/limits.h"
#include "base/utf8.h"

struct scan {
	const char *start, *p, *end;
	struct err *e;
	char stack[LIMIT_JSON_DEPTH]; /* '{' or '[' */
	size_t depth;
};

static enum res
fail(struct scan *s, enum res code, const char *what)
{
	size_t at = (size_t)(s->p - s->start);

	err_set(s->e, code, "%s at byte %zu", what, at);
	if (s->e)
		s->e->offset = at;
	return code;
}

static void
blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static bool
digit(const struct scan *s)
{
	return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

static bool
hex4(const struct scan *s, unsigned *out)
{
	unsigned v = 0;
	int i;

	if (s->end - s->p < 4)
		return false;
	for (i = 0; i < 4; i++) {
		char c = s->p[i];

		v <<= 4;
		if (c >= '0' && c <= '9')
			v |= (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v |= (unsigned)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			v |= (unsigned)(c - 'A' + 10);
		else
			return false;
	}
	*out = v;
	return true;
}

/* Behind "\u": the digits, and the second half of a surrogate pair. */
static enum res
unicode_escape(struct scan *s)
{
	unsigned u, low;

	if (!hex4(s, &u))
		return fail(s, RES_SYNTAX, "a bad \\u escape in a string");
	if (u == 0)
		return fail(s, RES_SYNTAX, "the character U+0000 in a string");
	s->p += 4;
	if (u >= 0xdc00 && u <= 0xdfff)
		return fail(s, RES_SYNTAX, "half of a surrogate pair in a string");
	if (u < 0xd800 || u > 0xdbff)
		return RES_OK;
	if (s->end - s->p < 6 || s->p[0] != '\\' || s->p[1] != 'u')
		return fail(s, RES_SYNTAX, "half of a surrogate pair in a string");
	s->p += 2;
	if (!hex4(s, &low) || low < 0xdc00 || low > 0xdfff)
		return fail(s, RES_SYNTAX, "half of a surrogate pair in a string");
	s->p += 4;
	return RES_OK;
}

/* At the opening quote. */
static enum res
string(struct scan *s)
{
	enum res r;

	for (s->p++; s->p < s->end; s->p++) {
		unsigned char c = (unsigned char)*s->p;

		if (c == '"') {
			s->p++;
			return RES_OK;
		}
		if (c < 0x20)
			return fail(s, RES_SYNTAX, "a raw control character in a string");
		if (c != '\\')
			continue;
		if (++s->p == s->end)
			break;
		if (*s->p == 'u') {
			s->p++;
			r = unicode_escape(s);
			if (r != RES_OK)
				return r;
			s->p--;
		} else if (!memchr("\"\\/bfnrt", *s->p, 8)) {
			return fail(s, RES_SYNTAX, "a bad escape in a string");
		}
	}
	return fail(s, RES_SYNTAX, "the text ends inside a string");
}

static enum res
number(struct scan *s)
{
	if (*s->p == '-')
		s->p++;
	if (!digit(s))
		return fail(s, RES_SYNTAX, "not a number");
	if (*s->p == '0') {
		s->p++;
		if (digit(s))
			return fail(s, RES_SYNTAX, "a number with a leading zero");
	}
	while (digit(s))
		s->p++;
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (!digit(s))
			return fail(s, RES_SYNTAX, "a number without digits behind the point");
		while (digit(s))
			s->p++;
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (!digit(s))
			return fail(s, RES_SYNTAX, "a number without digits in its exponent");
		while (digit(s))
			s->p++;
	}
	return RES_OK;
}

static bool
word(struct scan *s, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, w, n))
		return false;
	s->p += n;
	return true;
}

/* A value that holds no others. */
static enum res
scalar(struct scan *s)
{
	if (s->p == s->end)
		return fail(s, RES_SYNTAX, "the text ends where a value should stand");
	if (*s->p == '"')
		return string(s);
	if (*s->p == '-' || digit(s))
		return number(s);
	if (word(s, "true") || word(s, "false") || word(s, "null"))
		return RES_OK;
	return fail(s, RES_SYNTAX, "no JSON value");
}

/* A member's name and the colon. */
static enum res
name(struct scan *s)
{
	enum res r;

	if (s->p == s->end || *s->p != '"')
		return fail(s, RES_SYNTAX, "no member name in quotes");
	r = string(s);
	if (r != RES_OK)
		return r;
	blanks(s);
	if (s->p == s->end || *s->p != ':')
		return fail(s, RES_SYNTAX, "no colon behind a member name");
	s->p++;
	blanks(s);
	return RES_OK;
}

/* Opens what stands here; reads the first value that holds no others. */
static enum res
open_value(struct scan *s)
{
	while (s->p < s->end && (*s->p == '{' || *s->p == '[')) {
		char open = *s->p;

		if (s->depth == LIMIT_JSON_DEPTH)
			return fail(s, RES_LIMIT, "JSON nested too deep");
		s->stack[s->depth++] = open;
		s->p++;
		blanks(s);
		if (s->p < s->end && *s->p == (open == '{' ? '}' : ']')) {
			s->p++;
			s->depth--;
			return RES_OK;
		}
		if (open == '{') {
			enum res r = name(s);

			if (r != RES_OK)
				return r;
		}
	}
	return scalar(s);
}

/* Behind a value: closes what ends here.  *more: another value follows. */
static enum res
after_value(struct scan *s, bool *more)
{
	*more = false;
	while (s->depth) {
		char open = s->stack[s->depth - 1];

		blanks(s);
		if (s->p == s->end)
			return fail(s, RES_SYNTAX, "the text ends inside an object or array");
		if (*s->p == ',') {
			s->p++;
			blanks(s);
			*more = true;
			return open == '{' ? name(s) : RES_OK;
		}
		if (*s->p != (open == '{' ? '}' : ']'))
			return fail(s, RES_SYNTAX, "no comma between two values");
		s->p++;
		s->depth--;
	}
	return RES_OK;
}

enum res
json_check(struct span text, struct err *e)
{
	const char *p = text.n ? text.p : ""; /* no arithmetic on NULL */
	struct scan s = {p, p, p + text.n, e, {0}, 0};
	bool more = true;
	enum res r;

	if (!text.n)
		return err_set(e, RES_SYNTAX, "empty, where JSON should stand");
	if (text.n > LIMIT_JSON_BYTES)
		return err_set(
			e, RES_LIMIT, "JSON of %zu bytes, more than %d", text.n, LIMIT_JSON_BYTES);
	if (text.n >= 3 && !memcmp(text.p, "\xef\xbb\xbf", 3))
		return fail(&s, RES_SYNTAX, "a byte-order mark before the JSON");
	if (!utf8_valid(text))
		return err_set(e, RES_SYNTAX, "JSON that is not valid UTF-8");
	blanks(&s);
	while (more) {
		r = open_value(&s);
		if (r == RES_OK)
			r = after_value(&s, &more);
		if (r != RES_OK)
			return r;
	}
	blanks(&s);
	if (s.p != s.end)
		return fail(&s, RES_SYNTAX, "text behind the JSON value");
	return RES_OK;
}
