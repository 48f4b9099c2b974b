/* How the client authenticates, over the replay transport: by assertions and by certificates. */
#include "wizard/clients.h"

#include "base/mem.h"
#include "base/text.h"
#include "wizard/steps.h"

/*
 * With a key alone the client signs; nothing else of it is in the request, nothing stays recorded.
 */
static void
a_key_alone_signs_assertions(void **state)
{
	struct world *t = *state;
	struct http_request r;
	struct json *claims, *header;
	struct buf jwt;

	no_secret(t);
	log_set_level(t->log, LOG_TRACE);
	profile_set(&t->profile.client_key_file, span_of(key_file));
	reply("GET", "openid-configuration", NULL,
		DPOP_METADATA(
			",\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\",\"private_key_jwt\"]"));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	begin(t, ACCESS, NULL);
	walk(t);
	request_to("https://idp.test/introspect", 0, &r);
	claims = assertion_of(&r, key, &header);
	assert_true(span_is(json_get_str(header, "alg"), "ES256"));
	assert_null(json_get(header, "kid"));
	assert_true(span_is(json_get_str(claims, "iss"), "app"));
	assert_true(span_is(json_get_str(claims, "sub"), "app"));
	assert_true(span_is(json_get_str(claims, "aud"), ISSUER));
	assert_false(http_has_header(&r.headers, "Authorization"));
	assert_int_equal(t->c.exchanges[1]->auth, AUTH_PRIVATE_KEY_JWT);
	assert_string_equal(t->c.exchanges[1]->auth_client_id, "app");
	buf_init(&jwt, LIMIT_TOKEN);
	assert_true(form_get(buf_span(&r.body), "client_assertion", &jwt));
	assert_nothing_recorded(t, buf_str(&jwt));
	assert_nothing_recorded(t, strrchr(buf_str(&jwt), '.'));
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
	buf_release(&jwt);
	json_free(claims);
	json_free(header);
	http_request_release(&r);
}

/* The command to repeat it names what it needs, and holds none of it. */
static void
curl_commands_name_what_they_need(void **state)
{
	struct world *t = *state;
	struct buf curl;

	no_secret(t);
	profile_set(&t->profile.client_assertion_key_file, span_of(key_file));
	profile_set(&t->profile.dpop_key_file, span_of(key_file));
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply_bound_to(key->thumbprint);
	reply("GET", "/me", NULL, USER);
	begin(t, ACCESS, NULL);
	walk(t);
	buf_init(&curl, 1 << 16);
	exchange_curl_command(case_last(&t->c, PURPOSE_INTROSPECTION, SLOT_ACCESS), &curl);
	assert_non_null(strstr(buf_str(&curl), "'client_assertion='\"$CLIENT_ASSERTION\""));
	assert_non_null(strstr(buf_str(&curl), "# CLIENT_ASSERTION: a new JWT"));
	buf_clear(&curl);
	exchange_curl_command(case_last(&t->c, PURPOSE_USERINFO, SLOT_ACCESS), &curl);
	assert_non_null(strstr(buf_str(&curl), "'DPoP: '\"$DPOP\""));
	assert_non_null(strstr(buf_str(&curl), "'Authorization: DPoP '\"$ACCESS_TOKEN\""));
	assert_non_null(strstr(buf_str(&curl), "# DPOP: a new proof"));
	buf_release(&curl);
}

/* The header says which certificate's key signed, where it is that one. */
static void
the_certificate_is_named_where_its_key_signs(void **state)
{
	struct world *t = *state;
	struct http_request r;
	struct json *header;

	no_secret(t);
	profile_set(&t->profile.client_auth, SPAN_LIT("private_key_jwt"));
	profile_set(&t->profile.client_key_file, span_of(key_file));
	profile_set(&t->profile.client_cert_file, span_of(cert_file));
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	for (size_t own = 0; own < 2; own++) {
		profile_set(
			&t->profile.client_assertion_key_file, span_of(own ? other_key_file : ""));
		begin(t, ACCESS, NULL);
		walk(t);
		request_to("https://idp.test/introspect", own, &r);
		json_free(assertion_of(&r, own ? other_key : key, &header));
		assert_true(span_is(json_get_str(header, "x5t#S256"), own ? "" : x5t));
		json_free(header);
		http_request_release(&r);
	}
}

