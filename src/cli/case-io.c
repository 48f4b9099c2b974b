/* The case as a file, and what somebody sent as a case: --save, inspect, open. */
#include "cli/app.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"
#include "case/case-file.h"
#include "case/import.h"
#include "cli/screen.h"

/* --- out ------------------------------------------------------------------------------------ */

enum res
app_write_case(struct app *a, const char *path, bool with_secrets, struct err *e)
{
	struct case_story story;
	struct buf text;
	enum res r;

	wizard_story(a->wizard, &story);
	story.with_secrets = with_secrets;
	buf_init_wiping(&text, LIMIT_REPORT);
	r = case_file_write(&text, &a->c, &story, a->redactor);
	if (r != RES_OK)
		err_set(e, r, "%s: the case is larger than %d MiB", path, LIMIT_REPORT >> 20);
	else
		r = file_write_private(path, buf_span(&text), e);
	buf_release(&text);
	return r;
}

enum res
app_save_case(struct app *a, struct err *e)
{
	const char *path = opt_str(a->opt, OPT_SAVE);

	return path ? app_write_case(a, path, opt_given(a->opt, OPT_WITH_SECRETS), e) : RES_OK;
}

/* The answer comes from the terminal itself: stdin may be a token. */
static enum res
ask_terminal(const char *question, struct err *e)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	char answer[16] = "";
	ssize_t n = -1;

	if (fd < 0)
		return err_set(e, RES_REFUSED,
			"--with-secrets asks on the terminal before it writes tokens, and there is "
			"none; without it the case is saved masked");
	if (write(fd, question, strlen(question)) == (ssize_t)strlen(question))
		n = read(fd, answer, sizeof(answer) - 1);
	close(fd);
	return n > 0 && (answer[0] == 'y' || answer[0] == 'Y')
		? RES_OK
		: err_set(e, RES_REFUSED, "not agreed to: nothing was sent or written");
}

enum res
app_ask_secrets(const struct options *o, struct err *e)
{
	char *question;
	enum res r;

	if (!opt_given(o, OPT_WITH_SECRETS))
		return RES_OK;
	if (!opt_given(o, OPT_SAVE))
		return err_set(e, RES_SYNTAX, "--with-secrets is for --save CASE");
	question = xasprintf("tokentriage: warning: %s will hold the tokens in clear (mode 0600). "
			     "Whoever has the file can use them.\nWrite them? [y/N] ",
		opt_str(o, OPT_SAVE));
	r = ask_terminal(question, e);
	free(question);
	return r;
}

/* --- in ------------------------------------------------------------------------------------- */

/* stdout has the result alone: to stderr, or into the log where a screen has the terminal. */
static void
tell(struct app *a, bool warning, const char *text)
{
	if (a->on_screen && !screen_plain(a->opt)) {
		log_add(a->log, warning ? LOG_WARN : LOG_INFO, LOGC_STEP, 0, "%s", text);
		if (warning)
			text_format(a->notice, sizeof(a->notice), "%s", text);
	} else if (warning) {
		app_warn("%s", text);
	} else {
		app_tell("%s", text);
	}
}

static void
register_tokens(struct app *a)
{
	for (size_t g = 0; g < a->c.n_generations; g++) {
		const struct case_token *all[] = {&a->c.generations[g].access,
			&a->c.generations[g].refresh, &a->c.generations[g].id};

		for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
			redactor_add(a->redactor, all[i]->given);
			redactor_add(a->redactor, all[i]->value);
		}
	}
}

static enum res
load_case(struct app *a, struct span text, struct err *e)
{
	struct case_story story;
	char when[32], line[LIMIT_MESSAGE];
	enum res r;

	case_release(&a->c);
	case_init(&a->c);
	r = case_file_read(&a->c, &story, text, e);
	if (r != RES_OK)
		return r;
	register_tokens(a);
	wizard_resume(a->wizard, &story);
	text_format(line, sizeof(line), "taken as a saved case of %s: %zu exchange%s",
		time_rfc3339(when, story.saved_wall_us / 1000000), a->c.n_exchanges,
		a->c.n_exchanges == 1 ? "" : "s");
	tell(a, false, line);
	if (!story.damaged)
		return RES_OK;
	text_format(line, sizeof(line),
		"%zu record%s could not be read; the first: %s; %zu exchange%s could",
		story.damaged, story.damaged == 1 ? "" : "s", story.first_damage, a->c.n_exchanges,
		a->c.n_exchanges == 1 ? "" : "s");
	tell(a, true, line);
	return RES_OK;
}

/* A saved case is the case; anything else is evidence for one. */
static enum res
read_text(struct app *a, struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	char line[LIMIT_MESSAGE];
	enum res r;

	if (case_file_is(text))
		return load_case(a, text, e);
	r = import_read(im, text, purpose, e);
	if (r != RES_OK)
		return r;
	wizard_mark_walked(a->wizard, import_apply(im, &a->c, a->redactor));
	text_format(line, sizeof(line), "taken as %s", im->taken_as);
	tell(a, false, line);
	for (size_t i = 0; i < im->n_notes; i++)
		tell(a, false, im->notes[i]);
	return RES_OK;
}

enum res
app_read_evidence(struct app *a, const char *path, enum purpose purpose, struct import *im,
	struct err *e)
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

enum res
app_start_offline(struct app *a, struct err *e)
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

enum purpose
app_asked_purpose(const struct options *o)
{
	/* in the order of --step's words */
	static const enum purpose asked[] = {
		PURPOSE_INTROSPECTION, PURPOSE_USERINFO, PURPOSE_REFRESH, PURPOSE_REVOCATION};

	return opt_given(o, OPT_STEP) ? asked[opt_choice(o, OPT_STEP)] : PURPOSE_COUNT;
}
