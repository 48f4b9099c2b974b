#include "base/redact.h"

#include "base/redact-parts.h"

/* --- names in text ------------------------------------------------------------------------ */

static size_t
skip_chars(struct span s, size_t at, const char *set)
{
	while (at < s.n && s.p[at] != '\0' && strchr(set, s.p[at]) != NULL)
		at++;
	return at;
}

/* A value found behind a name. */
struct found {
	size_t from, to;
	bool quoted_name, assigned; /* by '=', not by ':' */
	bool quoted; /* the value */
	bool masked; /* in an earlier run */
};

/* The separator behind a name: '=', ':', "=>", percent-encoded ones, those of Chinese; 0 if there
 * is none. */
static size_t
separator(struct span s, size_t at, bool *assigned, bool *encoded)
{
	struct span rest = span_from(s, at);

	*assigned = *encoded = false;
	if (rest.n == 0)
		return 0;
	*assigned = rest.p[0] == '=' || span_starts_nocase(rest, "%3d");
	*encoded = rest.p[0] == '%';
	if (span_starts(rest, "=>"))
		return 2;
	if (rest.p[0] == '=' || rest.p[0] == ':')
		return 1;
	if (span_starts(rest, "：") || span_starts(rest, "＝"))
		return 3;
	return span_starts_nocase(rest, "%3d") || span_starts_nocase(rest, "%3a") ? 3 : 0;
}

/* Where the value in quotes that begins at `at` ends; `slashes` stood before its quote. */
static size_t
quoted_end(struct span s, size_t at, char quote, size_t slashes)
{
	while (at < s.n && s.p[at] != quote) {
		if (slashes == 0 && s.p[at] == '\\' && at + 1 < s.n)
			at++;
		at++;
	}
	if (at < s.n && slashes > 0)
		while (slashes-- > 0 && s.p[at - 1] == '\\')
			at--;
	return at < s.n ? at : s.n;
}

static size_t
plain_end(struct span s, size_t at, const struct found *f, bool encoded)
{
	for (; at < s.n; at++) {
		char c = s.p[at];

		if ((unsigned char)c <= ' ' || strchr("&\"'<>`", c) != NULL)
			break;
		if (f->quoted_name && strchr(",}]", c) != NULL)
			break;
		if (encoded && span_starts(span_from(s, at), "%26"))
			break;
	}
	return at;
}

/* Behind the comma that follows a quoted name, or at. */
static size_t
skip_comma(struct span s, size_t at)
{
	size_t to = skip_chars(s, at, " \t\r\n\\");

	return to < s.n && s.p[to] == ',' ? skip_chars(s, to + 1, " \t\r\n\\") : at;
}

/* {"name": "access_token", "value": "…"}, as HAR has it: from behind the name to the colon. */
static size_t
skip_har(struct span s, size_t at)
{
	size_t to = skip_comma(s, at);

	if (to == at || !span_starts(span_from(s, to), "\"value"))
		return at;
	to = skip_chars(s, to + 6, "\\");
	return to < s.n && s.p[to] == '"' ? to + 1 : at;
}

/* setItem('access_token', '…'), ["X-Api-Key", "…"]: behind the name's quote.  A list of names is
 * none of these. */
static bool
find_beside(struct span s, size_t at, struct found *f)
{
	size_t to = skip_comma(s, at);

	if (to == at || to >= s.n || (s.p[to] != '"' && s.p[to] != '\''))
		return false;
	f->masked = false;
	f->quoted = f->assigned = true;
	f->from = to + 1;
	f->to = quoted_end(s, f->from, s.p[to], 0);
	while (f->to > f->from && s.p[f->to - 1] == '\\')
		f->to--;
	return redact_looks_drawn(span_sub(s, f->from, f->to - f->from));
}

/* Some("…"), AccessToken("…"): to the quote, or at. */
static size_t
skip_wrapper(struct span s, size_t at)
{
	enum { LONGEST = 40 };
	size_t to = at;

	while (to < s.n && to - at < LONGEST && redact_is_word(s.p[to]))
		to++;
	if (to > at && to + 1 < s.n && s.p[to] == '(' && strchr("\"'\\", s.p[to + 1]))
		return to + 1;
	return at;
}

