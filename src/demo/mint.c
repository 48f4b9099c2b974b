#include "demo/store.h"

#include "base/encode.h"
#include "oauth/jose.h"

void
store_set_time(const struct store *s, struct json *obj, const char *key, int64_t at)
{
	json_set_i64(obj, key, store_has_quirk(s, QUIRK_EXP_MILLIS) ? at * 1000 : at);
}

void
store_set_scope(const struct store *s, struct json *obj, const char *scope)
{
	struct span rest = span_of(scope), word;
	struct json *list;

	if (!store_has_quirk(s, QUIRK_SCOPE_ARRAY)) {
		json_set_str(obj, "scope", scope);
		return;
	}
	list = json_new_array();
	while (span_word(&rest, &word))
		json_append_span(list, word);
	json_set_take(obj, "scope", list);
}

void
store_set_aud(const struct store *s, struct json *obj, const char *audience)
{
	struct json *list;

	if (audience[0]) {
		json_set_str(obj, "aud", audience);
		return;
	}
	list = json_new_array();
	json_append_span(list, span_of(s->issuer));
	json_append_span(list, span_of(s->api_id));
	json_set_take(obj, "aud", list);
}

void
store_set_cnf(struct json *obj, const struct binding *b)
{
	struct json *cnf;

	if (!b->jkt[0] && !b->x5t[0])
		return;
	cnf = json_new_object();
	if (b->jkt[0])
		json_set_str(cnf, "jkt", b->jkt);
	if (b->x5t[0])
		json_set_str(cnf, "x5t#S256", b->x5t);
	json_set_take(obj, "cnf", cnf);
}

enum res
store_sign(struct store *s, const char *typ, const struct json *payload, struct buf *out,
	struct err *e)
{
	const struct sign_key *k = &s->keys[s->n_keys - 1];
	struct crypto_key *other = NULL;
	struct json *header = json_new_object();
	enum res r = RES_OK;

	json_set_str(header, "typ", typ);
	json_set_str(header, "kid", k->kid);
	if (store_has_fault(s, FAULT_FORGED) ||
		(store_has_quirk(s, QUIRK_PRIVATE_SIGNATURE) && strcmp(typ, "at+jwt") == 0))
		r = s->cfg.crypto->key_new(&other, e);
	if (r == RES_OK)
		r = jws_sign(out, other ? other : k->key, "ES256", header, payload, e);
	if (other)
		s->cfg.crypto->key_free(other);
	json_free(header);
	return r;
}

/* at_hash: the left half of the access token's SHA-256 (OpenID Connect Core §3.1.3.6). */
static void
set_at_hash(struct json *p, const struct minted *access)
{
	struct buf b;

	buf_init(&b, 64);
	base64url_encode(&b, span_make(access->row->hash, 16));
	json_set_span(p, "at_hash", buf_span(&b));
	buf_release(&b);
}

enum res
store_id_token(struct store *s, const struct grant *g, const struct minted *access,
	struct secret **out, struct err *e)
{
	struct json *p = json_new_object();
	struct buf b;
	enum res r;

	json_set_str(p, "iss", s->token_issuer);
	json_set_str(p, "sub", g->sub);
	json_set_str(p, "aud", g->client_id);
	json_set_str(p, "azp", g->client_id);
	store_set_time(s, p, "iat", access->row->iat);
	store_set_time(s, p, "exp", access->row->exp);
	store_set_time(s, p, "auth_time", g->auth_time);
	if (g->nonce[0])
		json_set_str(p, "nonce", g->nonce);
	set_at_hash(p, access);
	buf_init_wiping(&b, LIMIT_DEMO_TOKEN);
	r = store_sign(s, "JWT", p, &b, e);
	if (r == RES_OK)
		*out = secret_new(buf_span(&b));
	buf_release(&b);
	json_free(p);
	return r;
}
