/* Compact JWS and JWE (RFC 7515 §7.1, RFC 7516 §7.1), JWKs (RFC 7517). */
#ifndef TT_OAUTH_JOSE_H
#define TT_OAUTH_JOSE_H

#include "oauth/json.h"
#include "oauth/token.h"

struct jws_parts {
	struct span header, payload, signature; /* base64url text, borrowed */
	struct span signed_text;                /* "header.payload" */
	size_t n_parts;                         /* 3 for JWS, 5 for JWE */
};

/* Splits; RES_SYNTAX unless 3 or 5 parts whose first decodes to a JSON object. */
enum res jws_split(struct jws_parts *out, struct span token, struct err *e) MUST_USE;
/* Decodes one base64url part that holds a JSON object. */
enum res jose_decode_json(struct json **out, struct span part, struct err *e) MUST_USE;

/*
 * Checks the signature of a compact JWS with the keys of a JWK set document; hs_key for HS256…512
 * may be NULL.  Keys match by kid, then alg, use and kty.  Never SIG_BAD unless a matching key was
 * there and the signature did not verify.  *key_why gets a short text (which key, why not).
 */
enum sig_state jws_verify(struct span token, const struct json *jwks, const struct secret *hs_key,
	char *why, size_t why_size);
/* Is a key of that kid in the set? */
bool jwks_has_kid(const struct json *jwks, struct span kid);

/* The JOSE alg this program signs with a P-256 key: appends header.payload.signature. */
struct crypto_key;
enum res jws_sign(struct buf *out, const struct crypto_key *key, const char *alg,
	const struct json *header_extra, const struct json *payload, struct err *e) MUST_USE;
/* RFC 7638 thumbprint of a JWK, base64url. */
enum res jwk_thumbprint(struct buf *out, const struct json *jwk, struct err *e) MUST_USE;

#endif
