/*
 * The real program and its terminal: resizes, Esc, pastes, stopping, signals, hang-up, crash, odd terminals, colours.
 */
#include "unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "pty/play.h"

static const char *const demo_expired[] = {"demo", "expired", NULL};

/* --- a server that never answers, and one that is not there ----------------------------------------- */

/* Bound to loopback; with listen connections succeed, and nobody ever reads from them. */
static int
port_of_none(bool connects, char url[64])
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	if (connects)
		assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	snprintf(url, 64, "http://127.0.0.1:%d", ntohs(a.sin_port));
	return fd;
}

/* The wizard with a request under way that ends only when it is cancelled (or after ten minutes). */
static struct vt *
start_waiting(int *fd)
{
	static const char *const env[] = {"TT_TEST_TOKEN=opaque-token-of-no-server", NULL};
	const struct vt_options o = {.env = env};
	char url[64], issuer[80];
	const char *args[] = {issuer, "--access-token-env=TT_TEST_TOKEN", "--timeout=600", NULL};
	struct vt *t;

	*fd = port_of_none(true, url);
	snprintf(issuer, sizeof(issuer), "--issuer=%s", url);
	t = play_start(&o, args);
	assert_true(vt_idle(t));
	vt_type(t, "\r");
	assert_true(vt_blocked(t));
	assert_int_equal(t->last.state, 'b');
	assert_true(vt_has(t, "Esc cancel"));
	return t;
}

/* --- resize ------------------------------------------------------------------------------------------- */

static void
test_resize_while_asking(void **state)
{
	int fd;
	struct vt *t = start_waiting(&fd);

	(void)state;
	vt_resize(t, 18, 60);
	assert_true(vt_blocked(t));
	assert_true(vt_has(t, "[1 Verify"));
	vt_resize(t, 10, 40);
	assert_true(vt_blocked(t));
	assert_true(vt_has(t, "too small: needs 60x18"));
	assert_false(vt_has(t, "Verify"));
	vt_resize(t, 24, 80);
	assert_true(vt_blocked(t));
	assert_int_equal(t->last.state, 'b');
	assert_true(vt_has(t, "[1 Verify"));
	vt_type(t, "\033");
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "Cancelled."));
	play_quit(t);
	close(fd);
}

static void
test_resize_and_answer(void **state)
{
	static const char *const args[] = {"demo", "healthy-slow", NULL};
	static const int sizes[][2] = {{18, 60}, {10, 40}, {24, 80}};
	struct vt *t = play_start(NULL, args);
	char glyph[8];

	(void)state;
	assert_true(vt_idle(t));
	vt_type(t, "w");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		vt_resize(t, sizes[i][0], sizes[i][1]);
		assert_true(vt_blocked(t));
	}
	assert_true(vt_idle(t));
	free(play_verdict(t, glyph));
	assert_string_equal(glyph, "✓");
	play_quit(t);
}

/* --- a command that gives the client's secret ---------------------------------------------------------- */

/* The wizard with a profile whose secret comes from this command, and a configuration in folder. */
static struct vt *
start_with_command(const char *folder, const char *command, int *fd)
{
	static const char *const env[] = {"TT_TEST_TOKEN=opaque-token-of-no-server", NULL};
	const struct vt_options o = {.env = env};
	char url[64], *file = path_join(folder, "tokentriage.conf"), *text;
	const char *args[] = {"-c", file, "--access-token-env=TT_TEST_TOKEN", NULL};
	struct err e = ERR_INIT;
	struct vt *t;

	*fd = port_of_none(true, url);
	text = xasprintf("default_profile = \"x\"; profiles = ({ name = \"x\"; introspection_endpoint = \"%s/i\"; "
		"client_id = \"c\"; client_secret_command = \"%s\"; timeout = 600; });", url, command);
	assert_int_equal(file_write_private(file, span_of(text), &e), RES_OK);
	t = play_start(&o, args);
	free(file);
	free(text);
	return t;
}

