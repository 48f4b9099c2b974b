/*
 * Logging in again at the embedded server: the wizard's flows over real sockets, and a user who
 * opens the address they show, reads the page and presses its button.
 */
#include <curl/curl.h>
#include <pthread.h>

#include "unit.h"
#include "openssl-loader.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "demo/demo.h"
#include "engine/transport.h"
#include "wizard/flow.h"

enum { LONGEST_S = 60 };

/* --- the user, in a thread of his own --- */

struct user {
	pthread_t thread;
	CURL *browser; /* keeps its cookies from login to login */
	char url[4096];
	bool refuses;
	bool began;
};

static size_t
take(char *p, size_t size, size_t n, void *to)
{
	return buf_add(to, p, size * n) == RES_OK ? size * n : 0;
}

/* One page, all redirects followed, also that to the program's listener; status 0: none. */
static long
browse(CURL *h, const char *url, const char *form, struct buf *page)
{
	long status = 0;

	buf_clear(page);
	curl_easy_setopt(h, CURLOPT_URL, url);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, page);
	if (form)
		curl_easy_setopt(h, CURLOPT_COPYPOSTFIELDS, form);
	else
		curl_easy_setopt(h, CURLOPT_HTTPGET, 1L);
	if (curl_easy_perform(h) == CURLE_OK)
		curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* What stands between two texts of the page; freed by the caller. */
static char *
between(const struct buf *page, const char *before, char end)
{
	size_t at = span_find_str(buf_span(page), before);
	struct span rest =
		span_from(buf_span(page), at == SIZE_MAX ? page->len : at + strlen(before));
	size_t n = span_find(rest, end);

	return span_dup(span_sub(rest, 0, n == SIZE_MAX ? 0 : n));
}

/* The address up to its path, and the form's action. */
static char *
action_of(const char *url, const struct buf *page)
{
	const char *path = strchr(strstr(url, "://") + 3, '/');
	char *action = between(page, "action=\"", '"');
	char *out = xasprintf("%.*s%s", (int)(path - url), url, action);

	free(action);
	return out;
}

static void *
user_main(void *arg)
{
	struct user *u = arg;
	char *to, *form, *value;
	struct buf page;

	buf_init(&page, 1 << 20);
	if (browse(u->browser, u->url, NULL, &page) == 200 &&
		span_find_str(buf_span(&page), "<form") != SIZE_MAX) {
		bool device = span_find_str(buf_span(&page), "user_code") != SIZE_MAX;

		to = action_of(u->url, &page);
		value = between(&page,
			device ? "autocomplete=\"off\" value=\"" : "name=\"request\" value=\"",
			'"');
		form = xasprintf("%s=%s&answer=%s", device ? "user_code" : "request", value,
			u->refuses ? "no" : "yes");
		browse(u->browser, to, form, &page);
		free(form);
		free(value);
		free(to);
	}
	buf_release(&page);
	return NULL;
}

static void
user_opens(struct user *u, const char *url)
{
	snprintf(u->url, sizeof(u->url), "%s", url);
	u->began = pthread_create(&u->thread, NULL, user_main, u) == 0;
	assert_true(u->began);
}

static void
user_ends(struct user *u)
{
	if (u->began)
		pthread_join(u->thread, NULL);
	u->began = false;
}

/* --- the program --- */

struct place {
	struct demo_server *srv;
	struct demo_client given;
	struct redactor *redactor;
	struct log *log;
	struct case_file c;
	struct rng rng;
	struct engine *engine;
	struct wizard *w;
	struct profile profile;
	struct user user;
	char dir[40];
};

static void
fill(void *p, size_t n)
{
	rng_fill(&rng_system, p, n);
}

static int64_t
now_s(void)
{
	return clock_wall_s(&clock_system);
}

static const struct transport_ops *
load_transport(struct err *e)
{
	(void)e;
	return &transport_curl;
}

/* A file that the profile names. */
static void
name_file(const struct place *p, char **member, const char *name, struct span content)
{
	char *path = xasprintf("%s/%s", p->dir, name);

	assert_int_equal(file_write_private(path, content, NULL), RES_OK);
	profile_set(member, span_of(path));
	free(path);
}

static void
make_profile(struct place *p, const char *audience)
{
	const struct demo_client *g = &p->given;

	profile_init(&p->profile);
	profile_set(&p->profile.name, SPAN_LIT("demo"));
	profile_set(&p->profile.issuer, span_of(g->issuer));
	profile_set(&p->profile.client_id, span_of(g->client_id));
	profile_set(&p->profile.client_auth, span_of(g->client_auth));
	profile_set(&p->profile.resource_url, span_of(g->resource_url));
	profile_set(&p->profile.scope, span_of(g->scope));
	if (audience)
		profile_set(&p->profile.audience, span_of(audience));
	p->profile.client_secret = secret_ref(g->client_secret);
	p->profile.dpop = (g->with & WITH_DPOP) != 0;
	if (g->ca_pem)
		name_file(p, &p->profile.ca_file, "ca", span_of(g->ca_pem));
	if (g->with & WITH_CERTIFICATE)
		name_file(p, &p->profile.client_cert_file, "cert", span_of(g->cert_pem));
	if (g->with & (WITH_CERTIFICATE | WITH_KEY))
		name_file(p, &p->profile.client_key_file, "key", secret_reveal(g->key_pem));
	if (g->with & WITH_DPOP)
		name_file(p, &p->profile.dpop_key_file, "dpop", secret_reveal(g->dpop_key_pem));
}

