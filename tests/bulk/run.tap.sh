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

# --- one row, however narrow the terminal ---
tokens 60 >list
script -qec "stty cols 34; $tt bulk $set_up --concurrency 1 list >/dev/null" narrow >/dev/null 2>&1
expect "a bar fits into 34 columns" js '
	const bars = [...fs.readFileSync("narrow", "utf8").matchAll(/\r\x1b\[K(\d[^\r\n]*)/g)].map(m => m[1]).filter(b => !/healthy/.test(b));
	ok(bars.length >= 3, bars.length + " bars"); ok(bars.every(b => b.length < 34), bars.join("\n"));
	ok(bars.some(b => /^\d+, \d+\/s, \d+ %, \d+ s left$/.test(b)), "in brief: " + bars.join("\n"))'

# --- nohup; a reader that does not read ---
rm -f up.jsonl
sh -c 'trap "" HUP; exec "$@"' - "$tt" bulk $set_up --concurrency 2 -o up.jsonl list 2>err & pid=$!
wait_for '"line":' up.jsonl $pid
kill -HUP $pid
wait $pid
is "a run that nohup began goes on without its terminal" $? 1
expect "... to its end" js 'ok(rows("up.jsonl").length === 60, "all")'
"$NODE" -e 'for (let i = 0; i < 600; i++) console.log(JSON.stringify({token: `ok-full-${i}-abcdefghijkl`, labels: {x: "y".repeat(400)}}))' >wide
mkfifo unread; exec 8<>unread
"$tt" bulk $set_up --concurrency 16 wide >unread 2>err & pid=$!
i=0; until kill -0 $pid && grep -q 'State:.*S' /proc/$pid/status && grep -q pipe_write "/proc/$pid/wchan" 2>/dev/null || [ $i -ge 100 ]; do i=$((i + 1)); sleep 0.05; done
kill -TERM $pid
i=0; while kill -0 $pid 2>/dev/null && [ $i -lt 600 ]; do i=$((i + 1)); sleep 0.05; done
kill -KILL $pid 2>/dev/null
wait $pid
is "one signal ends a run whose results nobody reads" $? 143
exec 8<&-

# --- the input ---
printf '\357\273\277{"token":"ok-mark-1234-abcdefghijkl"}\n# two\n  # three\nok-mark-1235-abcdefghijkl\n{"token":4,"labels":{"user":"ann"}}\nBearer ok-mark-1236-abcdefghijkl\n' >marked
bulk marked --summary sum.json >out
expect "a byte-order mark and comments are none of the tokens" js '
	const r = rows("out"); ok(r.map(x => x.line).join() === "1,4,5,6", r.map(x => x.line).join());
	ok(r[0].verdict.state === "ok" && !r[0].findings.length, JSON.stringify(r[0]));'
expect "a line that cannot be used keeps its labels" js 'ok(rows("out")[2].labels.user === "ann" && rows("out")[2].error, "labels")'
expect "a token that works with a warning is not among those without" js '
	const g = JSON.parse(fs.readFileSync("sum.json")).groups.map(x => [x.cause, x.state, x.count].join(" "));
	ok(g.join() === "ok ok 2,token-bearer-prefix ok 1,unreadable undetermined 1", g.join())'
head -n 4 marked | bulk - -o grouped.jsonl; bulk marked -o grouped.jsonl --resume --summary again.json
expect "... nor when it is counted from a run before" js '
	const g = f => JSON.parse(fs.readFileSync(f)).groups.map(x => [x.cause, x.state, x.count].join(" ")).join(); ok(g("again.json") === g("sum.json"), g("again.json"))'
bulk marked --claims names --summary sum.json >named
expect "--claims leaves users out" js 'const r = rows("named"), s = fs.readFileSync("sum.json", "utf8");
	ok(/user-1/.test(rows("out")[0].verdict.summary), "there is a user to leave out");
	ok(!/user-1/.test(r[0].verdict.summary) && /omitted/.test(r[0].verdict.summary), r[0].verdict.summary); ok(!/user-1/.test(s), s)'
if jq --version >/dev/null 2>&1; then
	cp out results.jsonl; cp marked tokens.txt
	sed -n "/^jq -r 'select(.verdict.state == \"undetermined\"/p; /^awk 'NR == FNR/p" "$srcdir/doc/bulk.md" >command
	expect "doc/bulk.md makes a list of what is to be asked again" [ "$(wc -l <command)" = 2 ]
	sh ./command; sed -n 5p marked >wanted
	expect "... of these lines" cmp again.txt wanted
fi
cp marked open; chmod 644 open; bulk open >out
expect "a list that others may read is warned of" grep -q '^tokentriage: warning: open holds tokens and is readable by others' err
chmod 600 open; bulk open >out
expect "... and a private one is not" sh -c '! grep -q warning err'
printf '\377\376o\0k\0\n\0' >utf16
bulk utf16 >out
is "UTF-16 is refused" $status 2
expect "... by its name" grep -q UTF-16 err
head -n 1 marked >fewer; cp grouped.jsonl grouped.was; bulk fewer -o grouped.jsonl --resume
is "results of a longer input are refused" $status 2
expect "... and left as they are" cmp grouped.jsonl grouped.was

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
serve --delay-ms 5 --bad-gateway 30-34 --seen seen --traces traces
bulk list -o nobody.jsonl --resume --concurrency 4
is "a gateway that loses its server for a while: the status of the tokens" $status 1
expect "... every token is judged by itself" js 'const r = rows("nobody.jsonl");
	ok(r.length === 40 && r.every((x, i) => x.line === i + 1 && x.verdict.primary === (i % 4 ? null : "token-expired")), JSON.stringify(r.filter(x => !["token-expired", null].includes(x.verdict.primary))))'
expect "... and unasked no traceparent goes out" sh -c '[ ! -s traces ]'
# --- joined with the server's log ---
bulk list --traceparent >traced
expect "the server saw the ids that the results have, each once" js '
	const r = rows("traced"), seen = fs.readFileSync("traces", "utf8").trim().split("\n"), run = r[0].trace_id;
	ok(seen.every(t => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(t) && !/-0+-/.test(t)), "W3C Trace Context: " + seen[0]);
	ok(r.every(x => x.trace_id === run) && seen.every(t => t.split("-")[1] === run), "one trace a run");
	const spans = r.flatMap(x => [x.introspection.span_id, x.userinfo.span_id]), sent = seen.map(t => t.split("-")[2]);
	ok(new Set(spans).size === 80 && spans.every(s => sent.filter(t => t === s).length === 1), "a span each");
	ok(sent.length === 81, sent.length + " requests, discovery among them")'
expect "... by the schema" "$NODE" "$srcdir/tests/bulk/validate.mjs" "$srcdir/doc/bulk.schema.json" traced
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
