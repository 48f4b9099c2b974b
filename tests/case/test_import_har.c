/* HAR: which entries count, in what order, what a browser leaves out, and what is damaged. */
#include "case/importing.h"

#include "base/mem.h"

#define AT "opaque-access-token-1"

/* One entry; more: further members of the entry, with a comma before them. */
static void
entry(struct buf *out, const char *when, const char *method, const char *url, const char *headers,
	const char *post, int status, const char *response_headers, const char *body, const char *more)
{
	if (out->len && out->p[out->len - 1] == '}')
		(void)buf_puts(out, ",\n");
	(void)buf_printf(out,
		"{\"startedDateTime\":\"%s\",\"time\":100,\"request\":{\"method\":\"%s\",\"url\":\"%s\","
		"\"httpVersion\":\"HTTP/2\",\"headers\":[%s]%s%s%s},\"response\":{\"status\":%d,"
		"\"httpVersion\":\"HTTP/2\",\"headers\":[%s],\"content\":{\"size\":%zu,\"mimeType\":\"x\","
		"\"text\":\"%s\"}},\"timings\":{\"blocked\":10,\"dns\":5,\"connect\":20,\"ssl\":15,\"send\":0,"
		"\"wait\":40,\"receive\":2}%s}",
		when, method, url, headers, *post ? ",\"postData\":{\"mimeType\":\"f\",\"text\":\"" : "", post,
		*post ? "\"}" : "", status, response_headers, strlen(body), body, more);
}

static void
begin(struct buf *out)
{
	buf_init(out, LIMIT_INPUT_FILE);
	(void)buf_puts(out, "\xef\xbb\xbf{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"a \\\"entries\\\": [ b\"},\n"
			   "\"entries\" : [\n");
}

static const char bearer[] = "{\"name\":\":authority\",\"value\":\"x\"},{\"name\":\"Authorization\",\"value\":\"Bearer " AT "\"}";

static void
take_har(struct import *im, struct buf *b)
{
	(void)buf_puts(b, "\n]}}");
	take(im, buf_str(b));
	buf_release(b);
}

static void
few_among_many(void **state)
{
	struct import im;
	struct buf b;

	(void)state;
	begin(&b);
	for (int i = 0; i < 300; i++)
		entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://app.example/a.js", "", "", 200, "",
			"}]{[\\\"\\\\", "");
	entry(&b, "2026-01-31T12:00:05.500+01:00", "GET", "https://idp.example/userinfo", bearer, "", 401,
		"{\"name\":\"WWW-Authenticate\",\"value\":\"Bearer error=\\\"invalid_token\\\"\"}", "", "");
	entry(&b, "2026-01-31T10:00:00Z", "POST", "https://idp.example/token", "", "grant_type=refresh_token&refresh_token=r",
		400, "", "{\\\"error\\\":\\\"invalid_grant\\\"}", "");
	take_har(&im, &b);
	assert_int_equal(im.n, 2);
	assert_non_null(strstr(im.taken_as, "2 of 302"));
	/* by time, with the offset counted */
	assert_int_equal(im.x[0]->purpose, PURPOSE_REFRESH);
	assert_int_equal(im.x[1]->purpose, PURPOSE_USERINFO);
	/* 11:00:05.5 and 35 ms; the answer 40 ms later */
	assert_int_equal(im.x[1]->result.sent_wall_us, INT64_C(1769857205535000));
	assert_int_equal(im.x[1]->result.answered_wall_us, INT64_C(1769857205575000));
	assert_int_equal(im.x[1]->result.timings.connect, 5000);
	assert_int_equal(im.x[1]->result.timings.tls, 15000);
	assert_true(span_is(http_header(&im.x[1]->request.headers, "authorization"), "Bearer " AT));
	import_release(&im);
}

