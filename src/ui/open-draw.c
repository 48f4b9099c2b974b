#include "ui/open.h"

#include "base/text.h"
#include "base/tr.h"
#include "oauth/url.h"
#include "ui/glyphs.h"

enum { LABEL_COL = 3, LABEL_COLS = 14, FIELD_COL = 18, WIDE = 100, RECENT_ROWS = 3, HELP_ROWS = 2 };

struct rows {
	const struct ui *ui;
	const struct open *o;
};

static void
draw_label(const struct open *o, enum open_part part, int row, struct canvas *c)
{
	canvas_puts(c, row, LABEL_COL, LABEL_COLS, o->part == part ? UIR_SELECTED : UIR_NAME,
		tr(open_fields[part].name));
}

/* --- lists --- */

static void
draw_profile(const void *ctx, size_t at, enum ui_role role, struct rect r, struct canvas *c)
{
	const struct rows *l = ctx;
	const struct ui *ui = l->ui;
	int k = open_row(ui, l->o, at), used;
	char name[80];
	struct url u;

	if (k == OPEN_ROW_CURRENT)
		text_format(name, sizeof(name), _("%s (as it is)"),
			ui->m.profile[0] ? ui->m.profile : ui->m.host);
	else if (k == OPEN_ROW_TYPED)
		snprintf(name, sizeof(name), _("another server"));
	else
		text_safe_into(name, sizeof(name), span_of(ui->d->profiles[k].name));
	used = canvas_text_cut(c, r.row, r.col, r.cols, role, span_of(name));
	if (k >= 0 && ui->d->profiles[k].issuer &&
		url_parse(&u, span_of(ui->d->profiles[k].issuer), NULL) == RES_OK &&
		used + 3 < r.cols) {
		text_safe_into(name, sizeof(name), u.host);
		canvas_printf(c, r.row, r.col + used, r.cols - used, UIR_DIM, "  %s", name);
	}
}

static void
draw_offer(const void *ctx, size_t at, enum ui_role role, struct rect r, struct canvas *c)
{
	const struct ui_offer *offer = &((const struct rows *)ctx)->o->offers[at];
	int used = canvas_text_cut(c, r.row, r.col, r.cols, role, span_of(offer->what));

	if (used < r.cols)
		canvas_printf(c, r.row, r.col + used, r.cols - used, UIR_DIM, " %s", offer->from);
}

static void
draw_file(const void *ctx, size_t at, enum ui_role role, struct rect r, struct canvas *c)
{
	const struct ui_recent *file = &((const struct rows *)ctx)->o->files[at];
	int words = (int)text_cells(span_of(file->words));
	int used = canvas_text_cut(c, r.row, r.col, r.cols, role, span_of(file->name));

	/* the help says them where they have no room here */
	if (used + 1 + words <= r.cols)
		canvas_puts(c, r.row, r.col + used + 1, words, UIR_DIM, file->words);
}

/* --- fields --- */

static void
draw_field(const struct open *o, enum open_part part, int row, struct canvas *c)
{
	bool focus = o->part == part;
	int cols = c->cols - FIELD_COL - 2;

	if (focus)
		canvas_put(c, row, 1, GLYPH_MARK, UIR_MARK);
	draw_label(o, part, row, c);
	textfield_draw(
		&o->fields[part], focus, tr(open_fields[part].hint), row, FIELD_COL, cols, c);
	canvas_zone(c, (struct rect){row, 0, 1, c->cols}, ZONE_PART, part);
	if (o->picked[part])
		canvas_printf(c, row, FIELD_COL + 24, cols - 24, UIR_INPUT_HINT, _("from %s"),
			o->picked[part]->from);
}

static int
draw_fields(const struct ui *ui, const struct open *o, int row, struct canvas *c)
{
	for (int i = OPEN_ISSUER; i <= OPEN_REFRESH; i++) {
		if (!open_shown(ui, o, (enum open_part)i))
			continue;
		draw_field(o, (enum open_part)i, row++, c);
		if (i == OPEN_ISSUER && o->error[0]) {
			canvas_put(c, row, FIELD_COL - 2, GLYPH_PROBLEM, UIR_PROBLEM);
			canvas_text_cut(c, row++, FIELD_COL, c->cols - FIELD_COL - 2, UIR_PROBLEM,
				span_of(o->error));
		}
	}
	return row;
}

