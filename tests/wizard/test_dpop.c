/* What the client proves with keys of its own (RFC 9449), in the steps and in logins. */
#include "wizard/clients.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "wizard/fields.h"
#include "wizard/flow.h"
#include "wizard/steps.h"

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
	h1 = jwt_part(proof, 0);
	http_request_release(&r);
	request_to("https://idp.test/me", 1, &r);
	assert_true(span_is(
		http_header(&r.headers, "Authorization"), "DPoP a-new-access-token-5555555555"));
	at_me = proof_of(&r, NULL);
	h2 = jwt_part(http_header(&r.headers, "DPoP"), 0);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
