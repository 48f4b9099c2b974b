/*
 * Results.  `enum res` says what happened to a call; `struct err` is the caller's place for
 * the words.  A diagnosis ("issuer mismatch") is never an error: err is for "could not do it".
 */
#ifndef TT_BASE_ERR_H
#define TT_BASE_ERR_H

#include "base/attr.h"

enum res {
	RES_OK,
	RES_NOMEM,
	RES_LIMIT,       /* a named limit (limits.h) was reached */
	RES_SYNTAX,      /* the input is not what it should be */
	RES_RANGE,       /* a well-formed value outside what is allowed */
	RES_IO,          /* the system said no; err carries errno's text */
	RES_NOTFOUND,
	RES_CANCELLED,
	RES_UNSUPPORTED,
	RES_REFUSED,     /* our own rule forbids it (say, a credential to a foreign host) */
};

enum { ERR_TEXT_MAX = 240 };

struct err {
	enum res code;
	size_t offset; /* bytes into the input, where that means something */
	int line;      /* 1-based; 0: none */
	char text[ERR_TEXT_MAX]; /* sanitised, printable, never a secret */
};

#define ERR_INIT {RES_OK, 0, 0, ""}

/* Sets *e (e may be NULL) and returns code; the text is sanitised here.  errno is kept. */
enum res err_set(struct err *e, enum res code, const char *fmt, ...) PRINTF(3, 4);
/* The same, with ": " and the text of errno behind it; the code is RES_IO. */
enum res err_errno(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* "ok", "limit", … for logs. */
const char *res_name(enum res r);

/*
 * The one way to give up (out of memory, broken invariant): runs the registered restore
 * functions (terminal, wipe), newest first, each once, prints "tokentriage: TEXT" to stderr
 * and ends with status 4.
 */
void die(const char *fmt, ...) NORETURN PRINTF(1, 2);
/* At most 8; fn must be safe to call in a signal handler. */
void die_register(void (*fn)(void));
/* Runs the restore functions without ending (fatal signal handlers). */
void die_restore(void);

#endif
