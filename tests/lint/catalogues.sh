#!/bin/sh
# The interface's texts and their catalogues: the template is what the sources say now, and a translation keeps
# what the program or the reader needs literally.
. "${srcdir:?}/tests/lint/tap.sh"

# Languages whose catalogue must be complete: a text without a translation fails.  Of the others it is counted only.
complete="de zh_CN"

po=$srcdir/po

tools() {
	for t in xgettext msgfmt msgattrib msgcmp; do
		command -v "$t" >/dev/null 2>&1 || return 1
	done
}

template() {
	"$po/extract.sh" 2>&1 | diff -u "$po/tokentriage.pot" - | head -40
}

languages() { # LINGUAS and the files name the same
	for l in $(cat "$po/LINGUAS"); do
		[ -e "$po/$l.po" ] || echo "$l.po is missing"
	done
	for f in "$po"/*.po; do
		f=${f##*/}
		grep -qw "${f%.po}" "$po/LINGUAS" || echo "$f is not in LINGUAS"
	done
}

# broken FILE.po: what msgfmt objects to (formats, plural forms, line ends), texts that the template has not, fuzzy ones
broken() {
	msgfmt -c -o /dev/null "$1" 2>&1
	msgattrib --only-fuzzy --no-obsolete "$1" 2>&1 | grep '^msgid' | sed 's/^/fuzzy: /'
	msgattrib --only-obsolete "$1" 2>&1 | grep '^#~ msgid' | sed 's/^/not in use: /'
}

