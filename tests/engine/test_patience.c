/* How long a user waits: what the time-out bounds, and that nobody waits twice for the same silence. */
#include "unit.h"

#include "world.h"

#include "base/mem.h"
#include "diagnose/diagnose.h"
#include "engine/policy.h"
#include "wizard/wizard.h"

#define IDP "https://idp.example"
#define TOKEN "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1In0." \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

enum { TIMEOUT_S = 3 };

static void
hangs(struct world *w, const char *url, enum net_error e)
{
	replay_add(w->replay, &(struct replay_reply){.url_contains = url, .error = e,
		.delay_us = e == NETERR_READ_TIMEOUT ? 3600LL * 1000000 : 2000000});
}

static void
ask(struct world *w, struct seen_call *o, enum purpose p, const char *url)
{
	struct engine_call call;

	call_init(&call, w, o, "GET", url);
	call.purpose = p;
	call.idempotent = true;
	engine_submit(w->engine, &call);
	assert_int_equal(engine_run(w->engine, INT64_MAX), RES_OK);
}

/* Hung once: no probe is sent there, the user's own questions are, and a new walk starts afresh. */
static void
test_extras_are_not_sent_to_the_silent(void **state)
{
	struct world *w = *state;
	struct seen_call o;

	hangs(w, "/introspect", NETERR_READ_TIMEOUT);
	answers(w, "", "HTTP/1.1 200 OK\r\n\r\n{}");
	ask(w, &o, PURPOSE_INTROSPECTION, IDP "/introspect");
	assert_int_equal(o.error, NETERR_READ_TIMEOUT);
	ask(w, &o, PURPOSE_PROBE_INTROSPECTION, IDP "/introspect");
	assert_int_equal(o.error, NETERR_SKIPPED);
	assert_true(o.has_exchange);
	ask(w, &o, PURPOSE_JWKS, IDP "/keys");
	assert_int_equal(o.error, NETERR_SKIPPED);
	ask(w, &o, PURPOSE_USERINFO, IDP "/me");
	assert_int_equal(o.status, 200);
	ask(w, &o, PURPOSE_JWKS, "https://other.example/keys");
	assert_int_equal(o.status, 200);
	assert_int_equal(replay_requests(w->replay), 3);
	engine_begin_walk(w->engine);
	ask(w, &o, PURPOSE_JWKS, IDP "/keys");
	assert_int_equal(o.status, 200);
}

/* No connection: nothing more is sent to that origin. */
static void
test_the_unreachable_is_asked_once(void **state)
{
	struct world *w = *state;
	struct seen_call o;

	hangs(w, "/introspect", NETERR_CONNECT_TIMEOUT);
	answers(w, "", "HTTP/1.1 200 OK\r\n\r\n{}");
	ask(w, &o, PURPOSE_INTROSPECTION, IDP "/introspect");
	ask(w, &o, PURPOSE_USERINFO, IDP "/me");
	assert_int_equal(o.error, NETERR_SKIPPED);
	ask(w, &o, PURPOSE_USERINFO, IDP ":8443/me");
	assert_int_equal(o.status, 200);
}

static void
test_what_is_silence(void **state)
{
	static const struct {
		enum net_error e;
		int64_t took_us;
		enum silence want;
	} rows[] = {
		{NETERR_NONE, 9000000, SILENCE_NONE},
		{NETERR_READ_TIMEOUT, 9000000, SILENCE_ANSWER},
		{NETERR_CONNECT_TIMEOUT, 9000000, SILENCE_ORIGIN},
		{NETERR_PROXY_UNREACHABLE, 9000000, SILENCE_ORIGIN},
		{NETERR_DNS, 9000000, SILENCE_ORIGIN},
		{NETERR_DNS, 5000, SILENCE_NONE}, /* told at once: asking again costs nothing */
		{NETERR_REFUSED, 5000, SILENCE_NONE},
		{NETERR_CANCELLED, 9000000, SILENCE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct net_result r;

		net_result_init(&r);
		r.error = rows[i].e;
		r.timings.total = rows[i].took_us;
		assert_int_equal(policy_silence(&r), rows[i].want);
		net_result_release(&r);
	}
}

/*
 * A whole walk against a server that never finishes an answer: one time-out for each question of the
 * user's own (introspection, user information), none for the rest (doc/contract.md).
 */
static void
test_a_walk_is_bounded(void **state)
{
	struct world *w = *state;
	struct wizard_deps deps = {.engine = w->engine, .c = &w->c, .clock = &w->clock, .rng = &w->rng,
		.log = w->log, .redactor = w->redactor};
	struct wizard *z = wizard_new(&deps);
	struct profile p;
	int64_t began = clock_mono_us(&w->clock);

	hangs(w, "", NETERR_READ_TIMEOUT);
	profile_init(&p);
	p.timeout = TIMEOUT_S;
	profile_set(&p.introspection_endpoint, SPAN_LIT(IDP "/introspect"));
	profile_set(&p.userinfo_endpoint, SPAN_LIT(IDP "/me"));
	profile_set(&p.jwks_uri, SPAN_LIT(IDP "/keys"));
	assert_int_equal(wizard_use_profile(z, &p, NULL), RES_OK);
	wizard_give_token(z, SLOT_ACCESS, SPAN_LIT(TOKEN), "test");
	wizard_walk(z, (1u << STEP_COUNT) - 1, false, false);
	while (wizard_busy(z)) {
		assert_int_equal(engine_run(w->engine, INT64_MAX), RES_OK);
		wizard_update(z);
	}
	wizard_update(z);
	assert_int_equal(replay_requests(w->replay), 2);
	assert_int_equal((clock_mono_us(&w->clock) - began) / 1000000, 2 * TIMEOUT_S);
	assert_non_null(wizard_diagnosis(z)->verdict.primary);
	assert_string_equal(wizard_diagnosis(z)->verdict.primary->rule->id, "read-timeout");
	wizard_free(z);
	profile_release(&p);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_extras_are_not_sent_to_the_silent),
		T(test_the_unreachable_is_asked_once),
		T(test_what_is_silence),
		T(test_a_walk_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
