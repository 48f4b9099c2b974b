/* One token, one JSON document, one address. */
#include "case/import-parts.h"

#include "base/encode.h"
#include "base/text.h"
#include "base/utf8.h"
#include "oauth/dialect.h"
#include "oauth/oautherror.h"
#include "oauth/token-shape.h"
#include "oauth/url.h"

/* --- a token ------------------------------------------------------------------------------ */

/* Without one end of line, which is the file's and not the token's. */
static struct span
without_newline(struct span s)
{
	if (s.n && s.p[s.n - 1] == '\n')
		s.n -= s.n > 1 && s.p[s.n - 2] == '\r' ? 2 : 1;
	return s;
}

/* All lines but the last as long as one another: a mail program or terminal broke them. */
static bool
evenly_wrapped(struct span s)
{
	struct span rest = s, line;
	size_t width = 0, lines = 0, len = 0;

	while (import_line(&rest, &line)) {
		len = span_trim(line).n;
		if (lines++ == 0)
			width = len;
		else if (rest.n ? len != width : len > width)
			return false;
	}
	return lines > 1 && width >= 40 && len > 0;
}

static bool
is_jose_text(struct span s)
{
	if (!token_is_jose_like(s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!token_char(s.p[i]) && !memchr(" \t\r\n=", s.p[i], 5))
			return false;
	return true;
}

static size_t
words_in(struct span s)
{
	struct span word;
	size_t n = 0;

	while (n < 64 && span_word(&s, &word))
		n++;
	return n;
}

static struct import_token *
give_itself(struct import *im, enum token_slot slot, struct span value)
{
	struct import_token *t = import_give(im, slot, value, "what was given");

	if (t)
		t->itself = true;
	return t;
}

static void
give_unwrapped(struct import *im, struct span s)
{
	struct buf whole;

	buf_init_wiping(&whole, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (!memchr(" \t\r\n", s.p[i], 4))
			(void)buf_putc(&whole, s.p[i]);
	(void)give_itself(im, SLOT_ACCESS, buf_span(&whole));
	import_note(im, "the token was broken over evenly long lines, as mail programs do; joined");
	buf_release(&whole);
}

/* "Bearer eyJ…" is how a token is asked for; "Bearer Bearer eyJ…" is a mistake. */
static void
give_value(struct import *im, struct span s)
{
	struct span inner = token_without_scheme(token_trim(s));
	struct import_token *t;

	t = give_itself(im, SLOT_ACCESS, s.n ? s : SPAN_LIT(" "));
	if (t && inner.n < token_trim(s).n && token_without_scheme(inner).n == inner.n)
		t->accepted = ODD_BEARER_PREFIX;
}

static void
say_token(struct import *im, struct span s)
{
	static const char *const roles[] = {[ROLE_UNKNOWN] = "",
		[ROLE_ACCESS] = "access ",
		[ROLE_REFRESH] = "refresh ",
		[ROLE_ID] = "ID "};
	struct token_info t;

	token_info_init(&t);
	token_info_read(&t, s);
	if (t.odd & (ODD_PLACEHOLDER | ODD_EMPTY))
		import_take_as(im, "the value of a token");
	else if (t.kind == TOKEN_JWT)
		import_take_as(im, "a JWT%s%s", t.role != ROLE_UNKNOWN ? ", by its claims an " : "",
			t.role == ROLE_ACCESS      ? "access token"
				: t.role == ROLE_ID ? "ID token"
				: t.role == ROLE_REFRESH ? "(offline) refresh token" : "");
	else if (t.kind == TOKEN_JWE)
		import_take_as(im, "an encrypted token (JWE)");
	else if (t.vendor[0])
		import_take_as(
			im, "an opaque %stoken of %s, by its prefix", roles[t.role], t.vendor);
	else
		import_take_as(im, "an opaque token");
	token_info_release(&t);
}

enum {
	WORD_MAX = 400, /* bytes of a name or short phrase */
	TOKEN_MIN = 12  /* of a word that nothing but itself calls a token */
};

/* "401", "no_such_thing": a number or a code, whatever it stands for; tokens are longer, or mixed.
 */
static bool
is_code(struct span s)
{
	size_t digits = 0, lower = 0, low_lines = 0;

	for (size_t i = 0; i < s.n; i++) {
		digits += s.p[i] >= '0' && s.p[i] <= '9';
		lower += s.p[i] >= 'a' && s.p[i] <= 'z';
		low_lines += s.p[i] == '_';
	}
	return (digits == s.n && s.n > 0 && s.n < 8) ||
		(low_lines && lower + low_lines == s.n && s.n < 40);
}

/* Words that are names of errors, not tokens. */
static bool
is_error_word(struct span s)
{
	return oauth_error_meaning(s) != NULL || vendor_code_in(s).n ||
		import_net_error(s) != NETERR_NONE || span_is_nocase(s, "unauthorized") ||
		span_is_nocase(s, "forbidden");
}

/* A JWT that is an answer (RFC 9701 §5; OpenID Connect Core §5.3.2), where one is expected. */
static bool
is_signed_answer(struct span s, enum purpose purpose)
{
	struct token_info t;
	bool is;

	token_info_init(&t);
	token_info_read(&t, s);
	is = span_contains_nocase(span_of(t.typ), "introspection") ||
		json_get(t.payload, "token_introspection") ||
		(purpose == PURPOSE_USERINFO && t.claims.sub.n && t.claims.exp.form == NUM_ABSENT);
	token_info_release(&t);
	return is;
}

/* "Bad_OAuth_Token": where an answer is expected, letters alone are its text. */
static bool
is_wording(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
			    s.p[i] == '_'))
			return false;
	return s.n < 40;
}

