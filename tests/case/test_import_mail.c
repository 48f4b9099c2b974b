/* Mails as their source: what they encode, wrap and say twice; and what is no mail. */
#include "case/importing.h"

#include "base/encode.h"
#include "base/mem.h"

#define TOP "Received: from mx.example by imap.example; Fri, 30 Jan 2026 09:00:00 +0100\n" \
	"From: =?utf-8?Q?J=C3=BCrgen?= <j@customer.example>\nTo: help@desk.example\n" \
	"Subject: cannot log in any more\nDate: Fri, 30 Jan 2026 09:00:00 +0100\nMIME-Version: 1.0\n"
#define ALTERNATIVE "Content-Type: multipart/alternative;\n\tboundary=\"=_b1\"\n\n"
#define SIGNATURE "\n-- \nJane Doe\nhttps://customer.example\n"
#define ACCESS "vH2kq8Zr1TnX5bWc0JdYp7Ls"
#define REFRESH "rt-8Kq2mWv5rT9aBc3DeF4gH"

/* Soft line breaks as quoted-printable makes them. */
static void
put_quoted(struct buf *out, const char *text)
{
	int column = 0;

	for (; *text; text++) {
		if (*text == '=' || (unsigned char)*text > '~')
			(void)buf_printf(out, "=%02X", (unsigned)(unsigned char)*text);
		else
			(void)buf_putc(out, *text);
		column = *text == '\n' ? 0 : column + 1;
		if (column == 60) {
			(void)buf_puts(out, "=\n");
			column = 0;
		}
	}
}

static void
put_base64(struct buf *out, const char *text)
{
	struct buf whole;

	buf_init(&whole, LIMIT_INPUT_FILE);
	(void)base64_encode(&whole, span_of(text));
	for (size_t i = 0; i < whole.len; i += 76) {
		(void)buf_add_span(out, span_sub(buf_span(&whole), i, 76));
		(void)buf_puts(out, "\r\n");
	}
	buf_release(&whole);
}

static void
take_buf(struct import *im, struct buf *b)
{
	take(im, buf_str(b));
	buf_release(b);
}

static void
quoted_printable(void **state)
{
	static const char said[] = "Hallo,\n\nes geht nicht mehr, das Token ist access_token=" JWT
		"\nDie Meldung ist: invalid_token – Das Token ist nicht mehr gültig" SIGNATURE;
	struct import im;
	struct buf b;

	(void)state;
	buf_init(&b, LIMIT_INPUT_FILE);
	(void)buf_puts(&b, TOP "Content-Type: text/plain; charset=utf-8\n"
			       "Content-Transfer-Encoding: quoted-printable\n\n");
	put_quoted(&b, said);
	take_buf(&im, &b);
	assert_true(noted(&im, "a mail"));
	assert_true(token_is(&im, SLOT_ACCESS, JWT));
	assert_int_equal(im.n, 1);
	assert_non_null(strstr(buf_str(&im.x[0]->result.response.body), "invalid_token"));
	import_release(&im);
	/* its body alone, as "view source" gives it to the clipboard */
	buf_init(&b, LIMIT_INPUT_FILE);
	put_quoted(&b, said);
	take_buf(&im, &b);
	assert_true(noted(&im, "the source of a mail") && token_is(&im, SLOT_ACCESS, JWT));
	import_release(&im);
}

static void
base64_part(void **state)
{
	struct import im;
	struct buf b;

	(void)state;
	buf_init(&b, LIMIT_INPUT_FILE);
	(void)buf_puts(&b, TOP ALTERNATIVE "for old programs\n--=_b1\n"
		"Content-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\n");
	put_base64(&b, "what the login gave:\n{\"access_token\":\"" ACCESS "\",\"refresh_token\":\"" REFRESH
		"\",\"token_type\":\"Bearer\"}\n> HTTP/1.1 401 Unauthorized\n");
	(void)buf_puts(&b, "--=_b1\nContent-Type: text/html\n\n<p>see <b>above</b></p>\n--=_b1--\n");
	take_buf(&im, &b);
	assert_true(token_is(&im, SLOT_ACCESS, ACCESS) && token_is(&im, SLOT_REFRESH, REFRESH));
	import_release(&im);
	/* a recording as an attachment of a forwarded mail */
	buf_init(&b, LIMIT_INPUT_FILE);
	(void)buf_puts(&b, TOP "Content-Type: multipart/mixed; boundary=outer\n\n--outer\n"
		"Content-Type: message/rfc822\n\n" TOP "Content-Type: multipart/mixed; boundary=inner\n\n"
		"--inner\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"
		"--inner\nContent-Type: text/plain\n\nHTTP/1.1 401 Unauthorized\n"
		"WWW-Authenticate: Bearer error=\"invalid_token\"\n\n--inner--\n--outer--\n");
	take_buf(&im, &b);
	assert_true(noted(&im, "no text was left out"));
	assert_int_equal(im.x[0]->result.response.status, 401);
	import_release(&im);
}

