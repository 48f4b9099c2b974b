/*
 * The small tables that everyone names: the five steps, severities and states.  Low, so that
 * every room may use them; their order and ids are stable API (CONTRACT §5).
 */
#ifndef TT_BASE_IDS_H
#define TT_BASE_IDS_H

#include "base/span.h"

enum step {
#define STEP(sym, id, title, question) STEP_##sym,
#include "base/steps.def"
#undef STEP
	STEP_COUNT
};

enum severity {
	SEV_INFO,
	SEV_WARNING,
	SEV_ERROR,
};

/* The state of a step, and (without SKIPPED and PENDING) of a verdict. */
enum state {
	STATE_PENDING, /* not walked yet; never in a report */
	STATE_OK,
	STATE_WARNING,
	STATE_PROBLEM,
	STATE_SKIPPED,
	STATE_UNDETERMINED,
};

enum tri {
	TRI_UNKNOWN,
	TRI_NO,
	TRI_YES,
};

static inline enum tri
tri_of(bool b)
{
	return b ? TRI_YES : TRI_NO;
}

const char *step_id(enum step s);       /* "verify" */
const char *step_title(enum step s);    /* "Verify" */
const char *step_question(enum step s); /* one sentence: what the step finds out */
bool step_from_id(struct span id, enum step *out);
const char *severity_id(enum severity s); /* "error" */
const char *state_id(enum state s);       /* "problem" */
const char *state_word(enum state s);     /* for the screen: "ok", "warning", "problem", … */

#endif
