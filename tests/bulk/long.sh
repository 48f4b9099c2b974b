#!/bin/sh
# 100 kills at random moments, a million tokens and a HAR file of 200 MiB in bounded memory.
set -u
work=$(mktemp -d) || exit 99
pid=
trap 'exec 9>&-; [ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work/xdg; export HOME XDG_CONFIG_HOME
cd "$work" || exit 99
here=$builddir/tests/bulk
"$NODE" "$srcdir/tests/bulk/kill.mjs" 100 "${SEED:-20260131}" "$TOKENTRIAGE" "$here/serve" "${TOKENS:-20000}" || exit 1
"$srcdir/tests/cli/large-har.sh" 200 40000 || exit 1
mkfifo in
"$here/serve" --seconds 3600 <in >port & pid=$!
exec 9>in
until grep -q '^port' port; do kill -0 "$pid" || exit 1; sleep 0.05; done
port=$(sed -n 's/^port //p' port)
"$NODE" -e 'const out = []; for (let i = 0; i < +process.argv[1]; i++) { out.push(`ok-many-${i}-abcdefghijkl`);
	if (out.length === 10000) { require("fs").writeSync(1, out.join("\n") + "\n"); out.length = 0; } }' "${MANY:-1000000}" >list
"$here/rss" 65536 "$TOKENTRIAGE" bulk --issuer "http://127.0.0.1:$port" --client-id app --concurrency 32 -o out list 2>err
status=$?
tail -n 5 err
[ $status -eq 0 ] && [ "$(wc -l <out)" -eq "${MANY:-1000000}" ] || { echo "status $status, $(wc -l <out) results"; exit 1; }
