#include "engine/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "oauth/url.h"

enum conn_state { CONN_FREE, CONN_READING, CONN_ASKED, CONN_WRITING, CONN_DRAINING };

struct conn {
	enum conn_state state;
	int fd;
	int64_t until_us;
	struct buf in, out;
	size_t sent;
};

struct listener {
	const struct clock *clock;
	char *uri; /* as given, without its fragment */
	struct url url; /* of uri */
	int port;
	int fds[2]; /* IPv4, IPv6; -1 */
	struct conn conns[LISTEN_CONNECTIONS];
	struct conn *asked; /* whose request was given out */
};

/* --- opening ------------------------------------------------------------------------------ */

/* Without a fragment, and without ":0", which stands for any port and is in no URL. */
static char *
plain_address(struct span uri)
{
	struct span s = span_sub(uri, 0, span_find(uri, '#'));
	size_t at = span_find_str(s, "://"), slash, colon;
	struct span authority;
	char *copy = span_dup(s);

	if (at == SIZE_MAX)
		return copy;
	authority = span_from(s, at + 3);
	slash = span_find(authority, '/');
	authority = span_sub(authority, 0, slash);
	if (!span_ends(authority, ":0"))
		return copy;
	colon = at + 3 + authority.n - 2;
	memmove(copy + colon, copy + colon + 2, s.n - colon - 1);
	return copy;
}

bool
listen_possible(struct span redirect_uri)
{
	char *plain = plain_address(redirect_uri);
	struct url u;
	bool is = url_parse(&u, span_of(plain), NULL) == RES_OK && span_is(u.scheme, "http") &&
		url_is_loopback(&u) && !u.query.n && !u.userinfo.n;

	free(plain);
	return is;
}

static int
bind_to(const struct sockaddr *address, socklen_t n)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		return -1;
	if (address->sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	/* a port that was closed a minute ago is free; one that is listened on is not */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, address, n) == 0 && listen(fd, LISTEN_CONNECTIONS) == 0)
		return fd;
	on = errno;
	close(fd);
	errno = on;
	return -1;
}

static int
bind_v4(struct span host, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	char *text = span_dup(host);

	if (inet_pton(AF_INET, text, &a.sin_addr) != 1)
		a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	free(text);
	return bind_to((const struct sockaddr *)(const void *)&a, sizeof(a));
}

static int
bind_v6(int port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT};

	return bind_to((const struct sockaddr *)(const void *)&a, sizeof(a));
}

static int
port_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)(void *)&a, &n) != 0)
		return 0;
	return a.ss_family == AF_INET6
		? ntohs(((const struct sockaddr_in6 *)(const void *)&a)->sin6_port)
		: ntohs(((const struct sockaddr_in *)(const void *)&a)->sin_port);
}

static void
bind_all(struct listener *l, int port)
{
	bool by_name = !l->url.ipv6 && span_is_nocase(l->url.host, "localhost");

	if (l->url.ipv6) {
		l->fds[1] = bind_v6(port);
		l->port = l->fds[1] < 0 ? 0 : port_of(l->fds[1]);
		return;
	}
	l->fds[0] = bind_v4(l->url.host, port);
	l->port = l->fds[0] < 0 ? 0 : port_of(l->fds[0]);
	/* a browser may take the name for ::1; a machine without IPv6 does well without */
	if (by_name && l->port)
		l->fds[1] = bind_v6(l->port);
}

enum res
listener_open(
	struct listener **out, struct span redirect_uri, const struct clock *clock, struct err *e)
{
	struct listener *l;
	int port;

	*out = NULL;
	if (!listen_possible(redirect_uri))
		return err_set(e, RES_UNSUPPORTED,
			"only http://127.0.0.1, http://[::1] or http://localhost can be listened "
			"on");
	l = xcalloc(1, sizeof(*l));
	l->clock = clock;
	l->uri = plain_address(redirect_uri);
	l->fds[0] = l->fds[1] = -1;
	(void)!url_parse(&l->url, span_of(l->uri), NULL);
	/* without a port any: servers let loopback redirects vary in it (RFC 8252 §7.3) */
	port = l->url.port_written ? l->url.port : 0;
	bind_all(l, port);
	if (!l->port) {
		err_errno(e, "port %d for the redirect", port);
		listener_close(l);
		return RES_IO;
	}
	*out = l;
	return RES_OK;
}

