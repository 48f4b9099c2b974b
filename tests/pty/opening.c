/*
 * The opening screen by keys, at both design sizes: a profile found by a few letters, the token in the clipboard's
 * file taken when it is picked and not before, the case saved, and found again by the next start.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "pty/play.h"
#include "pty/serve.h"
#include "remove-tree.h"

static char folder[] = "/tmp/tt-op-XXXXXX", clip[60], *config_home, *state_home;
static struct serve server;

static void
write_file(const char *path, const char *text)
{
	struct err e = ERR_INIT;

	if (file_write_private(path, span_of(text), &e) != RES_OK)
		fail_msg("%s", e.text);
}

static int
setup(void **state)
{
	char *dir = xasprintf("%s/tokentriage", mkdtemp(folder)), *path = path_join(dir, "tokentriage.conf"), *text;

	(void)state;
	config_home = xasprintf("XDG_CONFIG_HOME=%s", folder);
	state_home = xasprintf("XDG_STATE_HOME=%s/state", folder);
	snprintf(clip, sizeof(clip), "%s/clip", folder);
	serve_start(&server, "expired", folder);
	assert_int_equal(mkdir(dir, 0700), 0);
	text = xasprintf("ui: { clipboard_file = \"%s\"; };\nprofiles = (\n"
		"{ name = \"first\"; issuer = \"https://one.example\"; },\n"
		"{ name = \"second\"; issuer = \"https://two.example\"; },\n"
		"{ name = \"the-demo\"; issuer = \"%s\"; client_id = \"%s\"; client_secret_env = \"DEMO_SECRET\"; } );\n",
		clip, server.issuer, server.client);
	write_file(path, text);
	free(text);
	free(path);
	free(dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	serve_end(&server);
	free(config_home);
	free(state_home);
	return remove_tree(folder);
}

static struct vt *
start(const char *const *args, const int size[2])
{
	char secret[240];
	const char *env[] = {config_home, state_home, secret, NULL};
	const struct vt_options o = {.rows = size[0], .cols = size[1], .env = env, .cwd = folder};

	snprintf(secret, sizeof(secret), "DEMO_SECRET=%s", server.secret);
	return play_start(&o, args);
}

static void
test_from_start_to_case_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		struct vt *t;
		char glyph[8], *verdict, *again;

		write_file(clip, server.access);
		t = start((const char *[]){NULL}, play_sizes[i]);
		assert_true(vt_idle(t));
		play_letters(t, "demo");
		assert_true(vt_has(t, "▸ the-demo"));
		assert_false(vt_has(t, "second"));
		play_keys(t, "\t\t\t");
		assert_true(vt_has(t, "Found"));
		assert_true(vt_has(t, "JWT, "));
		assert_true(vt_has(t, "/clip: "));
		play_keys(t, "\r");
		assert_true(vt_has(t, "from file "));
		play_keys(t, "\r");
		free(play_verdict(t, glyph));
		play_keys(t, "w");
		verdict = play_verdict(t, glyph);
		assert_string_equal(glyph, "✗");
		play_keys(t, "S");
		play_letters(t, "ticket.case");
		play_keys(t, "\r");
		if (i > 0) { /* the one of before: written over when that was said */
			assert_true(vt_has(t, "This file is there already"));
			play_keys(t, "\r");
		}
		assert_true(vt_has(t, "Written to "));
		play_quit(t);

		/* nothing was copied since */
		unlink(clip);
		t = start((const char *[]){NULL}, play_sizes[i]);
		assert_true(vt_idle(t));
		assert_false(vt_has(t, "Found"));
		assert_true(vt_has(t, "ticket.case"));
		play_keys(t, "\033[Z");
		assert_true(vt_has(t, "▸ ticket.case"));
		play_keys(t, "\r");
		assert_true(vt_has(t, "ticket.case, re"));
		again = play_verdict(t, glyph);
		assert_true(play_same_words(verdict, again));
		play_quit(t);
		free(verdict);
		free(again);
	}
}

/* Gone in between, or no case any more: the screen comes back and says so. */
static void
test_case_is_broken(void **state)
{
	char *path = path_join(folder, "ticket.case");
	struct vt *t;

	(void)state;
	write_file(path, "PK\003\004 not a case any more");
	t = start((const char *[]){NULL}, play_sizes[0]);
	assert_true(vt_idle(t));
	play_keys(t, "\033[Z\r");
	assert_true(vt_has(t, "Which server, which token?"));
	assert_true(vt_has(t, "ticket.case: "));
	play_keys(t, "\033");
	play_quit(t);
	free(path);
}

/* The command line gives all: straight to step 1. */
static void
test_straight_to_step_1(void **state)
{
	char *token = path_join(folder, "token");
	struct vt *t;

	(void)state;
	write_file(token, server.access);
	t = start((const char *[]){"-p", "the-demo", "--access-token-file", token, NULL}, play_sizes[0]);
	assert_true(vt_idle(t));
	assert_false(vt_has(t, "Which server"));
	assert_true(vt_has(t, "[1 Verify"));
	play_keys(t, "\r");
	play_quit(t);
	free(token);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_from_start_to_case_and_back, play_teardown),
		cmocka_unit_test_teardown(test_case_is_broken, play_teardown),
		cmocka_unit_test_teardown(test_straight_to_step_1, play_teardown),
	};

	return cmocka_run_group_tests_name("opening", tests, setup, teardown);
}