/* Basic as RFC 6749 §2.3.1 has it, or as servers that do not decode want it. */
static void
basic_is_raw_on_demand(void **state)
{
	struct world *t = *state;
	struct http_request r;

	profile_set(&t->profile.client_id, SPAN_LIT("urn:app"));
	secret_unref(t->profile.client_secret);
	t->profile.client_secret = secret_new(SPAN_LIT("p+q/r"));
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	for (size_t raw = 0; raw < 2; raw++) {
		t->profile.client_basic_raw = raw;
		begin(t, ACCESS, NULL);
		walk(t);
		request_to("https://idp.test/introspect", raw, &r);
		/* urn:app:p+q/r · urn%3Aapp:p%2Bq%2Fr */
		assert_true(span_is(http_header(&r.headers, "Authorization"),
			raw ? "Basic dXJuOmFwcDpwK3Evcg==" : "Basic dXJuJTNBYXBwOnAlMkJxJTJGcg=="));
		assert_int_equal(
			case_last(&t->c, PURPOSE_INTROSPECTION, SLOT_ACCESS)->auth_raw_basic, raw);
		http_request_release(&r);
	}
}

/* A request that is tried again has an assertion of its own: servers take each but once. */
static void
each_attempt_is_signed_anew(void **state)
{
	struct world *t = *state;
	struct json *first, *second;
	struct http_request r;

	no_secret(t);
	profile_set(&t->profile.client_key_file, span_of(key_file));
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply_once("POST", "/introspect", "HTTP/1.1 502 Bad Gateway\r\n" DATE "\r\n");
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	begin(t, ACCESS, NULL);
	walk(t);
	request_to("https://idp.test/introspect", 0, &r);
	first = assertion_of(&r, key, NULL);
	http_request_release(&r);
	request_to("https://idp.test/introspect", 1, &r);
	second = assertion_of(&r, key, NULL);
	http_request_release(&r);
	assert_false(span_eq(json_get_str(first, "jti"), json_get_str(second, "jti")));
	json_free(first);
	json_free(second);
}

static void
audience_and_kid_are_the_profiles(void **state)
{
	static const struct {
		const char *word, *aud;
	} rows[] = {{"issuer", ISSUER}, {"token_endpoint", "https://idp.test/token"},
		{"endpoint", "https://idp.test/introspect"},
		{"urn:some:server", "urn:some:server"}};
	struct world *t = *state;
	struct http_request r;
	struct json *claims, *header;

	no_secret(t);
	profile_set(&t->profile.client_assertion_key_file, span_of(key_file));
	profile_set(&t->profile.client_assertion_kid, SPAN_LIT("thumbprint"));
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		profile_set(&t->profile.client_assertion_audience, span_of(rows[i].word));
		begin(t, ACCESS, NULL);
		walk(t);
		request_to("https://idp.test/introspect", i, &r);
		claims = assertion_of(&r, key, &header);
		assert_true(span_is(json_get_str(claims, "aud"), rows[i].aud));
		assert_true(span_is(json_get_str(header, "kid"), key->thumbprint));
		json_free(claims);
		json_free(header);
		http_request_release(&r);
	}
}

