noinst_LIBRARIES += src/libttengine.a
src_libttengine_a_SOURCES = \
	src/engine/browser.c src/engine/browser.h \
	src/engine/curl-command.c \
	src/engine/engine.c src/engine/engine.h \
	src/engine/listen.c src/engine/listen.h \
	src/engine/keyring.c src/engine/keyring.h \
	src/engine/net-module.h \
	src/engine/net-shared.c src/engine/net-shared.h \
	src/engine/net-replay.c src/engine/replay.h \
	src/engine/origins.c src/engine/origins.h \
	src/engine/policy.c src/engine/policy.h \
	src/engine/proofs.c src/engine/proofs.h \
	src/engine/trace.c src/engine/trace.h \
	src/engine/transport.h

noinst_LIBRARIES += src/libttnet.a
src_libttnet_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(CRYPTO_CFLAGS) -DTT_READS_OPENSSL
src_libttnet_a_SOURCES = \
	src/engine/net-curl.c src/engine/net-curl.h \
	src/engine/net-curl-error.c src/engine/net-curl-setup.c src/engine/net-curl-tls.c \
	src/engine/net-proxy.c src/engine/net-proxy.h

# libcurl and OpenSSL in one module, loaded at the first request or fingerprint.
module_PROGRAMS += net.so
net_so_SOURCES = src/engine/net-module.c
net_so_LDFLAGS = $(AM_LDFLAGS) -shared
net_so_LDADD = src/libttnet.a src/libttcrypto.a $(CURL_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)

# libsecret in one module, which only a child process loads.
if KEYRING
module_PROGRAMS += keyring.so
keyring_so_SOURCES = src/engine/keyring-secret.c
keyring_so_CFLAGS = $(AM_CFLAGS) $(SECRET_CFLAGS) -DTT_READS_LIBSECRET
keyring_so_LDFLAGS = $(AM_LDFLAGS) -shared
keyring_so_LDADD = $(SECRET_LIBS)
endif
