WIZARD_TEST_LIBS = src/libttwizard.a src/libttengine.a src/libttdiagnose.a src/libttcase.a \
	src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS)
SIGNING_TEST_LIBS = src/libttwizard.a src/libttengine.a src/libttdiagnose.a src/libttcase.a src/libttcrypto.a \
	src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS) $(CRYPTO_LIBS)
# test_flows
UNIT_TESTS += tests/wizard/test_flows
tests_wizard_test_flows_SOURCES = tests/wizard/test_flows.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_flows_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_flows_LDADD = $(WIZARD_TEST_LIBS) src/libttcrypto.a $(CRYPTO_LIBS)
UNIT_TESTS += tests/wizard/test_steps tests/wizard/test_probes tests/wizard/test_handle tests/wizard/test_learn tests/wizard/test_clients \
	tests/wizard/test_leaks tests/wizard/test_journal tests/wizard/test_refresh tests/wizard/test_revoke
tests_wizard_test_steps_SOURCES = tests/wizard/test_steps.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_steps_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_steps_LDADD = $(WIZARD_TEST_LIBS)
tests_wizard_test_probes_SOURCES = tests/wizard/test_probes.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_probes_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_probes_LDADD = $(WIZARD_TEST_LIBS)
tests_wizard_test_handle_SOURCES = tests/wizard/test_handle.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_handle_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_handle_LDADD = $(WIZARD_TEST_LIBS)
tests_wizard_test_learn_SOURCES = tests/wizard/test_learn.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_learn_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_learn_LDADD = src/libttdemo.a $(WIZARD_TEST_LIBS)
tests_wizard_test_clients_SOURCES = tests/wizard/test_clients.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_clients_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_clients_LDADD = $(SIGNING_TEST_LIBS)
tests_wizard_test_leaks_SOURCES = tests/wizard/test_leaks.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_leaks_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_leaks_LDADD = $(SIGNING_TEST_LIBS)
tests_wizard_test_journal_SOURCES = tests/wizard/test_journal.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_journal_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_journal_LDADD = $(SIGNING_TEST_LIBS)
tests_wizard_test_refresh_SOURCES = tests/wizard/test_refresh.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_refresh_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_refresh_LDADD = $(WIZARD_TEST_LIBS)
tests_wizard_test_revoke_SOURCES = tests/wizard/test_revoke.c tests/wizard/world.c tests/wizard/world.h
tests_wizard_test_revoke_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_revoke_LDADD = $(WIZARD_TEST_LIBS)
