#include "unit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

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

/* A request is logged before its exchange has a number; later the record in the ring gets it, if it is still there. */
static void
test_exchange_later(void **state)
{
	struct clock clock;
	struct log *l;
	struct log_rec rec;

	(void)state;
	clock_init_manual(&clock, 0);
	l = log_new(&clock, NULL, 3, 1 << 10);
	log_set_exchange(NULL, 1, 7);
	log_set_exchange(l, 1, 7);
	for (int i = 1; i <= 4; i++)
		log_add(l, LOG_INFO, LOGC_HTTP, 0, "%d", i);
	log_set_exchange(l, 0, 7);
	log_set_exchange(l, 1, 7); /* gone */
	log_set_exchange(l, 3, 8);
	log_set_exchange(l, 5, 7); /* not made yet */
	for (size_t i = 0; i < 3; i++) {
		assert_true(log_get(l, i, &rec));
		assert_int_equal(rec.exchange, rec.seq == 3 ? 8 : 0);
	}
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

#define RESOURCE                                                                                   \
	"\"Resource\":{\"service.name\":\"tokentriage\",\"service.version\":\"" PACKAGE_VERSION       \
	"\"}}\n"

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
		"{\"Timestamp\":\"2026-01-31T12:00:00.120000Z\",\"SeverityText\":\"INFO\","
		"\"SeverityNumber\":9,\"Body\":\"a \\\"quoted\\\" \\\\ text\\\\ttoken=[redacted]\","
		"\"Attributes\":{\"category\":\"http\",\"sequence\":2,\"exchange\":3}," RESOURCE
		"{\"Timestamp\":\"2026-01-31T12:00:00.120000Z\",\"SeverityText\":\"ERROR\","
		"\"SeverityNumber\":17,\"Body\":\"é\","
		"\"Attributes\":{\"category\":\"ui\",\"sequence\":3}," RESOURCE);
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
	assert_true(span_find_str(buf_span(&b), "\"Body\":\"more\"") != SIZE_MAX);
	assert_true(span_find_str(buf_span(&b), "\"sequence\":3}") != SIZE_MAX);

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

static size_t
lines_in(const char *path, struct buf *b)
{
	struct err e = ERR_INIT;
	size_t n = 0;

	buf_clear(b);
	if (file_read(path, b, &e) != RES_OK)
		return SIZE_MAX; /* not there */
	for (size_t i = 0; i < b->len; i++)
		n += b->p[i] == '\n';
	assert_true(b->len == 0 || b->p[b->len - 1] == '\n');
	return n;
}

