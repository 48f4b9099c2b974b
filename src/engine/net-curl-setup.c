#include "engine/net-curl.h"

#include <limits.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/net-proxy.h"

enum { CA_CACHE_S = 24 * 60 * 60 };
/* The least that libcurl takes, a quarter of its own choice: all is wiped behind each request. */
static const long upload_buffer = 16 << 10;

/* --- libcurl's callbacks: they fill the result and nothing else --- */

static void
status_line(struct xfer *f, struct span line)
{
	struct http_response *r = &f->x->result.response;
	struct span word, rest = span_trim(line);
	long version = 0, status = 0;

	/* A new head: what came before was informational (1xx). */
	http_headers_release(&r->headers);
	free(r->reason);
	r->reason = NULL;
	f->headers_done = false;
	curl_easy_getinfo(f->easy, CURLINFO_HTTP_VERSION, &version);
	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	r->status = (int)status;
	if (span_word(&rest, &word) && span_starts(word, "HTTP/"))
		snprintf(r->version, sizeof(r->version), "%.*s", SPAN_ARG(span_from(word, 5)));
	if (span_word(&rest, &word)) {
		int64_t v;

		if (span_to_i64(word, &v) == RES_OK && v >= 100 && v <= 999)
			r->status = (int)v;
	}
	rest = span_trim(rest);
	if (rest.n)
		r->reason = span_dup(rest);
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct xfer *f = arg;
	struct http_response *r = &f->x->result.response;
	struct span line = span_make(p, size * n), text = span_trim(line);
	size_t colon;

	if (!f->answered && f->https)
		tls_info_read(&f->x->result.tls, f->easy, f->url.host);
	f->answered = true;
	f->header_bytes += line.n;
	if (f->header_bytes > f->x->options.max_headers) {
		r->headers_too_large = true;
		return 0;
	}
	if (span_starts(line, "HTTP/")) {
		status_line(f, line);
		return line.n;
	}
	if (!text.n) {
		f->headers_done = true;
		f->x->result.answered_wall_us = clock_wall_us(f->t->clock);
		return line.n;
	}
	if (f->headers_done) /* a trailer of a chunked body */
		return line.n;
	colon = span_find(text, ':');
	if (colon != SIZE_MAX && http_headers_add(&r->headers, span_trim(span_sub(text, 0, colon)),
		span_trim(span_from(text, colon + 1))) == RES_LIMIT) {
		r->headers_too_large = true;
		return 0;
	}
	return line.n;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct xfer *f = arg;
	struct http_response *r = &f->x->result.response;
	size_t got = size * n, max = f->x->options.max_body;
	size_t room = max > r->body.len ? max - r->body.len : 0;

	f->answered = true;
	if (buf_add(&r->body, p, got < room ? got : room) != RES_OK)
		return 0; /* out of memory */
	if (got <= room)
		return got;
	r->body_too_large = true;
	return 0;
}

/* The body of a request that must not go out twice; see set_body(). */
static size_t
on_read(char *p, size_t size, size_t n, void *arg)
{
	struct xfer *f = arg;
	struct span rest = span_from(buf_span(&f->x->request->body), f->body_sent);
	size_t len = rest.n < size * n ? rest.n : size * n;

	if (len)
		memcpy(p, rest.p, len);
	f->body_sent += len;
	return len;
}

static int
on_debug(CURL *easy, curl_infotype type, char *p, size_t n, void *arg)
{
	struct xfer *f = arg;
	struct span text = span_trim(span_make(p, n));

	(void)easy;
	/* Headers and data are recorded elsewhere, masked; HTTP/2 repeats headers as "info". */
	if (type == CURLINFO_TEXT && text.n && !span_contains_nocase(text, "h2h3 [") &&
	    !span_starts(text, "[HTTP/2]"))
		log_add(f->t->log, LOG_TRACE, LOGC_NET, 0, "libcurl: %.*s", SPAN_ARG(text));
	return 0;
}

/* --- what libcurl is told --- */

static bool
add_to_list(struct curl_slist **list, const char *s)
{
	struct curl_slist *more = curl_slist_append(*list, s);

	if (more)
		*list = more;
	return more != NULL;
}

static bool
set_headers(struct xfer *f)
{
	static const char *const own[] = {"Accept", "Content-Type", "Expect", "User-Agent"};
	const struct http_headers *h = &f->x->request->headers;
	struct buf line;
	bool ok = true;

	for (size_t i = 0; i < h->n && ok; i++) {
		buf_init_wiping(&line, 2 * LIMIT_HEADERS + LIMIT_TOKEN);
		buf_puts(&line, h->v[i].name);
		buf_puts(&line, *h->v[i].value ? ": " : ";");
		buf_puts(&line, h->v[i].value);
		ok = buf_status(&line) == RES_OK && add_to_list(&f->headers, buf_str(&line));
		buf_release(&line);
	}
	/* Besides Host, Content-Length and Accept-Encoding nothing goes out that
	 * is not recorded. */
	for (size_t i = 0; i < ARRAY_SIZE(own) && ok; i++) {
		char off[32];

		if (http_has_header(h, own[i]))
			continue;
		snprintf(off, sizeof(off), "%s:", own[i]);
		ok = add_to_list(&f->headers, off);
	}
	curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
	curl_easy_setopt(f->easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	return ok;
}

/*
 * libcurl repeats a request when an open connection turns out dead before the first byte of an
 * answer.  The server may have acted on it (and rotated a refresh token), so what is not idempotent
 * is sent from a callback that cannot rewind: libcurl then gives up instead, unless nothing was
 * sent.
 */
static void
set_body(struct xfer *f)
{
	const struct http_request *r = f->x->request;
	bool post = strcmp(r->method, "POST") == 0;

	if (strcmp(r->method, "HEAD") == 0) {
		curl_easy_setopt(f->easy, CURLOPT_NOBODY, 1L);
		return;
	}
	if (!r->body.len && !post) {
		curl_easy_setopt(f->easy, CURLOPT_HTTPGET, 1L);
	} else {
		curl_easy_setopt(f->easy, CURLOPT_POST, 1L);
		curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
		if (f->x->may_resend || !r->body.len) {
			curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, buf_str(&r->body));
		} else {
			curl_easy_setopt(f->easy, CURLOPT_READFUNCTION, on_read);
			curl_easy_setopt(f->easy, CURLOPT_READDATA, f);
		}
	}
	if (!(post || (!r->body.len && strcmp(r->method, "GET") == 0)))
		curl_easy_setopt(f->easy, CURLOPT_CUSTOMREQUEST, r->method);
}

