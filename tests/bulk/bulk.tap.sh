#!/bin/sh
# bulk: order, statuses, labels, bad lines, resuming, shards, back-off, memory, HTTP/2.
set -u
work=$(mktemp -d) || exit 99
pids=
# The server ends with the pipe that stands for its stdin.
cleanup() {
	exec 9>&- 8>&- 7>&-
	for p in $pids; do kill "$p" 2>/dev/null; done
	wait 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
HOME=$work XDG_CONFIG_HOME=$work/xdg; export HOME XDG_CONFIG_HOME
cd "$work" || exit 99
tt=$TOKENTRIAGE here=$builddir/tests/bulk
n=0 failed=0
result() { n=$((n + 1)); echo "$1 $n - $2"; [ "$1" = ok ] || failed=1; }
note() { sed 's/^/# /' "$1" | head -n 12; }
check() { # NAME COMMAND…
	name=$1; shift
	if "$@" >note 2>&1; then result ok "$name"; else result "not ok" "$name"; note note; [ ! -f err ] || note err; fi
}
# serve FD OPTION…: $port
serve() {
	fd=$1; shift
	mkfifo "in.$fd"
	"$here/serve" "$@" <"in.$fd" >"port.$fd" &
	pids="$pids $!"
	eval "exec $fd>in.$fd"
	i=0; while ! grep -q '^port' "port.$fd" 2>/dev/null && [ $i -lt 600 ]; do i=$((i + 1)); sleep 0.05; done
	port=$(sed -n 's/^port //p' "port.$fd")
}
bulk() { "$tt" bulk --issuer "http://127.0.0.1:$port" --client-id app "$@" 2>err; status=$?; }
is() { [ "$1" = "$2" ] || { echo "got $1, want $2"; return 1; }; }
js() { "$NODE" -e "const rows = require('fs').readFileSync(process.argv[1], 'utf8').split('\n').filter(Boolean).map(l => JSON.parse(l));
	const ok = (x, why) => { if (!x) { console.log('not so: ' + why); process.exit(1); } };
	$2" "$1"; }

serve 9 --seen seen

# --- order, labels, what cannot be used ---
printf 'ok-aaaaaaaaaaaaaaaaaaaa1\n\n{"token":"exp-bbbbbbbbbbbbbbbbbbb2","labels":{"user":"ann","n":7}}\r\n{"nothing":1}\n{broken\n  dead-ccccccccccccccccc3  \n{"access_token":"ok-ddddddddddddddddddd4"}' >list
bulk list >out
check "the status says that there is a problem" is $status 1
check "a line each, in order, with the input's line numbers" js out '
	ok(rows.map(r => r.line).join() === "1,3,4,5,6,7", rows.map(r => r.line));
	ok(rows.map(r => r.verdict.state).join() === "ok,problem,undetermined,undetermined,undetermined,ok", "states " + rows.map(r => r.verdict.state));
	ok(rows[1].labels.user === "ann" && rows[1].labels.n === 7, "labels");
	ok(rows[1].verdict.primary === "token-expired", rows[1].verdict.primary);
	ok(rows[2].error === "unreadable" && rows[2].token === null && /"token"/.test(rows[2].verdict.summary), "no token");
	ok(/not JSON/.test(rows[3].verdict.summary), "not JSON");'
check "each fits the schema" "$NODE" "$srcdir/tests/bulk/validate.mjs" "$srcdir/doc/bulk.schema.json" out
check "no token is in the results or on stderr" sh -c '! grep -qE "a{12}1|b{12}2|c{12}3|d{12}4" out err'
check "the summary groups by cause" grep -qE '^ +1  problem +token-expired' err
check "... and says how many" grep -q '^6 tokens: 2 healthy, 1 with a problem, 3 undetermined' err
check "discovery once, each token once" sh -c '[ "$(sort seen | uniq -d | wc -l)" = 0 ] && [ "$(wc -l <seen)" = 5 ]'
bulk --summary sum.json - <list >out2
check "from stdin" sh -c 'cut -c1-11 out >a; cut -c1-11 out2 >b; cmp a b'
check "the summary as JSON" "$NODE" -e '
	const s = JSON.parse(require("fs").readFileSync("sum.json"));
	if (s.schema !== "tokentriage.bulk-summary/1" || s.total !== 6 || s.groups.find(g => g.cause === "token-expired").first_line !== 3) process.exit(1);'
echo ok-4fG7hK2pQ9sT1vX3zB6n >good; bulk good >out; check "all healthy is 0" is $status 0
echo dead-eeeeeeeeeeeeeeeeee5 >open; bulk open >out; check "undetermined is 3" is $status 3
: >empty; bulk empty >out; check "an empty list is healthy, and says so" sh -c "[ $status = 0 ] && grep -q '^0 tokens' err"
bulk no-such-file >out; check "no file: 2" is $status 2
bulk good --shard 4/3 >out; check "a shard that cannot be: 2" is $status 2
bulk good --resume >out; check "--resume without a file: 2" is $status 2
bulk good -o done.jsonl; bulk good -o done.jsonl; check "results are not written over" sh -c "[ $status = 2 ] && grep -q -- --resume err"
bulk open -o done.jsonl --resume; check "results of another input are refused" sh -c "[ $status = 2 ] && grep -q 'another input' err"
check "... without a summary" sh -c "! grep -q 'healthy' err"
for notes in 'my notes\nmy second' 'my only line' '{"lin' '{"line":1,"che'; do
	printf "$notes" >notes; cp notes notes.was; bulk good -o notes --resume
	case $notes in '{'*) check "a first result that is cut off is asked again: $notes" sh -c "[ $status = 0 ] && [ \$(wc -l <notes) = 1 ]" ;;
	*) check "a file of something else is refused, and left as it is: $notes" sh -c "[ $status = 2 ] && cmp notes notes.was && grep -q 'left as it is' err" ;; esac
