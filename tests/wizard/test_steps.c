/* The five steps over the replay transport and a manual clock: what is sent, when, and what follows. */
#include "world.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/mem.h"
#include "oauth/crypto.h"
#include "oauth/jose.h"
#include "wizard/fields.h"

static void
healthy_is_ok_and_asks_no_more_than_needed(void **state)
{
	struct world *t = *state;

	healthy_server();
	begin(t, "opaque-access-token-0123456789", NULL);
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
	assert_int_equal(sent_to("openid-configuration"), 1);
	assert_int_equal(sent_to("/introspect"), 1); /* no probe where nothing is open */
	assert_int_equal(sent_to("/me"), 1);
	assert_int_equal(replay_requests(transport), 3);
}

static void
metadata_of_another_issuer_is_not_followed(void **state)
{
	struct world *t = *state;

	reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF("https://other.test"));
	reply("GET", "oauth-authorization-server", NULL, "HTTP/1.1 404 Not Found\r\n" DATE "\r\n");
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(sent_to("/introspect"), 0);
	assert_int_equal(sent_to("/me"), 0);
	for (size_t k = 0; k < replay_requests(transport); k++)
		assert_null(strstr(replay_request(transport, k), "opaque-access-token"));
	assert_int_not_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
}

/* A method that cannot be made sends nothing, neither half nor by another method. */
static void
what_cannot_be_authenticated_is_not_sent(void **state)
{
	static const struct {
		const char *method, *says;
	} rows[] = {{"private_key_jwt", "client_assertion_key_file"},
		{"tls_client_auth", "client_cert_file"}, {"self_signed_tls_client_auth", "client_cert_file"}};
	struct world *t = *state;
	const struct diagnosis *d;

	healthy_server();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct finding *f = NULL;

		profile_set(&t->profile.client_auth, span_of(rows[i].method));
		begin(t, "an-opaque-access-token-17", "an-opaque-refresh-token-18");
		assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
		wizard_walk(t->w, (1u << STEP_COUNT) - 1, true, true);
		run(t);
		assert_int_equal(sent_to("/introspect"), 0);
		assert_int_equal(sent_to("/token"), 0);
		assert_int_equal(sent_to("/revoke"), 0);
		assert_int_equal(case_last(&t->c, PURPOSE_REFRESH, SLOT_REFRESH)->result.error, NETERR_NO_CLIENT_AUTH);
		assert_int_equal(case_last(&t->c, PURPOSE_REVOCATION, SLOT_ACCESS)->result.error, NETERR_NO_CLIENT_AUTH);
		assert_false(case_token(&t->c, SLOT_REFRESH)->spent);
		d = wizard_diagnosis(t->w);
		for (size_t k = 0; k < d->n; k++)
			if (!strcmp(d->findings[k].rule->id, "client-auth-impossible"))
				f = &d->findings[k];
		assert_non_null(f);
		assert_non_null(strstr(f->summary, rows[i].says));
	}
}

/* The row of step 3 that says whether a refresh can be had: its meaning, or NULL when none can. */
static const char *
offered(struct world *t, struct field_list *l)
{
	field_list_init(l);
	step_fields(l, t->w, STEP_REFRESH, false);
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].offers_refresh)
			return l->v[i].meaning;
	return NULL;
}

/* A step 3 in which nothing was refreshed is not "ok": it was skipped, and says whether it could be had. */
static void
looking_at_a_refresh_is_no_refresh(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;
	struct field_list l;

	healthy_server();
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(wizard_step_state(t->w, STEP_REFRESH), STATE_SKIPPED);
	assert_string_equal(wizard_diagnosis(t->w)->step_summary[STEP_REFRESH],
		"Not refreshed. It can be: a refresh token is there and was not used.");
	assert_string_equal(offered(t, &l), "a refresh token is there and was not used yet");
	field_list_release(&l);

	reply_once("POST", "/token", JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\","
		"\"token_type\":\"Bearer\",\"expires_in\":3600}");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
	assert_int_equal(wizard_step_state(t->w, STEP_REFRESH), STATE_OK);
}

