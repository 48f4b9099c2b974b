/*
 * HAR 1.2, entry by entry, as the text comes: the file may be hundreds of megabytes of a whole
 * day's browsing, of which a few exchanges are about tokens.  Of it one entry is in memory at a
 * time.
 */
#include "case/import-parts.h"

#include "base/encode.h"
#include "base/mem.h"
#include "base/text.h"
#include "case/import-browser.h"
#include "oauth/url.h"

enum {
	KEEP_MOST = 200,
	ENTRY_MAX = 2 * LIMIT_JSON_BYTES, /* a longer one is left out */
	HEAD_MOST = 64 << 10, /* so far into the text "log" must stand */
	KEYWORD_MOST = 512, /* "entries", blanks, a colon, blanks and a bracket */
};

/* Where the text has got to. */
enum har_at { AT_HEAD, AT_BETWEEN, AT_ENTRY, AT_END };

struct import_har {
	struct import *im;
	size_t entries, unreadable;
	size_t without_body;
	size_t unanswered; /* about tokens, and without an answer or a failure that is known */
	char why[80]; /* … as the browser says of the first; safe text */
	bool passed; /* something was answered, and not by a proxy that refuses */
	struct browser_seen browser;

	enum har_at at;
	bool ended; /* by its bracket, not by damage */
	struct buf text; /* not taken yet; wiping */
	size_t pos; /* of text: what is before it was taken */
	int line; /* at pos */
	/* of the entry that begins at pos */
	size_t scanned, depth;
	bool quoted, escaped, too_long;
};

/* --- the text ----------------------------------------------------------------------------- */

struct span
import_har_skip_blanks(struct span s)
{
	while (s.n && memchr(" \t\r\n,", s.p[0], 5))
		s = span_from(s, 1);
	return s;
}

size_t
import_har_value_len(struct span s)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
			continue;
		}
		if (c == '"')
			quoted = true;
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return i + 1;
	}
	return 0;
}

bool
import_har_entries(struct span text, struct span *entries)
{
	struct span s = text;

	while (s.n) {
		size_t at = span_find_str(s, "\"entries\"");
		struct span rest;

		if (at == SIZE_MAX)
			return false;
		rest = span_trim(span_from(s, at + 9));
		if ((at == 0 || s.p[at - 1] != '\\') && span_starts(rest, ":")) {
			rest = span_from(rest, 1);
			while (rest.n && memchr(" \t\r\n", rest.p[0], 4))
				rest = span_from(rest, 1);
			if (span_starts(rest, "[")) {
				*entries = span_from(rest, 1);
				return true;
			}
		}
		s = span_from(s, at + 9);
	}
	return false;
}

/* --- one entry ---------------------------------------------------------------------------- */

/* Name/value pairs; what a browser joins by line ends (Set-Cookie) is several. */
static void
read_headers(struct http_headers *out, const struct json *list)
{
	for (const struct json *h = json_first(list); h; h = json_next(h)) {
		struct span name = json_get_str(h, "name"), rest = json_get_str(h, "value"), line;

		/* home-made: an object of them */
		if (json_type(list) == JSON_OBJECT && json_to_span(h, &rest))
			name = json_name(h);

		if (!name.n || name.p[0] == ':') /* HTTP/2's :authority and its like */
			continue;
		if (!rest.n)
			(void)http_headers_add(out, name, rest);
		while (span_next(&rest, '\n', &line))
			(void)http_headers_add(out, name, line);
	}
}

static void
read_post_data(struct import_exchange *x, const struct json *data)
{
	struct buf *body = &x->request.body;
	struct span text = json_get_str(data, "text");
	const struct json *params = json_get(data, "params");

	if (text.n) {
		(void)buf_add_span(body, text);
		return;
	}
	for (const struct json *p = json_first(params); p; p = json_next(p)) {
		if (body->len)
			(void)buf_putc(body, '&');
		(void)form_encode(body, json_get_str(p, "name"));
		(void)buf_putc(body, '=');
		(void)form_encode(body, json_get_str(p, "value"));
	}
	x->body_unseen = data && !body->len;
}

