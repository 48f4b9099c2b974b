/* Inside the crypto module: JWKs as keys of OpenSSL, and the curves of JOSE. */
#ifndef TT_OAUTH_CRYPTO_JWK_H
#define TT_OAUTH_CRYPTO_JWK_H

#include <openssl/evp.h>

#include "oauth/crypto.h"

enum { KEY_BYTES_MAX = 2048 }; /* of one member: RSA up to 16384 bits */

struct curve {
	const char *alg, *crv, *group;
	int bits;     /* of the digest */
	size_t bytes; /* of a coordinate */
};

const struct curve *curve_of(const char *alg); /* NULL: no ECDSA */
const struct curve *curve_of_key(const EVP_PKEY *pkey);
/* The key of a JWK for the algorithm's type; NULL if it has none, or one of another type. */
EVP_PKEY *jwk_public_key(const struct json *jwk, const char *kty, const struct curve *c);
/* NULL if it has none, or its halves do not belong together. */
EVP_PKEY *jwk_private_key(const struct json *jwk);

#endif
