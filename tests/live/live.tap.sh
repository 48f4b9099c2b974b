#!/bin/sh
# check against servers and in situations that were invented from the specifications and from products' documents:
# with every probe the cause, with the safe ones the cause or none; no error at all of what is healthy.
. "${srcdir:?}/tests/scratch.sh"
"$NODE" "$srcdir/tests/live/run.mjs" "$tt" "$work/live" --tap "$@"
