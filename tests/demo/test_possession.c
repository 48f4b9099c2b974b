#include "call.h"

#include "unit.h"

#include "base/encode.h"
#include "base/mem.h"

static const struct scenario plain = {.name = "plain"};

/* --- JWTs of the client's --- */

static struct crypto_key *
key_of(const struct secret *pem)
{
	struct crypto_key *k = NULL;

	assert_int_equal(crypto_openssl.key_from_pem(&k, secret_reveal(pem), NULL), RES_OK);
	return k;
}

/* A member put another way than is right; value NULL: left out. */
struct change {
	const char *member, *value;
	bool in_header;
};

static void
apply(struct json *header, struct json *claims, const struct change *c)
{
	struct json *to = c->in_header ? header : claims;

	if (!c->member)
		return;
	if (c->value)
		json_set_str(to, c->member, c->value);
	else
		json_set_null(to, c->member);
}

static char *
sign(const struct secret *pem, const struct json *header, const struct json *claims)
{
	struct crypto_key *k = key_of(pem);
	struct buf out;

	buf_init(&out, 8192);
	assert_int_equal(jws_sign(&out, k, "ES256", header, claims, NULL), RES_OK);
	crypto_openssl.key_free(k);
	return buf_take(&out);
}

struct proof_wish {
	const char *method, *url, *token, *nonce;
	int64_t at; /* off the desk's clock */
	struct change change;
	const struct secret *signer; /* NULL: the key that it shows */
};

static char *
make_proof(const struct desk *d, const struct proof_wish *w)
{
	struct json *header = json_new_object(), *claims = json_new_object();
	struct crypto_key *k = key_of(d->s.dpop_key);
	char text[24], ath[THUMB_SIZE], *out;

	json_set_str(header, "typ", "dpop+jwt");
	json_set_take(header, "jwk", crypto_openssl.key_public_jwk(k));
	crypto_openssl.key_free(k);
	json_set_str(claims, "htm", w->method);
	json_set_str(claims, "htu", w->url);
	json_set_i64(claims, "iat", d->now + w->at);
	json_set_str(claims, "jti", store_random_text(&d->s, text, sizeof(text), 12));
	if (w->token && store_thumb(&d->s, span_of(w->token), ath))
		json_set_str(claims, "ath", ath);
	if (w->nonce)
		json_set_str(claims, "nonce", w->nonce);
	apply(header, claims, &w->change);
	out = sign(w->signer ? w->signer : d->s.dpop_key, header, claims);
	json_free(header);
	json_free(claims);
	return out;
}

#define TOKEN_URL "http://127.0.0.1:1/token"
#define USER_URL "http://127.0.0.1:1/userinfo"
#define GRANT "grant_type=client_credentials&scope=profile"

/* --- DPoP at the token endpoint --- */

static int
ask_token(struct desk *d, const struct proof_wish *w, const char *error)
{
	char *proof = make_proof(d, w);
	int status = desk_status(d, &(struct call){.path = "/token", .form = GRANT, .dpop = proof,
		.as_client = true}, error);

	free(proof);
	return status;
}

static void
test_proof_checked_whole(void **state)
{
	static const struct change changes[] = {
		{"typ", "JWT", true}, {"typ", NULL, true}, {"jwk", "x", true}, {"jwk", NULL, true},
		{"alg", "none", true}, {"alg", "HS256", true}, {"alg", "RS256", true},
		{"htm", "GET", false}, {"htm", NULL, false}, {"htm", "post", false},
		{"htu", "https://127.0.0.1:1/token", false}, {"htu", USER_URL, false},
		{"htu", "http://127.0.0.1:1/token/", false}, {"htu", NULL, false},
		{"iat", NULL, false}, {"iat", "now", false}, {"jti", NULL, false},
		{"jti", "", false},
	};
	static const struct proof_wish right = {.method = "POST", .url = TOKEN_URL};
	struct proof_wish w = right;
	struct desk d;

	(void)state;
	desk_open(&d, &plain);
	assert_int_equal(ask_token(&d, &w, NULL), 200);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		w.change = changes[i];
		assert_int_equal(ask_token(&d, &w, "invalid_dpop_proof"), 400);
	}
	w = right;
	w.signer = d.s.client_key;
	assert_int_equal(ask_token(&d, &w, "invalid_dpop_proof"), 400);
	w = right;
	w.at = -301;
	assert_int_equal(ask_token(&d, &w, "invalid_dpop_proof"), 400);
	w.at = 301;
	assert_int_equal(ask_token(&d, &w, "invalid_dpop_proof"), 400);
	w.at = 299;
	assert_int_equal(ask_token(&d, &w, NULL), 200);
	w = right;
	w.url = TOKEN_URL "?a=b#c"; /* query and fragment do not count (§4.3) */
	assert_int_equal(ask_token(&d, &w, NULL), 200);
	desk_close(&d);
}

