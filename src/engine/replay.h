/* The replay transport's script, for tests and offline cases. */
#ifndef TT_ENGINE_REPLAY_H
#define TT_ENGINE_REPLAY_H

#include "engine/transport.h"

/* What comes back for one request that matches. */
struct replay_reply {
	const char *method, *url_contains, *body_contains; /* NULL: any */
	const char *response;     /* HTTP/1.1 text; NULL with an error */
	size_t response_len;      /* 0: strlen(response) */
	enum net_error error;
	int64_t delay_us;         /* of the manual clock, until the answer */
	bool once;                /* used up by its first request */
};

/* Replies are tried in order; unmatched requests get NETERR_REFUSED.  Copies. */
void replay_add(struct transport *t, const struct replay_reply *r);
/* The clock the transport waits on is moved by wait(). */
void replay_set_clock(struct transport *t, struct clock *manual);
size_t replay_requests(const struct transport *t);
/* The raw k-th request as HTTP text (tests look for what was sent). */
const char *replay_request(const struct transport *t, size_t k);

#endif
