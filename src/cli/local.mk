noinst_LIBRARIES += src/libttcli.a
src_libttcli_a_SOURCES =

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
