#!/bin/sh
# What runs up to the first screen stands together in the program: a source that is not on the list costs some 64 KiB of
# memory.  One that is on it and does not run costs its own size, and is let be.
set -u
echo 1..1
if ! command -v valgrind >/dev/null; then
	echo "ok 1 - src/cli/together.txt has what runs # SKIP no valgrind"
	exit 0
fi
out=$(mktemp "${TMPDIR:-/tmp}/together.XXXXXX") || exit 99
trap 'rm -f "$out"' EXIT
if sh "$srcdir/tests/bench/together.sh" >"$out" && [ "$(wc -l <"$out")" -gt 20 ]; then
	missing=$(grep -v '^#' "$srcdir/src/cli/together.txt" | LC_ALL=C comm -13 - "$out")
else
	missing="(together.sh did not say)"
fi
if [ -z "$missing" ]; then
	echo "ok 1 - src/cli/together.txt has what runs"
else
	printf '%s\n' "$missing" | sed 's/^/# missing: /'
	echo "not ok 1 - src/cli/together.txt has what runs"
fi
