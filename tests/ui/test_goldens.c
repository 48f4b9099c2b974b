/*
 * Golden screens: what each screen draws for a made-up case.  A golden file has the characters, then one role letter a
 * cell (roles.def), then the cursor.  UPDATE_GOLDEN=1 rewrites them in the source tree; review the diff.
 */
#include "unit.h"

#include "language.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/glyphs.h"
#include "ui/user.h"

/* --- the screens: each is brought about as a user would ------------------------------------------- */

static void
plain(struct ui *ui)
{
	(void)ui;
}

static void
marked(struct ui *ui)
{
	for (int i = 0; i < 9; i++)
		act(ui, ACT_DOWN);
}

static void
row_open(struct ui *ui)
{
	act(ui, ACT_DOWN);
	act(ui, ACT_DOWN);
	act(ui, ACT_ENTER);
}

static void
debug_step(struct ui *ui)
{
	act(ui, ACT_STEP_5);
	act(ui, ACT_DOWN);
}

static void
log_half(struct ui *ui)
{
	act(ui, ACT_LOG);
	act(ui, ACT_UP);
}

static void
log_full(struct ui *ui)
{
	act(ui, ACT_LOG);
	act(ui, ACT_LOG);
	act(ui, ACT_SEARCH);
	type(ui, "introspect");
	act(ui, ACT_ACCEPT);
}

static void
log_record(struct ui *ui)
{
	act(ui, ACT_LOG);
	act(ui, ACT_UP);
	act(ui, ACT_UP);
	act(ui, ACT_ENTER);
}

/* Severity and text, and the log stands still while a record comes that is shown and one that is not. */
static void
log_filtered(struct ui *ui)
{
	act(ui, ACT_LOG);
	act(ui, ACT_LOG_LEVEL);
	act(ui, ACT_LOG_TEXT);
	type(ui, "clock");
	act(ui, ACT_ACCEPT);
	act(ui, ACT_LOG_PAUSE);
	log_add(fake.log, LOG_WARN, LOGC_STEP, 0, "the clock of this machine was set");
	log_add(fake.log, LOG_INFO, LOGC_STEP, 0, "the clock is right");
	flow_log_news(ui);
}

static void
log_categories(struct ui *ui)
{
	act(ui, ACT_LOG);
	act(ui, ACT_LOG_CATEGORY);
	type(ui, "http,tsl");
	act(ui, ACT_ACCEPT);
}

static void
log_time(struct ui *ui)
{
	act(ui, ACT_LOG);
	act(ui, ACT_AT_TIME);
	type(ui, "+5");
	act(ui, ACT_ACCEPT);
}

/* An introspection that came later, and says more. */
static void
exchange_more(struct ui *ui)
{
	struct exchange *x = exchange_new();
	struct err e = ERR_INIT;

	x->step = STEP_VERIFY;
	x->purpose = PURPOSE_INTROSPECTION;
	x->auth = AUTH_BASIC;
	http_request_set(&x->request, "POST", SPAN_LIT("https://idp.example/introspect?tenant=acme&api%2Dversion=2"));
	assert_int_equal(http_headers_add(&x->request.headers, SPAN_LIT("authorization"),
		SPAN_LIT("Bearer eyJh…[redacted 815 B]")), RES_OK);
	http_headers_set(&x->request.headers, "Content-Type", SPAN_LIT("application/x-www-form-urlencoded"));
	buf_puts(&x->request.body, "token=eyJh…[redacted 812 B]&token_type_hint=access_token");
	http_response_release(&x->result.response);
	http_response_init(&x->result.response);
	assert_int_equal(http_parse_response(&x->result.response, SPAN_LIT("HTTP/1.1 200 OK\r\n"
		"Content-Type: application/json\r\nSet-Cookie: a=[redacted]\r\nSet-Cookie: b=[redacted]\r\n\r\n"
		"{\"active\":true,\"exp\":1769860623,\"cnf\":{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"},"
		"\"aud\":[\"api\",\"作業\"],\"x\":\"a\\u001b[31mred\\u202e\",\"scope\":\"openid profile email "
		"offline_access and some more of them, so that the line is longer than any screen is wide\"}"), &e), RES_OK);
	x->result.timings = (struct timings){-1, -1, -1, 25000, 1000, 26000, true};
	x->result.sent_wall_us = fake.c.exchanges[0]->result.sent_wall_us + 5000000;
	snprintf(x->result.tls.version, sizeof(x->result.tls.version), "TLSv1.2");
	case_add(&fake.c, x);
	act(ui, ACT_STEP_5);
	for (int i = 0; i < 4; i++)
		act(ui, ACT_DOWN);
}

