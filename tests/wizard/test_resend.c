/*
 * A request edited by hand: its secrets are not to be had from it, it goes to no other host than the wizard's own
 * requests do, what is recorded of it is true, and a refresh by hand keeps what any refresh keeps.
 */
#include "world.h"

#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "case/case-file.h"
#include "oauth/crypto.h"
#include "remove-tree.h"
#include "wizard/resend.h"

#define ACCESS "an-opaque-access-token-0123456789"
#define REFRESH "an-opaque-refresh-token-987654321"
#define SECRET "a-client-secret-of-the-test"
#define API_KEY "typed-api-key-4711-of-somebody"
#define OTHER "Zk3vQ9xT7mLp2WcR8dYh4NsB6fGj1KaE"

static char folder[] = "/tmp/tt-resend-XXXXXX";
static struct rng rng;

static bool
sha256(const void *p, size_t n, unsigned char out[32])
{
	return crypto_openssl.sha256(p, n, out);
}

static int
make_folder(void **state)
{
	(void)state;
	secret_set_digest(sha256);
	rng_init_seeded(&rng, 5);
	return mkdtemp(folder) ? 0 : -1;
}

static int
drop_folder(void **state)
{
	(void)state;
	return remove_tree(folder);
}

/* --- what the tests do --- */

/* All is well while it is walked; what the edited requests get comes behind, and healthy_server() last. */
static void
walked(struct world *t)
{
	reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF(ISSUER));
	reply_once("POST", "/introspect", ACTIVE);
	reply_once("GET", "/me", JSON_HEAD "{\"sub\":\"u1\"}");
	begin(t, ACCESS, REFRESH);
	wizard_walk(t->w, STEPS_ALL, false, SLOT_NONE);
	run(t);
}

static const struct exchange *
newest(const struct world *t, enum purpose p)
{
	return case_last(&t->c, p, SLOT_NONE);
}

/* A request as the wizard makes it for that purpose, whether one was sent or not. */
static struct resend *
prepared(struct world *t, enum purpose p, enum token_slot slot)
{
	struct exchange *x = exchange_new();
	char why[LIMIT_MESSAGE] = "";
	struct resend *r;

	x->purpose = p;
	x->slot = slot;
	r = wizard_resend_new(t->w, x, why, sizeof why);
	if (!r)
		fail_msg("%s: %s", purpose_id(p), why);
	exchange_free(x);
	return r;
}

/* The row of that name; the URL's is "". */
static size_t
row(const struct resend *r, const char *name)
{
	size_t n;
	const struct resend_row *rows = resend_rows(r, &n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].name, name))
			return i;
	fail_msg("there is no row %s", name);
	return 0;
}

static enum res
set(struct resend *r, const char *name, const char *value)
{
	struct err e = ERR_INIT;

	return resend_set(r, row(r, name), span_of(value), &e);
}

static const struct exchange *
sent(struct world *t, struct resend *r)
{
	struct err e = ERR_INIT;

	healthy_server(); /* what nothing before it answers */
	if (wizard_resend(t->w, r, &e) != RES_OK)
		fail_msg("%s", e.text);
	run(t);
	for (size_t i = t->c.n_exchanges; i > 0; i--)
		if (t->c.exchanges[i - 1]->by_hand)
			return t->c.exchanges[i - 1];
	fail_msg("nothing is marked as edited");
	return NULL;
}

/* Stands it anywhere in what is kept: the case's file, the log, the findings? */
static bool
kept_anywhere(struct world *t, const char *text)
{
	struct case_story story;
	struct log_rec rec;
	struct buf b;
	bool found;

	buf_init(&b, 1 << 22);
	wizard_story(t->w, &story);
	assert_int_equal(case_file_write(&b, &t->c, &story, t->redactor), RES_OK);
	for (size_t i = 0; log_get(t->log, i, &rec); i++)
		buf_printf(&b, "%s\n", rec.text);
	buf_puts(&b, wizard_diagnosis(t->w)->verdict.summary);
	found = span_find_str(buf_span(&b), text) != SIZE_MAX;
	buf_release(&b);
	return found;
}

static const enum purpose all[] = {
	PURPOSE_INTROSPECTION, PURPOSE_USERINFO, PURPOSE_REFRESH, PURPOSE_REVOCATION};

static enum token_slot
slot_of(enum purpose p)
{
	return p == PURPOSE_REFRESH ? SLOT_REFRESH : SLOT_ACCESS;
}

/* --- secrets --- */

