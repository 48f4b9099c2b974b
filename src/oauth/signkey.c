#include "oauth/signkey.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "oauth/jose.h"

enum { CERT_FILE_MAX = 256 << 10 };

/* Most servers' default first; the Ed25519 of RFC 9864 is the EdDSA of RFC 8037. */
static const char *const preferred[] = {"RS256", "PS256", "RS384", "PS384", "RS512", "PS512",
	"ES256", "ES384", "ES512", "EdDSA", "Ed25519", "Ed448", "ES256K"};

static enum res
no_library(struct err *e)
{
	return err_set(e, RES_UNSUPPORTED, "the cryptographic library could not be loaded");
}

/* Takes the handle: what may be known of it is read once. */
static enum res
wrap(struct sign_key **out, struct crypto_key *key, struct err *e)
{
	struct sign_key *k = xcalloc(1, sizeof(*k));
	struct buf b;
	enum res r;

	k->refs = 1;
	k->key = key;
	k->jwk = crypto()->key_public_jwk(key);
	buf_init(&b, THUMBPRINT_MAX);
	r = k->jwk ? jwk_thumbprint(&b, k->jwk, e)
		   : err_set(e, RES_UNSUPPORTED,
			     "a key of a kind that tokens are not signed with here");
	if (r == RES_OK) {
		snprintf(k->thumbprint, sizeof(k->thumbprint), "%s", buf_str(&b));
		*out = k;
	} else {
		sign_key_unref(k);
	}
	buf_release(&b);
	return r;
}

enum res
sign_key_new(struct sign_key **out, struct err *e)
{
	struct crypto_key *key = NULL;
	enum res r;

	*out = NULL;
	if (!crypto())
		return no_library(e);
	r = crypto()->key_new(&key, e);
	return r == RES_OK ? wrap(out, key, e) : r;
}

/* The JWK itself, or the first private one of a set. */
static const struct json *
private_jwk(const struct json *doc)
{
	const struct json *k = json_first(json_get(doc, "keys"));

	for (; k; k = json_next(k))
		if (json_get(k, "d"))
			return k;
	return doc;
}

static enum res
read_jwk(struct sign_key **out, struct span text, struct err *e)
{
	struct crypto_key *key = NULL;
	const struct json *jwk;
	struct json *doc;
	enum res r = json_parse(&doc, text, e);

	if (r != RES_OK)
		return r;
	jwk = private_jwk(doc);
	r = crypto()->key_from_jwk(&key, jwk, e);
	if (r == RES_OK)
		r = wrap(out, key, e);
	if (r == RES_OK)
		text_safe_into((*out)->kid, sizeof((*out)->kid), json_get_str(jwk, "kid"));
	json_free(doc);
	return r;
}

enum res
sign_key_read(struct sign_key **out, struct span text, struct err *e)
{
	struct crypto_key *key = NULL;
	enum res r;

	*out = NULL;
	if (!crypto())
		return no_library(e);
	text = span_trim(text);
	if (text.n && text.p[0] == '{')
		return read_jwk(out, text, e);
	r = crypto()->key_from_pem(&key, text, e);
	return r == RES_OK ? wrap(out, key, e) : r;
}

enum res
sign_key_pem(const struct sign_key *k, struct buf *out, struct err *e)
{
	return crypto()->key_to_pem(k->key, out, e);
}

struct sign_key *
sign_key_ref(struct sign_key *k)
{
	if (k)
		k->refs++;
	return k;
}

void
sign_key_unref(struct sign_key *k)
{
	if (!k || --k->refs)
		return;
	crypto()->key_free(k->key);
	json_free(k->jwk);
	free(k);
}

bool
sign_key_can(const struct sign_key *k, const char *alg)
{
	return crypto()->key_can(k->key, alg);
}

const char *
sign_key_alg(const struct sign_key *k, const struct json *supported)
{
	for (size_t i = 0; i < ARRAY_SIZE(preferred); i++)
		if (sign_key_can(k, preferred[i]) &&
			(!json_count(supported) || json_lists(supported, preferred[i])))
			return preferred[i];
	return NULL;
}

/* --- certificates --- */

#define BEGIN_CERT "-----BEGIN CERTIFICATE-----"
#define END_CERT "-----END CERTIFICATE-----"

enum res
cert_thumbprint(char out[THUMBPRINT_MAX], struct span pem, struct err *e)
{
	size_t begin = span_find_str(pem, BEGIN_CERT), end;
	unsigned char digest[32];
	struct buf text, der;
	bool ok;

	out[0] = '\0';
	if (begin == SIZE_MAX)
		return err_set(e, RES_SYNTAX, "no certificate in PEM form");
	if (!crypto())
		return no_library(e);
	pem = span_from(pem, begin + strlen(BEGIN_CERT));
	end = span_find_str(pem, END_CERT);
	pem = span_sub(pem, 0, end == SIZE_MAX ? 0 : end);
	buf_init(&text, CERT_FILE_MAX);
	buf_init(&der, CERT_FILE_MAX);
	for (size_t i = 0; i < pem.n; i++)
		if (!pem.p[i] || !strchr(" \t\r\n", pem.p[i]))
			buf_putc(&text, pem.p[i]);
	ok = base64_decode(&der, buf_span(&text), NULL) == RES_OK && der.len &&
		crypto()->sha256(der.p, der.len, digest);
	buf_clear(&text);
	ok = ok && base64url_encode(&text, span_make(digest, sizeof(digest))) == RES_OK;
	if (ok)
		snprintf(out, THUMBPRINT_MAX, "%s", buf_str(&text));
	buf_release(&text);
	buf_release(&der);
	return ok ? RES_OK : err_set(e, RES_SYNTAX, "a certificate that is no base64");
}
