#!/bin/sh
# Nothing planted is found in anything the program writes or shows: see redaction.mjs.
exec "${NODE:-node}" "$srcdir/tests/redaction/redaction.mjs"
