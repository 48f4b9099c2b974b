/* The report for people: verdict first, then why, then the record. */
#include "report/parts.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "diagnose/chain.h"

struct look {
	const char *glyph, *ascii, *colour;
};
static const struct look state_looks[] = {
	[STATE_PENDING] = {"·", ".", ""},
	[STATE_OK] = {"✓", "+", "\033[32m"},
	[STATE_WARNING] = {"!", "!", "\033[33m"},
	[STATE_PROBLEM] = {"✗", "x", "\033[1;31m"},
	[STATE_SKIPPED] = {"–", "-", "\033[2m"},
	[STATE_UNDETERMINED] = {"?", "?", "\033[36m"},
};

static void
paint(const struct report *r, struct buf *out, const char *colour, const char *text)
{
	bool on = r->in->color && *colour;

	buf_printf(out, "%s%s%s", on ? colour : "", text, on ? "\033[0m" : "");
}

static const char *
glyph(const struct report *r, enum state s)
{
	return r->in->ascii ? state_looks[s].ascii : state_looks[s].glyph;
}

static void
mark(const struct report *r, struct buf *out, enum state s)
{
	paint(r, out, state_looks[s].colour, glyph(r, s));
}

/* Safe, without personal values, ASCII if wanted; a fresh string. */
static char *
shown(const struct report *r, struct span s)
{
	char *text = report_text(r, s);
	struct buf ascii;

	if (!r->in->ascii)
		return text;
	buf_init(&ascii, LIMIT_REPORT);
	text_ascii(&ascii, span_of(text));
	free(text);
	return buf_take(&ascii);
}

/* Words wrapped at the width; the cursor stands at column `at`, further lines begin at `indent`. */
static void
wrap(const struct report *r, struct buf *out, struct span s, size_t at, size_t indent)
{
	size_t width = r->in->width ? r->in->width : 80, col = at;
	char *text = shown(r, s);
	struct span rest = span_of(text), word;
	bool first = true;

	while (span_word(&rest, &word)) {
		size_t cells = utf8_cells(word);

		if (!first && col + 1 + cells > width) {
			buf_printf(out, "\n%*s", (int)indent, "");
			col = indent;
		} else if (!first) {
			buf_putc(out, ' ');
			col++;
		}
		buf_add_span(out, word);
		col += cells;
		first = false;
	}
	buf_putc(out, '\n');
	free(text);
}

/* "label   text", the text wrapped beside the label. */
static void
labelled(const struct report *r, struct buf *out, const char *label, struct span s)
{
	if (!s.n)
		return;
	buf_printf(out, "    %-9s", label);
	wrap(r, out, s, 13, 13);
}

static void
title(const struct report *r, struct buf *out, const char *text)
{
	buf_putc(out, '\n');
	paint(r, out, "\033[1m", text);
	buf_putc(out, '\n');
}

static void
head(const struct report *r, struct buf *out)
{
	const struct verdict *v = &r->d->verdict;
	char when[40], *name = shown(r, span_of(r->c->profile.name ? r->c->profile.name : ""));
	char *issuer = shown(r, span_of(r->c->profile.issuer ? r->c->profile.issuer : ""));
	struct buf as_of;
	size_t at;

	buf_printf(out, "tokentriage report%s%s%s%s %s %s\n", *name ? " - " : "", name,
		*issuer ? " - " : "", issuer, "-", time_screen(when, r->in->created_s, false));
	buf_init(&as_of, LIMIT_REPORT);
	report_as_of(r, &as_of);
	if (as_of.len)
		wrap(r, out, buf_span(&as_of), 0, 0);
	buf_release(&as_of);
	buf_putc(out, '\n');
	mark(r, out, v->state);
	buf_putc(out, ' ');
	at = 2 + strlen(state_word(v->state)) + 2;
	paint(r, out, state_looks[v->state].colour, state_word(v->state));
	buf_puts(out, ": ");
	wrap(r, out, span_of(v->summary), at, 2);
	if (*v->next) {
		buf_puts(out, "  Next: ");
		wrap(r, out, span_of(v->next), 8, 8);
	}
	free(name);
	free(issuer);
}

/* Indented by two, under a title; nothing for nothing. */
static void
paragraph(const struct report *r, struct buf *out, const char *name, struct span text)
{
	if (!text.n)
		return;
	title(r, out, name);
	buf_puts(out, "  ");
	wrap(r, out, text, 2, 2);
}

/* What to do, and what to tell who asked. */
static void
advice(const struct report *r, struct buf *out)
{
	struct buf reply;

	if (strcmp(report_remedy(r), r->d->verdict.next) != 0)
		paragraph(r, out, "Remedy", span_of(report_remedy(r)));
	buf_init(&reply, LIMIT_REPORT);
	report_reply(r, &reply);
	paragraph(r, out, "Reply to the user", buf_span(&reply));
	buf_release(&reply);
}

