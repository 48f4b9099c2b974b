noinst_LIBRARIES += src/libttui.a
src_libttui_a_SOURCES =
