#include "demo/store.h"

#include "base/encode.h"
#include "base/mem.h"
#include "demo/waiting.h"

void
store_init(struct store *s, const struct demo_config *cfg)
{
	*s = (struct store){.cfg = *cfg, .waiting = waiting_new()};
}

void
store_release(struct store *s)
{
	for (size_t i = 0; i < s->n_keys; i++) {
		s->cfg.crypto->key_free(s->keys[i].key);
		json_free(s->keys[i].jwk);
	}
	for (size_t i = 0; i < s->n_tokens; i++)
		free(s->tokens[i]);
	for (size_t i = 0; i < s->n_grants; i++)
		free(s->grants[i]);
	free(s->tokens);
	free(s->grants);
	secret_unref(s->client_secret);
	secret_unref(s->client_key);
	secret_unref(s->dpop_key);
	free(s->client_cert);
	json_free(s->client_jwk);
	waiting_free(s->waiting);
	*s = (struct store){.n_tokens = 0};
}

bool
store_has_fault(const struct store *s, unsigned fault)
{
	return (s->cfg.scenario->faults & fault) != 0;
}

bool
store_has_quirk(const struct store *s, unsigned quirk)
{
	return (s->cfg.scenario->quirks & quirk) != 0;
}

int64_t
store_now(const struct store *s, bool api)
{
	const struct scenario *sc = s->cfg.scenario;

	return s->cfg.now_s() + (api ? sc->api_skew_s : sc->skew_s);
}

char *
store_random_text(const struct store *s, char *out, size_t size, size_t n)
{
	unsigned char raw[48];
	struct buf b;

	assert(n <= sizeof(raw) && size > 0);
	buf_init_wiping(&b, 128);
	s->cfg.fill_random(raw, n);
	base64url_encode(&b, span_make(raw, n));
	snprintf(out, size, "%s", buf_str(&b));
	wipe(raw, sizeof(raw));
	buf_release(&b);
	return out;
}

enum res
store_new_key(struct store *s, bool keep_old, struct err *e)
{
	struct sign_key k = {.key = NULL};
	enum res r = s->cfg.crypto->key_new(&k.key, e);

	if (r != RES_OK)
		return r;
	k.jwk = s->cfg.crypto->key_public_jwk(k.key);
	if (!k.jwk) {
		s->cfg.crypto->key_free(k.key);
		return err_set(e, RES_NOMEM, "cannot export the signing key");
	}
	store_random_text(s, k.kid, sizeof(k.kid), 9);
	json_set_str(k.jwk, "kid", k.kid);
	json_set_str(k.jwk, "alg", "ES256");
	json_set_str(k.jwk, "use", "sig");
	if (s->n_keys == STORE_KEYS || (s->n_keys > 0 && !keep_old)) {
		s->cfg.crypto->key_free(s->keys[0].key);
		json_free(s->keys[0].jwk);
		s->keys[0] = s->keys[s->n_keys - 1];
		s->n_keys--;
	}
	s->keys[s->n_keys++] = k; /* the newest is the last */
	return RES_OK;
}

/* The same as the server's, but for tokens of another realm or under another name. */
static void
set_token_issuer(struct store *s)
{
	const char *port = strrchr(s->origin, ':');

	if (store_has_quirk(s, QUIRK_NAME_ISSUER) && port)
		snprintf(s->token_issuer, sizeof(s->token_issuer), "http://localhost%s", port);
	else
		snprintf(s->token_issuer, sizeof(s->token_issuer), "%s%s", s->issuer,
			store_has_fault(s, FAULT_OTHER_REALM) ? "/realms/staging" : "");
}

bool
store_thumb(const struct store *s, struct span bytes, char out[THUMB_SIZE])
{
	unsigned char hash[32];
	struct buf b;

	if (!s->cfg.crypto->sha256(bytes.p, bytes.n, hash))
		return false;
	buf_init(&b, THUMB_SIZE);
	base64url_encode(&b, span_make(hash, sizeof(hash)));
	snprintf(out, THUMB_SIZE, "%s", buf_str(&b));
	buf_release(&b);
	return true;
}

