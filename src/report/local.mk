noinst_LIBRARIES += src/libttreport.a
src_libttreport_a_SOURCES =
