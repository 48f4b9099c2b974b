LINTS = tests/lint/layers.sh tests/lint/files.sh tests/lint/secrets.sh tests/lint/banned.sh tests/lint/manual.sh tests/lint/catalogues.sh
TAP_TESTS += $(LINTS)
EXTRA_DIST += $(LINTS) tests/lint/tap.sh tests/lint/secret-reveal.txt
