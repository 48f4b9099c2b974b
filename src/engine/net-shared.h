/*
 * One transport for many engines, each with a case of its own: their requests share the connections
 * of one transport, and go out at one pace for the whole run.  The engines see a transport of their
 * own.
 *
 * A server that says "too often" (429, or 503 with Retry-After) is left alone for as long as it
 * asks, and longer each time that was not enough; fewer requests are under way then, and what it
 * refused is sent again: a load of our making is no evidence about a token.  Nor is the state of a
 * server that answered before and is not there, breaks the connection, is silent, or cannot (502,
 * 503, 504): while others are answered well that is the request's own matter, and it is sent again
 * in case; else all wait, and where patience ends the server is gone.
 */
#ifndef TT_ENGINE_NET_SHARED_H
#define TT_ENGINE_NET_SHARED_H

#include "base/rng.h"
#include "engine/transport.h"

struct shared;

struct shared_limits {
	unsigned under_way;  /* requests at once, at most */
	double rate;         /* requests a second, at most; 0: no limit */
	unsigned patience;   /* so often is a request sent again that was refused as too often, or
				found no server; half as often where the server fails */
};

struct shared_counts {
	uint64_t started, throttled; /* requests sent; those after which all wait */
	unsigned under_way, window;  /* now; at once, at most, now */
	int64_t resume_us;           /* monotonic: nothing goes out before; 0: no pause */
};

/* NULL with e set: the transport cannot be opened. */
struct shared *shared_new(const struct transport_ops *ops, const struct clock *clock,
	struct rng *rng, const struct shared_limits *limits, struct err *e);
/* The engines that use it are gone. */
void shared_free(struct shared *s);
/*
 * An open transport, for engine_deps.transport beside .ops = &transport_shared; the engine closes
 * it.  tag is what shared_next_ready() says of it.
 */
struct transport *shared_join(struct shared *s, void *tag);
extern const struct transport_ops transport_shared; /* nothing opens by it, and it has no version */

/* Starts what is due, takes what is done. */
void shared_turn(struct shared *s);
/* The tag of an engine that has something to deliver; NULL: none. */
void *shared_next_ready(struct shared *s);
/* Waits on transfers, the pace and fds, at most timeout_ms (-1: no limit). */
enum res shared_wait(struct shared *s, struct pollfd *fds, size_t n, int timeout_ms) MUST_USE;
/* Has any server given any answer? */
bool shared_answered(const struct shared *s);
/* Why nothing is sent any more, for as long as s is; NULL: it goes on. */
const char *shared_gone(const struct shared *s);
void shared_count(const struct shared *s, struct shared_counts *out);

#endif
