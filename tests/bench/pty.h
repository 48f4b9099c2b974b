/*
 * A program in a pseudo-terminal, watched from outside: no tracer, nothing preloaded.
 *
 * When is a screen complete?  Each time its loop is about to wait, tokentriage writes a line to
 * the descriptor named by TOKENTRIAGE_IDLE_FD: "i 3 24x80 4169", idle (b: busy), the bytes of
 * input it has taken, the size it draws for, the bytes it has written to the terminal.  An action
 * is complete when such a line knows of it and its bytes are here; the time taken is that of the
 * last output.  A program without it is deterministic instead: unmeasured sessions learn how many
 * bytes each action brings (by silence), and the time is that of the byte that completes them.
 *
 * How many write(2)?  /proc/PID/io counts the process's write calls (syscw) and their bytes
 * (wchar).  Taken off are the idle lines, one call each, and what else did not reach the
 * terminal: bytes for the self-pipe, one call each.
 */
#ifndef TT_TESTS_BENCH_PTY_H
#define TT_TESTS_BENCH_PTY_H

#include <sys/types.h>

#include "base/attr.h"

enum { PTY_IDLE_FD = 9, PTY_ACTIONS = 32, PTY_LIMIT_MS = 3000 };

struct program {
	const char *name;
	char *const *argv;
	bool learnt, has_idle_fd;
	uint64_t expect[PTY_ACTIONS]; /* bytes of each action, 0 is the start */
	int limit_ms;                 /* for an action; 0: PTY_LIMIT_MS */
};

/* The last line that came by the idle descriptor. */
struct idle_line {
	char state;
	unsigned long taken, written;
	int rows, cols;
};

struct term {
	struct program *program;
	pid_t pid;
	int pidfd, master, idle;
	uint64_t bytes;             /* from the terminal, since the start */
	uint64_t sent;              /* to it */
	int rows, cols;
	uint64_t idle_bytes, idle_lines;
	struct idle_line line;
	char part[128];             /* of an idle line */
	size_t part_n;
	int action;                 /* the next one's number */
	bool full_screen;           /* it switched to the terminal's other screen */
	double began_ms;            /* just before the process was made */
};

struct counts {
	uint64_t calls, terminal_bytes; /* writes to the terminal, since the start */
	bool known;                     /* /proc/PID/io could be read */
};

/* Starts the program at cols x rows.  false: no terminal or no process. */
bool term_start(struct term *t, struct program *p, int rows, int cols);
/* Waits until the action just taken is complete; the time of its last byte, or -1. */
double term_settle(struct term *t);
/* Sends keys; the time just before. */
double term_send(struct term *t, const char *keys);
double term_resize(struct term *t, int rows, int cols);
/* Waits until the program has taken all that was sent (rest: and done all of it); the time, or -1. */
double term_wait_taken(struct term *t, bool rest);
/* Until the process is gone (its output is read); the time, or -1 within the limit. */
double term_wait_gone(struct term *t);
/* Reads output for ms milliseconds whatever comes; the bytes. */
uint64_t term_listen(struct term *t, int ms);
/* Waits for the next complete frame; its time, or -1. */
double term_next_frame(struct term *t, int limit_ms);
struct counts term_counts(struct term *t); /* listens some milliseconds first */
/* Ends the process if it is still there, and closes everything. */
void term_release(struct term *t);

/* What /proc says of a process; -1 when it does not. */
long proc_rss_kib(pid_t pid);
long proc_wakeups(pid_t pid); /* voluntary context switches of all threads */
/* How many of the names occur in the process's maps, listed in found; -1 unreadable. */
int proc_mapped(pid_t pid, const char *const *names, size_t n, char *found, size_t size);

#endif
