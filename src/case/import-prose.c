/* An error as people quote it: a mail, a log line, a stack trace, the text of a screenshot. */
#include "case/import-parts.h"

#include "base/mem.h"
#include "base/text.h"
#include "case/import-find.h"
#include "oauth/dialect.h"

enum { CHALLENGE_MOST = 2000 };

/* --- what is whole in the text ------------------------------------------------------------ */

/* An HTTP message or a curl command somewhere below. */
static enum res
embedded(struct import *im, struct span text, enum purpose purpose)
{
	struct span rest = text, line;
	size_t curl = import_find_curl(text), at = SIZE_MAX;
	enum res r = RES_NOTFOUND;

	while (at == SIZE_MAX && import_line(&rest, &line))
		if (http_start_line(line) != HTTP_NO_START)
			at = (size_t)(line.p - text.p);
	if (curl < at)
		r = import_curl(im, span_from(text, curl), purpose, NULL);
	else if (at != SIZE_MAX)
		r = import_http(im, span_from(text, at), purpose, NULL);
	return r == RES_OK ? r : RES_NOTFOUND;
}

/* An address with a token or an error in it. */
static enum res
linked(struct import *im, struct span text)
{
	struct span rest = text, address;

	while (find_address(rest, &address)) {
		rest = span_from(rest, (size_t)(address.p - rest.p) + address.n);
		if (import_url(im, address, PURPOSE_COUNT, NULL) == RES_OK)
			return RES_OK;
	}
	return RES_NOTFOUND;
}

/* --- what the text speaks of -------------------------------------------------------------- */

/* By an address, else by the words for it. */
static enum purpose
purpose_of_words(struct span text, enum purpose purpose)
{
	struct import_exchange x = {.named = true, .purpose = PURPOSE_COUNT};
	struct span address, rest = text;
	enum purpose found;

	if (purpose != PURPOSE_COUNT)
		return purpose;
	net_result_init(&x.result);
	http_request_init(&x.request);
	while (purpose == PURPOSE_COUNT && find_address(rest, &address)) {
		rest = span_from(rest, (size_t)(address.p - rest.p) + address.n);
		http_request_set(&x.request, "POST", address);
		found = import_purpose(&x);
		if (found != PURPOSE_OTHER)
			purpose = found;
	}
	http_request_release(&x.request);
	net_result_release(&x.result);
	if (purpose != PURPOSE_COUNT)
		return purpose;
	if (span_contains_nocase(text, "introspect"))
		return PURPOSE_INTROSPECTION;
	if (span_contains_nocase(text, "userinfo") || span_contains_nocase(text, "user info") ||
		span_contains_nocase(text, "user-info") || span_contains_nocase(text, "/me\""))
		return PURPOSE_USERINFO;
	return PURPOSE_COUNT;
}

/* what: the error alone, without what a logger put before it. */
static void
say_error(struct import *im, struct span what, size_t tokens)
{
	struct buf safe;

	/* masked before it is cut: half a secret is not known by its shape */
	buf_init_wiping(&safe, LIMIT_BODY);
	(void)import_mask(&safe, what);
	import_take_as(im, "a text in which an error is quoted (%.*s)%s",
		SPAN_ARG(span_sub(buf_span(&safe), 0, 60)), tokens ? ", and a token" : "");
	buf_release(&safe);
}

static int
status_or(struct import *im, struct span text, int inferred)
{
	int status = find_status(text);

	if (!status)
		import_note(im, "no status is in the text: taken as HTTP %d", inferred);
	return status ? status : inferred;
}

/* --- the kinds of evidence, strongest first ----------------------------------------------- */

static enum res
quoted_json(struct import *im, struct span text, enum purpose purpose)
{
	struct import inner;
	struct buf body;
	size_t at = 0;
	enum res r = RES_NOTFOUND;
	int status = find_status(text);

	buf_init_wiping(&body, LIMIT_BODY);
	while (r != RES_OK && find_json(text, &at, &body)) {
		import_init(&inner);
		r = import_json(&inner, buf_span(&body), PURPOSE_COUNT, NULL);
		/* the text around tells the status, where it says one */
		if (r == RES_OK && inner.n && status)
			inner.x[0]->result.response.status = status;
		if (r == RES_OK && inner.n && inner.x[0]->purpose == PURPOSE_COUNT)
			inner.x[0]->purpose = purpose_of_words(text, purpose);
		if (r == RES_OK) {
			if (status)
				inner.n_notes = 0;
			import_take_as(im, "a text with %s in it", inner.taken_as);
			import_move(im, &inner, 0);
		}
		import_release(&inner);
	}
	buf_release(&body);
	return r == RES_OK ? r : RES_NOTFOUND;
}

