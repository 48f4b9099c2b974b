/* The libcurl transport against a loopback server that misbehaves on purpose. */
#include "fetch.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/mem.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n"
/* A label of 70 characters: refused by the resolver itself, no name server is asked. */
#define NO_NAME "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid"
#define OK_ALL OK_HEAD "\r\n{\"a\":1}"

static void
handle_ok(struct conn *c)
{
	conn_puts(c, OK_ALL);
}

static void
test_plain_request(void **state)
{
	struct fixture *t = fixture_begin(state, handle_ok);
	struct net_result *r;
	struct fetch f;
	char remote[40];

	get(&f, &t->c, &t->s, "http", "/a/../b?x=%20y");
	r = &f.x.result;
	assert_int_equal(r->error, NETERR_NONE);
	assert_int_equal(r->response.status, 200);
	assert_string_equal(r->response.version, "1.1");
	assert_string_equal(r->response.reason, "OK");
	assert_int_equal(r->response.headers.n, 2);
	assert_int_equal(r->response.body_announced, 7);
	assert_body(&f, "{\"a\":1}");
	snprintf(remote, sizeof(remote), "127.0.0.1:%d", t->s.port);
	assert_string_equal(r->remote, remote);
	assert_false(r->via_proxy);
	assert_false(r->timings.reused);
	assert_true(r->timings.dns >= 0 && r->timings.connect >= 0 && r->timings.wait >= 0);
	assert_int_equal(r->timings.tls, -1);
	assert_true(r->timings.total >= r->timings.wait);
	assert_true(r->answered_wall_us >= r->sent_wall_us);
	assert_int_equal(r->tls.n_certs, 0);
	fetch_release(&f);
}

/* The request as it came is the answer's body. */
static void
handle_echo(struct conn *c)
{
	char head[128];

	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", c->request_len);
	conn_puts(c, head);
	conn_write(c, c->request, c->request_len);
}

static void
test_what_goes_out(void **state)
{
	static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "OPTIONS"};
	struct fixture *t = fixture_begin(state, handle_echo);
	char *url = xasprintf("http://127.0.0.1:%d/a/../b?x=1", t->s.port);

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		for (int resend = 0; resend < 2; resend++) {
			bool body = i == 1 || i == 2;
			struct fetch f;
			char first[64];

			fetch_init(&f, &t->c, methods[i], url);
			http_headers_set(&f.request.headers, "X-Own", SPAN_LIT("v 1"));
			http_headers_set(&f.request.headers, "X-Empty", SPAN_EMPTY);
			if (body)
				buf_puts(&f.request.body, "token=a%20b");
			f.x.may_resend = resend;
			fetch_start(&f, &t->c);
			fetch_wait(&f, &t->c);
			assert_int_equal(f.x.result.error, NETERR_NONE);
			snprintf(first, sizeof(first), "%s /a/../b?x=1 HTTP/1.1\r\n", methods[i]);
			assert_memory_equal(buf_str(&f.x.result.response.body), first, strlen(first));
			assert_non_null(strstr(buf_str(&f.x.result.response.body), "\r\nX-Own: v 1\r\n"));
			assert_non_null(strstr(buf_str(&f.x.result.response.body), "\r\nX-Empty:\r\n"));
			/* Nothing of libcurl's own goes out unrecorded. */
			assert_null(strstr(buf_str(&f.x.result.response.body), "Content-Type"));
			assert_null(strstr(buf_str(&f.x.result.response.body), "User-Agent"));
			assert_null(strstr(buf_str(&f.x.result.response.body), "Accept:"));
			assert_null(strstr(buf_str(&f.x.result.response.body), "Expect"));
			if (body)
				assert_non_null(strstr(buf_str(&f.x.result.response.body), "\r\n\r\ntoken=a%20b"));
			fetch_release(&f);
		}
	free(url);
}

static void
handle_drip(struct conn *c)
{
	conn_drip(c, "HTTP/1.1 100 Continue\r\n\r\n"
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\n"
		"WWW-Authenticate: DPoP\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\nTrailer: x\r\n\r\n");
}

static void
test_split_at_every_byte(void **state)
{
	struct fixture *t = fixture_begin(state, handle_drip);
	struct fetch f;
	struct span v;

	get(&f, &t->c, &t->s, "http", "/");
	assert_int_equal(f.x.result.error, NETERR_NONE);
	assert_int_equal(f.x.result.response.status, 401);
	assert_string_equal(f.x.result.response.reason, "Unauthorized");
	assert_body(&f, "{\"a\":1}");
	assert_int_equal(http_header_count(&f.x.result.response.headers, "www-authenticate"), 2);
	assert_true(http_header_at(&f.x.result.response.headers, "WWW-Authenticate", 1, &v));
	assert_true(span_is(v, "DPoP"));
	assert_false(http_has_header(&f.x.result.response.headers, "Trailer"));
	fetch_release(&f);
}

