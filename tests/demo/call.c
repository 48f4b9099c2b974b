#include "call.h"

#include "unit.h"
#include "openssl-loader.h"

#include "base/mem.h"
#include "base/rng.h"

static struct rng seeded;
static const struct desk *open_desk;

void
desk_random(void *p, size_t n)
{
	rng_fill(&seeded, p, n);
}

static int64_t
now_s(void)
{
	return open_desk->now;
}

void
desk_open(struct desk *d, const struct scenario *sc)
{
	struct demo_config cfg = {.scenario = sc, .crypto = &crypto_openssl,
		.fill_random = desk_random, .now_s = now_s};
	struct err e = ERR_INIT;

	crypto_set_loader(load_openssl);
	rng_init_seeded(&seeded, 7);
	open_desk = d;
	d->now = 1767225600;
	store_init(&d->s, &cfg);
	snprintf(d->s.origin, sizeof(d->s.origin), "http://127.0.0.1:1");
	snprintf(d->s.api_origin, sizeof(d->s.api_origin), "http://127.0.0.1:2");
	assert_int_equal(store_fill(&d->s, &e), RES_OK);
	assert_int_equal(demo_give(&d->s, &d->client, &e), RES_OK);
}

void
desk_close(struct desk *d)
{
	demo_client_release(&d->client);
	store_release(&d->s);
}

static void
set_header(struct http_request *r, const char *name, const char *value)
{
	if (value)
		http_headers_set(&r->headers, name, span_of(value));
}

static void
set_form(struct http_request *r, const struct desk *d, const struct call *q)
{
	set_header(r, "Content-Type", "application/x-www-form-urlencoded");
	buf_puts(&r->body, q->form);
	if (q->as_client && !strstr(q->form, "client_id="))
		buf_printf(&r->body, "&client_id=%s", d->s.client_id);
	if (q->as_client)
		buf_printf(&r->body, "&client_secret=%s",
			secret_reveal(d->s.client_secret).p);
}

void
desk_call(struct desk *d, const struct call *q, struct answer *a)
{
	const char *method = q->method ? q->method : q->form ? "POST" : "GET";
	struct http_request req;
	struct demo_call c = {.s = &d->s, .req = &req, .res = &a->res,
		.query = span_of(q->query)};

	http_request_init(&req);
	http_response_init(&a->res);
	http_request_set(&req, method, span_of(q->path));
	set_header(&req, "Authorization", q->auth);
	set_header(&req, "DPoP", q->dpop);
	set_header(&req, "Cookie", q->cookie);
	if (q->form)
		set_form(&req, d, q);
	if (q->x5t)
		snprintf(c.shown.x5t, sizeof(c.shown.x5t), "%s", q->x5t);
	demo_answer(&c);
	http_request_release(&req);
	a->status = a->res.status;
	if (json_parse(&a->doc, buf_span(&a->res.body), NULL) != RES_OK)
		a->doc = NULL;
}

void
answer_release(struct answer *a)
{
	json_free(a->doc);
	http_response_release(&a->res);
}

int
desk_status(struct desk *d, const struct call *q, const char *error)
{
	struct answer a;
	int status;

	desk_call(d, q, &a);
	status = a.status;
	if (error && !span_is(answer_str(&a, "error"), error))
		fail_msg("%s: %d %.*s (%.*s), not %s", q->path, status,
			SPAN_ARG(answer_str(&a, "error")),
			SPAN_ARG(answer_str(&a, "error_description")), error);
	answer_release(&a);
	return status;
}

struct span
answer_str(const struct answer *a, const char *member)
{
	return json_get_str(a->doc, member);
}

struct span
answer_header(const struct answer *a, const char *name)
{
	return http_header(&a->res.headers, name);
}