/* "Token expired.", "error=access_denied": what a user reads on the screen, and no token. */
static bool
is_phrase(struct span s)
{
	struct span word = span_trim(span_from(s, strlen("token ")));

	if (span_starts(s, "error=") || span_starts(s, "?error="))
		return true;
	if (!span_starts_nocase(s, "token "))
		return false;
	while (word.n && strchr(".!", word.p[word.n - 1]))
		word.n--;
	for (size_t i = 0; i < word.n; i++) {
		unsigned char c = (unsigned char)word.p[i];

		if (c < 0x80 && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			return false;
	}
	return word.n && word.n < 20;
}

/* Scheme words and quotes off, however often they are there. */
static struct span
bare_value(struct span s)
{
	size_t before;

	do {
		before = s.n;
		s = token_without_quotes(token_without_scheme(s));
	} while (s.n < before);
	return s;
}

/* --- values by their names ---------------------------------------------------------------- */

static bool
is_name_char(char c)
{
	return token_char(c) && !strchr("/+~", c);
}

/* export TOKEN="…", "token": "…", $env:TOKEN = '…', token: …; the name must speak of a token. */
static bool
named_token(struct span line, struct span *name, struct span *value)
{
	static const char *const before[] = {
		"export ", "set ", "const ", "let ", "var ", "$env:", "$", "-", "- "};
	struct span s = span_trim(line);
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		if (span_starts_nocase(s, before[i]))
			s = span_trim(span_from(s, strlen(before[i])));
	while (s.n && strchr("\"'{", s.p[0]))
		s = span_trim(span_from(s, 1));
	while (n < s.n && is_name_char(s.p[n]))
		n++;
	*name = span_sub(s, 0, n);
	s = span_from(s, n);
	if (s.n && strchr("\"'", s.p[0]))
		s = span_from(s, 1);
	s = span_trim(s);
	if (!name->n || name->n > 40 || s.n < 2 || !strchr("=:", s.p[0]) ||
		(!span_contains_nocase(*name, "token") && !span_contains_nocase(*name, "jwt")))
		return false;
	s = span_trim(span_from(s, 1));
	while (s.n && strchr(",;}", s.p[s.n - 1]))
		s = span_trim(span_sub(s, 0, s.n - 1));
	*value = token_without_quotes(s);
	return value->n > 0 && words_in(token_without_scheme(*value)) == 1 &&
		span_find(*value, '&') == SIZE_MAX;
}

static enum token_slot
slot_of_name(struct span name)
{
	if (span_contains_nocase(name, "refresh"))
		return SLOT_REFRESH;
	return span_contains_nocase(name, "id_token") || span_contains_nocase(name, "idtoken") ||
			span_contains_nocase(name, "id-token")
		? SLOT_ID
		: SLOT_ACCESS;
}

/* Every line is such a pair, or empty, or a comment. */
static enum res
take_named(struct import *im, struct span text)
{
	struct span rest = text, line, name, value;
	size_t n = 0;

	if (text.n > 4 * LIMIT_TOKEN)
		return RES_NOTFOUND;
	while (import_line(&rest, &line)) {
		line = span_trim(line);
		if (!line.n || span_starts(line, "#"))
			continue;
		if (!named_token(line, &name, &value))
			return RES_NOTFOUND;
		n++;
	}
	for (rest = text; n && import_line(&rest, &line);)
		if (named_token(line, &name, &value))
			(void)give_itself(im, slot_of_name(name), value);
	if (n == 1 && named_token(span_trim(text), &name, &value))
		import_take_as(im, "the value of %.*s", SPAN_ARG(name));
	else if (n)
		import_take_as(im, "%zu values by their names", n);
	return n ? RES_OK : RES_NOTFOUND;
}

/* Whole JWTs, each a word of its own. */
static enum res
take_several(struct import *im, struct span text)
{
	struct span rest = text, word;
	size_t n = 0, left_out = 0;
	struct token_info t;

	while (span_word(&rest, &word)) {
		size_t dot = span_find(word, '.'),
		       second = dot == SIZE_MAX ? dot : span_find(span_from(word, dot + 1), '.');

		if (!span_starts(word, "ey") || second == SIZE_MAX || !second ||
			dot + second + 2 >= word.n)
			return RES_NOTFOUND;
		n++;
	}
	if (n < 2)
		return RES_NOTFOUND;
	for (rest = text; span_word(&rest, &word);) {
		token_info_init(&t);
		token_info_read(&t, word);
		left_out += !give_itself(im, token_slot_of_role(t.role), word);
		token_info_release(&t);
	}
	import_take_as(im, "%zu tokens", n);
	if (left_out)
		import_note(im, "of tokens of the same kind only the first was taken");
	return RES_OK;
}

enum res
import_token(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct span s = without_newline(text), inner = token_trim(s);
	struct span bare = bare_value(inner);
	bool placeholder = token_is_placeholder(inner) || token_is_placeholder(bare);
	bool jose = is_jose_text(bare), markup = span_starts(inner, "<");
	size_t words = words_in(bare);

	if (take_named(im, inner) == RES_OK ||
		(jose && words > 1 && take_several(im, bare) == RES_OK))
		return RES_OK;
	if (purpose != PURPOSE_COUNT && !placeholder &&
		(is_wording(inner) || (jose && is_signed_answer(bare, purpose))))
		return RES_NOTFOUND;
	if (markup && (http_body_kind(inner) == BODY_HTML || inner.n > 80))
		return RES_NOTFOUND;
	if (!placeholder && !jose && (words > 1 || (inner.n && memchr("{[<", inner.p[0], 3))))
		return RES_NOTFOUND;
	/* no server issues a token that can be guessed (RFC 6749 §10.10) */
	if (!placeholder && !jose && inner.n && bare.n < TOKEN_MIN)
		return RES_NOTFOUND;
	/* a name is short: more than that is not looked for in the tables, however much was given
	 */
	if (!placeholder && !jose && bare.n <= WORD_MAX &&
		(is_error_word(bare) || is_code(bare) || is_phrase(inner)))
		return RES_NOTFOUND;
	/* blanks inside what is a token otherwise: one or two, or a JWT's line breaks */
	if (s.n > LIMIT_TOKEN && words > 1)
		return RES_NOTFOUND;
	if (s.n > LIMIT_TOKEN)
		return err_set(e, RES_LIMIT,
			"this is too long for a token (%zu bytes; the limit is %d), and nothing "
			"else "
			"that is known",
			s.n, LIMIT_TOKEN);
	if (jose && words > 1 && evenly_wrapped(bare))
		give_unwrapped(im, bare);
	else
		give_value(im, s);
	say_token(im, s);
	return RES_OK;
}

/* --- an address --------------------------------------------------------------------------- */

static bool
is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return s.n > 0;
}