static void
test_proof_serves_once(void **state)
{
	struct desk d;
	char *proof;
	struct call q;

	(void)state;
	desk_open(&d, &plain);
	proof = make_proof(&d, &(struct proof_wish){.method = "POST", .url = TOKEN_URL});
	q = (struct call){.path = "/token", .form = GRANT, .dpop = proof, .as_client = true};
	assert_int_equal(desk_status(&d, &q, NULL), 200);
	assert_int_equal(desk_status(&d, &q, "invalid_dpop_proof"), 400);
	free(proof);
	q.dpop = "a.b.c";
	assert_int_equal(desk_status(&d, &q, "invalid_dpop_proof"), 400);
	desk_close(&d);
}

/* --- DPoP at the resource --- */

static char *
bound_token(struct desk *d)
{
	char *proof = make_proof(d, &(struct proof_wish){.method = "POST", .url = TOKEN_URL});
	char *form = xasprintf("grant_type=refresh_token&refresh_token=%s",
		secret_reveal(d->client.refresh_token).p);
	struct answer a;
	char *token;

	desk_call(d, &(struct call){.path = "/token", .form = form, .dpop = proof,
		.as_client = true}, &a);
	assert_int_equal(a.status, 200);
	assert_true(span_is(answer_str(&a, "token_type"), "DPoP"));
	token = span_dup(answer_str(&a, "access_token"));
	answer_release(&a);
	free(form);
	free(proof);
	return token;
}

static int
ask_user(struct desk *d, const char *scheme, const char *token, const struct proof_wish *w,
	const char *error)
{
	char *proof = w ? make_proof(d, w) : NULL, *auth = xasprintf("%s %s", scheme, token);
	int status = desk_status(
		d, &(struct call){.path = "/userinfo", .auth = auth, .dpop = proof}, error);

	free(proof);
	free(auth);
	return status;
}

static void
test_bound_token(void **state)
{
	struct proof_wish w = {.method = "GET", .url = USER_URL};
	struct desk d;
	struct answer a;
	char *token, *form, *auth;

	(void)state;
	desk_open(&d, &plain);
	token = bound_token(&d);
	w.token = token;
	assert_int_equal(ask_user(&d, "DPoP", token, &w, NULL), 200);
	assert_int_equal(ask_user(&d, "dpop", token, &w, NULL), 200); /* a scheme has no case */
	assert_int_equal(ask_user(&d, "Bearer", token, NULL, "invalid_token"), 401);
	assert_int_equal(ask_user(&d, "DPoP", token, NULL, "invalid_dpop_proof"), 401);
	w.token = "another"; /* ath */
	assert_int_equal(ask_user(&d, "DPoP", token, &w, "invalid_dpop_proof"), 401);
	w.token = NULL;
	assert_int_equal(ask_user(&d, "DPoP", token, &w, "invalid_dpop_proof"), 401);
	/* a token that is bound to nothing proves nothing with a key (§7.1) */
	w.token = secret_reveal(d.client.access_token).p;
	assert_int_equal(ask_user(&d, "DPoP", w.token, &w, "invalid_token"), 401);
	auth = xasprintf("DPoP %s", token);
	desk_call(&d, &(struct call){.path = "/userinfo", .auth = auth, .dpop = "x"}, &a);
	assert_true(span_starts(answer_header(&a, "WWW-Authenticate"), "DPoP "));
	assert_true(
		span_find_str(answer_header(&a, "WWW-Authenticate"), "algs=\"ES256") != SIZE_MAX);
	answer_release(&a);
	free(auth);
	form = xasprintf("token=%s", token);
	desk_call(&d, &(struct call){.path = "/introspect", .form = form, .as_client = true}, &a);
	assert_true(span_is(answer_str(&a, "token_type"), "DPoP"));
	assert_true(span_is(json_get_str(json_get(a.doc, "cnf"), "jkt"), d.s.client_bound.jkt));
	answer_release(&a);
	free(form);
	free(token);
	desk_close(&d);
}

