#include "base/encode.h"

static const char std_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static enum res
encode64(struct buf *out, struct span s, const char *alphabet, bool pad)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = s.n;

	for (; n >= 3; p += 3, n -= 3) {
		uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
		char q[4] = {alphabet[v >> 18], alphabet[v >> 12 & 63], alphabet[v >> 6 & 63],
			alphabet[v & 63]};

		buf_add(out, q, 4);
	}
	if (n > 0) {
		uint32_t v = (uint32_t)p[0] << 16 | (n == 2 ? (uint32_t)p[1] << 8 : 0);
		char q[4] = {alphabet[v >> 18], alphabet[v >> 12 & 63],
			n == 2 ? alphabet[v >> 6 & 63] : '=', '='};

		buf_add(out, q, pad ? 4 : n + 1);
	}
	return out->status;
}

enum res
base64_encode(struct buf *out, struct span s)
{
	return encode64(out, s, std_alphabet, true);
}

enum res
base64url_encode(struct buf *out, struct span s)
{
	return encode64(out, s, url_alphabet, false);
}

/* The six bits of c, or -1. */
static int
sextet(char c, bool strict_url)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-' || (c == '+' && !strict_url))
		return 62;
	if (c == '_' || (c == '/' && !strict_url))
		return 63;
	return -1;
}

static enum res
bad64(struct err *e, size_t at, const char *what)
{
	err_set(e, RES_SYNTAX, "%s at byte %zu", what, at);
	if (e != NULL)
		e->offset = at;
	return RES_SYNTAX;
}

static enum res
decode64(struct buf *out, struct span s, bool strict_url, struct err *e)
{
	size_t start = out->len, n = s.n, bits = 0;
	uint32_t acc = 0;

	if (!strict_url)
		while (n > 0 && s.n - n < 2 && s.p[n - 1] == '=')
			n--;
	if (s.n - n > (4 - n % 4) % 4 && n % 4 != 1)
		return bad64(e, n, "too much base64 padding");
	if (n % 4 == 1)
		return bad64(e, n, "base64 ends in the middle of a byte");
	for (size_t i = 0; i < n; i++) {
		int v = sextet(s.p[i], strict_url);

		if (v < 0) {
			buf_truncate(out, start);
			return bad64(e, i, strict_url ? "not base64url" : "not base64");
		}
		acc = acc << 6 | (uint32_t)v;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_putc(out, (char)(acc >> bits & 0xFF));
		}
	}
	if (out->status != RES_OK)
		return err_set(e, out->status, "the decoded text is too long");
	return RES_OK;
}

enum res
base64_decode(struct buf *out, struct span s, struct err *e)
{
	return decode64(out, s, false, e);
}

enum res
base64url_decode(struct buf *out, struct span s, struct err *e)
{
	return decode64(out, s, true, e);
}

static bool
is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '.' || c == '_' || c == '~';
}

static enum res
encode_percent(struct buf *out, struct span s, bool form)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (is_unreserved(s.p[i])) {
			buf_putc(out, s.p[i]);
		} else if (form && c == ' ') {
			buf_putc(out, '+');
		} else {
			char q[3] = {'%', hex[c >> 4], hex[c & 15]};

			buf_add(out, q, 3);
		}
	}
	return out->status;
}

enum res
form_encode(struct buf *out, struct span s)
{
	return encode_percent(out, s, true);
}

enum res
percent_encode(struct buf *out, struct span s)
{
	return encode_percent(out, s, false);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static enum res
decode_percent(struct buf *out, struct span s, bool form)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' && s.n - i > 2 && hex_digit(s.p[i + 1]) >= 0 &&
			hex_digit(s.p[i + 2]) >= 0) {
			c = (char)(hex_digit(s.p[i + 1]) << 4 | hex_digit(s.p[i + 2]));
			i += 2;
		} else if (form && c == '+') {
			c = ' ';
		}
		buf_putc(out, c);
	}
	return out->status;
}

enum res
form_decode(struct buf *out, struct span s)
{
	return decode_percent(out, s, true);
}

enum res
percent_decode(struct buf *out, struct span s)
{
	return decode_percent(out, s, false);
}

enum res
hex_encode(struct buf *out, struct span s)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char q[2] = {hex[c >> 4], hex[c & 15]};

		buf_add(out, q, 2);
	}
	return out->status;
}
