/* A curl command line: the request it would send, and what was printed below it. */
#include "case/import-parts.h"

#include "base/encode.h"
#include "base/mem.h"
#include "case/shellwords.h"

enum kind {
	K_FLAG,
	K_ARG,
	K_METHOD,
	K_HEADER,
	K_DATA,
	K_RAW,
	K_URLENCODE,
	K_JSON,
	K_FORM,
	K_GET,
	K_HEAD,
	K_USER,
	K_BEARER,
	K_COOKIE,
	K_AGENT,
	K_REFERER,
	K_PROXY,
	K_INSECURE,
	K_URL,
	K_QUERY,
	K_UPLOAD,
};

static const struct option {
	char letter;
	const char *name;
	enum kind kind;
} options[] = {
#define CURL_OPTION(letter, name, kind) {letter, name, K_##kind},
#include "case/curloptions.def"
#undef CURL_OPTION
};

struct command {
	struct import *im;
	struct http_request *req;
	struct import_exchange *x;
	struct buf data, query;
	struct span url; /* borrowed from the words */
	char method[16];
	bool get, head, has_data, json, form, insecure, proxy;
	size_t urls;
};

/* --- where a command is ------------------------------------------------------------------- */

/* Behind a prompt ("$ ", "user@host:~$ ", "PS C:\>"), if the line has one; else the line. */
static struct span
without_prompt(struct span line)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i + 1 < line.n && i < 80; i++)
		if (memchr("$#%>", line.p[i], 4) && line.p[i + 1] == ' ') {
			at = i + 2;
			break;
		}
	return at == SIZE_MAX ? line : span_from(line, at);
}

static bool
is_command(struct span line)
{
	static const char *const names[] = {"curl ", "curl.exe ", "sudo curl "};
	struct span s = span_trim(line);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct span rest = span_trim(span_from(s, strlen(names[i])));

		if (span_starts(s, names[i]) && rest.n &&
			(memchr("-'\"$^\\`", rest.p[0], 7) || span_find(rest, '/') != SIZE_MAX ||
				span_starts(rest, "http") || (unsigned char)rest.p[0] == 0xe2))
			return true;
	}
	return false;
}

size_t
import_find_curl(struct span text)
{
	struct span rest = text, line;

	while (import_line(&rest, &line)) {
		struct span s = span_trim(line);

		if (is_command(s))
			return (size_t)(s.p - text.p);
		s = without_prompt(line);
		if (s.n < line.n && is_command(s))
			return (size_t)(span_trim(s).p - text.p);
	}
	return SIZE_MAX;
}

/* --- its options -------------------------------------------------------------------------- */

static void
add_data(struct command *c, struct span v)
{
	if (c->has_data)
		(void)buf_putc(&c->data, '&');
	c->has_data = true;
	(void)buf_add_span(&c->data, v);
}

/* "@file" is not here to be read. */
static bool
from_file(struct command *c, struct span v)
{
	if (!span_starts(v, "@"))
		return false;
	c->has_data = true;
	c->x->body_unseen = true;
	import_note(c->im, "the command reads its data from a file, which is not at hand");
	return true;
}

/* [name=]content and [name]@file of --data-urlencode. */
static void
add_encoded(struct command *c, struct buf *to, struct span v)
{
	size_t eq = span_find(v, '='), at = span_find(v, '@');
	bool first = !to->len;

	if (at < eq) {
		(void)from_file(c, span_from(v, at));
		return;
	}
	if (!first)
		(void)buf_putc(to, '&');
	if (eq != SIZE_MAX && eq > 0)
		(void)buf_add_span(to, span_sub(v, 0, eq + 1));
	(void)percent_encode(to, eq == SIZE_MAX ? v : span_from(v, eq + 1));
	c->has_data = c->has_data || to == &c->data;
}

static void
add_header(struct command *c, struct span v, bool expanded)
{
	size_t colon = span_find(v, ':');
	struct span name = span_sub(v, 0, colon), value = span_trim(span_from(v, colon + 1));

	if (span_starts(v, "@")) {
		import_note(c->im, "the command reads headers from a file, which is not at hand");
		return;
	}
	if (colon == SIZE_MAX) {
		import_note(
			c->im, "a header without a colon in the command: curl does not send it");
		return;
	}
	if (!value.n) /* "Name:" takes a header away */
		return;
	if (span_is_nocase(name, "authorization") && expanded)
		c->x->token_unseen = true;
	if (http_headers_add(&c->req->headers, name, value) != RES_OK)
		import_note(c->im, "a header of the command that cannot be sent");
}

