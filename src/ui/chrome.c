#include "ui/state.h"

#include "base/clock.h"
#include "base/tr.h"
#include "diagnose/chain.h"
#include "ui/glyphs.h"
#include "ui/login.h"

enum { NOTICE_ROWS = 3 };

static enum ui_role
band_role(const struct countdown *t)
{
	switch (t->band) {
	case STATE_OK:
		return UIR_COUNT_OK;
	case STATE_PROBLEM:
		return UIR_COUNT_PROBLEM;
	default:
		return UIR_COUNT_WARNING;
	}
}

/* "AT 04:59 ▇▇▇▇▇▁▁" ending at column `end`; returns where it begins. */
static int
draw_countdown(struct canvas *c, int end, const char *label, const struct countdown *t, int bar)
{
	char text[32], left[16];
	enum ui_role role = band_role(t);
	int cells, col;

	if (t->left_s > 0)
		snprintf(text, sizeof(text), "%s", time_countdown(left, t->left_s));
	else
		snprintf(text, sizeof(text), "%s", _("expired"));
	if (t->life_s <= 0 || t->left_s <= 0)
		bar = 0;
	cells = (int)text_cells(span_of(label)) + 1 + (int)text_cells(span_of(text)) +
		(bar ? bar + 1 : 0);
	col = end - cells;
	col += canvas_printf(c, 0, col, cells, UIR_DIM, "%s ", label);
	col += canvas_puts(c, 0, col, cells, role, text);
	if (bar) {
		int full = (int)((t->left_s * bar + t->life_s - 1) / t->life_s);

		for (int i = 0; i < bar; i++)
			canvas_put(c, 0, col + 1 + i, i < full ? GLYPH_BAR : GLYPH_BAR_EMPTY, role);
	}
	return end - cells;
}

int
chrome_header(const struct ui *ui, struct canvas *c)
{
	const struct ui_model *m = &ui->m;
	const char *who = ui->d && ui->d->title ? ui->d->title : m->profile;
	int end = c->cols - 1, col = 1, room;

	if (m->refresh.known)
		end = draw_countdown(c, end, "RT", &m->refresh, 0) - 2;
	if (m->access.known)
		end = draw_countdown(c, end, "AT", &m->access, 7) - 2;
	col += canvas_puts(c, 0, col, end - col, UIR_BRAND, "tokentriage") + 2;
	room = end - col;
	if (who[0])
		col += canvas_text_cut(c, 0, col, room, UIR_PROFILE, span_of(who));
	if (m->host[0] && end - col > 6) {
		if (who[0])
			col += canvas_puts(c, 0, col, end - col, UIR_DIM, " · ");
		canvas_text_cut(c, 0, col, end - col, UIR_PROFILE, span_of(m->host));
	}
	return 1;
}

static int
rail(const struct ui *ui, struct canvas *c, int row)
{
	int gap = c->cols >= 72 ? 2 : 1, col = 1;

	for (int s = 0; s < STEP_COUNT; s++) {
		bool here = ui->step == (enum step)s, running = ui->m.running == (enum step)s;
		int from = col;
		enum ui_role role = here ? UIR_RAIL_HERE : UIR_RAIL;
		uint32_t glyph = running ? GLYPH_RUNNING : glyph_state((int)ui->m.steps[s]);
		enum ui_role glyph_role = running ? UIR_RUNNING : state_role((int)ui->m.steps[s]);

		/* the brackets say it where no colour or look does */
		if (here)
			canvas_put(c, row, col - 1, '[', role);
		col += canvas_printf(c, row, col, c->cols - col, role, "%d %s ", s + 1,
			tr(step_title((enum step)s)));
		col += canvas_put(c, row, col, glyph, here ? role : glyph_role);
		if (here)
			canvas_put(c, row, col, ']', role);
		canvas_zone(c, (struct rect){row, from - 1, 1, col + 1 - from}, ZONE_ACTION,
			ACT_STEP_1 + s);
		col += gap;
	}
	return 1;
}

