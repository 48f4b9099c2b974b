UNIT_TESTS += tests/report/test_report
tests_report_test_report_SOURCES = tests/report/test_report.c
tests_report_test_report_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_report_test_report_LDADD = src/libttreport.a src/libttwizard.a src/libttengine.a src/libttdiagnose.a \
	src/libttcase.a src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS)

TAP_TESTS += tests/report/html.tap.sh
EXTRA_DIST += tests/report/html.tap.sh tests/report/browser.mjs
