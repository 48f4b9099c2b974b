#include "case/profile.h"

#include "base/mem.h"

const struct profile_key profile_keys[] = {
#define AT(key) offsetof(struct profile, key)
#define P_STR(key, help) {#key, KEY_STR, 0, 0, 0, "", help, AT(key)},
#define P_URL(key, help) {#key, KEY_URL, 0, 0, 0, "", help, AT(key)},
#define P_BOOL(key, dflt, help) {#key, KEY_BOOL, dflt, 0, 1, "", help, AT(key)},
#define P_INT(key, dflt, min, max, unit, help) {#key, KEY_INT, dflt, min, max, unit, help, AT(key)},
#define P_LIST(key, help) {#key, KEY_LIST, 0, 0, 0, "", help, AT(key)},
#define P_SECRET(key, help) {#key, KEY_SECRET, 0, 0, 0, "", help, AT(key)},
#define P_TOKEN(key, help) {#key, KEY_TOKEN, 0, 0, 0, "", help, AT(key##_file)},
#include "case/profile.def"
#undef P_STR
#undef P_URL
#undef P_BOOL
#undef P_INT
#undef P_LIST
#undef P_SECRET
#undef P_TOKEN
#undef AT
};
const size_t profile_key_count = ARRAY_SIZE(profile_keys);

void
profile_init(struct profile *p)
{
	memset(p, 0, sizeof(*p));
#define P_STR(key, help)
#define P_URL(key, help)
#define P_BOOL(key, dflt, help) p->key = dflt;
#define P_INT(key, dflt, min, max, unit, help) p->key = dflt;
#define P_LIST(key, help)
#define P_SECRET(key, help)
#define P_TOKEN(key, help)
#include "case/profile.def"
#undef P_STR
#undef P_URL
#undef P_BOOL
#undef P_INT
#undef P_LIST
#undef P_SECRET
#undef P_TOKEN
}

/* A header may hold a key. */
static void
str_list_release(struct str_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		wipe(l->v[i], strlen(l->v[i]));
		free(l->v[i]);
	}
	free(l->v);
	l->v = NULL;
	l->n = 0;
}

void
str_list_add(struct str_list *l, struct span v)
{
	l->v = xreallocarray(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = span_dup(v);
}

void
profile_release(struct profile *p)
{
#define P_STR(key, help) free(p->key);
#define P_URL(key, help) free(p->key);
#define P_BOOL(key, dflt, help)
#define P_INT(key, dflt, min, max, unit, help)
#define P_LIST(key, help) str_list_release(&p->key);
#define P_SECRET(key, help)                                                                        \
	secret_unref(p->key);                                                                      \
	free(p->key##_source);
#define P_TOKEN(key, help) free(p->key##_file);
#include "case/profile.def"
#undef P_STR
#undef P_URL
#undef P_BOOL
#undef P_INT
#undef P_LIST
#undef P_SECRET
#undef P_TOKEN
	memset(p, 0, sizeof(*p));
}

static char *
dup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void
profile_copy(struct profile *dst, const struct profile *src)
{
	profile_release(dst);
#define P_STR(key, help) dst->key = dup_or_null(src->key);
#define P_URL(key, help) dst->key = dup_or_null(src->key);
#define P_BOOL(key, dflt, help) dst->key = src->key;
#define P_INT(key, dflt, min, max, unit, help) dst->key = src->key;
#define P_LIST(key, help)                                                                          \
	for (size_t i = 0; i < src->key.n; i++)                                                    \
		str_list_add(&dst->key, span_of(src->key.v[i]));
#define P_SECRET(key, help)                                                                        \
	dst->key = secret_ref(src->key);                                                           \
	dst->key##_source = dup_or_null(src->key##_source);
#define P_TOKEN(key, help) dst->key##_file = dup_or_null(src->key##_file);
#include "case/profile.def"
#undef P_STR
#undef P_URL
#undef P_BOOL
#undef P_INT
#undef P_LIST
#undef P_SECRET
#undef P_TOKEN
}

const char *const secret_forms[SECRET_FORMS] = {"env", "file", "command", "keyring"};

void
profile_set(char **member, struct span v)
{
	char *old = *member;

	/* v may lie within the old value */
	*member = v.n ? span_dup(v) : NULL;
	free(old);
}

struct span
profile_endpoint(const struct profile *p, enum endpoint e)
{
	const char *url = NULL;

	switch (e) {
	case EP_INTROSPECTION:
		url = p->introspection_endpoint;
		break;
	case EP_TOKEN:
		url = p->token_endpoint;
		break;
	case EP_USERINFO:
		url = p->userinfo_endpoint;
		break;
	case EP_REVOCATION:
		url = p->revocation_endpoint;
		break;
	case EP_JWKS:
		url = p->jwks_uri;
		break;
	case EP_AUTHORIZATION:
		url = p->authorization_endpoint;
		break;
	case EP_DEVICE:
		url = p->device_authorization_endpoint;
		break;
	case EP_PAR:
		url = p->pushed_authorization_request_endpoint;
		break;
	case EP_END_SESSION:
		url = p->end_session_endpoint;
		break;
	case EP_COUNT:
		break;
	}
	return span_of(url);
}