/* query or fragment as an object of strings */
static struct json *
parameters(struct span form)
{
	struct json *o = json_new_object();
	struct span pair, rest = form;
	struct buf name, value;
	size_t n = 0;

	buf_init_wiping(&name, LIMIT_TOKEN);
	buf_init_wiping(&value, LIMIT_TOKEN);
	while (span_next(&rest, '&', &pair) && n++ < LIMIT_CLAIMS) {
		size_t eq = span_find(pair, '=');

		if (eq == SIZE_MAX)
			continue;
		buf_clear(&name);
		buf_clear(&value);
		(void)form_decode(&name, span_sub(pair, 0, eq));
		(void)form_decode(&value, span_from(pair, eq + 1));
		if (!is_name(buf_span(&name)) || !utf8_valid(buf_span(&value)) ||
			json_get(o, buf_str(&name)))
			continue;
		json_set_span(o, buf_str(&name), buf_span(&value));
	}
	buf_release(&name);
	buf_release(&value);
	return o;
}

/* What an authorization response has (RFC 6749 §4.1.2, §4.2.2; OpenID Connect Core §3). */
static bool
is_response(const struct json *o)
{
	for (size_t i = 0; i < TOKEN_MEMBERS; i++)
		if (json_get_str(o, token_members[i].name).n)
			return true;
	return json_get_str(o, "error").n ||
		(json_get_str(o, "code").n && json_get_str(o, "state").n);
}

