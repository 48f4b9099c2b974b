/* The report, and what is written beside it, where the options say. */
#include "cli/app.h"

#include <libgen.h>

#include "base/file.h"
#include "base/mem.h"

static enum res
check_folder(const struct options *o, enum opt id, struct err *e)
{
	const char *path = opt_str(o, id);
	char *copy;
	enum res r = RES_OK;

	if (!path)
		return RES_OK;
	copy = xstrdup(path);
	if (access(dirname(copy), W_OK))
		r = err_errno(e, "--%s %s", option_rows[id].name, path);
	free(copy);
	return r;
}

enum res
app_check_output(const struct options *o, struct err *e)
{
	static const enum opt outputs[] = {OPT_OUTPUT, OPT_SAVE, OPT_HAR};
	enum res r = RES_OK;

	if (opt_given(o, OPT_SAVE) && opt_given(o, OPT_CLAIMS) && opt_choice(o, OPT_CLAIMS) != 0)
		r = err_set(e, RES_UNSUPPORTED,
			"--save keeps the claims, without which a case is not the same case; "
			"--claims is for reports");
	if (r == RES_OK && (opt_given(o, OPT_WARNING) || opt_given(o, OPT_CRITICAL)) &&
		opt_choice(o, OPT_FORMAT) != REPORT_NAGIOS)
		r = err_set(e, RES_UNSUPPORTED, "--warning and --critical are for --format nagios");
	for (size_t i = 0; r == RES_OK && i < ARRAY_SIZE(outputs); i++)
		r = check_folder(o, outputs[i], e);
	return r;
}

struct report_input
app_report_input(const struct app *a)
{
	const struct options *o = a->opt;

	return (struct report_input){
		.w = a->wizard,
		.version = PACKAGE_VERSION,
		.created_s = clock_wall_s(&clock_system),
		.claims = opt_given(o, OPT_CLAIMS) ? (enum claims_mode)opt_choice(o, OPT_CLAIMS)
						   : CLAIMS_KEEP,
		.redactor = a->redactor,
		.warning_s = opt_int(o, OPT_WARNING),
		.critical_s = opt_int(o, OPT_CRITICAL),
	};
}

enum res
app_write_report(const struct app *a, enum report_format form, const char *path, struct err *e)
{
	struct report_input in = app_report_input(a);
	struct buf out;
	enum res r;

	buf_init_wiping(&out, LIMIT_REPORT);
	r = report_write(&in, form, &out);
	if (r != RES_OK)
		err_set(e, r, "the report is larger than %d MiB", LIMIT_REPORT >> 20);
	else
		r = file_write(path, buf_span(&out), e);
	buf_release(&out);
	return r;
}

static int
said(enum res r, const struct err *e)
{
	if (r == RES_OK)
		return STATUS_OK;
	app_fail(e);
	return STATUS_INTERNAL;
}

/* Each is tried: one that cannot be written costs none of the others. */
int
app_write_beside(struct app *a)
{
	struct err har = ERR_INIT, saved = ERR_INIT;
	int status = STATUS_OK;

	if (opt_given(a->opt, OPT_HAR))
		status = said(app_write_report(a, REPORT_HAR, opt_str(a->opt, OPT_HAR), &har),
			&har);
	if (said(app_save_case(a, &saved), &saved) != STATUS_OK)
		status = STATUS_INTERNAL;
	return status;
}

/* The files come first: whoever read the report may be gone. */
int
app_report(struct app *a)
{
	const struct options *o = a->opt;
	const char *path = opt_str(o, OPT_OUTPUT);
	struct report_input in = app_report_input(a);
	int beside = app_write_beside(a), status;
	struct err e = ERR_INIT;
	struct buf out;

	in.ascii = path ? opt_given(o, OPT_ASCII) : app_ascii(o);
	in.color = path ? opt_given(o, OPT_COLOR) && !opt_choice(o, OPT_COLOR)
			: app_color(o, STDOUT_FILENO);
	in.show_secrets = opt_given(o, OPT_SHOW_SECRETS);
	buf_init_wiping(&out, LIMIT_REPORT);
	if (report_write(&in, (enum report_format)opt_choice(o, OPT_FORMAT), &out) != RES_OK) {
		err_set(&e, RES_LIMIT, "the report is larger than %d MiB", LIMIT_REPORT >> 20);
		status = said(RES_LIMIT, &e);
	} else if (path) {
		status = said(file_write(path, buf_span(&out), &e), &e);
	} else {
		status = app_print(buf_span(&out));
	}
	buf_release(&out);
	if (status == STATUS_OK && !path && opt_choice(o, OPT_FORMAT) == REPORT_NAGIOS) {
		/* its one line is out and is about the token; what failed beside it, stderr says */
		app_forget_failure();
		return STATUS_OK;
	}
	return status == STATUS_OK ? beside : status;
}

int
app_verdict_status(const struct app *a)
{
	const struct diagnosis *d = wizard_diagnosis(a->wizard);
	struct report_input in = app_report_input(a);

	if (opt_choice(a->opt, OPT_FORMAT) == REPORT_NAGIOS)
		return report_nagios_status(&in);
	switch (d->verdict.state) {
	case STATE_OK:
	case STATE_WARNING:
		return STATUS_OK;
	case STATE_PROBLEM:
		return STATUS_PROBLEM;
	case STATE_PENDING:
	case STATE_SKIPPED:
	case STATE_UNDETERMINED:
		break;
	}
	return STATUS_UNDETERMINED;
}
