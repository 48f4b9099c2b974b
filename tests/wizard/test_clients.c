/* How the client authenticates and what it proves, over the replay transport. */
#include "world.h"
#include "openssl-loader.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "oauth/jose.h"
#include "oauth/signkey.h"
#include "wizard/fields.h"
#include "wizard/flow.h"
#include "wizard/steps.h"

#define DPOP_METADATA(more)                                                                        \
	JSON_HEAD "{\"issuer\":\"" ISSUER                                                          \
		  "\",\"introspection_endpoint\":\"https://idp.test/introspect\","                 \
		  "\"token_endpoint\":\"https://idp.test/token\","                                 \
		  "\"userinfo_endpoint\":\"https://idp.test/me\","                                 \
		  "\"revocation_endpoint\":\"https://idp.test/revoke\"" more "}"
#define USER JSON_HEAD "{\"sub\":\"u1\",\"name\":\"Ada\"}"
#define ACCESS "an-opaque-access-token-0123456789"
#define REFRESH "an-opaque-refresh-token-987654321"

/* Key and certificate made for the run of this test; the files' names. */
static char folder[] = "/tmp/tt-clients-XXXXXX";
static char key_file[64], cert_file[64], other_key_file[64], other_cert_file[64];
static struct sign_key *key, *other_key;
static char x5t[THUMBPRINT_MAX];

static void
make_pair(char *keys, char *certs, size_t size, const char *name, struct sign_key **k,
	char *thumbprint)
{
	const struct cert_wish w = {name, "DNS:client.test", NOW_S - 86400, NOW_S + 86400};
	struct err e = ERR_INIT;
	struct buf cert, pem;

	buf_init(&cert, 1 << 16);
	buf_init_wiping(&pem, 1 << 16);
	assert_int_equal(crypto()->self_signed(&w, &cert, &pem, &e), RES_OK);
	text_format(keys, size, "%s/%s.key", folder, name);
	text_format(certs, size, "%s/%s.pem", folder, name);
	assert_int_equal(file_write_private(keys, buf_span(&pem), &e), RES_OK);
	assert_int_equal(file_write_private(certs, buf_span(&cert), &e), RES_OK);
	assert_int_equal(sign_key_read(k, buf_span(&pem), &e), RES_OK);
	if (thumbprint)
		assert_int_equal(cert_thumbprint(thumbprint, buf_span(&cert), &e), RES_OK);
	buf_release(&cert);
	buf_release(&pem);
}

static int
make_files(void **state)
{
	(void)state;
	crypto_set_loader(load_openssl);
	assert_non_null(mkdtemp(folder));
	make_pair(key_file, cert_file, sizeof key_file, "client", &key, x5t);
	make_pair(other_key_file, other_cert_file, sizeof key_file, "other", &other_key, NULL);
	return 0;
}

static int
remove_files(void **state)
{
	(void)state;
	sign_key_unref(key);
	sign_key_unref(other_key);
	unlink(key_file);
	unlink(cert_file);
	unlink(other_key_file);
	unlink(other_cert_file);
	return rmdir(folder);
}

static void
no_secret(struct world *t)
{
	secret_unref(t->profile.client_secret);
	t->profile.client_secret = NULL;
}

/* The k-th (from 0) request that went to a URL; fails if there is none. */
static void
request_to(const char *url, size_t nth, struct http_request *out)
{
	struct err e = ERR_INIT;

	for (size_t k = 0; k < replay_requests(transport); k++) {
		http_request_init(out);
		assert_int_equal(
			http_parse_request(out, span_of(replay_request(transport, k)), &e), RES_OK);
		if (span_is(span_sub(span_of(out->url), 0, span_find(span_of(out->url), '?')),
			    url) &&
			!nth--)
			return;
		http_request_release(out);
	}
	fail_msg("no such request to %s", url);
}

static struct json *
part(struct span token, int k)
{
	struct jws_parts p;
	struct json *j = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(jws_split(&p, token, &e), RES_OK);
	assert_int_equal(jose_decode_json(&j, k ? p.payload : p.header, &e), RES_OK);
	return j;
}

