#include "oauth/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/encode.h"
#include "base/mem.h"
#include "oauth/crypto-cert.h"
#include "oauth/crypto-jwk.h"
#include "oauth/json.h"

struct crypto_key {
	EVP_PKEY *pkey;
};

/* --- digests --- */

static bool
digest(const EVP_MD *md, const void *p, size_t n, unsigned char *out)
{
	unsigned len = 0;

	return EVP_Digest(n ? p : "", n, out, &len, md, NULL) == 1;
}

/*
 * Every mask has one: found once, not at every call.  The first is the first that OpenSSL is asked
 * for, so here it is told to leave its cleaning up to the process's end.
 */
static bool
ossl_sha256(const void *p, size_t n, unsigned char out[32])
{
	static EVP_MD *md;

	if (!md) {
		OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	}
	return md && digest(md, p, n, out);
}

static const EVP_MD *
md_of_bits(int bits)
{
	switch (bits) {
	case 256:
		return EVP_sha256();
	case 384:
		return EVP_sha384();
	case 512:
		return EVP_sha512();
	default:
		return NULL;
	}
}

static bool
ossl_digest(int bits, const void *p, size_t n, unsigned char out[64])
{
	const EVP_MD *md = md_of_bits(bits);

	return md && digest(md, p, n, out);
}

static bool
ossl_hmac(int bits, struct span key, struct span text, unsigned char *out, size_t *n)
{
	const EVP_MD *md = md_of_bits(bits);
	unsigned len = 0;

	if (!md || key.n > INT32_MAX)
		return false;
	if (!HMAC(md, key.n ? key.p : "", (int)key.n, (const unsigned char *)(text.n ? text.p : ""),
		    text.n, out, &len))
		return false;
	*n = len;
	return true;
}

/* --- verification --- */