/* No step counts on step 1: each asks for the metadata it needs, once. */
static void
a_step_on_its_own_finds_its_endpoint(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;
	struct field_list l;

	healthy_server();
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	wizard_update(t->w);
	assert_non_null(offered(t, &l)); /* an issuer is there, though no endpoint yet */
	field_list_release(&l);
	wizard_walk(t->w, 1u << STEP_HANDLE, false, false);
	run(t);
	assert_int_equal(sent_to("openid-configuration"), 1);
	assert_int_equal(sent_to("/me"), 1);

	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	wizard_run_step(t->w, STEP_REFRESH);
	run(t);
	assert_int_equal(sent_to("openid-configuration"), 2);
	assert_int_equal(sent_to("/token"), 0);
	assert_non_null(offered(t, &l));
	field_list_release(&l);

	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	reply_once("POST", "/token", JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\","
		"\"token_type\":\"Bearer\",\"expires_in\":3600}");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
	assert_int_equal(sent_to("grant_type=refresh_token"), 1);
	assert_int_equal(wizard_step_state(t->w, STEP_REFRESH), STATE_OK);
}

/* The metadata has no token endpoint: nothing is sent, and nothing is said to have been. */
static void
without_a_token_endpoint_nothing_is_sent(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;

	reply("GET", "openid-configuration", NULL, JSON_HEAD "{\"issuer\":\"" ISSUER "\",\"userinfo_endpoint\":\""
		ISSUER "/me\"}");
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	wizard_walk(t->w, 1u << STEP_REFRESH, true, false);
	run(t);
	assert_int_equal(replay_requests(transport), 1);
	assert_null(case_last(&t->c, PURPOSE_REFRESH, SLOT_NONE));
	assert_string_equal(wizard_diagnosis(t->w)->step_summary[STEP_REFRESH],
		"Not refreshed: no token endpoint is known.");
	assert_false(wizard_can_refresh(t->w, NULL, 0));
}

static void
without_a_refresh_token_step_3_says_so(void **state)
{
	struct world *t = *state;
	struct field_list l;

	healthy_server();
	begin(t, "opaque-access-token-0123456789", NULL);
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(wizard_step_state(t->w, STEP_REFRESH), STATE_SKIPPED);
	assert_string_equal(wizard_diagnosis(t->w)->step_summary[STEP_REFRESH],
		"Not refreshed: no refresh token was given.");
	assert_null(offered(t, &l));
	field_list_release(&l);
}

static void
refresh_waits_for_a_place_and_keeps_the_tokens_first(void **state)
{
	struct world *t = *state;
	char dir[] = "/tmp/tokentriage-test.XXXXXX", path[64];
	struct err e = ERR_INIT;
	struct buf kept;
	struct stat st;

	healthy_server();
	reply_once("POST", "/token", JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\","
		"\"refresh_token\":\"the-new-refresh-token-9876543210\",\"token_type\":\"Bearer\","
		"\"expires_in\":3600}");
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	assert_int_equal(wizard_refresh(t->w, &e), RES_REFUSED);
	assert_int_equal(sent_to("/token"), 0);

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/new.json", dir);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_FILE, path, &e), RES_OK);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	buf_init_wiping(&kept, 1 << 16);
	assert_int_equal(file_read(path, &kept, &e), RES_OK);
	assert_non_null(strstr(buf_str(&kept), "the-new-access-token-9876543210"));
	assert_non_null(strstr(buf_str(&kept), "the-new-refresh-token-9876543210"));
	buf_release(&kept);
	unlink(path);
	rmdir(dir);

	/* the proof: verified and queried again, with the new token */
	assert_int_equal(sent_to("token=the-new-access-token-9876543210"), 1);
	assert_int_equal(sent_to("Bearer the-new-access-token-9876543210"), 1);
	assert_true(t->c.generations[0].refresh.spent);
}

static void
a_spent_refresh_token_is_not_sent_again(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;
	char why[LIMIT_MESSAGE];
	struct buf farewell;

	healthy_server();
	reply("POST", "/token", NULL, "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n" DATE
		"\r\n{\"error\":\"invalid_grant\"}");
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
	assert_int_equal(sent_to("grant_type=refresh_token"), 1);
	assert_false(wizard_can_refresh(t->w, why, sizeof why));
	assert_non_null(strstr(why, "was refused"));
	assert_int_equal(wizard_refresh(t->w, &e), RES_REFUSED);
	run(t);
	assert_int_equal(sent_to("grant_type=refresh_token"), 1);
	/* "nothing was changed" is more than is known */
	buf_init(&farewell, 1 << 16);
	wizard_farewell(t->w, &farewell);
	assert_non_null(strstr(buf_str(&farewell), "A refresh was refused; some servers end all tokens"));
	assert_null(strstr(buf_str(&farewell), "Nothing was changed"));
	buf_release(&farewell);
}

