/*
 * The wizard without a screen: the five steps over one case and one engine.  The curses wizard, the
 * line-by-line wizard, `check` and `demo` all drive this.  Nothing here blocks: what needs the
 * network is submitted, and wizard_busy() tells until it is done (the caller turns the engine).
 */
#ifndef TT_WIZARD_WIZARD_H
#define TT_WIZARD_WIZARD_H

#include "case/case-file.h"
#include "diagnose/diagnose.h"
#include "engine/engine.h"
#include "wizard/journal.h"
#include "wizard/token-store.h"

enum probe_level { PROBES_NONE, PROBES_SAFE, PROBES_ALL };

struct wizard_deps {
	struct engine *engine;
	struct case_file *c;          /* borrowed; the engine's record */
	const struct clock *clock;
	struct rng *rng;
	struct log *log;
	struct redactor *redactor;    /* tokens are registered here before they are used */
	/* what outlives a run about refresh tokens; NULL: nothing does (the demo) */
	struct journal *journal;
};

struct wizard;

struct wizard *wizard_new(const struct wizard_deps *deps);
void wizard_free(struct wizard *w);

/* --- what the case is made of ------------------------------------------------------------- */
/*
 * Starts over with a profile (copied): exchanges and tokens of before are dropped, the profile's
 * own token files are read.  An unreadable file is reported in e, and the rest is done all the
 * same.
 */
enum res wizard_use_profile(struct wizard *w, const struct profile *p, struct err *e) MUST_USE;
/* A token as the user gave it: ACCESS, REFRESH, ID.  Repairs are findings, never silent. */
void wizard_give_token(
	struct wizard *w, enum token_slot slot, struct span value, const char *source);
/*
 * Text that was pasted where a token belongs: a token as above, or what has one in it (a curl
 * command, an address, an HTTP message, a mail), whose tokens are taken then, and note says so.
 * RES_NOTFOUND, RES_UNSUPPORTED: it is known for what it is, and there is none in it.
 */
enum res wizard_take_text(struct wizard *w, enum token_slot slot, struct span text,
	const char *source, char *note, size_t size, struct err *e) MUST_USE;
/*
 * A secret of the profile is still on its way: until wizard_go_on() what is asked for waits (and is
 * busy).  A new profile ends it.  s is the value of key, a KEY_SECRET; a reference is kept.
 */
void wizard_hold(struct wizard *w);
void wizard_give_secret(struct wizard *w, const struct profile_key *key, struct secret *s);
void wizard_go_on(struct wizard *w);
void wizard_set_probes(struct wizard *w, enum probe_level level);
/*
 * Where new tokens go; a refresh waits until this is chosen.  path (copied) with PLACE_FILE, the
 * entry's name with PLACE_KEYRING.  RES_IO if nothing can be written there, which is tried.
 */
enum res wizard_set_token_place(
	struct wizard *w, enum token_place place, const char *path, struct err *e) MUST_USE;
/*
 * Did new tokens come that could not be written there?  The verdict, step 3 and the farewell say
 * where they are.
 */
bool wizard_tokens_misplaced(const struct wizard *w);
/*
 * Where this run's new tokens are kept; ""; and where a login put what that file had held before;
 * "".
 */
const char *wizard_tokens_kept(const struct wizard *w);
const char *wizard_tokens_before(const struct wizard *w);
enum token_place wizard_token_place(const struct wizard *w, const char **path);

/* --- walking ------------------------------------------------------------------------------ */
enum { STEPS_ALL = (1 << STEP_COUNT) - 1 };

/*
 * Runs one step's requests.  VERIFY: discovery, introspection, key set; EXPIRY: needs only the Date
 * of an answer, asks for one if there is none; REFRESH: only what can be known without refreshing
 * (preconditions); HANDLE: the user-information query; DEBUG: nothing to send.
 */
void wizard_run_step(struct wizard *w, enum step s);
/*
 * Walks the steps of mask in order, as check does.  may_refresh: step 3 really refreshes if that
 * makes sense (needs a chosen place), then verifies again.  revoke: that token is revoked at the
 * end; SLOT_NONE: none.
 */
void wizard_walk(struct wizard *w, unsigned mask, bool may_refresh, enum token_slot revoke);
/* For a case file: which steps were walked, and by which clock what is known is judged now. */
void wizard_story(const struct wizard *w, struct case_story *out);
/* The case was replaced by a saved one: its steps, and nothing is asked for. */
void wizard_resume(struct wizard *w, const struct case_story *story);
/*
 * Offline: the steps of mask count as walked (their evidence was imported), the others as skipped.
 */
void wizard_mark_walked(struct wizard *w, unsigned mask);
bool wizard_busy(const struct wizard *w);
/* All but a refresh that was sent: the answer holds tokens that cannot be had again. */
void wizard_cancel(struct wizard *w);
/* Is a refresh under way, which wizard_cancel() leaves alone? */
bool wizard_refreshing(const struct wizard *w);
/* … whose tokens go to a file?  wizard_settle() waits for it. */
bool wizard_awaits_tokens(const struct wizard *w);
/*
 * The end of everything under way, for who leaves: cancelled and recorded; the answer to a refresh
 * whose tokens go to a file is waited for, no longer than the request's time-out.  wizard_free()
 * and a new profile begin with it.
 */
