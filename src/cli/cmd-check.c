/* check: the five steps without a screen. */
#include "cli/app.h"

#include "cli/modules.h"

/* --steps: the bits of the steps named. */
static enum res
parse_steps(const char *list, unsigned *mask, struct err *e)
{
	struct span rest = span_of(list), word;
	enum step s;

	*mask = 0;
	while (span_next(&rest, ',', &word)) {
		if (!step_from_id(span_trim(word), &s))
			return err_set(e, RES_SYNTAX,
				"--steps: '%.*s' is none of verify, expiry, refresh, handle, debug",
				SPAN_ARG(word));
		*mask |= 1u << s;
	}
	return *mask ? RES_OK : err_set(e, RES_SYNTAX, "--steps: empty");
}

static enum res
pick_steps(const struct options *o, unsigned *mask, struct err *e)
{
	enum res r = parse_steps(opt_str(o, OPT_STEPS), mask, e);

	if (r == RES_OK && opt_given(o, OPT_REFRESH) && !(*mask & 1u << STEP_REFRESH))
		r = err_set(e, RES_SYNTAX, "--refresh is step refresh, which --steps leaves out");
	return r;
}

static int
is_stdin(const struct options *o, enum opt id)
{
	return opt_given(o, id) && !strcmp(opt_str(o, id), "-");
}

/* What the table cannot say: options that need or exclude one another. */
static enum res
check_usage(const struct options *o, struct err *e)
{
	if (opt_given(o, OPT_REFRESH_SCOPE) && !opt_given(o, OPT_REFRESH))
		return err_set(
			e, RES_SYNTAX, "--refresh-scope is of a refresh: it needs --refresh");
	if (opt_given(o, OPT_REVOKE_TOKEN) && !opt_given(o, OPT_REVOKE))
		return err_set(e, RES_SYNTAX, "--revoke-token says which token: it needs --revoke");
	if (opt_given(o, OPT_SHOW_SECRETS) && (opt_given(o, OPT_OUTPUT) || !isatty(STDOUT_FILENO)))
		return err_set(e, RES_REFUSED,
			"--show-secrets is for a terminal only, never for a file or a pipe");
	if (opt_given(o, OPT_SHOW_SECRETS) && opt_choice(o, OPT_FORMAT) != 0)
		return err_set(e, RES_REFUSED, "--show-secrets is for --format text only");
	if (opt_given(o, OPT_ACCESS_TOKEN_FILE) && opt_given(o, OPT_ACCESS_TOKEN_ENV))
		return err_set(e, RES_SYNTAX,
			"--access-token-file and --access-token-env exclude one another");
	if (opt_given(o, OPT_REFRESH_TOKEN_FILE) && opt_given(o, OPT_REFRESH_TOKEN_ENV))
		return err_set(e, RES_SYNTAX,
			"--refresh-token-file and --refresh-token-env exclude one another");
	if (is_stdin(o, OPT_ACCESS_TOKEN_FILE) + is_stdin(o, OPT_REFRESH_TOKEN_FILE) +
			is_stdin(o, OPT_ID_TOKEN_FILE) >
		1)
		return err_set(e, RES_SYNTAX, "stdin (-) can be one token only");
	return app_check_output(o, e);
}

/* Nobody should wait for a program that waits for them. */
static void
tell_stdin(const struct options *o)
{
	static const enum opt tokens[] = {
		OPT_ACCESS_TOKEN_FILE, OPT_REFRESH_TOKEN_FILE, OPT_ID_TOKEN_FILE};

	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++)
		if (is_stdin(o, tokens[i]) && isatty(STDIN_FILENO))
			app_tell("--%s -: reading the token from the terminal; end with Enter and "
				 "Ctrl-D",
				option_rows[tokens[i]].name);
}

/* Something to ask, and someone to ask it. */
static enum res
check_profile(const struct profile *p, const struct options *o, struct err *e)
{
	if (!p->issuer && !p->introspection_endpoint && !p->userinfo_endpoint && !p->resource_url &&
		!p->token_endpoint)
		return err_set(e, RES_NOTFOUND,
			"no server to ask: give --profile, --issuer or an endpoint "
			"('tokentriage inspect' diagnoses a token without asking anyone)");
	if (opt_given(o, OPT_REFRESH) && !opt_given(o, OPT_TOKENS_OUT) && !p->tokens_keyring)
		return err_set(e, RES_SYNTAX,
			"--refresh needs --tokens-out FILE (or a profile with tokens_keyring): the "
			"server may take the old tokens back, and the new ones would be lost");
	if (!p->access_token_file && !p->refresh_token_file && !p->tokens_keyring &&
		!opt_given(o, OPT_ACCESS_TOKEN_ENV) && !opt_given(o, OPT_REFRESH_TOKEN_ENV))
		return err_set(e, RES_NOTFOUND,
			"no token: give --access-token-file FILE (- is stdin), "
			"--access-token-env VAR or a profile with access_token_file");
	return RES_OK;
}

static int
print_config(struct app *a)
{
	struct buf out;
	int status;

	buf_init(&out, LIMIT_REPORT);
	conf_print(&a->conf, &a->profile, &out);
	status = app_print(buf_span(&out));
	buf_release(&out);
	return status;
}

