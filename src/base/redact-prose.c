/* "secret hunter2hunter", "Token 8xLOx… is not active": values that a sentence names, without a
 * sign between. */
#include "base/redact-parts.h"

enum { CHOSEN = 6 }; /* by people: any six bytes with a digit and a letter */

/* How much a value must look like one, by the word before it: word, least bytes. */
#define NAMES(X)                                                                                   \
	X("client_secret", 6) X("client-secret", 6) X("client secret", 6) X("clientsecret", 6)     \
	X("password", 6) X("passwd", 6) X("passphrase", 6) X("pwd", 6) X("secret", 6)              \
	X("access_token", 16) X("refresh_token", 16) X("id_token", 16) X("device_code", 16)        \
	X("client_assertion", 16) X("token", 16) X("tokens", 16) X("credential", 16)               \
	X("credentials", 16) X("code", 16) X("assertion", 16) X("cookie", 16) X("session", 16)     \
	X("ticket", 16) X("apikey", 16) X("api-key", 16) X("api_key", 16) X("api key", 16)         \
	X("access key", 16) X("secret key", 16) X("private key", 16)                               \
	/* German, of the languages that the interface speaks; Chinese is below */                 \
	X("passwort", 6) X("kennwort", 6) X("geheimnis", 6) X("client-geheimnis", 6)               \
	X("schlüssel", 16) X("api-schlüssel", 16) X("zugriffstoken", 16) X("zugangstoken", 16)

static const struct {
	const char *word;
	size_t least;
} names[] = {
#define ROW(word, least) {word, least},
	NAMES(ROW)
#undef ROW
};

/* Does a name begin with these letters?  Asked at every word of every text. */
static bool
begins_name(struct span s)
{
#define LETTER(word, least) | 1u << (word[0] - 'a')
	const unsigned first = 0 NAMES(LETTER);
#undef LETTER
#define LETTER(word, least) | 1u << (word[1] & 31)
	const unsigned second = 0 NAMES(LETTER);
#undef LETTER
	char c;

	if (s.n < 2)
		return false;
	c = s.p[0] | 0x20; /* letters differ from their capitals in one bit */
	return c >= 'a' && c <= 'z' && first >> (c - 'a') & 1 && second >> (s.p[1] & 31) & 1;
}

