/*
 * The server's endpoints as functions from an HTTP request to an HTTP response: discovery, key set,
 * introspection (RFC 7662), token (RFC 6749), revocation (RFC 7009), userinfo (OpenID Connect Core
 * §5.3) and an API of its own (RFC 6750, RFC 9728).  No sockets here, and no locking.
 */
#ifndef TT_DEMO_ENDPOINTS_H
#define TT_DEMO_ENDPOINTS_H

#include "demo/store.h"
#include "oauth/http.h"

enum send_how { SEND_WHOLE, SEND_CUT, SEND_RESET, SEND_ENDLESS };

/* One request and what becomes of it. */
struct demo_call {
	struct store *s;
	bool api;                       /* it came to the API's origin */
	const struct http_request *req; /* url: the path alone, decoded */
	struct http_response *res;      /* initialised by the caller */
	int delay_ms;                   /* before it is sent */
	enum send_how how;
	bool stripped;                  /* the Authorization header did not arrive */
};

/* Fills res, delay_ms and how. */
void demo_answer(struct demo_call *c);
/* Makes the tokens of the scenario and tells the client what he has to know. */
enum res demo_give(struct store *s, struct demo_client *out, struct err *e) MUST_USE;

/* --- between the files of the endpoints --- */

void endpoint_introspect(struct demo_call *c);
void endpoint_token(struct demo_call *c);
void endpoint_revoke(struct demo_call *c);
void endpoint_userinfo(struct demo_call *c);
void endpoint_api_me(struct demo_call *c);

/* What the server says instead of yes (status 0: active:false); extra: more of the challenge. */
struct saying {
	int status;
	const char *error, *description, *extra;
};
enum said_of { OF_CLIENT, OF_TOKEN };
/* Of a client that has proved who he is, or of a token that would be good; NULL: yes. */
const struct saying *says_instead(const struct demo_call *c, enum said_of of, enum demo_place at);

/* Is there something in the endpoint's place?  True: the response is made. */
bool wreck_apply(struct demo_call *c, enum demo_place at);
/* What happens to its answer. */
void wreck_rewrite(struct demo_call *c, enum demo_place at);

enum client_state { CLIENT_OK, CLIENT_PUBLIC, CLIENT_MISSING, CLIENT_UNKNOWN, CLIENT_BAD, CLIENT_TWICE };
/* Who calls (RFC 6749 §2.3): Basic, form-decoded, or client_id and client_secret in the body. */
enum client_state client_check(const struct demo_call *c);
void client_refuse(struct demo_call *c, enum client_state st);
/* store_judge(), and what hangs on the request: the host name that was called. */
struct token_row *judge_token(const struct demo_call *c, struct span value, bool api,
	enum fate *fate);

/* Takes doc.  no-store, as token and introspection responses must be. */
void reply_json(struct demo_call *c, int status, struct json *doc);
void reply_text(struct demo_call *c, int status, const char *type, const char *text);
void reply_header(struct demo_call *c, const char *name, const char *value);
void reply_oauth_error(struct demo_call *c, int status, const char *error, const char *description);
/* Is the body a form?  False: 415 is answered. */
bool form_wanted(struct demo_call *c);
/* A form member into b (cleared first); false if it is absent or empty. */
bool form_member(const struct demo_call *c, const char *name, struct buf *b);

#endif
