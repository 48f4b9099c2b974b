/* What curl prints beside the answer with -v, and its error line; the choice between it and a
 * trace. */
#include "case/import-verbose.h"

#include "base/mem.h"
#include "base/text.h"

/* --- an exchange is whole ----------------------------------------------------------------- */

static void
restart(struct verbose *v)
{
	buf_clear(&v->request);
	buf_clear(&v->sent);
	buf_clear(&v->response);
	buf_clear(&v->body);
	v->part = PART_NONE;
	v->open = false;
	v->r.error = NETERR_NONE;
	v->r.error_text[0] = '\0';
}

/* http_parse_request() takes a path for one of https. */
static void
set_scheme(struct verbose *v, struct import_exchange *x)
{
	struct span url = span_of(x->request.url);
	char *plain;

	if (v->secure || v->port == 443 || !v->port || !span_starts(url, "https://"))
		return;
	plain = xasprintf("http://%.*s", SPAN_ARG(span_from(url, 8)));
	http_request_set(&x->request, x->request.method, span_of(plain));
	free(plain);
}

/* Nothing was sent: host and port are what is known of the address. */
static void
set_host(struct verbose *v, struct import_exchange *x)
{
	char *url;

	if (!v->host[0])
		return;
	url = v->port && v->port != 443
		? xasprintf("%s://%s:%d/", v->port == 80 ? "http" : "https", v->host, v->port)
		: xasprintf("https://%s/", v->host);
	http_request_set(&x->request, "", span_of(url));
	free(url);
}

static void
read_request(struct verbose *v, struct import_exchange *x)
{
	struct span announced;
	int64_t n;

	if (!v->request.len) {
		set_host(v, x);
		return;
	}
	(void)buf_puts(&v->request, "\r\n");
	x->named = http_parse_request(&x->request, buf_span(&v->request), NULL) == RES_OK;
	buf_clear(&x->request.body);
	(void)buf_add_span(&x->request.body, buf_span(&v->sent));
	announced = http_header(&x->request.headers, "content-length");
	x->body_unseen = !v->sent.len && span_to_i64(announced, &n) == RES_OK && n > 0;
	set_scheme(v, x);
}

static void
read_response(struct verbose *v, struct import_exchange *x)
{
	struct http_response response;
	struct buf text;
	struct span body = buf_span(&v->body);

	if (!v->response.len)
		return;
	while (body.n && memchr("\r\n", body.p[body.n - 1], 2))
		body.n--;
	buf_init_wiping(&text, v->response.len + body.n + 8);
	(void)buf_add_span(&text, buf_span(&v->response));
	(void)buf_puts(&text, "\r\n");
	(void)buf_add_span(&text, body);
	http_response_init(&response);
	if (http_parse_one_response(&response, buf_span(&text), NULL) == RES_OK)
		x->result.response = response;
	else
		http_response_release(&response);
	buf_release(&text);
}

static void
finish(struct verbose *v)
{
	struct import_exchange *x;
	bool connect = span_starts(buf_span(&v->request), "CONNECT ");

	if (!v->open || (!v->request.len && !v->response.len && v->r.error == NETERR_NONE)) {
		restart(v);
		return;
	}
	x = import_add(v->im);
	if (x) {
		read_request(v, x);
		read_response(v, x);
		x->result.error = v->r.error;
		memcpy(x->result.error_text, v->r.error_text, sizeof(x->result.error_text));
		memcpy(x->result.remote, v->r.remote, sizeof(x->result.remote));
		x->result.via_proxy = v->tunnel || connect;
		x->result.timings.reused = v->r.timings.reused;
		tls_info_copy(&x->result.tls, &v->r.tls);
		if (v->followed && v->im->n > 1)
			x->follows = (uint32_t)v->im->n - 1;
		/* the tunnel is no exchange of its own, unless the proxy refused it */
		if (connect && x->result.response.status / 100 == 2)
			import_drop_last(v->im);
		else if (connect)
			x->result.error =
				x->result.response.status == 407 ? NETERR_PROXY_AUTH : NETERR_PROXY;
	}
	v->tunnel = v->tunnel || connect;
	v->followed = false;
	restart(v);
}

/* --- "* …" -------------------------------------------------------------------------------- */

