/*
 * What the embedded server remembers: its client, signing keys, grants (a login and all tokens that
 * descend from it) and tokens.  Token values are kept as SHA-256 only.  No locking: the caller's.
 */
#ifndef TT_DEMO_STORE_H
#define TT_DEMO_STORE_H

#include "demo/demo.h"
#include "oauth/jose.h"

enum {
	STORE_TOKENS_MAX = 4096, /* the oldest go first */
	STORE_KEYS = 2,
	LOGIN_NONCE_SIZE = 256,
	ACCESS_LIFE_S = 3600,
	REFRESH_LIFE_S = 30 * 86400,
	LIMIT_DEMO_TOKEN = 32 << 10,
};

enum token_use { USE_ACCESS, USE_REFRESH };

enum { THUMB_SIZE = 44 }; /* a SHA-256 as base64url, NUL-terminated */

/* What a token is good with only (RFC 9449 §6, RFC 8705 §3.1): "" for nothing. */
struct binding {
	char jkt[THUMB_SIZE], x5t[THUMB_SIZE];
};

/* A login: one user, one client.  When it is dead, so are its tokens. */
struct grant {
	char id[24], client_id[64], sub[40], scope[128];
	char nonce[LOGIN_NONCE_SIZE]; /* of the ID token; "": none */
	char audience[192];           /* a resource was named (RFC 8707); "": none */
	int64_t auth_time;
	bool dead, no_user;
};

struct token_row {
	unsigned char hash[32];
	enum token_use use;
	struct grant *grant;
	int64_t iat, nbf, exp; /* nbf 0: none */
	int64_t first_asked;   /* 0: not yet (hidden_s) */
	bool revoked, spent;   /* spent: a refresh token that was exchanged */
	char kid[24];          /* "" for opaque tokens */
	char jti[24], scope[128], audience[192]; /* audience "": issuer and API */
	struct binding bound;
};

struct sign_key {
	struct crypto_key *key;
	struct json *jwk; /* public, with kid, alg, use */
	char kid[24];
};

struct store {
	struct demo_config cfg; /* scenario, crypto, fill_random, now_s */
	char origin[64], api_origin[64], issuer[72];
	char token_issuer[96];       /* iss of the tokens */
	char api_id[80];             /* resource identifier of the API (RFC 9728) */
	char stray_origin[64];       /* where a wreck leads to; "" */
	char tls_origin[64];         /* of the side that speaks TLS and asks for certificates; "" */
	char client_id[40], sub[40];
	struct secret *client_secret;
	/* What the client is registered with beside its secret (PEM), and what of it is public. */
	char *client_cert;
	struct secret *client_key, *dpop_key;
	struct json *client_jwk;
	struct binding client_bound; /* thumbprints of the DPoP key and of the certificate */
	struct sign_key keys[STORE_KEYS];
	size_t n_keys;
	struct grant **grants;
	size_t n_grants;
	struct token_row **tokens;
	size_t n_tokens;
	struct waiting_room *waiting; /* waiting.h */
};

/* What a token is worth when it is shown. */
enum fate {
	FATE_GOOD, FATE_UNKNOWN, FATE_EXPIRED, FATE_NOT_YET, FATE_REVOKED, FATE_SPENT, FATE_NO_KEY,
	FATE_HIDDEN,
};

/* A token just made: the value and where it is remembered. */
struct minted {
	struct secret *value; /* owned */
	struct token_row *row;
};

void store_init(struct store *s, const struct demo_config *cfg);
void store_release(struct store *s);
/* Client, user and a first key, all random.  Origins are set before. */
enum res store_fill(struct store *s, struct err *e) MUST_USE;
/* A new signing key; keep_old: the one before stays in the key set. */
enum res store_new_key(struct store *s, bool keep_old, struct err *e) MUST_USE;
bool store_has_fault(const struct store *s, unsigned fault);
bool store_has_quirk(const struct store *s, unsigned quirk);
/* The authorization server's clock, seconds since 1970; api: the API's. */
int64_t store_now(const struct store *s, bool api);
/* n random bytes as base64url into out (NUL-terminated, cut to size). */
char *store_random_text(const struct store *s, char *out, size_t size, size_t n);

/* Room for two more tokens: the oldest eighth goes when it is full; rows got before are stale. */
void store_make_room(struct store *s);
struct grant *store_grant(struct store *s, const char *client_id, struct span scope, bool no_user);
/* A grant that still has tokens; NULL. */
struct grant *store_find_grant(struct store *s, const char *id);
/* What a token is to be: left_s until it expires, bound to nothing where bound is NULL. */
struct token_wish {
	struct span scope;
	int64_t left_s;
	const char *audience; /* NULL or "": the grant's, else the scenario's */
	const struct binding *bound;
};
/* An access token: a JWT unless the scenario is opaque. */
enum res store_access(struct store *s, struct grant *g, const struct token_wish *w,
	struct minted *out, struct err *e) MUST_USE;
/* A refresh token for the whole scope of the grant. */
enum res store_refresh(struct store *s, struct grant *g, const struct token_wish *w,
	struct minted *out, struct err *e) MUST_USE;
/* The ID token that goes with an access token. */
enum res store_id_token(struct store *s, const struct grant *g, const struct minted *access,
	struct secret **out, struct err *e) MUST_USE;
/* SHA-256 as base64url; false: no digest to be had. */
bool store_thumb(const struct store *s, struct span bytes, char out[THUMB_SIZE]);
/* The row, or NULL; *fate is what it is worth at now. */
struct token_row *store_judge(struct store *s, struct span value, int64_t now, enum fate *fate);
/* A compact JWS of any payload with the newest key. */
enum res store_sign(struct store *s, const char *typ, const struct json *payload, struct buf *out,
	struct err *e) MUST_USE;
/* A NumericDate, or milliseconds where the scenario says so. */
void store_set_time(const struct store *s, struct json *obj, const char *key, int64_t at);
/* "scope" as string or array, "aud" as one string or several. */
void store_set_scope(const struct store *s, struct json *obj, const char *scope);
void store_set_aud(const struct store *s, struct json *obj, const char *audience);
/* "cnf", if the token is bound to something. */
void store_set_cnf(struct json *obj, const struct binding *b);

#endif
