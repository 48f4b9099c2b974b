/* What all importers share, and the choice among them. */
#include "case/import.h"

#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"
#include "case/case-file.h"
#include "case/import-parts.h"

void
import_init(struct import *im)
{
	memset(im, 0, sizeof(*im));
}

void
import_free_exchange(struct import_exchange *x)
{
	http_request_release(&x->request);
	net_result_release(&x->result);
	free(x);
}

void
import_release(struct import *im)
{
	for (size_t i = 0; i < im->n; i++)
		import_free_exchange(im->x[i]);
	free(im->x);
	for (size_t i = 0; i < im->n_tokens; i++)
		secret_unref(im->tokens[i].value);
	import_init(im);
}

/* --- what the importers say --------------------------------------------------------------- */

enum res
import_mask(struct buf *out, struct span s)
{
	struct redactor *none = redactor_new();
	enum res r = redact_text(none, out, s);

	redactor_free(none);
	return r;
}

static void PRINTF(3, 0) put(char *out, size_t size, const char *fmt, va_list ap)
{
	struct buf b, safe;

	buf_init_wiping(&b, 4096);
	buf_init_wiping(&safe, 8192);
	(void)buf_vprintf(&b, fmt, ap);
	(void)import_mask(&safe, buf_span(&b));
	text_safe_into(out, size, buf_span(&safe));
	buf_release(&b);
	buf_release(&safe);
}

void
import_take_as(struct import *im, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(im->taken_as, sizeof(im->taken_as), fmt, ap);
	va_end(ap);
}

void
import_note(struct import *im, const char *fmt, ...)
{
	char *at = im->notes[im->n_notes < IMPORT_NOTES ? im->n_notes : IMPORT_NOTES - 1];
	va_list ap;

	va_start(ap, fmt);
	put(at, sizeof(im->notes[0]), fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < im->n_notes; i++)
		if (at != im->notes[i] && !strcmp(at, im->notes[i]))
			return;
	if (im->n_notes < IMPORT_NOTES)
		im->n_notes++;
}

struct import_exchange *
import_add(struct import *im)
{
	struct import_exchange *x;

	if (im->n == IMPORT_EXCHANGES) {
		import_note(im, "only the first %d exchanges were taken", IMPORT_EXCHANGES);
		return NULL;
	}
	x = xcalloc(1, sizeof(*x));
	http_request_init(&x->request);
	net_result_init(&x->result);
	x->purpose = PURPOSE_COUNT;
	im->x = xreallocarray(im->x, im->n + 1, sizeof(struct import_exchange *));
	im->x[im->n++] = x;
	return x;
}

void
import_drop_last(struct import *im)
{
	import_free_exchange(im->x[--im->n]);
}

void
import_move(struct import *im, struct import *from, size_t first)
{
	size_t base = im->n - (first < from->n ? first : from->n);

	for (size_t i = first; i < from->n; i++) {
		if (im->n == IMPORT_EXCHANGES) {
			import_free_exchange(from->x[i]);
			continue;
		}
		if (from->x[i]->follows)
			from->x[i]->follows += (uint32_t)base;
		im->x = xreallocarray(im->x, im->n + 1, sizeof(struct import_exchange *));
		im->x[im->n++] = from->x[i];
	}
	if (from->n > first)
		from->n = first;
	for (size_t i = 0; i < from->n_tokens; i++) {
		struct import_token *t = &from->tokens[i], *mine = NULL;

		if (im->n_tokens < IMPORT_TOKENS)
			mine = import_give(im, t->slot, SPAN_LIT("-"), t->source);
		if (!mine)
			continue;
		secret_unref(mine->value);
		*mine = *t;
		mine->value = secret_ref(t->value);
	}
	for (size_t i = 0; i < from->n_notes; i++)
		import_note(im, "%s", from->notes[i]);
}

struct import_token *
import_give(struct import *im, enum token_slot slot, struct span value, const char *source)
{
	struct import_token *t;

	for (size_t i = 0; i < im->n_tokens; i++)
		if (im->tokens[i].slot == slot)
			return NULL;
	if (!value.n || im->n_tokens == IMPORT_TOKENS)
		return NULL;
	t = &im->tokens[im->n_tokens++];
	t->slot = slot;
	t->value = secret_new(value);
	t->expires_in = -1;
	t->source = source;
	return t;
}

bool
import_give_response(struct import *im, const struct json *doc, const char *source)
{
	size_t before = im->n_tokens;

	for (size_t i = 0; i < 2 * TOKEN_MEMBERS; i++) {
		const struct token_member *m = &token_members[i / 2];
		struct import_token *t = import_give(im, token_slot_of_role(m->role),
			json_get_str(doc, i % 2 ? m->camel : m->name), source);
		enum num_form form;

		if (!t || t->slot != SLOT_ACCESS)
			continue;
		if (!json_to_i64(json_get(doc, "expires_in"), &t->expires_in, &form))
			t->expires_in = -1;
		text_safe_into(t->scope, sizeof(t->scope), json_get_str(doc, "scope"));
	}
	return im->n_tokens > before;
}

/* --- lines -------------------------------------------------------------------------------- */

