/* demo: the wizard against the embedded server; without a terminal the text report. */
#include "cli/app.h"

#include "base/tr.h"
#include "cli/embedded.h"
#include "cli/screen.h"

/* A name first on each line; people get headings, too. */
static int
list_scenarios(void)
{
	const char *heading = "";
	bool people = isatty(STDOUT_FILENO);
	struct buf out;
	int status;

	buf_init(&out, LIMIT_REPORT);
	for (size_t i = 0; i < scenario_count; i++) {
		const char *group = scenario_group(&scenarios[i]);

		if (people && group != heading)
			buf_printf(&out, "%s%s\n", i ? "\n" : "", group);
		heading = group;
		buf_printf(&out, "%-20s %s\n", scenarios[i].name, scenarios[i].sentence);
	}
	status = app_print(buf_span(&out));
	buf_release(&out);
	return status;
}

/* Three lines a lesson for people, a name first on one line for programs. */
static int
list_lessons(void)
{
	bool people = isatty(STDOUT_FILENO);
	struct buf out;
	int status;

	buf_init(&out, LIMIT_REPORT);
	for (size_t i = 0; i < lesson_count; i++) {
		const struct scenario *s = scenario_find(span_of(lesson_rows[i].name));

		if (people)
			buf_printf(&out, "%2zu  tokentriage demo %s\n    %s\n    Goal: %s\n", i + 1,
				s->name, s->sentence, s->goal);
		else
			buf_printf(&out, "%-20s %s\n", s->name, s->goal);
	}
	status = app_print(buf_span(&out));
	buf_release(&out);
	return status;
}

/* What the demo hands to the screen: the server is started only after its first frame. */
struct demo_run {
	struct app app;
	struct embedded server;
	const struct scenario *scenario;
};

static void
give(struct app *a, enum token_slot slot, const struct secret *s)
{
	if (s)
		wizard_give_token(a->wizard, slot, secret_reveal(s), "the demo");
}

static bool
prepare(void *ctx, struct err *e)
{
	struct demo_run *run = ctx;
	const struct demo_client *c = &run->server.client;
	struct app *a = &run->app;

	if (embedded_start(&run->server, run->scenario, 0, e) != RES_OK)
		return false;
	profile_release(&a->profile);
	embedded_profile(&run->server, &a->profile);
	if (wizard_use_profile(a->wizard, &a->profile, e) != RES_OK)
		return false;
	give(a, SLOT_ACCESS, c->access_token);
	give(a, SLOT_REFRESH, c->refresh_token);
	give(a, SLOT_ID, c->id_token);
	return true;
}

/* Is the cause that the scenario was made for among the findings, and where it belongs? */
static bool
found(const struct scenario *s, const struct diagnosis *d)
{
	const struct finding *primary = d->verdict.primary;

	if (s->passes)
		return d->verdict.state == STATE_OK && primary &&
			!strcmp(primary->rule->id, s->expects);
	if (!s->healthy && *s->expects)
		return d->verdict.state == (s->open ? STATE_UNDETERMINED : STATE_PROBLEM) &&
			primary && !strcmp(primary->rule->id, s->expects);
	if (d->verdict.state != STATE_OK)
		return false;
	if (!*s->expects)
		return true;
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->findings[i].rule->id, s->expects))
			return true;
	return false;
}

/* One line that says how it went, beside the report. */
static void
say_result(const struct scenario *s, const struct diagnosis *d)
{
	const char *primary = d->verdict.primary ? d->verdict.primary->rule->id : "nothing";

	for (size_t i = 0; i < d->n; i++)
		if (!d->verdict.primary && !strcmp(d->findings[i].rule->id, s->expects))
			primary = "as a hint";

	fprintf(stderr, "tokentriage: scenario %s: expected %s, found %s (%s)\n", s->name,
		*s->expects ? s->expects : "nothing", primary, state_word(d->verdict.state));
}

