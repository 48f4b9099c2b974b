#include "unit.h"

#include "base/encode.h"
#include "oauth/dialect.h"
#include "oauth/answer.h"
#include "oauth/oautherror.h"

#define IN PURPOSE_INTROSPECTION
#define UI PURPOSE_USERINFO
#define RF PURPOSE_REFRESH
#define RV PURPOSE_REVOCATION
#define RS PURPOSE_RESOURCE

struct sample {
	const char *id;
	enum purpose purpose;
	int status;
	const char *www; /* WWW-Authenticate lines, separated by "\n"; NULL: none */
	const char *body;
	enum outcome outcome;
	const char *error, *vendor_code, *dialect, *from;
	const char *says; /* part of the description */
};

/* Bodies and headers as servers were seen to print them; where none was seen, the status is the one
 * the server's product is known to give. */
static const struct sample wire[] = {
	{"keycloak userinfo without openid", UI, 403,
		"Bearer realm=\"r\", error=\"insufficient_scope\", error_description=\"Missing "
		"openid scope\"",
		"", OUTCOME_OAUTH_ERROR, "insufficient_scope", "", "oauth", "WWW-Authenticate",
		"Missing openid"},
	{"keycloak introspection by another host", IN, 200, NULL, "{\"active\": false}",
		OUTCOME_INACTIVE, "", "", "", "", ""},
	{"keycloak adapter: issuer", UI, 401,
		"Bearer realm=\"sample\", error=\"invalid_token\", "
		"error_description=\"Invalid token issuer. Expected "
		"'http://keycloak:8080/auth/realms/sample', "
		"but was 'http://keycloak/auth/realms/sample'\"",
		"", OUTCOME_OAUTH_ERROR, "invalid_token", "", "oauth", "WWW-Authenticate",
		"but was 'http://keycloak/auth"},
	{"gluu introspection", IN, 400, NULL,
		"{ \"error_description\": \"The resource owner or authorization "
		"server denied the request.\", \"error\": \"access_denied\" }",
		OUTCOME_OAUTH_ERROR, "access_denied", "", "oauth", "body", "denied the request"},
	{"graph audience", RS, 401, NULL,
		"{\n    \"error\": {\n        \"code\": \"InvalidAuthenticationToken\",\n"
		"        \"message\": \"Access token validation failure. Invalid audience.\",\n    "
		"    \"innerError\": {\n"
		"            \"date\": \"2022-03-17T16:05:41\",\n            \"request-id\": "
		"\"49fef2a7\"\n        }\n    }\n}",
		OUTCOME_VENDOR_ERROR, "", "InvalidAuthenticationToken", "graph", "body",
		"Invalid audience."},
	{"google refresh", RF, 400, NULL,
		"{\n  \"error\": \"invalid_grant\",\n  \"error_description\": \"Token has "
		"been expired or revoked.\"\n}",
		OUTCOME_OAUTH_ERROR, "invalid_grant", "", "oauth", "body", "expired or revoked"},
	{"cognito without a scheme", UI, 401,
		"error=\"invalid_token\", error_description=\"Access token is expired, "
		"disabled, or deleted, or the user has globally signed out.\"",
		"", OUTCOME_OAUTH_ERROR, "invalid_token", "", "oauth", "WWW-Authenticate",
		"globally signed out"},
	{"introspection without client authentication", IN, 401, NULL,
		"{\"error\":\"invalid_client\",\"error_description\":\"Missing or invalid client "
		"credentials\"}",
		OUTCOME_OAUTH_ERROR, "invalid_client", "", "oauth", "body", "Missing or invalid"},
	{"salesforce REST", RS, 401, NULL,
		"[{\"message\":\"Session expired or invalid\","
		"\"errorCode\":\"INVALID_SESSION_ID\"}]",
		OUTCOME_VENDOR_ERROR, "", "INVALID_SESSION_ID", "salesforce", "body",
		"Session expired"},
	{"salesforce identity", UI, 403, NULL, "Bad_OAuth_Token", OUTCOME_VENDOR_ERROR, "",
		"Bad_OAuth_Token", "salesforce", "body", "Bad_OAuth_Token"},
	{"graph, nothing said", RS, 401, NULL,
		"{\n    \"error\": {\n        \"code\": \"InvalidAuthenticationToken\",\n        "
		"\"message\": "
		"\"Access token validation failure.\",\n        \"innerError\": {\n            "
		"\"request-id\": "
		"\"04048b3a\",\n            \"date\": \"2018-12-26T09:40:58\"\n        }\n    }\n}",
		OUTCOME_VENDOR_ERROR, "", "InvalidAuthenticationToken", "graph", "body",
		"validation failure."},
	{"indigo, expired", UI, 401, NULL,
		"{\n  \"error\":\"invalid_token\",\n  \"error_description\":\"Invalid access "
		"token: "
		"<old_client_access_token>\"\n}",
		OUTCOME_OAUTH_ERROR, "invalid_token", "", "oauth", "body", "Invalid access token"},
	{"hydra document, cut off", UI, 401, NULL,
		"{\"error\": \"invalid_client\", \"error_debug\": \"string\", "
		"\"error_description\": \"Client "
		"authentication failed (e.g., unknown client, no client authentication included, "
		"or unsupported auth",
		OUTCOME_OTHER, "", "", "", "", ""},
	{"keycloak 20 without openid", UI, 403,
		"Bearer realm=\"myrealm\", error=\"insufficient_scope\", "
		"error_description=\"Missing openid scope\"",
		"", OUTCOME_OAUTH_ERROR, "insufficient_scope", "", "oauth", "WWW-Authenticate",
		"Missing openid"},
	{"spotify", RS, 401, NULL,
		"{\n  \"error\": {\n    \"status\": 401,\n    \"message\": "
		"\"Missing/invalid/expired "
		"access token\"\n  }\n}",
		OUTCOME_VENDOR_ERROR, "", "401", "spotify", "body", "Missing/invalid/expired"},
	{"zoom", RS, 401, NULL, "{\"code\": 124, \"message\": \"Invalid access token.\"}",
		OUTCOME_VENDOR_ERROR, "", "124", "zoom", "body", "Invalid access token."},
	{"wechat, status 200", UI, 200, NULL,
		"{\"errcode\": 42001, \"errmsg\": \"access_token expired\"}",
		OUTCOME_VENDOR_ERROR, "", "42001", "wechat", "body", "access_token expired"},
	{"wechat, no error", UI, 200, NULL,
		"{\"errcode\": 0, \"errmsg\": \"ok\", \"sub\": \"u1\"}", OUTCOME_SUCCESS, "", "",
		"", "", ""},
	{"code and msg, status 200", UI, 200, NULL,
		"{\"code\": 401, \"msg\": \"not logged in\", \"data\": null}",
		OUTCOME_VENDOR_ERROR, "", "401", "code-msg", "body", "not logged in"},
	{"code and msg of a success", UI, 200, NULL,
		"{\"code\": 200, \"msg\": \"ok\", \"sub\": \"u1\"}", OUTCOME_SUCCESS, "", "", "",
		"", ""},
	{"code and msg beside data", UI, 200, NULL,
		"{\"code\": 100, \"msg\": \"ok\", \"sub\": \"u1\", \"data\": {}}", OUTCOME_SUCCESS,
		"", "", "", "", ""},
	{"zoom oauth", RF, 400, NULL,
		"{\"reason\":\"Invalid Token!\",\"error\":\"invalid_request\"}",
		OUTCOME_OAUTH_ERROR, "invalid_request", "", "oauth", "body", "Invalid Token!"},
	{"entra idle refresh token", RF, 400, NULL,
		"{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS700082: The "
		"refresh token has expired due to inactivity. The token was issued on "
		"2019-01-28T08:58:16.7135740Z and "
		"was inactive for 90.00:00:00.\\r\\nTrace ID: 624f7355\",\"error_codes\":[700082],"
		"\"timestamp\":\"2019-09-27 "
		"04:38:50Z\",\"error_uri\":\"https://login.microsoftonline.com/"
		"error?code=700082\"}",
		OUTCOME_OAUTH_ERROR, "invalid_grant", "AADSTS700082", "oauth", "body",
		"due to inactivity"},
	{"entra secret", RF, 401, NULL,
		"{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: The provided "
		"client secret keys for app '***' are expired.\",\"error_codes\":[7000222]}",
		OUTCOME_OAUTH_ERROR, "invalid_client", "AADSTS7000222", "oauth", "body",
		"are expired"},
	{"entra, cut off", RF, 400, NULL,
		"{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS700082: The refresh",
		OUTCOME_OTHER, "", "", "", "", ""},
	{"keycloak path", RF, 404, NULL,
		"{\n    \"error\": \"RESTEASY003210: Could not find resource for full path: "
		"http://localhost:8080/auth/realms/demo/protocol/openid-connect/token\"\n}",
		OUTCOME_VENDOR_ERROR, "", "RESTEASY003210", "oauth", "body",
		"Could not find resource"},
	{"keycloak path, newer", UI, 404, NULL,
		"{\"error\":\"Unable to find matching target resource method\"}",
		OUTCOME_VENDOR_ERROR, "", "", "oauth", "body", "Unable to find matching"},
	{"indigo HTML", UI, 500, NULL,
		"<!DOCTYPE html>\n<html lang=\"en_US\">\n\n<head>\n\n<base "
		"href=\"http://localhost:8080/\">\n<title>INDIGO IAM for indigo-dc-An unexpected "
		"error occurred</title>",
		OUTCOME_OTHER, "", "", "", "", ""},
	{"gravitee after revocation, cut off", IN, 200, NULL,
		"{\n    \"active\": true\n    ...\n    }", OUTCOME_OTHER, "", "", "", "", ""},
	{"cloudflare", RS, 403, NULL, "error code: 1010", OUTCOME_VENDOR_ERROR, "",
		"error code: 1010", "cloudflare", "body", "1010"},
	{"hydra, no challenge", UI, 401, NULL,
		"{\"error\":\"request_unauthorized\",\"error_description\":\"The request could "
		"not be authorized\",\"error_hint\":\"Check that you provided valid credentials in "
		"the right format.\","
		"\"status_code\":401,\"error_debug\":\": not_found\"}",
		OUTCOME_OAUTH_ERROR, "request_unauthorized", "", "oauth", "body", "right format"},
	{"idenplane: an error with 200", UI, 200, NULL,
		"{\"error\":\"invalid_token\",\"error_description\":\"Missing Bearer token\"}",
		OUTCOME_OAUTH_ERROR, "invalid_token", "", "oauth", "body", "Missing Bearer"},
	{"spring: two tokens", UI, 400,
		"Bearer error=\"invalid_request\", error_description=\"Found multiple bearer "
		"tokens in the request\", "
		"error_uri=\"https://tools.ietf.org/html/rfc6750#section-3.1\"",
		"", OUTCOME_OAUTH_ERROR, "invalid_request", "", "oauth", "WWW-Authenticate",
		"multiple bearer"},
	{"keycloak without a token", UI, 401, "Bearer realm=\"myrealm\"", "", OUTCOME_OTHER, "", "",
		"", "", ""},
	{"identityserver: sub alone", UI, 200, NULL, "{\n  \"sub\": \"4\"\n}", OUTCOME_SUCCESS, "",
		"", "", "", ""},
	{"slack", RS, 200, NULL, "{\"ok\":false,\"error\":\"not_authed\"}", OUTCOME_VENDOR_ERROR,
		"", "not_authed", "slack", "body", "not_authed"},
	{"github refresh", RF, 200, NULL,
		"error=bad_refresh_token&error_description=The+refresh+token+passed+is+incorrect"
		"&error_uri=https%3A%2F%2Fdocs.github.com",
		OUTCOME_OAUTH_ERROR, "invalid_grant", "bad_refresh_token", "oauth", "body",
		"passed is incorrect"},
	{"github API", RS, 401, NULL,
		"{\"message\":\"Bad "
		"credentials\",\"documentation_url\":\"https://docs.github.com/rest\","
		"\"status\":\"401\"}",
		OUTCOME_VENDOR_ERROR, "", "401", "github", "body", "Bad credentials"},
	{"okta API", RS, 401, NULL,
		"{\"errorCode\":\"E0000011\",\"errorSummary\":\"Invalid token provided\","
		"\"errorLink\":\"E0000011\"}",
		OUTCOME_VENDOR_ERROR, "", "E0000011", "okta", "body", "Invalid token provided"},
	{"okta userinfo", UI, 401,
		"Bearer authorization_uri=\"https://x/oauth2/v1/authorize\", realm=\"https://x\", "
		"scope=\"openid\", error=\"invalid_token\", error_description=\"The token has "
		"expired.\", resource=\"/v1/userinfo\"",
		"", OUTCOME_OAUTH_ERROR, "invalid_token", "", "oauth", "WWW-Authenticate",
		"has expired"},
	{"gitlab", RS, 401, NULL,
		"{\"error\":\"invalid_token\",\"error_description\":\"Token is expired. You can "
		"either do "
		"re-authorization or token refresh.\"}",
		OUTCOME_OAUTH_ERROR, "invalid_token", "", "oauth", "body", "Token is expired"},
	{"wso2 gateway", RS, 401, NULL,
		"{\"fault\":{\"code\":900901,\"message\":\"Invalid Credentials\","
		"\"description\":\"Invalid Authentication information provided\"}}",
		OUTCOME_VENDOR_ERROR, "", "900901", "wso2", "body", "Invalid Authentication"},
	{"wso2 gateway, newer", RS, 401, NULL,
		"{\"code\":\"900903\",\"message\":\"Access Token Expired\","
		"\"description\":\"Access Token has expired. Renew Access token\"}",
		OUTCOME_VENDOR_ERROR, "", "900903", "wso2", "body", "Renew Access token"},
	{"apigee", RS, 401, NULL,
		"{\"fault\":{\"faultstring\":\"Access Token expired\",\"detail\":{\"errorcode\":"
		"\"keymanagement.service.access_token_expired\"}}}",
		OUTCOME_VENDOR_ERROR, "", "keymanagement.service.access_token_expired", "apigee",
		"body", "expired"},
	{"google API", RS, 401, NULL,
		"{\"error\":{\"code\":401,\"message\":\"Request had invalid authentication "
		"credentials.\",\"status\":\"UNAUTHENTICATED\"}}",
		OUTCOME_VENDOR_ERROR, "", "UNAUTHENTICATED", "google", "body",
		"invalid authentication"},
	{"facebook", RS, 400, NULL,
		"{\"error\":{\"message\":\"Error validating access "
		"token\",\"type\":\"OAuthException\","
		"\"code\":190,\"fbtrace_id\":\"x\"}}",
		OUTCOME_VENDOR_ERROR, "", "190", "facebook", "body", "Error validating"},
	{"spring boot", RS, 401, NULL,
		"{\"timestamp\":\"2026-01-31T12:00:00Z\",\"status\":401,\"error\":\"Unauthorized\","
		"\"message\":\"Full authentication is required\",\"path\":\"/me\"}",
		OUTCOME_VENDOR_ERROR, "", "Unauthorized", "spring-boot", "body",
		"Full authentication"},
	{"gateway, and a challenge that knows more", RS, 401,
		"Bearer error=\"invalid_token\", "
		"error_description=\"The token expired at 12:00\"",
		"{\"message\":\"Unauthorized\"}", OUTCOME_OAUTH_ERROR, "invalid_token", "",
		"message", "WWW-Authenticate", "expired at 12:00"},
	{"problem details", RS, 403, NULL,
		"{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403,"
		"\"detail\":\"scope mail.read missing\"}",
		OUTCOME_VENDOR_ERROR, "", "403", "problem", "body", "mail.read"},
	{"fitbit", RS, 401, NULL,
		"{\"errors\":[{\"errorType\":\"expired_token\",\"message\":\"Access token "
		"expired\"}],"
		"\"success\":false}",
		OUTCOME_VENDOR_ERROR, "", "expired_token", "fitbit", "body", "expired"},
	{"graphql with 200", RS, 200, NULL,
		"{\"data\":null,\"errors\":[{\"message\":\"Not signed in\",\"extensions\":"
		"{\"code\":\"UNAUTHENTICATED\"}}]}",
		OUTCOME_VENDOR_ERROR, "", "UNAUTHENTICATED", "errors-array", "body",
		"Not signed in"},
	{"errorDescription in camel case", RS, 401, NULL,
		"{\"error\":\"invalid_token\",\"errorDescription\":\"Algorithm HS256 "
		"is not supported. (Expected algs: [RS256])\"}",
		OUTCOME_OAUTH_ERROR, "invalid_token", "", "oauth", "body", "HS256"},
	{"openiddict", RS, 401,
		"Bearer error=\"invalid_token\", error_description=\"The specified token cannot be "
		"used "
		"with this resource server.\", "
		"error_uri=\"https://documentation.openiddict.com/errors/ID2094\"",
		"", OUTCOME_OAUTH_ERROR, "invalid_token", "ID2094", "oauth", "WWW-Authenticate",
		"cannot be used"},
	{"dpop nonce", UI, 401, "DPoP error=\"use_dpop_nonce\", error_description=\"nonce wanted\"",
		"", OUTCOME_OAUTH_ERROR, "use_dpop_nonce", "", "oauth", "WWW-Authenticate",
		"nonce wanted"},
	{"oidc-provider, no token: two headers", UI, 401,
		"Bearer realm=\"x\"\nDPoP realm=\"x\", algs=\"ES256\"",
		"{\"error\":\"invalid_request\",\"error_description\":\"no access token "
		"provided\"}",
		OUTCOME_OAUTH_ERROR, "invalid_request", "", "oauth", "body", "no access token"},
	{"the code alone as text", UI, 400, NULL, "invalid_request\n", OUTCOME_OAUTH_ERROR,
		"invalid_request", "", "text", "body", ""},
	{"plain text", RS, 401, NULL, "Unauthorized", OUTCOME_OTHER, "", "", "", "",
		"Unauthorized"},
	{"nothing", IN, 401, NULL, "", OUTCOME_OTHER, "", "", "", "", ""},
};

