/*
 * Errors in an envelope of their own: a SOAP fault, gRPC's status in the headers.  HTTP's status says
 * nothing there: it is 500 with every fault (SOAP 1.1 §6.2), and 200 with every status of gRPC's.
 */
#ifndef TT_OAUTH_ENVELOPE_H
#define TT_OAUTH_ENVELOPE_H

#include "oauth/dialect.h"
#include "oauth/http.h"

/* False, and *b is left alone: there is no such envelope. */
bool envelope_read(struct body_error *b, const struct http_response *r);
/* The status as HTTP would have it, by the dialect and the code that envelope_read() gave; of any other
 * dialect the status itself. */
int envelope_status(const char *dialect, const char *vendor_code, int status);

#endif
