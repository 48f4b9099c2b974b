#!/bin/sh
# The benchmark runs and fills its table: every row of rows.def.  No figure is judged, and a row may
# stay empty only where the system does not let itself be looked into, or is too busy for hello.
set -u
dir=${builddir:-.}
out=$(mktemp "${TMPDIR:-/tmp}/bench-smoke.XXXXXX") || exit 99
trap 'rm -f "$out"' EXIT

rows=$(sed -n 's/^ROW([A-Z_]*, "\([^"]*\)".*/\1/p' "$srcdir/tests/bench/rows.def")
count=$(printf '%s\n' "$rows" | grep -c .)
echo "1..$((count + 2))"
n=1
if "$dir/tests/bench/bench" --program "$TOKENTRIAGE" --hello "$dir/tests/bench/hello" \
	--screens "$dir/tests/ui/try-ui" --pairs 2 --idle 2 --records 20000 >"$out" 2>&1; then
	echo "ok 1 - the harness runs"
else
	echo "not ok 1 - the harness runs"
fi
sed 's/^/# /' "$out"

IFS='
'
for row in $rows; do
	n=$((n + 1))
	line=$(grep -F "| $row |" "$out")
	if [ -z "$line" ]; then
		echo "not ok $n - $row: no such row"
	elif printf '%s\n' "$line" | grep 'not measured' | grep -qvE 'run as root|of hello followed'; then
		echo "not ok $n - $row: not measured"
	else
		echo "ok $n - $row"
	fi
done

# A harness that cannot tell two equal programs is of no use: hello against itself.
n=$((n + 1))
same=$("$dir/tests/bench/bench" --program "$dir/tests/bench/hello" --hello "$dir/tests/bench/hello" \
	--pairs 2 --only screen 2>&1 | awk -F' *[|] *' '
		$2 == "bytes for a moved selection" && $4 == $5 && $4 + 0 > 0 { bytes = 1 }
		$2 == "writes of the first screen" && $4 == $5 { writes = 1 }
		END { print bytes + writes }')
if [ "$same" = 2 ]; then
	echo "ok $n - the same program gives the same bytes and writes"
else
	echo "not ok $n - the same program gives the same bytes and writes"
fi