static void
remove_folder(const char *folder)
{
	static const char *const names[] = {"tokentriage.conf", "fifo"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = path_join(folder, names[i]);

		unlink(path);
		free(path);
	}
	assert_int_equal(rmdir(folder), 0);
}

/* The loop goes on while the command runs; what was asked for goes out when the secret is there. */
static void
test_secret_command(void **state)
{
	char folder[] = "/tmp/tt-secret-XXXXXX", *fifo, *command;
	struct pollfd came = {.events = POLLIN};
	int out, peer;
	struct vt *t;

	(void)state;
	assert_non_null(mkdtemp(folder));
	fifo = path_join(folder, "fifo");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	command = xasprintf("cat %s", fifo);
	t = start_with_command(folder, command, &came.fd);
	assert_true(vt_idle(t));
	vt_type(t, "\r");
	assert_true(vt_see(t, "client secret's command"));
	assert_true(vt_blocked(t));
	vt_type(t, "\033"); /* takes back what waits */
	assert_true(vt_idle(t));
	vt_type(t, "\r");
	assert_true(vt_see(t, "client secret's command"));
	assert_int_equal(poll(&came, 1, 0), 0); /* nothing goes out without it */
	out = open(fifo, O_WRONLY | O_CLOEXEC);
	assert_true(out >= 0);
	assert_int_equal(write(out, "quiet-secret-of-a-command\n", 26), 26);
	close(out);
	assert_int_equal(poll(&came, 1, t->timeout_ms), 1);
	peer = accept(came.fd, NULL, NULL);
	assert_true(peer >= 0);
	assert_true(vt_gone(t, "client secret's command"));
	vt_type(t, "\033");
	assert_true(vt_idle(t));
	play_quit(t);
	close(peer);
	close(came.fd);
	remove_folder(folder);
	free(fifo);
	free(command);
}

static void
test_secret_command_fails(void **state)
{
	char folder[] = "/tmp/tt-secret-XXXXXX";
	int fd;
	struct vt *t;

	(void)state;
	assert_non_null(mkdtemp(folder));
	t = start_with_command(folder, "echo the vault is sealed >&2; exit 3", &fd);
	assert_true(vt_see(t, "The client secret cannot be had"));
	assert_true(vt_has(t, "ended with status 3: the vault"));
	vt_type(t, "\r");
	assert_true(vt_gone(t, "The client secret cannot be had"));
	assert_true(vt_idle(t));
	play_quit(t);
	close(fd);
	remove_folder(folder);
}

/* --- keys --------------------------------------------------------------------------------------------- */

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

static void
test_paste_of_16_kib(void **state)
{
	enum { SIZE = 16384 + 255 };
	char *token = xmalloc(SIZE + 1), url[64], glyph[8], *finding;
	bool first;
	int fd = port_of_none(false, url);
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

/* What was typed ahead and not read when it left is not for the shell. */
static void
test_nothing_is_left_for_the_shell(void **state)
{
	static const char script[] = "trap : TERM; \"$0\" demo expired; IFS= read -r line; echo \"line: $line.\"";
	const char *const argv[] = {"/bin/sh", "-c", script, getenv("TOKENTRIAGE"), NULL};
	struct vt *t = playing = vt_start(argv, NULL);

	(void)state;
	assert_non_null(t);
	assert_true(vt_idle(t));
	/* asleep it reads nothing; when it wakes the signal comes first */
	kill(-t->pid, SIGSTOP);
	vt_type(t, "echo PWNED\r");
	kill(-t->pid, SIGTERM);
	kill(-t->pid, SIGCONT);
	assert_true(vt_see(t, "Nothing was changed on the server."));
	vt_type(t, "fine\r");
	assert_true(vt_exit(t));
	assert_non_null(strstr(t->plain, "line: fine."));
	assert_null(strstr(t->plain, "PWNED"));
	vt_free(t);
	playing = NULL;
}

/* Line by line the same: what was pasted behind the line that ended it. */
static void
test_no_line_is_left_for_the_shell(void **state)
{
	static const char script[] = "\"$0\" demo expired --plain; IFS= read -r line; echo \"line: $line.\"";
	const char *const argv[] = {"/bin/sh", "-c", script, getenv("TOKENTRIAGE"), NULL};
	struct vt *t = playing = vt_start(argv, NULL);

	(void)state;
	assert_non_null(t);
	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "q\recho PWNED\r");
	assert_true(vt_see(t, "Nothing was changed on the server."));
	vt_type(t, "fine\r");
	assert_true(vt_exit(t));
	assert_non_null(strstr(t->plain, "line: fine."));
	assert_null(strstr(t->plain, "line: echo"));
	vt_free(t);
	playing = NULL;
}