/* The log's record of it leads there. */
static void
exchange_open(struct ui *ui)
{
	exchange_more(ui);
	log_add(fake.log, LOG_INFO, LOGC_HTTP, 4, "→ POST idp.example/introspect");
	act(ui, ACT_LOG);
	act(ui, ACT_ENTER);
}

static void
exchange_decoded(struct ui *ui)
{
	exchange_open(ui);
	act(ui, ACT_DECODE);
	act(ui, ACT_DOWN);
}

static void
exchange_unwrapped(struct ui *ui)
{
	exchange_open(ui);
	act(ui, ACT_WRAP);
	act(ui, ACT_SEARCH);
	type(ui, "OFFLINE");
	act(ui, ACT_ACCEPT);
}

/* Two exchanges of one kind; the older one was marked in the list. */
static void
exchange_diff(struct ui *ui)
{
	exchange_open(ui);
	act(ui, ACT_BACK);
	act(ui, ACT_DIFF);
}

static void
exchange_marked(struct ui *ui)
{
	act(ui, ACT_STEP_5);
	for (int i = 0; i < 4; i++)
		act(ui, ACT_DOWN);
	act(ui, ACT_MARK);
	act(ui, ACT_DOWN);
}

static void
command_line(struct ui *ui)
{
	act(ui, ACT_COMMAND);
	type(ui, "step-");
	act(ui, ACT_COMPLETE);
	act(ui, ACT_COMPLETE);
}

static void
command_unknown(struct ui *ui)
{
	act(ui, ACT_COMMAND);
	type(ui, "expotr");
	act(ui, ACT_ACCEPT);
}

static void
help(struct ui *ui)
{
	act(ui, ACT_HELP);
}

static void
help_end(struct ui *ui)
{
	act(ui, ACT_HELP);
	act(ui, ACT_END);
}

static void
guide(struct ui *ui)
{
	act(ui, ACT_STEP_4);
	act(ui, ACT_GUIDE);
}

static void
findings(struct ui *ui)
{
	act(ui, ACT_FINDINGS);
}

/* Step 4: the row of this answer, and the exchange to build. */
static void
decision(struct ui *ui)
{
	act(ui, ACT_DECISION);
}

static void
decision_row(struct ui *ui)
{
	for (int i = 0; i < 7; i++)
		act(ui, ACT_DOWN);
	act(ui, ACT_ENTER);
}

static void
refresh_place(struct ui *ui)
{
	act(ui, ACT_REFRESH);
}

static void
refresh_file(struct ui *ui)
{
	act(ui, ACT_REFRESH);
	act(ui, ACT_ACCEPT);
}

static void
refresh_file_bad(struct ui *ui)
{
	refresh_file(ui);
	type(ui, "/nowhere/x");
	act(ui, ACT_ACCEPT);
}

static void
refresh_confirm(struct ui *ui)
{
	act(ui, ACT_REFRESH);
	act(ui, ACT_ACCEPT);
	act(ui, ACT_ACCEPT);
}

static void
probes(struct ui *ui)
{
	act(ui, ACT_PROBES);
}

static void
revoke_which(struct ui *ui)
{
	act(ui, ACT_REVOKE);
	type(ui, "2");
}

