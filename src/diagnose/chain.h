/* The findings as a tree: cause above effect.  Pure; the same for screens and reports. */
#ifndef TT_DIAGNOSE_CHAIN_H
#define TT_DIAGNOSE_CHAIN_H

#include "diagnose/diagnose.h"

enum { CHAIN_LEAD_MAX = 64 }; /* bytes of the strokes before a row */

struct chain_row {
	const struct finding *f;
	unsigned depth;            /* 0: nothing explains it */
	char lead[CHAIN_LEAD_MAX]; /* "│  └─ "; "" at depth 0 */
};

/*
 * Every finding once, findings[0] first.  One that several explain hangs under the nearest of them, the
 * last in the order of causes.  Returns how many.
 */
size_t chain_rows(const struct diagnosis *d, bool ascii, struct chain_row out[FINDINGS_MAX]);
/*
 * The verdict's chain, "cause → effect → effect": from findings[0] down its first effects.  Returns how
 * many ids it has (1: nothing is explained by it; 0: no findings).
 */
size_t chain_words(const struct diagnosis *d, struct buf *out);

#endif
