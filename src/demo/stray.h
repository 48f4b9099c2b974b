/*
 * A port of ours where the client finds something else than an authorization server: nobody, a full
 * queue, another protocol, a proxy.  Loopback only; a thread of its own where something is said.
 */
#ifndef TT_DEMO_STRAY_H
#define TT_DEMO_STRAY_H

#include <fcntl.h>
#include <pthread.h>

#include "demo/demo.h"

enum { STRAY_FILLERS = 4 };

struct stray {
	int fd, port; /* fd -1: none */
	int fillers[STRAY_FILLERS];
	int wake[2];
	pthread_t thread;
	bool talks, banner; /* banner: speaks first */
	const char *text;
};

void stray_init(struct stray *s);
/* Nothing to do for most wrecks; s->port else.  Signals are the caller's to block. */
enum res stray_start(struct stray *s, enum demo_wreck w, struct err *e) MUST_USE;
void stray_stop(struct stray *s);

/* A socket on 127.0.0.1 and no other address (port 0: the system's choice); backlog -1: it does not
 * listen.  -1 with the reason. */
int stray_socket(int port, int backlog, int *bound, struct err *e);

/* A wreck of a certificate; the scenario's certificate with its key as PEM, good without one. */
bool stray_speaks_tls(enum demo_wreck w);
enum res stray_certificate(const struct demo_config *c, struct buf *cert, struct buf *key,
	struct err *e) MUST_USE;

#endif
