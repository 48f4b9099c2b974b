/* Finding things in prose: codes, statuses, addresses, challenges, tokens.  Spans borrow from the text. */
#ifndef TT_CASE_IMPORT_FIND_H
#define TT_CASE_IMPORT_FIND_H

#include "case/import-parts.h"

/* The first error code of the protocol that stands as a word, and where; false: none. */
bool find_error_code(struct span text, struct span *code);
/* What the text says beside the code: "(Session not active)", ": expired …", error_description=… */
struct span find_description(struct span text, struct span code);
/* A sentence of prosephrases.def: its line, and the code it stands for. */
bool find_phrase(struct span text, struct span *line, const char **code);
/* A line of a server's event log (keycloakevents.def): what was asked, and how it was refused; false: none. */
struct found_event {
	enum purpose purpose;
	const char *code;         /* of the protocol */
	struct span error, words; /* the server's own name for it, and what it means; words may be empty */
};
bool find_event(struct span text, struct found_event *out);
/* A line that is an error about a token, by its words alone, and the code that such an error has. */
bool find_sentence(struct span text, struct span *line, const char **code);
/* The part of an error's line from its phrase on, or behind the last colon that a whole sentence stands behind. */
struct span find_quotable(struct span line);
/* "401 Unauthorized", "status code 403", "HTTP 400", a short text's reason phrase; 0: none. */
int find_status(struct span text);
/* The first http or https address; false: none. */
bool find_address(struct span text, struct span *address);
/* The value of a WWW-Authenticate header that is quoted somewhere, or a bare challenge. */
bool find_challenge(struct span text, struct span *value);
/* The next JSON object that parses, from *at on; *at is behind it then.  Escaped quotes are undone. */
bool find_json(struct span text, size_t *at, struct buf *out);
/* import-relaxed.c: the object at the text's beginning as a language prints it, as JSON; its bytes, or 0. */
size_t find_relaxed(struct span text, struct buf *out);
/* What the line around p is. */
struct span line_around(struct span text, const char *p);
/* Gives the tokens that are in the text, by name or by shape; how many. */
size_t find_tokens(struct import *im, struct span text);

#endif
