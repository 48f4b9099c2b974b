noinst_LIBRARIES += src/libttbase.a
# Visible, unlike the other rooms: the loadable modules take base from the program.
src_libttbase_a_CFLAGS = $(AM_CFLAGS) $(WARN_STRICT_CFLAGS) -fvisibility=default
src_libttbase_a_SOURCES = \
	src/base/attr.h \
	src/base/banned.h \
	src/base/buf.c src/base/buf.h \
	src/base/clock.c src/base/clock.h \
	src/base/encode.c src/base/encode.h \
	src/base/err.c src/base/err.h \
	src/base/file.c src/base/file.h \
	src/base/ids.c src/base/ids.h \
	src/base/limits.h \
	src/base/log-file.c src/base/log-record.c src/base/log-sinks.h src/base/log-system.c \
	src/base/log.c src/base/log.h \
	src/base/logcats.def \
	src/base/mem.c src/base/mem.h \
	src/base/redact.c src/base/redact.h \
	src/base/redact-escaped.c src/base/redact-http.c src/base/redact-markup.c src/base/redact-names.c src/base/redact-parts.h \
	src/base/redact-prose.c src/base/redact-shape.c src/base/redact-values.c src/base/redact-wrapped.c \
	src/base/rng.c src/base/rng.h \
	src/base/secret.c src/base/secret.h \
	src/base/span.c src/base/span.h \
	src/base/steps.def \
	src/base/text.c src/base/text.h \
	src/base/tr.c src/base/tr.h \
	src/base/utf8.c src/base/utf8.h