static void
make_response(struct http_response *r, int status, const char *www, const char *body)
{
	struct span rest = span_of(www), line;

	http_response_init(r);
	r->status = status;
	while (span_next(&rest, '\n', &line))
		assert_int_equal(
			http_headers_add(&r->headers, SPAN_LIT("WWW-Authenticate"), line), RES_OK);
	buf_puts(&r->body, body);
}

static void
test_wire(void **state)
{
	struct answer a;
	size_t i;

	(void)state;
	answer_init(&a);
	for (i = 0; i < ARRAY_SIZE(wire); i++) {
		const struct sample *s = &wire[i];
		struct http_response r;

		make_response(&r, s->status, s->www, s->body);
		answer_read(&a, s->purpose, &r);
		if (a.outcome != s->outcome || strcmp(a.error, s->error) ||
			strcmp(a.vendor_code, s->vendor_code) || strcmp(a.dialect, s->dialect) ||
			strcmp(a.error_from, s->from) || !strstr(a.description, s->says))
			fail_msg("%s: outcome %d error \"%s\" code \"%s\" dialect \"%s\" from "
				 "\"%s\" \"%s\"",
				s->id, a.outcome, a.error, a.vendor_code, a.dialect, a.error_from,
				a.description);
		assert_int_equal(a.status, s->status);
		http_response_release(&r);
	}
	answer_release(&a);
}

