/* The importers of single things: tokens, JSON, addresses, HTTP messages, encodings; and into the case. */
#include "case/importing.h"

static void
tokens_as_they_are_sent(void **state)
{
	struct import im;

	(void)state;
	take(&im, JWT "\n");
	assert_true(token_is(&im, SLOT_ACCESS, JWT));
	assert_non_null(strstr(im.taken_as, "a JWT"));
	import_release(&im);
	take(&im, "Bearer " JWT);
	assert_int_equal(token_of(&im, SLOT_ACCESS)->accepted, ODD_BEARER_PREFIX);
	import_release(&im);
	take(&im, "Bearer Bearer " JWT);
	assert_int_equal(token_of(&im, SLOT_ACCESS)->accepted, 0);
	import_release(&im);
	take(&im, "ghp_0123456789abcdefghij0123456789abcdef");
	assert_non_null(strstr(im.taken_as, "github"));
	import_release(&im);
	take(&im, "[object Object]");
	assert_true(token_is(&im, SLOT_ACCESS, "[object Object]"));
	import_release(&im);
	take(&im, "Authorization: Bearer " JWT "\r\n");
	assert_true(token_is(&im, SLOT_ACCESS, JWT));
	assert_int_equal(token_of(&im, SLOT_ACCESS)->accepted, 0);
	import_release(&im);
	take(&im, "Authorization: Bearer\n");
	assert_true(token_is(&im, SLOT_ACCESS, " "));
	import_release(&im);
}

static void
wrapped_tokens(void **state)
{
	struct import im;

	(void)state;
	/* evenly, as by a mail program: layout */
	take(&im, "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1Iiwic2NvcGUiOiJvcGVuaWQifQ.AAA\n" A57 "AAAAAA\n" A57 "\n");
	assert_true(noted(&im, "evenly"));
	assert_true(token_is(&im, SLOT_ACCESS, JWT_HEAD "AAA" A57 "AAAAAA" A57));
	import_release(&im);
	/* anywhere: the token's own trouble, kept as it is */
	take(&im, JWT_HEAD "\n" A57 A57 A57 A57 A57 A57);
	assert_false(noted(&im, "evenly"));
	assert_true(token_is(&im, SLOT_ACCESS, JWT_HEAD "\n" A57 A57 A57 A57 A57 A57));
	import_release(&im);
}

static void
json_documents(void **state)
{
	struct import im;

	(void)state;
	take(&im, "{\"access_token\":\"" JWT "\",\"refresh_token\":\"r-123456789\",\"expires_in\":\"300\","
		  "\"scope\":\"openid\"}");
	assert_string_equal(im.taken_as, "a token response");
	assert_true(token_is(&im, SLOT_ACCESS, JWT) && token_is(&im, SLOT_REFRESH, "r-123456789"));
	assert_int_equal(token_of(&im, SLOT_ACCESS)->expires_in, 300);
	assert_string_equal(token_of(&im, SLOT_ACCESS)->scope, "openid");
	import_release(&im);
	take(&im, "{\"oidc.user\":\"{\\\"access_token\\\":\\\"at-1\\\"}\"}");
	assert_true(token_is(&im, SLOT_ACCESS, "at-1"));
	import_release(&im);
	take(&im, "{\"active\":false}");
	assert_int_equal(im.x[0]->purpose, PURPOSE_INTROSPECTION);
	import_release(&im);
	take(&im, "{\"error\":\"invalid_grant\",\"error_description\":\"Session not active\"}");
	assert_int_equal(im.x[0]->result.response.status, 400);
	assert_int_equal(import_purpose(im.x[0]), PURPOSE_REFRESH);
	import_release(&im);
	take(&im, "[{\"message\":\"Session expired or invalid\",\"errorCode\":\"INVALID_SESSION_ID\"}]");
	assert_int_equal(im.x[0]->result.response.status, 401);
	import_release(&im);
	take(&im, "{\"error\":{\"status\":403,\"message\":\"no\"}}");
	assert_int_equal(im.x[0]->result.response.status, 403);
	import_release(&im);
	take(&im, "{\"keys\":[]}");
	assert_int_equal(im.x[0]->purpose, PURPOSE_JWKS);
	import_release(&im);
	refuse("{\"a\":1}", RES_SYNTAX);
	refuse("{\"iss\":\"https://a.example\",\"exp\":1}", RES_UNSUPPORTED);
	refuse("{\"schema\":\"tokentriage.report/1\"}", RES_UNSUPPORTED);
	refuse("[[[[[[", RES_SYNTAX);
}

