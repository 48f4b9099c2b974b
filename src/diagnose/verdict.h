/* The verdict and the steps' states; inside the diagnose room. */
#ifndef TT_DIAGNOSE_VERDICT_H
#define TT_DIAGNOSE_VERDICT_H

#include "diagnose/diagnose.h"

/* Findings are there and ordered; fills verdict, steps and step_summary. */
void verdict_of_findings(struct diagnosis *d, const struct facts *f, const struct walk *walk);

/* verdict-login.c: a request for a token, or a login's redirect, that ended in an error and was not mended later. */
/* In a recording: a later try, of a user this time, brought a token. */
bool login_mended(const struct facts *f, const struct exchange *x);
bool is_login_request(enum purpose p);
bool is_login_failure(const struct facts *f, const struct exchange *x);
void login_failure_words(struct verdict *v, const struct exchange *x);
/* The words of a login of our own that brought no token, however it ended; false: there was none. */
bool login_open_words(struct verdict *v, const struct facts *f);
/* Was the token got for a client alone, or for a resource of its own (RFC 8707): no use at the userinfo endpoint? */
bool token_without_user(const struct facts *f);
/* All there is is an authorization response with a code; false: it is not so. */
bool code_words(struct verdict *v, const struct facts *f);

#endif
