/* HTTP/1 messages as text: fixtures, curl -i, what a user pasted. */
#include "oauth/http.h"

#include "base/limits.h"
#include "base/mem.h"

struct lines {
	struct span rest;
	int n; /* lines taken */
};

/* The next line without its end; false at the end of the text. */
static bool
next_line(struct lines *l, struct span *line)
{
	if (!l->rest.n)
		return false;
	span_next(&l->rest, '\n', line);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	l->n++;
	return true;
}

static enum res
bad_line(struct err *e, const struct lines *l, enum res code, const char *what)
{
	err_set(e, code, "line %d: %s", l->n, what);
	if (e)
		e->line = l->n;
	return code;
}

/* A folded header line belongs to the one before it (RFC 9112 §5.2). */
static void
unfold(struct http_headers *h, struct span more)
{
	char *old = h->v[h->n - 1].value;
	struct span s = span_trim(more);

	h->v[h->n - 1].value = xasprintf("%s %.*s", old, SPAN_ARG(s));
	/* a value holds no CR, wherever it came from (RFC 9110 §5.5) */
	for (char *p = h->v[h->n - 1].value; (p = strchr(p, '\r')) != NULL; p++)
		*p = ' ';
	wipe(old, strlen(old));
	free(old);
}

/* Up to and with the empty line. */
static enum res
read_headers(struct http_headers *h, struct lines *l, struct err *e)
{
	struct span line;
	size_t colon, bytes = 0;
	enum res r;

	while (next_line(l, &line) && line.n) {
		bytes += line.n;
		if (bytes > LIMIT_HEADERS)
			return bad_line(e, l, RES_LIMIT, "more headers than are read");
		if ((line.p[0] == ' ' || line.p[0] == '\t') && h->n) {
			if (!memchr(line.p, '\0', line.n))
				unfold(h, line);
			continue;
		}
		colon = span_find(line, ':');
		if (line.p[0] == ':') /* ":status" and its like, as some tools print HTTP/2 */
			continue;
		if (colon == SIZE_MAX)
			return bad_line(e, l, RES_SYNTAX, "a header without a colon");
		r = http_headers_add(h, span_sub(line, 0, colon), span_from(line, colon + 1));
		if (r == RES_LIMIT)
			return bad_line(e, l, r, "more headers than are read");
		if (r != RES_OK)
			return bad_line(e, l, r, "a header that cannot be");
	}
	return RES_OK;
}

/* "HTTP/1.1 200 OK" */
static bool
status_line(struct http_response *out, struct span line)
{
	struct span version, status, rest = line;
	int64_t v;

	if (!span_starts_nocase(line, "HTTP/"))
		return false;
	rest = span_from(rest, 5);
	if (!span_word(&rest, &version) || !span_word(&rest, &status))
		return false;
	if (version.n >= sizeof(out->version) || status.n != 3 ||
		span_to_i64(status, &v) != RES_OK || v < 100 || v > 999)
		return false;
	memset(out->version, 0, sizeof(out->version));
	memcpy(out->version, version.p, version.n);
	out->status = (int)v;
	rest = span_trim(rest);
	free(out->reason);
	out->reason = rest.n ? span_dup(rest) : NULL;
	return true;
}

/* The chunked form, if the whole text is that; tools often print the header and not the form. */
static bool
dechunk(struct buf *out, struct span text)
{
	struct lines l = {text, 0};
	struct span line;

	while (next_line(&l, &line)) {
		size_t n = 0, i;

		line = span_trim(span_sub(line, 0, span_find(line, ';')));
		if (!line.n || line.n > 7)
			return false;
		for (i = 0; i < line.n; i++) {
			const char *hex = "0123456789abcdef0123456789ABCDEF";
			const char *at = line.p[i] ? strchr(hex, line.p[i]) : NULL;

			if (!at)
				return false;
			n = n * 16 + (size_t)((at - hex) % 16);
		}
		if (n == 0)
			return true;
		if (l.rest.n < n)
			return false;
		buf_add(out, l.rest.p, n);
		l.rest = span_from(l.rest, n);
		if (!next_line(&l, &line) || line.n)
			return false;
	}
	return false;
}

static int64_t
content_length(const struct http_headers *h)
{
	int64_t v;

	if (span_to_i64(http_header(h, "Content-Length"), &v) != RES_OK || v < 0)
		return -1;
	return v;
}

static enum res
take_body(struct buf *out, const struct http_headers *h, struct span text)
{
	int64_t announced = content_length(h);
	bool chunked = span_contains_nocase(http_header(h, "Transfer-Encoding"), "chunked");
	struct buf plain;
	enum res r;

	buf_clear(out);
	if (chunked) {
		buf_init_wiping(&plain, out->max);
		if (dechunk(&plain, text)) {
			r = buf_add_span(out, buf_span(&plain));
			if (plain.status != RES_OK)
				r = plain.status;
			buf_release(&plain);
			return r;
		}
		buf_release(&plain);
	} else if (announced >= 0 && (uint64_t)announced < text.n &&
		!http_has_header(h, "Content-Encoding")) {
		text = span_sub(text, 0, (size_t)announced);
	}
	return buf_add_span(out, text);
}

/* Does a further message stand here: behind an interim one, a proxy's, a redirect's? */
static bool
another_message(const struct http_response *r, struct span rest)
{
	struct http_response next;
	struct span line;
	bool is;

	rest = span_trim(rest);
	if (!span_starts_nocase(rest, "HTTP/"))
		return false;
	if (r->status < 200)
		return true;
	http_response_init(&next);
	is = span_next(&rest, '\n', &line) && status_line(&next, span_trim(line));
	http_response_release(&next);
	return is;
}