/* What the line says: glyph, role, text. */
static enum ui_role
verdict_words(const struct ui *ui, struct buf *b, uint32_t *glyph)
{
	const struct ui_model *m = &ui->m;
	char t[32];

	if (!ui->prepared) {
		*glyph = GLYPH_RUNNING;
		buf_puts(b, _("Starting"));
		return UIR_RUNNING;
	}
	if (m->busy) {
		*glyph = GLYPH_RUNNING;
		buf_puts(b, m->progress[0] ? m->progress : _("Working"));
		if (m->elapsed_us >= 1000000)
			buf_printf(b, "  %s", time_span(t, m->elapsed_us / 1000000));
		buf_puts(b,
			m->refreshing ? _("  sent, so it is not cancelled") : _("  Esc cancels"));
		return UIR_RUNNING;
	}
	if (!m->walked) {
		*glyph = GLYPH_PENDING;
		buf_puts(b, tr(step_question(ui->step)));
		return UIR_PENDING;
	}
	*glyph = glyph_state((int)m->verdict_state);
	buf_puts(b, m->verdict);
	return state_role((int)m->verdict_state);
}

/* What to do now; a refresh is said with its key, which works from every step. */
static void
next_words(const struct ui *ui, struct buf *b)
{
	char key[32];

	if (!ui->m.walked) {
		char enter[32];

		buf_printf(b, _("%s runs this step, %s walks all five."),
			keymap_name(&ui->keymap, ACT_ENTER, enter, sizeof(enter)),
			keymap_name(&ui->keymap, ACT_WALK, key, sizeof(key)));
		return;
	}
	buf_puts(b, ui->m.next);
	keymap_name(&ui->keymap, ui->m.wants_refresh ? ACT_REFRESH : ACT_LOGIN, key, sizeof(key));
	if ((ui->m.wants_refresh || ui->m.wants_login) && key[0])
		buf_printf(b, ui->m.wants_login ? _(" Press %s to log in.") : _(" Press %s."), key);
}

/* "Next: " and "Why:  " stand one below the other, and so do the words behind them. */
static int
lead_cells(void)
{
	int next = (int)text_cells(span_of(_("Next: "))),
	    why = (int)text_cells(span_of(_("Why:  ")));

	return next > why ? next : why;
}

/* Behind the sentence if it fits, else on rows of its own; returns how many of those. */
static int
draw_next(const struct ui *ui, struct canvas *c, struct rect r, int behind)
{
	struct buf b;
	int used = 0, cells, lead = lead_cells();

	buf_init(&b, 2 * LIMIT_MESSAGE);
	next_words(ui, &b);
	cells = (int)text_cells(buf_span(&b));
	if (behind > 0 && behind + 2 + lead + cells <= r.cols) {
		canvas_puts(c, r.row - 1, r.col + behind + 2, lead, UIR_DIM, _("Next: "));
		canvas_puts(c, r.row - 1, r.col + behind + 2 + lead, cells, UIR_NEXT, buf_str(&b));
	} else if (b.len && r.rows > 0) {
		canvas_puts(c, r.row, r.col, r.cols, UIR_DIM, _("Next: "));
		used = canvas_wrap(c, (struct rect){r.row, r.col + lead, r.rows, r.cols - lead},
			UIR_NEXT, buf_span(&b));
	}
	buf_release(&b);
	return used;
}

/* One row: what explains what, from the cause that the verdict names; step 5 has the whole tree. */
static int
draw_chain(const struct ui *ui, struct canvas *c, struct rect r)
{
	struct buf b;
	size_t n;

	if (r.rows < 1 || ui->step == STEP_DEBUG || !ui->m.walked || !ui->m.diagnosis)
		return 0;
	buf_init(&b, 4096);
	n = chain_words(ui->m.diagnosis, &b);
	if (n > 1) {
		canvas_puts(c, r.row, r.col, r.cols, UIR_DIM, _("Why:  "));
		canvas_text_cut(c, r.row, r.col + lead_cells(), r.cols - lead_cells(), UIR_NAME,
			buf_span(&b));
	}
	buf_release(&b);
	return n > 1 ? 1 : 0;
}