/* An error at the redirect becomes the redirect that brought it. */
static void
add_redirect(struct import *im, struct span address)
{
	struct import_exchange *x = import_add(im);

	if (!x)
		return;
	http_request_set(&x->request, "GET", SPAN_EMPTY);
	x->purpose = PURPOSE_OTHER;
	import_set_response(x, 302, NULL, SPAN_EMPTY);
	if (http_headers_add(&x->result.response.headers, SPAN_LIT("Location"), address) != RES_OK)
		import_drop_last(im);
}

static enum res
take_parameters(struct import *im, struct span address, const char *where, const struct json *o)
{
	struct span error = json_get_str(o, "error"), value;
	bool gave;

	if (error.n) {
		import_take_as(im, "an address with an error in its %s", where);
		add_redirect(im, address);
		return RES_OK;
	}
	gave = import_give_response(im, o, !strcmp(where, "fragment") ? "the address's fragment"
								      : "the address's query");
	value = json_get_str(o, "token");
	if (!gave && value.n)
		gave = import_give(im, SLOT_ACCESS, value, "the address's query") != NULL;
	if (!gave && json_get_str(o, "code").n) {
		import_take_as(im, "an address with an authorization code in its %s", where);
		import_note(im,
			"a code is no token: it is exchanged for one at the token endpoint, once");
		add_redirect(im, address);
		return RES_OK;
	}
	import_take_as(im, "an address with a token in its %s", where);
	return gave ? RES_OK : RES_NOTFOUND;
}

enum res
import_url(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct span s = span_trim(text), parts[2];
	enum res r = RES_NOTFOUND;
	size_t hash, mark;

	(void)purpose;
	(void)e;
	s = token_without_quotes(s);
	if (words_in(s) != 1 || s.n > LIMIT_TOKEN)
		return RES_NOTFOUND;
	hash = span_find(s, '#');
	mark = span_find(span_sub(s, 0, hash), '?');
	/* an app's own scheme, too; and the query or fragment alone, as copied */
	if (span_find_str(s, ":/") == SIZE_MAX && hash != 0 && mark != 0)
		return RES_NOTFOUND;
	parts[0] = hash == SIZE_MAX ? SPAN_EMPTY : span_from(s, hash + 1);
	parts[1] = mark == SIZE_MAX ? SPAN_EMPTY : span_from(span_sub(s, 0, hash), mark + 1);
	for (size_t i = 0; i < 2 && r == RES_NOTFOUND; i++) {
		struct span p = parts[i];
		struct json *o;

		mark = span_find(p, '?'); /* routers keep path and query in the fragment */
		if (mark < span_find(p, '='))
			p = span_from(p, mark + 1);
		o = parameters(p);
		if (is_response(o) || json_get_str(o, "token").n)
			r = take_parameters(im, s, i ? "query" : "fragment", o);
		json_free(o);
	}
	if (r == RES_NOTFOUND && span_find_str(s, "://") != SIZE_MAX)
		return err_set(e, RES_SYNTAX,
			"this is an address without a token or an error in it: nothing to diagnose "
			"offline");
	return r;
}

