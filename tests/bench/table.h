/* The rows' samples, and the table made of them. */
#ifndef TT_TESTS_BENCH_TABLE_H
#define TT_TESTS_BENCH_TABLE_H

#include "tests/bench/bench.h"

/* Prints the Markdown table; how many rows are over their budget. */
int table_print(FILE *out);
void table_release(void);

#endif
