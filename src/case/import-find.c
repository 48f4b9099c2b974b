#include "case/import-find.h"

#include "oauth/dialect.h"
#include "oauth/oautherror.h"
#include "oauth/token-shape.h"

static const struct {
	const char *part, *code;
} phrases[] = {
#define PROSE_PHRASE(part, code) {part, code},
#include "case/prosephrases.def"
#undef PROSE_PHRASE
};

static bool
name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_';
}

struct span
line_around(struct span text, const char *p)
{
	size_t at = (size_t)(p - text.p), from = at, to = at;

	while (from > 0 && text.p[from - 1] != '\n')
		from--;
	while (to < text.n && text.p[to] != '\n')
		to++;
	return span_trim(span_sub(text, from, to - from));
}

/* --- codes and sentences ------------------------------------------------------------------ */

/* Codes that are also everyday words count only where no other stands. */
static bool
is_plain_word(struct span code)
{
	return span_is(code, "not_found") || span_is(code, "access_denied") ||
		span_is(code, "server_error");
}

bool
find_error_code(struct span text, struct span *code)
{
	struct span plain = SPAN_EMPTY;
	size_t i = 0;

	while (i < text.n) {
		size_t n = 0;

		while (i + n < text.n && name_char(text.p[i + n]))
			n++;
		*code = span_sub(text, i, n);
		if (n > 5 && n < 40 && span_find(*code, '_') != SIZE_MAX &&
			oauth_error_find(*code)) {
			if (!is_plain_word(*code))
				return true;
			if (!plain.n)
				plain = *code;
		}
		i += n ? n : 1;
	}
	*code = plain;
	return plain.n > 0;
}

/* Without quotes, brackets and punctuation around it. */
static struct span
stripped(struct span s)
{
	static const char around[] = " \t\r\n\"'`()[]{}<>:;,=-\\";

	while (s.n && strchr(around, s.p[0]))
		s = span_from(s, 1);
	while (s.n && strchr(" \t\r\n\"'`()[]{}<>;,=\\", s.p[s.n - 1]))
		s.n--;
	return s;
}

/* error_description=…, "error_description": "…", error_description: … */
static bool
named_value(struct span text, const char *name, struct span *value)
{
	size_t at = span_find_str_nocase(text, name), end;
	struct span s;
	bool escaped = false;
	char quote = '\0';

	if (at == SIZE_MAX)
		return false;
	s = span_from(text, at + strlen(name));
	while (s.n && strchr("\"'\\ \t", s.p[0]))
		s = span_from(s, 1);
	if (!s.n || !strchr("=:", s.p[0]))
		return false;
	s = span_from(s, s.n > 1 && s.p[1] == '>' ? 2 : 1);
	while (s.n && strchr(" \t\\", s.p[0])) {
		escaped = s.p[0] == '\\';
		s = span_from(s, 1);
	}
	if (s.n && strchr("\"'", s.p[0])) {
		quote = s.p[0];
		s = span_from(s, 1);
	}
	for (end = 0; end < s.n && s.p[end] != '\n'; end++) {
		if (quote && s.p[end] == quote)
			break;
		if (!quote && (s.p[end] == '&' || s.p[end] == ','))
			break;
	}
	if (escaped && end && s.p[end - 1] == '\\')
		end--;
	*value = span_trim(span_sub(s, 0, end));
	return value->n > 0;
}

struct span
find_description(struct span text, struct span code)
{
	struct span rest, line, value;
	size_t at = (size_t)(code.p - text.p);

	if (named_value(text, "error_description", &value) ||
		named_value(text, "errorDescription", &value))
		return value;
	rest = span_from(text, at + code.n);
	line = span_sub(rest, 0, span_find(rest, '\n'));
	value = stripped(line);
	if (!value.n) { /* the next line, if it is not a stack's */
		rest = span_from(rest, line.n + 1);
		line = span_trim(span_sub(rest, 0, span_find(rest, '\n')));
		if (!span_starts(line, "at ") && !span_starts(line, "File "))
			value = stripped(line);
	}
	if (value.n < 4) /* before it, as in "Session not active (invalid_grant)" */
		value = stripped(span_sub(line_around(text, code.p), 0,
			(size_t)(code.p - line_around(text, code.p).p)));
	return span_sub(value, 0, 300);
}

bool
find_phrase(struct span text, struct span *line, const char **code)
{
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		size_t at = span_find_str_nocase(text, phrases[i].part);

		if (at == SIZE_MAX)
			continue;
		*line = span_sub(line_around(text, text.p + at), 0, 300);
		*code = phrases[i].code;
		return true;
	}
	return false;
}

static bool
has_any(struct span s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_contains_nocase(s, words[i]))
			return true;
	return false;
}

