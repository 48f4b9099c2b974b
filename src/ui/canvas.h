/*
 * The grid of cells that every screen draws into: a code point and a role a cell.  Nothing here knows a
 * terminal; term-curses.c turns a canvas into bytes, tests turn it into text.
 *
 * Rows and columns count from 0.  All drawing clips: at the canvas, at its clip rectangle, and at the
 * width that is given.  A wide character cut at an edge becomes a blank.  Text must have passed text_safe():
 * a control that arrives all the same is counted and becomes "?".
 */
#ifndef TT_UI_CANVAS_H
#define TT_UI_CANVAS_H

#include "base/buf.h"
#include "ui/theme.h"

enum { CELL_WIDE = 1, CELL_CONT = 2 }; /* the left and the right half of a wide character */
enum { CANVAS_MARKS = 4, CANVAS_CLUSTERS = 512, CANVAS_MAX_ROWS = 500, CANVAS_MAX_COLS = 1000 };

struct cell {
	uint32_t cp;
	uint16_t marks;  /* 1 + index into clusters; 0: no combining marks */
	uint8_t role;
	uint8_t flags;   /* CELL_… */
};

struct rect {
	int row, col, rows, cols;
};

/*
 * What a click at a place means.  The drawing notes it, so that it is where it is seen, and nowhere else; the last
 * one noted is on top.
 */
enum zone_kind {
	ZONE_ACTION, /* arg: enum action */
	ZONE_PANE,   /* arg: enum pane */
	ZONE_ROW,    /* arg: a row of the fields */
	ZONE_RECORD, /* arg: a log record's sequence number */
	ZONE_CHOICE, /* arg: which one */
	ZONE_PART,   /* arg: which field of a form */
};
struct zone {
	struct rect r;
	enum zone_kind kind;
	int64_t arg;
};

struct canvas {
	int rows, cols;
	int cursor_row, cursor_col; /* -1: no cursor */
	bool has_wide;              /* wide characters were drawn since it was cleared */
	bool ascii;                 /* code points over 0x7e become one-cell stand-ins */
	struct rect clip;
	unsigned long controls;     /* that arrived; a mistake, 0 in every test */
	struct cell *cells;         /* rows * cols */
	uint32_t (*clusters)[CANVAS_MARKS]; /* 0-ended lists of marks; allocated with the first */
	unsigned n_clusters;
	struct zone *zones;
	size_t n_zones, cap_zones;
};

void canvas_init(struct canvas *c);
void canvas_release(struct canvas *c);
/* A canvas without cells: drawing into it only measures.  Nothing to release. */
void canvas_init_measure(struct canvas *c, int rows, int cols);
/* Also clears.  Clipped to 1…CANVAS_MAX. */
void canvas_resize(struct canvas *c, int rows, int cols);
/* Blanks in role TEXT, no cursor, no clip. */
void canvas_clear(struct canvas *c);
/* Clips what follows to r (and to the canvas); returns the clip of before. */
struct rect canvas_clip(struct canvas *c, struct rect r);

/* One code point; returns the cells it takes (0 if it was combined or clipped away whole). */
int canvas_put(struct canvas *c, int row, int col, uint32_t cp, enum ui_role role);
/* At most `width` cells of s; returns the cells used. */
int canvas_text(struct canvas *c, int row, int col, int width, enum ui_role role, struct span s);
int canvas_puts(struct canvas *c, int row, int col, int width, enum ui_role role, const char *s);
/* The same, but what does not fit ends in an ellipsis. */
int canvas_text_cut(struct canvas *c, int row, int col, int width, enum ui_role role, struct span s);
int canvas_printf(struct canvas *c, int row, int col, int width, enum ui_role role, const char *fmt, ...)
	PRINTF(6, 7);
/* With a character of one cell. */
void canvas_fill(struct canvas *c, struct rect r, uint32_t cp, enum ui_role role);
/* Gives `width` cells another role. */
void canvas_paint(struct canvas *c, int row, int col, int width, enum ui_role role);
void canvas_cursor(struct canvas *c, int row, int col);
/* Notes what a click into r means, as far as r is not clipped away. */
void canvas_zone(struct canvas *c, struct rect r, enum zone_kind kind, int64_t arg);
/* Forgets what was noted: what is drawn now covers it. */
void canvas_zones_clear(struct canvas *c);
/* The topmost of that kind at a place; NULL: there is none. */
const struct zone *canvas_zone_at(const struct canvas *c, enum zone_kind kind, int row, int col);
/* Single lines around r; nothing if r is smaller than 2x2. */
void canvas_frame(struct canvas *c, struct rect r, enum ui_role role);

/* As utf8_cells(), at the speed of ASCII where that is all there is. */
size_t text_cells(struct span s);
/*
 * Breaks s at blanks and beside ideographs into lines of at most `width` cells, at '\n' always; takes the next line off *rest.
 * False once nothing is left.
 */
bool wrap_next(struct span *rest, int width, struct span *line);
/* Draws s wrapped into r; returns the rows used.  r.rows is the most. */
int canvas_wrap(struct canvas *c, struct rect r, enum ui_role role, struct span s);

const struct cell *canvas_at(const struct canvas *c, int row, int col); /* NULL outside */
/* A row's characters as UTF-8, blanks at the end trimmed (tests, screen dumps). */
void canvas_row_text(const struct canvas *c, int row, struct buf *out);
/* A row's role letters, '.' at the end trimmed. */
void canvas_row_roles(const struct canvas *c, int row, struct buf *out);

#endif