/* Cancelled while the refresh is under way: its tokens arrive and are kept all the same. */
static void
a_refresh_is_not_cancelled(void **state)
{
	struct world *t = *state;
	struct replay_reply slow = {.method = "POST", .url_contains = "/token", .delay_us = 2000000,
		.response = JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\","
			"\"token_type\":\"Bearer\",\"expires_in\":3600}"};
	char dir[] = "/tmp/tokentriage-test.XXXXXX", path[64];
	struct err e = ERR_INIT;
	struct stat st;

	healthy_server();
	replay_add(transport, &slow);
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/new.json", dir);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_FILE, path, &e), RES_OK);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	engine_turn(t->engine);
	assert_true(wizard_awaits_tokens(t->w));
	wizard_cancel(t->w);
	assert_true(wizard_awaits_tokens(t->w));
	assert_int_equal(wizard_use_profile(t->w, &t->profile, &e), RES_OK); /* waits for it */
	assert_false(wizard_awaits_tokens(t->w));
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 0);
	unlink(path);
	rmdir(dir);
}

static const char *
row_of(struct world *t, enum step s, const char *key, struct field_list *l)
{
	field_list_init(l);
	step_fields(l, t->w, s, false);
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].key, key))
			return l->v[i].meaning;
	return "";
}

static bool
says_farewell(struct world *t, const char *words)
{
	struct buf b;
	bool says;

	buf_init(&b, 1 << 16);
	wizard_farewell(t->w, &b);
	says = strstr(buf_str(&b), words) != NULL;
	buf_release(&b);
	return says;
}

/* Under way, given up, or timed out: what the server did with the refresh token is not known, and that is said. */
static void
an_open_refresh_is_called_open(void **state)
{
	struct world *t = *state;
	struct replay_reply hangs = {.method = "POST", .url_contains = "/token", .error = NETERR_READ_TIMEOUT,
		.delay_us = 9000000};
	const struct diagnosis *d;
	struct field_list l;
	struct err e = ERR_INIT;

	healthy_server();
	replay_add(transport, &hangs);
	for (int quits = 0; quits < 2; quits++) {
		begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
		wizard_run_step(t->w, STEP_VERIFY);
		run(t);
		assert_true(says_farewell(t, "Nothing was changed"));
		assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
		assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
		engine_turn(t->engine);
		wizard_cancel(t->w);
		wizard_update(t->w);
		assert_true(wizard_refreshing(t->w));
		assert_non_null(strstr(row_of(t, STEP_REFRESH, "refresh_token", &l), "sent: its answer is awaited"));
		field_list_release(&l);
		assert_null(strstr(row_of(t, STEP_REFRESH, "refresh_possible", &l), "not used"));
		field_list_release(&l);
		if (quits)
			wizard_settle(t->w);
		run(t);
		assert_false(wizard_refreshing(t->w));
		assert_false(says_farewell(t, "Nothing was changed"));
		assert_true(says_farewell(t, "it is not known whether the refresh token was used"));
		assert_non_null(strstr(row_of(t, STEP_REFRESH, "refresh_token", &l), "no answer came"));
		field_list_release(&l);
		/* step 5 has it */
		field_list_init(&l);
		step_fields(&l, t->w, STEP_DEBUG, false);
		assert_non_null(strstr(l.v[l.n - 1].name, "refresh"));
		field_list_release(&l);
		if (quits)
			continue;
		d = wizard_diagnosis(t->w);
		for (size_t i = 0; i < d->n; i++)
			if (!strcmp(d->findings[i].rule->id, "read-timeout"))
				assert_non_null(strstr(d->findings[i].remedy, "Do not send this refresh token again"));
		assert_true(d->n > 0);
	}
}

