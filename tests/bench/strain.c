/* What a terminal can do to a program: a storm of sizes, and not reading. */
#include "tests/bench/bench.h"

#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/pty.h"

enum { ROWS = 24, COLS = 80, SIZES = 100, UNREAD_KEYS = 400, ROUNDS = 5 };

static const char *const moves[2] = {"\033OB", "\033OA"};

/* Sizes as a window that is dragged has them, none waited for; the last one is new. */
static bool
storm(struct term *t, int round)
{
	double began = 0, at;
	uint64_t before = t->bytes;

	for (int i = 1; i <= SIZES; i++) {
		struct winsize size;

		t->rows = ROWS + (i + round) % 40;
		t->cols = COLS + (i + round) % SIZES;
		size = (struct winsize){
			.ws_row = (unsigned short)t->rows, .ws_col = (unsigned short)t->cols};
		began = now_ms();
		if (ioctl(t->master, TIOCSWINSZ, &size) != 0)
			return false;
	}
	at = term_wait_taken(t, true);
	if (at < 0)
		return false;
	row_ours(ROW_STORM, at - began);
	row_ours(ROW_STORM_BYTES, (double)(t->bytes - before));
	return true;
}

/* Keys come, and nobody reads what is written; then somebody does. */
static bool
unread(struct term *t)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	double began, at;
	uint64_t before = t->bytes;

	for (int i = 0; i < UNREAD_KEYS; i++) {
		const char *k = moves[i % 2];

		if (write(t->master, k, strlen(k)) < 0)
			return false;
		t->sent += strlen(k);
		nanosleep(&pause, NULL);
	}
	began = now_ms();
	at = term_wait_taken(t, true);
	if (at < 0)
		return false;
	row_ours(ROW_UNREAD, at - began);
	row_ours(ROW_UNREAD_BYTES, (double)(t->bytes - before));
	return true;
}

void
bench_strain(const struct options *o)
{
	char *argv[] = {word(o->program), NULL};
	struct program p = {.name = "tokentriage", .argv = argv};
	struct term t;
	bool ok = term_start(&t, &p, ROWS, COLS) && term_settle(&t) >= 0 && p.has_idle_fd;

	p.learnt = true;
	for (int i = 0; ok && i < ROUNDS; i++)
		ok = storm(&t, i) && unread(&t);
	for (enum row r = ROW_STORM; !ok && r <= ROW_UNREAD_BYTES; r++)
		row_missing(r, "the program did not come to rest");
	row_note(ROW_STORM, "%d sizes", SIZES);
	row_note(ROW_UNREAD, "%d keys", UNREAD_KEYS);
	term_release(&t);
}
