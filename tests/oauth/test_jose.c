#include "unit.h"
#include "openssl-loader.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/encode.h"
#include "oauth/crypto.h"
#include "oauth/jose.h"

static int
set_up(void **state)
{
	(void)state;
	crypto_set_loader(load_openssl);
	return 0;
}

static struct json *
parse(const char *text)
{
	struct json *j = NULL;

	assert_int_equal(json_parse(&j, span_of(text), NULL), RES_OK);
	return j;
}

/* RFC 7515 appendix A; RFC 8037 appendix A */
#define A_PAYLOAD                                                                                  \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"                         \
	"cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
static const char a1_token[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." A_PAYLOAD
			       ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
static const char a1_key[] =
	"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcg"
	"UuTwjAzZr1Z9CAow";
static const char a2_token[] = "eyJhbGciOiJSUzI1NiJ9." A_PAYLOAD
			       ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__"
			       "dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5j"
			       "ujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
			       "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L0"
			       "7Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
			       "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUip"
			       "UTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
static const char a2_jwks[] =
	"{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4"
	"p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-"
	"pCgNMsD1W_Y"
	"pRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
	"UTo7WTBEMa"
	"2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_"
	"h9iaGNj8q2eth"
	"FkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}]}";
static const char a3_token[] =
	"eyJhbGciOiJFUzI1NiJ9." A_PAYLOAD
	".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
static const char a3_jwks[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
			      "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
			      "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";
static const char a4_token[] =
	"eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA."
	"AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7Xdt"
	"AG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
static const char a4_jwks[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-521\","
			      "\"x\":\"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_"
			      "NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk\","
			      "\"y\":\"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-"
			      "x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2\"}]}";
static const char ed_token[] =
	"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
	"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
#define ED_JWK                                                                                     \
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_"                              \
	"7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
static const char ed_jwks[] = "{\"keys\":[" ED_JWK "]}";

static enum sig_state
check(struct span token, const struct json *jwks, const struct secret *secret, char *why, size_t size)
{
	const struct jws_keys keys = {jwks, secret, true};

	return jws_verify(token, &keys, why, size);
}

static enum sig_state
verify(const char *token, const char *jwks, const struct secret *key, char why[200])
{
	struct json *set = jwks ? parse(jwks) : NULL;
	enum sig_state s = check(span_of(token), set, key, why, 200);

	json_free(set);
	return s;
}

/* The token with one bit of its signature or payload changed. */
static char *
spoilt(const char *token, bool payload)
{
	char *t = strdup(token), *at = payload ? strchr(t, '.') + 3 : strrchr(t, '.') + 3;

	*at = *at == 'A' ? 'B' : 'A';
	return t;
}

static void
test_rfc_vectors(void **state)
{
	static const struct {
		const char *token, *jwks;
	} v[] = {
		{a2_token, a2_jwks}, {a3_token, a3_jwks}, {a4_token, a4_jwks}, {ed_token, ed_jwks}};
	char why[200];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(v); i++) {
		char *bad = spoilt(v[i].token, false), *forged = spoilt(v[i].token, true);

		if (verify(v[i].token, v[i].jwks, NULL, why) != SIG_VALID)
			fail_msg("vector %zu: %s", i, why);
		assert_int_equal(verify(bad, v[i].jwks, NULL, why), SIG_BAD);
		assert_int_equal(verify(forged, v[i].jwks, NULL, why), SIG_BAD);
		free(bad);
		free(forged);
	}
}

static void
test_hmac(void **state)
{
	char why[200], *bad = spoilt(a1_token, false);
	struct secret *key, *other = secret_new(SPAN_LIT("another secret"));
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(base64url_decode(&b, span_of(a1_key), NULL), RES_OK);
	key = secret_new(buf_span(&b));
	assert_int_equal(verify(a1_token, NULL, key, why), SIG_VALID);
	assert_int_equal(verify(bad, NULL, key, why), SIG_BAD);
	assert_int_equal(verify(a1_token, NULL, other, why), SIG_BAD);
	assert_int_equal(verify(a1_token, a2_jwks, NULL, why), SIG_NO_KEY);
	/* never a public key as the secret of an HMAC (RFC 8725 §2.1) */
	assert_int_equal(verify(a1_token, a3_jwks, NULL, why), SIG_NO_KEY);
	secret_unref(key);
	secret_unref(other);
	buf_release(&b);
	free(bad);
}

static void
test_not_bad_without_a_key(void **state)
{
	char why[200];

	(void)state;
	assert_int_equal(verify(a2_token, a3_jwks, NULL, why), SIG_NO_KEY);
	assert_int_equal(verify(a2_token, "{\"keys\":[]}", NULL, why), SIG_NO_KEY);
	assert_int_equal(verify(a2_token, NULL, NULL, why), SIG_NOT_CHECKED);
	assert_int_equal(verify(a2_token, "{\"keys\":7}", NULL, why), SIG_NO_KEY);
	assert_int_equal(
		verify(a3_token, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\"}]}",
			NULL, why),
		SIG_NOT_CHECKED);
	assert_int_equal(verify(a3_token,
				 "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\","
				 "\"y\":\"AQ\"}]}",
				 NULL, why),
		SIG_NOT_CHECKED); /* no point of the curve */
	assert_true(why[0] != '\0');
	assert_int_equal(verify("eyJhbGciOiJub25lIn0.e30.", a2_jwks, NULL, why), SIG_ALG_NONE);
	assert_int_equal(verify("eyJhbGciOiJub25lIn0.e30.AAAA", a2_jwks, NULL, why), SIG_ALG_NONE);
	assert_int_equal(
		verify("eyJhbGciOiJYWDI1NiJ9.e30.AAAA", a2_jwks, NULL, why), SIG_UNSUPPORTED_ALG);
	assert_int_equal(
		verify("eyJhbGciOiJkaXIifQ..aXY.Y3Q.dGFn", a2_jwks, NULL, why), SIG_ENCRYPTED);
	assert_int_equal(verify("opaque", a2_jwks, NULL, why), SIG_NOT_CHECKED);
	assert_int_equal(verify("eyJhbGciOiJSUzI1NiJ9.e30.", a2_jwks, NULL, why), SIG_NOT_CHECKED);
	assert_int_equal(check(span_of(a2_token), NULL, NULL, NULL, 0), SIG_NOT_CHECKED);
}

static void
test_without_crypto(void **state)
{
	char why[200];
	struct json *jwk = parse(ED_JWK);
	struct err e = ERR_INIT;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	crypto_set_loader(NULL);
	assert_null(crypto());
	assert_int_equal(verify(a2_token, a2_jwks, NULL, why), SIG_NOT_CHECKED);
	assert_int_equal(jwk_thumbprint(&b, jwk, &e), RES_UNSUPPORTED);
	crypto_set_loader(load_openssl);
	assert_ptr_equal(crypto(), &crypto_openssl);
	assert_true(crypto()->version()[0] != '\0');
	json_free(jwk);
	buf_release(&b);
}

static void
test_thumbprint(void **state)
{
	/* RFC 7638 §3.1, RFC 8037 A.3 */
	static const struct {
		const char *jwk, *print;
	} t[] = {{"{\"kty\":\"RSA\",\"n\":"
		  "\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7a"
		  "PFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_"
		  "RN5w6Cf0h4QyQ5v"
		  "-65YGjQR0_"
		  "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt"
		  "-bFT"
		  "WhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
		  "kEgU8awapJzKnqDKgw\","
		  "\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}",
			 "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
		{ED_JWK, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"}};
	static const char *const bad[] = {
		"{}", "{\"kty\":\"XX\"}", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\"}"};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		struct json *j = parse(t[i].jwk);

		buf_clear(&b);
		assert_int_equal(jwk_thumbprint(&b, j, NULL), RES_OK);
		assert_string_equal(buf_str(&b), t[i].print);
		json_free(j);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct json *j = parse(bad[i]);

		assert_int_not_equal(jwk_thumbprint(&b, j, NULL), RES_OK);
		json_free(j);
	}
	buf_release(&b);
}

/* PEM text of a private key, as a user has it in a file. */
static struct buf
pem_of(EVP_PKEY *pkey)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct buf b;
	char *p;
	long n;

	assert_non_null(pkey);
	assert_int_equal(PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), 1);
	n = BIO_get_mem_data(bio, &p);
	buf_init_wiping(&b, 1 << 16);
	buf_add(&b, p, (size_t)n);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return b;
}

/* Signs with the key, verifies with its public JWK, then spoils it. */
static void
round_trip(const struct crypto_key *key, const char *alg)
{
	struct json *jwk = crypto()->key_public_jwk(key), *jwks = json_new_object(),
		    *keys = json_new_array();
	struct json *extra = parse("{\"typ\":\"dpop+jwt\",\"kid\":\"k\"}"),
		    *payload = parse("{\"htm\":\"GET\"}");
	struct err e = ERR_INIT;
	struct buf token;
	char why[200], *bad;

	assert_non_null(jwk);
	json_set_str(jwk, "kid", "k");
	json_append_take(keys, jwk);
	json_set_take(jwks, "keys", keys);
	buf_init_wiping(&token, 1 << 16);
	if (jws_sign(&token, key, alg, extra, payload, &e) != RES_OK)
		fail_msg("%s: %s", alg, e.text);
	if (check(buf_span(&token), jwks, NULL, why, sizeof(why)) != SIG_VALID)
		fail_msg("%s: %s", alg, why);
	assert_true(strstr(why, "key k") != NULL);
	bad = spoilt(buf_str(&token), false);
	assert_int_equal(check(span_of(bad), jwks, NULL, why, sizeof(why)), SIG_BAD);
	free(bad);
	buf_release(&token);
	json_free(jwks);
	json_free(extra);
	json_free(payload);
}

static void
round_trip_pem(EVP_PKEY *pkey, const char *const *algs)
{
	struct buf pem = pem_of(pkey);
	struct crypto_key *key = NULL;
	struct err e = ERR_INIT;
	struct buf sig;

	if (crypto()->key_from_pem(&key, buf_span(&pem), &e) != RES_OK)
		fail_msg("%s", e.text);
	buf_init_wiping(&sig, 4096);
	assert_int_equal(crypto()->sign(key, "HS256", SPAN_LIT("x"), &sig, &e), RES_UNSUPPORTED);
	for (; *algs; algs++)
		round_trip(key, *algs);
	crypto()->key_free(key);
	buf_release(&pem);
	buf_release(&sig);
}

static void
test_own_keys(void **state)
{
	static const char *const rsa[] = {
		"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", NULL};
	static const char *const es256[] = {"ES256", NULL}, *const es384[] = {"ES384", NULL};
	static const char *const es512[] = {"ES512", NULL}, *const ed[] = {"EdDSA", NULL};
	static const char *const es256k[] = {"ES256K", NULL};
	struct crypto_key *key = NULL;
	struct err e = ERR_INIT;
	struct buf sig;

	(void)state;
	round_trip_pem(EVP_RSA_gen(2048), rsa);
	round_trip_pem(EVP_EC_gen("P-256"), es256);
	round_trip_pem(EVP_EC_gen("P-384"), es384);
	round_trip_pem(EVP_EC_gen("P-521"), es512);
	round_trip_pem(EVP_EC_gen("secp256k1"), es256k);
	round_trip_pem(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), ed);
	round_trip_pem(EVP_PKEY_Q_keygen(NULL, NULL, "ED448"), ed);
	assert_int_equal(crypto()->key_new(&key, &e), RES_OK);
	round_trip(key, "ES256");
	buf_init_wiping(&sig, 1000);
	assert_int_equal(crypto()->sign(key, "ES256", SPAN_LIT("text"), &sig, &e), RES_OK);
	assert_int_equal(sig.len, 64); /* r||s, not DER */
	assert_int_equal(crypto()->sign(key, "ES384", SPAN_LIT("text"), &sig, &e), RES_UNSUPPORTED);
	assert_int_equal(crypto()->sign(key, "RS256", SPAN_LIT("text"), &sig, &e), RES_UNSUPPORTED);
	crypto()->key_free(key);
	crypto()->key_free(NULL);
	assert_int_equal(crypto()->key_from_pem(&key, SPAN_LIT("no key"), &e), RES_SYNTAX);
	assert_null(key);
	assert_int_equal(crypto()->key_from_pem(&key, SPAN_EMPTY, &e), RES_SYNTAX);
	buf_release(&sig);
}

/* Keys are chosen by kid, then alg, use and kty. */
static void
test_key_choice(void **state)
{
	struct crypto_key *key = NULL, *other = NULL;
	struct json *mine, *theirs, *extra = parse("{\"kid\":\"two\"}"), *payload = parse("{}");
	struct json *set = json_new_object(), *keys = json_new_array(), *nonce;
	struct buf token, plain;
	char why[200];

	(void)state;
	assert_int_equal(crypto()->key_new(&key, NULL), RES_OK);
	assert_int_equal(crypto()->key_new(&other, NULL), RES_OK);
	buf_init_wiping(&token, 4096);
	buf_init_wiping(&plain, 4096);
	assert_int_equal(jws_sign(&token, key, "ES256", extra, payload, NULL), RES_OK);
	assert_int_equal(jws_sign(&plain, key, "ES256", NULL, payload, NULL), RES_OK);
	mine = crypto()->key_public_jwk(key);
	theirs = crypto()->key_public_jwk(other);
	json_set_str(theirs, "kid", "one");
	json_append_take(keys, theirs);
	json_set_take(set, "keys", keys);
	/* another kid alone: no key, not a bad signature */
	assert_int_equal(check(buf_span(&token), set, NULL, why, sizeof(why)), SIG_NO_KEY);
	assert_non_null(strstr(why, "no key two"));
	assert_null(jwks_key(set, SPAN_LIT("two"), "ES256"));
	/* a key without kid is tried, and its failure proves nothing */
	json_append_take(keys, json_dup(mine));
	assert_int_equal(check(buf_span(&token), set, NULL, why, sizeof(why)), SIG_VALID);
	/* a token without kid: every key that fits */
	assert_int_equal(check(buf_span(&plain), set, NULL, why, sizeof(why)), SIG_VALID);
	/* the kid with the wrong key: bad */
	json_set_str(theirs, "kid", "two");
	assert_ptr_equal(jwks_key(set, SPAN_LIT("two"), "ES256"), theirs);
	assert_int_equal(check(buf_span(&token), set, NULL, why, sizeof(why)), SIG_BAD);
	/* the kid twice, new material beside the old: good */
	json_set_str(mine, "kid", "two");
	json_append_take(keys, mine);
	assert_int_equal(check(buf_span(&token), set, NULL, why, sizeof(why)), SIG_VALID);
	/* the kid for another use or algorithm: not tried, and said */
	json_set_str(theirs, "alg", "ES384");
	json_set_str(mine, "use", "enc");
	assert_int_equal(check(buf_span(&token), set, NULL, why, sizeof(why)), SIG_NO_KEY);
	assert_non_null(strstr(why, "is for"));
	/* a nonce in the header of a signature that fails: only its API can check it */
	json_set_str(theirs, "alg", "ES256");
	json_set_str(extra, "nonce", "n");
	nonce = json_dup(extra);
	buf_clear(&token);
	assert_int_equal(jws_sign(&token, key, "ES256", nonce, payload, NULL), RES_OK);
	assert_int_equal(check(buf_span(&token), set, NULL, why, sizeof(why)), SIG_NOT_FOR_US);
	json_free(nonce);
	json_free(set);
	json_free(extra);
	json_free(payload);
	crypto()->key_free(key);
	crypto()->key_free(other);
	buf_release(&token);
	buf_release(&plain);
}

static void
test_split(void **state)
{
	struct jws_parts p;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(jws_split(&p, span_of(a2_token), &e), RES_OK);
	assert_int_equal(p.n_parts, 3);
	assert_true(span_is(p.payload, A_PAYLOAD));
	assert_true(span_is(p.signed_text, "eyJhbGciOiJSUzI1NiJ9." A_PAYLOAD));
	assert_int_equal(jws_split(&p, SPAN_LIT("eyJhbGciOiJub25lIn0.e30."), &e), RES_OK);
	assert_int_equal(p.n_parts, 3);
	assert_int_equal(p.signature.n, 0);
	assert_int_equal(jws_split(&p, SPAN_LIT("eyJhbGciOiJkaXIifQ..aXY.Y3Q.dGFn"), &e), RES_OK);
	assert_int_equal(p.n_parts, 5);
	assert_int_equal(jws_split(&p, SPAN_LIT("eyJhbGciOiJub25lIn0.e30"), &e), RES_SYNTAX);
	assert_int_equal(jws_split(&p, SPAN_LIT("eyJhbGciOiJub25lIn0.a.b.c"), &e), RES_SYNTAX);
	assert_int_equal(jws_split(&p, SPAN_LIT("a.b.c.d.e.f"), &e), RES_SYNTAX);
	assert_int_equal(jws_split(&p, SPAN_LIT("mF_9.B5f-4.1JqM"), &e), RES_SYNTAX);
	assert_int_equal(jws_split(&p, SPAN_LIT("WzFd.e30."), &e), RES_SYNTAX); /* an array */
	assert_int_equal(jws_split(&p, SPAN_LIT("eyJhbGciOiJub25lIn0=.e30."), &e), RES_SYNTAX);
	assert_int_equal(jws_split(&p, SPAN_EMPTY, &e), RES_SYNTAX);
}

static void
test_digests(void **state)
{
	unsigned char d[64];
	struct buf b;

	(void)state;
	buf_init(&b, 200);
	assert_true(crypto()->sha256("abc", 3, d));
	hex_encode(&b, span_make(d, 32));
	assert_string_equal(
		buf_str(&b), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	buf_clear(&b);
	assert_true(crypto()->sha256(NULL, 0, d));
	hex_encode(&b, span_make(d, 8));
	assert_string_equal(buf_str(&b), "e3b0c44298fc1c14");
	buf_clear(&b);
	assert_true(crypto()->digest(512, "abc", 3, d));
	hex_encode(&b, span_make(d, 16));
	assert_string_equal(buf_str(&b), "ddaf35a193617abacc417349ae204131");
	buf_clear(&b);
	assert_true(crypto()->digest(384, "abc", 3, d));
	hex_encode(&b, span_make(d, 16));
	assert_string_equal(buf_str(&b), "cb00753f45a35e8bb5a03d699ac65007");
	assert_false(crypto()->digest(224, "abc", 3, d));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_vectors),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_not_bad_without_a_key),
		cmocka_unit_test(test_without_crypto),
		cmocka_unit_test(test_thumbprint),
		cmocka_unit_test(test_own_keys),
		cmocka_unit_test(test_key_choice),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_digests),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
