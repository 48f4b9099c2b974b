/* Calls the endpoints as functions, without sockets; the clock is the test's. */
#ifndef TT_TESTS_DEMO_CALL_H
#define TT_TESTS_DEMO_CALL_H

#include "demo/endpoints.h"

/* A server without sockets, and what its client was given. */
struct desk {
	struct store s;
	struct demo_client client;
	int64_t now; /* its clock, without skew */
};

/* One at a time: the clock is reached through a plain function.  demands and the like: in sc. */
void desk_open(struct desk *d, const struct scenario *sc);
void desk_close(struct desk *d);
/* The same randomness at every run. */
void desk_random(void *p, size_t n);

struct call {
	const char *method, *path; /* NULL: POST with a form, else GET */
	const char *query, *form;  /* encoded */
	const char *auth, *dpop, *cookie;
	const char *x5t;           /* the thumbprint of the certificate shown */
	bool as_client;            /* client_id and client_secret go along in the form */
};
struct answer {
	int status;
	struct json *doc; /* NULL: no JSON */
	struct http_response res;
};
void desk_call(struct desk *d, const struct call *q, struct answer *a);
void answer_release(struct answer *a);
/* Asks and releases: the status, and is the error this one (NULL: not looked at)? */
int desk_status(struct desk *d, const struct call *q, const char *error);
struct span answer_str(const struct answer *a, const char *member);
struct span answer_header(const struct answer *a, const char *name);

#endif
