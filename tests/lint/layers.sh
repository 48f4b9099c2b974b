#!/bin/sh
# The house: a room includes itself and the rooms below it, and a library is known to one file.
. "${srcdir:?}/tests/lint/tap.sh"

# layers TREE: the #include lines of TREE/src that break the order of the rooms
layers() {
	(cd "$1" && find src -name '*.[ch]' -o -name '*.def' | sort | while read -r f; do
		awk -v file="$f" '
			BEGIN {
				n = split("base oauth case diagnose engine wizard report ui demo cli", order, " ")
				for (i = 1; i <= n; i++)
					rank[order[i]] = i
				split(file, path, "/")
				own = path[2]
				if (!(own in rank))
					print file ": " own " is no room of the house"
			}
			/^[ \t]*#[ \t]*include[ \t]*"/ {
				split($0, quoted, "\"")
				if (quoted[2] == "config.h") {
					if (file != "src/base/banned.h")
						print file ":" NR ": config.h is included by the build"
					next
				}
				if (split(quoted[2], part, "/") != 2 || !(part[1] in rank))
					print file ":" NR ": " quoted[2] " is not in a room (ROOM/FILE)"
				else if (rank[part[1]] > rank[own])
					print file ":" NR ": " own " must not know " quoted[2]
			}
		' "$f"
	done)
}

# libraries TREE: libraries included where they should not be known
libraries() {
	(cd "$1" && find src -name '*.[ch]' | sort | while read -r f; do
		awk -v file="$f" '
			function only(pattern, allowed) {
				if (header ~ pattern && file !~ allowed)
					print file ":" NR ": " header " belongs behind an interface"
			}
			/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
				split($0, part, /[<>"]/)
				header = part[2]
				only("[cC][jJ][sS][oO][nN]\\.h$", "^src/oauth/json\\.c$")
				only("^openssl/", "^src/(oauth/crypto(-cert|-jwk)?|engine/net-curl(-[a-z]+)?)\\.c$|^src/oauth/crypto-jwk\\.h$|^src/base/banned\\.h$")
				only("^curl/", "^src/engine/net-curl(-[a-z]+)?\\.[ch]$")
				only("^engine/net-curl\\.h$", "^src/engine/net-[a-z-]+\\.c$")
				only("(^|/)n?curses(w)?\\.h$|^(term|panel|menu|form)\\.h$|^ncurses", "^src/ui/term-curses\\.c$")
				only("microhttpd", "^src/demo/server\\.c$")
				only("^gnutls/", "^src/demo/server\\.c$|^src/base/banned\\.h$")
				only("^libsecret/", "^src/engine/keyring-secret\\.c$|^src/base/banned\\.h$")
				only("libconfig", "^src/cli/conf\\.c$")
				only("^libintl\\.h$", "^src/base/tr\\.c$")
			}
		' "$f"
	done)
}

expect_clean 'rooms include only themselves and those below' layers "$srcdir"
expect_clean 'each library is known to its own file alone' libraries "$srcdir"

plant() { # PATH LINE: a tree with one line in one file
	rm -rf "$tmp/t"
	mkdir -p "$tmp/t/${1%/*}"
	printf '%s\n' "$2" >"$tmp/t/$1"
}
plant src/base/x.c '#include "oauth/token.h"'
expect_found 'an include of a higher room is found' layers "$tmp/t"
plant src/oauth/x.h '# include "ui/canvas.h"'
expect_found 'in a header, too' layers "$tmp/t"
plant src/case/x.c '#include "facts.h"'
expect_found 'an include without its room is found' layers "$tmp/t"
plant src/attic/x.c '#include "base/buf.h"'
expect_found 'a folder that is no room is found' layers "$tmp/t"
plant src/cli/x.c '#include "base/buf.h"'
expect_clean 'a lower room may be included' layers "$tmp/t"
plant src/case/x.c '#include <cjson/cJSON.h>'
expect_found 'cJSON outside its file is found' libraries "$tmp/t"
plant src/ui/canvas.c '#include <ncurses.h>'
expect_found 'curses outside its file is found' libraries "$tmp/t"
plant src/engine/engine.c '#include <curl/curl.h>'
expect_found 'libcurl outside its file is found' libraries "$tmp/t"
plant src/base/secret.c '#include <openssl/sha.h>'
expect_found 'OpenSSL outside its files is found' libraries "$tmp/t"
plant src/cli/options.c '#include <libconfig.h>'
expect_found 'libconfig outside its file is found' libraries "$tmp/t"
plant src/ui/chrome.c '#include <libintl.h>'
expect_found 'gettext outside its file is found' libraries "$tmp/t"
plant src/demo/store.c '#include <microhttpd.h>'
expect_found 'libmicrohttpd outside its file is found' libraries "$tmp/t"
tap_done
