/* The real program on one terminal or another: TERM and locale, colours, and lines where there is no cursor to place. */
#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "base/utf8.h"
#include "pty/play.h"

static const char *const demo_expired[] = {"demo", "expired", NULL};

/* --- kinds of terminals -------------------------------------------------------------------------- */

/* The steps and what the arrows do, on this terminal in this locale. */
static void
walk_on(const char *term, const char *locale)
{
	char lsan[1100];
	const char *env[] = {term, locale, lsan, NULL};
	const struct vt_options o = {.env = env};
	bool ascii = strcmp(locale, "LC_ALL=C") == 0;
	char glyph[8], *verdict;
	struct vt *t;

	/* what a library loses is no fault of the program's under LeakSanitizer */
	snprintf(lsan, sizeof(lsan), "LSAN_OPTIONS=print_suppressions=0:suppressions=%s/tests/pty/lsan.supp",
		getenv("srcdir") ? getenv("srcdir") : ".");
	t = play_start(&o, demo_expired);
	if (ascii)
		vterm_set_utf8(t->term, 0);
	assert_true(vt_idle(t));
	assert_true(vt_has(t, ascii ? "[1 Verify .]" : "[1 Verify ·]"));
	play_keys(t, "w");
	if (!ascii) {
		verdict = play_verdict(t, glyph);
		assert_string_equal(glyph, "✗");
		assert_non_null(strstr(verdict, "The access token expired"));
		free(verdict);
	}
	play_keys(t, "\033OB\033[B");
	assert_true(vt_has(t, ascii ? " >" : "▸"));
	assert_true(vt_has(t, ascii ? "x The access token expired" : "✗ The access token expired"));
	for (const char *p = vt_text(t); ascii && *p; p++)
		assert_true((unsigned char)*p < 0x80);
	play_quit(t);
}

static void
test_terminals(void **state)
{
	static const char *const terms[] = {"TERM=xterm", "TERM=xterm-256color", "TERM=vt100", "TERM=linux",
		"TERM=tmux-256color", "TERM=screen", "TERM=screen-256color", "TERM=frobozz-256color"};

	(void)state;
	for (size_t i = 0; i < sizeof(terms) / sizeof(*terms); i++) {
		walk_on(terms[i], "LC_ALL=C.UTF-8");
		walk_on(terms[i], "LC_ALL=C");
	}
}

/* Each step and the pages over it, in a locale without UTF-8: not one byte above ASCII. */
static void
test_ascii(void **state)
{
	static const char *const env[] = {"LC_ALL=C", NULL};
	static const char *const keys[] = {"1", "\r", "\r", "\r", "\r", "\r", "f", "\033", "?", "\033", "g", "\033", "L",
		"L", "L", "R", "\033", "4", "5"};
	const struct vt_options o = {.env = env};
	struct vt *t = play_start(&o, demo_expired);

	(void)state;
	assert_true(vt_idle(t));
	vterm_set_utf8(t->term, 0);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		play_keys(t, keys[i]);
		for (const char *p = vt_text(t); *p; p++) {
			if ((unsigned char)*p >= 0x80) {
				vt_dump(t, "ASCII");
				fail_msg("after %s byte %02x at: %.20s", keys[i], (unsigned char)*p, p);
			}
		}
	}
	assert_true(vt_has(t, "x The access token expired"));
	assert_true(vt_has(t, "-- Findings --"));
	play_quit(t);
}

/* --- colours ------------------------------------------------------------------------------------- */

static int
coloured_cells(struct vt *t)
{
	int n = 0;

	for (int row = 0; row < t->rows; row++) {
		for (int col = 0; col < t->cols; col++) {
			VTermPos pos = {row, col};
			VTermScreenCell cell;

			vterm_screen_get_cell(t->screen, pos, &cell);
			n += !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
		}
	}
	return n;
}

