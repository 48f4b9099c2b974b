noinst_LIBRARIES += src/libttcase.a
src_libttcase_a_SOURCES =
