TT_CLI_TEST_LIBS = $(TT_LIBS) $(CMOCKA_LIBS) $(NCURSESW_LIBS) $(CJSON_LIBS) $(CONFIG_LIBS)
TT_CLI_TEST_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS) -I$(top_srcdir)/tests

# The forms of the report, what is read again, the log.
TAP_TESTS += tests/cli/forms.tap.sh tests/cli/log.tap.sh tests/cli/roundtrip.tap.sh
SANITIZER_TESTS += tests/cli/forms.tap.sh tests/cli/log.tap.sh
EXTRA_DIST += tests/cli/forms.tap.sh tests/cli/openmetrics.mjs tests/cli/roundtrip.tap.sh tests/cli/roundtrip.mjs \
	tests/cli/log.tap.sh tests/cli/log.mjs

UNIT_TESTS += tests/cli/test_options tests/cli/test_conf tests/cli/test_conf_write tests/cli/test_theme
tests_cli_test_conf_write_SOURCES = tests/cli/test_conf_write.c
tests_cli_test_conf_write_CPPFLAGS = $(TT_CLI_TEST_CPPFLAGS)
tests_cli_test_conf_write_LDADD = $(TT_CLI_TEST_LIBS)
tests_cli_test_options_SOURCES = tests/cli/test_options.c
tests_cli_test_options_CPPFLAGS = $(TT_CLI_TEST_CPPFLAGS)
tests_cli_test_options_LDADD = $(TT_CLI_TEST_LIBS)
tests_cli_test_conf_SOURCES = tests/cli/test_conf.c
tests_cli_test_conf_CPPFLAGS = $(TT_CLI_TEST_CPPFLAGS)
tests_cli_test_conf_LDADD = $(TT_CLI_TEST_LIBS)
tests_cli_test_theme_SOURCES = tests/cli/test_theme.c
tests_cli_test_theme_CPPFLAGS = $(TT_CLI_TEST_CPPFLAGS)
tests_cli_test_theme_LDADD = $(TT_CLI_TEST_LIBS)

UNIT_TESTS += tests/cli/test_opening
tests_cli_test_opening_SOURCES = tests/cli/test_opening.c
tests_cli_test_opening_CPPFLAGS = $(TT_CLI_TEST_CPPFLAGS)
tests_cli_test_opening_LDADD = $(TT_CLI_TEST_LIBS)

TAP_TESTS += tests/cli/cases.sh tests/cli/schema.sh tests/cli/status.sh tests/cli/replies.tap.sh tests/cli/inspect.tap.sh \
	tests/cli/completion.tap.sh
TAP_TESTS += tests/cli/compare.tap.sh tests/cli/login.tap.sh
EXTRA_DIST += tests/cli/login.tap.sh
EXTRA_DIST += tests/cli/compare.tap.sh tests/cli/large-har.sh tests/case/samples
EXTRA_DIST += tests/cli/completion.tap.sh tests/cli/completion.zsh tests/cli/cases.sh tests/cli/validate-case.mjs tests/cli/replies.tap.sh tests/cli/replies tests/cli/inspect.tap.sh \
	tests/cli/inspect tests/cli/schema.sh tests/cli/status.sh tests/cli/validate.mjs

TAP_TESTS += tests/cli/symbols.tap.sh
EXTRA_DIST += tests/cli/symbols.tap.sh

# The desktop keyring, in a real Secret Service.
TAP_TESTS += tests/cli/keyring.tap.sh
EXTRA_DIST += tests/cli/keyring.tap.sh

# SIGKILL at random moments of a refresh.
check_PROGRAMS += tests/cli/crash
tests_cli_crash_SOURCES = tests/cli/crash.c
tests_cli_crash_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_crash_LDADD = src/libttoauth.a src/libttbase.a $(CJSON_LIBS)
TAP_TESTS += tests/cli/crash
