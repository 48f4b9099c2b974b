#!/bin/sh
# The command line: exit statuses of the contract, refusals, bad input, configuration, reports.
. "${srcdir:?}/tests/scratch.sh"

# want STATUS NAME -- ARGUMENT...: runs the program; what it wrote is in out and err.
want() {
	status=$1 name=$2; shift 3
	"$tt" "$@" >out 2>err </dev/null
	got=$?
	if [ $got -eq "$status" ]; then ok "$name"; else not_ok "$name: status $got, not $status"; fi
}
# want_in FILE STATUS NAME -- ARGUMENT...: the same with a file on stdin.
want_in() {
	file=$1 status=$2 name=$3; shift 4
	"$tt" "$@" >out 2>err <"$file"
	got=$?
	if [ $got -eq "$status" ]; then ok "$name"; else not_ok "$name: status $got, not $status"; fi
}
says() { if grep -qF -- "$2" "$1"; then ok "... $1 says: $2"; else not_ok "$1 does not say: $2"; fi; }
silent() { if [ -s "$1" ]; then not_ok "$1 is not empty"; else ok "... $1 is empty"; fi; }
hides() { if grep -qF -- "$2" out err; then not_ok "holds a secret"; else ok "... holds no secret"; fi; }

# --- help, version, what is not there ---------------------------------------------------------
for c in '' check demo inspect open compare bulk explain serve; do
	want 0 "help of '$c'" -- $c --help
	says out "usage: tokentriage"
	silent err
	want 0 "version of '$c'" -- $c --version
	says out "libcurl"
done
"$tt" check --help >out 2>err
says out "It is 4, too, if new tokens could not be written"
want 2 "the wizard without a terminal" --
says err "tokentriage check"
silent out
# --- login -------------------------------------------------------------------------------------
want 2 "login without a place for the tokens" -- login --issuer http://127.0.0.1:1 --client-id app
says err "--tokens-out"
want 2 "login without a server" -- login --client-id app --tokens-out new.json
says err "no server to ask"
want 2 "login without a client" -- login --issuer http://127.0.0.1:1 --tokens-out new.json
says err "--client-id"
want 2 "a way to log in that there is not" -- login --flow password --issuer http://127.0.0.1:1 --client-id app --tokens-out new.json
says err "code|device|client-credentials|silent|token-exchange"
want 2 "a redirect URI that is none" -- login --flow code --issuer http://127.0.0.1:1 --client-id app \
	--tokens-out new.json --redirect-uri http://127.0.0.1:99999/cb
want 2 "token exchange without a token" -- login --flow token-exchange --issuer http://127.0.0.1:1 --client-id app --tokens-out new.json
says err "no access token to exchange"
want 2 "client credentials without a secret" -- login --flow client-credentials --issuer http://127.0.0.1:1 --client-id app \
	--tokens-out new.json
says err "a client that can authenticate"
want 1 "a server that is not there" -- login --flow device --issuer http://127.0.0.1:1 --client-id app --tokens-out new.json
says out "No device authorization endpoint is known"
says out "refuse"
[ ! -e new.json ] && ok "... no file without tokens" || not_ok "a file without tokens"

want 2 "unknown command" -- chekc
want 2 "unknown option" -- check --isuer x
says err "did you mean --issuer?"
says err "try 'tokentriage check --help'"

# --- secrets are not taken as arguments -------------------------------------------------------
secret=Zk3vQ9xT7mLp2WcR8dYh4NsB6fGj1KaE5uXo0ViC
for o in --access-token --refresh-token --id-token --client-secret --token --password; do
	want 2 "$o VALUE" -- check $o $secret
	says err "other users can read"
	hides err $secret
	want 2 "$o=VALUE" -- check $o=$secret
	hides err $secret
done
want 2 "a token as the argument" -- inspect eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2lnbmF0dXJl
hides err eyJhbGci

