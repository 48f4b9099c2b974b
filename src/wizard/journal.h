/*
 * What must outlive this program about refresh tokens: that one is on its way ("in flight": sent,
 * its answer not yet kept), and which ones were used.  A rotated token that is sent twice can end
 * every token of its login (RFC 9700 §4.14.2), so neither kind is sent again, by no run.
 *
 * A folder of mode 0700 holds salted fingerprints, never a token: `salt` (0600), `spent` (a line
 * each, LIMIT_SPENT of them), and a file `NAME.mark` for each refresh in flight, locked by the
 * process that waits for its answer. Every change is made under `lock` and synced, so that two
 * processes do not send one token.
 */
#ifndef TT_WIZARD_JOURNAL_H
#define TT_WIZARD_JOURNAL_H

#include "base/rng.h"
#include "base/secret.h"
#include "case/case.h"

struct journal;

/* dir is copied and need not be there yet: it is made with the first mark. */
struct journal *journal_new(const char *dir, struct rng *rng);
/* A refresh of ours that has not ended stays marked. */
void journal_free(struct journal *j);
/*
 * $XDG_STATE_HOME/tokentriage, else ~/.local/state/tokentriage, from xmalloc; NULL: neither
 * variable is set.
 */
char *journal_default_folder(void);
const char *journal_folder(const struct journal *j);

/* What an earlier run did with a refresh token. */
struct journal_entry {
	enum earlier_use use;
	int64_t wall_s;  /* when it was sent; 0: not known */
	char whose[160]; /* "acme at idp.example", safe; "" if the token was done with */
	char name[72];   /* of the mark, for journal_dismiss(); "" */
};
/*
 * Is anything known of this token?  Asks for a digest (and so for the crypto module) only if there
 * is anything written down.  RES_IO, RES_SYNTAX: it cannot be told, and must not be sent.
 */
enum res journal_look(struct journal *j, const struct secret *token, struct journal_entry *out,
	struct err *e) MUST_USE;

/*
 * Marks this token as in flight, durably, before it is sent.  RES_REFUSED: it was sent or used
 * before, out says how; RES_IO, RES_UNSUPPORTED: the mark cannot be made.  One at a time.
 */
enum res journal_begin(struct journal *j, const struct secret *token, const char *whose,
	int64_t wall_s, struct journal_entry *out, struct err *e) MUST_USE;
enum journal_end {
	JOURNAL_UNSENT,  /* surely not used: as if nothing had been */
	JOURNAL_SPENT,   /* used, and what came is kept */
	JOURNAL_REFUSED, /* invalid_grant */
	JOURNAL_KEPT,    /* used, and good for another time: the server does not rotate */
	JOURNAL_OPEN,    /* it is not known, or what came is not kept: the mark stays */
};
enum res journal_end(struct journal *j, enum journal_end how, struct err *e) MUST_USE;

/*
 * Newer tokens of this client are kept, from a login: what an interrupted refresh of its lost is
 * had again.
 */
void journal_supersede(struct journal *j, const char *whose);
/* The refreshes whose process ended without keeping an answer, the oldest first, at most max. */
size_t journal_interrupted(struct journal *j, struct journal_entry *out, size_t max);
/* The user has seen it: the mark goes, its token stays one that is not sent again. */
enum res journal_dismiss(struct journal *j, const char *name, struct err *e) MUST_USE;

#endif
