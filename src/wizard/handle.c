#include "wizard/handle.h"

#include "base/encode.h"
#include "base/text.h"
#include "oauth/url.h"
#include "wizard/steps.h"

const struct decision decisions[] = {
#define HANDLE(advice, answer, when, how, say) {ADVICE_##advice, answer, when, how, say},
#include "wizard/handle.def"
#undef HANDLE
};
const size_t decision_count = ARRAY_SIZE(decisions);

static const struct {
	enum advice_kind kind;
	const char *text;
} samples[] = {
#define SAMPLE(advice, text) {ADVICE_##advice, text},
#include "wizard/handle.def"
#undef SAMPLE
};

size_t
decision_here(const struct wizard *w)
{
	struct advice a;
	size_t i = 0;

	wizard_advice(w, &a);
	while (i < decision_count && decisions[i].kind != a.kind)
		i++;
	return i;
}

/* --- the names in braces ------------------------------------------------------------------- */

static void
put_safe(struct buf *out, struct span s)
{
	if (text_safe(out, s) != RES_OK)
		buf_puts(out, "…");
}

/* The first characters of a mask and no more: a line is read, not compared. */
static void
put_token(struct buf *out, const struct wizard *w, enum token_slot slot)
{
	const struct case_token *t = case_token(w->c, slot);
	struct span mask = span_of(t && t->present ? t->info.mask : "");
	size_t cut = span_find_str(mask, "…");

	put_safe(out, cut == SIZE_MAX ? SPAN_EMPTY : span_sub(mask, 0, cut));
	buf_puts(out, "…");
}

/* What the refusal asked for, beside what the profile asks for anyway. */
static void
put_scope(struct buf *out, const struct wizard *w)
{
	const struct exchange *x = wizard_facts(w)->userinfo;
	struct span own = span_of(w->c->profile.scope), wanted = SPAN_EMPTY, word;
	struct buf text;

	for (size_t i = 0; x && !wanted.n && i < x->answer.challenges.n; i++)
		wanted = challenge_param(&x->answer.challenges.v[i], "scope");
	buf_init(&text, LIMIT_MESSAGE);
	buf_add_span(&text, own.n ? own : SPAN_LIT("openid profile"));
	while (span_word(&wanted, &word)) {
		char *w0 = span_dup(word);

		if (!span_has_word(buf_span(&text), w0))
			buf_printf(&text, " %s", w0);
		free(w0);
	}
	put_safe(out, buf_span(&text));
	buf_release(&text);
}

static void
put_endpoint(struct buf *out, const struct wizard *w, enum endpoint e, const char *dflt,
	struct span part)
{
	struct span at = wizard_endpoint(w, e);
	struct url u;

	if (e == EP_USERINFO && w->c->profile.resource_url && *w->c->profile.resource_url)
		at = span_of(w->c->profile.resource_url);
	if (url_parse(&u, at, NULL) != RES_OK && url_parse(&u, span_of(dflt), NULL) != RES_OK)
		return;
	if (span_is(part, "path")) {
		put_safe(out, u.path.n ? u.path : SPAN_LIT("/"));
	} else if (span_is(part, "host")) {
		put_safe(out, u.host);
		if (u.port_written)
			buf_printf(out, ":%d", u.port);
	} else {
		put_safe(out, at.n ? at : span_of(dflt));
	}
}

static void
put_name(struct buf *out, const struct wizard *w, struct span name)
{
	const struct profile *p = &w->c->profile;
	struct span head = name, part = SPAN_EMPTY;
	size_t dot = span_find(name, '.');

	if (dot != SIZE_MAX) {
		head = span_sub(name, 0, dot);
		part = span_from(name, dot + 1);
	}
	if (span_is(head, "userinfo"))
		put_endpoint(out, w, EP_USERINFO, "https://idp.example/userinfo", part);
	else if (span_is(head, "token") && part.n)
		put_endpoint(out, w, EP_TOKEN, "https://idp.example/token", part);
	else if (span_is(head, "authorize"))
		put_endpoint(out, w, EP_AUTHORIZATION, "https://idp.example/authorize", part);
	else if (span_is(name, "token"))
		put_token(out, w, SLOT_ACCESS);
	else if (span_is(name, "refresh"))
		put_token(out, w, SLOT_REFRESH);
	else if (span_is(name, "client"))
		put_safe(out, span_of(p->client_id && *p->client_id ? p->client_id : "…"));
	else if (span_is(name, "redirect"))
		put_safe(out, span_of(p->redirect_uri && *p->redirect_uri ? p->redirect_uri
			: "https://app.example/callback"));
	else if (span_is(name, "scope"))
		put_scope(out, w);
}

static bool
is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < 'a' || s.p[i] > 'z') && s.p[i] != '.')
			return false;
	return s.n > 0;
}

/* JSON has braces, too: only a word of letters between them is a name. */
static void
put_line(struct buf *out, const struct wizard *w, struct span line)
{
	while (line.n) {
		size_t open = span_find(line, '{'), close;
		struct span name;

		if (open == SIZE_MAX) {
			buf_add_span(out, line);
			return;
		}
		buf_add_span(out, span_sub(line, 0, open));
		line = span_from(line, open);
		close = span_find(line, '}');
		name = close == SIZE_MAX ? SPAN_EMPTY : span_sub(line, 1, close - 1);
		if (is_name(name)) {
			put_name(out, w, name);
			line = span_from(line, close + 1);
		} else {
			buf_add_span(out, span_sub(line, 0, 1));
			line = span_from(line, 1);
		}
	}
}

void
decision_sample(const struct wizard *w, size_t row, struct buf *out)
{
	for (size_t i = 0; row < decision_count && i < ARRAY_SIZE(samples); i++) {
		if (samples[i].kind != decisions[row].kind)
			continue;
		put_line(out, w, span_of(samples[i].text));
		buf_puts(out, "\n");
	}
}

void
decision_text(const struct wizard *w, size_t row, struct buf *out)
{
	const struct decision *d;
	struct buf sample;
	struct span rest, line;

	if (row >= decision_count)
		return;
	d = &decisions[row];
	buf_printf(out, "%s: %s.\n%s %s\n", d->answer, advice_words(d->kind), d->when, d->how);
	if (*d->say)
		buf_printf(out, "Its user reads: “%s”\n", d->say);
	buf_puts(out, "On the wire (secrets are masked):\n");
	buf_init(&sample, LIMIT_REPORT);
	decision_sample(w, row, &sample);
	for (rest = buf_span(&sample); span_next(&rest, '\n', &line);)
		buf_printf(out, "%s%.*s\n", line.n ? "  " : "", SPAN_ARG(line));
	buf_release(&sample);
}
