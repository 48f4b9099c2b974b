/*
 * A small authorization server over HTTPS on loopback, in a process of its own: fixed answers,
 * HTTP/1.1 with open connections, a thread each.  It records the first requests it gets, so
 * that curl can be given the same ones.
 */
#ifndef TT_TESTS_BENCH_SERVER_H
#define TT_TESTS_BENCH_SERVER_H

#include <sys/types.h>

#include "base/attr.h"

enum { SERVER_RECORDED = 16 };

struct server {
	pid_t pid;
	int port;
	char ca_file[512];
	/* Shared with its process: requests and connections so far; how long an answer waits. */
	struct server_shared {
		_Atomic int requests, connections, delay_ms;
	} *shared;
};

/*
 * Makes an authority and a certificate for 127.0.0.1, writes ca.pem and, as they come, the raw
 * requests request-1, request-2 … into dir, and starts.  What /token issues is made by
 * make_token into token, as soon as the port is known.
 */
bool server_start(struct server *s, const char *dir, char *token,
	void (*make_token)(char *out, size_t size, int port), size_t token_size);
void server_stop(struct server *s);

/* The TLS side alone, in tls.c: the server's context, with ca_file written. */
struct ssl_ctx_st *tls_server_context(const char *ca_file);
struct ssl_ctx_st *tls_client_context(const char *ca_file);

#endif
