#!/bin/sh
# Reports of every scenario of the embedded server, and of bad input, against doc/report.schema.json.
# Needs ajv of $TT_NODE_MODULES (tests/real/setup.sh): without it this fails, it is not skipped.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
HOME=$work; export HOME
mkdir "$work/r"

for s in $("$TOKENTRIAGE" demo --list | cut -d' ' -f1); do
	"$TOKENTRIAGE" demo "$s" --format json -o "$work/r/$s.json" </dev/null >/dev/null 2>&1
done
for mode in names none; do
	"$TOKENTRIAGE" demo healthy --claims "$mode" --format json -o "$work/r/claims-$mode.json" </dev/null >/dev/null 2>&1
done
printf 'Bearer eyJhbGciOiJub25lIn0.e30.' |
    "$TOKENTRIAGE" inspect --format json -o "$work/r/inspect-token.json" >/dev/null 2>&1
printf 'a\033[31mb\nc\377\342\200\256d' |
    "$TOKENTRIAGE" inspect --format json -o "$work/r/inspect-binary.json" >/dev/null 2>&1
printf 'HTTP/1.1 401 \033]0;x\007\r\nWWW-Authenticate: Bearer error="invalid_token", error_description="\302\205\033[2J"\r\n\r\n{"a\\u0007":"\\u001b[31m"}' |
    "$TOKENTRIAGE" inspect --step userinfo --format json -o "$work/r/inspect-escapes.json" >/dev/null 2>&1
"$TOKENTRIAGE" check --issuer http://127.0.0.1:1 --access-token-file /dev/stdin --format json \
    -o "$work/r/refused.json" >/dev/null 2>&1 <<T
opaque-token-of-no-server
T
"${NODE:-node}" "$srcdir/tests/cli/validate.mjs" "$srcdir/doc/report.schema.json" "$work"/r/*.json
