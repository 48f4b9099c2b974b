/*
 * What the server remembers between the steps of a login: authorization requests that were pushed
 * or wait for consent, codes, devices, the browsers that are logged in, the proofs that were seen
 * and its DPoP nonces.  All of it bounded, the oldest goes first; handles are kept as SHA-256 only.
 */
#ifndef TT_DEMO_WAITING_H
#define TT_DEMO_WAITING_H

#include "demo/store.h"

enum {
	WAITING_MAX = 64,
	SESSIONS_MAX = 16,
	SEEN_MAX = 1024,
	HANDLE_SIZE = 48,     /* 30 random bytes as base64url */
	NONCE_LIFE_S = 300,   /* then there is a new one; the last but one is still taken */
};

enum waiting_kind { WAITS_PUSHED, WAITS_CONSENT, WAITS_CODE, WAITS_DEVICE };

/* An authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1); "": not given. */
struct login {
	char redirect_uri[512], scope[128], state[1024], nonce[LOGIN_NONCE_SIZE];
	char challenge[64];   /* S256 (RFC 7636) */
	char resource[192];   /* RFC 8707 */
	char jkt[THUMB_SIZE]; /* dpop_jkt (RFC 9449 §10) */
	char prompt[64];
	int64_t max_age;      /* -1: none */
};

struct waits {
	enum waiting_kind kind;
	unsigned char hash[32];
	int64_t until;
	struct login login;
	bool used;            /* a code that was exchanged */
	char grant_id[24];    /* of its tokens; "" */
	/* a device (RFC 8628) */
	enum { DEVICE_OPEN, DEVICE_ALLOWED, DEVICE_REFUSED } device;
	char user_code[12];   /* "BCDF-GHJK" */
	int interval_s;
	int64_t asked_s;      /* the last poll; 0: none yet */
};

struct waiting_room *waiting_new(void);
void waiting_free(struct waiting_room *w); /* NULL-safe */

/* A new row for life_s seconds; its handle, at random, into out. */
struct waits *waiting_add(struct store *s, enum waiting_kind k, int64_t life_s,
	char out[HANDLE_SIZE]);
/* NULL if it is not known (any more).  What is past its time is found, too. */
struct waits *waiting_find(struct store *s, enum waiting_kind k, struct span handle);
/* Of the device codes that are not past their time; blanks, dashes and case do not count. */
struct waits *waiting_device(struct store *s, struct span user_code);
void waiting_drop(struct store *s, struct waits *row);
bool waiting_over(const struct store *s, const struct waits *row);

/* A browser that has logged in and consented to these scopes; the cookie's value into out. */
void session_open(struct store *s, const char *scope, char out[HANDLE_SIZE]);
/* When it logged in; 0: it has not. */
int64_t session_since(const struct store *s, struct span cookie);
/* Did it consent to all of these? */
bool session_consents(const struct store *s, struct span cookie, struct span scope);

/* Was this id of a proof or assertion here before?  It is from now on. */
bool waiting_seen(struct store *s, struct span id);
/* The nonce that DPoP proofs are to carry (RFC 9449 §8). */
const char *dpop_nonce(struct store *s);
bool dpop_nonce_fits(struct store *s, struct span nonce);

/* Is every word of asked among granted? */
bool scope_within(struct span asked, struct span granted);

#endif
