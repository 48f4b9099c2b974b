/* Printing of JSON: ours rather than cJSON's, so that what is printed is safe on a terminal
 * (what text_safe() would change is escaped) and large numbers keep their digits. */
#include "oauth/json.h"

#include <math.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/utf8.h"

static void
escape(struct buf *out, uint32_t cp)
{
	if (cp > 0xffff) {
		cp -= 0x10000;
		buf_printf(out, "\\u%04x\\u%04x", 0xd800 + (unsigned)(cp >> 10),
			0xdc00 + (unsigned)(cp & 0x3ff));
	} else {
		buf_printf(out, "\\u%04x", (unsigned)cp);
	}
}

/* How many bytes at the front stand for themselves. */
static size_t
plain_len(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f && s.p[n] != '"' && s.p[n] != '\\')
		n++;
	return n;
}

static void
print_string(struct buf *out, struct span s)
{
	static const char shorts[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	buf_putc(out, '"');
	while (s.n) {
		uint32_t cp;
		size_t n = plain_len(s);
		const char *at;

		if (n) {
			buf_add(out, s.p, n);
			s = span_from(s, n);
			continue;
		}
		n = utf8_decode(s, &cp);
		at = cp && cp < 0x80 ? strchr(shorts, (int)cp) : NULL;
		if (at) {
			buf_putc(out, '\\');
			buf_putc(out, letters[at - shorts]);
		} else if (cp == UINT32_MAX) {
			buf_puts(out, "\\ufffd");
		} else if (cp < 0x20 || cp == 0x7f ||
			(cp >= 0x80 && !text_is_safe(span_sub(s, 0, n)))) {
			escape(out, cp);
		} else {
			buf_add(out, s.p, n);
		}
		s = span_from(s, n);
	}
	buf_putc(out, '"');
}

static void
print_number(struct buf *out, double d)
{
	char text[40];

	if (!isfinite(d)) {
		buf_puts(out, "null");
	} else if (d < 1e17 && d > -1e17 && (double)(int64_t)d == d) {
		buf_printf(out, "%lld", (long long)d);
	} else {
		snprintf(text, sizeof(text), "%.15g", d);
		if (strtod(text, NULL) != d)
			snprintf(text, sizeof(text), "%.17g", d);
		buf_puts(out, text);
	}
}

static void
line(struct buf *out, bool pretty, int depth)
{
	int i;

	if (!pretty)
		return;
	buf_putc(out, '\n');
	for (i = 0; i < depth; i++)
		buf_puts(out, "  ");
}

static void
print(const struct json *j, struct buf *out, bool pretty, int depth)
{
	enum json_type t = json_type(j);
	struct span s = SPAN_EMPTY;
	const struct json *c;
	double d = 0;
	bool b = false;

	if (t == JSON_STRING && json_to_span(j, &s)) {
		print_string(out, s);
	} else if (json_long_integer(j, &s)) {
		buf_add_span(out, s);
	} else if (t == JSON_NUMBER && json_to_double(j, &d)) {
		print_number(out, d);
	} else if (t == JSON_BOOL && json_to_bool(j, &b)) {
		buf_puts(out, b ? "true" : "false");
	} else if (t == JSON_OBJECT || t == JSON_ARRAY) {
		buf_putc(out, t == JSON_OBJECT ? '{' : '[');
		for (c = json_first(j); c; c = json_next(c)) {
			line(out, pretty, depth + 1);
			if (t == JSON_OBJECT) {
				print_string(out, json_name(c));
				buf_puts(out, pretty ? ": " : ":");
			}
			print(c, out, pretty, depth + 1);
			if (json_next(c))
				buf_putc(out, ',');
		}
		if (json_first(j))
			line(out, pretty, depth);
		buf_putc(out, t == JSON_OBJECT ? '}' : ']');
	} else {
		buf_puts(out, "null");
	}
}

enum res
json_print(const struct json *j, struct buf *out, bool pretty)
{
	print(j, out, pretty, 0);
	return out->status;
}

bool
json_same(const struct json *a, const struct json *b)
{
	struct buf x, y;
	bool same;

	buf_init_wiping(&x, 8 * LIMIT_JSON_BYTES);
	buf_init_wiping(&y, 8 * LIMIT_JSON_BYTES);
	same = json_print(a, &x, false) == RES_OK && json_print(b, &y, false) == RES_OK &&
		span_eq(buf_span(&x), buf_span(&y));
	buf_release(&x);
	buf_release(&y);
	return same;
}
