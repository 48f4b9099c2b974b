#include "call.h"

#include "unit.h"

#include "base/encode.h"
#include "base/mem.h"

static const struct scenario plain = {.name = "plain"};

#define BACK "http://127.0.0.1:7777/cb"
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" /* RFC 7636 App. B */
#define REDIRECT "&redirect_uri=" BACK
#define PKCE "&code_challenge=" CHALLENGE "&code_challenge_method=S256"

/* A member of the query of a URL, decoded; freed by the caller. */
static char *
member_of(struct span url, const char *name)
{
	struct buf b;

	buf_init(&b, 4096);
	form_get(span_from(url, span_find(url, '?') + 1), name, &b);
	return buf_take(&b);
}

/* Where the browser is sent to, and what stands there. */
static void
expect_back(struct desk *d, const struct call *q, const char *name, const char *value)
{
	struct answer a;
	char *got, *iss;

	desk_call(d, q, &a);
	if (a.status != 303)
		fail_msg("%d for %s", a.status, q->query ? q->query : q->form);
	assert_true(span_starts(answer_header(&a, "Location"), BACK "?"));
	got = member_of(answer_header(&a, "Location"), name);
	iss = member_of(answer_header(&a, "Location"), "iss");
	if (value)
		assert_string_equal(got, value);
	assert_true(got[0] != '\0');
	assert_string_equal(iss, d->s.issuer);
	free(got);
	free(iss);
	answer_release(&a);
}

static char *
login_query(const struct desk *d, const char *more)
{
	return xasprintf("response_type=code&client_id=%s" REDIRECT
			 "&scope=openid+email&state=s1%s",
		d->s.client_id, more);
}

/* The page's hidden member, and then the button; gives the code (free it). */
static char *
press_button(struct desk *d, const struct answer *page, char **cookie)
{
	struct span body = buf_span(&page->res.body);
	size_t at = span_find_str(body, "name=\"request\" value=\"");
	struct span handle = span_from(body, at + strlen("name=\"request\" value=\""));
	struct answer a;
	char *form, *code;

	assert_int_equal(page->status, 200);
	assert_true(at != SIZE_MAX);
	form = xasprintf("request=%.*s&answer=yes", (int)span_find(handle, '"'), handle.p);
	desk_call(d, &(struct call){.path = "/consent", .form = form}, &a);
	assert_int_equal(a.status, 303);
	code = member_of(answer_header(&a, "Location"), "code");
	if (cookie)
		*cookie = span_dup(answer_header(&a, "Set-Cookie"));
	answer_release(&a);
	assert_int_equal(desk_status(d, &(struct call){.path = "/consent", .form = form}, NULL),
		400); /* once */
	free(form);
	return code;
}

static char *
get_code(struct desk *d, const char *more, char **cookie)
{
	char *query = login_query(d, more), *code;
	struct answer page;

	desk_call(d, &(struct call){.path = "/authorize", .query = query}, &page);
	code = press_button(d, &page, cookie);
	answer_release(&page);
	free(query);
	return code;
}

static int
redeem(struct desk *d, const char *code, const char *more, const char *error)
{
	char *form = xasprintf("grant_type=authorization_code&code=%s%s", code, more);
	int status = desk_status(
		d, &(struct call){.path = "/token", .form = form, .as_client = true}, error);

	free(form);
	return status;
}

#define RIGHT REDIRECT "&code_verifier=" VERIFIER

/* --- authorization code --- */

static void
test_code(void **state)
{
	struct desk d;
	struct answer a;
	struct json *id = NULL;
	struct jws_parts parts;
	char *code, *form;

	(void)state;
	desk_open(&d, &plain);
	code = get_code(&d, PKCE "&nonce=n-1", NULL);
	form = xasprintf("grant_type=authorization_code&code=%s" RIGHT, code);
	desk_call(&d, &(struct call){.path = "/token", .form = form, .as_client = true}, &a);
	assert_int_equal(a.status, 200);
	assert_true(span_is(answer_str(&a, "scope"), "openid email"));
	assert_true(span_is(answer_str(&a, "token_type"), "Bearer"));
	assert_true(answer_str(&a, "refresh_token").n > 0);
	assert_int_equal(jws_split(&parts, answer_str(&a, "id_token"), NULL), RES_OK);
	assert_int_equal(jose_decode_json(&id, parts.payload, NULL), RES_OK);
	assert_true(span_is(json_get_str(id, "nonce"), "n-1"));
	json_free(id);
	free(form);
	/* a second use takes back what the first one bought */
	assert_int_equal(redeem(&d, code, RIGHT, "invalid_grant"), 400);
	form = xasprintf("token=%.*s", SPAN_ARG(answer_str(&a, "access_token")));
	answer_release(&a);
	desk_call(&d, &(struct call){.path = "/introspect", .form = form, .as_client = true}, &a);
	assert_string_equal(buf_str(&a.res.body), "{\"active\":false}");
	answer_release(&a);
	free(form);
	free(code);
	desk_close(&d);
}

