/*
 * No request ever carries a credential to a host that neither the profile nor the metadata of its
 * own, matching issuer names.  Every way of authenticating goes through every way of being led
 * astray; what was sent is looked through, request by request.
 */
#include "world.h"
#include "openssl-loader.h"

#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "oauth/signkey.h"
#include "wizard/steps.h"

#define ACCESS "an-opaque-access-token-0123456789"
#define REFRESH "an-opaque-refresh-token-987654321"
#define SECRET "a-client-secret-of-the-test"
#define API_KEY "an-api-key-of-the-profile-4711"
#define EVIL "https://evil.test"

static char folder[] = "/tmp/tt-leaks-XXXXXX";
static char key_file[64], cert_file[64];
static char jkt[THUMBPRINT_MAX];

static int
make_files(void **state)
{
	const struct cert_wish w = {"client", "DNS:client.test", NOW_S - 86400, NOW_S + 86400};
	struct sign_key *k = NULL;
	struct err e = ERR_INIT;
	struct buf cert, pem;

	(void)state;
	crypto_set_loader(load_openssl);
	assert_non_null(mkdtemp(folder));
	buf_init(&cert, 1 << 16);
	buf_init_wiping(&pem, 1 << 16);
	assert_int_equal(crypto()->self_signed(&w, &cert, &pem, &e), RES_OK);
	text_format(key_file, sizeof key_file, "%s/client.key", folder);
	text_format(cert_file, sizeof cert_file, "%s/client.pem", folder);
	assert_int_equal(file_write_private(key_file, buf_span(&pem), &e), RES_OK);
	assert_int_equal(file_write_private(cert_file, buf_span(&cert), &e), RES_OK);
	assert_int_equal(sign_key_read(&k, buf_span(&pem), &e), RES_OK);
	text_format(jkt, sizeof jkt, "%s", k->thumbprint);
	sign_key_unref(k);
	buf_release(&cert);
	buf_release(&pem);
	return 0;
}

static int
remove_files(void **state)
{
	(void)state;
	unlink(key_file);
	unlink(cert_file);
	return rmdir(folder);
}

/* --- what was sent, and where --- */

/* Does the text of a request carry a credential, in any form we send one? */
static bool
carries(const char *request)
{
	static const char *const marks[] = {ACCESS, REFRESH, SECRET, API_KEY,
		"\nAuthorization:", "\nDPoP:", "client_assertion", "client_secret", "token="};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (strstr(request, marks[i]))
			return true;
	return false;
}

static bool
goes_to(const char *request, const char *origin)
{
	const char *url = strchr(request, ' ');
	size_t n = strlen(origin);

	return url && !strncmp(url + 1, origin, n) && strchr("/? :", url[1 + n]) &&
		url[1 + n] != ':';
}

static size_t
requests_to(const char *origin, bool with_credentials)
{
	size_t n = 0;

	for (size_t k = 0; k < replay_requests(transport); k++)
		n += goes_to(replay_request(transport, k), origin) &&
			(!with_credentials || carries(replay_request(transport, k)));
	return n;
}

/* Credentials went to these origins (NULL-terminated) and to no other. */
static void
assert_only(const char *const *origins)
{
	for (size_t k = 0; k < replay_requests(transport); k++) {
		const char *r = replay_request(transport, k);
		bool fine = !carries(r);

		for (size_t i = 0; !fine && origins[i]; i++)
			fine = goes_to(r, origins[i]);
		if (!fine)
			fail_msg("a credential went astray: %.120s", r);
	}
}

/* --- ways to authenticate --- */

enum way { BASIC, POST, SECRET_JWT, KEY_JWT, CERT, DPOP, WAYS };

static void
dress(struct world *t, enum way way)
{
	struct profile *p = &t->profile;

	profile_set(&p->client_auth, span_of(way == POST ? "client_secret_post"
		: way == SECRET_JWT                       ? "client_secret_jwt"
		: way == KEY_JWT                          ? "private_key_jwt"
		: way == CERT                             ? "self_signed_tls_client_auth"
							  : "client_secret_basic"));
	profile_set(&p->client_key_file, span_of(way == KEY_JWT || way == CERT ? key_file : ""));
	profile_set(&p->client_cert_file, span_of(way == CERT ? cert_file : ""));
	p->dpop = way == DPOP;
	profile_set(&p->dpop_key_file, span_of(way == DPOP ? key_file : ""));
}

/*
 * An introspection that says the token is bound to our key and names somebody else as its issuer.
 */
