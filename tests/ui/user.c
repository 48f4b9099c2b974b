#include "ui/user.h"

#include "base/mem.h"

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
		struct key_event ev = {.kind = EVENT_KEY, .key = {(unsigned char)*text, 0}};

		ui_event(ui, &ev);
	}
}

void
paste(struct ui *ui, const char *text)
{
	struct key_event ev = {.kind = EVENT_PASTE, .paste = span_of(text)};

	ui_event(ui, &ev);
}

void
press(struct ui *ui, uint32_t code)
{
	struct key_event ev = {EVENT_KEY, {code, 0}, SPAN_EMPTY, false};

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

static size_t
offers(void *ctx, struct ui_offer *out, size_t most)
{
	(void)ctx;
	if (most < 2)
		return 0;
	out[0] = (struct ui_offer){"env TOKENTRIAGE_ACCESS_TOKEN", "offe… JWT, 812 bytes, of idp.example", SLOT_ACCESS,
		false, secret_new(SPAN_LIT(OFFERED_TOKEN))};
	out[1] = (struct ui_offer){"file /run/user/1000/clip", "opaque token, 40 bytes", SLOT_REFRESH, false,
		secret_new(SPAN_LIT("another-one-that-must-not-be-seen-01234567"))};
	return 2;
}

static size_t
recent(void *ctx, struct ui_recent *out, size_t most)
{
	static const char *const names[] = {"a run of the wizard", "acme-ticket-4711.case",
		"a-recording-with-quite-a-long-name-by-the-customer.har", "older.case"};
	size_t n = 0;

	(void)ctx;
	for (; n < ARRAY_SIZE(names) && n < most; n++) {
		out[n].path = xasprintf("/home/u/%s", names[n]);
		snprintf(out[n].name, sizeof(out[n].name), "%s", names[n]);
		snprintf(out[n].words, sizeof(out[n].words), "%s 2026-01-31 11:5%zuZ", n ? "saved" : "not ended", 9 - n);
	}
	return n;
}

static void
show_case(void *ctx, const char *path)
{
	(void)ctx;
	snprintf(fake.shown, sizeof(fake.shown), "%s", path);
}

static enum res
use_profile(void *ctx, const struct profile *p, struct err *e)
{
	(void)ctx;
	(void)e;
	snprintf(fake.used, sizeof(fake.used), "%s", p->name);
	return RES_OK;
}

void
opening_full(struct ui *ui)
{
	static struct profile profiles[9];
	static const char *const names[] = {"acme", "acme.test", "beta", "customer-north", "customer-south", "gamma",
		"internal", "q-bank", "zeta"};
	static char issuers[ARRAY_SIZE(names)][60];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(issuers[i], sizeof(issuers[i]), "https://%s.example/realms/x", i == 7 ? "login" : names[i]);
		profiles[i].name = (char *)(uintptr_t)names[i];
		profiles[i].issuer = issuers[i];
	}
	fake_deps.profiles = profiles;
	fake_deps.n_profiles = ARRAY_SIZE(names);
	fake_deps.use_profile = use_profile;
	fake_deps.offers = offers;
	fake_deps.recent = recent;
	fake_deps.show_case = show_case;
	/* a start: no profile, nothing sent */
	ui->m.c = NULL;
	ui->m.host[0] = ui->m.profile[0] = '\0';
	screen_open_push(ui);
}

void
peek(struct ui *ui)
{
	act(ui, ACT_DOWN);
	act(ui, ACT_SHOW);
}
