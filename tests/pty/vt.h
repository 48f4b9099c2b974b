/*
 * A program in a pseudo terminal under libvterm: journeys and benches drive the real binary with it.
 *
 * Nothing sleeps.  The program tells by an inherited pipe (TOKENTRIAGE_IDLE_FD) when it is about to block,
 * with how many bytes it has taken and written; vt_idle() waits until both sides have seen everything.
 * Every wait ends after the time-out with a message and the screen on stderr, and returns false.
 */
#ifndef TT_TESTS_PTY_VT_H
#define TT_TESTS_PTY_VT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

struct vt_options {
	int rows, cols;          /* 0: 24x80 */
	const char *const *env;  /* "NAME=VALUE", over the defaults below; "NAME=" alone removes; NULL-ended; NULL */
	const char *cwd;         /* NULL: as it is */
	int timeout_ms;          /* of each wait; 0: 30 s (times VT_SLOW of the environment, for valgrind) */
	/* Runs it as an interactive shell does: in a process group of its own that can be stopped (Ctrl-Z). */
	bool job;
};

struct vt {
	pid_t pid;
	int master, idle;
	int rows, cols, timeout_ms;
	VTerm *term;
	VTermScreen *screen;
	unsigned long sent;      /* bytes the program will read: its screen is raw, none is a signal */
	unsigned long seen;      /* bytes that came from the program */
	unsigned long reports;   /* lines that came through the pipe */
	unsigned stops, stops_wanted; /* how often the program stopped (job) */
	struct termios before;   /* the terminal's modes before the program ran */
	struct {
		char state;      /* 'i' idle, 'b' requests under way, 'h' held up by the terminal, 0 none yet */
		unsigned long taken, written;
		int rows, cols;
	} last;
	bool alternate, cursor, bracketed, mouse; /* modes as the program left them */
	unsigned mice;           /* the mouse's modes that are on, a bit each */
	bool hung_up, exited;
	bool held;               /* the terminal reads nothing: to be set by who tests that */
	int status;              /* of waitpid */
	char line[128];          /* of the pipe, unfinished */
	size_t line_len;
	char tail[16];           /* of the output, for modes split over reads */
	size_t tail_len;
	char *text;              /* of vt_text */
	char *plain;             /* everything written outside the alternate screen */
	size_t plain_len;
};

/*
 * Starts argv[0] (by path) with an environment made from nothing: PATH, HOME (cwd or /nonexistent), LC_ALL=C.UTF-8,
 * TZ=UTC, TERM=xterm-256color, and env.  NULL: could not.
 */
struct vt *vt_start(const char *const argv[], const struct vt_options *o);
/* Kills the program if it still runs. */
void vt_free(struct vt *t);

void vt_send(struct vt *t, const char *bytes, size_t n);
void vt_type(struct vt *t, const char *text); /* "\r" Enter, "\033[A" Up, … */
/* As a terminal with bracketed paste sends it. */
void vt_paste(struct vt *t, const char *text, size_t n);
/* Presses the left button there (and lets it go), from 0; turns the wheel. */
void vt_click(struct vt *t, int row, int col);
void vt_wheel(struct vt *t, int row, int col, bool up);
/* On the first place where the text stands; false: it stands nowhere. */
bool vt_click_on(struct vt *t, const char *text);
void vt_resize(struct vt *t, int rows, int cols);
/* To the program; with job to the one that stands for the shell. */
void vt_signal(struct vt *t, int sig);
/* As a shell's fg: the program has the terminal again and goes on (job). */
void vt_continue(struct vt *t);
/* The terminal goes away. */
void vt_hang_up(struct vt *t);

/* Everything sent was taken, everything drawn was seen, nothing is under way. */
bool vt_idle(struct vt *t);
/* The same, but requests may be under way. */
bool vt_blocked(struct vt *t);
/* … or it has ended. */
bool vt_settled(struct vt *t);
/* Everything sent was taken, whatever became of it on the screen. */
bool vt_taken(struct vt *t);
/* Reads until the text stands on the screen (one row's text; the program need not be idle). */
bool vt_see(struct vt *t, const char *text);
bool vt_gone(struct vt *t, const char *text); /* … until it does not */
/* The program stopped for the n-th time (job). */
bool vt_stopped(struct vt *t, unsigned n);
/* The terminal's modes are those of before. */
bool vt_modes_restored(struct vt *t);
/* The program ended; t->status.  True: it did. */
bool vt_exit(struct vt *t);
/* Reads what there is, without waiting. */
void vt_drain(struct vt *t);

/* The screen as UTF-8, a line a row, blanks at the ends trimmed; valid until the next call. */
const char *vt_text(struct vt *t);
bool vt_has(struct vt *t, const char *text);
/* A row's text, without its end; valid until the next call. */
const char *vt_row(struct vt *t, int row);
void vt_dump(struct vt *t, const char *why); /* to stderr */

#endif
