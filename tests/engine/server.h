/*
 * A loopback server for tests of the libcurl transport: it listens on a port of the system's
 * choice, a thread for each connection reads requests and hands them to the test's function,
 * which answers as badly as it likes.  Nothing sleeps: who stalls waits for the peer to close.
 */
#ifndef TT_TESTS_ENGINE_SERVER_H
#define TT_TESTS_ENGINE_SERVER_H

#include <pthread.h>

#include "unit.h"

#include "base/span.h"

struct server;

struct conn {
	struct server *server;
	int fd;
	void *ssl;         /* SSL *; NULL: plain */
	unsigned served;   /* requests on this connection, this one included */
	char request[16384];
	size_t request_len;
};

enum { SERVER_CONNS = 64 };

struct server {
	/* Set by the test before server_start(). */
	void (*handle)(struct conn *c); /* answers one request; a closed connection ends it */
	void (*accepted)(struct conn *c); /* instead of reading requests; may be NULL */
	void *ssl_ctx;                  /* SSL_CTX *; NULL: plain */
	void *arg;

	int listener, port;
	bool stopping;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t threads[SERVER_CONNS];
	int fds[SERVER_CONNS];
	unsigned connections, requests, resumed, handshakes; /* under the lock */
};

void server_start(struct server *s);
void server_stop(struct server *s);
/* Reads a counter under the lock. */
unsigned server_count(struct server *s, const unsigned *counter);
/* Waits until that many requests have come. */
void server_wait_requests(struct server *s, unsigned n);
/* A client that hangs up in or behind a handshake is gone before the server has counted it. */
void server_wait_handshakes(struct server *s, unsigned n);

void conn_write(struct conn *c, const void *p, size_t n);
void conn_puts(struct conn *c, const char *s);
/* One byte at a time. */
void conn_drip(struct conn *c, const char *s);
/* Until the peer closes. */
void conn_stall(struct conn *c);
void conn_close(struct conn *c);
/* Closes with RST. */
void conn_reset(struct conn *c);
/* For accepted: answers a handshake as a port does where TLS is not spoken. */
void conn_plain_http(struct conn *c);

#endif
