#include "base/clock.h"

#include <inttypes.h>

enum { SECOND = 1000000 };

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		return 0;
	return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec / 1000;
}

static int64_t
system_wall(const struct clock *c UNUSED)
{
	return read_clock(CLOCK_REALTIME);
}

static int64_t
system_mono(const struct clock *c UNUSED)
{
	return read_clock(CLOCK_MONOTONIC);
}

const struct clock clock_system = {.wall_us = system_wall, .mono_us = system_mono};

static int64_t
manual_wall(const struct clock *c)
{
	return c->manual_wall_us;
}

static int64_t
manual_mono(const struct clock *c)
{
	return c->manual_mono_us;
}

void
clock_init_manual(struct clock *c, int64_t wall_us)
{
	*c = (struct clock){manual_wall, manual_mono, wall_us, 0};
}

void
clock_advance_us(struct clock *c, int64_t us)
{
	c->manual_wall_us += us;
	c->manual_mono_us += us;
}

/* Division that rounds down, also below zero. */
static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t
clock_wall_s(const struct clock *c)
{
	return floor_div(clock_wall_us(c), SECOND);
}

struct civil {
	int64_t year;
	int month, day, hour, minute, second; /* month and day from 1 */
};

/*
 * Days since 1970-01-01 of the proleptic Gregorian calendar.  The year is counted from March,
 * so that the leap day is its last; 146097 days make 400 years.
 */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = floor_div(y, 400), in_era = y - era * 400;
	int from_march = (month + 9) % 12;
	int64_t in_year = (153 * from_march + 2) / 5 + day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static void
civil_of(int64_t unix_s, struct civil *c)
{
	int64_t days = floor_div(unix_s, 86400), rest = unix_s - days * 86400;
	int64_t z = days + 719468, era = floor_div(z, 146097), in_era = z - era * 146097;
	int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
	int from_march = (int)((5 * in_year + 2) / 153);

	c->day = (int)(in_year - (153 * from_march + 2) / 5 + 1);
	c->month = from_march < 10 ? from_march + 3 : from_march - 9;
	c->year = y + era * 400 + (c->month <= 2);
	c->hour = (int)(rest / 3600);
	c->minute = (int)(rest / 60 % 60);
	c->second = (int)(rest % 60);
}

static bool
in_calendar(int64_t unix_s)
{
	return unix_s >= -62135596800 && unix_s <= 253402300799; /* years 0001 to 9999 */
}

static void
put_civil(char *out, size_t size, const struct civil *c, char between, const char *zone)
{
	snprintf(out, size, "%04d-%02d-%02d%c%02d:%02d:%02d%s", (int)c->year, c->month, c->day,
		between, c->hour, c->minute, c->second, zone);
}

char *
time_rfc3339(char out[32], int64_t unix_s)
{
	struct civil c;

	if (!in_calendar(unix_s)) {
		snprintf(out, 32, "%" PRId64, unix_s);
		return out;
	}
	civil_of(unix_s, &c);
	put_civil(out, 32, &c, 'T', "Z");
	return out;
}

char *
time_screen(char out[40], int64_t unix_s, bool local)
{
	char zone[16] = "Z";
	struct civil c;
	time_t t = (time_t)unix_s;
	struct tm tm;

	if (!in_calendar(unix_s)) {
		snprintf(out, 40, "%" PRId64, unix_s);
		return out;
	}
	if (local && localtime_r(&t, &tm) != NULL) {
		int minutes = (int)(tm.tm_gmtoff / 60), size = minutes < 0 ? -minutes : minutes;

		snprintf(zone, sizeof zone, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60 % 100,
			size % 60);
		unix_s += tm.tm_gmtoff;
	}
	civil_of(unix_s, &c);
	put_civil(out, 40, &c, ' ', zone);
	return out;
}

char *
time_of_day(char out[16], int64_t wall_us)
{
	int64_t ms = floor_div(wall_us, 1000), day = ms - floor_div(ms, 86400000) * 86400000;
	unsigned s = (unsigned)(day / 1000);

	snprintf(out, 16, "%02u:%02u:%02u.%03u", s / 3600 % 24, s / 60 % 60, s % 60,
		(unsigned)day % 1000);
	return out;
}

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

