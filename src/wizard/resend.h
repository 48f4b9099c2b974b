/*
 * A request sent again by hand: the one that the wizard would make now for an exchange's purpose,
 * its rows changed by the user.  Purpose and method stay.  It goes out by the same engine and
 * policy, and is recorded and masked like every other, marked as edited by hand.
 *
 * It is for an origin that credentials may go to, and for no other, whatever it carries.  A secret
 * is never given out: its row shows a mask, keeps its value until the request goes out, and can be
 * replaced or left out.  Where the token in question was replaced or left out, the exchange is of
 * none of the case's tokens; where the client's credentials were, it does not say how the client
 * authenticated.  So no rule reads the answer as one about something else.
 */
#ifndef TT_WIZARD_RESEND_H
#define TT_WIZARD_RESEND_H

#include "wizard/wizard.h"

enum resend_kind { RESEND_URL, RESEND_HEADER, RESEND_PARAM };

struct resend_row {
	enum resend_kind kind;
	char *name;        /* "Accept", "grant_type"; of the URL "" */
	bool secret;       /* its value is not to be shown */
	bool locked;       /* what is kept of the tokens hangs on it */
	bool changed, out; /* replaced; left out */
	struct secret *value;
};

struct resend;

/* NULL: such a request is not sent again by hand, and why says so.  x is of the wizard's case. */
struct resend *wizard_resend_new(
	struct wizard *w, const struct exchange *x, char *why, size_t size);
void resend_free(struct resend *r);
enum purpose resend_purpose(const struct resend *r);
const char *resend_method(const struct resend *r);
/*
 * The URL, the headers, the parameters of the form; RESEND_PARAM may be added only where there is a
 * form.
 */
const struct resend_row *resend_rows(const struct resend *r, size_t *n);
bool resend_has_form(const struct resend *r);
/* Also made as it goes out: an assertion, a DPoP proof.  A sentence; "": nothing. */
const char *resend_added(const struct resend *r);
/*
 * What may be shown of a row's value: of a secret its mask.  Raw text otherwise: the caller makes
 * it safe.
 */
void resend_show(const struct resend *r, size_t row, struct buf *out);

/* RES_SYNTAX: not an absolute URL, a line break in a header; RES_REFUSED: it is locked. */
enum res resend_set(struct resend *r, size_t row, struct span value, struct err *e) MUST_USE;
enum res resend_leave_out(struct resend *r, size_t row, bool out, struct err *e) MUST_USE;
/* "Name: value" or "name=value"; *row is where it stands then. */
enum res resend_add(struct resend *r, enum resend_kind kind, struct span text, size_t *row,
	struct err *e) MUST_USE;
/* Would the text be a secret's row?  As far as it is typed: for who draws it. */
bool resend_text_is_secret(enum resend_kind kind, struct span text);

/*
 * May it go where its URL says?  RES_REFUSED: neither the profile nor its own metadata names that
 * origin.
 */
enum res wizard_resend_check(
	const struct wizard *w, const struct resend *r, struct err *e) MUST_USE;
/*
 * Sends it, and then what follows such a request (new tokens kept, the proof).  The caller has
 * asked the user where the purpose is a refresh or a revocation.  Takes r, unless it is refused:
 * RES_REFUSED with the reason, as of wizard_refresh() and wizard_revoke().
 */
enum res wizard_resend(struct wizard *w, struct resend *r, struct err *e) MUST_USE;

#endif
