#include "demo/waiting.h"

#include <ctype.h>

#include "base/mem.h"

struct session {
	unsigned char hash[32];
	int64_t since; /* 0: a free row */
	char scope[128];
};

struct waiting_room {
	struct waits *rows[WAITING_MAX]; /* the oldest first */
	size_t n;
	struct session sessions[SESSIONS_MAX];
	size_t next_session;
	unsigned char seen[SEEN_MAX][32];
	size_t n_seen, next_seen;
	char nonce[2][HANDLE_SIZE]; /* this one, and the one before */
	int64_t nonce_until;
};

enum {
	HANDLE_BYTES = 30,
	NONCE_BYTES = 12, /* no secret, and need not look like one */
};

struct waiting_room *
waiting_new(void)
{
	return xcalloc(1, sizeof(struct waiting_room));
}

void
waiting_free(struct waiting_room *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n; i++) {
		wipe(w->rows[i], sizeof(*w->rows[i]));
		free(w->rows[i]);
	}
	wipe(w, sizeof(*w));
	free(w);
}

static bool
hash_of(const struct store *s, struct span v, unsigned char out[32])
{
	return v.n > 0 && s->cfg.crypto->sha256(v.p, v.n, out);
}

static void
forget(struct waiting_room *w, size_t i)
{
	wipe(w->rows[i], sizeof(*w->rows[i]));
	free(w->rows[i]);
	w->n--;
	memmove(w->rows + i, w->rows + i + 1, (w->n - i) * sizeof(*w->rows));
}

struct waits *
waiting_add(struct store *s, enum waiting_kind k, int64_t life_s, char out[HANDLE_SIZE])
{
	struct waiting_room *w = s->waiting;
	struct waits *row = xcalloc(1, sizeof(*row));

	if (w->n == WAITING_MAX)
		forget(w, 0);
	row->kind = k;
	row->until = store_now(s, false) + life_s;
	store_random_text(s, out, HANDLE_SIZE, HANDLE_BYTES);
	(void)hash_of(s, span_of(out), row->hash); /* without a digest the server does not start */
	w->rows[w->n++] = row;
	return row;
}

struct waits *
waiting_find(struct store *s, enum waiting_kind k, struct span handle)
{
	unsigned char hash[32];

	if (!hash_of(s, handle, hash))
		return NULL;
	for (size_t i = s->waiting->n; i-- > 0;)
		if (s->waiting->rows[i]->kind == k &&
			memcmp(s->waiting->rows[i]->hash, hash, sizeof(hash)) == 0)
			return s->waiting->rows[i];
	return NULL;
}

/* The letters alone, as capitals. */
static void
letters(struct span text, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n && n + 1 < size; i++)
		if (isalpha((unsigned char)text.p[i]))
			out[n++] = (char)toupper((unsigned char)text.p[i]);
	out[n] = '\0';
}

struct waits *
waiting_device(struct store *s, struct span user_code)
{
	char asked[16], have[16];

	letters(user_code, asked, sizeof(asked));
	for (size_t i = 0; asked[0] && i < s->waiting->n; i++) {
		struct waits *row = s->waiting->rows[i];

		letters(span_of(row->user_code), have, sizeof(have));
		if (row->kind == WAITS_DEVICE && strcmp(asked, have) == 0 && !waiting_over(s, row))
			return row;
	}
	return NULL;
}

void
waiting_drop(struct store *s, struct waits *row)
{
	for (size_t i = 0; i < s->waiting->n; i++)
		if (s->waiting->rows[i] == row) {
			forget(s->waiting, i);
			return;
		}
}

bool
waiting_over(const struct store *s, const struct waits *row)
{
	return store_now(s, false) >= row->until;
}

/* --- browsers --- */

void
session_open(struct store *s, const char *scope, char out[HANDLE_SIZE])
{
	struct session *row = &s->waiting->sessions[s->waiting->next_session++ % SESSIONS_MAX];

	store_random_text(s, out, HANDLE_SIZE, HANDLE_BYTES);
	(void)hash_of(s, span_of(out), row->hash);
	row->since = store_now(s, false);
	snprintf(row->scope, sizeof(row->scope), "%s", scope);
}

static const struct session *
find_session(const struct store *s, struct span cookie)
{
	unsigned char hash[32];

	if (!hash_of(s, cookie, hash))
		return NULL;
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		const struct session *row = &s->waiting->sessions[i];

		if (row->since && memcmp(row->hash, hash, sizeof(hash)) == 0)
			return row;
	}
	return NULL;
}

int64_t
session_since(const struct store *s, struct span cookie)
{
	const struct session *row = find_session(s, cookie);

	return row ? row->since : 0;
}

bool
session_consents(const struct store *s, struct span cookie, struct span scope)
{
	const struct session *row = find_session(s, cookie);

	return row && scope_within(scope, span_of(row->scope));
}

/* --- proofs --- */

bool
waiting_seen(struct store *s, struct span id)
{
	struct waiting_room *w = s->waiting;
	unsigned char hash[32];

	if (!hash_of(s, id, hash))
		return true;
	for (size_t i = 0; i < w->n_seen; i++)
		if (memcmp(w->seen[i], hash, sizeof(hash)) == 0)
			return true;
	memcpy(w->seen[w->next_seen], hash, sizeof(hash));
	w->next_seen = (w->next_seen + 1) % SEEN_MAX;
	if (w->n_seen < SEEN_MAX)
		w->n_seen++;
	return false;
}

const char *
dpop_nonce(struct store *s)
{
	struct waiting_room *w = s->waiting;
	const int64_t now = store_now(s, false);

	if (now >= w->nonce_until || (s->cfg.scenario->demands & DEMAND_NEW_NONCE)) {
		memcpy(w->nonce[1], w->nonce[0], HANDLE_SIZE);
		store_random_text(s, w->nonce[0], HANDLE_SIZE, NONCE_BYTES);
		w->nonce_until = now + NONCE_LIFE_S;
	}
	return w->nonce[0];
}

bool
dpop_nonce_fits(struct store *s, struct span nonce)
{
	const struct waiting_room *w = s->waiting;

	(void)dpop_nonce(s);
	if (s->cfg.scenario->demands & DEMAND_NEW_NONCE)
		return false;
	return nonce.n && (span_is(nonce, w->nonce[0]) || span_is(nonce, w->nonce[1]));
}

bool
scope_within(struct span asked, struct span granted)
{
	struct span word;
	char text[64];

	while (span_word(&asked, &word)) {
		if (word.n >= sizeof(text))
			return false;
		snprintf(text, sizeof(text), "%.*s", SPAN_ARG(word));
		if (!span_has_word(granted, text))
			return false;
	}
	return true;
}
