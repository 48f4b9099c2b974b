UI_LIBS = src/libttui.a src/libttbase.a $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_keys
tests_ui_test_keys_SOURCES = tests/ui/test_keys.c
tests_ui_test_keys_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_keys_LDADD = $(UI_LIBS)

UNIT_TESTS += tests/ui/test_canvas
tests_ui_test_canvas_SOURCES = tests/ui/test_canvas.c
tests_ui_test_canvas_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_canvas_LDADD = $(UI_LIBS)

UNIT_TESTS += tests/ui/test_paint
tests_ui_test_paint_SOURCES = tests/ui/test_paint.c
tests_ui_test_paint_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_paint_LDADD = $(UI_LIBS)

UNIT_TESTS += tests/ui/test_theme
tests_ui_test_theme_SOURCES = tests/ui/test_theme.c
tests_ui_test_theme_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_theme_LDADD = $(UI_LIBS) -lm

GOLDEN = tests/ui/golden.c tests/ui/golden.h tests/ui/pictures.def
FAKE_UI = tests/ui/fake.c tests/ui/fake-editor.c tests/ui/fake-fields.c tests/ui/fake-login.c tests/ui/fake-resend.c tests/ui/fake-learn.c src/wizard/learn.c tests/ui/fake.h tests/ui/user.c tests/ui/user.h
FAKE_LIBS = src/libttui.a src/libttdiagnose.a src/libttcase.a src/libttoauth.a src/libttbase.a \
	$(NCURSESW_LIBS) $(CJSON_LIBS)

check_PROGRAMS += tests/ui/try-ui
tests_ui_try_ui_SOURCES = tests/ui/try-ui.c $(FAKE_UI)
tests_ui_try_ui_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_ui_try_ui_LDADD = $(FAKE_LIBS)

UNIT_TESTS += tests/ui/test_goldens
tests_ui_test_goldens_SOURCES = tests/ui/test_goldens.c $(GOLDEN) $(FAKE_UI)
tests_ui_test_goldens_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_goldens_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

# The same in German and Chinese: they change with the catalogues, too.
check_PROGRAMS += tests/ui/languages
TAP_TESTS += tests/ui/languages
tests_ui_languages_SOURCES = tests/ui/test_goldens.c $(GOLDEN) $(FAKE_UI)
tests_ui_languages_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS) -DLANGUAGES
tests_ui_languages_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_screens
tests_ui_test_screens_SOURCES = tests/ui/test_screens.c $(FAKE_UI)
tests_ui_test_screens_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_screens_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_ticks
tests_ui_test_ticks_SOURCES = tests/ui/test_ticks.c $(FAKE_UI)
tests_ui_test_ticks_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_ticks_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_log
tests_ui_test_log_SOURCES = tests/ui/test_log.c $(FAKE_UI)
tests_ui_test_log_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_log_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_record
tests_ui_test_record_SOURCES = tests/ui/test_record.c $(FAKE_UI)
tests_ui_test_record_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_record_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=log_get
tests_ui_test_record_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_exchange
tests_ui_test_exchange_SOURCES = tests/ui/test_exchange.c $(FAKE_UI)
tests_ui_test_exchange_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_exchange_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_dialogs
tests_ui_test_dialogs_SOURCES = tests/ui/test_dialogs.c $(FAKE_UI)
tests_ui_test_dialogs_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_dialogs_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_command
tests_ui_test_command_SOURCES = tests/ui/test_command.c $(FAKE_UI)
tests_ui_test_command_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_command_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_mouse
tests_ui_test_mouse_SOURCES = tests/ui/test_mouse.c $(FAKE_UI)
tests_ui_test_mouse_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_mouse_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

EXTRA_DIST += tests/ui/golden

UNIT_TESTS += tests/ui/test_timeline
tests_ui_test_timeline_SOURCES = tests/ui/test_timeline.c
tests_ui_test_timeline_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_timeline_LDADD = src/libttui.a src/libttcase.a src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_qr
tests_ui_test_qr_SOURCES = tests/ui/test_qr.c
tests_ui_test_qr_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_qr_LDADD = $(UI_LIBS)
EXTRA_tests_ui_test_qr_DEPENDENCIES = qr.so

UNIT_TESTS += tests/ui/test_profile
tests_ui_test_profile_SOURCES = tests/ui/test_profile.c $(FAKE_UI)
tests_ui_test_profile_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_profile_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_open
tests_ui_test_open_SOURCES = tests/ui/test_open.c $(FAKE_UI)
tests_ui_test_open_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_open_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_copy
tests_ui_test_copy_SOURCES = tests/ui/test_copy.c $(FAKE_UI)
tests_ui_test_copy_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_copy_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_request
tests_ui_test_request_SOURCES = tests/ui/test_request.c $(FAKE_UI)
tests_ui_test_request_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_request_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_login
tests_ui_test_login_SOURCES = tests/ui/test_login.c $(FAKE_UI)
tests_ui_test_login_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_login_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/ui/test_app
tests_ui_test_app_SOURCES = tests/ui/test_app.c $(FAKE_UI)
tests_ui_test_app_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_ui_test_app_LDADD = $(FAKE_LIBS) $(CMOCKA_LIBS)