char *
time_span(char out[32], int64_t seconds)
{
	uint64_t s = magnitude(seconds);

	if (s < 60)
		snprintf(out, 32, "%d s", (int)s);
	else if (s < 3600)
		snprintf(out, 32, "%d m %02d s", (int)(s / 60), (int)(s % 60));
	else if (s < 86400)
		snprintf(out, 32, "%d h %02d m", (int)(s / 3600), (int)(s / 60 % 60));
	else
		snprintf(out, 32, "%" PRIu64 " d %d h", s / 86400, (int)(s / 3600 % 24));
	return out;
}

char *
time_span_us(char out[32], int64_t us)
{
	uint64_t u = magnitude(us);

	if (u == 0)
		snprintf(out, 32, "0 s");
	else if (u < 1000)
		snprintf(out, 32, "<1 ms");
	else if (u < SECOND)
		snprintf(out, 32, "%d ms", (int)(u / 1000));
	else if (u < 10 * SECOND && u / 100000 % 10 != 0)
		snprintf(out, 32, "%d.%d s", (int)(u / SECOND), (int)(u / 100000 % 10));
	else
		time_span(out, (int64_t)(u / SECOND));
	return out;
}

char *
time_countdown(char out[16], int64_t seconds)
{
	int64_t s = seconds > 0 ? seconds : 0;

	if (s < 3600)
		snprintf(out, 16, "%02d:%02d", (int)(s / 60), (int)(s % 60));
	else if (s < 86400)
		snprintf(out, 16, "%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60),
			(int)(s % 60));
	else if (s / 86400 <= 9999999)
		snprintf(out, 16, "%d d", (int)(s / 86400));
	else
		snprintf(out, 16, "> 9999999 d");
	return out;
}

/* --- reading ------------------------------------------------------------------------------ */

static bool
eat(struct span *s, const char *literal)
{
	if (!span_starts_nocase(*s, literal))
		return false;
	*s = span_from(*s, strlen(literal));
	return true;
}

/* Exactly n digits. */
static bool
eat_digits(struct span *s, size_t n, int *out)
{
	int v = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = span_from(*s, n);
	*out = v;
	return true;
}

static bool
eat_month(struct span *s, int *month)
{
	static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec"};

	for (int i = 0; i < 12; i++)
		if (eat(s, names[i])) {
			*month = i + 1;
			return true;
		}
	return false;
}

/* "08:49:37" */
static bool
eat_clock(struct span *s, struct civil *c)
{
	return eat_digits(s, 2, &c->hour) && eat(s, ":") && eat_digits(s, 2, &c->minute) &&
		eat(s, ":") && eat_digits(s, 2, &c->second);
}

static enum res
civil_to_unix(const struct civil *c, int64_t *unix_s)
{
	static const int length[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;

	if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > length[c->month - 1] ||
		(c->month == 2 && c->day == 29 && !leap))
		return RES_RANGE;
	if (c->hour > 23 || c->minute > 59 || c->second > 60) /* 60: a leap second */
		return RES_RANGE;
	*unix_s = days_of(c->year, c->month, c->day) * 86400 + c->hour * 3600 + c->minute * 60 +
		c->second;
	return RES_OK;
}

/* Behind "Sun, ": "06 Nov 1994 08:49:37 GMT". */
static bool
read_fixdate(struct span s, struct civil *c)
{
	int year;

	if (!eat_digits(&s, 2, &c->day) || !eat(&s, " ") || !eat_month(&s, &c->month) ||
		!eat(&s, " ") || !eat_digits(&s, 4, &year) || !eat(&s, " ") || !eat_clock(&s, c))
		return false;
	c->year = year;
	return (eat(&s, " GMT") || eat(&s, " UTC")) && s.n == 0;
}

/*
 * Behind "Sunday, ": "06-Nov-94 08:49:37 GMT".  RFC 9110 §5.6.7 wants the century within 50
 * years of now; no server that is alive writes a date before 1970, so that decides.
 */
