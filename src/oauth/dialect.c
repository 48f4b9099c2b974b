#include "oauth/dialect.h"

#include "oauth/answer.h"
#include "oauth/oautherror.h"

static const struct {
	const char *id;
	bool strong;
	const char *when, *error, *vendor_code, *description;
} dialects[] = {
#define DIALECT(id, strong, when, error, vendor_code, description)                                 \
	{id, strong, when, error, vendor_code, description},
#include "oauth/dialects.def"
};

static const struct {
	const char *id, *starts;
	bool whole;
} text_dialects[] = {
#define TEXT_DIALECT(id, starts, whole) {id, starts, whole},
#include "oauth/dialects.def"
};

static const struct {
	const char *text;
	bool of_grant;
} code_prefixes[] = {
#define CODE_PREFIX(prefix, of_grant) {prefix, of_grant},
#include "oauth/dialects.def"
};

static const struct {
	const char *code, *means;
} error_aliases[] = {
#define ERROR_ALIAS(code, means) {code, means},
#include "oauth/dialects.def"
};

static const struct {
	const char *pattern, *error;
} vendor_codes[] = {
#define VENDOR_CODE(where, code, error, hint) {code, error},
#include "oauth/vendorcodes.def"
#define VENDOR_CODES(pattern, error) {pattern, error},
#include "oauth/vendorcodes.def"
};

enum { TEXT_MAX = 4096 };

void
body_error_init(struct body_error *b)
{
	memset(b, 0, sizeof(*b));
	buf_init_wiping(&b->error, TEXT_MAX);
	buf_init_wiping(&b->vendor_code, TEXT_MAX);
	buf_init_wiping(&b->description, 4 * TEXT_MAX);
	buf_init_wiping(&b->uri, TEXT_MAX);
}

void
body_error_release(struct body_error *b)
{
	buf_release(&b->error);
	buf_release(&b->vendor_code);
	buf_release(&b->description);
	buf_release(&b->uri);
}

/* One step of a path: a member's name, or an index into an array. */
static const struct json *
step_into(const struct json *j, struct span part)
{
	int64_t k;

	if (!j)
		return NULL;
	if (json_type(j) == JSON_ARRAY) {
		if (span_to_i64(part, &k) != RES_OK || k < 0)
			return NULL;
		for (j = json_first(j); j && k > 0; k--)
			j = json_next(j);
		return j;
	}
	return json_member(j, part);
}

static const struct json *
at_path(const struct json *j, struct span path)
{
	struct span part;

	while (j && span_next(&path, '/', &part))
		j = step_into(j, part);
	return j;
}

/* Appends a scalar as text; false for anything else and for what says nothing. */
static bool
add_value(struct buf *out, const struct json *j)
{
	struct span s;
	int64_t i;
	double d;
	bool b;

	if (!j)
		return false;
	if (json_to_span(j, &s)) {
		s = span_trim(s);
		buf_add_span(out, s);
		return s.n > 0;
	}
	if (json_to_bool(j, &b)) {
		buf_puts(out, b ? "true" : "false");
		return true;
	}
	if (json_to_double(j, &d)) {
		if (json_to_i64(j, &i, NULL))
			buf_printf(out, "%lld", (long long)i);
		else
			buf_printf(out, "%g", d);
		return true;
	}
	return false;
}

static bool
has_type(const struct json *j, char type)
{
	struct span s;

	switch (type) {
	case 's':
		return json_to_span(j, &s) && span_trim(s).n;
	case 'n':
		return json_type(j) == JSON_NUMBER;
	case 'o':
		return json_type(j) == JSON_OBJECT;
	case 'a':
		return json_type(j) == JSON_ARRAY;
	default:
		return false;
	}
}

/* One condition of the column `when`. */
static bool
condition(const struct json *doc, struct span c)
{
	size_t eq = span_find(c, '='), colon = span_find(c, ':');
	bool differs = eq != SIZE_MAX && eq && c.p[eq - 1] == '!', same;
	const struct json *j;
	struct buf text;

	if (span_starts(c, "!")) {
		j = at_path(doc, span_from(c, 1));
		return !j || json_type(j) == JSON_NULL;
	}
	j = at_path(doc, span_sub(c, 0, eq != SIZE_MAX ? eq - differs : colon));
	if (!j || json_type(j) == JSON_NULL)
		return false;
	if (eq != SIZE_MAX) {
		buf_init(&text, TEXT_MAX);
		same = add_value(&text, j) && span_eq(buf_span(&text), span_from(c, eq + 1));
		buf_release(&text);
		return same != differs;
	}
	return colon == SIZE_MAX || has_type(j, c.p[colon + 1]);
}

static bool
applies(const struct json *doc, const char *when)
{
	struct span rest = span_of(when), c;

	while (span_word(&rest, &c))
		if (!condition(doc, c))
			return false;
	return true;
}

/* The first path that has a value; then those with "+" that have another. */
static void
take(struct buf *out, const struct json *doc, const char *paths)
{
	struct span rest = span_of(paths), path;
	struct buf more;

	while (span_word(&rest, &path)) {
		if (!span_starts(path, "+")) {
			if (!out->len)
				add_value(out, at_path(doc, path));
			continue;
		}
		buf_init(&more, TEXT_MAX);
		if (add_value(&more, at_path(doc, span_from(path, 1))) &&
			!span_eq(buf_span(&more), buf_span(out))) {
			if (out->len)
				buf_puts(out, " ");
			buf_add_span(out, buf_span(&more));
		}
		buf_release(&more);
	}
}