/* HTTP's status says nothing of a SOAP fault or of gRPC: the code inside does. */
static void
test_envelopes(void **state)
{
	static const struct {
		int status;
		const char *grpc_status, *grpc_message, *body;
		const char *dialect, *code, *says;
		int means;
	} rows[] = {
		{500, NULL, NULL,
			"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"
			"<s:Fault><faultcode>s:Client</faultcode><faultstring xml:lang=\"en\"> No "
			"token </faultstring></s:Fault></s:Body></s:Envelope>",
			"soap", "Client", "No token", 400},
		{500, NULL, NULL,
			"<?xml version=\"1.0\"?>\n<Envelope><Body><Fault><faultcode>Server.Busy"
			"</faultcode></Fault></Body></Envelope>",
			"soap", "Server.Busy", "", 500},
		{500, NULL, NULL,
			"<e:Envelope><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode>"
			"<e:Value>w:FailedAuthentication</e:Value></e:Subcode></e:Code><e:Reason>"
			"<e:Text>who?</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>",
			"soap", "FailedAuthentication", "who?", 401},
		{500, NULL, NULL,
			"<e:Envelope><e:Fault><e:Code><e:Value>e:Receiver</e:Value></e:Code></e:Fault>"
			"</e:Envelope>",
			"soap", "Receiver", "", 500},
		/* a fault in words only, cut off, or none */
		{500, NULL, NULL, "<error><Fault>no code</Fault></error>", "", "", "", 500},
		{500, NULL, NULL, "<s:Envelope><s:Fault><faultcode", "", "", "", 500},
		{500, NULL, NULL, "<error>failed</error>", "", "", "", 500},
		{200, "16", "token%20has expired", "", "grpc", "UNAUTHENTICATED",
			"token has expired", 401},
		{200, "7", NULL, "", "grpc", "PERMISSION_DENIED", "", 403},
		{200, " 14 ", NULL, "", "grpc", "UNAVAILABLE", "", 503},
		{200, "0", NULL, "", "", "", "", 200},
		{200, "99", NULL, "", "", "", "", 200},
		{200, "x", NULL, "", "", "", "", 200},
	};
	struct answer a;

	(void)state;
	answer_init(&a);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct http_response r;

		make_response(&r, rows[i].status, NULL, rows[i].body);
		if (rows[i].grpc_status)
			http_headers_set(
				&r.headers, "grpc-status", span_of(rows[i].grpc_status));
		if (rows[i].grpc_message)
			http_headers_set(
				&r.headers, "grpc-message", span_of(rows[i].grpc_message));
		answer_read(&a, UI, &r);
		if (strcmp(a.dialect, rows[i].dialect) || strcmp(a.vendor_code, rows[i].code) ||
			strcmp(a.description, rows[i].says) ||
			answer_status(&a) != rows[i].means || a.status != rows[i].status)
			fail_msg("row %zu: dialect \"%s\" code \"%s\" \"%s\" means %d", i,
				a.dialect, a.vendor_code, a.description, answer_status(&a));
		http_response_release(&r);
	}
	answer_release(&a);
}

