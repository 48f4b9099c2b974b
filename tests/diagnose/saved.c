#include "unit.h"

#include "diagnose/saved.h"

#include "base/mem.h"
#include "case/case-file.h"

static bool
same(const char *what, const char *live, const char *saved)
{
	if (strcmp(live, saved) == 0)
		return true;
	print_message("# %s, live:  %s\n# %s, saved: %s\n", what, live, what, saved);
	return false;
}

static bool
same_finding(const struct finding *a, const struct finding *b)
{
	bool ok = same("finding", a->rule->id, b->rule->id) && same("summary", a->summary, b->summary) &&
		same("remedy", a->remedy, b->remedy) && a->severity == b->severity && a->step == b->step &&
		a->n_evidence == b->n_evidence && a->n_caused_by == b->n_caused_by;

	for (size_t i = 0; ok && i < a->n_evidence; i++)
		ok = same("fact", a->evidence[i].fact, b->evidence[i].fact) &&
			same("evidence", a->evidence[i].value, b->evidence[i].value) &&
			a->evidence[i].from == b->evidence[i].from;
	for (size_t i = 0; ok && i < a->n_caused_by; i++)
		ok = a->caused_by[i] == b->caused_by[i];
	if (!ok)
		print_message("# %s is not the same when saved\n", a->rule->id);
	return ok;
}

static bool
same_diagnosis(const struct diagnosis *a, const struct diagnosis *b)
{
	bool ok = same("verdict", a->verdict.summary, b->verdict.summary) &&
		same("next", a->verdict.next, b->verdict.next) && a->verdict.state == b->verdict.state;

	if (a->n != b->n)
		print_message("# %zu findings live, %zu saved\n", a->n, b->n);
	for (size_t i = 0; i < a->n && i < b->n; i++)
		ok = same_finding(&a->findings[i], &b->findings[i]) && ok;
	return ok && a->n == b->n;
}

bool
same_when_saved(const struct fixture *fx, const struct diagnosis *live)
{
	struct case_story story = {.saved_wall_us = clock_wall_us(&fx->clock)};
	struct diagnosis *d = xcalloc(1, sizeof(*d));
	struct walk walk = {{STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_OK}};
	struct err e = ERR_INIT;
	struct clock other;
	struct facts facts;
	struct case_file c;
	struct buf text;
	bool ok;

	/* another day: the verdict is that of the recording */
	clock_init_manual(&other, clock_wall_us(&fx->clock) + INT64_C(90) * 86400 * 1000000);
	buf_init(&text, 16 << 20);
	case_init(&c);
	assert_int_equal(case_file_write(&text, &fx->c, &story, fx->redactor), RES_OK);
	assert_true(case_file_is(buf_span(&text)));
	if (case_file_read(&c, &story, buf_span(&text), &e) != RES_OK)
		fail_msg("%s", e.text);
	if (story.damaged)
		fail_msg("%s", story.first_damage);
	facts_derive(&facts, &c, &other);
	diagnose(d, &facts, &walk);
	ok = same_diagnosis(live, d);
	case_release(&c);
	buf_release(&text);
	free(d);
	return ok;
}
