/* What is asked before anything changes, and the pickers: names of files, exports, themes. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "ui/user.h"

/* Once new tokens came and nothing else is asked, the profile's token files are offered, once; Enter leaves them. */
static void
test_token_files_are_offered_once(void **state)
{
	static const struct {
		const char *access, *refresh;
	} rows[] = {{NULL, NULL}, {"/var/lib/acme/at.txt", "/var/lib/acme/rt.txt"}, {"/var/lib/acme/at.txt", NULL}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct token_response t;
		struct err e = ERR_INIT;
		struct ui *ui;

		fake_init(FAKE_PROBLEM);
		profile_set(&fake.c.profile.access_token_file, span_of(rows[i].access));
		profile_set(&fake.c.profile.refresh_token_file, span_of(rows[i].refresh));
		ui = fake_ui(STEP_REFRESH);
		/* asked for before any came: the reason, and no question */
		act(ui, ACT_REPLACE);
		assert_true(shows(ui, 18, 60, "no new tokens have come in this run"));
		assert_false(shows(ui, 18, 60, "Replace"));
		act(ui, ACT_BACK);
		flow_offer_replace(ui);
		assert_int_equal(ui->n_layers, 1);
		assert_int_equal(token_response_read(&t, SPAN_LIT("{\"access_token\":\"a-new-one\",\"token_type\":\"Bearer\","
			"\"refresh_token\":\"r-new-one\"}"), &e), RES_OK);
		case_add_generation(&fake.c, &t, 3, 1);
		token_response_release(&t);
		act(ui, ACT_HELP);
		flow_offer_replace(ui);
		assert_int_equal(ui->n_layers, 2);
		act(ui, ACT_BACK);
		flow_offer_replace(ui);
		assert_int_equal(ui->n_layers, rows[i].access ? 2 : 1);
		if (rows[i].access) {
			assert_true(shows(ui, 18, 60, "New tokens came."));
			assert_true(shows(ui, 18, 60, "/var/lib/acme/at.txt"));
			assert_int_equal(shows(ui, 18, 60, "/var/lib/acme/rt.txt"), rows[i].refresh != NULL);
			act(ui, ACT_ACCEPT);
			assert_int_equal(fake.replaced, 0);
			flow_offer_replace(ui);
			assert_int_equal(ui->n_layers, 1);
			act(ui, ACT_REPLACE);
			type(ui, "1");
			assert_int_equal(fake.replaced, 1);
		}
		fake_ui_free(ui);
		fake_release();
	}
}

static void
test_changing_actions_ask(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_REFRESH);
	act(ui, ACT_REFRESH);
	assert_int_equal(fake.refreshed, 0);
	type(ui, "1");
	/* the proposed file name is taken */
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.place, PLACE_FILE);
	assert_string_equal(fake.path, "tokentriage-tokens.json");
	assert_int_equal(fake.refreshed, 0);
	act(ui, ACT_BACK);
	assert_int_equal(fake.refreshed, 0);
	/* Enter takes the harmless choice */
	act(ui, ACT_REFRESH);
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.refreshed, 0);
	act(ui, ACT_REFRESH);
	type(ui, "1");
	assert_int_equal(fake.refreshed, 1);
	act(ui, ACT_REVOKE);
	type(ui, "1");
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.revoked, 0);
	act(ui, ACT_REVOKE);
	type(ui, "1");
	type(ui, "1");
	assert_int_equal(fake.revoked, 1);
	fake_ui_free(ui);
	fake_release();
}

/* What is asked, at what cost and risk; Enter takes the harmless choice, and nothing open says so. */
static void
test_probes_ask_first(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_UNDETERMINED);
	ui = fake_ui(STEP_VERIFY);
	assert_true(shows(ui, 24, 80, "p probe further: Is the client accepted the other way?"));
	act(ui, ACT_PROBES);
	for (int cols = 60; cols <= 120; cols += 20) {
		assert_true(shows(ui, 18, cols, "Probe further?"));
		assert_true(shows(ui, 18, cols, "more failed login"));
		assert_true(shows(ui, 18, cols, "requests, 2 s"));
	}
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.probed, 0);
	act(ui, ACT_PROBES);
	type(ui, "1");
	assert_int_equal(fake.probed, 1);
	act(ui, ACT_PROBES);
	assert_int_equal(ui->n_layers, 1);
	assert_non_null(strstr(ui->notice, "Nothing is open"));
	fake_ui_free(ui);
	fake_release();
}

