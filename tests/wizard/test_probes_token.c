/* The probe ladder where the client is known: what becomes of the token, in the header, in the body, with time. */
#include "probing.h"

#include "base/mem.h"
#include "wizard/probes.h"

/* --- user information -------------------------------------------------------------------------------------- */

static void
a_lost_header_is_proven_by_the_body(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("POST", "/me", "access_token=" OPAQUE, USER);
	reply("GET", "/me", NULL, BARE_CHALLENGE);
	AT(PROBES_NONE, OPAQUE, "discovery introspection:basic userinfo");
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo userinfo-probe");
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo userinfo-probe userinfo-form-probe");
	assert_string_equal(primary(t), "authorization-header-stripped");
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.summary, "in the body"));
}

static void
the_words_for_any_token_are_proven_by_the_body(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("POST", "/me", "access_token=" OPAQUE, USER);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_SAFE, OPAQUE);
	assert_int_equal(sent_to("access_token="), 0);
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	/* refused once more in the header: it did not hang on which server was asked */
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo userinfo-probe userinfo-form-probe "
		"userinfo");
	assert_string_equal(primary(t), "authorization-header-stripped");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

static void
taken_in_the_body_it_is_shown_in_the_header_again(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("POST", "/me", "access_token=" OPAQUE, USER);
	reply_once("GET", "/me", INVALID_TOKEN);
	reply_once("GET", "/me", INVALID_TOKEN);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo userinfo-probe userinfo-form-probe "
		"userinfo");
	assert_string_equal(primary(t), "replication-delay");
	assert_int_equal(verdict(t), STATE_OK);
}

/* A live token refused at every one of several tries is not asked for longer than the first wait. */
static void
one_server_of_several_may_not_know_it(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("POST", "/me", NULL, INVALID_TOKEN);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo userinfo-probe userinfo-form-probe "
		"userinfo");
	assert_string_equal(primary(t), "token-rejected-unspecified");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
}

/* Inactive, the caller's own, and it works: only a refusal that is not shown explains that, and it is asked for. */
static void
an_inactive_token_of_ones_own_asks_for_a_hidden_refusal(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 600, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_SAFE, token, "discovery introspection:basic userinfo");
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection-probe:none token-probe:basic");
	assert_string_equal(primary(t), "client-secret-wrong");
	assert_int_equal(verdict(t), STATE_PROBLEM);
	free(token);
}

/*
 * Introspection gives these answers in turn, the last one from then on, and user information comes all the
 * same: what is asked, and found.
 */
static void
works_all_the_same(struct world *t, const char *const said[], const char *want, const char *found, enum state state)
{
	char *token = jwt(ISSUER, "app", 600, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	for (; said[1]; said++)
		reply_once("POST", "/introspect", said[0]);
	reply("POST", "/introspect", NULL, said[0]);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, token, want);
	assert_string_equal(primary(t), found);
	assert_int_equal(verdict(t), state);
	free(token);
}

/* The token endpoint takes the secret: anybody may ask here, and the secret is not to blame. */
static void
an_open_door_alone_blames_no_secret(void **state)
{
	reply("POST", "/token", NULL, NO_SUCH_CODE);
	works_all_the_same(*state, (const char *[]){INACTIVE, NULL},
		"discovery introspection:basic userinfo introspection-probe:none token-probe:basic introspection:basic",
		"introspect-inactive-unspecified", STATE_UNDETERMINED);
}

/* Strangers are told something else: then the caller was known, and nobody is to blame. */
static void
a_closed_door_hides_no_refusal(void **state)
{
	works_all_the_same(*state, (const char *[]){INACTIVE, REFUSED, INACTIVE, NULL},
		"discovery introspection:basic userinfo introspection-probe:none introspection:basic",
		"introspect-inactive-unspecified", STATE_UNDETERMINED);
}

/* ... or one server of several did not know the token. */
static void
an_inactive_token_that_works_is_asked_about_again(void **state)
{
	works_all_the_same(*state, (const char *[]){INACTIVE, REFUSED, ACTIVE, NULL},
		"discovery introspection:basic userinfo introspection-probe:none introspection:basic",
		"replication-delay", STATE_OK);
}