static void
set_tls(struct xfer *f)
{
	const struct net_options *o = &f->x->options;
	const char *bundle = o->ca_file ? o->ca_file : f->t->ca_bundle;

	curl_easy_setopt(f->easy, CURLOPT_SSL_VERIFYPEER, o->insecure ? 0L : 1L);
	curl_easy_setopt(f->easy, CURLOPT_SSL_VERIFYHOST, o->insecure ? 0L : 2L);
	if (bundle) {
		curl_easy_setopt(f->easy, CURLOPT_CAINFO, bundle);
		curl_easy_setopt(f->easy, CURLOPT_CAPATH, NULL);
	}
#if LIBCURL_VERSION_NUM >= 0x075700
	curl_easy_setopt(f->easy, CURLOPT_CA_CACHE_TIMEOUT, (long)CA_CACHE_S);
#endif
	if (o->client_cert_file)
		curl_easy_setopt(f->easy, CURLOPT_SSLCERT, o->client_cert_file);
	if (o->client_key_file)
		curl_easy_setopt(f->easy, CURLOPT_SSLKEY, o->client_key_file);
	/* else OpenSSL asks for the passphrase of a key, on the terminal, and the
	 * loop waits for it */
	if (o->client_cert_file)
		curl_easy_setopt(f->easy, CURLOPT_KEYPASSWD, "");
	f->seen = tls_seen_new(o->insecure ? bundle : NULL);
	tls_seen_watch(f->easy, f->seen);
}

/* The configured one was read before; the environment's is read here first. */
static void
set_proxy(struct xfer *f, const char *proxy)
{
	struct net_result *r = &f->x->result;
	struct url u;
	char name[sizeof(r->proxy)];

	f->via_proxy = proxy != NULL;
	curl_easy_setopt(f->easy, CURLOPT_PROXY, proxy ? proxy : "");
	if (!proxy)
		return;
	if (url_parse_proxy(&u, span_of(proxy), NULL) != RES_OK) {
		f->proxy_fault = "allowed: " URL_PROXY_FORMS;
		return;
	}
	snprintf(name, sizeof(name), u.ipv6 ? "[%.*s]:%d" : "%.*s:%d",
		SPAN_ARG(span_sub(u.host, 0, 120)), u.port);
	text_safe_into(r->proxy, sizeof(r->proxy), span_of(name));
}

static void
set_connection(struct xfer *f)
{
	const struct net_options *o = &f->x->options;
	int64_t connect = o->connect_timeout_ms;

	set_proxy(f, net_proxy_for(f->x->request->url, o->proxy));
	curl_easy_setopt(f->easy, CURLOPT_NOPROXY, ""); /* decided above */
	curl_easy_setopt(f->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (connect <= 0 || connect > o->total_timeout_ms)
		connect = o->total_timeout_ms;
	curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS,
		(long)(connect < LONG_MAX ? connect : LONG_MAX));
	for (size_t i = 0; o->resolve && i < o->resolve->n; i++) {
		/* "+": the entry ages like any other, so that another profile is rid of it. */
		char *entry = xasprintf("+%s", o->resolve->v[i]);

		add_to_list(&f->resolve, entry);
		free(entry);
	}
	if (f->resolve)
		curl_easy_setopt(f->easy, CURLOPT_RESOLVE, f->resolve);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Cancelling must not wait for a name server that does not answer. */
	curl_easy_setopt(f->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
}

bool
xfer_set_up(struct xfer *f)
{
	struct http_response *r = &f->x->result.response;

	r->body.max = f->x->options.max_body;
	f->https = span_is_nocase(f->url.scheme, "https");
	if (curl_easy_setopt(f->easy, CURLOPT_URL, f->x->request->url) != CURLE_OK)
		return false;
	curl_easy_setopt(f->easy, CURLOPT_PRIVATE, f);
	curl_easy_setopt(f->easy, CURLOPT_ERRORBUFFER, f->words);
	curl_easy_setopt(f->easy, CURLOPT_SHARE, f->t->share);
	curl_easy_setopt(f->easy, CURLOPT_UPLOAD_BUFFERSIZE, upload_buffer);
	curl_easy_setopt(f->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(f->easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(f->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(f->easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(f->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(f->easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(f->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(f->easy, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
	if (f->t->log && log_wants(f->t->log, LOG_TRACE, LOGC_NET)) {
		curl_easy_setopt(f->easy, CURLOPT_VERBOSE, 1L);
		curl_easy_setopt(f->easy, CURLOPT_DEBUGFUNCTION, on_debug);
		curl_easy_setopt(f->easy, CURLOPT_DEBUGDATA, f);
	}
	set_body(f);
	set_tls(f);
	set_connection(f);
	return set_headers(f);
}
