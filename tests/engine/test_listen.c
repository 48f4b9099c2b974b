/*
 * The loopback listener: one path, GET, whole requests however they are cut, nothing that blocks.
 */
#include "unit.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "engine/listen.h"
#include "oauth/url.h"

struct world {
	struct clock clock;
	struct listener *l;
	int port;
};

static int
port_of(const struct listener *l)
{
	struct buf b;
	struct url u;
	int port;

	buf_init(&b, 1000);
	assert_int_equal(listener_redirect_uri(l, &b), RES_OK);
	assert_int_equal(url_parse(&u, buf_span(&b), NULL), RES_OK);
	port = u.port;
	buf_release(&b);
	return port;
}

static int
setup(void **state)
{
	struct world *t = xcalloc(1, sizeof *t);
	struct err e = ERR_INIT;

	clock_init_manual(&t->clock, 1769860800000000);
	if (listener_open(&t->l, SPAN_LIT("http://127.0.0.1:0/cb"), &t->clock, &e) != RES_OK)
		fail_msg("%s", e.text);
	t->port = port_of(t->l);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct world *t = *state;

	listener_close(t->l);
	free(t);
	return 0;
}

static int
dial(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)port)};
	struct timeval patience = {.tv_sec = 20};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)(void *)&a, sizeof a), 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

static void
put(int fd, const char *text, size_t n)
{
	assert_int_equal(send(fd, text, n, MSG_NOSIGNAL), n);
}

/* Moves the listener on until what was sent has arrived; true: a request for the caller. */
static bool
turn(struct world *t, struct span *target)
{
	struct pollfd fds[LISTEN_FDS];
	size_t n = listener_fds(t->l, fds, LISTEN_FDS);

	assert_true(n <= LISTEN_FDS);
	(void)poll(fds, n, 100);
	return listener_next(t->l, target);
}

/* What comes back until the other side is done. */
static void
answer_of(struct world *t, int fd, char *out, size_t size)
{
	struct span target;
	size_t got = 0;
	ssize_t n = 0;

	for (int i = 0; i < 200; i++) {
		n = recv(fd, out + got, size - 1 - got, MSG_DONTWAIT);
		if (n == 0)
			break;
		if (n > 0)
			got += (size_t)n;
		else
			assert_false(turn(t, &target));
	}
	assert_int_equal(n, 0);
	out[got] = '\0';
	close(fd);
}

#define GET(target) "GET " target " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n"

