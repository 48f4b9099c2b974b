#include "unit.h"

#include "oauth/challenge.h"

/* The challenges written out: scheme(token68|name=value|…) …, "!" in front if repaired. */
static void
show(const char *value, char *out, size_t size)
{
	struct challenges c;
	size_t i, k, n;

	challenges_init(&c);
	challenges_parse(&c, span_of(value));
	n = (size_t)snprintf(out, size, "%s", c.repaired ? "!" : "");
	for (i = 0; i < c.n; i++) {
		const struct challenge *ch = &c.v[i];

		n += (size_t)snprintf(out + n, size - n, "%s%s(%s", i ? " " : "", ch->scheme,
			ch->token68 ? ch->token68 : "");
		for (k = 0; k < ch->n_params; k++)
			n += (size_t)snprintf(out + n, size - n, "%s%s=%s", k ? "|" : "",
				ch->params[k].name, ch->params[k].value);
		n += (size_t)snprintf(out + n, size - n, ")");
	}
	challenges_release(&c);
}

static void
test_grammar(void **state)
{
	static const struct {
		const char *value, *want;
	} t[] = {
		{"", ""},
		{"Bearer", "Bearer()"},
		{"Bearer realm=\"x\"", "Bearer(realm=x)"},
		{"Bearer realm=\"a, b=c\", error=\"invalid_token\"",
			"Bearer(realm=a, b=c|error=invalid_token)"},
		{"Bearer realm=\"say \\\"hi\\\" \\\\\"", "Bearer(realm=say \"hi\" \\)"},
		{"bearer REALM=x,Error=invalid_token", "bearer(realm=x|error=invalid_token)"},
		{"Bearer realm = \"x\" , error = y", "Bearer(realm=x|error=y)"},
		{"Negotiate", "Negotiate()"},
		{"Negotiate YIIGbw+/a==", "Negotiate(YIIGbw+/a==)"},
		{"Negotiate YII=, Basic realm=\"b\"", "Negotiate(YII=) Basic(realm=b)"},
		{"Basic realm=\"a\", Bearer realm=\"b\", error=\"invalid_token\", DPoP "
		 "algs=\"ES256 RS256\"",
			"Basic(realm=a) Bearer(realm=b|error=invalid_token) DPoP(algs=ES256 "
			"RS256)"},
		{"Bearer, DPoP algs=\"ES256\"", "Bearer() DPoP(algs=ES256)"},
		{"HMAC-SHA256 realm=\"x\", error=\"invalid_token\"",
			"HMAC-SHA256(realm=x|error=invalid_token)"},
		{", ,Bearer realm=\"\",,", "Bearer(realm=)"},
		{"Basic realm=\"x\", charset=\"UTF-8\", Negotiate, HMAC-SHA256",
			"Basic(realm=x|charset=UTF-8) Negotiate() HMAC-SHA256()"},
		{"Bearer resource_metadata=\"https://api.example/.well-known/oauth-protected-resource?a=b,c\"",
			"Bearer(resource_metadata=https://api.example/.well-known/oauth-protected-resource?a=b,c)"},
		{"Bearer error=\"insufficient_user_authentication\", acr_values=\"a b\", max_age=5",
			"Bearer(error=insufficient_user_authentication|acr_values=a b|max_age=5)"},
		{"DPoP error=\"use_dpop_nonce\", error_description=\"Resource server requires nonce in DPoP proof\"",
			"DPoP(error=use_dpop_nonce|error_description=Resource server requires nonce in DPoP "
			"proof)"},
		{"Negotiate oYG2==,DPoP algs=\"ES256\",Bearer", "Negotiate(oYG2==) DPoP(algs=ES256) Bearer()"},
		{"Bearer scope=\"\", error_uri=\"https://e.example/\\\"x\\\"\"",
			"Bearer(scope=|error_uri=https://e.example/\"x\")"},
		{"Bearer\trealm=\"tab\"\t,\terror=\"x\"", "Bearer(realm=tab|error=x)"},
		/* departures */
		{"error=\"invalid_token\"", "!(error=invalid_token)"},
		{"Bearer error=\"a\" Basic realm=\"b\" Negotiate", "!Bearer(error=a) Basic(realm=b) Negotiate()"},
		{"error=\"invalid_token\", error_description=\"Access token is expired, disabled\"",
			"!(error=invalid_token|error_description=Access token is expired, "
			"disabled)"},
		{"Bearer error=\"invalid_token\" error_description=\"x\"",
			"!Bearer(error=invalid_token|error_description=x)"},
		{"Bearer error=invalid_token error_description=The token expired, scope=openid",
			"!Bearer(error=invalid_token|error_description=The token "
			"expired|scope=openid)"},
		{"Bearer realm=\"x\" DPoP algs=\"ES256\"", "!Bearer(realm=x) DPoP(algs=ES256)"},
		{"Bearer realm=x DPoP algs=ES256", "!Bearer(realm=x) DPoP(algs=ES256)"},
		{"Bearer realm=\"x", "!Bearer(realm=x)"},
		{"Bearer error='invalid_token', scope='a b'",
			"!Bearer(error=invalid_token|scope=a b)"},
		{"Bearer: error=\"invalid_token\"", "!Bearer(error=invalid_token)"},
		{"Bearer error=\"invalid_token\"; error_description=\"y\"",
			"!Bearer(error=invalid_token|error_description=y)"},
		{"Bearer error_description=\"The \"token\" is bad\", error=\"invalid_token\"",
			"!Bearer(error_description=The \"token\" is bad|error=invalid_token)"},
		{"Bearer authorization_uri=https://idp.example/x?y, resource_id=z",
			"!Bearer(authorization_uri=https://idp.example/x?y|resource_id=z)"},
		{"=\"x\"", "!"},
	};
	char out[600];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		show(t[i].value, out, sizeof(out));
		if (strcmp(out, t[i].want) &&
			!(t[i].want[0] == '!' && !t[i].want[1] && out[0] == '!'))
			fail_msg("%s\n gives %s\n not   %s", t[i].value, out, t[i].want);
	}
}

