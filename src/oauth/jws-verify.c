/* Signatures of compact JWS: which key a signature is to be checked with, and what came of it. */
#include "oauth/jose.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "oauth/crypto.h"
#include "oauth/token-shape.h"
#include "oauth/url.h"

enum { RSA_BITS_MIN = 2048 }; /* RFC 7518 §3.3 */

struct check {
	const struct jws_keys *keys;
	const struct crypto_ops *ops;
	struct jws_parts parts;
	struct json *header;
	const struct jws_alg *alg;
	char kid[128]; /* safe text */
	struct span kid_raw, x5t, x5t_s256;
	struct buf sig;
	char *why;
	size_t why_size;
};

static enum sig_state say(struct check *c, enum sig_state s, const char *fmt, ...) PRINTF(3, 4);

enum { WHY_MAX = 512 };

static enum sig_state
say(struct check *c, enum sig_state s, const char *fmt, ...)
{
	char text[WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (c->why_size)
		text_safe_into(c->why, c->why_size, span_of(text)); /* cuts between characters */
	return s;
}

static void note(struct check *c, const char *fmt, ...) PRINTF(2, 3);

/* More about what was said. */
static void
note(struct check *c, const char *fmt, ...)
{
	char more[WHY_MAX], text[2 * WHY_MAX];
	va_list ap;

	if (!c->why_size)
		return;
	va_start(ap, fmt);
	vsnprintf(more, sizeof(more), fmt, ap);
	va_end(ap);
	(void)snprintf(text, sizeof(text), "%s%s", c->why, more);
	text_safe_into(c->why, c->why_size, span_of(text));
}

/* --- which key ---------------------------------------------------------------------------- */

/* May the key verify (RFC 7517 §4.3)?  Absent says nothing; some lists name the
 * other half of the pair. */
static bool
may_verify(const struct json *ops)
{
	struct span s;

	if (!ops || json_type(ops) != JSON_ARRAY || !json_first(ops))
		return true;
	for (const struct json *k = json_first(ops); k; k = json_next(k))
		if (json_to_span(k, &s) && (span_is(s, "verify") || span_is(s, "sign")))
			return true;
	return false;
}

static bool
crv_fits(const struct jws_alg *alg, struct span crv)
{
	if (strcmp(alg->kty, "EC") != 0 && strcmp(alg->kty, "OKP") != 0)
		return true;
	if (!crv.n) /* of a key that has its numbers in a certificate alone */
		return true;
	return alg->crv[0] ? span_is(crv, alg->crv)
			   : span_is(crv, "Ed25519") || span_is(crv, "Ed448");
}

bool
jwk_fits(const struct json *key, const char *alg_name, char *why, size_t size)
{
	const struct jws_alg *alg = jws_alg_find(span_of(alg_name));
	struct span key_alg = json_get_str(key, "alg"), use = json_get_str(key, "use");
	struct span kty = json_get_str(key, "kty"), crv = json_get_str(key, "crv");
	char shown[40];

	if (alg && !span_is(kty, alg->kty) && (kty.n || !json_get(key, "x5c"))) {
		(void)snprintf(
			why, size, "is of type %s", text_safe_into(shown, sizeof(shown), kty));
		return false;
	}
	if (alg && !crv_fits(alg, crv)) {
		(void)snprintf(
			why, size, "is on the curve %s", text_safe_into(shown, sizeof(shown), crv));
		return false;
	}
	/* a key of the Edwards curves is called by either name (RFC 9864 §2.2) */
	if (key_alg.n && !span_is(key_alg, alg_name) && !(alg && !strcmp(alg->kty, "OKP"))) {
		(void)snprintf(
			why, size, "is for %s", text_safe_into(shown, sizeof(shown), key_alg));
		return false;
	}
	if (use.n && !span_is(use, "sig")) {
		(void)snprintf(
			why, size, "is for %s", span_is(use, "enc") ? "encryption" : "another use");
		return false;
	}
	if (!may_verify(json_get(key, "key_ops"))) {
		(void)snprintf(why, size, "is for another use (key_ops)");
		return false;
	}
	return true;
}

static const struct json *
first_key(const struct json *jwks)
{
	const struct json *keys = json_get(jwks, "keys");

	if (keys && json_type(keys) == JSON_ARRAY)
		return json_first(keys);
	return NULL;
}

const struct json *
jwks_key(const struct json *jwks, struct span kid, const char *alg)
{
	const struct json *first = NULL;
	char why[96];

	for (const struct json *k = kid.n ? first_key(jwks) : NULL; k; k = json_next(k)) {
		if (!span_eq(json_get_str(k, "kid"), kid))
			continue;
		if (jwk_fits(k, alg, why, sizeof(why)))
			return k;
		if (!first)
			first = k;
	}
	return first;
}

enum match {
	BY_KID,      /* the key has the token's kid */
	BY_X5T,      /* … the thumbprint of its certificate */
	WITHOUT_KID, /* the token names one, the key has none */
	ANY_KEY,     /* the token names none */
};

static bool
matches(const struct check *c, const struct json *key, enum match how)
{
	struct span kid = json_get_str(key, "kid");

	switch (how) {
	case BY_KID:
		return kid.n && span_eq(kid, c->kid_raw);
	case BY_X5T:
		return (c->x5t.n && span_eq(json_get_str(key, "x5t"), c->x5t)) ||
			(c->x5t_s256.n && span_eq(json_get_str(key, "x5t#S256"), c->x5t_s256));
	case WITHOUT_KID:
		return !kid.n;
	case ANY_KEY:
		return true;
	}
	return false;
}

/* --- one key ------------------------------------------------------------------------------ */

/* SIG_BAD, SIG_VALID or SIG_UNSUPPORTED_ALG; SIG_NOT_CHECKED for a key that is broken. */
static enum sig_state
verify_with(struct check *c, const struct json *key)
{
	struct crypto_check v = {false, false, 0, 0};
	const char *alg = c->alg->name;
	struct err e = ERR_INIT;
	enum res r = c->ops->verify(alg, key, c->parts.signed_text, buf_span(&c->sig), &v, &e);
	char kid[128], name[140];

	text_safe_into(kid, sizeof(kid), json_get_str(key, "kid"));
	(void)snprintf(name, sizeof(name), "%s%s", kid[0] ? "the key " : "a key without kid", kid);
	if (r == RES_UNSUPPORTED)
		return say(c, SIG_UNSUPPORTED_ALG, "%s: %s", alg, e.text);
	if (r != RES_OK)
		return say(c, SIG_NOT_CHECKED, "%s cannot be used: %s", name, e.text);
	if (v.ok) {
		say(c, SIG_VALID, "%s verified with %s", alg, name);
		if (!strcmp(c->alg->kty, "RSA") && v.bits < RSA_BITS_MIN)
			note(c,
				", which has %d bits where RFC 7518 §3.3 wants %d: strict "
				"verifiers refuse it",
				v.bits, RSA_BITS_MIN);
		return SIG_VALID;
	}
	if (v.der)
		return say(c, SIG_BAD,
			"made with %s, but written as DER where %s is r and s side by side "
			"(RFC 7518 §3.4)",
			name, alg);
	if (v.sig_want && v.sig_want != c->sig.len)
		return say(c, SIG_BAD, "a signature of %zu bytes, where %s has %zu with %s",
			c->sig.len, alg, v.sig_want, name);
	return say(c, SIG_BAD, "%s does not verify with %s", alg, name);
}

/* Tries the keys of one sort.  *found: how many were of that sort and fit. */
static enum sig_state
try_keys(struct check *c, enum match how, int *found)
{
	enum sig_state worst = SIG_NO_KEY, s;
	char unfit[96];
	int n = 0;

	*found = 0;
	for (const struct json *k = first_key(c->keys->jwks); k && n++ < LIMIT_JWKS_KEYS;
		k = json_next(k)) {
		if (!matches(c, k, how))
			continue;
		if (!jwk_fits(k, c->alg->name, unfit, sizeof(unfit))) {
			if (how == BY_KID && !*found)
				say(c, SIG_NO_KEY, "the key %s %s, the token says %s", c->kid,
					unfit, c->alg->name);
			continue;
		}
		++*found;
		s = verify_with(c, k);
		if (s == SIG_VALID)
			return s;
		if (worst == SIG_NO_KEY || s == SIG_BAD)
			worst = s;
	}
	if (worst == SIG_BAD && *found > 1)
		say(c, SIG_BAD, "%s verifies with none of the %d keys %s", c->alg->name, *found,
			how == BY_KID ? "of its kid" : "that fit");
	return worst;
}

/* --- all of them -------------------------------------------------------------------------- */

bool
jws_not_for_us(const struct json *header, const struct claims *claims, const char **why)
{
	struct url iss;

	if (json_get(header, "nonce")) {
		*why = "its header has a nonce: only the API it is meant for can check it";
		return true;
	}
	if (!claims || !claims->root || !json_get_str(claims->root, "cid").n ||
		!claims_has_aud(claims, claims->iss) ||
		url_parse(&iss, claims->iss, NULL) != RES_OK ||
		(iss.path.n && !span_is(iss.path, "/")))
		return false;
	*why = "it is meant for its issuer alone, which keeps the key to itself";
	return true;
}

/* No key verifies it: would one at all? */
static bool
not_for_us(struct check *c, const char **why)
{
	struct json *payload = NULL;
	struct claims claims;
	bool r;

	if (jose_decode_json(&payload, c->parts.payload, NULL) == RES_OK)
		claims_read(&claims, payload);
	r = jws_not_for_us(c->header, payload ? &claims : NULL, why);
	json_free(payload);
	return r;
}

static enum sig_state
verify_with_set(struct check *c)
{
	enum sig_state s;
	int found;

	if (!c->keys->jwks)
		return say(c, SIG_NOT_CHECKED, "no key set to check with");
	if (!first_key(c->keys->jwks))
		return say(c, SIG_NO_KEY, "the key set is empty");
	if (c->why_size)
		c->why[0] = '\0';
	s = try_keys(c,
		c->kid_raw.n                        ? BY_KID
			: c->x5t.n || c->x5t_s256.n ? BY_X5T
						    : ANY_KEY,
		&found);
	if (found)
		return s;
	if (c->kid_raw.n && jwks_key(c->keys->jwks, c->kid_raw, c->alg->name))
		return SIG_NO_KEY; /* it does not fit; why: said above */
	/* the thumbprint is a second name; a key without a name may be it, and its failure
	 * proves nothing */
	if (c->kid_raw.n) {
		s = try_keys(c, BY_X5T, &found);
		if (found)
			return s;
	}
	if (try_keys(c, c->kid_raw.n ? WITHOUT_KID : ANY_KEY, &found) == SIG_VALID)
		return SIG_VALID;
	if (c->kid_raw.n)
		return say(c, SIG_NO_KEY, "the key set has no key %s", c->kid);
	return say(c, SIG_NO_KEY, found ? "no key of the set verifies %s, and none has its x5t"
					: "the key set has no key for %s", c->alg->name);
}

static bool
hmac_is(const struct check *c, struct span key)
{
	unsigned char mac[64], diff = 0;
	size_t n = sizeof(mac);
	int64_t bits = 0;

	if (span_to_i64(span_from(span_of(c->alg->name), 2), &bits) != RES_OK ||
		!c->ops->hmac((int)bits, key, c->parts.signed_text, mac, &n) || n != c->sig.len)
		return false;
	for (size_t i = 0; i < n; i++)
		diff |= (unsigned char)(mac[i] ^ (unsigned char)c->sig.p[i]);
	return !diff;
}

/* Some servers hand out a secret in base64 and sign with what it stands for. */
static bool
hmac_is_decoded(const struct check *c, struct span secret)
{
	struct buf key;
	bool ok;

	buf_init_wiping(&key, secret.n + 4);
	ok = base64url_decode(&key, secret, NULL) == RES_OK && key.len &&
		hmac_is(c, buf_span(&key));
	if (!ok) {
		buf_clear(&key);
		ok = base64_decode(&key, secret, NULL) == RES_OK && key.len &&
			hmac_is(c, buf_span(&key));
	}
	buf_release(&key);
	return ok;
}

static enum sig_state
verify_hs(struct check *c)
{
	const char *alg = c->alg->name;
	struct span secret;

	if (!c->keys->secret)
		return say(c, SIG_NO_KEY,
			"%s is checked with the client secret, which is not known", alg);
	secret = secret_reveal(c->keys->secret);
	if (hmac_is(c, secret)) {
		say(c, SIG_VALID, "%s verified with the client secret", alg);
		if (secret.n < c->alg->sig_len)
			note(c, ", which has %zu bytes where RFC 7518 §3.2 wants %zu", secret.n,
				c->alg->sig_len);
		return SIG_VALID;
	}
	if (hmac_is_decoded(c, secret))
		return say(c, SIG_VALID, "%s verified with the client secret, decoded from base64",
			alg);
	if (!c->keys->only_secret)
		return say(c, SIG_NO_KEY,
			"%s does not verify with the client secret: the server may have a key "
			"of its own",
			alg);
	if (c->sig.len != c->alg->sig_len)
		return say(c, SIG_BAD, "a signature of %zu bytes, where %s has %zu", c->sig.len,
			alg, c->alg->sig_len);
	return say(c, SIG_BAD, "%s does not verify with the client secret", alg);
}

/* Extensions that must be understood (RFC 7515 §4.1.11): none is here, and no JWT needs one. */
static bool
critical(struct check *c)
{
	const struct json *crit = json_get(c->header, "crit"), *first;
	struct span name;
	char shown[60];

	if (!crit)
		return false;
	first = json_type(crit) == JSON_ARRAY ? json_first(crit) : NULL;
	if (!json_to_span(first, &name))
		say(c, SIG_CRITICAL, "its header has a crit that is no list of names");
	else
		say(c, SIG_CRITICAL, "its header demands %s (crit), which is not known here",
			text_safe_into(shown, sizeof(shown), name));
	return true;
}

static enum sig_state
verify_parts(struct check *c)
{
	static const char *const own[] = {"jwk", "jku", "x5c", "x5u"};
	struct span alg;
	enum sig_state s;
	const char *why;
	char shown[40];

	if (c->parts.n_parts == 5)
		return say(c, SIG_ENCRYPTED, "it is encrypted");
	if (jose_decode_json(&c->header, c->parts.header, NULL) != RES_OK)
		return say(c, SIG_NOT_CHECKED, "the header cannot be read");
	alg = json_get_str(c->header, "alg");
	c->alg = jws_alg_find(alg);
	c->kid_raw = json_get_str(c->header, "kid");
	c->x5t = json_get_str(c->header, "x5t");
	c->x5t_s256 = json_get_str(c->header, "x5t#S256");
	text_safe_into(c->kid, sizeof(c->kid), c->kid_raw);
	if (span_is_nocase(alg, "none"))
		return say(c, SIG_ALG_NONE, "it is not signed");
	if (!alg.n)
		return say(c, SIG_NOT_CHECKED, "the header names no algorithm");
	if (!c->alg)
		return say(c, SIG_UNSUPPORTED_ALG, "the algorithm %s is not supported here",
			text_safe_into(shown, sizeof(shown), alg));
	if (critical(c))
		return SIG_CRITICAL;
	c->ops = crypto();
	if (!c->ops)
		return say(c, SIG_NOT_CHECKED, "the cryptographic library could not be loaded");
	if (base64url_decode(&c->sig, c->parts.signature, NULL) != RES_OK || !c->sig.len)
		return say(c, SIG_NOT_CHECKED, "the signature is missing or cut short");
	s = strcmp(c->alg->kty, "oct") != 0 ? verify_with_set(c) : verify_hs(c);
	if ((s == SIG_BAD || (s == SIG_NO_KEY && first_key(c->keys->jwks))) && not_for_us(c, &why))
		return say(c, SIG_NOT_FOR_US, "%s", why);
	for (size_t i = 0; i < ARRAY_SIZE(own) && s != SIG_VALID; i++) {
		if (json_get(c->header, own[i])) {
			note(c, "; the key of its own header (%s) counts for nothing", own[i]);
			break;
		}
	}
	return s;
}

enum sig_state
jws_verify(struct span token, const struct jws_keys *keys, char *why, size_t why_size)
{
	struct check c;
	enum sig_state s;

	memset(&c, 0, sizeof(c));
	c.keys = keys;
	c.why = why;
	c.why_size = why_size;
	buf_init_wiping(&c.sig, LIMIT_TOKEN);
	if (jws_split(&c.parts, token, NULL) != RES_OK)
		s = say(&c, SIG_NOT_CHECKED, "not a JWT");
	else if (token_is_unsigned_copy(token))
		s = say(&c, SIG_NOT_CHECKED, "who sent it took the signature out");
	else
		s = verify_parts(&c);
	json_free(c.header);
	buf_release(&c.sig);
	return s;
}