static bool
signed_by(struct span token, const struct sign_key *k)
{
	struct json *set = json_new_object(), *list = json_new_array(), *jwk = json_dup(k->jwk);
	struct json *header = part(token, 0);
	const struct jws_keys keys = {.jwks = set};
	char why[200];
	bool ok;

	if (json_get_str(header, "kid").n)
		json_set_span(jwk, "kid", json_get_str(header, "kid"));
	json_append_take(list, jwk);
	json_set_take(set, "keys", list);
	ok = jws_verify(token, &keys, why, sizeof why) == SIG_VALID;
	json_free(header);
	json_free(set);
	return ok;
}

/* The claims of the assertion in a request, which was signed by that key. */
static struct json *
assertion_of(const struct http_request *r, const struct sign_key *k, struct json **header)
{
	struct json *claims;
	struct buf jwt;

	buf_init(&jwt, LIMIT_TOKEN);
	assert_true(form_get(buf_span(&r->body), "client_assertion", &jwt));
	if (k)
		assert_true(signed_by(buf_span(&jwt), k));
	claims = part(buf_span(&jwt), 1);
	if (header)
		*header = part(buf_span(&jwt), 0);
	buf_release(&jwt);
	return claims;
}

static struct json *
proof_of(const struct http_request *r, const struct sign_key *k)
{
	struct span proof = http_header(&r->headers, "DPoP");

	assert_int_equal(http_header_count(&r->headers, "DPoP"), 1);
	if (k)
		assert_true(signed_by(proof, k));
	return part(proof, 1);
}

/* No JWT of ours stands in what was recorded or logged, nor in the curl commands. */
static void
assert_nothing_recorded(struct world *t, const char *secret)
{
	for (size_t i = 0; i < t->c.n_exchanges; i++) {
		const struct exchange *x = t->c.exchanges[i];
		struct buf curl;

		buf_init(&curl, 1 << 20);
		assert_int_equal(exchange_curl_command(x, &curl), RES_OK);
		assert_null(strstr(buf_str(&curl), secret));
		buf_release(&curl);
		assert_null(strstr(buf_str(&x->request.body), secret));
		for (size_t k = 0; k < x->request.headers.n; k++)
			assert_null(strstr(x->request.headers.v[k].value, secret));
	}
	for (size_t i = 0; i < log_count(t->log); i++) {
		struct log_rec r;

		assert_true(log_get(t->log, i, &r));
		assert_null(strstr(r.text, secret));
	}
}

#define BOUND_ACTIVE(jkt)                                                                          \
	JSON_HEAD "{\"active\":true,\"scope\":\"openid\",\"client_id\":\"app\",\"sub\":\"u1\"," \
		  "\"token_type\":\"DPoP\",\"exp\":1769864400,\"cnf\":{\"jkt\":\"" jkt "\"}}"

static void
reply_bound_to(const char *jkt)
{
	char text[600];

	text_format(text, sizeof text, BOUND_ACTIVE("%s"), jkt);
	reply("POST", "/introspect", NULL, text);
}

/* --- assertions --- */

static void
walk(struct world *t)
{
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
}

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

/* --- DPoP --- */

#define NONCE_WANTED(n)                                                                                    \
	"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: DPoP error=\"use_dpop_nonce\", algs=\"ES256\"\r\n" \
	"DPoP-Nonce: " n "\r\n" DATE "\r\n"

