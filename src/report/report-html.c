/*
 * The report as one HTML file: no script, nothing loaded from anywhere, every string escaped.  What
 * it says stands in the order of the text report: verdict, why, what to do, what to tell the user;
 * then the record.
 */
#include "report/parts.h"

#include "base/mem.h"
#include "diagnose/chain.h"

enum { EXCHANGES_SHOWN = 300, BODY_SHOWN = 64 << 10 };

static void
put(const struct report *r, struct buf *out, const char *text)
{
	report_markup(r, out, span_of(text));
}

static void
element(const struct report *r, struct buf *out, const char *tag, const char *text)
{
	buf_printf(out, "<%s>", tag);
	put(r, out, text);
	buf_printf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

/* A row of a list of terms; nothing for nothing. */
static void
term(const struct report *r, struct buf *out, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	element(r, out, "dt", name);
	element(r, out, "dd", text);
}

static void
state(const struct report *r, struct buf *out, enum state s, const char *word)
{
	static const char *const glyphs[] = {
		[STATE_PENDING] = "·",
		[STATE_OK] = "✓",
		[STATE_WARNING] = "!",
		[STATE_PROBLEM] = "✗",
		[STATE_SKIPPED] = "–",
		[STATE_UNDETERMINED] = "?",
	};

	buf_printf(out, "<span class=\"state %s\">%s ", state_id(s), glyphs[s]);
	put(r, out, word);
	buf_puts(out, "</span>");
}

/* --- the top ---------------------------------------------------------------------------------- */

static void
head(const struct report *r, struct buf *out)
{
	const char *name = r->c->profile.name ? r->c->profile.name : "";

	buf_printf(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src "
		"'sha256-%s'; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<title>",
		report_html_style_sha256);
	put(r, out, state_word(r->d->verdict.state));
	buf_puts(out, ": tokentriage report");
	if (*name) {
		buf_puts(out, ", ");
		put(r, out, name);
	}
	buf_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n", report_html_style);
}

static void
verdict(const struct report *r, struct buf *out)
{
	const struct verdict *v = &r->d->verdict;
	struct buf words;
	char when[40];

	buf_puts(out, "<header>\n<h1>tokentriage report</h1>\n<p class=\"meta\">");
	if (r->c->profile.name) {
		put(r, out, r->c->profile.name);
		buf_puts(out, " · ");
	}
	if (r->c->profile.issuer) {
		put(r, out, r->c->profile.issuer);
		buf_puts(out, " · ");
	}
	put(r, out, time_screen(when, r->in->created_s, false));
	buf_init(&words, LIMIT_REPORT);
	report_as_of(r, &words);
	if (words.len) {
		buf_puts(out, "<br>");
		put(r, out, buf_str(&words));
	}
	buf_release(&words);
	buf_printf(out, "</p>\n</header>\n<main>\n<section class=\"verdict %s\">\n",
		state_id(v->state));
	state(r, out, v->state, state_word(v->state));
	buf_puts(out, "\n<p class=\"say\">");
	put(r, out, v->summary);
	buf_puts(out, "</p>\n<dl>\n");
	buf_init(&words, LIMIT_REPORT);
	report_chain(r, &words);
	term(r, out, "Cause", buf_str(&words));
	term(r, out, "Remedy", report_remedy(r));
	if (strcmp(report_remedy(r), v->next) != 0)
		term(r, out, "Next", v->next);
	buf_puts(out, "</dl>\n</section>\n<h2>Reply to the user</h2>\n<blockquote>");
	buf_clear(&words);
	report_reply(r, &words);
	put(r, out, buf_str(&words));
	buf_puts(out, "</blockquote>\n");
	buf_release(&words);
}

/* --- findings and steps ----------------------------------------------------------------------- */

static void
chain(const struct report *r, struct buf *out)
{
	struct chain_row rows[FINDINGS_MAX];
	size_t n = chain_rows(r->d, false, rows);

	if (n < 2)
		return;
	buf_puts(out, "<h2>Cause and effects</h2>\n<ul class=\"chain mono\">\n");
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, "<li>");
		report_escape(out, rows[i].lead);
		state(r, out, finding_state(rows[i].f), rows[i].f->rule->id);
		buf_puts(out, "</li>\n");
	}
	buf_puts(out, "</ul>\n");
}

