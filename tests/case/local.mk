# tests/case
CASE_TEST_LIBS = src/libttcase.a src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/case/test_record tests/case/test_case tests/case/test_import tests/case/test_import_curl tests/case/test_import_har \
	tests/case/test_import_prose tests/case/test_import_mail

UNIT_TESTS += tests/case/test_parts
tests_case_test_parts_SOURCES = tests/case/test_parts.c
tests_case_test_parts_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_case_test_parts_LDADD = $(CASE_TEST_LIBS)

UNIT_TESTS += tests/case/test_file
tests_case_test_file_SOURCES = tests/case/test_file.c
tests_case_test_file_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_case_test_file_LDADD = $(CASE_TEST_LIBS)

tests_case_test_record_SOURCES = tests/case/test_record.c
tests_case_test_record_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_case_test_record_LDADD = $(CASE_TEST_LIBS)

tests_case_test_case_SOURCES = tests/case/test_case.c
tests_case_test_case_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_case_test_case_LDADD = $(CASE_TEST_LIBS)

tests_case_test_import_SOURCES = tests/case/test_import.c tests/case/importing.h
tests_case_test_import_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_case_test_import_LDADD = $(CASE_TEST_LIBS)

tests_case_test_import_curl_SOURCES = tests/case/test_import_curl.c tests/case/importing.h
tests_case_test_import_curl_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_case_test_import_curl_LDADD = $(CASE_TEST_LIBS)

tests_case_test_import_har_SOURCES = tests/case/test_import_har.c tests/case/importing.h
tests_case_test_import_har_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_case_test_import_har_LDADD = $(CASE_TEST_LIBS)

tests_case_test_import_prose_SOURCES = tests/case/test_import_prose.c tests/case/importing.h
tests_case_test_import_prose_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_case_test_import_prose_LDADD = $(CASE_TEST_LIBS)
tests_case_test_import_mail_SOURCES = tests/case/test_import_mail.c tests/case/importing.h
tests_case_test_import_mail_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_case_test_import_mail_LDADD = $(CASE_TEST_LIBS)
