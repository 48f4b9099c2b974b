#include "demo/demo.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include "base/mem.h"
#include "demo/endpoints.h"
#include "demo/stray.h"

enum {
	BODY_MAX = 256 << 10,      /* request body */
	POOL_MAX = 128 << 10,      /* request header, by connection */
	CONNECTIONS_MAX = 64,
	IDLE_S = 30,               /* then an idle connection is closed */
	CUT_BYTES = 64,            /* announced and not sent (SEND_CUT) */
	ENDLESS_BYTES = 8 << 20,   /* SEND_ENDLESS */
	SIDES = 3,                 /* the authorization server, the API, whatever speaks TLS */
};

/* A connection that waits for its time (delay_ms). */
struct waiting {
	struct MHD_Connection *conn;
	int64_t due_ms;
	struct waiting *next;
};

struct side {
	struct demo_server *srv;
	struct MHD_Daemon *daemon;
	int listen_fd; /* -1 once the daemon owns it */
	int port;
	bool api;
	const char *origin;
	const char *cert, *key; /* PEM; NULL: no TLS */
	const char *trust;      /* PEM; not NULL: the client is asked for its certificate */
};

struct demo_server {
	struct store store;
	struct side sides[SIDES];
	struct stray stray;
	struct buf cert, key; /* of the third side */
	atomic_ulong served;
	pthread_mutex_t lock; /* store, waiting, stopping */
	pthread_cond_t wake;
	pthread_t timer;
	bool has_timer, stopping;
	int64_t end_ms; /* max_seconds; 0: never */
	struct waiting *waiting;
};

/* What libmicrohttpd keeps for us with a request. */
struct exchange {
	struct http_request req;
	struct http_response res;
	struct demo_call call;
	struct buf query;
	bool answered;
};

static int64_t
mono_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- one request --- */

static struct exchange *
exchange_new(struct side *side, const char *method, const char *path)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	http_request_init(&x->req);
	http_response_init(&x->res);
	http_request_set(&x->req, method, span_of(path));
	buf_init_wiping(&x->req.body, BODY_MAX);
	buf_init_wiping(&x->query, BODY_MAX);
	x->call = (struct demo_call){.s = &side->srv->store, .api = side->api, .req = &x->req,
		.res = &x->res, .origin = side->origin};
	return x;
}

static void
on_done(void *cls, struct MHD_Connection *conn, void **ctx, enum MHD_RequestTerminationCode code)
{
	struct exchange *x = *ctx;

	(void)cls, (void)conn, (void)code;
	if (!x)
		return;
	http_request_release(&x->req);
	http_response_release(&x->res);
	buf_release(&x->query);
	free(x);
	*ctx = NULL;
}

static enum MHD_Result
take_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
	size_t value_n)
{
	struct exchange *x = cls;

	(void)kind;
	/* One too many is left out, as a small server would do. */
	return http_headers_add(&x->req.headers, span_make(name, name_n),
		span_make(value ? value : "", value_n)) == RES_NOMEM ? MHD_NO : MHD_YES;
}

/* The query as it was: the library has decoded it. */
static enum MHD_Result
take_argument(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n,
	const char *value, size_t value_n)
{
	struct exchange *x = cls;
	char *text = span_dup(span_make(name, name_n));

	(void)kind;
	form_add(&x->query, text, span_make(value ? value : "", value_n));
	free(text);
	return MHD_YES;
}

/* The thumbprint of the certificate that the client showed in the handshake (RFC 8705 §3.1). */
static void
take_certificate(struct side *side, struct exchange *x, struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info = NULL;
	const gnutls_datum_t *der;
	unsigned n = 0;

	if (side->trust)
		info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	der = info ? gnutls_certificate_get_peers(info->tls_session, &n) : NULL;
	if (der && n > 0 &&
		!store_thumb(x->call.s, span_make(der->data, der->size), x->call.shown.x5t))
		x->call.shown.x5t[0] = '\0';
}

/* Date by the server's own clock (RFC 9110 §6.6.1), IMF-fixdate whatever the locale. */
static void
set_date(struct exchange *x)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)store_now(x->call.s, x->call.api);
	struct tm tm;
	char text[48];

	if (!gmtime_r(&t, &tm))
		return;
	snprintf(text, sizeof(text), "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
		days + tm.tm_wday * 3, tm.tm_mday, months + tm.tm_mon * 3, tm.tm_year + 1900,
		tm.tm_hour, tm.tm_min, tm.tm_sec);
	reply_header(&x->call, "Date", text);
}

