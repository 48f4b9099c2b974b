/*
 * The real program under somebody, or something, that presses keys at random: seeded keys, lines of the
 * command line, pastes, clicks and turns of the wheel, half and wrong escape sequences, resizes from 1x1 to
 * 500x200, each on a scenario drawn at random.  It neither crashes nor hangs nor leaks (where a sanitizer looks),
 * and gives the terminal back every time it ends.
 *
 * TT_RANDOM_EVENTS: how many (2000); TT_RANDOM_SEED: of the whole (1).  What is sent is the seed's alone; how
 * far the program has come when it is sent is not.
 */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/span.h"
#include "demo/demo.h"
#include "pty/play.h"
#include "remove-tree.h"

enum {
	EVENTS = 2000,
	AT_ONCE = 12,      /* most events between two looks */
	LIFE = 400,        /* events of one program, then it is quit */
	PASTE_MAX = 16384,
	ROWS_MAX = 200, COLS_MAX = 500,
};

static struct rng rng;
static char folder[] = "/tmp/tokentriage-random.XXXXXX";
static unsigned long seed, n_keys, n_commands, n_pastes, n_mice, n_resizes, n_programs;

static const char *const named_keys[] = {"\r", "\t", "\033", "\033[A", "\033[B", "\033[C", "\033[D",
	"\033[H", "\033[F", "\033[5~", "\033[6~", "\033[2~", "\033[3~", "\033[Z", "\033OP", "\033[15~",
	"\033[1;5C", "\177", "\b", "\001", "\002", "\004", "\005", "\006", "\007", "\013", "\014", "\025",
	"\027", "\013", "\020", "\016", "\031", "\033b", "\033f", "\033d", "\033x", "\303\244", "\346\227\245", "\360\237\222\251"};
/* What no terminal means: cut short, too long, or not UTF-8. */
static const char *const odd_bytes[] = {"\033[", "\033[9999999999;99999~", "\033[?", "\033O", "\033]0;x",
	"\033]52;c;QQ==\007", "\033P", "\300\200", "\377\376", "\355\240\200", "\360\237\222", "\033[<",
	"\033[200~", "\033[201~", "\033[I", "\033[O", "\033[M!!!", "\033[M\377\377\377", "\033[<0;;M", "\033[1;1R", "\033[?62;4c"};

static void
send_key(struct vt *t)
{
	char c;

	n_keys++;
	switch (rng_below(&rng, 8)) {
	case 0:
	case 1:
	case 2:
		vt_type(t, named_keys[rng_below(&rng, ARRAY_SIZE(named_keys))]);
		return;
	case 3:
		if (rng_below(&rng, 8) == 0) {
			vt_type(t, odd_bytes[rng_below(&rng, ARRAY_SIZE(odd_bytes))]);
			return;
		}
		break;
	default:
		break;
	}
	do
		c = (char)(' ' + rng_below(&rng, 95));
	while (c == 'q' && rng_below(&rng, 8)); /* a life should have some length */
	vt_send(t, &c, 1);
}

static void
send_command(struct vt *t)
{
	static const char *const lines[] = {"theme nord\r", "theme \t\t\r", "th\t\t\r", "run-again verify\r", "run-again \t\t\t\r",
		"login device\r", "login \t\t\r", "explain token-expired\r", "explain inv\t\t\r", "guide \t\r", "export html x.html\r",
		"export \t\t \t\r", "save-case x.case\r", "save-case ../\t\t", "walk\r", "\t\t\t", "\033[A\033[A\r", "mouse\r",
		"expotr\r", "local-time\r", "refresh\r", "profile\r", "tokens\r", "further-probes\r", "help\r"};

	n_commands++;
	vt_type(t, ":");
	vt_type(t, lines[rng_below(&rng, ARRAY_SIZE(lines))]);
}

static void
send_paste(struct vt *t)
{
	static char text[PASTE_MAX];
	size_t n = rng_below(&rng, 4) ? rng_below(&rng, 200) : rng_below(&rng, PASTE_MAX);
	bool any = rng_below(&rng, 2);

	n_pastes++;
	rng_fill(&rng, text, n);
	/* half of them text of many lines, the others any bytes */
	for (size_t i = 0; i < n && !any; i++)
		text[i] = (char)(text[i] & 63 ? ' ' + (text[i] & 63) : rng_below(&rng, 2) ? '\n' : '\r');
	/* a paste that ends itself is what the user's clipboard held, not what this test wants to press */
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\033' || text[i] == 3 || text[i] == 26 || text[i] == 28)
			text[i] = '.';
	vt_paste(t, text, n);
}