bool
oauth_error_shape(struct span s)
{
	size_t i;

	if (!s.n || s.n > 60 || s.p[0] < 'a' || s.p[0] > 'z')
		return false;
	for (i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
			!memchr("_-.:", s.p[i], 4))
			return false;
	return true;
}

static bool
word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_';
}

struct span
vendor_code_in(struct span text)
{
	size_t i, k, n;

	for (k = 0; k < ARRAY_SIZE(code_prefixes); k++) {
		struct span rest = text;

		while ((i = span_find_str(rest, code_prefixes[k].text)) != SIZE_MAX) {
			n = i + strlen(code_prefixes[k].text);
			while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
				n++;
			if (n - i >= strlen(code_prefixes[k].text) + 3 && n - i < 40 &&
				(i == 0 || !word_char(rest.p[i - 1])))
				return span_sub(rest, i, n - i);
			rest = span_from(rest, n);
		}
	}
	return SPAN_EMPTY;
}

static bool
fits_code(struct span code, const char *pattern)
{
	size_t i;

	for (i = 0; pattern[i] && pattern[i] != '*'; i++) {
		char c = i < code.n ? code.p[i] : '\0';

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		if (pattern[i] == '#' ? c < '0' || c > '9' : c != pattern[i])
			return false;
	}
	return pattern[i] == '*' || i == code.n;
}

struct span
vendor_code_error(struct span code)
{
	for (size_t i = 0; i < ARRAY_SIZE(vendor_codes); i++)
		if (fits_code(code, vendor_codes[i].pattern))
			return span_of(vendor_codes[i].error);
	return SPAN_LIT("invalid_token");
}

bool
vendor_code_of_grant(struct span text)
{
	for (size_t i = 0; i < ARRAY_SIZE(code_prefixes); i++)
		if (code_prefixes[i].of_grant && span_contains_nocase(text, code_prefixes[i].text))
			return true;
	return false;
}

/* A vendor's word for what the protocol has a word for. */
struct span
oauth_error_of_alias(struct span error)
{
	for (size_t i = 0; i < ARRAY_SIZE(error_aliases); i++)
		if (span_is(error, error_aliases[i].code))
			return span_of(error_aliases[i].means);
	return error;
}

static void
settle_alias(struct body_error *b)
{
	struct span said = buf_span(&b->error), error = oauth_error_of_alias(said);

	if (error.p == said.p)
		return;
	if (!b->vendor_code.len)
		buf_add_span(&b->vendor_code, said);
	buf_clear(&b->error);
	buf_add_span(&b->error, error);
}

/* An `error` that is no code: a word is the vendor's code, a sentence the description. */
static void
settle_error(struct body_error *b)
{
	struct span s = buf_span(&b->error);

	b->is_oauth = oauth_error_shape(s);
	if (b->is_oauth) {
		settle_alias(b);
		return;
	}
	if (span_find(s, ' ') == SIZE_MAX) {
		if (!b->vendor_code.len)
			buf_add_span(&b->vendor_code, s);
	} else if (!b->description.len) {
		buf_add_span(&b->description, s);
	}
	buf_clear(&b->error);
}

/* A numbered code in the text is the vendor's most telling one. */
static void
settle_vendor_code(struct body_error *b)
{
	struct span code = vendor_code_in(buf_span(&b->description));

	if (!code.n)
		code = vendor_code_in(buf_span(&b->uri));
	if (code.n) {
		buf_clear(&b->vendor_code);
		buf_add_span(&b->vendor_code, code);
	}
}

void
body_error_read(struct body_error *b, const struct json *doc, bool failed)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dialects) && !b->dialect; i++) {
		if ((!dialects[i].strong && !failed) || !applies(doc, dialects[i].when))
			continue;
		b->dialect = dialects[i].id;
		take(&b->error, doc, dialects[i].error);
		take(&b->vendor_code, doc, dialects[i].vendor_code);
		take(&b->description, doc, dialects[i].description);
		take(&b->uri, doc, "error_uri error/error_uri documentation_url moreInfo");
	}
	if (!b->dialect)
		return;
	if (b->error.len)
		settle_error(b);
	settle_vendor_code(b);
}

void
body_error_read_text(struct body_error *b, struct span text)
{
	struct span s = span_trim(text), rest = s, word;
	size_t i;

	if (!s.n || s.n > 300)
		return;
	if (oauth_error_meaning(s)) {
		b->dialect = "text";
		b->is_oauth = true;
		buf_add_span(&b->error, s);
		return;
	}
	buf_add_span(&b->description, s);
	for (i = 0; i < ARRAY_SIZE(text_dialects) && !b->dialect; i++) {
		if (!span_starts(s, text_dialects[i].starts))
			continue;
		b->dialect = text_dialects[i].id;
		if (text_dialects[i].whole)
			word = s;
		else if (!span_word(&rest, &word))
			word = SPAN_EMPTY;
		buf_add_span(&b->vendor_code, span_sub(word, 0, 40));
	}
	if (vendor_code_in(s).n && !b->dialect) {
		b->dialect = "text";
		settle_vendor_code(b);
	}
}