static void
html_mail(void **state)
{
	struct import im;
	struct buf b;

	(void)state;
	buf_init(&b, LIMIT_INPUT_FILE);
	(void)buf_puts(&b, TOP "Content-Type: text/html; charset=utf-8\n"
			       "Content-Transfer-Encoding: quoted-printable\n\n");
	put_quoted(&b, "<html><head><title>x</title><style>a{color:red}</style></head><body class=\"x\">"
		"Hello,<br>the address was <a href=\"#\">https://app.example/cb#access_token=" ACCESS
		"&amp;token_type=Bearer&amp;state=1</a><br>&#8364;&nbsp;<div>thanks</div></body></html>");
	take_buf(&im, &b);
	assert_true(token_is(&im, SLOT_ACCESS, ACCESS));
	import_release(&im);
	/* a challenge, with its quotes as entities */
	take(&im, TOP "Content-Type: text/html\n\n<pre>HTTP/1.1 401 Unauthorized\n"
		"WWW-Authenticate: Bearer error=&quot;invalid_token&quot;, error_description=&#x22;expired&#34;\n"
		"</pre>");
	assert_int_equal(im.x[0]->result.response.status, 401);
	assert_non_null(strstr(http_header(&im.x[0]->result.response.headers, "www-authenticate").p,
		"error=\"invalid_token\", error_description=\"expired\""));
	import_release(&im);
}

/* What looks a little like one. */
static void
no_mail(void **state)
{
	struct import im;

	(void)state;
	take(&im, "Date: Fri, 30 Jan 2026 09:00:00 GMT\nContent-Type: application/json\n"
		"WWW-Authenticate: Bearer error=\"invalid_token\"\n");
	assert_false(noted(&im, "mail"));
	import_release(&im);
	take(&im, "From: app\nHTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer\n\n");
	assert_false(noted(&im, "mail"));
	import_release(&im);
	take(&im, "https://app.example/cb?error=login_required&code=80&x=20&state=3D");
	assert_false(noted(&im, "mail"));
	import_release(&im);
	take(&im, "the answer: {\"error\":\"invalid_token\"} a=1");
	assert_false(noted(&im, "mail"));
	import_release(&im);
}

/* Cut at every byte, and parts within parts without end: an answer each time. */
static void
hostile(void **state)
{
	static const char text[] = TOP "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: "
		"multipart/alternative; boundary=\"b\n\n--b\nContent-Type: text/html\n\n&#x110000;&#55296;&amp"
		"<!-- <style> &lt;=\n--a\nContent-Transfer-Encoding: base64\n\n====\n--a\n"
		"Content-Transfer-Encoding: quoted-printable\n\ninvalid_token=3D=\n=\xff=F--a--";
	struct import im;
	struct buf b;

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		char *copy = xmalloc(n + !n);

		memcpy(copy, text, n);
		(void)reads(&im, copy, n, PURPOSE_COUNT);
		import_release(&im);
		free(copy);
	}
	buf_init(&b, LIMIT_INPUT_FILE);
	(void)buf_puts(&b, TOP);
	for (int i = 0; i < 2000; i++)
		(void)buf_puts(&b, "Content-Type: message/rfc822\n\nFrom: x\n");
	(void)reads(&im, b.p, b.len, PURPOSE_COUNT);
	import_release(&im);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quoted_printable),
		cmocka_unit_test(base64_part),
		cmocka_unit_test(html_mail),
		cmocka_unit_test(no_mail),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