static void
answer(struct side *side, struct exchange *x, struct MHD_Connection *conn)
{
	MHD_get_connection_values_n(conn, MHD_HEADER_KIND, take_header, x);
	MHD_get_connection_values_n(conn, MHD_GET_ARGUMENT_KIND, take_argument, x);
	x->call.query = buf_span(&x->query);
	take_certificate(side, x, conn);
	pthread_mutex_lock(&side->srv->lock);
	if (buf_status(&x->req.body) == RES_OK)
		demo_answer(&x->call);
	else
		reply_text(&x->call, 413, "text/plain", "Too large\n");
	set_date(x);
	pthread_mutex_unlock(&side->srv->lock);
	x->answered = true;
	atomic_fetch_add(&side->srv->served, 1);
}

/* SEND_CUT: the body, and then not what was announced. */
static ssize_t
read_cut(void *cls, uint64_t pos, char *out, size_t max)
{
	struct exchange *x = cls;
	struct span rest = span_from(buf_span(&x->res.body), (size_t)pos);

	if (rest.n == 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (rest.n > max)
		rest.n = max;
	memcpy(out, rest.p, rest.n);
	return (ssize_t)rest.n;
}

/* SEND_ENDLESS: blanks, more than anybody may keep. */
static ssize_t
read_blanks(void *cls, uint64_t pos, char *out, size_t max)
{
	(void)cls, (void)pos;
	memset(out, ' ', max);
	return (ssize_t)max;
}

static enum MHD_Result
send_answer(struct exchange *x, struct MHD_Connection *conn)
{
	struct buf *body = &x->res.body;
	struct MHD_Response *r;
	enum MHD_Result ok;

	if (x->call.how == SEND_RESET)
		return MHD_NO;
	/* The body lives until on_done(). */
	if (x->call.how == SEND_CUT)
		r = MHD_create_response_from_callback(body->len + CUT_BYTES, 1024, read_cut, x,
			NULL);
	else if (x->call.how == SEND_ENDLESS)
		r = MHD_create_response_from_callback(ENDLESS_BYTES, 64 << 10, read_blanks, NULL,
			NULL);
	else
		r = MHD_create_response_from_buffer(body->len, body->p, MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	for (size_t i = 0; i < x->res.headers.n; i++)
		MHD_add_response_header(r, x->res.headers.v[i].name, x->res.headers.v[i].value);
	ok = MHD_queue_response(conn, (unsigned)x->res.status, r);
	MHD_destroy_response(r);
	return ok;
}

/* Lets the connection wait; false if it need not. */
static bool
hold(struct demo_server *srv, struct exchange *x, struct MHD_Connection *conn)
{
	struct waiting *w;
	bool held = false;

	if (x->call.delay_ms <= 0)
		return false;
	pthread_mutex_lock(&srv->lock);
	if (!srv->stopping) {
		w = xcalloc(1, sizeof(*w));
		w->conn = conn;
		w->due_ms = mono_ms() + x->call.delay_ms;
		w->next = srv->waiting;
		srv->waiting = w;
		MHD_suspend_connection(conn);
		pthread_cond_signal(&srv->wake);
		held = true;
	}
	x->call.delay_ms = 0;
	pthread_mutex_unlock(&srv->lock);
	return held;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *conn, const char *path, const char *method,
	const char *version, const char *data, size_t *n, void **ctx)
{
	struct side *side = cls;
	struct exchange *x = *ctx;

	(void)version;
	if (!x) {
		*ctx = exchange_new(side, method, path);
		return MHD_YES; /* the body comes next */
	}
	if (*n > 0) {
		buf_add(&x->req.body, data, *n);
		*n = 0;
		return MHD_YES;
	}
	if (!x->answered)
		answer(side, x, conn);
	if (hold(side->srv, x, conn))
		return MHD_YES; /* called again when it is resumed */
	return send_answer(x, conn);
}

/* --- the timer: delayed answers and the end --- */

/* Resumes what is due (all of it at the end); gives the next time, 0 if there is none. */
static int64_t
resume_due(struct demo_server *srv, int64_t now)
{
	struct waiting **at = &srv->waiting;
	int64_t next = 0;

	while (*at) {
		struct waiting *w = *at;

		if (srv->stopping || w->due_ms <= now) {
			*at = w->next;
			MHD_resume_connection(w->conn);
			free(w);
			continue;
		}
		if (!next || w->due_ms < next)
			next = w->due_ms;
		at = &w->next;
	}
	return next;
}

static void
stop_listening(struct demo_server *srv)
{
	for (size_t i = 0; i < SIDES; i++)
		if (srv->sides[i].daemon) {
			int fd = MHD_quiesce_daemon(srv->sides[i].daemon);

			if (fd >= 0)
				close(fd);
		}
	srv->end_ms = 0;
}

static void *
timer_main(void *arg)
{
	struct demo_server *srv = arg;

	pthread_mutex_lock(&srv->lock);
	for (;;) {
		int64_t now = mono_ms(), next = resume_due(srv, now);
		struct timespec t;

		if (srv->stopping)
			break;
		if (srv->end_ms && srv->end_ms <= now)
			stop_listening(srv);
		if (srv->end_ms && (!next || srv->end_ms < next))
			next = srv->end_ms;
		if (!next) {
			pthread_cond_wait(&srv->wake, &srv->lock);
			continue;
		}
		t.tv_sec = (time_t)(next / 1000);
		t.tv_nsec = (long)(next % 1000) * 1000000;
		pthread_cond_timedwait(&srv->wake, &srv->lock, &t);
	}
	pthread_mutex_unlock(&srv->lock);
	return NULL;
}

/* --- start and stop --- */

/*
 * The side that speaks TLS, if the scenario has one; its endpoints work for who gets that far.  Its
 * origin stands in the tokens and the metadata.
 */
static enum res
bind_tls(struct demo_server *srv, const struct demo_config *c, struct err *e)
{
	bool certificates = (c->scenario->faults & FAULT_MTLS_BOUND) != 0;
	struct side *side = &srv->sides[2];

	if (!stray_speaks_tls(c->scenario->wreck) && !certificates)
		return RES_OK;
	if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
		return err_set(e, RES_UNSUPPORTED, "this libmicrohttpd was built without TLS");
	if (stray_certificate(c, &srv->cert, &srv->key, e) != RES_OK)
		return RES_UNSUPPORTED;
	side->cert = buf_str(&srv->cert);
	side->key = buf_str(&srv->key);
	side->listen_fd = stray_socket(0, CONNECTIONS_MAX, &side->port, e);
	if (side->listen_fd < 0)
		return RES_IO;
	side->origin = certificates ? srv->store.tls_origin : srv->store.stray_origin;
	snprintf(certificates ? srv->store.tls_origin : srv->store.stray_origin,
		sizeof(srv->store.tls_origin), "https://127.0.0.1:%d", side->port);
	return RES_OK;
}

/* Whom the profile is to trust, and whose certificate the server asks for. */
static void
trust(struct demo_server *srv, const struct demo_config *c, struct demo_client *out)
{
	struct side *side = &srv->sides[2];

	if (!side->cert)
		return;
	if (c->scenario->wreck != WRECK_TLS_SELF_SIGNED)
		out->ca_pem = xstrdup(side->cert);
	if (srv->store.tls_origin[0])
		side->trust = srv->store.client_cert;
}

/* Where the metadata lead to instead; a host with a dot too many is never asked for on the net. */
static void
set_stray_origin(struct demo_server *srv, enum demo_wreck w)
{
	struct store *s = &srv->store;
	int port = srv->sides[0].port;

	if (srv->stray.fd >= 0)
		snprintf(s->stray_origin, sizeof(s->stray_origin), "http://127.0.0.1:%d",
			srv->stray.port);
	else if (w == WRECK_TLS_PORT)
		snprintf(s->stray_origin, sizeof(s->stray_origin), "https://127.0.0.1:%d", port);
	else if (w == WRECK_NO_HOST)
		snprintf(s->stray_origin, sizeof(s->stray_origin), "http://idp..internal:%d", port);
	else if (w == WRECK_NO_SCHEME)
		snprintf(s->stray_origin, sizeof(s->stray_origin), "//127.0.0.1:%d", port);
}

/* Sockets first: the tokens name the port. */
static enum res
bind_all(struct demo_server *srv, const struct demo_config *c, struct err *e)
{
	struct side *as = &srv->sides[0], *api = &srv->sides[1];

	as->listen_fd = stray_socket(c->port, CONNECTIONS_MAX, &as->port, e);
	if (as->listen_fd < 0)
		return RES_IO;
	snprintf(srv->store.origin, sizeof(srv->store.origin), "http://127.0.0.1:%d", as->port);
	snprintf(srv->store.api_origin, sizeof(srv->store.api_origin), "%s", srv->store.origin);
	if (c->scenario->api) {
		api->listen_fd = stray_socket(0, CONNECTIONS_MAX, &api->port, e);
		if (api->listen_fd < 0)
			return RES_IO;
		snprintf(srv->store.api_origin, sizeof(srv->store.api_origin),
			"http://127.0.0.1:%d", api->port);
	}
	as->origin = srv->store.origin;
	api->origin = srv->store.api_origin;
	if (stray_start(&srv->stray, c->scenario->wreck, e) != RES_OK)
		return RES_IO;
	set_stray_origin(srv, c->scenario->wreck);
	return RES_OK;
}

static enum res
run_side(struct side *side, struct err *e)
{
	const unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_SUPPRESS_DATE_NO_CLOCK |
		MHD_ALLOW_SUSPEND_RESUME | (side->cert ? MHD_USE_TLS : 0);
	const struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)side->cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)side->key},
		{side->trust ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0,
			(void *)(uintptr_t)side->trust},
		{MHD_OPTION_END, 0, NULL},
	};

	if (side->listen_fd < 0)
		return RES_OK;
	side->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, side,
		MHD_OPTION_LISTEN_SOCKET, side->listen_fd,
		MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_MAX,
		MHD_OPTION_ARRAY, side->cert ? tls : tls + 3,
		MHD_OPTION_END);
	if (!side->daemon)
		return err_set(e, RES_IO, "cannot start the embedded server");
	side->listen_fd = -1; /* closed with the daemon */
	return RES_OK;
}

