/* What the report's forms share.  Inside this room only. */
#ifndef TT_REPORT_PARTS_H
#define TT_REPORT_PARTS_H

#include "oauth/json.h"
#include "report/report.h"
#include "wizard/fields.h"

struct report {
	const struct report_input *in;
	const struct case_file *c;
	const struct facts *f;
	const struct diagnosis *d; /* own; its remedies name commands, not steps of the wizard */
	struct str_list personal; /* values that are left out wherever they occur */
};

void report_init(struct report *r, const struct report_input *in);
void report_release(struct report *r);

/* Safe text without the values that are to be left out; a fresh string. */
char *report_text(const struct report *r, struct span s);
void report_set(const struct report *r, struct json *obj, const char *key, struct span s);
/* The same, for text with line breaks (bodies). */
void report_set_lines(const struct report *r, struct json *obj, const char *key, struct span s);
/* Is the value of a claim, field or fact of that name ("sub", "introspection.sub") to be left out?
 */
bool report_omits(const struct report *r, struct span name);
/* The same of a row: also members of an answer, and claims, that are not the protocol's own. */
bool report_omits_field(const struct report *r, const struct field *f);
#define OMITTED "[omitted]"
/* A copy of claims or of a body's document, as the mode wants it; NULL: left out. */
struct json *report_claims(const struct report *r, const struct json *doc);
/* May this answer's body hold claims? */
bool report_has_claims(const struct exchange *x);

struct json *report_exchange(const struct report *r, const struct exchange *x);

/* The state of a step as a report gives it (never PENDING). */
enum state report_step_state(const struct report *r, enum step s);
const char *report_step_summary(const struct report *r, enum step s);
/* "HTTP 401", "connection refused" */
char *report_outcome(const struct exchange *x, char *out, size_t size);

void report_json(const struct report *r, struct buf *out);
void report_plain(const struct report *r, struct buf *out);
void report_markdown(const struct report *r, struct buf *out);
void report_junit(const struct report *r, struct buf *out);

#endif
