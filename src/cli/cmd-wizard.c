/* The wizard: the program without a command. */
#include "cli/app.h"

#include <signal.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/autosave.h"
#include "cli/open.h"
#include "cli/screen.h"

static bool
tokens_given(const struct options *o)
{
	return opt_given(o, OPT_ACCESS_TOKEN_FILE) || opt_given(o, OPT_REFRESH_TOKEN_FILE) ||
		opt_given(o, OPT_ID_TOKEN_FILE) || opt_given(o, OPT_ACCESS_TOKEN_ENV) ||
		opt_given(o, OPT_REFRESH_TOKEN_ENV);
}

/* What is missing of a profile is said on the opening screen, where another can be picked; what the
 * command line named is its error. */
static bool
give(struct app *a, struct err *e)
{
	struct err why = ERR_INIT, ignored = ERR_INIT;
	bool opens = !screen_plain(a->opt);

	if (app_fetch_secrets(a, &a->profile, &why) != RES_OK) {
		if (!opens || opt_given(a->opt, OPT_CLIENT_SECRET_ENV)) {
			*e = why;
			return false;
		}
		text_format(a->lacks, sizeof(a->lacks), "%s.", why.text);
		why = (struct err)ERR_INIT;
	}
	if (app_give(a, &why) == RES_OK)
		return true;
	if (!opens || tokens_given(a->opt)) {
		*e = why;
		return false;
	}
	if (!a->lacks[0])
		text_format(a->lacks, sizeof(a->lacks), "%s.", why.text);
	/* the profile is the wizard's even if a file of it could not be read */
	(void)!wizard_use_profile(a->wizard, &a->profile, &ignored);
	app_raise_limits(a);
	return true;
}

static bool
prepare(void *ctx, struct err *e)
{
	struct app *a = ctx;

	if (!give(a, e) || app_begin_secrets(a, e) != RES_OK)
		return false;
	return !opt_given(a->opt, OPT_TOKENS_OUT) ||
		wizard_set_token_place(a->wizard, PLACE_FILE, opt_str(a->opt, OPT_TOKENS_OUT), e) ==
		RES_OK;
}

static bool
has_token(const struct app *a)
{
	return a->profile.access_token_file || a->profile.refresh_token_file ||
		a->profile.tokens_keyring || opt_given(a->opt, OPT_ACCESS_TOKEN_ENV) ||
		opt_given(a->opt, OPT_REFRESH_TOKEN_ENV);
}

static bool
wants_stdin(const struct options *o)
{
	static const enum opt tokens[] = {
		OPT_ACCESS_TOKEN_FILE, OPT_REFRESH_TOKEN_FILE, OPT_ID_TOKEN_FILE};

	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++)
		if (opt_given(o, tokens[i]) && !strcmp(opt_str(o, tokens[i]), "-"))
			return true;
	return false;
}

/* The notice goes with the next key; the log keeps the whole path. */
static void
offer_left(struct app *a)
{
	char *path;

	if (!autosave_offer(a->autosave, a->notice, sizeof(a->notice)))
		return;
	path = autosave_newest();
	if (path)
		log_add(a->log, LOG_INFO, LOGC_CONF, 0, "%s It is in %s.", a->notice, path);
	free(path);
}

/* next: the file that is to be shown then, the caller's; notice: what is said first, unless NULL or
 * "". */
static int
run(const struct options *o, const char *notice, char **next)
{
	struct app a;
	struct screen s = {.app = &a, .ctx = &a, .prepare = prepare};
	struct err e = ERR_INIT;
	int status;

	app_init(&a, o);
	a.on_screen = true;
	/* Without a profile of its own the opening screen offers those of the configuration. */
	if (app_load_conf(&a, &e) != RES_OK || app_pick_profile(&a, &e) != RES_OK ||
		app_start(&a, false, &e) != RES_OK) {
		status = app_fail(&e);
	} else {
		s.choose = (!a.profile.name && !a.profile.issuer) || !has_token(&a);
		s.unsaved = app_server_given(o);
		a.autosave = autosave_new();
		offer_left(&a);
		if (notice && *notice)
			text_format(a.notice, sizeof(a.notice), "%s", notice);
		status = screen_run(&s);
		/* who left by himself has seen what there was; a lost line has not */
		autosave_free(a.autosave, status > 128 && status != 128 + SIGINT);
	}
	*next = s.show_next;
	app_release(&a);
	return status;
}

int
cmd_wizard(const struct options *o)
{
	struct err e = ERR_INIT;
	char *next = NULL;
	int status;

	if (!screen_wanted(o)) {
		err_set(&e, RES_UNSUPPORTED,
			"the wizard needs a terminal; without one, 'tokentriage check' walks the "
			"same steps and prints a report");
		return app_usage(CMD_CHECK, &e);
	}
	if (wants_stdin(o)) {
		err_set(&e, RES_UNSUPPORTED,
			"a token cannot come from stdin (-) here: the wizard's keys do; paste the "
			"token in the wizard, or "
			"use 'tokentriage check'");
		return app_usage(CMD_WIZARD, &e);
	}
	/* a case that the opening screen offered; one that cannot be read leads back to it */
	do {
		free(next);
		status = run(o, e.text, &next);
		e = (struct err)ERR_INIT;
	} while (next && !open_show(o, next, &status, &e));
	free(next);
	return status;
}
