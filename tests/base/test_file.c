#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"

static char dir[] = "test-file-XXXXXX";
static char *path; /* DIR/file */

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	path = path_join(dir, "file");
	return 0;
}

static size_t
entries(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	free(path);
	return rmdir(dir); /* nothing else may have been left there */
}

static void
assert_content(const char *want)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(file_read(path, &b, NULL), RES_OK);
	assert_string_equal(buf_str(&b), want);
	buf_release(&b);
}

static int
mode_of(const char *p)
{
	struct stat st;

	assert_int_equal(lstat(p, &st), 0);
	return st.st_mode & 07777;
}

static void
test_write_private(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	umask(0);
	assert_int_equal(file_write_private(path, SPAN_LIT("one"), &e), RES_OK);
	assert_content("one");
	assert_int_equal(mode_of(path), 0600);
	assert_false(file_others_can_read(path));
	/* A file that was open to all is not afterwards. */
	assert_int_equal(chmod(path, 0666), 0);
	assert_true(file_others_can_read(path));
	assert_int_equal(file_write_private(path, SPAN_LIT("two"), &e), RES_OK);
	assert_content("two");
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(file_write_private(path, SPAN_EMPTY, &e), RES_OK);
	assert_content("");
	assert_int_equal(entries(), 1);
	umask(022);
}

static void
test_write_keeps_old(void **state)
{
	struct err e = ERR_INIT;
	struct stat before, after;
	int fd;
	char c;

	(void)state;
	assert_int_equal(file_write_private(path, SPAN_LIT("old"), &e), RES_OK);
	fd = open(path, O_RDONLY);
	assert_int_equal(fstat(fd, &before), 0);
	assert_int_equal(file_write_private(path, SPAN_LIT("new"), &e), RES_OK);
	/* Replaced, not overwritten: who had the old one open reads the old one. */
	assert_int_equal(read(fd, &c, 1), 1);
	assert_int_equal(c, 'o');
	assert_int_equal(stat(path, &after), 0);
	assert_true(before.st_ino != after.st_ino);
	close(fd);
}

static void
test_symlink(void **state)
{
	struct err e = ERR_INIT;
	char *link = path_join(dir, "link");

	(void)state;
	assert_int_equal(file_write_private(path, SPAN_LIT("mine"), &e), RES_OK);
	assert_int_equal(symlink("file", link), 0);
	assert_int_equal(file_write_private(link, SPAN_LIT("theirs"), &e), RES_REFUSED);
	assert_non_null(strstr(e.text, "symbolic link"));
	assert_int_equal(file_write(link, SPAN_LIT("theirs"), &e), RES_REFUSED);
	assert_content("mine");
	unlink(link);
	assert_int_equal(symlink("nowhere", link), 0);
	assert_int_equal(file_write_private(link, SPAN_LIT("theirs"), &e), RES_REFUSED);
	assert_int_equal(file_write(link, SPAN_LIT("theirs"), &e), RES_REFUSED);
	unlink(link);
	free(link);
	assert_int_equal(entries(), 1);
}

static void
test_write_errors(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_write_private("nowhere/file", SPAN_LIT("x"), &e), RES_IO);
	assert_memory_equal(e.text, "nowhere/file: ", 14);
	assert_int_equal(file_write_private(dir, SPAN_LIT("x"), &e), RES_REFUSED);
	assert_int_equal(file_write_private("/dev/null", SPAN_LIT("x"), &e), RES_REFUSED);
	assert_int_equal(file_write(dir, SPAN_LIT("x"), &e), RES_IO);
	assert_int_equal(entries(), 1);
	assert_int_equal(rmdir("nowhere"), -1);
}

