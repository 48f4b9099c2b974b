# HAR files made by Chromium and by mitmproxy against the embedded server.
TAP_TESTS += tests/recordings/recordings.tap.sh
EXTRA_DIST += tests/recordings/recordings.tap.sh tests/recordings/recordings.mjs tests/recordings/chromium.mjs \
	tests/recordings/mitmproxy.mjs tests/recordings/mitm-har.py tests/recordings/server.mjs tests/recordings/web.mjs