static void
clock_of_the_recording(void **state)
{
	struct case_file c;
	struct redactor *r = redactor_new();
	struct clock clock;
	struct facts f;
	struct import im;
	struct buf b;

	(void)state;
	begin(&b);
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://idp.example/userinfo", bearer, "", 401,
		"{\"name\":\"Date\",\"value\":\"Sat, 31 Jan 2026 12:10:00 GMT\"}", "", "");
	take_har(&im, &b);
	case_init(&c);
	(void)import_apply(&im, &c, r);
	clock_init_manual(&clock, 0);
	facts_derive(&f, &c, &clock);
	assert_true(f.skew.known && f.skew.seconds > 599 && f.skew.seconds < 601);
	assert_int_equal(f.now_s, 1769860800);
	assert_int_equal(f.server_now_s, 1769861400);
	assert_true(case_token(&c, SLOT_ACCESS)->present);
	import_release(&im);
	case_release(&c);
	/* out of a cache: an old Date is no clock */
	begin(&b);
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://idp.example/userinfo", bearer, "", 401,
		"{\"name\":\"Date\",\"value\":\"Sat, 31 Jan 2026 11:10:00 GMT\"}", "", ",\"_fromCache\":\"disk\"");
	take_har(&im, &b);
	case_init(&c);
	(void)import_apply(&im, &c, r);
	facts_derive(&f, &c, &clock);
	assert_false(f.skew.known);
	import_release(&im);
	case_release(&c);
	redactor_free(r);
}

static void
left_out_by_browsers(void **state)
{
	struct import im;
	struct buf b;

	(void)state;
	begin(&b);
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://api.example/me", "", "", 401,
		"{\"name\":\"WWW-Authenticate\",\"value\":\"Bearer\"}", "", "");
	take_har(&im, &b);
	assert_true(noted(&im, "Authorization") && im.x[0]->token_unseen);
	import_release(&im);
	/* one that has the header shows that the others really came without */
	begin(&b);
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://api.example/me", "", "", 401,
		"{\"name\":\"WWW-Authenticate\",\"value\":\"Bearer\"}", "", "");
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://api.example/you", bearer, "", 200, "", "{}", "");
	take_har(&im, &b);
	assert_false(noted(&im, "Authorization") || im.x[0]->token_unseen);
	import_release(&im);
	/* nothing came back, and the browser says why; a blocked request is not the server's */
	begin(&b);
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://idp.example/userinfo", bearer, "", 0, "", "",
		",\"_error\":\"net::ERR_NAME_NOT_RESOLVED\"");
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://idp.example/userinfo", bearer, "", 0, "", "",
		",\"_error\":\"net::ERR_BLOCKED_BY_CLIENT\"");
	take_har(&im, &b);
	assert_int_equal(im.n, 1);
	assert_int_equal(im.x[0]->result.error, NETERR_DNS);
	import_release(&im);
}

static void
redirects(void **state)
{
	struct import im;
	struct buf b;

	(void)state;
	begin(&b);
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://api.example/me", bearer, "", 302,
		"{\"name\":\"Location\",\"value\":\"https://b.example/me\"}", "", "");
	entry(&b, "2026-01-31T12:00:01.000Z", "GET", "https://b.example/me", "", "", 403, "", "no", "");
	entry(&b, "2026-01-31T12:00:02.000Z", "GET", "https://idp.example/auth?prompt=none", "", "", 302,
		"{\"name\":\"Location\",\"value\":\"https://app.example/cb?error=login_required&state=1\"}", "", "");
	entry(&b, "2026-01-31T12:00:03.000Z", "GET", "https://app.example/page", "", "", 302,
		"{\"name\":\"Location\",\"value\":\"https://app.example/start\"}", "", "");
	take_har(&im, &b);
	assert_int_equal(im.n, 3);
	assert_int_equal(im.x[1]->follows, 1);
	assert_int_equal(im.x[1]->purpose, PURPOSE_RESOURCE);
	assert_int_equal(im.x[2]->purpose, PURPOSE_OTHER);
	import_release(&im);
}

static void
calls_without_number(void **state)
{
	struct import im;
	struct buf b;
	size_t plain = 0;

	(void)state;
	begin(&b);
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://api.example/first", bearer, "", 403, "", "{}", "");
	for (int i = 0; i < 1500; i++)
		entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://api.example/me", bearer, "", 200, "", "{}", "");
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://api.example/last", bearer, "", 200, "", "{}", "");
	take_har(&im, &b);
	assert_true(im.n <= 300);
	assert_string_equal(im.x[0]->request.url, "https://api.example/first");
	for (size_t i = 0; i < im.n; i++)
		plain += im.x[i]->result.response.status == 200;
	assert_int_equal(plain, im.n - 1);
	assert_string_equal(im.x[im.n - 1]->request.url, "https://api.example/last");
	import_release(&im);
}

