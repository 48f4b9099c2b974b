/*
 * The real program in the user's language: what the screen says, and that what is written out of it is English: the
 * same bytes in every language.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "pty/play.h"

static char folder[] = "/tmp/tt-XXXXXX";

static char *
read_whole(const char *path)
{
	FILE *f = fopen(path, "r");
	struct stat st;
	char *text;
	size_t n;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	text = xmalloc((size_t)st.st_size + 1);
	n = fread(text, 1, (size_t)st.st_size, f);
	assert_int_equal(n, st.st_size);
	text[n] = '\0';
	fclose(f);
	return text;
}

/* The line that says when the report was written is the only one that may differ. */
static void
drop_line(char *text, const char *with)
{
	char *at = strstr(text, with), *end = at ? strchr(at, '\n') : NULL;

	assert_non_null(end);
	memmove(at, end, strlen(end) + 1);
}

static bool
have_catalogues(void)
{
	char *mo = xasprintf("%s/po/de/LC_MESSAGES/tokentriage.mo", getenv("builddir"));
	bool there = access(mo, R_OK) == 0;

	free(mo);
	return there;
}

/* --- what the screen says ------------------------------------------------------------------------ */

static void
test_screen(void **state)
{
	static const struct {
		const char *env[3], *args[4], *rail;
	} rows[] = {
		{{"LC_ALL=C.UTF-8", "LANGUAGE=de"}, {"demo", "expired"}, "[1 Prüfen"},
		{{"LC_ALL=C.UTF-8", "LANGUAGE=fr:zh_CN"}, {"demo", "expired"}, "[1 验证"},
		{{"LC_ALL=C.UTF-8", "LANGUAGE=fr"}, {"demo", "expired"}, "[1 Verify"},
		{{"LC_ALL=C.UTF-8", "LANGUAGE=en:de"}, {"demo", "expired"}, "[1 Verify"},
		/* neither ideographs nor umlauts can be drawn: it is English */
		{{"LC_ALL=C.UTF-8", "LANGUAGE=de"}, {"demo", "--ascii", "expired"}, "[1 Verify"},
		{{"LC_ALL=C.UTF-8", "LANGUAGE=zh_CN"}, {"demo", "--ascii", "expired"}, "[1 Verify"},
		{{"LC_ALL=C", "LANGUAGE=de"}, {"demo", "expired"}, "[1 Verify"},
	};

	(void)state;
	if (!have_catalogues())
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct vt_options o = {.env = rows[i].env};
		struct vt *t = play_start(&o, rows[i].args);

		assert_true(vt_idle(t));
		play_shows(t, rows[i].rail);
		play_teardown(NULL);
	}
}

static int
shell(const char *command)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* --- what is written ------------------------------------------------------------------------------- */

/* Opens the case in this language, and writes the report and the case out of it. */
static void
write_out(const char *language, const char *from, const char *report, const char *saved)
{
	char *lang = xasprintf("LANGUAGE=%s", language);
	const char *env[] = {"LC_ALL=C.UTF-8", lang, NULL}, *args[] = {"open", from, NULL};
	const struct vt_options o = {.env = env};
	struct vt *t = play_start(&o, args);

	assert_true(vt_idle(t));
	play_keys(t, "x");
	play_keys(t, "2"); /* JSON */
	play_keys(t, report);
	play_keys(t, "\r");
	play_keys(t, "S");
	play_keys(t, saved);
	play_keys(t, "\r");
	play_teardown(NULL);
	free(lang);
}

static void
test_written(void **state)
{
	static const char *const languages[] = {"en", "de", "zh_CN"};
	char *from = xasprintf("%s/a.case", folder), *made = NULL, *english = NULL, *case_english = NULL;
	(void)state;
	if (!have_catalogues())
		skip();
	made = xasprintf("\"$TOKENTRIAGE\" demo expired --save %s >/dev/null 2>&1", from);
	assert_int_equal(shell(made), 0);
	for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++) {
		char *report = xasprintf("%s/%s.json", folder, languages[i]);
		char *saved = xasprintf("%s/%s.case", folder, languages[i]), *a, *b;

		write_out(languages[i], from, report, saved);
		a = read_whole(report);
		b = read_whole(saved);
		drop_line(a, "\"created\"");
		if (i) {
			assert_string_equal(a, english);
			assert_string_equal(b, case_english);
			free(a);
			free(b);
		} else {
			assert_non_null(strstr(a, "The access token expired"));
			english = a;
			case_english = b;
		}
		unlink(report);
		unlink(saved);
		free(report);
		free(saved);
	}
	unlink(from);
	free(from);
	free(made);
	free(english);
	free(case_english);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_screen, play_teardown),
		cmocka_unit_test_teardown(test_written, play_teardown),
	};
	int failed;

	if (!mkdtemp(folder))
		return 99;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