static void
read_body(struct answer *a, enum purpose p, int status, const char *body)
{
	struct http_response r;

	make_response(&r, status, NULL, body);
	answer_read(a, p, &r);
	http_response_release(&r);
}

static void
test_introspection(void **state)
{
	static const struct {
		const char *body;
		enum outcome outcome;
		enum tri active;
		bool is_string;
	} t[] = {{"{\"active\":true}", OUTCOME_SUCCESS, TRI_YES, false},
		{"{\"active\":\"true\"}", OUTCOME_SUCCESS, TRI_YES, true},
		{"{\"active\":\"False\"}", OUTCOME_INACTIVE, TRI_NO, true},
		{"{\"Active\":true}", OUTCOME_OTHER, TRI_UNKNOWN, false},
		{"{\"active\":1}", OUTCOME_OTHER, TRI_UNKNOWN, false},
		{"{\"active\":\"maybe\"}", OUTCOME_OTHER, TRI_UNKNOWN, true},
		{"{}", OUTCOME_OTHER, TRI_UNKNOWN, false},
		{"[]", OUTCOME_OTHER, TRI_UNKNOWN, false},
		{"true", OUTCOME_OTHER, TRI_UNKNOWN, false},
		{"{ active: false }", OUTCOME_OTHER, TRI_UNKNOWN, false},
		{"\xef\xbb\xbf{\"active\":true}", OUTCOME_SUCCESS, TRI_YES, false}};
	struct answer a;
	size_t i;

	(void)state;
	answer_init(&a);
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		read_body(&a, IN, 200, t[i].body);
		if (a.outcome != t[i].outcome || a.active != t[i].active ||
			a.active_is_string != t[i].is_string)
			fail_msg("%s: %d %d", t[i].body, a.outcome, a.active);
	}
	read_body(&a, IN, 401, "{\"active\":false}"); /* a refusal is no verdict of the token */
	assert_int_equal(a.outcome, OUTCOME_OTHER);
	read_body(&a, IN, 200,
		"{\"active\":true,\"exp\":1769860623,\"scope\":[\"openid\"],\"cnf\":{\"jkt\":\"x\"}"
		"}");
	assert_int_equal(a.claims.exp.at, 1769860623);
	assert_true(claims_has_scope(&a.claims, "openid"));
	assert_ptr_equal(a.claims.root, a.doc);
	answer_release(&a);
}

