/* What else fits; inside the diagnose room. */
#ifndef TT_DIAGNOSE_ALTERNATIVES_H
#define TT_DIAGNOSE_ALTERNATIVES_H

#include "diagnose/diagnose.h"

/*
 * Findings and verdict are there.  Where findings[0] is an umbrella, its remedy gets the ranked
 * list of what fits and what would tell.  In a case that is one lone answer, where no probe can
 * follow, what fits as well stands behind findings[0] as findings of severity info.
 */
void add_alternatives(struct diagnosis *d, const struct facts *f);

#endif