/* --- secrets ------------------------------------------------------------------------------------------ */

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

/* --- stopping and going on ---------------------------------------------------------------------------- */

static void
test_stop_and_continue(void **state)
{
	const struct vt_options o = {.job = true};
	struct vt *t = play_start(&o, demo_expired);

	(void)state;
	play_walk(t);
	for (unsigned n = 1; n <= 3; n++) {
		vt_type(t, "\032");
		assert_true(vt_stopped(t, n));
		vt_drain(t);
		assert_false(t->alternate);
		assert_false(t->bracketed);
		assert_true(t->cursor);
		assert_true(vt_modes_restored(t));
		assert_false(vt_has(t, "[5 Debug"));
		if (n > 1) /* the second time resized while it does not look */
			vt_resize(t, n == 2 ? 30 : 24, n == 2 ? 100 : 80);
		vt_continue(t);
		assert_true(vt_see(t, "[5 Debug"));
		assert_true(vt_idle(t));
		assert_true(t->alternate && t->bracketed && !t->cursor);
		play_keys(t, "4");
		assert_true(vt_has(t, "[4 Handle"));
		play_keys(t, "5");
	}
	play_quit(t);
}

/* --- the ways out ------------------------------------------------------------------------------------- */

static void
test_signals(void **state)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		int fd;
		struct vt *t = start_waiting(&fd);

		vt_signal(t, signals[i]);
		play_restored(t);
		assert_true(WIFEXITED(t->status));
		assert_int_equal(WEXITSTATUS(t->status), 128 + signals[i]);
		close(fd);
	}
}

static void
test_interrupt_key(void **state)
{
	int fd;
	struct vt *t = start_waiting(&fd);

	(void)state;
	vt_type(t, "\003");
	play_restored(t);
	assert_true(WIFEXITED(t->status));
	assert_int_equal(WEXITSTATUS(t->status), 128 + SIGINT);
	assert_non_null(strstr(t->plain, " sent.\r\n"));
	close(fd);
}

static void
test_crash(void **state)
{
	static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS};

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		int fd;
		struct vt *t = start_waiting(&fd);

		vt_signal(t, signals[i]);
		play_restored(t);
		assert_non_null(strstr(t->plain, "the terminal was given back"));
		/* a sanitizer makes an exit of it */
		assert_true(WIFSIGNALED(t->status) ? WTERMSIG(t->status) == signals[i] : WEXITSTATUS(t->status) != 0);
		close(fd);
	}
}

