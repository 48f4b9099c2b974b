/* Between import-verbose.c and import-trace.c alone: what curl prints, piece by piece, becomes exchanges. */
#ifndef TT_CASE_IMPORT_VERBOSE_H
#define TT_CASE_IMPORT_VERBOSE_H

#include "case/import-parts.h"

enum part { PART_NONE, PART_REQUEST, PART_SENT, PART_RESPONSE, PART_BODY };

struct verbose {
	struct import *im;
	enum part part;
	struct buf request, sent, response, body;
	struct net_result r;  /* of the connection in use: TLS, address, error */
	char host[140];
	int port;
	bool open;            /* something of an exchange was seen */
	bool secure, tunnel, followed;
};

/* "* …": of the connection, of what comes next. */
void verbose_info(struct verbose *v, struct span s);
/* A line of curl's that may name why a transfer failed; final: its last, "curl: (7) …". */
void verbose_failure(struct verbose *v, struct span s, bool final);
/* One line of a request's head, or of an answer's; an empty one ends it. */
void verbose_request_line(struct verbose *v, struct span s);
void verbose_response_line(struct verbose *v, struct span s);

enum block { BLOCK_NONE, BLOCK_SEND_HEADER, BLOCK_RECV_HEADER, BLOCK_SEND_DATA, BLOCK_RECV_DATA };

struct trace {
	struct verbose *v;
	enum block block;
	struct buf bytes;
	size_t at;       /* offset that the next line has if it continues the one before */
};

/* The beginning of a block? */
bool trace_is_line(struct span s);
void trace_init(struct trace *t, struct verbose *v);
/* The next line; s: without the time that --trace-time puts before it. */
void trace_line(struct trace *t, struct span s, struct span line);
void trace_end(struct trace *t); /* gives the last block to v, and wipes */

#endif