/* The bytes of a quotation mark as word processors and text recognition write it; 0: none. */
static size_t
curly_quote(struct span s)
{
	static const char *const marks[] = {"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e"};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (span_starts(s, marks[i]))
			return strlen(marks[i]);
	return 0;
}

/* As the server wrote it: plain quotes, and what is quoted on one line.  behind: of the text. */
static void
put_challenge(struct buf *out, struct span value, struct span behind)
{
	size_t quotes = 0, curly;
	struct span s = span_make(value.p, value.n + behind.n);

	for (size_t i = 0; i < s.n; i++) {
		bool inside = quotes % 2;

		if (i >= value.n && (!inside || out->len > CHALLENGE_MOST))
			return;
		curly = curly_quote(span_from(s, i));
		quotes += curly || s.p[i] == '"';
		if (curly)
			(void)buf_putc(out, '"');
		else
			(void)buf_putc(out, memchr("\r\n", s.p[i], 2) ? ' ' : s.p[i]);
		i += curly ? curly - 1 : 0;
	}
}

static enum res
quoted_challenge(struct import *im, struct span text, enum purpose purpose)
{
	struct challenges c;
	struct import_exchange *x;
	struct span value;
	struct buf plain;
	int inferred = 401;
	enum res r;

	if (!find_challenge(text, &value) || !(x = import_add(im)))
		return RES_NOTFOUND;
	buf_init_wiping(&plain, LIMIT_BODY);
	put_challenge(&plain, value, span_from(text, (size_t)(value.p - text.p) + value.n));
	challenges_init(&c);
	challenges_parse(&c, buf_span(&plain));
	for (size_t i = 0; i < c.n; i++)
		if (challenge_param(&c.v[i], "error").n)
			inferred = import_status_of_error(challenge_param(&c.v[i], "error"));
	challenges_release(&c);
	import_set_response(x, status_or(im, text, inferred), NULL, SPAN_EMPTY);
	x->purpose = purpose_of_words(text, purpose);
	r = http_headers_add(
		&x->result.response.headers, SPAN_LIT("WWW-Authenticate"), buf_span(&plain));
	buf_release(&plain);
	if (r != RES_OK) {
		import_drop_last(im);
		return RES_NOTFOUND;
	}
	import_take_as(im, "a text with a WWW-Authenticate challenge in it");
	return RES_OK;
}

/* {"error": code, "error_description": …} as the server must have said it. */
static void
add_error(struct import *im, struct span text, struct span code, struct span description,
	enum purpose purpose)
{
	struct import_exchange *x = import_add(im);
	struct json *o;
	struct buf body;
	char *safe;

	if (!x)
		return;
	o = json_new_object();
	buf_init_wiping(&body, LIMIT_BODY);
	json_set_span(o, "error", code);
	if (description.n) {
		safe = text_safe_dup(description, 600);
		json_set_str(o, "error_description", safe);
		wipe(safe, strlen(safe));
		free(safe);
	}
	(void)json_print(o, &body, false);
	json_free(o);
	x->purpose = purpose_of_words(text, purpose);
	import_set_response(x, status_or(im, text, import_status_of_error(code)),
		"application/json", buf_span(&body));
	buf_release(&body);
}

static enum res
quoted_code(struct import *im, struct span text, enum purpose purpose)
{
	struct span code, vendor = vendor_code_in(text), line;
	const char *stands_for;

	if (find_error_code(text, &code)) {
		struct span description = find_description(text, code);

		/* a code alone, and the log's line before it says why */
		if (description.n < 4 && find_phrase(text, &line, &stands_for) &&
			span_is(code, stands_for))
			description = find_quotable(line);
		add_error(im, text, code, description, purpose);
		say_error(im, code, im->n_tokens);
		return RES_OK;
	}
	if (find_phrase(text, &line, &stands_for) && !vendor_code_of_grant(vendor)) {
		add_error(im, text, span_of(stands_for), line, purpose);
		say_error(im, find_quotable(line), im->n_tokens);
		return RES_OK;
	}
	if (!vendor.n)
		return RES_NOTFOUND;
	/* what precedes the code on its line is the logger's */
	line = line_around(text, vendor.p);
	line = span_from(line, (size_t)(vendor.p - line.p));
	add_error(im, text, vendor_code_error(vendor), span_sub(line, 0, 400),
		purpose == PURPOSE_COUNT && vendor_code_of_grant(vendor) ? PURPOSE_REFRESH
									 : purpose);
	say_error(im, vendor, im->n_tokens);
	return RES_OK;
}

