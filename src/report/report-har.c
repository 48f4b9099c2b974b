/*
 * HAR 1.2, for browsers' tools and proxies, and for ourselves: what HAR has no member for stands in
 * "_tokentriage", so that the file read again is the case it was made of (case-har.c).  ASCII
 * throughout: everything else is escaped.
 */
#include "report/parts.h"

#include "base/encode.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "oauth/url.h"

static void
set_text(struct json *o, const char *name, const char *v)
{
	json_set_str(o, name, v ? v : "");
}

/* "2026-01-31T12:00:00.123Z" */
static void
set_started(struct json *o, int64_t wall_us)
{
	char day[32], when[48];

	time_rfc3339(day, wall_us / 1000000);
	snprintf(when, sizeof(when), "%.*s.%03dZ", (int)strcspn(day, "Z"), day,
		(int)(wall_us / 1000 % 1000));
	json_set_str(o, "startedDateTime", when);
}

static struct json *
pairs(const struct http_headers *h)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < h->n; i++) {
		struct json *one = json_new_object();

		set_text(one, "name", h->v[i].name);
		set_text(one, "value", h->v[i].value);
		json_append_take(list, one);
	}
	return list;
}

/* Names and values of a query or form, decoded. */
static struct json *
parameters(struct span form)
{
	struct json *list = json_new_array();
	struct span member;

	while (span_next(&form, '&', &member)) {
		size_t eq = span_find(member, '=');
		struct json *one = json_new_object();
		struct buf part;

		buf_init(&part, LIMIT_REPORT);
		(void)form_decode(&part, span_sub(member, 0, eq));
		json_set_span(one, "name", utf8_valid(buf_span(&part)) ? buf_span(&part) : member);
		buf_clear(&part);
		if (eq != SIZE_MAX)
			(void)form_decode(&part, span_from(member, eq + 1));
		json_set_span(
			one, "value", utf8_valid(buf_span(&part)) ? buf_span(&part) : SPAN_EMPTY);
		buf_release(&part);
		json_append_take(list, one);
	}
	return list;
}

static struct span
query_of(struct span url)
{
	size_t mark = span_find(url, '?'), hash;

	if (mark == SIZE_MAX)
		return SPAN_EMPTY;
	url = span_from(url, mark + 1);
	hash = span_find(url, '#');
	return span_sub(url, 0, hash);
}

static void
set_version(struct json *o, const struct http_response *p)
{
	char version[16] = "";

	if (*p->version)
		snprintf(version, sizeof(version), "HTTP/%s", p->version);
	json_set_str(o, "httpVersion", version);
}

/* rest: what HAR has no place for. */
static struct json *
request(const struct exchange *x, struct json *rest)
{
	const struct http_request *q = &x->request;
	struct json *o = json_new_object(), *data;
	struct span raw = buf_span(&q->body);
	char type[80];

	json_set_str(o, "method", q->method);
	set_text(o, "url", q->url);
	set_version(o, &x->result.response);
	json_set_take(o, "cookies", json_new_array());
	json_set_take(o, "headers", pairs(&q->headers));
	json_set_take(o, "queryString", parameters(query_of(span_of(q->url))));
	json_set_i64(o, "headersSize", -1);
	json_set_i64(o, "bodySize", (int64_t)raw.n);
	if (raw.n && utf8_valid(raw) && !memchr(raw.p, '\0', raw.n)) {
		data = json_new_object();
		json_set_str(data, "mimeType", http_media_type(&q->headers, type, sizeof(type)));
		json_set_span(data, "text", raw);
		json_set_take(o, "postData", data);
	} else if (raw.n) {
		struct buf coded;

		buf_init(&coded, 2 * raw.n + 8);
		(void)base64_encode(&coded, raw);
		json_set_span(rest, "body_base64", buf_span(&coded));
		buf_release(&coded);
	}
	return o;
}

