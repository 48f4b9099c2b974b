/* Cause ordering; inside the diagnose room. */
#ifndef TT_DIAGNOSE_ORDER_H
#define TT_DIAGNOSE_ORDER_H

#include "diagnose/diagnose.h"

/*
 * Drops umbrellas that a finding explains, sorts most causal first (a cause before what it
 * explains; else by severity of the whole chain, umbrellas after named causes, rank, step, id) and
 * fills caused_by.
 */
void order_findings(struct diagnosis *d);
/* diagnose() with the rules asked in this order (indexes into rules; NULL: as they stand): no difference. */
void diagnose_in_order(struct diagnosis *d, const struct facts *f, const struct walk *walk, const size_t *order);

#endif
