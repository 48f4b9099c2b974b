/* What a name says of its value: redact_kind_of() and the question whether this value is one. */
#include "base/redact-parts.h"

enum { NAME_MAX_KEPT = 40 };

/* Lower case without '-', '_' and blanks: clientSecret, client-secret and client_secret alike. */
static struct span
normal_name(struct span name, char out[NAME_MAX_KEPT])
{
	size_t n = 0;

	/* Of a very long name the end decides. */
	if (name.n > 2 * NAME_MAX_KEPT)
		name = span_from(name, name.n - 2 * NAME_MAX_KEPT);
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c == '-' || c == '_' || c == ' ' || c == '.')
			continue;
		if (n == NAME_MAX_KEPT) {
			memmove(out, out + 1, NAME_MAX_KEPT - 1);
			n--;
		}
		out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
	}
	return span_make(out, n);
}

/*
 * Whole names.  "sid" is none: the claim names a session, and opens none.
 * (x|xoriginal|xforwarded|http)authorization: as gateways and CGI (RFC 3875 §4.1.18) hand it on.
 */
#define NAMES(X)                                                                                   \
	X("accesstoken", VALUE) X("refreshtoken", VALUE) X("idtoken", VALUE) X("token", GENERIC)   \
	X("secret", GENERIC) X("bearer", GENERIC) X("jwt", GENERIC) X("assertion", GENERIC)        \
	X("dpop", GENERIC) X("code", CODE) X("authorizationcode", CODE) X("authcode", CODE)        \
	X("pin", VALUE) X("otp", VALUE) X("totp", VALUE) X("passcode", VALUE) X("pwd", VALUE)      \
	X("codeverifier", VALUE) X("devicecode", VALUE) X("usercode", VALUE)                       \
	X("idtokenhint", VALUE) X("subjecttoken", VALUE) X("actortoken", VALUE)                    \
	X("logouttoken", VALUE) X("authreqid", VALUE) X("logintoken", VALUE)                       \
	X("usertoken", VALUE) X("bearertoken", VALUE) X("samlresponse", VALUE)                     \
	X("wresult", VALUE) X("privatekey", VALUE) X("oauthverifier", VALUE)                       \
	X("passwordconfirmation", VALUE) X("passwordhash", VALUE) X("securityanswer", VALUE)       \
	X("jsessionid", VALUE) X("phpsessid", VALUE) X("sessionid", VALUE)                         \
	X("authorization", AUTH) X("proxyauthorization", AUTH) X("xauthorization", AUTH)           \
	X("xoriginalauthorization", AUTH) X("xforwardedauthorization", AUTH)                       \
	X("httpauthorization", AUTH) X("cookie", COOKIE) X("httpcookie", COOKIE)                   \
	X("setcookie", SET_COOKIE) X("setcookie2", SET_COOKIE) X("d", KEY) X("k", KEY)             \
	X("p", KEY) X("q", KEY) X("dp", KEY) X("dq", KEY) X("qi", KEY) X("rspauth", DRAWN)         \
	X("sid", NONE) X("tok", DRAWN) X("pw", ONCE)                                               \
	X("rt", DRAWN) X("appsecretproof", VALUE)

static const struct {
	const char *name;
	enum redact_kind kind;
} names[] = {
#define ROW(name, kind) {name, REDACT_##kind},
	NAMES(ROW)
#undef ROW
};

/* False: it is none of them.  Asked of every name, and most of them are not. */
static bool
may_be_listed(struct span n)
{
#define BIT(name, kind) | 1ull << ((unsigned)(name[0] + 4 * sizeof(name)) & 63)
	const unsigned long long first = 0 NAMES(BIT);
#undef BIT
#define BIT(name, kind) | 1ull << ((unsigned)(name[sizeof(name) - 2] + 5 * sizeof(name)) & 63)
	const unsigned long long last = 0 NAMES(BIT);
#undef BIT
	size_t size = n.n + 1;

	return first >> ((unsigned)(n.p[0] + 4 * size) & 63) & 1 &&
		last >> ((unsigned)(n.p[n.n - 1] + 5 * size) & 63) & 1;
}

/*
 * Endings.  VALUE: whatever comes is a secret.  DRAWN: a value that looks drawn at random is one
 * (X-Acme-Token, mfa_token, Signature of a signed address); a word, a number or an address is none
 * ("token": "expired").  ONCE: what is typed once (otp_code, smsCode), and a user's password under
 * a short name: short, with a digit.  Words are English and German, as the interface is; those of
 * its Chinese stand in redact-prose.c.
 */
