#include "base/rng.h"

#include <errno.h>
#include <sys/random.h>

#include "base/encode.h"
#include "base/mem.h"

static void
fill_system(struct rng *r UNUSED, void *p, size_t n)
{
	unsigned char *at = p;

	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			die("the system gives no random bytes: %m");
		at += got;
		n -= (size_t)got;
	}
}

struct rng rng_system = {.fill = fill_system};

/* SplitMix64: every seed gives a full-period sequence. */
static uint64_t
next64(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static void
fill_seeded(struct rng *r, void *p, size_t n)
{
	unsigned char *at = p;

	while (n > 0) {
		uint64_t v = next64(&r->seed);

		for (int i = 0; i < 8 && n > 0; i++, n--, v >>= 8)
			*at++ = (unsigned char)v;
	}
}

void
rng_init_seeded(struct rng *r, uint64_t seed)
{
	*r = (struct rng){fill_seeded, seed};
}

void
rng_fill(struct rng *r, void *p, size_t n)
{
	r->fill(r, p, n);
}

uint32_t
rng_below(struct rng *r, uint32_t n)
{
	uint32_t v, skip;

	if (n < 2)
		return 0;
	skip = (UINT32_MAX - n + 1) % n; /* 2^32 mod n: the values that would favour some */
	do
		rng_fill(r, &v, sizeof v);
	while (v < skip);
	return v % n;
}

enum res
rng_text(struct rng *r, struct buf *out, size_t n)
{
	unsigned char chunk[48]; /* a multiple of 3, so that the pieces join */

	while (n > 0) {
		size_t part = n < sizeof chunk ? n : sizeof chunk;

		rng_fill(r, chunk, part);
		base64url_encode(out, span_make(chunk, part));
		n -= part;
	}
	wipe(chunk, sizeof chunk);
	return out->status;
}
