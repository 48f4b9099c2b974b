#!/bin/sh
# The forms for programs: the plugin's line and statuses, OpenMetrics by its grammar, the script of curl commands (clean to
# a shell, and to shellcheck where that is at hand) run against the server that the case was recorded with.
. "${srcdir:?}/tests/scratch.sh"

# expect WHAT COMMAND...: ok if the command succeeds; its output is shown if not
expect() { what=$1; shift; if "$@" >note 2>&1; then result ok "$what"; else result "not ok" "$what"; note note; fi; }

# --- a plugin -------------------------------------------------------------------------------------------------------
plugin() { # STATUS WORD WHAT -- ARGUMENTS
	want=$1 word=$2 what=$3
	shift 4
	"$tt" "$@" --format nagios >out 2>err </dev/null; status=$?
	head -n 1 out >line
	if [ $status -eq "$want" ] && grep -q "^TOKENTRIAGE $word - ." line; then result ok "$what: $word, $want"; else
		result "not ok" "$what: status $status, $(cat line)"; note err; fi
}
perfdata() { # 'label'=value[unit];[warn];[crit];[min];[max], blank-separated, behind the only bar
	[ "$(tr -cd '|' <line | wc -c)" = 1 ] && sed 's/.*| //' line | tr ' ' '\n' | grep -Evx "[a-z_-]+=-?[0-9]+(\.[0-9]+)?s?(;([0-9.]*:?)){0,4}" && return 1
	return 0
}
for s in healthy expiring expired healthy-opaque; do "$tt" demo $s --save $s.case >/dev/null 2>&1 </dev/null; done
plugin 0 OK "healthy" -- inspect healthy.case
expect "... with numbers behind it" perfdata
plugin 1 WARNING "expiring" -- inspect expiring.case
plugin 2 CRITICAL "expired" -- inspect expired.case
expect "... with numbers behind it" perfdata
expect "... time left is below zero" grep -q ' expires_in=-[0-9]*s' line
expect "... cause and remedy on lines of their own" sh -c "sed -n 2p out | grep -q '^cause: token-expired' && sed -n 3p out | grep -q '^remedy: .'"
plugin 0 OK "limits that are kept" -- inspect healthy.case --warning 60 --critical 10
expect "... with ranges behind it" perfdata
expect "... that alert below them" grep -Eq ' expires_in=[0-9]+s;60:;10: ' line
plugin 1 WARNING "it expires before the limit" -- inspect healthy.case --warning 1000000
expect "... the other range is empty" grep -Eq ' expires_in=[0-9]+s;1000000:; ' line
plugin 2 CRITICAL "... before that of CRITICAL" -- inspect healthy.case --warning 1000000 --critical 999999
plugin 2 CRITICAL "no limit makes it better" -- inspect expired.case --warning 1
"$tt" inspect healthy.case --warning 5 >out 2>err; expect "limits are for a plugin" sh -c "[ $? = 2 ] && grep -q 'for --format nagios' err"
plugin 3 UNKNOWN "nobody answers with a reason" -- inspect --step userinfo /dev/null
printf 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n' >bare.txt
plugin 3 UNKNOWN "a bare refusal" -- inspect --step userinfo bare.txt
plugin 3 UNKNOWN "a wrong option" -- check --nonsense
plugin 3 UNKNOWN "no server" -- check
plugin 3 UNKNOWN "a file that is not there" -- check --issuer http://127.0.0.1:1 --access-token-file not-there
echo opaque-token-0123456789 >at
plugin 2 CRITICAL "a server that is not there" -- check --issuer http://127.0.0.1:1 --access-token-file at

if [ -w /dev/full ]; then
	plugin 0 OK "a side output on a full disk leaves the token's verdict" -- inspect healthy.case --har /dev/full
	expect "... it is one line of a plugin" [ "$(grep -c '^TOKENTRIAGE ' out)" = 1 ]
	expect "... and stderr says what failed" grep -q 'No space' err
	plugin 2 CRITICAL "... of the check, too" -- check --issuer http://127.0.0.1:1 --access-token-file at --har /dev/full
	expect "... it is one line of a plugin" [ "$(grep -c '^TOKENTRIAGE ' out)" = 1 ]
	"$tt" inspect healthy.case --har /dev/full >out 2>err; expect "for everybody else it is 4" [ $? = 4 ]
	"$tt" inspect healthy.case --format nagios >/dev/full 2>err; expect "a plugin whose line goes nowhere is UNKNOWN" [ $? = 3 ]
else
	result ok "a side output on a full disk # SKIP there is no /dev/full"
fi
plugin 3 UNKNOWN "a report that cannot be written" -- inspect healthy.case -o no/such/folder/x
expect "... it is one line of a plugin" [ "$(grep -c '^TOKENTRIAGE ' out)" = 1 ]

# --- OpenMetrics ----------------------------------------------------------------------------------------------------
for s in healthy expired; do
	"$tt" inspect $s.case --format openmetrics >$s.metrics 2>/dev/null
	expect "$s: OpenMetrics by its grammar" "$NODE" "$srcdir/tests/cli/openmetrics.mjs" $s.metrics
