noinst_LIBRARIES += src/libttcli.a
src_libttcli_a_CPPFLAGS = $(AM_CPPFLAGS) -DPKGLIBDIR='"$(pkglibdir)"' -DTT_THEMESDIR='"$(themesdir)"' \
	-DLOCALEDIR='"$(localedir)"'
src_libttcli_a_CFLAGS = $(AM_CFLAGS) $(CONFIG_CFLAGS)
src_libttcli_a_SOURCES = \
	src/cli/app.c src/cli/app.h \
	src/cli/autosave.c src/cli/autosave.h \
	src/cli/bulk.h src/cli/bulk-input.c src/cli/bulk-lane.c src/cli/bulk-output.c src/cli/bulk-summary.c \
	src/cli/case-io.c \
	src/cli/cmd-bulk.c \
	src/cli/child.c src/cli/child.h \
	src/cli/cmd-check.c \
	src/cli/cmd-compare.c \
	src/cli/cmd-demo.c \
	src/cli/cmd-explain.c \
	src/cli/in-flight.c \
	src/cli/in-flight.h \
	src/cli/cmd-inspect.c \
	src/cli/cmd-login.c src/cli/login.c src/cli/login.h \
	src/cli/cmd-open.c \
	src/cli/cmd-serve.c \
	src/cli/cmd-wizard.c \
	src/cli/commands.def \
	src/cli/conf.c src/cli/conf.h \
	src/cli/conf-files.c \
	src/cli/conf-print.c \
	src/cli/conf-scan.c \
	src/cli/conf-secret.c \
	src/cli/conf-theme.c \
	src/cli/conf-values.c \
	src/cli/conf-write.c src/cli/conf-write.h \
	src/cli/embedded.c src/cli/embedded.h \
	src/cli/help.c \
	src/cli/keyring.c src/cli/keyring.h \
	src/cli/line.c src/cli/line.h src/cli/line-learn.c src/cli/line-login.c src/cli/line-parts.h \
	src/cli/line-profile.c \
	src/cli/modules.c src/cli/modules.h \
	src/cli/option-values.c \
	src/cli/offers.c src/cli/offers.h \
	src/cli/open.h \
	src/cli/options.c src/cli/options.def src/cli/options.h \
	src/cli/output-files.c src/cli/output-report.c \
	src/cli/output.c \
	src/cli/profile-edit.c src/cli/profile-edit.h \
	src/cli/recent.c src/cli/recent.h \
	src/cli/screen.c src/cli/screen.h \
	src/cli/uikeys.def \
	src/cli/version.c

# The rooms' order of linking: a library needs only those behind it.
TT_LIBS = src/libttcli.a src/libttdemo.a src/libttui.a src/libttreport.a src/libttwizard.a \
	src/libttengine.a src/libttdiagnose.a src/libttcase.a src/libttoauth.a src/libttbase.a

bin_PROGRAMS += tokentriage
tokentriage_SOURCES = src/cli/main.c
# The modules take what they need of base and oauth from the program, so those are whole in it.
tokentriage_LDADD = src/libttcli.a src/libttdemo.a src/libttui.a src/libttreport.a \
	src/libttwizard.a src/libttengine.a src/libttdiagnose.a src/libttcase.a \
	@WHOLE_ON@ src/libttoauth.a src/libttbase.a @WHOLE_OFF@ \
	$(NCURSESW_LIBS) $(CJSON_LIBS) $(CONFIG_LIBS)
tokentriage_DEPENDENCIES = $(TT_LIBS)
tokentriage_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS) -Wl,--export-dynamic

# What runs before the first screen stands together in the program.
EXTRA_DIST += src/cli/together.txt src/cli/together.awk
if SECTION_ORDER
CLEANFILES += src/cli/together.ld
tokentriage_DEPENDENCIES += src/cli/together.ld
tokentriage_LDFLAGS += -Wl,-T,src/cli/together.ld
src/cli/together.ld: src/cli/together.txt src/cli/together.awk
	$(AM_V_GEN)$(MKDIR_P) src/cli && $(AWK) -f $(srcdir)/src/cli/together.awk \
		$(srcdir)/src/cli/together.txt > $@.tmp && mv $@.tmp $@
endif

# The themes beside the program in a build tree, where it looks for them before it is installed.
all-local: themes-here
themes-here:
	@test themes -ef $(top_srcdir)/themes || { $(MKDIR_P) themes && \
		cp -f $(top_srcdir)/themes/*.conf themes/ && chmod u+w themes/*.conf; }
clean-local: themes-gone
themes-gone:
	@test ! -d themes || test themes -ef $(top_srcdir)/themes || rm -rf themes
.PHONY: themes-here themes-gone