/* The certificate's thumbprint: of the bytes between its two lines. */
static bool
cert_thumb(const struct store *s, struct span pem, char out[THUMB_SIZE])
{
	struct buf text, der;
	struct span line;
	bool ok;

	buf_init(&text, 8192);
	buf_init(&der, 8192);
	while (span_next(&pem, '\n', &line))
		if (!span_starts(line, "-----"))
			buf_add_span(&text, span_trim(line));
	ok = base64_decode(&der, buf_span(&text), NULL) == RES_OK &&
		store_thumb(s, buf_span(&der), out);
	buf_release(&text);
	buf_release(&der);
	return ok;
}

/* One new key and its certificate, of the client's own; *jwk is its public half. */
static enum res
make_key(struct store *s, char **cert, struct secret **key, struct json **jwk, struct err *e)
{
	const int64_t now = s->cfg.now_s();
	const struct cert_wish w = {"demo client", "DNS:client.example", now - 86400,
		now + 365 * 86400};
	struct crypto_key *k = NULL;
	struct buf c, p;
	enum res r;

	buf_init(&c, 8192);
	buf_init_wiping(&p, 8192);
	r = s->cfg.crypto->self_signed(&w, &c, &p, e);
	if (r == RES_OK)
		r = s->cfg.crypto->key_from_pem(&k, buf_span(&p), e);
	if (r == RES_OK) {
		*key = secret_new(buf_span(&p));
		*cert = buf_take(&c);
		*jwk = s->cfg.crypto->key_public_jwk(k);
		s->cfg.crypto->key_free(k);
	}
	buf_release(&c);
	buf_release(&p);
	return r == RES_OK && !*jwk ? err_set(e, RES_NOMEM, "cannot export a key") : r;
}

/* What the client is registered with beside its secret: a certificate, and a key for DPoP. */
static enum res
register_keys(struct store *s, struct err *e)
{
	struct json *jwk = NULL;
	char *cert = NULL;
	struct buf jkt;
	enum res r = make_key(s, &s->client_cert, &s->client_key, &s->client_jwk, e);

	buf_init(&jkt, THUMB_SIZE);
	if (r == RES_OK)
		r = make_key(s, &cert, &s->dpop_key, &jwk, e);
	if (r == RES_OK)
		r = jwk_thumbprint(&jkt, jwk, e);
	if (r == RES_OK && !cert_thumb(s, span_of(s->client_cert), s->client_bound.x5t))
		r = err_set(e, RES_UNSUPPORTED, "no SHA-256");
	snprintf(s->client_bound.jkt, THUMB_SIZE, "%s", buf_str(&jkt));
	buf_release(&jkt);
	json_free(jwk);
	free(cert);
	return r;
}

enum res
store_fill(struct store *s, struct err *e)
{
	char raw[64], text[24];
	struct buf b;
	enum res r;

	snprintf(s->client_id, sizeof(s->client_id), "demo-%s",
		store_random_text(s, text, sizeof(text), 9));
	snprintf(s->sub, sizeof(s->sub), "user-%s", store_random_text(s, text, sizeof(text), 9));
	store_random_text(s, raw, sizeof(raw), 30);
	buf_init_wiping(&b, 256);
	buf_puts(&b, raw);
	if (s->cfg.scenario->secret_tail)
		buf_puts(&b, s->cfg.scenario->secret_tail);
	s->client_secret = secret_new(buf_span(&b));
	buf_release(&b);
	wipe(raw, sizeof(raw));
	snprintf(s->issuer, sizeof(s->issuer), "%s%s", s->origin,
		store_has_quirk(s, QUIRK_ISSUER_SLASH) ? "/" : "");
	set_token_issuer(s);
	snprintf(s->api_id, sizeof(s->api_id), "%s/api", s->api_origin);
	r = register_keys(s, e);
	return r == RES_OK ? store_new_key(s, false, e) : r;
}

struct grant *
store_grant(struct store *s, const char *client_id, struct span scope, bool no_user)
{
	struct grant *g = xcalloc(1, sizeof(*g));

	store_random_text(s, g->id, sizeof(g->id), 12);
	snprintf(g->client_id, sizeof(g->client_id), "%s", client_id);
	snprintf(g->sub, sizeof(g->sub), "%s", no_user ? client_id : s->sub);
	snprintf(g->scope, sizeof(g->scope), "%.*s", SPAN_ARG(scope));
	g->no_user = no_user;
	g->auth_time = store_now(s, false);
	s->grants = xreallocarray(s->grants, s->n_grants + 1, sizeof(*s->grants));
	s->grants[s->n_grants++] = g;
	return g;
}

