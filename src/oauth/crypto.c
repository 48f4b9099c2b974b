#include "oauth/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/encode.h"
#include "base/mem.h"
#include "oauth/crypto-cert.h"
#include "oauth/json.h"

struct crypto_key {
	EVP_PKEY *pkey;
};

enum {
	KEY_BYTES_MAX = 2048, /* of one JWK member: RSA up to 16384 bits */
	CERT_BYTES_MAX = 32 << 10,
};

/* --- digests --- */

static bool
digest(const EVP_MD *md, const void *p, size_t n, unsigned char *out)
{
	unsigned len = 0;

	return EVP_Digest(n ? p : "", n, out, &len, md, NULL) == 1;
}

static bool
ossl_sha256(const void *p, size_t n, unsigned char out[32])
{
	return digest(EVP_sha256(), p, n, out);
}

static bool
ossl_sha512(const void *p, size_t n, unsigned char out[64])
{
	return digest(EVP_sha512(), p, n, out);
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

/* --- keys out of JWKs --- */

/* A base64url member, as bytes; false if absent or malformed. */
static bool
member(struct buf *out, const struct json *jwk, const char *name)
{
	struct span s = json_get_str(jwk, name);

	buf_init_wiping(out, KEY_BYTES_MAX);
	return s.n && base64url_decode(out, s, NULL) == RES_OK && out->len;
}

/* Makes a public EVP_PKEY of the parameters; frees the builder. */
static EVP_PKEY *
build(const char *type, OSSL_PARAM_BLD *bld)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	return pkey;
}

static EVP_PKEY *
rsa_from_jwk(const struct json *jwk)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *bn_n = NULL, *bn_e = NULL;
	EVP_PKEY *pkey = NULL;
	struct buf n, e;
	bool ok = member(&n, jwk, "n");

	ok = member(&e, jwk, "e") && ok && bld;
	if (ok) {
		bn_n = BN_bin2bn((unsigned char *)n.p, (int)n.len, NULL);
		bn_e = BN_bin2bn((unsigned char *)e.p, (int)e.len, NULL);
		ok = bn_n && bn_e && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn_n) &&
			OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, bn_e);
	}
	if (ok)
		pkey = build("RSA", bld); /* before the numbers it points to go */
	else
		OSSL_PARAM_BLD_free(bld);
	BN_free(bn_n);
	BN_free(bn_e);
	buf_release(&n);
	buf_release(&e);
	return pkey;
}

struct curve {
	const char *alg, *crv, *group;
	int bits;
	size_t bytes; /* of a coordinate */
};

static const struct curve curves[] = {
	{"ES256", "P-256", "prime256v1", 256, 32},
	{"ES384", "P-384", "secp384r1", 384, 48},
	{"ES512", "P-521", "secp521r1", 512, 66},
	{"ES256K", "secp256k1", "secp256k1", 256, 32},
};

static const struct curve *
curve_of(const char *alg)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(curves); i++)
		if (!strcmp(curves[i].alg, alg))
			return &curves[i];
	return NULL;
}

static const struct curve *
curve_of_key(const EVP_PKEY *pkey)
{
	char group[64];
	size_t i, n;

	if (EVP_PKEY_get_utf8_string_param(
		    pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), &n) != 1)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(curves); i++)
		if (!strcmp(curves[i].group, group))
			return &curves[i];
	return NULL;
}

/* Puts a coordinate at its full width; some issuers drop leading zeros. */
static bool
coordinate(unsigned char *out, size_t width, const struct buf *b)
{
	const char *p = b->p;
	size_t n = b->len;

	while (n > width && *p == '\0') {
		p++;
		n--;
	}
	if (n > width)
		return false;
	memset(out, 0, width);
	memcpy(out + width - n, p, n);
	return true;
}

static EVP_PKEY *
ec_from_jwk(const struct json *jwk, const struct curve *c)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	unsigned char point[1 + 2 * 66];
	EVP_PKEY *pkey = NULL;
	struct buf x, y;
	bool ok = member(&x, jwk, "x");

	ok = member(&y, jwk, "y") && ok && bld;
	point[0] = 4; /* uncompressed */
	ok = ok && coordinate(point + 1, c->bytes, &x) &&
		coordinate(point + 1 + c->bytes, c->bytes, &y);
	ok = ok && OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, c->group, 0) &&
		OSSL_PARAM_BLD_push_octet_string(
			bld, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * c->bytes);
	if (ok)
		pkey = build("EC", bld);
	else
		OSSL_PARAM_BLD_free(bld);
	buf_release(&x);
	buf_release(&y);
	return pkey;
}

