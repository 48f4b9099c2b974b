#!/bin/sh
# No secret is left in memory at the end of a run: see memory.mjs.
TT_MEMORY_PROBE=$builddir/tests/redaction/memory.so exec "${NODE:-node}" "$srcdir/tests/redaction/memory.mjs"
