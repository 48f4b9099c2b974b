/* What a client checks of the answers of a login: the table loginchecks.def; the ID token's part of
 * it. */
#ifndef TT_OAUTH_IDTOKEN_H
#define TT_OAUTH_IDTOKEN_H

#include "oauth/token.h"

enum login_check {
#define LOGIN_CHECK(sym, id, wrong, refs, fix) CHECK_##sym,
#include "oauth/loginchecks.def"
#undef LOGIN_CHECK
	LOGIN_CHECK_COUNT
};
static_assert(LOGIN_CHECK_COUNT <= 32, "a bit each");

static inline unsigned
check_bit(enum login_check c)
{
	return 1u << c;
}

const char *login_check_id(enum login_check c);    /* "id_token.nonce" */
const char *login_check_wrong(enum login_check c); /* "its nonce is not the one that was sent" */
const char *login_check_references(enum login_check c);
const char *login_check_fix(enum login_check c);   /* what to do, a sentence */
bool login_check_from_id(struct span id, enum login_check *out);

/*
 * OpenID Connect Core §3.1.3.7, for an ID token that came straight from the token endpoint.  What
 * is not known here (NULL, empty) is not checked; passed and failed together tell what was.
 */
struct id_expect {
	struct span issuer, client_id;
	const struct secret *nonce;        /* as sent; NULL: none was */
	const struct secret *access, *code; /* for at_hash and c_hash */
	struct span same_sub;              /* of the id_token_hint, or of the ID token before */
	enum sig_state sig;                /* what came of the signature (jws_verify) */
	int64_t now_s, leeway_s;
};
struct id_result {
	unsigned passed, failed; /* check_bit()s */
};
void id_token_check(struct id_result *out, const struct token_info *t, const struct id_expect *x);
/*
 * The left half of the digest of text, base64url, by the ID token's alg (§3.1.3.6). RES_UNSUPPORTED
 * for an algorithm that names no digest, or without a digest to be had.
 */
enum res id_token_hash(struct buf *out, struct span alg, struct span text) MUST_USE;

#endif
