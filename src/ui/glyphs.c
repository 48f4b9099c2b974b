#include "ui/glyphs.h"

#include "base/ids.h"

uint32_t
glyph_stand_in(uint32_t cp)
{
	static const struct {
		uint32_t cp;
		char ascii;
	} table[] = {{0x00a0, ' '}, {0x00a7, 'S'}, {0x00b1, '~'}, {0x00b7, '.'}, {0x00d7, 'x'},
		{0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'},
		{0x201d, '"'}, {0x2022, '*'}, {0x2026, '~'}, {0x2190, '<'}, {0x2191, '^'},
		{0x2192, '>'}, {0x2193, 'v'}, {0x2260, '#'}, {0x2264, '<'}, {0x2265, '>'},
		{0x2500, '-'}, {0x2502, '|'}, {0x250c, '+'}, {0x2510, '+'}, {0x2514, '+'},
		{0x2518, '+'}, {0x251c, '|'}, {0x2524, '|'}, {0x2581, '.'}, {0x2587, '#'},
		{0x2584, '='}, {0x2588, '#'}, {0x2591, '.'}, {0x2592, ':'}, {0x2593, '%'},
		{0x25b8, '>'}, {0x25cb, 'o'}, {0x25cf, '*'}, {0x2713, '+'}, {0x2717, 'x'}};

	if (cp >= 0x20 && cp < 0x7f)
		return cp;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].cp == cp)
			return (unsigned char)table[i].ascii;
	}
	return '?';
}

uint32_t
glyph_state(int state)
{
	switch (state) {
	case STATE_OK:
		return GLYPH_OK;
	case STATE_WARNING:
		return GLYPH_WARNING;
	case STATE_PROBLEM:
		return GLYPH_PROBLEM;
	case STATE_SKIPPED:
		return GLYPH_SKIPPED;
	case STATE_UNDETERMINED:
		return GLYPH_UNDETERMINED;
	default:
		return GLYPH_PENDING;
	}
}