static void
test_connection_is_reused(void **state)
{
	struct fixture *t = fixture_begin(state, handle_ok);
	struct fetch f;

	for (int i = 0; i < 5; i++) {
		get(&f, &t->c, &t->s, "http", "/");
		assert_int_equal(f.x.result.error, NETERR_NONE);
		assert_int_equal(f.x.result.timings.reused, i > 0);
		if (i > 0) {
			assert_int_equal(f.x.result.timings.dns, -1);
			assert_int_equal(f.x.result.timings.connect, -1);
			assert_true(f.x.result.timings.wait >= 0);
		}
		fetch_release(&f);
	}
	assert_int_equal(server_count(&t->s, &t->s.connections), 1);
	assert_int_equal(server_count(&t->s, &t->s.requests), 5);
}

/* Answers none before both have come. */
static void
handle_both(struct conn *c)
{
	server_wait_requests(c->server, 2);
	conn_puts(c, OK_ALL);
}

static void
test_two_at_once(void **state)
{
	struct fixture *t = fixture_begin(state, handle_both);
	char *url = xasprintf("http://127.0.0.1:%d/", t->s.port);
	struct fetch f[2];

	for (int i = 0; i < 2; i++) {
		fetch_init(&f[i], &t->c, "GET", url);
		fetch_start(&f[i], &t->c);
	}
	for (int n = 0; n < 2; ) {
		if (transport_curl.next_done(t->c.t))
			n++;
		else
			assert_int_equal(transport_curl.wait(t->c.t, NULL, 0, -1), RES_OK);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(f[i].x.result.error, NETERR_NONE);
		assert_body(&f[i], "{\"a\":1}");
		fetch_release(&f[i]);
	}
	free(url);
}

static void
handle_stall(struct conn *c)
{
	conn_stall(c);
}

static void
handle_stall_in_body(struct conn *c)
{
	conn_puts(c, OK_HEAD "\r\n{\"a");
	conn_stall(c);
}

static void
test_first_byte_time_out(void **state)
{
	struct fixture *t = fixture_begin(state, handle_stall);
	struct fetch f;

	t->c.options.first_byte_timeout_ms = 200;
	get(&f, &t->c, &t->s, "http", "/");
	assert_int_equal(f.x.result.error, NETERR_READ_TIMEOUT);
	assert_int_equal(f.x.result.response.status, 0);
	assert_true(*f.x.result.remote);
	assert_true(*f.x.result.error_text);
	fetch_release(&f);
}

static void
test_total_time_out(void **state)
{
	struct fixture *t = fixture_begin(state, handle_stall_in_body);
	struct fetch f;

	t->c.options.total_timeout_ms = 200;
	get(&f, &t->c, &t->s, "http", "/");
	assert_int_equal(f.x.result.error, NETERR_READ_TIMEOUT);
	assert_int_equal(f.x.result.response.status, 200); /* what did come is kept */
	assert_body(&f, "{\"a");
	fetch_release(&f);
}

static void
handle_reset(struct conn *c)
{
	conn_reset(c);
}

static void
handle_reset_in_body(struct conn *c)
{
	conn_puts(c, OK_HEAD "\r\n{");
	conn_reset(c);
}

static void
handle_close(struct conn *c)
{
	conn_close(c);
}

static void
handle_short(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"a\":");
	conn_close(c);
}

static void
handle_short_chunks(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\n{\"a\":");
	conn_close(c);
}

/* More than announced: what is behind the length is no part of the answer. */
static void
handle_long(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 500 smuggled\r\n\r\n");
	conn_close(c);
}

static void
handle_no_length(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 200 OK\r\n\r\n{}");
	conn_close(c);
}

static void
handle_garbage(struct conn *c)
{
	conn_puts(c, "\x16\x03\x01 this is no HTTP at all \xff\xfe\r\n\r\n");
	conn_close(c);
}

static void
handle_ssh(struct conn *c)
{
	conn_puts(c, "SSH-2.0-OpenSSH_9.2\r\n");
	conn_close(c);
}

static void
handle_bad_length(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\n{}");
	conn_close(c);
}

static void
handle_no_content(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 204 No Content\r\n\r\n");
}

static void
handle_redirect(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
}

