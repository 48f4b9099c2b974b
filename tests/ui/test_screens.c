/* What the screens do with keys, and what they say. */
#include "unit.h"

#include "base/mem.h"
#include "ui/user.h"

static void
test_pasted_where_it_shows(void **state)
{
	static const struct {
		const char *text, *part;
		bool client, shown;
	} rows[] = {
		{"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2lnbmF0dXJl", "c2lnbm", false, false},
		{"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2lnbmF0dXJl", "c2lnbm", true, false},
		{"Zk3vQ9xT7mLp2WcR8dYh4NsB6fGj1KaE5uXo0ViC", "Zk3vQ9", false, false},
		{"https://app.example/cb#access_token=Zk3vQ9xT7mLp2WcR8dYh4NsB", "Zk3vQ9", false, false},
		{"https://me:Zk3vQ9xT7mLp@idp.example", "Zk3vQ9", false, false},
		{"https://idp.example/realms/acme", "idp.example/realms", false, true},
		{"https://dev-8f3k2h9xq.idp.example/oauth2/aus5q7r9t1V3xK2", "aus5q7", false, true},
		{"9f1c0a7e-52b4-4c1d-8e0a-7d6b5c4a3f21", "9f1c0a7e", true, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct canvas c;
		struct buf b;
		struct ui *ui;

		fake_init(FAKE_EMPTY);
		ui = fake_ui(STEP_VERIFY);
		opening_typed(ui);
		act(ui, ACT_ERASE_ALL);
		if (rows[i].client)
			act(ui, ACT_FORM_NEXT);
		paste(ui, rows[i].text);
		canvas_init(&c);
		canvas_resize(&c, 24, 100);
		ui_draw(ui, &c);
		buf_init(&b, 1 << 20);
		write_canvas(&c, false, &b);
		if ((span_find_str(buf_span(&b), rows[i].part) != SIZE_MAX) != rows[i].shown)
			fail_msg("%s\n%s", rows[i].text, buf_str(&b));
		buf_release(&b);
		canvas_release(&c);
		fake_ui_free(ui);
		fake_release();
	}
}

/* e opens the whole catalogue, and the same key closes it. */
static void
test_catalogue(void **state)
{
	struct buf text;
	struct page p;
	struct ui *ui;

	(void)state;
	page_init(&p);
	page_catalogue(&p);
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < p.n; i++)
		buf_printf(&text, "%s\n", p.v[i].text ? p.v[i].text : "");
	for (size_t i = 0; i < catalogue_count; i++) {
		char *head = xasprintf("\n%s: %s\n", catalogue[i].id, catalogue[i].title);

		if (span_find_str(buf_span(&text), head) == SIZE_MAX ||
			span_find_str(buf_span(&text), catalogue_rule(&catalogue[i])->remedy) == SIZE_MAX)
			fail_msg("%s is not in the catalogue's page", catalogue[i].id);
		free(head);
	}
	buf_release(&text);
	page_release(&p);

	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	type(ui, "e");
	assert_int_equal(ui->n_layers, 2);
	type(ui, "e");
	assert_int_equal(ui->n_layers, 1);
	fake_ui_free(ui);
	fake_release();
}

/* The peek is over after five seconds, or at any key. */
static void
test_peek_ends(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	peek(ui);
	assert_int_equal(ui->n_layers, 2);
	assert_int_equal(ui_deadline(ui), clock_mono_us(&fake.clock) + 5000000);
	ui_timeout(ui, clock_mono_us(&fake.clock) + 4999999);
	assert_int_equal(ui->n_layers, 2);
	ui_timeout(ui, clock_mono_us(&fake.clock) + 5000000);
	assert_int_equal(ui->n_layers, 1);
	act(ui, ACT_SHOW);
	assert_int_equal(ui->n_layers, 2);
	type(ui, "s");
	assert_int_equal(ui->n_layers, 1);
	fake_ui_free(ui);
	fake_release();
}

/* What can be had is said with its key, also after the key was changed. */
static void
test_the_refresh_names_its_key(void **state)
{
	struct span key = SPAN_LIT("F8");
	struct err e = ERR_INIT;
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_REFRESH);
	assert_true(shows(ui, 24, 80, "press R: a refresh token"));
	assert_int_equal(keymap_set(&ui->keymap, SPAN_LIT("refresh"), &key, 1, &e), RES_OK);
	act(ui, ACT_TIME); /* reads the model anew */
	assert_true(shows(ui, 24, 80, "press F8: a refresh token"));
	fake_ui_free(ui);
	fake_release();
}

