#include "oauth/pkce.h"

#include "base/encode.h"
#include "oauth/crypto.h"

struct secret *
pkce_verifier_new(struct rng *r)
{
	struct secret *s;
	struct buf b;

	buf_init_wiping(&b, 64);
	(void)rng_text(r, &b, 32);
	s = secret_new(buf_span(&b));
	buf_release(&b);
	return s;
}

enum res
pkce_challenge(struct buf *out, const struct secret *verifier)
{
	struct span v = secret_reveal(verifier);
	unsigned char digest[32];

	if (!crypto() || !crypto()->sha256(v.p, v.n, digest))
		return RES_UNSUPPORTED;
	return base64url_encode(out, span_make(digest, sizeof(digest)));
}
