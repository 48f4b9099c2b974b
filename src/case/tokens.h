/* Lifecycle of the case's tokens; for the case room itself. */
#ifndef TT_CASE_TOKENS_H
#define TT_CASE_TOKENS_H

#include "case/case.h"

void case_token_init(struct case_token *t);
/* Claims that are named as secrets, and what looks like one, go; as what an exchange recorded. */
void case_token_mask(struct case_token *t);
void case_token_release(struct case_token *t);
void case_token_copy(struct case_token *dst, const struct case_token *src); /* dst is initialised */
/* Is that its value, as it is sent? */
bool case_token_is(const struct case_token *t, struct span value);
void case_tokens_init(struct case_tokens *t);
void case_tokens_release(struct case_tokens *t);

#endif
