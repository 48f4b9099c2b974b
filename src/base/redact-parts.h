/* Between the redactor's files alone: what its three parts know of each other. */
#ifndef TT_BASE_REDACT_PARTS_H
#define TT_BASE_REDACT_PARTS_H

#include "base/redact.h"

/* How the value behind a name is to be treated. */
enum redact_kind {
	REDACT_NONE,
	REDACT_VALUE,      /* the whole value is a secret */
	REDACT_GENERIC,    /* the same, but the name also stands in prose ("token: expired") */
	REDACT_CODE,       /* a secret in a form, often a plain error code elsewhere */
	REDACT_KEY,        /* private members of a JWK: d, k, p, q, … */
	REDACT_DRAWN,      /* a secret if it looks drawn at random */
	REDACT_ONCE,       /* a secret if it has a digit: what is typed once */
	REDACT_AUTH,       /* Authorization: the scheme stays */
	REDACT_COOKIE,     /* Cookie: the names stay */
	REDACT_SET_COOKIE, /* Set-Cookie: name and attributes stay */
};

enum redact_kind redact_kind_of(struct span name);
/* One run of letters and digits mixed, 16 bytes or more: no word, number, time or address. */
bool redact_looks_drawn(struct span value);
/* null, true, undefined, …: no secret, and evidence of what went wrong. */
bool redact_is_placeholder(struct span value);
/* The length of a mask that stands at the front of s already, or 0. */
size_t redact_mask_len(struct span s);
/* The length of what has the shape of a token at `at`, or 0; looks at the byte before. */
size_t redact_shape_len(struct span s, size_t at);
/* A JSON object's beginning in base64url: {" or a blank behind the brace. */
bool redact_starts_like_json(struct span s);
/* "Bearer TOKEN" and the like at `at`: the length up to the token, or 0; *n is the token's. */
size_t redact_scheme_len(struct span s, size_t at, size_t *n);
/*
 * How much of the lines behind s[from, to) goes on with that value, which a mail program or a terminal broke: 0 unless
 * it is long, its line ends with it, and what follows looks drawn at random and is a line of its own.
 */
size_t redact_continued_len(struct span s, size_t from, size_t to);
/* redact-escaped.c: the length of a percent-encoded byte at the front of s, however often it was encoded; 1: none. */
size_t redact_escape_len(struct span s);
/*
 * The value behind a name that ends at `at`, whose quotes and sign are percent-encoded or character references.  With
 * `blanks` they are part of it (a scheme and its token).
 */
struct redact_place {
	size_t from, to;
	bool quoted_name, assigned;
};
bool redact_escaped_value(struct span s, size_t at, bool blanks, struct redact_place *place);
/* redact-wrapped.c: the length of a run of base64 or hexadecimal digits at `at` behind which a text may be, or 0. */
size_t redact_wrapped_len(struct span s, size_t at);
/* Does the text that the run wraps hold something that must go? */
bool redact_wraps_secret(const struct redactor *r, struct span run);
/* redact-prose.c: "secret VALUE", "token VALUE" at `at`, the same way. */
size_t redact_prose_len(struct span s, size_t at, size_t *n);
/* The same of names that begin with the first byte of a Chinese character: redact_begins_foreign(). */
size_t redact_foreign_len(struct span s, size_t at, size_t *n);
/*
 * Does a value name an error ("TokenExpiredException", "token_revoked"), and is therefore no secret?  Letters alone, in
 * two words or more, one of them of errors' own vocabulary; never behind the name of what people choose (a password).
 */
bool redact_is_error_name(struct span name, struct span value);
/* redact-markup.c: a value that an element or a form's field names; the body of a private key. */
size_t redact_markup_len(struct span s, size_t at, size_t *n);
size_t redact_pem_len(struct span s, size_t at, size_t *n);
/* Appends the mask of a value; masks, placeholders and nothing at all stay what they are. */
void redact_put_mask(struct buf *out, struct span value);
/* A value by the kind of its name. */
void redact_put_auth(const struct redactor *r, struct buf *out, struct span value);
void redact_put_cookies(const struct redactor *r, struct buf *out, struct span value);
void redact_put_set_cookie(const struct redactor *r, struct buf *out, struct span value);
/* A scheme of RFC 9110 §11.1 that is in use. */
bool redact_is_scheme(struct span word);
/* False: no registered value begins at the front of s, nor a part of one that counts. */
bool redact_may_be_registered(const struct redactor *r, struct span s);
/*
 * Takes the registered value at `at` out; returns the bytes it had, 0 if there is none.
 * Behind out_start the output is ours: of a base64 run what was copied goes, too.  With
 * `partial` the beginning of a value counts, if it is long.
 */
size_t redact_put_registered(const struct redactor *r, struct buf *out, size_t out_start,
	struct span s, size_t at, bool partial);
/* Where s[from, to) must end so that no registered value is cut in two. */
size_t redact_cover(const struct redactor *r, struct span s, size_t from, size_t to);

static inline bool
redact_is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Of a name that ends in one of these words. */
enum redact_kind redact_foreign_kind(struct span name);

/* Of 令 (E4), 密, 口 (E5), 验 (E9). */
static inline bool
redact_begins_foreign(char c)
{
	return c == '\xE4' || c == '\xE5' || c == '\xE9';
}

/* Of an identifier such as client_secret or X-Api-Key. */
static inline bool
redact_is_word(char c)
{
	return redact_is_alnum(c) || c == '_' || c == '-';
}

#endif