static void
damaged(void **state)
{
	struct import im;
	struct buf b;
	char *text;

	(void)state;
	begin(&b);
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://idp.example/userinfo", bearer, "", 401, "", "", "");
	(void)buf_puts(&b, ",{\"startedDateTime\":nonsense}");
	entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://idp.example/introspect", "", "token=" AT, 200, "",
		"{\\\"active\\\":false}", "");
	take(&im, buf_str(&b)); /* without its end */
	assert_int_equal(im.n, 2);
	assert_true(noted(&im, "line 3: entry 2 cannot be read"));
	assert_true(noted(&im, "cut off"));
	import_release(&im);
	/* cut at every byte: an answer each time, nothing read behind the end */
	for (size_t n = 0; n <= b.len; n += n < 120 ? 1 : 37) {
		text = xmalloc(n + !n);
		memcpy(text, buf_str(&b), n);
		(void)reads(&im, text, n, PURPOSE_COUNT);
		import_release(&im);
		free(text);
	}
	buf_release(&b);
	refuse("{\"log\":{\"entries\":[]}}", RES_SYNTAX);
	refuse("{\"log\":{\"entries\":[1,2]}}", RES_SYNTAX);
	refuse("{\"log\":{\"entries\":[{\"request\":[]}]}}", RES_SYNTAX);
}

/* Read in pieces of any size it is the same as read at once: exchanges, notes with their lines, the error. */
static void
same_in_pieces(const char *text, size_t n)
{
	struct import whole, part;
	struct err e = ERR_INIT, f;
	enum res want;
	static const size_t sizes[] = {1, 2, 3, 7, 61, 1000, 4096};

	import_init(&whole);
	want = import_har(&whole, span_make(text, n), PURPOSE_COUNT, &e);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct import_har *h;
		bool more = true;

		f = (struct err)ERR_INIT;
		import_init(&part);
		h = import_har_new(&part);
		for (size_t at = 0; at < n && more; at += sizes[i])
			more = import_har_feed(h, span_sub(span_make(text, n), at, sizes[i]));
		assert_int_equal(import_har_end(h, &f), want);
		assert_string_equal(e.text, f.text);
		assert_string_equal(whole.taken_as, part.taken_as);
		assert_int_equal(whole.n, part.n);
		assert_int_equal(whole.n_notes, part.n_notes);
		for (size_t k = 0; k < whole.n_notes; k++)
			assert_string_equal(whole.notes[k], part.notes[k]);
		for (size_t k = 0; k < whole.n; k++) {
			assert_string_equal(whole.x[k]->request.url, part.x[k]->request.url);
			assert_int_equal(whole.x[k]->result.response.status, part.x[k]->result.response.status);
			assert_int_equal(whole.x[k]->purpose, part.x[k]->purpose);
		}
		import_release(&part);
	}
	import_release(&whole);
}

static void
in_pieces(void **state)
{
	struct buf b;

	(void)state;
	begin(&b);
	for (int i = 0; i < 3; i++)
		entry(&b, "2026-01-31T12:00:00.000Z", "GET", "https://app.example/a.js", "", "", 200, "",
			"}]{[\\\"\\\\", "");
	(void)buf_puts(&b, ",\n{\"broken\":}");
	entry(&b, "2026-01-31T12:00:05.500+01:00", "GET", "https://idp.example/userinfo", bearer, "", 401, "", "", "");
	entry(&b, "2026-01-31T10:00:00Z", "POST", "https://idp.example/token", "", "grant_type=refresh_token&refresh_token=r",
		400, "", "{\\\"error\\\":\\\"invalid_grant\\\"}", "");
	same_in_pieces(b.p, b.len - 30); /* cut off */
	(void)buf_puts(&b, "\n]}}");
	same_in_pieces(b.p, b.len);
	buf_release(&b);
	same_in_pieces("{\"log\":{\"entries\":[]}}", 23);
	same_in_pieces("{\"log\":{\"entries\" : 1, \"entries\":[{}, x", 40);
	same_in_pieces("{\"log\":{}}", 10);
	same_in_pieces("{\"log\":{\"entries\"", 18);
}