static struct json *
content(const struct report *r, const struct exchange *x)
{
	const struct http_response *p = &x->result.response;
	struct json *o = json_new_object();
	struct span raw = buf_span(&p->body);
	char type[80];

	json_set_i64(o, "size", (int64_t)raw.n);
	http_media_type(&p->headers, type, sizeof(type));
	json_set_str(o, "mimeType", *type ? type : "x-unknown");
	if (r->in->claims != CLAIMS_KEEP) {
		char *body = report_body(r, x, true);

		if (body)
			json_set_str(o, "text", body);
		else if (raw.n)
			json_set_str(o, "comment", "left out");
		free(body);
	} else if (raw.n && utf8_valid(raw) && !memchr(raw.p, '\0', raw.n)) {
		json_set_span(o, "text", raw);
	} else if (raw.n) {
		struct buf coded;

		buf_init(&coded, 2 * raw.n + 8);
		(void)base64_encode(&coded, raw);
		json_set_span(o, "text", buf_span(&coded));
		json_set_str(o, "encoding", "base64");
		buf_release(&coded);
	}
	return o;
}

static struct json *
response(const struct report *r, const struct exchange *x, struct json *rest)
{
	const struct http_response *p = &x->result.response;
	struct json *o = json_new_object();

	json_set_i64(o, "status", p->status);
	set_text(o, "statusText", p->reason);
	set_version(o, p);
	json_set_take(o, "cookies", json_new_array());
	json_set_take(o, "headers", pairs(&p->headers));
	json_set_take(o, "content", content(r, x));
	json_set_span(o, "redirectURL", http_header(&p->headers, "Location"));
	json_set_i64(o, "headersSize", -1);
	json_set_i64(o, "bodySize", (int64_t)p->body.len);
	if (x->result.error != NETERR_NONE) /* as browsers have it */
		json_set_str(o, "_error",
			*x->result.error_text ? x->result.error_text
					      : net_error_words(x->result.error));
	if (p->body_too_large)
		json_set_bool(rest, "body_too_large", true);
	if (p->headers_too_large)
		json_set_bool(rest, "headers_too_large", true);
	json_set_i64(rest, "body_announced", p->body_announced);
	return o;
}

static double
ms(int64_t us)
{
	return us < 0 ? -1 : (double)us / 1000.0;
}

static double
some(int64_t us)
{
	return us < 0 ? 0 : (double)us / 1000.0;
}

/* In HAR the TLS handshake is part of connecting. */
static struct json *
timings(const struct timings *t)
{
	struct json *o = json_new_object();

	json_set_double(o, "blocked", -1);
	json_set_double(o, "dns", ms(t->dns));
	json_set_double(o, "connect", t->connect < 0 ? -1 : ms(t->connect) + some(t->tls));
	json_set_double(o, "ssl", t->connect < 0 ? -1 : ms(t->tls));
	json_set_double(o, "send", 0);
	json_set_double(o, "wait", some(t->wait));
	json_set_double(o, "receive", some(t->receive));
	return o;
}

static struct json *
entry(const struct report *r, const struct exchange *x)
{
	struct json *o = json_new_object(), *own = exchange_to_json(x);
	struct json *request_rest = json_new_object(), *response_rest = json_new_object();
	char label[80], *colon;

	set_started(o, x->result.sent_wall_us > 0 ? x->result.sent_wall_us : r->c->created_wall_us);
	json_set_double(o, "time", some(x->result.timings.total));
	json_set_take(o, "request", request(x, request_rest));
	json_set_take(o, "response", response(r, x, response_rest));
	json_set_take(o, "cache", json_new_object());
	json_set_take(o, "timings", timings(&x->result.timings));
	if (*x->result.remote) {
		snprintf(label, sizeof(label), "%s", x->result.remote);
		if ((colon = strrchr(label, ':')) != NULL)
			*colon = '\0';
		json_set_str(o, "serverIPAddress", label);
	}
	json_set_str(o, "comment", exchange_label(x, label, sizeof(label)));
	json_set_take(own, "request", request_rest);
	json_set_take(own, "response", response_rest);
	json_set_take(o, "_tokentriage", own);
	return o;
}

/* --- claims ----------------------------------------------------------------------------------- */

