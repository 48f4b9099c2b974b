/*
 * A saved case in the wizard: for every scenario of the embedded server the verdict of the saved case is, to the
 * letter, the live one's; nothing is sent, nothing is changed, and saved again it is the same file.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "demo/demo.h"
#include "oauth/json.h"
#include "pty/play.h"

static char folder[] = "/tmp/tt-XXXXXX";

static char *
in_folder(const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

static char *
read_whole(const char *path, size_t *n)
{
	FILE *f = fopen(path, "r");
	struct stat st;
	char *text;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	text = xmalloc((size_t)st.st_size + 1);
	*n = fread(text, 1, (size_t)st.st_size, f);
	assert_int_equal(*n, st.st_size);
	text[*n] = '\0';
	fclose(f);
	return text;
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

/* The live run, saved; the words of its verdict. */
static char *
save_live(const char *scenario, const char *path)
{
	char *json = in_folder("live.json"),
	     *run = xasprintf("\"$TOKENTRIAGE\" demo %s --format json --save %s >%s 2>/dev/null </dev/null", scenario,
		     path, json),
	     *text, *words;
	struct json *report;
	size_t n;
	int status = shell(run);

	assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
	text = read_whole(json, &n);
	assert_int_equal(json_parse(&report, span_make(text, n), NULL), RES_OK);
	words = span_dup(json_get_str(json_get(report, "verdict"), "summary"));
	assert_true(*words);
	json_free(report);
	free(text);
	free(run);
	free(json);
	return words;
}

/* The verdict as it stands on the screen, whole: one row of a wide terminal. */
static char *
shown_verdict(struct vt *t)
{
	const char *row = vt_row(t, 2), *words = *row ? strchr(row + 1, ' ') : NULL;
	const char *next = words ? strstr(words, "Next: ") : NULL;

	assert_non_null(words);
	return span_dup(span_trim(span_make(words, next ? (size_t)(next - words) : strlen(words))));
}

static void
same_files(const char *a, const char *b)
{
	size_t n, m;
	char *x = read_whole(a, &n), *y = read_whole(b, &m);

	assert_string_equal(x, y);
	assert_int_equal(n, m);
	free(x);
	free(y);
}

/* Every key that would send, or change what is sent. */
static void
nothing_is_sent(struct vt *t)
{
	static const char *const keys[] = {"w", "r", "R", "V", "p", "t", "W"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		play_keys(t, keys[i]);
		if (!vt_has(t, "Read-only: this was recorded before, and nothing is sent from here."))
			vt_dump(t, keys[i]);
		assert_true(vt_has(t, "Read-only: this was recorded before, and nothing is sent from here."));
		play_keys(t, "g");
		play_keys(t, "g");
	}
}

static void
test_scenario(void **state)
{
	const struct scenario *s = *state;
	char *path = in_folder("a.case"), *again = in_folder("b.case"), *live = save_live(s->name, path), *shown;
	const char *args[] = {"open", path, NULL};
	const struct vt_options wide = {.rows = 30, .cols = 500};
	struct vt *t = play_start(&wide, args);

	assert_true(vt_idle(t));
	assert_true(vt_has(t, "a.case, read-only"));
	shown = shown_verdict(t);
	if (strcmp(shown, live) != 0) {
		vt_dump(t, "the live verdict");
		fail_msg("live: %s; opened: %s", live, shown);
	}
	nothing_is_sent(t);
	for (int step = 0; step < 5; step++)
		play_keys(t, "\r");
	play_keys(t, "\007");
	/* the key that saves */
	play_keys(t, "S");
	assert_true(vt_has(t, " the case itself: open shows it again "));
	for (size_t i = 0; i < 40; i++)
		play_keys(t, "\177");
	play_keys(t, again);
	play_keys(t, "\r");
	assert_true(vt_has(t, "Written to "));
	play_quit(t);
	same_files(path, again);
	remove(again);
	free(shown);
	free(live);
	free(again);
	free(path);
}

