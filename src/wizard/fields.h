/*
 * What a step shows: rows of name, value and meaning, the same for screen, line mode and report.
 * Pure functions of the case, its facts and its diagnosis.
 */
#ifndef TT_WIZARD_FIELDS_H
#define TT_WIZARD_FIELDS_H

#include "case/timeline.h"
#include "wizard/wizard.h"

enum field_kind {
	/* name: the block's title, value: "exchange 2 · 67 ms"; from: the exchange */
	FIELD_HEADING,
	FIELD_VALUE,
	FIELD_NOTE,    /* value: a sentence over the whole width */
	/* name: its id behind lead, value: its sentence over the whole width; meaning: for lines */
	FIELD_FINDING,
};

struct field {
	enum field_kind kind;
	char *name;     /* safe; "exp" */
	char *value;    /* safe and masked; never NULL */
	char *meaning;  /* plain words, or "" */
	enum state state; /* OK: nothing to say; WARNING, PROBLEM, UNDETERMINED get a glyph */
	int from;       /* facts.h */
	/* a refresh can be had now: whoever shows it names the key before the meaning */
	bool offers_refresh;
	int decision; /* 1 + the row of the decision table (handle.h) that this row is; 0: none */
	/* borrowed from the case: what `s` shows for five seconds; NULL */
	const struct secret *secret;
	char lead[64];  /* FINDING: the tree's strokes before it, "└─ " (UTF-8) */
	char key[40];   /* stable name in the report's fields, "exp"; "" : not in the report */
	/* HEADING: of rows with bars, which need a legend; VALUE: bar and run_us are set */
	bool timed;
	struct exchange_bar bar;
	int64_t run_us; /* the bars' scale */
};

struct field_list {
	struct field *v;
	size_t n, cap;
};

void field_list_init(struct field_list *l);
void field_list_release(struct field_list *l);

/*
 * Appends the rows of a step.  VERIFY: token, discovery, introspection beside claims with
 * disagreements; EXPIRY: exp, nbf, iat, expires_in joined, clocks with error bar, leeway, time
 * left; REFRESH: preconditions, old/new comparison; HANDLE: the query's answer, challenge decoded,
 * advice; DEBUG: one row an exchange.  local: times in local time, else UTC.
 */
void step_fields(struct field_list *out, const struct wizard *w, enum step s, bool local);

/* The live countdown of a token: seconds left by the server's clock, and its life for the bar. */
struct countdown {
	bool known;
	int64_t left_s, life_s; /* life_s 0: not known */
	enum state band;        /* OK, WARNING (< 60 s or < 10 %), PROBLEM (expired) */
};
void wizard_countdown(const struct wizard *w, enum token_slot slot, struct countdown *out);
/* The same for a drawing of the tokens' lives; all 0 before there is a case. */
void wizard_timeline(const struct wizard *w, struct timeline *out);

#endif
