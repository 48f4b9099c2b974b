#!/bin/sh
# glewlwyd.sh ROOT CONF SECONDS: runs the glewlwyd unpacked in ROOT with the
# configuration CONF, in the foreground, until standard input closes, SECONDS
# have gone by, or it ends by itself; nothing is left behind.
set -eu
[ $# -eq 3 ] || { echo "usage: glewlwyd.sh ROOT CONF SECONDS" >&2; exit 2; }

exec 3<&0
timeout -k 5 "$3" "$1/usr/bin/glewlwyd" --config-file="$2" 3<&- </dev/null &
server=$!
{ cat <&3 >/dev/null; kill "$server" 2>/dev/null; } &
watch=$!
exec 3<&-
trap 'kill "$server" 2>/dev/null || :' INT TERM HUP
status=0
wait "$server" || status=$?
kill "$watch" 2>/dev/null || :
exit "$status"