static void
reply_active(void)
{
	char text[600];

	text_format(text, sizeof text,
		JSON_HEAD "{\"active\":true,\"iss\":\"" EVIL
			  "\",\"scope\":\"openid\",\"client_id\":\"app\","
			  "\"sub\":\"u1\",\"exp\":1769864400,\"cnf\":{\"jkt\":\"%s\"}}",
		jkt);
	reply("POST", "/introspect", NULL, text);
}

/* The whole walk, with refresh, revocation, and all probes. */
static void
walk_all(struct world *t, const char *access)
{
	struct err e = ERR_INIT;

	begin(t, access, REFRESH);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
	wizard_set_probes(t->w, PROBES_ALL);
	wizard_walk(t->w, STEPS_ALL, true, true);
	run(t);
	if (wizard_run_probes(t->w, &e) == RES_OK)
		run(t);
}

/* A header of the profile is a key, too. */
static void
arm(struct world *t)
{
	str_list_add(&t->profile.headers, SPAN_LIT("X-Api-Key: " API_KEY));
}

/* Another world for the next way: its script and its requests start over. */
static struct world *
afresh(void **state)
{
	teardown(state);
	setup(state);
	return *state;
}

/* Every endpoint sends us on to another host, by every status that does. */
static void
redirects(void **state)
{
	static const char *const statuses[] = {"301 Moved Permanently", "302 Found",
		"303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"};
	static const char *const own[] = {"https://idp.test", NULL};
	struct world *t = *state;

	for (int way = 0; way < WAYS; way++)
		for (size_t s = 0; s < ARRAY_SIZE(statuses); s++) {
			char away[300], home[300];

			text_format(away, sizeof away,
				"HTTP/1.1 %s\r\nLocation: " EVIL "/taken\r\n" DATE "\r\n",
				statuses[s]);
			text_format(home, sizeof home,
				"HTTP/1.1 %s\r\nLocation: https://idp.test:8443/taken\r\n" DATE
				"\r\n",
				statuses[s]);
			arm(t);
			dress(t, way);
			reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF(ISSUER));
			reply("GET", "/jwks", NULL, away);
			reply("POST", "/introspect", NULL, away);
			reply("POST", "/token", NULL,
				home); /* the same host is another origin on another port */
			reply("GET", "/me", NULL, away);
			reply("POST", "/me", NULL, away);
			reply("POST", "/revoke", NULL, away);
			reply(NULL, "evil.test", NULL,
				JSON_HEAD "{\"active\":true,\"sub\":\"u1\"}");
			walk_all(t, ACCESS);
			assert_only(own);
			assert_true(requests_to("https://idp.test", true) >= 4);
			assert_int_equal(requests_to("https://idp.test:8443", false), 0);
			t = afresh(state);
		}
}

/* Discovery itself is sent on, and what answers there names its own endpoints. */
static void
discovery_elsewhere(void **state)
{
	static const char *const own[] = {"https://idp.test", NULL};
	struct world *t = *state;

	for (int way = 0; way < WAYS; way++) {
		arm(t);
		dress(t, way);
		profile_set(&t->profile.introspection_endpoint,
			SPAN_LIT("https://idp.test/introspect"));
		reply("GET", "idp.test/realm/.well-known", NULL,
			"HTTP/1.1 302 Found\r\nLocation: " EVIL
			"/.well-known/openid-configuration\r\n" DATE "\r\n");
		reply("GET", EVIL "/.well-known", NULL,
			JSON_HEAD "{\"issuer\":\"" EVIL "\",\"introspection_endpoint\":\"" EVIL
				  "/introspect\","
				  "\"token_endpoint\":\"" EVIL
				  "/token\",\"userinfo_endpoint\":\"" EVIL "/me\","
				  "\"revocation_endpoint\":\"" EVIL "/revoke\",\"jwks_uri\":\"" EVIL
				  "/jwks\"}");
		reply_active();
		reply(NULL, "evil.test", NULL, JSON_HEAD "{}");
		walk_all(t, ACCESS);
		assert_only(own);
		assert_true(requests_to("https://idp.test", true) >= 1);
		t = afresh(state);
	}
}

