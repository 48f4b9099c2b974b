/*
 * The case: what is known, append only.  Profile, tokens, exchanges; everything else is computed
 * from it.  The live values of the tokens are kept beside, in secrets, for sending only.
 */
#ifndef TT_CASE_CASE_H
#define TT_CASE_CASE_H

#include "base/clock.h"
#include "case/exchange.h"
#include "case/profile.h"

/* What earlier runs of this program did with a refresh token. */
enum earlier_use {
	EARLIER_NONE,    /* nothing is known of it */
	EARLIER_SPENT,   /* it was used, and replaced */
	EARLIER_REFUSED, /* the server refused it */
	EARLIER_OPEN,    /* it was sent, and the run ended before an answer was kept */
	EARLIER_RUNNING, /* another run has sent it and waits for the answer */
};

const char *earlier_use_id(enum earlier_use u); /* "spent" */
bool earlier_use_from_id(struct span id, enum earlier_use *out);

/* A token of the case: its facts always, its value only while the case is live. */
struct case_token {
	bool present;
	struct token_info info;     /* of the value as it was given */
	struct token_info sent;     /* of the repaired value, what is sent; equals info if nothing was repaired */
	struct secret *given;       /* as given; NULL in a saved case */
	struct secret *value;       /* repaired, what is sent; NULL in a saved case */
	unsigned repaired;          /* enum token_oddity that was repaired */
	unsigned accepted;          /* … that are a form it may be given in, no mistake */
	char source[80];            /* a noun, behind "from": "file at.txt", "the paste", "the refresh" */
	int64_t obtained_wall_us;   /* when it was obtained by this program; 0: not known */
	int64_t expires_in;         /* of the token response; -1: not stated */
	char scope[400];            /* scope of the token response; "" */
	uint32_t from;              /* the exchange it came from; 0: given */
	bool spent;                 /* a refresh token that was used, or may have been */
	enum earlier_use earlier;   /* … by an earlier run (spent, then) */
	int64_t earlier_wall_s;     /* when it was sent then; 0: not known */
};

struct case_tokens {
	struct case_token access, refresh, id;
};

struct case_file {
	struct profile profile;
	struct case_tokens *generations; /* [0] as given, one more for each refresh */
	size_t n_generations;
	struct exchange **exchanges;     /* in order of completion */
	size_t n_exchanges;
	struct metadata metadata;        /* the one that is followed; doc NULL: none */
	uint32_t metadata_from;          /* its exchange */
	int64_t created_wall_us;
	int64_t as_of_wall_us;           /* "now" of a saved case; 0: live, the clock tells */
	int64_t written_wall_us;         /* when what was sent was written, by its own word (a mail's Date), and as_of is by it; 0: no */
	size_t records_lost;             /* of the file that it was read from, and those before it: damaged */
	bool offline;                    /* made of what somebody sent: no server is asked */
	/* What the client at hand can prove: thumbprints of its DPoP key (RFC 7638) and of its
	 * certificate (RFC 8705 §3.1); "": it has none, or nobody looked. */
	char own_jkt[48], own_x5t_s256[48];
	int64_t revoked_wall_us;         /* when this program revoked a token; 0: never */
	enum token_slot revoked_slot;
	uint64_t revision;               /* changes with every change: what is derived is stale */
};

void case_init(struct case_file *c);
void case_release(struct case_file *c);
/* Nothing in it but what the profile says: no token, no exchange, no metadata. */
bool case_is_empty(const struct case_file *c);
/* Takes x, numbers it, returns it.  A live one gets the newest token generation
 * unless it has one. */
struct exchange *case_add(struct case_file *c, struct exchange *x_take);
/* What came of the signature of exchange n's answer, which is looked at when the
 * key set is there. */
void case_set_signature(struct case_file *c, uint32_t n, enum sig_state s, const char *why);
/* Which checks exchange n's answer failed: check_bit()s. */
void case_set_checks(struct case_file *c, uint32_t n, unsigned failed, const char *why);
const struct exchange *case_exchange(const struct case_file *c, uint32_t n); /* NULL */
/* The newest exchange of a purpose (and slot, unless SLOT_NONE); NULL. */
const struct exchange *case_last(const struct case_file *c, enum purpose p, enum token_slot slot);
/*
 * An otherwise fresh case for the next token at the same server: profile and metadata stay, and of the exchanges those
 * whose numbers are in keep (0: none), which gets their new numbers.
 */
void case_renew(struct case_file *c, uint32_t *keep, size_t count);
/* A copy of src's exchange n at the end of dst: its number there, 0 if there is no such one. */
uint32_t case_copy_exchange(struct case_file *dst, const struct case_file *src, uint32_t n);
/* The newest tokens. */
struct case_tokens *case_tokens(const struct case_file *c);
/* Sets a token as the user gave it; reads its facts and repairs it.  slot: ACCESS, REFRESH, ID. */
void case_give_token(struct case_file *c, enum token_slot slot, struct span value, const char *source);
struct case_token *case_token(const struct case_file *c, enum token_slot slot);
/*
 * A refresh gave new tokens: opens a generation with what the response had (an absent refresh token keeps the
 * old one, RFC 6749 §6), marks the old refresh token spent if a new one came.
 */
struct token_response {
	struct secret *access, *refresh, *id; /* NULL: absent */
	int64_t expires_in;                   /* -1: absent */
	char scope[400];
	char token_type[24];
};
void token_response_release(struct token_response *t);
/* Reads the raw body of a successful token response. */
enum res token_response_read(struct token_response *out, struct span body, struct err *e) MUST_USE;
void case_add_generation(struct case_file *c, const struct token_response *t, uint32_t from, int64_t wall_us);
/*
 * A login gave new tokens: opens a generation with them alone, since they may be another user's.
 * same_user (token exchange): the refresh and ID token of before stay.
 */
void case_add_login(struct case_file *c, const struct token_response *t, uint32_t from, int64_t wall_us,
	bool same_user);
/* The one JSON object of --tokens-out (RFC 6749 §5.1 and obtained_at); out is a wiping buffer. */
enum res token_response_to_json(const struct token_response *t, int64_t obtained_wall_us, struct buf *out);

#endif
