#!/bin/sh
# Writes po/tokentriage.pot anew and merges it into the catalogues; a language that is new in LINGUAS gets
# its catalogue.  What became untranslated is counted on stderr.  Nothing is guessed (no fuzzy texts).
set -eu

cd "$(dirname "$0")/.."
po/extract.sh >po/tokentriage.pot.new
mv po/tokentriage.pot.new po/tokentriage.pot
for l in $(cat po/LINGUAS); do
	po=po/$l.po
	if [ ! -e "$po" ]; then
		${MSGINIT:-msginit} --no-translator --no-wrap -l "$l.UTF-8" -i po/tokentriage.pot -o "$po" 2>/dev/null
	fi
	${MSGMERGE:-msgmerge} --quiet --no-fuzzy-matching --no-wrap --add-location=file --backup=none \
		--update "$po" po/tokentriage.pot
	${MSGATTRIB:-msgattrib} --no-obsolete --no-wrap --add-location=file -o "$po" "$po"
	printf '%s: ' "$l" >&2
	${MSGFMT:-msgfmt} -c --statistics -o /dev/null "$po"
done
