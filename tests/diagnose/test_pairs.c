/*
 * The look-alikes of pairs.def: each side's case gives that side first, and none of the others but as
 * its effect.
 */
#include "unit.h"

#include "base/mem.h"
#include "diagnose/diagnose.h"
#include "diagnose/fixture.h"

static const struct pair {
	const char *symptom, *check, *sides;
} pairs[] = {
#define PAIR(symptom, check, sides) {symptom, check, sides},
#include "diagnose/pairs.def"
#undef PAIR
};

static void
id_of(struct span side, char *out, size_t size)
{
	size_t colon = span_find(side, ':');

	(void)snprintf(out, size, "%.*s", SPAN_ARG(span_sub(side, 0, colon)));
}

static void
path_of(struct span side, char *out, size_t size)
{
	const char *top = getenv("srcdir") ? getenv("srcdir") : ".";
	size_t colon = span_find(side, ':');

	(void)snprintf(out, size, "%s/tests/diagnose/cases/%.*s/%.*s", top,
		SPAN_ARG(span_sub(side, 0, colon)),
		SPAN_ARG(colon == SIZE_MAX ? SPAN_LIT("fires.case") : span_from(side, colon + 1)));
}

static bool
is_effect(const struct finding *f, const char *of)
{
	for (size_t i = 0; i < f->n_caused_by; i++) {
		if (!strcmp(f->caused_by[i]->id, of))
			return true;
	}
	return false;
}

static void
no_other_side(const struct pair *p, const char *id, const struct diagnosis *d)
{
	struct span rest = span_of(p->sides), side;
	char other[64];

	while (span_word(&rest, &side)) {
		id_of(side, other, sizeof(other));
		for (size_t i = 0; i < d->n && strcmp(other, id) != 0; i++) {
			const struct finding *f = &d->findings[i];

			if (!strcmp(f->rule->id, other) && f->severity == SEV_ERROR &&
				!is_effect(f, id))
				fail_msg("%s: the case of %s has %s, too", p->symptom, id, other);
		}
	}
}

static void
check_side(const struct pair *p, struct span side)
{
	struct diagnosis *d = xcalloc(1, sizeof(*d));
	struct fixture fx;
	struct facts facts;
	char id[64], path[512];

	id_of(side, id, sizeof(id));
	path_of(side, path, sizeof(path));
	if (!rule_find(span_of(id)))
		fail_msg("%s: no rule %s", p->symptom, id);
	fixture_read(&fx, path);
	facts_derive(&facts, &fx.c, &fx.clock);
	diagnose(d, &facts, NULL);
	if (!d->n || strcmp(d->findings[0].rule->id, id) != 0)
		fail_msg("%s: %s gives %s first", p->symptom, path,
			d->n ? d->findings[0].rule->id : "nothing");
	no_other_side(p, id, d);
	fixture_release(&fx);
	free(d);
}

static void
each_pair_has_its_sides(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct span rest = span_of(pairs[i].sides), side;
		size_t sides = 0;

		assert_true(pairs[i].check[0]);
		while (span_word(&rest, &side)) {
			check_side(&pairs[i], side);
			sides++;
		}
		assert_true(sides >= 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_pair_has_its_sides)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