/* The place was good when it was chosen, and is gone when the tokens come: they are rescued, and that is said. */
static void
tokens_that_cannot_be_written_are_said(void **state)
{
	struct world *t = *state;
	char dir[] = "/tmp/tokentriage-test.XXXXXX", gone[80], path[96], rescued[128];
	struct case_story story;
	struct err e = ERR_INIT;

	assert_non_null(mkdtemp(dir));
	snprintf(gone, sizeof gone, "%s/gone", dir);
	snprintf(path, sizeof path, "%s/new.json", gone);
	snprintf(rescued, sizeof rescued, "%s/tokentriage-rescued-%ld.json", dir, (long)getpid());
	assert_int_equal(mkdir(gone, 0700), 0);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	healthy_server();
	reply("POST", "/token", NULL, JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\","
		"\"token_type\":\"Bearer\",\"expires_in\":3600}");
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_FILE, "/dev/full", &e), RES_IO);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_FILE, path, &e), RES_OK);
	assert_int_equal(rmdir(gone), 0); /* … and nothing was left in it */
	assert_int_equal(wizard_set_token_place(t->w, PLACE_FILE, path, &e), RES_IO);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
	assert_true(wizard_tokens_misplaced(t->w));
	assert_int_equal(wizard_step_state(t->w, STEP_REFRESH), STATE_WARNING);
	assert_non_null(strstr(wizard_diagnosis(t->w)->step_summary[STEP_REFRESH], rescued));
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.summary, rescued));
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
	assert_true(says_farewell(t, rescued));
	/* … and a saved case keeps it */
	wizard_story(t->w, &story);
	assert_string_equal(story.undone.kept_in, rescued);
	assert_non_null(strstr(story.undone.unwritten, "No such file"));
	assert_int_equal(unlink(rescued), 0);
	unsetenv("XDG_RUNTIME_DIR");
	rmdir(dir);
}

/* Sent, and the connection died: the server may have used it. */
static void
a_refresh_without_an_answer_counts_as_used(void **state)
{
	struct world *t = *state;
	struct replay_reply reset = {.method = "POST", .url_contains = "/token", .error = NETERR_RESET};
	struct err e = ERR_INIT;

	healthy_server();
	replay_add(transport, &reset);
	begin(t, "opaque-access-token-0123456789", "opaque-refresh-token-0123456789");
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
	assert_false(wizard_can_refresh(t->w, NULL, 0));
	assert_int_equal(sent_to("grant_type=refresh_token"), 1);
}

static void
revocation_is_followed_by_its_proof(void **state)
{
	struct world *t = *state;
	struct err e = ERR_INIT;

	reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF(ISSUER));
	reply_once("POST", "/introspect", ACTIVE);
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("POST", "/revoke", NULL, "HTTP/1.1 200 OK\r\n" DATE "\r\n");
	reply("GET", "/me", NULL, "HTTP/1.1 401 Unauthorized\r\n" DATE
		"WWW-Authenticate: Bearer error=\"invalid_token\"\r\n\r\n");
	begin(t, "opaque-access-token-0123456789", NULL);
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	assert_int_equal(wizard_revoke(t->w, SLOT_ACCESS, &e), RES_OK);
	run(t);
	assert_int_equal(sent_to("/revoke"), 1);
	assert_true(t->c.revoked_wall_us > 0);
	assert_non_null(wizard_facts(t->w)->revoked_introspection);
	assert_int_equal(wizard_facts(t->w)->revoked_introspection->answer.active, TRI_NO);
	assert_non_null(wizard_facts(t->w)->revoked_userinfo);
}

static void
nothing_shown_or_recorded_holds_a_secret(void **state)
{
	static const char *const values[] = {"opaque-access-token-0123456789",
		"opaque-refresh-token-0123456789", "a-client-secret-of-the-test"};
	struct world *t = *state;

	healthy_server();
	begin(t, values[0], values[1]);
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
		struct log_rec rec;

		for (int s = 0; s < STEP_COUNT; s++) {
			struct field_list l;

			field_list_init(&l);
			step_fields(&l, t->w, (enum step)s, false);
			for (size_t i = 0; i < l.n; i++) {
				assert_null(strstr(l.v[i].value, values[v]));
				assert_null(strstr(l.v[i].meaning, values[v]));
			}
			field_list_release(&l);
		}
		for (size_t i = 0; log_get(t->log, i, &rec); i++)
			assert_null(strstr(rec.text, values[v]));
		for (size_t i = 0; i < t->c.n_exchanges; i++) {
			const struct http_request *r = &t->c.exchanges[i]->request;

			assert_int_equal(span_find_str(buf_span(&r->body), values[v]), SIZE_MAX);
			for (size_t h = 0; h < r->headers.n; h++)
				assert_null(strstr(r->headers.v[h].value, values[v]));
		}
	}
}

