#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

enum { T0 = 1769860800 }; /* 2026-01-31 12:00:00Z */

static struct clock now;
static struct redactor *redactor;

static int
setup(void **state)
{
	(void)state;
	clock_init_manual(&now, (int64_t)T0 * 1000000 + 120000);
	redactor = redactor_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	redactor_free(redactor);
	return 0;
}

static void
test_record(void **state)
{
	struct log *l = log_new(&now, redactor, 10, 1000);
	struct log_rec rec;

	(void)state;
	assert_int_equal(log_count(l), 0);
	assert_true(log_first_seq(l) == 1);
	assert_true(log_generation(l) == 0);
	assert_false(log_get(l, 0, &rec));
	log_add(l, LOG_WARN, LOGC_TLS, 7, "hello %s", "world");
	assert_true(log_get(l, 0, &rec));
	assert_true(rec.seq == 1);
	assert_true(rec.wall_us == (int64_t)T0 * 1000000 + 120000);
	assert_int_equal(rec.level, LOG_WARN);
	assert_int_equal(rec.cat, LOGC_TLS);
	assert_int_equal(rec.exchange, 7);
	assert_int_equal(rec.text_len, 11);
	assert_string_equal(rec.text, "hello world");
	assert_false(log_get(l, 1, &rec));
	assert_true(log_generation(l) == 1);
	log_free(l);
	log_free(NULL);
	log_add(NULL, LOG_ERROR, LOGC_UI, 0, "nowhere");
	assert_false(log_wants(NULL, LOG_ERROR, LOGC_UI));
}

static void
test_bounded_in_records(void **state)
{
	struct log *l = log_new(&now, redactor, 5, 100000);
	struct log_rec rec;

	(void)state;
	for (int i = 1; i <= 23; i++) {
		log_add(l, LOG_INFO, LOGC_UI, 0, "record %d", i);
		assert_int_equal(log_count(l), i < 5 ? i : 5);
		assert_true(log_first_seq(l) == (i < 5 ? 1 : (uint64_t)i - 4));
		for (size_t k = 0; k < log_count(l); k++) {
			char want[32];

			assert_true(log_get(l, k, &rec));
			snprintf(want, sizeof want, "record %d", (int)rec.seq);
			assert_string_equal(rec.text, want);
			assert_true(rec.seq == log_first_seq(l) + k);
		}
	}
	log_free(l);
}

/* Texts of all lengths through a small ring: the kept ones are whole, and fit the bound. */
static void
test_bounded_in_bytes(void **state)
{
	enum { MAX = 200 };
	struct log *l = log_new(&now, redactor, 1000, MAX);
	struct log_rec rec;
	size_t fewest = SIZE_MAX;

	(void)state;
	for (int i = 1; i <= 3000; i++) {
		int n = i * 7919 % 190;
		size_t bytes = 0;

		log_add(l, LOG_INFO, LOGC_UI, (uint32_t)n, "%.*s", n,
			"....:....:....:....:....:....:....:....:....:....:....:....:....:....:...."
			":"
			"....:....:....:....:....:....:....:....:....:....:....:....:....:....:...."
			":"
			"....:....:....:....:....:....:....:....:");
		assert_true(log_count(l) > 0);
		for (size_t k = 0; k < log_count(l); k++) {
			assert_true(log_get(l, k, &rec));
			assert_int_equal(rec.text_len, rec.exchange);
			assert_int_equal(strlen(rec.text), rec.text_len);
			bytes += rec.text_len + 1u;
		}
		assert_true(rec.seq == (uint64_t)i);
		assert_true(bytes <= MAX);
		if (i > 100 && bytes < fewest)
			fewest = bytes;
	}
	/* A text longer than the whole ring is cut to it. */
	log_add(l, LOG_INFO, LOGC_UI, 0, "%0300d", 1);
	assert_int_equal(log_count(l), 1);
	assert_true(log_get(l, 0, &rec));
	assert_int_equal(rec.text_len, MAX - 1);
	log_free(l);
}

static void
test_million(void **state)
{
	enum { N = 1000000, MORE = 1234 };
	struct log *l = log_new(&now, NULL, N, (size_t)32 << 20);
	struct log_rec rec;

	(void)state;
	for (int i = 1; i <= N + MORE; i++)
		log_add(l, LOG_INFO, LOGC_HTTP, 0, "%d", i);
	assert_int_equal(log_count(l), N);
	assert_true(log_first_seq(l) == MORE + 1);
	for (size_t i = 0; i < N; i += 997) {
		char want[16];

		assert_true(log_get(l, i, &rec));
		snprintf(want, sizeof want, "%d", (int)i + MORE + 1);
		assert_string_equal(rec.text, want);
	}
	assert_true(log_generation(l) == N + MORE);
	log_free(l);
}

