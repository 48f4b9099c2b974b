WIZARD_TEST_LIBS = src/libttwizard.a src/libttengine.a src/libttdiagnose.a src/libttcase.a \
	src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS)
SIGNING_TEST_LIBS = src/libttwizard.a src/libttengine.a src/libttdiagnose.a src/libttcase.a src/libttcrypto.a \
	src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS) $(CRYPTO_LIBS)
# What these tests have in common: a wizard over a scripted transport, clients with keys, a login
WIZARD_WORLD = tests/wizard/world.c tests/wizard/world.h
CLIENTS = tests/wizard/clients.c tests/wizard/clients.h
LOGIN = tests/wizard/login.c tests/wizard/login.h

UNIT_TESTS += tests/wizard/test_advice tests/wizard/test_steps tests/wizard/test_probes tests/wizard/test_probes_token tests/wizard/test_handle tests/wizard/test_learn tests/wizard/test_clients tests/wizard/test_dpop \
	tests/wizard/test_flows tests/wizard/test_code tests/wizard/test_leaks tests/wizard/test_journal tests/wizard/test_refresh tests/wizard/test_revoke
tests_wizard_test_steps_SOURCES = tests/wizard/test_steps.c $(WIZARD_WORLD)
tests_wizard_test_steps_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_steps_LDADD = $(WIZARD_TEST_LIBS)
WIZARD_PROBING = tests/wizard/probing.c tests/wizard/probing.h $(WIZARD_WORLD)
tests_wizard_test_probes_SOURCES = tests/wizard/test_probes.c $(WIZARD_PROBING)
tests_wizard_test_probes_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_probes_LDADD = $(WIZARD_TEST_LIBS)
tests_wizard_test_probes_token_SOURCES = tests/wizard/test_probes_token.c $(WIZARD_PROBING)
tests_wizard_test_probes_token_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_probes_token_LDADD = $(WIZARD_TEST_LIBS)
tests_wizard_test_handle_SOURCES = tests/wizard/test_handle.c $(WIZARD_WORLD)
tests_wizard_test_handle_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_handle_LDADD = $(WIZARD_TEST_LIBS)
tests_wizard_test_learn_SOURCES = tests/wizard/test_learn.c $(WIZARD_WORLD)
tests_wizard_test_learn_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_learn_LDADD = src/libttdemo.a $(WIZARD_TEST_LIBS)
tests_wizard_test_clients_SOURCES = tests/wizard/test_clients.c $(WIZARD_WORLD) $(CLIENTS)
tests_wizard_test_clients_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_clients_LDADD = $(SIGNING_TEST_LIBS)
tests_wizard_test_dpop_SOURCES = tests/wizard/test_dpop.c $(WIZARD_WORLD) $(CLIENTS)
tests_wizard_test_dpop_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_dpop_LDADD = $(SIGNING_TEST_LIBS)
tests_wizard_test_flows_SOURCES = tests/wizard/test_flows.c $(WIZARD_WORLD) $(LOGIN)
tests_wizard_test_flows_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_flows_LDADD = $(SIGNING_TEST_LIBS)
tests_wizard_test_code_SOURCES = tests/wizard/test_code.c $(WIZARD_WORLD) $(LOGIN)
tests_wizard_test_code_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_code_LDADD = $(SIGNING_TEST_LIBS)
UNIT_TESTS += tests/wizard/test_resend
tests_wizard_test_resend_SOURCES = tests/wizard/test_resend.c $(WIZARD_WORLD)
tests_wizard_test_resend_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_resend_LDADD = $(SIGNING_TEST_LIBS)
tests_wizard_test_leaks_SOURCES = tests/wizard/test_leaks.c $(WIZARD_WORLD)
tests_wizard_test_leaks_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_leaks_LDADD = $(SIGNING_TEST_LIBS)
tests_wizard_test_journal_SOURCES = tests/wizard/test_journal.c $(WIZARD_WORLD)
tests_wizard_test_journal_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_journal_LDADD = $(SIGNING_TEST_LIBS)
tests_wizard_test_refresh_SOURCES = tests/wizard/test_refresh.c $(WIZARD_WORLD)
tests_wizard_test_refresh_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_refresh_LDADD = $(WIZARD_TEST_LIBS)
tests_wizard_test_revoke_SOURCES = tests/wizard/test_revoke.c $(WIZARD_WORLD)
tests_wizard_test_revoke_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_revoke_LDADD = $(WIZARD_TEST_LIBS)
tests_wizard_test_advice_SOURCES = tests/wizard/test_advice.c tests/diagnose/fixture.c tests/diagnose/fixture.h
tests_wizard_test_advice_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_wizard_test_advice_LDADD = $(WIZARD_TEST_LIBS)