static void
jwt_body(struct buf *b, const char *header, const char *payload)
{
	buf_clear(b);
	base64url_encode(b, span_of(header));
	buf_putc(b, '.');
	base64url_encode(b, span_of(payload));
	buf_puts(b, ".c2ln");
}

/* What looks like JSON and is none says where it goes wrong. */
static void
test_json_traps(void **state)
{
	static const struct {
		const char *body, *why; /* NULL: it can be read */
	} t[] = {
		{"{\"active\":true}", NULL},
		{"\xef\xbb\xbf{\"active\":true}", NULL},
		{"{\"active\":true}\n<!-- 3 ms -->", "text behind the JSON value at byte 16"},
		{"{\"active\":true}}", "text behind"},
		{"{\"active\":true,}", "no member name"},
		{"{\"active\":True}", "no JSON value"},
		{"{'active':true}", "no member name in quotes"},
		{"{\"active\":true,\"sub\":\"a\\u0000b\"}", "U+0000"},
		{"{\"active\":true", "ends inside"},
		{"{\"active\":true,\"exp\":NaN}", "no JSON value"},
		{"{\"active\":true,\"sub\":\"\xff\"}", "UTF-8"},
	};
	struct answer a;
	struct buf deep;

	(void)state;
	answer_init(&a);
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		read_body(&a, IN, 200, t[i].body);
		if ((a.doc != NULL) != !t[i].why || (t[i].why && !strstr(a.json_error, t[i].why)))
			fail_msg("%s: %s", t[i].body, a.json_error);
		if (!t[i].why)
			assert_true(a.outcome == OUTCOME_SUCCESS && !a.json_error[0]);
	}
	buf_init(&deep, 1 << 16);
	buf_puts(&deep, "{\"active\":true,\"x\":");
	for (int i = 0; i < 5000; i++)
		buf_puts(&deep, "[");
	read_body(&a, IN, 200, buf_str(&deep));
	assert_non_null(strstr(a.json_error, "too deep"));
	buf_release(&deep);
	answer_release(&a);
}

