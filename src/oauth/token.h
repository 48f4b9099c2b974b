/*
 * What can be said of a token, and what of it may be recorded.  token_info holds all that only
 * the secret value can give, so that a saved case needs no value for the same verdict.
 */
#ifndef TT_OAUTH_TOKEN_H
#define TT_OAUTH_TOKEN_H

#include "base/secret.h"
#include "oauth/claims.h"

enum token_kind { TOKEN_OPAQUE, TOKEN_JWT, TOKEN_JWE };
enum token_role { ROLE_UNKNOWN, ROLE_ACCESS, ROLE_REFRESH, ROLE_ID };

/* Signature, as far as it was looked at (never "bad" for "not checked"). */
enum sig_state {
	SIG_NOT_CHECKED, SIG_VALID, SIG_BAD, SIG_NO_KEY, SIG_UNSUPPORTED_ALG, SIG_ALG_NONE,
	SIG_ENCRYPTED, SIG_NOT_FOR_US, SIG_CRITICAL,
};

/* What is odd about the value as given; bits. */
enum token_oddity {
	ODD_BEARER_PREFIX = 1 << 0, /* "Bearer ", "DPoP ", "token " in front */
	ODD_QUOTED = 1 << 1,
	ODD_JSON = 1 << 2,          /* a JSON object around it */
	ODD_BLANK_EDGE = 1 << 3,    /* white space at the ends */
	ODD_BLANK_INSIDE = 1 << 4,  /* CR, LF, TAB or blank inside */
	ODD_CONTROL = 1 << 5,       /* other controls, NBSP, zero-width, smart quotes, ellipsis */
	ODD_PERCENT = 1 << 6,       /* percent-encoded */
	ODD_TRUNCATED = 1 << 7,     /* JWT cut: segment count, base64url length, signature length */
	/* undefined, null, [object Object], <token>, {{token}}, $TOKEN */
	ODD_PLACEHOLDER = 1 << 8,
	ODD_NOT_B64TOKEN = 1 << 9,  /* a character outside RFC 6750 b64token */
	ODD_EMPTY = 1 << 10,
};

struct token_info {
	enum token_kind kind;
	enum token_role role;      /* by its own content; ROLE_UNKNOWN if it does not say */
	unsigned odd;              /* enum token_oddity */
	size_t odd_at;             /* byte offset of the first odd character */
	uint32_t odd_cp;           /* its code point */
	size_t len;                /* bytes as given */
	char fingerprint[32];      /* "sha256:…" or "" */
	char mask[MASK_MAX];
	char vendor[24];           /* by a known prefix: "google", "github"; or "" */
	struct json *header;       /* JOSE header; NULL for opaque */
	struct json *payload;      /* claims; NULL for opaque, JWE or undecodable */
	struct claims claims;      /* of payload, if that is an object */
	/* another JWT inside: a JWE whose cty says so, a JWS around one */
	bool nested;
	enum sig_state sig;
	char sig_why[200];         /* with which key, or why not; safe text */
	size_t sig_len;            /* bytes of the decoded signature */
	char alg[24], kid[128], typ[40]; /* of the header, safe text */
};

void token_info_init(struct token_info *t);
void token_info_release(struct token_info *t);
/* Looks at the value as given (nothing repaired).  *out is initialised. */
void token_info_read(struct token_info *out, struct span value);
void token_info_copy(struct token_info *dst, const struct token_info *src);
/* For the case file: everything above as an object, and back. */
struct json *token_info_to_json(const struct token_info *t);
enum res token_info_from_json(struct token_info *out, const struct json *j, struct err *e) MUST_USE;

/*
 * The value to send, repaired where only one repair is possible: outer blanks, one scheme
 * word, quotes, a JSON wrapper's access_token, line breaks inside a JWT, one percent-decoding.
 * Appends to out (wiping); returns the oddities repaired.  Order and result are deterministic;
 * a value without oddities is copied as it is.
 */
unsigned token_repair(struct buf *out, struct span value, const char *member);

/* Where a token response has the tokens (tokenmembers.def). */
struct token_member {
	enum token_role role;
	const char *name;  /* "id_token" */
	const char *camel; /* "idToken" */
	const char *words; /* "ID token" */
};
enum { TOKEN_MEMBERS = 3 };
extern const struct token_member token_members[TOKEN_MEMBERS];

const char *token_kind_id(enum token_kind k); /* "jwt" */
const char *token_role_id(enum token_role r); /* "access" */
const char *sig_state_id(enum sig_state s); /* "no-key", in case files and reports */
bool sig_state_from_id(struct span id, enum sig_state *out);
const char *sig_state_words(enum sig_state s); /* "not checked" */
/* "a line break at byte 213", for the finding and the screen; never the value. */
char *token_oddity_words(const struct token_info *t, char *out, size_t size);

#endif