static void
set_authorization(struct command *c, const char *scheme, struct span value, bool expanded)
{
	char *text = xasprintf("%s %.*s", scheme, SPAN_ARG(value));

	c->x->token_unseen = c->x->token_unseen || expanded;
	http_headers_set(&c->req->headers, "Authorization", span_of(text));
	wipe(text, strlen(text));
	free(text);
}

/* -u: curl sends it as it is, without form-encoding (RFC 6749 §2.3.1 asks for that). */
static void
add_user(struct command *c, struct span v, bool expanded)
{
	struct buf b;

	buf_init_wiping(&b, 2 * v.n + 16);
	(void)base64_encode(&b, v);
	if (span_find(v, ':') == SIZE_MAX)
		import_note(c->im, "the command asks for the password of -u: it is not in it");
	set_authorization(c, "Basic", buf_span(&b), expanded);
	buf_release(&b);
}

/* The options that are header lines by another name. */
static const char *
header_of(enum kind kind)
{
	return kind == K_COOKIE   ? "Cookie"
		: kind == K_AGENT   ? "User-Agent"
		: kind == K_REFERER ? "Referer"
				    : NULL;
}

static void
take_flag(struct command *c, enum kind kind)
{
	c->form = c->form || kind == K_FORM;
	c->has_data = c->has_data || kind == K_FORM;
	c->x->body_unseen = c->x->body_unseen || kind == K_FORM || kind == K_UPLOAD;
	c->get = c->get || kind == K_GET;
	c->head = c->head || kind == K_HEAD;
	c->proxy = c->proxy || kind == K_PROXY;
	c->insecure = c->insecure || kind == K_INSECURE;
	if (kind == K_UPLOAD)
		(void)snprintf(c->method, sizeof(c->method), "PUT");
}

static void
take(struct command *c, enum kind kind, struct span v, bool expanded)
{
	switch (kind) {
	case K_METHOD:
		(void)snprintf(c->method, sizeof(c->method), "%.*s", SPAN_ARG(v));
		break;
	case K_HEADER:
		add_header(c, v, expanded);
		break;
	case K_JSON:
	case K_DATA:
		c->x->expanded = c->x->expanded || expanded;
		c->json = c->json || kind == K_JSON;
		if (!from_file(c, v))
			add_data(c, v);
		break;
	case K_RAW:
		c->x->expanded = c->x->expanded || expanded;
		add_data(c, v);
		break;
	case K_URLENCODE:
		c->x->expanded = c->x->expanded || expanded;
		add_encoded(c, &c->data, v);
		break;
	case K_QUERY:
		add_encoded(c, &c->query, v);
		break;
	case K_USER:
		add_user(c, v, expanded);
		break;
	case K_BEARER:
		set_authorization(c, "Bearer", v, expanded);
		break;
	case K_URL:
		if (!c->urls++)
			c->url = v;
		break;
	default:
		if (header_of(kind))
			(void)http_headers_add(&c->req->headers, span_of(header_of(kind)), v);
		take_flag(c, kind);
		break;
	}
}

static bool
takes_argument(enum kind k)
{
	return k != K_FLAG && k != K_GET && k != K_HEAD && k != K_INSECURE;
}

static const struct option *
find_long(struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (span_is(name, options[i].name))
			return &options[i];
	/* curl takes a beginning for the whole name */
	for (size_t i = 0; i < ARRAY_SIZE(options) && name.n > 2; i++)
		if (span_eq(span_sub(span_of(options[i].name), 0, name.n), name))
			return &options[i];
	return NULL;
}

static const struct option *
find_short(char c)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].letter == c)
			return &options[i];
	return NULL;
}

