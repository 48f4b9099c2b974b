/* Block letters (letters.def): for what is read from across a room. */
#ifndef TT_UI_LETTERS_H
#define TT_UI_LETTERS_H

#include "ui/canvas.h"

enum { LETTER_ROWS = 5, LETTER_COLS = 5 };

/*
 * Draws s (ASCII letters of either case, digits, '-', blank) at (row, col) into at most `cols`
 * cells; returns the rows used, 0 and nothing drawn if it does not fit or has another character.
 */
int letters_draw(const char *s, int row, int col, int cols, enum ui_role role, struct canvas *c);

#endif
