noinst_LIBRARIES += src/libttoauth.a
src_libttoauth_a_SOURCES =