static void
test_safe_and_redacted(void **state)
{
	struct log *l = log_new(&now, redactor, 10, 100000);
	struct secret *s = secret_new(SPAN_LIT("Zq3-registered-value-9"));
	char *big = xmalloc(200001);
	struct log_rec rec;

	(void)state;
	redactor_add(redactor, s);
	log_add(l, LOG_INFO, LOGC_HTTP, 0, "\033[2J\r\n\u202E sent %s, access_token=%s",
		"Zq3-registered-value-9", "abc");
	assert_true(log_get(l, 0, &rec));
	assert_string_equal(
		rec.text, "\\e[2J\\r\\n\\u{202E} sent [redacted], access_token=[redacted]");
	/* A long text is redacted before it is cut: the value lies across the cut. */
	memset(big, '.', 200000);
	big[200000] = '\0';
	memcpy(big + LIMIT_LOG_TEXT - 8, "Zq3-registered-value-9", 22);
	log_add(l, LOG_INFO, LOGC_HTTP, 0, "%s", big);
	assert_true(log_get(l, 1, &rec));
	assert_in_range(rec.text_len, LIMIT_LOG_TEXT - 12, LIMIT_LOG_TEXT);
	assert_null(strstr(rec.text, "Zq3"));
	assert_string_equal(rec.text + rec.text_len - 3, "…");
	assert_true(text_is_safe(span_of(rec.text)));
	secret_unref(s);
	free(big);
	log_free(l);
}

static void
test_wants(void **state)
{
	struct log *l = log_new(&now, redactor, 10, 1000);
	struct err e = ERR_INIT;

	(void)state;
	assert_true(log_wants(l, LOG_INFO, LOGC_HTTP));
	assert_false(log_wants(l, LOG_DEBUG, LOGC_HTTP));
	/* What nobody wants is not formatted: this pointer could not be read. */
	log_add(l, LOG_DEBUG, LOGC_HTTP, 0, "%s", (const char *)(uintptr_t)1);
	assert_int_equal(log_count(l), 0);
	assert_true(log_generation(l) == 0);

	log_set_level(l, LOG_DEBUG);
	assert_true(log_wants(l, LOG_DEBUG, LOGC_HTTP));
	assert_int_equal(log_set_trace(l, SPAN_LIT("http, tls,-ui"), &e), RES_OK);
	assert_true(log_wants(l, LOG_TRACE, LOGC_HTTP));
	assert_true(log_wants(l, LOG_TRACE, LOGC_TLS));
	assert_false(log_wants(l, LOG_INFO, LOGC_UI));
	assert_true(log_wants(l, LOG_WARN, LOGC_UI));
	assert_false(log_wants(l, LOG_TRACE, LOGC_JWT));
	/* The level is that of the categories not named. */
	log_set_level(l, LOG_ERROR);
	assert_true(log_wants(l, LOG_TRACE, LOGC_HTTP));
	assert_false(log_wants(l, LOG_WARN, LOGC_JWT));

	assert_int_equal(log_set_trace(l, SPAN_LIT("jwt,htpp"), &e), RES_SYNTAX);
	assert_non_null(strstr(e.text, "htpp"));
	assert_false(log_wants(l, LOG_TRACE, LOGC_JWT)); /* all or nothing */
	assert_int_equal(log_set_trace(l, SPAN_LIT("all,-ui"), &e), RES_OK);
	for (int c = 0; c < LOGC_COUNT; c++)
		assert_int_equal(log_wants(l, LOG_TRACE, (enum log_cat)c), c != LOGC_UI);
	log_free(l);
}

static void
test_ids(void **state)
{
	(void)state;
	assert_string_equal(log_level_id(LOG_TRACE), "trace");
	assert_string_equal(log_level_id(LOG_INFO), "info");
	assert_string_equal(log_level_id(LOG_ERROR), "error");
	assert_string_equal(log_cat_id(LOGC_HTTP), "http");
	for (int i = 0; i < LOGC_COUNT; i++)
		for (int j = i + 1; j < LOGC_COUNT; j++)
			assert_string_not_equal(
				log_cat_id((enum log_cat)i), log_cat_id((enum log_cat)j));
}

