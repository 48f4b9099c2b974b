/*
 * The request engine: a queue, policy (time-outs, limits, retry, redirects, where credentials may
 * go) and recording, over a transport.  One thread: completions are delivered from engine_turn().
 */
#ifndef TT_ENGINE_ENGINE_H
#define TT_ENGINE_ENGINE_H

#include "base/rng.h"
#include "case/case.h"
#include "engine/transport.h"
#include "oauth/assertion.h"
#include "oauth/dpop.h"

struct engine;

struct engine_deps {
	const struct clock *clock;
	struct rng *rng;               /* retry jitter */
	struct log *log;
	const struct redactor *redactor;
	struct case_file *record;      /* exchanges are added here, masked */
	/* Gives the transport at the first request (loads the module); NULL with e set: cannot. */
	const struct transport_ops *(*load_transport)(struct err *e);
	/* Or one that is open, and the engine's from now on: load_transport is not asked then. */
	const struct transport_ops *ops;
	struct transport *transport;
};

struct engine *engine_new(const struct engine_deps *deps);
/* What is still running is dropped without a call of done. */
void engine_free(struct engine *e);
/* What a profile says of the transport, with this program's limits; its strings are borrowed. */
struct net_options engine_options_of(const struct profile *p);
/* Defaults for every request; both are copied. */
void engine_set_options(
	struct engine *e, const struct net_options *o, const struct str_list *headers);

/*
 * Sends traceparent (W3C Trace Context) with each request, by which a server's own log can be
 * joined with this one: the trace is the log's run, the parent the span of that attempt.
 */
void engine_set_traceparent(struct engine *e, bool on);

/*
 * Credentials go only to confirmed origins.  The wizard confirms those of the profile and of the
 * metadata of the profile's own, matching issuer.
 */
void engine_confirm_origin(struct engine *e, struct span url);
bool engine_origin_confirmed(const struct engine *e, struct span url);
void engine_forget_origins(struct engine *e);
/*
 * Nobody waits twice for the same silence: once a connection to an origin timed out, nothing more
 * is sent there, and once an answer did, no probe, key set or clock is asked of it (NETERR_SKIPPED)
 * — until this.
 */
void engine_begin_walk(struct engine *e);

struct engine_call {
	struct http_request http;      /* taken by engine_submit */
	enum step step;
	enum purpose purpose;
	enum token_slot slot;
	/* carries a token or client credentials: host must be confirmed */
	bool credentials;
	bool idempotent;               /* may be retried after a transient failure */
	/*
	 * The server's certificate is not verified: to read its clock when the certificate's dates
	 * are what is wrong.  Never with credentials; the profile's headers and client certificate
	 * stay out of it.
	 */
	bool unverified;
	bool follow_redirects;         /* only if it carries no credentials */
	enum client_auth auth;         /* recorded with the exchange */
	struct span auth_client_id;    /* borrowed for the call of engine_submit */
	bool auth_has_reserved, auth_raw_basic;
	/*
	 * Made new for each attempt as it goes out, and nowhere but at a confirmed origin: the
	 * client's assertion, into the form; the DPoP proof, with the nonce that this origin gave
	 * last.  A refusal with use_dpop_nonce is tried once more with the nonce that came (RFC
	 * 9449 §8, §9), whatever the request is: the server has not looked at the rest of it.
	 */
	struct assertion *assertion;   /* taken; NULL */
	struct dpop *dpop;             /* taken; NULL */
	/* of the server's clock, as far as it is known: for what is signed */
	int64_t ahead_s;
	bool by_hand;                  /* the user changed it; recorded with the exchange */
	/* why the client cannot be authenticated: not sent, NETERR_NO_CLIENT_AUTH; "" */
	char no_auth[160];
	int64_t delay_us;              /* sent only so long after it was submitted; 0: at once */
	/*
	 * Called from engine_turn once, after the exchange is recorded.  raw: the unmasked result
	 * of the last attempt, borrowed; x: as recorded, NULL if cancelled before it was sent.
	 */
	void (*done)(void *ctx, const struct net_result *raw, const struct exchange *x);
	void *ctx;
};

/* Returns the request's id (> 0), never fails: what cannot be sent completes with an error. */
uint32_t engine_submit(struct engine *e, struct engine_call *call_take);
/* Of a call that is not submitted after all: what it holds. */
void engine_call_release(struct engine_call *call);
void engine_cancel(struct engine *e, uint32_t id);
/* All but the n requests of these ids; an id of 0 is none. */
void engine_cancel_others(struct engine *e, const uint32_t *kept, size_t n);
void engine_cancel_all(struct engine *e);
size_t engine_running(const struct engine *e); /* queued, waiting for a retry, or under way */
/* The oldest running request, for the progress line; false: none. */
bool engine_progress(
	const struct engine *e, enum purpose *p, char *host, size_t host_size, int64_t *elapsed_us);

/* Starts what is due, delivers what is done.  Call it each turn of the loop. */
void engine_turn(struct engine *e);
/* Monotonic microseconds of the next thing to do; INT64_MAX: none. */
int64_t engine_deadline_us(const struct engine *e);
/* Waits on fds and transfers; poll(2) alone until a transport is loaded.
 * timeout_ms -1: no limit. */
enum res engine_wait(struct engine *e, struct pollfd *fds, size_t n, int timeout_ms) MUST_USE;
/*
 * Turns and waits until nothing is running (batch; replay), at most limit_us microseconds from now
 * on the monotonic clock: then RES_LIMIT, and what runs goes on running.
 */
enum res engine_run(struct engine *e, int64_t limit_us) MUST_USE;

/* The transport itself, loaded if need be; NULL with err set: cannot.  For tests
 * (replay.h) and versions. */
struct transport *engine_transport(struct engine *e, struct err *err);

/* The equivalent curl command, secrets as shell variables ($ACCESS_TOKEN, $CLIENT_SECRET). */
enum res exchange_curl_command(const struct exchange *x, struct buf *out);

#endif
