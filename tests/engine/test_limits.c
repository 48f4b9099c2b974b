/* The limits of answers: body, decoded body, headers. */
#include "fetch.h"

#include "base/mem.h"

static void
handle_big(struct conn *c)
{
	char *mib = xmalloc(1 << 20);

	memset(mib, 'x', 1 << 20);
	conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 2097152\r\n\r\n");
	conn_write(c, mib, 1 << 20);
	conn_write(c, mib, 1 << 20);
	free(mib);
}

static void
test_body_limit(void **state)
{
	struct fixture *t = fixture_begin(state, handle_big);
	struct fetch f;

	get(&f, &t->c, &t->s, "http", "/");
	assert_int_equal(f.x.result.error, NETERR_TOO_LARGE);
	assert_int_equal(f.x.result.response.status, 200);
	assert_true(f.x.result.response.body_too_large);
	assert_int_equal(f.x.result.response.body.len, LIMIT_BODY);
	assert_int_equal(f.x.result.response.body_announced, 2097152);
	fetch_release(&f);

	t->c.options.max_body = 4 << 20; /* raised by option */
	get(&f, &t->c, &t->s, "http", "/");
	assert_int_equal(f.x.result.error, NETERR_NONE);
	assert_int_equal(f.x.result.response.body.len, 2097152);
	fetch_release(&f);

	t->c.options.max_body = 2097152; /* exactly */
	get(&f, &t->c, &t->s, "http", "/");
	assert_int_equal(f.x.result.error, NETERR_NONE);
	fetch_release(&f);
}

/* A hundred thousand times "x". */
static const char bomb[132] =
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xda\x8b\x6f\x0d\x0f\xa0"
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x57\x03\x71\x11\x07\xfe"
	"\xa0\x86\x01\x00";

static void
handle_gzip(struct conn *c)
{
	static const char small[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xab\x56\xaa\xca\x2c\x28\x48\x4d"
		"\x51\xb2\x2a\x29\x2a\x4d\xad\x05\x00\x84\x28\xbc\x08\x0f\x00\x00\x00";
	bool big = strstr(c->request, "/bomb") != NULL;
	size_t n = big ? sizeof(bomb) : sizeof(small) - 1;
	char head[128];

	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", n);
	conn_puts(c, head);
	conn_write(c, big ? bomb : small, n);
}

static void
test_content_encoding(void **state)
{
	struct fixture *t = fixture_begin(state, handle_gzip);
	struct fetch f;

	get(&f, &t->c, &t->s, "http", "/small");
	assert_int_equal(f.x.result.error, NETERR_NONE);
	assert_body(&f, "{\"zipped\":true}");
	fetch_release(&f);
	/* The limit is that of the decoded body. */
	t->c.options.max_body = 1000;
	get(&f, &t->c, &t->s, "http", "/bomb");
	assert_int_equal(f.x.result.error, NETERR_TOO_LARGE);
	assert_int_equal(f.x.result.response.body.len, 1000);
	fetch_release(&f);
}

static void
handle_big_headers(struct conn *c)
{
	char line[1100];

	conn_puts(c, "HTTP/1.1 200 OK\r\n");
	if (strstr(c->request, "/one")) { /* one line of 200 KiB */
		conn_puts(c, "X: ");
		memset(line, 'h', sizeof(line));
		for (int i = 0; i < 200; i++)
			conn_write(c, line, 1024);
	} else if (strstr(c->request, "/many")) {
		for (int i = 0; i < LIMIT_HEADER_COUNT + 1; i++)
			conn_puts(c, "X: y\r\n");
	} else {
		for (int i = 0; i < 100; i++) {
			snprintf(line, sizeof(line), "X-%d: %01000d\r\n", i, 0);
			conn_puts(c, line);
		}
	}
	conn_puts(c, "\r\n\r\n");
	conn_close(c);
}

static void
test_header_limit(void **state)
{
	static const char *const paths[] = {"/one", "/many", "/sum"};
	struct fixture *t = fixture_begin(state, handle_big_headers);
	struct fetch f;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		get(&f, &t->c, &t->s, "http", paths[i]);
		assert_int_equal(f.x.result.error, NETERR_TOO_LARGE);
		assert_true(f.x.result.response.headers_too_large);
		assert_int_equal(f.x.result.response.status, 200);
		fetch_release(&f);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_body_limit),
		T(test_content_encoding),
		T(test_header_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
