/*
 * The HTTP message model (RFC 9110), without any I/O.  Memory is the message's own and wiped when
 * it is released, since requests carry credentials and responses carry tokens.
 */
#ifndef TT_OAUTH_HTTP_H
#define TT_OAUTH_HTTP_H

#include "base/buf.h"
#include "base/secret.h"

struct http_header {
	char *name, *value; /* NUL-terminated, as received, value trimmed */
};

struct http_headers {
	struct http_header *v;
	size_t n, cap;
};

struct http_request {
	char method[16];
	char *url; /* absolute */
	struct http_headers headers;
	struct buf body;
};

struct http_response {
	int status;        /* 0: no response */
	char version[8];   /* "1.1", "2" */
	char *reason;      /* may be NULL */
	struct http_headers headers;
	struct buf body;   /* decoded of Content-Encoding, cut at the limit */
	bool body_too_large, headers_too_large;
	int64_t body_announced; /* Content-Length; -1: none */
};

void http_request_init(struct http_request *r);
void http_request_release(struct http_request *r);
void http_request_set(struct http_request *r, const char *method, struct span url);
/* dst is initialised */
void http_request_copy(struct http_request *dst, const struct http_request *src);
void http_response_init(struct http_response *r);
void http_response_release(struct http_response *r);
void http_response_copy(struct http_response *dst, const struct http_response *src);
/* All but the headers and the body. */
void http_response_copy_rest(struct http_response *dst, const struct http_response *src);

/* RES_LIMIT past LIMIT_HEADER_COUNT, RES_SYNTAX for CR, LF or NUL in the value. */
enum res http_headers_add(struct http_headers *h, struct span name, struct span value);
/* replaces all */
void http_headers_set(struct http_headers *h, const char *name, struct span value);
void http_headers_release(struct http_headers *h);
/* First value by name (ASCII case ignored), or the empty span. */
struct span http_header(const struct http_headers *h, const char *name);
bool http_has_header(const struct http_headers *h, const char *name);
size_t http_header_count(const struct http_headers *h, const char *name);
/* The k-th (from 0) value of that name. */
bool http_header_at(const struct http_headers *h, const char *name, size_t k, struct span *value);
/* "application/json" without parameters, lower case; "" if absent. */
char *http_media_type(const struct http_headers *h, char *out, size_t size);

/* A form body under construction: "a=b&c=d", both sides form-encoded. */
enum res form_add(struct buf *body, const char *name, struct span value);
enum res form_add_secret(struct buf *body, const char *name, const struct secret *value);
/* The decoded value of the first member of that name in a form or query text. */
bool form_get(struct span form, const char *name, struct buf *value);

/* What a body really is, by its first bytes, whatever Content-Type says. */
enum body_kind {
	BODY_EMPTY, BODY_JSON, BODY_HTML, BODY_XML, BODY_JWT, BODY_JWE, BODY_FORM, BODY_GZIP,
	BODY_BOM, BODY_TEXT, BODY_BINARY,
};
enum body_kind http_body_kind(struct span body);
const char *body_kind_words(enum body_kind k); /* "an HTML page" */

/*
 * An HTTP/1 message as text ("HTTP/1.1 200 OK\r\nName: …\r\n\r\nbody"; bare LF accepted; also the
 * output of curl -i).  For fixtures, inspect and the replay transport.
 */
enum res http_parse_response(struct http_response *out, struct span text, struct err *e) MUST_USE;
/* The same of exactly one message, as http_next_message() gives it: all behind its
 * headers is its body. */
enum res http_parse_one_response(
	struct http_response *out, struct span text, struct err *e) MUST_USE;
enum res http_parse_request(struct http_request *out, struct span text, struct err *e) MUST_USE;

/* Does the line begin a message ("GET /me HTTP/1.1", "HTTP/2 401")? */
enum http_start { HTTP_NO_START, HTTP_REQUEST_LINE, HTTP_STATUS_LINE };
enum http_start http_start_line(struct span line);
/*
 * Takes the next message of several off *rest, from its start line to the next one's
 * (Content-Length is believed where it fits the text); what stands before it is passed over.
 * False: none is left.
 */
bool http_next_message(struct span *rest, struct span *message, enum http_start *kind);

/* Retry-After as seconds from now (RFC 9110 §10.2.3, number or date); -1 if absent or bad. */
int64_t http_retry_after(const struct http_headers *h, int64_t now_s);

#endif
