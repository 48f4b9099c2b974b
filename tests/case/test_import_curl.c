/* curl: command lines, -v, traces, error lines. */
#include "case/importing.h"

#include "base/mem.h"
#include "case/shellwords.h"

static struct span
header(const struct import *im, size_t i, const char *name)
{
	return http_header(&im->x[i]->request.headers, name);
}

static void
words(void **state)
{
	static const char text[] = "curl a'b c'\"d \\\"$X\\$\" $'\\x41\\u00e9\\n' \\\n  '' e\\ f # not this\nnext";
	struct shell_words *w = xmalloc(sizeof(*w));
	size_t n;

	(void)state;
	shell_words_init(w);
	n = shell_words_split(w, SPAN_LIT(text));
	assert_string_equal(text + n, "next");
	assert_int_equal(w->n, 5);
	assert_true(span_is(shell_word(w, 1), "ab cd \"$X$"));
	assert_true(w->v[1].expanded && !w->v[2].expanded);
	assert_true(span_is(shell_word(w, 2), "A\xc3\xa9\n"));
	assert_int_equal(shell_word(w, 3).n, 0);
	assert_true(span_is(shell_word(w, 4), "e f"));
	assert_int_equal(shell_word(w, 5).n, 0);
	shell_words_release(w);
	(void)shell_words_split(w, SPAN_LIT("curl 'open"));
	assert_true(w->unclosed);
	shell_words_release(w);
	free(w);
}

static void
commands(void **state)
{
	struct import im;

	(void)state;
	take(&im, "$ curl -sSXPOST https://idp.example/introspect \\\n -u 'client:s3cr3t' -d token=at-1 "
		  "--data-urlencode 'hint=a b' | jq .\n");
	assert_int_equal(im.n, 1);
	assert_string_equal(im.x[0]->request.method, "POST");
	assert_string_equal(im.x[0]->request.url, "https://idp.example/introspect");
	assert_string_equal(buf_str(&im.x[0]->request.body), "token=at-1&hint=a%20b");
	assert_true(span_is(header(&im, 0, "authorization"), "Basic Y2xpZW50OnMzY3IzdA=="));
	assert_true(span_is(header(&im, 0, "content-type"), "application/x-www-form-urlencoded"));
	assert_int_equal(im.x[0]->result.response.status, 0);
	assert_int_equal(import_purpose(im.x[0]), PURPOSE_INTROSPECTION);
	import_release(&im);
	take(&im, "curl --oauth2-bearer at-1 -G -d a=b idp.example/userinfo?x=y -x proxy:3128 -k");
	assert_string_equal(im.x[0]->request.method, "GET");
	assert_string_equal(im.x[0]->request.url, "http://idp.example/userinfo?x=y&a=b");
	assert_true(span_is(header(&im, 0, "authorization"), "Bearer at-1"));
	assert_true(im.x[0]->result.via_proxy && noted(&im, "-k"));
	import_release(&im);
	/* as a browser's developer tools copy it for Windows */
	take(&im, "curl ^\"https://api.example/me?a=1^&b=2^\" ^\r\n  -H ^\"Authorization: Bearer at-1^\" ^\r\n"
		  "  --data-raw ^\"^{^\\^\"x^\\^\":1^}^\"\r\n");
	assert_string_equal(im.x[0]->request.url, "https://api.example/me?a=1&b=2");
	assert_string_equal(buf_str(&im.x[0]->request.body), "{\"x\":1}");
	assert_true(span_is(header(&im, 0, "authorization"), "Bearer at-1"));
	import_release(&im);
	/* the shell's variable is not the token; in single quotes it is, wrongly */
	take(&im, "curl -H \"Authorization: Bearer $TOKEN\" https://api.example/me");
	assert_true(im.x[0]->token_unseen);
	import_release(&im);
	take(&im, "curl -H 'Authorization: Bearer $TOKEN' https://api.example/me");
	assert_false(im.x[0]->token_unseen);
	import_release(&im);
	take(&im, "curl -H \xe2\x80\x9c" "Authorization: Bearer at-1\xe2\x80\x9d https://api.example/me");
	assert_true(noted(&im, "line 1: typographic"));
	assert_true(span_is(header(&im, 0, "authorization"), "Bearer at-1"));
	import_release(&im);
	take(&im, "curl https://api.example/me?a=1&access_token=at-1");
	assert_true(noted(&im, "outside quotes"));
	import_release(&im);
	take(&im, "curl --strange value -d @file https://api.example/token");
	assert_true(im.x[0]->body_unseen && noted(&im, "--strange"));
	assert_string_equal(im.x[0]->request.url, "https://api.example/token");
	import_release(&im);
	refuse("curl -H 'A: b'", RES_SYNTAX);
}

