/* inspect: offline diagnosis of what a user sent. */
#include "cli/app.h"

#include "case/import.h"

int
cmd_inspect(const struct options *o)
{
	const char *path = o->n_args ? o->args[0] : "-";
	struct app a;
	struct import im;
	struct err e = ERR_INIT;
	int status;

	app_init(&a, o);
	import_init(&im);
	if (!o->n_args && isatty(STDIN_FILENO))
		fputs("tokentriage: reading from the terminal; end with Ctrl-D\n", stderr);
	if (app_check_output(o, &e) != RES_OK || app_ask_secrets(o, &e) != RES_OK ||
		app_start_offline(&a, &e) != RES_OK ||
		app_read_evidence(&a, path, app_asked_purpose(o), &im, &e) != RES_OK) {
		status = app_fail(&e);
	} else {
		wizard_update(a.wizard);
		status = app_report(&a);
		if (status == STATUS_OK)
			status = app_verdict_status(&a);
	}
	app_release(&a);
	import_release(&im);
	return status;
}
