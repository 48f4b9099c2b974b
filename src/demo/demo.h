/*
 * The embedded authorization server: loopback only, a port of the system's, credentials made at
 * random at every start.  server.c alone knows libmicrohttpd and lives in the module demo.so; its state is
 * behind this vtable.  It runs in a thread of its own and shares nothing with the program but the
 * handle.
 */
#ifndef TT_DEMO_DEMO_H
#define TT_DEMO_DEMO_H

#include "base/buf.h"
#include "base/secret.h"
#include "oauth/crypto.h"

/* One row of scenarios.def. */
struct scenario {
	const char *name;      /* "expired": stable, the argument of demo */
	const char *sentence;  /* what the learner sees before he starts */
	const char *expects;   /* the id of the finding it leads to; "" for healthy */
	const char *goal;      /* what to do in it */
	unsigned faults;       /* enum demo_fault */
};
extern const struct scenario scenarios[];
extern const size_t scenario_count;
const struct scenario *scenario_find(struct span name); /* NULL */

/* What the program is given to connect with. */
struct demo_client {
	char issuer[128];
	char client_id[64];
	struct secret *client_secret, *access_token, *refresh_token, *id_token; /* owned; may be NULL */
	char userinfo_endpoint[192]; /* only where the scenario configures another; "" */
	char introspection_endpoint[192], token_endpoint[192];
	char client_auth[32];        /* "" : default */
	char scope[128];
	bool discovery;
};

struct demo_config {
	const struct scenario *scenario;
	int port;                          /* 0: the system's choice */
	const struct crypto_ops *crypto;
	void (*random)(void *p, size_t n);
	int64_t (*now_s)(void);            /* the wall clock the server reads */
	int64_t max_seconds;               /* ends by itself; 0: never (serve) */
};

struct demo_server;

struct demo_ops {
	struct demo_server *(*start)(const struct demo_config *c, struct demo_client *out, struct err *e);
	void (*stop)(struct demo_server *s); /* joins the thread */
	int (*port)(const struct demo_server *s);
	/* Requests served so far (tests). */
	unsigned long (*served)(const struct demo_server *s);
};
void demo_client_release(struct demo_client *c);

/* What the module demo.so exports: one symbol, "tokentriage_demo". */
enum { DEMO_MODULE_ABI = 1 };
struct demo_module {
	int abi;
	const struct demo_ops *ops;
};
extern const struct demo_ops demo_microhttpd;

#endif
