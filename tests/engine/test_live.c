/* The engine over libcurl, on a loopback server; and a loop that was away for a while. */
#include "fetch.h"

#include "base/mem.h"
#include "engine/engine.h"

struct live {
	struct server s;
	struct rng rng;
	struct redactor *redactor;
	struct log *log;
	struct case_file c;
	struct engine *e;
	char url[64];
	unsigned done;
	enum net_error error;
	int status;
};

static const struct transport_ops *
load(struct err *e)
{
	(void)e;
	return &transport_curl;
}

static void
begin(struct live *l, void (*handle)(struct conn *))
{
	alarm(WATCHDOG_S);
	l->s.handle = handle;
	server_start(&l->s);
	rng_init_seeded(&l->rng, 3);
	l->redactor = redactor_new();
	l->log = log_new(&clock_system, l->redactor, 1000, 1 << 20);
	case_init(&l->c);
	l->e = engine_new(&(struct engine_deps){.clock = &clock_system, .rng = &l->rng, .log = l->log,
		.redactor = l->redactor, .record = &l->c, .load_transport = load});
	snprintf(l->url, sizeof(l->url), "http://127.0.0.1:%d/x", l->s.port);
	engine_confirm_origin(l->e, span_of(l->url));
}

static void
end(struct live *l)
{
	engine_free(l->e);
	server_stop(&l->s);
	case_release(&l->c);
	log_free(l->log);
	redactor_free(l->redactor);
}

static void
done(void *arg, const struct net_result *raw, const struct exchange *x)
{
	struct live *l = arg;

	(void)x;
	l->done++;
	l->error = raw->error;
	l->status = raw->response.status;
}

static uint32_t
ask(struct live *l)
{
	struct engine_call call = {.purpose = PURPOSE_USERINFO, .step = STEP_HANDLE, .credentials = true,
		.idempotent = true, .slot = SLOT_ACCESS, .done = done, .ctx = l};

	http_request_init(&call.http);
	http_request_set(&call.http, "GET", span_of(l->url));
	http_headers_set(&call.http.headers, "Authorization", SPAN_LIT("Bearer opaque-Xk29dkP02mfj39DDs8"));
	return engine_submit(l->e, &call);
}

static void
handle_ok(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

static bool
logged(struct live *l, const char *text)
{
	struct log_rec r;

	for (size_t i = 0; i < log_count(l->log); i++)
		if (log_get(l->log, i, &r) && strstr(r.text, text))
			return true;
	return false;
}

static void
test_requests(void **state)
{
	struct live l = {0};

	(void)state;
	begin(&l, handle_ok);
	for (unsigned i = 1; i <= 3; i++) {
		ask(&l);
		assert_int_equal(engine_run(l.e, 60000000), RES_OK);
		assert_int_equal(l.done, i);
		assert_int_equal(l.status, 200);
	}
	assert_int_equal(server_count(&l.s, &l.s.connections), 1);
	assert_true(l.c.exchanges[2]->result.timings.reused);
	assert_true(logged(&l, "← 200 application/json"));
	assert_true(logged(&l, "(dns "));
	assert_true(logged(&l, "(reused wait "));
	assert_false(logged(&l, "opaque-Xk29dkP02mfj39DDs8"));
	end(&l);
}

/* The first two attempts are reset, each on its connection. */
static void
handle_third_time(struct conn *c)
{
	if (server_count(c->server, &c->server->requests) < 3)
		conn_reset(c);
	else
		handle_ok(c);
}

static void
test_retry(void **state)
{
	struct live l = {0};

	(void)state;
	begin(&l, handle_third_time);
	ask(&l);
	assert_int_equal(engine_run(l.e, 60000000), RES_OK);
	assert_int_equal(l.status, 200);
	assert_int_equal(l.done, 1);
	assert_int_equal(l.c.n_exchanges, 3);
	assert_int_equal(l.c.exchanges[0]->result.error, NETERR_RESET);
	assert_int_equal(l.c.exchanges[2]->follows, 2);
	end(&l);
}

static void
handle_stall(struct conn *c)
{
	conn_stall(c);
}

static void
test_cancel(void **state)
{
	struct live l = {0};

	(void)state;
	begin(&l, handle_stall);
	ask(&l);
	ask(&l);
	while (server_count(&l.s, &l.s.requests) < 2) {
		engine_turn(l.e);
		assert_int_equal(engine_wait(l.e, NULL, 0, 10), RES_OK);
	}
	engine_cancel_all(l.e);
	engine_turn(l.e);
	assert_int_equal(l.done, 2);
	assert_int_equal(l.error, NETERR_CANCELLED);
	assert_int_equal(engine_running(l.e), 0);
	end(&l);
}

/* --- the loop was away (a stopped process, a terminal that blocked) --- */

static int64_t offset_us;

static int64_t
shifted_mono_us(const struct clock *c)
{
	(void)c;
	return clock_mono_us(&clock_system) + offset_us;
}

static int64_t
plain_wall_us(const struct clock *c)
{
	(void)c;
	return clock_wall_us(&clock_system);
}

/* Answers once a second connection has asked. */
static void
handle_when_two(struct conn *c)
{
	server_wait_requests(c->server, 2);
	handle_ok(c);
}

static void
test_time_away_is_no_time_out(void **state)
{
	static const struct clock shifted = {shifted_mono_us, shifted_mono_us, 0, 0};
	struct clock clock = shifted;
	struct server s = {.handle = handle_when_two};
	struct client c;
	struct fetch f[2];
	char *url;
	int n = 0;

	(void)state;
	clock.wall_us = plain_wall_us;
	client_open(&c);
	transport_curl.close(c.t);
	c.t = transport_curl.open(&clock, NULL, NULL);
	server_start(&s);
	url = xasprintf("http://127.0.0.1:%d/", s.port);
	fetch_init(&f[0], &c, "GET", url);
	fetch_start(&f[0], &c);
	while (server_count(&s, &s.requests) < 1)
		assert_int_equal(transport_curl.wait(c.t, NULL, 0, 10), RES_OK);
	offset_us += 3600 * 1000000LL; /* an hour, far beyond every time-out */
	assert_int_equal(transport_curl.wait(c.t, NULL, 0, 0), RES_OK);
	assert_null(transport_curl.next_done(c.t));
	fetch_init(&f[1], &c, "GET", url);
	fetch_start(&f[1], &c);
	while (n < 2) {
		if (transport_curl.next_done(c.t))
			n++;
		else
			assert_int_equal(transport_curl.wait(c.t, NULL, 0, -1), RES_OK);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(f[i].x.result.error, NETERR_NONE);
		fetch_release(&f[i]);
	}
	client_close(&c);
	server_stop(&s);
	free(url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_time_away_is_no_time_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