/* dpop_jkt (RFC 9449 §10): the code is good with that key only. */
static void
test_code_of_a_key(void **state)
{
	struct proof_wish w = {.method = "POST", .url = TOKEN_URL};
	struct desk d;
	struct call q = {.path = "/token", .as_client = true};
	struct answer a;
	struct span at;
	char *form, *proof;

	(void)state;
	desk_open(&d, &plain);
	form = xasprintf("response_type=code&client_id=%s&scope=openid&state=s&dpop_jkt=%s"
		"&redirect_uri=http://127.0.0.1:7/&code_challenge_method=S256&code_challenge="
		"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", d.s.client_id, d.s.client_bound.jkt);
	desk_call(&d, &(struct call){.path = "/authorize", .query = form}, &a);
	free(form);
	at = buf_span(&a.res.body);
	at = span_from(at, span_find_str(at, "value=\"") + strlen("value=\""));
	form = xasprintf("request=%.*s", (int)span_find(at, '"'), at.p);
	answer_release(&a);
	desk_call(&d, &(struct call){.path = "/consent", .form = form}, &a);
	free(form);
	at = answer_header(&a, "Location");
	at = span_from(at, span_find_str(at, "code=") + strlen("code="));
	form = xasprintf("grant_type=authorization_code&redirect_uri=http://127.0.0.1:7/&code=%.*s"
		"&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
		(int)span_find(at, '&'), at.p);
	answer_release(&a);
	q.form = form;
	assert_int_equal(desk_status(&d, &q, "invalid_grant"), 400);
	q.dpop = proof = make_proof(&d, &w);
	assert_int_equal(desk_status(&d, &q, NULL), 200);
	free(proof);
	free(form);
	desk_close(&d);
}

/* The refresh token of a client without credentials is bound to the key, too (RFC 9449 §5). */
static void
test_public_client(void **state)
{
	static const struct scenario public = {.name = "public", .faults = FAULT_PUBLIC_CLIENT};
	struct proof_wish w = {.method = "POST", .url = TOKEN_URL};
	struct desk d;
	struct call q = {.path = "/token"};
	struct answer a;
	char *proof, *form;

	(void)state;
	desk_open(&d, &public);
	form = xasprintf("grant_type=refresh_token&client_id=%s&refresh_token=%s", d.s.client_id,
		secret_reveal(d.client.refresh_token).p);
	q.form = form;
	q.dpop = proof = make_proof(&d, &w);
	desk_call(&d, &q, &a);
	assert_int_equal(a.status, 200);
	free(proof);
	free(form);
	form = xasprintf("grant_type=refresh_token&client_id=%s&refresh_token=%.*s", d.s.client_id,
		SPAN_ARG(answer_str(&a, "refresh_token")));
	answer_release(&a);
	q.form = form;
	q.dpop = NULL;
	assert_int_equal(desk_status(&d, &q, "invalid_grant"), 400);
	q.dpop = proof = make_proof(&d, &w);
	assert_int_equal(desk_status(&d, &q, NULL), 200); /* and was not used up by that */
	free(proof);
	free(form);
	desk_close(&d);
}

/* The scenario's own token is bound to the key that the profile has, or to another. */
static void
test_given_token(void **state)
{
	static const struct scenario right = {.name = "right", .faults = FAULT_DPOP_BOUND,
		.with = WITH_DPOP};
	static const struct scenario wrong = {.name = "wrong", .with = WITH_DPOP,
		.faults = FAULT_DPOP_BOUND | FAULT_OTHER_KEY};
	struct proof_wish w = {.method = "GET", .url = USER_URL};
	struct desk d;

	(void)state;
	desk_open(&d, &right);
	w.token = secret_reveal(d.client.access_token).p;
	assert_true(secret_equal(d.client.dpop_key_pem, d.s.dpop_key));
	assert_int_equal(ask_user(&d, "DPoP", w.token, &w, NULL), 200);
	assert_int_equal(desk_status(&d, &(struct call){.path = "/token", .form = GRANT,
		.as_client = true}, "invalid_dpop_proof"), 400); /* all its tokens are bound */
	desk_close(&d);
	desk_open(&d, &wrong);
	w.token = secret_reveal(d.client.access_token).p;
	assert_int_equal(ask_user(&d, "DPoP", w.token, &w, "invalid_token"), 401);
	desk_close(&d);
}

