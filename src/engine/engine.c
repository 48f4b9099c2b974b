#include "engine/engine.h"

#include <errno.h>
#include <limits.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/origins.h"
#include "engine/policy.h"
#include "engine/proofs.h"
#include "engine/trace.h"
#include "oauth/url.h"

#ifndef PACKAGE_VERSION
#error "config.h was not included"
#endif

enum { MAX_UNDER_WAY = 32 }; /* transfers; the others wait their turn */

enum task_state { TASK_QUEUED, TASK_UNDER_WAY, TASK_WAITING, TASK_DONE };

struct task {
	struct task *next;         /* in order of submission; of completion once done */
	uint32_t id;
	enum task_state state;
	struct engine_call call;   /* call.http: without what the engine adds */
	struct http_request wire;  /* as sent in this attempt */
	struct transfer transfer;
	struct option_set *options;
	char *auth_client_id;
	uint32_t generation;       /* of the case's tokens when it was submitted */
	int64_t submitted_us;
	int64_t started_us;        /* this attempt */
	int64_t deadline_us;       /* of all attempts; 0: not started */
	int64_t due_us;            /* of the next attempt, while it waits */
	unsigned attempt, hops;
	bool cancelled;
	bool nonce_tried;          /* use_dpop_nonce was answered once */
	char span[LOG_SPAN_HEX + 1]; /* of this attempt, in the log and in traceparent */
	uint64_t asked;            /* the log record of this attempt's request; 0: none */
	uint32_t follows;          /* the exchange of the attempt or hop before */
	struct exchange *own;      /* recorded, but there is no case to keep it */
	const struct exchange *recorded; /* the last attempt; valid until it is delivered */
};

struct engine {
	struct engine_deps deps;
	const struct transport_ops *ops;
	struct transport *transport;
	struct err load_error;
	bool load_failed, turning, traceparent;
	struct option_set *options;
	struct origins confirmed;  /* for credentials */
	struct origins mute;       /* gave no whole answer in time in this walk */
	struct origins dead;       /* nor a connection */
	struct nonces *nonces;     /* the last DPoP nonce of each origin */
	struct task *tasks;        /* queued, under way, waiting */
	struct task *done;         /* to be delivered */
	uint32_t last_id;
	size_t n_under_way;
};

struct engine *
engine_new(const struct engine_deps *deps)
{
	struct engine *e = xcalloc(1, sizeof(*e));

	e->deps = *deps;
	e->ops = deps->ops;
	e->transport = deps->transport;
	e->options = option_set_new(NULL, NULL);
	e->nonces = nonces_new();
	return e;
}

void
engine_call_release(struct engine_call *call)
{
	http_request_release(&call->http);
	assertion_free(call->assertion);
	dpop_free(call->dpop);
	call->assertion = NULL;
	call->dpop = NULL;
}

static void
task_free(struct task *t)
{
	engine_call_release(&t->call);
	http_request_release(&t->wire);
	net_result_release(&t->transfer.result);
	option_set_unref(t->options);
	exchange_free(t->own);
	free(t->auth_client_id);
	free(t);
}

static void
list_free(struct task *t)
{
	struct task *next;

	for (; t; t = next) {
		next = t->next;
		task_free(t);
	}
}

void
engine_free(struct engine *e)
{
	if (!e)
		return;
	if (e->transport)
		e->ops->close(e->transport);
	list_free(e->tasks);
	list_free(e->done);
	engine_forget_origins(e);
	engine_begin_walk(e);
	nonces_free(e->nonces);
	option_set_unref(e->options);
	free(e);
}

struct net_options
engine_options_of(const struct profile *p)
{
	return (struct net_options){
		.connect_timeout_ms = (int64_t)p->timeout * 1000,
		.first_byte_timeout_ms = (int64_t)p->timeout * 1000,
		.total_timeout_ms = (int64_t)p->timeout * 1000,
		.max_body = LIMIT_BODY,
		.max_headers = LIMIT_HEADERS,
		.ca_file = p->ca_file,
		.client_cert_file = p->client_cert_file,
		.client_key_file = p->client_key_file,
		.proxy = p->proxy,
		.resolve = &p->resolve,
		.insecure = p->insecure,
	};
}

void
engine_set_options(struct engine *e, const struct net_options *o, const struct str_list *headers)
{
	struct option_set *s = option_set_new(o, headers);

	option_set_unref(e->options);
	e->options = s;
}

void
engine_set_traceparent(struct engine *e, bool on)
{
	e->traceparent = on;
}

