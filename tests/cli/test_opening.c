/* What the opening screen is given: tokens where the user said, and the list of files used lately. */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/offers.h"
#include "cli/recent.h"
#include "remove-tree.h"

/* {"alg":"none"} . {"iss":"https://idp.example/x","sub":"u"} */
#define JWT "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlL3giLCJzdWIiOiJ1In0."

static char folder[] = "/tmp/tt-XXXXXX";
static struct options options;
static struct app app;

static int
setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	setenv("XDG_STATE_HOME", folder, 1);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return remove_tree(folder);
}

static int
fresh(void **state)
{
	(void)state;
	memset(&options, 0, sizeof(options));
	options.command = CMD_WIZARD;
	memset(&app, 0, sizeof(app));
	app.opt = &options;
	conf_init(&app.conf);
	unsetenv("TOKENTRIAGE_ACCESS_TOKEN");
	unsetenv("TOKENTRIAGE_REFRESH_TOKEN");
	unsetenv("ACME");
	return 0;
}

static int
done(void **state)
{
	(void)state;
	conf_release(&app.conf);
	return 0;
}

static char *
make_file(const char *name, const char *text)
{
	char *path = path_join(folder, name);
	struct err e = ERR_INIT;

	if (file_write_private(path, span_of(text), &e) != RES_OK)
		fail_msg("%s", e.text);
	return path;
}

/* --- offers --- */

static void
test_described(void **state)
{
	static const struct {
		const char *value, *what;
	} rows[] = {
		{JWT, "eyJh… JWT, 76 bytes, of idp.example"},
		{"  " JWT "\n", "eyJh… JWT, 76 bytes, of idp.example"},
		{"Zk3vQ9xT7mLp2WcR", "opaque token, 16 bytes"},
		{"Zk3vQ9xT7mLp2WcR8dYh4NsB6fGj1KaE", "Zk3v… opaque token, 32 bytes"},
		{"{\"access_token\": \"Zk3vQ9xT7mLp2WcR\"}", "token response, 36 bytes"},
		{"hunter2", NULL},
		{"", NULL},
		{"some words that somebody copied from a mail", NULL},
		{"two\nlines", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct secret *s = secret_new(span_of(rows[i].value));
		char what[120] = "";
		bool is = offer_describe(s, what, sizeof(what));

		assert_int_equal(is, rows[i].what != NULL);
		if (rows[i].what)
			assert_string_equal(what, rows[i].what);
		secret_unref(s);
	}
}

static void
test_places(void **state)
{
	struct ui_offer out[UI_OFFERS];
	char *clip = make_file("clip", JWT "\n");

	(void)state;
	/* nothing was named: nothing is looked at */
	assert_int_equal(offers_find(&app, out, UI_OFFERS), 0);
	profile_set(&app.conf.ui.clipboard_file, span_of(clip));
	setenv("TOKENTRIAGE_REFRESH_TOKEN", "Zk3vQ9xT7mLp2WcR", 1);
	setenv("ACME", "acme-token-0123456789", 1);
	options.v[OPT_ACCESS_TOKEN_ENV].given = true;
	options.v[OPT_ACCESS_TOKEN_ENV].str = (char *)(uintptr_t)"ACME";
	assert_int_equal(offers_find(&app, out, UI_OFFERS), 3);
	assert_string_equal(out[0].from, "env ACME");
	assert_true(out[0].given);
	assert_string_equal(out[1].from, "env TOKENTRIAGE_REFRESH_TOKEN");
	assert_int_equal(out[1].slot, SLOT_REFRESH);
	assert_false(out[1].given);
	assert_non_null(strstr(out[2].from, "/clip"));
	assert_int_equal(secret_len(out[2].value), strlen(JWT));
	for (size_t i = 0; i < 3; i++)
		secret_unref(out[i].value);
	/* no more than there is room for */
	assert_int_equal(offers_find(&app, out, 1), 1);
	secret_unref(out[0].value);
	free(clip);
}

/* What is no file is not opened (a pipe would wait), and what is too long or gone is passed over. */
static void
test_no_file(void **state)
{
	char *pipe_path = path_join(folder, "pipe"), *long_path, *big = xmalloc(LIMIT_TOKEN + 2);
	struct ui_offer out[UI_OFFERS];
	const char *paths[3];

	(void)state;
	memset(big, 'a', LIMIT_TOKEN + 1);
	big[LIMIT_TOKEN + 1] = '\0';
	long_path = make_file("big", big);
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	paths[0] = pipe_path;
	paths[1] = long_path;
	paths[2] = "/dev/null/clip";
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		profile_set(&app.conf.ui.clipboard_file, span_of(paths[i]));
		assert_int_equal(offers_find(&app, out, UI_OFFERS), 0);
	}
	free(big);
	free(pipe_path);
	free(long_path);
}

/* --- files used lately --- */

