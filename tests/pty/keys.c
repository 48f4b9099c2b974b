/* The real program and what is typed and pasted: Esc, dialogs whose line will not do, large pastes, values in clear; the mouse. */
#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "pty/play.h"

static const char *const demo_expired[] = {"demo", "expired", NULL};

/* --- keys ---------------------------------------------------------------------------------------- */

static void
test_esc(void **state)
{
	static const struct {
		const char *keys, *shows;
	} opens[] = {{"?", "── Help"}, {":", "Run an action"}, {"R", "Where do the new tokens go?"}, {"x", "─ Export"},
		{"V", "Revoke which token?"}, {"/", "Search the fields"}, {"f", "── Findings"}};
	struct vt *t = play_start(NULL, demo_expired);

	(void)state;
	assert_true(vt_idle(t));
	for (size_t i = 0; i < sizeof(opens) / sizeof(*opens); i++) {
		play_keys(t, opens[i].keys);
		assert_true(vt_has(t, opens[i].shows));
		play_keys(t, "\033");
		assert_false(vt_has(t, opens[i].shows));
	}
	play_quit(t);
}

/* A path that will not do stays in its dialog, over an error and a resize, and is mended there. */
static void
test_paths_are_mended(void **state)
{
	static const struct {
		const char *opens, *why;
	} dialogs[] = {{"R1", "the new tokens cannot be written to"}, {"x1", "No such file or directory"}};
	struct vt *t = play_start(NULL, demo_expired);

	(void)state;
	play_walk(t);
	for (size_t i = 0; i < ARRAY_SIZE(dialogs); i++) {
		play_keys(t, dialogs[i].opens);
		play_keys(t, "/no/such/folder/of-mine.json");
		play_keys(t, "\r");
		assert_true(vt_has(t, "│ /no/such/folder/of-mine.json"));
		assert_true(vt_has(t, dialogs[i].why));
		vt_resize(t, 18, 60);
		assert_true(vt_idle(t));
		assert_true(vt_has(t, "│ /no/such/folder/of-mine.json"));
		assert_true(vt_has(t, "such file or"));
		vt_resize(t, 10, 40);
		assert_true(vt_idle(t));
		vt_resize(t, 24, 80);
		assert_true(vt_idle(t));
		play_keys(t, "5");
		assert_true(vt_has(t, "│ /no/such/folder/of-mine.json5"));
		assert_false(vt_has(t, dialogs[i].why));
		play_keys(t, "\033");
		play_keys(t, dialogs[i].opens);
		assert_true(vt_has(t, "│ /no/such/folder/of-mine.json5"));
		play_keys(t, "\033");
	}
	play_quit(t);
}

/* The step that a full-screen log hides is not run by Enter. */
static void
test_enter_in_the_full_log(void **state)
{
	struct vt *t = play_start(NULL, demo_expired);

	(void)state;
	assert_true(vt_idle(t));
	play_keys(t, "LL");
	play_keys(t, "\r\r\r");
	play_keys(t, "\033");
	play_keys(t, "\033");
	play_keys(t, "5");
	assert_true(vt_has(t, "Nothing was sent yet"));
	play_quit(t);
}

/* --- pastes -------------------------------------------------------------------------------------- */

static void
test_paste_of_16_kib(void **state)
{
	enum { SIZE = 16384 + 255 };
	char *token = xmalloc(SIZE + 1), url[64], glyph[8], *finding;
	bool first;
	int fd = play_deaf_port(false, url);
	struct vt *t = play_start(NULL, NULL);

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		token[i] = i % 65 == 64 ? '\n' : "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[i % 65];
	token[SIZE] = '\0';
	assert_true(vt_idle(t));
	assert_true(t->bracketed);
	assert_true(vt_has(t, "Which server, which token?"));
	play_keys(t, url);
	play_keys(t, "\t");
	play_keys(t, "some-client");
	play_keys(t, "\t\t");
	vt_paste(t, token, SIZE);
	play_keys(t, "");
	assert_true(vt_has(t, "Which server, which token?"));
	assert_true(vt_has(t, "[hidden, 16639 bytes]"));
	play_keys(t, "\r");
	free(play_verdict(t, glyph));
	assert_string_equal(glyph, "✗");
	assert_true(vt_has(t, "[redacted 16639 B]"));
	finding = play_finding(t, "connection-refused", &first);
	assert_non_null(finding);
	assert_non_null(strstr(finding, url + 7));
	free(finding);
	play_quit(t);
	free(token);
	close(fd);
}

