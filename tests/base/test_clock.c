#include "unit.h"

#include "base/clock.h"

static void
test_manual(void **state)
{
	struct clock c;

	(void)state;
	clock_init_manual(&c, 1769860800999999);
	assert_true(clock_wall_s(&c) == 1769860800);
	clock_advance_us(&c, 1);
	assert_true(clock_wall_s(&c) == 1769860801);
	assert_true(clock_mono_us(&c) == 1);
	clock_init_manual(&c, -1);
	assert_true(clock_wall_s(&c) == -1);
	/* The system's: after this was written, and not running backwards. */
	assert_true(clock_wall_s(&clock_system) > 1700000000);
	assert_true(clock_mono_us(&clock_system) <= clock_mono_us(&clock_system));
}

static void
test_rfc3339(void **state)
{
	static const struct {
		int64_t t;
		const char *s;
	} cases[] = {
		{0, "1970-01-01T00:00:00Z"},
		{-1, "1969-12-31T23:59:59Z"},
		{1769860800, "2026-01-31T12:00:00Z"},
		{951782400, "2000-02-29T00:00:00Z"},
		{4107542399, "2100-02-28T23:59:59Z"},
		{4107542400, "2100-03-01T00:00:00Z"},
		{2147483647, "2038-01-19T03:14:07Z"},
		{2147483648, "2038-01-19T03:14:08Z"},
		{4294967296, "2106-02-07T06:28:16Z"},
		{253402300799, "9999-12-31T23:59:59Z"},
		{253402300800, "253402300800"},
		{-62135596800, "0001-01-01T00:00:00Z"},
		{-62135596801, "-62135596801"},
		{1769860800000, "1769860800000"}, /* milliseconds by mistake are no date */
		{INT64_MAX, "9223372036854775807"},
		{INT64_MIN, "-9223372036854775808"},
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t back;

		assert_string_equal(time_rfc3339(out, cases[i].t), cases[i].s);
		if (strchr(cases[i].s, 'T') != NULL) {
			assert_int_equal(time_parse_rfc3339(span_of(cases[i].s), &back), RES_OK);
			assert_true(back == cases[i].t);
		}
	}
}

/* Every day of 800 years, by counting: there and back, and one day later each time. */
static void
test_calendar(void **state)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t t = -11676096000; /* 1600-01-01 */

	(void)state;
	for (int y = 1600; y < 2400; y++)
		for (int m = 1; m <= 12; m++) {
			bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

			for (int d = 1; d <= days[m - 1] + (m == 2 && leap); d++, t += 86400) {
				char want[32], got[32];
				int64_t back = 0;

				snprintf(want, sizeof want, "%04d-%02d-%02dT00:00:00Z", y, m, d);
				if (strcmp(time_rfc3339(got, t), want) != 0)
					fail_msg("%s, not %s", got, want);
				if (time_parse_rfc3339(span_of(want), &back) != RES_OK || back != t)
					fail_msg("%s is read as %lld", want, (long long)back);
			}
		}
}

