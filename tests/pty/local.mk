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

# Journeys of the program itself: what they have in common is in play.h.
check_LIBRARIES += tests/pty/libttplay.a
tests_pty_libttplay_a_SOURCES = tests/pty/play.c tests/pty/play.h tests/pty/serve.c tests/pty/serve.h
tests_pty_libttplay_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
tests_pty_libttplay_a_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
PLAY_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(TEST_CFLAGS)
PLAY_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
PLAY_LIBS = tests/pty/libttplay.a src/libttdemo.a $(VT_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/pty/journey
TAP_TESTS += tests/pty/journey
SANITIZER_TESTS += tests/pty/journey
tests_pty_journey_SOURCES = tests/pty/journey.c
tests_pty_journey_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_journey_CFLAGS = $(PLAY_CFLAGS)
tests_pty_journey_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/autosave
TAP_TESTS += tests/pty/autosave
SANITIZER_TESTS += tests/pty/autosave
tests_pty_autosave_SOURCES = tests/pty/autosave.c
tests_pty_autosave_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_autosave_CFLAGS = $(PLAY_CFLAGS)
tests_pty_autosave_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/record
TAP_TESTS += tests/pty/record
SANITIZER_TESTS += tests/pty/record
tests_pty_record_SOURCES = tests/pty/record.c
tests_pty_record_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_record_CFLAGS = $(PLAY_CFLAGS)
tests_pty_record_LDADD = $(PLAY_LIBS)
check_PROGRAMS += tests/pty/request
TAP_TESTS += tests/pty/request
SANITIZER_TESTS += tests/pty/request
tests_pty_request_SOURCES = tests/pty/request.c
tests_pty_request_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_request_CFLAGS = $(PLAY_CFLAGS)
tests_pty_request_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/opening
TAP_TESTS += tests/pty/opening
SANITIZER_TESTS += tests/pty/opening
tests_pty_opening_SOURCES = tests/pty/opening.c
tests_pty_opening_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_opening_CFLAGS = $(PLAY_CFLAGS)
tests_pty_opening_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/opened
TAP_TESTS += tests/pty/opened
SANITIZER_TESTS += tests/pty/opened
tests_pty_opened_SOURCES = tests/pty/opened.c
tests_pty_opened_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_opened_CFLAGS = $(PLAY_CFLAGS)
tests_pty_opened_LDADD = tests/pty/libttplay.a src/libttdemo.a tests/pty/libttvt.a src/libttoauth.a src/libttbase.a \
	$(VTERM_LIBS) $(PTY_LIBS) $(CJSON_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/pty/logins
TAP_TESTS += tests/pty/logins
SANITIZER_TESTS += tests/pty/logins
tests_pty_logins_SOURCES = tests/pty/logins.c tests/pty/browser.c tests/pty/browser.h
tests_pty_logins_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_logins_CFLAGS = $(PLAY_CFLAGS) $(CURL_CFLAGS)
tests_pty_logins_LDADD = $(PLAY_LIBS) $(CURL_LIBS)

check_PROGRAMS += tests/pty/languages
TAP_TESTS += tests/pty/languages
SANITIZER_TESTS += tests/pty/languages
tests_pty_languages_SOURCES = tests/pty/languages.c
tests_pty_languages_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_languages_CFLAGS = $(PLAY_CFLAGS)
tests_pty_languages_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/editor
TAP_TESTS += tests/pty/editor
SANITIZER_TESTS += tests/pty/editor
tests_pty_editor_SOURCES = tests/pty/editor.c
tests_pty_editor_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_editor_CFLAGS = $(PLAY_CFLAGS)
tests_pty_editor_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/terminal
TAP_TESTS += tests/pty/terminal
SANITIZER_TESTS += tests/pty/terminal
tests_pty_terminal_SOURCES = tests/pty/terminal.c
tests_pty_terminal_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_terminal_CFLAGS = $(PLAY_CFLAGS)
tests_pty_terminal_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/keys
TAP_TESTS += tests/pty/keys
SANITIZER_TESTS += tests/pty/keys
tests_pty_keys_SOURCES = tests/pty/keys.c
tests_pty_keys_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_keys_CFLAGS = $(PLAY_CFLAGS)
tests_pty_keys_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/held
TAP_TESTS += tests/pty/held
SANITIZER_TESTS += tests/pty/held
tests_pty_held_SOURCES = tests/pty/held.c
tests_pty_held_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_held_CFLAGS = $(PLAY_CFLAGS)
tests_pty_held_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/terminals
TAP_TESTS += tests/pty/terminals
SANITIZER_TESTS += tests/pty/terminals
tests_pty_terminals_SOURCES = tests/pty/terminals.c
tests_pty_terminals_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_terminals_CFLAGS = $(PLAY_CFLAGS)
tests_pty_terminals_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/personas
TAP_TESTS += tests/pty/personas
SANITIZER_TESTS += tests/pty/personas
tests_pty_personas_SOURCES = tests/pty/personas.c
tests_pty_personas_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_personas_CFLAGS = $(PLAY_CFLAGS)
tests_pty_personas_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/interrupted
TAP_TESTS += tests/pty/interrupted
SANITIZER_TESTS += tests/pty/interrupted
tests_pty_interrupted_SOURCES = tests/pty/interrupted.c
tests_pty_interrupted_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_interrupted_CFLAGS = $(PLAY_CFLAGS)
tests_pty_interrupted_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/random
TAP_TESTS += tests/pty/random
SANITIZER_TESTS += tests/pty/random
tests_pty_random_SOURCES = tests/pty/random.c
tests_pty_random_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_random_CFLAGS = $(PLAY_CFLAGS)
tests_pty_random_LDADD = $(PLAY_LIBS)
CHECK_LONG += check-long-random

check_PROGRAMS += tests/pty/journey-real
TAP_TESTS += tests/pty/journey-real.sh
SANITIZER_TESTS += tests/pty/journey-real.sh
tests_pty_journey_real_SOURCES = tests/pty/journey-real.c
tests_pty_journey_real_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_journey_real_CFLAGS = $(PLAY_CFLAGS)
tests_pty_journey_real_LDADD = $(PLAY_LIBS)

check_PROGRAMS += tests/pty/logins-real
TAP_TESTS += tests/pty/logins-real.sh
SANITIZER_TESTS += tests/pty/logins-real.sh
tests_pty_logins_real_SOURCES = tests/pty/logins-real.c
tests_pty_logins_real_CPPFLAGS = $(PLAY_CPPFLAGS)
tests_pty_logins_real_CFLAGS = $(PLAY_CFLAGS)
tests_pty_logins_real_LDADD = $(PLAY_LIBS)

# Pictures of the screens, for the documents: `make screenshots` draws them anew.
check_PROGRAMS += tests/pty/shot
tests_pty_shot_SOURCES = tests/pty/shot.c
tests_pty_shot_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_pty_shot_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_pty_shot_LDADD = $(VT_LIBS)

screenshots: tokentriage $(module_PROGRAMS) tests/pty/shot
	cd $(srcdir)/doc && '$(abs_top_builddir)/tests/pty/shot' -t 'tokentriage demo expired' \
		-k '\r' -o step-1.svg -k '\r' -o step-2.svg -k '\r' -k '\r' -o step-4.svg -k '\r' -o step-5.svg \
		-k R -k 2 -k 1 -o step-3.svg -- '$(abs_top_builddir)/tokentriage' demo expired
	cd $(srcdir)/doc && '$(abs_top_builddir)/tests/pty/shot' -t 'tokentriage demo expired' \
		-k w -o screenshot.svg -- '$(abs_top_builddir)/tokentriage' demo expired
	cd $(srcdir)/doc && '$(abs_top_builddir)/tests/pty/shot' -t 'tokentriage demo device' \
		-k w -k i -k 2 -k 1 -k 2 -o login-device.svg -- '$(abs_top_builddir)/tokentriage' demo device
	cd $(srcdir)/doc && for t in $(THEMES); do '$(abs_top_builddir)/tests/pty/shot' -t "$$t" -k w -k j -k j \
		-o "theme-$$t.svg" -- /usr/bin/env COLORTERM=truecolor \
		'$(abs_top_builddir)/tokentriage' demo expired --theme "$$t" || exit; done
	cd $(srcdir)/doc && for l in de zh_CN; do '$(abs_top_builddir)/tests/pty/shot' -t 'tokentriage demo expired' -k w \
		-o "language-$$l.svg" -- /usr/bin/env LC_ALL=C.UTF-8 LANGUAGE=$$l \
		'$(abs_top_builddir)/tokentriage' demo expired || exit; done
	cd $(srcdir)/doc && '$(abs_top_builddir)/tests/pty/shot' -t 'tokentriage demo expired' -a walk-through.svg \
		-d 2 -k '\r' -d 3 -k '\r' -d 3 -k '\r' -d 2 -k R -d 2 -k 2 -d 3 -k 1 -d 4 -k 4 -d 4 \
		-- '$(abs_top_builddir)/tokentriage' demo expired
endif

check-long-random: tokentriage $(module_PROGRAMS) tests/pty/random
	$(AM_TESTS_ENVIRONMENT) TT_RANDOM_EVENTS=$${TT_RANDOM_EVENTS:-200000} tests/pty/random
.PHONY: screenshots check-long-random
EXTRA_DIST += tests/pty/journey-real.sh tests/pty/logins-real.sh tests/pty/lsan.supp
