/*
 * Values that markup names: <password>…</password>, <input name="password" value="…">, <meta
 * name="csrf-token" content="…">, <key>password</key><string>…</string> of a property list; a part
 * of a multipart form; and a private key between its PEM lines.  Quotes may be escaped, as they are
 * where a page stands in a JSON string.
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
	if (kind == REDACT_CODE || kind == REDACT_DRAWN || kind == REDACT_ONCE)
		return redact_pair_is_secret(name, value);
	/* "expired" in <token> is the answer, and no token */
	return kind == REDACT_VALUE || (kind == REDACT_GENERIC && has_digit(value));
}

/* The text of an element from `from` on, as a CDATA section too; false: other elements, or nothing.
 */
static bool
element_text(struct span s, size_t from, size_t *at, struct span *value)
{
	static const char cdata[] = "<![CDATA[";
	bool section;
	size_t to;

	*at = skip_blanks(s, from);
	section = span_starts(span_from(s, *at), cdata);
	if (section)
		*at += sizeof(cdata) - 1;
	for (to = *at; to < s.n; to++)
		if (section ? span_starts(span_from(s, to), "]]>") ||
					span_starts(span_from(s, to), cdata)
			    : s.p[to] == '<')
			break;
	*value = span_trim(span_sub(s, *at, to - *at));
	return to < s.n && value->n > 0;
}

/* Behind <key>NAME: the text of the element that follows </key>. */
static size_t
listed_len(struct span s, size_t at, size_t from, struct span name, size_t *n)
{
	static const char close[] = "</key>", open[] = "<string>";
	size_t to = from + name.n, text;
	struct span value;

	if (!span_starts(span_from(s, to), close))
		return 0;
	to = skip_blanks(s, to + sizeof(close) - 1);
	if (!span_starts(span_from(s, to), open) ||
		!element_text(s, to + sizeof(open) - 1, &text, &value) || !is_secret(name, value))
		return 0;
	*n = value.n;
	return text - at;
}

/* <ns:name attributes>VALUE<: at the name. */
static size_t
element_len(struct span s, size_t at, size_t *n)
{
	size_t end = at, from, text;
	struct span name, value;

	while (end < s.n && redact_is_word(s.p[end]))
		end++;
	name = span_sub(s, at, end - at);
	for (from = end; from < s.n && from - end < TAG_MAX && s.p[from] != '>'; from++)
		if (s.p[from] == '<' || (from == end && s.p[from] == ':'))
			return 0;
	if (from >= s.n || s.p[from] != '>' || (from > at && s.p[from - 1] == '/'))
		return 0;
	if (!element_text(s, from + 1, &text, &value))
		return 0;
	if (span_is(name, "key"))
		return listed_len(s, at, text, value, n);
	if (redact_kind_of(name) == REDACT_CODE || !is_secret(name, value))
		return 0;
	*n = value.n;
	return text - at;
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

/* Which of the attributes stands at `at`, of a list that ends with NULL; its length or 0. */
static size_t
is_one_of(struct span s, size_t at, const char *const *attributes)
{
	for (; *attributes; attributes++)
		if (span_starts_nocase(span_from(s, at), *attributes))
			return strlen(*attributes);
	return 0;
}

static bool
find_one_of(struct span s, size_t at, const char *const *attributes, size_t *from, size_t *to)
{
	for (; *attributes; attributes++)
		if (find_attribute(s, at, *attributes, from, to))
			return true;
	return false;
}

/* name="SECRET" … value="VALUE", or the other way round: at the first of the two. */
static size_t
input_len(struct span s, size_t at, size_t *n)
{
	static const char *const naming[] = {"name", "id", "key", "type", NULL},
				 *const holding[] = {"value", "content", NULL};
	size_t word = is_one_of(s, at, holding), from, to, other_from, other_to;
	bool value_first = word > 0;
	struct span name;

	if (!word)
		word = is_one_of(s, at, naming);
	if (!word || at == 0 || redact_is_word(s.p[at - 1]) || !attribute(s, at + word, &from, &to))
		return 0;
	if (value_first) {
		if (!find_one_of(s, to, naming, &other_from, &other_to))
			return 0;
		name = span_sub(s, other_from, other_to - other_from);
		if (!is_secret(name, span_sub(s, from, to - from)))
			return 0;
		*n = to - from;
		return from - at;
	}
	if (!find_one_of(s, to, holding, &other_from, &other_to) ||
		!is_secret(span_sub(s, from, to - from),
			span_sub(s, other_from, other_to - other_from)))
		return 0;
	*n = other_to - other_from;
	return other_from - at;
}

/* A line's end, or the escaped one of a text in JSON; its length. */
static size_t
newline_len(struct span s, size_t at)
{
	static const char *const ends[] = {"\r\n", "\n", "\\r\\n", "\\n"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (span_starts(span_from(s, at), ends[i]))
			return strlen(ends[i]);
	return 0;
}

/* form-data; name="SECRET", then the rest of the part's head, a blank line and the value (RFC 7578
 * §4.2). */
static size_t
part_len(struct span s, size_t at, size_t *n)
{
	enum { HEAD_MAX = 400 };
	size_t from, to, end;
	struct span name;

	if (!span_starts_nocase(span_from(s, at), "form-data; name="))
		return 0;
	from = to = at + 16;
	while (to < s.n && strchr("\"\\", s.p[to]))
		from = ++to;
	while (to < s.n && (redact_is_word(s.p[to]) || s.p[to] == '[' || s.p[to] == ']'))
		to++;
	name = span_sub(s, from, to - from);
	for (end = to; end < s.n && end - to < HEAD_MAX; end++) {
		size_t one = newline_len(s, end), two = one ? newline_len(s, end + one) : 0;

		if (!two)
			continue;
		from = to = end + one + two;
		while (to < s.n && !newline_len(s, to))
			to++;
		if (!redact_parameter_is_secret(name, span_sub(s, from, to - from)) || to == from)
			return 0;
		*n = to - from;
		return from - at;
	}
	return 0;
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
	if (c == 'f' || c == 'F')
		return part_len(s, at, n);
	return strchr("nNiIvVkKtTcC", c) ? input_len(s, at, n) : 0;
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