# ... nor where a name belongs: it is not repeated, and what works is named
jwt=eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2lnbmF0dXJl
base64=h7Kq/2mXw+9Lr0VzT5/yNc3Jd8Bf1Pg4Ss==
for v in "$jwt" "$secret" "$base64" "opaque-at-7Fq2Lx9Zr4Tn"; do
	for o in --access-token-file --refresh-token-file --id-token-file --ca-file; do
		want 2 "a token as the value of $o" -- check --issuer http://127.0.0.1:1 $o "$v"
		says err "the name of a file"
		says err "write it to a file"
		hides err "$v"
	done
done
for v in "$jwt" "$secret" "$base64" "two words"; do
	for o in --access-token-env --refresh-token-env --client-secret-env; do
		want 2 "a token as the value of $o" -- check --issuer http://127.0.0.1:1 $o "$v"
		says err "the name of an environment variable"
		hides err "$v"
	done
done
for o in -p --theme --trace --client-id; do
	c=check; [ $o = --theme ] && c=demo
	want 2 "a token as the value of $o" -- $c $o "$jwt"
	says err "looks like a token or secret"
	hides err "$jwt"
done
want 2 "inspect -p TOKEN" -- inspect -p "$secret"
hides err "$secret"
# ... names stay names
want 2 "a file that is not there" -- check --issuer http://127.0.0.1:1 --access-token-file tokens/2026-01-31-acme.txt
says err "tokens/2026-01-31-acme.txt"
printf 'opaque\n' >"$secret"
"$tt" check --issuer http://127.0.0.1:1 --access-token-file "$secret" --probes none >out 2>err </dev/null
if [ $? -ne 2 ]; then ok "a file with such a name is a file"; else not_ok "a file with such a name"; fi
rm "$secret"
want 2 "a random client id is one" -- check --client-id 9f1c0a7e-52b4-4c1d-8e0a-7d6b5c4a3f21
says err "no server to ask"

# --- explain of vendors' codes; small texts -------------------------------------------------------
for c in AADSTS50173:refresh-password-change AADSTS700082:refresh-token-idle-timeout IDX10511:signature-invalid \
	AADSTS7000215:client-secret-wrong invalid_rapt:refresh-policy-reauth; do
	want 0 "explain ${c%:*}" -- explain ${c%:*}
	says out "${c#*:}"
done
want 2 "explain of a code that nothing knows" -- explain AADSTS99999999
says err "nothing is known"
want 2 "a folder as the token's file" -- check --issuer http://127.0.0.1:1 --access-token-file /tmp
if grep -q 'readable by others' err; then not_ok "a folder is no token"; else ok "... and nobody is warned of a folder"; fi
cat >small.conf <<'C'
profiles = ({ name = "acme"; issuer = "http://127.0.0.1:1"; access_token_file = "not-there.txt"; });
C
want 2 "a profile's token file that is not there" -- check -c small.conf -p acme
says err "profile acme: access_token_file: "
want 2 "... an option's" -- check -c small.conf -p acme --access-token-file neither
says err "--access-token-file neither: "
rm small.conf

# --- what the program wrote itself is named, with what is read again -------------------------------
for f in text json markdown junit html sh nagios openmetrics; do
	"$tt" demo expired --format $f --log-file own.log -o own.$f >out 2>err </dev/null
	want 2 "inspect of the $f report" -- inspect own.$f
	says err "of this program"
	says err "a case saved with --save"
done
want 2 "inspect of the log" -- inspect own.log
says err "this is a log of this program"
"$tt" demo expired --save own.case -o own.text >out 2>err </dev/null
want 1 "... a saved case is read" -- inspect own.case
says out "expired"
rm own.*

# --- outputs are not written over inputs --------------------------------------------------------
mkdir outs && printf 'opaque-%s' $secret >outs/at && printf 'refresh-%s' $secret >outs/rt && cp outs/at outs/keep && ln -s at outs/link
ln outs/at outs/hard
for f in outs/at ./outs/../outs/at "$work/outs/link" outs/hard; do
	for o in --save -o --log-file --tokens-out; do
		want 2 "$o over the token file by $f" -- check --issuer http://127.0.0.1:1 --access-token-file outs/at $o "$f"
		says err "would be written over the file of the access token"
	done
	for o in --save -o; do
		want 2 "inspect $o over what it inspects" -- inspect outs/at $o "$f"
		says err "would be written over what is inspected"
	done