done
bulk good -o cut; cp cut cut.whole; printf '{"line":2,"ch' >>cut; cp cut cut.was; bulk open -o cut --resume
check "results of another input are left as they are" sh -c "[ $status = 2 ] && cmp cut cut.was"
printf 'ok-4fG7hK2pQ9sT1vX3zB6n\nok-5fG7hK2pQ9sT1vX3zB6n\n' >two; bulk two -o cut --resume
check "a line that is cut off goes" js cut 'ok(rows.length === 2 && rows[1].line === 2, rows.length)'
cp cut cut.was; printf 'no result\n' >>cut; printf 'half' >>cut; cp cut cut.was; bulk two -o cut --resume
check "what stands behind the results is not cut off" sh -c "[ $status = 2 ] && cmp cut cut.was"
bulk /dev/null; check "no token is said" sh -c "[ $status = 0 ] && grep -q 'no token in the input' err"
if [ -w /dev/full ]; then bulk good >/dev/full; check "a full disk is said once" sh -c "[ $status = 4 ] && [ \$(grep -c 'No space' err) = 1 ]"; fi
printf '{"token":5}\n{"token":"a-11111111111","token":"b-222222222222"}\n' >odd; bulk odd >out
check "a token that is no string, a token twice" js out '
	ok(/"token" in the object is not a string/.test(rows[0].verdict.summary), rows[0].verdict.summary);
	ok(/twice/.test(rows[1].verdict.summary), rows[1].verdict.summary)'
check "... no value is told" sh -c '! grep -q 2222222 out'
bulk good -o done.jsonl --resume; check "nothing left to do" sh -c "[ $status = 0 ] && [ \$(wc -l <done.jsonl) = 1 ]"

# --- the verdict is that of check ---
printf 'exp-fffffffffffffffffff6' >one
"$tt" check --issuer "http://127.0.0.1:$port" --client-id app --access-token-file one --format json >check.json 2>/dev/null
bulk one >out
check "the verdict of check" "$NODE" -e '
	const read = f => JSON.parse(require("fs").readFileSync(f)).verdict, a = read("check.json"), b = read("out");
	if (a.summary !== b.summary || a.primary !== b.primary || a.state !== b.state) { console.log(a, b); process.exit(1); }'

# --- killed and resumed; shards ---
check "killed at 8 random moments: every token once" "$NODE" "$srcdir/tests/bulk/kill.mjs" 8 4711 "$tt" "$here/serve" 3000
"$NODE" -e 'for (let i = 0; i < 400; i++) console.log(i % 9 ? `ok-shard-${i}-abcdefghijkl` : "")' >list
for k in 1 2 3; do
	bulk list --shard $k/3 -o shard.$k --concurrency 4
	# as a run that was killed: cut in a line, and gone on with
	size=$(stat -c %s shard.$k); truncate -s $((size / 2)) shard.$k
	bulk list --shard $k/3 -o shard.$k --resume --concurrency 4
done
cat shard.1 shard.2 shard.3 >all
check "three shards, each killed and resumed, are the whole" js all '
	const got = rows.map(r => r.line).sort((a, b) => a - b), want = [...Array(400).keys()].filter(i => i % 9).map(i => i + 1);
	ok(got.join() === want.join(), got.length + " of " + want.length);'
