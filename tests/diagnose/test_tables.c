/* The tables of the diagnose room against one another. */
#include "unit.h"

#include "diagnose/reply.h"
#include "diagnose/rules.h"
#include "oauth/words.h"

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
		if (!e->title[0] || !e->meaning[0] || !e->shows[0] || !e->told_apart[0])
			fail_msg("%s lacks a text", e->id);
		if (!catalogue_rule(e))
			fail_msg("%s has no rule", e->id);
		assert_true(catalogue_rule(e)->remedy[0] && catalogue_rule(e)->references[0]);
	}
}

/* --- alternatives ------------------------------------------------------------------------- */

static const struct {
	const char *of, *id, *told_by, *barred;
} alternatives[] = {
#define ALTERNATIVE(of, where, status, words, id, unless, told_by) {of, id, told_by, ""},
#define ALTERNATIVE_BY_INTROSPECTION(of, where, status, words, id, unless, told_by, barred) \
	{of, id, told_by, barred},
#include "diagnose/alternatives.def"
#undef ALTERNATIVE
#undef ALTERNATIVE_BY_INTROSPECTION
};

static const char *const probes[] = {
#define PROBE(symbol, id, level, step, requests, seconds, fits, question, danger, separates) id,
#include "wizard/probes.def"
#undef PROBE
};

static bool
is_probe(struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		if (span_is(name, probes[i]))
			return true;
	}
	return false;
}

/* "probe NAME": a probe that there is. */
static void
alternatives_name_rules_and_probes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(alternatives); i++) {
		struct span s = span_of(alternatives[i].told_by), name;
		size_t at = span_find_str(s, "probe ");

		if (!rule_find(span_of(alternatives[i].of)) || !rule_find(span_of(alternatives[i].id)))
			fail_msg("no rules: %s, %s", alternatives[i].of, alternatives[i].id);
		assert_true(s.n > 0);
		assert_null(strstr(alternatives[i].barred, "introspection"));
		if (at == SIZE_MAX)
			continue;
		name = span_from(s, at + 6);
		for (size_t k = 0; k < name.n; k++) {
			if (memchr(" ,;:", name.p[k], 4))
				name.n = k;
		}
		if (!is_probe(name))
			fail_msg("%s: no probe %.*s", alternatives[i].id, SPAN_ARG(name));
	}
}

/* An umbrella that names nothing would leave its reader alone. */
static void
umbrellas_have_alternatives(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		bool any = !rules[i].umbrella;

		for (size_t k = 0; k < ARRAY_SIZE(alternatives); k++)
			any = any || !strcmp(alternatives[k].of, rules[i].id);
		if (!any)
			fail_msg("%s names nothing that would tell", rules[i].id);
	}
}

/* --- hints -------------------------------------------------------------------------------- */

static const struct {
	unsigned where;
	const char *text;
} parts[] = {
#define HINT(where, part, kind) {WHERE_##where, part},
#include "diagnose/hints.def"
}, patterns[] = {
#define WORDS(where, pattern, kind) {WHERE_##where, pattern},
#include "diagnose/hints.def"
};

/* The first row that matches counts: one whose part begins with an earlier one's is never reached. */
static void
no_part_hides_a_later_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		for (const char *p = parts[i].text; *p; p++)
			assert_false(*p >= 'A' && *p <= 'Z');
		for (size_t k = 0; k < i; k++)
			if ((parts[k].where & parts[i].where) == parts[i].where &&
				span_starts(span_of(parts[i].text), parts[k].text))
				fail_msg("\"%s\" hides \"%s\"", parts[k].text, parts[i].text);
	}
}

/* A pattern with a word that no text can have ("don't" is two) is a row that says nothing. */
static void
patterns_can_be_met(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		const char *pattern = patterns[i].text;
		struct span rest = span_of(pattern), group, one;
		struct words words, sentence;
		char text[400] = "";
		size_t n = 0;

		while (span_word(&rest, &group)) {
			bool without = group.p[0] == '!', first = true;

			group = span_from(group, without);
			while (span_next(&group, '|', &one)) {
				one.n -= one.n && one.p[one.n - 1] == '*';
				words_read(&words, one);
				if (words.n != 1 || words.v[0].n != one.n || memcmp(words.bytes, one.p, one.n) != 0)
					fail_msg("%s: \"%.*s\" is no word", pattern, SPAN_ARG(one));
				if (first && !without)
					n += (size_t)snprintf(text + n, sizeof(text) - n, "%.*s ", SPAN_ARG(one));
				first = false;
			}
		}
		words_read(&sentence, span_of(text));
		if (!words_match(&sentence, pattern))
			fail_msg("%s: \"%s\" does not meet it", pattern, text);
	}
}

/* Every id has what an end user can be told: whole sentences, none of our own words, no value. */
static void
replies_are_for_people(void **state)
{
	static const char *const ours[] = {"token", "introspect", "scope", "claim", "JWT", "OAuth", "OpenID", "HTTP",
		"client_", "endpoint", "%", "\n", "tokentriage", "  "};

	(void)state;
	for (size_t i = 0; i < catalogue_count; i++) {
		const char *texts[2];

		if (!reply_find(span_of(catalogue[i].id), &texts[0], &texts[1]))
			fail_msg("%s has no reply", catalogue[i].id);
		for (size_t t = 0; t < 2; t++) {
			if (texts[t][strlen(texts[t]) - 1] != '.')
				fail_msg("%s: \"%s\" is no whole sentence", catalogue[i].id, texts[t]);
			for (size_t k = 0; k < ARRAY_SIZE(ours); k++)
				if (strstr(texts[t], ours[k]))
					fail_msg("%s: \"%s\" in what is for people", catalogue[i].id, ours[k]);
		}
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
		cmocka_unit_test(alternatives_name_rules_and_probes),
		cmocka_unit_test(umbrellas_have_alternatives),
		cmocka_unit_test(no_part_hides_a_later_one),
		cmocka_unit_test(patterns_can_be_met),
		cmocka_unit_test(replies_are_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
