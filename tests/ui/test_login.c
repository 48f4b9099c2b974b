/* Logging in again on the screen: nothing goes out before the request was shown and a place chosen. */
#include "unit.h"

#include "ui/user.h"

static const char *clipped;

static void
clip(struct terminal *t, struct span text)
{
	static char kept[4096];

	(void)t;
	snprintf(kept, sizeof(kept), "%.*s", SPAN_ARG(text));
	clipped = kept;
}

static const struct term_ops terminal = {.clip = clip};

static const struct qr_ops *
give_qr(void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	return &fake_qr;
}

static struct ui *
begin(void)
{
	unsetenv("DISPLAY");
	unsetenv("WAYLAND_DISPLAY");
	fake_init(FAKE_PROBLEM);
	fake_deps.term = &terminal;
	fake_deps.qr = give_qr;
	return fake_ui(STEP_HANDLE);
}

static void
end(struct ui *ui)
{
	fake_ui_free(ui);
	fake_release();
}

/* The time that is due, as the loop gives it. */
static void
turn(struct ui *ui)
{
	int64_t now = clock_mono_us(&fake.clock);

	if (ui_deadline(ui) <= now)
		ui_timeout(ui, now);
}

/* Those that cannot be done say why, and are not taken. */
static void
test_choosing(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_LOGIN);
	for (int cols = 60; cols <= 120; cols += 20) {
		assert_true(shows(ui, 18, cols, "1 authorization code with PKCE"));
		assert_true(shows(ui, 18, cols, "5 token exchange"));
		assert_true(shows(ui, 18, cols, "Not now: the server's metadata"));
	}
	/* on a small terminal, too, what the marked one takes stands whole */
	act(ui, ACT_DOWN);
	act(ui, ACT_DOWN);
	assert_true(shows(ui, 18, 60, "▸ 3 client credentials"));
	assert_true(shows(ui, 18, 60, "information either."));
	act(ui, ACT_UP);
	act(ui, ACT_UP);
	type(ui, "5");
	assert_int_equal(ui->n_layers, 2);
	assert_non_null(strstr(ui->notice, "does not offer the token-exchange grant"));
	/* one that cannot be prepared says so, and the choice stands again */
	type(ui, "3");
	assert_true(shows(ui, 24, 80, "the client has no credentials"));
	act(ui, ACT_BACK);
	assert_true(shows(ui, 24, 80, "which way?"));
	/* from the fourth down: the fifth is passed over */
	for (int i = 0; i < 4; i++)
		act(ui, ACT_DOWN);
	act(ui, ACT_ENTER);
	assert_int_equal(fake.login.kind, FLOW_CODE);
	assert_int_equal(fake.sent, 0);
	end(ui);
}

/* Where step 4 decided for a login, the line on top names its key. */
static void
test_the_login_names_its_key(void **state)
{
	struct ui *ui = begin();

	(void)state;
	assert_false(shows(ui, 24, 80, "Press i"));
	fake.decided = ADVICE_LOGIN;
	act(ui, ACT_TIME); /* reads the model anew */
	ui->m.wants_refresh = false;
	assert_false(ui->m.wants_login);
	fake.no_refresh = true;
	act(ui, ACT_TIME);
	assert_true(shows(ui, 24, 80, "Press i to log in."));
	end(ui);
}

/* The request is shown; a place is asked for; then, and only then, it goes out. */
static void
test_asks_before_it_sends(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_LOGIN);
	type(ui, "1");
	assert_true(shows(ui, 18, 60, "GET https://idp.example/authorize (in the browser)"));
	assert_true(shows(ui, 18, 60, "4 Cancel"));
	act(ui, ACT_ENTER);
	assert_int_equal(fake.sent, 0);
	assert_true(shows(ui, 18, 60, "Where do the new tokens go?"));
	act(ui, ACT_BACK);
	assert_int_equal(fake.sent, 0);
	assert_int_equal(fake.login.phase, FLOW_PREPARED);
	type(ui, "2");
	type(ui, "2");
	assert_int_equal(fake.place, PLACE_MEMORY);
	assert_int_equal(fake.sent, 1);
	assert_false(fake.wish.open_browser);
	assert_true(shows(ui, 18, 60, "Open this address in a browser:"));
	assert_true(shows(ui, 18, 60, "\nhttps://idp.example/authorize?response_type=code&client_id="));
	assert_true(shows(ui, 18, 60, "Listening at http://127.0.0.1:43117/callback"));
	end(ui);
}

static void
test_a_browser_is_opened_on_request(void **state)
{
	struct ui *ui = begin();

	(void)state;
	fake.place = PLACE_MEMORY;
	act(ui, ACT_LOGIN);
	type(ui, "1");
	/* where there is none, that is said, and nothing begins */
	assert_true(shows(ui, 18, 60, "none is found"));
	type(ui, "1");
	assert_int_equal(fake.sent, 0);
	assert_non_null(strstr(ui->notice, "No browser is found"));
	act(ui, ACT_BACK);
	setenv("DISPLAY", ":0", 1);
	type(ui, "1");
	type(ui, "1");
	unsetenv("DISPLAY");
	assert_true(fake.wish.open_browser);
	assert_int_equal(fake.sent, 1);
	assert_true(shows(ui, 24, 80, "A browser was started; if none shows, open this address:"));
	end(ui);
}