static void
opening(struct ui *ui)
{
	act(ui, ACT_TOKENS);
	paste(ui, "eyJhbGciOiJFUzI1NiJ9.a-token-that-must-not-be-seen\r\n");
}

/* What is no URL is not taken, and why stands beside the field, as --issuer says it. */
static void
opening_wrong(struct ui *ui)
{
	opening_typed(ui);
	act(ui, ACT_ERASE_ALL);
	type(ui, "idp.test");
	act(ui, ACT_ACCEPT);
}

/* A token pasted as the issuer is not shown; it goes to its own field. */
static void
opening_misplaced(struct ui *ui)
{
	opening_typed(ui);
	act(ui, ACT_ERASE_ALL);
	paste(ui, "{\"access_token\": \"Zk3vQ9xT7mLp2WcR8dYh4NsB6fGj1KaE5uXo0ViC\", \"token_type\": \"Bearer\"}\n");
}

static void
opening_narrowed(struct ui *ui)
{
	opening_full(ui);
	type(ui, "customer");
}

/* The token that was offered stands in its field. */
static void
opening_picked(struct ui *ui)
{
	opening_full(ui);
	for (int i = 0; i < 3; i++)
		press(ui, KC_TAB);
	act(ui, ACT_ACCEPT);
}

static void
opening_recent(struct ui *ui)
{
	opening_full(ui);
	act(ui, ACT_FORM_PREV);
}

/* Step 2 by local time; the tests' is UTC, and is written as an offset then. */
static void
local_time(struct ui *ui)
{
	act(ui, ACT_TIME);
}

/* --- a request edited by hand --- */

static void
request(struct ui *ui)
{
	act(ui, ACT_EDIT_REQUEST);
	for (int i = 0; i < 3; i++)
		act(ui, ACT_FORM_NEXT);
	type(ui, "X-Tenant: acme");
	act(ui, ACT_FORM_PREV);
	act(ui, ACT_FORM_PREV);
	act(ui, ACT_ERASE);
	act(ui, ACT_FORM_NEXT);
}

static void
request_secret(struct ui *ui)
{
	act(ui, ACT_EDIT_REQUEST);
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_FORM_NEXT);
	paste(ui, "Bearer Zk3vQ9xT7mLp2WcR8dYh4NsB6fGj1KaE5uXo0ViC");
}

static void
request_wrong(struct ui *ui)
{
	act(ui, ACT_EDIT_REQUEST);
	act(ui, ACT_ERASE_ALL);
	type(ui, "https://evil.test/userinfo");
	act(ui, ACT_ACCEPT);
}

static void
request_ask(struct ui *ui)
{
	fake.resend_as = PURPOSE_REFRESH;
	fake.place = PLACE_MEMORY;
	act(ui, ACT_EDIT_REQUEST);
	act(ui, ACT_ACCEPT);
}

/* --- logging in again --- */

static const struct qr_ops *
give_qr(void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	return &fake_qr;
}

static void
login_choose(struct ui *ui)
{
	unsetenv("DISPLAY");
	unsetenv("WAYLAND_DISPLAY");
	fake_deps.qr = give_qr;
	act(ui, ACT_LOGIN);
}

static void
login_code(struct ui *ui)
{
	login_choose(ui);
	type(ui, "1");
}

static void
login_code_waits(struct ui *ui)
{
	login_code(ui);
	type(ui, "2");
	type(ui, "2");
	ui_timeout(ui, clock_mono_us(&fake.clock));
}

static void
login_whole_address(struct ui *ui)
{
	login_code_waits(ui);
	type(ui, "v");
}

static void
login_paste(struct ui *ui)
{
	login_code_waits(ui);
	type(ui, "b");
	paste(ui, "http://127.0.0.1/?code=must-not-be-seen");
}

static void
login_device(struct ui *ui)
{
	login_choose(ui);
	type(ui, "2");
}

