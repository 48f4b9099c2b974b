/*
 * Recovery by keys in the real program against the embedded server: login by code, by device, silently, as the client
 * and for another audience; refresh for a narrower scope; revocation and its proof; the decision table.  A scripted
 * user confirms.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/mem.h"
#include "pty/browser.h"
#include "pty/play.h"
#include "remove-tree.h"


static struct vt *
begin(const char *scenario, const int size[2])
{
	const char *args[] = {"demo", scenario, NULL};
	const struct vt_options o = {.rows = size[0], .cols = size[1]};
	struct vt *t = play_start(&o, args);

	assert_true(vt_idle(t));
	play_keys(t, "w");
	return t;
}

/* The address is on the screen whole, with the state that is good for this login alone: no look for secrets here. */
static void
keys(struct vt *t, const char *text)
{
	vt_type(t, text);
	assert_true(vt_idle(t));
}

/* What `v` shows: the address over as many rows as it takes.  Owned. */
static char *
address(struct vt *t)
{
	struct buf b;

	keys(t, "v");
	buf_init(&b, 1 << 16);
	for (int row = 0; row < t->rows - 1; row++)
		buf_puts(&b, vt_row(t, row));
	keys(t, "v");
	assert_true(span_starts(buf_span(&b), "http://127.0.0.1:"));
	return buf_take(&b);
}

/* scheme://host:port of it.  Owned. */
static char *
origin(const char *url)
{
	const char *host = strstr(url, "://") + 3;

	return span_dup(span_make(url, (size_t)(host - url) + strcspn(host, "/")));
}

/* From step 4 to the waiting login, tokens in memory. */
static void
to_waiting(struct vt *t, const char *flow, const char *choice)
{
	play_keys(t, "4i");
	assert_true(vt_has(t, "Log in again: which way?"));
	/* the code challenge looks like a secret and is none (RFC 7636 §4.2); what is one is masked */
	if (flow[0] == '1' || flow[0] == '4') {
		keys(t, flow);
		assert_true(vt_has(t, "[redacted"));
	} else {
		play_keys(t, flow);
	}
	assert_true(vt_has(t, "It waits for your word."));
	keys(t, choice);
	assert_true(vt_has(t, "Where do the new tokens go?"));
	keys(t, "2");
}

/* It ended well: the proof is on the screen, and the token works. */
static void
succeeded(struct vt *t)
{
	char glyph[8];

	assert_true(vt_see(t, "Next: Enter"));
	assert_true(vt_idle(t));
	play_keys(t, "\r");
	assert_true(vt_has(t, "[4 Handle ✓]"));
	free(play_verdict(t, glyph));
	assert_string_equal(glyph, "✓");
	play_quit(t);
}

/* At both sizes, and with a server that wants the request pushed ahead (RFC 9126), which stands in the address then. */
static void
test_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(play_sizes); i++) {
		bool pushed = i >= ARRAY_SIZE(play_sizes);
		struct vt *t = begin(pushed ? "par-required" : "login", play_sizes[i % ARRAY_SIZE(play_sizes)]);
		struct browser *b = browser_new();
		char *url, *at;

		to_waiting(t, "1", "2");
		assert_true(vt_has(t, "Open this address in a browser:"));
		assert_true(vt_has(t, "Listening at http://127.0.0.1:"));
		url = address(t);
		at = origin(url);
		assert_int_equal(strstr(url, "request_uri=") != NULL, pushed);
		assert_int_equal(strstr(url, "code_challenge=") != NULL, !pushed);
		assert_int_equal(browser_open(b, url, -1), 200);
		assert_int_equal(browser_allow(b, at, -1), 200);
		assert_true(strstr(browser_at(b), "/callback") != NULL);
		browser_free(b);
		free(at);
		free(url);
		succeeded(t);
	}
}

/* The browser is elsewhere: where it ended is pasted, and what is no answer to this login is not taken. */
static void
test_code_pasted_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		struct vt *t = begin("login", play_sizes[i]);
		struct browser *b = browser_new();
		char *url, *at;

		to_waiting(t, "1", "2");
		url = address(t);
		at = origin(url);
		vt_paste(t, "http://127.0.0.1:1/callback?code=stray&state=another", 51);
		assert_true(vt_idle(t));
		assert_true(vt_has(t, "Listening at"));
		assert_int_equal(browser_open(b, url, -1), 200);
		assert_int_equal(browser_allow(b, at, 0), 303);
		assert_true(strstr(browser_at(b), "code=") != NULL);
		keys(t, "b");
		assert_true(vt_has(t, "The address the browser ended at"));
		vt_paste(t, browser_at(b), strlen(browser_at(b)));
		assert_true(vt_idle(t));
		assert_true(vt_has(t, "[hidden, "));
		keys(t, "\r");
		browser_free(b);
		free(at);
		free(url);
		succeeded(t);
	}
}