static void
test_faults(void **state)
{
	static const struct {
		void (*handle)(struct conn *);
		enum net_error error;
		int status; /* -1: either */
	} cases[] = {
		{handle_reset, NETERR_RESET, 0},
		{handle_reset_in_body, NETERR_RESET, -1},
		{handle_close, NETERR_RESET, 0},
		{handle_short, NETERR_SHORT_BODY, 200},
		{handle_short_chunks, NETERR_SHORT_BODY, 200},
		{handle_long, NETERR_NONE, 200},
		{handle_no_length, NETERR_NONE, 200},
		{handle_garbage, NETERR_NOT_HTTP, 0},
		{handle_ssh, NETERR_NOT_HTTP, 0},
		{handle_bad_length, NETERR_NOT_HTTP, 200},
		{handle_no_content, NETERR_NONE, 204},
		{handle_redirect, NETERR_NONE, 302},
	};
	struct fixture *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fetch f;

		memset(&t->s, 0, sizeof(t->s));
		fixture_begin(state, cases[i].handle);
		get(&f, &t->c, &t->s, "http", "/");
		if (f.x.result.error != cases[i].error)
			fail_msg("case %zu: %s (%s), expected %s", i, net_error_id(f.x.result.error),
				f.x.result.error_text, net_error_id(cases[i].error));
		if (cases[i].status >= 0)
			assert_int_equal(f.x.result.response.status, cases[i].status);
		assert_true(f.x.result.error == NETERR_NONE || *f.x.result.error_text);
		fetch_release(&f);
		client_close(&t->c);
		server_stop(&t->s);
		t->s.handle = NULL;
	}
}

/* The first request of a connection is answered; after the next the connection is closed. */
static void
handle_once(struct conn *c)
{
	if (c->served == 1)
		conn_puts(c, OK_ALL);
	else
		conn_close(c);
}

static void
test_stale_connection(void **state)
{
	struct fixture *t = fixture_begin(state, handle_once);
	char *url = xasprintf("http://127.0.0.1:%d/token", t->s.port);
	struct fetch f;

	get(&f, &t->c, &t->s, "http", "/");
	assert_int_equal(f.x.result.error, NETERR_NONE);
	fetch_release(&f);
	/* A refresh that went out may have rotated the token: it is not sent a second time. */
	fetch_init(&f, &t->c, "POST", url);
	buf_puts(&f.request.body, "grant_type=refresh_token&refresh_token=abc");
	f.x.may_resend = false;
	fetch_start(&f, &t->c);
	fetch_wait(&f, &t->c);
	assert_int_equal(f.x.result.error, NETERR_RESET);
	assert_int_equal(server_count(&t->s, &t->s.requests), 2);
	fetch_release(&f);

	get(&f, &t->c, &t->s, "http", "/");
	fetch_release(&f);
	assert_int_equal(server_count(&t->s, &t->s.requests), 3);
	/* What is idempotent is asked again on a new connection. */
	get(&f, &t->c, &t->s, "http", "/");
	assert_int_equal(f.x.result.error, NETERR_NONE);
	assert_int_equal(server_count(&t->s, &t->s.requests), 5);
	fetch_release(&f);
	free(url);
}

/* A port of ours on which nobody listens. */
static int
closed_port(int *fd)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);

	*fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(*fd, (void *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(*fd, (void *)&a, &n), 0);
	return ntohs(a.sin_port);
}

static void
fetch_one(struct fetch *f, struct client *c, const char *url)
{
	fetch_init(f, c, "GET", url);
	fetch_start(f, c);
	fetch_wait(f, c);
}

static void
test_no_connection(void **state)
{
	struct fixture *t = *state;
	int fd, port = closed_port(&fd);
	char *url = xasprintf("http://127.0.0.1:%d/", port);
	struct fetch f;

	client_open(&t->c);
	fetch_one(&f, &t->c, url);
	assert_int_equal(f.x.result.error, NETERR_REFUSED);
	assert_true(*f.x.result.error_text);
	fetch_release(&f);
	fetch_one(&f, &t->c, "http://" NO_NAME "/");
	assert_int_equal(f.x.result.error, NETERR_DNS);
	fetch_release(&f);
	free(url);
	close(fd);
}