static double
children_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
		(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void
test_hang_up(void **state)
{
	(void)state;
	for (int busy = 0; busy < 2; busy++) {
		int fd = -1;
		struct vt *t = busy ? start_waiting(&fd) : play_start(NULL, demo_expired);
		double before = children_s();

		assert_true(vt_blocked(t));
		vt_hang_up(t);
		assert_true(vt_exit(t));
		assert_true(WIFEXITED(t->status));
		assert_int_equal(WEXITSTATUS(t->status), 128 + SIGHUP);
		assert_true(children_s() - before < 5);
		if (fd >= 0)
			close(fd);
	}
}

/* --- terminals ---------------------------------------------------------------------------------------- */

static void
test_terminals(void **state)
{
	static const char *const terms[] = {"TERM=xterm", "TERM=vt100", "TERM=linux", "TERM=tmux-256color",
		"TERM=screen", "TERM=screen-256color", "TERM=frobozz-256color"};

	char lsan[1100];

	(void)state;
	/* what a library loses is no fault of the program's under LeakSanitizer */
	snprintf(lsan, sizeof(lsan), "LSAN_OPTIONS=print_suppressions=0:suppressions=%s/tests/pty/lsan.supp",
		getenv("srcdir") ? getenv("srcdir") : ".");
	for (size_t i = 0; i < sizeof(terms) / sizeof(*terms); i++) {
		const char *env[] = {terms[i], lsan, NULL};
		const struct vt_options o = {.env = env};
		struct vt *t = play_start(&o, demo_expired);
		char glyph[8], *verdict;

		play_walk(t);
		verdict = play_verdict(t, glyph);
		assert_string_equal(glyph, "✗");
		assert_non_null(strstr(verdict, "The access token expired"));
		free(verdict);
		play_keys(t, "\033OB\033[B");
		assert_true(vt_has(t, "▸"));
		play_quit(t);
	}
}

/* Lines for a terminal that can do no more; not one escape sequence. */
static void
line_journey(const char *term, const char *const *args)
{
	const char *env[] = {term, NULL};
	const struct vt_options o = {.env = env, .rows = 60};
	struct vt *t = play_start(&o, args);

	assert_true(vt_see(t, "Choice:"));
	for (int i = 1; i <= 5; i++) {
		char now[32];

		snprintf(now, sizeof(now), "Now at step %d", i < 5 ? i + 1 : 1);
		vt_type(t, "n\r");
		assert_true(vt_see(t, now));
	}
	assert_true(vt_see(t, "Verdict, problem: The access token expired"));
	/* what was not done is not ok */
	vt_type(t, "s\r");
	assert_true(vt_see(t, "3 Refresh: skipped"));
	vt_type(t, "3\r");
	assert_true(vt_see(t, "refreshable: yes - r refreshes: a refresh token is there"));
	assert_true(vt_see(t, "Next: Refresh it: choice r."));
	vt_type(t, "q\r");
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 0);
	assert_null(strchr(t->plain, 033));
	assert_null(play_leak(t->plain));
	assert_non_null(strstr(t->plain, " sent.\r\n"));
}

static void
test_lines(void **state)
{
	static const char *const plain[] = {"demo", "expired", "--plain", NULL};

	(void)state;
	line_journey("TERM=dumb", demo_expired);
	line_journey("TERM=", demo_expired);
	line_journey("TERM=xterm-256color", plain);
}

/* The goal of a lesson: finding out is not enough where the scenario is to be mended. */
static void
test_lessons(void **state)
{
	static const char *const healthy[] = {"demo", "healthy", "--plain", NULL};
	static const char *const expired[] = {"demo", "expired", "--plain", NULL};
	const struct vt_options o = {.rows = 60};
	struct vt *t = play_start(&o, healthy);

	(void)state;
	assert_true(vt_see(t, "This scenario: Walk the five steps"));
	vt_type(t, "n\r");
	assert_true(vt_see(t, "Now at step 2"));
	assert_null(strstr(t->plain, "Lesson done"));
	vt_type(t, "4\r\r");
	assert_true(vt_see(t, "Lesson done. Next: tokentriage demo healthy-opaque"));
	vt_type(t, "q\r");
	play_restored(t);
	t = play_start(&o, expired);
	assert_true(vt_see(t, "Choice:"));
	for (int i = 1; i <= 5; i++) {
		char now[32];

		snprintf(now, sizeof(now), "Now at step %d", i < 5 ? i + 1 : 1);
		vt_type(t, "n\r");
		assert_true(vt_see(t, now));
	}
	assert_null(strstr(t->plain, "Lesson done"));
	vt_type(t, "r\r");
	assert_true(vt_see(t, "in memory only"));
	vt_type(t, "2\r");
	assert_true(vt_see(t, "Refresh now?"));
	vt_type(t, "y\r");
	assert_true(vt_see(t, "Lesson done. Next: tokentriage demo revoked"));
	vt_type(t, "q\r");
	play_restored(t);
}