static void
test_cancelled(void **state)
{
	struct vt *t = begin("login", play_sizes[0]);

	(void)state;
	to_waiting(t, "1", "2");
	keys(t, "\033");
	assert_true(vt_has(t, "The login was cancelled."));
	assert_true(vt_has(t, "Log in again: which way?"));
	play_quit(t);
}

static void
test_device(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		struct vt *t = begin("device", play_sizes[i]);
		struct browser *b = browser_new();
		char *url, *at, *page, *code, *form;

		to_waiting(t, "2", "1");
		assert_true(vt_has(t, "On a phone or any other device, open"));
		assert_true(vt_has(t, "█"));
		url = address(t);
		at = origin(url);
		/* the QR code is there, or says that it does not fit */
		keys(t, "o");
		assert_true(vt_has(t, "█") || vt_has(t, "does not fit"));
		keys(t, "o");
		code = strstr(url, "user_code=");
		assert_non_null(code);
		form = xstrdup(code);
		page = xasprintf("%s/device", at);
		assert_int_equal(browser_post(b, page, form, -1), 200);
		assert_true(strstr(browser_page(b), "Connected") != NULL);
		browser_free(b);
		free(form);
		free(page);
		free(at);
		free(url);
		succeeded(t);
	}
}

static void
test_device_refused(void **state)
{
	struct vt *t = begin("device", play_sizes[1]);
	struct browser *b = browser_new();
	char *url, *at, *page, *form;

	(void)state;
	to_waiting(t, "2", "1");
	url = address(t);
	at = origin(url);
	form = xasprintf("%s&answer=no", strstr(url, "user_code="));
	page = xasprintf("%s/device", at);
	assert_int_equal(browser_post(b, page, form, -1), 200);
	assert_true(vt_see(t, "error  access_denied"));
	assert_true(vt_see(t, "Next: Enter chooses again"));
	play_keys(t, "\r");
	assert_true(vt_has(t, "Log in again: which way?"));
	browser_free(b);
	free(form);
	free(page);
	free(at);
	free(url);
	play_quit(t);
}

/* Without a browser: the same user's token for another audience, and the client's own, which is no user's. */
static void
test_without_a_browser(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		struct vt *t = begin("healthy", play_sizes[i]);
		char glyph[8], *verdict;

		to_waiting(t, "5", "1");
		assert_true(vt_see(t, "Logged in by token exchange"));
		play_keys(t, "\r");
		assert_true(vt_has(t, "[4 Handle ✓]"));
		play_keys(t, "i3");
		assert_true(vt_has(t, "grant_type=client_credentials"));
		/* the place was chosen already */
		play_keys(t, "1");
		assert_true(vt_see(t, "Logged in by client credentials"));
		play_keys(t, "\r");
		/* a token of nobody is not taken to the user information unasked */
		assert_true(vt_has(t, "[4 Handle ?]"));
		play_keys(t, "r");
		assert_true(vt_has(t, "[4 Handle ✗]"));
		verdict = play_verdict(t, glyph);
		assert_non_null(strstr(verdict, "there is no user"));
		free(verdict);
		play_quit(t);
	}
}

/* prompt=none: each refusal by its own name. */
static void
test_silent(void **state)
{
	static const char *const errors[][2] = {{"login-required", "login_required"},
		{"consent-required", "consent_required"}, {"interaction-required", "interaction_required"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct vt *t = begin(errors[i][0], play_sizes[i % 2]);
		struct browser *b = browser_new();
		char *url, *want = xasprintf("error  %s", errors[i][1]);

		to_waiting(t, "4", "2");
		url = address(t);
		assert_non_null(strstr(url, "prompt=none"));
		assert_int_equal(browser_open(b, url, -1), 200);
		assert_true(vt_see(t, want));
		play_keys(t, "\r");
		browser_free(b);
		free(want);
		free(url);
		play_quit(t);
	}
}

static void
test_narrower_refresh(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		struct vt *t = begin("expired", play_sizes[i]);

		play_keys(t, "R");
		assert_true(vt_has(t, "Where do the new tokens go?"));
		play_keys(t, "2");
		assert_true(vt_has(t, "Refresh the tokens?"));
		play_keys(t, "2");
		assert_true(vt_has(t, "Refresh for a narrower scope"));
		play_keys(t, "openid\r");
		play_keys(t, "3");
		vt_resize(t, 60, 120);
		assert_true(vt_idle(t));
		assert_true(vt_has(t, "Old and new"));
		assert_true(vt_has(t, "lost: "));
		play_quit(t);
	}
}