/* Line by line: the same words, and the keys that would send say why not. */
static void
test_plain(void **state)
{
	char *path = in_folder("plain.case"), *live = save_live("expired", path), *line;
	const char *args[] = {"open", "--plain", path, NULL};
	const struct vt_options wide = {.rows = 100, .cols = 400};
	struct vt *t = play_start(&wide, args);

	(void)state;
	line = xasprintf("Verdict, problem: %s", live);
	assert_true(vt_see(t, "Enter shows step 1."));
	assert_true(vt_has(t, line));
	assert_true(vt_has(t, "Recorded, read-only, judged by the clock of 20"));
	vt_type(t, "r\n");
	assert_true(vt_see(t, "Read-only: this was recorded before"));
	vt_type(t, "\n");
	assert_true(vt_see(t, "Step 1, Verify."));
	vt_type(t, "q\n");
	assert_true(vt_exit(t));
	assert_true(WIFEXITED(t->status));
	assert_int_equal(WEXITSTATUS(t->status), 0);
	free(line);
	free(live);
	free(path);
}

/* A record that is damaged is named, and the others are shown. */
static void
test_damaged(void **state)
{
	char *path = in_folder("whole.case"), *bad = in_folder("bad.case"), *live = save_live("expired", path),
	     *text;
	const char *args[] = {"open", bad, NULL};
	struct vt *t;
	size_t n;
	FILE *f;

	(void)state;
	text = read_whole(path, &n);
	f = fopen(bad, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n - 40, f), n - 40);
	assert_int_equal(fclose(f), 0);
	t = play_start(NULL, args);
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "1 record could not be read; the first: line "));
	play_quit(t);
	free(text);
	free(live);
	free(bad);
	free(path);
}

/* A browser's recording, judged by its own clock. */
static void
test_har(void **state)
{
	static const char har[] =
		"{\"log\":{\"version\":\"1.2\",\"entries\":[{\"startedDateTime\":\"2026-01-31T12:00:00Z\",\"time\":5,"
		"\"request\":{\"method\":\"GET\",\"url\":\"https://idp.example/userinfo\",\"httpVersion\":\"HTTP/1.1\","
		"\"headers\":[{\"name\":\"Authorization\",\"value\":\"Bearer vH2kq8Zr1TnX5bWc0JdYp7Ls\"}]},"
		"\"response\":{\"status\":401,\"httpVersion\":\"HTTP/1.1\",\"headers\":[],\"content\":{\"size\":60,\"mimeType\":"
		"\"application/json\",\"text\":\"{\\\"error\\\":\\\"invalid_token\\\",\\\"error_description\\\":"
		"\\\"The access token expired\\\"}\"}},\"timings\":{\"wait\":5}}]}}\n";
	char *path = in_folder("a.har");
	FILE *f = fopen(path, "w");
	struct vt *t;

	(void)state;
	assert_non_null(f);
	fputs(har, f);
	assert_int_equal(fclose(f), 0);
	t = play_start(NULL, (const char *[]){"open", path, NULL});
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "a.har, read-only"));
	assert_true(vt_has(t, "The server says that the access token has expired (401)."));
	play_keys(t, "w");
	assert_true(vt_has(t, "Read-only: this was recorded before"));
	play_keys(t, "5");
	assert_true(vt_has(t, "GET /userinfo"));
	play_quit(t);
	t = play_start(NULL, (const char *[]){"open", "--plain", path, NULL});
	assert_true(vt_see(t, "judged by the clock of 2026-01-31T12:00:00Z"));
	vt_type(t, "q\n");
	assert_true(vt_exit(t));
	remove(path);
	free(path);
}

