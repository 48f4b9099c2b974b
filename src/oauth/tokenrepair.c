/* token_repair(): undoes what has only one undoing. */
#include "oauth/token.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "oauth/token-shape.h"

enum { PASSES_MAX = 8 };

/* The member of a JSON wrapper into out; false if there is none. */
static bool
from_json(struct buf *out, struct span s, const char *member)
{
	struct json *j;
	struct span v = SPAN_EMPTY;

	if (!span_starts(s, "{") || json_parse(&j, s, NULL) != RES_OK)
		return false;
	v = json_get_str(j, member);
	if (v.n)
		buf_add_span(out, v);
	json_free(j);
	return v.n > 0;
}

/* Without white space and invisible characters, if that leaves a compact JOSE form. */
static bool
without_breaks(struct buf *out, struct span s)
{
	bool changed = false;
	size_t parts = 1;

	if (!token_is_jose_like(s))
		return false;
	while (s.n) {
		uint32_t cp;
		size_t n = utf8_decode(s, &cp);

		if (cp == ' ' || cp == '\t' || cp == '\r' || cp == '\n' || token_invisible(cp)) {
			changed = true;
		} else if (cp < 0x80 && token_char((char)cp) && !memchr("~+/", (int)cp, 3)) {
			parts += cp == '.';
			buf_putc(out, (char)cp);
		} else {
			return false;
		}
		s = span_from(s, n);
	}
	return changed && (parts == 3 || parts == 5) && out->status == RES_OK;
}

/* One pass over the outer layers; *s shrinks inside the same memory. */
static unsigned
peel(struct span *s)
{
	struct span t = span_trim(*s), inner;
	unsigned done = 0;

	if (t.n < s->n)
		done |= ODD_BLANK_EDGE;
	inner = token_trim(t);
	if (inner.n < t.n)
		done |= ODD_CONTROL;
	t = token_without_quotes(inner);
	if (t.n < inner.n)
		done |= ODD_QUOTED;
	inner = token_without_scheme(t);
	if (inner.n < t.n)
		done |= ODD_BEARER_PREFIX;
	*s = inner;
	return done;
}

/* The inner layers, which need memory of their own: *cur becomes the new text. */
static unsigned
unwrap(struct buf *cur, const char *member)
{
	struct buf next;
	unsigned done = 0;

	buf_init_wiping(&next, LIMIT_TOKEN);
	if (from_json(&next, buf_span(cur), member)) {
		done = ODD_JSON;
	} else {
		buf_clear(&next);
		if (without_breaks(&next, buf_span(cur))) {
			done = ODD_BLANK_INSIDE;
		} else if (token_is_percent(buf_span(cur))) {
			/* no token has a percent sign (RFC 6750 §2.1): encoded twice, it is twice
			 * undone */
			buf_clear(&next);
			percent_decode(&next, buf_span(cur));
			done = ODD_PERCENT;
		}
	}
	if (done) {
		buf_clear(cur);
		buf_add_span(cur, buf_span(&next));
	}
	buf_release(&next);
	return done;
}

unsigned
token_repair(struct buf *out, struct span value, const char *member)
{
	struct buf cur, trimmed;
	unsigned done = 0, now;
	int pass;

	if (!member)
		member = "access_token";
	/* no blank, no quote, no brace, no percent sign: nothing is around it */
	if (token_char_run(value) == value.n || !token_trim(value).n ||
		token_is_placeholder(span_trim(value))) {
		buf_add_span(out, value);
		return 0;
	}
	buf_init_wiping(&cur, LIMIT_INPUT_FILE);
	buf_init_wiping(&trimmed, LIMIT_INPUT_FILE);
	buf_add_span(&cur, value);
	for (pass = 0; pass < PASSES_MAX; pass++) {
		struct span s = buf_span(&cur);

		now = peel(&s);
		buf_clear(&trimmed);
		buf_add_span(&trimmed, s);
		buf_clear(&cur);
		buf_add_span(&cur, buf_span(&trimmed));
		now |= unwrap(&cur, member);
		done |= now;
		if (!now)
			break;
	}
	buf_add_span(out, buf_span(&cur));
	buf_release(&cur);
	buf_release(&trimmed);
	return done;
}
