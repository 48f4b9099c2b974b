#include "cli/screen.h"

#include "base/mem.h"
#include "base/tr.h"
#include "cli/autosave.h"
#include "cli/conf-write.h"
#include "cli/line.h"
#include "cli/modules.h"
#include "cli/offers.h"
#include "cli/profile-edit.h"
#include "cli/recent.h"
#include "ui/ui.h"

bool
screen_plain(const struct options *o)
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

/* --- what the screen asks of the program -------------------------------------------------- */

static bool
prepare(void *ctx, struct err *e)
{
	struct screen *s = ctx;

	return s->prepare(s->ctx, e);
}

static enum res
use_profile(void *ctx, const struct profile *p, struct err *e)
{
	struct app *a = ((struct screen *)ctx)->app;
	struct profile own;
	enum res r;

	profile_init(&own);
	profile_copy(&own, p);
	r = app_fetch_secrets(a, &own, e);
	if (r == RES_OK) {
		struct err why = ERR_INIT;
		enum res begun;

		/* the profile is the wizard's even if a token file could not be read */
		r = app_check_tokens(a, &own, e);
		if (r != RES_OK)
			(void)!wizard_use_profile(a->wizard, &own, &why);
		else
			r = wizard_use_profile(a->wizard, &own, e);
		why = (struct err)ERR_INIT;
		begun = app_begin_secrets(a, &why);
		if (r == RES_OK && begun != RES_OK) {
			r = begun;
			*e = why;
		}
	}
	app_raise_limits(a);
	profile_release(&own);
	return r;
}

static int
aside_wait(void *ctx, int64_t *due_us)
{
	const struct child *c = &((struct screen *)ctx)->app->fetch.command;

	*due_us = child_due_us(c);
	return c->fd;
}

static bool
aside(void *ctx, struct err *e)
{
	struct app *a = ((struct screen *)ctx)->app;

	autosave_turn(a->autosave, a);
	return app_turn_secrets(a, e);
}

/* --- the profile editor ---------------------------------------------------------------------- */

static char *
profile_where(void *ctx, const char *name, struct err *e)
{
	const struct app *a = ((struct screen *)ctx)->app;

	return conf_profile_path(&a->conf, opt_str(a->opt, OPT_CONFIG), name, e);
}

static enum res
save_profile(void *ctx, const struct profile *p, char **path, struct err *e)
{
	struct screen *s = ctx;
	enum res r = profile_save(s->app, p, path, e);

	s->deps->profiles = s->app->conf.profiles;
	s->deps->n_profiles = s->app->conf.n_profiles;
	return r;
}

static enum res
profile_test(void *ctx, const struct profile *p, struct err *e)
{
	struct screen *s = ctx;

	profile_test_free(s->test);
	s->test = profile_test_new(s->app, p, e);
	return s->test ? RES_OK : RES_REFUSED;
}

static bool
profile_tested(void *ctx, bool *good, char *words, size_t size)
{
	return profile_test_turn(((struct screen *)ctx)->test, 0, good, words, size);
}

static void
profile_test_end(void *ctx)
{
	struct screen *s = ctx;

	profile_test_free(s->test);
	s->test = NULL;
}

static const struct ui_profiles editor = {
	.text = conf_key_text,
	.set = conf_key_set,
	.where = profile_where,
	.save = save_profile,
	.test = profile_test,
	.tested = profile_tested,
	.test_end = profile_test_end,
};

static const struct qr_ops *
qr(void *ctx, struct err *e)
{
	(void)ctx;
	return modules_qr(e);
}

static size_t
offers(void *ctx, struct ui_offer *out, size_t most)
{
	return offers_find(((struct screen *)ctx)->app, out, most);
}

static size_t
recent(void *ctx, struct ui_recent *out, size_t most)
{
	return recent_list(((struct screen *)ctx)->app, out, most);
}

static void
show_case(void *ctx, const char *path)
{
	struct screen *s = ctx;

	free(s->show_next);
	s->show_next = xstrdup(path);
}

enum { FORMATS = REPORT_FORMATS + 2 };