/* What is pasted is data: a Ctrl-C, Ctrl-Z or Ctrl-\\ in it is no signal, and no letter of it a key. */
static void
test_a_paste_is_no_key(void **state)
{
	static const char text[] = "abc\003echo PWNED\n\032\034\023q\n";
	struct vt *t = play_start(NULL, demo_expired);

	(void)state;
	assert_true(vt_idle(t));
	vt_paste(t, text, sizeof(text) - 1);
	play_keys(t, "");
	assert_true(vt_has(t, "no field takes them here"));
	play_keys(t, "t");
	vt_paste(t, text, sizeof(text) - 1);
	play_keys(t, "");
	assert_true(vt_has(t, "[hidden, "));
	play_keys(t, "\033");
	/* a terminal without bracketed paste */
	play_keys(t, "qRV1x echo PWNED");
	assert_true(vt_has(t, "no field takes them here"));
	play_keys(t, text);
	assert_true(vt_has(t, "no field takes them here"));
	/* a key held down is none */
	play_keys(t, "jjjjjjjjjjjjjjjj");
	assert_false(vt_has(t, "no field takes them here"));
	/* and the row of a token says where it came from */
	play_keys(t, "t");
	play_keys(t, "opaque-token-of-a-test");
	play_keys(t, "\r");
	assert_true(vt_has(t, "from the paste"));
	play_quit(t);
}

/* A mail as it came, forwarded and all: the field takes the token that is in it, and the sentences are gone. */
static void
test_a_mail_in_the_paste_field(void **state)
{
	static const char token[] =
		"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoidS0xNyIsImV4cCI6MTc2OTg2MDgwMH0.";
	static const char before[] = "From: Joe <joe@example.org>\nTo: help@example.org\nSubject: it does not work\n"
				     "Date: Sat, 31 Jan 2026 12:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
				     "Hi,\n\n> > my token is\n> > Bearer ",
		  after[] = "\n\nThanks, and greetings from the sea\nJoe\n";
	char *mail = xasprintf("%s%s%s", before, token, after), size[40];
	struct vt *t = play_start(NULL, demo_expired);

	(void)state;
	assert_true(vt_idle(t));
	play_keys(t, "t");
	vt_paste(t, mail, strlen(mail));
	play_keys(t, "");
	play_keys(t, "\r");
	snprintf(size, sizeof(size), "[redacted %zu B", sizeof(token) - 1);
	if (!vt_has(t, size))
		vt_dump(t, size);
	assert_true(vt_has(t, size));
	assert_true(vt_has(t, "from the paste"));
	assert_false(vt_has(t, "greetings from the sea"));
	play_quit(t);
	free(mail);
}

/* --- secrets ------------------------------------------------------------------------------------- */