static void
a_wordless_403_asks_the_token_endpoint(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, "HTTP/1.1 403 Forbidden\r\n" DATE "\r\n");
	reply("POST", "/token", NULL, NO_SUCH_CODE);
	reply("GET", "/me", NULL, USER);
	walk(t, PROBES_SAFE, OPAQUE);
	assert_null(case_last(&t->c, PURPOSE_PROBE_TOKEN, SLOT_NONE));
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	walk(t, PROBES_ALL, OPAQUE);
	assert_non_null(case_last(&t->c, PURPOSE_PROBE_TOKEN, SLOT_NONE));
	assert_string_equal(primary(t), "introspect-not-permitted");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

static void
a_named_error_asks_for_no_body(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, STATUS("403 Forbidden", "{\"error\":\"insufficient_scope\"}"));
	walk(t, PROBES_ALL, OPAQUE);
	assert_int_equal(sent_to("access_token="), 0);
}

static void
a_page_for_a_long_token_asks_for_a_short_request(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 300, 6000);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, PAGE_403);
	walk(t, PROBES_SAFE, token);
	assert_null(case_last(&t->c, PURPOSE_PROBE_BARE, SLOT_NONE));
	assert_string_equal(primary(t), "waf-block");
	walk(t, PROBES_ALL, token);
	assert_non_null(case_last(&t->c, PURPOSE_PROBE_BARE, SLOT_NONE));
	assert_false(http_has_header(&case_last(&t->c, PURPOSE_PROBE_BARE, SLOT_NONE)->request.headers, "Authorization"));
	free(token);
	/* a short token cannot be too long */
	walk(t, PROBES_ALL, OPAQUE);
	assert_null(case_last(&t->c, PURPOSE_PROBE_BARE, SLOT_NONE));
}

/* The short made-up token is answered: what refused the long one looks at its length. */
static void
a_short_token_that_passes_measures_the_long_one(void **state)
{
	struct world *t = *state;
	struct replay_reply reset = {.method = "GET", .url_contains = "/me", .error = NETERR_RESET, .once = true};
	char *token = jwt(ISSUER, "app", 300, 6000);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply_once("GET", "/me", PAGE_403);
	reply_once("GET", "/me", INVALID_TOKEN);
	AT(PROBES_SAFE, token, "discovery introspection:basic userinfo userinfo-probe");
	assert_string_equal(primary(t), "header-too-large");
	/* closed without an answer, each time it is tried */
	for (int i = 0; i < 3; i++)
		replay_add(transport, &reset);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_SAFE, token);
	assert_int_equal(sent_to("Bearer tokentriage-made-up"), 2);
	assert_string_equal(primary(t), "header-too-large");
	free(token);
}

/* Who says "too often" is not asked for more. */
static void
too_often_ends_it(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply_once("POST", "/introspect", REFUSED);
	reply("POST", "/introspect", NULL, STATUS("429 Too Many Requests", "{}"));
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:post");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
}

/* --- time ------------------------------------------------------------------------------------------------------ */

static void
a_fresh_token_is_asked_for_again(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 1, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply_once("POST", "/introspect", INACTIVE);
	reply_once("POST", "/introspect", INACTIVE);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply_once("GET", "/me", INVALID_TOKEN);
	reply_once("GET", "/me", INVALID_TOKEN);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection:basic userinfo introspection:basic "
		"userinfo");
	assert_string_equal(primary(t), "replication-delay");
	assert_int_equal(verdict(t), STATE_OK);
	/* two seconds, then five */
	assert_int_equal((t->c.exchanges[3]->result.sent_wall_us - t->c.exchanges[2]->result.sent_wall_us) / 1000000, 2);
	assert_int_equal((t->c.exchanges[5]->result.sent_wall_us - t->c.exchanges[4]->result.sent_wall_us) / 1000000, 5);
	free(token);
}

static void
a_fresh_token_is_not_called_revoked(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 1, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	AT(PROBES_SAFE, token, "discovery introspection:basic userinfo");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.next, probe_row(PROBE_WAIT_2)->question));
	/* waited for, and still refused */
	walk(t, PROBES_ALL, token);
	assert_int_equal(sent_to("/me"), 4);
	assert_string_equal(primary(t), "token-revoked");
	free(token);
	/* an old one is, without waiting */
	token = jwt(ISSUER, "app", 300, 0);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo");
	assert_string_equal(primary(t), "token-revoked");
	free(token);
}