/* r||s of JOSE to the DER of OpenSSL; NULL when the length is not the curve's. */
static unsigned char *
raw_to_der(struct span sig, const struct curve *c, size_t *n)
{
	unsigned char *der = NULL;
	const unsigned char *p = (const unsigned char *)sig.p;
	ECDSA_SIG *es;
	BIGNUM *r, *s;
	int len = -1;

	if (sig.n != 2 * c->bytes)
		return NULL;
	es = ECDSA_SIG_new();
	r = BN_bin2bn(p, (int)c->bytes, NULL);
	s = BN_bin2bn(p + c->bytes, (int)c->bytes, NULL);
	if (es && r && s && ECDSA_SIG_set0(es, r, s) == 1) {
		r = s = NULL;
		len = i2d_ECDSA_SIG(es, &der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(es);
	*n = len > 0 ? (size_t)len : 0;
	return len > 0 ? der : NULL;
}

static bool
set_pss(EVP_PKEY_CTX *ctx)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/* 1 good, 0 bad, -1 could not be tried. */
static int
verify_with(EVP_PKEY *pkey, const EVP_MD *md, bool pss, struct span text, const unsigned char *sig,
	size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	int r = -1;

	if (ctx && EVP_DigestVerifyInit(ctx, &pctx, md, NULL, pkey) == 1 && (!pss || set_pss(pctx)))
		r = EVP_DigestVerify(ctx, sig, n, (const unsigned char *)text.p, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return r;
}

/* Is it one whole ECDSA signature in DER? */
static bool
is_der(struct span sig)
{
	const unsigned char *p = (const unsigned char *)sig.p;
	ECDSA_SIG *es = d2i_ECDSA_SIG(NULL, &p, (long)sig.n);
	bool whole = es && p == (const unsigned char *)sig.p + sig.n;

	ECDSA_SIG_free(es);
	ERR_clear_error();
	return whole;
}

/* 1 good, 0 bad, -1 could not be tried. */
static int
verify_ec(EVP_PKEY *pkey, const struct curve *c, struct span text, struct span sig,
	struct crypto_check *out)
{
	unsigned char *der;
	size_t n = 0;
	int r;

	out->sig_want = 2 * c->bytes;
	if (sig.n == out->sig_want) {
		der = raw_to_der(sig, c, &n);
		r = der ? verify_with(pkey, md_of_bits(c->bits), false, text, der, n) : 0;
		OPENSSL_free(der);
		return r;
	}
	out->der = is_der(sig) &&
		verify_with(pkey, md_of_bits(c->bits), false, text, (const unsigned char *)sig.p,
			sig.n) == 1;
	return 0;
}

/* The bits of the digest of RS256…512, PS256…512; 0 for another algorithm. */
static int
rsa_bits(const char *alg)
{
	int64_t bits = 0;

	if (strlen(alg) != 5 || alg[1] != 'S' || (alg[0] != 'R' && alg[0] != 'P') ||
		span_to_i64(span_of(alg + 2), &bits) != RES_OK || !md_of_bits((int)bits))
		return 0;
	return (int)bits;
}

static bool
is_eddsa(const char *alg)
{
	return !strcmp(alg, "EdDSA") || !strcmp(alg, "Ed25519") || !strcmp(alg, "Ed448");
}

static enum res
ossl_verify(const char *alg, const struct json *jwk, struct span text, struct span sig,
	struct crypto_check *out, struct err *e)
{
	const unsigned char *raw = (const unsigned char *)sig.p;
	const struct curve *c = curve_of(alg);
	const char *kty = c ? "EC" : rsa_bits(alg) ? "RSA" : is_eddsa(alg) ? "OKP" : NULL;
	EVP_PKEY *pkey;
	int r;

	memset(out, 0, sizeof(*out));
	if (!kty)
		return err_set(e, RES_UNSUPPORTED, "the algorithm is not supported here");
	if (!text.p || !sig.n)
		return RES_OK;
	if (c && json_get_str(jwk, "crv").n && !span_is(json_get_str(jwk, "crv"), c->crv))
		return err_set(e, RES_SYNTAX, "the key is not on the curve %s", c->crv);
	pkey = jwk_public_key(jwk, kty, c);
	ERR_clear_error();
	if (!pkey && c && !strcmp(c->alg, "ES256K"))
		return err_set(e, RES_UNSUPPORTED,
			"the library has no curve secp256k1, or the key is bad");
	if (!pkey)
		return err_set(e, RES_SYNTAX, "its members make no key of type %s", kty);
	out->bits = EVP_PKEY_get_bits(pkey);
	if (c) {
		r = verify_ec(pkey, c, text, sig, out);
	} else {
		out->sig_want = (size_t)EVP_PKEY_get_size(pkey);
		r = verify_with(pkey, md_of_bits(rsa_bits(alg)), alg[0] == 'P', text, raw, sig.n);
	}
	EVP_PKEY_free(pkey);
	if (r < 0)
		return err_set(
			e, RES_UNSUPPORTED, "the library cannot use this key with this algorithm");
	out->ok = r == 1;
	return RES_OK;
}

/* --- keys of our own --- */

static struct crypto_key *
wrap(EVP_PKEY *pkey)
{
	struct crypto_key *k = xmalloc(sizeof(*k));

	k->pkey = pkey;
	return k;
}

static enum res
ossl_key_new(struct crypto_key **out, struct err *e)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");

	*out = NULL;
	if (!pkey) {
		ERR_clear_error();
		return err_set(e, RES_UNSUPPORTED, "the library made no P-256 key");
	}
	*out = wrap(pkey);
	return RES_OK;
}

/* Never asks on the terminal: an encrypted key is one we cannot read. */
static int
no_passphrase(char *buf UNUSED, int size UNUSED, int rw UNUSED, void *u UNUSED)
{
	return -1;
}

static enum res
ossl_key_from_pem(struct crypto_key **out, struct span pem, struct err *e)
{
	EVP_PKEY *pkey;
	BIO *bio;

	*out = NULL;
	if (!pem.n || pem.n > INT32_MAX)
		return err_set(e, RES_SYNTAX, "an empty key file");
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	if (!pkey)
		return err_set(
			e, RES_SYNTAX, "no private key in PEM form, or one with a passphrase");
	*out = wrap(pkey);
	return RES_OK;
}

static enum res
ossl_key_from_jwk(struct crypto_key **out, const struct json *jwk, struct err *e)
{
	EVP_PKEY *pkey = jwk_private_key(jwk);

	*out = NULL;
	ERR_clear_error();
	if (!pkey)
		return err_set(e, RES_SYNTAX, "a JWK without the members of a private key");
	*out = wrap(pkey);
	return RES_OK;
}

static enum res
ossl_key_to_pem(const struct crypto_key *k, struct buf *out, struct err *e)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	bool ok = bio &&
		PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL) == 1;
	char *p;
	long n = ok ? BIO_get_mem_data(bio, &p) : 0;

	ok = n > 0 && buf_add(out, p, (size_t)n) == RES_OK;
	BIO_free(bio);
	ERR_clear_error();
	return ok ? RES_OK : err_set(e, RES_UNSUPPORTED, "the library does not write this key");
}

