/*
 * The screen of a login flow, drawn: what is sent, where to go, how long there is left, what
 * came of it.
 */
#include "ui/login.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/tr.h"
#include "ui/glyphs.h"
#include "ui/letters.h"

enum { TALL = 24, SIDE_GAP = 3 };

/* The rows below header (and verdict, where there is room for both) for the flow. */
static struct rect
area(const struct ui *ui, struct canvas *c)
{
	struct rect all;

	if (c->rows >= TALL)
		return chrome_all(ui, c);
	all = (struct rect){0, 0, c->rows - 1, c->cols};
	all.row = chrome_header(ui, c);
	all.rows -= all.row;
	return all;
}

static enum ui_role
phase_role(enum flow_phase phase)
{
	switch (phase) {
	case FLOW_DONE:
		return UIR_OK;
	case FLOW_FAILED:
		return UIR_PROBLEM;
	case FLOW_CANCELLED:
		return UIR_SKIPPED;
	case FLOW_ASKING:
	case FLOW_WAITING:
	case FLOW_REDEEMING:
		return UIR_RUNNING;
	default:
		return UIR_PENDING;
	}
}

static uint32_t
phase_glyph(enum flow_phase phase)
{
	switch (phase) {
	case FLOW_DONE:
		return GLYPH_OK;
	case FLOW_FAILED:
		return GLYPH_PROBLEM;
	case FLOW_CANCELLED:
		return GLYPH_SKIPPED;
	case FLOW_PREPARED:
		return GLYPH_PENDING;
	default:
		return GLYPH_RUNNING;
	}
}

/*
 * "waiting 00:12 · 09:48 left", at the title's right end; the time left alone where there is
 * less room.
 */
static void
time_words(const struct ui *ui, const struct login *l, bool wide, char *out, size_t size)
{
	int64_t now = ui_now_us(ui), left = ui->m.login.expires_us - now;
	char a[16], b[16];

	out[0] = '\0';
	if (ui->m.login.phase != FLOW_WAITING)
		return;
	if (l->began_us && (wide || !ui->m.login.expires_us))
		snprintf(out, size, _("waiting %s"),
			time_countdown(a, (now - l->began_us) / 1000000));
	if (ui->m.login.expires_us)
		snprintf(out + strlen(out), size - strlen(out), _("%s%s left"), *out ? " · " : "",
			time_countdown(b, left > 0 ? (left + 999999) / 1000000 : 0));
}

/* Title and the sentence; r becomes what is left. */
static void
draw_top(const struct ui *ui, const struct login *l, struct rect *r, struct canvas *c)
{
	const struct login_model *m = &ui->m.login;
	char right[64];
	int used;

	time_words(ui, l, c->cols >= 72, right, sizeof(right));
	chrome_title(c, r->row, 1, c->cols - 2, true, tr(flow_row(l->kind)->words), "", right);
	canvas_put(c, r->row + 1, 1, phase_glyph(m->phase), phase_role(m->phase));
	used = canvas_wrap(c, (struct rect){r->row + 1, 3, 4, c->cols - 4}, UIR_VERDICT,
		span_of(m->words));
	used = 1 + (used ? used : 1);
	r->row += used;
	r->rows -= used;
}

/* --- the request ----------------------------------------------------------------------------- */

/*
 * Lines are broken anywhere: an address has no blanks. Draws from row `top` on; returns how
 * many there are.
 */
static int
hard_lines(const char *text, struct rect r, int top, enum ui_role role, struct canvas *c)
{
	struct span rest = span_of(text), line;
	int at = 0;

	while (span_next(&rest, '\n', &line)) {
		do {
			size_t n = line.n < (size_t)r.cols ? line.n : (size_t)r.cols;

			/* characters of several bytes stay whole */
			while (n > 0 && n < line.n && ((unsigned char)line.p[n] & 0xc0) == 0x80)
				n--;
			if (c && at >= top && at < top + r.rows)
				canvas_text(c, r.row + at - top, r.col, r.cols, role,
					span_sub(line, 0, n));
			line = span_from(line, n ? n : line.n);
			at++;
		} while (line.n);
	}
	return at;
}

