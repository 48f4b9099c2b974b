/* Logging in again over the replay transport and a manual clock: what is sent, when, and what follows. */
#include "wizard/login.h"
#include "language.h"
#include "openssl-loader.h"

#include <unistd.h>

#include "base/mem.h"
#include "oauth/crypto.h"

static void
client_credentials(void **state)
{
	struct world *t = *state;

	begin_login(t, "");
	prepare(t, FLOW_CLIENT, &(struct flow_wish){.scope = "read"});
	assert_non_null(strstr(view(t)->request, "POST https://idp.test/token\n"));
	assert_non_null(strstr(view(t)->request, "  grant_type=client_credentials\n"));
	assert_non_null(strstr(view(t)->request, "  scope=read\n"));
	assert_null(strstr(view(t)->request, "YTphLWNsaWVudC"));
	reply("POST", "/token", "grant_type=client_credentials&scope=read", TOKENS(""));
	go(t);
	assert_int_equal(view(t)->phase, FLOW_DONE);
	assert_int_equal(sent_to("/introspect"), 1);
	assert_int_equal(sent_to("idp.test/me"), 0); /* there is no user in it */
	assert_false(wizard_login_asks_user(t->w));
	is_masked(t, "a-new-access-token-0123456789");
}

static void
a_device_is_asked_for_until_it_answers(void **state)
{
	struct world *t = *state;

	begin_login(t, "");
	prepare(t, FLOW_DEVICE, NULL);
	reply("POST", "/device", "client_id=app", DEVICE_CODES);
	reply_once("POST", "/token", ERROR_HEAD "{\"error\":\"authorization_pending\"}");
	reply_once("POST", "/token", ERROR_HEAD "{\"error\":\"slow_down\"}");
	reply("POST", "/token", "device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS", TOKENS(""));
	go(t);
	assert_int_equal(view(t)->phase, FLOW_WAITING);
	assert_string_equal(view(t)->user_code, "WDJB-MJHT");
	assert_string_equal(view(t)->verification_uri, "https://example.com/device");
	wait_s(t, 4);
	assert_int_equal(sent_to("/token"), 0);
	wait_s(t, 1);
	assert_int_equal(sent_to("/token"), 1);
	wait_s(t, 5);
	assert_int_equal(sent_to("/token"), 2);
	wait_s(t, 9); /* slow_down: 5 s more, for good */
	assert_int_equal(sent_to("/token"), 2);
	wait_s(t, 1);
	assert_int_equal(sent_to("/token"), 3);
	is_logged_in(t);
}

/* --- device ------------------------------------------------------------------------------- */

static void
begin_device(struct world *t)
{
	begin_login(t, "");
	prepare(t, FLOW_DEVICE, NULL);
	reply("POST", "/device", NULL, DEVICE_CODES);
	go(t);
	assert_int_equal(view(t)->phase, FLOW_WAITING);
}

