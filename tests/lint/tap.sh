# For the lints, to be sourced: every rule prints what it finds wrong, nothing if all is well.
# expect_clean NAME COMMAND...: the rule finds nothing.
# expect_found NAME COMMAND...: the rule finds something; shows that it can.

: "${srcdir:?run by make check, or with srcdir set to the top of the source tree}"
tap_n=0
tap_failed=0
tmp=$(mktemp -d "${TMPDIR:-/tmp}/lint.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM

tap_result() { # ok|"not ok" NAME
	tap_n=$((tap_n + 1))
	printf '%s %d - %s\n' "$1" "$tap_n" "$2"
	[ "$1" = ok ] || tap_failed=1
}

tap_skip() { # NAME REASON
	tap_n=$((tap_n + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_n" "$1" "$2"
}

expect_clean() {
	tap_name=$1
	shift
	if tap_out=$("$@" 2>&1) && [ -z "$tap_out" ]; then
		tap_result ok "$tap_name"
	else
		printf '%s\n' "$tap_out" | sed 's/^/# /'
		tap_result 'not ok' "$tap_name"
	fi
}

expect_found() {
	tap_name=$1
	shift
	tap_out=$("$@" 2>&1)
	if [ -n "$tap_out" ]; then
		tap_result ok "$tap_name"
	else
		tap_result 'not ok' "$tap_name"
	fi
}

tap_done() {
	printf '1..%d\n' "$tap_n"
	exit "$tap_failed"
}