/* Where a browser could be had, it is the first choice; over SSH it is not. */
static void
test_the_first_choice_fits_the_place(void **state)
{
	struct ui *ui = begin();

	(void)state;
	setenv("DISPLAY", ":0", 1);
	act(ui, ACT_LOGIN);
	type(ui, "1");
	assert_true(shows(ui, 24, 80, "▸ 1 Open a browser"));
	act(ui, ACT_BACK);
	setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22", 1);
	type(ui, "1");
	assert_true(shows(ui, 24, 80, "▸ 2 Show the address"));
	unsetenv("SSH_CONNECTION");
	unsetenv("DISPLAY");
	end(ui);
}

static void
test_another_scope_is_shown_again(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_LOGIN);
	type(ui, "2");
	type(ui, "2");
	type(ui, "openid email");
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.wished, "openid email");
	assert_true(shows(ui, 24, 80, "▸ 1 Send it"));
	assert_int_equal(fake.login.phase, FLOW_PREPARED);
	assert_int_equal(fake.sent, 0);
	end(ui);
}

static struct ui *
waiting(enum flow_kind k)
{
	struct ui *ui = begin();

	fake.place = PLACE_MEMORY;
	act(ui, ACT_LOGIN);
	type(ui, k == FLOW_CODE ? "1" : "2");
	type(ui, k == FLOW_CODE ? "2" : "1");
	turn(ui);
	return ui;
}

/* What was pasted is taken wherever it lands, and never drawn; what is none says so. */
static void
test_pasting_back(void **state)
{
	struct ui *ui = waiting(FLOW_CODE);

	(void)state;
	paste(ui, "nothing of this login");
	assert_non_null(strstr(ui->notice, "no address that a login ends at"));
	assert_int_equal(fake.login.phase, FLOW_WAITING);
	type(ui, "b");
	paste(ui, "http://127.0.0.1:43117/callback?code=must-not-be-seen&state=x");
	assert_false(shows(ui, 24, 80, "must-not-be-seen"));
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.pasted, 1);
	assert_true(shows(ui, 24, 80, "New tokens came"));
	assert_true(shows(ui, 18, 60, "Enter shows what the application"));
	ui->step = STEP_VERIFY;
	act(ui, ACT_ENTER);
	assert_int_equal(ui->n_layers, 1);
	assert_int_equal(ui->step, STEP_HANDLE);
	end(ui);

	ui = waiting(FLOW_CODE);
	paste(ui, "http://127.0.0.1:43117/callback?code=c&state=x\n");
	assert_int_equal(fake.pasted, 1);
	end(ui);
}

/* The address whole: copied, and alone on the screen from edge to edge. */
static void
test_the_address_is_whole(void **state)
{
	struct ui *ui = waiting(FLOW_CODE);
	struct canvas c;
	struct buf b, joined;

	(void)state;
	act(ui, ACT_COPY);
	assert_string_equal(clipped, fake.login.url);
	type(ui, "v");
	for (int cols = 60; cols <= 120; cols += 20) {
		canvas_init(&c);
		canvas_resize(&c, 18, cols);
		ui_draw(ui, &c);
		buf_init(&b, 1 << 16);
		buf_init(&joined, 1 << 16);
		for (int row = 0; row < 17; row++)
			canvas_row_text(&c, row, &joined);
		assert_string_equal(buf_str(&joined), fake.login.url);
		buf_release(&joined);
		buf_release(&b);
		canvas_release(&c);
	}
	/* Esc brings the rest back, and cancels nothing */
	act(ui, ACT_BACK);
	assert_int_equal(fake.login.phase, FLOW_WAITING);
	assert_true(shows(ui, 24, 80, "Open this address"));
	end(ui);
}

