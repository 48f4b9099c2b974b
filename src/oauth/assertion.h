/*
 * Client assertions: a JWT that a client signs to say who it is, with its key (private_key_jwt) or
 * its secret (client_secret_jwt).  RFC 7521 §4.2, RFC 7523 §2.2 and §3, OpenID Connect Core §9.
 */
#ifndef TT_OAUTH_ASSERTION_H
#define TT_OAUTH_ASSERTION_H

#include "base/rng.h"
#include "oauth/http.h"
#include "oauth/signkey.h"

/*
 * Servers refuse a second use of one jti, and lives of more than minutes: each request has its own.
 */
enum { ASSERTION_LIFE_S = 60 };

/* What an assertion is made with; shared by a request's attempts. */
struct assertion;

struct assertion_wish {
	struct span client_id; /* iss and sub */
	struct span audience;  /* aud, one string */
	struct span kid;       /* of the header; empty: none */
	struct span x5t_s256;  /* of the header, for servers that know a client's certificate */
	struct sign_key *key;  /* a reference is kept; NULL: signed with the secret */
	struct secret *secret; /* likewise */
	const char *alg;       /* a literal: RS256, HS256 … */
};

struct assertion *assertion_new(const struct assertion_wish *w);
void assertion_free(struct assertion *a); /* NULL-safe */
/* The HMAC algorithm for a secret: HS256, or the first that the metadata's list has; NULL: none. */
const char *assertion_hmac_alg(const struct json *supported);
bool assertion_is_hmac(const char *alg);
/* Adds a new one to a form: client_id (if it is not there yet), client_assertion_type,
 * client_assertion.  now_s: by the server's clock, as far as it is known. */
enum res assertion_add(struct buf *body, const struct assertion *a, int64_t now_s, struct rng *rng,
	struct err *e) MUST_USE;

#endif
