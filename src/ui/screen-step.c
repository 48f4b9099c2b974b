#include "ui/state.h"

#include "base/tr.h"
#include "ui/glyphs.h"

/* On a wide screen the guide has its whole height, and the log what the fields leave. */
static void
put_log_beside(const struct ui *ui, int rows, struct rect *fields, struct rect *guide,
	struct rect *log)
{
	int need = fieldlist_height(&ui->m.fields, fields->cols);
	int spare, most = rows / 2 - log->rows;

	guide->rows = rows;
	log->cols = fields->cols;
	if (ui->log.size != LOGSIZE_SMALL)
		return;
	if (ui->step == STEP_EXPIRY)
		need += timeline_rows(&ui->m.timeline, fields->rows);
	spare = fields->rows - need - 1;
	spare = spare > most ? most : spare;
	if (spare > 0) {
		fields->rows -= spare;
		log->row -= spare;
		log->rows += spare;
	}
}

void
step_panes(const struct ui *ui, struct rect area, struct rect *fields, struct rect *guide,
	struct rect *log)
{
	int lines = area.rows < 10
		? 1
		: (area.rows + 6) / 6; /* a long verdict takes from the log first */
	struct rect none = {area.row, area.col, 0, 0};

	if (ui->log.size == LOGSIZE_HALF)
		lines = area.rows / 2;
	if (ui->log.size == LOGSIZE_FULL)
		lines = area.rows - 1;
	*log = (struct rect){area.row + area.rows - lines - 1, area.col, lines + 1, area.cols};
	*fields = (struct rect){area.row, area.col, area.rows - lines - 1, area.cols};
	*guide = none;
	if (ui->guide && area.cols >= UI_GUIDE_COLS && fields->rows > 0) {
		int cols = area.cols * 3 / 8 < 60 ? area.cols * 3 / 8 : 60;

		fields->cols -= cols;
		*guide = (struct rect){fields->row, fields->col + fields->cols, fields->rows, cols};
		if (area.cols >= UI_WIDE_COLS)
			put_log_beside(ui, area.rows, fields, guide, log);
	}
}

/* Takes the rows of step 2's drawing off the top of the fields. */
static struct rect
take_timeline(const struct ui *ui, struct rect *fields)
{
	struct rect r = *fields;

	r.rows = ui->step == STEP_EXPIRY ? timeline_rows(&ui->m.timeline, fields->rows) : 0;
	fields->row += r.rows;
	fields->rows -= r.rows;
	return r;
}

/* The panes as they are on the screen now. */
static void
panes_now(const struct ui *ui, struct rect *fields, struct rect *log)
{
	struct canvas measure;
	struct rect guide;

	canvas_init_measure(&measure, ui->canvas.rows, ui->canvas.cols);
	step_panes(ui, chrome_all(ui, &measure), fields, &guide, log);
	take_timeline(ui, fields);
}

struct rect
step_log_pane(const struct ui *ui)
{
	struct rect fields, log;

	panes_now(ui, &fields, &log);
	return log;
}

bool
step_guide_fits(const struct ui *ui)
{
	struct rect fields, guide, log;
	struct canvas measure;
	struct page p;
	bool fits;

	canvas_init_measure(&measure, ui->canvas.rows, ui->canvas.cols);
	step_panes(ui, chrome_all(ui, &measure), &fields, &guide, &log);
	page_init(&p);
	page_guide(&p, ui, ui->step);
	fits = page_height(&p, guide.cols - 3) <= guide.rows;
	page_release(&p);
	return fits;
}

const struct field *
step_marked(const struct ui *ui)
{
	int mark = ui->places[ui->step].mark;

	if (ui->pane != PANE_FIELDS || mark < 0 || mark >= (int)ui->m.fields.n)
		return NULL;
	return &ui->m.fields.v[mark];
}

bool
step_record(const struct ui *ui, struct log_rec *out)
{
	return ui->pane == PANE_LOG &&
		logpane_marked(ui->records, &ui->log, step_log_pane(ui).rows - 1, out);
}

