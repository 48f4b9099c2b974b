#!/bin/sh
# Single replies through the real program: inspect --step must name the cause first, or, where one
# reply cannot tell, among the first three.  The tables are replies/*.txt:
#
#   # comment
#   == NAME STEP ID [among REASON]     then the response as it came, to the next ==
#
# ID may be "ok" (no finding at all, or none above information).  "among": one of the first three,
# and the reason says what is not in the reply.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work XDG_STATE_HOME=$work
export HOME XDG_CONFIG_HOME XDG_STATE_HOME
tables=${REPLIES:-"${srcdir:-.}/tests/cli/replies/*.txt"}

# One file per reply, and a list of what is expected of it.
awk -v work="$work" '
	/^# / { next }
	/^== / {
		if (file) close(file)
		file = sprintf("%s/%04d.http", work, ++n)
		among = $5 == "among"; $1 = ""
		name = $2; step = $3; id = $4; why = ""
		for (i = 6; i <= NF; i++) why = why " " $i
		print file, name, step, id, (among ? "among" : "first"), why >(work "/list")
		printf "" >file
		next
	}
	file { print >file }
' $tables || exit 99

echo "1..$(($(wc -l <"$work/list")))"
n=0 failed=0
while read -r file name step id place why; do
	n=$((n + 1))
	"$TOKENTRIAGE" inspect --step "$step" --format json "$file" >"$work/out" 2>"$work/err"
	status=$?
	# the findings stand between these two members
	ids=$(sed -n '/^  "findings"/,/^  "steps"/s/^      "id": "\(.*\)",$/\1/p' "$work/out" | tr '\n' ' ')
	set -- $ids
	case $place:$id in
	first:ok) [ $status -eq 0 ] && good=1 || good=0 ;;
	first:*) [ "${1-}" = "$id" ] && good=1 || good=0 ;;
	*) case " ${1-} ${2-} ${3-} " in *" $id "*) good=1 ;; *) good=0 ;; esac
		[ -n "$why" ] || good=0 ;;
	esac
	if [ $good -eq 1 ]; then
		echo "ok $n - $name: $id"
	else
		failed=$((failed + 1))
		echo "not ok $n - $name: $id expected, found: ${ids:-nothing} (status $status)"
		sed 's/^/# /' "$work/err"
	fi
done <"$work/list"
echo "# $((n - failed)) of $n"