/* Words from i on; returns how many of them were the option's. */
static size_t
long_option(struct command *c, const struct shell_words *w, size_t i)
{
	struct span name = span_from(shell_word(w, i), 2), value = SPAN_EMPTY,
		    next = shell_word(w, i + 1);
	size_t eq = span_find(name, '=');
	const struct option *o;

	if (eq != SIZE_MAX) {
		value = span_from(name, eq + 1);
		name = span_sub(name, 0, eq);
	}
	o = find_long(name);
	if (!o) {
		import_note(c->im, "an option that is not known here: --%.*s", SPAN_ARG(name));
		/* with an argument, unless what follows is an option or an address */
		return next.n && next.p[0] != '-' && span_find_str(next, "://") == SIZE_MAX ? 2 : 1;
	}
	if (!takes_argument(o->kind) || eq != SIZE_MAX) {
		take(c, o->kind, value, w->v[i].expanded);
		return 1;
	}
	take(c, o->kind, next, i + 1 < w->n && w->v[i + 1].expanded);
	return 2;
}

/* "-sSkXPOST": letters, the last of which may have its argument behind it or in the next word. */
static size_t
short_options(struct command *c, const struct shell_words *w, size_t i)
{
	struct span s = span_from(shell_word(w, i), 1);

	for (; s.n; s = span_from(s, 1)) {
		const struct option *o = find_short(s.p[0]);

		if (!o || !takes_argument(o->kind)) {
			if (o)
				take(c, o->kind, SPAN_EMPTY, false);
			continue;
		}
		if (s.n > 1) {
			take(c, o->kind, span_from(s, 1), w->v[i].expanded);
			return 1;
		}
		take(c, o->kind, shell_word(w, i + 1), i + 1 < w->n && w->v[i + 1].expanded);
		return 2;
	}
	return 1;
}

static void
read_words(struct command *c, const struct shell_words *w)
{
	size_t i = span_is(shell_word(w, 0), "sudo") ? 2 : 1;

	while (i < w->n) {
		struct span s = shell_word(w, i);

		if (span_starts(s, "--") && s.n > 2) {
			i += long_option(c, w, i);
		} else if (s.n > 1 && s.p[0] == '-') {
			i += short_options(c, w, i);
		} else {
			if (s.n)
				take(c, K_URL, s, w->v[i].expanded);
			i++;
		}
	}
}

/* --- the request -------------------------------------------------------------------------- */

static void
set_url(struct command *c)
{
	struct buf url;
	struct span extra = c->get && c->has_data ? buf_span(&c->data) : SPAN_EMPTY;

	buf_init_wiping(&url, LIMIT_BODY);
	if (span_find_str(c->url, "://") == SIZE_MAX)
		(void)buf_puts(&url, "http://"); /* so does curl */
	(void)buf_add_span(&url, c->url);
	if (extra.n || c->query.len)
		(void)buf_putc(&url, span_find(c->url, '?') == SIZE_MAX ? '?' : '&');
	(void)buf_add_span(&url, extra);
	if (extra.n && c->query.len)
		(void)buf_putc(&url, '&');
	(void)buf_add_span(&url, buf_span(&c->query));
	http_request_set(c->req,
		c->method[0]             ? c->method
			: c->head        ? "HEAD"
			: c->has_data && !c->get ? "POST"
					 : "GET",
		buf_span(&url));
	buf_release(&url);
}

static void
finish_request(struct command *c)
{
	const char *type = c->json ? "application/json"
		: c->form          ? "multipart/form-data"
		: c->has_data      ? "application/x-www-form-urlencoded"
				   : NULL;

	set_url(c);
	if (c->has_data && !c->get)
		(void)buf_add_span(&c->req->body, buf_span(&c->data));
	if (type && !c->get && !http_has_header(&c->req->headers, "content-type"))
		(void)http_headers_add(&c->req->headers, SPAN_LIT("Content-Type"), span_of(type));
	c->x->named = true;
	c->x->result.via_proxy = c->proxy;
	if (c->insecure)
		import_note(c->im, "the command does not verify the certificate (-k)");
	if (c->urls > 1)
		import_note(c->im, "the command asks several addresses: only the first was taken");
	if (c->x->token_unseen || c->x->expanded)
		import_note(c->im,
			"a variable of the shell stands in the command: its value is not there");
}

static void
note_words(struct import *im, const struct shell_words *w)
{
	if (w->unclosed)
		import_note(im, "a quote of the command is never closed");
	if (w->smart_quotes)
		import_note(im,
			"line %d: typographic quotes (U+201C and the like), which no shell knows: "
			"taken as plain ones",
			w->line);
	if (w->cut_at_amp)
		import_note(im,
			"an & outside quotes ends the command for the shell: what stands behind it "
			"was "
			"not sent");
	if (w->blank_after_backslash)
		import_note(im,
			"a blank stands between a backslash and its line's end: for the shell, the "
			"line "
			"does not go on there");
}

