/* UTF-8 by RFC 3629, and widths by our own table, so that layout does not hang on the libc. */
#ifndef TT_BASE_UTF8_H
#define TT_BASE_UTF8_H

#include "base/span.h"

/*
 * Decodes one code point at the front of s into *cp; returns the bytes it took (1 to 4), or
 * 0 if s is empty.  An invalid byte gives *cp = UINT32_MAX and 1.  Overlong forms and
 * surrogates are invalid.
 */
size_t utf8_decode(struct span s, uint32_t *cp);
/* Encodes cp into out[4]; returns the bytes, 0 if cp is no scalar value. */
size_t utf8_encode(uint32_t cp, char out[4]);
bool utf8_valid(struct span s);
/* Cells: 0 combining, 1, 2 wide; -1 control or not a character. */
int utf8_width(uint32_t cp);
/* Cells of a sanitised text (controls and invalid bytes count 1). */
size_t utf8_cells(struct span s);
/* The longest prefix of s that takes at most `cells` cells; never splits a cluster. */
struct span utf8_clip(struct span s, size_t cells);

/*
 * May a line end between these two though there is no blank (the part of UAX #14 that Chinese and
 * Japanese need)? Beside an ideograph, but not before what closes or goes on, nor behind what
 * opens.
 */
bool utf8_break_between(uint32_t before, uint32_t after);

#endif
