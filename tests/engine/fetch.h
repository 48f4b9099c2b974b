/* One request over the libcurl transport, and what came of it. */
#ifndef TT_TESTS_ENGINE_FETCH_H
#define TT_TESTS_ENGINE_FETCH_H

#include "server.h"

#include "engine/transport.h"

struct fetch {
	struct http_request request;
	struct transfer x;
};

struct client {
	struct transport *t;
	struct net_options options;
};

enum { WATCHDOG_S = 120 };

void client_open(struct client *c);   /* generous time-outs, no proxy */
void client_close(struct client *c);
void fetch_init(struct fetch *f, struct client *c, const char *method, const char *url);
void fetch_start(struct fetch *f, struct client *c);
void fetch_wait(struct fetch *f, struct client *c); /* until it is done */
void fetch_release(struct fetch *f);
/* GET of PATH at the server (SCHEME http or https), start to end; the caller releases f. */
void get(struct fetch *f, struct client *c, const struct server *s, const char *scheme, const char *path);

/* --- a server and a client for each test ----------------------------------------------------- */

struct fixture {
	struct server s;
	struct client c;
};

int fixture_set_up(void **state);
/* Stops what was started. */
int fixture_tear_down(void **state);
/* Both are started; handle answers. */
struct fixture *fixture_begin(void **state, void (*handle)(struct conn *));
void assert_body(const struct fetch *f, const char *body);

#endif
