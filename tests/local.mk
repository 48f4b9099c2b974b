# Unit tests are cmocka programs that print TAP; everything else is a script that prints TAP.
TEST_EXTENSIONS = .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)

# The same world for every test: built from nothing, UTF-8, UTC, no proxies.
AM_TESTS_ENVIRONMENT = \
	LC_ALL=C.UTF-8; LANGUAGE=; TZ=UTC; TERM=xterm-256color; CMOCKA_MESSAGE_OUTPUT=TAP; \
	srcdir='$(abs_top_srcdir)'; builddir='$(abs_top_builddir)'; \
	TOKENTRIAGE='$(abs_top_builddir)/tokentriage'; NODE='$(NODE)'; VALGRIND='$(VALGRIND)'; CC='$(CC)'; \
	TT_NODE_MODULES="$${TT_NODE_MODULES:-$${XDG_CACHE_HOME:-$$HOME/.cache}/tokentriage/node-tests}"; \
	export TT_NODE_MODULES; \
	LSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/lsan.supp:print_suppressions=0'; \
	export LSAN_OPTIONS LC_ALL LANGUAGE TZ TERM CMOCKA_MESSAGE_OUTPUT srcdir builddir TOKENTRIAGE NODE VALGRIND CC; \
	unset LINES COLUMNS ESCDELAY NO_COLOR COLORTERM SSH_CONNECTION http_proxy https_proxy HTTP_PROXY HTTPS_PROXY \
	no_proxy NO_PROXY all_proxy ALL_PROXY CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR XDG_CONFIG_HOME XDG_STATE_HOME;

TEST_CFLAGS = -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
EXTRA_DIST += tests/unit.h tests/language.h tests/openssl-loader.h tests/remove-tree.h tests/scratch.sh tests/suite.sh tests/lsan.supp tests/valgrind.supp

# The scripts that run the program itself; a room lists those of its TAP_TESTS that a sanitized
# build runs too.
SANITIZER_TESTS =
# What takes longer than the suite may.
CHECK_LONG =

# Every unit test once more under valgrind.
check-valgrind:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(UNIT_TESTS)' \
		LOG_COMPILER='$(VALGRIND) -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --suppressions=$(abs_top_srcdir)/tests/valgrind.supp'
.PHONY: check-valgrind

include tests/base/local.mk
include tests/oauth/local.mk
include tests/case/local.mk
include tests/diagnose/local.mk
include tests/engine/local.mk
include tests/wizard/local.mk
include tests/report/local.mk
include tests/ui/local.mk
include tests/demo/local.mk
include tests/cli/local.mk
include tests/bulk/local.mk
include tests/lint/local.mk
include tests/bench/local.mk
include tests/pty/local.mk
include tests/redaction/local.mk
include tests/recordings/local.mk
include tests/live/local.mk
include tests/real/local.mk
include tests/fuzz/local.mk

check_PROGRAMS += $(UNIT_TESTS)
check-long: $(CHECK_LONG)
.PHONY: check-long
TESTS += $(UNIT_TESTS) $(TAP_TESTS)
