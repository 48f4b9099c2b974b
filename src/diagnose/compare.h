/*
 * Two cases side by side: what differs, and which difference explains that one works and the other
 * does not.  What the failing one's findings consulted as evidence comes first: a rule looked at
 * it, and said why.  Pure.
 */
#ifndef TT_DIAGNOSE_COMPARE_H
#define TT_DIAGNOSE_COMPARE_H

#include "diagnose/diagnose.h"

enum compare_rank {
	COMPARE_CAUSE,     /* consulted by the finding that stands first in the failing one */
	COMPARE_CONSULTED, /* … by another finding of it */
	COMPARE_OTHER,
	COMPARE_EXPECTED,  /* two tokens, or two users, differ in it anyway */
};

struct compared {
	char fact[64];         /* safe text */
	char a[400], b[400];   /* safe text; "" nobody said */
	bool differs;
	bool effect;           /* an answer: what explains it stands elsewhere, if anywhere */
	enum compare_rank rank;
};

enum compare_outcome {
	COMPARE_A_WORKS,  /* … and B does not */
	COMPARE_B_WORKS,
	COMPARE_BOTH_WORK,
	COMPARE_SAME_CAUSE, /* neither, for one cause */
	COMPARE_TWO_CAUSES,
};

enum { COMPARED_MAX = 128 };
struct comparison {
	enum compare_outcome outcome;
	const struct finding *cause;  /* of the failing one; NULL: none */
	struct compared v[COMPARED_MAX]; /* what differs first, most telling first */
	size_t n, n_differ;
	const struct compared *explains; /* what the cause consulted; NULL: none of these */
};

struct compare_side {
	const struct facts *facts;
	const struct diagnosis *diagnosis;
};
void compare_cases(
	struct comparison *out, const struct compare_side *a, const struct compare_side *b);
const char *compare_rank_id(enum compare_rank r);       /* "cause" */
const char *compare_outcome_id(enum compare_outcome o); /* "a-works" */

#endif
