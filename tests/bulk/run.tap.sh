#!/bin/sh
# bulk: what a run shows while it goes on, what it says at its end, and how it ends.
. "${srcdir:?}/tests/scratch.sh"
here=$builddir/tests/bulk
# serve OPTION…: $port, $server; it ends with us
serve() {
	rm -f in port.txt
	mkfifo in
	"$here/serve" "$@" <in >port.txt & server=$!
	exec 9>in
	wait_for '^port' port.txt $server
	port=$(sed -n 's/^port //p' port.txt)
	set_up="--issuer http://127.0.0.1:$port --client-id app"
}
bulk() { "$tt" bulk $set_up "$@" 2>err; status=$?; }
js() { "$NODE" -e "const fs = require('fs'), ok = (x, why) => { if (!x) { console.log('# ' + why); process.exitCode = 1; } };
	const rows = f => fs.readFileSync(f, 'utf8').split('\n').filter(Boolean).map(l => JSON.parse(l));
	$1"; }
expect() { what=$1; shift; if "$@" >note 2>&1; then ok "$what"; else not_ok "$what"; note note; fi; }
tokens() { "$NODE" -e 'for (let i = 0; i < +process.argv[1]; i++) console.log(`${i % 4 ? "ok" : "exp"}-run-${1000 + i}-abcdefghijkl`)' "$1"; }
serve --delay-ms 20

# --- the bar: a terminal's, drawn over itself ---
tokens 160 >list
script -qec "$tt bulk $set_up --concurrency 2 -o shown.jsonl list" typed >/dev/null 2>&1
is "a problem among them is 1, on a terminal, too" $? 1
expect "the bar has count, rate, share and time left, and agrees with itself" js '
	const text = fs.readFileSync("typed", "utf8"), bars = [...text.matchAll(/\r\x1b\[K(\d+) tokens, (\d+) a second, (\d+) %, (\d+) s left/g)].map(m => m.slice(1).map(Number));
	ok(bars.length >= 2, bars.length + " bars: " + JSON.stringify(text.slice(0, 400)));
	ok(bars.every((b, i) => !i || b[0] >= bars[i - 1][0]), "the count goes on");
	for (const [done, rate, share, left] of bars) {
		ok(Math.abs(share - done * 100 / 160) <= 8, `${share} % of 160 at ${done}`);
		ok(left <= (160 - done) / Math.max(rate - 1, 1) + 2 && left + 2 >= (160 - done) / (rate + 1), `${left} s for ${160 - done} at ${rate} a second`);
	}'
expect "... and is gone at the end" js 'ok(/\r\x1b\[K(\x1b\[[0-9;]*m)*160 tokens: 120 healthy, 40 with a problem/.test(fs.readFileSync("typed", "utf8")), "what comes behind it")'
bulk list >out
expect "no bar where nobody looks" sh -c '! grep -q "$(printf "\r")" err'

# --- the summary ---
bulk list --summary sum.json >out
expect "groups by cause: counts, first and last line and time" js '
	const s = JSON.parse(fs.readFileSync("sum.json")), all = rows("out");
	ok(s.total === 160 && s.groups.reduce((n, g) => n + g.count, 0) === 160, "every token is in a group");
	ok(s.groups.every((g, i) => !i || s.groups[i - 1].count >= g.count), "the most frequent first");
	for (const g of s.groups) {
		const of = all.filter(r => (r.verdict.state === "ok" ? "ok" : r.verdict.primary) === g.cause);
		ok(of.length === g.count && of[0].line === g.first_line && of.at(-1).line === g.last_line, g.cause + ": lines");
		const when = of.map(r => r.checked).sort();
		ok(when[0] === g.first_seen && when.at(-1) === g.last_seen, g.cause + ": seen " + g.first_seen + " to " + g.last_seen);
	}
	ok(s.groups.map(g => g.cause).join() === "ok,token-expired", s.groups.map(g => g.cause).join());'

# --- ended by a signal: what is whole is written, and --resume has the rest ---
for sig in INT:130 TERM:143; do
	rm -f cut.jsonl
	"$tt" bulk $set_up --concurrency 2 -o cut.jsonl list 2>err & pid=$!
	wait_for '"line":' cut.jsonl $pid
	kill -"${sig%:*}" $pid
	wait $pid
	is "SIG${sig%:*} ends it with ${sig#*:}" $? "${sig#*:}"
	expect "... says how to go on" grep -q -- '--resume goes on where this ends' err
	expect "... and leaves whole results" js 'ok(rows("cut.jsonl").every((r, i) => r.line === i + 1), "in order"); ok(rows("cut.jsonl").length < 160, "not all")'
	bulk list -o cut.jsonl --resume
	expect "... which are gone on with" js 'ok(rows("cut.jsonl").map(r => r.line).join() === [...Array(160).keys()].map(i => i + 1).join(), "every token once")'
	expect "... and counted" grep -q 'of them by a run before' err
done

# --- results are bounded ---
"$NODE" -e 'console.log(JSON.stringify({token: "ok-wide-1234-abcdefghijkl", labels: {x: "\x7f".repeat(200000)}})); console.log("ok-wide-1235-abcdefghijkl")' >wide
bulk wide -o wide.jsonl --concurrency 1
expect "labels that need six bytes for one make a whole result" js 'ok(rows("wide.jsonl")[0].labels.x.length === 200000, "all of it")'
head -n 1 wide.jsonl >first && cp first wide.jsonl; bulk wide -o wide.jsonl --resume
expect "... that can be resumed" js 'ok(rows("wide.jsonl").length === 2, "both")'
{ printf '{"line":1,"'; head -c 3000000 /dev/zero | tr '\0' x; echo; } >endless; cp endless endless.was
bulk wide -o endless --resume
is "a line of results that has no end is refused" $status 2
expect "... with the file and the line" grep -q '^tokentriage: endless:1: .*longer than' err
expect "... and left as it is" cmp endless endless.was
{ cat first; printf '{"line":2,"'; head -c 3000000 /dev/zero | tr '\0' x; echo; } >endless
bulk wide -o endless --resume
expect "... the second, too" grep -q '^tokentriage: endless:2: .*longer than' err
head -n 1 wide.jsonl >other; sed 's/"line":1/"line":7/' first >>other; bulk wide -o other --resume
expect "a result of another line is named with its place" grep -q '^tokentriage: other:2: .*not of line 2' err

# --- no token is blamed for a server that is not there ---
tokens 40 >list
set_up="--issuer http://127.0.0.1:1 --client-id app"
bulk list -o nobody.jsonl --summary nobody.json
is "no server at all: 4" $status 4
expect "... no result, no token" sh -c '[ ! -s nobody.jsonl ] && grep -q "\"total\": 0" nobody.json'
expect "... the reason, and how to go on" sh -c 'grep -q "^tokentriage: .*127.0.0.1:1.*refused" err && grep -q -- "--resume goes on" err'
bulk list
expect "... to stdout there is nothing to resume" sh -c '! grep -q -- --resume err'
exec 9>&-; wait $server
serve --delay-ms 5 --bad-gateway 30-34 --seen seen
bulk list -o nobody.jsonl --resume --concurrency 4
is "a gateway that loses its server for a while: the status of the tokens" $status 1
expect "... every token is judged by itself" js 'const r = rows("nobody.jsonl");
	ok(r.length === 40 && r.every((x, i) => x.line === i + 1 && x.verdict.primary === (i % 4 ? null : "token-expired")), JSON.stringify(r.filter(x => !["token-expired", null].includes(x.verdict.primary))))'
# the first line cannot be used, or a run before did some: discovery once, all the same
{ echo '{"no":1}'; cat list; } >list.2
for part in 1 3 41; do
	: >seen
	head -n $part list.2 | bulk - -o once.jsonl --resume
	expect "discovery once, whatever comes before the first token: $part" sh -c '[ $(grep -c discovery seen) = '$((part > 1))' ]'
done
expect "... and all are done" js 'ok(rows("once.jsonl").length === 41, "all")'

exec 9>&-
echo "1..$n"
exit $failed
