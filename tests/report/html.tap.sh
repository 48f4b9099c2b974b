#!/bin/sh
# HTML reports in headless Chromium (Debian's package; CHROMIUM names another): without it this fails, it is not skipped.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work/xdg; export HOME XDG_CONFIG_HOME
tt=$TOKENTRIAGE
for s in healthy rotated skewed-clock; do
	"$tt" demo $s --format html -o "$work/$s.html" </dev/null >/dev/null 2>&1
done
"$tt" demo expired --claims none --format html -o "$work/claims-none.html" </dev/null >/dev/null 2>&1
# what a server says is text, whatever it is made of
{
	printf 'HTTP/1.1 401 <script>alert(1)</script>\r\nContent-Type: text/html\r\nX-Long: '
	printf '%0500d' 7
	printf '\r\nWWW-Authenticate: Bearer error="invalid_token", error_description="</pre></style><img src=x onerror=alert(1)> \302\205\033[2J&quot;"\r\n\r\n'
	printf '<!-- "\047 ]]> --><script src="http://127.0.0.1:9/a.js"></script><iframe src=//127.0.0.1:9></iframe>'
} | "$tt" inspect --step userinfo --format html -o "$work/hostile.html" >/dev/null 2>&1
"${NODE:-node}" "$srcdir/tests/report/browser.mjs" "$work"/*.html
