/* One transport under several engines: whose answer it is, how many at once, the pace, and who is
 * too often. */
#include "unit.h"

#include "base/mem.h"
#include "base/redact.h"
#include "engine/net-shared.h"
#include "engine/engine.h"
#include "engine/replay.h"

#define OK_JSON "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}"
#define TOO_OFTEN "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 2\r\n\r\n"
#define TOO_OFTEN_UNSAID "HTTP/1.1 429 Too Many Requests\r\n\r\n"

enum { LANES = 4 };

struct lane {
	struct engine *engine;
	struct case_file c;
	unsigned done;
	int status;
	enum net_error error;
};

struct world {
	struct clock clock;
	struct rng rng;
	struct redactor *redactor;
	struct transport *replay;
	struct transport_ops ops;
	struct shared *shared;
	struct lane lanes[LANES];
};

static struct transport *opened;

static struct transport *
open_replay(const struct clock *clock, struct log *log, struct err *e)
{
	return opened = transport_replay.open(clock, log, e);
}

static void
start(struct world *w, struct shared_limits limits)
{
	struct err e = ERR_INIT;

	w->shared = shared_new(&w->ops, &w->clock, &w->rng, &limits, &e);
	assert_non_null(w->shared);
	w->replay = opened;
	replay_set_clock(w->replay, &w->clock);
	for (int i = 0; i < LANES; i++) {
		struct lane *l = &w->lanes[i];
		struct engine_deps deps = {.clock = &w->clock,
			.rng = &w->rng,
			.redactor = w->redactor,
			.record = &l->c,
			.ops = &transport_shared,
			.transport = shared_join(w->shared, l)};

		case_init(&l->c);
		l->engine = engine_new(&deps);
	}
}

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	clock_init_manual(&w->clock, INT64_C(1769860800) * 1000000);
	rng_init_seeded(&w->rng, 7);
	w->redactor = redactor_new();
	w->ops = transport_replay;
	w->ops.open = open_replay;
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < LANES; i++) {
		engine_free(w->lanes[i].engine);
		case_release(&w->lanes[i].c);
	}
	shared_free(w->shared);
	redactor_free(w->redactor);
	free(w);
	return 0;
}

static void
done(void *ctx, const struct net_result *raw, const struct exchange *x)
{
	struct lane *l = ctx;

	(void)x;
	l->done++;
	l->status = raw->response.status;
	l->error = raw->error;
}

static uint32_t
ask(struct lane *l, const char *url)
{
	struct engine_call call = {.done = done, .ctx = l};
	uint32_t id;

	http_request_init(&call.http);
	http_request_set(&call.http, "GET", span_of(url));
	id = engine_submit(l->engine, &call);
	engine_turn(l->engine);
	return id;
}

static void
reply(struct world *w, const char *url, const char *response, int64_t delay_us, bool once)
{
	replay_add(w->replay, &(struct replay_reply){
		.url_contains = url, .response = response, .delay_us = delay_us, .once = once});
}

/* Turns until n requests of the lanes are done; the time it took, by the manual clock. */
static int64_t
run(struct world *w, unsigned n)
{
	int64_t began = clock_mono_us(&w->clock);
	struct lane *l;

	for (int turns = 0; turns < 10000; turns++) {
		unsigned sum = 0;

		shared_turn(w->shared);
		while ((l = shared_next_ready(w->shared)))
			engine_turn(l->engine), engine_turn(l->engine);
		for (int i = 0; i < LANES; i++)
			sum += w->lanes[i].done;
		if (sum >= n)
			return clock_mono_us(&w->clock) - began;
		assert_int_equal(shared_wait(w->shared, NULL, 0, 1000), RES_OK);
	}
	fail_msg("they are never done");
	return 0;
}

static void
each_has_its_own(void **state)
{
	struct world *w = *state;

	start(w, (struct shared_limits){.under_way = 8});
	reply(w, "/a", OK_JSON, 5000, false);
	reply(w, "/b", "HTTP/1.1 404 Not Found\r\n\r\n", 1000, false);
	ask(&w->lanes[0], "https://idp.example/a");
	ask(&w->lanes[1], "https://idp.example/b");
	ask(&w->lanes[2], "https://idp.example/b");
	run(w, 3);
	assert_int_equal(w->lanes[0].status, 200);
	assert_int_equal(w->lanes[1].status, 404);
	assert_int_equal(w->lanes[2].status, 404);
	assert_int_equal(w->lanes[3].done, 0);
	assert_int_equal(w->lanes[0].c.n_exchanges, 1);
}