/* False: there was a body, and the recording does not have it. */
static bool
read_content(struct http_response *r, const struct json *content)
{
	struct span text = json_get_str(content, "text");
	enum num_form form;
	int64_t size = 0;

	if (span_is(json_get_str(content, "encoding"), "base64")) {
		if (base64_decode(&r->body, text, NULL) != RES_OK)
			buf_clear(&r->body);
	} else if (buf_add_span(&r->body, text) == RES_LIMIT) {
		r->body_too_large = true;
	}
	return text.n || !json_to_i64(json_get(content, "size"), &size, &form) || size <= 0;
}

static int64_t
micros(const struct json *j)
{
	double ms;

	return json_to_double(j, &ms) && ms >= 0 && ms < 1e9 ? (int64_t)(ms * 1000) : -1;
}

static int64_t
some(int64_t us)
{
	return us > 0 ? us : 0;
}

/* "2026-01-31T12:00:00.123+01:00" in microseconds; 0: no time. */
static int64_t
started(struct span s)
{
	size_t dot = span_find(s, '.');
	int64_t seconds, us = 0, unit = 100000;

	if (time_parse_rfc3339(s, &seconds) != RES_OK)
		return 0;
	for (size_t i = dot; dot != SIZE_MAX && ++i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
		unit /= 10)
		us += (s.p[i] - '0') * unit;
	return seconds * 1000000 + us;
}

/*
 * The request went out when all but waiting and receiving was done; that is what the server's Date
 * is compared with.
 */
static void
read_times(struct net_result *r, const struct json *entry)
{
	const struct json *t = json_get(entry, "timings");
	int64_t at = started(json_get_str(entry, "startedDateTime")), before, connect, ssl;

	connect = micros(json_get(t, "connect"));
	ssl = micros(json_get(t, "ssl"));
	r->timings.dns = micros(json_get(t, "dns"));
	r->timings.connect = connect >= 0 && ssl > 0 && ssl <= connect ? connect - ssl : connect;
	r->timings.tls = ssl;
	r->timings.wait = micros(json_get(t, "wait"));
	r->timings.receive = micros(json_get(t, "receive"));
	r->timings.total = micros(json_get(entry, "time"));
	r->timings.reused = connect < 0;
	if (!at)
		return;
	before = some(micros(json_get(t, "blocked"))) + some(r->timings.dns) + some(connect) +
		some(micros(json_get(t, "send")));
	r->sent_wall_us = at + before;
	if (r->response.status)
		r->answered_wall_us = r->sent_wall_us + some(r->timings.wait);
}

static bool
truth(const struct json *j)
{
	bool b;
	struct span s;

	return json_to_bool(j, &b) ? b : json_to_span(j, &s) && s.n > 0;
}

/* Status 0 says that nothing came; why, only some browsers say. */
static void
read_failure(struct net_result *r, const struct json *entry, const struct json *response)
{
	struct span why = json_get_str(response, "_error");

	if (r->response.status)
		return;
	if (!why.n)
		why = json_get_str(entry, "_error");
	if (!why.n)
		why = json_get_str(response, "statusText");
	r->error = import_net_error(why);
	/* a browser that aborts or blocks says so in its own codes: that is not the server's */
	if (r->error == NETERR_NONE && why.n && !span_starts(why, "net::"))
		r->error = NETERR_OTHER;
	text_safe_into(r->error_text, sizeof(r->error_text), why);
}

static void
read_remote(struct net_result *r, const struct json *entry)
{
	struct span address = json_get_str(entry, "serverIPAddress");

	if (address.n && address.n < 60)
		text_safe_into(r->remote, sizeof(r->remote), address);
}

