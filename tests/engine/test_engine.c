/* The engine over the replay transport and a manual clock. */
#include "world.h"

#include "base/mem.h"

#define IDP "https://idp.example"
#define OK_JSON "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":1}"

/* No reply, whatever the request; made in one place so that the tests read as tables. */
#define RUN(w) assert_int_equal(engine_run((w)->engine, 600 * 1000000LL), RES_OK)

static void
test_one_request(void **state)
{
	struct world *w = *state;
	struct seen_call o;

	answers(w, "/introspect", OK_JSON);
	assert_int_equal(submit(w, &o, "GET", IDP "/introspect"), 1);
	assert_int_equal(engine_running(w->engine), 1);
	RUN(w);
	assert_int_equal(engine_running(w->engine), 0);
	assert_int_equal(o.calls, 1);
	assert_int_equal(o.error, NETERR_NONE);
	assert_int_equal(o.status, 200);
	assert_string_equal(o.body, "{\"a\":1}");
	assert_int_equal(o.n, 1);
	assert_int_equal(o.attempt, 1);
	assert_int_equal(w->c.n_exchanges, 1);
	assert_true(was_sent(w, "User-Agent: tokentriage/"));
	assert_logged(w, "→ GET idp.example/introspect");
	assert_logged(w, "← 200 application/json");
}

static void
test_completion_order(void **state)
{
	struct world *w = *state;
	struct seen_call slow, quick, middle;

	replay_add(w->replay, &(struct replay_reply){.url_contains = "/slow", .response = OK_JSON, .delay_us = 900000});
	replay_add(w->replay, &(struct replay_reply){.url_contains = "/quick", .response = OK_JSON, .delay_us = 1000});
	replay_add(w->replay, &(struct replay_reply){.url_contains = "/middle", .response = OK_JSON, .delay_us = 50900});
	submit(w, &slow, "GET", IDP "/slow");
	submit(w, &quick, "GET", IDP "/quick");
	submit(w, &middle, "GET", IDP "/middle");
	engine_turn(w->engine);
	/* All are out at once; none waits for another. */
	assert_int_equal(replay_requests(w->replay), 3);
	RUN(w);
	assert_int_equal(quick.order, 1);
	assert_int_equal(middle.order, 2);
	assert_int_equal(slow.order, 3);
	assert_int_equal(quick.n, 1);
	assert_int_equal(slow.n, 3);
	assert_int_equal(w->c.exchanges[2]->result.timings.total, 900000);
	/* as every table has it (time_span_us) */
	assert_logged(w, "← 200 application/json 50 ms");
}

static void
test_cancel(void **state)
{
	struct world *w = *state;
	struct seen_call queued, under_way, kept;
	uint32_t a, b;
	enum purpose p;
	char host[64];
	int64_t elapsed;

	replay_add(w->replay, &(struct replay_reply){.response = OK_JSON, .delay_us = 100000});
	b = submit(w, &under_way, "GET", IDP "/b");
	engine_turn(w->engine);
	clock_advance_us(&w->clock, 5000);
	assert_true(engine_progress(w->engine, &p, host, sizeof(host), &elapsed));
	assert_string_equal(host, "idp.example");
	assert_int_equal(elapsed, 5000);
	a = submit(w, &queued, "GET", IDP "/a");
	submit(w, &kept, "GET", IDP "/kept");
	engine_cancel(w->engine, a);
	engine_cancel(w->engine, b);
	engine_cancel(w->engine, b);
	engine_cancel(w->engine, 999);
	assert_int_equal(queued.calls, 0); /* delivered from the turn, not from the call */
	engine_turn(w->engine);
	assert_int_equal(queued.calls, 1);
	assert_int_equal(queued.error, NETERR_CANCELLED);
	assert_false(queued.has_exchange);
	assert_int_equal(under_way.error, NETERR_CANCELLED);
	assert_true(under_way.has_exchange);
	assert_false(was_sent(w, "/a HTTP"));
	RUN(w);
	assert_int_equal(kept.status, 200);
	assert_int_equal(kept.calls, 1);
	assert_int_equal(under_way.calls, 1);
	assert_false(engine_progress(w->engine, &p, host, sizeof(host), &elapsed));
}