/* What is sent and what it ends is said before; afterwards the proof stands in step 4. */
static void
test_revocation(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		struct vt *t = begin("healthy", play_sizes[i]);

		play_keys(t, "V");
		assert_true(vt_has(t, "Revoke which token?"));
		play_keys(t, "1");
		assert_true(vt_has(t, "token_type_hint=access_token"));
		play_keys(t, "\r");
		assert_false(vt_has(t, "Revoke the token?"));
		play_keys(t, "V1");
		play_keys(t, "1");
		assert_true(vt_has(t, "[4 Handle "));
		vt_resize(t, 60, 120);
		assert_true(vt_idle(t));
		assert_true(vt_has(t, "── Revocation ──"));
		assert_true(vt_has(t, "active: false"));
		assert_true(vt_has(t, "it is revoked."));
		play_quit(t);
	}
}

static void
test_decision(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		struct vt *t = begin("expired", play_sizes[i]);

		play_keys(t, "4");
		play_keys(t, "a");
		assert_true(vt_has(t, "▸ 401 invalid_token"));
		play_keys(t, "\033[F");
		assert_true(vt_has(t, "HTTP/1.1 200 OK"));
		play_keys(t, "\033");
		play_quit(t);
	}
}

/* --- line by line: the same, without addressing the cursor --- */

/* The first address after these words in what was printed.  Owned. */
static char *
printed_address(struct vt *t, const char *after)
{
	const char *at;

	vt_drain(t);
	at = strstr(t->plain, after);
	at = at ? strstr(at, "\r\n\r\nhttp") : NULL;
	if (!at)
		fail_msg("no address after \"%s\" in %s", after, t->plain);
	return span_dup(span_make(at + 4, strcspn(at + 4, "\r\n")));
}

static struct vt *
begin_lines(const char *scenario, const char *flow)
{
	const char *args[] = {"demo", scenario, "--plain", NULL};
	const struct vt_options o = {.rows = 60, .cols = 60};
	struct vt *t = play_start(&o, args);

	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "i\r");
	assert_true(vt_see(t, "Way:"));
	vt_type(t, flow);
	/* the request first, and nothing is sent yet */
	assert_true(vt_see(t, "1  go on"));
	vt_type(t, "1\r");
	assert_true(vt_see(t, "Where shall the new tokens be kept?"));
	vt_type(t, "2\r");
	assert_true(vt_see(t, "An empty line cancels."));
	return t;
}

static void
end_lines(struct vt *t)
{
	vt_type(t, "q\r");
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 0);
	assert_null(strchr(t->plain, 033));
	play_teardown(NULL);
}

static void
test_lines_code(void **state)
{
	(void)state;
	for (int pasted = 0; pasted < 2; pasted++) {
		struct vt *t = begin_lines("login", "1\r");
		struct browser *b = browser_new();
		char *url = printed_address(t, "It waits for your word."), *at = origin(url);

		assert_int_equal(browser_open(b, url, -1), 200);
		assert_int_equal(browser_allow(b, at, pasted ? 0 : -1), pasted ? 303 : 200);
		if (pasted) {
			vt_type(t, browser_at(b));
			vt_type(t, "\r");
		}
		assert_true(vt_see(t, "Verdict, ok: "));
		browser_free(b);
		free(at);
		free(url);
		end_lines(t);
	}
}

static void
test_lines_device(void **state)
{
	struct vt *t = begin_lines("device", "2\r");
	struct browser *b = browser_new();
	char *url = printed_address(t, "which has the code in it:"), *at = origin(url), *page = xasprintf("%s/device", at);

	(void)state;
	assert_int_equal(browser_post(b, page, strstr(url, "user_code="), -1), 200);
	assert_true(vt_see(t, "Verdict, ok: "));
	browser_free(b);
	free(page);
	free(at);
	free(url);
	end_lines(t);
}

static void
test_lines_cancelled(void **state)
{
	struct vt *t = begin_lines("login", "1\r");

	(void)state;
	vt_type(t, "\r");
	assert_true(vt_see(t, "The login was cancelled."));
	end_lines(t);
}

/* --- a profile with token files: what a refresh brings is offered to them --- */

static char *folder;

static char *
in_folder(const char *name)
{
	return path_join(folder, name);
}

static void
write_in(const char *name, struct span text)
{
	char *path = in_folder(name);
	struct err e = ERR_INIT;

	assert_int_equal(file_write_private(path, text, &e), RES_OK);
	free(path);
}

