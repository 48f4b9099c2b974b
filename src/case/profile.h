/* A profile: what is configured of one authorization server, client and user. */
#ifndef TT_CASE_PROFILE_H
#define TT_CASE_PROFILE_H

#include "base/secret.h"
#include "oauth/clientauth.h"
#include "oauth/metadata.h"

struct str_list {
	char **v;
	size_t n;
};

struct profile {
#define P_STR(key, help) char *key;
#define P_URL(key, help) char *key;
#define P_BOOL(key, dflt, help) bool key;
#define P_INT(key, dflt, min, max, unit, help) int key;
#define P_LIST(key, help) struct str_list key;
#define P_SECRET(key, help) struct secret *key; char *key##_source; /* "env ACME_SECRET" */
#define P_TOKEN(key, help) char *key##_file;
#include "case/profile.def"
#undef P_STR
#undef P_URL
#undef P_BOOL
#undef P_INT
#undef P_LIST
#undef P_SECRET
#undef P_TOKEN
};

/* The kinds of a key's value. */
enum key_kind { KEY_STR, KEY_URL, KEY_BOOL, KEY_INT, KEY_LIST, KEY_SECRET, KEY_TOKEN };
struct profile_key {
	/* KEY_SECRET: …_env, _file, _command, _keyring; KEY_TOKEN: …_file in the configuration */
	const char *name;
	enum key_kind kind;
	int dflt, min, max; /* KEY_INT, KEY_BOOL */
	const char *unit, *help;
	/*
	 * offsetof in struct profile (char *, bool, int, str_list; secret *, its char *…_source
	 * follows)
	 */
	size_t at;
};
extern const struct profile_key profile_keys[];
extern const size_t profile_key_count;

void profile_init(struct profile *p); /* the defaults of the table */
void profile_release(struct profile *p);
void profile_copy(struct profile *dst, const struct profile *src);
/* Replaces a string member. */
void profile_set(char **member, struct span v);
void str_list_add(struct str_list *l, struct span v);
/* The endpoint as configured, or the empty span. */
struct span profile_endpoint(const struct profile *p, enum endpoint e);

/* Where a secret can come from: a key is NAME_env …, a source "env VALUE". */
enum { SECRET_FORMS = 4 };
extern const char *const secret_forms[SECRET_FORMS];

#endif