/* Vendors' numbers of errors: these must be read. */
static bool
is_error_number(struct span v)
{
	static const char *const prefixes[] = {"AADSTS", "AADB2C", "IDX", "OAUTH", "ORA-", "ERR"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (span_starts(v, prefixes[i]))
			return true;
	return false;
}

static bool
is_value_char(char c, bool chosen)
{
	return redact_is_alnum(c) || (c != '\0' && strchr("-._~+/=", c) != NULL) ||
		(chosen && c != '\0' && strchr("!#$%&*@^?", c) != NULL);
}

/* Letters and digits mixed, as words, dates and the names of classes are not. */
static bool
looks_random(struct span v, size_t least)
{
	size_t digits = 0, letters = 0, dots = 0;

	for (size_t i = 0; i < v.n; i++) {
		digits += v.p[i] >= '0' && v.p[i] <= '9';
		letters += redact_is_alnum(v.p[i]) && !(v.p[i] >= '0' && v.p[i] <= '9');
		dots += v.p[i] == '.';
	}
	if (v.n < least || !letters || (least == CHOSEN && !digits) || is_error_number(v))
		return false;
	if (least == CHOSEN)
		return true;
	if (digits >= 2 && letters >= 2 && (dots == 0 || digits * 8 >= v.n))
		return true;
	return dots == 0 && redact_looks_drawn(v);
}

static size_t
skip_blanks(struct span s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

/* A quotation mark or bracket at the front of s that opens; its length. */
static size_t
opening_len(struct span s)
{
	static const char *const marks[] = {
		"“", "„", "‘", "‚", "«", "»", "‹", "「", "『", "”", "’"};

	if (!s.n || s.p[0] == '\0')
		return 0;
	if (strchr("\"'`\\(<[", s.p[0]))
		return 1;
	for (size_t i = 0; (unsigned char)s.p[0] >= 0x80 && i < ARRAY_SIZE(marks); i++)
		if (span_starts(s, marks[i]))
			return strlen(marks[i]);
	return 0;
}

/* "is ", "provided: ", "->", ": ", "lautet ": what may stand between a name and its value; its
 * length. */
static size_t
link_len(struct span s)
{
	static const char *const links[] = {"is", "was", "value", "with value", "provided", "given",
		"->", "→", "lautet", "ist", "war", "是", "为", ":", "=", "：", "＝"};

	if (!s.n || (redact_is_alnum(s.p[0]) && !strchr("iwvpglIWVPGL", s.p[0])))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		size_t n = strlen(links[i]);

		if (!span_starts_nocase(s, links[i]) || n >= s.n)
			continue;
		if (redact_is_alnum(links[i][0]) && redact_is_word(s.p[n]))
			continue;
		return n;
	}
	return 0;
}

/*
 * The value behind a name that ends at `at`; s.n: there is none.  A sign right behind a name is not
 * looked for here, but for those that are no names elsewhere (not of ASCII letters alone).
 */
static size_t
value_at(struct span s, size_t at, bool sign)
{
	enum { LINKS = 3 }; /* "provided value is:" */
	size_t from = skip_blanks(s, at), n;

	if (from >= s.n || (from == at && redact_is_word(s.p[from])) ||
		(!sign && (s.p[from] == ':' || s.p[from] == '=')))
		return s.n;
	for (int i = 0; i < LINKS && (n = link_len(span_from(s, from))) > 0; i++)
		from = skip_blanks(s, from + n);
	while (from < s.n && (n = opening_len(span_from(s, from))) > 0)
		from += n;
	return from > at ? from : s.n;
}

/* From `from` on: what looks like a value of a name that wants `least` bytes; 0: nothing. */
static size_t
value_len(struct span s, size_t from, size_t least)
{
	size_t to = from;

	if (from >= s.n)
		return 0;
	while (to < s.n && is_value_char(s.p[to], least == CHOSEN))
		to++;
	while (to > from && strchr(".?!", s.p[to - 1]) != NULL)
		to--;
	if (redact_mask_len(span_from(s, from)) > 0 ||
		!looks_random(span_sub(s, from, to - from), least))
		return 0;
	return to - from;
}

static const struct {
	const char *word;
	size_t least;
} foreign[] = {{"密码", CHOSEN}, {"口令", CHOSEN}, {"密钥", CHOSEN}, {"令牌", 16}, {"验证码", CHOSEN}};

enum redact_kind
redact_foreign_kind(struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		size_t n = strlen(foreign[i].word);

		if (name.n >= n && memcmp(name.p + name.n - n, foreign[i].word, n) == 0)
			return foreign[i].least == CHOSEN ? REDACT_VALUE : REDACT_DRAWN;
	}
	return REDACT_NONE;
}

/* Names that begin with no letter of ASCII: Chinese, the other language of the interface. */
size_t
redact_foreign_len(struct span s, size_t at, size_t *n)
{
	struct span rest = span_from(s, at);

	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		size_t from;

		if (!span_starts(rest, foreign[i].word))
			continue;
		from = value_at(rest, strlen(foreign[i].word), true);
		*n = value_len(rest, from, foreign[i].least);
		return *n > 0 ? from : 0;
	}
	return 0;
}

