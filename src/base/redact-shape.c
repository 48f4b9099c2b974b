#include "base/redact-parts.h"

/* --- masks -------------------------------------------------------------------------------- */

static size_t
digits_len(struct span s, const char *set)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '\0' && strchr(set, s.p[n]) != NULL)
		n++;
	return n;
}

/* "[redacted]", "[redacted 812 B]", "[redacted 812 B, sha256:0123456789abcdef]" */
static size_t
bracket_len(struct span s)
{
	static const char open[] = "[redacted", size[] = " B", hash[] = ", sha256:";
	size_t at = sizeof open - 1, n;

	if (!span_starts(s, open))
		return 0;
	if (at < s.n && s.p[at] == ']')
		return at + 1;
	if (at >= s.n || s.p[at] != ' ')
		return 0;
	n = digits_len(span_from(s, at + 1), "0123456789");
	at += 1 + n;
	if (n == 0 || n > 20 || !span_starts(span_from(s, at), size))
		return 0;
	at += sizeof size - 1;
	if (span_starts(span_from(s, at), hash)) {
		at += sizeof hash - 1;
		if (digits_len(span_from(s, at), "0123456789abcdef") != 16)
			return 0;
		at += 16;
	}
	return at < s.n && s.p[at] == ']' ? at + 1 : 0;
}

size_t
redact_mask_len(struct span s)
{
	static const char dots[] = "…";
	enum { HEAD = 4, DOTS = sizeof dots - 1 };
	size_t n;

	if (s.n > 0 && s.p[0] == '[')
		return bracket_len(s);
	if (s.n <= HEAD + DOTS || memcmp(s.p + HEAD, dots, DOTS) != 0)
		return 0;
	for (int i = 0; i < HEAD; i++)
		if (s.p[i] <= ' ' || s.p[i] == 0x7F)
			return 0;
	n = bracket_len(span_from(s, HEAD + DOTS));
	return n > 0 ? HEAD + DOTS + n : 0;
}

void
redact_put_mask(struct buf *out, struct span value)
{
	char mask[MASK_MAX];
	size_t n = redact_mask_len(value);

	if ((n > 0 && n == value.n) || redact_is_placeholder(value))
		buf_add_span(out, value);
	else
		buf_puts(out, secret_mask_span(value, mask));
}

/* --- shapes ------------------------------------------------------------------------------- */

static bool
is_base64url(char c)
{
	return redact_is_alnum(c) || c == '-' || c == '_';
}

/* A line's end, in a JSON string within a text too, and the quotation marks of a mail. */
static size_t
break_len(struct span s, size_t at)
{
	size_t from = at;

	for (;;) {
		struct span rest = span_from(s, at);

		if (span_starts(rest, "\\r") || span_starts(rest, "\\n"))
			at += 2;
		else if (rest.n && (rest.p[0] == '\r' || rest.p[0] == '\n'))
			at++;
		else
			break;
	}
	if (at == from)
		return 0;
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '>'))
		at++;
	return at - from;
}

/* Letters of both kinds and digits, as the rest of a token has and a word has not. */
static bool
looks_drawn(struct span v)
{
	size_t digits = 0, lower = 0, upper = 0;

	for (size_t i = 0; i < v.n; i++) {
		digits += v.p[i] >= '0' && v.p[i] <= '9';
		lower += v.p[i] >= 'a' && v.p[i] <= 'z';
		upper += v.p[i] >= 'A' && v.p[i] <= 'Z';
	}
	return v.n >= 8 && lower > 0 && upper > 0 && (digits > 0 || v.n >= 48);
}

size_t
redact_continued_len(struct span s, size_t from, size_t to)
{
	enum { LEAST = 32 }; /* nobody breaks what is shorter */
	size_t at = to, gap;

	if (to - from < LEAST)
		return 0;
	while ((gap = break_len(s, at)) > 0) {
		size_t start = at + gap, end = start;

		while (end < s.n && (is_base64url(s.p[end]) || s.p[end] == '.'))
			end++;
		for (int pad = 0; pad < 2 && end < s.n && s.p[end] == '='; pad++)
			end++;
		if (end < s.n && !strchr("\r\n\\\"'<", s.p[end]))
			break;
		if (!looks_drawn(span_sub(s, start, end - start)))
			break;
		at = end;
	}
	return at - to;
}

/* One segment of a JWS or JWE, with the padding that wrong encoders leave. */
static size_t
segment_len(struct span s)
{
	size_t n = 0;

	while (n < s.n && is_base64url(s.p[n]))
		n++;
	for (int pad = 0; pad < 2 && n < s.n && s.p[n] == '='; pad++)
		n++;
	return n;
}

bool
redact_starts_like_json(struct span s)
{
	return span_starts(s, "eyJ") || span_starts(s, "eyA") || span_starts(s, "ewo") ||
		span_starts(s, "ew0") || span_starts(s, "ewk");
}

static size_t
jwt_len(struct span s)
{
	size_t first, n, rest = 0;

	if (!redact_starts_like_json(s))
		return 0;
	first = n = segment_len(s);
	for (int seg = 1; seg < 5 && n < s.n && s.p[n] == '.'; seg++) {
		size_t more = segment_len(span_from(s, n + 1));

		rest += more;
		n += 1 + more;
	}
	if (rest == 0) /* one segment alone: a piece of a token if it is long */
		return span_starts(s, "eyJ") && first >= 40 ? first : 0;
	return first >= 8 && rest >= 4 ? n : 0;
}

