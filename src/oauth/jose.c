#include "oauth/jose.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "oauth/crypto.h"

enum res
jws_split(struct jws_parts *out, struct span token, struct err *e)
{
	struct span parts[5];
	struct json *header;
	size_t n = 0, at = 0, dot;
	enum res r;

	memset(out, 0, sizeof(*out));
	do {
		struct span rest = span_from(token, at);

		if (n == ARRAY_SIZE(parts))
			return err_set(e, RES_SYNTAX, "more than five parts between points");
		dot = span_find(rest, '.');
		parts[n] = span_sub(rest, 0, dot);
		at += parts[n++].n + 1;
	} while (dot != SIZE_MAX);
	if (n != 3 && n != 5)
		return err_set(e, RES_SYNTAX, "%zu part%s between points, not 3 (JWS) or 5 (JWE)",
			n, n == 1 ? "" : "s");
	r = jose_decode_json(&header, parts[0], e);
	if (r != RES_OK)
		return r == RES_LIMIT ? RES_SYNTAX : r;
	json_free(header);
	out->header = parts[0];
	out->payload = parts[1];
	out->signature = n == 3 ? parts[2] : SPAN_EMPTY;
	out->signed_text = span_sub(token, 0, parts[0].n + 1 + parts[1].n);
	out->n_parts = n;
	return RES_OK;
}

enum res
jose_decode_json(struct json **out, struct span part, struct err *e)
{
	struct buf text;
	enum res r;

	*out = NULL;
	buf_init_wiping(&text, LIMIT_JSON_BYTES);
	r = base64url_decode(&text, part, e);
	if (r == RES_OK)
		r = json_parse(out, buf_span(&text), e);
	buf_release(&text);
	if (r == RES_OK && json_type(*out) != JSON_OBJECT) {
		json_free(*out);
		*out = NULL;
		r = err_set(e, RES_SYNTAX, "JSON that is no object");
	}
	return r;
}

/* --- verification --- */

struct check {
	struct jws_parts parts;
	struct json *header;
	char alg[24], kid[128]; /* safe text */
	struct span kid_raw;
	struct buf sig;
	char *why;
	size_t why_size;
};

static enum sig_state say(struct check *c, enum sig_state s, const char *fmt, ...) PRINTF(3, 4);

static enum sig_state
say(struct check *c, enum sig_state s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (c->why_size)
		vsnprintf(c->why, c->why_size, fmt, ap);
	va_end(ap);
	return s;
}

/* The key type an algorithm wants; NULL for one we do not know. */
static const char *
kty_of(const char *alg)
{
	if (!strncmp(alg, "RS", 2) || !strncmp(alg, "PS", 2))
		return "RSA";
	if (!strncmp(alg, "ES", 2))
		return "EC";
	if (!strncmp(alg, "Ed", 2))
		return "OKP";
	return !strncmp(alg, "HS", 2) ? "oct" : NULL;
}