static void
test_cancel_all_is_delivered_in_one_turn(void **state)
{
	struct world *w = *state;
	struct seen_call o[40];

	replay_add(w->replay, &(struct replay_reply){.response = OK_JSON, .delay_us = 100000});
	for (size_t i = 0; i < ARRAY_SIZE(o); i++)
		submit(w, &o[i], "GET", IDP "/x");
	engine_turn(w->engine);
	assert_in_range(replay_requests(w->replay), 8, ARRAY_SIZE(o) - 1); /* bounded */
	engine_cancel_all(w->engine);
	engine_turn(w->engine);
	assert_int_equal(engine_running(w->engine), 0);
	for (size_t i = 0; i < ARRAY_SIZE(o); i++) {
		assert_int_equal(o[i].calls, 1);
		assert_int_equal(o[i].error, NETERR_CANCELLED);
	}
}

static void
test_more_than_can_be_under_way(void **state)
{
	struct world *w = *state;
	struct seen_call o[80];

	replay_add(w->replay, &(struct replay_reply){.response = OK_JSON, .delay_us = 1000});
	for (size_t i = 0; i < ARRAY_SIZE(o); i++)
		submit(w, &o[i], "GET", IDP "/x");
	RUN(w);
	for (size_t i = 0; i < ARRAY_SIZE(o); i++)
		assert_int_equal(o[i].status, 200);
}

/* A reply per attempt: what the first two get, then 200. */
static void
script(struct world *w, const char *first, enum net_error error)
{
	replay_add(w->replay, &(struct replay_reply){.response = first, .error = error, .once = true});
	replay_add(w->replay, &(struct replay_reply){.response = OK_JSON});
}

static void
test_retry_after_reset(void **state)
{
	struct world *w = *state;
	struct seen_call o;
	int64_t before = clock_mono_us(&w->clock), waited;

	script(w, NULL, NETERR_RESET);
	submit(w, &o, "GET", IDP "/jwks");
	RUN(w);
	waited = clock_mono_us(&w->clock) - before;
	assert_int_equal(o.status, 200);
	assert_int_equal(o.calls, 1);
	assert_int_equal(o.attempt, 2);
	assert_int_equal(o.follows, 1);
	assert_int_equal(w->c.n_exchanges, 2);
	assert_int_equal(w->c.exchanges[0]->result.error, NETERR_RESET);
	assert_in_range(waited, 125000, 250000); /* half fixed, half jitter */
	assert_logged(w, "attempt 2 of 3");
}

static void
test_retry_gives_up(void **state)
{
	struct world *w = *state;
	struct seen_call o;
	int64_t before = clock_mono_us(&w->clock);

	answers(w, "/", "HTTP/1.1 503 Busy\r\n\r\n");
	submit(w, &o, "GET", IDP "/x");
	RUN(w);
	assert_int_equal(o.status, 503);
	assert_int_equal(o.attempt, 3);
	assert_int_equal(replay_requests(w->replay), 3);
	assert_int_equal(w->c.exchanges[2]->follows, 2);
	/* 125..250 ms, then 250..500 ms */
	assert_in_range(clock_mono_us(&w->clock) - before, 375000, 760000);
}

