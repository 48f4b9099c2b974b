/*
 * Roles and themes.  Code names a role; a theme says how the role looks.  Theme files are read by
 * whoever knows their format and handed in role by role; the default theme is compiled in from
 * themes/default.conf.
 */
#ifndef TT_UI_THEME_H
#define TT_UI_THEME_H

#include "base/span.h"

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8, LOOK_ITALIC = 16 };

enum ui_role {
#define ROLE(sym, id, parent, letter, mono, help) UIR_##sym,
#include "ui/roles.def"
#undef ROLE
	UIR_COUNT
};

struct role_info {
	const char *id, *help;
	enum ui_role parent;
	char letter;      /* in screen goldens; unique */
	unsigned mono;    /* LOOK_… on a terminal without colours */
};
extern const struct role_info role_infos[UIR_COUNT];
bool role_find(struct span id, enum ui_role *out);
enum ui_role state_role(int state); /* of an enum state */

/* -2: as the role TEXT has it; -1: the terminal's own; 0–255: palette; COLOUR_RGB | 0xrrggbb. */
enum { COLOUR_TEXT = -2, COLOUR_DEFAULT = -1, COLOUR_RGB = 1 << 24 };
/* More than any palette: RGB colours are shown as they are. */
enum { COLOURS_DIRECT = 1 << 24 };

struct look {
	int fg, bg;
	unsigned attrs; /* LOOK_… */
	bool set;       /* this theme (or the one it inherits from) names it */
};

struct theme {
	char name[32];
	char inherit[32];     /* as the file says; the caller loads that one first */
	int background;       /* stated background, for contrast: COLOUR_RGB | 0xrrggbb */
	bool mono;            /* attributes alone */
	struct look roles[UIR_COUNT];
};

/* The compiled-in default. */
void theme_init_default(struct theme *t);
/*
 * A theme file begins with theme_begin() on the theme it inherits from (the default if the file
 * names none), goes on with theme_set_role() for each member of its `roles` group, and ends with
 * theme_finish().
 */
void theme_begin(struct theme *t, struct span name);
/*
 * spec: words in any order, "bold cyan on default": LOOK words bold dim underline reverse italic; a
 * foreground; "on" and a background; what is not named is as the role TEXT has it.  Colours:
 * default (the terminal's own), black red green yellow blue magenta cyan white, bright-…, 0–255,
 * #rrggbb.  RES_NOTFOUND: no such role; RES_SYNTAX: a word that is none of these.
 */
enum res theme_set_role(
	struct theme *t, struct span role, struct span spec, struct err *e) MUST_USE;
/* "dark", "light" or "#rrggbb". */
enum res theme_set_background(struct theme *t, struct span spec, struct err *e) MUST_USE;
/* Fills the roles nobody named from their parents. */
void theme_finish(struct theme *t);

/*
 * What a terminal of `colours` colours (0, 8, 16, 256, COLOURS_DIRECT) shows; without direct
 * colours fg and bg become palette indices: the nearest that can be read as well on the background
 * (WCAG 2.1: 4.5:1, or 7:1).
 */
struct look theme_look(const struct theme *t, enum ui_role r, int colours);
/* The nearest palette entry below `colours`; default stays. */
int colour_down(int colour, int colours);
/* Contrast of two 0xrrggbb by WCAG 2.1: 1 to 21. */
double colour_contrast(unsigned a, unsigned b);
/* 0xrrggbb of a palette entry or RGB colour (xterm's palette). */
unsigned colour_rgb(int colour);

#endif