/* The dialog stays with what was typed and the reason beside it, whatever the size, until it is mended. */
static void
test_a_bad_place_is_mended(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_REFRESH);
	act(ui, ACT_REFRESH);
	type(ui, "1");
	type(ui, "/nowhere/x");
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.place, PLACE_UNCHOSEN);
	for (int cols = 60; cols <= 120; cols += 20) {
		assert_true(shows(ui, 18, cols, "│ /nowhere/x  "));
		assert_true(shows(ui, 18, cols, "✗ /nowhere/x: there is no such folder"));
	}
	/* the reason goes with the next key, the text does not */
	act(ui, ACT_ERASE);
	assert_false(shows(ui, 18, 60, "there is no such folder"));
	assert_true(shows(ui, 18, 60, "│ /nowhere/ "));
	/* … nor when the dialog is left and comes again */
	act(ui, ACT_BACK);
	assert_int_equal(ui->n_layers, 1);
	act(ui, ACT_REFRESH);
	type(ui, "1");
	assert_true(shows(ui, 18, 60, "│ /nowhere/ "));
	type(ui, "y.json");
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.place, PLACE_FILE);
	assert_string_equal(fake.path, "/nowhere/y.json");
	assert_true(shows(ui, 18, 60, "Refresh the tokens?"));
	act(ui, ACT_BACK);
	/* an emptied line brings the proposal back */
	fake.place = PLACE_UNCHOSEN;
	act(ui, ACT_REFRESH);
	type(ui, "1");
	act(ui, ACT_ERASE_ALL);
	act(ui, ACT_ACCEPT);
	assert_true(shows(ui, 18, 60, "✗ The name of a file is missing."));
	act(ui, ACT_BACK);
	act(ui, ACT_REFRESH);
	type(ui, "1");
	assert_true(shows(ui, 18, 60, "│ tokentriage-tokens.json"));
	fake_ui_free(ui);
	fake_release();
}

static char exported[80];

static enum res
export_fake(void *ctx, const char *format, const char *path, struct err *e)
{
	(void)ctx;
	if (strstr(path, "nowhere"))
		return err_set(e, RES_IO, "%s: No such file or directory", path);
	snprintf(exported, sizeof(exported), "%s %s", format, path);
	return RES_OK;
}

/* Each format has its own line; "~/" is the home folder; a proposal goes with the first letter, a kept line does not. */
static void
test_an_export_path_is_mended(void **state)
{
	static const struct ui_format formats[] = {{"json", "JSON report", "a.json"}, {"text", "text report", "a.txt"}};
	struct ui *ui;

	(void)state;
	setenv("HOME", "/home/u", 1);
	fake_init(FAKE_PROBLEM);
	fake_deps.formats = formats;
	fake_deps.n_formats = 2;
	fake_deps.export_report = export_fake;
	ui = fake_ui(STEP_VERIFY);
	act(ui, ACT_EXPORT);
	type(ui, "1");
	type(ui, "/nowhere/r");
	act(ui, ACT_ACCEPT);
	assert_true(shows(ui, 24, 80, "│ /nowhere/r "));
	assert_true(shows(ui, 24, 80, "✗ /nowhere/r: No such file or directory"));
	assert_string_equal(exported, "");
	for (int i = 0; i < 10; i++)
		act(ui, ACT_ERASE);
	type(ui, "~/r.json");
	act(ui, ACT_ACCEPT);
	assert_string_equal(exported, "json /home/u/r.json");
	assert_int_equal(ui->n_layers, 1);
	assert_non_null(strstr(ui->notice, "/home/u/r.json"));
	act(ui, ACT_EXPORT);
	type(ui, "2");
	assert_true(shows(ui, 24, 80, "│ a.txt "));
	act(ui, ACT_CURSOR_HOME);
	type(ui, "b/");
	act(ui, ACT_ACCEPT);
	assert_string_equal(exported, "text b/a.txt");
	act(ui, ACT_EXPORT);
	type(ui, "1");
	assert_true(shows(ui, 24, 80, "│ ~/r.json "));
	type(ui, "5");
	act(ui, ACT_ACCEPT);
	assert_string_equal(exported, "json /home/u/r.json5");
	fake_ui_free(ui);
	fake_release();
}

/* What stands in a file goes only when that was said; another name is asked about anew. */
static void
test_an_export_asks_before_it_writes_over(void **state)
{
	static const struct ui_format formats[] = {{"text", "text report", "a.txt"}};
	char folder[] = "/tmp/tt-over-XXXXXX", *path;
	struct err e = ERR_INIT;
	struct ui *ui;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = path_join(folder, "mail.txt");
	assert_int_equal(file_write_private(path, SPAN_LIT("evidence"), &e), RES_OK);
	fake_init(FAKE_PROBLEM);
	fake_deps.formats = formats;
	fake_deps.n_formats = 1;
	fake_deps.export_report = export_fake;
	exported[0] = '\0';
	ui = fake_ui(STEP_VERIFY);
	act(ui, ACT_EXPORT);
	type(ui, "1");
	type(ui, path);
	act(ui, ACT_ACCEPT);
	assert_string_equal(exported, "");
	assert_true(shows(ui, 18, 60, "This file is there already"));
	act(ui, ACT_ACCEPT);
	assert_non_null(strstr(exported, "mail.txt"));
	assert_int_equal(ui->n_layers, 1);
	fake_ui_free(ui);
	fake_release();
	unlink(path);
	rmdir(folder);
	free(path);
}

