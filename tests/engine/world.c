#include "world.h"

#include "base/mem.h"

enum { START_US = 1769860800 };

struct ctx {
	struct world *w;
	struct seen_call *o;
};

static const struct transport_ops *
load(struct err *e)
{
	(void)e;
	return &transport_replay;
}

int
world_set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	clock_init_manual(&w->clock, (int64_t)START_US * 1000000);
	rng_init_seeded(&w->rng, 7);
	w->redactor = redactor_new();
	w->log = log_new(&w->clock, w->redactor, 1000, 1 << 20);
	log_set_level(w->log, LOG_TRACE);
	case_init(&w->c);
	w->engine = engine_new(&(struct engine_deps){.clock = &w->clock, .rng = &w->rng, .log = w->log,
		.redactor = w->redactor, .record = &w->c, .load_transport = load});
	w->replay = engine_transport(w->engine, NULL);
	replay_set_clock(w->replay, &w->clock);
	engine_confirm_origin(w->engine, SPAN_LIT("https://idp.example"));
	*state = w;
	return 0;
}

int
world_tear_down(void **state)
{
	struct world *w = *state;

	engine_free(w->engine);
	case_release(&w->c);
	log_free(w->log);
	redactor_free(w->redactor);
	free(w);
	return 0;
}

static void
done(void *arg, const struct net_result *raw, const struct exchange *x)
{
	struct ctx *c = arg;
	struct seen_call *o = c->o;

	o->calls++;
	o->order = ++c->w->delivered;
	o->error = raw->error;
	o->status = raw->response.status;
	snprintf(o->body, sizeof(o->body), "%s", buf_str(&raw->response.body));
	snprintf(o->words, sizeof(o->words), "%s", raw->error_text);
	o->has_exchange = x != NULL;
	if (x) {
		o->n = x->n;
		o->follows = x->follows;
		o->attempt = x->attempt;
	}
	free(c);
}

void
call_init(struct engine_call *call, struct world *w, struct seen_call *o, const char *method,
	const char *url)
{
	struct ctx *c = xcalloc(1, sizeof(*c));

	*c = (struct ctx){w, o};
	memset(o, 0, sizeof(*o));
	memset(call, 0, sizeof(*call));
	http_request_init(&call->http);
	http_request_set(&call->http, method, span_of(url));
	call->step = STEP_VERIFY;
	call->purpose = PURPOSE_OTHER;
	call->done = done;
	call->ctx = c;
}

uint32_t
submit(struct world *w, struct seen_call *o, const char *method, const char *url)
{
	struct engine_call call;

	call_init(&call, w, o, method, url);
	call.idempotent = true;
	return engine_submit(w->engine, &call);
}

void
answers(struct world *w, const char *url, const char *response)
{
	replay_add(w->replay, &(struct replay_reply){.url_contains = url, .response = response});
}

bool
was_sent(struct world *w, const char *text)
{
	for (size_t k = 0; k < replay_requests(w->replay); k++)
		if (strstr(replay_request(w->replay, k), text))
			return true;
	return false;
}

static bool
headers_have(const struct http_headers *h, const char *text)
{
	for (size_t i = 0; i < h->n; i++)
		if (strstr(h->v[i].value, text) || strstr(h->v[i].name, text))
			return true;
	return false;
}

bool
is_kept(struct world *w, const char *text)
{
	struct log_rec rec;

	for (size_t i = 0; i < log_count(w->log); i++)
		if (log_get(w->log, i, &rec) && strstr(rec.text, text))
			return true;
	for (size_t i = 0; i < w->c.n_exchanges; i++) {
		const struct exchange *x = w->c.exchanges[i];

		if (strstr(x->request.url, text) || headers_have(&x->request.headers, text) ||
		    headers_have(&x->result.response.headers, text) ||
		    strstr(buf_str(&x->request.body), text) ||
		    strstr(buf_str(&x->result.response.body), text) || strstr(x->result.error_text, text))
			return true;
	}
	return false;
}

void
assert_logged(struct world *w, const char *text)
{
	struct log_rec rec;

	for (size_t i = 0; i < log_count(w->log); i++)
		if (log_get(w->log, i, &rec) && strstr(rec.text, text))
			return;
	for (size_t i = 0; i < log_count(w->log); i++)
		if (log_get(w->log, i, &rec))
			print_message("# log: %s\n", rec.text);
	fail_msg("not in the log: %s", text);
}
