/* The loop itself: a terminal of our own, a manual clock, a script of what happens whenever it would block. */
#include "unit.h"

#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "ui/fake.h"

enum { ROWS = 24, COLS = 80 };

static struct {
	int fds[2];
	int draws, prepared_at; /* frames when prepare was called */
	bool prepare_fails, closed, gone, refuse, profiles, mouse, no_mouse, wants_mouse;
	struct buf screen;      /* the last frame */
	size_t interrupted;     /* refreshes of earlier runs */
	const char *const *script; /* bytes to type, or "tick": time passes; ends with NULL */
	int waits[64], n_waits; /* time-outs the loop asked for */
	int draws_at[64];       /* frames drawn before each */
} world;

/* --- the terminal ---------------------------------------------------------------------------------- */

static struct terminal *
w_open(const struct term_options *o, struct err *e)
{
	(void)o;
	if (world.refuse) {
		err_set(e, RES_UNSUPPORTED, "no terminal");
		return NULL;
	}
	return (struct terminal *)&world;
}

static void
w_close(struct terminal *t)
{
	(void)t;
	world.closed = true;
}

static int
w_fd(const struct terminal *t)
{
	(void)t;
	return world.fds[0];
}

static long
w_read(struct terminal *t, char *p, size_t n)
{
	(void)t;
	return world.gone ? 0 : read(world.fds[0], p, n);
}

static bool
w_no(struct terminal *t)
{
	(void)t;
	return false;
}

static void
w_size(const struct terminal *t, int *rows, int *cols)
{
	(void)t;
	*rows = ROWS;
	*cols = COLS;
}

static bool
w_ascii(const struct terminal *t)
{
	(void)t;
	return false;
}

static int
w_colours(const struct terminal *t)
{
	(void)t;
	return 0;
}

static const char *
w_notice(const struct terminal *t)
{
	(void)t;
	return "";
}

static void
w_theme(struct terminal *t, const struct theme *theme)
{
	(void)t;
	(void)theme;
}

static bool
w_draw(struct terminal *t, const struct canvas *c)
{
	(void)t;
	world.draws++;
	buf_clear(&world.screen);
	for (int row = 0; row < c->rows; row++) {
		canvas_row_text(c, row, &world.screen);
		buf_putc(&world.screen, '\n');
	}
	return true;
}

static void
w_nothing(struct terminal *t)
{
	(void)t;
}

static struct term_traffic
w_traffic(const struct terminal *t)
{
	(void)t;
	return (struct term_traffic){0, 0};
}

static bool
w_writable(struct terminal *t)
{
	(void)t;
	return true;
}

static void
w_clip(struct terminal *t, struct span text)
{
	(void)t;
	(void)text;
}

static bool
w_mouse(struct terminal *t, bool on)
{
	(void)t;
	world.mouse = on;
	return !world.no_mouse;
}

static const struct term_ops term_world = {w_open, w_close, w_fd, w_read, w_no, w_size, w_ascii, w_colours,
	w_notice, w_theme, w_draw, w_nothing, w_traffic, w_writable, w_clip, w_nothing, w_mouse};

/* --- the script ---------------------------------------------------------------------------------------- */

static bool
shows(const char *text)
{
	return span_find_str(buf_span(&world.screen), text) != SIZE_MAX;
}

static void
on_wait(int timeout_ms)
{
	const char *what = *world.script;

	if (world.n_waits < (int)ARRAY_SIZE(world.waits)) {
		world.draws_at[world.n_waits] = world.draws;
		world.waits[world.n_waits++] = timeout_ms;
	}
	if (!what)
		fail_msg("the script is over and the loop still waits");
	world.script++;
	if (strcmp(what, "tick") == 0) {
		assert_true(timeout_ms > 0);
		clock_advance_us(&fake.clock, timeout_ms * INT64_C(1000));
	} else if (what[0] == '=') {
		/* a look at the screen */
		if (!shows(what + 1))
			fail_msg("\"%s\" is not on the screen:\n%s", what + 1, buf_str(&world.screen));
		on_wait(timeout_ms);
	} else if (write(world.fds[1], what, strlen(what)) < 0) {
		fail();
	}
}

static bool
prepare(void *ctx, struct err *e)
{
	(void)ctx;
	world.prepared_at = world.draws;
	if (world.prepare_fails) {
		err_set(e, RES_IO, "the server does not start");
		return false;
	}
	return true;
}

static int
run(enum fake_state state, const char *const *script)
{
	static struct profile profiles[2];
	int status;

	fake_init(state);
	if (world.profiles) {
		profiles[0].name = profiles[1].name = (char *)(uintptr_t)"acme";
		fake_deps.profiles = profiles;
		fake_deps.n_profiles = 2;
		fake_deps.use_profile = (enum res (*)(void *, const struct profile *, struct err *))abort;
	}
	fake.on_wait = on_wait;
	fake_deps.term = &term_world;
	fake_deps.mouse = world.wants_mouse;
	fake_deps.prepare = prepare;
	world.script = script;
	fake.interrupted = world.interrupted;
	status = ui_run(&fake_deps);
	world.interrupted = fake.interrupted;
	fake_release();
	return status;
}

static int
set_up(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	buf_init(&world.screen, 1 << 16);
	world.prepared_at = -1;
	return pipe(world.fds);
}

static int
tear_down(void **state)
{
	(void)state;
	close(world.fds[0]);
	close(world.fds[1]);
	buf_release(&world.screen);
	return 0;
}

/* --- tests ------------------------------------------------------------------------------------------------ */