static int
verdict(const struct ui *ui, struct canvas *c, int row)
{
	/* the sentence stands whole, and what to do as far as it can, before anything else gets a
	 * row */
	int most = c->rows >= 22 ? 8 : 6, chain = most - 2, used, width = c->cols - 4;
	struct buf b;
	uint32_t glyph;
	enum ui_role role;
	bool idle = ui->prepared && !ui->m.busy;

	buf_init(&b, 2 * LIMIT_MESSAGE);
	role = verdict_words(ui, &b, &glyph);
	canvas_put(c, row, 1, glyph, role);
	used = canvas_wrap(c, (struct rect){row, 3, idle ? most - 1 : most, width},
		role == UIR_RUNNING || role == UIR_PENDING ? UIR_TEXT : UIR_VERDICT, buf_span(&b));
	if (used == 0)
		used = 1;
	if (idle) {
		used += draw_next(ui, c, (struct rect){row + used, 3, most - used, width},
			used == 1 ? (int)text_cells(buf_span(&b)) : 0);
		used += draw_chain(ui, c, (struct rect){row + used, 3, chain - used, width});
	}
	buf_release(&b);
	return used;
}

void
chrome_title(struct canvas *c, int row, int col, int cols, bool focus, const char *title,
	const char *note, const char *right)
{
	int end = col + cols, at = col,
	    tail = right && *right ? (int)text_cells(span_of(right)) : 0;

	canvas_fill(c, (struct rect){row, col, 1, cols}, GLYPH_HLINE, UIR_RULE);
	at += 2;
	at += canvas_puts(c, row, at, end - at, UIR_RULE, " ");
	at += canvas_text_cut(
		c, row, at, end - at - 1, focus ? UIR_TITLE_FOCUS : UIR_TITLE, span_of(title));
	at += canvas_puts(c, row, at, end - at, UIR_RULE, " ");
	if (note && *note) {
		int room = end - at - 6 - (tail ? tail + 3 : 0);

		if (room > 3) {
			at += 2;
			at += canvas_puts(c, row, at, 1, UIR_RULE, " ");
			at += canvas_text_cut(c, row, at, room, UIR_DIM, span_of(note));
			at += canvas_puts(c, row, at, 1, UIR_RULE, " ");
		}
	}
	if (tail && end - at >= tail + 5)
		canvas_printf(c, row, end - tail - 4, tail + 2, UIR_DIM, " %s ", right);
}

struct rect
chrome_all(const struct ui *ui, struct canvas *c)
{
	int row = chrome_header(ui, c);

	row += rail(ui, c, row);
	row += verdict(ui, c, row);
	return (struct rect){row, 0, c->rows - 1 - row, c->cols};
}

/* "< >" and "step" once for the pair. */
static enum action
pair_of(enum action a)
{
	return a == ACT_PREV_STEP    ? ACT_NEXT_STEP
		: a == ACT_UP        ? ACT_DOWN
		: a == ACT_FORM_NEXT ? ACT_FORM_PREV
				     : ACT_NONE;
}

/* What the footer says of an action: its key, the other one of a pair ("" without), and words. */
struct hint {
	char key[32], other[32];
	const char *words;
	enum action action;
	int cells;  /* 0: the action has no key */
};

static void
hint_of(const struct ui *ui, enum action a, const char *words, struct hint *h)
{
	h->action = a;
	h->words = words;
	h->other[0] = '\0';
	h->cells = 0;
	if (!keymap_name(&ui->keymap, a, h->key, sizeof(h->key))[0])
		return;
	if (pair_of(a) != ACT_NONE)
		keymap_name(&ui->keymap, pair_of(a), h->other, sizeof(h->other));
	h->cells = (int)(text_cells(span_of(h->key)) + text_cells(span_of(h->other)) +
			   text_cells(span_of(words))) +
		(h->other[0] ? 2 : 1);
}