static void
place_open(struct place *p, const char *scenario)
{
	struct demo_config cfg = {.scenario = scenario_find(span_of(scenario)),
		.crypto = &crypto_openssl, .fill_random = fill, .now_s = now_s};
	struct err e = ERR_INIT;
	char *api;

	*p = (struct place){.dir = "/tmp/tokentriage-login-XXXXXX"};
	assert_non_null(mkdtemp(p->dir));
	crypto_set_loader(load_openssl);
	assert_non_null(cfg.scenario);
	p->srv = demo_microhttpd.start(&cfg, &p->given, &e);
	if (!p->srv)
		fail_msg("%s", e.text);
	p->redactor = redactor_new();
	p->log = log_new(&clock_system, p->redactor, 1000, 1 << 20);
	case_init(&p->c);
	rng_init_seeded(&p->rng, (uint64_t)clock_mono_us(&clock_system));
	p->engine = engine_new(&(struct engine_deps){.clock = &clock_system, .rng = &p->rng,
		.log = p->log, .redactor = p->redactor, .record = &p->c,
		.load_transport = load_transport});
	p->w = wizard_new(&(struct wizard_deps){.engine = p->engine, .c = &p->c,
		.clock = &clock_system, .rng = &p->rng, .log = p->log, .redactor = p->redactor});
	api = xasprintf("%.*s",
		(int)(strlen(p->given.resource_url) - (p->given.resource_url[0] ? 3 : 0)),
		p->given.resource_url); /* without "/me" */
	make_profile(p, p->given.resource_url[0] ? api : NULL);
	free(api);
	assert_int_equal(wizard_use_profile(p->w, &p->profile, &e), RES_OK);
	wizard_give_token(p->w, SLOT_ACCESS, secret_reveal(p->given.access_token), "the demo");
	assert_int_equal(wizard_set_token_place(p->w, PLACE_MEMORY, NULL, &e), RES_OK);
	p->user.browser = curl_easy_init();
	curl_easy_setopt(p->user.browser, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(p->user.browser, CURLOPT_PROXY, "");
	curl_easy_setopt(p->user.browser, CURLOPT_COOKIEFILE, "");
	curl_easy_setopt(p->user.browser, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(p->user.browser, CURLOPT_TIMEOUT, (long)LONGEST_S);
	curl_easy_setopt(p->user.browser, CURLOPT_WRITEFUNCTION, take);
}

static void
place_close(struct place *p)
{
	static const char *const names[] = {"ca", "cert", "key", "dpop"};

	user_ends(&p->user);
	curl_easy_cleanup(p->user.browser);
	wizard_free(p->w);
	engine_free(p->engine);
	case_release(&p->c);
	profile_release(&p->profile);
	log_free(p->log);
	redactor_free(p->redactor);
	demo_microhttpd.stop(p->srv);
	demo_client_release(&p->given);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = xasprintf("%s/%s", p->dir, names[i]);

		(void)unlink(path);
		free(path);
	}
	assert_int_equal(rmdir(p->dir), 0);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* One turn of the loop: waits for the network, the listener and whatever is due. */
static void
turn(struct place *p)
{
	struct pollfd fds[FLOW_FDS];
	size_t n = wizard_login_fds(p->w, fds, ARRAY_SIZE(fds));
	int64_t at = earlier(engine_deadline_us(p->engine), wizard_deadline_us(p->w));
	int64_t now = clock_mono_us(&clock_system), ms = (at - now) / 1000 + 1;

	ms = at == INT64_MAX || ms > 1000 ? 1000 : ms < 0 ? 0 : ms;
	assert_int_equal(engine_wait(p->engine, fds, n, (int)ms), RES_OK);
	engine_turn(p->engine);
	wizard_update(p->w);
}

/* Until the flow is in that phase, or at its end; then in which. */
static enum flow_phase
until(struct place *p, enum flow_phase wanted)
{
	const int64_t end = clock_mono_us(&clock_system) + LONGEST_S * 1000000LL;

	wizard_update(p->w);
	while (wizard_login_view(p->w)->phase != wanted &&
		flow_active(wizard_login_view(p->w)->phase)) {
		assert_true(clock_mono_us(&clock_system) < end);
		turn(p);
	}
	return wizard_login_view(p->w)->phase;
}

static void
until_idle(struct place *p)
{
	const int64_t end = clock_mono_us(&clock_system) + LONGEST_S * 1000000LL;

	wizard_update(p->w);
	while (wizard_busy(p->w)) {
		assert_true(clock_mono_us(&clock_system) < end);
		turn(p);
	}
}

/* The whole of it; the phase it ended in. */
static enum flow_phase
log_in(struct place *p, enum flow_kind k)
{
	const struct flow_view *v;
	enum flow_phase end;
	struct err e = ERR_INIT;

	if (wizard_login_prepare(p->w, k, NULL, &e) != RES_OK)
		fail_msg("%s", e.text);
	if (until(p, FLOW_PREPARED) != FLOW_PREPARED)
		fail_msg("%s", wizard_login_view(p->w)->words);
	if (wizard_login_go(p->w, &e) != RES_OK)
		fail_msg("%s", e.text);
	if (until(p, FLOW_WAITING) == FLOW_WAITING) {
		v = wizard_login_view(p->w);
		user_opens(&p->user,
			k == FLOW_DEVICE ? v->verification_uri_complete : v->url);
	}
	end = until(p, FLOW_IDLE);
	user_ends(&p->user);
	until_idle(p);
	return end;
}

/* --- what each scenario teaches --- */

static const struct lesson {
	const char *scenario;
	enum flow_kind flow;
	bool refuses;
	const char *error; /* it fails with this; NULL: done, and the query succeeds */
} lessons[] = {
	{"login", FLOW_CODE, false, NULL},
	{"login", FLOW_SILENT, false, "login_required"},
	{"device", FLOW_DEVICE, false, NULL},
	{"device", FLOW_DEVICE, true, "access_denied"},
	{"device", FLOW_CODE, false, "unauthorized_client"},
	{"par-required", FLOW_CODE, false, NULL},
	{"login-required", FLOW_SILENT, false, "login_required"},
	{"login-required", FLOW_CODE, false, NULL},
	{"consent-required", FLOW_SILENT, false, "consent_required"},
	{"interaction-required", FLOW_SILENT, false, "interaction_required"},
	{"missing-openid", FLOW_CODE, false, NULL},
	{"user-disabled", FLOW_CODE, false, "access_denied"}, /* nor does a login bring him back */
	{"client-disabled", FLOW_CODE, false, "unauthorized_client"},
	{"exchange", FLOW_EXCHANGE, false, NULL},
	{"dpop", FLOW_CODE, false, NULL},
	{"dpop-nonce", FLOW_CODE, false, NULL},
	{"dpop-wrong-key", FLOW_CODE, false, NULL},
	{"mtls", FLOW_CODE, false, NULL},
	{"mtls-wrong", FLOW_DEVICE, false, NULL},
	{"key-jwt", FLOW_CODE, false, NULL},
};

static void
test_lesson(void **state)
{
	const struct lesson *l = *state;
	const struct verdict *verdict;
	const struct flow_view *v;
	struct place p;
	enum flow_phase end;

	place_open(&p, l->scenario);
	if (strcmp(l->scenario, "missing-openid") == 0)
		profile_set(&p.c.profile.scope, SPAN_LIT(DEMO_SCOPE)); /* as the verdict tells */
	p.user.refuses = l->refuses;
	end = log_in(&p, l->flow);
	v = wizard_login_view(p.w);
	if (end != (l->error ? FLOW_FAILED : FLOW_DONE))
		fail_msg("phase %d, %s: %s", (int)end, v->error, v->words);
	if (l->error)
		assert_string_equal(v->error, l->error);
	verdict = &wizard_diagnosis(p.w)->verdict;
	if (!l->error && verdict->state != STATE_OK)
		fail_msg("%s: %s", state_word(verdict->state), verdict->summary);
	place_close(&p);
}

/* The browser has logged in once: then it goes without a page. */
static void
test_silent_after_login(void **state)
{
	struct place p;

	(void)state;
	place_open(&p, "login");
	assert_int_equal(log_in(&p, FLOW_CODE), FLOW_DONE);
	assert_int_equal(log_in(&p, FLOW_SILENT), FLOW_DONE);
	assert_int_equal(wizard_diagnosis(p.w)->verdict.state, STATE_OK);
	place_close(&p);
}

int
main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(lessons) + 1];
	char *names[ARRAY_SIZE(lessons)];
	int failed;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	for (size_t i = 0; i < ARRAY_SIZE(lessons); i++) {
		names[i] = xasprintf("%s: %s%s", lessons[i].scenario,
			flow_row(lessons[i].flow)->id, lessons[i].refuses ? ", refused" : "");
		tests[i] = (struct CMUnitTest){names[i], test_lesson, NULL, NULL,
			(void *)(uintptr_t)&lessons[i]};
	}
	tests[ARRAY_SIZE(lessons)] = (struct CMUnitTest)cmocka_unit_test(test_silent_after_login);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(lessons); i++)
		free(names[i]);
	return failed;
}