/* What was changed on the server, on stderr. */
static void
say_farewell(const struct app *a)
{
	struct buf out;

	buf_init(&out, 8192);
	wizard_farewell(a->wizard, &out);
	fwrite(out.p, 1, out.len, stderr);
	buf_release(&out);
}

/*
 * Of earlier runs, of this client; one of the token at hand is a finding, too.  STATUS_INTERNAL: a
 * reminder that should go stays.
 */
static int
tell_interrupted(const struct app *a, const struct journal_entry *marks, size_t n)
{
	bool dismiss = opt_given(a->opt, OPT_DISMISS_INTERRUPTED);
	char words[LIMIT_MESSAGE];
	int status = STATUS_OK;
	size_t told = 0;

	for (size_t i = 0; i < n; i++) {
		struct err e = ERR_INIT;

		if (!wizard_refresh_is_ours(a->wizard, &marks[i]))
			continue;
		app_warn("%s", interrupted_words(&marks[i], words, sizeof words));
		told++;
		if (!dismiss || wizard_dismiss(a->wizard, &marks[i], &e) == RES_OK)
			continue;
		app_warn("the reminder stays: %s", e.text);
		status = STATUS_INTERNAL;
	}
	if (dismiss && !told)
		app_tell("--dismiss-interrupted: there is no interrupted refresh of this client");
	else if (dismiss && status == STATUS_OK)
		app_tell("this reminder is not shown again; the refresh token is still not sent");
	else if (told && !dismiss)
		app_tell("a login of this client ends this reminder, or --dismiss-interrupted, or "
			 "\"I have seen it\" at the start of the wizard (line by line, with "
			 "--plain: d)");
	return status;
}

/* In the order of --revoke-token's words. */
static enum token_slot
revoked_slot(const struct options *o)
{
	static const enum token_slot slots[] = {SLOT_ACCESS, SLOT_REFRESH};

	return opt_given(o, OPT_REVOKE) ? slots[opt_choice(o, OPT_REVOKE_TOKEN)] : SLOT_NONE;
}

static int
walk(struct app *a, unsigned mask)
{
	const struct options *o = a->opt;
	struct journal_entry marks[LIMIT_MARKS];
	struct err e = ERR_INIT;
	size_t n;
	int status, reminders;

	if (!modules_transport(&e)) {
		app_fail(&e);
		return STATUS_INTERNAL;
	}
	/* now: of this run's own the report tells */
	n = wizard_interrupted(a->wizard, marks, LIMIT_MARKS);
	wizard_walk(a->wizard, mask, opt_given(o, OPT_REFRESH), revoked_slot(o));
	if (app_run(a, &e) != RES_OK) {
		app_fail(&e);
		return STATUS_INTERNAL;
	}
	/* whose they are the metadata may tell, where the token endpoint is */
	reminders = tell_interrupted(a, marks, n);
	status = app_report(a);
	if (opt_given(o, OPT_REFRESH) || opt_given(o, OPT_REVOKE))
		say_farewell(a);
	/* a plugin's own status has it already */
	if (status == STATUS_OK && wizard_tokens_misplaced(a->wizard) &&
		opt_choice(o, OPT_FORMAT) != REPORT_NAGIOS)
		status = STATUS_INTERNAL;
	if (status == STATUS_OK && opt_choice(o, OPT_FORMAT) != REPORT_NAGIOS)
		status = reminders;
	return status == STATUS_OK ? app_verdict_status(a) : status;
}

int
cmd_check(const struct options *o)
{
	struct app a;
	struct err e = ERR_INIT;
	unsigned mask = 0;
	int status = STATUS_USAGE;

	app_init(&a, o);
	if (check_usage(o, &e) != RES_OK || pick_steps(o, &mask, &e) != RES_OK)
		status = app_usage(CMD_CHECK, &e);
	else if (app_pick_profile(&a, &e) != RES_OK)
		status = app_fail(&e);
	else if (opt_given(o, OPT_PRINT_CONFIG))
		status = print_config(&a);
	else if (check_profile(&a.profile, o, &e) != RES_OK)
		status = app_usage(CMD_CHECK, &e);
	else if (app_ask_secrets(o, &e) != RES_OK)
		status = app_fail(&e);
	else if (tell_stdin(o),
		app_fetch_secrets(&a, &a.profile, &e) != RES_OK ||
			app_start(&a, false, &e) != RES_OK || app_give(&a, &e) != RES_OK)
		status = app_fail(&e);
	else if (opt_given(o, OPT_TOKENS_OUT) &&
		wizard_set_token_place(a.wizard, PLACE_FILE, opt_str(o, OPT_TOKENS_OUT), &e) !=
			RES_OK)
		status = app_fail(&e);
	else if (wizard_set_refresh_scope(a.wizard, opt_str(o, OPT_REFRESH_SCOPE), &e) != RES_OK)
		status = app_usage(CMD_CHECK, &e);
	else
		status = walk(&a, mask);
	app_release(&a);
	return status;
}
