/*
 * What the rules about the caller share: rules-client.c (ids, secrets, methods) and rules-proof.c.
 */
#ifndef TT_DIAGNOSE_RULES_CLIENT_H
#define TT_DIAGNOSE_RULES_CLIENT_H

#include "diagnose/rules.h"

/*
 * The newest answer of each kind of request that refused the caller, as evidence; NULL: none did.
 */
const struct exchange *caller_refused(const struct facts *f, struct finding *out);
/* The client's id, or "that asks" where the request is not shown. */
const char *caller_name(const struct exchange *x);
bool caller_with_secret(const struct exchange *x);
/* Another exchange with the same client that was accepted, and is so to the refused one. */
typedef bool caller_more(const struct exchange *refused, const struct exchange *other);
const struct exchange *caller_accepted_other(
	const struct facts *f, const struct exchange *x, caller_more *m);
bool caller_other_method(const struct exchange *x, const struct exchange *y);
bool caller_same_elsewhere(const struct exchange *x, const struct exchange *y);
/* Do the server's words name a flaw of the client's that has a rule of its own? */
bool caller_other_flaw(enum hint hint);

#endif
