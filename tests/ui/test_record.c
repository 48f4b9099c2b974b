/*
 * Step 5's log: filters, pause, times, searches, and what they cost.  log_get() is wrapped by the linker: the records
 * that are looked at are counted, and each moves the clock on, so that a slice's length is no matter of this machine.
 */
#include "unit.h"

#include "base/mem.h"
#include "ui/user.h"

static size_t looked_at;
static int64_t look_us; /* how long a look takes */

bool __real_log_get(const struct log *l, size_t index, struct log_rec *out);
bool __wrap_log_get(const struct log *l, size_t index, struct log_rec *out);

bool
__wrap_log_get(const struct log *l, size_t index, struct log_rec *out)
{
	looked_at++;
	clock_advance_us(&fake.clock, look_us);
	return __real_log_get(l, index, out);
}

/* A log of n records, 10 ms apart; every third a warning of http, and every seventh an error of tls. */
static struct ui *
long_log(size_t n)
{
	struct ui *ui;

	look_us = 0;
	fake_init(FAKE_PROBLEM);
	log_free(fake.log);
	fake.log = log_new(&fake.clock, fake.redactor, n + 100, 64 << 20);
	for (size_t i = 1; i <= n; i++) {
		enum log_level level = i % 7 == 0 ? LOG_ERROR : i % 3 == 0 ? LOG_WARN : LOG_INFO;

		log_add(fake.log, level, i % 7 == 0 ? LOGC_TLS : i % 3 == 0 ? LOGC_HTTP : LOGC_STEP, 0, "record %zu", i);
		clock_advance_us(&fake.clock, 10000);
	}
	fake_deps.log = fake.log;
	ui = fake_ui(STEP_VERIFY);
	ui->records = fake.log;
	ui->log_seen = log_generation(fake.log);
	act(ui, ACT_LOG);
	return ui;
}

static void
done(struct ui *ui)
{
	fake_ui_free(ui);
	fake_release();
}

static uint64_t
marked(const struct ui *ui)
{
	struct log_rec rec;

	assert_true(logpane_marked(ui->records, &ui->log, step_log_pane(ui).rows - 1, &rec));
	return rec.seq;
}

/* As the loop does once a turn. */
static void
news(struct ui *ui)
{
	flow_log_news(ui);
	while (flow_log_behind(ui))
		flow_log_sift(ui);
}

static void
answer(struct ui *ui, enum action question, const char *text)
{
	act(ui, question);
	act(ui, ACT_ERASE_ALL);
	type(ui, text);
	act(ui, ACT_ACCEPT);
	news(ui);
}

/* --- what it costs ------------------------------------------------------------------------------- */

/* The records that a key and the frame after it look at. */
static size_t
cost_of(struct ui *ui, enum action a)
{
	looked_at = 0;
	act(ui, a);
	ui_draw(ui, &ui->canvas);
	return looked_at;
}

static void
test_a_key_costs_the_same(void **state)
{
	static const enum action keys[] = {ACT_UP, ACT_UP, ACT_DOWN, ACT_PAGE_UP, ACT_PAGE_DOWN, ACT_HOME, ACT_DOWN,
		ACT_PAGE_DOWN, ACT_RIGHT, ACT_LEFT, ACT_END, ACT_LOG_PAUSE, ACT_PAGE_UP, ACT_LOG_PAUSE};
	static const size_t sizes[] = {100, 1000000};
	size_t cost[2][2][ARRAY_SIZE(keys)];

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		struct ui *ui = long_log(sizes[s]);
		size_t rows = (size_t)step_log_pane(ui).rows - 1;

		for (int filtered = 0; filtered < 2; filtered++) {
			if (filtered) {
				act(ui, ACT_LOG_LEVEL);
				news(ui);
				assert_int_equal(logview_count(ui->records, &ui->log), sizes[s] / 3 + sizes[s] / 7 - sizes[s] / 21);
			}
			for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
				cost[s][filtered][k] = cost_of(ui, keys[k]);
				/* each row once, and the marked one */
				assert_in_range(cost[s][filtered][k], 1, rows + 2);
			}
		}
		/* a record more: it alone is looked at, besides the rows */
		log_add(fake.log, LOG_ERROR, LOGC_NET, 0, "one more");
		looked_at = 0;
		flow_log_news(ui);
		assert_int_equal(looked_at, 1);
		/* a time is found by halving */
		act(ui, ACT_AT_TIME);
		type(ui, "-30s");
		assert_in_range(cost_of(ui, ACT_ACCEPT), 1, rows + 2 + 20);
		act(ui, ACT_LOG_ALL);
		assert_in_range(cost_of(ui, ACT_UP), 1, rows + 2);
		done(ui);
	}
	assert_memory_equal(cost[0], cost[1], sizeof(cost[0]));
}

