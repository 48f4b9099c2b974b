#!/bin/sh
# The sources of which something runs up to the first screen and a quit right after it, one a line: what
# src/cli/together.txt should list.  Needs valgrind and script(1).  From the build tree:
#   ../tests/bench/together.sh | diff ../src/cli/together.txt -
# Functions are found by their names: of those that several sources have for one of their own nothing is said.
set -eu
export LC_ALL=C
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

# src/libttui.a:libttui_a-app.o:0000 T ui_run -> ui_run ui/app
nm -A src/libtt*.a 2>/dev/null | sed -n 's|^src/libtt\([a-z]*\)\.a:\([^:]*\)\.o:[0-9a-f]* [tT] |\1 \2 |p' |
	awk '{ sub("^libtt" $1 "_a-", "", $2); print $3, $1 "/" $2 }' | sort -u >"$dir/where"

# A name stands there once, "(17) ui_run'2", then its number alone.
sed -n "s/^c\{0,1\}fn=([0-9]*) \([^']*\).*/\1/p" "$dir/out" | sort -u >"$dir/run"

awk '{ n[$1]++; at[$1] = $2 } END { for (f in n) if (n[f] == 1) print f, at[f] }' "$dir/where" | sort |
	join - "$dir/run" | cut -d ' ' -f 2 | sort -u
