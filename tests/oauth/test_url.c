#include "unit.h"

#include "base/limits.h"
#include "oauth/url.h"

static struct url
parse(const char *text)
{
	struct err e = ERR_INIT;
	struct url u;

	if (url_parse(&u, span_of(text), &e) != RES_OK)
		fail_msg("%s: %s", text, e.text);
	return u;
}

static void
test_parts(void **state)
{
	struct url u = parse("HTTPS://me:pw@Idp.Example:8443/a/b;c?x=/?#y?z");

	(void)state;
	assert_true(span_is(u.scheme, "HTTPS"));
	assert_true(span_is(u.userinfo, "me:pw"));
	assert_true(span_is(u.host, "Idp.Example"));
	assert_int_equal(u.port, 8443);
	assert_true(u.port_written);
	assert_true(span_is(u.path, "/a/b;c"));
	assert_true(span_is(u.query, "x=/?"));
	assert_true(span_is(u.fragment, "y?z"));
	u = parse("http://[::1]:80?q");
	assert_true(u.ipv6 && span_is(u.host, "::1") && u.port == 80);
	assert_int_equal(u.path.n, 0);
	assert_true(span_is(u.query, "q"));
	u = parse("https://a");
	assert_true(u.port == 443 && !u.port_written);
	u = parse("http://a:/x");
	assert_true(u.port == 80 && !u.port_written);
	u = parse("https://a@b@evil.example/"); /* the last @ counts */
	assert_true(span_is(u.host, "evil.example"));
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {"", "idp.example", "//idp.example", "/path", "ftp://x",
		"https:x", "https:/x", "https://", "https:///p", "https://:80/", "https://a:0",
		"https://a:65536", "https://a:8o", "https://a:+80", "https://[::1", "https://[zz]/",
		"https://[::1]x/", "https://a b/", "https://a/\n", "https://a\\@b/",
		"javascript:alert(1)", "file:///etc/passwd", " https://a", "https://a/<x>",
		"https://a]/"};
	char *big = malloc(LIMIT_URL + 20);
	struct url u;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = ERR_INIT;

		if (url_parse(&u, span_of(bad[i]), &e) != RES_SYNTAX)
			fail_msg("taken: %s", bad[i]);
		assert_true(e.text[0] != '\0');
	}
	memset(big, 'a', LIMIT_URL + 20);
	memcpy(big, "https://", 8);
	assert_int_equal(url_parse(&u, span_make(big, LIMIT_URL + 20), NULL), RES_LIMIT);
	free(big);
}

static void
test_same(void **state)
{
	struct url a = parse("https://Idp.example/x"), b = parse("HTTPS://idp.EXAMPLE:443/y");
	struct url c = parse("http://idp.example:443/"), d = parse("https://idp.example:444/");

	(void)state;
	assert_true(url_same_origin(&a, &b));
	assert_false(url_same_origin(&a, &c));
	assert_true(url_same_host(&a, &c));
	assert_false(url_same_host(&a, &d));
}

static void
test_private(void **state)
{
	static const struct {
		const char *url;
		bool loopback, private;
	} hosts[] = {{"http://localhost", true, true}, {"http://LocalHost.", true, true},
		{"http://a.localhost", true, true}, {"http://127.0.0.1", true, true},
		{"http://127.9.9.9:1", true, true}, {"http://[::1]", true, true},
		{"http://[::ffff:127.0.0.1]", true, true}, {"http://10.1.2.3", false, true},
		{"http://172.16.0.1", false, true}, {"http://172.31.0.1", false, true},
		{"http://172.32.0.1", false, false}, {"http://192.168.1.1", false, true},
		{"http://192.169.1.1", false, false}, {"http://169.254.1.1", false, true},
		{"http://[fe80::1]", false, true}, {"http://[fd00::1]", false, true},
		{"http://[2001:db8::1]", false, false}, {"http://keycloak", false, true},
		{"http://printer.local", false, true}, {"http://idp.example", false, false},
		{"http://localhost.example", false, false},
		{"http://127.0.0.1.example", false, false}, {"http://8.8.8.8", false, false}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct url u = parse(hosts[i].url);

		if (url_is_loopback(&u) != hosts[i].loopback ||
			url_is_private(&u) != hosts[i].private)
			fail_msg("%s", hosts[i].url);
	}
}