static void
no_row_gives_a_secret_away(void **state)
{
	static const char *const methods[] = {"client_secret_basic", "client_secret_post"};
	struct world *t = *state;

	for (size_t m = 0; m < ARRAY_SIZE(methods); m++) {
		profile_set(&t->profile.client_auth, span_of(methods[m]));
		walked(t);
		for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
			struct resend *r = prepared(t, all[i], slot_of(all[i]));
			struct buf b;
			size_t n;

			buf_init(&b, 1 << 16);
			(void)resend_rows(r, &n);
			for (size_t k = 0; k < n; k++)
				resend_show(r, k, &b);
			assert_int_equal(span_find_str(buf_span(&b), ACCESS), SIZE_MAX);
			assert_int_equal(span_find_str(buf_span(&b), REFRESH), SIZE_MAX);
			assert_int_equal(span_find_str(buf_span(&b), SECRET), SIZE_MAX);
			/* "app:a-client-secret-of-the-test" */
			assert_int_equal(span_find_str(buf_span(&b), "YXBwOmEt"), SIZE_MAX);
			assert_true(span_find_str(buf_span(&b), "redacted") != SIZE_MAX);
			buf_release(&b);
			resend_free(r);
		}
	}
}

/* What takes a secret's place is masked from then on, wherever the server says it again. */
static void
a_replaced_secret_is_masked_too(void **state)
{
	struct world *t = *state;
	struct resend *r;
	struct err e = ERR_INIT;
	size_t at;

	walked(t);
	reply_once("GET", "/me", "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n" DATE
		"\r\nno such user: " OTHER " " API_KEY);
	r = prepared(t, PURPOSE_USERINFO, SLOT_ACCESS);
	assert_int_equal(set(r, "Authorization", "Bearer " OTHER), RES_OK);
	assert_int_equal(resend_add(r, RESEND_HEADER, SPAN_LIT("X-Api-Key: " API_KEY), &at, &e), RES_OK);
	assert_true(resend_rows(r, &at)[row(r, "X-Api-Key")].secret);
	sent(t, r);
	assert_true(sent_to(OTHER) == 1);
	assert_true(sent_to(API_KEY) == 1);
	assert_false(kept_anywhere(t, OTHER));
	assert_false(kept_anywhere(t, API_KEY));
}

static void
typed_names_tell_a_secret(void **state)
{
	(void)state;
	assert_true(resend_text_is_secret(RESEND_HEADER, SPAN_LIT("Authorization: x")));
	assert_true(resend_text_is_secret(RESEND_HEADER, SPAN_LIT("x-api-key:")));
	assert_true(resend_text_is_secret(RESEND_PARAM, SPAN_LIT("client_secret=h")));
	assert_true(resend_text_is_secret(RESEND_PARAM, SPAN_LIT("token=h")));
	assert_false(resend_text_is_secret(RESEND_PARAM, SPAN_LIT("scope=openid")));
	assert_false(resend_text_is_secret(RESEND_HEADER, SPAN_LIT("Accept")));
}

/* --- where it goes --- */

static void
it_goes_nowhere_else(void **state)
{
	static const char *const elsewhere[] = {"https://evil.test/me", "http://idp.test/me",
		"https://idp.test:8443/me", "https://idp.test.evil.test/me", "https://evil.test/?https://idp.test/me",
		"https://me@idp.test/me", "https://idp.test@evil.test/me", "//idp.test/me", "ftp://idp.test/me", "me", ""};
	struct world *t = *state;
	size_t before;

	walked(t);
	before = replay_requests(transport);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		for (size_t k = 0; k < ARRAY_SIZE(elsewhere); k++) {
			/* with its secrets, and without any: the host is the rule, not what it gets */
			for (int bare = 0; bare < 2; bare++) {
				struct resend *r = prepared(t, all[i], slot_of(all[i]));
				struct err e = ERR_INIT;
				size_t n;
				bool taken;

				(void)resend_rows(r, &n);
				for (size_t at = 1; bare && at < n; at++)
					(void)!resend_leave_out(r, at, true, &e);
				e = (struct err)ERR_INIT;
				taken = set(r, "", elsewhere[k]) == RES_OK;
				if (taken) {
					assert_int_not_equal(wizard_resend_check(t->w, r, &e), RES_OK);
					assert_non_null(strstr(e.text, "neither the profile"));
					assert_int_not_equal(wizard_resend(t->w, r, &e), RES_OK);
				}
				assert_int_equal(taken, k < 5);
				assert_false(wizard_busy(t->w));
				resend_free(r);
			}
		}
	run(t);
	assert_int_equal(replay_requests(transport), before);
	assert_int_equal(sent_to("evil.test"), 0);
}

