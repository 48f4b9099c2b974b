/*
 * The probe ladder: for each probe a situation that asks for it and one that does not, at each level; what is sent, in
 * which order, how often, and to whom.
 */
#include "probing.h"

#include "base/mem.h"
#include "wizard/probes.h"

/* --- nothing is open -------------------------------------------------------------------------------------- */

static void
nothing_is_asked_where_nothing_is_open(void **state)
{
	struct world *t = *state;

	healthy_server();
	for (int level = PROBES_NONE; level <= PROBES_ALL; level++) {
		const struct probe_row *open[WIZARD_PROBES];
		struct err e = ERR_INIT;

		walk(t, (enum probe_level)level, OPAQUE);
		assert_int_equal(verdict(t), STATE_OK);
		assert_int_equal(sent_to("made-up"), 0);
		assert_int_equal(wizard_open_probes(t->w, open), 0);
		assert_int_equal(wizard_run_probes(t->w, &e), RES_REFUSED);
	}
	assert_int_equal(sent_to("/introspect"), 3);
	assert_int_equal(sent_to("/me"), 3);
}

/* --- the client ---------------------------------------------------------------------------------------------- */

static void
a_refused_client_is_probed_only_with_consent(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_NONE, OPAQUE, "discovery introspection:basic userinfo");
	/* the refused credentials are not sent a second time */
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.next, "--probes all"));
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.next, probe_row(PROBE_OTHER_METHOD)->question));
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:post token-probe:basic");
	assert_string_equal(primary(t), "client-secret-wrong");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

/* Where there is no introspection, the refused refresh asks: at the token endpoint, and without the refresh token. */
static void
a_refused_refresh_is_probed_at_its_endpoint(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;

	reply("GET", "openid-configuration", NULL, JSON_HEAD "{\"issuer\":\"" ISSUER "\",\"token_endpoint\":"
		"\"https://idp.test/token\",\"userinfo_endpoint\":\"https://idp.test/me\"}");
	reply("POST", "/token", "client_secret=", NO_SUCH_CODE);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	begin(t, OPAQUE, "opaque-refresh-token-0123456789");
	wizard_set_probes(t->w, PROBES_ALL);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	wizard_walk(t->w, STEPS_ALL, true, false);
	run(t);
	assert_asked(t, "discovery userinfo refresh:basic userinfo token-probe:post");
	assert_int_equal(sent_to("refresh_token=opaque-refresh-token"), 1);
	assert_string_equal(primary(t), "client-auth-method-mismatch");
}

static void
the_other_method_decides(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", "client_secret=", INACTIVE);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:post");
	assert_string_equal(primary(t), "client-auth-method-mismatch");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

static void
a_method_that_is_offered_nowhere_is_not_tried(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BASIC_ONLY);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("POST", "/token", NULL, NO_SUCH_CODE);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo token-probe:basic");
	assert_string_equal(primary(t), "introspect-resource-credentials-needed");
}

/* "app:secret+" form-encoded and raw. */
static void
the_other_encoding_decides(void **state)
{
	struct world *t = *state;

	secret_unref(t->profile.client_secret);
	t->profile.client_secret = secret_new(SPAN_LIT("a secret+of/the:test"));
	reply("GET", "openid-configuration", NULL, BOTH);
	/* the first one comes encoded, the second one raw */
	reply_once("POST", "/introspect", REFUSED);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:raw");
	assert_string_equal(primary(t), "client-credentials-encoding");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

/* Each probe once, and never so often that a lock-out is near. */
static void
refusals_have_an_end(void **state)
{
	struct world *t = *state;

	secret_unref(t->profile.client_secret);
	t->profile.client_secret = secret_new(SPAN_LIT("a secret+of/the:test"));
	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:raw introspection-probe:post "
		"token-probe:basic");
	assert_string_equal(primary(t), "client-secret-wrong");
	/* walked again: the steps' own requests, and no probe a second time */
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(sent_to("made-up"), 3);
}

/* The reply to a caller that is not accepted and to one that is unknown is the same: inactive. */
static void
a_hidden_refusal_is_unmasked(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "https://api.test", 300, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_SAFE, token, "discovery introspection:basic userinfo");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection-probe:none token-probe:basic");
	assert_string_equal(primary(t), "client-secret-wrong");
	assert_int_equal(verdict(t), STATE_PROBLEM);
	for (size_t k = 0; k < replay_requests(transport); k++) {
		const char *r = replay_request(transport, k);

		/* a caller without a client: no credentials, and no name either */
		if (strstr(r, "/introspect") && !strstr(r, "Authorization"))
			assert_null(strstr(r, "client_id"));
	}
	free(token);
}

static void
a_server_that_refuses_strangers_hides_nothing(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "https://api.test", 300, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply_once("POST", "/introspect", INACTIVE);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection-probe:none");
	assert_string_equal(primary(t), "introspect-audience-missing");
	free(token);
}

/* --- an error where active:false is wanted ------------------------------------------------------------------ */

static void
an_error_of_introspection_asks_for_a_made_up_token(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", "token=tokentriage-made-up", INACTIVE);
	reply("POST", "/introspect", NULL, STATUS("403 Forbidden", "{\"error\":\"access_denied\"}"));
	reply("GET", "/me", NULL, INVALID_TOKEN);
	AT(PROBES_NONE, OPAQUE, "discovery introspection:basic userinfo");
	walk(t, PROBES_SAFE, OPAQUE);
	assert_int_equal(sent_to("token=tokentriage-made-up"), 1);
	assert_string_not_equal(primary(t), "introspect-not-permitted");
}

