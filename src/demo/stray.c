/* Ports of ours where the client finds something else than an authorization server. */
#include "demo/stray.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

int
stray_socket(int port, int backlog, int *bound, struct err *e)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	socklen_t n = sizeof(a);
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		err_errno(e, "cannot make a socket");
		return -1;
	}
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (backlog >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
		getsockname(fd, (struct sockaddr *)&a, &n) != 0 ||
		(backlog >= 0 && listen(fd, backlog) != 0)) {
		err_errno(e, "cannot listen on 127.0.0.1 port %d", port);
		if (e && port)
			e->code = RES_REFUSED;
		close(fd);
		return -1;
	}
	*bound = ntohs(a.sin_port);
	return fd;
}

/* Connections that nobody will accept, until the queue is full and the system drops what comes. */
static void
fill_queue(struct stray *s)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < STRAY_FILLERS; i++) {
		s->fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (s->fillers[i] >= 0)
			(void)connect(s->fillers[i], (struct sockaddr *)&a, sizeof(a));
	}
}

/* Reads as far as the end of a request's header, so that closing does not reset; a
 * second at most. */
static void
read_request(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char text[4096];
	size_t n = 0;

	while (n < sizeof(text) && poll(&p, 1, 1000) > 0) {
		ssize_t got = read(fd, text + n, sizeof(text) - n);

		if (got <= 0)
			return;
		n += (size_t)got;
		if (span_find_str(span_make(text, n), "\r\n\r\n") != SIZE_MAX)
			return;
	}
}

/* Says its text to everyone who comes, until stray_stop() closes the pipe. */
static void *
talk(void *arg)
{
	struct stray *s = arg;
	struct pollfd p[2] = {
		{.fd = s->fd, .events = POLLIN}, {.fd = s->wake[0], .events = POLLIN}};

	while (poll(p, 2, -1) >= 0 && !p[1].revents) {
		int fd = p[0].revents ? accept4(s->fd, NULL, NULL, SOCK_CLOEXEC) : -1;

		if (fd < 0)
			continue;
		if (!s->banner)
			read_request(fd);
		if (send(fd, s->text, strlen(s->text), MSG_NOSIGNAL) > 0) {
			shutdown(fd, SHUT_WR);
			if (s->banner)
				read_request(fd);
		}
		close(fd);
	}
	return NULL;
}

static enum res
start_talking(struct stray *s, struct err *e)
{
	if (pipe2(s->wake, O_CLOEXEC) != 0) {
		s->wake[0] = s->wake[1] = -1;
		return err_errno(e, "cannot make a pipe");
	}
	if (pthread_create(&s->thread, NULL, talk, s) != 0)
		return err_set(e, RES_IO, "cannot start a thread");
	s->talks = true;
	return RES_OK;
}

void
stray_init(struct stray *s)
{
	*s = (struct stray){.fd = -1, .wake = {-1, -1}};
	for (size_t i = 0; i < STRAY_FILLERS; i++)
		s->fillers[i] = -1;
}

enum res
stray_start(struct stray *s, enum demo_wreck w, struct err *e)
{
	bool listens = w != WRECK_CLOSED_PORT;

	if (w != WRECK_CLOSED_PORT && w != WRECK_FULL_PORT && w != WRECK_BANNER_PORT &&
		w != WRECK_PROXY)
		return RES_OK;
	s->fd = stray_socket(0, !listens ? -1 : w == WRECK_FULL_PORT ? 0 : 16, &s->port, e);
	if (s->fd < 0)
		return RES_IO;
	if (w == WRECK_FULL_PORT)
		fill_queue(s);
	if (w != WRECK_BANNER_PORT && w != WRECK_PROXY)
		return RES_OK;
	s->banner = w == WRECK_BANNER_PORT;
	s->text = s->banner ? "220 mail.internal ESMTP\r\n"
		: "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic "
		  "realm=\"proxy\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	return start_talking(s, e);
}

void
stray_stop(struct stray *s)
{
	if (s->wake[1] >= 0)
		close(s->wake[1]);
	if (s->talks)
		pthread_join(s->thread, NULL);
	if (s->wake[0] >= 0)
		close(s->wake[0]);
	if (s->fd >= 0)
		close(s->fd);
	for (size_t i = 0; i < STRAY_FILLERS; i++)
		if (s->fillers[i] >= 0)
			close(s->fillers[i]);
	stray_init(s);
}

/* --- certificates --- */

enum { DAY_S = 86400 };

static const struct {
	enum demo_wreck wreck;
	const char *name, *alt;
	int from_day, until_day; /* from today */
} certificates[] = {
	{WRECK_TLS_SELF_SIGNED, "demo appliance", "IP:127.0.0.1", -30, 300},
	{WRECK_TLS_EXPIRED, "demo identity provider", "IP:127.0.0.1", -400, -3},
	{WRECK_TLS_OTHER_NAME, "idp.example", "DNS:idp.example", -30, 300},
};
/* ... and nothing is wrong with this one. */
static const struct cert_wish good = {"demo identity provider", "IP:127.0.0.1", 0, 0};

bool
stray_speaks_tls(enum demo_wreck w)
{
	for (size_t i = 0; i < ARRAY_SIZE(certificates); i++)
		if (certificates[i].wreck == w)
			return true;
	return false;
}

enum res
stray_certificate(const struct demo_config *c, struct buf *cert, struct buf *key, struct err *e)
{
	const int64_t now = c->now_s();
	struct cert_wish w = good;

	w.from_s = now - 30 * DAY_S;
	w.until_s = now + 300 * DAY_S;
	for (size_t i = 0; i < ARRAY_SIZE(certificates); i++)
		if (certificates[i].wreck == c->scenario->wreck)
			w = (struct cert_wish){certificates[i].name, certificates[i].alt,
				now + certificates[i].from_day * DAY_S,
				now + certificates[i].until_day * DAY_S};
	return c->crypto->self_signed(&w, cert, key, e);
}
