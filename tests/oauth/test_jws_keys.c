/* Which key a signature is checked with, and what is made of keys and signatures that are odd. */
#include "unit.h"
#include "openssl-loader.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/encode.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "oauth/crypto.h"
#include "oauth/jose.h"

/* RFC 7520 §4.1 to §4.4: one kid for a key of each type, a payload that is no JSON. */
static const char rfc7520_rs[] =
	"eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGE"
	"gZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB"
	"0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmc"
	"gd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5ME"
	"aHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4"
	"JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFx"
	"nt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZ"
	"Dnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg";
static const char rfc7520_ps[] =
	"eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGE"
	"gZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB"
	"0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmc"
	"gd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0k"
	"kOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbX"
	"UvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT"
	"3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKP"
	"bByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw";
static const char rfc7520_es[] =
	"eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGE"
	"gZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB"
	"0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmc"
	"gd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZG"
	"YNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-k"
	"vAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2";
static const char rfc7520_hs[] =
	"eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.SXT"
	"igJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXA"
	"gb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGt"
	"ub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPP"
	"qMDA7g1Md7p0";
static const char rfc7520_keys[] =
	"{\"keys\":[{\"kty\":\"EC\",\"kid\":\"bilbo.baggins@hobbiton.example\",\"use\":\"sig\",\"crv\":\"P-521"
	"\",\"x\":\"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyR"
	"XYgCF5cj0Kt\",\"y\":\"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPr"
	"wQrJmbnX9cwlGfP-HqHZR1\"},{\"kty\":\"RSA\",\"kid\":\"bilbo.baggins@hobbiton.example\",\"use\":\""
	"sig\",\"n\":\"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvN"
	"d7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBo"
	"rdaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOH"
	"rtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5ia"
	"iQkqgc5gHdrNP5zw\",\"e\":\"AQAB\"}]}";
static const char rfc7520_secret[] = "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg";

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
	struct err e = ERR_INIT;

	if (json_parse(&j, span_of(text), &e) != RES_OK)
		fail_msg("%s: %s", text, e.text);
	return j;
}

static enum sig_state
with_set(const char *token, const struct json *set, char why[200])
{
	return jws_verify(span_of(token), &(struct jws_keys){.jwks = set}, why, 200);
}

static void
expect_set(const char *token, const struct json *set, enum sig_state want, const char *part)
{
	char why[200] = "";
	enum sig_state s = with_set(token, set, why);

	if (s != want || (part && !strstr(why, part)))
		fail_msg("%s (%s), not %s (…%s…)", sig_state_id(s), why, sig_state_id(want), part ? part : "");
}

/* --- making ------------------------------------------------------------------------------- */

static struct crypto_key *
key_of(EVP_PKEY *pkey)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct crypto_key *key = NULL;
	char *p;
	long n;

	assert_non_null(pkey);
	assert_int_equal(PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), 1);
	n = BIO_get_mem_data(bio, &p);
	assert_int_equal(crypto()->key_from_pem(&key, span_make(p, (size_t)n), NULL), RES_OK);
	BIO_free(bio);
	return key;
}

/* … of a key that nobody else needs. */
static struct crypto_key *
key_take(EVP_PKEY *pkey)
{
	struct crypto_key *key = key_of(pkey);

	EVP_PKEY_free(pkey);
	return key;
}

static char *
made(const struct crypto_key *key, const char *alg, const char *header, const char *payload)
{
	struct json *h = parse(header), *p = parse(payload);
	struct err e = ERR_INIT;
	struct buf b;
	char *token;

	buf_init_wiping(&b, 1 << 16);
	if (jws_sign(&b, key, alg, h, p, &e) != RES_OK)
		fail_msg("%s: %s", alg, e.text);
	token = span_dup(buf_span(&b));
	buf_release(&b);
	json_free(h);
	json_free(p);
	return token;
}

/* The key's public half with these members more, in a set with what follows. */
static struct json *
set_of(const struct crypto_key *key, const char *members)
{
	struct json *jwk = crypto()->key_public_jwk(key), *more = parse(members);
	struct json *set = json_new_object(), *keys = json_new_array();
	char name[32];

	assert_non_null(jwk);
	for (const struct json *m = json_first(more); m; m = json_next(m)) {
		(void)snprintf(name, sizeof(name), "%.*s", SPAN_ARG(json_name(m)));
		json_set_dup(jwk, name, m);
	}
	json_append_take(keys, jwk);
	json_set_take(set, "keys", keys);
	json_free(more);
	return set;
}