/* What can be exported, of the table of the reports' forms; how many. */
static size_t
fill_formats(struct ui_format formats[FORMATS])
{
	size_t n = 0;

	for (int f = 0; f < REPORT_FORMATS; f++)
		if (report_forms[f].label)
			formats[n++] = (struct ui_format){report_forms[f].id,
				tr(report_forms[f].label), report_forms[f].file, false};
	formats[n++] = (struct ui_format){UI_FORMAT_CASE,
		_("the case itself: open shows it again"), "tokentriage.case", false};
	formats[n++] = (struct ui_format){UI_FORMAT_CLEAR_CASE,
		_("the case with its tokens in clear"), "tokentriage-secret.case", true};
	return n;
}

static enum res
export_report(void *ctx, const char *format, const char *path, struct err *e)
{
	struct app *a = ((struct screen *)ctx)->app;
	enum report_format form;

	if (!strcmp(format, UI_FORMAT_CASE) || !strcmp(format, UI_FORMAT_CLEAR_CASE)) {
		enum res r = app_write_case(a, path, !strcmp(format, UI_FORMAT_CLEAR_CASE), e);

		if (r == RES_OK)
			recent_note(a, path, RECENT_SAVED);
		return r;
	}
	if (!report_format_from_id(span_of(format), &form))
		return err_set(e, RES_NOTFOUND, "there is no such form of the report");
	return app_write_report(a, form, path, e);
}

static void
export_masked(void *ctx, char *out, size_t size)
{
	struct report_input in = app_report_input(((struct screen *)ctx)->app);

	report_masked_words(&in, out, size);
}

static size_t
list_themes(void *ctx UNUSED, char (*names)[UI_THEME_NAME], size_t most)
{
	return conf_theme_names(names, most);
}

static enum res
load_theme(void *ctx UNUSED, const char *name, struct theme *t, struct err *e)
{
	return conf_theme(t, name, e);
}

static bool
lesson_reached(void *ctx, char *words, size_t size)
{
	const struct lesson *l = &((struct screen *)ctx)->app->lesson;

	return l->reached(l->ctx, words, size);
}

/* --- how the user wants it ---------------------------------------------------------------- */

static enum colour_mode
colour_of(const struct options *o)
{
	static const enum colour_mode modes[] = {COLOUR_ALWAYS, COLOUR_AUTO, COLOUR_NEVER};

	return opt_given(o, OPT_COLOR) ? modes[opt_choice(o, OPT_COLOR)] : COLOUR_AUTO;
}

int
screen_run(struct screen *s)
{
	struct app *a = s->app;
	const struct options *o = a->opt;
	struct err e = ERR_INIT;
	struct theme theme;
	struct ui_format formats[FORMATS];
	bool wizard = o->command == CMD_WIZARD;
	int status;
	struct ui_deps deps = {
		.term = &term_curses,
		.term_options = {colour_of(o), opt_given(o, OPT_ASCII) || a->conf.ui.ascii},
		.theme = &theme,
		.keymap = &a->conf.keymap,
		.wizard = a->wizard,
		.engine = a->engine,
		.clock = &clock_system,
		.log = a->log,
		.title = s->title,
		.lesson = a->lesson.goal,
		.lesson_reached = a->lesson.reached ? lesson_reached : NULL,
		.mouse = opt_given(o, OPT_MOUSE) ? opt_choice(o, OPT_MOUSE) == 0 : a->conf.ui.mouse,
		.guide = a->conf.ui.guide,
		.choose = s->choose,
		.offline = a->read_only,
		.notice = a->notice,
		.lacks = a->lacks,
		.profiles = a->conf.profiles,
		.n_profiles = a->conf.n_profiles,
		.offers = wizard ? offers : NULL,
		.recent = wizard ? recent : NULL,
		.show_case = wizard ? show_case : NULL,
		.ctx = s,
		.prepare = prepare,
		.use_profile = use_profile,
		.aside_wait = aside_wait,
		.aside = aside,
		.qr = qr,
		.editor = &editor,
		.unsaved = s->unsaved,
		.formats = formats,
		.n_formats = fill_formats(formats),
		.export_report = export_report,
		.list_themes = list_themes,
		.load_theme = load_theme,
		.export_masked = export_masked,
	};

	if (screen_plain(o)) {
		if (!s->prepare(s->ctx, &e))
			return app_fail(&e);
		return line_wizard(a, stdin, stdout);
	}
	if (conf_theme(&theme, opt_given(o, OPT_THEME) ? opt_str(o, OPT_THEME) : a->conf.ui.theme,
		    &e) != RES_OK)
		return app_fail(&e);
	s->deps = &deps;
	status = ui_run(&deps);
	profile_test_end(s);
	return status;
}
