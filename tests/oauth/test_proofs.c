/* Keys of our own, client assertions and DPoP proofs. */
#include "unit.h"
#include "openssl-loader.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/encode.h"
#include "base/limits.h"
#include "oauth/assertion.h"
#include "oauth/dpop.h"
#include "oauth/jose.h"

static int
set_up(void **state)
{
	(void)state;
	crypto_set_loader(load_openssl);
	return 0;
}

/* The published keys of the specifications; nobody's. */
#define RFC7515_N                                                                                  \
	"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt" \
	"0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSX" \
	"ndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5" \
	"IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
#define RFC7515_D                                                                                  \
	"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol" \
	"2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn43" \
	"9X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8" \
	"bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ"
/* RFC 7515 A.2, A.3, A.4; RFC 8037 A.1 */
static const char rsa_jwk[] = "{\"kty\":\"RSA\",\"kid\":\"frodo\",\"e\":\"AQAB\",\"n\":\"" RFC7515_N
			      "\",\"d\":\"" RFC7515_D "\"}";
static const char p256_jwk[] =
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
	"\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}";
static const char p521_jwk[] =
	"{\"kty\":\"EC\",\"crv\":\"P-521\","
	"\"x\":\"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqw"
	"QGk\",\"y\":\"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf6"
	"3e3kyMj2\","
	"\"d\":\"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15"
	"j2C\"}";
static const char ed_jwk[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
			     "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
			     "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

#define A2_TEXT                                                                                    \
	"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGx" \
	"lLmNvbS9pc19yb290Ijp0cnVlfQ"
#define A2_SIG                                                                                     \
	"cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W" \
	"2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS" \
	"jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv" \
	"Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define ED_TEXT "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
#define ED_SIG                                                                                     \
	"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

static struct sign_key *
key_of(const char *text)
{
	struct sign_key *k = NULL;
	struct err e = ERR_INIT;

	if (sign_key_read(&k, span_of(text), &e) != RES_OK)
		fail_msg("%s", e.text);
	return k;
}

static struct json *
parse(const char *text)
{
	struct json *j = NULL;

	assert_int_equal(json_parse(&j, span_of(text), NULL), RES_OK);
	return j;
}

/* Deterministic algorithms give the specification's own signature, to the letter. */
static void
test_rfc_signatures(void **state)
{
	static const struct {
		const char *jwk, *alg, *text, *sig;
	} t[] = {{rsa_jwk, "RS256", A2_TEXT, A2_SIG}, {ed_jwk, "EdDSA", ED_TEXT, ED_SIG},
		{ed_jwk, "Ed25519", ED_TEXT, ED_SIG}};
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct sign_key *k = key_of(t[i].jwk);
		struct buf sig, text;

		buf_init(&sig, 4096);
		buf_init(&text, 4096);
		assert_int_equal(
			crypto()->sign(k->key, t[i].alg, span_of(t[i].text), &sig, &e), RES_OK);
		base64url_encode(&text, buf_span(&sig));
		assert_string_equal(buf_str(&text), t[i].sig);
		buf_release(&sig);
		buf_release(&text);
		sign_key_unref(k);
	}
}

/* RFC 7515 A.1's key and text. */
static void
test_rfc_hmac(void **state)
{
	struct json *payload = parse("{\"iss\":\"joe\"}");
	struct jws_keys keys = {0};
	struct buf secret, jwt;
	struct err e = ERR_INIT;
	struct secret *s;
	char why[200];

	(void)state;
	buf_init(&secret, 100);
	assert_int_equal(
		base64url_decode(&secret,
			SPAN_LIT(
				"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAz"
				"Zr1Z9CAow"),
			&e),
		RES_OK);
	s = secret_new(buf_span(&secret));
	keys.secret = s;
	keys.only_secret = true;
	for (int bits = 256; bits <= 512; bits += 128) {
		char alg[8];

		snprintf(alg, sizeof(alg), "HS%d", bits);
		buf_init(&jwt, LIMIT_TOKEN);
		assert_int_equal(jws_sign_hmac(&jwt, s, alg, NULL, payload, &e), RES_OK);
		/* jws_verify() is held to A.1 in test_jose */
		assert_int_equal(jws_verify(buf_span(&jwt), &keys, why, sizeof(why)), SIG_VALID);
		buf_release(&jwt);
	}
	buf_init(&jwt, LIMIT_TOKEN);
	assert_int_equal(jws_sign_hmac(&jwt, s, "RS256", NULL, payload, &e), RES_UNSUPPORTED);
	assert_int_equal(jws_sign_hmac(&jwt, s, "HS128", NULL, payload, &e), RES_UNSUPPORTED);
	buf_release(&jwt);
	buf_release(&secret);
	secret_unref(s);
	json_free(payload);
}

