/* Wake-ups and bytes while nobody types: voluntary context switches of all threads. */
#include "tests/bench/bench.h"

#include "tests/bench/pty.h"

enum { ROWS = 24, COLS = 80, FRAME_LIMIT_MS = 2500,
	REST_MS = 50 /* after a frame, until the program waits again and that is counted */ };

static double
wakeups_a_second(struct term *t, int seconds, uint64_t *bytes)
{
	long before, after;
	double began;

	term_listen(t, 300); /* what follows the first screen */
	began = now_ms();
	before = proc_wakeups(t->pid);
	*bytes = term_listen(t, seconds * 1000);
	after = proc_wakeups(t->pid);
	if (before < 0 || after < 0)
		return -1;
	return (double)(after - before) * 1000 / (now_ms() - began);
}

static void
idle_of(struct program *p, int seconds, void (*sample)(enum row, double))
{
	struct term t;
	uint64_t bytes;
	double v;

	if (!term_start(&t, p, ROWS, COLS) || term_settle(&t) < 0 || !t.full_screen) {
		row_missing(ROW_IDLE, "%s showed no screen", p->name);
	} else if ((v = wakeups_a_second(&t, seconds, &bytes)) < 0) {
		row_missing(ROW_IDLE, "%s ended", p->name);
	} else {
		sample(ROW_IDLE, v);
		if (bytes > 0)
			row_note(ROW_IDLE, "%s wrote %llu bytes", p->name, (unsigned long long)bytes);
	}
	term_release(&t);
}

/*
 * On step 2, where most of it moves; from just after one tick to just after the last, so that ticks are counted whole.
 */
static void
ticks_of(struct program *p, int seconds)
{
	struct term t;
	uint64_t bytes;
	double began, ended;
	long wakeups;

	if (!term_start(&t, p, ROWS, COLS) || term_settle(&t) < 0 || !t.full_screen) {
		row_missing(ROW_TICK_WAKES, "no screen with a countdown");
		term_release(&t);
		return;
	}
	term_send(&t, "2");
	term_listen(&t, 1500); /* requests of the start, if any, are done */
	began = term_next_frame(&t, FRAME_LIMIT_MS);
	term_listen(&t, REST_MS);
	wakeups = proc_wakeups(t.pid);
	bytes = t.bytes;
	ended = began;
	for (int i = 0; ended >= 0 && i < seconds; i++) {
		uint64_t before = t.bytes;

		ended = term_next_frame(&t, FRAME_LIMIT_MS);
		row_ours(ROW_TICK_BYTES, (double)(t.bytes - before));
	}
	term_listen(&t, REST_MS);
	if (began < 0 || ended < 0)
		row_missing(ROW_TICK_WAKES, "no countdown ticked");
	else
		row_ours(ROW_TICK_WAKES,
			(double)(proc_wakeups(t.pid) - wakeups) * 1000 / (ended - began));
	if (began < 0 || bytes == t.bytes)
		row_missing(ROW_TICK_BYTES, "no countdown ticked");
	term_release(&t);
}

void
bench_idle(const struct options *o)
{
	char *our_argv[] = {word(o->program), NULL};
	char *their_argv[] = {word(o->hello), NULL};
	char conf[512], access[512];
	char *tick_argv[] = {word(o->program), word("--config"), conf, word("--profile"),
		word("bench"), word("--access-token-file"), access, NULL};
	struct program ours = {.name = "tokentriage", .argv = our_argv};
	struct program theirs = {.name = "hello", .argv = their_argv};
	struct program ticking = {.name = "tokentriage", .argv = tick_argv};

	snprintf(conf, sizeof(conf), "%s/bench.conf", o->dir);
	snprintf(access, sizeof(access), "%s/access", o->dir);
	idle_of(&theirs, o->idle_s, row_theirs);
	idle_of(&ours, o->idle_s, row_ours);
	ticks_of(&ticking, o->idle_s);
}
