#!/bin/sh
# compare: which difference explains that one works and the other does not.
. "${srcdir:?}/tests/scratch.sh"
of() { "$NODE" -p "const r = JSON.parse(require('fs').readFileSync('out')); $1"; }

"$tt" demo healthy --save healthy.case >out 2>err </dev/null
while read -r scenario cause fact; do
	"$tt" demo "$scenario" --save "$scenario.case" >out 2>err </dev/null
	"$tt" compare healthy.case "$scenario.case" --format json >out 2>err; status=$?
	is "$scenario: explained by $fact" "$status $(of '[r.outcome, r.cause, r.explained_by].join(" ")')" "1 a-works $cause $fact"
done <<'END'
expired token-expired life
not-yet-valid token-not-yet-valid life
missing-openid userinfo-missing-openid-scope scope
insufficient-scope insufficient-scope scope
wrong-audience wrong-audience aud
unknown-key jwks-unknown-kid kid
id-token id-token-as-access-token role of the token
truncated token-truncated form of the token
dpop-bound dpop-bound-sent-as-bearer bound to
mtls-bound mtls-bound-without-cert bound to
session-ended sso-session-ended user information
user-disabled user-disabled-or-deleted sub
wrong-secret client-secret-wrong introspecting client
no-such-host dns-failure address of the query
skewed-server clock-skew-server clock of the server
html-login html-login-page type of the answer
unknown-authority tls-unknown-ca TLS
proxy proxy-407 proxy
wrong-path wrong-endpoint-path address of the query
END

"$tt" compare expired.case healthy.case --format json >out 2>err
is "the other way round" "$(of '[r.outcome, r.explained_by, r.differences[0].a, r.differences[0].b].join()')" "b-works,life,expired,not expired"
"$tt" compare healthy.case healthy.case --format json >out 2>err; status=$?
is "the same twice: nothing wrong, nothing differs" "$status $(of '[r.outcome, r.differences.length, r.explained_by].join()')" "0 both-work,0,"
"$tt" demo skewed-clock --save skewed-clock.case >out 2>err </dev/null
"$tt" compare healthy.case skewed-clock.case --format json >out 2>err; status=$?
is "both work, one with a warning" "$status $(of '[r.outcome, r.summary].join()')" "0 both-work,Both work; what was found all the same stands above."
"$tt" compare expired.case expired.case --format json >out 2>err
is "one cause twice" "$(of r.outcome)" same-cause
"$tt" compare expired.case unknown-key.case --format json >out 2>err
is "two causes" "$(of r.outcome)" two-causes

"$tt" compare healthy.case expired.case >out 2>err; status=$?
grep -q '^It works for A and not for B: The access token expired' out && grep -A3 '^The difference that explains it' out | grep -q 'B  expired' &&
	grep -q '^The same in both: ' out && [ $status -eq 1 ] && result ok "as text" || result "not ok" "as text: $status"
"$tt" compare healthy.case expired.case --format json -o file.json >out 2>err
[ ! -s out ] && [ -s file.json ] && result ok "into a file" || result "not ok" "into a file"

# two tokens, and a reply on stdin
b64() { printf %s "$1" | base64 | tr -d '=\n' | tr '/+' '_-'; }
token() { printf '%s.%s.%s' "$(b64 '{"alg":"ES256","kid":"k1"}')" "$(b64 "$1")" "$(b64 'a signature of 64 bytes, as ES256 has, that nobody looks at here')"; }
token '{"iss":"https://idp.example","sub":"u1","aud":"api","exp":4102444800,"scope":"openid profile","roles":["reader"]}' >a
token '{"iss":"https://idp.example","sub":"u2","aud":"other","exp":1600000000,"scope":"openid profile","roles":["writer"]}' >b
"$tt" compare a b --format json >out 2>err; status=$?
is "two tokens" "$status $(of '[r.outcome, r.explained_by, r.differences.map(d => d.fact).join()].join(" ")')" "1 a-works life life,aud,roles,sub,exp"
[ "$(of 'r.differences.find(d => d.fact === "roles").b')" = '["writer"]' ] && result ok "claims that no rule knows are compared, too" || result "not ok" "roles"
"$tt" compare - b --format json <a >out 2>err
is "one from stdin" "$(of r.outcome)" a-works

# usage
for args in '' a '- -' 'a none' 'a b --format junit'; do
	"$tt" compare $args >out 2>err </dev/null; status=$?
	[ $status -eq 2 ] && [ ! -s out ] && [ -s err ] && result ok "usage: compare $args" || result "not ok" "compare $args: $status"
done
echo "1..$n"
exit $failed
