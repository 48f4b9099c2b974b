#include "oauth/assertion.h"

#include "base/limits.h"
#include "base/mem.h"
#include "oauth/jose.h"

struct assertion {
	char *client_id, *audience, *kid, *x5t_s256;
	struct sign_key *key;
	struct secret *secret;
	const char *alg;
};

struct assertion *
assertion_new(const struct assertion_wish *w)
{
	struct assertion *a = xcalloc(1, sizeof(*a));

	a->client_id = span_dup(w->client_id);
	a->audience = span_dup(w->audience);
	a->kid = span_dup(w->kid);
	a->x5t_s256 = span_dup(w->x5t_s256);
	a->key = sign_key_ref(w->key);
	a->secret = secret_ref(w->secret);
	a->alg = w->alg;
	return a;
}

void
assertion_free(struct assertion *a)
{
	if (!a)
		return;
	free(a->client_id);
	free(a->audience);
	free(a->kid);
	free(a->x5t_s256);
	sign_key_unref(a->key);
	secret_unref(a->secret);
	free(a);
}

static const char *const hmacs[] = {"HS256", "HS384", "HS512"};

bool
assertion_is_hmac(const char *alg)
{
	for (size_t i = 0; i < ARRAY_SIZE(hmacs); i++)
		if (!strcmp(alg, hmacs[i]))
			return true;
	return false;
}

const char *
assertion_hmac_alg(const struct json *supported)
{
	if (!json_count(supported))
		return hmacs[0];
	for (size_t i = 0; i < ARRAY_SIZE(hmacs); i++)
		if (json_lists(supported, hmacs[i]))
			return hmacs[i];
	return NULL;
}

static struct json *
header_of(const struct assertion *a)
{
	struct json *h = json_new_object();

	json_set_str(h, "typ", "JWT");
	if (*a->kid)
		json_set_str(h, "kid", a->kid);
	if (*a->x5t_s256)
		json_set_str(h, "x5t#S256", a->x5t_s256);
	return h;
}

static struct json *
claims_of(const struct assertion *a, int64_t now_s, struct rng *rng)
{
	struct json *c = json_new_object();
	struct buf jti;

	buf_init(&jti, 64);
	rng_text(rng, &jti, 16);
	json_set_str(c, "iss", a->client_id);
	json_set_str(c, "sub", a->client_id);
	/* one string: an array lets another server's audience ride along, and is refused by some */
	json_set_str(c, "aud", a->audience);
	json_set_span(c, "jti", buf_span(&jti));
	json_set_i64(c, "iat", now_s);
	json_set_i64(c, "nbf", now_s);
	json_set_i64(c, "exp", now_s + ASSERTION_LIFE_S);
	buf_release(&jti);
	return c;
}

/* A parameter must not be there twice (RFC 6749 §3.2). */
static bool
form_has(struct span body, const char *name)
{
	struct buf value;
	bool there;

	buf_init(&value, LIMIT_TOKEN);
	there = form_get(body, name, &value);
	buf_release(&value);
	return there;
}

enum res
assertion_add(struct buf *body, const struct assertion *a, int64_t now_s, struct rng *rng,
	struct err *e)
{
	struct json *header = header_of(a), *claims = claims_of(a, now_s, rng);
	struct buf jwt;
	enum res r;

	buf_init_wiping(&jwt, LIMIT_TOKEN);
	r = a->key ? jws_sign(&jwt, a->key->key, a->alg, header, claims, e)
		   : jws_sign_hmac(&jwt, a->secret, a->alg, header, claims, e);
	if (r == RES_OK) {
		/* optional (RFC 7521 §4.2), and what some servers find the client's keys by */
		if (!form_has(buf_span(body), "client_id"))
			form_add(body, "client_id", span_of(a->client_id));
		form_add(body, "client_assertion_type",
			SPAN_LIT("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
		r = form_add(body, "client_assertion", buf_span(&jwt));
		if (r != RES_OK)
			err_set(e, r, "the client assertion is too long for a request");
	}
	buf_release(&jwt);
	json_free(header);
	json_free(claims);
	return r;
}