static void
a_device_is_refused(void **state)
{
	static const struct {
		const char *error, *finding;
	} rows[] = {{"access_denied", "login-denied"}, {"expired_token", "device-code-expired"},
		{"invalid_grant", "login-refused"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *t;
		char *answer = xasprintf(ERROR_HEAD "{\"error\":\"%s\"}", rows[i].error);

		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		t = *state;
		begin_device(t);
		reply("POST", "/token", NULL, answer);
		wait_s(t, 5);
		failed_with(t, rows[i].error, rows[i].finding);
		wait_s(t, 60);
		assert_int_equal(sent_to("/token"), 1); /* nothing more is asked */
		free(answer);
	}
}

static void
a_device_is_not_waited_for_beyond_its_code(void **state)
{
	struct world *t = *state;

	begin_device(t);
	reply("POST", "/token", NULL, ERROR_HEAD "{\"error\":\"authorization_pending\"}");
	for (int i = 0; i < 400 && view(t)->phase == FLOW_WAITING; i++)
		wait_s(t, 5);
	assert_int_equal(view(t)->phase, FLOW_FAILED);
	assert_string_equal(view(t)->error, "expired_token");
	assert_int_equal(sent_to("/token"), 1800 / 5); /* the last question is put when the time is over */
}

/* RFC 8628 §3.5: no answer at all makes the client ask less often. */
static void
a_silent_token_endpoint_is_asked_less_often(void **state)
{
	struct world *t = *state;
	struct replay_reply lost = {.method = "POST", .url_contains = "/token", .error = NETERR_READ_TIMEOUT, .once = true};

	begin_device(t);
	replay_add(transport, &lost);
	reply("POST", "/token", NULL, TOKENS(""));
	wait_s(t, 5);
	assert_int_equal(view(t)->phase, FLOW_WAITING);
	wait_s(t, 9);
	assert_int_equal(sent_to("/token"), 1);
	wait_s(t, 1);
	is_logged_in(t);
}

static void
a_devices_codes_are_masked(void **state)
{
	struct world *t = *state;

	begin_device(t);
	reply("POST", "/token", NULL, ERROR_HEAD "{\"error\":\"authorization_pending\"}");
	wait_s(t, 5);
	is_masked(t, "GmRhmhcxhwAzkoEqiMEg");
	for (size_t i = 0; i < t->c.n_exchanges; i++)
		assert_true(span_find_str(buf_span(&t->c.exchanges[i]->result.response.body), "WDJB") == SIZE_MAX);
	assert_int_equal(wizard_diagnosis(t->w)->n, 0); /* to wait is no finding */
}

/* --- the others --------------------------------------------------------------------------- */

static void
a_token_is_exchanged(void **state)
{
	struct world *t = *state;
	char why[LIMIT_MESSAGE];

	begin_login(t, "");
	assert_false(wizard_can_login(t->w, FLOW_EXCHANGE, why, sizeof why));
	assert_non_null(strstr(why, "no access token"));
	wizard_give_token(t->w, SLOT_ACCESS, SPAN_LIT("an-access-token-to-exchange-42"), "test");
	wizard_give_token(t->w, SLOT_REFRESH, SPAN_LIT("its-refresh-token-0123456789"), "test");
	prepare(t, FLOW_EXCHANGE, &(struct flow_wish){.audience = "urn:other"});
	reply("POST", "/token", "subject_token=an-access-token-to-exchange-42", TOKENS(
		",\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\""));
	go(t);
	assert_int_equal(view(t)->phase, FLOW_DONE);
	assert_int_equal(sent_to("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"), 1);
	assert_int_equal(sent_to("subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token"), 1);
	assert_int_equal(sent_to("audience=urn%3Aother"), 1);
	assert_int_equal(sent_to("/introspect"), 1);
	assert_int_equal(sent_to("idp.test/me"), 0); /* it is for another audience */
	assert_true(case_token(&t->c, SLOT_REFRESH)->present);
	is_masked(t, "an-access-token-to-exchange-42");
}

/* Another user may have logged in: nothing of the old tokens is his. */
static void
a_login_keeps_nothing_of_the_tokens_before(void **state)
{
	struct world *t = *state;

	begin_device(t);
	wizard_give_token(t->w, SLOT_REFRESH, SPAN_LIT("an-old-refresh-token-0123456789"), "test");
	reply("POST", "/token", NULL, TOKENS(""));
	wait_s(t, 5);
	assert_int_equal(view(t)->phase, FLOW_DONE);
	assert_false(case_token(&t->c, SLOT_REFRESH)->present);
	assert_false(t->c.generations[0].refresh.spent);
}

static void
it_waits_for_a_place_for_the_tokens(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;

	begin_login(t, "");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_UNCHOSEN, NULL, NULL), RES_OK);
	prepare(t, FLOW_CLIENT, NULL);
	assert_int_equal(wizard_login_go(t->w, &e), RES_REFUSED);
	assert_non_null(strstr(e.text, "where the new tokens go"));
	assert_int_equal(sent_to("/token"), 0);
	assert_int_equal(view(t)->phase, FLOW_PREPARED);
}

