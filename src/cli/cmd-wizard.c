/* The wizard: the program without a command. */
#include "cli/app.h"

#include "cli/screen.h"

bool
screen_wanted(const struct options *o)
{
	(void)o;
	return false;
}

int
screen_run(struct app *a, const struct scenario *scenario)
{
	(void)a;
	(void)scenario;
	return STATUS_INTERNAL;
}

int
cmd_wizard(const struct options *o)
{
	struct err e = ERR_INIT;

	(void)o;
	err_set(&e, RES_UNSUPPORTED, "the wizard needs a terminal; without one, 'tokentriage check' walks the same "
		"steps and prints a report");
	return app_usage(CMD_CHECK, &e);
}
