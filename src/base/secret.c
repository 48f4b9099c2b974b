#include "base/secret.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/mem.h"

enum {
	HEAD_FROM = 32,     /* bytes from which the first characters are shown */
	HEAD = 4,
	RANDOM_FROM = 20,   /* bytes from which a value may count as random */
	RANDOM_CHARS = 12,  /* different characters it must have */
};

struct secret {
	unsigned refs; /* atomic: the demo server has its own thread */
	size_t n;
	char value[]; /* and a NUL */
};

static bool (*digest)(const void *p, size_t n, unsigned char out[32]);

struct secret *
secret_new(struct span s)
{
	struct secret *sec = xmalloc(sizeof *sec + s.n + 1);

	sec->refs = 1;
	sec->n = s.n;
	if (s.n > 0)
		memcpy(sec->value, s.p, s.n);
	sec->value[s.n] = '\0';
	return sec;
}

struct secret *
secret_ref(struct secret *s)
{
	if (s != NULL)
		__atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
	return s;
}

void
secret_unref(struct secret *s)
{
	if (s == NULL || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	wipe(s, sizeof *s + s->n + 1);
	free(s);
}

struct span
secret_reveal(const struct secret *s)
{
	return s != NULL ? span_make(s->value, s->n) : SPAN_EMPTY;
}

size_t
secret_len(const struct secret *s)
{
	return s != NULL ? s->n : 0;
}

bool
secret_equal(const struct secret *a, const struct secret *b)
{
	unsigned char diff = 0;

	if (a == NULL || b == NULL || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		diff |= (unsigned char)a->value[i] ^ (unsigned char)b->value[i];
	return __atomic_load_n(&diff, __ATOMIC_RELAXED) == 0;
}

/* 1 lower, 2 upper, 3 digit, 0 other graphic; -1 for what no generated secret has. */
static int
char_class(unsigned char c)
{
	if (c >= 'a' && c <= 'z')
		return 1;
	if (c >= 'A' && c <= 'Z')
		return 2;
	if (c >= '0' && c <= '9')
		return 3;
	return c > 0x20 && c < 0x7F ? 0 : -1;
}

/*
 * Does the value look as if a machine had drawn it?  Only then may its hash be shown: the
 * hash of a password would let others try a dictionary on it.  Asked for: enough bytes, no
 * blanks, a digit, many different characters, at most one pair in eight alike (3 bits a
 * character, by the collisions), and the restless change between letters, cases and digits
 * that words do not have; a capital that begins a word is no change.  Hexadecimal digits and
 * dashes (UUIDs) spell no words.
 */
bool
secret_looks_random(struct span s)
{
	size_t count[256] = {0}, pairs = 0, changes = 0, digits = 0, hex = 0;
	int distinct = 0, before = -1;

	if (s.n < RANDOM_FROM)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		int class = char_class(c);

		if (class < 0)
			return false;
		if (class > 0 && before > 0 && class != before)
			changes += !(before == 2 && class == 1);
		digits += class == 3;
		hex += class == 3 || c == '-' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
		before = class;
		pairs += count[c]; /* the earlier ones alike */
		distinct += count[c]++ == 0;
	}
	return digits > 0 && distinct >= RANDOM_CHARS && pairs <= s.n * (s.n - 1) / 16 &&
		(hex == s.n || changes * 25 >= s.n * 7);
}

/* "sha256:" and the first 16 digits; "" without a digest. */
static char *
put_digest(struct span s, char out[32])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char sum[32];
	char *at = out + 7;

	out[0] = '\0';
	if (!secret_sha256(s.p, s.n, sum))
		return out;
	memcpy(out, "sha256:", 7);
	for (int i = 0; i < 8; i++) {
		*at++ = hex[sum[i] >> 4];
		*at++ = hex[sum[i] & 15];
	}
	*at = '\0';
	return out;
}

char *
secret_fingerprint(struct span s, char out[32])
{
	out[0] = '\0';
	return secret_looks_random(s) ? put_digest(s, out) : out;
}

char *
secret_mask_span(struct span s, char out[MASK_MAX])
{
	char head[HEAD + 4] = "", hash[32] = "";
	bool drawn = secret_looks_random(s);

	if (s.n < RANDOM_FROM || (!drawn && s.n < HEAD_FROM)) {
		memcpy(out, "[redacted]", sizeof "[redacted]");
		return out;
	}
	if (s.n >= HEAD_FROM) {
		bool plain = true;

		for (int i = 0; i < HEAD; i++)
			plain = plain && char_class((unsigned char)s.p[i]) >= 0;
		if (plain) {
			memcpy(head, s.p, HEAD);
			memcpy(head + HEAD, "…", sizeof "…");
		}
	}
	if (drawn)
		put_digest(s, hash);
	snprintf(out, MASK_MAX, "%s[redacted %zu B%s%s]", head, s.n, hash[0] != '\0' ? ", " : "",
		hash);
	return out;
}

char *
secret_mask(const struct secret *s, char out[MASK_MAX])
{
	return secret_mask_span(s != NULL ? span_make(s->value, s->n) : SPAN_EMPTY, out);
}

void
secret_set_digest(bool (*sha256)(const void *p, size_t n, unsigned char out[32]))
{
	digest = sha256;
}

bool
secret_sha256(const void *p, size_t n, unsigned char out[32])
{
	return digest != NULL && digest(p, n, out);
}

void
secret_harden_process(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
	/* The leak checker of a sanitised build attaches to its own process. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
