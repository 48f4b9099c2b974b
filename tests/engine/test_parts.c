/* The engine's pure parts: the proxy rules and the curl command. */
#include "unit.h"

#include "base/mem.h"
#include "engine/engine.h"
#include "engine/net-proxy.h"

static void
test_no_proxy(void **state)
{
	static const struct {
		const char *list, *host;
		bool exempt;
	} cases[] = {
		{"", "idp.example", false},
		{"*", "idp.example", true},
		{"idp.example", "idp.example", true},
		{"IDP.Example", "idp.eXample", true},
		{"example", "idp.example", true},
		{".example", "idp.example", true},
		{".idp.example", "idp.example", true},
		{"example.", "idp.example.", true},
		{"p.example", "idp.example", false},
		{"idp.example", "sub.idp.example", true},
		{"sub.idp.example", "idp.example", false},
		{"a.b, c.d ,idp.example", "idp.example", true},
		{"a.b c.d idp.example", "idp.example", true},
		{"10.0.0.0/8", "10.200.3.4", true},
		{"10.0.0.0/8", "11.0.0.1", false},
		{"10.1.2.0/23", "10.1.3.255", true},
		{"10.1.2.0/23", "10.1.4.0", false},
		{"10.0.0.0/0", "192.0.2.1", true},
		{"10.0.0.0/33", "10.0.0.0", false},
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.10", false},
		{"2001:db8::/32", "2001:db8::1", true},
		{"2001:db8::/32", "2001:db9::1", false},
		{"[::1]", "::1", true},
		{"::1", "::1", true},
		{",, ,", "idp.example", false},
		{".", "idp.example", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (net_proxy_exempt(span_of(cases[i].list), span_of(cases[i].host)) != cases[i].exempt)
			fail_msg("\"%s\" for %s", cases[i].list, cases[i].host);
}

static void
test_proxy_choice(void **state)
{
	static const char *const names[] = {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
	assert_null(net_proxy_for("https://idp.example/", NULL));
	assert_string_equal(net_proxy_for("https://idp.example/", "http://p:1"), "http://p:1");
	setenv("HTTP_PROXY", "http://cgi:1", 1); /* never read: a request's header could set it */
	assert_null(net_proxy_for("http://idp.example/", NULL));
	setenv("ALL_PROXY", "socks5h://all:1", 1);
	assert_string_equal(net_proxy_for("http://idp.example/", NULL), "socks5h://all:1");
	setenv("HTTPS_PROXY", "http://upper:1", 1);
	assert_string_equal(net_proxy_for("https://idp.example/", NULL), "http://upper:1");
	setenv("https_proxy", "http://lower:1", 1);
	assert_string_equal(net_proxy_for("https://idp.example/", NULL), "http://lower:1");
	assert_null(net_proxy_for("https://idp.example/", ""));
	assert_null(net_proxy_for("https://127.0.0.1:8443/", NULL));
	assert_null(net_proxy_for("https://localhost/", NULL));
	assert_string_equal(net_proxy_for("https://localhost/", "http://p:1"), "http://p:1");
	setenv("NO_PROXY", "idp.example", 1);
	assert_null(net_proxy_for("https://idp.example/", NULL));
	assert_null(net_proxy_for("https://idp.example/", "http://p:1"));
	assert_string_equal(net_proxy_for("https://other.example/", NULL), "http://lower:1");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}

static void
expect_command(struct exchange *x, const char *expected)
{
	struct buf out;

	buf_init(&out, LIMIT_REPORT);
	assert_int_equal(exchange_curl_command(x, &out), RES_OK);
	assert_string_equal(buf_str(&out), expected);
	buf_release(&out);
	exchange_free(x);
}

static struct exchange *
exchange(const char *method, const char *url, enum token_slot slot)
{
	struct exchange *x = exchange_new();

	http_request_set(&x->request, method, span_of(url));
	x->slot = slot;
	return x;
}

static void
header(struct exchange *x, const char *name, const char *value)
{
	assert_int_equal(http_headers_add(&x->request.headers, span_of(name), span_of(value)), RES_OK);
}

#define MASKED "eyJh…[redacted 812 B, sha256:1f3a]"

static void
test_bearer_command(void **state)
{
	struct exchange *x = exchange("GET", "https://idp.example/userinfo", SLOT_ACCESS);

	(void)state;
	header(x, "Authorization", "Bearer " MASKED);
	header(x, "Accept", "application/json");
	header(x, "User-Agent", "tokentriage/1");
	header(x, "DPoP", MASKED);
	snprintf(x->result.tls.client_subject, sizeof(x->result.tls.client_subject), "CN=app");
	expect_command(x, "# DPOP: a new proof for each request (RFC 9449 4.2)\n"
		"curl -sS -i 'https://idp.example/userinfo' \\\n"
		"  -H 'Authorization: Bearer '\"$ACCESS_TOKEN\" \\\n"
		"  -H 'Accept: application/json' \\\n"
		"  -H 'DPoP: '\"$DPOP\" \\\n"
		"  --cert \"$CLIENT_CERT\" --key \"$CLIENT_KEY\"\n");
}

static void
test_form_command(void **state)
{
	struct exchange *x = exchange("POST", "https://idp.example/token", SLOT_REFRESH);

	(void)state;
	header(x, "Content-Type", "application/x-www-form-urlencoded");
	header(x, "Authorization", "Basic [redacted]");
	snprintf(x->auth_client_id, sizeof(x->auth_client_id), "my app");
	x->auth = AUTH_BASIC;
	x->auth_has_reserved = true;
	buf_puts(&x->request.body, "grant_type=refresh_token&refresh_token=%5Bredacted%20812%20B%5D"
		"&client_secret=x&scope=openid+it%27s&empty=&lone");
	expect_command(x, "# CLIENT_SECRET must be form-encoded here (RFC 6749 2.3.1)\n"
		"curl -sS -i 'https://idp.example/token' \\\n"
		"  -H 'Content-Type: application/x-www-form-urlencoded' \\\n"
		"  -u 'my+app':\"$CLIENT_SECRET\" \\\n"
		"  --data-urlencode 'grant_type=refresh_token' \\\n"
		"  --data-urlencode 'refresh_token='\"$REFRESH_TOKEN\" \\\n"
		"  --data-urlencode 'client_secret='\"$CLIENT_SECRET\" \\\n"
		"  --data-urlencode 'scope=openid it'\\''s' \\\n"
		"  --data-urlencode 'empty=' \\\n"
		"  --data-urlencode 'lone='\n");
}

static void
test_introspection_command(void **state)
{
	struct exchange *x = exchange("POST", "https://idp.example/introspect", SLOT_ACCESS);

	(void)state;
	header(x, "Content-Type", "application/x-www-form-urlencoded");
	buf_puts(&x->request.body, "token=eyJh%E2%80%A6%5Bredacted+812+B%5D&token_type_hint=access_token");
	expect_command(x, "curl -sS -i 'https://idp.example/introspect' \\\n"
		"  -H 'Content-Type: application/x-www-form-urlencoded' \\\n"
		"  --data-urlencode 'token='\"$ACCESS_TOKEN\" \\\n"
		"  --data-urlencode 'token_type_hint=access_token'\n");
}

/* Nothing of what a server or a user chose may run in the shell that gets the command. */
static void
test_quoting(void **state)
{
	struct exchange *x = exchange("BREW", "https://idp.example/a'b;$(touch x)?access_token=[redacted]&q=`id`",
		SLOT_ACCESS);

	(void)state;
	header(x, "X-Evil", "';touch y;'$(id)\x1b[2J");
	buf_puts(&x->request.body, "{\"a\":\"'; rm -rf /\n\"}");
	expect_command(x, "curl -sS -i -X 'BREW' 'https://idp.example/a'\\''b;$(touch x)''?''access_token='"
		"\"$ACCESS_TOKEN\"'&''q=`id`' \\\n"
		"  -H 'X-Evil: '\\'';touch y;'\\''$(id)\\e[2J' \\\n"
		"  --data-raw '{\"a\":\"'\\''; rm -rf /\n\"}'\n");
}

static void
test_other_methods(void **state)
{
	(void)state;
	expect_command(exchange("HEAD", "https://idp.example/", SLOT_NONE),
		"curl -sS -i --head 'https://idp.example/'\n");
	expect_command(exchange("POST", "https://idp.example/", SLOT_NONE),
		"curl -sS -i -X 'POST' 'https://idp.example/'\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_proxy),
		cmocka_unit_test(test_proxy_choice),
		cmocka_unit_test(test_bearer_command),
		cmocka_unit_test(test_form_command),
		cmocka_unit_test(test_introspection_command),
		cmocka_unit_test(test_quoting),
		cmocka_unit_test(test_other_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