static const char *const things[] = {
#define PROSE_THING(part) part,
#include "case/prosewords.def"
};
static const char *const faults[] = {
#define PROSE_FAULT(part) part,
#include "case/prosewords.def"
};
static const char *const of_client[] = {
#define PROSE_CLIENT(part) part,
#include "case/prosewords.def"
};

struct span
find_quotable(struct span line)
{
	struct span rest = line;
	size_t at = SIZE_MAX, colon;

	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		size_t here = span_find_str_nocase(line, phrases[i].part);

		at = here < at ? here : at;
	}
	if (at != SIZE_MAX)
		return span_from(line, at);
	while ((colon = span_find_str(rest, ": ")) != SIZE_MAX) {
		rest = span_trim(span_from(rest, colon + 2));
		if (has_any(rest, things, ARRAY_SIZE(things)) &&
			has_any(rest, faults, ARRAY_SIZE(faults)))
			line = rest;
	}
	return line;
}

bool
find_sentence(struct span text, struct span *line, const char **code)
{
	struct span rest = text;

	while (import_line(&rest, line)) {
		*line = span_sub(span_trim(*line), 0, 300);
		if (!has_any(*line, things, ARRAY_SIZE(things)) ||
			!has_any(*line, faults, ARRAY_SIZE(faults)))
			continue;
		*code = "invalid_token";
		if (span_contains_nocase(*line, "refresh"))
			*code = "invalid_grant";
		else if (span_contains_nocase(*line, "client") &&
			has_any(*line, of_client, ARRAY_SIZE(of_client)))
			*code = "invalid_client";
		else if (span_contains_nocase(*line, "scope"))
			*code = "insufficient_scope";
		return true;
	}
	return false;
}

/* --- status ------------------------------------------------------------------------------- */

static bool
is_status_word(struct span s, struct span before, struct span behind)
{
	static const char *const reasons[] = {"unauthorized", "forbidden", "bad request",
		"not found", "method not allowed", "unsupported media type", "too many requests",
		"internal server", "bad gateway", "service unavailable", "gateway time",
		"client error", "server error", "error"};
	static const char *const names[] = {"status", "http", "code", "error", "returned",
		"response", "got", "failed", "statuscode", "respcode"};
	struct span b = stripped(behind), a = stripped(before);

	if (s.n != 3 || s.p[0] < '4' || s.p[0] > '5')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (span_starts_nocase(b, reasons[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i]);

		if (a.n >= n && span_is_nocase(span_from(a, a.n - n), names[i]))
			return true;
	}
	/* "HTTP/2 401", and an access log's "GET /me HTTP/1.1" 401 */
	return a.n > 5 &&
		span_find_str_nocase(span_from(a, a.n > 9 ? a.n - 9 : 0), "http/") != SIZE_MAX;
}

/* The reason phrase without its number, where that is about all there is. */
static int
status_of_reason(struct span text)
{
	static const struct {
		const char *part;
		int status;
	} reasons[] = {
#define PROSE_STATUS(part, status) {part, status},
#include "case/prosewords.def"
	};

	for (size_t i = 0; text.n < 300 && i < ARRAY_SIZE(reasons); i++)
		if (span_contains_nocase(text, reasons[i].part))
			return reasons[i].status;
	return 0;
}

int
find_status(struct span text)
{
	size_t i = 0;
	int64_t alone;

	if (span_trim(text).n == 3 && span_to_i64(span_trim(text), &alone) == RES_OK &&
		alone >= 400 && alone < 600)
		return (int)alone;
	while (i < text.n) {
		size_t n = 0;
		int64_t v;

		while (i + n < text.n && name_char(text.p[i + n]))
			n++;
		if (n == 3 && span_to_i64(span_sub(text, i, 3), &v) == RES_OK &&
			is_status_word(span_sub(text, i, 3),
				span_sub(text, i > 40 ? i - 40 : 0, i > 40 ? 40 : i),
				span_sub(text, i + 3, 40)))
			return (int)v;
		i += n ? n : 1;
	}
	return status_of_reason(text);
}

/* --- addresses, challenges, JSON ---------------------------------------------------------- */

bool
find_address(struct span text, struct span *address)
{
	size_t a = span_find_str(text, "https://"), b = span_find_str(text, "http://"),
	       at = a < b ? a : b, n;

	if (at == SIZE_MAX)
		return false;
	for (n = at;
		n < text.n && (unsigned char)text.p[n] > ' ' && !strchr("\"'<>`)]}|\\", text.p[n]);
		n++)
		;
	*address = span_sub(text, at, n - at);
	while (address->n && strchr(".,;:!?", address->p[address->n - 1]))
		address->n--;
	return address->n > 10;
}

