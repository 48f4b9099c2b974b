/*
 * Every scenario of the embedded server, walked by keys in the real program: the screen names the scenario's cause.
 */
#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "demo/demo.h"
#include "pty/play.h"

/* Each row of step 5 opens; nothing in raw requests and answers is a secret. */
static void
open_rows(struct vt *t)
{
	vt_resize(t, 60, 240);
	play_keys(t, "\033[H");
	for (int i = 0; i < 60; i++) {
		char *before = xstrdup(vt_text(t));
		bool same;

		play_keys(t, "\r");
		assert_true(vt_has(t, "Esc back"));
		play_keys(t, "\007"); /* at once; Esc has to wait whether it begins a sequence */
		play_keys(t, "j");
		/* the countdown may move, the rows below the first do so only by the mark */
		same = strcmp(strchr(before, '\n'), strchr(vt_text(t), '\n')) == 0;
		free(before);
		if (same)
			break;
		assert_in_range(i, 0, 58);
	}
	play_keys(t, "\033");
	vt_resize(t, 24, 80);
	assert_true(vt_idle(t));
}

/* Names are cut where there is no room; what is left must be the id's beginning. */
static bool
list_names(struct vt *t, const char *id)
{
	for (int row = 0; row < t->rows; row++) {
		const char *text = vt_row(t, row);
		size_t n = 0;

		text += strspn(text, " ");
		if (strncmp(text, "✗ ", 4) == 0 || strncmp(text, "! ", 2) == 0)
			text = strchr(text, ' ') + 1;
		/* the strokes of the tree */
		while (strncmp(text, "└─ ", 7) == 0 || strncmp(text, "├─ ", 7) == 0 || strncmp(text, "│  ", 5) == 0 ||
			strncmp(text, "   ", 3) == 0)
			text = strchr(text, ' ') + strspn(strchr(text, ' '), " ");
		while (id[n] && text[n] == id[n])
			n++;
		if (!id[n] || (n >= 12 && strncmp(text + n, "…", 3) == 0))
			return true;
	}
	return false;
}

/* Does it end with the sign that there is more? */
static bool
is_cut(const char *words)
{
	struct span s = span_trim(span_of(words));

	return s.n >= strlen("…") && span_is(span_from(s, s.n - strlen("…")), "…");
}

static void
names_the_cause(struct vt *t, const struct scenario *s)
{
	char glyph[8], *verdict = play_verdict(t, glyph), *finding = NULL, *smallest;
	bool problem = !s->healthy && !s->passes && *s->expects, first = false;
	const char *state = s->open ? "?" : problem ? "✗" : "✓";

	if (strcmp(glyph, state) != 0) {
		vt_dump(t, "the state");
		fail_msg("the verdict's state is %s: %s", glyph, verdict);
	}
	if (*s->expects) {
		assert_true(list_names(t, s->expects));
		finding = play_finding(t, s->expects, &first);
		assert_non_null(finding);
	}
	if (problem) {
		assert_true(first);
		if (!play_same_words(verdict, finding))
			fail_msg("the verdict says: %s; %s says: %s", verdict, s->expects, finding);
	}
	/* the smallest terminal says it, too, and whole */
	vt_resize(t, 18, 60);
	assert_true(vt_idle(t));
	smallest = play_verdict(t, glyph);
	assert_string_equal(glyph, state);
	if (is_cut(smallest) || (problem && !play_same_words(smallest, finding))) {
		vt_dump(t, "the verdict");
		fail_msg("60x18 says: %s; 80x24: %s", smallest, verdict);
	}
	free(smallest);
	free(finding);
	free(verdict);
	assert_true(!*s->expects || list_names(t, s->expects));
	vt_resize(t, 24, 80);
	assert_true(vt_idle(t));
}

/* Where the verdict is open and a probe would settle it: with consent. */
static void
probe_further(struct vt *t)
{
	char glyph[8];

	free(play_verdict(t, glyph));
	if (strcmp(glyph, "?") != 0 || !vt_has(t, "probe further"))
		return;
	play_keys(t, "p");
	assert_true(vt_has(t, "Probe further?"));
	play_keys(t, "1");
	play_keys(t, "5");
}

static void
revoke_it(struct vt *t)
{
	play_keys(t, "V");
	if (vt_has(t, "Revoke which token?"))
		play_keys(t, "1");
	assert_true(vt_has(t, "Revoke the token?"));
	play_keys(t, "1");
	assert_true(vt_has(t, "[4 Handle "));
	play_keys(t, "5");
}

static void
test_scenario(void **state)
{
	const struct scenario *s = *state;
	const char *args[] = {"demo", s->name, NULL};
	struct vt *t = play_start(NULL, args);

	assert_true(vt_idle(t));
	assert_true(vt_has(t, "demo: "));
	assert_true(vt_has(t, s->name));
	play_walk(t);
	/* a walk refreshes nothing, and says no "ok" for it */
	assert_false(vt_has(t, "3 Refresh ✓"));
	if (s->refresh) {
		play_refresh(t);
		play_keys(t, "5");
	}
	if (s->revoke)
		revoke_it(t);
	probe_further(t);
	names_the_cause(t, s);
	open_rows(t);
	play_quit(t);
}

/* What explains what: a line below the verdict, a tree in step 5, on the smallest terminal, too. */
static void
test_chain(void **state)
{
	static const char *const args[] = {"demo", "rotated", NULL};
	struct vt *t = play_start(NULL, args);

	(void)state;
	play_walk(t);
	play_refresh(t);
	play_keys(t, "4");
	assert_true(vt_has(t, "Why:  refresh-token-rotated → token-expired"));
	play_keys(t, "5");
	assert_true(vt_has(t, " ✗ └─ token-expired  The access token expired"));
	vt_resize(t, 18, 60);
	assert_true(vt_idle(t));
	assert_true(vt_has(t, " ✗ └─ token-expired  The access token"));
	play_quit(t);
}

static void
test_list(void **state)
{
	static const char *const args[] = {"demo", "--list", NULL};
	const struct vt_options o = {.rows = 2 * (int)scenario_count, .cols = 80};
	struct vt *t = play_start(&o, args);
	int row = 0;

	(void)state;
	assert_true(vt_exit(t));
	for (size_t i = 0; i < scenario_count; i++) {
		const struct scenario *s = &scenarios[i];
		size_t n = strlen(s->name);

		if (i == 0 || scenario_group(s) != scenario_group(s - 1)) {
			row += i ? 1 : 0;
			assert_string_equal(vt_row(t, row++), scenario_group(s));
		}
		assert_memory_equal(vt_row(t, row), s->name, n);
		assert_int_equal(vt_row(t, row)[n], ' ');
		assert_non_null(strstr(vt_row(t, row++), s->sentence));
	}
	assert_string_equal(vt_row(t, row), "");
}

int
main(void)
{
	struct CMUnitTest *tests = xcalloc(scenario_count + 2, sizeof(*tests));
	int failed;

	tests[0] = (struct CMUnitTest){"demo --list", test_list, NULL, play_teardown, NULL};
	tests[1] = (struct CMUnitTest){"cause and effect", test_chain, NULL, play_teardown, NULL};
	for (size_t i = 0; i < scenario_count; i++)
		tests[i + 2] = (struct CMUnitTest){scenarios[i].name, test_scenario, NULL, play_teardown,
			(void *)(uintptr_t)&scenarios[i]};
	failed = _cmocka_run_group_tests("journey", tests, scenario_count + 2, NULL, NULL);
	free(tests);
	return failed;
}
