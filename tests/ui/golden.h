/*
 * Golden pictures of canvases: one file holds a picture at all sizes, in a form to be read.  Of each size
 *
 *   === 80x24           its characters, blanks at the ends of rows left out
 *   --- ascii           the rows that are others in ASCII, with their numbers; beyond 80 columns only where a cell
 *                       is not the stand-in (glyphs.h) of what stands above: that alone says how it looks
 *   --- roles           rows with their numbers: a letter of roles.def and for how many cells, "." is text
 *   --- cursor 5,10     where it is shown
 *
 * UPDATE_GOLDEN=1 rewrites the files in the source tree; review the difference before it is committed.
 */
#ifndef TT_TESTS_UI_GOLDEN_H
#define TT_TESTS_UI_GOLDEN_H

#include "ui/canvas.h"

/* Adds one size: the same screen in UTF-8 and in ASCII (NULL: without). */
void golden_add(struct buf *out, const struct canvas *utf8, const struct canvas *ascii);
/* Is it what tests/ui/golden/NAME.screen has?  The rows that differ go to stderr. */
bool golden_same(const char *name, struct span got);

#endif
