#!/bin/sh
# Every scenario through the whole program: `demo NAME` without a terminal finds the cause the
# scenario was made for, or says that all is well.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work XDG_STATE_HOME=$work
export HOME XDG_CONFIG_HOME XDG_STATE_HOME

names=$("$TOKENTRIAGE" demo --list | cut -d' ' -f1)
set -- $names
echo "1..$(($# + 1))"
n=0
for s in "$@"; do
	n=$((n + 1))
	if "$TOKENTRIAGE" demo "$s" </dev/null >"$work/out" 2>"$work/err"; then
		echo "ok $n - $s"
	else
		echo "not ok $n - $s"
		sed 's/^/# /' "$work/err" "$work/out"
	fi
done

# A scenario that does not exist is a mistake in usage.
n=$((n + 1))
"$TOKENTRIAGE" demo no-such-scenario </dev/null >/dev/null 2>&1
[ $? -eq 2 ] && echo "ok $n - an unknown scenario" || echo "not ok $n - an unknown scenario"
