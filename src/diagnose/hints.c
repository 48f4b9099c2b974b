/* What a server's words hint at: the tables of hints.def against the texts of an answer. */
#include "diagnose/rules.h"

#include "oauth/words.h"

static const struct {
	unsigned where;
	const char *part;
	enum hint hint;
} hints[] = {
#define HINT(where, part, kind) {WHERE_##where, part, HINT_##kind},
#include "diagnose/hints.def"
};

static const struct {
	unsigned where;
	const char *pattern;
	enum hint hint;
} patterns[] = {
#define WORDS(where, pattern, kind) {WHERE_##where, pattern, HINT_##kind},
#include "diagnose/hints.def"
};

enum { PIECES = 24, DEPTH = 4, PAGE_MAX = 8192, TEXT_MAX = 2048 };

/* The texts of an answer that were written for a reader, one sentence or code each. */
struct pieces {
	struct words v[PIECES];
	size_t n;
};

static void
add(struct pieces *p, struct span text)
{
	if (p->n == PIECES || !text.n)
		return;
	words_read(&p->v[p->n], text);
	p->n += p->v[p->n].n > 0;
}

/* --- the texts ---------------------------------------------------------------------------- */

/* Sentences stand alone; the codes of one object belong together ("field": "permission", "code":
 * "missing"). */
static void
add_json(struct pieces *p, const struct json *j, int depth)
{
	struct buf text;
	struct span s;

	if (!j || depth > DEPTH)
		return;
	if (json_to_span(j, &s)) {
		add(p, s);
		return;
	}
	buf_init(&text, LIMIT_BODY);
	for (const struct json *k = json_first(j); k; k = json_next(k)) {
		if (json_to_span(k, &s) && span_find_str(s, "://") == SIZE_MAX) {
			if (span_find(s, ' ') != SIZE_MAX) {
				add(p, s);
				continue;
			}
			if (text.len)
				(void)buf_putc(&text, ' ');
			(void)buf_add_span(&text, s);
		} else {
			add_json(p, k, depth + 1);
		}
	}
	add(p, buf_span(&text));
	buf_release(&text);
}

/* "401 Authorization Required": the status once more, no word about this request. */
static bool
is_status_line(struct span text)
{
	text = span_trim(text);
	return text.n >= 3 && text.p[0] >= '3' && text.p[0] <= '5' && text.p[1] >= '0' &&
		text.p[1] <= '9' && text.p[2] >= '0' && text.p[2] <= '9' &&
		(text.n == 3 || text.p[3] == ' ');
}

/* A page without its tags: the error pages of frameworks have their text there. */
static void
add_page(struct pieces *p, struct span body)
{
	struct buf text;
	bool tag = false;

	if (body.n > PAGE_MAX || span_contains_nocase(body, "<form") ||
		span_contains_nocase(body, "<script") || span_contains_nocase(body, "<input"))
		return;
	buf_init(&text, PAGE_MAX);
	for (size_t i = 0; i < body.n; i++) {
		if (body.p[i] == '<') {
			tag = true;
			if (!is_status_line(buf_span(&text)))
				add(p, buf_span(&text));
			buf_clear(&text);
		} else if (body.p[i] == '>') {
			tag = false;
		} else if (!tag) {
			(void)buf_putc(&text, body.p[i]);
		}
	}
	add(p, buf_span(&text));
	buf_release(&text);
}

/* Headers in which a server says why, beside the standard ones. */
static const char *const reason_headers[] = {"x-ms-diagnostics", "x-amzn-errormessage"};

static void
add_headers(struct pieces *p, const struct exchange *x)
{
	for (size_t i = 0; i < ARRAY_SIZE(reason_headers); i++)
		add(p, http_header(&x->result.response.headers, reason_headers[i]));
}

