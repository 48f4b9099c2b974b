#include "engine/keyring.h"

static const struct keyring_ops *injected;

void
keyring_set(const struct keyring_ops *ops)
{
	injected = ops;
}

static enum res
check_name(const char *name, struct err *e)
{
	if (!injected)
		return err_set(e, RES_UNSUPPORTED, "there is no keyring here");
	if (!name || !*name || strlen(name) > KEYRING_NAME_MAX)
		return err_set(e, RES_SYNTAX, "a keyring entry's name has 1 to %d bytes",
			KEYRING_NAME_MAX);
	return RES_OK;
}

enum res
keyring_get(const char *name, struct secret **out, struct err *e)
{
	enum res r = check_name(name, e);
	struct buf value;

	*out = NULL;
	buf_init_wiping(&value, KEYRING_VALUE_MAX);
	if (r == RES_OK)
		r = injected->get(name, &value, e);
	if (r == RES_OK)
		*out = secret_new(span_chomp(buf_span(&value)));
	buf_release(&value);
	return r;
}

enum res
keyring_put(const char *name, struct span value, struct err *e)
{
	enum res r = check_name(name, e);

	return r == RES_OK ? injected->put(name, value, e) : r;
}
