#include "cli/embedded.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "cli/modules.h"

static void
fill_random(void *p, size_t n)
{
	rng_fill(&rng_system, p, n);
}

static int64_t
now_s(void)
{
	return clock_wall_s(&clock_system);
}

enum res
embedded_start(struct embedded *m, const struct scenario *s, int port, struct err *e)
{
	struct demo_config c = {.port = port, .fill_random = fill_random, .now_s = now_s};

	memset(m, 0, sizeof(*m));
	m->scenario = s;
	m->ops = modules_demo(e);
	if (!m->ops)
		return RES_IO;
	c.scenario = m->scenario;
	c.crypto = crypto();
	if (!c.crypto) {
		modules_transport(e);
		return RES_IO;
	}
	m->server = m->ops->start(&c, &m->client, e);
	return m->server ? RES_OK : RES_IO;
}

void
embedded_stop(struct embedded *m)
{
	if (!m->server)
		return;
	m->ops->stop(m->server);
	demo_client_release(&m->client);
	m->server = NULL;
}

void
embedded_profile(const struct embedded *m, struct profile *p)
{
	const struct demo_client *c = &m->client;

	profile_init(p);
	p->name = xasprintf("demo.%s", m->scenario->name);
	profile_set(&p->issuer, span_of(c->issuer));
	profile_set(&p->client_id, span_of(c->client_id));
	p->client_secret = secret_ref(c->client_secret);
	profile_set(&p->userinfo_endpoint, span_of(c->userinfo_endpoint));
	profile_set(&p->introspection_endpoint, span_of(c->introspection_endpoint));
	profile_set(&p->token_endpoint, span_of(c->token_endpoint));
	profile_set(&p->resource_url, span_of(c->resource_url));
	profile_set(&p->client_auth, span_of(c->client_auth));
	profile_set(&p->proxy, span_of(c->proxy));
	profile_set(&p->scope, span_of(c->scope));
	p->discovery = c->discovery;
	if (c->timeout_s)
		p->timeout = c->timeout_s;
}