/* Drawn only if it fits before `end`; returns the cells it took. */
static int
draw_hint(const struct hint *h, struct canvas *c, int col, int end)
{
	int row = c->rows - 1, from = col;

	if (!h->cells || col + h->cells > end)
		return 0;
	col += canvas_puts(c, row, col, h->cells, UIR_KEY, h->key);
	if (h->other[0]) {
		canvas_put(c, row, col, ' ', UIR_KEY);
		col += 1 + canvas_puts(c, row, col + 1, h->cells, UIR_KEY, h->other);
	}
	canvas_puts(c, row, col + 1, h->cells, UIR_HINT, h->words);
	canvas_zone(c, (struct rect){row, from, 1, h->cells}, ZONE_ACTION, h->action);
	return h->cells + 2;
}

/* Leaving the login's usual view ends what it waits for. */
static bool
login_waits(const struct ui *ui)
{
	const struct layer *l = &ui->layers[ui->n_layers - 1];

	return l->screen->contexts & CONTEXT_LOGIN && flow_active(ui->m.login.phase) &&
		((const struct login *)l->state)->show == LOGIN_USUAL;
}

/* Over as many rows from below as it takes: why something did not go stands at its end. */
static void
draw_notice(const char *text, int most, struct canvas *c)
{
	struct rect r = {c->rows - 1, 1, 1, c->cols - 2};
	struct span rest = span_of(text), line;

	wrap_next(&rest, r.cols, &line);
	for (; rest.n && r.rows < most && r.row > 0; r.row--, r.rows++)
		wrap_next(&rest, r.cols, &line);
	canvas_fill(c, (struct rect){r.row, 0, r.rows, c->cols}, ' ', UIR_TEXT);
	canvas_wrap(c, r, UIR_NOTICE, span_of(text));
}

/* What an action does where it has its own words now; otherwise the table's. */
static const char *
words_of(const struct ui *ui, const struct layer *l, enum action a)
{
	bool list = ui->n_layers == 1;

	switch (a) {
	case ACT_ENTER:
		return l->screen == &screen_step ? step_enter_hint(ui) : C_("hint", "choose");
	case ACT_BACK:
		return login_waits(ui) || (ui->m.busy && list) ? C_("hint", "cancel")
							      : action_hint(a);
	case ACT_UP:
	case ACT_FORM_NEXT:
		return C_("hint", "move");
	case ACT_DECODE:
		return ui->decoded ? C_("hint", "as sent") : action_hint(a);
	case ACT_LOG_PAUSE:
		return ui->log.follow ? action_hint(a) : C_("hint", "follow");
	case ACT_TIME:
		return ui->local_time ? "UTC" : C_("hint", "local time");
	default:
		return action_hint(a);
	}
}

void
chrome_footer(const struct ui *ui, struct canvas *c)
{
	static const enum action always[] = {ACT_HELP, ACT_QUIT};
	const struct layer *l = &ui->layers[ui->n_layers - 1];
	const enum action *actions =
		ui->n_layers > 0 && l->screen->hints ? l->screen->hints(ui, l->state) : NULL;
	size_t n_always = ui->n_layers == 1 ? ARRAY_SIZE(always) : 0;
	struct hint last[ARRAY_SIZE(always)], h;
	int col = 1, row = c->rows - 1, end = c->cols - 1;

	if (ui->notice[0]) {
		/* what stands below may be a line that is being typed */
		draw_notice(ui->notice, n_always ? NOTICE_ROWS : 1, c);
		return;
	}
	canvas_fill(c, (struct rect){row, 0, 1, c->cols}, ' ', UIR_TEXT);
	/* what never gives way has its room first */
	for (size_t i = 0; i < n_always; i++) {
		hint_of(ui, always[i], action_hint(always[i]), &last[i]);
		end -= last[i].cells + 2;
	}
	for (; actions && *actions != ACT_NONE; actions++) {
		hint_of(ui, *actions, words_of(ui, l, *actions), &h);
		col += draw_hint(&h, c, col, end);
	}
	for (size_t i = 0; i < n_always; i++)
		col += draw_hint(&last[i], c, col, c->cols);
}
