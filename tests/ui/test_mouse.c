/* Clicks and the wheel, on what was drawn: at every size, over every kind of screen. */
#include "unit.h"

#include "base/utf8.h"
#include "ui/user.h"

static void
draw(struct ui *ui, int rows, int cols)
{
	canvas_resize(&ui->canvas, rows, cols);
	ui_draw(ui, &ui->canvas);
}

static void
mouse(struct ui *ui, enum mouse_kind kind, int row, int col)
{
	struct key_event ev = {.kind = EVENT_MOUSE, .mouse = {kind, row, col}};

	ui_event(ui, &ev);
	if (ui->model_stale) {
		model_read(&ui->m, ui->d->wizard, ui->step, &ui->keymap, ui->local_time);
		ui->model_stale = false;
	}
	draw(ui, ui->canvas.rows, ui->canvas.cols);
}

/* Where the text stands first from that row on. */
static void
place_of(const struct ui *ui, int from, const char *text, int *row, int *col)
{
	for (*row = from; *row < ui->canvas.rows; (*row)++) {
		struct buf b;
		const char *at;

		buf_init(&b, 8192);
		canvas_row_text(&ui->canvas, *row, &b);
		at = strstr(buf_str(&b), text);
		*col = at ? (int)utf8_cells(span_make(buf_str(&b), (size_t)(at - buf_str(&b)))) : -1;
		buf_release(&b);
		if (*col >= 0)
			return;
	}
	fail_msg("\"%s\" does not stand there", text);
}

static void
click(struct ui *ui, const char *text)
{
	int row, col;

	place_of(ui, 0, text, &row, &col);
	mouse(ui, MOUSE_CLICK, row, col);
}

static bool
has(const struct ui *ui, const char *text)
{
	return shows(ui, ui->canvas.rows, ui->canvas.cols, text);
}

static void
test_rail_and_footer(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fake_sizes); i++) {
		struct ui *ui;

		fake_init(FAKE_PROBLEM);
		ui = fake_ui(STEP_VERIFY);
		draw(ui, fake_sizes[i][0], fake_sizes[i][1]);
		click(ui, "4 Handle");
		assert_int_equal(ui->step, STEP_HANDLE);
		click(ui, "2 Expiration");
		assert_int_equal(ui->step, STEP_EXPIRY);
		click(ui, "? help");
		assert_true(has(ui, "── Help"));
		/* from a page, too */
		click(ui, "1 Verify");
		assert_int_equal(ui->n_layers, 1);
		assert_int_equal(ui->step, STEP_VERIFY);
		click(ui, "q quit");
		assert_true(ui->quit);
		fake_ui_free(ui);
		fake_release();
	}
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fake_sizes); i++) {
		struct ui *ui;
		int row, col;

		fake_init(FAKE_PROBLEM);
		ui = fake_ui(STEP_VERIFY);
		draw(ui, fake_sizes[i][0], fake_sizes[i][1]);
		click(ui, "active ");
		assert_string_equal(step_marked(ui)->name, "active");
		assert_int_equal(ui->n_layers, 1);
		/* on the marked one: it opens */
		click(ui, "active ");
		assert_int_equal(ui->n_layers, 2);
		act(ui, ACT_BACK);
		draw(ui, fake_sizes[i][0], fake_sizes[i][1]);
		/* a heading marks nothing */
		click(ui, "── Introspection");
		assert_string_equal(step_marked(ui)->name, "active");
		mouse(ui, MOUSE_WHEEL_DOWN, 10, 10);
		assert_string_not_equal(step_marked(ui)->name, "active");
		mouse(ui, MOUSE_WHEEL_UP, 10, 10);
		assert_string_equal(step_marked(ui)->name, "active");
		/* the log: by its title larger; the record that was clicked */
		click(ui, "── Log (");
		assert_int_equal(ui->log.size, LOGSIZE_HALF);
		assert_int_equal(ui->pane, PANE_LOG);
		place_of(ui, 0, "── Log (", &row, &col);
		mouse(ui, MOUSE_CLICK, row + 2, 5);
		assert_true(ui->log.mark_seq > 0);
		mouse(ui, MOUSE_CLICK, row + 2, 5);
		assert_true(has(ui, "── Log record"));
		act(ui, ACT_BACK);
		draw(ui, fake_sizes[i][0], fake_sizes[i][1]);
		/* the wheel moves what it turns over, and gives it the keys */
		click(ui, "active ");
		assert_int_equal(ui->pane, PANE_FIELDS);
		place_of(ui, 0, "── Log (", &row, &col);
		mouse(ui, MOUSE_WHEEL_UP, row + 1, 5);
		assert_int_equal(ui->pane, PANE_LOG);
		assert_false(ui->log.follow);
		fake_ui_free(ui);
		fake_release();
	}
}