/* The longest row the program wrote is no longer than the terminal is wide, and no word was cut at its edge. */
static void
test_lines_wrap(void **state)
{
	static const char *const args[] = {"demo", "wrong-secret", "--plain", NULL};
	const struct vt_options o = {.rows = 60, .cols = 50};
	struct vt *t = play_start(&o, args);
	char *rest, *line;

	(void)state;
	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "\r");
	assert_true(vt_see(t, "Next:"));
	vt_type(t, "g\r");
	assert_true(vt_see(t, "Try next:"));
	vt_type(t, "?\r");
	assert_true(vt_see(t, "k shows the glossary."));
	vt_type(t, "/AUDIENCE\r");
	assert_true(vt_see(t, "(RFC 7519 §4.1.3)"));
	vt_type(t, "/no such words\r");
	assert_true(vt_see(t, "Nothing is said of that"));
	vt_type(t, "what is this\r");
	assert_true(vt_see(t, "That is none of the choices"));
	vt_type(t, "q\r");
	play_restored(t);
	assert_non_null(strstr(t->plain, "Verdict, undetermined:"));
	assert_non_null(strstr(t->plain, "POST /introspect HTTP/1.1"));
	assert_non_null(strstr(t->plain, "Can one token be used for several resources?"));
	for (line = strtok_r(t->plain, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest))
		if (utf8_cells(span_of(line)) > 49)
			fail_msg("%zu cells: %s", utf8_cells(span_of(line)), line);
}

/* Further probes line by line: question, cost and danger first, and nothing without a yes. */
static void
test_lines_probe(void **state)
{
	static const char *const args[] = {"demo", "wrong-secret", "--plain", NULL};
	const struct vt_options o = {.rows = 60, .cols = 220};
	struct vt *t = play_start(&o, args);

	(void)state;
	assert_true(vt_see(t, "Choice:"));
	vt_type(t, "\r");
	assert_true(vt_see(t, "Verdict, undetermined: The server refuses client"));
	assert_true(vt_see(t, "Probe further (choice p)"));
	vt_type(t, "p\r");
	assert_true(vt_see(t, "1 request; if the secret is wrong, it counts as one more failed login"));
	assert_true(vt_see(t, "Ask them now? [y/N]"));
	vt_type(t, "\r");
	assert_true(vt_see(t, "Nothing was sent."));
	vt_type(t, "p\ry\r");
	assert_true(vt_see(t, "Verdict, problem: The server refuses client"));
	vt_type(t, "p\r");
	assert_true(vt_see(t, "Nothing is open"));
	vt_type(t, "q\r");
	play_restored(t);
	assert_int_equal(WEXITSTATUS(t->status), 0);
	assert_null(play_leak(t->plain));
}

/* What waits for a token from the terminal says so; the wizard, whose keys come from there, does not begin. */
static void
test_token_from_the_terminal(void **state)
{
	static const char *const check[] = {"check", "--access-token-file", "-", "--issuer=http://127.0.0.1:1", NULL};
	static const char *const wizard[] = {"--access-token-file", "-", NULL};
	struct vt *t = play_start(NULL, check);

	(void)state;
	assert_true(vt_see(t, "reading the token from the terminal"));
	vt_type(t, "opaque\r\004");
	assert_true(vt_exit(t));
	assert_int_equal(WEXITSTATUS(t->status), 1);
	vt_free(t);
	playing = NULL;
	t = play_start(NULL, wizard);
	assert_true(vt_exit(t));
	assert_int_equal(WEXITSTATUS(t->status), 2);
	assert_true(vt_has(t, "a token cannot come from stdin"));
	vt_free(t);
	playing = NULL;
}

