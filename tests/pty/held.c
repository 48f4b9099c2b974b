/*
 * What the screen does not wait for: a terminal that does not read, and the network's module before the first screen.
 */
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "pty/play.h"

enum { KEYS_MAX = 20000, MORE = 200 };

static const char *const pages[2] = {"\033[6~", "\033[5~"}; /* PgDn, PgUp in the guide */

/* The guide of a demo whose terminal takes nothing any more; *keys: how many it took.  *per: bytes a frame. */
static struct vt *
start_held(int *keys, unsigned long *per)
{
	static const char *const args[] = {"demo", "expired", NULL};
	struct vt *t = play_start(NULL, args);
	unsigned long before;

	assert_true(vt_idle(t));
	vt_type(t, "g");
	assert_true(vt_idle(t));
	before = t->seen;
	for (*keys = 0; *keys < 2; ++*keys) {
		vt_type(t, pages[*keys % 2]);
		assert_true(vt_idle(t));
	}
	*per = (t->seen - before) / 2;
	assert_true(*per > 100); /* a page does change */
	t->held = true;
	for (; t->last.state != 'h' && *keys < KEYS_MAX; ++*keys) {
		vt_type(t, pages[*keys % 2]);
		assert_true(vt_taken(t));
	}
	assert_int_equal(t->last.state, 'h');
	return t;
}

/* More keys, an even number in all: the kernel may have found room for a few frames meanwhile. */
static void
press_on(struct vt *t, int *keys)
{
	for (int most = *keys + MORE; *keys < most || *keys % 2; ++*keys) {
		vt_type(t, pages[*keys % 2]);
		assert_true(vt_taken(t));
	}
	assert_int_equal(t->last.state, 'h');
}

/* The program takes key after key; of the frames meanwhile none is kept, and the last one is drawn. */
static void
test_frames_are_dropped(void **state)
{
	unsigned long per, written;
	int keys;
	struct vt *t = start_held(&keys, &per);
	char *now;

	(void)state;
	written = t->last.written;
	press_on(t, &keys);
	assert_true(t->last.written - written < MORE * per / 4);
	written = t->last.written;
	t->held = false;
	assert_true(vt_idle(t));
	assert_true(t->seen - written <= 3 * per); /* the rest of one, and the last */
	now = xstrdup(vt_text(t)); /* the page before, since the number of keys is even */
	vt_type(t, pages[0]);
	assert_true(vt_idle(t));
	assert_string_not_equal(vt_text(t), now);
	vt_type(t, pages[1]);
	assert_true(vt_idle(t));
	assert_string_equal(vt_text(t), now);
	free(now);
	vt_type(t, "\033");
	assert_true(vt_idle(t));
	play_quit(t);
}

/* It need not read to be left: nobody has to go and look for the process. */
static void
test_end_without_reader(void **state)
{
	unsigned long per;
	int keys;
	struct vt *t = start_held(&keys, &per);

	(void)state;
	vt_signal(t, SIGTERM);
	assert_true(vt_exit(t));
	assert_true(WIFEXITED(t->status));
	assert_int_equal(WEXITSTATUS(t->status), 128 + SIGTERM);
	assert_true(vt_modes_restored(t));
}

/* Nor need it to get its terminal back from a program that crashed: what was not read makes room for that. */
static void
test_crash_without_reader(void **state)
{
	unsigned long per;
	int keys;
	struct vt *t = start_held(&keys, &per);

	(void)state;
	press_on(t, &keys);
	vt_signal(t, SIGSEGV);
	assert_true(vt_exit(t));
	/* a sanitizer makes an exit of it */
	assert_true(WIFSIGNALED(t->status) ? WTERMSIG(t->status) == SIGSEGV : WEXITSTATUS(t->status) != 0);
	assert_true(vt_modes_restored(t));
}

/*
 * The module with libcurl and OpenSSL is a pipe here, which lets nobody open it until there is a writer: the program
 * stands still where it loads it.  What it has written by then came before.
 */
static void
test_screen_before_network(void **state)
{
	static const char *const env[] = {"TT_TEST_TOKEN=kV4tNq2xLs8wPz7rYc6wPs9n3JhR8qUv", NULL};
	static const char *const args[] = {
		"--issuer=http://127.0.0.1:9", "--access-token-env=TT_TEST_TOKEN", NULL};
	const char *real = getenv("TOKENTRIAGE");
	char folder[] = "held.XXXXXX", *here = getcwd(NULL, 0), *program, *module;
	const struct vt_options o = {.env = env};
	struct vt *t;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	program = xasprintf("%s/%s/tokentriage", here, folder);
	module = xasprintf("%s/%s/net.so", here, folder);
	assert_int_equal(link(real, program), 0);
	assert_int_equal(mkfifo(module, 0600), 0);
	assert_int_equal(setenv("TOKENTRIAGE", program, 1), 0);
	t = play_start(&o, args);
	alarm(60); /* should it never come to the module: for the fingerprint of the token, at the latest */
	fd = open(module, O_WRONLY);
	alarm(0);
	assert_true(fd >= 0);
	vt_drain(t);
	assert_true(vt_has(t, "the screen stands before anything is loaded or sent"));
	assert_true(vt_has(t, "[1 Verify"));
	close(fd); /* no module: it goes on without */
	assert_true(vt_idle(t));
	assert_true(vt_gone(t, "the screen stands before"));
	play_quit(t);
	assert_int_equal(setenv("TOKENTRIAGE", real, 1), 0);
	unlink(module);
	unlink(program);
	assert_int_equal(rmdir(folder), 0);
	free(module);
	free(program);
	free(here);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, play_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_frames_are_dropped),
		TEST(test_end_without_reader),
		TEST(test_crash_without_reader),
		TEST(test_screen_before_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