static void
test_dialogs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fake_sizes); i++) {
		struct ui *ui;

		fake_init(FAKE_PROBLEM);
		ui = fake_ui(STEP_VERIFY);
		act(ui, ACT_REFRESH);
		draw(ui, fake_sizes[i][0], fake_sizes[i][1]);
		assert_int_equal(ui->n_layers, 2);
		/* what it covers, and what stands beside it, is not to be clicked */
		mouse(ui, MOUSE_CLICK, 1, 20);
		mouse(ui, MOUSE_CLICK, fake_sizes[i][0] - 3, 5);
		assert_int_equal(ui->n_layers, 2);
		assert_int_equal(ui->step, STEP_REFRESH);
		assert_true(has(ui, "Where do the new tokens go?"));
		click(ui, "2 In memory only");
		assert_true(has(ui, "Refresh the tokens?"));
		assert_int_equal(fake.refreshed, 0);
		click(ui, "1 Refresh");
		assert_int_equal(fake.refreshed, 1);
		fake_ui_free(ui);
		fake_release();
	}
}

static void
test_command_line(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	act(ui, ACT_COMMAND);
	draw(ui, 24, 80);
	type(ui, "step-");
	draw(ui, 24, 80);
	click(ui, "step-handle");
	assert_true(has(ui, " :step-handle"));
	assert_int_equal(ui->step, STEP_VERIFY);
	mouse(ui, MOUSE_WHEEL_UP, 10, 10);
	assert_true(has(ui, " :step-refresh"));
	click(ui, "step-refresh");
	assert_int_equal(ui->step, STEP_REFRESH);
	fake_ui_free(ui);
	fake_release();
}

static void
test_ways_to_log_in(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_HANDLE);
	act(ui, ACT_LOGIN);
	draw(ui, 24, 80);
	click(ui, "device authorization");
	assert_int_equal(ui->m.login.kind, FLOW_DEVICE);
	fake_ui_free(ui);
	fake_release();
}

static void
test_opening_screen(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fake_sizes); i++) {
		struct ui *ui;

		fake_init(FAKE_EMPTY);
		ui = fake_ui(STEP_VERIFY);
		opening_typed(ui);
		draw(ui, fake_sizes[i][0], fake_sizes[i][1]);
		click(ui, "Client id");
		type(ui, "my-client");
		click(ui, "Issuer");
		type(ui, "/realm");
		assert_true(has(ui, "https://idp.test/realm"));
		assert_true(has(ui, "my-client"));
		/* a row of the list: it is marked, and nothing begins */
		click(ui, "acme.");
		assert_false(has(ui, "Client id"));
		assert_int_equal(ui->n_layers, 2);
		click(ui, "another server");
		assert_true(has(ui, "https://idp.test/realm"));
		fake_ui_free(ui);
		fake_release();
	}
}

static void
test_request_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fake_sizes); i++) {
		struct ui *ui;

		fake_init(FAKE_PROBLEM);
		ui = fake_ui(STEP_HANDLE);
		act(ui, ACT_EDIT_REQUEST);
		draw(ui, fake_sizes[i][0], fake_sizes[i][1]);
		click(ui, "+ header");
		type(ui, "X-Tenant: acme");
		/* what was typed stands as a row of its own */
		click(ui, "Accept");
		type(ui, ";q=1");
		click(ui, "X-Tenant");
		assert_true(has(ui, "application/json;q=1"));
		assert_true(has(ui, "acme"));
		assert_string_equal(fake.resent, "");
		assert_int_equal(ui->n_layers, 2);
		fake_ui_free(ui);
		fake_release();
	}
}

/* Everywhere on every screen, at sizes too small for it, and where nothing was drawn yet: nothing breaks. */
static void
test_anywhere(void **state)
{
	static const enum action opens[] = {ACT_NONE, ACT_HELP, ACT_REFRESH, ACT_COMMAND, ACT_LOGIN, ACT_TOKENS, ACT_PROFILE};
	static const int odd[][2] = {{1, 1}, {17, 59}, {18, 60}, {24, 80}};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(opens); k++) {
		struct ui *ui;

		fake_init(FAKE_CHAIN);
		fake_deps.editor = &fake_editor;
		ui = fake_ui(STEP_DEBUG);
		for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
			for (int n = 0; n < 400; n++) {
				if (n % 20 == 0) {
					ui_pop_all(ui);
					if (opens[k] != ACT_NONE)
						act(ui, opens[k]);
					draw(ui, odd[i][0], odd[i][1]);
				}
				mouse(ui, (enum mouse_kind)(n % 3), n * 7 % 26, n * 31 % 90);
			}
		}
		fake_ui_free(ui);
		fake_release();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rail_and_footer),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_dialogs),
		cmocka_unit_test(test_command_line),
		cmocka_unit_test(test_ways_to_log_in),
		cmocka_unit_test(test_opening_screen),
		cmocka_unit_test(test_request_by_hand),
		cmocka_unit_test(test_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