static void
collect(struct pieces *p, const struct exchange *x)
{
	struct span body = buf_span(&x->result.response.body);

	p->n = 0;
	add(p, span_of(x->answer.error));
	add(p, span_of(x->answer.vendor_code));
	add(p, span_of(x->answer.description));
	for (size_t i = 0; i < x->answer.challenges.n; i++)
		add(p, challenge_param(&x->answer.challenges.v[i], "error_description"));
	add_headers(p, x);
	if (x->answer.doc && x->answer.outcome != OUTCOME_INACTIVE && body.n < TEXT_MAX)
		add_json(p, x->answer.doc, 0);
	else if (x->answer.kind == BODY_HTML || x->answer.kind == BODY_XML)
		add_page(p, body);
	else if (x->answer.kind == BODY_TEXT && body.n < TEXT_MAX)
		add(p, body);
}

/* Everything in one line, for the exact parts. */
static void
answer_text(const struct exchange *x, struct buf *text)
{
	(void)buf_printf(
		text, "%s %s %s", x->answer.error, x->answer.vendor_code, x->answer.description);
	for (size_t i = 0; i < x->answer.challenges.n; i++)
		(void)buf_printf(text, " %.*s",
			SPAN_ARG(challenge_param(&x->answer.challenges.v[i], "error_description")));
	/* a short text of no known dialect speaks for itself */
	if (x->answer.kind != BODY_HTML && x->result.response.body.len < TEXT_MAX)
		(void)buf_printf(text, " %.*s", SPAN_ARG(buf_span(&x->result.response.body)));
}

/* --- the tables --------------------------------------------------------------------------- */

static bool
word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Is the part there, from a word's beginning?  "id token" is no part of "invalid token". */
static bool
has_part(struct span text, const char *part)
{
	size_t n = strlen(part);

	for (size_t i = 0; i + n <= text.n; i++) {
		if (span_starts_nocase(span_from(text, i), part) &&
			(!i || !word_char(text.p[i]) || !word_char(text.p[i - 1]) ||
				(text.p[i] <= 'Z' && text.p[i - 1] >= 'a')))
			return true;
	}
	return false;
}

bool
answer_says(const struct exchange *x, const char *part)
{
	struct buf text;
	bool says;

	buf_init(&text, LIMIT_BODY);
	answer_text(x, &text);
	says = has_part(buf_span(&text), part);
	buf_release(&text);
	return says;
}

static enum hint
by_part(const struct exchange *x, unsigned where)
{
	enum hint found = HINT_NONE;
	struct buf text;

	buf_init(&text, LIMIT_BODY);
	answer_text(x, &text);
	for (size_t i = 0; i < ARRAY_SIZE(hints) && found == HINT_NONE; i++) {
		if ((hints[i].where & where) && has_part(buf_span(&text), hints[i].part))
			found = hints[i].hint;
	}
	buf_release(&text);
	return found;
}

static enum hint
by_words(const struct exchange *x, unsigned where)
{
	struct pieces p;

	collect(&p, x);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		if (!(patterns[i].where & where))
			continue;
		for (size_t k = 0; k < p.n; k++) {
			if (words_match(&p.v[k], patterns[i].pattern))
				return patterns[i].hint;
		}
	}
	return HINT_NONE;
}

/* Many rules ask the same of the same answer: within one diagnosis it is looked up once. */
static struct {
	bool on;
	size_t n;
	struct {
		const struct exchange *x;
		enum hint hint;
	} v[8];
} known;

void
hints_remember(bool on)
{
	known.on = on;
	known.n = 0;
}

enum hint
answer_hint(const struct exchange *x)
{
	enum hint found;
	unsigned where;

	if (!exchange_answered(x) || x->answer.outcome == OUTCOME_SUCCESS)
		return HINT_NONE;
	for (size_t i = 0; i < known.n; i++)
		if (known.v[i].x == x)
			return known.v[i].hint;
	where = answer_where(x);
	found = by_part(x, where);
	if (found == HINT_NONE)
		found = by_words(x, where);
	if (known.on && known.n < ARRAY_SIZE(known.v)) {
		known.v[known.n].x = x;
		known.v[known.n++].hint = found;
	}
	return found;
}