static struct span
behind(struct span s, const char *words)
{
	size_t at = span_find_str(s, words);

	return at == SIZE_MAX ? SPAN_EMPTY : span_from(s, at + strlen(words));
}

static void
put_span(char *out, size_t size, struct span s)
{
	text_safe_into(out, size, s);
}

static void
set_port(struct verbose *v, struct span s)
{
	struct span word;
	int64_t port;
	size_t n = 0;

	if (!span_word(&s, &word))
		return;
	while (n < word.n && word.p[n] >= '0' && word.p[n] <= '9')
		n++;
	if (n && span_to_i64(span_sub(word, 0, n), &port) == RES_OK && port > 0 && port < 65536)
		v->port = (int)port;
}

static void
new_connection(struct verbose *v)
{
	struct net_result fresh;

	net_result_init(&fresh);
	fresh.error = v->r.error;
	memcpy(fresh.error_text, v->r.error_text, sizeof(fresh.error_text));
	net_result_release(&v->r);
	v->r = fresh;
	v->secure = false;
}

/* "idp.example (192.0.2.1) port 443 (#0)" */
static void
connected(struct verbose *v, struct span s)
{
	struct span word, rest = s, address = SPAN_EMPTY;
	size_t open = span_find(s, '('), close = span_find(s, ')');

	new_connection(v);
	if (span_word(&rest, &word))
		put_span(v->host, sizeof(v->host), word);
	set_port(v, behind(s, " port "));
	if (open < close)
		address = span_sub(s, open + 1, close - open - 1);
	(void)snprintf(v->r.remote, sizeof(v->r.remote),
		span_find(address, ':') == SIZE_MAX ? "%.*s:%d" : "[%.*s]:%d",
		SPAN_ARG(span_sub(address, 0, 60)), v->port);
}

/* "Jan  1 00:00:00 2026 GMT" */
static int64_t
certificate_time(struct span s)
{
	struct span month, day, clock, year;
	char text[64];
	int64_t at;

	s = span_trim(s);
	if (!span_word(&s, &month) || !span_word(&s, &day) || !span_word(&s, &clock) ||
		!span_word(&s, &year))
		return 0;
	/* as an IMF-fixdate, whose weekday nobody checks */
	(void)snprintf(text, sizeof(text), "Thu, %s%.*s %.*s %.*s %.*s GMT", day.n < 2 ? "0" : "",
		SPAN_ARG(span_sub(day, 0, 2)), SPAN_ARG(span_sub(month, 0, 3)),
		SPAN_ARG(span_sub(year, 0, 4)), SPAN_ARG(span_sub(clock, 0, 8)));
	return time_parse_http(span_of(text), &at) == RES_OK ? at : 0;
}

static struct cert_info *
leaf(struct verbose *v)
{
	v->r.tls.n_certs = 1;
	return &v->r.tls.certs[0];
}

static void
set_text(char **to, struct span s)
{
	free(*to);
	*to = text_safe_dup(span_trim(s), 300);
}

static bool
certificate_line(struct verbose *v, struct span s)
{
	struct cert_info *c;

	if (span_starts_nocase(s, "subject: ")) {
		c = leaf(v);
		set_text(&c->subject, span_from(s, 9));
	} else if (span_starts_nocase(s, "issuer: ")) {
		c = leaf(v);
		set_text(&c->issuer, span_from(s, 8));
	} else if (span_starts_nocase(s, "start date: ")) {
		leaf(v)->not_before = certificate_time(span_from(s, 12));
	} else if (span_starts_nocase(s, "expire date: ")) {
		leaf(v)->not_after = certificate_time(span_from(s, 13));
	} else if (span_starts(s, "SSL certificate verify ok")) {
		v->r.tls.verified = true;
	} else if (span_starts(s, "SSL certificate verify result: ")) {
		put_span(v->r.tls.verify_words, sizeof(v->r.tls.verify_words),
			behind(s, "result: "));
	} else if (span_starts(s, "SSL connection using ")) {
		struct span rest = behind(s, "using "), version = SPAN_EMPTY, cipher = SPAN_EMPTY;

		(void)span_word(&rest, &version);
		(void)span_word(&rest, &cipher);
		if (span_is(cipher, "/"))
			(void)span_word(&rest, &cipher);
		put_span(v->r.tls.version, sizeof(v->r.tls.version), version);
		put_span(v->r.tls.cipher, sizeof(v->r.tls.cipher), cipher);
		v->secure = true;
	} else {
		return false;
	}
	return true;
}

