/* inspect: offline diagnosis of what a user sent. */
#include "cli/app.h"

#include "base/file.h"
#include "case/import.h"

/* In the order of --step's words. */
static const enum purpose asked[] = {
	PURPOSE_INTROSPECTION, PURPOSE_USERINFO, PURPOSE_REFRESH, PURPOSE_REVOCATION};

static enum res
prepare(struct app *a, struct err *e)
{
	enum res r = app_pick_profile(a, e);

	if (r != RES_OK)
		return r;
	/* The profile tells issuer and client; its own tokens are not what was sent. */
	profile_set(&a->profile.access_token_file, SPAN_EMPTY);
	profile_set(&a->profile.refresh_token_file, SPAN_EMPTY);
	profile_set(&a->profile.id_token_file, SPAN_EMPTY);
	r = app_start(a, true, e);
	return r == RES_OK ? wizard_use_profile(a->wizard, &a->profile, e) : r;
}

/* What it was taken for, on stderr: stdout has the result alone. */
static void
tell(const struct import *im)
{
	app_tell("taken as %s", im->taken_as);
	for (size_t i = 0; i < im->n_notes; i++)
		app_tell("%s", im->notes[i]);
}

/* A saved case is the case; anything else is evidence for one. */
static enum res
read_text(struct app *a, struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	enum res r;

	if (case_file_is(text))
		return app_load_case(a, text, e);
	r = import_read(im, text, purpose, e);
	if (r != RES_OK)
		return r;
	wizard_mark_walked(a->wizard, import_apply(im, &a->c, a->redactor));
	tell(im);
	return RES_OK;
}

/* The file is named in what cannot be read of it. */
static enum res
read_file(const char *path, struct app *a, struct import *im, enum purpose purpose, struct err *e)
{
	struct err inner = ERR_INIT;
	struct buf text;
	enum res r;

	buf_init_wiping(&text, LIMIT_INPUT_FILE);
	r = file_read(path, &text, e);
	if (r == RES_OK) {
		r = read_text(a, im, buf_span(&text), purpose, &inner);
		if (r != RES_OK) {
			err_set(e, r, "%s: %s", strcmp(path, "-") ? path : "standard input",
				inner.text);
			e->line = inner.line;
		}
	}
	buf_release(&text);
	return r;
}

int
cmd_inspect(const struct options *o)
{
	const char *path = o->n_args ? o->args[0] : "-";
	enum purpose purpose =
		opt_given(o, OPT_STEP) ? asked[opt_choice(o, OPT_STEP)] : PURPOSE_COUNT;
	struct app a;
	struct import im;
	struct err e = ERR_INIT;
	int status;

	app_init(&a, o);
	import_init(&im);
	if (!o->n_args && isatty(STDIN_FILENO))
		fputs("tokentriage: reading from the terminal; end with Ctrl-D\n", stderr);
	if (app_check_output(o, &e) != RES_OK || prepare(&a, &e) != RES_OK ||
		read_file(path, &a, &im, purpose, &e) != RES_OK) {
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