/* A web server's log of a request that never came to who knows tokens. */
static enum res
quoted_served(struct import *im, struct span text, enum purpose purpose)
{
	static const struct {
		const char *part;
		int status;
		const char *body;
	} rows[] = {
#define PROSE_SERVED(part, status, body) {part, status, body},
#include "case/prosewords.def"
	};
	struct import_exchange *x;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!span_contains_nocase(text, rows[i].part))
			continue;
		if (!(x = import_add(im)))
			return RES_NOTFOUND;
		import_set_response(x, rows[i].status, "text/plain", span_of(rows[i].body));
		x->purpose = purpose_of_words(text, purpose);
		if (x->purpose == PURPOSE_COUNT || x->purpose == PURPOSE_OTHER)
			x->purpose = PURPOSE_RESOURCE;
		import_take_as(
			im, "a server's log of a request that it answered %d", rows[i].status);
		return RES_OK;
	}
	return RES_NOTFOUND;
}

/* A server's own log of what it refused. */
static enum res
quoted_event(struct import *im, struct span text, enum purpose purpose)
{
	struct found_event event;

	if (!find_event(text, &event))
		return RES_NOTFOUND;
	add_error(im, text, span_of(event.code), event.words,
		purpose == PURPOSE_COUNT ? event.purpose : purpose);
	say_error(im, event.error, im->n_tokens);
	return RES_OK;
}

static bool
host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '.' || c == ':';
}

/* "lookup idp.example", "ENOTFOUND idp.example", "host='idp.example'": where it was going. */
static void
set_target(struct import_exchange *x, struct span text)
{
	static const char *const before[] = {"lookup ", "ENOTFOUND ", "EAI_AGAIN ", "ECONNREFUSED ",
		"ETIMEDOUT ", "EHOSTUNREACH ", "resolve host: ", "resolve host ", "dial tcp ",
		"host='", "UnknownHostException: ", "connect to "};
	struct span address = SPAN_EMPTY, word;
	char *url;
	size_t n = 0;

	if (find_address(text, &address)) {
		http_request_set(&x->request, "", address);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(before) && !n; i++) {
		size_t at = span_find_str(text, before[i]);

		if (at == SIZE_MAX)
			continue;
		word = span_from(text, at + strlen(before[i]));
		while (n < word.n && (host_char(word.p[n])))
			n++;
		while (n && (word.p[n - 1] == ':' || word.p[n - 1] == '.'))
			n--;
		word = span_sub(word, 0, n);
	}
	if (!n)
		return;
	url = xasprintf("https://%.*s/", SPAN_ARG(word));
	http_request_set(&x->request, "", span_of(url));
	free(url);
}

static enum res
quoted_failure(struct import *im, struct span text, enum purpose purpose)
{
	enum net_error error = import_net_error(text);
	struct import_exchange *x;
	struct span rest = text, line = SPAN_EMPTY;

	if (error == NETERR_NONE || error == NETERR_OTHER || !(x = import_add(im)))
		return RES_NOTFOUND;
	while (import_line(&rest, &line) && import_net_error(line) != error)
		;
	x->result.error = error;
	text_safe_into(x->result.error_text, sizeof(x->result.error_text), span_trim(line));
	set_target(x, text);
	x->purpose = purpose_of_words(text, purpose);
	if (x->purpose == PURPOSE_COUNT || x->purpose == PURPOSE_OTHER)
		x->purpose = PURPOSE_USERINFO;
	import_take_as(
		im, "a text in which a failed connection is quoted (%s)", net_error_words(error));
	return RES_OK;
}

/* "active: false" as objects are printed. */
static enum res
quoted_inactive(struct import *im, struct span text, enum purpose purpose)
{
	static const char *const forms[] = {"active: false", "active:false", "\"active\" : false",
		"active=false", "'active': False", "active => false", "active\": false",
		"token isn't active", "token is inactive", "token inactive"};
	struct import_exchange *x;
	bool is = false;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		is = is || span_find_str_nocase(text, forms[i]) != SIZE_MAX;
	if (!is || !(x = import_add(im)))
		return RES_NOTFOUND;
	import_set_response(x, 200, "application/json", SPAN_LIT("{\"active\":false}"));
	x->purpose = purpose == PURPOSE_COUNT ? PURPOSE_INTROSPECTION : purpose;
	import_take_as(im, "a text in which an introspection response is quoted (active: false)");
	return RES_OK;
}

/* Nothing but a status, in a text that speaks of tokens. */
static enum res
quoted_status(struct import *im, struct span text, enum purpose purpose)
{
	static const char *const words[] = {"token", "oauth", "oidc", "userinfo", "openid",
		"bearer", "unauthorized", "forbidden", "introspect", "axioserror", "status code"};
	int status = find_status(text);
	struct import_exchange *x;
	bool about = purpose != PURPOSE_COUNT ||
		span_trim(text).n < 40; /* "HTTP 429 Too Many Requests" */

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		about = about || span_contains_nocase(text, words[i]);
	if (!status || !about || !(x = import_add(im)))
		return RES_NOTFOUND;
	import_set_response(x, status, NULL, SPAN_EMPTY);
	x->purpose = purpose_of_words(text, purpose);
	import_take_as(im, "a text in which HTTP status %d is quoted", status);
	return RES_OK;
}

