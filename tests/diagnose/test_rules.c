/*
 * Every folder of cases/: fires.case must give the folder's id as first finding (or as its own
 * expect lines say), quiet.case must not have it.  Every .case of healthy/ must be without an error
 * and ok. A rule without a folder with both files fails.
 */
#include "unit.h"

#include <dirent.h>

#include "base/file.h"
#include "base/mem.h"
#include "diagnose/diagnose.h"
#include "diagnose/fixture.h"
#include "diagnose/saved.h"

enum kind { FIRES, QUIET, HEALTHY };

struct subject {
	char path[512], id[64];
	enum kind kind;
};

static void
print_findings(const char *path, const struct diagnosis *d)
{
	print_message("# %s: %s\n", path, d->verdict.summary);
	for (size_t i = 0; i < d->n; i++)
		print_message("#   %s %s: %s\n", severity_id(d->findings[i].severity),
			d->findings[i].rule->id, d->findings[i].summary);
}

static const struct finding *
find(const struct diagnosis *d, const char *id)
{
	for (size_t i = 0; i < d->n; i++) {
		if (!strcmp(d->findings[i].rule->id, id))
			return &d->findings[i];
	}
	return NULL;
}

static bool
holds(const struct expectation *e, const struct diagnosis *d)
{
	const struct finding *f = find(d, e->id);

	if (!strcmp(e->what, "first"))
		return d->n && d->findings[0].rule->id == (f ? f->rule->id : NULL);
	if (!strcmp(e->what, "has"))
		return f != NULL;
	if (!strcmp(e->what, "not"))
		return f == NULL;
	if (!strcmp(e->what, "remedy"))
		return f && strstr(f->remedy, e->by);
	if (!strcmp(e->what, "unadvised"))
		return f && !strstr(f->remedy, e->by);
	if (!strcmp(e->what, "summary"))
		return f && strstr(f->summary, e->by);
	if (!strcmp(e->what, "none"))
		return d->n == 0;
	if (!strcmp(e->what, "state"))
		return !strcmp(state_id(d->verdict.state), e->id);
	for (size_t i = 0; f && i < f->n_caused_by; i++) {
		if (!strcmp(f->caused_by[i]->id, e->by))
			return true;
	}
	return false;
}

static bool
check(const struct subject *s, const struct fixture *fx, const struct diagnosis *d)
{
	bool first = false;

	for (size_t i = 0; i < fx->n_expect; i++) {
		if (!holds(&fx->expect[i], d)) {
			print_message("# expected: %s %s %s\n", fx->expect[i].what,
				fx->expect[i].id, fx->expect[i].by);
			return false;
		}
		first = first || !strcmp(fx->expect[i].what, "first") ||
			(!strcmp(fx->expect[i].what, "has") && !strcmp(fx->expect[i].id, s->id));
	}
	switch (s->kind) {
	case FIRES:
		return first ? find(d, s->id) != NULL
			     : d->n && !strcmp(d->findings[0].rule->id, s->id);
	case QUIET:
		return find(d, s->id) == NULL;
	case HEALTHY:
		for (size_t i = 0; i < d->n; i++) {
			if (d->findings[i].severity == SEV_ERROR)
				return false;
		}
		return d->verdict.state == STATE_OK;
	}
	return false;
}

/* What the predicate consulted: named, with a value, and from something that is there. */
static void
check_evidence(const struct finding *f, const struct case_file *c)
{
	assert_true(f->n_evidence > 0);
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];

		assert_true(e->fact[0]);
		if (!e->value[0])
			fail_msg("%s: its evidence %s has no value", f->rule->id, e->fact);
		if (e->from > 0 && !case_exchange(c, (uint32_t)e->from))
			fail_msg("%s: %s is from no exchange", f->rule->id, e->fact);
	}
}

static void
run_subject(void **state)
{
	const struct subject *s = *state;
	struct diagnosis *d = xcalloc(1, sizeof(*d));
	struct fixture fx;
	struct facts facts;
	struct walk walk = {{STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_OK}};
	bool ok;

	fixture_read(&fx, s->path);
	facts_derive(&facts, &fx.c, &fx.clock);
	diagnose(d, &facts, &walk);
	ok = check(s, &fx, d);
	if (!ok || getenv("SHOW_FINDINGS"))
		print_findings(s->path, d);
	for (size_t i = 0; i < d->n; i++) {
		assert_true(d->findings[i].summary[0] && d->findings[i].remedy[0]);
		check_evidence(&d->findings[i], &fx.c);
	}
	assert_true(d->verdict.summary[0] && d->verdict.next[0]);
	ok = same_when_saved(&fx, d) && ok;
	fixture_release(&fx);
	free(d);
	assert_true(ok);
}