/* Behind a name in front of %3D, &quot; and the like. */
static bool
find_escaped(struct span s, size_t at, enum redact_kind kind, struct found *f)
{
	struct redact_place place;

	if (!redact_escaped_value(s, at, kind >= REDACT_AUTH, &place))
		return false;
	f->from = place.from;
	f->to = place.to;
	f->quoted_name = place.quoted_name;
	f->assigned = place.assigned;
	f->quoted = true; /* it ends where it ends */
	f->masked = redact_mask_len(span_sub(s, f->from, f->to - f->from)) > 0;
	return true;
}

/* The value behind the name that ends at `at`; false if it is no name at all. */
static bool
find_value(struct span s, size_t at, enum redact_kind kind, struct found *f)
{
	bool encoded;
	size_t start = at, slashes, sep;

	if (at < s.n && (s.p[at] == '%' || s.p[at] == '&'))
		return find_escaped(s, at, kind, f);

	at = skip_chars(s, at, "\\");
	f->quoted_name = at < s.n && (s.p[at] == '"' || s.p[at] == '\'');
	if (f->quoted_name && find_beside(s, at + 1, f))
		return true;
	at = f->quoted_name ? skip_har(s, at + 1) : start;
	if (at < s.n && (s.p[at] == ']' || s.p[at] == '[')) /* user[password]=…, tokens[0]=… */
		at = skip_chars(s, at, "[]0123456789");
	at = skip_chars(s, at, " \t");
	sep = separator(s, at, &f->assigned, &encoded);
	if (sep == 0)
		return false;
	at = skip_chars(s, at + sep, f->quoted_name ? " \t\r\n" : " \t");
	if (f->quoted_name && redact_mask_len(span_from(s, at)) == 0) /* the first of an array */
		at = skip_chars(s, at, " \t\r\n[");
	f->from = at;
	f->to = at + redact_mask_len(span_from(s, at));
	f->masked = f->to > at;
	if (f->masked)
		return true;
	at = skip_wrapper(s, at);
	f->from = at;
	slashes = skip_chars(s, at, "\\") - at;
	f->quoted = false;
	if (at + slashes < s.n && (s.p[at + slashes] == '"' || s.p[at + slashes] == '\'')) {
		f->quoted = true;
		f->from = at + slashes + 1;
		f->to = quoted_end(s, f->from, s.p[at + slashes], slashes);
		return true;
	}
	f->to = plain_end(s, at, f, encoded);
	return at >= s.n || s.p[at] != '{';
}

/* Headers keep their shape up to the end of the line, or of the quotes the line stands in. */
static size_t
line_end(struct span s, size_t name_at, size_t at, char stop)
{
	char quote = name_at > 0 ? s.p[name_at - 1] : '\0';

	if (quote != '"' && quote != '\'')
		quote = '\n';
	while (at < s.n && s.p[at] != '\r' && s.p[at] != '\n' && s.p[at] != quote &&
		s.p[at] != stop)
		at++;
	return at;
}

static bool
is_prose(struct span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (redact_is_alnum(v.p[i]) ? v.p[i] >= '0' && v.p[i] <= '9'
				: strchr(",.;:!?)", v.p[i]) == NULL)
			return false;
	return v.n < 16;
}

/* "Bearer token is missing" behind "Authorization:": words that no credential is made of. */
static bool
is_sentence(struct span v)
{
	struct span word;
	int words = 0;

	for (; span_word(&v, &word); words++)
		for (size_t i = 0; i < word.n; i++) {
			char c = word.p[i];

			if (i == 0 && c >= 'A' && c <= 'Z')
				continue;
			if (!(c >= 'a' && c <= 'z') && strchr(",.;:!?)(", c) == NULL)
				return false;
		}
	return words > 2;
}

/* How far a run over a text has come, and what need not be looked at twice. */
struct scan {
	const struct redactor *r;
	struct buf *out;
	size_t out_start; /* what stands before it is not ours */
	struct span s;
	size_t quiet_until; /* a value was looked at up to here and found harmless */
	size_t no_jwt_until;
	size_t no_wrap_until;
};

