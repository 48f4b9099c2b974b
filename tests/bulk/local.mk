# bulk: many tokens at once, against a small server of its own.
check_PROGRAMS += tests/bulk/serve tests/bulk/rss tests/bulk/bare
tests_bulk_serve_SOURCES = tests/bulk/serve.c
tests_bulk_rss_SOURCES = tests/bulk/rss.c
tests_bulk_bare_SOURCES = tests/bulk/bare.c
tests_bulk_bare_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
tests_bulk_bare_LDADD = $(CURL_LIBS)

TAP_TESTS += tests/bulk/bulk.tap.sh tests/bulk/run.tap.sh tests/bulk/shards.tap.sh
EXTRA_DIST += tests/bulk/bulk.tap.sh tests/bulk/run.tap.sh tests/bulk/shards.tap.sh \
	tests/bulk/kill.mjs tests/bulk/validate.mjs tests/bulk/bench.sh tests/bulk/long.sh

# What takes longer than the suite may: 100 kills; a million tokens and 200 MiB of HAR in bounded memory.
CHECK_LONG += check-long-bulk
check-long-bulk: tokentriage $(module_PROGRAMS) tests/bulk/serve tests/bulk/rss
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/bulk/long.sh
# Beside libcurl alone and wrk.
bench-bulk: tokentriage $(module_PROGRAMS) tests/bulk/serve tests/bulk/bare
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/bulk/bench.sh
.PHONY: check-long-bulk bench-bulk