/* --- the list ----------------------------------------------------------------------------- */

static struct CMUnitTest *tests;
static size_t n_tests;

static void
add(const char *folder, const char *id, const char *file, enum kind kind)
{
	struct subject *s = xcalloc(1, sizeof(*s));
	char name[200];

	(void)snprintf(s->path, sizeof(s->path), "%s/%s", folder, file);
	(void)snprintf(s->id, sizeof(s->id), "%s", id);
	s->kind = kind;
	(void)snprintf(name, sizeof(name), "%s %s", id, file);
	tests = xreallocarray(tests, n_tests + 1, sizeof(*tests));
	tests[n_tests++] = (struct CMUnitTest){xstrdup(name), run_subject, NULL, NULL, s};
}

static bool
exists(const char *folder, const char *file)
{
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, file);
	return access(path, R_OK) == 0;
}

static int
compare_tests(const void *a, const void *b)
{
	return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

static const char *
top(void)
{
	return getenv("srcdir") ? getenv("srcdir") : ".";
}

static void
collect(const char *only)
{
	char folder[400];
	struct dirent *e;
	DIR *dir;

	for (size_t i = 0; i < rule_count; i++) {
		(void)snprintf(
			folder, sizeof(folder), "%s/tests/diagnose/cases/%s", top(), rules[i].id);
		if (only && strcmp(only, rules[i].id) != 0)
			continue;
		if (exists(folder, "fires.case"))
			add(folder, rules[i].id, "fires.case", FIRES);
		if (exists(folder, "quiet.case"))
			add(folder, rules[i].id, "quiet.case", QUIET);
		for (char more[] = "fires-2.case"; more[6] <= '9'; more[6]++) {
			if (exists(folder, more))
				add(folder, rules[i].id, more, FIRES);
		}
		for (char more[] = "quiet-2.case"; more[6] <= '9'; more[6]++) {
			if (exists(folder, more))
				add(folder, rules[i].id, more, QUIET);
		}
	}
	(void)snprintf(folder, sizeof(folder), "%s/tests/diagnose/healthy", top());
	dir = opendir(folder);
	while (dir && (e = readdir(dir))) {
		if (strstr(e->d_name, ".case") && (!only || !strcmp(only, "healthy")))
			add(folder, "healthy", e->d_name, HEALTHY);
	}
	if (dir)
		closedir(dir);
	qsort(tests, n_tests, sizeof(*tests), compare_tests);
}

static void
every_rule_has_both(void **state)
{
	size_t missing = 0;

	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		char folder[400];

		(void)snprintf(
			folder, sizeof(folder), "%s/tests/diagnose/cases/%s", top(), rules[i].id);
		if (exists(folder, "fires.case") && exists(folder, "quiet.case"))
			continue;
		print_message("# no pair of cases: %s\n", rules[i].id);
		missing++;
	}
	assert_int_equal(missing, 0);
}

/* --- what the files must be -------------------------------------------------------------- */

/* The lines of a case that say something. */
static size_t
lines_of(const char *path, char **text_out, struct span *lines, size_t most)
{
	struct buf text;
	struct span rest, line;
	size_t n = 0;

	buf_init(&text, 1 << 20);
	assert_int_equal(file_read(path, &text, NULL), RES_OK);
	*text_out = span_dup(buf_span(&text));
	buf_release(&text);
	rest = span_of(*text_out);
	while (n < most && span_next(&rest, '\n', &line)) {
		if (line.n && line.p[0] != '#' && !span_starts(line, "expect:"))
			lines[n++] = line;
	}
	return n;
}

enum { LINES = 600 };

/* How much of the quiet case stands in the firing one, in hundredths of its lines. */
static size_t
likeness(const char *quiet, const char *fires)
{
	static struct span a[LINES], b[LINES];
	char *ta, *tb;
	size_t na = lines_of(quiet, &ta, a, LINES), nb = lines_of(fires, &tb, b, LINES), same = 0;

	for (size_t i = 0; i < na; i++) {
		bool there = false;

		for (size_t k = 0; k < nb && !there; k++)
			there = span_eq(a[i], b[k]);
		same += there;
	}
	free(ta);
	free(tb);
	return na ? same * 100 / na : 0;
}

enum { NEAR = 60 }; /* hundredths */

