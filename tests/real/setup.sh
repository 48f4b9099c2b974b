#!/bin/sh
# setup.sh DEST: fills DEST, outside the source tree, with what the real-server
# tests need: DEST/node_modules by npm ci from the lock file, and DEST/glewlwyd,
# Debian's packages unpacked (their own installation wants a system service).
# Runs without root and changes nothing when DEST is up to date.
#
# setup.sh --packages: prints the system packages that must be installed before,
# by whoever may (glewlwyd's libraries are asked of apt, as names differ by release).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tools="nodejs npm openssl sqlite3 gzip"

usage()
{
	echo "usage: setup.sh DEST | setup.sh --packages" >&2
	exit 2
}

# The shared libraries that glewlwyd depends on, first alternative each.
glewlwyd_libs()
{
	apt-cache depends glewlwyd 2>/dev/null |
	    sed -n 's/^ *|\{0,1\}Depends: \(lib[^<>]*\|zlib1g[^<>]*\)$/\1/p' | sort -u
}

node_packages()	# into $1/node_modules
{
	want=$(cat "$here/package.json" "$here/package-lock.json" | openssl sha256)
	if [ -d "$1/node_modules" ] && [ "$(cat "$1/.lock-seen" 2>/dev/null)" = "$want" ]; then
		return
	fi
	rm -f "$1/.lock-seen"
	cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$1/"
	chmod u+w "$1/package.json" "$1/package-lock.json" "$1/.npmrc"
	(cd "$1" && npm ci --no-audit --no-fund --loglevel=error) >&2
	echo "$want" > "$1/.lock-seen"
}

glewlwyd()	# into $1/glewlwyd
{
	version=$(apt-cache show --no-all-versions glewlwyd 2>/dev/null | sed -n 's/^Version: //p')
	if [ -z "$version" ]; then
		echo "setup.sh: apt knows no package glewlwyd (is 'apt-get update' done?)" >&2
		exit 1
	fi
	if [ ! -x "$1/glewlwyd/usr/bin/glewlwyd" ] ||
	    [ "$(cat "$1/.glewlwyd-seen" 2>/dev/null)" != "$version" ]; then
		rm -rf "$1/.glewlwyd-seen" "$1/glewlwyd" "$1/deb"
		mkdir -p "$1/deb"
		(cd "$1/deb" && apt-get -q download glewlwyd glewlwyd-common) >&2
		for deb in "$1"/deb/*.deb; do
			dpkg -x "$deb" "$1/glewlwyd.new"
		done
		mv "$1/glewlwyd.new" "$1/glewlwyd"
		rm -rf "$1/deb"
		echo "$version" > "$1/.glewlwyd-seen"
	fi
	missing=$(find "$1/glewlwyd" \( -name '*.so' -o -path '*/bin/glewlwyd' \) -exec ldd {} + |
	    sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | sort -u)
	if [ -n "$missing" ]; then
		printf 'setup.sh: glewlwyd lacks %s\n' "$missing" >&2
		echo "setup.sh: install the packages that 'setup.sh --packages' names" >&2
		exit 1
	fi
}

[ $# -eq 1 ] || usage
case $1 in
--packages)
	# shellcheck disable=SC2046,SC2086 # lists of words
	printf '%s\n' $tools $(glewlwyd_libs)
	exit 0
	;;
-*)
	usage
	;;
esac

for tool in node npm openssl sqlite3 apt-get dpkg ldd; do
	command -v "$tool" >/dev/null || { echo "setup.sh: $tool is missing" >&2; exit 1; }
done
mkdir -p "$1"
dest=$(cd "$1" && pwd)
node_packages "$dest"
glewlwyd "$dest"
