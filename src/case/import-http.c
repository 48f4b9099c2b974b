/* Raw HTTP messages (RFC 9112), curl -i, and header lines alone. */
#include "case/import-find.h"
#include "case/import-parts.h"

#include "base/text.h"
#include "oauth/url.h"

enum { LONG_WORD = 40 };

/* --- what mail and terminals do to header lines ------------------------------------------- */

/* "Name:" of RFC 9110 §5.1 at the beginning, or HTTP/2's ":status:". */
static bool
begins_header(struct span line)
{
	size_t colon = span_find(line, ':');

	if (colon == 0)
		return true;
	if (colon == SIZE_MAX || colon > 64)
		return false;
	for (size_t i = 0; i < colon; i++)
		if (!((line.p[i] >= 'a' && line.p[i] <= 'z') ||
			    (line.p[i] >= 'A' && line.p[i] <= 'Z') ||
			    (line.p[i] >= '0' && line.p[i] <= '9') ||
			    memchr("-_.!#$&'*+^`|~", line.p[i], 14)))
			return false;
	return true;
}

static size_t
last_word_len(const struct buf *b)
{
	size_t n = 0;

	while (n < b->len && (unsigned char)b->p[b->len - n - 1] > ' ')
		n++;
	return n;
}

/*
 * Copies the message with header lines made whole again: what a mail program or terminal broke has
 * no colon.  A long word (a token) was broken inside, anything else at a blank.
 */
static void
mend_headers(struct import *im, struct buf *out, struct span message, int base)
{
	struct span rest = message, line;
	int n = 0;

	while (import_line(&rest, &line)) {
		n++;
		if (!span_trim(line).n && n > 1)
			break;
		if (n > 2 && line.n && line.p[0] != ' ' && line.p[0] != '\t' &&
			!begins_header(line)) {
			import_note(im, "line %d: a header that was broken over lines; joined",
				base + n);
			if (last_word_len(out) < LONG_WORD || span_find(line, ' ') < LONG_WORD)
				(void)buf_putc(out, ' ');
			(void)buf_add_span(out, span_trim(line));
			continue;
		}
		if (out->len)
			(void)buf_puts(out, "\r\n");
		for (size_t i = 0; i < line.n; i++)
			if (line.p[i] != '\r')
				(void)buf_putc(out, line.p[i]);
	}
	(void)buf_puts(out, "\r\n\r\n");
	(void)buf_add_span(out, rest);
}

/* --- messages ----------------------------------------------------------------------------- */

static bool
unanswered(const struct import *im)
{
	return im->n && im->x[im->n - 1]->named && !im->x[im->n - 1]->result.response.status;
}

/* A response whose request was not given, behind a redirect: what the client asked next. */
static void
follow(struct import *im, struct import_exchange *x)
{
	const struct import_exchange *before = im->n >= 2 ? im->x[im->n - 2] : NULL;
	const struct http_response *r = before ? &before->result.response : NULL;
	struct span location = r ? http_header(&r->headers, "Location") : SPAN_EMPTY;
	struct buf url;

	if (!r || r->status < 300 || r->status >= 400 || !location.n)
		return;
	x->follows = (uint32_t)im->n - 1;
	x->purpose = before->purpose;
	buf_init_wiping(&url, LIMIT_URL);
	if (!before->request.url ||
		url_resolve(&url, span_of(before->request.url), location) != RES_OK) {
		buf_clear(&url);
		(void)buf_add_span(&url, location);
	}
	http_request_set(
		&x->request, r->status <= 303 ? "GET" : before->request.method, buf_span(&url));
	buf_release(&url);
}

static void
take_response(struct import *im, struct http_response *take)
{
	struct import_exchange *x = unanswered(im) ? im->x[im->n - 1] : import_add(im);

	if (!x) {
		http_response_release(take);
		return;
	}
	http_response_release(&x->result.response);
	x->result.response = *take;
	if (!x->named)
		follow(im, x);
}

/* The last line's end is the file's, not the form's. */
static void
drop_newline(struct buf *body)
{
	while (body->len && memchr("\r\n", body->p[body->len - 1], 2))
		buf_truncate(body, body->len - 1);
}

/* A blank line, and below it no JSON. */
static bool
words_below(struct span rest)
{
	struct span line = SPAN_EMPTY, next = span_trim(rest);

	return next.n && !memchr("{}[],:\"", next.p[0], 7) && span_next(&rest, '\n', &line) &&
		!span_trim(line).n && span_next(&rest, '\n', &line) && !span_trim(line).n;
}