/* What of the value belongs to this name; the rest is looked at in its turn. */
static void
put_value(const struct scan *sc, enum redact_kind kind, struct span value)
{
	if (kind == REDACT_AUTH)
		redact_put_auth(sc->r, sc->out, value);
	else if (kind == REDACT_COOKIE)
		redact_put_cookies(sc->r, sc->out, value);
	else if (kind == REDACT_SET_COOKIE)
		redact_put_set_cookie(sc->r, sc->out, value);
	else
		redact_put_mask(sc->out, value);
}

/* Behind "Authorization:": the length of a known scheme and the blanks up to a mask. */
static size_t
masked_scheme_len(struct span v)
{
	struct span rest = v, scheme;
	size_t at;

	if (!span_word(&rest, &scheme) || !redact_is_scheme(scheme))
		return 0;
	at = skip_chars(v, (size_t)(scheme.p - v.p) + scheme.n, " \t");
	return redact_mask_len(span_from(v, at)) > 0 ? at : 0;
}

/* Is it the value that decides?  Then a harmless one is looked at once. */
static bool
is_judged(enum redact_kind kind)
{
	return kind == REDACT_CODE || kind == REDACT_DRAWN || kind == REDACT_ONCE;
}

static bool
is_harmless(enum redact_kind kind, struct span name, struct span value, const struct found *f)
{
	if (!redact_pair_is_secret(name, value))
		return true;
	if (f->assigned || f->quoted_name)
		return false;
	if (kind == REDACT_GENERIC)
		return is_prose(value) || redact_is_error_name(name, value);
	return kind == REDACT_AUTH && is_sentence(value);
}

/* What a header has for a value; of Set-Cookie the pair alone, the rest comes in its turn. */
static void
take_header(struct span s, size_t at, enum redact_kind kind, struct found *f)
{
	if (kind == REDACT_AUTH) {
		size_t n = masked_scheme_len(span_sub(s, f->from, 64 + MASK_MAX));

		f->masked = n > 0;
		f->to = f->from + n;
		if (n > 0)
			return;
	}
	f->to = line_end(s, at, f->from, kind == REDACT_SET_COOKIE ? ';' : '\n');
}

/* Is there a separator in sight?  Most words have none, and need no table looked through. */
static bool
may_be_name(struct span s, size_t end)
{
	end = skip_chars(s, end, "\\\"'] \t");
	return end < s.n && strchr("=:%,\r\n&[\xEF", s.p[end]) != NULL;
}

/* A name and what stands before its value; a registered value may be part of it. */
static void
put_name(struct scan *sc, size_t at, size_t to)
{
	while (at < to) {
		struct span rest = span_sub(sc->s, at, to - at);
		size_t n = 0;

		if (redact_may_be_registered(sc->r, rest))
			n = redact_put_registered(
				sc->r, sc->out, sc->out_start, span_sub(sc->s, 0, to), at, false);
		if (n == 0)
			buf_putc(sc->out, sc->s.p[at]);
		at += n > 0 ? n : 1;
	}
}

/* The name at `at` and its value; returns the bytes taken, 0 if nothing is to be done. */
static size_t
put_named(struct scan *sc, size_t at)
{
	struct span s = sc->s, name, value;
	size_t end = at;
	enum redact_kind kind;
	struct found f;

	while (end < s.n && redact_is_word(s.p[end]))
		end++;
	if (!may_be_name(s, end))
		return 0;
	name = span_sub(s, at, end - at);
	if (at > 0 && s.p[at - 1] == '%')
		name = span_from(name, redact_escape_len(span_from(s, at - 1)) - 1);
	kind = redact_kind_of(name);
	if (kind == REDACT_NONE)
		return 0;
	if (at < sc->quiet_until && (is_judged(kind) || kind == REDACT_AUTH))
		return 0;
	if (kind == REDACT_KEY && (at == 0 || strchr("\"'", s.p[at - 1]) == NULL))
		return 0;
	if (!find_value(s, end, kind, &f))
		return 0;
	if (kind >= REDACT_AUTH && !f.masked && !f.quoted_name &&
		(!f.assigned || (f.to < s.n && s.p[f.to] == ' ')))
		take_header(s, at, kind, &f);
	if (f.masked) {
		put_name(sc, at, f.from);
		buf_add_span(sc->out, span_sub(s, f.from, f.to - f.from));
		return f.to - at;
	}
	f.to = redact_cover(sc->r, s, f.from, f.to);
	if (!f.quoted && kind != REDACT_COOKIE && kind != REDACT_SET_COOKIE)
		f.to += redact_continued_len(s, f.from, f.to);
	value = span_sub(s, f.from, f.to - f.from);
	if (is_harmless(kind, name, value, &f)) {
		if (is_judged(kind) || kind == REDACT_AUTH)
			sc->quiet_until = f.to;
		return 0;
	}
	put_name(sc, at, f.from);
	put_value(sc, kind, value);
	return f.to - at;
}