#define SUFFIXES(X)                                                                                \
	X("accesstoken", VALUE) X("refreshtoken", VALUE) X("clientsecret", VALUE)                  \
	X("secret", VALUE) X("password", VALUE) X("passwd", VALUE) X("passphrase", VALUE)          \
	X("apikey", VALUE) X("authtoken", VALUE) X("sessiontoken", VALUE)                          \
	X("securitytoken", VALUE) X("clientassertion", VALUE) X("privatekey", VALUE)               \
	X("csrftoken", VALUE) X("xsrftoken", VALUE) X("secretkey", VALUE) X("apitoken", VALUE)     \
	X("accesskey", VALUE) X("sessionkey", VALUE) X("signingkey", VALUE)                        \
	X("encryptionkey", VALUE) X("masterkey", VALUE) X("subscriptionkey", VALUE)                \
	X("functionskey", VALUE) X("privatetoken", VALUE) X("vaulttoken", VALUE)                   \
	X("gitlabtoken", VALUE) X("sessionid", VALUE) X("passwort", VALUE) X("kennwort", VALUE)    \
	X("geheimnis", VALUE) X("token", DRAWN) X("key", DRAWN) X("session", DRAWN)                \
	X("ticket", DRAWN) X("signature", DRAWN) X("hmac", DRAWN) X("credential", DRAWN)           \
	X("auth", DRAWN) X("authentication", DRAWN) X("assertion", DRAWN) X("jwt", DRAWN)          \
	X("bearer", DRAWN) X("csrf", DRAWN) X("xsrf", DRAWN) X("seed", DRAWN) X("sid", DRAWN)      \
	X("cookie", DRAWN) X("pass", ONCE) X("pwd", ONCE) X("otp", ONCE) X("otpcode", ONCE)        \
	X("mfacode", ONCE) X("oobcode", ONCE) X("smscode", ONCE) X("txcode", ONCE)                 \
	X("verificationcode", ONCE) X("recoverycode", ONCE) X("backupcode", ONCE)                  \
	X("preauthorizedcode", ONCE) X("devicecode", VALUE) X("usercode", VALUE)                   \
	X("authorizationcode", CODE) X("invitecode", ONCE) X("activationcode", ONCE)               \
	X("confirmationcode", ONCE) X("accesscode", ONCE) X("logincode", ONCE)                     \
	X("resetcode", ONCE) X("securitycode", ONCE) X("pw", ONCE) X("passw", ONCE)                \
	X("authorization", DRAWN) X("sig", DRAWN)

static const struct {
	const char *text;
	size_t n;
	enum redact_kind kind;
} suffixes[] = {
#define ROW(text, kind) {text, sizeof(text) - 1, REDACT_##kind},
	SUFFIXES(ROW)
#undef ROW
};

/* Can an ending end in these bytes?  It is asked of every name. */
static bool
ends_suffix(struct span n)
{
#define LETTER(text, kind) | 1u << (text[sizeof(text) - 2] - 'a')
	const unsigned last = 0 SUFFIXES(LETTER);
#undef LETTER
#define LETTER(text, kind) | 1u << (text[sizeof(text) - 3] - 'a')
	const unsigned before = 0 SUFFIXES(LETTER);
#undef LETTER
	char a, b;

	if (n.n < 3)
		return false;
	a = n.p[n.n - 1];
	b = n.p[n.n - 2];
	return a >= 'a' && a <= 'z' && b >= 'a' && b <= 'z' && last >> (a - 'a') & 1 &&
		before >> (b - 'a') & 1;
}

/* Names of what is wrong with a secret, or of what everybody may know, not of the secret. */
static bool
is_not_of_secret(struct span n)
{
	static const char *const not_before[] = {
		"invalid", "expired", "missing", "unknown", "bad", "wrong", "public"};

	if (!strchr("iemubwp", n.p[0]))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(not_before); i++)
		if (span_starts(n, not_before[i]))
			return true;
	return false;
}

static enum redact_kind
kind_of_normal(struct span n)
{
	if (!n.n)
		return REDACT_NONE;
	for (size_t i = may_be_listed(n) ? 0 : ARRAY_SIZE(names); i < ARRAY_SIZE(names); i++)
		if (n.p[0] == names[i].name[0] && span_is(n, names[i].name))
			return names[i].kind;
	if (!ends_suffix(n) || is_not_of_secret(n))
		return REDACT_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t tail = suffixes[i].n;

		if (n.n >= tail && n.p[n.n - 1] == suffixes[i].text[tail - 1] &&
			memcmp(n.p + n.n - tail, suffixes[i].text, tail) == 0)
			return suffixes[i].kind;
	}
	return REDACT_NONE;
}

/* Of several, or of one that is called the value: what only its look tells from the names of
 * things. */