static void
test_nonce(void **state)
{
	static const struct scenario wants = {.name = "wants", .demands = DEMAND_NONCE};
	static const struct scenario newer = {.name = "newer", .demands = DEMAND_NEW_NONCE};
	const struct scenario *both[] = {&wants, &newer};
	struct proof_wish w = {.method = "POST", .url = TOKEN_URL};
	struct desk d;
	struct answer a;
	char *proof, *nonce;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		desk_open(&d, both[i]);
		w.nonce = "stale";
		assert_int_equal(ask_token(&d, &w, "use_dpop_nonce"), 400);
		w.nonce = NULL;
		proof = make_proof(&d, &w);
		desk_call(&d, &(struct call){.path = "/token", .form = GRANT, .dpop = proof,
			.as_client = true}, &a);
		assert_true(span_is(answer_str(&a, "error"), "use_dpop_nonce"));
		nonce = span_dup(answer_header(&a, "DPoP-Nonce"));
		assert_true(nonce[0] != '\0');
		answer_release(&a);
		free(proof);
		w.nonce = nonce;
		assert_int_equal(ask_token(&d, &w, i ? "use_dpop_nonce" : NULL), i ? 400 : 200);
		if (i == 0) {
			d.now += NONCE_LIFE_S; /* the last but one still serves, and no longer */
			assert_int_equal(ask_token(&d, &w, NULL), 200);
			d.now += NONCE_LIFE_S;
			assert_int_equal(ask_token(&d, &w, "use_dpop_nonce"), 400);
		}
		free(nonce);
		desk_close(&d);
	}
}

/* --- assertions --- */

#define AS_JWT "&client_assertion_type=" \
	"urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion="

static int
ask_asserting(struct desk *d, const struct change *change, const struct secret *signer,
	int64_t life_s, const char *error)
{
	struct json *header = json_new_object(), *claims = json_new_object();
	char jti[24], *jwt, *form;
	int status;

	json_set_str(claims, "iss", d->s.client_id);
	json_set_str(claims, "sub", d->s.client_id);
	json_set_str(claims, "aud", d->s.issuer);
	json_set_i64(claims, "exp", d->now + life_s);
	json_set_str(claims, "jti", store_random_text(&d->s, jti, sizeof(jti), 12));
	if (change)
		apply(header, claims, change);
	jwt = sign(signer, header, claims);
	form = xasprintf(GRANT AS_JWT "%s", jwt);
	status = desk_status(d, &(struct call){.path = "/token", .form = form}, error);
	if (status == 200) /* its jti serves once */
		assert_int_equal(desk_status(d, &(struct call){.path = "/token", .form = form},
			"invalid_client"), 401);
	json_free(header);
	json_free(claims);
	free(form);
	free(jwt);
	return status;
}

static void
test_private_key_jwt(void **state)
{
	static const struct change wrong[] = {
		{"iss", "other", false},
		{"sub", "other", false},
		{"aud", "http://elsewhere", false},
		{"aud", NULL, false},
		{"exp", NULL, false},
		{"jti", NULL, false},
		{"alg", "none", true},
		{"alg", "HS256", true},
		{"nbf", "1", false},
	};
	static const struct change fine[] = {
		{"aud", TOKEN_URL, false}, {"aud", "http://127.0.0.1:1/introspect", false}};
	struct desk d;

	(void)state;
	desk_open(&d, &plain);
	assert_int_equal(ask_asserting(&d, NULL, d.s.client_key, 60, NULL), 200);
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++)
		assert_int_equal(ask_asserting(&d, &fine[i], d.s.client_key, 60, NULL), 200);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(ask_asserting(&d, &wrong[i], d.s.client_key, 60,
			"invalid_client"), 401);
	assert_int_equal(ask_asserting(&d, NULL, d.s.dpop_key, 60, "invalid_client"), 401);
	assert_int_equal(ask_asserting(&d, NULL, d.s.client_key, -61, "invalid_client"), 401);
	assert_int_equal(ask_asserting(&d, NULL, d.s.client_key, 86400, "invalid_client"), 401);
	assert_int_equal(desk_status(&d, &(struct call){.path = "/token", .as_client = true,
		.form = GRANT AS_JWT "a.b.c"}, "invalid_request"), 400); /* two at once */
	desk_close(&d);
}

