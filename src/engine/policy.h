/*
 * The engine's judgements, pure: what carries credentials, what is tried again and when, which
 * redirect is followed.  Private to the room.
 */
#ifndef TT_ENGINE_POLICY_H
#define TT_ENGINE_POLICY_H

#include "engine/engine.h"

enum {
	POLICY_ATTEMPTS = 3,        /* of one request, the first included */
	POLICY_BACKOFF_MS = 250,    /* before the second attempt; doubles */
	POLICY_RETRY_AFTER_S = 5,   /* a server that asks for longer is not asked again */
	POLICY_QUICK_US = 1000000,  /* a failure that took no longer is not worth sparing */
};

/*
 * Does the call carry a credential, whatever its flag says?  Authorization, DPoP, Cookie and
 * API-key headers, secret members of the body or the query, and userinfo in the URL count.
 */
bool policy_has_credentials(const struct engine_call *c);
/*
 * Is a failure transient (connection reset, 502, 503, 504; 429 only with a short Retry-After)?
 * Then *delay_us is the back-off with jitter, or what Retry-After asks.  attempt: the one that
 * failed.
 */
bool policy_retry(const struct net_result *r, unsigned attempt, int64_t wall_s, struct rng *rng,
	int64_t *delay_us);
/*
 * What a request that waited in vain says about the next ones: SILENCE_ORIGIN, no connection could
 * be made, so none will be; SILENCE_ANSWER, connected and no whole answer: another endpoint may
 * answer.
 */
enum silence { SILENCE_NONE, SILENCE_ANSWER, SILENCE_ORIGIN };
enum silence policy_silence(const struct net_result *r);
/*
 * Is the response a redirect that a GET or HEAD without credentials may follow?  Appends the
 * target; never from https to http, never to another scheme.  *why (static, or NULL) says why not.
 */
bool policy_redirect(const struct http_request *req, const struct http_response *r,
	struct buf *target, const char **why);

/* Options of the transfers, copied, shared by those that started with them. */
struct option_set {
	unsigned refs;
	struct net_options o;
	struct str_list resolve, headers;
	char *strings[4];
};
struct option_set *option_set_new(const struct net_options *o, const struct str_list *headers);
struct option_set *option_set_ref(struct option_set *s);
void option_set_unref(struct option_set *s);

#endif
