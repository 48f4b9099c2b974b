#include "ui/theme.h"

#include "base/ids.h"

const struct role_info role_infos[UIR_COUNT] = {
#define ROLE(sym, id, parent, letter, mono, help) {id, help, UIR_##parent, letter, mono},
#include "ui/roles.def"
#undef ROLE
};

/* The sixteen as xterm has them. */
static const unsigned palette16[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
	0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff,
	0xffffff};
static const unsigned cube[6] = {0, 95, 135, 175, 215, 255};

bool
role_find(struct span id, enum ui_role *out)
{
	for (int i = 0; i < UIR_COUNT; i++) {
		if (span_is(id, role_infos[i].id)) {
			*out = (enum ui_role)i;
			return true;
		}
	}
	return false;
}

enum ui_role
state_role(int state)
{
	switch (state) {
	case STATE_OK:
		return UIR_OK;
	case STATE_WARNING:
		return UIR_WARNING;
	case STATE_PROBLEM:
		return UIR_PROBLEM;
	case STATE_SKIPPED:
		return UIR_SKIPPED;
	case STATE_UNDETERMINED:
		return UIR_UNDETERMINED;
	default:
		return UIR_PENDING;
	}
}

static bool
hex6(struct span s, unsigned *out)
{
	unsigned v = 0;

	if (s.n != 7 || s.p[0] != '#')
		return false;
	for (size_t i = 1; i < 7; i++) {
		char c = s.p[i];
		unsigned d;

		if (c >= '0' && c <= '9')
			d = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			d = (unsigned)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			d = (unsigned)(c - 'A') + 10;
		else
			return false;
		v = v << 4 | d;
	}
	*out = v;
	return true;
}

static bool
colour_parse(struct span w, int *out)
{
	static const char *const names[8] = {
		"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};
	unsigned rgb;
	int64_t n;
	int bright = 0;

	if (span_is(w, "default")) {
		*out = COLOUR_DEFAULT;
		return true;
	}
	if (hex6(w, &rgb)) {
		*out = COLOUR_RGB | (int)rgb;
		return true;
	}
	if (span_starts(w, "bright-")) {
		w = span_from(w, 7);
		bright = 8;
	} else if (span_to_i64(w, &n) == RES_OK) {
		*out = (int)n;
		return n >= 0 && n <= 255;
	}
	for (int i = 0; i < 8; i++) {
		if (span_is(w, names[i])) {
			*out = i + bright;
			return true;
		}
	}
	return false;
}

static unsigned
look_word(struct span w)
{
	static const struct {
		const char *word;
		unsigned look;
	} words[] = {{"bold", LOOK_BOLD}, {"dim", LOOK_DIM}, {"underline", LOOK_UNDERLINE},
		{"reverse", LOOK_REVERSE}, {"italic", LOOK_ITALIC}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (span_is(w, words[i].word))
			return words[i].look;
	}
	return 0;
}

static enum res
look_parse(struct look *l, struct span spec, struct err *e)
{
	struct span rest = spec, w;
	bool on = false;

	*l = (struct look){COLOUR_TEXT, COLOUR_TEXT, 0, true};
	while (span_word(&rest, &w)) {
		unsigned look = look_word(w);
		int colour;

		if (look) {
			l->attrs |= look;
		} else if (span_is(w, "on") && !on) {
			on = true;
			continue;
		} else if (!span_is(w, "normal")) {
			if (!colour_parse(w, &colour))
				return err_set(e, RES_SYNTAX, "\"%.*s\" is no colour and no look",
					SPAN_ARG(w));
			if (on)
				l->bg = colour;
			else
				l->fg = colour;
		}
		on = false;
	}
	return on ? err_set(e, RES_SYNTAX, "a background must follow \"on\"") : RES_OK;
}

void
theme_init_default(struct theme *t)
{
	static const struct {
		const char *role, *spec;
	} table[] = {
#define THEME_ROLE(role, spec) {role, spec},
#include "ui/theme-default.inc"
#undef THEME_ROLE
	};

	memset(t, 0, sizeof(*t));
	snprintf(t->name, sizeof(t->name), "default");
	t->background = COLOUR_RGB;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		enum ui_role r;

		/* a mistake in the table is found by the tests; here the role keeps its parent's
		 * look */
		if (role_find(span_of(table[i].role), &r) &&
			look_parse(&t->roles[r], span_of(table[i].spec), NULL) != RES_OK)
			t->roles[r].set = false;
	}
	theme_finish(t);
}

void
theme_begin(struct theme *t, struct span name)
{
	snprintf(t->name, sizeof(t->name), "%.*s", SPAN_ARG(name));
	t->inherit[0] = '\0';
}

enum res
theme_set_role(struct theme *t, struct span role, struct span spec, struct err *e)
{
	enum ui_role r;
	struct look l;

	if (!role_find(role, &r))
		return err_set(e, RES_NOTFOUND, "there is no role \"%.*s\"", SPAN_ARG(role));
	if (look_parse(&l, spec, e) != RES_OK)
		return RES_SYNTAX;
	t->roles[r] = l;
	return RES_OK;
}

