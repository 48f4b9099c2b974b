/* What home-made writers of JSON get wrong outside of strings (RFC 8259 §3, §5, §6), put right. */
#include "case/import-parts.h"

/* What JavaScript and Python print where JSON has no number. */
static size_t
no_number(struct span s)
{
	static const char *const words[] = {"NaN", "Infinity", "-Infinity", "undefined"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (span_starts(s, words[i]))
			return strlen(words[i]);
	return 0;
}

/* A comma behind the last member, as files edited by hand have it. */
static bool
is_stray_comma(struct span s)
{
	if (s.p[0] != ',')
		return false;
	do {
		s = span_from(s, 1);
	} while (s.n && memchr(" \t\r\n", s.p[0], 4));
	return s.n && (s.p[0] == '}' || s.p[0] == ']');
}

static void
mend(struct buf *out, struct span s)
{
	bool quoted = false;
	size_t word;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"') {
			quoted = !quoted;
		} else if (quoted && s.p[i] == '\\' && i + 1 < s.n) {
			(void)buf_putc(out, s.p[i++]);
		} else if (!quoted && is_stray_comma(span_from(s, i))) {
			continue;
		} else if (!quoted && (word = no_number(span_from(s, i))) > 0) {
			(void)buf_puts(out, "null");
			i += word - 1;
			continue;
		}
		(void)buf_putc(out, s.p[i]);
	}
}

enum res
json_parse_mended(struct json **doc, struct span text, struct err *e)
{
	struct buf mended;
	enum res r = json_parse(doc, text, e);

	if (r == RES_OK)
		return r;
	buf_init_wiping(&mended, 2 * text.n + 16);
	mend(&mended, text);
	r = json_parse(doc, buf_span(&mended), NULL);
	buf_release(&mended);
	return r;
}
