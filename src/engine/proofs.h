/*
 * What is signed anew for each attempt: client assertions and DPoP proofs, with the nonces that the
 * servers gave.  Private to the room.
 */
#ifndef TT_ENGINE_PROOFS_H
#define TT_ENGINE_PROOFS_H

#include "engine/engine.h"

/* The last DPoP-Nonce of each origin (RFC 9449 §8.2); each server has its own. */
struct nonces;

struct nonces *nonces_new(void);
void nonces_free(struct nonces *n);
/* Keeps the nonce of an answer from that URL's origin; true: there was one that can be used. */
bool nonces_note(struct nonces *n, struct span url, const struct http_response *r);

/* Signs what the call asks for into the request that goes out. */
enum res proofs_sign(struct http_request *wire, const struct engine_call *call,
	const struct nonces *n, const struct engine_deps *deps, struct err *e) MUST_USE;

#endif