/* Ten choices: a digit takes each, 0 the tenth; one that cannot be done is not among them. */
static void
test_each_choice_has_its_digit(void **state)
{
	static const struct ui_format formats[] = {{"a", "a", "a"}, {"b", "b", "b"}, {"c", "c", "c"}, {"d", "d", "d"},
		{"e", "e", "e"}, {"f", "f", "f"}, {"g", "g", "g"}, {"h", "h", "h"},
		{UI_FORMAT_CLEAR_CASE, "in clear", "i", true}};
	static const enum token_slot slots[] = {SLOT_ACCESS, SLOT_REFRESH, SLOT_ID};
	struct ui *ui;
	struct err e = ERR_INIT;

	(void)state;
	fake_init(FAKE_PROBLEM);
	fake_deps.formats = formats;
	fake_deps.n_formats = 9;
	fake_deps.export_report = export_fake;
	exported[0] = '\0';
	case_give_token(&fake.c, SLOT_ACCESS, SPAN_LIT("an-opaque-token-in-clear"), "the paste");
	ui = fake_ui(STEP_VERIFY);
	act(ui, ACT_EXPORT);
	assert_true(shows(ui, 18, 60, "9 in clear"));
	assert_true(shows(ui, 18, 60, "0 Cancel"));
	assert_false(shows(ui, 18, 60, "10 Cancel"));
	type(ui, "0");
	assert_int_equal(ui->n_layers, 1);
	/* as in a case that was saved masked */
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++) {
		secret_unref(case_token(&fake.c, slots[i])->value);
		case_token(&fake.c, slots[i])->value = NULL;
	}
	act(ui, ACT_EXPORT);
	assert_false(shows(ui, 18, 60, "in clear"));
	assert_true(shows(ui, 18, 60, "9 Cancel"));
	type(ui, "9");
	assert_int_equal(ui->n_layers, 1);
	assert_false(flow_export_as(ui, SPAN_LIT(UI_FORMAT_CLEAR_CASE), SPAN_EMPTY, &e));
	assert_non_null(strstr(e.text, "no token in clear"));
	assert_string_equal(exported, "");
	fake_ui_free(ui);
	fake_release();
}

/* --- themes --- */

static int told_fg; /* of the role OK, in the theme that the terminal was given last */

static void
told_theme(struct terminal *t UNUSED, const struct theme *theme)
{
	told_fg = theme_look(theme, UIR_OK, 256).fg;
}

static int
many_colours(const struct terminal *t UNUSED)
{
	return 256;
}

static size_t
three_themes(void *ctx UNUSED, char (*names)[UI_THEME_NAME], size_t most)
{
	assert_true(most >= 3);
	snprintf(names[0], UI_THEME_NAME, "default");
	snprintf(names[1], UI_THEME_NAME, "blue");
	snprintf(names[2], UI_THEME_NAME, "broken");
	return 3;
}

static enum res
one_theme(void *ctx UNUSED, const char *name, struct theme *t, struct err *e)
{
	theme_init_default(t);
	if (strcmp(name, "broken") == 0)
		return err_set(e, RES_SYNTAX, "broken.conf:3: there is no role \"okay\"");
	theme_begin(t, span_of(name));
	return strcmp(name, "blue") == 0 ? theme_set_role(t, SPAN_LIT("ok"), SPAN_LIT("21"), e) : RES_OK;
}

static void
test_themes_are_seen_at_once(void **state)
{
	static const struct term_ops ops = {.set_theme = told_theme, .colours = many_colours};
	struct ui *ui;
	int usual;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	fake_deps.term = &ops;
	fake_deps.list_themes = three_themes;
	fake_deps.load_theme = one_theme;
	theme_init_default(&ui->theme);
	usual = theme_look(&ui->theme, UIR_OK, 256).fg;
	act(ui, ACT_THEME);
	assert_int_equal(ui->n_layers, 2);
	act(ui, ACT_FORM_NEXT);
	assert_int_equal(told_fg, 21);
	/* Esc: as before */
	act(ui, ACT_BACK);
	assert_int_equal(ui->n_layers, 1);
	assert_int_equal(told_fg, usual);
	assert_string_equal(ui->theme.name, "default");
	/* one that cannot be read says why, and is not kept */
	act(ui, ACT_THEME);
	act(ui, ACT_FORM_PREV);
	assert_true(shows(ui, 24, 80, "broken.conf:3"));
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 2);
	/* Enter: kept, and how to keep it for good */
	act(ui, ACT_FORM_PREV);
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 1);
	assert_int_equal(told_fg, 21);
	assert_string_equal(ui->theme.name, "blue");
	assert_non_null(strstr(ui->notice, "theme = \"blue\";"));
	fake_ui_free(ui);
	fake_release();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token_files_are_offered_once),
		cmocka_unit_test(test_changing_actions_ask),
		cmocka_unit_test(test_probes_ask_first),
		cmocka_unit_test(test_a_bad_place_is_mended),
		cmocka_unit_test(test_an_export_path_is_mended),
		cmocka_unit_test(test_an_export_asks_before_it_writes_over),
		cmocka_unit_test(test_each_choice_has_its_digit),
		cmocka_unit_test(test_themes_are_seen_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
