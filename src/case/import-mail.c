/*
 * A mail as its source: header lines (RFC 5322), parts (RFC 2046), quoted-printable and base64
 * (RFC 2045 §6), HTML.  What people read of it is what is looked at; that there are pictures and
 * the like is noted.
 */
#include "case/import-parts.h"

#include "base/encode.h"
#include "base/utf8.h"

enum { PARTS_DEEP = 8, HEADS_MOST = 200, BOUNDARY_MOST = 70 };

/* What the header lines say of a body; spans borrow from the text. */
struct head {
	struct span type, encoding, boundary, subject, date;
	size_t mail, fields; /* lines that only mails have; all of them */
};

/* --- header lines --------------------------------------------------------------------------- */

static bool
is_field(struct span line, struct span *name, struct span *value)
{
	size_t colon = span_find(line, ':');

	if (colon == SIZE_MAX || !colon)
		return false;
	for (size_t i = 0; i < colon; i++)
		if (line.p[i] <= ' ' || line.p[i] > '~')
			return false;
	*name = span_sub(line, 0, colon);
	*value = span_trim(span_from(line, colon + 1));
	return true;
}

static bool
is_mail_field(struct span name)
{
	static const char *const names[] = {"from", "to", "cc", "subject", "message-id",
		"received", "return-path", "reply-to", "mime-version", "in-reply-to", "references",
		"delivered-to", "content-transfer-encoding", "content-disposition",
		"dkim-signature", "authentication-results", "thread-topic", "thread-index"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

/* "…; name=value" or name="value"; empty if it is not there. */
static struct span
parameter(struct span v, const char *name)
{
	struct span part;

	while (span_next(&v, ';', &part)) {
		size_t eq = span_find(part, '=');
		struct span value = span_trim(span_from(part, eq == SIZE_MAX ? part.n : eq + 1));

		if (eq == SIZE_MAX || !span_is_nocase(span_trim(span_sub(part, 0, eq)), name))
			continue;
		if (span_starts(value, "\""))
			value = span_sub(value, 1, span_find(span_from(value, 1), '"'));
		return value;
	}
	return SPAN_EMPTY;
}

/* A field's value with its continuation lines: they lie behind it in the text. */
static struct span
unfold(struct span value, struct span *rest)
{
	struct span line, ahead = *rest;

	while (ahead.n && (ahead.p[0] == ' ' || ahead.p[0] == '\t') && import_line(&ahead, &line)) {
		value.n = (size_t)(line.p + line.n - value.p);
		*rest = ahead;
	}
	return value;
}

/* The lines up to a blank one; *text is what comes behind.  False: these are none. */
static bool
read_head(struct span *text, struct head *h)
{
	struct span rest = *text, line, name, value;

	*h = (struct head){0};
	while (import_line(&rest, &line) && span_trim(line).n) {
		if (!is_field(line, &name, &value) || ++h->fields > HEADS_MOST)
			return false;
		value = unfold(value, &rest);
		h->mail += is_mail_field(name);
		if (span_is_nocase(name, "content-type"))
			h->type = value;
		else if (span_is_nocase(name, "content-transfer-encoding"))
			h->encoding = value;
		else if (span_is_nocase(name, "subject"))
			h->subject = value;
		else if (span_is_nocase(name, "date"))
			h->date = value;
	}
	h->boundary = parameter(h->type, "boundary");
	*text = rest;
	return h->fields > 0;
}

/* --- encodings of a body -------------------------------------------------------------------- */

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10
		: c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind '=': the bytes of a soft line break (blanks and the line end), or 0. */
static size_t
soft_break(struct span s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r'))
		i++;
	return i < s.n && s.p[i] == '\n' ? i + 1 : 0;
}

static void
decode_quoted(struct buf *out, struct span s)
{
	for (size_t i = 0, n; i < s.n; i++) {
		struct span rest = span_from(s, i + 1);

		if (s.p[i] != '=') {
			(void)buf_putc(out, s.p[i]);
		} else if ((n = soft_break(rest)) > 0) {
			i += n;
		} else if (rest.n > 1 && hex(rest.p[0]) >= 0 && hex(rest.p[1]) >= 0) {
			(void)buf_putc(out, (char)(hex(rest.p[0]) << 4 | hex(rest.p[1])));
			i += 2;
		} else {
			(void)buf_putc(out, '=');
		}
	}
}

static void
decode_base64(struct buf *out, struct span s)
{
	struct span word;
	struct buf joined;

	buf_init_wiping(&joined, s.n + 1);
	while (span_word(&s, &word))
		(void)buf_add_span(&joined, word);
	if (base64_decode(out, buf_span(&joined), NULL) != RES_OK)
		buf_clear(out);
	buf_release(&joined);
}

/*
 * Copied without its header lines: every '=' stands before two hexadecimal digits or a line's end,
 * and they are what quoted-printable must write so, more than once.
 */
static bool
is_quoted_printable(struct span s)
{
	size_t soft = 0, equals = 0, signs = 0;

	for (size_t i = 0; i < s.n; i++) {
		struct span rest = span_from(s, i + 1);

		if (s.p[i] != '=')
			continue;
		if (soft_break(rest))
			soft++;
		else if (rest.n > 1 && hex(rest.p[0]) >= 0 && hex(rest.p[1]) >= 0)
			signs++;
		else
			return false;
		equals += span_starts(rest, "3D");
	}
	return signs > 0 && soft + equals > 0 && soft + signs > 1;
}

/* --- HTML ----------------------------------------------------------------------------------- */

static bool
tag_is(struct span tag, const char *name)
{
	size_t n = strlen(name);

	if (span_starts(tag, "/"))
		tag = span_from(tag, 1);
	return span_starts_nocase(tag, name) &&
		(tag.n == n || memchr(" \t\r\n/", tag.p[n], 5) != NULL);
}

/* Where the text looks on: behind the tag, or behind all that script and style hold. */
static size_t
skip_tag(struct span s, size_t at, struct span *tag)
{
	static const char *const hidden[][2] = {
		{"style", "</style"}, {"script", "</script"}, {"title", "</title"}};
	size_t end = span_find(span_from(s, at), '>'), close;

	if (span_starts(span_from(s, at), "<!--")) {
		close = span_find_str(span_from(s, at), "-->");
		*tag = SPAN_EMPTY;
		return close == SIZE_MAX ? s.n : at + close + 3;
	}
	if (end == SIZE_MAX)
		return s.n;
	*tag = span_sub(s, at + 1, end - 1);
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++) {
		if (!tag_is(*tag, hidden[i][0]) || span_starts(*tag, "/"))
			continue;
		close = span_find_str_nocase(span_from(s, at), hidden[i][1]);
		return close == SIZE_MAX ? s.n : at + close;
	}
	return at + end + 1;
}

static size_t
put_entity(struct buf *out, struct span s)
{
	static const struct {
		const char *name, *text;
	} known[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""},
		{"&apos;", "'"}, {"&nbsp;", " "}, {"&shy;", ""}};
	int64_t cp = 0;
	size_t end = span_find(span_sub(s, 0, 10), ';');
	char bytes[4];

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (span_starts(s, known[i].name)) {
			(void)buf_puts(out, known[i].text);
			return strlen(known[i].name);
		}
	}
	if (!span_starts(s, "&#") || end == SIZE_MAX)
		return 0;
	if (s.p[2] == 'x' || s.p[2] == 'X')
		for (size_t i = 3; i < end && hex(s.p[i]) >= 0; i++)
			cp = cp << 4 | hex(s.p[i]);
	else if (span_to_i64(span_sub(s, 2, end - 2), &cp) != RES_OK)
		return 0;
	if (cp <= 0 || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return 0;
	(void)buf_add(out, bytes, utf8_encode((uint32_t)cp, bytes));
	return end + 1;
}

