#include "unit.h"

#include "base/ids.h"
#include "oauth/claims.h"
#include "oauth/metadata.h"

static struct json *
parse(const char *text)
{
	struct json *j = NULL;

	assert_int_equal(json_parse(&j, span_of(text), NULL), RES_OK);
	return j;
}

static void
test_all_members(void **state)
{
	struct json *j =
		parse("{\"iss\":\"https://i\",\"sub\":\"s\",\"client_id\":\"c\",\"azp\":\"z\","
		      "\"username\":\"u\",\"jti\":\"j\",\"typ\":\"Bearer\",\"token_type\":\"DPoP\","
		      "\"token_use\":\"access\",\"sid\":\"sess\",\"tid\":\"t\",\"gty\":\"client-"
		      "credentials\","
		      "\"aud\":[\"a\",7,\"b\"],\"scope\":\"openid "
		      "profile\",\"exp\":4102444800,\"nbf\":1.5,"
		      "\"iat\":\"1769860623\",\"auth_time\":1769860623123,"
		      "\"cnf\":{\"jkt\":\"thumb\",\"x5t#S256\":\"cert\"},\"nonce\":\"n\",\"at_"
		      "hash\":\"h\"}");
	struct claims c;

	(void)state;
	claims_read(&c, j);
	assert_ptr_equal(c.root, j);
	assert_true(
		span_is(c.iss, "https://i") && span_is(c.sub, "s") && span_is(c.client_id, "c"));
	assert_true(span_is(c.azp, "z") && span_is(c.username, "u") && span_is(c.jti, "j"));
	assert_true(span_is(c.typ, "Bearer") && span_is(c.token_type, "DPoP"));
	assert_true(
		span_is(c.token_use, "access") && span_is(c.sid, "sess") && span_is(c.tid, "t"));
	assert_true(span_is(c.gty, "client-credentials"));
	assert_int_equal(c.n_aud, 2);
	assert_true(claims_has_aud(&c, SPAN_LIT("b")));
	assert_false(claims_has_aud(&c, SPAN_LIT("B")));
	assert_int_equal(c.exp.form, NUM_INTEGER);
	assert_int_equal(c.exp.at, 4102444800);
	assert_int_equal(c.nbf.form, NUM_FLOAT);
	assert_int_equal(c.nbf.at, 1);
	assert_int_equal(c.iat.form, NUM_STRING);
	assert_int_equal(c.auth_time.form, NUM_MILLISECONDS);
	assert_int_equal(c.auth_time.at, 1769860623);
	assert_true(span_is(c.jkt, "thumb") && span_is(c.x5t_s256, "cert"));
	assert_true(c.has_nonce && c.has_at_hash && !c.has_c_hash && c.has_scope);
	json_free(j);
}

static void
test_empty(void **state)
{
	struct json *j = parse("{\"aud\":5,\"scope\":null,\"cnf\":\"x\",\"iss\":1}");
	struct claims c;

	(void)state;
	claims_read(&c, j);
	assert_int_equal(c.n_aud, 0);
	assert_int_equal(c.scope_form, SCOPE_ABSENT);
	assert_false(c.has_scope);
	assert_false(claims_has_scope(&c, "openid"));
	assert_int_equal(c.exp.form, NUM_ABSENT);
	assert_int_equal(c.iss.n + c.jkt.n, 0);
	json_free(j);
}