/* The nonce is taken from the refusal, once, kept for the origin, and every proof is new. */
static void
a_bound_token_is_shown_with_its_proof(void **state)
{
	struct world *t = *state;
	struct http_request r;
	struct json *first, *second, *third;

	log_set_level(t->log, LOG_TRACE);
	profile_set(&t->profile.dpop_key_file, span_of(key_file));
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply_bound_to(key->thumbprint);
	reply_once("GET", "/me", NONCE_WANTED("nonce-1"));
	reply("GET", "/me", NULL, USER);
	begin(t, ACCESS, NULL);
	walk(t);
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
	request_to("https://idp.test/me", 0, &r);
	assert_true(span_is(http_header(&r.headers, "Authorization"), "DPoP " ACCESS));
	first = proof_of(&r, key);
	assert_null(json_get(first, "nonce"));
	assert_true(span_is(json_get_str(first, "htm"), "GET"));
	assert_true(span_is(json_get_str(first, "htu"), "https://idp.test/me"));
	assert_true(json_get_str(first, "ath").n);
	assert_nothing_recorded(t, strrchr((const char *)http_header(&r.headers, "DPoP").p, '.'));
	http_request_release(&r);
	request_to("https://idp.test/me", 1, &r);
	second = proof_of(&r, key);
	assert_true(span_is(json_get_str(second, "nonce"), "nonce-1"));
	assert_false(span_eq(json_get_str(first, "jti"), json_get_str(second, "jti")));
	http_request_release(&r);
	for (size_t i = 0; i < t->c.n_exchanges; i++) {
		const struct exchange *x = t->c.exchanges[i];

		assert_string_equal(x->proof_flaw, "");
		assert_string_equal(
			x->proof_jkt, x->purpose == PURPOSE_USERINFO ? key->thumbprint : "");
	}
	/* both attempts stand in the record, the second as the first one's follower */
	assert_int_equal(t->c.exchanges[t->c.n_exchanges - 1]->follows,
		t->c.exchanges[t->c.n_exchanges - 2]->n);
	assert_string_equal(t->c.exchanges[t->c.n_exchanges - 2]->answer.error, "use_dpop_nonce");
	wizard_run_step(t->w, STEP_HANDLE);
	run(t);
	request_to("https://idp.test/me", 2, &r);
	third = proof_of(&r, key);
	assert_true(span_is(json_get_str(third, "nonce"), "nonce-1"));
	http_request_release(&r);
	json_free(first);
	json_free(second);
	json_free(third);
}

/* A server that is never content is asked twice, and the finding says so. */
static void
a_nonce_is_tried_once(void **state)
{
	struct world *t = *state;

	profile_set(&t->profile.dpop_key_file, span_of(key_file));
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply_bound_to(key->thumbprint);
	reply("GET", "/me", NULL, NONCE_WANTED("nonce-1"));
	begin(t, ACCESS, NULL);
	wizard_set_probes(t->w, PROBES_NONE);
	walk(t);
	assert_int_equal(sent_to("/me "), 2);
	assert_non_null(finding(t, "dpop-nonce-required"));
	assert_non_null(strstr(finding(t, "dpop-nonce-required")->summary, "no more than none"));
}

/* Without the token's key there is no proof at all: not by another key, not by a new one. */
static void
no_proof_by_a_wrong_key(void **state)
{
	struct world *t = *state;
	struct http_request r;

	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply_bound_to(key->thumbprint);
	reply("GET", "/me", NULL,
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: DPoP error=\"invalid_token\","
		" algs=\"ES256\"\r\n" DATE "\r\n");
	for (int i = 0; i < 3; i++) {
		t->profile.dpop = i != 0;
		profile_set(&t->profile.dpop_key_file, span_of(i == 2 ? other_key_file : ""));
		begin(t, ACCESS, NULL);
		walk(t);
		request_to("https://idp.test/me", 0, &r);
		assert_true(span_is(http_header(&r.headers, "Authorization"), "Bearer " ACCESS));
		assert_int_equal(sent_to("\nDPoP:"), 0);
		http_request_release(&r);
		assert_non_null(finding(t, "dpop-bound-sent-as-bearer"));
		assert_non_null(
			strstr(finding(t, "dpop-bound-sent-as-bearer")->remedy, "dpop_key_file"));
	}
	assert_string_equal(t->c.own_jkt, other_key->thumbprint);
	assert_non_null(
		strstr(finding(t, "dpop-bound-sent-as-bearer")->summary, "another DPoP key"));
}

/* A resource that knows no DPoP: the same token as Bearer tells, with consent. */
static void
a_scheme_that_is_not_known_is_probed(void **state)
{
	struct world *t = *state;
	struct http_request r;

	profile_set(&t->profile.dpop_key_file, span_of(key_file));
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply_bound_to(key->thumbprint);
	reply_once("GET", "/me",
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\n" DATE
		"\r\n");
	reply_once("GET", "/me",
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\n" DATE
		"\r\n"); /* the made-up one */
	reply("GET", "/me", NULL, USER);
	begin(t, ACCESS, NULL);
	walk(t);
	assert_int_equal(sent_to("Authorization: Bearer " ACCESS), 0);
	assert_null(finding(t, "dpop-scheme-not-supported-at-endpoint"));
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.next, "sent as Bearer"));
	assert_int_equal(wizard_run_probes(t->w, NULL), RES_OK);
	run(t);
	request_to("https://idp.test/me", 2, &r);
	assert_true(span_is(http_header(&r.headers, "Authorization"), "Bearer " ACCESS));
	assert_false(http_has_header(&r.headers, "DPoP"));
	assert_non_null(finding(t, "dpop-scheme-not-supported-at-endpoint"));
	http_request_release(&r);
}