static void
test_code_refused(void **state)
{
	static const char *const wrong[] = {
		REDIRECT,                                        /* no verifier */
		REDIRECT "&code_verifier=" CHALLENGE,            /* another */
		"&code_verifier=" VERIFIER,                      /* no redirect_uri */
		"&redirect_uri=http%3A%2F%2F127.0.0.1%3A7777%2F&code_verifier=" VERIFIER,
	};
	struct desk d;
	char *code;

	(void)state;
	desk_open(&d, &plain);
	code = get_code(&d, PKCE, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(redeem(&d, code, wrong[i], "invalid_grant"), 400);
	assert_int_equal(
		redeem(&d, code, RIGHT "&resource=https%3A%2F%2Fx", "invalid_target"), 400);
	assert_int_equal(redeem(&d, "made-up", RIGHT, "invalid_grant"), 400);
	assert_int_equal(redeem(&d, code, RIGHT, NULL), 200); /* none of these has used it up */
	free(code);
	code = get_code(&d, PKCE, NULL);
	d.now += 60;
	assert_int_equal(redeem(&d, code, RIGHT, "invalid_grant"), 400);
	free(code);
	desk_close(&d);
}

static void
test_requests_sent_back(void **state)
{
	static const struct {
		const char *more, *error;
	} cases[] = {
		{"", "invalid_request"}, /* no PKCE */
		{"&code_challenge=" VERIFIER "&code_challenge_method=plain", "invalid_request"},
		{"&code_challenge=abc&code_challenge_method=S256", "invalid_request"},
		{PKCE "&request=eyJ", "request_not_supported"},
		{PKCE "&resource=https%3A%2F%2Felsewhere.example", "invalid_target"},
		{PKCE "&max_age=soon", "invalid_request"},
		{PKCE "&prompt=none", "login_required"},
		{PKCE "&prompt=none+login", "invalid_request"},
	};
	struct desk d;
	char *query;

	(void)state;
	desk_open(&d, &plain);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		query = login_query(&d, cases[i].more);
		expect_back(&d, &(struct call){.path = "/authorize", .query = query}, "error",
			cases[i].error);
		expect_back(
			&d, &(struct call){.path = "/authorize", .query = query}, "state", "s1");
		free(query);
	}
	query = xasprintf("response_type=token&client_id=%s" REDIRECT, d.s.client_id);
	expect_back(&d, &(struct call){.path = "/authorize", .query = query}, "error",
		"unsupported_response_type");
	free(query);
	desk_close(&d);
}

/* What the redirect cannot be trusted with is said on a page. */
static void
test_requests_not_sent_back(void **state)
{
	static const char *const bad[] = {"https%3A%2F%2Fclient.example%2Fcb", "",
		"http%3A%2F%2F10.0.0.1%2F", "http%3A%2F%2F127.0.0.1%3A1%2F%23f",
		"http%3A%2F%2F127.0.0.1.x.example%2F", "http%3A%2F%2Fa%40127.0.0.1%2F",
		"http%3A%2F%2F127.0.0.1%2F%0d%0aX%3A+y", "javascript%3Aalert(1)"};
	struct desk d;
	struct answer a;
	char *query;

	(void)state;
	desk_open(&d, &plain);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		query = xasprintf("response_type=code&client_id=%s&redirect_uri=%s" PKCE,
			d.s.client_id, bad[i]);
		desk_call(&d, &(struct call){.path = "/authorize", .query = query}, &a);
		assert_int_equal(a.status, 400);
		assert_false(http_has_header(&a.res.headers, "Location"));
		answer_release(&a);
		free(query);
	}
	assert_int_equal(desk_status(&d, &(struct call){.path = "/authorize",
		.query = "response_type=code&client_id=other" REDIRECT PKCE}, NULL), 400);
	query = login_query(&d, PKCE "&state=s2"); /* twice */
	assert_int_equal(
		desk_status(&d, &(struct call){.path = "/authorize", .query = query}, NULL), 400);
	free(query);
	desk_close(&d);
}

