/*
 * The report of one walk, in several forms (CONTRACT §5).  Everything in it is masked already when
 * it is recorded; here every string passes the sanitiser once more, and personal data in claims is
 * kept or left out.
 */
#ifndef TT_REPORT_REPORT_H
#define TT_REPORT_REPORT_H

#include "case/profile.h"
#include "wizard/wizard.h"

/* Personal data in claims: sub, name, email … and whatever is not the protocol's own. */
enum claims_mode {
	CLAIMS_KEEP,
	CLAIMS_NAMES, /* the names stay, values become "[omitted]", wherever they occur */
	CLAIMS_NONE, /* besides, claims and the bodies that hold them are left out */
};

struct report_input {
	/*
	 * updated: wizard_update() was called after the last change; reworded while English is
	 * written
	 */
	struct wizard *w;
	const char *version; /* of the program */
	int64_t created_s; /* seconds since 1970 */
	enum claims_mode claims;
	/* masks what the case's head holds in clear (har); NULL: by name and shape */
	const struct redactor *redactor;
	bool ascii, color; /* text only */
	bool show_secrets; /* text only: the tokens' values */
	size_t width; /* text only: columns to wrap at; 0: 80 */
	/* nagios only: seconds to expiry below which it is WARNING or CRITICAL; 0: no such limit */
	int64_t warning_s, critical_s;
};

/* The forms (formats.def), in the order of --format's words. */
enum report_format {
#define FORMAT(sym, id, write, label, file) REPORT_##sym,
#include "report/formats.def"
#undef FORMAT
	REPORT_FORMATS
};
struct report_form {
	const char *id;
	const char *label, *file; /* for the wizard's export dialog; NULL: not offered there */
};
extern const struct report_form report_forms[REPORT_FORMATS];
bool report_format_from_id(struct span id, enum report_format *out);

/* Appends the report.  RES_LIMIT if it does not fit into out. */
enum res report_write(
	const struct report_input *in, enum report_format form, struct buf *out) MUST_USE;

/*
 * What a reader of the report does not get to see: one line each, "exchange 2 · introspection:
 * request header Authorization (Bearer)", safe text without any value.  The caller releases out's
 * strings.  For a preview before the export, and at the end of the HTML report.
 */
void report_masked_list(const struct report_input *in, struct str_list *out);
/*
 * The same by kind in one sentence, for a dialog: "Masked: 2 tokens, request header Authorization
 * (3 times)."
 */
char *report_masked_words(const struct report_input *in, char *out, size_t size);

/*
 * One of the diagnosis's sentences as a report has it: safe, and without what in->claims leaves out.
 * From xmalloc.
 */
char *report_words(const struct report_input *in, const char *sentence);

/*
 * The status of --format nagios: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (Monitoring Plugins'
 * guidelines).  New tokens that could not be stored are CRITICAL, whatever the verdict: the next
 * run has only the old ones.  in's limits can only make it worse.
 */
int report_nagios_status(const struct report_input *in);

#endif