/* --- JSON --------------------------------------------------------------------------------- */

/* The first object in the tree that holds a token by name, JSON in strings too. */
static bool
give_nested(struct import *im, const struct json *j, int depth)
{
	struct span text;
	struct json *inner;
	bool gave;

	if (!j || depth > 6)
		return false;
	if (json_to_span(j, &text)) {
		if (!span_starts(text, "{") || json_parse(&inner, text, NULL) != RES_OK)
			return false;
		gave = give_nested(im, inner, depth + 1);
		json_free(inner);
		return gave;
	}
	if (json_type(j) == JSON_OBJECT && import_give_response(im, j, "a JSON document"))
		return true;
	if (json_type(j) != JSON_OBJECT && json_type(j) != JSON_ARRAY)
		return false;
	for (const struct json *k = json_first(j); k; k = json_next(k))
		if (give_nested(im, k, depth + 1))
			return true;
	return false;
}

/* The status an error says of itself ("status": 401, "error": {"code": 401}); 0: none. */
static int
status_inside(const struct json *doc)
{
	static const char *const names[] = {"status", "statusCode", "status_code", "code"};
	const struct json *const where[] = {doc, json_get(doc, "error"), json_first(doc)};
	enum num_form form;
	int64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(where); i++)
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			if (json_to_i64(json_get(where[i], names[k]), &v, &form) && v >= 400 &&
				v < 600)
				return (int)v;
	return 0;
}

static void
add_answer(struct import *im, int status, struct span body, enum purpose purpose, const char *as)
{
	struct import_exchange *x = import_add(im);

	if (!x)
		return;
	import_set_response(x, status, "application/json", body);
	x->purpose = purpose;
	import_take_as(im, "%s", as);
}

/* An error in the protocol's words or a vendor's. */
static bool
take_error(struct import *im, const struct json *doc, struct span body, enum purpose purpose)
{
	struct span error = json_get_str(doc, "error");
	int status = status_inside(doc);
	struct body_error b;
	bool ok, is;

	body_error_init(&b);
	body_error_read(&b, doc, true);
	is = b.dialect != NULL;
	body_error_release(&b);
	if (!is)
		return false;
	if (json_to_bool(json_get(doc, "ok"), &ok) && !ok && !status)
		status = 200; /* an error under a 200 (Slack) */
	if (!status) {
		status = span_contains_nocase(error, "not find") ||
				span_contains_nocase(error, "not found")
			? 404
			: error.n ? import_status_of_error(error)
				  : 401;
		import_note(im, "no status line was given: taken as HTTP %d", status);
	}
	add_answer(im, status, body, purpose, "the body of an answer with an error");
	return true;
}

static enum res
take_object(struct import *im, const struct json *doc, struct span body, enum purpose purpose,
	struct err *e)
{
	bool active = json_get(doc, "active") != NULL;
	size_t had = im->n_tokens;

