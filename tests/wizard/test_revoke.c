/* After a revocation everything is asked again, once more where that separates, and the combination is named. */
#include "world.h"

#define ACCESS_TOKEN "opaque-access-token-0123456789"
#define REFRESH_TOKEN "opaque-refresh-token-0123456789"
/* {"alg":"RS256"}.{"iss":"https://idp.test/realm","exp":1769864400}.c2ln */
#define JWT_TOKEN "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0L3JlYWxtIiwiZXhwIjoxNzY5ODY0NDAwfQ.c2ln"
#define ME JSON_HEAD "{\"sub\":\"u1\",\"name\":\"Ada\"}"
#define GONE "HTTP/1.1 401 Unauthorized\r\n" DATE "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n\r\n"
#define DONE "HTTP/1.1 200 OK\r\n" DATE "\r\n"

struct after {
	const char *name, *access;
	enum token_slot slot;
	bool resource;               /* a resource server's address instead of the userinfo endpoint */
	const char *introspect[2];   /* of the token that was revoked: at once, two seconds later */
	const char *me[2];
	const char *finding;         /* what must be found */
	const char *says;            /* part of the verdict */
	size_t looks;                /* at user information, after the revocation */
};

static const struct after rows[] = {
	{"revoked", ACCESS_TOKEN, SLOT_ACCESS, false, {INACTIVE, INACTIVE}, {GONE, GONE}, "token-revoked",
		"the server confirms that it is dead", 1},
	{"replication of the token", ACCESS_TOKEN, SLOT_ACCESS, false, {ACTIVE, INACTIVE}, {GONE, GONE},
		"replication-delay", "still taken at first, and refused", 2},
	{"replication at user information", JWT_TOKEN, SLOT_ACCESS, false, {INACTIVE, INACTIVE}, {ME, GONE},
		"replication-delay", "still taken at first, and refused", 2},
	{"no-op", ACCESS_TOKEN, SLOT_ACCESS, false, {ACTIVE, ACTIVE}, {ME, ME}, "revoke-unsupported-token-type",
		"the token is still active", 2},
	{"a JWT that is still accepted", JWT_TOKEN, SLOT_ACCESS, false, {INACTIVE, INACTIVE}, {ME, ME},
		"revoked-jwt-still-accepted", "checked there by signature and exp alone", 2},
	{"a cache before the resource", ACCESS_TOKEN, SLOT_ACCESS, true, {INACTIVE, INACTIVE}, {ME, ME},
		"introspection-cache-stale", "keeps an old answer", 2},
	{"the refresh token", ACCESS_TOKEN, SLOT_REFRESH, false, {INACTIVE, INACTIVE}, {ME, ME}, NULL,
		"the server confirms that it is dead; the access token stays active", 1},
	{"a refresh token that stays", ACCESS_TOKEN, SLOT_REFRESH, false, {ACTIVE, ACTIVE}, {ME, ME},
		"revoke-unsupported-token-type", "the refresh token is still active", 2},
	{"replication of the refresh token", ACCESS_TOKEN, SLOT_REFRESH, false, {ACTIVE, INACTIVE}, {ME, ME},
		"replication-delay", "still taken at first, and refused", 2},
};

static void
once(const char *method, const char *url, const char *part, const char *response)
{
	struct replay_reply r = {.method = method, .url_contains = url, .body_contains = part,
		.response = response, .once = true};

	replay_add(transport, &r);
}

static void
script(const struct after *a)
{
	const char *me = a->resource ? "api.test" : "/me";
	const char *part = a->slot == SLOT_REFRESH ? "token=" REFRESH_TOKEN : "token=";

	reply("GET", "openid-configuration", NULL, JSON_HEAD "{\"issuer\":\"" ISSUER "\","
		"\"introspection_endpoint\":\"https://idp.test/introspect\",\"token_endpoint\":\"https://idp.test/token\","
		"\"userinfo_endpoint\":\"https://idp.test/me\",\"revocation_endpoint\":\"https://idp.test/revoke\"}");
	reply("POST", "/revoke", a->slot == SLOT_REFRESH ? "token_type_hint=refresh_token"
		: "token_type_hint=access_token", DONE);
	once("POST", "/introspect", "token=", ACTIVE); /* before it */
	once("GET", me, NULL, ME);
	for (int i = 0; i < 2; i++) {
		once("POST", "/introspect", part, a->introspect[i]);
		once("GET", me, NULL, a->me[i]);
	}
	reply("POST", "/introspect", "token=" ACCESS_TOKEN, ACTIVE); /* beside a revoked refresh token */
}

static size_t
looks(const struct world *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->c.n_exchanges; i++)
		n += t->c.exchanges[i]->purpose == PURPOSE_USERINFO || t->c.exchanges[i]->purpose == PURPOSE_RESOURCE;
	return n;
}

