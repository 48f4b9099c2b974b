#include "unit.h"

#include <math.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/ids.h"
#include "ui/glyphs.h"
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

static double
ratio(unsigned one, unsigned other)
{
	double a = luminance(one), b = luminance(other);

	return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

/* What a terminal shows that is set up as the theme states: its background, and black or light grey on it. */
static unsigned
shown_bg(const struct theme *t, struct look l)
{
	return colour_rgb(l.bg == COLOUR_DEFAULT ? t->background : l.bg);
}

static unsigned
shown_fg(const struct theme *t, struct look l)
{
	unsigned plain = luminance(colour_rgb(t->background)) > 0.5 ? 0x000000 : 0xe5e5e5;

	return l.fg == COLOUR_DEFAULT ? plain : colour_rgb(l.fg);
}

/* WCAG 2.1 contrast of a role on the theme's stated background, on a terminal of so many colours. */
static double
contrast(const struct theme *t, enum ui_role r, int colours)
{
	struct look l = theme_look(t, r, colours);

	return ratio(shown_fg(t, l), shown_bg(t, l));
}

static const char *const theme_names[] = {"default", "light", "solarized-dark", "solarized-light", "gruvbox",
	"nord", "high-contrast", "colour-blind-safe"};

static void
test_contrast(void **state)
{
	static const int depths[] = {COLOURS_DIRECT, 256, 16};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(theme_names); i++) {
		double least = strcmp(theme_names[i], "high-contrast") == 0 ? 7 : 4.5;
		struct theme t;

		load(theme_names[i], &t);
		for (size_t d = 0; d < ARRAY_SIZE(depths); d++) {
			for (int r = 0; r < UIR_COUNT; r++) {
				double c = contrast(&t, (enum ui_role)r, depths[d]);

				if (c < least)
					fail_msg("%s, %d colours: %s has a contrast of %.2f", t.name, depths[d],
						role_infos[r].id, c);
			}
		}
		/* the terminal's own colour on a background that the theme chose may be anything */
		for (int r = 0; r < UIR_COUNT; r++) {
			struct look l = theme_look(&t, (enum ui_role)r, COLOURS_DIRECT);

			if (l.bg != COLOUR_DEFAULT && l.fg == COLOUR_DEFAULT)
				fail_msg("%s: %s is in the terminal's colour", t.name, role_infos[r].id);
		}
		/* eight colours are what they are, and bold where it matters: as WCAG asks of large text */
		for (int r = 0; r < UIR_COUNT; r++)
			if (contrast(&t, (enum ui_role)r, 8) < 3)
				fail_msg("%s, 8 colours: %s has a contrast of %.2f", t.name, role_infos[r].id,
					contrast(&t, (enum ui_role)r, 8));
	}
}

/* Ours, without libm, against the formula. */
static void
test_contrast_is_computed(void **state)
{
	(void)state;
	assert_true(fabs(colour_contrast(0, 0xffffff) - 21) < 1e-9);
	for (unsigned v = 0; v < 256; v++) {
		unsigned grey = v * 0x010101, odd = v << 16 | (255 - v) << 8 | v / 2;

		assert_true(fabs(colour_contrast(grey, 0xffffff) - ratio(grey, 0xffffff)) < 1e-9);
		assert_true(fabs(colour_contrast(odd, grey) - ratio(odd, grey)) < 1e-9);
	}
}

/* How people see a colour who lack one kind of cones (Viénot, Brettel and Mollon 1999), linear. */
static void
seen_by(const double m[2][3], unsigned rgb, double out[3])
{
	double in[3] = {channel(rgb >> 16 & 255), channel(rgb >> 8 & 255), channel(rgb & 255)};

	out[0] = out[1] = m[0][0] * in[0] + m[0][1] * in[1] + m[0][2] * in[2];
	out[2] = m[1][0] * in[0] + m[1][1] * in[1] + m[1][2] * in[2];
}

static double
lab_f(double v)
{
	return v > 0.008856 ? cbrt(v) : 7.787 * v + 16.0 / 116;
}

