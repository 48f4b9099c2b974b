noinst_LIBRARIES += src/libttcase.a
src_libttcase_a_SOURCES = \
	src/case/case.c src/case/case.h \
	src/case/exchange.c src/case/exchange.h \
	src/case/facts.c src/case/facts.h \
	src/case/neterrors.def \
	src/case/facts-clock.c src/case/record.c src/case/tokens.c src/case/tokens.h \
	src/case/profile.c src/case/profile.h src/case/profile.def
