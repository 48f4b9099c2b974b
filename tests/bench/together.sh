#!/bin/sh
# The sources of which something runs up to the first screen and a quit right after it, one a line: what
# src/cli/together.txt should list.  Needs valgrind and script(1), and the build tree of a configure --enable-debug:
#   ../tests/bench/together.sh | diff ../src/cli/together.txt -
set -eu
dir=$(mktemp -d "${TMPDIR:-/tmp}/together.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# With an empty configuration, as the benchmark has it; ended when it says that its screen is there.
mkfifo "$dir/idle"
env -i PATH="$PATH" TERM=xterm-256color LC_ALL=C.UTF-8 HOME="$dir" XDG_CONFIG_HOME="$dir" TOKENTRIAGE_IDLE_FD=9 \
	script -qec "echo \$\$ >'$dir/pid'; exec 9>'$dir/idle' \
		valgrind -q --tool=callgrind --callgrind-out-file='$dir/out' '$PWD/tokentriage'" \
	/dev/null </dev/null >/dev/null &
read -r _ <"$dir/idle"
kill "$(cat "$dir/pid")"
wait $! || : # by the signal

# ob= and fl= say which object and file the costs behind them are of; a name stands there once, then its number alone.
awk -F'[()]' '
	/^c?ob=/ && $3 { object[$2] = $3 }
	/^c?f[lie]=/ && $3 { file[$2] = $3 }
	/^ob=/ { ours = object[$2] ~ /tokentriage$/ }
	/^fl=/ && ours && file[$2] ~ /\/src\/[a-z]+\/[a-z0-9-]+[.]c$/ {
		n = split(file[$2], part, "/")
		print part[n - 1] "/" substr(part[n], 1, length(part[n]) - 2)
	}
' "$dir/out" | grep -vx cli/main | sort -u