static void
test_scopes(void **state)
{
	static const struct {
		const char *json;
		enum scope_form form;
		bool openid;
		const char *text;
	} t[] = {
		{"{\"scope\":\"openid profile\"}", SCOPE_STRING, true, "openid profile"},
		{"{\"scope\":\"\"}", SCOPE_STRING, false, ""},
		{"{\"scope\":\"openid2 xopenid\"}", SCOPE_STRING, false, "openid2 xopenid"},
		{"{\"scope\":[\"profile\",\"openid\"]}", SCOPE_ARRAY, true, "profile openid"},
		{"{\"scope\":[]}", SCOPE_ARRAY, false, ""},
		{"{\"scp\":\"User.Read openid\"}", SCOPE_SCP_STRING, true, "User.Read openid"},
		{"{\"scp\":[\"openid\",3]}", SCOPE_SCP_ARRAY, true, "openid"},
		{"{\"scope\":\"a\",\"scp\":\"openid\"}", SCOPE_STRING, false, "a"},
		{"{}", SCOPE_ABSENT, false, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		struct json *j = parse(t[i].json);
		struct claims c;
		struct buf b;

		buf_init(&b, 1000);
		claims_read(&c, j);
		assert_int_equal(c.scope_form, t[i].form);
		assert_int_equal(claims_has_scope(&c, "openid"), t[i].openid);
		assert_int_equal(claims_scope_text(&c, &b), RES_OK);
		assert_string_equal(buf_str(&b), t[i].text);
		buf_release(&b);
		json_free(j);
	}
}

static void
test_many_audiences(void **state)
{
	struct json *j = json_new_object(), *a = json_new_array();
	struct claims c;
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		json_append_span(a, SPAN_LIT("x"));
	json_set_take(j, "aud", a);
	claims_read(&c, j);
	assert_int_equal(c.n_aud, ARRAY_SIZE(c.aud));
	json_free(j);
}

static void
test_meaning(void **state)
{
	static const char *const names[] = {"active", "exp", "nbf", "iat", "scope", "scp", "aud",
		"iss", "sub", "jti", "client_id", "username", "token_type", "cnf", "realm_access",
		"tid", "nonce", "email", "acr", "act", "sid", "updated_at", "cid"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!claim_meaning(span_of(names[i])))
			fail_msg("no meaning: %s", names[i]);
	assert_null(claim_meaning(SPAN_LIT("x-unknown")));
	assert_null(claim_meaning(SPAN_LIT("EXP")));
	assert_null(claim_meaning(SPAN_EMPTY));
}

static void
test_metadata(void **state)
{
	struct err e = ERR_INIT;
	struct metadata m;
	int i;

	(void)state;
	metadata_init(&m);
	assert_int_equal(metadata_parse(&m,
				 SPAN_LIT("{\"issuer\":\"https://i\","
					  "\"introspection_endpoint\":\"https://i/"
					  "introspect\",\"jwks_uri\":\"https://i/jwks\","
					  "\"userinfo_endpoint\":7,\"token_endpoint_auth_methods_"
					  "supported\":[\"client_secret_basic\",1]}"),
				 &e),
		RES_OK);
	assert_true(span_is(m.issuer, "https://i"));
	assert_true(span_is(m.url[EP_INTROSPECTION], "https://i/introspect"));
	assert_true(span_is(m.url[EP_JWKS], "https://i/jwks"));
	assert_int_equal(m.url[EP_USERINFO].n + m.url[EP_TOKEN].n, 0);
	assert_int_equal(metadata_supports(&m, "token_endpoint_auth_methods_supported",
				 "client_secret_basic"),
		TRI_YES);
	assert_int_equal(
		metadata_supports(&m, "token_endpoint_auth_methods_supported", "none"), TRI_NO);
	assert_int_equal(metadata_supports(&m, "scopes_supported", "openid"), TRI_UNKNOWN);
	assert_int_equal(metadata_supports(&m, "issuer", "https://i"), TRI_UNKNOWN);
	assert_true(metadata_is_of(&m, SPAN_LIT("https://i")));
	assert_false(metadata_is_of(&m, SPAN_LIT("https://i/")));
	assert_int_equal(metadata_parse(&m, SPAN_LIT("[]"), &e), RES_SYNTAX);
	assert_int_equal(m.issuer.n, 0);
	assert_int_equal(metadata_parse(&m, SPAN_LIT("<html>"), &e), RES_SYNTAX);
	assert_int_equal(metadata_supports(&m, "x", "y"), TRI_UNKNOWN);
	metadata_release(&m);
	for (i = 0; i < EP_COUNT; i++)
		assert_true(
			endpoint_name((enum endpoint)i)[0] && endpoint_words((enum endpoint)i)[0]);
	assert_string_equal(endpoint_name(EP_INTROSPECTION), "introspection_endpoint");
}

static void
test_same(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} t[] = {
		{"{\"exp\":1700000000}", "{\"exp\":\"1700000000\"}", true},
		{"{\"exp\":1700000000}", "{\"exp\":1700000000.25}", true},
		{"{\"exp\":1700000000}", "{\"exp\":1700000000000}", true},
		{"{\"exp\":1700000000}", "{\"exp\":1700000001}", false},
		{"{\"exp\":\"soon\"}", "{\"exp\":\"soon\"}", true},
		{"{\"aud\":\"a\"}", "{\"aud\":[\"a\"]}", true},
		{"{\"aud\":[\"a\",\"b\"]}", "{\"aud\":[\"b\",\"a\"]}", true},
		{"{\"aud\":[\"a\",\"b\"]}", "{\"aud\":\"a\"}", false},
		{"{\"scope\":\"openid email\"}", "{\"scope\":\"email openid\"}", true},
		{"{\"scope\":\"openid email\"}", "{\"scope\":[\"openid\",\"email\"]}", true},
		{"{\"scope\":\"openid\"}", "{\"scope\":\"openid email\"}", false},
		{"{\"scope\":\"a b a\"}", "{\"scope\":\"b a\"}", true},
		{"{\"aud\":\"ab\"}", "{\"aud\":\"a\"}", false},
		{"{\"aud\":7}", "{\"aud\":8}", false},
		{"{\"sub\":\"u\"}", "{\"sub\":\"u\"}", true},
		{"{\"sub\":\"7\"}", "{\"sub\":7}", false},
		{"{\"sub\":\"a b\"}", "{\"sub\":\"b a\"}", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct json *a = NULL, *b = NULL;

		assert_int_equal(json_parse(&a, span_of(t[i].a), NULL), RES_OK);
		assert_int_equal(json_parse(&b, span_of(t[i].b), NULL), RES_OK);
		if (claim_same(json_first(a), json_first(b)) != t[i].same)
			fail_msg("%s %s", t[i].a, t[i].b);
		json_free(a);
		json_free(b);
	}
}

/* Microsoft's metadata for many tenants has a template where the issuer has "common". */
static void
metadata_for_many_tenants(void **state)
{
	static const struct {
		const char *issuer;
		bool its;
	} asked[] = {
		{"https://login.example/common/v2.0", true},
		{"https://login.example/organizations/v2.0", true},
		{"https://login.example/consumers/v2.0", true},
		{"https://login.example/{tenantid}/v2.0", true},
		{"https://login.example/8c2f1a34/v2.0", false}, /* a tenant has metadata of its own */
		{"https://login.example/common/v2.0/", false},
		{"https://login.example/common", false},
		{"https://login.other.example/common/v2.0", false},
		{"https://login.example.evil.example/common/v2.0", false},
		{"http://login.example/common/v2.0", false},
		{"", false},
	};
	struct metadata m;
	struct err e;

	(void)state;
	metadata_init(&m);
	assert_int_equal(
		metadata_parse(&m,
			SPAN_LIT("{\"issuer\":\"https://login.example/{tenantid}/v2.0\"}"), &e),
		RES_OK);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		assert_int_equal(metadata_is_of(&m, span_of(asked[i].issuer)), asked[i].its);
	metadata_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_members),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_many_audiences),
		cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(metadata_for_many_tenants),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
