/* The verdict and the steps' states; inside the diagnose room. */
#ifndef TT_DIAGNOSE_VERDICT_H
#define TT_DIAGNOSE_VERDICT_H

#include "diagnose/diagnose.h"

/* Findings are there and ordered; fills verdict, steps and step_summary. */
void verdict_of_findings(struct diagnosis *d, const struct facts *f, const struct walk *walk);

#endif
