# tests/engine
ENGINE_TEST_LIBS = src/libttengine.a src/libttcase.a src/libttoauth.a src/libttbase.a \
	$(CJSON_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/engine/test_listen
tests_engine_test_listen_SOURCES = tests/engine/test_listen.c
tests_engine_test_listen_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_engine_test_listen_LDADD = $(ENGINE_TEST_LIBS)

UNIT_TESTS += tests/engine/test_engine
tests_engine_test_engine_SOURCES = tests/engine/test_engine.c tests/engine/world.c tests/engine/world.h
tests_engine_test_engine_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_engine_test_engine_LDADD = $(ENGINE_TEST_LIBS)

UNIT_TESTS += tests/engine/test_shared
tests_engine_test_shared_SOURCES = tests/engine/test_shared.c
tests_engine_test_shared_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_engine_test_shared_LDADD = $(ENGINE_TEST_LIBS)

UNIT_TESTS += tests/engine/test_patience
tests_engine_test_patience_SOURCES = tests/engine/test_patience.c tests/engine/world.c tests/engine/world.h
tests_engine_test_patience_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_engine_test_patience_LDADD = src/libttwizard.a src/libttengine.a src/libttdiagnose.a $(ENGINE_TEST_LIBS)

# Against a loopback server; libcurl and OpenSSL are linked in, as in the module.
NET_TEST_FILES = tests/engine/fetch.c tests/engine/fetch.h tests/engine/server.c tests/engine/server.h
NET_TEST_LIBS = src/libttnet.a $(ENGINE_TEST_LIBS) $(CURL_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)

UNIT_TESTS += tests/engine/test_curl
tests_engine_test_curl_SOURCES = tests/engine/test_curl.c $(NET_TEST_FILES)
tests_engine_test_curl_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests -DTT_READS_OPENSSL
tests_engine_test_curl_LDADD = $(NET_TEST_LIBS)

UNIT_TESTS += tests/engine/test_tls
tests_engine_test_tls_SOURCES = tests/engine/test_tls.c tests/engine/certs.c tests/engine/certs.h \
	$(NET_TEST_FILES)
tests_engine_test_tls_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests -DTT_READS_OPENSSL
tests_engine_test_tls_LDADD = $(NET_TEST_LIBS)

UNIT_TESTS += tests/engine/test_verdicts
tests_engine_test_verdicts_SOURCES = tests/engine/test_verdicts.c tests/engine/certs.c tests/engine/certs.h \
	$(NET_TEST_FILES)
tests_engine_test_verdicts_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests -DTT_READS_OPENSSL
tests_engine_test_verdicts_LDADD = src/libttwizard.a src/libttnet.a src/libttengine.a src/libttdiagnose.a \
	src/libttcase.a src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS) $(CURL_LIBS) $(SSL_LIBS) \
	$(CRYPTO_LIBS)

UNIT_TESTS += tests/engine/test_parts
tests_engine_test_parts_SOURCES = tests/engine/test_parts.c
tests_engine_test_parts_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_engine_test_parts_LDADD = src/libttnet.a $(ENGINE_TEST_LIBS)

# Exports base and oauth whole, as the program does.
UNIT_TESTS += tests/engine/test_module
tests_engine_test_module_SOURCES = tests/engine/test_module.c
tests_engine_test_module_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_engine_test_module_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS) -Wl,--export-dynamic
tests_engine_test_module_LDADD = src/libttcase.a @WHOLE_ON@ src/libttoauth.a src/libttbase.a @WHOLE_OFF@ \
	$(CJSON_LIBS) $(CMOCKA_LIBS)
EXTRA_tests_engine_test_module_DEPENDENCIES = net.so

UNIT_TESTS += tests/engine/test_live
tests_engine_test_live_SOURCES = tests/engine/test_live.c $(NET_TEST_FILES)
tests_engine_test_live_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests -DTT_READS_OPENSSL
tests_engine_test_live_LDADD = $(NET_TEST_LIBS)

UNIT_TESTS += tests/engine/test_limits
tests_engine_test_limits_SOURCES = tests/engine/test_limits.c $(NET_TEST_FILES)
tests_engine_test_limits_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests -DTT_READS_OPENSSL
tests_engine_test_limits_LDADD = $(NET_TEST_LIBS)