static void
it_can_be_cancelled_at_any_time(void **state)
{
	struct world *t = *state;
	struct pollfd fds[FLOW_FDS];
	struct err e = ERR_INIT;

	begin_login(t, "");
	/* asking for the metadata */
	assert_int_equal(wizard_login_prepare(t->w, FLOW_CODE, NULL, &e), RES_OK);
	assert_int_equal(view(t)->phase, FLOW_ASKING);
	wizard_login_cancel(t->w);
	run(t);
	assert_int_equal(view(t)->phase, FLOW_CANCELLED);
	/* waiting for the browser: the port is given back */
	prepare(t, FLOW_CODE, NULL);
	go(t);
	assert_true(wizard_login_fds(t->w, fds, FLOW_FDS) > 0);
	wizard_login_cancel(t->w);
	assert_int_equal(view(t)->phase, FLOW_CANCELLED);
	assert_int_equal(wizard_login_fds(t->w, fds, FLOW_FDS), 0);
	/* the request is on its way, and its answer comes to nobody; the next login is another one */
	prepare(t, FLOW_CLIENT, NULL);
	assert_int_equal(wizard_login_go(t->w, &e), RES_OK);
	assert_int_equal(view(t)->phase, FLOW_REDEEMING);
	wizard_login_cancel(t->w);
	run(t);
	assert_int_equal(view(t)->phase, FLOW_CANCELLED);
	assert_int_equal(t->c.n_generations, 1);
	prepare(t, FLOW_DEVICE, NULL);
	reply("POST", "/device", NULL, DEVICE_CODES);
	go(t);
	wizard_login_cancel(t->w);
	wait_s(t, 60);
	assert_int_equal(sent_to("/token"), 0);
	assert_false(wizard_busy(t->w));
}

static void
endpoints_that_are_not_there(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;
	char why[LIMIT_MESSAGE];

	healthy_server(); /* its metadata has neither of the two */
	begin(t, NULL, NULL);
	assert_int_equal(wizard_login_prepare(t->w, FLOW_DEVICE, NULL, &e), RES_OK);
	run(t);
	assert_int_equal(view(t)->phase, FLOW_FAILED);
	assert_non_null(strstr(view(t)->words, "No device authorization endpoint"));
	assert_false(wizard_can_login(t->w, FLOW_CODE, why, sizeof why));
	assert_non_null(strstr(why, "no authorization endpoint"));
}

/* Leaving while the token request is under way: its answer is waited for, and kept. */
static void
tokens_on_their_way_are_not_lost(void **state)
{
	struct world *t = *state;
	char path[] = "/tmp/tt-flows-XXXXXX", line[400] = "";
	struct err e = ERR_INIT;
	int fd = mkstemp(path);
	FILE *file;

	assert_true(fd >= 0);
	close(fd);
	begin_login(t, "");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_FILE, path, &e), RES_OK);
	prepare(t, FLOW_CLIENT, NULL);
	reply("POST", "/token", NULL, TOKENS(""));
	assert_int_equal(wizard_login_go(t->w, &e), RES_OK);
	engine_turn(t->engine);
	assert_true(wizard_awaits_tokens(t->w));
	wizard_settle(t->w);
	assert_false(wizard_busy(t->w));
	assert_int_equal(view(t)->phase, FLOW_DONE); /* the proof was not waited for */
	file = fopen(path, "r");
	assert_non_null(file);
	while (!strstr(line, "access_token"))
		assert_non_null(fgets(line, sizeof line, file));
	assert_non_null(strstr(line, "a-new-access-token-0123456789"));
	fclose(file);
	unlink(path);
}

/* Where nothing keeps them there is nothing to wait for; but that they may be somewhere is said. */
static void
tokens_that_are_given_up_are_spoken_of(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;
	struct buf before, after;

	buf_init(&before, 1 << 16);
	buf_init(&after, 1 << 16);
	begin_login(t, "");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	prepare(t, FLOW_CLIENT, NULL);
	wizard_farewell(t->w, &before);
	assert_non_null(strstr(buf_str(&before), "1 request was sent."));
	assert_non_null(strstr(buf_str(&before), "Nothing was changed on the server."));
	reply("POST", "/token", NULL, TOKENS(""));
	assert_int_equal(wizard_login_go(t->w, &e), RES_OK);
	engine_turn(t->engine);
	assert_false(wizard_awaits_tokens(t->w));
	for (int settled = 0; settled < 2; settled++) {
		buf_clear(&after);
		wizard_farewell(t->w, &after);
		assert_non_null(strstr(buf_str(&after), "2 requests were sent."));
		assert_non_null(strstr(buf_str(&after), "A login's token request was sent"));
		assert_null(strstr(buf_str(&after), "Nothing was changed"));
		wizard_settle(t->w);
	}
	buf_release(&before);
	buf_release(&after);
}