#define EVIL_METADATA(iss)                                                                         \
	JSON_HEAD "{\"issuer\":\"" iss "\",\"introspection_endpoint\":\"" EVIL "/introspect\"," \
		  "\"token_endpoint\":\"" EVIL "/token\",\"userinfo_endpoint\":\"" EVIL "/me\"," \
		  "\"revocation_endpoint\":\"" EVIL "/revoke\",\"jwks_uri\":\"" EVIL "/jwks\"," \
		  "\"device_authorization_endpoint\":\"" EVIL "/device\"," \
		  "\"pushed_authorization_request_endpoint\":\"" EVIL "/par\"," \
		  "\"mtls_endpoint_aliases\":{\"token_endpoint\":\"" EVIL "/mtls/token\"," \
		  "\"introspection_endpoint\":\"" EVIL "/mtls/introspect\"," \
		  "\"userinfo_endpoint\":\"" EVIL "/mtls/me\"," \
		  "\"device_authorization_endpoint\":\"" EVIL "/mtls/device\"," \
		  "\"pushed_authorization_request_endpoint\":\"" EVIL "/mtls/par\"}}"

/* A call of a login flow at an endpoint, as the client. */
static void
ask_as_client(struct world *t, enum endpoint e, struct span url)
{
	struct engine_call call;

	memset(&call, 0, sizeof call);
	http_request_init(&call.http);
	http_request_set(&call.http, "POST", url);
	form_add(&call.http.body, "scope", SPAN_LIT("openid"));
	call.step = STEP_HANDLE;
	call.purpose = PURPOSE_TOKEN;
	wizard_authenticate(t->w, e, &call);
	assert_true(call.credentials);
	engine_submit(t->engine, &call);
	assert_int_equal(engine_run(t->engine, INT64_MAX), RES_OK);
}

/* Metadata of another issuer, by a letter, is not followed: neither it nor its mTLS addresses. */
static void
metadata_of_another_issuer(void **state)
{
	static const char *const own[] = {"https://idp.test", NULL};
	struct world *t = *state;

	for (int way = 0; way < WAYS; way++) {
		arm(t);
		dress(t, way);
		reply("GET", "openid-configuration", NULL,
			EVIL_METADATA("https://idp.test/realm/"));
		reply("GET", "oauth-authorization-server", NULL,
			EVIL_METADATA("https://evil.test"));
		reply(NULL, "evil.test", NULL, JSON_HEAD "{\"active\":true}");
		walk_all(t, ACCESS);
		assert_false(wizard_endpoint(t->w, EP_PAR).n);
		ask_as_client(t, EP_DEVICE, SPAN_LIT(EVIL "/device"));
		ask_as_client(t, EP_PAR, SPAN_LIT(EVIL "/mtls/par"));
		ask_as_client(t, EP_TOKEN, SPAN_LIT(EVIL "/token"));
		assert_int_equal(t->c.exchanges[t->c.n_exchanges - 1]->result.error,
			NETERR_REFUSED_BY_POLICY);
		assert_only(own);
		assert_int_equal(requests_to(EVIL, true), 0);
		t = afresh(state);
	}
}

/* The other side: what the own metadata names gets them, split over hosts or not, mTLS too. */
static void
metadata_of_its_own_issuer(void **state)
{
	static const char *const named[] = {"https://idp.test", EVIL, NULL};
	struct world *t = *state;

	for (int way = 0; way < WAYS; way++) {
		arm(t);
		dress(t, way);
		reply("GET", "openid-configuration", NULL, EVIL_METADATA(ISSUER));
		reply_active();
		reply(NULL, "/me", NULL, JSON_HEAD "{\"sub\":\"u1\"}");
		reply(NULL, "evil.test", NULL, JSON_HEAD "{}");
		walk_all(t, ACCESS);
		ask_as_client(t, EP_DEVICE, wizard_endpoint(t->w, EP_DEVICE));
		ask_as_client(t, EP_PAR, wizard_endpoint(t->w, EP_PAR));
		assert_only(named);
		assert_true(requests_to(EVIL, true) >= 5);
		assert_int_equal(sent_to("/mtls/par") != 0, way == CERT);
		assert_int_equal(sent_to(EVIL "/par") != 0, way != CERT);
		assert_int_equal(sent_to("\nAuthorization: DPoP ") != 0, way == DPOP);
		t = afresh(state);
	}
}

/* https metadata that names places in clear: nothing goes there. */
static void
metadata_in_clear(void **state)
{
	static const char *const own[] = {"https://idp.test", NULL};
	struct world *t = *state;

	for (int way = 0; way < WAYS; way++) {
		arm(t);
		dress(t, way);
		reply("GET", "openid-configuration", NULL,
			JSON_HEAD
			"{\"issuer\":\"" ISSUER
			"\",\"introspection_endpoint\":\"http://idp.test/introspect\","
			"\"token_endpoint\":\"http://idp.test/token\",\"userinfo_endpoint\":"
			"\"http://idp.test/me\",\"revocation_endpoint\":\"http://idp.test/revoke\","
			"\"mtls_endpoint_aliases\":{\"token_endpoint\":\"http://idp.test/m/token\","
			"\"userinfo_endpoint\":\"http://idp.test/m/me\"}}");
		reply(NULL, "http://idp.test", NULL, JSON_HEAD "{\"active\":true}");
		walk_all(t, ACCESS);
		assert_only(own);
		assert_int_equal(requests_to("http://idp.test", true), 0);
		t = afresh(state);
	}
}

