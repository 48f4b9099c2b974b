#!/bin/sh
# login on a terminal, where the address that a browser ended at can be pasted; the browser is the test.
. "${srcdir:?}/tests/scratch.sh"
trap 'exec 9>&-; scratch_end' EXIT
unset BROWSER DISPLAY WAYLAND_DISPLAY
# The last of what stood on the terminal, without its carriage returns.
said() { tr -d '\r' <out >said; }
not_ok() { result 'not ok' "$1"; sed 's/^/# /' said 2>/dev/null | tail -n 30; }
says() { if wait_for "$1" out "$login"; then ok "$2"; said; else said; not_ok "$2"; fi; }

# begin FLOW: login in a pseudo terminal; what is typed goes to descriptor 9.
begin() {
	rm -f in out new.json
	mkfifo in
	script -qfec "$tt login --issuer $issuer --client-id $client --client-secret-env SECRET --flow $1 \
		--no-browser --tokens-out new.json; echo status=\$?" out <in >/dev/null 2>&1 &
	login=$!
	exec 9>in
}
# the parameter NAME of the address that was printed
param() { sed -n "s/^http.*[?&]$1=\([^&]*\).*/\1/p" said | head -n 1; }

"$tt" serve --tokens-out given.json >serve 2>&1 &
server=$!
wait_for '^ready port' serve $server || { echo "1..1"; echo "not ok 1 - the embedded server starts"; exit 1; }
issuer=$(sed -n 's/^issuer //p' serve) client=$(sed -n 's/^client_id //p' serve)
SECRET=$(sed -n 's/.*"client_secret": *"\([^"]*\)".*/\1/p' given.json); export SECRET

begin code
says 'press Enter' "the address can be pasted"
state=$(param state)
redirect=$(param redirect_uri | sed 's/%3A/:/g; s/%2F/\//g')
if [ -n "$state" ] && [ -n "$redirect" ]; then ok "the address stands whole on its line"; else not_ok "no address"; fi
echo 'http://127.0.0.1/callback?code=stolen&state=of-another-login' >&9
says 'not the answer to this login' "another login's answer is not taken"
echo 'SplxlOBeZQQYbYS6WxSbIA' >&9
says 'no code, error or state in it' "a code alone is not taken"
echo "$redirect?error=access_denied&error_description=no&state=$state&iss=$(echo "$issuer" | sed 's/:/%3A/g; s/\//%2F/g')" >&9
says 'status=1' "the status of a login that was refused is 1"
if grep -q 'The login ended with the error access_denied' said; then ok "the verdict names it"; else not_ok "the verdict"; fi
if [ -e new.json ]; then not_ok "a file without tokens"; else ok "no file without tokens"; fi
wait "$login"
exec 9>&-

begin code
says 'press Enter' "another login"
if [ "$(uname)" = Linux ]; then
	{ printf '%s?code=' "$redirect"; head -c 5000 /dev/zero | tr '\0' x; echo '&state=y'; } >&9
	says 'the terminal cuts a line' "an address that the terminal cuts is not taken"
fi
echo >&9
kill "$login"
wait "$login" 2>/dev/null
exec 9>&-

begin device
says 'and enter the code' "a device's code is shown"
if grep -q '^[A-Z0-9]\{4\}-[A-Z0-9]\{4\}$' said; then ok "on a line of its own"; else not_ok "no code"; fi
echo 'ABCD-EFGH' >&9
says 'entered at the address above' "it is not entered here"
kill "$login" # the terminal goes, and the login with it
wait "$login" 2>/dev/null
exec 9>&-

# without a terminal: what is written, and what is lost to whom
want() {
	status=$1 name=$2; shift 2
	"$tt" login --issuer "$issuer" --client-id "$client" --client-secret-env SECRET --no-browser \
		--flow client-credentials --tokens-out own.json "$@" >said 2>err </dev/null
	got=$?
	cat err >>said
	if [ $got -eq "$status" ]; then ok "$name"; else not_ok "$name: status $got, not $status"; fi
}
has() { if grep -q -- "$1" said; then ok "... it says: $1"; else not_ok "it does not say: $1"; fi; }
want 0 "a client's own tokens" --har q.har --save q.case
if [ -s q.har ] && [ -s q.case ]; then ok "... the HAR file and the case beside them"; else not_ok "q.har, q.case"; fi
has 'for no user information'
if grep -q 'old' said; then not_ok "an old file where there was none"; else ok "... no word of old tokens"; fi
cp own.json first.json
want 0 "a second login"
has 'those that were there are in own.json.old'
if cmp -s own.json.old first.json && [ "$(stat -c %a own.json.old)" = 600 ]; then
	ok "... keeps the tokens of the first"
else
	not_ok "own.json.old"
fi
want 4 "a report that cannot be written" -o /dev/full
has 'the new tokens are safe in own.json'
"$tt" login --issuer "$issuer" --client-id "$client" --client-secret-env SECRET --no-browser \
	--flow client-credentials --tokens-out own.json >&- 2>said </dev/null
got=$?
if [ $got -eq 4 ]; then ok "a result that nobody reads"; else not_ok "closed stdout: status $got"; fi
has 'the new tokens are safe in own.json'
WRONG=wrongsecret12; export WRONG
for f in device client-credentials; do
	want 1 "$f with the wrong secret" --client-secret-env WRONG --flow $f --format json
	has 'client-secret-wrong'
done
for u in 'not a uri' no-scheme 'http:///x'; do
	want 2 "--redirect-uri '$u'" --flow code --redirect-uri "$u"
	has '--redirect-uri'
done
for u in https://app.example/callback com.example.app:/callback; do
	want 2 "--redirect-uri $u, and nobody to paste its answer" --flow code --redirect-uri $u
	has '--redirect-uri .* cannot be listened on'
done
want 2 "an exchange of nothing" --flow token-exchange
has '--access-token-file'
want 2 "... as a plugin says it" --client-secret-env WRONG --flow client-credentials --format nagios

echo "1..$n"
[ "$failed" -eq 0 ]
