/* Talks to the embedded server over real sockets, with libcurl: no code of the engine is in it. */
#ifndef TT_TESTS_DEMO_WIRE_H
#define TT_TESTS_DEMO_WIRE_H

#include <curl/curl.h>

#include "demo/demo.h"
#include "oauth/json.h"

/* A running server and what its client was given. */
struct world {
	struct demo_server *srv;
	struct demo_client client;
	char base[64]; /* http://127.0.0.1:port */
};

struct reply {
	CURLcode code;
	long status;
	struct buf head, body; /* head: the header lines as they came */
	struct json *doc;      /* the body, if it is JSON */
};

enum auth { AS_NOBODY, AS_BASIC, AS_POST, AS_BOTH, AS_RAW_BASIC };

/* A request; members left out are not sent. */
struct ask {
	const char *path, *url; /* path: below base; url: in its place */
	const char *method;     /* NULL: GET, or POST with a form */
	const char *form;       /* encoded */
	const char *type;       /* another Content-Type */
	struct span bearer;
	enum auth auth;
	const char *host;       /* another Host header */
	long timeout_ms;        /* 0: 20 s */
	bool certificate;       /* the client's own is shown */
};

void world_start(struct world *w, const struct scenario *sc);
void world_stop(struct world *w);
void world_random(void *p, size_t n);
/* The server's clock without skew, and moving it. */
int64_t world_now(void);
void world_set_ahead(int64_t seconds);

void wire_ask(const struct world *w, struct reply *r, const struct ask *a);
void reply_release(struct reply *r);
/* Is the header there (name: case ignored), and does a value of it contain this text? */
bool reply_has(const struct reply *r, const char *name, const char *part);
/* A string member of the body, "" if absent; valid as long as the reply. */
struct span reply_str(const struct reply *r, const char *name);
/* The body's "active": -1 if there is none. */
int reply_active(const struct reply *r);

/* name=value&…, encoded, in memory that the next call but three takes. */
const char *form2(const char *name, struct span value, const char *more);

/* Introspects as Basic, or asks userinfo; the caller releases. */
void ask_introspect(const struct world *w, struct reply *r, struct span token);
void ask_userinfo(const struct world *w, struct reply *r, struct span token);
void ask_refresh(const struct world *w, struct reply *r, struct span token, const char *more);
int introspect_active(const struct world *w, struct span token);
long userinfo_status(const struct world *w, struct span token);
/* The value of a member of the metadata, as a string of its own (free). */
char *metadata_url(const struct world *w, const char *member);

#endif