/* What comes of it, over the choices; returns its rows.  c NULL: only counts. */
static int
draw_changes(const struct ui *ui, const struct login *l, struct rect r, struct canvas *c)
{
	const char *path = NULL;
	enum token_place place = wizard_token_place(ui->d->wizard, &path);
	struct span rest, line;
	struct buf b;
	int used = 0;

	buf_init(&b, 4096);
	buf_printf(&b, _("New tokens %s. "), tr(flow_row(l->kind)->whose));
	if (place == PLACE_FILE || place == PLACE_KEYRING)
		buf_printf(&b,
			place == PLACE_KEYRING ? _("They go to the keyring, as %s, first.")
					       : _("They go to %s first."),
			path);
	else
		buf_puts(&b, place == PLACE_MEMORY
				? _("They are kept in memory only.")
				: _("Where they are kept is asked before anything is sent."));
	buf_puts(&b, _(" The tokens at hand stay valid."));
	for (rest = buf_span(&b); wrap_next(&rest, r.cols, &line) && used < r.rows; used++)
		if (c)
			canvas_text(c, r.row + used, r.col, r.cols, UIR_MEANING, line);
	buf_release(&b);
	return used;
}

enum { CHANGES_ROWS = 4 };

/* Where the request stands, over what it changes and the choices. */
static struct rect
request_area(const struct ui *ui, const struct login *l, struct rect r, int *places)
{
	enum login_choice choices[4];
	const char *words[4];
	struct rect q = {r.row, 3, r.rows, r.cols - 5};

	*places = (int)login_choices(l, choices, words);
	q.rows -= *places +
		draw_changes(ui, l, (struct rect){0, 3, CHANGES_ROWS, q.cols}, NULL);
	return q;
}

void
login_request_rows(const struct ui *ui, const struct login *l, int *shown, int *all)
{
	struct canvas measure;
	struct rect r, q;
	int places;

	canvas_init_measure(&measure, ui->canvas.rows, ui->canvas.cols);
	r = area(ui, &measure);
	draw_top(ui, l, &r, &measure);
	r.row++;
	r.rows--;
	q = request_area(ui, l, r, &places);
	*shown = q.rows;
	*all = hard_lines(ui->m.login.request ? ui->m.login.request : "", q, 0, UIR_VALUE, NULL);
}

static void
draw_prepared(const struct ui *ui, const struct login *l, struct rect r, struct canvas *c)
{
	enum login_choice choices[4];
	const char *words[4];
	size_t n = login_choices(l, choices, words);
	int places, all, row;
	struct rect q = request_area(ui, l, r, &places);
	const char *text = ui->m.login.request ? ui->m.login.request : "";

	all = hard_lines(text, q, 0, UIR_VALUE, NULL);
	hard_lines(text, q, l->top, UIR_VALUE, c);
	if (l->top > 0)
		canvas_put(c, q.row, c->cols - 1, GLYPH_UP, UIR_DIM);
	if (l->top + q.rows < all)
		canvas_put(c, q.row + q.rows - 1, c->cols - 1, GLYPH_DOWN, UIR_DIM);
	row = r.row + (all < q.rows ? all + 1 : q.rows);
	draw_changes(ui, l, (struct rect){row, 3, CHANGES_ROWS, c->cols - 5}, c);
	row = r.row + r.rows - places;
	for (size_t i = 0; i < n; i++, row++) {
		bool here = i == l->here;

		if (here)
			canvas_put(c, row, 1, GLYPH_MARK, UIR_MARK);
		canvas_printf(c, row, 3, c->cols - 4, here ? UIR_CHOICE_HERE : UIR_CHOICE, "%zu %s",
			i + 1, words[i]);
	}
}

/* --- waiting at a browser -------------------------------------------------------------------- */

/* An address that goes on says so where it is cut. */
static void
cut_here(const struct ui *ui, int row, const char *fmt, enum action a, struct canvas *c)
{
	char key[32], words[80];
	int cols;

	text_format(words, sizeof(words), fmt, keymap_name(&ui->keymap, a, key, sizeof(key)));
	cols = (int)text_cells(span_of(words));
	canvas_puts(c, row, c->cols - cols, cols, UIR_WARNING, words);
}

