noinst_LIBRARIES += src/libttdiagnose.a
src_libttdiagnose_a_SOURCES = \
	src/diagnose/advice.c src/diagnose/advice.def src/diagnose/decide.def \
	src/diagnose/alternatives.c src/diagnose/alternatives.def src/diagnose/alternatives.h \
	src/diagnose/catalogue.c src/diagnose/catalogue.def \
	src/diagnose/chain.c src/diagnose/chain.h \
	src/diagnose/comparable.def src/diagnose/compare.c src/diagnose/compare.h \
	src/diagnose/diagnose.c src/diagnose/diagnose.h \
	src/diagnose/hints.c src/diagnose/hints.def \
	src/diagnose/replies.def src/diagnose/reply.c src/diagnose/reply.h \
	src/diagnose/order.c src/diagnose/order.h src/diagnose/rules.h \
	src/diagnose/rules.c src/diagnose/rules.def \
	src/diagnose/rules-binding.c \
	src/diagnose/rules-challenge.c \
	src/diagnose/rules-client.c src/diagnose/rules-client.h src/diagnose/rules-proof.c \
	src/diagnose/rules-discovery.c \
	src/diagnose/rules-expiry.c \
	src/diagnose/rules-handle.c \
	src/diagnose/rules-help.c \
	src/diagnose/rules-http.c \
	src/diagnose/rules-intake.c \
	src/diagnose/rules-json.c \
	src/diagnose/rules-login.c \
	src/diagnose/rules-redirect.c \
	src/diagnose/rules-refresh.c \
	src/diagnose/rules-reply.c \
	src/diagnose/rules-signed.c \
	src/diagnose/rules-tls.c \
	src/diagnose/rules-transport.c \
	src/diagnose/rules-userinfo.c \
	src/diagnose/rules-verify.c \
	src/diagnose/loginerrors.def src/diagnose/verdict-login.c \
	src/diagnose/verdict.c src/diagnose/verdict.h src/diagnose/where.c
