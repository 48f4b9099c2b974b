/* The module keyring.so: libsecret.  Runs in a child process of the program's; may wait for a
 * prompt. */
#include "engine/keyring.h"

#include <libsecret/secret.h>

#include "base/text.h"

static enum res
failed(struct err *e, GError *why)
{
	enum res r = err_set(e, RES_IO, "the keyring does not answer: %s",
		why ? why->message : "no reason given");

	g_clear_error(&why);
	return r;
}

static GHashTable *
attributes_of(const char *name)
{
	GHashTable *t = g_hash_table_new(g_str_hash, g_str_equal);

	g_hash_table_insert(t, (gpointer) "service", (gpointer) "tokentriage");
	g_hash_table_insert(t, (gpointer) "name", (gpointer)(uintptr_t)name);
	return t;
}

/*
 * By the attributes alone: one that secret-tool(1) made has no schema of ours.  Of several the
 * newest, so that what was put is what is got.  NULL without why: there is none.
 */
static SecretItem *
find(GHashTable *attributes, GError **why)
{
	GList *all = secret_service_search_sync(NULL, NULL, attributes,
		SECRET_SEARCH_ALL | SECRET_SEARCH_UNLOCK | SECRET_SEARCH_LOAD_SECRETS, NULL, why);
	SecretItem *newest = NULL;

	for (GList *at = all; at; at = at->next) {
		SecretItem *item = SECRET_ITEM(at->data);

		if (!newest || secret_item_get_modified(item) > secret_item_get_modified(newest))
			newest = item;
	}
	if (newest)
		g_object_ref(newest);
	g_list_free_full(all, g_object_unref);
	return newest;
}

static enum res
get(const char *name, struct buf *out, struct err *e)
{
	GHashTable *attributes = attributes_of(name);
	GError *why = NULL;
	SecretItem *item = find(attributes, &why);
	SecretValue *value = item ? secret_item_get_secret(item) : NULL;
	enum res r = RES_OK;

	if (value) {
		gsize n;
		const gchar *p = secret_value_get(value, &n);

		r = buf_add(out, p, n);
		secret_value_unref(value);
	} else if (why) {
		r = failed(e, why);
	} else {
		r = item ? err_set(e, RES_IO, "the keyring is locked")
			 : err_set(e, RES_NOTFOUND, "the keyring has no entry \"%s\"", name);
	}
	g_clear_object(&item);
	g_hash_table_unref(attributes);
	return r;
}

static enum res
put(const char *name, struct span value, struct err *e)
{
	GHashTable *attributes = attributes_of(name);
	SecretValue *secret = secret_value_new(value.p, (gssize)value.n, "text/plain");
	GError *why = NULL;
	SecretItem *item = find(attributes, &why);
	char label[KEYRING_NAME_MAX + 32];
	gboolean ok = FALSE;

	text_format(label, sizeof label, "tokentriage: %s", name);
	if (item)
		ok = secret_item_set_secret_sync(item, secret, NULL, &why);
	else if (!why)
		ok = secret_service_store_sync(NULL, NULL, attributes, SECRET_COLLECTION_DEFAULT,
			label, secret, NULL, &why);
	secret_value_unref(secret);
	g_clear_object(&item);
	g_hash_table_unref(attributes);
	return ok ? RES_OK : failed(e, why);
}

static const struct keyring_ops ops = {get, put};

/* The one symbol the program looks up. */
extern const struct keyring_module tokentriage_keyring;

__attribute__((visibility("default"))) const struct keyring_module tokentriage_keyring = {
	.abi = KEYRING_MODULE_ABI,
	.ops = &ops,
};
