/*
 * DPoP (RFC 9449): the proof that goes with a request, that its sender holds the key a token is
 * bound to.
 */
#ifndef TT_OAUTH_DPOP_H
#define TT_OAUTH_DPOP_H

#include "base/rng.h"
#include "oauth/http.h"
#include "oauth/signkey.h"

/* What a request's proofs are made with; shared by its attempts. */
struct dpop;

/* token: the access token that the request carries, for ath; NULL at the authorization server.
 * alg: a literal that the key can.  References are kept. */
struct dpop *dpop_new(struct sign_key *key, const char *alg, struct secret *token);
void dpop_free(struct dpop *d); /* NULL-safe */
const struct sign_key *dpop_key(const struct dpop *d);
/*
 * Sets the header DPoP of a request to a new proof (§4.2): htm, htu (the URL without query and
 * fragment), iat, jti, ath, and the server's nonce (empty: none was given yet, §8).
 */
enum res dpop_prove(struct http_request *r, const struct dpop *d, struct span nonce, int64_t now_s,
	struct rng *rng, struct err *e) MUST_USE;

/* What a request's proof tells that masking hides: its key, and what of it does not suit. */
struct dpop_seen {
	char jkt[THUMBPRINT_MAX]; /* "": none, or it cannot be read */
	char flaw[200];           /* safe text; "": none was found (§4.3, 1 to 12) */
};
/* at_s: when the request came, by the server's clock as far as it is known; 0: not known. */
void dpop_look(struct dpop_seen *out, const struct http_request *r, int64_t at_s);

#endif
