/* PKCE, the authorization request and its response, the ID token of a login: the RFCs' own examples
 * first. */
#include "unit.h"
#include "openssl-loader.h"

#include "base/encode.h"
#include "base/mem.h"
#include "oauth/authorization.h"
#include "oauth/crypto.h"
#include "oauth/idtoken.h"
#include "oauth/pkce.h"

#define ISSUER "https://honest.as.example"
#define NOW 1311280970LL /* of the example in OpenID Connect Core §2 */

/* --- RFC 7636 ----------------------------------------------------------------------------- */

static void
pkce_of_appendix_b(void **state)
{
	struct secret *v = secret_new(SPAN_LIT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(pkce_challenge(&b, v), RES_OK);
	assert_string_equal(buf_str(&b), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	buf_release(&b);
	secret_unref(v);
}

static void
pkce_verifiers_differ(void **state)
{
	struct rng r;
	struct secret *a, *b;

	(void)state;
	rng_init_seeded(&r, 1);
	a = pkce_verifier_new(&r);
	b = pkce_verifier_new(&r);
	assert_int_equal(secret_len(a), 43); /* §4.1: 43 to 128 */
	assert_false(secret_equal(a, b));
	for (size_t i = 0; i < 43; i++)
		assert_non_null(
			strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~",
				secret_reveal(a).p[i]));
	secret_unref(a);
	secret_unref(b);
}

/* --- the request -------------------------------------------------------------------------- */

static void
request_has_what_was_asked_for(void **state)
{
	struct secret *st = secret_new(SPAN_LIT("xyz")),
		      *nonce = secret_new(SPAN_LIT("n-0S6_WzA2Mj"));
	struct auth_request r = {.client_id = SPAN_LIT("s6BhdRkqt3"),
		.redirect_uri = SPAN_LIT("https://client.example.com/cb"),
		.scope = SPAN_LIT("openid a b"),
		.challenge = SPAN_LIT("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
		.state = st,
		.nonce = nonce,
		.resource = SPAN_LIT("https://cal.example.com/ https://contacts.example.com/")};
	struct buf b, url;

	(void)state;
	buf_init(&b, 4000);
	buf_init(&url, 4000);
	assert_int_equal(auth_request_form(&b, &r), RES_OK);
	assert_string_equal(buf_str(&b),
		"response_type=code&client_id=s6BhdRkqt3&redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb"
		"&scope=openid+a+b&state=xyz&nonce=n-0S6_WzA2Mj"
		"&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
		"&resource=https%3A%2F%2Fcal.example.com%2F&resource=https%3A%2F%2Fcontacts.example.com%2F");
	/* RFC 6749 §3.1: a query of the endpoint's own stays, a fragment must not be there */
	assert_int_equal(
		auth_request_url(&url, SPAN_LIT("https://s.example/a?t=1#x"), SPAN_LIT("b=2")),
		RES_OK);
	assert_string_equal(buf_str(&url), "https://s.example/a?t=1&b=2");
	buf_clear(&url);
	assert_int_equal(
		auth_request_url(&url, SPAN_LIT("https://s.example/a"), SPAN_LIT("b=2")), RES_OK);
	assert_string_equal(buf_str(&url), "https://s.example/a?b=2");
	buf_release(&b);
	buf_release(&url);
	secret_unref(st);
	secret_unref(nonce);
}

/* --- the response ------------------------------------------------------------------------- */

static enum auth_fault
fault_of(const char *text, bool promised)
{
	struct secret *st = secret_new(SPAN_LIT("ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI"));
	struct auth_expect x = {st, SPAN_LIT(ISSUER), promised};
	struct auth_response r;
	enum auth_fault f;

	auth_response_init(&r);
	assert_int_equal(auth_response_read(&r, span_of(text), NULL), RES_OK);
	f = auth_response_check(&r, &x);
	auth_response_release(&r);
	secret_unref(st);
	return f;
}

#define STATE "state=ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI"
#define CODE "code=x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58"

static void
whose_answer(void **state)
{
	static const struct {
		const char *text;
		bool promised;
		enum auth_fault fault;
	} rows[] = {
		/* RFC 9207 §2.1, the success and the error */
		{"https://client.example/cb?" CODE "&" STATE "&iss=https%3A%2F%2Fhonest.as.example",
			true, AUTH_FINE},
		{"https://client.example/cb?error=access_denied&" STATE
		 "&iss=https%3A%2F%2Fhonest.as.example",
			true, AUTH_FINE},
		{"?" CODE "&" STATE, false, AUTH_FINE},
		{CODE "&" STATE, false, AUTH_FINE},
		{"/callback?" CODE "&" STATE, false, AUTH_FINE},
		{"http://127.0.0.1/cb#" CODE "&" STATE, false, AUTH_FINE},
		{CODE "&" STATE, true, AUTH_NO_ISS},
		{CODE "&" STATE "&iss=https%3A%2F%2Fattacker.example", false, AUTH_OTHER_ISS},
		{"error=access_denied&" STATE "&iss=https%3A%2F%2Fattacker.example", true,
			AUTH_OTHER_ISS},
		{CODE "&" STATE "&iss=https%3A%2F%2Fhonest.as.example%2F", true,
			AUTH_OTHER_ISS}, /* §2.4: to the letter */
		{CODE, false, AUTH_NO_STATE},
		{CODE "&state=other", false, AUTH_OTHER_STATE},
		{CODE "&" STATE "&code=second", false, AUTH_REPEATED},
		{STATE, false, AUTH_EMPTY},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (fault_of(rows[i].text, rows[i].promised) != rows[i].fault)
			fail_msg("%s: %s", rows[i].text,
				auth_fault_words(fault_of(rows[i].text, rows[i].promised)));
}

static void
what_is_no_answer(void **state)
{
	static const char *const texts[] = {"", "https://client.example/cb", "/callback",
		"https://client.example/", "a token?"};
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct auth_response r;

		auth_response_init(&r);
		assert_int_equal(auth_response_read(&r, span_of(texts[i]), &e), RES_SYNTAX);
		assert_non_null(strstr(e.text, "whole address"));
		auth_response_release(&r);
	}
}

/* --- the ID token ------------------------------------------------------------------------- */

static void
hashes_of_openid_connect_core(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	/* Appendix A.4 and A.6 */
	assert_int_equal(id_token_hash(&b, SPAN_LIT("RS256"),
				 SPAN_LIT("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")),
		RES_OK);
	assert_string_equal(buf_str(&b), "77QmUPtjPfzWtF2AnpK9RQ");
	buf_clear(&b);
	assert_int_equal(id_token_hash(&b, SPAN_LIT("RS256"),
		SPAN_LIT("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk")), RES_OK);
	assert_string_equal(buf_str(&b), "LDktKdoQak3Pk0cnXxCltA");
	buf_clear(&b);
	/* the digest is the algorithm's: 24 and 32 of 48 and 64 bytes */
	assert_int_equal(id_token_hash(&b, SPAN_LIT("ES384"), SPAN_LIT("x")), RES_OK);
	assert_int_equal(b.len, 32);
	buf_clear(&b);
	assert_int_equal(id_token_hash(&b, SPAN_LIT("EdDSA"), SPAN_LIT("x")), RES_OK);
	assert_int_equal(b.len, 43);
	buf_clear(&b);
	assert_int_equal(id_token_hash(&b, SPAN_LIT("none"), SPAN_LIT("x")), RES_UNSUPPORTED);
	buf_release(&b);
}

#define CLAIMS(more) "{\"iss\":\"" ISSUER "\",\"sub\":\"24400320\",\"aud\":\"s6BhdRkqt3\"," \
	"\"nonce\":\"n-0S6_WzA2Mj\",\"exp\":1311281970,\"iat\":1311280970," more "\"acr\":\"0\"}"
#define AT_HASH "\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RQ\","
#define C_HASH "\"c_hash\":\"LDktKdoQak3Pk0cnXxCltA\","

struct check {
	struct secret *nonce, *access, *code;
	struct id_expect x;
};

static struct id_result
check(const char *claims, const struct id_expect *x)
{
	struct id_result r;
	struct token_info t;
	struct buf token;

	buf_init(&token, 8192);
	base64url_encode(&token, SPAN_LIT("{\"alg\":\"RS256\",\"kid\":\"1e9gdk7\"}"));
	buf_putc(&token, '.');
	base64url_encode(&token, span_of(claims));
	buf_puts(&token, ".c2lnbmF0dXJl");
	token_info_init(&t);
	token_info_read(&t, buf_span(&token));
	id_token_check(&r, &t, x);
	token_info_release(&t);
	buf_release(&token);
	return r;
}

static int
begin(void **state)
{
	struct check *c = xcalloc(1, sizeof(*c));

	c->nonce = secret_new(SPAN_LIT("n-0S6_WzA2Mj"));
	c->access = secret_new(SPAN_LIT("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"));
	c->code =
		secret_new(SPAN_LIT("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"));
	c->x = (struct id_expect){SPAN_LIT(ISSUER), SPAN_LIT("s6BhdRkqt3"), c->nonce, c->access,
		c->code, SPAN_EMPTY, SIG_VALID, NOW, 60};
	*state = c;
	return 0;
}

static int
end(void **state)
{
	struct check *c = *state;

	secret_unref(c->nonce);
	secret_unref(c->access);
	secret_unref(c->code);
	free(c);
	return 0;
}

static void
a_good_id_token(void **state)
{
	struct check *c = *state;
	struct id_result r = check(CLAIMS(AT_HASH C_HASH "\"azp\":\"s6BhdRkqt3\","), &c->x);

	assert_int_equal(r.failed, 0);
	for (int k = CHECK_ID_FORM; k <= CHECK_ID_C_HASH; k++)
		if (k != CHECK_ID_ALG) /* said only of one without a signature */
			assert_true(r.passed & check_bit((enum login_check)k));
}

static void
each_defect_is_told(void **state)
{
	static const struct {
		const char *claims;
		enum login_check failed;
	} rows[] = {
		{"[]", CHECK_ID_FORM},
		{"{\"iss\":\"https://other.example\",\"sub\":\"1\",\"aud\":\"s6BhdRkqt3\",\"nonce\":\"n-0S6_WzA2Mj\","
		 "\"exp\":1311281970,\"iat\":1311280970}",
			CHECK_ID_ISS},
		{"{\"iss\":\"" ISSUER
		 "\",\"aud\":\"s6BhdRkqt3\",\"nonce\":\"n-0S6_WzA2Mj\",\"exp\":1311281970,"
		 "\"iat\":1311280970}",
			CHECK_ID_SUB},
		{"{\"iss\":\"" ISSUER
		 "\",\"sub\":\"1\",\"aud\":[\"a\",\"b\"],\"nonce\":\"n-0S6_WzA2Mj\","
		 "\"exp\":1311281970,\"iat\":1311280970}",
			CHECK_ID_AUD},
		{CLAIMS("\"azp\":\"another\","), CHECK_ID_AZP},
		{"{\"iss\":\"" ISSUER
		 "\",\"sub\":\"1\",\"aud\":\"s6BhdRkqt3\",\"nonce\":\"n-0S6_WzA2Mj\","
		 "\"exp\":1311280910,\"iat\":1311280900}",
			CHECK_ID_EXP}, /* the leeway is over, to the second */
		{"{\"iss\":\"" ISSUER
		 "\",\"sub\":\"1\",\"aud\":\"s6BhdRkqt3\",\"nonce\":\"n-0S6_WzA2Mj\","
		 "\"iat\":1311280900}",
			CHECK_ID_EXP},
		{"{\"iss\":\"" ISSUER
		 "\",\"sub\":\"1\",\"aud\":\"s6BhdRkqt3\",\"nonce\":\"n-0S6_WzA2Mj\","
		 "\"exp\":1311281970,\"iat\":1311281031}",
			CHECK_ID_IAT},
		{"{\"iss\":\"" ISSUER
		 "\",\"sub\":\"1\",\"aud\":\"s6BhdRkqt3\",\"nonce\":\"another\","
		 "\"exp\":1311281970,\"iat\":1311280970}",
			CHECK_ID_NONCE},
		{"{\"iss\":\"" ISSUER
		 "\",\"sub\":\"1\",\"aud\":\"s6BhdRkqt3\",\"exp\":1311281970,\"iat\":1311280970}",
			CHECK_ID_NONCE},
		{CLAIMS("\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RR\","), CHECK_ID_AT_HASH},
		{CLAIMS("\"c_hash\":\"77QmUPtjPfzWtF2AnpK9RQ\","), CHECK_ID_C_HASH},
	};
	struct check *c = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct id_result r = check(rows[i].claims, &c->x);

		if (r.failed != check_bit(rows[i].failed))
			fail_msg("row %zu: failed %x, not %s", i, r.failed,
				login_check_id(rows[i].failed));
	}
}

static void
signatures_and_users(void **state)
{
	struct check *c = *state;

	c->x.sig = SIG_BAD;
	assert_int_equal(check(CLAIMS(""), &c->x).failed, check_bit(CHECK_ID_SIGNATURE));
	c->x.sig = SIG_ALG_NONE;
	assert_int_equal(check(CLAIMS(""), &c->x).failed, check_bit(CHECK_ID_ALG));
	/* not looked at is neither good nor bad */
	c->x.sig = SIG_NO_KEY;
	assert_int_equal(check(CLAIMS(""), &c->x).failed, 0);
	assert_false(check(CLAIMS(""), &c->x).passed & check_bit(CHECK_ID_SIGNATURE));
	c->x.same_sub = SPAN_LIT("24400320");
	assert_int_equal(check(CLAIMS(""), &c->x).failed, 0);
	c->x.same_sub = SPAN_LIT("somebody");
	assert_int_equal(check(CLAIMS(""), &c->x).failed, check_bit(CHECK_ID_OTHER_USER));
}

/* What is not known here is not checked: a profile without an issuer, a login without a nonce. */
static void
nothing_is_made_up(void **state)
{
	const struct id_expect bare = {.now_s = NOW, .leeway_s = 60};
	struct id_result r = check(CLAIMS(AT_HASH), &bare);

	(void)state;
	assert_int_equal(r.failed, 0);
	assert_int_equal(r.passed,
		check_bit(CHECK_ID_FORM) | check_bit(CHECK_ID_SUB) | check_bit(CHECK_ID_EXP) |
			check_bit(CHECK_ID_IAT));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pkce_of_appendix_b),
		cmocka_unit_test(pkce_verifiers_differ),
		cmocka_unit_test(request_has_what_was_asked_for),
		cmocka_unit_test(whose_answer),
		cmocka_unit_test(what_is_no_answer),
		cmocka_unit_test(hashes_of_openid_connect_core),
		T(a_good_id_token),
		T(each_defect_is_told),
		T(signatures_and_users),
		cmocka_unit_test(nothing_is_made_up),
	};

	crypto_set_loader(load_openssl);
	return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}
