UNIT_TESTS += tests/base/test_text
tests_base_test_text_SOURCES = tests/base/test_text.c
tests_base_test_text_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_base_test_text_LDADD = src/libttbase.a $(CMOCKA_LIBS)
