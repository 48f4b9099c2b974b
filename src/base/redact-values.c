#include "base/redact-parts.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/mem.h"

enum {
	KEY = 6,         /* bytes that decide the bucket; shorter values are not searched for */
	WRAP_MAX = 64,   /* of a base64 form the beginning is enough: its whole run goes */
	PARTIAL = 24,    /* so much of a value's beginning is taken for a cut value */
	FIRST_BUCKETS = 256,
	BUCKETS_PER_PAT = 4, /* most are empty, and a text is passed over quickly */
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
hash_all(struct redactor *r)
{
	memset(r->buckets, 0xFF, r->bucket_count * sizeof *r->buckets);
	for (size_t i = 0; i < r->count; i++) {
		uint32_t *b = bucket_of(r, r->pats[i].p);

		r->pats[i].next = *b;
		*b = (uint32_t)i;
	}
}

static void
rehash(struct redactor *r)
{
	r->bucket_count *= 4;
	r->buckets = xreallocarray(r->buckets, r->bucket_count, sizeof *r->buckets);
	hash_all(r);
}

size_t
redactor_mark(const struct redactor *r)
{
	return r->count;
}

void
redactor_forget(struct redactor *r, size_t mark)
{
	if (r->count <= mark)
		return;
	while (r->count > mark) {
		struct pat *pat = &r->pats[--r->count];

		wiping_free(pat->p);
		secret_unref(pat->of);
	}
	hash_all(r);
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
	if (r->count * BUCKETS_PER_PAT > r->bucket_count)
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
			(url ? base64url_encode : base64_encode)(&text, buf_span(&raw));
			if (buf_status(&text) == RES_OK)
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

/* Is the value itself registered, and all its forms with it? */
static bool
is_registered(const struct redactor *r, struct span s)
{
	for (uint32_t i = *bucket_of(r, s.p); i != NO_PAT; i = r->pats[i].next)
		if (!r->pats[i].wrapped && r->pats[i].n == s.n &&
			memcmp(r->pats[i].p, s.p, s.n) == 0 &&
			span_eq(secret_reveal(r->pats[i].of), s))
			return true;
	return false;
}

/* Most tokens are made of what every encoder leaves alone. */
static bool
is_plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!redact_is_word(s.p[i]) && s.p[i] != '.')
			return false;
	return true;
}

void
redactor_add(struct redactor *r, struct secret *sec)
{
	static const struct {
		const char *kept, *blank;
		bool lower;
	} forms[] = {
		{"-._~", "%20", false}, {"-._~", "+", false}, {"-._~", "%20", true},
		{"-._~", "+", true}, {"-._~!*'()", "%20", false}, {"-._*", "+", false},
	};
	struct span s = secret_reveal(sec);
	struct buf b;

	if (s.n < KEY || is_registered(r, s))
		return;
	add_pat(r, sec, s, false);
	add_wrapped(r, sec, s);
	if (is_plain(s))
		return;
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

bool
redact_may_be_registered(const struct redactor *r, struct span s)
{
	return r != NULL && s.n >= KEY && *bucket_of(r, s.p) != NO_PAT;
}

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
	return redact_is_alnum(c) || (c != '\0' && strchr("+/-_", c) != NULL);
}

size_t
redact_put_registered(const struct redactor *r, struct buf *out, size_t out_start, struct span s,
	size_t at, bool partial)
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
	while (n < s.n && (is_wrap_char(s.p[n]) || s.p[n] == '='))
		n++;
	while (out->len > out_start && is_wrap_char(out->p[out->len - 1]))
		buf_truncate(out, out->len - 1);
	buf_puts(out, "[redacted]");
	return n - at;
}