static EVP_PKEY *
okp_from_jwk(const struct json *jwk)
{
	struct span crv = json_get_str(jwk, "crv");
	const char *type = span_is(crv, "Ed25519") ? "ED25519"
		: span_is(crv, "Ed448")            ? "ED448"
						   : NULL;
	EVP_PKEY *pkey = NULL;
	struct buf x;

	if (type && member(&x, jwk, "x"))
		pkey = EVP_PKEY_new_raw_public_key_ex(
			NULL, type, NULL, (unsigned char *)x.p, x.len);
	if (type)
		buf_release(&x);
	return pkey;
}

/* The key of the certificate, for a JWK without numbers of its own (RFC 7517 §4.7). */
static EVP_PKEY *
key_from_x5c(const struct json *jwk)
{
	struct span text = SPAN_EMPTY;
	const unsigned char *p;
	EVP_PKEY *pkey = NULL;
	X509 *cert = NULL;
	struct buf der;

	if (!json_to_span(json_first(json_get(jwk, "x5c")), &text))
		return NULL;
	buf_init_wiping(&der, CERT_BYTES_MAX);
	if (base64_decode(&der, text, NULL) == RES_OK && der.len) {
		p = (const unsigned char *)der.p;
		cert = d2i_X509(NULL, &p, (long)der.len);
	}
	if (cert)
		pkey = X509_get_pubkey(cert);
	X509_free(cert);
	buf_release(&der);
	return pkey;
}

static bool
is_of_type(const EVP_PKEY *pkey, const char *kty, const struct curve *c)
{
	if (!strcmp(kty, "RSA"))
		return EVP_PKEY_is_a(pkey, "RSA") || EVP_PKEY_is_a(pkey, "RSA-PSS");
	if (!strcmp(kty, "EC"))
		return EVP_PKEY_is_a(pkey, "EC") && curve_of_key(pkey) == c;
	return EVP_PKEY_is_a(pkey, "ED25519") || EVP_PKEY_is_a(pkey, "ED448");
}

/* The key of a JWK for the algorithm's type; NULL if it has none, or one of another type. */
static EVP_PKEY *
key_from_jwk(const struct json *jwk, const char *kty, const struct curve *c)
{
	EVP_PKEY *pkey;

	if (json_get(jwk, "x5c") && !json_get(jwk, "n") && !json_get(jwk, "x")) {
		pkey = key_from_x5c(jwk);
		if (pkey && is_of_type(pkey, kty, c))
			return pkey;
		EVP_PKEY_free(pkey);
		return NULL;
	}
	if (!span_is(json_get_str(jwk, "kty"), kty))
		return NULL;
	if (!strcmp(kty, "RSA"))
		return rsa_from_jwk(jwk);
	return !strcmp(kty, "EC") ? ec_from_jwk(jwk, c) : okp_from_jwk(jwk);
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
	pkey = key_from_jwk(jwk, kty, c);
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
	} else if (EVP_PKEY_is_a(k->pkey, "RSA")) {
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

static enum res
ossl_sign(const struct crypto_key *k, const char *alg, struct span text, struct buf *sig,
	struct err *e)
{
	const struct curve *c = curve_of(alg);
	int64_t bits = 0;

	if (c) {
		if (!EVP_PKEY_is_a(k->pkey, "EC") || curve_of_key(k->pkey) != c)
			return err_set(
				e, RES_UNSUPPORTED, "%s wants a key on the curve %s", alg, c->crv);
		return sign_with(k, md_of_bits(c->bits), false, c, text, sig, e);
	}
	if (!strcmp(alg, "EdDSA") &&
		(EVP_PKEY_is_a(k->pkey, "ED25519") || EVP_PKEY_is_a(k->pkey, "ED448")))
		return sign_with(k, NULL, false, NULL, text, sig, e);
	if (strlen(alg) == 5 && alg[1] == 'S' && (alg[0] == 'R' || alg[0] == 'P') &&
		EVP_PKEY_is_a(k->pkey, "RSA") && span_to_i64(span_of(alg + 2), &bits) == RES_OK &&
		md_of_bits((int)bits))
		return sign_with(k, md_of_bits((int)bits), alg[0] == 'P', NULL, text, sig, e);
	return err_set(e, RES_UNSUPPORTED, "the key does not fit the algorithm");
}

static const char *
ossl_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

const struct crypto_ops crypto_openssl = {
	.sha256 = ossl_sha256,
	.sha512 = ossl_sha512,
	.hmac = ossl_hmac,
	.verify = ossl_verify,
	.key_new = ossl_key_new,
	.key_from_pem = ossl_key_from_pem,
	.key_free = ossl_key_free,
	.key_public_jwk = ossl_key_public_jwk,
	.sign = ossl_sign,
	.self_signed = ossl_self_signed,
	.version = ossl_version,
};
