#!/bin/sh
# What runs up to the first screen stands together in the program: a source that is not on the list costs some 64 KiB of
# memory.  One that is on it and does not run costs its own size, and is let be.
set -u
echo 1..1
for tool in valgrind script; do
	if ! command -v $tool >/dev/null; then
		echo "ok 1 - src/cli/together.txt has what runs # SKIP no $tool"
		exit 0
	fi
done
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