/* --- the chain of causes ------------------------------------------------------------------ */

static void
causes(const struct report *r, struct buf *out)
{
	struct chain_row rows[FINDINGS_MAX];
	size_t n = chain_rows(r->d, r->in->ascii, rows);

	if (!n)
		return;
	title(r, out, "Cause and effects");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "  %s", rows[i].lead);
		mark(r, out, finding_state(rows[i].f));
		buf_putc(out, ' ');
		paint(r, out, "\033[1m", rows[i].f->rule->id);
		buf_putc(out, '\n');
	}
}

static void
finding(const struct report *r, struct buf *out, const struct finding *f)
{
	enum state s = finding_state(f);
	char from[120];

	buf_puts(out, "  ");
	mark(r, out, s);
	buf_putc(out, ' ');
	paint(r, out, "\033[1m", f->rule->id);
	buf_printf(out, " (%s, step %d %s)\n", finding_word(f), f->step + 1,
		step_title(f->step));
	buf_puts(out, "    ");
	wrap(r, out, span_of(f->summary), 4, 4);
	labelled(r, out, "remedy", span_of(f->remedy));
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];
		struct buf line;

		buf_init(&line, 1000);
		buf_printf(&line, "%s = %s", e->fact,
			report_omits(r, span_of(e->fact)) ? OMITTED : e->value);
		if (e->from != FROM_NOWHERE)
			buf_printf(&line, " (%s)", fact_source(r->f, e->from, from, sizeof(from)));
		labelled(r, out, i ? "" : "evidence", buf_span(&line));
		buf_release(&line);
	}
	labelled(r, out, "see", span_of(f->rule->references));
}

static void
findings(const struct report *r, struct buf *out)
{
	if (!r->d->n)
		return;
	title(r, out, "Findings");
	for (size_t i = 0; i < r->d->n; i++)
		finding(r, out, &r->d->findings[i]);
}

static void
tokens(const struct report *r, struct buf *out)
{
	static const char *const names[] = {"access", "refresh", "id"};
	const struct case_tokens *t;

	title(r, out, "Tokens");
	t = r->c->n_generations ? &r->c->generations[r->c->n_generations - 1] : NULL;
	if (!t || (!t->access.present && !t->refresh.present && !t->id.present))
		buf_puts(out, "  none was given\n");
	if (!t)
		return;
	for (int i = 0; i < 3; i++) {
		const struct case_token *k = i == 0 ? &t->access : i == 1 ? &t->refresh : &t->id;
		char *text;

		if (!k->present)
			continue;
		text = shown(r, span_of(k->sent.mask));
		buf_printf(out, "  %-8s %-7s %s\n", names[i], token_kind_id(k->sent.kind), text);
		free(text);
		if (r->in->show_secrets && k->value) {
			buf_puts(out, "                   ");
			buf_add_span(out, secret_reveal(k->value)); /* asked for, on a terminal */
			buf_putc(out, '\n');
		}
	}
}

static void
steps(const struct report *r, struct buf *out)
{
	title(r, out, "Steps");
	for (int s = 0; s < STEP_COUNT; s++) {
		enum state v = report_step_state(r, s);

		buf_printf(out, "  %d %-10s ", s + 1, step_title(s));
		mark(r, out, v);
		buf_printf(out, " %-12s ", state_word(v));
		wrap(r, out, span_of(report_step_summary(r, s)), 30, 30);
	}
}

static void
exchanges(const struct report *r, struct buf *out)
{
	title(r, out, "Exchanges");
	if (!r->c->n_exchanges)
		buf_puts(out, "  none: nothing was sent\n");
	for (size_t i = 0; i < r->c->n_exchanges; i++) {
		const struct exchange *x = r->c->exchanges[i];
		char outcome[80], took[32] = "";
		char *url = shown(r, span_of(x->request.url));

		if (x->result.timings.total >= 0)
			time_span_us(took, x->result.timings.total);
		buf_printf(out, "  %2u %-20s %-4.16s %s\n", (unsigned)x->n,
			purpose_words(x->purpose), *url ? x->request.method : "",
			*url ? url : "(request not shown)");
		buf_printf(out, "     %s%s%s", report_outcome(x, outcome, sizeof(outcome)),
			*took ? ", " : "", took);
		if (*x->answer.error) {
			char *error = shown(r, span_of(x->answer.error));

			buf_printf(out, ", %s", error);
			free(error);
		}
		buf_printf(out, "%s%s%s\n", *x->result.tls.version ? ", " : "",
			x->result.tls.version, x->by_hand ? ", request edited by hand" : "");
		free(url);
	}
}

void
report_plain(const struct report *r, struct buf *out)
{
	head(r, out);
	causes(r, out);
	advice(r, out);
	findings(r, out);
	steps(r, out);
	tokens(r, out);
	exchanges(r, out);
}
