noinst_LIBRARIES += src/libttui.a
src_libttui_a_CFLAGS = $(AM_CFLAGS) $(NCURSESW_CFLAGS)
src_libttui_a_SOURCES = \
	src/ui/actions.def \
	src/ui/app.c src/ui/ui.h \
	src/ui/canvas.c src/ui/canvas.h \
	src/ui/chrome.c \
	src/ui/dialog.c \
	src/ui/fieldlist.c \
	src/ui/flow-interrupted.c \
	src/ui/flow-probes.c \
	src/ui/flows.c \
	src/ui/global.c \
	src/ui/glyphs.c src/ui/glyphs.h \
	src/ui/guide.def \
	src/ui/keydec.c \
	src/ui/keymap.c src/ui/keymap.h \
	src/ui/keys.c src/ui/keys.h \
	src/ui/layers.c \
	src/ui/logpane.c \
	src/ui/model.c src/ui/model.h \
	src/ui/page.c \
	src/ui/page-decision.c \
	src/ui/pages.c \
	src/ui/paint.c src/ui/paint.h \
	src/ui/peek.c \
	src/ui/roles.def \
	src/ui/screen-open.c \
	src/ui/screen-step.c \
	src/ui/screen-theme.c \
	src/ui/signals.c \
	src/ui/state.h \
	src/ui/term-curses.c src/ui/term.h \
	src/ui/textfield.c \
	src/ui/theme.c src/ui/theme.h
EXTRA_DIST += src/ui/theme-table.awk
BUILT_SOURCES += src/ui/theme-default.inc
CLEANFILES += src/ui/theme-default.inc

src/ui/theme-default.inc: $(top_srcdir)/themes/default.conf $(top_srcdir)/src/ui/theme-table.awk
	$(AM_V_GEN)$(MKDIR_P) src/ui && $(AWK) -f $(top_srcdir)/src/ui/theme-table.awk \
		$(top_srcdir)/themes/default.conf > $@.tmp && mv $@.tmp $@
src/ui/libttui_a-theme.$(OBJEXT): src/ui/theme-default.inc