/* The tunnel is no exchange of its own, unless the proxy refused it. */
static void
read_tunnel(struct import_exchange *x, struct span url)
{
	size_t at = span_find_str(url, "://");
	struct span host = at == SIZE_MAX ? url : span_from(url, at + 3);
	char *to;

	host = span_sub(host, 0, span_find(host, '/'));
	if (span_ends(host, ":443"))
		host.n -= 4;
	to = xasprintf("https://%.*s/", SPAN_ARG(host));
	http_request_set(&x->request, "CONNECT", span_of(to));
	free(to);
	x->result.via_proxy = true;
	if (x->result.response.status >= 400)
		x->result.error =
			x->result.response.status == 407 ? NETERR_PROXY_AUTH : NETERR_PROXY;
}

static bool
is_refused_tunnel(const struct import_exchange *x)
{
	return x->result.error != NETERR_NONE && !strcmp(x->request.method, "CONNECT");
}

static bool
read_entry(struct import_har *h, struct import_exchange *x, const struct json *entry)
{
	const struct json *request = json_get(entry, "request"),
			  *response = json_get(entry, "response");
	struct http_response *r = &x->result.response;
	struct span method = json_get_str(request, "method"), url = json_get_str(request, "url");
	struct span version = json_get_str(response, "httpVersion");
	enum num_form form;
	int64_t status;
	char word[16];

	if (!url.n || !method.n || method.n >= sizeof(word))
		return false;
	(void)snprintf(word, sizeof(word), "%.*s", SPAN_ARG(method));
	http_request_set(&x->request, word, url);
	x->named = true;
	read_headers(&x->request.headers, json_get(request, "headers"));
	read_post_data(x, json_get(request, "postData"));
	if (json_to_i64(json_get(response, "status"), &status, &form) && status > 0 &&
		status < 1000)
		r->status = (int)status;
	if (!strcmp(word, "CONNECT"))
		read_tunnel(x, url);
	h->passed = h->passed || (r->status && r->status != 407 && !is_refused_tunnel(x));
	if (span_starts_nocase(version, "http/"))
		(void)snprintf(
			r->version, sizeof(r->version), "%.*s", SPAN_ARG(span_sub(version, 5, 3)));
	read_headers(&r->headers, json_get(response, "headers"));
	if (!read_content(r, json_get(response, "content")) && r->status / 100 == 2) {
		h->without_body++;
		x->purpose = PURPOSE_OTHER;
	}
	read_times(&x->result, entry);
	read_failure(&x->result, entry, response);
	read_remote(&x->result, entry);
	/* the Date of a cache's copy is not the server's clock now */
	if (truth(json_get(entry, "_fromCache")) || truth(json_get(response, "_fromCache")))
		x->result.sent_wall_us = 0;
	x->cors = browser_is_cors(x, json_get_str(entry, "_resourceType"));
	return !browser_look(&h->browser, x);
}

/* --- which entries count ------------------------------------------------------------------ */

/* Is this what the redirect at i led to? */
static bool
led_here(const struct import_exchange *before, const struct import_exchange *x)
{
	const struct http_response *r = &before->result.response;
	struct span to = http_header(&r->headers, "Location");
	struct buf full;
	bool same;

	if (r->status < 300 || r->status >= 400 || !to.n)
		return false;
	buf_init_wiping(&full, LIMIT_URL);
	same = url_resolve(&full, span_of(before->request.url), to) == RES_OK &&
		span_eq(buf_span(&full), span_of(x->request.url));
	buf_release(&full);
	return same;
}