static void
so_many_at_once(void **state)
{
	struct world *w = *state;

	start(w, (struct shared_limits){.under_way = 2});
	reply(w, "/", OK_JSON, 10000, false);
	for (int i = 0; i < LANES; i++)
		ask(&w->lanes[i], "https://idp.example/");
	shared_turn(w->shared);
	assert_int_equal(replay_requests(w->replay), 2);
	assert_in_range(run(w, LANES), 20000, 30000);
}

static void
paced(void **state)
{
	struct world *w = *state;

	start(w, (struct shared_limits){.under_way = 8, .rate = 10});
	reply(w, "/", OK_JSON, 100, false);
	for (int i = 0; i < LANES; i++)
		ask(&w->lanes[i], "https://idp.example/");
	assert_in_range(run(w, LANES), 300000, 320000);
}

static void
waits_as_asked(void **state)
{
	struct world *w = *state;
	struct shared_counts n;

	start(w, (struct shared_limits){.under_way = 4, .patience = 3});
	reply(w, "/a", TOO_OFTEN, 1000, true);
	reply(w, "/", OK_JSON, 1000, false);
	ask(&w->lanes[0], "https://idp.example/a");
	ask(&w->lanes[1], "https://idp.example/b");
	run(w, 1); /* what was under way is not held up */
	assert_int_equal(w->lanes[1].status, 200);
	ask(&w->lanes[2], "https://idp.example/c");
	shared_turn(w->shared);
	shared_count(w->shared, &n);
	assert_int_equal(n.throttled, 1);
	assert_int_equal(n.window, 2); /* half as many */
	assert_int_equal(n.under_way, 0); /* nobody sends anything */
	assert_in_range(run(w, 3), 1990000, 2700000);
	assert_int_equal(w->lanes[0].status, 200); /* it never saw the refusal */
	assert_int_equal(w->lanes[0].c.n_exchanges, 1);
	assert_int_equal(replay_requests(w->replay), 4);
}

/* After a pause so many as went well are under way, and one more for each round of them. */
static void
opens_again(void **state)
{
	struct world *w = *state;
	struct shared_counts n;
	unsigned asked = 0;

	start(w, (struct shared_limits){.under_way = 4, .patience = 3});
	reply(w, "/a", TOO_OFTEN, 1000, true);
	reply(w, "/", OK_JSON, 1000, false);
	ask(&w->lanes[0], "https://idp.example/a");
	run(w, ++asked); /* it has been sent again */
	shared_count(w->shared, &n);
	assert_int_equal(n.window, 2);
	ask(&w->lanes[1], "https://idp.example/b");
	run(w, ++asked);
	shared_count(w->shared, &n);
	assert_int_equal(n.window, 3); /* two went well at two */
	for (int i = 0; i < 2; i++)
		ask(&w->lanes[i], "https://idp.example/c");
	run(w, asked += 2);
	shared_count(w->shared, &n);
	assert_int_equal(n.window, 3);
	ask(&w->lanes[2], "https://idp.example/c");
	run(w, ++asked);
	shared_count(w->shared, &n);
	assert_int_equal(n.window, 4);
	for (int i = 0; i < LANES; i++)
		ask(&w->lanes[i], "https://idp.example/d");
	shared_turn(w->shared);
	shared_count(w->shared, &n);
	assert_int_equal(n.under_way, 4);
	run(w, asked += LANES);
	shared_count(w->shared, &n);
	assert_int_equal(n.window, 4); /* and no more than were asked for */
	assert_int_equal(n.resume_us, 0);
}

/* A time that doubles where the server asks for none; and at last it is told. */
static void
patience_ends(void **state)
{
	struct world *w = *state;

	start(w, (struct shared_limits){.under_way = 4, .patience = 3});
	reply(w, "/", TOO_OFTEN_UNSAID, 1000, false);
	ask(&w->lanes[0], "https://idp.example/");
	assert_in_range(run(w, 1), 7000000, 9500000); /* 1 + 2 + 4 s, and some chance */
	assert_int_equal(w->lanes[0].status, 429);
	assert_int_equal(replay_requests(w->replay), 4);
}

