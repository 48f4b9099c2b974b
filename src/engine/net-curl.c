#include "engine/net-curl.h"

/*
 * The transport over libcurl: one multi handle, one thread, no callbacks outside of wait().
 * libcurl says which sockets it waits for and when it wants a turn; of many requests only those
 * that something came for cost anything.
 */

#include <errno.h>
#include <limits.h>
#include <signal.h>

#include "base/mem.h"
#include "base/text.h"

enum {
	STALL_US = 1000000, /* the loop was away for so long: stopped, or a blocked terminal */
	WATCHED_FDS = 16,
	IDLE_MAX = 64,
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

/* libcurl's word about a socket. */
static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	struct transport *t = arg;
	size_t i;

	(void)easy;
	(void)unused;
	for (i = 0; i < t->n_sockets && t->sockets[i].fd != fd; i++)
		;
	if (what == CURL_POLL_REMOVE) {
		if (i < t->n_sockets)
			t->sockets[i] = t->sockets[--t->n_sockets];
		return 0;
	}
	if (i + WATCHED_FDS >= t->room) {
		t->room = 2 * (i + WATCHED_FDS);
		t->sockets = xreallocarray(t->sockets, t->room, sizeof(*t->sockets));
	}
	t->sockets[i] = (struct pollfd){.fd = fd,
		.events = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
			(what & CURL_POLL_OUT ? POLLOUT : 0))};
	t->n_sockets += i == t->n_sockets;
	return 0;
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
	curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
	t->room = 2 * WATCHED_FDS;
	t->sockets = xcalloc(t->room, sizeof(*t->sockets));
	t->ca_bundle = find_ca_bundle();
	return t;
}

static void
idle_free(struct transport *t)
{
	while (t->n_idle)
		curl_easy_cleanup(t->idle[--t->n_idle]);
	free(t->idle);
	t->idle = NULL;
}

/*
 * A handle costs more than many an answer takes to read: while requests follow each other closely
 * they are used again.  None is kept once there is nothing to wait for, since what passed through
 * them may have been a secret.
 */
static CURL *
easy_take(struct transport *t)
{
	return t->n_idle ? t->idle[--t->n_idle] : curl_easy_init();
}

static void
easy_give(struct transport *t, CURL *easy)
{
	if (t->n_idle == IDLE_MAX) {
		curl_easy_cleanup(easy);
		return;
	}
	if (!t->idle)
		t->idle = xcalloc(IDLE_MAX, sizeof(CURL *));
	curl_easy_reset(easy);
	t->idle[t->n_idle++] = easy;
}

