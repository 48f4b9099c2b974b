#include "oauth/dpop.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/mem.h"
#include "oauth/jose.h"

struct dpop {
	unsigned refs;
	struct sign_key *key;
	const char *alg;
	struct secret *token;
};

struct dpop *
dpop_new(struct sign_key *key, const char *alg, struct secret *token)
{
	struct dpop *d = xcalloc(1, sizeof(*d));

	d->refs = 1;
	d->key = sign_key_ref(key);
	d->alg = alg;
	d->token = secret_ref(token);
	return d;
}

struct dpop *
dpop_ref(struct dpop *d)
{
	if (d)
		d->refs++;
	return d;
}

void
dpop_unref(struct dpop *d)
{
	if (!d || --d->refs)
		return;
	sign_key_unref(d->key);
	secret_unref(d->token);
	free(d);
}

const struct sign_key *
dpop_key(const struct dpop *d)
{
	return d->key;
}

/* §4.2: the target without query and fragment. */
static struct span
target(struct span url)
{
	url = span_sub(url, 0, span_find(url, '#'));
	return span_sub(url, 0, span_find(url, '?'));
}

static void
set_ath(struct json *claims, const struct secret *token)
{
	struct span value = secret_reveal(token);
	unsigned char digest[32];
	struct buf b;

	buf_init(&b, THUMBPRINT_MAX);
	if (crypto()->sha256(value.p, value.n, digest) &&
		base64url_encode(&b, span_make(digest, sizeof(digest))) == RES_OK)
		json_set_span(claims, "ath", buf_span(&b));
	buf_release(&b);
}

static struct json *
claims_of(const struct http_request *r, const struct dpop *d, struct span nonce, int64_t now_s,
	struct rng *rng)
{
	struct json *c = json_new_object();
	struct buf jti;

	buf_init(&jti, 64);
	rng_text(rng, &jti, 16);
	json_set_span(c, "jti", buf_span(&jti));
	json_set_str(c, "htm", r->method);
	json_set_span(c, "htu", target(span_of(r->url)));
	json_set_i64(c, "iat", now_s);
	if (d->token)
		set_ath(c, d->token);
	if (nonce.n)
		json_set_span(c, "nonce", nonce);
	buf_release(&jti);
	return c;
}

enum res
dpop_prove(struct http_request *r, const struct dpop *d, struct span nonce, int64_t now_s,
	struct rng *rng, struct err *e)
{
	struct json *header = json_new_object(), *claims = claims_of(r, d, nonce, now_s, rng);
	struct buf proof;
	enum res res;

	json_set_str(header, "typ", "dpop+jwt");
	json_set_dup(header, "jwk", d->key->jwk);
	buf_init_wiping(&proof, LIMIT_TOKEN);
	res = jws_sign(&proof, d->key->key, d->alg, header, claims, e);
	if (res == RES_OK)
		http_headers_set(&r->headers, "DPoP", buf_span(&proof));
	buf_release(&proof);
	json_free(header);
	json_free(claims);
	return res;
}