/* A mail goes on below the JSON object that it quotes. */
static void
drop_words_below(struct buf *body)
{
	struct span text = buf_span(body), trimmed = span_trim(text);
	size_t lead = trimmed.n ? (size_t)(trimmed.p - text.p) : 0, end = 0;
	struct buf object;

	if (!span_starts(trimmed, "{"))
		return;
	buf_init_wiping(&object, text.n);
	if (find_json(text, &end, &object) && object.len == end - lead &&
		words_below(span_from(text, end)))
		buf_truncate(body, end);
	buf_release(&object);
}

static enum res
take_message(struct import *im, struct span text, enum http_start kind, int base, struct err *e)
{
	struct http_response response;
	struct import_exchange *x;
	struct err mine = ERR_INIT;
	struct buf mended;
	enum res r;

	buf_init_wiping(&mended, text.n + LIMIT_HEADERS);
	mend_headers(im, &mended, text, base);
	if (kind == HTTP_STATUS_LINE) {
		http_response_init(&response);
		r = http_parse_one_response(&response, buf_span(&mended), &mine);
		/* interim answers and a proxy's "Connection established" answer nothing */
		if (r != RES_OK || response.status < 200 ||
			(span_contains_nocase(span_of(response.reason), "connection established")))
			http_response_release(&response);
		else {
			drop_words_below(&response.body);
			take_response(im, &response);
		}
	} else {
		x = import_add(im);
		r = x ? http_parse_request(&x->request, buf_span(&mended), &mine) : RES_OK;
		if (x) {
			x->named = r == RES_OK && x->request.url != NULL;
			drop_newline(&x->request.body);
		}
		if (x && (r != RES_OK || !strcmp(x->request.method, "CONNECT")))
			import_drop_last(im);
	}
	buf_release(&mended);
	if (r == RES_OK)
		return RES_OK;
	err_set(e, r, "line %d: an HTTP message that cannot be read: %s",
		base + (mine.line ? mine.line : 1), mine.text);
	if (e)
		e->line = base + (mine.line ? mine.line : 1);
	return r;
}

/* Lines up to `to`, counted on from where the last call ended. */
struct line_count {
	const char *at;
	int n;
};

static int
lines_to(struct line_count *c, const char *to)
{
	for (; c->at < to; c->at++)
		c->n += *c->at == '\n';
	return c->n;
}

static void
say_messages(struct import *im)
{
	size_t requests = 0, responses = 0;

	for (size_t i = 0; i < im->n; i++) {
		requests += im->x[i]->named;
		responses += im->x[i]->result.response.status > 0;
	}
	if (requests && responses)
		import_take_as(im, "%zu HTTP exchange%s (%zu request%s, %zu response%s)", im->n,
			im->n == 1 ? "" : "s", requests, requests == 1 ? "" : "s", responses,
			responses == 1 ? "" : "s");
	else if (requests)
		import_take_as(im,
			requests == 1 ? "an HTTP request without its response"
				      : "%zu HTTP requests "
					"without a response",
			requests);
	else
		import_take_as(
			im, responses == 1 ? "an HTTP response" : "%zu HTTP responses", responses);
}

enum res
import_http(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct span rest = text, line, message = SPAN_EMPTY;
	enum http_start kind;
	struct line_count count = {text.p, 0};
	size_t had = im->n;
	enum res r;

	for (line = rest; span_next(&line, '\n', &message) && !span_trim(message).n; rest = line)
		;
	if (http_start_line(message) == HTTP_NO_START)
		return RES_NOTFOUND;
	while (im->n < IMPORT_EXCHANGES && http_next_message(&rest, &message, &kind)) {
		struct err mine = ERR_INIT;

		r = take_message(im, message, kind, lines_to(&count, message.p), &mine);
		if (r == RES_OK)
			continue;
		if (im->n == had && !rest.n)
			return err_set(e, r, "%s", mine.text);
		import_note(im, "%s; left out", mine.text);
	}
	if (rest.n && im->n == IMPORT_EXCHANGES)
		import_note(im, "only the first %d exchanges were taken", IMPORT_EXCHANGES);
	for (size_t i = had; purpose != PURPOSE_COUNT && i < im->n; i++)
		if (!im->x[i]->named)
			im->x[i]->purpose = purpose;
	if (im->n == had)
		return err_set(e, RES_SYNTAX, "no whole HTTP message is in it");
	say_messages(im);
	return RES_OK;
}