/* No code, no phrase that is known: a line about a token that did not do. */
static enum res
quoted_sentence(struct import *im, struct span text, enum purpose purpose)
{
	struct span line;
	const char *code;

	if (!find_sentence(text, &line, &code))
		return RES_NOTFOUND;
	add_error(im, text, span_of(code), line, purpose);
	say_error(im, find_quotable(line), im->n_tokens);
	return RES_OK;
}

/* With --step, anything else is the answer's body. */
static enum res
plain_body(struct import *im, struct span text, enum purpose purpose)
{
	struct span body = import_without_blank_lines(text);
	enum body_kind kind = http_body_kind(body);
	struct import_exchange *x;
	int said = find_status(body),
	    status = said ? said
		: kind == BODY_HTML || kind == BODY_JWT || kind == BODY_XML || kind == BODY_JSON
		? 200
		: purpose == PURPOSE_REFRESH ? 400
					     : 401;

	if ((purpose == PURPOSE_COUNT && kind != BODY_HTML) || !(x = import_add(im)))
		return RES_NOTFOUND;
	import_set_response(x, status,
		kind == BODY_HTML           ? "text/html"
			: kind == BODY_JWT  ? "application/jwt"
			: kind == BODY_XML  ? "application/xml"
			: kind == BODY_JSON ? "application/json"
					    : "text/plain",
		body);
	if (!said)
		import_note(im, "no status line was given: taken as HTTP %d", status);
	x->purpose = purpose == PURPOSE_COUNT ? PURPOSE_USERINFO : purpose;
	import_take_as(im, "the body of an answer: %s", body_kind_words(kind));
	return RES_OK;
}

/* --- together ----------------------------------------------------------------------------- */

typedef enum res evidence(struct import *im, struct span text, enum purpose purpose);

/*
 * Sentences are cut out of the text: what names a secret may stand before the cut, so they are cut
 * out of the masked one.  Where a mask took the words along ("Authorization: Bearer … and get
 * 401"), it is the text as it came.
 */
static enum res
cut(struct import *im, struct span text, enum purpose purpose)
{
	static evidence *const kinds[] = {quoted_event, quoted_code, quoted_inactive,
		quoted_failure, quoted_sentence, quoted_status};
	struct buf masked;
	enum res r = RES_NOTFOUND;

	buf_init_wiping(&masked, 4 * (size_t)LIMIT_BODY);
	if (import_mask(&masked, text) != RES_OK)
		buf_clear(&masked);
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && r != RES_OK; i++) {
		r = kinds[i](im, buf_span(&masked), purpose);
		if (r != RES_OK)
			r = kinds[i](im, text, purpose);
	}
	buf_release(&masked);
	return r;
}

static enum res
quoted(struct import *im, struct span text, enum purpose purpose)
{
	static evidence *const kinds[] = {
		quoted_json, quoted_challenge, quoted_served, cut, plain_body};
	enum res r = RES_NOTFOUND;

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && r != RES_OK; i++)
		r = kinds[i](im, text, purpose);
	return r;
}

/* What is no JSON after all is told by JSON's own words. */
static enum res
broken_json(struct span text, struct err *e)
{
	struct err inner = ERR_INIT;
	struct json *doc;
	enum res r;

	if (!text.n || !memchr("{[", text.p[0], 2))
		return RES_NOTFOUND;
	r = json_parse(&doc, text, &inner);
	if (r == RES_OK) {
		json_free(doc);
		return RES_NOTFOUND;
	}
	err_set(e, RES_SYNTAX, "JSON that cannot be read: %s", inner.text);
	if (e)
		e->line = inner.line;
	return RES_SYNTAX;
}

enum res
import_prose(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	enum body_kind kind = http_body_kind(text);
	size_t tokens;
	enum res r;

	if (text.n > LIMIT_BODY) {
		import_note(im, "a long text (%zu bytes): only its last %d KiB were looked at",
			text.n, LIMIT_BODY >> 10);
		text = span_from(text, text.n - LIMIT_BODY);
		text = span_from(
			text, span_find(text, '\n') == SIZE_MAX ? 0 : span_find(text, '\n'));
	}
	if (kind == BODY_HTML)
		return plain_body(im, text, purpose);
	r = embedded(im, text, purpose);
	if (r == RES_OK) {
		(void)find_tokens(im, text);
		return r;
	}
	r = linked(im, text);
	if (r == RES_OK)
		return r;
	tokens = find_tokens(im, text);
	r = quoted(im, text, purpose);
	if (r == RES_OK || !tokens)
		return r == RES_OK ? r : broken_json(span_trim(text), e);
	import_take_as(im, "a text with a token in it");
	return RES_OK;
}
