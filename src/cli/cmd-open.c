/* open: a saved case or a recording in the wizard, offline, read-only. */
#include "cli/open.h"

#include <libgen.h>

#include "base/mem.h"
#include "base/text.h"
#include "case/import.h"
#include "cli/autosave.h"
#include "cli/recent.h"
#include "cli/screen.h"

/* The case is there before the first frame: what is wrong with the file needs no screen. */
static bool
prepare(void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	return true;
}

static enum res
check_usage(const struct options *o, const char *path, struct err *e)
{
	if (!path)
		return err_set(e, RES_SYNTAX,
			"open needs a file, a saved case or a HAR file: no run of the wizard has "
			"left one behind");
	if (!strcmp(path, "-"))
		return err_set(e, RES_UNSUPPORTED,
			"a case cannot come from stdin (-) here: the wizard's keys do; "
			"'tokentriage inspect -' reads it");
	if (!screen_wanted(o))
		return err_set(e, RES_UNSUPPORTED,
			"open shows the case in the wizard, which needs a terminal; without one, "
			"'tokentriage inspect %s' prints the report",
			path);
	return RES_OK;
}

static int
show(struct app *a, const char *path)
{
	struct screen s = {.app = a, .ctx = a, .prepare = prepare};
	char *copy = xstrdup(path), title[80];
	int status;

	text_format(title, sizeof(title), "%s, read-only", basename(copy));
	free(copy);
	s.title = title;
	wizard_update(a->wizard);
	status = screen_run(&s);
	return status;
}

bool
open_show(const struct options *o, const char *path, int *status, struct err *e)
{
	struct app a;
	struct import im;
	bool read;

	app_init(&a, o);
	import_init(&im);
	a.on_screen = true;
	read = app_start_offline(&a, e) == RES_OK &&
		app_read_evidence(&a, path, app_asked_purpose(o), &im, e) == RES_OK;
	if (read) {
		recent_note(&a, path, RECENT_OPENED);
		*status = show(&a, path);
		if (*status == STATUS_OK)
			autosave_seen(path);
	}
	app_release(&a);
	import_release(&im);
	return read;
}

int
cmd_open(const struct options *o)
{
	struct err e = ERR_INIT;
	/* without a name: what a wizard that did not end has left behind */
	char *path = o->n_args ? autosave_path(o->args[0]) : autosave_newest();
	int status;

	if (check_usage(o, path, &e) != RES_OK)
		status = app_usage(CMD_OPEN, &e);
	else if (!open_show(o, path, &status, &e))
		status = app_fail(&e);
	free(path);
	return status;
}
