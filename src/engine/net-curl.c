/* The transport over libcurl: one multi handle, one thread, no callbacks outside of wait(). */
#include "engine/net-curl.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/net-proxy.h"
#include "oauth/url.h"

enum {
	STALL_US = 1000000,        /* the loop was away for so long: stopped, or a blocked terminal */
	CA_CACHE_S = 24 * 60 * 60,
	WATCHED_FDS = 16,
};

struct xfer {
	struct xfer *next;         /* under way, or done in order of completion */
	struct transport *t;
	struct transfer *x;
	CURL *easy;
	struct curl_slist *headers, *resolve;
	struct tls_seen *seen;
	struct url url;            /* borrows from the request */
	size_t header_bytes, body_sent;
	int64_t start_us;          /* monotonic; moved on by what the loop was away */
	int64_t start_wall_us;
	bool https, via_proxy, answered, headers_done;
	char words[CURL_ERROR_SIZE];
};

struct transport {
	const struct clock *clock;
	struct log *log;
	CURLM *multi;
	CURLSH *share;             /* TLS sessions; libcurl keeps them by handle otherwise */
	const char *ca_bundle;     /* the system's; NULL: libcurl's own idea */
	struct xfer *running, *done;
	int64_t left_us;           /* when wait() was left last */
};

static unsigned opened; /* transports; libcurl is initialised with the first */

/* --- opening and closing --- */

static const char *
readable(const char *path)
{
	return path && *path && access(path, R_OK) == 0 ? path : NULL;
}

/*
 * The bundle file.  With it alone (no CA path) libcurl parses the authorities once and keeps
 * them; with Debian's default path it reads them again for each connection.
 */
static const char *
find_ca_bundle(void)
{
	const char *path = readable(getenv("CURL_CA_BUNDLE"));

	if (!path)
		path = readable(getenv("SSL_CERT_FILE"));
	if (!path)
		path = readable(curl_version_info(CURLVERSION_NOW)->cainfo);
	if (!path)
		path = readable("/etc/ssl/certs/ca-certificates.crt");
	return path;
}

static void curl_close(struct transport *t);

static struct transport *
curl_open(const struct clock *clock, struct log *log, struct err *e)
{
	struct transport *t;
	struct sigaction pipe_action;

	if (!opened && curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free,
		wiping_realloc, wiping_strdup, wiping_calloc) != CURLE_OK) {
		err_set(e, RES_UNSUPPORTED, "libcurl cannot be initialised");
		return NULL;
	}
	/* With CURLOPT_NOSIGNAL libcurl does not keep SIGPIPE off us. */
	if (sigaction(SIGPIPE, NULL, &pipe_action) == 0 && pipe_action.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
	opened++;
	t = xcalloc(1, sizeof(*t));
	t->clock = clock;
	t->log = log;
	t->multi = curl_multi_init();
	t->share = curl_share_init();
	t->left_us = clock_mono_us(clock);
	if (!t->multi || !t->share) {
		err_set(e, RES_NOMEM, "libcurl cannot be started");
		curl_close(t);
		return NULL;
	}
	curl_share_setopt(t->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	curl_multi_setopt(t->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	t->ca_bundle = find_ca_bundle();
	return t;
}

/* Gives back what libcurl holds for the transfer; the result stays. */
static void
detach(struct xfer *f)
{
	if (f->easy) {
		curl_multi_remove_handle(f->t->multi, f->easy);
		curl_easy_cleanup(f->easy);
		f->easy = NULL;
	}
	curl_slist_free_all(f->headers);
	curl_slist_free_all(f->resolve);
	f->headers = f->resolve = NULL;
	tls_seen_unref(f->seen);
	f->seen = NULL;
}

static void
xfers_free(struct xfer *f)
{
	struct xfer *next;

	for (; f; f = next) {
		next = f->next;
		detach(f);
		f->x->transport_data = NULL;
		free(f);
	}
}

static void
curl_close(struct transport *t)
{
	if (!t)
		return;
	xfers_free(t->running);
	xfers_free(t->done);
	if (t->multi)
		curl_multi_cleanup(t->multi);
	if (t->share)
		curl_share_cleanup(t->share);
	free(t);
	if (--opened == 0)
		curl_global_cleanup();
}

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
	buf_add(&r->body, p, got < room ? got : room);
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

/* --- starting --- */

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
		if (*h->v[i].value)
			buf_printf(&line, "%s: %s", h->v[i].name, h->v[i].value);
		else
			buf_printf(&line, "%s;", h->v[i].name);
		ok = buf_status(&line) == RES_OK && add_to_list(&f->headers, buf_str(&line));
		buf_release(&line);
	}
	/* Besides Host, Content-Length and Accept-Encoding nothing goes out that is not recorded. */
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
 * is sent from a callback that cannot rewind: libcurl then gives up instead, unless nothing was sent.
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
	f->seen = tls_seen_new(o->insecure ? bundle : NULL);
	tls_seen_watch(f->easy, f->seen);
}