/* Esc behind the token request: the tokens are there, only the proof is not. */
static void
a_dropped_proof_ends_the_login(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;

	begin_login(t, "");
	prepare(t, FLOW_CLIENT, NULL);
	reply("POST", "/token", NULL, TOKENS(""));
	assert_int_equal(wizard_login_go(t->w, &e), RES_OK);
	assert_int_equal(engine_run(t->engine, INT64_MAX), RES_OK);
	wizard_cancel(t->w);
	run(t);
	assert_int_equal(view(t)->phase, FLOW_DONE);
	assert_int_equal(sent_to("/introspect"), 0);
}

static void
the_verdict_says_what_changed(void **state)
{
	struct world *t = *state;

	begin_device(t);
	wizard_give_token(t->w, SLOT_ACCESS, SPAN_LIT("{\"access_token\":\"an-old-access-token-0123456789\","
		"\"expires_in\":7200,\"scope\":\"openid profile email\"}"), "test");
	reply("POST", "/token", NULL, TOKENS(",\"scope\":\"openid profile\""));
	wait_s(t, 5);
	is_logged_in(t);
	if (!strstr(wizard_diagnosis(t->w)->verdict.summary, "Logged in again: ") ||
		!strstr(wizard_diagnosis(t->w)->verdict.summary, "scope lost: email"))
		fail_msg("%s", wizard_diagnosis(t->w)->verdict.summary);
}

/* A failed login does not undo what works. */
static void
a_token_that_works_stays_healthy(void **state)
{
	struct world *t = *state;

	begin_login(t, "");
	wizard_give_token(t->w, SLOT_ACCESS, SPAN_LIT("a-good-access-token-0123456789"), "test");
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(wizard_login_prepare(t->w, FLOW_SILENT, NULL, NULL), RES_OK);
	go(t);
	redirect(t, "error=login_required&state=$", "The login did not succeed");
	assert_true(found(t, "silent-auth-interaction-required"));
	assert_int_not_equal(wizard_diagnosis(t->w)->verdict.state, STATE_PROBLEM);
}

static bool
was_logged(const struct world *t, const char *text)
{
	struct log_rec r;

	for (size_t i = 0; log_get(t->log, i, &r); i++)
		if (strcmp(r.text, text) == 0)
			return true;
	return false;
}

/* Also a sentence with something in it, which is only made here; what is logged of it is English. */
static void
what_went_wrong_is_said_in_the_users_language(void **state)
{
	static const struct {
		const char *language, *words;
	} rows[] = {{"de", "Der Token-Endpunkt antwortete 200 ohne ein Token."},
		{"zh_CN", "令牌端点应答 200，但没有令牌。"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *t;

		if (!speak(rows[i].language))
			skip();
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		t = *state;
		begin_device(t);
		reply("POST", "/token", NULL,
			"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}");
		wait_s(t, 5);
		assert_int_equal(view(t)->phase, FLOW_FAILED);
		assert_string_equal(view(t)->words, rows[i].words);
		assert_true(
			was_logged(t, "login: The token endpoint answered 200 without a token."));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(client_credentials),
		T(a_device_is_asked_for_until_it_answers),
		T(a_device_is_refused),
		T(a_device_is_not_waited_for_beyond_its_code),
		T(a_silent_token_endpoint_is_asked_less_often),
		T(a_devices_codes_are_masked),
		T(a_token_is_exchanged),
		T(a_login_keeps_nothing_of_the_tokens_before),
		T(it_waits_for_a_place_for_the_tokens),
		T(it_can_be_cancelled_at_any_time),
		T(endpoints_that_are_not_there),
		T(tokens_on_their_way_are_not_lost),
		T(tokens_that_are_given_up_are_spoken_of),
		T(a_dropped_proof_ends_the_login),
		T(the_verdict_says_what_changed),
		T(a_token_that_works_stays_healthy),
		T(what_went_wrong_is_said_in_the_users_language), /* last: it is spoken from then on */
	};

	crypto_set_loader(load_openssl);
	return cmocka_run_group_tests_name("flows", tests, NULL, NULL);
}
