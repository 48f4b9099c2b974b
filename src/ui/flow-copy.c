/*
 * Copying: what is marked (a value, a finding, a log record), the request that belongs to it and
 * the reply for the user, to the terminal's clipboard or into a file.  All of it is masked; a
 * request's secrets are shell variables.
 */
#include "ui/state.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "diagnose/reply.h"

/* What there may be to copy, each also into a file; what is marked stays what it was when the
 * choices came up. */
enum copy {
	COPY_CURL,
	COPY_CURL_FILE,
	COPY_MARKED,
	COPY_MARKED_FILE,
	COPY_REPLY,
	COPY_REPLY_FILE,
	COPY_NOTHING,
};
enum { COPY_BITS = 3 };

static void
finding_text(const struct ui *ui, const struct field *f, struct buf *out)
{
	const struct diagnosis *d = ui->m.diagnosis;

	buf_printf(out, "%s: %s", f->name, f->value);
	for (size_t i = 0; d && i < d->n; i++)
		if (strcmp(d->findings[i].rule->id, f->name) == 0)
			buf_printf(out, "\n%s", d->findings[i].remedy);
}

/* A line of the log as its file has it, but for the names: time, level, category, text. */
static void
record_text(const struct log_rec *r, struct buf *out)
{
	char when[32];

	buf_printf(out, "%s %s %s", time_rfc3339(when, r->wall_us / 1000000),
		log_level_id((enum log_level)r->level), log_cat_id((enum log_cat)r->cat));
	if (r->exchange)
		buf_printf(out, " exchange %u", (unsigned)r->exchange);
	buf_printf(out, ": %s", r->text);
}

/* The two choices for what is marked. */
struct marked {
	const char *clip, *file;
};
static const struct marked words[] = {
	{N_("the marked value to the terminal's clipboard"), N_("the marked value into a file")},
	{N_("the marked finding to the terminal's clipboard"),
		N_("the marked finding into a file")},
	{N_("the marked record to the terminal's clipboard"), N_("the marked record into a file")},
};

/* NULL: nothing is marked. */
static const struct marked *
marked_text(const struct ui *ui, struct buf *out)
{
	const struct field *f = step_marked(ui);
	struct log_rec rec;

	if (step_record(ui, &rec)) {
		record_text(&rec, out);
		return &words[2];
	}
	if (f && f->kind == FIELD_FINDING) {
		finding_text(ui, f, out);
		return &words[1];
	}
	if (f && f->value[0]) {
		buf_puts(out, f->value);
		return &words[0];
	}
	return NULL;
}

static void
copy_text(const struct ui *ui, enum copy what, struct buf *out)
{
	const struct exchange *x = step_exchange(ui);

	if ((what == COPY_MARKED || what == COPY_MARKED_FILE) && ui->copying)
		buf_puts(out, ui->copying);
	else if ((what == COPY_CURL || what == COPY_CURL_FILE) && x)
		exchange_curl_command(x, out);
	else if ((what == COPY_REPLY || what == COPY_REPLY_FILE) && ui->m.diagnosis)
		(void)!reply_text(ui->m.diagnosis, out);
}

static bool
write_copy(struct ui *ui, struct span text, uintptr_t arg, struct err *why)
{
	struct buf b;
	char *path = typed_path(text, why), safe[160];
	bool ok;

	buf_init_wiping(&b, LIMIT_REPORT);
	copy_text(ui, (enum copy)arg, &b);
	buf_putc(&b, '\n');
	ok = path && ui_may_write(ui, path, why) && file_write(path, buf_span(&b), why) == RES_OK;
	if (ok)
		ui_notice(ui,
			arg == COPY_CURL_FILE
				? _("Written to %s; secrets stand in it as shell variables.")
				: _("Written to %s; secrets are masked."),
			text_safe_into(safe, sizeof(safe), span_of(path)));
	buf_release(&b);
	free(path);
	return ok;
}

static void
ask_file(struct ui *ui, enum copy what)
{
	bool curl = what == COPY_CURL_FILE, reply = what == COPY_REPLY_FILE;

	dialog_open(ui,
		&(struct dialog_spec){
			.title = curl ? _("File for the curl command") : _("File for the copy"),
			.input = true,
			.value = curl   ? "tokentriage-request.sh"
				: reply ? "tokentriage-reply.txt"
					: "tokentriage-copy.txt",
			.hint = _("path of a file"),
			.keep = (curl ? KEEP_CURL : reply ? KEEP_REPLY : KEEP_COPY) + 1,
			.take = write_copy,
			.arg = (uintptr_t)what});
}

static void
send_copy(struct ui *ui, enum copy what)
{
	struct buf b;

	buf_init_wiping(&b, 1 << 20);
	copy_text(ui, what, &b);
	if (b.len) {
		ui->d->term->clip(ui->term, buf_span(&b));
		ui_notice(ui,
			_("Sent %zu bytes to the terminal's clipboard; whether it took them cannot "
			  "be known."),
			b.len);
	}
	buf_release(&b);
}

/* arg: what the choices copy, COPY_BITS each. */
static void
chosen(struct ui *ui, size_t choice, struct span text, uintptr_t arg)
{
	enum copy what = (enum copy)(arg >> choice * COPY_BITS & ((1U << COPY_BITS) - 1));

	(void)text;
	if (what >= COPY_NOTHING ||
		((what == COPY_MARKED || what == COPY_MARKED_FILE) && !ui->copying))
		return;
	if (what == COPY_CURL_FILE || what == COPY_MARKED_FILE || what == COPY_REPLY_FILE)
		ask_file(ui, what);
	else
		send_copy(ui, what);
}

static void
offer(struct dialog_spec *spec, enum copy what, const char *label)
{
	spec->arg |= (uintptr_t)what << spec->n_choices * COPY_BITS;
	spec->choices[spec->n_choices++] = label;
}

void
flow_copy(struct ui *ui)
{
	const struct exchange *x = step_exchange(ui);
	char label[80];
	struct dialog_spec spec = {.title = _("Copy"), .done = chosen};
	const struct marked *marked;
	struct buf b;

	free(ui->copying);
	ui->copying = NULL;
	buf_init(&b, LIMIT_REPORT);
	marked = marked_text(ui, &b);
	if (!x && !marked && !ui->m.walked) {
		ui_notice(ui, _("Nothing was sent yet: there is no request to copy."));
		buf_release(&b);
		return;
	}
	if (x) {
		spec.text = exchange_label(x, label, sizeof(label));
		offer(&spec, COPY_CURL, _("curl command to the clipboard (OSC 52)"));
		offer(&spec, COPY_CURL_FILE, _("curl command into a file"));
	}
	if (marked) {
		ui->copying = buf_take(&b);
		offer(&spec, COPY_MARKED, tr(marked->clip));
		offer(&spec, COPY_MARKED_FILE, tr(marked->file));
	}
	buf_release(&b);
	if (ui->m.walked && ui->m.diagnosis) {
		offer(&spec, COPY_REPLY, _("the reply for the user to the clipboard"));
		offer(&spec, COPY_REPLY_FILE, _("the reply for the user into a file"));
	}
	offer(&spec, COPY_NOTHING, _("Cancel"));
	dialog_open(ui, &spec);
}