/* RFC 7638 §3.1, RFC 8037 A.3, RFC 9449 §6.1 */
static void
test_rfc_thumbprints(void **state)
{
	static const struct {
		const char *jwk, *thumbprint;
	} t[] = {
		{"{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAt"
		 "VT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl"
		 "93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL"
		 "5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls"
		 "1jF44-csFCur-kEgU8awapJzKnqDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\","
		 "\"kid\":\"2011-04-29\"}",
			"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
		{ed_jwk, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
		{"{\"kty\":\"EC\",\"x\":\"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs\","
		 "\"y\":\"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA\",\"crv\":\"P-256\"}",
			"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
	};
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct json *jwk = parse(t[i].jwk);
		struct buf b;

		buf_init(&b, 100);
		assert_int_equal(jwk_thumbprint(&b, jwk, &e), RES_OK);
		assert_string_equal(buf_str(&b), t[i].thumbprint);
		buf_release(&b);
		json_free(jwk);
	}
}

/* A set with the public half of a key, as a server would hold it. */
static struct json *
set_of(const struct sign_key *k)
{
	struct json *set = json_new_object(), *list = json_new_array();

	json_append_take(list, json_dup(k->jwk));
	json_set_take(set, "keys", list);
	return set;
}

static void
check_signs(const struct sign_key *k, const char *alg)
{
	struct json *set = set_of(k), *payload = parse("{\"a\":1}");
	const struct jws_keys keys = {.jwks = set};
	struct err e = ERR_INIT;
	struct buf jwt;
	char why[200];

	buf_init(&jwt, LIMIT_TOKEN);
	assert_true(sign_key_can(k, alg));
	if (jws_sign(&jwt, k->key, alg, NULL, payload, &e) != RES_OK)
		fail_msg("%s: %s", alg, e.text);
	if (jws_verify(buf_span(&jwt), &keys, why, sizeof(why)) != SIG_VALID)
		fail_msg("%s: %s", alg, why);
	buf_release(&jwt);
	json_free(payload);
	json_free(set);
}

/* Every algorithm of the families, each with the kind of key it wants and no other. */
static void
test_every_algorithm(void **state)
{
	static const char *const rsa[] = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"};
	struct sign_key *r = key_of(rsa_jwk), *p = key_of(p256_jwk), *q = key_of(p521_jwk),
			*ed = key_of(ed_jwk);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rsa); i++) {
		check_signs(r, rsa[i]);
		assert_false(sign_key_can(p, rsa[i]));
		assert_false(sign_key_can(ed, rsa[i]));
	}
	check_signs(p, "ES256");
	check_signs(q, "ES512");
	check_signs(ed, "EdDSA");
	assert_false(sign_key_can(r, "ES256"));
	assert_false(sign_key_can(q, "ES256"));
	assert_false(sign_key_can(p, "ES512"));
	assert_false(sign_key_can(p, "ES384"));
	assert_false(sign_key_can(ed, "Ed448"));
	assert_false(sign_key_can(r, "HS256"));
	assert_false(sign_key_can(r, "none"));
	assert_string_equal(r->kid, "frodo");
	assert_string_equal(p->kid, "");
	sign_key_unref(r);
	sign_key_unref(p);
	sign_key_unref(q);
	sign_key_unref(ed);
}

