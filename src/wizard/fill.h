/*
 * Samples and the guide hold names in braces: here they become the case's own values, tokens
 * masked, secrets never.  What is not known is an example's.
 *
 *   {token} {refresh}             the first characters of their masks
 *   {client} {redirect} {scope}   of the profile; scope: and what the refusal asked for
 *   {E.path} {E.host} {E.url}     of an endpoint: userinfo, token, authorize, introspection,
 * revocation   {E.header} {E.form}           how the client says there who it is: a header, or more
 * of the form; the other
 *                                 is empty (RFC 6749 §2.3, RFC 7523 §2.2)
 */
#ifndef TT_WIZARD_FILL_H
#define TT_WIZARD_FILL_H

#include "wizard/wizard.h"

/* Appends a line of safe text. */
void fill_line(struct buf *out, const struct wizard *w, struct span line);

#endif
