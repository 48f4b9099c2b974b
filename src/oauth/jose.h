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

struct jws_alg {
	const char *name, *kty, *crv; /* crv: "" for none, or for more than one */
	size_t sig_len, sig_len_other; /* bytes of a signature; 0: the key's, or no other */
};
/* NULL for one that is not known here ("none" is no signature). */
const struct jws_alg *jws_alg_find(struct span name);

/* --- verification (jws-verify.c) ---------------------------------------------------------- */

/*
 * What a signature is checked with.  Nothing else is: the keys and addresses that a token's own
 * header carries (jwk, jku, x5c, x5u) are neither trusted nor fetched.
 */
struct jws_keys {
	const struct json *jwks;     /* a JWK set document; NULL */
	const struct secret *secret; /* for HS256…512; NULL */
	/*
	 * An HMAC can be made with nothing but that secret (OpenID Connect Core §10.1), so that one
	 * that does not verify is bad; else (an access token) the server may have a key of its own,
	 * and it is not checked.
	 */
	bool only_secret;
};

/*
 * Checks the signature of a compact JWS.  Keys match by kid, else x5t, else all that fit by kty,
 * crv, alg, use and key_ops.  Never SIG_BAD unless a matching key was there and the signature did
 * not verify.  *why gets a short safe text: with which key, or why not.
 */
enum sig_state jws_verify(
	struct span token, const struct jws_keys *keys, char *why, size_t why_size);
/* May a JWK check signatures of that algorithm, by what it says of itself?  If
 * not, *why: "is for RS256". */
bool jwk_fits(const struct json *key, const char *alg, char *why, size_t why_size);
/*
 * The key of that kid: one that fits the algorithm before one that does not (a kid may stand for a
 * key of each type, RFC 7517 §4.5); NULL if there is none.
 */
const struct json *jwks_key(const struct json *jwks, struct span kid, const char *alg);
/*
 * A token that nobody but the API it is meant for can check, by its own words: Microsoft signs
 * those for its own APIs over a header whose nonce is hashed; those of Okta's org server are
 * checked with keys it keeps to itself. *why gets the reason.
 */
bool jws_not_for_us(const struct json *header, const struct claims *claims, const char **why);

/* --- making ------------------------------------------------------------------------------- */

struct crypto_key;
/*
 * Appends header.payload.signature.  alg: one the key can (crypto.h); header_extra: what follows
 * alg in the header, NULL for nothing.
 */
enum res jws_sign(struct buf *out, const struct crypto_key *key, const char *alg,
	const struct json *header_extra, const struct json *payload, struct err *e) MUST_USE;
/* The same with a secret: HS256, HS384, HS512. */
enum res jws_sign_hmac(struct buf *out, const struct secret *key, const char *alg,
	const struct json *header_extra, const struct json *payload, struct err *e) MUST_USE;
/* RFC 7638 thumbprint of a JWK, base64url. */
enum res jwk_thumbprint(struct buf *out, const struct json *jwk, struct err *e) MUST_USE;

#endif
