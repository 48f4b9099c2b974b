/* The command line: what is completed, what runs, what is remembered. */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "ui/command.h"
#include "ui/user.h"

static char exported[200];

static enum res
export_fake(void *ctx UNUSED, const char *format, const char *path, struct err *e)
{
	if (strcmp(path, "/nowhere/x") == 0)
		return err_set(e, RES_IO, "/nowhere/x: there is no such folder");
	snprintf(exported, sizeof(exported), "%s %s", format, path);
	return RES_OK;
}

static int
many_colours(const struct terminal *t UNUSED)
{
	return 256;
}

static void
no_theme(struct terminal *t UNUSED, const struct theme *theme UNUSED)
{
}

static size_t
three_themes(void *ctx UNUSED, char (*names)[UI_THEME_NAME], size_t most)
{
	assert_true(most >= 3);
	snprintf(names[0], UI_THEME_NAME, "solarized-dark");
	snprintf(names[1], UI_THEME_NAME, "solarized-light");
	snprintf(names[2], UI_THEME_NAME, "nord");
	return 3;
}

static enum res
one_theme(void *ctx UNUSED, const char *name, struct theme *t, struct err *e UNUSED)
{
	theme_init_default(t);
	theme_begin(t, span_of(name));
	return RES_OK;
}

static struct ui *
begin(void)
{
	static const struct ui_format formats[] = {{"json", "JSON report", "a.json"}, {"html", "HTML report", "a.html"},
		{UI_FORMAT_CASE, "the case", "a.case"}};
	static const struct term_ops ops = {.set_theme = no_theme, .colours = many_colours};
	struct ui *ui;

	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	fake_deps.term = &ops;
	fake_deps.list_themes = three_themes;
	fake_deps.load_theme = one_theme;
	fake_deps.formats = formats;
	fake_deps.n_formats = ARRAY_SIZE(formats);
	fake_deps.export_report = export_fake;
	exported[0] = '\0';
	return ui;
}

static void
end(struct ui *ui)
{
	command_history_forget(ui);
	fake_ui_free(ui);
	fake_release();
}

/* The line as it is drawn, without its blanks. */
static bool
line_is(const struct ui *ui, const char *text)
{
	struct canvas c;
	struct buf b;
	bool same;

	canvas_init(&c);
	canvas_resize(&c, 24, 80);
	buf_init(&b, 4096);
	ui_draw(ui, &c);
	canvas_row_text(&c, 22, &b);
	same = b.len > 1 && strcmp(buf_str(&b) + 1, text) == 0;
	if (!same)
		print_message("the line: %s\n", buf_str(&b));
	buf_release(&b);
	canvas_release(&c);
	return same;
}

static void
command(struct ui *ui, const char *line)
{
	act(ui, ACT_COMMAND);
	type(ui, line);
	act(ui, ACT_ACCEPT);
}

static void
test_names_are_completed(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_COMMAND);
	assert_true(shows(ui, 24, 80, "step-verify"));
	/* as far as it is certain, then one after the other, and round */
	type(ui, "ste");
	act(ui, ACT_COMPLETE);
	assert_true(line_is(ui, ":step-"));
	act(ui, ACT_COMPLETE);
	assert_true(line_is(ui, ":step-verify"));
	act(ui, ACT_COMPLETE);
	assert_true(line_is(ui, ":step-expiry"));
	assert_true(shows(ui, 24, 80, "2/5"));
	assert_true(shows(ui, 24, 80, "▸step-expiry") || shows(ui, 24, 80, "▸ step-expiry"));
	act(ui, ACT_COMPLETE_BACK);
	act(ui, ACT_COMPLETE_BACK);
	assert_true(line_is(ui, ":step-debug"));
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 1);
	assert_int_equal(ui->step, STEP_DEBUG);
	/* with each its keys and what it does */
	act(ui, ACT_COMMAND);
	type(ui, "fur");
	for (int cols = 60; cols <= 200; cols += 20) {
		assert_true(shows(ui, 18, cols, "further-probes"));
		assert_true(shows(ui, 18, cols, "ask what would settle"));
	}
	/* no name begins so: what does it */
	act(ui, ACT_ERASE_ALL);
	type(ui, "no such thing");
	assert_false(shows(ui, 24, 80, "export"));
	act(ui, ACT_ERASE_ALL);
	type(ui, "report for the ticket");
	assert_true(shows(ui, 24, 80, "export"));
	assert_false(shows(ui, 24, 80, "further-probes"));
	/* which is not completed to what was not meant */
	act(ui, ACT_COMPLETE);
	assert_true(line_is(ui, ":export"));
	act(ui, ACT_ERASE_ALL);
	type(ui, "report for the ticket");
	assert_true(line_is(ui, ":report for the ticket"));
	act(ui, ACT_BACK);
	assert_int_equal(ui->n_layers, 1);
	end(ui);
}