/* An entry that is longer than is read costs itself alone. */
static void
too_long(void **state)
{
	struct import im;
	struct import_har *h;
	struct err e = ERR_INIT;
	struct buf b;
	char *filler = xmalloc(1 << 20);

	(void)state;
	memset(filler, 'x', 1 << 20);
	begin(&b);
	entry(&b, "2026-01-31T12:00:05.500+01:00", "GET", "https://idp.example/userinfo", bearer, "", 401, "", "", "");
	(void)buf_puts(&b, ",\n{\"x\":\"");
	import_init(&im);
	h = import_har_new(&im);
	assert_true(import_har_feed(h, buf_span(&b)));
	for (int i = 0; i < 40; i++)
		assert_true(import_har_feed(h, span_make(filler, 1 << 20)));
	buf_clear(&b);
	(void)buf_puts(&b, "\"},\n");
	entry(&b, "2026-01-31T12:00:06.500+01:00", "GET", "https://idp.example/userinfo", bearer, "", 200, "", "", "");
	(void)buf_puts(&b, "]}}");
	assert_false(import_har_feed(h, buf_span(&b)));
	assert_int_equal(import_har_end(h, &e), RES_OK);
	assert_int_equal(im.n, 2);
	assert_true(noted(&im, "entry 2 cannot be read (longer than 8 MiB)"));
	import_release(&im);
	buf_release(&b);
	free(filler);
}

/* What is no object is counted and left out; what stands behind it is read. */
static void
no_object(void **state)
{
	struct import im;
	struct buf b;

	(void)state;
	begin(&b);
	(void)buf_puts(&b, "null, 17,\n");
	entry(&b, "2026-01-31T12:00:05.500+01:00", "GET", "https://idp.example/userinfo", bearer, "", 401,
		"{\"name\":\"WWW-Authenticate\",\"value\":\"Bearer error=\\\"invalid_token\\\"\"}", "", "");
	(void)buf_puts(&b, ", null");
	take_har(&im, &b);
	assert_int_equal(im.n, 1);
	assert_non_null(strstr(im.taken_as, "1 of 4"));
	assert_non_null(strstr(im.notes[0], "entry 1 is not an object"));
	import_release(&im);
}

#define NAMED(name, value) "{\"name\":\"" name "\",\"value\":\"" value "\"}"
#define FROM_PAGE NAMED("Origin", "https://app.example") "," NAMED("Sec-Fetch-Mode", "cors")
#define PREFLIGHT FROM_PAGE "," NAMED("Access-Control-Request-Method", "GET") "," \
	NAMED("Access-Control-Request-Headers", "authorization")
#define ALLOWED NAMED("Access-Control-Allow-Origin", "https://app.example")
#define WHEN "2026-01-31T12:00:00.000Z"

