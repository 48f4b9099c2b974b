#!/bin/sh
# The suite: builds, tests, the tarball's own build and test, sanitizers, valgrind.  Ends with one
# line "N passed, N failed, N skipped" that counts single tests, and fails if anything failed or any
# test was skipped.
set -eu

top=$1
long=${2-}
jobs=$(nproc 2>/dev/null || echo 2)
work=${TT_SUITE_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/tokentriage-suite.XXXXXX")}
passed=0 failed=0 skipped=0
broken=

[ -n "${TT_SUITE_DIR-}" ] || trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

headline() {
	printf '\n== %s (%s s)\n' "$1" "$(($(date +%s) - begun))"
}
begun=$(date +%s)

# Adds up the .trs files below a build folder: one line ":test-result: PASS name" a test.
count() {
	results=$(find "$1" -name '*.trs' -exec sed -n 's/^:test-result: \([A-Z]*\).*/\1/p' {} +)
	p=$(printf '%s\n' "$results" | grep -c -E '^(PASS|XFAIL)$' || :)
	f=$(printf '%s\n' "$results" | grep -c -E '^(FAIL|XPASS|ERROR)$' || :)
	s=$(printf '%s\n' "$results" | grep -c -E '^SKIP$' || :)
	printf '%s: %d passed, %d failed, %d skipped\n' "$2" "$p" "$f" "$s"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	if [ "$p" -eq 0 ]; then
		printf '%s: no test ran\n' "$2"
		broken=1
	fi
}

# The logs of the tests that failed, so that a run can be understood from what it printed.
show_failures() {
	find "$1" -name '*.trs' -exec grep -lE '^:test-result: (FAIL|XPASS|ERROR)' {} + 2>/dev/null |
	while read -r trs; do
		printf -- '--- %s\n' "${trs%.trs}.log"
		grep -nE '^(not ok|Bail out|#)' "${trs%.trs}.log" | head -60 || :
		tail -n 15 "${trs%.trs}.log"
	done
}

# run NAME FOLDER COMMAND...: a make run whose tests are counted
run() {
	name=$1 folder=$2
	shift 2
	headline "$name"
	"$@" >"$work/$name.log" 2>&1 || {
		printf '%s failed; the end of its output:\n' "$name"
		tail -n 40 "$work/$name.log"
		broken=1
		show_failures "$folder"
	}
	count "$folder" "$name"
}

configure() {
	folder=$1
	shift
	mkdir -p "$folder"
	(cd "$folder" && "$top/configure" -q "$@")
}

# step NAME COMMAND...: something that passes or fails as one test
step() {
	name=$1
	shift
	headline "$name"
	if "$@" >"$work/$name.log" 2>&1; then
		passed=$((passed + 1))
		printf '%s: passed\n' "$name"
	else
		failed=$((failed + 1))
		printf '%s: failed\n' "$name"
		tail -n 40 "$work/$name.log"
	fi
}

headline "set-up"
"$top/tests/real/setup.sh" "$TT_NODE_MODULES"
(cd "$top" && autoreconf -fi >/dev/null)

headline "build"
configure "$work/gcc" --enable-werror
make -s -C "$work/gcc" -j"$jobs"

run gcc "$work/gcc" make -s -C "$work/gcc" -j"$jobs" -k check
headline "clang"
configure "$work/clang" --enable-werror CC=clang
step clang-build make -s -C "$work/clang" -j"$jobs"
configure "$work/asan" --enable-asan --enable-ubsan CC=clang CFLAGS='-O1 -g'
run asan-ubsan "$work/asan" make -s -C "$work/asan" -j"$jobs" -k check \
	TESTS='$(UNIT_TESTS) $(SANITIZER_TESTS)'
configure "$work/valgrind" CFLAGS='-O1 -g'
run valgrind "$work/valgrind" make -s -C "$work/valgrind" -j"$jobs" -k check-valgrind
# each fuzzer for a while, so that what a change breaks in a parser is seen at once
configure "$work/fuzz" --enable-fuzzing --enable-asan --enable-ubsan CC=clang CFLAGS='-O1 -g'
run fuzz "$work/fuzz" make -s -C "$work/fuzz" -j"$jobs" check-fuzz ${long:+TT_FUZZ_SECONDS=600}
run distcheck "$work/gcc" env DISTCHECK_CONFIGURE_FLAGS=-q make -s -C "$work/gcc" -j"$jobs" distcheck
if [ -n "$long" ]; then
	run asan-real "$work/asan" make -s -C "$work/asan" -k check TESTS=tests/real/real.tap.sh
	run asan-random "$work/asan" env TT_RANDOM_EVENTS=200000 make -s -C "$work/asan" -k check TESTS=tests/pty/random
	step bench make -s -C "$work/gcc" bench
fi

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ -z "$broken" ] && [ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ]