static char *
read_in(const char *name)
{
	char *path = in_folder(name);
	struct err e = ERR_INIT;
	struct buf b;

	buf_init(&b, 1 << 16);
	assert_int_equal(file_read(path, &b, &e), RES_OK);
	free(path);
	return buf_take(&b);
}

/* A string member of what `serve` wrote, into a file of its own.  Owned. */
static char *
member_to_file(const char *json, const char *name, const char *file)
{
	char *key = xasprintf("\"%s\": \"", name), *value;
	const char *at = strstr(json, key);

	assert_non_null(at);
	at += strlen(key);
	value = span_dup(span_make(at, strcspn(at, "\"")));
	write_in(file, span_of(value));
	free(key);
	return value;
}

/* The server as a program of its own, and a profile for it.  Returns the access token of before. */
static char *
serve_profile(struct vt **server)
{
	char *given = in_folder("given.json"), *json, *conf, *access, *rest[4];
	const char *argv[] = {getenv("TOKENTRIAGE"), "serve", "--port", "0", "--scenario", "expired", "--tokens-out", given,
		NULL};

	*server = vt_start(argv, NULL);
	assert_non_null(*server);
	assert_true(vt_see(*server, "ready port"));
	json = read_in("given.json");
	access = member_to_file(json, "access_token", "at.txt");
	rest[0] = member_to_file(json, "refresh_token", "rt.txt");
	rest[1] = member_to_file(json, "client_secret", "secret.txt");
	rest[2] = member_to_file(json, "issuer", "issuer.txt");
	rest[3] = member_to_file(json, "client_id", "client.txt");
	conf = xasprintf("profiles = ( { name = \"files\"; issuer = \"%s\"; client_id = \"%s\";\n"
		"  client_secret_file = \"secret.txt\"; access_token_file = \"at.txt\"; refresh_token_file = \"rt.txt\"; } );\n",
		rest[2], rest[3]);
	write_in("t.conf", span_of(conf));
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
		free(rest[i]);
	free(conf);
	free(json);
	free(given);
	return access;
}

static void
replaced(const char *before, bool want)
{
	char *now = read_in("at.txt");

	assert_true(now[0] != '\0');
	assert_int_equal(strcmp(now, before) != 0, want);
	free(now);
}

static void
test_token_files(void **state)
{
	(void)state;
	for (int lines = 0; lines < 2; lines++) {
		char *conf, *before, *state_home;
		struct vt *server, *t;

		folder = xstrdup("/tmp/tt-tf-XXXXXX");
		assert_non_null(mkdtemp(folder));
		before = serve_profile(&server);
		conf = in_folder("t.conf");
		state_home = xasprintf("XDG_STATE_HOME=%s", folder);
		{
			const char *args[] = {"--config", conf, "-p", "files", lines ? "--plain" : NULL, NULL};
			const char *env[] = {state_home, NULL};
			const struct vt_options o = {.env = env};

			t = play_start(&o, args);
		}
		if (lines) {
			assert_true(vt_see(t, "Choice:"));
			vt_type(t, "r\r2\ry\r");
			assert_true(vt_see(t, "Write the new ones over them?"));
			replaced(before, false);
			vt_type(t, "y\r");
			assert_true(vt_see(t, "Written."));
			replaced(before, true);
			end_lines(t);
		} else {
			assert_true(vt_idle(t));
			play_keys(t, "w");
			play_refresh(t);
			assert_true(vt_has(t, "Replace the profile's token files?"));
			assert_true(vt_has(t, "at.txt"));
			replaced(before, false);
			play_keys(t, "1");
			assert_true(vt_has(t, "now hold the newest tokens"));
			replaced(before, true);
			play_quit(t);
		}
		vt_free(server);
		assert_int_equal(remove_tree(folder), 0);
		free(state_home);
		free(conf);
		free(before);
		free(folder);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_code, play_teardown),
		cmocka_unit_test_teardown(test_code_pasted_back, play_teardown),
		cmocka_unit_test_teardown(test_cancelled, play_teardown),
		cmocka_unit_test_teardown(test_device, play_teardown),
		cmocka_unit_test_teardown(test_device_refused, play_teardown),
		cmocka_unit_test_teardown(test_without_a_browser, play_teardown),
		cmocka_unit_test_teardown(test_silent, play_teardown),
		cmocka_unit_test_teardown(test_narrower_refresh, play_teardown),
		cmocka_unit_test_teardown(test_revocation, play_teardown),
		cmocka_unit_test_teardown(test_decision, play_teardown),
		cmocka_unit_test_teardown(test_token_files, play_teardown),
		cmocka_unit_test_teardown(test_lines_code, play_teardown),
		cmocka_unit_test_teardown(test_lines_device, play_teardown),
		cmocka_unit_test_teardown(test_lines_cancelled, play_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
