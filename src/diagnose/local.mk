noinst_LIBRARIES += src/libttdiagnose.a
src_libttdiagnose_a_SOURCES =
