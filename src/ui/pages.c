#include "ui/state.h"

#include "base/text.h"
#include "base/tr.h"
#include "diagnose/chain.h"
#include "diagnose/reply.h"
#include "oauth/oautherror.h"
#include "ui/glyphs.h"
#include "wizard/learn.h"

enum { BODY_SHOWN = 64 << 10 };

static void
gap(struct page *p)
{
	if (p->n && p->v[p->n - 1].text && p->v[p->n - 1].text[0])
		page_add(p, UIR_TEXT, 0, "%s", "");
}

static void
heading(struct page *p, const char *text)
{
	gap(p);
	page_add(p, UIR_TITLE, 0, "%s", text);
}

enum { KEYS_COLS = 14 }; /* "PgDn C-f Space" */

static void
help_actions(struct page *p, const struct keymap *m, enum key_context context, const char *title)
{
	heading(p, title);
	for (int a = 1; a < ACT_COUNT; a++) {
		char keys[80];

		if (action_infos[a].context != context)
			continue;
		keymap_names(m, (enum action)a, keys, sizeof(keys));
		page_add(p, UIR_GUIDE, 1, "%-*s %s (%s)", KEYS_COLS, keys,
			tr(action_infos[a].help), action_infos[a].id);
		page_hang(p, KEYS_COLS + 1);
	}
}

/* What the catalogue says of a finding, whatever this case holds. */
static void
catalogue_lines(struct page *p, const struct catalogue_entry *c, int indent)
{
	page_add(p, UIR_GUIDE, indent, "%s", tr(c->meaning));
	if (c->shows[0])
		page_add(p, UIR_MEANING, indent, _("Shows as: %s"), tr(c->shows));
	if (c->told_apart[0])
		page_add(p, UIR_MEANING, indent, _("Told apart: %s"), tr(c->told_apart));
}

void
page_catalogue(struct page *p)
{
	heading(p, _("Findings, and how they are told apart"));
	for (size_t i = 0; i < catalogue_count; i++) {
		page_add(p, UIR_NAME, 1, "%s: %s", catalogue[i].id, tr(catalogue[i].title));
		catalogue_lines(p, &catalogue[i], 3);
		page_add(p, UIR_NEXT, 3, "%s", tr(catalogue_rule(&catalogue[i])->remedy));
	}
	heading(p, _("Error codes of the protocol"));
	for (size_t i = 0; i < oauth_error_count; i++) {
		page_add(p, UIR_NAME, 1, "%s", oauth_errors[i].code);
		page_add(p, UIR_GUIDE, 3, "%s (%s)", tr(oauth_errors[i].meaning),
			oauth_errors[i].defined);
	}
}

void
page_entry(struct page *p, struct span id)
{
	const struct catalogue_entry *c = catalogue_find(id);
	const struct oauth_error *o = oauth_error_find(id);

	if (c) {
		heading(p, tr(c->title));
		catalogue_lines(p, c, 0);
		gap(p);
		page_add(p, UIR_NEXT, 0, "%s", tr(catalogue_rule(c)->remedy));
		page_add(p, UIR_MEANING, 0, "%s", catalogue_rule(c)->references);
	}
	if (o) {
		heading(p, o->code);
		page_add(p, UIR_GUIDE, 0, "%s (%s)", tr(o->meaning), o->defined);
	}
}

static void
learn_rows(struct page *p, const char *title, const struct learn_row *rows, size_t n)
{
	heading(p, title);
	for (size_t i = 0; i < n; i++) {
		page_add(p, UIR_NAME, 1, "%s", tr(rows[i].name));
		page_add(p, UIR_GUIDE, 3, "%s (%s)", tr(rows[i].text), rows[i].defined);
	}
}