/* No key is named in the footer that would do nothing here; the next key is named where it is known. */
static void
test_hints_are_true(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	assert_true(shows(ui, 24, 80, "Next: Refresh it: step 3. Press R."));
	assert_true(shows(ui, 24, 80, "f findings  x export"));
	act(ui, ACT_DOWN); /* the token */
	assert_true(shows(ui, 24, 80, "s show"));
	canvas_resize(&ui->canvas, 18, 60);
	assert_true(shows(ui, 18, 60, "s show"));
	canvas_resize(&ui->canvas, 24, 80);
	act(ui, ACT_DOWN); /* active */
	assert_false(shows(ui, 24, 80, "s show"));
	act(ui, ACT_BACK);
	/* a refresh that cannot be had is offered nowhere */
	ui->m.can_refresh = ui->m.wants_refresh = false;
	ui->step = STEP_REFRESH;
	assert_false(shows(ui, 24, 80, "R refresh"));
	assert_false(shows(ui, 24, 80, "Press R"));
	ui->step = STEP_HANDLE;
	assert_false(shows(ui, 24, 80, "R refresh"));
	assert_true(shows(ui, 24, 80, "V revoke"));
	/* behind the last step there are the findings */
	ui->step = STEP_DEBUG;
	assert_string_equal(step_enter_hint(ui), "findings");
	act(ui, ACT_ENTER);
	assert_int_equal(ui->n_layers, 2);
	assert_int_equal(fake.ran, 0);
	fake_ui_free(ui);
	fake_release();

	fake_init(FAKE_EMPTY);
	ui = fake_ui(STEP_VERIFY);
	assert_true(shows(ui, 24, 80, "w walk all"));
	act(ui, ACT_TOKENS);
	/* three exchanges stand in the case */
	assert_false(shows(ui, 24, 80, "Nothing was sent yet"));
	fake_ui_free(ui);
	fake_release();
}

/* What to do now stands whole on the smallest screen, and a long value beside a long meaning does, too. */
static void
test_sentences_are_whole(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_UNDETERMINED);
	ui = fake_ui(STEP_VERIFY);
	snprintf(ui->m.next, sizeof(ui->m.next), "Give the secret's value as it is registered (no id of the secret, "
		"no trailing blank).");
	assert_true(shows(ui, 18, 60, "registered (no id"));
	assert_true(shows(ui, 18, 60, "no trailing blank)."));
	assert_true(shows(ui, 24, 80, "meant for another client."));
	assert_true(shows(ui, 24, 80, "trailing blank)."));
	assert_true(shows(ui, 18, 60, "opaq…[redacted 42 B, sha256:1f3a]"));
	assert_true(shows(ui, 24, 80, "openid profile email offline_access"));
	assert_true(shows(ui, 18, 60, "active     false  the server does not accept it"));
	act(ui, ACT_STEP_3);
	assert_true(shows(ui, 24, 80, "sha256:03f5a1c09b77e2d4]"));
	assert_true(shows(ui, 18, 60, "sha256:03f5a1c09b77e2d4]"));
	fake_ui_free(ui);
	fake_release();
}

/* Neither the footer nor the line above offers to cancel what is not cancelled, and Esc says why. */
static void
test_a_sent_refresh_is_not_cancelled(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_RUNNING);
	ui = fake_ui(STEP_REFRESH);
	assert_true(shows(ui, 24, 80, "Esc cancel"));
	act(ui, ACT_BACK);
	assert_int_equal(fake.cancelled, 1);
	fake_set(FAKE_RUNNING);
	fake.refreshing = true;
	fake.place = PLACE_FILE;
	act(ui, ACT_TIME); /* reads the model anew */
	ui->notice[0] = '\0';
	assert_false(shows(ui, 24, 80, "Esc cancel"));
	act(ui, ACT_BACK);
	assert_int_equal(fake.cancelled, 1);
	assert_true(shows(ui, 24, 80, "A refresh once sent is not cancelled: its answer holds tokens. q waits for it."));
	fake_ui_free(ui);
	fake_release();
}