struct grant *
store_find_grant(struct store *s, const char *id)
{
	for (size_t i = 0; i < s->n_grants; i++)
		if (strcmp(s->grants[i]->id, id) == 0)
			return s->grants[i];
	return NULL;
}

/* Grants that no token belongs to any more go with the tokens. */
static void
drop_empty_grants(struct store *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n_grants; i++) {
		bool used = false;

		for (size_t t = 0; t < s->n_tokens && !used; t++)
			used = s->tokens[t]->grant == s->grants[i];
		if (used)
			s->grants[kept++] = s->grants[i];
		else
			free(s->grants[i]);
	}
	s->n_grants = kept;
}

void
store_make_room(struct store *s)
{
	const size_t n = STORE_TOKENS_MAX / 8;

	if (s->n_tokens + 2 <= STORE_TOKENS_MAX)
		return;
	for (size_t i = 0; i < n; i++)
		free(s->tokens[i]);
	memmove(s->tokens, s->tokens + n, (s->n_tokens - n) * sizeof(*s->tokens));
	s->n_tokens -= n;
	drop_empty_grants(s);
}

static struct token_row *
new_row(struct store *s, enum token_use use, struct grant *g, struct span scope)
{
	struct token_row *row = xcalloc(1, sizeof(*row));

	row->use = use;
	row->grant = g;
	snprintf(row->scope, sizeof(row->scope), "%.*s", SPAN_ARG(scope));
	store_random_text(s, row->jti, sizeof(row->jti), 12);
	return row;
}

/* Remembers the token by its hash; the row is the store's from here on. */
static enum res
keep_token(struct store *s, struct token_row *row, struct buf *value, struct minted *out,
	struct err *e)
{
	if (buf_status(value) != RES_OK) {
		free(row);
		return err_set(e, buf_status(value), "a token could not be made");
	}
	if (!s->cfg.crypto->sha256(value->p, value->len, row->hash)) {
		free(row);
		return err_set(e, RES_UNSUPPORTED, "no SHA-256");
	}
	s->tokens = xreallocarray(s->tokens, s->n_tokens + 1, sizeof(*s->tokens));
	s->tokens[s->n_tokens++] = row;
	out->row = row;
	out->value = secret_new(buf_span(value));
	return RES_OK;
}

/* Some 8 KB of groups: tokens grow like that in the field. */
static void
set_groups(struct json *payload)
{
	struct json *groups = json_new_array();
	char name[40];

	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "department-%03d-readers", i);
		json_append_span(groups, span_of(name));
	}
	json_set_take(payload, "groups", groups);
}

/* In the form of a compact JWE (RFC 7516 §3.1) whose key nobody has. */
static void
access_jwe(const struct store *s, struct buf *out)
{
	static const size_t parts[] = {12, 48, 48, 16}; /* iv; ciphertext in two; tag */
	static const char header[] = "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"typ\":\"at+jwt\"}";
	char text[80];

	base64url_encode(out, span_of(header));
	buf_putc(out, '.');
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		buf_printf(out, "%s%s", i == 2 ? "" : ".",
			store_random_text(s, text, sizeof(text), parts[i]));
}

/* A JWT access token (RFC 9068). */
static enum res
access_jwt(struct store *s, struct token_row *row, struct buf *out, struct err *e)
{
	struct json *p = json_new_object();
	enum res r;

	json_set_str(p, "iss", s->token_issuer);
	json_set_str(p, "sub", row->grant->sub);
	store_set_aud(s, p, row->audience);
	json_set_str(p, "client_id", row->grant->client_id);
	store_set_scope(s, p, row->scope);
	store_set_time(s, p, "iat", row->iat);
	if (row->nbf)
		store_set_time(s, p, "nbf", row->nbf);
	store_set_time(s, p, "exp", row->exp);
	json_set_str(p, "jti", row->jti);
	store_set_cnf(p, &row->bound);
	if (store_has_fault(s, FAULT_BIG_TOKEN))
		set_groups(p);
	snprintf(row->kid, sizeof(row->kid), "%s", s->keys[s->n_keys - 1].kid);
	r = store_sign(s, "at+jwt", p, out, e);
	json_free(p);
	return r;
}

