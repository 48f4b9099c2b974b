/* A libvterm screen as a picture: one self-contained SVG. */
#ifndef TT_TESTS_PTY_SVG_H
#define TT_TESTS_PTY_SVG_H

#include <stdio.h>
#include <vterm.h>

/* Writes rows × cols cells; title stands in the picture's bar and as its description. */
void vt_write_svg(FILE *out, VTermScreen *screen, int rows, int cols, const char *title);

/*
 * Several screens of the same size, one after the other and then from the beginning: begin, each
 * frame with how long it stands, end with the sum.  Who asked for less motion sees the last one.
 */
void vt_svg_begin(FILE *out, int rows, int cols, const char *title);
void vt_svg_frame(FILE *out, VTermScreen *screen, int rows, int cols, int n, double begin_s,
	double until_s, double whole_s);
void vt_svg_end(FILE *out);

#endif
