#include "world.h"

#include "base/mem.h"

/* The transport of the test under way: the engine opens it, the test scripts it. */
struct transport *transport;

static struct transport *
open_replay(const struct clock *clock, struct log *log, struct err *e)
{
	if (!transport)
		transport = transport_replay.open(clock, log, e);
	return transport;
}

static void
keep_open(struct transport *t)
{
	(void)t;
}

static struct transport_ops test_transport;

static const struct transport_ops *
load(struct err *e)
{
	(void)e;
	return &test_transport;
}

void
reply(const char *method, const char *url, const char *body_has, const char *response)
{
	struct replay_reply r = {.method = method, .url_contains = url, .body_contains = body_has,
		.response = response};

	replay_add(transport, &r);
}

void
reply_once(const char *method, const char *url, const char *response)
{
	struct replay_reply r = {.method = method, .url_contains = url, .response = response, .once = true};

	replay_add(transport, &r);
}

void
new_run(struct world *t, struct journal *journal_take)
{
	struct wizard_deps deps = {.engine = t->engine, .c = &t->c, .clock = &t->clock, .rng = &t->rng,
		.log = t->log, .redactor = t->redactor, .journal = journal_take};

	wizard_free(t->w);
	journal_free(t->journal);
	t->journal = journal_take;
	t->w = wizard_new(&deps);
}

int
setup(void **state)
{
	struct world *t = xcalloc(1, sizeof *t);

	clock_init_manual(&t->clock, NOW_S * 1000000);
	rng_init_seeded(&t->rng, 7);
	t->redactor = redactor_new();
	t->log = log_new(&t->clock, t->redactor, 1000, 1 << 20);
	case_init(&t->c);
	test_transport = transport_replay;
	test_transport.open = open_replay;
	test_transport.close = keep_open;
	open_replay(&t->clock, t->log, NULL);
	replay_set_clock(transport, &t->clock);
	t->engine = engine_new(&(struct engine_deps){.clock = &t->clock, .rng = &t->rng, .log = t->log,
		.redactor = t->redactor, .record = &t->c, .load_transport = load});
	new_run(t, NULL);
	profile_init(&t->profile);
	profile_set(&t->profile.name, SPAN_LIT("test"));
	profile_set(&t->profile.issuer, SPAN_LIT(ISSUER));
	profile_set(&t->profile.client_id, SPAN_LIT("app"));
	t->profile.client_secret = secret_new(SPAN_LIT("a-client-secret-of-the-test"));
	*state = t;
	return 0;
}

int
teardown(void **state)
{
	struct world *t = *state;

	wizard_free(t->w);
	journal_free(t->journal);
	engine_free(t->engine);
	transport_replay.close(transport);
	transport = NULL;
	case_release(&t->c);
	profile_release(&t->profile);
	log_free(t->log);
	redactor_free(t->redactor);
	free(t);
	return 0;
}

void
begin(struct world *t, const char *access, const char *refresh)
{
	struct err e = ERR_INIT;

	assert_int_equal(wizard_use_profile(t->w, &t->profile, &e), RES_OK);
	if (access)
		wizard_give_token(t->w, SLOT_ACCESS, span_of(access), "test");
	if (refresh)
		wizard_give_token(t->w, SLOT_REFRESH, span_of(refresh), "test");
}

void
run(struct world *t)
{
	for (int i = 0; i < 200; i++) {
		wizard_update(t->w);
		if (!wizard_busy(t->w))
			return;
		assert_int_equal(engine_run(t->engine, INT64_MAX), RES_OK);
	}
	fail_msg("the wizard does not come to rest");
}

const struct finding *
finding(const struct world *t, const char *id)
{
	const struct diagnosis *d = wizard_diagnosis(t->w);

	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->findings[i].rule->id, id))
			return &d->findings[i];
	return NULL;
}

bool
found(const struct world *t, const char *id)
{
	return finding(t, id) != NULL;
}

size_t
sent_to(const char *url)
{
	size_t n = 0;

	for (size_t k = 0; k < replay_requests(transport); k++)
		n += strstr(replay_request(transport, k), url) != NULL;
	return n;
}

void
healthy_server(void)
{
	reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF(ISSUER));
	reply("POST", "/introspect", "token=tokentriage-made-up", INACTIVE);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, JSON_HEAD "{\"sub\":\"u1\",\"name\":\"Ada\"}");
}