/* --with-secrets: a warning and a question first; only "y" writes the token, for the user alone. */
static void
test_with_secrets(void **state)
{
	static const char token[] = "vH2kq8Zr1TnX5bWc0JdYp7Ls";
	char *given = in_folder("given.txt"), *path = in_folder("clear.case"), *text;
	const char *args[] = {"inspect", given, "--save", path, "--with-secrets", NULL};
	struct stat st;
	struct vt *t;
	size_t n;
	FILE *f = fopen(given, "w");

	(void)state;
	assert_non_null(f);
	fprintf(f, "{\"access_token\":\"%s\",\"token_type\":\"Bearer\"}\n", token);
	assert_int_equal(fclose(f), 0);
	for (int yes = 0; yes < 2; yes++) {
		t = play_start(NULL, args);
		assert_true(vt_see(t, "Write them? [y/N]"));
		assert_true(vt_has(t, "will hold the tokens in clear"));
		vt_type(t, yes ? "y\n" : "\n");
		assert_true(vt_exit(t));
		assert_true(WIFEXITED(t->status));
		assert_int_equal(stat(path, &st), yes ? 0 : -1);
		if (!yes)
			assert_int_equal(WEXITSTATUS(t->status), 2);
	}
	assert_int_equal(st.st_mode & 0777, 0600);
	text = read_whole(path, &n);
	assert_non_null(strstr(text, token));
	free(text);
	/* read again, the value is what is sent and what s shows, and no report has it */
	t = play_start(NULL, (const char *[]){"open", path, NULL});
	assert_true(vt_idle(t));
	assert_false(vt_has(t, token));
	play_keys(t, "\033[B");
	vt_type(t, "s");
	assert_true(vt_see(t, token));
	vt_type(t, "x");
	assert_true(vt_gone(t, token));
	/* the wizard writes it too, once asked: Enter alone is no */
	assert_true(vt_idle(t));
	if (!vt_has(t, "9 the case with its tokens in clear"))
		play_keys(t, "x");
	assert_true(vt_has(t, "9 the case with its tokens in clear"));
	play_keys(t, "9");
	assert_true(vt_has(t, "Whoever has the file can use the tokens"));
	play_keys(t, "\r");
	assert_false(vt_has(t, "Whoever has the file"));
	assert_int_equal(remove(path), 0);
	play_keys(t, "x");
	play_keys(t, "9");
	play_keys(t, "2");
	play_keys(t, path); /* Enter in the same breath would be pasted text */
	play_keys(t, "\r");
	assert_true(vt_has(t, "for you alone"));
	assert_false(vt_has(t, token));
	play_quit(t);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	text = read_whole(path, &n);
	assert_non_null(strstr(text, token));
	free(text);
	remove(given);
	remove(path);
	free(path);
	free(given);
}

/* Before a report is written it is said what of it is masked: kinds and how often, no value. */
static void
test_preview(void **state)
{
	char *path = in_folder("a.case"), *live = save_live("expired", path);
	const char *args[] = {"open", path, NULL};
	struct vt *t = play_start(NULL, args);

	(void)state;
	assert_true(vt_idle(t));
	play_keys(t, "x");
	assert_true(vt_has(t, "─ Export"));
	play_keys(t, "3"); /* a form that goes to somebody */
	assert_true(vt_has(t, "Masked: 3 tokens"));
	/* of introspection, and of user information */
	assert_true(vt_has(t, "request header Authorization"));
	assert_true(vt_has(t, "(2 times)"));
	assert_true(vt_has(t, "(2 times), form ")); /* where the dialog's row ends */
	assert_true(vt_has(t, "member token. "));
	assert_true(vt_has(t, "Claims are kept."));
	play_no_secret(t);
	play_keys(t, "\033");
	play_quit(t);
	remove(path);
	free(live);
	free(path);
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int
drop_folder(void **state)
{
	static const char *const names[] = {"a.case", "b.case", "plain.case", "whole.case", "bad.case", "live.json"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = in_folder(names[i]);

		remove(path);
		free(path);
	}
	return remove(folder);
}

int
main(void)
{
	enum { SINGLE = 5 };
	struct CMUnitTest *tests = xcalloc(scenario_count + SINGLE, sizeof(*tests));
	int failed;

	tests[0] = (struct CMUnitTest){"--plain", test_plain, NULL, play_teardown, NULL};
	tests[1] = (struct CMUnitTest){"damaged", test_damaged, NULL, play_teardown, NULL};
	tests[2] = (struct CMUnitTest){"--with-secrets", test_with_secrets, NULL, play_teardown, NULL};
	tests[3] = (struct CMUnitTest){"HAR", test_har, NULL, play_teardown, NULL};
	tests[4] = (struct CMUnitTest){"preview", test_preview, NULL, play_teardown, NULL};
	for (size_t i = 0; i < scenario_count; i++)
		tests[i + SINGLE] = (struct CMUnitTest){scenarios[i].name, test_scenario, NULL, play_teardown,
			(void *)(uintptr_t)&scenarios[i]};
	failed = _cmocka_run_group_tests("opened", tests, scenario_count + SINGLE, make_folder, drop_folder);
	free(tests);
	return failed;
}