static void
login_device_waits(struct ui *ui)
{
	login_device(ui);
	type(ui, "1");
	type(ui, "2");
	ui_timeout(ui, clock_mono_us(&fake.clock));
}

static void
login_qr(struct ui *ui)
{
	login_device_waits(ui);
	type(ui, "o");
}

static void
login_done(struct ui *ui)
{
	login_code_waits(ui);
	paste(ui, "http://127.0.0.1/?code=must-not-be-seen");
}

static void
login_failed(struct ui *ui)
{
	login_code_waits(ui);
	fake_login(FLOW_CODE, FLOW_FAILED);
	login_model_read(&ui->m.login, ui->d->wizard);
}

/* At the start: a refresh of an earlier run whose answer was not kept. */
static void
interrupted(struct ui *ui)
{
	fake.interrupted = 1;
	flow_interrupted(ui);
}

/* New tokens came, and the profile has files that hold the old ones. */
static void
token_files(struct ui *ui)
{
	struct token_response t;
	struct err e = ERR_INIT;

	profile_set(&fake.c.profile.access_token_file, SPAN_LIT("/home/u/.local/share/acme/access-token.txt"));
	profile_set(&fake.c.profile.refresh_token_file, SPAN_LIT("/home/u/.local/share/acme/refresh-token.txt"));
	assert_int_equal(token_response_read(&t, SPAN_LIT("{\"access_token\":\"a-new-one\",\"token_type\":\"Bearer\","
		"\"refresh_token\":\"r-new-one\"}"), &e), RES_OK);
	case_add_generation(&fake.c, &t, 3, 1);
	token_response_release(&t);
	flow_offer_replace(ui);
}

static void
refresh_narrower(struct ui *ui)
{
	refresh_confirm(ui);
	type(ui, "2");
	type(ui, "openid");
}

static void
profile(struct ui *ui)
{
	fake_deps.editor = &fake_editor;
	act(ui, ACT_PROFILE);
	for (const struct profile_key *k = profile_keys; strcmp(k->name, "client_secret") != 0; k++)
		act(ui, ACT_FORM_NEXT);
	type(ui, "env ACME_SECRET");
}

static void
profile_wrong(struct ui *ui)
{
	fake_deps.editor = &fake_editor;
	act(ui, ACT_PROFILE);
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_ERASE_ALL);
	type(ui, "idp.example");
	act(ui, ACT_ACCEPT);
}

static void
profile_save(struct ui *ui)
{
	fake_deps.editor = &fake_editor;
	act(ui, ACT_PROFILE);
	act(ui, ACT_ACCEPT);
}

