#include "server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <openssl/ssl.h>

#include "base/mem.h"

static ssize_t
receive(struct conn *c, void *p, size_t n)
{
	if (c->fd < 0)
		return -1;
	return c->ssl ? SSL_read(c->ssl, p, (int)n) : recv(c->fd, p, n, 0);
}

void
conn_write(struct conn *c, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0 && c->fd >= 0) {
		ssize_t k = c->ssl ? SSL_write(c->ssl, at, (int)n) : send(c->fd, at, n, MSG_NOSIGNAL);

		if (k <= 0)
			return;
		at += k;
		n -= (size_t)k;
	}
}

void
conn_puts(struct conn *c, const char *s)
{
	conn_write(c, s, strlen(s));
}

void
conn_drip(struct conn *c, const char *s)
{
	for (; *s; s++)
		conn_write(c, s, 1);
}

void
conn_stall(struct conn *c)
{
	char drain[4096];

	while (receive(c, drain, sizeof(drain)) > 0)
		;
}

static void
forget_fd(struct conn *c)
{
	struct server *s = c->server;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < SERVER_CONNS; i++)
		if (s->fds[i] == c->fd)
			s->fds[i] = -1;
	pthread_mutex_unlock(&s->lock);
}

void
conn_close(struct conn *c)
{
	if (c->fd < 0)
		return;
	if (c->ssl)
		SSL_shutdown(c->ssl);
	forget_fd(c);
	close(c->fd);
	c->fd = -1;
}

void
conn_reset(struct conn *c)
{
	struct linger now = {1, 0};

	if (c->fd < 0)
		return;
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	forget_fd(c);
	close(c->fd);
	c->fd = -1;
}

/* The announced length of the body in the request's head. */
static size_t
announced(const struct conn *c)
{
	const char *p = strcasestr(c->request, "\r\ncontent-length:");

	return p ? (size_t)strtoul(p + 17, NULL, 10) : 0;
}

/* One whole request into c->request; what came behind it is dropped (no pipelining here). */
static bool
read_request(struct conn *c)
{
	const char *end = NULL;

	c->request_len = 0;
	c->request[0] = '\0';
	for (;;) {
		ssize_t n;

		end = strstr(c->request, "\r\n\r\n");
		if (end && c->request_len >= (size_t)(end - c->request) + 4 + announced(c))
			return true;
		if (c->request_len + 1 >= sizeof(c->request))
			return false;
		n = receive(c, c->request + c->request_len, sizeof(c->request) - 1 - c->request_len);
		if (n <= 0)
			return false;
		c->request_len += (size_t)n;
		c->request[c->request_len] = '\0';
	}
}

static bool
handshake(struct conn *c)
{
	struct server *s = c->server;
	char drain[1024];
	bool ok;

	if (!s->ssl_ctx)
		return true;
	c->ssl = SSL_new(s->ssl_ctx);
	SSL_set_fd(c->ssl, c->fd);
	ok = SSL_accept(c->ssl) == 1;
	pthread_mutex_lock(&s->lock);
	s->handshakes++;
	/* taken up, even if the client hung up before its last word was read */
	s->resumed += SSL_session_reused(c->ssl) != 0;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	/* Closing now would send a reset that overtakes the alert. */
	if (!ok)
		shutdown(c->fd, SHUT_WR);
	while (!ok && recv(c->fd, drain, sizeof(drain), 0) > 0)
		;
	return ok;
}

static void *
serve(void *arg)
{
	struct conn *c = arg;
	struct server *s = c->server;

	if (s->accepted) {
		s->accepted(c);
	} else if (handshake(c)) {
		while (c->fd >= 0 && read_request(c)) {
			c->served++;
			pthread_mutex_lock(&s->lock);
			s->requests++;
			pthread_cond_broadcast(&s->changed);
			pthread_mutex_unlock(&s->lock);
			s->handle(c);
		}
	}
	conn_close(c);
	SSL_free(c->ssl);
	free(c);
	return NULL;
}

static void *
listening(void *arg)
{
	struct server *s = arg;
	int one = 1;

	for (;;) {
		int fd = accept(s->listener, NULL, NULL);
		struct conn *c;

		if (fd < 0)
			return NULL;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		c = xcalloc(1, sizeof(*c));
		c->server = s;
		c->fd = fd;
		pthread_mutex_lock(&s->lock);
		if (s->stopping || s->connections == SERVER_CONNS) {
			pthread_mutex_unlock(&s->lock);
			close(fd);
			free(c);
			continue;
		}
		s->fds[s->connections] = fd;
		if (pthread_create(&s->threads[s->connections], NULL, serve, c) != 0)
			die("no thread for a connection");
		s->connections++;
		pthread_mutex_unlock(&s->lock);
	}
}

void
server_start(struct server *s)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);

	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listener < 0 || bind(s->listener, (void *)&a, sizeof(a)) != 0 || listen(s->listener, 16) != 0 ||
	    getsockname(s->listener, (void *)&a, &n) != 0)
		die("the test's server cannot listen");
	s->port = ntohs(a.sin_port);
	for (size_t i = 0; i < SERVER_CONNS; i++)
		s->fds[i] = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	if (pthread_create(&s->thread, NULL, listening, s) != 0)
		die("no thread for the test's server");
}

void
server_stop(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	for (size_t i = 0; i < SERVER_CONNS; i++)
		if (s->fds[i] >= 0)
			shutdown(s->fds[i], SHUT_RDWR);
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	for (unsigned i = 0; i < s->connections; i++)
		pthread_join(s->threads[i], NULL);
	close(s->listener);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->changed);
}

unsigned
server_count(struct server *s, const unsigned *counter)
{
	unsigned n;

	pthread_mutex_lock(&s->lock);
	n = *counter;
	pthread_mutex_unlock(&s->lock);
	return n;
}

void
server_wait_requests(struct server *s, unsigned n)
{
	pthread_mutex_lock(&s->lock);
	while (s->requests < n && !s->stopping)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

void
server_wait_handshakes(struct server *s, unsigned n)
{
	pthread_mutex_lock(&s->lock);
	while (s->handshakes < n && !s->stopping)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

void
conn_plain_http(struct conn *c)
{
	char hello[512];

	(void)!read(c->fd, hello, sizeof(hello));
	conn_puts(c, "HTTP/1.1 400 Bad Request\r\n\r\nplain HTTP spoken here\r\n");
}
