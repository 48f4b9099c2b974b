#include "base/redact.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/redact-parts.h"

enum {
	KEY = 6,         /* bytes that decide the bucket; shorter values are not searched for */
	WRAP_MAX = 64,   /* of a base64 form the beginning is enough: its whole run goes */
	PARTIAL = 24,    /* so much of a value's beginning is taken for a cut value */
	FIRST_BUCKETS = 64,
	FORM_MAX = 8 * LIMIT_TOKEN,
};

#define NO_PAT UINT32_MAX

/* One form of a registered value. */
struct pat {
	char *p; /* from wiping_malloc */
	size_t n;
	uint32_t next;  /* in its bucket */
	bool wrapped;   /* base64 of something around the value */
	struct secret *of;
};

struct redactor {
	struct pat *pats;
	size_t count, cap;
	uint32_t *buckets;
	size_t bucket_count; /* a power of two */
};

struct redactor *
redactor_new(void)
{
	struct redactor *r = xcalloc(1, sizeof *r);

	r->bucket_count = FIRST_BUCKETS;
	r->buckets = xreallocarray(NULL, r->bucket_count, sizeof *r->buckets);
	memset(r->buckets, 0xFF, r->bucket_count * sizeof *r->buckets);
	return r;
}

void
redactor_free(struct redactor *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++) {
		wiping_free(r->pats[i].p);
		secret_unref(r->pats[i].of);
	}
	free(r->pats);
	free(r->buckets);
	free(r);
}

static uint32_t *
bucket_of(const struct redactor *r, const char *p)
{
	uint64_t key = 0;

	memcpy(&key, p, KEY);
	key *= 0x9E3779B97F4A7C15u;
	return &r->buckets[key >> 32 & (r->bucket_count - 1)];
}

static void
rehash(struct redactor *r)
{
	r->bucket_count *= 4;
	r->buckets = xreallocarray(r->buckets, r->bucket_count, sizeof *r->buckets);
	memset(r->buckets, 0xFF, r->bucket_count * sizeof *r->buckets);
	for (size_t i = 0; i < r->count; i++) {
		uint32_t *b = bucket_of(r, r->pats[i].p);

		r->pats[i].next = *b;
		*b = (uint32_t)i;
	}
}

/* --- registering -------------------------------------------------------------------------- */

static void
add_pat(struct redactor *r, struct secret *of, struct span s, bool wrapped)
{
	uint32_t *b;
	struct pat *pat;

	if (s.n < KEY)
		return;
	b = bucket_of(r, s.p);
	for (uint32_t i = *b; i != NO_PAT; i = r->pats[i].next)
		if (r->pats[i].n == s.n && memcmp(r->pats[i].p, s.p, s.n) == 0)
			return;
	if (r->count == r->cap) {
		r->cap = r->cap > 0 ? r->cap * 2 : 32;
		r->pats = xreallocarray(r->pats, r->cap, sizeof *r->pats);
	}
	pat = &r->pats[r->count];
	*pat = (struct pat){wiping_malloc(s.n), s.n, *b, wrapped, secret_ref(of)};
	if (pat->p == NULL)
		die("out of memory");
	memcpy(pat->p, s.p, s.n);
	*b = (uint32_t)r->count++;
	if (r->count > r->bucket_count)
		rehash(r);
}

/*
 * The part of base64 text that the value alone decides, when it stands in something longer:
 * it may begin at any of the three places in a group.
 */
static void
add_wrapped(struct redactor *r, struct secret *of, struct span s)
{
	struct buf raw, text;

	if (s.n > WRAP_MAX)
		s.n = WRAP_MAX;
	for (size_t k = 0; k < 3; k++) {
		size_t from = (8 * k + 5) / 6, to = 8 * (k + s.n) / 6;

		for (int url = 0; url < 2; url++) {
			buf_init_wiping(&raw, WRAP_MAX + 3);
			buf_init_wiping(&text, 2 * WRAP_MAX);
			buf_add(&raw, "\0\0", k);
			buf_add_span(&raw, s);
			if ((url ? base64url_encode : base64_encode)(&text, buf_span(&raw)) == RES_OK)
				add_pat(r, of, span_sub(buf_span(&text), from, to - from), true);
			buf_release(&raw);
			buf_release(&text);
		}
	}
}