static void
html_to_text(struct buf *out, struct span s)
{
	static const char *const breaks[] = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "pre",
		"table", "blockquote", "hr", "body"};
	bool pre = false;

	for (size_t i = 0; i < s.n;) {
		struct span tag = SPAN_EMPTY;
		size_t n;

		if (s.p[i] == '<') {
			i = skip_tag(s, i, &tag);
			if (tag_is(tag, "pre"))
				pre = !span_starts(tag, "/");
			for (size_t k = 0; tag.n && k < ARRAY_SIZE(breaks); k++)
				if (tag_is(tag, breaks[k])) {
					(void)buf_putc(out, '\n');
					break;
				}
		} else if (s.p[i] == '&' && (n = put_entity(out, span_from(s, i))) > 0) {
			i += n;
		} else {
			char c = s.p[i++];
			bool blank = c == '\r' || (!pre && (c == '\n' || c == '\t'));

			(void)buf_putc(out, blank ? ' ' : c);
		}
	}
}

/* --- parts ---------------------------------------------------------------------------------- */

static bool
media_is(const struct head *h, const char *type)
{
	struct span media = span_trim(span_sub(h->type, 0, span_find(h->type, ';')));
	size_t n = strlen(type);

	return type[n - 1] == '/' ? span_starts_nocase(media, type) : span_is_nocase(media, type);
}

/* Text, or a file that is text by its kind (a HAR file, a log). */
static bool
is_readable(const struct head *h)
{
	return !h->type.n || media_is(h, "text/") || media_is(h, "application/json") ||
		media_is(h, "application/octet-stream") || media_is(h, "application/xml");
}