static void
send_mouse(struct vt *t)
{
	int row = (int)rng_below(&rng, (uint32_t)t->rows), col = (int)rng_below(&rng, (uint32_t)t->cols);
	char text[48];

	n_mice++;
	switch (rng_below(&rng, 8)) {
	case 0:
		snprintf(text, sizeof(text), "\033[<%u;%u;%u%c", rng_below(&rng, 140), rng_below(&rng, 600),
			rng_below(&rng, 300), rng_below(&rng, 2) ? 'M' : 'm');
		vt_type(t, text);
		break;
	case 1:
	case 2:
		vt_wheel(t, row, col, rng_below(&rng, 2));
		break;
	default:
		vt_click(t, row, col);
		break;
	}
}

static void
resize(struct vt *t)
{
	static const int usual[][2] = {{24, 80}, {18, 60}, {40, 120}, {60, 200}, {1, 1}, {17, 59}, {18, 59},
		{ROWS_MAX, COLS_MAX}};
	size_t i = rng_below(&rng, ARRAY_SIZE(usual));

	n_resizes++;
	if (rng_below(&rng, 2))
		vt_resize(t, usual[i][0], usual[i][1]);
	else
		vt_resize(t, 1 + (int)rng_below(&rng, ROWS_MAX), 1 + (int)rng_below(&rng, COLS_MAX));
}

static void
event(struct vt *t)
{
	uint32_t what = rng_below(&rng, 100);

	if (what < 3)
		resize(t);
	else if (what < 5)
		send_paste(t);
	else if (what < 13)
		send_mouse(t);
	else if (what < 16)
		send_command(t);
	else
		send_key(t);
}

/* Quit, or interrupted by its key or a click on its name; a leak would make another status of it. */
static void
ended_well(struct vt *t)
{
	play_restored(t);
	assert_true(WIFEXITED(t->status));
	if (WEXITSTATUS(t->status) != 128 + SIGINT)
		assert_int_equal(WEXITSTATUS(t->status), 0);
	play_teardown(NULL);
}

/* Quits from wherever it is. */
static void
quit(struct vt *t)
{
	vt_type(t, "\033[201~"); /* out of a paste that never ended */
	for (int i = 0; i < 12 && !t->exited; i++) {
		vt_type(t, "\033");
		assert_true(vt_settled(t));
	}
	if (!t->exited) {
		vt_resize(t, 24, 80);
		vt_type(t, "\003");
	}
	ended_well(t);
}

/* One program until it is quit or quits; returns the events it saw. */
static unsigned long
live(unsigned long most)
{
	const struct scenario *s = &scenarios[rng_below(&rng, (uint32_t)scenario_count)];
	const char *args[] = {"demo", s->name, "--mouse", rng_below(&rng, 8) ? "on" : "off", NULL};
	const struct vt_options o = {.cwd = folder};
	struct vt *t = play_start(&o, args);
	unsigned long done = 0;

	n_programs++;
	assert_true(vt_idle(t));
	while (done < most && !t->exited) {
		uint32_t n = 1 + rng_below(&rng, AT_ONCE);

		for (uint32_t i = 0; i < n && done < most; i++, done++)
			event(t);
		if (!vt_settled(t))
			fail_msg("no answer on scenario %s", s->name);
	}
	if (t->exited)
		ended_well(t);
	else
		quit(t);
	return done;
}

static unsigned long
number_of(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 10) : otherwise;
}

static void
test_random(void **state)
{
	unsigned long left = number_of("TT_RANDOM_EVENTS", EVENTS);

	(void)state;
	rng_init_seeded(&rng, seed);
	while (left > 0) {
		unsigned long n = live(left < LIFE ? left : LIFE);

		left -= n < left ? n : left;
	}
}

/* Of a failure, too. */
static int
say_counts(void **state)
{
	print_message("# seed %lu: %lu keys, %lu commands, %lu pastes, %lu mouse events, %lu resizes, %lu programs\n", seed,
		n_keys, n_commands, n_pastes, n_mice, n_resizes, n_programs);
	return play_teardown(state);
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int
remove_folder(void **state)
{
	(void)state;
	return remove_tree(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(test_random, say_counts)};

	seed = number_of("TT_RANDOM_SEED", 1);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
