/* A line of a server's event log: what was asked, and why it was refused. */
#include "case/import-find.h"

static const struct {
	const char *type;
	enum purpose purpose;
	const char *code;
} events[] = {
#define EVENT(type, purpose, code) {type, PURPOSE_##purpose, code},
#include "case/keycloakevents.def"
};

static const struct {
	const char *error, *code, *words;
} errors[] = {
#define EVENT_ERROR(error, code, words) {error, code, words},
#include "case/keycloakevents.def"
};

/* name="value" (from version 22 on) or name=value; empty: not there, or null. */
static struct span
field(struct span line, const char *name)
{
	size_t at = span_find_str(line, name);
	struct span v = at == SIZE_MAX ? SPAN_EMPTY : span_from(line, at + strlen(name));
	bool quoted = span_starts(v, "\"");

	if (quoted)
		v = span_from(v, 1);
	v = span_trim(span_sub(v, 0, span_find(v, quoted ? '"' : ',')));
	return span_is(v, "null") ? SPAN_EMPTY : v;
}

/* The newest line of a type that is known. */
static bool
find_line(struct span text, struct span *found, size_t *event)
{
	struct span line;
	bool is = false;

	while (import_line(&text, &line)) {
		struct span type = field(line, " type=");

		for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
			if (!span_is(type, events[i].type) || !field(line, " error=").n)
				continue;
			*found = line;
			*event = i;
			is = true;
		}
	}
	return is;
}

bool
find_event(struct span text, struct found_event *out)
{
	struct span line, error;
	size_t event;

	if (!find_line(text, &line, &event))
		return false;
	error = field(line, " error=");
	out->purpose = events[event].purpose;
	out->code = events[event].code;
	out->error = error;
	out->words = field(line, " reason=");
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		if (!span_is(error, errors[i].error))
			continue;
		out->code = errors[i].code ? errors[i].code : out->code;
		out->words = out->words.n ? out->words : span_of(errors[i].words);
	}
	if (span_is(error, "invalid_client"))
		out->code = "invalid_client";
	return true;
}