static void
evidence(const struct report *r, struct buf *out, const struct finding *f)
{
	char from[120];

	if (!f->n_evidence)
		return;
	buf_puts(out, "<table>\n");
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];

		buf_puts(out, "<tr><th class=\"n\" scope=\"row\">");
		put(r, out, e->fact);
		buf_puts(out, "</th><td class=\"v\">");
		put(r, out, report_omits(r, span_of(e->fact)) ? OMITTED : e->value);
		buf_puts(out, "</td><td class=\"dim\">");
		if (e->from != FROM_NOWHERE)
			put(r, out, fact_source(r->f, e->from, from, sizeof(from)));
		buf_puts(out, "</td></tr>\n");
	}
	buf_puts(out, "</table>\n");
}

static void
findings(const struct report *r, struct buf *out)
{
	if (!r->d->n)
		return;
	buf_puts(out, "<h2>Findings</h2>\n");
	for (size_t i = 0; i < r->d->n; i++) {
		const struct finding *f = &r->d->findings[i];

		buf_puts(out, "<details open><summary>");
		state(r, out, finding_state(f), f->rule->id);
		buf_printf(out, " <span class=\"q\">%s · step %d %s</span></summary>\n",
			finding_word(f), f->step + 1, step_title(f->step));
		element(r, out, "p", f->summary);
		buf_puts(out, "<dl>\n");
		term(r, out, "Remedy", f->remedy);
		term(r, out, "See", f->rule->references);
		buf_puts(out, "</dl>\n");
		evidence(r, out, f);
		buf_puts(out, "</details>\n");
	}
}

static void
field(const struct report *r, struct buf *out, const struct field *f)
{
	if (f->kind == FIELD_FINDING)
		return;
	if (f->kind == FIELD_HEADING || f->kind == FIELD_NOTE) {
		buf_puts(out,
			f->kind == FIELD_NOTE ? "<tr><td colspan=\"3\" class=\"dim\">"
					      : "<tr class=\"head\"><th colspan=\"3\">");
		put(r, out, f->kind == FIELD_NOTE ? f->value : f->name);
		if (f->kind == FIELD_HEADING && *f->value) {
			buf_puts(out, " <span class=\"dim\">");
			put(r, out, f->value);
			buf_puts(out, "</span>");
		}
		buf_puts(out, f->kind == FIELD_NOTE ? "</td></tr>\n" : "</th></tr>\n");
		return;
	}
	buf_puts(out, "<tr><th class=\"n\" scope=\"row\">");
	put(r, out, f->name);
	buf_puts(out, "</th><td class=\"v\">");
	put(r, out, report_omits_field(r, f) ? OMITTED : f->value);
	buf_puts(out, "</td><td>");
	if (f->state == STATE_WARNING || f->state == STATE_PROBLEM ||
		f->state == STATE_UNDETERMINED) {
		state(r, out, f->state, "");
		buf_putc(out, ' ');
	}
	put(r, out, f->meaning);
	buf_puts(out, "</td></tr>\n");
}

static void
steps(const struct report *r, struct buf *out)
{
	buf_puts(out, "<h2>Steps</h2>\n");
	for (int s = 0; s < STEP_COUNT; s++) {
		enum state v = report_step_state(r, (enum step)s);
		struct field_list list;

		field_list_init(&list);
		if (s != STEP_DEBUG) /* its rows are the exchanges, which come below */
			step_fields(&list, r->in->w, (enum step)s, false);
		buf_printf(out, "<details%s><summary>%d %s ",
			v == STATE_PROBLEM || v == STATE_WARNING ? " open" : "", s + 1,
			step_title((enum step)s));
		state(r, out, v, state_word(v));
		buf_puts(out, " <span class=\"q\">");
		put(r, out, report_step_summary(r, (enum step)s));
		buf_puts(out, "</span></summary>\n<table>\n");
		for (size_t i = 0; i < list.n; i++)
			field(r, out, &list.v[i]);
		buf_puts(out, "</table>\n</details>\n");
		field_list_release(&list);
	}
}