/* Each endpoint has its own list; one without takes the token endpoint's. */
static void
each_endpoint_has_its_method(void **state)
{
	struct world *t = *state;
	struct http_request r;
	struct json *claims, *header;
	struct buf v;

	reply("GET", "openid-configuration", NULL,
		DPOP_METADATA(
			",\"token_endpoint_auth_methods_supported\":[\"client_secret_jwt\",\"none\"],"
			"\"token_endpoint_auth_signing_alg_values_supported\":[\"RS256\",\"HS512\"],"
			"\"introspection_endpoint_auth_methods_supported\":[\"client_secret_post\"]"));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	reply("POST", "/token", NULL,
		JSON_HEAD "{\"access_token\":\"a-new-access-token-5555555555\","
			  "\"token_type\":\"Bearer\",\"expires_in\":300}");
	reply("POST", "/revoke", NULL, "HTTP/1.1 200 OK\r\n" DATE "\r\n");
	begin(t, ACCESS, REFRESH);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
	wizard_walk(t->w, STEPS_ALL, true, true);
	run(t);
	buf_init(&v, LIMIT_TOKEN);
	request_to("https://idp.test/introspect", 0, &r);
	assert_true(form_get(buf_span(&r.body), "client_secret", &v));
	assert_false(form_get(buf_span(&r.body), "client_assertion", &v));
	http_request_release(&r);
	request_to("https://idp.test/token", 0, &r);
	claims = assertion_of(&r, NULL, &header);
	assert_true(span_is(json_get_str(header, "alg"), "HS512"));
	assert_false(form_get(buf_span(&r.body), "client_secret", &v));
	json_free(claims);
	json_free(header);
	http_request_release(&r);
	request_to("https://idp.test/revoke", 0, &r);
	json_free(assertion_of(&r, NULL, NULL));
	http_request_release(&r);
	assert_int_equal(case_last(&t->c, PURPOSE_REFRESH, SLOT_REFRESH)->auth, AUTH_SECRET_JWT);
	buf_release(&v);
}

/* With what is at hand, by what the list allows; the words of the table are registered names. */
static void
the_method_follows_from_what_is_at_hand(void **state)
{
	static const struct {
		const char *secret, *list;
		bool key, cert, assertion_key;
		const char *method;
	} rows[] = {
		{"s", NULL, false, false, false, "client_secret_basic"},
		{"s", "[\"client_secret_post\"]", false, false, false, "client_secret_post"},
		{"s", "[\"client_secret_jwt\"]", false, false, false, "client_secret_jwt"},
		{"s", "[\"private_key_jwt\"]", false, false, false, "client_secret_basic"},
		{NULL, NULL, false, false, false, "none"},
		{NULL, NULL, true, false, false, "private_key_jwt"},
		{NULL, "[\"client_secret_basic\"]", true, false, false, "private_key_jwt"},
		{NULL, NULL, true, true, false, "tls_client_auth"},
		{NULL, "[\"self_signed_tls_client_auth\"]", true, true, false,
			"self_signed_tls_client_auth"},
		{NULL, "[\"private_key_jwt\"]", true, true, false, "private_key_jwt"},
		{NULL, "[\"tls_client_auth\",\"private_key_jwt\"]", true, true, true,
			"private_key_jwt"},
		{"s", "[\"tls_client_auth\",\"client_secret_basic\"]", true, true, false,
			"client_secret_basic"},
		{"s", "[\"tls_client_auth\"]", true, true, false, "tls_client_auth"},
		{"s", "[\"private_key_jwt\",\"client_secret_basic\"]", true, false, false,
			"private_key_jwt"},
		{"s", "[\"client_secret_basic\"]", true, false, false, "client_secret_basic"},
	};
	struct world *t = *state;
	char metadata[1000];

	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		no_secret(t);
		if (rows[i].secret)
			t->profile.client_secret =
				secret_new(SPAN_LIT("a-client-secret-of-the-test"));
		profile_set(&t->profile.client_key_file, span_of(rows[i].key ? key_file : ""));
		profile_set(&t->profile.client_cert_file, span_of(rows[i].cert ? cert_file : ""));
		profile_set(&t->profile.client_assertion_key_file,
			span_of(rows[i].assertion_key ? other_key_file : ""));
		text_format(metadata, sizeof metadata, DPOP_METADATA("%s%s"),
			rows[i].list ? ",\"token_endpoint_auth_methods_supported\":" : "",
			rows[i].list ? rows[i].list : "");
		reply_once("GET", "openid-configuration", metadata);
		begin(t, ACCESS, NULL);
		walk(t);
		if (strcmp(client_auth_id(
				   case_last(&t->c, PURPOSE_INTROSPECTION, SLOT_ACCESS)->auth),
			    rows[i].method) != 0)
			fail_msg("row %zu: %s", i,
				client_auth_id(case_last(&t->c, PURPOSE_INTROSPECTION, SLOT_ACCESS)
						       ->auth));
	}
}

