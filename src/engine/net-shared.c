#include "engine/net-shared.h"

#include <limits.h>

#include "base/mem.h"

enum {
	BACKOFF_FIRST_MS = 1000,
	BACKOFF_MOST_MS = 60000,
	BURST = 4,
	ASKED_MOST_S = 300, /* a server that asks for longer is asked again all the same */
};

/* A request of one of the engines. */
struct held {
	struct held *next;
	struct transport *from;
	struct transfer *x;
	void *owner;       /* the engine's, while ours stands in the transfer */
	unsigned refused;  /* how often as too often */
	int64_t start_us;
};

/* What an engine takes for its transport. */
struct transport {
	struct shared *s;
	void *tag;
	struct held *done;
	struct transport *next_ready;
	bool ready;
};

struct shared {
	const struct transport_ops *ops;
	struct transport *real;
	const struct clock *clock;
	struct rng *rng;
	struct shared_limits limits;
	struct held *queue, **queue_end;
	struct transport *ready, **ready_end;
	unsigned under_way, window, fine; /* answers since the window grew */
	int64_t next_us, resume_us, cut_us;
	int64_t backoff_ms;
	uint64_t started, throttled;
	bool answered;
};

struct shared *
shared_new(const struct transport_ops *ops, const struct clock *clock, struct rng *rng,
	const struct shared_limits *limits, struct err *e)
{
	struct transport *real = ops->open(clock, NULL, e);
	struct shared *s;

	if (!real)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->ops = ops;
	s->real = real;
	s->clock = clock;
	s->rng = rng;
	s->limits = *limits;
	s->window = limits->under_way;
	s->queue_end = &s->queue;
	s->ready_end = &s->ready;
	return s;
}

void
shared_free(struct shared *s)
{
	if (!s)
		return;
	s->ops->close(s->real);
	free(s);
}

/* --- what is done ------ */

static void
deliver(struct held *h)
{
	struct transport *t = h->from;
	struct held **at;

	h->x->owner = h->owner;
	h->next = NULL;
	for (at = &t->done; *at; at = &(*at)->next)
		;
	*at = h;
	if (t->ready)
		return;
	t->ready = true;
	t->next_ready = NULL;
	*t->s->ready_end = t;
	t->s->ready_end = &t->next_ready;
}

void *
shared_next_ready(struct shared *s)
{
	struct transport *t = s->ready;

	if (!t)
		return NULL;
	s->ready = t->next_ready;
	if (!s->ready)
		s->ready_end = &s->ready;
	t->ready = false;
	return t->tag;
}

/* --- too often ------ */

/* Seconds that Retry-After asks for (RFC 9110 §10.2.3); -1: it does not say. */
static int64_t
asked_s(const struct shared *s, const struct net_result *r)
{
	struct span v = span_trim(http_header(&r->response.headers, "Retry-After"));
	int64_t at;

	if (v.n && span_to_i64(v, &at) == RES_OK && at >= 0)
		return at;
	if (v.n && time_parse_http(v, &at) == RES_OK) {
		at -= clock_wall_s(s->clock);
		return at > 0 ? at : 0;
	}
	return -1;
}

static bool
too_often(const struct shared *s, const struct net_result *r)
{
	return r->error == NETERR_NONE &&
		(r->response.status == 429 || (r->response.status == 503 && asked_s(s, r) >= 0));
}

/* A server that answered before is not there: restarted, or overrun. */
static bool
went_away(const struct shared *s, const struct net_result *r)
{
	return s->answered &&
		(r->error == NETERR_REFUSED || r->error == NETERR_RESET ||
			r->error == NETERR_CONNECT_TIMEOUT);
}

/* Everybody waits.  Answers to what went out before the pause say nothing new. */
static void
back_off(struct shared *s, const struct held *h)
{
	int64_t now = clock_mono_us(s->clock), asked = asked_s(s, &h->x->result), ms;

	s->throttled++;
	if (h->start_us < s->cut_us && asked <= 0)
		return;
	s->backoff_ms = !s->backoff_ms         ? BACKOFF_FIRST_MS
		: s->backoff_ms * 2 < BACKOFF_MOST_MS ? s->backoff_ms * 2
						      : BACKOFF_MOST_MS;
	ms = asked >= 0 ? (asked < ASKED_MOST_S ? asked : ASKED_MOST_S) * 1000 : s->backoff_ms;
	ms += rng_below(s->rng, (uint32_t)(ms / 4 + 50));
	if (now + ms * 1000 > s->resume_us)
		s->resume_us = now + ms * 1000;
	if (h->start_us >= s->cut_us)
		s->window = s->window > 1 ? s->window / 2 : 1;
	s->cut_us = now;
	s->fine = 0;
}

/* The window opens again, one at a time. */
static void
went_well(struct shared *s, const struct held *h)
{
	if (h->start_us >= s->cut_us)
		s->backoff_ms = 0;
	if (s->window >= s->limits.under_way || ++s->fine < s->window)
		return;
	s->window++;
	s->fine = 0;
}

static void
send_again(struct shared *s, struct held *h)
{
	net_result_release(&h->x->result);
	net_result_init(&h->x->result);
	h->refused++;
	/* in front: it has waited longest */
	h->next = s->queue;
	s->queue = h;
	if (!h->next)
		s->queue_end = &h->next;
}

