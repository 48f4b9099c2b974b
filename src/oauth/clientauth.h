/* Client authentication at the authorization server (RFC 6749 §2.3, RFC 7523, RFC 8705). */
#ifndef TT_OAUTH_CLIENTAUTH_H
#define TT_OAUTH_CLIENTAUTH_H

#include "oauth/http.h"

enum client_auth {
	AUTH_UNSET, /* decided from the metadata, else basic (none without a secret) */
#define CLIENT_AUTH(sym, id, words) AUTH_##sym,
#include "oauth/clientauth.def"
#undef CLIENT_AUTH
	AUTH_COUNT
};

struct client_credentials {
	enum client_auth method;
	struct span client_id;
	const struct secret *secret; /* NULL without one */
	/* not form-encoded before base64: against RFC 6749 §2.3.1, on demand */
	bool raw_basic;
};

/*
 * Adds the authentication to a request whose body is a form: the Basic header, or client_id and
 * client_secret in the body, or client_id alone for none.  RES_UNSUPPORTED for methods that
 * need a key and have none here.
 */
enum res client_auth_apply(
	struct http_request *r, const struct client_credentials *c, struct err *e) MUST_USE;
const char *client_auth_id(enum client_auth a); /* "client_secret_basic"; "" for AUTH_UNSET */
bool client_auth_from_id(struct span id, enum client_auth *out);
/* Does id or secret hold a character that Basic must encode (RFC 6749 §2.3.1)? */
bool client_auth_has_reserved(const struct client_credentials *c);

#endif
