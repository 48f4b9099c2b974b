#!/bin/sh
# The shape of files and functions.
. "${srcdir:?}/tests/lint/tap.sh"

sources() { # TREE: the C files of the program
	(cd "$1" && find src -name '*.[ch]' | sort)
}

lengths() { # those of the tests, too
	(cd "$1" && find src tests -name '*.[ch]' 2>/dev/null | sort) | while read -r f; do
		awk -v file="$f" 'END { if (NR > 800) print file ": " NR " lines, 800 are the limit" }' "$1/$f"
	done
}

# Columns, a tab to the next multiple of 8 and a character of UTF-8 as one.
columns() {
	sources "$1" | grep '\.c$' | while read -r f; do
		LC_ALL=C tr -d '\200-\277' <"$1/$f" | LC_ALL=C expand -t 8 | awk -v file="$f" '
			length($0) > 100 { print file ":" NR ": " length($0) " columns, 100 are the limit" }'
	done
}

# In this style the body of a function, and nothing else, stands between braces in column 1.
functions() {
	sources "$1" | while read -r f; do
		awk -v file="$f" '
			/^\{/ { start = NR }
			/^\}/ && start {
				if (NR - start - 1 > 60)
					print file ":" start ": a function of " NR - start - 1 " lines, 60 are the limit"
				start = 0
			}
		' "$1/$f"
	done
}

# A .c file includes its own header first, which shows that the header stands alone; a part of
# another file, without a header of its own, one of its room.
own_header() {
	sources "$1" | grep '\.c$' | while read -r f; do
		own=${f#src/}
		own=${own%.c}.h
		room=${own%%/*}
		first=$(awk '/^[ \t]*#[ \t]*include/ { print $2; exit }' "$1/$f")
		[ -n "$first" ] || continue
		if [ -e "$1/src/$own" ]; then
			[ "$first" = "\"$own\"" ] || printf '%s: the first include is %s, not "%s"\n' "$f" "$first" "$own"
		else
			case $first in
			"\"$room/"*) ;;
			*) printf '%s: the first include is %s, not of room %s\n' "$f" "$first" "$room" ;;
			esac
		fi
	done
}

blanks() {
	sources "$1" | while read -r f; do
		awk -v file="$f" '
			/[ \t]$/ { print file ":" NR ": trailing blanks" }
			/^ +\t/ { print file ":" NR ": blanks before a tab" }
			/^        / { print file ":" NR ": indented with blanks" }
			/\r/ { print file ":" NR ": carriage return" }
		' "$1/$f"
		[ -z "$(tail -c 1 "$1/$f")" ] || printf '%s: no newline at the end\n' "$f"
	done
}

# A table is a fact's one place: doc/architecture.md says what each gives.
tables() {
	(cd "$1" && find src -name '*.def' | sort) | while read -r f; do
		grep -qF "\`${f#src/}\`" "$1/doc/architecture.md" || echo "$f is not in doc/architecture.md"
	done
}

# What the linker lays together is named by its source, and a name that is none it passes over.
together() {
	sed '/^#/d' "$1/src/cli/together.txt" | while read -r f; do
		[ -e "$1/src/$f.c" ] || echo "src/cli/together.txt: there is no src/$f.c"
	done
}

expect_clean 'no file is longer than 800 lines' lengths "$srcdir"
expect_clean 'no function is longer than 60 lines' functions "$srcdir"
expect_clean 'no line of code is longer than 100 columns' columns "$srcdir"
expect_clean 'every file includes its own header first' own_header "$srcdir"
expect_clean 'no stray blanks' blanks "$srcdir"
expect_clean 'every table is named in the architecture' tables "$srcdir"
expect_clean 'what stands together in the program is there' together "$srcdir"

plant() { # the text of src/base/x.c on stdin
	rm -rf "$tmp/t"
	mkdir -p "$tmp/t/src/base"
	cat >"$tmp/t/src/base/x.c"
}
awk 'BEGIN { for (i = 0; i < 801; i++) print "int a;" }' | plant
expect_found 'a long file is found' lengths "$tmp/t"
awk 'BEGIN { print "int\nf(void)\n{"; for (i = 0; i < 61; i++) print "\tf();"; print "}" }' | plant
expect_found 'a long function is found' functions "$tmp/t"
awk 'BEGIN { print "int\nf(void)\n{"; for (i = 0; i < 60; i++) print "\tf();"; print "}" }' | plant
expect_clean 'one of 60 lines is not' functions "$tmp/t"
awk 'BEGIN { printf "\t/*"; for (i = 0; i < 89; i++) printf "x"; print " */" }' | plant
expect_found 'a long line is found' columns "$tmp/t"
awk 'BEGIN { printf "\t/*"; for (i = 0; i < 87; i++) printf "…"; print " */" }' | plant
expect_clean 'one of 100 columns is not' columns "$tmp/t"
echo '#include <stdio.h>' | plant
expect_found 'a system header in the first place is found' own_header "$tmp/t"
echo '#include "base/y.h"' | plant
: >"$tmp/t/src/base/x.h"
expect_found 'another header in the first place is found' own_header "$tmp/t"
printf 'int a; \n' | plant
expect_found 'a trailing blank is found' blanks "$tmp/t"
printf '  \tint a;\n' | plant
expect_found 'a blank before a tab is found' blanks "$tmp/t"
printf 'int a;' | plant
expect_found 'a missing newline at the end is found' blanks "$tmp/t"
mkdir -p "$tmp/t/doc"
: >"$tmp/t/src/base/x.def"
echo '| `base/xx.def` |' >"$tmp/t/doc/architecture.md"
expect_found 'a table that is not named is found' tables "$tmp/t"
mkdir -p "$tmp/t/src/cli"
echo base/gone >"$tmp/t/src/cli/together.txt"
expect_found 'a name of no source is found' together "$tmp/t"
tap_done