done
want 2 "--tokens-out over the refresh token" -- check --issuer http://127.0.0.1:1 --refresh --refresh-token-file outs/rt --tokens-out outs/rt
says err "the file of the refresh token"
want_in outs/at 2 "inspect - over stdin's file" -- inspect - -o outs/at
want 2 "two outputs in one file" -- inspect outs/at -o outs/new --save ./outs/new
says err "over what --output writes"
want 2 "... in the demo, too" -- demo expired -o outs/new --log-file outs/new
says err "over what --output writes"
if cmp -s outs/at outs/keep && [ ! -e outs/new ]; then ok "... and nothing was written"; else not_ok "an input was written over"; fi
want 0 "an output of its own" -- inspect outs/at -o outs/new
rm -r outs

# --- usage of check: nothing is sent -----------------------------------------------------------
printf 'opaque-%s\n' $secret >at.txt
want 2 "check without a server" -- check --access-token-file at.txt
says err "no server to ask"
want 2 "check without a token" -- check --issuer http://127.0.0.1:1
says err "no token"
want 2 "a token file that is not there" -- check --issuer http://127.0.0.1:1 --access-token-file none
says err "none"
want 2 "--refresh without --tokens-out" -- check --issuer http://127.0.0.1:1 --access-token-file at.txt --refresh
says err "--tokens-out"
want 2 "--tokens-out into nowhere" -- check --issuer http://127.0.0.1:1 --access-token-file at.txt --refresh --tokens-out no/where
want 2 "--output into nowhere" -- check --issuer http://127.0.0.1:1 --access-token-file at.txt -o no/where
want 2 "--show-secrets into a pipe" -- check --issuer http://127.0.0.1:1 --access-token-file at.txt --show-secrets
says err "terminal"
want 2 "--steps with a strange step" -- check --issuer http://127.0.0.1:1 --access-token-file at.txt --steps verify,all
want 2 "--trace with a strange category" -- check --issuer http://127.0.0.1:1 --access-token-file at.txt --trace nonsense
want 2 "an environment variable that is not set" -- check --issuer http://127.0.0.1:1 --access-token-env TT_NOT_SET
says err "TT_NOT_SET is not set"
want 2 "a profile that is not there" -- check -p acme
says err "no configuration file"
silent out

# --- configuration ------------------------------------------------------------------------------
mkdir -p xdg/tokentriage
cat >xdg/tokentriage/tokentriage.conf <<'C'
default_profile = "acme";
profiles = ( {
  name = "acme"; issuer = "http://127.0.0.1:1"; client_id = "c";
  client_secret_command = "echo $((6 * 7))-secret-of-the-command"; timeout = 2; access_token_file = "at.txt";
} );
C
cp at.txt xdg/tokentriage/at.txt
chmod 600 xdg/tokentriage/at.txt
want 0 "--print-config" -- check --print-config
says out 'timeout = 2;'
says out 'leeway = 60;'
says out 'log_records = 10000;'
hides out secret-of-the-command-output
want 1 "the default profile is used; its server refuses" -- check
says out "connection-refused"
silent err
hides out $secret
hides out 42-secret
want 1 "an endpoint of one's own does not borrow the default profile" -- check --userinfo-endpoint http://127.0.0.1:1/u --access-token-file at.txt
hides out acme
chmod 644 xdg/tokentriage/at.txt
want 1 "a token file that others can read draws a warning" -- check
says err "warning: "
says err "readable by others"
want 1 "--issuer alone does not borrow the default profile's secret" -- check --issuer http://127.0.0.1:1 --access-token-file at.txt --format json
if grep -q '"profile": null' out; then ok "... no profile"; else not_ok "a profile was used"; fi
want 2 "a profile of another name" -- check -p other
says err "there are: acme"
for p in nonsense http:// ftp://proxy.example:21 ; do
	want 2 "--proxy $p is none" -- check --issuer https://idp.example --access-token-file at.txt --proxy "$p"
	says err "--proxy: allowed: http://HOST:PORT"
	silent out
