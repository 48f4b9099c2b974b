# The real thing in a pseudo terminal: vt.h is the harness, svg.h makes pictures of its screens.
if HAVE_VTERM
check_LIBRARIES += tests/pty/libttvt.a
tests_pty_libttvt_a_SOURCES = tests/pty/vt.c tests/pty/vt.h tests/pty/svg.c tests/pty/svg.h
tests_pty_libttvt_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_pty_libttvt_a_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
VT_LIBS = tests/pty/libttvt.a src/libttbase.a $(VTERM_LIBS) $(PTY_LIBS)

UNIT_TESTS += tests/pty/test_screen
tests_pty_test_screen_SOURCES = tests/pty/test_screen.c
tests_pty_test_screen_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_pty_test_screen_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_pty_test_screen_LDADD = $(VT_LIBS) $(CMOCKA_LIBS)
endif
EXTRA_DIST += tests/pty/vt.c tests/pty/vt.h tests/pty/svg.c tests/pty/svg.h tests/pty/test_screen.c
