# Secrets of every kind, planted, and searched for in everything that is written and shown.
if HAVE_VTERM
check_PROGRAMS += tests/redaction/screens
tests_redaction_screens_SOURCES = tests/redaction/screens.c
tests_redaction_screens_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_redaction_screens_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_redaction_screens_LDADD = $(VT_LIBS)
TAP_TESTS += tests/redaction/redaction.tap.sh
SANITIZER_TESTS += tests/redaction/redaction.tap.sh
endif
EXTRA_DIST += tests/redaction/redaction.tap.sh tests/redaction/redaction.mjs tests/redaction/plant.mjs tests/redaction/otherwise.mjs \
	tests/redaction/screens.c

# What memory still holds at the end; a sanitized build has an allocator of its own.
check_PROGRAMS += tests/redaction/memory.so
tests_redaction_memory_so_SOURCES = tests/redaction/memory.c
tests_redaction_memory_so_CFLAGS = $(AM_CFLAGS) -fPIC
tests_redaction_memory_so_LDFLAGS = $(AM_LDFLAGS) -shared
TAP_TESTS += tests/redaction/memory.tap.sh
EXTRA_DIST += tests/redaction/memory.tap.sh tests/redaction/memory.mjs