/* The address, with "…" for an ID token that hints at the session; whether there was one. */
static bool
without_hint(const char *url, struct buf *out)
{
	static const char hint[] = "id_token_hint=";
	size_t at = span_find_str(span_of(url), hint), value;

	if (at == SIZE_MAX) {
		(void)buf_puts(out, url);
		return false;
	}
	value = at + strlen(hint);
	(void)buf_add_span(out, span_sub(span_of(url), 0, value));
	(void)buf_puts(out, "…");
	(void)buf_puts(out, url + value + strcspn(url + value, "&"));
	return true;
}

static void
draw_browser(const struct ui *ui, struct rect r, struct canvas *c)
{
	const struct login_model *m = &ui->m.login;
	struct rect u = {r.row + 1, 0, r.rows - 5, c->cols};
	char copy[32], alone[32], words[200];
	struct buf shown;
	const char *url;
	bool hidden;
	int all, row;

	buf_init_wiping(&shown, LIMIT_REPORT);
	hidden = without_hint(m->url ? m->url : "", &shown);
	url = buf_str(&shown);
	all = hard_lines(url, u, 0, UIR_VALUE, NULL);

	canvas_puts(c, r.row, 3, c->cols - 4, UIR_NAME,
		m->opened ? _("A browser was started; if none shows, open this address:")
			  : _("Open this address in a browser:"));
	/* from edge to edge and without a frame: what is selected is the address alone */
	hard_lines(url, u, 0, UIR_VALUE, c);
	row = u.row + (all < u.rows ? all : u.rows);
	if (all > u.rows)
		cut_here(ui, u.row + u.rows - 1, _(" … %s shows it whole"), ACT_ADDRESS, c);
	canvas_printf(c, row + 1, 3, c->cols - 4, UIR_MEANING,
		m->listening ? _("Listening at %s") : _("Not listening. It ends at %s"),
		m->redirect_uri ? m->redirect_uri : "");
	text_format(words, sizeof(words),
		hidden ? _("The ID token in it (…) is not shown here. Copied with %s it is whole; "
			   "%s shows it alone and whole.")
		       : _("Selected with the mouse, or copied with %s, it is whole; %s shows it "
			   "alone."),
		keymap_name(&ui->keymap, ACT_COPY, copy, sizeof(copy)),
		keymap_name(&ui->keymap, ACT_ADDRESS, alone, sizeof(alone)));
	canvas_wrap(c, (struct rect){row + 2, 3, 2, c->cols - 4}, UIR_MEANING, span_of(words));
	if (m->ignored)
		canvas_printf(c, row + 4, 3, c->cols - 4, UIR_WARNING,
			P_("%u request came that did not answer this login, and was ignored.",
				"%u requests came that did not answer this login, and were "
				"ignored.",
				m->ignored),
			m->ignored);
	buf_release(&shown);
}

/* --- waiting at another device --------------------------------------------------------------- */

/* The QR code beside everything else, where there is room; returns the columns it leaves. */
static int
draw_beside(const struct login *l, struct rect r, int least, struct canvas *c)
{
	int rows, cols;

	if (!l->qr || !l->qr->size)
		return c->cols;
	qr_cells(l->qr, c->ascii, 1, &rows, &cols);
	if (rows > r.rows || least + SIDE_GAP + cols > c->cols)
		return c->cols;
	/* as much of the quiet zone as fits */
	for (int quiet = 4; quiet > 0; quiet--) {
		qr_cells(l->qr, c->ascii, quiet, &rows, &cols);
		if (rows <= r.rows && least + SIDE_GAP + cols <= c->cols)
			break;
	}
	qr_draw(l->qr, (struct rect){r.row, c->cols - cols - 1, rows, cols}, c, &rows, &cols);
	return c->cols - cols - 1 - SIDE_GAP;
}