static void
test_several_headers(void **state)
{
	struct http_headers h = {0};
	struct challenges c;

	(void)state;
	assert_int_equal(http_headers_add(&h, SPAN_LIT("WWW-Authenticate"),
				 SPAN_LIT("Bearer realm=\"r\", error=\"invalid_token\"")),
		RES_OK);
	assert_int_equal(http_headers_add(&h, SPAN_LIT("www-authenticate"),
				 SPAN_LIT("DPoP algs=\"ES256\", error=\"use_dpop_nonce\"")),
		RES_OK);
	challenges_init(&c);
	challenges_read(&c, &h, "WWW-Authenticate");
	assert_int_equal(c.n, 2);
	assert_false(c.repaired);
	assert_true(
		span_is(challenge_param(challenge_find(&c, "dpop"), "error"), "use_dpop_nonce"));
	assert_true(span_is(challenge_param(challenge_find(&c, "BEARER"), "realm"), "r"));
	assert_int_equal(challenge_param(challenge_find(&c, "Basic"), "realm").n, 0);
	assert_true(span_is(challenges_param(&c, "algs"), "ES256"));
	assert_true(span_is(challenges_param(&c, "error"), "invalid_token")); /* the first */
	assert_int_equal(challenges_param(&c, "scope").n, 0);
	assert_non_null(challenge_param_meaning("resource_metadata"));
	assert_null(challenge_param_meaning("x-unknown"));
	assert_int_equal(challenge_param(challenge_find(&c, "Bearer"), "scope").n, 0);
	challenges_release(&c);
	challenges_read(&c, &h, "Proxy-Authenticate");
	assert_int_equal(c.n, 0);
	http_headers_release(&h);
}

/* Any bytes end in bounded work; and no more challenges than there is room for. */
static void
test_bounds(void **state)
{
	struct challenges c;
	struct buf b;
	int i, k;

	(void)state;
	buf_init(&b, 1 << 16);
	for (i = 0; i < 100; i++)
		buf_printf(&b, "S%d a=%d, ", i, i);
	challenges_init(&c);
	challenges_parse(&c, buf_span(&b));
	assert_int_equal(c.n, LIMIT_CHALLENGES);
	challenges_release(&c);
	for (i = 1; i < 256; i++) {
		for (k = 0; k < 4; k++) {
			char text[64];
			int n = snprintf(text, sizeof(text), "%s%c%s%c", k & 1 ? "Bearer a=" : "",
				i, k & 2 ? "b=\"" : " x ", i);

			challenges_init(&c);
			challenges_parse(&c, span_make(text, (size_t)n));
			assert_true(c.n <= 4);
			challenges_release(&c);
		}
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grammar),
		cmocka_unit_test(test_several_headers),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