static void
add_part(struct buf *out, const char *json)
{
	base64url_encode(out, span_of(json));
	buf_putc(out, '.');
}

/* The token names its issuer, and its header where keys lie; neither is asked anything with a
 * credential. */
static void
issuer_of_the_token(void **state)
{
	static const char *const own[] = {"https://idp.test", NULL};
	struct world *t = *state;
	struct buf jwt;

	buf_init(&jwt, LIMIT_TOKEN);
	add_part(&jwt,
		"{\"alg\":\"RS256\",\"kid\":\"k\",\"jku\":\"" EVIL "/jwks\",\"x5u\":\"" EVIL
		"/x5u\"}");
	add_part(&jwt,
		"{\"iss\":\"" EVIL "\",\"sub\":\"u1\",\"aud\":\"" EVIL "/api\",\"exp\":1769864400,"
		"\"scope\":\"openid\"}");
	buf_puts(&jwt, ACCESS);
	for (int with_issuer = 0; with_issuer < 2; with_issuer++)
		for (int way = 0; way < WAYS; way++) {
			arm(t);
			dress(t, way);
			if (with_issuer) {
				reply("GET", "openid-configuration", NULL,
					JSON_HEAD METADATA_OF(ISSUER));
			} else {
				profile_set(&t->profile.issuer, SPAN_EMPTY);
				profile_set(&t->profile.introspection_endpoint,
					SPAN_LIT("https://idp.test/introspect"));
				profile_set(&t->profile.userinfo_endpoint,
					SPAN_LIT("https://idp.test/me"));
			}
			reply("GET", "evil.test", NULL, EVIL_METADATA(EVIL));
			reply_active();
			reply("GET", "/me", NULL,
				"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer "
				"authorization_uri=\"" EVIL
				"/authorize\", resource_metadata=\"" EVIL "/rs\", "
				"error=\"invalid_token\"\r\n" DATE "\r\n");
			reply(NULL, "evil.test", NULL, JSON_HEAD "{}");
			walk_all(t, buf_str(&jwt));
			assert_only(own);
			assert_true(requests_to("https://idp.test", true) >= 2);
			t = afresh(state);
		}
	buf_release(&jwt);
}

/*
 * A nonce belongs to the server that gave it (RFC 9449 §8.2): the resource is not told the other's.
 */
static void
nonces_stay_at_home(void **state)
{
	struct world *t = *state;
	char text[600];

	dress(t, DPOP);
	profile_set(&t->profile.resource_url, SPAN_LIT("https://api.test/orders"));
	text_format(text, sizeof text,
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDPoP-Nonce: of-the-idp\r\n" DATE
		"\r\n"
		"{\"active\":true,\"scope\":\"openid\",\"exp\":1769864400,\"cnf\":{\"jkt\":\"%s\"}}",
		jkt);
	reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF(ISSUER));
	reply("POST", "/introspect", NULL, text);
	reply("GET", "api.test", NULL, JSON_HEAD "{\"order\":7}");
	begin(t, ACCESS, NULL);
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	for (size_t k = 0; k < replay_requests(transport); k++) {
		const char *r = replay_request(transport, k), *proof = strstr(r, "\nDPoP: ");
		struct buf claims;
		const char *dot;

		if (!goes_to(r, "https://api.test"))
			continue;
		assert_non_null(proof);
		dot = strchr(proof, '.');
		assert_non_null(dot);
		buf_init(&claims, LIMIT_TOKEN);
		assert_int_equal(
			base64url_decode(&claims, span_make(dot + 1, strcspn(dot + 1, ".")), NULL),
			RES_OK);
		assert_non_null(strstr(buf_str(&claims), "\"ath\""));
		assert_null(strstr(buf_str(&claims), "nonce"));
		buf_release(&claims);
		return;
	}
	fail_msg("the resource was not asked");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(redirects),
		T(discovery_elsewhere),
		T(metadata_of_another_issuer),
		T(metadata_of_its_own_issuer),
		T(metadata_in_clear),
		T(issuer_of_the_token),
		T(nonces_stay_at_home),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