/* Another path of the same origin may be asked; where that redirects to, nothing goes. */
static void
redirects_are_not_followed(void **state)
{
	struct world *t = *state;
	struct resend *r;

	walked(t);
	reply("GET", "idp.test/v2/me", NULL,
		"HTTP/1.1 302 Found\r\nLocation: https://evil.test/me\r\n" DATE "\r\n");
	reply("GET", "evil.test", NULL, JSON_HEAD "{\"sub\":\"u1\"}");
	r = prepared(t, PURPOSE_USERINFO, SLOT_ACCESS);
	assert_int_equal(set(r, "", "https://idp.test/v2/me"), RES_OK);
	assert_int_equal(sent(t, r)->result.response.status, 302);
	assert_int_equal(sent_to("evil.test"), 0);
}

/* No second message in a header, no framing by hand. */
static void
a_row_is_one_line(void **state)
{
	struct world *t = *state;
	struct resend *r;
	struct err e = ERR_INIT;
	size_t at;

	walked(t);
	r = prepared(t, PURPOSE_USERINFO, SLOT_ACCESS);
	assert_int_equal(set(r, "Accept", "a\r\nX: y"), RES_SYNTAX);
	assert_int_equal(set(r, "", "https://idp.test/me\nX: y"), RES_SYNTAX);
	assert_int_equal(resend_add(r, RESEND_HEADER, SPAN_LIT("X-A: b\r\nHost: evil.test"), &at, &e), RES_SYNTAX);
	assert_int_equal(resend_add(r, RESEND_HEADER, SPAN_LIT("no name"), &at, &e), RES_SYNTAX);
	assert_int_equal(resend_add(r, RESEND_HEADER, SPAN_LIT("a b: c"), &at, &e), RES_SYNTAX);
	assert_int_equal(resend_add(r, RESEND_HEADER, SPAN_LIT("Host: evil.test"), &at, &e), RES_REFUSED);
	assert_int_equal(resend_add(r, RESEND_HEADER, SPAN_LIT("content-length: 0"), &at, &e), RES_REFUSED);
	resend_free(r);
}

/* --- what it means --- */

/* The answer counts as one to that purpose, and says by what it came. */
static void
it_is_read_as_what_it_is(void **state)
{
	struct world *t = *state;
	const struct exchange *x;
	const struct finding *f;
	struct resend *r;
	struct err e = ERR_INIT;
	char label[80];
	size_t at;

	walked(t);
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
	reply_once("GET", "/me", "HTTP/1.1 403 Forbidden\r\nWWW-Authenticate: Bearer "
		"error=\"insufficient_scope\", scope=\"openid email\"\r\n" DATE "\r\n");
	r = prepared(t, PURPOSE_USERINFO, SLOT_ACCESS);
	assert_int_equal(resend_add(r, RESEND_HEADER, SPAN_LIT("X-Tenant: acme"), &at, &e), RES_OK);
	x = sent(t, r);
	assert_int_equal(x->purpose, PURPOSE_USERINFO);
	assert_int_equal(x->slot, SLOT_ACCESS);
	assert_true(sent_to("X-Tenant: acme") == 1 && sent_to(ACCESS) >= 2);
	assert_ptr_equal(wizard_facts(t->w)->userinfo, x);
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_PROBLEM);
	f = wizard_diagnosis(t->w)->verdict.primary;
	assert_non_null(f);
	assert_non_null(strstr(exchange_label(x, label, sizeof label), ", edited by hand"));
}

/* An answer about another token, or about none, is not one about the case's. */
static void
another_token_is_not_the_case_s(void **state)
{
	static const struct {
		enum purpose purpose;
		const char *name, *value; /* NULL: left out */
	} rows[] = {
		{PURPOSE_USERINFO, "Authorization", "Bearer " OTHER},
		{PURPOSE_USERINFO, "Authorization", NULL},
		{PURPOSE_USERINFO, "", "https://idp.test/me?access_token=" OTHER},
		{PURPOSE_INTROSPECTION, "token", OTHER},
		{PURPOSE_INTROSPECTION, "token", NULL},
	};
	struct world *t = *state;

	walked(t);
	reply("GET", "/me?", NULL, "HTTP/1.1 401 Unauthorized\r\n" DATE "\r\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct resend *r = prepared(t, rows[i].purpose, SLOT_ACCESS);
		struct err e = ERR_INIT;
		const struct exchange *x, *was;

		was = rows[i].purpose == PURPOSE_USERINFO ? wizard_facts(t->w)->userinfo
							  : wizard_facts(t->w)->introspection;
		if (rows[i].value)
			assert_int_equal(set(r, rows[i].name, rows[i].value), RES_OK);
		else
			assert_int_equal(resend_leave_out(r, row(r, rows[i].name), true, &e), RES_OK);
		x = sent(t, r);
		assert_int_equal(x->slot, SLOT_MADE_UP);
		assert_int_equal(x->purpose, rows[i].purpose);
		assert_ptr_not_equal(x, was);
		assert_ptr_equal(rows[i].purpose == PURPOSE_USERINFO ? wizard_facts(t->w)->userinfo
								     : wizard_facts(t->w)->introspection, was);
		assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
	}
}

