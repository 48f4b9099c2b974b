#!/bin/sh
# bulk beside libcurl alone (bare.c) with the same tokens, endpoint and connections, and beside wrk where the server
# takes 5 ms.  In turn, medians of five.  STRICT=1: the ratios of doc/performance.md are demanded.
set -u
work=$(mktemp -d) || exit 99
trap 'exec 9>&- 8>&-; wait; rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work/xdg; export HOME XDG_CONFIG_HOME
cd "$work" || exit 99
here=$builddir/tests/bulk conns=${CONNECTIONS:-16} tokens=${TOKENS:-8000} failed=0
"$NODE" -e 'for (let i = 0; i < +process.argv[1]; i++) console.log(`ok-bench-${i}-abcdefghijkl`)' "$tokens" >list
serve() { # FD OPTION…
	fd=$1; shift
	mkfifo "in.$fd"; "$here/serve" "$@" <"in.$fd" >"port.$fd" & eval "exec $fd>in.$fd"
	until grep -q '^port' "port.$fd" 2>/dev/null; do sleep 0.05; done
	port=$(sed -n 's/^port //p' "port.$fd")
}
median() { sort -n | sed -n 3p; }
ours() {
	s=$(date +%s%N)
	"$TOKENTRIAGE" bulk --introspection-endpoint "http://127.0.0.1:$port/introspect" --userinfo-endpoint "http://127.0.0.1:$port/userinfo" \
		--client-id app --concurrency "$conns" list >out 2>err || { cat err >&2; exit 1; }
	echo $((2 * tokens * 1000000 / (($(date +%s%N) - s) / 1000)))
}
bare() { "$here/bare" "http://127.0.0.1:$port" list "$conns" | sed 's/.*, \([0-9]*\) a second/\1/'; }
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
serve 8
pair "server that takes no time, $conns connections, libcurl alone" 0 bare
[ "${STRICT:-0}" = 0 ] || exit $failed
