/* Logging in with a browser: the authorization code, silent, pushed; what its answers must not be. */
#include "wizard/login.h"
#include "openssl-loader.h"

#include "base/mem.h"
#include "oauth/crypto.h"

static void
code_with_pkce(void **state)
{
	struct world *t = *state;
	char *challenge, *sent, *method;

	begin_login(t, "");
	prepare(t, FLOW_CODE, NULL);
	assert_true(view(t)->listening);
	assert_non_null(strstr(view(t)->request, "GET https://idp.test/authorize (in the browser)\n"));
	assert_non_null(strstr(view(t)->request, "  code_challenge_method=S256\n"));
	go(t);
	assert_int_equal(view(t)->phase, FLOW_WAITING);
	assert_int_equal(replay_requests(transport), 1); /* only the metadata: the rest is the browser's */
	challenge = param(t, "code_challenge");
	method = param(t, "code_challenge_method");
	sent = param(t, "redirect_uri");
	assert_int_equal(strlen(challenge), 43);
	assert_string_equal(method, "S256");
	assert_string_equal(sent, view(t)->redirect_uri);
	assert_non_null(strstr(sent, "http://127.0.0.1:"));
	free(method);
	reply_tokens(t, GOOD_ID);
	redirect(t, GOOD_QUERY, BACK);
	is_logged_in(t);
	assert_int_equal(sent_to("code_verifier="), 1);
	assert_null(strstr(replay_request(transport, 1), challenge)); /* the verifier, not its digest */
	assert_false(view(t)->listening);
	assert_true(case_token(&t->c, SLOT_REFRESH)->present);
	is_masked(t, "SplxlOBeZQQYbYS6WxSbIA");
	is_masked(t, "a-new-refresh-token-0123456789");
	assert_int_equal(case_last(&t->c, PURPOSE_AUTHORIZATION, SLOT_NONE)->result.response.status, 302);
	free(challenge);
	free(sent);
}

/* The state, too, is masked wherever it is kept; the address to open must have it. */
static void
state_and_nonce_are_masked_in_the_case(void **state)
{
	struct world *t = *state;
	char *st, *nonce;

	begin_login(t, "");
	prepare(t, FLOW_CODE, NULL);
	go(t);
	st = param(t, "state");
	nonce = param(t, "nonce");
	reply_tokens(t, GOOD_ID);
	redirect(t, GOOD_QUERY, BACK);
	is_masked(t, st);
	is_masked(t, nonce);
	free(st);
	free(nonce);
}

static void
what_is_not_ours_is_ignored_and_counted(void **state)
{
	struct world *t = *state;
	char answer[8192];
	struct err e = ERR_INIT;

	begin_login(t, "");
	prepare(t, FLOW_CODE, NULL);
	go(t);
	redirect(t, "code=stolen&state=of-another-login", "Not the answer");
	redirect(t, "code=stolen", "Not the answer");
	redirect(t, "error=access_denied", "Not the answer");
	redirect(t, "", "Not the answer");
	assert_int_equal(view(t)->ignored, 4);
	request(t, "GET", "/favicon.ico", answer, sizeof answer);
	assert_non_null(strstr(answer, "HTTP/1.1 404"));
	request(t, "POST", "/callback", answer, sizeof answer);
	assert_non_null(strstr(answer, "HTTP/1.1 405"));
	assert_int_equal(wizard_login_paste(t->w, SPAN_LIT("http://127.0.0.1/callback?code=x&state=y"), &e), RES_REFUSED);
	assert_int_equal(view(t)->ignored, 5);
	assert_int_equal(wizard_login_paste(t->w, SPAN_LIT("SplxlOBeZQQYbYS6WxSbIA"), &e), RES_SYNTAX);
	assert_int_equal(view(t)->phase, FLOW_WAITING);
	assert_null(case_last(&t->c, PURPOSE_AUTHORIZATION, SLOT_NONE));
	assert_int_equal(sent_to("/token"), 0);
	reply_tokens(t, GOOD_ID);
	redirect(t, GOOD_QUERY, BACK);
	is_logged_in(t);
}

static void
an_address_is_pasted_back(void **state)
{
	struct world *t = *state;
	char *st, *address;
	struct err e = ERR_INIT;

	profile_set(&t->profile.redirect_uri, SPAN_LIT("https://app.example/cb"));
	begin_login(t, "");
	prepare(t, FLOW_CODE, NULL);
	assert_false(view(t)->listening);
	go(t);
	assert_non_null(strstr(view(t)->words, "paste back"));
	st = param(t, "state");
	address = xasprintf("  https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=%s\n", st);
	reply_tokens(t, GOOD_ID);
	assert_int_equal(wizard_login_paste(t->w, span_of(address), &e), RES_OK);
	run(t);
	is_logged_in(t);
	assert_int_equal(sent_to("redirect_uri=https%3A%2F%2Fapp.example%2Fcb"), 1);
	/* once is enough */
	assert_int_equal(wizard_login_paste(t->w, span_of(address), &e), RES_REFUSED);
	free(st);
	free(address);
}

