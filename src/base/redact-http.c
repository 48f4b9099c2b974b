#include "base/redact-parts.h"

#include "base/encode.h"
#include "base/limits.h"

/* --- headers ------------------------------------------------------------------------------ */

/* Schemes whose credentials wrap what people choose: not even a hash of those. */
static bool
wraps_password(struct span scheme)
{
	return span_is_nocase(scheme, "basic") || span_is_nocase(scheme, "digest") ||
		span_is_nocase(scheme, "negotiate") || span_is_nocase(scheme, "ntlm");
}

bool
redact_is_scheme(struct span word)
{
	static const char *const known[] = {"bearer", "basic", "dpop", "digest", "negotiate",
		"ntlm", "token", "mac", "hoba", "apikey", "oauth", "jwt", "ssws", "hawk", "key",
		"gnap", "aws4-hmac-sha256"};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (span_is_nocase(word, known[i]))
			return true;
	return false;
}

void
redact_put_auth(const struct redactor *r, struct buf *out, struct span value)
{
	struct span v = span_trim(value), rest = v, scheme;
	size_t mask;

	if (!span_word(&rest, &scheme))
		return;
	rest = span_trim(rest);
	if (rest.n == 0 && redact_is_scheme(scheme)) {
		buf_add_span(out, scheme);
		return;
	}
	mask = redact_mask_len(v);
	if (mask > 0) {
		buf_add_span(out, span_sub(v, 0, mask));
		redact_text(r, out, span_from(v, mask));
		return;
	}
	if (rest.n == 0 || !redact_is_scheme(scheme)) {
		redact_put_mask(out, v);
		return;
	}
	buf_add_span(out, scheme);
	buf_putc(out, ' ');
	mask = redact_mask_len(rest);
	if (mask > 0) {
		buf_add_span(out, span_sub(rest, 0, mask));
		redact_text(r, out, span_from(rest, mask));
	} else if (wraps_password(scheme) && !redact_is_placeholder(rest)) {
		buf_puts(out, "[redacted]");
	} else {
		redact_put_mask(out, rest);
	}
}

static void
put_cookie_pair(const struct redactor *r, struct buf *out, struct span pair)
{
	size_t eq = span_find(pair, '=');

	if (eq == SIZE_MAX) {
		redact_put_mask(out, span_trim(pair));
		return;
	}
	redact_text(r, out, span_sub(pair, 0, eq)); /* whatever is put in its place */
	buf_putc(out, '=');
	redact_put_mask(out, span_trim(span_from(pair, eq + 1)));
}

void
redact_put_cookies(const struct redactor *r, struct buf *out, struct span value)
{
	struct span rest = value, pair;
	bool first = true;

	while (span_next(&rest, ';', &pair)) {
		if (!first)
			buf_puts(out, "; ");
		put_cookie_pair(r, out, span_trim(pair));
		first = false;
	}
}

void
redact_put_set_cookie(const struct redactor *r, struct buf *out, struct span value)
{
	struct span rest = value, pair;

	if (!span_next(&rest, ';', &pair))
		return;
	put_cookie_pair(r, out, span_trim(pair));
	if (pair.n < value.n)
		redact_text(r, out, span_from(value, pair.n));
}

/* X-Acme-Token, Gateway-Key: of a header, unlike a claim, such a name says that a
 * credential comes. */
static bool
ends_like_credential(struct span name)
{
	static const char *const ends[] = {"token", "key"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t n = strlen(ends[i]);

		if (name.n >= n && span_is_nocase(span_from(name, name.n - n), ends[i]))
			return true;
	}
	return false;
}

/*
 * Sec-WebSocket-Protocol: a browser's script can set no other header, so tokens travel in it beside
 * the names of protocols ("graphql-ws, eyJ…", "base64url.bearer.authorization.k8s.io.…"); the names
 * have no capitals.
 */
static void
put_protocols(const struct redactor *r, struct buf *out, struct span value)
{
	struct span rest = value, item;
	bool first = true, capital;

	for (; span_next(&rest, ',', &item); first = false) {
		size_t tail = 0;

		if (!first)
			buf_puts(out, ", ");
		item = span_trim(item);
		capital = false;
		for (size_t i = 0; i < item.n; i++) {
			capital = capital || (item.p[i] >= 'A' && item.p[i] <= 'Z');
			if (item.p[i] == '.')
				tail = i + 1;
		}
		if (!capital || !redact_looks_drawn(span_from(item, tail)) ||
			redact_mask_len(item) == item.n) {
			redact_text(r, out, item);
			continue;
		}
		buf_add_span(out, span_sub(item, 0, tail));
		redact_put_mask(out, span_from(item, tail));
	}
}

