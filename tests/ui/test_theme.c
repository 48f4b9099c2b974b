#include "unit.h"

#include <math.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "ui/theme.h"

/* Reads a theme file line by line: enough for the shipped ones, which the program reads by its configuration parser. */
static void
load(const char *name, struct theme *t)
{
	const char *dir = getenv("srcdir");
	char *path = xasprintf("%s/themes/%s.conf", dir ? dir : ".", name);
	struct err e = ERR_INIT;
	struct buf b;
	struct span rest, line;
	bool roles = false;

	buf_init(&b, 65536);
	assert_int_equal(file_read(path, &b, &e), RES_OK);
	free(path);
	theme_init_default(t);
	theme_begin(t, span_of(name));
	rest = buf_span(&b);
	while (span_next(&rest, '\n', &line)) {
		char key[40], value[80];

		line = span_trim(line);
		if (span_starts(line, "roles")) {
			roles = true;
			continue;
		}
		if (span_starts(line, "#") || line.n == 0 || line.p[0] == '}')
			continue;
		line.p = span_dup(line);
		if (sscanf(line.p, "%39[a-z-] = \"%79[^\"]\"", key, value) == 2) {
			if (roles)
				assert_int_equal(theme_set_role(t, span_of(key), span_of(value), &e), RES_OK);
			else if (strcmp(key, "background") == 0)
				assert_int_equal(theme_set_background(t, span_of(value), &e), RES_OK);
			else if (strcmp(key, "name") == 0)
				assert_string_equal(value, name);
		} else if (sscanf(line.p, "%39[a-z] = true;", key) == 1) {
			assert_string_equal(key, "mono");
			t->mono = true;
		} else {
			fail_msg("%s: %s", name, line.p);
		}
		free((void *)(uintptr_t)line.p);
	}
	theme_finish(t);
	buf_release(&b);
}

static double
channel(unsigned v)
{
	double c = v / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double
luminance(unsigned rgb)
{
	return 0.2126 * channel(rgb >> 16 & 255) + 0.7152 * channel(rgb >> 8 & 255) +
		0.0722 * channel(rgb & 255);
}

/* WCAG 2.1 contrast of a role on the theme's stated background. */
static double
contrast(const struct theme *t, enum ui_role r)
{
	struct look l = t->roles[r];
	unsigned bg = colour_rgb(l.bg == COLOUR_DEFAULT ? t->background : l.bg);
	unsigned plain = luminance(colour_rgb(t->background)) > 0.5 ? 0x000000 : 0xe5e5e5;
	unsigned fg = l.fg == COLOUR_DEFAULT ? plain : colour_rgb(l.fg);
	double a = luminance(fg), b = luminance(bg);

	return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void
test_contrast(void **state)
{
	static const struct {
		const char *name;
		double least;
	} themes[] = {{"default", 4.5}, {"light", 4.5}, {"high-contrast", 7}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(themes); i++) {
		struct theme t;

		load(themes[i].name, &t);
		for (int r = 0; r < UIR_COUNT; r++) {
			double c = contrast(&t, (enum ui_role)r);

			if (c < themes[i].least)
				fail_msg("%s: %s has a contrast of %.2f", t.name, role_infos[r].id, c);
		}
	}
}

static void
test_the_table(void **state)
{
	(void)state;
	for (int r = 0; r < UIR_COUNT; r++) {
		enum ui_role found;

		assert_true(role_find(span_of(role_infos[r].id), &found));
		assert_int_equal(found, r);
		/* parents come first: theme_finish() needs it */
		assert_true((int)role_infos[r].parent < r || r == UIR_TEXT);
		for (int o = 0; o < r; o++)
			assert_int_not_equal(role_infos[o].letter, role_infos[r].letter);
	}
}

static void
test_compiled_in_equals_the_file(void **state)
{
	struct theme file, built;

	(void)state;
	load("default", &file);
	theme_init_default(&built);
	for (int r = 0; r < UIR_COUNT; r++) {
		assert_int_equal(file.roles[r].fg, built.roles[r].fg);
		assert_int_equal(file.roles[r].bg, built.roles[r].bg);
		assert_int_equal(file.roles[r].attrs, built.roles[r].attrs);
	}
	assert_int_equal(built.roles[UIR_PROBLEM].fg, 9);
	assert_true(built.roles[UIR_PROBLEM].set);
	/* inherited by role */
	assert_int_equal(built.roles[UIR_LOG_ERROR].fg, built.roles[UIR_PROBLEM].fg);
}

static void
test_mono_uses_attributes_alone(void **state)
{
	struct theme t;

	(void)state;
	load("mono", &t);
	for (int r = 0; r < UIR_COUNT; r++) {
		struct look l = theme_look(&t, (enum ui_role)r, 256);

		assert_int_equal(l.fg, COLOUR_DEFAULT);
		assert_int_equal(l.bg, COLOUR_DEFAULT);
		assert_int_equal(l.attrs, role_infos[r].mono);
	}
	/* what must be seen without colours is told apart by looks */
	assert_true(role_infos[UIR_SELECTED].mono && role_infos[UIR_PROBLEM].mono && role_infos[UIR_CHOICE_HERE].mono);
}

static void
test_specs(void **state)
{
	struct theme t;
	struct err e = ERR_INIT;

	(void)state;
	theme_init_default(&t);
	assert_int_equal(theme_set_role(&t, SPAN_LIT("ok"), SPAN_LIT("bold #5fd7ff on bright-black"), &e), RES_OK);
	assert_int_equal(t.roles[UIR_OK].fg, COLOUR_RGB | 0x5fd7ff);
	assert_int_equal(t.roles[UIR_OK].bg, 8);
	assert_int_equal(t.roles[UIR_OK].attrs, LOOK_BOLD);
	assert_int_equal(theme_look(&t, UIR_OK, 256).fg, 81);
	assert_int_equal(theme_look(&t, UIR_OK, 16).bg, 8);
	assert_in_range(theme_look(&t, UIR_OK, 8).fg, 0, 7);
	assert_int_equal(theme_look(&t, UIR_OK, 0).fg, COLOUR_DEFAULT);
	assert_int_equal(theme_set_role(&t, SPAN_LIT("okay"), SPAN_LIT("bold"), &e), RES_NOTFOUND);
	assert_int_equal(theme_set_role(&t, SPAN_LIT("ok"), SPAN_LIT("256"), &e), RES_SYNTAX);
	assert_int_equal(theme_set_role(&t, SPAN_LIT("ok"), SPAN_LIT("#12345"), &e), RES_SYNTAX);
	assert_int_equal(theme_set_role(&t, SPAN_LIT("ok"), SPAN_LIT("red on"), &e), RES_SYNTAX);
	assert_int_equal(t.roles[UIR_OK].fg, COLOUR_RGB | 0x5fd7ff);
	assert_int_equal(colour_down(COLOUR_RGB | 0xff0000, 256), 196);
	assert_int_equal(colour_down(9, 8), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_compiled_in_equals_the_file),
		cmocka_unit_test(test_contrast),
		cmocka_unit_test(test_mono_uses_attributes_alone),
		cmocka_unit_test(test_specs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
