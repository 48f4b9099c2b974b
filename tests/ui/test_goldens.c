/*
 * Golden screens: what each screen draws for a made-up case.  The table of them is pictures.def, the form of the
 * files golden.h's; UPDATE_GOLDEN=1 rewrites them in the source tree.
 */
#include "unit.h"

#include "language.h"

#include <dirent.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/glyphs.h"
#include "ui/golden.h"
#include "ui/user.h"

/* --- what is arranged before the keys, and where THEN stands among them ---------------------------- */

enum before { NOTHING, LAST_MINUTE, LESSON, MORE, NEWS, TWO_PROFILES, FULL, INTERRUPTED, TOKEN_FILES, LOGIN, LOGIN_FAILED, RESEND };

static const struct qr_ops *
give_qr(void *ctx UNUSED, struct err *e UNUSED)
{
	return &fake_qr;
}

/* An introspection that came later, and says more; the log's last record is of it. */
static void
add_exchange(void)
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
	log_add(fake.log, LOG_INFO, LOGC_HTTP, 4, "→ POST idp.example/introspect");
}

/* New tokens came, and the profile has files that hold the old ones. */
static void
add_tokens(void)
{
	struct token_response t;
	struct err e = ERR_INIT;

	profile_set(&fake.c.profile.access_token_file, SPAN_LIT("/home/u/.local/share/acme/access-token.txt"));
	profile_set(&fake.c.profile.refresh_token_file, SPAN_LIT("/home/u/.local/share/acme/refresh-token.txt"));
	assert_int_equal(token_response_read(&t, SPAN_LIT("{\"access_token\":\"a-new-one\",\"token_type\":\"Bearer\","
		"\"refresh_token\":\"r-new-one\"}"), &e), RES_OK);
	case_add_generation(&fake.c, &t, 3, 1);
	token_response_release(&t);
}

static const struct ui_format formats[] = {
	{"text", "text report", "tokentriage.txt"},
	{"json", "JSON report", "tokentriage.json"},
	{"md", "Markdown report", "tokentriage.md"},
	{"har", "HAR 1.2 of all exchanges", "tokentriage.har"},
	{UI_FORMAT_CASE, "the case itself: open shows it again", "tokentriage.case"},
};

static void
what_is_masked(void *ctx UNUSED, char *out, size_t size)
{
	snprintf(out, size, "Tokens, secrets and codes are masked; names of users are not.");
}

static enum res
write_nothing(void *ctx UNUSED, const char *format UNUSED, const char *path UNUSED, struct err *e UNUSED)
{
	return RES_OK;
}

static size_t
three_themes(void *ctx UNUSED, char (*names)[UI_THEME_NAME], size_t most UNUSED)
{
	snprintf(names[0], UI_THEME_NAME, "default");
	snprintf(names[1], UI_THEME_NAME, "colour-blind");
	snprintf(names[2], UI_THEME_NAME, "mono");
	return 3;
}

static enum res
one_theme(void *ctx UNUSED, const char *name, struct theme *t, struct err *e UNUSED)
{
	theme_init_default(t);
	theme_begin(t, span_of(name));
	return RES_OK;
}

static void
no_theme(struct terminal *t UNUSED, const struct theme *theme UNUSED)
{
}

static int
many_colours(const struct terminal *t UNUSED)
{
	return 256;
}

static const struct term_ops no_terminal = {.set_theme = no_theme, .colours = many_colours};

static void
two_profiles(void)
{
	static struct profile profiles[2];

	profiles[0].name = (char *)(uintptr_t)"acme";
	profiles[1].name = (char *)(uintptr_t)"acme.\033[1mtest";
	fake_deps.profiles = profiles;
	fake_deps.n_profiles = 2;
	fake_deps.use_profile = (enum res (*)(void *, const struct profile *, struct err *))abort;
}

static void
arrange(enum before b, struct ui *ui)
{
	fake_deps.editor = &fake_editor;
	fake_deps.qr = give_qr;
	fake_deps.term = &no_terminal;
	fake_deps.formats = formats;
	fake_deps.n_formats = ARRAY_SIZE(formats);
	fake_deps.export_report = write_nothing;
	fake_deps.export_masked = what_is_masked;
	fake_deps.list_themes = three_themes;
	fake_deps.load_theme = one_theme;
	switch (b) {
	case LAST_MINUTE:
		fake.exp_us = clock_wall_us(&fake.clock) + 42000000;
		break;
	case LESSON:
		fake_deps.lesson = "Refresh it in step 3 and see the query succeed.";
		break;
	case MORE:
		add_exchange();
		break;
	case RESEND:
		fake.resend_as = PURPOSE_REFRESH;
		fake.place = PLACE_MEMORY;
		break;
	case TWO_PROFILES:
		two_profiles();
		break;
	case FULL:
		opening_full(ui);
		return;
	case INTERRUPTED:
		fake.interrupted = 1;
		flow_interrupted(ui);
		break;
	case TOKEN_FILES:
		add_tokens();
		flow_offer_replace(ui);
		break;
	default:
		break;
	}
	model_read(&ui->m, ui->d->wizard, ui->step, &ui->keymap, false);
}

