#!/bin/sh
# Every scenario of the embedded server: the report of the live case is that of the case saved and read again, and of the
# case as a HAR file; each HAR file fits doc/har.schema.json.  Needs ajv of $TT_NODE_MODULES (tests/real/setup.sh).
. "${srcdir:?}/tests/scratch.sh"

"$tt" demo --list </dev/null | cut -d' ' -f1 >names
# two at a time: the scenarios wait more than they work
one() {
	"$tt" demo "$1" --format json -o "$1.live" --save "$1.case" --har "$1.har" </dev/null >/dev/null 2>&1
	"$tt" inspect "$1.case" --format json -o "$1.saved" >/dev/null 2>"$1.saved.err"
	"$tt" inspect "$1.har" --format json -o "$1.again" >/dev/null 2>"$1.again.err"
}
while read -r s && read -r t; do
	one "$s" & one "$t"
	wait $!
done <names
s=$(tail -n 1 names)
[ -e "$s.live" ] || one "$s"
# the other forms of the same thing
for mode in names none; do
	"$tt" demo healthy --claims $mode --format har -o claims-$mode.har </dev/null >/dev/null 2>&1
done
printf 'HTTP/1.1 401 \033]0;x\007\r\nX: \377\376\302\205\r\nWWW-Authenticate: Bearer error="invalid_token", error_description="\342\200\256\033[2J"\r\n\r\n{"a":"\\u001b\\ud83d\\ude00"}' |
	"$tt" inspect --step userinfo --format har -o hostile.har >/dev/null 2>&1
"$tt" inspect hostile.har --format har -o hostile-again.har >/dev/null 2>&1
"$tt" inspect expired.har --format har -o expired-again.har >/dev/null 2>&1
# another program's order and white space
"$NODE" -e '
	const fs = require("fs"), turn = v => v && typeof v === "object" && !Array.isArray(v)
		? Object.fromEntries(Object.entries(v).reverse().map(([k, x]) => [k, turn(x)]))
		: Array.isArray(v) ? v.map(turn) : v;
	fs.writeFileSync("turned.in", JSON.stringify(turn(JSON.parse(fs.readFileSync("rotated.har", "utf8")))));'
"$tt" inspect turned.in --format json -o turned.again >/dev/null 2>turned.again.err
cp rotated.live turned.live; cp rotated.saved turned.saved; cp rotated.har turned.har
echo turned >>names
exec "$NODE" "$srcdir/tests/cli/roundtrip.mjs" "$srcdir/doc/har.schema.json" names
