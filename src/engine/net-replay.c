#include "engine/replay.h"

#include <errno.h>
#include <limits.h>

#include "base/mem.h"
#include "base/text.h"
#include "oauth/http.h"

struct reply {
	struct reply *next;
	char *method, *url, *body, *response;
	size_t response_len;
	bool has_response, once, used;
	enum net_error error;
	int64_t delay_us;
};

struct pending {
	struct pending *next;
	struct transfer *x;
	int64_t start_us, due_us;
	const struct reply *reply; /* NULL: nothing matched */
	bool timed_out, cancelled;
};

struct transport {
	const struct clock *clock;
	struct clock *manual;
	struct reply *replies;
	struct pending *pending, *done;
	char **requests;
	size_t n_requests;
};

static struct transport *
replay_open(const struct clock *clock, struct log *log, struct err *e)
{
	struct transport *t = xcalloc(1, sizeof(*t));

	(void)log;
	(void)e;
	t->clock = clock;
	return t;
}

static void
pending_free(struct pending *p)
{
	struct pending *next;

	for (; p; p = next) {
		next = p->next;
		free(p);
	}
}

static void
replay_close(struct transport *t)
{
	struct reply *r, *next;

	if (!t)
		return;
	for (r = t->replies; r; r = next) {
		next = r->next;
		free(r->method);
		free(r->url);
		free(r->body);
		free(r->response);
		free(r);
	}
	pending_free(t->pending);
	pending_free(t->done);
	for (size_t i = 0; i < t->n_requests; i++)
		free(t->requests[i]);
	free(t->requests);
	free(t);
}

static char *
dup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void
replay_add(struct transport *t, const struct replay_reply *r)
{
	struct reply *copy = xcalloc(1, sizeof(*copy)), **at;

	copy->method = dup_or_null(r->method);
	copy->url = dup_or_null(r->url_contains);
	copy->body = dup_or_null(r->body_contains);
	copy->has_response = r->response != NULL;
	if (r->response) {
		copy->response_len = r->response_len ? r->response_len : strlen(r->response);
		copy->response = xmalloc(copy->response_len + 1);
		memcpy(copy->response, r->response, copy->response_len);
		copy->response[copy->response_len] = '\0';
	}
	copy->error = r->error;
	copy->delay_us = r->delay_us;
	copy->once = r->once;
	for (at = &t->replies; *at; at = &(*at)->next)
		;
	*at = copy;
}

void
replay_set_clock(struct transport *t, struct clock *manual)
{
	t->manual = manual;
}

size_t
replay_requests(const struct transport *t)
{
	return t->n_requests;
}

const char *
replay_request(const struct transport *t, size_t k)
{
	return k < t->n_requests ? t->requests[k] : NULL;
}

static void
keep_request(struct transport *t, const struct http_request *req)
{
	struct buf b;

	buf_init(&b, SIZE_MAX / 2);
	buf_printf(&b, "%s %s HTTP/1.1\r\n", req->method, req->url);
	for (size_t i = 0; i < req->headers.n; i++)
		buf_printf(&b, "%s: %s\r\n", req->headers.v[i].name, req->headers.v[i].value);
	buf_puts(&b, "\r\n");
	buf_add_span(&b, buf_span(&req->body));
	t->requests = xreallocarray(t->requests, t->n_requests + 1, sizeof(*t->requests));
	t->requests[t->n_requests++] = buf_take(&b);
}

static struct reply *
match(struct transport *t, const struct http_request *req)
{
	struct reply *r;

	for (r = t->replies; r; r = r->next) {
		if (r->once && r->used)
			continue;
		if (r->method && strcmp(r->method, req->method) != 0)
			continue;
		if (r->url && span_find_str(span_of(req->url), r->url) == SIZE_MAX)
			continue;
		if (r->body && span_find_str(buf_span(&req->body), r->body) == SIZE_MAX)
			continue;
		r->used = true;
		return r;
	}
	return NULL;
}

static enum res
replay_start(struct transport *t, struct transfer *x, struct err *e)
{
	struct pending *p = xcalloc(1, sizeof(*p)), **at;
	int64_t first = x->options.first_byte_timeout_ms * 1000,
		total = x->options.total_timeout_ms * 1000;

	(void)e;
	keep_request(t, x->request);
	p->x = x;
	p->reply = match(t, x->request);
	p->start_us = clock_mono_us(t->clock);
	p->due_us = p->start_us + (p->reply ? p->reply->delay_us : 0);
	if (first > 0 && p->due_us - p->start_us > first) {
		p->timed_out = true;
		p->due_us = p->start_us + first;
	}
	if (total > 0 && p->due_us - p->start_us > total) {
		p->timed_out = true;
		p->due_us = p->start_us + total;
	}
	x->transport_data = p;
	x->result.sent_wall_us = clock_wall_us(t->clock);
	for (at = &t->pending; *at; at = &(*at)->next)
		;
	*at = p;
	return RES_OK;
}