static void
addresses(void **state)
{
	struct import im;

	(void)state;
	take(&im, "https://app.example/cb#access_token=at%2D1&token_type=Bearer&expires_in=60&id_token=" JWT);
	assert_true(token_is(&im, SLOT_ACCESS, "at-1") && token_is(&im, SLOT_ID, JWT));
	assert_int_equal(token_of(&im, SLOT_ACCESS)->expires_in, 60);
	import_release(&im);
	take(&im, "https://api.example/me?access_token=at-1");
	assert_true(token_is(&im, SLOT_ACCESS, "at-1"));
	import_release(&im);
	take(&im, "com.example.app:/cb?error=login_required&error_description=no%20session&state=s");
	assert_int_equal(im.x[0]->result.response.status, 302);
	assert_int_equal(im.x[0]->purpose, PURPOSE_OTHER);
	import_release(&im);
	take(&im, "#/callback?access_token=at-1&state=s");
	assert_true(token_is(&im, SLOT_ACCESS, "at-1"));
	import_release(&im);
	refuse("https://idp.example/authorize?client_id=c", RES_SYNTAX);
}

static void
http_messages(void **state)
{
	struct import im;

	(void)state;
	take(&im, "\n\nGET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer " JWT "\n\n"
		  "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\n\r\n");
	assert_int_equal(im.n, 1);
	assert_string_equal(im.x[0]->request.url, "https://api.example/me");
	assert_int_equal(im.x[0]->result.response.status, 401);
	assert_int_equal(import_purpose(im.x[0]), PURPOSE_RESOURCE);
	import_release(&im);
	/* curl -iL through a proxy: interim ones answer nothing, a redirect is followed */
	take(&im, "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
		  "HTTP/1.1 302 Found\r\nLocation: https://b.example/me\r\nContent-Length: 0\r\n\r\n"
		  "HTTP/2 200 \r\ncontent-length: 11\r\n\r\n{\"sub\":\"u\"}\n");
	assert_int_equal(im.n, 2);
	assert_int_equal(im.x[1]->follows, 1);
	assert_string_equal(im.x[1]->request.url, "https://b.example/me");
	assert_string_equal(buf_str(&im.x[1]->result.response.body), "{\"sub\":\"u\"}");
	import_release(&im);
	/* a start line inside a body whose length is known is no message */
	take(&im, "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\nHTTP/1.1 500 Oh dear\n\n");
	assert_int_equal(im.n, 1);
	assert_int_equal(im.x[0]->result.response.status, 200);
	import_release(&im);
	/* a header that a mail program broke */
	take(&im, "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\",\n"
		  "error_description=\"The token expired\"\n\n");
	assert_true(noted(&im, "line 3: a header that was broken"));
	assert_non_null(strstr(http_header(&im.x[0]->result.response.headers, "www-authenticate").p, "expired"));
	import_release(&im);
	take(&im, "WWW-Authenticate: Bearer error=\"insufficient_scope\"\ndate: Sat, 31 Jan 2026 12:00:00 GMT");
	assert_int_equal(im.x[0]->result.response.status, 403);
	import_release(&im);
	refuse("Authorization: Basic YTpi", RES_SYNTAX);
}

static void
encodings(void **state)
{
	static const char utf16[] = "\xff\xfe" "a\0t\0-\0" "1\0" "2\0" "3\0" "4\0" "5\0" "6\0" "7\0" "8\0" "9\0\n\0";
	static const char plain16[] = "\0a\0t\0-\0" "1\0" "2\0" "3\0" "4\0" "5\0" "6\0" "7\0" "8\0" "9";
	struct import im;

	(void)state;
	assert_int_equal(reads(&im, utf16, sizeof(utf16) - 1, PURPOSE_COUNT), RES_OK);
	assert_true(token_is(&im, SLOT_ACCESS, "at-123456789") && noted(&im, "UTF-16"));
	import_release(&im);
	assert_int_equal(reads(&im, plain16, sizeof(plain16) - 1, PURPOSE_COUNT), RES_OK);
	assert_true(token_is(&im, SLOT_ACCESS, "at-123456789"));
	import_release(&im);
	take(&im, "\x93" "at-123456789\x94");
	assert_true(noted(&im, "Windows-1252"));
	assert_true(token_is(&im, SLOT_ACCESS, "\xe2\x80\x9c" "at-123456789\xe2\x80\x9d"));
	import_release(&im);
	refuse("\x1f\x8b\x08", RES_UNSUPPORTED);
	refuse("\x89PNG\r\n", RES_UNSUPPORTED);
	refuse("\x01\x02\x03", RES_SYNTAX);
	refuse("", RES_NOTFOUND);
	refuse(" \r\n\t\n", RES_NOTFOUND);
	assert_int_equal(reads(&im, "a\0b", 3, PURPOSE_COUNT), RES_SYNTAX);
	import_release(&im);
}