void
page_help(struct page *p, const struct keymap *m)
{
	char search[80];

	page_add(p, UIR_GUIDE, 0, "%s",
		_("Five steps find out why a token does not get user information. Enter runs a "
		"step and goes on to the next; the sentence on top names the cause and what to "
		"do."));
	keymap_names(m, ACT_SEARCH, search, sizeof(search));
	page_add(p, UIR_GUIDE, 0,
		_("Here stand the keys, the questions people ask and a glossary; %s finds a word "
		  "in them."),
		search);
	help_actions(p, m, CONTEXT_GLOBAL, _("Everywhere"));
	help_actions(p, m, CONTEXT_ANY, _("Always, also in dialogs"));
	help_actions(p, m, CONTEXT_LIST, _("In the pane that has the keys"));
	help_actions(p, m, CONTEXT_LOGIN, _("While a login waits"));
	help_actions(p, m, CONTEXT_FORM, _("In fields and questions"));
	help_actions(p, m, CONTEXT_COMMAND, _("On the command line"));
	help_actions(p, m, CONTEXT_TEXT, _("Wherever text is typed"));
	heading(p, _("States"));
	page_add(p, UIR_GUIDE, 1, "%s",
		_("✓ ok   ! warning   ✗ problem   – skipped   ? undetermined   · not walked yet   "
		  "… under way"));
	learn_rows(p, _("Questions people ask"), faq, faq_count);
	learn_rows(p, _("Glossary"), glossary, glossary_count);
}

static void
guide_row(struct page *p, const struct wizard *w, const struct guide_row *g)
{
	static const enum ui_role roles[] = {
		[GUIDE_HEAD] = UIR_TITLE,
		[GUIDE_TEXT] = UIR_GUIDE,
		[GUIDE_CODE] = UIR_VALUE,
		[GUIDE_DEMO] = UIR_NEXT,
	};
	struct buf line;

	buf_init(&line, LIMIT_REPORT);
	if (guide_line(w, g, &line)) {
		if (g->kind == GUIDE_HEAD)
			gap(p);
		page_add(p, roles[g->kind], g->kind == GUIDE_CODE ? 2 : 0, "%s", buf_str(&line));
		if (g->kind == GUIDE_CODE)
			page_hang(p, 2);
	}
	buf_release(&line);
}

void
page_guide(struct page *p, const struct ui *ui, enum step s)
{
	if (ui->d->lesson && ui->d->lesson[0]) {
		page_add(p, UIR_TITLE, 0, _("This scenario"));
		page_add_lines(p, UIR_GUIDE, 0, span_of(ui->d->lesson));
		if (ui->lesson[0])
			page_add(p, UIR_NEXT, 0, "%s", ui->lesson);
		gap(p);
	}
	page_add(p, UIR_TITLE, 0, "%d %s", (int)s + 1, tr(step_title(s)));
	page_add(p, UIR_GUIDE, 0, "%s", tr(step_question(s)));
	gap(p);
	for (size_t i = 0; i < guide_count; i++)
		if (guide_rows[i].step == s)
			guide_row(p, ui->d->wizard, &guide_rows[i]);
}

static void
finding(struct page *p, const struct finding *f)
{
	gap(p);
	page_add(
		p, state_role((int)finding_state(f)), 0, "%s: %s", tr(finding_word(f)), f->summary);
	page_add(p, UIR_NAME, 2, _("%s · step %d %s"), f->rule->id, (int)f->step + 1,
		tr(step_title(f->step)));
	if (f->remedy[0])
		page_add(p, UIR_NEXT, 2, "%s", f->remedy);
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];

		if (e->from > 0)
			page_add(p, UIR_VALUE, 4, _("%s = %s  (exchange %d)"), e->fact, e->value,
				e->from);
		else
			page_add(p, UIR_VALUE, 4, "%s = %s", e->fact, e->value);
	}
	for (size_t i = 0; i < f->n_caused_by; i++)
		page_add(p, UIR_MEANING, 4, _("explained by %s"), f->caused_by[i]->id);
	if (f->rule->references && f->rule->references[0])
		page_add(p, UIR_MEANING, 4, "%s", f->rule->references);
}

