/* What the screens do with keys, and what they say. */
#include "unit.h"

#include "base/mem.h"
#include "ui/user.h"

/* What a paste into a field that is shown may be, and what of it may stand on the screen. */
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

/* Once new tokens came and nothing else is asked, the profile's token files are offered, once; Enter leaves them. */
static void
test_token_files_are_offered_once(void **state)
{
	static const struct {
		const char *access, *refresh;
	} rows[] = {{NULL, NULL}, {"/var/lib/acme/at.txt", "/var/lib/acme/rt.txt"}, {"/var/lib/acme/at.txt", NULL}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct token_response t;
		struct err e = ERR_INIT;
		struct ui *ui;

		fake_init(FAKE_PROBLEM);
		profile_set(&fake.c.profile.access_token_file, span_of(rows[i].access));
		profile_set(&fake.c.profile.refresh_token_file, span_of(rows[i].refresh));
		ui = fake_ui(STEP_REFRESH);
		flow_offer_replace(ui);
		assert_int_equal(ui->n_layers, 1);
		assert_int_equal(token_response_read(&t, SPAN_LIT("{\"access_token\":\"a-new-one\",\"token_type\":\"Bearer\","
			"\"refresh_token\":\"r-new-one\"}"), &e), RES_OK);
		case_add_generation(&fake.c, &t, 3, 1);
		token_response_release(&t);
		act(ui, ACT_HELP);
		flow_offer_replace(ui);
		assert_int_equal(ui->n_layers, 2);
		act(ui, ACT_BACK);
		flow_offer_replace(ui);
		assert_int_equal(ui->n_layers, rows[i].access ? 2 : 1);
		if (rows[i].access) {
			assert_true(shows(ui, 18, 60, "New tokens came."));
			assert_true(shows(ui, 18, 60, "/var/lib/acme/at.txt"));
			assert_int_equal(shows(ui, 18, 60, "/var/lib/acme/rt.txt"), rows[i].refresh != NULL);
			act(ui, ACT_ACCEPT);
			assert_int_equal(fake.replaced, 0);
			flow_offer_replace(ui);
			assert_int_equal(ui->n_layers, 1);
			act(ui, ACT_REPLACE);
			type(ui, "1");
			assert_int_equal(fake.replaced, 1);
		}
		fake_ui_free(ui);
		fake_release();
	}
}

static void
test_changing_actions_ask(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_REFRESH);
	act(ui, ACT_REFRESH);
	assert_int_equal(fake.refreshed, 0);
	type(ui, "1");
	/* the proposed file name is taken */
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.place, PLACE_FILE);
	assert_string_equal(fake.path, "tokentriage-tokens.json");
	assert_int_equal(fake.refreshed, 0);
	act(ui, ACT_BACK);
	assert_int_equal(fake.refreshed, 0);
	/* Enter takes the harmless choice */
	act(ui, ACT_REFRESH);
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.refreshed, 0);
	act(ui, ACT_REFRESH);
	type(ui, "1");
	assert_int_equal(fake.refreshed, 1);
	act(ui, ACT_REVOKE);
	type(ui, "1");
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.revoked, 0);
	act(ui, ACT_REVOKE);
	type(ui, "1");
	type(ui, "1");
	assert_int_equal(fake.revoked, 1);
	fake_ui_free(ui);
	fake_release();
}

/* What is asked, at what cost and risk; Enter takes the harmless choice, and nothing open says so. */
static void
test_probes_ask_first(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_UNDETERMINED);
	ui = fake_ui(STEP_VERIFY);
	assert_true(shows(ui, 24, 80, "p probe further: Is the client accepted the other way?"));
	act(ui, ACT_PROBES);
	for (int cols = 60; cols <= 120; cols += 20) {
		assert_true(shows(ui, 18, cols, "Probe further?"));
		assert_true(shows(ui, 18, cols, "more failed login"));
		assert_true(shows(ui, 18, cols, "requests, 2 s"));
	}
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.probed, 0);
	act(ui, ACT_PROBES);
	type(ui, "1");
	assert_int_equal(fake.probed, 1);
	act(ui, ACT_PROBES);
	assert_int_equal(ui->n_layers, 1);
	assert_non_null(strstr(ui->notice, "Nothing is open"));
	fake_ui_free(ui);
	fake_release();
}

