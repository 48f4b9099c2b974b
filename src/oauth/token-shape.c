#include "oauth/token-shape.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/utf8.h"

bool
token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
}

size_t
token_char_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && token_char(s.p[n]))
		n++;
	return n;
}

bool
token_invisible(uint32_t cp)
{
	if (cp < 0x80) /* asked of every character of a token */
		return false;
	return cp == 0xa0 || cp == 0xad || cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) ||
		(cp >= 0x2028 && cp <= 0x202f) || (cp >= 0x2060 && cp <= 0x2069) || cp == 0x3000 ||
		cp == 0xfeff || (cp >= 0xe0000 && cp <= 0xe007f);
}

bool
token_typographic(uint32_t cp)
{
	return (cp >= 0x2018 && cp <= 0x201f) || cp == 0x2026 || cp == 0xab || cp == 0xbb ||
		cp == 0x2039 || cp == 0x203a;
}

static bool
blank(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == '\r' || cp == '\n';
}

/* Bytes of the last character of s, and the character. */
static size_t
last_char(struct span s, uint32_t *cp)
{
	size_t n;

	for (n = 1; n <= 4 && n <= s.n; n++)
		if (utf8_decode(span_from(s, s.n - n), cp) == n && *cp != UINT32_MAX)
			return n;
	*cp = UINT32_MAX;
	return s.n ? 1 : 0;
}

struct span
token_trim(struct span s)
{
	uint32_t cp;
	size_t n;

	while ((n = utf8_decode(s, &cp)) && (blank(cp) || token_invisible(cp)))
		s = span_from(s, n);
	while ((n = last_char(s, &cp)) && (blank(cp) || token_invisible(cp)))
		s = span_sub(s, 0, s.n - n);
	return s;
}

struct span
token_without_scheme(struct span s)
{
	static const char *const words[] = {"authorization:", "bearer", "dpop", "token"};
	struct span whole = s;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		n = strlen(words[i]);
		if (!span_starts_nocase(s, words[i]) || s.n <= n)
			continue;
		if (i == 0)
			s = span_trim(span_from(s, n));
		else if (blank((unsigned char)s.p[n]) || s.p[n] == ':')
			return span_trim(span_from(s, n + (s.p[n] == ':')));
	}
	return s.n < whole.n ? s : whole;
}

static bool
quote(uint32_t cp)
{
	return cp == '"' || cp == '\'' || cp == '`' || (cp >= 0x2018 && cp <= 0x201f) ||
		cp == 0xab || cp == 0xbb;
}

struct span
token_without_quotes(struct span s)
{
	uint32_t first, last;
	size_t a = utf8_decode(s, &first), b = last_char(s, &last);

	if (s.n < a + b || !a || !quote(first) || !quote(last))
		return s;
	return span_sub(s, a, s.n - a - b);
}

static bool
hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

enum { LAYERS_MAX = 3 }; /* of percent-encoding around a token: links are wrapped in links */

static bool
percent_layers(struct span s, int left)
{
	struct buf b;
	bool found = false, ok = true;
	size_t i;

	if (!left || span_find(s, '%') == SIZE_MAX)
		return false;
	buf_init_wiping(&b, LIMIT_TOKEN);
	percent_decode(&b, s);
	for (i = 0; i < s.n; i++)
		if (s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) && hex(s.p[i + 2]))
			found = true;
	for (i = 0; i < b.len; i++)
		ok = ok && (token_char(b.p[i]) || b.p[i] == '=' || b.p[i] == '!' || b.p[i] == '|');
	ok = (ok || percent_layers(buf_span(&b), left - 1)) && b.len && b.status == RES_OK;
	buf_release(&b);
	return found && ok;
}

bool
token_is_percent(struct span s)
{
	return percent_layers(s, LAYERS_MAX);
}

bool
token_is_jose_like(struct span s)
{
	return span_starts(s, "eyJ") || span_starts(s, "eyA") || span_starts(s, "ewo");
}

bool
token_is_unsigned_copy(struct span s)
{
	struct span rest = s, header, claims;

	return token_is_jose_like(s) && span_next(&rest, '.', &header) &&
		span_next(&rest, '.', &claims) && claims.n > 8 && header.n > 8 &&
		span_find(rest, '.') == SIZE_MAX &&
		(span_is_nocase(rest, "redacted") || span_is_nocase(rest, "removed") ||
			span_is_nocase(rest, "signature") || span_is_nocase(rest, "sig"));
}

bool
token_is_placeholder(struct span s)
{
	static const char *const words[] = {"undefined", "null", "none", "nil", "nan", "true",
		"false", "[object object]", "token", "your_token", "your-token", "yourtoken",
		"access_token", "access-token", "accesstoken", "your_access_token",
		"your-access-token", "jwt", "string", "changeme", "redacted", "todo", "test", "foo",
		"xxx", "refresh_token", "id_token", "bearer", "secret", "(null)", "<nil>", "none;"};
	size_t i, same = 0;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (span_is_nocase(s, words[i]))
			return true;
	/* "[redacted]", "[REDACTED_TOKEN]", and the HAR sanitizers' "[access_token redacted]" */
	if ((span_find(s, '[') != SIZE_MAX && span_contains_nocase(s, "redacted")) ||
		(span_find(s, ' ') != SIZE_MAX && span_contains_nocase(s, "object object")))
		return true;
	for (i = 1; i < s.n; i++)
		same += s.p[i] == s.p[0];
	if (s.n >= 3 && same == s.n - 1 && memchr("xX*.-_0", s.p[0], 7))
		return true;
	if (span_starts(s, "<") && span_ends(s, ">"))
		return true;
	if (span_starts(s, "{{") || span_starts(s, "${") || span_starts(s, "#{") ||
		span_starts(s, "%{"))
		return true;
	if (span_starts(s, "%") && span_ends(s, "%"))
		return true;
	return span_starts(s, "$") && s.n < 64;
}
