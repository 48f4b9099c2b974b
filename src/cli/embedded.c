#include "cli/embedded.h"

#include "base/clock.h"
#include "base/file.h"
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

/* The profile names files, and so does libcurl. */
static enum res
write_file(char path[256], struct span content, struct err *e)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	snprintf(path, 256, "%s/tokentriage-demo-XXXXXX", dir && *dir ? dir : "/tmp");
	fd = mkstemp(path);
	if (fd < 0) {
		err_errno(e, "cannot write %s", path);
		path[0] = '\0';
		return RES_IO;
	}
	close(fd);
	return file_write_private(path, content, e);
}

static enum res
write_files(struct embedded *m, struct err *e)
{
	const struct demo_client *c = &m->client;
	enum res r = RES_OK;

	if (c->ca_pem)
		r = write_file(m->ca_file, span_of(c->ca_pem), e);
	if (r == RES_OK && (c->with & WITH_CERTIFICATE))
		r = write_file(m->cert_file, span_of(c->cert_pem), e);
	if (r == RES_OK && (c->with & (WITH_CERTIFICATE | WITH_KEY)))
		r = write_file(m->key_file, secret_reveal(c->key_pem), e);
	if (r == RES_OK && (c->with & WITH_DPOP))
		r = write_file(m->dpop_file, secret_reveal(c->dpop_key_pem), e);
	return r;
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
	if (!m->server)
		return RES_IO;
	if (write_files(m, e) == RES_OK)
		return RES_OK;
	embedded_stop(m);
	return RES_IO;
}

void
embedded_stop(struct embedded *m)
{
	const char *const files[] = {m->ca_file, m->cert_file, m->key_file, m->dpop_file};

	if (!m->server)
		return;
	m->ops->stop(m->server);
	demo_client_release(&m->client);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (files[i][0])
			(void)unlink(files[i]);
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
	profile_set(&p->ca_file, span_of(m->ca_file));
	profile_set(&p->client_cert_file, span_of(m->cert_file));
	profile_set(&p->client_key_file, span_of(m->key_file));
	profile_set(&p->dpop_key_file, span_of(m->dpop_file));
	p->dpop = (c->with & WITH_DPOP) != 0;
	profile_set(&p->proxy, span_of(c->proxy));
	profile_set(&p->scope, span_of(c->scope));
	p->discovery = c->discovery;
	if (c->timeout_s)
		p->timeout = c->timeout_s;
}