done
echo 'profiles = ( { name = "x"; timeout = 99999999999; } );' >bad.conf
want 2 "a number that libconfig would wrap" -- check -c bad.conf -p x
says err "bad.conf:1: timeout: the number is out of range; allowed: a whole number from 1 to 600"
echo 'colour = 1;' >bad.conf
want 2 "an unknown key" -- check -c bad.conf
says err "bad.conf:1: colour: unknown key"
# the same complaint whoever reads the configuration: the screen's part of it, too
mkdir -p xdg/tokentriage/themes
printf 'ok = 1;\n' >xdg/tokentriage/themes/broken.conf
for bad in 'keys: { next-stp = "F8"; };|keys.next-stp: unknown action; did you mean next-step?' \
    'keys: { guide = "F13"; };|keys.guide: there is no key "F13"; allowed: Enter Tab' \
    'keys: { guide = "q"; };|keys.guide: the key q is given to both guide and quit' \
    'keys: { guide = 3; };|keys.guide: a whole number, where a list of strings is allowed' \
    'ui: { theme = "neon"; };|ui.theme: there is no theme "neon"; allowed: default' \
    'ui: { theme = "broken"; };|broken.conf:1: ok: unknown key; allowed: name, inherit' \
    'ui: { theme = 3; };|ui.theme: a whole number, where a string is allowed' \
    'ui: { log_records = 5; };|ui.log_records: out of range; allowed: a whole number from 100'; do
	printf '\n%s\n' "${bad%%|*}" >xdg/tokentriage/tokentriage.conf
	for c in check 'check --issuer http://127.0.0.1:1 --access-token-file at.txt' 'check --print-config' \
	    'inspect at.txt' demo; do
		want 2 "$c with ${bad%%|*}" -- $c
		says err "tokentriage.conf:2: "
		says err "${bad#*|}"
		silent out
	done
done
rm xdg/tokentriage/tokentriage.conf
printf '\nkeys: { guide = "q"; };\n' >bad.conf
want 2 "bad keys in a file of -c" -- check -c bad.conf
says err "bad.conf:2: keys.guide: the key q"
want 2 "a configuration that is not there" -- check -c gone.conf
says err "gone.conf"
head -c 3000000 /dev/zero >bad.conf
want 2 "a configuration of 3 MB" -- check -c bad.conf
rm -r xdg

# --- against the embedded server -----------------------------------------------------------------
"$tt" serve --scenario expired --tokens-out tokens.json >serve.out 2>serve.err </dev/null &
server=$!
wait_for '^ready' serve.out $server
issuer=$(sed -n 's/^issuer //p' serve.out)
member() { sed -n "s/^[[:space:]]*\"$1\":[[:space:]]*\"\([^\"]*\)\".*/\1/p" tokens.json; }
member access_token >at.txt
member refresh_token >rt.txt
chmod 600 at.txt rt.txt
TT_CS=$(member client_secret); export TT_CS
client=$(member client_id)
if [ "$(stat -c %a tokens.json)" = 600 ]; then ok "serve: the tokens' file is private"; else not_ok "mode of tokens.json"; fi
: >out; : >err
if grep -qF "$TT_CS" serve.out serve.err; then not_ok "serve prints the secret"; else ok "serve prints no secret"; fi
set -- --issuer "$issuer" --client-id "$client" --client-secret-env TT_CS --access-token-file at.txt
want 1 "check: an expired token" -- check "$@"
says out "token-expired"
says out "✗"
silent err
hides out "$TT_CS"
hides out "$(cat at.txt)"
says out "3 Refresh    – skipped      Not refreshed: no refresh token was given."
want 1 "check: a refresh token that is not used" -- check "$@" --refresh-token-file rt.txt
says out "3 Refresh    – skipped      Not refreshed. It can be: a refresh token is there"
want 1 "check --format json: step 3" -- check "$@" --refresh-token-file rt.txt --format json
if tr -d ' \n' <out | grep -q '"id":"refresh","state":"skipped","summary":"Notrefreshed.Itcanbe'; then
	ok "... is skipped there, too"