/* Refused with credentials that are not the client's: nothing is said of the client's. */
static void
other_credentials_are_not_the_client_s(void **state)
{
	struct world *t = *state;
	const struct exchange *x;
	struct resend *r;

	walked(t);
	reply_once("POST", "/introspect", "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n" DATE
		"\r\n{\"error\":\"invalid_client\"}");
	r = prepared(t, PURPOSE_INTROSPECTION, SLOT_ACCESS);
	assert_int_equal(set(r, "Authorization", "Basic YXBwOm90aGVyLXNlY3JldA=="), RES_OK);
	x = sent(t, r);
	assert_int_equal(x->slot, SLOT_ACCESS);
	assert_int_equal(x->auth, AUTH_UNSET);
	assert_int_equal(x->result.response.status, 401);
	assert_false(found(t, "client-secret-wrong"));
	assert_false(kept_anywhere(t, "YXBwOm90aGVyLXNlY3JldA"));
}

/* Marked in the saved case, too. */
static void
the_mark_is_saved(void **state)
{
	struct world *t = *state;
	struct case_story story;
	struct case_file back;
	struct err e = ERR_INIT;
	struct buf b;
	uint32_t n;

	walked(t);
	n = sent(t, prepared(t, PURPOSE_USERINFO, SLOT_ACCESS))->n;
	buf_init(&b, 1 << 22);
	wizard_story(t->w, &story);
	assert_int_equal(case_file_write(&b, &t->c, &story, t->redactor), RES_OK);
	case_init(&back);
	assert_int_equal(case_file_read(&back, &story, buf_span(&b), &e), RES_OK);
	for (uint32_t i = 1; i <= back.n_exchanges; i++)
		assert_int_equal(case_exchange(&back, i)->by_hand, i == n);
	case_release(&back);
	buf_release(&b);
}

/* --- what changes something --- */

static void
a_refresh_by_hand_keeps_the_tokens(void **state)
{
	struct world *t = *state;
	char *path = path_join(folder, "state");
	struct journal_entry entry;
	struct secret *old = secret_new(SPAN_LIT(REFRESH));
	struct err e = ERR_INIT;
	struct resend *r;
	const struct exchange *x;
	size_t at;

	new_run(t, journal_new(path, &rng));
	walked(t);
	reply_once("POST", "/token", JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\","
		"\"token_type\":\"Bearer\",\"refresh_token\":\"the-new-refresh-token-987654\",\"expires_in\":3600}");
	r = prepared(t, PURPOSE_REFRESH, SLOT_REFRESH);
	/* the token itself stays, by whatever way */
	assert_int_equal(set(r, "refresh_token", OTHER), RES_REFUSED);
	assert_int_equal(set(r, "grant_type", "password"), RES_REFUSED);
	assert_int_equal(resend_leave_out(r, row(r, "refresh_token"), true, &e), RES_REFUSED);
	assert_int_equal(resend_add(r, RESEND_PARAM, SPAN_LIT("refresh_token=" OTHER), &at, &e), RES_REFUSED);
	assert_int_equal(resend_add(r, RESEND_PARAM, SPAN_LIT("scope=openid"), &at, &e), RES_OK);
	/* no place for what comes: nothing is sent, and it can be sent once there is one */
	assert_int_equal(wizard_resend(t->w, r, &e), RES_REFUSED);
	assert_non_null(strstr(e.text, "where the new tokens go"));
	assert_int_equal(sent_to("/token"), 0);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	x = sent(t, r);
	assert_int_equal(x->purpose, PURPOSE_REFRESH);
	assert_int_equal(x->slot, SLOT_REFRESH);
	assert_int_equal(sent_to("scope=openid"), 1);
	assert_int_equal(t->c.n_generations, 2);
	/* proven as ever: the new token is asked with */
	assert_true(sent_to("the-new-access-token") > 0);
	assert_int_equal(journal_look(t->journal, old, &entry, &e), RES_OK);
	assert_int_equal(entry.use, EARLIER_SPENT);
	assert_false(kept_anywhere(t, "the-new-refresh-token"));
	secret_unref(old);
	free(path);
}

