/*
 * The profile editor by keys, on the screen and line by line, against the embedded server: tested, saved to a file of
 * its own without a secret, found by the next start; one that was written by hand stays as it is.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/mem.h"
#include "pty/play.h"
#include "remove-tree.h"

static char *folder, *config_home;

static int
setup(void **state)
{
	(void)state;
	/* short: a long name of letters and digits looks like a secret */
	folder = xstrdup("/tmp/tt-ed-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	config_home = xasprintf("XDG_CONFIG_HOME=%s", folder);
	return 0;
}

static int
teardown(void **state)
{
	int r = remove_tree(folder);

	play_teardown(state);
	free(folder);
	free(config_home);
	return r;
}

static struct vt *
start(const char *const *args, const int size[2])
{
	const char *env[] = {config_home, NULL};
	const struct vt_options o = {.rows = size[0], .cols = size[1], .env = env};

	return play_start(&o, args);
}

/* The file of the profile "acme": the user's alone, its issuer in it, and nothing that looks like a secret. */
static void
check_file(void)
{
	char *path = xasprintf("%s/tokentriage/profiles.d/acme.conf", folder);
	struct err e = ERR_INIT;
	struct stat st;
	struct buf b;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	buf_init(&b, 1 << 16);
	assert_int_equal(file_read(path, &b, &e), RES_OK);
	assert_non_null(strstr(buf_str(&b), "name = \"acme\";"));
	assert_non_null(strstr(buf_str(&b), "issuer = \"http://127.0.0.1:"));
	assert_null(play_leak(buf_str(&b)));
	buf_release(&b);
	free(path);
}

/* Is it there for the next start, as the program reads it? */
static void
found_again(void)
{
	static const char *const args[] = {"check", "--print-config", "-p", "acme", NULL};
	static const int tall[] = {200, 100};
	struct vt *t = start(args, tall);

	assert_true(vt_exit(t));
	vt_drain(t);
	assert_true(vt_has(t, "name = \"acme\";"));
	play_teardown(NULL);
}

static void
test_screen(void **state)
{
	static const char *const args[] = {"demo", "healthy", NULL};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		struct vt *t = start(args, play_sizes[i]);

		assert_true(vt_idle(t));
		play_keys(t, "E");
		assert_true(vt_has(t, "── Profile "));
		/* another name */
		play_keys(t, "\025");
		play_letters(t, "acme");
		play_keys(t, "\r");
		assert_true(vt_has(t, "Save the profile?"));
		assert_true(vt_has(t, "acme.conf"));
		play_keys(t, "3");
		assert_true(vt_see(t, "The issuer answers, and its metadata"));
		play_keys(t, "\r");
		play_keys(t, "1");
		assert_true(vt_has(t, "Saved: "));
		check_file();
		play_quit(t);
		found_again();
	}
}

/* Saved and begun with anew, over step 4 with all that it says of the case of before. */
static void
test_used_at_once(void **state)
{
	static const char *const args[] = {"demo", "expired", NULL};
	struct vt *t = start(args, play_sizes[1]);

	(void)state;
	assert_true(vt_idle(t));
	play_keys(t, "w");
	play_keys(t, "4");
	play_keys(t, "E");
	play_keys(t, "\025");
	play_letters(t, "acme");
	play_keys(t, "\r");
	play_keys(t, "2");
	assert_true(vt_has(t, "Which server, which token?"));
	play_keys(t, "\033");
	assert_true(vt_has(t, "[4 Handle ·"));
	assert_false(vt_has(t, "The access token expired"));
	play_quit(t);
	check_file();
	found_again();
}

static void
test_lines(void **state)
{
	static const char *const args[] = {"demo", "healthy", "--plain", NULL};
	static const int tall[] = {100, 80};
	struct vt *t = start(args, tall);

	(void)state;
	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "e\r");
	assert_true(vt_see(t, "0 leave:"));
	vt_type(t, "1\r");
	assert_true(vt_see(t, "New value"));
	vt_type(t, "../x\r");
	assert_true(vt_see(t, "Not taken: name: allowed: letters, digits"));
	vt_type(t, "1\r");
	vt_type(t, "acme\r");
	vt_type(t, "t\r");
	assert_true(vt_see(t, "ok: The issuer answers"));
	vt_type(t, "s\r");
	assert_true(vt_see(t, "Save it? [y/N]"));
	vt_type(t, "y\r");
	assert_true(vt_see(t, "Saved."));
	check_file();
	vt_type(t, "q\r");
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 0);
	found_again();
}

static void
test_by_hand(void **state)
{
	static const char by_hand[] = "# mine\nprofiles = ( { name = \"acme\"; issuer = \"https://idp.example\"; } );\n";
	static const char *const args[] = {"demo", "healthy", NULL};
	char *path = xasprintf("%s/tokentriage", folder);
	struct err e = ERR_INIT;
	struct buf b;
	struct vt *t;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
	path = xasprintf("%s/tokentriage/tokentriage.conf", folder);
	assert_int_equal(file_write(path, span_of(by_hand), &e), RES_OK);
	t = start(args, play_sizes[1]);
	assert_true(vt_idle(t));
	play_keys(t, "E");
	play_keys(t, "\025");
	play_letters(t, "acme");
	play_keys(t, "\r");
	assert_true(vt_has(t, "written by hand"));
	assert_false(vt_has(t, "Save the profile?"));
	/* leaving asks, since something was changed */
	play_keys(t, "\033");
	play_keys(t, "2");
	play_quit(t);
	buf_init(&b, 1 << 16);
	assert_int_equal(file_read(path, &b, &e), RES_OK);
	assert_string_equal(buf_str(&b), by_hand);
	buf_release(&b);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_screen, setup, teardown),
		cmocka_unit_test_setup_teardown(test_used_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_hand, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