else
	not_ok "step 3 in JSON"
fi
want 1 "check --ascii" -- check "$@" --ascii
if LC_ALL=C grep -q '[^ -~]' out; then not_ok "not ASCII"; else ok "... is ASCII"; fi
if grep -q "$(printf '\033')" out; then not_ok "colours in a pipe"; else ok "... no colours in a pipe"; fi
want 1 "check --color always" -- check "$@" --color always
if grep -q "$(printf '\033\\[1;31m')" out; then ok "... colours"; else not_ok "no colours"; fi
for f in markdown junit json html har sh openmetrics; do
	want 1 "check --format $f" -- check "$@" --format $f
	says out token-expired
	hides out "$TT_CS"
done
want 1 "check -o" -- check "$@" --format json -o report.json
silent out
if grep -q tokentriage.report/1 report.json; then ok "... wrote the report"; else not_ok "report.json"; fi
want 1 "check --log-file" -- check "$@" --log-file log.jsonl --trace all
if [ "$(stat -c %a log.jsonl)" = 600 ]; then ok "... private"; else not_ok "mode of the log"; fi
if grep -qF -e "$TT_CS" -e "$(cat at.txt)" log.jsonl err; then not_ok "the log holds a secret"; else ok "... without secrets"; fi
want_in at.txt 1 "the token on stdin" -- check --issuer "$issuer" --client-id "$client" --client-secret-env TT_CS --access-token-file -
AT=$(cat at.txt); export AT
want 1 "the token in the environment" -- check --issuer "$issuer" --client-id "$client" --client-secret-env TT_CS --access-token-env AT
want 1 "check --steps handle finds its endpoint" -- check "$@" --steps handle
says out "user information     GET"
want 0 "check --refresh" -- check "$@" --refresh-token-file rt.txt --refresh --tokens-out new.json
if [ "$(stat -c %a new.json)" = 600 ] && grep -q '"access_token"' new.json; then ok "... kept the new tokens"; else not_ok "new.json"; fi
says err "new.json"
ln -sf new.json link.json
for f in /proc/x.json /dev/full link.json; do
	want 2 "--tokens-out $f is refused before anything is sent" -- check "$@" --refresh-token-file rt.txt --refresh --tokens-out $f
	says err "the new tokens cannot be written to"
	silent out
done
# the place is good when it is asked about, and the disk is full when the tokens come
sed -n 's/^[[:space:]]*"refresh_token":[[:space:]]*"\([^"]*\)".*/\1/p' new.json >rt2.txt
chmod 600 rt2.txt
# (a block of 512 bytes holds the mark that goes before, and no tokens)
{ (trap '' XFSZ; ulimit -f 1; exec "$tt" check "$@" --refresh-token-file rt2.txt --refresh --tokens-out new3.json \
	2>&1 </dev/null); echo "status $?"; } | cat >out
: >err
says out "status 4"
says out "could not be written"
says out "in memory only"
# a plugin's line and status of the same: of a refresh token of another server's
"$tt" serve --scenario healthy --tokens-out other.json >other.out 2>other.err </dev/null &
other=$!
wait_for '^ready' other.out $other
member_of() { sed -n "s/^[[:space:]]*\"$1\":[[:space:]]*\"\([^\"]*\)\".*/\1/p" other.json; }
member_of access_token >o-at.txt; member_of refresh_token >o-rt.txt; chmod 600 o-at.txt o-rt.txt
{ (trap '' XFSZ; TT_O=$(member_of client_secret); export TT_O; ulimit -f 1; exec "$tt" check --format nagios \
	--issuer "$(sed -n 's/^issuer //p' other.out)" --client-id "$(member_of client_id)" --client-secret-env TT_O --access-token-file o-at.txt \
	--refresh-token-file o-rt.txt --refresh --tokens-out o-new.json 2>/dev/null </dev/null); echo "status $?"; } | cat >out
