/*
 * Texts within a text, as base64 or hexadecimal digits: a form, a header, a URL or JSON that
 * somebody wrapped.  Only what is printable from its first bytes on is unwrapped; drawn bytes are
 * so once in many thousands.
 */
#include "base/redact-parts.h"

#include "base/encode.h"
#include "base/limits.h"

enum {
	BASE64_LEAST = 24,
	HEX_LEAST = 32,
	HEAD = 12, /* bytes of the text that must be printable */
};

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
is_base64(char c)
{
	return redact_is_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_';
}

static bool
is_printable(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && !strchr("\t\r\n", s.p[i])) || s.p[i] == 0x7F)
			return false;
	return true;
}

static size_t
run_len(struct span s, bool is(char), size_t least)
{
	size_t n = 0;

	if (s.n < least || !is(s.p[least - 1]))
		return 0;
	while (n < s.n && is(s.p[n]))
		n++;
	return n >= least ? n : 0;
}

size_t
redact_wrapped_len(struct span s, size_t at)
{
	struct span rest = span_from(s, at);
	char c = rest.p[0];
	size_t n;

	/* What stands before a printable byte: 2 to 7 in hexadecimal, I to Z and a to f in base64.
	 */
	if (c >= '2' && c <= '7') {
		n = run_len(rest, is_hex, HEX_LEAST);
		return n % 2 == 0 ? n : 0;
	}
	if (!(c >= 'I' && c <= 'Z') && !(c >= 'a' && c <= 'f'))
		return 0;
	n = run_len(rest, is_base64, BASE64_LEAST);
	for (int pad = 0; n && pad < 2 && n < rest.n && rest.p[n] == '='; pad++)
		n++;
	return n;
}

static enum res
hex_decode(struct buf *out, struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		int byte = 0;

		for (size_t k = 0; k < 2; k++) {
			char c = s.p[i + k];

			byte = byte << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
		}
		buf_putc(out, (char)byte);
	}
	return out->status;
}

static enum res
unwrap(struct buf *out, struct span run)
{
	if (run.p[0] >= '2' && run.p[0] <= '7')
		return hex_decode(out, run);
	return base64_decode(out, run, NULL);
}

bool
redact_wraps_secret(const struct redactor *r, struct span run)
{
	struct span first = span_sub(run, 0, run.p[0] <= '7' ? 2 * HEAD : HEAD / 3 * 4);
	struct buf text, out;
	bool is = false;

	buf_init_wiping(&text, LIMIT_INPUT_FILE);
	buf_init_wiping(&out, 2 * (size_t)LIMIT_INPUT_FILE);
	if (unwrap(&text, first) == RES_OK && is_printable(buf_span(&text))) {
		buf_clear(&text);
		is = unwrap(&text, run) == RES_OK && redact_changes(r, &out, buf_span(&text));
	}
	buf_release(&text);
	buf_release(&out);
	return is;
}