static const struct {
	const char *name;
	enum fake_state state;
	enum step step;
	void (*go)(struct ui *);
} screens[] = {
	{"verify-empty", FAKE_EMPTY, STEP_VERIFY, plain},
	{"verify-running", FAKE_RUNNING, STEP_VERIFY, plain},
	{"verify-ok", FAKE_OK, STEP_VERIFY, plain},
	{"verify-problem", FAKE_PROBLEM, STEP_VERIFY, plain},
	{"verify-undetermined", FAKE_UNDETERMINED, STEP_VERIFY, plain},
	{"probes", FAKE_UNDETERMINED, STEP_VERIFY, probes},
	{"verify-marked", FAKE_PROBLEM, STEP_VERIFY, marked},
	{"row", FAKE_PROBLEM, STEP_VERIFY, row_open},
	{"debug", FAKE_PROBLEM, STEP_VERIFY, debug_step},
	{"log-half", FAKE_PROBLEM, STEP_VERIFY, log_half},
	{"log-full", FAKE_PROBLEM, STEP_VERIFY, log_full},
	{"log-record", FAKE_PROBLEM, STEP_VERIFY, log_record},
	{"command", FAKE_PROBLEM, STEP_VERIFY, command_line},
	{"command-unknown", FAKE_PROBLEM, STEP_VERIFY, command_unknown},
	{"log-filtered", FAKE_PROBLEM, STEP_VERIFY, log_filtered},
	{"log-categories", FAKE_PROBLEM, STEP_VERIFY, log_categories},
	{"log-time", FAKE_PROBLEM, STEP_VERIFY, log_time},
	{"exchange-decoded", FAKE_PROBLEM, STEP_VERIFY, exchange_decoded},
	{"exchange-unwrapped", FAKE_PROBLEM, STEP_VERIFY, exchange_unwrapped},
	{"exchange-diff", FAKE_PROBLEM, STEP_VERIFY, exchange_diff},
	{"exchange-marked", FAKE_PROBLEM, STEP_VERIFY, exchange_marked},
	{"help", FAKE_PROBLEM, STEP_VERIFY, help},
	{"help-end", FAKE_PROBLEM, STEP_VERIFY, help_end},
	{"guide", FAKE_PROBLEM, STEP_VERIFY, guide},
	{"findings", FAKE_PROBLEM, STEP_VERIFY, findings},
	{"expiry-ok", FAKE_OK, STEP_EXPIRY, plain},
	{"expiry-local", FAKE_OK, STEP_EXPIRY, local_time},
	{"expiry-expired", FAKE_PROBLEM, STEP_EXPIRY, plain},
	{"expiry-unknown", FAKE_UNDETERMINED, STEP_EXPIRY, plain},
	{"chain", FAKE_CHAIN, STEP_EXPIRY, plain},
	{"chain-debug", FAKE_CHAIN, STEP_VERIFY, debug_step},
	{"chain-findings", FAKE_CHAIN, STEP_VERIFY, findings},
	{"refresh", FAKE_PROBLEM, STEP_REFRESH, plain},
	{"refresh-place", FAKE_PROBLEM, STEP_REFRESH, refresh_place},
	{"refresh-file", FAKE_PROBLEM, STEP_REFRESH, refresh_file},
	{"refresh-file-bad", FAKE_PROBLEM, STEP_REFRESH, refresh_file_bad},
	{"refresh-confirm", FAKE_PROBLEM, STEP_REFRESH, refresh_confirm},
	{"handle", FAKE_PROBLEM, STEP_HANDLE, plain},
	{"decision", FAKE_PROBLEM, STEP_HANDLE, decision},
	{"decision-row", FAKE_PROBLEM, STEP_HANDLE, decision_row},
	{"revoke", FAKE_PROBLEM, STEP_HANDLE, revoke_which},
	{"login-choose", FAKE_PROBLEM, STEP_HANDLE, login_choose},
	{"login-code", FAKE_PROBLEM, STEP_HANDLE, login_code},
	{"login-code-waits", FAKE_PROBLEM, STEP_HANDLE, login_code_waits},
	{"login-address", FAKE_PROBLEM, STEP_HANDLE, login_whole_address},
	{"login-paste", FAKE_PROBLEM, STEP_HANDLE, login_paste},
	{"login-device", FAKE_PROBLEM, STEP_HANDLE, login_device},
	{"login-device-waits", FAKE_PROBLEM, STEP_HANDLE, login_device_waits},
	{"login-qr", FAKE_PROBLEM, STEP_HANDLE, login_qr},
	{"login-done", FAKE_PROBLEM, STEP_HANDLE, login_done},
	{"login-failed", FAKE_PROBLEM, STEP_HANDLE, login_failed},
	{"interrupted", FAKE_PROBLEM, STEP_VERIFY, interrupted},
	{"token-files", FAKE_PROBLEM, STEP_REFRESH, token_files},
	{"refresh-narrower", FAKE_PROBLEM, STEP_REFRESH, refresh_narrower},
	{"profile", FAKE_PROBLEM, STEP_VERIFY, profile},
	{"profile-wrong", FAKE_PROBLEM, STEP_VERIFY, profile_wrong},
	{"profile-save", FAKE_PROBLEM, STEP_VERIFY, profile_save},
	{"opening", FAKE_EMPTY, STEP_VERIFY, opening},
	{"opening-typed", FAKE_EMPTY, STEP_VERIFY, opening_typed},
	{"opening-wrong", FAKE_EMPTY, STEP_VERIFY, opening_wrong},
	{"opening-misplaced", FAKE_EMPTY, STEP_VERIFY, opening_misplaced},
	{"opening-full", FAKE_EMPTY, STEP_VERIFY, opening_full},
	{"opening-narrowed", FAKE_EMPTY, STEP_VERIFY, opening_narrowed},
	{"opening-picked", FAKE_EMPTY, STEP_VERIFY, opening_picked},
	{"opening-recent", FAKE_EMPTY, STEP_VERIFY, opening_recent},
	{"request", FAKE_PROBLEM, STEP_HANDLE, request},
	{"request-secret", FAKE_PROBLEM, STEP_HANDLE, request_secret},
	{"request-wrong", FAKE_PROBLEM, STEP_HANDLE, request_wrong},
	{"request-ask", FAKE_PROBLEM, STEP_HANDLE, request_ask},
	{"peek", FAKE_PROBLEM, STEP_VERIFY, peek},
};
static const int sizes[][2] = {{18, 60}, {24, 80}, {40, 120}};