static void
test_no_color(void **state)
{
	static const char *const never[] = {"demo", "expired", "--color", "never", NULL};
	static const struct {
		const char *env;
		const char *const *args;
		bool colours;
	} worlds[] = {{"NO_COLOR=", demo_expired, true}, {"NO_COLOR=1", demo_expired, false},
		{"NO_COLOR=", never, false}, {"TERM=vt100", demo_expired, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(worlds) / sizeof(*worlds); i++) {
		const char *env[] = {worlds[i].env, NULL};
		const struct vt_options o = {.env = env};
		struct vt *t = play_start(&o, worlds[i].args);

		play_walk(t);
		for (const char *step = "12345"; *step; step++) {
			char key[2] = {*step, '\0'};

			play_keys(t, key);
			assert_int_equal(coloured_cells(t) > 0, worlds[i].colours);
		}
		/* the state has a glyph of its own */
		assert_true(vt_has(t, "✗ The access token expired"));
		play_quit(t);
	}
}

/* --- line by line -------------------------------------------------------------------------------- */

/* Lines for a terminal that can do no more; not one escape sequence. */
static void
line_journey(const char *term, const char *const *args)
{
	const char *env[] = {term, NULL};
	const struct vt_options o = {.env = env, .rows = 60};
	struct vt *t = play_start(&o, args);

	assert_true(vt_see(t, "Choice:"));
	for (int i = 1; i <= 5; i++) {
		char now[32];

		snprintf(now, sizeof(now), "Now at step %d", i < 5 ? i + 1 : 1);
		vt_type(t, "n\r");
		assert_true(vt_see(t, now));
	}
	assert_true(vt_see(t, "Verdict, problem: The access token expired"));
	/* what was not done is not ok */
	vt_type(t, "s\r");
	assert_true(vt_see(t, "3 Refresh: skipped"));
	vt_type(t, "3\r");
	assert_true(vt_see(t, "refreshable: yes - r refreshes: a refresh token is there"));
	assert_true(vt_see(t, "Next: Refresh it: choice r."));
	vt_type(t, "q\r");
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 0);
	assert_null(strchr(t->plain, 033));
	assert_null(play_leak(t->plain));
	assert_non_null(strstr(t->plain, " sent.\r\n"));
}

static void
test_lines(void **state)
{
	static const char *const plain[] = {"demo", "expired", "--plain", NULL};

	(void)state;
	line_journey("TERM=dumb", demo_expired);
	line_journey("TERM=", demo_expired);
	line_journey("TERM=xterm-256color", plain);
}

/* The goal of a lesson: finding out is not enough where the scenario is to be mended. */
static void
test_lessons(void **state)
{
	static const char *const healthy[] = {"demo", "healthy", "--plain", NULL};
	static const char *const expired[] = {"demo", "expired", "--plain", NULL};
	const struct vt_options o = {.rows = 60};
	struct vt *t = play_start(&o, healthy);

	(void)state;
	assert_true(vt_see(t, "This scenario: Walk the five steps"));
	vt_type(t, "n\r");
	assert_true(vt_see(t, "Now at step 2"));
	assert_null(strstr(t->plain, "Lesson done"));
	vt_type(t, "4\r\r");
	assert_true(vt_see(t, "Lesson done. Next: tokentriage demo healthy-opaque"));
	vt_type(t, "q\r");
	play_restored(t);
	t = play_start(&o, expired);
	assert_true(vt_see(t, "Choice:"));
	for (int i = 1; i <= 5; i++) {
		char now[32];

		snprintf(now, sizeof(now), "Now at step %d", i < 5 ? i + 1 : 1);
		vt_type(t, "n\r");
		assert_true(vt_see(t, now));
	}
	assert_null(strstr(t->plain, "Lesson done"));
	vt_type(t, "r\r");
	assert_true(vt_see(t, "in memory only"));
	vt_type(t, "2\r");
	assert_true(vt_see(t, "Refresh now?"));
	vt_type(t, "y\r");
	assert_true(vt_see(t, "Lesson done. Next: tokentriage demo revoked"));
	vt_type(t, "q\r");
	play_restored(t);
}