/* --- the whole --- */

static void
draw_help(const struct ui *ui, const struct open *o, struct rect r, struct canvas *c)
{
	const char *words = !open_fresh(ui)
		? _("Enter starts anew with step 1. Tokens and secrets are never shown and never "
		    "logged.")
		: _("Enter starts with step 1. Nothing was sent yet; tokens and secrets are never "
		    "shown and never logged.");
	char text[400];

	if (o->part == OPEN_OFFERED)
		words = text_format(text, sizeof(text),
			_("%s: Enter puts it into its field; it is not taken before that."),
			o->offers[o->offered.here].from);
	if (o->part == OPEN_RECENT)
		words = text_format(text, sizeof(text),
			_("%s: Enter opens it as it was recorded, read-only; nothing is sent."),
			o->files[o->recent.here].words);
	canvas_wrap(c, r, UIR_DIM, span_of(words));
}

/* Rows below the list of profiles. */
static int
rows_below(const struct ui *ui, const struct open *o)
{
	int n = o->error[0] ? 1 : 0;

	for (int part = OPEN_ISSUER; part <= OPEN_REFRESH; part++)
		n += open_shown(ui, o, (enum open_part)part);
	n += o->offered.n ? (int)o->offered.n : 0;
	n += o->recent.n > RECENT_ROWS ? RECENT_ROWS : (int)o->recent.n;
	return n + 1 + HELP_ROWS;
}

static int
draw_list(const struct rows *l, enum open_part part, int row, int most, struct canvas *c)
{
	const struct open *o = l->o;
	const struct picker *p = part == OPEN_OFFERED ? &o->offered : &o->recent;
	struct rect r = {row, FIELD_COL - 2, most, c->cols - FIELD_COL + 1};

	if (!p->n)
		return row;
	draw_label(o, part, row, c);
	if (o->part == part)
		canvas_put(c, row, 1, GLYPH_MARK, UIR_MARK);
	r.rows = picker_draw(
		p, o->part == part, r, part == OPEN_OFFERED ? draw_offer : draw_file, l, c);
	canvas_zone(c, r, ZONE_PART, part);
	return row + r.rows;
}

void
open_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct open *o = state;
	const struct rows l = {ui, o};
	int row = chrome_header(ui, c), below = rows_below(ui, o), spare;

	spare = c->rows - 1 - row - 1 - below;
	if (open_shown(ui, o, OPEN_PROFILE))
		spare -= 1 + (int)(o->profiles.n < 3 ? o->profiles.n : 3);
	/* blank rows only where there is room for them */
	row += spare > 2 ? 1 : 0;
	chrome_title(c, row, 1, c->cols - 2, true, _("Which server, which token?"), "", "");
	row += spare > 1 ? 2 : 1;
	if (open_shown(ui, o, OPEN_PROFILE)) {
		struct rect r = {row + 1, FIELD_COL - 2, 1, c->cols - FIELD_COL + 1};

		draw_field(o, OPEN_PROFILE, row++, c);
		r.rows = c->rows - 1 - row - below - (spare > 0 ? 1 : 0);
		r.rows = r.rows > 1 ? r.rows : 1;
		r.rows = picker_draw(
			&o->profiles, o->part == OPEN_PROFILE, r, draw_profile, &l, c);
		canvas_zone(c, r, ZONE_PART, OPEN_PROFILE);
		row += r.rows + (spare > 0 ? 1 : 0);
	}
	row = draw_fields(ui, o, row, c);
	row = draw_list(&l, OPEN_OFFERED, row, UI_OFFERS, c);
	row = draw_list(&l, OPEN_RECENT, row, RECENT_ROWS, c);
	row += c->rows - 1 - row > HELP_ROWS ? 1 : 0;
	draw_help(ui, o, (struct rect){row, LABEL_COL, c->rows - 1 - row, c->cols - 2 * LABEL_COL},
		c);
}
