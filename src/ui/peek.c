/* A masked value, shown for five seconds and no longer. */
#include "ui/state.h"

#include "base/text.h"
#include "base/tr.h"

enum { PEEK_US = 5000000 };

struct peek {
	struct secret *secret;
	int64_t until_us;
};

static void
peek_leave(struct ui *ui, void *state)
{
	(void)ui;
	secret_unref(((struct peek *)state)->secret);
}

static unsigned
peek_action(struct ui *ui, void *state, enum action a)
{
	(void)ui;
	(void)state;
	return a == ACT_QUIT || a == ACT_INTERRUPT ? UI_PROPAGATE : UI_CLOSE;
}

static void
peek_draw(const struct ui *ui, const void *state, struct canvas *c)
{
	const struct peek *p = state;
	struct rect r = {5, 2, c->rows - 6, c->cols - 4};
	struct canvas measure;
	struct buf b;

	(void)ui;
	buf_init_wiping(&b, 8 * LIMIT_TOKEN);
	text_safe(&b, secret_reveal(p->secret));
	/* no larger than the value: what it is about stays in sight */
	canvas_init_measure(&measure, c->rows, c->cols);
	r.rows = 2 +
		canvas_wrap(&measure, (struct rect){r.row + 1, r.col + 2, r.rows - 2, r.cols - 4},
			UIR_SECRET, buf_span(&b));
	canvas_fill(c, r, ' ', UIR_DIALOG);
	canvas_frame(c, r, UIR_SECRET);
	canvas_puts(c, r.row, r.col + 2, r.cols - 4, UIR_DIALOG_TITLE,
		_(" In clear for five seconds: any key hides it "));
	canvas_wrap(c, (struct rect){r.row + 1, r.col + 2, r.rows - 2, r.cols - 4}, UIR_SECRET,
		buf_span(&b));
	buf_release(&b);
}

static int64_t
peek_deadline(const struct ui *ui, const void *state)
{
	(void)ui;
	return ((const struct peek *)state)->until_us;
}

static unsigned
peek_event(struct ui *ui, void *state, const struct key_event *ev)
{
	(void)ui;
	(void)state;
	(void)ev;
	return UI_CLOSE;
}

static unsigned
peek_timeout(struct ui *ui, void *state, int64_t now_us)
{
	(void)ui;
	(void)state;
	(void)now_us;
	return UI_CLOSE;
}

static const struct screen screen_peek = {
	.name = "peek",
	.state_size = sizeof(struct peek),
	.contexts = CONTEXT_LIST | CONTEXT_GLOBAL,
	.over = true,
	.leave = peek_leave,
	.action = peek_action,
	.event = peek_event,
	.draw = peek_draw,
	.deadline = peek_deadline,
	.timeout = peek_timeout,
};

/* Only the tokens' own rows have a value behind the mask: what was recorded was masked before. */
static void
say_why_not(struct ui *ui, const struct field *f)
{
	struct log_rec rec;

	if (step_record(ui, &rec))
		ui_notice(ui, _("A log record is masked when it is written: no value is kept."));
	else if (f && (f->kind == FIELD_FINDING || ui->step == STEP_DEBUG))
		ui_notice(ui,
			_("What is recorded is masked for good; a token's own row in step 1 "
			  "has its value."));
	else if (f)
		ui_notice(ui, _("This value is not masked, or its clear text is not kept."));
	else
		ui_notice(ui, _("Mark a row with a masked value first (arrow keys)."));
}

void
flow_show_secret(struct ui *ui)
{
	const struct field *f = step_marked(ui);
	struct peek *p;

	if (!f || !f->secret) {
		say_why_not(ui, f);
		return;
	}
	p = ui_push(ui, &screen_peek);
	if (p) {
		p->secret = secret_ref((struct secret *)(uintptr_t)f->secret);
		p->until_us = ui_now_us(ui) + PEEK_US;
	}
}
