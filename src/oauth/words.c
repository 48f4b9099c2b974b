#include "oauth/words.h"

enum { WINDOW = 8, GROUPS_MAX = 6 };

static bool
lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
word_char(char c)
{
	return lower(c) || upper(c) || (c >= '0' && c <= '9');
}

/*
 * A capital between small letters begins a word: "TokenExpired", but not "OpenID" or "DPoP"; so
 * does the last of several before two small ones: "JWTExpired", but not "JWTs" or "OAuth".
 */
static bool
humps(struct span s, size_t i)
{
	if (!upper(s.p[i]) || i == 0 || i + 1 >= s.n || !lower(s.p[i + 1]))
		return false;
	return lower(s.p[i - 1]) ||
		(i > 1 && upper(s.p[i - 1]) && upper(s.p[i - 2]) && i + 2 < s.n &&
			lower(s.p[i + 2]));
}

/* Does the word so far have a digit?  Then a hyphen goes on with it: identifiers are one word. */
static bool
is_identifier(const struct words *w)
{
	for (unsigned short i = 0; w->n && i < w->v[w->n - 1].n; i++) {
		char c = w->bytes[w->v[w->n - 1].at + i];

		if (c >= '0' && c <= '9')
			return true;
	}
	return false;
}

void
words_read(struct words *w, struct span text)
{
	size_t used = 0;
	bool inside = false;

	w->n = 0;
	for (size_t i = 0; i < text.n && used < WORDS_BYTES; i++) {
		char c = text.p[i];

		if (!word_char(c)) {
			inside = inside && c == '-' && is_identifier(w);
			continue;
		}
		if (!inside || humps(text, i)) {
			if (w->n == WORDS_MAX)
				return;
			w->v[w->n].at = (unsigned short)used;
			w->v[w->n++].n = 0;
		}
		inside = true;
		w->bytes[used++] = (char)(upper(c) ? c + 32 : c);
		w->v[w->n - 1].n++;
	}
}

/* Is the word one of "a|b*|c"? */
static bool
is_one_of(struct span word, struct span group)
{
	struct span one;

	while (span_next(&group, '|', &one)) {
		if (one.n && one.p[one.n - 1] == '*') {
			one.n--;
			if (word.n >= one.n && !memcmp(word.p, one.p, one.n))
				return true;
		} else if (span_eq(word, one)) {
			return true;
		}
	}
	return false;
}

/* Which words meet the group; is there any? */
static bool
find(const struct words *w, struct span group, bool hit[WORDS_MAX])
{
	bool any = false;

	for (size_t i = 0; i < w->n; i++) {
		hit[i] = is_one_of(span_make(w->bytes + w->v[i].at, w->v[i].n), group);
		any = any || hit[i];
	}
	return any;
}

struct search {
	bool hits[GROUPS_MAX][WORDS_MAX], taken[WORDS_MAX];
	size_t groups;
};

/* Can the groups from g on be met by words of their own between i and end? */
static bool
met(struct search *s, size_t g, size_t i, size_t end)
{
	if (g == s->groups)
		return true;
	for (size_t k = i; k < end; k++) {
		bool ok;

		if (!s->hits[g][k] || s->taken[k])
			continue;
		s->taken[k] = true;
		ok = met(s, g + 1, i, end);
		s->taken[k] = false;
		if (ok)
			return true;
	}
	return false;
}

bool
words_match(const struct words *w, const char *pattern)
{
	struct search s = {.groups = 0};
	struct span rest = span_of(pattern), group;
	bool none[WORDS_MAX];

	while (span_word(&rest, &group)) {
		if (group.p[0] == '!') {
			if (find(w, span_from(group, 1), none))
				return false;
		} else if (s.groups == GROUPS_MAX || !find(w, group, s.hits[s.groups++])) {
			return false;
		}
	}
	for (size_t i = 0; i < w->n; i++) {
		if (met(&s, 0, i, i + WINDOW < w->n ? i + WINDOW : w->n))
			return true;
	}
	return false;
}

bool
words_all(const struct words *w, const char *group)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!is_one_of(span_make(w->bytes + w->v[i].at, w->v[i].n), span_of(group)))
			return false;
	}
	return true;
}
