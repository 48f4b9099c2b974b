#!/bin/sh
# Logging in again in a pseudo terminal, against oidc-provider and against glewlwyd, both at once.  Needs what
# tests/real/setup.sh made, in $TT_NODE_MODULES or the cache folder; without it this fails, it is not skipped.
set -u
node=${NODE:-}
[ -n "$node" ] || node=$(command -v node || command -v nodejs) || node=node
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
status=0

logins() {
	"$node" "$srcdir/tests/real/with-logins.mjs" "$@"
}

# verdict N STATUS FILE WORDS
verdict() {
	if [ "$2" -eq 0 ]; then
		echo "ok $1 - $4"
	else
		status=1
		echo "not ok $1 - $4"
		sed 's/^/# /' "$3"
	fi
}

echo "1..2"
logins --glewlwyd -- "$builddir/tests/pty/logins-real" glewlwyd >"$out/glewlwyd" 2>&1 &
other=$!
logins -- "$builddir/tests/pty/logins-real" >"$out/oidc" 2>&1
verdict 1 $? "$out/oidc" "each flow at oidc-provider, its refresh and its revocation"
wait "$other"
verdict 2 $? "$out/glewlwyd" "code, device, refresh and revocation at glewlwyd"
exit $status
