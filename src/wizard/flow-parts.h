/* Inside the flows: one login's state.  flow.c is its life, flow-send.c its requests, flow-done.c
 * what comes back, flow-show.c what the user sees of it. */
#ifndef TT_WIZARD_FLOW_PARTS_H
#define TT_WIZARD_FLOW_PARTS_H

#include "engine/listen.h"
#include "oauth/authorization.h"
#include "wizard/flow.h"
#include "wizard/steps.h"

enum {
	FLOW_PATIENCE_S = 600,    /* for the user at the browser, and where a server does not say */
	FLOW_POLL_S = 5,          /* RFC 8628 §3.2: without an interval */
	FLOW_SLOW_DOWN_S = 5,     /* RFC 8628 §3.5: slow_down adds as much, for good */
	FLOW_POLL_MOST_S = 300,
	FLOW_URI_MAX = 600,
};

/* What a flow can send. */
enum flow_request { SEND_PUSH, SEND_DEVICE, SEND_TOKEN };

struct flow {
	struct wizard *w;
	unsigned refs; /* the wizard, and each request under way */
	enum flow_kind kind;
	enum flow_phase phase;
	char *scope, *audience, *resource; /* NULL: none */
	bool open_browser, push, opened;

	struct secret *state, *nonce, *verifier;
	struct secret *code, *device_code; /* once it is there */
	char *challenge;
	struct listener *listener; /* NULL: the redirect goes elsewhere, or was taken */
	struct buf redirect_uri, url;
	char *request_uri; /* of a pushed request */
	char user_code[64], verification_uri[FLOW_URI_MAX], verification_uri_complete[FLOW_URI_MAX];

	bool redeems; /* the request under way may bring tokens */
	uint32_t id; /* the engine's, of the request under way; 0: none */
	int64_t expires_us, next_us, interval_us;
	unsigned polls, ignored;
	uint32_t token_from; /* the exchange that brought the tokens */

	struct buf request; /* shown */
	char error[64], words[LIMIT_MESSAGE];
	struct flow_view view;
};

void flow_unref(struct flow *f);
/*
 * Sets phase and words; ends what an ended flow does not need any more.  The format is looked up
 * in the interface's language here, its arguments by who gives them.
 */
void flow_enter(struct flow *f, enum flow_phase p, const char *fmt, ...) PRINTF(3, 4);
void flow_fail(struct flow *f, const char *error, const char *fmt, ...) PRINTF(3, 4);
/* Must the request be pushed, or is it wished (RFC 9126 §5)? */
bool flow_pushes(const struct flow *f);
/* The issuer that iss and ID token must name; empty: not known. */
struct span flow_issuer(const struct flow *f);

enum res flow_authorization_url(struct flow *f) MUST_USE;
void flow_wait_for_browser(struct flow *f);

void flow_build(struct flow *f, enum flow_request r, struct engine_call *call);
void flow_send(struct flow *f, enum flow_request r);
enum flow_request flow_first(const struct flow *f);
/* What came back for it. */
void flow_done(void *ctx, const struct net_result *raw, const struct exchange *x);

/* Keeps the tokens of exchange x and begins their proof. */
void flow_take_tokens(struct flow *f, const struct token_response *t, const struct exchange *x);
/* Timers and listener. */
void flow_turn(struct flow *f);
void flow_show(struct flow *f);

#endif
