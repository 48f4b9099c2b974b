/* Keys out of JWKs (RFC 7517, RFC 7518 §6, RFC 8037), public and private. */
#include "oauth/crypto-jwk.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "base/encode.h"
#include "oauth/json.h"

enum { CERT_BYTES_MAX = 32 << 10 };

/* A base64url member, as bytes; false if absent or malformed. */
static bool
member(struct buf *out, const struct json *jwk, const char *name)
{
	struct span s = json_get_str(jwk, name);

	buf_init_wiping(out, KEY_BYTES_MAX);
	return s.n && base64url_decode(out, s, NULL) == RES_OK && out->len;
}

/* Makes an EVP_PKEY of the parameters; frees the builder. */
static EVP_PKEY *
build(const char *type, OSSL_PARAM_BLD *bld, int selection)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
		EVP_PKEY_fromdata(ctx, &pkey, selection, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	return pkey;
}

/* The numbers of a key (RFC 7518 §6.3), by the names of either side. */
static const struct {
	const char *jwk, *param;
} rsa_numbers[] = {
	{"n", OSSL_PKEY_PARAM_RSA_N},
	{"e", OSSL_PKEY_PARAM_RSA_E},
	{"d", OSSL_PKEY_PARAM_RSA_D},
	{"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
	{"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
	{"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
	{"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
	{"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
};
enum { RSA_PUBLIC = 2, RSA_PRIVATE = 3, RSA_WHOLE = 8 };

static EVP_PKEY *
rsa_from_jwk(const struct json *jwk, bool private)
{
	/* a private key may come with d alone, or with all that speeds it up */
	size_t n = !private ? RSA_PUBLIC : json_get(jwk, "qi") ? RSA_WHOLE : RSA_PRIVATE, made = 0;
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *bn[RSA_WHOLE] = {NULL};
	EVP_PKEY *pkey = NULL;
	struct buf b;
	bool ok = bld != NULL;

	for (; ok && made < n; made++) {
		ok = member(&b, jwk, rsa_numbers[made].jwk);
		bn[made] = ok ? BN_bin2bn((unsigned char *)b.p, (int)b.len, NULL) : NULL;
		ok = bn[made] && OSSL_PARAM_BLD_push_BN(bld, rsa_numbers[made].param, bn[made]);
		buf_release(&b);
	}
	if (ok) /* before the numbers it points to go */
		pkey = build("RSA", bld, private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
	else
		OSSL_PARAM_BLD_free(bld);
	for (size_t i = 0; i < n; i++)
		BN_clear_free(bn[i]);
	return pkey;
}

static const struct curve curves[] = {
	{"ES256", "P-256", "prime256v1", 256, 32},
	{"ES384", "P-384", "secp384r1", 384, 48},
	{"ES512", "P-521", "secp521r1", 512, 66},
	{"ES256K", "secp256k1", "secp256k1", 256, 32},
};

const struct curve *
curve_of(const char *alg)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(curves); i++)
		if (!strcmp(curves[i].alg, alg))
			return &curves[i];
	return NULL;
}

const struct curve *
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
ec_from_jwk(const struct json *jwk, const struct curve *c, bool private)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	unsigned char point[1 + 2 * 66];
	BIGNUM *bn_d = NULL;
	EVP_PKEY *pkey = NULL;
	struct buf x, y, d;
	bool ok = member(&x, jwk, "x");

	ok = member(&y, jwk, "y") && ok && bld;
	point[0] = 4; /* uncompressed */
	ok = ok && coordinate(point + 1, c->bytes, &x) &&
		coordinate(point + 1 + c->bytes, c->bytes, &y);
	ok = ok && OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, c->group, 0) &&
		OSSL_PARAM_BLD_push_octet_string(
			bld, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * c->bytes);
	if (private) {
		ok = member(&d, jwk, "d") && ok;
		bn_d = ok ? BN_bin2bn((unsigned char *)d.p, (int)d.len, NULL) : NULL;
		ok = bn_d && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, bn_d);
		buf_release(&d);
	}
	if (ok)
		pkey = build("EC", bld, private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
	else
		OSSL_PARAM_BLD_free(bld);
	BN_clear_free(bn_d);
	buf_release(&x);
	buf_release(&y);
	return pkey;
}

static EVP_PKEY *
okp_from_jwk(const struct json *jwk, bool private)
{
	struct span crv = json_get_str(jwk, "crv");
	const char *type = span_is(crv, "Ed25519") ? "ED25519"
		: span_is(crv, "Ed448")            ? "ED448"
						   : NULL;
	EVP_PKEY *pkey = NULL;
	struct buf b;

	if (!type)
		return NULL;
	if (member(&b, jwk, private ? "d" : "x"))
		pkey = (private ? EVP_PKEY_new_raw_private_key_ex : EVP_PKEY_new_raw_public_key_ex)(
			NULL, type, NULL, (unsigned char *)b.p, b.len);
	buf_release(&b);
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

EVP_PKEY *
jwk_public_key(const struct json *jwk, const char *kty, const struct curve *c)
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
		return rsa_from_jwk(jwk, false);
	return !strcmp(kty, "EC") ? ec_from_jwk(jwk, c, false)
				   : okp_from_jwk(jwk, false);
}

/*
 * Do both halves belong together?  A JWK put together by hand may say anything, and the library's
 * own check wants an RSA key's primes, which may be left out (RFC 7518 §6.3.2).
 */
static bool
is_pair(EVP_PKEY *pkey)
{
	const EVP_MD *md = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA ||
			EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC
		? EVP_sha256()
		: NULL;
	EVP_MD_CTX *sign = EVP_MD_CTX_new(), *verify = EVP_MD_CTX_new();
	const unsigned char text[] = "pair";
	unsigned char sig[KEY_BYTES_MAX];
	size_t n = sizeof(sig);
	bool ok = sign && verify && EVP_DigestSignInit(sign, NULL, md, NULL, pkey) == 1 &&
		EVP_DigestSign(sign, sig, &n, text, sizeof(text)) == 1 &&
		EVP_DigestVerifyInit(verify, NULL, md, NULL, pkey) == 1 &&
		EVP_DigestVerify(verify, sig, n, text, sizeof(text)) == 1;

	EVP_MD_CTX_free(sign);
	EVP_MD_CTX_free(verify);
	return ok;
}

EVP_PKEY *
jwk_private_key(const struct json *jwk)
{
	struct span kty = json_get_str(jwk, "kty"), crv = json_get_str(jwk, "crv");
	EVP_PKEY *pkey = NULL;

	if (span_is(kty, "RSA"))
		pkey = rsa_from_jwk(jwk, true);
	else if (span_is(kty, "OKP"))
		pkey = okp_from_jwk(jwk, true);
	for (size_t i = 0; span_is(kty, "EC") && i < ARRAY_SIZE(curves); i++)
		if (span_is(crv, curves[i].crv))
			pkey = ec_from_jwk(jwk, &curves[i], true);
	if (pkey && is_pair(pkey))
		return pkey;
	EVP_PKEY_free(pkey);
	return NULL;
}
