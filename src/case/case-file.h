/*
 * The case file, schema tokentriage.case/1 (doc/case.schema.json): JSON Lines, a head and then a
 * record for each exchange and each generation of tokens in the order of what happened, so that a
 * damaged line loses only itself.  No secret is in it unless the user asked for the tokens:
 * exchanges are masked when they are recorded, tokens are written by their facts.
 */
#ifndef TT_CASE_CASE_FILE_H
#define TT_CASE_CASE_FILE_H

#include "case/case.h"

#define CASE_SCHEMA "tokentriage.case/1"

/* What a run was asked for and did not do, and the exchanges do not tell. */
enum undone { UNDONE_NOTHING, UNDONE_REFRESH, UNDONE_REVOCATION };

struct case_undone {
	enum undone what;
	char why[LIMIT_MESSAGE];  /* safe text, as the verdict has it */
	char next[LIMIT_MESSAGE]; /* one sentence: what to do about it */
	char unsent[ERR_TEXT_MAX]; /* why a refresh was held back before it was sent; "": it was not */
	char unwritten[ERR_TEXT_MAX]; /* why new tokens could not be written; "": they were */
	char kept_in[304];            /* … and where they were kept instead; "": in memory only */
};

/* What a case file holds beside the case. */
struct case_story {
	enum state steps[STEP_COUNT]; /* PENDING, SKIPPED, or OK for walked */
	struct case_undone undone;
	int64_t saved_wall_us;        /* the clock when it was saved: "now" of its diagnosis */
	size_t damaged;               /* read: records that were lost */
	char first_damage[200];       /* "line 7: not JSON …", safe text; "" without */
	bool with_secrets;            /* written: the tokens' values, too; the user was asked */
};

/* Is this the beginning of a case file, of whatever version, also of one whose head is lost, or a HAR
 * file that this program made of one? */
bool case_file_is(struct span text);
/* Appends the file's text.  r masks what the records themselves hold in clear (claims, headers
 * of the profile). */
enum res case_file_write(struct buf *out, const struct case_file *c, const struct case_story *story,
	const struct redactor *r) MUST_USE;
/*
 * Reads into an initialised case.  RES_UNSUPPORTED for a newer schema; RES_SYNTAX (with line) if
 * neither the head nor an exchange can be read.  A damaged record is counted in story and left out;
 * without a head the profile is lost, and the clock is that of the newest exchange.
 * c->as_of_wall_us is set.
 */
enum res case_file_read(
	struct case_file *c, struct case_story *story, struct span text, struct err *e) MUST_USE;

/* --- the records themselves, for a form of the case that is not JSON Lines (report-har.c) --- */
struct json *case_head_to_json(const struct case_file *c, const struct case_story *story,
	const struct redactor *r);
struct json *case_tokens_to_json(
	const struct case_file *c, size_t generation, const struct redactor *r, bool with_secrets);
struct json *exchange_to_json(const struct exchange *x);

/* --- inside the room (exchange-json.c, case-har.c) -------------------------------------------- */
/*
 * A HAR file that has a case in its "_tokentriage" members: log._tokentriage.head and .tokens are
 * the records of that kind; each entry's is the exchange's record without what HAR itself has,
 * which is read from there.
 */
bool case_har_is(struct span text);
/* The case file that it is of, as JSON Lines. */
enum res case_har_to_lines(struct buf *out, struct span text, struct err *e) MUST_USE;
/* A new exchange, or NULL with the reason in e. */
struct exchange *exchange_from_json(const struct json *j, struct err *e);
/* Masks every string of a tree by name and by shape (record.c). */
void record_mask_tree(const struct redactor *r, struct json *tree);
/* What is missing or of another type gives the default. */
int64_t json_i64_or(const struct json *obj, const char *name, int64_t dflt);
bool json_flag(const struct json *obj, const char *name);

#endif
