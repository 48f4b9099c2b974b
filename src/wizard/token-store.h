/*
 * Where new tokens are kept: nowhere but in memory unless the user chose a place.  What is put
 * there is whole and on the disk (file and folder fsynced, mode 0600) before the call returns, so
 * that it comes before every use.
 */
#ifndef TT_WIZARD_TOKEN_STORE_H
#define TT_WIZARD_TOKEN_STORE_H

#include "case/case.h"

enum token_place { PLACE_UNCHOSEN, PLACE_MEMORY, PLACE_FILE, PLACE_KEYRING };

/*
 * Can tokens be put there?  Tried without a trace.  name: the file's path, the keyring entry's
 * name; else NULL.
 */
enum res token_store_try(enum token_place place, const char *name, struct err *e) MUST_USE;
/*
 * The token response as the one JSON object of --tokens-out (RFC 6749 §5.1 and obtained_at), over
 * what was there: either the old or the whole new one can be read at any time.  Nothing is done for
 * UNCHOSEN and MEMORY.
 */
enum res token_store_put(enum token_place place, const char *name, const struct token_response *t,
	int64_t obtained_wall_us, struct err *e) MUST_USE;

/*
 * What the file holds goes to NAME.old (mode 0600, over what was there), for who logs in anew.
 * out: that name, or "" where there was nothing.
 */
enum res token_store_set_aside(const char *name, char *out, size_t size, struct err *e) MUST_USE;

#endif
