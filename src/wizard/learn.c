#include "wizard/learn.h"

#include "base/tr.h"
#include "wizard/fill.h"

const struct guide_row guide_rows[] = {
#define GUIDE(step, kind, text) {STEP_##step, GUIDE_##kind, text},
#include "wizard/guide.def"
#undef GUIDE
};
const size_t guide_count = ARRAY_SIZE(guide_rows);

const struct learn_row faq[] = {
#define FAQ(question, answer, defined) {question, answer, defined},
#include "wizard/faq.def"
#undef FAQ
};
const size_t faq_count = ARRAY_SIZE(faq);

const struct learn_row glossary[] = {
#define TERM(term, sentence, defined) {term, sentence, defined},
#include "wizard/glossary.def"
#undef TERM
};
const size_t glossary_count = ARRAY_SIZE(glossary);

bool
guide_line(const struct wizard *w, const struct guide_row *g, struct buf *out)
{
	size_t before = out->len;
	struct span names = span_of(g->text), name;

	if (g->kind != GUIDE_DEMO) {
		fill_line(out, w, g->kind == GUIDE_CODE ? names : span_of(tr(g->text)));
		return out->len > before || !*g->text;
	}
	buf_puts(out, _("In the demo (tokentriage demo NAME):"));
	while (span_word(&names, &name))
		buf_printf(out, " %.*s%s", SPAN_ARG(name), names.n ? "," : ".");
	return true;
}

bool
learn_matches(const struct learn_row *r, const char *words)
{
	return span_find_str_nocase(span_of(r->name), words) != SIZE_MAX ||
		span_find_str_nocase(span_of(r->text), words) != SIZE_MAX ||
		span_find_str_nocase(span_of(r->defined), words) != SIZE_MAX;
}