/* The same key, by its certificate alone. */
static struct json *
set_of_certificate(EVP_PKEY *pkey, const char *kty)
{
	struct json *set = json_new_object(), *keys = json_new_array(), *jwk = json_new_object();
	struct json *chain = json_new_array();
	unsigned char *der = NULL;
	X509 *x = X509_new();
	struct buf b;
	int n;

	assert_int_equal(X509_set_pubkey(x, pkey), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), 0));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), 3600));
	assert_true(X509_sign(x, pkey, EVP_sha256()) > 0);
	n = i2d_X509(x, &der);
	assert_true(n > 0);
	buf_init(&b, 8192);
	assert_int_equal(base64_encode(&b, span_make(der, (size_t)n)), RES_OK);
	json_append_span(chain, buf_span(&b));
	if (kty)
		json_set_str(jwk, "kty", kty);
	json_set_str(jwk, "kid", "k");
	json_set_take(jwk, "x5c", chain);
	json_append_take(keys, jwk);
	json_set_take(set, "keys", keys);
	buf_release(&b);
	OPENSSL_free(der);
	X509_free(x);
	return set;
}

/* header.payload, and behind it what OpenSSL itself makes of it: DER where it is ECDSA. */
static char *
made_by_openssl(EVP_PKEY *pkey, const char *header, size_t cut)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char sig[512];
	size_t n = sizeof(sig);
	struct buf b;
	char *token;

	buf_init(&b, 8192);
	assert_int_equal(base64url_encode(&b, span_of(header)), RES_OK);
	buf_puts(&b, ".e30");
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, pkey), 1);
	assert_int_equal(EVP_DigestSign(ctx, sig, &n, (const unsigned char *)b.p, b.len), 1);
	EVP_MD_CTX_free(ctx);
	buf_putc(&b, '.');
	assert_int_equal(base64url_encode(&b, span_make(sig, n - cut)), RES_OK);
	token = span_dup(buf_span(&b));
	buf_release(&b);
	return token;
}

static char *
made_by_hmac(const char *header, struct span key, size_t cut)
{
	unsigned char mac[64];
	size_t n = sizeof(mac);
	struct buf b;
	char *token;

	buf_init(&b, 8192);
	assert_int_equal(base64url_encode(&b, span_of(header)), RES_OK);
	buf_puts(&b, ".e30");
	assert_true(crypto()->hmac(256, key, buf_span(&b), mac, &n));
	buf_putc(&b, '.');
	assert_int_equal(base64url_encode(&b, span_make(mac, n - cut)), RES_OK);
	token = span_dup(buf_span(&b));
	buf_release(&b);
	return token;
}

/* --- tests -------------------------------------------------------------------------------- */

static void
test_rfc7520(void **state)
{
	const char *const tokens[] = {rfc7520_rs, rfc7520_ps, rfc7520_es};
	struct json *set = parse(rfc7520_keys);
	struct secret *secret;
	struct buf key;
	char why[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		char *bad = strdup(tokens[i]);

		expect_set(tokens[i], set, SIG_VALID, "bilbo");
		strrchr(bad, '.')[2] ^= 1;
		expect_set(bad, set, SIG_BAD, NULL);
		free(bad);
	}
	buf_init(&key, 100);
	assert_int_equal(base64url_decode(&key, span_of(rfc7520_secret), NULL), RES_OK);
	secret = secret_new(buf_span(&key));
	assert_int_equal(jws_verify(span_of(rfc7520_hs), &(struct jws_keys){NULL, secret, true}, why, 200),
		SIG_VALID);
	/* the set's RSA key is no secret of an HMAC (RFC 8725 §2.1) */
	expect_set(rfc7520_hs, set, SIG_NO_KEY, "client secret");
	secret_unref(secret);
	buf_release(&key);
	json_free(set);
}

