#!/bin/sh
# login on a terminal, where the address that a browser ended at can be pasted; the browser is the test.
set -u
work=$(mktemp -d) || exit 99
server=
cleanup() {
	exec 9>&-
	[ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
HOME=$work XDG_CONFIG_HOME=$work XDG_STATE_HOME=$work; export HOME XDG_CONFIG_HOME XDG_STATE_HOME
unset BROWSER DISPLAY WAYLAND_DISPLAY
tt=$TOKENTRIAGE
case $tt in /*) ;; *) tt=$(pwd)/$tt ;; esac
cd "$work" || exit 99
n=0 failed=0

ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() {
	n=$((n + 1)) failed=$((failed + 1)); echo "not ok $n - $1"
	sed 's/^/# /' said 2>/dev/null | tail -n 30
}
# wait_for PATTERN FILE PID: until the file has the line, or the process is gone, or a minute has passed.
wait_for() {
	i=0
	until grep -q "$1" "$2" 2>/dev/null || [ $i -ge 1200 ]; do
		i=$((i + 1)); kill -0 "$3" 2>/dev/null || break
		sleep 0.05
	done
	tr -d '\r' <"$2" >said
	grep -q "$1" said
}
says() { if wait_for "$1" out "$login"; then ok "$2"; else not_ok "$2"; fi; }

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

begin device
says 'and enter the code' "a device's code is shown"
if grep -q '^[A-Z0-9]\{4\}-[A-Z0-9]\{4\}$' said; then ok "on a line of its own"; else not_ok "no code"; fi
echo 'ABCD-EFGH' >&9
says 'entered at the address above' "it is not entered here"
kill "$login" # the terminal goes, and the login with it
wait "$login" 2>/dev/null
exec 9>&-

echo "1..$n"
[ "$failed" -eq 0 ]