enum res
theme_set_background(struct theme *t, struct span spec, struct err *e)
{
	unsigned rgb;

	if (span_is(spec, "dark"))
		rgb = 0x000000;
	else if (span_is(spec, "light"))
		rgb = 0xffffff;
	else if (!hex6(spec, &rgb))
		return err_set(e, RES_SYNTAX, "a background is \"dark\", \"light\" or \"#rrggbb\"");
	t->background = COLOUR_RGB | (int)rgb;
	return RES_OK;
}

void
theme_finish(struct theme *t)
{
	/* parents stand before their children in the table, TEXT first (a test checks it) */
	for (int i = 0; i < UIR_COUNT; i++) {
		if (t->roles[i].set)
			continue;
		if (i == UIR_TEXT)
			t->roles[i] = (struct look){COLOUR_DEFAULT, COLOUR_DEFAULT, 0, false};
		else
			t->roles[i] = t->roles[role_infos[i].parent];
		t->roles[i].set = false;
	}
}

unsigned
colour_rgb(int colour)
{
	if (colour < 0)
		return 0;
	if (colour & COLOUR_RGB)
		return (unsigned)colour & 0xffffff;
	if (colour < 16)
		return palette16[colour];
	if (colour < 232) {
		unsigned c = (unsigned)colour - 16;

		return cube[c / 36] << 16 | cube[c / 6 % 6] << 8 | cube[c % 6];
	}
	return (8 + 10 * ((unsigned)colour - 232)) * 0x010101;
}

static long
distance(unsigned a, unsigned b)
{
	long r = (long)(a >> 16 & 255) - (long)(b >> 16 & 255);
	long g = (long)(a >> 8 & 255) - (long)(b >> 8 & 255);
	long bl = (long)(a & 255) - (long)(b & 255);

	return 2 * r * r + 4 * g * g + 3 * bl * bl;
}

/*
 * The linear value of a channel (IEC 61966-2-1).  x^2.4 is x² times the fifth root of x²: no libm
 * on the way to the first screen.
 */
static double
linear(unsigned channel)
{
	double c = channel / 255.0, x = (c + 0.055) / 1.055, y = 1;

	if (c <= 0.04045)
		return c / 12.92;
	for (int i = 0; i < 16; i++)
		y -= (y * y * y * y * y - x * x) / (5 * y * y * y * y);
	return x * x * y;
}

static double
luminance(unsigned rgb)
{
	return 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) +
		0.0722 * linear(rgb & 255);
}

double
colour_contrast(unsigned a, unsigned b)
{
	double la = luminance(a) + 0.05, lb = luminance(b) + 0.05;

	return la > lb ? la / lb : lb / la;
}

/* The nearest palette entry with this contrast to `on`; -1: none has it. */
static int
nearest(unsigned rgb, int colours, unsigned on, double contrast)
{
	/* the sixteen are the user's own to change: an RGB colour maps into the cube */
	int best = -1, from = colours == 256 ? 16 : 0;
	long least = 0;

	for (int i = from; i < colours; i++) {
		long d = distance(rgb, colour_rgb(i));

		if ((best < 0 || d < least) &&
			(contrast <= 1 || colour_contrast(colour_rgb(i), on) >= contrast)) {
			least = d;
			best = i;
		}
	}
	return best;
}

int
colour_down(int colour, int colours)
{
	if (colours > 256)
		colours = 256;
	if (colour < 0 || colours <= 0)
		return COLOUR_DEFAULT;
	if (colour < colours)
		return colour;
	if (colours == 8 && colour < 16)
		return colour - 8;
	return nearest(colour_rgb(colour), colours, 0, 0);
}

/* In a palette two colours may come closer than in the theme; what could be read still can. */
static int
readable_down(int colour, unsigned on_full, unsigned on, int colours)
{
	int down = colour_down(colour, colours), other;
	double had;

	if (colour < 16 || down == colour)
		return down;
	had = colour_contrast(colour_rgb(colour), on_full);
	had = had >= 7 ? 7 : had >= 4.5 ? 4.5 : 0;
	if (colour_contrast(colour_rgb(down), on) >= had)
		return down;
	other = nearest(colour_rgb(colour), colours, on, had);
	return other >= 0 ? other : down;
}

struct look
theme_look(const struct theme *t, enum ui_role r, int colours)
{
	const struct look *text = &t->roles[UIR_TEXT];
	struct look l = t->roles[r];
	unsigned on_full, on;

	if (t->mono || colours < 8)
		return (struct look){COLOUR_DEFAULT, COLOUR_DEFAULT, role_infos[r].mono, l.set};
	if (l.fg == COLOUR_TEXT)
		l.fg = text->fg;
	if (l.bg == COLOUR_TEXT)
		l.bg = text->bg;
	l.fg = l.fg == COLOUR_TEXT ? COLOUR_DEFAULT : l.fg;
	l.bg = l.bg == COLOUR_TEXT ? COLOUR_DEFAULT : l.bg;
	if (colours >= COLOURS_DIRECT)
		return l;
	on_full = colour_rgb(l.bg < 0 ? t->background : l.bg);
	l.bg = colour_down(l.bg, colours);
	on = colour_rgb(l.bg < 0 ? t->background : l.bg);
	l.fg = readable_down(l.fg, on_full, on, colours);
	/* eight colours cannot be told from a background of the same index */
	if (l.fg == l.bg && l.fg != COLOUR_DEFAULT)
		l.fg = COLOUR_DEFAULT;
	return l;
}