static void
countdown_follows_the_clock(void **state)
{
	struct world *t = *state;
	struct countdown cd;

	healthy_server();
	begin(t, "opaque-access-token-0123456789", NULL);
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	wizard_countdown(t->w, SLOT_ACCESS, &cd);
	assert_true(cd.known);
	assert_int_equal(cd.left_s, 3600);
	assert_int_equal(cd.life_s, 7200);
	assert_int_equal(cd.band, STATE_OK);
	clock_advance_us(&t->clock, 3550 * 1000000LL);
	assert_true(wizard_update(t->w));
	wizard_countdown(t->w, SLOT_ACCESS, &cd);
	assert_int_equal(cd.left_s, 50);
	assert_int_equal(cd.band, STATE_WARNING);
	clock_advance_us(&t->clock, 51 * 1000000LL);
	wizard_update(t->w);
	wizard_countdown(t->w, SLOT_ACCESS, &cd);
	assert_int_equal(cd.left_s, -1);
	assert_int_equal(cd.band, STATE_PROBLEM);
}

/* A pasted token response brings tokens of other kinds along: a server's prose may name those, too. */
static void
all_tokens_of_a_pasted_answer_are_masked(void **state)
{
	static const char *const values[] = {"pasted-access-0123456789abc", "pasted-refresh-987654321xyz"};
	struct world *t = *state;
	struct buf out;

	begin(t, "{\"access_token\":\"pasted-access-0123456789abc\",\"refresh_token\":"
		"\"pasted-refresh-987654321xyz\",\"token_type\":\"Bearer\"}", NULL);
	assert_true(case_token(&t->c, SLOT_REFRESH)->present);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		char *prose = xasprintf("we do not know %s here", values[i]);

		buf_init(&out, 1000);
		assert_int_equal(redact_text(t->redactor, &out, span_of(prose)), RES_OK);
		assert_int_equal(span_find_str(buf_span(&out), values[i]), SIZE_MAX);
		buf_release(&out);
		free(prose);
	}
}

/* --- signatures --------------------------------------------------------------------------- */

/* The library's place: a signature is right if its bytes are "good"; keys without n are broken. */
static enum res
fake_verify(const char *alg, const struct json *jwk, struct span text, struct span sig, struct crypto_check *out,
	struct err *e)
{
	(void)alg;
	(void)text;
	*out = (struct crypto_check){span_is(sig, "good"), false, 2048, sig.n};
	return json_get_str(jwk, "n").n ? RES_OK : err_set(e, RES_SYNTAX, "a broken key");
}

static const struct crypto_ops fake_crypto = {.verify = fake_verify};

static const struct crypto_ops *
load_fake_crypto(void)
{
	return &fake_crypto;
}

#define KEYS(kid) JSON_HEAD "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"" kid "\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}"
#define JWT_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/jwt\r\n" DATE "\r\n"

/* A compact JWS; the text is the caller's until the next call of the same slot. */
static const char *
jws(int slot, const char *before, const char *header, const char *payload, const char *sig)
{
	static char text[4][2000];
	struct buf b;

	buf_init(&b, sizeof text[0]);
	buf_puts(&b, before);
	base64url_encode(&b, span_of(header));
	buf_putc(&b, '.');
	base64url_encode(&b, span_of(payload));
	buf_putc(&b, '.');
	base64url_encode(&b, span_of(sig));
	snprintf(text[slot], sizeof text[0], "%s", buf_str(&b));
	buf_release(&b);
	return text[slot];
}

static const struct field *
find_field(struct field_list *l, struct world *t, enum step s, const char *key)
{
	field_list_init(l);
	step_fields(l, t->w, s, false);
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].key, key))
			return &l->v[i];
	return NULL;
}

