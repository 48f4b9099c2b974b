# The server over real sockets, libcurl as its client.
DEMO_TEST_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) $(CURL_CFLAGS) -I$(top_srcdir)/tests/demo
DEMO_TEST_LIBS = src/libttserver.a src/libttdemo.a src/libttoauth.a src/libttcrypto.a \
	src/libttoauth.a src/libttbase.a $(MICROHTTPD_LIBS) $(GNUTLS_LIBS) $(CURL_LIBS) $(CRYPTO_LIBS) \
	$(CJSON_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/demo/test_server
tests_demo_test_server_SOURCES = tests/demo/test_server.c tests/demo/wire.c tests/demo/wire.h
tests_demo_test_server_CPPFLAGS = $(DEMO_TEST_CPPFLAGS)
tests_demo_test_server_LDADD = $(DEMO_TEST_LIBS)

UNIT_TESTS += tests/demo/test_scenarios
tests_demo_test_scenarios_SOURCES = tests/demo/test_scenarios.c tests/demo/wires.def tests/demo/wire.c tests/demo/wire.h
tests_demo_test_scenarios_CPPFLAGS = $(DEMO_TEST_CPPFLAGS)
tests_demo_test_scenarios_LDADD = $(DEMO_TEST_LIBS)

# Linked as the program is: the module takes base and oauth from it.
UNIT_TESTS += tests/demo/test_module
tests_demo_test_module_SOURCES = tests/demo/test_module.c
tests_demo_test_module_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_demo_test_module_LDADD = src/libttdemo.a \
	@WHOLE_ON@ src/libttoauth.a src/libttbase.a @WHOLE_OFF@ \
	$(CJSON_LIBS) $(CMOCKA_LIBS)
tests_demo_test_module_DEPENDENCIES = src/libttdemo.a src/libttoauth.a src/libttbase.a demo.so
tests_demo_test_module_LDFLAGS = $(AM_LDFLAGS) -Wl,--export-dynamic

UNIT_TESTS += tests/demo/test_endpoints
tests_demo_test_endpoints_SOURCES = tests/demo/test_endpoints.c tests/demo/call.c tests/demo/call.h
tests_demo_test_endpoints_CPPFLAGS = $(DEMO_TEST_CPPFLAGS)
tests_demo_test_endpoints_LDADD = $(DEMO_TEST_LIBS)

# Logins, and what tokens and clients are proved with.
UNIT_TESTS += tests/demo/test_flows tests/demo/test_possession
tests_demo_test_flows_SOURCES = tests/demo/test_flows.c tests/demo/call.c tests/demo/call.h
tests_demo_test_flows_CPPFLAGS = $(DEMO_TEST_CPPFLAGS)
tests_demo_test_flows_LDADD = $(DEMO_TEST_LIBS)
tests_demo_test_possession_SOURCES = tests/demo/test_possession.c tests/demo/call.c \
	tests/demo/call.h
tests_demo_test_possession_CPPFLAGS = $(DEMO_TEST_CPPFLAGS)
tests_demo_test_possession_LDADD = $(DEMO_TEST_LIBS)

# The wizard's flows against it, and a user at its pages.
UNIT_TESTS += tests/demo/test_login
tests_demo_test_login_SOURCES = tests/demo/test_login.c
tests_demo_test_login_CPPFLAGS = $(DEMO_TEST_CPPFLAGS)
tests_demo_test_login_LDADD = src/libttwizard.a src/libttnet.a src/libttengine.a src/libttdiagnose.a \
	src/libttcase.a $(DEMO_TEST_LIBS) $(SSL_LIBS)

# The server under a client library of the field.
TAP_TESTS += tests/demo/client.tap.sh
EXTRA_DIST += tests/demo/client.mjs tests/demo/client.tap.sh

# The whole program over every scenario: `check` at each level of probes, then `demo`.
check_PROGRAMS += tests/demo/check
tests_demo_check_SOURCES = tests/demo/check.c
tests_demo_check_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_demo_check_LDADD = $(DEMO_TEST_LIBS)
TAP_TESTS += tests/demo/check
SANITIZER_TESTS += tests/demo/check
TAP_TESTS += tests/demo/scenarios.tap.sh
SANITIZER_TESTS += tests/demo/scenarios.tap.sh
EXTRA_DIST += tests/demo/scenarios.tap.sh
