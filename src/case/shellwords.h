/* A command line as a shell splits it (POSIX.1 XCU §2.2), and as Windows' cmd does. */
#ifndef TT_CASE_SHELLWORDS_H
#define TT_CASE_SHELLWORDS_H

#include "base/buf.h"

enum { SHELL_WORDS = 512 };

struct shell_word {
	size_t at, n;   /* in struct shell_words' text */
	bool expanded;  /* holds a variable or substitution whose value is not there */
};

struct shell_words {
	struct buf text; /* wiping */
	struct shell_word v[SHELL_WORDS];
	size_t n;
	bool unclosed;      /* a quote without its end */
	bool smart_quotes;  /* typographic quotes, which a shell does not know */
	bool cut_at_amp;    /* an unquoted & with more behind it on the line */
	bool blank_after_backslash;
	int line;           /* 1-based, of the first smart quote */
};

void shell_words_init(struct shell_words *w);
void shell_words_release(struct shell_words *w);
/* Splits the command at the beginning of text; returns the bytes it takes, its
 * line's end included. */
size_t shell_words_split(struct shell_words *w, struct span text);
struct span shell_word(const struct shell_words *w, size_t i); /* past the end: empty */

#endif
