#!/bin/sh
# A module's libraries bind among themselves first (modules.c): a name of the program's in one of them would take the
# module's calls, or the library's.  write() is the program's on purpose (term-curses.c).
set -u
n=0 failed=0
dir=$(mktemp -d "${TMPDIR:-/tmp}/symbols.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT

symbols() { nm -D --defined-only "$1" | sed 's/.* //; s/@.*//' | sort -u; }

symbols "$builddir/tokentriage" | grep -vx write >"$dir/ours"
for module in net demo qr keyring; do
	[ -e "$builddir/$module.so" ] || continue
	ldd "$builddir/$module.so" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | while read -r library; do
		symbols "$library" | comm -12 - "$dir/ours" | sed "s|^|# $library has |"
	done >"$dir/both"
	cat "$dir/both"
	n=$((n + 1))
	if [ -s "$dir/ours" ] && [ ! -s "$dir/both" ]; then
		echo "ok $n - $module.so: no library behind it has a name of the program's"
	else
		failed=1
		echo "not ok $n - $module.so: no library behind it has a name of the program's"
	fi
done
echo "1..$n"
exit $failed
