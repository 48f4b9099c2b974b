/*
 * The probe ladder: for each probe a situation that asks for it and one that does not, at each level; what is sent, in
 * which order, how often, and to whom.
 */
#include "world.h"

#include "base/encode.h"
#include "base/mem.h"
#include "wizard/probes.h"

#define WITH_METHODS(methods) JSON_HEAD \
	"{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":\"https://idp.test/introspect\"," \
	"\"token_endpoint\":\"https://idp.test/token\",\"userinfo_endpoint\":\"https://idp.test/me\"," \
	"\"token_endpoint_auth_methods_supported\":[" methods "]}"
#define BOTH WITH_METHODS("\"client_secret_basic\",\"client_secret_post\"")
#define BASIC_ONLY WITH_METHODS("\"client_secret_basic\"")
#define STATUS(line, body) "HTTP/1.1 " line "\r\nContent-Type: application/json\r\n" DATE "\r\n" body
#define REFUSED STATUS("401 Unauthorized", "{\"error\":\"invalid_client\"}")
#define NO_SUCH_CODE STATUS("400 Bad Request", "{\"error\":\"invalid_grant\"}")
#define USER JSON_HEAD "{\"sub\":\"u1\",\"name\":\"Ada\"}"
#define INVALID_TOKEN "HTTP/1.1 401 Unauthorized\r\n" DATE "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n\r\n"
#define BARE_CHALLENGE "HTTP/1.1 401 Unauthorized\r\n" DATE "WWW-Authenticate: Bearer realm=\"x\"\r\n\r\n"
#define PAGE_403 "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n" DATE "\r\n<html>Forbidden</html>"
#define OPAQUE "opaque-access-token-0123456789"

/* --- what was asked, as words ------------------------------------------------------------------------ */

static const char *
auth_word(const struct exchange *x)
{
	switch (x->auth) {
	case AUTH_BASIC:
		return x->auth_raw_basic ? ":raw" : ":basic";
	case AUTH_POST:
		return ":post";
	case AUTH_NONE:
		return ":none";
	default:
		return "";
	}
}

static void
asked(const struct world *t, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < t->c.n_exchanges; i++) {
		const struct exchange *x = t->c.exchanges[i];

		buf_printf(out, "%s%s%s", i ? " " : "", purpose_id(x->purpose), auth_word(x));
	}
}

static void
assert_asked(const struct world *t, const char *want)
{
	struct buf got;

	buf_init(&got, 4000);
	asked(t, &got);
	assert_string_equal(buf_str(&got), want);
	buf_release(&got);
}

/* An access token as a JWT, valid for an hour. */
static char *
jwt(const char *iss, const char *aud, int64_t age_s, size_t padding)
{
	static const char head[] = "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}";
	struct buf b;
	char *claims, *fill = xcalloc(1, padding + 1);

	memset(fill, 'x', padding);
	claims = xasprintf("{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"u1\",\"client_id\":\"app\",\"scope\":\"openid\","
		"\"iat\":%lld,\"exp\":%lld,\"groups\":\"%s\"}", iss, aud, (long long)(NOW_S - age_s),
		(long long)(NOW_S - age_s + 3600), fill);
	buf_init(&b, 64 << 10);
	base64url_encode(&b, SPAN_LIT(head));
	buf_putc(&b, '.');
	base64url_encode(&b, span_of(claims));
	buf_putc(&b, '.');
	for (int i = 0; i < 86; i++) /* as long as one of ES256 */
		buf_putc(&b, 'A');
	free(claims);
	free(fill);
	return buf_take(&b);
}

static void
walk(struct world *t, enum probe_level level, const char *access)
{
	begin(t, access, NULL);
	wizard_set_probes(t->w, level);
	wizard_walk(t->w, STEPS_ALL, false, false);
	for (int i = 0; i < 20 && wizard_busy(t->w); i++)
		run(t);
}

static const char *
primary(const struct world *t)
{
	const struct verdict *v = &wizard_diagnosis(t->w)->verdict;

	return v->primary ? v->primary->rule->id : "";
}

