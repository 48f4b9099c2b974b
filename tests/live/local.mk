# Servers and situations invented from the specifications and from products' documents, asked live.
TAP_TESTS += tests/live/live.tap.sh
EXTRA_DIST += tests/live/live.tap.sh tests/live/run.mjs tests/live/world.mjs tests/live/situations.mjs tests/live/fresh.mjs tests/live/third.mjs tests/live/odd.mjs
