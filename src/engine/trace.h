/* Log lines of transfers; redacted and made safe where the record is made (log.h). */
#ifndef TT_ENGINE_TRACE_H
#define TT_ENGINE_TRACE_H

#include "engine/engine.h"

/*
 * "→ POST idp.example/introspect token=…": https is left out, form members are masked.  Returns the
 * record's number, 0 if nobody wants it: the exchange has no number yet (log_set_exchange()).
 */
uint64_t trace_request(struct log *log, const struct redactor *r, const struct http_request *req);
/* "← 200 application/json 67 ms (dns 1 tcp 4 tls 31 wait 29)", or the error; TLS and address. */
void trace_result(struct log *log, const struct exchange *x);
/* "WHAT: URL"; req as recorded. */
void trace_note(struct log *log, uint32_t n, const char *what, const struct http_request *req);

#endif