static enum state
verdict(const struct world *t)
{
	return wizard_diagnosis(t->w)->verdict.state;
}

/* A situation on fresh ground, at a level. */
#define AT(level, access, want) \
	do { \
		walk(t, level, access); \
		assert_asked(t, want); \
	} while (0)

/* --- nothing is open -------------------------------------------------------------------------------------- */

static void
nothing_is_asked_where_nothing_is_open(void **state)
{
	struct world *t = *state;

	healthy_server();
	for (int level = PROBES_NONE; level <= PROBES_ALL; level++) {
		const struct probe_row *open[WIZARD_PROBES];
		struct err e = ERR_INIT;

		walk(t, (enum probe_level)level, OPAQUE);
		assert_int_equal(verdict(t), STATE_OK);
		assert_int_equal(sent_to("made-up"), 0);
		assert_int_equal(wizard_open_probes(t->w, open), 0);
		assert_int_equal(wizard_run_probes(t->w, &e), RES_REFUSED);
	}
	assert_int_equal(sent_to("/introspect"), 3);
	assert_int_equal(sent_to("/me"), 3);
}

/* --- the client ---------------------------------------------------------------------------------------------- */

static void
a_refused_client_is_probed_only_with_consent(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_NONE, OPAQUE, "discovery introspection:basic userinfo");
	/* the refused credentials are not sent a second time */
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.next, "--probes all"));
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.next, probe_row(PROBE_OTHER_METHOD)->question));
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:post token-probe:basic");
	assert_string_equal(primary(t), "client-secret-wrong");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

/* Where there is no introspection, the refused refresh asks: at the token endpoint, and without the refresh token. */
static void
a_refused_refresh_is_probed_at_its_endpoint(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;

	reply("GET", "openid-configuration", NULL, JSON_HEAD "{\"issuer\":\"" ISSUER "\",\"token_endpoint\":"
		"\"https://idp.test/token\",\"userinfo_endpoint\":\"https://idp.test/me\"}");
	reply("POST", "/token", "client_secret=", NO_SUCH_CODE);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	begin(t, OPAQUE, "opaque-refresh-token-0123456789");
	wizard_set_probes(t->w, PROBES_ALL);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	wizard_walk(t->w, STEPS_ALL, true, false);
	run(t);
	assert_asked(t, "discovery userinfo refresh:basic userinfo token-probe:post");
	assert_int_equal(sent_to("refresh_token=opaque-refresh-token"), 1);
	assert_string_equal(primary(t), "client-auth-method-mismatch");
}

static void
the_other_method_decides(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", "client_secret=", INACTIVE);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:post");
	assert_string_equal(primary(t), "client-auth-method-mismatch");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

static void
a_method_that_is_offered_nowhere_is_not_tried(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BASIC_ONLY);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("POST", "/token", NULL, NO_SUCH_CODE);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo token-probe:basic");
	assert_string_equal(primary(t), "introspect-resource-credentials-needed");
}

/* "app:secret+" form-encoded and raw. */
static void
the_other_encoding_decides(void **state)
{
	struct world *t = *state;

	secret_unref(t->profile.client_secret);
	t->profile.client_secret = secret_new(SPAN_LIT("a secret+of/the:test"));
	reply("GET", "openid-configuration", NULL, BOTH);
	/* the first one comes encoded, the second one raw */
	reply_once("POST", "/introspect", REFUSED);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:raw");
	assert_string_equal(primary(t), "client-credentials-encoding");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

/* Each probe once, and never so often that a lock-out is near. */
static void
refusals_have_an_end(void **state)
{
	struct world *t = *state;

	secret_unref(t->profile.client_secret);
	t->profile.client_secret = secret_new(SPAN_LIT("a secret+of/the:test"));
	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:raw introspection-probe:post "
		"token-probe:basic");
	assert_string_equal(primary(t), "client-secret-wrong");
	/* walked again: the steps' own requests, and no probe a second time */
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(sent_to("made-up"), 3);
}