/* Documents that may hold claims: as the mode wants them. */
static void
without_claims(const struct report *r, struct json *tree)
{
	static const char *const names[] = {"payload", "doc"};

	for (const struct json *m = json_first(tree); m; m = json_next(m))
		without_claims(r, (struct json *)(uintptr_t)m);
	if (json_type(tree) != JSON_OBJECT)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct json *doc = json_get(tree, names[i]);
		struct json *copy;

		if (!doc || (json_type(doc) != JSON_OBJECT && json_type(doc) != JSON_ARRAY))
			continue;
		copy = report_claims(r, doc);
		if (copy)
			json_set_take(tree, names[i], copy);
		else
			json_set_null(tree, names[i]);
	}
}

static void
without_personal(const struct report *r, struct json *tree)
{
	for (const struct json *m = json_first(tree); m; m = json_next(m)) {
		struct span s;

		if (json_to_span(m, &s)) {
			char *text = report_lines(r, s);

			json_replace_str((struct json *)(uintptr_t)m, span_of(text));
			free(text);
		} else {
			without_personal(r, (struct json *)(uintptr_t)m);
		}
	}
}

/* --- the file --------------------------------------------------------------------------------- */

/* JSON text in ASCII: every other character as its escape, which any reader takes back. */
static void
put_ascii(struct buf *out, struct span s)
{
	while (s.n) {
		uint32_t c;
		size_t n = utf8_decode(s, &c);

		if (c < 0x7f) {
			buf_putc(out, s.p[0]);
		} else if (c == UINT32_MAX) {
			buf_puts(out, "\\ufffd");
		} else if (c > 0xffff) {
			c -= 0x10000;
			buf_printf(out, "\\u%04x\\u%04x", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
		} else {
			buf_printf(out, "\\u%04x", c);
		}
		s = span_from(s, n);
	}
}

static struct json *
own_log(const struct report *r)
{
	static const char *const modes[] = {"keep", "names", "none"};
	struct json *o = json_new_object(), *list = json_new_array();
	struct case_story story;

	wizard_story(r->in->w, &story);
	json_set_str(o, "schema", CASE_SCHEMA);
	json_set_str(o, "claims", modes[r->in->claims]);
	json_set_take(o, "head", case_head_to_json(r->c, &story, r->in->redactor));
	for (size_t g = 0; g < r->c->n_generations; g++)
		json_append_take(list, case_tokens_to_json(r->c, g, r->in->redactor, false));
	json_set_take(o, "tokens", list);
	return o;
}

/* The verdict first, as in every other form. */
static void
set_comment(const struct report *r, struct json *log)
{
	struct buf b;

	buf_init(&b, LIMIT_REPORT);
	buf_printf(&b, "%s: %s", state_word(r->d->verdict.state), r->d->verdict.summary);
	if (r->d->n) {
		buf_puts(&b, " Cause: ");
		report_chain(r, &b);
		buf_putc(&b, '.');
	}
	if (*report_remedy(r))
		buf_printf(&b, " Remedy: %s", report_remedy(r));
	buf_puts(&b, " For the user: ");
	report_reply(r, &b);
	report_set(r, log, "comment", buf_span(&b));
	buf_release(&b);
}

void
report_har(const struct report *r, struct buf *out)
{
	struct json *root = json_new_object(), *log = json_new_object(), *who = json_new_object();
	struct json *entries = json_new_array();
	struct buf text;

	json_set_str(log, "version", "1.2");
	json_set_str(who, "name", "tokentriage");
	json_set_str(who, "version", r->in->version);
	json_set_take(log, "creator", who);
	set_comment(r, log);
	json_set_take(log, "_tokentriage", own_log(r));
	for (size_t i = 0; i < r->c->n_exchanges; i++)
		json_append_take(entries, entry(r, r->c->exchanges[i]));
	json_set_take(log, "entries", entries);
	json_set_take(root, "log", log);
	if (r->in->claims != CLAIMS_KEEP) {
		without_claims(r, root);
		without_personal(r, root);
	}
	buf_init_wiping(&text, LIMIT_REPORT);
	if (json_print(root, &text, true) == RES_OK)
		put_ascii(out, buf_span(&text));
	else
		out->status = RES_LIMIT;
	buf_putc(out, '\n');
	buf_release(&text);
	json_free(root);
}
