/*
 * The authorization request and its response (RFC 6749 §4.1.1, §4.1.2; OpenID Connect Core §3.1.2;
 * RFC 7636 §4.3; RFC 8707 §2; RFC 9207), as parameters: how they travel is the caller's.
 */
#ifndef TT_OAUTH_AUTHORIZATION_H
#define TT_OAUTH_AUTHORIZATION_H

#include "base/secret.h"
#include "oauth/http.h"

struct auth_request { /* empty spans and NULL: the parameter is left out */
	struct span client_id, redirect_uri, scope, challenge, prompt;
	struct span audience, resource; /* blank-separated: one parameter each */
	const struct secret *state, *nonce, *id_token_hint;
};

/* Appends the parameters as a form, for a query or a pushed request's body. */
enum res auth_request_form(struct buf *out, const struct auth_request *r) MUST_USE;
/* endpoint?form; an endpoint with a query keeps it (RFC 6749 §3.1), a fragment goes. */
enum res auth_request_url(struct buf *out, struct span endpoint, struct span form) MUST_USE;
/* Each word of list as a parameter of that name (RFC 8707 §2, RFC 8693 §2.1). */
enum res form_add_words(struct buf *body, const char *name, struct span list);

struct auth_response { /* decoded; empty: absent */
	struct buf code, state, iss, error, description, error_uri;
	bool repeated; /* a parameter stood there twice (RFC 6749 §3.1 forbids it) */
	bool in_fragment;
};

void auth_response_init(struct auth_response *r);
void auth_response_release(struct auth_response *r);
/* From an address, a path with its query, or a query alone.  RES_SYNTAX: there is no parameter. */
enum res auth_response_read(struct auth_response *out, struct span text, struct err *e) MUST_USE;

/* Whose answer is it? */
enum auth_fault {
	AUTH_FINE,
	AUTH_NO_STATE,
	AUTH_OTHER_STATE,
	AUTH_REPEATED,  /* which of the two would count? */
	AUTH_NO_ISS,    /* promised by the metadata, and missing (RFC 9207 §2.4) */
	AUTH_OTHER_ISS, /* another server's answer: a mix-up */
	AUTH_EMPTY,     /* neither a code nor an error */
};
struct auth_expect {
	const struct secret *state;
	struct span issuer; /* empty: not known, so an iss proves nothing */
	bool iss_promised;  /* authorization_response_iss_parameter_supported */
};
enum auth_fault auth_response_check(const struct auth_response *r, const struct auth_expect *x);
/* "its state is not the one that was sent": behind "the answer is not used: ". */
const char *auth_fault_words(enum auth_fault f);

#endif
