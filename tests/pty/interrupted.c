/*
 * The real program at its next start after a refresh whose answer was not kept, on the screen and in lines; and left in
 * the middle of one.
 */
#include "unit.h"

#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "pty/play.h"
#include "remove-tree.h"

#define MARK "00000000000000000000000000000007.mark"

static char work[64], *state_folder, *env_state;

static int
set_up_folder(void **state)
{
	(void)state;
	snprintf(work, sizeof(work), "/tmp/tt-interrupted-XXXXXX");
	if (!mkdtemp(work))
		return -1;
	state_folder = path_join(work, "tokentriage");
	env_state = xasprintf("XDG_STATE_HOME=%s", work);
	return mkdir(state_folder, 0700);
}

/* What such a run left: the folder, the salt, and the mark. */
static int
set_up(void **state)
{
	char *salt, *mark;

	if (set_up_folder(state) != 0)
		return -1;
	salt = path_join(state_folder, "salt");
	mark = path_join(state_folder, MARK);
	if (file_write_private(salt, SPAN_LIT("0123456789abcdef0123456789abcdef"), NULL) != RES_OK ||
		file_write_private(mark, SPAN_LIT("since 1769860800\nwhose acme at idp.example\n"), NULL) != RES_OK)
		return -1;
	free(salt);
	free(mark);
	return 0;
}

static int
tear_down(void **state)
{
	int r = play_teardown(state);

	if (remove_tree(work) != 0)
		r = -1;
	free(state_folder);
	free(env_state);
	return r;
}

/* How many refreshes are marked as in flight. */
static size_t
marks(void)
{
	char *pattern = path_join(state_folder, "*.mark");
	glob_t found = {0};
	size_t n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;

	globfree(&found);
	free(pattern);
	return n;
}

static struct vt *
start(const char *plain)
{
	const char *const env[] = {env_state, "TT_TEST_TOKEN=opaque-token-of-no-server", NULL};
	const struct vt_options o = {.env = env};
	const char *args[] = {"--issuer=http://127.0.0.1:1", "--access-token-env=TT_TEST_TOKEN", plain, NULL};

	return play_start(&o, args);
}

/* Shown at every start, until the user has seen it. */
static void
test_on_the_screen(void **state)
{
	struct vt *t;

	(void)state;
	t = start(NULL);
	assert_true(vt_see(t, "A refresh was interrupted"));
	assert_true(vt_has(t, "acme at idp.example"));
	vt_type(t, "\r"); /* Enter alone forgets nothing */
	assert_true(vt_gone(t, "A refresh was interrupted"));
	assert_true(vt_idle(t));
	play_quit(t);
	assert_int_equal(marks(), 1);
	t = start(NULL);
	assert_true(vt_see(t, "A refresh was interrupted"));
	vt_type(t, "2");
	assert_true(vt_gone(t, "A refresh was interrupted"));
	assert_true(vt_idle(t));
	play_quit(t);
	assert_int_equal(marks(), 0);
	t = start(NULL);
	assert_true(vt_idle(t));
	assert_false(vt_has(t, "A refresh was interrupted"));
	play_quit(t);
}

static void
test_in_lines(void **state)
{
	struct vt *t;

	(void)state;
	t = start("--plain");
	assert_true(vt_see(t, "Note: A refresh of acme at idp.example, sent 2026-01-31T12:00:00Z, ended"));
	assert_true(vt_see(t, "d: do not mention it again."));
	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "d\r");
	assert_true(vt_see(t, "the token is not sent again."));
	assert_int_equal(marks(), 0);
	vt_type(t, "q\r");
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 0);
}

/* --- Ctrl-C while the new tokens are on their way ------------------------------------------------------ */

/* Until the whole head of the request is there, then as much as came with it. */
static void
read_request(int peer)
{
	char text[16384] = "";
	size_t n = 0;

	while (!strstr(text, "\r\n\r\n") || !strstr(text, "grant_type=refresh_token")) {
		ssize_t k = read(peer, text + n, sizeof(text) - 1 - n);

		assert_true(k > 0);
		n += (size_t)k;
		text[n] = '\0';
	}
}