static void
the_combination_is_named(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct after *a = &rows[i];
		struct err e = ERR_INIT;
		char why[LIMIT_MESSAGE];
		struct world *t;
		bool dead;

		assert_int_equal(setup(state), 0);
		t = *state;
		script(a);
		if (a->resource)
			profile_set(&t->profile.resource_url, SPAN_LIT("https://api.test/v1"));
		begin(t, a->access, REFRESH_TOKEN);
		wizard_run_step(t->w, STEP_VERIFY);
		wizard_run_step(t->w, STEP_HANDLE);
		run(t);
		assert_int_equal(looks(t), 1);
		if (wizard_revoke(t->w, a->slot, &e) != RES_OK)
			fail_msg("%s: %s", a->name, e.text);
		run(t);
		if (a->finding && !found(t, a->finding))
			fail_msg("%s: no %s: %s", a->name, a->finding, wizard_diagnosis(t->w)->verdict.summary);
		if (!strstr(wizard_diagnosis(t->w)->verdict.summary, a->says))
			fail_msg("%s: %s", a->name, wizard_diagnosis(t->w)->verdict.summary);
		if (looks(t) != 1 + a->looks)
			fail_msg("%s: %zu looks", a->name, looks(t) - 1);
		assert_int_equal(sent_to("/revoke"), 1);
		/* what is dead is not refreshed with; what the server still calls active may be */
		dead = a->slot == SLOT_REFRESH && strcmp(a->introspect[1], ACTIVE) != 0;
		assert_int_equal(wizard_refreshable(t->w, why, sizeof(why)), !dead);
		assert_true(!dead || strstr(why, "was revoked"));
		assert_int_equal(teardown(state), 0);
	}
}

/* Without probes there is one look, and nothing waits. */
static void
no_second_look_without_probes(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;

	script(&rows[3]);
	wizard_set_probes(t->w, PROBES_NONE);
	begin(t, ACCESS_TOKEN, NULL);
	wizard_run_step(t->w, STEP_VERIFY);
	wizard_run_step(t->w, STEP_HANDLE);
	run(t);
	assert_int_equal(wizard_revoke(t->w, SLOT_ACCESS, &e), RES_OK);
	run(t);
	assert_int_equal(looks(t), 2);
}

/* Before any step: the metadata that names the endpoint is asked for first. */
static void
the_endpoint_is_discovered(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;

	script(&rows[0]);
	begin(t, ACCESS_TOKEN, NULL);
	assert_true(wizard_can_revoke(t->w, SLOT_ACCESS, NULL, 0));
	assert_int_equal(wizard_revoke(t->w, SLOT_ACCESS, &e), RES_OK);
	run(t);
	assert_int_equal(sent_to("openid-configuration"), 1);
	assert_int_equal(sent_to("/revoke"), 1);
}

/* What nobody asked before is not asked for after: the verdict is what the revocation came to. */
static void
revoked_before_any_step(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;

	reply("POST", "/introspect", "token=", INACTIVE);
	reply("GET", "/me", NULL, GONE);
	script(&rows[0]);
	begin(t, ACCESS_TOKEN, NULL);
	assert_int_equal(wizard_revoke(t->w, SLOT_ACCESS, &e), RES_OK);
	run(t);
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.summary, "was revoked in this case"));
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.next, "log in again"));
}

/* ... and where it names none, nothing is sent, and it is said why. */
static void
there_is_no_endpoint(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;
	char why[LIMIT_MESSAGE];

	reply("GET", "openid-configuration", NULL,
		JSON_HEAD "{\"issuer\":\"" ISSUER "\",\"token_endpoint\":\"https://idp.test/token\"}");
	begin(t, ACCESS_TOKEN, NULL);
	assert_int_equal(wizard_revoke(t->w, SLOT_ACCESS, &e), RES_OK);
	run(t);
	assert_int_equal(sent_to("token_type_hint"), 0);
	assert_false(wizard_can_revoke(t->w, SLOT_ACCESS, why, sizeof(why)));
	assert_non_null(strstr(why, "no revocation endpoint is known"));
}

/* A refresh brought another access token: the verdict is about that one, not about the revoked one. */
static void
a_refresh_mends_it(void **state)
{
	/* what a second look would get is what the new token gets */
	static const struct after revoked = {.access = ACCESS_TOKEN, .slot = SLOT_ACCESS,
		.introspect = {INACTIVE, ACTIVE}, .me = {GONE, ME}};
	struct world *t = *state;
	struct err e = ERR_INIT;

	script(&revoked);
	reply("POST", "/token", NULL, JSON_HEAD "{\"access_token\":\"another-access-token-5555555\","
		"\"token_type\":\"Bearer\",\"expires_in\":300}");
	begin(t, ACCESS_TOKEN, REFRESH_TOKEN);
	wizard_run_step(t->w, STEP_VERIFY);
	wizard_run_step(t->w, STEP_HANDLE);
	run(t);
	assert_int_equal(wizard_revoke(t->w, SLOT_ACCESS, &e), RES_OK);
	run(t);
	assert_true(found(t, "token-revoked"));
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
	assert_false(found(t, "token-revoked"));
	if (!strstr(wizard_diagnosis(t->w)->verdict.summary, "gets user information"))
		fail_msg("%s", wizard_diagnosis(t->w)->verdict.summary);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_combination_is_named),
		T(the_endpoint_is_discovered),
		T(revoked_before_any_step),
		T(there_is_no_endpoint),
		T(a_refresh_mends_it),
		T(no_second_look_without_probes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