static size_t
listed(char *names, size_t size)
{
	struct ui_recent out[UI_RECENT];
	size_t n = recent_list(&app, out, UI_RECENT);

	names[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		size_t at = strlen(names);

		snprintf(names + at, size - at, "%s ", out[i].name);
		free(out[i].path);
	}
	return n;
}

static void
test_recent(void **state)
{
	char names[1000], *a = make_file("a.case", "x"), *b = make_file("b.har", "x"), *list;
	struct stat st;

	(void)state;
	assert_int_equal(listed(names, sizeof(names)), 0);
	recent_note(&app, a, RECENT_SAVED);
	recent_note(&app, b, RECENT_OPENED);
	recent_note(&app, a, RECENT_OPENED);
	listed(names, sizeof(names));
	assert_string_equal(names, "a.case b.har ");
	list = xasprintf("%s/tokentriage/recent", folder);
	assert_int_equal(stat(list, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* gone from the disk, gone from the list */
	unlink(b);
	listed(names, sizeof(names));
	assert_string_equal(names, "a.case ");
	/* the demo and who does not want it: nothing read, nothing written */
	app.conf.ui.recent = false;
	unlink(list);
	recent_note(&app, a, RECENT_OPENED);
	assert_int_equal(access(list, F_OK), -1);
	assert_int_equal(listed(names, sizeof(names)), 0);
	app.conf.ui.recent = true;
	options.command = CMD_DEMO;
	recent_note(&app, a, RECENT_OPENED);
	assert_int_equal(access(list, F_OK), -1);
	free(a);
	free(b);
	free(list);
}

/* Not what this program keeps in its own folder; a folder that only begins like it is another. */
static void
test_recent_beside_the_folder(void **state)
{
	char names[1000], *own = xasprintf("%s/tokentriage", folder), *other = xasprintf("%s-old", own), *a, *b;

	(void)state;
	(void)mkdir(own, 0700);
	assert_int_equal(mkdir(other, 0700), 0);
	a = make_file("tokentriage/a.case", "x");
	b = make_file("tokentriage-old/b.case", "x");
	recent_note(&app, a, RECENT_OPENED);
	recent_note(&app, b, RECENT_OPENED);
	listed(names, sizeof(names));
	assert_string_equal(names, "b.case ");
	free(own);
	free(other);
	free(a);
	free(b);
}

static void
test_recent_is_bounded(void **state)
{
	struct ui_recent out[64];
	struct buf text;
	char *list = xasprintf("%s/tokentriage/recent", folder);
	size_t n;

	(void)state;
	for (int i = 0; i < 30; i++) {
		char name[24], *path;

		snprintf(name, sizeof(name), "%d.case", i);
		path = make_file(name, "x");
		recent_note(&app, path, RECENT_SAVED);
		free(path);
	}
	n = recent_list(&app, out, ARRAY_SIZE(out));
	assert_int_equal(n, 12);
	assert_string_equal(out[0].name, "29.case");
	assert_string_equal(out[11].name, "18.case");
	for (size_t i = 0; i < n; i++)
		free(out[i].path);
	/* what somebody wrote into it is passed over, line by line */
	buf_init(&text, 1 << 16);
	buf_printf(&text, "x\n1 saved relative\n\n9 opened %s/29.case\n1 saved /dev/null/a\n99 saved", folder);
	assert_int_equal(file_write_private(list, buf_span(&text), NULL), RES_OK);
	n = recent_list(&app, out, ARRAY_SIZE(out));
	assert_int_equal(n, 1);
	assert_string_equal(out[0].words, "opened 1970-01-01 00:00Z");
	free(out[0].path);
	buf_release(&text);
	free(list);
}

/* What a run left behind stands first, and is kept in no list. */
static void
test_left_behind(void **state)
{
	char names[1000], *saves = xasprintf("%s/tokentriage/autosave", folder), *left, *mine;

	(void)state;
	assert_int_equal(folder_make_private(saves, NULL), RES_OK);
	left = path_join(saves, "2026-01-31T12.00.00-1-0.case");
	assert_int_equal(file_write_private(left, SPAN_LIT("x"), NULL), RES_OK);
	mine = make_file("mine.case", "x");
	recent_note(&app, mine, RECENT_SAVED);
	recent_note(&app, left, RECENT_OPENED);
	listed(names, sizeof(names));
	assert_true(strncmp(names, "a run of the wizard mine.case ", 30) == 0);
	free(saves);
	free(left);
	free(mine);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_described, fresh, done),
		cmocka_unit_test_setup_teardown(test_places, fresh, done),
		cmocka_unit_test_setup_teardown(test_no_file, fresh, done),
		cmocka_unit_test_setup_teardown(test_recent, fresh, done),
		cmocka_unit_test_setup_teardown(test_recent_beside_the_folder, fresh, done),
		cmocka_unit_test_setup_teardown(test_recent_is_bounded, fresh, done),
		cmocka_unit_test_setup_teardown(test_left_behind, fresh, done),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
