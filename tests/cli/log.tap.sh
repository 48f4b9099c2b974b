#!/bin/sh
# The log as a file: its lines against doc/log.schema.json, joined with what a server saw by traceparent; rotated.
# Needs ajv of $TT_NODE_MODULES (tests/real/setup.sh).
exec "${NODE:-node}" "$srcdir/tests/cli/log.mjs"
