/* The protocol's error codes in plain words: one table (oautherrors.def). */
#ifndef TT_OAUTH_OAUTHERROR_H
#define TT_OAUTH_OAUTHERROR_H

#include "base/span.h"

struct oauth_error {
	const char *code;    /* "invalid_grant" */
	const char *defined; /* where: "RFC 6749 §5.2", or the vendor */
	const char *meaning; /* plain words, one sentence without its full stop */
};
extern const struct oauth_error oauth_errors[];
extern const size_t oauth_error_count;

const struct oauth_error *oauth_error_find(struct span code); /* NULL: not known */
/* The meaning alone; NULL if the code is unknown. */
const char *oauth_error_meaning(struct span code);

/* Of a device's or a decoupled login, at the token endpoint (RFC 8628 §3.5, CIBA)? */
bool oauth_error_of_device(struct span code);
/* Of the token endpoint (RFC 6749 §5.2), and of no resource? */
bool oauth_error_of_grant(struct span code);
/* Of the authorization endpoint, or of a registration, and of no other? */
bool oauth_error_of_login(struct span code);

#endif