/* May the key be used for this signature, going by what it says of itself? */
static bool
key_fits(const struct json *key, const char *alg, char *why, size_t size)
{
	struct span key_alg = json_get_str(key, "alg"), use = json_get_str(key, "use");
	const char *kty = kty_of(alg);
	char shown[40];

	if (kty && !span_is(json_get_str(key, "kty"), kty)) {
		snprintf(why, size, "is of type %s",
			text_safe_into(shown, sizeof(shown), json_get_str(key, "kty")));
		return false;
	}
	if (key_alg.n && !span_is(key_alg, alg) && !(kty && !strcmp(kty, "OKP"))) {
		snprintf(why, size, "is for %s", text_safe_into(shown, sizeof(shown), key_alg));
		return false;
	}
	if (use.n && !span_is(use, "sig")) {
		snprintf(
			why, size, "is for %s", span_is(use, "enc") ? "encryption" : "another use");
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

bool
jwks_has_kid(const struct json *jwks, struct span kid)
{
	const struct json *k;

	for (k = first_key(jwks); k; k = json_next(k))
		if (json_get(k, "kid") && span_eq(json_get_str(k, "kid"), kid))
			return true;
	return false;
}

static int
hs_bits(const char *alg)
{
	if (!strcmp(alg, "HS256"))
		return 256;
	if (!strcmp(alg, "HS384"))
		return 384;
	return !strcmp(alg, "HS512") ? 512 : 0;
}

static enum sig_state
verify_hs(struct check *c, const struct crypto_ops *ops, const struct secret *key)
{
	unsigned char mac[64], diff = 0;
	size_t n = sizeof(mac), i;
	int bits = hs_bits(c->alg);

	if (!bits)
		return say(
			c, SIG_UNSUPPORTED_ALG, "the algorithm %s is not supported here", c->alg);
	if (!key)
		return say(c, SIG_NO_KEY,
			"%s is checked with the client secret, which is not known", c->alg);
	if (!ops->hmac(bits, secret_reveal(key), c->parts.signed_text, mac, &n))
		return say(c, SIG_NOT_CHECKED, "the signature could not be computed");
	if (n != c->sig.len)
		return say(c, SIG_BAD, "a signature of %zu bytes, where %s has %zu", c->sig.len,
			c->alg, n);
	for (i = 0; i < n; i++)
		diff |= (unsigned char)(mac[i] ^ (unsigned char)c->sig.p[i]);
	if (diff)
		return say(c, SIG_BAD, "%s does not verify with the client secret", c->alg);
	return say(c, SIG_VALID, "%s verified with the client secret", c->alg);
}

/* One key.  SIG_BAD, SIG_VALID or SIG_UNSUPPORTED_ALG; SIG_NOT_CHECKED for a key that is broken. */
static enum sig_state
verify_with(struct check *c, const struct crypto_ops *ops, const struct json *key)
{
	struct err e = ERR_INIT;
	bool ok = false;
	enum res r = ops->verify(c->alg, key, c->parts.signed_text, buf_span(&c->sig), &ok, &e);
	char kid[128];

	text_safe_into(kid, sizeof(kid), json_get_str(key, "kid"));
	if (r == RES_UNSUPPORTED)
		return say(c, SIG_UNSUPPORTED_ALG, "%s: %s", c->alg, e.text);
	if (r != RES_OK)
		return say(c, SIG_NOT_CHECKED, "the key %s cannot be used: %s", kid, e.text);
	if (ok)
		return say(c, SIG_VALID, "%s verified with the key %s", c->alg, kid);
	return say(c, SIG_BAD, "%s does not verify with the key %s", c->alg, kid);
}

enum match {
	BY_KID, /* the key has the token's kid */
	WITHOUT_KID, /* the token names one, the key has none */
	ANY_KEY, /* the token names none */
};

static bool
matches(const struct check *c, const struct json *key, enum match how)
{
	struct span kid = json_get_str(key, "kid");

	if (how == BY_KID)
		return span_eq(kid, c->kid_raw);
	return how == ANY_KEY || !kid.n;
}

/* Tries the keys of one sort.  *found: at least one was of that sort. */
static enum sig_state
try_keys(struct check *c, const struct crypto_ops *ops, const struct json *jwks, enum match how,
	bool *found)
{
	enum sig_state worst = SIG_NO_KEY, s;
	const struct json *k;
	char unfit[96];
	int n = 0;

	*found = false;
	for (k = first_key(jwks); k && n++ < LIMIT_JWKS_KEYS; k = json_next(k)) {
		if (!matches(c, k, how))
			continue;
		if (!key_fits(k, c->alg, unfit, sizeof(unfit))) {
			if (how == BY_KID && !*found)
				say(c, SIG_NO_KEY, "the key %s %s, the token says %s", c->kid,
					unfit, c->alg);
			continue;
		}
		*found = true;
		s = verify_with(c, ops, k);
		if (s == SIG_VALID)
			return s;
		if (worst == SIG_NO_KEY || s == SIG_BAD)
			worst = s;
	}
	return worst;
}

static enum sig_state
verify_with_set(struct check *c, const struct crypto_ops *ops, const struct json *jwks)
{
	enum sig_state s;
	bool found;

	if (!first_key(jwks))
		return say(c, SIG_NO_KEY, "no key set to check with");
	if (c->why_size)
		c->why[0] = '\0';
	s = try_keys(c, ops, jwks, c->kid_raw.n ? BY_KID : ANY_KEY, &found);
	if (found) {
		/* Graph signs over a header whose nonce it has hashed: nobody else can check that.
		 */
		if (s == SIG_BAD && json_get(c->header, "nonce"))
			return say(c, SIG_NOT_FOR_US,
				"its header has a nonce: only the API it is meant for can "
				"check it");
		return s;
	}
	if (jwks_has_kid(jwks, c->kid_raw) && c->kid_raw.n)
		return SIG_NO_KEY; /* why: said above */
	if (c->kid_raw.n && try_keys(c, ops, jwks, WITHOUT_KID, &found) == SIG_VALID)
		return SIG_VALID;
	if (c->kid_raw.n)
		return say(c, SIG_NO_KEY, "the key set has no key %s", c->kid);
	return say(c, SIG_NO_KEY, "the key set has no key for %s", c->alg);
}

static enum sig_state
verify_parts(struct check *c, const struct json *jwks, const struct secret *hs_key)
{
	const struct crypto_ops *ops;

	if (c->parts.n_parts == 5)
		return say(c, SIG_ENCRYPTED, "the token is encrypted");
	if (jose_decode_json(&c->header, c->parts.header, NULL) != RES_OK)
		return say(c, SIG_NOT_CHECKED, "the header cannot be read");
	text_safe_into(c->alg, sizeof(c->alg), json_get_str(c->header, "alg"));
	text_safe_into(c->kid, sizeof(c->kid), json_get_str(c->header, "kid"));
	c->kid_raw = json_get_str(c->header, "kid");
	if (!strcmp(c->alg, "none"))
		return say(c, SIG_ALG_NONE, "the token is not signed");
	if (!kty_of(c->alg))
		return say(
			c, SIG_UNSUPPORTED_ALG, "the algorithm %s is not supported here", c->alg);
	ops = crypto();
	if (!ops)
		return say(c, SIG_NOT_CHECKED, "the cryptographic library could not be loaded");
	if (base64url_decode(&c->sig, c->parts.signature, NULL) != RES_OK || !c->sig.len)
		return say(c, SIG_NOT_CHECKED, "the signature is missing or cut short");
	if (!strcmp(kty_of(c->alg), "oct"))
		return verify_hs(c, ops, hs_key);
	return verify_with_set(c, ops, jwks);
}

enum sig_state
jws_verify(struct span token, const struct json *jwks, const struct secret *hs_key, char *why,
	size_t why_size)
{
	struct check c;
	enum sig_state s;

	memset(&c, 0, sizeof(c));
	c.why = why;
	c.why_size = why_size;
	buf_init_wiping(&c.sig, LIMIT_TOKEN);
	if (jws_split(&c.parts, token, NULL) != RES_OK)
		s = say(&c, SIG_NOT_CHECKED, "not a JWT");
	else
		s = verify_parts(&c, jwks, hs_key);
	json_free(c.header);
	buf_release(&c.sig);
	return s;
}

/* --- making --- */

static enum res
add_part(struct buf *out, const struct json *j)
{
	struct buf text;
	enum res r;

	buf_init_wiping(&text, LIMIT_TOKEN);
	r = json_print(j, &text, false);
	if (r == RES_OK)
		r = base64url_encode(out, buf_span(&text));
	buf_release(&text);
	return r;
}

enum res
jws_sign(struct buf *out, const struct crypto_key *key, const char *alg,
	const struct json *header_extra, const struct json *payload, struct err *e)
{
	const struct crypto_ops *ops = crypto();
	struct json *header;
	const struct json *m;
	struct buf sig;
	size_t start = out->len;
	char name[64];
	enum res r;

	if (!ops)
		return err_set(e, RES_UNSUPPORTED, "the cryptographic library could not be loaded");
	header = json_new_object();
	json_set_str(header, "alg", alg);
	for (m = json_first(header_extra); m; m = json_next(m)) {
		snprintf(name, sizeof(name), "%.*s", SPAN_ARG(json_name(m)));
		json_set_dup(header, name, m);
	}
	buf_init_wiping(&sig, 1024);
	add_part(out, header);
	buf_putc(out, '.');
	add_part(out, payload);
	r = buf_status(out);
	if (r == RES_OK)
		r = ops->sign(key, alg, span_from(buf_span(out), start), &sig, e);
	else
		err_set(e, r, "the JWT is too long");
	if (r == RES_OK) {
		buf_putc(out, '.');
		r = base64url_encode(out, buf_span(&sig));
	}
	buf_release(&sig);
	json_free(header);
	return r;
}

enum res
jwk_thumbprint(struct buf *out, const struct json *jwk, struct err *e)
{
	static const struct {
		const char *kty, *members[4];
	} kinds[] = {{"EC", {"crv", "kty", "x", "y"}}, {"RSA", {"e", "kty", "n", NULL}},
		{"OKP", {"crv", "kty", "x", NULL}}, {"oct", {"k", "kty", NULL, NULL}}};
	const struct crypto_ops *ops = crypto();
	struct span kty = json_get_str(jwk, "kty"), v;
	unsigned char digest[32];
	struct json *canonical;
	struct buf text;
	size_t i, k;
	bool ok;

	for (i = 0; i < ARRAY_SIZE(kinds) && !span_is(kty, kinds[i].kty); i++)
		;
	if (i == ARRAY_SIZE(kinds))
		return err_set(e, RES_UNSUPPORTED, "a key of a type that is not known");
	if (!ops)
		return err_set(e, RES_UNSUPPORTED, "the cryptographic library could not be loaded");
	canonical = json_new_object();
	for (k = 0, ok = true; k < 4 && kinds[i].members[k]; k++) {
		v = json_get_str(jwk, kinds[i].members[k]);
		ok = ok && v.n;
		json_set_span(canonical, kinds[i].members[k], v);
	}
	buf_init_wiping(&text, LIMIT_TOKEN);
	ok = ok && json_print(canonical, &text, false) == RES_OK;
	ok = ok && ops->sha256(text.p, text.len, digest);
	buf_release(&text);
	json_free(canonical);
	if (!ok)
		return err_set(e, RES_SYNTAX, "a key without all its members");
	return base64url_encode(out, span_make(digest, sizeof(digest)));
}