/* The host of a failure: "Could not resolve host: H", "Failed to connect to H port P after …". */
static void
host_of_failure(struct verbose *v, struct span s)
{
	static const char *const before[] = {"resolve host: ", "Failed to connect to ",
		"resolve proxy: ", "target host name '", "connection to "};
	struct span rest, word;

	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		rest = behind(s, before[i]);
		if (!span_word(&rest, &word))
			continue;
		while (word.n && memchr("';,.:", word.p[word.n - 1], 5))
			word.n--;
		if (span_find(word, ':') != SIZE_MAX && span_find(word, ':') > 0) {
			set_port(v, span_from(word, span_find(word, ':') + 1));
			word = span_sub(word, 0, span_find(word, ':'));
		}
		if (!v->host[0])
			put_span(v->host, sizeof(v->host), word);
	}
	set_port(v, behind(s, " port "));
}

void
verbose_failure(struct verbose *v, struct span s, bool final)
{
	enum net_error e = import_net_error(s);

	if (e == NETERR_NONE || (!final && v->r.error != NETERR_NONE && e == NETERR_OTHER))
		return;
	host_of_failure(v, s);
	/* curl's last line is the sum of it, its earlier ones are often more exact */
	if (v->r.error == NETERR_NONE || v->r.error == NETERR_OTHER ||
		(final && e != NETERR_OTHER && e != NETERR_TLS_OTHER && e != NETERR_TLS_PROTOCOL &&
			!(v->r.error == NETERR_REFUSED && e == NETERR_CONNECT_TIMEOUT)))
		v->r.error = e;
	put_span(v->r.error_text, sizeof(v->r.error_text), s);
	v->open = true;
}

void
verbose_info(struct verbose *v, struct span s)
{
	struct span text = span_trim(s);

	if (span_starts(text, "Connected to ") || span_starts(text, "Established connection to ")) {
		if (v->response.len)
			finish(v);
		v->r.error = NETERR_NONE; /* another address answered */
		connected(v,
			behind(text, span_starts(text, "C") ? "Connected to " : "connection to "));
		return;
	}
	if (span_starts(text, "Re-using existing"))
		v->r.timings.reused = true;
	else if (span_contains_nocase(text, "proxy tunnel to "))
		v->tunnel = true;
	else if (span_starts(text, "Issue another request to this URL"))
		v->followed = true;
	if (v->followed && v->response.len) {
		finish(v);
		v->followed = true;
	}
	if (certificate_line(v, text))
		return;
	if (v->part == PART_BODY || (v->part == PART_NONE && !v->request.len) ||
		v->part == PART_SENT || v->part == PART_REQUEST)
		verbose_failure(v, text, false);
}

/* --- lines and blocks --------------------------------------------------------------------- */

static bool
is_start(struct span s, enum http_start kind)
{
	return http_start_line(s) == kind;
}

void
verbose_request_line(struct verbose *v, struct span s)
{
	if (is_start(s, HTTP_REQUEST_LINE) || v->part == PART_RESPONSE || v->part == PART_BODY)
		finish(v);
	v->open = true;
	v->part = PART_REQUEST;
	if (!span_trim(s).n)
		v->part = PART_SENT;
	else
		(void)buf_add_span(&v->request, s);
	if (v->part == PART_REQUEST)
		(void)buf_puts(&v->request, "\r\n");
}

void
verbose_response_line(struct verbose *v, struct span s)
{
	if (is_start(s, HTTP_STATUS_LINE)) {
		/* behind an interim answer, or an answer whose request was not printed */
		if (v->response.len &&
			!span_contains_nocase(span_sub(buf_span(&v->response), 0, 14), " 1"))
			finish(v);
		buf_clear(&v->response);
		buf_clear(&v->body);
	}
	v->open = true;
	v->part = span_trim(s).n ? PART_RESPONSE : PART_BODY;
	if (v->part == PART_BODY)
		return;
	(void)buf_add_span(&v->response, s);
	(void)buf_puts(&v->response, "\r\n");
}

static bool
is_meter(struct span s)
{
	return span_find_str(s, "--:--:--") != SIZE_MAX ||
		span_find_str(s, "% Total") != SIZE_MAX ||
		span_find_str(s, "Dload  Upload") != SIZE_MAX;
}

