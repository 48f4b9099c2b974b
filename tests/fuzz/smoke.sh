#!/bin/sh
# Each fuzzer for a while (TT_FUZZ_SECONDS, 20), from the kept corpus and with its dictionary, as many
# at once as there are processors.  What it finds is left in TT_FUZZ_KEEP (a folder of the build).
# The same inputs in the same order at every run, so that a red one can be had again; TT_FUZZ_SEED=0
# goes where none went before.
set -u
seconds=${TT_FUZZ_SECONDS:-20}
seed=${TT_FUZZ_SEED:-20260131}
keep=${TT_FUZZ_KEEP:-$builddir/tests/fuzz/found}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
mkdir -p "$keep"
n=0 failed=0

fuzz_one() {
	mkdir -p "$work/$1"
	dict=$srcdir/tests/fuzz/dict/$1.dict
	[ -f "$dict" ] || dict=/dev/null
	"$builddir/tests/fuzz/fuzz_$1" -seed="$seed" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-max_len=65536 -print_final_stats=1 -artifact_prefix="$keep/$1-" -dict="$dict" \
		"$work/$1" "$srcdir/tests/fuzz/corpus/$1" >"$work/$1.log" 2>&1
	echo $? >"$work/$1.rc"
}

finish_one() {
	name=$1 pid=$2
	wait "$pid"
	n=$((n + 1))
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
	if [ "$(cat "$work/$name.rc")" -eq 0 ] && [ "${runs:-0}" -gt 100 ]; then
		echo "ok $n - fuzz_$name: ${seconds} s, $runs inputs"
	else
		echo "not ok $n - fuzz_$name"
		# from the sanitizer's first line on: what, where, by whom called
		sed -n '/==ERROR\|runtime error\|HOLDS/,$p' "$work/$name.log" | head -n 40 | sed 's/^/# /'
		[ -s "$work/$name.log" ] && tail -n 8 "$work/$name.log" | sed 's/^/# /'
		failed=1
	fi
}

jobs=$(nproc 2>/dev/null || echo 2)
[ "$#" -gt 0 ] || set -- ${TT_FUZZERS:?"set by make check-fuzz"}
while [ $# -gt 0 ]; do
	running=
	for k in $(seq "$jobs"); do
		[ $# -gt 0 ] || break
		fuzz_one "$1" &
		running="$running $1:$!"
		shift
	done
	for r in $running; do finish_one "${r%:*}" "${r#*:}"; done
done
echo "1..$n"
exit $failed
