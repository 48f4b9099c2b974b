#!/bin/sh
# What users send, through the real program: inspect must name the cause first and end with the
# status that its verdict says.  The tables are inspect/*.txt:
#
#   # comment, before the first case only
#   == NAME STATUS ID [taken as WORDS]     then the text as it was sent, to the next ==
#
# ID is the first finding, or "-": no finding above information.  @JWT_OLD@, @JWT_GOOD@ stand for
# tokens that expired in 2023 or will in 2100, @ES256@ for one whose signature is cut, @JWT_OLD_WRAPPED@,
# @JWT_OLD_WRAPPED2@ and @JWT_OLD_FLOWED@ for the first as mail programs quote it.
#
# Whole files, byte for byte (HAR of browsers and proxies, traces, logs, mails), are in inspect/recorded/, each
# a line of its table `expected`: FILE STATUS ID.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work XDG_STATE_HOME=$work
export HOME XDG_CONFIG_HOME XDG_STATE_HOME
tables=${INSPECTED:-"${srcdir:-.}/tests/cli/inspect/*.txt"}
recorded=${RECORDED:-"${srcdir:-.}/tests/cli/inspect/recorded"}

b64url() { base64 | tr -d '\n=' | tr '+/' '-_'; }
sig=$(awk 'BEGIN { while (i++ < 342) printf "A" }')
head=$(printf '{"alg":"RS256","typ":"at+jwt","kid":"k1"}' | b64url)
jwt() { printf '%s.%s.%s' "$head" "$(printf '%s' "$1" | b64url)" "$sig"; }
old=$(jwt '{"iss":"https://idp.example","sub":"u","aud":"api","scope":"openid","iat":1700000000,"exp":1700003600}')
good=$(jwt '{"iss":"https://idp.example","sub":"u","aud":"api","scope":"openid","iat":1700000000,"exp":4102444800}')
cut=$(printf '%s' "$good" | cut -c 1-300)
# as mail programs break it: quoted, quoted twice, with format=flowed (a blank at the end of a broken line)
wrapped=$(printf '%s' "$old" | fold -w 72 | sed '2,$s/^/> /' | awk '{ printf "%s%s", n++ ? "\\n" : "", $0 }')
wrapped2=$(printf '%s' "$old" | fold -w 72 | sed '2,$s/^/> > /' | awk '{ printf "%s%s", n++ ? "\\n" : "", $0 }')
flowed=$(printf '%s' "$old" | fold -w 72 | sed '2,$s/^/> /; $!s/$/ /' | awk '{ printf "%s%s", n++ ? "\\n" : "", $0 }')

awk -v work="$work" -v old="$old" -v good="$good" -v cut="$cut" -v wrapped="$wrapped" -v wrapped2="$wrapped2" -v flowed="$flowed" '
	/^== / {
		if (file) close(file)
		file = sprintf("%s/%04d", work, ++n)
		status = $3; id = $4; name = $2; as = ""
		if (NF > 6) { as = $0; sub(/.* taken as /, "", as) }
		print file "\t" name "\t" status "\t" id "\t" as >(work "/list")
		printf "" >file
		next
	}
	file { gsub(/@JWT_OLD@/, old); gsub(/@JWT_GOOD@/, good); gsub(/@JWT_CUT@/, cut)
		gsub(/@JWT_OLD_WRAPPED@/, wrapped); gsub(/@JWT_OLD_WRAPPED2@/, wrapped2); gsub(/@JWT_OLD_FLOWED@/, flowed); print >file }
' $tables || exit 99

# a file that is not in the table would not be looked at
sed -n 's/^\([^# ][^ ]*\) \([0-3]\) \([a-z0-9-]*\)$/\1 \2 \3/p' "$recorded/expected" >"$work/recorded"
for file in "$recorded"/*; do
	[ "${file##*/}" = expected ] || grep -q "^${file##*/} " "$work/recorded" || {
		echo "Bail out! ${file##*/} is not in $recorded/expected"
		exit 99
	}
