/* What the commands print, and how it may look. */
#include "cli/app.h"

#include <errno.h>
#include <langinfo.h>

#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"
#include "cli/modules.h"

static void
to_stderr(const char *kind, const char *text)
{
	struct buf out;

	buf_init(&out, 4096);
	buf_printf(&out, "tokentriage: %s", kind);
	text_safe(&out, span_of(text));
	buf_putc(&out, '\n');
	fflush(stdout);
	fwrite(out.p, 1, out.len, stderr);
	buf_release(&out);
}

static char failed[LIMIT_MESSAGE]; /* what app_fail() said last */

int
app_fail(const struct err *e)
{
	const char *words = *e->text ? e->text : res_name(e->code);

	text_safe_into(failed, sizeof(failed), span_of(words));
	to_stderr("", words);
	return STATUS_USAGE;
}

void
app_forget_failure(void)
{
	*failed = '\0';
}

int
app_plugin_status(int status)
{
	if (!*failed) /* stdout that takes nothing: there is no line, and 4 is no plugin's status */
		return status == STATUS_INTERNAL ? 3 : status;
	for (char *p = failed; *p; p++)
		if (*p == '|') /* behind it a plugin's numbers begin */
			*p = '/';
	printf("TOKENTRIAGE UNKNOWN - %s\n", failed);
	return 3;
}

int
app_usage(enum command c, const struct err *e)
{
	char hint[80];

	app_fail(e);
	snprintf(hint, sizeof(hint), "try '%s --help'", command_title(c));
	to_stderr("", hint);
	return STATUS_USAGE;
}

void
app_warn(const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	to_stderr("warning: ", text);
}

void
app_tell(const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	to_stderr("", text);
}

int
app_print(struct span text)
{
	struct err e = ERR_INIT;

	if (fwrite(text.p, 1, text.n, stdout) == text.n && !fflush(stdout))
		return STATUS_OK;
	err_errno(&e, "cannot write to stdout");
	to_stderr("", e.text);
	return STATUS_INTERNAL;
}

bool
app_color(const struct options *o, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (opt_given(o, OPT_COLOR) && opt_choice(o, OPT_COLOR) != 1)
		return opt_choice(o, OPT_COLOR) == 0;
	return isatty(fd) && !(no && *no) && term && *term && strcmp(term, "dumb");
}

bool
app_ascii(const struct options *o)
{
	return opt_given(o, OPT_ASCII) || strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* Neither ideographs nor umlauts can be drawn in ASCII: it is English then. */
void
app_speak(const struct app *a)
{
	char *build, *beside;

	if (app_ascii(a->opt) || a->conf.ui.ascii)
		return;
	build = modules_build_folder();
	beside = build ? path_join(build, "po") : NULL;
	(void)tr_open(beside ? beside : LOCALEDIR);
	free(beside);
	free(build);
}
