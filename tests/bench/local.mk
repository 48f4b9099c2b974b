# tests/bench: the budgets measured side by side (doc/performance.md).
check_PROGRAMS += tests/bench/hello tests/bench/bench
tests_bench_hello_SOURCES = tests/bench/hello.c
tests_bench_hello_CFLAGS = $(AM_CFLAGS) $(NCURSESW_CFLAGS)
tests_bench_hello_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
tests_bench_hello_LDADD = $(NCURSESW_LIBS)

tests_bench_bench_SOURCES = \
	tests/bench/bench.c tests/bench/bench.h \
	tests/bench/idle.c \
	tests/bench/logrec.c \
	tests/bench/many.c \
	tests/bench/proc.c \
	tests/bench/pty.c tests/bench/pty.h \
	tests/bench/recorded.c \
	tests/bench/rows.def \
	tests/bench/screen.c \
	tests/bench/server.c tests/bench/server.h \
	tests/bench/steps.c tests/bench/steps.h \
	tests/bench/strain.c \
	tests/bench/table.c tests/bench/table.h \
	tests/bench/tls.c \
	tests/bench/trip.c tests/bench/trip.h \
	tests/bench/world.c tests/bench/world.h
tests_bench_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) -DTT_READS_OPENSSL
tests_bench_bench_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_bench_bench_LDADD = src/libttbase.a $(CJSON_LIBS) -lssl $(CRYPTO_LIBS) $(PTY_LIBS) -lpthread -lm

TAP_TESTS += tests/bench/bench-smoke.sh tests/bench/together.tap.sh
EXTRA_DIST += tests/bench/bench-smoke.sh tests/bench/together.tap.sh tests/bench/together.sh

# BENCH_FLAGS='--pairs 100 --strict'
bench: tokentriage $(module_PROGRAMS) tests/bench/bench tests/bench/hello tests/ui/try-ui
	./tests/bench/bench --program '$(abs_top_builddir)/tokentriage' \
		--hello '$(abs_top_builddir)/tests/bench/hello' \
		--screens '$(abs_top_builddir)/tests/ui/try-ui' $(BENCH_FLAGS)
.PHONY: bench