enum res
listener_redirect_uri(const struct listener *l, struct buf *out)
{
	const struct url *u = &l->url;

	(void)buf_printf(out, "http://%s%.*s%s:%d", u->ipv6 ? "[" : "", SPAN_ARG(u->host),
		u->ipv6 ? "]" : "", l->port);
	return buf_add_span(out, u->path);
}

/* --- connections -------------------------------------------------------------------------- */

static void
conn_close(struct conn *c)
{
	close(c->fd);
	buf_release(&c->in);
	buf_release(&c->out);
	memset(c, 0, sizeof(*c));
}

static void conn_write(struct conn *c);

void
listener_close(struct listener *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(l->conns); i++) {
		if (l->conns[i].state == CONN_WRITING)
			conn_write(&l->conns[i]);
		if (l->conns[i].state != CONN_FREE)
			conn_close(&l->conns[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(l->fds); i++)
		if (l->fds[i] >= 0)
			close(l->fds[i]);
	free(l->uri);
	free(l);
}

static struct conn *
free_conn(struct listener *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(l->conns); i++)
		if (l->conns[i].state == CONN_FREE)
			return &l->conns[i];
	return NULL;
}

static void
accept_all(struct listener *l)
{
	struct conn *c;

	for (size_t i = 0; i < ARRAY_SIZE(l->fds); i++) {
		while (l->fds[i] >= 0 && (c = free_conn(l))) {
			int fd = accept4(l->fds[i], NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

			if (fd < 0)
				break;
			c->state = CONN_READING;
			c->fd = fd;
			c->until_us = clock_mono_us(l->clock) + LISTEN_PATIENCE_US;
			buf_init_wiping(&c->in, LISTEN_REQUEST_MAX);
			buf_init(&c->out, LISTEN_REQUEST_MAX);
		}
	}
}

/*
 * What is left of the request is read and dropped, so that closing does not reset the answer away.
 */
static void
conn_drain(struct conn *c)
{
	char waste[1024];
	ssize_t n;

	do
		n = recv(c->fd, waste, sizeof(waste), 0);
	while (n > 0);
	wipe(waste, sizeof(waste));
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		conn_close(c);
}

static void
conn_write(struct conn *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.p + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			if (errno != EAGAIN)
				conn_close(c);
			return;
		}
		c->sent += (size_t)n;
	}
	(void)shutdown(c->fd, SHUT_WR);
	c->state = CONN_DRAINING;
	conn_drain(c);
}

/* --- answers ------------------------------------------------------------------------------ */

static void
escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			(void)buf_puts(out, "&amp;");
		else if (*text == '<')
			(void)buf_puts(out, "&lt;");
		else
			(void)buf_putc(out, *text);
	}
}

static const char *
reason_of(int status)
{
	return status == 200    ? "OK"
		: status == 404 ? "Not Found"
		: status == 405 ? "Method Not Allowed"
		: status == 431 ? "Request Header Fields Too Large"
				: "Bad Request";
}

