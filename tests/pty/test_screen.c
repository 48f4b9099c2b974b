/*
 * The interface alone, over a made-up case (tests/ui/try-ui), in a pseudo terminal: start and end, modes, keys, paste,
 * resize, signals, hang-up, odd terminals.
 */
#include "unit.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/clock.h"
#include "base/mem.h"
#include "pty/vt.h"

static char program[PATH_MAX];

static struct vt *
start(const char *state, int rows, int cols, const char *const *env)
{
	const char *argv[] = {program, state, "0", strcmp(state, "0") == 0 ? "choose" : NULL, NULL};
	struct vt_options o = {.rows = rows, .cols = cols, .env = env};
	struct vt *t = vt_start(argv, &o);

	assert_non_null(t);
	return t;
}

/* Leaves by q; everything is as it was found. */
static void
leave(struct vt *t)
{
	vt_type(t, "q");
	assert_true(vt_exit(t));
	assert_true(WIFEXITED(t->status));
	assert_int_equal(WEXITSTATUS(t->status), 0);
	assert_false(t->alternate);
	assert_false(t->bracketed);
	assert_true(t->cursor);
	vt_free(t);
}

static void
test_start_and_quit(void **state)
{
	struct vt *t = start("3", 24, 80, NULL);
	struct termios before, after;

	(void)state;
	assert_true(vt_idle(t));
	assert_int_equal(tcgetattr(t->master, &before), 0);
	assert_false(before.c_lflag & (ECHO | ICANON));
	assert_true(t->alternate && t->bracketed && !t->cursor);
	assert_true(vt_has(t, " ✗ The access token expired 3 min ago by the server's clock."));
	assert_true(vt_has(t, "Next: Refresh it: step 3. Press R."));
	assert_true(vt_has(t, "a hostile \\e[2J\\u{202E} reason\\r\\nphrase"));
	vt_type(t, "q");
	assert_true(vt_exit(t));
	assert_int_equal(tcgetattr(t->master, &after), 0);
	assert_true((after.c_lflag & (ECHO | ICANON)) == (ECHO | ICANON));
	assert_false(t->alternate);
	/* the farewell stays on the terminal */
	assert_true(vt_has(t, "This run sent 3 requests"));
	vt_free(t);
}

static void
test_steps_and_rows(void **state)
{
	struct vt *t = start("3", 24, 80, NULL);
	unsigned long before;

	(void)state;
	assert_true(vt_idle(t));
	vt_type(t, "5");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "[5 Debug ?]"));
	assert_true(vt_has(t, "── Exchanges ──"));
	vt_type(t, "\033[A<<<");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "[2 Expiration !]"));
	assert_true(vt_has(t, "expired 2026-01-31 11:57:03Z"));
	vt_type(t, "<\033OB");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "▸  token"));
	before = t->seen;
	vt_type(t, "j");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "▸✗ active"));
	/* the budget of a moved selection */
	assert_in_range(t->seen - before, 1, 150);
	vt_type(t, "\r");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "POST https://idp.example/introspect"));
	vt_type(t, "\033");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "▸✗ active"));
	leave(t);
}

static void
test_refresh_asks_first(void **state)
{
	struct vt *t = start("3", 24, 80, NULL);

	(void)state;
	assert_true(vt_idle(t));
	vt_type(t, "R");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "Where do the new tokens go?"));
	vt_type(t, "2");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "Refresh the tokens?"));
	assert_true(vt_has(t, "in memory only"));
	vt_type(t, "\033");
	assert_true(vt_idle(t));
	assert_false(vt_has(t, "Refresh the tokens?"));
	assert_true(vt_has(t, "The access token expired"));
	vt_type(t, "R");
	assert_true(vt_idle(t));
	vt_type(t, "\r"); /* Enter alone changes nothing at the server */
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "The access token expired"));
	vt_type(t, "R");
	assert_true(vt_idle(t));
	vt_type(t, "1");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "The token works"));
	leave(t);
}

