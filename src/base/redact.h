/*
 * The redactor: what is recorded (log, exchange) passes here first.  It knows the registered
 * values (tokens, secrets: found plain, percent-encoded, base64 and base64url-wrapped) and
 * the unregistered by name (access_token=, "client_secret":, Authorization:, Cookie: …) and
 * by shape (JWT, vendor prefixes such as ghp_, ya29.).
 */
#ifndef TT_BASE_REDACT_H
#define TT_BASE_REDACT_H

#include "base/buf.h"
#include "base/secret.h"

struct redactor;

struct redactor *redactor_new(void);
void redactor_free(struct redactor *r);
/* Registers a value (a reference is kept). Values under 6 bytes are not searched for. */
void redactor_add(struct redactor *r, struct secret *s);

/* How many forms are registered, and: forgets those that came later (one token after another). */
size_t redactor_mark(const struct redactor *r);
void redactor_forget(struct redactor *r, size_t mark);

/*
 * Free text (log lines, header values, error texts): registered values, names, shapes.  r NULL: no
 * value is registered.
 */
enum res redact_text(const struct redactor *r, struct buf *out, struct span s);
/* The same; false: what was appended is s, or there is no room for it. */
bool redact_changes(const struct redactor *r, struct buf *out, struct span s);
/* A form body or URL query "a=b&c=d": values of secret-bearing names, then redact_text. */
enum res redact_form(const struct redactor *r, struct buf *out, struct span s);
/* A URL: userinfo, secret query and fragment members. */
enum res redact_url(const struct redactor *r, struct buf *out, struct span s);
/* One header's value by its name (Authorization keeps its scheme; Set-Cookie its name). */
enum res redact_header(const struct redactor *r, struct buf *out, struct span name,
	struct span value);
/*
 * Is this the name of a member, parameter or claim whose value is a secret, whatever the
 * value?  ASCII case, '-' and '_' make no difference.  Not so "code", which is a credential
 * in a form and an error's number elsewhere: redact_form() always takes it for the first.
 */
bool redact_name_is_secret(struct span name);
/* The same, deciding by the value where the name alone does not ("code", a JWK's "d"); false
 * for what is no secret under any name: nothing, null, true, undefined. */
bool redact_pair_is_secret(struct span name, struct span value);
/* Of a form's or a query's parameter, by its decoded name: what redact_form() takes out for it. */
bool redact_parameter_is_secret(struct span name, struct span value);

#endif