done
while read -r name status id; do
	printf '%s\t%s\t%s\t%s\t\n' "$recorded/$name" "$name" "$status" "$id"
done <"$work/recorded" >>"$work/list"

echo "1..$(($(wc -l <"$work/list")))"
n=0 failed=0
tab=$(printf '\t')
while IFS="$tab" read -r file name status id as; do
	n=$((n + 1))
	rm -f "$work/case"
	"$TOKENTRIAGE" inspect --format json --save "$work/case" "$file" >"$work/out" 2>"$work/err"
	got=$? why=
	# the findings stand between these two members
	ids=$(sed -n '/^  "findings"/,/^  "steps"/s/^      "id": "\(.*\)",$/\1/p' "$work/out" | tr '\n' ' ')
	state=$(sed -n 's/^    "state": "\(.*\)",$/\1/p' "$work/out" | head -1)
	[ "$got" -eq "$status" ] || why="status $got, not $status"
	case $got:$state in
	0:ok | 1:problem | 3:undetermined | 2:) ;;
	*) why="$why; status $got with the verdict $state" ;;
	esac
	if [ "$id" = - ]; then
		[ "$got" -eq 2 ] || ! grep -qE '"severity": "(error|warning)"' "$work/out" || why="$why; found $ids"
	else
		[ "${ids%% *}" = "$id" ] || why="$why; found ${ids:-nothing}"
	fi
	# the saved case gives the same findings and status
	if [ "$got" -ne 2 ]; then
		"$TOKENTRIAGE" inspect --format json "$work/case" >"$work/again" 2>>"$work/err"
		[ $? -eq "$got" ] || why="$why; another status of the saved case"
		again=$(sed -n '/^  "findings"/,/^  "steps"/s/^      "id": "\(.*\)",$/\1/p' "$work/again" | tr '\n' ' ')
		[ "$again" = "$ids" ] || why="$why; the saved case: ${again:-nothing}, not ${ids:-nothing}"
		cat "$work/case" >>"$work/out"
	fi
	# a sentence has its subject and its objects: no hole where a host's name would stand
	grep -qE '"summary": "( |\(|redirects |took |closed )|"summary": ".*( \.|  | to (could|\()| at \(| of (\.|has)|that showed|name \(|within 0 s)' \
		"$work/out" && why="$why; $(grep -m1 '"summary"' "$work/out")"
	# a reply says that the sign-in works only of user information that came
	! grep -q '"reply": ".*your sign-in works' "$work/out" ||
		grep -qE '"purpose": "(userinfo|resource)"' "$work/out" || why="$why; the reply says more than is known"
	# one truth about steps: the first finding's own step is not one that the list calls skipped
	step=$(sed -n '/^  "findings"/,/^  "steps"/s/^      "step": "\(.*\)",$/\1/p' "$work/out" | head -1)
	[ "$got" -ne 1 ] || ! sed -n '/^  "steps"/,$p' "$work/out" | grep -A1 "^      \"id\": \"$step\"" |
		grep -q '"state": "skipped"' || why="$why; the problem is in step $step, which is called skipped"
	[ -z "$as" ] || grep -qF "taken as $as" "$work/err" || why="$why; $(head -1 "$work/err")"
	grep -qF -e "$sig" -e s3cr3t-value "$work/out" "$work/err" && why="$why; holds a secret"
	# nor the signature of any token of the file
	grep -aoE 'eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{40,}' "$file" | sed 's/.*\.//' >"$work/sigs"
	grep -qFf "$work/sigs" "$work/out" "$work/err" && why="$why; holds a signature"
	if [ -z "$why" ]; then
		echo "ok $n - $name"
	else
		failed=$((failed + 1))
		echo "not ok $n - $name: $why"
	fi
done <"$work/list"
[ $failed -eq 0 ]
