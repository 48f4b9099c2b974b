#!/bin/sh
# Who reveals a secret: the files that call secret_reveal() are those of secret-reveal.txt.
. "${srcdir:?}/tests/lint/tap.sh"

# callers TREE LIST: callers that are not listed, listed files that do not call, missing reasons
callers() {
	(cd "$1" && find src -name '*.[ch]' | sort | grep -v '^src/base/secret\.[ch]$' |
		while read -r f; do
			! grep -q 'secret_reveal *(' "$f" || echo "$f"
		done) >"$tmp/callers"
	grep -v -e '^#' -e '^$' "$2" | sort >"$tmp/list"
	awk 'NF < 3 { print $1 ": listed without a reason" }' "$tmp/list"
	awk '{ print $1 }' "$tmp/list" | sort >"$tmp/listed"
	uniq -d "$tmp/listed" | sed 's/$/: listed twice/'
	comm -23 "$tmp/callers" "$tmp/listed" | sed 's/$/: calls secret_reveal() and is not in secret-reveal.txt/'
	comm -13 "$tmp/callers" "$tmp/listed" | sed 's/$/: is in secret-reveal.txt and does not call secret_reveal()/'
}

LC_ALL=C
export LC_ALL
expect_clean 'secrets are revealed where the list says, and nowhere else' \
	callers "$srcdir" "$srcdir/tests/lint/secret-reveal.txt"

mkdir -p "$tmp/t/src/ui"
echo 'return secret_reveal(s);' >"$tmp/t/src/ui/x.c"
: >"$tmp/empty"
expect_found 'a caller that is not listed is found' callers "$tmp/t" "$tmp/empty"
echo 'src/ui/x.c shows it' >"$tmp/good"
expect_clean 'a listed caller is not' callers "$tmp/t" "$tmp/good"
echo 'src/ui/x.c' >"$tmp/bare"
expect_found 'a missing reason is found' callers "$tmp/t" "$tmp/bare"
echo 'src/ui/y.c does no more' >>"$tmp/good"
expect_found 'a stale line is found' callers "$tmp/t" "$tmp/good"
tap_done