static void
a_request_and_its_answer(void **state)
{
	struct world *t = *state;
	char answer[4096];
	struct span target;
	int fd = dial(t->port);

	put(fd, GET("/cb?code=abc&state=xyz"), sizeof GET("/cb?code=abc&state=xyz") - 1);
	while (!turn(t, &target))
		;
	assert_true(span_is(target, "/cb?code=abc&state=xyz"));
	listener_answer(t->l, 200, "Thanks <b>&", "It is done.");
	answer_of(t, fd, answer, sizeof answer);
	assert_non_null(strstr(answer, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(answer, "Content-Type: text/html; charset=utf-8\r\n"));
	assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'none'\r\n"));
	assert_non_null(strstr(answer, "Referrer-Policy: no-referrer\r\n"));
	assert_non_null(strstr(answer, "<h1>Thanks &lt;b>&amp;</h1>"));
	assert_null(strstr(answer, "abc"));
}

static void
cut_at_every_byte(void **state)
{
	static const char text[] = GET("/cb?code=abc");
	struct world *t = *state;
	struct span target;

	for (size_t cut = 1; cut < sizeof text - 1; cut++) {
		char answer[4096];
		int fd = dial(t->port);

		put(fd, text, cut);
		assert_false(turn(t, &target));
		put(fd, text + cut, sizeof text - 1 - cut);
		while (!turn(t, &target))
			;
		assert_true(span_is(target, "/cb?code=abc"));
		listener_answer(t->l, 200, "T", "t");
		answer_of(t, fd, answer, sizeof answer);
		assert_non_null(strstr(answer, "200 OK"));
	}
}

static void
what_it_answers_itself(void **state)
{
	static const struct {
		const char *text, *status;
	} rows[] = {
		{GET("/"), "404"},
		{GET("/favicon.ico"), "404"},
		{GET("/cb/"), "404"},
		{GET("/cbx?code=1"), "404"},
		{"POST /cb HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "405"},
		{"HEAD /cb?code=1 HTTP/1.1\r\n\r\n", "405"},
		{"OPTIONS /cb HTTP/1.1\r\n\r\n", "405"},
		{"GET /cb\r\n\r\n", "400"},
		{"GET cb?code=1 HTTP/1.1\r\n\r\n", "400"},
		{"GET http://evil.example/cb HTTP/1.1\r\n\r\n", "400"},
		{"\r\n\r\n", "400"},
		{"GET /cb HTTP/2.0\r\n\r\n", "400"},
		{"\x16\x03\x01\x02\n\n", "400"},
	};
	struct world *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char answer[4096];
		int fd = dial(t->port);

		put(fd, rows[i].text, strlen(rows[i].text));
		answer_of(t, fd, answer, sizeof answer);
		if (strncmp(answer, "HTTP/1.1 ", 9) != 0 ||
			strncmp(answer + 9, rows[i].status, 3) != 0)
			fail_msg("%s: %s", rows[i].text, answer);
	}
}

static void
a_request_has_a_limit(void **state)
{
	struct world *t = *state;
	char part[1024], answer[4096];
	struct span target;
	int fd = dial(t->port);

	memset(part, 'a', sizeof part);
	put(fd, "GET /cb?", 8);
	for (size_t sent = 0; sent <= LISTEN_REQUEST_MAX; sent += sizeof part) {
		put(fd, part, sizeof part);
		assert_false(turn(t, &target));
	}
	answer_of(t, fd, answer, sizeof answer);
	assert_non_null(strstr(answer, "HTTP/1.1 431 "));
}

/* Who connects and says nothing holds a place for five seconds, and nobody up. */
static void
silent_connections_are_given_up(void **state)
{
	struct world *t = *state;
	int silent[LISTEN_CONNECTIONS], fd;
	struct pollfd fds[LISTEN_FDS];
	struct span target;

	for (size_t i = 0; i < LISTEN_CONNECTIONS; i++)
		silent[i] = dial(t->port);
	for (int i = 0; i < 100 && listener_fds(t->l, fds, LISTEN_FDS) < LISTEN_CONNECTIONS; i++)
		assert_false(turn(t, &target));
	while (listener_fds(t->l, fds, LISTEN_FDS) > LISTEN_CONNECTIONS)
		assert_false(turn(t, &target));
	assert_int_equal(listener_deadline_us(t->l), clock_mono_us(&t->clock) + LISTEN_PATIENCE_US);
	fd = dial(t->port); /* waits in the backlog */
	put(fd, GET("/cb?code=1"), sizeof GET("/cb?code=1") - 1);
	assert_false(listener_next(t->l, &target));
	clock_advance_us(&t->clock, LISTEN_PATIENCE_US);
	for (int i = 0; i < 200 && !turn(t, &target); i++)
		assert_int_not_equal(i, 199);
	assert_true(span_is(target, "/cb?code=1"));
	listener_answer(t->l, 200, "T", "t");
	close(fd);
	for (size_t i = 0; i < LISTEN_CONNECTIONS; i++)
		close(silent[i]);
}

static void
who_hangs_up_is_forgotten(void **state)
{
	struct world *t = *state;
	struct span target;

	for (int i = 0; i < 50; i++) {
		int fd = dial(t->port);

		put(fd, "GET /cb", 7);
		close(fd);
		(void)turn(t, &target);
	}
	for (int i = 0; i < 200 && listener_deadline_us(t->l) != INT64_MAX; i++)
		assert_false(turn(t, &target));
	assert_int_equal(listener_deadline_us(t->l), INT64_MAX);
}

static void
which_addresses(void **state)
{
	static const char *const yes[] = {"http://127.0.0.1/cb", "http://127.0.0.1",
		"http://localhost:8080/cb", "http://[::1]/cb", "http://127.0.0.1:0/cb",
		"http://127.3.2.1:5000/"};
	static const char *const no[] = {"https://127.0.0.1/cb", "http://app.example/cb",
		"com.example.app:/cb", "urn:ietf:wg:oauth:2.0:oob", "http://127.0.0.1/cb?x=1",
		"http://u@127.0.0.1/cb", "", "http://127.0.0.1.evil.example/cb"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		assert_true(listen_possible(span_of(yes[i])));
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		assert_false(listen_possible(span_of(no[i])));
}

static void
the_port_that_was_got(void **state)
{
	struct world *t = *state;
	struct listener *other;
	struct err e = ERR_INIT;
	struct buf uri;
	char want[80];

	buf_init(&uri, 200);
	assert_int_equal(listener_redirect_uri(t->l, &uri), RES_OK);
	snprintf(want, sizeof want, "http://127.0.0.1:%d/cb", t->port);
	assert_string_equal(buf_str(&uri), want);
	/* somebody else's port is not shared: the code would be theirs */
	assert_int_equal(listener_open(&other, buf_span(&uri), &t->clock, &e), RES_IO);
	assert_null(other);
	assert_non_null(strstr(e.text, "port"));
	/* given back, it is free at once */
	listener_close(t->l);
	assert_int_equal(listener_open(&t->l, buf_span(&uri), &t->clock, &e), RES_OK);
	assert_int_equal(port_of(t->l), t->port);
	buf_release(&uri);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_request_and_its_answer),
		T(cut_at_every_byte),
		T(what_it_answers_itself),
		T(a_request_has_a_limit),
		T(silent_connections_are_given_up),
		T(who_hangs_up_is_forgotten),
		T(which_addresses),
		T(the_port_that_was_got),
	};

	return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
