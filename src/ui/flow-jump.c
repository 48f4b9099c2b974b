/*
 * Jumps to what proves something, one step at a time: finding → field → exchange → its first log
 * record → exchange, and back the way one came; and two exchanges side by side.
 */
#include "ui/state.h"

#include "base/tr.h"

/* --- where one came from --------------------------------------------------------------------- */

static void
remember(struct ui *ui)
{
	struct jump_place *j;

	if (ui->n_jumps == JUMPS_MAX) {
		memmove(ui->jumps, ui->jumps + 1, (JUMPS_MAX - 1) * sizeof(*ui->jumps));
		ui->n_jumps--;
	}
	j = &ui->jumps[ui->n_jumps++];
	*j = (struct jump_place){ui->step, ui->pane, ui->places[ui->step], ui->log.size,
		ui->log.mark_seq, ui->log.follow};
}

static void
read_step(struct ui *ui, enum step s)
{
	ui_go_step(ui, s);
	ui->pane = PANE_FIELDS;
	if (ui->log.size == LOGSIZE_FULL)
		ui->log.size = LOGSIZE_SMALL;
	model_read(&ui->m, ui->d->wizard, ui->step, &ui->keymap, ui->local_time);
	ui->model_stale = false;
}

void
flow_jump_back(struct ui *ui)
{
	struct jump_place j;
	size_t n, at;

	if (!ui->n_jumps) {
		ui_notice(ui, "%s", _("Nowhere to go back to: nothing was jumped from."));
		return;
	}
	j = ui->jumps[--ui->n_jumps];
	read_step(ui, j.step);
	ui->places[j.step] = j.place;
	ui->pane = j.pane;
	ui->log.size = j.log_size;
	n = logview_count(ui->records, &ui->log);
	if (j.follow) {
		logview_follow(&ui->log);
	} else if (n) {
		at = logview_index(ui->records, &ui->log, j.mark_seq);
		logview_mark(
			ui->records, &ui->log, at < n ? at : n - 1, step_log_pane(ui).rows - 1);
	}
}

/* --- the steps of a jump ------------------------------------------------------------------ */

/* Step 5's row of the exchange.  False: it has none. */
static bool
go_exchange(struct ui *ui, int n)
{
	read_step(ui, STEP_DEBUG);
	for (size_t i = 0; i < ui->m.fields.n; i++) {
		const struct field *f = &ui->m.fields.v[i];

		if (f->kind == FIELD_VALUE && f->from == n) {
			ui->places[STEP_DEBUG].mark = (int)i;
			return true;
		}
	}
	return false;
}

/* The field of a step that shows what the evidence names, from the same source; -1: none. */
static int
field_of(const struct field_list *l, const struct evidence *e)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct field *f = &l->v[i];

		if (f->kind == FIELD_VALUE && f->from == e->from &&
			(strcmp(f->name, e->fact) == 0 || strcmp(f->key, e->fact) == 0))
			return (int)i;
	}
	return -1;
}

/* Looks in the finding's own step first.  False: no step has such a field. */
static bool
go_field(struct ui *ui, const struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		for (int k = 0; k < STEP_DEBUG; k++) {
			enum step s = (enum step)((f->step + k) % STEP_DEBUG);
			struct field_list l;
			int at;

			field_list_init(&l);
			step_fields(&l, ui->d->wizard, s, ui->local_time);
			at = field_of(&l, &f->evidence[i]);
			field_list_release(&l);
			if (at < 0)
				continue;
			read_step(ui, s);
			ui->places[s].mark = at;
			return true;
		}
	}
	return false;
}

/* The field if there is one, else the first exchange among the evidence. */
static void
from_finding(struct ui *ui, const struct finding *f)
{
	remember(ui);
	if (go_field(ui, f))
		return;
	for (size_t i = 0; i < f->n_evidence; i++)
		if (f->evidence[i].from > 0 && go_exchange(ui, f->evidence[i].from))
			return;
	flow_jump_back(ui);
	ui_notice(ui, _("What proves %s is neither a field nor an exchange; Enter shows it."),
		f->rule->id);
}

/* The exchange behind a field: its own, else what else proves the finding that the field proves. */
static int
exchange_behind(const struct ui *ui, const struct field *f)
{
	const struct diagnosis *d = ui->m.diagnosis;

	for (size_t i = 0; f->from <= 0 && d && i < d->n; i++) {
		const struct finding *found = &d->findings[i];
		bool about = false;
		int from = 0;

		for (size_t k = 0; k < found->n_evidence; k++) {
			const struct evidence *e = &found->evidence[k];

			about = about || strcmp(e->fact, f->name) == 0 ||
				strcmp(e->fact, f->key) == 0;
			from = from > 0 ? from : e->from;
		}
		if (about && from > 0)
			return from;
	}
	return f->from;
}

