/* A bare TLS connection to the bench's server: what one round trip costs. */
#ifndef TT_TESTS_BENCH_TRIP_H
#define TT_TESTS_BENCH_TRIP_H

#include "base/attr.h"

struct trip;

struct trip *trip_open(const char *ca_file, int port); /* NULL: it could not be opened */
void trip_close(struct trip *t);
/* Sends the raw request and reads its whole answer; milliseconds, -1 on failure. */
double trip_once(struct trip *t, const char *request, size_t n);

#endif
