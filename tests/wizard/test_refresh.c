/* What a refresh changed, told from the tokens of before; the narrower scope; the profile's token files. */
#include "world.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/mem.h"
#include "case/renewal.h"
#include "wizard/fields.h"
#include "wizard/flow.h"

/* {"alg":"none"} and these claims; from a ring of buffers. */
static const char *
jwt(const char *claims)
{
	static struct buf ring[4];
	static size_t next;
	struct buf *b = &ring[next++ % ARRAY_SIZE(ring)];

	buf_release(b);
	buf_init(b, 8192);
	base64url_encode(b, SPAN_LIT("{\"alg\":\"none\"}"));
	buf_putc(b, '.');
	base64url_encode(b, span_of(claims));
	buf_putc(b, '.');
	return buf_str(b);
}

static void
refresh_with(struct world *t, const char *old, const char *members)
{
	static char response[8192];
	struct err e = ERR_INIT;

	snprintf(response, sizeof response, JSON_HEAD "{\"token_type\":\"Bearer\",%s}", members);
	healthy_server();
	reply_once("POST", "/token", response);
	begin(t, old, "opaque-refresh-token-0123456789");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	wizard_walk(t->w, STEPS_ALL, true, false);
	run(t);
}

/* The row of step 3 with this key: "value | meaning". */
static const char *
row(struct world *t, const char *key)
{
	static char text[1200];
	struct field_list l;

	text[0] = '\0';
	field_list_init(&l);
	step_fields(&l, t->w, STEP_REFRESH, false);
	for (size_t i = 0; i < l.n; i++)
		if (!strcmp(*l.v[i].key ? l.v[i].key : l.v[i].name ? l.v[i].name : "", key))
			snprintf(text, sizeof text, "%s | %s%s", l.v[i].value, l.v[i].meaning,
				l.v[i].state == STATE_WARNING ? " (!)" : "");
	field_list_release(&l);
	return text;
}

static void
scope_audience_and_life_are_compared(void **state)
{
	struct world *t = *state;
	char members[1024];
	struct renewal r;

	snprintf(members, sizeof members,
		"\"access_token\":\"%s\",\"refresh_token\":\"another-refresh-token-0123456789\",\"expires_in\":1800,"
		"\"scope\":\"openid email\"",
		jwt("{\"iss\":\"x\",\"aud\":\"https://b.test\",\"iat\":1769860800,\"exp\":1769863200}"));
	refresh_with(t, jwt("{\"iss\":\"x\",\"aud\":\"https://a.test\",\"iat\":1769857200,\"exp\":1769860800,"
		"\"scope\":\"openid profile\"}"), members);
	assert_true(case_renewal(&t->c, &r));
	assert_true(r.rotated);
	assert_string_equal(r.lost, "profile");
	assert_string_equal(r.gained, "email");
	assert_int_equal(r.old_life, 3600);
	assert_int_equal(r.new_life, 1800);
	assert_true(r.differs);
	assert_int_equal(r.exp_off, 600);
	assert_string_equal(row(t, "scope"), "openid profile → openid email | lost: profile; gained: email (!)");
	assert_string_equal(row(t, "aud"), "https://a.test → https://b.test | it is for another audience");
	assert_string_equal(row(t, "expires_in_and_exp"), "differ | exp is 10 m 00 s later (!)");
	assert_string_equal(row(t, "rotation"),
		"rotated | a new refresh token came; the old one must not be used again");
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.summary,
		"Refreshed: a new refresh token took the old one's place, scope lost: profile, scope gained: email, "
		"the audience is https://b.test now, it lives 30 m 00 s instead of 1 h 00 m."));
}

/* No refresh token in the answer: the old one is kept, and may be used again; no scope: the same as before. */
static void
what_is_not_said_stays(void **state)
{
	struct world *t = *state;
	struct renewal r;

	refresh_with(t, "opaque-access-token-0123456789",
		"\"access_token\":\"the-new-access-token-9876543210\",\"expires_in\":3600");
	assert_true(case_renewal(&t->c, &r));
	assert_false(r.rotated || r.refresh_given || r.differs);
	assert_string_equal(r.lost, "");
	assert_string_equal(row(t, "rotation"),
		"kept | no new refresh token came: the old one stays (RFC 6749 §6)");
	assert_true(wizard_can_refresh(t->w, NULL, 0));
	assert_true(span_is(secret_reveal(case_token(&t->c, SLOT_REFRESH)->value), "opaque-refresh-token-0123456789"));
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.summary, "Refreshed: the refresh token stays"));
}

