/*
 * A private key that this program signs with: client assertions, DPoP proofs.  Its private half
 * stays in the crypto module's handle; what may be known of it stands beside.
 */
#ifndef TT_OAUTH_SIGNKEY_H
#define TT_OAUTH_SIGNKEY_H

#include "oauth/crypto.h"
#include "oauth/json.h"

enum { THUMBPRINT_MAX = 48 }; /* base64url of a SHA-256, and its NUL */

struct sign_key {
	unsigned refs;
	struct crypto_key *key;
	struct json *jwk;                /* the public half, its required members alone */
	char kid[128];                   /* of the JWK file; "" */
	char thumbprint[THUMBPRINT_MAX]; /* RFC 7638, SHA-256 */
};

/* Made new: P-256, for ES256. */
enum res sign_key_new(struct sign_key **out, struct err *e) MUST_USE;
/*
 * As a file holds it: PEM without a passphrase (PKCS #8, PKCS #1, SEC 1), a private JWK, or the
 * first private key of a JWK set (RFC 7517).
 */
enum res sign_key_read(struct sign_key **out, struct span text, struct err *e) MUST_USE;
/* Appends the private key as PEM (PKCS #8), for the file that a user keeps it in. */
enum res sign_key_pem(const struct sign_key *k, struct buf *out, struct err *e) MUST_USE;
struct sign_key *sign_key_ref(struct sign_key *k); /* NULL-safe */
void sign_key_unref(struct sign_key *k);           /* NULL-safe */

/*
 * The algorithm to sign with: the key's own first choice, or where a list of the metadata is given
 * (…_signing_alg_values_supported) its first one that stands there.  NULL: the list has none of
 * them.
 */
const char *sign_key_alg(const struct sign_key *k, const struct json *supported);
/* Does the key make signatures of that algorithm? */
bool sign_key_can(const struct sign_key *k, const char *alg);

/* The SHA-256 of a PEM file's first certificate, as cnf["x5t#S256"] has it (RFC 8705 §3.1). */
enum res cert_thumbprint(char out[THUMBPRINT_MAX], struct span pem, struct err *e) MUST_USE;

#endif
