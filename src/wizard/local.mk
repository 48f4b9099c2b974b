noinst_LIBRARIES += src/libttwizard.a
src_libttwizard_a_SOURCES =