/* As encoders differ: what stays, what a blank becomes, the case of the digits. */
static enum res
encode_like(struct buf *out, struct span s, const char *kept, const char *blank, bool lower)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (redact_is_alnum(s.p[i]) || (c != '\0' && strchr(kept, c) != NULL))
			buf_putc(out, s.p[i]);
		else if (c == ' ')
			buf_puts(out, blank);
		else
			buf_printf(out, lower ? "%%%02x" : "%%%02X", c);
	}
	return out->status;
}

static enum res
escape_json(struct buf *out, struct span s, bool slash)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\' || (slash && s.p[i] == '/'))
			buf_putc(out, '\\');
		buf_putc(out, s.p[i]);
	}
	return out->status;
}

void
redactor_add(struct redactor *r, struct secret *sec)
{
	static const struct {
		const char *kept, *blank;
		bool lower;
	} forms[] = {
		{"-._~", "%20", false}, {"-._~", "+", false}, {"-._~", "%20", true}, {"-._~", "+", true},
		{"-._~!*'()", "%20", false}, {"-._*", "+", false},
	};
	struct span s = secret_reveal(sec);
	struct buf b;

	if (s.n < KEY)
		return;
	add_pat(r, sec, s, false);
	add_wrapped(r, sec, s);
	for (size_t i = 0; i < ARRAY_SIZE(forms) + 2; i++) {
		enum res done;

		buf_init_wiping(&b, FORM_MAX);
		if (i < ARRAY_SIZE(forms))
			done = encode_like(&b, s, forms[i].kept, forms[i].blank, forms[i].lower);
		else
			done = escape_json(&b, s, i == ARRAY_SIZE(forms));
		if (done == RES_OK && !span_eq(buf_span(&b), s)) {
			add_pat(r, sec, buf_span(&b), false);
			if (i < ARRAY_SIZE(forms)) /* RFC 6749 §2.3.1 encodes before it wraps */
				add_wrapped(r, sec, buf_span(&b));
		}
		buf_release(&b);
	}
}

/* --- searching ---------------------------------------------------------------------------- */

/* The longest form at the front of s; with `partial` also the beginning of one. */
static const struct pat *
find_pat(const struct redactor *r, struct span s, bool partial, size_t *n)
{
	const struct pat *best = NULL;

	if (r == NULL || s.n < KEY)
		return NULL;
	*n = 0;
	for (uint32_t i = *bucket_of(r, s.p); i != NO_PAT; i = r->pats[i].next) {
		const struct pat *pat = &r->pats[i];
		size_t most = pat->n < s.n ? pat->n : s.n, same = 0;

		while (same < most && s.p[same] == pat->p[same])
			same++;
		if ((same == pat->n || (partial && same >= PARTIAL)) && same > *n) {
			best = pat;
			*n = same;
		}
	}
	return best;
}

size_t
redact_cover(const struct redactor *r, struct span s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		size_t n;
		const struct pat *pat = find_pat(r, span_from(s, i), false, &n);

		if (pat != NULL && i + n > to)
			to = i + n;
	}
	return to;
}

static bool
is_wrap_char(char c)
{
	return redact_is_alnum(c) || strchr("+/-_", c) != NULL;
}