static void
test_no_retry(void **state)
{
	static const struct {
		const char *response;
		enum net_error error;
		bool idempotent;
	} cases[] = {
		{"HTTP/1.1 503 Busy\r\n\r\n", NETERR_NONE, false},
		{NULL, NETERR_RESET, false},
		{"HTTP/1.1 500 Oops\r\n\r\n", NETERR_NONE, true},
		{"HTTP/1.1 400 Bad\r\n\r\n", NETERR_NONE, true},
		{"HTTP/1.1 401 No\r\nRetry-After: 1\r\n\r\n", NETERR_NONE, true},
		{"HTTP/1.1 429 Slow\r\n\r\n", NETERR_NONE, true},
		{"HTTP/1.1 429 Slow\r\nRetry-After: 30\r\n\r\n", NETERR_NONE, true},
		{"HTTP/1.1 503 Busy\r\nRetry-After: 3600\r\n\r\n", NETERR_NONE, true},
		{NULL, NETERR_DNS, true},
		{NULL, NETERR_REFUSED, true},
		{NULL, NETERR_READ_TIMEOUT, true},
		{NULL, NETERR_TLS_UNKNOWN_CA, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world *w = *state;
		struct engine_call call;
		struct seen_call o;
		size_t before = replay_requests(w->replay);

		replay_add(w->replay, &(struct replay_reply){.response = cases[i].response,
			.error = cases[i].error, .once = true});
		call_init(&call, w, &o, "GET", IDP "/x");
		call.idempotent = cases[i].idempotent;
		engine_submit(w->engine, &call);
		RUN(w);
		assert_int_equal(replay_requests(w->replay) - before, 1);
		assert_int_equal(o.error, cases[i].error);
		assert_int_equal(o.calls, 1);
	}
}

static void
test_retry_after_is_honoured(void **state)
{
	struct world *w = *state;
	struct seen_call o;
	int64_t before = clock_mono_us(&w->clock);

	script(w, "HTTP/1.1 429 Slow\r\nRetry-After: 3\r\n\r\n", NETERR_NONE);
	submit(w, &o, "GET", IDP "/x");
	engine_turn(w->engine);
	RUN(w);
	assert_int_equal(o.status, 200);
	assert_in_range(clock_mono_us(&w->clock) - before, 3000000, 3100000);
}

static void
test_cancel_between_attempts(void **state)
{
	struct world *w = *state;
	struct seen_call o;
	uint32_t id;

	script(w, NULL, NETERR_RESET);
	id = submit(w, &o, "GET", IDP "/x");
	engine_turn(w->engine);
	assert_int_equal(engine_wait(w->engine, NULL, 0, 0), RES_OK);
	engine_turn(w->engine);
	assert_int_equal(engine_running(w->engine), 1);
	assert_true(engine_deadline_us(w->engine) > clock_mono_us(&w->clock));
	assert_true(engine_deadline_us(w->engine) < INT64_MAX);
	engine_cancel(w->engine, id);
	assert_true(engine_deadline_us(w->engine) <= clock_mono_us(&w->clock));
	engine_turn(w->engine);
	assert_int_equal(o.error, NETERR_CANCELLED);
	assert_int_equal(replay_requests(w->replay), 1);
}

static void
test_time_outs(void **state)
{
	struct world *w = *state;
	struct seen_call o;
	int64_t before = clock_mono_us(&w->clock);
	struct net_options opt = {.connect_timeout_ms = 1000, .first_byte_timeout_ms = 2000,
		.total_timeout_ms = 5000, .max_body = 1000, .max_headers = 1000};

	engine_set_options(w->engine, &opt, NULL);
	replay_add(w->replay, &(struct replay_reply){.response = OK_JSON, .delay_us = 60 * 1000000});
	submit(w, &o, "GET", IDP "/x");
	RUN(w);
	assert_int_equal(o.error, NETERR_READ_TIMEOUT);
	assert_int_equal(clock_mono_us(&w->clock) - before, 2000000);

	/* The total holds over all attempts: the third would start too late. */
	opt.first_byte_timeout_ms = opt.total_timeout_ms = 700;
	engine_set_options(w->engine, &opt, NULL);
	replay_add(w->replay, &(struct replay_reply){.url_contains = "/busy", .delay_us = 1});
	before = clock_mono_us(&w->clock);
	submit(w, &o, "GET", IDP "/x");
	RUN(w);
	assert_int_equal(o.error, NETERR_READ_TIMEOUT);
	assert_int_equal(clock_mono_us(&w->clock) - before, 700000);
}

static void
test_total_time_out_bounds_retries(void **state)
{
	struct world *w = *state;
	struct seen_call o;
	int64_t before = clock_mono_us(&w->clock);
	struct net_options opt = {.total_timeout_ms = 500};

	engine_set_options(w->engine, &opt, NULL);
	replay_add(w->replay, &(struct replay_reply){.error = NETERR_RESET, .delay_us = 200000});
	submit(w, &o, "GET", IDP "/x");
	RUN(w);
	assert_int_equal(o.error, NETERR_RESET);
	assert_true(replay_requests(w->replay) < 3);
	assert_true(clock_mono_us(&w->clock) - before <= 500000);
}

static void
test_run_limit(void **state)
{
	struct world *w = *state;
	struct seen_call o;

	replay_add(w->replay, &(struct replay_reply){.response = OK_JSON, .delay_us = 3000000});
	submit(w, &o, "GET", IDP "/x");
	assert_int_equal(engine_run(w->engine, 1000000), RES_LIMIT);
	assert_int_equal(o.calls, 0);
	assert_int_equal(engine_run(w->engine, INT64_MAX), RES_OK);
	assert_int_equal(o.calls, 1);
}

static void
test_redirect_is_followed_without_credentials(void **state)
{
	struct world *w = *state;
	struct engine_call call;
	struct seen_call o;
	struct str_list headers = {0};

	str_list_add(&headers, SPAN_LIT("X-Api-Key: key-of-the-tenant-0001"));
	engine_set_options(w->engine, NULL, &headers);
	answers(w, IDP "/a", "HTTP/1.1 302 Found\r\nLocation: https://other.example/b\r\n\r\n");
	answers(w, "https://other.example/b", "HTTP/1.1 301 Moved\r\nLocation: /c?x=1\r\n\r\n");
	answers(w, "https://other.example/c?x=1", OK_JSON);
	call_init(&call, w, &o, "GET", IDP "/a");
	call.follow_redirects = true;
	engine_submit(w->engine, &call);
	RUN(w);
	assert_int_equal(o.status, 200);
	assert_int_equal(o.n, 3);
	assert_int_equal(o.follows, 2);
	assert_int_equal(w->c.exchanges[1]->follows, 1);
	assert_int_equal(w->c.exchanges[0]->follows, 0);
	assert_string_equal(w->c.exchanges[1]->request.url, "https://other.example/b");
	/* The profile's headers went to the confirmed host and to no other. */
	assert_non_null(strstr(replay_request(w->replay, 0), "key-of-the-tenant-0001"));
	assert_null(strstr(replay_request(w->replay, 1), "key-of-the-tenant-0001"));
	assert_null(strstr(replay_request(w->replay, 2), "key-of-the-tenant-0001"));
	free(headers.v[0]);
	free(headers.v);
}

/* Each carries a credential somewhere, and says in its flags that it does not. */
static void
test_redirect_with_credentials_is_recorded_only(void **state)
{
	static const struct {
		const char *url, *header, *value, *body;
	} cases[] = {
		{IDP "/a", "Authorization", "Bearer token-that-must-stay-0001", NULL},
		{IDP "/a", "Cookie", "sid=token-that-must-stay-0001", NULL},
		{IDP "/a", "DPoP", "token-that-must-stay-0001", NULL},
		{IDP "/a", NULL, NULL, "token=token-that-must-stay-0001"},
		{IDP "/a", NULL, NULL, "client_id=a&client_secret=token-that-must-stay-0001"},
		{IDP "/a?access_token=token-that-must-stay-0001", NULL, NULL, NULL},
		{"https://u:token-that-must-stay-0001@idp.example/a", NULL, NULL, NULL},
	};
	struct world *w = *state;

	answers(w, "", "HTTP/1.1 307 Elsewhere\r\nLocation: https://evil.example/steal\r\n\r\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct engine_call call;
		struct seen_call o;

		call_init(&call, w, &o, "GET", cases[i].url);
		if (cases[i].header)
			http_headers_set(&call.http.headers, cases[i].header, span_of(cases[i].value));
		if (cases[i].body)
			buf_puts(&call.http.body, cases[i].body);
		call.follow_redirects = true;
		call.idempotent = true;
		engine_submit(w->engine, &call);
		RUN(w);
		assert_int_equal(o.status, 307);
		assert_int_equal(o.error, NETERR_NONE);
	}
	assert_int_equal(replay_requests(w->replay), ARRAY_SIZE(cases));
	assert_false(was_sent(w, "evil.example"));
	assert_int_equal(w->c.n_exchanges, ARRAY_SIZE(cases));
}

static void
test_redirect_limits(void **state)
{
	static const char *const locations[] = {"http://idp.example/a", "ftp://idp.example/a",
		"file:///etc/passwd", "javascript:alert(1)", "https://u:p@idp.example/a", ""};
	struct world *w = *state;
	struct engine_call call;
	struct seen_call o;

	answers(w, "/loop", "HTTP/1.1 302 Found\r\nLocation: /loop\r\n\r\n");
	call_init(&call, w, &o, "GET", IDP "/loop");
	call.follow_redirects = true;
	engine_submit(w->engine, &call);
	RUN(w);
	assert_int_equal(o.status, 302);
	assert_int_equal(replay_requests(w->replay), LIMIT_REDIRECTS + 1);
	assert_logged(w, "too many redirects");

	for (size_t i = 0; i < ARRAY_SIZE(locations); i++) {
		char *path = xasprintf("/x%zu.", i);
		char *url = xasprintf(IDP "%s", path);
		char *reply = xasprintf("HTTP/1.1 302 Found\r\nLocation: %s\r\n\r\n", locations[i]);
		size_t before = replay_requests(w->replay);

		answers(w, path, reply);
		call_init(&call, w, &o, "GET", url);
		call.follow_redirects = true;
		engine_submit(w->engine, &call);
		RUN(w);
		assert_int_equal(o.status, 302);
		assert_int_equal(replay_requests(w->replay) - before, 1);
		free(path);
		free(url);
		free(reply);
	}
	/* A POST is not repeated elsewhere, with or without credentials. */
	answers(w, "/post", "HTTP/1.1 308 Moved\r\nLocation: /there\r\n\r\n");
	call_init(&call, w, &o, "POST", IDP "/post");
	call.follow_redirects = true;
	engine_submit(w->engine, &call);
	RUN(w);
	assert_int_equal(o.status, 308);
	assert_false(was_sent(w, "/there"));
}

static void
test_origin_gate(void **state)
{
	static const char *const foreign[] = {"https://idp.example.evil/x", "http://idp.example/x",
		"https://idp.example:8443/x", "https://sub.idp.example/x", "https://evil/x?https://idp.example",
		"https://idp.example@evil/x"};
	static const char *const ours[] = {"https://idp.example/x", "HTTPS://IDP.EXAMPLE:443/x"};
	struct world *w = *state;
	struct engine_call call;
	struct seen_call o;

	answers(w, "", OK_JSON);
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		call_init(&call, w, &o, "POST", foreign[i]);
		call.credentials = true;
		engine_submit(w->engine, &call);
		RUN(w);
		assert_int_equal(o.error, NETERR_REFUSED_BY_POLICY);
		assert_true(o.has_exchange);
	}
	assert_int_equal(replay_requests(w->replay), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
		call_init(&call, w, &o, "POST", ours[i]);
		call.credentials = true;
		engine_submit(w->engine, &call);
		RUN(w);
		assert_int_equal(o.error, NETERR_NONE);
	}
	assert_int_equal(replay_requests(w->replay), 2);
	engine_forget_origins(w->engine);
	call_init(&call, w, &o, "POST", ours[0]);
	http_headers_set(&call.http.headers, "Authorization", SPAN_LIT("Bearer abcdefgh"));
	engine_submit(w->engine, &call); /* the flag is not set, the header counts */
	RUN(w);
	assert_int_equal(o.error, NETERR_REFUSED_BY_POLICY);
	assert_int_equal(replay_requests(w->replay), 2);
	/* Without credentials any host may be asked. */
	submit(w, &o, "GET", "https://clock.example/");
	RUN(w);
	assert_int_equal(o.status, 200);
}