done
expect "two profiles' files have no series in common" sh -c '! cat healthy.metrics expired.metrics | grep -v "^#" | sed "s/ [^ ]*$//" | sort | uniq -d | grep .'
printf '# TYPE a gauge\na{b="c"d"} 1\n# EOF\n' >bad.metrics
expect "... which refuses what is none" sh -c "! '$NODE' '$srcdir/tests/cli/openmetrics.mjs' bad.metrics"
expect "the verdict is a state of its own" grep -qx 'tokentriage_verdict{profile="demo.expired",state="problem"} 1' expired.metrics
expect "seconds to expiry" grep -Eq '^tokentriage_token_expiry_seconds\{profile="demo.expired"\} -1[0-9][0-9]$' expired.metrics

# --- the script -----------------------------------------------------------------------------------------------------
"$tt" serve --scenario expired --tokens-out t.json >serve.out 2>serve.err & server=$!
wait_for '^ready' serve.out $server
issuer=$(sed -n 's/^issuer //p' serve.out) id=$(sed -n 's/^client_id //p' serve.out)
member() { "$NODE" -e 'process.stdout.write(JSON.parse(require("fs").readFileSync("t.json"))[process.argv[1]])' "$1"; }
member access_token >at
CS=$(member client_secret); export CS
"$tt" check --issuer "$issuer" --client-id "$id" --client-secret-env CS --access-token-file t.json --refresh-token-file t.json --format json >whole.json 2>err </dev/null
expect "a file that --tokens-out wrote is taken as it is" "$NODE" -e '
	const r = JSON.parse(require("fs").readFileSync("whole.json"));
	if (r.verdict.primary !== "token-expired" || r.findings.some(f => /json-wrapped|whitespace/.test(f.id || f.rule || JSON.stringify(f)))) { console.log(r.verdict, r.findings); process.exit(1); }'
printf '{"access_token":"%s"}' "$(cat at)" >bare.json; chmod 600 bare.json
"$tt" check --issuer "$issuer" --client-id "$id" --client-secret-env CS --access-token-file bare.json --format json >bare.out 2>err </dev/null
expect "other JSON around a token is still found" grep -q token-quoted-or-json-wrapped bare.out
"$tt" check --issuer "$issuer" --client-id "$id" --client-secret-env CS --access-token-file at --format sh -o case.sh 2>err </dev/null
expect "the script is a shell's" sh -n case.sh
expect "it opens with the verdict" sh -c "sed -n 2p case.sh | grep -q '^# problem: The access token expired'"
if command -v shellcheck >/dev/null; then expect "shellcheck has nothing to say" shellcheck case.sh; fi
expect "it holds no secret" sh -c '! grep -qF -e "$CS" -e "$(cat at)" case.sh'
sh case.sh >run 2>&1; status=$?
[ $status -ne 0 ] && grep -Eq '(CLIENT_SECRET|ACCESS_TOKEN): is a secret' run && result ok "without its secrets it sends nothing and names them" ||
	{ result "not ok" "without secrets: $status"; note run; }
ACCESS_TOKEN=$(cat at) CLIENT_SECRET=$CS sh case.sh >run 2>&1
[ "$(grep -c '^HTTP/1.1 200' run)" = 3 ] && [ "$(grep -c '^HTTP/1.1 401' run)" = 1 ] && grep -q '"active":false' run &&
	result ok "with them the server answers as it did" || { result "not ok" "the run of the script"; note run 40; }
"$tt" inspect --format sh /dev/null >none.sh 2>&1
for f in html sh nagios openmetrics har; do
	"$tt" inspect healthy.case --format $f -o made.$f 2>/dev/null
	[ -s made.$f ] && result ok "inspect --format $f" || result "not ok" "inspect --format $f"
done

# --- the units of doc/monitoring.md, as systemd reads them ---
if systemd-analyze --version >/dev/null 2>&1; then
	mkdir units
	awk -v tt="$tt" '/^# \/etc\/systemd\/system\// { n = split($2, p, "/"); file = "units/" p[n]; next } /^```/ { file = "" }
		file { sub("/usr/bin/tokentriage", tt); print >file }' "$srcdir/doc/monitoring.md"
	expect "doc/monitoring.md has a service and a timer" [ -s units/tokentriage@.service -a -s units/tokentriage@.timer ]
	for u in service timer; do cp units/tokentriage@.$u units/tokentriage@acme.$u; done
	systemd-analyze verify ./units/tokentriage@acme.service ./units/tokentriage@acme.timer >note 2>&1; s=$?
	grep -i 'tokentriage@' note >complaints
	if [ $s = 0 ] && ! [ -s complaints ]; then result ok "systemd finds nothing wrong with them"; else
		result "not ok" "systemd-analyze verify: $s"; note note; fi
else
	result ok "the units of doc/monitoring.md # SKIP systemd-analyze is not here"
fi
echo "1..$n"
exit $failed