#define ISS_PROMISED ",\"authorization_response_iss_parameter_supported\":true"

static void
an_answer_of_another_server_is_not_used(void **state)
{
	static const struct {
		const char *more, *query;
	} rows[] = {
		{"", GOOD_QUERY "&iss=https%3A%2F%2Fevil.example"},
		{ISS_PROMISED, GOOD_QUERY},
		{ISS_PROMISED, "error=access_denied&state=$"},
		{"", GOOD_QUERY "&code=a-second-one"},
		{"", "state=$"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *t;

		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		t = *state;
		begin_login(t, rows[i].more);
		prepare(t, FLOW_CODE, NULL);
		go(t);
		redirect(t, rows[i].query, "This answer is not used");
		failed_with(t, "authorization_response", "authorization-response-invalid");
		assert_int_equal(sent_to("/token"), 0);
		assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_PROBLEM);
	}
}

static void
the_promised_issuer_is_taken(void **state)
{
	struct world *t = *state;

	begin_login(t, ISS_PROMISED);
	prepare(t, FLOW_CODE, NULL);
	go(t);
	reply_tokens(t, GOOD_ID);
	redirect(t, GOOD_QUERY "&iss=https%3A%2F%2Fidp.test%2Frealm", BACK);
	is_logged_in(t);
}