/* The dialog stays with what was typed and the reason beside it, whatever the size, until it is mended. */
static void
test_a_bad_place_is_mended(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_REFRESH);
	act(ui, ACT_REFRESH);
	type(ui, "1");
	type(ui, "/nowhere/x");
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.place, PLACE_UNCHOSEN);
	for (int cols = 60; cols <= 120; cols += 20) {
		assert_true(shows(ui, 18, cols, "│ /nowhere/x  "));
		assert_true(shows(ui, 18, cols, "✗ /nowhere/x: there is no such folder"));
	}
	/* the reason goes with the next key, the text does not */
	act(ui, ACT_ERASE);
	assert_false(shows(ui, 18, 60, "there is no such folder"));
	assert_true(shows(ui, 18, 60, "│ /nowhere/ "));
	/* … nor when the dialog is left and comes again */
	act(ui, ACT_BACK);
	assert_int_equal(ui->n_layers, 1);
	act(ui, ACT_REFRESH);
	type(ui, "1");
	assert_true(shows(ui, 18, 60, "│ /nowhere/ "));
	type(ui, "y.json");
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.place, PLACE_FILE);
	assert_string_equal(fake.path, "/nowhere/y.json");
	assert_true(shows(ui, 18, 60, "Refresh the tokens?"));
	act(ui, ACT_BACK);
	/* an emptied line brings the proposal back */
	fake.place = PLACE_UNCHOSEN;
	act(ui, ACT_REFRESH);
	type(ui, "1");
	act(ui, ACT_ERASE_ALL);
	act(ui, ACT_ACCEPT);
	assert_true(shows(ui, 18, 60, "✗ The name of a file is missing."));
	act(ui, ACT_BACK);
	act(ui, ACT_REFRESH);
	type(ui, "1");
	assert_true(shows(ui, 18, 60, "│ tokentriage-tokens.json"));
	fake_ui_free(ui);
	fake_release();
}

static char exported[80];

static enum res
export_fake(void *ctx, const char *format, const char *path, struct err *e)
{
	(void)ctx;
	if (strstr(path, "nowhere"))
		return err_set(e, RES_IO, "%s: No such file or directory", path);
	snprintf(exported, sizeof(exported), "%s %s", format, path);
	return RES_OK;
}