/* --- the client's certificate --- */

static const char *certificate; /* of the last attempt */

static enum res
start_and_look(struct transport *t, struct transfer *x, struct err *e)
{
	certificate = x->options.client_cert_file;
	assert_true(!certificate == !x->options.client_key_file);
	return transport_replay.start(t, x, e);
}

static struct transport_ops looking;

static const struct transport_ops *
load_looking(struct err *e)
{
	(void)e;
	return &looking;
}

/* It names the client: a host that is not confirmed, or was redirected to, does not get to see it. */
static void
test_certificate_goes_to_confirmed_origins(void **state)
{
	const struct net_options o = {.client_cert_file = "/etc/client.pem", .client_key_file = "/etc/client.key"};
	struct world *w = *state;
	struct engine_call call;
	struct seen_call seen;
	struct engine *e;

	looking = transport_replay;
	looking.start = start_and_look;
	e = engine_new(&(struct engine_deps){.clock = &w->clock, .rng = &w->rng, .log = w->log,
		.redactor = w->redactor, .record = &w->c, .load_transport = load_looking});
	replay_set_clock(engine_transport(e, NULL), &w->clock);
	replay_add(engine_transport(e, NULL), &(struct replay_reply){.url_contains = "/moved",
		.response = "HTTP/1.1 302 Found\r\nLocation: https://other.example/x\r\n\r\n"});
	replay_add(engine_transport(e, NULL), &(struct replay_reply){.response = OK_JSON});
	engine_set_options(e, &o, NULL);
	engine_confirm_origin(e, SPAN_LIT(IDP));
	call_init(&call, w, &seen, "GET", IDP "/x");
	engine_submit(e, &call);
	assert_int_equal(engine_run(e, 600 * 1000000LL), RES_OK);
	assert_non_null(certificate);
	assert_string_equal(certificate, "/etc/client.pem");
	call_init(&call, w, &seen, "GET", IDP "/moved");
	call.follow_redirects = true;
	engine_submit(e, &call);
	assert_int_equal(engine_run(e, 600 * 1000000LL), RES_OK);
	assert_int_equal(seen.status, 200);
	assert_null(certificate);
	engine_free(e);
}