/* The difference of two linear colours in CIE L*a*b* (D65). */
static double
difference(const double a[3], const double b[3])
{
	static const double xyz[3][3] = {{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722},
		{0.0193, 0.1192, 0.9505}}, white[3] = {0.9505, 1, 1.089};
	double f[2][3];

	for (int i = 0; i < 3; i++) {
		const double *m = xyz[i];

		f[0][i] = lab_f((m[0] * a[0] + m[1] * a[1] + m[2] * a[2]) / white[i]);
		f[1][i] = lab_f((m[0] * b[0] + m[1] * b[1] + m[2] * b[2]) / white[i]);
	}
	return sqrt(pow(116 * (f[0][1] - f[1][1]), 2) +
		pow(500 * (f[0][0] - f[0][1] - f[1][0] + f[1][1]), 2) +
		pow(200 * (f[0][1] - f[0][2] - f[1][1] + f[1][2]), 2));
}

/* The least difference between the colours of two states, to people without red or green cones. */
static double
least_difference(const struct theme *t)
{
	static const double without[2][2][3] = {
		{{0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}},
		{{0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}}};
	static const enum ui_role states[] = {UIR_OK, UIR_WARNING, UIR_PROBLEM, UIR_UNDETERMINED};
	double least = 1000;

	for (size_t k = 0; k < ARRAY_SIZE(without); k++) {
		for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
			for (size_t j = 0; j < i; j++) {
				double a[3], b[3];

				seen_by(without[k], shown_fg(t, theme_look(t, states[i], COLOURS_DIRECT)), a);
				seen_by(without[k], shown_fg(t, theme_look(t, states[j], COLOURS_DIRECT)), b);
				least = fmin(least, difference(a, b));
			}
		}
	}
	return least;
}

static void
test_colour_blind_safe(void **state)
{
	struct theme safe, usual;

	(void)state;
	load("colour-blind-safe", &safe);
	load("solarized-dark", &usual);
	/* 10 is seen at a glance; red, green and yellow of the usual kind come below it */
	assert_true(least_difference(&safe) > 20);
	assert_true(least_difference(&usual) < 10);
}

/* Severity is a glyph before it is a colour, in both sets of characters. */
static void
test_no_state_by_colour_alone(void **state)
{
	static const int states[] = {STATE_OK, STATE_WARNING, STATE_PROBLEM, STATE_SKIPPED, STATE_UNDETERMINED,
		STATE_PENDING};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(glyph_state(states[i]), glyph_state(states[j]));
			assert_int_not_equal(glyph_stand_in(glyph_state(states[i])),
				glyph_stand_in(glyph_state(states[j])));
		}
	}
}

/* What a role does not name is as the text has it; "default" is the terminal's own. */
static void
test_roles_stand_on_the_text(void **state)
{
	struct theme t;
	struct err e = ERR_INIT;

	(void)state;
	theme_init_default(&t);
	assert_int_equal(theme_look(&t, UIR_OK, 256).bg, COLOUR_DEFAULT);
	assert_int_equal(theme_set_role(&t, SPAN_LIT("text"), SPAN_LIT("#d8dee9 on #2e3440"), &e), RES_OK);
	assert_int_equal(theme_set_role(&t, SPAN_LIT("warning"), SPAN_LIT("yellow on default"), &e), RES_OK);
	assert_int_equal(theme_set_role(&t, SPAN_LIT("rail-here"), SPAN_LIT("bold"), &e), RES_OK);
	theme_finish(&t);
	assert_int_equal(theme_look(&t, UIR_OK, COLOURS_DIRECT).bg, COLOUR_RGB | 0x2e3440);
	assert_int_equal(theme_look(&t, UIR_RAIL_HERE, COLOURS_DIRECT).fg, COLOUR_RGB | 0xd8dee9);
	assert_int_equal(theme_look(&t, UIR_WARNING, COLOURS_DIRECT).bg, COLOUR_DEFAULT);
	assert_in_range(theme_look(&t, UIR_OK, 256).bg, 16, 255);
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
		cmocka_unit_test(test_contrast_is_computed),
		cmocka_unit_test(test_colour_blind_safe),
		cmocka_unit_test(test_no_state_by_colour_alone),
		cmocka_unit_test(test_roles_stand_on_the_text),
		cmocka_unit_test(test_mono_uses_attributes_alone),
		cmocka_unit_test(test_specs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