/* Gives back what libcurl holds for the transfer; the result stays. */
static void
detach(struct xfer *f)
{
	if (f->easy) {
		curl_multi_remove_handle(f->t->multi, f->easy);
		easy_give(f->t, f->easy);
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
	idle_free(t);
	if (t->multi)
		curl_multi_cleanup(t->multi);
	if (t->share)
		curl_share_cleanup(t->share);
	free(t->sockets);
	free(t->ready);
	free(t);
	if (--opened == 0)
		curl_global_cleanup();
}

/* --- starting --- */

static void finish(struct xfer *f, CURLcode rc, enum net_error forced);

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
	f->easy = easy_take(t);
	if (!f->easy || !xfer_set_up(f) || curl_multi_add_handle(t->multi, f->easy) != CURLM_OK) {
		detach(f);
		free(f);
		return err_set(e, RES_NOMEM, "libcurl cannot start the request");
	}
	x->transport_data = f;
	f->next = t->running;
	t->running = f;
	if (f->proxy_fault) {
		snprintf(f->words, sizeof(f->words), "%s", f->proxy_fault);
		finish(f, CURLE_COULDNT_RESOLVE_PROXY, NETERR_BAD_PROXY);
	}
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
	int64_t dns = info_us(f, CURLINFO_NAMELOOKUP_TIME_T),
		tcp = info_us(f, CURLINFO_CONNECT_TIME_T);
	int64_t tls = info_us(f, CURLINFO_APPCONNECT_TIME_T),
		sent = info_us(f, CURLINFO_PRETRANSFER_TIME_T);
	int64_t first = info_us(f, CURLINFO_STARTTRANSFER_TIME_T),
		total = info_us(f, CURLINFO_TOTAL_TIME_T);

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
		snprintf(r->remote, sizeof(r->remote), strchr(ip, ':') ? "[%s]:%ld" : "%s:%ld", ip,
			port);
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
		.alert = f->seen->alert,
		.cert_asked = f->seen->info.cert_asked,
		.cert_shown = f->seen->info.client_subject[0] != '\0',
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
	} else if (f->seen->alert) {
		tls_info_add_peer(t, f->seen);
	}
	if (e == NETERR_TLS_HOSTNAME || e == NETERR_TLS_CA_FILE ||
		(e == NETERR_TLS_OTHER && t->verified)) {
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
	if ((r->error == NETERR_PROXY || r->error == NETERR_PROXY_AUTH) && p.connect_code &&
		!r->response.status)
		r->response.status = (int)p.connect_code;
	if (r->error != NETERR_NONE && r->error != NETERR_CANCELLED)
		take_words(f, rc);
	if (f->answered &&
		curl_easy_getinfo(f->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced) ==
			CURLE_OK)
		r->response.body_announced = announced;
	read_timings(f);
	read_remote(f);
	read_seen(f, r->error_text);
	for (at = &t->running; *at != f; at = &(*at)->next)
		;
	*at = f->next;
	f->next = NULL;
	detach(f);
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

/* Monotonic microseconds at which the transfer has taken too long; the connect
 * phase is libcurl's. */
static int64_t
deadline_us(struct xfer *f)
{
	const struct net_options *o = &f->x->options;
	int64_t at = o->total_timeout_ms > 0 ? f->start_us + o->total_timeout_ms * 1000 : INT64_MAX;
	int64_t sent;

	if (!f->sent_us && !f->answered)
		f->sent_us = info_us(f, CURLINFO_PRETRANSFER_TIME_T);
	sent = f->answered ? 0 : f->sent_us;
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

/* When libcurl wants a turn, whatever comes; -1: never. */
static long
own_timer_ms(const struct transport *t)
{
	long ms = -1;

	return curl_multi_timeout(t->multi, &ms) == CURLM_OK ? ms : -1;
}

/* What is due goes on (a request that was added begins so), and what is whole is done. */
static void
advance(struct transport *t)
{
	int n;
	CURLMsg *m;

	if (own_timer_ms(t) == 0)
		curl_multi_socket_action(t->multi, CURL_SOCKET_TIMEOUT, 0, &n);
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
sooner(int timeout_ms, int64_t left_ms)
{
	if (left_ms < 0)
		left_ms = 0;
	if (timeout_ms >= 0 && left_ms >= timeout_ms)
		return timeout_ms;
	return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

static int
time_left(const struct transport *t, int timeout_ms)
{
	int64_t now = clock_mono_us(t->clock);
	long own = own_timer_ms(t);

	if (t->done)
		return 0;
	if (own >= 0)
		timeout_ms = sooner(timeout_ms, own);
	for (struct xfer *f = t->running; f; f = f->next)
		timeout_ms = sooner(timeout_ms, (deadline_us(f) - now + 999) / 1000);
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

static int
curl_events(short revents)
{
	return (revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
		(revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
		(revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);
}

/* libcurl's sockets and the caller's descriptors in one wait. */
static enum res
poll_all(struct transport *t, struct pollfd *fds, size_t n, int timeout_ms)
{
	size_t own = t->n_sockets, n_ready = 0;
	enum res r;
	int left;

	n = n < WATCHED_FDS ? n : WATCHED_FDS;
	if (n)
		memcpy(t->sockets + own, fds, n * sizeof(*fds));
	r = poll_fds(t->sockets, own + n, timeout_ms);
	if (n)
		memcpy(fds, t->sockets + own, n * sizeof(*fds));
	/* first all, since each turn of libcurl's may change the list */
	t->ready = xreallocarray(t->ready, own, sizeof(*t->ready));
	for (size_t i = 0; i < own; i++)
		if (t->sockets[i].revents)
			t->ready[n_ready++] = t->sockets[i];
	for (size_t i = 0; i < n_ready; i++)
		curl_multi_socket_action(
			t->multi, t->ready[i].fd, curl_events(t->ready[i].revents), &left);
	return r;
}

static enum res
curl_wait(struct transport *t, struct pollfd *fds, size_t n, int timeout_ms)
{
	int64_t before = clock_mono_us(t->clock), after;
	enum res r = RES_OK;
	int left;

	if (!t->running) {
		if (!t->done)
			idle_free(t);
		r = poll_fds(fds, n, t->done ? 0 : timeout_ms);
		t->left_us = clock_mono_us(t->clock);
		return r;
	}
	forgive(t, before - t->left_us);
	advance(t);
	left = time_left(t, timeout_ms);
	before = clock_mono_us(t->clock);
	r = poll_all(t, fds, n, left);
	after = clock_mono_us(t->clock);
	if (left > 0)
		forgive(t, after - before - (int64_t)left * 1000);
	advance(t);
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