static void
ossl_key_free(struct crypto_key *k)
{
	if (k) {
		EVP_PKEY_free(k->pkey);
		free(k);
	}
}

static void
set_bytes(struct json *jwk, const char *name, const unsigned char *p, size_t n)
{
	struct buf b;

	buf_init(&b, 2 * KEY_BYTES_MAX);
	base64url_encode(&b, span_make(p, n));
	json_set_span(jwk, name, buf_span(&b));
	buf_release(&b);
}

/* A number of the key at its own width, or padded to `width`. */
static bool
set_number(
	struct json *jwk, const char *name, const EVP_PKEY *pkey, const char *param, size_t width)
{
	unsigned char bytes[KEY_BYTES_MAX];
	BIGNUM *bn = NULL;
	size_t n;

	if (EVP_PKEY_get_bn_param(pkey, param, &bn) != 1)
		return false;
	n = width ? width : (size_t)BN_num_bytes(bn);
	if (n > sizeof(bytes) || BN_bn2binpad(bn, bytes, (int)n) < 0)
		n = 0;
	BN_free(bn);
	if (n)
		set_bytes(jwk, name, bytes, n);
	return n > 0;
}

static struct json *
ossl_key_public_jwk(const struct crypto_key *k)
{
	struct json *jwk = json_new_object();
	const struct curve *c;
	unsigned char raw[64];
	size_t n = sizeof(raw);
	bool ok = false;

	if (EVP_PKEY_is_a(k->pkey, "EC") && (c = curve_of_key(k->pkey)) != NULL) {
		json_set_str(jwk, "kty", "EC");
		json_set_str(jwk, "crv", c->crv);
		ok = set_number(jwk, "x", k->pkey, OSSL_PKEY_PARAM_EC_PUB_X, c->bytes) &&
			set_number(jwk, "y", k->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, c->bytes);
	} else if (EVP_PKEY_is_a(k->pkey, "RSA") || EVP_PKEY_is_a(k->pkey, "RSA-PSS")) {
		json_set_str(jwk, "kty", "RSA");
		ok = set_number(jwk, "n", k->pkey, OSSL_PKEY_PARAM_RSA_N, 0) &&
			set_number(jwk, "e", k->pkey, OSSL_PKEY_PARAM_RSA_E, 0);
	} else if (EVP_PKEY_is_a(k->pkey, "ED25519") || EVP_PKEY_is_a(k->pkey, "ED448")) {
		json_set_str(jwk, "kty", "OKP");
		json_set_str(jwk, "crv", EVP_PKEY_is_a(k->pkey, "ED448") ? "Ed448" : "Ed25519");
		ok = EVP_PKEY_get_raw_public_key(k->pkey, raw, &n) == 1;
		if (ok)
			set_bytes(jwk, "x", raw, n);
	}
	ERR_clear_error();
	if (!ok) {
		json_free(jwk);
		return NULL;
	}
	return jwk;
}

