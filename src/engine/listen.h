/*
 * The loopback redirect (RFC 8252 §7.3): a listener for the one address that a browser is sent back
 * to.  Not a web server: HTTP/1.1, GET alone, a few connections, small requests, a page of text as
 * the answer.  Never blocks; its sockets stand in the loop's wait.
 */
#ifndef TT_ENGINE_LISTEN_H
#define TT_ENGINE_LISTEN_H

#include <poll.h>

#include "base/buf.h"
#include "base/clock.h"

struct listener;

enum {
	LISTEN_CONNECTIONS = 8,      /* at once; more wait in the backlog */
	LISTEN_REQUEST_MAX = 16 << 10,
	LISTEN_PATIENCE_US = 5000000, /* for a request to come whole, and for its answer to go */
	LISTEN_FDS = LISTEN_CONNECTIONS + 2,
};

/* Can an address be listened on: http, a loopback host, no query?  Any other is for others to
 * answer. */
bool listen_possible(struct span redirect_uri);
/*
 * Listens at the address's host (localhost: both families) and port; port 0 or none: any free one.
 * RES_IO: the port is taken.  clock is borrowed.
 */
enum res listener_open(struct listener **out, struct span redirect_uri, const struct clock *clock,
	struct err *e) MUST_USE;
void listener_close(struct listener *l); /* NULL-safe; what is unsent goes out if it can at once */
/* Appends the address as it is to be sent: with the port that was got. */
enum res listener_redirect_uri(const struct listener *l, struct buf *out);
size_t listener_fds(const struct listener *l, struct pollfd *fds, size_t max);
/* Monotonic: when a slow connection is given up; INT64_MAX: there is none. */
int64_t listener_deadline_us(const struct listener *l);

/*
 * Moves all connections on.  True: a GET for the address's path came whole; *target
 * ("/callback?code=…", raw, may hold credentials) is borrowed until it is answered, which comes
 * next.  Everything else (another path, another method, no HTTP) is answered here.
 */
bool listener_next(struct listener *l, struct span *target);
/* title and text: plain text, escaped here; not a word of the request should be in them. */
void listener_answer(struct listener *l, int status, const char *title, const char *text);

#endif