says out "status 2"
says out "TOKENTRIAGE CRITICAL - The new tokens could not be written"
is "one line of a plugin" "$(grep -c '^TOKENTRIAGE' out)" 1
{ kill $other; wait $other; } 2>/dev/null
want 1 "... which the next run is told of" -- check "$@" --refresh-token-file rt2.txt --refresh --tokens-out new2.json
says err "ended before its answer was kept"
says err "--dismiss-interrupted"
says out "refresh-interrupted"
want 1 "... until it says that it has seen it" -- check "$@" --dismiss-interrupted
says err "ended before its answer was kept"
says err "not shown again"
want 1 "... and then no more" -- check "$@"
silent err
want 1 "... once is enough" -- check "$@" --dismiss-interrupted
says err "there is no interrupted refresh of this client"
want 1 "... and its token is still not sent" -- check "$@" --refresh-token-file rt2.txt --refresh --tokens-out new2.json
if grep -q 'POST.*/token' out; then not_ok "an open refresh token was sent"; else ok "... as the record of requests shows"; fi
want 1 "... and a refresh token that an earlier run used is not sent again" -- check "$@" --refresh-token-file rt.txt --refresh --tokens-out new2.json
says out "refresh-token-rotated"
if grep -q 'POST.*/token' out; then not_ok "a used refresh token was sent"; else ok "... which the record of requests shows"; fi
if [ -e new2.json ] && [ -s new2.json ]; then not_ok "tokens out of nothing"; else ok "... and brings no tokens"; fi
echo opaque-token-of-somebody >op.txt
chmod 600 op.txt
want 3 "check --steps debug settles nothing" -- check --issuer "$issuer" --access-token-file op.txt --steps debug
says out "nothing was sent"
"$tt" check "$@" >/dev/full 2>err </dev/null
got=$?
if [ $got -eq 4 ]; then ok "stdout that cannot be written: status 4"; else : >out; not_ok "full: status $got"; fi
# one output that fails costs none of the others
: >out
"$tt" check "$@" --save g.case --har g.har >/dev/full 2>err </dev/null
got=$?
if [ $got -eq 4 ] && [ -s g.case ] && [ -s g.har ]; then ok "... and the files are there"; else not_ok "status $got, g.case, g.har"; fi
rm -f g.case g.har
"$tt" check "$@" --save g.case >&- 2>err </dev/null
got=$?
if [ $got -eq 4 ] && [ -s g.case ]; then ok "stdout that is closed: status 4"; else not_ok "closed: status $got"; fi
rm -f g.case
want 4 "a HAR file that cannot be written" -- check "$@" -o g.txt --har /dev/full --save g.case
says err "/dev/full"
if [ -s g.case ] && [ -s g.txt ]; then ok "... the case and the report are there"; else not_ok "g.case, g.txt"; fi
want 1 "a log that cannot be written" -- check "$@" --log-file /dev/full
says err "the log is not whole"
# what was asked for and not done is no success
want 2 "--refresh without its step" -- check "$@" --steps verify --refresh --tokens-out none.json
says err "--steps leaves out"
sed -n "s/^[[:space:]]*\"access_token\":[[:space:]]*\"\([^\"]*\)\".*/\1/p" new.json >at2.txt
cp rt2.txt rt3.txt
chmod 600 at2.txt rt3.txt
set2() { want "$@" --issuer "$issuer" --client-id "$client" --client-secret-env TT_CS --access-token-file at2.txt; }
set2 0 "the token that came works" -- check
# reopened NAME: what --save and --har wrote of it has its verdict to the letter, and its status
verdict() { tr -d '\n' <"$1" | sed 's/.*"verdict":[[:space:]]*{\([^}]*\)}.*/\1/'; }
reopened() {
	for f in kept.case kept.har; do
		want 3 "$1: the status of $f" -- inspect $f --format json
		is "... its verdict" "$(verdict out)" "$(verdict kept.json)"
		says out "though it was asked for"
	done
	rm kept.*
}
keep="--save kept.case --har kept.har --format json -o kept.json"
set2 3 "a refresh without a refresh token" -- check --refresh --tokens-out none.json
says out "No refresh was done, though it was asked for:"
says out "--refresh-token-file FILE"
set2 3 "... in JSON" -- check --refresh --tokens-out none.json $keep
reopened "a refresh without a refresh token"
set2 3 "... and with one that was used" -- check --refresh --refresh-token-file rt.txt --tokens-out none.json
says out "No refresh was done, though it was asked for"
set2 3 "... in JSON" -- check --refresh --refresh-token-file rt.txt --tokens-out none.json $keep
reopened "a refresh with a token that was used"
: >nofolder
XDG_STATE_HOME=$work/nofolder; export XDG_STATE_HOME
set2 3 "... and without a place for the mark" -- check --refresh --refresh-token-file rt3.txt --tokens-out none.json
says out "cannot be written down first"
set2 3 "... in JSON" -- check --refresh --refresh-token-file rt3.txt --tokens-out none.json $keep
"$tt" inspect kept.case --format json >out 2>err </dev/null
says out "Not refreshed: that it is in flight cannot be written down first"
reopened "a refresh without a place for the mark"
unset XDG_STATE_HOME
set2 3 "a revocation of a token that is not there" -- check --revoke --revoke-token refresh $keep
reopened "a revocation that was not done"
want 2 "serve on a port that is taken" -- serve --port "$(sed -n 's/^ready port //p' serve.out)"
says err "cannot listen on 127.0.0.1 port"
{ kill -TERM $server; wait $server; got=$?; } 2>/dev/null
server=
if [ $got -eq 143 ]; then ok "serve: ended by SIGTERM is 128+15"; else : >out; not_ok "serve: status $got"; fi

