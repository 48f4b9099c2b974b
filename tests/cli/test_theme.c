#include "unit.h"

#include "base/file.h"
#include "base/mem.h"
#include "cli/conf.h"

static enum res
read_theme(struct theme *t, const char *text, struct err *e)
{
	theme_init_default(t);
	theme_begin(t, SPAN_LIT("x"));
	return conf_theme_read(t, span_of(text), "x.conf", e);
}

static void
test_errors(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"colours = 1;", "x.conf:1: colours: unknown key; allowed: name, inherit"},
		{"roles = [\"a\"];", "x.conf:1: roles: an array, where a group"},
		{"roles = {\n ok = 3;\n};", "x.conf:2: ok: a whole number, where a string"},
		{"roles = {\n okay = \"red\";\n};", "x.conf:2: okay: "},
		{"roles = {\n ok = \"infrared\";\n};", "x.conf:2: ok: "},
		{"background = \"mauve\";", "x.conf:1: background: "},
		{"mono = 1;", "x.conf:1: mono: a whole number, where true or false"},
		{"inherit = 1;", "x.conf:1: inherit: a whole number, where a string"},
		{"roles = {", "x.conf:1: syntax error"},
	};
	struct theme t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err e = ERR_INIT;

		if (read_theme(&t, rows[i].text, &e) == RES_OK || !strstr(e.text, rows[i].says))
			fail_msg("%s: \"%s\"", rows[i].text, e.text);
	}
}

static void
test_read(void **state)
{
	struct theme t;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
		read_theme(&t, "mono = true; roles = { ok = \"bold #ff0000 on 17\"; };", &e),
		RES_OK);
	theme_finish(&t);
	assert_true(t.mono);
	assert_int_equal(t.roles[UIR_OK].fg, COLOUR_RGB | 0xff0000);
	assert_int_equal(t.roles[UIR_OK].bg, 17);
	assert_int_equal(t.roles[UIR_OK].attrs, LOOK_BOLD);
}

/* Every theme that is shipped can be read by its path, and inherits from its neighbour. */
static void
test_shipped(void **state)
{
	static const char *const names[] = {"default", "light", "high-contrast", "mono"};
	const char *srcdir = getenv("srcdir");
	struct theme t;
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = xasprintf("%s/themes/%s.conf", srcdir ? srcdir : ".", names[i]);

		if (conf_theme(&t, path, &e) != RES_OK)
			fail_msg("%s", e.text);
		free(path);
	}
	assert_int_equal(conf_theme(&t, "default", &e), RES_OK);
	assert_int_equal(conf_theme(&t, "no-such-theme", &e), RES_NOTFOUND);
	assert_int_not_equal(conf_theme(&t, "/nonexistent/theme.conf", &e), RES_OK);
}

static void
test_loop(void **state)
{
	char folder[] = "/tmp/tt-theme-XXXXXX";
	struct theme t;
	struct err e = ERR_INIT;
	char *a, *b;

	(void)state;
	assert_non_null(mkdtemp(folder));
	a = path_join(folder, "a.conf");
	b = path_join(folder, "b.conf");
	assert_int_equal(file_write(a, SPAN_LIT("inherit = \"b\";"), &e), RES_OK);
	assert_int_equal(file_write(b, SPAN_LIT("inherit = \"a\";"), &e), RES_OK);
	assert_int_equal(conf_theme(&t, a, &e), RES_LIMIT);
	assert_non_null(strstr(e.text, "inherit from one another"));
	unlink(a);
	unlink(b);
	rmdir(folder);
	free(a);
	free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_loop),
	};

	return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