static void
test_bad_urls(void **state)
{
	static const char *const bad[] = {"", "idp.example/x", "ftp://idp.example/", "file:///etc/passwd",
		"https://", "https://idp.example/a b", "https://idp.example:99999/", "gopher://x/"};
	struct world *w = *state;
	struct seen_call o;
	char *longer = xmalloc(LIMIT_URL + 64);

	answers(w, "", OK_JSON);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		submit(w, &o, "GET", bad[i]);
		RUN(w);
		assert_int_equal(o.error, NETERR_BAD_URL);
		assert_int_equal(o.calls, 1);
	}
	snprintf(longer, LIMIT_URL + 64, IDP "/%0*d", LIMIT_URL + 8, 0);
	submit(w, &o, "GET", longer);
	RUN(w);
	assert_int_equal(o.error, NETERR_BAD_URL);
	assert_int_equal(replay_requests(w->replay), 0);
	free(longer);
}

static void
test_limits(void **state)
{
	struct world *w = *state;
	struct net_options opt = {.total_timeout_ms = 5000, .max_body = 10, .max_headers = 200};
	struct seen_call o;
	char reply[600];

	engine_set_options(w->engine, &opt, NULL);
	answers(w, "/ten", "HTTP/1.1 200 OK\r\n\r\n0123456789");
	answers(w, "/eleven", "HTTP/1.1 200 OK\r\n\r\n0123456789A");
	snprintf(reply, sizeof(reply), "HTTP/1.1 200 OK\r\nX: %0300d\r\n\r\nbody", 0);
	answers(w, "/headers", reply);
	submit(w, &o, "GET", IDP "/ten");
	RUN(w);
	assert_int_equal(o.error, NETERR_NONE);
	submit(w, &o, "GET", IDP "/eleven");
	RUN(w);
	assert_int_equal(o.error, NETERR_TOO_LARGE);
	assert_string_equal(o.body, "0123456789");
	assert_true(w->c.exchanges[1]->result.response.body_too_large);
	submit(w, &o, "GET", IDP "/headers");
	RUN(w);
	assert_int_equal(o.error, NETERR_TOO_LARGE);
	assert_true(w->c.exchanges[2]->result.response.headers_too_large);
}

