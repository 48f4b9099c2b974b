/* Logging in again over the replay transport and a manual clock: what is sent, when, and what follows. */
#include "world.h"

#include "base/mem.h"
#include "oauth/crypto.h"
#include "wizard/flow.h"

#define LOGIN_METADATA \
	"{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":\"https://idp.test/introspect\"," \
	"\"token_endpoint\":\"https://idp.test/token\",\"userinfo_endpoint\":\"https://idp.test/me\"," \
	"\"authorization_endpoint\":\"https://idp.test/authorize\"," \
	"\"device_authorization_endpoint\":\"https://idp.test/device\"," \
	"\"pushed_authorization_request_endpoint\":\"https://idp.test/par\""
#define TOKENS(more) JSON_HEAD "{\"access_token\":\"a-new-access-token-0123456789\"," \
	"\"token_type\":\"Bearer\",\"expires_in\":3600" more "}"
#define ERROR_HEAD "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n" DATE "\r\n"
#define DEVICE_CODES JSON_HEAD "{\"device_code\":\"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS\"," \
	"\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\"https://example.com/device\"," \
	"\"verification_uri_complete\":\"https://example.com/device?user_code=WDJB-MJHT\"," \
	"\"expires_in\":1800,\"interval\":5}"

static const struct crypto_ops *
load_crypto(void)
{
	return &crypto_openssl;
}

/* The server, whose metadata has these members, too; a place for the tokens. */
static void
begin_login(struct world *t, const char *more)
{
	char *metadata = xasprintf(JSON_HEAD LOGIN_METADATA "%s}", more);

	reply("GET", "openid-configuration", NULL, metadata);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, JSON_HEAD "{\"sub\":\"u1\",\"name\":\"Ada\"}");
	free(metadata);
	begin(t, NULL, NULL);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
}

static const struct flow_view *
view(struct world *t)
{
	const struct flow_view *v = wizard_login_view(t->w);

	assert_non_null(v);
	return v;
}

static void
prepare(struct world *t, enum flow_kind k, const struct flow_wish *wish)
{
	struct err e = ERR_INIT;

	if (wizard_login_prepare(t->w, k, wish, &e) != RES_OK)
		fail_msg("%s", e.text);
	run(t);
	assert_int_equal(view(t)->phase, FLOW_PREPARED);
	assert_int_equal(replay_requests(transport), sent_to("openid-configuration"));
}

static void
go(struct world *t)
{
	struct err e = ERR_INIT;

	if (wizard_login_go(t->w, &e) != RES_OK)
		fail_msg("%s", e.text);
	run(t);
}

static void
wait_s(struct world *t, int64_t seconds)
{
	clock_advance_us(&t->clock, seconds * 1000000);
	wizard_update(t->w);
	run(t);
}

static void
is_logged_in(struct world *t)
{
	if (view(t)->phase != FLOW_DONE)
		fail_msg("phase %d: %s", (int)view(t)->phase, view(t)->words);
	assert_string_equal(case_token(&t->c, SLOT_ACCESS)->source, "the login");
	assert_int_equal(sent_to("/introspect"), 1);
	assert_int_equal(sent_to("idp.test/me"), 1);
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
}

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
	is_logged_in(t);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(client_credentials),
		T(a_device_is_asked_for_until_it_answers),
	};

	crypto_set_loader(load_crypto);
	return cmocka_run_group_tests_name("flows", tests, NULL, NULL);
}
