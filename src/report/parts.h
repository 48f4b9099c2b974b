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
	struct diagnosis *d; /* its own; the remedies name commands, not steps of the wizard */
	struct str_list personal; /* values that are left out wherever they occur */
};

void report_init(struct report *r, const struct report_input *in);
void report_release(struct report *r);

/* Safe text without the values that are to be left out; a fresh string. */
char *report_text(const struct report *r, struct span s);
char *report_lines(const struct report *r, struct span s); /* the same, line breaks stay */
void report_set(const struct report *r, struct json *obj, const char *key, struct span s);
/*
 * Is the value of a claim, field or fact of that name ("sub", "introspection.sub") to be left out?
 */
bool report_omits(const struct report *r, struct span name);
/* The same of a row: also members of an answer, and claims, that are not the protocol's own. */
bool report_omits_field(const struct report *r, const struct field *f);
#define OMITTED "[omitted]"
/* A copy of claims or of a body's document, as the mode wants it; NULL: left out. */
struct json *report_claims(const struct report *r, const struct json *doc);

struct json *report_exchange(const struct report *r, const struct exchange *x);

/* The state of a step as a report gives it (never PENDING). */
enum state report_step_state(const struct report *r, enum step s);
const char *report_step_summary(const struct report *r, enum step s);
/* "HTTP 401", "connection refused" */
char *report_outcome(const struct exchange *x, char *out, size_t size);

/* The body as the mode wants it: fresh safe text with line breaks; NULL: none, or left out. */
char *report_body(const struct report *r, const struct exchange *x, bool response);
/* What an end user can be told (reply.h). */
void report_reply(const struct report *r, struct buf *out);
/*
 * What to do about the verdict: its cause's remedy, else what comes next; "" if there is nothing to
 * do.
 */
const char *report_remedy(const struct report *r);
/* Of what was recorded before: when that was, and what of the file was lost; nothing of a live run. */
void report_as_of(const struct report *r, struct buf *out);
/* "cause → effect → effect"; "" without a finding. */
void report_chain(const struct report *r, struct buf *out);
/* What an attribute or an element of XML and HTML holds, escaped. */
void report_markup(const struct report *r, struct buf *out, struct span s);
/* the same of text that was made safe before */
void report_escape(struct buf *out, const char *safe);
/* report-html-svg.c: drawings of the HTML report; nothing where there is nothing to draw. */
void report_svg_waterfall(const struct report *r, struct buf *out);
void report_svg_tokens(const struct report *r, struct buf *out);
/* report-html-style.c: the style sheet, and its digest for the page's Content-Security-Policy. */
extern const char report_html_style[], report_html_style_sha256[];
void report_masked(const struct report *r, struct str_list *out);

#define FORMAT(sym, id, write, label, file) void write(const struct report *r, struct buf *out);
#include "report/formats.def"
#undef FORMAT

#endif