/* Opened by itself: with what the catalogue says of it. */
static void
finding_explained(struct page *p, const struct finding *f)
{
	const struct catalogue_entry *c = catalogue_find(span_of(f->rule->id));

	finding(p, f);
	if (!c)
		return;
	heading(p, tr(c->title));
	catalogue_lines(p, c, 2);
}

/* Above the findings, when one explains another. */
static void
chain(struct page *p, const struct diagnosis *d)
{
	struct chain_row rows[FINDINGS_MAX];
	size_t n = chain_rows(d, false, rows);
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any = any || rows[i].depth;
	for (size_t i = 0; any && i < n; i++) {
		if (i == 0)
			heading(p, _("Cause and effects"));
		page_add(p, UIR_NAME, 2, "%s%s", rows[i].lead, rows[i].f->rule->id);
	}
}

/* For a helpdesk: what can be sent back as it stands.  Reports have the same words. */
static void
reply_to_user(struct page *p, const struct diagnosis *d)
{
	struct buf text;

	buf_init(&text, LIMIT_MESSAGE);
	if (d->verdict.state != STATE_OK && reply_text(d, &text) == RES_OK) {
		heading(p, _("Reply to the user"));
		page_add_lines(p, UIR_GUIDE, 1, buf_span(&text));
	}
	buf_release(&text);
}

void
page_findings(struct page *p, const struct ui *ui)
{
	const struct diagnosis *d = ui->m.diagnosis;
	char enter[32], walk[32];

	if (!d || !ui->m.walked) {
		page_add(p, UIR_NOTE, 0,
			_("Nothing was looked at yet: %s runs a step, %s walks all five."),
			keymap_name(&ui->keymap, ACT_ENTER, enter, sizeof(enter)),
			keymap_name(&ui->keymap, ACT_WALK, walk, sizeof(walk)));
		return;
	}
	/* the first finding says the same */
	if (!d->verdict.primary) {
		page_add(p, UIR_VERDICT, 0, "%s", d->verdict.summary);
		if (d->verdict.next[0])
			page_add(p, UIR_NEXT, 0, _("Next: %s"), d->verdict.next);
	}
	chain(p, d);
	for (size_t i = 0; i < d->n; i++) {
		size_t from = p->n;

		finding(p, &d->findings[i]);
		while (from < p->n)
			p->v[from++].finding = (uint16_t)(i + 1);
	}
	if (!d->n)
		page_add(p, UIR_NOTE, 0, _("No findings."));
	reply_to_user(p, d);
}

static void
headers(struct page *p, const struct http_headers *h)
{
	for (size_t i = 0; i < h->n; i++) {
		char name[128], value[4096];

		page_add(p, UIR_VALUE, 2, "%s: %s",
			text_safe_into(name, sizeof(name), span_of(h->v[i].name)),
			text_safe_into(value, sizeof(value), span_of(h->v[i].value)));
	}
}

static void
body(struct page *p, const struct buf *b)
{
	struct span s = buf_span(b);

	if (s.n == 0) {
		page_add(p, UIR_MEANING, 2, _("(no body)"));
		return;
	}
	page_add(p, UIR_TEXT, 0, "%s", "");
	page_add_lines(p, UIR_VALUE, 2, span_sub(s, 0, BODY_SHOWN));
	if (s.n > BODY_SHOWN)
		page_add(p, UIR_MEANING, 2, _("… %zu bytes more; an export has them all"),
			s.n - BODY_SHOWN);
}

static void
phase(struct buf *b, const char *name, int64_t us)
{
	char t[32];

	if (us >= 0)
		buf_printf(b, "%s%s %s", b->len ? " · " : "", name, time_span_us(t, us));
}

static void
timings(struct page *p, const struct timings *t)
{
	struct buf b;

	buf_init(&b, 512);
	phase(&b, _("total"), t->total);
	phase(&b, _("name"), t->dns);
	phase(&b, _("connect"), t->connect);
	phase(&b, "TLS", t->tls);
	phase(&b, _("wait"), t->wait);
	phase(&b, _("receive"), t->receive);
	page_add(p, UIR_VALUE, 2, "%s%s", buf_str(&b),
		t->reused ? _(" · on an open connection") : "");
	buf_release(&b);
}