static void
test_words_are_completed(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_COMMAND);
	type(ui, "theme");
	assert_true(shows(ui, 24, 80, "name: use that theme"));
	act(ui, ACT_COMPLETE);
	assert_true(line_is(ui, ":theme"));
	assert_true(shows(ui, 24, 80, "solarized-light"));
	type(ui, "s");
	act(ui, ACT_COMPLETE);
	assert_true(line_is(ui, ":theme solarized-"));
	type(ui, "l");
	act(ui, ACT_COMPLETE);
	assert_true(line_is(ui, ":theme solarized-light"));
	act(ui, ACT_ACCEPT);
	assert_string_equal(ui->theme.name, "solarized-light");
	assert_non_null(strstr(ui->notice, "solarized-light"));
	command(ui, "run-again verify");
	assert_int_equal(ui->step, STEP_VERIFY);
	assert_int_equal(fake.ran, 1);
	command(ui, "guide handle");
	assert_true(shows(ui, 24, 80, "── Guide"));
	assert_int_equal(ui->step, STEP_VERIFY);
	act(ui, ACT_BACK);
	command(ui, "explain token-expired");
	assert_true(shows(ui, 24, 80, "── token-expired"));
	assert_true(shows(ui, 24, 80, "Refresh"));
	act(ui, ACT_BACK);
	command(ui, "explain invalid_grant");
	assert_true(shows(ui, 24, 80, "RFC 6749"));
	act(ui, ACT_BACK);
	command(ui, "login device");
	assert_int_equal(ui->m.login.kind, FLOW_DEVICE);
	end(ui);
}

static void
test_files_are_completed(void **state)
{
	char folder[] = "/tmp/tt-command-XXXXXX", *at, *line;
	static const char *const names[] = {"report one.html", "report two.html", ".hidden", "bad\033[1m"};
	struct ui *ui = begin();
	struct err e = ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		at = path_join(folder, names[i]);
		assert_int_equal(file_write_private(at, SPAN_LIT("x"), &e), RES_OK);
		free(at);
	}
	at = path_join(folder, "sub");
	assert_int_equal(mkdir(at, 0700), 0);
	line = xasprintf("export html %s/", folder);
	act(ui, ACT_COMMAND);
	type(ui, line);
	assert_true(shows(ui, 24, 80, "/sub/"));
	assert_true(shows(ui, 24, 80, "report one.html"));
	assert_false(shows(ui, 24, 80, ".hidden"));
	assert_false(shows(ui, 24, 80, "bad"));
	type(ui, "r");
	act(ui, ACT_COMPLETE);
	type(ui, "t");
	act(ui, ACT_COMPLETE);
	/* it is there already: said first */
	act(ui, ACT_ACCEPT);
	assert_string_equal(exported, "");
	assert_true(shows(ui, 24, 80, "Enter again writes over it"));
	act(ui, ACT_ACCEPT);
	assert_non_null(strstr(exported, "/report two.html"));
	assert_int_equal(strncmp(exported, "html /tmp/tt-command-", 21), 0);
	/* a folder is gone into */
	free(line);
	line = xasprintf("save-case %s/s", folder);
	act(ui, ACT_COMMAND);
	type(ui, line);
	act(ui, ACT_COMPLETE);
	free(line);
	line = xasprintf(":save-case %s/sub/", folder);
	assert_true(line_is(ui, line));
	type(ui, "my.case");
	act(ui, ACT_ACCEPT);
	assert_non_null(strstr(exported, "case /tmp/tt-command-"));
	assert_non_null(strstr(exported, "/sub/my.case"));
	free(line);
	assert_int_equal(rmdir(at), 0);
	free(at);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		at = path_join(folder, names[i]);
		assert_int_equal(unlink(at), 0);
		free(at);
	}
	assert_int_equal(rmdir(folder), 0);
	end(ui);
}

static void
test_what_does_not_run_is_mended(void **state)
{
	static const struct {
		const char *line, *says;
	} rows[] = {{"foo", "There is no action \"foo\"; Tab lists them."},
		{"lgo", "There is no action \"lgo\"; did you mean log?"},
		{"expotr", "There is no action \"expotr\"; did you mean export?"},
		{"teleport", "There is no action \"teleport\"; Tab lists them."},
		{"s", "There is no action \"s\""}, /* not the only one */
		{"theme nrod", "\"nrod\" is none of them; did you mean nord?"},
		{"theme \033]0;x", "is none of them; Tab lists them."}, {"theme nord dark", "theme takes one word: name."},
		{"run-again verfy", "did you mean verify?"}, {"walk fast", "walk takes nothing behind its name."},
		{"explain token-exprired", "did you mean token-expired?"}, {"cursor-left", "for another place"},
		{"paste-back", "for another place"}, {"export json /nowhere/x", "there is no such folder"}};
	struct ui *ui = begin();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		command(ui, rows[i].line);
		assert_int_equal(ui->n_layers, 2);
		if (!shows(ui, 24, 100, rows[i].says))
			fail_msg("%s: not %s", rows[i].line, rows[i].says);
		/* the line stays, the reason goes with the next key */
		act(ui, ACT_CURSOR_HOME);
		assert_false(shows(ui, 24, 100, rows[i].says));
		act(ui, ACT_BACK);
		assert_int_equal(ui->n_layers, 1);
	}
	assert_int_equal(ui->history.n, 0);
	assert_int_equal(fake.ran + fake.walks, 0);
	/* the only one that begins so */
	command(ui, "wal");
	assert_int_equal(fake.walks, 1);
	end(ui);
}

