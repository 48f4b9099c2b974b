# The head of a shell test, to be sourced: a folder of its own that is home and working folder and goes when the
# test ends, a server that ends with it, and TAP's lines; $tt is the program.

set -u
: "${srcdir:?run by make check, or with srcdir set to the top of the source tree}"
tt=${TOKENTRIAGE:?the program to test}
case $tt in /*) ;; *) tt=$(pwd)/$tt ;; esac
work=$(mktemp -d "${TMPDIR:-/tmp}/tt.XXXXXX") || exit 99
server= # a process that the test started
scratch_end() {
	[ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
	rm -rf "$work"
}
trap scratch_end EXIT
HOME=$work XDG_CONFIG_HOME=$work/xdg XDG_STATE_HOME=$work/state
export HOME XDG_CONFIG_HOME XDG_STATE_HOME
cd "$work" || exit 99

n=0 failed=0
result() { # ok|"not ok" NAME
	n=$((n + 1))
	echo "$1 $n - $2"
	[ "$1" = ok ] || failed=1
}
note() { sed 's/^/# /' "$1" | head -n "${2-12}"; } # FILE [LINES]
ok() { result ok "$1"; }
# with what the program wrote last, where a test keeps it in out and err
not_ok() {
	result 'not ok' "$1"
	for scratch_file in out err; do
		[ -e $scratch_file ] && sed "s/^/# $scratch_file: /" $scratch_file | head -n 12
	done
}
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1: $2, not $3"; fi; } # NAME GOT WANTED

# wait_for PATTERN FILE PID: until the file has the line, or the process is gone, or a minute has passed.
wait_for() {
	scratch_i=0
	until grep -q -- "$1" "$2" 2>/dev/null || [ $scratch_i -ge 1200 ]; do
		scratch_i=$((scratch_i + 1))
		kill -0 "$3" 2>/dev/null || break
		sleep 0.05
	done
	grep -q -- "$1" "$2"
}