static void
test_http_dates(void **state)
{
	static const struct {
		const char *s;
		enum res r;
		int64_t t;
	} cases[] = {
		{"Sun, 06 Nov 1994 08:49:37 GMT", RES_OK, 784111777},
		{"Sunday, 06-Nov-94 08:49:37 GMT", RES_OK, 784111777},
		{"Sun Nov  6 08:49:37 1994", RES_OK, 784111777},
		{"  Sun, 06 Nov 1994 08:49:37 GMT\r\n", RES_OK, 784111777},
		{"sun, 06 nov 1994 08:49:37 gmt", RES_OK, 784111777},
		{"Thu, 29 Feb 2024 00:00:00 GMT", RES_OK, 1709164800},
		{"Wed Nov 16 08:49:37 1994", RES_OK, 784975777},
		{"Tue, 19 Jan 2038 03:14:08 GMT", RES_OK, 2147483648},
		{"Tuesday, 19-Jan-38 03:14:08 GMT", RES_OK, 2147483648},
		{"Fri, 31 Dec 9999 23:59:59 GMT", RES_OK, 253402300799},
		{"Sat, 31 Dec 2016 23:59:60 GMT", RES_OK, 1483228800}, /* a leap second */
		{"Thu, 29 Feb 2023 00:00:00 GMT", RES_RANGE, 0},
		{"Thu, 31 Apr 2024 00:00:00 GMT", RES_RANGE, 0},
		{"Thu, 00 Apr 2024 00:00:00 GMT", RES_RANGE, 0},
		{"Thu, 01 Apr 2024 24:00:00 GMT", RES_RANGE, 0},
		{"Thu, 01 Apr 2024 00:60:00 GMT", RES_RANGE, 0},
		{"", RES_SYNTAX, 0},
		{"now", RES_SYNTAX, 0},
		{"1769860800", RES_SYNTAX, 0},
		{"Sun, 06 Nov 1994 08:49:37", RES_SYNTAX, 0},
		{"Sun, 06 Nov 1994 08:49:37 CET", RES_SYNTAX, 0},
		{"Sun, 06 Nov 1994 08:49:37 GMT+1", RES_SYNTAX, 0},
		{"Sun, 6 Nov 1994 08:49:37 GMT", RES_SYNTAX, 0},
		{"Sun, 06 Foo 1994 08:49:37 GMT", RES_SYNTAX, 0},
		{"Xyz, 06 Nov 1994 08:49:37 GMT", RES_SYNTAX, 0},
		{"Sunday, 06-Nov-1994 08:49:37 GMT", RES_SYNTAX, 0},
		{"Sun Nov 6 08:49:37 1994", RES_SYNTAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t t = 0;
		enum res r = time_parse_http(span_of(cases[i].s), &t);

		if (r != cases[i].r || t != cases[i].t)
			fail_msg("%s: %s %lld", cases[i].s, res_name(r), (long long)t);
	}
}

static void
test_mail_forms(void **state)
{
	static const struct {
		const char *s;
		enum res r;
		int64_t t;
	} cases[] = {
		{"Fri, 21 Nov 1997 09:55:06 -0600", RES_OK, 880127706}, /* RFC 5322 A.1.1 */
		{"21 Nov 97 09:55:06 GMT", RES_SYNTAX, 0},
		{"Sun, 6 Nov 1994 08:49:37 +0000", RES_OK, 784111777},
		{"Sun, 06 Nov 1994 09:49:37 +0100 (CET)", RES_OK, 784111777},
		{"06 Nov 1994 08:49 GMT", RES_OK, 784111740},
		{"Sun, 06 Nov 1994 08:49:37", RES_SYNTAX, 0},
		{"Sun, 06 Nov 1994 08:49:37 CET", RES_SYNTAX, 0},
		{"Sun, 06 Nov 1994 08:49:37 +2500", RES_SYNTAX, 0},
		{"Sun, 31 Nov 1994 08:49:37 +0000", RES_RANGE, 0},
		{"yesterday", RES_SYNTAX, 0},
		{"", RES_SYNTAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t t = 0;
		enum res r = time_parse_mail(span_of(cases[i].s), &t);

		if (r != cases[i].r || t != cases[i].t)
			fail_msg("%s: %s %lld", cases[i].s, res_name(r), (long long)t);
	}
}

static void
test_rfc3339_forms(void **state)
{
	static const struct {
		const char *s;
		enum res r;
		int64_t t;
	} cases[] = {
		{"2026-01-31T12:00:00Z", RES_OK, 1769860800},
		{"2026-01-31t12:00:00z", RES_OK, 1769860800},
		{"2026-01-31 12:00:00", RES_OK, 1769860800},
		{"2026-01-31T13:00:00+01:00", RES_OK, 1769860800},
		{"2026-01-31T01:30:00-10:30", RES_OK, 1769860800},
		{"2026-01-31T12:00:00.999999Z", RES_OK, 1769860800},
		{"2026-01-31", RES_OK, 1769817600},
		{"2026-02-29", RES_RANGE, 0},
		{"2026-13-01", RES_RANGE, 0},
		{"2026-01-31T24:00:00Z", RES_RANGE, 0},
		{"2026-01-31T12:00:00.Z", RES_SYNTAX, 0},
		{"2026-01-31T12:00Z", RES_SYNTAX, 0},
		{"2026-01-31T12:00:00+0100", RES_SYNTAX, 0},
		{"2026-01-31T12:00:00ZZ", RES_SYNTAX, 0},
		{"2026-01-31T", RES_SYNTAX, 0},
		{"26-01-31", RES_SYNTAX, 0},
		{"", RES_SYNTAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t t = 0;
		enum res r = time_parse_rfc3339(span_of(cases[i].s), &t);

		if (r != cases[i].r || (r == RES_OK && t != cases[i].t))
			fail_msg("%s: %s %lld", cases[i].s, res_name(r), (long long)t);
	}
}

static void
test_screen(void **state)
{
	char out[40];

	(void)state;
	assert_string_equal(time_screen(out, 1769860800, false), "2026-01-31 12:00:00Z");
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	assert_string_equal(time_screen(out, 1769860800, true), "2026-01-31 13:00:00+01:00");
	assert_string_equal(time_screen(out, 1785499200, true), "2026-07-31 14:00:00+02:00");
	setenv("TZ", "NST3:30", 1);
	tzset();
	assert_string_equal(time_screen(out, 1769860800, true), "2026-01-31 08:30:00-03:30");
	setenv("TZ", "UTC", 1);
	tzset();
	assert_string_equal(time_screen(out, INT64_MAX, true), "9223372036854775807");
	assert_string_equal(time_of_day(out, 1769860800120999), "12:00:00.120");
	assert_string_equal(time_of_day(out, -1), "23:59:59.999");
}

static void
test_spans(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} cases[] = {
		{0, "0 s"},
		{59, "59 s"},
		{60, "1 m 00 s"},
		{180, "3 m 00 s"},
		{-180, "3 m 00 s"},
		{3599, "59 m 59 s"},
		{3600, "1 h 00 m"},
		{3900, "1 h 05 m"},
		{86399, "23 h 59 m"},
		{86400, "1 d 0 h"},
		{2520000, "29 d 4 h"},
		{INT64_MAX, "106751991167300 d 15 h"},
		{INT64_MIN, "106751991167300 d 15 h"},
	};
	static const struct {
		int64_t us;
		const char *text;
	} fine[] = {
		{0, "0 s"},
		{1, "<1 ms"},
		{999, "<1 ms"},
		{1000, "1 ms"},
		{850999, "850 ms"},
		{999999, "999 ms"},
		{1000000, "1 s"},
		{-2400000, "2.4 s"},
		{9999999, "9.9 s"},
		{10900000, "10 s"},
		{180000000, "3 m 00 s"},
		{INT64_MIN, "106751991 d 4 h"},
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(time_span(out, cases[i].s), cases[i].text);
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++)
		assert_string_equal(time_span_us(out, fine[i].us), fine[i].text);
}

static void
test_countdown(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} cases[] = {
		{0, "00:00"},
		{-5, "00:00"},
		{299, "04:59"},
		{3599, "59:59"},
		{3600, "1:00:00"},
		{3899, "1:04:59"},
		{86399, "23:59:59"},
		{86400, "1 d"},
		{2520000, "29 d"},
		{INT64_MAX, "> 9999999 d"},
		{INT64_MIN, "00:00"},
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(time_countdown(out, cases[i].s), cases[i].text);
}

/* 2026-01-31 12:00:00 UTC is what is meant by now. */
static void
test_moments(void **state)
{
	const int64_t now = INT64_C(1769860800) * 1000000;
	static const struct {
		const char *text;
		int64_t after_ms; /* of now */
	} good[] = {
		{"+5s", 5000},
		{"-1m", -60000},
		{" +250ms ", 250},
		{"-2h", -7200000},
		{"+1 d", 86400000},
		{"12:00", 0},
		{"11:59:59.5", -500},
		{"00:00:00z", -43200000},
		{"2026-01-31T12:00:02Z", 2000},
	};
	static const char *const bad[] = {"", "+", "5s", "+5", "+5y", "24:00", "12:00:", "12:00:02.",
		"12:00x", "+100000000000000d", "+99999999999999999999s",
		"+9223372036854775807ms", "+9223372036854s"};
	int64_t us;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(time_parse_moment(span_of(good[i].text), now, &us), RES_OK);
		assert_int_equal(us, now + good[i].after_ms * 1000);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(
			time_parse_moment(span_of(bad[i]), now, &us), RES_SYNTAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_rfc3339),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_http_dates),
		cmocka_unit_test(test_mail_forms),
		cmocka_unit_test(test_rfc3339_forms),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_countdown),
		cmocka_unit_test(test_moments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
