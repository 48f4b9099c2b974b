noinst_LIBRARIES += src/libttoauth.a
# Exported by the program: the modules call it.
src_libttoauth_a_CFLAGS = $(AM_CFLAGS) -fvisibility=default $(WARN_STRICT_CFLAGS) $(CJSON_CFLAGS)
src_libttoauth_a_SOURCES = \
	src/oauth/answer.c src/oauth/answer.h src/oauth/answer-json.c \
	src/oauth/assertion.c src/oauth/assertion.h \
	src/oauth/authorization.c src/oauth/authorization.h \
	src/oauth/challenge.c src/oauth/challenge.h src/oauth/challengeparams.def \
	src/oauth/claims.c src/oauth/claims.h src/oauth/claims.def \
	src/oauth/clientauth.c src/oauth/clientauth.h src/oauth/clientauth.def \
	src/oauth/crypto-load.c src/oauth/crypto.h \
	src/oauth/dialect.c src/oauth/dialect.h src/oauth/dialects.def src/oauth/vendorcodes.def \
	src/oauth/dpop.c src/oauth/dpop.h \
	src/oauth/endpoints.def \
	src/oauth/envelope.c src/oauth/envelope.h src/oauth/envelopes.def \
	src/oauth/http.c src/oauth/http.h \
	src/oauth/http-body.c \
	src/oauth/http-text.c \
	src/oauth/idtoken.c src/oauth/idtoken.h src/oauth/loginchecks.def \
	src/oauth/jose.c src/oauth/jose.h src/oauth/jwsalgs.def src/oauth/jws-verify.c \
	src/oauth/json.c src/oauth/json.h \
	src/oauth/json-check.c src/oauth/json-check.h \
	src/oauth/json-print.c \
	src/oauth/metadata.c src/oauth/metadata.h \
	src/oauth/oautherror.c src/oauth/oautherror.h src/oauth/oautherrors.def \
	src/oauth/oddities.def \
	src/oauth/pkce.c src/oauth/pkce.h \
	src/oauth/purpose.c src/oauth/purpose.h src/oauth/purposes.def \
	src/oauth/signkey.c src/oauth/signkey.h \
	src/oauth/token.c src/oauth/token.h \
	src/oauth/token-shape.c src/oauth/token-shape.h \
	src/oauth/tokenmembers.def src/oauth/tokenprefixes.def \
	src/oauth/tokenrepair.c \
	src/oauth/url.c src/oauth/url.h \
	src/oauth/words.c src/oauth/words.h

# crypto*.c are no part of the program: they go into the module net.so and into tests.
noinst_LIBRARIES += src/libttcrypto.a
src_libttcrypto_a_CPPFLAGS = $(AM_CPPFLAGS) -DTT_READS_OPENSSL
src_libttcrypto_a_CFLAGS = $(AM_CFLAGS) $(WARN_STRICT_CFLAGS) $(CRYPTO_CFLAGS)
src_libttcrypto_a_SOURCES = src/oauth/crypto.c src/oauth/crypto-cert.c src/oauth/crypto-cert.h \
	src/oauth/crypto-jwk.c src/oauth/crypto-jwk.h