bulk list --shard 1/3 -o shard.2 --resume
check "another shard's results are refused" is $status 2

# --- memory does not grow with the input ---
"$NODE" -e 'for (let i = 0; i < 2000; i++) console.log(`ok-mem-${i}-abcdefghijkl`)' >small
"$NODE" -e 'for (let i = 0; i < 20000; i++) console.log(`ok-mem-${i}-abcdefghijkl`)' >large
rss() { "$here/rss" 1000000 "$tt" bulk --issuer "http://127.0.0.1:$port" --client-id app "$1" 2>&1 >out | sed -n 's/^rss \([0-9]*\) KiB/\1/p'; }
a=$(rss small) b=$(rss large)
echo "# $a KiB with 2,000 tokens, $b KiB with 20,000"
check "ten times the tokens in the same memory" sh -c "[ -n '$a' ] && [ '$b' -lt $((a + a / 10 + 512)) ] && [ \$(wc -l <out) = 20000 ]"

# --- too often: the whole run waits, and no token is blamed ---
serve 8 --throttle 150
"$NODE" -e 'for (let i = 0; i < 150; i++) console.log(`ok-slow-${i}-abcdefghijkl`)' >list
bulk list --concurrency 8 >out
check "429 is waited for" sh -c "[ $status = 0 ] && [ \$(wc -l <out) = 150 ]"
check "... and blames no token" js out 'ok(rows.every(r => r.verdict.state === "ok" && r.userinfo.status === 200), "all ok")'
# --- a server that is restarted: the run waits for it ---
serve 7 --delay-ms 5
"$NODE" -e 'for (let i = 0; i < 600; i++) console.log(`ok-again-${i}-abcdefghijkl`)' >list
"$tt" bulk --issuer "http://127.0.0.1:$port" --client-id app --concurrency 4 -o again.jsonl list 2>err & run=$!
i=0; while [ "$(cat again.jsonl 2>/dev/null | wc -l)" -lt 50 ] && [ $i -lt 400 ]; do i=$((i + 1)); sleep 0.02; done
exec 7>&-
i=0; while curl -s -o /dev/null "http://127.0.0.1:$port/userinfo" && [ $i -lt 200 ]; do i=$((i + 1)); sleep 0.02; done
rm -f in.7 port.7; p7=$port; serve 7 --delay-ms 1 --port "$p7"
wait $run; status=$?
check "a server that is restarted is waited for" sh -c "[ '$port' = '$p7' ] && [ $status = 0 ] && [ \$(grep -c '\"state\":\"ok\"' again.jsonl) = 600 ]"
port=$(sed -n 's/^port //p' port.8)

start=$(date +%s%N); bulk good --rate 2 --concurrency 4 >out; took=$((($(date +%s%N) - start) / 1000000))
check "--rate paces the requests ($took ms for 3 at 2 a second)" [ $took -ge 900 ]

# --- HTTP/2, many requests on one connection ---
if command -v nghttpx >/dev/null && "$srcdir/tests/real/make-ca.sh" ca >ca.log 2>&1; then
	p=$port
	h2=$("$NODE" -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
	port=$(sed -n 's/^port //p' port.9)
	nghttpx -f"127.0.0.1,$h2" -b"127.0.0.1,$port" --errorlog-file=nghttpx.err --accesslog-file=access \
		--accesslog-format='$remote_port $alpn $status' --workers=1 --no-ocsp ca/server.key ca/good.pem >nghttpx.out 2>&1 & pids="$pids $!"
	i=0; while ! curl -s -o /dev/null --cacert ca/ca.pem "https://127.0.0.1:$h2/" && [ $i -lt 200 ]; do i=$((i + 1)); sleep 0.05; done
	: >access
	head -n 500 large >list
	"$tt" bulk --introspection-endpoint "https://127.0.0.1:$h2/introspect" --userinfo-endpoint "https://127.0.0.1:$h2/userinfo" \
		--client-id app --ca-file ca/ca.pem --concurrency 32 list >out 2>err; status=$?
	check "500 tokens over HTTP/2" sh -c "[ $status = 0 ] && [ \$(wc -l <out) = 500 ]"
	i=0; while [ "$(wc -l <access)" -lt 1000 ] && [ $i -lt 200 ]; do i=$((i + 1)); sleep 0.05; done
	check "... all of it HTTP/2" sh -c '[ $(grep -c " h2 200" access) = 1000 ]'
	check "... on one connection" sh -c '[ $(cut -d" " -f1 access | sort -u | wc -l) = 1 ]'
else
	result ok "HTTP/2 # SKIP nghttpx is not here"
fi
echo "1..$n"
exit $failed
