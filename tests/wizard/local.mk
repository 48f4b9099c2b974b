UNIT_TESTS += tests/wizard/test_steps
tests_wizard_test_steps_SOURCES = tests/wizard/test_steps.c
tests_wizard_test_steps_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_steps_LDADD = src/libttwizard.a src/libttengine.a src/libttdiagnose.a src/libttcase.a \
	src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS)
