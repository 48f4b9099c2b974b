/*
 * Imported evidence: what somebody sent (a token, a HAR file, the output of curl, a sentence out of a log)
 * becomes raw exchanges and tokens.  import_read() looks at the text alone and is pure; import_apply()
 * puts the result into a case, where the redactor masks it like what the engine recorded, so that
 * the same facts and rules speak about it.
 */
#ifndef TT_CASE_IMPORT_H
#define TT_CASE_IMPORT_H

#include "case/case.h"

struct redactor;

enum { IMPORT_TOKENS = 6, IMPORT_NOTES = 16, IMPORT_EXCHANGES = 512 };

/* One exchange as it was sent to us: raw, holds secrets. */
struct import_exchange {
	struct http_request request; /* method "" and url NULL as far as they are not known */
	struct net_result result;
	bool named;                  /* the request's method and address are known */
	bool body_unseen;            /* the request had a body that was not shown */
	bool token_unseen;           /* … or a token: a shell's variable stands for it */
	bool expanded;               /* its body has such variables, "$NAME" where the values were */
	bool cors;                   /* a script of another origin asked (Fetch, "CORS protocol") */
	bool tentative;              /* kept until the recording's end tells what it was about */
	enum purpose purpose;        /* PURPOSE_COUNT: by its content */
	uint32_t follows;            /* 1-based index of the exchange whose redirect this is; 0: none */
};

struct import_token {
	enum token_slot slot;
	struct secret *value;
	int64_t expires_in; /* -1: not stated */
	char scope[400];    /* safe text */
	const char *source; /* "the token response"; for people only */
	bool itself;        /* the text is this token, or a form of it that giving the token mends or remarks on */
	unsigned accepted;  /* struct case_token's */
};

struct import {
	struct import_exchange **x; /* in order of time */
	size_t n;
	struct import_token tokens[IMPORT_TOKENS];
	size_t n_tokens;
	int64_t written_wall_us;     /* when it was written, by its own word (a mail's Date); 0: not said */
	char taken_as[200];          /* "a HAR file: 6 of 312 entries are about tokens"; safe text */
	char notes[IMPORT_NOTES][200]; /* what was repaired, assumed or left out; safe text, no values */
	size_t n_notes;
};

void import_init(struct import *im);
void import_release(struct import *im); /* wipes */

/*
 * Reads whatever the text is.  purpose: what a response without its request answers (--step), or
 * PURPOSE_COUNT.  RES_SYNTAX: nothing in it is understood; RES_LIMIT: too long for what it is;
 * RES_UNSUPPORTED: known and not read (an archive, a picture); RES_NOTFOUND: it is empty.
 */
enum res import_read(struct import *im, struct span text, enum purpose purpose, struct err *e) MUST_USE;

/*
 * The case file in a text, however it came: with a byte-order mark, as UTF-16, pasted or attached to a
 * mail.  Appends it to out (empty, wiping), or returns false: there is none.
 */
bool import_case(struct buf *out, struct span text);

/*
 * A HAR file of any length, as it comes: only one entry and what is kept are in memory.  Feed returns false when the
 * entries have ended (the rest says nothing); end gives what import_read() would, and frees.
 */
struct import_har;
bool import_har_is(struct span head); /* by its first 64 KiB */
struct import_har *import_har_new(struct import *im);
bool import_har_feed(struct import_har *h, struct span text);
void import_har_counts(const struct import_har *h, size_t *entries, size_t *kept);
enum res import_har_end(struct import_har *h, struct err *e) MUST_USE;

/*
 * The tokens alone, for a field that wants one: what the exchanges carried and brought joins im->tokens,
 * the newest of each slot.
 */
void import_collect_tokens(struct import *im);

/*
 * Puts it into the case: registers every secret of it with the redactor, gives the case its tokens, records the
 * exchanges, sets as_of by the evidence's own clock and marks the case as offline.  Returns the steps
 * of which there is evidence (bits).  Notes on repaired tokens are added to im.
 */
unsigned import_apply(struct import *im, struct case_file *c, struct redactor *r);

#endif