static bool
is_relevant(const struct import *im, struct import_exchange *x)
{
	if (x->purpose == PURPOSE_COUNT)
		x->purpose = import_purpose(x);
	if (x->purpose != PURPOSE_OTHER)
		return x->result.response.status || x->result.error != NETERR_NONE;
	if (is_refused_tunnel(x)) /* where nothing got through, that is the cause */
		return true;
	for (size_t i = im->n - 1; i-- > 0 && i + 8 > im->n;) {
		if (!led_here(im->x[i], x))
			continue;
		/* the application's page behind a login's redirect, which says it all */
		if (im->x[i]->purpose == PURPOSE_OTHER)
			return false;
		x->purpose = im->x[i]->purpose;
		return true;
	}
	if (import_is_authorization_response(x))
		return true;
	/* it failed, and whether it carried a token, its preflight will tell */
	x->tentative =
		(x->cors && x->result.response.status >= 400) || x->result.response.status == 401;
	return x->tentative;
}

static bool
is_plain_success(const struct import_exchange *x)
{
	return x->purpose == PURPOSE_RESOURCE && x->result.response.status / 100 == 2;
}

/* The oldest calls of an API that went well say least. */
static void
prune(struct import *im)
{
	size_t kept = 0, drop = im->n > KEEP_MOST ? im->n - KEEP_MOST / 2 : 0;

	for (size_t i = 0; i < im->n; i++) {
		struct import_exchange *x = im->x[i];

		if (drop && (x->tentative || is_plain_success(x))) {
			drop--;
			import_free_exchange(x);
		} else {
			im->x[kept++] = x;
		}
	}
	im->n = kept;
}

/* Aborted, or blocked by an extension: no answer of the server's, and yet not nothing. */
static void
count_unanswered(struct import_har *h, const struct import_exchange *x)
{
	if (x->purpose == PURPOSE_OTHER || x->purpose == PURPOSE_COUNT || x->result.response.status)
		return;
	if (!h->unanswered++)
		text_format(h->why, sizeof(h->why), "%s", x->result.error_text);
}

static void
take_entry(struct import_har *h, struct span text)
{
	struct import_exchange *x;
	struct json *entry;
	struct err e = ERR_INIT;

	if (h->too_long)
		err_set(&e, RES_LIMIT, "longer than %d MiB", ENTRY_MAX >> 20);
	if (h->too_long || json_parse_mended(&entry, text, &e) != RES_OK) {
		if (!h->unreadable++)
			import_note(h->im, "line %d: entry %zu cannot be read (%s)", h->line,
				h->entries, e.text);
		return;
	}
	if (h->im->n > KEEP_MOST)
		prune(h->im);
	x = import_add(h->im);
	if (x && (!read_entry(h, x, entry) || !is_relevant(h->im, x))) {
		count_unanswered(h, x);
		import_drop_last(h->im);
	}
	json_free(entry);
}

/* A proxy that lets some through asks for credentials first (RFC 9110 §11.7.1): no fault. */
static void
settle_tunnels(const struct import_har *h)
{
	struct import *im = h->im;
	size_t kept = 0;

	for (size_t i = 0; i < im->n; i++) {
		struct import_exchange *x = im->x[i];

		if (is_refused_tunnel(x) && (h->passed || i + 1 < im->n))
			import_free_exchange(x);
		else
			im->x[kept++] = x;
	}
	im->n = kept;
}

static int
earlier(const struct import_exchange *a, const struct import_exchange *b)
{
	return a->result.sent_wall_us > 0 && b->result.sent_wall_us > 0 &&
		a->result.sent_wall_us < b->result.sent_wall_us;
}

/* Most recordings are in order, so that this hardly moves anything. */
static void
sort(struct import *im)
{
	for (size_t i = 1; i < im->n; i++) {
		struct import_exchange *x = im->x[i];
		size_t k = i;

		for (; k > 0 && earlier(x, im->x[k - 1]); k--)
			im->x[k] = im->x[k - 1];
		im->x[k] = x;
	}
}

static void
link_redirects(struct import *im)
{
	for (size_t i = 1; i < im->n; i++)
		for (size_t k = i; k-- > 0 && k + 8 > i && !im->x[i]->follows;)
			if (led_here(im->x[k], im->x[i]))
				im->x[i]->follows = (uint32_t)k + 1;
}

/* --- the text, in pieces ------------------------------------------------------------------ */

