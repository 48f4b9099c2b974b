/* The log: what is marked, what stays, what a search through it does. */
#include "unit.h"

#include "ui/user.h"

/* Enter acts on what has the keys: in the log it opens a record, and no step runs behind it. */
static void
test_enter_in_the_log_sends_nothing(void **state)
{
	static const enum action log_keys[][2] = {{ACT_FOCUS_NEXT, ACT_NONE}, {ACT_LOG, ACT_NONE}, {ACT_LOG, ACT_LOG}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(log_keys); i++) {
		for (int full = 0; full < 2; full++) {
			struct ui *ui;
			struct canvas c;
			struct buf b;

			fake_init(full ? FAKE_PROBLEM : FAKE_EMPTY);
			ui = fake_ui(STEP_VERIFY);
			act(ui, log_keys[i][0]);
			if (log_keys[i][1] != ACT_NONE)
				act(ui, log_keys[i][1]);
			assert_string_equal(step_enter_hint(ui), "open");
			act(ui, ACT_ENTER);
			assert_int_equal(fake.ran + fake.walks, 0);
			assert_int_equal(ui->step, STEP_VERIFY);
			/* an empty log says so; else the record stands there whole, with its exchange */
			assert_int_equal(ui->n_layers, full ? 2 : 1);
			assert_int_equal(ui->notice[0] != '\0', !full);
			canvas_init(&c);
			canvas_resize(&c, 60, 80);
			buf_init(&b, 1 << 16);
			ui_draw(ui, &c);
			write_canvas(&c, false, &b);
			assert_int_equal(span_find_str(buf_span(&b), "Log record 16") != SIZE_MAX, full);
			assert_int_equal(span_find_str(buf_span(&b), "reason\\r\\nphrase") != SIZE_MAX, full);
			assert_int_equal(span_find_str(buf_span(&b), "https://idp.example/userinfo") != SIZE_MAX, full);
			buf_release(&b);
			canvas_release(&c);
			fake_ui_free(ui);
			fake_release();
		}
	}
}

static int
log_rows(const struct ui *ui)
{
	struct rect fields, guide, log;
	struct canvas measure;

	canvas_init_measure(&measure, ui->canvas.rows, ui->canvas.cols);
	step_panes(ui, chrome_all(ui, &measure), &fields, &guide, &log);
	return log.rows - 1;
}

/* Every record can be marked, from the last to the first and back. */
static void
test_log_mark_walks(void **state)
{
	struct log_rec rec;
	struct ui *ui;
	int rows;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	act(ui, ACT_LOG);
	rows = log_rows(ui);
	for (uint64_t seq = 16; seq >= 1; seq--) {
		assert_true(logpane_marked(fake.log, &ui->log, rows, &rec));
		assert_int_equal(rec.seq, seq);
		act(ui, ACT_UP);
	}
	assert_true(logpane_marked(fake.log, &ui->log, rows, &rec));
	assert_int_equal(rec.seq, 1);
	act(ui, ACT_DOWN);
	assert_true(logpane_marked(fake.log, &ui->log, rows, &rec));
	assert_int_equal(rec.seq, 2);
	/* out of sight, after a resize, the last one shown counts */
	assert_true(logpane_marked(fake.log, &ui->log, 2, &rec));
	assert_int_equal(rec.seq, rows);
	fake_ui_free(ui);
	fake_release();
}

static void
test_log_view_stays(void **state)
{
	struct ui *ui;
	uint64_t bottom;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	act(ui, ACT_LOG);
	act(ui, ACT_UP);
	assert_false(ui->log.follow);
	bottom = ui->log.bottom_seq;
	log_add(fake.log, LOG_INFO, LOGC_UI, 0, "one more");
	assert_int_equal(ui->log.bottom_seq, bottom);
	act(ui, ACT_END);
	assert_true(ui->log.follow);
	act(ui, ACT_HOME);
	act(ui, ACT_UP);
	assert_false(ui->log.follow);
	for (int i = 0; i < 100; i++)
		act(ui, ACT_DOWN);
	assert_true(ui->log.follow);
	fake_ui_free(ui);
	fake_release();
}

/* A search through a large log goes on from turn to turn, and can be given up. */
static void
test_a_long_search_gives_way(void **state)
{
	struct ui *ui;
	uint64_t last;

	(void)state;
	fake_init(FAKE_PROBLEM);
	log_free(fake.log);
	fake.log = log_new(&fake.clock, fake.redactor, 20000, 8 << 20);
	log_add(fake.log, LOG_INFO, LOGC_UI, 0, "the needle");
	for (int i = 0; i < 10000; i++)
		log_add(fake.log, LOG_INFO, LOGC_UI, 0, "record %d, as long as they are", i);
	fake_deps.log = fake.log;
	ui = fake_ui(STEP_VERIFY);
	ui->records = fake.log;
	act(ui, ACT_LOG);
	last = log_first_seq(fake.log) + log_count(fake.log) - 1;
	snprintf(ui->search, sizeof(ui->search), "stands nowhere");
	act(ui, ACT_SEARCH_PREV);
	assert_true(ui->hunt.on);
	assert_true(ui->hunt.left > 0 && ui->hunt.left < ui->hunt.all);
	assert_non_null(strstr(ui->notice, "Esc gives it up"));
	assert_true(ui->log.follow);
	act(ui, ACT_BACK);
	assert_false(ui->hunt.on);
	assert_int_equal(ui->pane, PANE_LOG);
	/* to the end, where nothing is */
	act(ui, ACT_SEARCH_PREV);
	flow_hunt(ui);
	assert_false(ui->hunt.on);
	assert_non_null(strstr(ui->notice, "does not stand"));
	/* back to the oldest record; records that come meanwhile do not matter */
	snprintf(ui->search, sizeof(ui->search), "NEEDLE");
	act(ui, ACT_SEARCH_PREV);
	assert_true(ui->hunt.on);
	log_add(fake.log, LOG_INFO, LOGC_UI, 0, "one more");
	flow_hunt(ui);
	assert_false(ui->hunt.on);
	assert_int_equal(ui->log.mark_seq, log_first_seq(fake.log));
	assert_true(ui->log.mark_seq < last);
	assert_string_equal(ui->notice, "");
	/* and on from there, round the end, to the same */
	act(ui, ACT_SEARCH_NEXT);
	flow_hunt(ui);
	assert_int_equal(ui->log.mark_seq, log_first_seq(fake.log));
	fake_ui_free(ui);
	fake_release();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enter_in_the_log_sends_nothing),
		cmocka_unit_test(test_log_mark_walks),
		cmocka_unit_test(test_log_view_stays),
		cmocka_unit_test(test_a_long_search_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