static void
a_narrower_scope_is_asked_for_by_name(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;
	struct renewal r;

	assert_int_equal(wizard_set_refresh_scope(t->w, "say \"please\"", &e), RES_SYNTAX);
	assert_int_equal(wizard_set_refresh_scope(t->w, " openid ", &e), RES_OK);
	reply("POST", "/introspect", "token=the-new-access", JSON_HEAD "{\"active\":true,\"exp\":1769864400}");
	refresh_with(t, jwt("{\"scope\":\"openid profile\",\"exp\":1769860800}"),
		"\"access_token\":\"the-new-access-token-9876543210\",\"expires_in\":3600");
	assert_int_equal(sent_to("&scope=openid"), 1);
	assert_int_equal(sent_to("&scope=openid+"), 0);
	assert_true(case_renewal(&t->c, &r));
	assert_string_equal(r.asked_scope, "openid");
	assert_string_equal(r.lost, "profile");
	assert_string_equal(row(t, "scope"),
		"openid profile → openid | lost: profile (a narrower scope was asked for)");
	assert_int_equal(wizard_set_refresh_scope(t->w, NULL, &e), RES_OK);
}

static void
preconditions_are_said_first(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, JSON_HEAD "{\"issuer\":\"" ISSUER "\","
		"\"token_endpoint\":\"https://idp.test/token\",\"grant_types_supported\":[\"authorization_code\"],"
		"\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\"]}");
	begin(t, NULL, "opaque-refresh-token-0123456789");
	wizard_run_step(t->w, STEP_REFRESH);
	run(t);
	assert_string_equal(row(t, "refresh_grant"),
		"no | grant_types_supported is without refresh_token (!)");
	assert_non_null(strstr(row(t, "client"),
		"client_secret_basic | the token endpoint's metadata does not list this way to authenticate (!)"));
	assert_non_null(strstr(row(t, "refresh_token"), "not used, in this case or by an earlier run"));
	/* the metadata may be wrong (glewlwyd's is): whoever has a refresh token may try it */
	assert_non_null(strstr(row(t, "refresh_possible"), "yes | a refresh token is there, but"));
	assert_non_null(strstr(row(t, "refresh_possible"), "the server's metadata does not offer its grant"));
	assert_int_equal(sent_to("/token"), 0);
}

/* --- invalid_grant, and what its words and the case's own evidence tell --- */

static void
refusals_are_told_apart(void **state)
{
	static const struct {
		const char *members, *finding; /* of the answer; the first finding of step 3 */
	} rows[] = {
		{"\"error_description\":\"Token is not active\"", "refresh-token-expired"},
		{"\"error_description\":\"Refresh token expired\"", "refresh-token-expired"},
		{"\"error_description\":\"AADSTS700082: The refresh token has expired due to inactivity. The token was "
			"issued on 2025-10-01 and was inactive for 90.00:00:00.\",\"error_codes\":[700082]",
			"refresh-token-idle-timeout"},
		{"\"error_description\":\"AADSTS700084: The refresh token was issued to a single page app (SPA), and "
			"therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended.\","
			"\"error_codes\":[700084]", "refresh-absolute-lifetime"},
		{"\"error_description\":\"Refresh token revoked\"", "refresh-token-revoked"},
		{"\"error_description\":\"Maximum allowed refresh token reuse exceeded\"", "refresh-token-rotated"},
		{"\"error_description\":\"Session not active\"", "sso-session-ended"},
		{"\"error_description\":\"Session doesn't have required client\"", "refresh-client-mismatch"},
		{"\"error_description\":\"User disabled\"", "user-disabled-or-deleted"},
		{"\"error_description\":\"Stale token\"", "token-stale-not-before"},
		{"\"error_description\":\"reauth related error (invalid_rapt)\",\"error_subtype\":\"invalid_rapt\"",
			"refresh-policy-reauth"},
		{"\"error_description\":\"Token has been expired or revoked.\"", "refresh-invalid-grant-unspecified"},
		{"\"error_description\":\"Unknown or invalid refresh token.\"", "refresh-invalid-grant-unspecified"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct finding *f = NULL;
		const struct diagnosis *d;
		struct err e = ERR_INIT;
		struct world *t;
		char response[1024];

		assert_int_equal(setup(state), 0);
		t = *state;
		healthy_server();
		snprintf(response, sizeof response, "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n" DATE
			"\r\n{\"error\":\"invalid_grant\",%s}", rows[i].members);
		reply("POST", "/token", NULL, response);
		begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
		wizard_run_step(t->w, STEP_VERIFY);
		run(t);
		assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
		assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
		run(t);
		d = wizard_diagnosis(t->w);
		for (size_t k = 0; k < d->n && !f; k++)
			if (d->findings[k].step == STEP_REFRESH)
				f = &d->findings[k];
		if (!f || strcmp(f->rule->id, rows[i].finding) != 0)
			fail_msg("%s: %s, not %s", rows[i].members, f ? f->rule->id : "nothing", rows[i].finding);
		assert_false(wizard_can_refresh(t->w, NULL, 0));
		assert_int_equal(sent_to("grant_type=refresh_token"), 1);
		assert_int_equal(teardown(state), 0);
	}
}

/* --- the profile's token files --- */

static char *
contents(const char *path)
{
	struct buf b;
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	buf_init(&b, 1 << 16);
	assert_int_equal(file_read(path, &b, NULL), RES_OK);
	return buf_take(&b);
}

static void
files_are_replaced_as_they_were(void **state)
{
	/* one file a token, or one token response for both: as it is named in the profile */
	static const char *const names[][2] = {{"at", "rt"}, {"both", "both"}};
	struct world *t = *state;
	char dir[] = "/tmp/tokentriage-test.XXXXXX", at[64], rt[64], *text;

	assert_non_null(mkdtemp(dir));
	healthy_server();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct err e = ERR_INIT;

		snprintf(at, sizeof at, "%s/%s", dir, names[i][0]);
		snprintf(rt, sizeof rt, "%s/%s", dir, names[i][1]);
		assert_int_equal(file_write_private(at, i ? SPAN_LIT("{\"access_token\":\"an-access-token-0123456789\","
			"\"refresh_token\":\"a-refresh-token-0123456789\"}") : SPAN_LIT("an-access-token-0123456789\n"),
			&e), RES_OK);
		if (!i)
			assert_int_equal(file_write_private(rt, SPAN_LIT("a-refresh-token-0123456789\n"), &e), RES_OK);
		profile_set(&t->profile.access_token_file, span_of(at));
		profile_set(&t->profile.refresh_token_file, span_of(rt));
		assert_int_equal(wizard_use_profile(t->w, &t->profile, &e), RES_OK);
		assert_int_equal(wizard_replace_token_files(t->w, &e), RES_NOTFOUND);
		reply_once("POST", "/token", JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\","
			"\"refresh_token\":\"the-new-refresh-token-9876543210\",\"expires_in\":60}");
		assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
		assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
		run(t);
		assert_int_equal(wizard_replace_token_files(t->w, &e), RES_OK);
		text = contents(at);
		if (i) {
			assert_non_null(strstr(text, "\"access_token\":"));
			assert_non_null(strstr(text, "the-new-refresh-token-9876543210"));
		} else {
			assert_string_equal(text, "the-new-access-token-9876543210");
		}
		free(text);
		text = contents(rt);
		assert_non_null(strstr(text, "the-new-refresh-token-9876543210"));
		free(text);
		/* what is written is read again */
		assert_int_equal(wizard_use_profile(t->w, &t->profile, &e), RES_OK);
		assert_true(span_is(secret_reveal(case_token(&t->c, SLOT_REFRESH)->value),
			"the-new-refresh-token-9876543210"));
		assert_true(span_is(secret_reveal(case_token(&t->c, SLOT_ACCESS)->value),
			"the-new-access-token-9876543210"));
		unlink(at);
		unlink(rt);
	}
	rmdir(dir);
}

