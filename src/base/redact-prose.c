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
