#!/bin/sh
# The real-server tests: oidc-provider and glewlwyd, both on loopback.
# Needs what setup.sh made, in $TT_NODE_MODULES or the cache folder.
set -u
here=$(cd "$(dirname "$0")" && pwd)
node=${NODE:-}
[ -n "$node" ] || node=$(command -v node || command -v nodejs) || {
	echo "1..1"
	echo "not ok 1 - node is there"
	echo "# no node in PATH"
	exit 1
}
exec "$node" "$here/run-real.mjs" "$@"
