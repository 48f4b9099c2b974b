/*
 * The report of one walk, in several forms (CONTRACT §5).  Everything in it is masked already when
 * it is recorded; here every string passes the sanitiser once more, and personal data in claims is
 * kept or left out.
 */
#ifndef TT_REPORT_REPORT_H
#define TT_REPORT_REPORT_H

#include "wizard/wizard.h"

/* Personal data in claims: sub, name, email … and whatever is not the protocol's own. */
enum claims_mode {
	CLAIMS_KEEP,
	CLAIMS_NAMES, /* the names stay, values become "[omitted]", wherever they occur */
	CLAIMS_NONE, /* besides, claims and the bodies that hold them are left out */
};

struct report_input {
	const struct wizard *w; /* updated: wizard_update() was called after the last change */
	const char *version; /* of the program */
	int64_t created_s; /* seconds since 1970 */
	enum claims_mode claims;
	bool ascii, color; /* text only */
	bool show_secrets; /* text only: the tokens' values */
	size_t width; /* text only: columns to wrap at; 0: 80 */
};

enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_MARKDOWN, REPORT_JUNIT };

/* Appends the report.  RES_LIMIT if it does not fit into out. */
enum res report_write(
	const struct report_input *in, enum report_format form, struct buf *out) MUST_USE;

#endif
