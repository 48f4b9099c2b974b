noinst_LIBRARIES += src/libttui.a
src_libttui_a_CFLAGS = $(AM_CFLAGS) $(NCURSESW_CFLAGS)
src_libttui_a_SOURCES = \
	src/ui/actions.def \
	src/ui/app.c src/ui/ui.h \
	src/ui/arguments.def \
	src/ui/canvas.c src/ui/canvas.h \
	src/ui/chrome.c \
	src/ui/command.c src/ui/command.h src/ui/command-run.c \
	src/ui/dialog.c \
	src/ui/fieldlist.c \
	src/ui/flow-copy.c \
	src/ui/flow-interrupted.c \
	src/ui/flow-jump.c \
	src/ui/flow-log.c \
	src/ui/flow-probes.c \
	src/ui/flow-search.c \
	src/ui/flow-tokens.c \
	src/ui/flows.c \
	src/ui/global.c \
	src/ui/glyphs.c src/ui/glyphs.h \
	src/ui/keydec.c \
	src/ui/keymap.c src/ui/keymap.h \
	src/ui/keys.c src/ui/keys.h \
	src/ui/layers.c \
	src/ui/letters.c src/ui/letters.def src/ui/letters.h \
	src/ui/login.h src/ui/login-choose.c src/ui/login-draw.c src/ui/login-model.c \
	src/ui/logpane.c \
	src/ui/logview.c src/ui/logview.h \
	src/ui/model.c src/ui/model.h \
	src/ui/open-draw.c src/ui/open.h \
	src/ui/page.c \
	src/ui/page-decision.c \
	src/ui/page-parts.c \
	src/ui/pager.c \
	src/ui/pages.c \
	src/ui/paint.c src/ui/paint.h \
	src/ui/peek.c \
	src/ui/picker.c \
	src/ui/qr.c src/ui/qr.h \
	src/ui/roles.def \
	src/ui/screen-command.c \
	src/ui/screen-login.c \
	src/ui/screen-open.c \
	src/ui/screen-profile.c \
	src/ui/screen-request.c \
	src/ui/screen-step.c \
	src/ui/screen-theme.c \
	src/ui/signals.c \
	src/ui/state.h \
	src/ui/term-curses.c src/ui/term.h \
	src/ui/textfield.c \
	src/ui/theme.c src/ui/theme.h \
	src/ui/timeline.c \
	src/ui/waterfall.c
# libqrencode, in a module of its own: the first screen needs none of it.
module_PROGRAMS += qr.so
qr_so_SOURCES = src/ui/qr-module.c
qr_so_CFLAGS = $(AM_CFLAGS) $(QRENCODE_CFLAGS)
qr_so_LDFLAGS = $(AM_LDFLAGS) -shared
qr_so_LDADD = $(QRENCODE_LIBS)

EXTRA_DIST += src/ui/theme-table.awk
BUILT_SOURCES += src/ui/theme-default.inc
CLEANFILES += src/ui/theme-default.inc

src/ui/theme-default.inc: $(top_srcdir)/themes/default.conf $(top_srcdir)/src/ui/theme-table.awk
	$(AM_V_GEN)$(MKDIR_P) src/ui && $(AWK) -f $(top_srcdir)/src/ui/theme-table.awk \
		$(top_srcdir)/themes/default.conf > $@.tmp && mv $@.tmp $@
src/ui/libttui_a-theme.$(OBJEXT): src/ui/theme-default.inc
