/*
 * The desktop's keyring (Secret Service API), behind a small vtable.  libsecret is in a module of
 * its own, which only a child process loads: GLib's threads and bus connections stay out of this
 * one, and a prompt to unlock that nobody answers ends with its time.
 */
#ifndef TT_ENGINE_KEYRING_H
#define TT_ENGINE_KEYRING_H

#include "base/buf.h"
#include "base/limits.h"
#include "base/secret.h"

enum {
	KEYRING_MODULE_ABI = 1,
	KEYRING_NAME_MAX = 200,
	KEYRING_VALUE_MAX = 4 * LIMIT_TOKEN, /* bytes: a token response with its three tokens */
};

/*
 * An entry is found by its attributes service=tokentriage and name=NAME, whatever program made it.
 */
struct keyring_ops {
	/* Appends the value to out (wiping).  RES_NOTFOUND: there is no such entry. */
	enum res (*get)(const char *name, struct buf *out, struct err *e);
	/* Makes the entry, or puts the value over the one that is there.  RES_OK: the service has
	 * it. */
	enum res (*put)(const char *name, struct span value, struct err *e);
};

/* What the module keyring.so exports as "tokentriage_keyring". */
struct keyring_module {
	int abi;
	const struct keyring_ops *ops;
};

/* Injected by main; before that, and in tests without one, there is none (RES_UNSUPPORTED). */
void keyring_set(const struct keyring_ops *ops);
/*
 * *out is the caller's; the line end that secret-tool(1) was piped is not part of it.  Waits for
 * the service, and for the user who has to unlock it.
 */
enum res keyring_get(const char *name, struct secret **out, struct err *e) MUST_USE;
enum res keyring_put(const char *name, struct span value, struct err *e) MUST_USE;

#endif