static void
test_nothing_secret_is_kept(void **state)
{
	static const char *const secrets[] = {"opaque-Access-1f9dA83hsKd02nMqX7", "s3cret-of-the-client-77Q",
		"sid-0af31c88d2e9", "refreshed-Zk8s71NNqpw92HHs"};
	struct world *w = *state;
	struct engine_call call;
	struct seen_call o;
	struct secret *s = secret_new(span_of(secrets[0]));
	struct buf basic;

	redactor_add(w->redactor, s);
	secret_unref(s);
	answers(w, "", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		"Set-Cookie: sid=sid-0af31c88d2e9; Path=/\r\n"
		"X-Echo: opaque-Access-1f9dA83hsKd02nMqX7\r\n\r\n"
		"{\"access_token\":\"refreshed-Zk8s71NNqpw92HHs\",\"hint\":\"opaque-Access-1f9dA83hsKd02nMqX7\"}");
	call_init(&call, w, &o, "POST", IDP "/introspect?access_token=opaque-Access-1f9dA83hsKd02nMqX7");
	http_headers_set(&call.http.headers, "Content-Type", SPAN_LIT("application/x-www-form-urlencoded"));
	http_headers_set(&call.http.headers, "Authorization", SPAN_LIT("Basic YXBwOnMzY3JldC1vZi10aGUtY2xpZW50LTc3UQ=="));
	http_headers_set(&call.http.headers, "Cookie", SPAN_LIT("sid=sid-0af31c88d2e9"));
	buf_puts(&call.http.body, "token=opaque-Access-1f9dA83hsKd02nMqX7&client_secret=s3cret-of-the-client-77Q");
	call.credentials = true;
	engine_submit(w->engine, &call);
	RUN(w);
	/* It went out whole, and the callback saw it raw … */
	assert_true(was_sent(w, "token=opaque-Access-1f9dA83hsKd02nMqX7&client_secret=s3cret-of-the-client-77Q"));
	assert_non_null(strstr(o.body, "refreshed-Zk8s71NNqpw92HHs"));
	/* … but nothing of it stays. */
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		assert_false(is_kept(w, secrets[i]));
	assert_false(is_kept(w, "YXBwOnMzY3JldC1vZi10aGUtY2xpZW50LTc3UQ"));
	assert_logged(w, "→ POST idp.example/introspect");

	buf_init(&basic, LIMIT_BODY);
	assert_int_equal(exchange_curl_command(w->c.exchanges[0], &basic), RES_OK);
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		assert_null(strstr(buf_str(&basic), secrets[i]));
	buf_release(&basic);
}