/* What was asked about the old token may be asked about the new one. */
static void
a_refreshed_token_is_asked_for_again(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 1, 0);
	struct err e = ERR_INIT;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/token", "grant_type=refresh_token", JSON_HEAD "{\"access_token\":\"the-new-access-token-98765\","
		"\"token_type\":\"Bearer\",\"expires_in\":3600}");
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	begin(t, token, "opaque-refresh-token-0123456789");
	free(token);
	wizard_set_probes(t->w, PROBES_ALL);
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(sent_to("/me"), 3); /* at once, two and five seconds later */
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
	assert_int_equal(sent_to("Bearer the-new-access-token-98765"), 3);
	assert_int_equal(sent_to("grant_type=refresh_token"), 1);
}

static void
waiting_is_cancelled_at_once(void **state)
{
	struct world *t = *state;
	const struct probe_row *open[WIZARD_PROBES];
	char *token = jwt(ISSUER, "app", 1, 0), text[200];
	struct err e = ERR_INIT;
	int64_t elapsed;
	size_t sent;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_SAFE, token);
	free(token);
	assert_int_equal(wizard_run_probes(t->w, &e), RES_OK);
	engine_turn(t->engine);
	sent = replay_requests(transport);
	assert_true(wizard_busy(t->w));
	/* nothing goes out before its time, and the loop knows when that is */
	assert_true(engine_deadline_us(t->engine) > clock_mono_us(&t->clock));
	assert_true(wizard_progress(t->w, text, sizeof(text), &elapsed));
	assert_non_null(strstr(text, probe_row(PROBE_WAIT_2)->question));
	assert_int_equal(wizard_run_probes(t->w, &e), RES_REFUSED);
	wizard_cancel(t->w);
	engine_turn(t->engine);
	wizard_update(t->w);
	assert_false(wizard_busy(t->w));
	assert_int_equal(engine_deadline_us(t->engine), INT64_MAX);
	assert_int_equal(replay_requests(transport), sent);
	/* it was not asked: it can be another time, and with a consent of its own */
	assert_true(wizard_open_probes(t->w, open) > 0);
	assert_ptr_equal(open[0], probe_row(PROBE_WAIT_2));
	wizard_run_step(t->w, STEP_HANDLE);
	run(t);
	assert_int_equal(replay_requests(transport), sent + 1);
}

/* The server's Date is twenty minutes behind; another host of its metadata is asked. */
static void
a_clock_that_differs_is_compared_with_another_host(void **state)
{
#define LATE "Date: Sat, 31 Jan 2026 11:40:00 GMT\r\n"
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" LATE "\r\n"
		"{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":\"https://idp.test/introspect\","
		"\"userinfo_endpoint\":\"https://idp.test/me\",\"jwks_uri\":\"https://keys.test/jwks\"}");
	reply("POST", "/introspect", NULL, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" LATE "\r\n"
		"{\"active\":true,\"client_id\":\"app\",\"sub\":\"u1\",\"exp\":1769864400}");
	reply("GET", "/me", NULL, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" LATE "\r\n{\"sub\":\"u1\"}");
	reply("GET", "keys.test", NULL, JSON_HEAD "{\"keys\":[]}");
	AT(PROBES_NONE, OPAQUE, "discovery introspection:basic userinfo");
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo clock");
	assert_true(wizard_facts(t->w)->second_skew.known);
	for (size_t k = 0; k < replay_requests(transport); k++)
		if (strstr(replay_request(transport, k), "keys.test"))
			assert_null(strstr(replay_request(transport, k), "Authorization"));
#undef LATE
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_lost_header_is_proven_by_the_body),
		T(the_words_for_any_token_are_proven_by_the_body),
		T(an_inactive_token_of_ones_own_asks_for_a_hidden_refusal),
		T(an_open_door_alone_blames_no_secret),
		T(a_closed_door_hides_no_refusal),
		T(an_inactive_token_that_works_is_asked_about_again),
		T(taken_in_the_body_it_is_shown_in_the_header_again),
		T(one_server_of_several_may_not_know_it),
		T(a_wordless_403_asks_the_token_endpoint),
		T(a_named_error_asks_for_no_body),
		T(a_page_for_a_long_token_asks_for_a_short_request),
		T(a_short_token_that_passes_measures_the_long_one),
		T(too_often_ends_it),
		T(a_fresh_token_is_asked_for_again),
		T(a_fresh_token_is_not_called_revoked),
		T(a_refreshed_token_is_asked_for_again),
		T(waiting_is_cancelled_at_once),
		T(a_clock_that_differs_is_compared_with_another_host),
	};

	return cmocka_run_group_tests_name("probes of the token", tests, NULL, NULL);
}