/* The newest of the step (of all in step 5); discovery and key set where there is nothing else. */
static const struct exchange *
newest_of_step(const struct case_file *c, enum step s)
{
	const struct exchange *beside = NULL;

	for (size_t i = c->n_exchanges; i > 0; i--) {
		const struct exchange *x = c->exchanges[i - 1];

		if (x->step != s && s != STEP_DEBUG)
			continue;
		if (x->purpose != PURPOSE_DISCOVERY && x->purpose != PURPOSE_JWKS)
			return x;
		beside = beside ? beside : x;
	}
	return beside;
}

const struct exchange *
step_exchange(const struct ui *ui)
{
	const struct field *f = step_marked(ui);
	const struct case_file *c = ui->m.c;
	const struct exchange *x = NULL;
	struct log_rec rec;

	if (!c)
		return NULL;
	if (f && f->from > 0)
		x = case_exchange(c, (uint32_t)f->from);
	else if (step_record(ui, &rec) && rec.exchange)
		x = case_exchange(c, rec.exchange);
	if (!x)
		x = newest_of_step(c, ui->step);
	return x ? x : newest_of_step(c, STEP_DEBUG);
}

const char *
step_enter_hint(const struct ui *ui)
{
	if (step_marked(ui) || ui->pane == PANE_LOG)
		return C_("hint", "open");
	if (ui->m.steps[ui->step] == STATE_PENDING && !ui->d->offline)
		return C_("hint", "run");
	return ui->step + 1 < STEP_COUNT ? C_("hint", "next step") : C_("hint", "findings");
}

static void
run_step(struct ui *ui, enum step s)
{
	if (ui_notice_offline(ui))
		return;
	if (ui->m.busy) {
		ui_notice_busy(ui);
		return;
	}
	wizard_run_step(ui->d->wizard, s);
	ui->model_stale = true;
}

/* The record may be cut where it stands, and it may have come with an exchange. */
static void
open_record(struct ui *ui)
{
	struct log_rec rec;
	struct page p;
	char title[40];

	if (!step_record(ui, &rec)) {
		ui_notice(ui, _("The log is empty."));
		return;
	}
	page_init(&p);
	page_record(&p, &rec);
	snprintf(title, sizeof(title), _("Log record %llu"), (unsigned long long)rec.seq);
	pager_open_exchange(ui, title, &p,
		ui->m.c && rec.exchange ? case_exchange(ui->m.c, rec.exchange) : NULL);
}

/* Enter is for what has the keys: a step that the log hides is not run by it. */
static unsigned
enter(struct ui *ui)
{
	const struct field *f = step_marked(ui);

	if (ui->pane == PANE_LOG) {
		open_record(ui);
		return UI_REDRAW;
	}
	if (f) {
		struct page p;

		page_init(&p);
		if (f->decision > 0) {
			page_decision(&p, ui, (size_t)f->decision - 1, false);
			pager_open(ui, ACT_DECISION, _("Your application"), &p);
			return UI_REDRAW;
		}
		page_field(&p, ui, f);
		pager_open_exchange(ui,
			f->name && f->name[0] ? f->name : tr(step_title(ui->step)), &p,
			ui->m.c && f->from > 0 ? case_exchange(ui->m.c, (uint32_t)f->from) : NULL);
		return UI_REDRAW;
	}
	if (ui->m.busy) {
		ui_notice_busy(ui);
		return UI_REDRAW;
	}
	if (ui->m.steps[ui->step] != STATE_PENDING && ui->step + 1 == STEP_COUNT) {
		/* there is nothing behind the last step but what was found */
		ui_global_action(ui, ACT_FINDINGS);
		return UI_REDRAW;
	}
	if (ui->m.steps[ui->step] != STATE_PENDING) {
		ui_go_step(ui, ui->step + 1);
		/* a step that has run shows its answers; a new one is run at once */
		if (ui->m.steps[ui->step] != STATE_PENDING || ui->d->offline)
			return UI_REDRAW;
	}
	run_step(ui, ui->step);
	return UI_REDRAW;
}