static void
test_refused(void **state)
{
	struct desk d;
	struct answer page;
	char *query, *link;
	struct span body;

	(void)state;
	desk_open(&d, &plain);
	query = login_query(&d, PKCE);
	desk_call(&d, &(struct call){.path = "/authorize", .query = query}, &page);
	body = buf_span(&page.res.body);
	body = span_from(body, span_find_str(body, "/consent?") + strlen("/consent?"));
	link = span_dup(span_sub(body, 0, span_find(body, '"')));
	expect_back(
		&d, &(struct call){.path = "/consent", .query = link}, "error", "access_denied");
	assert_int_equal(desk_status(&d, &(struct call){.path = "/consent", .query = link}, NULL),
		400);
	answer_release(&page);
	free(link);
	free(query);
	desk_close(&d);
}

/* What comes from outside is text on the page, never markup. */
static void
test_page_escapes(void **state)
{
	struct desk d;
	struct answer a;
	char *query;

	(void)state;
	desk_open(&d, &plain);
	query = xasprintf("response_type=code&client_id=%s&scope=openid"
		"&redirect_uri=http://127.0.0.1/?a=1%%26b='x'" PKCE, d.s.client_id);
	desk_call(&d, &(struct call){.path = "/authorize", .query = query}, &a);
	assert_int_equal(a.status, 200);
	assert_true(span_find_str(buf_span(&a.res.body), "?a=1&amp;b=&#39;x&#39;.") != SIZE_MAX);
	assert_true(http_has_header(&a.res.headers, "Content-Security-Policy"));
	answer_release(&a);
	free(query);
	desk_call(&d, &(struct call){.path = "/device", .query = "user_code=%22%3E%3Cb%3E"}, &a);
	assert_true(span_find_str(buf_span(&a.res.body), "&quot;&gt;&lt;b&gt;") != SIZE_MAX);
	answer_release(&a);
	/* a mistyped code stands there again, to be mended */
	desk_call(&d, &(struct call){.path = "/device", .form = "user_code=BCDF-GH\"K"}, &a);
	assert_int_equal(a.status, 400);
	assert_true(span_find_str(buf_span(&a.res.body), "value=\"BCDF-GH&quot;K\"") != SIZE_MAX);
	answer_release(&a);
	desk_close(&d);
}

/* --- silent authentication --- */

static void
test_silent(void **state)
{
	static const struct scenario policy = {.name = "policy", .silent = "interaction_required"};
	struct desk d;
	char *code, *cookie, *query;

	(void)state;
	desk_open(&d, &plain);
	code = get_code(&d, PKCE, &cookie);
	free(code);
	*strchr(cookie, ';') = '\0';
	query = login_query(&d, PKCE "&prompt=none");
	expect_back(&d, &(struct call){.path = "/authorize", .query = query, .cookie = cookie},
		"code", NULL);
	expect_back(&d, &(struct call){.path = "/authorize", .query = query,
		.cookie = "tokentriage_demo=made-up"}, "error", "login_required");
	free(query);
	query = xasprintf("response_type=code&client_id=%s" REDIRECT PKCE
		"&scope=openid+profile&prompt=none", d.s.client_id);
	expect_back(&d, &(struct call){.path = "/authorize", .query = query, .cookie = cookie},
		"error", "consent_required");
	free(query);
	d.now += 100;
	query = login_query(&d, PKCE "&prompt=none&max_age=60");
	expect_back(&d, &(struct call){.path = "/authorize", .query = query, .cookie = cookie},
		"error", "login_required");
	free(query);
	free(cookie);
	desk_close(&d);

	desk_open(&d, &policy);
	query = login_query(&d, PKCE "&prompt=none");
	expect_back(&d, &(struct call){.path = "/authorize", .query = query}, "error",
		"interaction_required");
	free(query);
	desk_close(&d);
}

/* --- pushed requests --- */