bool
import_har_is(struct span head)
{
	struct span s = span_trim(head);

	if (span_starts(s, "\xef\xbb\xbf"))
		s = span_trim(span_from(s, 3));
	if (!span_starts(s, "{") && !span_starts(s, "[")) /* a list of them: the first is read */
		return false;
	/* what "log" holds, alone, is told by what its entries have */
	s = span_sub(s, 0, HEAD_MOST);
	return span_find_str(s, "\"log\"") != SIZE_MAX ||
		(span_find_str(s, "\"entries\"") != SIZE_MAX &&
			span_find_str(s, "\"startedDateTime\"") != SIZE_MAX);
}

struct import_har *
import_har_new(struct import *im)
{
	struct import_har *h = xcalloc(1, sizeof(*h));

	h->im = im;
	h->line = 1;
	buf_init_wiping(&h->text, 4 * (size_t)ENTRY_MAX);
	return h;
}

static struct span
rest_of(const struct import_har *h)
{
	return span_from(buf_span(&h->text), h->pos);
}

static void
take(struct import_har *h, size_t n)
{
	const char *p = h->text.p + h->pos;

	for (size_t i = 0; i < n; i++)
		h->line += p[i] == '\n';
	h->pos += n;
}

/* The taken part goes once it is worth moving the rest. */
static void
compact(struct import_har *h)
{
	size_t left = h->text.len - h->pos;

	if (!h->pos || (left && h->pos < left))
		return;
	memmove(h->text.p, h->text.p + h->pos, left);
	wipe(h->text.p + left, h->pos);
	buf_truncate(&h->text, left);
	h->pos = 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind "entries", a colon and the bracket.  False: more text is wanted. */
static bool
find_entries(struct import_har *h, bool last)
{
	static const char word[] = "\"entries\"";

	for (;;) {
		struct span s = rest_of(h);
		size_t at = span_find_str(s, word), i = at + sizeof(word) - 1;
		bool colon = false;

		if (at == SIZE_MAX) { /* its beginning may be at the end */
			take(h, s.n > sizeof(word) ? s.n - sizeof(word) : 0);
			return false;
		}
		for (; i < s.n && (is_blank(s.p[i]) || (s.p[i] == ':' && !colon)); i++)
			colon = colon || s.p[i] == ':';
		if (i >= s.n && !last && i - at < KEYWORD_MOST) {
			take(h, at ? at - 1 : 0);
			return false;
		}
		if (i < s.n && colon && s.p[i] == '[' && (!at || s.p[at - 1] != '\\')) {
			take(h, i + 1);
			h->at = AT_BETWEEN;
			return true;
		}
		take(h, at + sizeof(word) - 1);
	}
}

/* Of a number, true, false or null. */
static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '+' || c == '-' ||
		c == '.' || c == 'E';
}

/* An entry that is no object is none; those behind it are.  False: more text is wanted. */
static bool
skip_word(struct import_har *h, bool last)
{
	struct span s = rest_of(h);
	size_t i = 0;

	while (i < s.n && i < KEYWORD_MOST && is_word(s.p[i]))
		i++;
	if (i == s.n && !last)
		return false;
	h->entries++;
	if (!h->unreadable++)
		import_note(h->im, "line %d: entry %zu is not an object", h->line, h->entries);
	take(h, i);
	return i < s.n;
}

static bool
find_entry(struct import_har *h, bool last)
{
	struct span s = rest_of(h);
	size_t i = 0;

	while (i < s.n && (is_blank(s.p[i]) || s.p[i] == ','))
		i++;
	take(h, i);
	if (i == s.n)
		return false;
	if (is_word(s.p[i]))
		return skip_word(h, last);
	h->ended = s.p[i] == ']';
	if (s.p[i] != '{') {
		h->at = AT_END;
		return true;
	}
	h->at = AT_ENTRY;
	h->entries++;
	h->scanned = h->depth = 0;
	h->quoted = h->escaped = h->too_long = false;
	return true;
}