static unsigned
back(struct ui *ui)
{
	if (ui->hunt.on) {
		ui->hunt.on = false;
		ui_notice(ui, _("The search was given up."));
		return UI_REDRAW;
	}
	if (flow_log_action(ui, ACT_BACK))
		return UI_REDRAW;
	if (ui->m.refreshing) {
		ui_notice_busy(ui);
	} else if (ui->m.busy) {
		wizard_cancel(ui->d->wizard);
		ui->model_stale = true;
		ui_notice(ui, _("Cancelled."));
	} else if (ui->log.size != LOGSIZE_SMALL) {
		ui->log.size = LOGSIZE_SMALL;
		ui->pane = PANE_FIELDS;
	} else if (ui->search[0]) {
		ui->search[0] = '\0';
		ui->log.mark_seq = 0;
	} else if (ui->pane == PANE_LOG) {
		ui->pane = PANE_FIELDS;
	} else if (ui->places[ui->step].mark >= 0) {
		ui->places[ui->step].mark = -1;
	} else {
		char key[32];

		ui_notice(ui, _("Nothing to go back from; %s quits."),
			keymap_name(&ui->keymap, ACT_QUIT, key, sizeof(key)));
	}
	return UI_REDRAW;
}

static unsigned
step_action(struct ui *ui, void *state, enum action a)
{
	struct rect fields, log;

	(void)state;
	switch (a) {
	case ACT_ENTER:
		return enter(ui);
	case ACT_RERUN:
		run_step(ui, ui->step);
		return UI_REDRAW;
	case ACT_BACK:
		return back(ui);
	case ACT_FOCUS_NEXT:
	case ACT_FOCUS_PREV:
		ui->pane = ui->pane == PANE_FIELDS ? PANE_LOG : PANE_FIELDS;
		if (ui->log.size == LOGSIZE_FULL)
			ui->pane = PANE_LOG;
		return UI_REDRAW;
	case ACT_LOG:
		ui->log.size = (ui->log.size + 1) % LOGSIZE_COUNT;
		ui->pane = ui->log.size == LOGSIZE_SMALL ? PANE_FIELDS : PANE_LOG;
		return UI_REDRAW;
	case ACT_SEARCH:
		flow_search(ui);
		return UI_REDRAW;
	case ACT_SEARCH_NEXT:
	case ACT_SEARCH_PREV:
		flow_search_again(ui, a == ACT_SEARCH_PREV);
		return UI_REDRAW;
	default:
		break;
	}
	if (flow_log_action(ui, a))
		return UI_REDRAW;
	panes_now(ui, &fields, &log);
	if (ui->pane == PANE_LOG ? logpane_action(ui->records, &ui->log, a, log.rows - 1)
				 : fieldlist_action(&ui->m.fields, &ui->places[ui->step], a,
					   fields.rows, fields.cols))
		return UI_REDRAW;
	return UI_PROPAGATE;
}

/* A click gives the keys and marks, and opens what is marked.  The wheel moves what it is over. */
static unsigned
step_mouse(struct ui *ui, void *state, const struct mouse *m)
{
	const struct zone *pane = canvas_zone_at(&ui->canvas, ZONE_PANE, m->row, m->col);
	int64_t field = ui_clicked(ui, ZONE_ROW, m), record = ui_clicked(ui, ZONE_RECORD, m);
	struct place *p = &ui->places[ui->step];
	enum pane was = ui->pane;

	if (!pane)
		return UI_HANDLED;
	ui->pane = (enum pane)pane->arg;
	if (m->kind != MOUSE_CLICK) {
		for (int i = 0; i < WHEEL_ROWS; i++)
			step_action(ui, state, m->kind == MOUSE_WHEEL_UP ? ACT_UP : ACT_DOWN);
	} else if (record > 0) {
		if (was == PANE_LOG && ui->log.mark_seq == (uint64_t)record)
			return enter(ui);
		ui->log.mark_seq = (uint64_t)record;
	} else if (field >= 0 && field < (int64_t)ui->m.fields.n) {
		if (was == PANE_FIELDS && p->mark == field)
			return enter(ui);
		p->mark = (int)field;
	}
	return UI_REDRAW;
}

/* Before the first frame's work is done, and for a step without rows. */
static void
draw_empty(const struct ui *ui, struct rect r, struct canvas *c)
{
	const char *words = !ui->prepared
		? _("One moment: the screen stands before anything is loaded or sent.")
		: _("Nothing is known yet. Enter runs this step.");

	canvas_wrap(c, (struct rect){r.row + 1, r.col + 3, r.rows - 1, r.cols - 6}, UIR_DIM,
		span_of(words));
}