/* "://user:password@": the credentials go. */
static size_t
put_userinfo(struct scan *sc, size_t at)
{
	struct span s = sc->s;
	size_t end = at + 3, sign = SIZE_MAX;

	if (!span_starts(span_from(s, at), "://"))
		return 0;
	for (; end < s.n && (unsigned char)s.p[end] > ' '; end++) {
		if (strchr("/?#\"'<>\\", s.p[end]) != NULL)
			break;
		if (s.p[end] == '@')
			sign = end;
	}
	if (sign == SIZE_MAX)
		return 0;
	buf_puts(sc->out, "://[redacted]");
	return sign - at;
}

static size_t
put_shape(struct scan *sc, size_t at)
{
	struct span s = sc->s;
	size_t n, to;

	if (at < sc->no_jwt_until && s.p[at] == 'e')
		return 0;
	n = redact_shape_len(s, at);
	if (n == 0) {
		/* What follows in this run of letters ends as this does: it is no JWT either. */
		if (redact_starts_like_json(span_from(s, at)))
			for (to = at; to < s.n && redact_is_word(s.p[to]); to++)
				sc->no_jwt_until = to + 1;
		return 0;
	}
	to = redact_cover(sc->r, s, at, at + n);
	to += redact_continued_len(s, at, to);
	redact_put_mask(sc->out, span_sub(s, at, to - at));
	return to - at;
}

static size_t
put_scheme(struct scan *sc, size_t at)
{
	struct span s = sc->s;
	size_t token, n = redact_scheme_len(s, at, &token), to;

	if (n == 0)
		return 0;
	to = redact_cover(sc->r, s, at + n, at + n + token);
	to += redact_continued_len(s, at + n, to);
	buf_add_span(sc->out, span_sub(s, at, n));
	if (span_starts_nocase(span_from(s, at), "basic"))
		buf_puts(sc->out, "[redacted]");
	else
		redact_put_mask(sc->out, span_sub(s, at + n, to - at - n));
	return to - at;
}

/* "secret VALUE" in a sentence. */
static size_t
put_prose(struct scan *sc, size_t at)
{
	struct span s = sc->s;
	size_t value, to,
		n = redact_begins_foreign(s.p[at]) ? redact_foreign_len(s, at, &value)
						   : redact_prose_len(s, at, &value);

	if (n == 0)
		return 0;
	to = redact_cover(sc->r, s, at + n, at + n + value);
	buf_add_span(sc->out, span_sub(s, at, n));
	redact_put_mask(sc->out, span_sub(s, at + n, to - at - n));
	return to - at;
}

/* What markup names; the way to the value is a text of its own. */
static size_t
put_markup(struct scan *sc, size_t at)
{
	struct span s = sc->s;
	size_t value, n = redact_markup_len(s, at, &value), to;

	if (n == 0)
		return 0;
	to = redact_cover(sc->r, s, at + n, at + n + value);
	redact_text(sc->r, sc->out, span_sub(s, at, n));
	redact_put_mask(sc->out, span_sub(s, at + n, to - at - n));
	return to - at;
}

static size_t
put_pem(struct scan *sc, size_t at)
{
	size_t value, n = redact_pem_len(sc->s, at, &value);

	if (n == 0)
		return 0;
	buf_add_span(sc->out, span_sub(sc->s, at, n));
	buf_puts(sc->out, "[redacted]");
	return n + value;
}