static void
test_paste_of_16_kib(void **state)
{
	struct vt *t = start("0", 24, 80, NULL);
	size_t n = 16384 + 255;
	char *token = xmalloc(n + 1);

	(void)state;
	for (size_t i = 0; i < n; i++)
		token[i] = i % 65 == 64 ? '\r' : "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[i % 64];
	token[n] = '\0';
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "Access token"));
	vt_paste(t, token, n);
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "Pasted 16639 bytes."));
	assert_true(vt_has(t, "[hidden, 16639 bytes]"));
	assert_false(vt_has(t, "0123456789abcdef"));
	/* nothing of the paste was taken for a key */
	assert_true(vt_has(t, "Which server, which token?"));
	vt_type(t, "\r");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "[1 Verify"));
	leave(t);
	free(token);
}

static void
test_resize(void **state)
{
	static const int sizes[][2] = {{60, 200}, {18, 60}, {17, 60}, {18, 59}, {1, 1}, {5, 3}, {40, 120}, {24, 80}};
	struct vt *t = start("3", 24, 80, NULL);

	(void)state;
	assert_true(vt_idle(t));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		bool small = sizes[i][0] < 18 || sizes[i][1] < 60;

		vt_resize(t, sizes[i][0], sizes[i][1]);
		assert_true(vt_idle(t));
		assert_int_equal(vt_has(t, "The access token expired"), !small);
		if (small && sizes[i][1] > 20)
			assert_true(vt_has(t, "too small: needs 60x18"));
	}
	assert_true(vt_has(t, "Next: Refresh it: step 3. Press R."));
	leave(t);
}

/* Every way out gives the terminal back. */
static void
test_signals(void **state)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT};

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		struct vt *t = start("3", 24, 80, NULL);
		struct termios modes;

		assert_true(vt_idle(t));
		assert_true(t->alternate);
		vt_signal(t, signals[i]);
		assert_true(vt_exit(t));
		vt_drain(t);
		if (signals[i] == SIGSEGV || signals[i] == SIGABRT)
			assert_true(WIFSIGNALED(t->status) || WEXITSTATUS(t->status) != 0);
		else
			assert_int_equal(WEXITSTATUS(t->status), 128 + signals[i]);
		assert_int_equal(tcgetattr(t->master, &modes), 0);
		assert_true((modes.c_lflag & (ECHO | ICANON)) == (ECHO | ICANON));
		assert_false(t->alternate);
		assert_false(t->bracketed);
		assert_true(t->cursor);
		vt_free(t);
	}
}

static void
test_interrupt_key(void **state)
{
	struct vt *t = start("3", 24, 80, NULL);

	(void)state;
	assert_true(vt_idle(t));
	vt_type(t, "\003");
	assert_true(vt_exit(t));
	assert_int_equal(WEXITSTATUS(t->status), 128 + SIGINT);
	assert_false(t->alternate);
	assert_true(vt_has(t, "This run sent"));
	vt_free(t);
}

static void
test_hang_up(void **state)
{
	struct vt *t = start("3", 24, 80, NULL);

	(void)state;
	assert_true(vt_idle(t));
	vt_hang_up(t);
	assert_true(vt_exit(t));
	assert_true(WIFEXITED(t->status));
	assert_int_equal(WEXITSTATUS(t->status), 128 + SIGHUP);
	vt_free(t);
}

