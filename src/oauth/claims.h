/*
 * What a token says of itself or the server says of it: one normalised form for the claims of
 * a JWT (RFC 7519, RFC 9068), an introspection response (RFC 7662 §2.2) and an ID token.
 * Strings are safe copies' owners' business: spans borrow from the JSON document.
 */
#ifndef TT_OAUTH_CLAIMS_H
#define TT_OAUTH_CLAIMS_H

#include "oauth/json.h"

struct claim_time {
	enum num_form form; /* NUM_ABSENT: not stated */
	int64_t at;         /* seconds since 1970 */
};

enum scope_form { SCOPE_ABSENT, SCOPE_STRING, SCOPE_ARRAY, SCOPE_SCP_STRING, SCOPE_SCP_ARRAY };

struct claims {
	const struct json *root;    /* borrowed */
	struct span iss, sub, client_id, azp, username, jti, typ, token_type, token_use, sid, tid,
		gty;
	struct span aud[16];        /* a string or an array, normalised */
	size_t n_aud;
	enum scope_form scope_form;
	struct claim_time exp, nbf, iat, auth_time; /* an exp of 0 or less means never: absent */
	struct span jkt, x5t_s256;  /* cnf members (RFC 9449 §6, RFC 8705 §3.1) */
	bool has_nonce, has_at_hash, has_c_hash, has_scope;
};

/* root must be an object and outlive *out. */
void claims_read(struct claims *out, const struct json *root);
/* Is word among the scopes, whatever form they have?  False if scope is absent. */
bool claims_has_scope(const struct claims *c, const char *word);
/* Appends the scopes, blank-separated, in their order. */
enum res claims_scope_text(const struct claims *c, struct buf *out);
bool claims_has_aud(const struct claims *c, struct span aud);

/* Do two members of the same name say the same?  Of times the second counts, of audiences and
 * scopes the words. */
bool claim_same(const struct json *a, const struct json *b);
/* What a member means, in plain words, for the screen; NULL if unknown to us. */
const char *claim_meaning(struct span name);

#endif