static void
test_signed(void **state)
{
	struct answer a;
	struct buf b;

	(void)state;
	answer_init(&a);
	buf_init(&b, 4096);
	jwt_body(&b, "{\"alg\":\"RS256\",\"kid\":\"k\"}",
		"{\"sub\":\"u\",\"error\":\"a claim of that name\"}");
	read_body(&a, UI, 200, buf_str(&b));
	assert_int_equal(a.outcome, OUTCOME_SUCCESS);
	assert_true(a.is_signed && !a.is_encrypted);
	assert_true(span_is(a.claims.sub, "u"));
	assert_true(span_is(json_get_str(a.jose_header, "kid"), "k"));
	jwt_body(&b, "{\"alg\":\"RS256\",\"typ\":\"token-introspection+jwt\"}",
		"{\"iss\":\"i\",\"exp\":1,\"token_introspection\":{\"active\":false,\"exp\":2}}");
	read_body(&a, IN, 200, buf_str(&b));
	assert_int_equal(a.outcome, OUTCOME_INACTIVE);
	assert_int_equal(a.claims.exp.at, 2);
	read_body(&a, UI, 200, "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a2V5.aXY.Y3Q.dGFn");
	assert_int_equal(a.outcome, OUTCOME_SUCCESS);
	assert_true(a.is_encrypted && !a.is_signed && !a.doc);
	read_body(&a, UI, 200, "eyJub3QganNvbg.eyJub3QganNvbg.c2ln");
	assert_int_equal(a.outcome, OUTCOME_OTHER);
	assert_false(a.is_signed);
	buf_release(&b);
	answer_release(&a);
}

/* A case file keeps what a masked body no longer tells. */
static void
test_signed_of_a_saved_case(void **state)
{
	struct answer a, b;
	struct json *j;
	struct buf body;

	(void)state;
	answer_init(&a);
	answer_init(&b);
	buf_init(&body, 4096);
	jwt_body(&body, "{\"alg\":\"RS256\",\"typ\":\"token-introspection+jwt\"}",
		"{\"iss\":\"i\",\"aud\":[\"a\",\"b\"],\"token_introspection\":{\"active\":true,\"sub\":\"u\"}}");
	read_body(&a, IN, 200, buf_str(&body));
	assert_int_equal(a.sig, SIG_NOT_CHECKED);
	assert_true(span_is(a.envelope.iss, "i") && a.envelope.n_aud == 2 && span_is(a.claims.sub, "u"));
	a.sig = SIG_BAD;
	snprintf(a.sig_why, sizeof(a.sig_why), "why");
	j = answer_to_json(&a);
	assert_int_equal(answer_from_json(&b, IN, 200, j, NULL), RES_OK);
	assert_int_equal(b.outcome, OUTCOME_SUCCESS);
	assert_int_equal(b.sig, SIG_BAD);
	assert_int_equal(b.kind, BODY_JWT);
	assert_string_equal(b.sig_why, "why");
	assert_true(b.active == TRI_YES && span_is(b.claims.sub, "u") && span_is(b.envelope.aud[1], "b"));
	json_free(j);
	/* encrypted: its header, and that */
	read_body(&a, UI, 200, "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a2V5.aXY.Y3Q.dGFn");
	assert_int_equal(a.sig, SIG_ENCRYPTED);
	j = answer_to_json(&a);
	assert_int_equal(answer_from_json(&b, UI, 200, j, NULL), RES_OK);
	assert_true(b.is_encrypted && !b.is_signed && b.sig == SIG_ENCRYPTED && b.kind == BODY_JWE);
	assert_true(span_is(json_get_str(b.jose_header, "enc"), "A256GCM"));
	assert_int_equal(b.outcome, OUTCOME_SUCCESS);
	json_free(j);
	/* a damaged one is refused */
	j = json_new_object();
	assert_int_equal(answer_from_json(&b, UI, 200, j, NULL), RES_SYNTAX);
	json_free(j);
	jwt_body(&body, "{\"alg\":\"none\"}", "{\"sub\":\"u\"}");
	read_body(&a, UI, 200, buf_str(&body));
	assert_int_equal(a.sig, SIG_ALG_NONE);
	buf_release(&body);
	answer_release(&a);
	answer_release(&b);
}