/* --- text and back ------------------------------------------------------------------------------------ */

/* Both texts where they differ. */
static void
show_difference(struct span want, struct span got)
{
	struct span a, b;

	for (int line = 1; want.n || got.n; line++) {
		a = b = SPAN_EMPTY;
		span_next(&want, '\n', &a);
		span_next(&got, '\n', &b);
		if (!span_eq(a, b))
			fprintf(stderr, "# %3d -%.*s\n# %3d +%.*s\n", line, SPAN_ARG(a), line, SPAN_ARG(b));
	}
}

static bool
compare(const char *name, struct span got)
{
	const char *src = getenv("srcdir");
	char *path = xasprintf("%s/tests/ui/golden/%s.screen", src ? src : ".", name);
	struct err e = ERR_INIT;
	struct buf want;
	bool same;

	buf_init(&want, 1 << 20);
	if (getenv("UPDATE_GOLDEN")) {
		if (file_write(path, got, &e) != RES_OK)
			fail_msg("%s", e.text);
		same = true;
	} else if (file_read(path, &want, &e) != RES_OK) {
		fprintf(stderr, "# %s (UPDATE_GOLDEN=1 writes it)\n", e.text);
		same = false;
	} else {
		same = span_eq(buf_span(&want), got);
		if (!same) {
			fprintf(stderr, "# %s differs:\n", name);
			show_difference(buf_span(&want), got);
		}
	}
	buf_release(&want);
	free(path);
	return same;
}

/* The ASCII canvas is the other one with stand-ins: same layout, same roles. */
static void
same_layout(const struct canvas *u, const struct canvas *a)
{
	for (int row = 0; row < u->rows; row++) {
		for (int col = 0; col < u->cols; col++) {
			const struct cell *x = canvas_at(u, row, col), *y = canvas_at(a, row, col);

			assert_int_equal(x->role, y->role);
			assert_in_range(y->cp, 0x20, 0x7e);
			if (!x->flags)
				assert_int_equal(glyph_stand_in(x->cp), y->cp);
		}
	}
}

static void
no_control(const struct canvas *c)
{
	for (int row = 0; row < c->rows; row++) {
		for (int col = 0; col < c->cols; col++) {
			const struct cell *x = canvas_at(c, row, col);

			assert_true(x->flags & CELL_CONT || utf8_width(x->cp) > 0);
		}
	}
}

