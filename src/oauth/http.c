#include "oauth/http.h"

#include "base/clock.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/mem.h"

static void
free_text(char *s)
{
	if (s) {
		wipe(s, strlen(s));
		free(s);
	}
}

void
http_request_init(struct http_request *r)
{
	memset(r, 0, sizeof(*r));
	buf_init_wiping(&r->body, LIMIT_BODY);
}

void
http_request_release(struct http_request *r)
{
	free_text(r->url);
	http_headers_release(&r->headers);
	buf_release(&r->body);
	http_request_init(r);
}

void
http_request_set(struct http_request *r, const char *method, struct span url)
{
	snprintf(r->method, sizeof(r->method), "%s", method);
	free_text(r->url);
	r->url = span_dup(url);
}

static void
copy_headers(struct http_headers *dst, const struct http_headers *src)
{
	size_t i;

	http_headers_release(dst);
	for (i = 0; i < src->n; i++)
		http_headers_add(dst, span_of(src->v[i].name), span_of(src->v[i].value));
}

static void
copy_body(struct buf *dst, const struct buf *src)
{
	buf_release(dst);
	buf_init_wiping(dst, src->max);
	buf_add_span(dst, buf_span(src));
}

void
http_request_copy(struct http_request *dst, const struct http_request *src)
{
	if (dst == src)
		return;
	http_request_release(dst);
	memcpy(dst->method, src->method, sizeof(dst->method));
	dst->url = src->url ? xstrdup(src->url) : NULL;
	copy_headers(&dst->headers, &src->headers);
	copy_body(&dst->body, &src->body);
}

void
http_response_init(struct http_response *r)
{
	memset(r, 0, sizeof(*r));
	r->body_announced = -1;
	buf_init_wiping(&r->body, LIMIT_BODY);
}

void
http_response_release(struct http_response *r)
{
	free_text(r->reason);
	http_headers_release(&r->headers);
	buf_release(&r->body);
	http_response_init(r);
}

void
http_response_copy_rest(struct http_response *dst, const struct http_response *src)
{
	free_text(dst->reason);
	dst->status = src->status;
	memcpy(dst->version, src->version, sizeof(dst->version));
	dst->reason = src->reason ? xstrdup(src->reason) : NULL;
	dst->body_too_large = src->body_too_large;
	dst->headers_too_large = src->headers_too_large;
	dst->body_announced = src->body_announced;
}

void
http_response_copy(struct http_response *dst, const struct http_response *src)
{
	if (dst == src)
		return;
	http_response_release(dst);
	http_response_copy_rest(dst, src);
	copy_headers(&dst->headers, &src->headers);
	copy_body(&dst->body, &src->body);
}

/* --- headers --- */

enum res
http_headers_add(struct http_headers *h, struct span name, struct span value)
{
	size_t i;

	if (h->n >= LIMIT_HEADER_COUNT)
		return RES_LIMIT;
	name = span_trim(name);
	value = span_trim(value);
	if (!name.n)
		return RES_SYNTAX;
	for (i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == ':' || name.p[i] == 0x7f)
			return RES_SYNTAX;
	for (i = 0; i < value.n; i++)
		if (value.p[i] == '\r' || value.p[i] == '\n' || value.p[i] == '\0')
			return RES_SYNTAX;
	if (h->n == h->cap) {
		h->cap = h->cap ? 2 * h->cap : 16;
		h->v = xreallocarray(h->v, h->cap, sizeof(*h->v));
	}
	h->v[h->n].name = span_dup(name);
	h->v[h->n].value = span_dup(value);
	h->n++;
	return RES_OK;
}

void
http_headers_set(struct http_headers *h, const char *name, struct span value)
{
	size_t i, kept = 0;

	for (i = 0; i < h->n; i++) {
		if (span_is_nocase(span_of(h->v[i].name), name)) {
			free_text(h->v[i].name);
			free_text(h->v[i].value);
		} else {
			h->v[kept++] = h->v[i];
		}
	}
	h->n = kept;
	http_headers_add(h, span_of(name), value);
}

void
http_headers_release(struct http_headers *h)
{
	size_t i;

	for (i = 0; i < h->n; i++) {
		free_text(h->v[i].name);
		free_text(h->v[i].value);
	}
	free(h->v);
	memset(h, 0, sizeof(*h));
}

bool
http_header_at(const struct http_headers *h, const char *name, size_t k, struct span *value)
{
	size_t i;

	for (i = 0; i < h->n; i++) {
		if (!span_is_nocase(span_of(h->v[i].name), name) || k--)
			continue;
		*value = span_of(h->v[i].value);
		return true;
	}
	return false;
}

struct span
http_header(const struct http_headers *h, const char *name)
{
	struct span s;

	return http_header_at(h, name, 0, &s) ? s : SPAN_EMPTY;
}

bool
http_has_header(const struct http_headers *h, const char *name)
{
	struct span s;

	return http_header_at(h, name, 0, &s);
}

size_t
http_header_count(const struct http_headers *h, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < h->n; i++)
		n += span_is_nocase(span_of(h->v[i].name), name);
	return n;
}

char *
http_media_type(const struct http_headers *h, char *out, size_t size)
{
	struct span s = http_header(h, "Content-Type");
	size_t semi = span_find(s, ';'), i;

	s = span_trim(span_sub(s, 0, semi));
	for (i = 0; i < s.n && i + 1 < size; i++)
		out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
	out[i] = '\0';
	return out;
}

int64_t
http_retry_after(const struct http_headers *h, int64_t now_s)
{
	struct span s = http_header(h, "Retry-After");
	int64_t v;

	if (!s.n)
		return -1;
	if (span_to_i64(s, &v) == RES_OK)
		return v >= 0 ? v : -1;
	if (time_parse_http(s, &v) != RES_OK)
		return -1;
	return v > now_s ? v - now_s : 0;
}

/* --- forms --- */

enum res
form_add(struct buf *body, const char *name, struct span value)
{
	if (body->len)
		buf_putc(body, '&');
	form_encode(body, span_of(name));
	buf_putc(body, '=');
	form_encode(body, value);
	return body->status;
}

enum res
form_add_secret(struct buf *body, const char *name, const struct secret *value)
{
	return form_add(body, name, secret_reveal(value));
}

bool
form_get(struct span form, const char *name, struct buf *value)
{
	struct span pair, key;
	struct buf decoded;
	size_t eq;
	bool found = false;

	buf_init_wiping(&decoded, LIMIT_BODY);
	while (!found && span_next(&form, '&', &pair)) {
		eq = span_find(pair, '=');
		key = span_sub(pair, 0, eq);
		buf_clear(&decoded);
		form_decode(&decoded, key);
		found = span_is(buf_span(&decoded), name);
		if (found && eq != SIZE_MAX)
			form_decode(value, span_from(pair, eq + 1));
	}
	buf_release(&decoded);
	return found;
}
