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

static const struct jws_alg algs[] = {
#define JWS_ALG(name, kty, crv, len, other_len) {name, kty, crv, len, other_len},
#include "oauth/jwsalgs.def"
#undef JWS_ALG
};

const struct jws_alg *
jws_alg_find(struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(algs); i++)
		if (span_is(name, algs[i].name))
			return &algs[i];
	return NULL;
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

/* header.payload, without its signature. */
static enum res
add_signed_text(struct buf *out, const char *alg, const struct json *header_extra,
	const struct json *payload, struct err *e)
{
	struct json *header = json_new_object();
	const struct json *m;
	char name[64];

	json_set_str(header, "alg", alg);
	for (m = json_first(header_extra); m; m = json_next(m)) {
		snprintf(name, sizeof(name), "%.*s", SPAN_ARG(json_name(m)));
		json_set_dup(header, name, m);
	}
	add_part(out, header);
	buf_putc(out, '.');
	add_part(out, payload);
	json_free(header);
	return buf_status(out) == RES_OK
		? RES_OK
		: err_set(e, buf_status(out), "the JWT is too long");
}

static enum res
no_library(struct err *e)
{
	return err_set(e, RES_UNSUPPORTED, "the cryptographic library could not be loaded");
}

enum res
jws_sign(struct buf *out, const struct crypto_key *key, const char *alg,
	const struct json *header_extra, const struct json *payload, struct err *e)
{
	const struct crypto_ops *ops = crypto();
	struct buf sig;
	size_t start = out->len;
	enum res r;

	if (!ops)
		return no_library(e);
	buf_init_wiping(&sig, 4096);
	r = add_signed_text(out, alg, header_extra, payload, e);
	if (r == RES_OK)
		r = ops->sign(key, alg, span_from(buf_span(out), start), &sig, e);
	if (r == RES_OK) {
		buf_putc(out, '.');
		r = base64url_encode(out, buf_span(&sig));
	}
	buf_release(&sig);
	return r;
}

enum res
jws_sign_hmac(struct buf *out, const struct secret *key, const char *alg,
	const struct json *header_extra, const struct json *payload, struct err *e)
{
	const struct crypto_ops *ops = crypto();
	unsigned char mac[64];
	size_t start = out->len, n = 0;
	int64_t bits = 0;
	enum res r;

	if (!ops)
		return no_library(e);
	if (!span_starts(span_of(alg), "HS") || span_to_i64(span_of(alg + 2), &bits) != RES_OK)
		return err_set(e, RES_UNSUPPORTED, "a secret does not fit the algorithm");
	r = add_signed_text(out, alg, header_extra, payload, e);
	if (r == RES_OK && !ops->hmac((int)bits, secret_reveal(key),
		    span_from(buf_span(out), start), mac, &n))
		r = err_set(e, RES_UNSUPPORTED, "the library makes no %s", alg);
	if (r == RES_OK) {
		buf_putc(out, '.');
		r = base64url_encode(out, span_make(mac, n));
	}
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
		return no_library(e);
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