static void
then(enum before b, struct ui *ui)
{
	if (b == NEWS) {
		/* the log stands still while a record comes that is shown and one that is not */
		log_add(fake.log, LOG_WARN, LOGC_STEP, 0, "the clock of this machine was set");
		log_add(fake.log, LOG_INFO, LOGC_STEP, 0, "the clock is right");
		flow_log_news(ui);
		return;
	}
	ui_timeout(ui, clock_mono_us(&fake.clock));
	if (b == LOGIN_FAILED) {
		fake_login(FLOW_CODE, FLOW_FAILED);
		login_model_read(&ui->m.login, ui->d->wizard);
	}
}

/* --- the table ------------------------------------------------------------------------------------- */

#define THEN "\001"
#define BACK "\007"
#define END "\033[F"
#define BACK_TAB "\033[Z"
#define CLEAR "\025"
#define PASTE(text) "\033[200~" text "\033[201~"
#define TO_SECRET "\t\t\t\t\t\t\t\t\t\t\t\t\t"

enum { /* sets of states */
	NONE = 0,
	EMPTY = 1 << FAKE_EMPTY,
	RUNNING = 1 << FAKE_RUNNING,
	OK = 1 << FAKE_OK,
	PROBLEM = 1 << FAKE_PROBLEM,
	UNDETERMINED = 1 << FAKE_UNDETERMINED,
	OFFLINE = 1 << FAKE_OFFLINE,
	CHAIN = 1 << FAKE_CHAIN,
	EVERY = EMPTY | RUNNING | OK | PROBLEM | UNDETERMINED | OFFLINE,
};
static const char *const state_names[] = {[FAKE_EMPTY] = "empty", [FAKE_RUNNING] = "running", [FAKE_OK] = "ok",
	[FAKE_PROBLEM] = "problem", [FAKE_UNDETERMINED] = "undetermined", [FAKE_CHAIN] = "chain",
	[FAKE_OFFLINE] = "offline"};

static const struct picture {
	const char *name;
	unsigned states;
	enum step step;
	enum before before;
	const char *keys, *missing;
} pictures[] = {
#define PICTURE(name, states, step, before, keys, missing) {name, states, STEP_##step, before, keys, missing},
#include "ui/pictures.def"
#undef PICTURE
};

/* As the terminal sends them; THEN stands for the rest of what is arranged. */
static void
type_keys(const struct picture *p, struct ui *ui)
{
	struct key_event ev;
	struct keydec d;

	keydec_init(&d, KEYDEC_ESC_US);
	for (const char *k = p->keys; *k; k++) {
		if (*k == THEN[0])
			then(p->before, ui);
		else if (keydec_push(&d, (unsigned char)*k, clock_mono_us(&fake.clock), &ev))
			ui_event(ui, &ev);
		if (ui->model_stale) {
			model_read(&ui->m, ui->d->wizard, ui->step, &ui->keymap, ui->local_time);
			ui->model_stale = false;
		}
	}
	keydec_release(&d);
}

/* The picture's screen in a state, ready to be drawn; fake_ui_free() and fake_release() end it. */
static struct ui *
bring_about(const struct picture *p, enum fake_state state, int rows, int cols)
{
	struct ui *ui;

	unsetenv("DISPLAY");
	unsetenv("WAYLAND_DISPLAY");
	fake_init(state);
	ui = fake_ui(p->step);
	canvas_resize(&ui->canvas, rows, cols);
	arrange(p->before, ui);
	type_keys(p, ui);
	return ui;
}

/* --- what every picture must be -------------------------------------------------------------------- */

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


/* Where a masked value was not asked for, nothing of one is seen. */
static void
no_secret(const struct picture *p, struct span text)
{
	if (strcmp(p->name, "peek") != 0)
		assert_int_equal(span_find_str(text, "0123456789abcdef"), SIZE_MAX);
	assert_int_equal(span_find_str(text, "must-not-be-seen"), SIZE_MAX);
	assert_int_equal(span_find_str(text, "Zk3vQ9"), SIZE_MAX);
}