static void
test_client_secret_jwt(void **state)
{
	static const struct scenario key_only = {.name = "key", .demands = DEMAND_ASSERTION};
	struct buf text, mac, form;
	unsigned char raw[64];
	size_t n = 0;
	struct desk d;

	(void)state;
	for (int i = 0; i < 2; i++) {
		desk_open(&d, i ? &key_only : &plain);
		buf_init(&text, 4096);
		buf_init(&mac, 4096);
		buf_init(&form, 4096);
		buf_printf(&mac, "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":[\"%s\"],\"exp\":%lld,"
			"\"jti\":\"j\"}", d.s.client_id, d.s.client_id, d.s.issuer,
			(long long)d.now + 60);
		base64url_encode(&text, SPAN_LIT("{\"alg\":\"HS256\"}"));
		buf_putc(&text, '.');
		base64url_encode(&text, buf_span(&mac));
		assert_true(crypto_openssl.hmac(256, secret_reveal(d.s.client_secret),
			buf_span(&text), raw, &n));
		buf_putc(&text, '.');
		base64url_encode(&text, span_make(raw, n));
		buf_printf(&form, GRANT AS_JWT "%s", buf_str(&text));
		assert_int_equal(desk_status(&d, &(struct call){.path = "/token",
			.form = buf_str(&form)}, i ? "invalid_client" : NULL), i ? 401 : 200);
		/* the secret itself is taken by the one, and not by the other */
		assert_int_equal(desk_status(&d, &(struct call){.path = "/token", .form = GRANT,
			.as_client = true}, i ? "invalid_client" : NULL), i ? 401 : 200);
		buf_release(&text);
		buf_release(&mac);
		buf_release(&form);
		desk_close(&d);
	}
}

/* A server behind a proxy that knows itself by another name alone. */
static void
test_other_audience(void **state)
{
	static const struct scenario inner = {.name = "inner",
		.demands = DEMAND_ASSERTION | DEMAND_INNER_NAME};
	static const struct change name = {"aud", "http://idp.internal/token", false};
	struct desk d;

	(void)state;
	desk_open(&d, &inner);
	assert_int_equal(ask_asserting(&d, NULL, d.s.client_key, 60, "invalid_client"), 401);
	assert_int_equal(ask_asserting(&d, &name, d.s.client_key, 60, NULL), 200);
	desk_close(&d);
}

/* --- certificates --- */

static void
test_certificate(void **state)
{
	static const struct scenario bound = {.name = "bound", .faults = FAULT_MTLS_BOUND};
	struct desk d;
	struct call q, mine;
	char *form, *auth, *other, *token;
	struct answer a;

	(void)state;
	desk_open(&d, &bound);
	form = xasprintf(GRANT "&client_id=%s", d.s.client_id);
	other = xasprintf("%.42s_", d.s.client_bound.jkt);
	mine = (struct call){.path = "/token", .form = form, .x5t = d.s.client_bound.x5t};
	q = mine;
	q.x5t = other;
	assert_int_equal(desk_status(&d, &q, "invalid_client"), 401);
	q.x5t = NULL;
	assert_int_equal(desk_status(&d, &q, "invalid_client"), 401);
	q.form = GRANT;
	q.as_client = true; /* who he is, but without what his tokens are bound to */
	assert_int_equal(desk_status(&d, &q, "invalid_request"), 400);
	desk_call(&d, &mine, &a);
	assert_int_equal(a.status, 200);
	token = span_dup(answer_str(&a, "access_token"));
	answer_release(&a);
	auth = xasprintf("Bearer %s", token);
	free(form);
	form = xasprintf("token=%s", token);
	desk_call(&d, &(struct call){.path = "/introspect", .form = form, .as_client = true}, &a);
	assert_true(span_is(
		json_get_str(json_get(a.doc, "cnf"), "x5t#S256"), d.s.client_bound.x5t));
	answer_release(&a);
	q = (struct call){.path = "/api/me", .auth = auth};
	assert_int_equal(desk_status(&d, &q, "invalid_token"), 401);
	q.x5t = other;
	assert_int_equal(desk_status(&d, &q, "invalid_token"), 401);
	q.x5t = d.s.client_bound.x5t;
	assert_int_equal(desk_status(&d, &q, NULL), 200);
	free(form);
	free(auth);
	free(other);
	free(token);
	desk_close(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proof_checked_whole),
		cmocka_unit_test(test_proof_serves_once),
		cmocka_unit_test(test_bound_token),
		cmocka_unit_test(test_public_client),
		cmocka_unit_test(test_code_of_a_key),
		cmocka_unit_test(test_given_token),
		cmocka_unit_test(test_nonce),
		cmocka_unit_test(test_private_key_jwt),
		cmocka_unit_test(test_client_secret_jwt),
		cmocka_unit_test(test_other_audience),
		cmocka_unit_test(test_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