enum res
redact_header(const struct redactor *r, struct buf *out, struct span name, struct span value)
{
	switch (redact_kind_of(name)) {
	case REDACT_AUTH:
		redact_put_auth(r, out, value);
		break;
	case REDACT_COOKIE:
		redact_put_cookies(r, out, value);
		break;
	case REDACT_SET_COOKIE:
		redact_put_set_cookie(r, out, value);
		break;
	case REDACT_VALUE:
	case REDACT_GENERIC:
		redact_put_mask(out, span_trim(value));
		break;
	case REDACT_DRAWN:
	case REDACT_ONCE:
		if (redact_pair_is_secret(name, span_trim(value)) || ends_like_credential(name))
			redact_put_mask(out, span_trim(value));
		else
			redact_text(r, out, value);
		break;
	case REDACT_CODE:
	case REDACT_KEY:
	case REDACT_NONE:
		if (span_is_nocase(name, "location") || span_is_nocase(name, "referer") ||
			span_is_nocase(name, "content-location"))
			redact_url(r, out, value);
		else if (span_is_nocase(name, "sec-websocket-protocol"))
			put_protocols(r, out, value);
		else if (ends_like_credential(name))
			redact_put_mask(out, span_trim(value));
		else
			redact_text(r, out, value);
		break;
	}
	return out->status;
}

/* --- forms and URLs ----------------------------------------------------------------------- */

/* The mask of the decoded value, so that it is the one the value has elsewhere. */
static void
put_decoded_mask(struct buf *out, struct span value)
{
	struct buf plain;

	if (redact_mask_len(value) == value.n) {
		buf_add_span(out, value);
		return;
	}
	buf_init_wiping(&plain, LIMIT_INPUT_FILE);
	if (form_decode(&plain, value) == RES_OK)
		redact_put_mask(out, buf_span(&plain));
	else
		buf_puts(out, "[redacted]");
	buf_release(&plain);
}

bool
redact_parameter_is_secret(struct span name, struct span value)
{
	size_t open = span_find(name, '[');
	enum redact_kind kind;

	if (open != SIZE_MAX && open > 0) { /* auth[password]=…, tokens[0]=…: what the brackets
					       name, or what they count */
		struct span inner = span_from(name, open + 1);
		size_t close = span_find(inner, ']');

		inner = span_sub(inner, 0, close == SIZE_MAX ? inner.n : close);
		if (redact_parameter_is_secret(inner, value))
			return true;
		name = span_sub(name, 0, open);
	}
	kind = redact_kind_of(name);
	if (kind == REDACT_DRAWN || kind == REDACT_ONCE)
		return redact_pair_is_secret(name, value);
	return kind != REDACT_NONE && (kind != REDACT_KEY || value.n >= 22);
}

static void
put_pair(const struct redactor *r, struct buf *out, struct span pair)
{
	size_t eq = span_find(pair, '=');
	struct span name = span_sub(pair, 0, eq == SIZE_MAX ? pair.n : eq), value;
	struct buf plain;
	bool secret;

	if (eq == SIZE_MAX) {
		redact_text(r, out, pair);
		return;
	}
	value = span_from(pair, eq + 1);
	buf_init(&plain, 256);
	secret = form_decode(&plain, name) == RES_OK &&
		redact_parameter_is_secret(buf_span(&plain), value);
	buf_release(&plain);
	redact_text(r, out, name);
	buf_putc(out, '=');
	if (secret)
		put_decoded_mask(out, value);
	else
		redact_text(r, out, value);
}

enum res
redact_form(const struct redactor *r, struct buf *out, struct span s)
{
	size_t at = 0;

	while (at < s.n) {
		size_t end = span_find(span_from(s, at), '&');

		/* A value sent without encoding may hold a '&' of its own. */
		end = redact_cover(r, s, at, end == SIZE_MAX ? s.n : at + end);
		put_pair(r, out, span_sub(s, at, end - at));
		at = end;
		if (at < s.n && s.p[at] == '&') {
			buf_putc(out, '&');
			at++;
		}
	}
	return out->status;
}

enum res
redact_url(const struct redactor *r, struct buf *out, struct span s)
{
	size_t hash = span_find(s, '#'), mark;
	struct span fragment = hash == SIZE_MAX ? SPAN_EMPTY : span_from(s, hash + 1);
	struct span head = span_sub(s, 0, hash), query = SPAN_EMPTY;

	mark = span_find(head, '?');
	if (mark != SIZE_MAX) {
		query = span_from(head, mark + 1);
		head = span_sub(head, 0, mark);
	}
	redact_text(r, out, head); /* takes the userinfo out, too */
	if (mark != SIZE_MAX) {
		buf_putc(out, '?');
		redact_form(r, out, query);
	}
	if (hash != SIZE_MAX) {
		buf_putc(out, '#');
		redact_form(r, out, fragment);
	}
	return out->status;
}
