/* For monitors: a plugin's line (Monitoring Plugins' guidelines), and OpenMetrics 1.0 text. */
#include "report/parts.h"

#include "base/mem.h"

/* --- nagios ----------------------------------------------------------------------------------- */

static bool
warns(const struct diagnosis *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->findings[i].severity == SEV_WARNING ||
			!strcmp(d->findings[i].rule->id, "token-expires-soon"))
			return true;
	return false;
}

static int
status_of(const struct wizard *w)
{
	const struct diagnosis *d = wizard_diagnosis(w);

	if (wizard_tokens_misplaced(w))
		return 2;
	switch (d->verdict.state) {
	case STATE_OK:
	case STATE_WARNING:
		return d->verdict.state == STATE_WARNING || warns(d) ? 1 : 0;
	case STATE_PROBLEM:
		return 2;
	case STATE_PENDING:
	case STATE_SKIPPED:
	case STATE_UNDETERMINED:
		break;
	}
	return 3;
}

int
report_nagios_status(const struct report_input *in)
{
	int status = status_of(in->w);
	int64_t left;

	if (status >= 2 || !facts_remaining(wizard_facts(in->w), &left))
		return status;
	return left < in->critical_s ? 2 : left < in->warning_s ? 1 : status;
}

/* "300:" alerts below 300, as the guidelines write ranges. */
static void
limit(struct buf *out, int64_t seconds)
{
	buf_putc(out, ';');
	if (seconds)
		buf_printf(out, "%lld:", (long long)seconds);
}

/* A plugin's text ends where its performance data begins. */
static void
without_bars(const struct report *r, struct buf *out, const char *s)
{
	char *text = report_text(r, span_of(s));

	for (char *p = text; *p; p++)
		if (*p == '|')
			*p = '/';
	buf_puts(out, text);
	free(text);
}

static void
performance(const struct report *r, struct buf *out)
{
	int64_t left, total = 0;
	bool any = false;

	buf_puts(out, " |");
	if (facts_remaining(r->f, &left)) {
		buf_printf(out, " expires_in=%llds", (long long)left);
		if (r->in->warning_s || r->in->critical_s) {
			limit(out, r->in->warning_s);
			limit(out, r->in->critical_s);
		}
	}
	if (r->f->skew.known)
		buf_printf(out, " clock_skew=%.3fs", r->f->skew.seconds);
	for (size_t i = 0; i < r->c->n_exchanges; i++) {
		const struct exchange *x = r->c->exchanges[i];

		if (x->result.timings.total < 0)
			continue;
		any = true;
		total += x->result.timings.total;
	}
	if (any)
		buf_printf(out, " time=%.6fs;;;0", (double)total / 1e6);
	for (size_t i = 0; i < r->c->n_exchanges; i++) {
		const struct exchange *x = r->c->exchanges[i];

		if (x->result.timings.total >= 0 && case_last(r->c, x->purpose, SLOT_NONE) == x)
			buf_printf(out, " %s=%.6fs;;;0", purpose_id(x->purpose),
				(double)x->result.timings.total / 1e6);
	}
	buf_printf(out, " exchanges=%zu;;;0\n", r->c->n_exchanges);
}

void
report_nagios(const struct report *r, struct buf *out)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	struct buf chain;

	buf_init(&chain, LIMIT_REPORT);
	report_chain(r, &chain);
	buf_printf(out, "TOKENTRIAGE %s - ", words[report_nagios_status(r->in)]);
	without_bars(r, out, r->d->verdict.summary);
	performance(r, out);
	if (chain.len) {
		buf_puts(out, "cause: ");
		without_bars(r, out, buf_str(&chain));
		buf_putc(out, '\n');
	}
	if (*report_remedy(r)) {
		buf_puts(out, "remedy: ");
		without_bars(r, out, report_remedy(r));
		buf_putc(out, '\n');
	}
	buf_release(&chain);
}

/* --- OpenMetrics ------------------------------------------------------------------------------ */
/*
 * Gauges alone, no info and no state set: node_exporter's textfile collector reads the older text
 * format, to which UNIT and EOF are comments and those types are errors.
 */

