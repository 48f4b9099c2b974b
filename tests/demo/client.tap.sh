#!/bin/sh
# `tokentriage serve` under a client of the field; the packages are those of tests/real/setup.sh.
set -u
here=$(cd "$(dirname "$0")" && pwd)
node=${NODE:-}
[ -n "$node" ] || node=$(command -v node || command -v nodejs) || {
	echo "1..1"
	echo "not ok 1 - node is there"
	exit 1
}
exec "$node" "$here/client.mjs"