static void
test_write_public(void **state)
{
	struct err e = ERR_INIT;
	struct stat st;

	(void)state;
	umask(027);
	assert_int_equal(file_write(path, SPAN_LIT("report"), &e), RES_OK);
	assert_int_equal(mode_of(path), 0640);
	assert_true(file_others_can_read(path));
	umask(022);
	assert_content("report");
	/* A device is written to, never replaced. */
	assert_int_equal(file_write("/dev/null", SPAN_LIT("x"), &e), RES_OK);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

static void
test_read(void **state)
{
	struct err e = ERR_INIT;
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_puts(&b, "<");
	assert_int_equal(file_write(path, SPAN_LIT("123456789"), &e), RES_OK);
	assert_int_equal(file_read(path, &b, &e), RES_OK);
	assert_string_equal(buf_str(&b), "<123456789");
	buf_clear(&b);
	assert_int_equal(file_write(path, SPAN_LIT("12345678901"), &e), RES_OK);
	assert_int_equal(file_read(path, &b, &e), RES_LIMIT);
	assert_non_null(strstr(e.text, path));
	assert_non_null(strstr(e.text, "10 bytes"));
	buf_clear(&b);
	assert_int_equal(file_read("nowhere/file", &b, &e), RES_NOTFOUND);
	assert_int_equal(e.code, RES_NOTFOUND);
	assert_string_equal(e.text, "nowhere/file: No such file or directory");
	assert_int_equal(file_read(dir, &b, &e), RES_IO);
	buf_release(&b);
}

static void
test_read_stdin(void **state)
{
	struct buf b;
	int saved = dup(STDIN_FILENO), fd;

	(void)state;
	assert_int_equal(file_write(path, SPAN_LIT("piped"), NULL), RES_OK);
	fd = open(path, O_RDONLY);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	buf_init(&b, 100);
	assert_int_equal(file_read("-", &b, NULL), RES_OK);
	assert_string_equal(buf_str(&b), "piped");
	buf_release(&b);
	close(fd);
	if (saved >= 0) {
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
}

static void
check_secret(struct span content, struct span want)
{
	struct secret *s = NULL;

	assert_int_equal(file_write_private(path, content, NULL), RES_OK);
	assert_int_equal(file_read_secret(path, &s, NULL), RES_OK);
	assert_true(span_eq(secret_reveal(s), want));
	secret_unref(s);
}

static void
test_read_secret(void **state)
{
	struct secret *s = NULL;
	struct err e = ERR_INIT;
	char *big = xmalloc(LIMIT_TOKEN + 3);

	(void)state;
	check_secret(SPAN_LIT("abc"), SPAN_LIT("abc"));
	check_secret(SPAN_LIT("abc\n"), SPAN_LIT("abc"));
	check_secret(SPAN_LIT("abc\r\n"), SPAN_LIT("abc"));
	/* One newline is the file's; all else belongs to the secret, and may be what is wrong. */
	check_secret(SPAN_LIT("abc\n\n"), SPAN_LIT("abc\n"));
	check_secret(SPAN_LIT(" a b \n"), SPAN_LIT(" a b "));
	check_secret(SPAN_LIT("abc\r"), SPAN_LIT("abc\r"));
	check_secret(SPAN_LIT("a\0c\n"), SPAN_LIT("a\0c"));
	check_secret(SPAN_LIT("\n"), SPAN_LIT(""));
	check_secret(SPAN_EMPTY, SPAN_EMPTY);
	memset(big, 'x', LIMIT_TOKEN + 3);
	big[LIMIT_TOKEN] = '\n';
	check_secret(span_make(big, LIMIT_TOKEN + 1), span_make(big, LIMIT_TOKEN));
	big[LIMIT_TOKEN] = 'x';
	for (size_t more = 1; more <= 3; more++) {
		assert_int_equal(
			file_write_private(path, span_make(big, LIMIT_TOKEN + more), NULL), RES_OK);
		assert_int_equal(file_read_secret(path, &s, &e), RES_LIMIT);
		assert_null(s);
	}
	assert_int_equal(file_read_secret("nowhere/x", &s, &e), RES_NOTFOUND);
	assert_null(s);
	free(big);
}

static void
test_private_folder(void **state)
{
	struct err e = ERR_INIT;
	struct stat st;

	(void)state;
	assert_int_equal(folder_make_private("one/two/three", &e), RES_OK);
	assert_int_equal(folder_make_private("one/two/three", &e), RES_OK); /* once more */
	for (size_t n = 3; n <= 13; n += n == 3 ? 4 : 6) {
		char part[16];

		snprintf(part, sizeof(part), "%.*s", (int)n, "one/two/three");
		assert_int_equal(stat(part, &st), 0);
		assert_true(S_ISDIR(st.st_mode));
		assert_int_equal(st.st_mode & 0777, 0700);
	}
	assert_int_equal(file_write_private("one/file", SPAN_LIT("x"), &e), RES_OK);
	assert_int_equal(folder_make_private("one/file/below", &e), RES_IO);
	assert_int_equal(folder_make_private("one/file", &e), RES_IO);
	assert_non_null(strstr(e.text, "one/file"));
	assert_int_equal(file_remove("one/file", &e), RES_OK);
	assert_int_equal(file_remove("one/file", &e), RES_OK); /* gone already */
	assert_int_not_equal(access("one/file", F_OK), 0);
	assert_int_equal(file_remove("one/two", &e), RES_IO); /* no file */
	rmdir("one/two/three");
	rmdir("one/two");
	rmdir("one");
}

static void
test_join(void **state)
{
	static const char *const cases[][3] = {
		{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *p = path_join(cases[i][0], cases[i][1]);

		assert_string_equal(p, cases[i][2]);
		free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_private),
		cmocka_unit_test(test_write_keeps_old),
		cmocka_unit_test(test_symlink),
		cmocka_unit_test(test_write_errors),
		cmocka_unit_test(test_write_public),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_stdin),
		cmocka_unit_test(test_read_secret),
		cmocka_unit_test(test_private_folder),
		cmocka_unit_test(test_join),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