void wizard_settle(struct wizard *w);
/*
 * What is running now, for the progress line: "introspection · idp.example", a probe's question;
 * false: nothing.
 */
bool wizard_progress(const struct wizard *w, char *text, size_t size, int64_t *elapsed_us);

/* --- many tokens at one server, one after the other --------------------------------------- */
/* Discovery, the key set and the first clock are asked as ever, and once; no probe beyond them. */
void wizard_for_many(struct wizard *w);
/*
 * The next token: an otherwise fresh case; what the server said of itself stays.  Only while
 * nothing is under way.
 */
void wizard_renew(struct wizard *w);
/* Takes over what another wizard of the same profile was told by the server of itself. */
void wizard_adopt(struct wizard *w, const struct wizard *from);
/* Goes on without deriving anything, as wizard_update() does in between; false: it is idle. */
bool wizard_turn(struct wizard *w);

/* --- probes: further questions (probes.def) ----------------------------------------------- */
struct probe_row {
	const char *id;
	enum probe_level level;
	enum step step;
	unsigned requests, seconds; /* what it costs at most */
	const char *question;       /* "Is the token accepted two seconds later?" */
	const char *danger;         /* in plain words, without a capital; "" with a safe one */
	const char *separates;      /* finding ids, blank-separated */
};
/* "2 requests, 5 s; it takes five seconds": cost and danger, for one sentence. */
void probe_cost(const struct probe_row *p, char *out, size_t size);
enum { WIZARD_PROBES = 32 };
/*
 * The probes that could still decide and that the level does not allow by itself, in the order of
 * asking; a caller asks the user and then runs them.  out holds WIZARD_PROBES; returns how many.
 */
size_t wizard_open_probes(const struct wizard *w, const struct probe_row *out[]);
/*
 * The user consented to what wizard_open_probes() named: runs those, and only while something is
 * open. RES_REFUSED: nothing is open, or a request is under way.
 */
enum res wizard_run_probes(struct wizard *w, struct err *e) MUST_USE;

/* --- actions that change something: the caller has asked the user ------------------------- */
/*
 * Would a refresh make sense, by what is known of token and server?  Also of a saved case; why as
 * below.
 */
bool wizard_refreshable(const struct wizard *w, char *why, size_t size);
/*
 * The next refreshes ask for this scope (copied; RFC 6749 §6: no more than was granted), NULL or
 * "": for the same as before, without naming it.  RES_SYNTAX: it is no scope.
 */
enum res wizard_set_refresh_scope(struct wizard *w, const char *scope, struct err *e) MUST_USE;
/* Why it cannot or should not be done now, as one sentence in why; true: it may be done. */
bool wizard_can_refresh(const struct wizard *w, char *why, size_t size);
/* Refreshes with the refresh token; keeps the new tokens first, then verifies and asks for user
 * information again.  RES_REFUSED with the reason (no place chosen, token spent, none there). */
enum res wizard_refresh(struct wizard *w, struct err *e) MUST_USE;
/*
 * Refreshes of earlier runs that ended before an answer was kept, the oldest first, at most max:
 * shown at the start, and until the user has seen them (journal_dismiss()) or newer tokens of that
 * client are kept.
 */
size_t wizard_interrupted(const struct wizard *w, struct journal_entry *out, size_t max);
/* Is it a refresh of the profile's client at its token endpoint, which the metadata may name? */
bool wizard_refresh_is_ours(const struct wizard *w, const struct journal_entry *mark);
enum res wizard_dismiss(struct wizard *w, const struct journal_entry *seen, struct err *e) MUST_USE;
/* What it was, and what to do now: two sentences. */
char *interrupted_words(const struct journal_entry *entry, char *out, size_t size);
bool wizard_can_revoke(const struct wizard *w, enum token_slot slot, char *why, size_t size);
/* Revokes, then introspects and asks for user information again: the proof. */
enum res wizard_revoke(struct wizard *w, enum token_slot slot, struct err *e) MUST_USE;
/* After a refresh: writes the newest tokens over the profile's own token files, atomically. */
enum res wizard_replace_token_files(struct wizard *w, struct err *e) MUST_USE;

/* --- what is known ------------------------------------------------------------------------ */
/*
 * Call once a turn: derives facts and diagnosis anew if the case or the second changed. True:
 * changed.
 */
bool wizard_update(struct wizard *w);
const struct facts *wizard_facts(const struct wizard *w);
const struct diagnosis *wizard_diagnosis(const struct wizard *w);
/* The language changed (base/tr.h): the diagnosis in the words of now, of the same facts. */
void wizard_reword(struct wizard *w);
const struct case_file *wizard_case(const struct wizard *w);
/* PENDING until walked; running: the step that is under way, or STEP_COUNT. */
enum state wizard_step_state(const struct wizard *w, enum step s);
enum step wizard_running_step(const struct wizard *w);
/* Monotonic deadline of the next change of a countdown or probe; INT64_MAX: none. */
int64_t wizard_deadline_us(const struct wizard *w);
/* What this run sent and changed, for the text after quitting (several lines). */
void wizard_farewell(const struct wizard *w, struct buf *out);

/* --- step 4's decision -------------------------------------------------------------------- */
struct advice {
	enum advice_kind kind; /* the verdict's */
	char reason[LIMIT_MESSAGE];
};
/* What the application should do with this answer. */
void wizard_advice(const struct wizard *w, struct advice *out);

#endif