static void
test_what_is_recorded_with_the_call(void **state)
{
	struct world *w = *state;
	struct engine_call call;
	struct seen_call o;
	const struct exchange *x;

	answers(w, "", OK_JSON);
	call_init(&call, w, &o, "GET", IDP "/userinfo");
	http_headers_set(&call.http.headers, "Authorization", SPAN_LIT("Bearer abcdefgh"));
	call.step = STEP_HANDLE;
	call.purpose = PURPOSE_USERINFO;
	call.slot = SLOT_ACCESS;
	call.auth = AUTH_POST;
	call.auth_client_id = SPAN_LIT("app");
	call.auth_has_reserved = true;
	engine_submit(w->engine, &call);
	RUN(w);
	x = w->c.exchanges[0];
	assert_int_equal(x->step, STEP_HANDLE);
	assert_int_equal(x->purpose, PURPOSE_USERINFO);
	assert_int_equal(x->slot, SLOT_ACCESS);
	assert_int_equal(x->auth, AUTH_POST);
	assert_string_equal(x->auth_client_id, "app");
	assert_true(x->auth_has_reserved);
	assert_int_equal(x->result.sent_wall_us, clock_wall_us(&w->clock));
}

struct chain {
	struct world *w;
	struct seen_call second;
	int calls;
};

static void
chain_done(void *arg, const struct net_result *raw, const struct exchange *x)
{
	struct chain *c = arg;

	(void)raw;
	(void)x;
	c->calls++;
	engine_turn(c->w->engine); /* a turn within the turn does nothing */
	engine_cancel_all(c->w->engine);
	submit(c->w, &c->second, "GET", IDP "/second");
}