/* The reply to a caller that is not accepted and to one that is unknown is the same: inactive. */
static void
a_hidden_refusal_is_unmasked(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "https://api.test", 300, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_SAFE, token, "discovery introspection:basic userinfo");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection-probe:none token-probe:basic");
	assert_string_equal(primary(t), "client-secret-wrong");
	assert_int_equal(verdict(t), STATE_PROBLEM);
	for (size_t k = 0; k < replay_requests(transport); k++) {
		const char *r = replay_request(transport, k);

		/* a caller without a client: no credentials, and no name either */
		if (strstr(r, "/introspect") && !strstr(r, "Authorization"))
			assert_null(strstr(r, "client_id"));
	}
	free(token);
}

static void
a_server_that_refuses_strangers_hides_nothing(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "https://api.test", 300, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply_once("POST", "/introspect", INACTIVE);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection-probe:none");
	assert_string_equal(primary(t), "introspect-audience-missing");
	free(token);
}

/* --- an error where active:false is wanted ------------------------------------------------------------------ */

static void
an_error_of_introspection_asks_for_a_made_up_token(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", "token=tokentriage-made-up", INACTIVE);
	reply("POST", "/introspect", NULL, STATUS("403 Forbidden", "{\"error\":\"access_denied\"}"));
	reply("GET", "/me", NULL, INVALID_TOKEN);
	AT(PROBES_NONE, OPAQUE, "discovery introspection:basic userinfo");
	walk(t, PROBES_SAFE, OPAQUE);
	assert_int_equal(sent_to("token=tokentriage-made-up"), 1);
	assert_string_not_equal(primary(t), "introspect-not-permitted");
}

/* Without probes the verdict names the level that would do, and a safe one has no danger to speak of. */
static void
the_advice_names_the_level(void **state)
{
	struct world *t = *state;
	struct buf want;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, JSON_HEAD "{\"active\":true,\"scope\":\"openid\",\"client_id\":\"app\","
		"\"sub\":\"u1\"}");
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_NONE, OPAQUE);
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	buf_init(&want, LIMIT_MESSAGE);
	buf_printf(&want, "Probe further (--probes safe): %s 1 request.", probe_row(PROBE_MADE_UP_USERINFO)->question);
	assert_string_equal(wizard_diagnosis(t->w)->verdict.next, buf_str(&want));
	buf_release(&want);
}

static void
a_plain_inactive_asks_for_none(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo");
}

/* --- user information -------------------------------------------------------------------------------------- */

static void
a_lost_header_is_proven_by_the_body(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("POST", "/me", "access_token=" OPAQUE, USER);
	reply("GET", "/me", NULL, BARE_CHALLENGE);
	AT(PROBES_NONE, OPAQUE, "discovery introspection:basic userinfo");
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo userinfo-probe");
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo userinfo-probe userinfo-form-probe");
	assert_string_equal(primary(t), "authorization-header-stripped");
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.summary, "in the body"));
}

static void
the_words_for_any_token_are_proven_by_the_body(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("POST", "/me", "access_token=" OPAQUE, USER);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_SAFE, OPAQUE);
	assert_int_equal(sent_to("access_token="), 0);
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	/* refused once more in the header: it did not hang on which server was asked */
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo userinfo-probe userinfo-form-probe "
		"userinfo");
	assert_string_equal(primary(t), "authorization-header-stripped");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

static void
taken_in_the_body_it_is_shown_in_the_header_again(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("POST", "/me", "access_token=" OPAQUE, USER);
	reply_once("GET", "/me", INVALID_TOKEN);
	reply_once("GET", "/me", INVALID_TOKEN);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo userinfo-probe userinfo-form-probe "
		"userinfo");
	assert_string_equal(primary(t), "replication-delay");
	assert_int_equal(verdict(t), STATE_OK);
}

/* A live token refused at every one of several tries is not asked for longer than the first wait. */
static void
one_server_of_several_may_not_know_it(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("POST", "/me", NULL, INVALID_TOKEN);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo userinfo-probe userinfo-form-probe "
		"userinfo");
	assert_string_equal(primary(t), "token-rejected-unspecified");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
}