# --- signals while a request is under way ---------------------------------------------------------
rm -f serve.out # the line waited for must be the new server's
"$tt" serve --scenario slow --tokens-out tokens.json >serve.out 2>serve.err </dev/null &
server=$!
wait_for '^ready' serve.out $server
member access_token >at.txt
"$tt" check --issuer "$(sed -n 's/^issuer //p' serve.out)" --timeout 600 --access-token-file at.txt \
    --log-file slow.jsonl >out 2>err </dev/null &
check=$!
wait_for 'GET .*userinfo' slow.jsonl $check
{ kill -TERM $check; wait $check; got=$?; } 2>/dev/null
if [ $got -eq 143 ]; then ok "check: ended by SIGTERM is 128+15"; else not_ok "check: status $got"; fi
{ kill $server; wait $server; } 2>/dev/null
server=

# --- inspect: bad input -----------------------------------------------------------------------------
: >empty
want_in empty 2 "inspect: empty" -- inspect
says err "empty"
want 2 "inspect: a file that is not there" -- inspect none
head -c 52428800 /dev/zero | tr '\0' 'A' >big
want 2 "inspect: 50 MB" -- inspect big
says err "too long for a token"
head -c 52428800 /dev/urandom >big
want 2 "inspect: 50 MB at random" -- inspect big
{ printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n'; cat big; } >big2
want_in big2 1 "inspect: an HTTP response of 50 MB" -- inspect --step userinfo
rm -f big big2
printf '\000\001\002\377\376' >bin
want 2 "inspect: binary" -- inspect bin
says err "bin: line 1: binary data"
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "["; }' >deep
want 2 "inspect: deeply nested JSON" -- inspect deep
printf '{"active":true,"active":false,"exp":"x"}' >dup
"$tt" inspect dup >out 2>err
got=$?
if [ $got -le 3 ] && [ $got -ne 2 ]; then ok "inspect: duplicate keys"; else not_ok "duplicate keys: status $got"; fi
printf 'the user says that it does not work any more since monday' >prose
want 2 "inspect: prose" -- inspect prose
says err "not understood"
printf 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error="invalid_token", error_description="\033[2JThe token expired"\r\n\r\n' >resp
want 1 "inspect: an HTTP response" -- inspect --step userinfo resp
if grep -q "$(printf '\033')" out; then not_ok "an escape passed"; else ok "... escapes are visible"; fi
printf 'token' | gzip -c >gz
want 2 "inspect: gzip" -- inspect gz
says err "gz: this is compressed (gzip)"
printf '\377\376a\000t\000-\0001\0002\0003\0004\0005\0006\0007\0008\0009\000' >utf16
want 0 "inspect: UTF-16 with its mark" -- inspect utf16
says err "UTF-16"
printf 'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error="invalid_token", error_description="abgelaufen f\374r immer, expired"\n\n' >cp1252
want 1 "inspect: bytes of a Windows code page" -- inspect cp1252
printf '{"log":{"entries":[\n{"request":{"method":"GET","url":"https://a.example/userinfo","headers":[]},"response":{"status":401}},\n{"requ' >cut.har
want 3 "inspect: a HAR file that was cut off" -- inspect cut.har
says err "line 3: the file is cut off"
printf '{"log":{"entries":[]}}' >empty.har
want 2 "inspect: a HAR file without a token" -- inspect empty.har
says err "empty.har: a HAR file of 0 entries"
printf 'abc\ndef\001' >ctl
want 2 "inspect: a control character in a text" -- inspect ctl
says err "ctl: line 2: binary data"
printf 'Authorization: Bearer \n' >hdr
want 1 "inspect: an Authorization header without a token" -- inspect hdr
# --- explain ------------------------------------------------------------------------------------------
want 0 "explain lists" -- explain
says out token-expired
want 0 "explain a finding" -- explain token-expired
says out remedy
says out "told apart"
want 0 "explain an error" -- explain invalid_grant
says out meaning
want 2 "explain what nobody knows" -- explain qwertyuiop
for f in $("$tt" explain | sed "/^Error codes/d;s/ .*//"); do
	"$tt" explain "$f" >out 2>err && grep -q meaning out || not_ok "explain $f"