# What stands in a text must stand in its translation: names in braces, options, commands, addresses, steps' numbers
# that are looked for (say_where), blanks at the ends.
kept() {
	msgattrib --translated --no-wrap --no-obsolete "$1" | awk '
		function literals(s,    out, word) {
			out = ""
			while (match(s, /\{[a-z.]+\}|--[a-z][a-z-]+|tokentriage (check|inspect|open|demo|login|explain|serve|compare|bulk)|https?:\/\/[^ "]+|RFC [0-9]+/)) {
				word = substr(s, RSTART, RLENGTH)
				out = out word "\n"
				s = substr(s, RSTART + RLENGTH)
			}
			return out
		}
		function missing(a, b,    n, i, w) {
			n = split(literals(a), w, "\n")
			for (i = 1; i < n; i++)
				if (!index(b, w[i]))
					print "\"" w[i] "\" is lost in: " b
		}
		function text(line) { sub(/^[a-z_]+(\[[0-9]+\])? "/, "", line); sub(/"$/, "", line); return line }
		/^msgid "/ { id = text($0); part = "id"; next }
		/^msgid_plural "/ { part = "plural"; next }
		/^msgstr(\[[0-9]+\])? "/ { str = text($0); part = "str"; next }
		/^"/ { if (part == "id") id = id text("x " $0); else if (part == "str") str = str text("x " $0); next }
		/^$/ { if (seen++) missing(id, str); part = "" }
		END { if (part != "") missing(id, str) }
	'
}

untranslated() {
	msgattrib --untranslated --no-obsolete "$1" | grep -c '^msgid ' | awk '$1 > 1 { print $1 - 1 " texts" }'
}

# unmarked FILE...: literals of two words and more that no mark stands before; what goes to an error, the log or the
# program's own data is not the interface's
unmarked() {
	for f; do
		awk -v file="${f#"$srcdir"/}" -v allowed="$as_it_is" '
			function strip(s) { # marked literals, several parts long as well
				while (match(s, /(^|[^A-Za-z0-9_])(_|N_|P_|C_|NC_|tr)\([ \t]*"([^"\\]|\\.)*"([ \t]*"([^"\\]|\\.)*")*/))
					s = substr(s, 1, RSTART - 1) " M" substr(s, RSTART + RLENGTH)
				# the further texts of one mark: P_("one", "many", n)
				while (match(s, / M,[ \t]*"([^"\\]|\\.)*"([ \t]*"([^"\\]|\\.)*")*/))
					s = substr(s, 1, RSTART - 1) " M" substr(s, RSTART + RLENGTH)
				return s
			}
			{
				sub(/\/\*.*\*\//, "")
				if (/^ ?\*|^[ \t]*\/\*|^#/ || in_comment) {
					in_comment = /\/\*/ || in_comment
					if (/\*\//) in_comment = 0
					next
				}
				if (/\/\*/) { in_comment = 1; sub(/\/\*.*/, "") }
				if (all == "") begin = NR
				all = all " " $0
				if (!/[;{}][ \t]*$/) next
				s = strip(all)
				all = ""
				if (s ~ /err_set|err_errno|log_add|SPAN_LIT|fprintf\(stderr|static_assert/) next
				while (match(s, /"([^"\\]|\\.)*"/)) {
					text = substr(s, RSTART, RLENGTH)
					s = substr(s, RSTART + RLENGTH)
					if (text ~ allowed)
						continue
					if (text ~ /[A-Za-z][A-Za-z]+[.,:;]? [A-Za-z][A-Za-z]+/)
						print file ":" begin ": " text
				}
			}
		' "$f"
	done
}

# scopes, members and values of the protocol; what is written by a signal's handler, or recorded (base/tr.h)
unmarked_but_first() {
	unmarked "$@" | tail -n +2
}

as_it_is='^"(openid profile|active: (true|false)|expires_in and exp|the paste|tokentriage: ended by a fault|F1 to F12)'

if ! tools; then
	tap_skip 'the catalogues' 'no gettext tools'
	tap_done
fi
expect_clean 'the template is what the sources say (make update-po)' template
expect_clean 'the screens, the lines and the fields have no text without a mark' \
	unmarked "$srcdir"/src/ui/*.c "$srcdir"/src/cli/line*.c "$srcdir"/src/wizard/fields*.c
printf 'ui_notice(ui, "Nothing was sent.");\nui_notice(ui, _("It was " "sent."));\n' >"$tmp/x.c"
expect_found 'one without a mark is found' unmarked "$tmp/x.c"
expect_clean 'one of several parts with a mark is not' unmarked_but_first "$tmp/x.c"
expect_clean 'po/LINGUAS names the catalogues that there are' languages
for l in $(cat "$po/LINGUAS"); do
	expect_clean "$l: formats, plural forms, nothing fuzzy, nothing obsolete" broken "$po/$l.po"
	expect_clean "$l: what is literal is kept" kept "$po/$l.po"
	msgmerge -q --no-fuzzy-matching -o "$tmp/$l.po" "$po/$l.po" "$po/tokentriage.pot"
	case " $complete " in
	*" $l "*) expect_clean "$l: complete" untranslated "$tmp/$l.po" ;;
	*) echo "# $l: not complete yet: $(untranslated "$tmp/$l.po")" ;;
	esac
done

catalogue() { # MSGID MSGSTR [FLAG]: a catalogue of one text
	cat >"$tmp/x.po" <<-END
		msgid ""
		msgstr ""
		"Content-Type: text/plain; charset=UTF-8\n"
		"PO-Revision-Date: 2026-01-01 00:00+0000\n"
		"Last-Translator: nobody\n"
		"Language-Team: none\n"
		"Language: de\n"
		"MIME-Version: 1.0\n"
		"Content-Transfer-Encoding: 8bit\n"
		"Project-Id-Version: x\n"

		#, ${3-c-format}
		msgid "$1"
		msgstr "$2"
	END
}
catalogue 'expired %s ago' 'vor %d abgelaufen'
expect_found 'a format that differs is found' broken "$tmp/x.po"
catalogue 'one' 'eins' fuzzy
expect_found 'a fuzzy text is found' broken "$tmp/x.po"
catalogue 'ask for {scope} again' 'den Scope neu anfordern'
expect_found 'a name in braces that is lost is found' kept "$tmp/x.po"
catalogue 'Use --plain.' 'Mit -plain.'
expect_found 'an option that is lost is found' kept "$tmp/x.po"
catalogue 'one' ''
msgattrib --no-obsolete "$tmp/x.po" >"$tmp/y.po"
expect_found 'a text without a translation is counted' untranslated "$tmp/y.po"
catalogue 'ask for {scope} again, see RFC 6749' 'den Scope {scope} neu anfordern, siehe RFC 6749'
expect_clean 'a good one passes' broken "$tmp/x.po"
expect_clean 'with all that is literal' kept "$tmp/x.po"
tap_done