static void
put_leaf(struct import *im, struct buf *out, const struct head *h, struct span body)
{
	struct err e = ERR_INIT;
	struct buf plain, text;
	struct span s = body;

	buf_init_wiping(&plain, out->max);
	buf_init_wiping(&text, 2 * out->max);
	if (span_starts_nocase(h->encoding, "base64")) {
		decode_base64(&plain, body);
		s = buf_span(&plain);
	} else if (span_starts_nocase(h->encoding, "quoted-printable")) {
		decode_quoted(&plain, body);
		s = buf_span(&plain);
	}
	if (!is_readable(h) || import_decode(im, &text, &s, &e) != RES_OK)
		import_note(im, "a part of the mail that is no text was left out");
	else if (media_is(h, "text/html"))
		html_to_text(out, s);
	else
		(void)buf_add_span(out, s);
	(void)buf_putc(out, '\n');
	buf_release(&plain);
	buf_release(&text);
}

/* The next part between two boundary lines; false: none is left. */
static bool
next_part(struct span *rest, struct span boundary, struct span *part)
{
	struct span line, begun = SPAN_EMPTY;
	bool inside = false;

	while (rest->n) {
		struct span before = *rest;

		(void)import_line(rest, &line);
		if (line.n < boundary.n + 2 || !span_starts(line, "--") ||
			!span_eq(span_sub(line, 2, boundary.n), boundary))
			continue;
		if (inside) {
			*part = span_sub(begun, 0, (size_t)(before.p - begun.p));
			*rest = before; /* it begins the next one, too */
			return true;
		}
		if (span_starts(span_from(line, 2 + boundary.n), "--"))
			return false;
		begun = *rest;
		inside = true;
	}
	*part = begun; /* cut off */
	return inside && begun.n > 0;
}

static void put_body(struct import *im, struct buf *out, const struct head *h, struct span body,
	int depth);

static void
put_parts(struct import *im, struct buf *out, const struct head *h, struct span body, int depth)
{
	struct span part;
	bool plain = false;

	while (next_part(&body, h->boundary, &part)) {
		struct head inner;

		if (!read_head(&part, &inner))
			inner = (struct head){0};
		/* the same once more in HTML says nothing new */
		if (plain && media_is(h, "multipart/alternative") && media_is(&inner, "text/html"))
			continue;
		plain = plain || (media_is(&inner, "text/plain") && span_trim(part).n > 0);
		put_body(im, out, &inner, part, depth + 1);
	}
}

/* What a mail says, it says of the time before it was written; one that was passed on is older. */
static void
note_date(struct import *im, const struct head *h)
{
	int64_t at;

	if (time_parse_mail(h->date, &at) == RES_OK && at > 0 &&
		(!im->written_wall_us || at < im->written_wall_us / 1000000))
		im->written_wall_us = at * 1000000;
}

static void
put_body(struct import *im, struct buf *out, const struct head *h, struct span body, int depth)
{
	struct head inner;

	if (depth < PARTS_DEEP && h->boundary.n && h->boundary.n <= BOUNDARY_MOST &&
		media_is(h, "multipart/"))
		put_parts(im, out, h, body, depth);
	else if (depth < PARTS_DEEP && media_is(h, "message/rfc822") && read_head(&body, &inner)) {
		note_date(im, &inner);
		put_body(im, out, &inner, body, depth + 1);
	} else
		put_leaf(im, out, h, body);
}

/* From a boundary line on, as some programs show a mail's source. */
static bool
begins_with_boundary(struct span text, struct head *h)
{
	struct span line, rest = text, ahead;

	if (!import_line(&rest, &line) || !span_starts(line, "--") || line.n < 8 ||
		span_find(line, ' ') != SIZE_MAX)
		return false;
	ahead = rest;
	*h = (struct head){.type = SPAN_LIT("multipart/mixed"), .boundary = span_from(line, 2)};
	return read_head(&ahead, &(struct head){0}) && span_starts_nocase(rest, "content-");
}

void
import_mail(struct import *im, struct buf *out, struct span *text)
{
	struct span s = span_trim(*text), body = s;
	struct head h;

	if (!(read_head(&body, &h) && (h.mail >= 2 || (h.mail && h.type.n))) &&
		!begins_with_boundary(s, &h)) {
		if (!is_quoted_printable(s))
			return;
		h = (struct head){.encoding = SPAN_LIT("quoted-printable")};
		body = s;
	}
	if (!h.fields && h.boundary.n)
		body = s;
	if (h.subject.n && !span_starts(h.subject, "=?")) {
		(void)buf_add_span(out, h.subject);
		(void)buf_puts(out, "\n\n");
	}
	note_date(im, &h);
	put_body(im, out, &h, body, 0);
	import_note(im, h.fields ? "a mail: its parts were decoded, its header lines set aside"
			: "the source of a mail: what it encodes was decoded");
	*text = buf_span(out);
}
