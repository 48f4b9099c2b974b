/*
 * The characters of the chrome: all of the Basic Multilingual Plane and one cell wide.  Screens
 * draw the UTF-8 set; a canvas in ASCII mode replaces each by its stand-in, also one cell wide, so
 * that the layout is the same.
 */
#ifndef TT_UI_GLYPHS_H
#define TT_UI_GLYPHS_H

#include <stdint.h>

enum {
	GLYPH_OK = 0x2713,          /* ✓ */
	GLYPH_WARNING = '!',
	GLYPH_PROBLEM = 0x2717,     /* ✗ */
	GLYPH_SKIPPED = 0x2013,     /* – */
	GLYPH_UNDETERMINED = '?',
	GLYPH_PENDING = 0x00b7,     /* · */
	GLYPH_RUNNING = 0x2026,     /* … */
	GLYPH_ELLIPSIS = 0x2026,
	GLYPH_MARK = 0x25b8,        /* ▸ */
	GLYPH_BAR = 0x2587,         /* ▇ */
	GLYPH_BAR_EMPTY = 0x2581,   /* ▁ */
	GLYPH_HLINE = 0x2500, GLYPH_VLINE = 0x2502,
	GLYPH_TOP_LEFT = 0x250c, GLYPH_TOP_RIGHT = 0x2510,
	GLYPH_BOTTOM_LEFT = 0x2514, GLYPH_BOTTOM_RIGHT = 0x2518,
	GLYPH_BRANCH = 0x251c,      /* ├ */
	GLYPH_UP = 0x2191, GLYPH_DOWN = 0x2193, /* more above, below */
	GLYPH_BULLET = 0x2022,      /* • */
	GLYPH_DOT = 0x25cf, GLYPH_RING = 0x25cb, /* ● ○ */
	GLYPH_LINE_END = 0x2524,    /* ┤ */
	GLYPH_SHADE_LIGHT = 0x2591, GLYPH_SHADE = 0x2592, GLYPH_SHADE_DARK = 0x2593, /* ░ ▒ ▓ */
	GLYPH_BLOCK = 0x2588,       /* █ */
	GLYPH_UPPER_HALF = 0x2580, GLYPH_LOWER_HALF = 0x2584,
};

/* The ASCII stand-in of any code point; '?' where there is none. */
uint32_t glyph_stand_in(uint32_t cp);
/* Of an enum state. */
uint32_t glyph_state(int state);

#endif