static void
test_par(void **state)
{
	static const struct scenario only = {.name = "only", .demands = DEMAND_PAR};
	struct desk d;
	struct answer a;
	char *form, *query;

	(void)state;
	desk_open(&d, &only);
	query = login_query(&d, PKCE);
	expect_back(&d, &(struct call){.path = "/authorize", .query = query}, "error",
		"invalid_request");
	assert_int_equal(desk_status(&d, &(struct call){.path = "/par", .form = query},
		"invalid_client"), 401);
	desk_call(&d, &(struct call){.path = "/par", .form = query, .as_client = true}, &a);
	assert_int_equal(a.status, 201);
	form = xasprintf("client_id=%s&request_uri=%.*s", d.s.client_id,
		SPAN_ARG(answer_str(&a, "request_uri")));
	answer_release(&a);
	assert_int_equal(desk_status(&d, &(struct call){.path = "/authorize", .query = form}, NULL),
		200);
	assert_int_equal(desk_status(&d, &(struct call){.path = "/authorize", .query = form}, NULL),
		400); /* once */
	free(form);
	desk_call(&d, &(struct call){.path = "/par", .form = query, .as_client = true}, &a);
	form = xasprintf("client_id=%s&request_uri=%.*s", d.s.client_id,
		SPAN_ARG(answer_str(&a, "request_uri")));
	answer_release(&a);
	d.now += 60;
	assert_int_equal(desk_status(&d, &(struct call){.path = "/authorize", .query = form}, NULL),
		400); /* in time */
	free(form);
	free(query);
	assert_int_equal(desk_status(&d,
				 &(struct call){.path = "/par",
					 .as_client = true,
					 .form = "response_type=code&redirect_uri=https%3A%2F%2Fx"},
				 "invalid_request"),
		400);
	desk_close(&d);
}

/* --- devices --- */

static int
poll_device(struct desk *d, const char *code, const char *error)
{
	char *form = xasprintf(
		"grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=%s", code);
	int status = desk_status(
		d, &(struct call){.path = "/token", .form = form, .as_client = true}, error);

	free(form);
	return status;
}

static void
begin_device(struct desk *d, char **device_code, char **user_code)
{
	struct answer a;

	desk_call(d, &(struct call){.path = "/device_authorization", .form = "scope=openid",
		.as_client = true}, &a);
	assert_int_equal(a.status, 200);
	*device_code = span_dup(answer_str(&a, "device_code"));
	*user_code = span_dup(answer_str(&a, "user_code"));
	assert_true(span_ends(answer_str(&a, "verification_uri_complete"), *user_code));
	answer_release(&a);
}

static int
confirm(struct desk *d, const char *user_code, const char *more)
{
	char *form = xasprintf("user_code=%s%s", user_code, more);
	int status = desk_status(d, &(struct call){.path = "/device", .form = form}, NULL);

	free(form);
	return status;
}

static void
test_device(void **state)
{
	static const struct scenario slow = {.name = "slow", .interval_s = 5};
	struct desk d;
	char *device, *user, *typed;

	(void)state;
	desk_open(&d, &slow);
	begin_device(&d, &device, &user);
	assert_int_equal(poll_device(&d, device, "authorization_pending"), 400);
	d.now += 1;
	assert_int_equal(poll_device(&d, device, "slow_down"), 400); /* 10 s from now on */
	d.now += 5;
	assert_int_equal(poll_device(&d, device, "slow_down"), 400); /* 15 s */
	d.now += 15;
	assert_int_equal(poll_device(&d, device, "authorization_pending"), 400);
	assert_int_equal(confirm(&d, "BCDF-GHJK", ""), 400);
	typed = xasprintf("+%c%c%c%c%s", user[0] + 32, user[1], user[2], user[3], user + 5);
	assert_int_equal(confirm(&d, typed, ""), 200); /* as people type */
	assert_int_equal(confirm(&d, user, ""), 400);  /* once */
	assert_int_equal(poll_device(&d, device, NULL), 200);
	assert_int_equal(poll_device(&d, device, "invalid_grant"), 400);
	free(device);
	free(user);
	begin_device(&d, &device, &user);
	assert_int_equal(confirm(&d, user, "&answer=no"), 200);
	assert_int_equal(poll_device(&d, device, "access_denied"), 400);
	free(device);
	free(user);
	begin_device(&d, &device, &user);
	d.now += 600;
	assert_int_equal(confirm(&d, user, ""), 400);
	assert_int_equal(poll_device(&d, device, "expired_token"), 400);
	free(device);
	free(user);
	free(typed);
	desk_close(&d);
}