/* --- filters ---------------------------------------------------------------------------------------- */

/* Severity and above: each key leaves out more, then all are shown again; nothing below what is recorded is offered. */
static void
test_severity(void **state)
{
	struct ui *ui = long_log(210);

	(void)state;
	assert_true(shows(ui, 24, 80, "Log (210)"));
	act(ui, ACT_LOG_LEVEL);
	assert_true(shows(ui, 24, 80, "Log (90 of 210) ── warn and above"));
	assert_false(shows(ui, 24, 80, "record 208"));
	assert_true(shows(ui, 24, 80, "record 207"));
	act(ui, ACT_LOG_LEVEL);
	assert_true(shows(ui, 18, 60, "Log (30 of 210) ── error"));
	assert_false(shows(ui, 24, 80, "record 207"));
	act(ui, ACT_LOG_LEVEL);
	assert_true(shows(ui, 24, 80, "Log (210)"));
	assert_true(shows(ui, 24, 80, "record 208"));
	done(ui);
}

static void
test_categories(void **state)
{
	static const struct {
		const char *text, *shown;
		size_t n;
	} rows[] = {{"tls", "tls", 30}, {"tls,http", "tls,http", 90}, {"-step", "conf,net,tls,http,jwt,rule,ui,demo", 90},
		{"all,-tls", "", 180}, {"", "", 210}, {"all", "", 210}, {" http , tls ", "tls,http", 90}};
	struct ui *ui = long_log(210);
	char words[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		answer(ui, ACT_LOG_CATEGORY, rows[i].text);
		assert_int_equal(ui->n_layers, 1);
		assert_int_equal(logview_count(ui->records, &ui->log), rows[i].n);
		if (*rows[i].shown)
			assert_string_equal(logview_filter_words(&ui->log, words, sizeof(words)), rows[i].shown);
	}
	/* a word that is none stays, with the reason, and changes nothing */
	answer(ui, ACT_LOG_CATEGORY, "tls,htp");
	assert_int_equal(ui->n_layers, 2);
	assert_true(shows(ui, 18, 60, "There is no category \"htp\"."));
	act(ui, ACT_BACK);
	answer(ui, ACT_LOG_CATEGORY, "-all");
	assert_true(shows(ui, 18, 60, "That leaves no category."));
	act(ui, ACT_BACK);
	assert_int_equal(logview_count(ui->records, &ui->log), 90);
	done(ui);
}

/* All three at once, said in the title, and gone with one key; what was marked stays marked. */
static void
test_filters_combine(void **state)
{
	struct ui *ui = long_log(210);
	uint64_t mark;

	(void)state;
	act(ui, ACT_LOG_LEVEL);
	answer(ui, ACT_LOG_CATEGORY, "http,tls");
	answer(ui, ACT_LOG_TEXT, "RECORD 12");
	assert_true(shows(ui, 24, 100, "Log (5 of 210) ── warn and above · tls,http · \"RECORD 12\""));
	assert_true(shows(ui, 18, 60, "Log (5 of 210) ── warn and above"));
	act(ui, ACT_UP);
	act(ui, ACT_UP);
	mark = marked(ui);
	assert_int_equal(mark, 123); /* 12, 120, 123, 126, 129 */
	act(ui, ACT_LOG_ALL);
	assert_true(shows(ui, 24, 80, "Log (210)"));
	assert_int_equal(marked(ui), mark);
	assert_true(shows(ui, 24, 80, "record 122"));
	/* nothing passes: said, and no key does harm */
	answer(ui, ACT_LOG_TEXT, "stands nowhere");
	assert_true(shows(ui, 18, 60, "No record passes the filter."));
	for (int a = ACT_UP; a <= ACT_END; a++)
		act(ui, (enum action)a);
	act(ui, ACT_LOG_PAUSE);
	act(ui, ACT_SEARCH_NEXT);
	act(ui, ACT_BACK);
	act(ui, ACT_ENTER);
	assert_int_equal(ui->n_layers, 1);
	act(ui, ACT_LOG_ALL);
	assert_int_equal(logview_count(ui->records, &ui->log), 210);
	done(ui);
}