/* Start line and headers of the message at l. */
static enum res
read_head(struct http_response *out, struct lines *l, struct err *e)
{
	struct span line = SPAN_EMPTY;
	enum res r;

	http_response_release(out);
	while (next_line(l, &line) && !span_trim(line).n)
		;
	if (!status_line(out, span_trim(line)))
		return bad_line(e, l, RES_SYNTAX, "no HTTP status line");
	r = read_headers(&out->headers, l, e);
	if (r == RES_LIMIT)
		out->headers_too_large = true;
	return r;
}

static enum res
read_rest(struct http_response *out, const struct lines *l)
{
	enum res r;

	out->body_announced = content_length(&out->headers);
	r = take_body(&out->body, &out->headers, l->rest);
	if (r == RES_LIMIT)
		out->body_too_large = true;
	return r == RES_LIMIT ? RES_OK : r;
}

enum res
http_parse_response(struct http_response *out, struct span text, struct err *e)
{
	struct lines l = {text, 0};
	enum res r;

	do {
		r = read_head(out, &l, e);
		if (r != RES_OK)
			return r;
	} while (another_message(out, l.rest));
	return read_rest(out, &l);
}

enum res
http_parse_one_response(struct http_response *out, struct span text, struct err *e)
{
	struct lines l = {text, 0};
	enum res r = read_head(out, &l, e);

	return r == RES_OK ? read_rest(out, &l) : r;
}

/* "POST /token HTTP/1.1"; the URL is completed by the Host header. */
static bool
request_line(struct http_request *out, struct span line, struct span *target)
{
	struct span method, rest = line;
	size_t i;

	if (!span_word(&rest, &method) || !span_word(&rest, target))
		return false;
	if (method.n >= sizeof(out->method))
		return false;
	for (i = 0; i < method.n; i++)
		if (method.p[i] < 'A' || method.p[i] > 'Z')
			return false;
	memset(out->method, 0, sizeof(out->method));
	memcpy(out->method, method.p, method.n);
	rest = span_trim(rest);
	return !rest.n || span_starts(rest, "HTTP/");
}

enum res
http_parse_request(struct http_request *out, struct span text, struct err *e)
{
	struct lines l = {text, 0};
	struct span line = SPAN_EMPTY, target, host;
	enum res r;

	http_request_release(out);
	while (next_line(&l, &line) && !span_trim(line).n)
		;
	if (!request_line(out, span_trim(line), &target))
		return bad_line(e, &l, RES_SYNTAX, "no HTTP request line");
	r = read_headers(&out->headers, &l, e);
	if (r != RES_OK)
		return r;
	host = http_header(&out->headers, "Host");
	if (target.p[0] != '/' || !host.n)
		out->url = span_dup(target);
	else
		out->url = xasprintf("https://%.*s%.*s", SPAN_ARG(host), SPAN_ARG(target));
	r = take_body(&out->body, &out->headers, l.rest);
	return r == RES_OK ? RES_OK : err_set(e, r, "the request's body is too large");
}

/* --- several messages in one text --------------------------------------------------------- */

enum http_start
http_start_line(struct span line)
{
	struct http_response response;
	struct http_request request;
	struct span target, s = span_trim(line);
	size_t at = span_find_str(s, " HTTP/");
	bool is;

	if (span_starts_nocase(s, "HTTP/")) {
		http_response_init(&response);
		is = status_line(&response, s);
		http_response_release(&response);
		return is ? HTTP_STATUS_LINE : HTTP_NO_START;
	}
	if (at == SIZE_MAX || s.n - at > 10 || s.n > LIMIT_URL)
		return HTTP_NO_START;
	http_request_init(&request);
	is = request_line(&request, s, &target) &&
		(target.p[0] == '/' || target.p[0] == '*' ||
			span_find_str(target, ":") != SIZE_MAX);
	http_request_release(&request);
	return is ? HTTP_REQUEST_LINE : HTTP_NO_START;
}

/* Does the text end here, or the next message begin, blank lines aside? */
static bool
ends_message(struct span rest)
{
	struct span line = SPAN_EMPTY;

	while (span_next(&rest, '\n', &line) && !span_trim(line).n)
		;
	return !span_trim(line).n || http_start_line(line) != HTTP_NO_START;
}

/* Bytes from behind the header block to the end of the message. */
static size_t
body_len(struct span rest, int64_t announced)
{
	struct span all = rest, line;

	if (announced >= 0 && (uint64_t)announced <= rest.n &&
		ends_message(span_from(rest, (size_t)announced)))
		return (size_t)announced;
	while (rest.n) {
		size_t at = all.n - rest.n;

		span_next(&rest, '\n', &line);
		if (http_start_line(line) != HTTP_NO_START)
			return at;
	}
	return all.n;
}

bool
http_next_message(struct span *rest, struct span *message, enum http_start *kind)
{
	struct span line, from = SPAN_EMPTY;
	int64_t announced = -1;

	*kind = HTTP_NO_START;
	while (rest->n && *kind == HTTP_NO_START) {
		from = *rest;
		span_next(rest, '\n', &line);
		*kind = http_start_line(line);
	}
	if (*kind == HTTP_NO_START)
		return false;
	while (rest->n) {
		struct span before = *rest;

		span_next(rest, '\n', &line);
		line = span_trim(line);
		if (!line.n)
			break;
		if (http_start_line(line) != HTTP_NO_START) { /* no blank line between */
			*rest = before;
			*message = span_sub(from, 0, from.n - rest->n);
			return true;
		}
		if (span_starts_nocase(line, "content-length:") &&
			span_to_i64(span_trim(span_from(line, 15)), &announced) != RES_OK)
			announced = -1;
	}
	*rest = span_from(*rest, body_len(*rest, announced));
	*message = span_sub(from, 0, from.n - rest->n);
	return true;
}