/* dpop = true: a key for the session; what the refresh gives is bound to it and shown with it. */
static void
the_sessions_key_gets_a_bound_token(void **state)
{
	struct world *t = *state;
	struct http_request r;
	struct json *at_token, *at_me;
	struct span jwk_of_token, proof;
	struct json *h1, *h2;

	t->profile.dpop = true;
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply("POST", "/introspect", "a-new-access",
		JSON_HEAD "{\"active\":true,\"scope\":\"openid\","
			  "\"client_id\":\"app\",\"sub\":\"u1\",\"exp\":1769864400}");
	reply("POST", "/introspect", NULL, ACTIVE);
	reply_once("POST", "/token",
		"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
		"DPoP-Nonce: as-1\r\n" DATE "\r\n{\"error\":\"use_dpop_nonce\"}");
	reply("POST", "/token", NULL,
		JSON_HEAD
		"{\"access_token\":\"a-new-access-token-5555555555\","
		"\"token_type\":\"DPoP\",\"expires_in\":300,\"refresh_token\":\"a-new-refresh-token-666\"}");
	reply("GET", "/me", NULL, USER);
	begin(t, ACCESS, REFRESH);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
	wizard_walk(t->w, STEPS_ALL, true, false);
	run(t);
	request_to("https://idp.test/me", 0, &r);
	assert_true(span_is(http_header(&r.headers, "Authorization"), "Bearer " ACCESS));
	http_request_release(&r);
	request_to("https://idp.test/token", 1, &r);
	at_token = proof_of(&r, NULL);
	assert_true(span_is(json_get_str(at_token, "nonce"), "as-1"));
	assert_true(span_is(json_get_str(at_token, "htm"), "POST"));
	assert_null(json_get(at_token, "ath"));
	proof = http_header(&r.headers, "DPoP");
	h1 = part(proof, 0);
	http_request_release(&r);
	request_to("https://idp.test/me", 1, &r);
	assert_true(span_is(
		http_header(&r.headers, "Authorization"), "DPoP a-new-access-token-5555555555"));
	at_me = proof_of(&r, NULL);
	h2 = part(http_header(&r.headers, "DPoP"), 0);
	assert_true(json_same(json_get(h1, "jwk"), json_get(h2, "jwk")));
	jwk_of_token = json_get_str(json_get(h1, "jwk"), "crv");
	assert_true(span_is(jwk_of_token, "P-256"));
	/* the refused attempt did not spend the refresh token, and the new one is there */
	assert_int_equal(t->c.n_generations, 2);
	assert_false(case_token(&t->c, SLOT_REFRESH)->spent);
	http_request_release(&r);
	json_free(at_token);
	json_free(at_me);
	json_free(h1);
	json_free(h2);
}

/* A key file that is not there yet is made, mode 0600, and used from then on; without one, the end
 * says what the tokens are worth. */
static void
a_key_file_is_made(void **state)
{
	struct world *t = *state;
	char path[80], jkt[THUMBPRINT_MAX];
	struct buf out;
	struct stat st;

	text_format(path, sizeof path, "%s/new.key", folder);
	t->profile.dpop = true;
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("POST", "/token", NULL,
		JSON_HEAD
		"{\"access_token\":\"a-new-access-token-5555555555\","
		"\"token_type\":\"DPoP\",\"expires_in\":300,\"refresh_token\":\"a-new-refresh-token-666\"}");
	reply("GET", "/me", NULL, USER);
	buf_init(&out, 1 << 16);
	for (int with_file = 0; with_file < 2; with_file++) {
		profile_set(&t->profile.dpop_key_file, span_of(with_file ? path : ""));
		begin(t, ACCESS, REFRESH);
		assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
		wizard_walk(t->w, STEPS_ALL, true, false);
		run(t);
		assert_int_equal(t->c.n_generations, 2);
		buf_clear(&out);
		wizard_farewell(t->w, &out);
		assert_int_equal(strstr(buf_str(&out), "cannot be used again") != NULL, !with_file);
	}
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	text_format(jkt, sizeof jkt, "%s", t->c.own_jkt);
	begin(t, ACCESS, NULL);
	t->c.own_jkt[0] = '\0';
	assert_string_equal(wizard_dpop_jkt(t->w), jkt);
	/* one that cannot be made is an error, not a key that nobody keeps */
	unlink(path);
	profile_set(&t->profile.dpop_key_file, SPAN_LIT("/nonexistent/folder/new.key"));
	begin(t, ACCESS, REFRESH);
	wizard_walk(t->w, STEPS_ALL, true, false);
	run(t);
	assert_int_equal(case_last(&t->c, PURPOSE_REFRESH, SLOT_REFRESH)->result.error,
		NETERR_NO_CLIENT_AUTH);
	buf_release(&out);
}

