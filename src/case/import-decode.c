/* Bytes as text: byte-order marks, UTF-16, the Windows code page; what is no text is named. */
#include "case/import-parts.h"

#include "base/utf8.h"

static const struct {
	const char *magic;
	size_t n;
	const char *what;
} known[] = {
	{"\x1f\x8b", 2,
		"compressed (gzip): unpack it first, as with zcat FILE | tokentriage inspect"},
	{"PK\x03\x04", 4, "a ZIP archive (or an office document): unpack it first"},
	{"\x28\xb5\x2f\xfd", 4, "compressed (zstd): unpack it first"},
	{"\xfd"
	 "7zXZ",
		5, "compressed (xz): unpack it first"},
	{"BZh", 3, "compressed (bzip2): unpack it first"},
	{"\x89PNG", 4, "a picture (PNG): give the text that it shows"},
	{"\xff\xd8\xff", 3, "a picture (JPEG): give the text that it shows"},
	{"GIF8", 4, "a picture (GIF): give the text that it shows"},
	{"%PDF-", 5, "a PDF document: give the text that it shows"},
	{"\xd4\xc3\xb2\xa1", 4, "a packet capture: give the HTTP messages as text"},
	{"\x0a\x0d\x0d\x0a", 4, "a packet capture: give the HTTP messages as text"},
	{"\x7f"
	 "ELF",
		4, "a program"},
};

/* U+0080 to U+009F of Windows-1252; 0: not assigned. */
static const uint16_t cp1252[32] = {0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d,
	0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

static void
put_cp(struct buf *out, uint32_t cp)
{
	char bytes[4];

	(void)buf_add(out, bytes, utf8_encode(cp, bytes));
}

static unsigned
unit_at(struct span s, size_t i, bool big)
{
	unsigned a = (unsigned char)s.p[i], b = (unsigned char)s.p[i + 1];

	return big ? a << 8 | b : b << 8 | a;
}

static void
from_utf16(struct buf *out, struct span s, bool big)
{
	size_t i;

	for (i = 0; i + 1 < s.n; i += 2) {
		unsigned u = unit_at(s, i, big), low;

		if (u >= 0xd800 && u < 0xdc00 && i + 3 < s.n) {
			low = unit_at(s, i + 2, big);
			if (low >= 0xdc00 && low < 0xe000) {
				put_cp(out, 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00));
				i += 2;
				continue;
			}
		}
		put_cp(out, u >= 0xd800 && u < 0xe000 ? 0xfffd : u);
	}
	if (i < s.n)
		put_cp(out, 0xfffd);
}

/* No mark, and yet every second byte of the beginning is zero: UTF-16 all the same. */
static bool
looks_like_utf16(struct span s, bool *big)
{
	size_t even = 0, odd = 0, n = s.n < 64 ? s.n & ~(size_t)1 : 64;

	for (size_t i = 0; i < n; i += 2) {
		even += !s.p[i];
		odd += !s.p[i + 1];
	}
	*big = even > odd;
	return n >= 4 && (even == 0) != (odd == 0) && even + odd >= n * 3 / 8;
}

static void
from_cp1252(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80 && c < 0xa0)
			put_cp(out, cp1252[c - 0x80] ? cp1252[c - 0x80] : 0xfffd);
		else
			put_cp(out, c);
	}
}

static int
line_of(struct span s, size_t at)
{
	int line = 1;

	for (size_t i = 0; i < at; i++)
		line += s.p[i] == '\n';
	return line;
}

/* The first byte that no text has (a control of no use), or s.n. */
static size_t
first_binary(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' && !memchr("\t\n\r\f\b\033\a\v", c, 8))
			return i;
	}
	return s.n;
}

/* Bytes that are no UTF-8, and where the first of them is. */
static size_t
count_invalid(struct span s, size_t *first)
{
	size_t bad = 0, at = 0;
	uint32_t cp;

	*first = s.n;
	while (at < s.n) {
		size_t n = utf8_decode(span_from(s, at), &cp);

		if (cp == UINT32_MAX) {
			if (!bad)
				*first = at;
			bad++;
		}
		at += n;
	}
	return bad;
}

/* *text is what is text already; what had to be converted goes into out, and *text points there. */
static enum res
put_text(struct import *im, struct buf *out, struct span *text, struct err *e)
{
	struct span s = *text, rest = s, line = SPAN_EMPTY;
	size_t binary = first_binary(s), first, bad = count_invalid(s, &first);

	/* a body may be anything, and what it is, is a finding */
	if ((binary < s.n || bad) && span_next(&rest, '\n', &line) &&
		http_start_line(line) != HTTP_NO_START)
		return RES_OK;
	if (binary < s.n) {
		err_set(e, RES_SYNTAX, "line %d: binary data (byte 0x%02x at offset %zu), no text",
			line_of(s, binary), (unsigned)(unsigned char)s.p[binary], binary);
		if (e) {
			e->line = line_of(s, binary);
			e->offset = binary;
		}
		return RES_SYNTAX;
	}
	if (bad > 16 && bad > s.n / 8) {
		err_set(e, RES_SYNTAX,
			"line %d: no text in a known encoding (byte 0x%02x at offset %zu)",
			line_of(s, first), (unsigned)(unsigned char)s.p[first], first);
		if (e)
			e->line = line_of(s, first);
		return RES_SYNTAX;
	}
	if (!bad)
		return RES_OK;
	import_note(im, "line %d: not UTF-8 (byte 0x%02x); read as Windows-1252", line_of(s, first),
		(unsigned)(unsigned char)s.p[first]);
	from_cp1252(out, s);
	*text = buf_span(out);
	return buf_status(out);
}

enum res
import_decode(struct import *im, struct buf *out, struct span *text, struct err *e)
{
	struct buf wide;
	enum res r;
	bool big;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (text->n >= known[i].n && !memcmp(text->p, known[i].magic, known[i].n))
			return err_set(e, RES_UNSUPPORTED, "this is %s", known[i].what);
	if (span_starts(*text, "\xef\xbb\xbf"))
		*text = span_from(*text, 3);
	big = span_starts(*text, "\xfe\xff");
	if (!big && !span_starts(*text, "\xff\xfe") && !looks_like_utf16(*text, &big))
		return put_text(im, out, text, e);
	if (span_starts(*text, "\xfe\xff") || span_starts(*text, "\xff\xfe"))
		*text = span_from(*text, 2);
	import_note(im, "the text is UTF-16 (%s-endian); read as such", big ? "big" : "little");
	buf_init_wiping(&wide, out->max);
	from_utf16(&wide, *text, big);
	r = buf_status(&wide);
	(void)buf_add_span(out, buf_span(&wide)); /* valid UTF-8: put_text() copies nothing more */
	*text = buf_span(out);
	buf_release(&wide);
	return r == RES_OK ? put_text(im, out, text, e) : r;
}