bool
find_challenge(struct span text, struct span *value)
{
	static const char *const bare[] = {
		"Bearer error=", "Bearer realm=", "DPoP error=", "DPoP algs=", "Bearer scope="};
	size_t at = span_find_str_nocase(text, "www-authenticate"), end;
	struct span s;
	char quote = '\0';

	if (at != SIZE_MAX) {
		s = span_from(text, at + 16);
		while (s.n && strchr("\"' \t", s.p[0]))
			s = span_from(s, 1);
		if (!s.n || !strchr(":=", s.p[0]))
			return false;
		s = span_from(s, 1);
		while (s.n && strchr(" \t[", s.p[0]))
			s = span_from(s, 1);
		if (s.n && strchr("\"'", s.p[0])) {
			quote = s.p[0];
			s = span_from(s, 1);
		}
	} else {
		for (size_t i = 0; i < ARRAY_SIZE(bare) && at == SIZE_MAX; i++)
			at = span_find_str(text, bare[i]);
		if (at == SIZE_MAX)
			return false;
		s = span_from(text, at);
	}
	for (end = 0; end < s.n && s.p[end] != '\n'; end++)
		if (quote && s.p[end] == quote && s.p[end ? end - 1 : 0] != '\\' &&
			(quote == '\'' || end + 1 == s.n || strchr(",}] \r\n", s.p[end + 1])))
			break;
	*value = span_trim(span_sub(s, 0, end));
	return value->n > 0;
}

static size_t
object_len(struct span s)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < s.n && i < LIMIT_BODY; i++) {
		char c = s.p[i];

		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{') {
			depth++;
		} else if (c == '}' && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

bool
find_json(struct span text, size_t *at, struct buf *out)
{
	struct json *doc;

	for (int tries = 0; tries < 64; tries++) {
		struct span s = span_from(text, *at);
		size_t open = span_find(s, '{'), n;

		if (open == SIZE_MAX)
			return false;
		*at += open;
		s = span_from(text, *at);
		buf_clear(out);
		if (span_starts(s, "{\\\"")) { /* as a string inside another one */
			for (size_t i = 0; i < s.n && s.p[i] != '\n'; i++)
				if (s.p[i] != '\\')
					(void)buf_putc(out, s.p[i]);
			n = object_len(buf_span(out));
			buf_truncate(out, n);
		} else {
			n = object_len(s);
			(void)buf_add_span(out, span_sub(s, 0, n));
		}
		if (n && json_parse(&doc, buf_span(out), NULL) == RES_OK) {
			json_free(doc);
			*at += n;
			return true;
		}
		buf_clear(out);
		n = find_relaxed(s, out);
		*at += n ? n : 1;
		if (n)
			return true;
	}
	return false;
}

/* --- tokens ------------------------------------------------------------------------------- */

/* The sender took it out, or wrote an example. */
static bool
is_masked(struct span v)
{
	if (token_is_unsigned_copy(v))
		return false;
	return span_find_str(v, "...") != SIZE_MAX || span_find_str(v, "***") != SIZE_MAX ||
		span_find_str(v, "\xe2\x80\xa6") != SIZE_MAX ||
		span_find_str_nocase(v, "redacted") != SIZE_MAX ||
		span_find_str_nocase(v, "xxxx") != SIZE_MAX || span_starts(v, "<") ||
		span_starts(v, "$") || span_starts(v, "{");
}

static size_t
token_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && (token_char(s.p[n]) || s.p[n] == '=' || s.p[n] == '%'))
		n++;
	return n;
}

/* Nothing but blanks (format=flowed, RFC 3676, has one) up to the line's end, and something behind
 * it? */
static bool
ends_line(struct span s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at < s.n && (s.p[at] == '\n' || s.p[at] == '\r');
}

/* As long as what is broken over lines; a break behind a hyphen (Unicode UAX #14, class HY) comes
 * earlier. */
static bool
is_full_line(struct span line)
{
	return line.n >= 60 || (line.n >= 30 && line.p[line.n - 1] == '-');
}

static bool
is_cut(struct span jwt)
{
	struct token_info t;
	bool cut;

	token_info_init(&t);
	token_info_read(&t, jwt);
	cut = t.odd & ODD_TRUNCATED;
	token_info_release(&t);
	return cut;
}

/* A few characters alone on a line may be a name below a mail; they are the token's if they make it
 * whole. */
static bool
completes(struct span jwt, struct span word)
{
	struct buf whole;
	bool does;

	buf_init_wiping(&whole, LIMIT_TOKEN);
	(void)buf_add_span(&whole, jwt);
	(void)buf_add_span(&whole, word);
	does = word.n && is_cut(jwt) && !is_cut(buf_span(&whole));
	buf_release(&whole);
	return does;
}

