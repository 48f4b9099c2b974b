#!/bin/sh
# Prints the template of the catalogues: the marked texts of src (base/tr.h) and those of the tables
# (tables.c).  In the order of the files and without line numbers or a date, so that it changes only
# when a text does.  CC: a preprocessor; XGETTEXT.
set -eu

cd "$(dirname "$0")/.."
tables=$(mktemp -d "${TMPDIR:-/tmp}/tt-pot.XXXXXX")
trap 'rm -rf "$tables"' EXIT
trap 'exit 1' HUP INT TERM

# the rows, with the names of the files that they stand in
${CC:-cc} -E -I src -o "$tables/tables.i" po/tables.c
sed 's/tt_text("")//g' "$tables/tables.i" >"$tables/tables.c"

# say and its like look their sentence up themselves (diagnose/rules.h)
{
	echo "$tables/tables.c"
	find src -name '*.[ch]' ! -name tr.h ! -name tr.c | LC_ALL=C sort
} | ${XGETTEXT:-xgettext} --files-from=- --output=- --language=C --from-code=UTF-8 \
	--add-location=file --add-comments=TRANSLATORS: --no-wrap \
	--package-name=tokentriage --msgid-bugs-address=- \
	--keyword --keyword=_ --keyword=N_ --keyword=P_:1,2 --keyword=C_:1c,2 --keyword=NC_:1c,2 \
	--keyword=tt_text --keyword=tt_hint:1c,2 \
	--keyword=say:2 --keyword=fix:2 --keyword=say_of:3 --keyword=said_of_token:4 \
	--keyword=cannot:3 --keyword=flow_enter:3 --keyword=flow_fail:3 --keyword=poll_later:2 |
	sed -e '/^# Copyright (C)/d' -e '/^"Report-Msgid-Bugs-To:/d' -e '/^"POT-Creation-Date:/d' -e '/^# SOME DESCRIPTIVE TITLE/d' -e '/^# FIRST AUTHOR/d' \
		-e 's/^# This file is distributed.*/# This file is distributed under the same licence as tokentriage./' \
		-e "s|$tables/||g"
