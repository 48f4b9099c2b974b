#include "wizard/token-store.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "engine/keyring.h"

enum res
token_store_try(enum token_place place, const char *name, struct err *e)
{
	struct err why = ERR_INIT;
	struct stat st;

	if (place == PLACE_UNCHOSEN || place == PLACE_MEMORY)
		return RES_OK;
	if (place == PLACE_KEYRING) {
		struct secret *there;
		enum res r = keyring_get(name, &there, &why);

		secret_unref(there);
		return r == RES_OK || r == RES_NOTFOUND
			? RES_OK
			: err_set(e, r, "the new tokens cannot be kept there: %s", why.text);
	}
	if (!name || !*name)
		return err_set(e, RES_SYNTAX, "a file name is needed for the new tokens");
	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, RES_SYNTAX, "%s is a folder; the new tokens need a file", name);
	if (file_try_private(name, &why) != RES_OK)
		return err_set(e, RES_IO, "the new tokens cannot be written to %s", why.text);
	return RES_OK;
}

enum res
token_store_put(enum token_place place, const char *name, const struct token_response *t,
	int64_t obtained_wall_us, struct err *e)
{
	struct buf text;
	enum res r = RES_OK;

	if (place == PLACE_UNCHOSEN || place == PLACE_MEMORY)
		return RES_OK;
	buf_init_wiping(&text, KEYRING_VALUE_MAX);
	if (token_response_to_json(t, obtained_wall_us, &text) != RES_OK)
		r = err_set(e, RES_LIMIT, "the new tokens are too large to be written");
	else if (place == PLACE_KEYRING)
		r = keyring_put(name, buf_span(&text), e);
	else
		r = file_write_private(name, buf_span(&text), e);
	buf_release(&text);
	return r;
}

enum res
token_store_set_aside(const char *name, char *out, size_t size, struct err *e)
{
	struct stat st;
	struct buf old;
	enum res r;

	*out = '\0';
	if (stat(name, &st) != 0 || !S_ISREG(st.st_mode) || !st.st_size)
		return RES_OK;
	text_format(out, size, "%s.old", name);
	buf_init_wiping(&old, LIMIT_TOKEN * 4);
	r = file_read(name, &old, e);
	if (r == RES_OK)
		r = file_write_private(out, buf_span(&old), e);
	buf_release(&old);
	return r;
}