/* Takes the registered value at `at` out; returns the bytes it had, 0 if there is none. */
static size_t
put_registered(const struct redactor *r, struct buf *out, size_t out_start, struct span s, size_t at,
	bool partial)
{
	const struct pat *pat;
	char mask[MASK_MAX];
	size_t n = 0;

	pat = find_pat(r, span_from(s, at), partial, &n);
	if (pat == NULL)
		return 0;
	if (!pat->wrapped) {
		buf_puts(out, n == pat->n ? secret_mask(pat->of, mask) : "[redacted]");
		return n;
	}
	/* The whole run of base64 goes, also what was copied of it already. */
	n = at + n;
	while (n < s.n && s.p[n] != '\0' && (is_wrap_char(s.p[n]) || s.p[n] == '='))
		n++;
	while (out->len > out_start && out->p[out->len - 1] != '\0' && is_wrap_char(out->p[out->len - 1]))
		buf_truncate(out, out->len - 1);
	buf_puts(out, "[redacted]");
	return n - at;
}

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
};

/* The separator behind a name: '=', ':', "=>", percent-encoded ones; 0 if there is none. */
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

/* {"name": "access_token", "value": "…"}, as HAR has it: from behind the name to the colon. */
static size_t
skip_har(struct span s, size_t at)
{
	size_t to = skip_chars(s, at, " \t\r\n\\");

	if (to >= s.n || s.p[to] != ',')
		return at;
	to = skip_chars(s, to + 1, " \t\r\n\\");
	if (!span_starts(span_from(s, to), "\"value"))
		return at;
	to = skip_chars(s, to + 6, "\\");
	return to < s.n && s.p[to] == '"' ? to + 1 : at;
}

/* The value behind the name that ends at `at`; false if it is no name at all. */
static bool
find_value(struct span s, size_t at, struct found *f)
{
	bool encoded;
	size_t start = at, slashes, sep;

	at = skip_chars(s, at, "\\");
	f->quoted_name = at < s.n && (s.p[at] == '"' || s.p[at] == '\'');
	at = f->quoted_name ? skip_har(s, at + 1) : start;
	if (at < s.n && s.p[at] == ']') /* user[password]=… */
		at++;
	at = skip_chars(s, at, " \t");
	sep = separator(s, at, &f->assigned, &encoded);
	if (sep == 0)
		return false;
	at = skip_chars(s, at + sep, f->quoted_name ? " \t\r\n" : " \t");
	if (f->quoted_name && redact_mask_len(span_from(s, at)) == 0) /* the first of an array */
		at = skip_chars(s, at, " \t\r\n[");
	slashes = skip_chars(s, at, "\\") - at;
	if (at + slashes < s.n && (s.p[at + slashes] == '"' || s.p[at + slashes] == '\'')) {
		f->from = at + slashes + 1;
		f->to = quoted_end(s, f->from, s.p[at + slashes], slashes);
		return true;
	}
	f->from = at;
	f->to = plain_end(s, at, f, encoded);
	return at >= s.n || s.p[at] != '{';
}

/* Headers keep their shape up to the end of the line, or of the quotes the line stands in. */
static size_t
line_end(struct span s, size_t name_at, size_t at)
{
	char quote = name_at > 0 ? s.p[name_at - 1] : '\0';

	if (quote != '"' && quote != '\'')
		quote = '\n';
	while (at < s.n && s.p[at] != '\r' && s.p[at] != '\n' && s.p[at] != quote)
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

			if (!(c >= 'a' && c <= 'z') && strchr(",.;:!?)(", c) == NULL && (i > 0 || c < 'A' || c > 'Z'))
				return false;
		}
	return words > 2;
}

