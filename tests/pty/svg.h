/* A libvterm screen as a picture: one self-contained SVG. */
#ifndef TT_TESTS_PTY_SVG_H
#define TT_TESTS_PTY_SVG_H

#include <stdio.h>
#include <vterm.h>

/* Writes rows × cols cells; title stands in the picture's bar and as its description. */
void vt_write_svg(FILE *out, VTermScreen *screen, int rows, int cols, const char *title);

#endif