/* --- into the case ------------------------------------------------------------------------ */

struct applied {
	struct case_file c;
	struct redactor *r;
	struct facts f;
	unsigned walked;
};

static void
apply(struct applied *a, const char *text)
{
	struct import im;
	struct clock clock;

	take(&im, text);
	case_init(&a->c);
	a->r = redactor_new();
	a->walked = import_apply(&im, &a->c, a->r);
	clock_init_manual(&clock, INT64_C(1900000000) * 1000000);
	facts_derive(&a->f, &a->c, &clock);
	import_release(&im);
}

static void
release(struct applied *a)
{
	case_release(&a->c);
	redactor_free(a->r);
}

static void
the_recordings_own_time(void **state)
{
	struct applied a;

	(void)state;
	apply(&a, "HTTP/1.1 401 Unauthorized\nDate: Sat, 31 Jan 2026 12:00:00 GMT\n\n");
	assert_int_equal(a.f.now_s, 1769860800);
	assert_true(a.c.offline);
	release(&a);
	apply(&a, JWT);
	assert_int_equal(a.f.now_s, 1900000000);
	release(&a);
}

static void
nothing_secret_is_recorded(void **state)
{
	struct applied a;

	(void)state;
	apply(&a, "POST /token HTTP/1.1\nHost: idp.example\nAuthorization: Basic Y2xpZW50OlMzY3JldC1vZi1jbGllbnQ=\n\n"
		  "grant_type=refresh_token&refresh_token=rt-0123456789abcdef\n"
		  "HTTP/1.1 400 Bad Request\nX-Echo: rt-0123456789abcdef S3cret-of-client\n\n"
		  "{\"error\":\"invalid_grant\",\"error_description\":\"unknown rt-0123456789abcdef\"}");
	assert_int_equal(a.c.n_exchanges, 1);
	assert_int_equal(a.c.exchanges[0]->purpose, PURPOSE_REFRESH);
	assert_true(a.c.exchanges[0]->imported);
	assert_string_equal(a.c.exchanges[0]->auth_client_id, "client");
	assert_true(case_token(&a.c, SLOT_REFRESH)->present);
	assert_null(strstr(buf_str(&a.c.exchanges[0]->request.body), "rt-0123456789abcdef"));
	assert_null(strstr(buf_str(&a.c.exchanges[0]->result.response.body), "rt-0123456789abcdef"));
	assert_null(strstr(http_header(&a.c.exchanges[0]->result.response.headers, "x-echo").p, "S3cret"));
	assert_null(strstr(a.c.exchanges[0]->answer.description, "rt-0123456789abcdef"));
	release(&a);
	/* what the redactor knows by its name in a form is known elsewhere, too */
	apply(&a, "POST /token HTTP/1.1\nHost: idp.example\n\n"
		  "grant_type=x&device_code=dc%2D0123456789&actor_token=at-0123456789&Code=co-0123456789&scope=openid+email\n"
		  "HTTP/1.1 400 Bad Request\n\n"
		  "{\"error\":\"invalid_grant\",\"error_description\":\"dc-0123456789 at-0123456789 co-0123456789 openid email\"}");
	assert_int_equal(a.c.n_exchanges, 1);
	assert_null(strstr(a.c.exchanges[0]->answer.description, "-0123456789"));
	assert_non_null(strstr(a.c.exchanges[0]->answer.description, "openid email"));
	assert_null(strstr(buf_str(&a.c.exchanges[0]->result.response.body), "-0123456789"));
	release(&a);
	/* an address's query ends at its fragment */
	apply(&a, "GET https://idp.example/userinfo?access_token=at-0123456789#id_token=it-0123456789 HTTP/1.1\nHost: idp.example\n\n"
		  "HTTP/1.1 400 Bad Request\n\n"
		  "{\"error\":\"invalid_request\",\"error_description\":\"at-0123456789 it-0123456789\"}");
	assert_int_equal(a.c.n_exchanges, 1);
	assert_null(strstr(a.c.exchanges[0]->answer.description, "-0123456789"));
	release(&a);
}

#define ASK(token, answer)                                                                         \
	"GET /userinfo HTTP/1.1\nHost: idp.example\nAuthorization: Bearer " token "\n\n" answer