/* Beside the fields; the last row says how the rest is seen. */
static void
guide_draw(const struct ui *ui, struct rect r, struct canvas *c)
{
	struct rect old = canvas_clip(c, r), text = {r.row, r.col + 2, r.rows, r.cols - 3};
	char key[32];
	struct page p;

	page_init(&p);
	page_guide(&p, ui, ui->step);
	if (page_height(&p, text.cols) > text.rows) {
		text.rows--;
		canvas_printf(c, text.row + text.rows, text.col, text.cols, UIR_DIM,
			_("… %s shows the rest"),
			keymap_name(&ui->keymap, ACT_GUIDE, key, sizeof(key)));
	}
	for (int row = r.row; row < r.row + r.rows; row++)
		canvas_put(c, row, r.col, GLYPH_VLINE, UIR_RULE);
	page_draw(&p, text, 0, "", c);
	page_release(&p);
	canvas_clip(c, old);
}

/* The header's, so that both say the same; what the token's words alone bound has no countdown. */
static enum state
life_band(const struct countdown *count, const struct life *l, int64_t now)
{
	return count->known ? count->band : l->to <= now ? STATE_PROBLEM : STATE_OK;
}

static void
step_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	struct rect area = chrome_all(ui, c), fields, guide, log, line;
	const struct timeline *t = &ui->m.timeline;
	const char *search = ui->search;
	struct place place = ui->places[ui->step];

	(void)state;
	place.kept = ui->step == STEP_DEBUG ? ui->kept_exchange : 0;
	step_panes(ui, area, &fields, &guide, &log);
	line = take_timeline(ui, &fields);
	if (line.rows > 0)
		timeline_draw(t, life_band(&ui->m.access, &t->access, t->now_s),
			life_band(&ui->m.refresh, &t->refresh, t->now_s), ui->local_time, line, c);
	canvas_zone(c, fields, ZONE_PANE, PANE_FIELDS);
	canvas_zone(c, log, ZONE_PANE, PANE_LOG);
	canvas_zone(c, (struct rect){log.row, log.col, 1, log.cols}, ZONE_ACTION, ACT_LOG);
	if (fields.rows > 0 && ui->m.fields.n)
		fieldlist_draw(&ui->m.fields, place, ui->pane == PANE_FIELDS, fields,
			ui->pane == PANE_FIELDS ? search : "", c);
	else if (fields.rows > 0)
		draw_empty(ui, fields, c);
	if (guide.rows > 0)
		guide_draw(ui, guide, c);
	logpane_draw(ui->records, &ui->log, ui->pane == PANE_LOG, log,
		ui->pane == PANE_LOG ? search : "", c);
}

