#include "base/err.h"

#include <errno.h>
#include <stdarg.h>

#include "base/text.h"

enum { DIE_MAX = 8, RAW_MAX = 1024 };

static void (*restore_fns[DIE_MAX])(void);

static void
err_put(struct err *e, enum res code, const char *raw)
{
	e->code = code;
	e->offset = 0;
	e->line = 0;
	text_safe_into(e->text, sizeof e->text, span_of(raw));
}

enum res
err_set(struct err *e, enum res code, const char *fmt, ...)
{
	char raw[RAW_MAX]; /* apart from e, whose own text may be an argument */
	int saved = errno;
	va_list ap;

	if (e == NULL)
		return code;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	err_put(e, code, raw);
	errno = saved;
	return code;
}

/* In English whatever the interface speaks: errors are logged, too. */
static const char *
errno_words(char out[128])
{
#ifdef HAVE_STRERRORDESC_NP
	const char *words = strerrordesc_np(errno);

	snprintf(out, 128, "%s", words ? words : "unknown error");
#else
	snprintf(out, 128, "%m");
#endif
	return out;
}

enum res
err_errno(struct err *e, const char *fmt, ...)
{
	char raw[RAW_MAX], words[128];
	int saved = errno, n;
	va_list ap;

	if (e == NULL)
		return RES_IO;
	va_start(ap, fmt);
	n = vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof raw) {
		errno = saved;
		snprintf(raw + n, sizeof raw - (size_t)n, ": %s", errno_words(words));
	}
	err_put(e, RES_IO, raw);
	errno = saved;
	return RES_IO;
}

const char *
res_name(enum res r)
{
	switch (r) {
	case RES_OK:
		return "ok";
	case RES_NOMEM:
		return "out of memory";
	case RES_LIMIT:
		return "limit";
	case RES_SYNTAX:
		return "syntax";
	case RES_RANGE:
		return "range";
	case RES_IO:
		return "io";
	case RES_NOTFOUND:
		return "not found";
	case RES_CANCELLED:
		return "cancelled";
	case RES_UNSUPPORTED:
		return "unsupported";
	case RES_REFUSED:
		return "refused";
	}
	return "?";
}

void
die_register(void (*fn)(void))
{
	for (int i = 0; i < DIE_MAX; i++)
		if (restore_fns[i] == fn)
			return;
	for (int i = 0; i < DIE_MAX; i++) {
		/* Behind the newest: a slot is free only if all later ones are. */
		bool last = true;

		for (int j = i; j < DIE_MAX; j++)
			last = last && restore_fns[j] == NULL;
		if (last) {
			__atomic_store_n(&restore_fns[i], fn, __ATOMIC_SEQ_CST);
			return;
		}
	}
	die("too many restore functions");
}

void
die_restore(void)
{
	/* Taken out before it is called: a crash inside one does not run it again. */
	for (int i = DIE_MAX - 1; i >= 0; i--) {
		void (*fn)(void) = __atomic_exchange_n(&restore_fns[i], NULL, __ATOMIC_SEQ_CST);

		if (fn != NULL)
			fn();
	}
}

void
die(const char *fmt, ...)
{
	char raw[RAW_MAX], line[RAW_MAX];
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	die_restore();
	memcpy(line, "tokentriage: ", 13);
	text_safe_into(line + 13, sizeof line - 14, span_of(raw));
	n = strlen(line);
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0)
		_exit(4);
	_exit(4);
}
