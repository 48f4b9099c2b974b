/*
 * The probe ladder: further questions that tell look-alike causes apart.  The table is probes.def;
 * the planner is a pure function of facts and diagnosis, and names the next question only while its
 * answer would separate causes that are left.
 */
#ifndef TT_WIZARD_PROBES_H
#define TT_WIZARD_PROBES_H

#include "wizard/wizard.h"

enum probe {
#define PROBE(sym, ...) PROBE_##sym,
#include "wizard/probes.def"
#undef PROBE
	PROBE_COUNT
};
static_assert(PROBE_COUNT <= 32, "sets of probes are bits");

static inline uint32_t
probe_bit(enum probe p)
{
	return UINT32_C(1) << p;
}

const struct probe_row *probe_row(enum probe p);
/* The probes of a level and below. */
uint32_t probes_of_level(enum probe_level level);
/* Those not in asked whose answer would separate causes that are left. */
uint32_t probes_open(const struct facts *f, const struct diagnosis *d, uint32_t asked);
/* The first of them that may be asked; PROBE_COUNT: nothing is open. */
enum probe probe_next(
	const struct facts *f, const struct diagnosis *d, uint32_t asked, uint32_t may);
/*
 * Where the second clock is looked at: an origin of the profile or of its metadata not heard yet.
 */
struct span probe_second_clock(const struct facts *f);

#endif
