/*
 * Diagnosis: facts in, ordered findings out.  Pure: no I/O, no clock of its own.  The rules are a
 * table (rules.def); a rule's predicate says FIRES with the words and the evidence it consulted.
 */
#ifndef TT_DIAGNOSE_DIAGNOSE_H
#define TT_DIAGNOSE_DIAGNOSE_H

#include "base/limits.h"
#include "case/facts.h"

enum { FINDING_EVIDENCE = 8, FINDING_CAUSES = 6, FINDINGS_MAX = 48 };

struct evidence {
	char fact[48]; /* "exp", "userinfo.status" */
	char value[160]; /* safe text */
	int from; /* facts.h: exchange number or FROM_… */
};

/* What an application does about an answer (step 4). */
enum advice_kind {
#define ADVICE(sym, id, words) ADVICE_##sym,
#include "diagnose/advice.def"
#undef ADVICE
	ADVICE_COUNT
};
const char *advice_id(enum advice_kind k);
const char *advice_words(enum advice_kind k);

struct finding {
	const struct rule *rule;
	char summary[LIMIT_MESSAGE]; /* with the actual values: expected and got, by how much */
	char remedy[LIMIT_MESSAGE];
	enum severity severity; /* the rule's, or what the predicate made of it */
	enum step step; /* the rule's, or where the predicate saw it */
	enum step next_step; /* where the remedy is; the finding's step unless the predicate says */
	enum advice_kind advice; /* to an application; decide.def's unless the predicate says */
	const char *explains; /* the rule's, or less: what this finding explains in this case */
	bool open; /* other causes fit as well, and a probe would tell: the verdict stays undetermined */
	bool possible; /* severity info, and no fact: another cause that fits as well (alternatives.def) */
	bool settled; /* the server's own word names this cause and no other (alternatives.def) */
	struct evidence evidence[FINDING_EVIDENCE];
	size_t n_evidence;
	const struct rule
		*caused_by[FINDING_CAUSES]; /* findings of this diagnosis that explain it */
	size_t n_caused_by;
};

/* How it is marked and called: a cause that merely fits is no "ok" and no "info". */
enum state finding_state(const struct finding *f);
const char *finding_word(const struct finding *f); /* "error", "warning", "info", "possible" */

struct verdict {
	enum state state; /* OK, PROBLEM, UNDETERMINED */
	const struct finding *primary; /* findings[0]; NULL if healthy without a warning */
	char summary[LIMIT_MESSAGE]; /* one sentence */
	char next[LIMIT_MESSAGE]; /* one sentence: what to do now */
	enum step next_step;
	enum advice_kind advice; /* the primary error's; NONE: it works; UNKNOWN: not decided yet */
};

struct diagnosis {
	struct finding findings[FINDINGS_MAX]; /* most causal first */
	size_t n;
	struct verdict verdict;
	enum state steps[STEP_COUNT];
	char step_summary[STEP_COUNT][LIMIT_MESSAGE];
};

enum verdict_of { RULE_PASS, RULE_FIRES, RULE_UNKNOWN };

struct rule {
	const char *id; /* of the catalogue; stable */
	enum severity severity;
	enum step step;
	/* Fills f's summary (and remedy, where the table's is not enough) and evidence. */
	enum verdict_of (*check)(const struct facts *facts, struct finding *f);
	const char *remedy; /* default remedy */
	const char *references; /* "RFC 6750 §3.1; RFC 7519 §4.1.4" */
	const char *explains; /* ids this one explains, blank-separated: they get caused_by */
	int rank; /* among causes that do not explain one another: lower is first */
	bool umbrella; /* only if nothing more specific fired for its step */
};

extern const struct rule rules[];
extern const size_t rule_count;
const struct rule *rule_find(struct span id);

/*
 * d is overwritten whole (some 100 KiB: not for the stack of a deep call).  walked: which steps
 * have been walked (a step that has not is PENDING or SKIPPED, never ok).
 */
struct walk {
	enum state steps[STEP_COUNT]; /* PENDING, SKIPPED, or OK for "walked" */
};
void diagnose(struct diagnosis *d, const struct facts *f, const struct walk *walk);

/*
 * Remedies and next sentences name a step of the wizard where they are had ("step 3"); for who has no wizard before him
 * the command, or the choice of the line-by-line wizard, in its place.  out is safe text, cut at size; returned.
 */
enum audience { AUDIENCE_COMMANDS, AUDIENCE_CHOICES };
char *say_where(enum audience a, const char *text, char *out, size_t size);

/* The catalogue of causes, sorted by id: what can be said of each without a case. */
struct catalogue_entry {
	const char *id, *title, *meaning, *shows, *told_apart;
};
extern const struct catalogue_entry catalogue[];
extern const size_t catalogue_count;
const struct catalogue_entry *catalogue_find(struct span id);
/* Its rule, which has the remedy and the references; every entry has one (a test sees to it). */
const struct rule *catalogue_rule(const struct catalogue_entry *c);

#endif
