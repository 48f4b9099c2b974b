#include "engine/net-shared.h"

#include <limits.h>

#include "base/mem.h"
#include "base/text.h"
#include "oauth/url.h"

enum {
	BACKOFF_FIRST_MS = 1000,
	BACKOFF_MOST_MS = 60000,
	BURST = 4,
	ASKED_MOST_S = 300, /* a server that asks for longer is asked again all the same */
	PLACES = 16,
};

/*
 * What went wrong with a request that may be the server's state, and not the request's fault:
 * BUSY it says "too often"; FAILING it, or what stands before it, cannot just now (502, 503, 504);
 * SILENT no answer in time; LOST the connection broke; AWAY there is none.
 */
enum setback { SET_NONE, SET_BUSY, SET_FAILING, SET_SILENT, SET_LOST, SET_AWAY };

/* A server (its origin), or one of its endpoints (a URL without its query). */
struct place {
	char *name;
	bool answered, tired; /* well, ever; patience ended here, and nothing went well since */
	int64_t good_us;      /* when it answered well last */
};

/* A request of one of the engines. */
struct held {
	struct held *next;
	struct transport *from;
	struct transfer *x;
	void *owner;       /* the engine's, while ours stands in the transfer */
	struct place *server, *endpoint;
	unsigned refused;  /* how often it was set back */
	int64_t start_us, failed_us;
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
	struct place places[PLACES];
	size_t n_places;
	bool answered;
	char gone[LIMIT_MESSAGE];
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
	for (size_t i = 0; i < s->n_places; i++)
		free(s->places[i].name);
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

/* --- where it went ------ */

/* More places than there are share the last one. */
static struct place *
place_of(struct shared *s, struct span name)
{
	for (size_t i = 0; i < s->n_places; i++)
		if (span_is(name, s->places[i].name))
			return &s->places[i];
	if (s->n_places == PLACES)
		return &s->places[PLACES - 1];
	s->places[s->n_places].name = span_dup(name);
	return &s->places[s->n_places++];
}

static void
find_places(struct shared *s, struct held *h)
{
	struct span url = span_of(h->x->request->url);
	char *origin = url_origin_dup(url);

	h->server = place_of(s, span_of(origin));
	h->endpoint = place_of(s, span_sub(url, 0, span_find(url, '?')));
	free(origin);
}

/* --- set back ------ */

/*
 * Seconds that Retry-After asks for (RFC 9110 §10.2.3), a date by the server's own clock; -1: it
 * does not say.
 */
static int64_t
asked_s(const struct shared *s, const struct net_result *r)
{
	struct span date = http_header(&r->response.headers, "Date");
	int64_t now;

	if (time_parse_http(date, &now) != RES_OK)
		now = clock_wall_s(s->clock);
	return http_retry_after(&r->response.headers, now);
}

static enum setback
setback_of(const struct shared *s, const struct net_result *r)
{
	int status = r->response.status;

	switch (r->error) {
	case NETERR_NONE:
		if (status == 429 || (status == 503 && asked_s(s, r) >= 0))
			return SET_BUSY;
		return status >= 502 && status <= 504 ? SET_FAILING : SET_NONE;
	case NETERR_READ_TIMEOUT:
		return SET_SILENT;
	case NETERR_RESET:
	case NETERR_SHORT_BODY:
		return SET_LOST;
	case NETERR_REFUSED:
	case NETERR_CONNECT_TIMEOUT:
	case NETERR_UNREACHABLE:
	case NETERR_DNS:
	case NETERR_PROXY_DNS:
	case NETERR_PROXY_REFUSED:
	case NETERR_PROXY_UNREACHABLE:
		return SET_AWAY;
	default:
		return SET_NONE;
	}
}

/* Whose state it is: a connection's failure the server's, a status the endpoint's alone. */
static struct place *
place_of_setback(const struct held *h, enum setback b)
{
	return b == SET_LOST || b == SET_AWAY ? h->server : h->endpoint;
}

/*
 * Is it this request alone?  Others were answered well since it began, or since it failed the last
 * time.  What the server says of the load, and a server that is away, concern all.
 */
static bool
alone(const struct held *h, enum setback b)
{
	int64_t since = h->refused ? h->failed_us : h->start_us;

	return b != SET_BUSY && b != SET_AWAY && place_of_setback(h, b)->good_us > since;
}

/* How often a request is sent again. */
static unsigned
patience(const struct shared *s, enum setback b, bool is_alone)
{
	if (is_alone) /* which is asked again in case; the longest to wait for, once */
		return b == SET_SILENT ? 1 : (s->limits.patience + 3) / 4;
	return b == SET_BUSY || b == SET_AWAY ? s->limits.patience : (s->limits.patience + 1) / 2;
}

/*
 * Everybody waits: as long as is asked for, and longer each time that was not enough.  Answers to
 * what went out before the pause say nothing new.
 */
static void
back_off(struct shared *s, const struct held *h)
{
	int64_t now = clock_mono_us(s->clock), asked = asked_s(s, &h->x->result), ms;
	bool is_new = h->start_us >= s->cut_us;

	s->throttled++;
	if (!is_new && asked <= 0)
		return;
	if (is_new)
		s->backoff_ms = !s->backoff_ms         ? BACKOFF_FIRST_MS
			: s->backoff_ms * 2 < BACKOFF_MOST_MS ? s->backoff_ms * 2
							      : BACKOFF_MOST_MS;
	ms = asked < ASKED_MOST_S ? asked * 1000 : ASKED_MOST_S * 1000;
	if (is_new && ms < s->backoff_ms)
		ms = s->backoff_ms;
	ms += rng_below(s->rng, (uint32_t)(ms / 4 + 50));
	if (now + ms * 1000 > s->resume_us)
		s->resume_us = now + ms * 1000;
	if (is_new)
		s->window = s->window > 1 ? s->window / 2 : 1;
	s->cut_us = now;
	s->fine = 0;
}

static void
mark_good(struct place *p, int64_t now_us)
{
	p->answered = true;
	p->tired = false;
	p->good_us = now_us;
}

/* The window opens again, one at a time. */
static void
went_well(struct shared *s, const struct held *h)
{
	if (h->x->result.response.status)
		mark_good(h->server, clock_mono_us(s->clock));
	if (setback_of(s, &h->x->result) == SET_NONE && h->x->result.error == NETERR_NONE)
		mark_good(h->endpoint, clock_mono_us(s->clock));
	if (h->start_us >= s->cut_us)
		s->backoff_ms = 0;
	if (s->window >= s->limits.under_way || ++s->fine < s->window)
		return;
	s->window++;
	s->fine = 0;
}

/* In front, since it has waited longest; or behind, so that others tell how the server is. */
static void
send_again(struct shared *s, struct held *h, bool in_front)
{
	net_result_release(&h->x->result);
	net_result_init(&h->x->result);
	h->refused++;
	h->failed_us = clock_mono_us(s->clock);
	h->next = in_front ? s->queue : NULL;
	if (in_front)
		s->queue = h;
	else
		*s->queue_end = h;
	if (!h->next)
		s->queue_end = &h->next;
}

/* The server does not come back: the run ends, and this request is nobody's evidence. */
static void
give_up(struct shared *s, struct held *h, const struct place *p)
{
	const struct net_result *r = &h->x->result;
	char why[80];

	if (r->error == NETERR_NONE)
		snprintf(why, sizeof(why), "status %d", r->response.status);
	else
		snprintf(why, sizeof(why), "%s", net_error_words(r->error));
	if (!*s->gone)
		text_format(s->gone, sizeof(s->gone), "%s does not answer any more: %s, %u times",
			p->name, why, h->refused + 1);
	send_again(s, h, true);
}

/* True: it is sent again, or the run ends; false: it is what came of this request. */
static bool
waits(struct shared *s, struct held *h, enum setback b)
{
	struct place *p = place_of_setback(h, b);
	bool is_alone = alone(h, b);

	/* a proof of possession is good for once (RFC 9449 §11.1) */
	if (http_has_header(&h->x->request->headers, "DPoP"))
		return false;
	if (h->refused < patience(s, b, is_alone)) {
		send_again(s, h, b == SET_BUSY || b == SET_AWAY);
		return true;
	}
	if (is_alone)
		return false;
	/* from the first on it may be this one that is refused; not the second, too */
	if (!p->answered && !p->tired) {
		p->tired = true;
		return false;
	}
	give_up(s, h, p);
	return true;
}

static void
take_done(struct shared *s)
{
	struct transfer *x;

	while ((x = s->ops->next_done(s->real))) {
		struct held *h = x->owner;
		enum setback b = setback_of(s, &x->result);

		s->under_way--;
		if (x->result.response.status)
			s->answered = true;
		/* from the start it is evidence; "too often" never is */
		if (b != SET_BUSY && b != SET_NONE && !place_of_setback(h, b)->answered)
			b = SET_NONE;
		if (b == SET_NONE) {
			went_well(s, h);
			deliver(h);
			continue;
		}
		if (!alone(h, b))
			back_off(s, h);
		if (!waits(s, h, b))
			deliver(h);
	}
}

/* --- what is to be sent ------ */

/* When the next request may go out. */
static int64_t
due_us(const struct shared *s)
{
	if (!s->queue || s->under_way >= s->window || *s->gone)
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

bool
shared_answered(const struct shared *s)
{
	return s->answered;
}

const char *
shared_gone(const struct shared *s)
{
	return *s->gone ? s->gone : NULL;
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
	find_places(t->s, h);
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