static char *
pem_of(EVP_PKEY *pkey, bool traditional, const char *passphrase)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p, *text;
	long n;

	assert_non_null(pkey);
	if (traditional)
		assert_int_equal(
			PEM_write_bio_PrivateKey_traditional(bio, pkey, NULL, NULL, 0, NULL, NULL),
			1);
	else
		assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, pkey,
			passphrase ? EVP_aes_128_cbc() : NULL, passphrase,
			passphrase ? (int)strlen(passphrase) : 0, NULL, NULL), 1);
	n = BIO_get_mem_data(bio, &p);
	text = strndup(p, (size_t)n);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return text;
}

/* Files as openssl, ssh-keygen -m and clouds' consoles write them. */
static void
test_pem(void **state)
{
	static const struct {
		const char *curve, *alg;
		bool traditional;
	} t[] = {{"P-256", "ES256", false}, {"P-256", "ES256", true}, {"P-384", "ES384", false},
		{"P-521", "ES512", true}, {NULL, "RS256", false}, {NULL, "PS256", true}};
	struct sign_key *k = NULL;
	struct err e = ERR_INIT;
	char *text;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		text = pem_of(t[i].curve ? EVP_EC_gen(t[i].curve) : EVP_RSA_gen(2048),
			t[i].traditional, NULL);
		k = key_of(text);
		check_signs(k, t[i].alg);
		assert_null(json_get(k->jwk, "d"));
		sign_key_unref(k);
		free(text);
	}
	text = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), false, NULL);
	k = key_of(text);
	check_signs(k, "EdDSA");
	sign_key_unref(k);
	free(text);
	/* never a question on the terminal */
	text = pem_of(EVP_EC_gen("P-256"), false, "open sesame");
	assert_int_equal(sign_key_read(&k, span_of(text), &e), RES_SYNTAX);
	assert_non_null(strstr(e.text, "passphrase"));
	free(text);
}

static void
test_bad_keys(void **state)
{
	static const char *const bad[] = {"", "  \n", "a token", "{", "{}", "{\"kty\":\"RSA\"}",
		"{\"kty\":\"oct\",\"k\":\"AAAA\"}", "{\"keys\":[]}",
		/* public */
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
		"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
		/* halves of two keys */
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
		"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\",\"d\":\"AQ\"}",
		"-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----\n"};
	struct sign_key *k = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = ERR_INIT;

		if (sign_key_read(&k, span_of(bad[i]), &e) == RES_OK)
			fail_msg("taken: %s", bad[i]);
		assert_null(k);
		assert_true(e.text[0]);
	}
}

/* A set gives its first private key; the curves and RSA numbers may come whole or with d alone. */
static void
test_jwk_set(void **state)
{
	char set[2000];
	struct sign_key *k, *alone;

	(void)state;
	snprintf(set, sizeof(set), "\n {\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"},%s]}", ed_jwk);
	k = key_of(set);
	alone = key_of(ed_jwk);
	assert_string_equal(k->thumbprint, alone->thumbprint);
	sign_key_unref(k);
	sign_key_unref(alone);
}

static void
test_choice_of_algorithm(void **state)
{
	static const struct {
		const char *jwk, *list, *alg; /* NULL: none */
	} t[] = {{rsa_jwk, NULL, "RS256"}, {rsa_jwk, "[]", "RS256"},
		{rsa_jwk, "[\"ES256\",\"PS512\",\"PS256\"]", "PS256"},
		{rsa_jwk, "[\"ES256\",\"HS256\",\"none\"]", NULL}, {p256_jwk, NULL, "ES256"},
		{p256_jwk, "[\"RS256\",\"ES256\"]", "ES256"}, {p521_jwk, NULL, "ES512"},
		{ed_jwk, NULL, "EdDSA"}, {ed_jwk, "[\"Ed25519\"]", "Ed25519"},
		{ed_jwk, "[\"RS256\", 7]", NULL}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct sign_key *k = key_of(t[i].jwk);
		struct json *list = t[i].list ? parse(t[i].list) : NULL;
		const char *alg = sign_key_alg(k, list);

		if (!alg != !t[i].alg || (alg && strcmp(alg, t[i].alg) != 0))
			fail_msg("%zu: %s", i, alg ? alg : "none");
		json_free(list);
		sign_key_unref(k);
	}
}

