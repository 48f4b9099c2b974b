/*
 * What a reader does not get to see: where in the record a mask stands, and what is not written at
 * all.  Names and places, never a value.
 */
#include "report/parts.h"

#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"
#include "base/tr.h"

#define MASK "[redacted"

enum { KINDS_MAX = 24 };

/* "request header Authorization", and how often. */
struct masked_kind {
	char words[120];
	size_t n;
};

struct places {
	struct str_list *list; /* a line each; NULL: they are counted by kind */
	const struct report *r;
	char label[80]; /* "exchange 2 · introspection" */
	struct masked_kind kinds[KINDS_MAX];
	size_t n_kinds, others;
};

static bool
has_mask(struct span s)
{
	return span_find_str(s, MASK) != SIZE_MAX;
}

static void
count(struct places *p, const char *words)
{
	size_t k = 0;

	while (k < p->n_kinds && strcmp(p->kinds[k].words, words) != 0)
		k++;
	if (k == KINDS_MAX) {
		p->others++;
		return;
	}
	if (k == p->n_kinds)
		text_format(p->kinds[p->n_kinds++].words, sizeof(p->kinds[k].words), "%s", words);
	p->kinds[k].n++;
}

static void
add(struct places *p, const char *where, struct span name)
{
	struct buf words;

	buf_init(&words, LIMIT_REPORT);
	buf_printf(&words, "%s%s", tr(where), name.n ? " " : "");
	text_safe(&words, span_sub(name, 0, name.n < 80 ? name.n : 80));
	if (p->list) {
		struct buf line;

		buf_init(&line, LIMIT_REPORT);
		buf_printf(&line, "%s: %s", p->label, buf_str(&words));
		str_list_add(p->list, buf_span(&line));
		buf_release(&line);
	} else {
		count(p, buf_str(&words));
	}
	buf_release(&words);
}

/* "a=…&b=…" of a query, a fragment or a form, by its names. */
static void
look_at_form(struct places *p, const char *where, struct span form)
{
	struct span member;

	while (span_next(&form, '&', &member))
		if (has_mask(member))
			add(p, where, span_sub(member, 0, span_find(member, '=')));
}

static void
look_at_url(struct places *p, const struct exchange *x)
{
	struct span url = span_of(x->request.url);
	size_t mark = span_find(url, '?'), hash = span_find(url, '#');
	size_t end = mark < hash ? mark : hash;

	if (has_mask(span_sub(url, 0, end)))
		add(p, N_("in the address"), SPAN_EMPTY);
	if (mark < hash)
		look_at_form(p, N_("query parameter"),
			span_sub(span_from(url, mark + 1), 0,
				hash == SIZE_MAX ? url.n : hash - mark - 1));
	if (hash != SIZE_MAX)
		look_at_form(p, N_("fragment parameter"), span_from(url, hash + 1));
}

static void
look_at_headers(struct places *p, const char *where, const struct http_headers *h)
{
	for (size_t i = 0; i < h->n; i++)
		if (has_mask(span_of(h->v[i].value)))
			add(p, where, span_of(h->v[i].name));
}

static void
look_at_tree(struct places *p, const char *where, const struct json *j)
{
	struct span s;

	for (const struct json *m = json_first(j); m; m = json_next(m)) {
		if (json_to_span(m, &s) && has_mask(s))
			add(p, where, json_type(j) == JSON_OBJECT ? json_name(m) : SPAN_EMPTY);
		look_at_tree(p, where, m);
	}
}

static void
look_at_body(struct places *p, const struct exchange *x, bool response)
{
	const struct buf *body = response ? &x->result.response.body : &x->request.body;
	const char *body_words = response ? N_("response body") : N_("request body");
	struct span s = buf_span(body), value;
	struct json *doc = NULL;

	if (!has_mask(s))
		return;
	if (json_parse(&doc, s, NULL) == RES_OK && json_type(doc) >= JSON_ARRAY)
		look_at_tree(p, body_words, doc);
	else if (doc && json_to_span(doc, &value))
		add(p, body_words, SPAN_EMPTY);
	else if (!response && span_find(s, '=') != SIZE_MAX)
		look_at_form(p, N_("form member"), s);
	else
		add(p, response ? N_("in the response body") : N_("in the request body"),
			SPAN_EMPTY);
	json_free(doc);
}

static void
look_at_exchanges(struct places *p)
{
	for (size_t i = 0; i < p->r->c->n_exchanges; i++) {
		const struct exchange *x = p->r->c->exchanges[i];

		exchange_label(x, p->label, sizeof(p->label));
		look_at_url(p, x);
		look_at_headers(p, N_("request header"), &x->request.headers);
		look_at_body(p, x, false);
		look_at_headers(p, N_("response header"), &x->result.response.headers);
		look_at_body(p, x, true);
	}
}

static void
list_line(struct str_list *out, const char *line)
{
	str_list_add(out, span_of(line));
}

static size_t
tokens(const struct report *r, struct str_list *out)
{
	static const char *const names[] = {
		N_("access token"), N_("refresh token"), N_("ID token")};
	size_t n = 0;

	for (size_t g = 0; g < r->c->n_generations; g++) {
		const struct case_tokens *t = &r->c->generations[g];
		const struct case_token *all[] = {&t->access, &t->refresh, &t->id};

		for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
			char line[120];

			if (!all[i]->present || (g && all[i]->from == 0))
				continue;
			n++;
			if (!out)
				continue;
			text_format(line, sizeof(line),
				all[i]->sent.kind == TOKEN_OPAQUE
					? _("the %s (%s)")
					: _("the %s (%s): its signature, and the value whole"),
				tr(names[i]), tr(all[i]->source));
			list_line(out, line);
		}
	}
	return n;
}

void
report_masked(const struct report *r, struct str_list *out)
{
	struct places p = {.list = out, .r = r};

	(void)tokens(r, out);
	if (r->c->profile.client_secret)
		list_line(out, _("the client secret of the profile, and where it is kept"));
	look_at_exchanges(&p);
	if (r->in->claims == CLAIMS_NAMES)
		list_line(out,
			_("the values of claims about a person, wherever they stand (--claims "
			  "names)"));
	else if (r->in->claims == CLAIMS_NONE)
		list_line(out, _("claims, and the bodies that hold them (--claims none)"));
}

void
report_masked_list(const struct report_input *in, struct str_list *out)
{
	struct report r;

	report_init(&r, in);
	report_masked(&r, out);
	report_release(&r);
}

char *
report_masked_words(const struct report_input *in, char *out, size_t size)
{
	struct report r;
	struct places p = {.r = &r};
	struct buf b;
	size_t n;

	report_init(&r, in);
	look_at_exchanges(&p);
	n = tokens(&r, NULL);
	buf_init(&b, LIMIT_REPORT);
	buf_puts(&b, p.n_kinds || n ? _("Masked: ") : _("Nothing had to be masked"));
	if (n)
		buf_printf(&b, P_("%zu token", "%zu tokens", n), n);
	for (size_t k = 0; k < p.n_kinds; k++) {
		buf_puts(&b, k || n ? ", " : "");
		if (p.kinds[k].n > 1)
			buf_printf(&b, _("%s (%zu times)"), p.kinds[k].words, p.kinds[k].n);
		else
			buf_puts(&b, p.kinds[k].words);
	}
	if (p.others)
		buf_printf(&b, _(", %zu more"), p.others);
	buf_puts(&b,
		in->claims == CLAIMS_KEEP ? _(". Claims are kept.") : _(". Claims are left out."));
	text_safe_into(out, size, buf_span(&b));
	buf_release(&b);
	report_release(&r);
	return out;
}