static void
set_connection(struct xfer *f)
{
	const struct net_options *o = &f->x->options;
	const char *proxy = net_proxy_for(f->x->request->url, o->proxy);
	int64_t connect = o->connect_timeout_ms;

	f->via_proxy = proxy != NULL;
	curl_easy_setopt(f->easy, CURLOPT_PROXY, proxy ? proxy : "");
	curl_easy_setopt(f->easy, CURLOPT_NOPROXY, ""); /* decided above */
	curl_easy_setopt(f->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (connect <= 0 || connect > o->total_timeout_ms)
		connect = o->total_timeout_ms;
	curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect < LONG_MAX ? connect : LONG_MAX));
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

static bool
set_up(struct xfer *f)
{
	struct http_response *r = &f->x->result.response;

	r->body.max = f->x->options.max_body;
	f->https = span_is_nocase(f->url.scheme, "https");
	if (curl_easy_setopt(f->easy, CURLOPT_URL, f->x->request->url) != CURLE_OK)
		return false;
	curl_easy_setopt(f->easy, CURLOPT_PRIVATE, f);
	curl_easy_setopt(f->easy, CURLOPT_ERRORBUFFER, f->words);
	curl_easy_setopt(f->easy, CURLOPT_SHARE, f->t->share);
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

static enum res
curl_start(struct transport *t, struct transfer *x, struct err *e)
{
	struct xfer *f = xcalloc(1, sizeof(*f));

	f->t = t;
	f->x = x;
	f->start_us = clock_mono_us(t->clock);
	f->start_wall_us = clock_wall_us(t->clock);
	x->result.sent_wall_us = f->start_wall_us;
	if (url_parse(&f->url, span_of(x->request->url), e) != RES_OK) {
		detach(f);
		free(f);
		return e ? e->code : RES_SYNTAX;
	}
	f->easy = curl_easy_init();
	if (!f->easy || !set_up(f) || curl_multi_add_handle(t->multi, f->easy) != CURLM_OK) {
		detach(f);
		free(f);
		return err_set(e, RES_NOMEM, "libcurl cannot start the request");
	}
	x->transport_data = f;
	f->next = t->running;
	t->running = f;
	return RES_OK;
}

/* --- ending --- */

static int64_t
info_us(const struct xfer *f, CURLINFO which)
{
	curl_off_t v = 0;

	return curl_easy_getinfo(f->easy, which, &v) == CURLE_OK ? (int64_t)v : 0;
}

static long
info_long(const struct xfer *f, CURLINFO which)
{
	long v = 0;

	return curl_easy_getinfo(f->easy, which, &v) == CURLE_OK ? v : 0;
}

static int64_t
since(int64_t end, int64_t begin)
{
	return end > 0 ? (end > begin ? end - begin : 0) : -1;
}

static void
read_timings(struct xfer *f)
{
	struct timings *t = &f->x->result.timings;
	int64_t dns = info_us(f, CURLINFO_NAMELOOKUP_TIME_T), tcp = info_us(f, CURLINFO_CONNECT_TIME_T);
	int64_t tls = info_us(f, CURLINFO_APPCONNECT_TIME_T), sent = info_us(f, CURLINFO_PRETRANSFER_TIME_T);
	int64_t first = info_us(f, CURLINFO_STARTTRANSFER_TIME_T), total = info_us(f, CURLINFO_TOTAL_TIME_T);

	t->reused = sent > 0 && info_long(f, CURLINFO_NUM_CONNECTS) == 0;
	t->total = total > 0 ? total : clock_mono_us(f->t->clock) - f->start_us;
	if (!t->reused) {
		t->dns = since(dns, 0);
		t->connect = since(tcp, dns);
		t->tls = f->https ? since(tls, tcp) : -1;
	}
	if (f->answered) {
		t->wait = since(first, sent);
		t->receive = since(total, first);
	}
	if (sent > 0)
		f->x->result.sent_wall_us = f->start_wall_us + sent;
}

static void
read_remote(struct xfer *f)
{
	struct net_result *r = &f->x->result;
	char *ip = NULL;
	long port = info_long(f, CURLINFO_PRIMARY_PORT);

	if (curl_easy_getinfo(f->easy, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip && *ip)
		snprintf(r->remote, sizeof(r->remote), strchr(ip, ':') ? "[%s]:%ld" : "%s:%ld", ip, port);
	r->via_proxy = f->via_proxy;
}

/* libcurl counts the handshake as connecting; an address of the peer means that TCP is through. */
static bool
tcp_connected(const struct xfer *f)
{
	char *ip = NULL;

	if (info_us(f, CURLINFO_CONNECT_TIME_T) > 0)
		return true;
	return curl_easy_getinfo(f->easy, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip && *ip;
}

static void
read_progress(struct xfer *f, struct progress *p)
{
	*p = (struct progress){
		.https = f->https,
		.via_proxy = f->via_proxy,
		.resolved = info_us(f, CURLINFO_NAMELOOKUP_TIME_T) > 0,
		.connected = tcp_connected(f),
		.handshaken = info_us(f, CURLINFO_APPCONNECT_TIME_T) > 0 ||
			info_us(f, CURLINFO_PRETRANSFER_TIME_T) > 0,
		.answered = f->answered,
		.os_errno = info_long(f, CURLINFO_OS_ERRNO),
		.connect_code = info_long(f, CURLINFO_HTTP_CONNECTCODE),
		.verify_result = f->seen->seen ? f->seen->verify_result : -1,
	};
}

/* The chain of a handshake that failed, or after which nothing came. */
static void
read_seen(struct xfer *f, const char *words)
{
	struct tls_info *t = &f->x->result.tls;
	enum net_error e = f->x->result.error;

	if (!t->n_certs && f->seen->seen) {
		tls_info_clear(t);
		*t = f->seen->info;
		f->seen->info = (struct tls_info){0};
	}
	if (e == NETERR_TLS_HOSTNAME || (e == NETERR_TLS_OTHER && t->verified)) {
		t->verified = false;
		text_safe_into(t->verify_words, sizeof(t->verify_words), span_of(words));
	}
}

static void
take_words(struct xfer *f, CURLcode rc)
{
	const char *words = *f->words ? f->words : rc != CURLE_OK ? curl_easy_strerror(rc) : "";

	text_safe_into(f->x->result.error_text, sizeof(f->x->result.error_text), span_of(words));
}

static void
finish(struct xfer *f, CURLcode rc, enum net_error forced)
{
	struct transport *t = f->t;
	struct net_result *r = &f->x->result;
	struct progress p;
	struct xfer **at;
	curl_off_t announced = -1;

	read_progress(f, &p);
	r->error = forced != NETERR_NONE ? forced : net_error_of(rc, f->words, &p);
	/* libcurl's own limit of one header line shows as "out of memory" in some versions */
	if ((rc == CURLE_OUT_OF_MEMORY || (int)rc == 100) && p.connected && !f->headers_done)
		r->response.headers_too_large = true;
	if (forced == NETERR_NONE && (r->response.body_too_large || r->response.headers_too_large))
		r->error = NETERR_TOO_LARGE;
	if (r->error == NETERR_PROXY && p.connect_code && !r->response.status)
		r->response.status = (int)p.connect_code;
	if (r->error != NETERR_NONE && r->error != NETERR_CANCELLED)
		take_words(f, rc);
	if (f->answered && curl_easy_getinfo(f->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced) == CURLE_OK)
		r->response.body_announced = announced;
	read_timings(f);
	read_remote(f);
	read_seen(f, r->error_text);
	detach(f);
	for (at = &t->running; *at != f; at = &(*at)->next)
		;
	*at = f->next;
	f->next = NULL;
	for (at = &t->done; *at; at = &(*at)->next)
		;
	*at = f;
}

static void
curl_cancel(struct transport *t, struct transfer *x)
{
	for (struct xfer *f = t->running; f; f = f->next)
		if (f->x == x) {
			finish(f, CURLE_OK, NETERR_CANCELLED);
			return;
		}
}

static struct transfer *
curl_next_done(struct transport *t)
{
	struct xfer *f = t->done;
	struct transfer *x;

	if (!f)
		return NULL;
	t->done = f->next;
	x = f->x;
	x->transport_data = NULL;
	free(f);
	return x;
}

/* --- waiting --- */

/* Monotonic microseconds at which the transfer has taken too long; the connect phase is libcurl's. */
static int64_t
deadline_us(const struct xfer *f)
{
	const struct net_options *o = &f->x->options;
	int64_t at = o->total_timeout_ms > 0 ? f->start_us + o->total_timeout_ms * 1000 : INT64_MAX;
	int64_t sent = f->answered ? 0 : info_us(f, CURLINFO_PRETRANSFER_TIME_T);

	if (sent > 0 && o->first_byte_timeout_ms > 0 &&
	    f->start_us + sent + o->first_byte_timeout_ms * 1000 < at)
		at = f->start_us + sent + o->first_byte_timeout_ms * 1000;
	return at;
}

static void
expire(struct transport *t)
{
	int64_t now = clock_mono_us(t->clock);
	struct xfer *next;

	for (struct xfer *f = t->running; f; f = next) {
		next = f->next;
		if (now < deadline_us(f))
			continue;
		if (!*f->words)
			snprintf(f->words, sizeof(f->words), "%s within %lld ms",
				f->answered ? "the answer was not whole" : "there was no answer",
				(long long)((now - f->start_us) / 1000));
		finish(f, CURLE_OPERATION_TIMEDOUT, NETERR_NONE);
	}
}

static void
advance(struct transport *t)
{
	int n;
	CURLMsg *m;

	curl_multi_perform(t->multi, &n);
	while ((m = curl_multi_info_read(t->multi, &n))) {
		struct xfer *f = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&f);
		finish(f, m->data.result, NETERR_NONE);
	}
	expire(t);
}

/* Time the loop was away does not count against the servers. */
static void
forgive(struct transport *t, int64_t away_us)
{
	int64_t now = clock_mono_us(t->clock);

	if (away_us < STALL_US)
		return;
	for (struct xfer *f = t->running; f; f = f->next) {
		f->start_us += away_us;
		if (f->start_us > now)
			f->start_us = now;
	}
}

static int
time_left(const struct transport *t, int timeout_ms)
{
	int64_t now = clock_mono_us(t->clock), left;

	if (t->done)
		return 0;
	for (const struct xfer *f = t->running; f; f = f->next) {
		left = (deadline_us(f) - now + 999) / 1000;
		if (left < 0)
			left = 0;
		if (timeout_ms < 0 || left < timeout_ms)
			timeout_ms = left > INT_MAX ? INT_MAX : (int)left;
	}
	return timeout_ms;
}

static enum res
poll_fds(struct pollfd *fds, size_t n, int timeout_ms)
{
	if (poll(fds, n, timeout_ms) >= 0)
		return RES_OK;
	for (size_t i = 0; i < n; i++)
		fds[i].revents = 0;
	return errno == EINTR ? RES_OK : RES_IO;
}

static enum res
poll_all(struct transport *t, const struct pollfd *fds, size_t n, int timeout_ms)
{
	struct curl_waitfd w[WATCHED_FDS];
	unsigned used = 0;

	for (size_t i = 0; i < n && used < WATCHED_FDS; i++) {
		if (fds[i].fd < 0)
			continue;
		w[used].fd = fds[i].fd;
		w[used].events = (short)((fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
			(fds[i].events & POLLPRI ? CURL_WAIT_POLLPRI : 0) |
			(fds[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0));
		w[used++].revents = 0;
	}
	return curl_multi_poll(t->multi, w, used, timeout_ms < 0 ? INT_MAX : timeout_ms, NULL) == CURLM_OK ?
		RES_OK : RES_IO;
}

static enum res
curl_wait(struct transport *t, struct pollfd *fds, size_t n, int timeout_ms)
{
	int64_t before = clock_mono_us(t->clock), after;
	enum res r = RES_OK;
	int left;

	if (!t->running) {
		r = poll_fds(fds, n, t->done ? 0 : timeout_ms);
		t->left_us = clock_mono_us(t->clock);
		return r;
	}
	forgive(t, before - t->left_us);
	advance(t);
	left = time_left(t, timeout_ms);
	if (left != 0) {
		before = clock_mono_us(t->clock);
		r = poll_all(t, fds, n, left);
		after = clock_mono_us(t->clock);
		if (left > 0)
			forgive(t, after - before - (int64_t)left * 1000);
		advance(t);
	}
	/* libcurl tells neither POLLHUP nor POLLERR of foreign descriptors. */
	if (r == RES_OK && n)
		r = poll_fds(fds, n, 0);
	t->left_us = clock_mono_us(t->clock);
	return r;
}

static const char *
curl_transport_version(void)
{
	return curl_version();
}

const struct transport_ops transport_curl = {
	.name = "curl",
	.open = curl_open,
	.close = curl_close,
	.start = curl_start,
	.cancel = curl_cancel,
	.wait = curl_wait,
	.next_done = curl_next_done,
	.version = curl_transport_version,
};