/* A key that does not fit, that is none, or an algorithm it cannot: said, and nothing sent. */
static void
what_cannot_be_signed_is_not_sent(void **state)
{
	static const struct {
		const char *list, *alg, *says;
		bool no_key;
	} rows[] = {{"[\"RS256\",\"PS256\"]", NULL, "RS256, PS256", false},
		{NULL, "RS256", "RS256", false}, {NULL, NULL, "no private key", true}};
	struct world *t = *state;
	char metadata[1000];

	no_secret(t);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		profile_set(&t->profile.client_assertion_key_file,
			span_of(rows[i].no_key ? cert_file : key_file));
		profile_set(&t->profile.client_assertion_alg, span_of(rows[i].alg));
		text_format(metadata, sizeof metadata, DPOP_METADATA("%s%s"),
			rows[i].list ? ",\"token_endpoint_auth_signing_alg_values_supported\":"
				     : "",
			rows[i].list ? rows[i].list : "");
		reply_once("GET", "openid-configuration", metadata);
		begin(t, ACCESS, NULL);
		walk(t);
		assert_int_equal(sent_to("/introspect"), 0);
		assert_non_null(finding(t, "client-auth-impossible"));
		if (!strstr(finding(t, "client-auth-impossible")->summary, rows[i].says))
			fail_msg("row %zu: %s", i, finding(t, "client-auth-impossible")->summary);
	}
}

#define REFUSED                                                                                    \
	"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n" DATE                     \
	"\r\n{\"error\":\"invalid_client\"}"

/*
 * Refused for its audience or its key?  One more assertion, for the other name, tells; not unasked.
 */
static void
another_audience_is_probed(void **state)
{
	struct world *t = *state;
	struct http_request r;
	struct json *claims;

	no_secret(t);
	profile_set(&t->profile.client_key_file, span_of(key_file));
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply("POST", "/introspect", "token=tokentriage-made-up", INACTIVE);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	begin(t, ACCESS, NULL);
	walk(t);
	assert_int_equal(sent_to("tokentriage-made-up"), 0);
	assert_non_null(finding(t, "client-proof-refused"));
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.next, "made out to another"));
	begin(t, ACCESS, NULL);
	wizard_set_probes(t->w, PROBES_ALL);
	walk(t);
	assert_int_equal(sent_to("tokentriage-made-up"), 1);
	request_to("https://idp.test/introspect", 2, &r);
	claims = assertion_of(&r, key, NULL);
	assert_true(span_is(json_get_str(claims, "aud"), "https://idp.test/token"));
	assert_non_null(finding(t, "client-assertion-audience"));
	assert_non_null(
		strstr(finding(t, "client-assertion-audience")->remedy, "https://idp.test/token"));
	assert_null(finding(t, "client-proof-refused"));
	json_free(claims);
	http_request_release(&r);
}

/* The server's clock is ten minutes ahead: what is signed has its time, as its Date told. */
static void
signed_times_are_by_the_servers_clock(void **state)
{
	struct world *t = *state;
	struct http_request r;
	struct json *claims;
	enum num_form form;
	int64_t iat;

	no_secret(t);
	profile_set(&t->profile.client_key_file, span_of(key_file));
	reply("GET", "openid-configuration", NULL,
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Sat, 31 Jan 2026 12:10:00 GMT\r\n\r\n" METADATA_OF(
			ISSUER));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	begin(t, ACCESS, NULL);
	walk(t);
	request_to("https://idp.test/introspect", 0, &r);
	claims = assertion_of(&r, key, NULL);
	assert_true(json_to_i64(json_get(claims, "iat"), &iat, &form));
	assert_in_range(iat, NOW_S + 599, NOW_S + 602);
	json_free(claims);
	http_request_release(&r);
}

