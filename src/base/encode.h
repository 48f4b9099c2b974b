/* Encodings of bytes as text: base64, base64url, percent, hexadecimal. */
#ifndef TT_BASE_ENCODE_H
#define TT_BASE_ENCODE_H

#include "base/buf.h"

enum res base64_encode(struct buf *out, struct span s);     /* RFC 4648 §4, with padding */
enum res base64url_encode(struct buf *out, struct span s);  /* RFC 4648 §5, no padding */
/* Both alphabets, padding optional, no white space.  RES_SYNTAX with the offset in e. */
enum res base64_decode(struct buf *out, struct span s, struct err *e) MUST_USE;
/* Strictly RFC 7515 §2: the one alphabet, no padding. */
enum res base64url_decode(struct buf *out, struct span s, struct err *e) MUST_USE;
/* application/x-www-form-urlencoded (RFC 6749 App. B): blank to '+', unreserved kept. */
enum res form_encode(struct buf *out, struct span s);
enum res form_decode(struct buf *out, struct span s); /* lenient: a bad % stays */
/* Percent-encoding of RFC 3986 (a blank is %20). */
enum res percent_encode(struct buf *out, struct span s);
enum res percent_decode(struct buf *out, struct span s); /* lenient; '+' stays */
enum res hex_encode(struct buf *out, struct span s); /* lower case */

#endif
