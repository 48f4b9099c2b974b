UI_LIBS = src/libttui.a src/libttbase.a $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_keys
tests_ui_test_keys_SOURCES = tests/ui/test_keys.c
tests_ui_test_keys_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_keys_LDADD = $(UI_LIBS)

UNIT_TESTS += tests/ui/test_canvas
tests_ui_test_canvas_SOURCES = tests/ui/test_canvas.c
tests_ui_test_canvas_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_canvas_LDADD = $(UI_LIBS)

UNIT_TESTS += tests/ui/test_theme
tests_ui_test_theme_SOURCES = tests/ui/test_theme.c
tests_ui_test_theme_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_theme_LDADD = $(UI_LIBS) -lm
