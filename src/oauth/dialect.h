/* The errors of a body, read by the table dialects.def. */
#ifndef TT_OAUTH_DIALECT_H
#define TT_OAUTH_DIALECT_H

#include "base/buf.h"
#include "oauth/json.h"

struct body_error {
	const char *dialect;     /* NULL: no error found */
	bool is_oauth;           /* `error` holds a code of the protocol's shape */
	struct buf error, vendor_code, description, uri; /* as sent, not yet safe text */
};

void body_error_init(struct body_error *b);
void body_error_release(struct body_error *b);
/* A JSON body.  failed: the status is 400 or above. */
void body_error_read(struct body_error *b, const struct json *doc, bool failed);
/* A plain-text body; only with a failed status. */
void body_error_read_text(struct body_error *b, struct span text);
/* Does s look like an error code of the protocol (lower case, no blanks)? */
bool oauth_error_shape(struct span s);
/* The vendor's numbered code inside a text ("AADSTS700082"), or the empty span. */
struct span vendor_code_in(struct span text);
/* What the protocol calls such a code (vendorcodes.def). */
struct span vendor_code_error(struct span code);
/* Is a vendor's code that only a token endpoint has in the text, whatever its number? */
bool vendor_code_of_grant(struct span text);
/* A vendor's word for an error (dialects.def) as the protocol's; any other stays as it is. */
struct span oauth_error_of_alias(struct span error);

#endif