/* A look-alike is near: most of it stands in a case in which the rule fires. */
static void
quiet_cases_are_near(void **state)
{
	size_t far = 0;

	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		char folder[400], quiet[600], fires[600];

		(void)snprintf(
			folder, sizeof(folder), "%s/tests/diagnose/cases/%s", top(), rules[i].id);
		for (char q = '1'; q <= '9'; q++) {
			char name[] = "quiet-2.case";
			size_t best = 0;

			name[6] = q;
			(void)snprintf(quiet, sizeof(quiet), "%s/%s", folder, q == '1' ? "quiet.case" : name);
			if (access(quiet, R_OK))
				continue;
			for (char k = '1'; k <= '9'; k++) {
				char other[] = "fires-2.case";
				size_t near;

				other[6] = k;
				(void)snprintf(fires, sizeof(fires), "%s/%s", folder,
					k == '1' ? "fires.case" : other);
				near = access(fires, R_OK) ? 0 : likeness(quiet, fires);
				best = near > best ? near : best;
			}
			if (best < NEAR) {
				print_message("# no near look-alike: %s (%zu %%)\n", quiet, best);
				far++;
			}
		}
	}
	assert_int_equal(far, 0);
}

/* A file of another name would be read by nobody. */
static bool
case_name(const char *s)
{
	if (strncmp(s, "fires", 5) != 0 && strncmp(s, "quiet", 5) != 0)
		return false;
	s += 5;
	if (s[0] == '-' && s[1] >= '2' && s[1] <= '9')
		s += 2;
	return !strcmp(s, ".case");
}

static void
every_file_is_read(void **state)
{
	size_t unread = 0;

	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		char folder[400];
		struct dirent *e;
		DIR *dir;

		(void)snprintf(
			folder, sizeof(folder), "%s/tests/diagnose/cases/%s", top(), rules[i].id);
		dir = opendir(folder);
		while (dir && (e = readdir(dir))) {
			if (e->d_name[0] == '.' || case_name(e->d_name))
				continue;
			print_message("# not fires[-N].case or quiet[-N].case: %s/%s\n", folder, e->d_name);
			unread++;
		}
		if (dir)
			closedir(dir);
	}
	assert_int_equal(unread, 0);
}

static bool
comes_first(const char *path, const char *id)
{
	struct diagnosis *d = xcalloc(1, sizeof(*d));
	struct fixture fx;
	struct facts facts;
	bool first;

	fixture_read(&fx, path);
	facts_derive(&facts, &fx.c, &fx.clock);
	diagnose(d, &facts, NULL);
	first = d->n && !strcmp(d->findings[0].rule->id, id);
	fixture_release(&fx);
	free(d);
	return first;
}

/* Each rule is the first finding of at least one case, whatever the others expect. */
static void
every_rule_comes_first_somewhere(void **state)
{
	size_t never = 0;

	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		char path[600];
		bool first = false;

		for (char k = '1'; k <= '9' && !first; k++) {
			char name[] = "fires-2.case";

			name[6] = k;
			(void)snprintf(path, sizeof(path), "%s/tests/diagnose/cases/%s/%s", top(), rules[i].id,
				k == '1' ? "fires.case" : name);
			first = !access(path, R_OK) && comes_first(path, rules[i].id);
		}
		if (!first) {
			print_message("# never the first finding: %s\n", rules[i].id);
			never++;
		}
	}
	assert_int_equal(never, 0);
}

/* Each folder is of a rule: no case is forgotten when an id changes. */
static void
every_folder_has_a_rule(void **state)
{
	char folder[400];
	struct dirent *e;
	DIR *dir;
	size_t strange = 0;

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s/tests/diagnose/cases", top());
	dir = opendir(folder);
	assert_non_null(dir);
	while ((e = readdir(dir))) {
		if (e->d_name[0] != '.' && !rule_find(span_of(e->d_name))) {
			print_message("# no such rule: %s\n", e->d_name);
			strange++;
		}
	}
	closedir(dir);
	assert_int_equal(strange, 0);
}

int
main(int argc, char **argv)
{
	collect(argc > 1 ? argv[1] : NULL);
	tests = xreallocarray(tests, n_tests + 5, sizeof(*tests));
	tests[n_tests++] = (struct CMUnitTest){
		"every rule comes first somewhere", every_rule_comes_first_somewhere, NULL, NULL, NULL};
	tests[n_tests++] =
		(struct CMUnitTest){"quiet cases are near", quiet_cases_are_near, NULL, NULL, NULL};
	tests[n_tests++] =
		(struct CMUnitTest){"every file is read", every_file_is_read, NULL, NULL, NULL};
	tests[n_tests++] =
		(struct CMUnitTest){"every rule has both", every_rule_has_both, NULL, NULL, NULL};
	tests[n_tests++] = (struct CMUnitTest){
		"every folder has a rule", every_folder_has_a_rule, NULL, NULL, NULL};
	return _cmocka_run_group_tests("rules", tests, n_tests, NULL, NULL);
}
