/*
 * The terminal, as the wizard sees it: size, bytes in, frames out.  term-curses.c is the only
 * implementation for the program and the only file that knows curses; tests have one of their own.
 */
#ifndef TT_UI_TERM_H
#define TT_UI_TERM_H

#include "ui/canvas.h"

enum colour_mode { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct term_options {
	enum colour_mode colour; /* AUTO: NO_COLOR, set and not empty, means never */
	bool ascii;              /* even in a UTF-8 locale */
};

/* Bytes since the program began, which may have taken its terminal more than once. */
struct term_traffic {
	unsigned long in, out;
};

struct terminal;

struct term_ops {
	/*
	 * Takes the terminal (stdin and stdout): modes, alternate screen, bracketed paste.  No byte
	 * that comes in is a signal.  NULL with e set if there is none that can be used.  Registers
	 * its restoration with die_register().
	 */
	struct terminal *(*open)(const struct term_options *o, struct err *e);
	/*
	 * Gives it back as it was found; what was typed and not read is dropped: it was not meant
	 * for a shell.
	 */
	void (*close)(struct terminal *t);
	int (*fd)(const struct terminal *t); /* to poll for input */
	/* As read(2): bytes; 0 the terminal is gone; -1 nothing now. */
	long (*read)(struct terminal *t, char *p, size_t n);
	/* Asks the system for the size; false if it is as before. */
	bool (*resized)(struct terminal *t);
	void (*size)(const struct terminal *t, int *rows, int *cols);
	bool (*ascii)(const struct terminal *t); /* the locale or the options allow no more */
	int (*colours)(const struct terminal *t);
	/* what did not go as wished ("unknown TERM …"), or "" */
	const char *(*notice)(const struct terminal *t);
	void (*set_theme)(struct terminal *t, const struct theme *theme);
	/*
	 * Shows the canvas: what changed since the last frame, in one write.  False: the terminal
	 * is gone.
	 */
	bool (*draw)(struct terminal *t, const struct canvas *c);
	/* The next frame is drawn whole. */
	void (*redraw)(struct terminal *t);
	struct term_traffic (*traffic)(const struct terminal *t);
	/*
	 * Has the terminal all of the last frame?  Hands it over as far as it goes without waiting.
	 */
	bool (*writable)(struct terminal *t);
	/* Hands text to the terminal's clipboard (OSC 52); whether it obeyed cannot be known. */
	void (*clip)(struct terminal *t, struct span text);
	/* Gives the terminal back, stops the process, takes the terminal again. */
	void (*suspend)(struct terminal *t);
	/*
	 * Takes its mouse, or leaves it to the terminal; false: it has none.  However the program
	 * ends, it is left.
	 */
	bool (*mouse)(struct terminal *t, bool on);
};

extern const struct term_ops term_curses;

/*
 * Signals as bytes in a pipe, for the loop's wait.  HUP INT TERM QUIT end the program, WINCH
 * resizes, TSTP suspends, CONT redraws; the handlers only write.  PIPE is ignored.
 */
int signals_open(void); /* the fd to poll, -1 on failure */
void signals_close(void);
/* The next signal that came; 0: none. */
int signals_next(void);
/* SEGV, BUS, FPE, ILL, ABRT: give the terminal back, then let the old handler have it. */
void signals_catch_fatal(void);

#endif