static void
test_terminals(void **state)
{
	static const struct {
		const char *term, *lang;
		bool ascii;
	} worlds[] = {{"TERM=xterm-256color", "LC_ALL=C.UTF-8", false}, {"TERM=xterm", "LC_ALL=C", true},
		{"TERM=vt100", "LC_ALL=C.UTF-8", false}, {"TERM=linux", "LC_ALL=C.UTF-8", false},
		{"TERM=tmux-256color", "LC_ALL=C.UTF-8", false}, {"TERM=frobozz-256color", "LC_ALL=C.UTF-8", false},
		{"TERM=", "LC_ALL=C.UTF-8", false}, {"TERM=xterm-256color", "LC_ALL=POSIX", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(worlds) / sizeof(*worlds); i++) {
		const char *env[] = {worlds[i].term, worlds[i].lang, "LINES=10", "COLUMNS=30", NULL};
		struct vt *t = start("3", 24, 80, env);

		assert_true(vt_idle(t));
		assert_true(vt_has(t, "The access token expired"));
		assert_true(vt_has(t, worlds[i].ascii ? "-- Introspection --" : "── Introspection ──"));
		vt_type(t, "\033OB\033[B");
		assert_true(vt_idle(t));
		assert_true(vt_has(t, worlds[i].ascii ? ">x active" : "▸✗ active"));
		leave(t);
	}
}

static void
test_esc_is_quick(void **state)
{
	struct vt *t = start("3", 24, 80, NULL);
	int64_t from, least = INT64_MAX;

	(void)state;
	assert_true(vt_idle(t));
	for (int i = 0; i < 5; i++) {
		vt_type(t, "?");
		assert_true(vt_idle(t));
		assert_true(vt_has(t, "── Help"));
		from = clock_mono_us(&clock_system);
		vt_type(t, "\033");
		assert_true(vt_gone(t, "── Help"));
		if (clock_mono_us(&clock_system) - from < least)
			least = clock_mono_us(&clock_system) - from;
	}
	/* 25 ms and what a frame takes; the best of five, since other work runs beside */
	assert_in_range(least, 1, 40000);
	leave(t);
}

/* Ctrl-Z in a session without job control is ignored by the system; the screen must come back all the same. */
static void
test_suspend_key(void **state)
{
	struct vt *t = start("3", 24, 80, NULL);

	(void)state;
	assert_true(vt_idle(t));
	vt_type(t, "\032");
	vt_type(t, "j");
	assert_true(vt_idle(t));
	assert_true(t->alternate && t->bracketed && !t->cursor);
	assert_true(vt_has(t, "The access token expired"));
	assert_true(vt_has(t, "▸  token"));
	leave(t);
}

/* Keys, pastes and resizes at random: it neither crashes nor hangs, and leaves the terminal well. */
static void
test_random_keys(void **state)
{
	static const char *const keys[] = {"1", "2", "3", "4", "5", "<", ">", "\r", "\t", "\033[Z", "j", "k", "\033[A",
		"\033[B", "\033[5~", "\033[6~", "\033[H", "\033[F", "L", "g", "?", "f", "x", "c", "s", "u", "t", "R", "V",
		"/", "n", "N", ":", "\033", "a", "Z", "\x7f", "\x15", "w", "r", "\033[200~tok\ren\033[201~", "ä", "作",
		"\033OP", "\014", "\033[1;5C", "\007"};
	struct vt *t = start("3", 24, 80, NULL);
	uint64_t x = 20260131;

	(void)state;
	for (int round = 0; round < 150; round++) {
		for (int i = 0; i < 12; i++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			vt_type(t, keys[(x >> 33) % (sizeof(keys) / sizeof(*keys))]);
		}
		if (round % 5 == 0)
			vt_resize(t, 1 + (int)(x >> 40 & 63), 1 + (int)(x >> 48 & 127));
		assert_true(vt_idle(t));
	}
	vt_resize(t, 24, 80);
	vt_signal(t, SIGTERM);
	assert_true(vt_exit(t));
	assert_int_equal(WEXITSTATUS(t->status), 128 + SIGTERM);
	assert_false(t->alternate);
	assert_false(t->bracketed);
	vt_free(t);
}

/* Random keys export and copy as well: what they wrote goes with the folder it was written to. */
static void
empty_folder(void)
{
	DIR *d = opendir(".");

	for (const struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.' || e->d_name[1])
			unlink(e->d_name);
	if (d)
		closedir(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_and_quit),
		cmocka_unit_test(test_steps_and_rows),
		cmocka_unit_test(test_refresh_asks_first),
		cmocka_unit_test(test_paste_of_16_kib),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_interrupt_key),
		cmocka_unit_test(test_hang_up),
		cmocka_unit_test(test_terminals),
		cmocka_unit_test(test_esc_is_quick),
		cmocka_unit_test(test_suspend_key),
		cmocka_unit_test(test_random_keys),
	};
	char folder[] = "/tmp/tokentriage-screen.XXXXXX", path[1024];
	const char *dir = getenv("builddir");
	int failed;

	snprintf(path, sizeof(path), "%s/tests/ui/try-ui", dir ? dir : ".");
	if (!realpath(path, program) || !mkdtemp(folder) || chdir(folder) != 0)
		return 99;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	empty_folder();
	if (chdir("/") != 0 || rmdir(folder) != 0)
		return 99;
	return failed;
}
