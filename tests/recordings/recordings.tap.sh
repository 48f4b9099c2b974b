#!/bin/sh
# HAR files of Chromium's DevTools and of mitmproxy (Debian's packages; CHROMIUM and MITMDUMP name others): without them this
# fails, it is not skipped.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work/xdg XDG_STATE_HOME=$work/state; export HOME XDG_CONFIG_HOME XDG_STATE_HOME
"${NODE:-node}" "$srcdir/tests/recordings/recordings.mjs"