/* The longest row the program wrote is no longer than the terminal is wide, and no word was cut at its edge. */
static void
test_lines_wrap(void **state)
{
	static const char *const args[] = {"demo", "wrong-secret", "--plain", NULL};
	const struct vt_options o = {.rows = 60, .cols = 50};
	struct vt *t = play_start(&o, args);
	char *rest, *line;

	(void)state;
	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "\r");
	assert_true(vt_see(t, "Next:"));
	vt_type(t, "g\r");
	assert_true(vt_see(t, "Try next:"));
	vt_type(t, "?\r");
	assert_true(vt_see(t, "k shows the glossary."));
	vt_type(t, "/AUDIENCE\r");
	assert_true(vt_see(t, "(RFC 7519 §4.1.3)"));
	vt_type(t, "/no such words\r");
	assert_true(vt_see(t, "Nothing is said of that"));
	vt_type(t, "what is this\r");
	assert_true(vt_see(t, "That is none of the choices"));
	vt_type(t, "q\r");
	play_restored(t);
	assert_non_null(strstr(t->plain, "Verdict, undetermined:"));
	assert_non_null(strstr(t->plain, "POST /introspect HTTP/1.1"));
	assert_non_null(strstr(t->plain, "Can one token be used for several resources?"));
	for (line = strtok_r(t->plain, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest))
		if (utf8_cells(span_of(line)) > 49)
			fail_msg("%zu cells: %s", utf8_cells(span_of(line)), line);
}

/* Further probes line by line: question, cost and danger first, and nothing without a yes. */
static void
test_lines_probe(void **state)
{
	static const char *const args[] = {"demo", "wrong-secret", "--plain", NULL};
	const struct vt_options o = {.rows = 60, .cols = 220};
	struct vt *t = play_start(&o, args);

	(void)state;
	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "\r");
	assert_true(vt_see(t, "Verdict, undetermined: The server refuses client"));
	assert_true(vt_see(t, "Probe further (choice p)"));
	vt_type(t, "p\r");
	assert_true(vt_see(t, "1 request; if the secret is wrong, it counts as one more failed login"));
	assert_true(vt_see(t, "Ask them now? [y/N]"));
	vt_type(t, "\r");
	assert_true(vt_see(t, "Nothing was sent."));
	vt_type(t, "p\ry\r");
	assert_true(vt_see(t, "Verdict, problem: The server refuses client"));
	vt_type(t, "p\r");
	assert_true(vt_see(t, "Nothing is open"));
	vt_type(t, "q\r");
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 0);
	assert_null(play_leak(t->plain));
}

/* Line by line the same: what was pasted behind the line that ended it. */
static void
test_no_line_is_left_for_the_shell(void **state)
{
	static const char script[] = "\"$0\" demo expired --plain; IFS= read -r line; echo \"line: $line.\"";
	const char *const argv[] = {"/bin/sh", "-c", script, getenv("TOKENTRIAGE"), NULL};
	struct vt *t = playing = vt_start(argv, NULL);

	(void)state;
	assert_non_null(t);
	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "q\recho PWNED\r");
	assert_true(vt_see(t, "Nothing was changed on the server."));
	vt_type(t, "fine\r");
	assert_true(vt_exit(t));
	assert_non_null(strstr(t->plain, "line: fine."));
	assert_null(strstr(t->plain, "line: echo"));
	vt_free(t);
	playing = NULL;
}

/* What waits for a token from the terminal says so; the wizard, whose keys come from there, does not begin. */
static void
test_token_from_the_terminal(void **state)
{
	static const char *const check[] = {"check", "--access-token-file", "-", "--issuer=http://127.0.0.1:1", NULL};
	static const char *const wizard[] = {"--access-token-file", "-", NULL};
	struct vt *t = play_start(NULL, check);

	(void)state;
	assert_true(vt_see(t, "reading the token from the terminal"));
	vt_type(t, "opaque\r\004");
	assert_true(vt_exit(t));
	assert_int_equal(WEXITSTATUS(t->status), 1);
	vt_free(t);
	playing = NULL;
	t = play_start(NULL, wizard);
	assert_true(vt_exit(t));
	assert_int_equal(WEXITSTATUS(t->status), 2);
	assert_true(vt_has(t, "a token cannot come from stdin"));
	vt_free(t);
	playing = NULL;
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, play_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_terminals),
		TEST(test_ascii),
		TEST(test_no_color),
		TEST(test_lines),
		TEST(test_lessons),
		TEST(test_lines_wrap),
		TEST(test_lines_probe),
		TEST(test_no_line_is_left_for_the_shell),
		TEST(test_token_from_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