/* Cancelled while a login's token request and a refresh are both out: the answers of both are taken. */
static void
neither_refresh_nor_login_is_cancelled(void **state)
{
	struct world *t = *state;
	struct replay_reply refreshed = {.method = "POST", .url_contains = "/token", .delay_us = 2000000,
		.body_contains = "grant_type=refresh_token",
		.response = JSON_HEAD "{\"access_token\":\"an-access-token-of-the-refresh\","
			"\"token_type\":\"Bearer\",\"expires_in\":3600}"};
	struct replay_reply logged_in = {.method = "POST", .url_contains = "/token", .delay_us = 3000000,
		.body_contains = "grant_type=client_credentials",
		.response = JSON_HEAD "{\"access_token\":\"an-access-token-of-the-login\","
			"\"token_type\":\"Bearer\",\"expires_in\":3600}"};
	struct replay_reply asked = {.method = "GET", .url_contains = "/me", .delay_us = 1000000,
		.response = JSON_HEAD "{\"sub\":\"u1\"}"};
	struct err e = ERR_INIT;
	size_t answered = 0;

	replay_add(transport, &asked);
	healthy_server();
	replay_add(transport, &refreshed);
	replay_add(transport, &logged_in);
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	assert_int_equal(wizard_login_prepare(t->w, FLOW_CLIENT, NULL, &e), RES_OK);
	run(t);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	engine_turn(t->engine);
	assert_int_equal(wizard_login_go(t->w, &e), RES_OK);
	engine_turn(t->engine);
	assert_int_equal(sent_to("grant_type=refresh_token"), 1);
	assert_int_equal(sent_to("grant_type=client_credentials"), 1);
	wizard_run_step(t->w, STEP_HANDLE);
	wizard_cancel(t->w);
	run(t);
	for (size_t i = 0; i < t->c.n_exchanges; i++) {
		const struct exchange *x = t->c.exchanges[i];

		if (x->purpose == PURPOSE_REFRESH || x->purpose == PURPOSE_TOKEN) {
			assert_int_equal(x->answer.outcome, OUTCOME_SUCCESS);
			answered++;
		}
	}
	assert_int_equal(answered, 2);
	assert_int_equal(t->c.n_generations, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(scope_audience_and_life_are_compared),
		T(what_is_not_said_stays),
		T(a_narrower_scope_is_asked_for_by_name),
		T(preconditions_are_said_first),
		cmocka_unit_test(refusals_are_told_apart),
		T(files_are_replaced_as_they_were),
		T(neither_refresh_nor_login_is_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