/* Inactive, the caller's own, and it works: only a refusal that is not shown explains that, and it is asked for. */
static void
an_inactive_token_of_ones_own_asks_for_a_hidden_refusal(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 600, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_SAFE, token, "discovery introspection:basic userinfo");
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection-probe:none token-probe:basic");
	assert_string_equal(primary(t), "client-secret-wrong");
	assert_int_equal(verdict(t), STATE_PROBLEM);
	free(token);
}

/* The token endpoint takes the secret: anybody may ask here, and the secret is not to blame. */
static void
an_open_door_alone_blames_no_secret(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 600, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("POST", "/token", NULL, NO_SUCH_CODE);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection-probe:none token-probe:basic "
		"introspection:basic");
	assert_string_equal(primary(t), "introspect-inactive-unspecified");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	free(token);
}

/* Strangers are told something else: then the caller was known, and nobody is to blame. */
static void
a_closed_door_hides_no_refusal(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 600, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply_once("POST", "/introspect", INACTIVE);
	reply_once("POST", "/introspect", REFUSED);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection-probe:none introspection:basic");
	assert_string_equal(primary(t), "introspect-inactive-unspecified");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	free(token);
}

/* ... or one server of several did not know the token. */
static void
an_inactive_token_that_works_is_asked_about_again(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 600, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply_once("POST", "/introspect", INACTIVE);
	reply_once("POST", "/introspect", REFUSED);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection-probe:none introspection:basic");
	assert_string_equal(primary(t), "replication-delay");
	assert_int_equal(verdict(t), STATE_OK);
	free(token);
}

static void
a_wordless_403_asks_the_token_endpoint(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, "HTTP/1.1 403 Forbidden\r\n" DATE "\r\n");
	reply("POST", "/token", NULL, NO_SUCH_CODE);
	reply("GET", "/me", NULL, USER);
	walk(t, PROBES_SAFE, OPAQUE);
	assert_null(case_last(&t->c, PURPOSE_PROBE_TOKEN, SLOT_NONE));
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	walk(t, PROBES_ALL, OPAQUE);
	assert_non_null(case_last(&t->c, PURPOSE_PROBE_TOKEN, SLOT_NONE));
	assert_string_equal(primary(t), "introspect-not-permitted");
	assert_int_equal(verdict(t), STATE_PROBLEM);
}

static void
a_named_error_asks_for_no_body(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, STATUS("403 Forbidden", "{\"error\":\"insufficient_scope\"}"));
	walk(t, PROBES_ALL, OPAQUE);
	assert_int_equal(sent_to("access_token="), 0);
}

static void
a_page_for_a_long_token_asks_for_a_short_request(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 300, 6000);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, PAGE_403);
	walk(t, PROBES_SAFE, token);
	assert_null(case_last(&t->c, PURPOSE_PROBE_BARE, SLOT_NONE));
	assert_string_equal(primary(t), "waf-block");
	walk(t, PROBES_ALL, token);
	assert_non_null(case_last(&t->c, PURPOSE_PROBE_BARE, SLOT_NONE));
	assert_false(http_has_header(&case_last(&t->c, PURPOSE_PROBE_BARE, SLOT_NONE)->request.headers, "Authorization"));
	free(token);
	/* a short token cannot be too long */
	walk(t, PROBES_ALL, OPAQUE);
	assert_null(case_last(&t->c, PURPOSE_PROBE_BARE, SLOT_NONE));
}

