/*
 * A program in a pseudo-terminal, watched from outside: no tracer, nothing preloaded.
 *
 * When is a screen complete?  tokentriage writes one byte to the descriptor named by
 * TOKENTRIAGE_IDLE_FD when its loop is about to block after a frame; the time taken is that
 * of the last terminal output before it.  A program that has no such descriptor is
 * deterministic instead: one unmeasured session learns how many bytes each action brings (by
 * silence), and the time taken is that of the byte that completes this number.
 *
 * How many write(2)?  /proc/PID/io counts the process's write calls (syscw) and their bytes
 * (wchar).  Bytes that did not reach the terminal went one a call to the idle descriptor or
 * the self-pipe, so the calls to the terminal are syscw - (wchar - bytes on the terminal).
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
};

struct term {
	struct program *program;
	pid_t pid;
	int pidfd, master, idle;
	uint64_t bytes, idle_bytes; /* since the start */
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
/* Until the process is gone (its output is read); the time, or -1 within the limit. */
double term_wait_gone(struct term *t);
/* Reads output for ms milliseconds whatever comes; the bytes. */
uint64_t term_listen(struct term *t, int ms);
/* Waits for the next complete frame (an idle byte, or output); its time, or -1. */
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