/* --- tokens ----------------------------------------------------------------------------------- */

static void
token(const struct report *r, struct buf *out, const char *name, const struct case_token *t)
{
	struct json *claims;
	struct buf text;

	if (!t->present)
		return;
	buf_puts(out, "<details><summary>");
	put(r, out, name);
	buf_printf(out, " <span class=\"q\">%s · <code>", token_kind_id(t->sent.kind));
	put(r, out, t->sent.mask);
	buf_puts(out, "</code></span></summary>\n<dl>\n");
	term(r, out, "From", t->source);
	term(r, out, "Algorithm", t->sent.alg);
	term(r, out, "Key", t->sent.kid);
	term(r, out, "Type", t->sent.typ);
	if (t->sent.kind != TOKEN_OPAQUE)
		term(r, out, "Signature", sig_state_words(t->sent.sig));
	buf_puts(out, "</dl>\n");
	claims = report_claims(r, t->sent.payload);
	buf_init(&text, LIMIT_REPORT);
	if (claims && json_print(claims, &text, true) == RES_OK) {
		buf_puts(out, "<h4>Claims</h4>\n<pre>");
		report_escape(out, buf_str(&text));
		buf_puts(out, "</pre>\n");
	}
	buf_release(&text);
	json_free(claims);
	buf_puts(out, "</details>\n");
}

static void
tokens(const struct report *r, struct buf *out)
{
	const struct case_tokens *t =
		r->c->n_generations ? &r->c->generations[r->c->n_generations - 1] : NULL;

	if (!t || (!t->access.present && !t->refresh.present && !t->id.present))
		return;
	buf_puts(out, "<h2>Tokens</h2>\n");
	report_svg_tokens(r, out);
	token(r, out, "Access token", &t->access);
	token(r, out, "Refresh token", &t->refresh);
	token(r, out, "ID token", &t->id);
}

/* --- exchanges -------------------------------------------------------------------------------- */

static void
message(const struct report *r, struct buf *out, const struct exchange *x, bool response)
{
	const struct http_headers *h = response ? &x->result.response.headers : &x->request.headers;
	char *body = report_body(r, x, response);
	size_t len = body ? strlen(body) : 0, shown = BODY_SHOWN;

	if (h->n) {
		buf_puts(out, "<pre>");
		for (size_t i = 0; i < h->n; i++) {
			put(r, out, h->v[i].name);
			buf_puts(out, ": ");
			put(r, out, h->v[i].value);
			buf_putc(out, '\n');
		}
		buf_puts(out, "</pre>\n");
	}
	if (len > BODY_SHOWN) {
		while (shown > 0 && ((unsigned char)body[shown] & 0xc0) == 0x80)
			shown--; /* not in the middle of a character */
		body[shown] = '\0';
	}
	if (len) {
		buf_puts(out, "<pre>");
		report_escape(out, body);
		buf_printf(out, "</pre>\n");
	}
	if (len > BODY_SHOWN)
		buf_printf(out,
			"<p class=\"dim\">… %zu bytes in all; the JSON report and the case have "
			"them.</p>\n",
			len);
	free(body);
}