static enum res
walk(struct demo_run *run, bool refresh, bool revoke, struct err *e)
{
	struct app *a = &run->app;

	if (refresh && wizard_set_token_place(a->wizard, PLACE_MEMORY, NULL, e) != RES_OK)
		return RES_IO;
	wizard_walk(a->wizard, STEPS_ALL, refresh, revoke ? SLOT_ACCESS : SLOT_NONE);
	return app_run(a, e);
}

/* What shows itself only by refreshing or revoking is looked for in that way, but only then. */
static int
batch(struct demo_run *run)
{
	const struct scenario *s = run->scenario;
	struct app *a = &run->app;
	struct err e = ERR_INIT;
	int status;

	if (!prepare(run, &e) || walk(run, false, false, &e) != RES_OK ||
		((s->refresh || s->revoke) && !found(s, wizard_diagnosis(a->wizard)) &&
			walk(run, s->refresh, s->revoke, &e) != RES_OK)) {
		app_fail(&e);
		return STATUS_INTERNAL;
	}
	status = app_report(a);
	say_result(s, wizard_diagnosis(a->wizard));
	if (status != STATUS_OK)
		return status;
	return found(s, wizard_diagnosis(a->wizard)) ? STATUS_OK : STATUS_PROBLEM;
}

/*
 * The cause that the scenario was made for was found, or all is well where all should be; where the
 * goal is to mend it, a refresh helped.
 */
static bool
reached(void *ctx, char *words, size_t size)
{
	const struct demo_run *run = ctx;
	const struct lesson_row *row = lesson_find(run->scenario->name);
	const struct diagnosis *d = wizard_diagnosis(run->app.wizard);

	if (row && row->mended ? d->verdict.state != STATE_OK || run->app.c.n_generations < 2
			       : !found(run->scenario, d))
		return false;
	if (!row)
		snprintf(words, size, "%s",
			_("Reached. The lesson path: tokentriage demo --lessons"));
	else if (row + 1 == lesson_rows + lesson_count)
		snprintf(words, size, "%s", _("Lesson done; it was the last one."));
	else
		snprintf(words, size, _("Lesson done. Next: tokentriage demo %s"), row[1].name);
	return true;
}

static int
on_screen(struct demo_run *run)
{
	char title[80];
	struct screen s = {.app = &run->app,
		.title = title,
		.ctx = run,
		.prepare = prepare};

	run->app.lesson = (struct lesson){tr(run->scenario->goal), reached, run};
	snprintf(title, sizeof(title), "demo: %s", run->scenario->name);
	return screen_run(&s);
}

int
cmd_demo(const struct options *o)
{
	const char *name = o->n_args ? o->args[0] : "expired";
	struct demo_run run = {.scenario = scenario_find(span_of(name))};
	struct err e = ERR_INIT;
	int status;

	if (opt_given(o, OPT_LIST))
		return list_scenarios();
	if (opt_given(o, OPT_LESSONS))
		return list_lessons();
	app_init(&run.app, o);
	run.app.on_screen = screen_wanted(o);
	if (!run.scenario) {
		err_set(&e, RES_NOTFOUND, "there is no scenario '%s'; see tokentriage demo --list",
			name);
		status = app_fail(&e);
	} else if (app_check_output(o, &e) != RES_OK || app_ask_secrets(o, &e) != RES_OK ||
		app_load_conf(&run.app, &e) != RES_OK ||
		app_outputs_apart(&run.app, &e) != RES_OK ||
		app_start(&run.app, false, &e) != RES_OK) {
		status = app_fail(&e);
	} else {
		/* its own server has nobody to alarm; on the screen a learner sees what is asked
		 * first */
		if (!run.app.on_screen && !opt_given(o, OPT_PROBES))
			wizard_set_probes(run.app.wizard, PROBES_ALL);
		status = run.app.on_screen ? on_screen(&run) : batch(&run);
	}
	app_release(&run.app); /* first: its requests end before the server does */
	embedded_stop(&run.server);
	return status;
}