/* -u NAME:PASSWORD, -b NAME=VALUE of a curl command that is quoted in a text. */
static size_t
option_len(struct span s, size_t *n)
{
	static const struct {
		const char *option;
		char sign;
		size_t least;
	} options[] = {{"-u", ':', CHOSEN}, {"--user", ':', CHOSEN}, {"-U", ':', CHOSEN},
		{"--proxy-user", ':', CHOSEN}, {"-b", '=', 16}, {"--cookie", '=', 16}};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		size_t at = strlen(options[i].option), from;

		if (!span_starts(s, options[i].option) || at >= s.n || !strchr(" =", s.p[at]))
			continue;
		for (at++; at < s.n && strchr("\"'\\ ", s.p[at]); at++)
			;
		from = at;
		while (from < s.n && (redact_is_word(s.p[from]) || strchr(".@%", s.p[from])))
			from++;
		if (from == at || from >= s.n || s.p[from] != options[i].sign)
			return 0;
		*n = value_len(s, from + 1, options[i].least);
		return *n > 0 ? from + 1 : 0;
	}
	return 0;
}

size_t
redact_prose_len(struct span s, size_t at, size_t *n)
{
	struct span rest = span_from(s, at);

	if (rest.n && rest.p[0] == '-') {
		size_t dashes = 0, len = option_len(rest, n);

		while (dashes < rest.n && rest.p[dashes] == '-')
			dashes++;
		if (len > 0 || dashes > 2)
			return len;
		len = redact_prose_len(rest, dashes, n);
		return len > 0 ? dashes + len : 0;
	}
	if (!begins_name(rest))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t word, from;

		if ((rest.p[0] | 0x20) != names[i].word[0] ||
			(rest.p[1] | 0x20) != names[i].word[1])
			continue;
		word = strlen(names[i].word);
		if (!span_starts_nocase(rest, names[i].word) || word >= rest.n)
			continue;
		from = value_at(rest, word, span_find_str(span_of(names[i].word), "ü") != SIZE_MAX);
		*n = value_len(rest, from, names[i].least);
		if (*n > 0)
			return from;
	}
	return 0;
}

/* --- names of errors ------------------------------------------------------------------------ */

enum { ERROR_NAME_MOST = 64, CAPITALS_MOST = 5 /* in a row: JWT, OAUTH */ };

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* One of the words that errors are named by? */
static bool
is_error_word(struct span word)
{
	static const char *const words[] = {"exception", "error", "failure", "failed", "fault",
		"expired", "invalid", "revoked", "denied", "missing", "required", "mismatch",
		"unauthorized", "forbidden", "rejected", "malformed", "inactive", "unknown",
		"unsupported", "found", "allowed", "active", "valid"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (span_is_nocase(word, words[i]))
			return true;
	return false;
}

/*
 * The next word of a name: "Token" of "TokenExpired", "token" of "token_expired", "JWT" of
 * "JWTExpired".  Empty: no name is made so.
 */
static struct span
next_word(struct span s)
{
	size_t n = 0, capitals = 0;

	while (capitals < s.n && is_upper(s.p[capitals]))
		capitals++;
	n = capitals;
	while (n < s.n && is_lower(s.p[n]))
		n++;
	if (capitals > 1 && n > capitals) /* the last capital begins a word of its own */
		n = --capitals;
	if (capitals > CAPITALS_MOST || (capitals <= 1 && n - capitals < 2 && n < s.n))
		return SPAN_EMPTY;
	return span_sub(s, 0, n);
}

bool
redact_is_error_name(struct span name, struct span value)
{
	static const char *const chosen[] = {"pass", "pwd", "secret", "pin"};
	bool named = false;
	size_t words = 0;

	while (value.n && strchr(",.;:!?)", value.p[value.n - 1]) != NULL)
		value.n--;
	if (!value.n || value.n > ERROR_NAME_MOST)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(chosen); i++)
		if (span_contains_nocase(name, chosen[i]))
			return false;
	for (struct span rest = value, word; rest.n; words++) {
		word = next_word(rest);
		if (!word.n)
			return false;
		named = named || is_error_word(word);
		rest = span_from(rest, word.n);
		if (rest.n > 1 && memchr("_-.", rest.p[0], 3) != NULL)
			rest = span_from(rest, 1);
	}
	return named && words > 1;
}
