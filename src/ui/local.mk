noinst_LIBRARIES += src/libttui.a
src_libttui_a_SOURCES = \
	src/ui/actions.def \
	src/ui/canvas.c src/ui/canvas.h \
	src/ui/glyphs.c src/ui/glyphs.h \
	src/ui/keydec.c \
	src/ui/keymap.c src/ui/keymap.h \
	src/ui/keys.c src/ui/keys.h \
	src/ui/roles.def \
	src/ui/signals.c \
	src/ui/term-curses.c src/ui/term.h \
	src/ui/theme.c src/ui/theme.h
EXTRA_DIST += src/ui/theme-table.awk
BUILT_SOURCES += src/ui/theme-default.inc
CLEANFILES += src/ui/theme-default.inc

src/ui/theme-default.inc: $(top_srcdir)/themes/default.conf $(top_srcdir)/src/ui/theme-table.awk
	$(AM_V_GEN)$(MKDIR_P) src/ui && $(AWK) -f $(top_srcdir)/src/ui/theme-table.awk \
		$(top_srcdir)/themes/default.conf > $@.tmp && mv $@.tmp $@
src/ui/src_libttui_a-theme.$(OBJEXT) src/ui/theme.$(OBJEXT): src/ui/theme-default.inc