static void
test_proxies(void **state)
{
	static const struct {
		const char *text, *host;
		int port;
	} good[] = {{"http://proxy.example:3128", "proxy.example", 3128}, {"proxy:8080", "proxy", 8080},
		{"http://proxy", "proxy", 1080}, {"https://proxy/", "proxy", 443},
		{"http://user:p%40ss@proxy:1", "proxy", 1}, {"socks5h://[::1]:9050", "::1", 9050},
		{"user:pass@10.0.0.1:3128", "10.0.0.1", 3128}};
	static const char *const bad[] = {"", "nonsense", "http://", "://x", "ftp://proxy:21", "http://:3128",
		"proxy:0", "proxy:70000", "http://pro xy:1", "http://a<b:1", "http://[::1:1", "user@"};
	struct url u;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (url_parse_proxy(&u, span_of(good[i].text), NULL) != RES_OK || !span_is(u.host, good[i].host) ||
			u.port != good[i].port)
			fail_msg("%s", good[i].text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (url_parse_proxy(&u, span_of(bad[i]), NULL) == RES_OK)
			fail_msg("taken: %s", bad[i]);
}

static void
test_resolve(void **state)
{
	/* RFC 3986 §5.4 */
	static const struct {
		const char *ref, *want;
	} refs[] = {{"g", "http://a/b/c/g"}, {"./g", "http://a/b/c/g"}, {"g/", "http://a/b/c/g/"},
		{"/g", "http://a/g"}, {"//g", "http://g"}, {"?y", "http://a/b/c/d;p?y"},
		{"g?y", "http://a/b/c/g?y"}, {"#s", "http://a/b/c/d;p?q#s"},
		{"g#s", "http://a/b/c/g#s"}, {"g?y#s", "http://a/b/c/g?y#s"},
		{";x", "http://a/b/c/;x"}, {"", "http://a/b/c/d;p?q"}, {".", "http://a/b/c/"},
		{"./", "http://a/b/c/"}, {"..", "http://a/b/"}, {"../", "http://a/b/"},
		{"../g", "http://a/b/g"}, {"../..", "http://a/"}, {"../../", "http://a/"},
		{"../../g", "http://a/g"}, {"../../../g", "http://a/g"}, {"/./g", "http://a/g"},
		{"/../g", "http://a/g"}, {"g.", "http://a/b/c/g."}, {"..g", "http://a/b/c/..g"},
		{"./../g", "http://a/b/g"}, {"g/./h", "http://a/b/c/g/h"},
		{"g/../h", "http://a/b/c/h"}, {"g?y/../x", "http://a/b/c/g?y/../x"},
		{"https://x/y", "https://x/y"}, {"com.app:/cb", "com.app:/cb"},
		{"/a//b/", "http://a/a//b/"}};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 4096);
	for (i = 0; i < ARRAY_SIZE(refs); i++) {
		buf_clear(&b);
		assert_int_equal(
			url_resolve(&b, SPAN_LIT("http://a/b/c/d;p?q"), span_of(refs[i].ref)),
			RES_OK);
		if (strcmp(buf_str(&b), refs[i].want))
			fail_msg("%s: %s, not %s", refs[i].ref, buf_str(&b), refs[i].want);
	}
	buf_clear(&b);
	assert_int_equal(url_resolve(&b, SPAN_LIT("https://h:8443"), SPAN_LIT("x")), RES_OK);
	assert_string_equal(buf_str(&b), "https://h:8443/x");
	buf_clear(&b);
	assert_int_equal(url_resolve(&b, SPAN_LIT("https://[::1]:1/p"), SPAN_LIT("/q")), RES_OK);
	assert_string_equal(buf_str(&b), "https://[::1]:1/q");
	buf_clear(&b);
	assert_int_equal(url_resolve(&b, SPAN_LIT("no url"), SPAN_LIT("/q")), RES_SYNTAX);
	buf_release(&b);
}