static void
quoted(struct import_har *h, char c)
{
	h->escaped = c == '\\';
	h->quoted = c != '"';
}

/* Goes on looking for the entry's end; false: more text is wanted. */
static bool
find_entry_end(struct import_har *h)
{
	struct span s = rest_of(h);
	bool whole = false;
	size_t i = h->scanned;

	for (; i < s.n && !whole; i++) {
		char c = s.p[i];

		if (h->escaped)
			h->escaped = false;
		else if (h->quoted)
			quoted(h, c);
		else if (c == '"')
			h->quoted = true;
		else if (c == '{' || c == '[')
			h->depth++;
		else if (c == '}' || c == ']')
			whole = --h->depth == 0;
	}
	h->scanned = i;
	if (!whole && s.n > ENTRY_MAX) { /* what of it is still to come goes, too */
		h->too_long = true;
		take(h, s.n);
		h->scanned = 0;
	}
	if (!whole)
		return false;
	take_entry(h, span_sub(s, 0, i));
	take(h, i);
	h->at = AT_BETWEEN;
	return true;
}

static void
go_on(struct import_har *h, bool last)
{
	bool more = true;

	while (more && h->at != AT_END)
		more = h->at == AT_HEAD       ? find_entries(h, last)
			: h->at == AT_BETWEEN ? find_entry(h, last)
					      : find_entry_end(h);
	compact(h);
}

bool
import_har_feed(struct import_har *h, struct span text)
{
	/* in pieces, so that what is held stays small however much comes at once */
	for (size_t n; text.n && h->at != AT_END; text = span_from(text, n)) {
		n = text.n < (1 << 20) ? text.n : 1 << 20;
		(void)buf_add_span(&h->text, span_sub(text, 0, n));
		go_on(h, false);
	}
	return h->at != AT_END;
}

void
import_har_counts(const struct import_har *h, size_t *entries, size_t *kept)
{
	*entries = h->entries;
	*kept = h->im->n;
}

static enum res
end(struct import_har *h, struct err *e)
{
	struct import *im = h->im;

	go_on(h, true);
	if (h->at == AT_HEAD)
		return RES_NOTFOUND;
	if (!h->ended)
		import_note(im,
			"line %d: the file is cut off or damaged at entry %zu: what stands before "
			"it was read",
			h->line, h->entries + (h->at != AT_ENTRY));
	if (h->without_body)
		import_note(im, "%zu answers were recorded without their bodies", h->without_body);
	if (h->unreadable > 1)
		import_note(im, "%zu entries could not be read", h->unreadable);
	sort(im);
	settle_tunnels(h);
	link_redirects(im);
	browser_settle(&h->browser, im);
	if (!im->n && h->unanswered)
		return err_set(e, RES_SYNTAX,
			"a HAR file of %zu entries: %zu about tokens got no answer (%s), and there "
			"is "
			"no other about one",
			h->entries, h->unanswered,
			h->why[0] ? h->why : "the browser does not say why");
	if (!im->n)
		return err_set(e, RES_SYNTAX,
			"a HAR file of %zu entries, none of which is about a token (discovery, "
			"introspection, "
			"token, user information, a call with a bearer token)%s%s",
			h->entries, im->n_notes ? "; " : "",
			im->n_notes ? im->notes[im->n_notes - 1] : "");
	import_take_as(im, "a HAR file: %zu of %zu entries are about tokens", im->n, h->entries);
	return RES_OK;
}

enum res
import_har_end(struct import_har *h, struct err *e)
{
	enum res r = end(h, e);

	buf_release(&h->text);
	browser_release(&h->browser);
	free(h);
	return r;
}

enum res
import_har(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct import_har *h;

	(void)purpose;
	if (!import_har_is(text))
		return RES_NOTFOUND;
	h = import_har_new(im);
	(void)import_har_feed(h, text);
	return import_har_end(h, e);
}
