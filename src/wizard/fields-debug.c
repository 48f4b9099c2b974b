/*
 * Step 5 on the screen: the findings with what explains them, then every exchange with its phases.
 */
#include "wizard/fields-rooms.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "diagnose/chain.h"
#include "oauth/url.h"

enum { PATH_SHOWN = 28 };

static void
phase(struct buf *out, const char *name, int64_t us)
{
	if (us >= 0)
		buf_printf(out, "%s%s %lld", out->len ? " " : "", name,
			(long long)((us + 500) / 1000));
}

/* The end of a long path tells more than its beginning, and the status behind it must be seen. */
static struct span
path_end(struct span path)
{
	while (path.n > PATH_SHOWN) {
		size_t cut = span_find(span_from(path, 1), '/');

		if (cut == SIZE_MAX)
			break;
		path = span_from(path, cut + 1);
	}
	return path;
}

static void
exchange_row(struct field_list *l, const struct exchange *x, const struct exchange_bar *bar,
	int64_t run)
{
	const struct timings *t = &x->result.timings;
	struct buf text;
	struct field *f;
	struct span path, url;
	struct url u;
	char label[80], outcome[80], value[200];

	buf_init(&text, 600);
	phase(&text, "dns", t->dns);
	phase(&text, "tcp", t->connect);
	phase(&text, "tls", t->tls);
	phase(&text, "wait", t->wait);
	phase(&text, "receive", t->receive);
	text_format(label, sizeof label, "%u %s", (unsigned)x->n, purpose_id(x->purpose));
	/* what is masked in a query is no URL any more */
	url = span_of(x->request.url);
	if (url_parse(&u, span_sub(url, 0, span_find(url, '?')), NULL) != RES_OK)
		memset(&u, 0, sizeof u);
	if (x->result.response.status)
		text_format(outcome, sizeof outcome, "%d", x->result.response.status);
	else
		text_format(outcome, sizeof outcome, "%s", tr(net_error_words(x->result.error)));
	path = path_end(u.path);
	text_format(value, sizeof value, "%s %s%.*s → %s", x->request.method,
		path.n < u.path.n ? "…" : "", SPAN_ARG(path), outcome);
	f = field_add(l, FIELD_VALUE, "", span_of(label), span_of(value), (int)x->n);
	field_mean(f, x->answer.outcome == OUTCOME_SUCCESS ? STATE_OK
		: x->result.response.status >= 500 || !x->result.response.status ? STATE_PROBLEM
		: STATE_OK, "%s%s%s", x->by_hand ? _("edited by hand · ") : "", buf_str(&text),
		t->reused ? _(" (reused)") : "");
	f->timed = run > 0 && bar->known;
	f->bar = *bar;
	f->run_us = run;
	buf_release(&text);
}

static void
exchange_rows(struct field_list *l, const struct case_file *c)
{
	struct exchange_bar *bars = xcalloc(c->n_exchanges + 1, sizeof *bars);
	bool pauses = false;
	int64_t run = waterfall_read(c, bars, &pauses);
	char text[40];

	text_format(text, sizeof text, "%zu%s", c->n_exchanges, pauses ? _(" · pauses cut") : "");
	field_heading(l, _("Exchanges"), text, FROM_NOWHERE)->timed = run > 0;
	for (size_t i = 0; i < c->n_exchanges; i++)
		exchange_row(l, c->exchanges[i], &bars[i], run);
	free(bars);
}

static void
finding_row(struct field_list *l, const struct chain_row *at)
{
	const struct finding *f = at->f;
	struct field *row = field_add(l, FIELD_FINDING, "", span_of(f->rule->id),
		span_of(f->summary), f->n_evidence ? f->evidence[0].from : FROM_NOWHERE);
	struct buf causes;

	snprintf(row->lead, sizeof row->lead, "%s", at->lead);
	buf_init(&causes, 300);
	for (size_t i = 0; i < f->n_caused_by; i++)
		buf_printf(&causes, "%s%s", i ? ", " : _("because of "), f->caused_by[i]->id);
	field_mean(row, finding_state(f), "%s", buf_str(&causes));
	buf_release(&causes);
}

void
fields_debug(struct field_list *l, const struct wizard *w, bool local)
{
	const struct diagnosis *d = wizard_diagnosis(w);
	const struct case_file *c = wizard_case(w);
	struct chain_row rows[FINDINGS_MAX];
	size_t n = chain_rows(d, false, rows);
	char text[40];

	(void)local;
	text_format(text, sizeof text, "%zu", d->n);
	field_heading(l, _("Findings"), text, FROM_NOWHERE);
	for (size_t i = 0; i < n; i++)
		finding_row(l, &rows[i]);
	if (!d->n)
		field_note(l, STATE_OK, _("None."));
	exchange_rows(l, c);
	if (!c->n_exchanges)
		field_note(l, STATE_UNDETERMINED,
			c->offline || c->as_of_wall_us ? _("No exchange is in what was recorded.")
						       : _("Nothing was sent yet."));
}
