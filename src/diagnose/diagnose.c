#include "diagnose/diagnose.h"

#include "base/mem.h"
#include "base/tr.h"
#include "diagnose/alternatives.h"
#include "diagnose/order.h"
#include "diagnose/rules.h"
#include "diagnose/verdict.h"

/*
 * What the counts and the ends of the texts leave out may stay as it was: to wipe all of it would
 * be a megabyte at every look, three kilobytes for each rule.
 */
static void
finding_begin(struct finding *out, const struct rule *r)
{
	out->rule = r;
	out->summary[0] = out->remedy[0] = '\0';
	out->severity = r->severity;
	out->step = r->step;
	out->next_step = STEP_COUNT;
	out->advice = ADVICE_COUNT;
	out->explains = r->explains ? r->explains : "";
	out->open = out->possible = out->settled = false;
	out->n_evidence = out->n_caused_by = 0;
}

static void
run_rule(struct diagnosis *d, const struct rule *r, const struct facts *f)
{
	struct finding *out;

	if (d->n == FINDINGS_MAX)
		return;
	out = &d->findings[d->n];
	finding_begin(out, r);
	if (r->check(f, out) != RULE_FIRES)
		return;
	if (!out->remedy[0])
		(void)snprintf(out->remedy, sizeof(out->remedy), "%s", tr(r->remedy));
	if (out->next_step == STEP_COUNT)
		out->next_step = out->step;
	if (out->advice == ADVICE_COUNT)
		out->advice = advice_of_rule(r);
	d->n++;
}

enum state
finding_state(const struct finding *f)
{
	switch (f->severity) {
	case SEV_ERROR:
		return STATE_PROBLEM;
	case SEV_WARNING:
		return STATE_WARNING;
	case SEV_INFO:
		break;
	}
	return f->possible ? STATE_UNDETERMINED : STATE_OK;
}

const char *
finding_word(const struct finding *f)
{
	return f->possible ? "possible" : severity_id(f->severity);
}

void
diagnose_in_order(
	struct diagnosis *d, const struct facts *f, const struct walk *walk, const size_t *order)
{
	/* No rule speaks of a profile alone, and so the opening screen need not load them. */
	size_t n = case_is_empty(f->c) ? 0 : rule_count;

	d->n = 0;
	hints_remember(true);
	for (size_t i = 0; i < n; i++)
		run_rule(d, &rules[order ? order[i] : i], f);
	order_findings(d);
	verdict_of_findings(
		d, f, walk); /* with the one next thing to do; the list is the finding's */
	add_alternatives(d, f);
	hints_remember(false);
}

void
diagnose(struct diagnosis *d, const struct facts *f, const struct walk *walk)
{
	diagnose_in_order(d, f, walk, NULL);
}