static bool
read_rfc850(struct span s, struct civil *c)
{
	int year;

	if (!eat_digits(&s, 2, &c->day) || !eat(&s, "-") || !eat_month(&s, &c->month) ||
		!eat(&s, "-") || !eat_digits(&s, 2, &year) || !eat(&s, " ") || !eat_clock(&s, c))
		return false;
	c->year = year + (year < 70 ? 2000 : 1900);
	return (eat(&s, " GMT") || eat(&s, " UTC")) && s.n == 0;
}

/* Behind "Sun ": "Nov  6 08:49:37 1994". */
static bool
read_asctime(struct span s, struct civil *c)
{
	int year;

	if (!eat_month(&s, &c->month) || !eat(&s, " "))
		return false;
	if (!(eat(&s, " ") ? eat_digits(&s, 1, &c->day) : eat_digits(&s, 2, &c->day)))
		return false;
	if (!eat(&s, " ") || !eat_clock(&s, c) || !eat(&s, " ") || !eat_digits(&s, 4, &year))
		return false;
	c->year = year;
	return s.n == 0;
}

enum res
time_parse_http(struct span s, int64_t *unix_s)
{
	static const char *const names[][2] = {{"Monday", "Mon"}, {"Tuesday", "Tue"},
		{"Wednesday", "Wed"}, {"Thursday", "Thu"}, {"Friday", "Fri"}, {"Saturday", "Sat"},
		{"Sunday", "Sun"}};
	struct civil c = {0};

	s = span_trim(s);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct span rest = s;
		bool ok;

		if (eat(&rest, names[i][0]))
			ok = eat(&rest, ", ") && read_rfc850(rest, &c);
		else if (eat(&rest, names[i][1]))
			ok = eat(&rest, ", ") ? read_fixdate(rest, &c)
				: eat(&rest, " ") && read_asctime(rest, &c);
		else
			continue;
		return ok ? civil_to_unix(&c, unix_s) : RES_SYNTAX;
	}
	return RES_SYNTAX;
}

/* "+0100", and the names of no offset (RFC 5322 §3.3, §4.3). */
static bool
eat_mail_zone(struct span *s, int *seconds)
{
	int hour, minute, sign = span_starts(*s, "-") ? -1 : 1;

	*seconds = 0;
	if (eat(s, "GMT") || eat(s, "UTC") || eat(s, "UT") || eat(s, "Z"))
		return true;
	if (!(eat(s, "+") || eat(s, "-")) || !eat_digits(s, 2, &hour) || !eat_digits(s, 2, &minute))
		return false;
	*seconds = sign * (hour * 3600 + minute * 60);
	return hour <= 23 && minute <= 59;
}

enum res
time_parse_mail(struct span s, int64_t *unix_s)
{
	struct civil c = {0};
	struct span words[6];
	size_t n = 0, comma = span_find(span_sub(s, 0, 16), ',');
	int offset;
	enum res r;

	s = comma == SIZE_MAX ? s : span_from(s, comma + 1);
	while (n < ARRAY_SIZE(words) && span_word(&s, &words[n]))
		n++;
	/* behind the offset there may be its name, in brackets */
	if (n < 5 || (n > 5 && !span_starts(words[5], "(")))
		return RES_SYNTAX;
	if (!eat_digits(&words[0], words[0].n == 1 ? 1 : 2, &c.day) || words[0].n ||
		!eat_month(&words[1], &c.month) || words[1].n ||
		!eat_digits(&words[2], 4, &offset) || words[2].n)
		return RES_SYNTAX;
	c.year = offset;
	if (!(words[3].n == 5 ? eat_digits(&words[3], 2, &c.hour) && eat(&words[3], ":") &&
				eat_digits(&words[3], 2, &c.minute)
			      : eat_clock(&words[3], &c)) ||
		words[3].n || !eat_mail_zone(&words[4], &offset) || words[4].n)
		return RES_SYNTAX;
	r = civil_to_unix(&c, unix_s);
	if (r == RES_OK)
		*unix_s -= offset;
	return r;
}