static void
from_field(struct ui *ui, const struct field *f)
{
	int from = exchange_behind(ui, f);

	if (from > 0) {
		remember(ui);
		if (!go_exchange(ui, from))
			flow_jump_back(ui);
	} else if (from == FROM_TOKEN) {
		ui_notice(ui, "%s", _("This was read from the token itself: no exchange says it."));
	} else if (from == FROM_PROFILE) {
		ui_notice(ui, "%s", _("This stands in the profile: no exchange says it."));
	} else if (from == FROM_CLOCK) {
		ui_notice(ui, "%s", _("This is what this machine's clock says."));
	} else {
		ui_notice(ui, "%s", _("There is nothing behind this to jump to."));
	}
}

void
flow_jump_from(struct ui *ui, const struct finding *f)
{
	ui_pop_all(ui);
	from_finding(ui, f);
}

static void
from_record(struct ui *ui, uint32_t exchange)
{
	if (!exchange) {
		ui_notice(ui, "%s", _("This record belongs to no exchange."));
		return;
	}
	remember(ui);
	if (!go_exchange(ui, (int)exchange)) {
		flow_jump_back(ui);
		ui_notice(ui, _("Exchange %u is not in this case."), (unsigned)exchange);
	}
}

static const struct finding *
finding_called(const struct ui *ui, const char *id)
{
	for (size_t i = 0; ui->m.diagnosis && i < ui->m.diagnosis->n; i++)
		if (strcmp(ui->m.diagnosis->findings[i].rule->id, id) == 0)
			return &ui->m.diagnosis->findings[i];
	return NULL;
}

void
flow_jump(struct ui *ui)
{
	const struct field *f = step_marked(ui);
	const struct finding *found = f ? finding_called(ui, f->name) : NULL;
	struct log_rec rec;

	/* without a mark: what proves the verdict */
	if (!f && ui->pane == PANE_FIELDS && ui->m.diagnosis && ui->m.walked)
		found = ui->m.diagnosis->verdict.primary;
	if (ui->pane == PANE_LOG &&
		logpane_marked(ui->records, &ui->log, step_log_pane(ui).rows - 1, &rec)) {
		from_record(ui, rec.exchange);
	} else if (found) {
		from_finding(ui, found);
	} else if (f && f->from > 0 && ui->step == STEP_DEBUG) {
		remember(ui);
		flow_search_exchange(ui, (uint32_t)f->from);
	} else if (f) {
		from_field(ui, f);
	} else {
		ui_notice(ui, "%s", _("There is nothing behind this to jump to."));
	}
}

/* --- two exchanges ------------------------------------------------------------------------ */

void
flow_mark(struct ui *ui)
{
	const struct exchange *x = step_exchange(ui);
	char key[32];

	if (!x) {
		ui_notice(ui, "%s", _("Nothing was sent yet."));
		return;
	}
	if (ui->kept_exchange == x->n) {
		ui->kept_exchange = 0;
		ui_notice(ui, _("Exchange %u is not marked any more."), (unsigned)x->n);
		return;
	}
	ui->kept_exchange = x->n;
	ui_notice(ui, _("Exchange %u is marked; %s on another one shows what differs."),
		(unsigned)x->n, keymap_name(&ui->keymap, ACT_DIFF, key, sizeof(key)));
}

/* The marked one, else the one before that asked the same, else the one before. */
static const struct exchange *
other_than(const struct ui *ui, const struct exchange *x)
{
	const struct case_file *c = ui->m.c;
	const struct exchange *kept = ui->kept_exchange ? case_exchange(c, ui->kept_exchange)
							: NULL,
			      *before = NULL;

	if (kept && kept != x)
		return kept;
	for (size_t i = 0; i < c->n_exchanges && c->exchanges[i] != x; i++)
		if (!before || c->exchanges[i]->purpose == x->purpose ||
			before->purpose != x->purpose)
			before = c->exchanges[i];
	return before;
}

void
flow_diff(struct ui *ui)
{
	const struct exchange *x = step_exchange(ui), *other = x ? other_than(ui, x) : NULL;
	const struct exchange *first, *second;
	char title[80];
	struct page p;

	if (!other) {
		ui_notice(ui, "%s", _("There is no other exchange to compare with."));
		return;
	}
	first = other->n < x->n ? other : x;
	second = other->n < x->n ? x : other;
	page_init(&p);
	page_diff(&p, first, second);
	snprintf(title, sizeof(title), _("Exchanges %u and %u"), (unsigned)first->n,
		(unsigned)second->n);
	pager_open(ui, ACT_NONE, title, &p);
}