/* Two keys of one kid, of another type or curve or use: only the one that fits is tried. */
static void
test_the_key_that_fits(void **state)
{
	static const struct {
		const char *members;
		enum sig_state want;
		const char *why;
	} t[] = {
		{"{\"kid\":\"k\"}", SIG_VALID, "the key k"},
		{"{}", SIG_VALID, "a key without kid"},
		{"{\"kid\":\"k\",\"alg\":\"ES256\",\"use\":\"sig\",\"key_ops\":[\"verify\"]}", SIG_VALID, NULL},
		{"{\"kid\":\"k\",\"key_ops\":[]}", SIG_VALID, NULL},
		{"{\"kid\":\"k\",\"key_ops\":[\"encrypt\",\"wrapKey\"]}", SIG_NO_KEY, "key_ops"},
		{"{\"kid\":\"k\",\"use\":\"enc\"}", SIG_NO_KEY, "is for encryption"},
		{"{\"kid\":\"k\",\"alg\":\"ES384\"}", SIG_NO_KEY, "is for ES384, the token says ES256"},
		{"{\"kid\":\"k\",\"crv\":\"P-384\"}", SIG_NO_KEY, "is on the curve P-384"},
		{"{\"kid\":\"k\",\"kty\":\"RSA\"}", SIG_NO_KEY, "is of type RSA"},
		{"{\"kid\":\"j\"}", SIG_NO_KEY, "no key k"},
		{"{\"kid\":\"k\",\"x\":\"AQ\"}", SIG_NOT_CHECKED, "cannot be used"},
		{"{\"kid\":7}", SIG_VALID, "a key without kid"},
	};
	struct crypto_key *key = key_take(EVP_EC_gen("P-256"));
	char *token = made(key, "ES256", "{\"kid\":\"k\"}", "{}");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct json *set = set_of(key, t[i].members);

		expect_set(token, set, t[i].want, t[i].why);
		json_free(set);
	}
	free(token);
	crypto()->key_free(key);
}

/* Without a kid every key that fits is tried; with the thumbprint of a certificate, that one. */
static void
test_no_kid(void **state)
{
	struct crypto_key *key = key_take(EVP_EC_gen("P-256")), *other = key_take(EVP_EC_gen("P-256"));
	char *plain = made(key, "ES256", "{}", "{}"), *x5t = made(key, "ES256", "{\"x5t\":\"t\"}", "{}");
	struct json *set = set_of(other, "{\"kid\":\"a\",\"x5t\":\"t\"}"), *one = set_of(key, "{\"kid\":\"b\"}");
	struct json *keys = (struct json *)(uintptr_t)json_get(set, "keys");

	(void)state;
	expect_set(plain, one, SIG_VALID, "the key b");
	expect_set(plain, set, SIG_BAD, "the key a");
	expect_set(x5t, one, SIG_VALID, "the key b"); /* no key says its thumbprint */
	expect_set(x5t, set, SIG_BAD, "the key a");
	json_append_take(keys, json_dup(json_first(json_get(one, "keys"))));
	expect_set(plain, set, SIG_VALID, "the key b");
	expect_set(x5t, set, SIG_BAD, "the key a");
	json_free(one);
	one = set_of(other, "{\"kid\":\"c\"}");
	json_append_take((struct json *)(uintptr_t)json_get(one, "keys"),
		json_dup(json_first(json_get(one, "keys"))));
	expect_set(plain, one, SIG_BAD, "none of the 2 keys that fit");
	expect_set(x5t, one, SIG_NO_KEY, "x5t");
	json_free(one);
	one = set_of(key, "{\"kid\":\"d\",\"x5t#S256\":\"u\"}");
	free(x5t);
	x5t = made(key, "ES256", "{\"kid\":\"gone\",\"x5t#S256\":\"u\"}", "{}");
	expect_set(x5t, one, SIG_VALID, "the key d"); /* found by its second name */
	json_free(one);
	json_free(set);
	free(plain);
	free(x5t);
	crypto()->key_free(key);
	crypto()->key_free(other);
}