#define REFUSED "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\"\n\n"
#define FINE "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"sub\":\"u\"}\n"
#define REFRESH                                                                                    \
	"POST /token HTTP/1.1\nHost: idp.example\n\ngrant_type=refresh_token&refresh_token=rt-1\n"          \
	"HTTP/1.1 200 OK\n\n{\"access_token\":\"at-second\",\"refresh_token\":\"rt-2\",\"expires_in\":60}\n"

static void
generations(void **state)
{
	struct applied a;

	(void)state;
	apply(&a, ASK("at-first", REFUSED) REFRESH ASK("at-second", FINE));
	assert_int_equal(a.c.n_generations, 2);
	assert_int_equal(a.c.exchanges[0]->token_generation, 0);
	assert_int_equal(a.c.exchanges[2]->token_generation, 1);
	assert_ptr_equal(a.f.userinfo, a.c.exchanges[2]);
	assert_ptr_equal(a.f.first_userinfo, a.c.exchanges[0]);
	assert_int_equal(case_token(&a.c, SLOT_ACCESS)->expires_in, 60);
	release(&a);
	/* refreshed and not tried again */
	apply(&a, ASK("at-first", REFUSED) REFRESH);
	assert_int_equal(a.c.n_generations, 2);
	assert_null(a.f.userinfo);
	assert_ptr_equal(a.f.first_userinfo, a.c.exchanges[0]);
	release(&a);
	/* another token's success does not answer for the one that was refused */
	apply(&a, ASK("at-first", REFUSED) "GET /other HTTP/1.1\nHost: b.example\nAuthorization: Bearer at-else\n\n" FINE);
	assert_int_equal(a.c.n_generations, 1);
	assert_ptr_equal(a.f.userinfo, a.c.exchanges[0]);
	assert_int_equal(a.c.exchanges[1]->purpose, PURPOSE_OTHER);
	release(&a);
}

/* Whose clock "now" is: the sender's where the evidence has one, else this machine's. */
static void
whose_clock(void **state)
{
	struct applied a;

	(void)state;
	apply(&a, "HTTP/1.1 401 Unauthorized\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n");
	assert_string_equal(fact_clock(&a.f), "clock of the recording");
	release(&a);
	apply(&a, "HTTP/1.1 401 Unauthorized\r\n\r\n");
	assert_string_equal(fact_clock(&a.f), "local clock");
	release(&a);
}

/* The wizard gives such a text to the case as it is; anything else it takes the token out of. */
static void
the_token_itself(void **state)
{
	static const char *const itself[] = {JWT, "Bearer " JWT, "access_token: " JWT, "{\"access_token\":\"" JWT "\"}",
		"Authorization: Bearer " JWT};
	static const char *const in_something[] = {"https://app.example/cb#access_token=" JWT, "the token is " JWT,
		"{\"session\":{\"access_token\":\"" JWT "\"}}"};
	struct import im;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(itself) + ARRAY_SIZE(in_something); i++) {
		bool want = i < ARRAY_SIZE(itself);

		take(&im, want ? itself[i] : in_something[i - ARRAY_SIZE(itself)]);
		assert_int_equal(im.n_tokens, 1);
		if (im.tokens[0].itself != want)
			fail_msg("%s", im.taken_as);
		import_release(&im);
	}
}

/* A body without its request: an error that only a token endpoint has is a token endpoint's, also under a vendor's name. */
static void
purpose_by_error(void **state)
{
	static const struct {
		const char *error;
		enum purpose purpose;
	} rows[] = {{"invalid_grant", PURPOSE_REFRESH}, {"invalid_scope", PURPOSE_REFRESH},
		{"bad_refresh_token", PURPOSE_REFRESH}, {"bad_client_credentials", PURPOSE_REFRESH},
		{"unsupported_token_type", PURPOSE_REVOCATION}, {"invalid_token", PURPOSE_USERINFO}};
	struct import im;
	char text[80];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		(void)snprintf(text, sizeof(text), "{\"error\":\"%s\"}", rows[i].error);
		take(&im, text);
		assert_int_equal(im.n, 1);
		if (import_purpose(im.x[0]) != rows[i].purpose)
			fail_msg("%s", rows[i].error);
		import_release(&im);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_as_they_are_sent),
		cmocka_unit_test(wrapped_tokens),
		cmocka_unit_test(the_token_itself),
		cmocka_unit_test(purpose_by_error),
		cmocka_unit_test(json_documents),
		cmocka_unit_test(addresses),
		cmocka_unit_test(http_messages),
		cmocka_unit_test(encodings),
		cmocka_unit_test(the_recordings_own_time),
		cmocka_unit_test(nothing_secret_is_recorded),
		cmocka_unit_test(generations),
		cmocka_unit_test(whose_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