/* The short made-up token is answered: what refused the long one looks at its length. */
static void
a_short_token_that_passes_measures_the_long_one(void **state)
{
	struct world *t = *state;
	struct replay_reply reset = {.method = "GET", .url_contains = "/me", .error = NETERR_RESET, .once = true};
	char *token = jwt(ISSUER, "app", 300, 6000);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply_once("GET", "/me", PAGE_403);
	reply_once("GET", "/me", INVALID_TOKEN);
	AT(PROBES_SAFE, token, "discovery introspection:basic userinfo userinfo-probe");
	assert_string_equal(primary(t), "header-too-large");
	/* closed without an answer, each time it is tried */
	for (int i = 0; i < 3; i++)
		replay_add(transport, &reset);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_SAFE, token);
	assert_int_equal(sent_to("Bearer tokentriage-made-up"), 2);
	assert_string_equal(primary(t), "header-too-large");
	free(token);
}

/* Who says "too often" is not asked for more. */
static void
too_often_ends_it(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply_once("POST", "/introspect", REFUSED);
	reply("POST", "/introspect", NULL, STATUS("429 Too Many Requests", "{}"));
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, OPAQUE, "discovery introspection:basic userinfo introspection-probe:post");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
}

/* --- time ------------------------------------------------------------------------------------------------------ */

static void
a_fresh_token_is_asked_for_again(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 1, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply_once("POST", "/introspect", INACTIVE);
	reply_once("POST", "/introspect", INACTIVE);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply_once("GET", "/me", INVALID_TOKEN);
	reply_once("GET", "/me", INVALID_TOKEN);
	reply("GET", "/me", NULL, USER);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo introspection:basic userinfo introspection:basic "
		"userinfo");
	assert_string_equal(primary(t), "replication-delay");
	assert_int_equal(verdict(t), STATE_OK);
	/* two seconds, then five */
	assert_int_equal((t->c.exchanges[3]->result.sent_wall_us - t->c.exchanges[2]->result.sent_wall_us) / 1000000, 2);
	assert_int_equal((t->c.exchanges[5]->result.sent_wall_us - t->c.exchanges[4]->result.sent_wall_us) / 1000000, 5);
	free(token);
}

static void
a_fresh_token_is_not_called_revoked(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 1, 0);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	AT(PROBES_SAFE, token, "discovery introspection:basic userinfo");
	assert_int_equal(verdict(t), STATE_UNDETERMINED);
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.next, probe_row(PROBE_WAIT_2)->question));
	/* waited for, and still refused */
	walk(t, PROBES_ALL, token);
	assert_int_equal(sent_to("/me"), 4);
	assert_string_equal(primary(t), "token-revoked");
	free(token);
	/* an old one is, without waiting */
	token = jwt(ISSUER, "app", 300, 0);
	AT(PROBES_ALL, token, "discovery introspection:basic userinfo");
	assert_string_equal(primary(t), "token-revoked");
	free(token);
}

/* What was asked about the old token may be asked about the new one. */
static void
a_refreshed_token_is_asked_for_again(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 1, 0);
	struct err e = ERR_INIT;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/token", "grant_type=refresh_token", JSON_HEAD "{\"access_token\":\"the-new-access-token-98765\","
		"\"token_type\":\"Bearer\",\"expires_in\":3600}");
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	begin(t, token, "opaque-refresh-token-0123456789");
	free(token);
	wizard_set_probes(t->w, PROBES_ALL);
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(sent_to("/me"), 3); /* at once, two and five seconds later */
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
	assert_int_equal(sent_to("Bearer the-new-access-token-98765"), 3);
	assert_int_equal(sent_to("grant_type=refresh_token"), 1);
}