static void
test_certificate_keys(void **state)
{
	EVP_PKEY *rsa = EVP_RSA_gen(2048), *ec = EVP_EC_gen("P-256"), *ec384 = EVP_EC_gen("P-384");
	struct crypto_key *rsa_key = key_of(rsa), *ec_key = key_of(ec);
	char *rs = made(rsa_key, "RS256", "{\"kid\":\"k\"}", "{}"), *ps = made(rsa_key, "PS512", "{\"kid\":\"k\"}", "{}");
	char *es = made(ec_key, "ES256", "{\"kid\":\"k\"}", "{}");
	struct json *rsa_set = set_of_certificate(rsa, "RSA"), *ec_set = set_of_certificate(ec, NULL);
	struct json *other = set_of_certificate(ec384, "EC"), *junk;

	(void)state;
	expect_set(rs, rsa_set, SIG_VALID, NULL);
	expect_set(ps, rsa_set, SIG_VALID, NULL);
	expect_set(es, ec_set, SIG_VALID, NULL);
	expect_set(es, rsa_set, SIG_NO_KEY, "is of type RSA");
	expect_set(es, other, SIG_NOT_CHECKED, NULL); /* the curve is in the certificate alone */
	expect_set(rs, ec_set, SIG_NOT_CHECKED, NULL);
	junk = parse("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"x5c\":[\"AAAA\"]}]}");
	expect_set(rs, junk, SIG_NOT_CHECKED, "cannot be used");
	json_free(junk);
	/* an address of a certificate is not one: nothing is fetched */
	junk = parse("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"x5u\":\"https://idp.example/cert\"}]}");
	expect_set(rs, junk, SIG_NOT_CHECKED, "cannot be used");
	json_free(junk);
	json_free(rsa_set);
	json_free(ec_set);
	json_free(other);
	free(rs);
	free(ps);
	free(es);
	crypto()->key_free(rsa_key);
	crypto()->key_free(ec_key);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(ec384);
}

/* Right, but written as DER; and signatures of a length that the key does not make. */
static void
test_form_of_the_signature(void **state)
{
	EVP_PKEY *ec = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(2048);
	struct crypto_key *ec_key = key_of(ec), *rsa_key = key_of(rsa), *other = key_take(EVP_EC_gen("P-256"));
	struct json *ec_set = set_of(ec_key, "{}"), *rsa_set = set_of(rsa_key, "{}"), *wrong = set_of(other, "{}");
	char *der = made_by_openssl(ec, "{\"alg\":\"ES256\"}", 0);
	char *cut = made_by_openssl(rsa, "{\"alg\":\"RS256\"}", 16);
	struct token_info t;

	(void)state;
	expect_set(der, ec_set, SIG_BAD, "DER");
	expect_set(der, wrong, SIG_BAD, "bytes, where ES256 has 64");
	expect_set(cut, rsa_set, SIG_BAD, "a signature of 240 bytes, where RS256 has 256");
	token_info_init(&t);
	token_info_read(&t, span_of(der));
	assert_false(t.odd & ODD_TRUNCATED); /* odd, but whole */
	token_info_release(&t);
	token_info_read(&t, span_of(cut));
	assert_true(t.odd & ODD_TRUNCATED);
	token_info_release(&t);
	json_free(ec_set);
	json_free(rsa_set);
	json_free(wrong);
	free(der);
	free(cut);
	crypto()->key_free(ec_key);
	crypto()->key_free(rsa_key);
	crypto()->key_free(other);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(rsa);
}

static void
test_small_key(void **state)
{
	struct crypto_key *key = key_take(EVP_RSA_gen(1024));
	struct json *set = set_of(key, "{\"kid\":\"k\"}");
	char *token = made(key, "RS256", "{\"kid\":\"k\"}", "{}");

	(void)state;
	expect_set(token, set, SIG_VALID, "1024 bits where RFC 7518 §3.3 wants 2048");
	json_free(set);
	free(token);
	crypto()->key_free(key);
}

/* A forger signs with a key of his own and puts that, or its address, into the header. */
static void
test_header_keys_count_for_nothing(void **state)
{
	static const char *const headers[] = {
		"{\"kid\":\"k\",\"jku\":\"https://forger.example/keys\"}",
		"{\"kid\":\"k\",\"x5u\":\"https://forger.example/cert\"}",
	};
	struct crypto_key *forger = key_take(EVP_EC_gen("P-256")), *real = key_take(EVP_EC_gen("P-256"));
	struct json *set = set_of(real, "{\"kid\":\"k\"}"), *unnamed = set_of(real, "{}");
	struct json *header = json_new_object();
	char *token, text[600];
	struct buf b;

	(void)state;
	json_set_str(header, "kid", "k");
	json_set_take(header, "jwk", crypto()->key_public_jwk(forger));
	buf_init(&b, sizeof(text));
	assert_int_equal(json_print(header, &b, false), RES_OK);
	token = made(forger, "ES256", buf_str(&b), "{}");
	expect_set(token, set, SIG_BAD, "its own header (jwk) counts for nothing");
	expect_set(token, NULL, SIG_NOT_CHECKED, "no key set");
	/* a nameless key of the set may be another one: that proves nothing, and the header's still does not count */
	expect_set(token, unnamed, SIG_NO_KEY, "jwk");
	free(token);
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		token = made(forger, "ES256", headers[i], "{}");
		expect_set(token, set, SIG_BAD, "counts for nothing");
		free(token);
	}
	json_free(header);
	json_free(set);
	json_free(unnamed);
	buf_release(&b);
	crypto()->key_free(forger);
	crypto()->key_free(real);
}

