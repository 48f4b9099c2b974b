#include "oauth/dpop.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "oauth/jose.h"
#include "oauth/url.h"

struct dpop {
	struct sign_key *key;
	const char *alg;
	struct secret *token;
};

struct dpop *
dpop_new(struct sign_key *key, const char *alg, struct secret *token)
{
	struct dpop *d = xcalloc(1, sizeof(*d));

	d->key = sign_key_ref(key);
	d->alg = alg;
	d->token = secret_ref(token);
	return d;
}

void
dpop_free(struct dpop *d)
{
	if (!d)
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

/* §4.2: base64url of the token's SHA-256. */
static bool
hash_of(struct buf *out, struct span token)
{
	unsigned char digest[32];

	return crypto() && crypto()->sha256(token.p, token.n, digest) &&
		base64url_encode(out, span_make(digest, sizeof(digest))) == RES_OK;
}

static void
set_ath(struct json *claims, const struct secret *token)
{
	struct buf b;

	buf_init(&b, THUMBPRINT_MAX);
	if (hash_of(&b, secret_reveal(token)))
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

/* --- looking at one ------------------------------------------------------------------------ */

enum { AGE_MAX_S = 300 }; /* servers forgive a minute or five */

/* The same target, however scheme, host and port are written (§4.3, 9). */
static bool
same_target(struct span a, struct span b)
{
	struct url u, v;

	if (url_parse(&u, target(a), NULL) != RES_OK || url_parse(&v, target(b), NULL) != RES_OK ||
		!url_same_origin(&u, &v))
		return false;
	return span_eq(u.path.n ? u.path : SPAN_LIT("/"), v.path.n ? v.path : SPAN_LIT("/"));
}

static bool
ath_fits(struct span ath, struct span token)
{
	struct buf b;
	bool fits;

	buf_init(&b, THUMBPRINT_MAX);
	fits = !hash_of(&b, token) || span_eq(buf_span(&b), ath);
	buf_release(&b);
	return fits;
}

static const char *
flaw_of_header(const struct json *h)
{
	struct span alg = json_get_str(h, "alg");
	const struct jws_alg *a = jws_alg_find(alg);

	if (!span_is(json_get_str(h, "typ"), "dpop+jwt"))
		return "its typ is not dpop+jwt";
	if (!a || !strcmp(a->kty, "oct"))
		return "its alg is no asymmetric signature";
	if (!json_get(h, "jwk"))
		return "its header has no jwk";
	if (json_get(json_get(h, "jwk"), "d"))
		return "its jwk holds the private key";
	return NULL;
}

static bool
signature_fits(struct span proof, const struct json *jwk)
{
	struct json *set = json_new_object(), *list = json_new_array();
	const struct jws_keys keys = {.jwks = set};
	char why[100];
	bool bad;

	json_append_take(list, json_dup(jwk));
	json_set_take(set, "keys", list);
	bad = jws_verify(proof, &keys, why, sizeof(why)) == SIG_BAD;
	json_free(set);
	return !bad;
}

static void
look_at_claims(
	struct dpop_seen *out, const struct json *c, const struct http_request *r, int64_t at_s)
{
	struct span htm = json_get_str(c, "htm"), htu = json_get_str(c, "htu");
	struct span auth = http_header(&r->headers, "Authorization"), ath = json_get_str(c, "ath");
	char shown[100];
	int64_t iat;

	if (!json_get_str(c, "jti").n)
		text_format(out->flaw, sizeof(out->flaw), "it has no jti");
	else if (!span_is(htm, r->method))
		text_format(out->flaw, sizeof(out->flaw), "its htm is %s, the request is a %s",
			text_safe_into(shown, sizeof(shown), htm), r->method);
	else if (!same_target(htu, span_of(r->url)))
		text_format(out->flaw, sizeof(out->flaw),
			"its htu is %s, which is not where the request went",
			text_safe_into(shown, sizeof(shown), target(htu)));
	else if (json_to_time(json_get(c, "iat"), &iat) != NUM_INTEGER)
		text_format(out->flaw, sizeof(out->flaw), "it has no iat");
	else if (at_s && (iat < at_s - AGE_MAX_S || iat > at_s + AGE_MAX_S))
		text_format(out->flaw, sizeof(out->flaw), "its iat is %lld s off",
			(long long)(iat - at_s));
	else if (span_starts_nocase(auth, "dpop ") && !ath.n)
		text_format(out->flaw, sizeof(out->flaw),
			"it has no ath, though a token goes with it");
	else if (span_starts_nocase(auth, "dpop ") &&
		!ath_fits(ath, span_trim(span_from(auth, 5))))
		text_format(out->flaw, sizeof(out->flaw), "its ath is of another token");
}

void
dpop_look(struct dpop_seen *out, const struct http_request *r, int64_t at_s)
{
	struct span proof = http_header(&r->headers, "DPoP");
	struct json *header = NULL, *claims = NULL;
	const char *flaw;
	struct jws_parts p;
	struct buf jkt;

	memset(out, 0, sizeof(*out));
	if (http_header_count(&r->headers, "DPoP") > 1)
		text_format(out->flaw, sizeof(out->flaw), "there are two of them");
	/* what is no JWT may be masked by who recorded it */
	if (out->flaw[0] || jws_split(&p, proof, NULL) != RES_OK ||
		jose_decode_json(&header, p.header, NULL) != RES_OK ||
		jose_decode_json(&claims, p.payload, NULL) != RES_OK)
		goto out;
	buf_init(&jkt, THUMBPRINT_MAX);
	if (crypto() && jwk_thumbprint(&jkt, json_get(header, "jwk"), NULL) == RES_OK)
		snprintf(out->jkt, sizeof(out->jkt), "%s", buf_str(&jkt));
	buf_release(&jkt);
	flaw = flaw_of_header(header);
	if (!flaw && crypto() && !signature_fits(proof, json_get(header, "jwk")))
		flaw = "its signature does not verify with its own key";
	if (flaw)
		text_format(out->flaw, sizeof(out->flaw), "%s", flaw);
	else
		look_at_claims(out, claims, r, at_s);
out:
	json_free(header);
	json_free(claims);
}
