/*
 * Step 4 for who builds an application: the decision table (answer → what the application does)
 * and, for each row, the sample exchange with the profile's own endpoints, masked.  Pure functions
 * of the case.
 */
#ifndef TT_WIZARD_HANDLE_H
#define TT_WIZARD_HANDLE_H

#include "wizard/wizard.h"

struct decision {
	enum advice_kind kind;  /* what it does, in words: advice_words() */
	const char *answer;     /* what the application sees; at most 20 cells */
	const char *when, *how; /* what that means; what to take care of */
	const char *say;        /* what the application's user reads; "" */
};
extern const struct decision decisions[];
extern const size_t decision_count;

/* The row that wizard_advice() chose; decision_count: not decided yet. */
size_t decision_here(const struct wizard *w);
/* The sample exchange of a row, lines of safe text; what is not known of an endpoint is an
 * example's. */
void decision_sample(const struct wizard *w, size_t row, struct buf *out);
/*
 * A row in full, for a page or a terminal that prints lines: what it means, what to do, what to
 * take care of, the message, the sample exchange.  Lines of safe text; those of the exchange are
 * indented by two blanks.
 */
void decision_text(const struct wizard *w, size_t row, struct buf *out);

#endif