/* A body without a last line end, and curl's next line behind it. */
static void
body_line(struct verbose *v, struct span s)
{
	static const char *const behind_it[] = {"* Connection #", "* Closing connection",
		"* Curl_http_done", "* shutting down", "* abort upload"};

	if (v->part != PART_BODY || is_meter(s) || span_find_str(s, " bytes data]") != SIZE_MAX)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(behind_it); i++) {
		size_t at = span_find_str(s, behind_it[i]);

		if (at != SIZE_MAX)
			s = span_sub(s, 0, at);
	}
	(void)buf_add_span(&v->body, s);
	(void)buf_putc(&v->body, '\n');
}

static void
verbose_line(struct verbose *v, struct span s)
{
	if (span_starts(s, "curl: (")) {
		verbose_failure(v, s, true);
		finish(v);
	} else if (span_starts(s, "* ") || span_is(s, "*")) {
		verbose_info(v, span_from(s, 2));
	} else if (span_starts(s, "> ") || (span_is(s, ">") && v->part == PART_REQUEST)) {
		verbose_request_line(v, span_from(s, 2));
	} else if (span_starts(s, "< ") || (span_is(s, "<") && v->part == PART_RESPONSE)) {
		verbose_response_line(v, span_from(s, 2));
	} else if (!span_starts(s, "{ [") && !span_starts(s, "} [")) {
		body_line(v, s);
	}
}

/* --- whole texts -------------------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "12:00:00.123456 " of --trace-time */
static struct span
without_time(struct span s)
{
	if (s.n > 16 && s.p[2] == ':' && s.p[5] == ':' && s.p[8] == '.' && s.p[15] == ' ' &&
		is_digit(s.p[0]) && is_digit(s.p[14]))
		return span_from(s, 16);
	return s;
}

static bool
is_verbose_line(struct span s)
{
	return (span_starts(s, "> ") && is_start(span_from(s, 2), HTTP_REQUEST_LINE)) ||
		(span_starts(s, "< ") && is_start(span_from(s, 2), HTTP_STATUS_LINE)) ||
		span_starts(s, "curl: (") ||
		(span_starts(s, "* ") &&
			(span_starts(s, "* Connected to ") || span_starts(s, "*   Trying ") ||
				span_starts(s, "* Could not resolve ") ||
				span_starts(s, "* SSL ") || span_starts(s, "* Host ") ||
				span_starts(s, "* Failed to connect ")));
}

enum printed { PRINTED_NONE, PRINTED_VERBOSE, PRINTED_TRACE };

static enum printed
form_of(struct span text)
{
	struct span line;

	while (import_line(&text, &line)) {
		struct span s = without_time(line);

		if (trace_is_line(s))
			return PRINTED_TRACE;
		if (is_verbose_line(s))
			return PRINTED_VERBOSE;
	}
	return PRINTED_NONE;
}

enum res
import_verbose(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct verbose v = {.im = im};
	struct trace t;
	enum printed form = form_of(text);
	size_t had = im->n;
	struct span line;

	(void)e;
	if (form == PRINTED_NONE)
		return RES_NOTFOUND;
	net_result_init(&v.r);
	buf_init_wiping(&v.request, LIMIT_BODY);
	buf_init_wiping(&v.sent, LIMIT_BODY);
	buf_init_wiping(&v.response, LIMIT_BODY);
	buf_init_wiping(&v.body, LIMIT_BODY);
	trace_init(&t, &v);
	while (import_line(&text, &line)) {
		struct span s = without_time(line);

		if (form == PRINTED_VERBOSE)
			verbose_line(&v, s);
		else
			trace_line(&t, s, line);
	}
	trace_end(&t);
	finish(&v);
	buf_release(&v.request);
	buf_release(&v.sent);
	buf_release(&v.response);
	buf_release(&v.body);
	net_result_release(&v.r);
	for (size_t i = had; i < im->n; i++)
		if (!im->x[i]->named)
			im->x[i]->purpose = purpose;
	if (im->n == had)
		return RES_NOTFOUND;
	import_take_as(im, "what curl printed (%s): %zu exchange%s",
		form == PRINTED_TRACE ? "a trace" : "-v", im->n - had, im->n - had == 1 ? "" : "s");
	return RES_OK;
}