static void
test_tokens(void **state)
{
	struct answer a;

	(void)state;
	answer_init(&a);
	read_body(&a, RF, 200,
		"{\"access_token\":\"x\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"scope\":"
		"\"\"}");
	assert_int_equal(a.outcome, OUTCOME_SUCCESS);
	assert_true(
		a.has_access_token && !a.has_refresh_token && !a.has_id_token && a.has_expires_in);
	assert_int_equal(a.expires_in, 3600);
	assert_int_equal(a.expires_in_form, NUM_INTEGER);
	read_body(&a, RF, 200,
		"{\"access_token\":\"x\",\"refresh_token\":\"y\",\"id_token\":\"z\",\"expires_in\":"
		"\"60\"}");
	assert_true(a.has_refresh_token && a.has_id_token);
	assert_int_equal(a.expires_in_form, NUM_STRING);
	read_body(&a, RF, 200,
		"access_token=gho_x&expires_in=28800&refresh_token=ghr_y&scope=&token_type=bearer");
	assert_int_equal(a.outcome, OUTCOME_SUCCESS);
	assert_int_equal(a.kind, BODY_FORM);
	assert_int_equal(a.expires_in, 28800);
	assert_true(a.has_refresh_token);
	read_body(&a, RF, 200, "{\"access_token\":\"\"}");
	assert_int_equal(a.outcome, OUTCOME_OTHER);
	read_body(&a, RF, 200, "{\"access_token\":\"x\",\"error\":\"\",\"expires_in\":null}");
	assert_int_equal(a.outcome, OUTCOME_SUCCESS);
	assert_false(a.has_expires_in);
	answer_release(&a);
}

static void
test_purpose_table(void **state)
{
	(void)state;
	assert_int_equal(purpose_endpoint(PURPOSE_PROBE_TOKEN), EP_TOKEN);
	assert_int_equal(purpose_endpoint(PURPOSE_RESOURCE), EP_COUNT);
	assert_int_equal(purpose_endpoint(PURPOSE_COUNT), EP_COUNT);
	assert_false(purpose_is_probe(PURPOSE_COUNT));
	assert_false(purpose_wants_client(PURPOSE_COUNT));
	assert_false(purpose_wants_client(PURPOSE_USERINFO));
	assert_true(purpose_wants_client(PURPOSE_REVOCATION));
	for (int p = 0; p < PURPOSE_COUNT; p++) { /* a probe asks an endpoint, and its id says what it is */
		assert_true(!purpose_is_probe((enum purpose)p) || purpose_endpoint((enum purpose)p) != EP_COUNT);
		assert_int_equal(purpose_is_probe((enum purpose)p),
			span_ends(span_of(purpose_id((enum purpose)p)), "-probe"));
	}
}

static void
test_other_purposes(void **state)
{
	static const struct {
		enum purpose p;
		int status;
		const char *body;
		enum outcome outcome;
	} t[] = {
		{PURPOSE_DISCOVERY, 200, "{\"issuer\":\"https://i\"}", OUTCOME_SUCCESS},
		{PURPOSE_DISCOVERY, 200, "{}", OUTCOME_OTHER},
		{PURPOSE_DISCOVERY, 404, "{\"issuer\":\"https://i\"}", OUTCOME_OTHER},
		{PURPOSE_JWKS, 200, "{\"keys\":[]}", OUTCOME_SUCCESS},
		{PURPOSE_JWKS, 200, "{\"keys\":{}}", OUTCOME_OTHER},
		{RV, 200, "", OUTCOME_SUCCESS},
		{RV, 204, "", OUTCOME_SUCCESS},
		{RV, 400, "{\"error\":\"unsupported_token_type\"}", OUTCOME_OAUTH_ERROR},
		{RV, 503, "", OUTCOME_OTHER},
		{UI, 200, "{\"email\":\"x@y\"}", OUTCOME_OTHER},
		{UI, 200, "<html>sign in</html>", OUTCOME_OTHER},
		{UI, 302, "", OUTCOME_REDIRECT},
		{UI, 307, "<html>", OUTCOME_REDIRECT},
		{UI, 304, "", OUTCOME_OTHER},
		{UI, 403, "{\"sub\":\"x\"}", OUTCOME_OTHER},
		{RS, 200, "{\"id\":7,\"message\":\"hello\"}", OUTCOME_SUCCESS},
		{RS, 200, "ok", OUTCOME_SUCCESS},
		{RS, 200, "<!doctype html><html>", OUTCOME_OTHER},
		{RS, 200, "", OUTCOME_OTHER},
		{RS, 200, "{\"error\":null,\"id\":1}", OUTCOME_SUCCESS},
		{PURPOSE_CLOCK, 500, "", OUTCOME_OTHER},
		{PURPOSE_OTHER, 200, "", OUTCOME_SUCCESS},
		{UI, 0, "", OUTCOME_NONE},
	};
	struct answer a;
	size_t i;

	(void)state;
	answer_init(&a);
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		read_body(&a, t[i].p, t[i].status, t[i].body);
		if (a.outcome != t[i].outcome)
			fail_msg("%s %d %s: %d", purpose_id(t[i].p), t[i].status, t[i].body,
				a.outcome);
	}
	answer_release(&a);
}