static void
waiting_is_cancelled_at_once(void **state)
{
	struct world *t = *state;
	const struct probe_row *open[WIZARD_PROBES];
	char *token = jwt(ISSUER, "app", 1, 0), text[200];
	struct err e = ERR_INIT;
	int64_t elapsed;
	size_t sent;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_SAFE, token);
	free(token);
	assert_int_equal(wizard_run_probes(t->w, &e), RES_OK);
	engine_turn(t->engine);
	sent = replay_requests(transport);
	assert_true(wizard_busy(t->w));
	/* nothing goes out before its time, and the loop knows when that is */
	assert_true(engine_deadline_us(t->engine) > clock_mono_us(&t->clock));
	assert_true(wizard_progress(t->w, text, sizeof(text), &elapsed));
	assert_non_null(strstr(text, probe_row(PROBE_WAIT_2)->question));
	assert_int_equal(wizard_run_probes(t->w, &e), RES_REFUSED);
	wizard_cancel(t->w);
	engine_turn(t->engine);
	wizard_update(t->w);
	assert_false(wizard_busy(t->w));
	assert_int_equal(engine_deadline_us(t->engine), INT64_MAX);
	assert_int_equal(replay_requests(transport), sent);
	/* it was not asked: it can be another time, and with a consent of its own */
	assert_true(wizard_open_probes(t->w, open) > 0);
	assert_ptr_equal(open[0], probe_row(PROBE_WAIT_2));
	wizard_run_step(t->w, STEP_HANDLE);
	run(t);
	assert_int_equal(replay_requests(transport), sent + 1);
}

/* The server's Date is twenty minutes behind; another host of its metadata is asked. */
static void
a_clock_that_differs_is_compared_with_another_host(void **state)
{
#define LATE "Date: Sat, 31 Jan 2026 11:40:00 GMT\r\n"
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" LATE "\r\n"
		"{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":\"https://idp.test/introspect\","
		"\"userinfo_endpoint\":\"https://idp.test/me\",\"jwks_uri\":\"https://keys.test/jwks\"}");
	reply("POST", "/introspect", NULL, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" LATE "\r\n"
		"{\"active\":true,\"client_id\":\"app\",\"sub\":\"u1\",\"exp\":1769864400}");
	reply("GET", "/me", NULL, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" LATE "\r\n{\"sub\":\"u1\"}");
	reply("GET", "keys.test", NULL, JSON_HEAD "{\"keys\":[]}");
	AT(PROBES_NONE, OPAQUE, "discovery introspection:basic userinfo");
	AT(PROBES_SAFE, OPAQUE, "discovery introspection:basic userinfo clock");
	assert_true(wizard_facts(t->w)->second_skew.known);
	for (size_t k = 0; k < replay_requests(transport); k++)
		if (strstr(replay_request(transport, k), "keys.test"))
			assert_null(strstr(replay_request(transport, k), "Authorization"));
#undef LATE
}

/* --- hosts ------------------------------------------------------------------------------------------------------ */

static void
the_issuers_own_name_is_asked_where_it_is_confirmed(void **state)
{
	struct world *t = *state;
	char *token = jwt(ISSUER, "app", 300, 0);

	profile_set(&t->profile.introspection_endpoint, SPAN_LIT("https://internal.test/realm/introspect"));
	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "internal.test", NULL, INACTIVE);
	reply("POST", "idp.test/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, INVALID_TOKEN);
	walk(t, PROBES_SAFE, token);
	assert_int_equal(sent_to("idp.test/introspect"), 0);
	walk(t, PROBES_ALL, token);
	assert_int_equal(sent_to("idp.test/introspect"), 1);
	assert_string_equal(primary(t), "issuer-mismatch-hostname");
	free(token);
}

/* What a pasted token names is nobody's word: nothing at all goes there. */
static void
an_unconfirmed_host_gets_nothing(void **state)
{
	struct world *t = *state;
	char *token = jwt("https://evil.test/realm", "app", 1, 6000);

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, BARE_CHALLENGE);
	for (int level = PROBES_NONE; level <= PROBES_ALL; level++)
		walk(t, (enum probe_level)level, token);
	assert_int_equal(sent_to("evil.test"), 0);
	free(token);
}

/* --- consent ------------------------------------------------------------------------------------------------------ */

