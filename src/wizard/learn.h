/*
 * What there is to learn: the guide of each step, the questions people ask, the glossary.  The same
 * text for screen, line mode and manual.
 */
#ifndef TT_WIZARD_LEARN_H
#define TT_WIZARD_LEARN_H

#include "wizard/wizard.h"

enum guide_kind { GUIDE_HEAD, GUIDE_TEXT, GUIDE_CODE, GUIDE_DEMO };

struct guide_row {
	enum step step;
	enum guide_kind kind;
	const char *text; /* with names in braces (fill.h) */
};
extern const struct guide_row guide_rows[];
extern const size_t guide_count;

/* A line of the guide, filled from the case: safe text.  False: it is none for this case. */
bool guide_line(const struct wizard *w, const struct guide_row *g, struct buf *out);

struct learn_row {
	/* a question or a term, its answer, where it is defined */
	const char *name, *text, *defined;
};
extern const struct learn_row faq[], glossary[];
extern const size_t faq_count, glossary_count;

/* Does a row hold the words, in whatever case? */
bool learn_matches(const struct learn_row *r, const char *words);

#endif
