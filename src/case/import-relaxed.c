/* Objects as languages print them ({ active: false }, {'error': None}, {:error=>"x"}), as JSON. */
#include "case/import-find.h"

struct relaxed {
	struct span s;
	size_t at;
	struct buf *out;
};

static bool
word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c && strchr("_.-+$@/", c));
}

static void
put_quoted(struct relaxed *r, struct span s, char quote)
{
	(void)buf_putc(r->out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\\' && i + 1 < s.n && s.p[i + 1] == quote && quote == '\'')
			continue; /* \' needs none in JSON */
		if (c == '"' && quote != '"')
			(void)buf_putc(r->out, '\\');
		if (c >= ' ')
			(void)buf_putc(r->out, (char)c);
	}
	(void)buf_putc(r->out, '"');
}

static bool
quoted_string(struct relaxed *r)
{
	char quote = r->s.p[r->at];
	size_t end = r->at + 1;

	while (end < r->s.n && r->s.p[end] != quote)
		end += r->s.p[end] == '\\' ? 2 : 1;
	if (end >= r->s.n)
		return false;
	put_quoted(r, span_sub(r->s, r->at + 1, end - r->at - 1), quote);
	r->at = end + 1;
	return true;
}

static void
bare_word(struct relaxed *r)
{
	static const struct {
		const char *word, *json;
	} known[] = {{"true", "true"}, {"false", "false"}, {"null", "null"}, {"True", "true"},
		{"False", "false"}, {"None", "null"}, {"nil", "null"}, {"undefined", "null"}};
	size_t n = 0;
	struct span word;
	int64_t number;

	while (r->at + n < r->s.n && word_char(r->s.p[r->at + n]))
		n++;
	word = span_sub(r->s, r->at, n);
	r->at += n;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (span_is(word, known[i].word)) {
			(void)buf_puts(r->out, known[i].json);
			return;
		}
	}
	if (span_to_i64(word, &number) == RES_OK && word.p[0] != '0' && word.p[0] != '+')
		(void)buf_add_span(r->out, word);
	else
		put_quoted(r, word, '"');
}

/* One token of the object; false: it is none. */
static bool
token(struct relaxed *r, int *depth)
{
	char c = r->s.p[r->at];

	if (!c)
		return false;
	if (c == '"' || c == '\'')
		return quoted_string(r);
	if (c == ':' && r->at + 1 < r->s.n && word_char(r->s.p[r->at + 1]) && r->out->len &&
		strchr("{,", r->out->p[r->out->len - 1])) {
		r->at++; /* Ruby's :symbol */
		return true;
	}
	if (word_char(c)) {
		bare_word(r);
		return true;
	}
	if (span_starts(span_from(r->s, r->at), "=>") || c == '=') {
		(void)buf_putc(r->out, ':');
		r->at += c == '=' && r->at + 1 < r->s.n && r->s.p[r->at + 1] == '>' ? 2 : 1;
		return true;
	}
	if (strchr(" \t\r\n", c)) {
		r->at++;
		return true;
	}
	if (!strchr("{}[]:,", c))
		return false;
	*depth += c == '{' || c == '[';
	*depth -= c == '}' || c == ']';
	(void)buf_putc(r->out, c);
	r->at++;
	return true;
}

size_t
find_relaxed(struct span text, struct buf *out)
{
	struct relaxed r = {text, 0, out};
	int depth = 0;
	struct json *doc;

	do {
		if (r.at >= text.n || out->len > LIMIT_TOKEN || !token(&r, &depth))
			return 0;
	} while (depth > 0);
	if (json_parse(&doc, buf_span(out), NULL) != RES_OK)
		return 0;
	json_free(doc);
	return r.at;
}