static void
consent_is_for_what_was_named(void **state)
{
	struct world *t = *state;
	const struct probe_row *open[WIZARD_PROBES];
	struct err e = ERR_INIT;

	reply("GET", "openid-configuration", NULL, BOTH);
	reply("POST", "/introspect", NULL, REFUSED);
	reply("POST", "/token", NULL, REFUSED);
	reply("GET", "/me", NULL, USER);
	walk(t, PROBES_SAFE, OPAQUE);
	assert_int_equal(wizard_open_probes(t->w, open), 2);
	assert_string_equal(open[0]->id, "other-auth-method");
	assert_string_equal(open[1]->id, "token-made-up-code");
	assert_int_equal(wizard_run_probes(t->w, &e), RES_OK);
	run(t);
	assert_asked(t, "discovery introspection:basic userinfo introspection-probe:post token-probe:basic");
	assert_int_equal(verdict(t), STATE_PROBLEM);
	assert_int_equal(wizard_open_probes(t->w, open), 0);
	/* the consent is used up: another token's questions are asked for anew */
	walk(t, PROBES_SAFE, "another-opaque-access-token-987654321");
	assert_int_equal(wizard_open_probes(t->w, open), 2);
}

/* --- the table ------------------------------------------------------------------------------------------------------ */

static void
the_table_is_whole(void **state)
{
	static const char *const candidates[] = {
#define CANDIDATE(id, possible) id,
#include "wizard/candidates.def"
#undef CANDIDATE
	};

	(void)state;
	assert_true(PROBE_COUNT <= 32);
	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++)
		assert_non_null(rule_find(span_of(candidates[i])));
	for (int p = 0; p < PROBE_COUNT; p++) {
		const struct probe_row *r = probe_row((enum probe)p);
		struct span rest = span_of(r->separates), id;

		for (int q = 0; q < p; q++)
			assert_string_not_equal(r->id, probe_row((enum probe)q)->id);
		assert_true(r->level == PROBES_SAFE || r->level == PROBES_ALL);
		assert_int_equal(r->level == PROBES_ALL, *r->danger != '\0');
		assert_true(span_ends(span_of(r->question), "?"));
		assert_true(r->requests > 0);
		while (span_word(&rest, &id)) {
			bool known = false;

			for (size_t i = 0; i < ARRAY_SIZE(candidates) && !known; i++)
				known = span_is(id, candidates[i]);
			assert_true(known); /* what cannot be left cannot be separated */
		}
	}
	assert_int_equal(probes_of_level(PROBES_NONE), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(nothing_is_asked_where_nothing_is_open),
		T(a_refused_client_is_probed_only_with_consent),
		T(a_refused_refresh_is_probed_at_its_endpoint),
		T(the_other_method_decides),
		T(a_method_that_is_offered_nowhere_is_not_tried),
		T(the_other_encoding_decides),
		T(refusals_have_an_end),
		T(a_hidden_refusal_is_unmasked),
		T(a_server_that_refuses_strangers_hides_nothing),
		T(an_error_of_introspection_asks_for_a_made_up_token),
		T(the_advice_names_the_level),
		T(a_plain_inactive_asks_for_none),
		T(a_lost_header_is_proven_by_the_body),
		T(the_words_for_any_token_are_proven_by_the_body),
		T(an_inactive_token_of_ones_own_asks_for_a_hidden_refusal),
		T(an_open_door_alone_blames_no_secret),
		T(a_closed_door_hides_no_refusal),
		T(an_inactive_token_that_works_is_asked_about_again),
		T(taken_in_the_body_it_is_shown_in_the_header_again),
		T(one_server_of_several_may_not_know_it),
		T(a_wordless_403_asks_the_token_endpoint),
		T(a_named_error_asks_for_no_body),
		T(a_page_for_a_long_token_asks_for_a_short_request),
		T(a_short_token_that_passes_measures_the_long_one),
		T(too_often_ends_it),
		T(a_fresh_token_is_asked_for_again),
		T(a_fresh_token_is_not_called_revoked),
		T(a_refreshed_token_is_asked_for_again),
		T(waiting_is_cancelled_at_once),
		T(a_clock_that_differs_is_compared_with_another_host),
		T(the_issuers_own_name_is_asked_where_it_is_confirmed),
		T(an_unconfirmed_host_gets_nothing),
		T(consent_is_for_what_was_named),
		cmocka_unit_test(the_table_is_whole),
	};

	return cmocka_run_group_tests_name("probes", tests, NULL, NULL);
}