/* --- what is made with them --- */

static struct json *
part(struct span token, int k)
{
	struct jws_parts p;
	struct json *j = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(jws_split(&p, token, &e), RES_OK);
	assert_int_equal(jose_decode_json(&j, k ? p.payload : p.header, &e), RES_OK);
	return j;
}

static int64_t
number(const struct json *j, const char *name)
{
	enum num_form form;
	int64_t n = -1;

	assert_true(json_to_i64(json_get(j, name), &n, &form));
	return n;
}

#define IS(j, name, text) assert_true(span_is(json_get_str((j), (name)), (text)))

static void
test_assertion(void **state)
{
	struct assertion_wish w = {.client_id = SPAN_LIT("urn:app one"),
		.audience = SPAN_LIT("https://idp.example/realm"), .kid = SPAN_LIT("k1"),
		.x5t_s256 = SPAN_LIT("cert"), .key = key_of(p256_jwk), .alg = "ES256"};
	struct assertion *a = assertion_new(&w);
	struct json *set = set_of(w.key), *header, *claims, *again;
	const struct jws_keys keys = {.jwks = set};
	struct buf body, value;
	struct err e = ERR_INIT;
	struct rng rng;
	char why[200];

	(void)state;
	rng_init_seeded(&rng, 1);
	buf_init(&body, LIMIT_BODY);
	buf_init(&value, LIMIT_TOKEN);
	form_add(&body, "token", SPAN_LIT("t"));
	assert_int_equal(assertion_add(&body, a, 1769860800, &rng, &e), RES_OK);
	assert_true(form_get(buf_span(&body), "client_id", &value));
	assert_string_equal(buf_str(&value), "urn:app one");
	buf_clear(&value);
	assert_true(form_get(buf_span(&body), "client_assertion_type", &value));
	assert_string_equal(
		buf_str(&value), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
	buf_clear(&value);
	assert_true(form_get(buf_span(&body), "client_assertion", &value));
	assert_int_equal(jws_verify(buf_span(&value), &keys, why, sizeof(why)), SIG_VALID);
	header = part(buf_span(&value), 0);
	claims = part(buf_span(&value), 1);
	IS(header, "alg", "ES256");
	IS(header, "typ", "JWT");
	IS(header, "kid", "k1");
	IS(header, "x5t#S256", "cert");
	IS(claims, "iss", "urn:app one");
	IS(claims, "sub", "urn:app one");
	IS(claims, "aud", "https://idp.example/realm");
	assert_int_equal(number(claims, "iat"), 1769860800);
	assert_int_equal(number(claims, "nbf"), 1769860800);
	assert_int_equal(number(claims, "exp"), 1769860800 + ASSERTION_LIFE_S);
	assert_true(json_get_str(claims, "jti").n >= 20);
	buf_clear(&body);
	assert_int_equal(assertion_add(&body, a, 1769860800, &rng, &e), RES_OK);
	buf_clear(&value);
	assert_true(form_get(buf_span(&body), "client_assertion", &value));
	again = part(buf_span(&value), 1);
	assert_false(span_eq(json_get_str(claims, "jti"), json_get_str(again, "jti")));
	json_free(again);
	json_free(header);
	json_free(claims);
	json_free(set);
	sign_key_unref(w.key);
	assertion_free(a);
	buf_release(&body);
	buf_release(&value);
}

static void
test_assertion_by_secret(void **state)
{
	struct assertion_wish w = {.client_id = SPAN_LIT("app"),
		.audience = SPAN_LIT("https://idp.example"),
		.secret = secret_new(SPAN_LIT("a-secret-of-at-least-thirty-two-bytes")),
		.alg = "HS256"};
	struct assertion *a = assertion_new(&w);
	const struct jws_keys keys = {.secret = w.secret, .only_secret = true};
	struct secret *other = secret_new(SPAN_LIT("another-secret-of-at-least-thirty-two-b"));
	const struct jws_keys wrong = {.secret = other, .only_secret = true};
	struct buf body, value;
	struct err e = ERR_INIT;
	struct json *list, *header;
	struct rng rng;
	char why[200];

	(void)state;
	rng_init_seeded(&rng, 1);
	buf_init(&body, LIMIT_BODY);
	buf_init(&value, LIMIT_TOKEN);
	assert_int_equal(assertion_add(&body, a, 1769860800, &rng, &e), RES_OK);
	assert_true(form_get(buf_span(&body), "client_assertion", &value));
	assert_int_equal(jws_verify(buf_span(&value), &keys, why, sizeof(why)), SIG_VALID);
	assert_int_equal(jws_verify(buf_span(&value), &wrong, why, sizeof(why)), SIG_BAD);
	header = part(buf_span(&value), 0);
	assert_null(json_get(header, "kid"));
	json_free(header);
	assert_string_equal(assertion_hmac_alg(NULL), "HS256");
	list = parse("[\"RS256\",\"HS512\"]");
	assert_string_equal(assertion_hmac_alg(list), "HS512");
	json_free(list);
	list = parse("[\"RS256\"]");
	assert_null(assertion_hmac_alg(list));
	json_free(list);
	secret_unref(w.secret);
	secret_unref(other);
	assertion_free(a);
	buf_release(&body);
	buf_release(&value);
}

static struct json *
proof_part(const struct http_request *r, int k)
{
	return part(http_header(&r->headers, "DPoP"), k);
}

/* §4.2, with the access token of §7.1 and its ath of §4.3's example request. */
static void
test_dpop(void **state)
{
	struct sign_key *k = key_of(p256_jwk);
	struct secret *token = secret_new(SPAN_LIT("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"));
	struct dpop *d = dpop_new(k, "ES256", token);
	struct json *set = set_of(k), *header, *claims, *again;
	const struct jws_keys keys = {.jwks = set};
	struct http_request r;
	struct err e = ERR_INIT;
	struct rng rng;
	char why[200];

	(void)state;
	rng_init_seeded(&rng, 1);
	http_request_init(&r);
	http_request_set(
		&r, "GET", SPAN_LIT("https://resource.example.org/protectedresource?a=b?c#d"));
	assert_int_equal(dpop_prove(&r, d, SPAN_EMPTY, 1562262618, &rng, &e), RES_OK);
	assert_int_equal(
		jws_verify(http_header(&r.headers, "DPoP"), &keys, why, sizeof(why)), SIG_VALID);
	header = proof_part(&r, 0);
	claims = proof_part(&r, 1);
	IS(header, "typ", "dpop+jwt");
	IS(header, "alg", "ES256");
	assert_true(json_same(json_get(header, "jwk"), k->jwk));
	assert_null(json_get(json_get(header, "jwk"), "d"));
	IS(claims, "htm", "GET");
	IS(claims, "htu", "https://resource.example.org/protectedresource");
	IS(claims, "ath", "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
	assert_int_equal(number(claims, "iat"), 1562262618);
	assert_null(json_get(claims, "nonce"));
	assert_int_equal(dpop_prove(&r, d, SPAN_LIT("n-1"), 1562262619, &rng, &e), RES_OK);
	assert_int_equal(http_header_count(&r.headers, "DPoP"), 1);
	again = proof_part(&r, 1);
	IS(again, "nonce", "n-1");
	assert_false(span_eq(json_get_str(claims, "jti"), json_get_str(again, "jti")));
	json_free(again);
	json_free(header);
	json_free(claims);
	dpop_free(d);
	d = dpop_new(k, "ES256", NULL);
	http_request_set(&r, "POST", SPAN_LIT("https://server.example.com/token"));
	assert_int_equal(dpop_prove(&r, d, SPAN_EMPTY, 1562262616, &rng, &e), RES_OK);
	claims = proof_part(&r, 1);
	IS(claims, "htm", "POST");
	assert_null(json_get(claims, "ath"));
	json_free(claims);
	dpop_free(d);
	json_free(set);
	secret_unref(token);
	sign_key_unref(k);
	http_request_release(&r);
}

/* A proof as somebody else made it: this header beside alg and jwk, these claims. */
static void
prove_by_hand(
	struct http_request *r, const struct sign_key *k, const char *header, const char *claims)
{
	struct json *h = parse(header), *c = parse(claims);
	struct err e = ERR_INIT;
	struct buf proof;

	if (!json_get(h, "jwk"))
		json_set_dup(h, "jwk", k->jwk);
	buf_init(&proof, LIMIT_TOKEN);
	assert_int_equal(jws_sign(&proof, k->key, "ES256", h, c, &e), RES_OK);
	http_headers_set(&r->headers, "DPoP", buf_span(&proof));
	buf_release(&proof);
	json_free(h);
	json_free(c);
}

#define TYP "{\"typ\":\"dpop+jwt\"}"
#define ATH "\"ath\":\"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo\""

/* What of a proof does not suit its request (§4.3), one thing at a time. */
static void
test_look(void **state)
{
	static const struct {
		const char *header, *claims, *flaw; /* NULL: none */
	} t[] = {
		{TYP,
			"{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"https://api.example/me\",\"iat\":1000," ATH
			"}",
			NULL},
		{TYP,
			"{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"HTTPS://API.example:443/me?x=1\",\"iat\":1299," ATH
			"}",
			NULL},
		{"{\"typ\":\"JWT\"}", "{}", "typ"},
		{"{\"typ\":\"dpop+jwt\",\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\","
		 "\"d\":\"AA\"}}",
			"{}", "private key"},
		{TYP, "{\"htm\":\"GET\",\"htu\":\"https://api.example/me\",\"iat\":1000," ATH "}",
			"jti"},
		{TYP,
			"{\"jti\":\"j\",\"htm\":\"POST\",\"htu\":\"https://api.example/me\",\"iat\":1000," ATH
			"}",
			"its htm is POST, the request is a GET"},
		{TYP,
			"{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"https://api.example/you\",\"iat\":1000," ATH
			"}",
			"its htu is https://api.example/you"},
		{TYP,
			"{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"http://api.example/me\",\"iat\":1000," ATH
			"}",
			"htu"},
		{TYP, "{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"https://api.example/me\"," ATH "}",
			"iat"},
		{TYP,
			"{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"https://api.example/me\",\"iat\":1301," ATH
			"}",
			"301 s off"},
		{TYP, "{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"https://api.example/me\",\"iat\":1000}",
			"no ath"},
		{TYP, "{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"https://api.example/me\",\"iat\":1000,\"ath\":\"x\"}",
			"another token"},
	};
	struct sign_key *k = key_of(p256_jwk);
	struct dpop_seen seen;
	struct http_request r;
	char *value, *at;

	(void)state;
	http_request_init(&r);
	http_request_set(&r, "GET", SPAN_LIT("https://api.example/me?page=2"));
	http_headers_set(&r.headers, "Authorization",
		SPAN_LIT("DPoP Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"));
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		prove_by_hand(&r, k, t[i].header, t[i].claims);
		dpop_look(&seen, &r, 1000);
		if (t[i].flaw ? !strstr(seen.flaw, t[i].flaw) : seen.flaw[0])
			fail_msg("row %zu: %s", i, seen.flaw);
		if (!strstr(t[i].header, "jwk"))
			assert_string_equal(seen.jkt, k->thumbprint);
	}
	/* signed with another key than it names */
	prove_by_hand(&r, k, TYP, t[0].claims);
	value = span_dup(http_header(&r.headers, "DPoP"));
	at = strrchr(value, '.') + 5;
	*at = *at == 'A' ? 'B' : 'A';
	http_headers_set(&r.headers, "DPoP", span_of(value));
	dpop_look(&seen, &r, 1000);
	assert_non_null(strstr(seen.flaw, "does not verify"));
	/* masked, or none at all: nothing is said */
	http_headers_set(&r.headers, "DPoP", SPAN_LIT("eyJh...[redacted 812 B]"));
	dpop_look(&seen, &r, 1000);
	assert_string_equal(seen.flaw, "");
	assert_string_equal(seen.jkt, "");
	http_headers_add(&r.headers, SPAN_LIT("dpop"), span_of(value));
	dpop_look(&seen, &r, 0);
	assert_non_null(strstr(seen.flaw, "two"));
	free(value);
	sign_key_unref(k);
	http_request_release(&r);
}

static void
test_key_to_pem(void **state)
{
	struct sign_key *k = NULL, *again;
	struct err e = ERR_INIT;
	struct buf pem;

	(void)state;
	buf_init_wiping(&pem, 10000);
	assert_int_equal(sign_key_new(&k, &e), RES_OK);
	assert_int_equal(sign_key_pem(k, &pem, &e), RES_OK);
	again = key_of(buf_str(&pem));
	assert_string_equal(k->thumbprint, again->thumbprint);
	check_signs(again, "ES256");
	sign_key_unref(k);
	sign_key_unref(again);
	buf_release(&pem);
}

static void
test_certificate(void **state)
{
	const struct cert_wish w = {"client", "DNS:client.example", 1700000000, 1900000000};
	struct buf cert, key, file, der, want;
	char out[THUMBPRINT_MAX];
	unsigned char digest[32];
	struct err e = ERR_INIT;
	X509 *x;
	unsigned char *p = NULL;
	BIO *bio;
	int n;

	(void)state;
	buf_init(&cert, 10000);
	buf_init(&key, 10000);
	buf_init(&file, 30000);
	buf_init(&der, 10000);
	buf_init(&want, 100);
	assert_int_equal(crypto()->self_signed(&w, &cert, &key, &e), RES_OK);
	/* by the library: DER and its digest */
	bio = BIO_new_mem_buf(cert.p, (int)cert.len);
	x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	assert_non_null(x);
	n = i2d_X509(x, &p);
	assert_true(n > 0 && crypto()->sha256(p, (size_t)n, digest));
	base64url_encode(&want, span_make(digest, 32));
	/* a file as deployments have it: words and the key in front */
	buf_puts(&file, "subject=CN = client\n");
	buf_add_span(&file, buf_span(&key));
	buf_add_span(&file, buf_span(&cert));
	assert_int_equal(cert_thumbprint(out, buf_span(&file), &e), RES_OK);
	assert_string_equal(out, buf_str(&want));
	assert_int_equal(cert_thumbprint(out, buf_span(&key), &e), RES_SYNTAX);
	assert_string_equal(out, "");
	assert_int_equal(cert_thumbprint(out, SPAN_LIT("-----BEGIN CERTIFICATE-----\nMA=="), &e),
		RES_SYNTAX);
	BIO_free(bio);
	X509_free(x);
	OPENSSL_free(p);
	buf_release(&cert);
	buf_release(&key);
	buf_release(&file);
	buf_release(&der);
	buf_release(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_signatures),
		cmocka_unit_test(test_rfc_hmac),
		cmocka_unit_test(test_rfc_thumbprints),
		cmocka_unit_test(test_every_algorithm),
		cmocka_unit_test(test_pem),
		cmocka_unit_test(test_bad_keys),
		cmocka_unit_test(test_jwk_set),
		cmocka_unit_test(test_choice_of_algorithm),
		cmocka_unit_test(test_assertion),
		cmocka_unit_test(test_assertion_by_secret),
		cmocka_unit_test(test_dpop),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_key_to_pem),
		cmocka_unit_test(test_certificate),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
