#include "ui/keymap.h"

#include "base/tr.h"

const struct action_info action_infos[ACT_COUNT] = {
	[ACT_NONE] = {"", "", "", "", CONTEXT_ANY},
#define ACTION(sym, id, context, keys, hint, help) \
	[ACT_##sym] = {id, keys, hint, help, CONTEXT_##context},
#include "ui/actions.def"
#undef ACTION
};

const char *
action_hint(enum action a)
{
	return C_("hint", action_infos[a].hint);
}

bool
action_find(struct span id, enum action *out)
{
	for (int i = 1; i < ACT_COUNT; i++) {
		if (span_is(id, action_infos[i].id)) {
			*out = (enum action)i;
			return true;
		}
	}
	return false;
}

void
keymap_init(struct keymap *m)
{
	memset(m, 0, sizeof(*m));
	for (int i = 1; i < ACT_COUNT; i++) {
		struct span rest = span_of(action_infos[i].keys), word;
		size_t n = 0;

		while (n < KEYS_PER_ACTION && span_word(&rest, &word)) {
			if (key_parse(word, &m->keys[i][n]))
				n++;
		}
	}
}

enum res
keymap_set(struct keymap *m, struct span action, const struct span *names, size_t n, struct err *e)
{
	struct key keys[KEYS_PER_ACTION] = {{0, 0}};
	enum action a;

	if (!action_find(action, &a))
		return err_set(e, RES_NOTFOUND, "there is no action \"%.*s\"", SPAN_ARG(action));
	if (n > KEYS_PER_ACTION)
		return err_set(
			e, RES_SYNTAX, "%.*s: at most %d keys", SPAN_ARG(action), KEYS_PER_ACTION);
	for (size_t i = 0; i < n; i++) {
		if (!key_parse(names[i], &keys[i]))
			return err_set(e, RES_SYNTAX, "%.*s: there is no key \"%.*s\"",
				SPAN_ARG(action), SPAN_ARG(names[i]));
	}
	memcpy(m->keys[a], keys, sizeof(keys));
	return RES_OK;
}

static bool
together(enum key_context a, enum key_context b)
{
	static const unsigned groups[] = {CONTEXT_GLOBAL | CONTEXT_LIST | CONTEXT_LOGIN,
		CONTEXT_FORM | CONTEXT_TEXT, CONTEXT_COMMAND | CONTEXT_TEXT};

	if (a == CONTEXT_ANY || b == CONTEXT_ANY)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (groups[i] & a && groups[i] & b)
			return true;
	return false;
}

static const struct key *
shared_key(const struct keymap *m, int a, int b)
{
	for (int i = 0; i < KEYS_PER_ACTION && m->keys[a][i].code; i++) {
		for (int k = 0; k < KEYS_PER_ACTION && m->keys[b][k].code; k++) {
			if (key_eq(m->keys[a][i], m->keys[b][k]))
				return &m->keys[a][i];
		}
	}
	return NULL;
}

enum res
keymap_check(const struct keymap *m, enum action both[2], struct err *e)
{
	for (int a = 1; a < ACT_COUNT; a++) {
		for (int b = a + 1; b < ACT_COUNT; b++) {
			const struct key *k;
			char name[32];

			if (!together(action_infos[a].context, action_infos[b].context))
				continue;
			k = shared_key(m, a, b);
			if (k && both) {
				both[0] = (enum action)a;
				both[1] = (enum action)b;
			}
			if (k)
				return err_set(e, RES_REFUSED,
					"the key %s is given to both %s and %s",
					key_name(*k, name, sizeof(name)), action_infos[a].id,
					action_infos[b].id);
		}
	}
	return RES_OK;
}

enum action
keymap_lookup(const struct keymap *m, unsigned contexts, struct key k)
{
	contexts |= CONTEXT_ANY;
	if (contexts & (CONTEXT_FORM | CONTEXT_COMMAND))
		contexts |= CONTEXT_TEXT;
	for (int a = 1; a < ACT_COUNT; a++) {
		if (!(contexts & action_infos[a].context))
			continue;
		for (int i = 0; i < KEYS_PER_ACTION && m->keys[a][i].code; i++) {
			if (key_eq(m->keys[a][i], k))
				return (enum action)a;
		}
	}
	return ACT_NONE;
}

char *
keymap_names(const struct keymap *m, enum action a, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (int i = 0; i < KEYS_PER_ACTION && m->keys[a][i].code && at < size; i++) {
		char name[32];
		int n = snprintf(out + at, size - at, "%s%s", i ? " " : "",
			key_name(m->keys[a][i], name, sizeof(name)));

		at += n > 0 ? (size_t)n : 0;
	}
	return out;
}

char *
keymap_name(const struct keymap *m, enum action a, char *out, size_t size)
{
	out[0] = '\0';
	if (m->keys[a][0].code)
		key_name(m->keys[a][0], out, size);
	return out;
}
