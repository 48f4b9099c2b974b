/* What of the log is shown (severity, categories, text), and where it stands: the keys for that. */
#include "ui/state.h"

#include "base/text.h"
#include "base/tr.h"

enum { SLICE_US = 5000 }; /* a key waits for a slice, and 10 ms are the most */

static int
log_rows(const struct ui *ui)
{
	return step_log_pane(ui).rows - 1;
}

/* --- the filter --------------------------------------------------------------------------- */

/* What is meant stays in sight where it still is shown. */
static void
keep_place(struct ui *ui)
{
	size_t n = logview_count(ui->records, &ui->log), at;

	if (ui->log.follow || !n || !ui->log.mark_seq)
		return;
	at = logview_index(ui->records, &ui->log, ui->log.mark_seq);
	logview_mark(ui->records, &ui->log, at < n ? at : n - 1, log_rows(ui));
}

/* Goes on for so long, but through some records at least. */
static void
sift_for(struct ui *ui, int64_t us)
{
	int64_t until = ui_now_us(ui) + us;
	bool more;

	do
		more = logview_sift(ui->records, &ui->log);
	while (more && ui_now_us(ui) < until);
	if (!more)
		keep_place(ui);
	ui->dirty = true;
}

static void
filter_changed(struct ui *ui)
{
	ui->hunt.on = false;
	logview_refilter(ui->records, &ui->log);
	sift_for(ui, 0);
}

static void
show_all(struct ui *ui)
{
	logview_show_all(&ui->log);
	ui->hunt.on = false;
	keep_place(ui);
}

bool
flow_log_behind(const struct ui *ui)
{
	return logview_sifted(ui->records, &ui->log) < 100;
}

void
flow_log_news(struct ui *ui)
{
	if (flow_log_behind(ui))
		sift_for(ui, 0);
}

void
flow_log_sift(struct ui *ui)
{
	sift_for(ui, SLICE_US);
	ui->soon = ui->soon || !flow_log_behind(ui);
}

/* The lowest severity that anything is recorded of: nothing below it can be asked for. */
static enum log_level
lowest(const struct ui *ui)
{
	for (int level = LOG_TRACE; level < LOG_ERROR; level++)
		for (int cat = 0; cat < LOGC_COUNT; cat++)
			if (log_wants(ui->records, (enum log_level)level, (enum log_cat)cat))
				return (enum log_level)level;
	return LOG_ERROR;
}

/* All, then less and less, then all again. */
static void
next_level(struct ui *ui)
{
	enum log_level now = ui->log.filter.level, low = lowest(ui);

	now = now < low ? low : now;
	ui->log.filter.level = now == LOG_ERROR ? LOG_TRACE : now + 1;
	filter_changed(ui);
}

static bool
take_cats(struct ui *ui, struct span text, uintptr_t arg, struct err *why)
{
	unsigned cats;

	(void)arg;
	if (log_cats_parse(text, &cats, why) != RES_OK)
		return false;
	ui->log.filter.cats = cats;
	filter_changed(ui);
	return true;
}

static void
ask_cats(struct ui *ui)
{
	static const char *const helps[LOGC_COUNT] = {
#define LOG_CAT(sym, id, help) [LOGC_##sym] = help,
#include "base/logcats.def"
#undef LOG_CAT
	};
	char now[80];
	struct buf text;

	buf_init(&text, 4096);
	for (int i = 0; i < LOGC_COUNT; i++)
		buf_printf(&text, "%s%-5s %s", i ? "\n" : "", log_cat_id((enum log_cat)i),
			tr(helps[i]));
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Categories of the log"),
			.text = buf_str(&text),
			.input = true,
			.value = log_cats_text(ui->log.filter.cats, now, sizeof(now)),
			.hint = _("http,tls  or all but one: -ui"),
			.take = take_cats});
	buf_release(&text);
}

static void
take_text(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	(void)choice;
	(void)arg;
	text_safe_into(ui->log.filter.text, sizeof(ui->log.filter.text), text);
	filter_changed(ui);
}

static void
ask_text(struct ui *ui)
{
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Only records with this text"),
			.input = true,
			.value = ui->log.filter.text,
			.hint = _("any"),
			.done = take_text});
}

/* --- the place ---------------------------------------------------------------------------- */

/* The moment that is meant now: of the marked record, or of the exchange that is. */
static int64_t
moment_here(const struct ui *ui)
{
	const struct exchange *x = ui->pane == PANE_LOG ? NULL : step_exchange(ui);
	struct log_rec rec;

	if (x && x->result.sent_wall_us)
		return x->result.sent_wall_us;
	return logpane_marked(ui->records, &ui->log, log_rows(ui), &rec)
		? rec.wall_us
		: clock_wall_us(ui->d->clock);
}

/*
 * The first row whose exchange was sent at that time or later, else the last; false: there is none.
 */
static bool
row_at(const struct ui *ui, int64_t wall_us, int *row)
{
	bool any = false;

	for (size_t i = 0; i < ui->m.fields.n; i++) {
		const struct field *f = &ui->m.fields.v[i];
		const struct exchange *x = f->kind == FIELD_VALUE && f->from > 0 && ui->m.c
			? case_exchange(ui->m.c, (uint32_t)f->from)
			: NULL;

		if (!x || !x->result.sent_wall_us)
			continue;
		*row = (int)i;
		any = true;
		if (x->result.sent_wall_us >= wall_us)
			break;
	}
	return any;
}

static bool
take_moment(struct ui *ui, struct span text, uintptr_t arg, struct err *why)
{
	int64_t at;

	(void)arg;
	if (time_parse_moment(text, moment_here(ui), &at) != RES_OK) {
		err_set(why, RES_SYNTAX, "%s",
			_("That is no time; try 12:00:02, +5s, -1m or 2026-01-31 12:00:02Z."));
		return false;
	}
	if (ui->pane == PANE_FIELDS && ui->step == STEP_DEBUG &&
		row_at(ui, at, &ui->places[ui->step].mark))
		return true;
	ui->pane = PANE_LOG;
	if (logview_count(ui->records, &ui->log))
		logview_centre(ui->records, &ui->log, logview_index_at(ui->records, &ui->log, at),
			log_rows(ui));
	return true;
}

static void
ask_moment(struct ui *ui)
{
	dialog_open(ui,
		&(struct dialog_spec){.title = _("Go to a time"),
			.text = _("A time of day as the log shows it (UTC), or so much later or "
				  "earlier than what is marked."),
			.input = true,
			.hint = "12:00:02  +5s  -1m",
			.take = take_moment});
}

/* --- keys -------------------------------------------------------------------------------- */

bool
flow_log_action(struct ui *ui, enum action a)
{
	switch (a) {
	case ACT_LOG_LEVEL:
		next_level(ui);
		return true;
	case ACT_LOG_CATEGORY:
		ask_cats(ui);
		return true;
	case ACT_LOG_TEXT:
		ask_text(ui);
		return true;
	case ACT_LOG_ALL:
		show_all(ui);
		return true;
	case ACT_LOG_PAUSE:
		return logpane_action(ui->records, &ui->log, a, log_rows(ui));
	case ACT_AT_TIME:
		ask_moment(ui);
		return true;
	case ACT_BACK:
		if (!flow_log_behind(ui))
			return false;
		show_all(ui);
		ui_notice(ui, "%s", _("The filter was given up: all records are shown."));
		return true;
	default:
		return false;
	}
}
