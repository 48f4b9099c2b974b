#!/bin/sh
# The manual pages: made from the tables, without a complaint of groff, and complete.
. "$srcdir/tests/lint/tap.sh"

# complaints FILE: what groff says of a page
complaints() {
	groff -mandoc -k -ww -z -Tutf8 "$1" 2>&1
}

# The words of a page, one blank between two.
page_words() {
	groff -mandoc -k -Tascii -P-cbou "$builddir/doc/$1" 2>/dev/null | tr -s ' \n' '  ' | tr -s ' '
}

# missing_of PAGE WORD...: the words that do not stand in the page
missing_of() {
	words=$(page_words "$1")
	shift
	for word in "$@"; do
		case $words in *" $word "* | *" $word,"*) ;; *) printf '%s is missing\n' "$word" ;; esac
	done
}

ids() { "$TOKENTRIAGE" explain | sed -n '/^$/q;s/ .*//p'; }
codes() { "$TOKENTRIAGE" explain | sed '1,/^Error codes/d;s/ .*//'; }
# taken COMMAND: where the options that the page says it takes differ from those of its --help
taken() {
	page_words tokentriage.1 | sed -n "s/.* $1 takes \([^.]*\)\..*/\1/p" | tr -d , | tr ' ' '\n' | sort >"$tmp/page"
	"$TOKENTRIAGE" "${2:-$1}" --help | sed -n 's/^ *\(-[a-zA-Z], \)*\(--[a-z-]*\).*/\2/p' | sort >"$tmp/help"
	diff "$tmp/page" "$tmp/help"
}
options() { "$TOKENTRIAGE" check --help | sed -n 's/^ *\(-[a-zA-Z], \)*\(--[a-z-]*\).*/\2/p'; }

for page in tokentriage.1 tokentriage.conf.5 tokentriage-findings.7; do
	expect_clean "$page: groff has nothing to say" complaints "$builddir/doc/$page"
done
printf '.Dd today\n.Sh NAME\n.No \\*[nothing]\n.El\n' >"$tmp/bad.1"
expect_found "groff says something of a bad page" complaints "$tmp/bad.1"

expect_clean "every finding stands in tokentriage-findings(7)" missing_of tokentriage-findings.7 $(ids)
expect_clean "every error code stands in tokentriage-findings(7)" missing_of tokentriage-findings.7 $(codes)
expect_clean "every option of check stands in tokentriage(1)" missing_of tokentriage.1 $(options)
for c in inspect demo serve explain login; do
	expect_clean "tokentriage(1) says which options $c takes" taken $c
done
expect_found "a command's options are not another's" taken inspect serve
expect_found "a word that no page has is missed" missing_of tokentriage.1 --no-such-option
tap_done
