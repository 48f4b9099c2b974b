/*
 * Structured logs: a JSON object a line, as logging libraries write them (pino, zap, Serilog, ECS).
 * What they say is in their strings, errors with quotes escaped and all; as plain text it is prose.
 */
#include "case/import-parts.h"

enum { LOOKED_AT = 50, RECORD_DEEP = 4 };

static bool
has_member(const struct json *o, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (json_get_str(o, names[i]).n || json_get(o, names[i]))
			return true;
	return false;
}

/*
 * A severity and a message: an API's error has no severity (Spring's has a timestamp, too).
 * Docker's json-file driver wraps a line of any form: "log" and "stream".
 */
static bool
is_record(const struct json *o)
{
	static const char *const level[] = {"level", "severity", "log.level", "loglevel", "lvl",
		"@l", "Level", "LogLevel", "stream"};
	static const char *const message[] = {"msg", "message", "@m", "Message", "RenderedMessage",
		"short_message", "event", "log"};

	return json_type(o) == JSON_OBJECT && has_member(o, level, ARRAY_SIZE(level)) &&
		has_member(o, message, ARRAY_SIZE(message));
}

/* The object that the line ends with, behind what a container's runtime puts before it; NULL. */
static struct json *
record_of(struct span line)
{
	struct json *o = NULL;
	size_t open = span_find(line, '{');

	if (open == SIZE_MAX || open > 200 ||
		json_parse(&o, span_trim(span_from(line, open)), NULL) != RES_OK)
		return NULL;
	if (is_record(o))
		return o;
	json_free(o);
	return NULL;
}

/* Each string on lines of its own. */
static void
put_strings(struct buf *out, const struct json *j, int depth)
{
	struct span s;

	if (json_to_span(j, &s)) {
		(void)buf_add_span(out, s);
		(void)buf_putc(out, '\n');
		return;
	}
	if (depth == RECORD_DEEP || (json_type(j) != JSON_OBJECT && json_type(j) != JSON_ARRAY))
		return;
	for (const struct json *c = json_first(j); c; c = json_next(c))
		put_strings(out, c, depth + 1);
}

static bool
has_record(struct span text)
{
	struct span line;

	for (int i = 0; i < LOOKED_AT && import_line(&text, &line); i++) {
		struct json *o = record_of(line);

		json_free(o);
		if (o)
			return true;
	}
	return false;
}

enum res
import_records(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct span rest = text, line;
	struct buf plain;
	enum res r;

	if (!has_record(text))
		return RES_NOTFOUND;
	buf_init_wiping(&plain, 2 * text.n + 16);
	while (import_line(&rest, &line)) {
		struct json *o = record_of(line);

		if (o)
			put_strings(&plain, o, 0);
		else
			(void)buf_add_span(&plain, line);
		(void)buf_putc(&plain, '\n');
		json_free(o);
	}
	r = import_prose(im, buf_span(&plain), purpose, e);
	buf_release(&plain);
	if (r == RES_NOTFOUND) /* as JSON its records would be taken for answers */
		return err_set(e, RES_SYNTAX, "a log, in which no error about a token is quoted");
	return r;
}