/* --- origins --- */

void
engine_confirm_origin(struct engine *e, struct span url)
{
	origins_add(&e->confirmed, url);
}

bool
engine_origin_confirmed(const struct engine *e, struct span url)
{
	return origins_have(&e->confirmed, url);
}

void
engine_forget_origins(struct engine *e)
{
	origins_clear(&e->confirmed);
	nonces_free(e->nonces);
	e->nonces = nonces_new();
}

void
engine_begin_walk(struct engine *e)
{
	origins_clear(&e->mute);
	origins_clear(&e->dead);
}

/* Is there anything to wait for, after what this walk has seen of the origin? */
static bool
worth_waiting(const struct engine *e, const struct task *t)
{
	struct span url = span_of(t->wire.url);

	return !origins_have(&e->dead, url) &&
		!(purpose_is_extra(t->call.purpose) && origins_have(&e->mute, url));
}

static void
note_silence(struct engine *e, const struct task *t)
{
	enum silence s = t->cancelled ? SILENCE_NONE : policy_silence(&t->transfer.result);

	if (s != SILENCE_NONE)
		origins_add(s == SILENCE_ORIGIN ? &e->dead : &e->mute, span_of(t->wire.url));
}

/* --- the transport --- */

struct transport *
engine_transport(struct engine *e, struct err *err)
{
	if (!e->transport && !e->load_failed) {
		e->load_failed = true;
		e->ops = e->deps.load_transport ? e->deps.load_transport(&e->load_error) : NULL;
		if (e->ops)
			e->transport = e->ops->open(e->deps.clock, e->deps.log, &e->load_error);
		e->load_failed = !e->transport;
		if (e->load_failed && !*e->load_error.text)
			err_set(&e->load_error, RES_UNSUPPORTED, "there is no network transport");
	}
	if (!e->transport && err)
		*err = e->load_error;
	return e->transport;
}

/* --- the queue --- */

uint32_t
engine_submit(struct engine *e, struct engine_call *call_take)
{
	struct task *t = xcalloc(1, sizeof(*t)), **at;

	t->call = *call_take;
	http_request_init(&call_take->http);
	t->id = ++e->last_id ? e->last_id : ++e->last_id;
	t->call.credentials = policy_has_credentials(&t->call);
	t->auth_client_id = text_safe_dup(call_take->auth_client_id, 127);
	t->options = option_set_ref(e->options);
	t->submitted_us = clock_mono_us(e->deps.clock);
	if (t->call.delay_us > 0) {
		t->state = TASK_WAITING;
		t->due_us = t->submitted_us + t->call.delay_us;
	}
	if (e->deps.record && e->deps.record->n_generations)
		t->generation = (uint32_t)e->deps.record->n_generations - 1;
	http_request_init(&t->wire);
	net_result_init(&t->transfer.result);
	for (at = &e->tasks; *at; at = &(*at)->next)
		;
	*at = t;
	return t->id;
}

static void
unlink_task(struct engine *e, struct task *t)
{
	struct task **at;

	for (at = &e->tasks; *at; at = &(*at)->next)
		if (*at == t) {
			*at = t->next;
			t->next = NULL;
			return;
		}
}

/* Moves a task to the end of what is to be delivered. */
static void
complete(struct engine *e, struct task *t)
{
	struct task **at;

	unlink_task(e, t);
	t->state = TASK_DONE;
	for (at = &e->done; *at; at = &(*at)->next)
		;
	*at = t;
}

static void
cancel_task(struct engine *e, struct task *t)
{
	t->cancelled = true;
	if (t->state == TASK_UNDER_WAY) {
		e->ops->cancel(e->transport, &t->transfer);
		return;
	}
	/* Nothing of it is out: there is nothing to record. */
	t->transfer.result.error = NETERR_CANCELLED;
	t->recorded = NULL;
	complete(e, t);
}

void
engine_cancel(struct engine *e, uint32_t id)
{
	for (struct task *t = e->tasks; t; t = t->next)
		if (t->id == id && !t->cancelled) {
			cancel_task(e, t);
			return;
		}
}

