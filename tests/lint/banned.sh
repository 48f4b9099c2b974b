#!/bin/sh
# What is built calls none of the functions that src/base/banned.h bans.
. "${srcdir:?}/tests/lint/tap.sh"
: "${builddir:?}"

names=$(sed -n 's/^#pragma GCC poison//p' "$srcdir/src/base/banned.h")

# banned FILE...: undefined symbols of banned functions, also as their checked variants
banned() {
	for f; do
		"${NM:-nm}" -u "$f" 2>/dev/null | awk -v file="${f##*/}" -v names="$names" '
			BEGIN {
				n = split(names, list, " ")
				for (i = 1; i <= n; i++)
					bad[list[i]] = 1
			}
			/:$/ { member = $1 }
			{
				name = $NF
				sub(/@.*/, "", name)
				plain = name
				if (plain ~ /^__.*_chk$/) {
					sub(/^__/, "", plain)
					sub(/_chk$/, "", plain)
				}
				sub(/^__isoc99_/, "", plain)
				if (plain in bad)
					print file " " member " calls " name
			}
		'
	done
}

count=$(printf '%s\n' $names | grep -c .)
if [ "$count" -ge 20 ]; then
	tap_result ok "banned.h names $count functions"
else
	tap_result 'not ok' "banned.h names $count functions"
fi

set -- "$builddir"/src/*.a "$builddir"/tokentriage "$builddir"/*.so
for f; do
	shift
	[ -e "$f" ] && set -- "$@" "$f"
done
if ! command -v "${NM:-nm}" >/dev/null 2>&1; then
	tap_skip 'nothing built calls a banned function' 'no nm'
elif [ $# -eq 0 ]; then
	tap_result 'not ok' 'there is something built to look at'
else
	expect_clean "none of $# built files calls a banned function" banned "$@"
	cat >"$tmp/x.c" <<-'END'
		char *strcpy(char *, const char *);
		char *f(char *a, const char *b);
		char *f(char *a, const char *b)
		{
			return strcpy(a, b);
		}
	END
	${CC:-cc} -O0 -fno-builtin -c -o "$tmp/x.o" "$tmp/x.c" || tap_result 'not ok' 'the sample compiles'
	expect_found 'a call of strcpy is found' banned "$tmp/x.o"
fi
tap_done
