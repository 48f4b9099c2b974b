noinst_LIBRARIES += src/libttdemo.a
src_libttdemo_a_SOURCES =
