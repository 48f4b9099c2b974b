/* The screen's rows: a session of each program to a pair. */
#include "tests/bench/bench.h"

#include "tests/bench/pty.h"

enum { KEYS = 16, ROWS = 24, COLS = 80, BIG_ROWS = 60, BIG_COLS = 200, LEARN_MAX = 4 };

/* What ncurses' keypad mode makes of the arrows on xterm. */
static const char *const moves[2] = {"\033OB", "\033OA"};

static const char *const heavy[] = {"libcurl", "libssl", "libcrypto", "libmicrohttpd", "libqrencode"};

/* Where a program's samples go. */
struct side {
	struct program program;
	void (*sample)(enum row r, double v);
	bool ours, no_help;
};

static void
sample_first(struct side *s, struct term *t, double at)
{
	struct counts c = term_counts(t);
	char found[128];
	int n;

	s->sample(ROW_START, at - t->began_ms);
	s->sample(ROW_RSS, (double)proc_rss_kib(t->pid));
	s->sample(ROW_FIRST_BYTES, (double)t->bytes);
	if (c.known)
		s->sample(ROW_FIRST_WRITES, (double)c.calls);
	else
		row_missing(ROW_FIRST_WRITES, "/proc/PID/io is not readable, run as root");
	if (!s->ours)
		return;
	n = proc_mapped(t->pid, heavy, ARRAY_SIZE(heavy), found, sizeof(found));
	if (n < 0)
		row_missing(ROW_HEAVY, "/proc/PID/maps is not readable, run as root");
	else
		s->sample(ROW_HEAVY, n);
	if (n > 0)
		row_note(ROW_HEAVY, "%s", found);
}

/*
 * Sends keys, or (NULL) makes the terminal larger: the time, bytes and writes of what follows
 * into rows (ROW_COUNT: not wanted).
 */
static bool
sample_action(struct side *s, struct term *t, const char *keys, const enum row rows[3])
{
	struct counts before = term_counts(t), after;
	double began = keys ? term_send(t, keys) : term_resize(t, BIG_ROWS, BIG_COLS);
	double at = term_settle(t);

	if (began < 0 || at < 0) {
		row_missing(rows[0], "no frame of %s followed", s->program.name);
		return false;
	}
	s->sample(rows[0], at - began);
	after = term_counts(t);
	if (rows[1] != ROW_COUNT)
		s->sample(rows[1], (double)(after.terminal_bytes - before.terminal_bytes));
	if (rows[2] == ROW_COUNT)
		return true;
	if (before.known && after.known)
		s->sample(rows[2], (double)(after.calls - before.calls));
	else
		row_missing(rows[2], "/proc/PID/io is not readable, run as root");
	return true;
}

/* The programs of a pair take turns key by key. */
static void
sample_keys(struct side *const *sides, struct term *terms, int n)
{
	static const enum row rows[3] = {ROW_KEY, ROW_KEY_BYTES, ROW_KEY_WRITES};

	/* the first may begin a selection instead of moving it */
	for (int i = 0; i < 2 * n; i++) {
		term_send(&terms[i % n], moves[0]);
		term_settle(&terms[i % n]);
	}
	for (int i = 0; i < KEYS * n; i++) {
		if (!sample_action(sides[i % n], &terms[i % n], moves[(i / n + 1) % 2], rows))
			return;
	}
}

/* The help opens, and Esc closes it. */
static void
sample_escape(struct side *s, struct term *t)
{
	static const enum row rows[3] = {ROW_ESC, ROW_COUNT, ROW_COUNT};

	if (!s->ours || s->no_help)
		return;
	if (term_send(t, "?") < 0 || term_settle(t) < 0) {
		row_missing(ROW_ESC, "the help did not open");
		s->no_help = true;
		return;
	}
	sample_action(s, t, "\033", rows);
}

static void
ignore_sample(enum row r UNUSED, double v UNUSED)
{
}

/* false: the program showed nothing, so there is no use in trying again. */
static bool
open_screen(struct side *s, struct term *t)
{
	double at;

	if (!term_start(t, &s->program, ROWS, COLS)) {
		row_missing(ROW_START, "%s does not start", s->program.name);
		return false;
	}
	at = term_settle(t);
	if (at < 0 || !t->full_screen || proc_rss_kib(t->pid) < 0) {
		row_missing(ROW_START, "%s showed no screen", s->program.name);
		return false;
	}
	sample_first(s, t, at);
	return true;
}

static void
quit(struct side *s, struct term *t)
{
	double began = term_send(t, "q"), at = term_wait_gone(t);

	if (at < 0)
		row_missing(ROW_QUIT, "%s did not end at q", s->program.name);
	else
		s->sample(ROW_QUIT, at - began);
}

/* One session of each of n programs, both open at once. */
static bool
session(struct side *const *sides, int n)
{
	static const enum row resize[3] = {ROW_RESIZE, ROW_COUNT, ROW_RESIZE_WRITES};
	struct term t[2];
	bool ok = true;

	for (int i = 0; i < 2; i++)
		t[i] = (struct term){.pid = -1, .pidfd = -1, .master = -1, .idle = -1};
	for (int i = 0; ok && i < n; i++)
		ok = open_screen(sides[i], &t[i]);
	if (ok) {
		sample_keys(sides, t, n);
		for (int i = 0; i < n; i++)
			sample_escape(sides[i], &t[i]);
		for (int i = 0; i < n; i++)
			sample_action(sides[i], &t[i], NULL, resize);
		for (int i = 0; i < n; i++)
			quit(sides[i], &t[i]);
	}
	for (int i = 0; i < n; i++)
		term_release(&t[i]);
	return ok;
}

/*
 * Sessions that learn how much output each action brings, until two agree: on a busy machine a
 * pause may be taken for an end.
 */
static bool
learn(struct side *s)
{
	void (*sample)(enum row, double) = s->sample;
	uint64_t before[PTY_ACTIONS];
	bool ok;

	s->sample = ignore_sample;
	ok = session(&s, 1);
	for (int i = 0; ok && !s->program.has_idle_fd && i < LEARN_MAX; i++) {
		memcpy(before, s->program.expect, sizeof(before));
		ok = session(&s, 1);
		if (memcmp(before, s->program.expect, sizeof(before)) == 0)
			break;
	}
	s->sample = sample;
	s->program.learnt = true;
	if (ok && s->ours && !s->program.has_idle_fd)
		row_note(ROW_START, "no idle line came: ends are by byte count");
	return ok;
}

void
bench_screen(const struct options *o)
{
	char *our_argv[] = {word(o->program), NULL};
	char *their_argv[] = {word(o->hello), NULL};
	struct side ours = {{.name = "tokentriage", .argv = our_argv}, row_ours, true};
	struct side theirs = {{.name = "hello", .argv = their_argv}, row_theirs, false};

	if (!learn(&theirs) || !learn(&ours))
		return;
	for (int i = 0; i < o->pairs; i++) {
		struct side *pair[2] = {i % 2 ? &ours : &theirs, i % 2 ? &theirs : &ours};

		if (!session(pair, 2))
			return;
	}
}
