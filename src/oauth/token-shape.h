/* What the bytes of a token value look like; used by token.c and tokenrepair.c only. */
#ifndef TT_OAUTH_TOKEN_SHAPE_H
#define TT_OAUTH_TOKEN_SHAPE_H

#include "base/span.h"

/* Characters of RFC 6750's b64token, "=" left out. */
bool token_char(char c);
size_t token_char_run(struct span s); /* so many of these at the front */
/* A code point that a copy puts in and nobody sees or means: NBSP, zero-width, bidi marks, BOM. */
bool token_invisible(uint32_t cp);
/* Smart quotes and the ellipsis, which word processors and log viewers put in. */
bool token_typographic(uint32_t cp);
/* Without white space, NBSP, zero-width characters and BOM at the ends. */
struct span token_trim(struct span s);
/* Behind "Bearer ", "DPoP ", "token ", "Authorization: Bearer "; the same span if none. */
struct span token_without_scheme(struct span s);
/* Inside "…", '…', `…` or smart quotes; the same span if none. */
struct span token_without_quotes(struct span s);
/* Does s hold %XX, and is it a token once they are decoded? */
bool token_is_percent(struct span s);
/* Does it begin as the base64url text of a JSON object? */
bool token_is_jose_like(struct span s);
/* undefined, null, [object Object], <token>, {{token}}, $TOKEN, *** … */
bool token_is_placeholder(struct span s);
/* "HEADER.CLAIMS.redacted", as sanitizers leave a JWT: what it says is there, its signature is not. */
bool token_is_unsigned_copy(struct span s);

#endif
