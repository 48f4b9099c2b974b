/* The recorded requests of one `check`, and curl made to send the same. */
#ifndef TT_TESTS_BENCH_STEPS_H
#define TT_TESTS_BENCH_STEPS_H

#include "base/attr.h"

struct recorded {
	char *raw; /* NUL-terminated, as it came */
	size_t n;
};

/* Reads DIR/request-FIRST …; how many (at most max). */
size_t recorded_read(const char *dir, struct recorded *out, size_t max);
void recorded_release(struct recorded *r, size_t n);
/*
 * Writes DIR/curl.conf, by which one curl process sends these requests one after the other
 * on one connection, with the same headers and bodies.
 */
bool recorded_curl_config(const char *dir, int port, const struct recorded *r, size_t n);

#endif