/* Introspection comes signed before the key set is known: the set is fetched, and the state recorded. */
static void
signed_answers_are_proven(void **state)
{
	static const char header[] = "{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"token-introspection+jwt\"}";
	static const char said[] = "{\"iss\":\"" ISSUER "\",\"aud\":\"app\",\"token_introspection\":"
				   "{\"active\":true,\"sub\":\"u1\",\"client_id\":\"app\"}}";
	static const char user[] = "{\"iss\":\"" ISSUER "\",\"aud\":\"app\",\"sub\":\"u1\"}";
	struct world *t = *state;
	const struct field *f;
	struct field_list l;

	crypto_set_loader(load_fake_crypto);
	reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF(ISSUER));
	reply("GET", "/jwks", NULL, KEYS("k1"));
	reply("POST", "/introspect", NULL, jws(0, JWT_HEAD, header, said, "good"));
	reply("GET", "/me", NULL, jws(1, JWT_HEAD, "{\"alg\":\"RS256\",\"kid\":\"k1\"}", user, "evil"));
	begin(t, "opaque-access-token-0123456789", NULL);
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(sent_to("/jwks"), 1); /* once for both */
	assert_int_equal(case_last(&t->c, PURPOSE_INTROSPECTION, SLOT_ACCESS)->answer.sig, SIG_VALID);
	assert_int_equal(case_last(&t->c, PURPOSE_USERINFO, SLOT_ACCESS)->answer.sig, SIG_BAD);
	assert_true(found(t, "introspection-jwt-response"));
	assert_true(found(t, "signed-response-invalid"));
	f = find_field(&l, t, STEP_VERIFY, "response_signature");
	assert_true(f && f->state == STATE_OK && strstr(f->meaning, "the key k1"));
	field_list_release(&l);
	assert_non_null(find_field(&l, t, STEP_VERIFY, "sub")); /* what is inside is shown, not the envelope */
	field_list_release(&l);
	f = find_field(&l, t, STEP_HANDLE, "response_signature");
	assert_true(f && f->state == STATE_PROBLEM);
	field_list_release(&l);
	crypto_set_loader(NULL);
}

/* Without probes no key set is fetched: then nobody looked, which is no fault of the answer. */
static void
signed_answers_stay_unproven_without_keys(void **state)
{
	struct world *t = *state;

	crypto_set_loader(load_fake_crypto);
	reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF(ISSUER));
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, jws(0, JWT_HEAD, "{\"alg\":\"RS256\"}", "{\"sub\":\"u1\"}", "evil"));
	begin(t, "opaque-access-token-0123456789", NULL);
	wizard_set_probes(t->w, PROBES_NONE);
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
	assert_int_equal(sent_to("/jwks"), 0);
	assert_int_equal(case_last(&t->c, PURPOSE_USERINFO, SLOT_ACCESS)->answer.sig, SIG_NOT_CHECKED);
	assert_false(found(t, "signed-response-invalid"));
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
	crypto_set_loader(NULL);
}

/* A key that the set at hand has not may be a new one: the set is asked for again, once a walk. */
static void
an_unknown_key_asks_for_the_set_again(void **state)
{
	static const char header[] = "{\"alg\":\"RS256\",\"kid\":\"k2\",\"jku\":\"https://forger.test/keys\"}";
	struct world *t = *state;

	crypto_set_loader(load_fake_crypto);
	reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF(ISSUER));
	reply_once("GET", "/jwks", KEYS("k1"));
	reply("GET", "/jwks", NULL, KEYS("k2"));
	reply("POST", "/introspect", NULL, ACTIVE);
	begin(t, jws(0, "", header, "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\"}", "good"), NULL);
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	assert_int_equal(case_token(&t->c, SLOT_ACCESS)->sent.sig, SIG_NO_KEY);
	assert_int_equal(sent_to("/jwks"), 1);
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	assert_int_equal(sent_to("/jwks"), 2);
	assert_int_equal(case_token(&t->c, SLOT_ACCESS)->sent.sig, SIG_VALID);
	assert_non_null(strstr(case_token(&t->c, SLOT_ACCESS)->sent.sig_why, "the key k2"));
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	assert_int_equal(sent_to("/jwks"), 2);
	assert_int_equal(sent_to("forger.test"), 0); /* an address in a token's header is never asked */
	crypto_set_loader(NULL);
}

