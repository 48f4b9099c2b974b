/* demo: the wizard against the embedded server; without a terminal the text report. */
#include "cli/app.h"

#include "cli/embedded.h"
#include "cli/modules.h"
#include "cli/screen.h"

static int
list_scenarios(void)
{
	struct buf out;
	int status;

	buf_init(&out, LIMIT_REPORT);
	for (size_t i = 0; i < scenario_count; i++)
		buf_printf(&out, "%-20s %s\n", scenarios[i].name, scenarios[i].sentence);
	status = app_print(buf_span(&out));
	buf_release(&out);
	return status;
}

static void
give(struct app *a, enum token_slot slot, const struct secret *s)
{
	if (s)
		wizard_give_token(a->wizard, slot, secret_reveal(s), "the demo");
}

/* Is the cause that the scenario was made for among the findings, and where it belongs? */
static bool
found(const struct scenario *s, const struct diagnosis *d)
{
	const struct finding *primary = d->verdict.primary;

	if (!s->healthy && *s->expects)
		return d->verdict.state == STATE_PROBLEM && primary && !strcmp(primary->rule->id, s->expects);
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

	fprintf(stderr, "tokentriage: scenario %s: expected %s, found %s (%s)\n", s->name,
		*s->expects ? s->expects : "nothing", primary, state_word(d->verdict.state));
}

static int
batch(struct app *a, const struct scenario *s)
{
	struct err e = ERR_INIT;
	int status;

	if (s->refresh && wizard_set_token_place(a->wizard, PLACE_MEMORY, NULL, &e) != RES_OK) {
		app_fail(&e);
		return STATUS_INTERNAL;
	}
	wizard_walk(a->wizard, STEPS_ALL, s->refresh, false);
	if (app_run(a, &e) != RES_OK) {
		app_fail(&e);
		return STATUS_INTERNAL;
	}
	status = app_report(a);
	say_result(s, wizard_diagnosis(a->wizard));
	if (status != STATUS_OK)
		return status;
	return found(s, wizard_diagnosis(a->wizard)) ? STATUS_OK : STATUS_PROBLEM;
}

static int
run_demo(struct app *a, const struct embedded *m)
{
	struct err e = ERR_INIT;

	embedded_profile(m, &a->profile);
	if (app_start(a, false, &e) != RES_OK || wizard_use_profile(a->wizard, &a->profile, &e) != RES_OK) {
		app_fail(&e);
		return STATUS_INTERNAL;
	}
	give(a, SLOT_ACCESS, m->client.access_token);
	give(a, SLOT_REFRESH, m->client.refresh_token);
	give(a, SLOT_ID, m->client.id_token);
	if (screen_wanted(a->opt))
		return screen_run(a, m->scenario);
	return batch(a, m->scenario);
}

int
cmd_demo(const struct options *o)
{
	struct embedded m = {0};
	struct app a;
	struct err e = ERR_INIT;
	int status;

	if (opt_given(o, OPT_LIST))
		return list_scenarios();
	app_init(&a, o);
	if (app_check_output(o, &e) != RES_OK || app_load_conf(&a, &e) != RES_OK) {
		status = app_fail(&e);
	} else if (embedded_start(&m, o->n_args ? o->args[0] : NULL, "expired", 0, &e) != RES_OK) {
		status = app_fail(&e);
		if (e.code != RES_NOTFOUND)
			status = STATUS_INTERNAL;
	} else {
		status = run_demo(&a, &m);
	}
	app_release(&a); /* first: its requests end before the server does */
	embedded_stop(&m);
	return status;
}