/* --- certificates --- */

#define ALIASES                                                                                    \
	",\"mtls_endpoint_aliases\":{\"token_endpoint\":\"https://mtls.idp.test/token\","          \
	"\"introspection_endpoint\":\"https://mtls.idp.test/introspect\","                         \
	"\"userinfo_endpoint\":\"https://mtls.idp.test/me\"},"                                     \
	"\"token_endpoint_auth_methods_supported\":[\"self_signed_tls_client_auth\",\"client_secret_basic\"]"

static void
a_certificate_goes_to_the_aliases(void **state)
{
	struct world *t = *state;
	struct http_request r;
	struct buf v;

	reply("GET", "openid-configuration", NULL, DPOP_METADATA(ALIASES));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	begin(t, ACCESS, NULL); /* a secret, no certificate: they are nothing to us */
	walk(t);
	assert_int_equal(sent_to("mtls.idp.test"), 0);
	no_secret(t);
	profile_set(&t->profile.client_key_file, span_of(key_file));
	profile_set(&t->profile.client_cert_file, span_of(cert_file));
	begin(t, ACCESS, NULL);
	walk(t);
	buf_init(&v, LIMIT_TOKEN);
	request_to("https://mtls.idp.test/introspect", 0, &r);
	assert_true(form_get(buf_span(&r.body), "client_id", &v));
	assert_string_equal(buf_str(&v), "app");
	http_request_release(&r);
	request_to("https://mtls.idp.test/me", 0, &r);
	http_request_release(&r);
	assert_int_equal(case_last(&t->c, PURPOSE_INTROSPECTION, SLOT_ACCESS)->auth, AUTH_TLS_SELF);
	assert_string_equal(t->c.own_x5t_s256, x5t);
	/* what the profile says of an endpoint comes first */
	profile_set(&t->profile.userinfo_endpoint, SPAN_LIT("https://idp.test/me"));
	begin(t, ACCESS, NULL);
	walk(t);
	request_to("https://idp.test/me", 1, &r);
	http_request_release(&r);
	buf_release(&v);
}

static void
a_certificate_is_compared_with_the_tokens(void **state)
{
	struct world *t = *state;
	char text[600];

	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	text_format(text, sizeof text,
		JSON_HEAD
		"{\"active\":true,\"scope\":\"openid\",\"client_id\":\"app\",\"sub\":\"u1\","
		"\"exp\":1769864400,\"cnf\":{\"x5t#S256\":\"%s\"}}",
		x5t);
	reply("POST", "/introspect", NULL, text);
	reply("GET", "/me", NULL,
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\n" DATE
		"\r\n");
	begin(t, ACCESS, NULL);
	walk(t);
	assert_non_null(
		strstr(finding(t, "mtls-bound-without-cert")->summary, "the profile has none"));
	profile_set(&t->profile.client_key_file, span_of(other_key_file));
	profile_set(&t->profile.client_cert_file, span_of(other_cert_file));
	begin(t, ACCESS, NULL);
	walk(t);
	assert_non_null(strstr(
		finding(t, "mtls-bound-without-cert")->summary, "another client certificate"));
	profile_set(&t->profile.client_key_file, span_of(key_file));
	profile_set(&t->profile.client_cert_file, span_of(cert_file));
	begin(t, ACCESS, NULL);
	walk(t);
	assert_non_null(strstr(finding(t, "mtls-bound-without-cert")->summary, "did not see it"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_key_alone_signs_assertions),
		T(curl_commands_name_what_they_need),
		T(the_certificate_is_named_where_its_key_signs),
		T(basic_is_raw_on_demand),
		T(each_attempt_is_signed_anew),
		T(audience_and_kid_are_the_profiles),
		T(each_endpoint_has_its_method),
		T(the_method_follows_from_what_is_at_hand),
		T(what_cannot_be_signed_is_not_sent),
		T(another_audience_is_probed),
		T(signed_times_are_by_the_servers_clock),
		T(a_certificate_goes_to_the_aliases),
		T(a_certificate_is_compared_with_the_tokens),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