/* Thousands of logins that nobody ends: the oldest go, memory stays bounded. */
static void
test_waiting_is_bounded(void **state)
{
	struct desk d;
	char *first, *device, *user, *query;

	(void)state;
	desk_open(&d, &plain);
	begin_device(&d, &first, &user);
	free(user);
	query = login_query(&d, PKCE);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(desk_status(&d, &(struct call){.path = "/authorize",
			.query = query}, NULL), 200);
	assert_int_equal(poll_device(&d, first, "invalid_grant"), 400);
	begin_device(&d, &device, &user);
	assert_int_equal(poll_device(&d, device, "authorization_pending"), 400);
	free(first);
	free(device);
	free(user);
	free(query);
	desk_close(&d);
}

/* --- token exchange, resources, scopes --- */

#define EXCHANGE "grant_type=urn:ietf:params:oauth:grant-type:token-exchange"
#define OF_ACCESS "&subject_token_type=urn:ietf:params:oauth:token-type:access_token"

static void
test_exchange(void **state)
{
	static const struct {
		const char *more, *error;
		int status;
	} cases[] = {
		{OF_ACCESS, NULL, 200},
		{OF_ACCESS "&scope=profile&audience=http%3A%2F%2F127.0.0.1%3A2%2Fapi", NULL, 200},
		{"", "invalid_request", 400},
		{"&subject_token_type=urn:ietf:params:oauth:token-type:saml2", "invalid_request",
			400},
		{OF_ACCESS "&actor_token=x", "invalid_request", 400},
		{OF_ACCESS "&scope=openid+admin", "invalid_scope", 400},
		{OF_ACCESS "&audience=elsewhere", "invalid_target", 400},
		{OF_ACCESS "&audience=http://127.0.0.1:2/api/me", NULL, 200},
		{OF_ACCESS "&audience=http://127.0.0.1:2/apis", "invalid_target", 400},
		{OF_ACCESS "&resource=http://127.0.0.1:1&resource=http://127.0.0.1:2/api",
			"invalid_target", 400},
		{OF_ACCESS "&scope=openid&scope=openid", "invalid_request", 400},
		{OF_ACCESS "&requested_token_type=urn:ietf:params:oauth:token-type:refresh_token",
			"invalid_request", 400},
	};
	struct desk d;
	char *form;

	(void)state;
	desk_open(&d, &plain);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		form = xasprintf(EXCHANGE "&subject_token=%s%s",
			secret_reveal(d.client.access_token).p, cases[i].more);
		assert_int_equal(desk_status(&d, &(struct call){.path = "/token", .form = form,
			.as_client = true}, cases[i].error), cases[i].status);
		free(form);
	}
	assert_int_equal(desk_status(&d, &(struct call){.path = "/token", .as_client = true,
		.form = EXCHANGE OF_ACCESS "&subject_token=made-up"}, "invalid_request"), 400);
	desk_close(&d);
}

static void
test_narrower_refresh(void **state)
{
	struct desk d;
	struct answer a;
	char *form;

	(void)state;
	desk_open(&d, &plain);
	form = xasprintf("grant_type=refresh_token&refresh_token=%s&scope=openid+admin",
		secret_reveal(d.client.refresh_token).p);
	assert_int_equal(desk_status(&d, &(struct call){.path = "/token", .form = form,
		.as_client = true}, "invalid_scope"), 400);
	free(form);
	form = xasprintf("grant_type=refresh_token&refresh_token=%s&scope=openid",
		secret_reveal(d.client.refresh_token).p);
	desk_call(&d, &(struct call){.path = "/token", .form = form, .as_client = true}, &a);
	assert_int_equal(a.status, 200);
	assert_true(span_is(answer_str(&a, "scope"), "openid"));
	free(form);
	/* the next one may have all of it again (RFC 6749 §6) */
	form = xasprintf("grant_type=refresh_token&refresh_token=%.*s",
		SPAN_ARG(answer_str(&a, "refresh_token")));
	answer_release(&a);
	desk_call(&d, &(struct call){.path = "/token", .form = form, .as_client = true}, &a);
	assert_true(span_is(answer_str(&a, "scope"), DEMO_SCOPE));
	answer_release(&a);
	free(form);
	desk_close(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_code_refused),
		cmocka_unit_test(test_requests_sent_back),
		cmocka_unit_test(test_requests_not_sent_back),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_page_escapes),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_par),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_waiting_is_bounded),
		cmocka_unit_test(test_exchange),
		cmocka_unit_test(test_narrower_refresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
