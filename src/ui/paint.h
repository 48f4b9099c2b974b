/*
 * From canvases to a terminal's bytes: what a frame changes, in the strings that term-curses.c
 * found for the terminal.  Nothing here knows a terminal or curses.
 *
 * curses could find the changes itself, from three copies of the screen with 28 bytes a cell, and
 * tries at every movement half a dozen ways to make it; that was nine tenths of what a key cost
 * (doc/performance.md).
 */
#ifndef TT_UI_PAINT_H
#define TT_UI_PAINT_H

#include "ui/canvas.h"

enum { PAINT_STRING = 64 };

struct paint_terminal {
	char normal[PAINT_STRING];          /* no attributes, no colours */
	char look[UIR_COUNT][PAINT_STRING]; /* from there to the role's look; "": it is that */
	/* normal and the look in one; "": one after the other */
	char anew[UIR_COUNT][PAINT_STRING];
	/* bits of roles: this look sets all that theirs do, so that none is normal between */
	uint64_t covers[UIR_COUNT];
	uint64_t ink;               /* bits of roles: their blanks look as the terminal's own */
	char clear[PAINT_STRING];           /* the screen; "": it cannot */
	/* from the cursor to the end of its row; "": it cannot */
	char clear_end[PAINT_STRING];
	bool clears_coloured;               /* what is cleared takes the background that is set */
	bool last_cell_scrolls;             /* so nothing is written there */
	/*
	 * The bytes that move the cursor, valid until the next call; here: it is in this row
	 * already.
	 */
	const char *(*move)(int row, int col, bool here);
	/* Where the bytes go. */
	void (*put)(const char *p, size_t n);
};

struct paint {
	struct paint_terminal t;
	uint8_t worn_as[UIR_COUNT]; /* the first role of the same look */
	int rows, cols;
	struct cell *shown;         /* what the terminal shows, rows * cols */
	/* … and the clusters its cells speak of; NULL: none ever */
	uint32_t (*marks)[CANVAS_MARKS];
	unsigned n_marks;
	bool stale;                 /* the terminal shows something else */
	int row, col;               /* of the cursor; row -1: not known */
	int worn;                   /* the role whose look is on; -1: none */
};

void paint_init(struct paint *p);
void paint_release(struct paint *p); /* wipes: a secret may have been shown */
/* After t.normal or t.look changed. */
void paint_looks_changed(struct paint *p);
void paint_resize(struct paint *p, int rows, int cols);
/* The next frame clears the screen and draws all of it. */
void paint_forget(struct paint *p);
/*
 * Puts what makes the terminal show c, whose size is the painter's.  Ends without attributes, and
 * with the cursor where the canvas has it, if it has one.
 */
void paint_frame(struct paint *p, const struct canvas *c);

#endif
