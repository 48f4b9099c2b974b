/* The real program at its next start after a refresh whose answer was not kept: on the screen, and in lines. */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "pty/play.h"

#define MARK "00000000000000000000000000000007.mark"

static char work[64], *state_folder, *env_state;

/* What such a run left: the folder, the salt, and the mark. */
static int
set_up(void **state)
{
	char *salt, *mark;

	(void)state;
	snprintf(work, sizeof(work), "/tmp/tt-interrupted-XXXXXX");
	if (!mkdtemp(work))
		return -1;
	state_folder = path_join(work, "tokentriage");
	env_state = xasprintf("XDG_STATE_HOME=%s", work);
	salt = path_join(state_folder, "salt");
	mark = path_join(state_folder, MARK);
	if (mkdir(state_folder, 0700) != 0 ||
		file_write_private(salt, SPAN_LIT("0123456789abcdef0123456789abcdef"), NULL) != RES_OK ||
		file_write_private(mark, SPAN_LIT("since 1769860800\nwhose acme at idp.example\n"), NULL) != RES_OK)
		return -1;
	free(salt);
	free(mark);
	return 0;
}

static void
remove_from(const char *folder, const char *name)
{
	char *path = path_join(folder, name);

	unlink(path);
	free(path);
}

static int
tear_down(void **state)
{
	static const char *const files[] = {"salt", MARK, "spent", "lock"};
	int r = play_teardown(state);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		remove_from(state_folder, files[i]);
	rmdir(state_folder);
	rmdir(work);
	free(state_folder);
	free(env_state);
	return r;
}

static bool
marked(void)
{
	char *path = path_join(state_folder, MARK);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

static struct vt *
start(const char *plain)
{
	const char *const env[] = {env_state, "TT_TEST_TOKEN=opaque-token-of-no-server", NULL};
	const struct vt_options o = {.env = env};
	const char *args[] = {"--issuer=http://127.0.0.1:1", "--access-token-env=TT_TEST_TOKEN", plain, NULL};

	return play_start(&o, args);
}

/* Shown at every start, until the user has seen it. */
static void
test_on_the_screen(void **state)
{
	struct vt *t;

	(void)state;
	t = start(NULL);
	assert_true(vt_see(t, "A refresh was interrupted"));
	assert_true(vt_has(t, "acme at idp.example"));
	vt_type(t, "\r"); /* Enter alone forgets nothing */
	assert_true(vt_gone(t, "A refresh was interrupted"));
	assert_true(vt_idle(t));
	play_quit(t);
	assert_true(marked());
	t = start(NULL);
	assert_true(vt_see(t, "A refresh was interrupted"));
	vt_type(t, "2");
	assert_true(vt_gone(t, "A refresh was interrupted"));
	assert_true(vt_idle(t));
	play_quit(t);
	assert_false(marked());
	t = start(NULL);
	assert_true(vt_idle(t));
	assert_false(vt_has(t, "A refresh was interrupted"));
	play_quit(t);
}

static void
test_in_lines(void **state)
{
	struct vt *t;

	(void)state;
	t = start("--plain");
	assert_true(vt_see(t, "Note: A refresh of acme at idp.example, sent 2026-01-31T12:00:00Z, ended"));
	assert_true(vt_see(t, "d: do not mention it again."));
	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "d\r");
	assert_true(vt_see(t, "the token is not sent again."));
	assert_false(marked());
	vt_type(t, "q\r");
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_on_the_screen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_in_lines, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
