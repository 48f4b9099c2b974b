# tests/fuzz: with --enable-fuzzing libFuzzer programs (make check-fuzz), otherwise tests that run the
# kept corpus.
FUZZ_ENTRIES = token facts challenge http conf screen import har curl case login
FUZZERS = tests/fuzz/fuzz_token tests/fuzz/fuzz_facts tests/fuzz/fuzz_challenge tests/fuzz/fuzz_http \
	tests/fuzz/fuzz_conf tests/fuzz/fuzz_screen tests/fuzz/fuzz_import tests/fuzz/fuzz_har \
	tests/fuzz/fuzz_curl tests/fuzz/fuzz_case tests/fuzz/fuzz_login
FUZZ_FLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
FUZZ_LIBS = $(TT_LIBS) $(NCURSESW_LIBS) $(CJSON_LIBS) $(CONFIG_LIBS)
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/dict tests/fuzz/smoke.sh
if FUZZING
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
FUZZ_MAIN =
EXTRA_PROGRAMS = $(FUZZERS)
else
FUZZ_LINK = $(AM_LDFLAGS)
FUZZ_MAIN = tests/fuzz/replay.c
UNIT_TESTS += $(FUZZERS)
endif
EXTRA_DIST += tests/fuzz/replay.c

tests_fuzz_fuzz_token_SOURCES = tests/fuzz/fuzz_token.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_token_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_token_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_token_LDADD = src/libttcrypto.a $(FUZZ_LIBS) $(CRYPTO_LIBS)

tests_fuzz_fuzz_facts_SOURCES = tests/fuzz/fuzz_facts.c $(FUZZ_MAIN)
tests_fuzz_fuzz_facts_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_facts_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_facts_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_challenge_SOURCES = tests/fuzz/fuzz_challenge.c $(FUZZ_MAIN)
tests_fuzz_fuzz_challenge_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_challenge_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_challenge_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_http_SOURCES = tests/fuzz/fuzz_http.c $(FUZZ_MAIN)
tests_fuzz_fuzz_http_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_http_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_http_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_conf_SOURCES = tests/fuzz/fuzz_conf.c $(FUZZ_MAIN)
tests_fuzz_fuzz_conf_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_conf_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_conf_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_screen_SOURCES = tests/fuzz/fuzz_screen.c $(FUZZ_MAIN)
tests_fuzz_fuzz_screen_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_screen_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_screen_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_import_SOURCES = tests/fuzz/fuzz_import.c tests/fuzz/importing.h $(FUZZ_MAIN)
tests_fuzz_fuzz_import_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_import_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_import_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_har_SOURCES = tests/fuzz/fuzz_har.c tests/fuzz/importing.h $(FUZZ_MAIN)
tests_fuzz_fuzz_har_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_har_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_har_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_curl_SOURCES = tests/fuzz/fuzz_curl.c tests/fuzz/importing.h $(FUZZ_MAIN)
tests_fuzz_fuzz_curl_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_curl_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_curl_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_case_SOURCES = tests/fuzz/fuzz_case.c tests/fuzz/importing.h $(FUZZ_MAIN)
tests_fuzz_fuzz_case_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_case_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_case_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_login_SOURCES = tests/fuzz/fuzz_login.c $(FUZZ_MAIN)
tests_fuzz_fuzz_login_CPPFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_login_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_login_LDADD = $(FUZZ_LIBS)

# TT_FUZZ_SECONDS for each fuzzer; 20 in the suite, 600 for a night.
check-fuzz: $(FUZZERS)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS check_PROGRAMS= TESTS=tests/fuzz/smoke.sh TT_FUZZERS='$(FUZZ_ENTRIES)'
.PHONY: check-fuzz
