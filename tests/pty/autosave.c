/*
 * What the wizard keeps while it runs: a killed program and a lost line leave their case behind, masked and private;
 * the next start says how to open it, and it has the verdict. A clean end leaves nothing.
 */
#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/span.h"
#include "pty/play.h"
#include "pty/serve.h"
#include "remove-tree.h"

static char folder[] = "/tmp/tt-XXXXXX";
static char saved[600];
static struct serve server;

static int
setup(void **state)
{
	struct err e = ERR_INIT;
	char *token;

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	serve_start(&server, "expired", folder);
	token = path_join(folder, "token");
	assert_int_equal(file_write_private(token, span_of(server.access), &e), RES_OK);
	free(token);
	snprintf(saved, sizeof(saved), "%s/.local/state/tokentriage/autosave", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	serve_end(&server);
	return remove_tree(folder);
}

static struct vt *
start(void)
{
	static char token[600];
	const char *args[] = {"--issuer", server.issuer, "--client-id", server.client, "--access-token-file", token, NULL};
	const struct vt_options o = {.cwd = folder, .rows = 24, .cols = 200};

	snprintf(token, sizeof(token), "%s/token", folder);
	return play_start(&o, args);
}

/* How many files end so in the folder, and the first one's path. */
static size_t
count(const char *end, char *path, size_t size)
{
	DIR *d = opendir(saved);
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d)))
		if (span_ends(span_of(e->d_name), end) && !n++ && path)
			snprintf(path, size, "%s/%s", saved, e->d_name);
	if (d)
		closedir(d);
	return n;
}

static void
test_clean_end(void **state)
{
	struct vt *t = start();

	(void)state;
	play_walk(t);
	assert_int_equal(count(".case", NULL, 0), 1);
	play_quit(t);
	assert_int_equal(count("", NULL, 0), 2); /* . and .. */
}

static void
left_behind(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(saved, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

static void
no_secret_in(const char *path)
{
	static char text[1 << 20];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	assert_non_null(strstr(text, "\"tokentriage.case/1\""));
	/* the last exchange came before its step's end, which is kept as well */
	assert_non_null(strstr(text, "\"handle\":\"ok\",\"debug\":\"ok\""));
	for (char *p = text; *p; p++) /* what a mask has of a token is short */
		assert_true(strncmp(p, "eyJ", 3) != 0 || strncmp(p + 4, "\342\200\246", 3) == 0);
}

/* One is killed, another loses its line while it runs beside a third: none takes the other's file. */
static void
test_left_behind(void **state)
{
	char path[700], *verdict, *again, glyph[8];
	const struct vt_options o = {.cwd = folder, .rows = 24, .cols = 200};
	struct vt *t = start();

	(void)state;
	play_walk(t);
	verdict = play_verdict(t, glyph);
	assert_int_equal(count(".case", path, sizeof(path)), 1);
	vt_signal(t, SIGKILL);
	assert_true(vt_exit(t));
	left_behind(path);
	no_secret_in(path);
	/* the next start says so, and keeps a file of its own */
	t = start();
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "'tokentriage open' shows the run that did not end ("));
	play_keys(t, "\r");
	assert_int_equal(count(".case", NULL, 0), 2);
	assert_int_equal(count(".lock", NULL, 0), 1);
	play_quit(t);
	assert_int_equal(count(".case", NULL, 0), 1);
	/* opened, it has the verdict, and is offered no more */
	t = play_start(&o, (const char *[]){"open", NULL});
	assert_true(vt_idle(t));
	again = play_verdict(t, glyph);
	assert_true(play_same_words(verdict, again));
	free(again);
	play_quit(t);
	assert_int_equal(count(".seen.case", NULL, 0), 1);
	/* the name that was told still opens it */
	t = play_start(&o, (const char *[]){"open", path, NULL});
	assert_true(vt_idle(t));
	again = play_verdict(t, glyph);
	assert_true(play_same_words(verdict, again));
	assert_false(vt_has(t, "Enter run"));
	play_quit(t);
	assert_int_equal(count(".seen.case", NULL, 0), 1);
	t = start();
	assert_true(vt_idle(t));
	assert_false(vt_has(t, "did not end"));
	play_quit(t);
	free(verdict);
	free(again);
}

static void
test_hang_up(void **state)
{
	struct vt *t = start();
	char path[700];

	(void)state;
	play_walk(t);
	vt_hang_up(t);
	assert_true(vt_exit(t));
	play_teardown(NULL);
	assert_int_equal(count(".case", path, sizeof(path)), 2); /* with the one that was seen */
	assert_int_equal(count(".lock", NULL, 0), 0);
	left_behind(path);
}

/* No more than a few are kept. */
static void
test_bounded(void **state)
{
	struct vt *t;

	(void)state;
	for (int i = 0; i < 20; i++) {
		char name[64], *path;
		FILE *f;

		snprintf(name, sizeof(name), "2020-01-01T00.00.%02d-1-0.case", i);
		path = xasprintf("%s/%s", saved, name);
		f = fopen(path, "w");
		assert_non_null(f);
		fclose(f);
		free(path);
	}
	t = start();
	assert_true(vt_idle(t));
	play_quit(t);
	assert_int_equal(count(".case", NULL, 0), 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_clean_end, play_teardown),
		cmocka_unit_test_teardown(test_left_behind, play_teardown),
		cmocka_unit_test_teardown(test_hang_up, play_teardown),
		cmocka_unit_test_teardown(test_bounded, play_teardown),
	};

	return cmocka_run_group_tests_name("autosave", tests, setup, teardown);
}