static void
went_away(void **state)
{
	struct world *w = *state;

	start(w, (struct shared_limits){.under_way = 4, .patience = 3});
	replay_add(w->replay,
		&(struct replay_reply){
			.url_contains = "/gone", .error = NETERR_REFUSED, .once = true});
	replay_add(w->replay,
		&(struct replay_reply){
			.url_contains = "/again", .error = NETERR_REFUSED, .once = true});
	reply(w, "/", OK_JSON, 1000, false);
	/* from the start it is evidence */
	ask(&w->lanes[0], "https://idp.example/gone");
	run(w, 1);
	assert_int_equal(w->lanes[0].error, NETERR_REFUSED);
	/* once it answered, it is waited for */
	ask(&w->lanes[1], "https://idp.example/");
	run(w, 2);
	ask(&w->lanes[2], "https://idp.example/again");
	assert_in_range(run(w, 3), 1000000, 1500000);
	assert_int_equal(w->lanes[2].error, NETERR_NONE);
	assert_int_equal(w->lanes[2].status, 200);
	assert_int_equal(replay_requests(w->replay), 4);
}

/* Turns for so long, by the manual clock. */
static void
turn_for(struct world *w, int64_t us)
{
	int64_t end = clock_mono_us(&w->clock) + us;
	struct lane *l;

	while (clock_mono_us(&w->clock) < end) {
		shared_turn(w->shared);
		while ((l = shared_next_ready(w->shared)))
			engine_turn(l->engine), engine_turn(l->engine);
		assert_int_equal(shared_wait(w->shared, NULL, 0, 1000), RES_OK);
	}
}

/* A date in Retry-After is by the server's clock, which Date tells: here it is ten minutes behind. */
static void
by_the_servers_clock(void **state)
{
	struct world *w = *state;

	start(w, (struct shared_limits){.under_way = 4, .patience = 3});
	reply(w, "/",
		"HTTP/1.1 429 Too Many Requests\r\nDate: Sat, 31 Jan 2026 11:50:00 GMT\r\n"
		"Retry-After: Sat, 31 Jan 2026 11:50:30 GMT\r\n\r\n",
		1000, true);
	reply(w, "/", OK_JSON, 1000, false);
	ask(&w->lanes[0], "https://idp.example/");
	assert_in_range(run(w, 1), 30000000, 38000000);
	assert_int_equal(w->lanes[0].status, 200);
}

/* What was asked for and was not enough: longer each time, and "0" is not at once. */
static void
longer_each_time(void **state)
{
	struct world *w = *state;

	start(w, (struct shared_limits){.under_way = 4, .patience = 3});
	reply(w, "/zero", "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\n\r\n", 1000, false);
	ask(&w->lanes[0], "https://idp.example/zero");
	assert_in_range(run(w, 1), 7000000, 9500000); /* 1 + 2 + 4 s, and some chance */
	assert_int_equal(replay_requests(w->replay), 4);
}

/* A gateway without its server, once there was one. */
static void
fails_for_a_time(void **state)
{
	struct world *w = *state;

	start(w, (struct shared_limits){.under_way = 4, .patience = 12});
	reply(w, "/", OK_JSON, 1000, true);
	for (int i = 0; i < 3; i++)
		reply(w, "/", "HTTP/1.1 502 Bad Gateway\r\n\r\n", 1000, true);
	reply(w, "/", OK_JSON, 1000, false);
	ask(&w->lanes[0], "https://idp.example/");
	run(w, 1);
	ask(&w->lanes[1], "https://idp.example/");
	assert_in_range(run(w, 2), 7000000, 9500000);
	assert_int_equal(w->lanes[1].status, 200);
	assert_int_equal(w->lanes[1].c.n_exchanges, 1);
}

/* From the start it is what came of the request; and so it is at another endpoint. */
static void
fails_from_the_start(void **state)
{
	struct world *w = *state;

	start(w, (struct shared_limits){.under_way = 4, .patience = 12});
	reply(w, "/userinfo", "HTTP/1.1 503 Service Unavailable\r\n\r\n", 1000, false);
	reply(w, "/", OK_JSON, 1000, false);
	ask(&w->lanes[0], "https://idp.example/introspect");
	run(w, 1);
	ask(&w->lanes[1], "https://idp.example/userinfo");
	assert_in_range(run(w, 2), 1000, 900000);
	assert_int_equal(w->lanes[1].status, 503);
}