/* FILE, FILE.1, FILE.2: whole lines, none lost but with the oldest file, none twice. */
static void
test_rotation(void **state)
{
	char dir[] = "test-log-XXXXXX", name[80], path[60];
	struct log *l = log_new(&now, redactor, 10, 1000);
	struct err e = ERR_INIT;
	size_t total = 0;
	struct stat st;
	struct buf b;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	buf_init(&b, 100000);
	log_set_rotation(l, 1000, 2);
	assert_int_equal(log_open_file(l, path, &e), RES_OK);
	for (int i = 1; i <= 12; i++)
		log_add(l, LOG_INFO, LOGC_UI, 0, "record %02d", i); /* some 210 bytes: 4 a file */
	log_flush(l);
	for (int k = 0; k <= 2; k++) {
		snprintf(name, sizeof(name), k ? "%s.%d" : "%s", path, k);
		assert_int_equal(stat(name, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_true(st.st_size <= 1000);
		total += lines_in(name, &b);
	}
	assert_int_equal(total, 12);
	assert_non_null(strstr(buf_str(&b), "record 01")); /* the last read is the oldest */
	for (int i = 13; i <= 24; i++)
		log_add(l, LOG_INFO, LOGC_UI, 0, "record %02d", i);
	log_flush(l);
	assert_true(lines_in(path, &b) > 0);
	assert_non_null(strstr(buf_str(&b), "record 24"));
	snprintf(name, sizeof(name), "%s.3", path);
	assert_int_equal(lines_in(name, &b), SIZE_MAX); /* two are kept */

	/* what cannot be moved grows on, and that is said once */
	for (int k = 0; k <= 2; k++) {
		snprintf(name, sizeof(name), k ? "%s.%d" : "%s", path, k);
		unlink(name);
	}
	snprintf(name, sizeof(name), "%s.1", path);
	assert_int_equal(mkdir(name, 0700), 0);
	log_set_rotation(l, 1000, 1);
	for (int i = 1; i <= 12; i++)
		log_add(l, LOG_INFO, LOGC_UI, 0, "record %02d", i);
	log_flush(l);
	assert_int_equal(lines_in(path, &b), 13);
	assert_non_null(strstr(buf_str(&b), "is not rotated"));
	log_free(l);
	rmdir(name);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	buf_release(&b);
}

/* logrotate moves the file away: noticed, or said (SIGUSR1 in the wizard). */
static void
test_reopen(void **state)
{
	char dir[] = "test-log-XXXXXX", old[80], path[60];
	struct log *l = log_new(&now, redactor, 10, 1000);
	struct err e = ERR_INIT;
	struct buf b;

	(void)state;
	assert_int_equal(log_reopen(l, &e), RES_NOTFOUND);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	snprintf(old, sizeof(old), "%s/old", dir);
	buf_init(&b, 100000);
	assert_int_equal(log_open_file(l, path, &e), RES_OK);
	log_add(l, LOG_INFO, LOGC_UI, 0, "one");
	log_flush(l);
	assert_int_equal(rename(path, old), 0);
	log_add(l, LOG_INFO, LOGC_UI, 0, "two");
	log_flush(l);
	assert_int_equal(lines_in(old, &b), 1);
	assert_int_equal(lines_in(path, &b), 1);
	assert_non_null(strstr(buf_str(&b), "two"));
	assert_int_equal(rename(path, old), 0);
	assert_int_equal(log_reopen(l, &e), RES_OK);
	assert_int_equal(lines_in(path, &b), 0);
	/* a link in its place is not followed: the log is given up, and the ring says so */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("elsewhere", path), 0);
	log_add(l, LOG_INFO, LOGC_UI, 0, "three");
	log_flush(l);
	assert_int_equal(log_count(l), 4);
	log_free(l);
	unlink(path);
	unlink(old);
	assert_int_equal(rmdir(dir), 0);
	buf_release(&b);
}

/* A line that a full disk cut off does not take the next one with it; emptied from outside, it has room again. */
static void
test_torn_and_truncated(void **state)
{
	char dir[] = "test-log-XXXXXX", path[60], moved[80];
	struct log *l = log_new(&now, redactor, 100, 10000);
	struct err e = ERR_INIT;
	struct buf b;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	snprintf(moved, sizeof(moved), "%s/log.1", dir);
	buf_init(&b, 100000);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("{\"Timestamp\":\"2026-01", f);
	assert_int_equal(fclose(f), 0);
	log_set_rotation(l, 1000, 2);
	assert_int_equal(log_open_file(l, path, &e), RES_OK);
	log_add(l, LOG_INFO, LOGC_UI, 0, "whole");
	log_flush(l);
	assert_int_equal(lines_in(path, &b), 2);
	assert_non_null(strstr(buf_str(&b), "2026-01\n{\"Timestamp\""));
	log_add(l, LOG_INFO, LOGC_UI, 0, "next");
	log_flush(l);
	assert_int_equal(lines_in(path, &b), 3); /* and no empty one */
	for (int i = 0; i < 5; i++) {
		assert_int_equal(truncate(path, 0), 0);
		log_add(l, LOG_INFO, LOGC_UI, 0, "one");
		log_add(l, LOG_INFO, LOGC_UI, 0, "two");
		log_flush(l);
		assert_int_equal(lines_in(path, &b), 2);
	}
	assert_int_equal(access(moved, F_OK), -1); /* it never was too long */
	log_free(l);
	unlink(path);
	unlink(moved);
	assert_int_equal(rmdir(dir), 0);
	buf_release(&b);
}

/* A log file that could not be written is given up, until it is said that it can be. */
static void
test_reopen_given_up(void **state)
{
	struct log *l = log_new(&now, redactor, 10, 1000);
	struct err e = ERR_INIT;

	(void)state;
	if (access("/dev/full", W_OK) != 0 || log_open_file(l, "/dev/full", &e) != RES_OK) {
		log_free(l);
		skip();
	}
	log_add(l, LOG_INFO, LOGC_UI, 0, "lost");
	log_flush(l);
	assert_non_null(strstr(log_file_failure(l), "cannot be written"));
	assert_int_equal(log_reopen(l, &e), RES_OK);
	log_free(l);
}

/* One trace a run, one span an exchange: of the record's exchange, else the one that is open. */
static void
test_spans(void **state)
{
	static const unsigned char run[LOG_TRACE_BYTES] = {0, 1, 2, 0xfd, 0xfe, 0xff};
	char dir[] = "test-log-XXXXXX", path[60], a[LOG_SPAN_HEX + 1], z[LOG_SPAN_HEX + 1], want[80];
	struct log *l = log_new(&now, redactor, 10, 1000);
	struct err e = ERR_INIT;
	struct buf b;

	(void)state;
	log_new_span(l, a);
	assert_string_equal(a, ""); /* of no run */
	log_set_run(l, run);
	assert_string_equal(log_trace_id(l), "000102fdfeff00000000000000000000");
	assert_string_equal(log_trace_id(NULL), "");
	log_new_span(l, a);
	log_new_span(l, z);
	assert_int_equal(strlen(a), LOG_SPAN_HEX);
	assert_string_not_equal(a, z);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	buf_init(&b, 100000);
	assert_int_equal(log_open_file(l, path, &e), RES_OK);
	log_name_span(l, 2, z);
	log_open_span(l, a);
	log_add(l, LOG_INFO, LOGC_HTTP, 0, "request");
	log_open_span(l, NULL);
	log_add(l, LOG_INFO, LOGC_HTTP, 2, "answer");
	log_add(l, LOG_INFO, LOGC_UI, 0, "neither");
	log_add(l, LOG_INFO, LOGC_HTTP, 1, "unnamed");
	log_flush(l);
	assert_int_equal(lines_in(path, &b), 4);
	snprintf(want, sizeof(want), "0000\",\"SpanId\":\"%s\"", a);
	assert_non_null(strstr(buf_str(&b), want));
	snprintf(want, sizeof(want), "\"SpanId\":\"%s\"", z);
	assert_non_null(strstr(strstr(buf_str(&b), "answer"), want));
	assert_null(strstr(strstr(buf_str(&b), "neither"), "SpanId"));
	log_free(l);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	buf_release(&b);
}

static int
listening(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void
test_system(void **state)
{
	static const unsigned char run[LOG_TRACE_BYTES] = {1};
	char dir[] = "test-log-XXXXXX", path[60], got[4000] = "", want[200];
	struct log *l = log_new(&now, redactor, 10, 1000);
	struct err e = ERR_INIT;
	ssize_t n;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	assert_int_equal(log_open_system(l, LOG_SYSLOG, path, &e), RES_IO);
	assert_non_null(strstr(e.text, "syslog cannot be reached"));
	fd = listening(path);
	log_set_run(l, run);
	assert_int_equal(log_open_system(l, LOG_SYSLOG, path, &e), RES_OK);
	log_add(l, LOG_WARN, LOGC_HTTP, 0, "token=%s\nnot a second line", "abcdef");
	n = recv(fd, got, sizeof(got) - 1, 0);
	assert_true(n > 0);
	snprintf(want, sizeof(want), "<12>Jan 31 12:00:00 tokentriage[%d]: http: token=[redacted]\\nnot a second line",
		(int)getpid());
	assert_string_equal(got, want);
	assert_int_equal(log_open_system(l, LOG_JOURNAL, path, &e), RES_OK);
	log_add(l, LOG_ERROR, LOGC_NET, 7, "x=1\nPRIORITY=0");
	memset(got, 0, sizeof(got));
	n = recv(fd, got, sizeof(got) - 1, 0);
	assert_true(n > 0);
	assert_string_equal(got, "PRIORITY=3\nSYSLOG_IDENTIFIER=tokentriage\nMESSAGE=x=1\\nPRIORITY=0\n"
				 "TOKENTRIAGE_CATEGORY=net\nTOKENTRIAGE_SEQUENCE=2\nTOKENTRIAGE_EXCHANGE=7\n"
				 "TRACE_ID=01000000000000000000000000000000\n");
	close(fd);
	log_add(l, LOG_ERROR, LOGC_NET, 7, "nobody listens, and nobody waits");
	log_free(l);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
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
		cmocka_unit_test(test_exchange_later),
		cmocka_unit_test(test_wants),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_file_full),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_reopen),
		cmocka_unit_test(test_torn_and_truncated),
		cmocka_unit_test(test_reopen_given_up),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_system),
		cmocka_unit_test(test_stderr),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