/* prefix, least bytes behind it */
#define VENDORS(X)                                                                                 \
	X("ghp_", 16) X("gho_", 16) X("ghu_", 16) X("ghs_", 16) X("ghr_", 16)                      \
	X("github_pat_", 16) X("glpat-", 12) X("gloas-", 12) X("ya29.", 10)                        \
	X("1//0", 16) X("GOCSPX-", 12) X("xoxb-", 10) X("xoxp-", 10) X("xoxa-", 10)                \
	X("xoxe.", 10) X("xoxe-", 10) X("xapp-", 10) X("sk_live_", 10)                             \
	X("sk_test_", 10) X("rk_live_", 10) X("sk-", 20) X("hvs.", 16) X("dop_v1_", 16)            \
	X("shpat_", 16) X("shpss_", 16) X("npm_", 20) X("pypi-", 16) X("SG.", 20)                  \
	X("Atza|", 16) X("Atzr|", 16) X("EAAC", 40) X("whsec_", 16) X("lin_api_", 16)              \
	X("AQoDYXdz", 16)

static const struct {
	const char *prefix;
	size_t least;
} vendors[] = {
#define ROW(prefix, least) {prefix, least},
	VENDORS(ROW)
#undef ROW
};

/* Can a prefix begin with this byte?  It is asked at every word. */
static bool
begins_vendor(char c)
{
#define BYTE(prefix, least) | 1ull << (prefix[0] & 63)
	const unsigned long long bytes = 0 VENDORS(BYTE);
#undef BYTE

	return bytes >> (c & 63) & 1;
}

static size_t
vendor_len(struct span s)
{
	if (!begins_vendor(s.p[0]))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++) {
		size_t n, tail;

		if (s.p[0] != vendors[i].prefix[0] || !span_starts(s, vendors[i].prefix))
			continue;
		n = tail = strlen(vendors[i].prefix);
		while (tail < s.n && s.p[tail] != '\0' &&
			(is_base64url(s.p[tail]) || strchr(".~+/|", s.p[tail]) != NULL))
			tail++;
		if (tail - n >= vendors[i].least)
			return tail;
	}
	return 0;
}

/* Can a token begin at `at`?  Behind a percent-encoded byte it can. */
static bool
is_boundary(struct span s, size_t at)
{
	if (at == 0 || !redact_is_word(s.p[at - 1]))
		return true;
	return at >= 3 && s.p[at - 3] == '%';
}

size_t
redact_shape_len(struct span s, size_t at)
{
	struct span rest = span_from(s, at);
	size_t n;

	if (rest.n < 8)
		return 0;
	n = rest.p[0] == 'e' ? jwt_len(rest) : 0;
	/* A lone segment inside a longer run is not one; three of them are, wherever they stand. */
	if (n > 0 && (memchr(rest.p, '.', n) != NULL || is_boundary(s, at)))
		return n;
	return is_boundary(s, at) ? vendor_len(rest) : 0;
}

static bool
looks_like_credential(struct span v, bool basic)
{
	size_t digits = 0, lower = 0, upper = 0, equals = span_find(v, '=');

	for (size_t i = 0; i < v.n; i++) {
		digits += v.p[i] >= '0' && v.p[i] <= '9';
		lower += v.p[i] >= 'a' && v.p[i] <= 'z';
		upper += v.p[i] >= 'A' && v.p[i] <= 'Z';
	}
	if (equals != SIZE_MAX && equals + 2 < v.n) /* realm=…, error=… */
		return false;
	if (basic)
		return v.n >= 4 && v.n % 4 == 0 && (upper > 0 || digits > 0);
	return (digits > 0 && v.n >= 8) || (lower > 0 && upper > 0 && v.n >= 12) || v.n >= 24;
}

size_t
redact_scheme_len(struct span s, size_t at, size_t *n)
{
	static const char *const schemes[] = {"bearer", "dpop", "basic"};
	struct span rest = span_from(s, at);

	if (!rest.n || !rest.p[0] || !strchr("bBdD", rest.p[0]))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		size_t start = strlen(schemes[i]), end;
		bool encoded;
		struct span v;

		if (!span_starts_nocase(rest, schemes[i]) || start >= rest.n)
			continue;
		encoded = span_starts(span_from(rest, start), "%20");
		if (rest.p[start] != ' ' && !encoded)
			continue;
		start += encoded ? 3 : 1;
		while (start < rest.n && rest.p[start] == ' ')
			start++;
		for (end = start; end < rest.n && (unsigned char)rest.p[end] > ' ' &&
			strchr(encoded ? "\"',;<>`\\%&" : "\"',;<>`\\", rest.p[end]) == NULL;)
			end++;
		v = span_sub(rest, start, end - start);
		if (v.n == 0 || redact_mask_len(span_from(rest, start)) > 0 ||
			!looks_like_credential(v, i == 2))
			return 0;
		*n = v.n;
		return start;
	}
	return 0;
}