/* --- headers alone ------------------------------------------------------------------------ */

/* "Bearer eyJ…" behind "Authorization:"; an empty token counts as given. */
static bool
give_authorization(struct import *im, struct span value)
{
	struct span rest = value, scheme;
	struct import_token *t;
	size_t words = 0;

	if (!span_word(&rest, &scheme) || span_is_nocase(scheme, "basic"))
		return false;
	if (!span_is_nocase(scheme, "bearer") && !span_is_nocase(scheme, "dpop") &&
		!span_is_nocase(scheme, "token"))
		rest = value;
	rest = span_trim(rest);
	for (struct span more = rest, word; span_word(&more, &word);)
		words++;
	if (words > 3) /* a sentence that begins so */
		return false;
	t = import_give(im, SLOT_ACCESS, rest.n ? rest : SPAN_LIT(" "), "the Authorization header");
	if (t)
		t->itself = true;
	return t != NULL;
}

struct header_block {
	struct http_headers headers;
	struct span body;
	int status;
	bool ok;
};

static void
read_block(struct header_block *b, struct span text)
{
	struct span rest = import_without_blank_lines(text), line, name, value;
	size_t lines = 0;

	b->ok = true;
	b->status = 0;
	b->body = SPAN_EMPTY;
	memset(&b->headers, 0, sizeof(b->headers));
	while (import_line(&rest, &line) && span_trim(line).n) {
		int64_t status;
		struct span word;

		lines++;
		if (span_starts(line, ":status:") || span_starts_nocase(line, "status:")) {
			value = span_trim(span_from(line, span_find(span_from(line, 1), ':') + 2));
			if (span_word(&value, &word) && span_to_i64(word, &status) == RES_OK &&
				status >= 100 && status < 600)
				b->status = (int)status;
			continue;
		}
		if (line.p[0] == ':')
			continue;
		if (!begins_header(line) ||
			(lines == 1 && !import_header_line(line, &name, &value)) ||
			http_headers_add(&b->headers, span_sub(line, 0, span_find(line, ':')),
				span_from(line, span_find(line, ':') + 1)) != RES_OK) {
			b->ok = false;
			return;
		}
	}
	b->body = rest;
}

static int
status_of_challenge(const struct http_headers *h)
{
	struct challenges c;
	int status = 401;

	challenges_init(&c);
	challenges_read(&c, h, "www-authenticate");
	for (size_t i = 0; i < c.n; i++)
		if (challenge_param(&c.v[i], "error").n)
			status = import_status_of_error(challenge_param(&c.v[i], "error"));
	challenges_release(&c);
	return status;
}

static enum res
take_headers(struct import *im, struct header_block *b, enum purpose purpose, struct err *e)
{
	static const char *const of_response[] = {"www-authenticate", "proxy-authenticate",
		"location", "retry-after", "server", "set-cookie", "date", "dpop-nonce", "allow"};
	struct span authorization = http_header(&b->headers, "authorization");
	bool challenge = http_has_header(&b->headers, "www-authenticate"), response = b->status > 0;
	struct import_exchange *x;
	int status = b->status ? b->status : challenge ? status_of_challenge(&b->headers) : 200;

	if (authorization.p) {
		if (span_starts_nocase(authorization, "basic "))
			return err_set(e, RES_SYNTAX,
				"this Authorization header carries client credentials (Basic), no "
				"token");
		if (!give_authorization(im, authorization))
			return RES_NOTFOUND;
		import_take_as(
			im, "an Authorization header%s", b->headers.n > 1 ? " among others" : "");
		return RES_OK;
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_response); i++)
		response = response || http_has_header(&b->headers, of_response[i]);
	if (!response)
		return RES_NOTFOUND;
	x = import_add(im);
	if (!x)
		return RES_NOTFOUND;
	if (!b->status)
		import_note(im, "no status line was given: taken as HTTP %d", status);
	import_set_response(x, status, NULL, b->body);
	http_headers_release(&x->result.response.headers);
	x->result.response.headers = b->headers;
	memset(&b->headers, 0, sizeof(b->headers));
	x->purpose = purpose;
	import_take_as(im, "the headers of an HTTP response");
	return RES_OK;
}

enum res
import_headers(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct header_block b;
	enum res r = RES_NOTFOUND;

	read_block(&b, text);
	if (b.ok && (b.headers.n || b.status))
		r = take_headers(im, &b, purpose, e);
	http_headers_release(&b.headers);
	return r;
}
