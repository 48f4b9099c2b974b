/* What a body really is, by its bytes. */
#include "oauth/http.h"

#include "base/tr.h"
#include "base/utf8.h"

static bool
base64url_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '_';
}

/* Segments of base64url text between points, the first one beginning as '{"' does; else 0. */
static size_t
compact_parts(struct span s)
{
	size_t i, n = 1;

	if (!span_starts(s, "ey"))
		return 0;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '.')
			n++;
		else if (!base64url_char(s.p[i]))
			return 0;
	}
	return n;
}

/* "name=value&name=value": one name at least, no blanks. */
static bool
is_form(struct span s)
{
	size_t eq = span_find(s, '='), i;

	if (eq == 0 || eq == SIZE_MAX)
		return false;
	for (i = 0; i < eq; i++)
		if (!base64url_char(s.p[i]) && s.p[i] != '.' && s.p[i] != '%')
			return false;
	for (i = eq; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f ||
			memchr("<>\"{}", s.p[i], 5))
			return false;
	return true;
}

static enum body_kind
markup_kind(struct span s)
{
	static const char *const html[] = {"<!doctype html", "<html", "<head", "<body", "<title",
		"<script", "<meta", "<h1", "<center", "<p>", "<div", "<form", "<pre", "<br"};
	struct span head = span_sub(s, 0, 1024);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(html); i++)
		if (span_starts_nocase(s, html[i]))
			return BODY_HTML;
	if (span_contains_nocase(head, "<!doctype html") || span_contains_nocase(head, "<html"))
		return BODY_HTML;
	return BODY_XML;
}

static bool
is_json_start(struct span s)
{
	struct span rest = span_trim(span_from(s, 1));
	char c = rest.n ? rest.p[0] : '\0';

	if (s.p[0] == '{')
		return true;
	if (s.p[0] != '[')
		return false;
	return c == '\0' || memchr("{[]\"-0123456789tfn", c, 18) != NULL;
}

static bool
is_printable(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == 0x7f || (c < ' ' && !memchr("\t\n\r\f\b\033", c, 6)))
			return false;
	}
	return true;
}

enum body_kind
http_body_kind(struct span body)
{
	struct span s = span_trim(body);
	size_t parts;

	if (!s.n)
		return BODY_EMPTY;
	if (span_starts(body, "\xef\xbb\xbf") || span_starts(body, "\xff\xfe") ||
		span_starts(body, "\xfe\xff"))
		return BODY_BOM;
	if (span_starts(body, "\x1f\x8b"))
		return BODY_GZIP;
	if (s.p[0] == '<')
		return markup_kind(s);
	if (is_json_start(s))
		return BODY_JSON;
	parts = compact_parts(s);
	if (parts == 3 || parts == 5)
		return parts == 3 ? BODY_JWT : BODY_JWE;
	if (is_form(s))
		return BODY_FORM;
	if (!is_printable(body))
		return BODY_BINARY;
	return BODY_TEXT;
}

const char *
body_kind_words(enum body_kind k)
{
	switch (k) {
	case BODY_EMPTY:
		return N_("nothing");
	case BODY_JSON:
		return N_("JSON");
	case BODY_HTML:
		return N_("an HTML page");
	case BODY_XML:
		return N_("XML");
	case BODY_JWT:
		return N_("a signed JWT");
	case BODY_JWE:
		return N_("an encrypted JWT");
	case BODY_FORM:
		return N_("form-encoded text");
	case BODY_GZIP:
		return N_("compressed data that was not announced");
	case BODY_BOM:
		return N_("text with a byte-order mark");
	case BODY_TEXT:
		return N_("plain text");
	case BODY_BINARY:
		return N_("binary data");
	}
	return "";
}
