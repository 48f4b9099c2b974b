/*
 * The real program and the terminal it is given: resizes, a command beside it, stopping, signals, hang-up, crash.
 */
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/mem.h"
#include "pty/play.h"

static const char *const demo_expired[] = {"demo", "expired", NULL};

/* --- resize -------------------------------------------------------------------------------------- */

static void
test_resize_while_asking(void **state)
{
	int fd;
	struct vt *t = play_start_waiting(&fd);

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

/* --- a command that gives the client's secret ---------------------------------------------------- */

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

	*fd = play_deaf_port(true, url);
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

/* A variable or a file that the profile names and that is not there: the wizard opens, and says so. */
static void
test_profile_lacks(void **state)
{
	static const struct {
		const char *names, *says;
	} rows[] = {{"client_secret_env = \"TT_NOT_SET\"", "profile x: client_secret: the environment"},
		{"access_token_file = \"/nowhere/at\"", "profile x: access_token_file: /nowhere/at"}};
	char folder[] = "/tmp/tt-lacks-XXXXXX", *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	file = path_join(folder, "tokentriage.conf");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text = xasprintf("default_profile = \"x\"; profiles = ({ name = \"x\"; client_id = \"c\"; "
			"introspection_endpoint = \"http://127.0.0.1:1/i\"; %s; });", rows[i].names);
		struct err e = ERR_INIT;
		struct vt *t;

		assert_int_equal(file_write_private(file, span_of(text), &e), RES_OK);
		t = play_start(NULL, (const char *[]){"-c", file, NULL});
		assert_true(vt_see(t, "Part of the profile is missing"));
		assert_true(vt_has(t, rows[i].says));
		vt_type(t, "\r");
		assert_true(vt_gone(t, "Part of the profile is missing"));
		assert_true(vt_has(t, "Which server, which token?"));
		vt_type(t, "\033");
		assert_true(vt_gone(t, "Which server"));
		assert_true(vt_idle(t));
		play_quit(t);
		free(text);
	}
	free(file);
	remove_folder(folder);
}

/* --- stopping and going on ----------------------------------------------------------------------- */

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
		assert_false(t->mouse);
		assert_true(t->cursor);
		assert_true(vt_modes_restored(t));
		assert_false(vt_has(t, "[5 Debug"));
		if (n > 1) /* the second time resized while it does not look */
			vt_resize(t, n == 2 ? 30 : 24, n == 2 ? 100 : 80);
		vt_continue(t);
		assert_true(vt_see(t, "[5 Debug"));
		assert_true(vt_idle(t));
		assert_true(t->alternate && t->bracketed && t->mouse && !t->cursor);
		play_keys(t, "4");
		assert_true(vt_has(t, "[4 Handle"));
		play_keys(t, "5");
	}
	play_quit(t);
}

/* --- the ways out -------------------------------------------------------------------------------- */

static void
test_signals(void **state)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		int fd;
		struct vt *t = play_start_waiting(&fd);

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
	struct vt *t = play_start_waiting(&fd);

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
		struct vt *t = play_start_waiting(&fd);

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
		struct vt *t = busy ? play_start_waiting(&fd) : play_start(NULL, demo_expired);
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
		TEST(test_resize_while_asking),
		TEST(test_resize_and_answer),
		TEST(test_secret_command),
		TEST(test_secret_command_fails),
		TEST(test_profile_lacks),
		TEST(test_stop_and_continue),
		TEST(test_signals),
		TEST(test_interrupt_key),
		TEST(test_crash),
		TEST(test_hang_up),
		TEST(test_nothing_is_left_for_the_shell),
		TEST(test_log_is_reopened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
