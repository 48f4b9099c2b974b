noinst_LIBRARIES += src/libttengine.a
src_libttengine_a_SOURCES =
