/* The importers, and what they share; for the case room and its tests.  Each is pure: text in, raw evidence out. */
#ifndef TT_CASE_IMPORT_PARTS_H
#define TT_CASE_IMPORT_PARTS_H

#include "case/import.h"

/*
 * RES_OK: it was of this kind and is in im.  RES_NOTFOUND: it is of another kind, im is unchanged.
 * Anything else is an error, with the line where that is known.
 */
typedef enum res importer(struct import *im, struct span text, enum purpose purpose, struct err *e);

importer import_own;     /* what this program wrote: reports, logs, cases; named, with what works */
importer import_http;    /* raw HTTP messages, curl -i: requests, responses, pairs, several */
importer import_headers; /* header lines without a start line */
importer import_records; /* a structured log, a JSON object a line */
importer import_json;    /* token response, answer, error, key set, metadata; a JSON Lines case file is named */
importer import_token;   /* one token value, with whatever a copy put around it */
importer import_url;     /* an address with a token or an error in query or fragment */
importer import_har;     /* HAR 1.2 */
importer import_curl;    /* a curl command line, and what was printed below it */
importer import_verbose; /* curl -v, --trace-ascii, --trace, and curl's own error lines */
importer import_prose;   /* an error quoted in prose, a log line, a mail with any of the above in it */

/*
 * import-decode.c: *text, bytes at first, is UTF-8 text then; where it had to be converted, it lies in
 * out (empty, wiping).  Names what cannot be read (gzip, pictures).
 */
enum res import_decode(struct import *im, struct buf *out, struct span *text, struct err *e) MUST_USE;

/*
 * import-unquote.c: a reply's quoting ("> " before each line, also nested) is taken off; *text lies in out
 * (empty, wiping) then.  What curl -v prints ("> GET /…") is not touched.
 */
void import_unquote(struct import *im, struct buf *out, struct span *text);
/* The same of the colours of a terminal, which stand between a name and its value. */
void import_uncolour(struct import *im, struct buf *out, struct span *text);

/* import-unquote.c: lines that fence code in (```, {code}) are blank ones then; *text lies in out (empty, wiping). */
void import_unfence(struct buf *out, struct span *text);

/*
 * import-mail.c: a mail as its source is what a reader of it sees (parts, quoted-printable, base64, HTML decoded); *text
 * lies in out (empty, wiping) then.  Any other text is not touched.
 */
void import_mail(struct import *im, struct buf *out, struct span *text);

void import_take_as(struct import *im, const char *fmt, ...) PRINTF(2, 3);
void import_note(struct import *im, const char *fmt, ...) PRINTF(2, 3);
/* Text that is shown, with what is a secret by name or shape masked; nothing is registered yet. */
enum res import_mask(struct buf *out, struct span s);
/* A new exchange at the end; NULL past IMPORT_EXCHANGES (a note says so once). */
struct import_exchange *import_add(struct import *im);
/* Leaves the last exchange out again. */
void import_drop_last(struct import *im);
void import_free_exchange(struct import_exchange *x); /* wipes */
/* Moves what is in `from` from its exchange `first` on (and its notes) to the end of im. */
void import_move(struct import *im, struct import *from, size_t first);
/* Where a line begins with a curl command, prompts aside; SIZE_MAX: nowhere. */
size_t import_find_curl(struct span text);
/* Of the first of each slot; later ones of the same slot are left out. */
struct import_token *import_give(struct import *im, enum token_slot slot, struct span value, const char *source);
/* The tokens of a token response (or a fragment's parameters as an object). */
bool import_give_response(struct import *im, const struct json *doc, const char *source);

/* The next line without its end (LF, CRLF); false at the end of the text. */
bool import_line(struct span *rest, struct span *line);
/* Without the blank lines at its beginning and end; the first line's indent stays. */
struct span import_without_blank_lines(struct span text);
/* "Name: value" with a name that HTTP messages have?  Gives the name. */
bool import_header_line(struct span line, struct span *name, struct span *value);
/* The status that an OAuth error comes with (RFC 6750 §3.1, RFC 6749 §5.2). */
int import_status_of_error(struct span error);
/* A response made of parts; body may be empty. */
void import_set_response(struct import_exchange *x, int status, const char *type, struct span body);

/* import-purpose.c: what the exchange is for, by request and answer; OTHER: of no interest. */
enum purpose import_purpose(const struct import_exchange *x);
enum step import_step(enum purpose p);
/* Does a shell's variable, or the mark of who took it out, stand where a value should be? */
bool import_is_unseen(const struct import_exchange *x, struct span value);
/* The bearer-like token a request carries in its header, query or form; appended to out. */
bool import_carried(const struct http_request *req, struct buf *out);
/* Does the redirect (or the address) hold an authorization response: code, token or error? */
bool import_is_authorization_response(const struct import_exchange *x);

/*
 * import-proof.c: checks the case's tokens with the key sets among the exchanges.  A key set that is not known to
 * be the issuer's own (by its metadata or host) proves a token and refutes none.
 */
void import_prove(const struct import *im, struct case_file *c);

/* import-mend.c: json_parse(), and once more without what home-made writers get wrong; e: the text's own error. */
enum res json_parse_mended(struct json **doc, struct span text, struct err *e) MUST_USE;

/*
 * import-har.c, for who reads a HAR file otherwise (case-har.c): behind the "[" of "entries" (false: there is none);
 * without the blanks and commas before the next value; the bytes of the JSON value at the beginning (0: no end).
 */
bool import_har_entries(struct span text, struct span *entries);
struct span import_har_skip_blanks(struct span s);
size_t import_har_value_len(struct span s);

/* neterrortexts.def: the class of a transfer's failure by what a library or tool prints. */
enum net_error import_net_error(struct span text);

#endif