static bool
among(const uint32_t *ids, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

void
engine_cancel_others(struct engine *e, const uint32_t *kept, size_t n)
{
	struct task *next;

	for (struct task *t = e->tasks; t; t = next) {
		next = t->next;
		if (!t->cancelled && !among(kept, n, t->id))
			cancel_task(e, t);
	}
}

void
engine_cancel_all(struct engine *e)
{
	engine_cancel_others(e, NULL, 0);
}

size_t
engine_running(const struct engine *e)
{
	size_t n = 0;

	for (const struct task *t = e->tasks; t; t = t->next)
		n++;
	for (const struct task *t = e->done; t; t = t->next)
		n++;
	return n;
}

bool
engine_progress(
	const struct engine *e, enum purpose *p, char *host, size_t host_size, int64_t *elapsed_us)
{
	const struct task *t = e->tasks;
	struct url u;

	if (!t)
		return false;
	*p = t->call.purpose;
	*elapsed_us = clock_mono_us(e->deps.clock) - t->submitted_us;
	if (t->call.http.url && url_parse(&u, span_of(t->call.http.url), NULL) == RES_OK)
		text_safe_into(host, host_size, u.host);
	else
		text_safe_into(host, host_size, SPAN_EMPTY);
	return true;
}

/* --- one attempt --- */

/* The profile's own headers; they may be keys, so they go to confirmed origins only. */
static void
add_profile_headers(struct task *t)
{
	const struct str_list *l = &t->options->headers;

	for (size_t i = 0; i < l->n; i++) {
		struct span line = span_of(l->v[i]), name;
		size_t colon = span_find(line, ':');
		char *n;

		if (colon == SIZE_MAX)
			continue;
		name = span_trim(span_sub(line, 0, colon));
		n = span_dup(name);
		if (name.n && !http_has_header(&t->call.http.headers, n))
			http_headers_add(
				&t->wire.headers, name, span_trim(span_from(line, colon + 1)));
		free(n);
	}
}

/* W3C Trace Context §3.2: version 00, the run, this attempt, sampled. */
static void
add_traceparent(const struct engine *e, struct task *t)
{
	const char *run = log_trace_id(e->deps.log);
	char value[80];

	if (!e->traceparent || !*run || !t->span[0])
		return;
	(void)snprintf(value, sizeof(value), "00-%s-%s-01", run, t->span);
	http_headers_set(&t->wire.headers, "traceparent", span_of(value));
}

static void
build_wire(struct engine *e, struct task *t)
{
	log_new_span(e->deps.log, t->span);
	http_request_release(&t->wire);
	http_request_init(&t->wire);
	http_request_copy(&t->wire, &t->call.http);
	if (!t->wire.url)
		http_request_set(&t->wire, *t->wire.method ? t->wire.method : "GET", SPAN_EMPTY);
	t->transfer.options.insecure |= t->call.unverified && !t->call.credentials;
	if (!t->call.unverified && engine_origin_confirmed(e, span_of(t->wire.url))) {
		add_profile_headers(t);
	} else {
		/* the certificate names the client: it is a credential, too */
		t->transfer.options.client_cert_file = NULL;
		t->transfer.options.client_key_file = NULL;
	}
	if (!http_has_header(&t->wire.headers, "Accept"))
		http_headers_set(&t->wire.headers, "Accept", SPAN_LIT("*/*"));
	if (!http_has_header(&t->wire.headers, "User-Agent"))
		http_headers_set(
			&t->wire.headers, "User-Agent", SPAN_LIT("tokentriage/" PACKAGE_VERSION));
	add_traceparent(e, t);
}

/* An attempt that does not go out ends here, as an exchange with an error. */
static void
fail(struct task *t, enum net_error error, const char *words)
{
	t->transfer.result.error = error;
	text_safe_into(t->transfer.result.error_text, sizeof(t->transfer.result.error_text),
		span_of(words));
}

static bool
may_be_sent(struct engine *e, struct task *t, struct err *err)
{
	struct span url = span_of(t->wire.url);
	struct url u;

	if (url.n > LIMIT_URL) {
		fail(t, NETERR_BAD_URL, "the URL is too long");
		return false;
	}
	if (url_parse(&u, url, err) != RES_OK) {
		fail(t, NETERR_BAD_URL, err->text);
		return false;
	}
	if (t->call.credentials && !engine_origin_confirmed(e, url)) {
		fail(t, NETERR_REFUSED_BY_POLICY, "");
		return false;
	}
	if (t->call.no_auth[0]) {
		fail(t, NETERR_NO_CLIENT_AUTH, t->call.no_auth);
		return false;
	}
	if (!worth_waiting(e, t)) {
		fail(t, NETERR_SKIPPED, "");
		return false;
	}
	if (!engine_transport(e, err)) {
		fail(t, NETERR_OTHER, err->text);
		return false;
	}
	if (proofs_sign(&t->wire, &t->call, e->nonces, &e->deps, err) != RES_OK) {
		fail(t, NETERR_NO_CLIENT_AUTH, err->text);
		return false;
	}
	return true;
}

static void attempt_ended(struct engine *e, struct task *t);

static void
start(struct engine *e, struct task *t)
{
	int64_t now = clock_mono_us(e->deps.clock), left;
	struct err err = ERR_INIT;

	net_result_release(&t->transfer.result);
	net_result_init(&t->transfer.result);
	t->attempt++;
	t->asked = 0;
	t->transfer.request = &t->wire;
	t->transfer.options = t->options->o;
	t->transfer.may_resend = t->call.idempotent;
	t->transfer.owner = t;
	t->transfer.result.sent_wall_us = clock_wall_us(e->deps.clock);
	if (!t->deadline_us)
		t->deadline_us = now + t->options->o.total_timeout_ms * 1000;
	t->started_us = now;
	left = (t->deadline_us - now + 999) / 1000;
	t->transfer.options.total_timeout_ms = left > 1 ? left : 1;
	build_wire(e, t);
	if (may_be_sent(e, t, &err)) {
		log_open_span(e->deps.log, t->span);
		t->asked = trace_request(e->deps.log, e->deps.redactor, &t->wire);
		log_open_span(e->deps.log, NULL);
		if (e->ops->start(e->transport, &t->transfer, &err) == RES_OK) {
			t->state = TASK_UNDER_WAY;
			e->n_under_way++;
			return;
		}
		fail(t, NETERR_OTHER, err.text);
	}
	attempt_ended(e, t);
}

static void
record(struct engine *e, struct task *t)
{
	struct case_file *c = e->deps.record;
	struct exchange *x = exchange_record_known(&t->wire, &t->transfer.result, t->call.step,
		t->call.purpose, e->deps.redactor, c ? case_token(c, t->call.slot) : NULL);

	x->slot = t->call.slot;
	x->token_generation = t->generation;
	x->follows = t->follows;
	x->attempt = t->attempt;
	x->by_hand = t->call.by_hand;
	/* other credentials than the client's own: how it authenticates is not told by them */
	if (x->by_hand && t->call.auth == AUTH_UNSET && purpose_wants_client(x->purpose))
		x->auth = AUTH_UNSET;
	if (t->call.auth != AUTH_UNSET) {
		x->auth = t->call.auth;
		text_safe_into(
			x->auth_client_id, sizeof(x->auth_client_id), span_of(t->auth_client_id));
		x->auth_has_reserved = t->call.auth_has_reserved;
		x->auth_raw_basic = t->call.auth_raw_basic;
	}
	if (c) {
		x = case_add(c, x);
	} else {
		exchange_free(t->own);
		t->own = x;
	}
	t->recorded = x;
	t->follows = x->n;
	log_name_span(e->deps.log, x->n, t->span);
	log_set_exchange(e->deps.log, t->asked, x->n);
	trace_result(e->deps.log, x);
}

/* Sets the task up for the redirect's target; false: the redirect is the result. */
static bool
follow(struct engine *e, struct task *t)
{
	const struct net_result *r = &t->transfer.result;
	const char *why = NULL;
	struct buf target;
	bool yes = false;

	if (!t->call.follow_redirects || r->error != NETERR_NONE)
		return false;
	buf_init(&target, LIMIT_URL);
	if (t->call.credentials || !policy_redirect(&t->call.http, &r->response, &target, &why))
		goto out;
	if (t->hops >= LIMIT_REDIRECTS) {
		why = "too many redirects";
		goto out;
	}
	free(t->call.http.url);
	t->call.http.url = buf_take(&target);
	t->hops++;
	t->attempt = 0;
	t->state = TASK_QUEUED;
	yes = true;
out:
	if (why)
		trace_note(e->deps.log, t->recorded->n, why, &t->recorded->request);
	buf_release(&target);
	return yes;
}

/* The server wants its nonce in the proof: once more, at once, with the one that came with that. */
static bool
retry_with_nonce(struct engine *e, struct task *t, bool nonce_came)
{
	if (!t->call.dpop || t->nonce_tried || !nonce_came ||
		t->transfer.result.error != NETERR_NONE ||
		strcmp(t->recorded->answer.error, "use_dpop_nonce") != 0)
		return false;
	t->nonce_tried = true;
	t->state = TASK_QUEUED;
	log_add(e->deps.log, LOG_INFO, LOGC_NET, t->recorded->n,
		"again with the server's nonce in the DPoP proof");
	return true;
}

/* Puts the task to sleep before another attempt; false: this result is the last. */
static bool
retry(struct engine *e, struct task *t)
{
	int64_t now = clock_mono_us(e->deps.clock), delay;

	if (!t->call.idempotent || !policy_retry(&t->transfer.result, t->attempt,
		clock_wall_s(e->deps.clock), e->deps.rng, &delay))
		return false;
	/* An attempt that had no time to go like the last would only hide its reason. */
	if (now + delay + (now - t->started_us) >= t->deadline_us)
		return false;
	t->due_us = now + delay;
	t->state = TASK_WAITING;
	log_add(e->deps.log, LOG_INFO, LOGC_NET, t->recorded->n,
		"again in %lld ms (attempt %u of %d)", (long long)(delay / 1000), t->attempt + 1,
		POLICY_ATTEMPTS);
	return true;
}

static void
attempt_ended(struct engine *e, struct task *t)
{
	bool nonce_came = nonces_note(
		e->nonces, span_of(t->wire.url), &t->transfer.result.response);

	record(e, t);
	note_silence(e, t);
	if (t->cancelled ||
		(!follow(e, t) && !retry_with_nonce(e, t, nonce_came) && !retry(e, t)))
		complete(e, t);
}

/* --- the turn --- */

static void
take_finished(struct engine *e)
{
	struct transfer *x;

	while (e->transport && (x = e->ops->next_done(e->transport))) {
		e->n_under_way--;
		attempt_ended(e, x->owner);
	}
}

static void
deliver(struct engine *e)
{
	struct task *t, *next;

	/* What the callbacks complete by cancelling is delivered too; they may submit freely. */
	while ((t = e->done)) {
		e->done = NULL;
		for (; t; t = next) {
			next = t->next;
			if (t->call.done)
				t->call.done(t->call.ctx, &t->transfer.result, t->recorded);
			task_free(t);
		}
	}
}

static void
start_due(struct engine *e)
{
	int64_t now = clock_mono_us(e->deps.clock);
	struct task *next;

	for (struct task *t = e->tasks; t && e->n_under_way < MAX_UNDER_WAY; t = next) {
		next = t->next;
		if (t->state == TASK_QUEUED || (t->state == TASK_WAITING && t->due_us <= now))
			start(e, t);
	}
}

void
engine_turn(struct engine *e)
{
	if (e->turning)
		return;
	e->turning = true;
	take_finished(e);
	deliver(e);
	start_due(e);
	e->turning = false;
}

int64_t
engine_deadline_us(const struct engine *e)
{
	int64_t at = INT64_MAX;

	if (e->done)
		return clock_mono_us(e->deps.clock);
	if (e->n_under_way >= MAX_UNDER_WAY)
		return at;
	for (const struct task *t = e->tasks; t; t = t->next) {
		if (t->state == TASK_QUEUED)
			return clock_mono_us(e->deps.clock);
		if (t->state == TASK_WAITING && t->due_us < at)
			at = t->due_us;
	}
	return at;
}

enum res
engine_wait(struct engine *e, struct pollfd *fds, size_t n, int timeout_ms)
{
	int64_t at = engine_deadline_us(e);
	int64_t left = at == INT64_MAX ? -1 : (at - clock_mono_us(e->deps.clock) + 999) / 1000;

	if (at != INT64_MAX && left < 0)
		left = 0;
	if (left > INT_MAX)
		left = INT_MAX;
	if (left >= 0 && (timeout_ms < 0 || left < timeout_ms))
		timeout_ms = (int)left;
	if (e->transport)
		return e->ops->wait(e->transport, fds, n, timeout_ms);
	if (poll(fds, n, timeout_ms) < 0) {
		for (size_t i = 0; i < n; i++)
			fds[i].revents = 0;
		if (errno != EINTR)
			return RES_IO;
	}
	return RES_OK;
}

enum res
engine_run(struct engine *e, int64_t limit_us)
{
	int64_t now = clock_mono_us(e->deps.clock), left;
	int64_t end = limit_us < INT64_MAX - now ? now + limit_us : INT64_MAX;
	enum res r;

	for (;;) {
		engine_turn(e);
		if (!engine_running(e))
			return RES_OK;
		left = end - clock_mono_us(e->deps.clock);
		if (left <= 0)
			return RES_LIMIT;
		left = left / 1000 + (left % 1000 != 0);
		r = engine_wait(e, NULL, 0, left > INT_MAX ? INT_MAX : (int)left);
		if (r != RES_OK)
			return r;
	}
}