/* What a page asks of another origin: the preflight is no answer, and says whether the page got one. */
static void
across_origins(void **state)
{
	struct import im;
	struct buf b;

	(void)state;
	begin(&b);
	entry(&b, WHEN, "OPTIONS", "https://idp.example/userinfo", PREFLIGHT, "", 204, ALLOWED, "", "");
	entry(&b, WHEN, "GET", "https://idp.example/userinfo", FROM_PAGE, "", 200, ALLOWED, "{\\\"sub\\\":\\\"1\\\"}", "");
	take_har(&im, &b);
	assert_int_equal(im.n, 1);
	assert_int_equal(im.x[0]->result.response.status, 200);
	assert_int_equal(im.x[0]->result.error, NETERR_NONE);
	import_release(&im);
	/* the preflight is refused: the request was not sent; its provisional headers name no origin */
	begin(&b);
	entry(&b, WHEN, "GET", "https://idp.example/userinfo", bearer, "", 0, "", "", ",\"_error\":\"net::ERR_FAILED\"");
	entry(&b, WHEN, "OPTIONS", "https://idp.example/userinfo", PREFLIGHT, "", 405, "", "", "");
	take_har(&im, &b);
	assert_int_equal(im.n, 1);
	assert_int_equal(im.x[0]->result.error, NETERR_CORS);
	assert_string_equal(im.x[0]->result.error_text,
		"the preflight was answered 405 without Access-Control-Allow-Origin");
	import_release(&im);
	/* answered, and kept from the page; of an error the server's word counts */
	begin(&b);
	entry(&b, WHEN, "GET", "https://idp.example/.well-known/openid-configuration", FROM_PAGE, "", 200, "", "", "");
	entry(&b, WHEN, "GET", "https://idp.example/userinfo", FROM_PAGE, "", 401,
		NAMED("WWW-Authenticate", "Bearer") "," NAMED("Access-Control-Allow-Origin", "https://other.example"), "", "");
	entry(&b, WHEN, "GET", "https://app.example/api/userinfo", FROM_PAGE, "", 200, "", "{}", "");
	take_har(&im, &b);
	assert_int_equal(im.n, 3);
	assert_int_equal(im.x[0]->result.error, NETERR_CORS);
	assert_int_equal(im.x[1]->result.error, NETERR_NONE);
	assert_true(noted(&im, "1 error answer came without"));
	assert_int_equal(im.x[2]->result.error, NETERR_NONE); /* its own origin */
	import_release(&im);
	/* that it failed is all that is known */
	begin(&b);
	entry(&b, WHEN, "GET", "https://idp.example/userinfo", bearer, "", 0, "", "", ",\"_error\":\"net::ERR_FAILED\"");
	take_har(&im, &b);
	assert_int_equal(im.x[0]->result.error, NETERR_OTHER);
	import_release(&im);
}

/* Without Authorization headers the preflights and the refusals tell which calls had one, and who asked as a client. */
static void
sanitized(void **state)
{
	struct case_file c;
	struct redactor *r = redactor_new();
	struct import im;
	struct buf b;

	(void)state;
	begin(&b);
	entry(&b, WHEN, "GET", "https://api.example/orders", FROM_PAGE, "", 403, ALLOWED, "no", "");
	entry(&b, WHEN, "OPTIONS", "https://api.example/orders", PREFLIGHT, "", 204, ALLOWED, "", "");
	entry(&b, WHEN, "GET", "https://cdn.example/gone.js", FROM_PAGE, "", 404, ALLOWED, "no", "");
	entry(&b, WHEN, "GET", "https://api.example/me", FROM_PAGE, "", 403,
		ALLOWED "," NAMED("WWW-Authenticate", "Bearer error=\\\"insufficient_scope\\\""), "", "");
	entry(&b, WHEN, "POST", "https://idp.example/introspect", "", "token=" AT, 401, "", "", "");
	entry(&b, WHEN, "POST", "https://idp.example/token", "", "grant_type=refresh_token&refresh_token=r&client_id=spa", 401, "", "", "");
	take_har(&im, &b);
	assert_int_equal(im.n, 4);
	assert_int_equal(im.x[0]->purpose, PURPOSE_RESOURCE);
	assert_true(im.x[0]->token_unseen && im.x[1]->token_unseen);
	assert_true(span_is(http_header(&im.x[2]->request.headers, "authorization"), "Basic [redacted]"));
	assert_false(im.x[2]->token_unseen); /* it is in the body */
	assert_false(http_has_header(&im.x[3]->request.headers, "authorization")); /* a public client's */
	import_release(&im);
	/* a call behind a refresh was made with what the refresh brought */
	begin(&b);
	entry(&b, WHEN, "POST", "https://idp.example/introspect", "", "token=" AT, 200, "", "{\\\"active\\\":false}", "");
	entry(&b, "2026-01-31T12:00:01.000Z", "POST", "https://idp.example/token", "", "grant_type=refresh_token&refresh_token=r", 200,
		"", "{\\\"access_token\\\":\\\"opaque-access-token-2\\\",\\\"token_type\\\":\\\"Bearer\\\"}", "");
	entry(&b, "2026-01-31T12:00:02.000Z", "GET", "https://idp.example/userinfo", "", "", 200, "", "{\\\"sub\\\":\\\"1\\\"}", "");
	take_har(&im, &b);
	case_init(&c);
	(void)import_apply(&im, &c, r);
	assert_int_equal(c.n_generations, 2);
	assert_int_equal(c.exchanges[0]->token_generation, 0);
	assert_int_equal(c.exchanges[2]->token_generation, 1);
	import_release(&im);
	case_release(&c);
	redactor_free(r);
}