static void
label(const struct report *r, struct buf *out, const char *sep, const char *name, const char *value)
{
	char *text = report_text(r, span_of(value));

	buf_printf(out, "%s%s=\"", sep, name);
	for (const char *p = text; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	buf_putc(out, '"');
	free(text);
}

/* "{profile="acme"", open for more. */
static void
labels(const struct report *r, struct buf *out)
{
	label(r, out, "{", "profile", r->c->profile.name ? r->c->profile.name : "");
}

static void
family(struct buf *out, const char *name, const char *type, const char *unit, const char *help)
{
	buf_printf(out, "# TYPE %s %s\n", name, type);
	if (unit)
		buf_printf(out, "# UNIT %s %s\n", name, unit);
	buf_printf(out, "# HELP %s %s\n", name, help);
}

static void
verdict_metrics(const struct report *r, struct buf *out)
{
	static const enum state states[] = {STATE_OK, STATE_PROBLEM, STATE_UNDETERMINED};
	enum state is = r->d->verdict.state == STATE_WARNING ? STATE_OK : r->d->verdict.state;

	family(out, "tokentriage_build_info", "gauge", NULL, "The program.");
	buf_puts(out, "tokentriage_build_info");
	/* with the profile, too: the files of two profiles may not hold the same series */
	labels(r, out);
	label(r, out, ",", "version", r->in->version);
	buf_puts(out, "} 1\n");
	family(out, "tokentriage_verdict", "gauge", NULL,
		"What was found out: 1 for the state that holds, 0 for the others.");
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		buf_puts(out, "tokentriage_verdict");
		labels(r, out);
		label(r, out, ",", "state", state_id(states[i]));
		buf_printf(out, "} %d\n", states[i] == is);
	}
	family(out, "tokentriage_finding", "gauge", NULL,
		"1 for each finding, by its id; order 1 is the most causal one.");
	for (size_t i = 0; i < r->d->n; i++) {
		const struct finding *f = &r->d->findings[i];
		char order[24];

		snprintf(order, sizeof(order), "%zu", i + 1);
		buf_puts(out, "tokentriage_finding");
		labels(r, out);
		label(r, out, ",", "id", f->rule->id);
		label(r, out, ",", "severity", severity_id(f->severity));
		label(r, out, ",", "step", step_id(f->step));
		label(r, out, ",", "order", order);
		buf_puts(out, "} 1\n");
	}
}

static void
time_metrics(const struct report *r, struct buf *out)
{
	int64_t left;

	family(out, "tokentriage_token_expiry_seconds", "gauge", "seconds",
		"Until the access token expires, by the server's clock; negative: it has expired.");
	if (facts_remaining(r->f, &left)) {
		buf_puts(out, "tokentriage_token_expiry_seconds");
		labels(r, out);
		buf_printf(out, "} %lld\n", (long long)left);
	}
	family(out, "tokentriage_clock_skew_seconds", "gauge", "seconds",
		"How much the server's clock is ahead of the local one.");
	for (size_t i = 0; i < r->f->n_hosts; i++) {
		if (!r->f->hosts[i].known)
			continue;
		buf_puts(out, "tokentriage_clock_skew_seconds");
		labels(r, out);
		label(r, out, ",", "host", r->f->hosts[i].host);
		buf_printf(out, "} %.3f\n", r->f->hosts[i].seconds);
	}
	family(out, "tokentriage_clock_skew_error_seconds", "gauge", "seconds",
		"How far off the skew may be.");
	for (size_t i = 0; i < r->f->n_hosts; i++) {
		if (!r->f->hosts[i].known)
			continue;
		buf_puts(out, "tokentriage_clock_skew_error_seconds");
		labels(r, out);
		label(r, out, ",", "host", r->f->hosts[i].host);
		buf_printf(out, "} %.3f\n", r->f->hosts[i].error);
	}
	family(out, "tokentriage_run_timestamp_seconds", "gauge", "seconds",
		"When this was found out.");
	buf_puts(out, "tokentriage_run_timestamp_seconds");
	labels(r, out);
	buf_printf(out, "} %lld\n", (long long)r->in->created_s);
}

static void
exchange_labels(const struct report *r, struct buf *out, const char *name, const struct exchange *x)
{
	char n[24];

	snprintf(n, sizeof(n), "%u", (unsigned)x->n);
	buf_puts(out, name);
	labels(r, out);
	label(r, out, ",", "exchange", n);
	label(r, out, ",", "purpose", purpose_id(x->purpose));
}

static void
phase(const struct report *r, struct buf *out, const struct exchange *x, const char *name,
	int64_t us)
{
	if (us < 0)
		return;
	exchange_labels(r, out, "tokentriage_exchange_phase_seconds", x);
	label(r, out, ",", "phase", name);
	buf_printf(out, "} %.6f\n", (double)us / 1e6);
}

static void
exchange_metrics(const struct report *r, struct buf *out)
{
	family(out, "tokentriage_exchange_phase_seconds", "gauge", "seconds",
		"How long each phase of each exchange took; total is the whole of it.");
	for (size_t i = 0; i < r->c->n_exchanges; i++) {
		const struct exchange *x = r->c->exchanges[i];

#define TIMING(member) phase(r, out, x, #member, x->result.timings.member);
#include "case/transfer.def"
	}
	family(out, "tokentriage_exchange_status", "gauge", NULL,
		"The HTTP status of each exchange; 0: no answer came.");
	for (size_t i = 0; i < r->c->n_exchanges; i++) {
		const struct exchange *x = r->c->exchanges[i];

		exchange_labels(r, out, "tokentriage_exchange_status", x);
		label(r, out, ",", "error",
			x->result.error == NETERR_NONE ? "" : net_error_id(x->result.error));
		buf_printf(out, "} %d\n", x->result.response.status);
	}
}

void
report_openmetrics(const struct report *r, struct buf *out)
{
	verdict_metrics(r, out);
	time_metrics(r, out);
	exchange_metrics(r, out);
	buf_puts(out, "# EOF\n");
}