static void
test_history(void **state)
{
	static const char jwt[] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";
	struct ui *ui = begin();

	(void)state;
	command(ui, "step-debug");
	command(ui, "theme nord");
	command(ui, "theme nord");
	command(ui, "nonsense");
	act(ui, ACT_BACK);
	act(ui, ACT_COMMAND);
	act(ui, ACT_HISTORY_BACK);
	assert_true(line_is(ui, ":theme nord"));
	act(ui, ACT_HISTORY_BACK);
	assert_true(line_is(ui, ":step-debug"));
	act(ui, ACT_HISTORY_BACK);
	assert_true(line_is(ui, ":step-debug"));
	act(ui, ACT_HISTORY_NEXT);
	act(ui, ACT_HISTORY_NEXT);
	assert_true(line_is(ui, ":"));
	/* what is pasted and looks like a secret is neither shown nor kept */
	paste(ui, jwt);
	assert_false(shows(ui, 24, 200, "eyJh"));
	assert_non_null(strstr(ui->notice, "may be a secret"));
	assert_null(strstr(ui->notice, "eyJ"));
	paste(ui, "refresh_token=opaque-0123456789");
	assert_true(line_is(ui, ":"));
	paste(ui, "step-handle\n");
	assert_true(line_is(ui, ":step-handle"));
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->step, STEP_HANDLE);
	/* it is bounded */
	for (int i = 0; i < 200; i++)
		command(ui, i % 2 ? "step-verify" : "step-debug");
	assert_int_equal(ui->history.n, ARRAY_SIZE(ui->history.v));
	assert_string_equal(ui->history.v[ui->history.n - 1], "step-verify");
	end(ui);
}

static void
test_editing_keys(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_COMMAND);
	type(ui, "export html out/my.html");
	act(ui, ACT_ERASE_WORD);
	assert_true(line_is(ui, ":export html out/my."));
	act(ui, ACT_ERASE_WORD);
	assert_true(line_is(ui, ":export html out/"));
	act(ui, ACT_PUT_BACK);
	assert_true(line_is(ui, ":export html out/my."));
	act(ui, ACT_CURSOR_HOME);
	act(ui, ACT_WORD_RIGHT);
	act(ui, ACT_ERASE_WORD_NEXT);
	assert_true(line_is(ui, ":export out/my."));
	act(ui, ACT_WORD_LEFT);
	type(ui, "X");
	assert_true(line_is(ui, ":Xexport out/my."));
	act(ui, ACT_ERASE_END);
	assert_true(line_is(ui, ":X"));
	act(ui, ACT_PUT_BACK);
	assert_true(line_is(ui, ":Xexport out/my."));
	act(ui, ACT_ERASE_ALL);
	assert_true(line_is(ui, ":"));
	/* nothing left to erase: it goes */
	act(ui, ACT_ERASE);
	assert_int_equal(ui->n_layers, 1);
	end(ui);
}

/* Every action of the screen below can be named, and every row of arguments.def is completed by something. */
static void
test_the_tables_agree(void **state)
{
	static const unsigned contexts = CONTEXT_LIST | CONTEXT_GLOBAL;
	struct ui *ui = begin();

	(void)state;
	for (int a = 1; a < ACT_COUNT; a++) {
		const struct argument *arg = action_argument((enum action)a);
		bool here = action_infos[a].context & (contexts | CONTEXT_ANY);
		struct candidates k;
		struct span argument;
		enum action found = ACT_NONE;
		struct err e = ERR_INIT;
		char line[80];

		assert_int_equal(command_parse(contexts, span_of(action_infos[a].id), &found, &argument, &e), here);
		if (!arg)
			continue;
		assert_true(here && arg->names[0] && arg->help[0] && arg->kinds[0] != WORD_NONE);
		snprintf(line, sizeof(line), "%s ", action_infos[a].id);
		command_candidates(ui, contexts, span_of(line), &k);
		assert_true(k.n > 0);
		candidates_release(&k);
	}
	end(ui);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_completed),
		cmocka_unit_test(test_words_are_completed),
		cmocka_unit_test(test_files_are_completed),
		cmocka_unit_test(test_what_does_not_run_is_mended),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_editing_keys),
		cmocka_unit_test(test_the_tables_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
