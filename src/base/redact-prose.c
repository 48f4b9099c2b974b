/* "secret hunter2hunter", "Token 8xLOx… is not active": values that a sentence names, without a
 * sign between. */
#include "base/redact-parts.h"

/* How much a value must look like one, by the word before it: word, least bytes. */
#define NAMES(X)                                                                                   \
	X("client_secret", 6) X("client-secret", 6) X("client secret", 6) X("password", 6)         \
	X("passwd", 6) X("passphrase", 6) X("pwd", 6) X("secret", 6) X("access_token", 16)         \
	X("refresh_token", 16) X("id_token", 16) X("device_code", 16) X("client_assertion", 16)    \
	X("token", 16) X("tokens", 16) X("credential", 16) X("credentials", 16) X("code", 16)      \
	X("assertion", 16) X("cookie", 16) X("apikey", 16) X("api-key", 16) X("api_key", 16)       \
	X("api key", 16) X("access key", 16) X("secret key", 16) X("private key", 16)

static const struct {
	const char *word;
	size_t least;
} names[] = {
#define ROW(word, least) {word, least},
	NAMES(ROW)
#undef ROW
};

/* Does a name begin with this letter?  Asked at every word of every text. */
static bool
begins_name(char c)
{
#define LETTER(word, least) | 1u << (word[0] - 'a')
	const unsigned letters = 0 NAMES(LETTER);
#undef LETTER

	c |= 0x20; /* letters differ from their capitals in one bit */
	return c >= 'a' && c <= 'z' && letters >> (c - 'a') & 1;
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
	if (v.n < least || !digits || !letters || is_error_number(v))
		return false;
	if (least == 6) /* chosen by people */
		return true;
	return digits >= 2 && letters >= 2 && (dots == 0 || digits * 8 >= v.n);
}

static size_t
skip_blanks(struct span s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

/* The value behind a word that ends at `at`, behind "is" or "was" and a quote. */
static size_t
value_at(struct span s, size_t at)
{
	static const char *const links[] = {"is ", "was ", "value ", "with value "};
	size_t from = skip_blanks(s, at);

	if (from == at)
		return s.n;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (span_starts_nocase(span_from(s, from), links[i]))
			from = skip_blanks(s, from + strlen(links[i]));
	while (from < s.n && strchr("\"'`\\(<[", s.p[from]) != NULL && s.p[from] != '\0')
		from++;
	return from;
}

size_t
redact_prose_len(struct span s, size_t at, size_t *n)
{
	struct span rest = span_from(s, at);

	if (!rest.n || !begins_name(rest.p[0]))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t word, from, to;

		if ((rest.p[0] | 0x20) != names[i].word[0])
			continue;
		word = strlen(names[i].word);
		if (!span_starts_nocase(rest, names[i].word) || word >= rest.n)
			continue;
		from = to = value_at(rest, word);
		while (to < rest.n && is_value_char(rest.p[to], names[i].least == 6))
			to++;
		while (to > from && strchr(".?!", rest.p[to - 1]) != NULL)
			to--;
		if (from >= rest.n || redact_mask_len(span_from(rest, from)) > 0 ||
			!looks_random(span_sub(rest, from, to - from), names[i].least))
			continue;
		*n = to - from;
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