/* Where a token is wanted, what has one in it will do; what has none is told for what it is. */
static void
a_token_out_of_what_was_pasted(void **state)
{
	struct world *t = *state;
	struct case_token *access, *refresh;
	struct err e = ERR_INIT;
	char note[200];

	begin(t, NULL, NULL);
	access = case_token(&t->c, SLOT_ACCESS);
	refresh = case_token(&t->c, SLOT_REFRESH);
	assert_int_equal(wizard_take_text(t->w, SLOT_ACCESS,
		SPAN_LIT("curl -H 'Authorization: Bearer opaque-access-token-0123456789' https://api.example/me"),
		"pasted", note, sizeof note, &e), RES_OK);
	assert_non_null(strstr(note, "a curl command"));
	assert_true(span_is(secret_reveal(access->value), "opaque-access-token-0123456789"));
	assert_int_equal(access->info.odd, 0);
	assert_false(t->c.offline);
	assert_int_equal(t->c.n_exchanges, 0);
	/* a form of the token itself is mended by the wizard, and the finding says so */
	assert_int_equal(wizard_take_text(t->w, SLOT_ACCESS, SPAN_LIT("Bearer opaque-access-token-0123456789"), "pasted",
		note, sizeof note, &e), RES_OK);
	assert_int_equal(note[0], 0);
	assert_int_equal(access->repaired & ODD_BEARER_PREFIX, ODD_BEARER_PREFIX);
	assert_int_equal(wizard_take_text(t->w, SLOT_REFRESH,
		SPAN_LIT("POST /token HTTP/1.1\nHost: idp.example\n\ngrant_type=refresh_token&refresh_token=rt-0123456789"),
		"pasted", note, sizeof note, &e), RES_OK);
	assert_true(span_is(secret_reveal(refresh->value), "rt-0123456789"));
	assert_int_equal(wizard_take_text(t->w, SLOT_ACCESS, SPAN_LIT("invalid_grant (Session not active)"), "pasted",
		note, sizeof note, &e), RES_NOTFOUND);
	assert_non_null(strstr(e.text, "no access token in it"));
	assert_true(span_is(secret_reveal(access->value), "opaque-access-token-0123456789"));
	/* unknown to every importer: then it is what the user says it is */
	/* a report of this program is named, not taken for a token */
	assert_int_equal(wizard_take_text(t->w, SLOT_ACCESS, SPAN_LIT("tokentriage report - acme\n\nproblem: x\n"), "pasted",
		note, sizeof note, &e), RES_UNSUPPORTED);
	assert_non_null(strstr(e.text, "report of this program"));
	assert_int_equal(wizard_take_text(t->w, SLOT_ACCESS, SPAN_LIT("BZhopaque-token-0123456789"), "pasted", note,
		sizeof note, &e), RES_OK);
	assert_int_equal(wizard_take_text(t->w, SLOT_ACCESS, SPAN_LIT("two words"), "pasted", note, sizeof note, &e),
		RES_OK);
	assert_int_equal(secret_len(access->given), 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(healthy_is_ok_and_asks_no_more_than_needed),
		T(metadata_of_another_issuer_is_not_followed),
		T(what_cannot_be_authenticated_is_not_sent),
		T(looking_at_a_refresh_is_no_refresh),
		T(without_a_refresh_token_step_3_says_so),
		T(refresh_waits_for_a_place_and_keeps_the_tokens_first),
		T(a_spent_refresh_token_is_not_sent_again),
		T(a_refresh_is_not_cancelled),
		T(an_open_refresh_is_called_open),
		T(tokens_that_cannot_be_written_are_said),
		T(a_step_on_its_own_finds_its_endpoint),
		T(without_a_token_endpoint_nothing_is_sent),
		T(a_refresh_without_an_answer_counts_as_used),
		T(revocation_is_followed_by_its_proof),
		T(nothing_shown_or_recorded_holds_a_secret),
		T(countdown_follows_the_clock),
		T(all_tokens_of_a_pasted_answer_are_masked),
		T(signed_answers_are_proven),
		T(signed_answers_stay_unproven_without_keys),
		T(an_unknown_key_asks_for_the_set_again),
		T(a_token_out_of_what_was_pasted),
	};

	return cmocka_run_group_tests_name("wizard steps", tests, NULL, NULL);
}