/* The row of that name in a step; NULL: it has none. */
static const struct field *
row_of(const struct field_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

/* Step 3 says before the key is pressed what new tokens will be bound to; step 1, whether this
 * one's key is here. */
static void
the_steps_say_what_is_bound(void **state)
{
	struct world *t = *state;
	struct field_list l;

	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply_bound_to(key->thumbprint);
	reply("GET", "/me", NULL, USER);
	for (int i = 0; i < 3; i++) {
		t->profile.dpop = i == 0;
		profile_set(&t->profile.dpop_key_file,
			span_of(!i               ? ""
					: i == 1 ? key_file
						 : other_key_file));
		begin(t, ACCESS, REFRESH);
		walk(t);
		field_list_init(&l);
		step_fields(&l, t->w, STEP_REFRESH, false);
		assert_int_equal(row_of(&l, "DPoP") != NULL, i == 0);
		if (!i)
			assert_int_equal(row_of(&l, "DPoP")->state, STATE_WARNING);
		field_list_release(&l);
		step_fields(&l, t->w, STEP_VERIFY, false);
		assert_non_null(row_of(&l, "cnf"));
		assert_non_null(strstr(row_of(&l, "cnf")->meaning,
			!i ? "the key or certificate" : i == 1 ? "bound to the DPoP key at hand"
							       : "bound to another DPoP key"));
		field_list_release(&l);
	}
}

/* A public client's refresh token belongs to its key: without it, it is not even tried. */
static void
a_public_clients_refresh_token_is_not_risked(void **state)
{
	struct world *t = *state;

	no_secret(t);
	reply("GET", "openid-configuration", NULL, DPOP_METADATA(""));
	reply_bound_to(key->thumbprint);
	reply("GET", "/me", NULL, "HTTP/1.1 401 Unauthorized\r\n" DATE "\r\n");
	reply("POST", "/token", NULL, JSON_HEAD "{}");
	begin(t, ACCESS, REFRESH);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
	wizard_walk(t->w, STEPS_ALL, true, false);
	run(t);
	assert_int_equal(sent_to("/token"), 0);
	assert_false(case_token(&t->c, SLOT_REFRESH)->spent);
	assert_non_null(strstr(case_last(&t->c, PURPOSE_REFRESH, SLOT_REFRESH)->result.error_text,
		"dpop_key_file"));
	profile_set(&t->profile.dpop_key_file, span_of(key_file));
	begin(t, ACCESS, REFRESH);
	wizard_walk(t->w, STEPS_ALL, true, false);
	run(t);
	assert_int_equal(sent_to("/token"), 1);
}

/* --- logins --- */

static size_t
times(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

/* Each request of a login is the client's: signed when it goes out, named once, proven for the key
 * that the tokens are bound to, which user information is then asked with. */
static void
a_login_by_key_and_proof(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;
	struct http_request r;
	struct json *proof;

	no_secret(t);
	t->profile.dpop = true;
	profile_set(&t->profile.client_assertion_key_file, span_of(key_file));
	reply("GET", "openid-configuration", NULL,
		DPOP_METADATA(
			",\"device_authorization_endpoint\":\"https://idp.test/device\","
			"\"grant_types_supported\":[\"urn:ietf:params:oauth:grant-type:device_code\"]"));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	reply("POST", "/device", NULL,
		JSON_HEAD
		"{\"device_code\":\"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS\","
		"\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\"https://idp.test/d\",\"expires_in\":1800,"
		"\"interval\":5}");
	reply_once("POST", "/token",
		"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
		"DPoP-Nonce: as-1\r\n" DATE "\r\n{\"error\":\"use_dpop_nonce\"}");
	reply("POST", "/token", NULL,
		JSON_HEAD "{\"access_token\":\"a-new-access-token-5555555555\","
			  "\"token_type\":\"DPoP\",\"expires_in\":300}");
	begin(t, NULL, NULL);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
	if (wizard_login_prepare(t->w, FLOW_DEVICE, NULL, &e) != RES_OK)
		fail_msg("%s", e.text);
	run(t);
	assert_non_null(strstr(
		wizard_login_view(t->w)->request, "client_assertion=[signed when it goes out]"));
	assert_int_equal(wizard_login_go(t->w, &e), RES_OK);
	run(t);
	request_to("https://idp.test/device", 0, &r);
	assert_int_equal(times(buf_str(&r.body), "client_id="), 1);
	assert_int_equal(times(buf_str(&r.body), "client_assertion="), 1);
	json_free(assertion_of(&r, key, NULL));
	http_request_release(&r);
	clock_advance_us(&t->clock, 5000000);
	wizard_update(t->w);
	run(t);
	request_to("https://idp.test/token", 1, &r);
	assert_int_equal(times(buf_str(&r.body), "client_id="), 1);
	json_free(assertion_of(&r, key, NULL));
	proof = proof_of(&r, NULL);
	assert_true(span_is(json_get_str(proof, "nonce"), "as-1"));
	json_free(proof);
	http_request_release(&r);
	assert_int_equal(wizard_login_view(t->w)->phase, FLOW_DONE);
	request_to("https://idp.test/me", 0, &r);
	assert_true(span_is(
		http_header(&r.headers, "Authorization"), "DPoP a-new-access-token-5555555555"));
	http_request_release(&r);
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
}

/* The code is bound to the key, too (RFC 9449 §10): in the address, or with what is pushed. */
static void
a_code_is_bound_to_the_key(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;
	struct http_request r;
	char member[80];

	no_secret(t);
	t->profile.dpop = true;
	profile_set(&t->profile.dpop_key_file, span_of(key_file));
	profile_set(&t->profile.client_assertion_key_file, span_of(other_key_file));
	reply_once("GET", "openid-configuration",
		DPOP_METADATA(",\"authorization_endpoint\":\"https://idp.test/authorize\""));
	reply("GET", "openid-configuration", NULL,
		DPOP_METADATA(",\"authorization_endpoint\":\"https://idp.test/authorize\","
			      "\"pushed_authorization_request_endpoint\":\"https://idp.test/par\","
			      "\"require_pushed_authorization_requests\":true"));
	reply("POST", "/par", NULL,
		"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n" DATE
		"\r\n{\"request_uri\":\"urn:ietf:params:oauth:request_uri:x\",\"expires_in\":60}");
	text_format(member, sizeof member, "dpop_jkt=%s", key->thumbprint);
	for (int pushed = 0; pushed < 2; pushed++) {
		begin(t, NULL, NULL);
		assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
		if (wizard_login_prepare(t->w, FLOW_CODE, NULL, &e) != RES_OK)
			fail_msg("%s", e.text);
		run(t);
		assert_non_null(strstr(wizard_login_view(t->w)->request, member));
		assert_int_equal(wizard_login_go(t->w, &e), RES_OK);
		for (int i = 0; i < 20; i++) {
			wizard_update(t->w);
			engine_turn(t->engine);
		}
		if (!pushed)
			assert_non_null(strstr(wizard_login_view(t->w)->url, member));
		wizard_login_cancel(t->w);
		run(t);
	}
	request_to("https://idp.test/par", 0, &r);
	assert_non_null(strstr(buf_str(&r.body), member));
	assert_int_equal(times(buf_str(&r.body), "client_id="), 1);
	json_free(assertion_of(&r, other_key, NULL));
	json_free(proof_of(&r, key));
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
		T(a_bound_token_is_shown_with_its_proof),
		T(a_nonce_is_tried_once),
		T(no_proof_by_a_wrong_key),
		T(a_scheme_that_is_not_known_is_probed),
		T(the_sessions_key_gets_a_bound_token),
		T(a_key_file_is_made),
		T(the_steps_say_what_is_bound),
		T(a_public_clients_refresh_token_is_not_risked),
		T(a_login_by_key_and_proof),
		T(a_code_is_bound_to_the_key),
		T(a_certificate_goes_to_the_aliases),
		T(a_certificate_is_compared_with_the_tokens),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