/* The oldest records go while the filter holds: so do their places, and the memory stays bounded. */
static void
test_a_filter_over_a_full_ring(void **state)
{
	struct ui *ui = long_log(10);

	(void)state;
	act(ui, ACT_LOG_LEVEL);
	for (int i = 0; i < 5000; i++) {
		log_add(fake.log, i % 2 ? LOG_WARN : LOG_INFO, LOGC_NET, 0, "later %d", i);
		if (i % 3 == 0)
			flow_log_news(ui);
		/* drawn also before the news was looked at */
		if (i % 7 == 0)
			assert_true(shows(ui, 24, 80, "Log ("));
	}
	news(ui);
	assert_int_equal(log_count(fake.log), 110);
	assert_int_equal(logview_count(ui->records, &ui->log), 55);
	assert_true(ui->log.filter.cap <= 256);
	assert_true(shows(ui, 24, 80, "later 4999"));
	act(ui, ACT_HOME);
	assert_int_equal(marked(ui), log_first_seq(fake.log) + 1);
	done(ui);
}

/* --- slices -------------------------------------------------------------------------------------------- */

/* A filter goes through the log in slices of at most 10 ms, says how far it is, and Esc gives it up. */
static void
test_a_filter_gives_way(void **state)
{
	struct ui *ui = long_log(100000);
	int slices = 0, before = 0;

	(void)state;
	look_us = 1;
	act(ui, ACT_LOG_LEVEL);
	assert_true(flow_log_behind(ui));
	while (flow_log_behind(ui)) {
		int64_t from = clock_mono_us(&fake.clock);
		int percent = logview_sifted(ui->records, &ui->log);

		assert_true(slices == 0 || percent > before);
		before = percent;
		flow_log_sift(ui);
		slices++;
		assert_in_range(clock_mono_us(&fake.clock) - from, 1, 10000);
		look_us = 0;
		assert_true(!flow_log_behind(ui) || shows(ui, 18, 60, "filtering, "));
		look_us = 1;
	}
	assert_in_range(slices, 10, 30);
	assert_int_equal(logview_count(ui->records, &ui->log), 42857);
	/* given up */
	act(ui, ACT_LOG_LEVEL);
	assert_true(flow_log_behind(ui));
	act(ui, ACT_BACK);
	assert_false(flow_log_behind(ui));
	assert_int_equal(logview_count(ui->records, &ui->log), 100000);
	assert_non_null(strstr(ui->notice, "given up"));
	assert_int_equal(ui->pane, PANE_LOG);
	done(ui);
}

/* … and so does a search, also through what a filter shows. */
static void
test_a_search_gives_way(void **state)
{
	struct ui *ui = long_log(100000);

	(void)state;
	for (int filtered = 0; filtered < 2; filtered++) {
		int slices = 0;

		if (filtered) {
			look_us = 0;
			act(ui, ACT_LOG_LEVEL);
			news(ui);
		}
		look_us = 1;
		snprintf(ui->search, sizeof(ui->search), "stands nowhere");
		act(ui, ACT_SEARCH_PREV);
		while (ui->hunt.on) {
			int64_t from = clock_mono_us(&fake.clock);

			assert_non_null(strstr(ui->notice, "Searching: "));
			flow_hunt(ui);
			slices++;
			assert_in_range(clock_mono_us(&fake.clock) - from, 1, 10000);
		}
		assert_in_range(slices, filtered ? 5 : 10, 30);
		assert_non_null(strstr(ui->notice, "does not stand"));
	}
	done(ui);
}

