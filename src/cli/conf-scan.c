/* What libconfig lets pass and should not, found in the source text. */
#include "cli/conf.h"

struct scan {
	struct span text;
	size_t at;
	int line;
	struct span key; /* the last name seen */
};

static int
peek(const struct scan *s, size_t ahead)
{
	return s->at + ahead < s->text.n ? (unsigned char)s->text.p[s->at + ahead] : -1;
}

static void
skip(struct scan *s)
{
	if (peek(s, 0) == '\n')
		s->line++;
	s->at++;
}

static void
skip_string(struct scan *s)
{
	for (skip(s); peek(s, 0) >= 0 && peek(s, 0) != '"'; skip(s))
		if (peek(s, 0) == '\\')
			skip(s);
	skip(s);
}

static bool
skip_comment(struct scan *s)
{
	int c = peek(s, 0), d = peek(s, 1);

	if (c == '#' || (c == '/' && d == '/')) {
		while (peek(s, 0) >= 0 && peek(s, 0) != '\n')
			skip(s);
		return true;
	}
	if (c != '/' || d != '*')
		return false;
	for (skip(s), skip(s); peek(s, 0) >= 0; skip(s)) {
		if (peek(s, 0) == '*' && peek(s, 1) == '/') {
			skip(s);
			skip(s);
			break;
		}
	}
	return true;
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alpha(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*' || c == '_';
}

/* Is the number at the cursor one that int cannot hold?  Floats are left to libconfig's types. */
static bool
number_wraps(struct scan *s)
{
	size_t from = s->at;
	struct span digits;
	int64_t n = 0;
	enum res r;

	if (peek(s, 0) == '+' || peek(s, 0) == '-')
		skip(s);
	if (peek(s, 0) == '0' && (peek(s, 1) == 'x' || peek(s, 1) == 'X')) {
		size_t first = s->at + 2;

		skip(s);
		skip(s);
		while (is_digit(peek(s, 0)) || is_alpha(peek(s, 0)))
			skip(s);
		return s->at - first > 8 || (s->at - first == 8 && s->text.p[first] > '7');
	}
	while (is_digit(peek(s, 0)))
		skip(s);
	digits = span_make(s->text.p + from, s->at - from);
	if (peek(s, 0) == '.' || peek(s, 0) == 'e' || peek(s, 0) == 'E') {
		while (is_digit(peek(s, 0)) || is_alpha(peek(s, 0)) || peek(s, 0) == '.' ||
			peek(s, 0) == '-' || peek(s, 0) == '+')
			skip(s);
		return false;
	}
	while (peek(s, 0) == 'L')
		skip(s);
	r = span_to_i64(digits, &n);
	return r == RES_RANGE || (r == RES_OK && (n > INT32_MAX || n < INT32_MIN));
}

static enum res
scan_error(const struct scan *s, enum res code, const char *file, const char *words, struct err *e)
{
	char allowed[120];
	enum res r;

	if (code != RES_RANGE)
		r = err_set(e, code, "%s:%d: %s", file, s->line, words);
	else {
		conf_allowed(s->key, allowed, sizeof(allowed));
		r = err_set(e, code, "%s:%d: %.*s: the number is out of range%s%s", file, s->line,
			SPAN_ARG(s->key), *allowed ? "; allowed: " : "", allowed);
	}
	if (e)
		e->line = s->line;
	return r;
}

enum res
conf_scan(struct span text, const char *file, struct err *e)
{
	struct scan s = {text, 0, 1, SPAN_EMPTY};

	while (peek(&s, 0) >= 0) {
		int c = peek(&s, 0);

		if (c == 0)
			return scan_error(
				&s, RES_SYNTAX, file, "a NUL byte: this is no text file", e);
		if (c == '@')
			return scan_error(&s, RES_REFUSED, file,
				"@include is not supported; put profiles into "
				"profiles.d/NAME.conf",
				e);
		if (c == '"') {
			skip_string(&s);
		} else if (skip_comment(&s)) {
			continue;
		} else if (is_alpha(c)) {
			size_t from = s.at;

			while (is_alpha(peek(&s, 0)) || is_digit(peek(&s, 0)) || peek(&s, 0) == '-')
				skip(&s);
			s.key = span_make(text.p + from, s.at - from);
		} else if (is_digit(c) || ((c == '-' || c == '+') && is_digit(peek(&s, 1)))) {
			if (number_wraps(&s))
				return scan_error(&s, RES_RANGE, file, "", e);
		} else {
			skip(&s);
		}
	}
	return RES_OK;
}