static enum res
run_timer(struct demo_server *srv, const struct demo_config *c, struct err *e)
{
	if (c->max_seconds > 0)
		srv->end_ms = mono_ms() + c->max_seconds * 1000;
	if (!srv->end_ms && c->scenario->delay_ms <= 0)
		return RES_OK;
	if (pthread_create(&srv->timer, NULL, timer_main, srv) != 0)
		return err_set(e, RES_IO, "cannot start a thread");
	srv->has_timer = true;
	return RES_OK;
}

static enum res
run_all(struct demo_server *srv, const struct demo_config *c, struct err *e)
{
	enum res r = run_timer(srv, c, e);

	pthread_mutex_lock(&srv->lock); /* the timer looks at the daemons */
	for (size_t i = 0; i < SIDES && r == RES_OK; i++)
		r = run_side(&srv->sides[i], e);
	pthread_mutex_unlock(&srv->lock);
	return r;
}

static struct demo_server *
server_new(const struct demo_config *c)
{
	struct demo_server *srv = xcalloc(1, sizeof(*srv));
	pthread_condattr_t attr;

	store_init(&srv->store, c);
	for (size_t i = 0; i < SIDES; i++)
		srv->sides[i] = (struct side){.srv = srv, .listen_fd = -1, .api = i == 1};
	stray_init(&srv->stray);
	buf_init(&srv->cert, 8192);
	buf_init_wiping(&srv->key, 8192);
	pthread_mutex_init(&srv->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&srv->wake, &attr);
	pthread_condattr_destroy(&attr);
	return srv;
}