static void
test_well_known(void **state)
{
	static const struct {
		const char *issuer, *openid, *oauth;
	} w[] = {
		{"https://idp.example", "https://idp.example/.well-known/openid-configuration",
			"https://idp.example/.well-known/oauth-authorization-server"},
		{"https://idp.example/", "https://idp.example/.well-known/openid-configuration",
			"https://idp.example/.well-known/oauth-authorization-server"},
		{"https://idp.example:8443/realms/acme",
			"https://idp.example:8443/realms/acme/.well-known/openid-configuration",
			"https://idp.example:8443/.well-known/oauth-authorization-server/realms/"
			"acme"},
		{"https://idp.example/realms/acme/",
			"https://idp.example/realms/acme/.well-known/openid-configuration",
			"https://idp.example/.well-known/oauth-authorization-server/realms/acme"},
		{"http://[::1]:80/i", "http://[::1]/i/.well-known/openid-configuration",
			"http://[::1]/.well-known/oauth-authorization-server/i"},
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 4096);
	for (i = 0; i < ARRAY_SIZE(w); i++) {
		buf_clear(&b);
		assert_int_equal(url_well_known_openid(&b, span_of(w[i].issuer)), RES_OK);
		assert_string_equal(buf_str(&b), w[i].openid);
		buf_clear(&b);
		assert_int_equal(url_well_known_oauth(&b, span_of(w[i].issuer)), RES_OK);
		assert_string_equal(buf_str(&b), w[i].oauth);
	}
	buf_clear(&b);
	assert_int_equal(url_well_known_oauth(&b, SPAN_LIT("idp.example")), RES_SYNTAX);
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

static void
test_difference(void **state)
{
	static const struct {
		const char *a, *b, *want;
	} d[] = {{"https://a/x", "https://a/x", ""},
		{"https://a", "https://a/", "only in the trailing slash"},
		{"https://a/x/", "https://a/x", "only in the trailing slash"},
		{"http://a/x", "https://a/x", "in the scheme (http / https)"},
		{"https://idp.example/x", "https://localhost/x",
			"in the host (idp.example / localhost)"},
		{"http://k:8080/x", "http://k/x", "in the port (8080 / 80)"},
		{"https://a/realms/x", "https://a/realms/y", "in the path"},
		{"https://a/auth/realms/x", "https://a/realms/x", "in the path"},
		{"https://A.example/x", "https://a.example/x", "only in upper and lower case"},
		{"https://a:443/x", "https://a/x", "only in a default port that one writes out"},
		{"https://a/x?y", "https://a/x", "in the query or fragment"},
		{"urn:x", "https://a/x", "in their form: one is no URL"},
		{"https://a ", "https://a", "only in blanks at the ends"}};
	char out[160];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(d); i++)
		assert_string_equal(
			url_difference(out, sizeof(out), span_of(d[i].a), span_of(d[i].b)),
			d[i].want);
}

static void
test_issuer_of_endpoint(void **state)
{
	static const struct {
		const char *url, *issuer;
	} rows[] = {
		{"https://sso.example/realms/a/protocol/openid-connect/userinfo", "https://sso.example/realms/a"},
		{"http://kc:8080/auth/realms/a/protocol/openid-connect/token/introspect?x=/v1/",
			"http://kc:8080/auth/realms/a"},
		{"https://a.okta.example/oauth2/default/v1/introspect", "https://a.okta.example/oauth2/default"},
		{"https://a.okta.example/oauth2/v1/userinfo", "https://a.okta.example"},
		/* nothing that names it */
		{"https://sso.example/protocol/openid-connect/userinfo", ""},
		{"https://idp.example/userinfo", ""},
		{"https://idp.example/v1/me", ""},
		{"https://idp.example/oauth2/a/b/v1/userinfo", ""},
		{"https://idp.example/oauth2/token", ""},
		{"/realms/a/protocol/openid-connect/userinfo", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_true(span_is(url_issuer_of_endpoint(span_of(rows[i].url)), rows[i].issuer));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_well_known),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_issuer_of_endpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