static void
commands_with_output(void **state)
{
	struct import im;

	(void)state;
	take(&im, "$ curl -i https://idp.example/userinfo -H 'Authorization: Bearer at-1'\n"
		  "HTTP/2 401 \nwww-authenticate: Bearer error=\"invalid_token\"\n\n"
		  "$ curl https://idp.example/introspect -d token=at-1\n{\"active\":false}\n");
	assert_int_equal(im.n, 2);
	assert_int_equal(im.x[0]->result.response.status, 401);
	assert_int_equal(im.x[1]->result.response.status, 200);
	assert_string_equal(buf_str(&im.x[1]->result.response.body), "{\"active\":false}");
	import_release(&im);
	/* what -v does not show of the request, the command has */
	take(&im, "curl -v https://idp.example/token -d grant_type=refresh_token -d refresh_token=rt-1\n"
		  "* Connected to idp.example (192.0.2.1) port 443 (#0)\n> POST /token HTTP/1.1\n"
		  "> Host: idp.example\n> Content-Length: 42\n> \n< HTTP/1.1 400 Bad Request\n< \n"
		  "{\"error\":\"invalid_grant\"}* Connection #0 to host idp.example left intact\n");
	assert_int_equal(im.n, 1);
	assert_int_equal(import_purpose(im.x[0]), PURPOSE_REFRESH);
	assert_string_equal(buf_str(&im.x[0]->request.body), "grant_type=refresh_token&refresh_token=rt-1");
	assert_string_equal(buf_str(&im.x[0]->result.response.body), "{\"error\":\"invalid_grant\"}");
	assert_string_equal(im.x[0]->result.remote, "192.0.2.1:443");
	import_release(&im);
	take(&im, "curl https://idp.example/userinfo\ncurl: (60) SSL certificate problem: certificate has expired\n");
	assert_int_equal(im.x[0]->result.error, NETERR_TLS_EXPIRED);
	assert_string_equal(im.x[0]->request.url, "https://idp.example/userinfo");
	import_release(&im);
}

static void
verbose_output(void **state)
{
	struct import im;

	(void)state;
	take(&im, "* Connected to idp.example (192.0.2.1) port 443\n"
		  "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n* Server certificate:\n"
		  "*  subject: CN=idp.example\n*  start date: Jan  1 00:00:00 2026 GMT\n"
		  "*  expire date: Apr  1 00:00:00 2026 GMT\n*  issuer: CN=Example CA\n"
		  "*  SSL certificate verify ok.\n"
		  "> GET /me HTTP/2\n> Host: idp.example\n> authorization: Bearer at-1\n>\n"
		  "< HTTP/2 302 \n< location: https://b.example/me\n< \n{ [0 bytes data]\n"
		  "* Issue another request to this URL: 'https://b.example/me'\n"
		  "* Connected to b.example (192.0.2.2) port 443\n"
		  "> GET /me HTTP/2\n> Host: b.example\n>\n< HTTP/2 401 \n< www-authenticate: Bearer\n< \n");
	assert_int_equal(im.n, 2);
	assert_string_equal(im.x[0]->request.url, "https://idp.example/me");
	assert_string_equal(im.x[0]->result.tls.version, "TLSv1.3");
	assert_true(im.x[0]->result.tls.verified);
	assert_string_equal(im.x[0]->result.tls.certs[0].issuer, "CN=Example CA");
	assert_int_equal(im.x[0]->result.tls.certs[0].not_after, 1775001600);
	assert_int_equal(im.x[1]->follows, 1);
	assert_int_equal(im.x[1]->result.response.status, 401);
	assert_int_equal(header(&im, 1, "authorization").n, 0);
	import_release(&im);
	/* a tunnel is no exchange, a refused one is the proxy's */
	take(&im, "* Connected to proxy (192.0.2.9) port 3128\n> CONNECT idp.example:443 HTTP/1.1\n>\n"
		  "< HTTP/1.1 200 Connection established\n< \n* Proxy replied 200 to CONNECT request\n"
		  "> GET /me HTTP/1.1\n> Host: idp.example\n> \n< HTTP/1.1 200 OK\n< \n{}\n");
	assert_int_equal(im.n, 1);
	assert_true(im.x[0]->result.via_proxy);
	import_release(&im);
	take(&im, "> CONNECT idp.example:443 HTTP/1.1\n>\n< HTTP/1.1 407 Proxy Authentication Required\n< \n"
		  "curl: (56) CONNECT tunnel failed, response 407\n");
	assert_int_equal(im.x[0]->result.error, NETERR_PROXY_AUTH);
	import_release(&im);
	take(&im, "*   Trying 127.0.0.1:8443...\n* connect to 127.0.0.1 port 8443 failed: Connection refused\n"
		  "* Failed to connect to localhost port 8443: Connection refused\n"
		  "curl: (7) Failed to connect to localhost port 8443: Connection refused\n");
	assert_int_equal(im.n, 1);
	assert_int_equal(im.x[0]->result.error, NETERR_REFUSED);
	assert_string_equal(im.x[0]->request.url, "https://localhost:8443/");
	import_release(&im);
	take(&im, "> GET /me HTTP/1.1\n> Host: a.example\n> \n< HTTP/1.1 100 Continue\n< \n< HTTP/1.1 200 OK\n< \n"
		  "> not a request line\n");
	assert_int_equal(im.x[0]->result.response.status, 200);
	import_release(&im);
}