static enum redact_kind
kind_of_more(struct span n)
{
	enum redact_kind kind;
	size_t tail = 0;

	/* password2 */
	while (n.n > tail && n.p[n.n - 1 - tail] >= '0' && n.p[n.n - 1 - tail] <= '9')
		tail++;
	if (tail > 0)
		return n.n - tail > 2 ? kind_of_normal(span_sub(n, 0, n.n - tail)) : REDACT_NONE;
	if (n.p[n.n - 1] == 's' && n.p[n.n - 2] != 's')
		tail = 1;
	else if (n.n > 8 && memcmp(n.p + n.n - 5, "value", 5) == 0)
		tail = 5;
	else
		return REDACT_NONE;
	kind = kind_of_normal(span_sub(n, 0, n.n - tail));
	switch (kind) {
	case REDACT_VALUE:
	case REDACT_ONCE:
		return REDACT_ONCE;
	case REDACT_COOKIE:
	case REDACT_GENERIC:
	case REDACT_DRAWN:
	case REDACT_CODE:
		return REDACT_DRAWN;
	case REDACT_NONE:
	case REDACT_KEY:
	case REDACT_AUTH:
	case REDACT_SET_COOKIE:
		break;
	}
	return REDACT_NONE;
}

enum redact_kind
redact_kind_of(struct span name)
{
	char room[NAME_MAX_KEPT];
	struct span n = normal_name(name, room);
	enum redact_kind kind = kind_of_normal(n);

	if (kind == REDACT_NONE && n.n > 3 &&
		(n.p[n.n - 1] == 's' || (n.p[n.n - 1] == 'e' && n.p[n.n - 2] == 'u') ||
			(n.p[n.n - 1] >= '0' && n.p[n.n - 1] <= '9')))
		return kind_of_more(n);
	if (n.n > 3 && (unsigned char)n.p[n.n - 1] >= 0x80)
		return redact_foreign_kind(n);
	return kind;
}

bool
redact_name_is_secret(struct span name)
{
	enum redact_kind kind = redact_kind_of(name);

	return kind != REDACT_NONE && kind != REDACT_CODE && kind != REDACT_KEY &&
		kind != REDACT_DRAWN && kind != REDACT_ONCE;
}

/* --- and its value ------------------------------------------------------------------------ */

struct letters {
	size_t digits, lower, upper;
};

static struct letters
count(struct span v)
{
	struct letters c = {0, 0, 0};

	for (size_t i = 0; i < v.n; i++) {
		c.digits += v.p[i] >= '0' && v.p[i] <= '9';
		c.lower += v.p[i] >= 'a' && v.p[i] <= 'z';
		c.upper += v.p[i] >= 'A' && v.p[i] <= 'Z';
	}
	return c;
}

static int
class_of(char c)
{
	return c >= '0' && c <= '9' ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= 'A' && c <= 'Z' ? 3 : 0;
}

/* How often capitals, small letters and digits take turns. */
static size_t
changes(struct span v)
{
	size_t n = 0;

	for (size_t i = 1; i < v.n; i++)
		n += class_of(v.p[i]) && class_of(v.p[i - 1]) &&
			class_of(v.p[i]) != class_of(v.p[i - 1]);
	return n;
}

/* Letters and digits mixed, as no error code of the known dialects is. */
static bool
looks_like_code(struct span v)
{
	struct letters c = count(v);

	return v.n >= 10 && c.digits > 0 && c.lower + c.upper > 0 && (c.lower > 0 || c.digits > 6);
}

/* No word, number, time, address or URN: one run of letters and digits mixed. */
bool
redact_looks_drawn(struct span v)
{
	enum { LEAST = 16, LOOKED_AT = 128 };
	struct letters c;

	if (v.n < LEAST || span_starts_nocase(v, "http") || span_starts_nocase(v, "urn:"))
		return false;
	v = span_sub(v, 0, v.n < LOOKED_AT ? v.n : LOOKED_AT);
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] <= ' ')
			return false;
	c = count(v);
	if (c.digits >= 2 && c.lower + c.upper >= 3)
		return true;
	return changes(v) * 5 >=
		v.n * 2; /* a name in capitals and small letters has fewer: OAuth2ClientConfig */
}

/* Typed once, or chosen: short, no blank, a digit. */
static bool
looks_typed(struct span v)
{
	enum { LEAST = 4 };

	if (v.n < LEAST || span_starts_nocase(v, "http"))
		return false;
	v = span_sub(v, 0, v.n < 128 ? v.n : 128);
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] <= ' ')
			return false;
	return count(v).digits > 0;
}

bool
redact_pair_is_secret(struct span name, struct span value)
{
	enum redact_kind kind = redact_kind_of(name);

	if (kind == REDACT_NONE || redact_is_placeholder(value))
		return false;
	if (kind == REDACT_CODE)
		return looks_like_code(value);
	if (kind == REDACT_DRAWN)
		return redact_looks_drawn(value);
	if (kind == REDACT_ONCE)
		return looks_typed(value);
	return kind != REDACT_KEY || value.n >= 22;
}

bool
redact_is_placeholder(struct span value)
{
	static const char *const words[] = {
		"null", "true", "false", "undefined", "none", "nil", "nan", "[object object]"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (span_is_nocase(value, words[i]))
			return true;
	return value.n == 0;
}
