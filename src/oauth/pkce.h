/* Proof Key for Code Exchange (RFC 7636), method S256 alone: plain protects nothing. */
#ifndef TT_OAUTH_PKCE_H
#define TT_OAUTH_PKCE_H

#include "base/rng.h"
#include "base/secret.h"

/* A code_verifier: 32 random bytes as base64url, 43 characters (§4.1). */
struct secret *pkce_verifier_new(struct rng *r);
/*
 * Appends BASE64URL(SHA-256(ASCII(code_verifier))) (§4.2).  RES_UNSUPPORTED: no digest to be had.
 */
enum res pkce_challenge(struct buf *out, const struct secret *verifier) MUST_USE;

#endif
