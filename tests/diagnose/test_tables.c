/* The tables of the diagnose room against one another. */
#include "unit.h"

#include "diagnose/diagnose.h"

static void
rules_are_sorted_and_unique(void **state)
{
	(void)state;
	for (size_t i = 1; i < rule_count; i++)
		assert_true(strcmp(rules[i - 1].id, rules[i].id) < 0);
}

static void
rules_say_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		assert_true(rules[i].remedy && rules[i].remedy[0]);
		assert_true(rules[i].references && rules[i].references[0]);
		assert_non_null(rules[i].check);
	}
}

static void
rules_explain_rules(void **state)
{
	struct span rest, word;

	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		rest = span_of(rules[i].explains);
		while (span_word(&rest, &word)) {
			if (!rule_find(word))
				fail_msg("%s explains %.*s, which is no rule", rules[i].id,
					SPAN_ARG(word));
			assert_false(span_is(word, rules[i].id));
		}
	}
}

static void
rules_are_in_the_catalogue(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		const struct catalogue_entry *e = catalogue_find(span_of(rules[i].id));

		if (!e)
			fail_msg("%s is not in the catalogue", rules[i].id);
		else if (!e->observable)
			fail_msg("%s has a rule, yet is called not observable", rules[i].id);
	}
}

static void
catalogue_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < catalogue_count; i++) {
		const struct catalogue_entry *e = &catalogue[i];

		if (i)
			assert_true(strcmp(catalogue[i - 1].id, e->id) < 0);
		if (!e->title[0] || !e->meaning[0] || !e->shows[0] || !e->told_apart[0] ||
			!e->remedy[0] || !e->references[0])
			fail_msg("%s lacks a text", e->id);
		if (e->observable && !rule_find(span_of(e->id)))
			fail_msg("%s is called observable, yet has no rule", e->id);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_sorted_and_unique),
		cmocka_unit_test(rules_say_all),
		cmocka_unit_test(rules_explain_rules),
		cmocka_unit_test(rules_are_in_the_catalogue),
		cmocka_unit_test(catalogue_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
