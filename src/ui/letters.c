#include "ui/letters.h"

#include <ctype.h>

#include "ui/glyphs.h"

static const char *
shape(char ch)
{
	switch (toupper((unsigned char)ch)) {
#define LETTER(ch, rows) \
	case ch: \
		return rows;
#include "ui/letters.def"
#undef LETTER
	default:
		return NULL;
	}
}

int
letters_draw(const char *s, int row, int col, int cols, enum ui_role role, struct canvas *c)
{
	size_t n = strlen(s);

	if (n == 0 || n > (size_t)cols / (LETTER_COLS + 1))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!shape(s[i]))
			return 0;
	for (size_t i = 0; i < n; i++) {
		const char *rows = shape(s[i]);

		for (int k = 0; k < LETTER_ROWS * LETTER_COLS; k++)
			if (rows[k] == '#')
				canvas_put(c, row + k / LETTER_COLS,
					col + (int)i * (LETTER_COLS + 1) + k % LETTER_COLS,
					GLYPH_BLOCK, role);
	}
	return LETTER_ROWS;
}