/* The command at the beginning of text; returns the bytes it took, 0: it has no address. */
static size_t
read_command(struct import *im, struct span text)
{
	struct shell_words *w = xmalloc(sizeof(*w));
	struct command c = {.im = im, .x = import_add(im)};
	size_t n = 0;

	shell_words_init(w);
	buf_init_wiping(&c.data, LIMIT_BODY);
	buf_init_wiping(&c.query, LIMIT_BODY);
	if (c.x) {
		c.req = &c.x->request;
		n = shell_words_split(w, span_sub(text, 0, LIMIT_BODY));
		note_words(im, w);
		read_words(&c, w);
		if (c.url.n) {
			finish_request(&c);
		} else {
			import_drop_last(im);
			n = 0;
		}
	}
	buf_release(&c.data);
	buf_release(&c.query);
	shell_words_release(w);
	free(w);
	return n;
}

/* --- what was printed below --------------------------------------------------------------- */

/* The command knows the request better, but for what curl adds. */
static void
join(struct import_exchange *command, struct import_exchange *printed)
{
	if (!printed->named && !printed->request.headers.n) {
		net_result_release(&command->result);
		command->result = printed->result;
		net_result_init(&printed->result);
		return;
	}
	if (!printed->request.body.len)
		(void)buf_add_span(&printed->request.body, buf_span(&command->request.body));
	printed->body_unseen = printed->body_unseen && command->body_unseen;
	if (printed->named && command->request.url &&
		span_starts(span_of(printed->request.url), "/"))
		http_request_set(
			&printed->request, printed->request.method, span_of(command->request.url));
	http_request_release(&command->request);
	net_result_release(&command->result);
	command->request = printed->request;
	command->result = printed->result;
	http_request_init(&printed->request);
	net_result_init(&printed->result);
}

static void
take_output(struct import *im, struct span text, size_t at)
{
	struct import below;
	struct span body = span_trim(text);
	enum res r;

	if (!body.n)
		return;
	import_init(&below);
	r = import_verbose(&below, text, PURPOSE_COUNT, NULL);
	if (r == RES_NOTFOUND)
		r = import_http(&below, text, PURPOSE_COUNT, NULL);
	if (r == RES_OK && below.n) {
		join(im->x[at], below.x[0]);
		import_move(im, &below, 1);
	} else if (http_body_kind(body) == BODY_JSON || http_body_kind(body) == BODY_HTML ||
		http_body_kind(body) == BODY_JWT) {
		struct import guess;

		/* the status was not printed: what such a body comes with */
		import_init(&guess);
		r = import_json(&guess, body, PURPOSE_USERINFO, NULL);
		import_set_response(im->x[at],
			r == RES_OK && guess.n ? guess.x[0]->result.response.status : 200, NULL,
			body);
		import_note(im, "no status line was given: taken as HTTP %d",
			im->x[at]->result.response.status);
		import_release(&guess);
	}
	import_release(&below);
}

enum res
import_curl(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	size_t at = import_find_curl(text), commands = 0, answers = 0;
	struct span before = span_trim(span_sub(text, 0, at == SIZE_MAX ? 0 : at));

	/* a prompt may stand before it, prose may not */
	if (at == SIZE_MAX || span_find(before, '\n') != SIZE_MAX || before.n > 80)
		return RES_NOTFOUND;
	while (at != SIZE_MAX && im->n < IMPORT_EXCHANGES) {
		size_t mine = im->n, next, n;

		text = span_from(text, at);
		n = read_command(im, text);
		if (!n && im->n == 0)
			return err_set(e, RES_SYNTAX, "a curl command without an address");
		text = span_from(text, n ? n : 4);
		next = import_find_curl(text);
		if (im->n > mine) {
			im->x[mine]->purpose = purpose;
			take_output(im, span_sub(text, 0, next), mine);
			commands++;
			answers += im->x[mine]->result.response.status > 0 ||
				im->x[mine]->result.error != NETERR_NONE;
		}
		at = next;
	}
	if (commands == 1)
		import_take_as(im, "a curl command%s", answers ? " and what it printed" : "");
	else
		import_take_as(
			im, "%zu curl commands, %zu with what they printed", commands, answers);
	return RES_OK;
}
