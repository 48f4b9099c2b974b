/*
 * Values whose name and punctuation stand in a text in another form: %22access_token%22%3A%22…,
 * percent-encoded once or several times, and access_token&quot;:&quot;…, as a page shows it.
 */
#include "base/redact-parts.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %22, %2522, %252522, …: its length and the byte, or 0. */
static size_t
percent_len(struct span s, char *c)
{
	size_t at = 1;

	while (at + 4 <= s.n && s.p[at] == '2' && s.p[at + 1] == '5' &&
		hex_digit(s.p[at + 2]) >= 0 && hex_digit(s.p[at + 3]) >= 0)
		at += 2;
	if (at + 2 > s.n || hex_digit(s.p[at]) < 0 || hex_digit(s.p[at + 1]) < 0)
		return 0;
	*c = (char)(hex_digit(s.p[at]) << 4 | hex_digit(s.p[at + 1]));
	return at + 2;
}

/* A character reference of HTML: &quot; &#34; &#x22; */
static size_t
reference_len(struct span s, char *c)
{
	static const struct {
		const char *text;
		char c;
	} named[] = {{"&quot;", '"'}, {"&apos;", '\''}, {"&lt;", '<'}, {"&gt;", '>'},
		{"&amp;", '&'}, {"&colon;", ':'}, {"&equals;", '='}, {"&nbsp;", ' '}};
	enum { MOST = 8 };
	unsigned code = 0, base = 10;
	size_t at = 2;

	for (size_t i = 0; i < ARRAY_SIZE(named); i++)
		if (span_starts(s, named[i].text)) {
			*c = named[i].c;
			return strlen(named[i].text);
		}
	if (!span_starts(s, "&#"))
		return 0;
	if (at < s.n && (s.p[at] | 0x20) == 'x') {
		base = 16;
		at++;
	}
	for (; at < s.n && at < MOST && hex_digit(s.p[at]) >= 0; at++)
		code = code * base + (unsigned)hex_digit(s.p[at]);
	if (at >= s.n || s.p[at] != ';' || !code || code > 0x7E)
		return 0;
	*c = (char)code;
	return at + 1;
}

/* The character at `at`, however it is written, and its length; 0: the end. */
static size_t
char_len(struct span s, size_t at, char *c)
{
	struct span rest = span_from(s, at);
	size_t n = 0;

	if (!rest.n)
		return 0;
	if (rest.p[0] == '%')
		n = percent_len(rest, c);
	else if (rest.p[0] == '&')
		n = reference_len(rest, c);
	if (n == 0)
		*c = rest.p[0];
	return n > 0 ? n : 1;
}

static size_t
skip_blanks(struct span s, size_t at)
{
	size_t n;
	char c;

	while ((n = char_len(s, at, &c)) > 0 && (c == ' ' || c == '\\' || c == '+'))
		at += n;
	return at;
}

/* A quote, behind the backslashes that may stand before it. */
static size_t
skip_quote(struct span s, size_t at, bool *is)
{
	size_t from = skip_blanks(s, at), n;
	char c = '\0';

	n = char_len(s, from, &c);
	*is = n > 0 && (c == '"' || c == '\'');
	return *is ? from + n : at;
}

size_t
redact_escape_len(struct span s)
{
	char c;
	size_t n = percent_len(s, &c);

	return n > 0 ? n : 1;
}

bool
redact_escaped_value(struct span s, size_t at, bool blanks, struct redact_place *place)
{
	bool quoted;
	size_t n;
	char c = '\0';

	at = skip_quote(s, at, &place->quoted_name);
	at = skip_blanks(s, at);
	n = char_len(s, at, &c);
	if (n == 0 || (c != ':' && c != '=' && (c != '>' || n < 4))) /* <name>, in references */
		return false;
	place->assigned = c != ':';
	at = skip_blanks(s, at + n);
	at = skip_quote(s, at, &quoted);
	place->from = at;
	place->to = at + redact_mask_len(span_from(s, at));
	if (place->to > at)
		return true;
	while ((n = char_len(s, at, &c)) > 0) {
		if ((unsigned char)s.p[at] <= ' ' || c == '"' || c == '\'' || c == '<' ||
			c == '>' || c == '\\' || c == '`')
			break;
		if (!quoted &&
			(c == '&' || c == '#' || (place->quoted_name && strchr(",]}", c)) ||
				(c == ' ' && !blanks)))
			break;
		at += n;
	}
	place->to = at;
	return at > place->from;
}