static void
errors_at_the_redirect(void **state)
{
	static const struct {
		enum flow_kind kind;
		const char *error, *finding, *advice;
	} rows[] = {
		{FLOW_CODE, "access_denied", "login-denied", "policy"},
		{FLOW_CODE, "invalid_scope", "login-refused", "scopes"},
		{FLOW_CODE, "unauthorized_client", "login-refused", "grant"},
		{FLOW_SILENT, "login_required", "silent-auth-interaction-required", "no session"},
		{FLOW_SILENT, "interaction_required", "silent-auth-interaction-required", "something to show"},
		{FLOW_SILENT, "consent_required", "silent-auth-interaction-required", "not agreed"},
		{FLOW_SILENT, "account_selection_required", "silent-auth-interaction-required", "several accounts"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *t;
		char query[200];

		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		t = *state;
		begin_login(t, "");
		prepare(t, rows[i].kind, NULL);
		go(t);
		snprintf(query, sizeof query, "error=%s&error_description=because&state=$", rows[i].error);
		redirect(t, query, "The login did not succeed");
		failed_with(t, rows[i].error, rows[i].finding);
		assert_non_null(strstr(view(t)->words, "because"));
		if (!strstr(wizard_diagnosis(t->w)->verdict.next, rows[i].advice))
			fail_msg("%s: %s", rows[i].error, wizard_diagnosis(t->w)->verdict.next);
	}
}

static void
silent_says_so_and_hints_at_the_user(void **state)
{
	struct world *t = *state;
	char *prompt, *hint;

	begin_login(t, "");
	wizard_give_token(t->w, SLOT_ID, SPAN_LIT("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSJ9.c2ln"), "test");
	/* a browser's arguments are for everyone to read */
	prepare(t, FLOW_SILENT, &(struct flow_wish){.open_browser = true});
	assert_null(strstr(view(t)->url, "id_token_hint"));
	prepare(t, FLOW_SILENT, NULL);
	go(t);
	prompt = param(t, "prompt");
	hint = param(t, "id_token_hint");
	assert_string_equal(prompt, "none");
	assert_string_equal(hint, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSJ9.c2ln");
	assert_null(strstr(view(t)->request, hint));
	reply_tokens(t, GOOD_ID);
	redirect(t, GOOD_QUERY, BACK);
	is_logged_in(t);
	free(prompt);
	free(hint);
}

/* The browser was logged in as somebody else. */
static void
silent_gives_another_user(void **state)
{
	struct world *t = *state;

	begin_login(t, "");
	wizard_give_token(t->w, SLOT_ID, SPAN_LIT("eyJhbGciOiJub25lIn0.eyJzdWIiOiJvdGhlciJ9.c2ln"), "test");
	prepare(t, FLOW_SILENT, NULL);
	go(t);
	reply_tokens(t, GOOD_ID);
	redirect(t, GOOD_QUERY, BACK);
	failed_with(t, "id_token", "id-token-invalid");
}

/* --- the ID token ------------------------------------------------------------------------- */

static void
each_defect_of_an_id_token(void **state)
{
	static const struct {
		const char *claims, *says;
	} rows[] = {
		{"{\"iss\":\"https://evil.example\",\"sub\":\"u1\",\"aud\":\"app\",\"nonce\":\"$\","
			"\"exp\":1769864400,\"iat\":1769860800}", "issuer"},
		{"{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"other\",\"nonce\":\"$\","
			"\"exp\":1769864400,\"iat\":1769860800}", "audience"},
		{"{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":[\"app\",\"b\"],\"azp\":\"b\","
			"\"nonce\":\"$\",\"exp\":1769864400,\"iat\":1769860800}", "azp"},
		{"{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"app\",\"nonce\":\"stale\","
			"\"exp\":1769864400,\"iat\":1769860800}", "nonce"},
		{"{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"app\",\"nonce\":\"$\","
			"\"exp\":1769860000,\"iat\":1769856400}", "expired"},
		{"{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"app\",\"nonce\":\"$\","
			"\"exp\":1769868000,\"iat\":1769864400}", "future"},
		{"{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"app\",\"nonce\":\"$\","
			"\"exp\":1769864400,\"iat\":1769860800,\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RQ\"}", "at_hash"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *t;

		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		t = *state;
		begin_login(t, "");
		prepare(t, FLOW_CODE, NULL);
		go(t);
		reply_tokens(t, rows[i].claims);
		redirect(t, GOOD_QUERY, BACK);
		failed_with(t, "id_token", "id-token-invalid");
		if (!strstr(view(t)->words, rows[i].says))
			fail_msg("%s: %s", rows[i].says, view(t)->words);
		/* kept all the same, and looked at */
		assert_string_equal(case_token(&t->c, SLOT_ACCESS)->source, "the login");
		assert_int_equal(sent_to("idp.test/me"), 1);
	}
}

/* --- pushed, with a resource, and refused -------------------------------------------------- */

static void
pushed_where_the_server_requires_it(void **state)
{
	struct world *t = *state;

	begin_login(t, ",\"require_pushed_authorization_requests\":true");
	prepare(t, FLOW_CODE, &(struct flow_wish){.resource = "https://api.example/a https://api.example/b"});
	assert_null(view(t)->url);
	assert_non_null(strstr(view(t)->request, "POST https://idp.test/par\n"));
	/* RFC 9126 §2.2 */
	reply("POST", "/par", "code_challenge=", "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n" DATE
		"\r\n{\"request_uri\":\"urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c\","
		"\"expires_in\":60}");
	go(t);
	assert_int_equal(view(t)->phase, FLOW_WAITING);
	assert_string_equal(view(t)->url, "https://idp.test/authorize?client_id=app&request_uri="
		"urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c");
	assert_non_null(strstr(view(t)->words, "60 s"));
	assert_int_equal(sent_to("resource=https%3A%2F%2Fapi.example%2Fa&resource=https%3A%2F%2Fapi.example%2Fb"), 1);
	assert_int_equal(sent_to("client_id=app"), 1);
}

static void
a_pushed_request_is_refused(void **state)
{
	struct world *t = *state;

	begin_login(t, "");
	prepare(t, FLOW_CODE, &(struct flow_wish){.push = true});
	reply("POST", "/par", NULL, ERROR_HEAD "{\"error\":\"invalid_request\"}");
	go(t);
	failed_with(t, "invalid_request", "login-refused");
}

/* What the server said of the login comes before what was odd about a token it was not told. */
static void
a_refusal_comes_before_an_odd_token(void **state)
{
	struct world *t = *state;

	begin_login(t, "");
	wizard_give_token(t->w, SLOT_ACCESS, SPAN_LIT("\"opaque-access-token-0123456789\""), "typed in");
	prepare(t, FLOW_CODE, &(struct flow_wish){.push = true});
	reply("POST", "/par", NULL, ERROR_HEAD "{\"error\":\"invalid_request\"}");
	go(t);
	failed_with(t, "invalid_request", "login-refused");
	assert_true(found(t, "token-quoted-or-json-wrapped"));
	assert_string_equal(wizard_diagnosis(t->w)->verdict.primary->rule->id, "login-refused");
}

static void
a_code_is_refused(void **state)
{
	struct world *t = *state;

	begin_login(t, "");
	prepare(t, FLOW_CODE, NULL);
	go(t);
	reply("POST", "/token", NULL, ERROR_HEAD "{\"error\":\"invalid_grant\"}");
	redirect(t, GOOD_QUERY, BACK);
	failed_with(t, "invalid_grant", "login-refused");
	assert_int_equal(sent_to("/token"), 1); /* a code is sent once */
	assert_int_equal(t->c.n_generations, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(code_with_pkce),
		T(state_and_nonce_are_masked_in_the_case),
		T(what_is_not_ours_is_ignored_and_counted),
		T(an_address_is_pasted_back),
		T(an_answer_of_another_server_is_not_used),
		T(the_promised_issuer_is_taken),
		T(errors_at_the_redirect),
		T(silent_says_so_and_hints_at_the_user),
		T(silent_gives_another_user),
		T(each_defect_of_an_id_token),
		T(pushed_where_the_server_requires_it),
		T(a_pushed_request_is_refused),
		T(a_code_is_refused),
		T(a_refusal_comes_before_an_odd_token),
	};

	crypto_set_loader(load_openssl);
	return cmocka_run_group_tests_name("code", tests, NULL, NULL);
}
