#!/bin/sh
# The wizard in a pseudo terminal against node's oidc-provider.  Needs what tests/real/setup.sh made, in
# $TT_NODE_MODULES or the cache folder; without it this fails, it is not skipped.
set -u
node=${NODE:-}
[ -n "$node" ] || node=$(command -v node || command -v nodejs) || node=node
status=0 n=0

echo "1..2"
# journey WHAT WORDS [OPTION]
journey() {
	what=$1 words=$2
	shift 2
	n=$((n + 1))
	if out=$("$node" "$srcdir/tests/real/with-oidc.mjs" "$@" -- "$builddir/tests/pty/journey-real" "$what" 2>&1); then
		echo "ok $n - $words"
	else
		status=1
		echo "not ok $n - $words"
		printf '%s\n' "$out" | sed 's/^/# /'
	fi
}
journey alive "five steps, a refresh, a revocation and its proof"
journey expired "a dead token, and its refresh" --expired
exit $status