static void
take_done(struct shared *s)
{
	struct transfer *x;

	while ((x = s->ops->next_done(s->real))) {
		struct held *h = x->owner;

		s->under_way--;
		if (x->result.response.status)
			s->answered = true;
		if (!too_often(s, &x->result) && !went_away(s, &x->result)) {
			went_well(s, h);
			deliver(h);
		} else {
			back_off(s, h);
			/* a proof of possession is good for once (RFC 9449 §11.1) */
			if (h->refused < s->limits.patience &&
				!http_has_header(&h->x->request->headers, "DPoP"))
				send_again(s, h);
			else
				deliver(h);
		}
	}
}

/* --- what is to be sent ------ */

/* When the next request may go out. */
static int64_t
due_us(const struct shared *s)
{
	if (!s->queue || s->under_way >= s->window)
		return INT64_MAX;
	return s->resume_us > s->next_us ? s->resume_us : s->next_us;
}

static struct held *
unqueue(struct shared *s)
{
	struct held *h = s->queue;

	s->queue = h->next;
	if (!s->queue)
		s->queue_end = &s->queue;
	h->next = NULL;
	return h;
}

static void
start_one(struct shared *s, int64_t now)
{
	struct held *h = unqueue(s);
	struct err e = ERR_INIT;

	if (s->limits.rate > 0) /* a turn that came late does not make the next ones late */
		s->next_us = (s->next_us > now - 100000 ? s->next_us : now) +
			(int64_t)(1e6 / s->limits.rate);
	h->start_us = now;
	s->started++;
	if (s->ops->start(s->real, h->x, &e) == RES_OK) {
		s->under_way++;
		return;
	}
	h->x->result.error = NETERR_OTHER;
	snprintf(h->x->result.error_text, sizeof(h->x->result.error_text), "%.190s", e.text);
	deliver(h);
}

void
shared_turn(struct shared *s)
{
	int64_t now = clock_mono_us(s->clock);
	unsigned n = 0;

	take_done(s);
	while (due_us(s) <= now) {
		start_one(s, now);
		/* the first of a burst do not wait until the last is made */
		if (++n % BURST == 0)
			(void)!s->ops->wait(s->real, NULL, 0, 0);
	}
}

enum res
shared_wait(struct shared *s, struct pollfd *fds, size_t n, int timeout_ms)
{
	int64_t due = due_us(s), left;

	if (s->ready)
		timeout_ms = 0;
	if (due != INT64_MAX) {
		left = (due - clock_mono_us(s->clock) + 999) / 1000;
		left = left < 0 ? 0 : left > INT_MAX ? INT_MAX : left;
		if (timeout_ms < 0 || left < timeout_ms)
			timeout_ms = (int)left;
	}
	return s->ops->wait(s->real, fds, n, timeout_ms);
}

void
shared_count(const struct shared *s, struct shared_counts *out)
{
	*out = (struct shared_counts){.started = s->started,
		.throttled = s->throttled,
		.under_way = s->under_way,
		.window = s->window,
		.resume_us = s->resume_us > clock_mono_us(s->clock) ? s->resume_us : 0};
}

/* --- the transport of one engine ------ */

struct transport *
shared_join(struct shared *s, void *tag)
{
	struct transport *t = xcalloc(1, sizeof(*t));

	t->s = s;
	t->tag = tag;
	return t;
}

static void
list_drop(struct held **at, const struct transport *t)
{
	while (*at) {
		struct held *h = *at;

		if (h->from != t) {
			at = &h->next;
			continue;
		}
		*at = h->next;
		free(h);
	}
}

/* The engine dropped its requests before (wizard_free() settles). */
static void
one_close(struct transport *t)
{
	struct transport **at;
	struct shared *s = t->s;

	list_drop(&s->queue, t);
	for (s->queue_end = &s->queue; *s->queue_end; s->queue_end = &(*s->queue_end)->next)
		;
	list_drop(&t->done, t);
	for (at = &s->ready; *at && *at != t; at = &(*at)->next_ready)
		;
	if (*at)
		*at = t->next_ready;
	for (s->ready_end = &s->ready; *s->ready_end; s->ready_end = &(*s->ready_end)->next_ready)
		;
	free(t);
}

static enum res
one_start(struct transport *t, struct transfer *x, struct err *e)
{
	struct held *h = xcalloc(1, sizeof(*h));

	(void)e;
	h->from = t;
	h->x = x;
	h->owner = x->owner;
	x->owner = h;
	*t->s->queue_end = h;
	t->s->queue_end = &h->next;
	return RES_OK;
}

/* Not sent yet, it is done at once; under way, the real transport ends it. */
static void
one_cancel(struct transport *t, struct transfer *x)
{
	struct shared *s = t->s;
	struct held **at;

	for (at = &s->queue; *at && (*at)->x != x; at = &(*at)->next)
		;
	if (*at) {
		struct held *h = *at;

		*at = h->next;
		if (s->queue_end == &h->next)
			s->queue_end = at;
		x->result.error = NETERR_CANCELLED;
		deliver(h);
		return;
	}
	s->ops->cancel(s->real, x);
	take_done(s);
}

static enum res
one_wait(struct transport *t, struct pollfd *fds, size_t n, int timeout_ms)
{
	enum res r;

	shared_turn(t->s);
	r = shared_wait(t->s, fds, n, t->done ? 0 : timeout_ms);
	shared_turn(t->s);
	return r;
}

static struct transfer *
one_next_done(struct transport *t)
{
	struct held *h = t->done;
	struct transfer *x;

	if (!h)
		return NULL;
	t->done = h->next;
	x = h->x;
	free(h);
	return x;
}

const struct transport_ops transport_shared = {
	.name = "shared",
	.close = one_close,
	.start = one_start,
	.cancel = one_cancel,
	.wait = one_wait,
	.next_done = one_next_done,
};