/* language: the prefix of the file's name; "": English, in ASCII as well. */
static int
golden(const char *language, size_t i, int rows, int cols)
{
	struct canvas u, a;
	struct buf b;
	struct ui *ui;
	char name[80];
	int bad = 0;

	fake_init(screens[i].state);
	ui = fake_ui(screens[i].step);
	canvas_resize(&ui->canvas, rows, cols);
	screens[i].go(ui);
	canvas_init(&u);
	canvas_init(&a);
	a.ascii = true;
	canvas_resize(&u, rows, cols);
	canvas_resize(&a, rows, cols);
	ui_draw(ui, &u);
	ui_draw(ui, &a);
	assert_int_equal(u.controls, 0);
	no_control(&u);
	/* in ASCII a QR code takes four times the room, and may not be there for want of it */
	if (!ui->m.login.verification_uri && !*language)
		same_layout(&u, &a);

	buf_init(&b, 1 << 20);
	write_canvas(&u, true, &b);
	if (strcmp(screens[i].name, "peek") != 0)
		assert_int_equal(span_find_str(buf_span(&b), "0123456789abcdef"), SIZE_MAX);
	assert_int_equal(span_find_str(buf_span(&b), "must-not-be-seen"), SIZE_MAX);
	assert_int_equal(span_find_str(buf_span(&b), "Zk3vQ9"), SIZE_MAX);
	snprintf(name, sizeof(name), "%s%s%s-%dx%d", language, *language ? "-" : "", screens[i].name, cols, rows);
	bad += !compare(name, buf_span(&b));
	buf_clear(&b);
	write_canvas(&a, false, &b);
	snprintf(name, sizeof(name), "%s-%dx%d-ascii", screens[i].name, cols, rows);
	bad += !*language && !compare(name, buf_span(&b));
	buf_release(&b);
	canvas_release(&u);
	canvas_release(&a);
	fake_ui_free(ui);
	fake_release();
	return bad;
}

static void UNUSED
test_goldens(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(screens); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(sizes); k++)
			bad += golden("", i, sizes[k][0], sizes[k][1]);
	}
	assert_int_equal(bad, 0);
}

/* The same screens in German, which is longer, and in Chinese, whose characters are wide and have no blanks between. */
static void UNUSED
test_languages(void **state)
{
	static const char *const languages[] = {"de", "zh_CN"};
	static const char *const names[] = {"opening", "verify-empty", "verify-problem", "verify-marked", "expiry-expired",
		"refresh", "refresh-confirm", "handle", "decision", "debug", "help", "guide", "findings", "login-device"};
	int bad = 0;

	(void)state;
	for (size_t l = 0; l < ARRAY_SIZE(languages); l++) {
		if (!speak(languages[l]))
			skip();
		for (size_t i = 0; i < ARRAY_SIZE(screens); i++) {
			bool named = false;

			for (size_t k = 0; k < ARRAY_SIZE(names); k++)
				named = named || !strcmp(names[k], screens[i].name);
			for (size_t k = 0; named && k < ARRAY_SIZE(sizes); k++)
				bad += golden(languages[l], i, sizes[k][0], sizes[k][1]);
		}
	}
	assert_int_equal(bad, 0);
}

/* Any size: drawing never writes outside (ASan watches) and is the same twice. */
static void
test_any_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(screens); i++) {
		struct canvas c;
		struct ui *ui;

		fake_init(screens[i].state);
		ui = fake_ui(screens[i].step);
		screens[i].go(ui);
		canvas_init(&c);
		for (int rows = 1; rows < 70; rows += rows < 26 ? 3 : 17) {
			for (int cols = 1; cols < 260; cols += cols < 60 ? 13 : 31) {
				canvas_resize(&c, rows, cols);
				ui_draw(ui, &c);
				no_control(&c);
				assert_int_equal(c.controls, 0);
			}
		}
		canvas_release(&c);
		fake_ui_free(ui);
		fake_release();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef LANGUAGES
		cmocka_unit_test(test_languages),
#else
		cmocka_unit_test(test_goldens),
#endif
		cmocka_unit_test(test_any_size), /* in Chinese, too */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
