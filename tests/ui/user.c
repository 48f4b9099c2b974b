#include "ui/user.h"

void
act(struct ui *ui, enum action a)
{
	ui_action(ui, a);
	if (ui->model_stale) {
		model_read(&ui->m, ui->d->wizard, ui->step, &ui->keymap, ui->local_time);
		ui->model_stale = false;
	}
}

void
type(struct ui *ui, const char *text)
{
	for (; *text; text++) {
		struct key_event ev = {EVENT_KEY, {(unsigned char)*text, 0}, SPAN_EMPTY, false};

		ui_event(ui, &ev);
	}
}

void
paste(struct ui *ui, const char *text)
{
	struct key_event ev = {EVENT_PASTE, {0, 0}, span_of(text), false};

	ui_event(ui, &ev);
}

void
write_canvas(const struct canvas *c, bool roles, struct buf *out)
{
	for (int row = 0; row < c->rows; row++) {
		canvas_row_text(c, row, out);
		buf_putc(out, '\n');
	}
	if (!roles)
		return;
	buf_puts(out, "--- roles\n");
	for (int row = 0; row < c->rows; row++) {
		canvas_row_roles(c, row, out);
		buf_putc(out, '\n');
	}
	buf_printf(out, "--- cursor=%d,%d\n", c->cursor_row, c->cursor_col);
}

bool
shows(const struct ui *ui, int rows, int cols, const char *text)
{
	struct canvas c;
	struct buf b;
	bool there;

	canvas_init(&c);
	canvas_resize(&c, rows, cols);
	buf_init(&b, 1 << 20);
	ui_draw(ui, &c);
	write_canvas(&c, false, &b);
	there = span_find_str(buf_span(&b), text) != SIZE_MAX;
	buf_release(&b);
	canvas_release(&c);
	return there;
}

void
opening_typed(struct ui *ui)
{
	static struct profile profiles[2];

	profiles[0].name = (char *)(uintptr_t)"acme";
	profiles[1].name = (char *)(uintptr_t)"acme.\033[1mtest";
	fake_deps.profiles = profiles;
	fake_deps.n_profiles = 2;
	fake_deps.use_profile = (enum res (*)(void *, const struct profile *, struct err *))abort;
	act(ui, ACT_TOKENS);
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_FORM_NEXT);
	type(ui, "https://idp.test");
}

void
peek(struct ui *ui)
{
	act(ui, ACT_DOWN);
	act(ui, ACT_SHOW);
}