static void
test_critical(void **state)
{
	static const char *const headers[] = {"{\"crit\":[\"b64\"],\"b64\":true}", "{\"crit\":[\"x\"]}",
		"{\"crit\":[]}", "{\"crit\":\"x\"}", "{\"crit\":[7]}", "{\"crit\":null}"};
	struct crypto_key *key = key_take(EVP_EC_gen("P-256"));
	struct json *set = set_of(key, "{}");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		char *token = made(key, "ES256", headers[i], "{}");

		expect_set(token, set, SIG_CRITICAL, "crit");
		free(token);
	}
	json_free(set);
	crypto()->key_free(key);
}

static void
test_secrets(void **state)
{
	static const char header[] = "{\"alg\":\"HS256\"}";
	struct span text = SPAN_LIT("c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA=="); /* 34 bytes in base64 */
	struct secret *secret = secret_new(text), *other = secret_new(SPAN_LIT("short"));
	struct jws_keys loose = {NULL, secret, false}, strict = {NULL, secret, true}, small = {NULL, other, true};
	char *plain = made_by_hmac(header, text, 0), *cut = made_by_hmac(header, text, 8), why[200];
	char *decoded = made_by_hmac(header, SPAN_LIT("secret-secret-secret-secret-secret"), 0);
	char *weak = made_by_hmac(header, SPAN_LIT("short"), 0);

	(void)state;
	assert_int_equal(jws_verify(span_of(plain), &loose, why, 200), SIG_VALID);
	assert_null(strstr(why, "RFC 7518"));
	assert_int_equal(jws_verify(span_of(decoded), &strict, why, 200), SIG_VALID);
	assert_non_null(strstr(why, "decoded from base64"));
	assert_int_equal(jws_verify(span_of(weak), &small, why, 200), SIG_VALID);
	assert_non_null(strstr(why, "5 bytes where RFC 7518 §3.2 wants 32"));
	/* an access token may be the server's own secret's: only for the others is that bad */
	assert_int_equal(jws_verify(span_of(weak), &loose, why, 200), SIG_NO_KEY);
	assert_int_equal(jws_verify(span_of(weak), &strict, why, 200), SIG_BAD);
	assert_int_equal(jws_verify(span_of(cut), &strict, why, 200), SIG_BAD);
	assert_non_null(strstr(why, "24 bytes, where HS256 has 32"));
	secret_unref(secret);
	secret_unref(other);
	free(plain);
	free(cut);
	free(decoded);
	free(weak);
}

static void
test_meant_for_others(void **state)
{
	static const char okta[] = "{\"iss\":\"https://acme.okta.example\",\"aud\":\"https://acme.okta.example\","
				   "\"cid\":\"0oa1\",\"uid\":\"00u1\",\"scp\":[\"openid\"]}";
	static const char own[] = "{\"iss\":\"https://acme.okta.example/oauth2/default\",\"aud\":\"api://default\","
				  "\"cid\":\"0oa1\",\"uid\":\"00u1\",\"scp\":[\"openid\"]}";
	struct crypto_key *key = key_take(EVP_EC_gen("P-256")), *other = key_take(EVP_EC_gen("P-256"));
	struct json *set = set_of(other, "{\"kid\":\"k\"}"), *right = set_of(key, "{\"kid\":\"k\"}");
	char *nonce = made(key, "ES256", "{\"kid\":\"k\",\"nonce\":\"n\"}", "{}");
	char *org = made(key, "ES256", "{\"kid\":\"j\"}", okta), *custom = made(key, "ES256", "{\"kid\":\"j\"}", own);

	(void)state;
	expect_set(nonce, set, SIG_NOT_FOR_US, "nonce");
	expect_set(nonce, right, SIG_VALID, NULL); /* nothing to excuse */
	expect_set(nonce, NULL, SIG_NOT_CHECKED, NULL);
	expect_set(org, set, SIG_NOT_FOR_US, "its issuer alone");
	expect_set(custom, set, SIG_NO_KEY, "no key j");
	json_free(set);
	json_free(right);
	free(nonce);
	free(org);
	free(custom);
	crypto()->key_free(key);
	crypto()->key_free(other);
}

