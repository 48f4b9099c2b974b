/*
 * What a second costs: bytes that the real terminal code writes while a token lives and dies on the screen of step 2,
 * where most of it moves.  In a child of its own, whose terminal is a pty that the test drains.
 */
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ui/fake.h"

enum { LIFE_S = 700, TICK_MAX = 64, TURN_MAX = 1024, TURNS = 4 };

struct cost {
	unsigned long tick, turn; /* the most that a second costs, and one in which much changes */
	int tick_at, turn_at, turns;
};

struct sight {
	int rows, cols;
	bool ascii;
	int64_t skew_s;
};

/* What the line is drawn by, its colour and its scale: the second in which that changes is a turn, not a tick. */
static int64_t
drawn_by(const struct ui *ui)
{
	const struct timeline *t = &ui->m.timeline;
	int64_t from, to;

	life_range(&t->access, t->now_s, t->leeway_s, &from, &to);
	return from * 16 + (int64_t)ui->m.access.band;
}

/* The child: every second of a life, from just after the token was issued. */
static void
live(const struct sight *s, struct cost *out)
{
	const struct term_options o = {.ascii = s->ascii};
	struct terminal *t;
	struct canvas c;
	struct err e = ERR_INIT;
	struct ui *ui;

	fake_init(FAKE_OK);
	fake.exp_us = clock_wall_us(&fake.clock) + LIFE_S * INT64_C(1000000);
	fake.life_s = LIFE_S;
	fake.skew_s = s->skew_s;
	ui = fake_ui(STEP_EXPIRY);
	t = term_curses.open(&o, &e);
	if (!t)
		_exit(3);
	term_curses.set_theme(t, &ui->theme);
	canvas_init(&c);
	c.ascii = s->ascii;
	canvas_resize(&c, s->rows, s->cols);
	ui_draw(ui, &c);
	term_curses.draw(t, &c);
	while (!term_curses.writable(t))
		(void)poll(NULL, 0, 1);
	for (int i = 1; i <= LIFE_S - (int)s->skew_s; i++) {
		unsigned long before = term_curses.traffic(t).out, n;
		int64_t was = drawn_by(ui);

		clock_advance_us(&fake.clock, 1000000);
		model_read(&ui->m, fake_deps.wizard, ui->step, &ui->keymap, false);
		ui_draw(ui, &c);
		term_curses.draw(t, &c);
		while (!term_curses.writable(t))
			(void)poll(NULL, 0, 1);
		n = term_curses.traffic(t).out - before;
		if (was != drawn_by(ui)) {
			out->turns++;
			out->turn_at = n > out->turn ? i : out->turn_at;
			out->turn = n > out->turn ? n : out->turn;
		} else {
			out->tick_at = n > out->tick ? i : out->tick_at;
			out->tick = n > out->tick ? n : out->tick;
		}
	}
	canvas_release(&c);
	term_curses.close(t);
	fake_ui_free(ui);
	fake_release();
}

static void
cost_of(const struct sight *s, struct cost *out)
{
	struct winsize size = {.ws_row = (unsigned short)s->rows, .ws_col = (unsigned short)s->cols};
	int master = posix_openpt(O_RDWR | O_NOCTTY), told[2], status;
	char bytes[4096];
	pid_t pid;

	memset(out, 0, sizeof(*out));
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 && pipe(told) == 0);
	pid = fork();
	if (pid == 0) {
		int slave = open(ptsname(master), O_RDWR);

		ioctl(slave, TIOCSWINSZ, &size);
		dup2(slave, STDIN_FILENO);
		dup2(slave, STDOUT_FILENO);
		close(master);
		setenv("TERM", "xterm-256color", 1);
		live(s, out);
		_exit(write(told[1], out, sizeof(*out)) == sizeof(*out) ? 0 : 4);
	}
	close(told[1]);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct pollfd p = {.fd = master, .events = POLLIN};

		if (poll(&p, 1, 20) > 0 && read(master, bytes, sizeof(bytes)) < 0)
			continue;
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(read(told[0], out, sizeof(*out)), sizeof(*out));
	close(told[0]);
	close(master);
}

static void
test_a_tick_is_small(void **state)
{
	static const int64_t skews[] = {0, 41, -41, 7};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(fake_sizes) * ARRAY_SIZE(skews) * 2; k++) {
		struct sight s = {fake_sizes[k / 8][0], fake_sizes[k / 8][1], k % 2, skews[k / 2 % 4]};
		struct cost c;

		cost_of(&s, &c);
		print_message("# %dx%d%s, clock off by %d s: at most %lu bytes a second (at %d), %lu in %d turns (%d)\n", s.cols,
			s.rows, s.ascii ? " ASCII" : "", (int)s.skew_s, c.tick, c.tick_at, c.turn, c.turns, c.turn_at);
		assert_in_range(c.tick, 1, TICK_MAX);
		assert_in_range(c.turn, 0, TURN_MAX);
		assert_in_range(c.turns, 0, TURNS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_tick_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
