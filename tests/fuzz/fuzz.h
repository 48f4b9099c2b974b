/*
 * What the fuzzers share.  Each is one function over bytes, linked with the real objects: with
 * --enable-fuzzing under libFuzzer, otherwise under replay.c, which runs the kept corpus as a test.
 */
#ifndef TT_TESTS_FUZZ_H
#define TT_TESTS_FUZZ_H

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input, in every build. */
#define HOLDS(what) ((what) ? (void)0 : fuzz_broken(#what, __FILE__, __LINE__))

static inline void
fuzz_broken(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

static inline struct span
fuzz_span(const uint8_t *data, size_t size)
{
	return (struct span){(const char *)data, size};
}

static inline bool
fuzz_is_safe(const char *s)
{
	return text_is_safe(span_of(s));
}

#endif