/* --- search ------------------------------------------------------------------------------------------------ */

/* Next and previous come round, and say so; what is found far to the right is scrolled to. */
static void
test_search_comes_round(void **state)
{
	struct ui *ui = long_log(30);
	char far[400];

	(void)state;
	memset(far, '.', sizeof(far));
	snprintf(far + 200, sizeof(far) - 200, "the record 7 again");
	log_add(fake.log, LOG_WARN, LOGC_NET, 0, "%s", far);
	act(ui, ACT_SEARCH);
	type(ui, "RECORD 7");
	act(ui, ACT_ACCEPT);
	assert_int_equal(marked(ui), 31);
	assert_string_equal(ui->notice, "");
	assert_true(shows(ui, 24, 80, "the record 7 again"));
	assert_true(shows(ui, 18, 60, "the record 7 again"));
	act(ui, ACT_SEARCH_PREV);
	assert_int_equal(marked(ui), 7);
	assert_string_equal(ui->notice, "");
	assert_int_equal(ui->log.shift, 0);
	act(ui, ACT_SEARCH_PREV);
	assert_int_equal(marked(ui), 31);
	assert_non_null(strstr(ui->notice, "went on from the end"));
	act(ui, ACT_SEARCH_NEXT);
	assert_int_equal(marked(ui), 7);
	assert_non_null(strstr(ui->notice, "went on from the beginning"));
	act(ui, ACT_SEARCH_NEXT);
	assert_int_equal(marked(ui), 31);
	assert_string_equal(ui->notice, "");
	/* in the fields, too */
	act(ui, ACT_LOG);
	act(ui, ACT_LOG);
	assert_int_equal(ui->pane, PANE_FIELDS);
	snprintf(ui->search, sizeof(ui->search), "scope");
	act(ui, ACT_SEARCH_NEXT);
	assert_string_equal(ui->notice, "");
	act(ui, ACT_SEARCH_NEXT);
	assert_non_null(strstr(ui->notice, "went on from the beginning"));
	act(ui, ACT_SEARCH_PREV);
	assert_non_null(strstr(ui->notice, "went on from the end"));
	done(ui);
}

/* --- pause --------------------------------------------------------------------------------------------------- */

static void
test_pause_counts(void **state)
{
	struct ui *ui = long_log(40);

	(void)state;
	assert_true(shows(ui, 24, 80, " follow "));
	act(ui, ACT_LOG_PAUSE);
	assert_true(shows(ui, 24, 80, "of 40 · paused ─"));
	for (int i = 0; i < 12; i++)
		log_add(fake.log, LOG_INFO, LOGC_NET, 0, "new %d", i);
	assert_true(shows(ui, 24, 80, "of 52 · paused, 12 new"));
	assert_true(shows(ui, 18, 60, "paused, 12 new"));
	assert_false(shows(ui, 24, 80, "new 0"));
	/* what is scrolled to is not new any more; the end alone does not follow again */
	for (int i = 0; i < 3; i++)
		act(ui, ACT_DOWN);
	assert_true(shows(ui, 24, 80, "paused, 9 new"));
	for (int i = 0; i < 20; i++)
		act(ui, ACT_DOWN);
	assert_int_equal(marked(ui), 52);
	assert_false(ui->log.follow);
	log_add(fake.log, LOG_INFO, LOGC_NET, 0, "and one");
	assert_true(shows(ui, 24, 80, "paused, 1 new"));
	act(ui, ACT_LOG_PAUSE);
	assert_true(ui->log.follow);
	assert_true(shows(ui, 24, 80, "and one"));
	/* scrolled up without it, what is new is counted, too, and the end follows */
	act(ui, ACT_UP);
	log_add(fake.log, LOG_INFO, LOGC_NET, 0, "and two");
	assert_true(shows(ui, 24, 80, "1 new, End follows"));
	act(ui, ACT_END);
	assert_true(shows(ui, 24, 80, " follow "));
	/* a filter counts what it shows */
	act(ui, ACT_LOG_LEVEL);
	act(ui, ACT_LOG_PAUSE);
	log_add(fake.log, LOG_INFO, LOGC_NET, 0, "left out");
	log_add(fake.log, LOG_WARN, LOGC_NET, 0, "shown");
	flow_log_news(ui);
	assert_true(shows(ui, 18, 60, "paused, 1 new"));
	done(ui);
}