static void
test_a_device_has_a_large_code(void **state)
{
	struct ui *ui = waiting(FLOW_DEVICE);

	(void)state;
	assert_true(shows(ui, 18, 60, "https://idp.example/device\n"));
	/* the first row of W D J B - M J H T */
	assert_true(shows(ui, 18, 60, "█   █ ████    ███ ████        █   █   ███ █   █ █████"));
	assert_true(shows(ui, 18, 60, "09:48 left"));
	clock_advance_us(&fake.clock, 1000000);
	assert_true(ui_deadline(ui) <= clock_mono_us(&fake.clock));
	turn(ui);
	assert_true(shows(ui, 18, 60, "09:47 left"));
	assert_true(shows(ui, 24, 80, "waiting 00:01 · 09:47 left"));
	/* the next turn is a second later, not at once */
	assert_int_equal(ui_deadline(ui), clock_mono_us(&fake.clock) + 1000000);
	/* the code fits with half blocks, and says so where it does not */
	type(ui, "o");
	assert_true(shows(ui, 18, 60, "█▀▀▀▀▀█"));
	assert_true(shows(ui, 18, 30, "60x18"));
	{
		struct canvas c;
		struct buf b;

		canvas_init(&c);
		c.ascii = true;
		canvas_resize(&c, 24, 80);
		ui_draw(ui, &c);
		buf_init(&b, 1 << 16);
		write_canvas(&c, false, &b);
		assert_non_null(strstr(buf_str(&b), "does not fit"));
		assert_non_null(strstr(buf_str(&b), "https://idp.example/device?user_code=WDJB-MJHT"));
		buf_clear(&b);
		canvas_resize(&c, 40, 120);
		ui_draw(ui, &c);
		write_canvas(&c, true, &b);
		/* a finder's edge: seven modules of two cells */
		assert_non_null(strstr(buf_str(&b), "@@%%%%%%%%%%%%%%@@"));
		buf_release(&b);
		canvas_release(&c);
	}
	end(ui);
}

/* Esc ends it at any time, and says what that means. */
static void
test_esc_cancels(void **state)
{
	static const enum flow_phase phases[] = {FLOW_ASKING, FLOW_PREPARED, FLOW_WAITING, FLOW_REDEEMING};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		struct ui *ui = waiting(FLOW_CODE);

		fake_login(FLOW_CODE, phases[i]);
		act(ui, ACT_TIME); /* reads the model anew */
		act(ui, ACT_BACK);
		assert_int_equal(fake.login.phase, FLOW_CANCELLED);
		assert_int_equal(ui->n_layers, 2);
		assert_non_null(strstr(ui->notice, "Cancelled: no token was asked for."));
		end(ui);
	}
}

/* An ID token in the address is for the server, not for who looks on; and what is cut says so. */
static void
test_an_id_token_is_not_shown_by_itself(void **state)
{
	static char url[3000] = "https://idp.example/authorize?prompt=none&id_token_hint=eyJhbGciOiJSUzI1NiJ9.";
	struct ui *ui = waiting(FLOW_CODE);
	size_t len = strlen(url);

	(void)state;
	memset(url + len, 'a', 1000);
	memcpy(url + len + 1000, "&state=9f1c0a7e", sizeof("&state=9f1c0a7e"));
	fake.login.url = url;
	act(ui, ACT_TIME); /* reads the model anew */
	for (int cols = 60; cols <= 120; cols += 20) {
		assert_true(shows(ui, 24, cols, "prompt=none"));
		assert_false(shows(ui, 24, cols, "eyJ"));
		assert_false(shows(ui, 24, cols, "aaaa"));
		assert_true(shows(ui, 24, cols, "The ID token in it (…) is not shown here."));
	}
	assert_true(shows(ui, 24, 120, "id_token_hint=…&state=9f1c0a7e\n"));
	act(ui, ACT_COPY);
	assert_string_equal(clipped, url);
	act(ui, ACT_ADDRESS);
	assert_true(shows(ui, 24, 80, "id_token_hint=eyJ"));
	assert_true(shows(ui, 24, 80, "aaaa&state=9f1c0a7e\n"));
	assert_false(shows(ui, 24, 80, "c copies it whole"));
	assert_true(shows(ui, 18, 60, "aaaa … c copies it whole\n"));
	/* the key is named as the user has it */
	assert_int_equal(keymap_set(&ui->keymap, SPAN_LIT("copy"), &SPAN_LIT("Y"), 1, NULL), RES_OK);
	assert_true(shows(ui, 18, 60, "aaaa … Y copies it whole\n"));
	end(ui);
}

/* Left for another step it goes on, and comes back with the same key. */
static void
test_it_goes_on_behind_other_screens(void **state)
{
	struct ui *ui = waiting(FLOW_DEVICE);

	(void)state;
	act(ui, ACT_NEXT_STEP);
	assert_int_equal(ui->n_layers, 1);
	assert_int_equal(fake.login.phase, FLOW_WAITING);
	act(ui, ACT_LOGIN);
	assert_true(shows(ui, 24, 80, "https://idp.example/device\n"));
	end(ui);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choosing),
		cmocka_unit_test(test_the_login_names_its_key),
		cmocka_unit_test(test_asks_before_it_sends),
		cmocka_unit_test(test_a_browser_is_opened_on_request),
		cmocka_unit_test(test_the_first_choice_fits_the_place),
		cmocka_unit_test(test_another_scope_is_shown_again),
		cmocka_unit_test(test_pasting_back),
		cmocka_unit_test(test_the_address_is_whole),
		cmocka_unit_test(test_a_device_has_a_large_code),
		cmocka_unit_test(test_esc_cancels),
		cmocka_unit_test(test_an_id_token_is_not_shown_by_itself),
		cmocka_unit_test(test_it_goes_on_behind_other_screens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