static void
test_odd_algorithms(void **state)
{
	static const struct {
		const char *header;
		enum sig_state want;
	} t[] = {
		{"{\"alg\":\"NONE\"}", SIG_ALG_NONE},
		{"{\"alg\":\"nOnE\"}", SIG_ALG_NONE},
		{"{\"typ\":\"JWT\"}", SIG_NOT_CHECKED},
		{"{\"alg\":7}", SIG_NOT_CHECKED},
		{"{\"alg\":\"ES256X\"}", SIG_UNSUPPORTED_ALG},
		{"{\"alg\":\"RS1\"}", SIG_UNSUPPORTED_ALG},
		{"{\"alg\":\"HS257\"}", SIG_UNSUPPORTED_ALG},
		{"{\"alg\":\"ML-DSA-65\"}", SIG_UNSUPPORTED_ALG},
		{"{\"alg\":\"rs256\"}", SIG_UNSUPPORTED_ALG},
	};
	struct json *set = parse(rfc7520_keys);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		char *token = made_by_hmac(t[i].header, SPAN_LIT("x"), 0);

		expect_set(token, set, t[i].want, NULL);
		free(token);
	}
	json_free(set);
}

/* The reason is cut between characters, whatever the room and the names in it. */
static void
test_reason_is_text(void **state)
{
	static const char key_id[] = "{\"kid\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}";
	struct crypto_key *key = key_take(EVP_RSA_gen(1024));
	struct json *set = set_of(key, key_id);
	char *token = made(key, "RS256", key_id, "{}"), why[200];

	(void)state;
	for (size_t size = 1; size < sizeof(why); size++) {
		assert_int_equal(jws_verify(span_of(token), &(struct jws_keys){.jwks = set}, why, size), SIG_VALID);
		assert_true(strlen(why) < size && utf8_valid(span_of(why)));
	}
	assert_int_equal(jws_verify(span_of(token), &(struct jws_keys){.jwks = set}, NULL, 0), SIG_VALID);
	json_free(set);
	free(token);
	crypto()->key_free(key);
}

/* One name for each curve, or one for both (RFC 9864). */
static void
test_edwards(void **state)
{
	struct crypto_key *a = key_take(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	struct json *plain = set_of(a, "{\"alg\":\"EdDSA\"}"), *x = set_of(a, "{\"crv\":\"X25519\"}");
	char *token = made(a, "EdDSA", "{}", "{}"), *copy;
	struct buf b;

	(void)state;
	expect_set(token, plain, SIG_VALID, NULL);
	expect_set(token, x, SIG_NO_KEY, NULL); /* of that set none can sign */
	/* the header must say the curve's own name for this: the signature is another one then */
	buf_init(&b, 200);
	assert_int_equal(base64url_encode(&b, SPAN_LIT("{\"alg\":\"Ed448\"}")), RES_OK);
	buf_puts(&b, strchr(token, '.'));
	copy = span_dup(buf_span(&b));
	expect_set(copy, plain, SIG_NO_KEY, "no key for Ed448");
	free(copy);
	buf_release(&b);
	json_free(plain);
	json_free(x);
	free(token);
	crypto()->key_free(a);
}

/* What is left in the library's queue would be taken for the next call's error. */
static void
test_certificate_that_cannot_be(void **state)
{
	const struct cert_wish w = {"idp.example", "no such kind of name", 1700000000, 1800000000};
	struct buf cert, key;
	struct err e = ERR_INIT;

	(void)state;
	buf_init(&cert, LIMIT_BODY);
	buf_init_wiping(&key, LIMIT_BODY);
	ERR_clear_error();
	assert_int_equal(crypto()->self_signed(&w, &cert, &key, &e), RES_UNSUPPORTED);
	assert_int_equal(ERR_peek_error(), 0);
	assert_int_equal(cert.len + key.len, 0);
	buf_release(&cert);
	buf_release(&key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc7520),
		cmocka_unit_test(test_the_key_that_fits),
		cmocka_unit_test(test_no_kid),
		cmocka_unit_test(test_certificate_keys),
		cmocka_unit_test(test_form_of_the_signature),
		cmocka_unit_test(test_small_key),
		cmocka_unit_test(test_header_keys_count_for_nothing),
		cmocka_unit_test(test_critical),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_meant_for_others),
		cmocka_unit_test(test_odd_algorithms),
		cmocka_unit_test(test_edwards),
		cmocka_unit_test(test_reason_is_text),
		cmocka_unit_test(test_certificate_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