/* Error texts come from outside: safe to print, bounded, and without the token they echo. */
static void
test_hostile_texts(void **state)
{
	struct answer a;
	struct buf b;
	int i;

	(void)state;
	answer_init(&a);
	buf_init(&b, 1 << 16);
	read_body(&a, UI, 401,
		"{\"error\":\"invalid_token\",\"error_description\":\"\\u001b[2Jgone\\n\\u202e\"}");
	assert_null(strchr(a.description, '\033'));
	assert_null(strchr(a.description, '\n'));
	assert_non_null(strstr(a.description, "gone"));
	buf_puts(&b, "{\"error\":\"invalid_token\",\"error_description\":\"Invalid access token: ");
	jwt_body(&b, "{\"alg\":\"RS256\"}", "{\"sub\":\"u\"}");
	{
		char *jwt = buf_take(&b);

		buf_init(&b, 1 << 16);
		buf_printf(&b,
			"{\"error\":\"invalid_token\",\"error_description\":\"Invalid access "
			"token: %s\"}",
			jwt);
		read_body(&a, UI, 401, buf_str(&b));
		assert_non_null(strstr(a.description, "Invalid access token"));
		assert_null(strstr(a.description, jwt));
		free(jwt);
	}
	buf_clear(&b);
	buf_puts(&b, "{\"error\":\"invalid_token\",\"error_description\":\"");
	for (i = 0; i < 5000; i++)
		buf_puts(&b, "\xc3\xa9 ");
	buf_puts(&b, "\"}");
	read_body(&a, UI, 401, buf_str(&b));
	assert_true(strlen(a.description) < sizeof(a.description));
	assert_string_equal(a.error, "invalid_token");
	read_body(&a, UI, 400, "{\"error\":{\"code\":{\"x\":[]},\"message\":[[[]]]}}");
	assert_int_equal(a.outcome, OUTCOME_VENDOR_ERROR);
	buf_release(&b);
	answer_release(&a);
}

static void
test_names(void **state)
{
	enum purpose p;
	int i;

	(void)state;
	for (i = 0; i < PURPOSE_COUNT; i++) {
		assert_true(purpose_from_id(span_of(purpose_id((enum purpose)i)), &p));
		assert_int_equal(p, i);
		assert_true(purpose_words((enum purpose)i)[0] != '\0');
	}
	assert_false(purpose_from_id(SPAN_EMPTY, &p));
	assert_non_null(oauth_error_meaning(SPAN_LIT("invalid_token")));
	assert_non_null(oauth_error_meaning(SPAN_LIT("use_dpop_nonce")));
	assert_null(oauth_error_meaning(SPAN_LIT("Invalid_Token")));
}

static void
vendors_codes(void **state)
{
	static const struct {
		const char *code, *error;
	} rows[] = {{"AADSTS700082", "invalid_grant"}, {"AADSTS70008", "invalid_grant"}, {"AADSTS7000215", "invalid_client"},
		{"AADSTS700016", "invalid_client"}, {"AADSTS700099", "invalid_client"}, {"AADSTS70000", "invalid_grant"},
		{"AADSTS7000", "invalid_grant"}, {"AADSTS123456", "invalid_grant"}, {"IDX10511", "invalid_token"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!span_is(vendor_code_error(span_of(rows[i].code)), rows[i].error))
			fail_msg("%s", rows[i].code);
	assert_true(vendor_code_of_grant(SPAN_LIT("said AADSTS70008")));
	assert_false(vendor_code_of_grant(SPAN_LIT("said IDX10511")));
	assert_true(span_is(oauth_error_of_alias(SPAN_LIT("bad_refresh_token")), "invalid_grant"));
	assert_true(span_is(oauth_error_of_alias(SPAN_LIT("invalid_scope")), "invalid_scope"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vendors_codes),
		cmocka_unit_test(test_wire),
		cmocka_unit_test(test_envelopes),
		cmocka_unit_test(test_introspection),
		cmocka_unit_test(test_json_traps),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_signed_of_a_saved_case),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_purpose_table),
		cmocka_unit_test(test_other_purposes),
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
