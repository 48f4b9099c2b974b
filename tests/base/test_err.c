#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"

static void
test_set(void **state)
{
	struct err e = {RES_IO, 7, 9, "old"};

	(void)state;
	errno = ENOENT;
	assert_int_equal(
		err_set(&e, RES_SYNTAX, "bad \"%s\" at %d", "x\033[1m\n\u202E", 3), RES_SYNTAX);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(e.code, RES_SYNTAX);
	assert_int_equal(e.offset, 0);
	assert_int_equal(e.line, 0);
	assert_string_equal(e.text, "bad \"x\\e[1m\\n\\u{202E}\" at 3");
	assert_int_equal(err_set(NULL, RES_LIMIT, "nobody reads this"), RES_LIMIT);
	/* Its own text may be an argument. */
	err_set(&e, RES_IO, "%s: %s", "file", e.text);
	assert_string_equal(e.text, "file: bad \"x\\e[1m\\n\\u{202E}\" at 3");
}

static void
test_long(void **state)
{
	struct err e = ERR_INIT;
	char text[4000];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof text; i++)
		text[i] = "\xE2\x82\xAC"[i % 3];
	text[sizeof text - 1] = '\0';
	err_set(&e, RES_SYNTAX, "%s", text);
	assert_in_range(strlen(e.text), ERR_TEXT_MAX - 4, ERR_TEXT_MAX - 1);
	assert_true(text_is_safe(span_of(e.text)));
}

static void
test_errno(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_errno(&e, "open %s", "/x"), RES_IO);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(e.code, RES_IO);
	assert_string_equal(e.text, "open /x: No such file or directory");
	assert_int_equal(err_errno(NULL, "x"), RES_IO);
}

static void
test_names(void **state)
{
	(void)state;
	for (int i = RES_OK; i <= RES_REFUSED; i++)
		for (int j = i + 1; j <= RES_REFUSED; j++)
			assert_string_not_equal(res_name((enum res)i), res_name((enum res)j));
	assert_string_equal(res_name(RES_OK), "ok");
	assert_string_equal(res_name((enum res)99), "?");
}

static void
say(const char *s)
{
	if (write(STDERR_FILENO, s, strlen(s)) < 0)
		_exit(99);
}

static void
restore_one(void)
{
	say("one ");
}

static void
restore_two(void)
{
	say("two ");
	die_restore(); /* again, from inside: the one that runs does not run twice */
}

/* Runs f in a child; its stderr is put into out.  Returns the exit status, or 1000 + signal. */
static int
run(void (*f)(void), char out[1000])
{
	int fds[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		f();
		_exit(0);
	}
	close(fds[1]);
	while (n < 999 && (got = read(fds[0], out + n, 999 - n)) > 0)
		n += (size_t)got;
	out[n] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void
child_dies(void)
{
	die_register(restore_one);
	die_register(restore_two);
	die_register(restore_one); /* known already */
	die("no %s\033\n", "way");
}

static void
child_restores(void)
{
	die_register(restore_one);
	die_restore();
	die_restore();
	die_register(restore_one); /* can be set up anew */
	die_restore();
}

static void
child_out_of_memory(void)
{
	(void)xreallocarray(NULL, SIZE_MAX / 2, 3);
}

static void
test_die(void **state)
{
	char out[1000];

	(void)state;
	assert_int_equal(run(child_dies, out), 4);
	assert_string_equal(out, "two one tokentriage: no way\\e\\n\n");
	assert_int_equal(run(child_restores, out), 0);
	assert_string_equal(out, "one one ");
	assert_int_equal(run(child_out_of_memory, out), 4);
	assert_memory_equal(out, "tokentriage: out of memory", 26);
}

static void
child_hardens(void)
{
	struct rlimit r;

	secret_harden_process();
	if (getrlimit(RLIMIT_CORE, &r) != 0 || r.rlim_cur != 0 || r.rlim_max != 0)
		_exit(1);
#ifndef __SANITIZE_ADDRESS__
	if (prctl(PR_GET_DUMPABLE) != 0)
		_exit(2);
#endif
}

static void
test_harden(void **state)
{
	char out[1000];

	(void)state;
	assert_int_equal(run(child_hardens, out), 0);
}

static void
test_mem(void **state)
{
	char *s = xasprintf("%d-%s", 7, "x"), *t = xstrdup(s), *z;

	(void)state;
	assert_string_equal(t, "7-x");
	t = xrealloc(t, 100);
	assert_string_equal(t, "7-x");
	free(s);
	free(t);
	z = xcalloc(0, 0);
	assert_non_null(z);
	free(z);
	z = xmalloc(0);
	assert_non_null(z);
	free(z);
	z = xreallocarray(NULL, 0, 8);
	assert_non_null(z);
	free(z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_die),
		cmocka_unit_test(test_harden),
		cmocka_unit_test(test_mem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