/* The address of the page has the code in it: it is sent on to nobody, and kept by nobody. */
static void
answer(struct conn *c, int status, const char *title, const char *text)
{
	struct buf page;

	buf_init(&page, LISTEN_REQUEST_MAX / 2);
	(void)buf_puts(&page, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>");
	escaped(&page, title);
	(void)buf_puts(&page, "</title><h1>");
	escaped(&page, title);
	(void)buf_puts(&page, "</h1><p>");
	escaped(&page, text);
	(void)buf_puts(&page, "</p></html>\n");
	(void)buf_printf(&c->out,
		"HTTP/1.1 %d %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
		"%zu\r\n"
		"Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\n"
		"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n%s"
		"Connection: close\r\n\r\n",
		status, reason_of(status), page.len, status == 405 ? "Allow: GET\r\n" : "");
	(void)buf_add_span(&c->out, buf_span(&page));
	buf_release(&page);
	c->state = CONN_WRITING;
	conn_write(c);
}

void
listener_answer(struct listener *l, int status, const char *title, const char *text)
{
	struct conn *c = l->asked;

	l->asked = NULL;
	if (c)
		answer(c, status, title, text);
}

/* --- requests ----------------------------------------------------------------------------- */

/* The end of the header fields; SIZE_MAX: not yet. */
static size_t
head_end(struct span s)
{
	size_t crlf = span_find_str(s, "\r\n\r\n"), lf = span_find_str(s, "\n\n");

	return crlf < lf ? crlf : lf;
}

/* "GET TARGET HTTP/1.x" */
static bool
request_line(struct span head, struct span *method, struct span *target)
{
	struct span line, version;

	if (!span_next(&head, '\n', &line) || !span_word(&line, method) ||
		!span_word(&line, target) || !span_word(&line, &version))
		return false;
	return span_starts(version, "HTTP/1.") && target->n && target->p[0] == '/';
}

/* True: it is for the caller.  Else it was answered. */
static bool
judge(const struct listener *l, struct conn *c, struct span *target)
{
	struct span method, path, own = l->url.path.n ? l->url.path : SPAN_LIT("/");

	if (!request_line(buf_span(&c->in), &method, target)) {
		answer(c, 400, "Not understood", "This is no HTTP/1.1 request.");
		return false;
	}
	path = span_sub(*target, 0, span_find(*target, '?'));
	if (!span_eq(path, own)) {
		answer(c, 404, "Nothing here", "tokentriage waits at another path.");
		return false;
	}
	if (!span_is(method, "GET")) {
		answer(c, 405, "Not this way",
			"tokentriage takes the answer of a login in the address (GET) alone.");
		return false;
	}
	c->state = CONN_ASKED;
	return true;
}

/* True: the caller's request is there. */
static bool
conn_read(const struct listener *l, struct conn *c, struct span *target)
{
	char part[4096];
	ssize_t n = 0;
	bool whole;

	while (!(whole = head_end(buf_span(&c->in)) != SIZE_MAX)) {
		n = recv(c->fd, part, sizeof(part), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (buf_add(&c->in, part, (size_t)n) != RES_OK) {
			answer(c, 431, "Too long", "The request is longer than an answer can be.");
			break;
		}
	}
	wipe(part, sizeof(part)); /* the code was in it */
	if (whole)
		return judge(l, c, target);
	if (c->state == CONN_READING && (n == 0 || errno != EAGAIN))
		conn_close(c);
	return false;
}

bool
listener_next(struct listener *l, struct span *target)
{
	int64_t now = clock_mono_us(l->clock);

	if (l->asked) /* one after the other */
		return false;
	accept_all(l);
	for (size_t i = 0; i < ARRAY_SIZE(l->conns); i++) {
		struct conn *c = &l->conns[i];

		if (c->state == CONN_READING && conn_read(l, c, target)) {
			l->asked = c;
			return true;
		}
		if (c->state == CONN_WRITING)
			conn_write(c);
		else if (c->state == CONN_DRAINING)
			conn_drain(c);
		if (c->state != CONN_FREE && now >= c->until_us)
			conn_close(c);
	}
	return false;
}

/* --- the loop ----------------------------------------------------------------------------- */

size_t
listener_fds(const struct listener *l, struct pollfd *fds, size_t max)
{
	size_t n = 0;
	bool full = true;

	for (size_t i = 0; i < ARRAY_SIZE(l->conns); i++) {
		const struct conn *c = &l->conns[i];

		full = full && c->state != CONN_FREE;
		if (c->state != CONN_FREE && n < max)
			fds[n++] = (struct pollfd){
				.fd = c->fd, .events = c->state == CONN_WRITING ? POLLOUT : POLLIN};
	}
	/* with every place taken a new connection would only keep the loop awake */
	for (size_t i = 0; !full && i < ARRAY_SIZE(l->fds); i++)
		if (l->fds[i] >= 0 && n < max)
			fds[n++] = (struct pollfd){.fd = l->fds[i], .events = POLLIN};
	return n;
}

int64_t
listener_deadline_us(const struct listener *l)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(l->conns); i++)
		if (l->conns[i].state != CONN_FREE && l->conns[i].until_us < at)
			at = l->conns[i].until_us;
	return at;
}
