/*
 * The server's endpoints as functions from an HTTP request to an HTTP response: discovery, key set,
 * authorization and its pages (RFC 6749, OpenID Connect Core), pushed requests (RFC 9126), devices
 * (RFC 8628), token (RFC 6749, RFC 8693), introspection (RFC 7662), revocation (RFC 7009), userinfo
 * (OpenID Connect Core §5.3) and an API of its own (RFC 6750, RFC 9728).  No sockets here, and no
 * locking.
 */
#ifndef TT_DEMO_ENDPOINTS_H
#define TT_DEMO_ENDPOINTS_H

#include "demo/waiting.h"
#include "oauth/http.h"

/* The server's name behind its proxy (DEMAND_INNER_NAME): no client knows it. */
#define DEMO_INNER_ORIGIN "http://idp.internal"

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
	struct span query;              /* of the URL, form-encoded; borrowed */
	const char *origin;             /* the one that was called; NULL: the issuer's */
	/* What the caller has shown: the certificate of the handshake; the key of a good proof. */
	struct binding shown;
};

/* Fills res, delay_ms and how. */
void demo_answer(struct demo_call *c);
/* Makes the tokens of the scenario and tells the client what he has to know. */
enum res demo_give(struct store *s, struct demo_client *out, struct err *e) MUST_USE;

/* --- between the files of the endpoints --------------------------------------------------- */

void endpoint_discovery(struct demo_call *c);
void endpoint_authorize(struct demo_call *c);
void endpoint_consent(struct demo_call *c);
void endpoint_par(struct demo_call *c);
void endpoint_device(struct demo_call *c);
void endpoint_device_page(struct demo_call *c);
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

enum client_state {
	CLIENT_OK, CLIENT_PUBLIC, CLIENT_MISSING, CLIENT_UNKNOWN, CLIENT_BAD, CLIENT_TWICE,
	CLIENT_METHOD,   /* right, but not in the way that is wanted */
	CLIENT_AUDIENCE, /* an assertion for somebody else */
	CLIENT_REPLAY,   /* ... that was here before */
};
/*
 * Who calls (RFC 6749 §2.3): Basic, form-decoded; client_id and client_secret in the body; an
 * assertion (RFC 7523); the certificate of the handshake (RFC 8705 §2.2).
 */
enum client_state client_check(const struct demo_call *c);
/* The part of it with an assertion: client_secret_jwt or private_key_jwt. */
enum client_state client_assertion(const struct demo_call *c, struct span jwt);
void client_refuse(struct demo_call *c, enum client_state st);
/* Form, client authentication and the server's mood; false: the refusal is made. */
bool client_admit(struct demo_call *c, enum demo_place at);
/* Has the server something against the client himself?  True: the refusal is made. */
bool client_barred(struct demo_call *c, enum demo_place at);

/* What is wrong with a DPoP proof; error NULL: nothing, or none came. */
struct proof_trouble {
	const char *error, *why;
};
/*
 * RFC 9449 §4.3: the proof of this request, for this access token (empty: none).  A good one's key
 * is in c->shown.jkt, which is "" if none came.  wanted: its absence is wrong, too.
 */
struct proof_trouble proof_check(struct demo_call *c, struct span token, bool wanted);
/* Adds DPoP-Nonce where the server works with nonces. */
void proof_nonce_header(struct demo_call *c);
/* Does the caller show all that the token is bound to? */
bool binding_shown(const struct binding *b, const struct binding *shown);

/* What a token response is made of. */
struct issue {
	struct grant *grant;
	struct span scope;
	const char *audience; /* NULL: the grant's */
	bool refresh;         /* with a refresh token */
	bool exchanged;       /* RFC 8693: no ID token, issued_token_type instead */
};
void reply_tokens(struct demo_call *c, const struct issue *i);
/* The grants that have files of their own; text is scratch. */
void grant_code(struct demo_call *c, struct buf *text);
void grant_device(struct demo_call *c, struct buf *text);
void grant_exchange(struct demo_call *c, struct buf *text);
/* The resource asked for (RFC 8707 §2) into out, "" if none; false: the refusal is made. */
bool resource_wanted(struct demo_call *c, const char *member, char *out, size_t size);
bool target_known(const struct store *s, struct span target);

/* Pages: plain HTML that a text browser shows, too. */
void page_begin(struct buf *b, const char *title);
void page_text(struct buf *b, struct span text); /* escaped */
void page_send(struct demo_call *c, int status, struct buf *b); /* ends and releases it */
void page_say(struct demo_call *c, int status, const char *title, const char *words);
/* The browser's session, by its cookie; opens one at the consent. */
struct span page_cookie(const struct demo_call *c);
void page_log_in(struct demo_call *c, const char *scope);
/* store_judge(), and what hangs on the request: the host name that was called. */
struct token_row *judge_token(const struct demo_call *c, struct span value, bool api,
	enum fate *fate);

/* RFC 6749 §3.1, §3.2: a parameter must not be there twice. */
bool form_repeats(struct span form);
/* A blank-separated list as an array of strings. */
void json_set_words(struct json *doc, const char *member, const char *words);
/* Takes doc.  no-store, as token and introspection responses must be. */
void reply_json(struct demo_call *c, int status, struct json *doc);
void reply_text(struct demo_call *c, int status, const char *type, const char *text);
void reply_header(struct demo_call *c, const char *name, const char *value);
void reply_oauth_error(struct demo_call *c, int status, const char *error, const char *description);
/* Is the body a form?  False: 415 is answered. */
bool form_wanted(struct demo_call *c);
/* A form member into b (cleared first); false if it is absent or empty. */
bool form_member(const struct demo_call *c, const char *name, struct buf *b);
/* The same of the body of a POST, else of the query. */
bool call_member(const struct demo_call *c, const char *name, struct buf *b);
/* ... as text, cut off at nothing: false if it is longer than size; absent: out stays as it is. */
bool call_text(const struct demo_call *c, const char *name, char *out, size_t size);

#endif