static void
test_a_frame_before_anything(void **state)
{
	static const char *const script[] = {"=The access token expired", "q", NULL};

	(void)state;
	assert_int_equal(run(FAKE_PROBLEM, script), 0);
	assert_int_equal(world.prepared_at, 1);
	assert_true(world.closed);
}

static void
test_idle_means_no_wake_up(void **state)
{
	static const char *const script[] = {"j", "j", "5", "q", NULL};

	(void)state;
	assert_int_equal(run(FAKE_PROBLEM, script), 0);
	for (int i = 0; i < world.n_waits; i++) {
		assert_int_equal(world.waits[i], -1);
		/* and one frame a key */
		if (i)
			assert_int_equal(world.draws_at[i], world.draws_at[i - 1] + 1);
	}
}

static void
test_a_countdown_wakes_once_a_second(void **state)
{
	static const char *const script[] = {"=AT 04:58", "tick", "=AT 04:58", "tick", "tick", "tick", "=AT 04:55",
		"q", NULL};

	(void)state;
	assert_int_equal(run(FAKE_OK, script), 0);
	assert_int_equal(world.n_waits, 8);
	for (int i = 0; i < world.n_waits; i++)
		assert_in_range(world.waits[i], 700, 1000);
	/* a frame a second */
	assert_int_equal(world.draws, 6);
}

static void
test_esc_takes_its_time_once(void **state)
{
	static const char *const script[] = {"?", "=── Help", "\033", "tick", "=── Token", "q", NULL};
	bool esc = false;

	(void)state;
	assert_int_equal(run(FAKE_PROBLEM, script), 0);
	for (int i = 0; i < world.n_waits; i++)
		esc = esc || world.waits[i] == KEYDEC_ESC_US / 1000;
	assert_true(esc);
}

static void
test_a_step_runs_and_ends(void **state)
{
	static const char *const script[] = {"\r", "=introspection · idp.example", "tick", "=The access token expired",
		"q", NULL};

	(void)state;
	assert_int_equal(run(FAKE_EMPTY, script), 0);
}

static void
test_a_shown_secret_goes_by_itself(void **state)
{
	static const char *const script[] = {"j", "s", "=opaque-token-of-the-tests", "tick", "=opaq…[redacted", "q", NULL};

	(void)state;
	assert_int_equal(run(FAKE_PROBLEM, script), 0);
	assert_false(shows("opaque-token-of-the-tests"));
}

/* Taken where it is wished and there is one; the key leaves it to the terminal, and takes it again. */
static void
test_the_mouse(void **state)
{
	static const char *const clicks[] = {"\033[<0;20;2M", "=[2 Expiration", "M", "=selects text", "\033[<0;3;2M",
		"=[2 Expiration", "M", "=is taken", "\033[<0;3;2M", "=[1 Verify", "q", NULL};
	static const char *const none[] = {"\033[<0;20;2M", "=[1 Verify", "M", "=has no mouse", "q", NULL};

	(void)state;
	world.wants_mouse = true;
	assert_int_equal(run(FAKE_PROBLEM, clicks), 0);
	assert_true(world.mouse);
	world.no_mouse = true;
	assert_int_equal(run(FAKE_PROBLEM, none), 0);
}

static void
test_failures(void **state)
{
	static const char *const none[] = {NULL};
	static const char *const term[] = {"j", NULL};

	(void)state;
	world.prepare_fails = true;
	assert_int_equal(run(FAKE_EMPTY, none), 2);
	assert_true(world.closed);
	assert_int_equal(world.draws, 1);
	world.prepare_fails = false;
	world.refuse = true;
	assert_int_equal(run(FAKE_EMPTY, none), 2);
	world.refuse = false;
	world.gone = true;
	assert_int_equal(run(FAKE_EMPTY, term), 128 + SIGHUP);
}

static void
test_a_burst_is_a_paste(void **state)
{
	/* t: the token form; then what a terminal without bracketed paste sends */
	static const char *const script[] = {"t", "eyJhbGciOiJub25lIn0.first-line\rsecond-line", "=Pasted 42 bytes",
		"=[hidden, 42 bytes]", "\003", NULL};

	(void)state;
	assert_int_equal(run(FAKE_EMPTY, script), 128 + SIGINT);
}

/* A token pasted over the list of profiles runs none of its letters, and goes where tokens go. */
static void
test_a_burst_over_a_list(void **state)
{
	static const char *const script[] = {"t", "=M-i log in", "q?quick-token", "=[hidden, 13 bytes]", "\003", NULL};

	(void)state;
	world.profiles = true;
	assert_int_equal(run(FAKE_EMPTY, script), 128 + SIGINT);
}

/* An interrupted refresh is shown at the start; Enter alone leaves it for the next one. */
static void
test_an_interrupted_refresh_is_shown(void **state)
{
	static const char *const later[] = {"=A refresh was interrupted", "=before its answer was kept", "\r",
		"\003", NULL};
	static const char *const seen[] = {"=A refresh was interrupted", "2", "\003", NULL};

	(void)state;
	world.interrupted = 1;
	assert_int_equal(run(FAKE_OK, later), 128 + SIGINT);
	assert_int_equal(world.interrupted, 1);
	assert_int_equal(run(FAKE_OK, seen), 128 + SIGINT);
	assert_int_equal(world.interrupted, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_frame_before_anything, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_idle_means_no_wake_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_countdown_wakes_once_a_second, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_esc_takes_its_time_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_step_runs_and_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_shown_secret_goes_by_itself, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_mouse, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failures, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_burst_is_a_paste, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_burst_over_a_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_interrupted_refresh_is_shown, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