bool
import_line(struct span *rest, struct span *line)
{
	if (!rest->n)
		return false;
	span_next(rest, '\n', line);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

struct span
import_without_blank_lines(struct span text)
{
	struct span rest = text, line, from = text;

	while (import_line(&rest, &line) && !span_trim(line).n)
		from = rest;
	while (from.n && memchr(" \t\r\n", from.p[from.n - 1], 4))
		from.n--;
	return from;
}

bool
import_header_line(struct span line, struct span *name, struct span *value)
{
	static const char *const names[] = {"www-authenticate", "proxy-authenticate",
		"authorization", "content-type", "content-length", "date", "server", "location",
		"cache-control", "pragma", "set-cookie", "cookie", "host", "user-agent", "accept",
		"retry-after", "allow", "connection", "transfer-encoding", "content-encoding",
		"vary", "via", "age", "expires", "etag", "origin", "referer", "dpop", "dpop-nonce",
		"accept-encoding", "accept-language", "strict-transport-security",
		"proxy-authorization", "status"};
	size_t colon = span_find(line, ':');

	if (colon == SIZE_MAX || colon == 0)
		return false;
	*name = span_sub(line, 0, colon);
	*value = span_trim(span_from(line, colon + 1));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_is_nocase(*name, names[i]))
			return true;
	return span_starts_nocase(*name, "x-") || span_starts_nocase(*name, "access-control-") ||
		span_starts_nocase(*name, "cf-") || span_starts_nocase(*name, "sec-");
}

/* --- a response made of parts ------------------------------------------------------------- */

int
import_status_of_error(struct span error)
{
	if (span_is(error, "invalid_token") || span_is(error, "invalid_client") ||
		span_is(error, "invalid_dpop_proof") || span_is(error, "use_dpop_nonce") ||
		span_is(error, "insufficient_user_authentication"))
		return 401;
	return span_is(error, "insufficient_scope") ? 403 : 400;
}

void
import_set_response(struct import_exchange *x, int status, const char *type, struct span body)
{
	struct http_response *r = &x->result.response;

	r->status = status;
	if (type)
		http_headers_set(&r->headers, "Content-Type", span_of(type));
	buf_clear(&r->body);
	if (buf_add_span(&r->body, body) == RES_LIMIT)
		r->body_too_large = true;
}

/* --- the choice --------------------------------------------------------------------------- */

/* In this order: the first that knows the text has it. */
static importer *const importers[] = {
	import_own,
	import_har,
	import_records,
	import_json,
	import_url,
	import_curl,
	import_verbose,
	import_http,
	import_headers,
	import_token,
	import_prose,
};

/* From the line on with which it begins, to the last that may be a record. */
static struct span
case_in(struct span text)
{
	struct span rest = text, line, from;

	while (from = rest, import_line(&rest, &line)) {
		size_t end = 0;

		/* at the head, or where it should be */
		if (!span_starts(line, "{") || !case_file_is(from))
			continue;
		for (rest = from; import_line(&rest, &line);)
			if (span_starts(line, "{"))
				end = (size_t)(line.p + line.n - from.p);
		return span_sub(from, 0, end);
	}
	return SPAN_EMPTY;
}

bool
import_case(struct buf *out, struct span text)
{
	struct buf utf8, mail;
	struct import notes;
	struct span found = SPAN_EMPTY;

	import_init(&notes);
	buf_init_wiping(&utf8, 2 * (size_t)LIMIT_INPUT_FILE);
	buf_init_wiping(&mail, 2 * (size_t)LIMIT_INPUT_FILE);
	if (import_decode(&notes, &utf8, &text, NULL) == RES_OK) {
		import_mail(&notes, &mail, &text);
		found = case_file_is(text) ? text : case_in(text);
	} else if (case_file_is(text)) { /* damaged: what can be read of it is */
		found = text;
	}
	(void)buf_add_span(out, found);
	buf_release(&utf8);
	buf_release(&mail);
	import_release(&notes);
	return out->len > 0;
}

enum res
import_read(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct buf utf8, uncoloured, mail, plain, unfenced;
	struct span s;
	enum res r;

	buf_init_wiping(&utf8, 2 * (size_t)LIMIT_INPUT_FILE);
	buf_init_wiping(&uncoloured, 2 * (size_t)LIMIT_INPUT_FILE);
	buf_init_wiping(&mail, 2 * (size_t)LIMIT_INPUT_FILE);
	buf_init_wiping(&plain, 2 * (size_t)LIMIT_INPUT_FILE);
	buf_init_wiping(&unfenced, 2 * (size_t)LIMIT_INPUT_FILE);
	r = import_decode(im, &utf8, &text, e);
	if (r == RES_OK && text.n)
		import_uncolour(im, &uncoloured, &text);
	if (r == RES_OK)
		import_mail(im, &mail, &text);
	if (r == RES_OK)
		import_unquote(im, &plain, &text);
	if (r == RES_OK)
		import_unfence(&unfenced, &text);
	s = text;
	if (r == RES_OK && !span_trim(s).n)
		r = err_set(e, RES_NOTFOUND, "nothing was given: the input is empty");
	for (size_t i = 0; r == RES_OK; i++) {
		enum res got = RES_NOTFOUND;

		if (i < ARRAY_SIZE(importers))
			got = importers[i](im, s, purpose, e);
		else
			r = err_set(e, RES_SYNTAX,
				"not understood: neither a token nor a token response, an HTTP "
				"message, "
				"a HAR file, a curl command or its output, nor a text with an "
				"error in "
				"it");
		if (got == RES_OK)
			break;
		if (got != RES_NOTFOUND)
			r = got;
	}
	buf_release(&utf8);
	buf_release(&uncoloured);
	buf_release(&mail);
	buf_release(&plain);
	buf_release(&unfenced);
	return r;
}
