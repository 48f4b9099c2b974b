/* explain: the catalogue of findings, the protocol's error codes, and vendors' codes. */
#include "cli/app.h"

#include "base/text.h"
#include "base/utf8.h"
#include "case/import.h"
#include "oauth/json.h"
#include "oauth/oautherror.h"

enum { LABEL = 14, WIDTH = 80 };

static void
row(struct buf *out, const char *label, const char *text)
{
	struct span rest = span_of(text), word;
	size_t col = LABEL;

	if (!text || !*text)
		return;
	buf_printf(out, "%-*s", LABEL, label);
	while (span_word(&rest, &word)) {
		size_t cells = utf8_cells(word);

		if (col > LABEL && col + 1 + cells > WIDTH) {
			buf_printf(out, "\n%*s", LABEL, "");
			col = LABEL;
		} else if (col > LABEL) {
			buf_putc(out, ' ');
			col++;
		}
		buf_add_span(out, word);
		col += cells;
	}
	buf_putc(out, '\n');
}

static void
explain_finding(struct buf *out, const struct catalogue_entry *c)
{
	buf_printf(out, "%s: %s\n\n", c->id, c->title);
	row(out, "meaning", c->meaning);
	row(out, "shows as", c->shows);
	row(out, "told apart by", c->told_apart);
	row(out, "remedy", catalogue_rule(c)->remedy);
	row(out, "see", catalogue_rule(c)->references);
}

/* An error code of the protocol, and the findings that speak of it. */
static bool
explain_error(struct buf *out, const char *code)
{
	const struct oauth_error *known = oauth_error_find(span_of(code));
	bool any = false;

	if (!known)
		return false;
	buf_printf(out, "%s: an error code of the protocol\n\n", known->code);
	row(out, "meaning", known->meaning);
	row(out, "defined by", known->defined);
	for (size_t i = 0; i < catalogue_count; i++) {
		if (!span_contains_nocase(span_of(catalogue[i].shows), code))
			continue;
		if (!any)
			buf_puts(out, "\nFindings that show it:\n");
		any = true;
		buf_printf(out, "  %-36s %s\n", catalogue[i].id, catalogue[i].title);
	}
	return true;
}

static void
list_all(struct buf *out)
{
	for (size_t i = 0; i < catalogue_count; i++)
		buf_printf(out, "%-36s %s\n", catalogue[i].id, catalogue[i].title);
	buf_puts(out, "\nError codes of the protocol:\n");
	for (size_t i = 0; i < oauth_error_count; i++)
		buf_printf(out, "%-36s %s\n", oauth_errors[i].code, oauth_errors[i].defined);
}

/* Ids or titles that hold the word. */
static bool
list_matching(struct buf *out, const char *word)
{
	bool any = false;

	for (size_t i = 0; i < catalogue_count; i++) {
		const struct catalogue_entry *c = &catalogue[i];

		if (!span_contains_nocase(span_of(c->id), word) &&
			!span_contains_nocase(span_of(c->title), word) &&
			!span_contains_nocase(span_of(c->shows), word))
			continue;
		any = true;
		buf_printf(out, "%-36s %s\n", c->id, c->title);
	}
	return any;
}

/* --- a vendor's code or words, by what the diagnosis makes of an answer that says them ------- */

enum { LEADS = 4 };

struct leads {
	const char *ids[LEADS]; /* the most causal first */
	size_t n;
};

static struct leads
diagnose_words(const struct options *o, enum purpose purpose, const char *error, const char *words)
{
	struct json *answer = json_new_object();
	struct leads found = {.n = 0};
	struct err e = ERR_INIT;
	struct import im;
	struct buf text;
	struct app a;

	app_init(&a, o);
	import_init(&im);
	buf_init(&text, 4096);
	json_set_str(answer, "error", error);
	json_set_str(answer, "error_description", words);
	if (json_print(answer, &text, false) == RES_OK && app_start(&a, true, &e) == RES_OK &&
		import_read(&im, buf_span(&text), purpose, &e) == RES_OK) {
		const struct diagnosis *d;

		wizard_mark_walked(a.wizard, import_apply(&im, &a.c, a.redactor));
		wizard_update(a.wizard);
		d = wizard_diagnosis(a.wizard);
		for (size_t i = 0; i < d->n && found.n < LEADS; i++)
			found.ids[found.n++] = d->findings[i].rule->id;
	}
	json_free(answer);
	buf_release(&text);
	import_release(&im);
	app_release(&a);
	return found;
}

static bool
same_leads(const struct leads *a, const struct leads *b)
{
	for (size_t i = 0; a->n == b->n && i < a->n; i++)
		if (strcmp(a->ids[i], b->ids[i]) != 0)
			return false;
	return a->n == b->n;
}

/* Known is what is diagnosed otherwise than words that say nothing. */
static bool
explain_words(struct buf *out, const struct options *o, const char *words)
{
	static const struct {
		enum purpose purpose;
		const char *error, *where;
	} asked[] = {{PURPOSE_REFRESH, "invalid_grant", "token endpoint"},
		{PURPOSE_USERINFO, "invalid_token", "user information"},
		{PURPOSE_INTROSPECTION, "invalid_client", "client refused"}};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		struct leads plain = diagnose_words(o, asked[i].purpose, asked[i].error, "xyzzy");
		struct leads said = diagnose_words(o, asked[i].purpose, asked[i].error, words);

		if (!said.n || same_leads(&plain, &said))
			continue;
		if (!any) {
			text_safe(out, span_of(words));
			buf_puts(out, ": in a server's answer it points to\n\n");
		}
		any = true;
		buf_printf(out, "%-18s%-34s %s\n", asked[i].where, said.ids[0],
			catalogue_find(span_of(said.ids[0]))
				? catalogue_find(span_of(said.ids[0]))->title
				: "");
	}
	return any;
}

int
cmd_explain(const struct options *o)
{
	const char *what = o->n_args ? o->args[0] : NULL;
	const struct catalogue_entry *c = what ? catalogue_find(span_of(what)) : NULL;
	struct err e = ERR_INIT;
	struct buf out, ascii;
	int status = STATUS_USAGE;

	buf_init(&out, LIMIT_REPORT);
	buf_init(&ascii, LIMIT_REPORT);
	if (!what)
		list_all(&out);
	else if (c)
		explain_finding(&out, c);
	else if (!*what ||
		(!explain_error(&out, what) && !list_matching(&out, what) &&
			!explain_words(&out, o, what)))
		err_set(&e, RES_NOTFOUND,
			"nothing is known of '%s'; tokentriage explain lists all findings", what);
	if (*e.text) {
		app_fail(&e);
	} else {
		if (app_ascii(o))
			text_ascii(&ascii, buf_span(&out));
		status = app_print(buf_span(app_ascii(o) ? &ascii : &out));
	}
	buf_release(&out);
	buf_release(&ascii);
	return status;
}
