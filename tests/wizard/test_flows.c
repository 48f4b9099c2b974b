/* Logging in again over the replay transport and a manual clock: what is sent, when, and what follows. */
#include "world.h"
#include "openssl-loader.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/mem.h"
#include "oauth/crypto.h"
#include "oauth/url.h"
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
	assert_true(wizard_login_asks_user(t->w));
}

/* Nothing that was recorded, logged or shown to be sent has these values. */
static void
is_masked(struct world *t, const char *value)
{
	struct log_rec rec;

	for (size_t i = 0; i < t->c.n_exchanges; i++) {
		const struct exchange *x = t->c.exchanges[i];
		struct span to = http_header(&x->result.response.headers, "Location");

		assert_null(strstr(x->request.url, value));
		assert_true(span_find_str(buf_span(&x->request.body), value) == SIZE_MAX);
		assert_true(span_find_str(buf_span(&x->result.response.body), value) == SIZE_MAX);
		assert_true(span_find_str(to, value) == SIZE_MAX);
	}
	for (size_t i = 0; log_get(t->log, i, &rec); i++)
		assert_null(strstr(rec.text, value));
	assert_null(strstr(view(t)->request, value));
	assert_null(strstr(view(t)->words, value));
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

/* --- the browser -------------------------------------------------------------------------- */

/* A parameter of the authorization URL, decoded. */
static char *
param(struct world *t, const char *name)
{
	struct span url = span_of(view(t)->url);
	struct buf v;

	buf_init(&v, LIMIT_URL);
	assert_true(form_get(span_from(url, span_find(url, '?') + 1), name, &v));
	return buf_take(&v);
}

/* Sends one request to the listener and gives back what it answered. */
static void
request(struct world *t, const char *method, const char *target, char *answer, size_t size)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 20};
	char text[4096];
	struct url u;
	ssize_t n, got = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(url_parse(&u, span_of(view(t)->redirect_uri), NULL), RES_OK);
	a.sin_port = htons((uint16_t)u.port);
	assert_int_equal(connect(fd, (struct sockaddr *)(void *)&a, sizeof a), 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", method, target, u.port);
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	for (int i = 0; i < 1000 && recv(fd, answer, 1, MSG_PEEK | MSG_DONTWAIT) < 0; i++) {
		struct pollfd fds[FLOW_FDS];
		size_t k = wizard_login_fds(t->w, fds, FLOW_FDS);

		(void)poll(fds, k, 20);
		wizard_update(t->w);
	}
	while ((n = recv(fd, answer + got, size - 1 - (size_t)got, 0)) > 0)
		got += n;
	answer[got] = '\0';
	close(fd);
	run(t);
}

/* The redirect with this query, %s being the state that was sent. */
static void
redirect(struct world *t, const char *query, const char *page)
{
	char *state = param(t, "state"), target[1024], answer[8192];
	size_t at = (size_t)snprintf(target, sizeof target, "/callback?");

	for (; *query && at < sizeof target - 100; query++)
		if (*query == '$')
			at += (size_t)snprintf(target + at, sizeof target - at, "%s", state);
		else
			target[at++] = *query;
	target[at] = '\0';
	request(t, "GET", target, answer, sizeof answer);
	if (!strstr(answer, page))
		fail_msg("%s answered %s", target, answer);
	assert_non_null(strstr(answer, "Cache-Control: no-store"));
	assert_null(strstr(answer, state)); /* nothing of the request comes back */
	free(state);
}

/* A token response with an ID token of these claims; $ stands for the nonce that was sent. */
static void
reply_tokens(struct world *t, const char *claims)
{
	char *nonce = param(t, "nonce"), *response;
	struct buf json, token;

	buf_init(&json, 4096);
	buf_init(&token, 8192);
	for (; *claims; claims++)
		if (*claims == '$')
			buf_puts(&json, nonce);
		else
			buf_putc(&json, *claims);
	base64url_encode(&token, SPAN_LIT("{\"alg\":\"RS256\",\"kid\":\"k\"}"));
	buf_putc(&token, '.');
	base64url_encode(&token, buf_span(&json));
	buf_puts(&token, ".c2lnbmF0dXJlLW9mLXRoZS10ZXN0");
	response = xasprintf(TOKENS(",\"refresh_token\":\"a-new-refresh-token-0123456789\",\"id_token\":\"%s\""),
		buf_str(&token));
	reply("POST", "/token", "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA", response);
	free(response);
	free(nonce);
	buf_release(&json);
	buf_release(&token);
}

#define GOOD_ID "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"app\",\"nonce\":\"$\"," \
	"\"exp\":1769864400,\"iat\":1769860800}"
#define GOOD_QUERY "code=SplxlOBeZQQYbYS6WxSbIA&state=$"
#define BACK "Back to tokentriage"

static void
failed_with(struct world *t, const char *error, const char *finding)
{
	assert_int_equal(view(t)->phase, FLOW_FAILED);
	assert_string_equal(view(t)->error, error);
	if (!found(t, finding))
		fail_msg("%s is not found: %s", finding, wizard_diagnosis(t->w)->verdict.summary);
}

/* --- authorization code ------------------------------------------------------------------- */

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(client_credentials),
		T(a_device_is_asked_for_until_it_answers),
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
	};

	crypto_set_loader(load_openssl);
	return cmocka_run_group_tests_name("flows", tests, NULL, NULL);
}