static void
enforce_limits(struct net_result *r, const struct net_options *o)
{
	size_t head = 0;

	for (size_t i = 0; i < r->response.headers.n; i++)
		head += strlen(r->response.headers.v[i].name) +
			strlen(r->response.headers.v[i].value) + 4;
	if (o->max_headers && head > o->max_headers)
		r->response.headers_too_large = true;
	if (o->max_body && r->response.body.len > o->max_body) {
		buf_truncate(&r->response.body, o->max_body);
		r->response.body_too_large = true;
	}
	if (r->response.headers_too_large || r->response.body_too_large)
		r->error = NETERR_TOO_LARGE;
}

static void
fill_result(struct transport *t, struct pending *p)
{
	struct net_result *r = &p->x->result;
	const struct reply *y = p->reply;
	struct err e = ERR_INIT;

	r->timings = (struct timings){-1, -1, -1, -1, -1, p->due_us - p->start_us, false};
	if (p->cancelled) {
		r->error = NETERR_CANCELLED;
		return;
	}
	if (p->timed_out || !y) {
		r->error = p->timed_out ? NETERR_READ_TIMEOUT : NETERR_REFUSED;
		return;
	}
	r->error = y->error;
	if (!y->has_response)
		return;
	if (http_parse_response(&r->response, span_make(y->response, y->response_len), &e) !=
		RES_OK) {
		r->error = NETERR_NOT_HTTP;
		text_safe_into(r->error_text, sizeof(r->error_text), span_of(e.text));
		return;
	}
	r->timings.wait = r->timings.total;
	r->timings.receive = 0;
	r->answered_wall_us = clock_wall_us(t->clock);
	if (r->error == NETERR_NONE)
		enforce_limits(r, &p->x->options);
}

static void
finish(struct transport *t, struct pending *p)
{
	struct pending **at;

	for (at = &t->pending; *at != p; at = &(*at)->next)
		;
	*at = p->next;
	p->next = NULL;
	fill_result(t, p);
	for (at = &t->done; *at; at = &(*at)->next)
		;
	*at = p;
}

static void
replay_cancel(struct transport *t, struct transfer *x)
{
	struct pending *p;

	for (p = t->pending; p && p->x != x; p = p->next)
		;
	if (!p)
		return;
	p->cancelled = true;
	p->due_us = clock_mono_us(t->clock);
	finish(t, p);
}

/* The one that is due first (the oldest of several); NULL: none. */
static struct pending *
next_due(const struct transport *t)
{
	struct pending *best = t->pending;

	for (struct pending *p = best; p; p = p->next)
		if (p->due_us < best->due_us)
			best = p;
	return best;
}

static enum res
poll_fds(struct pollfd *fds, size_t n, int timeout_ms, int *ready)
{
	*ready = poll(fds, n, timeout_ms);
	if (*ready >= 0)
		return RES_OK;
	for (size_t i = 0; i < n; i++)
		fds[i].revents = 0;
	*ready = 0;
	return errno == EINTR ? RES_OK : RES_IO;
}

static enum res
replay_wait(struct transport *t, struct pollfd *fds, size_t n, int timeout_ms)
{
	int64_t now = clock_mono_us(t->clock), left = -1;
	struct pending *p = next_due(t);
	enum res r;
	int ready;

	if (p)
		left = p->due_us > now ? p->due_us - now : 0;
	if (t->done)
		left = 0;
	if (timeout_ms >= 0 && (left < 0 || left > (int64_t)timeout_ms * 1000))
		left = (int64_t)timeout_ms * 1000;
	if (t->manual && left >= 0) {
		/* Time passes only if nothing else happens. */
		r = poll_fds(fds, n, 0, &ready);
		if (r == RES_OK && !ready)
			clock_advance_us(t->manual, left);
	} else {
		int ms = -1;

		if (left >= 0)
			ms = left > (int64_t)INT_MAX * 999 ? INT_MAX : (int)((left + 999) / 1000);

		r = poll_fds(fds, n, ms, &ready);
	}
	now = clock_mono_us(t->clock);
	while ((p = next_due(t)) && p->due_us <= now)
		finish(t, p);
	return r;
}

static struct transfer *
replay_next_done(struct transport *t)
{
	struct pending *p = t->done;
	struct transfer *x;

	if (!p)
		return NULL;
	t->done = p->next;
	x = p->x;
	x->transport_data = NULL;
	free(p);
	return x;
}

static const char *
replay_version(void)
{
	return "replay";
}

const struct transport_ops transport_replay = {
	.name = "replay",
	.open = replay_open,
	.close = replay_close,
	.start = replay_start,
	.cancel = replay_cancel,
	.wait = replay_wait,
	.next_done = replay_next_done,
	.version = replay_version,
};
