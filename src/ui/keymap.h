/* Actions, the keys that bring them, and the words for both: one table (actions.def). */
#ifndef TT_UI_KEYMAP_H
#define TT_UI_KEYMAP_H

#include "ui/keys.h"

enum action {
	ACT_NONE,
#define ACTION(sym, id, context, keys, hint, help) ACT_##sym,
#include "ui/actions.def"
#undef ACTION
	ACT_COUNT
};

/*
 * Where a key is looked up.  ANY is always active.  A list screen has LIST and GLOBAL, a login
 * flow's LOGIN, too; a form (text being typed, a question with choices) has FORM, the command line
 * COMMAND.  TEXT comes with these two, and printable keys that it does not name are text.
 */
enum key_context {
	CONTEXT_ANY = 1,
	CONTEXT_GLOBAL = 2,
	CONTEXT_LIST = 4,
	CONTEXT_FORM = 8,
	CONTEXT_LOGIN = 16,
	CONTEXT_COMMAND = 32,
	CONTEXT_TEXT = 64
};

struct action_info {
	const char *id, *keys, *hint, *help;
	enum key_context context;
};
extern const struct action_info action_infos[ACT_COUNT]; /* [ACT_NONE] is empty */
/* For the footer, in the interface's language. */
const char *action_hint(enum action a);
bool action_find(struct span id, enum action *out);

enum { KEYS_PER_ACTION = 6 };

struct keymap {
	struct key keys[ACT_COUNT][KEYS_PER_ACTION]; /* code 0 ends */
};

/* The defaults of the table. */
void keymap_init(struct keymap *m);
/*
 * Replaces the keys of an action (configuration's `keys`: list of names).  RES_NOTFOUND: no such
 * action; RES_SYNTAX: no such key, named in e; nothing is changed then.
 */
enum res keymap_set(struct keymap *m, struct span action, const struct span *names, size_t n,
	struct err *e) MUST_USE;
/*
 * Two actions of contexts that can be active together must not share a key: RES_REFUSED names them,
 * and both (may be NULL) are them.
 */
enum res keymap_check(const struct keymap *m, enum action both[2], struct err *e) MUST_USE;
/* contexts: enum key_context bits. */
enum action keymap_lookup(const struct keymap *m, unsigned contexts, struct key k);
/* "Up k": all keys of an action; "" if it has none. */
char *keymap_names(const struct keymap *m, enum action a, char *out, size_t size);
/* The first key alone: for the footer. */
char *keymap_name(const struct keymap *m, enum action a, char *out, size_t size);

#endif