	if (import_give_response(im, doc, "the token response")) {
		for (size_t i = had; i < im->n_tokens; i++)
			im->tokens[i].itself = true;
		import_take_as(im, "a token response");
		if (purpose == PURPOSE_REFRESH)
			add_answer(im, 200, body, purpose, "a token response");
		return RES_OK;
	}
	if (json_get_str(doc, "issuer").n &&
		(json_get(doc, "authorization_endpoint") || json_get(doc, "token_endpoint"))) {
		add_answer(im, 200, body, PURPOSE_DISCOVERY,
			"the metadata of an authorization server");
		return RES_OK;
	}
	if (json_get(doc, "keys") && json_type(json_get(doc, "keys")) == JSON_ARRAY) {
		add_answer(im, 200, body, PURPOSE_JWKS, "a key set (JWKS)");
		return RES_OK;
	}
	if (active)
		add_answer(im, 200, body,
			purpose == PURPOSE_COUNT ? PURPOSE_INTROSPECTION : purpose,
			"the body of an introspection response");
	else if (take_error(im, doc, body, purpose))
		return RES_OK;
	else if (purpose != PURPOSE_COUNT)
		add_answer(im, 200, body, purpose, "the body of an answer");
	else if (json_get_str(doc, "sub").n && !json_get(doc, "exp"))
		add_answer(
			im, 200, body, PURPOSE_USERINFO, "the body of a user-information response");
	else if (json_get_str(doc, "iss").n || json_get(doc, "exp"))
		return err_set(e, RES_UNSUPPORTED,
			"these are the claims of a token that was decoded: give the token itself, "
			"which "
			"tells more");
	else if (give_nested(im, doc, 0))
		import_take_as(im, "a JSON document with a token in it");
	else
		return err_set(e, RES_SYNTAX,
			"this JSON is neither a token response nor an answer of an introspection "
			"or "
			"userinfo endpoint; --step says what it answers");
	return RES_OK;
}

enum res
import_own(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct span body = span_trim(text), head = span_sub(body, 0, 300);
	struct span top = span_sub(body, 0, 16 << 10); /* behind a style sheet */
	size_t at = span_find_str(span_sub(head, 0, 256), "tokentriage.");
	struct span schema = span_from(head, at == SIZE_MAX ? head.n : at);
	const char *what = NULL;

	(void)im;
	(void)purpose;
	if (span_starts(body, "{") && span_starts(schema, "tokentriage.case/"))
		return err_set(e, RES_UNSUPPORTED,
			"this is a saved case: 'tokentriage inspect FILE' reads it");
	if (span_starts(body, "{") && span_starts(schema, "tokentriage.report/"))
		what = "JSON report";
	else if (span_starts(body, "tokentriage report - "))
		what = "text report";
	else if (span_starts(body, "# tokentriage report"))
		what = "Markdown report";
	else if (span_starts(body, "<?xml") &&
		span_find_str(head, "<testsuite name=\"tokentriage\"") != SIZE_MAX)
		what = "JUnit report";
	else if (span_starts(body, "<!DOCTYPE html>") &&
		span_find_str(top, "<h1>tokentriage report</h1>") != SIZE_MAX)
		what = "HTML report";
	else if (span_starts(body, "#!/bin/sh") &&
		span_find_str(top, "made by tokentriage ") != SIZE_MAX)
		what = "script of requests";
	else if (span_starts(body, "TOKENTRIAGE "))
		what = "plugin line";
	else if (span_starts(body, "# TYPE tokentriage_"))
		what = "metrics text";
	else if (span_starts(body, "{\"Timestamp\":") &&
		span_find_str(top, "\"service.name\":\"tokentriage\"") != SIZE_MAX)
		what = "log";
	if (!what)
		return RES_NOTFOUND;
	return err_set(e, RES_UNSUPPORTED,
		"this is a %s of this program, for people: its %s; what is read again, with the "
		"same verdict, is a case "
		"saved with --save",
		what,
		*what == 'l' ? "verdict stands in the report" : "verdict stands in it already");
}

enum res
import_json(struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct span body = span_trim(text);
	struct json *doc = NULL;
	enum res r = RES_NOTFOUND;

	if (!body.n || !memchr("{[\"", body.p[0], 3) || json_parse(&doc, body, NULL) != RES_OK)
		return RES_NOTFOUND;
	if (json_type(doc) == JSON_OBJECT) {
		r = take_object(im, doc, body, purpose, e);
	} else if (json_type(doc) == JSON_ARRAY) {
		if (take_error(im, doc, body, purpose))
			r = RES_OK;
		else if (give_nested(im, doc, 0)) {
			import_take_as(im, "a JSON document with a token in it");
			r = RES_OK;
		}
	}
	json_free(doc);
	return r;
}
