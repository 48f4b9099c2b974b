/*
 * Time, injected.  Wall time is for protocol values (seconds since 1970, UTC); monotonic
 * time is for durations and time-outs.  Both in microseconds, so that one type serves.
 */
#ifndef TT_BASE_CLOCK_H
#define TT_BASE_CLOCK_H

#include "base/buf.h"

struct clock {
	int64_t (*wall_us)(const struct clock *);
	int64_t (*mono_us)(const struct clock *);
	int64_t manual_wall_us, manual_mono_us; /* of a manual clock */
};

extern const struct clock clock_system;
/* A clock that stands still until it is moved (tests, saved cases). */
void clock_init_manual(struct clock *c, int64_t wall_us);
void clock_advance_us(struct clock *c, int64_t us);

static inline int64_t
clock_wall_us(const struct clock *c)
{
	return c->wall_us(c);
}
static inline int64_t
clock_mono_us(const struct clock *c)
{
	return c->mono_us(c);
}
/* Whole seconds since 1970, rounded down. */
int64_t clock_wall_s(const struct clock *c);

/* "2026-01-31T12:00:00Z"; out of range (years 0001-9999) gives the number itself. */
char *time_rfc3339(char out[32], int64_t unix_s);
/* "2026-01-31 12:00:00Z" for the screen, or local time with offset "2026-01-31 13:00:00+01:00". */
char *time_screen(char out[40], int64_t unix_s, bool local);
/* "12:00:02.120" of a wall time in microseconds, UTC. */
char *time_of_day(char out[16], int64_t wall_us);
/* "3 m 00 s", "29 d 4 h", "850 ms", "0 s"; the two largest units; the sign is dropped. */
char *time_span(char out[32], int64_t seconds);
char *time_span_us(char out[32], int64_t us);
/* Countdown "04:59", "1:04:59", "29 d". */
char *time_countdown(char out[16], int64_t seconds);
/* IMF-fixdate, RFC 850 and asctime forms of RFC 9110 §5.6.7 to seconds since 1970. */
enum res time_parse_http(struct span s, int64_t *unix_s) MUST_USE;
/* A mail's Date, "Fri, 27 Nov 2026 09:30:12 +0100 (CET)" (RFC 5322 §3.3). */
enum res time_parse_mail(struct span s, int64_t *unix_s) MUST_USE;
/* RFC 3339 date-time (also without offset: taken as UTC; date alone: midnight). */
enum res time_parse_rfc3339(struct span s, int64_t *unix_s) MUST_USE;
/*
 * A moment as a person names it, in microseconds: an RFC 3339 date-time, a time of day ("12:00", "12:00:02.120",
 * UTC) on the day of from_us, or so much after or before that ("+5s", "-1m", "+250ms", "-2h", "+1d").  RES_SYNTAX:
 * none of these, or further away than *us can say.
 */
enum res time_parse_moment(struct span s, int64_t from_us, int64_t *us) MUST_USE;

#endif