/* The first piece of a JWT that stands alone on the screen. */
static bool
shown_piece(struct vt *t, char out[41])
{
	const char *p = strstr(vt_text(t), "eyJ");

	for (; p; p = strstr(p + 3, "eyJ")) {
		if (strspn(p, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") >= 36) {
			snprintf(out, 41, "%.40s", p + 3);
			return true;
		}
	}
	return false;
}

/* A value that was shown on request is hidden by any key, and by itself after five seconds. */
static void
test_show_secret(void **state)
{
	struct vt *t = play_start(NULL, demo_expired);
	char piece[41] = "";

	(void)state;
	play_walk(t);
	play_keys(t, "1");
	play_keys(t, "\033[H");
	for (int i = 0; i < 5 && !vt_has(t, "▸  access token"); i++)
		play_keys(t, "j");
	assert_true(vt_has(t, "▸  access token"));
	for (int round = 0; round < 2; round++) {
		vt_type(t, "s");
		assert_true(vt_idle(t));
		assert_true(vt_has(t, "In clear for five seconds"));
		assert_true(shown_piece(t, piece));
		if (round == 0)
			play_keys(t, "s");
		else
			assert_true(vt_gone(t, "In clear for five seconds"));
		assert_true(vt_idle(t));
		assert_false(vt_has(t, piece));
		assert_false(shown_piece(t, piece));
	}
	play_quit(t);
}

/* --- the mouse ------------------------------------------------------------------------------------------ */

static void
test_mouse(void **state)
{
	struct vt *t = play_start(NULL, demo_expired);

	(void)state;
	assert_true(vt_idle(t));
	assert_true(t->mouse);
	play_keys(t, "w");
	assert_true(vt_click_on(t, "4 Handle"));
	play_keys(t, "");
	assert_true(vt_has(t, "[4 Handle"));
	assert_true(vt_click_on(t, "1 Verify"));
	play_keys(t, "");
	assert_true(vt_click_on(t, "active  "));
	play_keys(t, "");
	assert_true(vt_has(t, "▸"));
	assert_true(vt_click_on(t, "active  "));
	play_keys(t, "");
	assert_true(vt_has(t, "── active"));
	assert_true(vt_click_on(t, "Esc back"));
	play_keys(t, "");
	vt_wheel(t, t->rows - 3, 5, true);
	play_keys(t, "");
	assert_true(vt_has(t, "End follows"));
	play_keys(t, "R");
	assert_true(vt_click_on(t, "2 In memory only"));
	play_keys(t, "");
	assert_true(vt_has(t, "Refresh the tokens?"));
	assert_true(vt_click_on(t, "3 Cancel"));
	play_keys(t, "M");
	assert_false(t->mouse);
	assert_true(vt_has(t, "it selects text"));
	play_keys(t, "M");
	assert_true(t->mouse);
	play_keys(t, "5");
	assert_true(vt_click_on(t, "q quit"));
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 0);
}

/* An address that is to be selected: the mouse is the terminal's while it stands there. */
static void
test_a_login_leaves_the_mouse(void **state)
{
	static const char *const args[] = {"demo", "device", NULL};
	struct vt *t = play_start(NULL, args);

	(void)state;
	assert_true(vt_idle(t));
	play_keys(t, "w");
	play_keys(t, "i");
	assert_true(vt_click_on(t, "device authorization"));
	play_keys(t, "");
	assert_true(t->mouse);
	vt_type(t, "\r");
	assert_true(vt_see(t, "Where do the new tokens go?"));
	vt_type(t, "2");
	assert_true(vt_see(t, "On a phone or any other device, open"));
	assert_true(vt_blocked(t));
	assert_false(t->mouse);
	vt_type(t, "\033");
	assert_true(vt_see(t, "cancelled"));
	assert_true(vt_blocked(t));
	assert_true(t->mouse);
	play_keys(t, "\033");
	play_quit(t);
}

static void
test_who_has_the_mouse(void **state)
{
	static const char *const off[] = {"demo", "expired", "--mouse", "off", NULL};
	static const char *const on[] = {"demo", "expired", "--mouse", "on", NULL};
	static const struct {
		const char *env;
		const char *const *args;
		bool taken;
	} worlds[] = {{"SSH_CONNECTION=", demo_expired, true}, {"SSH_CONNECTION=", off, false},
		{"SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 22", demo_expired, false},
		{"SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 22", on, true}, {"TERM=vt100", on, false},
		{"TERM=linux", on, true}, {"TERM=tmux-256color", demo_expired, true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(worlds); i++) {
		const char *env[] = {worlds[i].env, NULL};
		const struct vt_options o = {.env = env};
		struct vt *t = play_start(&o, worlds[i].args);

		assert_true(vt_idle(t));
		assert_int_equal(t->mouse, worlds[i].taken);
		play_quit(t);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, play_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_esc),
		TEST(test_paths_are_mended),
		TEST(test_enter_in_the_full_log),
		TEST(test_paste_of_16_kib),
		TEST(test_a_paste_is_no_key),
		TEST(test_a_mail_in_the_paste_field),
		TEST(test_show_secret),
		TEST(test_mouse),
		TEST(test_a_login_leaves_the_mouse),
		TEST(test_who_has_the_mouse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