/* A JWT that goes on on the next line: joined. */
static void
read_jwt(struct import *im, struct span text, size_t at, struct buf *out)
{
	struct span line = line_around(text, text.p + at), rest = span_from(text, at);
	size_t n = token_run(rest);

	(void)buf_add_span(out, span_sub(rest, 0, n));
	while (is_full_line(line) && ends_line(rest, n)) {
		struct span next = span_from(rest, n), word;

		while (next.n && memchr(" \t\r\n", next.p[0], 4))
			next = span_from(next, 1);
		word = span_sub(next, 0, token_run(next));
		/* a whole line of nothing else, or the last part of the third segment */
		if ((word.n < 8 && !completes(buf_span(out), word)) ||
			(word.n < next.n && !ends_line(next, word.n)))
			return;
		(void)buf_add_span(out, word);
		import_note(im, "a token that was broken over lines; joined");
		rest = span_from(next, word.n);
		n = 0;
		line = word;
	}
}

/* The name in front decides, since the token itself may be the wrong one. */
static enum token_slot
slot_before(struct span text, size_t at)
{
	struct span before = span_sub(text, at > 32 ? at - 32 : 0, at > 32 ? 32 : at);

	before = span_from(
		before, span_find(before, '\n') == SIZE_MAX ? 0 : span_find(before, '\n'));
	if (span_contains_nocase(before, "refresh"))
		return SLOT_REFRESH;
	if (span_contains_nocase(before, "id_token") || span_contains_nocase(before, "id token") ||
		span_contains_nocase(before, "idtoken"))
		return SLOT_ID;
	return SLOT_ACCESS;
}

/* "DPoP-Nonce: eyJ…", a cookie: what looks like a token there is none of those in question. */
static bool
is_of_other_header(struct span text, size_t at)
{
	static const char *const names[] = {"dpop-nonce:", "dpop:", "cookie:", "set-cookie:"};
	struct span line = line_around(text, text.p + at);

	while (line.n && strchr("<> ", line.p[0]))
		line = span_from(line, 1);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_starts_nocase(line, names[i]))
			return true;
	return false;
}

/* By shape: a JWT or a vendor's prefix at the beginning of a word. */
static size_t
tokens_by_shape(struct import *im, struct span text)
{
	size_t gave = 0, n;
	struct token_info t;
	struct buf value;

	for (size_t i = 0; i < text.n; i += n ? n : 1) {
		struct span word;

		n = token_run(span_from(text, i));
		word = span_sub(text, i, n);
		while (word.n && strchr(".,=", word.p[word.n - 1]) && !token_is_jose_like(word))
			word.n--;
		if (word.n < 24 || is_masked(word) || is_of_other_header(text, i))
			continue;
		buf_init_wiping(&value, LIMIT_TOKEN);
		token_info_init(&t);
		if (token_is_jose_like(word) && span_find(word, '.') != SIZE_MAX) {
			read_jwt(im, text, i, &value);
			gave += import_give(im, slot_before(text, i), buf_span(&value),
					"the text") != NULL;
		} else {
			token_info_read(&t, word);
			if (t.vendor[0] && strlen(t.vendor) && span_find(word, '_') != SIZE_MAX)
				gave += import_give(im,
						t.role == ROLE_REFRESH ? SLOT_REFRESH : SLOT_ACCESS,
						word, "the text") != NULL;
		}
		token_info_release(&t);
		buf_release(&value);
	}
	return gave;
}

static size_t
tokens_by_name(struct import *im, struct span text)
{
	static const struct {
		const char *name;
		enum token_slot slot;
	} names[] = {{"refresh_token", SLOT_REFRESH}, {"id_token", SLOT_ID},
		{"access_token", SLOT_ACCESS}, {"accessToken", SLOT_ACCESS},
		{"Authorization", SLOT_ACCESS}};
	size_t gave = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct span v, word;

		if (!named_value(text, names[i].name, &v))
			continue;
		if (span_starts_nocase(v, "basic "))
			continue;
		v = token_without_quotes(token_without_scheme(v));
		word = v;
		if (!span_word(&word, &v))
			continue;
		while (v.n && strchr(".,:;!?)", v.p[v.n - 1]) && !is_masked(v)) /* the sentence's */
			v.n--;
		if (is_masked(v)) {
			import_note(im, "a token that the sender took out was passed over");
			continue;
		}
		/* a word of a sentence is no token: "Authorization: required" */
		if (v.n < 12 && !token_is_placeholder(v))
			continue;
		gave += import_give(im, names[i].slot, v, "the text") != NULL;
	}
	return gave;
}

size_t
find_tokens(struct import *im, struct span text)
{
	size_t gave = tokens_by_shape(im, text);

	/* of a slot that has one already nothing more is taken */
	return gave + tokens_by_name(im, text);
}