/* The name at `at` and its value; returns the bytes taken, 0 if nothing is to be done. */
static size_t
put_named(const struct redactor *r, struct buf *out, struct span s, size_t at)
{
	size_t end = at;
	enum redact_kind kind;
	struct span name, value;
	struct found f;

	while (end < s.n && redact_is_word(s.p[end]))
		end++;
	name = span_sub(s, at, end - at);
	kind = redact_kind_of(name);
	if (kind == REDACT_NONE || !find_value(s, end, &f))
		return 0;
	if (kind >= REDACT_AUTH && !f.quoted_name &&
		(!f.assigned || (f.to < s.n && s.p[f.to] == ' ')))
		f.to = line_end(s, at, f.from);
	f.to = redact_cover(r, s, f.from, f.to);
	value = span_sub(s, f.from, f.to - f.from);
	if (!redact_pair_is_secret(name, value) || (kind == REDACT_KEY && !f.quoted_name))
		return 0;
	if (!f.assigned && !f.quoted_name && ((kind == REDACT_GENERIC && is_prose(value)) ||
		(kind == REDACT_AUTH && is_sentence(value))))
		return 0;
	buf_add_span(out, span_sub(s, at, f.from - at));
	if (redact_mask_len(span_from(s, f.from)) > 0)
		return f.from - at; /* the next turn copies the mask */
	if (kind == REDACT_AUTH)
		redact_put_auth(r, out, value);
	else if (kind == REDACT_COOKIE)
		redact_put_cookies(out, value);
	else if (kind == REDACT_SET_COOKIE)
		redact_put_set_cookie(r, out, value);
	else
		redact_put_mask(out, value);
	return f.to - at;
}

/* "://user:password@": the credentials go. */
static size_t
put_userinfo(struct buf *out, struct span s, size_t at)
{
	size_t from = at + 3, end = from, sign = SIZE_MAX;

	if (!span_starts(span_from(s, at), "://"))
		return 0;
	for (; end < s.n && (unsigned char)s.p[end] > ' ' && strchr("/?#\"'<>\\", s.p[end]) == NULL; end++)
		if (s.p[end] == '@')
			sign = end;
	if (sign == SIZE_MAX)
		return 0;
	buf_puts(out, "://[redacted]");
	return sign - at;
}

/* Whatever begins at `at` and must go; 0 if nothing does. */
static size_t
put_at(const struct redactor *r, struct buf *out, size_t out_start, struct span s, size_t at)
{
	bool word = redact_is_word(s.p[at]) && (at == 0 || !redact_is_word(s.p[at - 1]) ||
		(at >= 3 && s.p[at - 3] == '%'));
	size_t n, token, to;

	n = redact_mask_len(span_from(s, at));
	if (n > 0) {
		buf_add_span(out, span_sub(s, at, n));
		return n;
	}
	n = put_registered(r, out, out_start, s, at, false);
	if (n > 0)
		return n;
	n = word || s.p[at] == 'e' ? redact_shape_len(s, at) : 0;
	if (n > 0) {
		to = redact_cover(r, s, at, at + n);
		redact_put_mask(out, span_sub(s, at, to - at));
		return to - at;
	}
	n = word ? put_named(r, out, s, at) : 0;
	if (n > 0)
		return n;
	n = word ? redact_scheme_len(s, at, &token) : 0;
	if (n > 0) {
		to = redact_cover(r, s, at + n, at + n + token);
		buf_add_span(out, span_sub(s, at, n));
		if (span_starts_nocase(span_from(s, at), "basic"))
			buf_puts(out, "[redacted]");
		else
			redact_put_mask(out, span_sub(s, at + n, to - at - n));
		return to - at;
	}
	n = s.p[at] == ':' ? put_userinfo(out, s, at) : 0;
	return n > 0 ? n : put_registered(r, out, out_start, s, at, true);
}

enum res
redact_text(const struct redactor *r, struct buf *out, struct span s)
{
	size_t out_start = out->len, at = 0, copied = 0;

	while (at < s.n && out->status == RES_OK) {
		size_t n;

		buf_add_span(out, span_sub(s, copied, at - copied));
		copied = at;
		n = put_at(r, out, out_start, s, at);
		if (n > 0)
			copied = at += n;
		else
			at++;
	}
	return buf_add_span(out, span_sub(s, copied, s.n - copied));
}