static const enum action *
hints_of_step(const struct ui *ui)
{
	static const enum action fresh[] = {ACT_ENTER, ACT_WALK, ACT_PREV_STEP, ACT_GUIDE,
		ACT_TOKENS, ACT_UP, ACT_LOG, ACT_NONE};
	static const enum action open[] = {ACT_ENTER, ACT_PROBES, ACT_PREV_STEP, ACT_UP,
		ACT_FINDINGS, ACT_EXPORT, ACT_GUIDE, ACT_LOG, ACT_COPY, ACT_NONE};
	static const enum action usual[] = {ACT_ENTER, ACT_PREV_STEP, ACT_UP, ACT_FINDINGS,
		ACT_EXPORT, ACT_GUIDE, ACT_LOG, ACT_FOCUS_NEXT, ACT_SEARCH, ACT_COPY, ACT_WALK,
		ACT_TIME, ACT_TOKENS, ACT_NONE};
	static const enum action expiry[] = {ACT_ENTER, ACT_PREV_STEP, ACT_TIME, ACT_UP,
		ACT_FINDINGS, ACT_EXPORT, ACT_GUIDE, ACT_LOG, ACT_COPY, ACT_NONE};
	static const enum action refresh[] = {ACT_ENTER, ACT_REFRESH, ACT_PREV_STEP, ACT_UP,
		ACT_FINDINGS, ACT_EXPORT, ACT_GUIDE, ACT_LOG, ACT_COPY, ACT_NONE};
	static const enum action handle[] = {ACT_ENTER, ACT_REFRESH, ACT_REVOKE, ACT_LOGIN,
		ACT_DECISION, ACT_PREV_STEP, ACT_UP, ACT_FINDINGS, ACT_EXPORT, ACT_GUIDE, ACT_LOG,
		ACT_COPY, ACT_NONE};
	static const enum action handle_dead[] = {ACT_ENTER, ACT_LOGIN, ACT_REVOKE, ACT_DECISION,
		ACT_PREV_STEP, ACT_UP, ACT_FINDINGS, ACT_EXPORT, ACT_GUIDE, ACT_LOG, ACT_COPY,
		ACT_NONE};
	static const enum action handle_read[] = {ACT_ENTER, ACT_DECISION, ACT_PREV_STEP, ACT_UP,
		ACT_FINDINGS, ACT_EXPORT, ACT_GUIDE, ACT_LOG, ACT_COPY, ACT_NONE};
	static const enum action debug[] = {ACT_ENTER, ACT_PREV_STEP, ACT_UP, ACT_EXPORT, ACT_COPY,
		ACT_LOG, ACT_FOCUS_NEXT, ACT_SEARCH, ACT_GUIDE, ACT_NONE};
	bool sends = !ui->d->offline;

	if (!ui->m.walked)
		return fresh;
	if (ui->m.probes_open && sends)
		return open;
	if (ui->step == STEP_REFRESH && ui->m.can_refresh && sends)
		return refresh;
	if (ui->step == STEP_HANDLE)
		return !sends ? handle_read : ui->m.can_refresh ? handle : handle_dead;
	if (ui->step == STEP_EXPIRY)
		return expiry;
	return ui->step == STEP_DEBUG ? debug : usual;
}

static const enum action *
step_hints(const struct ui *ui, const void *state)
{
	static const enum action log[] = {ACT_ENTER, ACT_UP, ACT_BACK, ACT_SEARCH, ACT_LOG,
		ACT_LOG_LEVEL, ACT_LOG_TEXT, ACT_LOG_PAUSE, ACT_JUMP, ACT_COPY, ACT_NONE};
	static const enum action filtered[] = {ACT_LOG_ALL, ACT_ENTER, ACT_BACK, ACT_UP, ACT_SEARCH,
		ACT_LOG, ACT_LOG_LEVEL, ACT_LOG_TEXT, ACT_LOG_PAUSE, ACT_NONE};
	static const enum action busy[] = {
		ACT_BACK, ACT_PREV_STEP, ACT_FOCUS_NEXT, ACT_GUIDE, ACT_LOG, ACT_NONE};
	/* "show" comes and goes with the row, and last: the rest of the footer need not be drawn
	 * anew */
	static const enum action marked[][7] = {{ACT_ENTER, ACT_COPY, ACT_BACK, ACT_NONE},
		{ACT_ENTER, ACT_UP, ACT_COPY, ACT_BACK, ACT_PREV_STEP, ACT_NONE}};
	static const enum action masked[][7] = {{ACT_ENTER, ACT_COPY, ACT_BACK, ACT_SHOW, ACT_NONE},
		{ACT_ENTER, ACT_UP, ACT_COPY, ACT_BACK, ACT_PREV_STEP, ACT_SHOW, ACT_NONE}};
	static const enum action debug[] = {ACT_ENTER, ACT_JUMP, ACT_DIFF, ACT_MARK, ACT_BACK,
		ACT_UP, ACT_COPY, ACT_JUMP_BACK, ACT_NONE};
	const struct field *f = step_marked(ui);
	bool wide = ui->canvas.cols >= 72;

	(void)state;
	if (ui->m.busy)
		return ui->m.refreshing ? busy + 1
					: busy; /* a refresh that was sent is not cancelled */
	if (ui->pane == PANE_LOG)
		return logview_filtered(&ui->log) ? filtered : log;
	if (f && ui->step == STEP_DEBUG)
		return debug;
	if (f)
		return f->secret ? masked[wide] : marked[wide];
	return hints_of_step(ui);
}

const struct screen screen_step = {
	.name = "step",
	.contexts = CONTEXT_LIST | CONTEXT_GLOBAL,
	.action = step_action,
	.mouse = step_mouse,
	.draw = step_draw,
	.hints = step_hints,
};