/* One request breaks where others are answered: it is tried again, and nobody waits for it. */
static void
one_alone(void **state)
{
	struct world *w = *state;
	struct shared_counts n;

	start(w, (struct shared_limits){.under_way = 4, .patience = 12});
	reply(w, "/", OK_JSON, 1000, true);
	replay_add(w->replay, &(struct replay_reply){.url_contains = "?bad", .error = NETERR_SHORT_BODY,
		.delay_us = 5000});
	reply(w, "/", OK_JSON, 1000, false);
	ask(&w->lanes[0], "https://idp.example/");
	run(w, 1);
	ask(&w->lanes[0], "https://idp.example/u?bad");
	for (int round = 0; round < 8; round++) {
		ask(&w->lanes[1], "https://idp.example/u?good");
		turn_for(w, 5000);
	}
	assert_int_equal(w->lanes[0].done, 2);
	assert_int_equal(w->lanes[0].error, NETERR_SHORT_BODY);
	shared_count(w->shared, &n);
	assert_int_equal(n.throttled, 0);
	assert_int_equal(n.window, 4);
	assert_null(shared_gone(w->shared));
}

/* A server that does not come back ends the run: what was asked is nobody's evidence. */
static void
gone(void **state)
{
	struct world *w = *state;
	unsigned sent;

	start(w, (struct shared_limits){.under_way = 4, .patience = 3});
	assert_false(shared_answered(w->shared));
	reply(w, "/", OK_JSON, 1000, true);
	replay_add(w->replay,
		&(struct replay_reply){.url_contains = "/", .error = NETERR_REFUSED});
	ask(&w->lanes[0], "https://idp.example/");
	run(w, 1);
	assert_true(shared_answered(w->shared));
	ask(&w->lanes[1], "https://idp.example/");
	turn_for(w, 5000000);
	assert_null(shared_gone(w->shared));
	turn_for(w, 5000000);
	assert_non_null(shared_gone(w->shared));
	assert_non_null(strstr(shared_gone(w->shared), "idp.example does not answer any more"));
	assert_int_equal(w->lanes[1].done, 0);
	sent = replay_requests(w->replay);
	assert_int_equal(sent, 1 + 4);
	ask(&w->lanes[2], "https://idp.example/");
	turn_for(w, 200000000);
	assert_int_equal(replay_requests(w->replay), sent);
}

static void
cancelled(void **state)
{
	struct world *w = *state;
	uint32_t id, queued;

	start(w, (struct shared_limits){.under_way = 1});
	reply(w, "/", OK_JSON, 50000, false);
	id = ask(&w->lanes[0], "https://idp.example/");
	shared_turn(w->shared);
	queued = ask(&w->lanes[1], "https://idp.example/");
	engine_cancel(w->lanes[1].engine, queued);
	engine_cancel(w->lanes[0].engine, id);
	run(w, 2);
	assert_int_equal(w->lanes[0].error, NETERR_CANCELLED);
	assert_int_equal(w->lanes[1].error, NETERR_CANCELLED);
	assert_int_equal(replay_requests(w->replay), 1);
	/* and the place is free again */
	ask(&w->lanes[2], "https://idp.example/");
	run(w, 3);
	assert_int_equal(w->lanes[2].status, 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_has_its_own, setup, teardown),
		cmocka_unit_test_setup_teardown(so_many_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(paced, setup, teardown),
		cmocka_unit_test_setup_teardown(waits_as_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(opens_again, setup, teardown),
		cmocka_unit_test_setup_teardown(patience_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(went_away, setup, teardown),
		cmocka_unit_test_setup_teardown(by_the_servers_clock, setup, teardown),
		cmocka_unit_test_setup_teardown(longer_each_time, setup, teardown),
		cmocka_unit_test_setup_teardown(fails_for_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(fails_from_the_start, setup, teardown),
		cmocka_unit_test_setup_teardown(one_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(gone, setup, teardown),
		cmocka_unit_test_setup_teardown(cancelled, setup, teardown),
	};

	return cmocka_run_group_tests_name("shared", tests, NULL, NULL);
}