/* --- times ----------------------------------------------------------------------------------------------------- */

/* The log begins at 12:00:00.237 of the made-up day, a record each 10 ms. */
static void
test_go_to_a_time(void **state)
{
	struct ui *ui = long_log(1000);
	struct log_rec rec;
	int64_t first;

	(void)state;
	assert_true(log_get(fake.log, 0, &rec));
	first = rec.wall_us;
	answer(ui, ACT_AT_TIME, "12:00:02");
	assert_true(logpane_marked(ui->records, &ui->log, 5, &rec));
	assert_in_range(rec.wall_us % 60000000, 2000000, 2009999);
	answer(ui, ACT_AT_TIME, "+5s");
	assert_true(logpane_marked(ui->records, &ui->log, 5, &rec));
	assert_in_range(rec.wall_us % 60000000, 7000000, 7009999);
	answer(ui, ACT_AT_TIME, "-250ms");
	assert_true(logpane_marked(ui->records, &ui->log, 5, &rec));
	assert_in_range(rec.wall_us % 60000000, 6750000, 6759999);
	/* before the first and behind the last */
	answer(ui, ACT_AT_TIME, "-1m");
	assert_int_equal(marked(ui), 1);
	answer(ui, ACT_AT_TIME, "2026-01-31 12:30:00Z");
	assert_int_equal(marked(ui), 1000);
	assert_false(ui->log.follow);
	/* among what a filter shows */
	act(ui, ACT_LOG_LEVEL);
	news(ui);
	answer(ui, ACT_AT_TIME, "12:00:05");
	assert_true(logpane_marked(ui->records, &ui->log, 5, &rec));
	assert_true(rec.level >= LOG_WARN && rec.wall_us - first >= 4000000);
	/* what is no time stays, with the reason */
	answer(ui, ACT_AT_TIME, "soon");
	assert_int_equal(ui->n_layers, 2);
	assert_true(shows(ui, 18, 60, "That is no time"));
	done(ui);
}

/* In step 5 the exchanges have times, too. */
static void
test_go_to_an_exchange_by_time(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	for (size_t i = 0; i < fake.c.n_exchanges; i++)
		((struct exchange *)(uintptr_t)fake.c.exchanges[i])->result.sent_wall_us += (int64_t)i * 2000000;
	ui = fake_ui(STEP_VERIFY);
	act(ui, ACT_STEP_5);
	answer(ui, ACT_AT_TIME, "12:00:02");
	assert_string_equal(step_marked(ui)->name, "2 introspection");
	answer(ui, ACT_AT_TIME, "+2s");
	assert_string_equal(step_marked(ui)->name, "3 userinfo");
	answer(ui, ACT_AT_TIME, "+1h");
	assert_string_equal(step_marked(ui)->name, "3 userinfo");
	answer(ui, ACT_AT_TIME, "11:00");
	assert_string_equal(step_marked(ui)->name, "1 discovery");
	done(ui);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_key_costs_the_same),
		cmocka_unit_test(test_severity),
		cmocka_unit_test(test_categories),
		cmocka_unit_test(test_filters_combine),
		cmocka_unit_test(test_a_filter_over_a_full_ring),
		cmocka_unit_test(test_a_filter_gives_way),
		cmocka_unit_test(test_a_search_gives_way),
		cmocka_unit_test(test_search_comes_round),
		cmocka_unit_test(test_pause_counts),
		cmocka_unit_test(test_go_to_a_time),
		cmocka_unit_test(test_go_to_an_exchange_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
