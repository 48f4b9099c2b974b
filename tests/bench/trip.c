#include "tests/bench/trip.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>

#include "tests/bench/bench.h"
#include "tests/bench/server.h"

struct trip {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
};

struct trip *
trip_open(const char *ca_file, int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct trip *t = calloc(1, sizeof(*t));
	int on = 1;

	if (!t)
		return NULL;
	t->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	t->ctx = tls_client_context(ca_file);
	t->ssl = t->ctx ? SSL_new(t->ctx) : NULL;
	if (t->fd >= 0 && t->ssl && connect(t->fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
		SSL_set_fd(t->ssl, t->fd) == 1 && SSL_connect(t->ssl) == 1)
		return t;
	trip_close(t);
	return NULL;
}

void
trip_close(struct trip *t)
{
	if (!t)
		return;
	SSL_free(t->ssl);
	SSL_CTX_free(t->ctx);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

double
trip_once(struct trip *t, const char *request, size_t n)
{
	char in[16 << 10];
	size_t used = 0;
	double began = now_ms();

	if (SSL_write(t->ssl, request, (int)n) != (int)n)
		return -1;
	while (used + 1 < sizeof(in)) {
		int got = SSL_read(t->ssl, in + used, (int)(sizeof(in) - used - 1));
		const char *end, *length;

		if (got <= 0)
			return -1;
		used += (size_t)got;
		in[used] = '\0';
		end = strstr(in, "\r\n\r\n");
		length = strcasestr(in, "\r\nContent-Length:");
		if (end && length && used >= (size_t)(end + 4 - in) + strtoul(length + 17, NULL, 10))
			return now_ms() - began;
	}
	return -1;
}