/* Without probes the verdict names the level that would do, and a safe one has no danger to speak of. */
static void
the_advice_names_the_level(void **state)
{
	struct world *t = *state;
	struct buf want;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, JSON_HEAD "{\"active\":true,\"scope\":\"openid\",\"client_id\":\"app\","
		"\"sub\":\"u1\"}");
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_NONE, OPAQUE);
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	buf_init(&want, LIMIT_MESSAGE);
	buf_printf(&want, "Probe further (--probes safe): %s 1 request.", probe_row(PROBE_MADE_UP_USERINFO)->question);
	assert_string_equal(wizard_diagnosis(t->w)->verdict.next, buf_str(&want));
	buf_release(&want);
}

static void
a_plain_inactive_asks_for_none(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo");
}

/* --- hosts ------------------------------------------------------------------------------------------------------ */

static void
the_issuers_own_name_is_asked_where_it_is_confirmed(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 300, 0);

	profile_set(&t->profile.introspection_endpoint, SPAN_LIT("https://internal.test/realm/introspect"));
	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "internal.test", NULL, INACTIVE);
	reply("POST", "idp.test/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_SAFE, token);
	assert_int_equal(sent_to("idp.test/introspect"), 0);
	walk(t, PROBES_ALL, token);
	assert_int_equal(sent_to("idp.test/introspect"), 1);
	assert_string_equal(primary(t), "issuer-mismatch-hostname");
	free(token);
}

/* What a pasted token names is nobody's word: nothing at all goes there. */
static void
an_unconfirmed_host_gets_nothing(void **state)
{
	struct world *t = *state;
	char *token = jwt("https://evil.test/realm", "app", 1, 6000);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, BARE_CHALLENGE);
	for (int level = PROBES_NONE; level <= PROBES_ALL; level++)
		walk(t, (enum probe_level)level, token);
	assert_int_equal(sent_to("evil.test"), 0);
	free(token);
}

/* --- consent ------------------------------------------------------------------------------------------------------ */

static void
consent_is_for_what_was_named(void **state)
{
	struct world *t = *state;
	const struct probe_row *open[WIZARD_PROBES];
	struct err e = ERR_INIT;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	walk(t, PROBES_SAFE, OPAQUE);
	assert_int_equal(wizard_open_probes(t->w, open), 2);
	assert_string_equal(open[0]->id, "other-auth-method");
	assert_string_equal(open[1]->id, "token-made-up-code");
	assert_int_equal(wizard_run_probes(t->w, &e), RES_OK);
	run(t);
	assert_asked(t, "discovery introspection:basic userinfo introspection-probe:post token-probe:basic");
	assert_int_equal(verdict(t), STATE_PROBLEM);
	assert_int_equal(wizard_open_probes(t->w, open), 0);
	/* the consent is used up: another token's questions are asked for anew */
	walk(t, PROBES_SAFE, "another-opaque-access-token-987654321");
	assert_int_equal(wizard_open_probes(t->w, open), 2);
}

/* --- the table ------------------------------------------------------------------------------------------------------ */

static void
the_table_is_whole(void **state)
{
	static const char *const candidates[] = {
#define CANDIDATE(id, possible) id,
#include "wizard/candidates.def"
#undef CANDIDATE
	};

	(void)state;
	assert_true(PROBE_COUNT <= 32);
	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++)
		assert_non_null(rule_find(span_of(candidates[i])));
	for (int p = 0; p < PROBE_COUNT; p++) {
		const struct probe_row *r = probe_row((enum probe)p);
		struct span rest = span_of(r->separates), id;

		for (int q = 0; q < p; q++)
			assert_string_not_equal(r->id, probe_row((enum probe)q)->id);
		assert_true(r->level == PROBES_SAFE || r->level == PROBES_ALL);
		assert_int_equal(r->level == PROBES_ALL, *r->danger != '\0');
		assert_true(span_ends(span_of(r->question), "?"));
		assert_true(r->requests > 0);
		while (span_word(&rest, &id)) {
			bool known = false;

			for (size_t i = 0; i < ARRAY_SIZE(candidates) && !known; i++)
				known = span_is(id, candidates[i]);
			assert_true(known); /* what cannot be left cannot be separated */
		}
	}
	assert_int_equal(probes_of_level(PROBES_NONE), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(nothing_is_asked_where_nothing_is_open),
		T(a_refused_client_is_probed_only_with_consent),
		T(a_refused_refresh_is_probed_at_its_endpoint),
		T(the_other_method_decides),
		T(a_method_that_is_offered_nowhere_is_not_tried),
		T(the_other_encoding_decides),
		T(refusals_have_an_end),
		T(a_hidden_refusal_is_unmasked),
		T(a_server_that_refuses_strangers_hides_nothing),
		T(an_error_of_introspection_asks_for_a_made_up_token),
		T(the_advice_names_the_level),
		T(a_plain_inactive_asks_for_none),
		T(the_issuers_own_name_is_asked_where_it_is_confirmed),
		T(an_unconfirmed_host_gets_nothing),
		T(consent_is_for_what_was_named),
		cmocka_unit_test(the_table_is_whole),
	};

	return cmocka_run_group_tests_name("probes", tests, NULL, NULL);
}