static void
traces(void **state)
{
	struct import im;

	(void)state;
	take(&im, "== Info: Connected to idp.example (192.0.2.1) port 80\n=> Send header, 99 bytes (0x63)\n"
		  "0000: POST /introspect HTTP/1.1\n001b: Host: idp.example\n0030: X-Long: 01234567890123456789012345678901234567890123456789012345\n"
		  "0070: 6789\n0076: \n=> Send data, 10 bytes (0xa)\n0000: token=at-1\n"
		  "<= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n<= Recv header, 2 bytes (0x2)\n0000: \n"
		  "<= Recv data, 16 bytes (0x10)\n0000: {\"active\":false}\n== Info: Connection #0 left intact\n");
	assert_int_equal(im.n, 1);
	assert_string_equal(im.x[0]->request.url, "http://idp.example/introspect");
	assert_true(span_ends(header(&im, 0, "x-long"), "123456789"));
	assert_string_equal(buf_str(&im.x[0]->request.body), "token=at-1");
	assert_string_equal(buf_str(&im.x[0]->result.response.body), "{\"active\":false}");
	import_release(&im);
	take(&im, "12:00:00.000001 => Send header, 20 bytes (0x14)\n"
		  "0000: 47 45 54 20 2f 6d 65 20 48 54 54 50 2f 31 2e 31 GET /me HTTP/1.1\n"
		  "0010: 0d 0a 0d 0a                                     ....\n"
		  "12:00:00.000002 <= Recv header, 19 bytes (0x13)\n"
		  "0000: 48 54 54 50 2f 31 2e 31 20 34 30 31 20 0d 0a 0d HTTP/1.1 401 ...\n"
		  "0010: 0a                                              .\n");
	assert_int_equal(im.n, 1);
	assert_string_equal(im.x[0]->request.url, "/me");
	assert_int_equal(im.x[0]->result.response.status, 401);
	import_release(&im);
}

/* Whatever is cut or wrong ends in an answer, and never outside the text (run under sanitizers). */
static void
hostile(void **state)
{
	static const char *const texts[] = {
		"curl ", "curl '", "curl \"\\", "curl $'\\u", "curl $(((", "curl https://a -H", "curl https://a -d @",
		"curl -XABCDEFGHIJKLMNOPQRSTUVWXYZ https://a", "curl ^\"https://a^", "curl https://a --data-urlencode @",
		"* Connected to", "* Connected to  (\ncurl: (6)", "> GET / HTTP/1.1", "< HTTP/1.1 200", "< HTTP/1.1 200 OK\n<",
		"== Info: ", "=> Send header, 1\n0000: ", "=> Send header\nffffffffffffffff: x\n0000:\n00",
		"curl: (60)", "> GET / HTTP/1.1\n> a\n> \n< HTTP/1.1 200 OK\n< b\n< \n", "curl https://a &", "curl -H : https://a",
		"*  expire date: \n* SSL connection using \ncurl: (35)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char *copy = xmalloc(strlen(texts[i]));
		struct case_file c;
		struct redactor *r = redactor_new();
		struct import im;

		memcpy(copy, texts[i], strlen(texts[i]));
		case_init(&c);
		if (reads(&im, copy, strlen(texts[i]), PURPOSE_COUNT) == RES_OK)
			(void)import_apply(&im, &c, r);
		import_release(&im);
		case_release(&c);
		redactor_free(r);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(commands),
		cmocka_unit_test(commands_with_output),
		cmocka_unit_test(verbose_output),
		cmocka_unit_test(traces),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