/* Its answer is lost: the token counts as used, for this run and the next, and is not sent again by hand either. */
static void
a_lost_refresh_stays_marked(void **state)
{
	struct world *t = *state;
	char *path = path_join(folder, "lost"), why[LIMIT_MESSAGE] = "";
	struct replay_reply lost = {.method = "POST", .url_contains = "/token", .error = NETERR_READ_TIMEOUT};
	struct journal_entry entry;
	struct err e = ERR_INIT;
	struct exchange *x = exchange_new();

	new_run(t, journal_new(path, &rng));
	walked(t);
	replay_add(transport, &lost);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	sent(t, prepared(t, PURPOSE_REFRESH, SLOT_REFRESH));
	assert_int_equal(wizard_interrupted(t->w, &entry, 1), 1);
	x->purpose = PURPOSE_REFRESH;
	x->slot = SLOT_REFRESH;
	assert_null(wizard_resend_new(t->w, x, why, sizeof why));
	assert_non_null(strstr(why, "refresh token"));
	assert_int_equal(sent_to("/token"), 1);
	exchange_free(x);
	free(path);
}

static void
a_revocation_by_hand_is_proven(void **state)
{
	struct world *t = *state;
	struct resend *r;
	size_t asked;

	walked(t);
	reply_once("POST", "/revoke", "HTTP/1.1 200 OK\r\n" DATE "\r\n");
	r = prepared(t, PURPOSE_REVOCATION, SLOT_ACCESS);
	assert_int_equal(set(r, "token", OTHER), RES_REFUSED);
	assert_int_equal(set(r, "token_type_hint", "refresh_token"), RES_OK);
	asked = sent_to("/introspect");
	assert_int_equal(sent(t, r)->slot, SLOT_ACCESS);
	assert_int_equal(sent_to("token_type_hint=refresh_token"), 1);
	assert_int_equal(t->c.revoked_slot, SLOT_ACCESS);
	assert_true(sent_to("/introspect") > asked);
}

/* --- when it cannot be --- */

static void
what_cannot_be_edited(void **state)
{
	static const enum purpose none[] = {PURPOSE_DISCOVERY, PURPOSE_JWKS, PURPOSE_CLOCK, PURPOSE_TOKEN,
		PURPOSE_AUTHORIZATION, PURPOSE_PROBE_INTROSPECTION, PURPOSE_OTHER};
	struct world *t = *state;
	struct exchange *x = exchange_new();
	struct err e = ERR_INIT;
	char why[LIMIT_MESSAGE];
	struct resend *r;

	walked(t);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		x->purpose = none[i];
		x->slot = SLOT_ACCESS;
		why[0] = '\0';
		assert_null(wizard_resend_new(t->w, x, why, sizeof why));
		assert_true(strlen(why) > 10);
	}
	/* made for tokens that are no longer the case's */
	r = prepared(t, PURPOSE_USERINFO, SLOT_ACCESS);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, &e), RES_OK);
	reply_once("POST", "/token", JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\","
		"\"token_type\":\"Bearer\"}");
	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	assert_int_equal(wizard_resend(t->w, r, &e), RES_REFUSED); /* busy */
	run(t);
	assert_int_equal(wizard_resend(t->w, r, &e), RES_REFUSED);
	assert_non_null(strstr(e.text, "the tokens have changed"));
	assert_null(newest(t, PURPOSE_USERINFO)->by_hand ? t : NULL);
	resend_free(r);
	exchange_free(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(no_row_gives_a_secret_away),
		T(a_replaced_secret_is_masked_too),
		T(typed_names_tell_a_secret),
		T(it_goes_nowhere_else),
		T(redirects_are_not_followed),
		T(a_row_is_one_line),
		T(it_is_read_as_what_it_is),
		T(another_token_is_not_the_case_s),
		T(other_credentials_are_not_the_client_s),
		T(the_mark_is_saved),
		T(a_refresh_by_hand_keeps_the_tokens),
		T(a_lost_refresh_stays_marked),
		T(a_revocation_by_hand_is_proven),
		T(what_cannot_be_edited),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
