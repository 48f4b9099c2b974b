/*
 * The one sanitiser of untrusted text, on the way to screen, log, stdout, stderr and files.
 *
 * C0, DEL, C1, invalid UTF-8, bidi controls (U+061C, U+200E/F, U+202A-E, U+2066-9),
 * zero-width (U+200B-D, U+2060-5, U+206A-F, U+180E, U+FEFF, U+FFF9-B), tag characters
 * (U+E0000-E007F), line and paragraph separators (U+2028/9) and noncharacters become visible:
 * "\n" "\t" "\r" "\e", "\x07" for bytes, "\u{202E}" for code points.  More than 4 combining
 * marks in a row are dropped to 4.
 * The result is valid UTF-8, one line, and safe to print anywhere.
 */
#ifndef TT_BASE_TEXT_H
#define TT_BASE_TEXT_H

#include "base/buf.h"

/* Appends the safe form of s to out. */
enum res text_safe(struct buf *out, struct span s);
/* The same, but '\n' stays (bodies shown over several lines); '\t' becomes blanks. */
enum res text_safe_lines(struct buf *out, struct span s);
/* The safe form as a fresh string, cut to at most max_bytes at a character, "…" when cut. */
char *text_safe_dup(struct span s, size_t max_bytes);
/* Into a caller's array (NUL-terminated, cut at a character); returns out. */
char *text_safe_into(char *out, size_t size, struct span s);
/* snprintf that cuts at a character, never inside one; returns out.  Not a sanitiser. */
char *text_format(char *out, size_t size, const char *fmt, ...) PRINTF(3, 4);
char *text_vformat(char *out, size_t size, const char *fmt, va_list ap) PRINTF(3, 0);
/* Is s already safe, i.e. would text_safe() copy it unchanged? */
bool text_is_safe(struct span s);
/* Appends s as ASCII: every other character becomes "?" (or its table's stand-in: "…" "...",
 * "→" "->", "✓" "+", "✗" "x", "─" "-"). For --ascii and non-UTF-8 output. */
enum res text_ascii(struct buf *out, struct span s);
/* The safe form as one word of a POSIX shell: '…', a quote inside as '\\''.  lines: '\n' stays. */
enum res text_shell_word(struct buf *out, struct span s, bool lines);

/* Edit distance of short words, two letters that changed places counted as one, for "did you mean". */
size_t word_distance(const char *a, const char *b);
/* What is near a word that was typed is closer than this: of a short word, one letter is half of it. */
size_t word_near(const char *typed);

#endif
