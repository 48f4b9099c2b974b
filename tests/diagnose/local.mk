# tests/diagnose
DIAGNOSE_TEST_LIBS = src/libttdiagnose.a src/libttcase.a src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS)
DIAGNOSE_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)

UNIT_TESTS += tests/diagnose/test_rules tests/diagnose/test_tables \
	tests/diagnose/test_healthy
EXTRA_DIST += tests/diagnose/cases tests/diagnose/healthy

tests_diagnose_test_rules_SOURCES = tests/diagnose/test_rules.c tests/diagnose/saved.c tests/diagnose/saved.h tests/diagnose/fixture.c tests/diagnose/fixture.h
tests_diagnose_test_rules_CPPFLAGS = $(DIAGNOSE_TEST_CPPFLAGS)
tests_diagnose_test_rules_LDADD = $(DIAGNOSE_TEST_LIBS)

tests_diagnose_test_tables_SOURCES = tests/diagnose/test_tables.c
tests_diagnose_test_tables_CPPFLAGS = $(DIAGNOSE_TEST_CPPFLAGS)
tests_diagnose_test_tables_LDADD = $(DIAGNOSE_TEST_LIBS)

tests_diagnose_test_healthy_SOURCES = tests/diagnose/test_healthy.c tests/diagnose/fixture.c tests/diagnose/fixture.h
tests_diagnose_test_healthy_CPPFLAGS = $(DIAGNOSE_TEST_CPPFLAGS)
tests_diagnose_test_healthy_LDADD = $(DIAGNOSE_TEST_LIBS)

UNIT_TESTS += tests/diagnose/test_chain
tests_diagnose_test_chain_SOURCES = tests/diagnose/test_chain.c
tests_diagnose_test_chain_CPPFLAGS = $(DIAGNOSE_TEST_CPPFLAGS)
tests_diagnose_test_chain_LDADD = $(DIAGNOSE_TEST_LIBS)

UNIT_TESTS += tests/diagnose/test_pairs tests/diagnose/test_order
EXTRA_DIST += tests/diagnose/pairs.def
tests_diagnose_test_pairs_SOURCES = tests/diagnose/test_pairs.c tests/diagnose/fixture.c tests/diagnose/fixture.h
tests_diagnose_test_pairs_CPPFLAGS = $(DIAGNOSE_TEST_CPPFLAGS)
tests_diagnose_test_pairs_LDADD = $(DIAGNOSE_TEST_LIBS)
tests_diagnose_test_order_SOURCES = tests/diagnose/test_order.c tests/diagnose/fixture.c tests/diagnose/fixture.h
tests_diagnose_test_order_CPPFLAGS = $(DIAGNOSE_TEST_CPPFLAGS)
tests_diagnose_test_order_LDADD = $(DIAGNOSE_TEST_LIBS)
