#!/bin/sh
# A saved case: check --save, then inspect, gives the same verdict, findings and status, and no secret.
. "${srcdir:?}/tests/scratch.sh"

# What must be the same: verdict, findings with their evidence, steps (by jq's little sister).
essence() {
	"$NODE" -e '
		const r = JSON.parse(require("fs").readFileSync(0, "utf8"));
		const drop = v => { if (v && typeof v === "object") {
			delete v.tokens_go_to; /* a choice of the run, not of the case */
			Object.values(v).forEach(drop);
		} };
		drop(r.steps);
		console.log(JSON.stringify([r.verdict, r.findings, r.steps, r.tokens, r.exchanges], null, 1));'
}

for s in healthy expired revoked rotated html-login skewed-clock missing-openid unknown-key bearer-prefix; do
	"$tt" demo "$s" --format json --save "$s.case" >live.json 2>err </dev/null
	if [ ! -s "$s.case" ]; then result "not ok" "$s: --save writes a case"; note err; continue; fi
	"$tt" inspect "$s.case" --format json >saved.json 2>err
	status=$?
	state=$("$NODE" -p 'JSON.parse(require("fs").readFileSync("live.json")).verdict.state')
	want=3; [ "$state" = ok ] && want=0; [ "$state" = problem ] && want=1
	[ $status -eq $want ] && result ok "$s: the status is that of its verdict" ||
		{ result "not ok" "$s: status $status for $state"; note err; }
	essence <live.json >live; essence <saved.json >saved
	if cmp -s live saved; then result ok "$s: the same report"; else
		result "not ok" "$s: the same report"; diff live saved >diff; note diff 30; fi
	[ "$(stat -c %a "$s.case")" = 600 ] && result ok "$s: mode 0600" || result "not ok" "$s: mode"
done

