/* Step 4's decision and the verdict's next step are one advice, for every finding there is. */
#include "unit.h"

#include <dirent.h>

#include "base/mem.h"
#include "diagnose/fixture.h"
#include "wizard/wizard.h"

static const char *const decide[] = {
#define DECIDE(finding, advice) finding,
#include "diagnose/decide.def"
#undef DECIDE
};

/* Each error has one row, and nothing else has. */
static void
every_error_is_decided(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		unsigned rows = 0;

		for (size_t k = 0; k < ARRAY_SIZE(decide); k++)
			rows += !strcmp(decide[k], rules[i].id);
		if (rows != (rules[i].severity == SEV_ERROR))
			fail_msg("%s has %u rows", rules[i].id, rows);
	}
	for (size_t k = 0; k < ARRAY_SIZE(decide); k++)
		if (!rule_find(span_of(decide[k])))
			fail_msg("%s is no finding", decide[k]);
}

/* What the verdict's next sentence says where an application is to refresh, or to have its user log in. */
static const char *const refresh[] = {"step 3", NULL};
static const char *const login[] = {"Log in", "log in", "login", "logs in", "consent", "Begin again", NULL};

static bool
says(const char *next, const char *const *words)
{
	for (; *words; words++)
		if (strstr(next, *words))
			return true;
	return false;
}

static bool
is_login(enum advice_kind k)
{
	return k == ADVICE_LOGIN || k == ADVICE_SILENT || k == ADVICE_ASK_SCOPE;
}

static void
agree(const char *path, const struct verdict *v)
{
	bool renew = v->next_step == STEP_REFRESH && v->primary->step != STEP_REFRESH;
	bool again = says(v->next, (const char *const[]){"og in again", NULL});

	if (renew != (v->advice == ADVICE_REFRESH) || (renew && !says(v->next, refresh)))
		fail_msg("%s: \"%s\" is step %d, and the decision: %s", path, v->next, v->next_step + 1,
			advice_words(v->advice));
	if ((is_login(v->advice) && !says(v->next, login)) || (again && !renew && !is_login(v->advice)))
		fail_msg("%s: \"%s\", and the decision: %s", path, v->next, advice_words(v->advice));
}

static void
look_at(const char *path, bool *seen)
{
	static const struct walk walk = {{STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_OK}};
	struct diagnosis *d = xcalloc(1, sizeof(*d));
	struct fixture fx;
	struct facts facts;

	fixture_read(&fx, path);
	facts_derive(&facts, &fx.c, &fx.clock);
	diagnose(d, &facts, &walk);
	if (d->n && d->findings[0].severity == SEV_ERROR) {
		seen[d->findings[0].rule - rules] = true;
		agree(path, &d->verdict);
	} else {
		assert_true(d->verdict.advice == ADVICE_NONE || d->verdict.advice == ADVICE_UNKNOWN);
	}
	fixture_release(&fx);
	free(d);
}

/* The cases of tests/diagnose: every rule has some in which it stands first. */
static void
the_decision_is_the_verdicts(void **state)
{
	char folder[512], path[1200];
	bool *seen = xcalloc(rule_count, sizeof(*seen));
	struct dirent *e;
	DIR *dir;

	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		snprintf(folder, sizeof folder, "%s/tests/diagnose/cases/%s", getenv("srcdir"), rules[i].id);
		dir = opendir(folder);
		assert_non_null(dir);
		while ((e = readdir(dir))) {
			if (!strstr(e->d_name, ".case"))
				continue;
			snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
			look_at(path, seen);
		}
		closedir(dir);
	}
	for (size_t i = 0; i < rule_count; i++)
		if (rules[i].severity == SEV_ERROR && !seen[i])
			fail_msg("%s stands first in no case", rules[i].id);
	free(seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_is_decided),
		cmocka_unit_test(the_decision_is_the_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