static void
draw_device(const struct ui *ui, const struct login *l, struct rect r, struct canvas *c)
{
	const struct login_model *m = &ui->m.login;
	const char *code = m->user_code ? m->user_code : "";
	int big = 3 + (int)strlen(code) * (LETTER_COLS + 1);
	int cols = draw_beside(l, r, big, c), row = r.row, used;

	canvas_puts(c, row++, 3, cols - 4, UIR_NAME, _("On a phone or any other device, open"));
	row += hard_lines(m->verification_uri ? m->verification_uri : "",
		(struct rect){row, 5, 3, cols - 7}, 0, UIR_VALUE, c);
	canvas_puts(c, row, 3, cols - 4, UIR_NAME, _("and enter"));
	used = letters_draw(code, row + 2, 3, cols - 3, UIR_TITLE, c);
	if (!used)
		canvas_puts(c, row + 1, 5, cols - 6, UIR_TITLE, code);
	row += used ? used + 3 : 3;
	if (cols == c->cols && row < r.row + r.rows)
		canvas_puts(c, row++, 3, cols - 4, UIR_MEANING,
			_("o shows the address with the code in it as a QR code."));
	if (m->polls && row < r.row + r.rows)
		canvas_printf(c, row++, 3, cols - 4, UIR_MEANING,
			P_("Asked %u time; the next time in %d s.",
				"Asked %u times; the next time in %d s.", m->polls),
			m->polls,
			(int)(m->next_us > ui_now_us(ui)
					? (m->next_us - ui_now_us(ui) + 999999) / 1000000
					: 0));
}

/* --- the whole screen for one thing ---------------------------------------------------------- */

/* Nothing but the address, from edge to edge. */
static void
draw_address(const struct ui *ui, struct canvas *c)
{
	struct rect all = {0, 0, c->rows - 1, c->cols};

	if (hard_lines(login_address(&ui->m.login), all, 0, UIR_TEXT, c) > all.rows)
		cut_here(ui, all.rows - 1, _(" … %s copies it whole"), ACT_COPY, c);
}

static void
draw_qr(const struct ui *ui, const struct login *l, struct canvas *c)
{
	struct rect all = {0, 0, c->rows - 1, c->cols};
	int rows = 0, cols = 0;
	struct buf b;

	buf_init(&b, 8192);
	if (!l->qr || !l->qr->size)
		buf_printf(&b, "%s\n", l->qr && l->qr_why[0] ? l->qr_why : _("No QR code yet."));
	else if (!qr_draw(l->qr, all, c, &rows, &cols))
		buf_printf(&b,
			_("The QR code does not fit: it takes %d rows and %d columns, this "
			  "terminal leaves %d and %d. Enlarge it, or open the address by hand:\n"),
			rows, cols, all.rows, all.cols);
	if (b.len) {
		buf_puts(&b, login_address(&ui->m.login));
		canvas_wrap(c, (struct rect){1, 2, all.rows - 1, all.cols - 4}, UIR_TEXT,
			buf_span(&b));
	} else if (cols + 20 < c->cols && ui->m.login.user_code) {
		canvas_puts(c, 1, cols + 2, c->cols - cols - 3, UIR_NAME, _("The code in it is"));
		canvas_puts(c, 3, cols + 2, c->cols - cols - 3, UIR_TITLE, ui->m.login.user_code);
	}
	buf_release(&b);
}

static void
draw_end(const struct ui *ui, struct rect r, struct canvas *c)
{
	const struct login_model *m = &ui->m.login;
	const char *next = m->phase == FLOW_DONE
		? _("Next: Enter shows what the application gets with the new tokens (step 4).")
		: _("Next: Enter chooses again; 5 shows the requests and answers.");

	if (m->error[0])
		canvas_printf(c, r.row++, 3, c->cols - 4, UIR_NAME, _("error  %s"), m->error);
	canvas_wrap(c, (struct rect){r.row + 1, 3, 3, c->cols - 4}, UIR_NEXT, span_of(next));
}

void
login_draw(const struct ui *ui, const struct login *l, struct canvas *c)
{
	struct rect r;

	if (l->show == LOGIN_ADDRESS) {
		draw_address(ui, c);
		return;
	}
	if (l->show == LOGIN_QR) {
		draw_qr(ui, l, c);
		return;
	}
	r = area(ui, c);
	draw_top(ui, l, &r, c);
	r.row++;
	r.rows--;
	switch (ui->m.login.phase) {
	case FLOW_PREPARED:
		draw_prepared(ui, l, r, c);
		break;
	case FLOW_WAITING:
		if (l->kind == FLOW_DEVICE)
			draw_device(ui, l, r, c);
		else
			draw_browser(ui, r, c);
		break;
	case FLOW_DONE:
	case FLOW_FAILED:
	case FLOW_CANCELLED:
		draw_end(ui, r, c);
		break;
	default:
		break;
	}
}