done
# --- demo ---------------------------------------------------------------------------------------------
want 0 "demo --lessons" -- demo --lessons
cut -d' ' -f1 out >lessons
[ "$(sort -u lessons | wc -l)" -eq "$(wc -l <lessons)" ] || not_ok "a lesson comes twice"
[ "$(wc -l <lessons)" -ge 10 ] || not_ok "a path of few lessons"
if grep -E '^[^ ]+ *$' out >err; then not_ok "a lesson without a goal"; fi
want 0 "demo --list" -- demo --list
cut -d' ' -f1 out | sort >names
sort lessons | comm -23 - names | grep . >err && not_ok "a lesson that is no scenario"
says out expired
for s in $(cut -d' ' -f1 out); do
	want 0 "demo $s finds its cause" -- demo "$s"
	if grep -E '(Next:|remedy) .*step [1-5]' out >err; then not_ok "the report of $s speaks of the wizard's steps"; fi
done
want 0 "a hint is what was looked for" -- demo expiring
says err "expected token-expires-soon, found as a hint (ok)"
says out "Next: Refresh it: tokentriage check --refresh --tokens-out FILE."
want 0 "... and of a signed answer" -- demo signed-userinfo
says err "found as a hint (ok)"
want 0 "a cause and its effect" -- demo rotated
says out "  ✗ refresh-token-rotated"
says out "  └─ ✗ token-expired"
want 0 "... in ASCII" -- demo rotated --ascii
says out '  `- x token-expired'
want 2 "a scenario that is not there" -- demo none
want 0 "demo without a name" -- demo
says out token-expired

echo "1..$n"
[ $failed -eq 0 ]
