/* A key costs the same however much the log holds: the screens over a made-up case, twice. */
#include "tests/bench/bench.h"

#include "tests/bench/pty.h"

enum { ROWS = 24, COLS = 80, ROUNDS = 10, SEARCHES = 5, SEARCH_KEYS = 4, START_MS = 60000, SHOWN_STATE = 3 };

static const char *const moves[2] = {"\033OB", "\033OA"};

/* false: nothing was shown, or a key brought no frame. */
static bool
open_screen(struct term *t, struct program *p)
{
	if (!term_start(t, p, ROWS, COLS) || term_settle(t) < 0 || !t->full_screen)
		return false;
	p->learnt = true;
	for (int i = 0; i < 2; i++) {
		term_send(t, moves[0]);
		term_settle(t);
	}
	return p->has_idle_fd;
}

static bool
key(struct term *t, const char *k, void (*sample)(enum row, double))
{
	double began = term_send(t, k), at = term_settle(t);

	if (at >= 0)
		sample(ROW_KEY_MANY, at - began);
	return at >= 0;
}

/* A text that stands nowhere: all records are looked at, and keys come meanwhile. */
static bool
search(struct term *t)
{
	double began, at = -1;

	if (term_send(t, "/") < 0 || term_settle(t) < 0 || term_send(t, "stands nowhere") < 0 ||
		term_settle(t) < 0)
		return false;
	began = term_send(t, "\r");
	for (int i = 0; i < SEARCH_KEYS; i++) {
		double sent = term_send(t, moves[i % 2]);

		at = term_wait_taken(t, false);
		if (sent < 0 || at < 0)
			return false;
		row_ours(ROW_SEARCH_KEY, at - sent);
	}
	at = term_wait_taken(t, true);
	if (at >= 0)
		row_ours(ROW_SEARCH, at - began);
	return at >= 0;
}

static void
searches(struct term *t)
{
	bool ok = term_send(t, "L") >= 0 && term_settle(t) >= 0;

	for (int i = 0; ok && i < SEARCHES; i++)
		ok = search(t);
	if (!ok) {
		row_missing(ROW_SEARCH_KEY, "the search did not answer");
		row_missing(ROW_SEARCH, "the search did not answer");
	}
}

/* Both are open at once, since filling the log takes longer than all the keys. */
void
bench_many(const struct options *o)
{
	char state[16], many[16];
	char *few_argv[] = {word(o->screens), state, word("10"), NULL};
	char *many_argv[] = {word(o->screens), state, many, NULL};
	struct program with_few = {.name = "with 10 records", .argv = few_argv};
	struct program with_many = {.name = "with many", .argv = many_argv, .limit_ms = START_MS};
	struct term a = {.pid = -1, .pidfd = -1, .master = -1, .idle = -1}, b = a;
	bool ok;

	if (!o->screens) {
		row_missing(ROW_KEY_MANY, "no --screens given");
		row_missing(ROW_SEARCH_KEY, "no --screens given");
		row_missing(ROW_SEARCH, "no --screens given");
		return;
	}
	snprintf(state, sizeof(state), "%d", SHOWN_STATE);
	snprintf(many, sizeof(many), "%d", o->records);
	ok = open_screen(&a, &with_few) && open_screen(&b, &with_many);
	for (int i = 0; ok && i < o->pairs * ROUNDS; i++)
		ok = key(&a, moves[(i + 1) % 2], row_theirs) && key(&b, moves[(i + 1) % 2], row_ours);
	if (!ok)
		row_missing(ROW_KEY_MANY, "the screens over a made-up case did not answer");
	else
		row_note(ROW_KEY_MANY, "%d records", o->records);
	searches(&b);
	term_release(&a);
	term_release(&b);
}