/* base64 or hexadecimal digits of a text that holds a secret: the run goes whole. */
static size_t
put_wrapped(struct scan *sc, size_t at)
{
	size_t n;

	if (at < sc->no_wrap_until)
		return 0;
	n = redact_wrapped_len(sc->s, at);
	if (n == 0)
		return 0;
	sc->no_wrap_until = at + n;
	if (!redact_wraps_secret(sc->r, span_sub(sc->s, at, n)))
		return 0;
	buf_puts(sc->out, "[redacted]");
	return n;
}

/* Whatever begins at `at` and must go; 0 if nothing does. */
static size_t
put_at(struct scan *sc, size_t at)
{
	struct span s = sc->s;
	bool word = redact_is_word(s.p[at]) && (at == 0 || !redact_is_word(s.p[at - 1]) ||
		(at >= 3 && s.p[at - 3] == '%'));
	bool known;
	size_t n;

	n = redact_mask_len(span_from(s, at));
	if (n > 0) {
		buf_add_span(sc->out, span_sub(s, at, n));
		return n;
	}
	known = redact_may_be_registered(sc->r, span_from(s, at));
	n = known ? redact_put_registered(sc->r, sc->out, sc->out_start, s, at, false) : 0;
	if (n == 0 && (word || s.p[at] == 'e'))
		n = put_shape(sc, at);
	if (n == 0 && word)
		n = put_markup(sc, at);
	if (n == 0 && word && s.p[at] == '-')
		n = put_pem(sc, at);
	if (n == 0 && word)
		n = put_named(sc, at);
	if (n == 0 && word)
		n = put_scheme(sc, at);
	if (n == 0 && (word || redact_begins_foreign(s.p[at])))
		n = put_prose(sc, at);
	if (n == 0 && word)
		n = put_wrapped(sc, at);
	if (n == 0 && s.p[at] == ':')
		n = put_userinfo(sc, at);
	return n > 0 || !known ? n
			       : redact_put_registered(sc->r, sc->out, sc->out_start, s, at, true);
}

/* Nothing that must go begins here: so it is at most places of most texts, and asked at each. */
static bool
is_quiet(const struct scan *sc, size_t at)
{
	static const char dots[] = "…"; /* of a mask, behind four bytes */
	struct span s = sc->s;
	char c = s.p[at];

	if (redact_is_word(c)) {
		if (at == 0 || !redact_is_word(s.p[at - 1]) || (at >= 3 && s.p[at - 3] == '%'))
			return false;
		if (c == 'e' && redact_starts_like_json(span_from(s, at)))
			return false;
	} else if (c == '[' || c == ':' || redact_begins_foreign(c)) {
		return false;
	}
	if (at + 4 < s.n && s.p[at + 4] == dots[0])
		return false;
	return !redact_may_be_registered(sc->r, span_from(s, at));
}

/* True: something was put that may differ from what stood there. */
static bool
scan_text(struct scan *sc)
{
	struct span s = sc->s;
	size_t at = 0, copied = 0;
	bool put = false;

	while (at < s.n && sc->out->status == RES_OK) {
		size_t n;

		if (is_quiet(sc, at)) {
			at++;
			continue;
		}
		buf_add_span(sc->out, span_sub(s, copied, at - copied));
		copied = at;
		n = put_at(sc, at);
		put = put || n > 0;
		at += n > 0 ? n : 1;
		if (n > 0)
			copied = at;
	}
	buf_add_span(sc->out, span_from(s, copied));
	return put;
}

enum res
redact_text(const struct redactor *r, struct buf *out, struct span s)
{
	struct scan sc = {.r = r, .out = out, .out_start = out->len, .s = s};

	(void)scan_text(&sc);
	return out->status;
}

bool
redact_changes(const struct redactor *r, struct buf *out, struct span s)
{
	struct scan sc = {.r = r, .out = out, .out_start = out->len, .s = s};

	return scan_text(&sc) && out->status == RES_OK &&
		!span_eq(span_from(buf_span(out), sc.out_start), s);
}
