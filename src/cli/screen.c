#include "cli/screen.h"

#include "cli/line.h"

/* A terminal that can only print lines. */
static bool
is_plain(const struct options *o)
{
	const char *term = getenv("TERM");

	return opt_given(o, OPT_PLAIN) || !term || !*term || !strcmp(term, "dumb");
}

bool
screen_wanted(const struct options *o)
{
	if (opt_given(o, OPT_FORMAT) || opt_given(o, OPT_OUTPUT))
		return false;
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int
screen_run(struct screen *s)
{
	struct err e = ERR_INIT;

	(void)is_plain;
	if (!s->prepare(s->ctx, &e))
		return app_fail(&e);
	return line_wizard(s->app, stdin, stdout);
}
