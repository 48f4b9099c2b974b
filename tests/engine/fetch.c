#include "fetch.h"

#include "base/mem.h"

void
client_open(struct client *c)
{
	struct err e = ERR_INIT;

	alarm(WATCHDOG_S);
	c->t = transport_curl.open(&clock_system, NULL, &e);
	if (!c->t)
		die("%s", e.text);
	c->options = (struct net_options){.connect_timeout_ms = 20000, .first_byte_timeout_ms = 20000,
		.total_timeout_ms = 30000, .max_body = LIMIT_BODY, .max_headers = LIMIT_HEADERS};
}

void
client_close(struct client *c)
{
	transport_curl.close(c->t);
	c->t = NULL;
}

void
fetch_init(struct fetch *f, struct client *c, const char *method, const char *url)
{
	memset(f, 0, sizeof(*f));
	http_request_init(&f->request);
	http_request_set(&f->request, method, span_of(url));
	net_result_init(&f->x.result);
	f->x.request = &f->request;
	f->x.options = c->options;
	f->x.may_resend = true;
	f->x.owner = f;
}

void
fetch_start(struct fetch *f, struct client *c)
{
	struct err e = ERR_INIT;

	if (transport_curl.start(c->t, &f->x, &e) != RES_OK)
		fail_msg("cannot start: %s", e.text);
}

void
fetch_wait(struct fetch *f, struct client *c)
{
	struct transfer *done;

	while (!(done = transport_curl.next_done(c->t)))
		assert_int_equal(transport_curl.wait(c->t, NULL, 0, -1), RES_OK);
	assert_ptr_equal(done, &f->x);
}

void
fetch_release(struct fetch *f)
{
	http_request_release(&f->request);
	net_result_release(&f->x.result);
}

void
get(struct fetch *f, struct client *c, const struct server *s, const char *scheme, const char *path)
{
	char *url = xasprintf("%s://127.0.0.1:%d%s", scheme, s->port, path);

	fetch_init(f, c, "GET", url);
	free(url);
	fetch_start(f, c);
	fetch_wait(f, c);
}

int
fixture_set_up(void **state)
{
	*state = xcalloc(1, sizeof(struct fixture));
	return 0;
}

int
fixture_tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->c.t)
		client_close(&f->c);
	if (f->s.handle)
		server_stop(&f->s);
	free(f);
	return 0;
}

struct fixture *
fixture_begin(void **state, void (*handle)(struct conn *))
{
	struct fixture *f = *state;

	f->s.handle = handle;
	server_start(&f->s);
	client_open(&f->c);
	return f;
}

void
assert_body(const struct fetch *f, const char *body)
{
	assert_string_equal(buf_str(&f->x.result.response.body), body);
}
