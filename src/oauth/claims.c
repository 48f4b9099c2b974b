#include "oauth/claims.h"

#include "base/mem.h"

static const struct {
	const char *name, *meaning;
} meanings[] = {
#define CLAIM(name, meaning) {name, meaning},
#include "oauth/claims.def"
#undef CLAIM
};

static struct claim_time
read_time(const struct json *root, const char *name)
{
	struct claim_time t;

	t.form = json_to_time(json_get(root, name), &t.at);
	return t;
}

/* The first of the names that is there as a string. */
static struct span
first_str(const struct json *root, const char *a, const char *b, const char *c)
{
	struct span s = json_get_str(root, a);

	if (!s.n && b)
		s = json_get_str(root, b);
	if (!s.n && c)
		s = json_get_str(root, c);
	return s;
}

static void
read_aud(struct claims *out, const struct json *aud)
{
	const struct json *c;
	struct span s;

	if (json_to_span(aud, &s)) {
		out->aud[out->n_aud++] = s;
	} else if (aud && json_type(aud) == JSON_ARRAY) {
		for (c = json_first(aud); c && out->n_aud < ARRAY_SIZE(out->aud); c = json_next(c))
			if (json_to_span(c, &s))
				out->aud[out->n_aud++] = s;
	}
}

/* The member that holds the scopes, and in which form. */
static const struct json *
scope_member(const struct json *root, enum scope_form *form)
{
	const struct json *j = json_get(root, "scope");

	*form = SCOPE_ABSENT;
	if (j && json_type(j) == JSON_STRING)
		*form = SCOPE_STRING;
	else if (j && json_type(j) == JSON_ARRAY)
		*form = SCOPE_ARRAY;
	if (*form != SCOPE_ABSENT)
		return j;
	j = json_get(root, "scp");
	if (j && json_type(j) == JSON_STRING)
		*form = SCOPE_SCP_STRING;
	else if (j && json_type(j) == JSON_ARRAY)
		*form = SCOPE_SCP_ARRAY;
	return *form == SCOPE_ABSENT ? NULL : j;
}

void
claims_read(struct claims *out, const struct json *root)
{
	const struct json *cnf = json_get(root, "cnf");

	memset(out, 0, sizeof(*out));
	out->root = root;
	out->iss = json_get_str(root, "iss");
	out->sub = json_get_str(root, "sub");
	out->client_id = first_str(root, "client_id", "cid", "appid");
	out->azp = json_get_str(root, "azp");
	out->username = json_get_str(root, "username");
	out->jti = json_get_str(root, "jti");
	out->typ = json_get_str(root, "typ");
	out->token_type = json_get_str(root, "token_type");
	out->token_use = json_get_str(root, "token_use");
	out->sid = first_str(root, "sid", "session_state", NULL);
	out->tid = json_get_str(root, "tid");
	out->gty = json_get_str(root, "gty");
	read_aud(out, json_get(root, "aud"));
	scope_member(root, &out->scope_form);
	out->has_scope = out->scope_form != SCOPE_ABSENT;
	out->exp = read_time(root, "exp");
	if (out->exp.at <= 0 &&
		out->exp.form != NUM_OTHER) /* never, as Keycloak says it of offline tokens */
		out->exp.form = NUM_ABSENT;
	out->nbf = read_time(root, "nbf");
	out->iat = read_time(root, "iat");
	out->auth_time = read_time(root, "auth_time");
	out->jkt = json_get_str(cnf, "jkt");
	out->x5t_s256 = json_get_str(cnf, "x5t#S256");
	out->has_nonce = json_get(root, "nonce") != NULL;
	out->has_at_hash = json_get(root, "at_hash") != NULL;
	out->has_c_hash = json_get(root, "c_hash") != NULL;
}

bool
claims_has_scope(const struct claims *c, const char *word)
{
	enum scope_form form;
	const struct json *j = scope_member(c->root, &form);
	struct span s;

	if (!j)
		return false;
	if (json_to_span(j, &s))
		return span_has_word(s, word);
	for (j = json_first(j); j; j = json_next(j))
		if (json_to_span(j, &s) && span_has_word(s, word))
			return true;
	return false;
}

enum res
claims_scope_text(const struct claims *c, struct buf *out)
{
	enum scope_form form;
	const struct json *j = scope_member(c->root, &form);
	bool first = true;
	struct span s;

	if (!j)
		return out->status;
	if (json_to_span(j, &s))
		return buf_add_span(out, s);
	for (j = json_first(j); j; j = json_next(j)) {
		if (!json_to_span(j, &s))
			continue;
		if (!first)
			buf_putc(out, ' ');
		buf_add_span(out, s);
		first = false;
	}
	return out->status;
}

bool
claims_has_aud(const struct claims *c, struct span aud)
{
	size_t i;

	for (i = 0; i < c->n_aud; i++)
		if (span_eq(c->aud[i], aud))
			return true;
	return false;
}

struct word_set {
	struct span *v; /* borrowed */
	size_t n, room;
};

/* The strings of an array and the blank-separated words of each. */
static void
add_words(struct word_set *w, const struct json *j)
{
	struct span s, word;

	if (!json_to_span(j, &s)) {
		for (j = json_first(j); j; j = json_next(j))
			add_words(w, j);
		return;
	}
	while (span_word(&s, &word)) {
		if (w->n == w->room) {
			w->room = w->room ? 2 * w->room : 16;
			w->v = xreallocarray(w->v, w->room, sizeof(*w->v));
		}
		w->v[w->n++] = word;
	}
}

static int
by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return c ? c : (x->n > y->n) - (x->n < y->n);
}

/* Sorted, for a list is as long as a server likes; each word once. */
static struct word_set
words_of(const struct json *j)
{
	struct word_set w = {NULL, 0, 0};
	size_t n = 0;

	add_words(&w, j);
	if (w.n)
		qsort(w.v, w.n, sizeof(*w.v), by_bytes);
	for (size_t i = 0; i < w.n; i++)
		if (!n || !span_eq(w.v[i], w.v[n - 1]))
			w.v[n++] = w.v[i];
	w.n = n;
	return w;
}

static bool
same_words(const struct json *a, const struct json *b)
{
	struct word_set x = words_of(a), y = words_of(b);
	bool same = x.n == y.n;

	for (size_t i = 0; same && i < x.n; i++)
		same = span_eq(x.v[i], y.v[i]);
	if (!x.n && !y.n) /* no words at all: numbers, say */
		same = json_same(a, b);
	free(x.v);
	free(y.v);
	return same;
}

bool
claim_same(const struct json *a, const struct json *b)
{
	static const char *const times[] = {"exp", "nbf", "iat", "auth_time"};
	static const char *const lists[] = {"aud", "scope", "scp"};
	struct span name = json_name(a);
	int64_t x, y;

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		if (span_is(name, times[i]) && json_to_time(a, &x) != NUM_OTHER &&
			json_to_time(b, &y) != NUM_OTHER)
			return x == y;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (span_is(name, lists[i]))
			return same_words(a, b);
	return json_same(a, b);
}

const char *
claim_meaning(struct span name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(meanings); i++)
		if (span_is(name, meanings[i].name))
			return meanings[i].meaning;
	return NULL;
}