/* In another language than English there is no ASCII. */
static void
add_size(const struct picture *p, enum fake_state state, const int size[2], bool english, struct buf *out)
{
	struct ui *ui = bring_about(p, state, size[0], size[1]);
	struct canvas u, a;

	canvas_init(&u);
	canvas_init(&a);
	a.ascii = true;
	canvas_resize(&u, size[0], size[1]);
	canvas_resize(&a, size[0], size[1]);
	ui_draw(ui, &u);
	ui_draw(ui, &a);
	assert_int_equal(u.controls, 0);
	no_control(&u);
	/* in ASCII a QR code takes four times the room, and may not be there for want of it */
	if (english && !ui->m.login.verification_uri)
		same_layout(&u, &a);
	golden_add(out, &u, english ? &a : NULL);
	canvas_release(&u);
	canvas_release(&a);
	fake_ui_free(ui);
	fake_release();
}

/* language: the prefix of the file's name; "": English. */
static bool
golden(const char *language, const struct picture *p, enum fake_state state)
{
	struct buf b;
	char name[80];
	bool same;

	snprintf(name, sizeof(name), "%s%s%s-%s", language, *language ? "-" : "", p->name, state_names[state]);
	buf_init(&b, 1 << 20);
	for (size_t k = 0; k < ARRAY_SIZE(fake_sizes); k++)
		add_size(p, state, fake_sizes[k], !*language, &b);
	no_secret(p, buf_span(&b));
	same = golden_same(name, buf_span(&b));
	buf_release(&b);
	return same;
}

static void UNUSED
test_goldens(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pictures); i++)
		for (int s = 0; s < FAKE_STATES; s++)
			if (pictures[i].states & 1U << s)
				bad += !golden("", &pictures[i], (enum fake_state)s);
	assert_int_equal(bad, 0);
}

static const char *const languages[] = {"de", "zh_CN"};

/* Some of the screens in German, which is longer, and in Chinese, whose characters are wide and have no blanks between. */
static void UNUSED
test_languages(void **state)
{
	static const struct {
		const char *name;
		enum fake_state state;
	} some[] = {{"opening", FAKE_EMPTY}, {"verify", FAKE_EMPTY}, {"verify", FAKE_PROBLEM}, {"verify-marked", FAKE_PROBLEM},
		{"expiry", FAKE_PROBLEM}, {"refresh", FAKE_PROBLEM}, {"refresh-confirm", FAKE_PROBLEM},
		{"handle", FAKE_PROBLEM}, {"decision", FAKE_PROBLEM}, {"debug", FAKE_PROBLEM}, {"help", FAKE_PROBLEM},
		{"guide-handle", FAKE_PROBLEM}, {"findings", FAKE_PROBLEM}, {"login-device", FAKE_PROBLEM}};
	int bad = 0;

	(void)state;
	for (size_t l = 0; l < ARRAY_SIZE(languages); l++) {
		if (!speak(languages[l]))
			skip();
		for (size_t k = 0; k < ARRAY_SIZE(some); k++) {
			size_t i = 0;

			while (strcmp(pictures[i].name, some[k].name) != 0)
				assert_true(++i < ARRAY_SIZE(pictures));
			bad += !golden(languages[l], &pictures[i], some[k].state);
		}
	}
	assert_int_equal(bad, 0);
}

/* What is not drawn has its reason; no file is left of a picture that is no more. */
static void UNUSED
test_the_table(void **state)
{
	const char *src = getenv("srcdir");
	char *folder = xasprintf("%s/tests/ui/golden", src ? src : ".");
	size_t files = 0, drawn = 0;
	struct dirent *e;
	DIR *dir = opendir(folder);

	(void)state;
	assert_non_null(dir);
	while ((e = readdir(dir)))
		files += strstr(e->d_name, ".screen") && strncmp(e->d_name, "de-", 3) != 0 &&
			strncmp(e->d_name, "zh_CN-", 6) != 0;
	closedir(dir);
	free(folder);
	for (size_t i = 0; i < ARRAY_SIZE(pictures); i++) {
		const struct picture *p = &pictures[i];

		if (((p->states & EVERY) == EVERY) != (p->missing[0] == '\0'))
			fail_msg("%s: not in every state without a reason, or with one in every state", p->name);
		for (unsigned s = p->states; s; s &= s - 1)
			drawn++;
	}
	assert_int_equal(files, drawn);
}

/* Any size: drawing never writes outside (ASan watches) and is the same twice. */
static void
test_any_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pictures); i++) {
		struct canvas c;
		struct ui *ui;
		int s = 0;

		while (s < FAKE_STATES && !(pictures[i].states & 1U << s))
			s++;
		if (s == FAKE_STATES)
			continue;
		ui = bring_about(&pictures[i], (enum fake_state)s, 24, 80);
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
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_goldens),
#endif
		cmocka_unit_test(test_any_size), /* in Chinese, too */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
