/*
 * Cryptography behind a small vtable: crypto.c alone knows OpenSSL and lives in a module that is
 * loaded when first needed.
 */
#ifndef TT_OAUTH_CRYPTO_H
#define TT_OAUTH_CRYPTO_H

#include "base/buf.h"
#include "base/secret.h"

struct json;
struct crypto_key;

/* What came of a signature check. */
struct crypto_check {
	bool ok;
	/* an ECDSA signature that is right but for its form: DER, not r and s side by side */
	bool der;
	int bits;        /* of the key */
	size_t sig_want; /* bytes a signature with this key has */
};

/* A certificate that signs itself. */
struct cert_wish {
	const char *name; /* of its subject */
	const char *alt;  /* "IP:127.0.0.1", "DNS:idp.example": whom it is for */
	int64_t from_s, until_s;
};

struct crypto_ops {
	bool (*sha256)(const void *p, size_t n, unsigned char out[32]);
	/* SHA-2 of 256, 384 or 512 bits; false for others. */
	bool (*digest)(int bits, const void *p, size_t n, unsigned char out[64]);
	bool (*hmac)(int bits, struct span key, struct span text, unsigned char *out, size_t *n);
	/* alg: RS256… PS512 ES256… ES512 ES256K EdDSA.  JWK in (its x5c if it has no numbers of its
	 * own); RES_UNSUPPORTED for what the library lacks, RES_SYNTAX for a bad key. */
	enum res (*verify)(const char *alg, const struct json *jwk, struct span text,
		struct span sig, struct crypto_check *out, struct err *e);
	/*
	 * Keys of our own: made new (P-256), from PEM text (PKCS #8, PKCS #1, SEC 1), from a
	 * private JWK.  The private half leaves its handle as PEM only, for a file of the user's.
	 */
	enum res (*key_new)(struct crypto_key **out, struct err *e);
	enum res (*key_from_pem)(struct crypto_key **out, struct span pem, struct err *e);
	enum res (*key_from_jwk)(struct crypto_key **out, const struct json *jwk, struct err *e);
	enum res (*key_to_pem)(const struct crypto_key *k, struct buf *out, struct err *e);
	bool (*key_can)(const struct crypto_key *k, const char *alg); /* sign so */
	void (*key_free)(struct crypto_key *k);
	struct json *(*key_public_jwk)(const struct crypto_key *k); /* without kid */
	enum res (*sign)(const struct crypto_key *k, const char *alg, struct span text,
		struct buf *sig, struct err *e); /* raw r||s for ES */
	/* With a new key; both as PEM. */
	enum res (*self_signed)(const struct cert_wish *w, struct buf *cert_pem,
		struct buf *key_pem, struct err *e);
	const char *(*version)(void);
};

/* Main sets the loader; crypto() calls it once and returns NULL if it cannot be loaded. */
void crypto_set_loader(const struct crypto_ops *(*load)(void));
const struct crypto_ops *crypto(void);

/* In crypto.c, linked into the module and into the tests that need it. */
extern const struct crypto_ops crypto_openssl;

#endif