/* "Z", "+01:00", or nothing, which is UTC. */
static bool
eat_zone(struct span *s, int *seconds)
{
	int hour, minute, sign;

	*seconds = 0;
	if (s->n == 0 || eat(s, "z"))
		return true;
	sign = s->p[0] == '-' ? -1 : 1;
	if (!eat(s, "+") && !eat(s, "-"))
		return false;
	if (!eat_digits(s, 2, &hour) || !eat(s, ":") || !eat_digits(s, 2, &minute))
		return false;
	*seconds = sign * (hour * 3600 + minute * 60);
	return hour <= 23 && minute <= 59;
}

enum res
time_parse_rfc3339(struct span s, int64_t *unix_s)
{
	struct civil c = {0};
	int year, zone = 0;
	enum res r;

	if (!eat_digits(&s, 4, &year) || !eat(&s, "-") || !eat_digits(&s, 2, &c.month) ||
		!eat(&s, "-") || !eat_digits(&s, 2, &c.day))
		return RES_SYNTAX;
	c.year = year;
	if (s.n > 0) {
		if (!(eat(&s, "t") || eat(&s, " ")) || !eat_clock(&s, &c))
			return RES_SYNTAX;
		if (eat(&s, ".")) {
			size_t n = 0;

			while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
				n++;
			if (n == 0)
				return RES_SYNTAX;
			s = span_from(s, n);
		}
		if (!eat_zone(&s, &zone) || s.n > 0)
			return RES_SYNTAX;
	}
	r = civil_to_unix(&c, unix_s);
	if (r == RES_OK)
		*unix_s -= zone;
	return r;
}

/* ".120" as microseconds; none is 0. */
static bool
eat_fraction(struct span *s, int64_t *us)
{
	int64_t unit = SECOND;

	*us = 0;
	if (!eat(s, "."))
		return true;
	for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; *s = span_from(*s, 1))
		*us += (s->p[0] - '0') * (unit /= 10);
	return unit < SECOND;
}

/* "5s", "250ms" as microseconds. */
static bool
read_so_much(struct span s, int64_t *us)
{
	static const struct {
		const char *name;
		int64_t us;
	} units[] = {{"ms", 1000}, {"s", SECOND}, {"m", INT64_C(60) * SECOND},
		{"h", INT64_C(3600) * SECOND}, {"d", INT64_C(86400) * SECOND}};
	size_t n = 0;
	int64_t count;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	if (span_to_i64(span_sub(s, 0, n), &count) != RES_OK)
		return false;
	s = span_trim(span_from(s, n));
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (span_is(s, units[i].name))
			return !__builtin_mul_overflow(count, units[i].us, us);
	return false;
}

enum res
time_parse_moment(struct span s, int64_t from_us, int64_t *us)
{
	const int64_t day = INT64_C(86400) * SECOND;
	int64_t fraction = 0, seconds, span_us;
	struct civil c = {0};
	struct span rest;

	s = rest = span_trim(s);
	if (eat(&rest, "+") || eat(&rest, "-")) {
		if (!read_so_much(rest, &span_us) ||
			(s.p[0] == '-' ? __builtin_sub_overflow(from_us, span_us, us)
				       : __builtin_add_overflow(from_us, span_us, us)))
			return RES_SYNTAX;
		return RES_OK;
	}
	if (eat_digits(&rest, 2, &c.hour) && eat(&rest, ":") && eat_digits(&rest, 2, &c.minute)) {
		if (eat(&rest, ":") &&
			!(eat_digits(&rest, 2, &c.second) && eat_fraction(&rest, &fraction)))
			return RES_SYNTAX;
		eat(&rest, "z");
		if (rest.n || c.hour > 23 || c.minute > 59 || c.second > 60)
			return RES_SYNTAX;
		*us = floor_div(from_us, day) * day + fraction +
			(c.hour * INT64_C(3600) + c.minute * 60 + c.second) * SECOND;
		return RES_OK;
	}
	if (time_parse_rfc3339(s, &seconds) != RES_OK)
		return RES_SYNTAX;
	*us = seconds * SECOND;
	return RES_OK;
}