if "$NODE" "$srcdir/tests/cli/validate-case.mjs" "$srcdir/doc/case.schema.json" ./*.case >out 2>&1; then
	result ok "each record fits the schema"; else result "not ok" "the schema"; grep -v '^ok' out >bad; note bad; fi

# without the secret a saved case tells how the client authenticated, as the run did
"$tt" demo expired --format html --save expired-2.case >live.html 2>err </dev/null
"$tt" inspect expired-2.case --format html >saved.html 2>>err
grep -q 'how the client authenticates; the token endpoint takes it' live.html &&
	grep -q 'how the client authenticates; the token endpoint takes it' saved.html &&
	! grep -q 'does not list this way to authenticate' saved.html &&
	result ok "a saved case keeps how the client authenticated" || result "not ok" "the client's row"

# a case of a case is the same case
"$tt" inspect expired.case --save again.case >/dev/null 2>&1
"$tt" inspect again.case --format json 2>/dev/null | essence >again
"$tt" inspect expired.case --format json 2>/dev/null | essence >once
cmp -s once again && result ok "saved again: the same report" || result "not ok" "saved again"

# what came of the new tokens is part of the case
sed '1s|"metadata_from"|"undone":{"unwritten":"No space left on device","kept_in":"/run/user/1/x.json"},&|' expired.case >misplaced.case
"$tt" inspect misplaced.case --save misplaced-2.case >out 2>err; "$tt" inspect misplaced-2.case >again 2>>err
tr -s '\n ' ' ' <again >line
grep -q 'The new tokens could not be written (No space left on device); they are in /run/user/1/x.json\.' line &&
	grep -q 'Next: Move /run/user/1/x.json to where the tokens belong' line &&
	"$NODE" "$srcdir/tests/cli/validate-case.mjs" "$srcdir/doc/case.schema.json" misplaced-2.case >/dev/null 2>&1 &&
	result ok "new tokens that could not be written: the case says so, and where they are" ||
	{ result "not ok" "misplaced"; note line; note err; }

# damage, and what cannot be written
head -c 5000 expired.case >cut.case
"$tt" inspect cut.case >out 2>err; status=$?
[ $status -le 3 ] && [ $status -ne 2 ] && grep -q 'could not be read; the first: line' err &&
	result ok "a damaged case is read as far as it goes" || { result "not ok" "damaged: $status"; note err; }
# its report says so, and so does what is saved of it
"$tt" inspect cut.case --save cut-2.case >out 2>err
tr '\n' ' ' <out | grep -q '1 damaged record of the case file could not be read' &&
	"$tt" inspect cut-2.case --format json 2>err | grep -q '"records_lost": 1' &&
	"$tt" inspect cut-2.case --format html 2>err | grep -q '1 damaged record of the case file' &&
	result ok "... which its report and its copy say" || { result "not ok" "the report of a damaged case"; note out; }
# the report of a saved case says when it was recorded, beside the day of the report
"$tt" inspect expired.case >out 2>err; "$tt" inspect expired.case --format markdown >out.md 2>>err
when=$("$NODE" -p 'new Date(JSON.parse(require("fs").readFileSync("expired.case", "utf8").split("\n")[0]).saved / 1000).toISOString().slice(0, 19).replace("T", " ") + "Z"')
grep -q "^Recorded $when; times are as of then" out && grep -q "^- Recorded $when" out.md && ! grep -q damaged out out.md &&
	result ok "the report of a saved case says when it was recorded" || { result "not ok" "recorded $when"; note out; }
"$tt" demo healthy --format text 2>err </dev/null | grep -q Recorded && result "not ok" "a live one is not recorded" ||
	result ok "... and a live one has nothing of the kind"
sed 's,case/1,case/7,' expired.case >new.case
"$tt" inspect new.case >out 2>err; status=$?
[ $status -eq 2 ] && grep -q 'another version' err && result ok "a later version is refused" ||
	{ result "not ok" "later version: $status"; note err; }
# a case of the first version of the format, kept as it was written then, is read by every later program
"$tt" inspect "$srcdir/tests/case/samples/rotated-1.case" --format json >kept.json 2>err; status=$?
[ $status -eq 1 ] && "$NODE" -e '
	const v = JSON.parse(require("fs").readFileSync("kept.json", "utf8")).verdict;
	const want = require("fs").readFileSync(process.argv[1], "utf8").trim();
	const got = `${v.state} ${v.primary} ${v.summary}`;
	if (got !== want) { console.log("got  " + got + "\nwant " + want); process.exit(1); }' \
	"$srcdir/tests/case/samples/rotated-1.verdict" >out 2>&1 &&
	result ok "a kept case has the verdict of its day" || { result "not ok" "kept case: $status"; note err; note out; }

# however it came: by a copy that made UTF-16 or another line end of it, in a mail, as a mail's attachment
sed '1s/^/\xef\xbb\xbf/' expired.case >bom.case
iconv -f UTF-8 -t UTF-16 expired.case >utf16.case
sed 's/$/\r/' expired.case >crlf.case
head='From: a@desk.example\nTo: b@desk.example\nSubject: a case\nDate: Fri, 30 Jan 2026 09:00:00 +0100\n'
{ printf "$head\nHere it is:\n\n"; cat expired.case; printf '\n-- \nAnn\n'; } >pasted.case
{ printf "${head}Content-Type: multipart/mixed; boundary=\"=_b1\"\n\n--=_b1\nContent-Type: text/plain\n\nHere it is.\n--=_b1\n"
	printf 'Content-Type: application/octet-stream; name="x.case"\nContent-Transfer-Encoding: base64\n\n'
	base64 expired.case; printf -- '--=_b1--\n'; } >attached.case
for how in bom utf16 crlf pasted attached; do
	"$tt" inspect $how.case --format json 2>err | essence >other
	cmp -s once other && ! grep -q 'could not be read' err && result ok "a case that came as $how is the same case" ||
		{ result "not ok" "a case that came as $how"; note err; }
done

# of a text that quotes an answer nothing is said that is not in it, and nothing "was sent yet"
printf '%s.%s.c2ln\n' "$(printf '{"alg":"RS256"}' | base64 | tr -d '=\n')" \
	"$(printf '{"iss":"https://idp.example","exp":1700000000}' | base64 | tr -d '=\n')" >alone.txt
{ echo "We send this token:"; cat alone.txt; echo 'and get "401 Unauthorized". Can you have a look?'; } >quoted.txt
"$tt" inspect quoted.txt --format html >out 2>err
grep -q "no more of the answer was given" out && ! grep -q 'asked with the current access token' out &&
	result ok "an answer that is quoted, and no more of it" || { result "not ok" "a quoted answer"; note out; }
"$tt" inspect alone.txt --format html >out 2>err
! grep -q 'sent yet' out && grep -q 'No user-information query is in what was recorded' out &&
	result ok "of a token alone nothing is called not sent yet" || { result "not ok" "a token alone"; note out 60; }

# without its head: by the clock of its newest exchange
sed '1s/"schema"/"schema/' expired.case >headless.case
"$tt" inspect headless.case >out 2>err; status=$?
[ $status -eq 1 ] && grep -q '1 record could not be read; the first: line 1: .*; 4 exchanges could' err &&
	grep -q 'access token expired' out && result ok "a case without its head is read, and the line is named" ||
	{ result "not ok" "headless: $status"; note err; }
sed 1d expired.case >headless-2.case
tail -c +300 expired.case >headless-3.case
for how in headless-2 headless-3; do
	"$tt" inspect $how.case >out 2>err; status=$?
	[ $status -eq 1 ] && grep -q '1 record could not be read; the first: line 1: .*; 4 exchanges could' err &&
		grep -q 'access token expired' out && result ok "$how: the same" || { result "not ok" "$how: $status"; note err; }
done
printf '{"schema":"tokentriage.case/1"\n' >nothing.case
"$tt" inspect nothing.case >out 2>err; status=$?
[ $status -eq 2 ] && grep -q 'nothing.case: line 1: ' err && result ok "a head alone, damaged, is an error with its line" ||
	{ result "not ok" "nothing.case: $status"; note err; }

# a recording may be longer than memory
"$srcdir/tests/cli/large-har.sh" 20 40000 >out 2>&1 && result ok "a HAR file of 20 MiB in bounded memory" ||
	{ result "not ok" "large HAR"; note out; }

# open needs a terminal and a file
for args in expired.case '' -; do
	"$tt" open $args >out 2>err </dev/null; status=$?
	[ $status -eq 2 ] && [ -s err ] && [ ! -s out ] && result ok "open '$args' without a terminal" ||
		{ result "not ok" "open '$args': $status"; note err; }
done
"$tt" open expired.case >out 2>err </dev/null
grep -q "tokentriage inspect expired.case" err && result ok "... points at inspect" || { result "not ok" "inspect"; note err; }

# with secrets: only after a question, which needs somebody to answer it
setsid -w "$tt" inspect expired.case --save clear.case --with-secrets >out 2>err </dev/null; status=$?
[ $status -eq 2 ] && grep -q 'asks on the terminal' err && [ ! -e clear.case ] &&
	result ok "--with-secrets without a terminal is refused" || { result "not ok" "with-secrets: $status"; note err; }
"$tt" inspect expired.case --with-secrets >out 2>err </dev/null; status=$?
[ $status -eq 2 ] && grep -q -- '--save' err && result ok "--with-secrets needs --save" ||
	{ result "not ok" "with-secrets alone: $status"; note err; }

"$tt" demo expired --save "$work/none/x.case" >out 2>err </dev/null; status=$?
[ $status -eq 2 ] && grep -q -- '--save' err && result ok "a folder that is not there is said before" ||
	{ result "not ok" "no folder: $status"; note err; }

# secrets: what the user gave is not in the file, in no part long enough to be told
"$tt" serve --scenario rotated --tokens-out t.json >serve.out 2>serve.err & server=$!
wait_for '^ready' serve.out $server
issuer=$(sed -n 's/^issuer //p' serve.out) id=$(sed -n 's/^client_id //p' serve.out)
"$NODE" -e '
	const fs = require("fs"), t = JSON.parse(fs.readFileSync("t.json"));
	fs.writeFileSync("at", t.access_token); fs.writeFileSync("rt", t.refresh_token);
	console.log([t.access_token, t.refresh_token, ...t.access_token.split(".").slice(2)].join("\n"));' >secrets
echo 'planted-client-secret-0123456789' >>secrets
PLANTED=planted-client-secret-0123456789 "$tt" check --issuer "$issuer" --client-id "$id" --client-secret-env PLANTED \
	--access-token-file at --refresh-token-file rt --refresh --tokens-out new.json --header 'X-Api-Key: planted-client-secret-0123456789' \
	--save given.case >out 2>err </dev/null
[ -s given.case ] && result ok "a case of a server of one's own" || { result "not ok" "given.case"; note err; }
"$NODE" -e '
	const fs = require("fs"), text = fs.readFileSync("given.case", "utf8"), found = [];
	for (const v of fs.readFileSync("secrets", "utf8").trim().split("\n"))
		for (const w of [v, encodeURIComponent(v), Buffer.from(v).toString("base64").slice(0, -4)])
			if (text.includes(w)) found.push(v.slice(0, 6));
	if (found.length) { console.log("found", found); process.exit(1); }' >out 2>&1 &&
	result ok "no secret is in it" || { result "not ok" "secrets"; note out; }
echo "1..$n"
exit $failed