static void
transfer(const struct report *r, struct buf *out, const struct exchange *x)
{
	const struct net_result *n = &x->result;
	char when[40], took[32];

	buf_puts(out, "<dl>\n");
	if (n->sent_wall_us > 0)
		term(r, out, "Sent", time_screen(when, n->sent_wall_us / 1000000, false));
#define TIMING(member)                                                                             \
	if (n->timings.member >= 0)                                                                \
		term(r, out, #member, time_span_us(took, n->timings.member));
#include "case/transfer.def"
	term(r, out, "Address", n->remote);
	term(r, out, "Proxy", n->proxy);
	term(r, out, "TLS", n->tls.version);
	term(r, out, "Cipher", n->tls.cipher);
	if (*n->tls.version && !n->tls.verified)
		term(r, out, "Not verified",
			*n->tls.verify_words ? n->tls.verify_words : "no reason given");
	for (size_t i = 0; i < n->tls.n_certs; i++) {
		term(r, out, i ? "Issuer's certificate" : "Certificate", n->tls.certs[i].subject);
		term(r, out, "Valid until", time_screen(when, n->tls.certs[i].not_after, false));
	}
	if (n->error != NETERR_NONE)
		term(r, out, "Error", *n->error_text ? n->error_text : net_error_words(n->error));
	buf_puts(out, "</dl>\n");
}

static void
exchange(const struct report *r, struct buf *out, const struct exchange *x)
{
	const char *url = x->request.url ? x->request.url : "";
	char outcome[80];
	bool failed = x->result.error != NETERR_NONE || x->result.response.status >= 400;
	struct buf curl;

	buf_printf(out, "<details><summary>%u %s%s ", (unsigned)x->n, purpose_words(x->purpose),
		x->by_hand ? ", edited by hand" : "");
	state(r, out, failed ? STATE_WARNING : STATE_OK,
		report_outcome(x, outcome, sizeof(outcome)));
	buf_puts(out, " <code class=\"q\">");
	put(r, out, *url ? x->request.method : "");
	buf_putc(out, ' ');
	put(r, out, *url ? url : "(request not shown)");
	buf_puts(out, "</code></summary>\n");
	transfer(r, out, x);
	buf_puts(out, "<h4>Request</h4>\n");
	message(r, out, x, false);
	buf_puts(out, "<h4>Response</h4>\n");
	message(r, out, x, true);
	buf_init(&curl, LIMIT_REPORT);
	if (*url && exchange_curl_command(x, &curl) == RES_OK) {
		char *text = report_lines(r, buf_span(&curl));

		buf_puts(out, "<h4>The same with curl</h4>\n<pre>");
		report_escape(out, text);
		buf_puts(out, "</pre>\n");
		free(text);
	}
	buf_release(&curl);
	buf_puts(out, "</details>\n");
}

static void
exchanges(const struct report *r, struct buf *out)
{
	size_t n = r->c->n_exchanges < EXCHANGES_SHOWN ? r->c->n_exchanges : EXCHANGES_SHOWN;

	if (!n)
		return;
	buf_puts(out, "<h2>Exchanges</h2>\n");
	report_svg_waterfall(r, out);
	for (size_t i = 0; i < n; i++)
		exchange(r, out, r->c->exchanges[i]);
	if (n < r->c->n_exchanges)
		buf_printf(out, "<p class=\"dim\">… and %zu more, which the JSON report has.</p>\n",
			r->c->n_exchanges - n);
}

static void
masked(const struct report *r, struct buf *out)
{
	struct str_list list = {0};

	report_masked(r, &list);
	buf_puts(out, "<h2>What is masked</h2>\n");
	if (!list.n)
		buf_puts(out, "<p>Nothing in this case had to be masked.</p>\n");
	buf_puts(out, "<ul>\n");
	for (size_t i = 0; i < list.n; i++) {
		element(r, out, "li", list.v[i]);
		free(list.v[i]);
	}
	free(list.v);
	buf_puts(out, "</ul>\n");
}

void
report_html(const struct report *r, struct buf *out)
{
	head(r, out);
	verdict(r, out);
	chain(r, out);
	findings(r, out);
	tokens(r, out);
	steps(r, out);
	exchanges(r, out);
	masked(r, out);
	buf_puts(out, "</main>\n<footer>Made by tokentriage ");
	put(r, out, r->in->version);
	buf_puts(out,
		". It loads nothing and runs nothing: it can be kept and passed on as one "
		"file.</footer>\n"
		"</body>\n</html>\n");
}