/* The wizard with its refresh sent, and the connection that it waits on; to a file, or in memory. */
static struct vt *
refreshing(const char *out, int *server, int *peer)
{
	const char *const env[] = {env_state, "TT_TEST_TOKEN=opaque-token-of-no-server",
		"TT_TEST_REFRESH=opaque-refresh-token-of-a-test", NULL};
	const struct vt_options o = {.env = env};
	char url[64], endpoint[96], *place = xasprintf("--tokens-out=%s", out ? out : "");
	const char *args[] = {endpoint, "--client-id=app", "--access-token-env=TT_TEST_TOKEN",
		"--refresh-token-env=TT_TEST_REFRESH", "--timeout=600", out ? place : NULL, NULL};
	struct vt *t;

	*server = play_deaf_port(true, url);
	snprintf(endpoint, sizeof(endpoint), "--token-endpoint=%s/token", url);
	t = play_start(&o, args);
	assert_true(vt_idle(t));
	play_keys(t, "\033"); /* what is given will do */
	play_keys(t, "R");
	if (!out) {
		assert_true(vt_has(t, "Where do the new tokens go?"));
		play_keys(t, "2");
	}
	assert_true(vt_has(t, "Refresh the tokens?"));
	vt_type(t, "1");
	*peer = accept(*server, NULL, NULL);
	assert_true(*peer >= 0);
	read_request(*peer);
	assert_true(vt_blocked(t));
	assert_int_equal(t->last.state, 'b');
	free(place);
	return t;
}

/* They are waited for, whatever is pressed, and kept; the terminal is given back before. */
static void
test_ctrl_c_loses_no_tokens(void **state)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
		"Content-Length: 147\r\n\r\n{\"access_token\":\"opaque-access-token-of-the-refresh\","
		"\"token_type\":\"Bearer\",\"expires_in\":3600,"
		"\"refresh_token\":\"opaque-refresh-token-of-the-refresh\"}";
	char *out = path_join(work, "new.json");
	int server, peer;
	struct vt *t = refreshing(out, &server, &peer);
	struct buf b;
	struct err e = ERR_INIT;

	(void)state;
	vt_type(t, "\003");
	assert_true(vt_see(t, "Waiting for the new tokens, 600 s at most"));
	assert_true(vt_modes_restored(t));
	assert_false(t->alternate);
	assert_false(t->exited);
	assert_int_equal(marks(), 1);
	assert_int_equal(write(peer, answer, sizeof(answer) - 1), sizeof(answer) - 1);
	play_restored(t);
	assert_true(WIFEXITED(t->status));
	assert_int_equal(WEXITSTATUS(t->status), 128 + SIGINT);
	assert_non_null(strstr(t->plain, "The tokens were refreshed; the new ones are in\r\n"));
	buf_init(&b, 1 << 16);
	assert_int_equal(file_read(out, &b, &e), RES_OK);
	assert_non_null(strstr(buf_str(&b), "opaque-access-token-of-the-refresh"));
	assert_non_null(strstr(buf_str(&b), "opaque-refresh-token-of-the-refresh"));
	assert_int_equal(marks(), 0);
	buf_release(&b);
	close(peer);
	close(server);
	unlink(out);
	free(out);
}

/* Where nothing would keep them nobody waits; the mark and the farewell say that they may be somewhere. */
static void
test_ctrl_c_in_memory(void **state)
{
	int server, peer;
	struct vt *t = refreshing(NULL, &server, &peer);

	(void)state;
	vt_type(t, "\003");
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 128 + SIGINT);
	assert_non_null(strstr(t->plain, "A refresh was sent, and its answer did not come"));
	assert_null(strstr(t->plain, "Nothing was changed on the server."));
	assert_int_equal(marks(), 1);
	close(peer);
	close(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_on_the_screen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_in_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ctrl_c_loses_no_tokens, set_up_folder, tear_down),
		cmocka_unit_test_setup_teardown(test_ctrl_c_in_memory, set_up_folder, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