/* Each step and the pages over it, in a locale without UTF-8: not one byte above ASCII. */
static void
test_ascii(void **state)
{
	static const char *const env[] = {"LC_ALL=C", NULL};
	static const char *const keys[] = {"1", "\r", "\r", "\r", "\r", "\r", "f", "\033", "?", "\033", "g", "\033", "L",
		"L", "L", "R", "\033", "4", "5"};
	const struct vt_options o = {.env = env};
	struct vt *t = play_start(&o, demo_expired);

	(void)state;
	assert_true(vt_idle(t));
	vterm_set_utf8(t->term, 0);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		play_keys(t, keys[i]);
		for (const char *p = vt_text(t); *p; p++) {
			if ((unsigned char)*p >= 0x80) {
				vt_dump(t, "ASCII");
				fail_msg("after %s byte %02x at: %.20s", keys[i], (unsigned char)*p, p);
			}
		}
	}
	assert_true(vt_has(t, "x The access token expired"));
	assert_true(vt_has(t, "-- Findings --"));
	play_quit(t);
}

static int
coloured_cells(struct vt *t)
{
	int n = 0;

	for (int row = 0; row < t->rows; row++) {
		for (int col = 0; col < t->cols; col++) {
			VTermPos pos = {row, col};
			VTermScreenCell cell;

			vterm_screen_get_cell(t->screen, pos, &cell);
			n += !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
		}
	}
	return n;
}

static void
test_no_color(void **state)
{
	static const char *const never[] = {"demo", "expired", "--color", "never", NULL};
	static const struct {
		const char *env;
		const char *const *args;
		bool colours;
	} worlds[] = {{"NO_COLOR=", demo_expired, true}, {"NO_COLOR=1", demo_expired, false},
		{"NO_COLOR=", never, false}, {"TERM=vt100", demo_expired, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(worlds) / sizeof(*worlds); i++) {
		const char *env[] = {worlds[i].env, NULL};
		const struct vt_options o = {.env = env};
		struct vt *t = play_start(&o, worlds[i].args);

		play_walk(t);
		for (const char *step = "12345"; *step; step++) {
			char key[2] = {*step, '\0'};

			play_keys(t, key);
			assert_int_equal(coloured_cells(t) > 0, worlds[i].colours);
		}
		/* the state has a glyph of its own */
		assert_true(vt_has(t, "✗ The access token expired"));
		play_quit(t);
	}
}

/* A log file that was moved away is opened anew: by a key, and by SIGUSR1, which ends nothing. */
static void
test_log_is_reopened(void **state)
{
	char dir[] = "test-log-XXXXXX", log[80], moved[80];
	const char *args[] = {"demo", "healthy", "--log-file", log, NULL};
	struct vt *t;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(log, sizeof(log), "%s/log", dir);
	snprintf(moved, sizeof(moved), "%s/moved", dir);
	t = play_start(NULL, args);
	play_keys(t, "\r");
	assert_int_equal(rename(log, moved), 0);
	play_keys(t, "O");
	assert_true(vt_has(t, "The log file was opened anew."));
	assert_int_equal(access(log, F_OK), 0);
	assert_int_equal(rename(log, moved), 0);
	play_keys(t, "2"); /* the notice goes */
	assert_true(vt_gone(t, "The log file was opened anew."));
	vt_signal(t, SIGUSR1);
	assert_true(vt_see(t, "The log file was opened anew."));
	assert_int_equal(access(log, F_OK), 0);
	play_quit(t);
	unlink(log);
	unlink(moved);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, play_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_resize_while_asking), TEST(test_resize_and_answer), TEST(test_esc),
		TEST(test_paths_are_mended), TEST(test_enter_in_the_full_log),
		TEST(test_secret_command), TEST(test_secret_command_fails),
		TEST(test_paste_of_16_kib), TEST(test_a_paste_is_no_key),
		TEST(test_nothing_is_left_for_the_shell), TEST(test_no_line_is_left_for_the_shell),
		TEST(test_show_secret), TEST(test_stop_and_continue), TEST(test_signals),
		TEST(test_interrupt_key), TEST(test_log_is_reopened), TEST(test_crash), TEST(test_hang_up), TEST(test_terminals), TEST(test_lines),
		TEST(test_lessons), TEST(test_lines_wrap), TEST(test_lines_probe),
		TEST(test_token_from_the_terminal), TEST(test_ascii), TEST(test_no_color),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
