# tests/engine
ENGINE_TEST_LIBS = src/libttengine.a src/libttcase.a src/libttoauth.a src/libttbase.a \
	$(CJSON_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/engine/test_engine
tests_engine_test_engine_SOURCES = tests/engine/test_engine.c tests/engine/world.c tests/engine/world.h
tests_engine_test_engine_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests
tests_engine_test_engine_LDADD = $(ENGINE_TEST_LIBS)