static void
server_stop(struct demo_server *srv)
{
	if (!srv)
		return;
	pthread_mutex_lock(&srv->lock);
	srv->stopping = true;
	pthread_cond_signal(&srv->wake);
	pthread_mutex_unlock(&srv->lock);
	/* The timer resumes all that waits: a daemon cannot end with suspended connections. */
	if (srv->has_timer)
		pthread_join(srv->timer, NULL);
	for (size_t i = 0; i < SIDES; i++) {
		if (srv->sides[i].daemon)
			MHD_stop_daemon(srv->sides[i].daemon);
		if (srv->sides[i].listen_fd >= 0)
			close(srv->sides[i].listen_fd);
	}
	stray_stop(&srv->stray);
	buf_release(&srv->cert);
	buf_release(&srv->key);
	store_release(&srv->store);
	pthread_cond_destroy(&srv->wake);
	pthread_mutex_destroy(&srv->lock);
	free(srv);
}

static struct demo_server *
server_start(const struct demo_config *c, struct demo_client *out, struct err *e)
{
	struct demo_server *srv;
	sigset_t all, before;
	enum res r;

	*out = (struct demo_client){.discovery = false};
	if (!c->scenario || !c->crypto || !c->fill_random || !c->now_s) {
		err_set(e, RES_UNSUPPORTED, "the embedded server needs a cryptographic library");
		return NULL;
	}
	srv = server_new(c);
	sigfillset(&all);
	pthread_sigmask(
		SIG_SETMASK, &all, &before); /* the threads take none: the loop's they are */
	r = bind_all(srv, c, e);
	if (r == RES_OK)
		r = bind_tls(srv, c, e);
	if (r == RES_OK)
		r = store_fill(&srv->store, e);
	if (r == RES_OK)
		r = demo_give(&srv->store, out, e);
	trust(srv, c, out);
	if (r == RES_OK)
		r = run_all(srv, c, e);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r == RES_OK)
		return srv;
	server_stop(srv);
	demo_client_release(out);
	return NULL;
}

static int
server_port(const struct demo_server *srv)
{
	return srv->sides[0].port;
}

static unsigned long
server_served(const struct demo_server *srv)
{
	return atomic_load(&srv->served);
}

const struct demo_ops demo_microhttpd = {
	.start = server_start,
	.stop = server_stop,
	.port = server_port,
	.served = server_served,
};
