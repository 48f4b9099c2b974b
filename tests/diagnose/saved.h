/* A saved case gives the verdict of the live one, to the letter. */
#ifndef TT_TESTS_DIAGNOSE_SAVED_H
#define TT_TESTS_DIAGNOSE_SAVED_H

#include "diagnose/diagnose.h"
#include "diagnose/fixture.h"

/* Saves the fixture's case, reads it, diagnoses it with a clock of its own; false: what differs was printed. */
bool same_when_saved(const struct fixture *fx, const struct diagnosis *live);

#endif