static void
test_callbacks_may_submit_and_cancel(void **state)
{
	struct world *w = *state;
	struct chain c = {.w = w};
	struct engine_call call;
	struct seen_call unused, other;

	replay_add(w->replay, &(struct replay_reply){.url_contains = "/other", .response = OK_JSON, .delay_us = 5000000});
	answers(w, "", OK_JSON);
	call_init(&call, w, &unused, "GET", IDP "/first");
	free(call.ctx);
	call.done = chain_done;
	call.ctx = &c;
	engine_submit(w->engine, &call);
	submit(w, &other, "GET", IDP "/other");
	RUN(w);
	assert_int_equal(c.calls, 1);
	assert_int_equal(c.second.status, 200);
	assert_int_equal(other.error, NETERR_CANCELLED);
}

static const struct transport_ops *
cannot_load(struct err *e)
{
	err_set(e, RES_UNSUPPORTED, "net.so is not there");
	return NULL;
}

static void
test_no_transport(void **state)
{
	struct world *w = *state;
	struct engine_deps deps = {.clock = &w->clock, .rng = &w->rng, .log = w->log,
		.redactor = w->redactor, .load_transport = cannot_load};
	struct engine *e = engine_new(&deps);
	struct err err = ERR_INIT;
	struct engine_call call;
	struct seen_call o;

	call_init(&call, w, &o, "GET", IDP "/x");
	engine_submit(e, &call);
	assert_int_equal(engine_run(e, 1000000), RES_OK);
	assert_int_equal(o.error, NETERR_OTHER);
	assert_string_equal(o.words, "net.so is not there");
	assert_true(o.has_exchange); /* although there is no case to keep it */
	assert_null(engine_transport(e, &err));
	assert_string_equal(err.text, "net.so is not there");
	engine_free(e);
}

static void
test_wait_without_transport(void **state)
{
	struct world *w = *state;
	struct engine_deps deps = {.clock = &clock_system, .rng = &w->rng, .log = w->log,
		.redactor = w->redactor, .load_transport = cannot_load};
	struct engine *e = engine_new(&deps);
	struct pollfd fd = {.events = POLLIN};
	int p[2];

	assert_int_equal(pipe(p), 0);
	fd.fd = p[0];
	assert_int_equal(engine_wait(e, &fd, 1, 0), RES_OK);
	assert_int_equal(fd.revents, 0);
	assert_int_equal(write(p[1], "x", 1), 1);
	assert_int_equal(engine_wait(e, &fd, 1, -1), RES_OK);
	assert_int_equal(fd.revents, POLLIN);
	close(p[0]);
	close(p[1]);
	engine_free(e);
}

static void
test_free_while_running(void **state)
{
	struct world *w = *state;
	struct engine_call call;
	struct seen_call o;
	struct engine_call never;

	replay_add(w->replay, &(struct replay_reply){.response = OK_JSON, .delay_us = 5000000});
	call_init(&call, w, &o, "GET", IDP "/x");
	free(call.ctx);
	call.done = NULL;
	engine_submit(w->engine, &call);
	engine_turn(w->engine);
	call_init(&never, w, &o, "GET", IDP "/y");
	free(never.ctx);
	never.done = NULL;
	engine_submit(w->engine, &never);
	/* the tear-down frees the engine with one under way and one queued */
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_one_request),
		T(test_completion_order),
		T(test_cancel),
		T(test_cancel_all_is_delivered_in_one_turn),
		T(test_more_than_can_be_under_way),
		T(test_retry_after_reset),
		T(test_retry_gives_up),
		T(test_no_retry),
		T(test_retry_after_is_honoured),
		T(test_cancel_between_attempts),
		T(test_time_outs),
		T(test_total_time_out_bounds_retries),
		T(test_run_limit),
		T(test_redirect_is_followed_without_credentials),
		T(test_redirect_with_credentials_is_recorded_only),
		T(test_redirect_limits),
		T(test_origin_gate),
		T(test_certificate_goes_to_confirmed_origins),
		T(test_bad_urls),
		T(test_limits),
		T(test_nothing_secret_is_kept),
		T(test_what_is_recorded_with_the_call),
		T(test_callbacks_may_submit_and_cancel),
		T(test_no_transport),
		T(test_wait_without_transport),
		T(test_free_while_running),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