static void
test_enter_walks_the_steps(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_UNDETERMINED);
	ui = fake_ui(STEP_VERIFY);
	assert_string_equal(step_enter_hint(ui), "next step");
	act(ui, ACT_ENTER);
	assert_int_equal(ui->step, STEP_EXPIRY);
	assert_int_equal(fake.ran, 1);
	/* not twice while it runs */
	act(ui, ACT_ENTER);
	assert_int_equal(fake.ran, 1);
	act(ui, ACT_BACK);
	assert_int_equal(fake.cancelled, 1);
	fake_ui_free(ui);
	fake_release();
}

/* Where the screen is wide the same key goes on: beside the fields, whole, gone; Esc goes back a step. */
static void
test_guide_turns(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	canvas_resize(&ui->canvas, 30, 120);
	assert_true(ui->guide && !step_guide_fits(ui));
	assert_true(shows(ui, 30, 120, "g shows the rest"));
	act(ui, ACT_GUIDE);
	assert_int_equal(ui->n_layers, 2);
	assert_true(shows(ui, 30, 120, "POST /introspect HTTP/1.1"));
	act(ui, ACT_BACK);
	assert_true(ui->guide && ui->n_layers == 1);
	act(ui, ACT_GUIDE);
	act(ui, ACT_GUIDE);
	assert_true(!ui->guide && ui->n_layers == 1);
	assert_false(shows(ui, 30, 120, "POST /introspect HTTP/1.1"));
	act(ui, ACT_GUIDE);
	assert_true(ui->guide && ui->n_layers == 1);
	/* all of it is seen: there is nothing between beside and gone */
	canvas_resize(&ui->canvas, 100, 160);
	assert_true(step_guide_fits(ui));
	assert_false(shows(ui, 100, 160, "shows the rest"));
	act(ui, ACT_GUIDE);
	assert_true(!ui->guide && ui->n_layers == 1);
	fake_ui_free(ui);
	fake_release();
}

static bool
lesson_is_reached(void *ctx, char *words, size_t size)
{
	(void)ctx;
	snprintf(words, size, "Lesson done. Next: tokentriage demo expired");
	return true;
}

/* The goal stands over the guide, and below it that it was reached. */
static void
test_lesson_reached(void **state)
{
	struct ui_deps deps;
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	deps = *ui->d;
	deps.lesson = "Find it.";
	deps.lesson_reached = lesson_is_reached;
	ui->d = &deps;
	canvas_resize(&ui->canvas, 30, 120);
	assert_true(shows(ui, 30, 120, "Find it."));
	assert_false(shows(ui, 30, 120, "Lesson done."));
	ui->m.walked = false;
	ui_look_at_lesson(ui);
	assert_string_equal(ui->lesson, "");
	ui->m.walked = true;
	ui->m.busy = true;
	ui_look_at_lesson(ui);
	assert_string_equal(ui->lesson, "");
	ui->m.busy = false;
	ui_look_at_lesson(ui);
	assert_string_equal(ui->notice, "Lesson done. Next: tokentriage demo expired");
	ui->notice[0] = '\0';
	assert_true(shows(ui, 30, 120, "Lesson done."));
	fake_ui_free(ui);
	fake_release();
}

/* A case that was recorded with its tokens: no key that would send something is named. */
static void
test_a_recorded_case_names_no_key(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	assert_true(shows(ui, 24, 80, "Press R."));
	fake_ui_free(ui);
	fake.c.as_of_wall_us = 1769860800000000;
	ui = fake_ui(STEP_VERIFY);
	assert_false(shows(ui, 24, 80, "Press R."));
	assert_false(shows(ui, 24, 80, "press R"));
	fake_ui_free(ui);
	fake_release();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_recorded_case_names_no_key),
		cmocka_unit_test(test_pasted_where_it_shows),
		cmocka_unit_test(test_catalogue),
		cmocka_unit_test(test_peek_ends),
		cmocka_unit_test(test_the_refresh_names_its_key),
		cmocka_unit_test(test_hints_are_true),
		cmocka_unit_test(test_sentences_are_whole),
		cmocka_unit_test(test_a_sent_refresh_is_not_cancelled),
		cmocka_unit_test(test_enter_walks_the_steps),
		cmocka_unit_test(test_guide_turns),
		cmocka_unit_test(test_lesson_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