static void
test_connect_time_out(void **state)
{
	struct fixture *t = *state;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int full[8], fd, port = closed_port(&fd);
	char *url = xasprintf("http://127.0.0.1:%d/", port);
	struct fetch f;

	/* Nobody accepts and the queue is full: the next one's SYN is dropped. */
	assert_int_equal(listen(fd, 0), 0);
	a.sin_port = htons((uint16_t)port);
	for (size_t i = 0; i < ARRAY_SIZE(full); i++) {
		full[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(full[i], (void *)&a, sizeof(a));
	}
	client_open(&t->c);
	t->c.options.connect_timeout_ms = 200;
	fetch_one(&f, &t->c, url);
	assert_int_equal(f.x.result.error, NETERR_CONNECT_TIMEOUT);
	fetch_release(&f);
	for (size_t i = 0; i < ARRAY_SIZE(full); i++)
		close(full[i]);
	close(fd);
	free(url);
}

static void
test_resolve_option(void **state)
{
	struct fixture *t = fixture_begin(state, handle_echo);
	struct str_list resolve = {0};
	char *entry = xasprintf("idp.test:%d:127.0.0.1", t->s.port);
	char *url = xasprintf("http://idp.test:%d/", t->s.port), host[64];
	struct fetch f;

	str_list_add(&resolve, span_of(entry));
	t->c.options.resolve = &resolve;
	fetch_one(&f, &t->c, url);
	assert_int_equal(f.x.result.error, NETERR_NONE);
	snprintf(host, sizeof(host), "\r\nHost: idp.test:%d\r\n", t->s.port);
	assert_non_null(strstr(buf_str(&f.x.result.response.body), host));
	fetch_release(&f);
	free(resolve.v[0]);
	free(resolve.v);
	free(entry);
	free(url);
}

static void
test_cancel(void **state)
{
	struct fixture *t = fixture_begin(state, handle_stall);
	char *url = xasprintf("http://127.0.0.1:%d/", t->s.port);
	struct fetch f;

	fetch_init(&f, &t->c, "GET", url);
	fetch_start(&f, &t->c);
	while (server_count(&t->s, &t->s.requests) == 0)
		assert_int_equal(transport_curl.wait(t->c.t, NULL, 0, 10), RES_OK);
	assert_null(transport_curl.next_done(t->c.t));
	transport_curl.cancel(t->c.t, &f.x);
	assert_ptr_equal(transport_curl.next_done(t->c.t), &f.x);
	assert_int_equal(f.x.result.error, NETERR_CANCELLED);
	fetch_release(&f);
	/* Closing drops what runs. */
	fetch_init(&f, &t->c, "GET", url);
	fetch_start(&f, &t->c);
	transport_curl.wait(t->c.t, NULL, 0, 0);
	client_close(&t->c);
	fetch_release(&f);
	free(url);
}

/* The request itself makes the foreign descriptor readable. */
static void
handle_poke(struct conn *c)
{
	if (write(*(int *)c->server->arg, "x", 1) == 1)
		conn_stall(c);
}

static void
test_foreign_descriptor_wakes(void **state)
{
	struct fixture *t = *state;
	struct pollfd fds[2];
	struct fetch f;
	char *url;
	int p[2];

	assert_int_equal(pipe(p), 0);
	t->s.arg = &p[1];
	fixture_begin(state, handle_poke);
	url = xasprintf("http://127.0.0.1:%d/", t->s.port);
	fds[0] = (struct pollfd){.fd = -1, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = p[0], .events = POLLIN};
	fetch_init(&f, &t->c, "GET", url);
	fetch_start(&f, &t->c);
	do
		assert_int_equal(transport_curl.wait(t->c.t, fds, 2, -1), RES_OK);
	while (!fds[1].revents);
	assert_int_equal(fds[1].revents, POLLIN);
	assert_int_equal(fds[0].revents, 0);
	assert_null(transport_curl.next_done(t->c.t));
	/* Hang-up, which libcurl does not report. */
	(void)!read(p[0], &(char){0}, 1);
	close(p[1]);
	assert_int_equal(transport_curl.wait(t->c.t, fds, 2, -1), RES_OK);
	assert_true(fds[1].revents & POLLHUP);
	transport_curl.cancel(t->c.t, &f.x);
	assert_ptr_equal(transport_curl.next_done(t->c.t), &f.x);
	/* With nothing under way it is a plain poll. */
	assert_int_equal(transport_curl.wait(t->c.t, fds, 2, -1), RES_OK);
	assert_true(fds[1].revents & POLLHUP);
	fetch_release(&f);
	close(p[0]);
	free(url);
}

static void
handle_proxy(struct conn *c)
{
	if (strncmp(c->request, "CONNECT ", 8) == 0) {
		conn_puts(c, "HTTP/1.1 407 Proxy Authentication Required\r\n"
			"Proxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");
		conn_close(c);
		return;
	}
	handle_echo(c);
}

static void
test_proxy(void **state)
{
	struct fixture *t = fixture_begin(state, handle_proxy);
	char *proxy = xasprintf("http://127.0.0.1:%d", t->s.port);
	int fd, port = closed_port(&fd);
	char *dead = xasprintf("http://127.0.0.1:%d", port);
	struct fetch f;

	t->c.options.proxy = proxy;
	fetch_one(&f, &t->c, "http://idp.invalid/x");
	assert_int_equal(f.x.result.error, NETERR_NONE);
	assert_true(f.x.result.via_proxy);
	assert_memory_equal(buf_str(&f.x.result.response.body), "GET http://idp.invalid/x HTTP/1.1", 33);
	fetch_release(&f);

	fetch_init(&f, &t->c, "GET", "https://idp.invalid/x");
	http_headers_set(&f.request.headers, "Authorization", SPAN_LIT("Bearer must-not-reach-the-proxy"));
	fetch_start(&f, &t->c);
	fetch_wait(&f, &t->c);
	assert_int_equal(f.x.result.error, NETERR_PROXY_AUTH);
	assert_int_equal(f.x.result.response.status, 407);
	fetch_release(&f);

	/* The way to the proxy fails: that is said of the proxy, and its name without what it costs */
	t->c.options.proxy = dead;
	fetch_one(&f, &t->c, "http://idp.invalid/x");
	assert_int_equal(f.x.result.error, NETERR_PROXY_REFUSED);
	assert_string_equal(f.x.result.proxy, dead + strlen("http://"));
	fetch_release(&f);
	t->c.options.proxy = "http://user:a-password@" NO_NAME ":1";
	fetch_one(&f, &t->c, "https://idp.invalid/x");
	assert_int_equal(f.x.result.error, NETERR_PROXY_DNS);
	assert_string_equal(f.x.result.proxy, NO_NAME ":1");
	assert_null(strstr(f.x.result.error_text, "a-password"));
	fetch_release(&f);
	close(fd);
	free(proxy);
	free(dead);
}

static void
handle_bad_proxy(struct conn *c)
{
	if (strstr(c->request, "broken.invalid"))
		conn_puts(c, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
	conn_close(c);
}

/* A proxy that does not connect; each time nothing is said of the server behind it. */
static void
test_proxy_does_not_connect(void **state)
{
	struct fixture *t = fixture_begin(state, handle_bad_proxy);
	char *proxy = xasprintf("http://127.0.0.1:%d", t->s.port);
	struct fetch f;

	t->c.options.proxy = proxy;
	fetch_one(&f, &t->c, "https://broken.invalid/x");
	assert_int_equal(f.x.result.error, NETERR_PROXY);
	assert_int_equal(f.x.result.response.status, 502);
	fetch_release(&f);
	fetch_one(&f, &t->c, "https://closed.invalid/x");
	assert_int_equal(f.x.result.error, NETERR_PROXY);
	assert_int_equal(f.x.result.response.status, 0);
	fetch_release(&f);
	free(proxy);
}

/* Options are checked when they are read; the environment is not. */
static void
test_proxy_of_the_environment_is_none(void **state)
{
	struct fixture *t = fixture_begin(state, handle_ok);
	struct fetch f;

	setenv("http_proxy", "http://", 1);
	t->c.options.proxy = NULL;
	fetch_one(&f, &t->c, "http://idp.invalid/x");
	unsetenv("http_proxy");
	assert_int_equal(f.x.result.error, NETERR_BAD_PROXY);
	assert_non_null(strstr(f.x.result.error_text, "http://HOST:PORT"));
	fetch_release(&f);
}

/* Header names and values with what only an attacker writes. */
static void
handle_odd_headers(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 200 O\x1b[31mK\r\nX-Esc: \x1b]0;title\x07\r\nNo-Colon-Here\r\n: nameless\r\n"
		"Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}");
}

static void
test_odd_headers(void **state)
{
	struct fixture *t = fixture_begin(state, handle_odd_headers);
	struct fetch f;

	get(&f, &t->c, &t->s, "http", "/");
	/* Whatever libcurl makes of it, the transfer ends and what is kept has names. */
	for (size_t i = 0; i < f.x.result.response.headers.n; i++)
		assert_true(*f.x.result.response.headers.v[i].name);
	fetch_release(&f);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_plain_request),
		T(test_what_goes_out),
		T(test_split_at_every_byte),
		T(test_connection_is_reused),
		T(test_two_at_once),
		T(test_first_byte_time_out),
		T(test_total_time_out),
		T(test_faults),
		T(test_stale_connection),
		T(test_no_connection),
		T(test_connect_time_out),
		T(test_resolve_option),
		T(test_cancel),
		T(test_foreign_descriptor_wakes),
		T(test_proxy),
		T(test_proxy_does_not_connect),
		T(test_proxy_of_the_environment_is_none),
		T(test_odd_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
