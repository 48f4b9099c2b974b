/*
 * The case in a HAR file: what HAR has of an exchange is read from HAR's own members, what it has
 * not (TLS, the class of a failure, what only secret values could tell) from "_tokentriage" beside
 * them.  The result is the case file itself.
 */
#include "case/case-file.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "case/import-parts.h"

#define MEMBER "\"_tokentriage\""

/* Values without an end that are passed over before nothing more is looked for. */
enum { UNENDED_MOST = 16 };

/* The value of the next "_tokentriage" member, and *rest behind it; false: there is none. */
static bool
next_member(struct span *rest, struct span *value)
{
	unsigned unended = 0;
	size_t at;

	while ((at = span_find_str(*rest, MEMBER)) != SIZE_MAX) {
		bool quoted = at > 0 && rest->p[at - 1] == '\\'; /* in somebody's string */
		size_t n;

		*rest = span_from(*rest, at + sizeof(MEMBER) - 1);
		*value = import_har_skip_blanks(*rest);
		if (quoted || !span_starts(*value, ":"))
			continue;
		*value = import_har_skip_blanks(span_from(*value, 1));
		if (!span_starts(*value, "{"))
			continue;
		/* each that does not end is looked for up to the end of the text */
		n = import_har_value_len(*value);
		if (!n && ++unended == UNENDED_MOST)
			return false;
		if (!n)
			continue;
		*rest = span_from(*value, n);
		*value = span_sub(*value, 0, n);
		return true;
	}
	return false;
}

/* log._tokentriage, wherever in the file it stands; to be freed, NULL: there is none. */
static struct json *
find_log(struct span text)
{
	struct span value;

	while (next_member(&text, &value)) {
		struct json *j = NULL;

		if (span_find_str(value, "\"schema\"") != SIZE_MAX &&
			json_parse(&j, value, NULL) == RES_OK &&
			span_starts(json_get_str(j, "schema"), "tokentriage.case/"))
			return j;
		json_free(j);
	}
	return NULL;
}

bool
case_har_is(struct span text)
{
	struct json *log;
	bool is;

	if (!span_starts(span_trim(text), "{") || span_find_str(text, MEMBER) == SIZE_MAX)
		return false;
	log = find_log(text);
	is = log != NULL;
	json_free(log);
	return is;
}

static void
put(struct buf *out, const struct json *j)
{
	(void)json_print(j, out, false);
	(void)buf_putc(out, '\n');
}

/* {"name": N, "value": V} to [N, V]. */
static struct json *
headers_of(const struct json *list)
{
	struct json *out = json_new_array();

	for (const struct json *h = json_first(list); h; h = json_next(h)) {
		struct json *pair = json_new_array();

		json_append_span(pair, json_get_str(h, "name"));
		json_append_span(pair, json_get_str(h, "value"));
		json_append_take(out, pair);
	}
	return out;
}

/* What HAR has no member for stands in ours. */
static void
add_rest(struct json *o, const struct json *rest)
{
	for (const struct json *m = json_first(rest); m; m = json_next(m)) {
		char *name = span_dup(json_name(m));

		json_set_dup(o, name, m);
		free(name);
	}
}

static struct json *
request_of(const struct json *r)
{
	struct json *o = json_new_object();
	struct span body = json_get_str(json_get(r, "postData"), "text");

	json_set_span(o, "method", json_get_str(r, "method"));
	json_set_span(o, "url", json_get_str(r, "url"));
	json_set_take(o, "headers", headers_of(json_get(r, "headers")));
	if (body.n)
		json_set_span(o, "body", body);
	return o;
}

static struct json *
response_of(const struct json *r)
{
	const struct json *content = json_get(r, "content");
	struct span version = json_get_str(r, "httpVersion"), body = json_get_str(content, "text");
	struct json *o = json_new_object();

	json_set_i64(o, "status", json_i64_or(r, "status", 0));
	if (span_starts_nocase(version, "HTTP/"))
		json_set_span(o, "version", span_from(version, 5));
	if (json_get_str(r, "statusText").n)
		json_set_span(o, "reason", json_get_str(r, "statusText"));
	json_set_take(o, "headers", headers_of(json_get(r, "headers")));
	if (body.n)
		json_set_span(o,
			span_is(json_get_str(content, "encoding"), "base64") ? "body_base64"
									     : "body",
			body);
	return o;
}

/* One entry as its record; one that is not ours, or cannot be read, is a record that is none. */
static void
put_entry(struct buf *out, struct span text)
{
	struct json *entry = NULL, *record, *part;
	const struct json *own;

	if (json_parse(&entry, text, NULL) != RES_OK || !(own = json_get(entry, "_tokentriage"))) {
		(void)buf_puts(out, "an entry that cannot be read\n");
		json_free(entry);
		return;
	}
	record = json_dup(own);
	part = request_of(json_get(entry, "request"));
	add_rest(part, json_get(own, "request"));
	json_set_take(record, "request", part);
	part = response_of(json_get(entry, "response"));
	add_rest(part, json_get(own, "response"));
	json_set_take(record, "response", part);
	json_set_str(record, "record", "exchange");
	put(out, record);
	json_free(record);
	json_free(entry);
}

enum res
case_har_to_lines(struct buf *out, struct span text, struct err *e)
{
	struct json *log = find_log(text);
	struct span rest;

	if (!log || !import_har_entries(text, &rest)) {
		json_free(log);
		return err_set(e, RES_SYNTAX, "a HAR file without its entries");
	}
	put(out, json_get(log, "head"));
	for (const struct json *t = json_first(json_get(log, "tokens")); t; t = json_next(t))
		put(out, t);
	json_free(log);
	for (rest = import_har_skip_blanks(rest); span_starts(rest, "{");
		rest = import_har_skip_blanks(rest)) {
		size_t n = import_har_value_len(rest);

		put_entry(out, span_sub(rest, 0, n ? n : rest.n));
		rest = span_from(rest, n ? n : rest.n);
	}
	return buf_status(out);
}
