#!/bin/sh
# large-har.sh MIB LIMIT-KIB: a HAR file of so many MiB, in which three of the entries are about a token, is diagnosed in so much memory.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work/xdg; export HOME XDG_CONFIG_HOME
"$NODE" -e '
	const fs = require("fs"), out = fs.openSync(process.argv[1], "w"), want = +process.argv[2] << 20;
	const entry = (method, url, status, text, headers = []) => JSON.stringify({startedDateTime: "2026-01-31T12:00:00Z", time: 5,
		request: {method, url, httpVersion: "HTTP/1.1", headers}, response: {status, httpVersion: "HTTP/1.1", headers: [],
			content: {size: text.length, mimeType: "application/json", text}}, timings: {wait: 5}});
	const bearer = [{name: "Authorization", value: "Bearer vH2kq8Zr1TnX5bWc0JdYp7Ls"}];
	let n = 0, size = 0;
	const put = s => { fs.writeSync(out, (n++ ? ",\n" : "") + s); size += s.length; };
	fs.writeSync(out, "{\"log\":{\"version\":\"1.2\",\"entries\":[\n");
	const filler = entry("GET", "https://app.example/chunk.js", 200, "x{[\"\\".repeat(20000));
	while (size < want / 2) put(filler);
	put(entry("POST", "https://idp.example/introspect", 200, "{\"active\":false}", []));
	put(entry("GET", "https://idp.example/userinfo", 401, "{\"error\":\"invalid_token\",\"error_description\":\"The access token expired\"}", bearer));
	while (size < want) put(filler);
	put(entry("GET", "https://idp.example/userinfo", 401, "{\"error\":\"invalid_token\",\"error_description\":\"The access token expired\"}", bearer));
	fs.writeSync(out, "]}}\n");' "$work/large.har" "$1" || exit 1
"$builddir/tests/bulk/rss" "$2" "$TOKENTRIAGE" inspect "$work/large.har" >"$work/out" 2>"$work/err"
status=$?
grep -E '^rss|taken as' "$work/err"
[ $status -eq 1 ] && grep -q 'access token expired' "$work/out" && grep -q 'a HAR file: [23] of ' "$work/err" ||
	{ echo "status $status"; head -n 5 "$work/out" "$work/err"; exit 1; }
# the same from a pipe, whose length nobody knows
cat "$work/large.har" | "$TOKENTRIAGE" inspect - >"$work/piped" 2>/dev/null
sed 1d "$work/out" >"$work/a"; sed 1d "$work/piped" >"$work/b"
cmp "$work/a" "$work/b"
