# tests/real: real authorization servers on loopback.  What they are made of is
# unpacked by setup.sh, outside the source tree; without it the test fails.
EXTRA_DIST += \
	tests/real/.npmrc \
	tests/real/adapter.mjs \
	tests/real/browser.mjs \
	tests/real/cases-faults.mjs \
	tests/real/cases-glewlwyd.mjs \
	tests/real/cases-leaks.mjs \
	tests/real/cases-login.mjs \
	tests/real/cases-oidc.mjs \
	tests/real/cases-proofs.mjs \
	tests/real/check.mjs \
	tests/real/child.mjs \
	tests/real/config.mjs \
	tests/real/deps.mjs \
	tests/real/expect.mjs \
	tests/real/facts.mjs \
	tests/real/fault-proxy.mjs \
	tests/real/faults.mjs \
	tests/real/forward-proxy.mjs \
	tests/real/gateways.mjs \
	tests/real/glewlwyd-browser.mjs \
	tests/real/glewlwyd-server.mjs \
	tests/real/glewlwyd.sh \
	tests/real/http.mjs \
	tests/real/login.mjs \
	tests/real/make-ca.sh \
	tests/real/mint-oidc.mjs \
	tests/real/mint.mjs \
	tests/real/oidc-server.mjs tests/real/ports.mjs \
	tests/real/package-lock.json \
	tests/real/package.json \
	tests/real/real.tap.sh \
	tests/real/resource.mjs \
	tests/real/run-real.mjs \
	tests/real/setup.sh \
	tests/real/with-logins.mjs \
	tests/real/with-oidc.mjs \
	tests/real/world.mjs

TAP_TESTS += tests/real/real.tap.sh
