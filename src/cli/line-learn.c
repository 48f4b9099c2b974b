/* The guide of a step, the questions people ask and the glossary, line by line. */
#include "cli/line-parts.h"

#include "base/tr.h"
#include "wizard/learn.h"

void
line_guide(struct line *l)
{
	line_put(l, _("\nStep %d, %s: the guide\n"), (int)l->step + 1, tr(step_title(l->step)));
	for (size_t i = 0; i < guide_count; i++) {
		const struct guide_row *g = &guide_rows[i];
		struct buf text;

		if (g->step != l->step)
			continue;
		buf_init(&text, LIMIT_REPORT);
		if (guide_line(l->a->wizard, g, &text))
			line_put(l, "%s%s%s\n", g->kind == GUIDE_HEAD ? "\n" : "  ",
				buf_str(&text), g->kind == GUIDE_HEAD ? ":" : "");
		buf_release(&text);
	}
}

static void
put_row(struct line *l, const struct learn_row *r)
{
	line_put(l, "%s\n  %s (%s)\n", tr(r->name), tr(r->text), r->defined);
}

void
line_faq(struct line *l)
{
	for (size_t i = 0; i < faq_count; i++)
		put_row(l, &faq[i]);
	line_put(l, _("h lists the choices, k shows the glossary.\n"));
}

void
line_glossary(struct line *l)
{
	for (size_t i = 0; i < glossary_count; i++)
		put_row(l, &glossary[i]);
}

static size_t
put_matching(struct line *l, const struct learn_row *rows, size_t n, const char *words)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!learn_matches(&rows[i], words))
			continue;
		put_row(l, &rows[i]);
		found++;
	}
	return found;
}

void
line_look_up(struct line *l, const char *words)
{
	if (!*words)
		line_put(l, _("Behind the stroke stands what to look for: /audience\n"));
	else if (put_matching(l, faq, faq_count, words) +
			put_matching(l, glossary, glossary_count, words) ==
		0)
		/* not repeated: it may have been a path or a token, pasted here */
		line_put(l, _("Nothing is said of that; k shows the whole glossary.\n"));
}