/* Other recorders' words for a request without an answer. */
static void
failures_by_words(void **state)
{
	static const struct {
		const char *text;
		enum net_error error;
	} rows[] = {
		{"[Errno 111] Connect call failed ('127.0.0.1', 1)", NETERR_REFUSED},
		{"net::ERR_CONNECTION_REFUSED", NETERR_REFUSED},
		{"NS_ERROR_UNKNOWN_HOST", NETERR_DNS},
		{"The network connection was lost.", NETERR_RESET},
		{"Client disconnected.", NETERR_OTHER},
	};
	struct import im;
	struct buf b;
	char more[120];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(&b);
		(void)snprintf(more, sizeof(more), ",\"_error\":\"%s\"", rows[i].text);
		entry(&b, WHEN, "GET", "https://idp.example/userinfo", bearer, "", 0, "", "", more);
		take_har(&im, &b);
		assert_int_equal(im.n, 1);
		assert_int_equal(im.x[0]->result.error, rows[i].error);
		import_release(&im);
	}
}

/* What is no JSON outside of strings; inside of them nothing is touched. */
static void
mended(void **state)
{
	static const struct {
		const char *text, *name, *value;
	} rows[] = {
		{"{\"a\":NaN,\"b\":[-Infinity,Infinity,],\"c\":\"NaN,}\" , }", "c", "NaN,}"},
		{"{\"a\":undefined,\"c\":\"\\\",]\"}", "c", "\",]"},
	};
	struct json *doc;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(json_parse_mended(&doc, span_of(rows[i].text), NULL), RES_OK);
		assert_true(span_is(json_get_str(doc, rows[i].name), rows[i].value));
		json_free(doc);
	}
	assert_int_not_equal(json_parse_mended(&doc, SPAN_LIT("{\"a\":NaNo}"), NULL), RES_OK);
	assert_int_not_equal(json_parse_mended(&doc, SPAN_LIT("{\"a\":1,,\"b\":2}"), NULL), RES_OK);
}

/* A proxy's refusal counts where nothing else of the recording got an answer. */
static void
tunnels(void **state)
{
	static const char tunnel[] = "http://idp.example:443";
	struct import im;
	struct buf b;

	(void)state;
	begin(&b);
	entry(&b, "2026-01-31T12:00:00Z", "CONNECT", "other.example:443", "", "", 407, "", "", "");
	entry(&b, "2026-01-31T12:00:01Z", "CONNECT", tunnel, "", "", 407, "", "", "");
	take_har(&im, &b);
	assert_int_equal(im.n, 1);
	assert_int_equal(im.x[0]->result.error, NETERR_PROXY_AUTH);
	assert_string_equal(im.x[0]->request.url, "https://idp.example/");
	import_release(&im);

	/* asked for credentials first, as proxies do, and then let through */
	begin(&b);
	entry(&b, "2026-01-31T12:00:00Z", "CONNECT", tunnel, "", "", 407, "", "", "");
	entry(&b, "2026-01-31T12:00:01Z", "CONNECT", tunnel, "", "", 200, "", "", "");
	entry(&b, "2026-01-31T12:00:02Z", "GET", "https://idp.example/userinfo", bearer, "", 200, "", "{}", "");
	take_har(&im, &b);
	assert_int_equal(im.n, 1);
	assert_int_equal(im.x[0]->purpose, PURPOSE_USERINFO);
	import_release(&im);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_among_many),
		cmocka_unit_test(clock_of_the_recording),
		cmocka_unit_test(left_out_by_browsers),
		cmocka_unit_test(redirects),
		cmocka_unit_test(calls_without_number),
		cmocka_unit_test(damaged),
		cmocka_unit_test(in_pieces),
		cmocka_unit_test(too_long),
		cmocka_unit_test(no_object),
		cmocka_unit_test(across_origins),
		cmocka_unit_test(sanitized),
		cmocka_unit_test(failures_by_words),
		cmocka_unit_test(mended),
		cmocka_unit_test(tunnels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