static void
tls(struct page *p, const struct tls_info *t)
{
	if (!t->version[0] && !t->verify_words[0] && t->n_certs == 0)
		return;
	heading(p, "TLS");
	page_add(p, UIR_VALUE, 2,
		t->verified ? _("%s %s, certificate verified%s%s")
			    : _("%s %s, certificate not verified%s%s"),
		t->version, t->cipher, t->verify_words[0] ? ": " : "", t->verify_words);
	for (size_t i = 0; i < t->n_certs; i++) {
		const struct cert_info *k = &t->certs[i];
		char from[40], to[40];

		page_add(p, UIR_VALUE, 2, "%zu %s", i + 1, k->subject ? k->subject : "");
		page_add(p, UIR_MEANING, 4, _("by %s, %s to %s"),
			k->self_signed      ? _("itself")
				: k->issuer ? k->issuer
					    : "?",
			time_screen(from, k->not_before, false),
			time_screen(to, k->not_after, false));
		if (i == 0 && k->names && k->names[0])
			page_add(p, UIR_MEANING, 4, _("for %s"), k->names);
	}
}

void
page_exchange(struct page *p, const struct exchange *x)
{
	const struct net_result *r = &x->result;
	char label[80], url[2048], reason[128], when[32];

	heading(p, exchange_label(x, label, sizeof(label)));
	page_add(p, UIR_VALUE, 2, "%s %s", x->request.method,
		text_safe_into(url, sizeof(url), span_of(x->request.url)));
	headers(p, &x->request.headers);
	body(p, &x->request.body);
	heading(p, _("Answer"));
	if (r->error != NETERR_NONE)
		page_add(p, UIR_PROBLEM, 2, "%s%s%s", tr(net_error_words(r->error)),
			r->error_text[0] ? ": " : "", r->error_text);
	if (r->response.status) {
		page_add(p, r->response.status < 400 ? UIR_VALUE : UIR_PROBLEM, 2, "HTTP/%s %d %s",
			r->response.version, r->response.status,
			text_safe_into(reason, sizeof(reason), span_of(r->response.reason)));
		headers(p, &r->response.headers);
		body(p, &r->response.body);
	}
	heading(p, _("Time"));
	if (r->sent_wall_us)
		page_add(p, UIR_VALUE, 2,
			r->via_proxy ? _("sent %s to %s by a proxy") : _("sent %s to %s"),
			time_rfc3339(when, r->sent_wall_us / 1000000),
			r->remote[0] ? r->remote : _("nowhere"));
	timings(p, &r->timings);
	tls(p, &r->tls);
}

void
page_record(struct page *p, const struct log_rec *r)
{
	char when[16];

	page_add(p, UIR_NAME, 0, "%s · %s · %s", time_of_day(when, r->wall_us),
		log_cat_id((enum log_cat)r->cat), log_level_id((enum log_level)r->level));
	page_add(p,
		r->level == LOG_ERROR          ? UIR_LOG_ERROR
			: r->level == LOG_WARN ? UIR_LOG_WARN
					       : UIR_LOG_TEXT,
		2, "%s", r->text);
}

void
page_field(struct page *p, const struct ui *ui, const struct field *f)
{
	if (f->name && f->name[0])
		page_add(p, UIR_NAME, 0, "%s", f->name);
	page_add(p, UIR_VALUE, 2, "%s", f->value);
	if (f->meaning && f->meaning[0])
		page_add(p,
			f->state == STATE_OK || f->state == STATE_PENDING
				? UIR_MEANING
				: state_role((int)f->state),
			2, "%s", f->meaning);
	for (size_t i = 0; ui->m.diagnosis && i < ui->m.diagnosis->n; i++) {
		/* a finding's row opens the finding */
		if (f->name && strcmp(ui->m.diagnosis->findings[i].rule->id, f->name) == 0)
			finding_explained(p, &ui->m.diagnosis->findings[i]);
	}
}