/* Each format has its own line; "~/" is the home folder; a proposal goes with the first letter, a kept line does not. */
static void
test_an_export_path_is_mended(void **state)
{
	static const struct ui_format formats[] = {{"json", "JSON report", "a.json"}, {"text", "text report", "a.txt"}};
	struct ui *ui;

	(void)state;
	setenv("HOME", "/home/u", 1);
	fake_init(FAKE_PROBLEM);
	fake_deps.formats = formats;
	fake_deps.n_formats = 2;
	fake_deps.export_report = export_fake;
	ui = fake_ui(STEP_VERIFY);
	act(ui, ACT_EXPORT);
	type(ui, "1");
	type(ui, "/nowhere/r");
	act(ui, ACT_ACCEPT);
	assert_true(shows(ui, 24, 80, "│ /nowhere/r "));
	assert_true(shows(ui, 24, 80, "✗ /nowhere/r: No such file or directory"));
	assert_string_equal(exported, "");
	for (int i = 0; i < 10; i++)
		act(ui, ACT_ERASE);
	type(ui, "~/r.json");
	act(ui, ACT_ACCEPT);
	assert_string_equal(exported, "json /home/u/r.json");
	assert_int_equal(ui->n_layers, 1);
	assert_non_null(strstr(ui->notice, "/home/u/r.json"));
	act(ui, ACT_EXPORT);
	type(ui, "2");
	assert_true(shows(ui, 24, 80, "│ a.txt "));
	act(ui, ACT_CURSOR_HOME);
	type(ui, "b/");
	act(ui, ACT_ACCEPT);
	assert_string_equal(exported, "text b/a.txt");
	act(ui, ACT_EXPORT);
	type(ui, "1");
	assert_true(shows(ui, 24, 80, "│ ~/r.json "));
	type(ui, "5");
	act(ui, ACT_ACCEPT);
	assert_string_equal(exported, "json /home/u/r.json5");
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

/* --- themes --- */

static int told_fg; /* of the role OK, in the theme that the terminal was given last */

static void
told_theme(struct terminal *t UNUSED, const struct theme *theme)
{
	told_fg = theme_look(theme, UIR_OK, 256).fg;
}

static int
many_colours(const struct terminal *t UNUSED)
{
	return 256;
}

static size_t
three_themes(void *ctx UNUSED, char (*names)[UI_THEME_NAME], size_t most)
{
	assert_true(most >= 3);
	snprintf(names[0], UI_THEME_NAME, "default");
	snprintf(names[1], UI_THEME_NAME, "blue");
	snprintf(names[2], UI_THEME_NAME, "broken");
	return 3;
}

static enum res
one_theme(void *ctx UNUSED, const char *name, struct theme *t, struct err *e)
{
	theme_init_default(t);
	if (strcmp(name, "broken") == 0)
		return err_set(e, RES_SYNTAX, "broken.conf:3: there is no role \"okay\"");
	theme_begin(t, span_of(name));
	return strcmp(name, "blue") == 0 ? theme_set_role(t, SPAN_LIT("ok"), SPAN_LIT("21"), e) : RES_OK;
}

static void
test_themes_are_seen_at_once(void **state)
{
	static const struct term_ops ops = {.set_theme = told_theme, .colours = many_colours};
	struct ui *ui;
	int usual;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_VERIFY);
	fake_deps.term = &ops;
	fake_deps.list_themes = three_themes;
	fake_deps.load_theme = one_theme;
	theme_init_default(&ui->theme);
	usual = theme_look(&ui->theme, UIR_OK, 256).fg;
	act(ui, ACT_THEME);
	assert_int_equal(ui->n_layers, 2);
	act(ui, ACT_FORM_NEXT);
	assert_int_equal(told_fg, 21);
	/* Esc: as before */
	act(ui, ACT_BACK);
	assert_int_equal(ui->n_layers, 1);
	assert_int_equal(told_fg, usual);
	assert_string_equal(ui->theme.name, "default");
	/* one that cannot be read says why, and is not kept */
	act(ui, ACT_THEME);
	act(ui, ACT_FORM_PREV);
	assert_true(shows(ui, 24, 80, "broken.conf:3"));
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 2);
	/* Enter: kept, and how to keep it for good */
	act(ui, ACT_FORM_PREV);
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 1);
	assert_int_equal(told_fg, 21);
	assert_string_equal(ui->theme.name, "blue");
	assert_non_null(strstr(ui->notice, "theme = \"blue\";"));
	fake_ui_free(ui);
	fake_release();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pasted_where_it_shows),
		cmocka_unit_test(test_catalogue),
		cmocka_unit_test(test_peek_ends),
		cmocka_unit_test(test_the_refresh_names_its_key),
		cmocka_unit_test(test_hints_are_true),
		cmocka_unit_test(test_sentences_are_whole),
		cmocka_unit_test(test_a_sent_refresh_is_not_cancelled),
		cmocka_unit_test(test_token_files_are_offered_once),
		cmocka_unit_test(test_changing_actions_ask),
		cmocka_unit_test(test_probes_ask_first),
		cmocka_unit_test(test_a_bad_place_is_mended),
		cmocka_unit_test(test_an_export_path_is_mended),
		cmocka_unit_test(test_enter_walks_the_steps),
		cmocka_unit_test(test_enter_in_the_log_sends_nothing),
		cmocka_unit_test(test_guide_turns),
		cmocka_unit_test(test_lesson_reached),
		cmocka_unit_test(test_log_mark_walks),
		cmocka_unit_test(test_log_view_stays),
		cmocka_unit_test(test_themes_are_seen_at_once),
		cmocka_unit_test(test_a_long_search_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
