#!/bin/sh
# bulk beside libcurl alone (bare.c) with the same tokens, endpoint and connections, and beside wrk where the server
# takes 5 ms; over HTTP/2 through nghttpx, too.  In turn, medians of five.  STRICT=1: the ratios of doc/performance.md
# are demanded.
set -u
work=$(mktemp -d) || exit 99
proxy=
trap 'exec 9>&- 8>&-; [ -z "$proxy" ] || kill "$proxy"; wait; rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work/xdg; export HOME XDG_CONFIG_HOME
cd "$work" || exit 99
here=$builddir/tests/bulk conns=${CONNECTIONS:-16} tokens=${TOKENS:-8000} failed=0
"$NODE" -e 'for (let i = 0; i < +process.argv[1]; i++) console.log(`ok-bench-${i}-abcdefghijkl`)' "$tokens" >list
serve() { # FD OPTION…
	fd=$1; shift
	mkfifo "in.$fd"; "$here/serve" "$@" <"in.$fd" >"port.$fd" & eval "exec $fd>in.$fd"
	until grep -q '^port' "port.$fd" 2>/dev/null; do sleep 0.05; done
	port=$(sed -n 's/^port //p' "port.$fd") base=http://127.0.0.1:$(sed -n 's/^port //p' "port.$fd") ca=
}
median() { sort -n | sed -n 3p; }
ours() {
	s=$(date +%s%N)
	"$TOKENTRIAGE" bulk --introspection-endpoint "$base/introspect" --userinfo-endpoint "$base/userinfo" --client-id app \
		$ca --concurrency "$conns" list >out 2>err || { cat err >&2; exit 1; }
	echo $((2 * tokens * 1000000 / (($(date +%s%N) - s) / 1000)))
}
bare() { "$here/bare" "$base" list "$conns" ${ca#--ca-file } | sed 's/.*, \([0-9]*\) a second/\1/'; }
with_wrk() {
	wrk -t1 -c"$conns" -d3s -H 'Authorization: Bearer ok-bench' "http://127.0.0.1:$port/userinfo" | sed -n 's,^Requests/sec: *\([0-9]*\).*,\1,p'
}
pair() { # NAME LEAST THEIRS
	: >a; : >b
	for i in 1 2 3 4 5; do ours >>a; $3 >>b; done
	a=$(median <a) b=$(median <b)
	echo "$1: $a requests a second, theirs $b: $((100 * a / b)) %, wanted $2 %"
	[ $((100 * a / b)) -ge "$2" ] || failed=1
}
serve 9 --delay-ms 5
pair "server 5 ms away, $conns connections, libcurl alone" 90 bare
if command -v wrk >/dev/null; then pair "server 5 ms away, $conns connections, wrk" 95 with_wrk; fi
if command -v nghttpx >/dev/null && "$srcdir/tests/real/make-ca.sh" ca >ca.log 2>&1; then
	h2=$("$NODE" -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
	nghttpx -f"127.0.0.1,$h2" -b"127.0.0.1,$port" --workers=1 --no-ocsp --errorlog-file=nghttpx.err ca/server.key ca/good.pem \
		>nghttpx.out 2>&1 & proxy=$!
	until curl -s -o /dev/null --cacert ca/ca.pem "https://127.0.0.1:$h2/"; do kill -0 "$proxy" || exit 1; sleep 0.05; done
	base=https://127.0.0.1:$h2 ca="--ca-file $work/ca/ca.pem"
	pair "the same over HTTP/2, bulk on one connection, libcurl alone on $conns" 90 bare
fi
serve 8
pair "server that takes no time, $conns connections, libcurl alone" 0 bare
[ "${STRICT:-0}" = 0 ] || exit $failed
