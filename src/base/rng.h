/* Randomness, injected: the system's in the program, a seeded one in tests. */
#ifndef TT_BASE_RNG_H
#define TT_BASE_RNG_H

#include "base/buf.h"

struct rng {
	void (*fill)(struct rng *, void *p, size_t n);
	uint64_t seed;
};

extern struct rng rng_system; /* getrandom(2); die()s if the system has none */
void rng_init_seeded(struct rng *r, uint64_t seed);
void rng_fill(struct rng *r, void *p, size_t n);
uint32_t rng_below(struct rng *r, uint32_t n); /* uniform in [0, n) */
/* Appends base64url text of n random bytes (state, nonce, jti, code_verifier). */
enum res rng_text(struct rng *r, struct buf *out, size_t n);

#endif