/* DER of OpenSSL to r||s of JOSE. */
static bool
der_to_raw(struct buf *out, const unsigned char *der, size_t n, size_t width)
{
	ECDSA_SIG *es = d2i_ECDSA_SIG(NULL, &der, (long)n);
	unsigned char raw[2 * 66];
	bool ok;

	ok = es && BN_bn2binpad(ECDSA_SIG_get0_r(es), raw, (int)width) > 0 &&
		BN_bn2binpad(ECDSA_SIG_get0_s(es), raw + width, (int)width) > 0;
	ECDSA_SIG_free(es);
	return ok && buf_add(out, raw, 2 * width) == RES_OK;
}

static enum res
sign_with(const struct crypto_key *k, const EVP_MD *md, bool pss, const struct curve *c,
	struct span text, struct buf *sig, struct err *e)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	unsigned char bytes[KEY_BYTES_MAX];
	size_t n = sizeof(bytes);
	bool ok;

	ok = ctx && EVP_DigestSignInit(ctx, &pctx, md, NULL, k->pkey) == 1 &&
		(!pss || set_pss(pctx)) &&
		EVP_DigestSign(ctx, bytes, &n, (const unsigned char *)text.p, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (ok)
		ok = c ? der_to_raw(sig, bytes, n, c->bytes) : buf_add(sig, bytes, n) == RES_OK;
	return ok ? RES_OK : err_set(e, RES_UNSUPPORTED, "the key cannot sign so");
}

static bool
ossl_key_can(const struct crypto_key *k, const char *alg)
{
	const struct curve *c = curve_of(alg);

	if (c)
		return EVP_PKEY_is_a(k->pkey, "EC") && curve_of_key(k->pkey) == c;
	if (!strcmp(alg, "Ed25519") || !strcmp(alg, "Ed448"))
		return EVP_PKEY_is_a(k->pkey, alg);
	if (is_eddsa(alg))
		return EVP_PKEY_is_a(k->pkey, "ED25519") || EVP_PKEY_is_a(k->pkey, "ED448");
	/* a key that is for PSS alone has no PKCS #1 signatures (RFC 4055 §1.2) */
	return rsa_bits(alg) && (EVP_PKEY_is_a(k->pkey, "RSA") ||
		(alg[0] == 'P' && EVP_PKEY_is_a(k->pkey, "RSA-PSS")));
}

static enum res
ossl_sign(const struct crypto_key *k, const char *alg, struct span text, struct buf *sig,
	struct err *e)
{
	const struct curve *c = curve_of(alg);

	if (c && !ossl_key_can(k, alg))
		return err_set(e, RES_UNSUPPORTED, "%s wants a key on the curve %s", alg, c->crv);
	if (!ossl_key_can(k, alg))
		return err_set(e, RES_UNSUPPORTED, "the key does not fit the algorithm");
	return sign_with(
		k, md_of_bits(c ? c->bits : rsa_bits(alg)), alg[0] == 'P', c, text, sig, e);
}

static const char *
ossl_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

const struct crypto_ops crypto_openssl = {
	.sha256 = ossl_sha256,
	.digest = ossl_digest,
	.hmac = ossl_hmac,
	.verify = ossl_verify,
	.key_new = ossl_key_new,
	.key_from_pem = ossl_key_from_pem,
	.key_from_jwk = ossl_key_from_jwk,
	.key_to_pem = ossl_key_to_pem,
	.key_can = ossl_key_can,
	.key_free = ossl_key_free,
	.key_public_jwk = ossl_key_public_jwk,
	.sign = ossl_sign,
	.self_signed = ossl_self_signed,
	.version = ossl_version,
};
