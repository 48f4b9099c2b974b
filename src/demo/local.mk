# The scenario table is in the program; the server in a module of its own, which takes from the
# table's library (demo_client_release): that one is exported.
noinst_LIBRARIES += src/libttdemo.a
src_libttdemo_a_CFLAGS = $(AM_CFLAGS) -fvisibility=default
src_libttdemo_a_SOURCES = src/demo/scenarios.c src/demo/scenarios.def src/demo/lessons.def src/demo/demo.h

noinst_LIBRARIES += src/libttserver.a
src_libttserver_a_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) $(GNUTLS_CFLAGS) -DTT_READS_GNUTLS
src_libttserver_a_SOURCES = \
	src/demo/assertion.c \
	src/demo/authorize.c \
	src/demo/clients.c \
	src/demo/device.c \
	src/demo/dpop.c \
	src/demo/endpoints.c src/demo/endpoints.h \
	src/demo/exchange.c \
	src/demo/given.c \
	src/demo/grants.c \
	src/demo/introspect.c \
	src/demo/metadata.c \
	src/demo/mint.c \
	src/demo/pages.c \
	src/demo/resource.c \
	src/demo/says.c \
	src/demo/server.c \
	src/demo/store.c src/demo/store.h \
	src/demo/stray.c src/demo/stray.h \
	src/demo/waiting.c src/demo/waiting.h \
	src/demo/wreck.c

module_PROGRAMS += demo.so
demo_so_SOURCES = src/demo/module.c
demo_so_LDFLAGS = $(AM_LDFLAGS) -shared
demo_so_LDADD = src/libttserver.a $(MICROHTTPD_LIBS) $(GNUTLS_LIBS)
