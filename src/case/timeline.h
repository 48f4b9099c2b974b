/*
 * When tokens are good and where the time of the exchanges went: the arithmetic of the drawings,
 * the same for the screens and the HTML report.  Pure functions over the case and its facts.
 */
#ifndef TT_CASE_TIMELINE_H
#define TT_CASE_TIMELINE_H

#include "case/facts.h"

struct life { /* seconds since 1970 by the server's clock; 0: not known */
	bool present; /* there is such a token */
	/* iat, else when it came; nbf; exp (RFC 7519 §4.1), else by expires_in */
	int64_t from, not_before, to;
};

struct timeline {
	struct life access, refresh;
	/* by the server's clock and by this one; the same unless skew_known */
	int64_t now_s, local_s;
	int64_t leeway_s;
	bool skew_known;
};

/* By the token's own claims and its token response. */
void life_of_token(struct life *out, const struct case_token *t);
/* What introspection says goes before the token's own claims, as in the diagnosis. */
void timeline_read(struct timeline *out, const struct facts *f);
/* The seconds a drawing of l spans, *from < *to: now and the leeway behind its end are inside. */
void life_range(const struct life *l, int64_t now, int64_t leeway, int64_t *from, int64_t *to);

/* --- the exchanges: a waterfall ----------------------------------------------------------- */

enum phase { PHASE_DNS, PHASE_CONNECT, PHASE_TLS, PHASE_WAIT, PHASE_RECEIVE, PHASE_COUNT };
extern const char *const phase_names[PHASE_COUNT];

struct exchange_bar { /* microseconds */
	bool known; /* it is known when the request went out */
	int64_t start;            /* since the run's first request */
	int64_t phase[PHASE_COUNT]; /* one after the other from start on; 0: did not happen */
	int64_t total;            /* 0: not known */
};
/*
 * One bar an exchange of c, into bars[c->n_exchanges].  Returns how long the run was, in
 * microseconds, at least 1000; 0: no exchange says when it was.  pauses: with it, time in which
 * nothing was under way counts for a tenth of the time in which something was at most, and *pauses
 * is whether any was cut so; NULL: as it was.
 */
int64_t waterfall_read(const struct case_file *c, struct exchange_bar *bars, bool *pauses);

#endif