static void
set_audience(const struct store *s, struct token_row *row, const char *wanted)
{
	const char *first[] = {wanted, row->grant->audience, s->cfg.scenario->audience};
	size_t i = 0;

	while (i < ARRAY_SIZE(first) - 1 && !(first[i] && first[i][0]))
		i++;
	snprintf(row->audience, sizeof(row->audience), "%s", first[i] ? first[i] : "");
}

enum res
store_access(struct store *s, struct grant *g, const struct token_wish *w, struct minted *out,
	struct err *e)
{
	const struct scenario *sc = s->cfg.scenario;
	struct token_row *row;
	struct buf value;
	char text[64];
	enum res r = RES_OK;

	row = new_row(s, USE_ACCESS, g, w->scope);
	row->exp = store_now(s, false) + w->left_s;
	row->iat = row->exp - ACCESS_LIFE_S;
	if (w->bound)
		row->bound = *w->bound;
	if (sc->not_before_s)
		row->nbf = store_now(s, false) + sc->not_before_s;
	set_audience(s, row, w->audience);
	buf_init_wiping(&value, LIMIT_DEMO_TOKEN);
	if (sc->opaque)
		buf_puts(&value, store_random_text(s, text, sizeof(text), 32));
	else if (store_has_quirk(s, QUIRK_ENCRYPTED))
		access_jwe(s, &value);
	else
		r = access_jwt(s, row, &value, e);
	if (r == RES_OK)
		r = keep_token(s, row, &value, out, e);
	else
		free(row);
	buf_release(&value);
	return r;
}

enum res
store_refresh(struct store *s, struct grant *g, const struct token_wish *w, struct minted *out,
	struct err *e)
{
	struct token_row *row;
	struct buf value;
	char text[72];
	enum res r;

	row = new_row(s, USE_REFRESH, g, span_of(g->scope));
	row->exp = store_now(s, false) + w->left_s;
	row->iat = row->exp - REFRESH_LIFE_S;
	if (w->bound)
		row->bound = *w->bound;
	buf_init_wiping(&value, LIMIT_DEMO_TOKEN);
	buf_puts(&value, store_random_text(s, text, sizeof(text), 40));
	r = keep_token(s, row, &value, out, e);
	buf_release(&value);
	wipe(text, sizeof(text));
	return r;
}

static bool
key_known(const struct store *s, const char *kid)
{
	for (size_t i = 0; i < s->n_keys; i++)
		if (strcmp(s->keys[i].kid, kid) == 0)
			return true;
	return false;
}

static enum fate
judge_row(struct store *s, struct token_row *row, int64_t now)
{
	int hidden = s->cfg.scenario->hidden_s;

	if (hidden && row->use == USE_ACCESS && !row->first_asked)
		row->first_asked = now;
	if (row->first_asked && now < row->first_asked + hidden)
		return FATE_HIDDEN;
	if (row->kid[0] && !key_known(s, row->kid))
		return FATE_NO_KEY;
	if (row->kid[0] && (store_has_fault(s, FAULT_FORGED) || store_has_quirk(s, QUIRK_KEY_ALG)))
		return FATE_NO_KEY; /* its signature does not verify with the key of that kid */
	if (row->spent)
		return FATE_SPENT;
	if (row->revoked || row->grant->dead)
		return FATE_REVOKED;
	if (now >= row->exp)
		return FATE_EXPIRED;
	if (row->nbf && now < row->nbf)
		return FATE_NOT_YET;
	return FATE_GOOD;
}

struct token_row *
store_judge(struct store *s, struct span value, int64_t now, enum fate *fate)
{
	unsigned char hash[32];

	*fate = FATE_UNKNOWN;
	if (value.n == 0 || !s->cfg.crypto->sha256(value.p, value.n, hash))
		return NULL;
	for (size_t i = s->n_tokens; i-- > 0;)
		if (memcmp(s->tokens[i]->hash, hash, sizeof(hash)) == 0) {
			*fate = judge_row(s, s->tokens[i], now);
			return s->tokens[i];
		}
	return NULL;
}