static void
test_file(void **state)
{
	char dir[] = "test-log-XXXXXX", *path, *link;
	struct log *l = log_new(&now, redactor, 10, 1000);
	struct err e = ERR_INIT;
	struct stat st;
	struct buf b;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = path_join(dir, "log");
	link = path_join(dir, "link");
	umask(0);
	log_add(l, LOG_INFO, LOGC_CONF, 0, "before the file was there");
	assert_int_equal(log_open_file(l, path, &e), RES_OK);
	log_add(l, LOG_INFO, LOGC_HTTP, 3, "a \"quoted\" \\ text\ttoken=%s", "abc");
	log_add(l, LOG_ERROR, LOGC_UI, 0, "é");
	log_flush(l);
	buf_init(&b, 10000);
	assert_int_equal(file_read(path, &b, &e), RES_OK);
	assert_string_equal(buf_str(&b),
		"{\"seq\":2,\"time\":\"2026-01-31T12:00:00.120Z\",\"level\":\"info\",\"category\":"
		"\"http\","
		"\"exchange\":3,\"text\":\"a \\\"quoted\\\" \\\\ text\\\\ttoken=[redacted]\"}\n"
		"{\"seq\":3,\"time\":\"2026-01-31T12:00:00.120Z\",\"level\":\"error\",\"category\":"
		"\"ui\",\"text\":\"é\"}\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	log_free(l);

	/* Appended to, and closed to others even if it was not. */
	assert_int_equal(chmod(path, 0644), 0);
	l = log_new(&now, redactor, 10, 1000);
	assert_int_equal(log_open_file(l, path, &e), RES_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	log_add(l, LOG_INFO, LOGC_UI, 0, "more");
	log_free(l); /* writes what was left */
	buf_clear(&b);
	assert_int_equal(file_read(path, &b, &e), RES_OK);
	assert_true(span_ends(buf_span(&b), "\"text\":\"more\"}\n"));
	assert_true(span_starts(buf_span(&b), "{\"seq\":2,"));

	l = log_new(&now, redactor, 10, 1000);
	assert_int_equal(symlink("log", link), 0);
	assert_int_equal(log_open_file(l, link, &e), RES_REFUSED);
	assert_int_equal(log_open_file(l, "nowhere/log", &e), RES_IO);
	log_free(l);
	unlink(link);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	free(path);
	free(link);
	buf_release(&b);
	umask(022);
}

static void
test_file_full(void **state)
{
	struct log *l = log_new(&now, redactor, 10, 1000);
	struct err e = ERR_INIT;
	struct log_rec rec;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	assert_int_equal(log_open_file(l, "/dev/full", &e), RES_OK);
	log_add(l, LOG_INFO, LOGC_UI, 0, "one");
	log_flush(l);
	/* Said once, in the ring; then the file is given up. */
	assert_int_equal(log_count(l), 2);
	assert_true(log_get(l, 1, &rec));
	assert_int_equal(rec.level, LOG_WARN);
	assert_string_equal(rec.text, "the log file cannot be written: No space left on device");
	log_add(l, LOG_INFO, LOGC_UI, 0, "two");
	log_flush(l);
	assert_int_equal(log_count(l), 3);
	log_free(l);
}

static void
test_stderr(void **state)
{
	struct log *l = log_new(&now, redactor, 10, 1000);
	int fds[2], saved = dup(STDERR_FILENO);
	char out[200] = "";

	(void)state;
	assert_int_equal(pipe(fds), 0);
	log_set_stderr(l, true);
	dup2(fds[1], STDERR_FILENO);
	log_add(l, LOG_INFO, LOGC_HTTP, 0, "to the terminal\033");
	log_add(l, LOG_DEBUG, LOGC_HTTP, 0, "unwanted");
	log_set_stderr(l, false);
	log_add(l, LOG_INFO, LOGC_HTTP, 0, "kept");
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fds[1]);
	assert_true(read(fds[0], out, sizeof out - 1) > 0);
	assert_string_equal(out, "12:00:00.120 info http to the terminal\\e\n");
	close(fds[0]);
	log_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_bounded_in_records),
		cmocka_unit_test(test_bounded_in_bytes),
		cmocka_unit_test(test_million),
		cmocka_unit_test(test_safe_and_redacted),
		cmocka_unit_test(test_wants),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_file_full),
		cmocka_unit_test(test_stderr),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
